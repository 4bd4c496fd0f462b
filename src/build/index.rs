//! The corpus' reports → the index's files, published: groups that did not change are taken as the last
//! build made them.

use super::BuildError;
use super::holdings::Holdings;
use super::publishing::{Silent, write_all};
use crate::cache::Key;
use crate::codebook::Codebook;
use crate::index::{self, Indexer};
use crate::publish::Publication;
use crate::report::Report;
use rayon::prelude::*;
use std::path::Path;

/// Groups that are indexed before they are put together.
const GROUPS_AT_ONCE: usize = 4;

/// Writes the index's files.
pub(super) fn write_index(
    codebook: &Codebook,
    reports: &Holdings,
    publication: &Publication,
) -> Result<(), BuildError> {
    let indexer = index_reports(codebook, reports, publication.workspace())?;
    let index = indexer.finish()?;
    (0..index.files()).into_par_iter().try_for_each(|number| {
        write_all(publication, &Silent, |sink| Ok(index.file(number, sink)?))
    })?;
    write_all(publication, &Silent, |sink| Ok(index.opening(sink)?))
}

/// Indexes the reports in the corpus' order, on which the index's bytes depend; of groups that did
/// not change, what the last build made.
fn index_reports(
    codebook: &Codebook,
    reports: &Holdings,
    workspace: &Path,
) -> Result<Indexer, BuildError> {
    let (cards, cache) = (&reports.corpus.reports, reports.cache);
    let program = crate::cache::program();
    let mut indexer = indexer(codebook, reports, workspace)?;
    let grouping = indexer.grouping();
    let learnt = Key::of(&grouping.learnt()?);
    for some in index::groups(cards).chunks(GROUPS_AT_ONCE) {
        let made = some
            .par_iter()
            .map(|group| {
                let cards = &cards[group.clone()];
                let parts = cards.iter().filter_map(|card| {
                    let whole = reports.keys.get(&card.id)?;
                    Some(Key::joined([card.id.as_bytes(), whole.content.as_ref()]))
                });
                let key = Key::joined([program, learnt].into_iter().chain(parts));
                if let Some(found) = cache.load(key) {
                    return Ok((found, key));
                }
                let wholes = cards
                    .iter()
                    .filter_map(|card| reports.whole(&card.id).transpose());
                let made = grouping.group(wholes)?;
                cache.store(key, &made);
                Ok((made, key))
            })
            .collect::<Result<Vec<_>, BuildError>>()?;
        for (group, key) in made {
            indexer.put(group, key)?;
        }
    }
    cache.sweep();
    Ok(indexer)
}

/// An indexer that has learnt from a sample of the reports, or knows what the last build learnt from
/// the same.
fn indexer(
    codebook: &Codebook,
    reports: &Holdings,
    workspace: &Path,
) -> Result<Indexer, BuildError> {
    let (cards, cache) = (&reports.corpus.reports, reports.cache);
    let sample = index::sample(cards);
    let wholes = sample
        .iter()
        .filter_map(|place| reports.keys.get(&cards[*place].id));
    let contents = wholes.map(|whole| whole.content);
    let key = Key::joined([crate::cache::program()].into_iter().chain(contents));
    let known = cache.load::<Vec<u8>>(key);
    if let Some(Ok(indexer)) = known.map(|known| Indexer::knowing(codebook, workspace, &known)) {
        return Ok(indexer);
    }
    let sample = sample
        .into_par_iter()
        .filter_map(|place| reports.whole(&cards[place].id).transpose())
        .collect::<Result<Vec<Report>, BuildError>>()?;
    let indexer = Indexer::taught(codebook, workspace, &sample);
    cache.store(key, &indexer.grouping().learnt()?);
    Ok(indexer)
}
