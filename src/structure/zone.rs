//! The title block above a report and the signature below it.

use super::{ParagraphKind, role};
use crate::clean::CleanText;
use crate::decode::Markup;
use crate::evidence::Span;
use crate::marker::{Class, Marker};
use regex::Regex;
use search_index::fold::fold_str;
use std::ops::Range;
use std::sync::LazyLock;

/// Where title block, report and signature lie: ranges of the text's lines.
pub(super) struct Zones {
    /// Lines of the title block.
    pub(super) head: Range<usize>,
    /// Lines of the report proper.
    pub(super) body: Range<usize>,
    /// Lines of the signature; an annex may follow.
    signature: Range<usize>,
    /// Folded words of each line that is short enough to be a heading; empty for longer ones.
    pub(super) short: Vec<String>,
    salutation: Option<usize>,
}

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\D{0,30}(?:(?:19|20)\d{2}\s*[年.\-/]?\s*\d{1,2}\s*[月.\-/]?\s*\d{1,2}\s*日?|[二三四五六七八九十〇零oO○一]{4}\s*年\s*[一二三四五六七八九十]{1,3}\s*月\s*[一二三四五六七八九十]{1,4}\s*日)\s*[)）]?$")
        .expect("a constant pattern compiles")
});
static ISSUER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[^。,;:|\t]{2,40}(?:局|政府|委员会|管委会|办公室|厅|委|办|处|所|中心|支队|大队|总队|街道|街道办事处|办事处|公安分局|小组|院|会|师|团|银行|公司|盟|旗)\s*(?:\([^)]{1,12}\))?$")
        .expect("a constant pattern compiles")
});
/// The name of a file.
static FILE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\.(?:docx?|xlsx?|pdf|wps|et|zip|rar|jpe?g|png)$")
        .expect("a constant pattern compiles")
});
/// The line over an annex.
static ANNEX: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^附(?:表|件|录)?\s*\d*\s*(?::|$)").expect("a constant pattern compiles")
});
static GENRE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:报告|总结|情况|汇报|小结|自查|述职|要点|方案|计划|通知|意见|公告|年报|的函)\s*(?:\(.{1,20}\))?$")
        .expect("a constant pattern compiles")
});

/// A bare heading of what was done; a title would name the genre.
static DONE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:主要|总体|基本|重点|年度|开展)[^。]{0,14}(?:成效|成绩|做法|举措|措施|亮点|工作|进展)$")
        .expect("a constant pattern compiles")
});

/// Those to whom a report is addressed: 县委、县政府:
static ADDRESSEES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[^。;:]{0,40}(?:[省市州盟县区旗镇]委|政府|委员会|办公室|人大|常委会|[厅局办]|单位|部门|同志|同志们|领导|委员|代表):$")
        .expect("a constant pattern compiles")
});

/// Longest heading or title line, in characters.
pub(super) const LONGEST_HEADING: usize = 80;

pub(super) fn zones(text: &CleanText, spans: &[Span]) -> Zones {
    let short: Vec<String> = spans
        .iter()
        .map(|span| {
            let words = span.of(&text.text);
            if words.chars().count() <= LONGEST_HEADING {
                fold_str(words)
            } else {
                String::new()
            }
        })
        .collect();
    let mut zones = Zones {
        head: 0..0,
        body: 0..spans.len(),
        signature: spans.len()..spans.len(),
        short,
        salutation: None,
    };
    zones.body.start = zones.head_end(text, spans);
    zones.head.end = zones.body.start;
    zones.signature = zones.find_signature(text, spans);
    zones.body.end = zones.signature.start;
    zones
}

impl Zones {
    /// The title block ends at the first sentence, marker, salutation or bare heading.
    fn head_end(&mut self, text: &CleanText, spans: &[Span]) -> usize {
        let mut titled = false;
        for (index, span) in spans.iter().enumerate() {
            let words = span.of(&text.text);
            let folded = &self.short[index];
            if folded.is_empty()
                || folded.contains('。')
                || Marker::read(words).is_some()
                || matches!(
                    text.markup.get(index),
                    Some(Markup::Heading(2..) | Markup::Row | Markup::Item)
                )
            {
                return index;
            }
            if folded.ends_with(':') {
                if titled || ADDRESSEES.is_match(folded) {
                    self.salutation = Some(index);
                    return index + 1;
                }
                return index;
            }
            if titled && !is_title(folded) && self.heads(index, text, spans) {
                return index;
            }
            // A clause with a comma that names no genre is a sentence that lost its stop.
            if folded.contains(',') && !is_title(folded) && folded.chars().count() > 40 {
                return index;
            }
            titled |= is_title(folded);
        }
        if titled { spans.len() } else { 0 }
    }

