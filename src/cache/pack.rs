//! Many results in one file, one after the other, each with its checksum.

use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file that grows at its end; many threads may add to it and read of it.
#[derive(Debug)]
pub(super) struct Pack {
    file: File,
    end: AtomicU64,
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
        let end = AtomicU64::new(end);
        Self { file, end }
    }

    /// Bytes of the whole pack.
    pub(super) fn end(&self) -> u64 {
        self.end.load(Ordering::Relaxed)
    }

    /// Adds a result.
    pub(super) fn put(&self, bytes: &[u8]) -> io::Result<Slot> {
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        let sum = crc32fast::hash(bytes);
        let start = self.end.fetch_add(length.into(), Ordering::Relaxed);
        write_at(&self.file, bytes, start)?;
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
        let within = start
            .checked_add(length)
            .is_some_and(|end| end <= slot.length);
        if !within || slot.start.saturating_add(slot.bytes()) > self.end() {
            return Err(damaged());
        }
        let mut bytes = vec![0; length as usize];
        read_at(&self.file, &mut bytes, slot.start + u64::from(start))?;
        Ok(bytes)
    }
}

/// Fills `bytes` with what stands from `start` on.
#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, start)
}

/// Writes `bytes` from `start` on.
#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, start)
}

/// Fills `bytes` with what stands from `start` on.
#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut start: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, start)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => (bytes, start) = (&mut bytes[read..], start + read as u64),
        }
    }
    Ok(())
}

/// Writes `bytes` from `start` on.
#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut start: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, bytes, start)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => (bytes, start) = (&bytes[written..], start + written as u64),
        }
    }
    Ok(())
}

pub(super) fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the cache is damaged")
}
