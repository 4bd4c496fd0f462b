//! What stands around a number: whether it is an amount of this year's at all, and what it covers.
//!
//! Takes a sentence and a place in it; gives back period, cumulation, scope, and reasons not to
//! take the number. It names no indicator.

use super::reading::Sentence;
use super::{Scope, Since};
use crate::gazetteer::RegionLevel;
use crate::identify::{Date, Identity, IssuerType, Period};
use crate::quantity::{Amount, Decimal, Quantity, ends};
use regex::{Captures, Regex};
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

/// The words before a number that are looked at have at most so many characters.
const NEAR: usize = 24;

/// Numbers that count nothing in this year's account lose their amount: slogans (“721”), ranks
/// (前10名), rates of growth, requirements (不少于2次), the one of 未发生一起
/// and of 审理了一起.
pub(super) fn set_apart(chars: &[char], numbers: &mut [Quantity]) {
    let mut floor = 0;
    for number in numbers {
        let from = floor.max(number.span.start.saturating_sub(NEAR));
        let before = &chars[from..number.span.start];
        let led_by = |words: &[&str]| words.iter().any(|word| ends(before, word));
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
            || led_by(&["排名", "位列", "列第", "编号", "电话", "热线", "每", "每隔"]);
        // 一件, not 一百二十件.
        let one = chars[number.span.start] == '一' && number.amount == Amount::Exact(Decimal::ONE);
        let denied = one
            && led_by(&[
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
            ]);
        let told = one
            && matches!(
                last,
                Some('了' | '这' | '某' | '该' | '同' | '有' | '是' | '另' | '任' | '每')
            );
        // A year before it is a number of its own.
        let near = number.span.start.saturating_sub(NEAR)..number.span.start;
        let former = is_former(&chars[near], &chars[number.span.end..]);
        if required || ranked || denied || told || former || is_change(before) {
            number.amount = Amount::Other;
        }
        floor = number.span.end;
    }
}

/// 由85%提高到, 较上年的120件, 对比2022年同期的45件: what this year's number is held against.
fn is_former(before: &[char], after: &[char]) -> bool {
    const FROM: [&str; 6] = ["由", "由原", "由原来的", "从原来的", "原来的", "原有"];
    const THAN: [&str; 7] = ["较", "比", "对比", "相比", "由", "从", "与"];
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        expression(r"(?:20\d\d年度?|去年|上一?年度?|前年|往年)(?:全年)?(?:同期)?(?:的)?$")
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

fn is_change(before: &[char]) -> bool {
    let mut words = before;
    loop {
        if CHANGE.iter().any(|change| ends(words, change)) {
            return true;
        }
        let Some(filler) = CHANGE_FILLERS.iter().find(|filler| ends(words, filler)) else {
            return false;
        };
        words = &words[..words.len() - filler.chars().count()];
    }
}

static YEAR: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?:^|[,;:。(])(?:在|自|从|于|截至|截止|截止到|至|到|其中)?(20\d\d)年(度?)(以来|至今|起|开始|[至到\-—~]+(?:20\d\d)年)?",
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

fn expression(source: &str) -> Regex {
    Regex::new(source).expect("a constant expression")
}

/// An expression's last match in a text; none of them is without `sign`.
fn last<'t>(expression: &Regex, sign: &str, text: &'t str) -> Option<Captures<'t>> {
    text.contains(sign)
        .then(|| expression.captures_iter(text).last())?
}

/// The words before a number, as far as they tell of its time and scope.
pub(super) struct Before<'i> {
    /// The sentence up to the number, folded.
    text: String,
    identity: &'i Identity,
}

/// When a number was counted.
pub(super) struct Time {
    /// A part of the year.
    pub period: Option<Period>,
    /// More than the year.
    pub since: Option<Since>,
    /// Another year's altogether.
    pub other_year: bool,
}

impl<'i> Before<'i> {
    /// The words of `sentence` up to the character `at`.
    pub(super) fn new(sentence: &Sentence<'_>, at: usize, identity: &'i Identity) -> Self {
        Self {
            text: sentence.chars[..at]
                .iter()
                .filter(|c| !matches!(c, '“' | '”'))
                .collect(),
            identity,
        }
    }

    fn year(&self) -> Option<i32> {
        self.identity.year.as_ref().map(|year| year.value)
    }

