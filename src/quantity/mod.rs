//! Numbers as Chinese reports write them: `8879件`, `4万余份`, `1141.16万元`, `三百二十一件`, `两成`,
//! `百分之九十八`, `3至5次`, `150余万元`, `10次以上`, `**件`.
//!
//! Takes folded characters (half-width, simplified: [`crate::code::reading`]) and gives back every
//! number with its unit and qualifiers, exact: no binary floating point anywhere. What a number
//! counts, and whether it is a fact at all, is not decided here.

mod numeral;
mod unit;
mod wordlist;

pub use rust_decimal::Decimal;
pub use unit::{UNITS, Unit};
pub(crate) use wordlist::{Charset, Wordlist};

use numeral::Numeral;
use std::ops::Range;
use std::sync::LazyLock;

/// One number of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// Its characters, from a word of approximation before it to its unit and what follows that.
    pub span: Range<usize>,
    /// How much.
    pub amount: Amount,
    /// Of what: absent for a bare number.
    pub unit: Option<Unit>,
    /// 余, 多, 近, 约, 左右.
    pub approx: bool,
    /// 以上, 超过, 逾.
    pub at_least: bool,
}

/// How much a number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// This much, 万 and 亿 expanded, money in 元, rates in percent.
    Exact(Decimal),
    /// From this to that (3至5次).
    Between(Decimal, Decimal),
    /// A number stood here and is masked or lost (`**件`).
    Lost,
    /// Not an amount: a date, an ordinal, an article, a score, a fraction, at most so many.
    Other,
}

/// All numbers of `text` (folded), in order, disjoint.
///
/// Chinese numerals count as numbers only before a unit or in 百分之…, …成: 一般, 统一 and 三级 do not.
pub fn scan(text: &[char]) -> Vec<Quantity> {
    static BEGINNINGS: LazyLock<Charset> =
        LazyLock::new(|| ('\0'..='\u{FFFF}').filter(|c| may_begin(*c)).collect());
    let beginnings = &*BEGINNINGS;
    let mut found: Vec<Quantity> = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].iter().position(|c| beginnings.may_hold(*c)) {
        at += next;
        if !may_begin(text[at]) || names_a_year(text, at) {
            at += 1;
            continue;
        }
        match quantity_at(text, at, found.last().map_or(0, |last| last.span.end)) {
            Some(quantity) => {
                at = quantity.span.end;
                found.push(quantity);
            }
            None => at += 1,
        }
    }
    found
}

/// The quantity that `words` consist of, e.g. a keeper's `1,234件`; nothing if there is anything else.
pub fn parse(words: &str) -> Option<Quantity> {
    use unicode_normalization::UnicodeNormalization;
    let text: Vec<char> = words.nfkc().filter(|c| !c.is_whitespace()).collect();
    let found = scan(&text);
    match &found[..] {
        [one] if one.span == (0..text.len()) => found.into_iter().next(),
        _ => None,
    }
}

/// Whether a number, spelled or masked, can begin with this.
fn may_begin(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || is_mask(c)
    } else {
        numeral::is_numeral(c) || is_mask(c)
    }
}

/// 上一年, 前一年: words for a year, no year of time.
fn names_a_year(text: &[char], at: usize) -> bool {
    text[at..].starts_with(&['一', '年'])
        && text[..at].last().is_some_and(|c| matches!(c, '上' | '前'))
}

/// What stands for a number that is not shown.
fn is_mask(c: char) -> bool {
    matches!(c, '*' | 'X' | 'x' | '×' | '□' | '○' | '_' | '?')
}

fn quantity_at(text: &[char], at: usize, floor: usize) -> Option<Quantity> {
    if let Some(lost) = lost_at(text, at) {
        return Some(lost);
    }
    if let Some(percent) = spelled_percent(text, at) {
        return Some(percent);
    }
    let numeral = numeral::read(text, at)?;
    finish(text, at, floor, numeral)
}

