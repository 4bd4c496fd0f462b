//! Texts → blocks, one a report, and the files that these fill.
//!
//! A group's texts are cut by themselves: their files are the same whatever groups stand before and after them.

use super::boot::BlockLine;
use super::packer::Chunk;
use super::{FILE_LIMIT, script};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Most bytes of a block of texts: escaped in the worst way, it fits a file.
const LONGEST: usize = 32 << 10;

/// A file of texts: which follow one after the other.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TextFile {
    /// CRC-32 of what it holds.
    pub(super) sum: u32,
    pub(super) blocks: Vec<BlockLine>,
    /// Names all that it was made from, if that has a name.
    #[serde(skip)]
    pub(crate) source: Option<Vec<u8>>,
}

impl TextFile {
    /// Bytes of its texts.
    pub(super) fn bytes(&self) -> u64 {
        self.blocks.iter().map(|block| u64::from(block.len)).sum()
    }
}

/// Cuts the texts of a group, which have these lengths, into files.
pub(crate) fn cut(texts: &[u8], lengths: &[u32]) -> Vec<TextFile> {
    let (mut filling, mut lines) = (Filling::new(), Vec::new());
    let mut rest = texts;
    let mut at = 0;
    for &len in lengths {
        let (text, after) = rest.split_at((len as usize).min(rest.len()));
        rest = after;
        for block in text.chunks(LONGEST) {
            let line = BlockLine::of(block);
            let end = at + block.len() as u64;
            filling.add(at..end, line.escapes.into());
            lines.push(line);
            at = end;
        }
    }
    let mut lines = lines.into_iter();
    let file = |chunk: &Chunk| TextFile {
        sum: crc32fast::hash(&texts[chunk.space.start as usize..chunk.space.end as usize]),
        blocks: lines.by_ref().take(chunk.blocks as usize).collect(),
        source: None,
    };
    filling.chunks.iter().map(file).collect()
}

/// Chunk files, as they fill.
pub(super) struct Filling {
    pub(super) chunks: Vec<Chunk>,
    /// Bytes of the last one.
    size: usize,
}

impl Filling {
    pub(super) fn new() -> Filling {
        let chunks = Vec::new();
        Filling { chunks, size: 0 }
    }

    /// Adds a block to the last file, or to a new one where it has no room.
    pub(super) fn add(&mut self, space: Range<u64>, escapes: usize) {
        // The head's length is that of the longest name; a byte less in the others is no loss.
        let frame = script::head(LONGEST_NAME).len() + script::TAIL.len();
        let size = (space.end - space.start) as usize + escapes;
        match self.chunks.last_mut() {
            Some(last) if self.size + size <= FILE_LIMIT => {
                last.space.end = space.end;
                last.blocks += 1;
                self.size += size;
            }
            _ => {
                self.size = frame + size;
                self.chunks.push(Chunk {
                    name: String::new(),
                    space,
                    blocks: 1,
                    source: None,
                });
            }
        }
    }
}

const LONGEST_NAME: &str = "t00000000-9999";
