//! Paragraphs and tables, as word processors keep them → lines, within the limits on a text.
//!
//! A table's row is one line, its cells separated by tabs; a merged cell's words stand in every cell
//! that it covers, a merged number only in the first. A table that is there for the page's sake (one
//! column, or cells of whole texts) gives paragraphs.

use super::{Error, Limits, Line, Markup};
use std::collections::BTreeSet;

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its paragraphs, separated by `\n`.
    pub(super) text: String,
    /// How many columns it covers, at least 1.
    pub(super) columns: usize,
    /// Whether it continues the cell above.
    pub(super) continues: bool,
}

/// More columns than any table has that a page holds.
const MOST_COLUMNS: usize = 200;
/// A cell with so many paragraphs is a text of its own.
const PARAGRAPHS_OF_A_TEXT: usize = 4;

/// The lines of a document, as they come.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    limits: Limits,
    lines: Vec<Line>,
    paragraphs: u32,
    bytes: usize,
    /// Texts of boxes that wait for the end of the paragraph or table that they hang on.
    boxes: Vec<String>,
    /// Lines of the margin that are told.
    margin: BTreeSet<String>,
}

impl Blocks {
    pub(super) fn within(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// A paragraph or heading; line breaks that its author made part it. The boxes that hang on it follow.
    pub(super) fn paragraph(&mut self, text: &str, markup: Markup) -> Result<(), Error> {
        self.put(text, markup)?;
        self.put_boxes()
    }

    /// A box's text: it stands after the paragraph or table that comes next.
    pub(super) fn boxed(&mut self, text: String) {
        if !text.trim().is_empty() {
            self.boxes.push(text);
        }
    }

    /// What stands in headers and footers, with the boxes in it: each line once.
    pub(super) fn margin(&mut self, text: &str) -> Result<(), Error> {
        let boxes = std::mem::take(&mut self.boxes);
        for line in text
            .lines()
            .chain(boxes.iter().flat_map(|text| text.lines()))
        {
            if self.margin.insert(line.to_owned()) {
                self.put(line, Markup::Margin)?;
            }
        }
        Ok(())
    }

    /// A table, row by row. The boxes that hang on it follow.
    pub(super) fn table(&mut self, rows: &[Vec<Cell>]) -> Result<(), Error> {
        let mut above: Vec<String> = Vec::new();
        for row in rows {
            let is_text = |cell: &Cell| {
                let paragraphs = cell.text.split('\n').filter(|line| !line.trim().is_empty());
                paragraphs.count() >= PARAGRAPHS_OF_A_TEXT
            };
            if row.len() == 1 || row.iter().any(is_text) {
                for cell in row.iter().filter(|cell| !cell.continues) {
                    for paragraph in cell.text.split('\n') {
                        self.put(paragraph, Markup::Paragraph)?;
                    }
                }
                above.clear();
                continue;
            }
            let mut cells: Vec<String> = Vec::new();
            for cell in row {
                let words = if cell.continues {
                    let words = above.get(cells.len()).cloned().unwrap_or_default();
                    if is_number(&words) {
                        String::new()
                    } else {
                        words
                    }
                } else {
                    flat(&cell.text)
                };
                let again = if is_number(&words) {
                    String::new()
                } else {
                    words.clone()
                };
                cells.push(words);
                let more = cell.columns.clamp(1, MOST_COLUMNS) - 1;
                cells.extend(std::iter::repeat_n(again, more));
            }
            self.paragraphs += 1;
            if cells.iter().any(|cell| !cell.is_empty()) {
                self.line(&cells.join("\t"), Markup::Row)?;
            }
            above = cells;
        }
        self.put_boxes()
    }

    /// All lines.
    pub(super) fn lines(self) -> Vec<Line> {
        self.lines
    }

    fn put(&mut self, text: &str, markup: Markup) -> Result<(), Error> {
        self.paragraphs += 1;
        text.split('\n')
            .try_for_each(|line| self.line(line, markup))
    }

    fn put_boxes(&mut self) -> Result<(), Error> {
        let boxes = std::mem::take(&mut self.boxes);
        boxes
            .iter()
            .try_for_each(|text| self.put(text, Markup::Paragraph))
    }

    fn line(&mut self, text: &str, markup: Markup) -> Result<(), Error> {
        let text: String = text
            .chars()
            .filter(|c| *c == '\t' || !c.is_control())
            .collect();
        if text.trim().is_empty() {
            return Ok(());
        }
        self.bytes += text.len();
        self.limits.hold_line(text.len(), self.paragraphs)?;
        self.limits.hold_text(self.bytes)?;
        self.lines.push(Line {
            text,
            source_line: self.paragraphs,
            markup,
        });
        Ok(())
    }
}

/// A cell's words in one line.
fn flat(text: &str) -> String {
    let words: Vec<&str> = text
        .split(['\n', '\t'])
        .map(str::trim)
        .filter(|words| !words.is_empty())
        .collect();
    words.join(" ")
}

fn is_number(words: &str) -> bool {
    !words.is_empty()
        && words
            .chars()
            .all(|c| c.is_numeric() || ".,%．，％-—".contains(c))
}

/// An entry of a table of contents as it looks, so that it is known for one.
pub(super) fn contents_entry(words: &str) -> String {
    match words.rsplit_once('\t') {
        Some((title, page)) => format!("{title}……{page}"),
        None => words.to_owned(),
    }
}

/// What a character of a symbol font (Symbol, Wingdings) stands for: a bullet is one, the rest keeps
/// its private-use place, which is told later.
pub(super) fn symbol(code: u32) -> char {
    match code & 0xff {
        0x6c | 0x6e | 0x71 | 0x75 | 0x76 | 0x77 | 0x9f | 0xa7 | 0xa8 | 0xb7 | 0xd8 | 0xe0 => '•',
        0x52 | 0xfc | 0xfe => '√',
        low => char::from_u32(0xf000 | low).unwrap_or('•'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str, columns: usize, continues: bool) -> Cell {
        Cell {
            text: text.to_owned(),
            columns,
            continues,
        }
    }

    #[test]
    fn merged_words_are_spread_and_merged_numbers_are_not() {
        let mut blocks = Blocks::default();
        blocks
            .table(&[
                vec![cell("事项", 1, false), cell("2023年", 2, false)],
                vec![
                    cell("行政\n复议", 1, false),
                    cell("受理", 1, false),
                    cell("12", 1, false),
                ],
                vec![cell("", 1, true), cell("审结", 1, false), cell("", 1, true)],
                vec![cell("合计", 1, false), cell("12", 2, false)],
                vec![cell("全文\n在此", 1, false)],
            ])
            .expect("fits");
        let lines: Vec<(u32, String)> = blocks
            .lines()
            .into_iter()
            .map(|line| (line.source_line, line.text))
            .collect();
        let expected = [
            (1, "事项\t2023年\t2023年"),
            (2, "行政 复议\t受理\t12"),
            (3, "行政 复议\t审结\t"),
            (4, "合计\t12\t"),
            (5, "全文"),
            (6, "在此"),
        ];
        assert_eq!(lines, expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn boxes_follow_and_margins_stand_once() {
        let mut blocks = Blocks::default();
        blocks.boxed("框\n二".to_owned());
        blocks.boxed(" ".to_owned());
        blocks.paragraph("甲", Markup::Paragraph).expect("fits");
        blocks.boxed("眉框".to_owned());
        blocks.margin("眉\n眉").expect("fits");
        blocks.margin("眉").expect("fits");
        let lines: Vec<(String, Markup)> = blocks
            .lines()
            .into_iter()
            .map(|line| (line.text, line.markup))
            .collect();
        let expected = [
            ("甲", Markup::Paragraph),
            ("框", Markup::Paragraph),
            ("二", Markup::Paragraph),
            ("眉", Markup::Margin),
            ("眉框", Markup::Margin),
        ];
        assert_eq!(
            lines,
            expected.map(|(text, markup)| (text.to_owned(), markup))
        );
    }

    #[test]
    fn a_text_without_end_is_refused() {
        let mut blocks = Blocks::default();
        let limits = Limits::default();
        let long = "政".repeat(limits.line() / 3 + 1);
        assert_eq!(
            blocks.paragraph(&long, Markup::Paragraph),
            Err(Error::LineTooLong { line: 1, kib: 1024 })
        );
        let line = "政".repeat(limits.line() / 3);
        let pushed = (0..=limits.text() / limits.line() + 1)
            .try_for_each(|_| blocks.paragraph(&line, Markup::Paragraph));
        assert_eq!(pushed, Err(Error::TextTooLarge { mib: 8 }));
    }
}
