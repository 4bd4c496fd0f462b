use super::*;
use crate::clean::clean;
use crate::decode::Format;
use crate::decode::{Decoded, Encoding, Line, Markup};
use crate::structure::structure;

/// The document that a plain text becomes on the way through the stages before this one.
fn document(text: &str) -> Document {
    let lines = text.lines().zip(1..).map(|(line, source_line)| Line {
        text: line.to_owned(),
        source_line,
        markup: Markup::None,
    });
    structure(clean(&Decoded {
        format: Format::Text,
        encoding: Encoding {
            name: "utf-8".into(),
            declared: false,
            confidence: Confidence::CERTAIN,
        },
        lines: lines.collect(),
    }))
}
/// A body of the genre that names neither place nor year.
const BODY: &str = "一、主要做法和成效
(一)健全工作机制。成立法治建设领导小组,定期研究依法行政工作,把任务分到各科室,年底对账。
(二)规范行政执法。落实行政执法公示、全过程记录和重大执法决定法制审核,办理行政处罚案件36件,无一件被行政复议撤销。
(三)开展普法宣传。围绕宪法宣传周走进学校和集市,发放资料两千余份。
二、存在的问题
执法人员偏少,文书制作还不够细致,法律顾问作用发挥不充分。
三、下一步打算
继续抓好队伍培训,完善规范性文件审查,做好行政应诉。";

/// The facts by name, as a test writes them; absent ones are `-`.
fn facts(identity: &Identity) -> std::collections::BTreeMap<&'static str, String> {
    fn told<T>(fact: Option<&Fact<T>>, write: impl Fn(&T) -> String) -> String {
        fact.map_or_else(|| "-".to_owned(), |fact| write(&fact.value))
    }
    let region = identity.region.as_ref();
    let candidates: Vec<&str> = identity
        .region_candidates
        .iter()
        .map(|region| region.code.as_str())
        .collect();
    [
        ("title", told(identity.title.as_ref(), String::clone)),
        ("issuer", told(identity.issuer.as_ref(), String::clone)),
        (
            "full",
            told(identity.issuer_resolved.as_ref(), String::clone),
        ),
        (
            "type",
            told(identity.issuer_type.as_ref(), |kind| format!("{kind:?}")),
        ),
        ("line", told(identity.line.as_ref(), String::clone)),
        ("region", told(region, |region| region.code.clone())),
        ("name", told(region, |region| region.name.clone())),
        (
            "level",
            told(region, |region| format!("{:?}", region.level)),
        ),
        ("candidates", candidates.join(" ")),
        ("year", told(identity.year.as_ref(), ToString::to_string)),
        (
            "period",
            told(identity.period.as_ref(), |period| {
                format!("{}..{}", period.start, period.end)
            }),
        ),
        (
            "published",
            told(identity.published.as_ref(), ToString::to_string),
        ),
        (
            "signed",
            told(identity.signed.as_ref(), ToString::to_string),
        ),
        ("number", told(identity.doc_number.as_ref(), String::clone)),
        ("index", told(identity.index_number.as_ref(), String::clone)),
        (
            "script",
            told(identity.script.as_ref(), |script| format!("{script:?}")),
        ),
        (
            "genre",
            told(identity.genre.as_ref(), |genre| format!("{genre:?}")),
        ),
        (
            "class",
            told(identity.source_class.as_ref(), |class| format!("{class:?}")),
        ),
    ]
    .into_iter()
    .collect()
}

fn check_at(path: &str, text: &str, expected: &[(&str, &str)], codes: &[&str]) {
    let document = document(text);
    let identified = identify(&document, Gazetteer::china(), path);
    let found = facts(&identified.output);
    for (name, value) in expected {
        assert_eq!(found[name], *value, "{name} of:\n{text}\n{found:#?}");
    }
    let told: Vec<&str> = identified
        .warnings
        .iter()
        .map(|warning| warning.code.as_str())
        .collect();
    for code in codes {
        assert!(told.contains(code), "no {code} in {told:?} of:\n{text}");
    }
}

