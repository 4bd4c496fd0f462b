//! `data/`: reports, figures, passages, topics and codebook as CSV (UTF-8 with a byte order mark,
//! for Excel) and JSON, described by a Frictionless data package (specs.frictionlessdata.io) and a
//! README, with a page that leads to them.
//!
//! Every table is long and tidy: a row an observation, no merged cells, empty means that the report
//! does not say it. A report that does not mention an indicator has no row: absence is never zero.
//! Files are written as their rows come; none is ever held whole.

mod codebook;
mod observations;
mod overview;
mod reports;
mod table;
mod topics;

use super::lists::Findings;
use super::{Page, RenderError, Renderer, Sink, hand_over, route};
use crate::relate::{Corpus, Figure, Index, ReportCard};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use table::Table;

/// A file of the data set, or all those that are small.
#[derive(Clone, Copy, Debug)]
pub(super) enum File {
    Passages,
    Observations,
    Topics,
    Rest,
}

impl File {
    /// All files, the largest first.
    pub(super) const ALL: [Self; 4] =
        [Self::Passages, Self::Observations, Self::Topics, Self::Rest];
}

/// Reports of which a table stands in one file; of more, a long table has a file a year.
const WHOLE: usize = 1000;

/// A long table of a year's reports, or of all.
pub(super) fn table_of(table: &str, corpus: &Corpus, year: Option<i32>) -> String {
    let split = corpus.reports.len() > WHOLE;
    match year.filter(|_| split) {
        Some(year) => format!("{table}-{year}"),
        None if split => format!("{table}-undated"),
        None => table.to_owned(),
    }
}

/// Whether a long table has a file a year.
pub(super) fn split(corpus: &Corpus) -> bool {
    corpus.reports.len() > WHOLE
}

/// The files of a long table, and the reports in each: all reports, copies and older versions too.
fn by_year(table: &str, corpus: &Corpus) -> BTreeMap<String, Vec<Index>> {
    let mut tables: BTreeMap<String, Vec<Index>> = BTreeMap::new();
    for (index, card) in (0..).zip(&corpus.reports) {
        let name = table_of(table, corpus, card.label.year);
        tables.entry(name).or_default().push(index);
    }
    if tables.is_empty() {
        tables.insert(table.to_owned(), Vec::new());
    }
    tables
}

/// Hands over one of the data set's files, as CSV and as JSON.
pub(super) fn file<'a>(
    renderer: Renderer<'a>,
    corpus: &'a Corpus,
    findings: &Findings,
    file: File,
    sink: &mut dyn Sink,
) -> Result<(), RenderError> {
    let book = renderer.codebook;
    let cards = || corpus.reports.iter();
    let each = |table| {
        let tables = by_year(table, corpus).into_iter();
        tables.map(|(name, of)| {
            let key = findings.sum(renderer, &name, of.iter().copied());
            (name, key, of)
        })
    };
    match file {
        File::Passages => each("passages").try_for_each(|(name, key, of)| {
            topics::passages(name).write_each(key, sink, |row| {
                let cards = || of.iter().map(|index| corpus.report(*index));
                let topics = |card: &'a ReportCard| card.topics.iter().map(move |one| (card, one));
                let struck =
                    |card: &'a ReportCard| card.struck_topics.iter().map(move |one| (card, one));
                for (card, topic) in cards().flat_map(topics).chain(cards().flat_map(struck)) {
                    let named = topic.named.fetch(&card.id, renderer.shelf)?;
                    for mention in named.into_owned().mentions {
                        row(&(card, topic, mention))?;
                    }
                }
                Ok(())
            })
        }),
        File::Observations => each("observations").try_for_each(|(name, key, of)| {
            let cards = || of.iter().map(|index| corpus.report(*index));
            let figures = cards().flat_map(|card| card.figures.iter().map(move |one| (card, one)));
            let struck = cards().flat_map(|card| card.struck.iter().map(move |one| (card, one)));
            let rows = figures.chain(struck);
            observations::table(name, &book.version).write(key, rows, sink)
        }),
        File::Topics => each("topics").try_for_each(|(name, key, of)| {
            let cards = of.iter().map(|index| corpus.report(*index));
            let rows = cards.flat_map(|card| card.topics.iter().map(move |one| (card, one)));
            topics::table(name).write(key, rows, sink)
        }),
        File::Rest => {
            reports::table().write(None, cards(), sink)?;
            let derived = cards().flat_map(|card| {
                let found = super::ratio::ratios(&card.figures, book);
                found.into_iter().map(move |one| (card, one))
            });
            observations::ratios().write(None, derived, sink)?;
            let indicators = book.indicators.iter().map(codebook::Entry::Indicator);
            let named = book.topics.iter().map(codebook::Entry::Topic);
            codebook::table().write(None, indicators.chain(named), sink)?;
            overview::page(renderer, corpus, sink)?;
            package(renderer, corpus, sink)
        }
    }
}

/// Hands over what describes the files.
fn package(renderer: Renderer, corpus: &Corpus, sink: &mut dyn Sink) -> Result<(), RenderError> {
    let book = renderer.codebook;
    let names = |table| by_year(table, corpus).into_keys();
    let mut resources = vec![reports::table().resource()];
    let observations = names("observations");
    resources.extend(observations.map(|name| observations::table(name, &book.version).resource()));
    resources.push(observations::ratios().resource());
    resources.extend(names("topics").map(|name| topics::table(name).resource()));
    resources.extend(names("passages").map(|name| topics::passages(name).resource()));
    resources.push(codebook::table().resource());
    let package = json!({
        "profile": "data-package",
        "name": "fangzhi-data",
        "title": renderer.title(),
        "version": renderer.site.edition,
        "edition": renderer.site.edition,
        "program": super::program(),
        "codebook": book.version,
        "resources": resources,
    });
    let package = serde_json::to_vec_pretty(&package).unwrap_or_default();
    for (path, bytes) in [
        ("data/datapackage.json", package),
        ("data/README.md", include_bytes!("README.md").to_vec()),
    ] {
        let path = path.to_owned();
        hand_over(Page { path, bytes }, sink)?;
    }
    Ok(())
}

/// Where a figure stands in the site.
fn place(report: &str, figure: &Figure) -> String {
    format!("{}#{}", route::report(report), figure.anchor)
}

impl<R> Table<'_, R> {
    /// The table's entry in the package.
    fn resource(&self) -> Value {
        let fields: Vec<Value> = self
            .columns
            .iter()
            .map(|column| {
                json!({
                    "name": column.name,
                    "type": column.kind.name(),
                    "description": column.meaning,
                })
            })
            .collect();
        let mut schema = json!({ "fields": fields, "missingValues": [""] });
        if let Some(key) = self.key {
            schema["primaryKey"] = json!([key]);
        }
        let foreign: Vec<Value> = self
            .refers
            .iter()
            .map(|(field, resource, to)| {
                json!({
                    "fields": [field],
                    "reference": { "resource": resource, "fields": [to] },
                })
            })
            .collect();
        if !foreign.is_empty() {
            schema["foreignKeys"] = json!(foreign);
        }
        json!({
            "name": self.name,
            "path": format!("{}.csv", self.name),
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8-sig",
            "profile": "tabular-data-resource",
            "schema": schema,
        })
    }
}
