//! `data/`: figures, passages, topics and codebook as CSV (UTF-8 with a byte order mark, for Excel)
//! and JSON, described by a Frictionless data package (specs.frictionlessdata.io) and a README.
//!
//! Every table is long and tidy: a row an observation, no merged cells, empty means that the report
//! does not say it. A report that does not mention an indicator has no row: absence is never zero.

use super::{Page, RenderError, Renderer, Sink, hand_over, route, stream};
use crate::code::{Capacity, Scope, State};
use crate::codebook::Codebook;
use crate::relate::{Corpus, Figure, ReportCard, TopicCard};
use crate::structure::Role;
use serde::Serialize;
use serde_json::{Value, json};

/// A row of `observations.csv`.
#[derive(Serialize)]
struct ObservationRow<'a> {
    report: &'a str,
    year: Option<i32>,
    region_code: Option<&'a str>,
    indicator: &'a str,
    state: &'static str,
    value: Option<String>,
    unit: Option<&'a str>,
    written: &'a str,
    approx: bool,
    at_least: bool,
    implied: bool,
    conflict: bool,
    parts_sum: Option<String>,
    period_start: Option<String>,
    period_end: Option<String>,
    cumulative_since: Option<String>,
    scope: Option<&'static str>,
    capacity: Option<&'static str>,
    corrected_by: Option<&'a str>,
    corrected_why: Option<&'a str>,
    sentence: &'a str,
    page: String,
    codebook: &'a str,
}

/// A row of `passages.csv`.
#[derive(Serialize)]
struct PassageRow<'a> {
    report: &'a str,
    topic: &'a str,
    part: &'static str,
    about: bool,
    paragraph: Option<u32>,
    words: &'a str,
    page: String,
    codebook: &'a str,
}

/// A row of `topics.csv`: a topic in a report.
#[derive(Serialize)]
struct TopicRow<'a> {
    report: &'a str,
    year: Option<i32>,
    region_code: Option<&'a str>,
    topic: &'a str,
    paragraphs: u32,
    about: u32,
    hits: u32,
    codebook: &'a str,
}

/// A row of `codebook.csv`.
#[derive(Serialize)]
struct EntryRow<'a> {
    kind: &'static str,
    id: &'a str,
    name_zh_hans: &'a str,
    name_en: &'a str,
    name_zh_hant: &'a str,
    group: Option<&'a str>,
    units: Option<String>,
    definition: &'a str,
    definition_en: &'a str,
    counts: Option<&'a str>,
    does_not_count: Option<&'a str>,
    patterns: String,
    breaks: String,
    codebook: &'a str,
}

/// Hands over the data set's files, `reports.csv` excepted.
pub(super) fn files(
    renderer: Renderer,
    corpus: &Corpus,
    sink: &mut dyn Sink,
) -> Result<(), RenderError> {
    let version = renderer.codebook.version.as_str();
    let observations = corpus.reports.iter().flat_map(|card| {
        card.figures
            .iter()
            .map(move |figure| observation(card, figure, version))
    });
    table("observations", observations, sink)?;
    let passages = corpus
        .reports
        .iter()
        .flat_map(|card| card.topics.iter().map(move |topic| (card, topic)))
        .flat_map(|(card, topic)| passages(card, topic, version));
    table("passages", passages, sink)?;
    let topics = corpus.reports.iter().flat_map(|card| {
        card.topics
            .iter()
            .map(move |topic| topic_row(card, topic, version))
    });
    table("topics", topics, sink)?;
    table("codebook", entries(renderer.codebook), sink)?;
    let package = serde_json::to_vec_pretty(&package(renderer)).unwrap_or_default();
    for (path, bytes) in [
        ("data/datapackage.json", package),
        ("data/README.md", include_bytes!("dataset.md").to_vec()),
    ] {
        let path = path.to_owned();
        hand_over(Page { path, bytes }, sink)?;
    }
    Ok(())
}

/// One table as CSV and as JSON, written as its rows come.
fn table<R: Serialize>(
    name: &str,
    rows: impl Iterator<Item = R> + Clone,
    sink: &mut dyn Sink,
) -> Result<(), RenderError> {
    // A table without rows has its columns all the same.
    let columns: Vec<&str> = columns(name).iter().map(|column| column.0).collect();
    stream(&format!("data/{name}.csv"), sink, &mut |out| {
        out.write_all(b"\xEF\xBB\xBF")?;
        let mut csv = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .has_headers(false)
            .from_writer(out);
        csv.write_record(&columns)?;
        for row in rows.clone() {
            csv.serialize(&row)?;
        }
        csv.flush()
    })?;
    stream(&format!("data/{name}.json"), sink, &mut |out| {
        out.write_all(b"[")?;
        for (at, row) in rows.clone().enumerate() {
            out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut *out, &row)?;
        }
        out.write_all(b"\n]\n")
    })
}

