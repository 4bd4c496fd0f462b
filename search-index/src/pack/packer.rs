//! A segment's files → boot pack and chunk files.

use super::boot::{BlockLine, FORMAT, Header, chunk_name, encode, id};
use super::texts::{Filling, TextFile};
use super::{BLOCK, FILE_LIMIT, PackError, script};
use crate::schema::TEXTS;
use crate::write::Written;
use crate::{BuildError, IndexBuilder, SCHEMA_VERSION, Searcher};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, FileSlice, Lock, OwnedBytes, WatchCallback, WatchHandle,
    WritePtr,
};
use tantivy::index::SegmentComponent;
use tantivy::schema::IndexRecordOption;
use tantivy::{HasLen, Index, ReloadPolicy};

const META: &str = "meta.json";

/// The segment's name in a packed index: Tantivy's own is random.
const SEGMENT: &str = "00000000000000000000000000000000";

/// What a segment without deletions is made of.
const COMPONENTS: [SegmentComponent; 6] = [
    SegmentComponent::Terms,
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::FastFields,
    SegmentComponent::FieldNorms,
    SegmentComponent::Store,
];

/// An index ready to be written, file by file, in bounded memory.
pub struct Packed {
    boot: Vec<u8>,
    chunks: Vec<Chunk>,
    extents: Vec<Extent>,
}

/// A chunk file: its name and what of the packed space it holds.
pub(super) struct Chunk {
    pub(super) name: String,
    pub(super) space: Range<u64>,
    pub(super) blocks: u32,
    pub(super) source: Option<Vec<u8>>,
}

/// A chunk file, not yet read.
pub struct PackedFile<'p> {
    packed: &'p Packed,
    chunk: &'p Chunk,
}

impl PackedFile<'_> {
    /// Its name.
    pub fn name(&self) -> String {
        format!("{}.js", self.chunk.name)
    }

    /// Names all that it was made from, if that has a name: the same, the same file.
    pub fn source(&self) -> Option<&[u8]> {
        self.chunk.source.as_deref()
    }

    /// What it holds.
    ///
    /// # Errors
    /// The index's own files can't be read any more.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        let bytes = read_space(&self.packed.extents, &self.chunk.space)?;
        Ok(script::write(&self.chunk.name, &bytes))
    }
}

/// A run of bytes of one of the segment's files, and where it lies in the packed space.
struct Extent {
    slice: FileSlice,
    start: u64,
    at: u64,
    len: u64,
    file: u32,
}

impl Packed {
    /// Packs the one segment of the index in `directory`, written under schema version `schema`.
    ///
    /// `texts` tells how the file of texts was cut; `open` opens the index as a reader will: whatever it reads goes into
    /// the boot pack.
    ///
    /// # Errors
    /// There is not exactly one segment without deletions, or its files can't be read.
    pub(crate) fn new<E: fmt::Display>(
        directory: &dyn Directory,
        schema: u32,
        texts: Vec<TextFile>,
        open: impl FnOnce(Box<dyn Directory>) -> Result<(), E>,
    ) -> Result<Packed, PackError> {
        let segment = Segment::find(directory)?;
        let reads = Reads::default();
        open(Box::new(Recording::new(directory, &reads)))
            .map_err(|error| PackError::Source(error.to_string()))?;
        let mut extents = segment.lay(directory)?;
        let index = extents.last().map_or(0, |last| last.at + last.len);
        let (mut chunks, mut table) = cut(&extents)?;
        if let Some(slice) = &segment.texts {
            extents.push(Extent {
                slice: slice.clone(),
                start: 0,
                at: index,
                len: slice.len() as u64,
                file: segment.files.len() as u32 + 1,
            });
        }
        let of_texts = text_chunks(texts, index, &mut table);

        let mut files = vec![(META.to_owned(), segment.meta.len() as u64)];
        for (name, slice) in &segment.files {
            files.push((segment.public(name), slice.len() as u64));
        }
        files.extend(
            segment
                .texts
                .iter()
                .map(|slice| (TEXTS.to_owned(), slice.len() as u64)),
        );
        let mut ranges = vec![(0, 0, segment.meta.len() as u64)];
        let mut boot_bytes = segment.meta.clone();
        let reads = std::mem::take(&mut *reads.lock().unwrap_or_else(PoisonError::into_inner));
        for (number, (name, slice)) in (1..).zip(&segment.files) {
            let read = reads.get(Path::new(name)).map_or(&[][..], Vec::as_slice);
            for range in merge(read) {
                boot_bytes.extend_from_slice(&slice.read_bytes_slice(range.clone())?);
                ranges.push((number, range.start as u64, range.len() as u64));
            }
        }
        let header = Header {
            format: FORMAT,
            schema,
            block: BLOCK as u32,
            files,
            extents: extents.iter().map(|e| (e.file, e.start, e.len)).collect(),
            index,
            chunks: chunks
                .iter()
                .chain(&of_texts)
                .map(|chunk| chunk.blocks)
                .collect(),
            texts: of_texts.iter().map(|chunk| chunk.name.clone()).collect(),
            ranges,
        };
        chunks.extend(of_texts);
        Ok(Packed {
            boot: encode(&header, &table, &boot_bytes),
            chunks,
            extents,
        })
    }

