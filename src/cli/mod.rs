//! What a keeper types: raw arguments, then what they mean, then the library's word in print.

mod check;
mod diff;
mod fixity;
mod init;
mod inspect;
mod screen;
mod search;
mod serve;
mod timing;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;
use fangzhi::build::{self, BuildError, Built, Options};
use fangzhi::decode::apart;
use fangzhi::diagnostic::{Diagnostic, Level};
use fangzhi::publish::Published;
use screen::{Bars, count, diagnostic, size};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

const EXIT_CODES: &str = "Exit codes: 0 all well; 1 done, but there is an error to see to (a report \
that could not be read); \
2 nothing done (wrong arguments or configuration, no report, output not writable).";

/// Turns a folder of places' yearly reports into a comparative site with full-text search that
/// works offline.
#[derive(Debug, Parser)]
#[command(name = "fangzhi", version, after_help = EXIT_CODES, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a small archive to begin with
    #[command(after_help = EXIT_CODES)]
    Init {
        /// The archive's folder; it is made, or is empty
        dir: PathBuf,
    },
    /// Build the site of an archive, or of any folder of reports
    #[command(after_help = EXIT_CODES)]
    Build {
        /// The archive (a folder with a fangzhi.toml) or a folder of reports
        #[arg(default_value = ".")]
        dir: PathBuf,
        /// Where the site goes, relative to the folder that the command is given in
        #[arg(short, long, value_name = "OUT", default_value = "public")]
        output: PathBuf,
        /// The site's address, for what needs an absolute one (sitemap, feed); no link depends on it
        #[arg(long, value_name = "URL")]
        base_url: Option<String>,
        /// The site's language: zh-Hans, zh-Hant, en, or one that the archive adds
        #[arg(long)]
        lang: Option<String>,
        /// Leave the keeper's worklist out of the site
        #[arg(long)]
        no_worklist: bool,
        /// Read and make everything anew, whatever earlier builds left in the cache
        #[arg(long)]
        fresh: bool,
        /// Print what each stage took: seconds of wall and (on Linux) CPU time
        #[arg(long)]
        timings: bool,
    },
    /// List what a keeper should look at; make or update metadata.csv
    #[command(after_help = check::HELP)]
    Check {
        #[command(flatten)]
        asked: check::Asked,
    },
    /// Show what the program understands of a report, and why
    #[command(after_help = EXIT_CODES)]
    Inspect {
        /// One JSON object a line, all there is to know of a report
        #[arg(long)]
        json: bool,
        /// The reports' files, in an archive or not
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Decode what comes in on standard input: the program calls itself so, for foreign formats
    #[command(hide = true, name = apart::COMMAND)]
    DecodeApart { memory_mib: u32 },
    /// Build a site, show it on this machine, and build it again whenever something changes
    #[command(after_help = serve::HELP)]
    Serve {
        #[command(flatten)]
        asked: serve::Asked,
    },
    /// Tell what differs between two built sites
    #[command(after_help = diff::HELP)]
    Diff {
        #[command(flatten)]
        asked: diff::Asked,
    },
    /// Search a built site: exactly the words, in all reports
    #[command(after_help = search::HELP)]
    Search {
        #[command(flatten)]
        asked: search::Asked,
    },
    /// Compare a site, or a bag, with its checksums: what is missing, altered or extra
    #[command(after_help = fixity::VERIFY_HELP)]
    Verify {
        /// The site or the bag
        #[arg(default_value = "public")]
        site: PathBuf,
    },
    /// Pack a site as a BagIt bag, the form in which libraries take files for keeping
    #[command(after_help = fixity::BAG_HELP)]
    Bag {
        /// The site
        site: PathBuf,
        /// The bag's folder; it is made
        bag: PathBuf,
        /// A line of bag-info.txt, such as 'Source-Organization: Library'; may be given again
        #[arg(short, long, value_name = "LABEL: VALUE")]
        info: Vec<String>,
    },
    /// Write a shell's completions for this program
    #[command(after_help = EXIT_CODES)]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write this program's manual page
    #[command(after_help = EXIT_CODES)]
    Man,
}

/// What a command comes to.
enum Outcome {
    Well,
    Errors,
    Faulty,
    /// Two sites are not the same.
    Differ,
}

/// Runs the command that the arguments give.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::from_arg_matches(&program().get_matches());
    let arguments = arguments.unwrap_or_else(|error| error.exit());
    apart::decode_by(std::env::current_exe().unwrap_or_else(|_| as_called()));
    match dispatch(arguments.command) {
        Ok(Outcome::Well) => ExitCode::SUCCESS,
        Ok(Outcome::Errors | Outcome::Faulty | Outcome::Differ) => ExitCode::from(1),
        Err(error) => {
            let mut err = std::io::stderr().lock();
            // Who reads no errors is not told that they could not be written.
            let _ = writeln!(err, "error: {error:#}");
            if let Some(hint) = hint(&error) {
                let _ = writeln!(err, "  help: {hint}");
            }
            ExitCode::from(2)
        }
    }
}

/// Where this program lies by the name that it was called by: all there is to go by where there is no
/// `/proc`. A bare name was found in `PATH`, and will be again.
fn as_called() -> PathBuf {
    let called = PathBuf::from(std::env::args_os().next().unwrap_or_default());
    if called.components().count() < 2 {
        return called;
    }
    std::path::absolute(&called).unwrap_or(called)
}

