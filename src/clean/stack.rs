//! A table whose cells stand below each other, a line each, as copying a page leaves it: rows of as many lines, each with
//! its words and its numbers in the same places.

use super::FurnitureKind;
use super::line::Squeezed;
use crate::decode::Markup;
use crate::han::is_han;
use crate::marker::Marker;

/// Fewer rows than this are no table.
const FEWEST: usize = 3;
/// The most columns.
const WIDEST: usize = 8;
/// Longest words in a cell and in the head of a column, in characters.
const LABEL: usize = 24;
const HEAD: usize = 8;

/// A line's place in its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It begins the row.
    First,
    /// It goes on with the row of the line above.
    Further,
}

/// What a line may be of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    Words,
    Number,
}

/// For each line, its place in a row; none outside of such tables.
pub(super) fn places(lines: &[Squeezed], kinds: &[Option<FurnitureKind>]) -> Vec<Option<Place>> {
    let mut places = vec![None; lines.len()];
    let written: Vec<usize> = (0..lines.len())
        .filter(|&index| !lines[index].is_blank())
        .collect();
    let cells: Vec<Option<Cell>> = written
        .iter()
        .map(|&index| cell(&lines[index], kinds[index]))
        .collect();
    let mut at = 0;
    while at < cells.len() {
        let Some((columns, rows)) = table(&cells[at..]) else {
            at += 1;
            continue;
        };
        let is_head = |index: &usize| {
            let line = &lines[*index];
            kinds[*index].is_none() && line.markup == Markup::None && is_words(&line.text, HEAD)
        };
        let headed = at >= columns
            && written[at - columns..at].iter().all(is_head)
            && places[written[at - 1]].is_none();
        let first = at - if headed { columns } else { 0 };
        let end = at + rows * columns;
        // Numbers that rise from row to row are the pages of a table of contents.
        let rises = |column: usize| {
            let numbers = (0..rows).map(|row| &lines[written[at + row * columns + column]].text);
            let numbers: Vec<_> = numbers.map(|text| text.parse::<u32>()).collect();
            numbers.is_sorted_by(|a, b| matches!((a, b), (Ok(a), Ok(b)) if a < b))
        };
        // Words alone below the last number may be its own: then each number stands above its words.
        let reversed = columns == 2 && cells.get(end) == Some(&Some(Cell::Words));
        if headed || !(rises(columns - 1) || reversed) {
            for (cell, &index) in written[first..end].iter().enumerate() {
                let begins = cell % columns == 0;
                places[index] = Some(if begins { Place::First } else { Place::Further });
            }
        }
        at = end;
    }
    places
}

/// How many columns and rows the table has that begins with these lines, if one does: the fewest columns that make
/// enough rows of the same make-up. Among them is one of words and one of numbers.
fn table(cells: &[Option<Cell>]) -> Option<(usize, usize)> {
    (2..=WIDEST).find_map(|columns| {
        let row = cells.get(..columns)?;
        // Of two, the words come first: numbers before words are a list's.
        let mixed = row.contains(&Some(Cell::Words))
            && row.contains(&Some(Cell::Number))
            && (columns > 2 || row[0] == Some(Cell::Words));
        if !mixed || row.contains(&None) {
            return None;
        }
        let rows = cells
            .chunks_exact(columns)
            .take_while(|next| *next == row)
            .count();
        (rows >= FEWEST).then_some((columns, rows))
    })
}

/// What the line may be; a number alone in its line looks like a page's.
fn cell(line: &Squeezed, kind: Option<FurnitureKind>) -> Option<Cell> {
    if line.markup != Markup::None {
        return None;
    }
    let number = is_number(&line.text);
    match kind {
        None if number => Some(Cell::Number),
        Some(FurnitureKind::Folio) => number.then_some(Cell::Number),
        None if is_words(&line.text, LABEL) && !starts_with_year(&line.text) => Some(Cell::Words),
        _ => None,
    }
}

/// The head of a column (2019年), no row's.
fn starts_with_year(text: &str) -> bool {
    text.starts_with(|c: char| c.is_numeric() && !is_han(c))
}

/// A few words that name something: no sentence, no heading.
fn is_words(text: &str, longest: usize) -> bool {
    let year = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let words = if text.len() - year.len() == 4 {
        year
    } else {
        text
    };
    (1..=longest).contains(&text.chars().count())
        && words.chars().any(is_han)
        && !text.contains(['。', '；', ';', '，', ',', '\t', '|'])
        && !words.chars().any(|c| c.is_numeric() && !is_han(c))
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
