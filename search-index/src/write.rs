//! Writing an index: reports in, one Tantivy segment out. Native only.
//!
//! The bytes are the same whatever the machine: documents are in the order of the reports, in one thread, and nothing of
//! the clock or of chance gets in but the segment's name, which packing replaces.

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tantivy::directory::{RamDirectory, TerminatingWrite as _};
use tantivy::index::SegmentComponent;
use tantivy::indexer::SingleSegmentIndexWriter;
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};
use tantivy::{Directory, Index, IndexSettings, TantivyDocument, TantivyError};

use crate::alphabet::{Alphabet, Encoder};
use crate::columns::{ColumnsBuilder, ReportRow};
use crate::fold::fold;
use crate::lexicon::Runs;
use crate::schema::{Fields, TOKENIZER, schema};
use crate::units::{PARAGRAPH, SLOT, prepare, slots, tokens};
use crate::{IndexedReport, TopicLabel, stored};

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

impl From<serde_json::Error> for BuildError {
    fn from(error: serde_json::Error) -> Self {
        BuildError(error.to_string())
    }
}

/// Bytes of text that are indexed together before they are merged with the rest: bounds the writer's memory.
const GROUP: usize = 64 << 20;

/// What Tantivy sizes its first table of terms by, in bytes; it grows. A larger one is slower: it misses the cache.
const TABLE: usize = 16 << 20;

/// Reports that the lexicon is learnt from.
pub const SAMPLE: usize = 200;

/// Takes reports in the order in which they are to stand, and writes the index.
///
/// Reports are indexed in groups, and these are merged. A group can be [made apart](Self::grouping), on another thread, and
/// kept: as long as its reports and [what was learnt](Grouping::learnt) are the same, so is the group.
pub struct IndexBuilder {
    topics: Vec<TopicLabel>,
    /// The first reports, kept until the lexicon is learnt from them.
    sample: Vec<IndexedReport>,
    learnt: Option<Arc<Learnt>>,
    columns: ColumnsBuilder,
    group: Option<GroupWriter>,
    /// Bytes of text after which a group is closed.
    group_bytes: usize,
    finished: Vec<RamDirectory>,
}

/// What the sample taught.
#[derive(Default)]
struct Learnt {
    lexicon: Arc<Runs>,
    alphabet: Alphabet,
    encoder: Encoder,
}

impl Learnt {
    fn from(sample: &[IndexedReport]) -> Learnt {
        let texts = sample.iter().flat_map(|report| &report.paragraphs);
        let alphabet = Alphabet::learn(texts.map(|paragraph| paragraph.text.as_str()));
        Learnt {
            lexicon: Arc::new(Runs::learn(sample)),
            encoder: alphabet.encoder(),
            alphabet,
        }
    }
}

impl IndexBuilder {
    /// A builder without reports, which learns from the first that are added. `topics` names the topics that paragraphs
    /// may have.
    pub fn new(topics: Vec<TopicLabel>) -> IndexBuilder {
        IndexBuilder {
            topics,
            sample: Vec::new(),
            learnt: None,
            columns: ColumnsBuilder::default(),
            group: None,
            group_bytes: GROUP,
            finished: Vec::new(),
        }
    }

