//! What a keeper says of one report, in its front matter or in a row of `metadata.csv`.
//!
//! Each statement is a [`Fact`] whose evidence is the keeper's file and line. Nothing is resolved
//! here: a region stays the name or code that was written, for [`crate::identify`] to look up in
//! the report's year.

use crate::diagnostic::{Diagnostic, Level};
use crate::evidence::{Confidence, Evidence, Fact, Method};
use crate::gazetteer::RegionLevel;
use crate::identify::{Date, Genre, IssuerType, Period, SourceClass, web_address};
use serde::{Deserialize, Serialize};

/// The keeper's word on one report. It wins over what the program infers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The report's id, frozen.
    pub id: Option<Fact<String>>,
    /// Title.
    pub title: Option<Fact<String>>,
    /// Issuing body, by its full name.
    pub issuer: Option<Fact<String>>,
    /// Kind of issuing body.
    pub issuer_type: Option<Fact<IssuerType>>,
    /// The place: a name (with the names above it, if that is needed: 江苏省南京市鼓楼区) or a code.
    pub region: Option<Fact<String>>,
    /// Rank of the place: tells a city from the county of its name.
    pub level: Option<Fact<RegionLevel>>,
    /// The year reported on.
    pub year: Option<Fact<i32>>,
    /// The time reported on.
    pub period: Option<Fact<Period>>,
    /// Date of publication.
    pub published: Option<Fact<Date>>,
    /// Date of signing.
    pub signed: Option<Fact<Date>>,
    /// Document number.
    pub doc_number: Option<Fact<String>>,
    /// Index number (索引号).
    pub index_number: Option<Fact<String>>,
    /// Genre.
    pub genre: Option<Fact<Genre>>,
    /// Who put the page up.
    pub source_class: Option<Fact<SourceClass>>,
    /// Address it was taken from; http or https.
    pub source_url: Option<Fact<String>>,
    /// When it was taken.
    pub retrieved: Option<Fact<Date>>,
    /// Whether the text is a digest made for this archive, not the issuer's own words.
    pub digest: Option<Fact<bool>>,
    /// The id of the report that this one is a copy of, or that it is a copy of none.
    pub copy_of: Option<Fact<CopyOf>>,
}

/// What a keeper says of a report that looks like another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CopyOf {
    /// It is a report of its own, whatever it looks like.
    None,
    /// It is a copy of the report with this id.
    Report(String),
}

/// Where a statement stands and how it came.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// [`Method::FrontMatter`] or [`Method::MetadataCsv`].
    pub method: Method,
    /// The keeper's file.
    pub file: &'a str,
    /// Its line, 1-based.
    pub line: u32,
}

impl Entry {
    /// Every key a keeper can use, as written in front matter and in the header of `metadata.csv`.
    pub const KEYS: [&'static str; 18] = [
        "id",
        "title",
        "issuer",
        "issuer_type",
        "region",
        "level",
        "year",
        "period",
        "published",
        "signed",
        "doc_number",
        "index_number",
        "genre",
        "source_class",
        "source_url",
        "retrieved",
        "digest",
        "copy_of",
    ];

