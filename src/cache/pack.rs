//! Many results in one file, one after the other, each with its checksum.

use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A file that grows at its end.
#[derive(Debug)]
pub(super) struct Pack {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    end: u64,
}

/// Where in a pack a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Slot {
    start: u64,
    length: u32,
    /// CRC-32 of the bytes.
    sum: u32,
}

impl Slot {
    pub(super) fn bytes(self) -> u64 {
        self.length.into()
    }
}

impl Pack {
    /// An empty pack without a name: however a build ends, nothing of it stays.
    pub(super) fn unnamed(folder: &Path) -> io::Result<Self> {
        Ok(Self::of(tempfile::tempfile_in(folder)?, 0))
    }

    /// An empty pack at `path`.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)?;
        Ok(Self::of(file, 0))
    }

    /// The pack at `path`, of which the first `end` bytes are known; what follows was left by a
    /// build that was killed, and is dropped.
    pub(super) fn open(path: &Path, end: u64) -> io::Result<Self> {
        let file = File::options().read(true).write(true).open(path)?;
        if file.metadata()?.len() < end {
            return Err(damaged());
        }
        file.set_len(end)?;
        Ok(Self::of(file, end))
    }

    fn of(file: File, end: u64) -> Self {
        Self {
            state: Mutex::new(State { file, end }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes of the whole pack.
    pub(super) fn end(&self) -> u64 {
        self.state().end
    }

    /// Adds a result.
    pub(super) fn put(&self, bytes: &[u8]) -> io::Result<Slot> {
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        let sum = crc32fast::hash(bytes);
        let mut state = self.state();
        let start = state.end;
        state.file.seek(SeekFrom::Start(start))?;
        state.file.write_all(bytes)?;
        state.end += bytes.len() as u64;
        Ok(Slot { start, length, sum })
    }

    /// Reads a result; an error of kind [`io::ErrorKind::InvalidData`] where it is not what was
    /// added.
    pub(super) fn take(&self, slot: Slot) -> io::Result<Vec<u8>> {
        let bytes = self.part(slot, 0, slot.length)?;
        if crc32fast::hash(&bytes) == slot.sum {
            Ok(bytes)
        } else {
            Err(damaged())
        }
    }

    /// Reads `length` bytes of a result from its byte `start` on, unchecked.
    pub(super) fn part(&self, slot: Slot, start: u32, length: u32) -> io::Result<Vec<u8>> {
        let mut state = self.state();
        let within = start
            .checked_add(length)
            .is_some_and(|end| end <= slot.length);
        if !within || slot.start.saturating_add(slot.bytes()) > state.end {
            return Err(damaged());
        }
        let mut bytes = vec![0; length as usize];
        state
            .file
            .seek(SeekFrom::Start(slot.start + u64::from(start)))?;
        state.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

pub(super) fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the cache is damaged")
}