/// Checks the facts of `head`, [`BODY`] and `foot`, and that these diagnostics are told.
fn check(head: &str, foot: &str, expected: &[(&str, &str)], codes: &[&str]) {
    check_at("a.txt", &format!("{head}\n{BODY}\n{foot}"), expected, codes);
}

const OPENING: &str =
    "今年以来,我局深入学习贯彻习近平法治思想,扎实推进法治政府建设各项工作,现将有关情况报告如下:";

#[test]
fn a_plain_report_of_a_county_bureau() {
    check(
        &format!("灵石县水利局2021年度法治政府建设工作总结\n{OPENING}"),
        "灵石县水利局\n2021年12月20日",
        &[
            ("title", "灵石县水利局2021年度法治政府建设工作总结"),
            ("issuer", "灵石县水利局"),
            ("full", "-"),
            ("type", "Department"),
            ("line", "水利"),
            ("region", "140729"),
            ("level", "County"),
            ("year", "2021"),
            ("period", "-"),
            ("signed", "2021-12-20"),
            ("published", "-"),
            ("script", "Hans"),
            ("genre", "AnnualReport"),
            ("class", "-"),
        ],
        &[],
    );
}

#[test]
fn no_title_and_a_county_known_from_its_index_number() {
    check(
        "索引号: | 11330723002639512X/2022-00017 | 发布机构: | 县水务局 | ||
文号: | 公开日期: | 2022-01-12 10:05 |
2021年,县水务局在县委、县政府的坚强领导下,紧扣法治政府建设目标,认真履行职责,各项工作稳步推进。",
        "",
        &[
            ("title", "-"),
            ("issuer", "县水务局"),
            ("full", "武义县水务局"),
            ("region", "330723"),
            ("year", "2021"),
            ("published", "2022-01-12"),
            ("index", "11330723002639512X/2022-00017"),
            ("number", "-"),
            ("class", "Official"),
        ],
        &["title-missing"],
    );
}

#[test]
fn a_title_over_several_lines_and_letter_spaced() {
    check(
        &format!("兰考县城市管理局\n关于2020年度法 治 政 府 建 设\n情况的报告\n{OPENING}"),
        "2021年1月8日",
        &[
            (
                "title",
                "兰考县城市管理局关于2020年度法治政府建设情况的报告",
            ),
            ("issuer", "兰考县城市管理局"),
            ("region", "410225"),
            ("year", "2020"),
            ("signed", "2021-01-08"),
        ],
        &[],
    );
}

#[test]
fn a_genres_word_alone_below_its_title_and_a_day_of_printing() {
    check(
        &format!("灵石县水利局\n关于2021年度法治政府建设情况的\n报　　　告\n{OPENING}"),
        "灵石县水利局\n2021年12月20日\n\n灵石县水利局办公室　　2021年12月22日印发",
        &[
            ("title", "灵石县水利局关于2021年度法治政府建设情况的报告"),
            ("signed", "2021-12-20"),
        ],
        &[],
    );
}

#[test]
fn a_county_governments_report() {
    check(
        "武义县2021年法治政府建设情况报告\n2021年,我县坚持以习近平法治思想为指导,纵深推进法治政府建设。现将我县有关情况报告如下:",
        "",
        &[
            ("issuer", "武义县人民政府"),
            ("type", "Government"),
            ("line", "-"),
            ("region", "330723"),
            ("year", "2021"),
        ],
        &[],
    );
}

#[test]
fn prefectures_of_all_kinds() {
    for (issuer, code, level) in [
        ("恩施土家族苗族自治州司法局", "422800", "Prefecture"),
        ("恩施州司法局", "422800", "Prefecture"),
        ("大兴安岭地区行政公署司法局", "232700", "Prefecture"),
        ("锡林郭勒盟应急管理局", "152500", "Prefecture"),
        ("东莞市水务局", "441900", "Prefecture"),
        ("河南省司法厅", "410000", "Province"),
        ("上海市司法局", "310000", "Province"),
        ("科尔沁左翼中旗司法局", "150521", "County"),
        ("景宁畲族自治县民政局", "331127", "County"),
        ("济源市城市管理局", "419001", "County"),
        ("仙桃市司法局", "429004", "County"),
        ("加格达奇区司法局", "232761", "County"),
    ] {
        check(
            &format!("{issuer}2022年法治政府建设工作报告\n{OPENING}"),
            "",
            &[("issuer", issuer), ("region", code), ("level", level)],
            &[],
        );
    }
}

