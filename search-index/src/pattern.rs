//! Patterns: what a term of a query looks for, and how the index is asked for it.

use crate::fold::fold;
use crate::units::{Kind, LAST, LONGEST_RUN, Unit, inner_pairs, prepare, units};

/// What a term of a query looks for: a run of units.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Pattern {
    units: Vec<(String, Kind)>,
    /// The last unit, a number or word, may go on.
    pub(crate) prefix: bool,
}

/// A part of a pattern, as it is looked up. The parts together cover the pattern, and all are in the index where the pattern
/// is in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Where it stands from the pattern's begin.
    pub(crate) offset: u32,
    /// How many characters it has; at least, where it [goes on](Scan::goes_on).
    pub(crate) chars: u32,
    pub(crate) tokens: Tokens,
    /// Runs of the lexicon inside of which it stands without a token of its own, and where.
    pub(crate) inside: Vec<(String, u32)>,
}

/// The tokens that stand for a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tokens {
    One(String),
    /// Any of those that a scan of the dictionary takes.
    Any(Scan),
}

/// A scan of the dictionary for the tokens that begin with a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scan {
    unit: String,
    kind: Kind,
    /// The unit, a number or word, may be longer.
    pub(crate) goes_on: bool,
}

impl Scan {
    /// Where in the dictionary such tokens are: from, and up to.
    pub(crate) fn ranges(&self) -> Vec<[Vec<u8>; 2]> {
        let after = |text: &str, byte: u8| [text.as_bytes(), &[byte]].concat();
        // No byte of UTF-8 is the highest.
        let end = after(&self.unit, u8::MAX);
        let unit = self.unit.clone().into_bytes();
        if self.goes_on || self.kind == Kind::Han {
            return vec![[unit, end]];
        }
        let with_ideograph = format!("{}{FIRST_IDEOGRAPH}", self.unit);
        vec![
            [unit, after(&self.unit, 0)],
            [with_ideograph.into_bytes(), end],
        ]
    }

    /// Whether a token there is one that the scan means, and how many characters of the text it stands for.
    pub(crate) fn takes(&self, token: &str) -> Option<u32> {
        if self.kind == Kind::Han {
            return (token.chars().count() == 2).then_some(1);
        }
        let mut units = units(token);
        let unit = units.next()?;
        let same = self.goes_on || unit.text == self.unit;
        (same && units.all(|after| after.kind == Kind::Han)).then(|| unit.chars())
    }
}

impl Pattern {
    /// The pattern of a term as typed; none if folding leaves nothing of it.
    pub(crate) fn new(term: &str, prefix: bool) -> Option<Pattern> {
        let prepared = prepare(&fold(term));
        let units: Vec<_> = units(&prepared)
            .map(|unit| (unit.text.to_owned(), unit.kind))
            .collect();
        let last = units.last()?.1;
        Some(Pattern {
            units,
            prefix: prefix && last.is_word(),
        })
    }

    /// Length in characters of the folded text; of the shortest match, for a prefix.
    pub(crate) fn chars(&self) -> u32 {
        self.units
            .iter()
            .map(|unit| unit.0.chars().count() as u32)
            .sum()
    }

