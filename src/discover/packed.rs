//! A ZIP archive → the source files in it.
//!
//! Each entry that may be a report is a source file of its own, by the path `archive.zip/entry`: so
//! its id, its row in `metadata.csv` and what is told of it name it like any file. Nothing is ever
//! unpacked onto the disk: an entry's name only names it.
//!
//! Refused with the reason: archives of more than [`MOST_ENTRIES`] entries or [`LARGEST`] bytes
//! unpacked, entries packed more than [`DENSEST`] times or overlapping, names that lead elsewhere,
//! and what takes a password. An archive within an archive is not opened.

use super::{Format, SourceFile, is_aside, is_assets};
use crate::decode::LARGEST_FILE;
use crate::diagnostic::{Diagnostic, Level, Warned};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::panic::catch_unwind;
use std::path::Path;
use zip::ZipArchive;

/// The most entries of an archive.
const MOST_ENTRIES: usize = 5_000;

/// The most bytes that an archive's entries unpack to: 1 GiB.
const LARGEST: u64 = 1 << 30;

/// How many times smaller than its contents an entry may be: texts pack about five times, tables
/// saved as pages up to fifty.
const DENSEST: u64 = 200;

/// Smaller entries may be packed as densely as they like, in bytes.
const SMALL: u64 = 1 << 20;

/// The source files in the archive at `location`, whose path under the content folder is `path`.
pub(super) fn entries(location: &Path, path: &str) -> Warned<Vec<SourceFile>> {
    // The directory is read by another's parser.
    catch_unwind(|| listed(location, path)).unwrap_or_else(|_| Warned {
        output: Vec::new(),
        warnings: vec![refused(path, "its directory is damaged")],
    })
}

fn refused(path: &str, why: &str) -> Diagnostic {
    Diagnostic::new(
        Level::Error,
        "archive-refused",
        path,
        format!("cannot be read: {why}"),
    )
    .hint("unpack it, and put the reports in its place")
}

fn listed(location: &Path, path: &str) -> Warned<Vec<SourceFile>> {
    let mut found = Warned::clean(Vec::new());
    let mut archive =
        match super::open_regular(location).and_then(|file| Ok(ZipArchive::new(file)?)) {
            Ok(archive) => archive,
            Err(error) => {
                found.warnings.push(refused(path, &error.to_string()));
                return found;
            }
        };
    if let Err(why) = bounded(&mut archive) {
        found.warnings.push(refused(path, &why));
        return found;
    }
    let mut names = Vec::new();
    for index in 0..archive.len() {
        if let Ok(entry) = archive.by_index_raw(index)
            && entry.is_file()
        {
            names.push((index, name(entry.name_raw()), entry.size()));
        }
    }
    let pages: BTreeSet<String> = names
        .iter()
        .filter_map(|(_, name, _)| name.clone())
        .collect();
    let mut seen = BTreeSet::new();
    let (mut unread, mut astray) = (Vec::new(), 0);
    for (index, name, bytes) in names {
        let Some(name) = name else {
            astray += 1;
            continue;
        };
        let folders: Vec<&str> = name.split('/').collect();
        let aside = folders
            .iter()
            .any(|part| part.starts_with('.') || *part == "__MACOSX")
            || folders.last().is_some_and(|last| is_aside(last));
        let asset = (1..folders.len())
            .any(|depth| is_assets(&folders[..depth].join("/"), |page| pages.contains(page)));
        if aside || asset {
            continue;
        }
        match Format::of(Path::new(&name)) {
            Some(_) if !seen.insert(name.clone()) => astray += 1,
            Some(format) => found.output.push(SourceFile {
                location: location.to_owned(),
                path: format!("{path}/{name}"),
                format,
                bytes,
                entry: Some(index),
            }),
            None => unread.push(name),
        }
    }
    if astray > 0 {
        found.warnings.push(
            Diagnostic::new(
                Level::Warning,
                "archive-entries-skipped",
                path,
                format!(
                    "not read: {astray} of its entries, whose names lead out of it or stand twice"
                ),
            )
            .hint("unpack it, and put the reports in its place"),
        );
    }
    if let Some(first) = unread.first() {
        found.warnings.push(
            Diagnostic::new(
                Level::Warning,
                "format-not-read",
                path,
                format!(
                    "not read: {} of its entries, {first} the first, by their format",
                    unread.len()
                ),
            )
            .hint(format!("save reports as one of {}", super::READ)),
        );
    }
    found
}

/// Reads an entry, up to the size that the archive says it has.
pub(super) fn read(location: &Path, index: usize) -> io::Result<Vec<u8>> {
    catch_unwind(|| {
        let mut archive = ZipArchive::new(super::open_regular(location)?)?;
        let entry = archive.by_index(index)?;
        let size = entry.size().min(LARGEST_FILE + 1);
        let mut bytes = Vec::new();
        entry.take(size + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > size {
            return Err(io::Error::other("it unpacks to more than the archive says"));
        }
        Ok(bytes)
    })
    .unwrap_or_else(|_| Err(io::Error::other("the archive is damaged")))
}

/// Why an archive is not to be unpacked.
fn bounded(archive: &mut ZipArchive<File>) -> Result<(), String> {
    if archive.len() > MOST_ENTRIES {
        return Err(format!("it has more than {MOST_ENTRIES} entries"));
    }
    let mut unpacked = 0_u64;
    for index in 0..archive.len() {
        let entry = archive
            .by_index_raw(index)
            .map_err(|error| error.to_string())?;
        if entry.size() > SMALL && entry.size() / DENSEST > entry.compressed_size() {
            return Err(format!(
                "an entry is packed more than {DENSEST} times, as no text is"
            ));
        }
        unpacked = unpacked.saturating_add(entry.size());
    }
    if unpacked > LARGEST {
        return Err(format!("it unpacks to more than {} MiB", LARGEST >> 20));
    }
    match archive.has_overlapping_files() {
        Ok(false) => Ok(()),
        Ok(true) => Err("its entries overlap".to_owned()),
        Err(error) => Err(error.to_string()),
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
        let found = super::entries(file.path(), "a.zip");
        (
            found.output.into_iter().map(|file| file.path).collect(),
            found.warnings.into_iter().map(|told| told.code).collect(),
        )
    }

    #[test]
    fn entries_are_source_files() {
        let file = archive(&[("甲/乙.txt", "法治".as_bytes()), ("丙.HTM", b"<p>x")]);
        let found = super::entries(file.path(), "a.zip");
        assert_eq!(found.warnings, []);
        let paths: Vec<&str> = found.output.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["a.zip/甲/乙.txt", "a.zip/丙.HTM"]);
        let first = &found.output[0];
        assert_eq!(crate::discover::read(first), Ok("法治".as_bytes().to_vec()));
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
        assert_eq!((paths, told), (vec![], vec!["format-not-read".into()]));
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
            super::entries(file.path(), "a").warnings[0].code,
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
