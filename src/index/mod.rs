//! Reports → the packed full-text index of a site, and the search over it.
//!
//! [`Indexer`] takes the reports in the corpus' order, in [`groups`] that a later build may find
//! done, and hands over the files of `search-index/`: the index, packed, and the engine for browsers, which is part of this program.
//! [`SiteSearch`] asks the same index by the same crate. What may be found is exactly the clean
//! text, one line a paragraph, headings included: what the report's page shows.

mod groups;
mod report;
mod terminal;

pub use groups::{Group, groups, sample};

pub use terminal::{csv, json, lines};

use crate::cache::Key;
use crate::codebook::Codebook;
use crate::render::{Page, Sink};
use crate::report::Report;
use search_index::pack::{BOOT_FILE, PackError, Packed, PackedDirectory, SiteBlocks, script};
use search_index::{
    BuildError, IndexBuilder, IndexGroup, Request, Response, SCHEMA_VERSION, SearchError, Searcher,
    Spool, TopicLabel,
};
use std::path::Path;
use std::sync::Arc;

/// The index's folder in the site.
pub const FOLDER: &str = "search-index";

/// Version of the boundary between the page's script and the engine: `BOUNDARY` in
/// `search-engine.js`.
const BOUNDARY: u32 = 1;

/// Bytes of blocks that a search in the terminal keeps.
const KEEP: usize = 256 << 20;

/// The engine for browsers, gzipped: built by `build.rs` from `search-index/engine`.
const ENGINE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/engine.wasm.gz"));

/// What tells the engine in this program from any other: the beginning of its SHA-256.
pub fn engine() -> String {
    crate::digest::sha256(ENGINE)[..12].to_owned()
}

/// Why the index could not be made.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// It could not be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// It could not be packed.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// What took the files over could not.
    #[error("the file {file} could not be handed over")]
    Sink {
        /// The file, as a path in the site.
        file: String,
        /// Why.
        source: std::io::Error,
    },
}

/// Makes a site's index.
pub struct Indexer {
    builder: IndexBuilder,
}

/// How `codebook` names its topics.
fn topics(codebook: &Codebook) -> Vec<TopicLabel> {
    let topics = codebook.topics.iter().map(|topic| TopicLabel {
        id: topic.id.clone(),
        names: [&topic.names.hans, &topic.names.hant, &topic.names.en]
            .into_iter()
            .filter(|name| !name.is_empty())
            .map(|name| report::shown(name))
            .collect(),
    });
    topics.collect()
}

impl Indexer {
    /// An index without reports, whose lexicon is learnt from these ([`sample`]). Topics are named as
    /// `codebook` does; what does not fit into memory is put by, without a name, in `workspace`.
    pub fn taught(codebook: &Codebook, workspace: &Path, sample: &[Report]) -> Self {
        let sample: Vec<_> = sample.iter().map(report::indexed).collect();
        Self {
            builder: IndexBuilder::taught(Spool::new(workspace), topics(codebook), &sample),
        }
    }

    /// The same, which knows what another one [learnt](Grouping::learnt).
    ///
    /// # Errors
    /// It is not what this program learns.
    pub fn knowing(
        codebook: &Codebook,
        workspace: &Path,
        learnt: &[u8],
    ) -> Result<Self, IndexError> {
        let builder = IndexBuilder::knowing(Spool::new(workspace), topics(codebook), learnt)?;
        Ok(Self { builder })
    }

    /// What groups are made with, on any thread.
    pub fn grouping(&self) -> Grouping {
        Grouping(self.builder.grouping())
    }

    /// Adds a group of reports: call in the corpus' order. `key` is of all that it was made from.
    ///
    /// # Errors
    /// The workspace can't be written to.
    pub fn put(&mut self, group: IndexGroup, key: Key) -> Result<(), IndexError> {
        Ok(self.builder.put(group, Some(key.as_ref()))?)
    }

    /// Packs the index.
    ///
    /// # Errors
    /// It can't be packed.
    pub fn finish(self) -> Result<SiteIndex, IndexError> {
        Ok(SiteIndex(self.builder.pack()?))
    }
}

/// A site's index: the files of [`FOLDER`], to be made one by one, on many threads if need be.
pub struct SiteIndex(Packed);

impl SiteIndex {
    /// How many files hold the index.
    pub fn files(&self) -> usize {
        self.0.len() as usize
    }

