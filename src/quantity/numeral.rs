//! The digits of a number, Arabic or Chinese, with 万, 亿 and the 余 or 多 that stands before them.

use rust_decimal::Decimal;
use std::borrow::Cow;

/// A number without its unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numeral {
    /// Its value, multipliers applied.
    pub value: Decimal,
    /// One past its last character.
    pub end: usize,
    /// 余, 多 or 几 stands in or after it.
    pub approx: bool,
    /// Written in Chinese numerals.
    pub chinese: bool,
    /// Too long for an exact value.
    pub overflow: bool,
}

/// The number that starts at `at`, if one does. Nothing inside a longer run of digits or letters.
pub(super) fn read(text: &[char], at: usize) -> Option<Numeral> {
    let first = *text.get(at)?;
    if first.is_ascii_alphanumeric() {
        let boundary = at == 0 || !text[at - 1].is_ascii_alphanumeric();
        return boundary.then(|| arabic(text, at)).flatten();
    }
    is_numeral(first).then(|| chinese(text, at)).flatten()
}

/// 一, 〇, 百, 万 ….
pub(super) fn is_numeral(c: char) -> bool {
    matches!(
        c,
        '零' | '〇'
            | '一'
            | '二'
            | '两'
            | '三'
            | '四'
            | '五'
            | '六'
            | '七'
            | '八'
            | '九'
            | '十'
            | '百'
            | '千'
            | '万'
            | '亿'
    ) || is_formal(c)
}

/// 壹, 贰, … 仟: as sums of money are written in documents.
fn is_formal(c: char) -> bool {
    matches!(
        c,
        '壹' | '贰' | '叁' | '肆' | '伍' | '陆' | '柒' | '捌' | '玖' | '拾' | '佰' | '仟'
    )
}

const FORMAL: [(char, char); 12] = [
    ('壹', '一'),
    ('贰', '二'),
    ('叁', '三'),
    ('肆', '四'),
    ('伍', '五'),
    ('陆', '六'),
    ('柒', '七'),
    ('捌', '八'),
    ('玖', '九'),
    ('拾', '十'),
    ('佰', '百'),
    ('仟', '千'),
];

/// A word in the usual numerals. 队伍十人: what mixes both kinds is no number, nor is one character alone.
fn usual(word: &[char]) -> Option<Cow<'_, [char]>> {
    if !word.iter().any(|&c| is_formal(c)) {
        return Some(word.into());
    }
    let formal = |&c: &char| is_formal(c) || matches!(c, '零' | '万' | '亿');
    (word.len() > 1 && word.iter().all(formal)).then(|| {
        let told = |c: &char| FORMAL.iter().find(|(formal, _)| formal == c);
        let usual = word.iter().map(|c| told(c).map_or(*c, |(_, usual)| *usual));
        usual.collect()
    })
}

fn arabic(text: &[char], at: usize) -> Option<Numeral> {
    let (mut value, mut end, mut overflow) = plain(text, at)?;
    let mut approx = false;
    let mut ceiling = Decimal::MAX;
    'scaled: {
        let vague = usize::from(matches!(text.get(end), Some('余' | '多' | '几')));
        let Some((factor, width)) = multiplier(text, end + vague) else {
            approx |= vague == 1;
            end += vague;
            break 'scaled;
        };
        let Some(scaled) = (factor < ceiling)
            .then(|| value.checked_mul(factor))
            .flatten()
        else {
            overflow = true;
            break 'scaled;
        };
        value = scaled;
        ceiling = factor;
        approx |= vague == 1;
        end += vague + width;
        // 3亿2000万, 1万5千, 2万3000
        let Some((more, after, _)) = plain(text, end) else {
            let vague = usize::from(matches!(text.get(end), Some('余' | '多' | '几')));
            approx |= vague == 1;
            end += vague;
            break 'scaled;
        };
        let (factor, width) = multiplier(text, after).unwrap_or((Decimal::ONE, 0));
        let Some(sum) = more
            .checked_mul(factor)
            .filter(|more| *more < ceiling)
            .and_then(|more| value.checked_add(more))
        else {
            break 'scaled;
        };
        value = sum;
        let vague = usize::from(matches!(text.get(after + width), Some('余' | '多' | '几')));
        approx |= vague == 1;
        end = after + width + vague;
    }
    Some(Numeral {
        value: value.normalize(),
        end,
        approx,
        chinese: false,
        overflow,
    })
}

/// Digits with thousands separators, a decimal point and the letters that OCR puts for 0 and 1:
/// value, end, and whether it is too long to be exact.
fn plain(text: &[char], at: usize) -> Option<(Decimal, usize, bool)> {
    let mut digits = String::new();
    let mut end = run(text, at, &mut digits);
    if end == at || !text[at..end].iter().any(char::is_ascii_digit) {
        return None;
    }
    if end < text.len() && text[end].is_ascii_alphabetic() {
        return None;
    }
    if end - at <= 3 {
        while text.get(end) == Some(&',') {
            let mut group = String::new();
            let after = run(text, end + 1, &mut group);
            if after - end != 4 || !text[end + 1..after].iter().all(char::is_ascii_digit) {
                break;
            }
            digits.push_str(&group);
            end = after;
        }
    }
    if text.get(end) == Some(&'.') && text.get(end + 1).is_some_and(char::is_ascii_digit) {
        digits.push('.');
        end = run(text, end + 1, &mut digits);
    }
    let overflow = digits.len() > 20;
    let value = if overflow {
        Decimal::MAX
    } else {
        digits.parse().ok()?
    };
    Some((value, end, overflow))
}

