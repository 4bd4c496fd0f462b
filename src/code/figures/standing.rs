//! Which claims stand: what speaks against one by itself, and what the claims of a sentence say of each
//! other.

use super::parts::{is_part, is_the_issuers, names_its_part, parts_are_told, segment_start};
use super::{CLAUSE, Claim, Setting, frame_at};
use crate::code::reading::Sentence;
use crate::codebook::Codebook;
use crate::codebook::lexicon::Occurrences;
use crate::codebook::rules::{GuardPlace, GuardRule, IndicatorRules, RuleKind};
use crate::codebook::skeleton::{NUMBER, UNREADABLE, unit_char};
use crate::quantity::{Amount, Decimal, Unit};
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
    let stands = claims
        .iter()
        .map(|claim| stands(claim, setting, codebook, words))
        .collect();
    let weighed = Weighed {
        skeleton: &setting.sentence.skeleton,
        codebook,
        claims: &claims,
        stands,
    };
    let keep: Vec<bool> = (0..claims.len())
        .map(|index| weighed.keeps(index))
        .collect();
    let kept = claims.into_iter().zip(keep);
    kept.filter_map(|(claim, keep)| keep.then_some(claim))
        .collect()
}

/// A sentence's claims, weighed each by itself, and what they say of each other.
struct Weighed<'w, 'c> {
    skeleton: &'w str,
    codebook: &'w Codebook,
    claims: &'w [Claim<'c>],
    /// Of each of them, whether nothing speaks against it by itself.
    stands: Vec<bool>,
}

impl<'w, 'c> Weighed<'w, 'c> {
    fn keeps(&self, index: usize) -> bool {
        let claim = &self.claims[index];
        self.stands[index]
            && !self.falls_with_another(claim)
            && !self.is_in_a_list_of_fields(claim)
            && !self.is_of_a_part(claim)
            && !self.is_in_a_list_of_parts(claim)
            && !self.goes_with_other_cases(claim)
            && !self.falls_with_its_whole(claim)
            && !self.is_wider(claim)
    }

