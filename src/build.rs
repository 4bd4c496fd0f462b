//! The whole way: an archive → its published site.
//!
//! Reports are read in parallel and one by one put out of memory: what the corpus needs of each is
//! its [`ReportCard`]; the rest waits in the [`Cache`] until its page is made. So memory grows with
//! the cards, not with the texts.
//!
//! A build does only what changed since the last: a report is read again when its file or its
//! keeper's word did, its page is made again when what it shows did, and where nothing at all did
//! the site is left as it is ([`edition`]). Whatever is saved, the site's bytes are those of a build
//! that saves nothing.

mod catalogue;
mod edition;
mod holdings;
mod index;
mod publishing;
mod read;

pub use catalogue::{Written, write_catalogue};

use crate::archive::catalogue::Unwritable;
use crate::archive::{Archive, ArchiveError, config, files};
use crate::cache::{Cache, Key};
use crate::code;
use crate::codebook::Codebook;
use crate::decode::Limits;
use crate::diagnostic::{Diagnostic, Level};
use crate::digest::sha256;
use crate::discover::{self, SourceFile};
use crate::index::IndexError;
use crate::progress::{Progress, Stage};
use crate::publish::{Publication, PublishError, Published};
use crate::relate::{self, Corpus, ReportCard};
use crate::render::{self, Page, PageSet, RenderError, Renderer, Site, Theme, ThemeError, route};
use crate::worklist;
use edition::Edition;
use holdings::Holdings;
use publishing::write_all;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// The language of a site whose keeper names none.
pub const LANG: &str = "zh-Hans";

/// What a build is asked for, besides the archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Where the site goes.
    pub output: PathBuf,
    /// The site's address, in place of the archive's `base_url`.
    pub base_url: Option<String>,
    /// The site's language, in place of the archive's `lang`.
    pub lang: Option<String>,
    /// Whether the keeper's worklist is left out, whatever the archive says.
    pub no_worklist: bool,
    /// Where what builds leave for the next one lies ([`crate::cache::place`]); with none, nothing is
    /// used or left.
    pub cache: Option<PathBuf>,
    /// Uses nothing of earlier builds.
    pub fresh: bool,
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
    Render(RenderError),
    /// The search index cannot be made.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The site cannot be published.
    #[error(transparent)]
    Publish(PublishError),
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
            Self::Unwritable(why) => why.0.hint.as_deref().map(str::to_owned),
            Self::Catalogue { .. } => Some(
                "close it in the spreadsheet; look at its folder's permissions and the disk's space"
                    .into(),
            ),
            Self::Address(_) | Self::Theme(_) | Self::Render(_) | Self::Index(_) => None,
        }
    }

    /// As diagnostics, with the keeper's file in the archive at `root` and its line, where it has
    /// one; then what was told besides.
    pub fn diagnostics(&self, root: &Path) -> Vec<Diagnostic> {
        let in_theme = |file: &str| format!("themes/{file}");
        let mut message = self.to_string();
        let (file, line) = match self {
            Self::Archive(ArchiveError::Config { source, .. }) => {
                message = source.message.clone();
                (config::FILE.to_owned(), Some(source.line))
            }
            Self::Archive(ArchiveError::Unreadable { path, source }) => {
                message = format!("it cannot be read: {source}");
                let path = path.strip_prefix(root).unwrap_or(path);
                (files::slashed(path), None)
            }
            Self::Theme(error) => match error.location() {
                Some((file, line)) => (in_theme(&file), line),
                None => (config::FILE.to_owned(), None),
            },
            Self::Render(RenderError::Template {
                location: Some((file, line)),
                ..
            }) => (in_theme(file), Some(*line)),
            _ => (String::new(), None),
        };
        let mut told = Diagnostic::new(Level::Error, "not-built", file, message);
        told.line = line;
        told.hint = self.hint().map(Into::into);
        let mut all = vec![told];
        if let Self::NoReports { told, .. } = self {
            all.extend(told.iter().cloned());
        }
        all
    }
}

impl From<RenderError> for BuildError {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::Shelf { source, .. } => Self::Spool(source),
            error => Self::Render(error),
        }
    }
}

impl From<PublishError> for BuildError {
    fn from(error: PublishError) -> Self {
        match error {
            // A file could not be written as its words came, since what was put by is damaged.
            PublishError::Io { source, .. } if source.kind() == io::ErrorKind::InvalidData => {
                Self::Spool(source)
            }
            error => Self::Publish(error),
        }
    }
}

