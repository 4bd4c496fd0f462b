//! The report's title: the head's lines that make one up, joined as they stand. A file without one has none.

use super::page::{self, Key, Page};
use super::{body, dates, numbers};
use crate::clean::FurnitureKind;
use crate::evidence::{Confidence, Evidence, Fact, Method};
use crate::structure::ParagraphKind;
use search_index::fold::fold_chars;

/// What a document's title ends in: its genre's name.
const GENRE_WORDS: [&str; 35] = [
    "总结", "报告", "汇报", "情况", "年报", "要点", "计划", "方案", "通知", "意见", "安排", "打算",
    "小结", "述职", "述法", "材料", "综述", "规划", "办法", "清单", "公告", "通报", "函", "思路",
    "简报", "信息", "自查", "评估", "公示", "纲要", "讲话", "批复", "决定", "分工", "解读",
];

/// A title's words belong to the matter of this site.
const MATTERS: [&str; 7] = ["法治", "依法", "法制", "执法", "行政", "年度", "工作"];

/// One title in the head: its lines.
struct Run {
    first: usize,
    last: usize,
    complete: bool,
}

/// The title as it stands in the text, else the page's own entry for it.
pub(super) fn title(page: &Page) -> Option<Fact<String>> {
    let runs = runs(page);
    let joined: Vec<String> = runs.iter().map(|run| join(page, run)).collect();
    let chosen = choose(&runs, &joined)?;
    let run = &runs[chosen];
    let first = own_first(page, run);
    let range = page.range(first).start..page.range(run.last).end;
    let marked = (first..=run.last).all(|line| page.kind(line) == Some(ParagraphKind::Title));
    let words = without_day(without_extension(&joined[chosen]));
    let confidence = if marked {
        Confidence::HIGH
    } else {
        Confidence::MEDIUM
    };
    Some(Fact::new(
        words.to_owned(),
        Method::Title,
        page.evidence(range),
        confidence,
    ))
}

/// The line of the date under a cover letter with which the text begins.
pub(super) fn letter_date(page: &Page) -> Option<usize> {
    const LETTER_LINES: usize = 16;
    let limit = page.foot.min(page.head + LETTER_LINES);
    (page.head..limit.saturating_sub(2))
        .find(|&index| super::signature_date(page.line(index)).is_some())
}

/// The title of a report that follows its cover letter (……随文上报。 issuer, date): the lines right below the letter's
/// date that make one up.
fn after_letter(page: &Page) -> Option<Fact<String>> {
    let mut first = letter_date(page)? + 1;
    if page.line(first).starts_with('(') {
        // (此件公开发布)
        first += 1;
    }
    let last = (first..(first + 3).min(page.foot))
        .find(|&line| is_complete(&squeezed(page.line(line))))?;
    let plain = (first..=last).all(|line| {
        let words = page.line(line);
        words.chars().count() <= 40 && !words.contains(['。', ';'])
    });
    plain.then(|| {
        let run = Run {
            first,
            last,
            complete: true,
        };
        Fact::new(
            join(page, &run),
            Method::Title,
            page.evidence(page.range(first).start..page.range(last).end),
            Confidence::MEDIUM,
        )
    })
}

/// The title, or what the page's metadata call it.
pub(super) fn title_or_entry(page: &Page) -> Option<Fact<String>> {
    title(page).or_else(|| after_letter(page)).or_else(|| {
        let pair = page.pair(Key::Title)?;
        let folded = fold_chars(&pair.value);
        is_complete(&folded.text).then(|| {
            Fact::new(
                close_up(&pair.value),
                Method::MetadataLine,
                pair.evidence.clone(),
                Confidence::MEDIUM,
            )
        })
    })
}

/// A title that is a file's name (……情况报告.docx), without the extension.
fn without_extension(title: &str) -> &str {
    [".docx", ".doc", ".pdf", ".wps", ".txt"]
        .iter()
        .find_map(|extension| title.strip_suffix(extension))
        .unwrap_or(title)
}

/// A title without the day of publication in brackets behind it.
fn without_day(title: &str) -> &str {
    let bare = title.trim_end_matches([')', '）']);
    let Some(open) = bare.rfind(['(', '（']).filter(|_| bare.len() < title.len()) else {
        return title;
    };
    let inner = bare[open..].trim_start_matches(['(', '（']);
    match dates::date_line(inner) {
        Some(_) => title[..open].trim_end(),
        None => title,
    }
}