#[test]
fn a_division_that_is_a_city_takes_the_citys_code() {
    for issuer in [
        "第八师石河子市司法局",
        "石河子市司法局",
        "新疆生产建设兵团第八师司法局",
        "兵团第八师石河子市司法局",
    ] {
        check(
            &format!("{issuer}2022年度法治政府建设年度报告\n{OPENING}"),
            "",
            &[("region", "659001"), ("name", "石河子市")],
            &[],
        );
    }
    check(
        &format!("第十二师司法局2022年度法治政府建设年度报告\n{OPENING}"),
        "",
        &[("region", "661200")],
        &[],
    );
}

#[test]
fn districts_of_one_name_are_told_apart_by_evidence() {
    let report = |evidence: &str| {
        format!("鼓楼区城市管理局2022年法治政府建设工作总结\n{OPENING}\n{evidence}")
    };
    check(
        &report(""),
        "",
        &[
            ("region", "-"),
            ("candidates", "320106 320302 350102 410204"),
        ],
        &["region-ambiguous"],
    );
    check(
        &report("按照福州市统一部署,开展专项整治,得到福州市城管委肯定。"),
        "",
        &[("region", "350102")],
        &[],
    );
    check(
        &report("贯彻《开封市城市管理条例》,落实河南省有关规定(豫建〔2022〕3号)。"),
        "",
        &[("region", "410204")],
        &[],
    );
    check(
        &format!(
            "索引号:11320302014059531P/2023-00005 发布机构:鼓楼区城市管理局\n{}",
            report("")
        ),
        "",
        &[("region", "320302")],
        &[],
    );
    check_at(
        "江苏省/南京市/鼓楼区/2022.txt",
        &format!("{}\n{BODY}", report("")),
        &[("region", "320106")],
        &[],
    );
    check(
        &format!("南京市鼓楼区城市管理局2022年法治政府建设工作总结\n{OPENING}"),
        "",
        &[("region", "320106"), ("issuer", "南京市鼓楼区城市管理局")],
        &[],
    );
}

#[test]
fn renamed_places_by_year() {
    for (issuer, year, code, name, codes) in [
        ("襄樊市城市管理局", 2009, "420600", "襄樊市", &[][..]),
        ("襄阳市城市管理局", 2012, "420600", "襄阳市", &[]),
        (
            "襄樊市城市管理局",
            2015,
            "420600",
            "襄阳市",
            &["region-renamed"],
        ),
        ("增城市司法局", 2013, "440183", "增城市", &[]),
        ("增城市司法局", 2014, "440183", "增城市", &[]),
        ("增城区司法局", 2014, "440118", "增城区", &[]),
        ("即墨市司法局", 2016, "370282", "即墨市", &[]),
        ("即墨区司法局", 2018, "370215", "即墨区", &[]),
    ] {
        check(
            &format!("{issuer}{year}年依法行政工作总结\n{OPENING}"),
            "",
            &[("region", code), ("name", name)],
            codes,
        );
    }
}

#[test]
fn a_name_over_the_title_that_says_it_again_is_the_heads() {
    for (text, issuer) in [
        (
            "灵台县人民政府\n灵台县2023年法治政府建设年度报告\n",
            "灵台县人民政府",
        ),
        (
            "长寿区司法局\n重庆市长寿区司法局2023年法治政府建设年度报告\n",
            "重庆市长寿区司法局",
        ),
    ] {
        let title = text.lines().nth(1).unwrap();
        let signature = format!("{issuer}\n2024年1月15日");
        check(
            &format!("{text}{OPENING}"),
            &signature,
            &[("title", title), ("issuer", issuer)],
            &[],
        );
    }
}

