//! [`Document`](crate::structure::Document) + gazetteer → [`Identity`]: who wrote this, about which
//! place and year, and is it a report of this genre at all.
//!
//! Every fact has its evidence or is absent; the keeper's word wins. A wrong city is a scandal:
//! where signs disagree the place is reported as ambiguous, with the candidates.

use crate::evidence::Fact;
use crate::gazetteer::{Region, RegionLevel};
use serde::{Deserialize, Serialize};

/// What a report is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The title as it stands in the report. A file without one has none.
    pub title: Option<Fact<String>>,
    /// The issuing body as the report or its page names it (县综合行政执法局).
    pub issuer: Option<Fact<String>>,
    /// The issuing body's full name where it could be worked out (武义县综合行政执法局).
    pub issuer_resolved: Option<Fact<String>>,
    /// What kind of body.
    pub issuer_type: Option<Fact<IssuerType>>,
    /// Its line (条线), e.g. `城市管理`, for departments whose line is known.
    pub line: Option<Fact<String>>,
    /// The place.
    pub region: Option<Fact<Region>>,
    /// Places it could be, where it could not be told which.
    pub region_candidates: Vec<Region>,
    /// The year reported on.
    pub year: Option<Fact<i32>>,
    /// The time reported on, where it is not the whole year, or as stated.
    pub period: Option<Fact<Period>>,
    /// Date of publication.
    pub published: Option<Fact<Date>>,
    /// Date of signing.
    pub signed: Option<Fact<Date>>,
    /// The report's own document number (汴政〔2020〕1号).
    pub doc_number: Option<Fact<String>>,
    /// The page's index number (索引号).
    pub index_number: Option<Fact<String>>,
    /// Script of the text.
    pub script: Option<Fact<Script>>,
    /// Genre, with the reason as evidence.
    pub genre: Option<Fact<Genre>>,
    /// Who put the page up.
    pub source_class: Option<Fact<SourceClass>>,
    /// Address it was taken from, where the keeper or the page tells.
    pub source_url: Option<Fact<String>>,
    /// When it was taken.
    pub retrieved: Option<Fact<Date>>,
}

/// Kind of issuing body: with its [`RegionLevel`] the unit that comparisons start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IssuerType {
    /// 人民政府, 管委会.
    Government,
    /// 局, 委, 办, 队 …
    Department,
    /// Anything else.
    Other,
}

/// Genre of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Genre {
    /// A yearly (or part-year) report on building law-based government.
    AnnualReport,
    /// Another genre: work points, plans, government work reports, disclosure reports …
    Other,
}

/// Script of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Script {
    /// Simplified.
    Hans,
    /// Traditional.
    Hant,
}

/// Who put a page up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceClass {
    /// The issuer's or its government's own portal.
    Official,
    /// A re-publisher (文范网 and the like): told on the page, out of series.
    Republisher,
}

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Date {
    /// Year, Gregorian.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day, 1 to 31.
    pub day: u8,
}

/// A stretch of days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
}

impl Date {
    /// The day, where the calendar has it.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (day >= 1 && day <= last).then_some(Self { year, month, day })
    }
}

impl std::fmt::Display for Date {
    /// ISO 8601.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl TryFrom<String> for Date {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts[..] else {
            return Err(format!("{text} is not a date of the form 2024-03-28"));
        };
        (|| Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))()
            .ok_or_else(|| format!("{text} is not a date of the form 2024-03-28"))
    }
}

impl Identity {
    /// The level of the place, where it is known.
    pub fn level(&self) -> Option<RegionLevel> {
        self.region.as_ref().map(|region| region.value.level)
    }
}