fn runs(page: &Page) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut open: Option<usize> = None;
    for index in 0..page.head {
        let line = page.line(index).trim();
        if is_aside(line) {
            // Metadata between a page's title and the document's.
            if let Some(first) = open.take() {
                push_incomplete(page, &mut runs, first, index - 1);
            }
            continue;
        }
        if open.is_some_and(|first| first < index) && follows_facts(page, index) {
            let first = open.take().unwrap_or(index);
            push_incomplete(page, &mut runs, first, index - 1);
        }
        let first = *open.get_or_insert(index);
        let words = squeezed(line);
        // ……情况的 over 报 告
        let above: String = (first..index)
            .map(|line| squeezed(page.line(line)))
            .collect();
        let closes = is_genre(&words) && MATTERS.iter().any(|word| above.contains(word));
        let goes_on =
            words.ends_with('的') && index + 1 < page.head && is_genre(page.line(index + 1));
        if is_complete(&words) && !goes_on || first < index && closes {
            runs.push(Run {
                first,
                last: index,
                complete: true,
            });
            open = None;
        }
    }
    if let Some(first) = open {
        push_incomplete(page, &mut runs, first, page.head - 1);
    }
    runs
}

/// Lines that end in no genre's word are a title where structure says so, or where they speak of the matter and
/// are not just a body's name.
fn push_incomplete(page: &Page, runs: &mut Vec<Run>, first: usize, last: usize) {
    let words: String = (first..=last)
        .map(|line| squeezed(page.line(line)))
        .collect();
    let about = MATTERS.iter().any(|word| words.contains(word));
    let marked = (first..=last).all(|line| page.kind(line) == Some(ParagraphKind::Title));
    // An opening sentence: ……现将有关情况报告如下.
    let opening = words.trim_end_matches(['。', ':', ',']).ends_with("如下");
    let long_enough = words.chars().count() >= 6 && !opening;
    let subtitle = runs.last().is_some_and(|run| run.complete);
    if (marked || about) && long_enough && !body::is_body(&words) && !subtitle {
        runs.push(Run {
            first,
            last,
            complete: false,
        });
    }
}

/// Whether facts of the page stood before a line, which were set aside: what is above them is another title.
fn follows_facts(page: &Page, index: usize) -> bool {
    let start = page.document.paragraphs[index].span.start;
    let mut furniture = page.document.text.furniture.iter();
    // It may stand before the line's end of the one above.
    furniture.any(|line| {
        line.kind == FurnitureKind::Metadata
            && (start.saturating_sub(1)..=start).contains(&line.before)
    })
}

/// Lines of the head that are no part of a title: letterheads, metadata, dates, document numbers, ways to the page.
fn is_aside(line: &str) -> bool {
    let bare = squeezed(line);
    // An item of a list: - 标题: …
    page::is_metadata(line.trim_start_matches(['-', '•', '·', '*', ' ']))
        || bare.contains('|')
        || super::signature_date(line).is_some()
        || bare.contains("签发人:")
        || bare.strip_suffix("文件").is_some_and(body::is_body)
        || super::numbers::is_document_number(&bare)
        || bare.chars().count() < 2
        || is_banner(&bare)
        || ["首页", "当前位置", "您的位置", "目录", "内容提要"]
            .iter()
            .any(|word| bare.starts_with(word))
        || bare.contains('>')
        || bare.chars().all(|c| !c.is_alphabetic() || c.is_ascii())
}

/// Whether the words are a site's name and the section of it: 市政府门户网站-部门信息.
fn is_banner(words: &str) -> bool {
    let mut parts = words.split(['-', '_', '—', '·']);
    let site = parts.next().unwrap_or_default();
    let sites = ["门户网站", "政府网站", "政府网", "政务网", "信息网"];
    sites.iter().any(|name| site.ends_with(name)) && parts.next().is_some()
}

/// Whether a line is nothing but the word of a report's genre (报　告).
fn is_genre(line: &str) -> bool {
    let genres = ["报告", "总结", "汇报", "情况", "小结", "年报"];
    genres.contains(&squeezed(line).as_str())
}

/// Whether the words (without spaces) end a title: a genre's word, perhaps with a note in parentheses after it.
fn is_complete(words: &str) -> bool {
    let mut words = words.trim_end_matches(['。', ':']);
    if words.ends_with(')') {
        words = words.rfind('(').map_or(words, |open| &words[..open]);
    }
    let words = words.trim_end_matches(['》', '”', '"']);
    GENRE_WORDS.iter().any(|word| words.ends_with(word)) && words.chars().count() >= 4
        || (words.ends_with("情况的") && words.chars().count() > 12)
}

