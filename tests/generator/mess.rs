//! The messes of real files: what a portal, a typist, a scanner or a re-publisher makes of a report.

use super::sequence::Sequence;
use super::words::Report;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What is wrong with a report's text. Each has its case in `tests/cases/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mess {
    /// Nothing.
    Clean,
    /// A portal's page around it.
    Crumbs,
    /// The portal's metadata before it.
    Metadata,
    NoTitle,
    SpacedTitle,
    /// The title over three lines.
    BrokenTitle,
    /// A heading's number is lost.
    LostMarker,
    PageNumbers,
    /// Lines broken at a width.
    HardWraps,
    /// Ideographic, no-break and zero-width spaces.
    OddSpaces,
    WideDigits,
    /// Radicals in place of the characters that look alike.
    Radicals,
    /// O and l in place of 0 and 1.
    Scanned,
    /// ASCII punctuation among the full-width.
    MixedPunctuation,
    /// It covers a part of its year.
    PartOfYear,
    /// A re-publisher's banners before, in and after it.
    Republisher,
    /// A re-publisher that masks the place's name.
    Masked,
    Traditional,
    /// Traditional script in Big5.
    Big5,
    /// The report before it once more, from another portal.
    Copy,
}

/// Shares in a hundred.
pub(crate) const MESSES: [(Mess, usize); 20] = [
    (Mess::Clean, 49),
    (Mess::Crumbs, 8),
    (Mess::Metadata, 2),
    (Mess::NoTitle, 6),
    (Mess::SpacedTitle, 5),
    (Mess::BrokenTitle, 1),
    (Mess::LostMarker, 5),
    (Mess::PageNumbers, 5),
    (Mess::HardWraps, 3),
    (Mess::OddSpaces, 3),
    (Mess::WideDigits, 2),
    (Mess::Radicals, 1),
    (Mess::Scanned, 1),
    (Mess::MixedPunctuation, 1),
    (Mess::PartOfYear, 2),
    (Mess::Republisher, 2),
    (Mess::Masked, 1),
    (Mess::Traditional, 1),
    (Mess::Big5, 1),
    (Mess::Copy, 1),
];

/// Lines as they go into a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    pub(crate) lines: Vec<(Kind, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Title,
    Heading,
    Paragraph,
    /// The page's, not the report's.
    Page,
    /// A broken line's continuation.
    Continued,
}

impl Sheet {
    fn page(&mut self, lines: &[&str]) {
        let lines = lines.iter().map(|line| (Kind::Page, (*line).to_owned()));
        self.lines.extend(lines);
    }

    /// The report's own words, one of its lines each, without white space and what is invisible.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for (kind, line) in &self.lines {
            match kind {
                Kind::Page => {}
                Kind::Continued => words.last_mut().expect("begun").push_str(line),
                _ => words.push(line.clone()),
            }
        }
        for line in &mut words {
            line.retain(|c| !c.is_whitespace() && c != '\u{200B}');
        }
        words
    }
}

/// Lays a report out with one mess.
pub(crate) fn lay_out(mess: Mess, mut report: Report, sequence: &mut Sequence) -> Sheet {
    for line in report.lines_mut() {
        spoil(mess, line, sequence);
    }
    let mut sheet = Sheet::default();
    above(mess, &report, &mut sheet, sequence);
    title(mess, &report.title, &mut sheet);
    sheet.lines.push((Kind::Paragraph, report.opening));
    for (at, section) in report.sections.into_iter().enumerate() {
        let lost = mess == Mess::LostMarker && at == 2;
        let marker = if lost { "" } else { section.marker };
        let heading = format!("{marker}{}", section.heading);
        sheet.lines.push((Kind::Heading, heading));
        let paragraphs = section.paragraphs.into_iter();
        sheet
            .lines
            .extend(paragraphs.map(|line| (Kind::Paragraph, line)));
        match mess {
            Mess::PageNumbers => sheet.page(&[&format!("— {} —", at + 1)]),
            Mess::Republisher if at == 2 => sheet.page(&[BANNER]),
            _ => {}
        }
    }
    sheet.lines.push((Kind::Paragraph, report.issuer));
    sheet.lines.push((Kind::Paragraph, report.date));
    below(mess, &mut sheet);
    if mess == Mess::HardWraps {
        sheet.lines = sheet.lines.into_iter().flat_map(wrapped).collect();
    }
    sheet
}

const BANNER: &str = "文秘范文汇—每日更新材料www.example.com";

fn above(mess: Mess, report: &Report, sheet: &mut Sheet, sequence: &mut Sequence) {
    match mess {
        Mess::Crumbs | Mess::Copy => {
            let hits = format!("浏览次数：{}", sequence.below(9000));
            sheet.page(&["首页 > 政务公开 > 法治政府建设", &hits]);
        }
        Mess::Metadata => {
            let issuer = format!("发布机构：{}　公开日期：{}", report.issuer, report.date);
            sheet.page(&["政府信息公开", &issuer]);
        }
        Mess::Republisher => sheet.page(&["当前位置：文秘范文汇 > 工作总结 > 正文", BANNER]),
        Mess::Masked => sheet.page(&[
            "当前位置：文秘范文汇 > 工作总结 > 正文",
            "来源：网络　作者：小编",
        ]),
        _ => {}
    }
}

