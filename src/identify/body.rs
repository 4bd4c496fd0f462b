//! The grammar of issuing bodies' names (武义县综合行政执法局, 第八师石河子市司法局, **市人民政府): where one ends,
//! what kind of body it is, which line (条线) it belongs to. All texts here are folded.

use super::IssuerType;

/// What bodies' names end in, longest first among those that share an end.
const ENDS: [&str; 49] = [
    "县政府",
    "市政府",
    "区政府",
    "州政府",
    "旗政府",
    "镇政府",
    "乡政府",
    "人民政府办公厅",
    "人民政府办公室",
    "人民政府",
    "管理委员会",
    "管委会",
    "街道办事处",
    "办事处",
    "行政公署",
    "行署",
    "政府办公室",
    "政府办",
    "领导小组办公室",
    "委员会办公室",
    "委员会",
    "管理局",
    "分局",
    "公安局",
    "总局",
    "总队",
    "支队",
    "大队",
    "中队",
    "服务中心",
    "中心",
    "办公室",
    "人民法院",
    "人民检察院",
    "执法局",
    "开发区",
    "林管局",
    "街道",
    "局",
    "厅",
    "委",
    "办",
    "署",
    "处",
    "所",
    "院",
    "队",
    "站",
    "公司",
];

/// What may follow a body's name in a title.
const AFTER_IN_TITLE: [&str; 32] = [
    "关于",
    "年",
    "法治",
    "依法",
    "推进",
    "贯彻",
    "落实",
    "开展",
    "履行",
    "行政执法工作",
    "行政执法情况",
    "工作",
    "全面",
    "上半年",
    "半年",
    "下半年",
    "第",
    "一季度",
    "二季度",
    "三季度",
    "四季度",
    "前三季度",
    "普法",
    "法制",
    "的",
    "加强",
    "建设",
    "党政",
    "主要负责人",
    "深化",
    "截至",
    "今年",
];

/// What may follow it as the subject of an opening sentence.
const AFTER_IN_OPENING: [&str; 64] = [
    "坚决",
    "在",
    "以",
    "认真",
    "深入",
    "坚持",
    "高度",
    "紧紧",
    "按照",
    "根据",
    "围绕",
    "全面",
    "切实",
    "积极",
    "严格",
    "始终",
    "贯彻",
    ",",
    "紧扣",
    "聚焦",
    "不断",
    "扎实",
    "继续",
    "牢牢",
    "把",
    "将",
    "学习",
    "全力",
    "着力",
    "大力",
    "强化",
    "推进",
    "落实",
    "对",
    "依法",
    "立足",
    "结合",
    "自觉",
    "持续",
    "深化",
    "进一步",
    "党组",
    "党委",
    "党工委",
    "法治",
    "加强",
    "加快",
    "充分",
    "主动",
    "严守",
    "努力",
    "锚定",
    "牢固",
    "秉持",
    "秉承",
    "统筹",
    "狠抓",
    "突出",
    "上下",
    "主要",
    "共",
    "领导班子",
    "深刻",
    "于",
];

/// Where the body's name at the head of `text` ends, in a title.
pub(super) fn end_in_title(text: &str) -> Option<usize> {
    end_where(text, |rest| {
        rest.is_empty()
            || rest.starts_with(|c: char| c.is_ascii_digit() || "二两(【".contains(c))
            || AFTER_IN_TITLE.iter().any(|word| rest.starts_with(word))
    })
}

/// Where the body's name at the head of `text` ends, as a sentence's subject.
pub(super) fn end_in_opening(text: &str) -> Option<usize> {
    end_where(text, |rest| {
        AFTER_IN_OPENING.iter().any(|word| rest.starts_with(word))
    })
}

/// Whether all of `text` is a body's name.
pub(super) fn is_body(text: &str) -> bool {
    let text = text.trim();
    end_where(text, str::is_empty) == Some(text.len())
}

fn end_where(text: &str, follows: impl Fn(&str) -> bool) -> Option<usize> {
    for (letters, (at, c)) in text.char_indices().enumerate() {
        if letters > 40 || "。;:!?《》“”\"、".contains(c) {
            return None;
        }
        let end = at + c.len_utf8();
        let name = &text[..end];
        // 决策部署 is no 署.
        if letters < 2
            || name.ends_with("部署")
            || !ENDS
                .iter()
                .any(|suffix| name.ends_with(suffix) && name != *suffix)
        {
            continue;
        }
        let rest = &text[end..];
        // 开封市城市管理局(开封市城市综合执法局)
        if let Some(close) = second_name(rest) {
            if follows(rest[close..].trim_start()) {
                return Some(end + close);
            }
        } else if follows(rest.trim_start()) && !continues(rest) {
            return Some(end);
        }
    }
    None
}

/// The length of a second name in parentheses at the head of `rest`.
fn second_name(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('(')?;
    let close = inner.find(')')?;
    let name = &inner[..close];
    let organ = ENDS.iter().any(|suffix| name.ends_with(suffix));
    organ.then_some(close + 2)
}