/// Words before a number that qualify it, longest first.
const BEFORE: [(&str, Qualifier); 21] = [
    ("不超过", Qualifier::AtMost),
    ("不少于", Qualifier::AtLeast),
    ("不低于", Qualifier::AtLeast),
    ("不下", Qualifier::AtLeast),
    ("至少", Qualifier::AtLeast),
    ("少于", Qualifier::AtMost),
    ("低于", Qualifier::AtMost),
    ("超过", Qualifier::AtLeast),
    ("突破", Qualifier::AtLeast),
    ("大约", Qualifier::Approx),
    ("大概", Qualifier::Approx),
    ("将近", Qualifier::Approx),
    ("接近", Qualifier::Approx),
    ("不足", Qualifier::AtMost),
    ("不到", Qualifier::AtMost),
    ("最多", Qualifier::AtMost),
    ("约", Qualifier::Approx),
    ("近", Qualifier::Approx),
    ("逾", Qualifier::AtLeast),
    ("超", Qualifier::AtLeast),
    ("第", Qualifier::Ordinal),
];

/// Words after a number and its unit that qualify it.
const AFTER: [(&str, Qualifier); 7] = [
    ("及以上", Qualifier::AtLeast),
    ("以上", Qualifier::AtLeast),
    ("左右", Qualifier::Approx),
    ("上下", Qualifier::Approx),
    ("以下", Qualifier::AtMost),
    ("以内", Qualifier::AtMost),
    ("之内", Qualifier::AtMost),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Qualifier {
    Approx,
    AtLeast,
    AtMost,
    Ordinal,
}

fn finish(text: &[char], at: usize, floor: usize, first: Numeral) -> Option<Quantity> {
    let mut numeral = first;
    let mut amount = match numeral::neighbours(&text[at..numeral.end]) {
        Some([low, high]) => Amount::Between(low.into(), high.into()),
        None => Amount::Exact(numeral.value),
    };
    if let Some(upper) = range_end(text, &numeral) {
        amount = Amount::Between(numeral.value, upper.value);
        numeral = Numeral {
            end: upper.end,
            approx: numeral.approx || upper.approx,
            ..upper
        };
    }
    let mut end = numeral.end;
    let unit = unit::at(text, end);
    if numeral.chinese && unit.is_none() {
        return None;
    }
    if let Some((unit, after)) = unit {
        end = after;
        amount = unit.scale(amount);
    } else if starts(text, end, "分之") {
        amount = Amount::Other;
    }
    let mut quantity = Quantity {
        span: at..end,
        amount,
        unit: unit.map(|(unit, _)| unit),
        approx: numeral.approx,
        at_least: false,
    };
    if let (Amount::Exact(low), Some((high, end))) =
        (quantity.amount, upper_with_unit(text, &quantity))
    {
        quantity.amount = Amount::Between(low, high);
        quantity.span.end = end;
    }
    qualify(text, floor, &mut quantity);
    if quantity.unit.is_some_and(Unit::is_calendar) || numeral.overflow {
        quantity.amount = Amount::Other;
    }
    Some(quantity)
}

/// Takes in the qualifying words on both sides of a number.
fn qualify(text: &[char], floor: usize, quantity: &mut Quantity) {
    static LISTS: LazyLock<[Wordlist; 2]> = LazyLock::new(|| {
        [
            Wordlist::of_beginnings(&AFTER.map(|(word, _)| word)),
            Wordlist::of_endings(&BEFORE.map(|(word, _)| word)),
        ]
    });
    let [after, before] = &*LISTS;
    if let Some((index, length)) = after.starts(&text[quantity.span.end..]) {
        quantity.span.end += length;
        apply(AFTER[index].1, quantity);
    }
    if let Some((index, length)) = before.ends(&text[floor..quantity.span.start]) {
        quantity.span.start -= length;
        apply(BEFORE[index].1, quantity);
    }
}

fn apply(qualifier: Qualifier, quantity: &mut Quantity) {
    match qualifier {
        Qualifier::Approx => quantity.approx = true,
        Qualifier::AtLeast => quantity.at_least = true,
        Qualifier::AtMost | Qualifier::Ordinal => quantity.amount = Amount::Other,
    }
}

/// The other end of a range, if `from` is followed by one.
fn range_end(text: &[char], from: &Numeral) -> Option<Numeral> {
    let dash = text.get(from.end)?;
    if !matches!(dash, '至' | '到' | '-' | '~' | '—' | '–' | '－') {
        return None;
    }
    let start = from.end + 1 + usize::from(text.get(from.end + 1) == Some(dash));
    let upper = numeral::read(text, start)?;
    (upper.chinese == from.chinese && upper.value > from.value).then_some(upper)
}

/// The other end of a range whose ends both have the unit: 20元至200元.
fn upper_with_unit(text: &[char], low: &Quantity) -> Option<(Decimal, usize)> {
    if !matches!(text.get(low.span.end)?, '至' | '到' | '-' | '~' | '—') {
        return None;
    }
    let upper = numeral::read(text, low.span.end + 1)?;
    let (unit, end) = unit::at(text, upper.end)?;
    (Some(unit) == low.unit && Amount::Exact(upper.value) != low.amount)
        .then_some((upper.value, end))
}

/// `**件`, `XX件`, `××件`, `□□件`: a masked number before a unit.
fn lost_at(text: &[char], at: usize) -> Option<Quantity> {
    let mask = *text.get(at)?;
    if !is_mask(mask) {
        return None;
    }
    let run = text[at..].iter().take_while(|&&c| c == mask).count();
    let (unit, end) = unit::at(text, at + run)?;
    if unit.is_calendar() || (mask == '?' && run < 2) {
        return None;
    }
    Some(Quantity {
        span: at..end,
        amount: Amount::Lost,
        unit: Some(unit),
        approx: false,
        at_least: false,
    })
}

/// 百分之九十八, 百分之98.5, 两成, 三成半.
fn spelled_percent(text: &[char], at: usize) -> Option<Quantity> {
    let (value, end) = if starts(text, at, "百分之") {
        if starts(text, at + 3, "百") && !starts(text, at + 3, "百分") {
            (Decimal::ONE_HUNDRED, at + 4)
        } else {
            let numeral = numeral::read(text, at + 3)?;
            (numeral.value, numeral.end)
        }
    } else {
        tenths(text, at)?
    };
    let mut quantity = Quantity {
        span: at..end,
        amount: Amount::Exact(value),
        unit: Some(Unit::PERCENT),
        approx: false,
        at_least: false,
    };
    qualify(text, 0, &mut quantity);
    Some(quantity)
}

/// 两成, 三成半, 九成八, 八成以上; not 三成立, 五成员.
fn tenths(text: &[char], at: usize) -> Option<(Decimal, usize)> {
    let digit = numeral::digit(*text.get(at)?)?;
    if text.get(at + 1) != Some(&'成') || !(1..=9).contains(&digit) {
        return None;
    }
    let hundredths = text.get(at + 2).and_then(|&c| match c {
        '半' => Some(5),
        c => numeral::digit(c).filter(|digit| (1..=9).contains(digit)),
    });
    let half = text.get(at + 2) == Some(&'半');
    let end = at + 2 + usize::from(hundredths.is_some());
    let closed = match text.get(end) {
        None => true,
        Some(c) => matches!(c, '以' | '左' | ',' | '。' | ';' | '、' | ')' | '多' | '的'),
    };
    let led = at > 0
        && matches!(
            text[at - 1],
            '约' | '近' | '达' | '占' | '为' | '超' | '逾' | '到'
        );
    (half || closed || led).then(|| (Decimal::from(digit * 10 + hundredths.unwrap_or(0)), end))
}

fn starts(text: &[char], at: usize, word: &str) -> bool {
    at <= text.len() && {
        let mut rest = text[at..].iter();
        word.chars().all(|c| rest.next() == Some(&c))
    }
}

/// Whether `text` ends with `word`.
pub(crate) fn ends(text: &[char], word: &str) -> bool {
    let mut rest = text.iter().rev();
    word.chars().rev().all(|c| rest.next() == Some(&c))
}

#[cfg(test)]
mod tests;
