//! Any text at all: reading it never panics, and what it gives back holds together.

use fangzhi::clean::clean;
use fangzhi::decode::Format;
use fangzhi::decode::decode;
use fangzhi::gazetteer::Gazetteer;
use fangzhi::identify::identify;
use fangzhi::structure::structure;
use proptest::prelude::*;

/// Pieces that reports are made of, and that rules look for.
const PIECES: [&str; 40] = [
    "一、",
    "（二）",
    "3.",
    "4",
    "①",
    "第五部分",
    "一是",
    "下一步，",
    "存在问题",
    "鼓楼区",
    "**市",
    "开封市",
    "第八师石河子市",
    "县司法局",
    "人民政府",
    "2023年",
    "二○二三年",
    "20231227",
    "2O22年l月",
    "〔2018〕152号",
    "法治政府建设",
    "年度报告",
    "工作要点",
    "索引号:",
    "11330523002558742X",
    "发布日期：",
    "首页 > ",
    "友情链接",
    "— 1 —",
    "。",
    "，",
    "\n",
    "\n\n",
    "　　",
    "\u{a0}",
    "\u{200b}",
    "⼀",
    "12.5万元",
    "百分之三",
    "𠮷",
];

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => proptest::sample::select(&PIECES[..]).prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
        1 => "[\\p{Han}]{1,8}",
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_is_read_without_panic_or_loss(text in texts()) {
        let Ok(decoded) = decode(text.as_bytes(), Format::Text, "any.txt") else {
            return Ok(());
        };
        let document = structure(clean(&decoded.output.decoded));
        let words = &document.text.text;
        let lines: Vec<&str> = document.paragraphs.iter().map(|p| p.span.of(words)).collect();
        prop_assert_eq!(lines.join("\n"), words.as_str());
        for pair in document.parts.windows(2) {
            prop_assert!(pair[0].span.end <= pair[1].span.start, "parts overlap");
        }
        for section in &document.sections {
            prop_assert!(section.span.contains(section.title) || section.title.is_empty());
        }
        let identity = identify(&document, Gazetteer::china(), "any.txt").output;
        if let Some(region) = &identity.region {
            prop_assert!(!region.value.code.is_empty());
        }
    }

    #[test]
    fn bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for format in [Format::Text, Format::Markdown] {
            if let Ok(decoded) = decode(&bytes, format, "any") {
                let document = structure(clean(&decoded.output.decoded));
                identify(&document, Gazetteer::china(), "any");
            }
        }
    }
}
