//! The codebook as the coder runs it: one automaton over all literals, and regular expressions that
//! are only tried on a sentence in which their literals stand.

use super::pattern::Pattern;
use crate::code::Capacity;
use crate::quantity::Decimal;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::Regex;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

/// What a rule's match means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RuleKind {
    /// The words name the indicator by themselves.
    Stated,
    /// The words mean the indicator where the text is about its frame.
    Framed,
    /// The number is another indicator's; this one's follows by the sense.
    Implied,
    /// The words state that there is none.
    Zero,
    /// The words state that there is none, within the frame.
    FramedZero,
    /// Whatever overlaps this is not the indicator.
    Except,
}

/// Where a guard looks, seen from the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum GuardPlace {
    /// From the clause's beginning to the number.
    Clause,
    /// From the beginning of the clause before the number's own to the number.
    Near,
    /// From the last semicolon or the sentence's beginning to the number.
    Segment,
    /// The whole sentence.
    Sentence,
    /// From the number to the clause's end.
    After,
}

/// One pattern of an indicator.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Index into the codebook's indicators.
    pub indicator: usize,
    /// What it means.
    pub kind: RuleKind,
    pattern: Pattern,
    regex: OnceLock<Regex>,
    needs: Vec<Vec<u32>>,
}

impl Rule {
    pub(super) fn new(indicator: usize, kind: RuleKind, pattern: Pattern) -> Self {
        Self {
            indicator,
            kind,
            pattern,
            regex: OnceLock::new(),
            needs: Vec::new(),
        }
    }

    /// Its expression, compiled when a text first needs it.
    pub(crate) fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| compile(&self.pattern.regex))
    }

    /// Whether all that it needs is in `words`.
    pub(crate) fn possible(&self, words: &WordSet) -> bool {
        self.needs
            .iter()
            .all(|set| set.iter().any(|word| words.has(*word)))
    }
}

/// Patterns are checked when they are read, so that this cannot fail; were it to, it matches nothing.
fn compile(source: &str) -> Regex {
    Regex::new(source).unwrap_or_else(|_| {
        debug_assert!(false, "{source}");
        Regex::new("[^\\s\\S]").expect("an empty class is an expression")
    })
}

/// What holds of all of an indicator's patterns.
#[derive(Debug, Default)]
pub(crate) struct IndicatorRules {
    /// Frames in which its framed patterns count.
    pub frames: Vec<String>,
    /// Frames in which nothing is it.
    pub not_frames: Vec<String>,
    /// Guards it has beside those that always hold.
    pub guards: Vec<String>,
    /// Guards that do not hold for it.
    pub allow: Vec<String>,
    /// Whether a number after 其中 is not it.
    pub whole: bool,
    /// Its capacity where the text names none.
    pub capacity: Option<Capacity>,
    /// Plausible values, both included.
    pub range: Option<[Decimal; 2]>,
}

/// What a stretch of text is about until another cue comes.
#[derive(Debug)]
pub(crate) struct FrameRule {
    /// Its id.
    pub id: String,
    /// Words that open it.
    pub cues: Vec<String>,
    /// Frames whose cues do not end it before the sentence does.
    pub holds: Vec<String>,
    /// Whether its cue tells of what stands before it, too.
    pub backward: bool,
}

/// Words near a number that make it no observation.
#[derive(Debug)]
pub(crate) struct GuardRule {
    /// Its id.
    pub id: String,
    /// Where it looks.
    pub place: GuardPlace,
    /// Whether it holds for all indicators.
    pub always: bool,
    /// How often its words stand there for it to hold.
    times: RangeInclusive<u8>,
    source: String,
    regex: OnceLock<Regex>,
}

impl GuardRule {
    pub(super) fn new(
        id: String,
        place: GuardPlace,
        always: bool,
        times: RangeInclusive<u8>,
        sources: &[String],
    ) -> Self {
        Self {
            id,
            place,
            always,
            times,
            source: sources.join("|"),
            regex: OnceLock::new(),
        }
    }

    /// Whether its words stand in `context`.
    pub(crate) fn holds(&self, context: &str) -> bool {
        !self.source.is_empty() && {
            let regex = self.regex.get_or_init(|| compile(&self.source));
            let times = regex.find_iter(context).take(usize::from(u8::MAX)).count();
            self.times.contains(&(times as u8))
        }
    }
}

/// Words that tell in which capacity the issuer has a case.
#[derive(Debug)]
pub(crate) struct CapacityRule {
    /// The capacity.
    pub is: Capacity,
    /// The indicators it is told of: their group.
    pub group: String,
    /// The frame that alone tells it.
    pub frame: Option<String>,
    /// Words anywhere in the sentence.
    pub words: GuardRule,
}

/// One term of a topic.
#[derive(Debug)]
pub(crate) struct TopicRule {
    /// Index into the codebook's topics.
    pub topic: usize,
    /// Whether it takes hits away rather than giving one.
    pub except: bool,
    pattern: Pattern,
    /// Absent where the term is a plain word: the automaton's match is the hit.
    regex: Option<OnceLock<Regex>>,
    needs: Vec<Vec<u32>>,
}

impl TopicRule {
    /// Its expression, if it is more than a plain word and all that it needs is in `words`.
    pub(crate) fn regex_if_possible(&self, words: &WordSet) -> Option<&Regex> {
        let regex = self.regex.as_ref()?;
        let possible = self
            .needs
            .iter()
            .all(|set| set.iter().any(|word| words.has(*word)));
        possible.then(|| regex.get_or_init(|| compile(&self.pattern.regex)))
    }
}

