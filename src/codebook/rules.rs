//! The codebook as the coder runs it: one pass for all literals, and patterns that are only tried
//! where their literals stand, in their order and near enough.

use super::Capacity;
use super::lexicon::{Chain, Lexicon, LexiconBuilder, Occurrences};
use super::literals::Literals;
use super::matcher::{Places, longest};
use super::pattern::Pattern;
use crate::quantity::Decimal;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::{Range, RangeInclusive};

/// What a rule's match means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RuleKind {
    /// The words name the indicator by themselves.
    Stated,
    /// The words mean the indicator where the text is about its frame.
    Framed,
    /// The number is another indicator's; this one's follows by the sense.
    Implied,
    /// The same, where that number is one (行政复议1件，维持).
    ImpliedOfOne,
    /// The words state that there is none.
    Zero,
    /// The words state that there is none, within the frame.
    FramedZero,
    /// Whatever overlaps this is not the indicator.
    Except,
}

impl RuleKind {
    /// Whether the number is another indicator's.
    pub(crate) fn is_implied(self) -> bool {
        matches!(self, Self::Implied | Self::ImpliedOfOne)
    }
}

/// Where a guard looks, seen from the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum GuardPlace {
    /// From the clause's beginning to the number.
    Clause,
    /// From the beginning of the clause before the number's own to the number; of the one before that, where that clause
    /// has but a verb.
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
    chain: Chain,
    /// Guards of which it holds a word itself: they say nothing against it.
    spared: Vec<usize>,
}

impl Rule {
    pub(super) fn new(indicator: usize, kind: RuleKind, pattern: Pattern) -> Self {
        Self {
            indicator,
            kind,
            pattern,
            chain: Chain::default(),
            spared: Vec::new(),
        }
    }

    /// Whether a guard's own word stands in all that it matches (分别): that guard says nothing then.
    pub(crate) fn spares(&self, guard: usize) -> bool {
        self.spared.contains(&guard)
    }

    /// Whether its matches hold a number: all but the words of a zero do.
    pub(crate) fn is_numbered(&self) -> bool {
        !matches!(self.kind, RuleKind::Zero | RuleKind::FramedZero)
    }

    /// How many numbers its matches hold before their own.
    pub(crate) fn passed(&self) -> usize {
        self.pattern.passed
    }

    /// Its matches in a sentence's skeleton, of which `words` are the literals: told one after
    /// another, in bytes.
    pub(crate) fn matches(
        &self,
        skeleton: &str,
        words: &mut Occurrences,
        told: impl FnMut(Range<usize>),
    ) {
        find(&self.pattern, &self.chain, skeleton, words, told);
    }
}

/// Tells the matches of a pattern with this chain in a text, of which `words` are the literals: one
/// after another, each the longest that begins where it does.
pub(super) fn find(
    pattern: &Pattern,
    chain: &Chain,
    text: &str,
    words: &mut Occurrences,
    mut told: impl FnMut(Range<usize>),
) {
    if !words.reaches(chain) {
        return;
    }
    let mut floor = 0;
    let (starts, places) = words.starts();
    for range in starts {
        let from = text.floor_char_boundary(range.start.max(floor));
        for (at, c) in text[from..].char_indices() {
            let at = from + at;
            if at > range.end {
                break;
            }
            if at < floor || !pattern.begins.may_be(c) {
                continue;
            }
            if let Some(end) = longest(&pattern.steps, text, at, places) {
                floor = end;
                told(at..end);
            }
        }
        floor = floor.max(range.end + 1);
    }
}

/// What holds of all of an indicator's patterns.
#[derive(Debug, Default)]
pub(crate) struct IndicatorRules {
    /// The indicator's id.
    pub id: String,
    /// Its group.
    pub group: String,
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
    /// What the parts that may stand beside it are named (执法案件300件：许可180件，行政处罚120件).
    pub beside: Vec<String>,
    /// Indicators whose number before it in the segment it goes with: where that is no observation,
    /// neither is this.
    pub follows: Vec<String>,
    /// Indicators of parts: after one of them alone, with no whole before it, the number is that
    /// part's.
    pub parts: Vec<String>,
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
    /// Other frames' cues that, after a number, tell what became of it.
    pub outcomes: Vec<String>,
    /// Cues that open it only in a clause in which one of `weak_after` stands before.
    pub weak_cues: Vec<String>,
    /// Words without which a weak cue opens nothing.
    pub weak_after: Vec<String>,
    /// Words that hold a cue and do not open it.
    pub not_cues: Vec<String>,
    /// Words with a cue at their end that open it even in a frame that holds it.
    pub breaks_in: Vec<String>,
    /// Whether its cue tells of what stands before it, too.
    pub backward: bool,
}

