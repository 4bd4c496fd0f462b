//! A page's glyphs → lines → columns in reading order → paragraphs.
//!
//! A new paragraph is told by its indent, by a line before it that does not reach the margin, by a
//! wider gap or another size. A paragraph goes on over a column's and a page's end where its last
//! line is full and the next is not indented.

use super::super::blocks::Cell;
use super::page::{Glyph, Page};
use super::table;

/// A gap this wide between two words of a line may part columns, in ems.
const GUTTER: f64 = 1.2;
/// Lines side by side that make columns, at least.
const FEWEST_LINES: usize = 4;
/// More pieces on a page are no text: it is crowded.
const MOST_PIECES: usize = 5000;

/// A piece of the document.
#[derive(Debug, PartialEq)]
pub(super) enum Part {
    Paragraph(String),
    Table(Vec<Vec<Cell>>),
}

/// Words in one line without a wide gap.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) x: f64,
    pub(super) end: f64,
    pub(super) y: f64,
    pub(super) size: f64,
}

/// What a page gives to the flow of the text.
pub(super) enum Passage {
    /// Lines of one column, from top to bottom.
    Column(Vec<Piece>),
    Table(Vec<Vec<Cell>>),
}

/// A page's passages in reading order; none where it is too crowded to have one.
pub(super) fn passages(page: &Page) -> Option<Vec<Passage>> {
    let (tables, rest) = table::tables(page);
    let mut pieces = pieces(&rest);
    let mut passages = Vec::new();
    // A table stands in its column; what stands above it is read before.
    let mut tables: Vec<table::Table> = tables;
    tables.sort_by(|a, b| a.top.total_cmp(&b.top));
    if pieces.len() > MOST_PIECES {
        return None;
    }
    for table in &tables {
        // A table's place among the lines is kept by a line of its own.
        pieces.push(Piece {
            text: String::new(),
            x: table.left,
            end: table.right,
            y: table.top,
            size: f64::MIN_POSITIVE,
        });
    }
    pieces.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)));
    for column in columns(pieces) {
        let mut lines: Vec<Piece> = Vec::new();
        for piece in column {
            if piece.text.is_empty() {
                let at = tables
                    .iter()
                    .position(|table| (table.top, table.left) == (piece.y, piece.x));
                if !lines.is_empty() {
                    passages.extend(aligned(std::mem::take(&mut lines)));
                }
                passages.extend(at.map(|at| Passage::Table(tables.remove(at).rows)));
            } else {
                lines.push(piece);
            }
        }
        if !lines.is_empty() {
            passages.extend(aligned(lines));
        }
    }
    Some(passages)
}

/// Glyphs → pieces, from top to bottom and from left to right.
pub(super) fn pieces(glyphs: &[Glyph]) -> Vec<Piece> {
    let mut order: Vec<&Glyph> = glyphs.iter().collect();
    order.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut lines: Vec<Vec<&Glyph>> = Vec::new();
    for glyph in order {
        let line = lines.iter_mut().rev().take(8).find(|line| {
            let last = line[line.len() - 1];
            (glyph.y - line[0].y).abs() < 0.35 * glyph.size.max(last.size).max(1.0)
        });
        match line {
            Some(line) => line.push(glyph),
            None => lines.push(vec![glyph]),
        }
    }
    drop_note_marks(&mut lines);
    let mut pieces = Vec::new();
    for mut line in lines {
        line.sort_by(|a, b| a.x.total_cmp(&b.x));
        let mut open: Option<Piece> = None;
        let mut before: Option<&Glyph> = None;
        for glyph in line {
            let em = glyph.size;
            // Bold print is often the same glyph twice, a hair apart.
            let again = before.is_some_and(|before| {
                before.text == glyph.text && (glyph.x - before.x).abs() < 0.2 * em
            });
            if again {
                continue;
            }
            let blank = glyph.text.trim().is_empty();
            if let Some(piece) = open
                .as_mut()
                .filter(|piece| glyph.x - piece.end < GUTTER * em)
            {
                let gap = glyph.x - piece.end;
                let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
                let tight = latin(piece.text.chars().last()) && latin(glyph.text.chars().next());
                let wide = gap > if tight { 0.25 * em } else { 0.8 * em };
                if (blank || wide) && !piece.text.ends_with(' ') {
                    piece.text.push(' ');
                }
                if !blank {
                    piece.text.push_str(&glyph.text);
                    piece.end = piece.end.max(glyph.end);
                    piece.size = piece.size.max(em);
                }
            } else if !blank {
                pieces.extend(open.take());
                open = Some(Piece {
                    text: glyph.text.clone(),
                    x: glyph.x,
                    end: glyph.end,
                    y: glyph.y,
                    size: em,
                });
            }
            if !blank {
                before = Some(glyph);
            }
        }
        pieces.extend(open);
    }
    for piece in &mut pieces {
        piece.text.truncate(piece.text.trim_end().len());
    }
    pieces
}