#[test]
fn zones_and_their_committees() {
    check(
        &format!("苏州工业园区综合行政执法局2022年法治政府建设工作总结\n{OPENING}"),
        "",
        &[("region", "320576"), ("type", "Department")],
        &[],
    );
    check(
        "长春高新区管委会2021年度法治政府建设情况报告\n今年以来,我区坚持依法行政。现将有关情况报告如下:",
        "",
        &[
            ("region", "220173"),
            ("issuer", "长春高新区管委会"),
            ("type", "Government"),
        ],
        &[],
    );
    check(
        &format!("灵石县经济开发区管理委员会2021年法治政府建设工作总结\n{OPENING}"),
        "",
        &[("region", "140729"), ("type", "Other")],
        &["region-zone"],
    );
}

#[test]
fn towns_and_streets() {
    check(
        "武义县白洋街道办事处2023年法治政府建设工作总结\n今年以来,我街道坚持依法行政,现将情况报告如下:",
        "",
        &[
            ("region", "330723"),
            ("name", "白洋街道"),
            ("level", "Township"),
            ("type", "Government"),
        ],
        &[],
    );
    check(
        "乾潭镇人民政府2023年法治建设工作总结\n今年以来,我镇坚持依法行政,在杭州市和建德市的领导下,现将情况报告如下:",
        "乾潭镇人民政府\n2024年1月3日",
        &[
            ("region", "330182"),
            ("name", "乾潭镇"),
            ("level", "Township"),
        ],
        &[],
    );
    check(
        "漳浦县旧镇镇人民政府2023年法治建设工作总结\n今年以来,我镇坚持依法行政,现将情况报告如下:",
        "",
        &[("name", "旧镇镇"), ("level", "Township")],
        &[],
    );
}

#[test]
fn a_branch_of_a_citys_bureau_belongs_to_its_district() {
    check(
        &format!("徐州市公安局泉山分局2022年法治政府建设工作总结\n{OPENING}"),
        "",
        &[
            ("region", "320311"),
            ("line", "公安"),
            ("issuer", "徐州市公安局泉山分局"),
        ],
        &[],
    );
    check(
        &format!("金华市生态环境局武义分局2022年法治政府建设工作总结\n{OPENING}"),
        "",
        &[("region", "330723"), ("line", "生态环境")],
        &[],
    );
    check(
        &format!("玉林市北流生态环境局2022年法治政府建设工作总结\n{OPENING}"),
        "",
        &[("region", "450981"), ("issuer", "玉林市北流生态环境局")],
        &[],
    );
}

#[test]
fn part_years() {
    for (title, year, period) in [
        (
            "灵石县司法局2023年上半年法治政府建设工作总结",
            "2023",
            "2023-01-01..2023-06-30",
        ),
        (
            "灵石县司法局2022年第三季度依法行政工作情况",
            "2022",
            "2022-07-01..2022-09-30",
        ),
        (
            "灵石县司法局2020年1-11月法治建设工作情况报告",
            "2020",
            "2020-01-01..2020-11-30",
        ),
        (
            "灵石县司法局二〇二一年半年依法行政工作小结",
            "2021",
            "2021-01-01..2021-06-30",
        ),
        (
            "灵石县司法局2016-2020年法治政府建设总结",
            "2020",
            "2016-01-01..2020-12-31",
        ),
    ] {
        check(
            &format!("{title}\n{OPENING}"),
            "",
            &[
                ("year", year),
                ("period", period),
                ("genre", "AnnualReport"),
            ],
            &[],
        );
    }
    check(
        "灵石县司法局法治政府建设工作情况报告\n现将我局2022年1至10月法治政府建设情况报告如下:",
        "2022年11月3日",
        &[("year", "2022"), ("period", "2022-01-01..2022-10-31")],
        &[],
    );
}

