//! A document laid out for identification: folded lines, the head before the running text, the foot after it,
//! and the page's own metadata as pairs of key and value.

use super::dates;
use crate::clean::{Furniture, FurnitureKind};
use crate::evidence::{Evidence, Span};
use crate::structure::{Document, ParagraphKind};
use search_index::fold::{Folded, fold_chars};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

/// A report's text, folded, with what its lines seem to be.
pub(super) struct Page<'d> {
    pub(super) document: &'d Document,
    /// The whole text folded character by character.
    pub(super) folded: Folded,
    /// Byte ranges of its lines in `folded.text`.
    lines: Vec<Range<usize>>,
    /// How many lines from the first stand before the running text.
    pub(super) head: usize,
    /// The first line of the foot: signature, date, notes.
    pub(super) foot: usize,
    /// The lines of the page around the text.
    pub(super) around: Vec<Around<'d>>,
    /// The page's metadata.
    pub(super) pairs: Vec<Pair>,
}

/// A line of the page around the text.
pub(super) struct Around<'d> {
    pub(super) line: &'d Furniture,
    pub(super) folded: Folded,
    pub(super) evidence: Evidence,
}

/// One entry of a page's metadata: 索引号, 发布机构, 发布日期 …
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) key: Key,
    /// As written.
    pub(super) value: String,
    pub(super) evidence: Evidence,
}

/// What an entry of a page's metadata tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    IndexNumber,
    Publisher,
    DocNumber,
    /// 发布日期, 公开日期 and the like.
    Published,
    /// 生成日期, 更新时间, 发文日期, a bare 日期: publication where nothing better is there.
    Dated,
    /// 成文日期: the day of signing.
    Signed,
    Title,
    /// 来源: the publisher where it names a body.
    Source,
}

/// Keys as pages write them, folded and without spaces.
const KEYS: &[(&str, Key)] = &[
    ("索引号", Key::IndexNumber),
    ("索取号", Key::IndexNumber),
    ("索引码", Key::IndexNumber),
    ("信息索引号", Key::IndexNumber),
    ("信息索引", Key::IndexNumber),
    ("发布机构", Key::Publisher),
    ("发布单位", Key::Publisher),
    ("发布者", Key::Publisher),
    ("发布机关", Key::Publisher),
    ("发文机关", Key::Publisher),
    ("发文单位", Key::Publisher),
    ("发文机构", Key::Publisher),
    ("公开主体", Key::Publisher),
    ("公开机构", Key::Publisher),
    ("公开单位", Key::Publisher),
    ("公开机关", Key::Publisher),
    ("公开责任部门", Key::Publisher),
    ("信息公开主体", Key::Publisher),
    ("责任部门", Key::Publisher),
    ("责任单位", Key::Publisher),
    ("制发机关", Key::Publisher),
    ("制定机关", Key::Publisher),
    ("成文单位", Key::Publisher),
    ("生成单位", Key::Publisher),
    ("发布部门", Key::Publisher),
    ("信息提供单位", Key::Publisher),
    ("提供单位", Key::Publisher),
    ("文号", Key::DocNumber),
    ("发文字号", Key::DocNumber),
    ("发文文号", Key::DocNumber),
    ("发文号", Key::DocNumber),
    ("公文文号", Key::DocNumber),
    ("文件编号", Key::DocNumber),
    ("文件号", Key::DocNumber),
    ("发布日期", Key::Published),
    ("信息提供日期", Key::Published),
    ("文章发布日期", Key::Published),
    ("发布时间", Key::Published),
    ("公开日期", Key::Published),
    ("公开时间", Key::Published),
    ("信息公开日期", Key::Published),
    ("公布日期", Key::Published),
    ("公示时间", Key::Published),
    ("发表时间", Key::Published),
    ("发表日期", Key::Published),
    ("发布于", Key::Published),
    ("上传时间", Key::Published),
    ("录入时间", Key::Dated),
    ("添加时间", Key::Dated),
    ("创建时间", Key::Dated),
    ("生成日期", Key::Dated),
    ("生成时间", Key::Dated),
    ("发文日期", Key::Dated),
    ("更新时间", Key::Dated),
    ("更新日期", Key::Dated),
    ("日期", Key::Dated),
    ("时间", Key::Dated),
    ("成文日期", Key::Signed),
    ("成文时间", Key::Signed),
    ("来源", Key::Source),
    ("信息来源", Key::Source),
    // Entries in a page's source (政府网站发展指引, 国办发〔2017〕47号).
    ("published", Key::Published),
    ("pubdate", Key::Published),
    ("publishdate", Key::Published),
    ("contentsource", Key::Source),
];

