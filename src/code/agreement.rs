//! Whether a report's figures agree with each other: contradictions are flagged on both sides, sums
//! that do not add up are noted on the total. Nothing is ever corrected.

use super::{Observation, Scope, State};
use crate::codebook::Codebook;
use crate::diagnostic::{Diagnostic, Level};
use crate::evidence::Span;
use crate::identify::{Identity, IssuerType};
use crate::quantity::{self, Decimal};
use crate::structure::{Document, ParagraphKind};
use search_index::fold::fold_chars;
use std::collections::{BTreeMap, BTreeSet};

/// Flags contradictions and notes sums.
pub(super) fn check(document: &Document, observations: &mut [Observation], codebook: &Codebook) {
    contradictions(observations, codebook);
    sums(&document.text.text, observations, codebook);
}

/// Numbers named of those that contradict each other.
const WRITTEN: usize = 3;

/// What a keeper should look at among the figures of the report at `path`: those that contradict each
/// other, sums that do not add up, numbers that cannot be read.
pub fn doubts(
    document: &Document,
    codebook: &Codebook,
    observations: &[Observation],
    path: &str,
) -> Vec<Diagnostic> {
    // In the reports' own language, as what is quoted beside it.
    let named = |id: &str, written: &str| {
        let name = codebook.indicator(id).map_or(id, |found| &found.names.hans);
        format!("{name}：{written}")
    };
    let tell = |level, code, of: &Observation, written: &str, message: String| {
        let told = Diagnostic::new(level, code, path, message)
            .naming(written)
            .hint("look at the sentence; where the report is to be read otherwise, or is right as it is, say so in corrections.csv (report,sentence,indicator,old,new)");
        match document.text.source_of(of.sentence.start) {
            Some((line, _)) => told.at(line),
            None => told,
        }
    };
    let mut told = Vec::new();
    let mut conflicts: BTreeMap<&str, Vec<&Observation>> = BTreeMap::new();
    for one in observations {
        let (id, written) = (&one.indicator, &one.written);
        if one.conflict {
            conflicts.entry(id).or_default().push(one);
        }
        if let Some(mismatch) = &one.mismatch {
            let (sum, parts) = (mismatch.sum, mismatch.parts.join(" + "));
            let message = format!("`{id}`: {written}, and its parts ({parts}) add up to {sum}");
            let written = named(id, written);
            told.push(tell(Level::Note, "figure-mismatch", one, &written, message));
        }
        if one.state == State::Unparsed {
            let message = format!("`{id}`: its number cannot be read: “{written}”");
            let written = named(id, written);
            told.push(tell(Level::Note, "figure-unread", one, &written, message));
        }
    }
    for (id, all) in conflicts {
        let written = all.iter().map(|one| one.written.as_str()).take(WRITTEN);
        let more = if all.len() > WRITTEN { " …" } else { "" };
        let written: Vec<&str> = written.collect();
        let message = format!(
            "`{id}`: the report says {}{more}",
            written.join(", and also ")
        );
        let written = named(id, &format!("{}{more}", written.join(" / ")));
        told.push(tell(
            Level::Note,
            "figure-conflict",
            all[0],
            &written,
            message,
        ));
    }
    told
}

/// Whether two observations are about the same thing.
fn comparable(a: &Observation, b: &Observation) -> bool {
    a.indicator == b.indicator
        && a.period == b.period
        && a.cumulative_since == b.cumulative_since
        && (a.scope == b.scope || a.scope.is_none() || b.scope.is_none())
        // Where one names whose cases they are, the other's are others'.
        && a.capacity == b.capacity
        && (a.unit == b.unit || is_none_in_words(a) || is_none_in_words(b))
}

/// 零败诉, 无一起: none, of whatever unit.
fn is_none_in_words(one: &Observation) -> bool {
    one.state == State::Zero && one.unit.is_none()
}

fn contradictions(observations: &mut [Observation], codebook: &Codebook) {
    // What a keeper has corrected or confirmed is settled.
    let asked = |one: &Observation| one.value.is_some() && one.corrected.is_none();
    let mut contradicted: Vec<usize> = Vec::new();
    for all in told_again(observations, codebook, asked) {
        contradicted.extend(contradicting(observations, all));
    }
    for index in contradicted {
        observations[index].conflict = true;
    }
}

/// Of each indicator that a report states once, the observations that `asked` is true of, where there are several.
fn told_again(
    observations: &[Observation],
    codebook: &Codebook,
    asked: impl Fn(&Observation) -> bool,
) -> Vec<Vec<usize>> {
    let mut by_indicator: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, one) in observations.iter().enumerate() {
        if asked(one) {
            by_indicator.entry(&one.indicator).or_default().push(index);
        }
    }
    by_indicator
        .retain(|id, all| all.len() > 1 && codebook.indicator(id).is_some_and(|found| found.once));
    by_indicator.into_values().collect()
}

