//! What is learnt from the first reports: the lexicon of frequent phrases, and the alphabet of stored texts.

use rustc_hash::{FxHashMap, FxHashSet};

use super::BuildError;
use crate::alphabet::{Alphabet, Encoder};
use crate::fold::fold;
use crate::units::{Kind, LONGEST_RUN, kind};
use crate::{IndexedReport, SCHEMA_VERSION};

/// What the sample taught.
#[derive(Default)]
pub(super) struct Learnt {
    pub(super) lexicon: Lexicon,
    pub(super) alphabet: Alphabet,
    pub(super) encoder: Encoder,
}

impl Learnt {
    pub(super) fn from(sample: &[IndexedReport]) -> Learnt {
        let texts = sample.iter().flat_map(|report| &report.paragraphs);
        let alphabet = Alphabet::learn(texts.map(|paragraph| paragraph.text.as_str()));
        Learnt::of(Lexicon::learn(sample), alphabet)
    }

    fn of(lexicon: Lexicon, alphabet: Alphabet) -> Learnt {
        Learnt {
            lexicon,
            encoder: alphabet.encoder(),
            alphabet,
        }
    }

    /// In JSON, with the schema's version.
    pub(super) fn to_json(&self) -> Result<Vec<u8>, BuildError> {
        let learnt = (SCHEMA_VERSION, self.lexicon.list(), &self.alphabet);
        Ok(serde_json::to_vec(&learnt)?)
    }

    /// Reads it.
    pub(super) fn from_json(json: &[u8]) -> Result<Learnt, BuildError> {
        let (version, runs, alphabet): (u32, Vec<String>, Alphabet) = serde_json::from_slice(json)?;
        if version != SCHEMA_VERSION {
            return Err(BuildError("it was learnt by another version".into()));
        }
        Ok(Learnt::of(Lexicon::of(&runs), alphabet))
    }
}

/// Runs of three to six characters that stand often and whose pairs are so frequent that looking the run up by its
/// pairs would read much.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    /// Where the runs that begin with two characters go on in `steps`.
    pairs: FxHashMap<[char; 2], u32>,
    steps: Vec<Step>,
}

/// What some runs have in common so far.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// Whether one of them ends here.
    pub(super) ends: bool,
    /// What comes next, and where it leads.
    next: Vec<(char, u32)>,
}

/// A run may have a token of its own if its two pairs together occur at least so often a report…
const PAIRS_PER_REPORT: f64 = 10.0;
/// … and the run itself so often.
const RUN_PER_REPORT: f64 = 0.3;
/// What has the same neighbour in this share of its occurrences is a part of something longer.
const FRAGMENT: f64 = 0.8;
/// How many tokens the lexicon may add, as a share of all.
const SHARE: f64 = 0.08;

