//! Word documents of Word 97 to 2003 (the binary format, [MS-DOC]) → lines.
//!
//! The text lies in pieces, each in UTF-16 or Windows-1252; what a paragraph or run is lies in tables
//! beside it. Kept and left out is the same as in newer documents: numbers are spelled out, deleted and
//! hidden text is not there, a field gives its result. Footnotes and text boxes stand at the end,
//! headers and footers in the margin. Offsets and lengths in the file are never trusted.

mod lists;
mod properties;

use super::blocks::{Blocks, Cell, symbol};
use super::numbering::{Count, labelled};
use super::{Error, Limits, Line, Markup};
use lists::Lists;
use properties::{Paragraph, Properties, Run, Styles};
use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::ops::Range;

/// A paragraph longer than this is no heading, whatever its style says; in characters.
const LONGEST_HEADING: usize = 80;

/// The most characters that a document's pieces are followed for.
const MOST_CHARACTERS: usize = 16 << 20;

/// A stretch of the file in which numbers are read at offsets that may not be there.
#[derive(Clone, Copy)]
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn slice(self, at: usize, length: usize) -> Option<Bytes<'a>> {
        Some(Bytes(self.0.get(at..at.checked_add(length)?)?))
    }

    fn u8(self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    fn u16(self, at: usize) -> Option<u16> {
        let bytes = self.slice(at, 2)?.0;
        Some(u16::from_le_bytes(bytes.try_into().ok()?))
    }

    fn u32(self, at: usize) -> Option<u32> {
        let bytes = self.slice(at, 4)?.0;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }
}

/// The lines of a binary Word document.
pub(super) fn lines(bytes: &[u8], limits: Limits) -> Result<Vec<Line>, Error> {
    let mut container = cfb::CompoundFile::open(Cursor::new(bytes))
        .map_err(|error| Error::broken(error.to_string()))?;
    if container.exists("/EncryptedPackage") {
        return Err(Error::Encrypted);
    }
    let mut stream = |name: &str| {
        let mut read = Vec::new();
        let stream = container.open_stream(name).map_err(|_| {
            Error::broken(format!("it has no stream {name}: it is no Word document"))
        })?;
        stream
            .take(limits.file())
            .read_to_end(&mut read)
            .map_err(|error| Error::broken(error.to_string()))?;
        Ok::<_, Error>(read)
    };
    let main = stream("/WordDocument")?;
    let file = Bytes(&main);
    let (Some(0xa5ec), Some(version), Some(flags)) = (file.u16(0), file.u16(2), file.u16(10))
    else {
        return Err(Error::broken("its header is not that of a Word document"));
    };
    if version < 0xc1 {
        return Err(Error::OldWord);
    }
    if flags & 0x100 != 0 {
        return Err(Error::Encrypted);
    }
    let table = stream(if flags & 0x200 == 0 {
        "/0Table"
    } else {
        "/1Table"
    })?;
    Document::open(file, Bytes(&table), limits)
        .ok_or_else(|| Error::broken("its tables are not where its header says"))?
        .lines()
}

/// The part of the table stream that the header's pair of offset and length number `index` names.
fn named<'a>(file: Bytes<'_>, table: Bytes<'a>, index: usize) -> Option<Bytes<'a>> {
    let at = file.u32(154 + 8 * index)? as usize;
    let length = file.u32(158 + 8 * index)? as usize;
    table.slice(at, length)
}

/// A piece of the text: characters from `start` on lie in the file from `offset` on.
struct Piece {
    characters: Range<usize>,
    offset: usize,
    wide: bool,
}

struct Document<'a> {
    file: Bytes<'a>,
    pieces: Vec<Piece>,
    paragraphs: Properties<Paragraph>,
    runs: Properties<Run>,
    styles: Styles,
    lists: Lists,
    counts: HashMap<u32, Count>,
    seen: Vec<usize>,
    blocks: Blocks,
}

impl<'a> Document<'a> {
    fn open(file: Bytes<'a>, table: Bytes<'a>, limits: Limits) -> Option<Self> {
        Some(Self {
            pieces: pieces(named(file, table, 33)?)?,
            runs: Properties::read(file, named(file, table, 12)?),
            paragraphs: Properties::read(file, named(file, table, 13)?),
            styles: named(file, table, 1).map(Styles::read).unwrap_or_default(),
            lists: Lists::read(file, table).unwrap_or_default(),
            counts: HashMap::new(),
            seen: Vec::new(),
            blocks: Blocks::within(limits),
            file,
        })
    }

