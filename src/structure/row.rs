//! A table's row → its cells.

use crate::clean::BARS;
use crate::evidence::Span;

/// Where a row's cells stand in its words, white space around them aside: between tabs, or bars (two or more), or blanks
/// (two or more).
pub(super) fn cells(words: &str) -> Vec<Span> {
    let bars = BARS.iter().any(|bar| words.contains(*bar));
    let cells = if words.contains('\t') {
        between(words, &['\t'])
    } else if bars && words.matches(BARS).count() >= 2 {
        let mut cells = between(words, &BARS);
        // A drawn table's frame parts no cells.
        let blank = |cell: &Span| cell.of(words).trim().is_empty();
        if cells.first().is_some_and(blank) {
            cells.remove(0);
        }
        if cells.last().is_some_and(blank) {
            cells.pop();
        }
        cells
    } else {
        between_blanks(words)
    };
    cells.iter().map(|cell| trimmed(words, *cell)).collect()
}

fn between(words: &str, separators: &[char]) -> Vec<Span> {
    let mut cells = Vec::new();
    let mut start = 0;
    for (at, separator) in words.match_indices(separators) {
        cells.push(Span::new(start, at));
        start = at + separator.len();
    }
    cells.push(Span::new(start, words.len()));
    cells
}

fn between_blanks(words: &str) -> Vec<Span> {
    let mut cells = Vec::new();
    let mut start: Option<usize> = None;
    let mut blanks: Option<(usize, usize)> = None;
    for (at, c) in words.char_indices() {
        if c.is_whitespace() {
            let wide = 1 + usize::from(c == '\u{3000}');
            blanks = Some(blanks.map_or((at, wide), |(from, count)| (from, count + wide)));
            continue;
        }
        if let (Some((from, count)), Some(begun)) = (blanks.take(), start)
            && count >= 2
        {
            cells.push(Span::new(begun, from));
            start = None;
        }
        start = start.or(Some(at));
    }
    if let Some(begun) = start {
        cells.push(Span::new(begun, words.len()));
    }
    cells
}

fn trimmed(words: &str, cell: Span) -> Span {
    let inner = cell.of(words);
    let start = cell.start as usize + (inner.len() - inner.trim_start().len());
    Span::new(start, start + inner.trim().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_between_tabs_bars_or_blanks() {
        let cases: [(&str, &[&str]); 6] = [
            ("指标\t\t120件", &["指标", "", "120件"]),
            ("| 指标 |  | 120件 |", &["指标", "", "120件"]),
            ("指标│2021年│120件", &["指标", "2021年", "120件"]),
            ("指标　2021年  120件", &["指标", "2021年", "120件"]),
            ("受理 | 36件", &["受理 | 36件"]),
            ("", &[]),
        ];
        for (row, expected) in cases {
            let found: Vec<&str> = cells(row).iter().map(|cell| cell.of(row)).collect();
            assert_eq!(found, expected, "{row}");
        }
    }
}
