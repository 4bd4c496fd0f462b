//! `fangzhi inspect`.

use super::Outcome;
use super::screen::diagnostic;
use fangzhi::archive::{Archive, ArchiveError};
use fangzhi::diagnostic::{Diagnostic, Level, visible};
use fangzhi::discover::{self, Format, SourceFile};
use fangzhi::inspect;
use fangzhi::report::{self, Report};
use serde_json::json;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Prints what is understood of each file; one that cannot be read sets the exit code and keeps no
/// other from being shown.
pub(super) fn inspect(files: &[impl AsRef<Path>], as_json: bool) -> anyhow::Result<Outcome> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut outcome = Outcome::Well;
    for file in files {
        let file = file.as_ref();
        let shown = match read(file)? {
            Ok(report) => show(&mut out, &report, as_json),
            Err(told) => {
                outcome = Outcome::Errors;
                show_unread(&mut out, file, &told, as_json)
            }
        };
        match shown {
            // `fangzhi inspect … | head` is no fault.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(outcome),
            other => other?,
        }
    }
    match out.flush() {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(outcome),
        other => Ok(other.map(|()| outcome)?),
    }
}

fn read(file: &Path) -> Result<Result<Report, Vec<Diagnostic>>, ArchiveError> {
    let name = file.to_string_lossy();
    let refuse = |code, message: String, hint: &str| {
        Ok(Err(vec![
            Diagnostic::new(Level::Error, code, name.clone(), message).hint(hint),
        ]))
    };
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
    // What is wrong in the archive's own files is `check`'s to tell.
    let archive = Archive::around(file)?.output;
    let whole = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let content = archive
        .content
        .canonicalize()
        .unwrap_or_else(|_| archive.content.clone());
    let source = SourceFile {
        path: discover::slashed(whole.strip_prefix(&content).unwrap_or(&whole)),
        entry: None,
        location: whole,
        format,
        bytes: metadata.len(),
    };
    Ok(discover::read(&source)
        .map_err(|told| vec![told])
        .and_then(|bytes| report::read(&source, &bytes, &archive))
        .map(|reading| reading.report))
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