/// Keys whose value is of no use here, but which end the value before them.
const OTHER_KEYS: &[&str] = &[
    "有效性",
    "效力状态",
    "主题词",
    "主题分类",
    "体裁分类",
    "体裁",
    "服务对象",
    "组配分类",
    "分类",
    "人气",
    "点击",
    "点击数",
    "点击量",
    "浏览",
    "浏览次数",
    "浏览量",
    "阅读",
    "阅读次数",
    "阅读量",
    "访问次数",
    "字号",
    "浏览字号",
    "字体",
    "作者",
    "编辑",
    "责任编辑",
    "审核",
    "信息类别",
    "信息分类",
    "所属类别",
    "关键词",
    "关键字",
    "公开形式",
    "公开方式",
    "公开范围",
    "公开类型",
    "公开类别",
    "公开属性",
    "公开时限",
    "公开目录",
    "生效日期",
    "失效日期",
    "废止日期",
    "时效性",
    "公文时效",
    "语种",
    "内容概述",
    "内容概览",
    "内容概要",
    "页面地址",
    "网页地址",
    "本文地址",
    "链接地址",
    "原文地址",
    "载体类型",
    "供稿",
    "撰稿",
    "校对",
    "初审",
    "复审",
    "终审",
    "签发",
    "信息员",
    "author",
    "columnname",
    "sitename",
];

const TITLE_KEYS: &[&str] = &[
    "标题",
    "名称",
    "信息名称",
    "文件名称",
    "信息标题",
    "文件标题",
    "公文名称",
    "articletitle",
    "og:title",
];

/// No report's head or foot is longer.
const HEAD_LINES: usize = 14;
const FOOT_LINES: usize = 14;

impl<'d> Page<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        let folded = fold_chars(&document.text.text);
        let mut lines = Vec::new();
        let mut start = 0;
        for line in folded.text.split('\n') {
            lines.push(start..start + line.len());
            start += line.len() + 1;
        }
        let around = document.text.page().map(|(index, line)| Around {
            line,
            folded: fold_chars(&line.text),
            evidence: Evidence::Furniture(index as u32),
        });
        let mut page = Self {
            document,
            folded,
            lines,
            head: 0,
            foot: 0,
            around: around.collect(),
            pairs: Vec::new(),
        };
        page.head = page.head_end();
        page.foot = page.foot_start();
        page.pairs = page.metadata();
        page
    }

    /// How many lines the text has.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Line `index`, folded.
    pub(super) fn line(&self, index: usize) -> &str {
        &self.folded.text[self.lines[index].clone()]
    }

    /// Byte range of line `index` in the folded text.
    pub(super) fn range(&self, index: usize) -> Range<usize> {
        self.lines[index].clone()
    }

    /// The running text between head and foot, folded.
    pub(super) fn body(&self) -> &str {
        let start = self
            .lines
            .get(self.head)
            .map_or(self.folded.text.len(), |line| line.start);
        let end = match self
            .foot
            .checked_sub(1)
            .and_then(|last| self.lines.get(last))
        {
            Some(line) => line.end,
            None => start,
        };
        &self.folded.text[start..end.max(start)]
    }

    /// The words that stand at a folded range, as written.
    pub(super) fn original(&self, range: Range<usize>) -> &'d str {
        let source = self.folded.source_range(range);
        &self.document.text.text[source]
    }

    /// The evidence that stands at a folded range.
    pub(super) fn evidence(&self, range: Range<usize>) -> Evidence {
        let source = self.folded.source_range(range);
        Evidence::Text(Span::new(source.start, source.end))
    }

    /// The kind that structure gave line `index`.
    pub(super) fn kind(&self, index: usize) -> Option<ParagraphKind> {
        self.document
            .paragraphs
            .get(index)
            .map(|paragraph| paragraph.kind)
    }

    /// The first entry of this key with a value.
    pub(super) fn pair(&self, key: Key) -> Option<&Pair> {
        self.pairs.iter().find(|pair| pair.key == key)
    }

    fn head_end(&self) -> usize {
        let limit = self.len().min(HEAD_LINES);
        for index in 0..limit {
            let is_title = self.kind(index) == Some(ParagraphKind::Title);
            if !is_title && !self.may_stand_in_head(index) {
                return index;
            }
        }
        limit
    }

    fn may_stand_in_head(&self, index: usize) -> bool {
        let line = self.line(index).trim();
        if matches!(
            self.kind(index),
            Some(ParagraphKind::Salutation | ParagraphKind::Row | ParagraphKind::Signature)
        ) {
            return false;
        }
        if is_metadata(line) {
            return true;
        }
        let letters = line.chars().filter(|c| !c.is_whitespace()).count();
        let ends = line.ends_with(['。', ':', ';', ',', '!', '?']);
        letters <= 60 && !ends && !line.contains('。') && !opens_with_marker(line)
    }

    fn foot_start(&self) -> usize {
        let first = self.len().saturating_sub(FOOT_LINES).max(self.head);
        for index in (first..self.len()).rev() {
            let line = self.line(index).trim();
            let letters = line.chars().count();
            let note = is_note(line);
            let ends = line.ends_with(['。', ';', ',']);
            let heading =
                self.kind(index) == Some(ParagraphKind::Heading) || opens_with_marker(line);
            let signature = self.kind(index) == Some(ParagraphKind::Signature);
            if !signature && !note && (letters > 60 || ends || heading) {
                return index + 1;
            }
        }
        first
    }

    fn metadata(&self) -> Vec<Pair> {
        let mut pairs = Vec::new();
        let mut asked = None;
        for Around {
            line,
            folded,
            evidence,
        } in &self.around
        {
            let alone = lone_key(&folded.text);
            // The line above was a key and nothing else.
            if let Some(key) = asked
                && alone.is_none()
                && line.kind == FurnitureKind::Metadata
                && entries(&folded.text).is_empty()
            {
                pairs.push(Pair {
                    key,
                    value: line.text.trim().to_owned(),
                    evidence: evidence.clone(),
                });
            }
            asked = alone.and_then(|(_, key)| key);
            for (key, range) in entries(&folded.text) {
                let source = folded.source_range(range);
                pairs.push(Pair {
                    key,
                    value: line.text[source].trim().to_owned(),
                    evidence: evidence.clone(),
                });
            }
        }
        let foot = self.foot..self.len();
        for index in (0..self.head).chain(foot) {
            let line = self.range(index);
            if !is_metadata(self.line(index)) {
                continue;
            }
            for (key, range) in entries(self.line(index)) {
                let range = line.start + range.start..line.start + range.end;
                pairs.push(Pair {
                    key,
                    value: self.original(range.clone()).trim().to_owned(),
                    evidence: self.evidence(range),
                });
            }
        }
        pairs.retain(|pair| !pair.value.is_empty());
        pairs
    }
}

