//! Groups' postings and the columns → the one segment, written by Tantivy's own serializers.

use std::ops::Range;
use std::path::Path;

use tantivy::index::SegmentComponent;
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::IndexRecordOption;
use tantivy::{Directory, Index, IndexSettings, TantivyDocument, TantivyError};

use super::group::{INVERTED, inverted};
use super::merge::{Source, merge};
use super::{BuildError, failed};
use crate::schema::schema;

/// The groups' postings, until they are merged: a file in the index's directory.
pub(super) const POSTINGS: &str = "postings.tmp";

/// What Tantivy is told that it may take: it gets no text, and takes next to nothing.
const BUDGET: usize = 15 << 20;

/// Where the postings of a group are.
pub(super) struct PutGroup {
    pub(super) reports: u32,
    /// Of each field: tokens, and from where to where.
    pub(super) fields: [(u64, Range<usize>); INVERTED],
}

/// Writes an index of so many empty documents, and of the tables after them.
pub(super) fn write_tables(
    directory: Box<dyn Directory>,
    reports: u32,
    tables: &[Vec<u8>],
) -> Result<Index, BuildError> {
    let (schema, fields) = schema();
    let settings = IndexSettings {
        docstore_compress_dedicated_thread: false,
        docstore_blocksize: 2048,
        ..IndexSettings::default()
    };
    let mut writer = Index::builder()
        .schema(schema)
        .settings(settings)
        .single_segment_index_writer(directory, BUDGET)?;
    for _ in 0..reports {
        writer.add_document(TantivyDocument::new())?;
    }
    for table in tables {
        let mut document = TantivyDocument::new();
        document.add_bytes(fields.data, table);
        writer.add_document(document)?;
    }
    Ok(writer.finalize()?)
}

/// Merges the groups' postings into the segment, in place of its empty ones.
pub(super) fn write_postings(
    index: &Index,
    directory: &dyn Directory,
    groups: &[PutGroup],
) -> Result<(), BuildError> {
    let file = directory
        .open_read(Path::new(POSTINGS))
        .map_err(TantivyError::from)?;
    let segments = index.searchable_segments()?;
    let [segment] = segments.as_slice() else {
        return Err(BuildError("there is not one segment".into()));
    };
    for component in [
        SegmentComponent::Terms,
        SegmentComponent::Postings,
        SegmentComponent::Positions,
    ] {
        let path = segment.relative_path(component);
        index.directory().delete(&path).map_err(failed)?;
    }
    let mut serializer = InvertedIndexSerializer::open(segment)?;
    for (number, field) in inverted(schema().1).into_iter().enumerate() {
        let mut first = 0;
        let mut sources = Vec::with_capacity(groups.len());
        let mut tokens = 0;
        for group in groups {
            let (count, range) = &group.fields[number];
            sources.push(Source::new(&file, range.clone(), first));
            first += group.reports;
            tokens += count;
        }
        let entry = index.schema();
        let option = entry.get_field_entry(field).field_type();
        let frequencies = option.get_index_record_option() != Some(IndexRecordOption::Basic);
        let mut field = serializer.new_field(field, tokens, None)?;
        merge(sources, frequencies, &mut field)?;
        field.close()?;
    }
    Ok(serializer.close()?)
}
