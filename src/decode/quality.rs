//! Whether a decoded text is what its writer wrote: the gate that every format passes.
//!
//! A decoder that goes wrong gives signs that no report has: characters that stand for none, marks
//! without a letter, the well-known garble of one encoding read as another, or Chinese that is made of
//! rare characters only. Numbers are the first to suffer, and nobody sees it. So below the gate a
//! report is shown as doubtful, with the reason, and its figures are withheld.

use super::characters::is_frequent;
use super::{Decoded, Markup};
use crate::han::is_han;
use regex::Regex;
use std::fmt;
use std::sync::LazyLock;

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
static GARBLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("锟斤拷|烫烫烫|屯屯屯|ï»¿").expect("a valid pattern"));

/// Why a text may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// So many of a thousand characters could not be decoded.
    Lost(usize),
    /// It holds what one encoding read as another is known by.
    Garble,
    /// So many of a thousand characters are letters of western Europe.
    Western(usize),
    /// So many of a thousand characters are controls or marks without a letter.
    Stray(usize),
    /// It is hardly in Chinese.
    Foreign,
    /// Its characters are Chinese and rare.
    Rare,
}

impl Doubt {
    /// The kind of diagnostic that tells of it.
    pub fn code(self) -> &'static str {
        match self {
            Doubt::Lost(_) => "text-doubtful-lost",
            Doubt::Garble | Doubt::Western(_) => "text-doubtful-garble",
            Doubt::Stray(_) => "text-doubtful-stray",
            Doubt::Foreign => "text-doubtful-foreign",
            Doubt::Rare => "text-doubtful-rare",
        }
    }

    /// Whether a diagnostic of this kind tells of a doubt.
    pub fn is_told_by(code: &str) -> bool {
        code.starts_with("text-doubtful-")
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut share = |thousandths: usize, what: &str| {
            let (whole, tenth) = (thousandths / 10, thousandths % 10);
            write!(f, "{whole}.{tenth} % of its characters {what}")
        };
        match *self {
            Doubt::Lost(of) => share(of, "could not be decoded"),
            Doubt::Western(of) => share(
                of,
                "are accented letters, as of one encoding read as another",
            ),
            Doubt::Stray(of) => share(of, "are control characters or stray marks"),
            Doubt::Garble => f.write_str("it holds the garble of one encoding read as another"),
            Doubt::Foreign => f.write_str("it is hardly in Chinese"),
            Doubt::Rare => {
                f.write_str("hardly one of its characters is frequent in official Chinese")
            }
        }
    }
}

/// Why the text may be wrong; nothing where it looks as a report does.
pub fn doubt(decoded: &Decoded) -> Option<Doubt> {
    let lines = decoded
        .lines
        .iter()
        .filter(|line| line.markup != Markup::Margin);
    let mut counts = Counts::default();
    let mut garble = 0;
    for line in lines {
        counts.add(&line.text);
        garble += GARBLE.find_iter(&line.text).count();
    }
    let Counts { all, .. } = counts;
    let thousandths = |signs: usize| signs * 1000 / all.max(1);
    let many = |signs: usize, of_hundred: usize| signs >= FEWEST && signs * 100 >= all * of_hundred;
    if many(counts.lost, 1) {
        Some(Doubt::Lost(thousandths(counts.lost)))
    } else if garble >= 3 {
        Some(Doubt::Garble)
    } else if many(counts.western, 5) {
        Some(Doubt::Western(thousandths(counts.western)))
    } else if many(counts.stray, 1) {
        Some(Doubt::Stray(thousandths(counts.stray)))
    } else if counts.letters < SHORTEST {
        None
    } else if counts.han * 10 < counts.letters * 3 {
        Some(Doubt::Foreign)
    } else if counts.frequent * 100 < counts.han * 12 {
        Some(Doubt::Rare)
    } else {
        None
    }
}

impl Counts {
    fn add(&mut self, text: &str) {
        for c in text.chars() {
            if is_han(c) {
                self.all += 1;
                self.letters += 1;
                self.han += 1;
                self.frequent += usize::from(is_frequent(c));
                continue;
            }
            if c.is_whitespace() {
                continue;
            }
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::Format;
    use crate::decode::decode;

    const TEXT: &str = "云溪市2023年法治政府建设情况报告\n全年审查行政规范性文件41件，办理行政复议案件78件，\
        其中调解和解31件；开展行政执法检查12907次，培训执法人员3140人次，受理申请1204件，金额1204.56万元。\n\
        基层执法力量与任务还不相称，下一步将推进镇街综合执法规范化建设，完善制度，加强监督。";

    fn doubt_of(text: &str) -> Option<Doubt> {
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
            let doubt = doubt(&decoded).expect(told);
            assert!(doubt.to_string().contains(told), "{told}: {doubt}");
            assert!(Doubt::is_told_by(doubt.code()));
        }
        let many = format!("{TEXT}{}", marks.repeat(3));
        assert!(doubt_of(&many).is_some());
    }
}
