//! A folder and its checksums → what is missing, altered or extra in it.
//!
//! In: a site ([`MANIFEST`] over every other file) or a BagIt bag (RFC 8493: `manifest-*.txt` over
//! `data/`, `tagmanifest-*.txt` over the rest, `Payload-Oxum` in `bag-info.txt`). Out: a [`Fault`] a
//! file that is not as listed. Files are read in pieces, many at a time, so memory stays small
//! whatever their size.
//!
//! Never: anything is written, a link followed, a file outside the folder opened, or a pipe or device
//! read, whatever the manifest names.

use super::{LEFT_BY_OTHERS, MANIFEST, MARKER};
use crate::archive::files::{open_regular, slashed};
use crate::progress::{Progress, Stage};
use rayon::prelude::*;
use sha2::{Digest, Sha256, Sha512};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// What is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A site that fangzhi made.
    Site,
    /// A bag as RFC 8493 has it.
    Bag,
}

/// What came of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What it was.
    pub kind: Kind,
    /// Files with a checksum.
    pub files: usize,
    /// Bytes that were read and summed.
    pub bytes: u64,
    /// What is not as it was, by path.
    pub faults: Vec<Fault>,
}

/// A file that is not as its manifest says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Its path in the folder, `/`-separated.
    pub path: String,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Wrong {
    /// It is listed and not there.
    #[error("missing")]
    Missing,
    /// Its bytes are others than were summed.
    #[error("altered: its checksum is another than the one listed")]
    Altered,
    /// It is there and not listed.
    #[error("extra: no manifest lists it")]
    Extra,
    /// A link, a pipe or a device stands in its place.
    #[error("altered: it is not a regular file any more")]
    NotAFile,
    /// The system does not let it be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// It could not be copied.
    #[error("cannot be copied: {0}")]
    Uncopied(String),
    /// A manifest's line that is no checksum and path within the folder.
    #[error("altered: line {0} is no checksum with a path inside the folder")]
    Line(usize),
    /// A tag file of a bag that is not as the standard has it.
    #[error("not as RFC 8493 has it: {0}")]
    Tag(String),
}

/// Why nothing was verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Neither a site nor a bag.
    #[error("{} is neither a site that fangzhi made nor a bag", .0.display())]
    Neither(PathBuf),
    /// A bag whose checksums are of other kinds.
    #[error("{} has no manifest of SHA-256 or SHA-512 checksums", .0.display())]
    Algorithm(PathBuf),
}

impl VerifyError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Neither(_) => "name the folder that holds manifest-sha256.txt or bagit.txt",
            Self::Algorithm(_) => "verify it with the program that made it",
        }
    }
}

/// Checksums that are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Sha256,
    Sha512,
}

/// Compares `folder` with its checksums, a step of progress a file.
pub fn verify(folder: &Path, progress: &dyn Progress) -> Result<Verified, VerifyError> {
    let (kind, listing) = if folder.join("bagit.txt").is_file() {
        (Kind::Bag, bag(folder)?)
    } else if folder.join(MANIFEST).is_file() || folder.join(MARKER).is_file() {
        (Kind::Site, site(folder))
    } else {
        return Err(VerifyError::Neither(folder.to_owned()));
    };
    Ok(compare(folder, kind, listing, None, progress))
}

/// What a folder should hold.
#[derive(Default)]
pub(super) struct Listing {
    /// Checksums by path.
    listed: BTreeMap<String, Vec<(Algorithm, String)>>,
    /// Faults of the manifests themselves.
    faults: Vec<Fault>,
    /// `Payload-Oxum`: bytes and files.
    payload: Option<(u64, u64)>,
    /// Payload manifests of a bag: each lists every file of `data/`.
    manifests: usize,
}

/// A site's own manifest.
pub(super) fn site(folder: &Path) -> Listing {
    let mut listing = Listing::default();
    if folder.join(MANIFEST).is_file() {
        listing.take(folder, MANIFEST, Algorithm::Sha256, str::to_owned, |_| true);
    } else {
        // Nothing can be compared; what is there is not extra for that.
        listing.fault(MANIFEST, Wrong::Missing);
    }
    listing
}