/// Whether the line is one of the page's own: it begins with a known key and a colon or bar.
pub(super) fn is_metadata(line: &str) -> bool {
    entries(line).first().is_some_and(|(_, range)| {
        let before = &line[..range.start];
        before.chars().filter(|c| !c.is_whitespace()).count() <= 12
    }) || {
        let bare: String = line
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(8)
            .collect();
        OTHER_KEYS.iter().any(|key| {
            bare.strip_prefix(key)
                .is_some_and(|rest| rest.starts_with([':', '|']))
        })
    }
}

/// A note after the signature: attachments, copies, contacts.
fn is_note(line: &str) -> bool {
    let line = line.trim_start_matches(['(', '[', '【']);
    [
        "附件",
        "附表",
        "附:",
        "抄送",
        "抄报",
        "主送",
        "报送",
        "此件",
        "联系",
        "信息公开选项",
        "公开方式",
        "主动公开",
        "印发",
    ]
    .iter()
    .any(|word| line.starts_with(word))
}

/// Whether the line opens with a heading's or list's marker.
pub(super) fn opens_with_marker(line: &str) -> bool {
    let line = line.trim_start();
    let numeral = |c: char| "一二三四五六七八九十百".contains(c);
    let after = line.trim_start_matches(numeral);
    if after.len() < line.len() && after.starts_with(['、', '.', '是', ',']) {
        return true;
    }
    if let Some(inner) = line.strip_prefix('(') {
        let after = inner.trim_start_matches(|c: char| numeral(c) || c.is_ascii_digit());
        return after.len() < inner.len() && after.starts_with(')');
    }
    if let Some(inner) = line.strip_prefix('第') {
        let after = inner.trim_start_matches(numeral);
        return after.len() < inner.len() && after.starts_with(['部', '章', '节', '、', ',']);
    }
    let after = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = line.len() - after.len();
    (1..=2).contains(&digits) && after.starts_with(['、', '.', ')'])
}

