//! `metadata.csv` made or brought up to date from an archive's reports.

use super::BuildError;
use super::read::{find, read_one};
use crate::archive::catalogue::{self, Accession};
use crate::archive::{Archive, id};
use crate::progress::{Progress, Stage};
use rayon::prelude::*;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What came of writing `metadata.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub path: PathBuf,
    /// Its rows.
    pub rows: usize,
    /// Rows that are new.
    pub added: usize,
    /// Files that were moved: from, to.
    pub moved: Vec<(String, String)>,
    /// Rows without their files.
    pub gone: usize,
    /// Values that are the keeper's.
    pub by_hand: usize,
}

/// Makes `metadata.csv` of the archive (or bare folder) at `folder`, or brings it up to date: in one
/// step, and only where it changes.
pub fn write_catalogue(folder: &Path, progress: &dyn Progress) -> Result<Written, BuildError> {
    let mut told = Vec::new();
    let mut archive = Archive::open(folder)?.unpack(&mut told);
    let files = find(&mut archive, None, &mut told);
    progress.stage(Stage::Read, files.len());
    let readings: Vec<(Accession, id::Claim)> = files
        .par_iter()
        .filter_map(|file| {
            // A file that cannot be read is the worklist's to tell.
            let reading = read_one(file, &archive).ok();
            progress.step();
            let reading = reading?;
            let source = reading.report.source;
            Some((
                Accession {
                    path: source.path,
                    sha256: source.sha256,
                    bytes: source.bytes,
                    id: None,
                    findings: catalogue::evidence(&reading.inferred, &reading.report.document),
                },
                reading.claim,
            ))
        })
        .collect();
    let (mut accessions, claims): (Vec<Accession>, Vec<id::Claim>) = readings.into_iter().unzip();
    for (one, id) in accessions.iter_mut().zip(id::assign(&claims).0) {
        one.id = id;
    }
    // A link is followed: the file that it leads to is the one to replace.
    let path = archive.root.join(catalogue::FILE);
    let path = path.canonicalize().unwrap_or(path);
    let failed = |source| BuildError::Catalogue {
        path: path.clone(),
        source,
    };
    let old = match fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    let updated = catalogue::update(old.as_deref(), &archive.catalogue, &accessions)?;
    if old.as_deref() != Some(&updated.bytes[..]) {
        replace(&path, &updated.bytes).map_err(failed)?;
    }
    Ok(Written {
        path,
        rows: updated.added + updated.kept + updated.gone,
        added: updated.added,
        moved: updated.moved,
        gone: updated.gone,
        by_hand: updated.by_hand,
    })
}

/// Puts a new file in the old one's place: whoever reads it has the one or the other whole.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".metadata-").suffix(".csv");
    // As any file that a program makes; the system takes off what the user wants taken off.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    if let Ok(old) = fs::metadata(path) {
        fs::set_permissions(file.path(), old.permissions())?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
