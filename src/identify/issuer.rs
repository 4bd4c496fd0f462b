//! Who issued the report: what signature, title, head, page and opening claim, and which claim stands.

use super::page::{Key, Page, Pair};
use super::title::{self, squeezed};
use super::{IssuerType, body, dates};
use crate::evidence::{Confidence, Evidence, Fact, Method};
use crate::gazetteer::{Gazetteer, NameKind};
use crate::structure::ParagraphKind;
use daachorse::CharwiseDoubleArrayAhoCorasick;
use search_index::fold::fold_chars;
use std::sync::LazyLock;

/// A place in the report where it, or its page, names a body or the place it speaks for.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    /// As written, without spaces.
    pub(super) name: String,
    /// Folded.
    pub(super) folded: String,
    pub(super) method: Method,
    pub(super) evidence: Evidence,
    /// A body; otherwise only a place (武义县2021年……报告).
    pub(super) is_body: bool,
    /// Who gave the page the text (来源), or whose page it is: mostly the issuer.
    pub(super) hearsay: bool,
}

impl Claim {
    fn new(name: &str, method: Method, evidence: Evidence, is_body: bool) -> Self {
        let name = squeezed(name);
        Self {
            folded: squeezed(&fold_chars(&name).text),
            name,
            method,
            evidence,
            is_body,
            hearsay: false,
        }
    }
}

/// How a report speaks of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SelfReference {
    /// 我局, 我委, 我办 …: a department.
    pub(super) department: usize,
    /// 我市, 我县 …: a government, or a department speaking of its place.
    pub(super) place: usize,
    /// The level's word: 省 市 州 盟 县 区 旗 镇 乡 街.
    pub(super) level: Option<char>,
}

/// Words for levels, from the top.
const LEVELS: [char; 10] = ['省', '州', '盟', '市', '县', '旗', '区', '镇', '乡', '街'];

/// How a department speaks of itself.
const DEPARTMENT: [&str; 12] = [
    "我局",
    "我委",
    "我办",
    "我厅",
    "本局",
    "我中心",
    "我队",
    "全局",
    "局党组",
    "我支队",
    "我大队",
    "我院",
];

/// Ways of naming one level.
const OF_LEVEL: usize = 4;

/// All these ways: a department's, then each level's.
static WAYS: LazyLock<Option<CharwiseDoubleArrayAhoCorasick<u32>>> = LazyLock::new(|| {
    let of_level = |level| {
        [
            format!("我{level}"),
            format!("本{level}"),
            format!("{level}委、{level}政府"),
            format!("全{level}"),
        ]
    };
    let words = DEPARTMENT.into_iter().map(str::to_owned);
    CharwiseDoubleArrayAhoCorasick::new(words.chain(LEVELS.into_iter().flat_map(of_level))).ok()
});

/// Counts the report's ways of speaking of itself.
pub(super) fn self_reference(page: &Page) -> SelfReference {
    let mut counts = vec![0; DEPARTMENT.len() + LEVELS.len() * OF_LEVEL];
    for hit in WAYS
        .iter()
        .flat_map(|ways| ways.find_overlapping_iter(&page.folded.text))
    {
        counts[hit.value() as usize] += 1;
    }
    let (departments, levels) = counts.split_at(DEPARTMENT.len());
    let department = departments.iter().sum();
    let mut place = 0;
    let weights: Vec<(usize, char)> = LEVELS
        .into_iter()
        .zip(levels.as_chunks::<OF_LEVEL>().0)
        .map(|(level, [ours, own, led, whole])| {
            place += ours + own / 3;
            // 在县委、县政府的领导下: the level of a department, one above that of a government.
            (ours * 3 + own + 2 * led + whole / 2, level)
        })
        .collect();
    let best = weights
        .iter()
        .max_by_key(|(own, _)| *own)
        .filter(|(own, _)| *own > 0);
    SelfReference {
        department,
        place,
        level: best.map(|(_, level)| *level),
    }
}

/// All claims, in the order of their weight: signature, title, head, the page's publisher, opening, source, the site's name.
pub(super) fn claims(
    page: &Page,
    gazetteer: &Gazetteer,
    title: Option<&Fact<String>>,
) -> Vec<Claim> {
    let mut claims = signatures(page);
    claims.extend(title.and_then(|title| in_title(title, gazetteer)));
    claims.extend(head_lines(page));
    for key in [Key::Publisher, Key::Source] {
        claims.extend(
            page.pairs
                .iter()
                .filter(|pair| pair.key == key)
                .filter_map(of_pair),
        );
        if key == Key::Publisher {
            claims.extend(in_opening(page, gazetteer));
        }
    }
    claims.extend(banner(page));
    claims
}

