//! Two built sites → what differs between them: reports, and the values found in them.
//!
//! In: the sites' folders, of which only `data/` is read. Out: a [`Diff`], in the order of the
//! reports' ids. A value that changed has both sentences and what can have caused it. Never: a cause
//! is guessed at; where several can be, all are named, and where none can, it is said.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

/// Why two folders cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    /// A site's file is not there, or is none.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A site's file holds something else.
    #[error("{path} is not as a build writes it")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Where it is not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl DiffError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "name two built sites: folders with a data/ in them",
            Self::Foreign { .. } => "build that site again",
        }
    }
}

/// What a site says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Edition {
    /// The site's edition.
    pub edition: String,
    /// The program that built it, with its version.
    pub program: String,
    /// The version of its codebook.
    pub codebook: String,
}

/// What a site's `datapackage.json` tells.
#[derive(Deserialize)]
struct Package {
    #[serde(flatten)]
    edition: Edition,
    resources: Vec<Resource>,
}

/// A table of it.
#[derive(Deserialize)]
struct Resource {
    name: String,
}

/// A value that a site gives: a row of its `observations`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)] // The columns are described in the sites' datapackage.json.
pub struct Value {
    #[serde(skip_serializing)]
    pub report: String,
    #[serde(skip_serializing)]
    pub indicator: String,
    pub state: String,
    pub value: String,
    pub unit: String,
    pub written: String,
    pub approx: String,
    pub at_least: String,
    pub implied: String,
    pub conflict: String,
    pub period_start: String,
    pub period_end: String,
    pub cumulative_since: String,
    pub scope: String,
    pub capacity: String,
    pub corrected_by: String,
    pub corrected_why: String,
    pub sentence: String,
    /// Its place in the site.
    pub page: String,
}

impl Value {
    /// Whether it is the same value; it may stand elsewhere, and in other words.
    fn is_same(&self, other: &Self) -> bool {
        Self {
            page: other.page.clone(),
            sentence: other.sentence.clone(),
            ..self.clone()
        } == *other
    }

    /// What it measures, besides the indicator: two values that agree in it are of one thing.
    fn measure(&self) -> [&String; 6] {
        [
            &self.unit,
            &self.scope,
            &self.capacity,
            &self.period_start,
            &self.period_end,
            &self.cumulative_since,
        ]
    }
}

/// What can make a value differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The report's words.
    Text,
    /// The codebook.
    Codebook,
    /// The keeper's correction of this value.
    Correction,
    /// What the keeper says of the report, or what was inferred of it: its year, place, issuer.
    Metadata,
    /// The program's version.
    Program,
}

impl Cause {
    /// Its name, as in the JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Codebook => "codebook",
            Self::Correction => "correction",
            Self::Metadata => "metadata",
            Self::Program => "program",
        }
    }
}

/// A report that is in both sites and not the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedReport {
    /// Its id.
    pub id: String,
    /// Whether its words differ.
    pub text: bool,
    /// Whether its file differs.
    pub file: bool,
    /// What is said of it and differs: column, old, new.
    pub fields: Vec<(String, String, String)>,
}

/// A report that is in one of the sites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedReport {
    /// Its id.
    pub id: String,
    /// Its title; blank where it has none.
    pub title: String,
    /// The id under which a report of the same words is in the other site only.
    pub moved: Option<String>,
}

/// A value of a report that is in both sites, and is not in both or not the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedValue {
    /// The report's id.
    pub report: String,
    /// The indicator's id.
    pub indicator: String,
    /// The value in the old site; none where it is new.
    pub old: Option<Value>,
    /// The value in the new site; none where it is gone.
    pub new: Option<Value>,
    /// What can have caused it; nothing where the sites do not tell.
    pub causes: Vec<Cause>,
}

/// What differs between two sites.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// The old site.
    pub old: Edition,
    /// The new site.
    pub new: Edition,
    /// Reports that are in the new site only.
    pub added: Vec<NamedReport>,
    /// Reports that are in the old site only.
    pub gone: Vec<NamedReport>,
    /// Reports that differ.
    pub changed: Vec<ChangedReport>,
    /// Values that differ, of reports that are in both.
    pub values: Vec<ChangedValue>,
}

