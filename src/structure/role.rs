//! What a heading's words say of its part, and the parts that have no heading.
//!
//! The four statutory parts are those of 法治政府建设与责任落实督察工作规定 (2019), art. 26.

use super::{Document, ParagraphKind, Part, Role};
use crate::evidence::Span;
use regex::Regex;
use search_index::fold::fold_chars;
use std::sync::LazyLock;

macro_rules! rule {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Regex> =
            LazyLock::new(|| Regex::new($pattern).expect("a constant pattern compiles"));
    };
}

rule!(
    PROBLEMS,
    r"(?:存在|面临|遇到).{0,12}(?:问题|不足|困难|差距|短板|弱项|薄弱|困境|瓶颈|挑战)|(?:问题|不足|短板|差距|困难)(?:和|及|与|及其|、)?(?:主要)?(?:原因|不足|问题|困难|短板|差距)|^(?:主要|存在的?)?(?:问题|不足|短板|差距|薄弱环节|困难)(?:之处|分析)?$|不足之处|薄弱环节|原因分析"
);
rule!(
    PLAN,
    r"下一?(?:步|阶段)|下一年|下半年|今后|明年|来年|新一年|未来(?:工作|一年|打算)|努力方向|改进(?:措施|方向)|整改(?:措施|方向)$|(?:工作|主要|有关|总体|初步|重点)?(?:打算|思路|安排|设想|展望)$|(?:工作|年度|主要|重点)(?:计划|安排|打算|思路|举措和安排)$"
);
rule!(
    PLAN_YEAR,
    r"((?:20)\d{2})年(?:度)?.{0,24}(?:打算|安排|计划|思路|重点|展望|设想|目标|任务|举措|方向|工作)"
);
rule!(
    DONE,
    r"完成情况|落实情况|开展情况|执行情况|进展|成效|总结|回顾|取得|做法|履行"
);
rule!(
    LEADERSHIP,
    r"第一责任人?|主要负责(?:人|同志).{0,16}(?:法治|职责|履职|述法)|(?:党政|行政)主要领导.{0,12}法治|负责人.{0,8}履行.{0,8}法治"
);
rule!(
    LITIGATION,
    r"行政复议|复议.{0,6}(?:诉讼|应诉|案件|工作)|诉讼|应诉|法院.{0,8}(?:生效|裁判|判决)|生效(?:裁判|判决)|败诉"
);
rule!(
    SUGGESTIONS,
    r"(?:意见|工作|有关|相关|对策)(?:和|与|及|、)?建议|^(?:几点)?建议$|建议意见|^对.{2,30}(?:的)?建议"
);
rule!(
    NOT_SUGGESTIONS,
    r"办理|提案|议案|代表|委员|检察建议|司法建议|行政建议|征集|采纳|征求|法律意见"
);
rule!(
    OTHER,
    r"^其他(?:需要|应当|有关|需)?(?:报告|说明|汇报)?.{0,8}(?:事项|情况|工作|问题)|^其他$|^附件"
);
rule!(
    PLAN_OPENING,
    r"^(?:下一?步|下一阶段|今后|明年|来年|新的一年|接下来|下一年)|^20\d{2}年,?(?:我|全|县|市|区|局|本|各)?.{0,24}将"
);
rule!(
    PROBLEMS_OPENING,
    r"^(?:(?:目前|当前|同时|但|但是|虽然|尽管|在看到|在肯定|总结|回顾|对照|与此同时).{0,60})?(?:仍|还|也|主要|我们清醒地认识到.{0,20})?(?:然)?存在(?:着|的|以下|一些|不少)?.{0,16}(?:问题|不足|差距|短板|薄弱)"
);

rule!(
    SIGNS,
    r"问题|不足|困难|差距|短板|弱项|薄弱|困境|瓶颈|挑战|原因|下一|下步|下阶段|下半年|今后|明年|来年|新一年|未来|方向|措施|打算|思路|安排|设想|展望|计划|20|第一责任|主要负责|主要领导|负责人|复议|诉讼|应诉|法院|裁判|判决|败诉|建议|其他|附件"
);