fn choose(runs: &[Run], joined: &[String]) -> Option<usize> {
    let first = runs
        .iter()
        .position(|run| run.complete)
        .or((!runs.is_empty()).then_some(0))?;
    let short = squeezed(&fold_chars(&joined[first]).text);
    let cut = short.trim_end_matches(['.', '…']);
    // The document's own title says more than the page's: with the issuer before it, or not cut off.
    let fuller = (first + 1..runs.len()).find(|&later| {
        let words = squeezed(&fold_chars(&joined[later]).text);
        runs[later].complete
            && words.chars().count() > short.chars().count()
            && (words.ends_with(&short)
                || (cut.len() < short.len() && words.starts_with(cut))
                || names_who(&short, &words))
    });
    Some(fuller.unwrap_or(first))
}

/// Whether a title of the year and the matter alone (2023年法治政府建设年度报告) is told again with its issuer, in whatever words
/// (某市水利局2023年法治政府建设情况报告).
fn names_who(short: &str, words: &str) -> bool {
    let year = dates::years(short).first().map(|token| token.range.clone());
    let Some(year) = year.filter(|year| year.start == 0) else {
        return false;
    };
    let matter = ["法治政府", "依法行政"];
    let same = matter
        .iter()
        .any(|matter| short.contains(matter) && words.contains(matter));
    let named = body::end_in_title(words);
    same && named.is_some_and(|end| words[end..].starts_with(&short[year]))
}

/// The title's first line: a line above it that says its first words, too, or names its issuer without the place above
/// (长寿区司法局 over 重庆市长寿区司法局2025年…), is the site's name. A government's name over its place (灵台县人民政府 over
/// 灵台县2023年…) is the head of the sheet.
fn own_first(page: &Page, run: &Run) -> usize {
    let repeats = |line: usize| {
        if line == run.last {
            return false;
        }
        let (own, below) = (squeezed(page.line(line)), squeezed(page.line(line + 1)));
        let issuer = &below[..body::end_in_title(&below).unwrap_or(0)];
        let place = own
            .strip_suffix("政府")
            .map(|own| own.trim_end_matches("人民"));
        let place = place.filter(|place| place.chars().count() > 1);
        below.starts_with(&own)
            || (own.chars().count() > 3 && issuer.ends_with(&own))
            || place.is_some_and(|place| below.starts_with(place))
    };
    (run.first..run.last)
        .rev()
        .find(|line| repeats(*line))
        .map_or(run.first, |line| line + 1)
}

fn join(page: &Page, run: &Run) -> String {
    let mut title = String::new();
    for line in own_first(page, run)..=run.last {
        let written = page.original(page.range(line));
        let number = numbers::leading_number(page.line(line)).map_or(0, |end| {
            let start = page.range(line).start;
            page.original(start..start + end).len()
        });
        let closed = close_up(written[number..].trim_start_matches('#').trim());
        // Latin words of two lines stay apart.
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        if latin(title.chars().next_back()) && latin(closed.chars().next()) {
            title.push(' ');
        }
        title.push_str(&closed);
    }
    title
}

/// Without spaces (folded text).
pub(super) fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Closes up letter-spacing (法 治 政 府): a space stays only between Latin words.
pub(super) fn close_up(text: &str) -> String {
    let mut closed = String::new();
    for word in text.split_whitespace() {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        if latin(closed.chars().next_back()) && latin(word.chars().next()) {
            closed.push(' ');
        }
        closed.push_str(word);
    }
    closed
}

/// The title for evidence in other modules: folded, without spaces, and its evidence.
pub(super) fn folded(title: Option<&Fact<String>>) -> Option<(String, Evidence)> {
    title.map(|title| {
        (
            squeezed(&fold_chars(&title.value).text),
            title.evidence.clone(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_spaced_titles_are_closed_up() {
        assert_eq!(
            close_up("法 治 政 府 建 设 工 作 总 结"),
            "法治政府建设工作总结"
        );
        assert_eq!(
            close_up("2020 年度 法治政府建设情况报告"),
            "2020年度法治政府建设情况报告"
        );
        assert_eq!(close_up("Annual report 2020"), "Annual report2020");
    }
}
