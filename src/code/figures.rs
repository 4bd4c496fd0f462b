//! What one sentence says of the codebook's indicators.
//!
//! A number goes with the noun of its own clause: patterns decide, never nearness. Where two
//! indicators' patterns claim one number, the one that names it by itself wins, then the longer
//! match. Whatever a guard doubts is no observation.

use super::context::Before;
use super::reading::Sentence;
use super::{Capacity, LONGEST_SENTENCE, Observation, State};
use crate::codebook::Codebook;
use crate::codebook::lexicon::Occurrences;
use crate::codebook::pattern::{NUMBER, UNREADABLE, unit_char};
use crate::codebook::rules::{FrameRule, GuardPlace, GuardRule, IndicatorRules, Rule, RuleKind};
use crate::evidence::Span;
use crate::identify::Identity;
use crate::quantity::{Amount, Decimal, Quantity, Unit};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

/// A rule's match in a sentence's skeleton.
struct Claim<'c> {
    rule: &'c Rule,
    /// Bytes of the skeleton.
    bytes: Range<usize>,
    /// Byte of the number in the skeleton; of a stated zero, the match's last.
    at: usize,
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
            && frames.last().is_some_and(|&(from, current)| {
                let current = &rules.frames[current];
                let since = sentence.skeleton.get(from..end).unwrap_or_default();
                let told = since.contains(NUMBER);
                current.holds.contains(&rules.frames[frame].id)
                    || (told && current.outcomes.iter().any(|cue| since.ends_with(cue)))
            });
        if !held {
            frames.push((end, frame));
            opened_here = true;
        }
    }
    frames
}

/// The sentence's observations, in order.
pub(super) fn observations(
    setting: &Setting<'_>,
    codebook: &Codebook,
    words: &mut Occurrences,
) -> Vec<Observation> {
    let rules = &codebook.rules;
    let skeleton = setting.sentence.skeleton.as_str();
    if !setting.sentence.may_state_a_figure() {
        return Vec::new();
    }
    let mut claims: Vec<Claim<'_>> = Vec::new();
    let numbered = skeleton.contains([NUMBER, UNREADABLE]);
    for rule in rules.figure_words(skeleton, words) {
        let rule = &rules.rules[rule];
        if numbered || !rule.is_numbered() {
            claim(rule, skeleton, words, &mut claims);
        }
    }
    let stand: Vec<bool> = claims
        .iter()
        .map(|claim| stands(claim, setting, codebook, words))
        .collect();
    let claims = standing(claims, &stand, skeleton, codebook);
    let mut found: Vec<(usize, Observation)> = Vec::new();
    for claim in settle(claims) {
        if let Some(observation) = observe(&claim, setting, codebook, words) {
            found.push((claim.at, observation));
        }
    }
    found.sort_by_key(|(at, observation)| (*at, observation.implied));
    without_parts(found, skeleton)
}

