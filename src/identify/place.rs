//! Which place a report is about. Names in the issuer's name, title or opening lead; an index number's division
//! code, the page, the path, towns and places named in the text tell places of one name apart, or find one that is
//! not named at all. A place merely cited (对标东阳市, 借鉴聊城等地经验) never wins: where signs do not suffice, there is no place
//! but candidates.

use super::body;
use super::issuer::{Claim, SelfReference};
use super::page::Page;
use crate::evidence::{Confidence, Evidence, Fact, Method};
use crate::gazetteer::{Candidate, Gazetteer, NameKind, Region, RegionLevel};
use crate::structure::ParagraphKind;
use search_index::fold::fold_chars;
use std::collections::{BTreeMap, BTreeSet};

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

/// A place named somewhere that counts, with the names above it.
struct Named<'a> {
    claim: &'a Claim,
    /// The names, from the top, each with its candidates.
    chain: Vec<Vec<Candidate>>,
    /// A town after the county's name.
    town: Option<String>,
    /// A zone after the place's name that the gazetteer lacks.
    zone: Option<String>,
}

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

/// Reads the place names at the head of a claim.
fn parse<'a>(claim: &'a Claim, gazetteer: &Gazetteer) -> Option<Named<'a>> {
    let mut rest = claim.folded.as_str();
    for prefix in ["中国共产党", "中共", "国家税务总局", "国家统计局", "国家"] {
        rest = rest.strip_prefix(prefix).unwrap_or(rest);
    }
    let mut chain = Vec::new();
    while let Some(length) = gazetteer.longest_name(rest, &FULL) {
        let name = &rest[..length];
        chain.push(kinds(gazetteer.named(name), &FULL));
        rest = &rest[length..];
    }
    if chain.is_empty()
        && let Some(length) = gazetteer.longest_name(rest, &[NameKind::Short])
        && !WORDS.contains(&&rest[..length])
        && claim.is_body
        && !["街道", "镇", "乡", "苏木"]
            .iter()
            .any(|town| rest[length..].starts_with(town))
        && !is_another_name(&rest[length..])
    {
        chain.push(kinds(gazetteer.named(&rest[..length]), &[NameKind::Short]));
        rest = &rest[length..];
    }
    if let Some(branch) = branch(rest, &chain, gazetteer) {
        chain.push(branch);
    }
    let town = town(rest);
    let zone = zone(rest);
    (!chain.is_empty() || town.is_some()).then_some(Named {
        claim,
        chain,
        town,
        zone,
    })
}

/// Whether a place's short name goes on, with this `rest`, to another place's full name that the gazetteer lacks:
/// 云溪市 is not 云溪区.
fn is_another_name(rest: &str) -> bool {
    const OTHER_WORDS: [&str; 11] = [
        "市场", "市政", "市容", "市民", "市级", "县域", "县级", "区域", "区级", "州级", "旗级",
    ];
    rest.starts_with(['市', '县', '区', '州', '盟', '旗'])
        && !OTHER_WORDS.iter().any(|word| rest.starts_with(word))
}

fn kinds(mut candidates: Vec<Candidate>, wanted: &[NameKind]) -> Vec<Candidate> {
    candidates.retain(|candidate| wanted.contains(&candidate.kind));
    candidates
}

/// The place of a branch: 徐州市公安局泉山分局, 金华市生态环境局武义分局.
fn branch(rest: &str, chain: &[Vec<Candidate>], gazetteer: &Gazetteer) -> Option<Vec<Candidate>> {
    let above = chain.last()?;
    let end = ["区分局", "分局", "支队", "大队", "分公司"]
        .iter()
        .find_map(|word| {
            rest.ends_with(word).then(|| {
                let keep = if *word == "区分局" { "区".len() } else { 0 };
                rest.len() - word.len() + keep
            })
        })?;
    let head = &rest[..end];
    let start = ["局", "总队", "支队"]
        .iter()
        .filter_map(|word| head.rfind(word).map(|at| at + word.len()))
        .max()?;
    let name = &head[start..];
    let within: Vec<Candidate> = kinds(gazetteer.named(name), &ALL)
        .into_iter()
        .filter(|candidate| {
            above
                .iter()
                .any(|above| gazetteer.lies_in(*candidate, gazetteer.code(*above)))
        })
        .filter(|candidate| {
            above
                .iter()
                .all(|above| gazetteer.code(*candidate) != gazetteer.code(*above))
        })
        .collect();
    (!within.is_empty()).then_some(within)
}