    /// When the number was counted.
    pub(super) fn time(&self, original: impl Fn(&str) -> String) -> Time {
        let mut time = Time {
            period: None,
            since: None,
            other_year: false,
        };
        let Some(year) = self.year() else {
            return time;
        };
        time.period = self.period(year);
        if let Some((since, at)) = self.since(year, original) {
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

    fn other_year(&self, year: i32) -> bool {
        let Some(last) = last(&YEAR, "20", &self.text) else {
            return false;
        };
        let named: i32 = last[1].parse().unwrap_or(year);
        let after = last.get(0).map_or(0, |hit| hit.end());
        if self.in_passing(last.get(1).map_or(0, |year| year.start()), after) {
            return false;
        }
        let back = THIS_YEAR
            .find_iter(&self.text)
            .any(|this| this.start() >= after);
        named != year
            && last.get(3).is_none()
            && !back
            && !(named == year + 1 && last[0].contains('截'))
    }

    /// Whether another year, written from byte `at` to `end`, is told of in passing, so that what
    /// follows is this year's again: 4217宗(2019年为3894宗),罚款30万元; 31件,同比翻番(2023年为15件),办结28件; 2019年同期为1968件,增幅达17.6%;
    /// 新增16件,2023年结转3件,审结15件.
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
        if let Some(told) = own.strip_prefix("同期") {
            let change = ["增", "降", "上升", "减少", "持平", "同比"];
            let compared = next.split([',', ';']).next().unwrap_or_default();
            return told.starts_with(['为', '的', '是'])
                && change.iter().any(|word| compared.contains(word))
                && next.contains([',', ';']);
        }
        let concluded = ["审结", "已审结", "办结", "年内", "本年", "共审结"];
        let segment = before.rsplit([';', '。']).next();
        own.starts_with("结转")
            && segment.is_some_and(counted)
            && concluded.iter().any(|word| next.starts_with(word))
    }

    fn since(&self, year: i32, original: impl Fn(&str) -> String) -> Option<(Since, usize)> {
        if let Some(hit) = last(&SINCE_YEAR, "20", &self.text) {
            let number = |index: usize| hit.get(index).and_then(|m| m.as_str().parse::<u8>().ok());
            let from: i32 = hit[1].parse().ok()?;
            if from >= year {
                return None;
            }
            let date = Date::new(from, number(2).unwrap_or(1), number(3).unwrap_or(1));
            let written = original(&hit[0]);
            return Some((Since { date, written }, hit.get(0)?.start()));
        }
        if let Some(hit) = last(&YEARS, "20", &self.text) {
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
        let period = if let Some(hit) = last(&FROM_TO, "月", &self.text) {
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
        } else if let Some(hit) = last(&MONTHS, "月", &self.text) {
            let named: i32 = hit.get(1).map_or(Some(year), |m| m.as_str().parse().ok())?;
            Period {
                start: Date::new(named, number(hit.get(2))?, 1)?,
                end: last_day(named, number(hit.get(3))?)?,
            }
        } else if let Some(hit) = last(&UNTIL, "月", &self.text) {
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

    /// Whom the number covers, by the nearest word in its clause or the one before.
    pub(super) fn scope(&self) -> Option<Scope> {
        const WORDS: [(&str, Scope); 22] = [
            ("系统", Scope::System),
            ("局本级", Scope::OwnLevel),
            ("本级", Scope::OwnLevel),
            ("局机关", Scope::OwnLevel),
            ("全市", Scope::Area),
            ("全县", Scope::Area),
            ("全区", Scope::Area),
            ("全州", Scope::Area),
            ("全旗", Scope::Area),
            ("全盟", Scope::Area),
            ("全省", Scope::Area),
            ("全域", Scope::Area),
            ("辖区", Scope::Area),
            ("各县区", Scope::Area),
            ("各区县", Scope::Area),
            ("各县(市、区)", Scope::Area),
            ("各乡镇", Scope::Area),
            ("市县两级", Scope::Area),
            ("市区两级", Scope::Area),
            ("两级", Scope::Area),
            ("全镇", Scope::Area),
            ("全街道", Scope::Area),
        ];
        let mut ends = self
            .text
            .rmatch_indices([',', ';', '。', ':'])
            .map(|(at, _)| at + 1);
        let start = ends.nth(1).unwrap_or(0);
        let near = &self.text[start..];
        WORDS
            .iter()
            .filter_map(|(word, scope)| Some((near.rfind(word)?, *scope)))
            .filter(|(at, _)| !names_a_thing(&near[*at..]))
            .max_by_key(|(at, _)| *at)
            .map(|(_, scope)| scope)
    }

    /// Whether the clause speaks of a body that is not the issuer's own: 全省, 某镇, another bureau.
    pub(super) fn another_body(&self) -> bool {
        let clause = self.text.rsplit([';', '。']).next().unwrap_or("");
        let level = self.identity.level();
        if speaks_of_the_state(clause)
            || (clause.contains("全省")
                && !clause.contains("参加")
                && level != Some(RegionLevel::Province))
        {
            return true;
        }
        let name = self
            .identity
            .region
            .as_ref()
            .map_or("", |region| region.value.name.as_str());
        if level == Some(RegionLevel::County) && clause.contains("全市") && !name.ends_with('市')
        {
            return true;
        }
        let department = self.identity.issuer_type.as_ref();
        if department.is_some_and(|kind| kind.value == IssuerType::Department)
            && all_agencies(clause)
        {
            return true;
        }
        let higher = level != Some(RegionLevel::Province) && higher_body(clause);
        higher || self.other_bureau(clause) || smaller_body(clause)
    }

    /// A bureau named with a verb of its own (市公安局办理) that is not the issuer.
    fn other_bureau(&self, clause: &str) -> bool {
        static BUREAU: LazyLock<Regex> = LazyLock::new(|| {
            expression(
                r"(公安|市场监管|市场监督管理|生态环境|环保|城管|城市管理|综合执法|综合行政执法|交通|卫生|卫健|应急|农业|文化|文旅|税务|水利|水务|自然资源|国土|规划|住建|住房|人社|人力资源|教育|民政|消防|烟草|海关|检察|医保|财政|审计|统计|林业|商务|金融|体育|档案|气象|邮政)[^,;:。、]{0,8}(?:局|委|委员会|部门|支队|大队|总队|厅|院|系统)(?:共|累计|全年|依法|今年|已|办理|查处|受理|开展|作出|立案|实施|审核|组织|举办|审结|收到|移送|[^,;:。、]{0,6}罚[款没])",
            )
        });
        let ends = ["局", "委", "部门", "队", "厅", "院", "系统"];
        if !ends.iter().any(|end| clause.contains(end)) {
            return false;
        }
        let own = self
            .identity
            .issuer_resolved
            .as_ref()
            .or(self.identity.issuer.as_ref());
        let kind = self.identity.issuer_type.as_ref().map(|kind| kind.value);
        let line = self.identity.line.as_ref().map(|line| line.value.as_str());
        // 会同公安、邮政部门开展: what others joined in is the issuer's.
        let joined = |at: usize| {
            let before = clause[..at].rsplit([',', ':']).next().unwrap_or_default();
            ["会同", "联合", "协同"]
                .iter()
                .any(|word| before.contains(word))
        };
        // 参加县综合执法局组织的培训: what it did tells of a thing only.
        let acts = |whole: &regex::Match| {
            !joined(whole.start()) && !clause[whole.end()..].starts_with('的')
        };
        let hits = BUREAU.captures_iter(clause);
        let mut hits = hits.filter(|hit| hit.get(0).is_some_and(|whole| acts(&whole)));
        hits.any(|hit| match (own, kind) {
            // 城管系统 is 城市管理局's own.
            (Some(own), Some(IssuerType::Department)) => {
                !own.value.contains(&hit[1]) && !same_line(line, &hit[1])
            }
            (_, Some(IssuerType::Government)) => true,
            _ => false,
        })
    }
}

/// 全市行政机关共办理: all agencies act, of which a bureau is one. 在全市行政机关率先, 为全市行政机关培训 are not.
fn all_agencies(clause: &str) -> bool {
    const ACTS: [&str; 8] = ["共", "累计", "办理", "作出", "查处", "受理", "审结", "应诉"];
    ["全市", "全县", "全区", "全州", "全旗"].iter().any(|all| {
        clause
            .split_once(&format!("{all}行政机关"))
            .is_some_and(|(before, after)| {
                !before.ends_with(['在', '为', '对', '向', '给'])
                    && ACTS.iter().any(|act| after.starts_with(act))
            })
    })
}

/// Whether 全国 in a clause is the country: not a platform's, a hotline's (12315, 12345) or a law's name.
fn speaks_of_the_state(clause: &str) -> bool {
    const NAMES: [&str; 12] = [
        "示范",
        "文明",
        "先进",
        "试点",
        "首",
        "123",
        "统一",
        "一体化",
        "企业信用",
        "信用",
        "行政执法",
        "互联网",
    ];
    clause.match_indices("全国").any(|(at, word)| {
        let after = &clause[at + word.len()..];
        // 全国低碳日, 全国节能宣传周
        let name = after.split([',', '、', ':']).next().unwrap_or_default();
        let head: Vec<char> = name.chars().take(8).collect();
        // 全国10月份 is a time.
        let day = head.windows(2).any(|pair| {
            matches!(pair[1], '日' | '周' | '月')
                && matches!(pair[0], '\u{4E00}'..='\u{9FFF}')
                && !"一二三四五六七八九十至".contains(pair[0])
        });
        !day && !NAMES.iter().any(|name| after.starts_with(name))
    })
}

/// Whether a body named by `word` is of this line. City management and comprehensive enforcement are
/// one bureau in many places.
fn same_line(line: Option<&str>, word: &str) -> bool {
    const ONE: [&str; 2] = ["城市管理", "综合行政执法"];
    let (Some(own), Some(other)) = (line, crate::identify::line(word)) else {
        return false;
    };
    own == other || (ONE.contains(&own) && ONE.contains(&other))
}

/// 全市首个, 全区重点: the word does not tell whom a number covers.
fn names_a_thing(from: &str) -> bool {
    let mut rest = from.chars().skip(2);
    matches!(rest.next(), Some('首' | '第' | '先' | '最' | '优' | '前'))
}

/// A body of the province or the state that looks at others' work: 省司法厅抽查.
fn higher_body(clause: &str) -> bool {
    static BODY: LazyLock<Regex> = LazyLock::new(|| {
        expression(
            r"(?:省|国家|中央|国务院|上级)[^,;:。、]{0,10}(?:厅|局|委|部|办|院|组)[^,;:。、]{0,4}(?:抽查|评查|检查|受理|审查|办理|查处|督察)",
        )
    });
    let signs = ["省", "国家", "中央", "国务院", "上级"];
    signs.iter().any(|sign| clause.contains(sign)) && BODY.is_match(clause)
}

/// 综合行政执法大队, 水政监察大队: the body's own enforcement, not one squad of several (城东中队).
fn is_own_squad(name: &str) -> bool {
    const WORDS: [&str; 24] = [
        "综合",
        "行政",
        "执法",
        "城市管理",
        "城管",
        "监察",
        "稽查",
        "市容",
        "水政",
        "交通运输",
        "交通",
        "农业",
        "文化",
        "市场",
        "卫生",
        "监督",
        "环境",
        "自然资源",
        "大队",
        "支队",
        "队",
        "局",
        "镇",
        "街道",
    ];
    let mut rest = name.to_owned();
    for word in WORDS {
        rest = rest.replace(word, "");
    }
    rest.is_empty() && name.ends_with('队')
}

/// A town, county or squad as the subject: 城关镇共查处.
fn smaller_body(clause: &str) -> bool {
    static BODY: LazyLock<Regex> = LazyLock::new(|| {
        expression(
            r"(?:^|[,:、])([^,;:。、]{1,8}?(?:镇|乡|街道|街道办|县|区|大队|中队|分局|执法队|派出所|村|社区))(?:共|累计|全年|依法|办理|查处|受理|开展|作出|立案)",
        )
    });
    // The issuer's own, or all of its kind.
    const OWN: [&str; 17] = [
        "全",
        "各",
        "我",
        "本",
        "两级",
        "所辖",
        "辖",
        "市区",
        "主城",
        "城区",
        "该",
        "在",
        "局及",
        "局和",
        "局机关",
        "深入",
        "走进",
    ];
    // 深入企业、校园、社区开展: kinds of places, no body.
    const GENERIC: [&str; 11] = [
        "社区", "小区", "园区", "校区", "景区", "乡村", "农村", "集镇", "城镇", "乡镇", "村镇",
    ];
    let ends = ["镇", "乡", "街道", "县", "区", "队", "分局", "派出所", "村"];
    ends.iter().any(|end| clause.contains(end))
        && BODY.captures_iter(clause).any(|hit| {
            let body = &hit[1];
            let own = is_own_squad(body) || OWN.iter().any(|word| body.contains(word));
            let place = GENERIC.contains(&body) && hit[0].ends_with("开展");
            // 对12个大队开展案卷评查: what is done to them.
            let object = body.starts_with('对') && body.contains('个');
            !own && !place && !object
        })
}
