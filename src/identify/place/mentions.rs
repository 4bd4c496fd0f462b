//! What a place that stands somewhere in the text is to the report: a model, one above it, its own document's.

use super::Signs;
use crate::identify::body;

/// Whether the place at `at` is cited as a model, neighbour or partner.
pub(super) fn cited(text: &str, at: usize) -> bool {
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
pub(super) fn superior(text: &str, at: usize, end: usize) -> bool {
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
pub(super) fn own_document(signs: &Signs, at: usize, end: usize) -> bool {
    const MADE: [&str; 8] = [
        "制定", "印发", "出台", "起草", "编制", "修订", "制发", "下发",
    ];
    /// The most characters between the title's mark and the place.
    const ABOVE: usize = 9;
    let text = signs.page.folded.text.as_str();
    let mut before = text[..at].char_indices().rev().take(ABOVE + 1);
    let Some((open, _)) = before.find(|(_, c)| *c == '《') else {
        return false;
    };
    let above = &text[open + '《'.len_utf8()..at];
    let places = above.is_empty() || above.ends_with(['省', '市', '州', '区', '盟']);
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
