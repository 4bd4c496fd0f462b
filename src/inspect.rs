//! What the program understood of a file: the inspect record for programs, and the same in words
//! for a keeper who wants to know why.
//!
//! Takes a [`Report`]; gives back a [`Record`] (one JSON object, its spans counted in Unicode scalar
//! values of `text`) or lines of text. Nothing is decided here.

use crate::code::{Observation, Scope, State};
use crate::codebook::Capacity;
use crate::diagnostic;
use crate::evidence::{Evidence, Fact, Span};
use crate::identify::{Date, Genre, IssuerType, Period, Script, SourceClass};
use crate::quantity::Decimal;
use crate::report::Report;
use crate::structure::Role;
use crate::{decode::Format, gazetteer::RegionLevel};
use serde::Serialize;
use std::fmt::Write as _;

/// What was understood of a file, as `fangzhi inspect --json` prints it. What a report does not say
/// is null.
#[derive(Clone, Debug, Serialize)]
#[expect(
    missing_docs,
    reason = "the fields are the report's own, under the names of its types"
)]
pub struct Record<'a> {
    pub id: &'a str,
    pub source: RecordSource<'a>,
    pub genre: Genre,
    pub title: Option<&'a str>,
    pub issuer: Option<&'a str>,
    pub issuer_type: Option<IssuerType>,
    pub region: Option<RecordRegion<'a>>,
    pub year: Option<i32>,
    pub period: Option<String>,
    pub published: Option<String>,
    pub signed: Option<String>,
    pub doc_number: Option<&'a str>,
    pub index_number: Option<&'a str>,
    pub script: Option<Script>,
    /// The clean text, one heading or paragraph a line.
    pub text: &'a str,
    pub outline: Vec<RecordHeading<'a>>,
    pub parts: Vec<RecordPart>,
    /// Lines set aside.
    pub furniture: Vec<&'a str>,
    pub observations: Vec<RecordObservation<'a>>,
    pub topics: Vec<RecordTopic<'a>>,
    pub diagnostics: Vec<RecordDiagnostic<'a>>,
}

/// Where the text came from.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "as in Provenance")]
pub struct RecordSource<'a> {
    pub path: &'a str,
    pub sha256: &'a str,
    pub format: Format,
    pub encoding: &'a str,
    /// In percent.
    pub encoding_confidence: u8,
    pub class: Option<SourceClass>,
}

/// The place.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "as in Region")]
pub struct RecordRegion<'a> {
    pub code: &'a str,
    pub name: &'a str,
    pub level: RegionLevel,
    pub province: &'a str,
}

/// A heading.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "as in Section")]
pub struct RecordHeading<'a> {
    pub level: u8,
    pub marker: Option<&'a str>,
    pub lost_marker: Option<&'a str>,
    pub title: &'a str,
    pub role: Role,
    pub span: [usize; 2],
}

/// A part.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "as in Part")]
pub struct RecordPart {
    pub role: Role,
    pub span: [usize; 2],
}

/// A figure.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "as in Observation")]
pub struct RecordObservation<'a> {
    pub indicator: &'a str,
    pub state: State,
    pub value: Option<serde_json::Number>,
    pub unit: Option<&'a str>,
    pub written: &'a str,
    pub approx: bool,
    pub at_least: bool,
    pub implied: bool,
    pub conflict: bool,
    pub period: Option<String>,
    pub cumulative_since: Option<String>,
    pub scope: Option<Scope>,
    pub capacity: Option<Capacity>,
    pub sentence: &'a str,
    pub span: [usize; 2],
}

/// A topic with its passages.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "as in Passage")]
pub struct RecordTopic<'a> {
    pub topic: &'a str,
    pub passages: Vec<[usize; 2]>,
}

/// A diagnostic.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "as in Diagnostic")]
pub struct RecordDiagnostic<'a> {
    pub level: diagnostic::Level,
    pub code: &'a str,
    pub message: &'a str,
    pub line: Option<u32>,
}

/// Counts bytes of the text in Unicode scalar values, a table instead of a walk for each span.
struct Scalars(Vec<u32>);

impl Scalars {
    fn of(text: &str) -> Self {
        let mut count = 0;
        let mut table: Vec<u32> = text
            .bytes()
            .map(|byte| {
                let before = count;
                count += u32::from(byte & 0xC0 != 0x80);
                before
            })
            .collect();
        table.push(count);
        Self(table)
    }

    fn span(&self, span: Span) -> [usize; 2] {
        [
            self.0[span.start as usize] as usize,
            self.0[span.end as usize] as usize,
        ]
    }
}

