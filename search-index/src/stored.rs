//! A report as it is stored for showing: its label and its paragraphs' original texts.

use lz4_flex::block::decompress_into;
#[cfg(not(target_family = "wasm"))]
use lz4_flex::block::{compress_into, get_maximum_output_size};
use serde::{Deserialize, Serialize};

#[cfg(not(target_family = "wasm"))]
use crate::IndexedReport;
use crate::alphabet::Alphabet;
#[cfg(not(target_family = "wasm"))]
use crate::alphabet::Encoder;
use crate::bytes::Reading;
#[cfg(not(target_family = "wasm"))]
use crate::bytes::{put_bytes, put_number};
use crate::{ReportLabel, SearchError};

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

/// Appends the stored bytes of a report: what is stored of it in the [`Alphabet`], compressed.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn encode(
    report: &IndexedReport,
    encoder: &Encoder,
    stored: &mut Vec<u8>,
) -> Result<(), serde_json::Error> {
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
    let mut out = Vec::with_capacity(16 << 10);
    put_bytes(&mut out, &serde_json::to_vec(&label)?);
    put_number(&mut out, report.paragraphs.len() as u64);
    for paragraph in &report.paragraphs {
        put_number(&mut out, paragraph.number.into());
        put_bytes(&mut out, paragraph.anchor.as_bytes());
        put_bytes(&mut out, &encoder.encode(&paragraph.text));
    }
    put_number(stored, out.len() as u64);
    let from = stored.len();
    stored.resize(from + get_maximum_output_size(out.len()), 0);
    // The space is as large as it can ever need.
    let len = compress_into(&out, &mut stored[from..]).unwrap_or_default();
    stored.truncate(from + len);
    Ok(())
}

/// Reads [`encode`]d bytes.
pub(crate) fn decode(bytes: &[u8], alphabet: &Alphabet) -> Result<StoredReport, SearchError> {
    let mut reading = Reading::new(bytes);
    let len = reading.small()?;
    let rest = reading.rest();
    // No byte of LZ4 stands for more than 255.
    if len > rest.len().saturating_mul(255) {
        return Err(SearchError::Damaged("a stored report is cut short".into()));
    }
    let mut whole = vec![0; len];
    let decompressed = decompress_into(rest, &mut whole);
    if decompressed.map_err(|error| SearchError::Damaged(error.to_string()))? != len {
        return Err(SearchError::Damaged("a stored report is cut short".into()));
    }
    let mut reading = Reading::new(&whole);
    let label = serde_json::from_slice(reading.bytes()?)
        .map_err(|error| SearchError::Damaged(error.to_string()))?;
    let count = reading.count()?;
    let mut paragraphs = Vec::with_capacity(count);
    for _ in 0..count {
        paragraphs.push(StoredParagraph {
            number: reading.small()?,
            anchor: String::from_utf8_lossy(reading.bytes()?).into_owned(),
            text: alphabet.decode(reading.bytes()?)?,
        });
    }
    Ok(StoredReport { label, paragraphs })
}
