//! The numbers that a word processor puts before paragraphs, spelled as a reader sees them: in the
//! file they are only counted.

/// How a number is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// 1, 2, 3
    Decimal,
    /// 01, 02
    DecimalZero,
    /// １, ２
    FullWidth,
    /// ①, ②
    Circled,
    /// ⑴, ⑵
    Bracketed,
    /// 一, 二, 十, 十一
    Chinese,
    /// 〇, 一, 一〇: digit by digit
    ChineseDigits,
    /// 壹, 贰, 拾
    ChineseFormal,
    /// 甲, 乙
    Stems,
    /// 子, 丑
    Branches,
    /// A, B … Z, AA
    Letter,
    /// a, b
    SmallLetter,
    /// I, II
    Roman,
    /// i, ii
    SmallRoman,
    /// A sign that counts nothing, or nothing at all.
    None,
}

impl Spelling {
    /// By its name in Office Open XML (`ST_NumberFormat`, ECMA-376 part 1, 17.18.59).
    pub(super) fn of_word(name: &str) -> Self {
        match name {
            "none" | "bullet" => Self::None,
            "decimalZero" => Self::DecimalZero,
            "decimalFullWidth" | "decimalFullWidth2" => Self::FullWidth,
            "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => Self::Circled,
            "decimalEnclosedParen" => Self::Bracketed,
            "chineseCounting"
            | "chineseCountingThousand"
            | "taiwaneseCounting"
            | "taiwaneseCountingThousand"
            | "japaneseCounting"
            | "ideographEnclosedCircle" => Self::Chinese,
            "ideographDigital" | "taiwaneseDigital" | "japaneseDigitalTenThousand" => {
                Self::ChineseDigits
            }
            "chineseLegalSimplified" | "ideographLegalTraditional" | "japaneseLegal" => {
                Self::ChineseFormal
            }
            "ideographTraditional" => Self::Stems,
            "ideographZodiac" => Self::Branches,
            "upperLetter" => Self::Letter,
            "lowerLetter" => Self::SmallLetter,
            "upperRoman" => Self::Roman,
            "lowerRoman" => Self::SmallRoman,
            _ => Self::Decimal,
        }
    }

    /// By the first number of a series, as OpenDocument gives it (`style:num-format`), or a file of
    /// Word 97 in its number format codes.
    pub(super) fn of_sample(sample: &str) -> Self {
        match sample.trim().chars().next() {
            None => Self::None,
            Some('１') => Self::FullWidth,
            Some('①') => Self::Circled,
            Some('⑴') => Self::Bracketed,
            Some('一' | '㊀') => Self::Chinese,
            Some('〇') => Self::ChineseDigits,
            Some('壹' | '壱') => Self::ChineseFormal,
            Some('甲') => Self::Stems,
            Some('子') => Self::Branches,
            Some('A') => Self::Letter,
            Some('a') => Self::SmallLetter,
            Some('I') => Self::Roman,
            Some('i') => Self::SmallRoman,
            Some(_) => Self::Decimal,
        }
    }

    /// The number as it stands before its paragraph.
    pub(super) fn spell(self, number: u32) -> String {
        let from = |first: char, most: u32| {
            (1..=most)
                .contains(&number)
                .then(|| char::from_u32(first as u32 + number - 1))
                .flatten()
                .map(String::from)
        };
        let of = |signs: &str| {
            let signs: Vec<char> = signs.chars().collect();
            let index = number.checked_sub(1)? as usize;
            Some(signs[index % signs.len()].to_string())
        };
        let spelled = match self {
            Self::None => Some(String::new()),
            Self::Decimal => None,
            Self::DecimalZero => Some(format!("{number:02}")),
            Self::FullWidth => Some(digits(number, "０１２３４５６７８９")),
            Self::Circled => match number {
                21..=35 => char::from_u32(0x3251 + number - 21).map(String::from),
                36..=50 => char::from_u32(0x32b1 + number - 36).map(String::from),
                _ => from('①', 20),
            },
            Self::Bracketed => from('⑴', 20),
            Self::Chinese => chinese(number, "零一二三四五六七八九", ["", "十", "百", "千"]),
            Self::ChineseDigits => Some(digits(number, "〇一二三四五六七八九")),
            Self::ChineseFormal => chinese(number, "零壹贰叁肆伍陆柒捌玖", ["", "拾", "佰", "仟"]),
            Self::Stems => of("甲乙丙丁戊己庚辛壬癸"),
            Self::Branches => of("子丑寅卯辰巳午未申酉戌亥"),
            Self::Letter => letter(number),
            Self::SmallLetter => letter(number).map(|letter| letter.to_lowercase()),
            Self::Roman => roman(number),
            Self::SmallRoman => roman(number).map(|roman| roman.to_lowercase()),
        };
        spelled.unwrap_or_else(|| number.to_string())
    }
}

fn digits(number: u32, signs: &str) -> String {
    let signs: Vec<char> = signs.chars().collect();
    number
        .to_string()
        .bytes()
        .map(|digit| signs[usize::from(digit - b'0')])
        .collect()
}

/// 1 to 9999 in words: 十一, 二十, 一百零五.
fn chinese(number: u32, digits: &str, places: [&str; 4]) -> Option<String> {
    if !(1..=9999).contains(&number) {
        return None;
    }
    let digits: Vec<char> = digits.chars().collect();
    let mut words = String::new();
    let mut gap = false;
    for place in (0..4).rev() {
        let digit = number / 10_u32.pow(place) % 10;
        if digit == 0 {
            gap |= !words.is_empty();
            continue;
        }
        if gap {
            words.push(digits[0]);
            gap = false;
        }
        // 十一, not 一十一; but 壹拾 in full.
        let bare = words.is_empty() && place == 1 && digit == 1 && places[1] == "十";
        if !bare {
            words.push(digits[digit as usize]);
        }
        words.push_str(places[place as usize]);
    }
    Some(words)
}

