//! Writing an index: reports in, one Tantivy segment out, and their texts beside it. Native only.
//!
//! ```text
//! reports ─ in groups, each on any thread: invert ─► IndexGroup (may be kept for the next build)
//! groups, in their order ─ put ─► texts, and the postings for a while, in the directory
//! postings ─ finish: merge ─► the segment, in the directory
//! ```
//!
//! The bytes are the same whatever the machine and whatever groups there are: reports stand in their order, and nothing of
//! the clock or of chance gets in but the segment's name, which packing replaces. Memory holds a group at a time, never
//! all postings or texts.

mod columns;
mod invert;
mod lexicon;
mod merge;
mod spool;
mod tokens;

use std::fmt;
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tantivy::directory::error::OpenWriteError;
use tantivy::directory::{TerminatingWrite as _, WritePtr};
use tantivy::index::SegmentComponent;
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Directory, Index, IndexSettings, TantivyDocument, TantivyError};

use crate::alphabet::{Alphabet, Encoder};
use crate::fold::fold;
use crate::pack::texts::{TextFile, cut};
use crate::schema::{Fields, TEXTS, schema};
use crate::units::{SLOT, prepare, slots};
use crate::{IndexedReport, TopicLabel, stored};
use columns::{ColumnsBuilder, GroupRows};
use invert::{Inverted, Inverter};
use lexicon::Lexicon;
use merge::Source;
pub use spool::Spool;
use tokens::tokens;

/// Why an index could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the search index could not be written: {0}")]
pub struct BuildError(pub(crate) String);

impl From<TantivyError> for BuildError {
    fn from(error: TantivyError) -> Self {
        BuildError(error.to_string())
    }
}

impl From<std::io::Error> for BuildError {
    fn from(error: std::io::Error) -> Self {
        BuildError(error.to_string())
    }
}

impl From<OpenWriteError> for BuildError {
    fn from(error: OpenWriteError) -> Self {
        TantivyError::from(error).into()
    }
}

impl From<serde_json::Error> for BuildError {
    fn from(error: serde_json::Error) -> Self {
        BuildError(error.to_string())
    }
}

/// Bytes of text after which a group is closed, where nobody else makes groups: bounds the writer's memory.
const GROUP: usize = 16 << 20;

/// Reports that the lexicon is learnt from.
pub const SAMPLE: usize = 200;

/// The groups' postings, until they are merged: a file in the index's directory.
const POSTINGS: &str = "postings.tmp";

/// What Tantivy is told that it may take: it gets no text, and takes next to nothing.
const BUDGET: usize = 15 << 20;

/// Takes reports in the order in which they are to stand, and writes the index.
///
/// Reports are indexed in groups, and these are merged. A group can be [made apart](Self::grouping), on another thread, and
/// kept: as long as its reports and [what was learnt](Grouping::learnt) are the same, so is the group.
pub struct IndexBuilder {
    directory: Box<dyn Directory>,
    topics: Vec<TopicLabel>,
    /// The first reports, kept until the lexicon is learnt from them.
    sample: Vec<IndexedReport>,
    learnt: Option<Arc<Learnt>>,
    columns: ColumnsBuilder,
    group: Option<GroupWriter>,
    /// Bytes of text after which a group is closed.
    group_bytes: usize,
    texts: TextsWriter,
    postings: Option<WritePtr>,
    /// Bytes of postings.
    written: usize,
    put: Vec<PutGroup>,
}

/// Where the postings of a group are.
struct PutGroup {
    reports: u32,
    /// Of each field: tokens, and from where to where.
    fields: [(u64, Range<usize>); INVERTED],
}

/// How many fields are inverted.
const INVERTED: usize = 3;

/// An index, written.
pub(crate) struct Written {
    pub(crate) directory: Box<dyn Directory>,
    /// How [`TEXTS`] is cut.
    pub(crate) texts: Vec<TextFile>,
}

/// Writes [`TEXTS`].
#[derive(Default)]
struct TextsWriter {
    to: Option<WritePtr>,
    files: Vec<TextFile>,
    /// Of each report.
    lengths: Vec<u32>,
}

/// What the sample taught.
#[derive(Default)]
struct Learnt {
    lexicon: Arc<Lexicon>,
    alphabet: Alphabet,
    encoder: Encoder,
}

impl Learnt {
    fn from(sample: &[IndexedReport]) -> Learnt {
        let texts = sample.iter().flat_map(|report| &report.paragraphs);
        let alphabet = Alphabet::learn(texts.map(|paragraph| paragraph.text.as_str()));
        Learnt::of(Lexicon::learn(sample), alphabet)
    }

