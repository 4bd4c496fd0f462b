//! Dates and years as reports write them, in folded text (`search_index::fold::fold_chars`: half-width,
//! lower case, simplified): `2024年3月26日`, `2024-03-28 16:18`, `二〇二四年三月二十六日`, with the slips of OCR
//! and conversion (`2o24年l月5日`, `20231227`).

use super::Date;
use std::ops::Range;

/// Years that a report of this genre may speak of. The word 依法行政 entered state plans in 1999.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 1990..=2099;

/// A year named in a text: `2019年`, `2019年度`, `二〇一九年`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct YearToken {
    /// From its first digit to past 年 and 度.
    pub(super) range: Range<usize>,
    pub(super) year: i32,
    /// The first year of a range (`2016-2020年`): the token's year is its last.
    pub(super) since: Option<i32>,
}

/// The digit that a character stands for, with OCR's and typists' zeros and ones.
fn digit(c: char) -> Option<i32> {
    Some(match c {
        '0'..='9' => c as i32 - '0' as i32,
        'o' | 'ο' | 'о' | '〇' | '○' | '零' | '◯' | 'О' => 0,
        'l' | 'i' | '一' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

/// Reads characters from a text, keeping its place.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    fn take(&mut self, set: &[char]) -> Option<char> {
        let c = self.peek().filter(|c| set.contains(c))?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Four digits, perhaps letter-spaced.
    fn year(&mut self) -> Option<i32> {
        let mut value = 0;
        for place in 0..4 {
            if place > 0 {
                self.spaces();
            }
            let c = self.peek()?;
            value = value * 10 + digit(c)?;
            self.at += c.len_utf8();
        }
        YEARS.contains(&value).then_some(value)
    }

    /// One or two digits, or a Chinese number up to 三十一.
    fn small(&mut self) -> Option<i32> {
        let rest = self.rest();
        // 1 7日: digits that a page's markup parted.
        if let [tens @ b'0'..=b'3', b' ', ones @ b'0'..=b'9', ..] = rest.as_bytes()
            && rest[3..].starts_with(['日', '月'])
        {
            self.at += 3;
            return Some(i32::from(tens - b'0') * 10 + i32::from(ones - b'0'));
        }
        let run: Vec<char> = rest
            .chars()
            .take_while(|&c| digit(c).is_some() || matches!(c, '十' | '廿' | '卅'))
            .take(4)
            .collect();
        let length: usize = run.iter().map(|c| c.len_utf8()).sum();
        let value = match run.as_slice() {
            ['十'] => 10,
            ['十', ones] => 10 + digit(*ones)?,
            ['廿', tail @ ..] => 20 + tail.first().map_or(Some(0), |c| digit(*c))?,
            ['卅', tail @ ..] => 30 + tail.first().map_or(Some(0), |c| digit(*c))?,
            [tens, '十'] => 10 * digit(*tens)?,
            [ones] => digit(*ones)?,
            [tens, '十', ones] | [tens, ones] => 10 * digit(*tens)? + digit(*ones)?,
            _ => return None,
        };
        self.at += length;
        Some(value)
    }
}

/// Whether a number may begin at `at`: no digit stands right before it.
fn fresh(text: &str, at: usize) -> bool {
    !text[..at]
        .chars()
        .next_back()
        .is_some_and(|c| c.is_ascii_digit())
}

/// The full dates in `text`, left to right.
pub(super) fn dates(text: &str) -> Vec<(Range<usize>, Date)> {
    let mut found = Vec::new();
    let mut from = 0;
    for (at, c) in text.char_indices() {
        if at < from || !matches!(c, '1' | '2' | '一' | '二' | 'l') || !fresh(text, at) {
            continue;
        }
        if let Some((end, date)) = date_at(text, at) {
            found.push((at..end, date));
            from = end;
        }
    }
    found
}

fn date_at(text: &str, at: usize) -> Option<(usize, Date)> {
    let mut reader = Reader::new(text, at);
    let year = reader.year()?;
    reader.spaces();
    let separator = reader.take(&['年', '-', '/', '.', '—', '–'])?;
    reader.spaces();
    let month = reader.small()?;
    reader.spaces();
    if separator == '年' {
        reader.take(&['月'])?;
    } else {
        reader.take(&[separator])?;
    }
    reader.spaces();
    // A time may be run into the day: 2024-03-2816:18.
    let rest = reader.rest();
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let day = if digits > 2 {
        reader.at += 2;
        rest[..2].parse().ok()?
    } else {
        reader.small()?
    };
    reader.spaces();
    if reader.take(&['日', '号']).is_none() && separator == '年' {
        return None;
    }
    let date = Date::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
    Some((reader.at, date))
}

/// A date alone on its line, perhaps in parentheses, perhaps with its separators lost (`20231227`, `2024年326日`).
/// None where the digits can be read in two ways.
pub(super) fn date_line(line: &str) -> Option<Date> {
    let bare = line.trim_matches(|c: char| c.is_whitespace() || "()[]【】。.,;".contains(c));
    if let [(range, date)] = dates(bare).as_slice() {
        let rest: String = [&bare[..range.start], &bare[range.end..]].concat();
        let rest = rest.trim();
        let time = rest
            .chars()
            .all(|c| c.is_ascii_digit() || c == ':' || c == ' ');
        return time.then_some(*date);
    }
    mutilated(bare)
}

fn mutilated(line: &str) -> Option<Date> {
    let kept: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    if !kept
        .chars()
        .all(|c| digit(c).is_some() || matches!(c, '年' | '月' | '日' | '-' | '.'))
    {
        return None;
    }
    let digits: Vec<i32> = kept.chars().filter_map(digit).collect();
    if !(6..=8).contains(&digits.len()) {
        return None;
    }
    let number = |range: Range<usize>| digits[range].iter().fold(0, |sum, d| sum * 10 + d);
    let year = number(0..4);
    let mut readings = [1, 2].into_iter().filter_map(|length| {
        let split = 4 + length;
        let rest = digits.len().checked_sub(split)?;
        let written_whole = digits.len() == 8 && length == 2;
        let natural = digits.get(4) != Some(&0) && digits.get(split) != Some(&0);
        if !(1..=2).contains(&rest) || !(written_whole || natural) {
            return None;
        }
        Date::new(
            year,
            number(4..split) as u8,
            number(split..digits.len()) as u8,
        )
    });
    let date = readings.next().filter(|date| YEARS.contains(&date.year))?;
    readings.next().is_none().then_some(date)
}

/// The years named with 年 in `text`, left to right.
pub(super) fn years(text: &str) -> Vec<YearToken> {
    let mut found: Vec<YearToken> = Vec::new();
    let mut from = 0;
    for (at, c) in text.char_indices() {
        if at < from || !matches!(c, '1' | '2' | '一' | '二' | 'l') || !fresh(text, at) {
            continue;
        }
        if let Some(token) = year_at(text, at) {
            from = token.range.end;
            found.push(token);
        }
    }
    found
}

fn year_at(text: &str, at: usize) -> Option<YearToken> {
    let mut reader = Reader::new(text, at);
    let first = reader.year()?;
    let mut token = YearToken {
        range: at..reader.at,
        year: first,
        since: None,
    };
    let mut range = Reader::new(text, reader.at);
    range.spaces();
    // 2016年至2020年, 2016-2020年, 2021—2022年度
    range.take(&['年']);
    if range.take(&['-', '—', '–', '至', '~']).is_some() {
        while range.take(&['-', '—', '–']).is_some() {}
        if let Some(last) = range.year().filter(|last| *last > first) {
            reader.at = range.at;
            token.year = last;
            token.since = Some(first);
        }
    }
    reader.spaces();
    reader.take(&['年'])?;
    let after = Reader::new(text, reader.at);
    if after.peek() == Some('度') {
        reader.at += '度'.len_utf8();
    }
    token.range.end = reader.at;
    Some(token)
}

/// A stretch of a year that is reported on, as first and last month: 上半年, 第三季度, 1-11月, 截至11月底.
pub(super) fn months(text: &str) -> Option<(u8, u8)> {
    const WORDS: [(&str, (u8, u8)); 8] = [
        ("上半年", (1, 6)),
        ("下半年", (7, 12)),
        ("前三季度", (1, 9)),
        ("前3季度", (1, 9)),
        ("三季度", (7, 9)),
        ("一季度", (1, 3)),
        ("二季度", (4, 6)),
        ("四季度", (10, 12)),
    ];
    const DIGITS: [(&str, (u8, u8)); 5] = [
        ("1季度", (1, 3)),
        ("2季度", (4, 6)),
        ("3季度", (7, 9)),
        ("4季度", (10, 12)),
        ("半年", (1, 6)),
    ];
    let named = WORDS
        .iter()
        .chain(&DIGITS)
        .find(|(word, _)| text.contains(word));
    named
        .map(|(_, months)| *months)
        .or_else(|| month_range(text))
}

fn month_range(text: &str) -> Option<(u8, u8)> {
    for (at, _) in text.match_indices('月') {
        let head = &text[..at];
        let start = head
            .char_indices()
            .rev()
            .take_while(|(_, c)| digit(*c).is_some() || "十-—–至~月份 截止到".contains(*c))
            .last()?
            .0;
        let phrase = &head[start..];
        let until = ["截至", "截止到", "截止"]
            .iter()
            .find_map(|word| phrase.strip_prefix(word));
        if let Some(month) = until.and_then(|rest| Reader::new(rest.trim(), 0).small()) {
            return (1..=12).contains(&month).then_some((1, month as u8));
        }
        let mut reader = Reader::new(phrase, 0);
        reader.spaces();
        let first = reader.small();
        reader.take(&['月']);
        reader.take(&['份']);
        let joined = reader.take(&['-', '—', '–', '至', '~']).is_some();
        while reader.take(&['-', '—', '–']).is_some() {}
        let last = reader.small();
        if let (Some(first), true, Some(last)) = (first, joined, last)
            && (1..=12).contains(&first)
            && (first..=12).contains(&last)
        {
            return Some((first as u8, last as u8));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(line: &str) -> Option<String> {
        date_line(line).map(|date| date.to_string())
    }

    #[test]
    fn a_date_line_in_all_its_forms() {
        for line in [
            "2024年3月26日",
            "2024 年 3 月 26 日",
            "(2024年03月26日)",
            "2024-03-26",
            "2024/3/26 16:18",
            "2024.3.26",
            "二〇二四年三月二十六日",
            "二○二四年三月廿六日",
            "二o二四年三月二十六日",
            "2o24年3月26日",
            "20240326",
            "2024-03-2616:18:00",
            "2024年326日",
        ] {
            assert_eq!(iso(line).as_deref(), Some("2024-03-26"), "{line}");
        }
        assert_eq!(iso("2024年l月5日").as_deref(), Some("2024-01-05"));
        assert_eq!(iso("二〇二三年十二月十日").as_deref(), Some("2023-12-10"));
    }

    #[test]
    fn what_can_be_read_in_two_ways_or_not_at_all_is_no_date() {
        for line in [
            "2024111",
            "20231350",
            "2024年2月30日",
            "12345678",
            "2024年3月",
            "共26日",
        ] {
            assert_eq!(iso(line), None, "{line}");
        }
    }

    #[test]
    fn years_and_ranges_of_years() {
        let tokens = years("2019年度总结,二〇二〇年计划,2016—2020年规划,2018 年");
        let seen: Vec<_> = tokens
            .iter()
            .map(|token| (token.year, token.since))
            .collect();
        assert_eq!(
            seen,
            [(2019, None), (2020, None), (2020, Some(2016)), (2018, None)]
        );
    }

    #[test]
    fn parts_of_a_year() {
        for (text, expected) in [
            ("2023年上半年法治政府建设工作总结", Some((1, 6))),
            ("第三季度依法行政工作情况", Some((7, 9))),
            ("前三季度", Some((1, 9))),
            ("1-11月工作情况", Some((1, 11))),
            ("1月至10月", Some((1, 10))),
            ("一至十一月", Some((1, 11))),
            ("截至11月底", Some((1, 11))),
            ("2023年3月26日", None),
            ("2023年度工作总结", None),
        ] {
            assert_eq!(months(text), expected, "{text}");
        }
    }
}
