//! Files as they are made → the publication.

use super::BuildError;
use crate::cache::Key;
use crate::progress::{Progress, Stage};
use crate::publish::{Publication, PublishError};
use crate::render::{self, Page};
use std::io;

/// Progress of work that goes on beside other work.
pub(super) struct Silent;

impl Progress for Silent {
    fn stage(&self, _: Stage, _: usize) {}
    fn step(&self) {}
}

/// Writes what `make` hands over.
pub(super) fn write_all(
    publication: &Publication,
    progress: &dyn Progress,
    make: impl FnOnce(&mut dyn render::Sink) -> Result<(), BuildError>,
) -> Result<(), BuildError> {
    let mut publishing = Publishing {
        publication,
        progress,
        failed: None,
    };
    let made = make(&mut publishing);
    match publishing.failed {
        Some(error) => Err(error.into()),
        None => made,
    }
}

/// Hands files on to the publication; keeps why that failed.
struct Publishing<'a> {
    publication: &'a Publication,
    progress: &'a dyn Progress,
    failed: Option<PublishError>,
}

impl Publishing<'_> {
    fn noted<T>(&mut self, written: Result<T, PublishError>) -> io::Result<T> {
        self.progress.step();
        written.map_err(|error| {
            self.failed = Some(error);
            io::Error::other("the page was not written")
        })
    }
}

impl render::Sink for Publishing<'_> {
    fn page(&mut self, page: Page) -> io::Result<()> {
        self.made(page, None)
    }

    fn has(&mut self, path: &str, key: Key) -> io::Result<bool> {
        match self.publication.keep(path, Some(key)) {
            Ok(false) => Ok(false),
            kept => self.noted(kept),
        }
    }

    fn made(&mut self, page: Page, key: Option<Key>) -> io::Result<()> {
        let written = self.publication.write(&page, key);
        self.noted(written)
    }

    fn stream(
        &mut self,
        paths: &[&str],
        key: Option<Key>,
        write: &mut render::Write,
    ) -> io::Result<()> {
        let written = self.publication.stream(paths, key, write);
        self.noted(written)
    }
}
