//! Wholes and their parts: what 其中 and brackets say of a number.

use super::{Claim, Setting};
use crate::code::Observation;
use crate::code::context::{Before, Time, names_own_squad, names_the_issuer};
use crate::code::reading::Sentence;
use crate::codebook::Codebook;
use crate::codebook::rules::{IndicatorRules, Rule};
use crate::codebook::skeleton::{NUMBER, UNREADABLE, unit_char};
use crate::identify::{Identity, Period};
use crate::quantity::{Amount, Decimal, Quantity, Unit};
use std::ops::Range;

/// Whether 其中 before the number at `at` names the whole of an indicator out of something wider, which
/// may stand in the sentence before (`last`).
pub(super) fn names_its_part(own: &IndicatorRules, last: &str, skeleton: &str, at: usize) -> bool {
    if stands_beside_others(own, skeleton, at) {
        return true;
    }
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
            // What has a number of its own before it is another part; money goes with its cases.
            let first =
                !after.contains(NUMBER) || unit_at(skeleton, at) == Some(unit_char(Unit::YUAN));
            let named = |words: &str| own.named_part.iter().any(|word| words.starts_with(word));
            // 其中胜诉11件，负责人出庭应诉20件: named on its own after other parts.
            let item = after.rsplit([',', '、']).next().unwrap_or_default();
            wider && (first && named(after) || named(item))
        })
}

/// Whether the number at `at` is that of the named part in a list of a wider whole's parts (执法案件300件：
/// 许可180件；行政处罚120件，罚款6万元): of the part itself, or money that is told of it.
fn stands_beside_others(own: &IndicatorRules, skeleton: &str, at: usize) -> bool {
    let said = &skeleton[..at];
    let ends = own
        .wider
        .iter()
        .filter_map(|word| said.rfind(word.as_str()).map(|at| at + word.len()));
    let Some(list) = ends.max() else {
        return false;
    };
    let marks = [',', ';', ':', '、', '(', ')', '。'];
    let is_other = |item: &str| own.beside.iter().any(|word| item.contains(word.as_str()));
    let mut others = skeleton[list..].split(marks);
    if !others.any(|item| is_other(item) && item.contains(NUMBER)) {
        return false;
    }
    let names_it = |item: &str| {
        let item = item.trim_start_matches("其中");
        let mut words = own.named_part.iter();
        words.any(|word| item.starts_with(word.as_str()))
    };
    let money = unit_at(skeleton, at) == Some(unit_char(Unit::YUAN));
    let mut items = said[list..].rsplit(marks);
    match items.next() {
        Some(item) if money && !item.contains(NUMBER) => {
            items.take_while(|item| !is_other(item)).any(names_it)
        }
        item => item.is_some_and(names_it),
    }
}

/// Whether 其中 that begins what the number at `at` stands in goes on with the issuer's own name or words for itself: 全市作出367件。其中，
/// 市应急管理局作出83件 is all of that bureau's.
pub(super) fn is_the_issuers(skeleton: &str, at: usize, identity: &Identity) -> bool {
    let said = &skeleton[segment_start(skeleton, at)..at];
    // After a number of its own sentence, 其中 tells a part of it.
    said.strip_prefix("其中").is_some_and(|told| {
        let told = told.trim_start_matches([',', ':']);
        names_the_issuer(told, identity) || names_own_squad(told)
    })
}

/// Whether a sentence before tells something wider than the indicator, by more than its unit.
pub(in crate::code) fn tells_wider(own: &IndicatorRules, last: &str) -> bool {
    let telling = own
        .wider
        .iter()
        .filter(|word| word.chars().nth(1).is_some());
    telling.into_iter().any(|word| last.contains(word))
}