impl Diff {
    /// Whether the sites say the same.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
            && self.gone.is_empty()
            && self.changed.is_empty()
            && self.values.is_empty()
    }
}

type Row = BTreeMap<String, String>;

/// A site's data.
struct Data {
    edition: Edition,
    reports: BTreeMap<String, Row>,
    values: BTreeMap<String, Vec<Value>>,
}

/// Columns that are compared on their own, or that follow from others.
const APART: [&str; 4] = ["id", "sha256", "text_sha256", "page"];

/// Compares the sites at `old` and `new`.
///
/// # Errors
/// Where one of them has no data, or not such as a build writes.
pub fn diff(old: &Path, new: &Path) -> Result<Diff, DiffError> {
    let (mut old, mut new) = (Data::read(old)?, Data::read(new)?);
    let mut diff = Diff {
        added: only_in(&new, &old),
        gone: only_in(&old, &new),
        ..Diff::default()
    };
    for (id, row) in &new.reports {
        let Some(before) = old.reports.get(id) else {
            continue;
        };
        let report = changed_report(id, before, row);
        let was = old.values.remove(id).unwrap_or_default();
        let is = new.values.remove(id).unwrap_or_default();
        let corrected = corrections(&was) != corrections(&is);
        for (old_value, new_value) in pairs(was, is) {
            let either = old_value.as_ref().or(new_value.as_ref());
            let indicator = either.map_or_else(String::new, |value| value.indicator.clone());
            let mut causes = causes(
                &report,
                (&old.edition, &new.edition),
                old_value.as_ref(),
                new_value.as_ref(),
            );
            // What a keeper says of one value can settle what others were held against.
            if causes.is_empty() && corrected {
                causes.push(Cause::Correction);
            }
            diff.values.push(ChangedValue {
                report: id.clone(),
                indicator,
                old: old_value,
                new: new_value,
                causes,
            });
        }
        if report.text || report.file || !report.fields.is_empty() {
            diff.changed.push(report);
        }
    }
    (diff.old, diff.new) = (old.edition, new.edition);
    Ok(diff)
}

/// What keepers say of a report's values.
fn corrections(values: &[Value]) -> Vec<(&str, &str)> {
    let mut said: Vec<(&str, &str)> = values
        .iter()
        .filter(|value| !value.corrected_by.is_empty() || !value.corrected_why.is_empty())
        .map(|value| (value.corrected_by.as_str(), value.corrected_why.as_str()))
        .collect();
    said.sort_unstable();
    said
}

impl Data {
    fn read(site: &Path) -> Result<Self, DiffError> {
        let path = site.join("data/datapackage.json");
        let package: Package =
            serde_json::from_reader(open(&path)?).map_err(|source| DiffError::Foreign {
                path,
                source: source.into(),
            })?;
        let rows: Vec<Row> = table(&site.join("data/reports.csv"))?;
        let mut values = BTreeMap::<String, Vec<Value>>::new();
        // Of many reports, a file a year.
        let names = package.resources.iter().map(|resource| &resource.name);
        for name in names.filter(|name| name.starts_with("observations")) {
            let found: Vec<Value> = table(&site.join(format!("data/{name}.csv")))?;
            for value in found {
                values.entry(value.report.clone()).or_default().push(value);
            }
        }
        let reports = rows
            .into_iter()
            .map(|row| (cell(&row, "id").to_owned(), row))
            .collect();
        Ok(Self {
            edition: package.edition,
            reports,
            values,
        })
    }
}

fn open(path: &Path) -> Result<BufReader<File>, DiffError> {
    File::open(path)
        .map(BufReader::new)
        .map_err(|source| DiffError::Unreadable {
            path: path.to_owned(),
            source,
        })
}

/// A table's rows.
fn table<R: DeserializeOwned>(path: &Path) -> Result<Vec<R>, DiffError> {
    let mut rows = csv::Reader::from_reader(open(path)?);
    let rows: Result<Vec<R>, csv::Error> = rows.deserialize().collect();
    rows.map_err(|source| DiffError::Foreign {
        path: path.to_owned(),
        source: source.into(),
    })
}

