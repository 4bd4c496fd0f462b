//! Writing an index: reports in, one Tantivy segment out. Native only.
//!
//! The bytes are the same whatever the machine: documents are in the order of the reports, in one thread, and nothing of
//! the clock or of chance gets in but the segment's name, which packing replaces.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use tantivy::directory::{RamDirectory, TerminatingWrite as _};
use tantivy::index::SegmentComponent;
use tantivy::indexer::SingleSegmentIndexWriter;
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};
use tantivy::{Directory, Index, IndexSettings, TantivyDocument, TantivyError};

use crate::alphabet::{Alphabet, Encoder};
use crate::columns::ColumnsBuilder;
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
const SAMPLE: usize = 200;

/// Takes reports in the order in which they are to stand, and writes the index.
pub struct IndexBuilder {
    fields: Fields,
    topics: Vec<TopicLabel>,
    /// The first reports, kept until the lexicon is learnt from them.
    sample: Vec<IndexedReport>,
    learnt: Option<Learnt>,
    columns: ColumnsBuilder,
    group: Option<Group>,
    /// Bytes of text after which a group is closed.
    group_bytes: usize,
    finished: Vec<RamDirectory>,
}

/// What the sample taught.
struct Learnt {
    lexicon: Arc<Runs>,
    alphabet: Alphabet,
    encoder: Encoder,
}

/// A segment being written.
struct Group {
    writer: SingleSegmentIndexWriter,
    directory: RamDirectory,
    bytes: usize,
}

impl IndexBuilder {
    /// A builder without reports. `topics` names the topics that paragraphs may have.
    pub fn new(topics: Vec<TopicLabel>) -> IndexBuilder {
        IndexBuilder {
            fields: schema().1,
            topics,
            sample: Vec::new(),
            learnt: None,
            columns: ColumnsBuilder::default(),
            group: None,
            group_bytes: GROUP,
            finished: Vec::new(),
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
        let columns = std::mem::take(&mut self.columns);
        let tables = columns.encode(&self.topics, alphabet, runs)?;
        for table in tables {
            let mut document = TantivyDocument::new();
            document.add_bytes(self.fields.data, &table);
            self.group()?.writer.add_document(document)?;
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
        let texts = sample.iter().flat_map(|report| &report.paragraphs);
        let alphabet = Alphabet::learn(texts.map(|paragraph| paragraph.text.as_str()));
        self.learnt = Some(Learnt {
            lexicon: Arc::new(Runs::learn(&sample)),
            encoder: alphabet.encoder(),
            alphabet,
        });
        sample.iter().try_for_each(|report| self.write(report))
    }

    fn write(&mut self, report: &IndexedReport) -> Result<(), BuildError> {
        self.columns.report(report);
        let fields = self.fields;
        let mut document = TantivyDocument::new();
        if let Some(learnt) = &self.learnt {
            document.add_bytes(fields.data, &stored::encode(report, &learnt.encoder)?);
        }
        document.add_text(fields.id, &report.id);
        if let Some(issuer) = &report.issuer {
            document.add_text(fields.issuer, prepare(&fold(issuer)));
        }
        let mut text = String::new();
        for paragraph in &report.paragraphs {
            let folded = fold(&paragraph.text);
            let chars = folded.text.chars().count() as u32;
            self.columns
                .paragraph(&paragraph.role, &paragraph.topics, chars);
            text.push_str(&prepare(&folded));
            text.push(PARAGRAPH);
        }
        let bytes = text.len();
        document.add_text(fields.text, text);
        let limit = self.group_bytes;
        let group = self.group()?;
        group.writer.add_document(document)?;
        group.bytes += bytes;
        if group.bytes >= limit {
            self.close()?;
        }
        Ok(())
    }

    /// The group that is being written, a new one if there is none.
    fn group(&mut self) -> Result<&mut Group, BuildError> {
        let group = match self.group.take() {
            Some(group) => group,
            None => self.open()?,
        };
        Ok(self.group.insert(group))
    }

    fn open(&self) -> Result<Group, BuildError> {
        let tokenizers = TokenizerManager::default();
        let lexicon = self.learnt.as_ref();
        let lexicon = lexicon
            .map(|learnt| learnt.lexicon.clone())
            .unwrap_or_default();
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
        Ok(Group {
            writer,
            directory,
            bytes: 0,
        })
    }

    fn close(&mut self) -> Result<(), BuildError> {
        if let Some(group) = self.group.take() {
            group.writer.finalize()?;
            self.finished.push(group.directory);
        }
        Ok(())
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

/// Copies a finished index, byte for byte.
fn copy(from: &RamDirectory, to: &dyn Directory) -> Result<(), BuildError> {
    let index = Index::open(from.clone())?;
    for segment in index.searchable_segment_metas()? {
        for component in COMPONENTS {
            let file = segment.relative_path(component);
            let bytes = from.atomic_read(&file).map_err(TantivyError::from)?;
            let mut out = to.open_write(&file).map_err(TantivyError::from)?;
            out.write_all(&bytes)?;
            out.terminate()?;
        }
    }
    let bytes = from
        .atomic_read(Path::new(META))
        .map_err(TantivyError::from)?;
    to.atomic_write(Path::new(META), &bytes)?;
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
