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
pub(crate) fn encode(report: &IndexedReport, encoder: &Encoder, stored: &mut Vec<u8>) {
    let mut out = Vec::with_capacity(16 << 10);
    let region = report.region.as_ref();
    let texts = [
        Some(&report.id),
        Some(&report.title),
        Some(&report.page),
        region.map(|region| &region.name),
        region.and_then(|region| region.path.first()),
        region.map(|region| &region.level),
        report.issuer.as_ref(),
        report.issuer_type.as_ref(),
    ];
    for text in texts {
        put_optional(&mut out, text.map(|text| encoder.encode(text)));
    }
    put_optional(&mut out, report.year.map(i32::to_le_bytes));
    put_number(&mut out, report.paragraphs.len() as u64);
    for paragraph in &report.paragraphs {
        put_number(&mut out, paragraph.number.into());
        put_anchor(&mut out, &paragraph.anchor);
        put_bytes(&mut out, &encoder.encode(&paragraph.text));
    }
    put_number(stored, out.len() as u64);
    let from = stored.len();
    stored.resize(from + get_maximum_output_size(out.len()), 0);
    // The space is as large as it can ever need.
    let len = compress_into(&out, &mut stored[from..]).unwrap_or_default();
    stored.truncate(from + len);
}

/// Appends what may be absent.
#[cfg(not(target_family = "wasm"))]
fn put_optional(out: &mut Vec<u8>, bytes: Option<impl AsRef<[u8]>>) {
    match &bytes {
        Some(bytes) => {
            put_number(out, bytes.as_ref().len() as u64 + 1);
            out.extend_from_slice(bytes.as_ref());
        }
        None => put_number(out, 0),
    }
}

fn optional<'b>(reading: &mut Reading<'b>) -> Result<Option<&'b [u8]>, SearchError> {
    match reading.small::<usize>()?.checked_sub(1) {
        Some(len) => Ok(Some(reading.take(len)?)),
        None => Ok(None),
    }
}

/// What anchors begin with, and the digits of the hash after it.
const ANCHOR: &str = "p-";
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Appends an anchor: of a usual one, the 40 bits of its hash.
#[cfg(not(target_family = "wasm"))]
fn put_anchor(out: &mut Vec<u8>, anchor: &str) {
    let digit = |digit: &u8| DIGITS.iter().position(|other| other == digit);
    let digits = anchor
        .strip_prefix(ANCHOR)
        .filter(|digits| digits.len() == 8);
    let hash = digits.and_then(|digits| {
        let mut digits = digits.as_bytes().iter();
        digits.try_fold(0, |hash, byte| Some(hash << 5 | digit(byte)? as u64))
    });
    put_optional(out, hash.is_none().then_some(anchor));
    if let Some(hash) = hash {
        out.extend_from_slice(&hash.to_le_bytes()[..5]);
    }
}

fn anchor(reading: &mut Reading<'_>) -> Result<String, SearchError> {
    if let Some(anchor) = optional(reading)? {
        return Ok(String::from_utf8_lossy(anchor).into_owned());
    }
    let mut bytes = [0; 8];
    bytes[..5].copy_from_slice(reading.take(5)?);
    let hash = u64::from_le_bytes(bytes);
    let digits = (0..8)
        .rev()
        .map(|place| char::from(DIGITS[(hash >> (place * 5) & 31) as usize]));
    Ok(ANCHOR.chars().chain(digits).collect())
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
    let mut text = || -> Result<Option<String>, SearchError> {
        let bytes = optional(&mut reading)?;
        bytes.map(|bytes| alphabet.decode(bytes)).transpose()
    };
    let mut label = ReportLabel {
        report: text()?.unwrap_or_default(),
        title: text()?.unwrap_or_default(),
        page: text()?.unwrap_or_default(),
        region: text()?,
        province: text()?,
        level: text()?,
        issuer: text()?,
        issuer_type: text()?,
        year: None,
    };
    let year = optional(&mut reading)?.and_then(|year| year.try_into().ok());
    label.year = year.map(i32::from_le_bytes);
    let count = reading.count()?;
    let mut paragraphs = Vec::with_capacity(count);
    for _ in 0..count {
        paragraphs.push(StoredParagraph {
            number: reading.small()?,
            anchor: anchor(&mut reading)?,
            text: alphabet.decode(reading.bytes()?)?,
        });
    }
    Ok(StoredReport { label, paragraphs })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IndexedParagraph, IndexedRegion};

    fn there_and_back(report: &IndexedReport) -> StoredReport {
        let alphabet = Alphabet::learn([report.title.as_str()].into_iter());
        let mut bytes = Vec::new();
        encode(report, &alphabet.encoder(), &mut bytes);
        decode(&bytes, &alphabet).expect("decodes")
    }

    #[test]
    fn whatever_is_shown_comes_back() {
        let anchors = ["p-0123abyz", "p-zzzzzzzz-2", "p-ILOU0000", "p-", "", "段"];
        let report = IndexedReport {
            id: "qinghe-2021".into(),
            title: "青河县2021年报告".into(),
            page: "reports/qinghe-2021.html".into(),
            region: Some(IndexedRegion {
                code: "990101".into(),
                name: "青河县".into(),
                level: "county".into(),
                path: vec!["甲省".into(), "青河县".into()],
            }),
            year: Some(-7),
            issuer: Some(String::new()),
            issuer_type: None,
            paragraphs: anchors
                .iter()
                .zip(0..)
                .map(|(anchor, number)| IndexedParagraph {
                    anchor: (*anchor).into(),
                    number,
                    text: format!("第{number}段。"),
                    ..IndexedParagraph::default()
                })
                .collect(),
        };
        let stored = there_and_back(&report);
        let label = &stored.label;
        assert_eq!(
            (&label.report, &label.title, &label.page),
            (&report.id, &report.title, &report.page)
        );
        assert_eq!(label.region.as_deref(), Some("青河县"));
        assert_eq!(label.province.as_deref(), Some("甲省"));
        assert_eq!(label.level.as_deref(), Some("county"));
        assert_eq!((label.year, &label.issuer), (report.year, &report.issuer));
        assert_eq!(label.issuer_type, None);
        let paragraphs: Vec<_> = stored.paragraphs.iter().zip(&report.paragraphs).collect();
        assert_eq!(paragraphs.len(), anchors.len());
        for (stored, given) in paragraphs {
            assert_eq!(
                (&stored.anchor, stored.number, &stored.text),
                (&given.anchor, given.number, &given.text)
            );
        }
        let none = there_and_back(&IndexedReport::default());
        assert_eq!(none, StoredReport::default());
    }
}
