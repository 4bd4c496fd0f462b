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

use super::{Page, RenderError, Renderer, Sink, hand_over, route};
use crate::relate::{Corpus, Figure};
use serde_json::{Value, json};
use table::Table;

/// Hands over the data set's files.
pub(super) fn files(
    renderer: Renderer,
    corpus: &Corpus,
    sink: &mut dyn Sink,
) -> Result<(), RenderError> {
    let codebook = renderer.codebook;
    let cards = || corpus.reports.iter();
    let reports = reports::table();
    reports.write(cards(), sink)?;
    let observations = observations::table(&codebook.version);
    let figures = cards().flat_map(|card| card.figures.iter().map(move |one| (card, one)));
    let struck = cards().flat_map(|card| card.struck.iter().map(move |one| (card, one)));
    observations.write(figures.chain(struck), sink)?;
    let ratios = observations::ratios();
    let derived = cards().flat_map(|card| {
        let found = super::ratio::ratios(&card.figures);
        found.into_iter().map(move |one| (card, one))
    });
    ratios.write(derived, sink)?;
    let topics = topics::table();
    let named = cards().flat_map(|card| card.topics.iter().map(move |one| (card, one)));
    topics.write(named.clone(), sink)?;
    let passages = topics::passages();
    let struck = cards().flat_map(|card| card.struck_topics.iter().map(move |one| (card, one)));
    passages.write_each(sink, |row| {
        for (card, topic) in named.clone().chain(struck.clone()) {
            let named = topic.named.fetch(&card.id, renderer.shelf)?;
            for mention in named.into_owned().mentions {
                row(&(card, topic, mention))?;
            }
        }
        Ok(())
    })?;
    let entries = codebook::table();
    let indicators = codebook.indicators.iter().map(codebook::Entry::Indicator);
    let of_topics = codebook.topics.iter().map(codebook::Entry::Topic);
    entries.write(indicators.chain(of_topics), sink)?;
    let package = json!({
        "profile": "data-package",
        "name": "fangzhi-data",
        "title": renderer.title(),
        "version": renderer.site.edition,
        "edition": renderer.site.edition,
        "program": super::program(),
        "codebook": codebook.version,
        "resources": [
            reports.resource(),
            observations.resource(),
            ratios.resource(),
            topics.resource(),
            passages.resource(),
            entries.resource(),
        ],
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
