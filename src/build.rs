//! The whole way: an archive → its published site.
//!
//! Reports are read in parallel and one by one put out of memory: what the corpus needs of each is
//! its [`ReportCard`]; the rest waits in a [`Spool`] until its page is made. So memory grows with
//! the cards, not with the texts.

mod catalogue;
mod spool;

pub use catalogue::{Written, write_catalogue};

use crate::archive::catalogue::{Found, Unwritable};
use crate::archive::{Archive, ArchiveError, config, id};
use crate::codebook::{self, Codebook};
use crate::diagnostic::{Diagnostic, Level};
use crate::discover::{self, SourceFile};
use crate::index::{IndexError, Indexer};
use crate::publish::{Publication, PublishError, Published};
use crate::relate::{self, Corpus, ReportCard};
use crate::render::{self, Page, RenderError, Renderer, Site, Theme, ThemeError};
use crate::report::{self, Report};
use crate::worklist;
use rayon::prelude::*;
use spool::{Slot, Spool};
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// The language of a site whose keeper names none.
pub const LANG: &str = "zh-Hans";

/// What a build is asked for, besides the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Where the site goes.
    pub output: PathBuf,
    /// The site's address, in place of the archive's `base_url`.
    pub base_url: Option<String>,
    /// The site's language, in place of the archive's `lang`.
    pub lang: Option<String>,
    /// Whether the keeper's worklist is left out, whatever the archive says.
    pub no_worklist: bool,
}

/// Long work, as it goes on.
pub trait Progress: Sync {
    /// A stage of `steps` steps begins.
    fn stage(&self, stage: Stage, steps: usize);
    /// A step is done.
    fn step(&self);
}

/// What a build is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Files are read and understood, a step each.
    Read,
    /// Reports' pages are made, a step each.
    Pages,
    /// All other pages are made, a step each.
    Lists,
    /// The site takes its place.
    Publish,
    /// Files are compared with their checksums, a step each.
    Verify,
}

/// What an archive's reports are, short of their texts.
#[derive(Debug)]
pub struct Survey {
    /// A card a report, by path.
    pub cards: Vec<ReportCard>,
    /// What there is to tell of the archive's own files and of files that did not become reports.
    pub told: Vec<Diagnostic>,
    /// Files that should have been reports and could not be read.
    pub unread: usize,
}

