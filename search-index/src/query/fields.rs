//! Fields and their values, in Chinese and English.

use std::collections::BTreeSet;

use crate::fold::fold_str;
use crate::pattern::Pattern;
use crate::query::Test;
use crate::query::known::{self, Names, OFFERED};
use crate::{IndexedRegion, QueryErrorCode, Told};

/// A field of the query language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldName {
    Region,
    Province,
    Year,
    Topic,
    Part,
    Issuer,
    Level,
    IssuerType,
}

/// Names of fields, folded.
const FIELDS: [(FieldName, &[&str]); 8] = [
    (FieldName::Region, &["地区", "地方", "region"]),
    (FieldName::Province, &["省", "省份", "province"]),
    (FieldName::Year, &["年", "年份", "年度", "year"]),
    (FieldName::Topic, &["主题", "topic"]),
    (FieldName::Part, &["部分", "part"]),
    (FieldName::Issuer, &["机关", "issuer"]),
    (FieldName::Level, &["级别", "level"]),
    (FieldName::IssuerType, &["类型", "type"]),
];

/// Ids of regions' levels and what readers call them, folded.
const LEVELS: [(&str, &[&str]); 4] = [
    ("province", &["省", "省级", "直辖市"]),
    ("prefecture", &["市", "市级", "地市", "地级", "地级市"]),
    ("county", &["县", "县级", "区县", "区", "县区"]),
    ("township", &["乡", "镇", "乡镇", "街道", "乡级"]),
];

/// Ids of parts' roles and what readers call them, folded.
const PARTS: [(&str, &[&str]); 7] = [
    (
        "achievements",
        &["成效", "成绩", "进展", "主要工作", "achievement"],
    ),
    ("problems", &["问题", "不足", "存在问题", "problem"]),
    (
        "leadership_duty",
        &[
            "责任",
            "职责",
            "第一责任人",
            "履职",
            "leadership",
            "leadership-duty",
        ],
    ),
    ("plan", &["计划", "打算", "下一步", "安排", "plans"]),
    ("litigation", &["诉讼", "应诉", "复议诉讼"]),
    ("suggestions", &["建议", "意见", "意见建议", "suggestion"]),
    ("other", &["其他", "其它"]),
];

/// Ids of kinds of issuers and what readers call them, folded.
const ISSUER_TYPES: [(&str, &[&str]); 3] = [
    ("government", &["政府", "人民政府"]),
    ("department", &["部门", "局"]),
    ("other", &["其他", "其它"]),
];

/// Why a value was not taken, and values in its place.
#[derive(Debug)]
pub(crate) struct BadValue {
    pub(crate) code: QueryErrorCode,
    pub(crate) told: Told,
    pub(crate) instead: Vec<String>,
}

impl FieldName {
    /// The field of this name; folding makes Traditional and full-width names the same.
    pub(crate) fn named(name: &str) -> Option<FieldName> {
        let name = fold_str(name);
        let field = FIELDS.iter().find(|field| field.1.contains(&name.as_str()));
        field.map(|field| field.0)
    }

    /// What readers call it, in Simplified and Traditional Chinese and in English.
    fn label(self) -> [&'static str; 3] {
        match self {
            FieldName::Region => ["地区", "地區", "region"],
            FieldName::Province => ["省份", "省份", "province"],
            FieldName::Year => ["年度", "年度", "year"],
            FieldName::Topic => ["主题", "主題", "topic"],
            FieldName::Part => ["部分", "部分", "part"],
            FieldName::Issuer => ["机关", "機關", "issuer"],
            FieldName::Level => ["级别", "級別", "level"],
            FieldName::IssuerType => ["机关类型", "機關類型", "type"],
        }
    }

    /// A value that works, of those that the archive has where they are its own.
    fn example(self, names: Names<'_>) -> Option<String> {
        Some(match self {
            FieldName::Region => written(names.places().first()?),
            FieldName::Province => written(names.provinces().first()?),
            FieldName::Year => {
                let (first, last) = names.span()?;
                format!("{first}..{last}")
            }
            FieldName::Topic => written(names.topics.first()?.names.first()?),
            FieldName::Part => "问题".to_owned(),
            FieldName::Issuer => "司法局".to_owned(),
            FieldName::Level => "县".to_owned(),
            FieldName::IssuerType => "政府".to_owned(),
        })
    }

