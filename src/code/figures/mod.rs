//! What one sentence says of the codebook's indicators.
//!
//! A number goes with the noun of its own clause: patterns decide, never nearness. Where two
//! indicators' patterns claim one number, the one that names it by itself wins, then the longer
//! match. Whatever a guard doubts is no observation.

mod parts;
mod standing;

pub(super) use parts::tells_wider;

use super::context::{Before, tells_whose};
use super::reading::Sentence;
use super::{LONGEST_SENTENCE, Observation, State};
use crate::codebook::lexicon::Occurrences;
use crate::codebook::rules::{Bodies, FrameRule, GuardPlace, Rule, RuleKind};
use crate::codebook::skeleton::{NUMBER, UNREADABLE};
use crate::codebook::{Capacity, Codebook};
use crate::evidence::Span;
use crate::gazetteer::{Gazetteer, RegionLevel};
use crate::identify::{Identity, IssuerType};
use crate::quantity::{Amount, Decimal, Quantity, Unit};
use parts::{period_of_all, summed, without_parts};
use standing::{context, standing};
use std::ops::Range;

/// A rule's match in a sentence's skeleton.
struct Claim<'c> {
    rule: &'c Rule,
    /// Bytes of the skeleton.
    bytes: Range<usize>,
    /// Byte of the number in the skeleton; of a stated zero, the match's last.
    at: usize,
    /// The numbers that it adds up, where the sentence tells a sum; else none.
    parts: Vec<usize>,
}

impl Claim<'_> {
    /// One past the number and its unit.
    fn after(&self) -> usize {
        self.at + 2 * NUMBER.len_utf8()
    }
}

/// A sentence with what the coder knows at this point of the report.
pub(super) struct Setting<'s> {
    /// The sentence.
    pub sentence: &'s Sentence<'s>,
    /// The frames in force, as (from which byte of the skeleton on, frame), ascending.
    pub frames: &'s [(usize, usize)],
    /// Who reports, about which year.
    pub identity: &'s Identity,
    /// The places known.
    pub gazetteer: &'s Gazetteer,
    /// The report's text.
    pub text: &'s str,
    /// The paragraph's index.
    pub paragraph: u32,
    /// The skeleton of the sentence before, of which one that begins with 其中 goes on.
    pub before: &'s str,
}

/// The frames over a sentence: `carried` is in force at its beginning.
pub(super) fn frames(
    sentence: &Sentence<'_>,
    carried: Option<usize>,
    codebook: &Codebook,
) -> Vec<(usize, usize)> {
    let rules = &codebook.rules;
    let mut frames: Vec<(usize, usize)> = carried.map(|frame| (0, frame)).into_iter().collect();
    // 其中 goes on with what the sentence before was about.
    let mut opened_here = sentence.skeleton.starts_with("其中");
    for (frame, end) in rules.cues(&sentence.skeleton) {
        let held = opened_here
            && !rules.frames[frame].breaks_in_at(&sentence.skeleton, end)
            && frames.last().is_some_and(|&(from, current)| {
                let current = &rules.frames[current];
                current.holds.contains(&rules.frames[frame].id)
                    || tells_an_outcome(current, &sentence.skeleton, from, end)
            });
        let held = held
            || frames.last().is_some_and(|&(_, current)| {
                goes_on_with_outcomes(&rules.frames[current], &sentence.skeleton, end)
            });
        let weak = rules.frames[frame].is_weak(&sentence.skeleton, end);
        if !held && !weak {
            frames.push((end, frame));
            opened_here = true;
        }
    }
    frames
}

/// Words of time before what became of a number.
const TIMES: [&str; 12] = [
    "全年",
    "本年度",
    "本年",
    "今年",
    "年内",
    "截至年末",
    "截至年底",
    "截至目前",
    "至年末",
    "至年底",
    "至目前",
    "目前",
];

/// Whether the cue that ends at byte `end` begins a sentence that tells what became of what the one before told of
/// (以我局为被告的行政诉讼案件13件。法院审结11件……).
fn goes_on_with_outcomes(frame: &FrameRule, skeleton: &str, end: usize) -> bool {
    let told = TIMES
        .iter()
        .find_map(|time| skeleton[..end].strip_prefix(time));
    let told = told.unwrap_or(&skeleton[..end]);
    frame.outcomes.iter().any(|cue| cue == told) && skeleton[end..].starts_with(NUMBER)
}

