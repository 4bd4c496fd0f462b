//! Figures in a table of the report's text: a row's label is the noun, the column's head its year
//! and unit; last year's column is last year's.
//!
//! Every cell is read as a short sentence made of its label and its number, by the same patterns as
//! running text. Columns of change, of other years and of other bodies' rows give nothing.

use super::figures::{self, Setting};
use super::reading::{Reading, Sentence};
use super::{Observation, State};
use crate::clean::BARS;
use crate::codebook::Codebook;
use crate::codebook::lexicon::Occurrences;
use crate::evidence::Span;
use crate::gazetteer::Gazetteer;
use crate::identify::{self, Identity};
use crate::quantity::{self, Amount, Decimal, Quantity, Unit};
use crate::structure::{Document, Paragraph, ParagraphKind};
use search_index::fold::fold_chars;
use std::ops::Range;

/// A row's cells: where they stand.
type Cells = Vec<Span>;

/// The cells of a paragraph that is a table's row: separated by tabs, bars or wide blanks.
pub(super) fn cells(document: &Document, index: usize) -> Option<Cells> {
    let words = document.words(index);
    match document.paragraphs[index].kind {
        ParagraphKind::Row => Some(document.cells(index)),
        // Asked of every paragraph: what most of them have not is looked for byte by byte.
        ParagraphKind::Body
            if BARS.iter().any(|bar| words.contains(*bar))
                && words.matches(BARS).nth(1).is_some() =>
        {
            Some(document.cells(index))
        }
        ParagraphKind::Body if words.len() < 80 * 4 && !words.contains('。') => {
            let few = words.chars().count() < 80;
            Some(document.cells(index)).filter(|cells| few && cells.len() >= 3)
        }
        _ => None,
    }
}

/// The same; within a table, what has but a label and a number, too: its other cells are empty.
fn row_cells(document: &Document, index: usize, within: bool) -> Option<Cells> {
    cells(document, index).or_else(|| {
        let body = document.paragraphs[index].kind == ParagraphKind::Body;
        let short = || document.words(index).chars().nth(40).is_none();
        let words = (within && body && short()).then(|| document.words(index))?;
        let (label, number) = words.trim_end().rsplit_once(char::is_whitespace)?;
        number_in(&fold(number))?;
        let start = document.paragraphs[index].span.start as usize;
        let from = start + words.trim_end().len() - number.len();
        Some(vec![
            Span::new(start, start + label.trim_end().len()),
            Span::new(from, from + number.len()),
        ])
    })
}

/// What a column's head says of its numbers.
struct Column {
    words: String,
    unit: Option<Measure>,
    /// Another year's or a month's, of the bodies below, a change, or what was planned.
    not_ours: bool,
}

impl Column {
    fn is_remark(&self) -> bool {
        ["备注", "说明", "注"].contains(&self.words.as_str())
    }
}

/// A unit and what its numbers are multiplied with (万元).
#[derive(Clone, Copy)]
struct Measure {
    unit: Unit,
    factor: u32,
}

/// Where the table that begins at paragraph `first` ends; `first` where none does. A line between two rows that names what the
/// next are about is of it (行政诉讼（单位：件）).
pub(super) fn end(document: &Document, first: usize) -> usize {
    let row = |index: usize| {
        let known = index < document.paragraphs.len();
        known
            .then(|| row_cells(document, index, index > first))
            .flatten()
    };
    let mut end = first;
    let mut width = 0;
    loop {
        if let Some(cells) = row(end) {
            width = cells.len();
            end += 1;
        } else if end > first
            && is_group(document, end)
            && row(end + 1).is_some_and(|cells| {
                let number = |cell: &Span| number_in(&fold(cell.of(&document.text.text)));
                cells.len() == width && cells[1..].iter().any(|cell| number(cell).is_some())
            })
        {
            end += 1;
        } else {
            return end;
        }
    }
}

/// Whether a paragraph between two rows can name what the next are about.
fn is_group(document: &Document, index: usize) -> bool {
    const LONGEST: usize = 40;
    let body = |line: &Paragraph| line.kind == ParagraphKind::Body;
    if !document.paragraphs.get(index).is_some_and(body) {
        return false;
    }
    let words = document.words(index);
    words.chars().nth(LONGEST).is_none() && !words.contains(['。', '；', ';'])
}

/// A cell's words, folded, without white space.
fn fold(words: &str) -> String {
    fold_chars(words).text.split_whitespace().collect()
}

