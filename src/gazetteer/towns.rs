//! Towns, townships and streets with their counties: evidence for a county that a report does not name.

use std::collections::HashMap;
use std::sync::LazyLock;

const TOWNS: &str = include_str!("data/towns.csv");

/// Town names' endings, longest first.
const GENERICS: [&str; 4] = ["街道", "苏木", "镇", "乡"];

static BY_NAME: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut by_name: HashMap<&str, Vec<&str>> = HashMap::with_capacity(40_000);
    for line in TOWNS.lines().skip(1) {
        if let Some((county, towns)) = line.split_once(',') {
            for town in towns.split(';') {
                by_name.entry(town).or_default().push(county);
            }
        }
    }
    by_name
});

/// The counties (codes of 2023) that have a town of this full name.
pub(super) fn counties(town: &str) -> &'static [&'static str] {
    BY_NAME.get(town).map_or(&[], Vec::as_slice)
}

/// The towns named in `text`, each occurrence once: byte range and counties. A town is the longest known name
/// that ends in its generic.
pub(super) fn scan(text: &str) -> Vec<(std::ops::Range<usize>, &'static [&'static str])> {
    let mut found = Vec::new();
    for generic in GENERICS {
        for (at, _) in text.match_indices(generic) {
            let end = at + generic.len();
            let starts = text[..at]
                .char_indices()
                .rev()
                .take(8)
                .map(|(start, _)| start);
            let longest = starts
                .filter(|&start| BY_NAME.contains_key(&text[start..end]))
                .last();
            if let Some(start) = longest {
                found.push((start..end, counties(&text[start..end])));
            }
        }
    }
    found.sort_by_key(|(range, _)| (range.start, range.end));
    found
}