fn bag(folder: &Path) -> Result<Listing, VerifyError> {
    let mut listing = Listing::default();
    let declared = read_tag(folder, "bagit.txt").unwrap_or_default();
    let mut lines = declared.lines();
    let version = lines
        .next()
        .and_then(|line| line.strip_prefix("BagIt-Version: "))
        .and_then(|version| version.split_once('.'))
        .is_some_and(|(major, minor)| major.parse::<u8>().is_ok() && minor.parse::<u8>().is_ok());
    if !version || lines.next() != Some("Tag-File-Character-Encoding: UTF-8") {
        let told = "it declares no version and UTF-8".to_owned();
        listing.fault("bagit.txt", Wrong::Tag(told));
    }
    for (algorithm, name) in [(Algorithm::Sha256, "sha256"), (Algorithm::Sha512, "sha512")] {
        let (payload, tags) = (
            format!("manifest-{name}.txt"),
            format!("tagmanifest-{name}.txt"),
        );
        if folder.join(&payload).is_file() {
            listing.manifests += 1;
            listing.take(folder, &payload, algorithm, unescaped, is_payload);
        }
        if folder.join(&tags).is_file() {
            listing.take(folder, &tags, algorithm, unescaped, |path| {
                !is_payload(path)
            });
        }
    }
    if listing.manifests == 0 {
        return Err(VerifyError::Algorithm(folder.to_owned()));
    }
    if !folder.join("data").is_dir() {
        listing.fault("data/", Wrong::Missing);
    }
    let info = read_tag(folder, "bag-info.txt").unwrap_or_default();
    if let Some(oxum) = info
        .lines()
        .find_map(|line| line.strip_prefix("Payload-Oxum:"))
    {
        listing.payload = oxum
            .trim()
            .split_once('.')
            .and_then(|(bytes, files)| Some((bytes.parse().ok()?, files.parse().ok()?)));
        if listing.payload.is_none() {
            let told = format!("its Payload-Oxum is “{}”", oxum.trim());
            listing.fault("bag-info.txt", Wrong::Tag(told));
        }
    }
    Ok(listing)
}

fn is_payload(path: &str) -> bool {
    path.starts_with("data/")
}

/// A bag's way of writing line ends and percent signs in paths (RFC 8493, 2.1.3).
fn unescaped(path: &str) -> String {
    let mut plain = path.to_owned();
    for (escaped, character) in [
        ("%0D", "\r"),
        ("%0d", "\r"),
        ("%0A", "\n"),
        ("%0a", "\n"),
        ("%25", "%"),
    ] {
        plain = plain.replace(escaped, character);
    }
    plain
}