    /// The units' texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.units.iter().map(|unit| unit.0.as_str())
    }

    /// Where the pattern occurs among a text's units: index of the first unit and of the one after the last.
    pub(crate) fn find<'a>(
        &'a self,
        text: &'a [Unit<'a>],
    ) -> impl Iterator<Item = (usize, usize)> + 'a {
        let len = self.units.len();
        text.windows(len)
            .enumerate()
            .filter_map(move |(at, window)| {
                let (last, before) = self.units.split_last()?;
                let (text_last, text_before) = window.split_last()?;
                let same = |(unit, own): (&Unit<'_>, &(String, Kind))| unit.text == own.0;
                let ends = if self.prefix {
                    text_last.kind == last.1 && text_last.text.starts_with(&last.0)
                } else {
                    text_last.text == last.0
                };
                (ends && text_before.iter().zip(before).all(same)).then_some((at, at + len))
            })
    }

    /// How to look the pattern up, where the index has the lexicon `runs`, sorted.
    pub(crate) fn plan(&self, runs: &[String]) -> Vec<Part> {
        let mut parts = Vec::new();
        let (mut at, mut index) = (0, 0);
        while let Some((text, kind)) = self.units.get(index) {
            let run = self.units[index..].iter();
            let run = run.take_while(|unit| unit.1 == Kind::Han);
            let run: Vec<&str> = run.map(|unit| unit.0.as_str()).collect();
            let len = run.len().max(1);
            let ends = index + len == self.units.len();
            match kind {
                Kind::Mark => parts.push(Part::one(text.clone(), at)),
                Kind::Han => {
                    let covered = index > 0 && self.units[index - 1].1.is_word();
                    parts.extend(run_parts(&run, at, covered, ends, runs));
                }
                Kind::Number | Kind::Word => {
                    // With the ideograph after it, where there is one: it may be the last of the pattern.
                    let after = self.units.get(index + 1);
                    parts.push(match after.filter(|after| after.1 == Kind::Han) {
                        Some(after) => Part::one(format!("{text}{}", after.0), at),
                        None if ends => Part::any(text, *kind, self.prefix, at),
                        None => Part::one(text.clone(), at),
                    });
                }
            }
            let units = &self.units[index..index + len];
            at += units
                .iter()
                .map(|unit| unit.0.chars().count() as u32)
                .sum::<u32>();
            index += len;
        }
        parts
    }
}

/// The first character that is taken for an ideograph, in the order of the dictionary.
const FIRST_IDEOGRAPH: char = '\u{1100}';

impl Part {
    fn one(token: String, offset: u32) -> Part {
        Part {
            offset,
            chars: token.chars().filter(|c| *c != LAST).count() as u32,
            tokens: Tokens::One(token),
            inside: Vec::new(),
        }
    }

    fn any(unit: &str, kind: Kind, goes_on: bool, offset: u32) -> Part {
        Part {
            offset,
            chars: unit.chars().count() as u32,
            tokens: Tokens::Any(Scan {
                unit: unit.to_owned(),
                kind,
                goes_on,
            }),
            inside: Vec::new(),
        }
    }

    /// The same, with the runs in which there is no token for `text`, a pair or the first of one.
    fn or_inside(mut self, text: &str, runs: &[String]) -> Part {
        for run in runs {
            let places = run.char_indices().map(|(byte, _)| byte);
            let places: Vec<usize> = places.collect();
            let inner = inner_pairs(places.len());
            let standing = inner.filter(|at| run[places[*at]..].starts_with(text));
            self.inside
                .extend(standing.map(|at| (run.clone(), at as u32)));
        }
        self
    }
}

/// Covers a run of ideographs that begins at `at`. `covered`: its first character stands in the token before it.
/// `ends`: the pattern ends with it.
fn run_parts(run: &[&str], at: u32, covered: bool, ends: bool, runs: &[String]) -> Vec<Part> {
    match run {
        [] => Vec::new(),
        [_] if covered => Vec::new(),
        [one] if ends => vec![Part::any(one, Kind::Han, false, at).or_inside(one, runs)],
        [one] => vec![Part::one(format!("{one}{LAST}"), at)],
        _ => {
            let chosen = cover(run, usize::from(covered), runs).into_iter();
            let part = |(token, from): (String, usize)| {
                let part = Part::one(token.clone(), at + from as u32);
                if part.chars == 2 {
                    part.or_inside(&token, runs)
                } else {
                    part
                }
            };
            chosen.map(part).collect()
        }
    }
}

/// What reading a token costs, by its length: a pair's list is long, a longer run stands more rarely.
fn cost(length: usize) -> u32 {
    match length {
        2 => 12,
        3 => 5,
        _ => 3,
    }
}