/// The site's name above everything, where it is a department's: whoever keeps a site publishes there what others
/// wrote, a department seldom.
fn banner(page: &Page) -> Option<Claim> {
    let (index, line) = page.document.text.page().next()?;
    let claim = Claim {
        hearsay: true,
        ..Claim::new(
            &line.text,
            Method::MetadataLine,
            Evidence::Furniture(index as u32),
            true,
        )
    };
    let department =
        body::is_body(&claim.folded) && body::kind(&claim.folded) == IssuerType::Department;
    (line.before == 0 && department).then_some(claim)
}

fn of_pair(pair: &Pair) -> Option<Claim> {
    let mut claim = Claim::new(
        publisher(&pair.value),
        Method::MetadataLine,
        pair.evidence.clone(),
        true,
    );
    claim.hearsay = pair.key == Key::Source;
    let media = ["报社", "日报", "晚报", "电视台", "融媒体", "本站", "网站"]
        .iter()
        .any(|word| claim.folded.contains(word));
    (body::is_body(&claim.folded) && !media).then_some(claim)
}

/// Whose a page is that this body put up: a government's own office puts up what the government reports.
fn publisher(name: &str) -> &str {
    let office = ["办公室", "办公厅"]
        .iter()
        .find_map(|office| name.strip_suffix(office));
    office
        .filter(|government| government.ends_with("政府"))
        .unwrap_or(name)
}

fn signatures(page: &Page) -> Vec<Claim> {
    let mut found = Vec::new();
    let letter = title::letter_date(page);
    // A table's row at the end may end with a body's name, too.
    let is_row = |index: usize| page.kind(index) == Some(ParagraphKind::Row);
    let marked = (0..page.len()).filter(|&index| {
        (index >= page.foot && !is_row(index))
            || page.kind(index) == Some(ParagraphKind::Signature)
            || letter.is_some_and(|date| index == date || index + 1 == date)
    });
    for index in marked {
        let line = page.line(index);
        let range = page.range(index);
        let mut start = 0;
        let mut end = line.len();
        for (date, _) in dates::dates(line) {
            // The name stands before the date or, seldom, after it.
            if line[..date.start].trim().is_empty() {
                start = date.end;
            } else {
                end = end.min(date.start);
            }
        }
        // 灵石县司法局 20240108: a date that lost its marks.
        let kept = line[..end].trim_end();
        let digits = kept.len() - kept.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        if (6..=8).contains(&digits) && dates::date_line(&kept[kept.len() - digits..]).is_some() {
            end = kept.len() - digits;
        }
        if start >= end {
            continue;
        }
        let words = squeezed(
            line[start..end].trim_matches(|c: char| c.is_whitespace() || ":,".contains(c)),
        );
        let words = words
            .trim_end_matches("(盖章)")
            .trim_end_matches("(印章)")
            .trim_end_matches("(公章)");
        let counts = words.contains(|c: char| c.is_ascii_digit());
        if body::is_body(words) && !counts && !words.starts_with(['附', '抄']) {
            let place = range.start + start..range.start + end;
            let name = page.original(place.clone());
            let name =
                squeezed(name.trim_matches(|c: char| c.is_whitespace() || ":：,，".contains(c)));
            let name: String = name.chars().take(words.chars().count()).collect();
            found.push(Claim::new(
                &name,
                Method::Signature,
                page.evidence(place),
                true,
            ));
        }
    }
    found
}

fn in_title(title: &Fact<String>, gazetteer: &Gazetteer) -> Option<Claim> {
    let written = squeezed(&title.value);
    let folded = fold_chars(&written);
    let text = folded.text.as_str();
    let mut at = 0;
    // 关于2019年度武义县…: what stands before the name.
    loop {
        let rest = &text[at..];
        if let Some(token) = dates::years(rest)
            .first()
            .filter(|token| token.range.start == 0)
        {
            at += token.range.end;
        } else if let Some(close) = rest.strip_prefix('【').and_then(|inner| inner.find('】')) {
            // 【工作总结】: the page's column.
            at += "【】".len() + close;
        } else if let Some(after) = ["关于", "上半年", "下半年", "印发"]
            .iter()
            .find_map(|word| rest.strip_prefix(word))
        {
            at = text.len() - after.len();
        } else {
            break;
        }
    }
    let claim = |length: usize, is_body| {
        let name = &written[folded.source_range(at..at + length)];
        Claim::new(name, title.method, title.evidence.clone(), is_body)
    };
    let rest = &text[at..];
    if let Some(length) = body::end_in_title(rest) {
        return Some(claim(length, true));
    }
    place_length(rest, gazetteer).map(|length| claim(length, false))
}