    /// Whether a line below the title is the report's first heading: by its words, or because it is
    /// short, names no one and a paragraph follows.
    fn heads(&self, index: usize, text: &CleanText, spans: &[Span]) -> bool {
        let folded = &self.short[index];
        let next = spans.get(index + 1).map_or("", |span| span.of(&text.text));
        let plain = folded.chars().count() <= 16
            && !is_signature(folded)
            && !folded.contains(['(', ')', '〔', '[', ':'])
            && !folded.contains(|c: char| c.is_ascii_digit());
        role::own(folded, None).is_some() || DONE.is_match(folded) || (plain && next.contains('。'))
    }

    /// The last lines that name an issuer or a date, before an annex where there is one.
    fn find_signature(&self, text: &CleanText, spans: &[Span]) -> Range<usize> {
        let signs = |index: usize| {
            let folded = &self.short[index];
            let plain = text.markup.get(index) != Some(&Markup::Row);
            plain
                && (DATE.is_match(folded)
                    || (ISSUER.is_match(folded) && Marker::read(folded).is_none()))
        };
        // A report stands above its annex, with parts of its own; none of its parts stands below.
        let part = |index: usize| {
            let marker = Marker::read(spans[index].of(&text.text));
            marker.is_some_and(|marker| marker.class <= Class::Han)
        };
        // What has no parts is told from its annex by being the longer.
        let longer_above = |index: usize| {
            let start = |line: usize| spans[line].start;
            let end = spans.last().map_or(0, |last| last.end);
            start(index) - start(self.body.start) > 2 * (end - start(index))
        };
        let tabled = |index: usize| {
            let mut below = text.markup.iter().skip(index + 1).take(2);
            below.any(|markup| *markup == Markup::Row)
        };
        // A list of files at the end.
        let listed = |index: usize| {
            let below = &self.short[index + 1..];
            let names_a_file = |folded: &String| {
                let item = Marker::read(folded).is_some() || FILE.is_match(folded);
                item && !folded.contains('。')
            };
            (1..=12).contains(&below.len()) && below.iter().all(names_a_file)
        };
        let annexed = |index: &usize| {
            // (联系人：……) may stand between.
            let mut above = (self.body.start..*index).rev();
            let above = above.find(|line| !self.short[*line].starts_with('('));
            ANNEX.is_match(&self.short[*index])
                && (above.is_some_and(signs) || tabled(*index) || listed(*index))
                && !(*index..spans.len()).any(part)
                && ((self.body.start..*index).any(part) || longer_above(*index))
        };
        let end = (self.body.start + 1..spans.len()).rev().find(annexed);
        let end = end.unwrap_or(spans.len());
        let mut start = end;
        for index in (self.body.start..end).rev().take(6) {
            let folded = &self.short[index];
            let plain = text.markup.get(index) != Some(&Markup::Row);
            if folded.is_empty() || folded.contains('。') || !plain {
                break;
            }
            if signs(index) {
                start = index;
            } else if !(folded.starts_with('(')
                || folded.starts_with("附件")
                || folded.starts_with("抄送"))
            {
                break;
            }
        }
        start..end
    }

    /// The kind of every line, headings given.
    pub(super) fn kinds(&self, text: &CleanText, headings: &[usize]) -> Vec<ParagraphKind> {
        let mut kinds: Vec<ParagraphKind> = (0..self.short.len())
            .map(|index| {
                if Some(index) == self.salutation {
                    ParagraphKind::Salutation
                } else if self.head.contains(&index) {
                    ParagraphKind::Title
                } else if self.signature.contains(&index)
                    && (DATE.is_match(&self.short[index]) || ISSUER.is_match(&self.short[index]))
                {
                    ParagraphKind::Signature
                } else if text.markup.get(index) == Some(&Markup::Row) {
                    ParagraphKind::Row
                } else {
                    ParagraphKind::Body
                }
            })
            .collect();
        for &index in headings {
            kinds[index] = ParagraphKind::Heading;
        }
        kinds
    }
}

/// Whether a folded line is a bare heading of what was done.
pub(super) fn is_done(folded: &str) -> bool {
    DONE.is_match(folded)
}

fn is_title(folded: &str) -> bool {
    let closed: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    GENRE.is_match(&closed)
        || closed.contains('〔')
        || (closed.contains("年度") && ISSUER.is_match(&closed))
}

/// Whether a folded line is an issuer's name or a date and nothing else.
pub(super) fn is_signature(folded: &str) -> bool {
    DATE.is_match(folded) || ISSUER.is_match(folded)
}