    fn lines(mut self) -> Result<Vec<Line>, Error> {
        // Lengths of the main text, footnotes, headers, macros, comments, endnotes, boxes, boxes in headers.
        let mut start = 0_usize;
        let mut parts = Vec::new();
        for index in 0..8 {
            let length = self.file.u32(76 + 4 * index).unwrap_or(0) as usize;
            parts.push(start..start.saturating_add(length));
            start = start.saturating_add(length);
        }
        self.part(parts[0].clone(), None)?;
        for index in [6, 1, 5] {
            self.part(parts[index].clone(), None)?;
        }
        for index in [2, 7] {
            self.part(parts[index].clone(), Some(Markup::Margin))?;
        }
        Ok(self.blocks.lines())
    }

    /// The paragraphs and tables of one part of the text.
    fn part(&mut self, characters: Range<usize>, markup: Option<Markup>) -> Result<(), Error> {
        let mut paragraph = String::new();
        let mut cells: Vec<String> = Vec::new();
        let mut rows: Vec<(Vec<String>, Paragraph)> = Vec::new();
        let mut cell = String::new();
        let mut told: Vec<String> = Vec::new();
        let mut fields: Vec<bool> = Vec::new();
        for (character, offset) in self.text(characters) {
            let run = self.runs.at(offset);
            match character {
                '\u{13}' => fields.push(true),
                '\u{14}' => {
                    if let Some(field) = fields.last_mut() {
                        *field = false;
                    }
                }
                '\u{15}' => {
                    fields.pop();
                }
                _ if fields.contains(&true) || run.is_some_and(|run| run.hidden) => {}
                '\r' | '\u{7}' | '\u{c}' => {
                    let found = self.paragraphs.at(offset).cloned().unwrap_or_default();
                    let words = std::mem::take(&mut paragraph);
                    if character == '\u{7}' && found.ends_row {
                        rows.push((std::mem::take(&mut cells), found));
                        continue;
                    }
                    let (words, own) = self.paragraph(&words, &found);
                    if character == '\u{7}' {
                        cell.push_str(&words);
                        cells.push(std::mem::take(&mut cell));
                    } else if found.in_table {
                        cell.push_str(&words);
                        cell.push('\n');
                    } else {
                        self.table(&mut rows)?;
                        if markup.is_some() && told.contains(&words) {
                            continue;
                        }
                        self.blocks.paragraph(&words, markup.unwrap_or(own))?;
                        told.extend(markup.map(|_| words));
                    }
                }
                '\u{b}' => paragraph.push('\n'),
                '\u{1e}' => paragraph.push('-'),
                '\t' => paragraph.push('\t'),
                '\0'..='\u{1f}' => {}
                _ => match run.and_then(|run| run.symbol) {
                    Some(code) if (0xf000..0xf100).contains(&code) => paragraph.push(symbol(code)),
                    Some(code) => paragraph.push(char::from_u32(code).unwrap_or('\u{fffd}')),
                    None => paragraph.push(character),
                },
            }
        }
        cell.push_str(&paragraph);
        if !cells.is_empty() || !cell.trim().is_empty() {
            cells.push(cell);
            rows.push((cells, Paragraph::default()));
        }
        self.table(&mut rows)
    }

    /// A part's characters, each with its offset in the file.
    fn text(&self, wanted: Range<usize>) -> Vec<(char, usize)> {
        let mut characters = Vec::new();
        for piece in &self.pieces {
            let from = piece.characters.start.max(wanted.start);
            let to = piece.characters.end.min(wanted.end);
            if from >= to || characters.len() > MOST_CHARACTERS {
                continue;
            }
            let width = 1 + usize::from(piece.wide);
            let start = piece.offset + (from - piece.characters.start) * width;
            let bytes = &self.file.0[start.min(self.file.0.len())..];
            let bytes = &bytes[..((to - from) * width).min(bytes.len())];
            if piece.wide {
                let units = bytes
                    .as_chunks::<2>()
                    .0
                    .iter()
                    .map(|unit| u16::from_le_bytes(*unit));
                let mut offset = start;
                for decoded in char::decode_utf16(units) {
                    let character = decoded.unwrap_or('\u{fffd}');
                    characters.push((character, offset));
                    offset += 2 * character.len_utf16();
                }
            } else {
                let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
                characters.extend(text.chars().zip(start..));
            }
        }
        characters
    }