/// Builds the site of the archive (or bare folder) at `folder`.
pub fn build(
    folder: &Path,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Built, BuildError> {
    let again = |options: &Options| build_once(folder, options, progress);
    match again(options) {
        // What the cache promised, it does not hold; or its disk is full.
        Err(BuildError::Spool(error)) if options.cache.is_some() => {
            let damaged = error.kind() == io::ErrorKind::InvalidData && !options.fresh;
            again(&Options {
                fresh: true,
                cache: options.cache.clone().filter(|_| damaged),
                ..options.clone()
            })
        }
        other => other,
    }
}

fn build_once(
    folder: &Path,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Built, BuildError> {
    let mut told = Vec::new();
    let mut archive = Archive::open(folder)?.unpack(&mut told);
    let mut site = site(&archive, options)?;
    let lang = options.lang.clone().or(archive.config.lang.clone());
    let lang = lang.as_deref().unwrap_or(LANG);
    let frame = frame(&archive, &site, lang);
    let mut sources = read::sources(&mut archive, Some(&options.output));
    let place = options.cache.as_deref();
    let own = archive.files.iter();
    let own = Key::joined(own.flat_map(|(path, sum)| [path.as_bytes(), sum.as_ref()]));
    let input = |sources: &read::Sources| Key::joined([frame, own, sources.key()]);
    let last = place
        .filter(|_| !options.fresh)
        .and_then(|place| Edition::read(place, &options.output));
    if last.is_some() {
        sources.sum_up(&archive);
    }
    let unchanged = |last: &Edition| last.input == input(&sources) && last.stands(&options.output);
    let last = match last {
        Some(last) if unchanged(&last) => return Ok(last.built()),
        last => last,
    };

    let theme = Theme::new(lang, &archive.theme)?;
    let known = last.map(|last| last.record).unwrap_or_default();
    let publication = Publication::begin(&options.output, known)?;
    let mut cache = Cache::open(place, folder, options.fresh, publication.workspace())
        .map_err(BuildError::Spool)?;
    let (survey, keys) = read::read_all(&archive, &mut sources, told, Some(&cache), progress)
        .map_err(BuildError::Spool)?;
    if survey.cards.is_empty() {
        return Err(BuildError::NoReports {
            folder: archive.content,
            told: survey.told,
        });
    }
    cache.keep().map_err(BuildError::Spool)?;
    let (read, unread) = (survey.cards.len(), survey.unread);
    let doubtful = survey.cards.iter().filter(|card| card.doubtful).count();
    let mut diagnostics = survey.diagnostics();
    diagnostics.extend(cache.told().cloned());
    let mut corpus = relate::relate(survey.cards, survey.told);
    corpus.gone = sources.gone(&archive.catalogue);
    if archive.config.originals == Some(true) {
        let limits = archive.config.limits;
        diagnostics.extend(write_originals(
            &sources,
            limits,
            &mut corpus,
            &publication,
        )?);
    }
    let named = archive.config.edition.clone();
    site.edition = named.unwrap_or_else(|| relate::edition(&corpus, &archive.codebook.version));
    let holdings = Holdings {
        corpus: &corpus,
        cache: &cache,
        keys: &keys,
        frame,
    };
    let renderer = Renderer {
        theme: &theme,
        site: &site,
        codebook: &archive.codebook,
        shelf: &holdings,
    };
    let (written, indexed) = rayon::join(
        || {
            write_reports(renderer, &holdings, &publication, progress)?;
            progress.stage(Stage::Lists, 0);
            let set = PageSet::of(renderer, &corpus);
            // One by one in their order, whoever is free: halves of them would end seconds apart.
            set.batches()
                .into_iter()
                .par_bridge()
                .try_for_each(|batch| {
                    write_all(&publication, progress, |sink| Ok(set.make(batch, sink)?))
                })?;
            // The index mostly takes longer.
            publication.settle().map_err(BuildError::from)
        },
        || {
            let mut indexed = Ok(());
            progress.beside(&mut || {
                indexed = index::write_index(&archive.codebook, &holdings, &publication);
            });
            indexed
        },
    );
    written?;
    indexed?;
    progress.stage(Stage::Publish, 1);
    let (published, record) = publication.finish()?;
    progress.step();
    let mut built = Built {
        read,
        unread,
        doubtful,
        published,
        diagnostics,
    };
    if let Some(place) = cache.folder() {
        let edition = Edition::of(input(&sources), &built, record);
        // Without it the next build looks at every file again, and comes to the same.
        let _ = edition.write(place, &options.output);
    }
    // Told once: the next build need not know.
    if built.published.another {
        let output = options.output.display();
        let message =
            format!("the site that stood in {output} had none of these reports; it was replaced");
        let told = Diagnostic::new(Level::Warning, "another-site-replaced", "", message);
        built
            .diagnostics
            .push(told.hint("give each archive's site a place of its own: -o OUT"));
    }
    Ok(built)
}

/// Of all that decides how a report is shown, but the report and what its keeper says of it.
fn frame(archive: &Archive, site: &Site, lang: &str) -> Key {
    let site = format!("{site:?} {lang}");
    let program = crate::cache::program();
    let mut parts = vec![program.as_ref(), site.as_bytes()];
    for (path, sum) in &archive.files {
        if !read::OF_REPORTS.contains(&path.as_str()) {
            parts.extend([path.as_bytes(), sum.as_ref()]);
        }
    }
    Key::joined(parts)
}

/// Reads the reports of the archive (or bare folder) at `folder` and says what there is to tell. Those
/// that an earlier reading left in the cache at `place` are not read again, unless `fresh`; those that
/// are read are left there, for the next build too. The cache never shows: where it can't be used, or
/// another build holds it, all are read.
pub fn survey(
    folder: &Path,
    place: Option<&Path>,
    fresh: bool,
    progress: &dyn Progress,
) -> Result<Survey, BuildError> {
    let mut told = Vec::new();
    let mut archive = Archive::open(folder)?.unpack(&mut told);
    told.extend(examples(&archive.codebook));
    let mut sources = read::sources(&mut archive, None);
    let mut read = |cache: Option<&Cache>| {
        read::read_all(&archive, &mut sources, told.clone(), cache, progress)
    };
    if let Some(mut cache) = place.and_then(|place| Cache::held_at(place, folder, fresh)) {
        // Where its disk is full, what can't be kept is read all the same.
        if let Ok((survey, _)) = read(Some(&cache)) {
            let _ = cache.keep();
            return Ok(survey);
        }
    }
    read(None)
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
        edition: String::new(),
        worklist: archive.config.worklist.unwrap_or(true) && !options.no_worklist,
    })
}