/// 其中 after an indicator's own number begins the number's parts (不予处罚12件，其中首违不罚8件):
/// the first is what the report states. Another scope's number is no part: it stands by itself.
pub(super) fn without_parts(found: Vec<(usize, Observation)>, skeleton: &str) -> Vec<Observation> {
    let mut kept: Vec<(usize, Observation)> = Vec::new();
    for (at, one) in found {
        let part = kept.iter().any(|(before, whole)| {
            whole.indicator == one.indicator
                && (whole.scope == one.scope || one.scope.is_none())
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

/// Whether the parts after 其中 add up to the number before it: what comes then is said of the whole
/// again (办结568件，其中简易程序312件，普通程序256件，结案率96%，罚没款350万元).
pub(super) fn parts_are_told(sentence: &Sentence<'_>, at: usize) -> bool {
    let skeleton = &*sentence.skeleton;
    let start = segment_start(skeleton, at);
    let Some(inner) = skeleton[start..at].rfind("其中").map(|inner| start + inner) else {
        return false;
    };
    let Some((_, whole)) = numbers(sentence, start..inner).next_back() else {
        return false;
    };
    // A rate after them is of the whole already.
    let parts: Vec<Decimal> = numbers(sentence, inner..at)
        .map_while(|(_, part)| match part.amount {
            Amount::Exact(value) if part.unit == whole.unit => Some(value),
            _ => None,
        })
        .collect();
    parts.len() > 1 && Amount::Exact(parts.iter().copied().sum()) == whole.amount
}

/// The numbers in those bytes of a sentence's skeleton, each with its byte.
fn numbers<'s>(
    sentence: &'s Sentence<'_>,
    bytes: Range<usize>,
) -> impl DoubleEndedIterator<Item = (usize, &'s Quantity)> {
    sentence.skeleton[bytes.clone()]
        .match_indices([NUMBER, UNREADABLE])
        .filter_map(move |(place, _)| {
            let place = bytes.start + place;
            let number = sentence.number_at(sentence.of_skeleton(place, place + 1).start)?;
            Some((place, number))
        })
}

/// What a sentence itself adds up (上半年评查46卷，下半年评查51卷，全年合计97卷): what is claimed of several
/// of the numbers is the sum's, and the parts of a total that the codebook knows (新收15件，遗留4件，共计19件)
/// tell the total.
pub(super) fn summed<'c>(
    mut claims: Vec<Claim<'c>>,
    setting: &Setting<'_>,
    codebook: &'c Codebook,
) -> Vec<Claim<'c>> {
    let of_this_year = |part: &usize| {
        let time = time_of(*part, setting);
        !time.other_year && time.since.is_none()
    };
    let mut sums = told_sums(setting.sentence);
    sums.retain(|(_, parts)| parts.iter().all(of_this_year));
    for (at, parts) in sums {
        let mut told = of_several(&claims, at, &parts);
        claims.retain(|claim| {
            let mut told = told.iter();
            !parts.contains(&claim.at) || !told.any(|rule| rule.indicator == claim.rule.indicator)
        });
        told.extend(total_of(&claims, &parts, codebook));
        // One number, one indicator.
        if let (Some(rule), false) = (told.first(), claims.iter().any(|claim| claim.at == at)) {
            let start = segment_start(&setting.sentence.skeleton, at);
            claims.push(Claim {
                rule,
                bytes: start..at + NUMBER.len_utf8(),
                at,
                parts,
            });
        }
    }
    claims
}

/// When the number at byte `at` was counted.
fn time_of(at: usize, setting: &Setting<'_>) -> Time {
    let place = setting.sentence.of_skeleton(at, at + 1).start;
    Before::new(setting.sentence, place, setting.identity, setting.gazetteer).time(str::to_owned)
}

/// The part of the year that the parts of a sum cover together: none where one of them is of the whole year, or all
/// of them are.
pub(super) fn period_of_all(parts: &[usize], setting: &Setting<'_>) -> Option<Period> {
    let periods: Option<Vec<Period>> = parts
        .iter()
        .map(|part| time_of(*part, setting).period)
        .collect();
    let periods = periods?;
    let whole = Period {
        start: periods.iter().map(|period| period.start).min()?,
        end: periods.iter().map(|period| period.end).max()?,
    };
    (whole.start.month != 1 || whole.end.month != 12).then_some(whole)
}

/// The rules of the indicators that are claimed of several of the numbers, or of one of them and of their sum at `at`.
fn of_several<'c>(claims: &[Claim<'c>], at: usize, parts: &[usize]) -> Vec<&'c Rule> {
    let mut told: Vec<&'c Rule> = Vec::new();
    for claim in claims.iter().filter(|claim| parts.contains(&claim.at)) {
        let same = |other: &&Claim<'_>| other.rule.indicator == claim.rule.indicator;
        let mut of_sum = claims.iter().filter(|other| other.at == at);
        let of_parts = claims.iter().filter(|other| parts.contains(&other.at));
        let several = of_parts.filter(same).count() > 1 || of_sum.any(|other| same(&other));
        if several
            && !told
                .iter()
                .any(|rule| rule.indicator == claim.rule.indicator)
        {
            told.push(claim.rule);
        }
    }
    told
}