#[test]
fn a_year_of_publication_or_of_a_plan_is_not_the_reports() {
    check(
        "灵石县司法局工作报告\n发布日期:2023-01-15\n2019年以来,我局坚持依法行政,2022年又有新进展。现将2022年度法治政府建设情况报告如下:",
        "",
        &[("year", "2022"), ("published", "2023-01-15")],
        &[],
    );
    check(
        "灵石县司法局2022年法治政府建设工作总结和2023年工作计划\n我局按照要求,扎实推进各项工作。",
        "",
        &[("year", "2022"), ("genre", "AnnualReport")],
        &[],
    );
}

#[test]
fn a_title_may_report_on_the_plan_as_well() {
    check(
        &format!("关于2022年法治政府建设工作总结及2023年工作打算的报告\n——灵石县水利局\n{OPENING}"),
        "",
        &[("year", "2022"), ("issuer", "灵石县水利局")],
        &[],
    );
}

#[test]
fn a_stamp_with_a_key_after_it_is_the_day_of_publication() {
    for stamp in [
        "2022-03-07 点击数:",
        "2022-03-07 | 来源:县司法局",
        "灵石县水利局 2022-03-07 来源:本站 阅读量:112",
        "灵石县水利局 | 2022-03-07 10:21 | 来源:法规科 | 【字体:大 中 小】",
    ] {
        check(
            &format!("灵石县水利局2021年度法治政府建设工作总结\n{stamp}\n{OPENING}"),
            "",
            &[("published", "2022-03-07"), ("year", "2021")],
            &[],
        );
    }
}

#[test]
fn whom_it_reports_to_and_its_first_words_tell_the_place() {
    check(
        &format!("2021年度法治政府建设情况报告\n来源:县水利局\n灵石县人民政府:\n{OPENING}"),
        "",
        &[("region", "140729"), ("year", "2021")],
        &[],
    );
    check(
        "法治政府建设工作总结\n2021年,灵石县水利工作紧紧围绕中心任务,深入学习贯彻习近平法治思想,全面推进依法行政,各项任务完成较好。现总结如下。",
        "",
        &[("region", "140729")],
        &[],
    );
}

#[test]
fn a_town_of_a_districts_name_is_not_that_district() {
    check(
        "东湖街道2021年度法治政府建设情况报告\n东湖街道深入学习贯彻习近平法治思想,现报告如下:",
        "",
        &[("region", "-")],
        &["region-unknown"],
    );
}

#[test]
fn a_departments_own_site_names_it_where_nothing_else_does() {
    check(
        "常德市城市管理和行政执法局\n网站首页 | 机构概况 | 政务公开\n当前位置:网站首页 >> 政务公开\n2017年度依法行政工作总结\n2017年,我局坚持依法行政。由局长任组长,下设办公室,具体负责日常工作。",
        "",
        &[
            ("issuer", "常德市城市管理和行政执法局"),
            ("region", "430700"),
        ],
        &[],
    );
    // A government's site publishes what its departments wrote.
    check(
        "常德市人民政府\n网站首页 | 政务公开 | 政务服务\n当前位置:网站首页 >> 政务公开\n2017年度依法行政工作总结\n2017年,我局坚持依法行政。",
        "",
        &[("issuer", "-")],
        &["issuer-unknown"],
    );
}

#[test]
fn a_city_that_the_gazetteer_lacks_is_not_the_district_of_its_name() {
    check(
        "云溪市城市管理局2021年法治政府建设情况报告\n云溪市城市管理局深入学习贯彻习近平法治思想,现报告如下:",
        "云溪市城市管理局",
        &[("region", "-")],
        &["region-unknown"],
    );
    check(
        "杭州市场监督管理局2021年法治政府建设情况报告\n我局深入学习贯彻习近平法治思想,现报告如下:",
        "",
        &[("region", "330100")],
        &[],
    );
}

#[test]
fn a_year_that_title_and_text_do_not_agree_on_is_doubtful() {
    check(
        "灵石县司法局2018年依法行政工作总结\n2016年,我局坚持依法行政。现将2016年度情况报告如下:",
        "",
        &[],
        &["year-doubtful"],
    );
}

