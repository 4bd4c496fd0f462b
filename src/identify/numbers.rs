//! The report's own document number and the page's index number. Numbers of cited documents stand in running
//! text and are never the report's own.

use super::page::{Key, Page};
use super::title::squeezed;
use crate::evidence::{Confidence, Fact, Method};
use search_index::fold::fold_chars;

/// Whether the words (folded, without spaces) are a document number: 汴政〔2020〕1号, perhaps in parentheses.
pub(super) fn is_document_number(words: &str) -> bool {
    let words = words.trim_matches(['(', ')']);
    let Some(head) = words.strip_suffix('号') else {
        return false;
    };
    let Some(open) = head.find(['〔', '[', '(', '【', '﹝']) else {
        return false;
    };
    let (issuer, rest) = head.split_at(open);
    let mut rest = rest.chars();
    rest.next();
    let rest = rest.as_str();
    let Some(close) = rest.find(['〕', ']', ')', '】', '﹞']) else {
        return false;
    };
    let year = &rest[..close];
    let number: String = rest[close..].chars().skip(1).collect();
    let number = number.trim_start_matches('第');
    (2..=14).contains(&issuer.chars().count())
        && issuer.chars().all(char::is_alphabetic)
        && year.len() == 4
        && year.chars().all(|c| c.is_ascii_digit())
        && !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit())
}

/// The length of a document number at the head of `words` (folded): 朝交发 [2022] 97号关于……的报告.
pub(super) fn leading_number(words: &str) -> Option<usize> {
    let end = words.find('号')? + '号'.len_utf8();
    let follows = !words[end..].trim().is_empty();
    (follows && is_document_number(&squeezed(&words[..end]))).then_some(end)
}

/// The report's own document number: a line of the head, the page's 文号, or what closes the title.
pub(super) fn document_number(page: &Page) -> Option<Fact<String>> {
    let entry = page
        .pairs
        .iter()
        .find(|pair| pair.key == Key::DocNumber && pair.value.chars().any(|c| c.is_ascii_digit()));
    if let Some(entry) = entry {
        return Some(Fact::new(
            entry.value.clone(),
            Method::MetadataLine,
            entry.evidence.clone(),
            Confidence::HIGH,
        ));
    }
    (0..page.head).find_map(|index| {
        let line = page.range(index);
        let words = page.line(index).trim();
        let own = is_document_number(&squeezed(words));
        // 武义县司法局文件 武司〔2021〕3号 in one line, or a number behind the title.
        let within = words
            .rsplit([' ', '('])
            .next()
            .map(|last| last.trim_end_matches(')'))
            .filter(|last| is_document_number(last));
        let range = if own {
            line
        } else if let Some(end) = leading_number(page.line(index)) {
            line.start..line.start + end
        } else {
            let start = words.rfind(within?)?;
            let offset = line.start + page.line(index).find(words)? + start;
            offset..offset + within?.len()
        };
        let written = page.original(range.clone()).trim();
        let bare = written.trim_matches(['(', ')', '（', '）']);
        Some(Fact::new(
            bare.split_whitespace().collect(),
            Method::Title,
            page.evidence(range),
            Confidence::HIGH,
        ))
    })
}

/// The page's index number.
pub(super) fn index_number(page: &Page) -> Option<Fact<String>> {
    let entry = page.pairs.iter().find(|pair| {
        pair.key == Key::IndexNumber && pair.value.chars().any(|c| c.is_ascii_digit())
    })?;
    // 备注/文号: may follow in the same line.
    let value = entry.value.split(char::is_whitespace).next();
    Some(Fact::new(
        value.unwrap_or_default().to_owned(),
        Method::MetadataLine,
        entry.evidence.clone(),
        Confidence::HIGH,
    ))
}

/// The division code in an index number: digits 3 to 8 of a unified social credit code (GB 32100-2015, table 1:
/// registering authority, kind of body, then the division's six digits). The first two characters are `11` for
/// organs, `12` for public institutions, `13` for mass organisations, `19` for others.
pub(super) fn division_code(index_number: &str) -> Option<String> {
    let folded = fold_chars(index_number);
    let code: String = folded
        .text
        .chars()
        .skip_while(|c| !c.is_ascii_alphanumeric())
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let organ = ["11", "12", "13", "19"]
        .iter()
        .any(|kind| code.starts_with(kind));
    let division = code.get(2..8)?;
    let whole = code.len() >= 16 && division.chars().all(|c| c.is_ascii_digit());
    (organ && whole).then(|| division.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_numbers_alone_count() {
        for words in [
            "汴政〔2020〕1号",
            "(武司[2021]13号)",
            "豫建城督(2018)10号",
            "建政办函〔2018〕第152号",
        ] {
            assert!(is_document_number(words), "{words}");
        }
        for words in [
            "2019年第3号",
            "根据汴政〔2020〕1号文件",
            "第1号",
            "〔2020〕1号",
        ] {
            assert!(!is_document_number(words), "{words}");
        }
    }

    #[test]
    fn a_credit_code_holds_the_division() {
        assert_eq!(
            division_code("11410200005240016U/2020-00123").as_deref(),
            Some("410200")
        );
        assert_eq!(
            division_code("11330723471651600C").as_deref(),
            Some("330723")
        );
        assert_eq!(division_code("000014349/2022-00015"), None);
        assert_eq!(division_code("K0001-2019-3"), None);
    }
}
