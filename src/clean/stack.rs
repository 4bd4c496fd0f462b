//! A table whose cells stand below each other, a line each, as copying a page leaves it: labels and numbers in turn.

use super::FurnitureKind;
use super::line::Squeezed;
use crate::decode::Markup;
use crate::structure::marker::Marker;

/// Fewer rows than this are no table.
const FEWEST: usize = 3;
/// Longest label and longest head of a column, in characters.
const LABEL: usize = 24;
const HEAD: usize = 8;

/// For each line, whether it is the second cell of the row that the line above it begins.
pub(super) fn second_cells(lines: &[Squeezed], kinds: &[Option<FurnitureKind>]) -> Vec<bool> {
    let mut second = vec![false; lines.len()];
    let written: Vec<usize> = (0..lines.len())
        .filter(|&index| !lines[index].is_blank())
        .collect();
    let text = |at: usize| &*lines[written[at]].text;
    let plain =
        |at: usize| kinds[written[at]].is_none() && lines[written[at]].markup == Markup::None;
    // A number alone in its line looks like a page's.
    let numbered = |at: usize| {
        let kind = kinds[written[at]];
        (kind.is_none() || kind == Some(FurnitureKind::Folio))
            && lines[written[at]].markup == Markup::None
            && is_number(text(at))
    };
    let row = |at: usize| {
        at + 1 < written.len() && plain(at) && is_label(text(at), LABEL) && numbered(at + 1)
    };
    let mut at = 0;
    while at < written.len() {
        let rows = (at..).step_by(2).take_while(|&at| row(at)).count();
        if rows < FEWEST {
            at += 1;
            continue;
        }
        let head = |at: usize| plain(at) && is_label(text(at), HEAD);
        let headed = at >= 2 && head(at - 2) && head(at - 1) && !second[written[at - 2]];
        // Numbers that rise from row to row are the pages of a table of contents.
        let numbers = (0..rows).map(|row| text(at + 2 * row + 1).parse::<u32>());
        let rising = numbers.collect::<Vec<_>>().is_sorted_by(|a, b| {
            let pair = a.as_ref().ok().zip(b.as_ref().ok());
            pair.is_some_and(|(a, b)| a < b)
        });
        if headed || !rising {
            second[written[at - usize::from(headed)]] |= headed;
            for row in 0..rows {
                second[written[at + 2 * row + 1]] = true;
            }
        }
        at += 2 * rows;
    }
    second
}

/// A few words that name something: no sentence, no heading.
fn is_label(text: &str, longest: usize) -> bool {
    (2..=longest).contains(&text.chars().count())
        && text.chars().any(super::is_han)
        && !text.contains(['。', '；', ';', '，', ',', '\t', '|'])
        && !text.chars().any(|c| c.is_numeric() && !super::is_han(c))
        && Marker::read(text).is_none()
}

/// A number and nothing else, with its percent sign at most.
fn is_number(text: &str) -> bool {
    let digits = text.trim_end_matches(['%', '％']);
    !digits.is_empty()
        && text.len() <= 20
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || ('０'..='９').contains(&c) || ",，.．".contains(c))
        && digits.contains(|c: char| c.is_numeric())
}