#[test]
fn no_year_at_all() {
    check(
        &format!("灵石县司法局依法行政工作总结\n{OPENING}"),
        "",
        &[("year", "-"), ("region", "140729")],
        &["year-unknown"],
    );
}

#[test]
fn three_kinds_of_dates() {
    check(
        &format!(
            "【发布日期】:2024年1月30日  【来源】:灵石县司法局  【字体:大 中 小】\n灵石县司法局2023年法治政府建设工作总结\n{OPENING}"
        ),
        "灵石县司法局\n二〇二四年一月八日\n(联系人:科室;电话:0000-0000000)",
        &[
            ("published", "2024-01-30"),
            ("signed", "2024-01-08"),
            ("issuer", "灵石县司法局"),
        ],
        &[],
    );
    for (line, signed) in [
        ("灵石县司法局 20240108", "2024-01-08"),
        ("20240108", "2024-01-08"),
        ("2O24年l月8日", "2024-01-08"),
        ("２０２４年１月８日", "2024-01-08"),
        ("2024 年 1 月 8 日", "2024-01-08"),
        ("灵石县司法局 2024年1月8日", "2024-01-08"),
        ("2024年1月", "-"),
    ] {
        check(
            &format!("2023年法治政府建设工作总结\n{OPENING}"),
            line,
            &[("signed", signed)],
            &[],
        );
    }
    check(
        &format!("灵石县司法局2023年法治政府建设工作总结\n(2024年1月8日)\n{OPENING}"),
        "",
        &[
            ("signed", "2024-01-08"),
            ("title", "灵石县司法局2023年法治政府建设工作总结"),
        ],
        &[],
    );
}

#[test]
fn the_reports_own_number_and_not_a_cited_one() {
    check(
        &format!(
            "灵石县司法局文件\n灵司字〔2021〕3号\n灵石县司法局2020年法治政府建设工作报告\n{OPENING}\n依据《重大执法决定法制审核办法》(灵政办函〔2018〕152号)开展审核。"
        ),
        "灵石县司法局\n2021年1月5日",
        &[
            ("number", "灵司字〔2021〕3号"),
            ("title", "灵石县司法局2020年法治政府建设工作报告"),
        ],
        &[],
    );
    check(
        &format!(
            "灵石县司法局2020年法治政府建设工作报告\n{OPENING}\n依据灵政办函〔2018〕152号文件开展审核。"
        ),
        "",
        &[("number", "-")],
        &[],
    );
    check(
        &format!(
            "索 引 号:a00012-0201-2021-00034\n发文字号:灵司〔2021〕7号\n成文日期:2021年01月18日\n公开日期:2021年01月20日\n灵石县司法局2020年法治政府建设工作报告\n{OPENING}"
        ),
        "",
        &[
            ("number", "灵司〔2021〕7号"),
            ("index", "a00012-0201-2021-00034"),
            ("published", "2021-01-20"),
            ("signed", "2021-01-18"),
        ],
        &[],
    );
    // A table's cells became lines; a key without a value takes no other's.
    check(
        &format!(
            "索引号\na00012-0201-2021-00034\n发文字号\n发布机构\n灵石县司法局\n公开日期\n2021-01-20\n灵石县司法局2020年法治政府建设工作报告\n{OPENING}"
        ),
        "",
        &[
            ("number", "-"),
            ("index", "a00012-0201-2021-00034"),
            ("published", "2021-01-20"),
        ],
        &[],
    );
}

const HANT: &str = "2019年,我市深入推進法治政府建設,規範行政執法行為,現將有關情況報告如下:
一、主要做法
開展行政執法案卷評查,辦理行政複議案件12件,審查規範性文件9件,法律顧問參與重大行政決策。
二、存在的問題
執法隊伍力量不足。";

