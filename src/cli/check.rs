//! `fangzhi check`.

use super::screen::{Bars, count, diagnostic};
use super::{Outcome, outcome};
use clap::Args;
use fangzhi::build::{self, Survey};
use fangzhi::cache;
use fangzhi::diagnostic::{Diagnostic, Level};
use fangzhi::worklist;
use std::io::{self, Write};
use std::path::PathBuf;

pub(super) const HELP: &str = "\
The codebook's examples and the corrections are checked too. --write makes metadata.csv, or brings it
up to date: a row a file, its id frozen, each value with what was inferred, how sure that is, and from
which words. Change a value in a spreadsheet: it is yours from then on.

--json gives {\"read\", \"unread\", \"doubtful\", \"worklist\": [{\"level\", \"matter\", \"code\", \"file\",
\"line\", \"report\", \"message\", \"fix\"}]}; level: error, warning, note; matter: missing, doubtful,
ambiguous, contradictory, duplicated. --csv gives the same rows for a spreadsheet.

Exit codes: 0 no error (with --strict: no warning either); 1 the list holds one; 2 nothing done (wrong
arguments or configuration, metadata.csv not writable).";

/// What is checked, and how it is shown.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// The archive or a folder of reports
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Make or update metadata.csv
    #[arg(long)]
    write: bool,
    /// One JSON object
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// A table for a spreadsheet
    #[arg(long)]
    csv: bool,
    /// Let warnings set the exit code as errors do
    #[arg(long)]
    strict: bool,
    /// Read everything anew, whatever builds and checks left in the cache
    #[arg(long)]
    fresh: bool,
}

/// Checks, and prints the worklist.
pub(super) fn check(asked: &Asked) -> anyhow::Result<Outcome> {
    let bars = Bars::default();
    if asked.write {
        let written = build::write_catalogue(&asked.dir, &bars);
        bars.clear();
        let written = written?;
        let mut err = io::stderr().lock();
        for (from, to) in &written.moved {
            writeln!(err, "moved: {from} is now {to}")?;
        }
        writeln!(
            err,
            "{}: {}, {} new, {} moved, {} without their files; {} stated by hand",
            written.path.display(),
            count(written.rows, "row"),
            written.added,
            written.moved.len(),
            written.gone,
            count(written.by_hand, "value"),
        )?;
    }
    let place = cache::place(&asked.dir);
    let survey = build::survey(&asked.dir, place.as_deref(), asked.fresh, &bars);
    bars.clear();
    let survey = survey?;
    match print(asked, &survey).and_then(|()| io::stdout().flush()) {
        // `fangzhi check … | head` is no fault.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(verdict(&survey.diagnostics(), asked.strict)),
    }
}

fn verdict(told: &[Diagnostic], strict: bool) -> Outcome {
    if strict && told.iter().any(|one| one.level == Level::Warning) {
        Outcome::Errors
    } else {
        outcome(told)
    }
}

fn print(asked: &Asked, survey: &Survey) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let tasks = worklist::tasks(&survey.told, &survey.cards);
    if asked.json {
        return out.write_all(&worklist::json(&tasks, &survey.cards, survey.unread));
    }
    if asked.csv {
        return out.write_all(&worklist::csv(&tasks));
    }
    for task in &tasks {
        diagnostic(&mut out, task.diagnostic)?;
    }
    let doubtful = survey.cards.iter().filter(|card| card.doubtful).count();
    writeln!(
        out,
        "{} read, {} not read, {doubtful} doubtful",
        count(survey.cards.len(), "report"),
        survey.unread,
    )
}
