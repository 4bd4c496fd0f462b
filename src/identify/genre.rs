//! Is the text a yearly (or part-year) report on building law-based government, and if not, what is it?

use super::page::Page;
use super::{Genre, places};
use crate::evidence::{Confidence, Evidence, Fact, Method};
use search_index::fold::fold_chars;

/// Titles of other genres: words they hold or end in, and what that genre is. The first that fits decides.
const OTHER_TITLES: [(&str, &str); 30] = [
    ("政策解读", "an explanation of another text"),
    ("解读", "an explanation of another text"),
    ("政府工作报告", "a government work report"),
    (
        "信息公开工作年度报告",
        "a yearly report on disclosure of government information",
    ),
    (
        "信息公开年度报告",
        "a yearly report on disclosure of government information",
    ),
    (
        "信息公开工作报告",
        "a report on disclosure of government information",
    ),
    (
        "信息公开年报",
        "a yearly report on disclosure of government information",
    ),
    ("政务公开工作总结", "a report on open government"),
    ("工作要点", "work points for the time to come"),
    ("要点", "work points for the time to come"),
    ("责任分工", "a plan of who does what"),
    ("任务分解", "a plan of who does what"),
    ("任务清单", "a list of tasks"),
    ("责任清单", "a list of duties"),
    ("实施方案", "an implementation plan"),
    ("工作方案", "a work plan"),
    ("行动方案", "a work plan"),
    ("方案", "a plan"),
    ("实施意见", "an opinion on implementation"),
    ("意见", "an opinion on implementation"),
    ("实施纲要", "an outline programme"),
    ("规划", "a plan for several years"),
    ("工作计划", "a work plan"),
    ("工作安排", "a work plan"),
    ("计划", "a plan"),
    ("通知", "a notice"),
    ("通报", "a circular"),
    ("公告", "an announcement"),
    ("办法", "a set of rules"),
    ("讲话", "a speech"),
];

/// Words in titles of this genre.
const OWN_TITLES: [&str; 20] = [
    "法治政府",
    "依法行政",
    "法治建设",
    "法制工作",
    "法治工作",
    "依法治",
    "法治城管",
    "行政执法工作",
    "法制建设",
    "法治化",
    "执法工作",
    "法治县",
    "法治市",
    "法治区",
    "法治机关",
    "法治税务",
    "法治公安",
    "法治交通",
    "法治水利",
    "法治部门",
];

/// What a report's title ends in.
const REPORT_ENDS: [&str; 9] = [
    "总结",
    "报告",
    "汇报",
    "情况",
    "年报",
    "小结",
    "材料",
    "综述",
    "情况的",
];

/// The matter of this genre in the running text.
const MATTER: [&str; 14] = [
    "法治政府",
    "依法行政",
    "法治建设",
    "行政执法",
    "行政处罚",
    "行政复议",
    "行政诉讼",
    "行政应诉",
    "重大行政决策",
    "规范性文件",
    "法律顾问",
    "法制审核",
    "谁执法谁普法",
    "普法",
];

/// Signs of a report on what was done.
const REPORTING: [&str; 11] = [
    "报告如下",
    "汇报如下",
    "总结如下",
    "存在的问题",
    "存在问题",
    "存在的不足",
    "不足",
    "取得",
    "下一步",
    "工作总结",
    "开展了",
];

/// Signs of a text that orders what is to be done.
const ORDERING: [&str; 12] = [
    "制定本方案",
    "制订本方案",
    "责任单位:",
    "牵头单位",
    "配合单位",
    "完成时限",
    "请认真贯彻执行",
    "现提出如下",
    "制定如下",
    "工作要求如下",
    "请结合实际",
    "制定本计划",
];

/// The genre, with the reason as evidence.
pub(super) fn genre(page: &Page, title: Option<&(String, Evidence)>) -> Fact<Genre> {
    if let Some((title, evidence)) = title {
        if let Some(reason) = other_by_title(title) {
            return Fact::new(
                Genre::Other,
                Method::Title,
                Evidence::Told(format!("its title is that of {reason}")),
                Confidence::HIGH,
            );
        }
        let own = OWN_TITLES.iter().any(|word| title.contains(word));
        if own && is_report(title) {
            return Fact::new(
                Genre::AnnualReport,
                Method::Title,
                evidence.clone(),
                Confidence::HIGH,
            );
        }
    }
    by_text(page)
}

fn core(title: &str) -> &str {
    let title = title.trim_end_matches(['。', ':']);
    let title = if title.ends_with(')') {
        title.rfind('(').map_or(title, |open| &title[..open])
    } else {
        title
    };
    title.trim_end_matches("的函").trim_end_matches('>')
}

fn is_report(title: &str) -> bool {
    let core = core(title);
    REPORT_ENDS.iter().any(|end| core.ends_with(end))
        || REPORT_ENDS[..3].iter().any(|end| core.contains(end))
}

