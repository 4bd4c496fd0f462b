//! A ZIP archive → the source files in it.
//!
//! Each entry that may be a report is a source file of its own, by the path `archive.zip/entry`: so
//! its id, its row in `metadata.csv` and what is told of it name it like any file. Nothing is ever
//! unpacked onto the disk: an entry's name only names it.
//!
//! Refused with the reason: archives over [`Limits::archive_entries`] or [`Limits::archive_mib`],
//! entries packed more than [`DENSEST`] times or overlapping. Passed over and told: names that lead
//! elsewhere or stand twice, links, what takes a password, archives within the archive.

use super::{SourceFile, is_archive, is_aside, is_assets};
use crate::archive::files::open_regular;
use crate::decode::{Format, Limits};
use crate::diagnostic::{Diagnostic, Level, Warned};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::catch_unwind;
use std::path::Path;
use zip::{CompressionMethod, ZipArchive};

/// How many times smaller than its contents an entry may be: texts pack about five times, tables
/// saved as pages up to fifty.
const DENSEST: u64 = 200;

/// Smaller entries may be packed as densely as they like, in bytes.
const SMALL: u64 = 1 << 20;

/// Where in an archive an entry's bytes lie, so that each is read without the archive's directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed {
    at: u64,
    /// Bytes there, and the sum (CRC-32) of what they unpack to.
    bytes: u64,
    sum: u32,
    deflated: bool,
}

/// The source files in the archive at `location`, whose path under the content folder is `path`.
pub fn entries(location: &Path, path: &str, limits: Limits) -> Warned<Vec<SourceFile>> {
    // The directory is read by another's parser.
    catch_unwind(|| listed(location, path, limits)).unwrap_or_else(|_| Warned {
        output: Vec::new(),
        warnings: vec![refused(path, "its directory is damaged", UNPACK)],
    })
}

pub(super) const UNPACK: &str = "unpack it, and put the reports in its place";

fn refused(path: &str, why: &str, hint: &str) -> Diagnostic {
    Diagnostic::new(
        Level::Error,
        "archive-refused",
        path,
        format!("cannot be read: {why}"),
    )
    .hint(hint)
}

fn listed(location: &Path, path: &str, limits: Limits) -> Warned<Vec<SourceFile>> {
    let mut found = Warned::clean(Vec::new());
    let mut archive = match open_regular(location).and_then(|file| Ok(ZipArchive::new(file)?)) {
        Ok(archive) => archive,
        Err(error) => {
            let told = refused(path, &error.to_string(), UNPACK);
            found.warnings.push(told);
            return found;
        }
    };
    if let Err(told) = bounded(&mut archive, path, limits) {
        found.warnings.push(told);
        return found;
    }
    let names: Vec<(usize, Option<String>)> = (0..archive.len())
        .filter_map(|index| {
            let entry = archive.by_index_data(index).ok()?;
            (!entry.is_dir()).then(|| (index, name(entry.name_raw())))
        })
        .collect();
    let pages: BTreeSet<String> = names.iter().filter_map(|(_, name)| name.clone()).collect();
    let mut seen = BTreeSet::new();
    let mut passed = Passed::default();
    // Of entries of one name the archive's directory gives only the last.
    passed.astray += usize::from(archive.has_duplicate_names());
    for (index, name) in names {
        let Some(name) = name else {
            passed.astray += 1;
            continue;
        };
        if is_none_of_ours(&name, &pages) {
            continue;
        }
        let Some(format) = Format::of(Path::new(&name)) else {
            if is_archive(Path::new(&name)) {
                passed.archives.push(name);
            } else {
                passed.unread.push(name);
            }
            continue;
        };
        let Ok(entry) = archive.by_index_raw(index) else {
            passed.damaged.push(name);
            continue;
        };
        if entry.encrypted() {
            passed.encrypted.push(name);
            continue;
        }
        let method = entry.compression();
        let known = [CompressionMethod::Stored, CompressionMethod::Deflated].contains(&method);
        let (Some(at), true) = (entry.data_start(), known) else {
            passed.damaged.push(name);
            continue;
        };
        if entry.is_symlink() || !seen.insert(name.clone()) {
            passed.astray += 1;
            continue;
        }
        found.output.push(SourceFile {
            location: location.to_owned(),
            path: format!("{path}/{name}"),
            format,
            bytes: entry.size(),
            entry: Some(Packed {
                at,
                bytes: entry.compressed_size(),
                sum: entry.crc32(),
                deflated: method == CompressionMethod::Deflated,
            }),
        });
    }
    found.warnings.extend(passed.told(path));
    found
}