    fn rules(&self, claim: &Claim<'_>) -> &'w IndicatorRules {
        &self.codebook.rules.indicators[claim.rule.indicator]
    }

    fn id(&self, claim: &Claim<'_>) -> &'w String {
        &self.rules(claim).id
    }

    fn all(&self) -> impl Iterator<Item = (&'w Claim<'c>, bool)> + Clone {
        self.claims.iter().zip(self.stands.iter().copied())
    }

    /// The claims of the same segment before this one.
    fn before(&self, claim: &Claim<'_>) -> impl Iterator<Item = (&'w Claim<'c>, bool)> + Clone {
        let before = segment_start(self.skeleton, claim.at)..claim.at;
        self.all()
            .filter(move |(other, _)| before.contains(&other.at))
    }

    /// Whether all that is claimed of the number at byte `at` falls.
    fn is_fallen(&self, at: usize) -> bool {
        !self.all().any(|(other, stands)| other.at == at && stands)
    }

    /// 渣土案件12件，罚款3万元: whether the number that it goes with falls.
    fn falls_with_another(&self, claim: &Claim<'_>) -> bool {
        let own = self.rules(claim);
        let is_a_parts = |at: usize| {
            self.all().any(|(other, stands)| {
                stands && other.at == at && own.parts.contains(self.id(other))
            })
        };
        let led = self
            .before(claim)
            .filter(|(other, _)| own.follows.contains(self.id(other)) && !is_a_parts(other.at));
        let nearest = led.clone().map(|(other, _)| other.at).max();
        nearest.is_some_and(|at| {
            led.filter(|(other, _)| other.at == at)
                .all(|(_, stands)| !stands)
        })
    }

    /// 检查车辆3652台次，查处抛洒滴漏等案件153件，罚款42.7万元: whether the clause before tells of cases that are not all,
    /// and nothing before that of all.
    fn goes_with_other_cases(&self, claim: &Claim<'_>) -> bool {
        const CASES: [&str; 5] = ["查处", "查获", "立案", "处罚", "案件"];
        let own = self.rules(claim);
        let segment = segment_start(self.skeleton, claim.at);
        let said = &self.skeleton[..claim.at];
        let Some(here) = said[segment..].rfind([',', '、']).map(|at| segment + at) else {
            return false;
        };
        let before = &said[segment..here];
        let start = before
            .rmatch_indices([',', '、'])
            .next()
            .map_or(segment, |(at, mark)| segment + at + mark.len());
        let last = &said[start..here];
        let Some(place) = last.rfind(NUMBER).map(|at| start + at) else {
            return false;
        };
        let counts = |unit: char| {
            let led = own.follows.iter();
            let units = led.filter_map(|id| self.codebook.indicator(id));
            let mut units = units.flat_map(|led| &led.units);
            units.any(|name| Unit::named(name).is_some_and(|one| unit_char(one) == unit))
        };
        let of_cases = said[place..].chars().nth(1).is_some_and(counts);
        let known = |other: &Claim<'_>| {
            own.follows.contains(self.id(other)) || own.parts.contains(self.id(other))
        };
        let led = self
            .before(claim)
            .any(|(other, stands)| stands && known(other));
        !own.follows.is_empty()
            && of_cases
            && !said[here..].contains(NUMBER)
            && !led
            && CASES.iter().any(|word| last.contains(word))
            && !last.contains("各类")
            && !self
                .all()
                .any(|(other, stands)| stands && other.at == place)
    }

    /// 渣土类31件、罚款16万元，燃气类7件、罚款5万元: where one of them is a field's, so is the other,
    /// unless it goes with a number of the whole.
    fn is_in_a_list_of_fields(&self, claim: &Claim<'_>) -> bool {
        let follows = &self.rules(claim).follows;
        let segment = segment_start(self.skeleton, claim.at);
        let same = |other: &Claim<'_>| other.rule.indicator == claim.rule.indicator;
        !follows.is_empty()
            && self.skeleton[segment..claim.at].contains(NUMBER)
            && self
                .all()
                .any(|(other, _)| same(other) && self.is_fallen(other.at))
            && !self
                .before(claim)
                .any(|(other, stands)| stands && follows.contains(self.id(other)))
    }

    /// Whether it follows the number of one part, and none of the whole.
    fn is_of_a_part(&self, claim: &Claim<'_>) -> bool {
        let own = self.rules(claim);
        let before = |ids: &[String]| {
            let standing = self.before(claim).filter(|(_, stands)| *stands);
            let found = standing.map(|(other, _)| self.id(other));
            found
                .filter(|id| ids.contains(id))
                .collect::<BTreeSet<_>>()
                .len()
        };
        !own.parts.is_empty() && before(&own.parts) == 1 && before(&own.follows) == 0
    }

    /// 简易程序28起，罚款6350元；普通程序4起，罚款50500元: whether each part has a number of its own, this one's
    /// among them. One that the sentence calls a total is none of a part's.
    fn is_in_a_list_of_parts(&self, claim: &Claim<'_>) -> bool {
        const TOTALS: [&str; 5] = ["合计", "共计", "总共", "总金额", "总额"];
        let own = self.rules(claim);
        let part_of = |at: usize| {
            let led = self.all().filter(|(other, stands)| {
                let id = self.id(other);
                *stands && other.at < at && (own.parts.contains(id) || own.follows.contains(id))
            });
            let nearest = led.max_by_key(|(other, _)| other.at);
            nearest
                .map(|(other, _)| self.id(other))
                .filter(|id| own.parts.contains(id))
        };
        let words = context(self.skeleton, claim, GuardPlace::Near);
        let year = context(self.skeleton, claim, GuardPlace::Clause).contains("全年");
        if year || TOTALS.iter().any(|word| words.contains(word)) {
            return false;
        }
        part_of(claim.at).is_some_and(|part| {
            self.all().any(|(other, _)| {
                other.rule.indicator == claim.rule.indicator
                    && part_of(other.at).is_some_and(|beside| beside != part)
            })
        })
    }

    /// 各乡镇办理执法案件350件，其中行政处罚60件: whether the wider whole that it is the named part of falls.
    fn falls_with_its_whole(&self, claim: &Claim<'_>) -> bool {
        let own = self.rules(claim);
        let is_whole = |other: &Claim<'_>| {
            let words = &self.skeleton[other.bytes.clone()];
            other.rule.indicator == claim.rule.indicator
                && other.at < claim.at
                && own.wider.iter().any(|word| words.contains(word.as_str()))
        };
        self.all().any(|(other, stands)| !stands && is_whole(other))
            && names_its_part(own, "", self.skeleton, claim.at)
    }

