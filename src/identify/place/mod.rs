//! Which place a report is about. Names in the issuer's name, title or opening lead; an index number's division
//! code, the page, the path, towns and places named in the text tell places of one name apart, or find one that is
//! not named at all. A place merely cited (对标东阳市, 借鉴聊城等地经验) never wins: where signs do not suffice, there is no place
//! but candidates.

mod mentions;
mod names;
mod unnamed;

use super::issuer::{Claim, SelfReference};
use super::page::Page;
use super::places;
use crate::evidence::{Confidence, Fact};
use crate::gazetteer::{Candidate, Gazetteer, NameKind, Region, RegionLevel};
use mentions::cited;
use names::{Named, parse};
use search_index::fold::fold_chars;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use unnamed::weigh;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) region: Option<Fact<Region>>,
    /// Places it could be.
    pub(super) candidates: Vec<Region>,
    /// What a keeper should know.
    pub(super) doubts: Vec<Doubt>,
}

/// Why a place found may not be the right one.
pub(super) enum Doubt {
    /// The named place had ended by the report's year.
    Ended { name: String, now: Option<String> },
    /// The index number's code is of a place elsewhere.
    IndexElsewhere { place: String },
    /// A development zone that the gazetteer lacks.
    UnknownZone { name: String },
}

/// What the place is worked out from.
pub(super) struct Signs<'a> {
    pub(super) page: &'a Page<'a>,
    pub(super) gazetteer: &'a Gazetteer,
    pub(super) claims: &'a [Claim],
    pub(super) issuer: Option<&'a Claim>,
    /// The division code in the index number.
    pub(super) index_code: Option<String>,
    pub(super) path: &'a str,
    pub(super) year: Option<i32>,
    pub(super) speaks: SelfReference,
    pub(super) republished: bool,
}

const FULL: [NameKind; 2] = [NameKind::Full, NameKind::Form];
const ALL: [NameKind; 3] = [NameKind::Full, NameKind::Form, NameKind::Short];

/// Short names that are ordinary words.
const WORDS: [&str; 92] = [
    "公安", "平安", "和平", "新华", "建设", "前进", "前锋", "向阳", "东风", "民主", "民权", "民乐",
    "民和", "振兴", "友好", "友谊", "互助", "共和", "兴业", "兴国", "动力", "南部", "中原", "中方",
    "正定", "永和", "法库", "新城", "新建", "新星", "新兴", "新和", "老城", "城中", "城东", "城北",
    "城西", "城关", "城口", "城区", "市中", "市北", "市南", "合作", "同心", "宏伟", "光明", "红旗",
    "红星", "太平", "大方", "大化", "清新", "平原", "安定", "安居", "相城", "下关", "上街", "站前",
    "路北", "路南", "桥东", "桥西", "通道", "比如", "会同", "威信", "富民", "富裕", "惠民", "惠农",
    "裕民", "万全", "政和", "平和", "和顺", "康乐", "方正", "平房", "称多", "解放", "资源", "集中",
    "乐业", "武功", "独山", "界首", "灯塔", "道里", "治多", "市郊",
];

/// The place of the report.
pub(super) fn place(signs: &Signs) -> Found {
    let mut named: Vec<Named> = signs
        .issuer
        .into_iter()
        .chain(signs.claims)
        .filter_map(|claim| parse(claim, signs.gazetteer))
        .collect();
    // 县司法局 signs and the title says 武义县: the title's chain names the place.
    named.sort_by_key(|named| named.chain.is_empty());
    let Some(first) = named.first() else {
        return weigh(signs, None);
    };
    if first.chain.is_empty() {
        return weigh(signs, first.town.as_deref());
    }
    settle(signs, first)
}

