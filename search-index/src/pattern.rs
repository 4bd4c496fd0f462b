//! Patterns: what a term of a query looks for, and how the index is asked for it.

use crate::fold::fold;
use crate::units::{Kind, LAST, Unit, prepare, units};

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
    /// Tokens and where they stand from the pattern's begin; together they cover it.
    pub(crate) slots: Vec<Slot>,
    /// The last part, where it is found by scanning the dictionary.
    pub(crate) scan: Option<Scan>,
}

/// A part of a pattern: the whole token, or, where the lexicon has none, its pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    /// A run that may be in the lexicon.
    pub(crate) run: Option<(String, u32)>,
    /// Tokens that always are in the index where the text is.
    pub(crate) pairs: Vec<(String, u32)>,
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

    /// How to look the pattern up.
    pub(crate) fn plan(&self) -> Plan {
        let mut plan = Plan {
            slots: Vec::new(),
            scan: None,
        };
        let mut at = 0;
        let mut index = 0;
        while let Some((text, kind)) = self.units.get(index) {
            let is_last = index + 1 == self.units.len();
            if *kind == Kind::Mark {
                plan.slots.push(Slot::pair(text.clone(), at));
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
                plan.run(&run, at, covered, ends);
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
                plan.slots.push(Slot::pair(token, at));
            }
            at += text.chars().count() as u32;
            index += 1;
        }
        plan
    }
}

impl Slot {
    fn pair(token: String, at: u32) -> Slot {
        Slot {
            run: None,
            pairs: vec![(token, at)],
        }
    }
}

impl Plan {
    /// Covers a run of ideographs that begins at `at`. `covered`: its first character stands in the token
    /// before it. `ends`: the pattern ends with it.
    fn run(&mut self, run: &[&str], at: u32, covered: bool, ends: bool) {
        let pair = |from: usize| (run[from..from + 2].concat(), at + from as u32);
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
            1 => self.slots.push(Slot::pair(format!("{}{LAST}", run[0]), at)),
            2 => self.slots.push(Slot {
                run: None,
                pairs: vec![pair(0)],
            }),
            3 => self.slots.push(Slot {
                run: Some((run.concat(), at)),
                pairs: vec![pair(0), pair(1)],
            }),
            len => {
                let last = len - 4;
                let starts = (0..last).step_by(4).chain([last]);
                for from in starts {
                    self.slots.push(Slot {
                        run: Some((run[from..from + 4].concat(), at + from as u32)),
                        pairs: vec![pair(from), pair(from + 2)],
                    });
                }
            }
        }
    }
}
