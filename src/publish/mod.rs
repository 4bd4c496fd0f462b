//! Pages → directory, all or nothing.
//!
//! A site is written into a folder beside the output and then takes its place in one step
//! ([`swap`]). Killed at any moment, a build leaves the old site whole or the new one; what it
//! leaves beside them is cleared by the next ([`Publication::begin`]).
//!
//! A file whose bytes are the old site's stays what it is, with its inode and time stamp ([`keep`]),
//! so that a copy to a stick moves only what changed; and where no file differs, nothing is written.
//!
//! Never: a folder is deleted or replaced that this program did not make. A site has a [`MARKER`]
//! and a [`MANIFEST`]; an output that lacks them, or that holds files which they do not list, stays
//! as it is and the build fails.

pub mod bag;
mod keep;
pub mod record;
mod swap;
pub mod verify;

use crate::cache::Key;
use crate::diagnostic::{Diagnostic, Level};
use crate::digest::sha256;
use crate::render::{self, Page};
use rayon::prelude::*;
use record::{Record, Stamp};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use swap::Beside;

pub use crate::discover::MARKER;

/// SHA-256 of every other file of the site, for `sha256sum -c`.
pub const MANIFEST: &str = "manifest-sha256.txt";

const MARKER_TEXT: &str = "A site made by fangzhi: each build replaces this folder as a whole.\n";

/// Files that systems and file managers leave in any folder: no reason to keep it.
const LEFT_BY_OTHERS: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/// Why a site could not be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The output is there and is none of ours.
    #[error("{path} is not a site that fangzhi made, so it is not replaced")]
    NotOurs {
        /// The output.
        path: PathBuf,
    },
    /// The output holds files that a build did not write.
    #[error(
        "{path} holds {count} files that fangzhi did not write (such as {first}), so it is not replaced"
    )]
    Strangers {
        /// The output.
        path: PathBuf,
        /// How many.
        count: usize,
        /// One of them.
        first: String,
    },
    /// Another build is at work.
    #[error("another build is writing {path}")]
    Busy {
        /// The output.
        path: PathBuf,
    },
    /// Two pages of one address, or of addresses that differ in case only.
    #[error("two pages would have the address {path}")]
    Clash {
        /// The address.
        path: String,
    },
    /// An address that no page can have.
    #[error("a page cannot have the address {path}")]
    Address {
        /// The address.
        path: String,
    },
    /// The system refused.
    #[error("cannot {doing} {path}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl PublishError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotOurs { .. } => Some("name another folder with -o, or empty this one yourself"),
            Self::Strangers { .. } => Some("move them elsewhere, or name another folder with -o"),
            Self::Busy { .. } => Some("wait for it to end"),
            Self::Io { .. } => Some("look at the disk's space and at the folder's permissions"),
            Self::Clash { .. } | Self::Address { .. } => None,
        }
    }
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> PublishError {
    let path = path.to_owned();
    move |source| PublishError::Io {
        doing,
        path,
        source,
    }
}

/// A site being written. Dropped before [`finish`](Self::finish), it leaves the old one as it was.
#[derive(Debug)]
pub struct Publication {
    output: PathBuf,
    beside: Beside,
    /// The files of the site that stands, by path; none in an output that is none yet.
    old: BTreeMap<String, Stamp>,
    /// What the last build knew of them.
    known: Record,
    /// Held as long as the publication.
    _lock: File,
    files: Mutex<Files>,
    /// Files of the old site that stand in the new one by now.
    carried: Mutex<BTreeSet<String>>,
    done: bool,
}

#[derive(Debug, Default)]
struct Files {
    /// Checksum by path.
    sums: BTreeMap<String, String>,
    /// Paths in lower case: file systems of Windows and macOS know no other.
    folded: BTreeSet<String>,
    /// Folders that are there.
    folders: BTreeSet<String>,
    /// What files were made from.
    keys: BTreeMap<String, Key>,
    /// Files that are the old site's.
    kept: BTreeMap<String, Stamp>,
    bytes: u64,
}

/// What a finished publication holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// HTML pages.
    pub pages: usize,
    /// Files of all kinds.
    pub files: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// Files that were written: new ones, and those whose bytes differ from the old site's.
    pub written: usize,
    /// Files of the old site that stayed as they were.
    pub kept: usize,
    /// Files of the old site that are no more.
    pub removed: usize,
    /// Whether the site that stood there had none of the reports: most likely another archive's.
    pub another: bool,
}

