//! All literals of a codebook's rules, looked for at once.
//!
//! Takes the words that patterns need; gives back, for a sentence, where they stand ([`Occurrences`])
//! and which rules can match at all: those whose words stand there in their order and near enough to
//! each other ([`Chain`]). It never leaves out a rule that matches: what it lets through, the rule's
//! pattern decides. Guards are numbered on from the rules, pattern by pattern.

use super::literals::Literals;
use super::matcher::Places;
use super::pattern::Need;
use super::skeleton::is_unit;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

/// What a pattern needs, in order, by the words' numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Chain {
    links: Vec<Link>,
}

#[derive(Clone, Debug)]
struct Link {
    words: Vec<u32>,
    /// These words' number among all that are needed.
    need: u32,
    /// At most so many bytes stand before the word, from the word before or the match's beginning.
    lead: usize,
    /// How telling the words are: the bytes of the shortest; none of a unit.
    telling: usize,
}

/// Literals, and what each is for.
#[derive(Default)]
pub(super) struct Lexicon {
    literals: Literals,
    /// By literal.
    uses: Vec<Use>,
    /// By rule: its needs' numbers.
    asked: Vec<Slice>,
    /// What [`Slice`]s and [`Use`]s are of. All stand close together: most rules that are asked for fail by their needs.
    numbers: Vec<u32>,
}

/// Some of [`Lexicon::numbers`], which stand together.
#[derive(Clone, Copy, Debug, Default)]
struct Slice {
    start: u32,
    count: u32,
}

impl fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lexicon").field(&self.uses).finish()
    }
}

/// What a literal is for: some of [`Lexicon::numbers`], one sort after another.
#[derive(Clone, Copy, Debug, Default)]
struct Use {
    start: u32,
    /// The rules that it is all of end here.
    plain: u32,
    /// The needs that it is a word of end here.
    meets: u32,
    /// The rules that can only match where it, or another of the same need, stands, end here.
    triggers: u32,
}

/// Where the literals of one sentence stand. Kept from sentence to sentence, to save its memory.
#[derive(Debug, Default)]
pub(crate) struct Occurrences {
    /// By word: one past its last occurrence in `found`; 0 where it does not stand.
    last: Vec<u32>,
    found: Vec<Occurrence>,
    /// By need, a bit each: whether one of its words stands.
    met: Vec<u64>,
    reached: Vec<Reach>,
    next: Vec<Reach>,
    starts: Vec<Range<usize>>,
    /// The guards' patterns that may hold, ascending.
    guards: Vec<usize>,
    /// The exceptions that may match, ascending.
    exceptions: Vec<usize>,
    places: Places,
}

#[derive(Clone, Copy, Debug)]
struct Occurrence {
    word: u32,
    /// Its bytes in the sentence.
    start: u32,
    end: u32,
    /// One past the same word's occurrence before, 0 where there is none.
    before: u32,
}

/// The words of a chain so far, found: from where the match can begin to where the last word ends.
#[derive(Clone, Copy, Debug)]
struct Reach {
    start: usize,
    end: usize,
}

impl Lexicon {
    /// Finds all literals in `text`; back come the rules that may match, in order. `plain` is told
    /// every plain word's rule and place.
    pub(super) fn find(
        &self,
        text: &str,
        words: &mut Occurrences,
        mut plain: impl FnMut(usize, usize, usize),
    ) -> Vec<usize> {
        words.clear(self.uses.len());
        let mut rules = Vec::new();
        let all = |from: u32, until: u32| &self.numbers[from as usize..until as usize];
        self.literals.find(text, |number, start, end| {
            let word = self.uses[number as usize];
            for &rule in all(word.start, word.plain) {
                plain(rule as usize, start, end);
            }
            if words.add(number, start, end) {
                words.meet(all(word.plain, word.meets));
                let triggers = all(word.meets, word.triggers);
                rules.extend(triggers.iter().map(|rule| *rule as usize));
            }
        });
        rules.retain(|&rule| {
            let Slice { start, count } = self.asked[rule];
            let asked = all(start, start + count);
            asked.iter().all(|need| words.meets(*need))
        });
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}

impl Occurrences {
    fn clear(&mut self, words: usize) {
        for occurrence in self.found.drain(..) {
            if let Some(last) = self.last.get_mut(occurrence.word as usize) {
                *last = 0;
            }
        }
        if self.last.len() < words {
            self.last.resize(words, 0);
        }
        self.met.fill(0);
    }