impl FrameRule {
    /// Whether the cue that ends at byte `end` opens it whatever holds it.
    pub(crate) fn breaks_in_at(&self, text: &str, end: usize) -> bool {
        let mut words = self.breaks_in.iter();
        words.any(|words| text[..end].ends_with(words.as_str()))
    }

    /// Whether the cue that ends at byte `end` opens nothing: it lacks what it needs before it.
    pub(crate) fn is_weak(&self, text: &str, end: usize) -> bool {
        self.weak_cues.iter().any(|cue| {
            text[..end]
                .strip_suffix(cue.as_str())
                .is_some_and(|before| {
                    let clause = before
                        .rsplit([',', ';', ':', '。'])
                        .next()
                        .unwrap_or_default();
                    !self.weak_after.iter().any(|word| clause.contains(word))
                })
        })
    }
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
    /// Whether the words for the issuer's own line are none of its words.
    pub spares_own_line: bool,
    /// Whether it says nothing against a number that is zero.
    pub spares_zero: bool,
    /// How often its words stand there for it to hold.
    pub(super) times: RangeInclusive<u8>,
    /// Words beside which it does not hold.
    pub(super) unless: Vec<Pattern>,
    pub(super) patterns: Vec<Pattern>,
    /// The patterns' numbers among the figures' rules and guards.
    pub(super) numbers: Range<usize>,
}

impl GuardRule {
    /// Holds wherever one of these stands in the sentence.
    pub(super) fn words(patterns: Vec<Pattern>) -> Self {
        Self {
            id: String::new(),
            place: GuardPlace::Sentence,
            always: false,
            spares_own_line: false,
            spares_zero: false,
            times: 1..=u8::MAX,
            unless: Vec::new(),
            patterns,
            numbers: 0..0,
        }
    }

    /// Has its patterns looked for, numbered from `first` on; the number after them.
    fn enter(&mut self, lexicon: &mut LexiconBuilder, first: usize) -> usize {
        self.numbers = first..first + self.patterns.len();
        for (number, pattern) in self.numbers.clone().zip(&self.patterns) {
            let chain = lexicon.chain(&pattern.needs);
            lexicon.trigger(&chain, number);
        }
        self.numbers.end
    }

    /// Whether its words may stand in the sentence of which `words` are the literals.
    pub(crate) fn may_hold(&self, words: &mut Occurrences) -> bool {
        !words.guards(&self.numbers).0.is_empty()
    }

    /// Whether its words stand in `context`, a part of the sentence of which `words` are the
    /// literals.
    pub(crate) fn holds(&self, context: &str, words: &mut Occurrences) -> bool {
        let (numbers, places) = words.guards(&self.numbers);
        let patterns = numbers
            .iter()
            .map(|number| &self.patterns[number - self.numbers.start]);
        self.times.contains(&count(patterns, context, places))
            && count(self.unless.iter(), context, places) == 0
    }
}

/// How often any of `patterns` stands in a text, up to 255 times; overlapping ones count once.
fn count<'p>(
    patterns: impl Iterator<Item = &'p Pattern> + Clone,
    text: &str,
    places: &mut Places,
) -> u8 {
    let mut times = 0_u8;
    let mut floor = 0;
    for (at, c) in text.char_indices() {
        if at < floor {
            continue;
        }
        let mut here = patterns.clone().filter(|pattern| pattern.begins.may_be(c));
        let end = here.find_map(|pattern| longest(&pattern.steps, text, at, places));
        if let Some(end) = end {
            floor = end;
            times = times.saturating_add(1);
        }
    }
    times
}

/// Issuers that have their cases in different capacities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Bodies {
    /// Governments from the county on, and their departments of justice; an issuer of no known kind too.
    Governments,
    /// Other departments.
    Departments,
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
    /// Whose reports it is told of: all where there is none.
    pub of: Option<Bodies>,
    /// From which year on they have it where no words tell another; its own words are none.
    pub since: Option<i32>,
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
    chain: Chain,
}

impl TopicRule {
    /// Its matches in a sentence, of which `words` are the literals: told one after another, in
    /// bytes.
    pub(crate) fn matches(
        &self,
        text: &str,
        words: &mut Occurrences,
        told: impl FnMut(Range<usize>),
    ) {
        find(&self.pattern, &self.chain, text, words, told);
    }
}

/// All rules of a codebook.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// Patterns of indicators, in the codebook's order, exceptions after all others.
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
    /// By line (条线): what it calls its whole field.
    pub lines: BTreeMap<String, Vec<String>>,
    figures: Lexicon,
    words: Lexicon,
    /// The first of the exceptions, which stand after all other rules.
    first_exception: usize,
    cues: Cues,
}