/// Whether what looks like a body's end goes on to a longer name: 人民政府法制办公室, 县委全面依法治县委员会办公室.
fn continues(rest: &str) -> bool {
    const LONGER: [&str; 8] = [
        "法制办",
        "法制局",
        "行政执法局",
        "行政审批局",
        "行政服务中心",
        "行政执法监督局",
        "综合行政执法局",
        "综合执法局",
    ];
    if LONGER.iter().any(|word| rest.starts_with(word)) {
        return true;
    }
    let office = ["办公室", "委员会"]
        .iter()
        .filter_map(|word| rest.find(word))
        .min();
    office.is_some_and(|at| {
        let between = &rest[..at];
        // 某局在区委全面依法治区委员会指导下: the committee is another.
        at <= 60
            && !rest.starts_with("在")
            && !["年", "情况", "报告", "关于", "总结"]
                .iter()
                .any(|word| between.contains(word))
    })
}

/// The kind of body that this name is.
pub(super) fn kind(name: &str) -> IssuerType {
    let first = name.split('(').next().unwrap_or(name);
    let any = |ends: &[&str]| ends.iter().any(|end| first.ends_with(end));
    if any(&[
        "政府",
        // Its office signs for it.
        "政府办公室",
        "政府办公厅",
        "管委会",
        "管理委员会",
        "街道办事处",
        "行政公署",
        "行署",
        "街道",
        "区办事处",
        "开发区",
    ]) {
        // 国有资产监督管理委员会, 城市管理委员会 and the like are departments; a zone's line is in its name only (旅游度假区).
        const ZONES: [char; 9] = ['区', '园', '城', '港', '山', '湖', '岛', '镇', '地'];
        let department = ["资产", "监督", "健康", "发展和改革", "民族"]
            .iter()
            .any(|word| first.contains(word));
        let stem = first.strip_suffix("管理委员会");
        return if stem
            .is_some_and(|words| department || !words.ends_with(ZONES) && line(first).is_some())
        {
            IssuerType::Department
        } else {
            IssuerType::Government
        };
    }
    if any(&[
        "法院",
        "检察院",
        "公司",
        "大学",
        "学院",
        "医院",
        "学校",
        "银行",
        "集团",
        "协会",
    ]) {
        return IssuerType::Other;
    }
    IssuerType::Department
}

/// Lines (条线) of departments: what their names hold, the most special first.
const LINES: [(&str, &str); 90] = [
    ("公安", "公安"),
    ("交警", "公安"),
    ("交通警察", "公安"),
    ("森林公安", "公安"),
    ("市场监督", "市场监管"),
    ("市场监管", "市场监管"),
    ("工商行政", "市场监管"),
    ("质量技术监督", "市场监管"),
    ("食品药品", "市场监管"),
    ("药品监督", "药品监管"),
    ("知识产权", "知识产权"),
    ("城市管理", "城市管理"),
    ("城管", "城市管理"),
    ("市容", "城市管理"),
    ("综合行政执法", "综合行政执法"),
    ("综合执法", "综合行政执法"),
    ("行政执法局", "城市管理"),
    ("司法", "司法行政"),
    ("法制办", "司法行政"),
    ("依法治", "司法行政"),
    ("依法行政", "司法行政"),
    ("法治政府建设", "司法行政"),
    ("法治办", "司法行政"),
    ("生态环境", "生态环境"),
    ("环境保护", "生态环境"),
    ("环保", "生态环境"),
    ("自然资源", "自然资源"),
    ("国土", "自然资源"),
    ("规划", "自然资源"),
    ("海洋", "海洋渔业"),
    ("渔业", "海洋渔业"),
    ("住房", "住房和城乡建设"),
    ("城乡建设", "住房和城乡建设"),
    ("住建", "住房和城乡建设"),
    ("房产", "住房和城乡建设"),
    ("房屋", "住房和城乡建设"),
    ("交通", "交通运输"),
    ("公路", "交通运输"),
    ("水利", "水利"),
    ("水务", "水利"),
    ("农业", "农业农村"),
    ("农村", "农业农村"),
    ("畜牧", "农业农村"),
    ("林业", "林业和草原"),
    ("园林", "园林绿化"),
    ("绿化", "园林绿化"),
    ("应急", "应急管理"),
    ("安全生产", "应急管理"),
    ("消防", "消防救援"),
    ("卫生", "卫生健康"),
    ("卫健", "卫生健康"),
    ("医疗保障", "医疗保障"),
    ("医保", "医疗保障"),
    ("教育", "教育"),
    ("教体", "教育"),
    ("民政", "民政"),
    ("人力资源", "人力资源和社会保障"),
    ("人社", "人力资源和社会保障"),
    ("财政", "财政"),
    ("税务", "税务"),
    ("审计", "审计"),
    ("统计", "统计"),
    ("文化", "文化和旅游"),
    ("文旅", "文化和旅游"),
    ("旅游", "文化和旅游"),
    ("体育", "体育"),
    ("发展和改革", "发展和改革"),
    ("发改", "发展和改革"),
    ("商务", "商务"),
    ("行政审批", "政务服务"),
    ("政务服务", "政务服务"),
    ("退役军人", "退役军人事务"),
    ("工业和信息化", "工业和信息化"),
    ("经济和信息化", "工业和信息化"),
    ("经信", "工业和信息化"),
    ("科学技术", "科学技术"),
    ("科技", "科学技术"),
    ("气象", "气象"),
    ("烟草", "烟草专卖"),
    ("粮食", "粮食和物资储备"),
    ("国有资产", "国有资产监管"),
    ("国资", "国有资产监管"),
    ("民族", "民族宗教"),
    ("信访", "信访"),
    ("人民防空", "人民防空"),
    ("机关事务", "机关事务"),
    ("金融", "金融"),
    ("数据", "数据管理"),
    ("外事", "外事"),
    ("乡村振兴", "农业农村"),
];

