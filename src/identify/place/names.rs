//! The places that an issuer's name, a title or an opening names, from the top down: 浙江省 金华市 婺城区 白龙桥镇.

use super::{ALL, FULL, WORDS};
use crate::gazetteer::{Candidate, Gazetteer, NameKind};
use crate::identify::body;
use crate::identify::issuer::Claim;

/// A place named somewhere that counts, with the names above it.
pub(super) struct Named<'a> {
    pub(super) claim: &'a Claim,
    /// The names, from the top, each with its candidates.
    pub(super) chain: Vec<Vec<Candidate>>,
    /// A town after the county's name.
    pub(super) town: Option<String>,
    /// A zone after the place's name that the gazetteer lacks.
    pub(super) zone: Option<String>,
}

/// Reads the place names at the head of a claim.
pub(super) fn parse<'a>(claim: &'a Claim, gazetteer: &Gazetteer) -> Option<Named<'a>> {
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
pub(super) fn is_another_name(rest: &str) -> bool {
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

/// The place of a branch, within the places named: 徐州市公安局泉山分局, 金华市生态环境局武义分局, 玉林市北流生态环境局.
fn branch(rest: &str, chain: &[Vec<Candidate>], gazetteer: &Gazetteer) -> Option<Vec<Candidate>> {
    let above = chain.last()?;
    let name = branchs_own(rest).or_else(|| dispatched_to(rest, gazetteer))?;
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

/// What stands between a bureau and its branch's kind: (公安局)泉山(分局).
fn branchs_own(rest: &str) -> Option<&str> {
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
    Some(&head[start..])
}

/// The short name before the bureau of a line that prefectures keep in their counties: 北流(生态环境局).
fn dispatched_to<'n>(rest: &'n str, gazetteer: &Gazetteer) -> Option<&'n str> {
    let length = gazetteer.longest_name(rest, &[NameKind::Short])?;
    let (name, bureau) = rest.split_at(length);
    let kept = ["生态环境局", "环境保护局", "自然资源局"];
    kept.iter()
        .any(|kept| bureau.starts_with(kept))
        .then_some(name)
}

/// A town at the head of what follows the place: 白洋街道办事处, 桃溪镇人民政府, (西城区)人民政府广安门内街道办事处.
fn town(rest: &str) -> Option<String> {
    let rest = rest.strip_prefix("人民政府").unwrap_or(rest);
    let end = ["街道", "苏木", "镇", "乡"].iter().find_map(|generic| {
        // 旧镇镇: the last of them is the kind.
        rest.match_indices(generic).find_map(|(at, generic)| {
            let end = at + generic.len();
            let after = &rest[end..];
            let letters = rest[..end].chars().count();
            let issuer = after.is_empty()
                || ["人民政府", "政府", "办事处", "党工委", "综合", "司法所"]
                    .iter()
                    .any(|word| after.starts_with(word));
            ((2..=10).contains(&letters) && issuer && at > 0).then_some(end)
        })
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