fn cell<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).map_or("", String::as_str)
}

/// The reports of `here` that `there` has not.
fn only_in(here: &Data, there: &Data) -> Vec<NamedReport> {
    let words: BTreeMap<&str, &String> = there
        .reports
        .iter()
        .filter(|(id, _)| !here.reports.contains_key(*id))
        .map(|(id, row)| (cell(row, "text_sha256"), id))
        .collect();
    here.reports
        .iter()
        .filter(|(id, _)| !there.reports.contains_key(*id))
        .map(|(id, row)| NamedReport {
            id: id.clone(),
            title: cell(row, "title").to_owned(),
            moved: words
                .get(cell(row, "text_sha256"))
                .filter(|_| !cell(row, "text_sha256").is_empty())
                .map(|id| (*id).clone()),
        })
        .collect()
}

fn changed_report(id: &str, old: &Row, new: &Row) -> ChangedReport {
    let differs = |column| cell(old, column) != cell(new, column);
    let fields = new
        .keys()
        .filter(|column| !APART.contains(&column.as_str()))
        // A column that one of the sites has not says nothing of the report.
        .filter(|column| old.contains_key(*column) && differs(column))
        .map(|column| {
            let (old, new) = (cell(old, column), cell(new, column));
            (column.clone(), old.to_owned(), new.to_owned())
        })
        .collect();
    let both_have_words = [old, new].map(|row| row.contains_key("text_sha256")) == [true; 2];
    ChangedReport {
        id: id.to_owned(),
        text: differs(if both_have_words {
            "text_sha256"
        } else {
            "sha256"
        }),
        file: differs("sha256"),
        fields,
    }
}

type Pair = (Option<Value>, Option<Value>);

/// What differs between a report's old and new values, those of one thing side by side.
fn pairs(old: Vec<Value>, new: Vec<Value>) -> Vec<Pair> {
    let indicators: BTreeSet<String> = old
        .iter()
        .chain(&new)
        .map(|value| value.indicator.clone())
        .collect();
    let (mut old, mut new) = (by_indicator(old), by_indicator(new));
    let mut all = Vec::new();
    for indicator in indicators {
        let mut was = old.remove(&indicator).unwrap_or_default();
        let mut is = new.remove(&indicator).unwrap_or_default();
        matched(&mut was, &mut is, |a, b| {
            a.is_same(b) && a.sentence == b.sentence
        });
        matched(&mut was, &mut is, Value::is_same);
        let mut together = matched(&mut was, &mut is, |a, b| {
            a.sentence == b.sentence && a.measure() == b.measure()
        });
        together.extend(matched(&mut was, &mut is, |a, b| {
            a.measure() == b.measure()
        }));
        together.extend(matched(&mut was, &mut is, |a, b| a.sentence == b.sentence));
        all.extend(together.into_iter().map(|(a, b)| (Some(a), Some(b))));
        all.extend(was.into_iter().map(|value| (Some(value), None)));
        all.extend(is.into_iter().map(|value| (None, Some(value))));
    }
    all
}

fn by_indicator(values: Vec<Value>) -> BTreeMap<String, Vec<Value>> {
    let mut all = BTreeMap::<String, Vec<Value>>::new();
    for value in values {
        all.entry(value.indicator.clone()).or_default().push(value);
    }
    all
}

/// Takes out, in order, each old value with the first new one that belongs to it.
fn matched(
    old: &mut Vec<Value>,
    new: &mut Vec<Value>,
    belongs: impl Fn(&Value, &Value) -> bool,
) -> Vec<(Value, Value)> {
    let mut together = Vec::new();
    old.retain(|was| match new.iter().position(|is| belongs(was, is)) {
        Some(at) => {
            together.push((was.clone(), new.remove(at)));
            false
        }
        None => true,
    });
    together
}

