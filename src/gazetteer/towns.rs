//! Towns, townships and streets with their counties: evidence for a county that a report does not name.

use super::pairs::Pairs;
use memchr::memmem;
use search_index::fold::fold_chars;
use std::collections::HashMap;
use std::sync::LazyLock;

const TOWNS: &str = include_str!("data/towns.csv");

/// Town names' endings, longest first.
const GENERICS: [&str; 4] = ["街道", "苏木", "镇", "乡"];

/// A town's name as the table has it, and the counties that have one of that name.
struct Town {
    name: &'static str,
    counties: Vec<&'static str>,
}

static BY_FOLDED_NAME: LazyLock<HashMap<String, Town>> = LazyLock::new(|| {
    let folded = fold_chars(TOWNS).text;
    let mut by_name: HashMap<String, Town> = HashMap::with_capacity(40_000);
    for (line, folded) in TOWNS.lines().zip(folded.lines()).skip(1) {
        let (Some((county, towns)), Some((_, folded))) =
            (line.split_once(','), folded.split_once(','))
        else {
            continue;
        };
        for (name, folded) in towns.split(';').zip(folded.split(';')) {
            let town = by_name.entry(folded.to_owned()).or_insert_with(|| Town {
                name,
                counties: Vec::new(),
            });
            town.counties.push(county);
        }
    }
    by_name
});

/// With what characters names end, their generics left aside, from the last one back.
static TAILS: LazyLock<Pairs> = LazyLock::new(|| {
    let names = BY_FOLDED_NAME.keys();
    Pairs::leading(names.flat_map(|name| {
        let stems = GENERICS.map(|generic| name.strip_suffix(generic));
        stems.into_iter().flatten().map(|stem| stem.chars().rev())
    }))
});

/// The counties (codes of 2023) that have a town of this full name (folded).
pub(super) fn counties(town: &str) -> &'static [&'static str] {
    BY_FOLDED_NAME
        .get(town)
        .map_or(&[], |town| town.counties.as_slice())
}

/// The name as the table has it (乾潭镇), for a folded one (干潭镇).
pub(super) fn written(town: &str) -> &str {
    BY_FOLDED_NAME.get(town).map_or(town, |town| town.name)
}

/// The towns named in `text` (folded), each occurrence once: byte range and counties. A town is the longest known
/// name that ends in its generic.
pub(super) fn scan(text: &str) -> Vec<(std::ops::Range<usize>, &'static [&'static str])> {
    let mut found = Vec::new();
    for generic in GENERICS {
        for at in memmem::find_iter(text.as_bytes(), generic) {
            let end = at + generic.len();
            let mut before = text[..at].char_indices().rev();
            let starts = before.clone().take(8);
            let mut next = || before.next().map(|(_, c)| c);
            if !next().is_some_and(|last| TAILS.may_lead(last, next())) {
                continue;
            }
            let longest = starts
                .map(|(start, _)| start)
                .filter(|&start| BY_FOLDED_NAME.contains_key(&text[start..end]))
                .last();
            if let Some(start) = longest {
                found.push((start..end, counties(&text[start..end])));
            }
        }
    }
    found.sort_by_key(|(range, _)| (range.start, range.end));
    found
}
