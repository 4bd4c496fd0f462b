//! A packed index as a Tantivy directory: read-only, one segment.

use super::Blocks;
use super::boot::PackedFile;
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tantivy::HasLen;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, OwnedBytes, WatchCallback, WatchHandle, WritePtr,
};

/// A packed index, opened over some source of [`Blocks`].
#[derive(Clone, Debug)]
pub struct PackedDirectory {
    blocks: Arc<dyn Blocks>,
}

impl PackedDirectory {
    /// The directory over `blocks`.
    pub fn new(blocks: Arc<dyn Blocks>) -> PackedDirectory {
        PackedDirectory { blocks }
    }

    fn handle(&self, path: &Path) -> Result<PackedHandle, OpenReadError> {
        let file = path.to_str().and_then(|name| self.blocks.boot().file(name));
        match file {
            Some(file) => Ok(PackedHandle {
                file: file.clone(),
                blocks: self.blocks.clone(),
            }),
            None => Err(OpenReadError::FileDoesNotExist(path.into())),
        }
    }
}

impl Directory for PackedDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        Ok(Arc::new(self.handle(path)?))
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.handle(path).is_ok())
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let handle = self.handle(path)?;
        let bytes = handle.read_bytes(0..handle.len());
        let bytes = bytes.map_err(|error| OpenReadError::wrap_io_error(error, path.into()))?;
        Ok(bytes.to_vec())
    }

    fn acquire_lock(&self, _lock: &Lock) -> Result<DirectoryLock, LockError> {
        // Nobody writes here, so that there is nothing to keep out.
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError {
            io_error: Arc::new(read_only()),
            filepath: path.into(),
        })
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(read_only(), path.into()))
    }

    fn atomic_write(&self, _path: &Path, _data: &[u8]) -> io::Result<()> {
        Err(read_only())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "a packed index is read-only")
}

struct PackedHandle {
    file: Arc<PackedFile>,
    blocks: Arc<dyn Blocks>,
}

impl fmt::Debug for PackedHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PackedHandle({} bytes)", self.file.len)
    }
}

impl HasLen for PackedHandle {
    fn len(&self) -> usize {
        self.file.len as usize
    }
}

impl FileHandle for PackedHandle {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        let range = range.start as u64..range.end as u64;
        if range.is_empty() {
            return Ok(OwnedBytes::empty());
        }
        if let Some(bytes) = self.file.booted(&range) {
            return Ok(bytes);
        }
        let pieces = self.file.pieces(&range).ok_or_else(|| {
            let message = format!("bytes {range:?} are not in the index");
            io::Error::new(io::ErrorKind::UnexpectedEof, message)
        })?;
        self.gather(&pieces, (range.end - range.start) as usize)
    }
}

impl PackedHandle {
    fn gather(&self, pieces: &[Range<u64>], len: usize) -> io::Result<OwnedBytes> {
        let boot = self.blocks.boot();
        let within = |block: u32, piece: &Range<u64>| {
            let space = boot.space_of(block);
            let from = piece.start.max(space.start) - space.start;
            let to = piece.end.min(space.end) - space.start;
            from as usize..to as usize
        };
        if let [piece] = pieces
            && boot.block_at(piece.start) == boot.block_at(piece.end - 1)
        {
            let block = boot.block_at(piece.start);
            return Ok(OwnedBytes::new(self.blocks.block(block)?).slice(within(block, piece)));
        }
        let mut bytes = Vec::with_capacity(len);
        let mut failed = None;
        for piece in pieces {
            for block in boot.block_at(piece.start)..=boot.block_at(piece.end - 1) {
                match self.blocks.block(block) {
                    Ok(block_bytes) => bytes.extend_from_slice(&block_bytes[within(block, piece)]),
                    Err(error) => failed = Some(error),
                }
            }
        }
        failed.map_or_else(|| Ok(OwnedBytes::new(bytes)), Err)
    }
}