/// Whether the cue that ends at byte `end` tells what became of the number before it, in the frame that
/// began at `from`: a clause of its own, with its number right after it (案件96件，法院审结78件).
fn tells_an_outcome(frame: &FrameRule, skeleton: &str, from: usize, end: usize) -> bool {
    let since = skeleton.get(from..end).unwrap_or_default();
    frame.outcomes.iter().any(|cue| {
        since.strip_suffix(cue.as_str()).is_some_and(|told| {
            let told = TIMES
                .iter()
                .find_map(|time| told.strip_suffix(time))
                .unwrap_or(told);
            let opens =
                told.ends_with([',', ';', ':', '经', '由', '被', '已']) || told.ends_with("其中");
            opens && told.contains(NUMBER)
        })
    }) && is_followed_by_its_number(&skeleton[end..])
}

/// Whether a number comes right after a cue, or after what it is of (法院审结一审案件83件).
fn is_followed_by_its_number(after: &str) -> bool {
    let after = after.trim_start_matches('了');
    let kinds = ["一审", "二审", "行政", "诉讼"];
    let rest = kinds
        .iter()
        .fold(after, |rest, kind| rest.strip_prefix(kind).unwrap_or(rest));
    let cases = rest
        .strip_prefix("案件")
        .filter(|_| rest.len() < after.len());
    after.starts_with(NUMBER) || cases.is_some_and(|rest| rest.starts_with(NUMBER))
}

/// The sentence's observations, in order.
pub(super) fn observations(
    setting: &Setting<'_>,
    codebook: &Codebook,
    words: &mut Occurrences,
) -> Vec<Observation> {
    let rules = &codebook.rules;
    let skeleton = &*setting.sentence.skeleton;
    if !setting.sentence.may_state_a_figure() {
        return Vec::new();
    }
    let mut claims: Vec<Claim<'_>> = Vec::new();
    let numbered = setting.sentence.states_a_number();
    for rule in rules.figure_words(skeleton, words) {
        let rule = &rules.rules[rule];
        if numbered || !rule.is_numbered() {
            claim(rule, skeleton, words, &mut claims);
        }
    }
    let claims = standing(claims, setting, codebook, words);
    let mut found: Vec<(usize, Observation)> = Vec::new();
    for claim in summed(settle(claims), setting, codebook) {
        if let Some(observation) = observe(&claim, setting, codebook, words) {
            found.push((claim.at, observation));
        }
    }
    found.sort_by_key(|(at, observation)| (*at, observation.implied));
    carry_scope(&mut found, skeleton, codebook);
    without_parts(found, skeleton)
}

/// What follows a number in its sentence and is of the same matter covers the same (全市查处案件320件,其中简易程序200件,
/// 罚款30万元), unless it says otherwise.
fn carry_scope(found: &mut [(usize, Observation)], skeleton: &str, codebook: &Codebook) {
    let group = |one: &Observation| {
        let found = codebook.indicator(&one.indicator);
        found.map(|indicator| indicator.group.as_str())
    };
    for index in 1..found.len() {
        let (before, rest) = found.split_at_mut(index);
        let ((from, last), (at, one)) = (&before[index - 1], &mut rest[0]);
        let between = skeleton.get(*from..*at).unwrap_or_default();
        if one.scope.is_none() && group(one) == group(last) && !tells_whose(between) {
            one.scope = last.scope;
        }
    }
}

/// Enters a rule's matches.
fn claim<'c>(rule: &'c Rule, skeleton: &str, words: &mut Occurrences, claims: &mut Vec<Claim<'c>>) {
    let numbered = rule.is_numbered();
    rule.matches(skeleton, words, |bytes| {
        let matched = &skeleton[bytes.clone()];
        let at = if numbered {
            let mut numbers = matched.match_indices([NUMBER, UNREADABLE]);
            numbers.nth(rule.passed()).map(|(at, _)| at)
        } else {
            matched.char_indices().next_back().map(|(at, _)| at)
        };
        claims.extend(at.map(|at| Claim {
            rule,
            at: bytes.start + at,
            bytes,
            parts: Vec::new(),
        }));
    });
}