/// A table of a report.
pub(super) struct Table<'r> {
    pub document: &'r Document,
    pub identity: &'r Identity,
    pub gazetteer: &'r Gazetteer,
    pub codebook: &'r Codebook,
    /// Its paragraphs.
    pub rows: Range<usize>,
}

impl<'r> Table<'r> {
    /// Its observations; `carried` is the frame of its headings.
    pub(super) fn observations(&self, carried: Option<usize>) -> Vec<Observation> {
        let rows = self.cells();
        let Some((_, head)) = rows.first() else {
            return Vec::new();
        };
        // A head of several rows repeats its corner in each of them.
        let corner = self.corner(head);
        let heads = rows
            .iter()
            .enumerate()
            .take_while(|(place, (_, cells))| {
                let again = self.corner(cells) == corner && cells.len() == head.len();
                let names = self.holds_no_number(cells) && self.in_words(cells).is_none();
                names && (*place == 0 || again)
            })
            .count();
        let mut walk = Walk {
            table: self,
            columns: self.columns(&rows[..heads]),
            caption: caption(self.document, self.rows.start),
            carried,
            about: carried,
            group: String::new(),
            totalled: rows.iter().any(|(_, cells)| self.is_total(cells)),
            of_years: self.are_years(&rows[heads..]),
            words: Occurrences::default(),
            found: Vec::new(),
        };
        for (place, (row, cells)) in rows.iter().enumerate().skip(heads) {
            if cells.len() == 1 && walk.columns.len() > 1 {
                walk.group(cells[0]);
            } else if let Some(told) = walk.told_in_words(cells) {
                walk.row_in_words(*row, &told);
            } else if self.holds_no_number(cells) && self.corner(cells) == corner {
                // A second head below the first rows.
                walk.columns = self.columns(&rows[place..=place]);
            } else {
                walk.row(*row, cells);
            }
        }
        walk.found
    }

    /// By row: its paragraph and its cells. What names the next rows stands alone.
    fn cells(&self) -> Vec<(usize, Cells)> {
        let cells = |index: usize| {
            let alone = || vec![self.document.paragraphs[index].span];
            let within = index > self.rows.start;
            (
                index,
                row_cells(self.document, index, within).unwrap_or_else(alone),
            )
        };
        self.rows.clone().map(cells).collect()
    }

    fn text(&self) -> &'r str {
        &self.document.text.text
    }

    fn folded(&self, cell: Span) -> String {
        fold(cell.of(self.text()))
    }

    fn corner(&self, cells: &Cells) -> String {
        cells
            .first()
            .map(|cell| self.folded(*cell))
            .unwrap_or_default()
    }

    /// Whether two rows or more are years.
    fn are_years(&self, rows: &[(usize, Cells)]) -> bool {
        let labels = rows.iter().map(|(_, cells)| self.corner(cells));
        labels
            .filter(|label| is_year(label) && years(label).next().is_some())
            .count()
            > 1
    }

    /// Whether a row sums up others: 合计 is its label, or stands after its number.
    fn is_total(&self, cells: &Cells) -> bool {
        let mut labels = cells.iter().take(2).map(|cell| self.folded(*cell));
        labels.any(|label| TOTALS.contains(&label.as_str()))
    }

    fn holds_no_number(&self, cells: &Cells) -> bool {
        let mut others = cells.iter().skip(1);
        others.all(|cell| number_in(&self.folded(*cell)).is_none())
    }

    /// A row without a number of its own that tells some in words: what it is about, and the cells with its words. A short cell
    /// is told only where the label names what it is about; a long one says so itself.
    fn in_words<'c>(&self, cells: &'c Cells) -> Option<(&'c Span, &'c [Span])> {
        const LONG: usize = 14;
        let is_number = |cell: &Span| {
            let words = self.folded(*cell);
            !words.is_empty() && words.chars().all(|c| c.is_ascii_digit())
        };
        // 序号
        let own = match cells.split_first() {
            Some((first, rest)) if is_number(first) && rest.len() > 1 => rest,
            _ => cells,
        };
        let (label, others) = own.split_first()?;
        let framed = !self.codebook.rules.cues(&self.folded(*label)).is_empty();
        let mut words = others.iter().map(|cell| self.folded(*cell));
        let bare = others
            .iter()
            .any(|cell| number_in(&self.folded(*cell)).is_some());
        let tells = words.any(|words| {
            let chars: Vec<char> = words.chars().collect();
            let mut numbers = quantity::scan(&chars).into_iter();
            (framed || chars.len() >= LONG)
                && numbers.any(|number| number.unit.is_some() && number.amount != Amount::Other)
        });
        (tells && !bare).then_some((label, others))
    }

    /// Whether a row is that of the bureaus of a line that is not the issuer's (公安, 人社, of a government's cases).
    fn is_of_others(&self, label: &str) -> bool {
        const BUREAUS: [&str; 24] = [
            "公安",
            "交警",
            "人社",
            "市场监管",
            "自然资源",
            "自规",
            "住建",
            "城管",
            "生态环境",
            "环保",
            "交通",
            "交通运输",
            "卫健",
            "教育",
            "民政",
            "应急",
            "应急管理",
            "农业农村",
            "水利",
            "林业",
            "医保",
            "文旅",
            "税务",
            "烟草",
        ];
        let own = self.identity.line.as_ref();
        BUREAUS.contains(&label) && identify::line(label) != own.map(|line| line.value.as_str())
    }

    fn year(&self) -> Option<i32> {
        self.identity.year.as_ref().map(|year| year.value)
    }

    /// What heads that stand one above the other say of the columns.
    fn columns(&self, heads: &[(usize, Cells)]) -> Vec<Column> {
        let width = heads.first().map_or(0, |(_, cells)| cells.len());
        let words = |place: usize| {
            let mut words = String::new();
            for (_, cells) in heads {
                let own = cells.get(place).map(|cell| self.folded(*cell));
                let own = own.unwrap_or_default();
                if !words.contains(&own) {
                    words.push_str(&own);
                }
            }
            words
        };
        let columns = (0..width).map(words);
        columns.map(|words| column(words, self.year())).collect()
    }
}