impl Publication {
    /// Begins a site that will stand at `output`; completes or clears first what a killed build left
    /// there. Fails where `output` may not be replaced. `known` is what the last build knew of the
    /// site there, and may be empty.
    pub fn begin(output: &Path, known: Record) -> Result<Self, PublishError> {
        let output = resolved(output)?;
        let beside = Beside::of(&output);
        fs::create_dir_all(&beside.parent).map_err(failed("make", &beside.parent))?;
        let lock = beside.lock()?;
        swap::recover(&output, &beside)?;
        let old = replaceable(&output)?;
        fs::create_dir(&beside.new).map_err(failed("make", &beside.new))?;
        let publication = Self {
            output,
            beside,
            old,
            known,
            _lock: lock,
            files: Mutex::default(),
            carried: Mutex::default(),
            done: false,
        };
        publication.mark()?;
        Ok(publication)
    }

    /// Marks the folder, before anything else is in it, as one that may be cleared.
    fn mark(&self) -> Result<(), PublishError> {
        let path = self.beside.new.join(MARKER);
        let (sum, bytes) = (sha256(MARKER_TEXT.as_bytes()), MARKER_TEXT.len() as u64);
        let kept = self.has(MARKER, &sum, bytes);
        let marked = if kept.is_some() {
            keep::carry(&self.output.join(MARKER), &path)
        } else {
            fs::write(&path, MARKER_TEXT)
        };
        marked.map_err(failed("write", &path))?;
        self.enter(MARKER, sum, bytes, kept);
        self.carried().insert(MARKER.to_owned());
        Ok(())
    }

    /// Where the site will stand.
    pub fn output(&self) -> &Path {
        &self.output
    }

    /// A folder on the output's disk for a build's own files that end with it.
    pub fn workspace(&self) -> &Path {
        &self.beside.parent
    }

    /// Writes one file, or keeps the old site's where that is the same. Files may be written from
    /// many threads. `key` is of all that it was made from, where that is known.
    pub fn write(&self, page: &Page, key: Option<Key>) -> Result<(), PublishError> {
        let path = self.reserve(&page.path)?;
        let (sum, bytes) = (sha256(&page.bytes), page.bytes.len() as u64);
        let kept = self.has(&page.path, &sum, bytes);
        if kept.is_none() {
            fs::write(&path, &page.bytes).map_err(failed("write", &path))?;
        }
        self.enter(&page.path, sum, bytes, kept);
        if let Some(key) = key {
            self.files().keys.insert(page.path.clone(), key);
        }
        Ok(())
    }

    /// Keeps the old site's file at `address` if it was made from what `key` is of.
    pub fn keep(&self, address: &str, key: Option<Key>) -> Result<bool, PublishError> {
        let Some(known) = self.known.get(address) else {
            return Ok(false);
        };
        let Some(key) = key.filter(|_| known.key == key) else {
            return Ok(false);
        };
        let bytes = known.stamp.bytes;
        let Some(stamp) = self.has(address, &known.sum, bytes) else {
            return Ok(false);
        };
        self.reserve(address)?;
        self.enter(address, known.sum.clone(), bytes, Some(stamp));
        self.files().keys.insert(address.to_owned(), key);
        Ok(true)
    }

    /// Writes the files at `addresses` as `write` gives their bytes: no more than a buffer of each is
    /// held. `key` is of all that they were made from, where that is known.
    pub fn stream(
        &self,
        addresses: &[&str],
        key: Option<Key>,
        write: &mut render::Write,
    ) -> Result<(), PublishError> {
        let paths = addresses.iter().map(|address| self.reserve(address));
        let paths: Vec<PathBuf> = paths.collect::<Result<_, _>>()?;
        let mut files = Vec::with_capacity(paths.len());
        for path in &paths {
            let file = File::create(path).map_err(failed("write", path))?;
            files.push(BufWriter::with_capacity(1 << 16, Summed::new(file)));
        }
        let mut to: Vec<&mut dyn Write> = files.iter_mut().map(|file| file as _).collect();
        let first = paths.first().unwrap_or(&self.beside.new);
        write(&mut to).map_err(failed("write", first))?;
        for ((address, path), file) in addresses.iter().zip(&paths).zip(files) {
            let summed = file
                .into_inner()
                .map_err(|error| failed("write", path)(error.into_error()))?;
            let (sum, bytes) = summed.sum();
            let kept = self.has(address, &sum, bytes);
            if kept.is_some() {
                fs::remove_file(path).map_err(failed("delete", path))?;
            }
            self.enter(address, sum, bytes, kept);
            if let Some(key) = key {
                self.files().keys.insert((*address).to_owned(), key);
            }
        }
        Ok(())
    }

