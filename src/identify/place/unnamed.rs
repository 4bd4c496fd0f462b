//! The place of a report that names none for itself: signs are weighed.

use super::mentions::{cited, own_document, superior};
use super::names::is_another_name;
use super::{ALL, FULL, Found, Signs, WORDS, number_heads, towns};
use crate::evidence::{Confidence, Evidence, Fact, Method};
use crate::gazetteer::{Candidate, Gazetteer, NameKind, RegionLevel};
use crate::identify::{body, places, source};
use crate::structure::ParagraphKind;
use search_index::fold::fold_chars;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Points for places that a report without a named place may be about.
#[derive(Default)]
struct Weights<'a> {
    /// By the places' codes.
    scores: BTreeMap<&'a str, (u32, Candidate)>,
    reasons: BTreeMap<&'a str, BTreeSet<String>>,
}

impl<'a> Weights<'a> {
    fn add(
        &mut self,
        gazetteer: &'a Gazetteer,
        candidate: Candidate,
        points: u32,
        reason: impl Into<String>,
    ) {
        let code = gazetteer.code(candidate);
        self.scores.entry(code).or_insert((0, candidate)).0 += points;
        self.reasons.entry(code).or_default().insert(reason.into());
    }

    /// The places that have points by now.
    fn in_view(&self) -> Vec<Candidate> {
        let scores = self.scores.values();
        scores.map(|(_, candidate)| *candidate).collect()
    }
}

/// A report that names no place for itself: signs are weighed.
pub(super) fn weigh(signs: &Signs, town: Option<&str>) -> Found {
    let level = signs
        .issuer
        .and_then(|claim| body::bare_level(&claim.folded))
        .or(signs.speaks.level);
    let masked = source::masked_names(&signs.page.folded.text) >= 2
        || signs
            .issuer
            .is_some_and(|claim| body::is_masked(&claim.folded));
    let mut weights = Weights::default();
    by_index(signs, level, &mut weights);
    by_path(signs, level, &mut weights);
    if !signs.republished {
        by_page(signs, level, &mut weights);
    }
    let towns = signs.gazetteer.towns(&signs.page.folded.text);
    if !masked {
        by_names(signs, level, &towns, &mut weights);
    }
    by_towns(signs, level, town, &towns, &mut weights);
    by_numbers(signs, &mut weights);
    by_superiors(signs, &mut weights);
    conclude(signs, &weights, masked, town)
}

/// Whether a place of this candidate's kind would speak of itself as 我`level`.
fn fits(signs: &Signs, candidate: Candidate, level: Option<char>) -> bool {
    let gazetteer = signs.gazetteer;
    let name = gazetteer.name(candidate);
    let rank = gazetteer.level(candidate);
    let in_time = signs.year.is_none_or(|year| {
        gazetteer.holds(candidate, year) || gazetteer.holds(candidate, year + 1)
    });
    in_time
        && match level {
            Some('省') => rank == RegionLevel::Province && name.ends_with('省'),
            Some('市') => name.ends_with('市'),
            Some('县') => name.ends_with('县') && rank == RegionLevel::County,
            Some('旗') => name.ends_with('旗'),
            Some('区') => name.ends_with('区'),
            Some('州') => name.ends_with('州'),
            Some('盟') => name.ends_with('盟'),
            Some('镇' | '乡' | '街') => rank == RegionLevel::County,
            _ => true,
        }
}

fn by_index<'a>(signs: &Signs<'a>, level: Option<char>, weights: &mut Weights<'a>) {
    let Some(code) = &signs.index_code else {
        return;
    };
    let Some(candidate) = signs.gazetteer.candidate(code, signs.year) else {
        return;
    };
    let candidate = signs
        .year
        .and_then(|year| signs.gazetteer.successor_in(candidate, year))
        .unwrap_or(candidate);
    if fits(signs, candidate, level) {
        weights.add(
            signs.gazetteer,
            candidate,
            100,
            format!("index number ({code})"),
        );
    }
}

fn by_path<'a>(signs: &Signs<'a>, level: Option<char>, weights: &mut Weights<'a>) {
    let path = fold_chars(signs.path).text;
    let mut above: Vec<Candidate> = Vec::new();
    for mention in signs.gazetteer.scan(&path, &ALL) {
        let name = &path[mention.range.clone()];
        let in_year = signs.gazetteer.in_year(&mention.candidates, signs.year);
        let under: Vec<Candidate> = in_year
            .iter()
            .copied()
            .filter(|candidate| {
                above.iter().any(|above| {
                    signs
                        .gazetteer
                        .lies_in(*candidate, signs.gazetteer.code(*above))
                })
            })
            .collect();
        let meant = if under.is_empty() {
            in_year.clone()
        } else {
            under
        };
        let points = if mention.kind == NameKind::Short {
            25
        } else {
            40
        };
        for candidate in &meant {
            if fits(signs, *candidate, level)
                && !(mention.kind == NameKind::Short && WORDS.contains(&name))
            {
                weights.add(
                    signs.gazetteer,
                    *candidate,
                    points / meant.len() as u32,
                    format!("path ({name})"),
                );
            }
        }
        above = meant;
    }
}