/// Appends the run of digits at `at`, OCR's letters mended, to `digits`; its end.
fn run(text: &[char], at: usize, digits: &mut String) -> usize {
    let mut end = at;
    while let Some(&c) = text.get(end) {
        digits.push(match c {
            '0'..='9' => c,
            'O' | 'o' => '0',
            'l' | 'I' => '1',
            _ => break,
        });
        end += 1;
    }
    end
}

fn multiplier(text: &[char], at: usize) -> Option<(Decimal, usize)> {
    let factor = match text.get(at)? {
        '千' => 1_000,
        '百' if text.get(at + 1) != Some(&'分') => 100,
        '万' if text.get(at + 1) == Some(&'亿') => {
            return Some((1_000_000_000_000_i64.into(), 2));
        }
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    };
    Some((Decimal::from(factor), 1))
}

/// The value of a Chinese digit.
pub(super) fn digit(c: char) -> Option<u64> {
    Some(match c {
        '零' | '〇' => 0,
        '一' => 1,
        '二' | '两' => 2,
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

fn place(c: char) -> Option<u64> {
    Some(match c {
        '十' => 10,
        '百' => 100,
        '千' => 1_000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    })
}

/// More characters than any number spelled in Chinese has.
const LONGEST_CHINESE: usize = 40;

/// 三百二十一, 两万余, 十余, 二〇二三, 九十八点五.
fn chinese(text: &[char], at: usize) -> Option<Numeral> {
    let length = text[at..]
        .iter()
        .take(LONGEST_CHINESE + 1)
        .take_while(|&&c| is_numeral(c))
        .count();
    if length > LONGEST_CHINESE {
        return None;
    }
    let end = at + length;
    let word = usual(&text[at..end])?;
    // 近万份
    let bare = *word == ['万'] && matches!(text[..at].last(), Some('近' | '逾' | '超' | '约'));
    let value = positional(&word)
        .or_else(|| spoken(&word))
        .or(bare.then_some(10_000))?;
    let mut numeral = Numeral {
        value: Decimal::from(value),
        end,
        approx: false,
        chinese: true,
        overflow: false,
    };
    if text.get(end) == Some(&'点') {
        let decimals: String = text[end + 1..]
            .iter()
            .take(LONGEST_CHINESE)
            .map_while(|&c| digit(c).map(|d| d.to_string()))
            .collect();
        if !decimals.is_empty() && decimals.len() < 8 {
            numeral.value = format!("{value}.{decimals}").parse().ok()?;
            numeral.end += 1 + decimals.len();
        }
    }
    if matches!(text.get(numeral.end), Some('余' | '多')) {
        numeral.approx = true;
        numeral.end += 1;
        if let Some((factor, width)) = multiplier(text, numeral.end) {
            numeral.value = numeral.value.checked_mul(factor)?;
            numeral.end += width;
        }
    }
    Some(numeral)
}

/// 三四名, 两三次: three or four, two or three; 三五次 too is some.
pub(super) fn neighbours(word: &[char]) -> Option<[u64; 2]> {
    let [low, high] = *word else { return None };
    let pair = [digit(low)?, digit(high)?];
    (pair[0] > 0 && pair[1] == pair[0] + 1 || pair == [3, 5]).then_some(pair)
}

/// Digits read one by one (二〇二三); at least two, or it is spoken.
fn positional(word: &[char]) -> Option<u64> {
    if !(2..=12).contains(&word.len()) {
        return None;
    }
    word.iter()
        .try_fold(0_u64, |value, &c| Some(value * 10 + digit(c)?))
}

/// 三百二十一, 十二, 两万五千: places in falling order; 百 and 千 alone are 100 and 1000.
fn spoken(word: &[char]) -> Option<u64> {
    let mut total = 0_u64; // closed by 万 or 亿
    let mut section = 0_u64; // below 万
    let mut pending: Option<u64> = None;
    let mut lowest = u64::MAX;
    for &c in word {
        if let Some(d) = digit(c) {
            if pending.is_some_and(|p| p != 0) {
                return None;
            }
            pending = Some(d);
        } else if let Some(p) = place(c) {
            if p >= 10_000 {
                let below = section.checked_add(pending.take().unwrap_or(0))?;
                total = total.checked_add(below)?.checked_mul(p)?;
                section = 0;
                lowest = u64::MAX;
            } else {
                if p >= lowest {
                    return None;
                }
                lowest = p;
                section += pending.take().filter(|&d| d != 0).unwrap_or(1) * p;
            }
        }
    }
    let value = total
        .checked_add(section)?
        .checked_add(pending.unwrap_or(0))?;
    (value > 0 || word == ['零']).then_some(value)
}
