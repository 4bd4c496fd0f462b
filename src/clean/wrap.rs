//! Which lines a fixed width broke: pages saved from mail, PDF and old editors wrap a paragraph
//! every so many cells, or a page's end cuts it.

use super::FurnitureKind;
use super::line::Squeezed;
use crate::decode::Markup;

/// A line may fall this many cells short of the wrap's width: a wide character and a closing mark.
const SLACK: u32 = 4;
/// Wider lines are paragraphs, not wrapped ones.
const WIDEST: u32 = 140;

/// Letters and digits that need a space between them when lines are joined.
pub(super) fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric()
}

/// For each line, whether it continues the last line of the text.
pub(super) fn joins(lines: &[Squeezed], kinds: &[Option<FurnitureKind>]) -> Vec<bool> {
    let width = wrap_width(lines, kinds);
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
                && if folio {
                    // A page's end cut a sentence: in a wrapped file, one that fills its line.
                    before.width() > 20
                        && width.is_none_or(|width| before.widest() + SLACK > width)
                        && !ends_sentence(&before.text)
                        && line.indent < 2
                } else if blank {
                    false
                } else {
                    breaks_off(&before.text)
                        || width.is_some_and(|width| wrapped(before, line, width))
                };
        }
        last = Some(index);
        (blank, folio) = (false, false);
    }
    joins
}

fn wrapped(before: &Squeezed, line: &Squeezed, width: u32) -> bool {
    let full = before.widest() + SLACK > width && before.width() <= width;
    full && line.indent < 2 + before.indent.min(line.indent)
}

/// The width at which the file is wrapped, if it is: most lines end there, and not with a sentence.
fn wrap_width(lines: &[Squeezed], kinds: &[Option<FurnitureKind>]) -> Option<u32> {
    let mut widths: Vec<(u32, bool)> = lines
        .iter()
        .zip(kinds)
        .filter(|(line, kind)| !line.is_blank() && kind.is_none() && line.markup == Markup::None)
        .map(|(line, _)| (line.width(), ends_sentence(&line.text)))
        .collect();
    widths.sort_unstable();
    let (width, _) = *widths.get(widths.len().saturating_sub(1))?;
    if !(40..=WIDEST).contains(&width) {
        return None;
    }
    let full: Vec<_> = widths
        .iter()
        .filter(|(cells, _)| cells + SLACK > width)
        .collect();
    let broken = full.iter().filter(|(_, ends)| !ends).count();
    (full.len() >= 4 && full.len() * 5 >= widths.len() * 2 && broken * 2 > full.len())
        .then_some(width)
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['”', '"', '’', '」', ')', '）'])
        .ends_with(['。', '！', '？', '；', '!', '?', ';', ':', '：', '…'])
}

/// A line that no paragraph ends with: after a comma or an opening mark the sentence goes on.
fn breaks_off(text: &str) -> bool {
    text.chars().count() > 12 && text.ends_with(['，', '、', '（', '《', '“', '〔', '「'])
}

/// Whether a line opens with a marker of its own, and so a paragraph.
fn opens(line: &Squeezed) -> bool {
    crate::structure::marker::Marker::read(&line.text).is_some()
        || ["一是", "二是", "三是", "四是", "五是", "六是"]
            .iter()
            .any(|item| line.text.starts_with(item))
}