fn by_page<'a>(signs: &Signs<'a>, level: Option<char>, weights: &mut Weights<'a>) {
    let mut seen = BTreeSet::new();
    for around in &signs.page.around {
        let text = &around.folded.text;
        for mention in signs.gazetteer.scan(text, &FULL) {
            let name = text[mention.range.clone()].to_owned();
            let candidates = signs.gazetteer.in_year(&mention.candidates, signs.year);
            if candidates.len() <= 3 && seen.insert(name.clone()) {
                for candidate in &candidates {
                    if fits(signs, *candidate, level) {
                        weights.add(
                            signs.gazetteer,
                            *candidate,
                            30 / candidates.len() as u32,
                            format!("page ({name})"),
                        );
                    }
                }
            }
        }
    }
}

/// What a name in the text counts for.
struct Weight {
    /// Of all its mentions.
    points: u32,
    /// What each of its places has of that.
    share: u32,
    /// The places that it may mean.
    candidates: Vec<Candidate>,
}

fn by_names<'a>(
    signs: &Signs<'a>,
    level: Option<char>,
    towns: &[(Range<usize>, &[&str])],
    weights: &mut Weights<'a>,
) {
    /// A name counts for no more, however often it stands.
    const MOST: u32 = 45;
    let gazetteer = signs.gazetteer;
    let text = &signs.page.folded.text;
    let mut by_name: BTreeMap<&str, Weight> = BTreeMap::new();
    let mut in_order: Vec<&str> = Vec::new();
    let in_town = |at: usize| {
        let next = towns.partition_point(|(town, _)| town.start <= at);
        next.checked_sub(1)
            .is_some_and(|last| at < towns[last].0.end)
    };
    for mention in gazetteer.scan(text, &ALL) {
        let (start, end) = (mention.range.start, mention.range.end);
        let name = &text[start..end];
        let short = mention.kind == NameKind::Short;
        if by_name.get(name).is_some_and(|of| of.points >= MOST)
            || (short && (WORDS.contains(&name) || in_town(start) || is_another_name(&text[end..])))
            || cited(text, start)
            || superior(text, start, end)
        {
            continue;
        }
        let points = match (short, text[..start].ends_with('《')) {
            _ if !short && own_document(signs, start, end) => 12,
            _ if !short && (leads(signs, start, level) || led_by(text, end, level)) => 12,
            (true, _) => 2,
            (false, true) => 5,
            (false, false) => 3,
        };
        let of = by_name.entry(name).or_insert_with(|| {
            in_order.push(name);
            let mut candidates = gazetteer.in_year(&mention.candidates, signs.year);
            candidates.retain(|candidate| fits(signs, *candidate, level));
            Weight {
                points: 0,
                share: 0,
                candidates,
            }
        });
        of.points += points;
        of.share += points / of.candidates.len().max(1) as u32;
    }
    for name in in_order {
        let of = &by_name[name];
        for candidate in &of.candidates {
            weights.add(gazetteer, *candidate, of.share, format!("names ({name})"));
        }
    }
}

/// Whether a place named in full at byte `at` leads the report: it is the first word, the year aside, of the
/// running text (2020年,甲县农业农村工作…), or of whom a body of that level reports to (甲县人民政府:).
fn leads(signs: &Signs, at: usize, level: Option<char>) -> bool {
    let page = signs.page;
    let time = |c: char| c.is_ascii_digit() || c.is_whitespace() || "年度,今以来一".contains(c);
    (0..page.len().min(page.head + 3)).any(|index| {
        let line = page.range(index);
        let first = line.contains(&at) && page.line(index)[..at - line.start].chars().all(time);
        let addressee = page.kind(index) == Some(ParagraphKind::Salutation);
        let opening =
            (page.head..index).all(|before| page.kind(before) == Some(ParagraphKind::Salutation));
        first
            && if addressee {
                level.is_some()
            } else {
                index >= page.head && opening
            }
    })
}

/// Whether the name that ends at byte `end` is of the place whose committee leads an office of that place's level
/// (在甲县委、县政府的坚强领导下,县城市管理局……).
fn led_by(text: &str, end: usize, level: Option<char>) -> bool {
    const LED: usize = 16;
    let rest = &text[end..];
    level.is_some_and(|level| text[..end].ends_with(level))
        && rest.starts_with('委')
        && rest
            .chars()
            .take(LED)
            .collect::<String>()
            .contains("领导下")
}

