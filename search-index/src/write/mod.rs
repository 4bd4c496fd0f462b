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
mod group;
mod invert;
mod lexicon;
mod merge;
mod segment;
mod spool;
mod tokens;

use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use tantivy::directory::error::OpenWriteError;
use tantivy::directory::{TerminatingWrite as _, WritePtr};
use tantivy::{Directory, TantivyError};

use crate::pack::texts::TextFile;
use crate::schema::TEXTS;
use crate::{IndexedReport, TopicLabel};
use columns::ColumnsBuilder;
pub use group::{GroupWriter, Grouping, IndexGroup};
use lexicon::Learnt;
use segment::{POSTINGS, PutGroup, write_postings, write_tables};
pub use spool::Spool;

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
        Ok(IndexBuilder {
            learnt: Some(Arc::new(Learnt::from_json(learnt)?)),
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

fn failed(error: impl fmt::Display) -> BuildError {
    BuildError(error.to_string())
}
