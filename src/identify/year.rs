//! The year (and the part of it) that is reported on, which is not the year of publication.
//!
//! Title, opening and headings say it; a plan's year is the next one; `2014年以来` says since when something has
//! been so. Each sign has its weight; where signs of weight disagree the year is told as doubtful.

use super::dates::{self, YearToken};
use super::page::Page;
use super::{Date, Period};
use crate::evidence::{Confidence, Evidence, Fact, Method};
use std::collections::BTreeMap;
use std::ops::Range;

/// The year reported on, how it was found, and whether other signs speak against it.
pub(super) struct Year {
    pub(super) fact: Fact<i32>,
    /// The year that speaks against it.
    pub(super) rival: Option<i32>,
}

/// Words of what is still to be done: their year is the one after the report's.
const PLAN: [&str; 14] = [
    "计划",
    "打算",
    "安排",
    "思路",
    "目标",
    "展望",
    "下一步",
    "谋划",
    "下步",
    "重点工作",
    "工作要点",
    "下一年",
    "努力方向",
    "工作重点",
];

/// Words of what was done.
const DONE: [&str; 16] = [
    "总结", "情况", "举措", "成效", "成绩", "回顾", "进展", "做法", "报告", "汇报", "存在", "不足",
    "问题", "措施", "开展", "完成",
];

/// The signs for one year.
#[derive(Default)]
struct Votes {
    weights: BTreeMap<i32, u32>,
    /// The weightiest sign of each year: weight, how, where.
    best: BTreeMap<i32, (u32, Method, Evidence)>,
}

impl Votes {
    fn add(&mut self, year: i32, weight: u32, method: Method, evidence: Evidence) {
        if !dates::YEARS.contains(&year) {
            return;
        }
        *self.weights.entry(year).or_default() += weight;
        let best = self
            .best
            .entry(year)
            .or_insert((0, method, evidence.clone()));
        if best.0 < weight {
            *best = (weight, method, evidence);
        }
    }
}

/// A year named in the title whose word is not that of a plan.
fn title_year(title: &str) -> Option<i32> {
    let mut tokens = dates::years(title);
    if tokens.is_empty() {
        return bare_year(title);
    }
    let clause = |index: usize, tokens: &[YearToken]| {
        let start = tokens[index].range.end;
        let end = tokens
            .get(index + 1)
            .map_or(title.len(), |next| next.range.start);
        title[start..end].to_owned()
    };
    let planned = |clause: &str| PLAN.iter().any(|word| clause.contains(word));
    let clauses: Vec<String> = (0..tokens.len())
        .map(|index| clause(index, &tokens))
        .collect();
    // 关于2021年工作总结及2022年工作打算的报告: what the first tells of is no plan.
    let reports_first = clauses.first().is_some_and(|first| !planned(first));
    let doubtful = |clause: &str| {
        let done = DONE.iter().any(|word| clause.contains(word));
        clause.starts_with("以来") || (planned(clause) && (reports_first || !done))
    };
    if tokens.len() > 1 {
        let kept: Vec<YearToken> = (0..tokens.len())
            .filter(|&index| !doubtful(&clauses[index]))
            .map(|index| tokens[index].clone())
            .collect();
        if !kept.is_empty() {
            tokens = kept;
        }
    }
    // 关于2021年度……的报告(2022年1月5日): a date is no year of report.
    let dated = dates::dates(title);
    let whole = tokens
        .iter()
        .filter(|token| {
            dated
                .iter()
                .all(|(range, _)| range.start != token.range.start)
        })
        .map(|token| token.year)
        .max();
    whole.or_else(|| tokens.first().map(|token| token.year))
}

/// A year in a title without 年: `2023法治政府建设报告`.
fn bare_year(title: &str) -> Option<i32> {
    let bytes = title.as_bytes();
    (0..bytes.len().saturating_sub(3)).find_map(|at| {
        let word = title.get(at..at + 4)?;
        let digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
        let continues = digit(at + 4) || (at > 0 && digit(at - 1));
        let numbered = title[..at].ends_with(['〔', '[', '(']);
        let lone = word.bytes().all(|b| b.is_ascii_digit()) && !continues && !numbered;
        let year = word.parse().ok().filter(|_| lone)?;
        dates::YEARS.contains(&year).then_some(year)
    })
}

/// What [`year`] looks at besides the page.
pub(super) struct Signs<'a> {
    /// The title, folded and without spaces, and its evidence.
    pub(super) title: Option<&'a (String, Evidence)>,
    pub(super) signed: Option<Date>,
    pub(super) published: Option<Date>,
    pub(super) path: &'a str,
}

