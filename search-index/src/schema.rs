//! The index's fields, and opening an index.
//!
//! A Tantivy document is a paragraph. The first one of a report also stores what is shown of the report: its label and
//! the original texts of all its paragraphs. Three more documents at the end store the [columns](crate::columns).

use tantivy::schema::document::Value;
use tantivy::schema::{
    Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::store::StoreReader;
use tantivy::{Directory, DocId, Index, ReloadPolicy, SegmentReader, TantivyDocument};

use crate::SearchError;

/// Name of the tokenizer. Only the writer registers it: a query is tokenized by its plan.
pub(crate) const TOKENIZER: &str = "units";

/// Handles of the fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// Folded text of a paragraph.
    pub(crate) text: Field,
    /// Folded name of the issuer, in a report's first document.
    pub(crate) issuer: Field,
    /// Id of the report, in its first document.
    pub(crate) id: Field,
    /// Stored bytes: a report, or columns.
    pub(crate) data: Field,
}

/// The schema and its fields.
pub(crate) fn schema() -> (Schema, Fields) {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(TOKENIZER)
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = TextOptions::default().set_indexing_options(indexing);
    let mut builder = Schema::builder();
    let fields = Fields {
        text: builder.add_text_field("text", text.clone()),
        issuer: builder.add_text_field("issuer", text),
        id: builder.add_text_field("id", STRING),
        data: builder.add_bytes_field("data", STORED),
    };
    (builder.build(), fields)
}

/// An index's one segment.
pub(crate) struct Segment {
    pub(crate) reader: SegmentReader,
    pub(crate) fields: Fields,
    store: StoreReader,
}

/// Blocks of stored reports kept decompressed.
const STORE_CACHE: usize = 16;

impl Segment {
    /// Opens the index in a directory.
    pub(crate) fn open(directory: Box<dyn Directory>) -> Result<Segment, SearchError> {
        let (schema, fields) = schema();
        let index = Index::open(directory)?;
        if index.schema() != schema {
            return Err(SearchError::Damaged(
                "its fields are not the ones expected".into(),
            ));
        }
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let searcher = reader.searcher();
        let [reader] = searcher.segment_readers() else {
            return Err(SearchError::Damaged(
                "it has not exactly one segment".into(),
            ));
        };
        // Opened now, so that a pack made from what opening reads has them.
        for field in [fields.text, fields.issuer, fields.id] {
            reader.inverted_index(field)?;
        }
        let store = reader.get_store_reader(STORE_CACHE)?;
        Ok(Segment {
            reader: reader.clone(),
            fields,
            store,
        })
    }

    /// The bytes stored with a document; none if there are none.
    pub(crate) fn data(&self, doc: DocId) -> Result<Option<Vec<u8>>, SearchError> {
        let document: TantivyDocument = self.store.get(doc)?;
        let value = document.get_first(self.fields.data);
        Ok(value.and_then(|value| value.as_bytes().map(<[u8]>::to_vec)))
    }
}