    /// Takes the statement `key = value`. A blank value says nothing. A value that cannot be, or a
    /// key that is none, is told and changes nothing.
    pub fn state(&mut self, key: &str, value: &str, place: Place<'_>) -> Option<Diagnostic> {
        let value = value.trim();
        if value.is_empty() && Self::KEYS.contains(&key) {
            return None;
        }
        let words = || Some(value.to_owned());
        let (taken, expected) = match key {
            "id" => (
                set(&mut self.id, place, super::id::explicit(value)),
                "up to 100 of a-z, 0-9 and single hyphens between them; not a name that Windows \
                 reserves (con, nul …) and not `index`",
            ),
            "title" => (set(&mut self.title, place, words()), ""),
            "issuer" => (set(&mut self.issuer, place, words()), ""),
            "issuer_type" => (
                set(&mut self.issuer_type, place, issuer_type(value)),
                "government, department or other",
            ),
            "region" => (set(&mut self.region, place, words()), ""),
            "level" => (
                set(&mut self.level, place, level(value)),
                "province, prefecture, county or township",
            ),
            "year" => (
                set(&mut self.year, place, year(value)),
                "a year such as 2023",
            ),
            "period" => (
                set(&mut self.period, place, period(value)),
                "two dates, the second not before the first: 2023-01-01/2023-11-30",
            ),
            "published" => (set(&mut self.published, place, date(value)), DATE),
            "signed" => (set(&mut self.signed, place, date(value)), DATE),
            "doc_number" => (set(&mut self.doc_number, place, words()), ""),
            "index_number" => (set(&mut self.index_number, place, words()), ""),
            "genre" => (
                set(&mut self.genre, place, genre(value)),
                "annual-report or other",
            ),
            "source_class" => (
                set(&mut self.source_class, place, source_class(value)),
                "official or republisher",
            ),
            "source_url" => (
                set(&mut self.source_url, place, web_address(value)),
                "an address that begins with http:// or https://",
            ),
            "retrieved" => (set(&mut self.retrieved, place, date(value)), DATE),
            "digest" => (set(&mut self.digest, place, truth(value)), "true or false"),
            "copy_of" => (
                set(&mut self.copy_of, place, copy_of(value)),
                "the id of the report that it is a copy of, or no",
            ),
            _ => return Some(unknown_key(key, place)),
        };
        (!taken).then(|| {
            Diagnostic::new(
                Level::Warning,
                "metadata-bad-value",
                place.file,
                format!("`{key}` cannot be {}", quoted(value)),
            )
            .at(place.line)
            .hint(format!("write {expected}"))
            .naming(format!("{key}: {}", quoted(value)))
        })
    }

    /// These statements, and where they are silent those of `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            id: self.id.or(other.id),
            title: self.title.or(other.title),
            issuer: self.issuer.or(other.issuer),
            issuer_type: self.issuer_type.or(other.issuer_type),
            region: self.region.or(other.region),
            level: self.level.or(other.level),
            year: self.year.or(other.year),
            period: self.period.or(other.period),
            published: self.published.or(other.published),
            signed: self.signed.or(other.signed),
            doc_number: self.doc_number.or(other.doc_number),
            index_number: self.index_number.or(other.index_number),
            genre: self.genre.or(other.genre),
            source_class: self.source_class.or(other.source_class),
            source_url: self.source_url.or(other.source_url),
            retrieved: self.retrieved.or(other.retrieved),
            digest: self.digest.or(other.digest),
            copy_of: self.copy_of.or(other.copy_of),
        }
    }

    /// What is stated for `key`, in the form that [`state`](Self::state) reads and every program
    /// agrees on: ISO 8601, English words.
    pub fn stated(&self, key: &str) -> Option<String> {
        fn words<T: ToString>(fact: Option<&Fact<T>>) -> Option<String> {
            fact.map(|fact| fact.value.to_string())
        }
        fn named<T: Serialize>(fact: Option<&Fact<T>>) -> Option<String> {
            let name = serde_json::to_value(&fact?.value).ok()?;
            name.as_str().map(str::to_owned)
        }
        match key {
            "id" => words(self.id.as_ref()),
            "title" => words(self.title.as_ref()),
            "issuer" => words(self.issuer.as_ref()),
            "issuer_type" => named(self.issuer_type.as_ref()),
            "region" => words(self.region.as_ref()),
            "level" => named(self.level.as_ref()),
            "year" => words(self.year.as_ref()),
            "period" => {
                let period = self.period.as_ref()?.value;
                Some(format!("{}/{}", period.start, period.end))
            }
            "published" => words(self.published.as_ref()),
            "signed" => words(self.signed.as_ref()),
            "doc_number" => words(self.doc_number.as_ref()),
            "index_number" => words(self.index_number.as_ref()),
            "genre" => named(self.genre.as_ref()),
            "source_class" => named(self.source_class.as_ref()),
            "source_url" => words(self.source_url.as_ref()),
            "retrieved" => words(self.retrieved.as_ref()),
            "digest" => words(self.digest.as_ref()),
            "copy_of" => self.copy_of.as_ref().map(|of| match &of.value {
                CopyOf::None => "no".to_owned(),
                CopyOf::Report(id) => id.clone(),
            }),
            _ => None,
        }
    }
}

