//! Tables whose cells are drawn: rules that cross make a grid, and each glyph lies in a cell of it.
//!
//! Where the rule between two cells is missing, they are one.

use super::super::blocks::Cell;
use super::layout::{Piece, join, pieces};
use super::page::{Glyph, Page};

/// Ends and places of rules that belong together lie this close, in points.
const NEAR: f64 = 4.0;
/// A grid of more rows or columns is a drawing.
const MOST_CELLS: usize = 400;

/// A table at its place.
pub(super) struct Table {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A page's drawn tables, and the glyphs that lie in none.
pub(super) fn tables(page: &Page) -> (Vec<Table>, Vec<Glyph>) {
    let mut rest = page.glyphs.clone();
    let mut tables = Vec::new();
    for grid in grids(page) {
        let (inside, outside): (Vec<Glyph>, Vec<Glyph>) = rest
            .into_iter()
            .partition(|glyph| grid.place(glyph).is_some());
        rest = outside;
        if !inside.is_empty() {
            tables.push(Table {
                left: grid.columns[0],
                right: grid.columns[grid.columns.len() - 1],
                top: grid.rows[0],
                rows: grid.cells(&inside),
            });
        }
    }
    (tables, rest)
}

/// Rules that cross each other.
struct Grid {
    /// Where rules go down, from left to right.
    columns: Vec<f64>,
    /// Where rules go across, from top to bottom.
    rows: Vec<f64>,
    across: Vec<(f64, f64, f64)>,
    down: Vec<(f64, f64, f64)>,
}

fn grids(page: &Page) -> Vec<Grid> {
    // Rules that touch belong to one grid: found by going from one to the next.
    let (across, down) = (&page.across, &page.down);
    let touches = |(x0, x1, y): (f64, f64, f64), (y0, y1, x): (f64, f64, f64)| {
        x > x0 - NEAR && x < x1 + NEAR && y > y0 - NEAR && y < y1 + NEAR
    };
    let mut group_across = vec![usize::MAX; across.len()];
    let mut group_down = vec![usize::MAX; down.len()];
    let mut groups = 0;
    // Looking at all pairs of very many rules would take too long: such a page is a drawing.
    if across.len() * down.len() > 4_000_000 {
        return Vec::new();
    }
    for start in 0..across.len() {
        if group_across[start] != usize::MAX {
            continue;
        }
        group_across[start] = groups;
        let mut open = vec![(true, start)];
        while let Some((is_across, index)) = open.pop() {
            if is_across {
                for (other, rule) in down.iter().enumerate() {
                    if group_down[other] == usize::MAX && touches(across[index], *rule) {
                        group_down[other] = groups;
                        open.push((false, other));
                    }
                }
            } else {
                for (other, rule) in across.iter().enumerate() {
                    if group_across[other] == usize::MAX && touches(*rule, down[index]) {
                        group_across[other] = groups;
                        open.push((true, other));
                    }
                }
            }
        }
        groups += 1;
    }
    let of = |rules: &[(f64, f64, f64)], group_of: &[usize], group: usize| {
        let mine = rules.iter().zip(group_of).filter(|(_, of)| **of == group);
        mine.map(|(rule, _)| *rule).collect::<Vec<_>>()
    };
    (0..groups)
        .filter_map(|group| {
            let (across, down) = (
                of(across, &group_across, group),
                of(down, &group_down, group),
            );
            let (rows, columns) = (places(&across), places(&down));
            let is_table = rows.len() >= 2
                && columns.len() >= 3
                && rows.len() < MOST_CELLS
                && columns.len() < MOST_CELLS
                && rows.len() * columns.len() < 20 * MOST_CELLS;
            is_table.then_some(Grid {
                columns,
                rows,
                across,
                down,
            })
        })
        .collect()
}

/// The places of rules, those that lie close as one.
fn places(rules: &[(f64, f64, f64)]) -> Vec<f64> {
    let mut places: Vec<f64> = rules.iter().map(|(.., place)| *place).collect();
    places.sort_by(f64::total_cmp);
    places.dedup_by(|a, b| *a - *b < NEAR);
    places
}

impl Grid {
    /// The row and column that a glyph lies in.
    fn place(&self, glyph: &Glyph) -> Option<(usize, usize)> {
        // By the middle of the glyph: its line lies near its foot.
        let (x, y) = (
            f64::midpoint(glyph.x, glyph.end),
            glyph.y - 0.35 * glyph.size,
        );
        let between = |places: &[f64], at: f64| {
            let after = places.partition_point(|place| *place <= at);
            (after > 0 && after < places.len()).then(|| after - 1)
        };
        Some((between(&self.rows, y)?, between(&self.columns, x)?))
    }

    /// Whether a rule goes down between a cell and the one before it.
    fn parted_left(&self, row: usize, column: usize) -> bool {
        let middle = f64::midpoint(self.rows[row], self.rows[row + 1]);
        let place = self.columns[column];
        self.down
            .iter()
            .any(|(from, to, at)| (at - place).abs() < NEAR && *from < middle && *to > middle)
    }

    /// Whether a rule goes across between a cell and the one above it.
    fn parted_above(&self, row: usize, column: usize) -> bool {
        let middle = f64::midpoint(self.columns[column], self.columns[column + 1]);
        let place = self.rows[row];
        self.across
            .iter()
            .any(|(from, to, at)| (at - place).abs() < NEAR && *from < middle && *to > middle)
    }

    fn cells(&self, glyphs: &[Glyph]) -> Vec<Vec<Cell>> {
        let (rows, columns) = (self.rows.len() - 1, self.columns.len() - 1);
        // For each place in the grid, the cell that it belongs to: the first of the merged ones.
        let mut owner = vec![vec![(0, 0); columns]; rows];
        for row in 0..rows {
            for column in 0..columns {
                owner[row][column] = if column > 0 && !self.parted_left(row, column) {
                    owner[row][column - 1]
                } else if row > 0 && !self.parted_above(row, column) {
                    owner[row - 1][column]
                } else {
                    (row, column)
                };
            }
        }
        let mut words: Vec<Vec<Vec<Glyph>>> = vec![vec![Vec::new(); columns]; rows];
        for glyph in glyphs {
            if let Some((row, column)) = self.place(glyph) {
                let (row, column) = owner[row][column];
                words[row][column].push(glyph.clone());
            }
        }
        let mut table = Vec::new();
        for row in 0..rows {
            let mut cells: Vec<Cell> = Vec::new();
            for column in 0..columns {
                let of = owner[row][column];
                match cells.last_mut() {
                    Some(cell) if column > 0 && owner[row][column - 1] == of => cell.columns += 1,
                    _ => cells.push(Cell {
                        text: if of == (row, column) {
                            text(&words[row][column])
                        } else {
                            String::new()
                        },
                        columns: 1,
                        continues: of.0 < row,
                    }),
                }
            }
            table.push(cells);
        }
        table
    }
}

/// A cell's words, its lines joined.
fn text(glyphs: &[Glyph]) -> String {
    let mut text = String::new();
    let mut lines: Vec<Piece> = pieces(glyphs);
    lines.sort_by(|a, b| {
        let same = (a.y - b.y).abs() < 0.35 * a.size;
        if same {
            a.x.total_cmp(&b.x)
        } else {
            a.y.total_cmp(&b.y)
        }
    });
    let mut above: Option<f64> = None;
    for piece in &lines {
        match above {
            Some(y) if (piece.y - y).abs() < 0.35 * piece.size => {
                text.push(' ');
                text.push_str(&piece.text);
            }
            _ => join(&mut text, &piece.text),
        }
        above = Some(piece.y);
    }
    text
}
