//! Heading markers: 第一部分, 一、, (一), 1., (1), ①: reading them, and writing the one that is lost.

use std::fmt::Write as _;

/// A marker at the start of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    /// Its class, which ranks it.
    pub(crate) class: Class,
    /// Its place in its row, 1-based.
    pub(crate) ordinal: u32,
    /// Bytes of the line that it takes, separator and white space included.
    pub(crate) len: usize,
}

/// Classes of markers in the order in which reports nest them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// 第一部分, 第一章; 第一， over paragraphs
    Part,
    /// 一、
    Han,
    /// (一)
    HanBracketed,
    /// 1. 1、
    Digit,
    /// (1) 1)
    DigitBracketed,
    /// ①
    Circled,
}

impl Marker {
    /// Reads the marker at the start of `line`, which has no leading white space.
    pub(crate) fn read(line: &str) -> Option<Self> {
        part(line)
            .or_else(|| bracketed(line))
            .or_else(|| circled(line))
            .or_else(|| separated(line))
    }

    /// Reads a marker that lost its separator: a digit right before a Han character that is no unit, a
    /// Han numeral before a blank.
    pub(crate) fn without_separator(line: &str) -> Option<Self> {
        if let Some((ordinal, len)) = han_ordinal(line) {
            let gap = blank(&line[len..]);
            let next = line[len + gap..].chars().next();
            // 二 是规范执法, 二 〇二三年, 二 名干部
            let goes_on = next.is_none_or(|next| "是〇○Oo零名项件个次人位家".contains(next));
            return (gap > 0 && !goes_on).then_some(Self {
                class: Class::Han,
                ordinal,
                len: len + gap,
            });
        }
        let len = line.bytes().take_while(u8::is_ascii_digit).count();
        let ordinal = line[..len].parse().ok().filter(|_| len <= 2)?;
        let gap = blank(&line[len..]);
        let next = line[len + gap..].chars().next()?;
        let unit = "年月日号件起次人份条项个家场处期时名万余多宗卷部本元".contains(next);
        (crate::han::is_han(next) && !unit).then_some(Self {
            class: Class::Digit,
            ordinal,
            len: len + gap,
        })
    }

    /// Reads 第一，: a marker where it stands over paragraphs, an adverb where it opens one.
    pub(crate) fn counted(line: &str) -> Option<Self> {
        let rest = line.strip_prefix('第')?;
        let (ordinal, len) = han_ordinal(rest)?;
        let title = rest[len..].strip_prefix(['，', ','])?.trim_start();
        Some(Self {
            class: Class::Part,
            ordinal,
            len: line.len() - title.len(),
        })
    }

    /// The marker as reports write it.
    pub(crate) fn written(class: Class, ordinal: u32) -> String {
        let mut text = String::new();
        let han = han_number(ordinal);
        let _ = match class {
            Class::Part => write!(text, "第{han}部分"),
            Class::Han => write!(text, "{han}、"),
            Class::HanBracketed => write!(text, "({han})"),
            Class::Digit => write!(text, "{ordinal}."),
            Class::DigitBracketed => write!(text, "({ordinal})"),
            Class::Circled => write!(text, "{}", char::from_u32(0x245F + ordinal).unwrap_or('①')),
        };
        text
    }
}

