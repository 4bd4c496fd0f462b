//! A report as it is stored for showing: its label and its paragraphs' original texts.

use serde::{Deserialize, Serialize};

use crate::bytes::{Reading, put_bytes, put_number};
use crate::{IndexedReport, ReportLabel, SearchError};

/// What is shown of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredReport {
    /// Who, where, when.
    pub label: ReportLabel,
    /// All headings and paragraphs, in order.
    pub paragraphs: Vec<StoredParagraph>,
}

/// What is shown of a paragraph.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredParagraph {
    /// Anchor on the report's page.
    pub anchor: String,
    /// Visible number.
    pub number: u32,
    /// The original text.
    pub text: String,
}

/// The stored bytes of a report.
pub(crate) fn encode(report: &IndexedReport) -> Result<Vec<u8>, serde_json::Error> {
    let region = report.region.as_ref();
    let label = ReportLabel {
        report: report.id.clone(),
        title: report.title.clone(),
        page: report.page.clone(),
        region: region.map(|region| region.name.clone()),
        province: region.and_then(|region| region.path.first().cloned()),
        level: region.map(|region| region.level.clone()),
        year: report.year,
        issuer: report.issuer.clone(),
        issuer_type: report.issuer_type.clone(),
    };
    let mut out = Vec::new();
    put_bytes(&mut out, &serde_json::to_vec(&label)?);
    put_number(&mut out, report.paragraphs.len() as u64);
    for paragraph in &report.paragraphs {
        put_number(&mut out, paragraph.number.into());
        put_bytes(&mut out, paragraph.anchor.as_bytes());
        put_text(&mut out, &paragraph.text);
    }
    Ok(out)
}

/// Reads [`encode`]d bytes.
pub(crate) fn decode(bytes: &[u8]) -> Result<StoredReport, SearchError> {
    let damaged = |error: &dyn std::fmt::Display| SearchError::Damaged(error.to_string());
    let mut reading = Reading::new(bytes);
    let label = serde_json::from_slice(reading.bytes()?).map_err(|error| damaged(&error))?;
    let count = reading.count()?;
    let mut paragraphs = Vec::with_capacity(count);
    for _ in 0..count {
        paragraphs.push(StoredParagraph {
            number: reading.small()?,
            anchor: String::from_utf8_lossy(reading.bytes()?).into_owned(),
            text: text(reading.bytes()?).map_err(|error| damaged(&error))?,
        });
    }
    Ok(StoredReport { label, paragraphs })
}

/// Appends a text in UTF-16: two bytes a Han character in place of three, and better for the store's compression, which
/// has no entropy coding.
fn put_text(out: &mut Vec<u8>, text: &str) {
    let units: Vec<u16> = text.encode_utf16().collect();
    put_number(out, units.len() as u64 * 2);
    out.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
}

fn text(bytes: &[u8]) -> Result<String, std::string::FromUtf16Error> {
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    String::from_utf16(&units)
}