/// A way down a table's rows, with what the rows so far say of the next.
struct Walk<'t, 'r> {
    table: &'t Table<'r>,
    columns: Vec<Column>,
    /// The words that may name a unit for all cells.
    caption: Option<String>,
    /// The frame of the headings, or of the last line between rows.
    carried: Option<usize>,
    /// The frame of the last cell.
    about: Option<usize>,
    /// The last label: a row without one is of the same.
    group: String,
    /// Whether a row sums up the others.
    totalled: bool,
    /// Whether the rows are years: what sums them up is no year's.
    of_years: bool,
    words: Occurrences,
    found: Vec<Observation>,
}

impl Walk<'_, '_> {
    /// A line between rows, which names what the next are about.
    fn group(&mut self, line: Span) {
        let mut reading = Reading::default();
        reading.read(self.table.text(), line);
        let frames = reading
            .sentences()
            .flat_map(|words| figures::frames(&words, self.carried, self.table.codebook));
        self.carried = frames.last().map(|(_, frame)| frame).or(self.carried);
        self.about = self.carried;
        self.group.clear();
        let unit = unit_told(&self.table.folded(line));
        self.caption = unit.or(self.caption.take());
    }

    /// A row: each number in it by its own.
    fn row(&mut self, row: usize, cells: &Cells) {
        // Of a row with fewer cells than the head no one knows which is empty, but for a remark's at the end.
        let remarks = self.columns.iter().rev();
        let remarks = remarks.take_while(|column| column.is_remark()).count();
        if cells.len() < self.columns.len() - remarks {
            return;
        }
        let words: Vec<String> = cells.iter().map(|cell| self.table.folded(*cell)).collect();
        if self.is_all_numbers(&words) {
            // 维持 | 撤销 over 13件 | 3件: each head names its number, as in a row of the whole.
            for (place, (cell, words)) in cells.iter().zip(&words).enumerate() {
                if let Some(number) = number_in(words)
                    && !self.columns[place].not_ours
                {
                    self.cell(row, *cell, WHOLES[0], place, number, None);
                }
            }
            return;
        }
        let unit = words.iter().find_map(|words| bare_measure(words));
        let mut label = String::new();
        for (place, words) in words.iter().enumerate() {
            if let Some(number) = number_in(words) {
                let not_ours = |column: &Column| column.not_ours;
                if place > 0 && !self.columns.get(place).is_some_and(not_ours) {
                    self.cell(row, cells[place], &label, place, number, unit);
                }
            } else if place == 0 {
                if !words.is_empty() {
                    self.group.clone_from(words);
                }
                label.clone_from(&self.group);
            } else if measure_in(words).is_none() || words.chars().count() > 3 {
                label.push_str(words);
            }
        }
    }