const DATE: &str = "a date such as 2024-03-28";

/// Puts a keeper's fact into its place; false where the value could not be read.
fn set<T>(slot: &mut Option<Fact<T>>, place: Place<'_>, value: Option<T>) -> bool {
    let Some(value) = value else { return false };
    *slot = Some(Fact::new(
        value,
        place.method,
        Evidence::Keeper {
            file: place.file.to_owned(),
            line: place.line,
        },
        Confidence::CERTAIN,
    ));
    true
}

/// A key that nobody knows, with the nearest that is known.
pub(super) fn unknown_key(key: &str, place: Place<'_>) -> Diagnostic {
    let told = Diagnostic::new(
        Level::Warning,
        "metadata-unknown-key",
        place.file,
        format!("there is no key {}", quoted(key)),
    )
    .at(place.line)
    .naming(quoted(key));
    match nearest(key, &Entry::KEYS) {
        Some(known) => told.hint(format!("did you mean `{known}`?")),
        None => told.hint(format!("the keys are {}", Entry::KEYS.join(", "))),
    }
}

/// The known word nearest to `word`, if one is near enough to have been meant.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = word.trim().to_ascii_lowercase().replace(['-', ' '], "_");
    known
        .iter()
        .map(|&candidate| (strsim::damerau_levenshtein(&word, candidate), candidate))
        .filter(|&(distance, candidate)| distance * 3 <= candidate.len().max(3))
        .min()
        .map(|(_, candidate)| candidate)
}

/// A keeper's words in a message: at most 60 characters of them.
fn quoted(words: &str) -> String {
    let mut shown: String = words.chars().take(60).collect();
    if shown.len() < words.len() {
        shown.push('…');
    }
    format!("“{shown}”")
}

fn issuer_type(value: &str) -> Option<IssuerType> {
    Some(match value.to_ascii_lowercase().as_str() {
        "government" | "政府" => IssuerType::Government,
        "department" | "部门" => IssuerType::Department,
        "other" | "其他" => IssuerType::Other,
        _ => return None,
    })
}

fn level(value: &str) -> Option<RegionLevel> {
    Some(match value.to_ascii_lowercase().as_str() {
        "province" | "省级" => RegionLevel::Province,
        "prefecture" | "地级" => RegionLevel::Prefecture,
        "county" | "县级" => RegionLevel::County,
        "township" | "乡级" => RegionLevel::Township,
        _ => return None,
    })
}

fn genre(value: &str) -> Option<Genre> {
    Some(match value.to_ascii_lowercase().as_str() {
        "annual-report" => Genre::AnnualReport,
        "other" => Genre::Other,
        _ => return None,
    })
}

fn source_class(value: &str) -> Option<SourceClass> {
    Some(match value.to_ascii_lowercase().as_str() {
        "official" => SourceClass::Official,
        "republisher" => SourceClass::Republisher,
        _ => return None,
    })
}

fn truth(value: &str) -> Option<bool> {
    Some(match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" | "是" => true,
        "false" | "no" | "0" | "否" => false,
        _ => return None,
    })
}

fn copy_of(value: &str) -> Option<CopyOf> {
    Some(match value.to_ascii_lowercase().as_str() {
        "no" | "false" | "否" => CopyOf::None,
        _ => CopyOf::Report(super::id::explicit(value)?),
    })
}