/// The role that a heading's own folded words give, where they give one. Most headings hold no word of those that can.
pub(super) fn own(folded: &str, report_year: Option<i32>) -> Option<Role> {
    let closed: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    let title = closed.trim_end_matches([':', '。', ',', ';']);
    SIGNS.is_match(title).then(|| told(title, report_year))?
}

/// What a heading's words, without white space, tell of its role.
fn told(title: &str, report_year: Option<i32>) -> Option<Role> {
    if OTHER.is_match(title) {
        return Some(Role::Other);
    }
    if SUGGESTIONS.is_match(title) && !NOT_SUGGESTIONS.is_match(title) {
        return Some(Role::Suggestions);
    }
    let plan = (PLAN.is_match(title) && !DONE.is_match(title)) || plans_year(title, report_year);
    let problems = PROBLEMS.find(title);
    if let Some(problems) = problems {
        // 存在问题及下一步打算 is about problems first; 下一步解决存在问题的措施 about the plan.
        let first = PLAN
            .find(title)
            .is_some_and(|plan| plan.start() < problems.start());
        return Some(if plan && first {
            Role::Plan
        } else {
            Role::Problems
        });
    }
    if LEADERSHIP.is_match(title) {
        return Some(Role::LeadershipDuty);
    }
    if plan {
        return Some(Role::Plan);
    }
    LITIGATION.is_match(title).then_some(Role::Litigation)
}

/// A heading that names a year after the report's own, and work to come.
fn plans_year(title: &str, report_year: Option<i32>) -> bool {
    let Some(named) = PLAN_YEAR
        .captures(title)
        .and_then(|found| found[1].parse::<i32>().ok())
    else {
        return false;
    };
    !DONE.is_match(title) && report_year.is_some_and(|year| named > year)
}

/// The role of a heading: its own words' where they may override what it inherits.
pub(super) fn of(own: Option<Role>, inherited: Option<Role>) -> Role {
    match (own, inherited) {
        (None, inherited) => inherited.unwrap_or(Role::Achievements),
        (Some(role), None) => role,
        // Within problems, leadership, plan or suggestions a subject is discussed, not reported.
        (Some(Role::Litigation | Role::Other), Some(inherited))
            if inherited != Role::Achievements =>
        {
            inherited
        }
        (
            Some(Role::LeadershipDuty),
            Some(inherited @ (Role::Problems | Role::Plan | Role::Suggestions)),
        ) => inherited,
        (Some(Role::Problems), Some(Role::Plan)) => Role::Plan,
        (Some(role), Some(_)) => role,
    }
}

/// Divides the report into parts: by its headings, and where a paragraph without one opens a plan
/// or a list of problems.
pub(super) fn parts(document: &Document) -> Vec<Part> {
    let flat = document.sections.is_empty();
    let body: Vec<usize> = (0..document.paragraphs.len())
        .filter(|&index| {
            !matches!(
                document.paragraphs[index].kind,
                ParagraphKind::Title | ParagraphKind::Signature | ParagraphKind::Salutation
            )
        })
        .collect();
    let mut parts: Vec<Part> = Vec::new();
    let mut opened: Option<(Option<u32>, Role)> = None;
    for (at, &index) in body.iter().enumerate() {
        let paragraph = &document.paragraphs[index];
        let inherited = match paragraph.section {
            Some(section) => document.sections[section as usize].role,
            None if flat => Role::Achievements,
            None => Role::Other,
        };
        if opened.is_some_and(|(section, _)| section != paragraph.section) {
            opened = None;
        }
        if paragraph.kind == ParagraphKind::Body
            && let Some(role) = opens(document.words(index), inherited, at * 5 >= body.len() * 2)
        {
            opened = Some((paragraph.section, role));
        }
        let role = opened.map_or(inherited, |(_, role)| role);
        let last = at + 1 == body.len();
        match turns_to_plan(document.words(index), role, last) {
            Some(turn) => {
                let turn = paragraph.span.start as usize + turn;
                extend(
                    &mut parts,
                    role,
                    Span::new(paragraph.span.start as usize, turn),
                );
                extend(
                    &mut parts,
                    Role::Plan,
                    Span::new(turn, paragraph.span.end as usize),
                );
                opened = Some((paragraph.section, Role::Plan));
            }
            None => extend(&mut parts, role, paragraph.span),
        }
    }
    parts
}

