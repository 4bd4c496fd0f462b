//! A site → a BagIt bag (RFC 8493), the form in which libraries take files for keeping.
//!
//! In: a site, whole by its manifest. Out: a new folder with the site in `data/`, its checksums in
//! `manifest-sha256.txt`, and what the depositor says of it in `bag-info.txt`. The same site and
//! words give the same bytes: no date but one that the depositor gives.
//!
//! Never: a site that is not whole is bagged, or a folder that is there replaced.

use super::swap::{self, Beside};
use super::verify::{self, Fault, Kind, Wrong};
use super::{MANIFEST, MARKER, MARKER_TEXT, PublishError, failed, resolved};
use crate::digest::sha256;
use crate::progress::Progress;
use std::fs;
use std::path::{Path, PathBuf};

/// Why no bag was made.
#[derive(Debug, thiserror::Error)]
pub enum BagError {
    /// There is no site.
    #[error("{} is not a site that fangzhi made", .0.display())]
    NoSite(PathBuf),
    /// The site is damaged.
    #[error("{} is not whole: {} is {}", .site.display(), .first.path, .first.wrong)]
    NotWhole {
        /// The site.
        site: PathBuf,
        /// Its first fault.
        first: Box<Fault>,
    },
    /// A file of the site could not be copied.
    #[error("{path} {why}")]
    Copy {
        /// The file.
        path: String,
        /// Why not.
        why: Wrong,
    },
    /// The bag's place is taken.
    #[error("{} is there already", .0.display())]
    Taken(PathBuf),
    /// The bag would lie in the site.
    #[error("{} lies in the site", .0.display())]
    Inside(PathBuf),
    /// What the depositor says is no `Label: value`.
    #[error("“{0}” is no label with a value, such as `Source-Organization: Library`")]
    Info(String),
    /// The system refused.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl BagError {
    fn new(site: &Path, first: Fault) -> Self {
        match first.wrong {
            Wrong::Uncopied(_) => Self::Copy {
                path: first.path,
                why: first.wrong,
            },
            _ => Self::NotWhole {
                site: site.to_owned(),
                first: Box::new(first),
            },
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoSite(_) => Some("name the folder that `fangzhi build` made"),
            Self::NotWhole { .. } => {
                Some("`fangzhi verify` lists what is wrong; build the site again")
            }
            Self::Copy { .. } => Some("look at the disk's space and at the folder's permissions"),
            Self::Taken(_) | Self::Inside(_) => Some("name a new folder"),
            Self::Info(_) => {
                Some("labels are listed in RFC 8493, 2.2.2; Payload-Oxum is worked out")
            }
            Self::Publish(error) => error.hint(),
        }
    }
}

/// What a bag holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bagged {
    /// Files of the payload.
    pub files: usize,
    /// Bytes of the payload.
    pub bytes: u64,
}

/// Labels that are worked out, and not the depositor's to say.
const WORKED_OUT: [&str; 2] = ["payload-oxum", "bag-software-agent"];

/// Packs `site` as the bag `out`; `info` are lines of `bag-info.txt`, `Label: value`.
pub fn bag(
    site: &Path,
    out: &Path,
    info: &[String],
    progress: &dyn Progress,
) -> Result<Bagged, BagError> {
    let mut tags = String::new();
    for line in info {
        let (label, value) = labelled(line).ok_or_else(|| BagError::Info(line.clone()))?;
        tags.push_str(&format!("{label}: {value}\n"));
    }
    if !site.join(MARKER).is_file() {
        return Err(BagError::NoSite(site.to_owned()));
    }
    let out = resolved(out)?;
    let within = resolved(site)?;
    if out.starts_with(&within) {
        return Err(BagError::Inside(out));
    }
    let taken = match fs::read_dir(&out) {
        Ok(mut within) => within.next().is_some(),
        Err(_) => fs::symlink_metadata(&out).is_ok(),
    };
    if taken || out.file_name().is_none() {
        return Err(BagError::Taken(out));
    }
    let beside = Beside::of(&out);
    fs::create_dir_all(&beside.parent).map_err(failed("make", &beside.parent))?;
    let lock = beside.lock()?;
    let made = swap::clear(&beside.new)
        .map_err(BagError::from)
        .and_then(|()| pack(&within, &beside.new, &tags, progress))
        .and_then(|bagged| {
            place(&beside.new, &out)?;
            Ok(bagged)
        });
    if made.is_err() {
        // What cannot be cleared now, the next bagging clears.
        let _ = swap::clear(&beside.new);
    }
    beside.unlock();
    drop(lock);
    made
}

/// Makes the bag in the new folder `into`, which has a site's marker while it is made.
fn pack(site: &Path, into: &Path, info: &str, progress: &dyn Progress) -> Result<Bagged, BagError> {
    let write = |name: &str, text: &str| {
        let path = into.join(name);
        super::write_to_disk(&path, text.as_bytes()).map_err(failed("write", &path))
    };
    let data = into.join("data");
    fs::create_dir_all(&data).map_err(failed("make", &data))?;
    write(MARKER, MARKER_TEXT)?;
    let path = site.join(MANIFEST);
    let manifest = fs::read_to_string(&path).map_err(failed("read", &path))?;
    let listing = verify::site(site);
    let of_manifest = sha256(manifest.as_bytes());
    let mut lines: Vec<(&str, &str)> = listing.sums().collect();
    lines.push((MANIFEST, &of_manifest));
    lines.sort_unstable();
    let payload: String = lines
        .iter()
        .map(|(path, sum)| format!("{sum}  data/{path}\n"))
        .collect();
    let copied = verify::compare(site, Kind::Site, listing, Some(&data), progress);
    if let Some(first) = copied.faults.into_iter().next() {
        return Err(BagError::new(site, first));
    }
    write(&format!("data/{MANIFEST}"), &manifest)?;
    let bagged = Bagged {
        files: copied.files + 1,
        bytes: copied.bytes + manifest.len() as u64,
    };
    let info = format!(
        "{info}Bag-Software-Agent: fangzhi {}\nPayload-Oxum: {}.{}\n",
        env!("CARGO_PKG_VERSION"),
        bagged.bytes,
        bagged.files
    );
    let declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".to_owned();
    let mut sums = String::new();
    for (name, text) in [
        ("bag-info.txt", info),
        ("bagit.txt", declaration),
        ("manifest-sha256.txt", payload),
    ] {
        write(name, &text)?;
        sums.push_str(&format!("{}  {name}\n", sha256(text.as_bytes())));
    }
    write("tagmanifest-sha256.txt", &sums)?;
    swap::flush(into).map_err(failed("write", into))?;
    Ok(bagged)
}

/// Gives the bag its place. The marker goes last: until then, what is left of a killed bagging is
/// known by it.
fn place(made: &Path, out: &Path) -> Result<(), PublishError> {
    if out.exists() {
        fs::remove_dir(out).map_err(failed("replace", out))?;
    }
    fs::rename(made, out).map_err(failed("make", out))?;
    let marker = out.join(MARKER);
    fs::remove_file(&marker).map_err(failed("delete", &marker))
}

/// Label and value of a line that a depositor may write.
fn labelled(line: &str) -> Option<(&str, &str)> {
    let (label, value) = line.split_once(':')?;
    let (label, value) = (label.trim(), value.trim());
    let fit = !label.is_empty()
        && !value.is_empty()
        && !line.contains(char::is_control)
        && !WORKED_OUT.contains(&&*label.to_ascii_lowercase());
    fit.then_some((label, value))
}
