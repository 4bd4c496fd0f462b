//! The boot pack: the tables of where everything lies, and the bytes that opening reads.

use super::{BLOCK, PackError, script};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use tantivy::directory::OwnedBytes;

/// Version of the layout that this module writes and reads.
pub const FORMAT: u32 = 2;

const MAGIC: &[u8] = b"fangzhi-index\n";

/// The name of the `chunk`th file of the index itself, without `.js`.
pub(super) fn chunk_name(chunk: u32) -> String {
    format!("{chunk:04}")
}

/// The part of the boot pack that is written as JSON. Lengths and offsets in bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Header {
    /// [`FORMAT`].
    pub(super) format: u32,
    /// The schema's version, as the crate says it.
    pub(super) schema: u32,
    /// Bytes of a block of the index itself.
    pub(super) block: u32,
    /// Bytes of the index itself, which comes first in the packed space; texts follow, in blocks of any length.
    pub(super) index: u64,
    /// Name and length of each of the segment's files.
    pub(super) files: Vec<(String, u64)>,
    /// What lies in the packed space, in its order: file (index into `files`), start, length.
    pub(super) extents: Vec<(u32, u64, u64)>,
    /// Blocks in each chunk file.
    pub(super) chunks: Vec<u32>,
    /// Names of the last of them, those with texts; the others are numbered.
    pub(super) texts: Vec<String>,
    /// Ranges whose bytes the boot pack holds: file, start, length; sorted, apart.
    pub(super) ranges: Vec<(u32, u64, u64)>,
}

/// A block's line in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BlockLine {
    /// CRC-32 of its bytes.
    pub(super) checksum: u32,
    /// Bytes that escaping adds to it.
    pub(super) escapes: u16,
    /// Its bytes.
    pub(super) len: u16,
}

#[cfg(not(target_family = "wasm"))]
impl BlockLine {
    /// The line of a block with these bytes.
    pub(super) fn of(bytes: &[u8]) -> BlockLine {
        BlockLine {
            checksum: crc32fast::hash(bytes),
            escapes: script::escapes(bytes) as u16,
            len: bytes.len() as u16,
        }
    }
}

/// One of the segment's files, as read.
#[derive(Debug)]
pub(super) struct PackedFile {
    pub(super) len: u64,
    /// Start in the file → (length, place in the packed space).
    extents: BTreeMap<u64, (u64, u64)>,
    /// Start in the file → its bytes, for what the boot pack holds.
    ranges: BTreeMap<u64, OwnedBytes>,
}

/// The boot pack, read.
#[derive(Debug)]
pub struct Boot {
    header: Header,
    table: Vec<BlockLine>,
    /// Where each block of texts begins in the packed space.
    starts: Vec<u64>,
    /// First block of each chunk, and the number of all blocks at the end.
    firsts: Vec<u32>,
    files: BTreeMap<String, Arc<PackedFile>>,
    id: String,
}

/// Writes a boot pack's bytes (not yet a script).
#[cfg(not(target_family = "wasm"))]
pub(super) fn encode(header: &Header, table: &[BlockLine], ranges: &[u8]) -> Vec<u8> {
    let json = serde_json::to_vec(header).unwrap_or_default();
    let mut out = MAGIC.to_vec();
    out.extend((json.len() as u32).to_le_bytes());
    out.extend(json);
    out.extend((table.len() as u32).to_le_bytes());
    out.extend(table.iter().flat_map(|line| line.checksum.to_le_bytes()));
    out.extend(table.iter().flat_map(|line| line.escapes.to_le_bytes()));
    // Blocks of the index itself all have the same length, but for the last.
    let texts = table
        .iter()
        .skip(header.index.div_ceil(BLOCK as u64) as usize);
    out.extend(texts.flat_map(|line| line.len.to_le_bytes()));
    out.extend(ranges);
    out.extend(crc32fast::hash(&out).to_le_bytes());
    out
}

/// A short name for a boot pack's bytes: their checksum, which covers those of all blocks.
pub(super) fn id(bytes: &[u8]) -> String {
    let sum = bytes.last_chunk::<4>().copied().unwrap_or_default();
    format!("{:08x}", u32::from_le_bytes(sum))
}

