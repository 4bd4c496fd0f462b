//! Units of count, money and share, and the calendar's, which make a number no amount.

use super::{Amount, Wordlist};
use std::sync::LazyLock;

/// A unit: its place in [`UNITS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(u8);

/// All units, the longer before those they begin with. The calendar's come last.
pub const UNITS: [&str; 76] = [
    "%",
    "元",
    "人次",
    "场次",
    "件次",
    "台次",
    "辆次",
    "车次",
    "户次",
    "家次",
    "批次",
    "期次",
    "轮次",
    "起次",
    "次",
    "平方米",
    "平方公里",
    "公里",
    "立方米",
    "亩",
    "公顷",
    "吨",
    "米",
    "个百分点",
    "课时",
    "学时",
    "人",
    "名",
    "位",
    "场",
    "期",
    "件",
    "起",
    "宗",
    "例",
    "单",
    "份",
    "册",
    "张",
    "本",
    "项",
    "处",
    "家",
    "户",
    "个",
    "条",
    "卷",
    "批",
    "台",
    "辆",
    "套",
    "幅",
    "块",
    "座",
    "幢",
    "栋",
    "间",
    "部",
    "篇",
    "支",
    "所",
    "站",
    "轮",
    "页",
    // the calendar's and other numbers that count nothing
    "年",
    "月",
    "日",
    "号",
    "时",
    "分",
    "秒",
    "岁",
    "届",
    "级",
    "版",
    "周",
];

/// From here on: the calendar's.
const CALENDAR: u8 = 64;

/// Words that begin like a unit and are none: 处罚, 场所, 期间, 人民.
const NOT_UNITS: [&str; 37] = [
    "处罚",
    "处理",
    "处置",
    "处以",
    "处分",
    "场所",
    "场地",
    "场景",
    "期间",
    "期限",
    "期末",
    "人民",
    "人员",
    "人均",
    "人大",
    "件事",
    "次性",
    "次日",
    "个百分",
    "部门",
    "部分",
    "类型",
    "项目化",
    "起来",
    "单位",
    "单独",
    "本级",
    "本局",
    "本市",
    "本县",
    "本区",
    "本年",
    "本地",
    "本部",
    "位于",
    "条例",
    "对照",
];

impl Unit {
    /// %.
    pub const PERCENT: Self = Self(0);
    /// 元.
    pub const YUAN: Self = Self(1);

    /// The unit written `word`.
    pub fn named(word: &str) -> Option<Self> {
        let index = UNITS.iter().position(|unit| *unit == word)?;
        Some(Self(index as u8))
    }

    /// How it is written.
    pub fn name(self) -> &'static str {
        UNITS[usize::from(self.0)]
    }

    /// Its place in [`UNITS`].
    pub fn index(self) -> u8 {
        self.0
    }

    /// 年, 月, 日, 级 …: the number before it is no amount.
    pub fn is_calendar(self) -> bool {
        self.0 >= CALENDAR || self.name() == "个百分点"
    }

    /// Whether it is a share or an amount of money: the two that do not count anything.
    pub fn counts(self) -> bool {
        self != Self::PERCENT && self != Self::YUAN && !self.is_calendar()
    }

    pub(super) fn scale(self, amount: Amount) -> Amount {
        if self.is_calendar() {
            Amount::Other
        } else {
            amount
        }
    }
}

/// The unit at `at` and where it ends. `人(次)` is 人次, `件(起)` is 件, `余` was read before.
pub(super) fn at(text: &[char], at: usize) -> Option<(Unit, usize)> {
    static LISTS: LazyLock<[Wordlist; 2]> =
        LazyLock::new(|| [&NOT_UNITS[..], &UNITS[..]].map(Wordlist::of_beginnings));
    let first = *text.get(at)?;
    if first == '%' {
        return Some((Unit::PERCENT, at + 1));
    }
    let rest = &text[at..];
    if rest.starts_with(&['个', '百', '分', '点']) {
        return Some((Unit::named("个百分点")?, at + 4));
    }
    if rest.starts_with(&['人', '民', '币', '元']) {
        return Some((Unit::YUAN, at + 4));
    }
    let [not_units, units] = &*LISTS;
    if not_units.starts(rest).is_some() {
        return None;
    }
    let (index, length) = units.starts(rest)?;
    let mut unit = Unit(index as u8);
    let mut end = at + length;
    if text.get(end) == Some(&'(') && text.get(end + 2) == Some(&')') {
        let inner = text[end + 1];
        if inner == '次' {
            let pair: String = [UNITS[index], "次"].concat();
            if let Some(pair) = Unit::named(&pair) {
                unit = pair;
                end += 3;
            }
        } else if Unit::named(inner.encode_utf8(&mut [0; 4])).is_some() {
            end += 3;
        }
    }
    Some((unit, end))
}
