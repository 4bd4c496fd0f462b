//! A page's table → rows of cells parted by tabs.
//!
//! What spans columns or rows is repeated in each of them, so that every cell has the words that
//! head it; but a number stands once, and the other cells are blank: it would count twice.

use super::flow::{Block, Cell, Flow, Table, WIDEST_SPAN, is_wide};

/// Wider rows do not spread their cells.
const WIDEST: usize = 64;

/// Longer words are not repeated, in characters.
const LONGEST_LABEL: usize = 60;

/// A table that holds more in a cell lays out the page, in letters.
const LONGEST_CELL: usize = 1000;

/// A line that a table gives.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) text: String,
    /// The page's line.
    pub(super) line: u32,
    /// A cell across the whole table before the first row of several: its title or its unit.
    pub(super) caption: bool,
    /// The first of the row's blocks.
    pub(super) block: usize,
}

/// Whether the table holds data, rather than laying out the page.
pub(super) fn is_data(flow: &Flow, table: &Table) -> bool {
    let letters = |cell: &Cell| -> usize {
        let blocks = &flow.blocks[cell.blocks.clone()];
        blocks.iter().map(|block| block.letters).sum()
    };
    let wide = table.rows.iter().any(|row| row.len() > 1);
    let longest = if table.rows.len() == 1 {
        LONGEST_CELL / 10
    } else {
        LONGEST_CELL
    };
    let cells = || table.rows.iter().flatten();
    !table.layout
        && wide
        && cells().all(|cell| letters(cell) <= longest)
        && !cells().any(|cell| cell.blocks.len() > 3 && letters(cell) * 3 > LONGEST_CELL)
}

/// The rows of a table that holds data.
pub(super) fn rows<'f>(flow: &'f Flow, table: &'f Table) -> impl Iterator<Item = Row> + 'f {
    // What earlier rows' cells put into this one: for each column how many rows more, and the words.
    let mut hanging: Vec<(usize, String)> = Vec::new();
    let width = table.rows.iter().map(|row| columns(row)).max().unwrap_or(0);
    let mut headed = false;
    table.rows.iter().filter_map(move |row| {
        let first = row.iter().find(|cell| !cell.blocks.is_empty())?;
        let block = first.blocks.start;
        let line = flow.blocks[block].line(0);
        let alone = row.len() == 1 && first.columns >= width.min(WIDEST_SPAN);
        let text = if alone {
            words(&flow.blocks, first)
        } else {
            headed = true;
            spread(flow, row, &mut hanging).join("\t")
        };
        Some(Row {
            text,
            line,
            caption: alone && !headed,
            block,
        })
    })
}

fn columns(row: &[Cell]) -> usize {
    row.iter().map(|cell| cell.columns).sum()
}

/// A row's cells, those that hang down from above among them.
fn spread(flow: &Flow, row: &[Cell], hanging: &mut Vec<(usize, String)>) -> Vec<String> {
    let mut cells: Vec<String> = Vec::new();
    let from_above = |cells: &mut Vec<String>, hanging: &mut Vec<(usize, String)>| {
        while let Some((rows, words)) = hanging.get_mut(cells.len())
            && *rows > 0
        {
            *rows -= 1;
            cells.push(words.clone());
        }
    };
    let spreads = columns(row) <= WIDEST;
    for cell in row {
        from_above(&mut cells, hanging);
        let own = words(&flow.blocks, cell);
        let again = if is_label(&own) {
            own.clone()
        } else {
            String::new()
        };
        let (columns, rows) = if spreads {
            (cell.columns, cell.rows)
        } else {
            (1, 1)
        };
        for column in 0..columns {
            let at = cells.len();
            if hanging.len() <= at {
                hanging.resize(at + 1, (0, String::new()));
            }
            hanging[at] = (rows - 1, again.clone());
            cells.push(if column == 0 {
                own.clone()
            } else {
                again.clone()
            });
        }
    }
    from_above(&mut cells, hanging);
    cells
}

/// The words of a cell, on one line.
fn words(blocks: &[Block], cell: &Cell) -> String {
    let mut words = String::new();
    let pieces = blocks[cell.blocks.clone()]
        .iter()
        .flat_map(|block| block.text.split('\n'));
    for piece in pieces.map(str::trim).filter(|piece| !piece.is_empty()) {
        let narrow = |c: Option<char>| c.is_some_and(|c| !is_wide(c));
        if narrow(words.chars().next_back()) && narrow(piece.chars().next()) {
            words.push(' ');
        }
        words.push_str(piece);
    }
    words
}

/// Whether a cell's words name something, rather than being a number.
fn is_label(words: &str) -> bool {
    let letters = words.chars().filter(|c| !c.is_whitespace()).count();
    let digits = words.chars().filter(char::is_ascii_digit).count();
    let han = words
        .chars()
        .filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c))
        .count();
    letters <= LONGEST_LABEL && (digits == 0 || words.contains('年') || han > 3)
}