/// The length of the place names (not short ones) at the head of `text`, masked ones too.
fn place_length(text: &str, gazetteer: &Gazetteer) -> Option<usize> {
    let mut length = 0;
    while let Some(more) =
        gazetteer.longest_name(&text[length..], &[NameKind::Full, NameKind::Form])
    {
        length += more;
    }
    if length == 0 && body::is_masked(text) {
        let rest = body::unmasked(text);
        let level = rest.chars().next().filter(|c| LEVELS.contains(c))?;
        length = text.len() - rest.len() + level.len_utf8();
    }
    // A town after its county.
    let rest = &text[length..];
    let town = rest.char_indices().take(9).find_map(|(at, c)| {
        let end = at + c.len_utf8();
        ["街道", "镇", "乡"]
            .iter()
            .any(|generic| rest[..end].ends_with(generic))
            .then_some(end)
    });
    if let Some(end) = town.filter(|&end| !gazetteer.counties_of_town(&rest[..end]).is_empty()) {
        length += end;
    }
    (length > 0).then_some(length)
}

fn head_lines(page: &Page) -> Vec<Claim> {
    // ——甲市水利局, below the title
    let dash = |c: char| matches!(c, '-' | '—' | '–' | '―' | '─') || c.is_whitespace();
    (0..page.head)
        .filter(|&index| body::is_body(&squeezed(page.line(index).trim_start_matches(dash))))
        .map(|index| {
            let line = page.line(index);
            let lead = line.len() - line.trim_start_matches(dash).len();
            let range = page.range(index);
            let range = range.start + lead..range.end;
            Claim::new(
                page.original(range.clone()),
                Method::Title,
                page.evidence(range),
                true,
            )
        })
        .collect()
}

/// The subject of the opening sentences.
fn in_opening(page: &Page, gazetteer: &Gazetteer) -> Option<Claim> {
    let mut best: Option<Claim> = None;
    for index in (page.head..page.len().min(page.head + 3)).filter(|&index| index < page.foot) {
        let range = page.range(index);
        let text = page.line(index);
        let window = text
            .char_indices()
            .nth(260)
            .map_or(text.len(), |(at, _)| at);
        let starts = std::iter::once(0).chain(
            text[..window]
                .match_indices([',', '。', ':'])
                .map(|(at, mark)| at + mark.len()),
        );
        for start in starts.take(10) {
            let Some((at, length, is_body)) = subject(text, start, gazetteer) else {
                continue;
            };
            let place = range.start + at..range.start + at + length;
            let claim = Claim::new(
                page.original(place.clone()),
                Method::Opening,
                page.evidence(place),
                is_body,
            );
            if is_body {
                return Some(claim);
            }
            best.get_or_insert(claim);
        }
    }
    best
}

/// What opens a sentence without a subject: 召开局党组会, 成立领导小组办公室.
const VERBS: [&str; 19] = [
    "配合", "协助", "下设", "召开", "成立", "组织", "开展", "制定", "印发", "落实", "推动", "推进",
    "加强", "建立", "完善", "设立", "邀请", "举办", "参加",
];

/// What begins a clause, and no body's name: a party committee, an item.
const NO_BODY: [&str; 9] = [
    "县委", "市委", "区委", "省委", "州委", "旗委", "一是", "二是", "三是",
];