fn extend(parts: &mut Vec<Part>, role: Role, span: Span) {
    match parts.last_mut() {
        Some(last) if last.role == role => last.span.end = span.end,
        _ => parts.push(Part { role, span }),
    }
}

/// The role that a paragraph's first words open, late enough in the report.
fn opens(words: &str, inherited: Role, late: bool) -> Option<Role> {
    if !late || matches!(inherited, Role::Plan | Role::Suggestions) {
        return None;
    }
    let opening: String = fold_chars(words.get(..words.floor_char_boundary(300)).unwrap_or(words))
        .text
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    if PLAN_OPENING.is_match(&opening) {
        return Some(Role::Plan);
    }
    (inherited != Role::Problems && PROBLEMS_OPENING.is_match(&opening)).then_some(Role::Problems)
}

/// Where a paragraph on problems (or the report's last one) turns to what comes next: a byte in it.
fn turns_to_plan(words: &str, role: Role, last: bool) -> Option<usize> {
    if role == Role::Plan || !(last || role == Role::Problems) {
        return None;
    }
    ["。下一步", "。下步", "。今后", "。下一阶段"]
        .iter()
        .filter_map(|turn| words.find(turn))
        .min()
        .map(|at| at + '。'.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(title: &str, expected: Option<Role>) {
        assert_eq!(
            own(&search_index::fold::fold_str(title), Some(2022)),
            expected,
            "{title}"
        );
    }

    proptest! {
        /// What tells a role holds one of the signs.
        #[test]
        fn nothing_without_a_sign_tells_a_role(
            words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 1..6),
        ) {
            let title = words.concat();
            if told(&title, Some(2022)).is_some() {
                prop_assert!(SIGNS.is_match(&title), "{}", title);
            }
        }
    }

    /// Parts of what the expressions look for.
    const WORDS: [&str; 58] = [
        "存在",
        "面临",
        "遇到",
        "问题",
        "不足",
        "差距",
        "短板",
        "困难",
        "瓶颈",
        "和",
        "原因",
        "主要",
        "薄弱环节",
        "之处",
        "分析",
        "下",
        "一",
        "步",
        "阶段",
        "下一年",
        "下半年",
        "今后",
        "明年",
        "来年",
        "新一年",
        "未来",
        "打算",
        "努力方向",
        "改进",
        "措施",
        "整改",
        "工作",
        "思路",
        "安排",
        "计划",
        "举措和安排",
        "2023年",
        "目标",
        "任务",
        "第一责任",
        "人",
        "负责人",
        "同志",
        "法治",
        "党政",
        "主要领导",
        "履行",
        "行政复议",
        "诉讼",
        "法院",
        "生效",
        "裁判",
        "败诉",
        "意见",
        "建议",
        "其他",
        "事项",
        "附件",
    ];

    #[test]
    fn reads_a_headings_words() {
        check("主要工作开展情况", None);
        check("存在的主要问题和原因", Some(Role::Problems));
        check("不足之处", Some(Role::Problems));
        check("存在问题及下一步打算", Some(Role::Problems));
        check("下一步工作打算", Some(Role::Plan));
        check("下一年度重点任务", Some(Role::Plan));
        check("2023年法治政府建设重点工作", Some(Role::Plan));
        check("2022年度重点工作完成情况", None);
        check(
            "党政主要负责人履行推进法治建设第一责任人职责情况",
            Some(Role::LeadershipDuty),
        );
        check("行政複議和應訴工作", Some(Role::Litigation));
        check("意见建议", Some(Role::Suggestions));
        check("办理人大代表建议情况", None);
        check("其他需要报告的事项", Some(Role::Other));
    }

    #[test]
    fn keeps_what_a_part_discusses_within_it() {
        assert_eq!(of(Some(Role::Litigation), Some(Role::Plan)), Role::Plan);
        assert_eq!(
            of(Some(Role::Litigation), Some(Role::Achievements)),
            Role::Litigation
        );
        assert_eq!(of(Some(Role::Plan), Some(Role::Problems)), Role::Plan);
        assert_eq!(of(None, Some(Role::Problems)), Role::Problems);
        assert_eq!(of(None, None), Role::Achievements);
    }
}
