//! When a number was: period, since when it is counted, another year's.

use super::{Before, expression};
use crate::code::Since;
use crate::identify::{Date, Period};
use regex::{Captures, Regex};
use std::sync::LazyLock;

static YEAR: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?:^|[,;:。(、])(?:我局|本局|全局|我委|我市|我县|我区|全市|全县|全区)?(?:在|自|从|于|对比|截至|截止|截止到|至|到|其中)?(20\d\d)年(度?)(以来|至今|起|开始|[至到\-—~]+(?:20\d\d)年)?",
    )
});
static SINCE_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"[自从]?(20\d\d)年(?:(\d{1,2})月)?(?:(\d{1,2})日)?[^,;:。]{0,8}?(?:以来|至今|起(?:,|至)|开始)",
    )
});
static SINCE_EVENT: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?:[^,;:。(]{2,14}(?:以来|至今)|(?:近)?[一二三两四五六七八九十]+年(?:多)?来|近[二三两四五六七八九十2-9]年|近年来|近几年|连续[一二两三四五六七八九十\d]+年|历年|(?:[“十]+[三四五]五?”?期间))",
    )
});
static LAST_YEAR_LIST: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(?:上一?年度?|去年|前一年)(同期)?则?[是为有]([^;)]*)$"));
static THIS_YEAR: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(?:今年|年初|本年度?|一年)以?来|全年|本年|今年"));
static YEARS: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(20\d\d)年?(?:度)?[至到\-—~]+(20\d\d)年"));
static FROM_TO: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(20\d\d)年(\d{1,2})月(?:(\d{1,2})日)?(?:[至到\-—~]+)(?:(20\d\d)年)?(\d{1,2})月(?:(\d{1,2})日)?",
    )
});
static MONTHS: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(?:(20\d\d)年)?(\d{1,2})月?份?(?:[至到\-—~]+)(\d{1,2})月"));
static UNTIL: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?:截至|截止到|截止|(?:^|[,;:。])[至到])(?:(20\d\d)年)?(?:今年|本年)?(\d{1,2})月(?:(\d{1,2})日)?",
    )
});
static PART: LazyLock<Regex> = LazyLock::new(|| {
    expression(r"上半年|下半年|前三季度|前3季度|[第]?[一二三四1-4]季度|前(\d{1,2})个月")
});

/// An expression's last match in a text; none of them is without a number of years or months (`sign`).
fn last<'t>(expression: &Regex, sign: char, text: &'t str) -> Option<Captures<'t>> {
    let mut signs = text.match_indices(sign);
    signs
        .any(|(at, _)| text[..at].ends_with(char::is_numeric))
        .then(|| expression.captures_iter(text).last())?
}

/// When a number was counted.
pub(in crate::code) struct Time {
    /// A part of the year.
    pub period: Option<Period>,
    /// More than the year.
    pub since: Option<Since>,
    /// Another year's altogether.
    pub other_year: bool,
}