/// Which of one indicator's values contradict another of them. What says the same is compared once,
/// and nothing longer than until it is contradicted: a text of many thousand figures is no series of
/// millions of comparisons.
fn contradicting(observations: &[Observation], all: Vec<usize>) -> Vec<usize> {
    let mut alike: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for index in all {
        let one = &observations[index];
        let said = format!(
            "{:?}",
            (
                (one.value, &one.unit, one.approx, one.at_least),
                (&one.period, &one.cumulative_since, one.scope, one.capacity)
            )
        );
        alike.entry(said).or_default().push(index);
    }
    let contradict = |a: usize, b: usize| {
        let (a, b) = (&observations[a], &observations[b]);
        let apart = is_within(a, b) || is_within(b, a);
        a.value != b.value && !agrees_roughly(a, b) && comparable(a, b) && !apart
    };
    let (mut agreeing, mut contradicted): (Vec<&[usize]>, Vec<&[usize]>) = Default::default();
    for same in alike.values() {
        let before = contradicted.len();
        agreeing.retain(|other| {
            let kept = !contradict(other[0], same[0]);
            if !kept {
                contradicted.push(other);
            }
            kept
        });
        let is = contradicted.len() > before
            || contradicted
                .iter()
                .any(|other| contradict(other[0], same[0]));
        if is { &mut contradicted } else { &mut agreeing }.push(same);
    }
    contradicted.concat()
}

/// 以县政府为被告的案件31件 may be among 全县行政机关被诉案件126件.
fn is_within(one: &Observation, area: &Observation) -> bool {
    one.scope.is_none() && area.scope == Some(Scope::Area) && one.value <= area.value
}

/// 150余万元 and 152.3万元 do not contradict each other, nor do 1万余 and 10243.
fn agrees_roughly(a: &Observation, b: &Observation) -> bool {
    let rounded = |rough: &Observation, exact: &Observation| {
        let (Some(rough_value), Some(value)) = (rough.value, exact.value) else {
            return false;
        };
        let tenth = rough_value / Decimal::TEN;
        (rough.approx && (value - rough_value).abs() <= tenth)
            || (rough.at_least && value >= rough_value)
    };
    rounded(a, b) || rounded(b, a)
}

fn sums(text: &str, observations: &mut [Observation], codebook: &Codebook) {
    for sum in &codebook.sums {
        let Some(total) = single(observations, &sum.total) else {
            continue;
        };
        // The keeper's word settles it.
        if observations[total].corrected.is_some() {
            continue;
        }
        let total_value = observations[total].value;
        let mut added = Decimal::ZERO;
        let mut parts = Vec::new();
        let mut told = vec![&observations[total]];
        for id in &sum.parts {
            let Some(part) = single(observations, id) else {
                continue;
            };
            let (of, whole) = (&observations[part], &observations[total]);
            if of.period != whole.period || of.cumulative_since != whole.cumulative_since {
                continue;
            }
            if let Some(value) = of.value {
                added = added.saturating_add(value);
                parts.push(id.clone());
                told.push(of);
            }
        }
        // With a part missing a smaller sum says nothing; it may be one that no indicator is of (其他方式处理8件).
        let all = parts.len() == sum.parts.len() && !has_another_number(text, &told);
        let wrong = total_value.is_some_and(|total| added > total || (all && added != total));
        if wrong && parts.len() > 1 {
            observations[total].mismatch = Some(super::Mismatch { parts, sum: added });
        }
    }
}

/// Whether the sentences of these observations hold a number of their unit that is none of theirs.
fn has_another_number(text: &str, told: &[&Observation]) -> bool {
    let sentences: BTreeSet<Span> = told.iter().map(|one| one.sentence).collect();
    let of_the_unit = |sentence: &Span| {
        let folded: Vec<char> = fold_chars(sentence.of(text)).text.chars().collect();
        let numbers = quantity::scan(&folded);
        let units = numbers.iter().filter_map(|number| number.unit);
        units
            .filter(|unit| {
                told.iter()
                    .any(|one| one.unit.as_deref() == Some(unit.name()))
            })
            .count()
    };
    sentences.iter().map(of_the_unit).sum::<usize>() > told.len()
}