    /// A paragraph's words with its number, and what its style says it is.
    fn paragraph(&mut self, words: &str, found: &Paragraph) -> (String, Markup) {
        if words.trim().is_empty() {
            return (String::new(), Markup::Paragraph);
        }
        let style = self.styles.of(found.style);
        let list = found.list.or(style.list).filter(|list| *list > 0);
        let depth = found.depth.or(style.depth).unwrap_or(0);
        let label = list.map_or_else(String::new, |list| self.label(list, usize::from(depth)));
        let words = if label.is_empty() {
            words.to_owned()
        } else {
            labelled(&label, words.trim_start())
        };
        let markup = match found.outline.or(style.outline) {
            Some(level @ 0..=5) if words.chars().count() <= LONGEST_HEADING => {
                Markup::Heading(level + 1)
            }
            _ => Markup::Paragraph,
        };
        (words, markup)
    }

    fn label(&mut self, list: u16, depth: usize) -> String {
        let Some(list) = usize::from(list).checked_sub(1) else {
            return String::new();
        };
        let Some(found) = self.lists.0.get(list) else {
            return String::new();
        };
        let count = self.counts.entry(found.counts).or_default();
        if !self.seen.contains(&list) {
            self.seen.push(list);
            for depth in &found.restarts {
                count.restart(*depth);
            }
        }
        count.next(&found.levels, depth)
    }

    /// A table whose rows have their cells' edges: a cell covers the columns between its own.
    fn table(&mut self, rows: &mut Vec<(Vec<String>, Paragraph)>) -> Result<(), Error> {
        let mut edges: Vec<i16> = rows.iter().flat_map(|(_, row)| row.edges.clone()).collect();
        edges.sort_unstable();
        // Edges of one column differ by a hair from row to row.
        edges.dedup_by(|a, b| a.saturating_sub(*b) < 30);
        let column = |edge: i16| edges.partition_point(|known| known.saturating_add(15) < edge);
        let table: Vec<Vec<Cell>> = std::mem::take(rows)
            .into_iter()
            .map(|(cells, row)| {
                let mut merged: Vec<Cell> = Vec::new();
                for (index, text) in cells.into_iter().enumerate() {
                    let columns = match (row.edges.get(index), row.edges.get(index + 1)) {
                        (Some(left), Some(right)) => {
                            column(*right).saturating_sub(column(*left)).max(1)
                        }
                        _ => 1,
                    };
                    let merge = row.merges.get(index).copied().unwrap_or_default();
                    match merged.last_mut() {
                        Some(before) if merge.left => before.columns += columns,
                        _ => merged.push(Cell {
                            text,
                            columns,
                            continues: merge.above,
                        }),
                    }
                }
                merged
            })
            .collect();
        self.blocks.table(&table)
    }
}

/// The pieces of the text (the `Clx`, 2.9.38).
fn pieces(table: Bytes<'_>) -> Option<Vec<Piece>> {
    let mut at = 0;
    while table.u8(at)? == 1 {
        at += 3 + usize::from(table.u16(at + 1)?);
    }
    let length = table.u32(at + 1)? as usize;
    let plan = table.slice(at + 5, length)?;
    let count = length.checked_sub(4)? / 12;
    let mut pieces = Vec::new();
    for index in 0..count {
        let start = plan.u32(4 * index)? as usize;
        let end = plan.u32(4 * index + 4)? as usize;
        let place = plan.u32(4 * (count + 1) + 8 * index + 2)?;
        let wide = place & 0x4000_0000 == 0;
        let offset = (place & 0x3fff_ffff) as usize;
        pieces.push(Piece {
            characters: start..end.max(start),
            offset: if wide { offset } else { offset / 2 },
            wide,
        });
    }
    Some(pieces)
}