/// The place that a chain of names leads to.
fn settle(signs: &Signs, named: &Named) -> Found {
    let gazetteer = signs.gazetteer;
    let mut found = Found::default();
    let (last, above) = named.chain.split_last().expect("a chain has a name");
    let mut candidates: Vec<Candidate> = last.clone();
    let within = |candidate: &Candidate| {
        above.iter().all(|names| {
            names
                .iter()
                .any(|name| gazetteer.lies_in(*candidate, gazetteer.code(*name)))
        })
    };
    if candidates.iter().any(within) {
        candidates.retain(within);
    }
    let mut candidates = in_force(signs, &candidates, &mut found);
    if let Some(surest) = candidates.iter().map(|candidate| candidate.kind).min() {
        candidates.retain(|candidate| candidate.kind == surest);
    }
    unite_corps(gazetteer, &mut candidates, signs.year);
    let chosen = if candidates.len() == 1 {
        let confidence = if candidates[0].kind == NameKind::Short {
            Confidence::MEDIUM
        } else {
            Confidence::HIGH
        };
        Some((candidates[0], confidence))
    } else {
        discern(signs, &candidates).map(|candidate| (candidate, Confidence::MEDIUM))
    };
    let Some((candidate, confidence)) = chosen else {
        found.candidates = candidates
            .iter()
            .map(|candidate| gazetteer.region_of(*candidate, signs.year))
            .collect();
        return found;
    };
    let mut region = gazetteer.region_of(candidate, signs.year);
    let mut confidence = confidence;
    if let Some(doubt) = index_elsewhere(signs, candidate) {
        found.doubts.push(doubt);
        confidence = Confidence::LOW;
    }
    if let Some(zone) = named
        .zone
        .as_ref()
        .filter(|_| !gazetteer.is_zone(candidate))
    {
        found.doubts.push(Doubt::UnknownZone {
            name: format!("{}{zone}", region.name),
        });
        confidence = Confidence::LOW;
    } else if let Some(town) = &named.town
        && region.level >= RegionLevel::Prefecture
    {
        region = town_of(signs, &region, candidate, town);
    }
    found.region = Some(Fact::new(
        region,
        named.claim.method,
        named.claim.evidence.clone(),
        confidence,
    ));
    found
}

/// A town of a county; of a prefecture without counties (东莞, 中山) directly.
fn town_of(signs: &Signs, region: &Region, candidate: Candidate, town: &str) -> Region {
    let gazetteer = signs.gazetteer;
    if region.level == RegionLevel::Prefecture {
        let code = gazetteer.code(candidate);
        let counties: Vec<&str> = gazetteer
            .counties_of_town(town)
            .iter()
            .copied()
            .filter(|county| county.get(..4) == code.get(..4))
            .collect();
        if let [county] = counties[..]
            && let Some(county) = gazetteer.region(county, signs.year)
        {
            return gazetteer.town(town, &county);
        }
    }
    gazetteer.town(town, region)
}

/// Those that held in the report's year, or a year on (a report is written in the next); else the nearest in
/// time, led on to their successors.
fn in_force(signs: &Signs, candidates: &[Candidate], found: &mut Found) -> Vec<Candidate> {
    let gazetteer = signs.gazetteer;
    let Some(year) = signs.year else {
        return gazetteer.in_year(candidates, None);
    };
    let held: Vec<Candidate> = candidates
        .iter()
        .copied()
        .filter(|candidate| gazetteer.holds(*candidate, year))
        .collect();
    if !held.is_empty() {
        return gazetteer.in_year(&held, Some(year));
    }
    let soon: Vec<Candidate> = candidates
        .iter()
        .copied()
        .filter(|candidate| gazetteer.holds(*candidate, year + 1))
        .collect();
    if !soon.is_empty() {
        return gazetteer.in_year(&soon, Some(year + 1));
    }
    let nearest = gazetteer.in_year(candidates, Some(year));
    let mut led: Vec<Candidate> = nearest
        .iter()
        .map(|candidate| {
            gazetteer
                .successor_in(*candidate, year)
                .unwrap_or(*candidate)
        })
        .collect();
    led.dedup_by_key(|candidate| gazetteer.code(*candidate).to_owned());
    if let (Some(old), Some(new)) = (nearest.first(), led.first()) {
        found.doubts.push(Doubt::Ended {
            name: gazetteer.name(*old).to_owned(),
            now: (old != new).then(|| gazetteer.name(*new).to_owned()),
        });
    }
    led
}

/// A place that is both a division of the 兵团 and a city takes the city's official code.
fn unite_corps(gazetteer: &Gazetteer, candidates: &mut Vec<Candidate>, year: Option<i32>) {
    let is_city = |candidate: &Candidate| gazetteer.code(*candidate).starts_with("6590");
    if let Some(city) = candidates.iter().copied().find(is_city) {
        *candidates = vec![city];
    } else if let [division] = candidates[..]
        && gazetteer.code(division).starts_with("66")
        && let Some(city) = gazetteer.city_of_division(division, year)
    {
        *candidates = vec![city];
    }
}

