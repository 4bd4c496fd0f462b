//! Where another document begins in a file that should hold one.
//!
//! A page or a word processor's file may hold last year's report below this year's, or the year's
//! plan below its report. Read as one, the second's signature would date the first and its figures
//! would count as the first's. So the first document is the report; the rest is set aside, and told.
//!
//! A document begins anew where a title of the genre's form with a year stands on a line of its own,
//! the numbering of the highest headings starts again below it, and above it a document has come to
//! its end: it is signed, or its numbering had gone on to a second heading at least. An attachment is
//! its report's own.

use super::zone;
use crate::clean::{CleanText, Furniture, FurnitureKind};
use crate::decode::Markup;
use crate::diagnostic::{Diagnostic, Level, Warned};
use crate::evidence::Span;
use crate::marker::{Class, Marker};
use regex::Regex;
use search_index::fold::fold_str;
use std::sync::LazyLock;

static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[^。:;]*(?:(?:19|20)\d{2}|年度)[^。:;]*(?:报告|总结|情况|汇报|小结|要点|方案|计划|打算|年报)(?:\(.{1,20}\))?$")
        .expect("a constant pattern compiles")
});

/// How far below its title a document's first heading stands, in lines.
const OPENING: usize = 8;

/// How far above a title the signature before it stands, in lines.
const SIGNATURE: usize = 3;

/// The first document of a text. `file` is a name for the diagnostic.
pub fn first_document(mut text: CleanText, file: &str) -> Warned<CleanText> {
    let spans: Vec<Span> = text.lines().collect();
    let Some(line) = second(&text, &spans) else {
        return Warned::clean(text);
    };
    let title = spans[line].of(&text.text).to_owned();
    let source = |span: &Span| text.source_of(span.start).map_or(1, |(line, _)| line);
    let told = Diagnostic::new(
        Level::Warning,
        SECOND_DOCUMENT,
        file,
        format!("another document begins here: “{title}”; it is set aside, and nothing of it counts as this report's"),
    )
    .at(source(&spans[line]))
    .naming(&title)
    .hint("save each document as a file of its own");
    let start = spans[line].start;
    let aside: Vec<Furniture> = spans[line..]
        .iter()
        .map(|span| Furniture {
            text: span.of(&text.text).to_owned(),
            source_line: source(span),
            kind: FurnitureKind::AnotherDocument,
            before: start.saturating_sub(1),
        })
        .collect();
    text.text.truncate(start.saturating_sub(1) as usize);
    text.markup.truncate(line);
    text.runs.retain(|run| run.start < start.saturating_sub(1));
    for piece in &mut text.furniture {
        piece.before = piece.before.min(start.saturating_sub(1));
    }
    text.furniture.extend(aside);
    text.furniture.sort_by_key(|piece| piece.source_line);
    Warned {
        output: text,
        warnings: vec![told],
    }
}

/// The code of the diagnostic that tells of a second document.
pub const SECOND_DOCUMENT: &str = "second-document";

/// The line at which another document begins.
fn second(text: &CleanText, spans: &[Span]) -> Option<usize> {
    let words = |line: usize| spans[line].of(&text.text);
    let plain = |line: usize| !matches!(text.markup.get(line), Some(Markup::Row | Markup::Item));
    let mut highest: Option<(Class, u32)> = None;
    for line in 0..spans.len() {
        let marker = Marker::read(words(line)).filter(|_| plain(line));
        if let Some(marker) = &marker {
            highest = match highest {
                Some((class, ordinal)) if class < marker.class => Some((class, ordinal)),
                Some((class, ordinal)) if class == marker.class => {
                    Some((class, ordinal.max(marker.ordinal)))
                }
                _ => Some((marker.class, marker.ordinal)),
            };
            continue;
        }
        let Some((class, reached)) = highest.filter(|(class, _)| *class <= Class::Han) else {
            continue;
        };
        if !plain(line) || words(line).chars().count() > zone::LONGEST_HEADING {
            continue;
        }
        let folded: String = fold_str(words(line)).split_whitespace().collect();
        if !TITLE.is_match(&folded) {
            continue;
        }
        let above = || (line.saturating_sub(SIGNATURE)..line).map(|line| fold_str(words(line)));
        let signed = above().any(|words| zone::is_signature(words.trim()));
        let attached = above().any(|words| words.trim_start_matches('(').starts_with("附"));
        let below = (line + 1..spans.len().min(line + 1 + OPENING)).find_map(|line| {
            let marker = Marker::read(words(line))?;
            (marker.class <= class).then_some(marker)
        });
        let anew = below.is_some_and(|marker| marker.class == class && marker.ordinal == 1);
        if anew && !attached && reached >= 2 && (signed || names_a_body(&folded)) {
            return Some(line);
        }
    }
    None
}