fn other_by_title(title: &str) -> Option<&'static str> {
    let core = core(title);
    let (word, reason) = OTHER_TITLES.iter().find(|(word, _)| {
        let disclosure = word.contains("公开") || *word == "政府工作报告";
        if disclosure {
            core.contains(word)
        } else {
            core.ends_with(word)
        }
    })?;
    // 总结及下年计划, 工作总结和工作要点: what was done comes first.
    let head = &core[..core.rfind(word)?];
    let report_first = ["总结", "情况", "汇报"]
        .iter()
        .any(|done| head.contains(done))
        && ["计划", "安排", "要点", "方案", "意见"]
            .iter()
            .any(|plan| word.ends_with(plan))
        && !head.contains("落实");
    // 关于印发……总结的通知: the notice is but the cover.
    let cover = *word == "通知"
        && head.contains("印发")
        && ["总结", "报告", "情况"]
            .iter()
            .any(|done| head.trim_end_matches(['的', '》']).ends_with(done));
    // 法治政府工作报告 is of this genre, 2021年政府工作报告 is not.
    let law_based = *word == "政府工作报告" && head.ends_with("法治");
    (!report_first && !law_based && !cover).then_some(*reason)
}

fn by_text(page: &Page) -> Fact<Genre> {
    let text = &page.folded.text;
    let count = |words: &[&str]| {
        words
            .iter()
            .map(|word| places(text, word).count())
            .sum::<usize>()
    };
    let kinds = MATTER.iter().filter(|word| text.contains(**word)).count();
    let told = |genre, reason: String, confidence| {
        Fact::new(genre, Method::Body, Evidence::Told(reason), confidence)
    };
    if text.contains("各位代表") {
        return told(
            Genre::Other,
            "it addresses delegates, as a government work report does".into(),
            Confidence::HIGH,
        );
    }
    if text.contains("主动公开政府信息情况")
        || (text.contains("收到和处理政府信息公开申请") && text.contains("信息公开工作"))
    {
        return told(
            Genre::Other,
            "its parts are those of a yearly report on disclosure of government information".into(),
            Confidence::HIGH,
        );
    }
    if text.contains("关键词")
        && ["研究方向", "作者简介", "基金项目", "参考文献"]
            .iter()
            .any(|word| text.contains(word))
    {
        return told(
            Genre::Other,
            "it names its authors and keywords, as a scholarly paper does".into(),
            Confidence::MEDIUM,
        );
    }
    let ordering = count(&ORDERING);
    let reporting = count(&REPORTING);
    if ordering > 0 && ordering * 2 > reporting {
        return told(
            Genre::Other,
            format!("it says what is to be done ({ordering} such phrases)"),
            Confidence::MEDIUM,
        );
    }
    if let Some(heading) = telling_heading(page) {
        let reason = format!("a heading says so: {heading}");
        return told(Genre::AnnualReport, reason, Confidence::MEDIUM);
    }
    let matter = count(&MATTER);
    let letters = text.chars().count().max(1);
    if kinds >= 3 && matter >= 4 && reporting >= 1 {
        let reason = format!("it reports on {kinds} matters of law-based government");
        return told(Genre::AnnualReport, reason, Confidence::MEDIUM);
    }
    let outlined = page.document.sections.len() >= 2;
    if matter * 400 >= letters && kinds >= 2 && (reporting >= 1 || letters < 1_500 && outlined) {
        let reason = format!("it speaks of law-based government {matter} times");
        return told(Genre::AnnualReport, reason, Confidence::LOW);
    }
    // A short report without title still names the genre, and reports.
    let named = text.matches("法治政府").count();
    if letters < 1_500 && named >= 2 && reporting >= 2 {
        let reason = format!("it reports, and names law-based government {named} times");
        return told(Genre::AnnualReport, reason, Confidence::LOW);
    }
    told(
        Genre::Other,
        format!("it speaks of law-based government only {matter} times"),
        Confidence::LOW,
    )
}

/// A heading that tells how building law-based government went: 2019年推进法治政府建设情况.
fn telling_heading<'p>(page: &'p Page) -> Option<&'p str> {
    page.document.sections.iter().find_map(|section| {
        let words = section.title.of(&page.document.text.text);
        let folded = fold_chars(words).text;
        let matter = ["法治政府建设", "依法行政"]
            .iter()
            .find_map(|matter| folded.split_once(matter))?;
        let told = ["情况", "成效", "举措和", "成绩", "做法", "工作开展", "完成"];
        (told.iter().any(|word| matter.1.contains(word)) && !folded.contains("责任"))
            .then_some(words)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_other_genres() {
        for title in [
            "2023年法治政府建设工作要点",
            "灵石县2022年法治政府建设实施方案",
            "2021年政府工作报告",
            "灵石县人民政府2021年政府信息公开工作年度报告",
            "关于报送2020年法治政府建设情况报告的通知",
            "关于加强法治政府建设的实施意见",
            "关于《灵石县2023年度法治政府建设工作报告》的政策解读",
        ] {
            assert!(other_by_title(title).is_some(), "{title}");
        }
        for title in [
            "2023年法治政府建设工作总结及2024年工作计划",
            "2019年上半年依法行政工作总结",
            "关于2022年度法治建设工作情况的报告",
            "2020年法治政府工作报告",
            "关于印发2019年法治政府建设工作总结的通知",
        ] {
            assert_eq!(other_by_title(title), None, "{title}");
            assert!(is_report(title), "{title}");
        }
    }
}