/// The claims that stand, less those that go with another's number which does not (渣土案件12件，
/// 罚款3万元), and those on a wider whole of which the sentence names this part.
fn standing<'c>(
    claims: Vec<Claim<'c>>,
    stand: &[bool],
    skeleton: &str,
    codebook: &Codebook,
) -> Vec<Claim<'c>> {
    let rules = |claim: &Claim<'_>| &codebook.rules.indicators[claim.rule.indicator];
    let id = |claim: &Claim<'_>| &codebook.indicators[claim.rule.indicator].id;
    let is_a_parts = |at: usize, own: &IndicatorRules| {
        let mut stand = claims.iter().zip(stand);
        stand.any(|(other, stands)| *stands && other.at == at && own.parts.contains(id(other)))
    };
    let falls_with_another = |claim: &Claim<'_>| {
        let own = rules(claim);
        let segment = segment_start(skeleton, claim.at);
        let leads = |other: &Claim<'_>| {
            (segment..claim.at).contains(&other.at)
                && own.follows.contains(id(other))
                && !is_a_parts(other.at, own)
        };
        let before = claims.iter().zip(stand).filter(|(other, _)| leads(other));
        let nearest = before.clone().map(|(other, _)| other.at).max();
        nearest.is_some_and(|at| {
            before
                .filter(|(other, _)| other.at == at)
                .all(|(_, stands)| !stands)
        })
    };
    // 渣土类31件、罚款16万元，燃气类7件、罚款5万元: where one of them is a field's, so is the other,
    // unless it goes with a number of the whole.
    let is_in_a_list_of_fields = |claim: &Claim<'_>| {
        let follows = &rules(claim).follows;
        let segment = segment_start(skeleton, claim.at);
        let all = || claims.iter().zip(stand);
        let fallen = |at: usize| !all().any(|(other, stands)| other.at == at && *stands);
        !follows.is_empty()
            && skeleton[segment..claim.at].contains(NUMBER)
            && all()
                .any(|(other, _)| other.rule.indicator == claim.rule.indicator && fallen(other.at))
            && !all().any(|(other, stands)| {
                *stands && (segment..claim.at).contains(&other.at) && follows.contains(id(other))
            })
    };
    let is_of_a_part = |claim: &Claim<'_>| {
        let own = rules(claim);
        let segment = segment_start(skeleton, claim.at);
        let before = |ids: &[String]| {
            let stand = claims
                .iter()
                .zip(stand)
                .filter(|(other, stands)| **stands && (segment..claim.at).contains(&other.at));
            let ids = stand
                .map(|(other, _)| id(other))
                .filter(|id| ids.contains(id));
            ids.collect::<BTreeSet<_>>().len()
        };
        !own.parts.is_empty() && before(&own.parts) == 1 && before(&own.follows) == 0
    };
    let is_wider = |claim: &Claim<'_>| {
        // 投诉举报35件，其中投诉20件: what has the part's name itself is not wider.
        let named = &rules(claim).named_part;
        let own = &skeleton[claim.bytes.clone()];
        !named.iter().any(|word| own.contains(word))
            && claims.iter().zip(stand).any(|(part, stands)| {
                *stands
                    && part.rule.indicator == claim.rule.indicator
                    && part.at > claim.at
                    && names_its_part(rules(part), "", skeleton, part.at)
            })
    };
    let keep: Vec<bool> = claims
        .iter()
        .zip(stand)
        .map(|(claim, stands)| {
            *stands
                && !falls_with_another(claim)
                && !is_in_a_list_of_fields(claim)
                && !is_of_a_part(claim)
                && !is_wider(claim)
        })
        .collect();
    let kept = claims.into_iter().zip(keep);
    kept.filter_map(|(claim, keep)| keep.then_some(claim))
        .collect()
}

/// Whether 其中 before the number at `at` names the whole of an indicator out of something wider, which
/// may stand in the sentence before (`last`).
fn names_its_part(own: &IndicatorRules, last: &str, skeleton: &str, at: usize) -> bool {
    let start = segment_start(skeleton, at);
    skeleton[start..at]
        .rsplit_once("其中")
        .is_some_and(|(before, after)| {
            let after = after.trim_start_matches([',', ':']);
            let wider = if before.is_empty() {
                // 其中 begins what was said before it: a sentence, or a part of this one.
                let said = skeleton[..start].trim_end_matches(';');
                match said {
                    "" => tells_wider(own, last),
                    said => tells_wider(own, &said[segment_start(said, said.len())..]),
                }
            } else {
                own.wider.iter().any(|word| before.contains(word))
            };
            wider && own.named_part.iter().any(|word| after.starts_with(word))
        })
}

/// Whether a sentence before tells something wider than the indicator, by more than its unit.
pub(super) fn tells_wider(own: &IndicatorRules, last: &str) -> bool {
    let telling = own
        .wider
        .iter()
        .filter(|word| word.chars().nth(1).is_some());
    telling.into_iter().any(|word| last.contains(word))
}

/// 其中 after an indicator's own number begins the number's parts (不予处罚12件，其中首违不罚8件):
/// the first is what the report states. Another scope's number is no part: it stands by itself.
fn without_parts(found: Vec<(usize, Observation)>, skeleton: &str) -> Vec<Observation> {
    let mut kept: Vec<(usize, Observation)> = Vec::new();
    for (at, one) in found {
        let part = kept.iter().any(|(before, whole)| {
            whole.indicator == one.indicator
                && whole.scope == one.scope
                && skeleton
                    .get(*before..at)
                    .is_some_and(|between| between.contains("其中"))
        });
        if !part {
            kept.push((at, one));
        }
    }
    kept.into_iter().map(|(_, one)| one).collect()
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
        }));
    });
}