    fn of(lexicon: Lexicon, alphabet: Alphabet) -> Learnt {
        Learnt {
            lexicon: Arc::new(lexicon),
            encoder: alphabet.encoder(),
            alphabet,
        }
    }
}

impl IndexBuilder {
    /// A builder without reports, which writes into an empty directory and learns from the first reports that are added.
    /// `topics` names the topics that paragraphs may have.
    pub fn new(directory: impl Into<Box<dyn Directory>>, topics: Vec<TopicLabel>) -> IndexBuilder {
        IndexBuilder {
            directory: directory.into(),
            topics,
            sample: Vec::new(),
            learnt: None,
            columns: ColumnsBuilder::default(),
            group: None,
            group_bytes: GROUP,
            texts: TextsWriter::default(),
            postings: None,
            written: 0,
            put: Vec::new(),
        }
    }

    /// A builder that has learnt from these reports, [`SAMPLE`] or so; they are not added.
    pub fn taught(
        directory: impl Into<Box<dyn Directory>>,
        topics: Vec<TopicLabel>,
        sample: &[IndexedReport],
    ) -> IndexBuilder {
        IndexBuilder {
            learnt: Some(Arc::new(Learnt::from(sample))),
            ..IndexBuilder::new(directory, topics)
        }
    }

    /// A builder that knows what another one [learnt](Grouping::learnt).
    ///
    /// # Errors
    /// It is not what this version learns.
    pub fn knowing(
        directory: impl Into<Box<dyn Directory>>,
        topics: Vec<TopicLabel>,
        learnt: &[u8],
    ) -> Result<IndexBuilder, BuildError> {
        let (version, runs, alphabet): (u32, Vec<String>, Alphabet) =
            serde_json::from_slice(learnt)?;
        if version != crate::SCHEMA_VERSION {
            return Err(BuildError("it was learnt by another version".into()));
        }
        Ok(IndexBuilder {
            learnt: Some(Arc::new(Learnt::of(Lexicon::of(&runs), alphabet))),
            ..IndexBuilder::new(directory, topics)
        })
    }

    /// The same with smaller groups.
    #[cfg(test)]
    pub(crate) fn in_groups(self, group_bytes: usize) -> IndexBuilder {
        IndexBuilder {
            group_bytes,
            ..self
        }
    }

    /// Adds a report.
    ///
    /// # Errors
    /// The directory could not be written.
    pub fn add(&mut self, report: IndexedReport) -> Result<(), BuildError> {
        if self.learnt.is_some() {
            return self.write(&report);
        }
        self.sample.push(report);
        if self.sample.len() >= SAMPLE {
            self.learn()?;
        }
        Ok(())
    }

    /// What groups are made with, on any thread.
    pub fn grouping(&self) -> Grouping {
        Grouping(self.learnt.clone().unwrap_or_default())
    }

    /// Adds the reports of a group. `key` names it, if it has a name: the files of its texts are named by it as well.
    ///
    /// # Errors
    /// The directory could not be written.
    pub fn put(&mut self, group: IndexGroup, key: Option<&[u8]>) -> Result<(), BuildError> {
        self.close()?;
        self.take(group, key)
    }

    /// Writes the index: one segment, and the texts.
    ///
    /// # Errors
    /// The directory could not be written.
    pub fn finish(self) -> Result<(), BuildError> {
        self.written().map(drop)
    }

    pub(crate) fn written(mut self) -> Result<Written, BuildError> {
        self.learn()?;
        self.close()?;
        let directory = self.directory;
        if let Some(postings) = self.postings.take() {
            postings.terminate()?;
        }
        let (texts, lengths) = self.texts.close(&*directory)?;
        let learnt = self.learnt.as_ref();
        let (alphabet, runs) = learnt
            .map(|learnt| (learnt.alphabet.clone(), learnt.lexicon.list()))
            .unwrap_or_default();
        let tables = self
            .columns
            .encode(&self.topics, alphabet, runs, &lengths)?;
        let reports = self.put.iter().map(|group| group.reports).sum();
        let index = write_tables(directory.box_clone(), reports, &tables)?;
        if reports > 0 {
            write_postings(&index, &*directory, &self.put)?;
            directory.delete(Path::new(POSTINGS)).map_err(failed)?;
        }
        Ok(Written { directory, texts })
    }

    /// Learns the lexicon from the sample and writes what was kept for it.
    fn learn(&mut self) -> Result<(), BuildError> {
        if self.learnt.is_some() {
            return Ok(());
        }
        let sample = std::mem::take(&mut self.sample);
        self.learnt = Some(Arc::new(Learnt::from(&sample)));
        sample.iter().try_for_each(|report| self.write(report))
    }