impl Boot {
    /// Reads a boot pack's bytes and checks them.
    ///
    /// # Errors
    /// [`PackError::Version`] where another version wrote it, [`PackError::Cut`] or
    /// [`PackError::Altered`] where the bytes are not as written.
    pub fn parse(bytes: Vec<u8>, schema: u32) -> Result<Boot, PackError> {
        let altered = || PackError::Altered {
            file: super::BOOT_FILE.into(),
        };
        let Some((content, sum)) = bytes.split_last_chunk::<4>() else {
            return Err(PackError::Cut {
                file: super::BOOT_FILE.into(),
            });
        };
        let sum = u32::from_le_bytes(*sum);
        if crc32fast::hash(content) != sum || !content.starts_with(MAGIC) {
            return Err(altered());
        }
        let (id, end) = (id(&bytes), content.len());
        let bytes = OwnedBytes::new(bytes).slice(0..end);
        let mut rest = bytes.slice(MAGIC.len()..end);
        let json = take_counted(&mut rest, 1).ok_or_else(altered)?;
        let header: Header = serde_json::from_slice(&json).map_err(|_| altered())?;
        if (header.format, header.schema, header.block as usize) != (FORMAT, schema, BLOCK) {
            return Err(PackError::Version {
                found: format!("{}.{}", header.format, header.schema),
                expected: format!("{FORMAT}.{schema}"),
            });
        }
        let lines = take_counted(&mut rest, 6).ok_or_else(altered)?;
        let (sums, escapes) = lines.split_at(lines.len() / 6 * 4);
        let index = header.index.div_ceil(BLOCK as u64) as usize;
        let texts = (sums.len() / 4).saturating_sub(index) * 2;
        if texts > rest.len() {
            return Err(altered());
        }
        let (lens, after) = rest.split(texts);
        rest = after;
        let of_index =
            (0..index as u64).map(|n| (header.index - n * BLOCK as u64).min(BLOCK as u64));
        let of_texts = lens
            .as_chunks::<2>()
            .0
            .iter()
            .map(|len| u16::from_le_bytes(*len));
        let table = sums
            .as_chunks::<4>()
            .0
            .iter()
            .zip(escapes.as_chunks::<2>().0)
            .zip(of_index.map(|len| len as u16).chain(of_texts))
            .map(|((sum, escapes), len)| BlockLine {
                checksum: u32::from_le_bytes(*sum),
                escapes: u16::from_le_bytes(*escapes),
                len,
            })
            .collect();
        Boot::assemble(header, table, &rest, id).ok_or_else(altered)
    }

    /// Reads `boot.js` as it lies on disk or came over http.
    ///
    /// # Errors
    /// As [`Boot::parse`].
    pub fn parse_script(file: &[u8], schema: u32) -> Result<Boot, PackError> {
        Boot::parse(script::read("boot", file)?, schema)
    }

    fn assemble(
        header: Header,
        table: Vec<BlockLine>,
        bytes: &OwnedBytes,
        id: String,
    ) -> Option<Boot> {
        let mut files: Vec<PackedFile> = header
            .files
            .iter()
            .map(|(_, len)| PackedFile {
                len: *len,
                extents: BTreeMap::new(),
                ranges: BTreeMap::new(),
            })
            .collect();
        let mut space = 0;
        for &(file, start, len) in &header.extents {
            let file = files.get_mut(file as usize)?;
            file.extents.insert(start, (len, space));
            space += len;
        }
        let mut at = 0;
        for &(file, start, len) in &header.ranges {
            let to = at + len as usize;
            let file = files.get_mut(file as usize)?;
            file.ranges
                .insert(start, (to <= bytes.len()).then(|| bytes.slice(at..to))?);
            at = to;
        }
        let mut firsts = vec![0];
        for blocks in &header.chunks {
            firsts.push(firsts.last()? + blocks);
        }
        let mut starts = Vec::new();
        let mut end = header.index;
        for line in table
            .iter()
            .skip(header.index.div_ceil(BLOCK as u64) as usize)
        {
            starts.push(end);
            end += u64::from(line.len);
        }
        let whole = *firsts.last()? as usize == table.len()
            && end == space
            && header.texts.len() <= header.chunks.len();
        let names = header.files.iter().map(|(name, _)| name.clone());
        let files = names.zip(files.into_iter().map(Arc::new)).collect();
        whole.then_some(Boot {
            header,
            table,
            starts,
            firsts,
            files,
            id,
        })
    }

    /// A short name of this very index: other bytes, another name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How many chunk files there are.
    pub fn chunks(&self) -> u32 {
        self.header.chunks.len() as u32
    }

    /// The segment's files, and the texts: names and bytes.
    pub fn contents(&self) -> impl Iterator<Item = (&str, u64)> {
        self.header
            .files
            .iter()
            .map(|(name, len)| (name.as_str(), *len))
    }

