//! `fangzhi inspect`.

use super::Outcome;
use super::screen::diagnostic;
use fangzhi::archive::{Archive, ArchiveError, files};
use fangzhi::decode::Format;
use fangzhi::diagnostic::{Diagnostic, Level, visible};
use fangzhi::discover::{self, SourceFile, packed};
use fangzhi::inspect;
use fangzhi::report::{self, Report};
use serde_json::json;
use std::io::{self, BufWriter, Write};
use std::iter;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Prints what is understood of each file; one that cannot be read sets the exit code and keeps no
/// other from being shown.
pub(super) fn inspect(files: &[impl AsRef<Path>], as_json: bool) -> anyhow::Result<Outcome> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut outcome = Outcome::Well;
    let mut near = Near::default();
    for file in files {
        for (name, read) in read(file.as_ref(), &mut near)? {
            let shown = match read {
                Ok(report) => show(&mut out, &report, as_json),
                Err(told) => {
                    if told.iter().any(|one| one.level == Level::Error) {
                        outcome = Outcome::Errors;
                    }
                    show_unread(&mut out, &name, &told, as_json)
                }
            };
            match shown {
                // `fangzhi inspect … | head` is no fault.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(outcome),
                other => other?,
            }
        }
    }
    match out.flush() {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(outcome),
        other => Ok(other.map(|()| outcome)?),
    }
}

/// What a file, or an archive's entry, came to: the report, or why it could not be read.
type Shown = (PathBuf, Result<Report, Vec<Diagnostic>>);

/// What files came to, each read when it is asked for.
type Showing = Box<dyn Iterator<Item = Shown>>;

fn one(file: &Path, read: Result<Report, Vec<Diagnostic>>) -> Showing {
    Box::new(iter::once((file.to_owned(), read)))
}

/// Reads a file; of a ZIP archive each report in it. `a.zip/b.txt` names one of these.
fn read(file: &Path, near: &mut Near) -> Result<Showing, ArchiveError> {
    let name = file.to_string_lossy();
    let refuse = |code, message: String, hint: &str| {
        let told = Diagnostic::new(Level::Error, code, name.clone(), message).hint(hint);
        Ok(one(file, Err(vec![told])))
    };
    let packed = file
        .ancestors()
        .find(|path| discover::is_archive(path) && path.is_file());
    if let Some(packed) = packed {
        return read_packed(packed, file, near);
    }
    let metadata = match std::fs::metadata(file) {
        Ok(metadata) if metadata.is_file() => metadata,
        Ok(_) => {
            return refuse(
                "not-a-file",
                "it is not a file".to_owned(),
                "name the reports' files; `fangzhi check DIR` looks at a whole folder",
            );
        }
        Err(error) => {
            return refuse(
                "file-unreadable",
                format!("cannot be read: {error}"),
                "look at its name and its permissions",
            );
        }
    };
    let Some(format) = Format::of(file) else {
        return refuse(
            "format-not-read",
            "files of this format are not read".to_owned(),
            &format!("save the report as one of {}", discover::READ),
        );
    };
    let (archive, location, path) = near.placed(file)?;
    let source = SourceFile {
        path,
        entry: None,
        location,
        format,
        bytes: metadata.len(),
    };
    Ok(one(file, read_source(&source, &archive)))
}

/// Reads the reports in the ZIP archive `packed`: all of them, or the one that `named` names.
fn read_packed(packed: &Path, named: &Path, near: &mut Near) -> Result<Showing, ArchiveError> {
    let (archive, location, path) = near.placed(packed)?;
    let found = packed::entries(&location, &path, archive.config.limits);
    let mut told = found.warnings;
    let within = named.strip_prefix(packed).map(files::slashed);
    let wanted = within.ok().filter(|within| !within.is_empty());
    let wanted = wanted.map(|within| format!("{path}/{within}"));
    let mut sources = found.output;
    sources.retain(|source| wanted.as_ref().is_none_or(|wanted| source.path == *wanted));
    if sources.is_empty() && (told.is_empty() || wanted.is_some()) {
        let (message, hint) = match wanted {
            Some(_) => (
                "there is no such report in the archive",
                "`fangzhi inspect` with the archive's name alone shows all that are in it",
            ),
            None => (
                "there is no report in the archive",
                "look at it with the program that made it",
            ),
        };
        let name = named.to_string_lossy();
        told.push(Diagnostic::new(Level::Error, "archive-empty", name, message).hint(hint));
    }
    let tells = !told.is_empty() && (wanted.is_none() || sources.is_empty());
    let told = tells.then(|| (packed.to_owned(), Err(told)));
    let packed = packed.to_owned();
    let shown = sources.into_iter().map(move |source| {
        let name = source.path.strip_prefix(&path).unwrap_or(&source.path);
        let name = packed.join(name.trim_start_matches('/'));
        (name, read_source(&source, &archive))
    });
    Ok(Box::new(shown.chain(told)))
}

/// The archive of the files of one folder, opened once: its codebook alone takes longer than a report.
#[derive(Default)]
struct Near {
    of: Option<(PathBuf, Rc<Archive>)>,
}

impl Near {
    /// The archive that a file lies in, where the file is, and its path there.
    fn placed(&mut self, file: &Path) -> Result<(Rc<Archive>, PathBuf, String), ArchiveError> {
        let whole = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        let folder = whole.parent().unwrap_or(&whole);
        let archive = match &self.of {
            Some((of, archive)) if of == folder => Rc::clone(archive),
            _ => {
                // What is wrong in the archive's own files is `check`'s to tell.
                let archive = Rc::new(Archive::around(file)?.output);
                self.of = Some((folder.to_owned(), Rc::clone(&archive)));
                archive
            }
        };
        let content = archive
            .content
            .canonicalize()
            .unwrap_or_else(|_| archive.content.clone());
        let path = files::slashed(whole.strip_prefix(&content).unwrap_or(&whole));
        Ok((archive, whole, path))
    }
}

fn read_source(source: &SourceFile, archive: &Archive) -> Result<Report, Vec<Diagnostic>> {
    discover::read(source, archive.config.limits)
        .map_err(|told| vec![told])
        .and_then(|bytes| report::read(source, &bytes, archive))
        .map(|reading| reading.report)
}

fn show(out: &mut impl Write, report: &Report, as_json: bool) -> io::Result<()> {
    if as_json {
        serde_json::to_writer(&mut *out, &inspect::record(report))?;
        writeln!(out)
    } else {
        for line in inspect::explain(report).lines() {
            writeln!(out, "{}", visible(line))?;
        }
        writeln!(out)
    }
}

fn show_unread(
    out: &mut impl Write,
    file: &Path,
    told: &[Diagnostic],
    as_json: bool,
) -> io::Result<()> {
    if !as_json {
        return told.iter().try_for_each(|one| diagnostic(out, one));
    }
    let diagnostics: Vec<_> = told
        .iter()
        .map(|one| {
            json!({
                "level": one.level,
                "code": one.code,
                "message": one.message,
                "line": one.line,
            })
        })
        .collect();
    let record = json!({
        "id": null,
        "source": { "path": file.to_string_lossy() },
        "diagnostics": diagnostics,
    });
    writeln!(out, "{record}")
}