    /// Whether a later number is the part of it that is asked for. 投诉举报35件，其中投诉20件: what
    /// has the part's name itself is not wider.
    fn is_wider(&self, claim: &Claim<'_>) -> bool {
        let own = &self.skeleton[claim.bytes.clone()];
        let named = &self.rules(claim).named_part;
        !named.iter().any(|word| own.contains(word))
            && self.all().any(|(part, stands)| {
                stands
                    && part.rule.indicator == claim.rule.indicator
                    && part.at > claim.at
                    && names_its_part(self.rules(part), "", self.skeleton, part.at)
            })
    }
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
    let skeleton = &*setting.sentence.skeleton;
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
    if claim.rule.kind == RuleKind::ImpliedOfOne {
        // 行政诉讼案件1件,没有撤诉 tells what did not become of it.
        let told = skeleton.get(claim.after()..claim.bytes.end);
        let denied = told.is_some_and(|told| told.contains("没有") || told.contains('未'));
        if denied || !counts(setting.sentence, claim.at, Decimal::ONE) {
            return false;
        }
    }
    let vetoed = rules.except(claim.rule.indicator, skeleton, words, |hit| {
        let here = hit.start < claim.bytes.end && claim.bytes.start < hit.end;
        here && !(implied && hit.end <= claim.after())
    });
    let part = own.whole
        && claim.rule.is_numbered()
        && is_part(setting.sentence, claim.at)
        && !names_its_part(own, setting.before, skeleton, claim.at)
        && !parts_are_told(setting.sentence, claim.at)
        && !is_the_issuers(skeleton, claim.at, setting.identity);
    if vetoed || part || belongs_to_next(skeleton, claim) {
        return false;
    }
    // What an indicator's own guards doubt is a number: whose it is, how much of the whole.
    let numbered = claim.rule.is_numbered();
    let zero = || numbered && counts(setting.sentence, claim.at, Decimal::ZERO);
    !rules.guards.iter().enumerate().any(|(index, guard)| {
        guard.may_hold(words)
            && !claim.rule.spares(index)
            && (guard.always || (numbered && own.guards.contains(&guard.id)))
            && !own.allow.contains(&guard.id)
            && !(guard.spares_zero && zero())
            && {
                let context = context(skeleton, claim, guard.place);
                let context = without_own_line(context, guard, setting, codebook);
                if guard.always {
                    guard.holds(&context, words)
                } else {
                    guard.holds(&without_bracketed_parts(&context), words)
                }
            }
    })
}

/// Whether the number at byte `at` of the skeleton is `value`.
fn counts(sentence: &Sentence<'_>, at: usize, value: Decimal) -> bool {
    let place = sentence.of_skeleton(at, at + 1).start;
    let number = sentence.number_at(place);
    number.is_some_and(|number| number.amount == Amount::Exact(value))
}

/// Whether the noun after a number has a number of its own (检查12次、培训5次: the twelve are no
/// training sessions).
fn belongs_to_next(skeleton: &str, claim: &Claim<'_>) -> bool {
    let matched = &skeleton[claim.at..claim.bytes.end];
    let told = ["中", "上年", "持证率"]
        .iter()
        .any(|end| matched.ends_with(end));
    if matched.chars().count() <= 2 || told {
        return false; // the match ends with its number and unit, or before what is told of it
    }
    skeleton[claim.bytes.end..]
        .chars()
        .take(6)
        .take_while(|c| !CLAUSE.contains(c) && !matches!(c, '、' | '('))
        .any(|c| c == NUMBER || c == UNREADABLE)
}

/// Most characters of a clause that has but a verb, its mark among them.
const LONGEST_VERB: usize = 5;

pub(super) fn context<'t>(skeleton: &'t str, claim: &Claim<'_>, place: GuardPlace) -> &'t str {
    let before = &skeleton[..claim.at];
    match place {
        GuardPlace::Sentence => skeleton,
        GuardPlace::Clause => {
            let end = before.rmatch_indices(CLAUSE).next();
            &before[end.map_or(0, |(at, end)| at + end.len())..]
        }
        GuardPlace::Near => {
            let ends = before.rmatch_indices([',', ';', '。']);
            let mut starts = ends.map(|(at, end)| at + end.len()).chain([0]);
            let own = starts.next().unwrap_or(0);
            let last = starts.next().unwrap_or(0);
            // 26家工地不达标,立案处罚,罚款61.5万元: what has but a verb is of the clause before it.
            let verb = &before[last..own];
            let bare = !verb.is_empty()
                && verb.chars().count() <= LONGEST_VERB
                && !verb.contains([NUMBER, UNREADABLE]);
            let start = if bare { starts.next() } else { None };
            &before[start.unwrap_or(last)..]
        }
        GuardPlace::Segment => &before[segment_start(before, before.len())..],
        GuardPlace::After => {
            let after = &skeleton[claim.at..];
            &after[..after.find(CLAUSE).unwrap_or(after.len())]
        }
    }
}

/// A guard's context without brackets that tell parts with their numbers (案件19件（土地类15件、矿产类4件），罚没款143.6万元):
/// what names a part names nothing after it.
fn without_bracketed_parts(context: &str) -> Cow<'_, str> {
    let mut kept = String::new();
    let mut rest = context;
    while let Some((before, bracket)) = rest.split_once('(') {
        let Some((inner, after)) = bracket.split_once(')') else {
            break;
        };
        kept.push_str(before);
        if !inner.contains(NUMBER) {
            kept.push('(');
            kept.push_str(inner);
            kept.push(')');
        }
        rest = after;
    }
    if kept.is_empty() && rest.len() == context.len() {
        return Cow::Borrowed(context);
    }
    kept.push_str(rest);
    kept.into()
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
            // 城市管理类违法案件
            let class = format!("{word}类");
            context = context
                .replace(&class, "")
                .replace(word.as_str(), "")
                .into();
        }
    }
    context
}