/// What came of a build.
#[derive(Debug)]
pub struct Built {
    /// The reports in the site.
    pub read: usize,
    /// Files that should have been reports and could not be read.
    pub unread: usize,
    /// Reports whose place or year a keeper should look at.
    pub doubtful: usize,
    /// What was published.
    pub published: Published,
    /// All there is to tell, the gravest first.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why nothing was built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The archive cannot be opened.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The site's address.
    #[error(transparent)]
    Address(#[from] config::NoAddress),
    /// No report could be read.
    #[error("there is no report to build a site of in {}", .folder.display())]
    NoReports {
        /// Where they were looked for.
        folder: PathBuf,
        /// What there is to tell of what lies there.
        told: Vec<Diagnostic>,
    },
    /// The theme cannot be used.
    #[error(transparent)]
    Theme(#[from] ThemeError),
    /// A page cannot be made.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The search index cannot be made.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The site cannot be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// Reports could not be put by until their pages are made.
    #[error("cannot keep the reports' texts on the output's disk")]
    Spool(#[source] io::Error),
    /// `metadata.csv` holds what would be lost.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    /// `metadata.csv` cannot be read or written.
    #[error("cannot write {path}")]
    Catalogue {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl BuildError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Archive(error) => error.hint(),
            Self::Publish(error) => error.hint().map(str::to_owned),
            Self::NoReports { .. } => Some(format!(
                "put reports there, as one of {}; `fangzhi init DIR` makes an example",
                discover::READ
            )),
            Self::Spool(_) => Some("look at the disk's space".into()),
            Self::Unwritable(why) => why.0.hint.clone(),
            Self::Catalogue { .. } => Some(
                "close it in the spreadsheet; look at its folder's permissions and the disk's space"
                    .into(),
            ),
            Self::Address(_) | Self::Theme(_) | Self::Render(_) | Self::Index(_) => None,
        }
    }
}

/// Builds the site of the archive (or bare folder) at `folder`.
pub fn build(
    folder: &Path,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Built, BuildError> {
    let mut told = Vec::new();
    let mut archive = Archive::open(folder)?.unpack(&mut told);
    let site = site(&archive, options)?;
    let lang = options.lang.as_deref().or(archive.config.lang.as_deref());
    let theme = Theme::new(lang.unwrap_or(LANG), &archive.theme)?;
    let publication = Publication::begin(&options.output)?;
    let spool = Spool::beside(publication.workspace()).map_err(BuildError::Spool)?;

    let files = find(&mut archive, Some(publication.output()), &mut told);
    let (survey, slots) =
        read_all(&archive, &files, told, Some(&spool), progress).map_err(BuildError::Spool)?;
    if survey.cards.is_empty() {
        return Err(BuildError::NoReports {
            folder: archive.content,
            told: survey.told,
        });
    }
    let (read, unread) = (survey.cards.len(), survey.unread);
    let doubtful = survey.cards.iter().filter(|card| card.doubtful).count();
    let diagnostics = survey.diagnostics();
    let corpus = relate::relate(survey.cards, survey.told);
    let renderer = Renderer {
        theme: &theme,
        site: &site,
        codebook: &archive.codebook,
    };
    let (written, indexed) = rayon::join(
        || write_reports(renderer, &corpus, &spool, &slots, &publication, progress),
        || index_reports(&archive.codebook, &corpus, &spool, &slots),
    );
    written?;
    let indexer = indexed?;
    write_all(&publication, progress, |sink| {
        Ok(render::pages(renderer, &corpus, sink)?)
    })?;
    write_all(&publication, progress, |sink| Ok(indexer.finish(sink)?))?;
    progress.stage(Stage::Publish, 1);
    let published = publication.finish()?;
    progress.step();
    Ok(Built {
        read,
        unread,
        doubtful,
        published,
        diagnostics,
    })
}

/// Reads the reports of the archive (or bare folder) at `folder` and says what there is to tell.
pub fn survey(folder: &Path, progress: &dyn Progress) -> Result<Survey, BuildError> {
    let mut told = Vec::new();
    let mut archive = Archive::open(folder)?.unpack(&mut told);
    told.extend(examples(&archive.codebook));
    let files = find(&mut archive, None, &mut told);
    read_all(&archive, &files, told, None, progress)
        .map(|(survey, _)| survey)
        .map_err(BuildError::Spool)
}

impl Survey {
    /// All there is to tell, in the worklist's order.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let tasks = worklist::tasks(&self.told, &self.cards);
        tasks.iter().map(|task| task.diagnostic.clone()).collect()
    }
}

fn site(archive: &Archive, options: &Options) -> Result<Site, config::NoAddress> {
    let address = options
        .base_url
        .as_ref()
        .or(archive.config.base_url.as_ref());
    Ok(Site {
        title: archive.config.title.clone(),
        base_url: address
            .map(|address| config::base_url(address))
            .transpose()?,
        originals: false,
        worklist: archive.config.worklist.unwrap_or(true) && !options.no_worklist,
    })
}

/// The archive's source files; those that were moved take their rows of `metadata.csv` with them.
fn find(
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
    told.extend(archive.catalogue.follow(&found, |path| {
        let file = &files[by_path(path).ok()?];
        discover::read(file)
            .ok()
            .map(|bytes| report::sha256(&bytes))
    }));
    told.extend(
        archive
            .catalogue
            .unmatched(files.iter().map(|file| file.path.as_str())),
    );
    files
}

/// The codebook's examples that do not come out as it says.
fn examples(codebook: &Codebook) -> impl Iterator<Item = Diagnostic> {
    codebook::self_test(codebook).into_iter().map(|failure| {
        Diagnostic::new(
            Level::Error,
            "codebook-example",
            failure.example.file,
            format!(
                "`{}`: {}: {}",
                failure.id, failure.message, failure.example.text
            ),
        )
        .at(failure.example.line)
        .hint("change the pattern, or the example where it is the example that is wrong")
    })
}

/// Reads every report; its full record goes to the spool, where there is one.
fn read_all(
    archive: &Archive,
    files: &[SourceFile],
    mut told: Vec<Diagnostic>,
    spool: Option<&Spool>,
    progress: &dyn Progress,
) -> io::Result<(Survey, BTreeMap<String, Slot>)> {
    progress.stage(Stage::Read, files.len());
    let readings: Vec<Result<Read, Vec<Diagnostic>>> = files
        .par_iter()
        .map(|file| {
            let read = match read_one(file, archive) {
                Ok(reading) => Ok(Read {
                    card: ReportCard::of(&reading.report),
                    slot: spool.map(|spool| spool.put(&reading.report)).transpose()?,
                    claim: reading.claim,
                }),
                Err(told) => Err(told),
            };
            progress.step();
            Ok(read)
        })
        .collect::<io::Result<_>>()?;
    let mut reports = Vec::new();
    let mut unread = 0;
    for reading in readings {
        match reading {
            Ok(read) => reports.push(read),
            Err(why) => {
                unread += 1;
                told.extend(why);
            }
        }
    }
    let (claims, mut kept): (Vec<id::Claim>, Vec<(ReportCard, Option<Slot>)>) = reports
        .into_iter()
        .map(|read| (read.claim, (read.card, read.slot)))
        .unzip();
    let (ids, clashes) = id::assign(&claims);
    let mut clashes = clashes.into_iter().fold(
        BTreeMap::<String, Vec<Diagnostic>>::new(),
        |mut by_file, clash| {
            by_file.entry(clash.file.clone()).or_default().push(clash);
            by_file
        },
    );
    let mut cards = Vec::new();
    let mut slots = BTreeMap::new();
    for ((mut card, slot), id) in kept.drain(..).zip(ids) {
        let clash = clashes.remove(&card.path).unwrap_or_default();
        if let Some(id) = id {
            card.diagnostics.extend(clash);
            slots.extend(slot.map(|slot| (id.clone(), slot)));
            card.id = id;
            cards.push(card);
        } else {
            unread += 1;
            told.extend(clash);
        }
    }
    Ok((
        Survey {
            cards,
            told,
            unread,
        },
        slots,
    ))
}

struct Read {
    card: ReportCard,
    slot: Option<Slot>,
    claim: id::Claim,
}

/// One report from its file. A fault of the program's own is told like a file's, and the build goes
/// on.
fn read_one(file: &SourceFile, archive: &Archive) -> Result<report::Reading, Vec<Diagnostic>> {
    let bytes = discover::read(file).map_err(|told| vec![told])?;
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

/// How many reports are in memory at a time while their pages are made.
const AT_ONCE: usize = 64;

fn write_reports(
    renderer: Renderer,
    corpus: &Corpus,
    spool: &Spool,
    slots: &BTreeMap<String, Slot>,
    publication: &Publication,
    progress: &dyn Progress,
) -> Result<(), BuildError> {
    progress.stage(Stage::Pages, corpus.reports.len());
    for cards in corpus.reports.chunks(AT_ONCE) {
        cards.par_iter().try_for_each(|card| {
            let Some(slot) = slots.get(&card.id) else {
                return Ok(());
            };
            let report = Report {
                id: card.id.clone(),
                ..spool.take(*slot).map_err(BuildError::Spool)?
            };
            publication.write(&render::report_page(renderer, &report, corpus)?)?;
            if let Some(script) = render::compare_script(renderer, &report, corpus) {
                publication.write(&script)?;
            }
            progress.step();
            Ok::<(), BuildError>(())
        })?;
    }
    Ok(())
}

/// Indexes the reports in the corpus' order, on which the index's bytes depend.
fn index_reports(
    codebook: &Codebook,
    corpus: &Corpus,
    spool: &Spool,
    slots: &BTreeMap<String, Slot>,
) -> Result<Indexer, BuildError> {
    let mut indexer = Indexer::new(codebook);
    for card in &corpus.reports {
        if let Some(slot) = slots.get(&card.id) {
            let report = spool.take(*slot).map_err(BuildError::Spool)?;
            indexer.add(&Report {
                id: card.id.clone(),
                ..report
            })?;
        }
    }
    Ok(indexer)
}

/// Writes what `make` hands over.
fn write_all(
    publication: &Publication,
    progress: &dyn Progress,
    make: impl FnOnce(&mut dyn render::Sink) -> Result<(), BuildError>,
) -> Result<(), BuildError> {
    progress.stage(Stage::Lists, 0);
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
    fn noted(&mut self, written: Result<(), PublishError>) -> io::Result<()> {
        self.progress.step();
        written.map_err(|error| {
            self.failed = Some(error);
            io::Error::other("the page was not written")
        })
    }
}

impl render::Sink for Publishing<'_> {
    fn page(&mut self, page: Page) -> io::Result<()> {
        let written = self.publication.write(&page);
        self.noted(written)
    }

    fn stream(&mut self, path: &str, write: &mut render::Write) -> io::Result<()> {
        let written = self.publication.stream(path, write);
        self.noted(written)
    }
}