    /// The file `boot.js`.
    pub fn boot(&self) -> Vec<u8> {
        script::write("boot", &self.boot)
    }

    /// A short name of this very index: other bytes, another name.
    pub fn id(&self) -> String {
        id(&self.boot)
    }

    /// The boot pack's bytes, as [`Boot::parse`](super::Boot::parse) takes them.
    pub fn boot_bytes(&self) -> &[u8] {
        &self.boot
    }

    /// How many chunk files there are.
    pub fn len(&self) -> u32 {
        self.chunks.len() as u32
    }

    /// Whether there is no chunk file: all is in the boot pack.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// The `number`th chunk file.
    pub fn file(&self, number: usize) -> Option<PackedFile<'_>> {
        let chunk = self.chunks.get(number)?;
        Some(PackedFile {
            packed: self,
            chunk,
        })
    }

    /// The chunk files, in order.
    pub fn files(&self) -> impl Iterator<Item = PackedFile<'_>> {
        let file = |chunk| PackedFile {
            packed: self,
            chunk,
        };
        self.chunks.iter().map(file)
    }
}

impl IndexBuilder {
    /// Writes the index and packs it.
    ///
    /// # Errors
    /// Tantivy could not write it.
    pub fn pack(self) -> Result<Packed, BuildError> {
        let Written { directory, texts } = self.written()?;
        let open = |directory| Searcher::open(directory).map(drop);
        Packed::new(&*directory, SCHEMA_VERSION, texts, open)
            .map_err(|error| BuildError(error.to_string()))
    }
}

/// Cuts the index itself into blocks and these into files.
fn cut(extents: &[Extent]) -> io::Result<(Vec<Chunk>, Vec<BlockLine>)> {
    let space = extents.last().map_or(0, |last| last.at + last.len);
    let (mut filling, mut table) = (Filling::new(), Vec::new());
    let mut start = 0;
    while start < space {
        let end = (start + BLOCK as u64).min(space);
        let line = BlockLine::of(&read_space(extents, &(start..end))?);
        filling.add(start..end, line.escapes.into());
        table.push(line);
        start = end;
    }
    for (number, chunk) in (0..).zip(&mut filling.chunks) {
        chunk.name = chunk_name(number);
    }
    Ok((filling.chunks, table))
}

/// The files of texts, which begin at `at`, and their blocks' lines into the table.
fn text_chunks(texts: Vec<TextFile>, mut at: u64, table: &mut Vec<BlockLine>) -> Vec<Chunk> {
    let mut names = BTreeSet::new();
    let chunk = |file: TextFile| {
        let first = format!("t{:08x}", file.sum);
        let others = (2..).map(|again| format!("{first}-{again}"));
        // Two files may have the same sum.
        let mut fresh = [first.clone()].into_iter().chain(others);
        let name = fresh.find(|name| names.insert(name.clone()));
        let start = at;
        at += file.bytes();
        let blocks = file.blocks.len() as u32;
        table.extend(file.blocks);
        Chunk {
            name: name.unwrap_or_default(),
            space: start..at,
            blocks,
            source: file.source,
        }
    };
    texts.into_iter().map(chunk).collect()
}

fn read_space(extents: &[Extent], range: &Range<u64>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity((range.end - range.start) as usize);
    let first = extents.partition_point(|e| e.at + e.len <= range.start);
    for extent in &extents[first..] {
        if extent.at >= range.end {
            break;
        }
        let from = extent.start + range.start.max(extent.at) - extent.at;
        let to = extent.start + range.end.min(extent.at + extent.len) - extent.at;
        bytes.extend_from_slice(&extent.slice.read_bytes_slice(from as usize..to as usize)?);
    }
    Ok(bytes)
}