fn region_code(card: &ReportCard) -> Option<&str> {
    card.label
        .region
        .as_ref()
        .map(|region| region.code.as_str())
}

fn observation<'a>(
    card: &'a ReportCard,
    figure: &'a Figure,
    codebook: &'a str,
) -> ObservationRow<'a> {
    let one = &figure.observation;
    ObservationRow {
        report: &card.id,
        year: card.label.year,
        region_code: region_code(card),
        indicator: &one.indicator,
        state: match one.state {
            State::Value => "value",
            State::Zero => "zero",
            State::Unparsed => "unparsed",
        },
        value: one.value.map(|value| value.normalize().to_string()),
        unit: one.unit.as_deref(),
        written: &one.written,
        approx: one.approx,
        at_least: one.at_least,
        implied: one.implied,
        conflict: one.conflict,
        parts_sum: one
            .mismatch
            .as_ref()
            .map(|parts| parts.sum.normalize().to_string()),
        period_start: one.period.map(|period| period.start.to_string()),
        period_end: one.period.map(|period| period.end.to_string()),
        cumulative_since: one.cumulative_since.as_ref().map(ToString::to_string),
        scope: one.scope.map(|scope| match scope {
            Scope::OwnLevel => "own-level",
            Scope::System => "system",
            Scope::Area => "area",
        }),
        capacity: one.capacity.map(|capacity| match capacity {
            Capacity::ReconsiderationOrgan => "reconsideration-organ",
            Capacity::Respondent => "respondent",
            Capacity::Defendant => "defendant",
            Capacity::Court => "court",
        }),
        corrected_by: one
            .corrected
            .as_ref()
            .map(|corrected| corrected.who.as_str()),
        corrected_why: one
            .corrected
            .as_ref()
            .map(|corrected| corrected.why.as_str()),
        sentence: &figure.sentence,
        page: format!("{}#{}", route::report(&card.id), figure.anchor),
        codebook,
    }
}

fn passages<'a>(
    card: &'a ReportCard,
    topic: &'a TopicCard,
    codebook: &'a str,
) -> impl Iterator<Item = PassageRow<'a>> + Clone {
    topic.passages.iter().map(move |passage| PassageRow {
        report: &card.id,
        topic: &topic.topic,
        part: Role::id(passage.role),
        about: passage.about,
        paragraph: passage.number,
        words: &passage.words,
        page: format!("{}#{}", route::report(&card.id), passage.anchor),
        codebook,
    })
}

fn topic_row<'a>(card: &'a ReportCard, topic: &'a TopicCard, codebook: &'a str) -> TopicRow<'a> {
    TopicRow {
        report: &card.id,
        year: card.label.year,
        region_code: region_code(card),
        topic: &topic.topic,
        paragraphs: topic.paragraphs,
        about: topic.about,
        hits: topic.hits,
        codebook,
    }
}

fn entries(codebook: &Codebook) -> impl Iterator<Item = EntryRow<'_>> + Clone {
    let indicators = codebook.indicators.iter().map(|one| EntryRow {
        kind: "indicator",
        id: &one.id,
        name_zh_hans: &one.names.hans,
        name_en: &one.names.en,
        name_zh_hant: &one.names.hant,
        group: Some(&one.group),
        units: Some(one.units.join(" ")),
        definition: &one.definition.hans,
        definition_en: &one.definition.en,
        counts: Some(&one.counts.hans),
        does_not_count: Some(&one.does_not_count.hans),
        patterns: one.patterns.join("\n"),
        breaks: one
            .breaks
            .iter()
            .map(|one| format!("{} {}", one.date, one.reason.hans))
            .collect::<Vec<_>>()
            .join("\n"),
        codebook: &codebook.version,
    });
    let topics = codebook.topics.iter().map(|one| EntryRow {
        kind: "topic",
        id: &one.id,
        name_zh_hans: &one.names.hans,
        name_en: &one.names.en,
        name_zh_hant: &one.names.hant,
        group: None,
        units: None,
        definition: &one.definition.hans,
        definition_en: &one.definition.en,
        counts: None,
        does_not_count: None,
        patterns: one.terms.join("\n"),
        breaks: String::new(),
        codebook: &codebook.version,
    });
    indicators.chain(topics)
}

