//! Who put the page up: an official portal, or a re-publisher of templates (文范网 and the like).

use super::page::{Key, Page};
use super::{SourceClass, numbers, places};
use crate::decode::SAVED_FROM;
use crate::evidence::{Confidence, Evidence, Fact, Method};

/// Marks of sites that trade in model texts, with their weights; folded.
const REPUBLISHER: [(&str, u32); 38] = [
    ("会员分享", 4),
    ("珍藏版", 2),
    ("秘书之家", 4),
    ("网友投稿", 4),
    ("全网资源", 2),
    ("仅展示", 2),
    ("省略", 2),
    ("范本", 2),
    ("文范", 4),
    ("范文", 4),
    ("文秘", 4),
    ("公文网", 4),
    ("wenfan", 4),
    ("fanwen", 4),
    ("wenmi", 4),
    ("gongwen", 3),
    ("文章版权", 3),
    ("版权归作者", 3),
    ("版权属于文章作者", 4),
    ("转载请注明", 2),
    ("原创作者", 2),
    ("工作总结精选", 3),
    ("工作总结>", 1),
    ("工作总结 >", 1),
    ("推荐阅读", 1),
    ("相关文章", 1),
    ("下载本文", 2),
    ("下载word", 3),
    ("vip", 1),
    ("点击下载", 1),
    ("道客巴巴", 4),
    ("百度文库", 4),
    ("豆丁", 4),
    ("第一文库", 4),
    ("整理的", 1),
    ("小编", 3),
    ("供大家参考", 3),
    ("欢迎阅读", 3),
];

/// Marks of official portals, with their weights.
const OFFICIAL: [(&str, u32); 12] = [
    ("gov.cn", 4),
    ("主办单位", 2),
    ("主办:", 2),
    ("承办单位", 2),
    ("网站标识码", 4),
    ("公网安备", 1),
    ("政府信息公开", 2),
    ("政务公开", 2),
    ("人民政府门户网站", 4),
    ("政务服务", 1),
    ("扫一扫在手机打开当前页", 2),
    ("政府网站", 2),
];

/// The class and, for a re-publisher, the marks that gave it away.
pub(super) fn class(page: &Page) -> Option<Fact<SourceClass>> {
    let mut republisher = 0;
    let mut official = 0;
    let mut marks: Vec<&str> = Vec::new();
    let mut judge = |text: &str| {
        for (mark, weight) in REPUBLISHER {
            if text.contains(mark) && !marks.contains(&mark) {
                republisher += weight;
                marks.push(mark);
            }
        }
        official += OFFICIAL
            .iter()
            .filter(|(mark, _)| text.contains(mark))
            .map(|(_, weight)| weight)
            .sum::<u32>();
    };
    for around in &page.around {
        judge(&around.folded.text);
    }
    // Where cleaning left page lines in the text, they stand at its ends.
    let ends = (0..page.head).chain(page.foot..page.len());
    for index in ends {
        judge(page.line(index));
    }
    let masks = masked_names(&page.folded.text);
    let told = |class, reason: String, confidence| {
        Some(Fact::new(
            class,
            Method::Body,
            Evidence::Told(reason),
            confidence,
        ))
    };
    let has = |key| page.pair(key).is_some();
    if has(Key::IndexNumber) || has(Key::Publisher) {
        official += 4;
    }
    if numbers::index_number(page).is_none() && republisher >= 4 || republisher >= 2 && masks >= 2 {
        let reason = format!("marks of a re-publisher: {}", marks.join(", "));
        return told(SourceClass::Republisher, reason, Confidence::HIGH);
    }
    if masks >= 3 {
        let reason = format!("names of places are masked {masks} times, as in model texts");
        return told(SourceClass::Republisher, reason, Confidence::MEDIUM);
    }
    (official >= 2).then_some(())?;
    told(
        SourceClass::Official,
        "marks of an official portal".into(),
        Confidence::MEDIUM,
    )
}

/// The address that a browser noted when it saved the page.
pub(super) fn url(page: &Page) -> Option<Fact<String>> {
    page.document.text.page().find_map(|(index, furniture)| {
        let address = furniture.text.strip_prefix(SAVED_FROM)?;
        let evidence = Evidence::Furniture(index as u32);
        let fact = |address| Fact::new(address, Method::MetadataLine, evidence, Confidence::HIGH);
        web_address(address.trim()).map(fact)
    })
}

/// An address that a reader may safely follow: of the web, none of a disk or of a script.
pub(crate) fn web_address(address: &str) -> Option<String> {
    let scheme = address.split_once("://")?.0.to_ascii_lowercase();
    let fit = (scheme == "http" || scheme == "https")
        && !address
            .contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"'`\\".contains(c));
    fit.then(|| address.to_owned())
}

/// How often a place's name is masked: `**市`, `××县`, `XX区`.
pub(super) fn masked_names(folded: &str) -> usize {
    ["**", "××", "xx", "某某"]
        .iter()
        .map(|mask| {
            places(folded, mask)
                .filter(|at| {
                    let rest = &folded[at + mask.len()..];
                    rest.trim_start_matches(['*', '×', 'x', '某'])
                        .starts_with(['市', '县', '区', '省', '州', '镇', '乡', '局', '街'])
                })
                .count()
        })
        .sum()
}