#[test]
fn a_traditional_text_and_masked_names() {
    check_at(
        "a.txt",
        &format!(
            "當前位置:範文大全 > 工作總結\n年度法治政府建設工作總結\n**市人民政府高度重視,**市各部門落實責任。\n{HANT}\n新安江街道、乾潭鎮先行試點,報杭州市政府備案,出台《**市辦法》(建政函〔2019〕7號)、(建政辦函〔2019〕8號)。"
        ),
        &[
            ("script", "Hant"),
            ("region", "330182"),
            ("issuer", "**市人民政府"),
            ("full", "建德市人民政府"),
            ("class", "Republisher"),
            ("year", "2019"),
        ],
        &["republisher"],
    );
    check_at(
        "a.txt",
        &format!(
            "年度法治政府建設工作總結\n**市人民政府高度重視,**市各部門落實責任,對標杭州市和義烏市。\n{HANT}"
        ),
        &[("region", "-"), ("script", "Hant")],
        &[],
    );
}

#[test]
fn a_cited_place_never_wins() {
    check(
        "2022年法治政府建设工作总结\n2022年,市城市管理局在市委、市政府领导下,坚持依法行政。我局对标义乌市综合执法局,学习借鉴义乌市、东阳市等地经验,赴义乌市考察两次。",
        "",
        &[("region", "-"), ("issuer", "市城市管理局")],
        &["region-unknown"],
    );
}

#[test]
fn a_place_named_only_in_the_text() {
    check(
        "2022年法治政府建设工作总结\n2022年,县水利局在县委、县政府领导下,坚持依法行政。制定《灵石县水利工程管护办法》《灵石县河道巡查制度》,修订《灵石县取水规定》,按晋中市要求完成任务,在两渡镇、静升镇试点。",
        "",
        &[("region", "140729"), ("full", "灵石县水利局")],
        &[],
    );
}

#[test]
fn nothing_tells_the_place() {
    check(
        &format!("2022年法治政府建设工作总结\n{OPENING}"),
        "",
        &[
            ("region", "-"),
            ("issuer", "-"),
            ("type", "Department"),
            ("year", "2022"),
        ],
        &["region-unknown", "issuer-unknown"],
    );
}

#[test]
fn an_index_number_of_another_place_is_told() {
    check(
        &format!(
            "索引号:11330723002639512X/2022-00017\n灵石县水利局2021年度法治政府建设工作总结\n{OPENING}"
        ),
        "",
        &[("region", "140729")],
        &["region-doubtful"],
    );
}

#[test]
fn other_genres() {
    for title in [
        "灵石县2023年法治政府建设工作要点",
        "灵石县司法局2022年法治政府建设实施方案",
        "灵石县人民政府2022年政府信息公开工作年度报告",
        "关于印发灵石县2022年法治政府建设工作计划的通知",
        "关于报送2022年法治政府建设情况的通知",
    ] {
        check(
            &format!("{title}\n为做好今年工作,制定如下安排,请认真贯彻执行。"),
            "",
            &[("genre", "Other")],
            &["genre-other"],
        );
    }
    check_at(
        "a.txt",
        "2022年政府工作报告\n各位代表:现在,我代表县人民政府向大会作报告,请予审议。\n一、过去一年工作回顾\n经济平稳增长,法治政府建设持续推进。",
        &[("genre", "Other")],
        &[],
    );
}

#[test]
fn a_report_without_a_title_is_of_this_genre_by_its_matter() {
    check(
        "2022年,灵石县交通运输局坚持依法行政,加强法治建设。现将工作情况总结如下:",
        "灵石县交通运输局\n2022年12月5日",
        &[
            ("genre", "AnnualReport"),
            ("title", "-"),
            ("issuer", "灵石县交通运输局"),
            ("line", "交通运输"),
        ],
        &["title-missing"],
    );
}

#[test]
fn the_issuers_full_name_is_worked_out_only_where_a_part_is_given() {
    for (issuer, full) in [
        ("灵石水利局", "灵石县水利局"),
        ("中共临夏州委全面依法治州委员会办公室", "-"),
        ("天津滨海高新区综合执法局", "-"),
    ] {
        check(
            &format!("{issuer}2022年法治政府建设工作报告\n{OPENING}"),
            "",
            &[("issuer", issuer), ("full", full)],
            &[],
        );
    }
}

