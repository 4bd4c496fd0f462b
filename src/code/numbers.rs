//! Numbers that are no amount of this year's, whatever they count.

use crate::quantity::{Amount, Decimal, Quantity, Wordlist, ends};
use regex::Regex;
use std::sync::LazyLock;

/// Words before a number that make it a change, not a level.
const CHANGE: [&str; 27] = [
    "增长", "增加", "增幅", "增多", "净增", "递增", "上升", "上涨", "提高", "提升", "上浮", "扩大",
    "下降", "减少", "降低", "降幅", "回落", "下滑", "缩短", "压缩", "缩减", "同比", "环比", "同期",
    "多出", "翻", "增速",
];

/// Words that may stand between those and the number.
const CHANGE_FILLERS: [&str; 10] = [
    "了", "幅度", "率", "达", "为", "约", "近", ":", "案件", "量",
];

/// Words before a number that counts nothing.
const RANK: [&str; 8] = ["排名", "位列", "列第", "编号", "电话", "热线", "每", "每隔"];

/// Words before 一件 that say there was not one.
const DENIAL: [&str; 10] = [
    "无",
    "未",
    "未发生",
    "没有",
    "未出现",
    "未收到",
    "未接到",
    "未产生",
    "不发生",
    "没有发生",
];

/// Words after 一件 that say the same, where nothing but 发生 and its like follows them in the clause.
const DENIAL_AFTER: [&str; 7] = ["也没有", "都没有", "均没有", "也无", "没有", "未有", "也未"];

/// Words that such a denial may go on with.
const HAPPENED: [&str; 5] = ["发生", "出现", "产生", "收到", "有过"];

/// Words of change before what it came to.
const CAME_TO: [&str; 5] = ["上升为", "提高为", "提升为", "下降为", "降低为"];

/// The words before a number that are looked at have at most so many characters.
const NEAR: usize = 24;

/// Numbers that count nothing in this year's account lose their amount: slogans (“721”), ranks
/// (前10名), rates of growth, requirements (不少于2次), the one of 未发生一起
/// and of 审理了一起. 一件也没有 (发生) is none.
pub(in crate::code) fn set_apart(chars: &[char], numbers: &mut [Quantity]) {
    let lists = &*LISTS;
    let mut floor = 0;
    for number in numbers {
        let from = floor.max(number.span.start.saturating_sub(NEAR));
        let before = &chars[from..number.span.start];
        let after = |words: &[&str]| {
            let rest = &chars[number.span.start..];
            let is = |word: &&str| {
                word.chars()
                    .eq(rest.iter().copied().take(word.chars().count()))
            };
            words.iter().any(is)
        };
        let last = before.last();
        let required = after(&["不少于", "不低于", "至少"]);
        let ranked = matches!(last, Some('前' | '“' | '「' | '‘' | '『' | '第' | '±'))
            || lists.rank.ends(before).is_some();
        // 一件, not 一百二十件.
        let one = chars[number.span.start] == '一' && number.amount == Amount::Exact(Decimal::ONE);
        let denied = one && lists.denial.ends(before).is_some();
        // 案件仅有一件 counts it.
        let only = before.ends_with(&['仅', '有']) || before.ends_with(&['只', '有']);
        let told = one
            && !only
            && matches!(
                last,
                Some('了' | '这' | '某' | '该' | '同' | '有' | '是' | '另' | '任' | '每')
            );
        // A year before it is a number of its own.
        let near = number.span.start.saturating_sub(NEAR)..number.span.start;
        let near = &chars[near];
        let former = is_former(near, &chars[number.span.end..]);
        // 由61%上升为74%: what it came to.
        let level =
            lists.came_to.ends(before).is_some() && near.iter().any(|c| matches!(c, '由' | '从'));
        if required || ranked || denied || told || former || (!level && lists.is_change(before)) {
            number.amount = Amount::Other;
        } else if one
            && let Some((_, length)) = lists.denial_after.starts(&chars[number.span.end..])
        {
            let mut end = number.span.end + length;
            end += lists
                .happened
                .starts(&chars[end..])
                .map_or(0, |(_, length)| length);
            let ends = chars
                .get(end)
                .is_none_or(|c| matches!(c, ',' | ';' | '。' | ')'));
            // 一件没有审结 is one; 除一人没有取得证件 and 一起也没有发生复议案件 tell no amount.
            let pending = chars
                .get(end)
                .is_some_and(|c| matches!(c, '审' | '办' | '结'));
            if ends {
                number.amount = Amount::Exact(Decimal::ZERO);
                number.span.end = end;
            } else if !pending {
                number.amount = Amount::Other;
            }
        }
        floor = number.span.end;
    }
}

/// 由85%提高到, 较上年的120件, 对比2022年同期的45件: what this year's number is held against.
fn is_former(before: &[char], after: &[char]) -> bool {
    const FROM: [&str; 6] = ["由", "由原", "由原来的", "从原来的", "原来的", "原有"];
    const THAN: [&str; 7] = ["较", "比", "对比", "相比", "由", "从", "与"];
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:20\d\d年度?|去年|上一?年度?|前年|往年)(?:全年)?(?:同期)?(?:的)?$")
            .expect("a constant expression")
    });
    if FROM.iter().any(|word| ends(before, word)) {
        return true;
    }
    let changes = || {
        let after: String = after.iter().take(8).collect();
        [
            "提高", "上升", "提升", "增", "升", "降", "下降", "减", "压", "调整",
        ]
        .iter()
        .any(|word| after.trim_start_matches(',').starts_with(word))
    };
    // A time ends with one of these.
    let timed = matches!(before.last(), Some('年' | '度' | '期' | '的'));
    let text: String = before.iter().filter(|_| timed).collect();
    let Some(time) = TIME.find(&text) else {
        return ends(before, "从") && changes();
    };
    let words = &text[..time.start()];
    THAN.iter().any(|word| words.ends_with(word))
}

/// What is asked of the words before every number.
struct Lists {
    rank: Wordlist,
    denial: Wordlist,
    denial_after: Wordlist,
    happened: Wordlist,
    came_to: Wordlist,
    change: Wordlist,
    change_fillers: Wordlist,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists {
    rank: Wordlist::of_endings(&RANK),
    denial: Wordlist::of_endings(&DENIAL),
    denial_after: Wordlist::of_beginnings(&DENIAL_AFTER),
    happened: Wordlist::of_beginnings(&HAPPENED),
    came_to: Wordlist::of_endings(&CAME_TO),
    change: Wordlist::of_endings(&CHANGE),
    change_fillers: Wordlist::of_endings(&CHANGE_FILLERS),
});

impl Lists {
    fn is_change(&self, before: &[char]) -> bool {
        let mut words = before;
        loop {
            if self.change.ends(words).is_some() {
                return true;
            }
            let Some((_, length)) = self.change_fillers.ends(words) else {
                return false;
            };
            words = &words[..words.len() - length];
        }
    }
}
