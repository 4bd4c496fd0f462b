use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Document {
    let lines = text
        .lines()
        .enumerate()
        .map(|(index, line)| crate::decode::Line {
            text: line.trim().to_owned(),
            source_line: index as u32 + 1,
            markup: crate::decode::Markup::None,
        })
        .collect();
    structure(crate::clean::clean(&crate::decode::Decoded {
        format: crate::decode::Format::Text,
        encoding: crate::decode::Encoding {
            name: "UTF-8".into(),
            declared: false,
            confidence: crate::evidence::Confidence::HIGH,
        },
        lines,
    }))
}

/// Checks the outline: level, marker (a lost one in angle brackets), title, role.
fn check(text: &str, expected: &[(u8, &str, &str, Role)]) {
    let document = read(text);
    let found: Vec<_> = document
        .sections
        .iter()
        .map(|section| {
            let marker = match (&section.marker, &section.lost_marker) {
                (Some(marker), _) => marker.clone(),
                (None, Some(lost)) => format!("<{lost}>"),
                (None, None) => String::new(),
            };
            (
                section.level,
                marker,
                section.title.of(&document.text.text),
                section.role,
            )
        })
        .collect();
    let found: Vec<_> = found
        .iter()
        .map(|(level, marker, title, role)| (*level, marker.as_str(), *title, *role))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn nests_by_depth_whatever_the_marker() {
    check(
        "甲县2022年法治政府建设工作报告
        一、工作开展情况
        1.健全机制。召开会议四次，研究法治建设重大事项，形成纪要并抓好督办落实。
        2.规范执法。开展执法检查，完善裁量基准，公示执法信息，全年未发生违法执法问题。
        二、存在的问题
        （一）能力不足。部分人员学习不系统，处理疑难案件的办法还不多。
        三、下一步打算
        继续推进各项工作，补齐短板，确保完成年度任务。",
        &[
            (1, "一、", "工作开展情况", Role::Achievements),
            (2, "1.", "健全机制", Role::Achievements),
            (2, "2.", "规范执法", Role::Achievements),
            (1, "二、", "存在的问题", Role::Problems),
            (2, "（一）", "能力不足", Role::Problems),
            (1, "三、", "下一步打算", Role::Plan),
        ],
    );
}

#[test]
fn supplies_lost_markers() {
    check(
        "一、2022年工作情况
        （一）健全制度，落实责任。制定实施意见，把任务分解到各单位，按季度通报进展情况。
        （二）公开透明，接受监督。主动公开各类信息，办理群众来信，回应社会关切的问题。
        加强培训，提升能力。组织全员轮训，邀请专家授课，考试合格率逐年提高，效果较好。
        二、存在不足
        队伍建设还有差距，需要下大力气加以解决，以适应新的任务要求。
        2023年工作安排
        （一）抓好学习，凝聚共识。继续组织专题学习，把学习成果转化为推动工作的实际成效。
        完善制度，堵塞漏洞。修订内部管理办法，补充操作规程，使各项工作有章可循、有据可依。
        （三）严格考核，兑现奖惩。把法治建设纳入考核，结果与评先评优挂钩，推动工作落实。",
        &[
            (1, "一、", "2022年工作情况", Role::Achievements),
            (2, "（一）", "健全制度，落实责任", Role::Achievements),
            (2, "（二）", "公开透明，接受监督", Role::Achievements),
            (2, "<(三)>", "加强培训，提升能力", Role::Achievements),
            (1, "二、", "存在不足", Role::Problems),
            (1, "<三、>", "2023年工作安排", Role::Plan),
            (2, "（一）", "抓好学习，凝聚共识", Role::Plan),
            (2, "<(二)>", "完善制度，堵塞漏洞", Role::Plan),
            (2, "（三）", "严格考核，兑现奖惩", Role::Plan),
        ],
    );
}

#[test]
fn a_signature_stands_before_an_annex() {
    let document = read(
        "甲县城市管理局2023年法治政府建设年度报告
        一、主要工作
        我局坚持依法行政，完善决策程序，规范执法行为，各项工作有序开展。
        甲县城市管理局
        2024年1月26日
        附表：主要数据
        序号 | 项目 | 单位 | 数量 | 备注
        1 | 投诉举报 | 件 | 1986 | 12345热线转办",
    );
    let kinds: Vec<_> = document.paragraphs.iter().map(|one| one.kind).collect();
    assert_eq!(kinds[3..5], [ParagraphKind::Signature; 2]);
    assert!(
        kinds[5..]
            .iter()
            .all(|kind| *kind != ParagraphKind::Signature)
    );
}

#[test]
fn a_signature_stands_before_a_contact_and_a_list_of_annexes() {
    let document = read(
        "甲县城市管理局2023年法治政府建设年度报告
        一、主要工作
        我局坚持依法行政，完善决策程序，规范执法行为，各项工作有序开展。
        甲县城市管理局
        2024年1月26日
        （联系人：某某，联系电话：5550100）
        附件：1．2023年行政处罚案件统计表
        2．2023年行政复议、行政诉讼案件台账",
    );
    let kinds: Vec<_> = document.paragraphs.iter().map(|one| one.kind).collect();
    assert_eq!(kinds[3..5], [ParagraphKind::Signature; 2]);
    assert_eq!(document.sections.len(), 1);
}

#[test]
fn an_annex_of_a_table_is_no_part_of_the_plan_above_it() {
    let document = read(
        "甲县城市管理局2023年法治政府建设年度报告
        一、主要工作
        我局坚持依法行政，完善决策程序，规范执法行为，各项工作有序开展。
        二、下一步打算
        继续完善制度，加强培训，提升执法水平。
        附表：甲县2023年主要数据
        | 序号 | 项目 | 数量 |
        | 1 | 投诉举报 | 1986件 |",
    );
    let role = |index: usize| document.role_at(document.paragraphs[index].span.start);
    assert_eq!(role(4), Role::Plan);
    assert_eq!((role(6), role(7)), (Role::Other, Role::Other));
}

#[test]
fn a_report_below_its_cover_letter_is_no_annex() {
    let document = read(
        "关于报送2023年法治政府建设情况的报告
        市人民政府：
        现将我局2023年法治政府建设情况呈上，请审阅。
        甲县城市管理局
        2024年1月26日
        附件：2023年法治政府建设情况报告
        一、主要工作
        我局坚持依法行政，完善决策程序，规范执法行为，各项工作有序开展。
        二、存在问题
        宣传不够深入，群众知晓率有待提高；人员力量偏弱，难以适应工作需要。",
    );
    let roles: Vec<_> = document.sections.iter().map(|one| one.role).collect();
    assert_eq!(roles, [Role::Achievements, Role::Problems]);
}

#[test]
fn an_item_that_lost_its_separator_is_no_heading() {
    let document = read(
        "一、主要工作
        我县坚持依法行政，完善决策程序，规范执法行为，推进政务公开，各项工作有序开展。
        二 是规范执法行为，办理案件320件。
        二 名干部被评为先进个人。
        二、存在问题
        宣传不够深入，群众知晓率有待提高；人员力量偏弱，难以适应工作需要。",
    );
    assert_eq!(document.sections.len(), 2);
}

#[test]
fn reads_markers_that_lost_their_separators() {
    check(
        "一、主要工作
        我县坚持依法行政，完善决策程序，规范执法行为，推进政务公开，各项工作有序开展。
        二 存在问题
        宣传不够深入，群众知晓率有待提高；人员力量偏弱，难以适应工作需要。
        三 2019年工作打算
        我们将针对以上问题，逐项研究措施，明确责任单位和完成时限，切实抓好整改。",
        &[
            (1, "一、", "主要工作", Role::Achievements),
            (1, "二", "存在问题", Role::Problems),
            (1, "三", "2019年工作打算", Role::Plan),
        ],
    );
}

#[test]
fn reads_rows_whose_markers_have_a_blank_for_a_separator() {
    check(
        "甲市2022年法治政府建设工作报告
        2022年，我市全面推进依法行政。
        一 工作进展情况
        1 抓实组织领导
        成立法治建设领导小组，研究解决重大问题，把任务分到各科室。
        2 规范行政执法
        落实三项制度，全年开展执法检查120次，未发生违法执法问题。
        二 存在的问题
        一是执法人员偏少。二是法律顾问作用发挥不充分。
        1 件案件仍在审理，2 件待判。",
        &[
            (1, "一", "工作进展情况", Role::Achievements),
            (2, "1", "抓实组织领导", Role::Achievements),
            (2, "2", "规范行政执法", Role::Achievements),
            (1, "二", "存在的问题", Role::Problems),
        ],
    );
}

#[test]
fn sentences_with_nothing_below_them_are_items() {
    check(
        "甲区2022年法治政府建设工作报告
        一、存在的问题
        1．执法队伍专业化水平有待提高，一线人员老龄化，人手不足。
        2．镇街综合执法衔接不够顺畅，协同联动机制需完善。
        二、下步打算
        （一）深化改革，理顺职责。
        出台业务指导清单，全年下沉培训，实现全覆盖，评估下放效果。
        （二）以智慧城管建设为抓手，推行非现场执法模式，争取早见成效。",
        &[
            (1, "一、", "存在的问题", Role::Problems),
            (1, "二、", "下步打算", Role::Plan),
            (2, "（一）", "深化改革，理顺职责", Role::Plan),
        ],
    );
}

#[test]
fn a_clause_with_items_below_it_is_a_heading() {
    check(
        "甲区2022年法治政府建设工作报告
        一、主要工作
        （一）抓规范，促进公正文明执法。
        1．推行三项制度。购置执法记录仪，做到执法活动全程记录，制定执法公示办法。
        2．严格办理案件。坚持集体讨论，重大案件一律审核，未发生执法过错。",
        &[
            (1, "一、", "主要工作", Role::Achievements),
            (2, "（一）", "抓规范，促进公正文明执法", Role::Achievements),
            (3, "1．", "推行三项制度", Role::Achievements),
            (3, "2．", "严格办理案件", Role::Achievements),
        ],
    );
}

#[test]
fn paragraphs_that_open_alike_are_a_row_of_headings() {
    check(
        "甲县2024年法治政府建设工作报告
        主要工作和成效
        坚持党建引领，扛牢法治责任。局党委年内研究执法改革、重大案件、队伍管理等事项，压实主要负责人责任。
        坚持服务大局，助力发展环境。围绕优化营商环境，梳理便企举措，对重点项目实行专员跟踪服务。
        坚持严格规范，提升办案质量。落实三项制度，完善裁量基准，组织案卷评查，未发生执法过错。
        存在的问题
        个别人员学习不够主动，工作方法不多，需要进一步加强培训，提升能力。",
        &[
            (1, "", "主要工作和成效", Role::Achievements),
            (2, "", "坚持党建引领，扛牢法治责任", Role::Achievements),
            (2, "", "坚持服务大局，助力发展环境", Role::Achievements),
            (2, "", "坚持严格规范，提升办案质量", Role::Achievements),
            (1, "", "存在的问题", Role::Problems),
        ],
    );
}

#[test]
fn a_signature_stands_above_a_list_of_annexes_whatever_heads_the_report() {
    let document = read(
        "甲县城市管理局2023年法治政府建设年度报告
        主要工作
        我局坚持依法行政，完善决策程序，规范执法行为，各项工作有序开展，群众满意度有所提升，法治意识有所增强。
        我局加强队伍建设，开展业务培训，落实持证上岗，执法水平逐步提高，未发生行政败诉案件，取得一定成效。
        甲县城市管理局
        2024年1月26日
        附件：1．执法统计表.xlsx
        2．执法情况说明.docx",
    );
    let kinds: Vec<_> = document.paragraphs.iter().map(|one| one.kind).collect();
    assert_eq!(kinds[4..6], [ParagraphKind::Signature; 2]);
}

#[test]
fn a_clause_that_goes_on_with_a_year_is_no_heading() {
    check(
        "甲县2024年法治政府建设工作报告
        一、下一步打算
        （一）推进体制改革，推动执法重心下移。
        （二）全面推行三项制度，为一线执法人员配齐记录设备，2025年底前全过程记录。",
        &[(1, "一、", "下一步打算", Role::Plan)],
    );
}

#[test]
fn reads_a_row_that_is_counted_off() {
    check(
        "甲区2022年法治政府建设工作报告
        2022年，我区扎实推进法治政府建设，现将有关情况报告如下：
        第一，加强组织领导，落实工作责任
        区委区政府召开会议三次，研究法治建设重大事项。第一，压实责任；第二，强化督办。
        第二，规范权力运行，推进科学决策
        第一，部分单位重视不够，制度落实不到位，还需加强督促检查，确保取得实效。",
        &[
            (
                1,
                "第一，",
                "加强组织领导，落实工作责任",
                Role::Achievements,
            ),
            (
                1,
                "第二，",
                "规范权力运行，推进科学决策",
                Role::Achievements,
            ),
        ],
    );
}

#[test]
fn reads_bare_headings() {
    check(
        "甲县2022年法治政府建设工作报告
        主要工作
        我县坚持依法行政，完善决策程序，规范执法行为，推进政务公开，各项工作有序开展。
        存在问题
        一是宣传不够深入，群众知晓率有待提高；二是人员力量偏弱，难以适应工作需要。
        下一步打算
        我们将针对以上问题，逐项研究措施，明确责任单位和完成时限，切实抓好整改。",
        &[
            (1, "", "主要工作", Role::Achievements),
            (1, "", "存在问题", Role::Problems),
            (1, "", "下一步打算", Role::Plan),
        ],
    );
}

#[test]
fn finds_parts_without_headings() {
    let document = read(
        "一、健全机制
        召开会议，部署任务，压实责任，形成合力。
        二、存在问题
        一是认识有待提高。二是力量不足。
        下一步，我局将加强培训，充实力量。
        甲县城市管理局
        2023年1月5日",
    );
    let roles: Vec<_> = document.parts.iter().map(|part| part.role).collect();
    assert_eq!(roles, [Role::Achievements, Role::Problems, Role::Plan]);
    let last = document
        .parts
        .last()
        .expect("has parts")
        .span
        .of(&document.text.text);
    assert!(
        last.starts_with("下一步") && last.ends_with("充实力量。"),
        "{last}"
    );
    assert_eq!(
        document.paragraphs.last().map(|p| p.kind),
        Some(ParagraphKind::Signature)
    );
}

#[test]
fn anchors_stay_while_words_stay() {
    let before = read("一、工作\n依法行政。\n依法行政。");
    let after = read("一、工作\n新的一段说明情况。\n依法 行政。\n依法行政。");
    assert_eq!(before.paragraphs[1].anchor, after.paragraphs[2].anchor);
    assert_eq!(
        before.paragraphs[2].anchor,
        format!("{}-2", before.paragraphs[1].anchor)
    );
}

proptest! {
    /// Structure never loses or reorders a paragraph, and every span lies in the text.
    #[test]
    fn paragraphs_are_the_texts_lines(
        text in r"(?:[一二三（）()1-9、。，：法治\n]|第一部分|存在问题|下一步|2023年|甲局|加强领导){0,80}"
    ) {
        let document = read(&text);
        let lines: Vec<&str> = document.text.text.lines().collect();
        let words: Vec<&str> = (0..document.paragraphs.len()).map(|index| document.words(index)).collect();
        prop_assert_eq!(lines, words);
        let anchors: std::collections::BTreeSet<_> = document.paragraphs.iter().map(|p| &p.anchor).collect();
        prop_assert_eq!(anchors.len(), document.paragraphs.len());
        for section in &document.sections {
            prop_assert!(section.span.contains(section.title));
            prop_assert!(!section.title.of(&document.text.text).contains('\n'));
        }
        for pair in document.parts.windows(2) {
            prop_assert!(pair[0].span.end <= pair[1].span.start);
        }
    }
}