/// The subject of the clause at `start` of `text`: start, length, whether it is a body.
fn subject(text: &str, start: usize, gazetteer: &Gazetteer) -> Option<(usize, usize, bool)> {
    const NO_SUBJECT: [&str; 14] = [
        "我", "本", "全", "各", "县委", "市委", "区委", "省委", "州委", "旗委", "县局", "市局",
        "区局", "局",
    ];
    let mut at = start + (text[start..].len() - text[start..].trim_start().len());
    loop {
        let rest = &text[at..];
        if let Some(token) = dates::years(rest)
            .first()
            .filter(|token| token.range.start == 0)
        {
            at += token.range.end;
        } else if let Some(after) = [
            "以来",
            ",",
            "来",
            "今年",
            "一年来",
            "一年",
            "上半年",
            "现将",
            "现就",
            "截止目前",
            "截至目前",
            "目前",
            "是",
        ]
        .iter()
        .find_map(|word| rest.strip_prefix(word))
        {
            at = text.len() - after.len();
        } else {
            break;
        }
    }
    let rest = &text[at..];
    if let Some(length) = body::end_in_opening(rest)
        .or_else(|| body::end_in_title(rest).filter(|_| text[start..at].contains("现")))
    {
        let name = &rest[..length];
        let own = !NO_SUBJECT.contains(&name)
            && !name.contains([',', ';', ':'])
            && !NO_BODY.iter().any(|other| name.starts_with(other))
            && !VERBS.iter().any(|verb| name.starts_with(verb))
            && !name.starts_with([
                '我', '本', '全', '各', '在', '以', '为', '按', '对', '由', '向', '经',
            ]);
        let heads = name.chars().count() > 2;
        return (own && heads).then_some((at, length, true));
    }
    let length = place_length(rest, gazetteer)?;
    let after = &rest[length..];
    let verb = [
        "在",
        "以",
        "认真",
        "深入",
        "坚持",
        "坚决",
        "高度",
        "紧紧",
        "按照",
        "围绕",
        "全面",
        "切实",
        "积极",
        "严格",
        "始终",
        "紧扣",
        "聚焦",
        "不断",
        "扎实",
        "全力",
        "着力",
        "法治政府建设",
        "20",
    ]
    .iter()
    .any(|word| after.starts_with(word));
    verb.then_some((at, length, false))
}

/// The claim that stands as the issuer's name.
pub(super) fn choose<'c>(
    claims: &'c [Claim],
    speaks: SelfReference,
    gazetteer: &Gazetteer,
) -> Option<&'c Claim> {
    let named = |claim: &Claim| {
        gazetteer
            .longest_name(&claim.folded, &[NameKind::Full, NameKind::Form])
            .is_some()
    };
    let place = claims
        .iter()
        .find(|claim| !claim.is_body && claim.method == Method::Title);
    let fits = |claim: &&Claim| {
        let page = claim.method == Method::MetadataLine;
        let government = body::kind(&claim.folded) == IssuerType::Government;
        let department_speaks = speaks.department > speaks.place;
        // A government's portal publishes its departments' reports, a department its government's.
        let portal = government && department_speaks && speaks.department > 1;
        let office = !government && place.is_some() && !department_speaks;
        claim.is_body && !(page && (portal || office))
    };
    let first = claims.iter().find(fits)?;
    if named(first) {
        return Some(first);
    }
    // The same body with its place: 县司法局 signs, 武义县司法局 heads.
    let tail = body::unmasked(&first.folded).trim_start_matches(LEVELS);
    let fuller = claims
        .iter()
        .filter(fits)
        .find(|claim| named(claim) && claim.folded.ends_with(tail) && !tail.is_empty());
    Some(fuller.unwrap_or(first))
}

/// The issuer's name as a fact: the claim, or the government of the place that the title speaks for.
pub(super) fn fact(claims: &[Claim], chosen: Option<&Claim>) -> Option<Fact<String>> {
    if let Some(claim) = chosen {
        let confidence = match claim.method {
            Method::Signature | Method::Title => Confidence::HIGH,
            _ if claim.hearsay => Confidence::LOW,
            _ => Confidence::MEDIUM,
        };
        return Some(Fact::new(
            claim.name.clone(),
            claim.method,
            claim.evidence.clone(),
            confidence,
        ));
    }
    // Of a masked place (某区) only what is written can be said.
    let place = claims
        .iter()
        .find(|claim| !claim.is_body && !body::is_masked(&claim.folded))?;
    let zone = [
        "开发区",
        "新区",
        "示范区",
        "管理区",
        "园区",
        "高新区",
        "经开区",
    ]
    .iter()
    .any(|generic| place.folded.ends_with(generic));
    let ends = if zone {
        "管理委员会"
    } else if place.folded.ends_with("街道") {
        "办事处"
    } else {
        "人民政府"
    };
    let name = format!("{}{ends}", place.name);
    Some(Fact::new(
        name,
        place.method,
        place.evidence.clone(),
        Confidence::LOW,
    ))
}
