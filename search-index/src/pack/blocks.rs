//! Blocks that somebody fetched, checked and kept within a bound.

use super::{Boot, PackError, script};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where a directory gets its blocks from.
pub trait Blocks: Debug + Send + Sync + 'static {
    /// The boot pack that says what the blocks are.
    fn boot(&self) -> &Arc<Boot>;

    /// A block's bytes.
    ///
    /// # Errors
    /// Where it isn't at hand or is damaged. The caller goes on to ask for the others it needs, so
    /// that one round fetches them all.
    fn block(&self, block: u32) -> io::Result<Arc<[u8]>>;
}

/// A part of a file to fetch: blocks in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The first block.
    pub block: u32,
    /// How many.
    pub count: u32,
    /// Where they begin in the file.
    pub start: u64,
    /// Where they end.
    pub end: u64,
}

/// A file to fetch from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Need {
    /// The file's number.
    pub chunk: u32,
    /// Its name.
    pub file: String,
    /// The file's size.
    pub size: u64,
    /// What of it is needed.
    pub parts: Vec<Part>,
}

/// Blocks that are handed in from outside: the browser's side.
///
/// What was asked for and not there is remembered until [`Cached::needs`] takes it.
#[derive(Debug)]
pub struct Cached {
    boot: Arc<Boot>,
    limit: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    blocks: BTreeMap<u32, (Arc<[u8]>, u64)>,
    missing: BTreeSet<u32>,
    clock: u64,
}

impl Cached {
    /// An empty cache of at most `limit` bytes between two queries.
    pub fn new(boot: Arc<Boot>, limit: usize) -> Cached {
        let state = Mutex::default();
        Cached { boot, limit, state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The lock guards plain maps: a panic elsewhere can't leave them half-changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A block, where it is there.
    pub(super) fn peek(&self, block: u32) -> Option<Arc<[u8]>> {
        let mut state = self.state();
        state.clock += 1;
        let now = state.clock;
        let (bytes, used) = state.blocks.get_mut(&block)?;
        *used = now;
        Some(bytes.clone())
    }

    /// Takes what was asked for and not there, by file; empty after a run that had all it needed.
    pub fn needs(&self) -> Vec<Need> {
        let mut needs: Vec<Need> = Vec::new();
        for block in std::mem::take(&mut self.state().missing) {
            let chunk = self.boot.chunk_of(block);
            if needs.last().is_none_or(|need| need.chunk != chunk) {
                needs.push(Need {
                    chunk,
                    file: format!("{}.js", self.boot.name_of(chunk)),
                    size: self.boot.place(self.boot.blocks_of(chunk)).end
                        + script::TAIL.len() as u64,
                    parts: Vec::new(),
                });
            }
            let Some(need) = needs.last_mut() else {
                continue;
            };
            let place = self.boot.place(block..block + 1);
            match need.parts.last_mut() {
                Some(part) if part.block + part.count == block => {
                    part.count += 1;
                    part.end = place.end;
                }
                _ => need.parts.push(Part {
                    block,
                    count: 1,
                    start: place.start,
                    end: place.end,
                }),
            }
        }
        needs
    }

    /// Takes in a chunk file as it lies on disk or came over http.
    ///
    /// # Errors
    /// The file is cut or altered; nothing of it is kept.
    pub fn put_file(&self, chunk: u32, file: &[u8]) -> Result<(), PackError> {
        self.put_bytes(chunk, &script::read(&self.boot.name_of(chunk), file)?)
    }

    /// Takes in the bytes that a chunk file handed over.
    ///
    /// # Errors
    /// As [`Cached::put_file`].
    pub fn put_bytes(&self, chunk: u32, bytes: &[u8]) -> Result<(), PackError> {
        self.put(self.boot.blocks_of(chunk), chunk, bytes)
    }

    /// Takes in a part of a chunk file, escaped as it lies there.
    ///
    /// # Errors
    /// As [`Cached::put_file`].
    pub fn put_part(&self, block: u32, count: u32, escaped: &[u8]) -> Result<(), PackError> {
        let chunk = self.boot.chunk_of(block);
        let bytes = script::unescape(escaped).ok_or_else(|| self.altered(chunk))?;
        self.put(block..block.saturating_add(count), chunk, &bytes)
    }

    fn put(&self, blocks: Range<u32>, chunk: u32, bytes: &[u8]) -> Result<(), PackError> {
        let whole = self.boot.blocks_of(chunk);
        let mut rest = bytes;
        let checked: Option<Vec<(u32, Arc<[u8]>)>> = blocks
            .clone()
            .map(|block| {
                let (piece, after) = rest.split_at_checked(self.boot.block_len(block))?;
                rest = after;
                let whole = self.boot.verify(block, piece);
                whole.then(|| (block, Arc::from(piece)))
            })
            .collect();
        match checked {
            Some(checked) if rest.is_empty() && blocks.end <= whole.end => {
                let mut state = self.state();
                state.clock += 1;
                let now = state.clock;
                let aged = checked
                    .into_iter()
                    .map(|(block, bytes)| (block, (bytes, now)));
                state.blocks.extend(aged);
                Ok(())
            }
            _ => Err(self.altered(chunk)),
        }
    }

    fn altered(&self, chunk: u32) -> PackError {
        PackError::Altered {
            file: format!("{}.js", self.boot.name_of(chunk)),
        }
    }

    /// Forgets the blocks that were used longest ago, down to the limit. For between two queries:
    /// within one, it could forget what the next round needs again.
    pub fn trim(&self) {
        let mut state = self.state();
        let held: usize = state.blocks.values().map(|(bytes, _)| bytes.len()).sum();
        let mut excess = held.saturating_sub(self.limit);
        let mut ages: Vec<(u64, u32)> = state
            .blocks
            .iter()
            .map(|(n, (_, used))| (*used, *n))
            .collect();
        ages.sort_unstable();
        for (_, block) in ages {
            if excess == 0 {
                break;
            }
            let gone = state.blocks.remove(&block);
            excess = excess.saturating_sub(gone.map_or(0, |(bytes, _)| bytes.len()));
        }
    }

    /// Bytes that the cache holds.
    pub fn held(&self) -> usize {
        self.state()
            .blocks
            .values()
            .map(|(bytes, _)| bytes.len())
            .sum()
    }
}

impl Blocks for Cached {
    fn boot(&self) -> &Arc<Boot> {
        &self.boot
    }

    fn block(&self, block: u32) -> io::Result<Arc<[u8]>> {
        self.peek(block).ok_or_else(|| {
            self.state().missing.insert(block);
            io::Error::new(
                io::ErrorKind::WouldBlock,
                format!("block {block} is not here yet"),
            )
        })
    }
}