/// The record of a report.
pub fn record(report: &Report) -> Record<'_> {
    let identity = &report.identity;
    let text = &report.document.text.text;
    let scalars = Scalars::of(text);
    let mut topics: Vec<RecordTopic> = Vec::new();
    for passage in &report.passages {
        let span = scalars.span(passage.span);
        match topics.iter_mut().find(|topic| topic.topic == passage.topic) {
            Some(topic) => topic.passages.push(span),
            None => topics.push(RecordTopic {
                topic: &passage.topic,
                passages: vec![span],
            }),
        }
    }
    Record {
        id: &report.id,
        source: RecordSource {
            path: &report.source.path,
            sha256: &report.source.sha256,
            format: report.source.format,
            encoding: &report.source.encoding.name,
            encoding_confidence: report.source.encoding.confidence.0,
            class: value(identity.source_class.as_ref()),
        },
        genre: value(identity.genre.as_ref()).unwrap_or(Genre::Other),
        title: words(identity.title.as_ref()),
        issuer: words(identity.issuer.as_ref()),
        issuer_type: value(identity.issuer_type.as_ref()),
        region: identity.region.as_ref().map(|region| RecordRegion {
            code: &region.value.code,
            name: &region.value.name,
            level: region.value.level,
            province: region.value.province(),
        }),
        year: value(identity.year.as_ref()),
        period: identity
            .period
            .as_ref()
            .map(|found| period(&found.value))
            .or_else(|| identity.year.as_ref().map(|year| year.value.to_string())),
        published: identity
            .published
            .as_ref()
            .map(|date| date.value.to_string()),
        signed: identity.signed.as_ref().map(|date| date.value.to_string()),
        doc_number: words(identity.doc_number.as_ref()),
        index_number: words(identity.index_number.as_ref()),
        script: value(identity.script.as_ref()),
        text,
        outline: report
            .document
            .sections
            .iter()
            .map(|section| RecordHeading {
                level: section.level,
                marker: section.marker.as_deref(),
                lost_marker: section.lost_marker.as_deref(),
                title: section.title.of(text),
                role: section.role,
                span: scalars.span(section.span),
            })
            .collect(),
        parts: report
            .document
            .parts
            .iter()
            .map(|part| RecordPart {
                role: part.role,
                span: scalars.span(part.span),
            })
            .collect(),
        furniture: report
            .document
            .text
            .furniture
            .iter()
            .map(|line| line.text.as_str())
            .collect(),
        observations: report
            .observations
            .iter()
            .map(|observation| observed(observation, text, &scalars))
            .collect(),
        topics,
        diagnostics: report
            .diagnostics
            .iter()
            .map(|diagnostic| RecordDiagnostic {
                level: diagnostic.level,
                code: &diagnostic.code,
                message: &diagnostic.message,
                line: diagnostic.line,
            })
            .collect(),
    }
}

fn observed<'a>(
    observation: &'a Observation,
    text: &'a str,
    scalars: &Scalars,
) -> RecordObservation<'a> {
    RecordObservation {
        indicator: &observation.indicator,
        state: observation.state,
        value: observation.value.as_ref().map(number),
        unit: observation.unit.as_deref(),
        written: &observation.written,
        approx: observation.approx,
        at_least: observation.at_least,
        implied: observation.implied,
        conflict: observation.conflict,
        period: observation.period.as_ref().map(period),
        cumulative_since: observation
            .cumulative_since
            .as_ref()
            .map(ToString::to_string),
        scope: observation.scope,
        capacity: observation.capacity,
        sentence: observation.sentence.of(text),
        span: scalars.span(observation.span),
    }
}

/// The exact decimal as a JSON number: its digits are the number's own.
fn number(value: &Decimal) -> serde_json::Number {
    let digits = value.to_string();
    match digits.parse::<i64>() {
        Ok(whole) => whole.into(),
        Err(_) => digits
            .parse::<f64>()
            .ok()
            .and_then(serde_json::Number::from_f64)
            .unwrap_or_else(|| 0.into()),
    }
}

/// `2023` for a whole year, `2023-01..2023-11` for whole months, else both days.
fn period(period: &Period) -> String {
    let (start, end) = (period.start, period.end);
    let months = start.day == 1 && Date::new(end.year, end.month, end.day + 1).is_none();
    if months && start.year == end.year && start.month == 1 && end.month == 12 {
        format!("{}", start.year)
    } else if months {
        format!(
            "{:04}-{:02}..{:04}-{:02}",
            start.year, start.month, end.year, end.month
        )
    } else {
        format!("{start}..{end}")
    }
}

fn value<T: Copy>(fact: Option<&Fact<T>>) -> Option<T> {
    fact.map(|fact| fact.value)
}

fn words(fact: Option<&Fact<String>>) -> Option<&str> {
    fact.map(|fact| fact.value.as_str())
}