    /// What this field with a value asks; `None` for the issuer, whose name is looked up as a term.
    pub(crate) fn test(self, value: &str, names: Names<'_>) -> Result<Option<Test>, BadValue> {
        let values = value
            .split([',', '，', '、', ';', '；'])
            .filter(|value| !value.trim().is_empty());
        let values: Vec<&str> = values.collect();
        if values.is_empty() {
            return Err(self.missing(names));
        }
        Ok(Some(match self {
            FieldName::Issuer => return Ok(None),
            FieldName::Region => {
                Test::Region(self.regions(&values, names, known::is_in, names.places())?)
            }
            FieldName::Province => Test::Province(self.regions(
                &values,
                names,
                known::is_in_province,
                names.provinces(),
            )?),
            FieldName::Year => Test::Year(each(&values, |value| {
                let range = years(value, names)?;
                let mut known = names.years.iter().flatten();
                if known.any(|year| (range.0..=range.1).contains(year)) {
                    Ok(range)
                } else {
                    Err(no_year(value, range, names))
                }
            })?),
            FieldName::Level => Test::Level(self.ids(&values, &LEVELS)?),
            FieldName::Part => Test::Part(self.ids(&values, &PARTS)?),
            FieldName::IssuerType => Test::IssuerType(self.ids(&values, &ISSUER_TYPES)?),
            FieldName::Topic => {
                Test::Topic(each(&values, |value| self.topics(value, names))?.concat())
            }
        }))
    }

    /// A field without a value.
    pub(crate) fn missing(self, names: Names<'_>) -> BadValue {
        BadValue {
            code: QueryErrorCode::MissingValue,
            told: Told::new(
                "冒号后面缺少要找的值",
                "冒號後面缺少要找的值",
                "a value is missing after the colon",
            ),
            instead: self.example(names).into_iter().collect(),
        }
    }

    /// Patterns for values each of which means some region, as `means` says.
    fn regions(
        self,
        values: &[&str],
        names: Names<'_>,
        means: fn(&IndexedRegion, &Pattern) -> bool,
        known: Vec<&str>,
    ) -> Result<Vec<Pattern>, BadValue> {
        each(values, |value| {
            let pattern = Pattern::new(value, false).ok_or_else(|| self.missing(names))?;
            let mut regions = names.regions.iter();
            if regions.any(|region| means(region, &pattern)) {
                Ok(pattern)
            } else if self == FieldName::Region && known::near(value, &known).is_empty() {
                Err(self.unknown(value, &names.provinces()))
            } else {
                Err(self.unknown(value, &known))
            }
        })
    }

    fn ids(
        self,
        values: &[&str],
        table: &[(&'static str, &[&'static str])],
    ) -> Result<Vec<String>, BadValue> {
        each(values, |value| {
            let folded = fold_str(value);
            let mut rows = table.iter();
            let row = rows.find(|(id, names)| *id == folded || names.contains(&folded.as_str()));
            row.map(|(id, _)| (*id).to_owned()).ok_or_else(|| {
                // In the language of the one that is not known.
                let name = |(id, names): &(&'static str, &[&'static str])| {
                    if value.is_ascii() { *id } else { names[0] }
                };
                let known: Vec<&str> = table.iter().map(name).collect();
                self.unknown(value, &known)
            })
        })
    }

    /// The topics of this id or name; else those whose name contains it.
    fn topics(self, value: &str, names: Names<'_>) -> Result<Vec<String>, BadValue> {
        let folded = fold_str(value);
        let ids = |fits: &dyn Fn(&str) -> bool| -> Vec<String> {
            let topics = names.topics.iter();
            let topics = topics.filter(|topic| {
                topic
                    .names
                    .iter()
                    .chain([&topic.id])
                    .any(|name| fits(&fold_str(name)))
            });
            topics.map(|topic| topic.id.clone()).collect()
        };
        let mut found = ids(&|name| name == folded);
        if found.is_empty() && !folded.is_empty() {
            found = ids(&|name| name.contains(&folded));
        }
        if found.is_empty() {
            let known: Vec<&str> = names
                .topics
                .iter()
                .filter_map(|topic| Some(topic.names.first()?.as_str()))
                .collect();
            return Err(self.unknown(value, &known));
        }
        Ok(found)
    }

    /// A value that is none of `known`.
    pub(crate) fn unknown(self, value: &str, known: &[&str]) -> BadValue {
        let [hans, hant, en] = self.label();
        let near = known::near(value, known);
        let offered = if near.is_empty() { known } else { &near };
        let offered = &offered[..offered.len().min(OFFERED)];
        let told = if offered.is_empty() {
            Told {
                hans: format!("没有“{value}”这个{hans}"),
                hant: format!("沒有「{value}」這個{hant}"),
                en: format!("there is no {en} \"{value}\""),
            }
        } else {
            let listed = offered.join("、");
            let [near_hans, near_hant, near_en] = if near.is_empty() {
                ["有", "有", "there are"]
            } else {
                ["相近的有", "相近的有", "near it are"]
            };
            let [more_hans, more_hant, more_en] = match known.len() {
                all if near.is_empty() && all > offered.len() => [
                    format!("等 {all} 个"),
                    format!("等 {all} 個"),
                    format!(" and {} more", all - offered.len()),
                ],
                _ => Default::default(),
            };
            Told {
                hans: format!("没有“{value}”这个{hans}；{near_hans}：{listed}{more_hans}"),
                hant: format!("沒有「{value}」這個{hant}；{near_hant}：{listed}{more_hant}"),
                en: format!("there is no {en} \"{value}\"; {near_en}: {listed}{more_en}"),
            }
        };
        BadValue {
            code: QueryErrorCode::UnknownValue,
            told,
            instead: offered
                .iter()
                .take(SUGGESTED)
                .map(|name| written(name))
                .collect(),
        }
    }
}

