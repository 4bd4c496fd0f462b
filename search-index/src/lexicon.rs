//! The lexicon: frequent phrases, learnt from the first reports.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::IndexedReport;
use crate::fold::fold;
use crate::units::{Kind, LAST, LONGEST_RUN, Lexicon, kind};

/// Runs of three to six characters that stand often and whose pairs are so frequent that looking the run up by its
/// pairs would read much.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    pairs: FxHashSet<[char; 2]>,
    /// Filled up with [`LAST`].
    runs: FxHashSet<[char; LONGEST_RUN]>,
}

/// A run may have a token of its own if its two pairs together occur at least so often a report…
const PAIRS_PER_REPORT: f64 = 10.0;
/// … and the run itself so often.
const RUN_PER_REPORT: f64 = 0.3;
/// A run is a fragment if this share of its occurrences has the same neighbour.
const FRAGMENT: f64 = 0.8;
/// How many tokens the lexicon may add, as a share of all.
const SHARE: f64 = 0.06;

impl Lexicon for Runs {
    fn begins(&self, pair: [char; 2]) -> bool {
        self.pairs.contains(&pair)
    }

    fn has(&self, run: &[char]) -> bool {
        self.runs.contains(&filled(run))
    }
}

fn filled(run: &[char]) -> [char; LONGEST_RUN] {
    let mut filled = [LAST; LONGEST_RUN];
    for (slot, c) in filled.iter_mut().zip(run) {
        *slot = *c;
    }
    filled
}

impl Runs {
    /// The runs whose lookup by pairs would read most, as far as the share of tokens goes.
    pub(crate) fn learn(sample: &[IndexedReport]) -> Runs {
        let texts = sample.iter().flat_map(|report| &report.paragraphs);
        let texts: Vec<Vec<char>> = texts
            .map(|paragraph| fold(&paragraph.text).text.chars().collect())
            .collect();
        let tokens: usize = texts.iter().map(Vec::len).sum();
        let reports = sample.len().max(1) as f64;
        let pairs = Pairs::count(&texts);
        let least = (PAIRS_PER_REPORT * reports).ceil() as u32;
        let mut runs: FxHashMap<&[char], u32> = FxHashMap::default();
        for text in &texts {
            for run in (3..=LONGEST_RUN).flat_map(|length| text.windows(length)) {
                if pairs.weight(run) >= least {
                    *runs.entry(run).or_default() += 1;
                }
            }
        }
        let often = (RUN_PER_REPORT * reports).max(2.0) as u32;
        runs.retain(|_, count| *count >= often);
        drop_fragments(&mut runs, &texts);
        // Heavy ones first, and among them those that stand, and so are looked for, more often.
        let value =
            |run: &[char], count: u32| f64::from(pairs.weight(run)) * f64::from(count).sqrt();
        let mut ranked: Vec<(u64, &[char], u32)> = runs
            .into_iter()
            .map(|(run, count)| (value(run, count) as u64, run, count))
            .collect();
        ranked.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let mut left = (SHARE * tokens as f64) as u32;
        let mut lexicon = Runs::default();
        for (_, run, count) in ranked {
            if let Some(rest) = left.checked_sub(count) {
                left = rest;
                lexicon.insert(run);
            }
        }
        lexicon
    }

    /// The runs of a list.
    pub(crate) fn of(list: &[String]) -> Runs {
        let mut lexicon = Runs::default();
        for run in list {
            let run: Vec<char> = run.chars().collect();
            if (3..=LONGEST_RUN).contains(&run.len()) {
                lexicon.insert(&run);
            }
        }
        lexicon
    }

    /// All runs, sorted.
    pub(crate) fn list(&self) -> Vec<String> {
        let text = |run: &[char; LONGEST_RUN]| run.iter().filter(|c| **c != LAST).collect();
        let mut all: Vec<String> = self.runs.iter().map(text).collect();
        all.sort_unstable();
        all
    }

    fn insert(&mut self, run: &[char]) {
        self.runs.insert(filled(run));
        self.pairs.insert([run[0], run[1]]);
    }
}

/// Drops runs that nearly always stand inside the same longer one: 政执法 of 行政执法. They are no terms; a run of four or
/// six may go on the same way (法治政府) and still be one.
fn drop_fragments<'t>(runs: &mut FxHashMap<&'t [char], u32>, texts: &'t [Vec<char>]) {
    let mut neighbours: FxHashMap<(&[char], bool, char), u32> = FxHashMap::default();
    for text in texts {
        for length in 3..=LONGEST_RUN {
            for (at, run) in text.windows(length).enumerate() {
                if !runs.contains_key(run) {
                    continue;
                }
                if let Some(&before) = at.checked_sub(1).and_then(|at| text.get(at)) {
                    *neighbours.entry((run, true, before)).or_default() += 1;
                }
                if let Some(&after) = text.get(at + length).filter(|_| length % 2 == 1) {
                    *neighbours.entry((run, false, after)).or_default() += 1;
                }
            }
        }
    }
    for ((run, _, _), with) in neighbours {
        let same = |count: &u32| f64::from(with) >= FRAGMENT * f64::from(*count);
        if runs.get(run).is_some_and(same) {
            runs.remove(run);
        }
    }
}

/// Occurrences of pairs of characters.
struct Pairs(FxHashMap<[char; 2], u32>);

impl Pairs {
    fn count(texts: &[Vec<char>]) -> Pairs {
        let mut counts: FxHashMap<[char; 2], u32> = FxHashMap::default();
        let is_han = |c: &char| kind(*c) == Kind::Han;
        for pair in texts.iter().flat_map(|text| text.windows(2)) {
            if pair.iter().all(is_han) {
                *counts.entry([pair[0], pair[1]]).or_default() += 1;
            }
        }
        Pairs(counts)
    }

    /// Occurrences of a run's first and last pair; 0 if either is none of ideographs.
    fn weight(&self, run: &[char]) -> u32 {
        let count = |pair: &[char]| self.0.get(&[pair[0], pair[1]]).copied();
        let weight = count(&run[..2]).zip(count(&run[run.len() - 2..]));
        weight.map_or(0, |(first, last)| first + last)
    }
}