impl Before<'_> {
    /// When the number was counted.
    pub(in crate::code) fn time(&self, original: impl Fn(&str) -> String) -> Time {
        let mut time = Time {
            period: None,
            since: None,
            other_year: self.lists_last_year(),
        };
        if time.other_year {
            return time;
        }
        let Some(year) = self.year() else {
            return time;
        };
        time.period = self.period(year);
        if let Some((since, at)) = self.since(year, original) {
            // 新法实施以来，案件逐年攀升，2024年受理102件: one year's again.
            let later = last(&YEAR, '年', &self.text[at..]);
            if later.is_some_and(|one| {
                one[1] != *year.to_string()
                    && one.get(3).is_none()
                    && one.get(0).is_some_and(|one| one.start() > 0)
            }) {
                time.other_year = true;
                return time;
            }
            let reset = THIS_YEAR
                .find_iter(&self.text)
                .any(|this| this.start() > at);
            time.since = (!reset).then_some(since);
        }
        if time.since.is_none() && time.period.is_none() {
            time.other_year = self.other_year(year);
        }
        time
    }

    /// 上一年是行政检查1270件,行政处罚160起; 上年度,我局办结案件1398宗: whether the whole list is last year's. What tells one number of it in
    /// passing is not (去年同期为14件,审结19件).
    fn lists_last_year(&self) -> bool {
        let signs = ["上年", "上一年", "去年", "前一年"];
        let told = signs.iter().any(|sign| self.text.contains(sign));
        if told && self.opens_with_last_year() {
            return true;
        }
        let list = told.then(|| LAST_YEAR_LIST.captures(&self.text)).flatten();
        list.is_some_and(|list| {
            let start = list.get(0).map_or(0, |list| list.start());
            let segment = self.text[..start].rsplit([';', '。']).next();
            let is_digit = |c: char| c.is_ascii_digit();
            let compared = (list.get(1).is_some() || leads_back(&list[2]))
                && list[2].starts_with(is_digit)
                && segment.is_some_and(|words| words.contains(is_digit));
            !(THIS_YEAR.is_match(&list[0]) || compared && list[2].contains(','))
        })
    }

    /// Whether the segment begins with last year and does not turn to this one: 上年度,我局办结案件1398宗.
    fn opens_with_last_year(&self) -> bool {
        const OPENINGS: [&str; 4] = ["上年度,", "上年,", "上一年,", "上一年度,"];
        const NOW: [&str; 6] = ["现有", "现已", "现共", "目前", "年内", "截至目前"];
        let segment = self.text.rsplit([';', '。']).next().unwrap_or_default();
        let mut openings = OPENINGS.iter();
        let rest = openings.find_map(|opening| segment.strip_prefix(opening));
        rest.is_some_and(|rest| {
            let mut clauses = rest.split(',');
            let now = clauses.any(|clause| NOW.iter().any(|now| clause.starts_with(now)));
            !now && !THIS_YEAR.is_match(rest) && !YEAR.is_match(rest)
        })
    }

    fn other_year(&self, year: i32) -> bool {
        let Some(last) = last(&YEAR, '年', &self.text) else {
            return false;
        };
        let named: i32 = last[1].parse().unwrap_or(year);
        let after = last.get(0).map_or(0, |hit| hit.end());
        if self.in_passing(last.get(1).map_or(0, |year| year.start()), after) {
            return false;
        }
        // 对比2022年,作出120件: this year's.
        if last[0].contains("对比") && self.text[after..].starts_with(',') {
            return false;
        }
        // 2019年全年 is no other year than 2019.
        let back = THIS_YEAR
            .find_iter(&self.text)
            .any(|this| this.start() > after || (this.start() == after && this.as_str() != "全年"));
        named != year
            && last.get(3).is_none()
            && !back
            && !(named == year + 1 && last[0].contains('截'))
    }

    /// Whether another year, written from byte `at` to `end`, is told of in passing, so that what
    /// follows is this year's again: 4217宗(2019年为3894宗),罚款30万元; 31件,同比翻番(2023年为15件),办结28件; 2019年同期为1968件,增幅达17.6%;
    /// 新增16件,2023年结转3件,审结15件; 案件9件,其中2023年转入2件;已审结7件.
    fn in_passing(&self, at: usize, end: usize) -> bool {
        let (before, rest) = (&self.text[..at], &self.text[end..]);
        let counted = |words: &str| words.contains(|c: char| c.is_ascii_digit());
        if let Some(open) = before.rfind('(')
            && !before[open..].contains(')')
        {
            let clause = before[..open].rsplit([',', ';', ':', '。']).next();
            let compares = |words: &str| {
                let change = ["同比", "比上年", "较上年", "增", "降", "翻"];
                change.iter().any(|word| words.contains(word))
            };
            return rest.contains(')')
                && clause.is_some_and(|words| counted(words) || compares(words));
        }
        let Some((own, next)) = rest.split_once([',', ';']) else {
            return false;
        };
        // 今年办理216件,2022年是244件;其中一般程序8件; 办理120件,2021年为110件;不予处罚30件
        let closes = rest[own.len()..].starts_with(';');
        if own.starts_with(['是', '为']) && (closes || next.starts_with("其中")) {
            let segment = before.rsplit([';', '。']).next();
            return segment.is_some_and(counted) && last(&YEAR, '年', before).is_none();
        }
        if let Some(told) = own.strip_prefix("同期") {
            let change = ["增", "降", "上升", "减少", "持平", "同比"];
            let compared = next.split([',', ';']).next().unwrap_or_default();
            return told.starts_with(['为', '的', '是'])
                && change.iter().any(|word| compared.contains(word))
                && next.contains([',', ';']);
        }
        let concluded = [
            "审结",
            "已审结",
            "办结",
            "年内",
            "本年",
            "共审结",
            "当年",
            "今年",
            "新收",
            "法院",
        ];
        let segment = before.rsplit([';', '。']).next();
        let carried = ["结转", "转入", "遗留"];
        carried.iter().any(|word| own.starts_with(word))
            && segment.is_some_and(counted)
            && concluded.iter().any(|word| next.starts_with(word))
    }

    fn since(&self, year: i32, original: impl Fn(&str) -> String) -> Option<(Since, usize)> {
        if let Some(hit) = last(&SINCE_YEAR, '年', &self.text) {
            let number = |index: usize| hit.get(index).and_then(|m| m.as_str().parse::<u8>().ok());
            let from: i32 = hit[1].parse().ok()?;
            if from >= year {
                return None;
            }
            let date = Date::new(from, number(2).unwrap_or(1), number(3).unwrap_or(1));
            let written = original(&hit[0]);
            return Some((Since { date, written }, hit.get(0)?.start()));
        }
        if let Some(hit) = last(&YEARS, '年', &self.text) {
            let from: i32 = hit[1].parse().ok()?;
            let to: i32 = hit[2].parse().ok()?;
            if from < to && to == year && FROM_TO.find(&self.text).is_none() {
                let written = original(&hit[0]);
                let date = Date::new(from, 1, 1);
                return Some((Since { date, written }, hit.get(0)?.start()));
            }
        }
        let signs = ["来", "至今", "近", "连续", "历年", "期间"];
        let since = signs.iter().any(|sign| self.text.contains(sign));
        let hit = since.then(|| SINCE_EVENT.find_iter(&self.text).last())??;
        let words = hit.as_str();
        let this_year = THIS_YEAR.is_match(words)
            || words.contains(&format!("{year}年"))
            || words.contains("年初")
            || words.contains("长期")
            || words.contains("一直");
        (!this_year).then(|| {
            let written = original(words);
            (
                Since {
                    date: None,
                    written,
                },
                hit.start(),
            )
        })
    }

    fn period(&self, year: i32) -> Option<Period> {
        let last_day = |year, month| (28..=31).rev().find_map(|day| Date::new(year, month, day));
        let number = |m: Option<regex::Match<'_>>| m.and_then(|m| m.as_str().parse::<u8>().ok());
        let whole = |period: Period| {
            let end = period.end;
            period.start
                == Date {
                    year,
                    month: 1,
                    day: 1,
                }
                && end.year == year
                && end.month == 12
        };
        let period = if let Some(hit) = last(&FROM_TO, '月', &self.text) {
            let from: i32 = hit[1].parse().ok()?;
            let to: i32 = hit.get(4).map_or(Some(from), |m| m.as_str().parse().ok())?;
            let (first, last) = (number(hit.get(2))?, number(hit.get(5))?);
            Period {
                start: Date::new(from, first, number(hit.get(3)).unwrap_or(1))?,
                end: match number(hit.get(6)) {
                    Some(day) => Date::new(to, last, day)?,
                    None => last_day(to, last)?,
                },
            }
        } else if let Some(hit) = last(&MONTHS, '月', &self.text) {
            let named: i32 = hit.get(1).map_or(Some(year), |m| m.as_str().parse().ok())?;
            Period {
                start: Date::new(named, number(hit.get(2))?, 1)?,
                end: last_day(named, number(hit.get(3))?)?,
            }
        } else if let Some(hit) = last(&UNTIL, '月', &self.text) {
            let named: i32 = hit.get(1).map_or(Some(year), |m| m.as_str().parse().ok())?;
            let month = number(hit.get(2))?;
            Period {
                start: Date::new(named, 1, 1)?,
                end: match number(hit.get(3)) {
                    Some(day) => Date::new(named, month, day)?,
                    None => last_day(named, month)?,
                },
            }
        } else {
            let season = ["季", "半", "个"]
                .iter()
                .any(|sign| self.text.contains(sign));
            let hit = season.then(|| PART.captures_iter(&self.text).last())??;
            let words = &hit[0];
            let before = &self.text[..hit.get(0)?.start()];
            if words == "下半年" && before.ends_with(['上', '、']) {
                return None; // 上、下半年各一次: the whole year
            }
            let (first, last) = match words {
                "上半年" => (1, 6),
                "下半年" => (7, 12),
                "前三季度" | "前3季度" => (1, 9),
                _ => match number(hit.get(1)) {
                    Some(months) => (1, months),
                    None => match words.trim_start_matches('第').chars().next()? {
                        '一' | '1' => (1, 3),
                        '二' | '2' => (4, 6),
                        '三' | '3' => (7, 9),
                        _ => (10, 12),
                    },
                },
            };
            Period {
                start: Date::new(year, first, 1)?,
                end: last_day(year, last)?,
            }
        };
        (period.start <= period.end && period.end.year == year && !whole(period)).then_some(period)
    }
}

/// Whether what follows last year's number leads back to this year's: by a clause on the change, or one without a number before
/// further ones (14件,按程序区分,普通程序 …; 244件,同比下降11.5%,罚没款 …), or one on what there was not (11件,尚无一件被撤销).
/// 14件,均已结案,罚款 … goes on with last year's.
fn leads_back(told: &str) -> bool {
    const CHANGE: [&str; 6] = ["同比", "增", "降", "上升", "减少", "下降"];
    let mut clauses = told.split(',').skip(1);
    let Some(next) = clauses.next() else {
        return false;
    };
    let changes = || CHANGE.iter().any(|word| next.starts_with(word));
    let counted = next.contains(|c: char| c.is_ascii_digit());
    let denies = next.starts_with(['尚', '无', '未']);
    let of_all = next.starts_with('均');
    if counted || of_all {
        return changes() && clauses.next().is_some() || of_all && !counted && !next.contains('结');
    }
    denies || clauses.next().is_some()
}