/// The codebook's examples that do not come out as it says.
fn examples(codebook: &Codebook) -> impl Iterator<Item = Diagnostic> {
    code::self_test(codebook).into_iter().map(|failure| {
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

/// How many reports are in memory at a time while their pages are made.
const AT_ONCE: usize = 64;

/// Writes the pages of the reports that changed, or whose surroundings did.
fn write_reports(
    renderer: Renderer,
    reports: &Holdings,
    publication: &Publication,
    progress: &dyn Progress,
) -> Result<(), BuildError> {
    let corpus = reports.corpus;
    progress.stage(Stage::Pages, corpus.reports.len());
    for cards in corpus.reports.chunks(AT_ONCE) {
        cards.par_iter().try_for_each(|card| {
            let Some(around) = render::surroundings(renderer, &card.id, corpus) else {
                return Ok(());
            };
            let key = around
                .sum(reports)
                .map(|sum| Key::joined([reports.frame, sum]));
            let keeps = |path: &str| publication.keep(path, key);
            let page = keeps(&route::report(&card.id))?;
            let script = !card.in_series() || keeps(&route::compare_report(&card.id))?;
            if !(page && script)
                && let Some(report) = reports.whole(&card.id)?
            {
                if !page {
                    publication.write(&render::report_page(renderer, &report, &around)?, key)?;
                }
                if !script && let Some(made) = render::compare_script(renderer, &report, &around) {
                    publication.write(&made, key)?;
                }
            }
            progress.step();
            Ok::<(), BuildError>(())
        })?;
    }
    Ok(())
}

/// Publishes the reports' files as they were read, and tells of those that are others by now.
fn write_originals(
    sources: &read::Sources,
    limits: Limits,
    corpus: &mut Corpus,
    publication: &Publication,
) -> Result<Vec<Diagnostic>, PublishError> {
    let files: BTreeMap<&str, &SourceFile> = sources
        .files()
        .map(|file| (file.path.as_str(), file))
        .collect();
    let copied: Vec<Option<Diagnostic>> = corpus
        .reports
        .par_iter_mut()
        .map(|card| {
            let Some(file) = files.get(card.path.as_str()) else {
                return Ok(None);
            };
            let address = route::original(&card.id, file.format);
            let key = Key::joined([b"original".as_slice(), card.sha256.as_bytes()]);
            if !publication.keep(&address, Some(key))? {
                let read = discover::read(file, limits).ok();
                let Some(bytes) = read.filter(|bytes| sha256(bytes) == card.sha256) else {
                    let told = Diagnostic::new(
                        Level::Warning,
                        "original-changed",
                        &card.path,
                        "it changed while the site was built, so it is not published beside its page",
                    );
                    return Ok(Some(told.hint("build again")));
                };
                let path = address.clone();
                publication.write(&Page { path, bytes }, Some(key))?;
            }
            card.original = Some(address);
            Ok(None)
        })
        .collect::<Result<_, PublishError>>()?;
    Ok(copied.into_iter().flatten().collect())
}
