//! Tables that have been through a spreadsheet: what it did to them is undone where that can be
//! done without guessing, and told where it can't.
//!
//! Takes a file's bytes, or a cell; gives back a [`Sheet`] of trimmed cells, or the cell as it was
//! meant. Undone for the table as a whole: another encoding, a lost byte order mark, other
//! separators, a `sep=` line, whole lines in one cell, blank rows and columns, columns moved or
//! written in capitals. For a cell: dates in the spreadsheet's own forms or as serial numbers, `.0`
//! and thousands marks in years, lost leading zeros of a division's code. Never guessed: digits lost
//! to 1.1E+17, a date without its year, characters turned to question marks.

use crate::diagnostic::{Diagnostic, Level, Warned};
use crate::han::is_han;
use crate::identify::Date;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// A table: a header and rows, trimmed, without the rows that are blank.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// The columns' titles as they are written.
    pub titles: Vec<String>,
    /// The rows below, with their lines in the file (1-based).
    pub rows: Vec<(u32, csv::StringRecord)>,
}

/// What became of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// As it stands.
    Sound(Cow<'a, str>),
    /// As it was meant, and what had been done to it.
    Undone(String, &'static str),
    /// Nothing to be read, and why.
    Lost(&'static str),
}

/// What a column holds: what a spreadsheet does to a cell depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Any words.
    Words,
    /// A day.
    Day,
    /// A year.
    Year,
    /// A place: its name or its code of six digits.
    Place,
}

/// Reads a table's bytes. Nothing comes back where there is no header.
pub fn read(bytes: &[u8], file: &str) -> Warned<Option<Sheet>> {
    let mut warnings = Vec::new();
    let text = match crate::decode::characters(bytes, file) {
        Ok(text) => text.unpack(&mut warnings).0,
        Err(error) => {
            warnings.push(error.diagnostic(file));
            return Warned {
                output: None,
                warnings,
            };
        }
    };
    let mut rows = Vec::new();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .flexible(true)
        .has_headers(false)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    for row in reader.records() {
        match row {
            Ok(row) if row.iter().all(str::is_empty) => {}
            Ok(row) => rows.push((line_of(&row, &text), row)),
            Err(error) => warnings.push(unreadable(&error, file)),
        }
    }
    if rows.first().is_some_and(|(_, row)| is_separator_line(row)) {
        rows.remove(0);
    }
    if rows.first().is_some_and(|(_, row)| in_one_cell(row)) {
        for (_, row) in &mut rows {
            *row = parted(row);
        }
    }
    let mut rows = rows.into_iter();
    let output = rows.next().map(|(_, header)| Sheet {
        titles: header.iter().map(str::to_owned).collect(),
        rows: rows.collect(),
    });
    Warned { output, warnings }
}

impl Sheet {
    /// A column's title as it is written, or, for one that has cells but no title, its letters.
    pub fn title(&self, at: usize) -> Option<String> {
        let title = self.titles.get(at)?;
        let used = || {
            let mut cells = self.rows.iter().filter_map(|(_, cells)| cells.get(at));
            cells.any(|cell| !cell.is_empty())
        };
        if title.is_empty() {
            used().then(|| format!("column {}", letters(at)))
        } else {
            Some(title.clone())
        }
    }

    /// A column's title as a key: lower case, without the blanks and hyphens that people write for `_`.
    pub fn key(title: &str) -> String {
        let title: String = title.nfkc().flat_map(char::to_lowercase).collect();
        title.trim().replace([' ', '-'], "_")
    }
}

/// `A` for the first column, as spreadsheets have it.
pub fn letters(mut column: usize) -> String {
    let mut letters = String::new();
    loop {
        letters.insert(0, char::from(b'A' + (column % 26) as u8));
        match (column / 26).checked_sub(1) {
            Some(next) => column = next,
            None => return letters,
        }
    }
}

/// What parts the cells of the text's first line that is not blank.
pub(super) fn delimiter(text: &str) -> u8 {
    let blank = |line: &&str| {
        !line
            .trim_matches([',', ';', '\t', ' ', '"', '\r'])
            .is_empty()
    };
    let header = text.lines().find(blank).unwrap_or_default();
    if let Some(said) = header.trim_matches('"').strip_prefix("sep=") {
        return match said.as_bytes() {
            [one @ (b',' | b';' | b'\t'), ..] => *one,
            _ => b',',
        };
    }
    b",;\t"
        .iter()
        .copied()
        .max_by_key(|&delimiter| {
            let count = header.bytes().filter(|&byte| byte == delimiter).count();
            (count, delimiter == b',')
        })
        .unwrap_or(b',')
}

/// `sep=;`: a line that tells spreadsheets how to read the rest.
fn is_separator_line(row: &csv::StringRecord) -> bool {
    row.get(0).is_some_and(|cell| cell.starts_with("sep="))
}

/// Whether a header stands in its first cell as a whole: every line was put into quotes.
fn in_one_cell(row: &csv::StringRecord) -> bool {
    row.iter().skip(1).all(str::is_empty)
        && row
            .get(0)
            .is_some_and(|cell| cell.contains([',', ';', '\t']))
}

fn parted(row: &csv::StringRecord) -> csv::StringRecord {
    let line = row.get(0).unwrap_or_default();
    csv::ReaderBuilder::new()
        .delimiter(delimiter(line))
        .has_headers(false)
        .trim(csv::Trim::All)
        .from_reader(line.as_bytes())
        .records()
        .next()
        .and_then(Result::ok)
        .unwrap_or_default()
}

/// The line on which a row begins. The reader's own count does not see blank lines before it.
fn line_of(row: &csv::StringRecord, text: &str) -> u32 {
    row.position().map_or(1, |at| {
        let blank = text.as_bytes()[text.len().min(at.byte() as usize)..]
            .iter()
            .take_while(|&&byte| byte == b'\n')
            .count();
        at.line() as u32 + blank as u32
    })
}

fn unreadable(error: &csv::Error, file: &str) -> Diagnostic {
    let told = Diagnostic::new(
        Level::Warning,
        "metadata-row-unreadable",
        file,
        format!("a row cannot be read: {error}"),
    );
    match error.position() {
        Some(at) => told.at(at.line() as u32),
        None => told,
    }
}

/// A cell without what keeps a spreadsheet from reading it as a formula: `'=…`, `="…"`.
pub fn bare(cell: &str) -> &str {
    if let Some(rest) = cell.strip_prefix('\'')
        && rest.trim_start_matches('\'').starts_with(is_formula)
    {
        return rest;
    }
    cell.strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(cell)
}

/// A cell that no spreadsheet takes for a formula, whatever a report has put into it.
pub fn harmless(cell: &str) -> Cow<'_, str> {
    // An apostrophe is not shown, and keeps the cell text.
    if cell.trim_start_matches('\'').starts_with(is_formula) {
        format!("'{cell}").into()
    } else {
        cell.into()
    }
}