/// A year of the People's Republic, with or without 年.
fn year(value: &str) -> Option<i32> {
    let year: i32 = value.strip_suffix('年').unwrap_or(value).parse().ok()?;
    (1949..=2149).contains(&year).then_some(year)
}

/// Year, month and day, in this order: ISO 8601, or as a spreadsheet or a Chinese reader writes it.
fn date(value: &str) -> Option<Date> {
    let value = value.strip_suffix('日').unwrap_or(value);
    let mut parts = value.split(['-', '/', '.', '年', '月']);
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, month, day)
}

/// An ISO 8601 interval of two days.
fn period(value: &str) -> Option<Period> {
    let (start, end) = value
        .split_once("..")
        .or_else(|| value.split_once('至'))
        .or_else(|| value.split_once('/'))?;
    let (start, end) = (date(start.trim())?, date(end.trim())?);
    (start <= end).then_some(Period { start, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> = Place {
        method: Method::MetadataCsv,
        file: "metadata.csv",
        line: 7,
    };

    fn stated(key: &str, value: &str) -> Entry {
        let mut entry = Entry::default();
        assert_eq!(entry.state(key, value, PLACE), None);
        entry
    }

    fn refused(key: &str, value: &str) -> Diagnostic {
        let mut entry = Entry::default();
        let told = entry.state(key, value, PLACE).expect("is told");
        assert_eq!(entry, Entry::default());
        told
    }

    #[test]
    fn every_key_can_be_stated() {
        for key in Entry::KEYS {
            let value = match key {
                "id" => "hangzhou-2023",
                "issuer_type" => "部门",
                "level" => "county",
                "year" => "2023年",
                "period" => "2023-01-01/2023-11-30",
                "published" | "signed" | "retrieved" => "2024/3/8",
                "genre" => "annual-report",
                "source_class" => "official",
                "source_url" => "https://example.org/a?b=c",
                "digest" => "是",
                "copy_of" => "hangzhou-2022",
                _ => "任何文字",
            };
            let entry = stated(key, value);
            assert_ne!(entry, Entry::default(), "{key}");
            let said = entry.stated(key).expect(key);
            assert_eq!(stated(key, &said), entry, "{key}");
        }
    }

    #[test]
    fn a_statement_carries_its_place() {
        let year = stated("year", " 2023 ").year.expect("stated");
        assert_eq!(year.value, 2023);
        assert_eq!(year.confidence, Confidence::CERTAIN);
        assert_eq!(
            year.evidence,
            Evidence::Keeper {
                file: "metadata.csv".into(),
                line: 7
            }
        );
    }

    #[test]
    fn a_blank_says_nothing() {
        assert_eq!(stated("year", "  "), Entry::default());
    }

    #[test]
    fn an_unknown_key_is_told_with_the_nearest() {
        let told = refused("pubished", "2024-01-01");
        assert_eq!(told.code, "metadata-unknown-key");
        assert_eq!(told.line, Some(7));
        assert_eq!(told.hint.as_deref(), Some("did you mean `published`?"));
        assert_eq!(
            refused("Issuer-Type", "x").hint.as_deref(),
            Some("did you mean `issuer_type`?")
        );
        assert!(
            refused("天气", "晴")
                .hint
                .expect("keys")
                .contains("doc_number")
        );
    }

    #[test]
    fn what_cannot_be_is_told() {
        for (key, value) in [
            ("year", "20233"),
            ("year", "去年"),
            ("published", "2023-02-30"),
            ("published", "03/08/2024"),
            ("period", "2023-12-31/2023-01-01"),
            ("level", "city"),
            ("source_url", "javascript:alert(1)"),
            ("source_url", "https://a b"),
            ("digest", "maybe"),
            ("copy_of", "Some Other"),
            ("id", "Con"),
            ("id", "a--b"),
        ] {
            assert_eq!(
                refused(key, value).code,
                "metadata-bad-value",
                "{key} {value}"
            );
        }
    }
}
