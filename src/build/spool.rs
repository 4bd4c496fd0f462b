//! Where reports wait between being read and being shown.
//!
//! A file without a name on the output's disk: however a build ends, nothing of it stays.

use crate::report::Report;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Reports put by on disk.
#[derive(Debug)]
pub(super) struct Spool {
    file: Mutex<File>,
}

/// Where in the spool a report is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    start: u64,
    length: usize,
}

impl Spool {
    /// An empty spool on the disk of `folder`.
    pub(super) fn beside(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            file: Mutex::new(tempfile::tempfile_in(folder)?),
        })
    }

    /// Puts a report by.
    pub(super) fn put(&self, report: &Report) -> io::Result<Slot> {
        let bytes = postcard::to_stdvec(report).map_err(io::Error::other)?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let start = file.seek(SeekFrom::End(0))?;
        file.write_all(&bytes)?;
        Ok(Slot {
            start,
            length: bytes.len(),
        })
    }

    /// Takes a report out again.
    pub(super) fn take(&self, slot: Slot) -> io::Result<Report> {
        let mut bytes = vec![0; slot.length];
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(slot.start))?;
            file.read_exact(&mut bytes)?;
        }
        postcard::from_bytes(&bytes).map_err(io::Error::other)
    }
}
