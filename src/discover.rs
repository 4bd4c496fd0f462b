//! Directory → sorted [`SourceFile`]s. Never reads meaning.
//!
//! What is a report is told by a file's extension alone. Never taken for reports, and not told
//! either: hidden files and folders; the output, and any folder that holds a site's marker; the
//! archive's own files at its root (`fangzhi.toml`, its CSVs, `themes`, `codebook`); a `README` or
//! `LICENSE` of any extension; the folder of pictures and scripts that a browser saves beside a page.
//! Everything else is a source file or a diagnostic. A ZIP archive holds source files ([`packed`]).

pub mod packed;

use crate::archive::files::{open_regular, slashed};
use crate::archive::{Archive, catalogue, config};
use crate::decode::{Format, Limits};
use crate::diagnostic::{Diagnostic, Level, Warned};
use packed::Packed;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// A file that may be a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Where to open it.
    pub location: PathBuf,
    /// Its path under the content folder, `/`-separated: what ids, lists and diagnostics name.
    pub path: String,
    /// What its name says it is.
    pub format: Format,
    /// Size in bytes when it was found.
    pub bytes: u64,
    /// Where it lies in the ZIP archive at `location`, where it is an entry of one.
    pub entry: Option<Packed>,
}

/// The file that marks a folder as a site that this program made: no walk enters it.
pub const MARKER: &str = ".fangzhi-site";

/// The extensions of the formats that are read, as a keeper is told them.
pub const READ: &str = ".txt, .md, .html, .mht, .eml, .docx, .doc, .wps, .odt, .rtf, .pdf";

/// The source files of `archive`, by path. `output` is where its site goes.
pub fn discover(archive: &Archive, output: Option<&Path>) -> Warned<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut warnings = Vec::new();
    let mut unread: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let content = archive.content.canonicalize();
    let output = output.and_then(|output| output.canonicalize().ok());
    let mut walk = WalkDir::new(&archive.content)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter();
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                warnings.push(unwalkable(&error, &archive.content));
                continue;
            }
        };
        if entry.depth() > 0 && !enters(&entry, archive, output.as_deref()) {
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
            continue;
        }
        let path = slashed(
            entry
                .path()
                .strip_prefix(&archive.content)
                .unwrap_or(entry.path()),
        );
        let linked_out = entry.depth() > 0
            && entry.path_is_symlink()
            && !matches!(
                (entry.path().canonicalize(), &content),
                (Ok(target), Ok(content)) if target.starts_with(content)
            );
        if linked_out {
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
            warnings.push(link_out(&path));
        } else if entry.file_type().is_file() {
            if let Some(format) = Format::of(entry.path()) {
                files.push(SourceFile {
                    bytes: entry.metadata().map_or(0, |metadata| metadata.len()),
                    location: entry.into_path(),
                    path,
                    format,
                    entry: None,
                });
            } else if is_archive(entry.path()) {
                let entries = packed::entries(entry.path(), &path, archive.config.limits);
                files.extend(entries.unpack(&mut warnings));
            } else {
                let extension = entry.path().extension().unwrap_or_default();
                let extension = extension.to_string_lossy().to_lowercase();
                let (count, _) = unread.entry(extension).or_insert_with(|| (0, path));
                *count += 1;
            }
        } else if !entry.file_type().is_dir() {
            warnings.push(
                Diagnostic::new(
                    Level::Warning,
                    "not-a-file",
                    path,
                    "it is not a regular file and is not read",
                )
                .hint("replace it by the report's file"),
            );
        } else if entry.depth() > 0 && Format::of(entry.path()).is_some() {
            warnings.push(Diagnostic::new(
                Level::Note,
                "folder-named-like-a-file",
                path,
                "it is a folder, whatever its name; what is in it is read",
            ));
        }
    }
    warnings.extend(
        unread
            .iter()
            .map(|(extension, (count, first))| format_not_read(extension, *count, first)),
    );
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Warned {
        output: files,
        warnings,
    }
}

