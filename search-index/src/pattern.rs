//! Patterns: what a term of a query looks for, and how the index is asked for it.

use crate::fold::fold;
use crate::units::{Kind, LAST, LONGEST_RUN, Unit, prepare, units};

/// What a term of a query looks for: a run of units.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Pattern {
    units: Vec<(String, Kind)>,
    /// The last unit, a number or word, may go on.
    pub(crate) prefix: bool,
}

/// How a pattern is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Tokens and where they stand from the pattern's begin; together they cover it. All are in the index where the
    /// pattern is in the text.
    pub(crate) tokens: Vec<(String, u32)>,
    /// The last part, where it is found by scanning the dictionary.
    pub(crate) scan: Option<Scan>,
}

/// A scan of the dictionary for the tokens with a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scan {
    pub(crate) prefix: String,
    pub(crate) offset: u32,
    kind: Kind,
}

impl Scan {
    /// Whether a token with the prefix is one that the scan means, and how many characters of the text it stands for.
    pub(crate) fn takes(&self, token: &str) -> Option<u32> {
        let chars = token.chars().count() as u32;
        match self.kind {
            Kind::Han => (chars == 2).then_some(1),
            _ => {
                let mut units = units(token);
                let whole = units.next().is_some() && units.next().is_none();
                whole.then_some(chars)
            }
        }
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
    pub(crate) fn plan(&self, runs: &[String]) -> Plan {
        let mut plan = Plan {
            tokens: Vec::new(),
            scan: None,
        };
        let mut at = 0;
        let mut index = 0;
        while let Some((text, kind)) = self.units.get(index) {
            let is_last = index + 1 == self.units.len();
            if *kind == Kind::Mark {
                plan.tokens.push((text.clone(), at));
                at += 1;
                index += 1;
                continue;
            }
            if *kind == Kind::Han {
                let run: Vec<&str> = self.units[index..]
                    .iter()
                    .take_while(|unit| unit.1 == Kind::Han)
                    .map(|unit| unit.0.as_str())
                    .collect();
                let covered = index > 0 && self.units[index - 1].1.is_word();
                let ends = index + run.len() == self.units.len();
                plan.run(&run, at, covered, ends, runs);
                at += run.len() as u32;
                index += run.len();
                continue;
            }
            if is_last && self.prefix {
                plan.scan = Some(Scan {
                    prefix: text.clone(),
                    offset: at,
                    kind: *kind,
                });
            } else {
                // With the ideograph after it, where there is one: it may be the last of the pattern.
                let after = self.units.get(index + 1);
                let after = after.filter(|after| after.1 == Kind::Han);
                let token =
                    after.map_or_else(|| text.clone(), |after| format!("{text}{}", after.0));
                plan.tokens.push((token, at));
            }
            at += text.chars().count() as u32;
            index += 1;
        }
        plan
    }
}

impl Plan {
    /// Covers a run of ideographs that begins at `at`. `covered`: its first character stands in the token
    /// before it. `ends`: the pattern ends with it.
    fn run(&mut self, run: &[&str], at: u32, covered: bool, ends: bool, runs: &[String]) {
        match run.len() {
            0 => {}
            1 if covered => {}
            1 if ends => {
                self.scan = Some(Scan {
                    prefix: run[0].to_owned(),
                    offset: at,
                    kind: Kind::Han,
                });
            }
            1 => self.tokens.push((format!("{}{LAST}", run[0]), at)),
            _ => {
                let chosen = cover(run, usize::from(covered), runs);
                let tokens = chosen
                    .into_iter()
                    .map(|(token, from)| (token, at + from as u32));
                self.tokens.extend(tokens);
            }
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

    fn covered(term: &str, lexicon: &[&str]) -> String {
        let mut runs: Vec<String> = lexicon.iter().map(|run| (*run).to_owned()).collect();
        runs.sort();
        let plan = Pattern::new(term, false).expect("a term").plan(&runs);
        let tokens: Vec<String> = plan
            .tokens
            .iter()
            .map(|(token, at)| format!("{at}{token}"))
            .collect();
        tokens.join(" ")
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
}