fn below(mess: Mess, sheet: &mut Sheet) {
    match mess {
        Mess::Crumbs | Mess::Copy => sheet.page(&["友情链接", "扫一扫在手机打开当前页"]),
        Mess::Republisher | Mess::Masked => sheet.page(&[
            "本文来源：www.example.com",
            "版权声明：本站文章版权归原作者所有，转载请注明出处",
        ]),
        _ => {}
    }
}

fn title(mess: Mess, title: &str, sheet: &mut Sheet) {
    match mess {
        Mess::NoTitle => {}
        Mess::SpacedTitle => {
            let spaced: Vec<String> = title.chars().map(String::from).collect();
            sheet.lines.push((Kind::Title, spaced.join(" ")));
        }
        Mess::BrokenTitle => {
            let year = title.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
            let what = title.find("法治政府").unwrap_or(title.len());
            sheet.lines.push((Kind::Title, title[..year].to_owned()));
            for line in [&title[year..what], &title[what..]] {
                sheet.lines.push((Kind::Continued, line.to_owned()));
            }
        }
        _ => sheet.lines.push((Kind::Title, title.to_owned())),
    }
}

/// Changes a line's characters.
fn spoil(mess: Mess, line: &mut String, sequence: &mut Sequence) {
    let each = |line: &str, change: &dyn Fn(char) -> char| line.chars().map(change).collect();
    match mess {
        Mess::OddSpaces => {
            *line = line.replace('，', "，\u{A0}").replace('件', "\u{A0}件");
            if sequence.below(3) == 0 {
                *line = line.replace('。', "。\u{200B}");
            }
            line.insert_str(0, "\u{3000}\u{3000}");
        }
        Mess::WideDigits => {
            *line = each(line, &|c| match c {
                '0'..='9' => char::from_u32('０' as u32 + (c as u32 - '0' as u32)).unwrap_or(c),
                _ => c,
            });
        }
        Mess::Radicals => *line = each(line, &|c| looking_like(RADICALS, c).unwrap_or(c)),
        Mess::Scanned => {
            // A scanner errs here and there, and less at the begin of a line.
            let mut first = true;
            *line = line
                .split_inclusive('。')
                .map(|sentence| {
                    if std::mem::take(&mut first) || sequence.below(4) > 0 {
                        return sentence.to_owned();
                    }
                    sentence.replace('0', "O").replace('1', "l")
                })
                .collect();
        }
        Mess::MixedPunctuation if sequence.below(2) == 0 => *line = line.replace('，', ","),
        Mess::Traditional | Mess::Big5 => *line = each(line, &traditional),
        _ => {}
    }
}

/// Pairs of a character and a radical that looks like it.
const RADICALS: &str = "一⼀二⼆人⼈力⼒工⼯文⽂方⽅日⽇月⽉民⺠水⽔用⽤立⽴行⾏面⾯";
/// Where the table's first is not what is written in Taiwan and Hong Kong.
const WRITTEN: &str = "发發复複后後汇匯药藥罚罰构構绕繞馈饋";

fn looking_like(pairs: &str, c: char) -> Option<char> {
    let mut pairs = pairs.chars();
    while let (Some(one), Some(other)) = (pairs.next(), pairs.next()) {
        if one == c {
            return Some(other);
        }
    }
    None
}

fn traditional(c: char) -> char {
    static TABLE: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
        let mut table = HashMap::new();
        for row in include_str!("../../search-index/src/tables/t2s.tsv").lines() {
            let mut fields = row.split('\t').map(|field| field.chars().next());
            if let (Some(Some(from)), Some(Some(to))) = (fields.next(), fields.next())
                && in_big5(from)
            {
                table.entry(to).or_insert(from);
            }
        }
        table
    });
    let written = looking_like(WRITTEN, c);
    let known = || in_big5(c).then_some(c);
    written
        .or_else(known)
        .or_else(|| TABLE.get(&c).copied())
        .unwrap_or(c)
}

/// Also holds of no character of simplified script alone.
fn in_big5(c: char) -> bool {
    let text = c.to_string();
    !encoding_rs::BIG5.encode(&text).2
}

/// Breaks a line as a typist does: indented, 36 characters wide.
fn wrapped((kind, line): (Kind, String)) -> Vec<(Kind, String)> {
    let characters: Vec<char> = "    ".chars().chain(line.chars()).collect();
    let mut broken: Vec<(Kind, String)> = Vec::new();
    for piece in characters.chunks(36) {
        let kind = if broken.is_empty() {
            kind
        } else {
            Kind::Continued
        };
        broken.push((kind, piece.iter().collect()));
    }
    broken
}