/// Whether an entry is no report by its name: hidden, about the files around it, a saved page's own.
fn is_none_of_ours(name: &str, pages: &BTreeSet<String>) -> bool {
    let folders: Vec<&str> = name.split('/').collect();
    let aside = folders
        .iter()
        .any(|part| part.starts_with('.') || *part == "__MACOSX")
        || folders.last().is_some_and(|last| is_aside(last));
    let asset = (1..folders.len())
        .any(|depth| is_assets(&folders[..depth].join("/"), |page| pages.contains(page)));
    aside || asset
}

/// The entries that are not read, by the reason.
#[derive(Default)]
struct Passed {
    astray: usize,
    encrypted: Vec<String>,
    archives: Vec<String>,
    damaged: Vec<String>,
    unread: Vec<String>,
}

impl Passed {
    fn told(&self, path: &str) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        if self.astray > 0 {
            told.push(
                Diagnostic::new(
                    Level::Warning,
                    "archive-entries-skipped",
                    path,
                    format!(
                        "not read: {} of its entries, which lead out of it, are links, or stand twice",
                        self.astray
                    ),
                )
                .hint(UNPACK),
            );
        }
        let formats = format!("save reports as one of {}", super::READ);
        for (level, code, names, why, hint) in [
            (
                Level::Error,
                "encrypted",
                &self.encrypted,
                "as they are protected by a password",
                "unpack it with its password, and put the reports in its place",
            ),
            (
                Level::Error,
                "archive-entries-damaged",
                &self.damaged,
                "as they are damaged, or packed by a method other than deflation",
                "unpack it with the program that made it, and put the reports in its place",
            ),
            (
                Level::Warning,
                "archive-in-archive",
                &self.archives,
                "as they are archives themselves",
                "unpack it, and put what is in it in its place",
            ),
            (
                Level::Warning,
                "format-not-read",
                &self.unread,
                "by their format",
                formats.as_str(),
            ),
        ] {
            if let Some(first) = names.first() {
                let count = names.len();
                let message = format!("not read: {count} of its entries, {first} the first, {why}");
                told.push(
                    Diagnostic::new(level, code, path, message)
                        .naming(format!("{first} ×{count}"))
                        .hint(hint),
                );
            }
        }
        told
    }
}

