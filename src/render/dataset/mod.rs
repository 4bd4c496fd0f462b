//! `data/`: reports, figures, passages, topics and codebook as CSV (UTF-8 with a byte order mark,
//! for Excel) and JSON, described by a Frictionless data package (specs.frictionlessdata.io) and a
//! README.
//!
//! Every table is long and tidy: a row an observation, no merged cells, empty means that the report
//! does not say it. A report that does not mention an indicator has no row: absence is never zero.
//! Files are written as their rows come; none is ever held whole.

mod codebook;
mod observations;
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

/// Reports whose passages stand in one file; of more, a file has those of a year.
const WHOLE: usize = 1000;

/// The tables of passages, and whose passages each has: of all reports, copies and older versions too.
fn passages(corpus: &Corpus) -> Vec<(String, Vec<Index>)> {
    let split = corpus.reports.len() > WHOLE;
    let mut tables: BTreeMap<String, Vec<Index>> = BTreeMap::new();
    for (index, card) in (0..).zip(&corpus.reports) {
        let name = match card.label.year.filter(|_| split) {
            Some(year) => format!("passages-{year}"),
            None if split => "passages-undated".to_owned(),
            None => "passages".to_owned(),
        };
        tables.entry(name).or_default().push(index);
    }
    tables.into_iter().collect()
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
    match file {
        File::Passages => passages(corpus).into_iter().try_for_each(|(name, of)| {
            let key = findings.sum(renderer, &name, of.iter().copied());
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
        File::Observations => {
            let figures = cards().flat_map(|card| card.figures.iter().map(move |one| (card, one)));
            let struck = cards().flat_map(|card| card.struck.iter().map(move |one| (card, one)));
            observations::table(&book.version).write(figures.chain(struck), sink)
        }
        File::Topics => {
            let topics = cards().flat_map(|card| card.topics.iter().map(move |one| (card, one)));
            topics::table().write(topics, sink)
        }
        File::Rest => {
            reports::table().write(cards(), sink)?;
            let derived = cards().flat_map(|card| {
                let found = super::ratio::ratios(&card.figures);
                found.into_iter().map(move |one| (card, one))
            });
            observations::ratios().write(derived, sink)?;
            let indicators = book.indicators.iter().map(codebook::Entry::Indicator);
            let named = book.topics.iter().map(codebook::Entry::Topic);
            codebook::table().write(indicators.chain(named), sink)?;
            package(renderer, corpus, sink)
        }
    }
}

/// Hands over what describes the files.
fn package(renderer: Renderer, corpus: &Corpus, sink: &mut dyn Sink) -> Result<(), RenderError> {
    let book = renderer.codebook;
    let mut resources = vec![
        reports::table().resource(),
        observations::table(&book.version).resource(),
        observations::ratios().resource(),
        topics::table().resource(),
    ];
    let passages = passages(corpus).into_iter();
    resources.extend(passages.map(|(name, _)| topics::passages(name).resource()));
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