/// Takes out the raised small numbers that lead to notes: they would run into the text's own.
fn drop_note_marks(lines: &mut Vec<Vec<&Glyph>>) {
    let is_mark = |glyph: &Glyph| {
        glyph
            .text
            .chars()
            .all(|c| c.is_numeric() || "[]［］〔〕*".contains(c))
    };
    let size = |line: &[&Glyph]| line.iter().map(|glyph| glyph.size).fold(0.0, f64::max);
    for line in &mut *lines {
        let (em, foot) = (
            size(line),
            line.iter().map(|glyph| glyph.y).fold(0.0, f64::max),
        );
        let raised = |glyph: &Glyph| glyph.size < 0.75 * em && glyph.y < foot - 0.12 * em;
        line.retain(|glyph| !(raised(glyph) && is_mark(glyph)));
    }
    for index in (1..lines.len()).rev() {
        let (em, below) = (
            size(&lines[index]),
            lines[index].first().map(|glyph| glyph.y),
        );
        let beside = |glyph: &Glyph| {
            lines[index]
                .iter()
                .any(|word| (word.x - glyph.end).abs() < em || (glyph.x - word.end).abs() < em)
        };
        let above = &lines[index - 1];
        let marks = above.iter().all(|glyph| {
            is_mark(glyph)
                && glyph.size < 0.75 * em
                && below.is_some_and(|y| y - glyph.y < 0.7 * em)
                && beside(glyph)
        });
        if marks {
            lines.remove(index - 1);
        }
    }
    lines.retain(|line| !line.is_empty());
}

/// Pieces, from top to bottom → columns in reading order.
fn columns(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut columns: Vec<Vec<Piece>> = vec![Vec::new()];
    let mut rest = pieces.as_slice();
    while let Some(first) = rest.first() {
        let Some((length, gutter)) = gutter(rest) else {
            if let Some(column) = columns.last_mut() {
                column.push(first.clone());
            }
            rest = &rest[1..];
            continue;
        };
        let (left, right): (Vec<Piece>, Vec<Piece>) = rest[..length]
            .iter()
            .cloned()
            .partition(|piece| piece.x < gutter);
        // Each side may have columns of its own.
        columns.push(left);
        columns.extend(self::columns(right));
        columns.push(Vec::new());
        rest = &rest[length..];
    }
    columns.retain(|column| !column.is_empty());
    columns
}

/// How many of these pieces stand in columns, from the first on, and where the gap begins that parts
/// the first column from the rest.
fn gutter(pieces: &[Piece]) -> Option<(usize, f64)> {
    let first = &pieces[0];
    let em = pieces
        .iter()
        .map(|piece| piece.size)
        .fold(0.0, f64::max)
        .min(30.0);
    // The right end of the left column grows with its lines, and the left end of the right one falls.
    let (mut left, mut right) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut best = None;
    let middle = pieces
        .iter()
        .find(|piece| piece.x > first.end + GUTTER * first.size)
        .map(|piece| f64::midpoint(first.end, piece.x))?;
    let (mut lefts, mut rights) = (0, 0);
    let (mut dense, mut all) = (0.0, 0.0);
    for (index, piece) in pieces.iter().enumerate() {
        if piece.x < middle {
            left = left.max(piece.end);
            lefts += 1;
        } else {
            right = right.min(piece.x);
            rights += 1;
        }
        if right - left < GUTTER * em.min(12.0) * 0.8 {
            break;
        }
        all += 1.0;
        // A column of text has lines of words, a table's has cells.
        dense += if piece.end - piece.x > 9.0 * piece.size {
            1.0
        } else {
            0.0
        };
        if lefts >= FEWEST_LINES && rights >= FEWEST_LINES && dense > 0.6 * all {
            best = Some((index + 1, middle));
        }
    }
    best
}