/// All rules of a codebook.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// Patterns of indicators, in the codebook's order.
    pub rules: Vec<Rule>,
    /// By indicator.
    pub indicators: Vec<IndicatorRules>,
    /// Frames.
    pub frames: Vec<FrameRule>,
    /// Guards.
    pub guards: Vec<GuardRule>,
    /// Capacities, the first that fits counts.
    pub capacities: Vec<CapacityRule>,
    /// Terms of topics.
    pub topics: Vec<TopicRule>,
    figures: Option<Lexicon>,
    words: Option<Lexicon>,
    cues: Option<(AhoCorasick, Vec<usize>)>,
}

/// All literals of one kind of rule.
#[derive(Debug)]
struct Lexicon {
    automaton: AhoCorasick,
    /// By literal: the plain terms that it is.
    plain: Vec<Vec<usize>>,
}

/// Which literals stand in a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct WordSet(Vec<u64>);

impl WordSet {
    fn has(&self, word: u32) -> bool {
        self.0
            .get(word as usize / 64)
            .is_some_and(|bits| bits & (1 << (word % 64)) != 0)
    }

    fn add(&mut self, word: u32) {
        let place = word as usize / 64;
        if self.0.len() <= place {
            self.0.resize(place + 1, 0);
        }
        self.0[place] |= 1 << (word % 64);
    }
}

impl Rules {
    pub(super) fn rule(&mut self, rule: Rule) {
        self.rules.push(rule);
    }

    pub(super) fn topic(&mut self, topic: usize, pattern: Pattern, except: bool) {
        let plain = pattern.regex == regex::escape(&pattern.longest_literal);
        self.topics.push(TopicRule {
            topic,
            except,
            regex: (!plain).then(OnceLock::new),
            pattern,
            needs: Vec::new(),
        });
    }

    /// Builds the automata, once all rules are there.
    pub(super) fn finish(&mut self) {
        let mut words = Numbering::default();
        for rule in &mut self.rules {
            rule.needs = words.number(&rule.pattern.needs);
        }
        self.figures = words.lexicon();
        let mut words = Numbering::default();
        let mut plain: Vec<(u32, usize)> = Vec::new();
        for (index, rule) in self.topics.iter_mut().enumerate() {
            // Topics are looked for in the text as search folds it: 、 and quotation marks gone.
            let needs: Vec<Vec<String>> = rule
                .pattern
                .needs
                .iter()
                .map(|set| {
                    set.iter()
                        .map(|word| search_index::fold::fold_str(word))
                        .collect()
                })
                .collect();
            rule.needs = words.number(&needs);
            if rule.regex.is_none() {
                plain.push((rule.needs[0][0], index));
            }
        }
        self.words = words.lexicon();
        if let Some(lexicon) = &mut self.words {
            for (word, rule) in plain {
                lexicon.plain[word as usize].push(rule);
            }
        }
        let mut cues = Vec::new();
        let mut owners = Vec::new();
        for (index, frame) in self.frames.iter().enumerate() {
            for cue in &frame.cues {
                cues.push(cue.clone());
                owners.push(index);
            }
        }
        self.cues = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&cues)
            .ok()
            .map(|automaton| (automaton, owners));
    }

    /// Which of the figures' literals stand in a sentence's skeleton.
    pub(crate) fn figure_words(&self, skeleton: &str) -> WordSet {
        let mut set = WordSet::default();
        if let Some(lexicon) = &self.figures {
            for hit in lexicon.automaton.find_overlapping_iter(skeleton) {
                set.add(hit.pattern().as_u32());
            }
        }
        set
    }

    /// Which of the topics' literals stand in a sentence; `plain` is told every plain term's rule
    /// and place.
    pub(crate) fn topic_words(
        &self,
        text: &str,
        mut plain: impl FnMut(usize, usize, usize),
    ) -> WordSet {
        let mut set = WordSet::default();
        if let Some(lexicon) = &self.words {
            for hit in lexicon.automaton.find_overlapping_iter(text) {
                set.add(hit.pattern().as_u32());
                for &rule in &lexicon.plain[hit.pattern().as_usize()] {
                    plain(rule, hit.start(), hit.end());
                }
            }
        }
        set
    }

    /// The frames' cues in a sentence, in order: the frame's index and where its cue ends.
    pub(crate) fn cues<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (usize, usize)> + 't {
        self.cues.iter().flat_map(move |(automaton, owners)| {
            automaton
                .find_iter(text)
                .map(|hit| (owners[hit.pattern().as_usize()], hit.end()))
        })
    }
}

/// Numbers literals in the order in which they are first needed.
#[derive(Default)]
struct Numbering {
    numbers: BTreeMap<String, u32>,
    words: Vec<String>,
}

impl Numbering {
    fn number(&mut self, needs: &[Vec<String>]) -> Vec<Vec<u32>> {
        needs
            .iter()
            .map(|set| {
                set.iter()
                    .map(|word| {
                        *self.numbers.entry(word.clone()).or_insert_with(|| {
                            self.words.push(word.clone());
                            self.words.len() as u32 - 1
                        })
                    })
                    .collect()
            })
            .collect()
    }

    fn lexicon(self) -> Option<Lexicon> {
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .build(&self.words)
            .ok()?;
        Some(Lexicon {
            automaton,
            plain: vec![Vec::new(); self.words.len()],
        })
    }
}