    /// Whether a row has no label, but a number with its unit below each head.
    fn is_all_numbers(&self, words: &[String]) -> bool {
        let counted = |words: &String| number_in(words).is_some_and(|number| number.unit.is_some());
        words.len() > 1 && words.len() == self.columns.len() && words.iter().all(counted)
    }

    /// A cell that is a number, in a row with this label and perhaps a unit of its own.
    fn cell(
        &mut self,
        row: usize,
        cell: Span,
        label: &str,
        place: usize,
        number: Quantity,
        unit: Option<Measure>,
    ) {
        let codebook = self.table.codebook;
        let column = self.columns.get(place);
        let measure = number
            .unit
            .map(|unit| Measure { unit, factor: 1 })
            .or(unit)
            .or_else(|| measure_in(label))
            .or_else(|| column.and_then(|column| column.unit))
            .or_else(|| self.caption.as_deref().and_then(measure_in));
        if self.table.is_of_others(label) {
            return;
        }
        let framed = !codebook.rules.cues(label).is_empty();
        let part = column.is_some_and(|column| is_a_part(label, column));
        if self.totalled && !framed && part || self.of_years && TOTALS.contains(&label) {
            return;
        }
        let Some(noun) = noun(label, column, self.table.year(), framed) else {
            return;
        };
        let number = measured(number, measure);
        let sentence = Sentence::of_cell(&noun, number, measure.is_some(), cell);
        // An outcome is one of what the rows before it are about (行政诉讼案件17, 未审结2).
        if !is_outcome(label) {
            self.about = self.carried;
        }
        let frames = figures::frames(&sentence, self.about, codebook);
        self.about = frames.last().map(|(_, frame)| *frame);
        let whole = self.table.document.paragraphs[row].span;
        let written = cell.of(self.table.text());
        for one in self.observe(row, &sentence, &frames) {
            let counted = one.state != State::Value || measure.is_some();
            self.found.push(Observation {
                span: cell,
                written: written.to_owned(),
                sentence: whole,
                unit: one.unit.filter(|_| counted),
                ..one
            });
        }
    }

    /// The cells of a row that tells its numbers in words (行政诉讼 | 共5件（上年结转2件） | 审结4件，其中胜诉3件): its label, and the others
    /// but those of columns that are not ours.
    fn told_in_words(&self, cells: &Cells) -> Option<Cells> {
        let (label, others) = self.table.in_words(cells)?;
        let is_ours = |place: usize| {
            let column = self.columns.get(place);
            column.is_none_or(|column| !column.not_ours)
        };
        let first = cells.len() - others.len();
        let ours = (first..).zip(others).filter(|(place, _)| is_ours(*place));
        let ours = ours.map(|(_, cell)| *cell);
        Some(std::iter::once(*label).chain(ours).collect())
    }

    /// A row that is read as running text.
    fn row_in_words(&mut self, row: usize, cells: &Cells) {
        self.group = self.table.folded(cells[0]);
        let mut reading = Reading::default();
        reading.read_row(self.table.text(), cells);
        self.about = self.carried;
        for sentence in reading.sentences() {
            let frames = figures::frames(&sentence, self.about, self.table.codebook);
            self.about = frames.last().map(|(_, frame)| *frame).or(self.about);
            let found = self.observe(row, &sentence, &frames);
            self.found.extend(found);
        }
    }

    fn observe(
        &mut self,
        row: usize,
        sentence: &Sentence<'_>,
        frames: &[(usize, usize)],
    ) -> Vec<Observation> {
        let setting = Setting {
            sentence,
            frames,
            identity: self.table.identity,
            gazetteer: self.table.gazetteer,
            text: self.table.text(),
            paragraph: row as u32,
            before: "",
        };
        figures::observations(&setting, self.table.codebook, &mut self.words)
    }
}