fn frame_at<'c>(
    frames: &[(usize, usize)],
    at: usize,
    codebook: &'c Codebook,
) -> Option<&'c FrameRule> {
    let rule = |&(_, frame): &(usize, usize)| &codebook.rules.frames[frame];
    let before = frames.iter().rev().find(|(from, _)| *from <= at).map(rule);
    before.or_else(|| frames.first().map(rule).filter(|frame| frame.backward))
}

/// Ends of clauses in a skeleton.
const CLAUSE: [char; 4] = [',', ';', ':', '。'];

/// One number, one indicator: the best claim on each number, and what is implied beside it.
fn settle(claims: Vec<Claim<'_>>) -> Vec<Claim<'_>> {
    let mut settled: Vec<Claim<'_>> = Vec::new();
    for claim in claims {
        let rank = |claim: &Claim<'_>| {
            (
                matches!(claim.rule.kind, RuleKind::Stated | RuleKind::Zero),
                claim.bytes.len(),
            )
        };
        let implied = claim.rule.kind.is_implied();
        let zero = matches!(claim.rule.kind, RuleKind::Zero | RuleKind::FramedZero);
        let rival = settled.iter().position(|other| {
            let same = other.rule.indicator == claim.rule.indicator;
            if implied || zero || other.rule.kind.is_implied() {
                same && other.bytes.start < claim.bytes.end && claim.bytes.start < other.bytes.end
            } else {
                other.at == claim.at
            }
        });
        match rival {
            Some(rival) if rank(&settled[rival]) < rank(&claim) => settled[rival] = claim,
            Some(_) => {}
            None => settled.push(claim),
        }
    }
    settled
}

fn observe(
    claim: &Claim<'_>,
    setting: &Setting<'_>,
    codebook: &Codebook,
    words: &mut Occurrences,
) -> Option<Observation> {
    let own = &codebook.rules.indicators[claim.rule.indicator];
    let sentence = setting.sentence;
    let place = sentence.of_skeleton(claim.at, claim.at + 1).start;
    let number = sentence.number_at(place);
    let before = Before::new(sentence, place, setting.identity, setting.gazetteer);
    let mut time = before.time(str::to_owned);
    if !claim.parts.is_empty() {
        time.period = period_of_all(&claim.parts, setting);
    }
    let prior = time.other_year && !own.allow.iter().any(|guard| guard == "prior-year");
    if prior || before.another_body() {
        return None;
    }
    let written = match (claim.rule.kind, number) {
        (RuleKind::Zero | RuleKind::FramedZero, _) | (_, None) => {
            sentence.of_skeleton(claim.bytes.start, claim.bytes.end)
        }
        (_, Some(number)) => number.span.clone(),
    };
    let written = trim(&sentence.chars, written);
    let span = sentence.span(written.clone());
    let said = match (claim.rule.kind, number) {
        (RuleKind::Zero | RuleKind::FramedZero, _) => Said::zero(),
        (_, number) => Said::of(number?, own.range)?,
    };
    Some(Observation {
        indicator: own.id.clone(),
        state: said.state,
        value: said.value,
        unit: said.unit.map(|unit| unit.name().to_owned()),
        written: span.of(setting.text).to_owned(),
        approx: number.is_some_and(|number| number.approx) && said.unit.is_some(),
        at_least: number.is_some_and(|number| number.at_least) && said.unit.is_some(),
        implied: claim.rule.kind.is_implied(),
        conflict: false,
        period: time.period,
        cumulative_since: time.since,
        scope: before.scope(),
        capacity: capacity(claim, setting, codebook, words),
        mismatch: None,
        corrected: None,
        sentence: excerpt(sentence, &written),
        span,
        paragraph: setting.paragraph,
    })
}

/// State, value and unit of an observation.
struct Said {
    state: State,
    value: Option<Decimal>,
    unit: Option<Unit>,
}

impl Said {
    fn zero() -> Self {
        Self {
            state: State::Zero,
            value: Some(Decimal::ZERO),
            unit: None,
        }
    }

