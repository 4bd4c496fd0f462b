//! What stands on every page at the same place: running heads and feet, page numbers.

use super::layout::{Piece, pieces};
use super::page::{Glyph, Page};
use std::collections::{BTreeMap, BTreeSet};

/// The share of a page's height above and below that is looked at.
const ZONE: f64 = 0.13;
/// A running head moves by less than this from page to page, in points.
const STEADY: f64 = 6.0;

/// Takes the margins' words from the pages and gives them back, each once.
pub(super) fn set_apart(pages: &mut [Page]) -> Vec<String> {
    // By words without their numbers and by height: the pages on which they stand.
    let mut seen: BTreeMap<(String, i64), Vec<usize>> = BTreeMap::new();
    let lines: Vec<Vec<Piece>> = pages.iter().map(zone_lines).collect();
    for (number, lines) in lines.iter().enumerate() {
        for line in lines {
            let place = (line.y / STEADY).round() as i64;
            // Near a boundary it may fall to either side.
            for place in place - 1..=place + 1 {
                seen.entry((pattern(&line.text), place))
                    .or_default()
                    .push(number);
            }
        }
    }
    let mut margins: Vec<String> = Vec::new();
    let mut told = BTreeSet::new();
    for (number, page) in pages.iter_mut().enumerate() {
        for line in &lines[number] {
            let place = (line.y / STEADY).round() as i64;
            let repeats = seen
                .get(&(pattern(&line.text), place))
                .is_some_and(|on| on.first() != on.last() || on.first() != Some(&number));
            if !(repeats || is_number(&line.text)) {
                continue;
            }
            page.glyphs.retain(|glyph| !stands_in(glyph, line));
            if told.insert(line.text.clone()) {
                margins.push(line.text.clone());
            }
        }
    }
    margins
}

/// The outer lines of a page: at most three above and three below.
fn zone_lines(page: &Page) -> Vec<Piece> {
    let near_edge = |y: f64| y < page.height * ZONE || y > page.height * (1.0 - ZONE);
    let outer: Vec<Glyph> = page
        .glyphs
        .iter()
        .filter(|glyph| near_edge(glyph.y))
        .cloned()
        .collect();
    let lines = pieces(&outer);
    let above = lines
        .iter()
        .filter(|line| line.y < page.height / 2.0)
        .take(3);
    let below = lines
        .iter()
        .rev()
        .filter(|line| line.y > page.height / 2.0)
        .take(3);
    above.chain(below).cloned().collect()
}

fn stands_in(glyph: &Glyph, line: &Piece) -> bool {
    (glyph.y - line.y).abs() < 0.35 * line.size
        && glyph.x > line.x - 0.5
        && glyph.end < line.end + line.size
}

/// The words of a line with all numbers alike.
fn pattern(text: &str) -> String {
    let mut pattern = String::new();
    for c in text.chars() {
        let c = if c.is_numeric() || "〇一二三四五六七八九十".contains(c) {
            '#'
        } else {
            c
        };
        if !(c.is_whitespace() || c == '#' && pattern.ends_with('#')) {
            pattern.push(c);
        }
    }
    pattern
}

/// Whether a line is a page's number: `3`, `- 3 -`, `第3页 共9页`, `3/9`.
fn is_number(text: &str) -> bool {
    let pattern = pattern(text);
    let bare = pattern.trim_matches(|c: char| "-—–~·".contains(c));
    [
        "#",
        "第#页",
        "#/#",
        "第#页共#页",
        "第#页/共#页",
        "第#页，共#页",
    ]
    .contains(&bare)
        && text.chars().any(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_are_told() {
        for number in ["3", "- 12 -", "— 3 —", "第 3 页 共 9 页", "3/9"] {
            assert!(is_number(number), "{number}");
        }
        for other in ["2023年", "一、", "第三页纸", "-"] {
            assert!(!is_number(other), "{other}");
        }
    }
}