/// The year reported on.
pub(super) fn year(page: &Page, signs: &Signs) -> Option<Year> {
    let mut votes = Votes::default();
    if let Some((title, evidence)) = signs.title
        && let Some(year) = title_year(title)
    {
        votes.add(year, 100, Method::Title, evidence.clone());
    }
    opening(page, &mut votes);
    headings(page, &mut votes);
    running_text(page, &mut votes);
    for (date, weight, what) in [
        (signs.signed, 16, "signed"),
        (signs.published, 12, "published"),
    ] {
        if let Some(date) = date {
            // Reports are due in the first months of the next year (督察规定: by 31 March).
            let year = if date.month <= 6 {
                date.year - 1
            } else {
                date.year
            };
            let told = Evidence::Told(format!("{what} on {date}"));
            votes.add(year, weight, Method::Signature, told);
        }
    }
    for token in path_years(signs.path) {
        votes.add(token, 20, Method::Path, Evidence::Path);
    }
    decide(&votes)
}

fn decide(votes: &Votes) -> Option<Year> {
    let (&year, &weight) = votes
        .weights
        .iter()
        .max_by_key(|(year, weight)| (**weight, **year))?;
    if weight < 12 {
        return None;
    }
    let rival = votes
        .weights
        .iter()
        .filter(|(other, _)| **other != year)
        .max_by_key(|(_, weight)| **weight)
        .filter(|(_, other)| **other * 5 >= weight * 3)
        .map(|(other, _)| *other);
    let (best, method, evidence) = votes.best.get(&year)?.clone();
    let confidence = match (best, rival) {
        (_, Some(_)) => Confidence::LOW,
        (40.., None) => Confidence::HIGH,
        _ if weight >= 40 => Confidence::MEDIUM,
        _ => Confidence::LOW,
    };
    Some(Year {
        fact: Fact::new(year, method, evidence, confidence),
        rival,
    })
}

/// The paragraph with which the running text begins: the first that is more than a salutation or heading.
fn first_paragraph(page: &Page) -> Option<Range<usize>> {
    (page.head..page.len().min(page.head + 4))
        .map(|index| page.range(index))
        .find(|range| {
            let text = &page.folded.text[range.clone()];
            text.chars().count() > 24 || text.contains("如下")
        })
}

fn opening(page: &Page, votes: &mut Votes) {
    let Some(range) = first_paragraph(page) else {
        return;
    };
    let text = &page.folded.text[range.clone()];
    for token in dates::years(text) {
        let rest = &text[token.range.end..];
        let place = range.start + token.range.start..range.start + token.range.end;
        let clause: String = rest
            .chars()
            .take_while(|c| !",。;".contains(*c))
            .take(40)
            .collect();
        let before: String = text[..token.range.start].chars().rev().take(6).collect();
        let presents = before.chars().rev().collect::<String>();
        let first = text[..token.range.start].chars().count() <= 2;
        let weight = if rest.starts_with("以来") && first {
            // 2021年以来,我局……: mostly the year of the report, where nothing speaks against it.
            14
        } else if rest.starts_with("以来") || quoted(text, token.range.start) {
            3
        } else if presents.contains('现')
            || presents.contains('将')
            || clause.contains("报告如下")
            || clause.contains("汇报如下")
            || clause.contains("总结如下")
        {
            60
        } else if first && !rest.starts_with(|c: char| c.is_ascii_digit()) {
            50
        } else if PLAN.iter().any(|word| clause.contains(word)) {
            0
        } else {
            8
        };
        votes.add(token.year, weight, Method::Opening, page.evidence(place));
    }
}

/// Whether a place in the text lies within title marks: the years of cited documents' titles.
fn quoted(text: &str, at: usize) -> bool {
    let head = &text[..at];
    head.rfind('《') > head.rfind('》')
}

fn headings(page: &Page, votes: &mut Votes) {
    for section in &page.document.sections {
        let words = section.title.of(&page.document.text.text);
        let folded = search_index::fold::fold_chars(words).text;
        if folded.chars().count() > 80 {
            continue;
        }
        if let Some((year, weight)) = heading_year(&folded) {
            votes.add(year, weight, Method::Heading, Evidence::Text(section.title));
        }
    }
    if page.document.sections.is_empty() {
        for index in page.head..page.foot.min(page.len()) {
            let line = page.line(index);
            if line.chars().count() <= 60
                && super::page::opens_with_marker(line)
                && let Some((year, weight)) = heading_year(line)
            {
                votes.add(
                    year,
                    weight,
                    Method::Heading,
                    page.evidence(page.range(index)),
                );
            }
        }
    }
}