fn read_tag(folder: &Path, name: &str) -> io::Result<String> {
    let mut bytes = Vec::new();
    open_regular(&folder.join(name))?.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

impl Listing {
    /// Every path with its first checksum.
    pub(super) fn sums(&self) -> impl Iterator<Item = (&str, &str)> {
        self.listed
            .iter()
            .filter_map(|(path, sums)| Some((path.as_str(), sums.first()?.1.as_str())))
    }

    fn fault(&mut self, path: &str, wrong: Wrong) {
        self.faults.push(Fault {
            path: path.to_owned(),
            wrong,
        });
    }

    /// Takes the manifest `name`: lines of checksum, blanks (or a blank and `*`) and path.
    fn take(
        &mut self,
        folder: &Path,
        name: &str,
        algorithm: Algorithm,
        path_of: impl Fn(&str) -> String,
        belongs: impl Fn(&str) -> bool,
    ) {
        let text = match read_tag(folder, name) {
            Ok(text) => text,
            Err(error) => return self.fault(name, Wrong::Unreadable(error.to_string())),
        };
        for (number, line) in (1..).zip(text.lines()) {
            let entry = line
                .split_once([' ', '\t'])
                .map(|(sum, path)| {
                    let path = path.strip_prefix('*').unwrap_or(path);
                    (sum, path_of(path.trim_start_matches([' ', '\t'])))
                })
                .map(|(sum, path)| match path.strip_prefix("./") {
                    Some(plain) => (sum, plain.to_owned()),
                    None => (sum, path),
                })
                .filter(|(sum, path)| {
                    let digits = sum.bytes().all(|byte| byte.is_ascii_hexdigit());
                    digits && sum.len() == algorithm.digits() && is_inside(path) && belongs(path)
                });
            let Some((sum, path)) = entry else {
                self.fault(name, Wrong::Line(number));
                continue;
            };
            let sums = self.listed.entry(path).or_default();
            if sums.iter().any(|(of, _)| *of == algorithm) {
                self.fault(name, Wrong::Line(number));
            } else {
                sums.push((algorithm, sum.to_ascii_lowercase()));
            }
        }
    }
}

/// Whether a path of a manifest stays below the folder, on every system.
fn is_inside(path: &str) -> bool {
    !path.contains(['\0', '\\', ':'])
        && path.split('/').all(|name| !matches!(name, "" | "." | ".."))
}

/// Compares `folder` with its listing; what is listed is copied to `copy`, where there is one.
pub(super) fn compare(
    folder: &Path,
    kind: Kind,
    listing: Listing,
    copy: Option<&Path>,
    progress: &dyn Progress,
) -> Verified {
    let mut faults = listing.faults;
    let listed = listing.listed;
    let there = walk(folder, &mut faults);
    progress.stage(Stage::Verify, listed.len());
    let compared: Vec<Result<u64, Wrong>> = listed
        .par_iter()
        .map(|(path, sums)| {
            let result = match there.get(path) {
                Some(true) => summed(&folder.join(path), sums, copy.map(|to| to.join(path))),
                Some(false) => Err(Wrong::NotAFile),
                // Where a link stands in the place of a folder.
                None if above(path).any(|folder| there.contains_key(folder)) => {
                    Err(Wrong::NotAFile)
                }
                None => Err(Wrong::Missing),
            };
            progress.step();
            result
        })
        .collect();
    let unsummed = faults
        .iter()
        .any(|fault| fault.path == MANIFEST && fault.wrong != Wrong::Extra);
    if kind == Kind::Bag || !unsummed {
        let extra = there.into_keys().filter(|path| {
            let in_scope = match kind {
                Kind::Site => path != MANIFEST,
                Kind::Bag => is_payload(path),
            };
            in_scope && !listed.contains_key(path)
        });
        faults.extend(extra.map(|path| Fault {
            path,
            wrong: Wrong::Extra,
        }));
    }
    let (mut bytes, mut payload) = (0, (0, 0));
    for ((path, sums), result) in listed.iter().zip(compared) {
        let wrong = match result {
            Ok(size) => {
                bytes += size;
                if is_payload(path) {
                    payload = (payload.0 + size, payload.1 + 1);
                }
                let in_every = sums.len() >= listing.manifests || !is_payload(path);
                (!in_every).then(|| Wrong::Tag("not every manifest lists it".to_owned()))
            }
            Err(wrong) => Some(wrong),
        };
        faults.extend(wrong.map(|wrong| Fault {
            path: path.clone(),
            wrong,
        }));
    }
    if let Some(said) = listing.payload.filter(|said| *said != payload) {
        let told = format!(
            "its Payload-Oxum says {} bytes in {} files; whole are {} in {}",
            said.0, said.1, payload.0, payload.1
        );
        faults.push(Fault {
            path: "bag-info.txt".to_owned(),
            wrong: Wrong::Tag(told),
        });
    }
    faults.sort();
    Verified {
        kind,
        files: listed.len(),
        bytes,
        faults,
    }
}

/// Everything in a folder but folders, by path, and whether it is a regular file. Links are not
/// followed.
fn walk(root: &Path, faults: &mut Vec<Fault>) -> BTreeMap<String, bool> {
    let mut there = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root) {
        let relative = |path: &Path| slashed(path.strip_prefix(root).unwrap_or(path));
        match entry {
            Ok(entry) => {
                let left = LEFT_BY_OTHERS.contains(&&*entry.file_name().to_string_lossy());
                if !entry.file_type().is_dir() && !left {
                    there.insert(relative(entry.path()), entry.file_type().is_file());
                }
            }
            Err(error) => faults.push(Fault {
                path: error.path().map(relative).unwrap_or_default(),
                wrong: Wrong::Unreadable(
                    error
                        .io_error()
                        .map_or_else(String::new, ToString::to_string),
                ),
            }),
        }
    }
    there
}

/// The folders that a path leads through.
fn above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

/// Reads a file in pieces, copies it to `copy` where there is one, and says how large it is if its
/// checksums are those listed.
fn summed(path: &Path, sums: &[(Algorithm, String)], copy: Option<PathBuf>) -> Result<u64, Wrong> {
    let failed = |error: io::Error| Wrong::Unreadable(error.to_string());
    let mut file = open_regular(path).map_err(failed)?;
    let uncopied = |error: io::Error| Wrong::Uncopied(error.to_string());
    let mut copy = copy.map(|to| new_file(&to)).transpose().map_err(uncopied)?;
    let (mut sha256, mut sha512) = (Sha256::new(), Sha512::new());
    let asked = |algorithm| sums.iter().any(|(of, _)| *of == algorithm);
    let mut buffer = vec![0; 128 << 10];
    let mut bytes = 0;
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => &buffer[..read],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(error)),
        };
        bytes += read.len() as u64;
        if asked(Algorithm::Sha256) {
            sha256.update(read);
        }
        if asked(Algorithm::Sha512) {
            sha512.update(read);
        }
        if let Some(copy) = &mut copy {
            copy.write_all(read).map_err(uncopied)?;
        }
    }
    let (sha256, sha512) = (hex(&sha256.finalize()), hex(&sha512.finalize()));
    let as_listed = sums.iter().all(|(algorithm, sum)| match algorithm {
        Algorithm::Sha256 => *sum == sha256,
        Algorithm::Sha512 => *sum == sha512,
    });
    if as_listed {
        Ok(bytes)
    } else {
        Err(Wrong::Altered)
    }
}

fn new_file(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create_new(path)
}

impl Algorithm {
    /// Hexadecimal digits of a checksum.
    fn digits(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
