//! Which lines a fixed width broke: pages saved from mail, PDF and old editors wrap a paragraph
//! every so many cells, or a page's end cuts it.

use super::FurnitureKind;
use super::line::{BARS, Squeezed};
use crate::decode::Markup;
use std::ops::RangeInclusive;

/// Where a file is wrapped.
#[derive(Clone, Copy)]
struct Wrap {
    by: Measure,
    width: u32,
}

/// What a wrap counts.
#[derive(Clone, Copy)]
enum Measure {
    /// Cells: two for a wide character.
    Cells,
    /// Characters, wide or not.
    Characters,
    /// Characters, more or less: recognition of a scanned page, or a program that put spaces around
    /// numbers afterwards, left ragged lines.
    About,
}

impl Measure {
    fn of(self, line: &Squeezed) -> u32 {
        match self {
            Self::Cells => line.width(),
            Self::Characters | Self::About => line.indent / 2 + line.columns.len() as u32,
        }
    }

    /// A line may fall this much short of the width: a wide character and a closing mark.
    fn slack(self) -> u32 {
        match self {
            Self::Cells => 4,
            Self::Characters => 3,
            Self::About => 6,
        }
    }

    /// Narrower lines are of verse or tables, wider ones paragraphs.
    fn widths(self) -> RangeInclusive<u32> {
        match self {
            Self::Cells => 40..=140,
            Self::Characters | Self::About => 20..=70,
        }
    }
}

impl Wrap {
    /// Whether a line fills the width, and no more than that; `next` is the line below, of which a word
    /// or number at its beginning may not have been broken.
    fn filled_by(self, line: &Squeezed, next: &Squeezed) -> bool {
        let widest = match self.by {
            Measure::Cells => line.widest(),
            Measure::Characters => self.by.of(line),
            // So near the width a line may end by itself: only what breaks off goes on.
            Measure::About => {
                return !ends_sentence(&line.text)
                    && self.by.of(line) + self.by.slack() > self.width;
            }
        };
        let word = |c: &char| is_word(*c) || matches!(c, '.' | '%');
        let whole = next.text.chars().take_while(word).count() as u32;
        let longer = self.by.of(line) > self.width && ends_sentence(&line.text);
        widest + self.by.slack() + whole > self.width && !longer
    }
}

/// Letters and digits that need a space between them when lines are joined.
pub(super) fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric()
}

/// One line in so many may be longer than a file's width.
const RARE: usize = 30;

/// For each line, whether it continues the last line of the text.
pub(super) fn joins(lines: &[Squeezed], kinds: &[Option<FurnitureKind>]) -> Vec<bool> {
    let exact = [Measure::Cells, Measure::Characters]
        .into_iter()
        .find_map(|by| find(by, lines, kinds));
    let wraps: Vec<Wrap> = exact.into_iter().chain(find_about(lines, kinds)).collect();
    let mut joins = vec![false; lines.len()];
    let mut last: Option<usize> = None;
    let mut blank = false;
    let mut folio = false;
    for (index, line) in lines.iter().enumerate() {
        if line.is_blank() {
            blank = true;
            continue;
        }
        if let Some(kind) = kinds[index] {
            folio |= kind == FurnitureKind::Folio;
            blank = true;
            continue;
        }
        if let Some(before) = last.map(|at| &lines[at]) {
            let plain = before.markup == Markup::None && line.markup == Markup::None;
            joins[index] = plain
                && !opens(line)
                && !is_row(before)
                && !is_row(line)
                && if folio {
                    // A page's end cut a sentence: in a wrapped file, one that fills its line.
                    before.width() > 20
                        && (wraps.is_empty()
                            || wraps.iter().any(|wrap| wrap.filled_by(before, line)))
                        && !ends_sentence(&before.text)
                        && line.indent < 2
                } else if blank {
                    false
                } else {
                    breaks_off(&before.text)
                        || goes_on(&before.text, &line.text)
                        || breaks_a_number(&before.text, &line.text)
                        || wraps.iter().any(|wrap| wrapped(before, line, *wrap))
                };
        }
        last = Some(index);
        (blank, folio) = (false, false);
    }
    joins
}

fn wrapped(before: &Squeezed, line: &Squeezed, wrap: Wrap) -> bool {
    wrap.filled_by(before, line) && line.indent < 2 + before.indent.min(line.indent)
}

