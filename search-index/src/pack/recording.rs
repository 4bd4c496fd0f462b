//! A directory that notes what is read through it: so packing learns what a reader will need at once.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::HasLen;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, OwnedBytes, WatchCallback, WatchHandle, WritePtr,
};

/// Ranges that were read of each file.
pub(super) type Reads = Arc<Mutex<BTreeMap<PathBuf, Vec<Range<usize>>>>>;

/// What was read since the last call.
pub(super) fn taken(reads: &Reads) -> BTreeMap<PathBuf, Vec<Range<usize>>> {
    std::mem::take(&mut *reads.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A directory that notes every range that is read through it.
#[derive(Clone)]
pub(super) struct Recording {
    inner: Box<dyn Directory>,
    reads: Reads,
}

impl Recording {
    pub(super) fn new(inner: &dyn Directory, reads: &Reads) -> Recording {
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