/// Lines of a column: those whose pieces are aligned in three columns or more are a table's rows.
fn aligned(pieces: Vec<Piece>) -> Vec<Passage> {
    let mut lines: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if (line[0].y - piece.y).abs() < 0.35 * piece.size => line.push(piece),
            _ => lines.push(vec![piece]),
        }
    }
    let alike = |a: &[Piece], b: &[Piece]| {
        let near = |a: &Piece, b: &Piece| {
            // Words may be set to the left, to the right or in the middle of their column.
            let slack = 1.5 * a.size;
            (a.x - b.x).abs() < slack
                || (a.end - b.end).abs() < slack
                || (f64::midpoint(a.x, a.end) - f64::midpoint(b.x, b.end)).abs() < slack
        };
        a.len() == b.len() && a.len() >= 3 && a.iter().zip(b).all(|(a, b)| near(a, b))
    };
    let mut passages = Vec::new();
    let mut column = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let rows = 1 + lines[at..]
            .windows(2)
            .take_while(|pair| alike(&pair[0], &pair[1]))
            .count();
        if rows >= 2 {
            if !column.is_empty() {
                passages.push(Passage::Column(std::mem::take(&mut column)));
            }
            let cell = |piece: &Piece| Cell {
                text: piece.text.clone(),
                columns: 1,
                continues: false,
            };
            let table = lines[at..at + rows]
                .iter()
                .map(|line| line.iter().map(cell).collect())
                .collect();
            passages.push(Passage::Table(table));
        } else {
            column.push(joined(&lines[at]));
        }
        at += rows;
    }
    if !column.is_empty() {
        passages.push(Passage::Column(column));
    }
    passages
}

/// A line's pieces as one, parted by blanks.
fn joined(line: &[Piece]) -> Piece {
    let words: Vec<&str> = line.iter().map(|piece| piece.text.as_str()).collect();
    Piece {
        text: words.join("  "),
        end: line[line.len() - 1].end,
        ..line[0].clone()
    }
}

/// Where a column's lines begin and end.
#[derive(Clone, Copy)]
struct Measure {
    left: f64,
    right: f64,
}

/// The text of all pages' passages, as it flows through columns and pages.
pub(super) fn flow(pages: Vec<Vec<Passage>>) -> Vec<Part> {
    let mut flow = Flow {
        parts: Vec::new(),
        open: None,
    };
    let all = Extents::of(pages.iter().flatten());
    for page in pages {
        let own = Extents::of(&page);
        for passage in page {
            match passage {
                Passage::Table(rows) => {
                    flow.close();
                    flow.parts.push(Part::Table(rows));
                }
                Passage::Column(lines) => {
                    let measure = measure(&lines, &own, &all);
                    flow.column(&lines, measure);
                }
            }
        }
    }
    flow.close();
    flow.parts
}

/// The measure of a column: from its page's lines that begin near its own, or, where these are few,
/// from all pages'.
fn measure(column: &[Piece], page: &Extents, pages: &Extents) -> Measure {
    let em = column
        .iter()
        .map(|line| line.size)
        .fold(1.0, f64::max)
        .min(30.0);
    let least = column
        .iter()
        .map(|line| line.x)
        .fold(f64::INFINITY, f64::min);
    let (own, all) = (page.near(least, 2.8 * em), pages.near(least, 2.8 * em));
    let (of_page, of_all) = (left(own, em), left(all, em));
    // Pages may have margins of their own; but where all lines of one are indented, the others tell.
    let indented = (1.5..2.7).contains(&((of_page - of_all) / em));
    let (left, lines) = if own.len() < 8 || indented {
        (of_all, all)
    } else {
        (of_page, own)
    };
    Measure {
        left: if left.is_finite() { left } else { least },
        right: lines.iter().map(|line| line.1).fold(0.0, f64::max),
    }
}

