//! A heading's words and where its paragraph begins: on a line of its own, run in up to the first
//! full stop, or run in with the stop lost.

use crate::marker::Class;
use regex::Regex;
use std::sync::LazyLock;

/// A heading found at the start of a line (after its marker).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// Bytes of its words.
    pub(super) len: usize,
    /// Whether a paragraph follows in the same line.
    pub(super) run_in: bool,
}

/// Where a heading without its full stop ends at the latest, in characters.
const LONG: usize = 30;

static NEEDS: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?:有待|亟待|尚待|还需|仍需|需要|尚需|亟需)(?:进一步|继续|持续|不断)?(?:加强|提高|提升|完善|增强|健全|强化|改进|优化|深化|规范|加大|拓展|夯实|创新|细化)|存在(?:一定)?(?:的)?(?:不足|差距|短板)",
    )
});
static SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"局党组|党组中心组|我局|我市|我县|我区|我镇|我办|我委|我厅|我州|我旗|本局|县局|市局|区局|今年以来|一年来|年初|一是|截至|截止|自20\d\d年|20\d\d年",
    )
});
/// Verbs that headings of the genre open with.
static VERB: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"^(?:坚决|坚定|切实|不断|持续|全面|深入|扎实|着力|大力|积极|认真|充分|有效|稳步|加快|进一步|严格|依法|统筹|主动|科学|创新|高效|精准|广泛|有序|注重)?(?:地)?(?:加强|强化|推进|推动|深化|完善|规范|健全|防范|维护|激发|凝聚|厚植|守牢|把好|严守|织密|优化|提升|提高|落实|坚持|创新|组织|实施|开展|加大|加快|聚焦|突出|抓好|抓实|建立|构建|注重|压实|拓宽|拓展|夯实|牢固|树立|打造|做好|做实|做优|紧扣|围绕|狠抓|严把|严格|履行|化解|转变|改进|改革|简化|公开|保障|培育|整合|统筹|发挥|学习|贯彻|锤炼|筑牢|厘清|理顺|畅通|完成|配合|促进|增强|丰富|建设|规范|执行|服务|监督|普及|营造|弘扬|引领|带头|参与)",
    )
});
/// A count: headings do not report figures.
static COUNT: LazyLock<Regex> = LazyLock::new(|| {
    rule(r"\d\s*(?:余|多)?\s*(?:件|起|次|人|份|条|项|个|家|场|处|期|万|亿|元|%|％|户|名|宗|卷)")
});

fn rule(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a constant pattern compiles")
}

/// The heading that follows a marker of `class`; `None` where the line is a numbered item or
/// paragraph without one.
pub(super) fn marked(rest: &str, class: Class) -> Option<Heading> {
    let limit = match class {
        Class::Part | Class::Han => 66,
        Class::HanBracketed => 56,
        Class::Digit => 45,
        Class::DigitBracketed | Class::Circled => 36,
    };
    let item = class >= Class::Digit;
    match stop(rest) {
        Stop::End(len) => {
            let words = &rest[..len];
            let length = words.chars().count();
            if let Some(len) = (length > LONG).then(|| lost_stop(words)).flatten() {
                return Some(Heading { len, run_in: true });
            }
            let listed = rest.trim_end().ends_with(['；', ';']);
            let counted = item && (COUNT.is_match(words) || listed);
            (length > 0 && length <= limit + 14 && !counted)
                .then_some(Heading { len, run_in: false })
        }
        Stop::At(len) => {
            let words = &rest[..len];
            let length = words.chars().count();
            let cut = (length > LONG).then(|| lost_stop(words)).flatten();
            if let Some(len) = cut {
                return Some(Heading { len, run_in: true });
            }
            let counted = COUNT.is_match(words) && (item || length > LONG);
            (length > 0 && length <= limit && !counted).then_some(Heading { len, run_in: true })
        }
    }
}