/// The command line; its long version tells the engine too.
fn program() -> clap::Command {
    let version = format!(
        "{}\nsearch engine {}, index schema {}",
        env!("CARGO_PKG_VERSION"),
        fangzhi::index::engine(),
        search_index::SCHEMA_VERSION
    );
    // Needed as long as the program runs.
    Arguments::command().long_version(&*version.leak())
}

/// Writes the manual: the program's page, and each command's after it.
fn manual(out: &mut impl Write) -> std::io::Result<()> {
    let mut program = Arguments::command();
    program.build();
    clap_mangen::Man::new(program.clone()).render(out)?;
    for command in program
        .get_subcommands()
        .filter(|one| one.get_name() != "help" && !one.is_hide_set())
    {
        clap_mangen::Man::new(command.clone()).render(out)?;
    }
    Ok(())
}

fn hint(error: &anyhow::Error) -> Option<String> {
    error
        .downcast_ref::<BuildError>()
        .and_then(BuildError::hint)
        .or_else(|| {
            error
                .downcast_ref::<fangzhi::archive::ArchiveError>()
                .and_then(fangzhi::archive::ArchiveError::hint)
        })
        .or_else(|| {
            error
                .downcast_ref::<fangzhi::index::SiteSearchError>()
                .and_then(fangzhi::index::SiteSearchError::hint)
        })
        .or_else(|| fixity::hint(error).map(str::to_owned))
        .or_else(|| {
            error
                .downcast_ref::<fangzhi::diff::DiffError>()
                .map(|error| error.hint().to_owned())
        })
        .or_else(|| {
            error
                .downcast_ref::<fangzhi::serve::ServeError>()
                .and_then(fangzhi::serve::ServeError::hint)
                .map(str::to_owned)
        })
}

fn dispatch(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Init { dir } => init::init(&dir),
        Command::Build {
            dir,
            output,
            base_url,
            lang,
            no_worklist,
            fresh,
            timings,
        } => build_site(
            &dir,
            timings,
            &Options {
                output,
                base_url,
                lang,
                no_worklist,
                cache: fangzhi::cache::place(&dir),
                fresh,
            },
        ),
        Command::Check { asked } => check::check(&asked),
        Command::DecodeApart { memory_mib } => {
            apart::serve(std::io::stdin(), std::io::stdout(), memory_mib)?;
            Ok(Outcome::Well)
        }
        Command::Inspect { json, files } => inspect::inspect(&files, json),
        Command::Serve { asked } => serve::serve(&asked),
        Command::Diff { asked } => diff::diff(&asked),
        Command::Search { asked } => search::search(&asked),
        Command::Verify { site } => fixity::verify(&site),
        Command::Bag { site, bag, info } => fixity::bag(&site, &bag, &info),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "fangzhi", &mut script);
            std::io::stdout().lock().write_all(&script)?;
            Ok(Outcome::Well)
        }
        Command::Man => Ok(manual(&mut std::io::stdout().lock()).map(|()| Outcome::Well)?),
    }
}

/// Warnings of a build that are printed; all of them stand in the site's worklist.
const WARNINGS_SHOWN: usize = 20;

fn build_site(dir: &Path, timings: bool, options: &Options) -> anyhow::Result<Outcome> {
    let begun = Instant::now();
    let bars = Bars::default();
    let built = build::build(dir, options, &bars);
    bars.clear();
    if timings {
        bars.laps().print(&mut std::io::stderr().lock())?;
    }
    if let Err(BuildError::NoReports { told, .. }) = &built {
        let mut err = std::io::stderr().lock();
        for one in told {
            diagnostic(&mut err, one)?;
        }
    }
    let built = built?;
    report_build(&built, &options.output, begun)?;
    Ok(outcome(&built.diagnostics))
}

fn report_build(built: &Built, output: &Path, begun: Instant) -> anyhow::Result<()> {
    let mut err = std::io::stderr().lock();
    let (errors, others): (Vec<_>, Vec<_>) = built
        .diagnostics
        .iter()
        .filter(|one| one.level > Level::Note)
        .partition(|one| one.level == Level::Error);
    for one in errors.iter().chain(others.iter().take(WARNINGS_SHOWN)) {
        diagnostic(&mut err, one)?;
    }
    if others.len() > WARNINGS_SHOWN {
        writeln!(
            err,
            "… and {} more; `fangzhi check` lists them, and so does the site's about page",
            others.len() - WARNINGS_SHOWN
        )?;
    }
    let notes = built.diagnostics.iter();
    let notes = notes.filter(|one| one.level == Level::Note).count();
    if notes > 0 {
        writeln!(err, "{}: `fangzhi check` lists them", count(notes, "note"))?;
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{}: {} read, {} not read, {} doubtful; {}, {}; {}; {:.1} s",
        output.display(),
        count(built.read, "report"),
        built.unread,
        built.doubtful,
        count(built.published.pages, "page"),
        size(built.published.bytes),
        changes(&built.published),
        begun.elapsed().as_secs_f64(),
    )?;
    writeln!(
        out,
        "open {} in a browser",
        output.join("index.html").display()
    )?;
    Ok(())
}

/// What of the site changed on the disk.
fn changes(published: &Published) -> String {
    let (written, removed) = (published.written, published.removed);
    match (written, removed) {
        (0, 0) => "nothing changed".to_owned(),
        (_, 0) => format!("{} written", count(written, "file")),
        _ => format!("{} written, {removed} removed", count(written, "file")),
    }
}

/// An error is what the exit code tells; warnings and notes are the keeper's to judge.
fn outcome(told: &[Diagnostic]) -> Outcome {
    if told.iter().any(|one| one.level == Level::Error) {
        Outcome::Errors
    } else {
        Outcome::Well
    }
}