/// Reads an entry, up to the size that the archive says it has.
pub(super) fn read(file: &SourceFile, packed: Packed, limits: Limits) -> io::Result<Vec<u8>> {
    let mut archive = open_regular(&file.location)?;
    archive.seek(SeekFrom::Start(packed.at))?;
    let size = file.bytes.min(limits.file());
    let mut bytes = Vec::new();
    let stored = archive.take(packed.bytes);
    if packed.deflated {
        let inflated = flate2::read::DeflateDecoder::new(stored);
        inflated.take(size + 1).read_to_end(&mut bytes)?;
    } else {
        stored.take(size + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 != file.bytes || crc32fast::hash(&bytes) != packed.sum {
        return Err(io::Error::other(
            "what it unpacks to is not what the archive says: the archive is damaged, or changes",
        ));
    }
    Ok(bytes)
}

/// What an archive is refused with that is not to be unpacked.
fn bounded(archive: &mut ZipArchive<File>, path: &str, limits: Limits) -> Result<(), Diagnostic> {
    let no = |why: &str| Err(refused(path, why, UNPACK));
    let beyond = |why: String, key: &str| {
        let hint = format!(
            "unpack it, and put the reports in its place; or, if it is sound, raise `{key}` under [limits] in fangzhi.toml"
        );
        Err(refused(path, &why, &hint))
    };
    let most = limits.archive_entries;
    if archive.len() > most as usize {
        let why = format!("it has more than {most} entries");
        return beyond(why, "archive_entries");
    }
    let mut unpacked = 0_u64;
    for index in 0..archive.len() {
        let entry = match archive.by_index_data(index) {
            Ok(entry) => entry,
            Err(error) => return no(&error.to_string()),
        };
        if entry.size() > SMALL && entry.size() / DENSEST > entry.compressed_size() {
            return no(&format!(
                "an entry is packed more than {DENSEST} times, as no text is"
            ));
        }
        unpacked = unpacked.saturating_add(entry.size());
    }
    if unpacked > limits.archive() {
        let why = format!("it unpacks to more than {} MiB", limits.archive_mib);
        return beyond(why, "archive_mib");
    }
    match archive.has_overlapping_files() {
        Ok(false) => Ok(()),
        Ok(true) => no("its entries overlap"),
        Err(error) => no(&error.to_string()),
    }
}

/// An entry's name, `/`-separated: UTF-8, or as Windows in Chinese packs it, GB18030. None for one
/// that leads out of the archive or that no file has.
fn name(raw: &[u8]) -> Option<String> {
    let name = match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::GB18030
            .decode_without_bom_handling_and_without_replacement(raw)?
            .into_owned(),
    };
    let name = name.replace('\\', "/");
    let parts: Vec<&str> = name
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    let drive = parts.first().is_some_and(|first| first.ends_with(':'));
    let sound = !name.starts_with('/')
        && !drive
        && !parts.is_empty()
        && parts
            .iter()
            .all(|part| *part != ".." && !part.contains(char::is_control));
    sound.then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::{SimpleFileOptions, ZipWriter};

    /// An archive of these entries, written to a folder of its own.
    fn archive(entries: &[(&str, &[u8])]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a folder for scratch files");
        let mut writer = ZipWriter::new(&mut file);
        for (name, bytes) in entries {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .and_then(|()| Ok(writer.write_all(bytes)?))
                .expect("an archive is written");
        }
        writer.finish().expect("an archive is written");
        file
    }

    fn found(entries: &[(&str, &[u8])]) -> (Vec<String>, Vec<String>) {
        let file = archive(entries);
        let found = super::entries(file.path(), "a.zip", Limits::default());
        (
            found.output.into_iter().map(|file| file.path).collect(),
            found.warnings.into_iter().map(|told| told.code).collect(),
        )
    }

    #[test]
    fn entries_are_source_files() {
        let file = archive(&[("甲/乙.txt", "法治".as_bytes()), ("丙.HTM", b"<p>x")]);
        let found = super::entries(file.path(), "a.zip", Limits::default());
        assert_eq!(found.warnings, []);
        let paths: Vec<&str> = found.output.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["a.zip/甲/乙.txt", "a.zip/丙.HTM"]);
        let first = &found.output[0];
        assert_eq!(
            crate::discover::read(first, Limits::default()),
            Ok("法治".as_bytes().to_vec())
        );
    }

    #[test]
    fn names_that_lead_out_are_skipped_and_told() {
        let (paths, told) = found(&[
            ("../a.txt", b"x"),
            ("/b.txt", b"x"),
            ("C:\\c.txt", b"x"),
            ("d/../../e.txt", b"x"),
            ("\\\\host\\f.txt", b"x"),
            ("./g//h.txt", b"x"),
        ]);
        assert_eq!(paths, ["a.zip/g/h.txt"]);
        assert_eq!(told, ["archive-entries-skipped"]);
    }

    #[test]
    fn what_is_no_report_is_left_out() {
        let (paths, told) = found(&[
            ("一.htm", b"<p>x"),
            ("一.files/image.txt", b"x"),
            ("二_files/三.txt", b"x"),
            ("__MACOSX/._一.htm", b"x"),
            (".x/y.txt", b"x"),
            ("README.txt", b"x"),
        ]);
        assert_eq!(
            (paths, told),
            (
                vec!["a.zip/一.htm".into(), "a.zip/二_files/三.txt".into()],
                vec![]
            )
        );
        let (paths, told) = found(&[("b.zip", b"PK"), ("c.exe", b"MZ")]);
        assert_eq!(paths, [""; 0]);
        assert_eq!(told, ["archive-in-archive", "format-not-read"]);
    }

    #[test]
    fn bombs_and_damaged_archives_are_refused() {
        let zeros = vec![0; 8 << 20];
        assert_eq!(
            found(&[("a.txt", &zeros)]),
            (vec![], vec!["archive-refused".into()])
        );
        let mut file = tempfile::NamedTempFile::new().expect("a folder for scratch files");
        file.write_all(b"PK\x03\x04 and no more").expect("written");
        assert_eq!(
            super::entries(file.path(), "a", Limits::default()).warnings[0].code,
            "archive-refused"
        );
    }

    #[test]
    fn names_are_utf8_or_gb18030() {
        let gb = encoding_rs::GB18030.encode("杭州\\2020年.txt").0;
        assert_eq!(name(&gb).as_deref(), Some("杭州/2020年.txt"));
        assert_eq!(
            name("杭州/一.txt".as_bytes()).as_deref(),
            Some("杭州/一.txt")
        );
        assert_eq!(name(b"\xff\xff"), None);
        assert_eq!(name(b"a\0b.txt"), None);
    }
}