/// Whether nothing speaks against a claim: its frame, its exceptions, the guards, 其中.
fn stands(
    claim: &Claim<'_>,
    setting: &Setting<'_>,
    codebook: &Codebook,
    words: &mut Occurrences,
) -> bool {
    let rules = &codebook.rules;
    let own = &rules.indicators[claim.rule.indicator];
    let skeleton = setting.sentence.skeleton.as_str();
    let frame = frame_at(setting.frames, claim.at, codebook).map(|frame| &frame.id);
    let off = |frame: Option<&String>| match claim.rule.kind {
        RuleKind::Framed | RuleKind::FramedZero => {
            !frame.is_some_and(|frame| own.frames.contains(frame))
        }
        // Its words tell what it is about; only another frame speaks against it.
        RuleKind::Implied | RuleKind::ImpliedOfOne => {
            !own.frames.is_empty() && frame.is_some_and(|frame| !own.frames.contains(frame))
        }
        RuleKind::Stated | RuleKind::Zero | RuleKind::Except => false,
    };
    if off(frame)
        || (claim.rule.kind != RuleKind::Zero
            && frame.is_some_and(|frame| own.not_frames.contains(frame)))
    {
        return false;
    }
    // An implied number is another's: what says so is nothing against it.
    let implied = claim.rule.kind.is_implied();
    if claim.rule.kind == RuleKind::ImpliedOfOne && !is_one(setting.sentence, claim.at) {
        return false;
    }
    let vetoed = rules.exceptions(claim.rule.indicator).any(|rule| {
        let mut touches = false;
        rule.matches(skeleton, words, |hit| {
            let here = hit.start < claim.bytes.end && claim.bytes.start < hit.end;
            touches |= here && !(implied && hit.end <= claim.after());
        });
        touches
    });
    let part = own.whole
        && claim.rule.is_numbered()
        && is_part(setting.sentence, claim.at)
        && !names_its_part(own, setting.before, skeleton, claim.at)
        && !parts_are_told(setting.sentence, claim.at);
    if vetoed || part || belongs_to_next(skeleton, claim) {
        return false;
    }
    // What an indicator's own guards doubt is a number: whose it is, how much of the whole.
    let numbered = claim.rule.is_numbered();
    !rules.guards.iter().enumerate().any(|(index, guard)| {
        !claim.rule.spares(index)
            && (guard.always || (numbered && own.guards.contains(&guard.id)))
            && !own.allow.contains(&guard.id)
            && {
                let context = context(skeleton, claim, guard.place);
                guard.holds(&without_own_line(context, guard, setting, codebook), words)
            }
    })
}

/// Whether the number at byte `at` of the skeleton is one.
fn is_one(sentence: &Sentence<'_>, at: usize) -> bool {
    let place = sentence.of_skeleton(at, at + 1).start;
    let number = sentence.number_at(place);
    number.is_some_and(|number| number.amount == Amount::Exact(Decimal::ONE))
}

/// Whether the noun after a number has a number of its own (检查12次、培训5次: the twelve are no
/// training sessions).
fn belongs_to_next(skeleton: &str, claim: &Claim<'_>) -> bool {
    let matched = &skeleton[claim.at..claim.bytes.end];
    if matched.chars().count() <= 2 || matched.ends_with("其中") {
        return false; // the match ends with its number and unit, or before its parts
    }
    skeleton[claim.bytes.end..]
        .chars()
        .take(6)
        .take_while(|c| !CLAUSE.contains(c) && *c != '、')
        .any(|c| c == NUMBER || c == UNREADABLE)
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

fn context<'t>(skeleton: &'t str, claim: &Claim<'_>, place: GuardPlace) -> &'t str {
    let before = &skeleton[..claim.at];
    match place {
        GuardPlace::Sentence => skeleton,
        GuardPlace::Clause => {
            let end = before.rmatch_indices(CLAUSE).next();
            &before[end.map_or(0, |(at, end)| at + end.len())..]
        }
        GuardPlace::Near => {
            let mut ends = before.rmatch_indices([',', ';', '。']);
            &before[ends.nth(1).map_or(0, |(at, end)| at + end.len())..]
        }
        GuardPlace::Segment => &before[segment_start(before, before.len())..],
        GuardPlace::After => {
            let after = &skeleton[claim.at..];
            &after[..after.find(CLAUSE).unwrap_or(after.len())]
        }
    }
}

/// A guard's context without the words for the issuer's own line, where the guard spares those: what
/// 水事违法案件 are to a bureau of water is all of its cases.
fn without_own_line<'t>(
    context: &'t str,
    guard: &GuardRule,
    setting: &Setting<'_>,
    codebook: &Codebook,
) -> Cow<'t, str> {
    let line = setting.identity.line.as_ref().map(|line| &line.value);
    let own = line.and_then(|line| codebook.rules.lines.get(line));
    let mut context = Cow::Borrowed(context);
    for word in own.into_iter().flatten().filter(|_| guard.spares_own_line) {
        if context.contains(word.as_str()) {
            context = context.replace(word.as_str(), "").into();
        }
    }
    context
}