fn heading_year(words: &str) -> Option<(i32, u32)> {
    let token = dates::years(words).into_iter().find(|token| {
        !quoted(words, token.range.start) && !words[token.range.end..].starts_with("以来")
    })?;
    let planned = PLAN.iter().any(|word| words.contains(word));
    let done = DONE.iter().any(|word| words.contains(word));
    match (planned, done) {
        (true, _) => Some((token.year - 1, 40)),
        (false, true) => Some((token.year, 40)),
        (false, false) => Some((token.year, 10)),
    }
}

/// How often the running text names a year: `2021年` outside title marks and dates of other things.
fn running_text(page: &Page, votes: &mut Votes) {
    let text = page.body();
    let mut counts: BTreeMap<i32, u32> = BTreeMap::new();
    for token in dates::years(text) {
        let rest = &text[token.range.end..];
        if token.since.is_none() && !rest.starts_with("以来") && !quoted(text, token.range.start)
        {
            *counts.entry(token.year).or_default() += 1;
        }
    }
    for (year, count) in counts {
        let told = Evidence::Told(format!("named {count} times in the text"));
        votes.add(year, (3 * count).min(20), Method::Body, told);
    }
}

/// The years in a path: `2021/武义县.txt`, `wuyi-2021.txt`.
fn path_years(path: &str) -> Vec<i32> {
    let mut years: Vec<i32> = path
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| digits.len() == 4)
        .filter_map(|digits| digits.parse().ok())
        .filter(|year| (2000..=2099).contains(year))
        .collect();
    years.dedup();
    years
}

/// The time reported on, where it is less or more than one year: from the title, else from how the report
/// presents itself.
pub(super) fn period(
    page: &Page,
    title: Option<&(String, Evidence)>,
    year: i32,
) -> Option<Fact<Period>> {
    if let Some((title, evidence)) = title {
        if let Some(months) = dates::months(title) {
            return span(year, months).map(|period| {
                Fact::new(period, Method::Title, evidence.clone(), Confidence::HIGH)
            });
        }
        let range = dates::years(title)
            .into_iter()
            .find_map(|token| token.since.filter(|_| token.year == year));
        if let Some(first) = range {
            let start = Date::new(first, 1, 1)?;
            let end = Date::new(year, 12, 31)?;
            let period = Period { start, end };
            return Some(Fact::new(
                period,
                Method::Title,
                evidence.clone(),
                Confidence::HIGH,
            ));
        }
    }
    let range = first_paragraph(page)?;
    let text = &page.folded.text[range.clone()];
    let presented = ["现将", "现就"]
        .iter()
        .find_map(|word| text.find(word))
        .map(|at| {
            let stop = text[at..]
                .find(['。', '\n'])
                .map_or(text.len(), |stop| at + stop);
            at..stop
        });
    // 今年上半年,我局……: the very first words.
    let first = text.find([',', '。']).map(|stop| 0..stop);
    let clause = |range: Range<usize>| {
        let words = &text[range.clone()];
        let own = !quoted(text, range.start) && words.chars().count() <= 60;
        own.then(|| dates::months(words))
            .flatten()
            .map(|months| (range, months))
    };
    let begins = |found: &(Range<usize>, (u8, u8))| {
        let words = &text[found.0.clone()];
        found.0.start > 0
            || ["今年", "20", "截至", "截止", "上半年", "1"]
                .iter()
                .any(|word| words.starts_with(word))
    };
    let found = presented
        .and_then(clause)
        .or_else(|| first.and_then(clause).filter(begins))?;
    let place = range.start + found.0.start..range.start + found.0.end;
    span(year, found.1).map(|period| {
        Fact::new(
            period,
            Method::Opening,
            page.evidence(place),
            Confidence::MEDIUM,
        )
    })
}

fn span(year: i32, (first, last): (u8, u8)) -> Option<Period> {
    let end = (28..=31).rev().find_map(|day| Date::new(year, last, day))?;
    Some(Period {
        start: Date::new(year, first, 1)?,
        end,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_says_the_year_done_not_the_year_planned() {
        for (title, year) in [
            ("2019年度法治政府建设工作总结", Some(2019)),
            ("2023年法治建设工作总结及2024年工作计划", Some(2023)),
            (
                "关于2022年度法治政府建设情况的报告(2023年1月6日)",
                Some(2022),
            ),
            ("二〇二一年依法行政工作报告", Some(2021)),
            ("2016-2020年法治政府建设总结", Some(2020)),
            ("武义县2021法治政府建设年度报告", Some(2021)),
            ("法治政府建设工作总结", None),
        ] {
            assert_eq!(title_year(title), year, "{title}");
        }
    }

    #[test]
    fn a_plans_year_is_the_next_one() {
        assert_eq!(heading_year("2022年主要工作安排"), Some((2021, 40)));
        assert_eq!(heading_year("2021年工作总结"), Some((2021, 40)));
        assert_eq!(heading_year("自2019年以来的变化"), None);
    }
}
