//! An archive: its configuration, what its keeper says of the reports, what it adds of its own.
//!
//! An archive is a folder with a `fangzhi.toml`; its reports lie in its `content` folder. Any other
//! folder is taken for a bare folder of reports: all in it is content, nothing is configured. Both
//! may have a `metadata.csv` and a `divisions.csv` at their root.
//!
//! In: the folder. Out: an [`Archive`], with what is wrong in the keeper's own files told. A report
//! is never opened here.

pub mod catalogue;
pub mod config;
pub mod corrections;
pub mod entry;
pub mod files;
pub mod front_matter;
pub mod id;
mod overrule;
pub mod spreadsheet;

pub use catalogue::Catalogue;
pub use config::Config;
pub use corrections::Corrections;
pub use entry::Entry;

use crate::cache::Key;
use crate::codebook::{Codebook, CodebookFile};
use crate::decode::{Apart, Limits};
use crate::diagnostic::{Diagnostic, Level, Warned};
use crate::gazetteer::{Division, Gazetteer};
use config::ConfigError;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Folders below `themes` in which a keeper's files stand for the built-in theme's of the same name.
const THEME_FOLDERS: [&str; 4] = ["templates", "styles", "scripts", "i18n"];

/// A folder of reports with all that its keeper decided.
#[derive(Debug)]
pub struct Archive {
    /// The archive's folder.
    pub root: PathBuf,
    /// The folder of reports: ids and lists name paths under it.
    pub content: PathBuf,
    /// `fangzhi.toml`, or nothing decided.
    pub config: Config,
    /// `metadata.csv`.
    pub catalogue: Catalogue,
    /// The built-in divisions and the archive's own.
    pub gazetteer: Cow<'static, Gazetteer>,
    /// The built-in codebook with the archive's own (`codebook/*.toml`) over it.
    pub codebook: Codebook,
    /// `corrections.csv`.
    pub corrections: Corrections,
    /// The keeper's theme files, by path within a theme's folder.
    pub theme: BTreeMap<String, Vec<u8>>,
    /// Where its files of foreign formats are decoded, within its limits.
    pub apart: Apart,
    /// What the archive's own files hold, all that were read, by path in the archive.
    pub files: BTreeMap<String, Key>,
}

/// Why a folder cannot be taken for an archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// No such folder.
    #[error("there is no folder {0}")]
    NoFolder(PathBuf),
    /// The content folder is not there.
    #[error("the archive {root} has no folder {content}")]
    NoContent {
        /// The archive.
        root: PathBuf,
        /// The folder that its configuration names.
        content: String,
    },
    /// Wrong configuration.
    #[error("{}/{source}", .root.display())]
    Config {
        /// The archive.
        root: PathBuf,
        /// What is wrong.
        source: ConfigError,
    },
    /// A file of the archive's own that cannot be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl ArchiveError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoFolder(_) => Some("name a folder of reports, or an archive".into()),
            Self::NoContent { .. } => {
                Some("make it and put the reports in, or set `content` in fangzhi.toml".into())
            }
            Self::Config { source, .. } => source.hint.clone(),
            Self::Unreadable { .. } => None,
        }
    }
}

impl Archive {
    /// Opens `root`: an archive where it has a `fangzhi.toml`, else a bare folder.
    pub fn open(root: &Path) -> Result<Warned<Self>, ArchiveError> {
        if !root.is_dir() {
            return Err(ArchiveError::NoFolder(root.to_owned()));
        }
        let mut files = BTreeMap::new();
        let mut read_if_there = |name: &str| read_if_there(root, name, &mut files);
        let (configured, config, content) = match read_if_there(config::FILE)? {
            Some(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                let config = Config::read(&text).map_err(|source| ArchiveError::Config {
                    root: root.to_owned(),
                    source,
                })?;
                let named = config.content.as_deref().unwrap_or("content");
                let content = root.join(named);
                if !content.is_dir() {
                    return Err(ArchiveError::NoContent {
                        root: root.to_owned(),
                        content: named.to_owned(),
                    });
                }
                (true, config, content)
            }
            None => (false, Config::default(), root.to_owned()),
        };
        let mut warnings = Vec::new();
        let catalogue = match read_if_there(catalogue::FILE)? {
            Some(bytes) => Catalogue::read(&bytes).unpack(&mut warnings),
            None => Catalogue::default(),
        };
        let rows = read_if_there(divisions_file(&config))?;
        let divisions = divisions(root, &config, rows, &mut warnings)?;
        let gazetteer = if divisions.is_empty() {
            Cow::Borrowed(Gazetteer::china())
        } else {
            Cow::Owned(Gazetteer::with_additions(divisions))
        };
        let corrections = read_if_there(corrections::FILE)?;
        let (codebook, theme) = if configured {
            let codebook = codebook(root, &mut files)?.unpack(&mut warnings);
            (codebook, theme(root, &mut files)?)
        } else {
            (Codebook::built_in(), BTreeMap::new())
        };
        let corrections = match corrections {
            Some(bytes) => Corrections::read(&bytes, &codebook).unpack(&mut warnings),
            None => Corrections::default(),
        };
        Ok(Warned {
            output: Self {
                apart: Apart::new(config.limits),
                root: root.to_owned(),
                content,
                config,
                catalogue,
                gazetteer,
                codebook,
                corrections,
                theme,
                files,
            },
            warnings,
        })
    }