/// A run-in heading whose marker is lost: recognised only by its form, two or three parallel
/// clauses (or a short one) that open with a heading's verb and report no figure.
pub(super) fn unmarked(line: &str) -> Option<Heading> {
    let (Stop::At(first) | Stop::End(first)) = stop(line);
    let words = &line[..first];
    let len = if words.chars().count() > LONG {
        lost_stop(words)?
    } else {
        first
    };
    let words = &line[..len];
    let length = words.chars().count();
    let clauses: Vec<usize> = words
        .split([',', '，', '、'])
        .map(|clause| clause.chars().count())
        .collect();
    let even = clauses.iter().all(|&length| (4..=16).contains(&length));
    let follows = line[len..].chars().count() >= 15;
    (VERB.is_match(words)
        && follows
        && (8..=34).contains(&length)
        && (clauses.len() >= 2 || length <= 16)
        && even
        && !COUNT.is_match(words)
        && !SUBJECT.is_match(words))
    .then_some(Heading { len, run_in: true })
}

/// A heading on a line of its own without marker: short, no sentence, no figure.
pub(super) fn bare(line: &str) -> Option<Heading> {
    let trimmed = line.trim_end_matches([':', '：']);
    let length = trimmed.chars().count();
    let sentence = trimmed.ends_with([
        '。', '；', '，', '、', '！', '？', ';', ',', '”', '》', '）', ')',
    ]) || trimmed.contains(['。', '；', ';', '\t', '|']);
    let colon = trimmed.len() < line.len();
    let colons = trimmed.contains(['：', ':']);
    (!sentence
        && !colons
        && (4..=46).contains(&length)
        && (!colon || length <= 20)
        && !COUNT.is_match(trimmed))
    .then_some(Heading {
        len: trimmed.len(),
        run_in: false,
    })
}

enum Stop {
    /// The line's end is the heading's; its closing punctuation is left out.
    End(usize),
    /// A full stop, colon or gap after these bytes, and a paragraph behind it.
    At(usize),
}

/// The first place where a heading may end.
fn stop(line: &str) -> Stop {
    let mut quoted = 0_i32;
    for (at, character) in line.char_indices() {
        match character {
            '“' | '《' | '（' | '(' | '「' | '〔' => quoted += 1,
            '”' | '》' | '）' | ')' | '」' | '〕' => quoted -= 1,
            '.' if !is_stop(line, at) => {}
            '。' | '！' | '？' | '.' if quoted <= 0 || character == '。' => {
                let rest = line[at + character.len_utf8()..].trim_start();
                return if rest.is_empty() {
                    Stop::End(at)
                } else {
                    Stop::At(at)
                };
            }
            ':' | '：' if quoted <= 0 => {
                let rest = line[at + character.len_utf8()..].trim();
                let words = &line[..at];
                if rest.is_empty() {
                    return Stop::End(at);
                }
                let short = words.chars().nth(20).is_none() && !words.contains([',', '，']);
                if short && rest.chars().count() >= 20 {
                    return Stop::At(at);
                }
            }
            ' ' | '\t' if quoted <= 0 => {
                let words = &line[..at];
                if words.chars().nth(30).is_some() {
                    continue;
                }
                let rest = &line[at..];
                // 提升案件办 理质量。组织……: a stray blank within the heading.
                let within = rest.find('。').is_some_and(|stop| {
                    let followed = stop + '。'.len_utf8() < rest.len();
                    followed && rest[1..stop].chars().nth(4).is_none()
                });
                let separate = !within
                    && words.chars().count() >= 6
                    && rest.contains('。')
                    && rest.chars().count() > 30
                    && rest
                        .find(['。', ' '])
                        .is_none_or(|next| rest[next..].starts_with('。') || next == 0)
                    && !rest[1..]
                        .chars()
                        .next()
                        .is_some_and(|c| c.is_ascii_alphanumeric());
                if separate {
                    return Stop::At(at);
                }
            }
            _ => {}
        }
    }
    Stop::End(line.trim_end_matches(['；', ';', '，', ',', ' ']).len())
}

/// Whether the ASCII stop at byte `at` ends a sentence.
fn is_stop(line: &str, at: usize) -> bool {
    let before = line[..at].chars().next_back();
    let after = line[at + 1..].trim_start().chars().next();
    crate::han::parts_sentences(before, after)
}