/// A town at the head of what follows the place: 白洋街道办事处, 桃溪镇人民政府, (西城区)人民政府广安门内街道办事处.
fn town(rest: &str) -> Option<String> {
    let rest = rest.strip_prefix("人民政府").unwrap_or(rest);
    let end = ["街道", "苏木", "镇", "乡"].iter().find_map(|generic| {
        let at = rest.find(generic)?;
        let end = at + generic.len();
        let after = &rest[end..];
        let letters = rest[..end].chars().count();
        let issuer = after.is_empty()
            || ["人民政府", "政府", "办事处", "党工委", "综合", "司法所"]
                .iter()
                .any(|word| after.starts_with(word));
        ((2..=10).contains(&letters) && issuer && at > 0).then_some(end)
    })?;
    let name = &rest[..end];
    let plain = name.chars().all(char::is_alphabetic) && !body::is_masked(name);
    plain.then(|| name.to_owned())
}

/// A zone that has no row of its own: 鹤山县经济开发区管委会.
fn zone(rest: &str) -> Option<String> {
    let generic = [
        "开发区",
        "新区",
        "示范区",
        "管理区",
        "工业园区",
        "高新区",
        "经开区",
        "度假区",
        "保税区",
        "风景名胜区",
        "产业园区",
        "园区",
        "新城",
    ];
    let end = generic
        .iter()
        .filter_map(|generic| rest.find(generic).map(|at| at + generic.len()))
        .min()?;
    (rest[..end].chars().count() <= 16 && !rest[..end].contains('局'))
        .then(|| rest[..end].to_owned())
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
    let mut scores: Vec<(u32, Candidate)> = candidates
        .iter()
        .map(|candidate| (surroundings(signs, *candidate), *candidate))
        .collect();
    scores.sort_by_key(|(score, candidate)| {
        (
            std::cmp::Reverse(*score),
            gazetteer.code(*candidate).to_owned(),
        )
    });
    match scores[..] {
        [(best, candidate), (second, _), ..] if best >= 2 && best >= 2 * second => Some(candidate),
        [(_, candidate)] => Some(candidate),
        _ => None,
    }
}

/// How much around the report speaks for this place rather than another of its name: the places above it, its
/// code, its towns.
fn surroundings(signs: &Signs, candidate: Candidate) -> u32 {
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
        for (_, furniture) in signs.page.document.text.page() {
            score += count(&fold_chars(&furniture.text).text) * 4 * weight;
        }
    }
    for (name, counties) in towns(signs) {
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

/// The distinct towns named in the text.
fn towns(signs: &Signs) -> BTreeMap<String, &'static [&'static str]> {
    let text = &signs.page.folded.text;
    signs
        .gazetteer
        .towns(text)
        .into_iter()
        .filter(|(range, _)| !cited(text, range.start))
        .map(|(range, counties)| (text[range].to_owned(), counties))
        .collect()
}

