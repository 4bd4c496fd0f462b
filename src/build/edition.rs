//! What a build left at an output: what it was made from, and the files as they were then.
//!
//! It lies in the cache, a file an output. With it a build that has nothing to do knows so before it
//! begins, and another one which files it need not make again.

use super::Built;
use crate::cache::{self, Key};
use crate::diagnostic::Diagnostic;
use crate::publish::{self, Published, record::Record};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Outputs that are remembered.
const MOST: usize = 8;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Edition {
    /// Of all that it was made from.
    pub(super) input: Key,
    /// Its files.
    pub(super) record: Record,
    read: usize,
    unread: usize,
    doubtful: usize,
    pages: usize,
    bytes: u64,
    diagnostics: Vec<Diagnostic>,
}

impl Edition {
    pub(super) fn of(input: Key, built: &Built, record: Record) -> Self {
        Self {
            input,
            record,
            read: built.read,
            unread: built.unread,
            doubtful: built.doubtful,
            pages: built.published.pages,
            bytes: built.published.bytes,
            diagnostics: built.diagnostics.clone(),
        }
    }

    /// What the last build left at `output`, if the cache at `place` knows.
    pub(super) fn read(place: &Path, output: &Path) -> Option<Self> {
        cache::read_checked(&file(place, output)?).ok()?
    }

    /// Lets the next build know.
    pub(super) fn write(&self, place: &Path, output: &Path) -> io::Result<()> {
        let Some(path) = file(place, output) else {
            return Ok(());
        };
        cache::write_checked(&path, self)?;
        let mut others = Vec::new();
        for entry in fs::read_dir(place)? {
            let entry = entry?;
            let name = entry.file_name();
            if name.to_string_lossy().ends_with(ENDING) && entry.path() != path {
                others.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        others.sort();
        others.reverse();
        others
            .iter()
            .skip(MOST - 1)
            .try_for_each(|(_, path)| fs::remove_file(path))
    }

    /// Whether its files stand at `output` as they were left, and nothing else does.
    pub(super) fn stands(&self, output: &Path) -> bool {
        publish::is_settled(output) && publish::record::is_untouched(output, &self.record)
    }

    /// What a build that changes nothing came to.
    pub(super) fn built(self) -> Built {
        Built {
            read: self.read,
            unread: self.unread,
            doubtful: self.doubtful,
            published: Published {
                pages: self.pages,
                files: self.record.len(),
                bytes: self.bytes,
                written: 0,
                kept: self.record.len(),
                removed: 0,
                another: false,
            },
            diagnostics: self.diagnostics,
        }
    }
}

const ENDING: &str = ".site";

/// The file of an output.
fn file(place: &Path, output: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(output).ok()?;
    let name = Key::of(absolute.as_os_str().as_encoded_bytes()).hex();
    Some(place.join(format!("{}{ENDING}", &name[..16])))
}
