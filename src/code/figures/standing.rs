//! Which claims stand: what speaks against one by itself, and what the claims of a sentence say of each
//! other.

use super::parts::{is_part, names_its_part, parts_are_told, segment_start};
use super::{CLAUSE, Claim, Setting, frame_at};
use crate::code::reading::Sentence;
use crate::codebook::Codebook;
use crate::codebook::lexicon::Occurrences;
use crate::codebook::pattern::{NUMBER, UNREADABLE};
use crate::codebook::rules::{GuardPlace, GuardRule, IndicatorRules, RuleKind};
use crate::quantity::{Amount, Decimal};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The claims that stand: nothing speaks against them by themselves, they do not go with another's
/// number that falls (渣土案件12件，罚款3万元), and are on no wider whole of which the sentence names
/// this part.
pub(super) fn standing<'c>(
    claims: Vec<Claim<'c>>,
    setting: &Setting<'_>,
    codebook: &Codebook,
    words: &mut Occurrences,
) -> Vec<Claim<'c>> {
    let skeleton = setting.sentence.skeleton.as_str();
    let stand: Vec<bool> = claims
        .iter()
        .map(|claim| stands(claim, setting, codebook, words))
        .collect();
    let stand = stand.as_slice();
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
    let told = matched.ends_with("其中") || matched.ends_with("上年");
    if matched.chars().count() <= 2 || told {
        return false; // the match ends with its number and unit, or before what is told of it
    }
    skeleton[claim.bytes.end..]
        .chars()
        .take(6)
        .take_while(|c| !CLAUSE.contains(c) && *c != '、')
        .any(|c| c == NUMBER || c == UNREADABLE)
}

pub(super) fn context<'t>(skeleton: &'t str, claim: &Claim<'_>, place: GuardPlace) -> &'t str {
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