fn is_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠'
    )
}

/// Writes tables as spreadsheets of any language read them: UTF-8 with byte order mark, commas, CRLF.
pub fn writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(b"\xEF\xBB\xBF".to_vec())
}

/// A cell as it was meant.
pub fn mend(cell: &str, content: Content) -> Cell<'_> {
    if cell.starts_with('#') && (cell.ends_with(['!', '?', '#']) || cell == "#N/A") {
        return Cell::Lost("is an error of the spreadsheet's, not a value");
    }
    if cell.contains("??") && !cell.contains("://") && !cell.chars().any(is_han) {
        return Cell::Lost(
            "has lost its characters: the file was saved in an encoding without them",
        );
    }
    if is_scientific(cell) && content != Content::Year {
        return Cell::Lost("is a number that the spreadsheet has rounded; its digits are lost");
    }
    let plain: Cow<str> = match content {
        Content::Words => cell.into(),
        _ => cell.nfkc().collect::<String>().into(),
    };
    match content {
        Content::Words => Cell::Sound(plain),
        Content::Day => day(&plain).unwrap_or(Cell::Sound(plain)),
        Content::Year => year(&plain).unwrap_or(Cell::Sound(plain)),
        Content::Place => place(&plain).unwrap_or(Cell::Sound(plain)),
    }
}

