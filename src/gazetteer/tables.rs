//! The embedded tables, read once into [`Row`]s and [`Name`]s. The tables' columns are told in
//! `data/README.md`; none of them has quoted fields, so a line is split at its commas.

use super::{NameKind, RegionLevel};
use std::borrow::Cow;

const DIVISIONS: &str = include_str!("data/divisions.csv");
const ALIASES: &str = include_str!("data/aliases.csv");
const ZONES: &str = include_str!("data/zones.csv");

/// One division in one stretch of years.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) code: Cow<'static, str>,
    pub(super) name: Cow<'static, str>,
    pub(super) level: RegionLevel,
    /// Code of the row above; empty for a top-level place.
    pub(super) parent: Cow<'static, str>,
    pub(super) valid_from: Option<i32>,
    pub(super) valid_to: Option<i32>,
    /// Codes that took over at `valid_to`, `;`-separated.
    pub(super) successor: Cow<'static, str>,
    /// Pinyin; empty where it is to be made from the name.
    pub(super) slug: Cow<'static, str>,
    /// The name without its generic.
    pub(super) short: Cow<'static, str>,
    /// A development zone and the like: no administrative division.
    pub(super) zone: bool,
}

impl Row {
    /// Whether reports on `year` may go by this row: the source's tables are as of 31 December, and in the year
    /// of a change old and new both occur.
    pub(super) fn holds_in(&self, year: i32) -> bool {
        self.valid_from.is_none_or(|from| from <= year) && self.valid_to.is_none_or(|to| year <= to)
    }

    /// How many years `year` lies outside the row's validity.
    pub(super) fn years_off(&self, year: i32) -> i32 {
        let before = self
            .valid_from
            .map_or(0, |from| from.saturating_sub(year).max(0));
        let after = self.valid_to.map_or(0, |to| year.saturating_sub(to).max(0));
        before.max(after)
    }
}

/// A name that rows go by.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) text: Cow<'static, str>,
    pub(super) kind: NameKind,
    pub(super) row: u32,
}

/// All built-in rows, by code.
pub(super) fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = DIVISIONS.lines().skip(1).filter_map(division).collect();
    rows.extend(ZONES.lines().skip(1).filter_map(zone));
    rows
}

fn division(line: &'static str) -> Option<Row> {
    let mut fields = line.split(',');
    let code = fields.next()?;
    let name = fields.next()?;
    let level = match fields.next()? {
        "province" => RegionLevel::Province,
        "prefecture" => RegionLevel::Prefecture,
        _ => RegionLevel::County,
    };
    Some(Row {
        code: code.into(),
        name: name.into(),
        level,
        parent: fields.next()?.into(),
        valid_from: fields.next()?.parse().ok(),
        valid_to: fields.next()?.parse().ok(),
        successor: fields.next()?.into(),
        slug: fields.next()?.into(),
        short: fields.next()?.into(),
        zone: false,
    })
}

/// A zone: unless it bears the name of a place (加格达奇区, 西沙群岛) its only short name is its own full one.
fn zone(line: &'static str) -> Option<Row> {
    let mut fields = line.split(',');
    Some(Row {
        code: fields.next()?.into(),
        name: fields.next()?.into(),
        level: RegionLevel::County,
        parent: fields.next()?.into(),
        valid_from: None,
        valid_to: None,
        successor: "".into(),
        slug: "".into(),
        short: "".into(),
        zone: true,
    })
}

/// The names in the alias table: name, codes, kind.
pub(super) fn aliases() -> impl Iterator<Item = (&'static str, &'static str, NameKind)> {
    ALIASES.lines().skip(1).filter_map(|line| {
        let mut fields = line.split(',');
        let (alias, codes) = (fields.next()?, fields.next()?);
        let kind = match fields.next()? {
            "short" => NameKind::Short,
            "abbr-province" | "abbr-city" => NameKind::Abbreviation,
            "doc-prefix" => NameKind::DocumentPrefix,
            _ => NameKind::Form,
        };
        Some((alias, codes, kind))
    })
}

/// What else a zone is called: without the province before it, with or without 市 after its city, and with the
/// usual short words for its kind (长春经开区). `above` are the short names of city and province.
pub(super) fn zone_forms(name: &str, city: &str, province: &str) -> Vec<String> {
    const KINDS: [(&str, &str); 4] = [
        ("高新技术产业开发区", "高新区"),
        ("高新技术开发区", "高新区"),
        ("经济技术开发区", "经开区"),
        ("经济开发区", "经开区"),
    ];
    let mut rest = name;
    for above in [province, city] {
        if let Some(after) = rest.strip_prefix(above).filter(|_| !above.is_empty()) {
            rest = after.strip_prefix(['省', '市', '州']).unwrap_or(after);
        }
    }
    if rest == name || city.is_empty() || rest.chars().count() < 2 {
        return Vec::new();
    }
    let mut forms = Vec::new();
    let mut tails = vec![rest.to_owned()];
    for (long, short) in KINDS {
        if let Some(head) = rest.strip_suffix(long) {
            tails.push(format!("{head}{short}"));
            if long.contains("技术开发区") {
                tails.push(format!("{head}开发区"));
            }
        }
    }
    for tail in tails {
        forms.push(format!("{city}{tail}"));
        forms.push(format!("{city}市{tail}"));
        // A name of its own (白沟新城, 芦台经济开发区) stands without its city too.
        let own = ![
            "高新",
            "经济",
            "经开",
            "开发区",
            "城乡",
            "工业园区",
            "新区",
            "临港",
            "火炬",
            "滨海",
        ]
        .iter()
        .any(|generic| tail.starts_with(generic));
        if own {
            forms.push(tail);
        }
    }
    forms.retain(|form| form != name);
    forms
}