/// The entries of a metadata line and the ranges of their values, in order. A key counts where a colon or a bar
/// follows it (索 引 号 : 索引号 may be letter-spaced), or where it stands in brackets ([ 索引号 ]); a value ends at the
/// next key or bar. Where there is none of these, a blank sets keys and values apart, as in a table without its rules.
fn entries(line: &str) -> Vec<(Key, Range<usize>)> {
    let mut marks: Vec<(usize, usize, Option<Key>)> = Vec::new();
    for (colon, separator) in line.match_indices([':', '|', '\t', ']', '】']) {
        let from = marks.last().map_or(0, |mark| mark.1);
        if colon < from {
            continue;
        }
        let head = &line[..colon];
        if let Some((start, key)) = key_before(&head[from..]) {
            let bracket = head[..from + start].trim_end().ends_with(['[', '【']);
            let colon_follows = line[colon + separator.len()..]
                .trim_start()
                .starts_with([':', '|']);
            if [']', '】'].contains(&separator.chars().next().unwrap_or(' '))
                && (!bracket || colon_follows)
            {
                continue;
            }
            let mut end = colon + separator.len();
            // 索引号: | 1133… |: the bar belongs to the key.
            let rest = &line[end..];
            if let Some(after) = rest.trim_start_matches([' ']).strip_prefix(['|', '\t']) {
                end = line.len() - after.len();
            }
            marks.push((from + start, end, key));
        }
    }
    if marks.is_empty() {
        marks = cells(line);
    }
    let mut found = Vec::new();
    for (index, (_, start, key)) in marks.iter().enumerate() {
        let Some(key) = key else { continue };
        let stop = marks.get(index + 1).map_or(line.len(), |next| next.0);
        let (start, stop) = (*start, stop.max(*start));
        let mut begin = start;
        for cell in line[start..stop].split(['|', '\t']) {
            let trimmed = cell.trim_matches(|c: char| c.is_whitespace() || "[]【】|;,".contains(c));
            if !trimmed.is_empty() {
                begin += cell.find(trimmed).unwrap_or(0);
                found.push((*key, begin..begin + trimmed.len()));
                break;
            }
            begin += cell.len() + 1;
        }
    }
    found
}

/// The words of a line that are keys, where its first one is and has a value beside it: where each begins, where its
/// value does, and the key.
fn cells(line: &str) -> Vec<(usize, usize, Option<Key>)> {
    let start = |word: &str| word.as_ptr() as usize - line.as_ptr() as usize;
    let words = || line.split_whitespace();
    let known = |word: &str| {
        let (start, key) = key_before(word)?;
        (start == 0 && word.chars().count() > 2).then_some(key)
    };
    let mut first = words();
    let value = |word: &str| known(word).is_none();
    if !(first.next().is_some_and(|word| known(word).is_some()) && first.next().is_some_and(value))
    {
        return Vec::new();
    }
    let keys = words().filter_map(|word| Some((word, known(word)?)));
    keys.map(|(word, key)| (start(word), start(word) + word.len(), key))
        .collect()
}

/// The key that is all that a line holds, with its colon at most; its value stands in the next.
fn lone_key(line: &str) -> Option<(usize, Option<Key>)> {
    let words = line.trim().trim_end_matches([':', '|', ' ']);
    key_before(words).filter(|(start, _)| words[..*start].is_empty())
}