/// `1.13E+17`
fn is_scientific(cell: &str) -> bool {
    cell.split_once(['E', 'e']).is_some_and(|(digits, power)| {
        let number = |text: &str| {
            text.bytes().any(|b| b.is_ascii_digit())
                && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        };
        number(digits) && power.strip_prefix('+').is_some_and(number)
    })
}

fn whole(cell: &str) -> Option<i64> {
    let cell = cell.split_once('.').map_or(cell, |(whole, rest)| {
        if rest.bytes().all(|b| b == b'0') {
            whole
        } else {
            cell
        }
    });
    cell.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| cell.parse().ok())?
}

const DAYS_BETWEEN_1949_AND_2149: std::ops::RangeInclusive<i64> = 17_899..=91_310;

fn day(cell: &str) -> Option<Cell<'static>> {
    if let Some(serial) = whole(cell).filter(|number| DAYS_BETWEEN_1949_AND_2149.contains(number)) {
        return Some(Cell::Undone(
            of_serial(serial)?.to_string(),
            "the number that a spreadsheet has for a day, counted from 1900",
        ));
    }
    let without_year = cell.contains('月') && !cell.contains('年');
    if without_year || day_and_month_name(cell) {
        return Some(Cell::Lost("has lost its year"));
    }
    let (date, time) = cell.split_once([' ', 'T'])?;
    let midnight = time.bytes().all(|b| b"0: AMZ.".contains(&b)) || time.trim() == "12:00:00 AM";
    midnight.then(|| Cell::Undone(date.to_owned(), "a day with a time"))
}

/// `5-Mar`: what English spreadsheets make of 3-5.
fn day_and_month_name(cell: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    cell.split_once('-').is_some_and(|(one, other)| {
        [one, other]
            .iter()
            .any(|part| MONTHS.contains(&part.to_ascii_lowercase().as_str()))
    })
}

fn year(cell: &str) -> Option<Cell<'static>> {
    let undone = |year: i64, how| Some(Cell::Undone(year.to_string(), how));
    let plain = cell.strip_suffix("年度").unwrap_or(cell).replace(',', "");
    if let Some(year) = whole(&plain) {
        return (plain != cell || plain.contains('.'))
            .then(|| undone(year, "a year written as a number"))?;
    }
    let mut parts = cell.split(['-', '/', '年', '月', '日', ' ']);
    let mut number = || parts.next()?.parse::<u32>().ok();
    let (y, m, d) = (number()?, number()?, number()?);
    let serial = serial_of(Date::new(y as i32, m as u8, d as u8)?);
    match (y, m, d) {
        // 2021 shown as a date is the 2021st day.
        (1905, ..) => undone(serial, "a year that was shown as a date"),
        (_, 1, 1) => undone(i64::from(y), "a year that was made a date"),
        _ => None,
    }
}

fn place(cell: &str) -> Option<Cell<'static>> {
    // A code has six digits; one that lost more than its first could be anything.
    let code = whole(cell).filter(|code| (10_000..1_000_000).contains(code))?;
    let padded = format!("{code:06}");
    (padded != cell).then_some(Cell::Undone(
        padded,
        "a division's code without its leading zeros",
    ))
}

/// The day that a spreadsheet means by a number: 1 is 1900-01-01, and 1900 counts as a leap year.
fn of_serial(serial: i64) -> Option<Date> {
    // Civil from days (H. Hinnant, chrono-compatible low-level date algorithms); 25569 is 1970-01-01.
    let z = serial - 25_569 + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    Date::new(
        year as i32,
        month as u8,
        (doy - (153 * mp + 2) / 5 + 1) as u8,
    )
}

