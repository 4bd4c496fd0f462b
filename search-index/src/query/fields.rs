//! Fields and their values, in Chinese and English.

use crate::fold::fold_str;
use crate::pattern::Pattern;
use crate::query::Test;
use crate::{QueryErrorCode, TopicLabel};

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

/// Names of fields, folded, and an example that works.
const FIELDS: [(FieldName, &[&str], &str); 8] = [
    (FieldName::Region, &["地区", "地方", "region"], "地区:杭州"),
    (FieldName::Province, &["省", "省份", "province"], "省:浙江"),
    (
        FieldName::Year,
        &["年", "年份", "年度", "year"],
        "年:2019..2023",
    ),
    (FieldName::Topic, &["主题", "topic"], "行政复议"),
    (FieldName::Part, &["部分", "part"], "部分:问题"),
    (FieldName::Issuer, &["机关", "issuer"], "机关:司法局"),
    (FieldName::Level, &["级别", "level"], "级别:县"),
    (FieldName::IssuerType, &["类型", "type"], "类型:政府"),
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

/// What the index knows by name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'v> {
    pub(crate) topics: &'v [TopicLabel],
}

/// Why a value was not taken, and an example in its place.
#[derive(Debug)]
pub(crate) struct BadValue {
    pub(crate) code: QueryErrorCode,
    pub(crate) zh: String,
    pub(crate) en: String,
    pub(crate) example: String,
}

impl FieldName {
    /// The field of this name; folding makes Traditional and full-width names the same.
    pub(crate) fn named(name: &str) -> Option<FieldName> {
        let name = fold_str(name);
        let field = FIELDS.iter().find(|field| field.1.contains(&name.as_str()));
        field.map(|field| field.0)
    }

    /// A query with this field that works.
    pub(crate) fn example(self) -> &'static str {
        let field = FIELDS.iter().find(|field| field.0 == self);
        field.map_or("", |field| field.2)
    }

    /// What this field with a value asks; `None` for the issuer, whose name is looked up as a term.
    pub(crate) fn test(self, value: &str, names: Names<'_>) -> Result<Option<Test>, BadValue> {
        let values = value
            .split([',', '，', '、', ';', '；'])
            .filter(|value| !value.trim().is_empty());
        let values: Vec<&str> = values.collect();
        let patterns = || {
            let patterns: Option<Vec<_>> = values
                .iter()
                .map(|value| Pattern::new(value, false))
                .collect();
            patterns.ok_or_else(|| self.missing())
        };
        let ids = |table: &[(&str, &[&str])]| -> Result<Vec<String>, BadValue> {
            values.iter().map(|value| self.id(value, table)).collect()
        };
        if values.is_empty() {
            return Err(self.missing());
        }
        Ok(Some(match self {
            FieldName::Issuer => return Ok(None),
            FieldName::Region => Test::Region(patterns()?),
            FieldName::Province => Test::Province(patterns()?),
            FieldName::Year => Test::Year(
                values
                    .iter()
                    .map(|value| years(value))
                    .collect::<Result<_, _>>()?,
            ),
            FieldName::Level => Test::Level(ids(&LEVELS)?),
            FieldName::Part => Test::Part(ids(&PARTS)?),
            FieldName::IssuerType => Test::IssuerType(ids(&ISSUER_TYPES)?),
            FieldName::Topic => {
                let mut topics = Vec::new();
                for value in values {
                    topics.extend(self.topics(value, names)?);
                }
                Test::Topic(topics)
            }
        }))
    }

    /// A field without a value.
    pub(crate) fn missing(self) -> BadValue {
        BadValue {
            code: QueryErrorCode::MissingValue,
            zh: "冒号后面缺少要找的值".into(),
            en: "a value is missing after the colon".into(),
            example: self.example().into(),
        }
    }

    fn id(self, value: &str, table: &[(&str, &[&str])]) -> Result<String, BadValue> {
        let folded = fold_str(value);
        let row = table
            .iter()
            .find(|(id, names)| *id == folded || names.contains(&folded.as_str()));
        row.map(|(id, _)| (*id).to_owned()).ok_or_else(|| {
            let known: Vec<&str> = table.iter().map(|(_, names)| names[0]).collect();
            self.unknown(value, &known)
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

    fn unknown(self, value: &str, known: &[&str]) -> BadValue {
        let shown = known.join("、");
        let example = match (self, known.first()) {
            (FieldName::Topic, Some(first)) => format!("主题:\"{first}\""),
            _ => self.example().to_owned(),
        };
        BadValue {
            code: QueryErrorCode::UnknownValue,
            zh: format!("没有“{value}”这个值，可用的有：{shown}"),
            en: format!("there is no value \"{value}\" here; known are: {shown}"),
            example,
        }
    }
}

/// A year or a range of years, open at either end: `2019`, `2019..2023`, `2019..`, `..2020`; also with `-`, `~`, `至`.
fn years(value: &str) -> Result<(i32, i32), BadValue> {
    let bad = |example: String| BadValue {
        code: QueryErrorCode::BadYear,
        zh: "年份应写作 2019、2019..2023、2019.. 或 ..2020".into(),
        en: "a year is written 2019, 2019..2023, 2019.. or ..2020".into(),
        example,
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
        (Some(i32::MIN), Some(i32::MAX)) | (None, _) | (_, None) => {
            Err(bad("年:2019..2023".into()))
        }
        (Some(from), Some(to)) if from > to => Err(bad(format!("年:{to}..{from}"))),
        (Some(from), Some(to)) => Ok((from, to)),
    }
}