/// Whether a row's label is what became of a case, and nothing else.
fn is_outcome(label: &str) -> bool {
    const OUTCOMES: [&str; 24] = [
        "收到",
        "收案",
        "新收",
        "受理",
        "审结",
        "办结",
        "结案",
        "未结",
        "待审",
        "审理中",
        "判决",
        "胜诉",
        "败诉",
        "撤诉",
        "维持",
        "撤销",
        "驳回",
        "终止",
        "变更",
        "调解",
        "和解",
        "确认违法",
        "责令履行",
        "不予受理",
    ];
    // 受理(件)
    let label = label.split('(').next().unwrap_or(label);
    let mut plain = label
        .trim_start_matches("其中")
        .trim_start_matches([',', ':']);
    for word in [
        "申请人",
        "原告",
        "法院",
        "判决",
        "裁定",
        "决定",
        "尚",
        "未",
        "已",
    ] {
        plain = plain.strip_prefix(word).unwrap_or(plain);
    }
    OUTCOMES.iter().any(|outcome| {
        let rest = plain.strip_prefix(outcome);
        rest.is_some_and(|rest| {
            rest.chars().count() <= 1 || ["申请", "判决", "审理"].contains(&rest)
        })
    })
}

/// The line above a table, where it names a unit (单位：件).
fn caption(document: &Document, first: usize) -> Option<String> {
    let above = first.checked_sub(1)?;
    unit_told(&fold(document.words(above)))
}

/// What follows 单位 in a line.
fn unit_told(words: &str) -> Option<String> {
    words.split_once("单位").map(|(_, unit)| unit.to_owned())
}

/// 各县(市、区), 县市政府, 县区小计: the bodies below the issuer, of which a row or a column tells.
fn is_below(words: &str) -> bool {
    const BELOW: [&str; 10] = [
        "县(市)",
        "县(市、区)",
        "区(市、县)",
        "市(县、区)",
        "县区",
        "区县",
        "县市",
        "乡镇",
        "镇街",
        "乡镇(街道)",
    ];
    const BODIES: [&str; 6] = [
        "市直部门",
        "县直部门",
        "区直部门",
        "州直部门",
        "部门",
        "其他部门",
    ];
    if BODIES.contains(&words) {
        return true;
    }
    let words = words.trim_start_matches(|c: char| matches!(c, '各' | '个') || c.is_ascii_digit());
    let ends = ["政府", "部门", "小计", "合计"];
    let ended = ends.iter().find_map(|end| words.strip_suffix(end));
    // 县(市)城管部门办结案件(件)
    let mut below = BELOW.iter().filter_map(|below| words.strip_prefix(below));
    let acts = below.any(|rest| {
        let head: String = rest.chars().take(6).collect();
        let bodies = ["部门", "局", "政府"];
        !head.contains(['和', '及', '、']) && bodies.iter().any(|body| head.contains(body))
    });
    acts || BELOW.contains(&ended.unwrap_or(words))
}

fn column(words: String, year: Option<i32>) -> Column {
    let change = [
        "增",
        "减",
        "同比",
        "环比",
        "占比",
        "比例",
        "比上年",
        "较上年",
        "备注",
        "序号",
        "目标",
        "任务",
        "计划",
    ];
    let last_year = ["上年", "去年", "上一年", "往年", "同期"];
    let other_year = year.is_some_and(|year| {
        years(&words).next().is_some() && years(&words).all(|named| named != year)
    });
    // 1月, 一季度: a part of the year; the whole has a column of its own.
    let parts = ["月", "月份", "季度", "上半年", "下半年"];
    let part = parts.iter().any(|end| words.ends_with(end)) && words.chars().count() <= 5;
    Column {
        unit: measure_in(&words),
        not_ours: other_year
            || part
            || is_below(&words)
            || change
                .iter()
                .chain(&last_year)
                .any(|word| words.contains(word)),
        words,
    }
}

fn years(words: &str) -> impl Iterator<Item = i32> + '_ {
    words
        .match_indices("20")
        .filter_map(|(at, _)| words.get(at..at + 4)?.parse::<i32>().ok())
}

/// What sums up a table's rows is called.
const TOTALS: [&str; 4] = ["合计", "总计", "总数", "小计"];

/// Rows that tell the whole, though they sum up no others.
const WHOLES: [&str; 3] = ["本年", "全年", "数量"];

/// Whether a label is a year.
fn is_year(label: &str) -> bool {
    let plain = label.trim_matches(|c: char| "年度:本".contains(c) || c.is_ascii_digit());
    plain.is_empty() && label.contains(|c: char| !c.is_ascii_digit())
}