/// The report in words: every fact with how and where it was found and how sure the program is,
/// the outline, what was set aside, what there is to tell.
pub fn explain(report: &Report) -> String {
    let mut out = String::new();
    let identity = &report.identity;
    let _ = writeln!(out, "{}  ({})", report.source.path, report.id);
    let _ = writeln!(
        out,
        "  encoding      {}, {} ({}%)",
        report.source.encoding.name,
        if report.source.encoding.declared {
            "declared"
        } else {
            "detected"
        },
        report.source.encoding.confidence.0
    );
    let mut facts = Facts {
        out: &mut out,
        report,
    };
    facts.line("genre", identity.genre.as_ref(), |genre| name(*genre));
    facts.line("title", identity.title.as_ref(), Clone::clone);
    facts.line("issuer", identity.issuer.as_ref(), Clone::clone);
    if identity.issuer_resolved.is_some() {
        facts.line("  that is", identity.issuer_resolved.as_ref(), Clone::clone);
    }
    facts.line("issuer type", identity.issuer_type.as_ref(), |kind| {
        name(*kind)
    });
    facts.line("line", identity.line.as_ref(), Clone::clone);
    facts.line("region", identity.region.as_ref(), |region| {
        format!(
            "{} {} ({}, {})",
            region.code,
            region.name,
            region.province(),
            name(region.level)
        )
    });
    facts.line("year", identity.year.as_ref(), ToString::to_string);
    facts.line("period", identity.period.as_ref(), period);
    facts.line(
        "published",
        identity.published.as_ref(),
        ToString::to_string,
    );
    facts.line("signed", identity.signed.as_ref(), ToString::to_string);
    facts.line("doc number", identity.doc_number.as_ref(), Clone::clone);
    facts.line("index number", identity.index_number.as_ref(), Clone::clone);
    facts.line("script", identity.script.as_ref(), |script| name(*script));
    facts.line("source", identity.source_class.as_ref(), |class| {
        name(*class)
    });
    for candidate in &identity.region_candidates {
        let _ = writeln!(
            out,
            "    could be    {} {} ({})",
            candidate.code,
            candidate.name,
            candidate.province()
        );
    }
    explain_text(report, &mut out);
    out
}

fn explain_text(report: &Report, out: &mut String) {
    let text = &report.document.text.text;
    let _ = writeln!(
        out,
        "  outline       {} headings, {} paragraphs",
        report.document.sections.len(),
        report.document.paragraphs.len()
    );
    for section in &report.document.sections {
        let marker = match (&section.marker, &section.lost_marker) {
            (Some(marker), _) => marker.clone(),
            (None, Some(lost)) => format!("[{lost}]"),
            (None, None) => String::new(),
        };
        let indent = "  ".repeat(usize::from(section.level));
        let _ = writeln!(
            out,
            "  {indent}{marker}{}  ({})",
            section.title.of(text),
            section.role.id()
        );
    }
    for observation in &report.observations {
        let value = observation
            .value
            .as_ref()
            .map_or_else(|| name(observation.state), ToString::to_string);
        let unit = observation.unit.as_deref().unwrap_or_default();
        let _ = writeln!(
            out,
            "  figure        {} = {value}{unit}  “{}”",
            observation.indicator,
            observation.sentence.of(text)
        );
    }
    for line in &report.document.text.furniture {
        let _ = writeln!(
            out,
            "  set aside     line {}: {} ({})",
            line.source_line,
            line.text,
            name(line.kind)
        );
    }
    for diagnostic in &report.diagnostics {
        let _ = writeln!(
            out,
            "  {:<13} {} [{}]",
            name(diagnostic.level),
            diagnostic.message,
            diagnostic.code
        );
        if let Some(hint) = &diagnostic.hint {
            let _ = writeln!(out, "                {hint}");
        }
    }
}

/// Writes facts, a line each.
struct Facts<'a> {
    out: &'a mut String,
    report: &'a Report,
}

impl Facts<'_> {
    fn line<T>(&mut self, label: &str, fact: Option<&Fact<T>>, show: impl Fn(&T) -> String) {
        let Some(fact) = fact else {
            let _ = writeln!(self.out, "  {label:<13} could not tell");
            return;
        };
        let _ = writeln!(
            self.out,
            "  {label:<13} {}  ({}, {}%: {})",
            show(&fact.value),
            name(fact.method),
            fact.confidence.0,
            self.place(&fact.evidence)
        );
    }

    fn place(&self, evidence: &Evidence) -> String {
        match evidence {
            Evidence::Text(span) => {
                let text = &self.report.document.text;
                let line = text.source_of(span.start).map_or(0, |(line, _)| line);
                format!("line {line} “{}”", span.of(&text.text))
            }
            Evidence::Furniture(index) => self
                .report
                .document
                .text
                .furniture
                .get(*index as usize)
                .map_or_else(String::new, |line| {
                    format!("line {} “{}”", line.source_line, line.text)
                }),
            Evidence::Path => String::from("the file's path"),
            Evidence::Keeper { file, line } => format!("{file}, line {line}"),
            Evidence::Told(words) => words.clone(),
        }
    }
}

/// The stable name of a variant, as it stands in records.
fn name(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