    fn write(&mut self, report: &IndexedReport) -> Result<(), BuildError> {
        let mut group = match self.group.take() {
            Some(group) => group,
            None => self.grouping().begin(),
        };
        group.add(report);
        let full = group.bytes >= self.group_bytes;
        self.group = Some(group);
        if full { self.close() } else { Ok(()) }
    }

    /// Closes the group that is being written.
    fn close(&mut self) -> Result<(), BuildError> {
        match self.group.take() {
            Some(group) => self.take(group.close(), None),
            None => Ok(()),
        }
    }

    fn take(&mut self, mut group: IndexGroup, key: Option<&[u8]>) -> Result<(), BuildError> {
        if group.rows.len() == 0 {
            return Ok(());
        }
        self.columns.group(&group.rows);
        for (number, file) in group.files.iter_mut().enumerate() {
            file.source = key.map(|key| [key, &(number as u32).to_le_bytes()].concat());
        }
        let reports = group.rows.len() as u32;
        self.texts.write(
            &*self.directory,
            &group.texts.0,
            group.files,
            &group.lengths,
        )?;
        let postings = opened(&mut self.postings, &*self.directory, POSTINGS)?;
        let mut fields = std::array::from_fn(|_| (0, 0..0));
        for (place, field) in fields.iter_mut().zip(group.fields) {
            postings.write_all(&field.bytes.0)?;
            let end = self.written + field.bytes.0.len();
            *place = (field.tokens, self.written..end);
            self.written = end;
        }
        self.put.push(PutGroup { reports, fields });
        Ok(())
    }
}

/// The file that is being written, begun where it was not.
fn opened<'w>(
    to: &'w mut Option<WritePtr>,
    directory: &dyn Directory,
    name: &str,
) -> Result<&'w mut WritePtr, BuildError> {
    let writer = match to.take() {
        Some(writer) => writer,
        None => directory.open_write(Path::new(name))?,
    };
    Ok(to.insert(writer))
}

impl TextsWriter {
    /// Adds a group's texts, end to end.
    fn write(
        &mut self,
        directory: &dyn Directory,
        texts: &[u8],
        files: Vec<TextFile>,
        lengths: &[u32],
    ) -> Result<(), BuildError> {
        opened(&mut self.to, directory, TEXTS)?.write_all(texts)?;
        self.files.extend(files);
        self.lengths.extend(lengths);
        Ok(())
    }

    /// The files, and the reports' lengths.
    fn close(mut self, directory: &dyn Directory) -> Result<(Vec<TextFile>, Vec<u32>), BuildError> {
        opened(&mut self.to, directory, TEXTS)?;
        if let Some(to) = self.to {
            to.terminate()?;
        }
        Ok((self.files, self.lengths))
    }
}

/// Writes an index of so many empty documents, and of the tables after them.
fn write_tables(
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
fn write_postings(
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
        merge::merge(sources, frequencies, &mut field)?;
        field.close()?;
    }
    Ok(serializer.close()?)
}

/// The fields that are inverted, in the schema's order.
fn inverted(fields: Fields) -> [Field; INVERTED] {
    [fields.text, fields.issuer, fields.id]
}

fn failed(error: impl fmt::Display) -> BuildError {
    BuildError(error.to_string())
}

/// Makes groups.
#[derive(Clone)]
pub struct Grouping(Arc<Learnt>);

impl Grouping {
    /// What was learnt from the sample, and the schema: what all groups depend on.
    ///
    /// # Errors
    /// None that can happen: words and letters are always JSON.
    pub fn learnt(&self) -> Result<Vec<u8>, BuildError> {
        let Learnt {
            lexicon, alphabet, ..
        } = &*self.0;
        let learnt = (crate::SCHEMA_VERSION, lexicon.list(), alphabet);
        Ok(serde_json::to_vec(&learnt)?)
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
    fields: [Inverted; INVERTED],
    texts: Bytes,
    /// How many bytes of the texts each report takes.
    lengths: Vec<u32>,
    /// How the texts are cut.
    files: Vec<TextFile>,
    rows: GroupRows,
}

/// A group being filled.
pub struct GroupWriter {
    learnt: Arc<Learnt>,
    fields: [Inverter; INVERTED],
    texts: Vec<u8>,
    lengths: Vec<u32>,
    rows: GroupRows,
    /// Of text.
    bytes: usize,
}

impl GroupWriter {
    /// Adds a report.
    pub fn add(&mut self, report: &IndexedReport) {
        self.rows.report(report);
        let [text, issuer, id] = &mut self.fields;
        let lexicon = &*self.learnt.lexicon;
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
        id.token(&report.id, 0);
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
struct Bytes(Vec<u8>);

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
