//! One folder in the place of another.
//!
//! Beside the output `site` stand, while a build is at work: `.site.fangzhi-new` (the site being
//! written), `.site.fangzhi-lock`, and, only where the system cannot exchange two folders in one
//! step, `.site.fangzhi-old` and `.site.fangzhi-journal`. The journal says that the new site is
//! whole: with it, whoever comes next completes the swap; without it, the new folder is rubbish.

use super::{MARKER, PublishError, failed, write_to_disk};
use rayon::prelude::*;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Names beside the output.
#[derive(Debug)]
pub(super) struct Beside {
    pub(super) parent: PathBuf,
    pub(super) new: PathBuf,
    old: PathBuf,
    journal: PathBuf,
    lock: PathBuf,
}

impl Beside {
    pub(super) fn of(output: &Path) -> Self {
        let parent = output.parent().unwrap_or(output).to_owned();
        let name = output.file_name().unwrap_or_default().to_string_lossy();
        let beside = |what: &str| parent.join(format!(".{name}.fangzhi-{what}"));
        Self {
            new: beside("new"),
            old: beside("old"),
            journal: beside("journal"),
            lock: beside("lock"),
            parent,
        }
    }

    /// Takes the lock; the system gives it back when this process ends, however it ends.
    pub(super) fn lock(&self) -> Result<File, PublishError> {
        loop {
            let file = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&self.lock)
                .map_err(failed("make", &self.lock))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(fs::TryLockError::WouldBlock) => {
                    return Err(PublishError::Busy {
                        path: self.lock.clone(),
                    });
                }
                Err(fs::TryLockError::Error(error)) => {
                    return Err(failed("lock", &self.lock)(error));
                }
            }
            // Whoever held it before may have deleted it since it was opened.
            if same_file(&file, &self.lock) {
                return Ok(file);
            }
        }
    }

    /// Whether none of it is there.
    pub(super) fn is_clear(&self) -> bool {
        [&self.new, &self.old, &self.journal, &self.lock]
            .into_iter()
            .all(|path| fs::symlink_metadata(path).is_err())
    }

    /// Deletes the lock while it is held.
    pub(super) fn unlock(&self) {
        let _ = fs::remove_file(&self.lock);
    }
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_file(_: &File, path: &Path) -> bool {
    path.exists()
}

/// Completes the swap that the journal says was begun, or clears what a killed build left.
pub(super) fn recover(output: &Path, beside: &Beside) -> Result<(), PublishError> {
    if beside.journal.exists() {
        if beside.new.exists() {
            set_aside(output, beside)?;
            rename(&beside.new, output)?;
        }
        fs::remove_file(&beside.journal).map_err(failed("delete", &beside.journal))?;
    }
    clear(&beside.new)?;
    clear(&beside.old)
}

/// Puts the folder [`Beside::new`], which is whole, in `output`'s place.
pub(super) fn swap(output: &Path, beside: &Beside) -> Result<(), PublishError> {
    if !output.exists() {
        rename(&beside.new, output)?;
    } else if exchange(&beside.new, output) {
        clear(&beside.new)?;
    } else {
        write_to_disk(&beside.journal, b"").map_err(failed("write", &beside.journal))?;
        recover(output, beside)?;
    }
    flush_folder(&beside.parent).map_err(failed("write", &beside.parent))
}

fn set_aside(output: &Path, beside: &Beside) -> Result<(), PublishError> {
    if output.exists() {
        clear(&beside.old)?;
        rename(output, &beside.old)?;
    }
    Ok(())
}

fn rename(from: &Path, to: &Path) -> Result<(), PublishError> {
    fs::rename(from, to).map_err(failed("replace", to))
}

/// Exchanges two folders in one step; false where the system or the disk cannot.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn exchange(new: &Path, output: &Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, new, CWD, output, RenameFlags::EXCHANGE).is_ok()
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn exchange(_: &Path, _: &Path) -> bool {
    false
}

/// Deletes a site, or what is left of one; its marker last, so that a second try knows it. A folder
/// without marker is only deleted if it is empty.
pub(super) fn clear(folder: &Path) -> Result<(), PublishError> {
    if fs::symlink_metadata(folder).is_err() {
        return Ok(());
    }
    let marker = folder.join(MARKER);
    if marker.exists() {
        let entries = fs::read_dir(folder).map_err(failed("read", folder))?;
        entries.par_bridge().try_for_each(|entry| {
            let entry = entry.map_err(failed("read", folder))?;
            let path = entry.path();
            if path == marker {
                return Ok(());
            }
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let deleted = if is_folder {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
            deleted.map_err(failed("delete", &path))
        })?;
        fs::remove_file(&marker).map_err(failed("delete", &marker))?;
    }
    fs::remove_dir(folder).map_err(failed("delete", folder))
}

/// Has everything in `folder` written to the disk.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn flush(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

/// Has everything in `folder` written to the disk.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn flush(folder: &Path) -> io::Result<()> {
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.map_err(io::Error::from)?;
        if entry.file_type().is_file() {
            // Windows flushes only through a handle that may write.
            File::options().write(true).open(entry.path())?.sync_all()?;
        }
    }
    flush_folder(folder)
}

/// Has a folder's own entries written to the disk, where a folder can be.
fn flush_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(path: &Path, words: &str) {
        fs::create_dir(path).expect("made");
        fs::write(path.join(MARKER), "").expect("written");
        fs::write(path.join("index.html"), words).expect("written");
    }

    fn words(path: &Path) -> Option<String> {
        fs::read_to_string(path.join("index.html")).ok()
    }

    /// Every state in which a build can be killed that swaps by journal, and what the next command
    /// must find.
    #[test]
    fn a_swap_begun_is_completed_and_one_not_begun_is_cleared() {
        for (output, new, old, journal, found) in [
            (Some("old"), Some("part"), None, false, Some("old")),
            (Some("old"), Some("new"), None, true, Some("new")),
            (None, Some("new"), Some("old"), true, Some("new")),
            (Some("new"), None, Some("old"), true, Some("new")),
            (Some("new"), None, Some("old"), false, Some("new")),
            (None, Some("part"), None, false, None),
        ] {
            let folder = tempfile::tempdir().expect("made");
            let at = folder.path().join("site");
            let beside = Beside::of(&at);
            for (path, words) in [(&at, output), (&beside.new, new), (&beside.old, old)] {
                if let Some(words) = words {
                    site(path, words);
                }
            }
            if journal {
                fs::write(&beside.journal, "").expect("written");
            }
            recover(&at, &beside).expect("recovered");
            assert_eq!(words(&at).as_deref(), found);
            let left = fs::read_dir(folder.path()).expect("read").count();
            assert_eq!(left, usize::from(found.is_some()));
        }
    }

    #[test]
    fn a_folder_that_is_no_site_is_not_cleared() {
        let folder = tempfile::tempdir().expect("made");
        fs::write(folder.path().join("thesis.doc"), "").expect("written");
        assert!(clear(folder.path()).is_err());
        assert!(folder.path().join("thesis.doc").exists());
    }
}