    /// What the system tells of the old site's file at `address`, if that is of these bytes.
    fn has(&self, address: &str, sum: &str, bytes: u64) -> Option<Stamp> {
        let stamp = *self.old.get(address)?;
        let same = match self.known.get(address) {
            Some(known) if known.stamp == stamp => known.sum == sum,
            _ => keep::is_of(&self.output.join(address), sum, bytes),
        };
        same.then_some(stamp)
    }

    /// Takes an address for a file, and makes its folder.
    fn reserve(&self, address: &str) -> Result<PathBuf, PublishError> {
        if !is_address(address) {
            return Err(PublishError::Address {
                path: address.to_owned(),
            });
        }
        let mut files = self.files();
        if !files.folded.insert(address.to_ascii_lowercase()) {
            return Err(PublishError::Clash {
                path: address.to_owned(),
            });
        }
        if let Some((folder, _)) = address.rsplit_once('/')
            && files.folders.insert(folder.to_owned())
        {
            let folder = self.beside.new.join(folder);
            fs::create_dir_all(&folder).map_err(failed("make", &folder))?;
        }
        Ok(self.beside.new.join(address))
    }

    fn enter(&self, address: &str, sum: String, bytes: u64, kept: Option<Stamp>) {
        let mut files = self.files();
        files.bytes += bytes;
        files.sums.insert(address.to_owned(), sum);
        files
            .kept
            .extend(kept.map(|stamp| (address.to_owned(), stamp)));
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries what was kept so far into the new site and has it written to the disk, so that
    /// [`finish`](Self::finish) need not: for a thread that would wait for others. Does nothing as long
    /// as the old site may turn out to be the same.
    pub fn settle(&self) -> Result<(), PublishError> {
        let files = self.files();
        if files.sums.len() == files.kept.len() {
            return Ok(());
        }
        let kept: Vec<String> = files.kept.keys().cloned().collect();
        drop(files);
        self.carry(&kept)?;
        self.flush()
    }

    /// Carries files of the old site into the new one, where they are not yet there.
    fn carry(&self, kept: &[String]) -> Result<(), PublishError> {
        let carried = self.carried();
        let left = kept.iter().filter(|path| !carried.contains(*path));
        let left: Vec<&String> = left.collect();
        // Whoever waits for threads may be given other work meanwhile.
        drop(carried);
        left.par_iter().try_for_each(|path| {
            let new = self.beside.new.join(path);
            keep::carry(&self.output.join(path), &new).map_err(failed("write", &new))
        })?;
        self.carried().extend(left.into_iter().cloned());
        Ok(())
    }

    fn carried(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.carried.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn flush(&self) -> Result<(), PublishError> {
        swap::flush(&self.beside.new).map_err(failed("write", &self.beside.new))
    }

    /// Puts the site in the old one's place; where the old one is the same, leaves it there. Gives
    /// back also what the next build may know of its files.
    pub fn finish(mut self) -> Result<(Published, Record), PublishError> {
        let mut files = std::mem::take(&mut *self.files());
        let mut manifest = String::new();
        for (path, sum) in &files.sums {
            manifest.push_str(sum);
            manifest.push_str("  ");
            manifest.push_str(path);
            manifest.push('\n');
        }
        let manifest_sum = sha256(manifest.as_bytes());
        let is_page = |path: &&String| path.ends_with(".html");
        let mut published = Published {
            pages: files.sums.keys().filter(is_page).count(),
            files: files.sums.len() + 1,
            bytes: files.bytes + manifest.len() as u64,
            written: 0,
            kept: files.kept.len(),
            removed: self
                .old
                .keys()
                .filter(|path| *path != MANIFEST && !files.sums.contains_key(*path))
                .count(),
            another: false,
        };
        let is_report = |path: &&String| path.starts_with("reports/");
        let mut reports = self.old.keys().filter(is_report).peekable();
        published.another =
            reports.peek().is_some() && reports.all(|path| !files.sums.contains_key(path));
        let same = self.has(MANIFEST, &manifest_sum, manifest.len() as u64);
        files.sums.insert(MANIFEST.to_owned(), manifest_sum);
        if published.kept + 1 == published.files
            && published.removed == 0
            && let Some(same) = same
        {
            published.kept = published.files;
            files.kept.insert(MANIFEST.to_owned(), same);
            let record = record::of(&self.output, &files.sums, &files.keys, &files.kept);
            return Ok((published, record));
        }
        published.written = published.files - published.kept;
        let kept: Vec<String> = files.kept.keys().cloned().collect();
        self.carry(&kept)?;
        let path = self.beside.new.join(MANIFEST);
        write_to_disk(&path, manifest.as_bytes()).map_err(failed("write", &path))?;
        self.flush()?;
        self.done = true;
        swap::swap(&self.output, &self.beside)?;
        let record = record::of(&self.output, &files.sums, &files.keys, &files.kept);
        Ok((published, record))
    }
}

impl Drop for Publication {
    fn drop(&mut self) {
        if !self.done {
            // What cannot be cleared now, the next build clears.
            let _ = swap::clear(&self.beside.new);
        }
        self.beside.unlock();
    }
}

/// Whether nothing stands beside `output` that a killed build left.
pub fn is_settled(output: &Path) -> bool {
    resolved(output).is_ok_and(|output| Beside::of(&output).is_clear())
}

/// The output's real path: a link to a folder stays a link.
fn resolved(output: &Path) -> Result<PathBuf, PublishError> {
    let absolute = std::path::absolute(output).map_err(failed("find", output))?;
    match fs::canonicalize(&absolute) {
        Ok(real) => Ok(real),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(absolute),
        Err(error) => Err(failed("find", output)(error)),
    }
}

/// The files of an output that may be replaced: absent, empty, or a site with nothing else in it.
fn replaceable(output: &Path) -> Result<BTreeMap<String, Stamp>, PublishError> {
    let not_ours = || PublishError::NotOurs {
        path: output.to_owned(),
    };
    if output.file_name().is_none() {
        return Err(not_ours());
    }
    let Ok(metadata) = fs::symlink_metadata(output) else {
        return Ok(BTreeMap::new());
    };
    if !metadata.is_dir() {
        return Err(not_ours());
    }
    let mut within = fs::read_dir(output).map_err(failed("read", output))?;
    if within.next().is_none() {
        return Ok(BTreeMap::new());
    }
    if !output.join(MARKER).is_file() {
        return Err(not_ours());
    }
    let manifest = fs::read_to_string(output.join(MANIFEST)).unwrap_or_default();
    let listed: BTreeSet<&str> = manifest
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(_, path)| path)
        .chain([MARKER, MANIFEST])
        .collect();
    let (known, strangers): (BTreeMap<_, _>, BTreeMap<_, _>) = record::stamps(output)
        .into_iter()
        .partition(|(path, _)| listed.contains(path.as_str()));
    match strangers.keys().next() {
        None => Ok(known),
        Some(first) => Err(PublishError::Strangers {
            path: output.to_owned(),
            count: strangers.len(),
            first: first.clone(),
        }),
    }
}

/// Whether a page may have this address: relative, ASCII, within the site, the same on every
/// system.
fn is_address(path: &str) -> bool {
    path.len() < crate::render::route::LONGEST
        && path.split('/').all(|name| {
            !name.is_empty()
                && (!name.starts_with('.') || path == MARKER)
                && !name.ends_with('.')
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        })
        && path != MANIFEST
}

/// Sums up what goes through it.
struct Summed<W> {
    to: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Summed<W> {
    fn new(to: W) -> Self {
        Self {
            to,
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    /// SHA-256 in lower-case hex, and how many bytes there were.
    fn sum(self) -> (String, u64) {
        (crate::digest::hex(&self.hash.finalize()), self.bytes)
    }
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn write_to_disk(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

impl From<&PublishError> for Diagnostic {
    fn from(error: &PublishError) -> Self {
        let told = Diagnostic::new(Level::Error, "not-published", "", error.to_string());
        match error.hint() {
            Some(hint) => told.hint(hint),
            None => told,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_streamed_file_is_published_as_a_page_of_the_same_bytes() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let output = folder.path().join("site");
        let publication = Publication::begin(&output, Record::new()).expect("a site begins");
        let bytes = b"one,two\r\n".repeat(20_000);
        let page = Page {
            path: "data/whole.csv".to_owned(),
            bytes: bytes.clone(),
        };
        publication.write(&page, None).expect("a page is written");
        publication
            .stream(&["data/streamed.csv"], None, &mut |to| {
                bytes.chunks(7).try_for_each(|some| to[0].write_all(some))
            })
            .expect("a file is streamed");
        let again = publication.stream(&["data/Streamed.csv"], None, &mut |_| Ok(()));
        assert!(matches!(again, Err(PublishError::Clash { .. })));
        let (published, _) = publication.finish().expect("the site is published");
        let manifest = fs::read_to_string(output.join(MANIFEST)).expect("a manifest");
        let sums: Vec<&str> = manifest
            .lines()
            .filter(|line| line.contains("data/"))
            .map(|line| &line[..64])
            .collect();
        assert_eq!(sums, [sha256(&bytes), sha256(&bytes)]);
        assert_eq!(
            fs::read(output.join("data/streamed.csv")).expect("it is there"),
            bytes
        );
        assert!(published.bytes > 2 * bytes.len() as u64);
    }

    /// A site of these files, built over what stands at `output`.
    fn publish(output: &Path, pages: &[(&str, &str)]) -> Published {
        let publication = Publication::begin(output, Record::new()).expect("a site begins");
        for (path, text) in pages {
            let page = Page {
                path: (*path).to_owned(),
                bytes: text.as_bytes().to_vec(),
            };
            publication.write(&page, None).expect("a page is written");
        }
        publication
            .stream(&["data/list.csv"], None, &mut |to| to[0].write_all(b"list"))
            .expect("a file is streamed");
        publication.finish().expect("the site is published").0
    }

    /// All that the system tells of a site's files, but when a link to them was last made.
    fn listing(output: &Path) -> BTreeMap<PathBuf, String> {
        walkdir::WalkDir::new(output)
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| {
                let metadata = entry.metadata().expect("told");
                #[cfg(unix)]
                let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
                #[cfg(not(unix))]
                let inode = 0;
                let told = format!("{:?} {} {inode}", metadata.modified(), metadata.len());
                (entry.into_path(), told)
            })
            .collect()
    }

    #[test]
    fn only_files_that_differ_are_written() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let output = folder.path().join("site");
        let counts = |one: Published| (one.written, one.kept, one.removed);
        let first = publish(
            &output,
            &[("a.html", "1"), ("b.html", "2"), ("x/c.html", "3")],
        );
        assert_eq!(counts(first), (6, 0, 0));
        let before = listing(&output);
        let same = publish(
            &output,
            &[("a.html", "1"), ("b.html", "2"), ("x/c.html", "3")],
        );
        assert_eq!(counts(same), (0, 6, 0));
        assert_eq!(listing(&output), before);

        let next = publish(
            &output,
            &[("a.html", "1"), ("b.html", "other"), ("d.html", "4")],
        );
        assert_eq!(counts(next), (3, 3, 1));
        let after = listing(&output);
        let names = ["a.html", MARKER, "data/list.csv"];
        let same = |name| after.get(&output.join(name)) == before.get(&output.join(name));
        assert!(names.iter().all(same), "{before:?} {after:?}");
        assert!(!output.join("x").exists());
        assert_eq!(fs::read(output.join("b.html")).expect("read"), b"other");
    }

    #[test]
    fn a_damaged_file_is_written_anew() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let output = folder.path().join("site");
        publish(&output, &[("a.html", "12")]);
        let path = output.join("a.html");
        let written = fs::metadata(&path).expect("told").modified().expect("told");
        fs::write(&path, "13").expect("written");
        let file = File::options().write(true).open(&path).expect("opened");
        file.set_modified(written).expect("set");
        assert_eq!(publish(&output, &[("a.html", "12")]).written, 2);
        assert_eq!(fs::read(&path).expect("read"), b"12");
    }
}