    /// What of them lies in some blocks.
    pub fn contents_of(&self, blocks: Range<u32>) -> impl Iterator<Item = (&str, u64)> {
        let space = match blocks.end.checked_sub(1) {
            Some(last) if last >= blocks.start => {
                self.space_of(blocks.start).start..self.space_of(last).end
            }
            _ => 0..0,
        };
        let mut at = 0;
        self.header
            .extents
            .iter()
            .filter_map(move |&(file, _, len)| {
                let extent = at..at + len;
                at = extent.end;
                let from = space.start.max(extent.start);
                let len = space.end.min(extent.end).checked_sub(from)?;
                let (name, _) = self.header.files.get(file as usize)?;
                (len > 0).then_some((name.as_str(), len))
            })
    }

    pub(super) fn file(&self, name: &str) -> Option<&Arc<PackedFile>> {
        self.files.get(name)
    }

    /// The blocks of a chunk file.
    pub(super) fn blocks_of(&self, chunk: u32) -> Range<u32> {
        let at = |n: usize| self.firsts.get(n).copied().unwrap_or_default();
        at(chunk as usize)..at(chunk as usize + 1)
    }

    /// The chunk file that holds a block.
    pub(super) fn chunk_of(&self, block: u32) -> u32 {
        (self.firsts.partition_point(|first| *first <= block) - 1) as u32
    }

    /// A chunk file's name, without `.js`.
    pub(super) fn name_of(&self, chunk: u32) -> String {
        let numbered = self.header.chunks.len() - self.header.texts.len();
        let texts = (chunk as usize).checked_sub(numbered);
        match texts.and_then(|text| self.header.texts.get(text)) {
            Some(name) => name.clone(),
            None => chunk_name(chunk),
        }
    }

    /// Blocks of the index itself.
    fn of_index(&self) -> u32 {
        self.header.index.div_ceil(BLOCK as u64) as u32
    }

    /// The block that holds a byte of the packed space.
    pub(super) fn block_at(&self, at: u64) -> u32 {
        if at < self.header.index {
            (at / BLOCK as u64) as u32
        } else {
            self.of_index() + (self.starts.partition_point(|start| *start <= at) - 1) as u32
        }
    }

    /// Where a block lies in the packed space.
    pub(super) fn space_of(&self, block: u32) -> Range<u64> {
        let start = match block.checked_sub(self.of_index()) {
            None => u64::from(block) * BLOCK as u64,
            Some(text) => self.starts[text as usize],
        };
        start..start + self.block_len(block) as u64
    }

    /// Bytes of a block.
    pub(super) fn block_len(&self, block: u32) -> usize {
        self.table
            .get(block as usize)
            .map_or(0, |line| line.len.into())
    }

    /// Where `blocks` of one chunk lie, escaped, in its file.
    pub(super) fn place(&self, blocks: Range<u32>) -> Range<u64> {
        let chunk = self.chunk_of(blocks.start);
        let escaped = |range: Range<u32>| -> u64 {
            range
                .map(|n| self.block_len(n) as u64 + u64::from(self.table[n as usize].escapes))
                .sum()
        };
        let head = script::head(&self.name_of(chunk)).len() as u64;
        let start = head + escaped(self.blocks_of(chunk).start..blocks.start);
        start..start + escaped(blocks)
    }

    /// Whether `bytes` are the block's.
    pub(super) fn verify(&self, block: u32, bytes: &[u8]) -> bool {
        self.table.get(block as usize).is_some_and(|line| {
            bytes.len() == self.block_len(block) && crc32fast::hash(bytes) == line.checksum
        })
    }
}

impl PackedFile {
    /// The bytes of a range, where the boot pack holds all of it.
    pub(super) fn booted(&self, range: &Range<u64>) -> Option<OwnedBytes> {
        let (start, bytes) = self.ranges.range(..=range.start).next_back()?;
        let from = (range.start - start) as usize;
        let to = (range.end - start) as usize;
        (to <= bytes.len()).then(|| bytes.slice(from..to))
    }

    /// Where a range lies in the packed space: pieces, in the file's order.
    pub(super) fn pieces(&self, range: &Range<u64>) -> Option<Vec<Range<u64>>> {
        let mut pieces = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let (start, (len, packed)) = self.extents.range(..=at).next_back()?;
            let end = (start + len).min(range.end);
            if end <= at {
                return None;
            }
            pieces.push(packed + (at - start)..packed + (end - start));
            at = end;
        }
        Some(pieces)
    }
}

/// Takes a u32 count and that many items of `size` bytes off the front.
fn take_counted(rest: &mut OwnedBytes, size: usize) -> Option<OwnedBytes> {
    let count = u32::from_le_bytes(*rest.first_chunk::<4>()?) as usize;
    let end = 4usize.checked_add(count.checked_mul(size)?)?;
    let taken = (end <= rest.len()).then(|| rest.slice(4..end))?;
    *rest = rest.slice(end..rest.len());
    Some(taken)
}