/// Where lines begin and end, in the order of where they begin: files have thousands of pages.
struct Extents(Vec<(f64, f64)>);

impl Extents {
    fn of<'p>(passages: impl IntoIterator<Item = &'p Passage>) -> Self {
        let mut lines: Vec<(f64, f64)> = Vec::new();
        for passage in passages {
            if let Passage::Column(column) = passage {
                lines.extend(column.iter().map(|line| (line.x, line.end)));
            }
        }
        lines.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self(lines)
    }

    /// Those that begin less than `reach` away from `x`.
    fn near(&self, x: f64, reach: f64) -> &[(f64, f64)] {
        near(&self.0, x, reach)
    }
}

fn near(lines: &[(f64, f64)], x: f64, reach: f64) -> &[(f64, f64)] {
    let from = lines.partition_point(|line| line.0 <= x - reach);
    let to = lines.partition_point(|line| line.0 < x + reach);
    lines.get(from..to).unwrap_or_default()
}

/// Where lines begin again and again, farthest to the left: a line or two may hang out.
fn left(lines: &[(f64, f64)], em: f64) -> f64 {
    let enough = (lines.len() / 10).clamp(1, 3);
    lines
        .iter()
        .map(|line| line.0)
        .find(|&x| near(lines, x, 0.3 * em).len() >= enough)
        .unwrap_or(f64::INFINITY)
}

/// Paragraphs and tables, as they are put together.
struct Flow {
    parts: Vec<Part>,
    /// The paragraph that may go on.
    open: Option<Open>,
}

struct Open {
    words: String,
    size: f64,
    /// How much room its last line leaves.
    room: f64,
}

impl Flow {
    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.parts.push(Part::Paragraph(open.words));
        }
    }

    fn column(&mut self, lines: &[Piece], measure: Measure) {
        let spacing = frequent(lines.windows(2).map(|pair| pair[1].y - pair[0].y));
        let mut above: Option<&Piece> = None;
        for line in lines {
            let em = line.size.max(1.0);
            let indented = line.x > measure.left + 1.2 * em;
            let apart = match (above, spacing) {
                (Some(above), Some(spacing)) => line.y - above.y > spacing.max(em) * 1.5,
                _ => false,
            };
            let narrow = measure.right - measure.left < 10.0 * em;
            let room = measure.right - line.end;
            match self.open.as_mut().filter(|open| {
                !(indented || apart || narrow)
                    && (open.size - em).abs() < 0.15 * em
                    && open.room < first_word(&line.text, em) + 1.3 * em
            }) {
                Some(open) => {
                    join(&mut open.words, &line.text);
                    open.room = room;
                }
                None => {
                    self.close();
                    self.open = Some(Open {
                        words: line.text.clone(),
                        size: em,
                        room,
                    });
                }
            }
            above = Some(line);
        }
    }
}

/// The room that a line's first word would have taken on the line before: a Han character, or a word
/// or number that nobody parts.
fn first_word(text: &str, em: f64) -> f64 {
    let latin = text
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || ".,%".contains(*c))
        .count();
    em * (latin as f64 * 0.5).clamp(1.0, 10.0)
}

/// Words after a line's end: a blank where two Latin words would run together. Digits do: no writer
/// parts a number from one that follows.
pub(super) fn join(words: &mut String, next: &str) {
    let (last, first) = (words.chars().last(), next.chars().next());
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    if letter(last) && letter(first) && !(digit(last) && digit(first)) {
        words.push(' ');
    }
    words.push_str(next);
}

/// The most frequent of some measures, in whole points.
fn frequent(measures: impl Iterator<Item = f64>) -> Option<f64> {
    let mut counts: std::collections::BTreeMap<i64, usize> = std::collections::BTreeMap::new();
    for measure in measures {
        *counts.entry(measure.round() as i64).or_default() += 1;
    }
    let (measure, _) = counts
        .into_iter()
        .max_by_key(|(measure, count)| (*count, std::cmp::Reverse(*measure)))?;
    Some(measure as f64)
}