/// Sorts ranges and joins those that touch or nearly do.
fn merge(ranges: &[Range<usize>]) -> Vec<Range<usize>> {
    const NEAR: usize = 32;
    let mut sorted: Vec<_> = ranges.iter().filter(|range| !range.is_empty()).collect();
    sorted.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in sorted {
        match merged.last_mut() {
            Some(last) if range.start <= last.end + NEAR => last.end = last.end.max(range.end),
            _ => merged.push(range.clone()),
        }
    }
    merged
}

/// The one segment of an index.
struct Segment {
    id: String,
    /// `meta.json`, with the segment under its packed name.
    meta: Vec<u8>,
    files: Vec<(String, FileSlice)>,
    /// The reports' texts, which are no part of the segment.
    texts: Option<FileSlice>,
}

impl Segment {
    fn find(directory: &dyn Directory) -> Result<Segment, PackError> {
        let meta = directory
            .atomic_read(Path::new(META))
            .map_err(tantivy::TantivyError::from)?;
        let mut meta: serde_json::Value =
            serde_json::from_slice(&meta).map_err(|error| PackError::Source(error.to_string()))?;
        let segments = meta["segments"]
            .as_array_mut()
            .map_or(&mut [][..], |all| all);
        let [segment] = segments else {
            let message = format!("{} segments instead of one", segments.len());
            return Err(PackError::Source(message));
        };
        if !segment["deletes"].is_null() {
            return Err(PackError::Source("it has deletions".into()));
        }
        let id = segment["segment_id"]
            .as_str()
            .unwrap_or_default()
            .replace('-', "");
        segment["segment_id"] = uuid(SEGMENT).into();
        let index = Index::open(directory.box_clone())?;
        let paths: BTreeSet<PathBuf> = index
            .searchable_segment_metas()?
            .iter()
            .flat_map(|meta| COMPONENTS.map(|component| meta.relative_path(component)))
            .collect();
        let mut files = Vec::new();
        for path in paths {
            if directory
                .exists(&path)
                .map_err(tantivy::TantivyError::from)?
            {
                let slice = directory
                    .open_read(&path)
                    .map_err(tantivy::TantivyError::from)?;
                files.push((path.to_string_lossy().into_owned(), slice));
            }
        }
        let meta = serde_json::to_vec(&meta).unwrap_or_default();
        let texts = match directory.open_read(Path::new(TEXTS)) {
            Ok(slice) => Some(slice).filter(|slice| slice.len() > 0),
            Err(OpenReadError::FileDoesNotExist(_)) => None,
            Err(error) => return Err(tantivy::TantivyError::from(error).into()),
        };
        Ok(Segment {
            id,
            meta,
            files,
            texts,
        })
    }

    /// A file's name in the packed index.
    fn public(&self, name: &str) -> String {
        name.replace(&self.id, SEGMENT)
    }

    /// Lays the files into the packed space: a term's postings and its positions side by side, so
    /// that a query opens one file where it would open two; then what is left, file by file.
    fn lay(&self, directory: &dyn Directory) -> Result<Vec<Extent>, PackError> {
        let number_of = |ending: &str| {
            self.files
                .iter()
                .position(|(name, _)| name.ends_with(ending))
        };
        let mut extents = Vec::new();
        let mut taken: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        let mut take = |number: Option<usize>, range: Range<usize>| {
            if let Some(number) = number
                && !range.is_empty()
            {
                taken.entry(number).or_default().push(range.clone());
                extents.push((number, range));
            }
        };
        let (postings, positions) = (number_of(".idx"), number_of(".pos"));
        for pair in paired_terms(directory)? {
            take(postings, pair.postings);
            take(positions, pair.positions);
        }
        for (number, (_, slice)) in self.files.iter().enumerate() {
            let mut at = 0;
            let mut ranges = taken.remove(&number).unwrap_or_default();
            ranges.sort_by_key(|range| range.start);
            for range in ranges {
                extents.push((number, at..range.start));
                at = range.end;
            }
            extents.push((number, at..slice.len()));
        }
        let mut at = 0;
        let placed = extents.into_iter().filter(|(_, range)| !range.is_empty());
        Ok(placed
            .map(|(number, range)| {
                let extent = Extent {
                    slice: self.files[number].1.clone(),
                    start: range.start as u64,
                    at,
                    len: range.len() as u64,
                    file: number as u32 + 1,
                };
                at += extent.len;
                extent
            })
            .collect())
    }
}

