//! Every report of an archive: from the cache where it was read before, else from its file.
//!
//! Never: a file's date or size is taken for its content. Each file is read and summed up; what is
//! saved is everything after that.

use super::Survey;
use crate::archive::catalogue::{self, Found, Gone};
use crate::archive::{Archive, Catalogue, config, corrections, id};
use crate::cache::{self, Cache, Key};
use crate::diagnostic::{Diagnostic, Level};
use crate::digest::sha256;
use crate::discover::{self, SourceFile};
use crate::progress::{Progress, Stage};
use crate::relate::{ReportCard, relate_kin};
use crate::report;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// The files that may be reports, and what they hold now, as far as that is known.
pub(super) struct Sources {
    files: Vec<(SourceFile, Option<Result<Key, Diagnostic>>)>,
    told: Vec<Diagnostic>,
}

impl Sources {
    /// The files.
    pub(super) fn files(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().map(|(file, _)| file)
    }
}

/// What is kept of a reading.
#[derive(Serialize, Deserialize)]
enum Kept {
    Read {
        card: Box<ReportCard>,
        claim: id::Claim,
        /// Of the corrections that were applied.
        corrections: Key,
    },
    Unread(Vec<Diagnostic>),
}

/// Files of an archive that speak of single reports: of each, only what is said of it counts.
pub(super) const OF_REPORTS: [&str; 2] = [catalogue::FILE, corrections::FILE];

/// Where the whole of a report lies in the cache, and what it comes from.
#[derive(Clone, Copy)]
pub(super) struct Whole {
    pub(super) slot: Key,
    /// Of all that it was read from: the same, the same report but for its id.
    pub(super) content: Key,
}

/// Faults that may be gone with the next build.
const FLEETING: [&str; 5] = [
    "program-fault",
    "file-unreadable",
    "decoder-limit",
    "decoder-failed",
    "decoder-absent",
];

/// Finds the source files of `archive`.
pub(super) fn sources(archive: &mut Archive, output: Option<&Path>) -> Sources {
    let mut told = Vec::new();
    let files = find(archive, output, &mut told).into_iter();
    Sources {
        files: files.map(|file| (file, None)).collect(),
        told,
    }
}

/// The archive's source files; those that were moved take their rows of `metadata.csv` with them.
pub(super) fn find(
    archive: &mut Archive,
    output: Option<&Path>,
    told: &mut Vec<Diagnostic>,
) -> Vec<SourceFile> {
    let files = discover::discover(archive, output).unpack(told);
    let found: Vec<Found> = files
        .iter()
        .map(|file| Found {
            path: &file.path,
            bytes: file.bytes,
        })
        .collect();
    let by_path = |path: &str| files.binary_search_by(|file| file.path.as_str().cmp(path));
    let limits = archive.config.limits;
    told.extend(archive.catalogue.follow(&found, |path| {
        let file = &files[by_path(path).ok()?];
        discover::read(file, limits)
            .ok()
            .map(|bytes| sha256(&bytes))
    }));
    told.extend(
        archive
            .catalogue
            .unmatched(files.iter().map(|file| file.path.as_str())),
    );
    files
}

impl Sources {
    /// Sums up what the files hold.
    pub(super) fn sum_up(&mut self, archive: &Archive) {
        let limits = archive.config.limits;
        self.files.par_iter_mut().for_each(|(file, sum)| {
            *sum = Some(discover::read(file, limits).map(|bytes| Key::of(&bytes)));
        });
    }

    /// How many that may be reports the search for files could not come to: links that lead nowhere or
    /// round, folders that let nobody in, archives that can't be read.
    fn lost(&self) -> usize {
        let errors = self.told.iter().filter(|one| one.level == Level::Error);
        let files: BTreeSet<&str> = errors.map(|one| one.file.as_str()).collect();
        files.len()
    }

    /// The reports that the catalogue has and the archive has no more.
    pub(super) fn gone(&self, catalogue: &Catalogue) -> Vec<Gone> {
        catalogue.gone(self.files.iter().map(|(file, _)| file.path.as_str()))
    }

    /// Of all that the files are and hold, once that is known.
    pub(super) fn key(&self) -> Key {
        let told = format!("{:?}", self.told);
        let files = self.files.iter().flat_map(|(file, sum)| {
            let sum = match sum {
                Some(Ok(sum)) => sum.hex(),
                Some(Err(told)) => format!("{told:?}"),
                None => String::new(),
            };
            [file.path.clone().into_bytes(), sum.into_bytes()]
        });
        Key::joined([told.into_bytes()].into_iter().chain(files))
    }
}