/// Whether a title says whose it is, so that it heads a document and not a part of one.
fn names_a_body(title: &str) -> bool {
    const BODIES: [char; 13] = [
        '局', '委', '办', '厅', '府', '会', '队', '县', '市', '区', '旗', '镇', '乡',
    ];
    title.chars().take(16).any(|c| BODIES.contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::clean;
    use crate::decode::Format;
    use crate::decode::decode;

    const FIRST: &str = "甲县水利局2020年法治政府建设总结\n一、主要工作\n（一）查处违法取水4起。\n二、存在问题\n队伍老化。\n";
    const SECOND: &str = "甲县水利局2021年法治政府建设工作要点\n一、完善制度\n修订规则6件。\n二、规范执法\n评查案卷。\n";

    /// The line at which a second document is found.
    fn check(text: &str, line: Option<u32>) {
        let decoded = decode(text.as_bytes(), Format::Text, "a")
            .expect("is text")
            .output
            .decoded;
        let whole = clean(&decoded);
        let first = first_document(whole.clone(), "a");
        assert_eq!(
            first.warnings.first().and_then(|told| told.line),
            line,
            "{text}"
        );
        let aside = first
            .output
            .furniture
            .iter()
            .filter(|piece| piece.kind == FurnitureKind::AnotherDocument);
        let words: Vec<&str> = first
            .output
            .text
            .lines()
            .chain(aside.map(|piece| piece.text.as_str()))
            .collect();
        assert_eq!(words.join("\n"), whole.text);
    }

    #[test]
    fn a_second_document_is_set_aside_whole() {
        check(
            &format!("{FIRST}甲县水利局\n2021年1月6日\n{SECOND}甲县水利局\n2021年2月3日\n"),
            Some(8),
        );
        check(&format!("{FIRST}{SECOND}"), Some(6));
        check(
            &format!("{FIRST}2021年1月6日\n2021年工作打算\n一、甲\n二、乙\n"),
            Some(7),
        );
    }

    #[test]
    fn parts_of_one_document_are_none() {
        check(FIRST, None);
        check(
            &format!("{FIRST}2021年工作计划\n一、加强培训\n二、完善制度\n"),
            None,
        );
        check(
            &format!(
                "{FIRST}甲县水利局\n2021年1月6日\n附件：清单\n甲县2020年工作总结\n一、甲\n二、乙\n"
            ),
            None,
        );
        check(
            &format!("关于报送报告的函\n县政府：\n现报上。\n甲县水利局\n2021年1月6日\n{FIRST}"),
            None,
        );
        check(
            "甲县2020年法治政府建设报告\n第一部分 成效\n一、甲\n二、乙\n第二部分 甲县2021年工作计划\n一、丙\n二、丁\n",
            None,
        );
        check(
            &format!(
                "{FIRST}甲县水利局\n2021年1月6日\n相关报告\n甲县水利局2019年法治政府建设总结\n乙县水利局2020年法治政府建设总结\n"
            ),
            None,
        );
    }
}