/// Which of several places of one name is meant: the one that index number, page, path, towns and the places named
/// in the text speak for, if they speak clearly.
fn discern(signs: &Signs, candidates: &[Candidate]) -> Option<Candidate> {
    let gazetteer = signs.gazetteer;
    let towns = towns(signs, &gazetteer.towns(&signs.page.folded.text));
    let mut scores: Vec<(u32, Candidate)> = candidates
        .iter()
        .map(|candidate| (surroundings(signs, *candidate, &towns), *candidate))
        .collect();
    scores
        .sort_by_key(|(score, candidate)| (std::cmp::Reverse(*score), gazetteer.code(*candidate)));
    match scores[..] {
        [(best, candidate), (second, _), ..] if best >= 2 && best >= 2 * second => Some(candidate),
        [(_, candidate)] => Some(candidate),
        _ => None,
    }
}

/// How much around the report speaks for this place rather than another of its name: the places above it, its
/// code, its towns.
fn surroundings(signs: &Signs, candidate: Candidate, towns: &Towns) -> u32 {
    let gazetteer = signs.gazetteer;
    let region = gazetteer.region_of(candidate, signs.year);
    let mut score = 0;
    if let Some(code) = &signs.index_code {
        score += match () {
            () if *code == region.code => 200,
            () if code.get(..4) == region.code.get(..4) => 100,
            () if code.get(..2) == region.code.get(..2) => 20,
            () => 0,
        };
    }
    let path = fold_chars(signs.path).text;
    for (depth, above) in region.ancestors.iter().enumerate() {
        let weight = 1 + depth as u32;
        let short = short_of(gazetteer, &above.code);
        let count = |text: &str| {
            let full = text.matches(above.name.as_str()).count();
            let shorts = if short.is_empty() {
                0
            } else {
                text.matches(short.as_str()).count()
            };
            (full + shorts).min(6) as u32
        };
        score += count(&path) * 10 * weight;
        score += count(&signs.page.folded.text) * weight;
        for around in &signs.page.around {
            score += count(&around.folded.text) * 4 * weight;
        }
    }
    for (name, counties) in towns {
        if counties.contains(&region.code.as_str()) && counties.len() <= 6 && !name.is_empty() {
            score += 6 / counties.len() as u32;
        }
    }
    // 豫建城督〔2018〕10号: the first character of cited numbers tells the province.
    for head in number_heads(&signs.page.folded.text) {
        let first = head.chars().next().unwrap_or(' ').to_string();
        let abbreviates = gazetteer.named(&first).into_iter().any(|named| {
            named.kind == NameKind::Abbreviation
                && gazetteer.lies_in(candidate, gazetteer.code(named))
        });
        score += u32::from(abbreviates);
    }
    score
}

fn short_of(gazetteer: &Gazetteer, code: &str) -> String {
    gazetteer
        .candidate(code, None)
        .map(|candidate| gazetteer.short_name(candidate).to_owned())
        .filter(|short| short.chars().count() > 1 && !WORDS.contains(&short.as_str()))
        .unwrap_or_default()
}

/// Towns by name, with the counties that have one of it.
type Towns<'a> = BTreeMap<&'a str, &'static [&'static str]>;

/// The distinct towns among those named in the text.
fn towns<'a>(signs: &Signs<'a>, named: &[(Range<usize>, &'static [&'static str])]) -> Towns<'a> {
    let text = signs.page.folded.text.as_str();
    let own = named.iter().filter(|(range, _)| !cited(text, range.start));
    own.map(|(range, counties)| (&text[range.clone()], *counties))
        .collect()
}

/// The distinct heads of document numbers in a text: 汴城管, 建政函.
fn number_heads(text: &str) -> BTreeSet<&str> {
    ["〔20", "[20", "﹝20"]
        .iter()
        .flat_map(|open| places(text, open))
        .filter_map(|at| {
            let head = &text[..at];
            let start = head
                .char_indices()
                .rev()
                .take_while(|(_, c)| c.is_alphabetic())
                .take(8)
                .last()?
                .0;
            Some(&head[start..])
        })
        .filter(|head| head.chars().count() >= 2)
        .collect()
}

/// The index number's code, where it is of a place that neither is, holds, nor lies in the one found.
fn index_elsewhere(signs: &Signs, candidate: Candidate) -> Option<Doubt> {
    let gazetteer = signs.gazetteer;
    let code = signs.index_code.as_deref()?;
    let index = gazetteer.candidate(code, signs.year)?;
    let index = signs
        .year
        .and_then(|year| gazetteer.successor_in(index, year))
        .unwrap_or(index);
    let related = gazetteer.lies_in(candidate, gazetteer.code(index))
        || gazetteer.lies_in(index, gazetteer.code(candidate));
    (!related).then(|| Doubt::IndexElsewhere {
        place: gazetteer.region_of(index, signs.year).label(),
    })
}
