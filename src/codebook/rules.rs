//! The codebook as the coder runs it: one automaton over all literals, and regular expressions that
//! are only tried where their literals stand, in their order and near enough.

use super::lexicon::{Chain, Lexicon, LexiconBuilder, Occurrences, Window};
use super::pattern::Pattern;
use crate::code::Capacity;
use crate::quantity::Decimal;
use daachorse::charwise::CharwiseDoubleArrayAhoCorasick as Automaton;
use daachorse::{CharwiseDoubleArrayAhoCorasickBuilder as AutomatonBuilder, MatchKind};
use regex_automata::meta::Regex;
use regex_automata::{Anchored, Input};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Range, RangeInclusive};
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
    chain: Chain,
}

impl Rule {
    pub(super) fn new(indicator: usize, kind: RuleKind, pattern: Pattern) -> Self {
        Self {
            indicator,
            kind,
            pattern,
            regex: OnceLock::new(),
            chain: Chain::default(),
        }
    }

    /// Its matches in a sentence's skeleton, of which `words` are the literals: told one after
    /// another, in bytes.
    pub(crate) fn matches(
        &self,
        skeleton: &str,
        words: &mut Occurrences,
        told: impl FnMut(Range<usize>),
    ) {
        if let Some(window) = words.window(&self.chain) {
            let regex = self.regex.get_or_init(|| compile(&self.pattern.regex));
            find_in(regex, skeleton, window, words, told);
        }
    }
}

