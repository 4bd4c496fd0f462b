//! The index's fields, and opening an index.
//!
//! A Tantivy document is a report. What is shown of it, its label and the original texts of its paragraphs, lies beside the
//! segment in a file of its own ([`TEXTS`]), each report compressed by itself: whoever shows one reads no other, and one
//! that changes leaves the others' bytes as they are. Paragraphs are told by position (see [`SLOT`](crate::units::SLOT)): a document a paragraph would hold two
//! numbers, document and position, for each token in place of one. Four more documents at the end store the
//! [columns](crate::columns).

use std::ops::Range;
use std::path::Path;

use tantivy::directory::{FileSlice, OwnedBytes};
use tantivy::schema::document::Value;
use tantivy::schema::{
    Field, IndexRecordOption, STORED, Schema, Term, TextFieldIndexing, TextOptions,
};
use tantivy::store::StoreReader;
use tantivy::{
    Directory, DocId, DocSet as _, HasLen as _, Index, ReloadPolicy, SegmentReader, TERMINATED,
    TantivyDocument,
};

use crate::SearchError;
use crate::search::Terms;

/// The file with what is shown of the reports, one after the other.
pub(crate) const TEXTS: &str = "texts";

/// Handles of the fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// Folded text of all paragraphs.
    pub(crate) text: Field,
    /// Folded name of the issuer.
    pub(crate) issuer: Field,
    /// Id of the report.
    pub(crate) id: Field,
    /// Stored bytes: columns.
    pub(crate) data: Field,
}

/// The schema and its fields.
pub(crate) fn schema() -> (Schema, Fields) {
    // Tantivy tokenizes nothing: the writer gives it the tokens, and a query is tokenized by its plan.
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let whole = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    let text = TextOptions::default().set_indexing_options(indexing);
    let whole = TextOptions::default().set_indexing_options(whole);
    let mut builder = Schema::builder();
    let fields = Fields {
        text: builder.add_text_field("text", text.clone()),
        issuer: builder.add_text_field("issuer", text),
        id: builder.add_text_field("id", whole),
        data: builder.add_bytes_field("data", STORED),
    };
    (builder.build(), fields)
}

/// An index's one segment.
pub(crate) struct Segment {
    pub(crate) reader: SegmentReader,
    pub(crate) fields: Fields,
    store: StoreReader,
    texts: FileSlice,
}

/// Tables stored after the reports.
const TABLES: u32 = 4;

/// Blocks of stored columns kept decompressed: each is read once.
const STORE_CACHE: usize = 1;

impl Segment {
    /// Opens the index in a directory.
    pub(crate) fn open(directory: Box<dyn Directory>) -> Result<Segment, SearchError> {
        let (schema, fields) = schema();
        let texts = directory
            .open_read(Path::new(TEXTS))
            .map_err(tantivy::TantivyError::from)?;
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
            texts,
        })
    }

    /// A report's stored bytes, by their place.
    pub(crate) fn text(&self, range: Range<u64>) -> Result<OwnedBytes, SearchError> {
        if range.end > self.texts.len() as u64 {
            return Err(SearchError::Damaged("a report is not stored".into()));
        }
        let range = range.start as usize..range.end as usize;
        Ok(self.texts.read_bytes_slice(range)?)
    }

    /// The bytes stored with a document; none if there are none.
    fn data(&self, doc: DocId) -> Result<Option<Vec<u8>>, SearchError> {
        let document: TantivyDocument = self.store.get(doc)?;
        let value = document.get_first(self.fields.data);
        Ok(value.and_then(|value| value.as_bytes().map(<[u8]>::to_vec)))
    }

    /// How many documents are reports: all but the tables.
    pub(crate) fn reports(&self) -> u32 {
        self.reader.max_doc().saturating_sub(TABLES)
    }

    /// One of the tables stored at the end.
    pub(crate) fn table(&self, number: u32) -> Result<Vec<u8>, SearchError> {
        let doc = self.reader.max_doc().checked_sub(TABLES - number);
        let table = doc.map_or(Ok(None), |doc| self.data(doc))?;
        table.ok_or_else(|| SearchError::Damaged("a table is not there".into()))
    }

    /// A field's dictionary and postings.
    pub(crate) fn terms(&self, field: Field) -> Result<Terms, SearchError> {
        Ok(Terms {
            field,
            reader: self.reader.inverted_index(field)?,
        })
    }

    /// The document of the report with this id.
    pub(crate) fn find(&self, id: &str) -> Result<Option<DocId>, SearchError> {
        let reader = self.reader.inverted_index(self.fields.id)?;
        let term = Term::from_field_text(self.fields.id, id);
        let postings = reader.read_postings(&term, IndexRecordOption::Basic)?;
        Ok(postings
            .map(|postings| postings.doc())
            .filter(|&doc| doc != TERMINATED))
    }
}
