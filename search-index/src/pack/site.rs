//! Blocks from the files of a site on disk: the terminal's side.

use super::{BOOT_FILE, Blocks, Boot, Cached, PackError};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Reads chunk files as they are needed.
#[derive(Debug)]
pub struct SiteBlocks {
    folder: PathBuf,
    cached: Cached,
    damage: Mutex<Option<PackError>>,
}

impl SiteBlocks {
    /// Opens the index in `folder` (a site's `search-index/`), keeping at most `limit` bytes.
    ///
    /// # Errors
    /// `boot.js` is missing, damaged or of another version.
    pub fn open(folder: &Path, schema: u32, limit: usize) -> Result<SiteBlocks, PackError> {
        let boot = Boot::parse_script(&read_file(folder, BOOT_FILE)?, schema)?;
        Ok(SiteBlocks {
            folder: folder.into(),
            cached: Cached::new(Arc::new(boot), limit),
            damage: Mutex::default(),
        })
    }

    /// What was found wrong with the files since the last call: a search that failed failed for
    /// this, and says so better than Tantivy can.
    pub fn take_damage(&self) -> Option<PackError> {
        let mut damage = self.damage.lock().unwrap_or_else(PoisonError::into_inner);
        damage.take()
    }
}

impl Blocks for SiteBlocks {
    fn boot(&self) -> &Arc<Boot> {
        self.cached.boot()
    }

    fn block(&self, block: u32) -> io::Result<Arc<[u8]>> {
        if let Some(bytes) = self.cached.peek(block) {
            return Ok(bytes);
        }
        let chunk = self.boot().chunk_of(block);
        self.cached.trim();
        let name = self.boot().name_of(chunk);
        let read = read_file(&self.folder, &format!("{name}.js"))
            .and_then(|file| self.cached.put_file(chunk, &file));
        match (read, self.cached.peek(block)) {
            (Ok(()), Some(bytes)) => Ok(bytes),
            (Err(error), _) => {
                let told = io::Error::other(error.to_string());
                *self.damage.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                Err(told)
            }
            (Ok(()), None) => Err(io::Error::other(format!("there is no block {block}"))),
        }
    }
}

fn read_file(folder: &Path, name: &str) -> Result<Vec<u8>, PackError> {
    fs::read(folder.join(name)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => PackError::Missing { file: name.into() },
        _ => PackError::Io(error),
    })
}