/// Tells the matches that lie within a window, one after another. Where a match can only begin at
/// certain words, it is tried there and nowhere else.
pub(super) fn find_in(
    regex: &Regex,
    text: &str,
    window: Window,
    words: &Occurrences,
    mut told: impl FnMut(Range<usize>),
) {
    let mut at = text.floor_char_boundary(window.bytes.start);
    let end = text.ceil_char_boundary(window.bytes.end);
    let text = &text[..end];
    if window.begins_with_a_word {
        for &start in words.starts() {
            if start < at || start >= end {
                continue;
            }
            let input = Input::new(text).span(start..end).anchored(Anchored::Yes);
            if let Some(hit) = regex.search(&input) {
                at = hit.end();
                told(hit.range());
            }
        }
        return;
    }
    // No pattern matches nothing: each needs a word.
    while let Some(hit) = regex.search(&Input::new(text).span(at..end)) {
        if hit.is_empty() {
            break;
        }
        at = hit.end();
        told(hit.range());
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
    /// Words of wider wholes: after 其中, a part of them that is named by one of the next is the
    /// whole of this (执法案件300件，其中行政处罚120件).
    pub wider: Vec<String>,
    /// What such a part is named.
    pub named_part: Vec<String>,
    /// Indicators whose number before it in the segment it goes with: where that is no observation,
    /// neither is this.
    pub follows: Vec<String>,
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
    /// Words beside which it does not hold.
    unless: Option<Regex>,
    patterns: Vec<Pattern>,
    chains: Vec<Chain>,
}

impl GuardRule {
    pub(super) fn new(
        id: String,
        place: GuardPlace,
        always: bool,
        times: RangeInclusive<u8>,
        patterns: Vec<Pattern>,
        unless: &[Pattern],
    ) -> Self {
        let joined = |patterns: &[Pattern]| {
            let sources: Vec<&str> = patterns.iter().map(|one| one.regex.as_str()).collect();
            sources.join("|")
        };
        Self {
            id,
            place,
            always,
            times,
            source: joined(&patterns),
            regex: OnceLock::new(),
            unless: (!unless.is_empty()).then(|| compile(&joined(unless))),
            patterns,
            chains: Vec::new(),
        }
    }

    fn enter(&mut self, lexicon: &mut LexiconBuilder) {
        let chains = self.patterns.drain(..);
        self.chains = chains
            .map(|one| lexicon.chain(&one.needs, one.tail))
            .collect();
    }

    /// Whether its words stand in `context`, a part of the sentence of which `words` are the
    /// literals.
    pub(crate) fn holds(&self, context: &str, words: &Occurrences) -> bool {
        let can = self.chains.iter().any(|chain| words.may_hold(chain));
        can && {
            let regex = self.regex.get_or_init(|| compile(&self.source));
            let times = regex.find_iter(context).take(usize::from(u8::MAX)).count();
            let unless = self.unless.as_ref();
            self.times.contains(&(times as u8))
                && !unless.is_some_and(|unless| unless.is_match(context))
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
    chain: Chain,
}

impl TopicRule {
    /// Its matches in a sentence, of which `words` are the literals: told one after another, in
    /// bytes. A plain word tells none.
    pub(crate) fn matches(
        &self,
        text: &str,
        words: &mut Occurrences,
        told: impl FnMut(Range<usize>),
    ) {
        let Some(regex) = &self.regex else { return };
        if let Some(window) = words.window(&self.chain) {
            let regex = regex.get_or_init(|| compile(&self.pattern.regex));
            find_in(regex, text, window, words, told);
        }
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
    figures: Lexicon,
    words: Lexicon,
    /// By indicator: its exceptions among the rules.
    exceptions: Vec<Vec<usize>>,
    cues: Cues,
}

/// What opens frames.
#[derive(Default)]
struct Cues {
    automaton: Option<Automaton<u32>>,
}

impl fmt::Debug for Cues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cues").finish_non_exhaustive()
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
            chain: Chain::default(),
        });
    }

    /// Builds the automata, once all rules are there.
    pub(super) fn finish(&mut self) {
        self.exceptions = vec![Vec::new(); self.indicators.len()];
        let mut figures = LexiconBuilder::default();
        for (index, rule) in self.rules.iter_mut().enumerate() {
            let excepts = rule.kind == RuleKind::Except;
            rule.chain = figures.chain(&rule.pattern.needs, rule.pattern.tail);
            if excepts {
                self.exceptions[rule.indicator].push(index);
            } else {
                figures.trigger(&rule.chain, index);
            }
        }
        for guard in &mut self.guards {
            guard.enter(&mut figures);
        }
        for capacity in &mut self.capacities {
            capacity.words.enter(&mut figures);
        }
        self.figures = figures.build();
        let mut words = LexiconBuilder::default();
        for (index, rule) in self.topics.iter_mut().enumerate() {
            rule.chain = words.chain(&rule.pattern.needs, rule.pattern.tail);
            if rule.regex.is_some() {
                words.trigger(&rule.chain, index);
            } else {
                words.plain(&rule.chain, index);
            }
        }
        self.words = words.build();
        let cues = self.frames.iter().enumerate();
        let mut seen = BTreeSet::new();
        let cues = cues
            .flat_map(|(index, frame)| frame.cues.iter().map(move |cue| (cue, index as u32)))
            .filter(|(cue, _)| !cue.is_empty() && seen.insert(*cue));
        self.cues.automaton = AutomatonBuilder::new()
            .match_kind(MatchKind::LeftmostLongest)
            .build_with_values(cues)
            .ok();
    }

    /// Finds the figures' literals in a sentence's skeleton; back come the rules that may match,
    /// exceptions aside, in the codebook's order.
    pub(crate) fn figure_words(&self, skeleton: &str, words: &mut Occurrences) -> Vec<usize> {
        self.figures.find(skeleton, words, |_, _, _| {})
    }

    /// Finds the topics' literals in a sentence; back come the rules that may match, in the
    /// codebook's order. `plain` is told every plain term's rule and place.
    pub(crate) fn topic_words(
        &self,
        text: &str,
        words: &mut Occurrences,
        plain: impl FnMut(usize, usize, usize),
    ) -> Vec<usize> {
        self.words.find(text, words, plain)
    }

    /// The exceptions of an indicator.
    pub(crate) fn exceptions(&self, indicator: usize) -> impl Iterator<Item = &Rule> {
        self.exceptions[indicator]
            .iter()
            .map(|&index| &self.rules[index])
    }

    /// The frames' cues in a sentence, in order: the frame's index and where its cue ends.
    pub(crate) fn cues<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (usize, usize)> + 't {
        self.cues.automaton.iter().flat_map(move |automaton| {
            automaton
                .leftmost_find_iter(text)
                .map(|hit| (hit.value() as usize, hit.end()))
        })
    }
}