/// What can have caused a value's change. A correction is the keeper's word, and the cause. Else all
/// that differs can be; the report's words only where the sentence is not the same, or where nothing
/// else differs.
fn causes(
    report: &ChangedReport,
    (old_site, new_site): (&Edition, &Edition),
    old: Option<&Value>,
    new: Option<&Value>,
) -> Vec<Cause> {
    let by = |value: Option<&Value>| {
        value.map(|value| (value.corrected_by.clone(), value.corrected_why.clone()))
    };
    if by(old).unwrap_or_default() != by(new).unwrap_or_default() {
        return vec![Cause::Correction];
    }
    let mut causes = Vec::new();
    if report.text {
        causes.push(Cause::Text);
    }
    if old_site.codebook != new_site.codebook {
        causes.push(Cause::Codebook);
    }
    let identity = [
        "year",
        "period_start",
        "period_end",
        "region_code",
        "issuer",
        "issuer_type",
        "level",
        "genre",
    ];
    if report
        .fields
        .iter()
        .any(|(column, ..)| identity.contains(&column.as_str()))
    {
        causes.push(Cause::Metadata);
    }
    if old_site.program != new_site.program {
        causes.push(Cause::Program);
    }
    let same_sentence =
        matches!((old, new), (Some(old), Some(new)) if old.sentence == new.sentence);
    if same_sentence && causes.len() > 1 {
        causes.retain(|cause| *cause != Cause::Text);
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(number: &str, sentence: &str) -> Value {
        Value {
            report: "yunxi-2023".into(),
            indicator: "cases".into(),
            state: "value".into(),
            value: number.into(),
            sentence: sentence.into(),
            ..Value::default()
        }
    }

    fn report(text: bool, fields: &[&str]) -> ChangedReport {
        ChangedReport {
            id: "yunxi-2023".into(),
            text,
            file: text,
            fields: fields
                .iter()
                .map(|name| ((*name).to_owned(), String::new(), "x".into()))
                .collect(),
        }
    }

    fn site(codebook: &str, program: &str) -> Edition {
        Edition {
            edition: String::new(),
            program: program.into(),
            codebook: codebook.into(),
        }
    }

    #[test]
    fn values_of_one_thing_stand_side_by_side() {
        let moved = Value {
            page: "elsewhere".into(),
            ..value("3", "今年三件。")
        };
        let yearly = Value {
            scope: "system".into(),
            ..value("9", "全系统九件。")
        };
        let found = pairs(
            vec![value("3", "三件。"), value("5", "五件。"), yearly.clone()],
            vec![moved, value("6", "六件。")],
        );
        assert_eq!(
            found,
            [
                (Some(value("5", "五件。")), Some(value("6", "六件。"))),
                (Some(yearly), None),
            ]
        );
    }

    #[test]
    fn a_cause_is_named_where_it_can_be_one_and_none_is_guessed() {
        use Cause::{Codebook, Correction, Metadata, Program, Text};
        let (one, other) = (value("3", "三件。"), value("5", "五件。"));
        let same_words = value("5", "三件。");
        let corrected = Value {
            corrected_by: "某".into(),
            ..same_words.clone()
        };
        for (report, sites, new, expected) in [
            (
                report(true, &[]),
                (site("1", "a"), site("1", "a")),
                &other,
                vec![Text],
            ),
            (
                report(true, &[]),
                (site("1", "a"), site("2", "a")),
                &other,
                vec![Text, Codebook],
            ),
            (
                report(true, &[]),
                (site("1", "a"), site("2", "a")),
                &same_words,
                vec![Codebook],
            ),
            (
                report(true, &[]),
                (site("1", "a"), site("1", "a")),
                &same_words,
                vec![Text],
            ),
            (
                report(false, &["year"]),
                (site("1", "a"), site("1", "b")),
                &same_words,
                vec![Metadata, Program],
            ),
            (
                report(true, &["year"]),
                (site("1", "a"), site("2", "b")),
                &corrected,
                vec![Correction],
            ),
            (
                report(false, &["title"]),
                (site("1", "a"), site("1", "a")),
                &same_words,
                vec![],
            ),
        ] {
            let found = causes(&report, (&sites.0, &sites.1), Some(&one), Some(new));
            assert_eq!(found, expected);
        }
    }
}