#[test]
fn other_issuers() {
    check(
        "灵石县人民法院2022年法治建设工作总结\n今年以来,我院坚持公正司法。",
        "",
        &[("type", "Other"), ("region", "140729")],
        &[],
    );
}

mod any_text {
    use super::*;
    use proptest::prelude::*;

    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("2019年"),
            Just("二〇二"),
            Just("20231227"),
            Just("武义县"),
            Just("**市"),
            Just("鼓楼区"),
            Just("司法局"),
            Just("人民政府"),
            Just("索引号:"),
            Just("|"),
            Just("发布日期:"),
            Just("\n"),
            Just("〔2018〕"),
            Just("号"),
            Just("("),
            Just(")"),
            Just("关于"),
            Just("总结"),
            Just("法治政府建设"),
            Just(" "),
            Just("月"),
            Just("1-"),
            Just("l"),
            Just("Ⅷ"),
            Just("㎡"),
            Just("⼯"),
            Just("第八师"),
            Just("新安江街道"),
            Just("现将"),
            Just("我局"),
            Just("、"),
            Just("。"),
            Just("é\u{301}"),
            Just("截至"),
            Just("十"),
            Just("\u{3000}"),
        ];
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn never_panics(text in "\\PC{0,200}", genre in pieces(), path in "\\PC{0,20}") {
            for text in [text, genre] {
                let document = document(&text);
                let found = identify(&document, Gazetteer::china(), &path);
                for warning in found.warnings {
                    prop_assert!(!warning.message.is_empty() && warning.hint.is_some());
                }
            }
        }
    }
}

#[test]
fn a_title_begins_below_what_is_the_pages() {
    let titled = |head: &str| {
        let identity = identify(
            &document(&format!("{head}\n{BODY}")),
            Gazetteer::china(),
            "",
        );
        facts(&identity.output)["title"].clone()
    };
    assert_eq!(
        titled(
            "任城区人民政府 部门信息公开\n发布日期：2021-01-08\n任城区综合行政执法局2020年度依法行政工作总结"
        ),
        "任城区综合行政执法局2020年度依法行政工作总结"
    );
    assert_eq!(
        titled(
            "乙市政府门户网站 www.yishi.gov.cn　发布时间：2025-01-21　信息来源：乙市市场监管局\n乙市市场监督管理局2024年法治政府建设工作情况报告"
        ),
        "乙市市场监督管理局2024年法治政府建设工作情况报告"
    );
    assert_eq!(
        titled(
            "发布机构 | 榆阳区卫生健康局 | 发布日期 | 2024-01-26 17:05\n公文文号 | | 效力状态 | 有效\n榆林市榆阳区卫生健康局\n2023年度法治政府建设情况报告"
        ),
        "榆林市榆阳区卫生健康局2023年度法治政府建设情况报告"
    );
    assert_eq!(
        titled(
            "乙县人民政府\n设为首页  加入收藏  无障碍浏览\n乙县人民政府关于2023年度法治政府建设\n工作情况的报告"
        ),
        "乙县人民政府关于2023年度法治政府建设工作情况的报告"
    );
    assert_eq!(
        titled(
            "乙县人民政府 > 信息公开\n公开目录 法治政府建设　　发布日期 2024-01-18　　有效性 有效\n乙县卫生健康局2023年度法治政府建设报告"
        ),
        "乙县卫生健康局2023年度法治政府建设报告"
    );
    assert_eq!(
        titled("乙市人民政府门户网站-部门信息\n乙市住房和城乡建设局2017年度依法行政工作总结"),
        "乙市住房和城乡建设局2017年度依法行政工作总结"
    );
    assert_eq!(
        titled(
            "浏阳市水利局文件\n浏水〔2024〕3号 签发人：某 某\n浏阳市水利局\n关于2023年度法治政府建设工作情况的报告"
        ),
        "浏阳市水利局关于2023年度法治政府建设工作情况的报告"
    );
}
