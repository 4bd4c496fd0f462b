//! Whether a decoded text is what its writer wrote: the gate that every format passes.
//!
//! A decoder that goes wrong gives signs that no report has: characters that stand for none, marks
//! without a letter, the well-known garble of one encoding read as another, or Chinese that is made of
//! rare characters only. Numbers are the first to suffer, and nobody sees it. So below the gate a
//! report is shown as doubtful, with the reason, and its figures are withheld.

use super::characters::FREQUENT;
use super::{Decoded, Markup};
use crate::clean::is_han;

/// Fewer signs than this are an accident of a few characters.
const FEWEST: usize = 5;
/// Of a text shorter than this (in characters) its make-up says nothing.
const SHORTEST: usize = 100;

/// The counts on which the gate rests.
#[derive(Default)]
struct Counts {
    all: usize,
    /// Replacement, private-use and unassigned characters.
    lost: usize,
    /// Control characters, and marks that belong on a letter of another script.
    stray: usize,
    /// Letters of western Europe, as UTF-8 read byte by byte gives them.
    western: usize,
    /// Any script's letters, Han among them.
    letters: usize,
    han: usize,
    frequent: usize,
}

/// What garbled text of one encoding in another is known by.
const GARBLE: [&str; 4] = ["锟斤拷", "烫烫烫", "屯屯屯", "ï»¿"];

/// Why the text may be wrong, in words; nothing where it looks as a report does.
pub fn doubt(decoded: &Decoded) -> Option<String> {
    let lines = decoded
        .lines
        .iter()
        .filter(|line| line.markup != Markup::Margin);
    let mut counts = Counts::default();
    let mut garble = 0;
    for line in lines {
        counts.add(&line.text);
        garble += GARBLE
            .iter()
            .map(|sign| line.text.matches(sign).count())
            .sum::<usize>();
    }
    let Counts { all, .. } = counts;
    // At least one in a hundred, or whatever the measure is.
    let share =
        |signs: usize, of_hundred: usize| signs >= FEWEST && signs * 100 >= all * of_hundred;
    let told = |signs: usize, what: &str| {
        let tenths = signs * 1000 / all.max(1);
        Some(format!(
            "{}.{} % of its characters {what}",
            tenths / 10,
            tenths % 10
        ))
    };
    if share(counts.lost, 1) {
        told(counts.lost, "could not be decoded")
    } else if garble >= 3 {
        Some("it holds the garble of one encoding read as another".to_owned())
    } else if share(counts.western, 5) {
        told(
            counts.western,
            "are accented letters, as of one encoding read as another",
        )
    } else if share(counts.stray, 1) {
        told(counts.stray, "are control characters or stray marks")
    } else if counts.letters < SHORTEST {
        None
    } else if counts.han * 10 < counts.letters * 3 {
        Some("it is hardly in Chinese".to_owned())
    } else if counts.frequent * 100 < counts.han * 12 {
        Some("hardly one of its characters is frequent in official Chinese".to_owned())
    } else {
        None
    }
}

impl Counts {
    fn add(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            self.all += 1;
            match c {
                '\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => self.lost += 1,
                '\u{300}'..='\u{36f}'
                | '\u{483}'..='\u{489}'
                | '\u{591}'..='\u{5bd}'
                | '\u{610}'..='\u{61a}'
                | '\u{64b}'..='\u{65f}'
                | '\u{e31}'
                | '\u{e34}'..='\u{e3a}'
                | '\u{e47}'..='\u{e4e}'
                | '\u{1ab0}'..='\u{1aff}'
                | '\u{1dc0}'..='\u{1dff}'
                | '\u{20d0}'..='\u{20ff}' => self.stray += 1,
                c if c.is_control() => self.stray += 1,
                // Not the pinyin's own, and none of the marks that Chinese texts use.
                '¡'..='¦'
                | '¨'..='¯'
                | '²'..='¶'
                | '¸'..='Ö'
                | 'Ø'..='ß'
                | 'â'..='æ'
                | 'î'..='ñ'
                | 'õ'
                | 'ö'
                | 'ø'
                | 'û'
                | 'ý'..='ÿ' => self.western += 1,
                _ => {}
            }
            self.letters += usize::from(c.is_alphabetic());
            self.han += usize::from(is_han(c));
            self.frequent += usize::from(is_han(c) && FREQUENT.contains(c));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;
    use crate::discover::Format;

    const TEXT: &str = "云溪市2023年法治政府建设情况报告\n全年审查行政规范性文件41件，办理行政复议案件78件，\
        其中调解和解31件；开展行政执法检查12907次，培训执法人员3140人次，受理申请1204件，金额1204.56万元。\n\
        基层执法力量与任务还不相称，下一步将推进镇街综合执法规范化建设，完善制度，加强监督。";

    fn doubt_of(text: &str) -> Option<String> {
        let read = decode(text.as_bytes(), Format::Text, "a").expect("is text");
        doubt(&read.output.decoded)
    }

    #[test]
    fn a_report_passes() {
        assert_eq!(doubt_of(TEXT), None);
        // A few characters lost, a bullet of a symbol font, a foreign name.
        let few = format!("{TEXT}\u{fffd}\u{f06c}José、Müller");
        assert_eq!(doubt_of(&few), None);
        assert_eq!(doubt_of("概况：41件"), None);
    }

    #[test]
    fn what_no_report_has_is_told() {
        let (utf8_as_western, _) =
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(TEXT.as_bytes());
        let (utf8_as_gbk, _) = encoding_rs::GBK.decode_without_bom_handling(TEXT.as_bytes());
        // Some programs leave out what they can't decode.
        let utf8_as_gbk: String = utf8_as_gbk.chars().filter(|&c| is_han(c)).collect();
        let lost = TEXT.replace(['行', '政', '法'], "\u{fffd}");
        let private = TEXT.replace(['行', '政', '法'], "\u{e123}");
        let marks = TEXT.replace('年', "年\u{301}\u{302}");
        let replaced = TEXT.replace('法', "锟斤拷");
        let english = "The quick brown fox jumps over the lazy dog. ".repeat(5);
        for (text, told) in [
            (&*utf8_as_western, "accented letters"),
            (&utf8_as_gbk, "frequent"),
            (&lost, "could not be decoded"),
            (&private, "could not be decoded"),
            (&replaced, "garble"),
            (&english, "hardly in Chinese"),
        ] {
            let line = crate::decode::Line {
                text: text.to_owned(),
                source_line: 1,
                markup: Markup::None,
            };
            let decoded = Decoded {
                lines: vec![line],
                ..decode(TEXT.as_bytes(), Format::Text, "a")
                    .expect("is text")
                    .output
                    .decoded
            };
            let doubt = doubt(&decoded).unwrap_or_default();
            assert!(doubt.contains(told), "{told}: {doubt}");
        }
        let many = format!("{TEXT}{}", marks.repeat(3));
        assert!(doubt_of(&many).is_some());
    }
}