fn by_towns<'a>(
    signs: &Signs<'a>,
    level: Option<char>,
    own: Option<&str>,
    named: &[(Range<usize>, &'static [&'static str])],
    weights: &mut Weights<'a>,
) {
    let gazetteer = signs.gazetteer;
    let mut named: Vec<(&str, u32, &[&str])> = towns(signs, named)
        .into_iter()
        .map(|(town, counties)| (town, 7, counties))
        .collect();
    if let Some(own) = own {
        named.push((own, 20, gazetteer.counties_of_town(own)));
    }
    for (town, points, counties) in named {
        for county in counties {
            let points = points / counties.len() as u32;
            let candidate = gazetteer.candidate(county, signs.year);
            if let Some(candidate) =
                candidate.filter(|county| points > 0 && fits(signs, *county, level))
            {
                weights.add(gazetteer, candidate, points, format!("towns ({town})"));
            }
        }
    }
}

/// Heads of cited document numbers speak for places already in view whose name they begin with.
fn by_numbers<'a>(signs: &Signs<'a>, weights: &mut Weights<'a>) {
    let gazetteer = signs.gazetteer;
    // Each head with its first character, and the codes of the places that this abbreviates.
    let heads: Vec<(&str, char, Vec<&str>)> = number_heads(&signs.page.folded.text)
        .into_iter()
        .filter_map(|head| {
            let first = head.chars().next()?;
            let mut named = gazetteer.named(&head[..first.len_utf8()]);
            named.retain(|named| named.kind == NameKind::Abbreviation);
            let codes = named.into_iter().map(|named| gazetteer.code(named));
            Some((head, first, codes.collect()))
        })
        .collect();
    for candidate in weights.in_view() {
        let initial = gazetteer.short_name(candidate).chars().next();
        let code = gazetteer.code(candidate);
        let told: Vec<&str> = heads
            .iter()
            .filter(|(_, first, codes)| initial == Some(*first) || codes.contains(&code))
            .map(|(head, ..)| *head)
            .take(3)
            .collect();
        if !told.is_empty() {
            let points = 3 * told.len() as u32;
            weights.add(
                gazetteer,
                candidate,
                points,
                format!("document numbers ({})", told.join(", ")),
            );
        }
    }
}

/// The places above one in view, named in the text.
fn by_superiors<'a>(signs: &Signs<'a>, weights: &mut Weights<'a>) {
    let gazetteer = signs.gazetteer;
    let text = &signs.page.folded.text;
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for candidate in weights.in_view() {
        for above in gazetteer.names_above(candidate, signs.year) {
            let count = *counts
                .entry(above)
                .or_insert_with(|| places(text, above).take(3).count() as u32);
            if count > 0 {
                weights.add(
                    gazetteer,
                    candidate,
                    2 * count,
                    format!("places above ({above})"),
                );
            }
        }
    }
}

fn conclude(signs: &Signs, weights: &Weights, masked: bool, town: Option<&str>) -> Found {
    let gazetteer = signs.gazetteer;
    let mut ranked: Vec<(u32, Candidate)> = weights.scores.values().copied().collect();
    ranked
        .sort_by_key(|(score, candidate)| (std::cmp::Reverse(*score), gazetteer.code(*candidate)));
    let mut found = Found::default();
    let Some(&(best, candidate)) = ranked.first() else {
        return found;
    };
    let second = ranked.get(1).map_or(0, |(score, _)| *score);
    let needed = if masked { 18 } else { 12 };
    // A county-level city may be hidden behind its prefecture's name: towns of one county speak against it.
    let hides = gazetteer.level(candidate) == RegionLevel::Prefecture
        && best < 60
        && ranked.iter().skip(1).any(|(score, other)| {
            *score >= 12 && gazetteer.lies_in(*other, gazetteer.code(candidate))
        });
    if best < needed || best < 2 * second || hides {
        found.candidates = ranked
            .iter()
            .filter(|(score, _)| *score >= 6 && score * 3 >= best)
            .take(6)
            .map(|(_, candidate)| gazetteer.region_of(*candidate, signs.year))
            .collect();
        return found;
    }
    let reasons = &weights.reasons[gazetteer.code(candidate)];
    let by_index = reasons.iter().any(|reason| reason.starts_with("index"));
    let kinds: BTreeSet<&str> = reasons
        .iter()
        .filter_map(|reason| reason.split(' ').next())
        .collect();
    let confidence = match best {
        100.. if kinds.len() > 1 => Confidence::HIGH,
        30.. if kinds.len() > 1 => Confidence::MEDIUM,
        _ => Confidence::LOW,
    };
    let method = if by_index {
        Method::IndexNumber
    } else {
        Method::PlaceNames
    };
    let told: Vec<&str> = reasons.iter().map(String::as_str).collect();
    let mut region = gazetteer.region_of(candidate, signs.year);
    if let Some(town) = town {
        region = gazetteer.town(town, &region);
    }
    found.region = Some(Fact::new(
        region,
        method,
        Evidence::Told(told.join("; ")),
        confidence,
    ));
    found
}
