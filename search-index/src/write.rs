//! Writing an index: reports in, one Tantivy segment out. Native only.
//!
//! The bytes are the same whatever the machine: documents are in the order of the reports, in one thread, and nothing of
//! the clock or of chance gets in but the segment's name, which packing replaces.

use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::sync::Arc;

use tantivy::directory::{RamDirectory, TerminatingWrite as _};
use tantivy::index::SegmentComponent;
use tantivy::indexer::SingleSegmentIndexWriter;
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};
use tantivy::{Directory, Index, IndexSettings, TantivyDocument, TantivyError};

use crate::columns::ColumnsBuilder;
use crate::fold::fold;
use crate::schema::{Fields, TOKENIZER, schema};
use crate::units::{Lexicon, prepare, tokens};
use crate::{IndexedReport, TopicLabel, stored};

/// Why an index could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the search index could not be written: {0}")]
pub struct BuildError(String);

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

/// Reports that the lexicon is learnt from.
const SAMPLE: usize = 500;

/// Takes reports in the order in which they are to stand, and writes the index.
pub struct IndexBuilder {
    fields: Fields,
    topics: Vec<TopicLabel>,
    /// The first reports, kept until the lexicon is learnt from them.
    sample: Vec<IndexedReport>,
    lexicon: Option<Arc<Runs>>,
    columns: ColumnsBuilder,
    group: Option<Group>,
    finished: Vec<RamDirectory>,
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
            lexicon: None,
            columns: ColumnsBuilder::default(),
            group: None,
            finished: Vec::new(),
        }
    }

    /// Adds a report.
    ///
    /// # Errors
    /// Tantivy could not take it.
    pub fn add(&mut self, report: IndexedReport) -> Result<(), BuildError> {
        if self.lexicon.is_some() {
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
        let tables = std::mem::take(&mut self.columns).encode(&self.topics)?;
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
        if self.lexicon.is_some() {
            return Ok(());
        }
        let sample = std::mem::take(&mut self.sample);
        self.lexicon = Some(Arc::new(Runs::learn(&sample)));
        sample.iter().try_for_each(|report| self.write(report))
    }

    fn write(&mut self, report: &IndexedReport) -> Result<(), BuildError> {
        self.columns.report(report);
        let fields = self.fields;
        let mut first = TantivyDocument::new();
        first.add_bytes(fields.data, &stored::encode(report)?);
        first.add_text(fields.id, &report.id);
        if let Some(issuer) = &report.issuer {
            first.add_text(fields.issuer, prepare(&fold(issuer)));
        }
        let mut document = first;
        if report.paragraphs.is_empty() {
            self.columns.paragraph("other", &[], 0);
            self.group()?.writer.add_document(document)?;
            return Ok(());
        }
        let mut bytes = 0;
        for paragraph in &report.paragraphs {
            let text = prepare(&fold(&paragraph.text));
            bytes += text.len();
            let chars = text.chars().count() as u32;
            self.columns
                .paragraph(&paragraph.role, &paragraph.topics, chars);
            document.add_text(fields.text, text);
            self.group()?.writer.add_document(document)?;
            document = TantivyDocument::new();
        }
        let group = self.group()?;
        group.bytes += bytes;
        if group.bytes >= GROUP {
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
        let lexicon = self.lexicon.clone().unwrap_or_default();
        tokenizers.register(TOKENIZER, TextAnalyzer::from(Units { lexicon }));
        let directory = RamDirectory::create();
        let settings = IndexSettings {
            docstore_compress_dedicated_thread: false,
            ..IndexSettings::default()
        };
        let writer = Index::builder()
            .schema(schema().0)
            .settings(settings)
            .tokenizers(tokenizers)
            .single_segment_index_writer(directory.clone(), 256 << 20)?;
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
    let meta = std::path::Path::new("meta.json");
    let bytes = from.atomic_read(meta).map_err(TantivyError::from)?;
    to.atomic_write(meta, &bytes)?;
    Ok(())
}

/// Merges the groups, in their order.
fn merge(groups: &[RamDirectory], to: Box<dyn Directory>) -> Result<(), BuildError> {
    let open = |directory: &RamDirectory| Index::open(directory.clone());
    let indices: Vec<Index> = groups.iter().map(open).collect::<Result<_, _>>()?;
    tantivy::indexer::merge_indices(&indices, to)?;
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
        tokens(text, &*self.lexicon, |token, at| {
            all.push_str(token);
            ends.push((all.len(), at));
        });
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

/// The lexicon: runs of three and four characters that stand often in the sample and whose pairs are so frequent that
/// looking the run up by its pairs would read much.
#[derive(Debug, Default)]
struct Runs {
    pairs: HashSet<[char; 2]>,
    triples: HashSet<[char; 3]>,
    quadruples: HashSet<[char; 4]>,
}

/// A run is worth a token of its own if its pairs occur together so many times a report…
const PAIRS_PER_REPORT: f64 = 6.0;
/// … and the run itself so many.
const RUN_PER_REPORT: f64 = 0.1;

impl Lexicon for Runs {
    fn begins(&self, first: char, second: char) -> bool {
        self.pairs.contains(&[first, second])
    }

    fn has(&self, run: &[char]) -> bool {
        match *run {
            [a, b, c] => self.triples.contains(&[a, b, c]),
            [a, b, c, d] => self.quadruples.contains(&[a, b, c, d]),
            _ => false,
        }
    }
}

impl Runs {
    fn learn(sample: &[IndexedReport]) -> Runs {
        let texts = sample.iter().flat_map(|report| &report.paragraphs);
        let texts: Vec<Vec<char>> = texts
            .map(|paragraph| fold(&paragraph.text).text.chars().collect())
            .collect();
        let reports = sample.len().max(1) as f64;
        let mut pairs: HashMap<[char; 2], u32> = HashMap::new();
        for pair in texts.iter().flat_map(|text| text.windows(2)) {
            *pairs.entry([pair[0], pair[1]]).or_default() += 1;
        }
        // Only a pair with half the weight or more can be half of a heavy run.
        let light = (PAIRS_PER_REPORT / 8.0 * reports) as u32;
        pairs.retain(|_, count| *count > light);
        let weight = |first: &[char], second: &[char]| {
            let count = |pair: &[char]| pairs.get(pair).copied().map(f64::from);
            Some((count(first)? + count(second)?) / reports)
        };
        let heavy = |first: &[char], second: &[char]| {
            weight(first, second).is_some_and(|weight| weight >= PAIRS_PER_REPORT)
        };
        let mut triples: HashMap<[char; 3], u32> = HashMap::new();
        let mut quadruples: HashMap<[char; 4], u32> = HashMap::new();
        for text in &texts {
            for run in text.windows(3).filter(|run| heavy(&run[..2], &run[1..])) {
                *triples.entry([run[0], run[1], run[2]]).or_default() += 1;
            }
            for run in text.windows(4).filter(|run| heavy(&run[..2], &run[2..])) {
                *quadruples
                    .entry([run[0], run[1], run[2], run[3]])
                    .or_default() += 1;
            }
        }
        let often = |count: u32| f64::from(count) >= RUN_PER_REPORT * reports;
        let mut runs = Runs::default();
        for (run, _) in triples.into_iter().filter(|(_, count)| often(*count)) {
            runs.pairs.insert([run[0], run[1]]);
            runs.triples.insert(run);
        }
        for (run, _) in quadruples.into_iter().filter(|(_, count)| often(*count)) {
            runs.pairs.insert([run[0], run[1]]);
            runs.quadruples.insert(run);
        }
        runs
    }
}
