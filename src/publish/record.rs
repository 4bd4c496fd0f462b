//! What a build knows of the site that it left: for each file its checksum, the key of what it was
//! made from, and all that the system tells of it.
//!
//! A file of which the system tells the same is the same: whoever writes into one changes its time of
//! change, which no program sets at will. Where the record does not vouch for a file, it is read.

use super::{LEFT_BY_OTHERS, MANIFEST};
use crate::cache::Key;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// A file of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// SHA-256 in lower-case hex.
    pub sum: String,
    /// Of what it was made from, where that is known.
    pub key: Option<Key>,
    /// What the system tells of it.
    pub stamp: Stamp,
}

/// The files of a site, by path.
pub type Record = BTreeMap<String, Entry>;

/// What the system tells of a file. Times are nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Size in bytes.
    pub bytes: u64,
    modified: u64,
    /// When its data or what the system tells of it last changed; when it was made where that is not
    /// told.
    changed: u64,
    inode: u64,
    plain: bool,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let (changed, inode) = {
            use std::os::unix::fs::MetadataExt;
            let changed = metadata.ctime() as u64 * 1_000_000_000 + metadata.ctime_nsec() as u64;
            (changed, metadata.ino())
        };
        #[cfg(not(unix))]
        let (changed, inode) = (nanoseconds(metadata.created()), 0);
        Self {
            bytes: metadata.len(),
            modified: nanoseconds(metadata.modified()),
            changed,
            inode,
            plain: metadata.is_file(),
        }
    }

    /// The same but for links made to it and taken away.
    fn same_data(self, other: Self) -> bool {
        let changed = 0;
        Self { changed, ..self } == Self { changed, ..other }
    }
}

fn nanoseconds(time: std::io::Result<SystemTime>) -> u64 {
    let since = time
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_nanos() as u64)
}

/// All files in a folder, but those that others leave in any.
pub(super) fn stamps(site: &Path) -> BTreeMap<String, Stamp> {
    let top = fs::read_dir(site).into_iter().flatten();
    let top: Vec<_> = top.filter_map(Result::ok).collect();
    let found = top.par_iter().flat_map_iter(|entry| {
        walkdir::WalkDir::new(entry.path())
            .follow_root_links(false)
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| !entry.file_type().is_dir())
            .filter(|entry| !LEFT_BY_OTHERS.contains(&&*entry.file_name().to_string_lossy()))
            .filter_map(|entry| {
                let path = entry.path().strip_prefix(site).ok()?;
                let stamp = Stamp::of(&entry.metadata().ok()?);
                Some((crate::archive::files::slashed(path), stamp))
            })
    });
    found.collect()
}

/// Whether `site` holds these files as they were left, and no others.
pub fn is_untouched(site: &Path, record: &Record) -> bool {
    let found = stamps(site);
    !record.is_empty()
        && found.len() == record.len()
        && record
            .iter()
            .all(|(path, entry)| found.get(path) == Some(&entry.stamp))
}

/// The record of a site that has just been put in place. `kept` are files of the old site, as the
/// system told them before they were looked at.
pub(super) fn of(
    site: &Path,
    sums: &BTreeMap<String, String>,
    keys: &BTreeMap<String, Key>,
    kept: &BTreeMap<String, Stamp>,
) -> Record {
    let found = stamps(site);
    // The manifest is written last: what is younger was written by somebody else.
    let last = found.get(MANIFEST).map_or(0, |stamp| stamp.modified);
    sums.iter()
        .filter_map(|(path, sum)| {
            let stamp = *found.get(path)?;
            let sure = match kept.get(path) {
                Some(before) => before.same_data(stamp),
                None => stamp.modified <= last,
            };
            let entry = Entry {
                sum: sum.clone(),
                key: keys.get(path).copied(),
                stamp,
            };
            sure.then(|| (path.clone(), entry))
        })
        .collect()
}
