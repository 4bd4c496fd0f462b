use super::*;
use crate::decode::Format;
use crate::decode::{Encoding, Line};
use crate::evidence::Confidence;
use proptest::prelude::*;

pub(crate) fn decoded(text: &str) -> Decoded {
    Decoded {
        format: Format::Text,
        encoding: Encoding {
            name: "UTF-8".into(),
            declared: false,
            confidence: Confidence::HIGH,
        },
        lines: text
            .split('\n')
            .enumerate()
            .map(|(index, line)| Line {
                text: line.to_owned(),
                source_line: index as u32 + 1,
                markup: Markup::None,
            })
            .collect(),
    }
}

fn cleaned(text: &str) -> CleanText {
    clean(&decoded(text))
}

#[test]
fn squeezes_white_space_and_closes_up_letter_spacing() {
    let clean = cleaned(
        "  法　治 政 府\u{200b} 建 设 报 告  \n\n\u{a0}\u{a0}全县　依法行政\u{feff}水平提高。",
    );
    assert_eq!(clean.text, "法治政府建设报告\n全县 依法行政水平提高。");
}

#[test]
fn joins_what_a_fixed_width_broke() {
    let clean = cleaned(
        "    今年以来，我县认真贯彻上级关于法治政府建设的\n部署要求，坚持问题导向，健全制度机制，规范执法行\n为，各项工作取得新的进展，现将有关情况报告如下，\n请予审议，并提出宝贵意见。\n    一年中召开会议四次，研究解决队伍建设、经费保障\n等问题十余个，推动责任逐级落实，形成了上下联动、\n齐抓共管的格局。",
    );
    assert_eq!(clean.text.lines().count(), 2, "{}", clean.text);
    assert!(clean.text.contains("建设的部署要求"));
    // Quotation marks are wide in Chinese type, and narrow by the table of widths.
    let quoted = cleaned(
        "今年以来，我县认真贯彻上级关于法治政府建设的部署\n要求，坚持问题导向，健全制度机制，规范执法行为，\n落实“谁执法谁普法”责任制，开展送法上门普法活动\n41场次，发放资料2600份，利用电子屏滚动播放标语，\n取得实效。",
    );
    assert_eq!(quoted.text.lines().count(), 1, "{}", quoted.text);
}

/// No line begins with a mark that closes or parts, wherever the one above was broken.
#[test]
fn joins_a_line_that_begins_with_a_mark_no_line_begins_with() {
    let clean = cleaned(
        "一、主要工作\n以我局为被告，全年新发行政诉讼案件8件\n，上年结转3件，共审结9件。\n二、下一步打算",
    );
    assert_eq!(clean.text.lines().count(), 3, "{}", clean.text);
    assert!(clean.text.contains("案件8件，上年结转3件"));
}

#[test]
fn joins_what_was_broken_every_so_many_characters() {
    let clean = cleaned(
        "　　全年共办结行政处罚案件1286起，其中一般程序214起，简易程序\n1072起，罚没款96.4万元，全部上缴国库。2015年同期共办结案\n件1105起，罚没款81.7万元，增长均在一成以上，其中渣土运输\n187台次。\n　　全年共拆除违法建设312处、4.6万平方米，其中存量205处，新\n增107处，实现新增违建零增长，已向社会公布，接受群众监督。",
    );
    assert_eq!(clean.text.lines().count(), 2, "{}", clean.text);
    assert!(clean.text.contains("214起，简易程序1072起"));
}

#[test]
fn joins_ragged_lines_of_a_scan() {
    let clean = cleaned(
        "　　局党组会议、局务会议研究法治建设议题 12 次，制定\n印发年度法治建设工作要点，明确 7  个方面 32 项任务。将\n法治建设纳入目标责任考核，建立年初有部署、年中有检查、\n年末有考核的工作机制。局主要负责人切实履行第一责任人职责\n，带头学习，中心组开展专题学习 4 次。\n（二）完善制度体系\n　　持续优化服务，办理时限压缩一半以上，许可事项压减至 14 \n项。落实清单，豁免手续项目 3128 个。动态调整权责清单，现\n有权责事项 227 项，其中行政处罚类 151 项，行政许可类 14 \n项，行政检查类 22 项，全部在门户网站公布，接受社会监督并\n按季更新。",
    );
    assert_eq!(clean.text.lines().count(), 3, "{}", clean.text);
    assert!(clean.text.contains("压减至 14项"), "{}", clean.text);
    assert!(clean.text.contains("行政许可类 14项"));
}