    /// Notes an occurrence; whether it is its word's first.
    fn add(&mut self, word: u32, start: usize, end: usize) -> bool {
        let last = &mut self.last[word as usize];
        let before = *last;
        self.found.push(Occurrence {
            word,
            start: start as u32,
            end: end as u32,
            before,
        });
        *last = self.found.len() as u32;
        before == 0
    }

    /// Notes that these needs are met.
    fn meet(&mut self, needs: &[u32]) {
        for need in needs {
            let place = *need as usize / 64;
            if self.met.len() <= place {
                self.met.resize(place + 1, 0);
            }
            self.met[place] |= 1 << (need % 64);
        }
    }

    /// Whether one of a need's words stands in the text.
    fn meets(&self, need: u32) -> bool {
        let bits = self.met.get(need as usize / 64);
        bits.is_some_and(|bits| bits >> (need % 64) & 1 == 1)
    }

    /// Notes which of the guards' patterns may hold, ascending.
    pub(super) fn note_guards(&mut self, guards: impl Iterator<Item = usize>) {
        self.guards.clear();
        self.guards.extend(guards);
    }

    /// Notes which exceptions may match, ascending.
    pub(super) fn note_exceptions(&mut self, exceptions: Vec<usize>) {
        self.exceptions = exceptions;
    }

    /// Gives the noted exceptions out, until they are noted again.
    pub(super) fn take_exceptions(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.exceptions)
    }

    /// Those of these patterns of guards that may hold; and room for the matcher.
    pub(super) fn guards(&mut self, numbers: &Range<usize>) -> (&[usize], &mut Places) {
        let from = self.guards.partition_point(|one| *one < numbers.start);
        let here = &self.guards[from..];
        let end = here.partition_point(|one| *one < numbers.end);
        (&here[..end], &mut self.places)
    }

    /// Whether for each need of a pattern one of its words stands in the text.
    fn may_hold(&self, chain: &Chain) -> bool {
        chain.links.iter().all(|link| self.meets(link.need))
    }

    /// Where the matches of the pattern last asked for ([`reaches`](Self::reaches)) can begin, ascending
    /// by their ends, both included; and room for the matcher.
    pub(super) fn starts(&mut self) -> (&[Range<usize>], &mut Places) {
        (&self.starts, &mut self.places)
    }

    /// Whether the words of a pattern stand in their order and near enough for it to match.
    pub(super) fn reaches(&mut self, chain: &Chain) -> bool {
        if !self.may_hold(chain) {
            return false;
        }
        let Self {
            last,
            found,
            reached,
            next,
            starts,
            ..
        } = self;
        starts.clear();
        for (place, link) in chain.links.iter().enumerate() {
            next.clear();
            for word in &link.words {
                let mut at = last[*word as usize];
                while let Some(index) = at.checked_sub(1) {
                    let here = found[index as usize];
                    let (from, until) = (here.start as usize, here.end as usize);
                    let start = if place == 0 {
                        let start = from.saturating_sub(link.lead);
                        starts.push(start..from);
                        Some(start)
                    } else {
                        reached
                            .iter()
                            .filter(|reach| reach.end <= from && from - reach.end <= link.lead)
                            .map(|reach| reach.start)
                            .min()
                    };
                    next.extend(start.map(|start| Reach { start, end: until }));
                    at = here.before;
                }
            }
            if next.is_empty() {
                return false;
            }
            std::mem::swap(reached, next);
        }
        starts.sort_unstable_by_key(|range| range.end);
        starts.dedup();
        true
    }
}