/// The cheapest tokens that cover a run of at least two ideographs but for the first `done`, and where they begin in
/// it: pairs, and what the lexicon has. Tokens may overlap.
fn cover(run: &[&str], done: usize, runs: &[String]) -> Vec<(String, usize)> {
    /// The cheapest way to cover the run up to some place.
    #[derive(Clone)]
    struct Way {
        cost: u32,
        /// The last token, where it begins, and up to where the way before it goes.
        last: Option<(String, usize, usize)>,
    }
    let mut ways = vec![
        Way {
            cost: 0,
            last: None
        };
        done + 1
    ];
    for end in done + 1..=run.len() {
        let mut best = Way {
            cost: u32::MAX,
            last: None,
        };
        for from in end.saturating_sub(LONGEST_RUN)..end.saturating_sub(1) {
            let token = run[from..end].concat();
            let length = end - from;
            if length > 2 && runs.binary_search(&token).is_err() {
                continue;
            }
            let before = (from..end).min_by_key(|place| ways[*place].cost);
            let Some(before) = before.filter(|place| ways[*place].cost < u32::MAX) else {
                continue;
            };
            let all = ways[before].cost + cost(length);
            if all < best.cost {
                best = Way {
                    cost: all,
                    last: Some((token, from, before)),
                };
            }
        }
        ways.push(best);
    }
    let mut chosen = Vec::new();
    let mut place = run.len();
    while let Some((token, from, before)) = ways[place].last.take() {
        chosen.push((token, from));
        place = before;
    }
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(term: &str, lexicon: &[&str]) -> Vec<Part> {
        let mut runs: Vec<String> = lexicon.iter().map(|run| (*run).to_owned()).collect();
        runs.sort();
        Pattern::new(term, false).expect("a term").plan(&runs)
    }

    fn covered(term: &str, lexicon: &[&str]) -> String {
        let told = |part: &Part| match &part.tokens {
            Tokens::One(token) => format!("{}{token}", part.offset),
            Tokens::Any(scan) => format!("{}{}…", part.offset, scan.unit),
        };
        let parts = plan(term, lexicon);
        parts.iter().map(told).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_run_is_covered_by_the_fewest_tokens() {
        assert_eq!(covered("复议", &[]), "0复议");
        assert_eq!(covered("行政复议", &[]), "0行政 2复议");
        assert_eq!(covered("行政复议", &["行政复议"]), "0行政复议");
        assert_eq!(covered("复议法", &["行政复议"]), "0复议 1议法");
        let both = ["法治政府建设", "法治政府", "政府建设"];
        assert_eq!(covered("法治政府建设", &both), "0法治政府建设");
        assert_eq!(covered("法治政府建设", &both[1..]), "0法治政府 2政府建设");
        assert_eq!(covered("推进法治政府建设", &both), "0推进 2法治政府建设");
        assert_eq!(covered("2023年法治政府", &both), "02023年 5法治政府");
    }

    #[test]
    fn a_number_or_ideograph_at_the_end_is_scanned_for() {
        assert_eq!(covered("第2023", &[]), "0第\u{2} 12023…");
        assert_eq!(covered("2023,法", &[]), "02023 4, 5法…");
        let Tokens::Any(scan) = &plan("1", &[])[0].tokens else {
            panic!("no scan");
        };
        let taken = ["1", "1月", "1 ", "11", "1.5", "1.5万", "1,"].map(|token| scan.takes(token));
        assert_eq!(taken, [Some(1), Some(1), None, None, None, None, None]);
        let in_range = |token: &str| {
            let token = token.as_bytes();
            let mut ranges = scan.ranges().into_iter();
            ranges.any(|[from, upto]| from.as_slice() <= token && token < upto.as_slice())
        };
        let read = ["1", "1月", "1.5", "11", "2", "1𠀀"].map(in_range);
        assert_eq!(read, [true, true, false, false, false, true]);
    }

    #[test]
    fn a_pair_without_a_token_is_found_inside_of_runs() {
        let lexicon = ["行政执法", "法治政府建设", "执法人", "政执法政执法"];
        let inside = |term: &str| {
            let inside = plan(term, &lexicon)
                .into_iter()
                .flat_map(|part| part.inside);
            let told = inside.map(|(run, at)| format!("{at}{run}"));
            told.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(inside("政执"), "3政执法政执法 1行政执法");
        assert_eq!(inside("府建"), "3法治政府建设");
        assert_eq!(inside("治"), "1法治政府建设");
        assert_eq!(inside("行政"), "");
        assert_eq!(inside("法人"), "");
    }
}
