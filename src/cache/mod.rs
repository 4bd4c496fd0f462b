//! What builds leave for the next one: results by the [`Key`] of all that they depend on.
//!
//! In: a folder of its own. Out: what an earlier build put there under the same key, byte for byte.
//! In the folder lie `reports-N.pack` (results, one after the other), `reports.index` (which key is
//! where) and a few files of their own names; all may be deleted at any time. Without a folder, or
//! where another build holds it, results are put by in a file without a name for one build.
//!
//! Never: anything that was found here is trusted. The index and each result have a checksum; the
//! index names the program's sources and the folder that it was written for. Whatever differs is as
//! if it were not there. An index is replaced in one step, after the results that it names, so that
//! a killed build leaves the old one.

mod key;
mod pack;

pub use key::{Key, program};

use crate::diagnostic::{Diagnostic, Level};
use pack::{Pack, Slot, damaged};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The folder of an archive's own that its cache lies in.
pub const FOLDER: &str = ".fangzhi";

const INDEX: &str = "reports.index";
const LOCK: &str = "lock";
/// Tells which folder of reports a cache in the user's cache directory is for.
const OWNER: &str = "folder.txt";
/// Programs that make backups leave a folder with this file out.
const TAG: (&str, &str) = (
    "CACHEDIR.TAG",
    "Signature: 8a477f597d28d172789f06886806bc55\n# fangzhi's cache: may be deleted.\n",
);
/// Begins the name of a file that is being written.
const PART: &str = "part-";
/// First bytes of every file here but the packs; a new layout, a new number.
const MAGIC: &[u8] = b"fangzhi cache 2\n";
/// A pack is written anew when it holds more that nobody asks for than this, and than what is asked
/// for.
const SLACK: u64 = 16 << 20;

