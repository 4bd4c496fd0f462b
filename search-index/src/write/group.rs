//! Reports in a row → an [`IndexGroup`]: tokens inverted, texts stored and cut into files, rows for the columns.
//!
//! On any thread; what comes out depends on the reports and on what was learnt alone, so that it may be kept.

use std::fmt;
use std::sync::Arc;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tantivy::schema::Field;

use super::BuildError;
use super::columns::GroupRows;
use super::invert::{Inverted, Inverter};
use super::lexicon::Learnt;
use super::tokens::{Token, tokens};
use crate::fold::fold;
use crate::pack::texts::{TextFile, cut};
use crate::schema::Fields;
use crate::units::{SLOT, prepare, slots};
use crate::{IndexedReport, stored};

/// How many fields are inverted.
pub(super) const INVERTED: usize = 3;

/// The fields that are inverted, in the schema's order.
pub(super) fn inverted(fields: Fields) -> [Field; INVERTED] {
    [fields.text, fields.issuer, fields.id]
}

/// Makes groups.
#[derive(Clone)]
pub struct Grouping(pub(super) Arc<Learnt>);

impl Grouping {
    /// What was learnt from the sample, and the schema: what all groups depend on.
    ///
    /// # Errors
    /// None that can happen: words and letters are always JSON.
    pub fn learnt(&self) -> Result<Vec<u8>, BuildError> {
        self.0.to_json()
    }

    /// A group to be filled and [put in](IndexBuilder::put) where it belongs.
    pub fn begin(&self) -> GroupWriter {
        GroupWriter {
            learnt: self.0.clone(),
            fields: Default::default(),
            texts: Vec::new(),
            lengths: Vec::new(),
            rows: GroupRows::default(),
            bytes: 0,
        }
    }
}

/// Reports in a row, indexed.
#[derive(Serialize, Deserialize)]
pub struct IndexGroup {
    /// [`inverted`].
    pub(super) fields: [Inverted; INVERTED],
    pub(super) texts: Bytes,
    /// How many bytes of the texts each report takes.
    pub(super) lengths: Vec<u32>,
    /// How the texts are cut.
    pub(super) files: Vec<TextFile>,
    pub(super) rows: GroupRows,
}

/// A group being filled.
pub struct GroupWriter {
    learnt: Arc<Learnt>,
    fields: [Inverter; INVERTED],
    texts: Vec<u8>,
    lengths: Vec<u32>,
    rows: GroupRows,
    /// Of text.
    pub(super) bytes: usize,
}

impl GroupWriter {
    /// Adds a report.
    pub fn add(&mut self, report: &IndexedReport) {
        self.rows.report(report);
        let [text, issuer, id] = &mut self.fields;
        let lexicon = &self.learnt.lexicon;
        let mut begin = 0;
        for paragraph in &report.paragraphs {
            let folded = fold(&paragraph.text);
            let prepared = prepare(&folded);
            let chars = tokens(&prepared, lexicon, |token, at| {
                text.token(token, begin + at);
            });
            self.rows.paragraph(paragraph, &prepared, chars);
            begin += slots(chars) * SLOT;
            self.bytes += prepared.len();
        }
        if let Some(name) = &report.issuer {
            tokens(&prepare(&fold(name)), lexicon, |token, at| {
                issuer.token(token, at);
            });
        }
        id.token(Token::Text(&report.id), 0);
        self.fields.iter_mut().for_each(Inverter::end_report);

        let before = self.texts.len();
        stored::encode(report, &self.learnt.encoder, &mut self.texts);
        self.lengths.push((self.texts.len() - before) as u32);
    }

    /// The group, filled.
    pub fn close(self) -> IndexGroup {
        IndexGroup {
            files: cut(&self.texts, &self.lengths),
            fields: self.fields.map(Inverter::close),
            texts: Bytes(self.texts),
            lengths: self.lengths,
            rows: self.rows,
        }
    }
}

/// Bytes, which serde would otherwise take one by one.
pub(super) struct Bytes(pub(super) Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        struct Taken;
        impl Visitor<'_> for Taken {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Taken)
    }
}