/// The words that name a cell's number: the row's label, or the column's where the row is the year
/// or the total; nothing where the row is another body's. `framed` says that the label tells what all
/// its numbers are about (行政诉讼).
fn noun(label: &str, column: Option<&Column>, year: Option<i32>, framed: bool) -> Option<String> {
    let is_year = is_year(label);
    if is_year && years(label).any(|named| year.is_some_and(|year| named != year)) {
        return None;
    }
    let whole = ["全市", "全县", "全区", "全州", "全局", "全系统"];
    let unscoped = whole.iter().find_map(|all| label.strip_prefix(all));
    let counted = unscoped.unwrap_or(label);
    // 数量(件)
    let counted = counted.split_once('(').map_or(counted, |(words, _)| words);
    if is_year || TOTALS.contains(&counted) || WHOLES.contains(&counted) {
        return column
            .map(|column| column.words.clone())
            .filter(|words| !words.is_empty());
    }
    let body = [
        "局",
        "县",
        "区",
        "市",
        "镇",
        "乡",
        "街道",
        "大队",
        "中队",
        "支队",
        "所",
        "委",
        "委员会",
        "管委会",
        "办公室",
    ];
    if label.is_empty() || is_below(label) || body.iter().any(|end| label.ends_with(end)) {
        return None;
    }
    let done = column.map(done).unwrap_or_default();
    let bare = label.split('(').next().unwrap_or(label);
    if framed && !bare.is_empty() && is_outcome(&done) {
        return Some(format!("{bare},{done}")); // 行政诉讼, 胜诉
    }
    Some(done + label)
}

/// Whether a row beside a total is a part of what its column's head counts (市容环卫, below 普通程序(件)): a field, a squad. A kind of
/// procedure, what became of cases, a year and the issuer's own level name their own numbers.
fn is_a_part(label: &str, column: &Column) -> bool {
    let own = ["程序", "普通", "一般", "简易", "本级"];
    let whole = TOTALS
        .iter()
        .chain(&WHOLES)
        .any(|whole| label.contains(whole));
    let names_its_own =
        whole || is_year(label) || is_outcome(label) || own.iter().any(|word| label.contains(word));
    !names_its_own && !done(column).is_empty()
}

/// What a column's head says was done with the row's cases (受理, 审结数(件)), where it is more than
/// a year and a unit.
fn done(column: &Column) -> String {
    let words = column.words.split('(').next().unwrap_or_default();
    let words = words.trim_start_matches(|c: char| c.is_ascii_digit() || "年度:".contains(c));
    let words = words.trim_end_matches(['量', '数', '件']);
    let plain = [
        "",
        "合计",
        "总计",
        "总",
        "小计",
        "本年",
        "今年",
        "当年",
        "全年",
        "本期",
        "本年度",
        "案",
        "案件",
        "案件总",
        "数值",
        "数据",
        "单位",
        "内容",
        "情况",
        "指标",
        "完成情况",
        "办理情况",
        "备注",
        "人次",
        "次",
        "人",
        "金额",
        "起",
    ];
    let unit = Unit::named(words).is_some();
    if plain.contains(&words) || unit {
        String::new()
    } else {
        words.to_owned()
    }
}

/// The number that a cell consists of.
fn number_in(words: &str) -> Option<Quantity> {
    let number = quantity::parse(words)?;
    (number.amount != Amount::Other).then_some(number)
}

fn measured(mut number: Quantity, measure: Option<Measure>) -> Quantity {
    if let Some(measure) = measure {
        number.unit = Some(measure.unit);
        if let Amount::Exact(value) = number.amount {
            number.amount = value
                .checked_mul(Decimal::from(measure.factor))
                .map_or(Amount::Lost, |value| Amount::Exact(value.normalize()));
        }
    }
    number
}

/// The unit in brackets or at the end of a head: 数量(件), 罚没款(万元).
fn measure_in(words: &str) -> Option<Measure> {
    let inner = match words.rfind('(') {
        Some(open) => words[open + 1..].trim_end_matches(')'),
        None => words.trim_start_matches([':', ' ']),
    };
    bare_measure(inner)
}

/// A cell or bracket that is nothing but a unit.
fn bare_measure(words: &str) -> Option<Measure> {
    let words = words.trim_matches(|c: char| "():".contains(c));
    let words = words.strip_prefix("单位").unwrap_or(words);
    let words = words.trim_start_matches(':').trim_start_matches("人民币");
    let (factor, unit) = match words {
        "万元" => (10_000, "元"),
        "亿元" => (100_000_000, "元"),
        "千元" => (1_000, "元"),
        other => (1, other),
    };
    let unit = Unit::named(unit).filter(|unit| !unit.is_calendar())?;
    Some(Measure { unit, factor })
}