/// Where a heading ends whose full stop was lost: after 有待加强 and its like, or before a subject
/// that begins a new sentence.
fn lost_stop(words: &str) -> Option<usize> {
    let limit = words
        .char_indices()
        .nth(LONG + 6)
        .map_or(words.len(), |(at, _)| at);
    let needs = NEEDS.find(words).filter(|found| {
        let next = words[found.end()..].chars().next();
        found.end() <= limit
            && next.is_some_and(|c| crate::han::is_han(c) && !"的和与及力之问性".contains(c))
    });
    if let Some(found) = needs {
        return Some(found.end());
    }
    let subject = SUBJECT
        .find_iter(words)
        .find(|found| found.start() <= limit && words[..found.start()].chars().count() >= 6)?;
    // 配齐记录设备,2018年底前……: a clause of the same sentence.
    if subject.as_str().starts_with("20") && words[..subject.start()].ends_with([',', '，']) {
        return None;
    }
    let title = words[..subject.start()].trim_end_matches([',', '，', ' ']);
    // 健全制度,完善我局……: the verb before the subject belongs to the sentence.
    let clause = title.rfind([',', '，']).filter(|&comma| {
        title[comma..].chars().count() <= 3 && title[..comma].chars().count() >= 6
    });
    Some(clause.unwrap_or(title.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(found: Option<Heading>, line: &str) -> Option<(&str, bool)> {
        found.map(|heading| (&line[..heading.len], heading.run_in))
    }

    fn check(class: Class, line: &str, expected: Option<(&str, bool)>) {
        assert_eq!(title(marked(line, class), line), expected, "{line}");
    }

    #[test]
    fn reads_a_heading_after_its_marker() {
        check(
            Class::Han,
            "主要工作及成效",
            Some(("主要工作及成效", false)),
        );
        check(Class::Han, "主要做法：", Some(("主要做法", false)));
        check(
            Class::HanBracketed,
            "强化统筹，压实责任。召开会议三次，听取汇报。",
            Some(("强化统筹，压实责任", true)),
        );
        // A stray blank within it is no end.
        check(
            Class::Han,
            "加强监督考核，提升案件办 理质量。组织各中队法制员对案卷进行交叉互评，全年共评查案卷195份。",
            Some(("加强监督考核，提升案件办 理质量", true)),
        );
        check(
            Class::Digit,
            "加强领导：成立由局长任组长的领导小组，下设办公室负责日常工作。",
            Some(("加强领导", true)),
        );
    }

    #[test]
    fn leaves_numbered_items_alone() {
        check(Class::Digit, "某某商贸公司占道经营，罚款2万元；", None);
        check(
            Class::Digit,
            "全年检查企业35家次，发现隐患12项，均已整改。下一批次已安排。",
            None,
        );
    }

    #[test]
    fn finds_the_end_of_a_heading_that_lost_its_stop() {
        check(
            Class::HanBracketed,
            "普法实效有待提升一些单位宣传形式比较单一，内容与群众需要结合得还不够紧密，参与面有限。",
            Some(("普法实效有待提升", true)),
        );
        check(
            Class::Han,
            "坚持强化组织领导和机构建设，完善我局法治建设领导小组，由局长主抓各项工作落实到人。",
            Some(("坚持强化组织领导和机构建设", true)),
        );
        let line = "健全决策机制，提升决策质量我局严格落实集体讨论、合法性审查等程序，全年未发生违规决策。";
        assert_eq!(
            title(unmarked(line), line),
            Some(("健全决策机制，提升决策质量", true))
        );
    }

    #[test]
    fn takes_no_sentence_for_a_lost_heading() {
        for line in [
            "全年开展执法检查，共检查企业200家。其中重点企业30家，全部建立了台账并完成整改。",
            "同时，要求各单位抓好落实。各单位迅速行动，制定了具体措施并报市局备案。",
        ] {
            assert_eq!(unmarked(line), None, "{line}");
        }
    }
}