/// A report that was read.
struct Read {
    card: ReportCard,
    claim: id::Claim,
    whole: Option<Whole>,
}

/// Reads every report; the whole of it goes to the cache, where there is one. Gives back also where
/// it lies there, by the reports' ids.
pub(super) fn read_all(
    archive: &Archive,
    sources: &mut Sources,
    mut told: Vec<Diagnostic>,
    cache: Option<&Cache>,
    progress: &dyn Progress,
) -> io::Result<(Survey, HashMap<String, Whole>)> {
    told.append(&mut sources.told.clone());
    progress.stage(Stage::Read, sources.files.len());
    let base = base(archive);
    let readings: Vec<Result<Read, Vec<Diagnostic>>> = sources
        .files
        .par_iter_mut()
        .map(|(file, sum)| {
            let read = match cache {
                Some(cache) => cached(file, sum, archive, base, cache)?,
                None => match read_one(file, archive) {
                    Ok(reading) => {
                        let mut card = ReportCard::of(&reading.report);
                        // Nobody makes a page of what it quotes.
                        card.put_by()?;
                        let claim = reading.claim;
                        let whole = None;
                        Ok(Read { card, claim, whole })
                    }
                    Err(told) => Err(told),
                },
            };
            progress.step();
            Ok(read)
        })
        .collect::<io::Result<_>>()?;
    let (mut survey, keys) = identified(readings, told);
    survey.unread += sources.lost();
    let known = survey.cards.iter().map(|card| (&*card.id, &*card.path));
    let lost = archive.corrections.without_report(known);
    survey.told.extend(lost);
    Ok((survey, keys))
}

/// Of what a reading depends on besides the file and what its keeper says of it.
fn base(archive: &Archive) -> Key {
    // What else the archive has of its own counts, whatever it is for.
    let files = archive.files.iter().filter(|(path, _)| {
        !OF_REPORTS.contains(&path.as_str())
            && path.as_str() != config::FILE
            && !path.starts_with("themes/")
    });
    let config = format!("{:?}", archive.config.for_reading());
    let parts = files.flat_map(|(path, sum)| [path.as_bytes(), sum.as_ref()]);
    Key::joined(
        [cache::program().as_ref(), config.as_bytes()]
            .into_iter()
            .chain(parts),
    )
}

fn key(file: &SourceFile, sum: Key, archive: &Archive, base: Key) -> Key {
    let format = format!("{:?}", file.format);
    let keeper = format!("{:?}", archive.catalogue.of(&file.path));
    Key::joined([
        base.as_ref(),
        file.path.as_bytes(),
        format.as_bytes(),
        keeper.as_bytes(),
        sum.as_ref(),
    ])
}

/// Of the corrections of the report that claims `claim`.
fn corrections_of(archive: &Archive, claim: &id::Claim) -> Key {
    if archive.corrections.is_empty() {
        return Key::joined::<[u8; 0]>(None);
    }
    let id = match &claim.explicit {
        Some((id, ..)) => id.clone(),
        None => id::derived(&claim.path),
    };
    let all = archive.corrections.of(&id, &claim.path);
    Key::joined(all.map(|one| format!("{one:?}")))
}