/// Most values that are suggested in place of one.
const SUGGESTED: usize = 3;

/// What `take` makes of each value; for one that it does not take, what may stand in its place is told with the other
/// values around it.
fn each<T>(
    values: &[&str],
    take: impl Fn(&str) -> Result<T, BadValue>,
) -> Result<Vec<T>, BadValue> {
    let taken = values.iter().enumerate().map(|(at, value)| {
        take(value).map_err(|bad| BadValue {
            instead: bad
                .instead
                .iter()
                .map(|instead| {
                    [&values[..at], &[instead.as_str()], &values[at + 1..]]
                        .concat()
                        .join(",")
                })
                .collect(),
            ..bad
        })
    });
    taken.collect()
}

/// A value as it is written in a query.
fn written(value: &str) -> String {
    if value.chars().all(char::is_alphanumeric) {
        value.to_owned()
    } else {
        format!("\"{value}\"")
    }
}

/// No report is of such years: those that are nearest to them.
fn no_year(value: &str, (from, to): (i32, i32), names: Names<'_>) -> BadValue {
    let known: BTreeSet<i32> = names.years.iter().flatten().copied().collect();
    let mut near: Vec<i32> = known.iter().copied().collect();
    near.sort_by_key(|year| from.saturating_sub(*year).max(year.saturating_sub(to)));
    near.truncate(OFFERED);
    let nearest: Vec<String> = near.iter().take(1).map(i32::to_string).collect();
    near.sort_unstable();
    let listed: Vec<String> = near.iter().map(i32::to_string).collect();
    let listed = listed.join("、");
    let [hans, hant, en] = match (known.len(), near.len()) {
        (_, 0) => Default::default(),
        (all, offered) if all > offered => [
            format!("；相近的有：{listed}"),
            format!("；相近的有：{listed}"),
            format!("; near it are: {listed}"),
        ],
        _ => [
            format!("；有：{listed}"),
            format!("；有：{listed}"),
            format!("; there are: {listed}"),
        ],
    };
    BadValue {
        code: QueryErrorCode::UnknownValue,
        told: Told {
            hans: format!("没有 {value} 年度的报告{hans}"),
            hant: format!("沒有 {value} 年度的報告{hant}"),
            en: format!("there is no report of {value}{en}"),
        },
        instead: nearest,
    }
}

/// A year or a range of years, open at either end: `2019`, `2019..2023`, `2019..`, `..2020`; also with `-`, `~`, `至`.
fn years(value: &str, names: Names<'_>) -> Result<(i32, i32), BadValue> {
    let bad = |instead: Option<String>| BadValue {
        code: QueryErrorCode::BadYear,
        told: Told::new(
            "年份应写作 2019、2019..2023、2019.. 或 ..2020",
            "年份應寫作 2019、2019..2023、2019.. 或 ..2020",
            "a year is written 2019, 2019..2023, 2019.. or ..2020",
        ),
        instead: instead
            .or_else(|| FieldName::Year.example(names))
            .into_iter()
            .collect(),
    };
    let folded = fold_str(value);
    let folded = folded.replace('年', "");
    let separators = ["..", "~", "-", "—", "–", "至", "到"];
    let parted = separators
        .iter()
        .find_map(|separator| folded.split_once(separator));
    let (from, to) = parted.unwrap_or((&folded, &folded));
    let to = to.trim_start_matches(['.', '—', '-']);
    let year = |text: &str, open: i32| {
        let digits = text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            _ if text.is_empty() => Some(open),
            Ok(year) if digits => Some(year),
            _ => None,
        }
    };
    match (year(from, i32::MIN), year(to, i32::MAX)) {
        (Some(i32::MIN), Some(i32::MAX)) | (None, _) | (_, None) => Err(bad(None)),
        (Some(from), Some(to)) if from > to => Err(bad(Some(format!("{to}..{from}")))),
        (Some(from), Some(to)) => Ok((from, to)),
    }
}