/// A rule of the indicator of which the codebook knows these numbers, each claimed as one of its parts, as the whole.
fn total_of<'c>(claims: &[Claim<'_>], parts: &[usize], codebook: &'c Codebook) -> Option<&'c Rule> {
    let id = |indicator: usize| &codebook.rules.indicators[indicator].id;
    codebook.sums.iter().find_map(|sum| {
        let is_part = |at: &usize| {
            let mut here = claims.iter().filter(|claim| claim.at == *at);
            here.any(|claim| sum.parts.contains(id(claim.rule.indicator)))
        };
        let mut rules = codebook.rules.rules.iter();
        rules.find(|rule| {
            rule.is_numbered() && *id(rule.indicator) == sum.total && parts.iter().all(is_part)
        })
    })
}

/// The numbers that a sentence tells as sums, as (byte, bytes of the numbers added up): 共计, 合计 before it,
/// and the numbers of its unit right before it in the segment add up to it.
fn told_sums(sentence: &Sentence<'_>) -> Vec<(usize, Vec<usize>)> {
    const SIGNS: [&str; 6] = ["共计", "合计", "总计", "总共", "共", "计"];
    let skeleton = &*sentence.skeleton;
    let mut sums = Vec::new();
    if !skeleton.contains(['共', '计']) {
        return sums;
    }
    for (at, sum) in numbers(sentence, 0..skeleton.len()) {
        let Amount::Exact(whole) = sum.amount else {
            continue;
        };
        // 共17件; 共出庭应诉17次
        let clause = skeleton[..at].rsplit([',', ';', '。']).next();
        let words = clause.unwrap_or_default();
        let says = |sign: &&str| words.ends_with(*sign) || words.starts_with(*sign);
        if !SIGNS.iter().any(says) {
            continue;
        }
        let (mut added, mut parts) = (Decimal::ZERO, Vec::new());
        for (place, part) in numbers(sentence, segment_start(skeleton, at)..at).rev() {
            match part.amount {
                Amount::Exact(value) if part.unit == sum.unit => {
                    added += value;
                    parts.push(place);
                }
                _ => continue,
            }
            if added >= whole {
                break;
            }
        }
        if added == whole && parts.len() > 1 {
            sums.push((at, parts));
        }
    }
    sums
}

/// Whether the number at `at` is told as a part of another: after 其中, or in brackets. Money in a
/// clause of its own after the part's number is the whole's, where the whole has none before 其中
/// (案件407件，其中普通程序186件，罚款98万元).
pub(super) fn is_part(sentence: &Sentence<'_>, at: usize) -> bool {
    let skeleton = &*sentence.skeleton;
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
        let rest = skeleton[at..].split([';', '。']).next().unwrap_or_default();
        // 挽回经济损失126万元 is no other part's money.
        let sums = rest
            .split(',')
            .filter(|clause| clause.contains(money) && !clause.contains("损失"));
        let of_whole = unit_at(skeleton, at) == Some(money)
            && own_clause
            && !whole.contains(money)
            && !part.contains(money)
            && sums.count() == 1
            && whole.contains(NUMBER);
        // A bracket that holds 其中 and is closed before the number ends its reach.
        let closed = open(whole) && part.contains(')');
        !of_whole && !closed
    })
}

/// Where the segment of a byte begins: after the last semicolon before it.
pub(super) fn segment_start(skeleton: &str, at: usize) -> usize {
    let end = skeleton[..at].rmatch_indices([';', '。']).next();
    end.map_or(0, |(at, end)| at + end.len())
}

/// The character for the unit of the number at byte `at`.
fn unit_at(skeleton: &str, at: usize) -> Option<char> {
    skeleton[at..].chars().nth(1)
}