/// One report from the cache, or else from its file and into the cache. Where the file is not yet
/// summed up, or no longer what it was then, its sum is set right.
fn cached(
    file: &SourceFile,
    sum: &mut Option<Result<Key, Diagnostic>>,
    archive: &Archive,
    base: Key,
    cache: &Cache,
) -> io::Result<Result<Read, Vec<Diagnostic>>> {
    let read = || discover::read(file, archive.config.limits);
    let mut bytes = None;
    if sum.is_none() {
        *sum = Some(summed(bytes.insert(read())));
    }
    if let Some(Ok(sum)) = sum {
        let key = key(file, *sum, archive, base);
        match cache.head(key) {
            Some(Kept::Read {
                card,
                claim,
                corrections,
            }) if corrections == corrections_of(archive, &claim) => {
                return Ok(Ok(Read {
                    card: *card,
                    claim,
                    whole: Some(Whole {
                        slot: key,
                        content: Key::joined([key, corrections]),
                    }),
                }));
            }
            Some(Kept::Unread(told)) => return Ok(Err(told)),
            Some(Kept::Read { .. }) | None => {}
        }
    }
    let bytes = bytes.unwrap_or_else(|| {
        let bytes = read();
        *sum = Some(summed(&bytes));
        bytes
    });
    let sum = sum.as_ref().and_then(|sum| sum.as_ref().ok());
    let key = sum.map(|sum| key(file, *sum, archive, base));
    match understood(file, bytes, archive) {
        Ok(reading) => {
            let mut card = ReportCard::of(&reading.report);
            let mut whole = None;
            if let Some(slot) = key {
                let leaves = card.put_by()?;
                let corrections = corrections_of(archive, &reading.claim);
                let kept = Kept::Read {
                    card: Box::new(card.clone()),
                    claim: reading.claim.clone(),
                    corrections,
                };
                cache.put(slot, &kept, Some((&reading.report, &leaves)))?;
                let content = Key::joined([slot, corrections]);
                whole = Some(Whole { slot, content });
            }
            let claim = reading.claim;
            Ok(Ok(Read { card, claim, whole }))
        }
        Err(told) => {
            let fleeting = |one: &Diagnostic| FLEETING.contains(&one.code.as_str());
            if let Some(key) = key.filter(|_| !told.iter().any(fleeting)) {
                cache.put::<()>(key, &Kept::Unread(told.clone()), None)?;
            }
            Ok(Err(told))
        }
    }
}

/// The sum of a file that was read, or why it could not be.
fn summed(bytes: &Result<Vec<u8>, Diagnostic>) -> Result<Key, Diagnostic> {
    match bytes {
        Ok(bytes) => Ok(Key::of(bytes)),
        Err(told) => Err(told.clone()),
    }
}

/// One report from its file.
pub(super) fn read_one(
    file: &SourceFile,
    archive: &Archive,
) -> Result<report::Reading, Vec<Diagnostic>> {
    let bytes = discover::read(file, archive.config.limits);
    understood(file, bytes, archive)
}

/// One report from what was read of its file. A fault of the program's own is told like a file's,
/// and the build goes on.
fn understood(
    file: &SourceFile,
    bytes: Result<Vec<u8>, Diagnostic>,
    archive: &Archive,
) -> Result<report::Reading, Vec<Diagnostic>> {
    let bytes = bytes.map_err(|told| vec![told])?;
    catch_unwind(AssertUnwindSafe(|| report::read(file, &bytes, archive))).unwrap_or_else(|_| {
        let told = Diagnostic::new(
            Level::Error,
            "program-fault",
            &file.path,
            "cannot be read: the program failed on it",
        );
        Err(vec![told.hint(
            "this is a fault of fangzhi's: please report it, with the file",
        )])
    })
}

/// Gives the reports their ids, which all of them together decide.
fn identified(
    readings: Vec<Result<Read, Vec<Diagnostic>>>,
    mut told: Vec<Diagnostic>,
) -> (Survey, HashMap<String, Whole>) {
    let mut unread = 0;
    let mut reports = Vec::new();
    for reading in readings {
        match reading {
            Ok(read) => reports.push(read),
            Err(why) => {
                unread += 1;
                told.extend(why);
            }
        }
    }
    let claims: Vec<id::Claim> = reports.iter().map(|read| read.claim.clone()).collect();
    let (ids, clashes) = id::assign(&claims);
    let mut clashes = clashes.into_iter().fold(
        BTreeMap::<String, Vec<Diagnostic>>::new(),
        |mut by_file, clash| {
            by_file.entry(clash.file.clone()).or_default().push(clash);
            by_file
        },
    );
    let mut cards = Vec::new();
    let mut keys = HashMap::new();
    for (
        Read {
            mut card, whole, ..
        },
        id,
    ) in reports.into_iter().zip(ids)
    {
        let clash = clashes.remove(&card.path).unwrap_or_default();
        if let Some(id) = id {
            card.diagnostics.extend(clash);
            keys.extend(whole.map(|whole| (id.clone(), whole)));
            card.id = id;
            cards.push(card);
        } else {
            unread += 1;
            told.extend(clash);
        }
    }
    relate_kin(&mut cards);
    let survey = Survey {
        cards,
        told,
        unread,
    };
    (survey, keys)
}
