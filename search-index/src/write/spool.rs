//! A Tantivy directory in temporary files, of which no more is in memory than is being read.
//!
//! The files have no names, so that nothing of them stays however a build ends. Reading goes through one window a handle:
//! what reads forwards reads each byte once.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::HasLen;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, OwnedBytes, TerminatingWrite,
    WatchCallback, WatchHandle, WritePtr,
};

/// Bytes that are read of a file at a time.
pub(super) const WINDOW: usize = 128 << 10;

/// A directory on disk.
#[derive(Clone)]
pub struct Spool {
    /// Where its files are.
    folder: PathBuf,
    files: Arc<Mutex<BTreeMap<PathBuf, Kept>>>,
}

/// A file of a spool.
#[derive(Clone)]
enum Kept {
    OnDisk(Arc<Mutex<File>>),
    /// What is small and replaced in one step.
    InMemory(Arc<[u8]>),
}

impl Spool {
    /// An empty one, with its files on the disk of `folder`.
    pub fn new(folder: &Path) -> Spool {
        Spool {
            folder: folder.to_owned(),
            files: Arc::default(),
        }
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Kept>> {
        locked(&self.files)
    }

    fn find(&self, path: &Path) -> Result<Kept, OpenReadError> {
        let found = self.files().get(path).cloned();
        found.ok_or_else(|| OpenReadError::FileDoesNotExist(path.into()))
    }
}

fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every use sets the file's place before it reads or writes.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spool({})", self.folder.display())
    }
}

impl Directory for Spool {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        match self.find(path)? {
            Kept::InMemory(bytes) => Ok(Arc::new(OwnedBytes::new(bytes.to_vec()))),
            Kept::OnDisk(file) => {
                let len = locked(&file).seek(SeekFrom::End(0));
                let len = len.map_err(|error| OpenReadError::wrap_io_error(error, path.into()))?;
                Ok(Arc::new(Spooled {
                    len: len as usize,
                    file,
                    window: Mutex::new((0, OwnedBytes::empty())),
                }))
            }
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        match self.files().remove(path) {
            Some(_) => Ok(()),
            None => Err(DeleteError::FileDoesNotExist(path.into())),
        }
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.files().contains_key(path))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = tempfile::tempfile_in(&self.folder);
        let file = file.map_err(|error| OpenWriteError::wrap_io_error(error, path.into()))?;
        let file = Arc::new(Mutex::new(file));
        let mut files = self.files();
        if files.contains_key(path) {
            return Err(OpenWriteError::FileAlreadyExists(path.into()));
        }
        files.insert(path.into(), Kept::OnDisk(file.clone()));
        Ok(BufWriter::with_capacity(WINDOW, Box::new(Writing(file))))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        match self.find(path)? {
            Kept::InMemory(bytes) => Ok(bytes.to_vec()),
            Kept::OnDisk(_) => {
                let bytes = self.open_read(path)?.read_bytes();
                let bytes = bytes.map_err(|error| OpenReadError::wrap_io_error(error, path.into()));
                Ok(bytes?.to_vec())
            }
        }
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.files()
            .insert(path.into(), Kept::InMemory(data.into()));
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, _lock: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

/// A file being written, at its end.
struct Writing(Arc<Mutex<File>>);

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut file = locked(&self.0);
        file.seek(SeekFrom::End(0))?;
        file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        locked(&self.0).flush()
    }
}

impl TerminatingWrite for Writing {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.flush()
    }
}

/// A file being read.
struct Spooled {
    len: usize,
    file: Arc<Mutex<File>>,
    /// What was read last, and where it begins.
    window: Mutex<(usize, OwnedBytes)>,
}

impl fmt::Debug for Spooled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spooled({} bytes)", self.len)
    }
}

impl HasLen for Spooled {
    fn len(&self) -> usize {
        self.len
    }
}

impl FileHandle for Spooled {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        let mut window = locked(&self.window);
        let (start, bytes) = &mut *window;
        if range.start < *start || range.end > *start + bytes.len() {
            let end = range.end.max((range.start + WINDOW).min(self.len));
            let len = end.checked_sub(range.start);
            let mut read = vec![0; len.ok_or(io::ErrorKind::InvalidInput)?];
            let mut file = locked(&self.file);
            file.seek(SeekFrom::Start(range.start as u64))?;
            file.read_exact(&mut read)?;
            (*start, *bytes) = (range.start, OwnedBytes::new(read));
        }
        Ok(bytes.slice(range.start - *start..range.end - *start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_in_any_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let spool = Spool::new(folder.path());
        let path = Path::new("numbers");
        let all: Vec<u8> = (0..u32::try_from(WINDOW).expect("small"))
            .flat_map(u32::to_le_bytes)
            .collect();
        let mut out = spool.open_write(path).expect("opened");
        out.write_all(&all).expect("written");
        out.terminate().expect("closed");
        assert!(spool.open_write(path).is_err(), "it is there");
        let file = spool.get_file_handle(path).expect("there");
        assert_eq!(file.len(), all.len());
        for range in [
            0..4,
            WINDOW - 3..WINDOW + 9,
            5..6,
            0..all.len(),
            all.len() - 1..all.len(),
            7..7,
        ] {
            assert_eq!(*file.read_bytes(range.clone()).expect("read"), all[range]);
        }
        assert!(file.read_bytes(1..all.len() + 1).is_err());
        spool.delete(path).expect("deleted");
        assert!(spool.open_read(path).is_err());
        assert_eq!(*file.read_bytes(0..2).expect("still there"), all[..2]);
        let left = std::fs::read_dir(folder.path()).expect("read");
        assert_eq!(left.count(), 0, "no file has a name");
    }
}