/// Hyphens where Tantivy writes a segment's id with them.
fn uuid(simple: &str) -> String {
    let cut = |range: Range<usize>| &simple[range];
    format!(
        "{}-{}-{}-{}-{}",
        cut(0..8),
        cut(8..12),
        cut(12..16),
        cut(16..20),
        cut(20..32)
    )
}

/// Postings and positions of terms in a row: ranges of `.idx` and `.pos`.
struct Pair {
    postings: Range<usize>,
    positions: Range<usize>,
}

/// Walks every field's terms and cuts their postings and positions where the two fill a file.
fn paired_terms(directory: &dyn Directory) -> Result<Vec<Pair>, PackError> {
    let reads = Reads::default();
    let index = Index::open(Recording::new(directory, &reads))?;
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()?;
    let searcher = reader.searcher();
    let mut pairs = Vec::new();
    for segment in searcher.segment_readers() {
        for (field, entry) in index.schema().fields() {
            let option = entry.field_type().get_index_record_option();
            if !entry.is_indexed() || option != Some(IndexRecordOption::WithFreqsAndPositions) {
                continue;
            }
            let inverted = segment.inverted_index(field)?;
            let mut terms = inverted.terms().stream()?;
            let mut bases = None;
            let mut pair: Option<Pair> = None;
            while terms.advance() {
                let term = terms.value();
                // Where a field's part begins in the files is Tantivy's secret: what it reads for
                // the first term tells.
                let (idx, pos) = if let Some(bases) = bases {
                    bases
                } else {
                    reads.lock().unwrap_or_else(PoisonError::into_inner).clear();
                    inverted.read_postings_from_terminfo(
                        term,
                        IndexRecordOption::WithFreqsAndPositions,
                    )?;
                    let first = |ending: &str, start: usize| {
                        let reads = reads.lock().unwrap_or_else(PoisonError::into_inner);
                        let (_, ranges) = reads
                            .iter()
                            .find(|(path, _)| path.to_string_lossy().ends_with(ending))?;
                        Some(ranges.iter().map(|range| range.start).min()? - start)
                    };
                    let found = first(".idx", term.postings_range.start)
                        .zip(first(".pos", term.positions_range.start));
                    let Some(found) = found else { break };
                    bases = Some(found);
                    found
                };
                let postings = idx + term.postings_range.start..idx + term.postings_range.end;
                let positions = pos + term.positions_range.start..pos + term.positions_range.end;
                match &mut pair {
                    Some(pair) if pair.postings.len() + pair.positions.len() < FILE_LIMIT => {
                        pair.postings.end = postings.end;
                        pair.positions.end = positions.end;
                    }
                    pair => pairs.extend(pair.replace(Pair {
                        postings,
                        positions,
                    })),
                }
            }
            pairs.extend(pair);
        }
    }
    Ok(pairs)
}

type Reads = Arc<Mutex<BTreeMap<PathBuf, Vec<Range<usize>>>>>;

/// A directory that notes every range that is read through it.
#[derive(Clone)]
struct Recording {
    inner: Box<dyn Directory>,
    reads: Reads,
}

impl Recording {
    fn new(inner: &dyn Directory, reads: &Reads) -> Recording {
        Recording {
            inner: inner.box_clone(),
            reads: reads.clone(),
        }
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recording({:?})", self.inner)
    }
}

impl Directory for Recording {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        Ok(Arc::new(RecordingHandle {
            inner: self.inner.get_file_handle(path)?,
            path: path.into(),
            reads: self.reads.clone(),
        }))
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.inner.atomic_read(path)
    }

    fn acquire_lock(&self, _lock: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.inner.open_write(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.inner.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.inner.sync_directory()
    }
}

struct RecordingHandle {
    inner: Arc<dyn FileHandle>,
    path: PathBuf,
    reads: Reads,
}

impl fmt::Debug for RecordingHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordingHandle({})", self.path.display())
    }
}

impl HasLen for RecordingHandle {
    fn len(&self) -> usize {
        self.inner.len()
    }
}

impl FileHandle for RecordingHandle {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        let mut reads = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        reads
            .entry(self.path.clone())
            .or_default()
            .push(range.clone());
        drop(reads);
        self.inner.read_bytes(range)
    }
}
