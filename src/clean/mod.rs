//! [`Decoded`] → [`CleanText`]: the report's own words, one heading or paragraph a line, and beside
//! it the page furniture that was set aside.
//!
//! Nothing is folded away that a reader would cite. Only white space, invisible characters
//! (zero-width, soft hyphens, bidi and other controls) and hard wraps go; every other character
//! stands either in the text or in the furniture, in order, and knows its way back to the source.
//! Three steps: [`line`] squeezes each line, [`furniture`] tells page from report, [`wrap`] joins
//! what a fixed width broke.

mod furniture;
mod line;
mod stack;
mod wrap;

use crate::decode::{Decoded, Markup};
use crate::evidence::Span;
pub(crate) use line::BARS;
use line::Squeezed;
use serde::{Deserialize, Serialize};
use stack::Place;

/// A report's clean text: exactly what is shown, coded, indexed and given as `text` in the
/// inspect record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanText {
    /// The text; lines are separated by one `\n`, none is empty. The cells of a table's row are
    /// separated by tabs.
    pub text: String,
    /// What the source's markup says of each line of the text.
    pub markup: Vec<Markup>,
    /// What was set aside, in the source's order.
    pub furniture: Vec<Furniture>,
    /// Runs of characters that stand together in the source as in the text, ascending.
    pub runs: Vec<Run>,
}

/// Characters of the text that stand in one piece in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// First byte in the text.
    pub start: u32,
    /// Line in the source file, 1-based.
    pub source_line: u32,
    /// Character in that decoded line, 0-based.
    pub column: u32,
}

/// A line of the page, not of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Furniture {
    /// Its words, squeezed like the text's.
    pub text: String,
    /// Its line in the source file, 1-based.
    pub source_line: u32,
    /// What it is.
    pub kind: FurnitureKind,
    /// The byte of the text before which it stood.
    pub before: u32,
}

/// Kinds of page furniture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FurnitureKind {
    /// Date, source, index number, hits, font size: lines about the page. Facts may be read from them.
    Metadata,
    /// The way to the page: 首页 > 政务公开 > …
    Crumb,
    /// Everything around: menus, friend links, banners, QR codes, sharing, copyright.
    Chrome,
    /// Page numbers, running heads, tables of contents.
    Folio,
    /// Words of another document in the same file ([`crate::structure::first_document`]): not the
    /// page's either.
    AnotherDocument,
}

/// How a line goes on with the text's last one.
#[derive(Clone, Copy)]
enum Join {
    /// It does not: it is one of its own.
    None,
    /// A fixed width broke the paragraph.
    Wrap,
    /// It is the next cell of a row.
    Cell,
}

/// Tells the report's words from the page around them.
pub fn clean(decoded: &Decoded) -> CleanText {
    let lines = line::squeeze(&decoded.lines);
    let kinds = furniture::classify(&lines);
    let joins = wrap::joins(&lines, &kinds);
    let places = stack::places(&lines, &kinds);
    let mut clean = CleanText::default();
    for (index, line) in lines.iter().enumerate() {
        if line.is_blank() {
            continue;
        }
        match kinds[index].filter(|_| places[index].is_none()) {
            Some(kind) => clean.furniture.push(Furniture {
                text: line.text.clone(),
                source_line: line.source_line,
                kind,
                before: clean.text.len() as u32,
            }),
            None if places[index] == Some(Place::Further) => clean.push(line, Join::Cell),
            // Nothing goes on with a row.
            None if joins[index]
                && places[index].is_none()
                && clean.markup.last() != Some(&Markup::Row) =>
            {
                clean.push(line, Join::Wrap);
            }
            None => clean.push(line, Join::None),
        }
    }
    // Furniture inside a joined paragraph, or before the next one, stands before the next line.
    let end = clean.text.len() as u32;
    for piece in &mut clean.furniture {
        piece.before = piece.before.min(end);
    }
    clean
}

impl CleanText {
    /// Appends a line: to the last one where it goes on with that.
    fn push(&mut self, line: &Squeezed, join: Join) {
        let words = || self.text.ends_with(wrap::is_word) && line.text.starts_with(wrap::is_word);
        match join {
            _ if self.text.is_empty() => {}
            Join::None => self.text.push('\n'),
            Join::Cell => self.text.push('\t'),
            Join::Wrap if words() => self.text.push(' '),
            Join::Wrap => {}
        }
        match (join, self.markup.last_mut()) {
            (Join::Cell, Some(markup)) => *markup = Markup::Row,
            (Join::Wrap, Some(_)) => {}
            _ => self.markup.push(line.markup),
        }
        let mut expected = None;
        for ((at, _), &column) in line.text.char_indices().zip(&line.columns) {
            if expected != Some(column) {
                self.runs.push(Run {
                    start: (self.text.len() + at) as u32,
                    source_line: line.source_line,
                    column,
                });
            }
            expected = Some(column + 1);
        }
        self.text.push_str(&line.text);
    }

    /// The lines of the page around the report, with their places in [`CleanText::furniture`].
    pub fn page(&self) -> impl Iterator<Item = (usize, &Furniture)> {
        let whole = self.furniture.iter().enumerate();
        whole.filter(|(_, piece)| piece.kind != FurnitureKind::AnotherDocument)
    }

    /// The source's line (1-based) and character in it (0-based) of the text's byte `at`.
    pub fn source_of(&self, at: u32) -> Option<(u32, u32)> {
        let run = self.runs[..self.runs.partition_point(|run| run.start <= at)].last()?;
        let within = self.text[run.start as usize..at as usize].chars().count();
        Some((run.source_line, run.column + within as u32))
    }

    /// The spans of its lines, in order.
    pub fn lines(&self) -> impl Iterator<Item = Span> + '_ {
        let mut start = 0;
        self.text.split_terminator('\n').map(move |line| {
            let span = Span::new(start, start + line.len());
            start += line.len() + 1;
            span
        })
    }
}

#[cfg(test)]
mod tests;