    /// A builder that has learnt from these reports, [`SAMPLE`] or so; they are not added.
    pub fn taught(topics: Vec<TopicLabel>, sample: &[IndexedReport]) -> IndexBuilder {
        IndexBuilder {
            learnt: Some(Arc::new(Learnt::from(sample))),
            ..IndexBuilder::new(topics)
        }
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
    /// Tantivy could not take it.
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

    /// Adds the reports of a group.
    ///
    /// # Errors
    /// The group is damaged.
    pub fn put(&mut self, group: IndexGroup) -> Result<(), BuildError> {
        self.close()?;
        for row in &group.rows {
            self.columns.report(row);
        }
        let directory = RamDirectory::create();
        for (name, bytes) in group.files {
            write_file(&directory, Path::new(&name), &bytes.0)?;
        }
        self.finished.push(directory);
        Ok(())
    }

    /// Writes the index, one segment, into an empty directory.
    ///
    /// # Errors
    /// The directory could not be written.
    pub fn finish(mut self, directory: impl Into<Box<dyn Directory>>) -> Result<(), BuildError> {
        self.learn()?;
        let learnt = self.learnt.as_ref();
        let (alphabet, runs) = learnt
            .map(|learnt| (learnt.alphabet.clone(), learnt.lexicon.list()))
            .unwrap_or_default();
        if let Some(group) = &mut self.group {
            for row in std::mem::take(&mut group.rows) {
                self.columns.report(&row);
            }
        }
        let columns = std::mem::take(&mut self.columns);
        let tables = columns.encode(&self.topics, alphabet, runs)?;
        for table in tables {
            self.open_group()?.table(&table)?;
        }
        self.close()?;
        let directory = directory.into();
        match self.finished.as_slice() {
            [only] => copy(only, &*directory),
            groups => merge(groups, directory),
        }
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
        let limit = self.group_bytes;
        let group = self.open_group()?;
        group.add(report)?;
        if group.bytes >= limit {
            self.close()?;
        }
        Ok(())
    }

    /// The group that is being written, a new one if there is none.
    fn open_group(&mut self) -> Result<&mut GroupWriter, BuildError> {
        let group = match self.group.take() {
            Some(group) => group,
            None => self.grouping().begin()?,
        };
        Ok(self.group.insert(group))
    }

    fn close(&mut self) -> Result<(), BuildError> {
        if let Some(group) = self.group.take() {
            for row in &group.rows {
                self.columns.report(row);
            }
            group.writer.finalize()?;
            self.finished.push(group.directory);
        }
        Ok(())
    }
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
    ///
    /// # Errors
    /// Tantivy could not begin it.
    pub fn begin(&self) -> Result<GroupWriter, BuildError> {
        GroupWriter::open(self.0.clone())
    }
}

/// Reports in a row, indexed.
#[derive(Serialize, Deserialize)]
pub struct IndexGroup {
    files: Vec<(String, Bytes)>,
    rows: Vec<ReportRow>,
}

/// A group being filled.
pub struct GroupWriter {
    fields: Fields,
    learnt: Arc<Learnt>,
    writer: SingleSegmentIndexWriter,
    directory: RamDirectory,
    rows: Vec<ReportRow>,
    /// Of text.
    bytes: usize,
}

impl GroupWriter {
    fn open(learnt: Arc<Learnt>) -> Result<GroupWriter, BuildError> {
        let tokenizers = TokenizerManager::default();
        let lexicon = learnt.lexicon.clone();
        tokenizers.register(TOKENIZER, TextAnalyzer::from(Units { lexicon }));
        let directory = RamDirectory::create();
        let settings = IndexSettings {
            docstore_compress_dedicated_thread: false,
            // A report is a block of its own: whoever shows one does not read its neighbour.
            docstore_blocksize: 2048,
            ..IndexSettings::default()
        };
        let writer = Index::builder()
            .schema(schema().0)
            .settings(settings)
            .tokenizers(tokenizers)
            .single_segment_index_writer(directory.clone(), TABLE)?;
        Ok(GroupWriter {
            fields: schema().1,
            learnt,
            writer,
            directory,
            rows: Vec::new(),
            bytes: 0,
        })
    }

    /// Adds a report.
    ///
    /// # Errors
    /// Tantivy could not take it.
    pub fn add(&mut self, report: &IndexedReport) -> Result<(), BuildError> {
        let mut row = ReportRow::of(report);
        let fields = self.fields;
        let mut document = TantivyDocument::new();
        document.add_bytes(fields.data, &stored::encode(report, &self.learnt.encoder)?);
        document.add_text(fields.id, &report.id);
        if let Some(issuer) = &report.issuer {
            document.add_text(fields.issuer, prepare(&fold(issuer)));
        }
        let mut text = String::new();
        for paragraph in &report.paragraphs {
            let folded = fold(&paragraph.text);
            row.paragraph(paragraph, folded.text.chars().count() as u32);
            text.push_str(&prepare(&folded));
            text.push(PARAGRAPH);
        }
        self.bytes += text.len();
        document.add_text(fields.text, text);
        self.writer.add_document(document)?;
        self.rows.push(row);
        Ok(())
    }