/// Without what a report states once more, of indicators that it states once: the first sentence stands, one of the text
/// before a table's row.
pub(super) fn without_repeats(
    document: &Document,
    observations: &mut Vec<Observation>,
    codebook: &Codebook,
) {
    let in_row = |one: &Observation| is_in_row(document, one);
    // Small numbers of different things are often the same.
    let large = |one: &Observation| one.value.is_some_and(|value| value >= Decimal::ONE_HUNDRED);
    let stands_for = |kept: &Observation, one: &Observation| {
        (large(one) || in_row(one) != in_row(kept))
            && (kept.state, kept.value) == (one.state, one.value)
            && comparable(kept, one)
            && (kept.approx == one.approx && kept.at_least == one.at_least)
            && (one.scope.is_none() || kept.scope == one.scope)
            && (one.implied || !kept.implied)
            && (in_row(one) || !in_row(kept))
    };
    let mut first: BTreeMap<(&str, Decimal), Vec<usize>> = BTreeMap::new();
    let mut again = vec![false; observations.len()];
    for (index, one) in observations.iter().enumerate() {
        let own = codebook.indicator(&one.indicator);
        let Some(value) = one.value.filter(|_| own.is_some_and(|own| own.once)) else {
            continue;
        };
        let alike = first.entry((&one.indicator, value)).or_default();
        if alike
            .iter()
            .any(|kept| stands_for(&observations[*kept], one))
        {
            again[index] = true;
            continue;
        }
        alike.retain(|kept| {
            again[*kept] = stands_for(one, &observations[*kept]);
            !again[*kept]
        });
        alike.push(index);
    }
    let mut again = again.into_iter();
    observations.retain(|_| !again.next().unwrap_or_default());
}

/// Without the parts of wholes that a report states besides: the codebook's [`Wholes`](crate::codebook::Wholes) say of
/// which indicators, and which words tell a whole. A part is at most half of it: of two that are near each other, neither is.
pub(super) fn without_parts(
    document: &Document,
    identity: &Identity,
    observations: &mut Vec<Observation>,
    codebook: &Codebook,
) {
    let text = &document.text.text;
    let wholes = &codebook.wholes;
    let issuer = identity.issuer_type.as_ref().map(|fact| fact.value);
    let told = |one: &Observation| {
        let before = Span {
            end: one.span.start,
            ..one.sentence
        };
        let before = fold_chars(before.of(text)).text;
        let clauses = before.rsplit(';').next().unwrap_or_default();
        let named = |words: &[String]| words.iter().any(|word| clauses.contains(word.as_str()));
        let others = one.scope == Some(Scope::Area) && issuer == Some(IssuerType::Department);
        if !others && (is_in_row(document, one) || named(&wholes.words)) {
            Told::Whole
        } else if named(&wholes.own) {
            Told::Own
        } else {
            Told::Plainly
        }
    };
    let mut parts: BTreeSet<usize> = BTreeSet::new();
    for all in told_again(observations, codebook, |one| {
        one.state == State::Value && wholes.of.contains(&one.indicator)
    }) {
        // The greatest of each kind: a text of many thousand figures is no series of millions of comparisons.
        let mut greatest: BTreeMap<String, &Observation> = BTreeMap::new();
        let mut plain: Vec<usize> = Vec::new();
        for index in all {
            let one = &observations[index];
            match told(one) {
                Told::Whole => {
                    let kind = (&one.unit, &one.period, &one.cumulative_since);
                    let kind = format!("{:?}", (kind, one.scope, one.capacity));
                    let greatest = greatest.entry(kind).or_insert(one);
                    if greatest.value < one.value {
                        *greatest = one;
                    }
                }
                Told::Plainly => plain.push(index),
                Told::Own => {}
            }
        }
        parts.extend(plain.into_iter().filter(|part| {
            let part = &observations[*part];
            greatest.values().any(|whole| {
                let halved = whole.value.map(|value| value / Decimal::TWO);
                comparable(whole, part) && part.value <= halved
            })
        }));
    }
    let mut index = 0;
    observations.retain(|_| {
        index += 1;
        !parts.contains(&(index - 1))
    });
}

/// How words tell a number, of what an indicator counts.
enum Told {
    /// As all of it.
    Whole,
    /// As the issuer's own.
    Own,
    /// As neither.
    Plainly,
}

fn is_in_row(document: &Document, one: &Observation) -> bool {
    document.paragraphs[one.paragraph as usize].kind == ParagraphKind::Row
}

/// The only exact observation of an indicator, if there is just one.
fn single(observations: &[Observation], id: &str) -> Option<usize> {
    let mut all = observations
        .iter()
        .enumerate()
        .filter(|(_, one)| one.indicator == id && one.state != State::Unparsed && !one.implied);
    let (index, first) = all.next()?;
    let exact = !first.approx && !first.at_least;
    (exact && all.next().is_none()).then_some(index)
}