/// Widths of the text's plain lines, and whether they end with a sentence.
fn plain_widths<'l>(
    by: Measure,
    lines: &'l [Squeezed],
    kinds: &'l [Option<FurnitureKind>],
) -> impl Iterator<Item = (u32, bool)> + 'l {
    lines
        .iter()
        .zip(kinds)
        .filter(|(line, kind)| !line.is_blank() && kind.is_none() && line.markup == Markup::None)
        .map(move |(line, _)| (by.of(line), ends_sentence(&line.text)))
}

/// The width about which the file is wrapped: two lines of five or more end near it, in the midst of a sentence, and
/// none is much longer but one in [`RARE`].
fn find_about(lines: &[Squeezed], kinds: &[Option<FurnitureKind>]) -> Option<Wrap> {
    let by = Measure::About;
    let all: Vec<(u32, bool)> = plain_widths(by, lines, kinds).collect();
    let mut broken: Vec<u32> = all
        .iter()
        .filter(|(_, ends)| !ends)
        .map(|(width, _)| *width)
        .collect();
    broken.sort_unstable();
    let width = *broken.get(broken.len() * 3 / 4)?;
    let near = broken
        .iter()
        .filter(|own| **own + by.slack() > width)
        .count();
    let mut widths: Vec<u32> = all.iter().map(|(width, _)| *width).collect();
    widths.sort_unstable();
    let longest = *widths.get(widths.len().checked_sub(1 + widths.len() / RARE)?)?;
    (by.widths().contains(&width)
        && near >= 6
        && near * 5 > all.len() * 2
        && longest <= width + 2 * by.slack())
    .then_some(Wrap { by, width })
}

/// The width at which the file is wrapped, if it is: most lines end there, and not with a sentence. One line in [`RARE`] may
/// be longer: whoever wrapped the file joined some lines again.
fn find(by: Measure, lines: &[Squeezed], kinds: &[Option<FurnitureKind>]) -> Option<Wrap> {
    let mut widths: Vec<(u32, bool)> = plain_widths(by, lines, kinds).collect();
    widths.sort_unstable();
    (0..=widths.len() / RARE).find_map(|longer| {
        let all = &widths[..widths.len() - longer];
        let (width, _) = *all.last()?;
        if !by.widths().contains(&width) {
            return None;
        }
        let full = all.iter().filter(|(own, _)| own + by.slack() > width);
        let broken = full.clone().filter(|(_, ends)| !ends).count();
        let full = full.count();
        (full >= 4 && full * 5 >= widths.len() * 2 && broken * 2 > full)
            .then_some(Wrap { by, width })
    })
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['”', '"', '’', '」', ')', '）'])
        .ends_with(['。', '！', '？', '；', '!', '?', ';', ':', '：', '…'])
}

/// A line that no paragraph ends with: after a comma or an opening mark the sentence goes on.
fn breaks_off(text: &str) -> bool {
    text.chars().count() > 12 && text.ends_with(['，', '、', '（', '《', '“', '〔', '「'])
}

/// Whether a line begins with a mark that can begin none, below one that ends no sentence: a heading may have lost its
/// number before the mark.
fn goes_on(before: &str, next: &str) -> bool {
    before.chars().count() > 12
        && !ends_sentence(before)
        && next.starts_with([
            '，', '。', '、', '；', '：', '）', '》', '”', '」', '〕', '％',
        ])
}

/// Whether a line ends with a number whose unit begins the next: 复议案件4 / 件.
fn breaks_a_number(before: &str, next: &str) -> bool {
    const UNITS: [char; 24] = [
        '件', '起', '宗', '人', '次', '份', '项', '个', '家', '场', '处', '期', '卷', '名', '万',
        '亿', '元', '年', '月', '日', '余', '%', '％', '多',
    ];
    before.chars().count() > 12
        && before.ends_with(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c))
        && next.starts_with(UNITS)
}

/// Whether a line is a table's row between bars.
fn is_row(line: &Squeezed) -> bool {
    line.text.matches(BARS).count() >= 2
}

/// Whether a line opens with a marker of its own, and so a paragraph.
fn opens(line: &Squeezed) -> bool {
    crate::marker::Marker::read(&line.text).is_some()
        || ["一是", "二是", "三是", "四是", "五是", "六是"]
            .iter()
            .any(|item| line.text.starts_with(item))
}
