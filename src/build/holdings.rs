//! What a build has read: cards in the corpus, the whole of each report in the cache.

use super::BuildError;
use super::read::Whole;
use crate::cache::{Cache, Key};
use crate::relate::{Corpus, Shelf, ShelfPlace};
use crate::report::Report;
use std::collections::HashMap;
use std::io;

/// The reports: their cards in the corpus, the whole of them in the cache, under these keys.
pub(super) struct Holdings<'a> {
    pub(super) corpus: &'a Corpus,
    pub(super) cache: &'a Cache,
    pub(super) keys: &'a HashMap<String, Whole>,
    /// Of what all pages are made with.
    pub(super) frame: Key,
}

impl Holdings<'_> {
    /// The whole of a report.
    pub(super) fn whole(&self, id: &str) -> Result<Option<Report>, BuildError> {
        let Some(whole) = self.keys.get(id) else {
            return Ok(None);
        };
        let report: Report = self.cache.body(whole.slot).map_err(BuildError::Spool)?;
        Ok(Some(Report {
            id: id.to_owned(),
            ..report
        }))
    }
}

impl Shelf for Holdings<'_> {
    fn fetch(&self, report: &str, place: ShelfPlace) -> io::Result<Vec<u8>> {
        let whole = self.keys.get(report).ok_or(io::ErrorKind::NotFound)?;
        self.cache.leaf(whole.slot, place.start, place.length)
    }

    fn frame(&self) -> Option<Key> {
        Some(self.frame)
    }

    fn sum(&self, report: &str) -> Option<Key> {
        let content = self.keys.get(report)?.content;
        let card = self.corpus.report(self.corpus.find(report)?);
        // What all reports together decide of it.
        let related = (&card.id, &card.kin, &card.original, &card.diagnostics);
        let related = postcard::to_stdvec(&related).ok()?;
        Some(Key::joined([content.as_ref(), &related]))
    }
}