/// Where the segment of a byte begins: after the last semicolon before it.
fn segment_start(skeleton: &str, at: usize) -> usize {
    let end = skeleton[..at].rmatch_indices([';', '。']).next();
    end.map_or(0, |(at, end)| at + end.len())
}

/// Whether the parts after 其中 add up to the number before it: what comes then is said of the whole
/// again (办结568件，其中简易程序312件，普通程序256件，罚没款350万元).
fn parts_are_told(sentence: &Sentence<'_>, at: usize) -> bool {
    let skeleton = sentence.skeleton.as_str();
    let start = segment_start(skeleton, at);
    let Some(inner) = skeleton[start..at].rfind("其中").map(|inner| start + inner) else {
        return false;
    };
    let numbers = |bytes: Range<usize>| {
        skeleton[bytes.clone()]
            .match_indices([NUMBER, UNREADABLE])
            .filter_map(move |(place, _)| {
                let place = bytes.start + place;
                sentence.number_at(sentence.of_skeleton(place, place + 1).start)
            })
    };
    let Some(whole) = numbers(start..inner).next_back() else {
        return false;
    };
    let parts: Option<Vec<Decimal>> = numbers(inner..at)
        .map(|part| match part.amount {
            Amount::Exact(value) if part.unit == whole.unit => Some(value),
            _ => None,
        })
        .collect();
    parts.is_some_and(|parts| {
        parts.len() > 1 && Amount::Exact(parts.iter().copied().sum()) == whole.amount
    })
}

/// Whether the number at `at` is told as a part of another: after 其中, or in brackets. Money in a
/// clause of its own after the part's number is the whole's, where the whole has none before 其中
/// (案件407件，其中普通程序186件，罚款98万元).
fn is_part(sentence: &Sentence<'_>, at: usize) -> bool {
    let skeleton = sentence.skeleton.as_str();
    let segment = &skeleton[segment_start(skeleton, at)..at];
    let open = |from: &str| {
        from.rfind('(')
            .is_some_and(|open| !from[open..].contains(')'))
    };
    // 执法局(现有执法人员31人): the bracket tells of the body, not of a number before it.
    let tells_of_a_body = ["(现", "(共有", "(实有"].iter().any(|word| {
        let at = segment.rfind(word);
        at.is_some_and(|at| !segment[at..].contains(')') && !segment[..at].contains(NUMBER))
    });
    if open(segment) && (!tells_of_a_body || segment.contains("其中")) {
        return true;
    }
    let money = unit_char(Unit::YUAN);
    segment.rfind("其中").is_some_and(|inner| {
        let (mut whole, part) = segment.split_at(inner);
        if whole.is_empty() {
            // 其中 begins the segment: its whole stands in the one before.
            let before = skeleton[..at - segment.len()].trim_end_matches(';');
            whole = &before[segment_start(before, before.len())..];
        }
        let own_clause = part
            .rfind(',')
            .is_some_and(|comma| part[..comma].contains(NUMBER));
        let of_whole = skeleton[at..].chars().nth(1) == Some(money)
            && own_clause
            && !whole.contains(money)
            && whole.contains(NUMBER);
        // A bracket that holds 其中 and is closed before the number ends its reach.
        let closed = open(whole) && part.contains(')');
        !of_whole && !closed
    })
}

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
    let before = Before::new(sentence, place, setting.identity);
    let time = before.time(str::to_owned);
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
        indicator: codebook.indicators[claim.rule.indicator].id.clone(),
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
    let group = &codebook.indicators[claim.rule.indicator].group;
    let frame = frame_at(setting.frames, claim.at, codebook).map(|frame| &frame.id);
    let mut told = |context: &str| {
        rules.capacities.iter().find(|capacity| {
            capacity.group == *group
                && capacity
                    .frame
                    .as_ref()
                    .is_none_or(|needed| Some(needed) == frame)
                && (capacity.frame.is_some() || capacity.words.holds(context, words))
        })
    };
    let skeleton = setting.sentence.skeleton.as_str();
    told(context(skeleton, claim, GuardPlace::Clause))
        .or_else(|| told(skeleton))
        .map(|capacity| capacity.is)
        .or(own.capacity)
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
