//! A file of the old site in the new one: the same inode where the disk has links, else a copy with
//! the same time stamp.
//!
//! Never: a file is kept for its name, size or date alone.

use crate::digest::sha256;
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Whether there is a plain file of so many bytes with this SHA-256.
pub(super) fn is_of(path: &Path, sum: &str, bytes: u64) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() == bytes)
        && fs::read(path).is_ok_and(|found| sha256(&found) == sum)
}

/// Carries a file of the old site into the new one.
pub(super) fn carry(old: &Path, new: &Path) -> io::Result<()> {
    if fs::hard_link(old, new).is_ok() {
        return Ok(());
    }
    let modified = fs::metadata(old)?.modified()?;
    fs::copy(old, new)?;
    File::options()
        .write(true)
        .open(new)?
        .set_modified(modified)
}