/// Where the cache of the archive or bare folder at `root` lies: in the archive, or in the user's
/// cache directory (`XDG_CACHE_HOME`, `LOCALAPPDATA`, `~/Library/Caches`, `~/.cache`). None where the
/// system names no such directory.
pub fn place(root: &Path) -> Option<PathBuf> {
    if root.join(crate::archive::config::FILE).is_file() {
        return Some(root.join(FOLDER).join("cache"));
    }
    let named = |name: &str| {
        let path = PathBuf::from(env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    let user = named("XDG_CACHE_HOME").or_else(|| {
        if cfg!(windows) {
            named("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            Some(named("HOME")?.join("Library/Caches"))
        } else {
            Some(named("HOME")?.join(".cache"))
        }
    })?;
    let whole = root.canonicalize().ok()?;
    let name = Key::of(whole.as_os_str().as_encoded_bytes()).hex();
    Some(user.join("fangzhi").join(&name[..16]))
}

/// An open cache: results of the last build, and those of this one.
#[derive(Debug)]
pub struct Cache {
    held: Option<Held>,
    pack: Pack,
    /// What the last build left.
    known: BTreeMap<Key, Entry>,
    /// What this build asked for or put by: all that stays.
    used: Mutex<HashMap<Key, Entry>>,
    told: Option<Diagnostic>,
}

/// The cache's folder, held as long as the lock is.
#[derive(Debug)]
struct Held {
    folder: PathBuf,
    _lock: File,
    /// The N of the pack.
    number: u32,
    /// Whether the index on disk names exactly what `known` does.
    fresh: bool,
    /// Whether nothing that an earlier build left is used.
    blank: bool,
    /// Files of their own that this build used.
    files: Mutex<BTreeSet<String>>,
}

impl Held {
    fn files(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    head: Slot,
    body: Option<Slot>,
    leaves: Option<Slot>,
}

impl Entry {
    fn bytes(self) -> u64 {
        let more = [self.body, self.leaves].into_iter().flatten();
        self.head.bytes() + more.map(Slot::bytes).sum::<u64>()
    }
}

#[derive(Serialize, Deserialize)]
struct Index {
    program: Key,
    place: String,
    number: u32,
    end: u64,
    entries: BTreeMap<Key, Entry>,
}

impl Cache {
    /// Opens the cache at `place` for the reports in `root`; without one, or where it can't be used,
    /// results are kept in `workspace` until the end. With `fresh`, nothing in it is used.
    pub fn open(
        place: Option<&Path>,
        root: &Path,
        fresh: bool,
        workspace: &Path,
    ) -> io::Result<Self> {
        let mut told = None;
        if let Some(folder) = place {
            match Self::hold(folder, root, fresh, &mut told) {
                Ok(Some(cache)) => return Ok(Self { told, ..cache }),
                Ok(None) => told = Some(note("another build is using it".to_owned())),
                Err(error) => told = Some(note(error.to_string())),
            }
        }
        Ok(Self {
            held: None,
            pack: Pack::unnamed(workspace)?,
            known: BTreeMap::new(),
            used: Mutex::default(),
            told,
        })
    }

    /// Opens the cache at `place` for the reports in `root`, if it can be used now; what keeps a part of
    /// it from being used is not told. With `fresh`, nothing in it is used.
    pub fn held_at(place: &Path, root: &Path, fresh: bool) -> Option<Self> {
        Self::hold(place, root, fresh, &mut None).ok().flatten()
    }

    fn hold(
        folder: &Path,
        root: &Path,
        fresh: bool,
        told: &mut Option<Diagnostic>,
    ) -> io::Result<Option<Self>> {
        fs::create_dir_all(folder)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
        if !folder.join(TAG.0).exists() {
            fs::write(folder.join(TAG.0), TAG.1)?;
        }
        if !folder.ends_with(Path::new(FOLDER).join("cache")) {
            own(folder, root)?;
        }
        let found = if fresh {
            Ok(None)
        } else {
            read_index(folder).and_then(|index| {
                let Some(index) = index else { return Ok(None) };
                let pack = Pack::open(&pack_path(folder, index.number), index.end)?;
                Ok(Some((index, pack)))
            })
        };
        let (index, pack) = match found {
            Ok(Some((index, pack))) => (index, pack),
            other => {
                if let Err(error) = other {
                    *told = Some(note(error.to_string()));
                }
                // The old pack stays until the new index is written.
                let number = (0..=u32::MAX)
                    .find(|&number| !pack_path(folder, number).exists())
                    .unwrap_or_default();
                let index = Index {
                    program: program(),
                    place: identity(folder),
                    number,
                    end: 0,
                    entries: BTreeMap::new(),
                };
                (index, Pack::create(&pack_path(folder, number))?)
            }
        };
        Ok(Some(Self {
            held: Some(Held {
                folder: folder.to_owned(),
                _lock: lock,
                number: index.number,
                fresh: index.end > 0,
                blank: fresh,
                files: Mutex::default(),
            }),
            pack,
            known: index.entries,
            used: Mutex::default(),
            told: None,
        }))
    }

    /// Its folder, if this build holds one.
    pub fn folder(&self) -> Option<&Path> {
        Some(&self.held.as_ref()?.folder)
    }

    /// What there is to tell of the cache: a note at most, and never of the reports.
    pub fn told(&self) -> Option<&Diagnostic> {
        self.told.as_ref()
    }

    /// The head of what was put by under this key: none where there is none, or it is damaged.
    pub fn head<T: DeserializeOwned>(&self, key: Key) -> Option<T> {
        let entry = *self.known.get(&key)?;
        let head = self.pack.take(entry.head).ok()?;
        let head = postcard::from_bytes(&head).ok()?;
        self.used().insert(key, entry);
        Some(head)
    }

    /// Puts a result by: its head, which each build reads, its body, and its leaves, of which one is
    /// read at a time.
    pub fn put<B: Serialize + ?Sized>(
        &self,
        key: Key,
        head: &impl Serialize,
        rest: Option<(&B, &[u8])>,
    ) -> io::Result<()> {
        let bytes = |of: Result<Vec<u8>, postcard::Error>| of.map_err(io::Error::other);
        let head = self.pack.put(&bytes(postcard::to_stdvec(head))?)?;
        let mut entry = Entry {
            head,
            body: None,
            leaves: None,
        };
        if let Some((body, leaves)) = rest {
            entry.body = Some(self.pack.put(&bytes(postcard::to_stdvec(body))?)?);
            entry.leaves = Some(self.pack.put(leaves)?);
        }
        self.used().insert(key, entry);
        Ok(())
    }

    /// The body of a result that this build asked for or put by. An error of kind
    /// [`io::ErrorKind::InvalidData`] where it is damaged.
    pub fn body<T: DeserializeOwned>(&self, key: Key) -> io::Result<T> {
        let body = self.used().get(&key).and_then(|entry| entry.body);
        let bytes = self.pack.take(body.ok_or_else(damaged)?)?;
        postcard::from_bytes(&bytes).map_err(|_| damaged())
    }

    /// Some of the leaves of a result that this build asked for or put by: `length` bytes from `start`.
    /// Whether they are what was put by, their checksum tells whoever put them by.
    pub fn leaf(&self, key: Key, start: u32, length: u32) -> io::Result<Vec<u8>> {
        let leaves = self.used().get(&key).and_then(|entry| entry.leaves);
        self.pack.part(leaves.ok_or_else(damaged)?, start, length)
    }

    /// What is kept under this key in a file of its own.
    pub fn load<T: DeserializeOwned>(&self, key: Key) -> Option<T> {
        let held = self.held.as_ref().filter(|held| !held.blank)?;
        let name = large(key);
        let found = read_checked(&held.folder.join(&name)).ok()?;
        held.files().insert(name);
        found
    }

    /// Keeps something large under this key, in a file of its own, if it can be.
    pub fn store(&self, key: Key, value: &impl Serialize) {
        let Some(held) = &self.held else { return };
        let name = large(key);
        // What could not be written is made anew by the next build.
        if write_checked(&held.folder.join(&name), value).is_ok() {
            held.files().insert(name);
        }
    }

    /// Deletes the files that were neither loaded nor stored.
    pub fn sweep(&self) {
        let Some(held) = &self.held else { return };
        let used = held.files();
        for name in names(&held.folder).unwrap_or_default() {
            if name.ends_with(LARGE) && !used.contains(&name) {
                // What can't be deleted now, the next build deletes.
                let _ = fs::remove_file(held.folder.join(name));
            }
        }
    }

    fn used(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Entry>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the next build know what this one used, and forgets all else.
    pub fn keep(&mut self) -> io::Result<()> {
        let used: BTreeMap<Key, Entry> = self.used().iter().map(|(key, at)| (*key, *at)).collect();
        let Some(held) = &mut self.held else {
            return Ok(());
        };
        if held.fresh && used == self.known {
            return Ok(());
        }
        let mut index = Index {
            program: program(),
            place: identity(&held.folder),
            number: held.number,
            end: self.pack.end(),
            entries: used,
        };
        let live: u64 = index.entries.values().map(|entry| entry.bytes()).sum();
        if index.end - live > live + SLACK {
            index.number += 1;
            let pack = Pack::create(&pack_path(&held.folder, index.number))?;
            let copied = |slot: Slot| pack.put(&self.pack.take(slot)?);
            for entry in index.entries.values_mut() {
                entry.head = copied(entry.head)?;
                entry.body = entry.body.map(copied).transpose()?;
                entry.leaves = entry.leaves.map(copied).transpose()?;
            }
            index.end = pack.end();
            self.pack = pack;
            held.number = index.number;
            let used = index.entries.iter().map(|(key, at)| (*key, *at));
            *self.used.lock().unwrap_or_else(PoisonError::into_inner) = used.collect();
        }
        write_checked(&held.folder.join(INDEX), &index)?;
        held.fresh = true;
        self.known = index.entries;
        let current = pack_path(&held.folder, held.number);
        for name in names(&held.folder)? {
            let path = held.folder.join(&name);
            let left = name.starts_with("reports-") || name.starts_with(PART);
            if left && path != current {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

/// Ends the name of a file with one result.
const LARGE: &str = ".large";

fn large(key: Key) -> String {
    format!("{}{LARGE}", &key.hex()[..32])
}

/// Names of the files in a folder.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}

fn pack_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("reports-{number}.pack"))
}

fn note(why: String) -> Diagnostic {
    Diagnostic::new(
        Level::Note,
        "cache-unused",
        "",
        format!("what earlier builds left is not used: {why}"),
    )
}

/// The folder as its system knows it: a cache that was copied or unpacked elsewhere is another's.
fn identity(folder: &Path) -> String {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if let Ok(metadata) = fs::metadata(&whole) {
            let (device, inode) = (metadata.dev(), metadata.ino());
            return format!("{} {device} {inode}", whole.display());
        }
    }
    whole.display().to_string()
}

/// The index, if there is one of this program's and of this folder.
fn read_index(folder: &Path) -> io::Result<Option<Index>> {
    let index: Option<Index> = read_checked(&folder.join(INDEX))?;
    Ok(index.filter(|index| index.program == program() && index.place == identity(folder)))
}

/// Reads what [`write_checked`] wrote; none where there is no such file.
pub fn read_checked<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(damaged)?;
    let (sum, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
    if crc32fast::hash(rest).to_le_bytes() != *sum {
        return Err(damaged());
    }
    postcard::from_bytes(rest).map(Some).map_err(|_| damaged())
}

/// Writes a file with its checksum in one step: the old one stays until the new one is whole.
pub fn write_checked(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let bytes = postcard::to_stdvec(value).map_err(io::Error::other)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(PART).tempfile_in(folder)?;
    file.write_all(MAGIC)?;
    file.write_all(&crc32fast::hash(&bytes).to_le_bytes())?;
    file.write_all(&bytes)?;
    file.persist(path)?;
    Ok(())
}

/// Notes in a cache of the user's whose it is, and deletes those of folders that are no more.
fn own(folder: &Path, root: &Path) -> io::Result<()> {
    let owner = root.canonicalize()?;
    let path = folder.join(OWNER);
    let named = owner.to_string_lossy();
    if fs::read(&path).is_ok_and(|found| found == named.as_bytes()) {
        return Ok(());
    }
    fs::write(&path, named.as_bytes())?;
    let Some(all) = folder.parent() else {
        return Ok(());
    };
    for name in names(all)? {
        let other = all.join(name);
        let is_gone = |owner: String| !Path::new(&owner).exists();
        if other != folder && fs::read_to_string(other.join(OWNER)).is_ok_and(is_gone) {
            // What can't be deleted now is tried again with the next new folder.
            let _ = fs::remove_dir_all(other);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &Path) -> Cache {
        Cache::open(Some(&folder.join("cache")), folder, false, folder).expect("opened")
    }

    fn key(number: u32) -> Key {
        Key::of(&number.to_le_bytes())
    }

    #[test]
    fn what_was_put_by_is_found_by_the_next_build_and_no_later_one_that_did_not_ask() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut cache = open(folder.path());
        for number in 0..3 {
            cache
                .put(key(number), &number, Some(("text", b"leaves")))
                .expect("put");
        }
        cache.keep().expect("kept");
        drop(cache);
        let mut cache = open(folder.path());
        assert_eq!(cache.head::<u32>(key(1)), Some(1));
        assert_eq!(cache.body::<String>(key(1)).expect("there"), "text");
        assert_eq!(cache.leaf(key(1), 1, 4).expect("there"), b"eave");
        assert!(cache.leaf(key(1), 3, 4).is_err(), "more than there is");
        assert!(cache.body::<String>(key(2)).is_err(), "not asked for");
        cache.keep().expect("kept");
        drop(cache);
        let cache = open(folder.path());
        assert_eq!(cache.head::<u32>(key(1)), Some(1));
        assert_eq!(cache.head::<u32>(key(2)), None);
    }

    #[test]
    fn a_cache_does_not_grow_with_builds() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "报".repeat(1 << 20);
        for number in 0..30 {
            let mut cache = open(folder.path());
            assert_eq!(cache.head(key(u32::MAX)), (number > 0).then_some(7));
            if number == 0 {
                cache
                    .put(key(u32::MAX), &7, Some(("stays", b"")))
                    .expect("put");
            }
            cache
                .put(key(number), &number, Some((&text, b"")))
                .expect("put");
            cache.keep().expect("kept");
            assert_eq!(cache.body::<String>(key(u32::MAX)).expect("there"), "stays");
            let files = names(&folder.path().join("cache")).expect("read");
            let size = |name: &String| {
                let metadata = fs::metadata(folder.path().join("cache").join(name));
                metadata.expect("told").len()
            };
            assert!(files.iter().map(size).sum::<u64>() < 2 * SLACK, "{files:?}");
        }
    }

    #[test]
    fn two_builds_do_not_share_a_cache() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = open(folder.path());
        let second = open(folder.path());
        assert!(first.told().is_none() && first.folder().is_some());
        assert!(second.told().is_some() && second.folder().is_none());
        second
            .put(key(1), &1, Some(("text", b"leaves")))
            .expect("put");
        assert_eq!(second.body::<String>(key(1)).expect("there"), "text");
    }
}