/// Reads a source file, up to the limit on its size, whatever it grew to since it was found.
pub fn read(file: &SourceFile, limits: Limits) -> Result<Vec<u8>, Diagnostic> {
    let unreadable = |error: &std::io::Error| {
        let message = format!("cannot be read: {error}");
        Diagnostic::new(Level::Error, "file-unreadable", &file.path, message).hint(
            match file.entry {
                None => "look at the file's permissions, and whether it is still there",
                Some(_) => packed::UNPACK,
            },
        )
    };
    let too_large = || limits.file_too_large().diagnostic(&file.path);
    if file.bytes > limits.file() {
        return Err(too_large());
    }
    if let Some(entry) = file.entry {
        return packed::read(file, entry, limits).map_err(|error| unreadable(&error));
    }
    let opened = open_regular(&file.location).map_err(|error| unreadable(&error))?;
    let mut bytes = Vec::with_capacity(file.bytes as usize + 1);
    opened
        .take(limits.file() + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > limits.file() {
        return Err(too_large());
    }
    Ok(bytes)
}

/// Whether the walk goes on to this file or folder.
fn enters(entry: &DirEntry, archive: &Archive, output: Option<&Path>) -> bool {
    let name = entry.file_name().to_string_lossy();
    if name.starts_with('.') {
        return false;
    }
    if entry.file_type().is_dir() {
        let own = entry.depth() == 1
            && archive.content == archive.root
            && matches!(&*name, "themes" | "codebook");
        let site = entry.path().join(MARKER).exists()
            || output
                .is_some_and(|output| entry.path().canonicalize().is_ok_and(|path| path == output));
        let assets = is_assets(&name, |page| entry.path().with_file_name(page).exists());
        return !own && !site && !assets;
    }
    let at_root = entry.path().parent() == Some(&archive.root);
    let divisions = archive
        .config
        .divisions
        .as_deref()
        .unwrap_or("divisions.csv");
    let own = at_root && (matches!(&*name, config::FILE | catalogue::FILE) || name == divisions);
    !own && !is_aside(&name)
}

/// Whether a file's name says that it is about the files around it.
fn is_aside(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    ["readme", "license", "licence"].contains(&&*stem.to_ascii_lowercase())
}

/// Whether a folder holds what belongs to a saved page: `X_files` or `X.files` beside `X.htm`.
/// `exists` tells whether there is a file of a name beside it.
fn is_assets(folder: &str, exists: impl Fn(&str) -> bool) -> bool {
    let stem = ["_files", ".files", "_file"]
        .iter()
        .find_map(|end| folder.strip_suffix(end));
    stem.is_some_and(|stem| {
        ["htm", "html", "HTM", "HTML", "xhtml", "shtml", "mht"]
            .iter()
            .any(|extension| exists(&format!("{stem}.{extension}")))
    })
}

/// Whether a file's name says that it is a ZIP archive.
pub fn is_archive(path: &Path) -> bool {
    let extension = path.extension();
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

fn link_out(path: &str) -> Diagnostic {
    Diagnostic::new(
        Level::Warning,
        "link-out",
        path,
        "it is a link that leads out of the folder and is not followed",
    )
    .hint("put the report itself there")
}

/// Files of one format that is none of ours.
fn format_not_read(extension: &str, count: usize, first: &str) -> Diagnostic {
    let kind = if extension.is_empty() {
        "without extension".to_owned()
    } else {
        format!("of format .{extension}")
    };
    let message = if count == 1 {
        format!("not read: a file {kind}")
    } else {
        format!("not read: {count} files {kind}, this one the first")
    };
    let told = Diagnostic::new(Level::Warning, "format-not-read", first, message).hint(format!(
        "save reports as one of {READ}; what is no report can lie outside the folder"
    ));
    told.naming(format!(".{extension} ×{count}"))
}

/// What the walk could not enter.
fn unwalkable(error: &walkdir::Error, content: &Path) -> Diagnostic {
    let path = error
        .path()
        .map(|path| slashed(path.strip_prefix(content).unwrap_or(path)))
        .unwrap_or_default();
    if error.loop_ancestor().is_some() {
        return Diagnostic::new(
            Level::Warning,
            "link-loop",
            path,
            "it is a link to a folder that it lies in and is not followed",
        )
        .hint("delete the link");
    }
    let why = error
        .io_error()
        .map_or_else(|| error.to_string(), ToString::to_string);
    Diagnostic::new(
        Level::Error,
        "file-unreadable",
        path,
        format!("cannot be read: {why}"),
    )
    .hint("look at its permissions; a broken link leads nowhere")
}