#[test]
fn joins_across_a_pages_end() {
    let clean = cleaned(
        "加强执法监督，开展案卷评查，对发现的问题逐一反馈并督促有关\n- 3 -\n单位限期整改到位，评查结果纳入年度考核。\n年内整改完成率达到预期目标，各单位均已报送情况。",
    );
    assert_eq!(clean.text.lines().count(), 2, "{}", clean.text);
    assert!(clean.text.contains("督促有关单位限期"));
    assert_eq!(clean.furniture[0].kind, FurnitureKind::Folio);
}

#[test]
fn keeps_aligned_columns_as_cells() {
    let clean = cleaned("指标名称    2021年    2022年\n处罚案件    120件     135件");
    assert_eq!(
        clean.text,
        "指标名称\t2021年\t2022年\n处罚案件\t120件\t135件"
    );
    assert_eq!(clean.markup, [Markup::Row, Markup::Row]);
}

#[test]
fn lines_between_bars_are_rows() {
    let clean = cleaned(
        "┌────┬────┐\n│案件│件数│\n├────┼────┤\n│许可│120 │\n└────┴────┘\n共办结 | 撤回 | 调解三类。\n全年办结120件。",
    );
    assert_eq!(
        clean.text,
        "│案件│件数│\n│许可│120 │\n共办结 | 撤回 | 调解三类。\n全年办结120件。"
    );
    assert_eq!(clean.markup[..2], [Markup::Row, Markup::Row]);
    assert_eq!(clean.markup[2..], [Markup::None, Markup::None]);
    assert_eq!(clean.furniture.len(), 3);
}

fn visible(text: &str) -> Vec<char> {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn seen(line: &str) -> Vec<char> {
    line::squeeze(&decoded(line).lines)
        .iter()
        .flat_map(|line| visible(&line.text))
        .collect()
}

proptest! {
    /// Every visible character stands in the text or in the furniture, in order, and leads back to
    /// its place in the source.
    #[test]
    fn keeps_every_character_and_its_way_back(
        text in r"(?:[一二三（）()1-9、。，：>\| \t\u{3000}\u{200b}a-z〔〕\n]|法治|政府|报告|来源|友情链接|首页|年度|存在问题|日期){0,120}"
    ) {
        let clean = cleaned(&text);
        let source: Vec<&str> = text.split('\n').collect();
        for (at, character) in clean.text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
            let (line, column) = clean.source_of(at as u32).expect("has a source");
            prop_assert_eq!(source[line as usize - 1].chars().nth(column as usize), Some(character));
        }
        // Text and furniture, merged by source line, are the source.
        let mut pieces: Vec<(u32, Vec<char>)> = clean
            .furniture
            .iter()
            .map(|piece| (piece.source_line, visible(&piece.text)))
            .collect();
        for (at, character) in clean.text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
            let (line, _) = clean.source_of(at as u32).expect("has a source");
            match pieces.iter_mut().find(|(of, _)| *of == line) {
                Some((_, characters)) => characters.push(character),
                None => pieces.push((line, vec![character])),
            }
        }
        pieces.sort_by_key(|(line, _)| *line);
        let kept: Vec<char> = pieces.into_iter().flat_map(|(_, characters)| characters).collect();
        prop_assert_eq!(kept, seen(&text));
        prop_assert_eq!(clean.markup.len(), clean.text.lines().count());
    }
}