    /// What a number says; nothing where it is not plausible.
    fn of(number: &Quantity, range: Option<[Decimal; 2]>) -> Option<Self> {
        let (state, value) = match number.amount {
            Amount::Exact(value) if value.is_zero() => (State::Zero, Some(value)),
            Amount::Exact(value) => (State::Value, Some(value)),
            // A range of money is a standard (处20元至200元罚款), not a sum.
            Amount::Between(..) if number.unit == Some(Unit::YUAN) => return None,
            Amount::Between(..) | Amount::Lost => (State::Unparsed, None),
            Amount::Other => return None,
        };
        let plausible = value.is_none_or(|value| {
            let fits = range.is_none_or(|[low, high]| low <= value && value <= high);
            fits && (number.unit != Some(Unit::PERCENT) || value <= Decimal::ONE_HUNDRED)
        });
        plausible.then_some(Self {
            state,
            value,
            unit: number.unit,
        })
    }
}

fn capacity(
    claim: &Claim<'_>,
    setting: &Setting<'_>,
    codebook: &Codebook,
    words: &mut Occurrences,
) -> Option<Capacity> {
    let rules = &codebook.rules;
    let own = &rules.indicators[claim.rule.indicator];
    let group = &own.group;
    let frame = frame_at(setting.frames, claim.at, codebook).map(|frame| &frame.id);
    let bodies = bodies(setting.identity);
    let of_these = || {
        rules.capacities.iter().filter(|capacity| {
            capacity.group == *group && (capacity.of.is_none() || capacity.of == bodies)
        })
    };
    let mut told = |context: &str| {
        of_these().find(|capacity| {
            capacity
                .frame
                .as_ref()
                .is_none_or(|needed| Some(needed) == frame)
                && (capacity.frame.is_some() || capacity.words.holds(context, words))
        })
    };
    let skeleton = &*setting.sentence.skeleton;
    let year = setting.identity.year.as_ref().map(|year| year.value);
    let by_law = || {
        of_these().find(|capacity| {
            let since = capacity.since.zip(year);
            since.is_some_and(|(since, year)| since <= year)
        })
    };
    told(context(skeleton, claim, GuardPlace::Clause))
        .or_else(|| told(skeleton))
        .or_else(by_law)
        .map(|capacity| capacity.is)
        .or(own.capacity)
}

/// Of which bodies the issuer is one; a township of none.
fn bodies(identity: &Identity) -> Option<Bodies> {
    let kind = identity.issuer_type.as_ref().map(|kind| kind.value);
    let line = identity.line.as_ref().map(|line| line.value.as_str());
    match kind {
        // A government's reconsideration is its department of justice's work.
        Some(IssuerType::Department) if line != Some("司法行政") => Some(Bodies::Departments),
        _ if identity.level() == Some(RegionLevel::Township) => None,
        _ => Some(Bodies::Governments),
    }
}

/// Without punctuation at the edges, which a pattern for a clause's beginning takes in.
fn trim(chars: &[char], mut words: Range<usize>) -> Range<usize> {
    while words.len() > 1 && matches!(chars[words.start], ',' | ';' | ':' | '。' | '、' | '(') {
        words.start += 1;
    }
    words
}

/// The sentence, or the clauses around `words` where it is too long to be read as evidence.
fn excerpt(sentence: &Sentence<'_>, words: &Range<usize>) -> Span {
    let chars = &sentence.chars;
    if chars.len() <= LONGEST_SENTENCE {
        return sentence.span(0..chars.len());
    }
    let room = (LONGEST_SENTENCE - words.len().min(LONGEST_SENTENCE)) / 2;
    let from = words.start.saturating_sub(room);
    let to = (words.end + room).min(chars.len());
    let boundary = |c: &char| matches!(c, ',' | ';' | ':' | '、');
    let start = chars[from..words.start]
        .iter()
        .position(|c| *c == ';')
        .or_else(|| chars[from..words.start].iter().position(boundary))
        .map_or(from, |at| from + at + 1);
    let start = if from == 0 { 0 } else { start };
    let end = if to == chars.len() {
        to
    } else {
        chars[words.end..to]
            .iter()
            .rposition(boundary)
            .map_or(to, |at| words.end + at + 1)
    };
    sentence.span(start..end)
}