/// A key as pages write it, and what its value tells where that is of use.
type Known = (&'static str, Option<Key>);

/// All keys by their last characters.
static KNOWN: LazyLock<HashMap<char, Vec<Known>>> = LazyLock::new(|| {
    let known = KEYS
        .iter()
        .map(|(word, key)| (*word, Some(*key)))
        .chain(TITLE_KEYS.iter().map(|word| (*word, Some(Key::Title))))
        .chain(OTHER_KEYS.iter().map(|word| (*word, None)));
    let mut by_last: HashMap<char, Vec<_>> = HashMap::new();
    for (word, key) in known {
        by_last
            .entry(word.chars().next_back().unwrap_or_default())
            .or_default()
            .push((word, key));
    }
    by_last
});

/// The key that ends `head`, with its start: the longest known one, spaces within and around not counted.
fn key_before(head: &str) -> Option<(usize, Option<Key>)> {
    /// More characters than any key has.
    const REACH: usize = 40;
    let mut letters = head
        .char_indices()
        .rev()
        .filter(|(_, c)| !c.is_whitespace() && !"[]【】|".contains(*c))
        .take(REACH)
        .peekable();
    let known = KNOWN.get(&letters.peek()?.1)?;
    let mut letters: Vec<(usize, char)> = letters.collect();
    letters.reverse();
    known
        .iter()
        .filter_map(|&(word, key)| {
            let length = word.chars().count();
            let first = letters.len().checked_sub(length)?;
            let same = letters[first..].iter().map(|(_, c)| *c).eq(word.chars());
            // A key does not continue a word: 会议时间 is no 时间.
            let fresh = first == 0 || {
                let (at, c) = letters[first - 1];
                let gap = letters[first].0 > at + c.len_utf8();
                gap || !c.is_alphabetic()
            };
            (same && fresh).then_some((length, letters[first].0, key))
        })
        .max_by_key(|(length, ..)| *length)
        .map(|(_, start, key)| (start, key))
}

/// The day with which a line of the page's facts begins (`2022-03-07 点击数:`, `2022-03-07 | 来源:`), a
/// known key after it.
pub(super) fn stamp(line: &str) -> Option<super::Date> {
    let line = line.trim_start();
    let (range, date) = dates::dates(line).into_iter().next()?;
    let clock = |c: char| c.is_ascii_digit() || c == ':' || c.is_whitespace();
    let rest = line[range.end..].trim_start_matches(clock);
    let rest = rest.trim_start_matches(['|', '丨', ' ']);
    let label = rest.split([':', '|']).next().unwrap_or_default();
    let known = label.len() < rest.len()
        && key_before(label).is_some_and(|(start, _)| label[..start].trim().is_empty());
    // 县水利局 2022-03-07 来源:, 县水利局 | 2022-03-07 | 来源:
    let before = &line[..range.start];
    let name = before.trim_end_matches(|c: char| c.is_whitespace() || c == '|' || c == '丨');
    let body = name.len() < before.len()
        && name.chars().count() <= 20
        && !name.contains(['。', ',', ';', ':', '>', '|']);
    (known && (before.is_empty() || body)).then_some(date)
}

/// The date in a metadata value.
pub(super) fn date_in(value: &str) -> Option<super::Date> {
    let folded = fold_chars(value);
    dates::dates(&folded.text)
        .first()
        .map(|(_, date)| *date)
        .or_else(|| dates::date_line(&folded.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<(Key, &str)> {
        entries(line)
            .into_iter()
            .map(|(key, range)| (key, &line[range]))
            .collect()
    }

    #[test]
    fn entries_of_many_kinds_of_metadata_lines() {
        assert_eq!(
            read("索引号: | 11330000123456789a/2022-1 | 发布机构: | 县水利局 | ||"),
            [
                (Key::IndexNumber, "11330000123456789a/2022-1"),
                (Key::Publisher, "县水利局")
            ]
        );
        assert_eq!(
            read("文号: | 公开日期: | 2022-01-10 16:18 |"),
            [(Key::Published, "2022-01-10 16:18")]
        );
        assert_eq!(
            read("发布时间:2023-01-05 09:30 来源:市司法局 浏览次数: 88次 字号:[大 中 小]"),
            [
                (Key::Published, "2023-01-05 09:30"),
                (Key::Source, "市司法局")
            ]
        );
        assert_eq!(
            read("索 引 号: a12/2020-00031"),
            [(Key::IndexNumber, "a12/2020-00031")]
        );
        assert_eq!(
            read("【发布日期】:2020年1月8日"),
            [(Key::Published, "2020年1月8日")]
        );
        assert_eq!(
            read(
                "[ 索引号 ]115001/2022-00069 [ 发文字号 ] [ 发布机构 ]甲县人民政府办公室 [ 发布日期 ]2022-02-17"
            ),
            [
                (Key::IndexNumber, "115001/2022-00069"),
                (Key::Publisher, "甲县人民政府办公室"),
                (Key::Published, "2022-02-17")
            ]
        );
        assert_eq!(
            read("索引号\t0123-45\t成文日期\t2021-02-03"),
            [(Key::IndexNumber, "0123-45"), (Key::Signed, "2021-02-03")]
        );
        assert_eq!(read("会议时间:三小时"), []);
        assert_eq!(
            read("发布机构 甲县水利局 发文日期 2026-01-26"),
            [(Key::Publisher, "甲县水利局"), (Key::Dated, "2026-01-26")]
        );
        assert_eq!(read("索引号 发布机构"), []);
    }

    #[test]
    fn markers_open_headings_not_years() {
        for line in [
            "一、工作",
            "(二)工作",
            "3.工作",
            "4、工作",
            "第一部分 工作",
            "二是加强",
        ] {
            assert!(opens_with_marker(line), "{line}");
        }
        for line in ["2019年总结", "一年来", "第三季度总结", "(2020年1月3日)"] {
            assert!(!opens_with_marker(line), "{line}");
        }
    }
}