/// Skips white space at the start, returning bytes skipped.
fn blank(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

fn part(line: &str) -> Option<Marker> {
    let rest = line.strip_prefix('第')?;
    let (ordinal, len) = han_ordinal(rest).or_else(|| digits(rest))?;
    let after = &rest[len..];
    let unit = ["部分", "章", "节", "節"]
        .iter()
        .find(|unit| after.starts_with(**unit))?;
    let mut end = '第'.len_utf8() + len + unit.len();
    // 第一部分是… is a sentence, not a marker.
    if after[unit.len()..].starts_with(['是', '为', '內', '内', '中', '的']) {
        return None;
    }
    end += line[end..].len()
        - line[end..]
            .trim_start_matches(['、', '：', ':', ' ', '\u{3000}', '，'])
            .len();
    Some(Marker {
        class: Class::Part,
        ordinal,
        len: end,
    })
}

fn bracketed(line: &str) -> Option<Marker> {
    let rest = line.strip_prefix(['(', '（'])?;
    let open = line.len() - rest.len();
    let start = open + blank(rest);
    let (class, (ordinal, len)) = han_ordinal(&line[start..])
        .map(|found| (Class::HanBracketed, found))
        .or_else(|| digits(&line[start..]).map(|found| (Class::DigitBracketed, found)))?;
    let close = start + len + blank(&line[start + len..]);
    let after = line[close..].strip_prefix([')', '）'])?;
    let after = after.trim_start();
    let after = after
        .strip_prefix(['、', '.', '．'])
        .unwrap_or(after)
        .trim_start();
    // (一)、(二)项 refers to markers.
    (!after.starts_with(['(', '（']) && ordinal <= 60).then(|| Marker {
        class,
        ordinal,
        len: line.len() - after.len(),
    })
}

fn circled(line: &str) -> Option<Marker> {
    let first = line.chars().next()?;
    let ordinal = (first as u32)
        .checked_sub(0x245F)
        .filter(|at| (1..=20).contains(at))?;
    let len = first.len_utf8();
    Some(Marker {
        class: Class::Circled,
        ordinal,
        len: len + blank(&line[len..]),
    })
}

fn separated(line: &str) -> Option<Marker> {
    if let Some((ordinal, len)) = han_ordinal(line) {
        let gap = len + blank(&line[len..]);
        let after = line[gap..].strip_prefix(['、', '．', '.', '，', ','])?;
        let comma = line[gap..].starts_with(['，', ',']);
        return (!(comma && gap > len)).then(|| Marker {
            class: Class::Han,
            ordinal,
            len: line.len() - after.trim_start().len(),
        });
    }
    let (ordinal, len) = digits(line)?;
    if !(1..100).contains(&ordinal) {
        return None;
    }
    let gap = len + blank(&line[len..]);
    let rest = &line[gap..];
    let separator = rest
        .chars()
        .next()
        .filter(|c| matches!(c, '、' | '.' | '．' | ')' | '）' | '·'))?;
    let after = &rest[separator.len_utf8()..];
    // 12.4, 7·15 and 3.5 are dates and decimals; 1.2023年 is a marker before a year.
    let mut following = after.chars();
    let digit = following.next().is_some_and(|c| c.is_ascii_digit());
    let year = after.len() > 4
        && after.as_bytes()[..4].iter().all(u8::is_ascii_digit)
        && after[4..].starts_with('年');
    let separator_splits = separator == '、' || !digit || year;
    let class = if matches!(separator, ')' | '）') {
        Class::DigitBracketed
    } else {
        Class::Digit
    };
    (separator_splits && separator != '·').then(|| Marker {
        class,
        ordinal,
        len: line.len() - after.trim_start().len(),
    })
}

fn digits(text: &str) -> Option<(u32, usize)> {
    let mut value = 0;
    let mut len = 0;
    for character in text.chars().take(3) {
        let digit = match character {
            '0'..='9' => character as u32 - '0' as u32,
            '０'..='９' => character as u32 - '０' as u32,
            _ => break,
        };
        value = value * 10 + digit;
        len += character.len_utf8();
    }
    (len > 0).then_some((value, len))
}

const HAN: &str = "一二三四五六七八九";

/// Reads 一 … 九十九.
fn han_ordinal(text: &str) -> Option<(u32, usize)> {
    let digit = |character: char| {
        HAN.chars()
            .position(|han| han == character)
            .map(|at| at as u32 + 1)
    };
    // A Kangxi radical that stands in an ideograph's place (⼀ for 一) is its compatibility form; 壹 is a formal 一.
    let folded = |character: char| match character {
        '⼀' | '壹' => '一',
        '⼆' | '贰' => '二',
        '叁' => '三',
        '肆' => '四',
        '伍' => '五',
        '陆' => '六',
        '柒' => '七',
        '⼋' | '捌' => '八',
        '玖' => '九',
        '⼗' | '拾' => '十',
        other => other,
    };
    let mut value = 0;
    let mut len = 0;
    let mut ten = false;
    for character in text.chars().take(4) {
        if folded(character) == '十' && !ten {
            value = value.max(1) * 10;
            ten = true;
        } else if let Some(digit) = digit(folded(character))
            && (len == 0 || (ten && value % 10 == 0))
        {
            value += digit;
        } else {
            break;
        }
        len += character.len_utf8();
    }
    (len > 0).then_some((value, len))
}

fn han_number(ordinal: u32) -> String {
    let digit = |at: u32| {
        HAN.chars()
            .nth(at as usize - 1)
            .map(String::from)
            .unwrap_or_default()
    };
    match ordinal {
        0 => String::from("〇"),
        1..=9 => digit(ordinal),
        10..=99 => {
            let (tens, ones) = (ordinal / 10, ordinal % 10);
            let mut text = if tens > 1 { digit(tens) } else { String::new() };
            text.push('十');
            if ones > 0 {
                text.push_str(&digit(ones));
            }
            text
        }
        _ => ordinal.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Option<(Class, u32, &str)>) {
        let read =
            Marker::read(line).map(|marker| (marker.class, marker.ordinal, &line[marker.len..]));
        assert_eq!(read, expected, "{line}");
    }

    #[test]
    fn reads_every_class() {
        check("第一部分 总体情况", Some((Class::Part, 1, "总体情况")));
        check("一、主要举措", Some((Class::Han, 1, "主要举措")));
        check("十二．保障", Some((Class::Han, 12, "保障")));
        check("二,问题", Some((Class::Han, 2, "问题")));
        check("⼗⼀、普法", Some((Class::Han, 11, "普法")));
        check("（三）严格执法", Some((Class::HanBracketed, 3, "严格执法")));
        check("( 二 )、普法", Some((Class::HanBracketed, 2, "普法")));
        check("1.建章立制", Some((Class::Digit, 1, "建章立制")));
        check("２、落实", Some((Class::Digit, 2, "落实")));
        check("1.2023年重点", Some((Class::Digit, 1, "2023年重点")));
        check("（4）复议", Some((Class::DigitBracketed, 4, "复议")));
        check("③应诉", Some((Class::Circled, 3, "应诉")));
    }

    #[test]
    fn leaves_dates_decimals_and_references() {
        check("12.4国家宪法日", None);
        check("7·15公众开放日", None);
        check("（一）、（二）项所列", None);
        check("第一部分是总则", None);
        check("一批案件", None);
        check("2023年，我局", None);
        check("三项制度", None);
    }

    #[test]
    fn writes_what_it_reads() {
        for class in [
            Class::Part,
            Class::Han,
            Class::HanBracketed,
            Class::Digit,
            Class::DigitBracketed,
            Class::Circled,
        ] {
            for ordinal in 1..=20 {
                let written = Marker::written(class, ordinal);
                let read = Marker::read(&format!("{written}推进")).expect("reads back");
                assert_eq!(
                    (read.class, read.ordinal, read.len),
                    (class, ordinal, written.len())
                );
            }
        }
    }
}