    /// The archive in whose content folder `file` lies, or else the file's own folder.
    pub fn around(file: &Path) -> Result<Warned<Self>, ArchiveError> {
        let whole = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        let folder = whole.parent().unwrap_or(Path::new("."));
        for root in folder.ancestors() {
            if root.join(config::FILE).is_file() {
                let archive = Self::open(root)?;
                if whole.starts_with(&archive.output.content) {
                    return Ok(archive);
                }
            }
        }
        Self::open(folder)
    }
}

/// The file of the archive's own divisions, where there is one.
fn divisions_file(config: &Config) -> &str {
    config.divisions.as_deref().unwrap_or("divisions.csv")
}

/// The archive's own divisions, from `fangzhi.toml` and from its CSV.
fn divisions(
    root: &Path,
    config: &Config,
    bytes: Option<Vec<u8>>,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Vec<Division>, ArchiveError> {
    let name = divisions_file(config);
    let path = root.join(name);
    let mut divisions = config.own_divisions.clone();
    let bytes = match bytes {
        Some(bytes) => bytes,
        None if config.divisions.is_some() => {
            let source = std::io::ErrorKind::NotFound.into();
            return Err(ArchiveError::Unreadable { path, source });
        }
        None => return Ok(divisions),
    };
    let text = match crate::decode::characters(&bytes, name) {
        Ok(text) => text.unpack(warnings).0,
        Err(error) => {
            warnings.push(error.diagnostic(name));
            return Ok(divisions);
        }
    };
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(spreadsheet::delimiter(&text))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    for row in rows.deserialize::<Division>() {
        match row {
            Ok(division) => divisions.push(division),
            Err(error) => {
                let told = Diagnostic::new(
                    Level::Warning,
                    "division-unreadable",
                    name,
                    format!("a division cannot be read: {error}"),
                )
                .hint("the columns are code, name, level, parent, valid_from, valid_to, slug");
                warnings.push(match error.position() {
                    Some(at) => told.at(at.line() as u32),
                    None => told,
                });
            }
        }
    }
    Ok(divisions)
}

/// The codebook: `codebook/*.toml`, in the order of their names, over the built-in one.
fn codebook(
    root: &Path,
    files: &mut BTreeMap<String, Key>,
) -> Result<Warned<Codebook>, ArchiveError> {
    let mut own = Vec::new();
    let walk = walkdir::WalkDir::new(root.join("codebook"))
        .max_depth(1)
        .sort_by_file_name();
    for file in walk.into_iter().filter_map(Result::ok) {
        let name = file.file_name().to_string_lossy().into_owned();
        let is_toml = file.path().extension().is_some_and(|kind| kind == "toml");
        if !file.file_type().is_file() || !is_toml || name.starts_with('.') {
            continue;
        }
        let unreadable = |source| ArchiveError::Unreadable {
            path: file.path().to_owned(),
            source,
        };
        let bytes = own_file(file.path()).map_err(unreadable)?;
        let text =
            String::from_utf8(bytes).map_err(|error| unreadable(std::io::Error::other(error)))?;
        let path = format!("codebook/{name}");
        files.insert(path.clone(), Key::of(text.as_bytes()));
        own.push((path, text));
    }
    let files: Vec<CodebookFile<'_>> = own
        .iter()
        .map(|(name, text)| CodebookFile { name, text })
        .collect();
    Ok(Codebook::load(&files))
}

/// The keeper's files that stand for the theme's.
fn theme(
    root: &Path,
    read: &mut BTreeMap<String, Key>,
) -> Result<BTreeMap<String, Vec<u8>>, ArchiveError> {
    let themes = root.join("themes");
    let mut files = BTreeMap::new();
    for folder in THEME_FOLDERS {
        let walk = walkdir::WalkDir::new(themes.join(folder)).sort_by_file_name();
        // A folder that is not there gives nothing; what a theme lacks is built in.
        for file in walk.into_iter().filter_map(Result::ok) {
            let hidden = file.file_name().as_encoded_bytes().starts_with(b".");
            if !file.file_type().is_file() || hidden {
                continue;
            }
            let path = files::slashed(file.path().strip_prefix(&themes).unwrap_or(file.path()));
            let bytes = own_file(file.path()).map_err(|source| ArchiveError::Unreadable {
                path: file.path().to_owned(),
                source,
            })?;
            read.insert(format!("themes/{path}"), Key::of(&bytes));
            files.insert(path, bytes);
        }
    }
    Ok(files)
}

/// An archive's own file, which somebody else may have made: no pipe is waited for, and no file read
/// that is larger than a report usually may be.
fn own_file(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let usual = Limits::default();
    files::open_regular(path)?
        .take(usual.file() + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > usual.file() {
        return Err(std::io::Error::other(usual.file_too_large()));
    }
    Ok(bytes)
}

fn read_if_there(
    root: &Path,
    name: &str,
    files: &mut BTreeMap<String, Key>,
) -> Result<Option<Vec<u8>>, ArchiveError> {
    let path = root.join(name);
    match own_file(&path) {
        Ok(bytes) => {
            files.insert(name.to_owned(), Key::of(&bytes));
            Ok(Some(bytes))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ArchiveError::Unreadable { path, source }),
    }
}