/// The distinct heads of document numbers in a text: 汴城管, 建政函.
fn number_heads(text: &str) -> BTreeSet<&str> {
    text.match_indices(['〔', '[', '﹝'])
        .filter(|(at, open)| text[at + open.len()..].starts_with("20"))
        .filter_map(|(at, _)| {
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

/// Whether the place at `at` is cited as a model, neighbour or partner.
fn cited(text: &str, at: usize) -> bool {
    const CITING: [&str; 16] = [
        "对标",
        "借鉴",
        "学习",
        "赴",
        "前往",
        "参观",
        "考察",
        "比肩",
        "对照先进",
        "先进地区",
        "兄弟",
        "来自",
        "联合",
        "邻近",
        "周边",
        "与",
    ];
    let head = &text[..at];
    let start = head
        .char_indices()
        .rev()
        .take(6)
        .last()
        .map_or(at, |(start, _)| start);
    let before = head[start..].rsplit(['。', ';', '《']).next().unwrap_or("");
    CITING.iter().any(|word| before.contains(word))
}

/// Whether the place at `at` stands above the report's: 报金华市政府备案, 省、杭州市要求.
fn superior(text: &str, at: usize, end: usize) -> bool {
    let head = &text[..at];
    let start = head
        .char_indices()
        .rev()
        .take(4)
        .last()
        .map_or(at, |(start, _)| start);
    let before = &head[start..];
    let after: String = text[end..].chars().take(6).collect();
    before.ends_with("省、")
        || before.ends_with("省")
        || ["报", "报送", "按照", "根据", "上级"]
            .iter()
            .any(|word| before.ends_with(word))
            && !before.contains('《')
        || ["要求", "部署", "相关规定", "统一"]
            .iter()
            .any(|word| after.contains(word))
}

/// Whether the name at `at..end` stands at the head of the title of a document that the report's issuer made itself:
/// 制定印发《重庆市涪陵区……要点》, or whose title names the issuer. The places before it in the title are those above it.
fn own_document(signs: &Signs, at: usize, end: usize) -> bool {
    const MADE: [&str; 8] = [
        "制定", "印发", "出台", "起草", "编制", "修订", "制发", "下发",
    ];
    let text = signs.page.folded.text.as_str();
    let Some(open) = text[..at].rfind('《') else {
        return false;
    };
    let above = &text[open + '《'.len_utf8()..at];
    let places = above.is_empty()
        || above.chars().count() <= 9 && above.ends_with(['省', '市', '州', '区', '盟']);
    let before = text[..open].trim_end_matches(['了', '并']);
    let before = before.trim_end_matches("落实");
    let made = MADE.iter().any(|made| before.ends_with(made));
    let named = signs.issuer.is_some_and(|claim| {
        let office = body::unmasked(&claim.folded)
            .trim_start_matches(['省', '市', '县', '区', '州', '旗', '盟']);
        office.chars().count() >= 3 && text[end..].starts_with(office)
    });
    places && (made || named)
}

/// Points for places that a report without a named place may be about.
#[derive(Default)]
struct Weights {
    scores: BTreeMap<String, (u32, Candidate)>,
    reasons: BTreeMap<String, BTreeSet<String>>,
}

impl Weights {
    fn add(
        &mut self,
        gazetteer: &Gazetteer,
        candidate: Candidate,
        points: u32,
        reason: impl Into<String>,
    ) {
        let code = gazetteer.code(candidate).to_owned();
        self.scores.entry(code.clone()).or_insert((0, candidate)).0 += points;
        self.reasons.entry(code).or_default().insert(reason.into());
    }
}

/// A report that names no place for itself: signs are weighed.
fn weigh(signs: &Signs, town: Option<&str>) -> Found {
    let level = signs
        .issuer
        .and_then(|claim| body::bare_level(&claim.folded))
        .or(signs.speaks.level);
    let masked = super::source::masked_names(&signs.page.folded.text) >= 2
        || signs
            .issuer
            .is_some_and(|claim| body::is_masked(&claim.folded));
    let mut weights = Weights::default();
    by_index(signs, level, &mut weights);
    by_path(signs, level, &mut weights);
    if !signs.republished {
        by_page(signs, level, &mut weights);
    }
    if !masked {
        by_names(signs, level, &mut weights);
    }
    by_towns(signs, level, town, &mut weights);
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

fn by_index(signs: &Signs, level: Option<char>, weights: &mut Weights) {
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

fn by_path(signs: &Signs, level: Option<char>, weights: &mut Weights) {
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

fn by_page(signs: &Signs, level: Option<char>, weights: &mut Weights) {
    let mut seen = BTreeSet::new();
    for (_, furniture) in signs.page.document.text.page() {
        let text = fold_chars(&furniture.text).text;
        for mention in signs.gazetteer.scan(&text, &FULL) {
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

fn by_names(signs: &Signs, level: Option<char>, weights: &mut Weights) {
    let text = &signs.page.folded.text;
    let mut capped: BTreeMap<String, u32> = BTreeMap::new();
    let towns = signs.gazetteer.towns(text);
    let in_town = |at: usize| {
        let next = towns.partition_point(|(town, _)| town.start <= at);
        next.checked_sub(1)
            .is_some_and(|last| at < towns[last].0.end)
    };
    for mention in signs.gazetteer.scan(text, &ALL) {
        let (start, end) = (mention.range.start, mention.range.end);
        let name = &text[mention.range.clone()];
        let short = mention.kind == NameKind::Short;
        if cited(text, start)
            || superior(text, start, end)
            || (short && (WORDS.contains(&name) || in_town(start) || is_another_name(&text[end..])))
        {
            continue;
        }
        let points = match (short, text[..start].ends_with('《')) {
            _ if !short && own_document(signs, start, end) => 12,
            _ if !short && leads(signs, start, level) => 12,
            (true, _) => 2,
            (false, true) => 5,
            (false, false) => 3,
        };
        let sum = capped.entry(name.to_owned()).or_default();
        if *sum >= 45 {
            continue;
        }
        *sum += points;
        let candidates: Vec<Candidate> = signs
            .gazetteer
            .in_year(&mention.candidates, signs.year)
            .into_iter()
            .filter(|candidate| fits(signs, *candidate, level))
            .collect();
        for candidate in &candidates {
            let share = points / candidates.len() as u32;
            weights.add(
                signs.gazetteer,
                *candidate,
                share,
                format!("names ({name})"),
            );
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

fn by_towns(signs: &Signs, level: Option<char>, own: Option<&str>, weights: &mut Weights) {
    let gazetteer = signs.gazetteer;
    let mut named: Vec<(String, u32, &[&str])> = towns(signs)
        .into_iter()
        .map(|(town, counties)| (town, 7, counties))
        .collect();
    if let Some(own) = own {
        named.push((own.to_owned(), 20, gazetteer.counties_of_town(own)));
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
fn by_numbers(signs: &Signs, weights: &mut Weights) {
    let gazetteer = signs.gazetteer;
    let heads = number_heads(&signs.page.folded.text);
    let known: Vec<Candidate> = weights
        .scores
        .values()
        .map(|(_, candidate)| *candidate)
        .collect();
    for candidate in known {
        let short = gazetteer.short_name(candidate);
        let initial = short.chars().next();
        let mut told: Vec<&str> = heads
            .iter()
            .copied()
            .filter(|head| {
                let first = head.chars().next();
                first.is_some_and(|first| {
                    initial == Some(first)
                        || gazetteer.named(&first.to_string()).iter().any(|named| {
                            named.kind == NameKind::Abbreviation
                                && gazetteer.code(*named) == gazetteer.code(candidate)
                        })
                })
            })
            .collect();
        told.truncate(3);
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
fn by_superiors(signs: &Signs, weights: &mut Weights) {
    let gazetteer = signs.gazetteer;
    let text = &signs.page.folded.text;
    let known: Vec<Candidate> = weights
        .scores
        .values()
        .map(|(_, candidate)| *candidate)
        .collect();
    for candidate in known {
        let region = gazetteer.region_of(candidate, signs.year);
        for above in &region.ancestors {
            let count = text.matches(above.name.as_str()).count().min(3) as u32;
            if count > 0 {
                weights.add(
                    gazetteer,
                    candidate,
                    2 * count,
                    format!("places above ({})", above.name),
                );
            }
        }
    }
}

fn conclude(signs: &Signs, weights: &Weights, masked: bool, town: Option<&str>) -> Found {
    let gazetteer = signs.gazetteer;
    let mut ranked: Vec<(u32, Candidate)> = weights.scores.values().copied().collect();
    ranked.sort_by_key(|(score, candidate)| {
        (
            std::cmp::Reverse(*score),
            gazetteer.code(*candidate).to_owned(),
        )
    });
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