fn letter(number: u32) -> Option<String> {
    let index = number.checked_sub(1)?;
    let letter = char::from(b'A' + (index % 26) as u8);
    (number <= 780).then(|| letter.to_string().repeat(index as usize / 26 + 1))
}

fn roman(mut number: u32) -> Option<String> {
    const SIGNS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..=3999).contains(&number) {
        return None;
    }
    let mut spelled = String::new();
    for (value, sign) in SIGNS {
        while number >= value {
            spelled.push_str(sign);
            number -= value;
        }
    }
    Some(spelled)
}

/// A level of a list: how its numbers are spelled and what stands around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) spelling: Spelling,
    /// What stands before the text: `%1` is level 1's number, and so on.
    pub(super) pattern: String,
    /// The first number.
    pub(super) start: u32,
    /// Whether numbers of the levels above are spelled in decimals here.
    pub(super) decimal: bool,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            spelling: Spelling::None,
            pattern: String::new(),
            start: 1,
            decimal: false,
        }
    }
}

/// How far a list has counted, by level.
#[derive(Clone, Debug, Default)]
pub(super) struct Count([Option<u32>; MOST_LEVELS]);

/// Lists have at most so many levels.
pub(super) const MOST_LEVELS: usize = 10;

impl Count {
    /// The next item's number at `depth`, spelled out with all that stands around it.
    pub(super) fn next(&mut self, levels: &[Level], depth: usize) -> String {
        let Some(level) = levels.get(depth).filter(|_| depth < MOST_LEVELS) else {
            return String::new();
        };
        let number = self.0[depth].map_or(level.start, |last| last.saturating_add(1));
        self.0[depth] = Some(number);
        self.0[depth + 1..].fill(None);
        let mut label = String::new();
        let mut signs = level.pattern.chars();
        while let Some(sign) = signs.next() {
            let place = (sign == '%')
                .then(|| signs.clone().next()?.to_digit(10))
                .flatten()
                .filter(|place| *place > 0);
            let Some(place) = place else {
                label.push(sign);
                continue;
            };
            signs.next();
            let place = place as usize - 1;
            if let Some(of) = levels.get(place) {
                let number = self.0[place].unwrap_or(of.start);
                let spelling = if level.decimal && of.spelling != Spelling::None {
                    Spelling::Decimal
                } else {
                    of.spelling
                };
                label.push_str(&spelling.spell(number));
            }
        }
        if level.spelling == Spelling::None {
            // A bullet, often of a symbol font: it says nothing.
            label.retain(|c| c.is_alphanumeric() && !('\u{e000}'..='\u{f8ff}').contains(&c));
        }
        label
    }

    /// The next item at `depth` has this number.
    pub(super) fn begin(&mut self, depth: usize, number: u32) {
        if let Some(count) = self.0.get_mut(depth) {
            *count = number.checked_sub(1);
        }
    }

    /// From now on `depth` counts from its start again.
    pub(super) fn restart(&mut self, depth: usize) {
        if let Some(counts) = self.0.get_mut(depth..) {
            counts.fill(None);
        }
    }
}

/// A label and its paragraph's words. What follows a bracket or 、 stands close; after `1.` there is a
/// blank, or it would run into the paragraph's own digits.
pub(super) fn labelled(label: &str, words: &str) -> String {
    let gap = if label.ends_with(|c: char| c.is_ascii() || c.is_alphanumeric()) {
        " "
    } else {
        ""
    };
    format!("{label}{gap}{words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelled_as_word_processors_do() {
        for (spelling, number, spelled) in [
            (Spelling::Chinese, 1, "一"),
            (Spelling::Chinese, 10, "十"),
            (Spelling::Chinese, 11, "十一"),
            (Spelling::Chinese, 20, "二十"),
            (Spelling::Chinese, 105, "一百零五"),
            (Spelling::Chinese, 110, "一百一十"),
            (Spelling::ChineseFormal, 10, "壹拾"),
            (Spelling::ChineseDigits, 10, "一〇"),
            (Spelling::Circled, 1, "①"),
            (Spelling::Circled, 21, "㉑"),
            (Spelling::Circled, 99, "99"),
            (Spelling::Stems, 3, "丙"),
            (Spelling::Letter, 28, "BB"),
            (Spelling::SmallRoman, 14, "xiv"),
            (Spelling::FullWidth, 12, "１２"),
            (Spelling::Roman, 0, "0"),
        ] {
            assert_eq!(spelling.spell(number), spelled);
        }
    }

    #[test]
    fn a_list_counts_by_level() {
        let level = |spelling, pattern: &str, decimal| Level {
            spelling,
            pattern: pattern.to_owned(),
            start: 1,
            decimal,
        };
        let levels = [
            level(Spelling::Chinese, "%1、", false),
            level(Spelling::Chinese, "（%2）", false),
            level(Spelling::Decimal, "%1.%3", true),
        ];
        let mut count = Count::default();
        let labels: Vec<String> = [0, 1, 1, 2, 0, 1, 2, 9]
            .map(|depth| count.next(&levels, depth))
            .into();
        assert_eq!(
            labels,
            [
                "一、",
                "（一）",
                "（二）",
                "1.1",
                "二、",
                "（一）",
                "2.1",
                ""
            ]
        );
        assert_eq!(labelled("1.", "2023年"), "1. 2023年");
        assert_eq!(labelled("一、", "概况"), "一、概况");
    }
}