/// Whether there are departments of this line.
pub(crate) fn is_line(line: &str) -> bool {
    LINES.iter().any(|(_, known)| *known == line)
}

/// The line (条线) of a department of this name.
pub(super) fn line(name: &str) -> Option<&'static str> {
    // 人民政府 would be 民政; of two names the first counts.
    let name = name
        .split('(')
        .next()
        .unwrap_or(name)
        .replace("人民政府", "");
    LINES
        .iter()
        .find(|(word, _)| name.contains(word))
        .map(|(_, line)| *line)
}

/// Words for a level at the head of a name that does not say which place: 县综合行政执法局.
pub(super) fn bare_level(name: &str) -> Option<char> {
    let name = unmasked(name);
    let first = name.chars().next()?;
    "省市州盟县区旗镇乡".contains(first).then_some(first)
}

/// Without masks for a place's name (`**`, `××`, `xx`, `某某`) and what stands before them.
pub(super) fn unmasked(name: &str) -> &str {
    name.trim_start_matches("中共").trim_start_matches(is_mask)
}

/// Whether a place's name is masked at the head of this name.
pub(super) fn is_masked(name: &str) -> bool {
    name.starts_with(is_mask)
}

fn is_mask(c: char) -> bool {
    matches!(
        c,
        '*' | '×' | 'x' | '某' | '_' | '○' | '〇' | '△' | '□' | '＊' | '╳'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_title(text: &str) -> Option<&str> {
        end_in_title(text).map(|end| &text[..end])
    }

    #[test]
    fn names_end_before_year_or_matter() {
        for (title, name) in [
            ("武义县司法局2021年法治政府建设情况报告", "武义县司法局"),
            (
                "兰考县城市管理局(兰考县综合执法局)2019年度总结",
                "兰考县城市管理局(兰考县综合执法局)",
            ),
            (
                "嘉定区城市管理行政执法局关于上年工作的报告",
                "嘉定区城市管理行政执法局",
            ),
            (
                "灵石县人民政府办公室2020年依法行政工作总结",
                "灵石县人民政府办公室",
            ),
            ("灵石县人民政府法治政府建设情况报告", "灵石县人民政府"),
            (
                "第八师石河子市司法局2022年度法治政府建设年度报告",
                "第八师石河子市司法局",
            ),
            (
                "九龙县法治政府建设领导小组办公室关于2020年的报告",
                "九龙县法治政府建设领导小组办公室",
            ),
            ("**市人民政府关于依法行政的报告", "**市人民政府"),
            (
                "中共某县委全面依法治县委员会办公室2023年总结",
                "中共某县委全面依法治县委员会办公室",
            ),
        ] {
            assert_eq!(in_title(title), Some(name), "{title}");
        }
        for title in [
            "2019年度法治政府建设工作总结",
            "武义县2021年法治政府建设情况报告",
            "法治政府建设工作总结",
        ] {
            assert_eq!(in_title(title), None, "{title}");
        }
    }

    #[test]
    fn a_subject_ends_before_its_verb() {
        let text = "区城管执法局以习近平法治思想为指导";
        assert_eq!(
            end_in_opening(text).map(|end| &text[..end]),
            Some("区城管执法局")
        );
        let text = "县综合行政执法局在县委、县政府领导下";
        assert_eq!(
            end_in_opening(text).map(|end| &text[..end]),
            Some("县综合行政执法局")
        );
        assert_eq!(end_in_opening("全市上下认真学习"), None);
    }

    #[test]
    fn kinds_and_lines() {
        assert_eq!(kind("武义县人民政府"), IssuerType::Government);
        assert_eq!(kind("白洋街道办事处"), IssuerType::Government);
        assert_eq!(kind("某市国有资产监督管理委员会"), IssuerType::Department);
        assert_eq!(kind("石景山区城市管理委员会"), IssuerType::Department);
        assert_eq!(kind("某市旅游度假区管理委员会"), IssuerType::Government);
        assert_eq!(kind("某县人民法院"), IssuerType::Other);
        assert_eq!(line("开封市城市管理局"), Some("城市管理"));
        assert_eq!(line("县水务局"), Some("水利"));
        assert_eq!(line("某县人民政府"), None);
    }
}