/// What opens frames.
#[derive(Default)]
struct Cues {
    literals: Literals,
    /// What holds a cue and opens nothing, by number: the frames whose cues it takes away.
    not: Literals,
    of: Vec<Vec<usize>>,
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
        self.topics.push(TopicRule {
            topic,
            except,
            pattern,
            chain: Chain::default(),
        });
    }

    /// Builds the lexicons of all rules' words, once all rules are there.
    pub(super) fn finish(&mut self) {
        let excepts = |rule: &Rule| rule.kind == RuleKind::Except;
        self.rules.sort_by_key(excepts);
        self.first_exception = self.rules.partition_point(|rule| !excepts(rule));
        let mut figures = LexiconBuilder::default();
        for (index, rule) in self.rules.iter_mut().enumerate() {
            rule.chain = figures.chain(&rule.pattern.needs);
            figures.trigger(&rule.chain, index);
        }
        let mut number = self.rules.len();
        for (index, guard) in self.guards.iter_mut().enumerate() {
            for rule in &mut self.rules {
                if guard.patterns.iter().any(|word| rule.pattern.holds(word)) {
                    rule.spared.push(index);
                }
            }
            number = guard.enter(&mut figures, number);
        }
        for capacity in &mut self.capacities {
            number = capacity.words.enter(&mut figures, number);
        }
        self.figures = figures.build();
        let mut words = LexiconBuilder::default();
        for (index, rule) in self.topics.iter_mut().enumerate() {
            rule.chain = words.chain(&rule.pattern.needs);
            if rule.pattern.is_plain() {
                words.plain(&rule.chain, index);
            } else {
                words.trigger(&rule.chain, index);
            }
        }
        self.words = words.build();
        let cues = self.frames.iter().enumerate();
        let mut seen = BTreeSet::new();
        let cues = cues
            .flat_map(|(index, frame)| {
                let all = frame.cues.iter().chain(&frame.weak_cues);
                all.map(move |cue| (cue, index as u32))
            })
            .filter(|(cue, _)| !cue.is_empty() && seen.insert(*cue));
        self.cues.literals = Literals::new(cues.map(|(cue, frame)| (cue.as_str(), frame)));
        let mut not: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, frame) in self.frames.iter().enumerate() {
            for words in &frame.not_cues {
                not.entry(words).or_default().push(index);
            }
        }
        self.cues.not = Literals::new(not.keys().copied().zip(0..));
        self.cues.of = not.into_values().collect();
    }

    /// Finds the figures' literals in a sentence's skeleton; back come the rules that may match, in the codebook's
    /// order. Exceptions and guards that may are noted with the literals.
    pub(crate) fn figure_words(&self, skeleton: &str, words: &mut Occurrences) -> Vec<usize> {
        let mut found = self.figures.find(skeleton, words, |_, _, _| {});
        let rules = found.partition_point(|number| *number < self.rules.len());
        words.note_guards(found.drain(rules..));
        let claiming = found.partition_point(|number| *number < self.first_exception);
        words.note_exceptions(found.split_off(claiming));
        found
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

    /// Whether an exception of an indicator matches in a sentence's skeleton, of which `words` are the literals, such
    /// bytes as `speak_against` a claim.
    pub(crate) fn except(
        &self,
        indicator: usize,
        skeleton: &str,
        words: &mut Occurrences,
        speak_against: impl Fn(Range<usize>) -> bool,
    ) -> bool {
        let noted = words.take_exceptions();
        let mut own = noted.iter().map(|number| &self.rules[*number]);
        let against = own.any(|rule| {
            let mut against = false;
            if rule.indicator == indicator {
                rule.matches(skeleton, words, |hit| against |= speak_against(hit));
            }
            against
        });
        words.note_exceptions(noted);
        against
    }

    /// The frames' cues in a sentence, in order: the frame's index and where its cue ends. Of cues
    /// that overlap the first counts, of those the longest; none is a part of words that open nothing.
    pub(crate) fn cues(&self, text: &str) -> Vec<(usize, usize)> {
        let mut cues: Vec<(usize, Range<usize>)> = Vec::new();
        self.cues.literals.find(text, |frame, start, end| {
            let cue = (frame as usize, start..end);
            match cues.last_mut() {
                Some((_, last)) if last.start < start && start < last.end => {}
                Some(last) if last.1.start == start => {
                    if last.1.end < end {
                        *last = cue;
                    }
                }
                _ => cues.push(cue),
            }
        });
        if !cues.is_empty() {
            self.cues.not.find(text, |words, start, end| {
                let frames = &self.cues.of[words as usize];
                cues.retain(|(frame, cue)| {
                    let part = start < cue.end && cue.end <= end;
                    !(part && frames.contains(frame))
                });
            });
        }
        cues.into_iter()
            .map(|(frame, bytes)| (frame, bytes.end))
            .collect()
    }
}