#[test]
fn cells_below_each_other_are_rows() {
    let text = "情况见下表：\n项目\n件数\n行政复议案件审结\n71\n其中：维持\n52\n撤销\n4\n六、其他\n依法推进。";
    let clean = cleaned(text);
    assert_eq!(
        clean.text,
        "情况见下表：\n项目\t件数\n行政复议案件审结\t71\n其中：维持\t52\n撤销\t4\n六、其他\n依法推进。"
    );
    assert_eq!(clean.markup[1..5], [Markup::Row; 4]);
    // Two of them are an accident, and rising numbers without a head are pages.
    let two = "甲\n乙县\n1200\n丙县\n3000\n依法推进。";
    assert_eq!(cleaned(two).text, two);
    let contents = "主要做法\n3\n存在问题\n8\n下步打算\n10\n依法推进。";
    assert!(!cleaned(contents).text.contains('\t'));
    // Numbers above their words are not paired with the words above them, nor a list's numbers with its words.
    let above =
        "工作成效\n331\n行政处罚案件（件）\n40\n罚款（万元）\n131\n普通程序（件）\n依法推进。";
    assert!(!cleaned(above).text.contains('\t'));
    let list = "1\n推进依法行政\n2\n强化执法监督\n3\n完善制度机制\n依法推进。";
    assert!(!cleaned(list).text.contains('\t'));
    // A blank within a cell that tabs part is no cell's end.
    let tabbed = "项目\t案件数\t罚没款\n医疗卫生\t126\t88.4\n合　计\t397\t168.9";
    assert_eq!(cleaned(tabbed).text, tabbed.replace('　', " "));
    // Of more columns: numbers of rows, units, years.
    let wide = "序号\n项目\n单位\n2019年\n2020年\n1\n处罚案件\n起\n731\n862\n2\n其中：一般程序\n起\n688\n821\n3\n简易程序\n起\n43\n41\n依法推进。";
    assert_eq!(
        cleaned(wide).text,
        "序号\t项目\t单位\t2019年\t2020年\n1\t处罚案件\t起\t731\t862\n2\t其中：一般程序\t起\t688\t821\n3\t简易程序\t起\t43\t41\n依法推进。"
    );
}

#[test]
fn one_long_line_hides_no_wrap() {
    let line =
        "围绕管理、服务、执法三位一体的思路，组织专班赴外地考察，认真研究职责边界、人员划转的事";
    let long = format!("{line}，形成调研报告报市委改革办，稳步推进城市执法体制改革");
    let wrapped = std::iter::repeat_n(line, 40).collect::<Vec<_>>().join("\n");
    let text = format!("{wrapped}\n{long}\n{wrapped}\n办结。");
    assert_eq!(cleaned(&text).text.lines().count(), 1);
}

#[test]
fn single_blanks_part_cells_where_rows_of_numbers_follow_each_other() {
    let table = "情况一览表\n项目 2018年 2017年\n行政复议收案（件） 46 39\n行政应诉案件（件） 29 33\n二、存在问题\n人手不足。";
    let clean = cleaned(table);
    assert_eq!(
        clean.text,
        "情况一览表\n项目\t2018年\t2017年\n行政复议收案（件）\t46\t39\n行政应诉案件（件）\t29\t33\n二、存在问题\n人手不足。"
    );
    assert_eq!(clean.markup[1..4], [Markup::Row; 3]);
    for text in [
        "行政复议收案 46 39\n人手不足。",
        "主要做法 3\n存在问题 8\n依法推进。",
        "收案 46 件 39\n收案 46 件 39\n依法推进。",
    ] {
        assert!(!cleaned(text).text.contains('\t'), "{text}");
    }
}

#[test]
fn a_first_paragraph_wrapped_wider_hides_no_wrap() {
    let text = "理和综合执法职责，较好地完成了全年各项工作任务。一年来，全局上下坚持以人
民为中心的发展思想，着力解决群众反映强烈的市容环境问题。现将情况总结如下：
一、提高政治站位，强化组织保障
（一）健全领导机制。成立以局长为组长的领导小组，将依法行政工作纳
入年度目标考核，全年召开专题会议4次，研究解决执法中的突出问题，层
层签订目标责任书。
（二）严格执法程序。深入推行三项制度，全局在编执法人员全部取得行政
执法证，持证率100%。今年以来，共立案查处各类违法案件763件，处罚金
额215万余元。其中适用一般程序办理的58件，适用简易程序办理的705件，
全年完成重大执法决定法制审核17件。
二、存在的问题
（一）执法力量不足。一线执法人员年龄偏大，专业人才缺乏，与承担的任
务不相匹配，个别人员程序意识不强，文书制作不够规范。";
    assert_eq!(cleaned(text).text.lines().count(), 6);
}