fn serial_of(date: Date) -> i64 {
    let (month, day) = (i64::from(date.month), i64::from(date.day));
    let year = i64::from(date.year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let yoe = year.rem_euclid(400);
    let doy = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468 + 25_569
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mended(cell: &str, content: Content) -> String {
        match mend(cell, content) {
            Cell::Sound(cell) => cell.into_owned(),
            Cell::Undone(cell, _) => format!("{cell} undone"),
            Cell::Lost(_) => "lost".into(),
        }
    }

    #[test]
    fn cells_are_read_as_they_were_meant_or_told_lost() {
        use Content::{Day, Place, Words, Year};
        for (content, cell, meant) in [
            (Day, "2021-03-05", "2021-03-05"),
            (Day, "2021/3/5", "2021/3/5"),
            (Day, "44260", "2021-03-05 undone"),
            (Day, "44260.0", "2021-03-05 undone"),
            (Day, "2021/3/5 0:00", "2021/3/5 undone"),
            (Day, "2021-03-05T00:00:00", "2021-03-05 undone"),
            (Day, "3月5日", "lost"),
            (Day, "5-Mar", "lost"),
            (Day, "########", "lost"),
            (Year, "2021", "2021"),
            (Year, "2021.0", "2021 undone"),
            (Year, "2,021", "2021 undone"),
            (Year, "２０２１", "2021"),
            (Year, "2021年度", "2021 undone"),
            (Year, "1905/7/13", "2021 undone"),
            (Year, "2021/1/1", "2021 undone"),
            (Place, "330100", "330100"),
            (Place, "330100.0", "330100 undone"),
            (Place, "10100", "010100 undone"),
            (Place, "浙江省杭州市", "浙江省杭州市"),
            (Words, "1.13E+17", "lost"),
            (Words, "#NAME?", "lost"),
            (Words, "????????", "lost"),
            (
                Words,
                "https://example.org/?a??b",
                "https://example.org/?a??b",
            ),
            (Words, "题1,2", "题1,2"),
        ] {
            assert_eq!(mended(cell, content), meant, "{cell}");
        }
    }

    #[test]
    fn columns_are_lettered_as_spreadsheets_do() {
        let shown: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(letters).into();
        assert_eq!(shown, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn a_table_is_read_whatever_parts_its_cells() {
        for text in [
            "path,year\na.txt,2020\n",
            "path;year\na.txt;2020\n",
            "path\tyear\r\na.txt\t2020\r\n",
            "sep=;\npath;year\na.txt;2020\n",
            "\"sep=,\"\npath,year\na.txt,2020\n",
            "\"path,year\"\n\"a.txt,2020\"\n",
            "\"path;year\",,\n\"a.txt;2020\",,\n",
            ",,\n\n path , year ,,\n\n,,,\n\"a.txt\",\"2020\",,\n",
        ] {
            let sheet = read(text.as_bytes(), "t.csv").output.expect(text);
            assert_eq!(sheet.titles[..2], ["path", "year"], "{text}");
            let row = &sheet.rows[0].1;
            assert_eq!((&row[0], &row[1]), ("a.txt", "2020"), "{text}");
            assert_eq!(sheet.rows.len(), 1, "{text}");
        }
        assert!(read(b"", "t.csv").output.is_none());
    }

    proptest! {
        #[test]
        fn serials_and_days_are_each_others_inverse(serial in 17_899i64..91_310) {
            prop_assert_eq!(of_serial(serial).map(serial_of), Some(serial));
        }

        #[test]
        fn what_is_written_harmless_is_read_as_it_was(cell in "['=+@a\"-]{0,4}") {
            prop_assume!(!cell.starts_with("=\""));
            let written = harmless(&cell);
            prop_assert_eq!(bare(&written), cell.as_str());
            prop_assert!(!written.starts_with(['=', '+', '-', '@']));
        }
    }
}