/// Numbers literals in the order in which they are first needed.
#[derive(Default)]
pub(super) struct LexiconBuilder {
    numbers: BTreeMap<String, u32>,
    /// By literal: rules that it is all of; rules that are tried where it stands; needs that it is a word of.
    plain: Vec<Vec<u32>>,
    triggers: Vec<Vec<u32>>,
    meets: Vec<Vec<u32>>,
    /// By words: their number as a need.
    needs: BTreeMap<Vec<u32>, u32>,
    /// By rule that is tried: its needs.
    asked: BTreeMap<usize, Vec<u32>>,
}

impl LexiconBuilder {
    /// A pattern's needs by number.
    pub(super) fn chain(&mut self, needs: &[Need]) -> Chain {
        let links = needs.iter().map(|need| {
            let words: Vec<u32> = need.words.iter().map(|word| self.number(word)).collect();
            Link {
                need: self.need(&words),
                words,
                lead: need.lead,
                telling: need
                    .words
                    .iter()
                    .map(|word| if is_unit(word) { 0 } else { word.len() })
                    .min()
                    .unwrap_or(0),
            }
        });
        Chain {
            links: links.collect(),
        }
    }

    /// The number of a need for one of these words.
    fn need(&mut self, words: &[u32]) -> u32 {
        let mut words = words.to_vec();
        words.sort_unstable();
        words.dedup();
        if let Some(number) = self.needs.get(&words) {
            return *number;
        }
        let number = self.needs.len() as u32;
        for word in &words {
            self.meets[*word as usize].push(number);
        }
        self.needs.insert(words, number);
        number
    }

    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(word.to_owned(), number);
        for lists in [&mut self.plain, &mut self.triggers, &mut self.meets] {
            lists.push(Vec::new());
        }
        number
    }

    /// Has a rule tried where the most telling of its needs is met.
    pub(super) fn trigger(&mut self, chain: &Chain, rule: usize) {
        let most = chain
            .links
            .iter()
            .max_by_key(|link| (link.telling, std::cmp::Reverse(link.words.len())));
        for word in most.into_iter().flat_map(|link| &link.words) {
            self.triggers[*word as usize].push(rule as u32);
        }
        let needs = chain.links.iter().map(|link| link.need);
        self.asked.insert(rule, needs.collect());
    }

    /// Notes a rule that is one plain word.
    pub(super) fn plain(&mut self, chain: &Chain, rule: usize) {
        for word in chain.links.iter().flat_map(|link| &link.words) {
            self.plain[*word as usize].push(rule as u32);
        }
    }

    pub(super) fn build(self) -> Lexicon {
        let mut numbers: Vec<u32> = Vec::new();
        let mut slice = |own: Vec<u32>| {
            let start = numbers.len() as u32;
            numbers.extend(&own);
            let count = own.len() as u32;
            Slice { start, count }
        };
        let lists = self.plain.into_iter().zip(self.meets).zip(self.triggers);
        let uses = lists.map(|((plain, meets), triggers)| {
            let [plain, meets, triggers] = [plain, meets, triggers].map(&mut slice);
            Use {
                start: plain.start,
                plain: meets.start,
                meets: triggers.start,
                triggers: triggers.start + triggers.count,
            }
        });
        let uses = uses.collect();
        let rules = self.asked.last_key_value().map_or(0, |(last, _)| last + 1);
        let mut asked = vec![Slice::default(); rules];
        for (rule, needs) in self.asked {
            asked[rule] = slice(needs);
        }
        let words = self.numbers.iter();
        Lexicon {
            literals: Literals::new(words.map(|(word, number)| (word.as_str(), *number))),
            uses,
            asked,
            numbers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::matcher::{Branch, Step};
    use super::super::pattern::{self, Over, Pattern};
    use super::*;
    use proptest::prelude::*;
    use regex::Regex;
    use std::collections::BTreeMap;

    /// Any pattern over few letters, so that the texts below often hold it.
    fn sources() -> impl Strategy<Value = String> {
        let word = "[甲乙丙丁]{1,2}";
        let leaf = prop_oneof![
            4 => word,
            1 => Just("*2".to_owned()),
            1 => Just("**3".to_owned()),
            1 => Just("^".to_owned()),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            let some = prop::collection::vec(inner, 1..4);
            prop_oneof![
                some.clone().prop_map(|all| all.concat()),
                some.clone().prop_map(|all| format!("({})", all.join("|"))),
                some.prop_map(|all| format!("[{}]", all.join("|"))),
            ]
        })
    }

    /// A pattern's regular expression.
    fn expression(steps: &[Step]) -> String {
        let any = |all: &[Branch]| {
            let all: Vec<String> = all.iter().map(|one| expression(&one.steps)).collect();
            all.join("|")
        };
        let one = |step: &Step| match step {
            Step::Words(words) => {
                let words: Vec<&str> = words.iter().collect();
                format!("(?:{})", words.join("|"))
            }
            Step::OneOf(all) => format!("(?:{})", any(all)),
            Step::Maybe(all) => format!("(?:{})?", any(all)),
            Step::Gap { stops, width } => {
                let stops = stops.all();
                format!("[^{stops}]{{0,{width}}}")
            }
            Step::Start(ends) => format!("(?:^|[{}])", ends.all()),
            Step::Filler | Step::Number(_) | Step::Passed | Step::Unless(_) => {
                unreachable!("the patterns tried hold none")
            }
        };
        steps.iter().map(one).collect()
    }

    /// A pattern's matches from left to right, each the longest that begins where it does.
    fn by_definition(pattern: &Pattern, text: &str) -> Vec<Range<usize>> {
        let expression = expression(&pattern.steps);
        let at_the_beginning = Regex::new(&format!(r"\A(?:{expression})\z")).unwrap();
        let further_on = Regex::new(&format!(r"\A(?s:.)(?:{expression})\z")).unwrap();
        let places = || (0..=text.len()).filter(|at| text.is_char_boundary(*at));
        let mut found: Vec<Range<usize>> = Vec::new();
        for start in places() {
            if found.last().is_some_and(|last| start < last.end) {
                continue;
            }
            let end = places().rev().filter(|end| start < *end).find(|end| {
                match text[..start].chars().next_back() {
                    None => at_the_beginning.is_match(&text[..*end]),
                    Some(before) => further_on.is_match(&text[start - before.len_utf8()..*end]),
                }
            });
            found.extend(end.map(|end| start..end));
        }
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// A rule is tried wherever it matches, and there its matches are all found.
        #[test]
        fn no_match_is_left_out(
            source in sources(),
            text in "[甲乙丙丁,a。]{0,16}",
            over in prop_oneof![Just(Over::Skeleton), Just(Over::Context)],
        ) {
            let Ok(pattern) = pattern::read(&source, over, &[], &BTreeMap::new()) else {
                return Ok(());
            };
            let expected = by_definition(&pattern, &text);
            let mut builder = LexiconBuilder::default();
            let chain = builder.chain(&pattern.needs);
            builder.trigger(&chain, 0);
            let lexicon = builder.build();
            let mut words = Occurrences::default();
            let tried = lexicon.find(&text, &mut words, |_, _, _| {});
            let mut found = Vec::new();
            if !tried.is_empty() {
                super::super::rules::find(&pattern, &chain, &text, &mut words, |hit| found.push(hit));
            }
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn words_out_of_order_or_too_far_apart_try_nothing() {
        let read =
            |source: &str| pattern::read(source, Over::Skeleton, &[], &BTreeMap::new()).unwrap();
        let tries = |source: &str, text: &str| {
            let pattern = read(source);
            let mut builder = LexiconBuilder::default();
            let chain = builder.chain(&pattern.needs);
            let lexicon = builder.build();
            let mut words = Occurrences::default();
            lexicon.find(text, &mut words, |_, _, _| {});
            words.reaches(&chain)
        };
        assert!(tries("甲*3乙", "甲一二三乙"));
        assert!(!tries("甲*3乙", "乙一二三甲"));
        assert!(!tries("甲*3乙", "甲一二三四五六七八乙"));
        assert!(!tries("甲乙", "甲一乙"));
    }
}