/// A column: name, Frictionless type, meaning.
type Column = (&'static str, &'static str, &'static str);

/// The columns of a table, in order.
fn columns(table: &str) -> &'static [Column] {
    match table {
        "observations" => &[
            ("report", "string", "the report's id: a row of reports.csv"),
            ("year", "integer", "the year reported on"),
            ("region_code", "string", "GB/T 2260 code of the place"),
            (
                "indicator",
                "string",
                "the indicator's id: a row of codebook.csv",
            ),
            (
                "state",
                "string",
                "value, zero (stated to be none) or unparsed (a number is lost)",
            ),
            (
                "value",
                "number",
                "the number; 万 and 亿 expanded, money in 元, shares 0 to 100",
            ),
            (
                "unit",
                "string",
                "the unit as written; money is 元, shares are %",
            ),
            ("written", "string", "the number as written"),
            ("approx", "boolean", "余, 多, 近, 约, 左右"),
            ("at_least", "boolean", "以上, 超过"),
            (
                "implied",
                "boolean",
                "by the sense (均维持), not by a number of its own",
            ),
            (
                "conflict",
                "boolean",
                "the report also gives another number",
            ),
            (
                "parts_sum",
                "number",
                "what the stated parts add up to, where it is not this total",
            ),
            (
                "period_start",
                "date",
                "first day counted, where it is not the report's year",
            ),
            (
                "period_end",
                "date",
                "last day counted, where it is not the report's year",
            ),
            (
                "cumulative_since",
                "string",
                "since when counted up, a day or the report's words",
            ),
            (
                "scope",
                "string",
                "own-level, system or area; empty where unstated",
            ),
            (
                "capacity",
                "string",
                "reconsideration-organ, respondent, defendant or court",
            ),
            ("corrected_by", "string", "the keeper who corrected it"),
            ("corrected_why", "string", "the reason"),
            ("sentence", "string", "the sentence it stands in"),
            ("page", "string", "its place in the site"),
            ("codebook", "string", "the codebook's version"),
        ],
        "passages" => &[
            ("report", "string", "the report's id"),
            ("topic", "string", "the topic's id"),
            ("part", "string", "the part of the report it stands in"),
            (
                "about",
                "boolean",
                "the paragraph is about the topic rather than naming it",
            ),
            ("paragraph", "integer", "the paragraph's number"),
            ("words", "string", "the words around"),
            ("page", "string", "its place in the site"),
            ("codebook", "string", "the codebook's version"),
        ],
        "topics" => &[
            ("report", "string", "the report's id"),
            ("year", "integer", "the year reported on"),
            ("region_code", "string", "GB/T 2260 code of the place"),
            ("topic", "string", "the topic's id"),
            ("paragraphs", "integer", "paragraphs that name it"),
            ("about", "integer", "of these, paragraphs that are about it"),
            ("hits", "integer", "places in the text"),
            ("codebook", "string", "the codebook's version"),
        ],
        _ => &[
            ("kind", "string", "indicator or topic"),
            ("id", "string", "its id"),
            ("name_zh_hans", "string", "name, Simplified Chinese"),
            ("name_en", "string", "name, English"),
            ("name_zh_hant", "string", "name, Traditional Chinese"),
            ("group", "string", "the indicators' group"),
            (
                "units",
                "string",
                "units that are the same measure, parted by blanks",
            ),
            ("definition", "string", "what it is"),
            ("definition_en", "string", "what it is, in English"),
            ("counts", "string", "what counts as it"),
            ("does_not_count", "string", "what does not"),
            ("patterns", "string", "wordings, one a line"),
            (
                "breaks",
                "string",
                "days on which its meaning changed, one a line",
            ),
            ("codebook", "string", "the codebook's version"),
        ],
    }
}

/// The package's description. Tables refer to reports.csv, which describes itself by its header.
fn package(renderer: Renderer) -> Value {
    let resource = |name: &str, key: Option<&str>| {
        let fields: Vec<Value> = columns(name)
            .iter()
            .map(|(name, kind, meaning)| json!({ "name": name, "type": kind, "description": meaning }))
            .collect();
        let mut schema = json!({ "fields": fields, "missingValues": [""] });
        if let Some(key) = key {
            schema["primaryKey"] = json!([key]);
        }
        json!({
            "name": name,
            "path": format!("{name}.csv"),
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8-sig",
            "profile": "tabular-data-resource",
            "schema": schema,
        })
    };
    json!({
        "profile": "data-package",
        "name": "fangzhi-data",
        "title": renderer.site.title,
        "version": renderer.codebook.version,
        "resources": [
            resource("observations", None),
            resource("passages", None),
            resource("topics", None),
            resource("codebook", Some("id")),
        ],
    })
}