    /// Hands over one of the files that hold the index.
    ///
    /// # Errors
    /// It can't be read any more, or `sink` fails.
    pub fn file(&self, number: usize, sink: &mut dyn Sink) -> Result<(), IndexError> {
        let Some(file) = self.0.file(number) else {
            return Ok(());
        };
        let (name, key) = (file.name(), file.source().map(Key::of));
        let path = path(&name);
        if let Some(key) = key
            && sink.has(&path, key).map_err(failed(&name))?
        {
            return Ok(());
        }
        let bytes = file.read().map_err(PackError::Io)?;
        sink.made(Page { path, bytes }, key).map_err(failed(&name))
    }

    /// Hands over the files by which a page opens the index.
    ///
    /// # Errors
    /// `sink` fails.
    pub fn opening(&self, sink: &mut dyn Sink) -> Result<(), IndexError> {
        let packed = &self.0;
        let mut hand_over = |name: &str, bytes: Vec<u8>| {
            let path = path(name);
            sink.page(Page { path, bytes }).map_err(failed(name))
        };
        hand_over(BOOT_FILE, packed.boot())?;
        hand_over("engine.js", script::write("engine", ENGINE))?;
        let about = serde_json::json!({
            "boundary": BOUNDARY,
            "index": packed.id(),
            "engine": format!("{:08x}", crc32fast::hash(ENGINE)),
        });
        let about = format!(
            "// What the search page must know first. Made by the build.\nwindow.fangzhiIndex = {about};\n"
        );
        hand_over("about.js", about.into_bytes())
    }
}

/// A file of the index, as a path in the site.
fn path(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

fn failed(name: &str) -> impl FnOnce(std::io::Error) -> IndexError {
    let file = path(name);
    move |source| IndexError::Sink { file, source }
}

/// Indexes reports in groups.
#[derive(Clone)]
pub struct Grouping(search_index::Grouping);

impl Grouping {
    /// All that a group's bytes depend on besides its reports.
    ///
    /// # Errors
    /// None that can happen.
    pub fn learnt(&self) -> Result<Vec<u8>, IndexError> {
        Ok(self.0.learnt()?)
    }

    /// Indexes the reports that `next` gives until it has no more, apart from all others: on any
    /// thread, and the same whenever they are the same.
    ///
    /// # Errors
    /// `next` fails.
    pub fn group<E>(
        &self,
        reports: impl Iterator<Item = Result<Report, E>>,
    ) -> Result<IndexGroup, E> {
        let mut group = self.0.begin();
        for report in reports {
            group.add(&report::indexed(&report?));
        }
        Ok(group.close())
    }
}

/// Why a site can't be searched.
#[derive(Debug, thiserror::Error)]
pub enum SiteSearchError {
    /// There is no index.
    #[error("there is no search index in {0}: build the site, or name its folder with --site")]
    NoIndex(String),
    /// Its files are damaged, or of another version.
    #[error("the search index in {folder}: {source}")]
    Pack {
        /// The index's folder.
        folder: String,
        /// What is wrong.
        source: PackError,
    },
    /// The query can't be understood, or the index contradicts itself.
    #[error(transparent)]
    Search(#[from] SearchError),
}

impl SiteSearchError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Search(SearchError::Query(query)) => Some(format!(
                "try: {}",
                query.suggestions.join("\n         or: ")
            )),
            _ => None,
        }
    }
}

/// A site's index, open.
pub struct SiteSearch {
    folder: String,
    blocks: Arc<SiteBlocks>,
    searcher: Searcher,
}

impl SiteSearch {
    /// Opens the index of the site in `site`.
    ///
    /// # Errors
    /// There is none, or it is damaged.
    pub fn open(site: &Path) -> Result<Self, SiteSearchError> {
        let path = site.join(FOLDER);
        let folder = path.display().to_string();
        if !path.is_dir() {
            return Err(SiteSearchError::NoIndex(site.display().to_string()));
        }
        let wrong = |source| SiteSearchError::Pack {
            folder: folder.clone(),
            source,
        };
        let blocks = Arc::new(SiteBlocks::open(&path, SCHEMA_VERSION, KEEP).map_err(wrong)?);
        let searcher = Searcher::open(PackedDirectory::new(blocks.clone()))?;
        Ok(Self {
            folder,
            blocks,
            searcher,
        })
    }

    /// Searches.
    ///
    /// # Errors
    /// The query can't be understood, or a file of the index is missing or damaged.
    pub fn search(&self, request: &Request) -> Result<Response, SiteSearchError> {
        let found = self.searcher.search(request);
        // Asked first: damage explains whatever came of it.
        match self.blocks.take_damage() {
            Some(source) => Err(SiteSearchError::Pack {
                folder: self.folder.clone(),
                source,
            }),
            None => Ok(found?),
        }
    }
}