    /// Adds a table, which is no report.
    fn table(&mut self, table: &[u8]) -> Result<(), BuildError> {
        let mut document = TantivyDocument::new();
        document.add_bytes(self.fields.data, table);
        self.writer.add_document(document)?;
        Ok(())
    }

    /// The group, filled.
    ///
    /// # Errors
    /// Tantivy could not write it.
    pub fn close(self) -> Result<IndexGroup, BuildError> {
        self.writer.finalize()?;
        let mut files = Vec::new();
        for path in segment_files(&self.directory)? {
            let bytes = self
                .directory
                .atomic_read(&path)
                .map_err(TantivyError::from)?;
            files.push((path.to_string_lossy().into_owned(), Bytes(bytes)));
        }
        Ok(IndexGroup {
            files,
            rows: self.rows,
        })
    }
}

/// A file's bytes, which serde would otherwise take one by one.
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

/// Tantivy's list of an index's segments.
const META: &str = "meta.json";

/// What a segment without deletions is made of.
const COMPONENTS: [SegmentComponent; 6] = [
    SegmentComponent::Terms,
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::FastFields,
    SegmentComponent::FieldNorms,
    SegmentComponent::Store,
];

/// The files of an index's one segment, and the list of segments.
fn segment_files(directory: &RamDirectory) -> Result<Vec<PathBuf>, BuildError> {
    let index = Index::open(directory.clone())?;
    let segments = index.searchable_segment_metas()?;
    let files = segments
        .iter()
        .flat_map(|segment| COMPONENTS.map(|component| segment.relative_path(component)));
    Ok(files.chain([PathBuf::from(META)]).collect())
}

/// Copies a finished index, byte for byte.
fn copy(from: &RamDirectory, to: &dyn Directory) -> Result<(), BuildError> {
    for path in segment_files(from)? {
        let bytes = from.atomic_read(&path).map_err(TantivyError::from)?;
        write_file(to, &path, &bytes)?;
    }
    Ok(())
}

fn write_file(to: &dyn Directory, path: &Path, bytes: &[u8]) -> Result<(), BuildError> {
    if path == Path::new(META) {
        to.atomic_write(path, bytes)?;
        return Ok(());
    }
    let mut out = to.open_write(path).map_err(TantivyError::from)?;
    out.write_all(bytes)?;
    out.terminate()?;
    Ok(())
}

/// Merges the groups, in their order.
fn merge(groups: &[RamDirectory], to: Box<dyn Directory>) -> Result<(), BuildError> {
    let open = |directory: &RamDirectory| Index::open(directory.clone());
    let indices: Vec<Index> = groups.iter().map(open).collect::<Result<_, _>>()?;
    let merged = tantivy::indexer::merge_indices(&indices, to)?;
    // Merging notes the groups' random names.
    let mut meta = merged.load_metas()?;
    meta.payload = None;
    let meta = serde_json::to_vec(&meta)?;
    merged.directory().atomic_write(Path::new(META), &meta)?;
    Ok(())
}

/// Tantivy's side of [`tokens`].
#[derive(Clone)]
struct Units {
    lexicon: Arc<Runs>,
}

impl Tokenizer for Units {
    type TokenStream<'a> = UnitStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> UnitStream {
        let mut all = String::with_capacity(text.len() * 3);
        let mut ends = Vec::with_capacity(text.len() / 2);
        let mut begin = 0;
        for paragraph in text.split_terminator(PARAGRAPH) {
            let chars = tokens(paragraph, &*self.lexicon, |token, at| {
                all.push_str(token);
                ends.push((all.len(), begin + at));
            });
            begin += slots(chars) * SLOT;
        }
        UnitStream {
            all,
            ends,
            next: 0,
            token: Token::default(),
        }
    }
}

/// A text's tokens, end to end.
struct UnitStream {
    all: String,
    ends: Vec<(usize, u32)>,
    next: usize,
    token: Token,
}

impl TokenStream for UnitStream {
    fn advance(&mut self) -> bool {
        let Some(&(end, at)) = self.ends.get(self.next) else {
            return false;
        };
        let start = self
            .next
            .checked_sub(1)
            .map_or(0, |before| self.ends[before].0);
        self.token.text.clear();
        self.token.text.push_str(&self.all[start..end]);
        self.token.position = at as usize;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
