//! A segment's files → boot pack and chunk files.

use super::boot::{BlockLine, FORMAT, Header, chunk_name, encode, id};
use super::recording::{Reads, Recording, taken};
use super::segment::{Extent, META, Segment, read_space};
use super::texts::{Filling, TextFile};
use super::{BLOCK, PackError, script};
use crate::schema::TEXTS;
use crate::write::Written;
use crate::{BuildError, IndexBuilder, SCHEMA_VERSION, Searcher};
use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::Path;
use tantivy::HasLen;
use tantivy::directory::Directory;

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
        let reads = taken(&reads);
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