impl Lexicon {
    /// The runs whose lookup by pairs would read most, as far as the share of tokens goes.
    pub(crate) fn learn(sample: &[IndexedReport]) -> Lexicon {
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
            let counts: Vec<u32> = text.windows(2).map(|pair| pairs.of(pair)).collect();
            for (start, &first) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                // A run goes on as long as ideographs do.
                let lasts = counts[start + 1..].iter().take_while(|count| **count > 0);
                for (length, &last) in (3..=LONGEST_RUN).zip(lasts) {
                    if first + last >= least {
                        *runs.entry(&text[start..start + length]).or_default() += 1;
                    }
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
        let mut lexicon = Lexicon::default();
        for (_, run, count) in ranked {
            if let Some(rest) = left.checked_sub(count) {
                left = rest;
                lexicon.insert(run);
            }
        }
        lexicon
    }

    /// The runs of a list.
    pub(crate) fn of(list: &[String]) -> Lexicon {
        let mut lexicon = Lexicon::default();
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
        let mut all = Vec::new();
        for (pair, step) in &self.pairs {
            self.collect(*step, &mut pair.iter().collect(), &mut all);
        }
        all.sort_unstable();
        all
    }

    fn collect(&self, step: u32, run: &mut String, all: &mut Vec<String>) {
        let step = &self.steps[step as usize];
        if step.ends {
            all.push(run.clone());
        }
        for (c, next) in &step.next {
            run.push(*c);
            self.collect(*next, run, all);
            run.pop();
        }
    }

    /// Where runs that begin with this pair go on.
    pub(super) fn begin(&self, pair: [char; 2]) -> Option<&Step> {
        let step = self.pairs.get(&pair)?;
        Some(&self.steps[*step as usize])
    }

    /// Where they go on after one more character.
    pub(super) fn after(&self, step: &Step, c: char) -> Option<&Step> {
        let (_, next) = step.next.iter().find(|(edge, _)| *edge == c)?;
        Some(&self.steps[*next as usize])
    }

    fn insert(&mut self, run: &[char]) {
        let mut here = match self.pairs.get(&[run[0], run[1]]) {
            Some(step) => *step,
            None => {
                let step = self.step();
                self.pairs.insert([run[0], run[1]], step);
                step
            }
        };
        for &c in &run[2..] {
            let next = &self.steps[here as usize].next;
            let known = next.iter().find(|(edge, _)| *edge == c).map(|(_, at)| *at);
            here = known.unwrap_or_else(|| {
                let new = self.step();
                self.steps[here as usize].next.push((c, new));
                new
            });
        }
        self.steps[here as usize].ends = true;
    }

    fn step(&mut self) -> u32 {
        self.steps.push(Step::default());
        self.steps.len() as u32 - 1
    }
}

/// Drops runs that begin or end inside of a word. Of an odd number of characters: those that nearly always stand inside
/// the same longer one. Of an even number: those whose first or last pair does (政执法人, but not 行政执法, even where it
/// nearly always is 综合行政执法).
fn drop_fragments<'t>(runs: &mut FxHashMap<&'t [char], u32>, texts: &'t [Vec<char>]) {
    let edges = |run: &'t [char]| match run.len() % 2 {
        0 => [&run[..2], &run[run.len() - 2..]],
        _ => [run, run],
    };
    let mut counts: FxHashMap<&[char], u32> = FxHashMap::default();
    counts.extend(runs.keys().flat_map(|run| edges(run)).map(|edge| (edge, 0)));
    // By what stands at some side of it.
    let mut neighbours: FxHashMap<(&[char], bool, char), u32> = FxHashMap::default();
    for text in texts {
        for length in [2, 3, 5] {
            for (at, edge) in text.windows(length).enumerate() {
                let Some(count) = counts.get_mut(edge) else {
                    continue;
                };
                *count += 1;
                if let Some(&before) = at.checked_sub(1).and_then(|at| text.get(at)) {
                    *neighbours.entry((edge, true, before)).or_default() += 1;
                }
                if let Some(&after) = text.get(at + length) {
                    *neighbours.entry((edge, false, after)).or_default() += 1;
                }
            }
        }
    }
    let parts = neighbours.into_iter().filter(|((edge, _, _), with)| {
        let all = counts.get(edge).copied().unwrap_or_default();
        f64::from(*with) >= FRAGMENT * f64::from(all)
    });
    let parts: FxHashSet<(&[char], bool)> =
        parts.map(|((edge, before, _), _)| (edge, before)).collect();
    runs.retain(|run, _| {
        let [first, last] = edges(run);
        !parts.contains(&(first, true)) && !parts.contains(&(last, false))
    });
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

    /// Occurrences of two characters; 0 if they are not both ideographs.
    fn of(&self, pair: &[char]) -> u32 {
        let count = self.0.get(&[pair[0], pair[1]]);
        count.copied().unwrap_or_default()
    }

    /// Occurrences of the first and last pair of a run of ideographs.
    fn weight(&self, run: &[char]) -> u32 {
        self.of(&run[..2]) + self.of(&run[run.len() - 2..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IndexedParagraph;

    #[test]
    fn frequent_terms_are_learnt_and_fragments_are_not() {
        let text =
            "综合行政执法人员依法执法，落实综合行政执法，行政机关负责执法；执法有据，行政为民。";
        let paragraph = IndexedParagraph {
            text: text.repeat(10),
            ..IndexedParagraph::default()
        };
        let report = IndexedReport {
            paragraphs: vec![paragraph],
            ..IndexedReport::default()
        };
        let lexicon = Lexicon::learn(&[report.clone(), report]);
        let has = |run: &str| lexicon.list().contains(&run.to_owned());
        assert!(has("行政执法"), "{:?}", lexicon.list());
        assert!(!has("政执法"));
        assert!(!has("政执法人"));
        assert_eq!(Lexicon::of(&lexicon.list()).list(), lexicon.list());
    }
}
