//! `fangzhi serve`.

use super::Outcome;
use super::screen::{Bars, count, diagnostic};
use anyhow::Context;
use clap::Args;
use fangzhi::build::BuildError;
use fangzhi::serve::{self, Happened, Options, Signal};
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

pub(super) const HELP: &str = "\
The site is built and served, and built again when a report, the theme, the codebook, a CSV or the
configuration changes; open pages load themselves anew. Where a build fails, the last good site stays
and its pages say what is the matter, with file and line. An archive's served site is kept in its
.fangzhi/serve, a bare folder's among the system's temporary files. Ctrl+C ends it; twice, at once.

Exit codes: 0 served until Ctrl+C; 2 not served (no folder, the port is taken).";

/// What is served, and where.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// The archive (a folder with a fangzhi.toml) or a folder of reports
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// The port [default: 8100, or a free one where it is taken]
    #[arg(long)]
    port: Option<u16>,
    /// The address; another than this machine's own lets other machines look on
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
}

/// Serves until Ctrl+C.
pub(super) fn serve(asked: &Asked) -> anyhow::Result<Outcome> {
    let (changes, signals) = mpsc::channel();
    let stop = changes.clone();
    let stopping = AtomicBool::new(false);
    ctrlc::set_handler(move || {
        if stopping.swap(true, Ordering::Relaxed) {
            // What a build leaves half done, the next one clears away.
            std::process::exit(130);
        }
        // Whoever does not listen has ended already.
        let _ = stop.send(Signal::Stop);
    })
    .context("cannot listen for Ctrl+C")?;
    let options = Options {
        address: asked.address,
        port: asked.port,
    };
    let bars = Bars::default();
    serve::serve(
        &asked.dir,
        options,
        (changes, &signals),
        &bars,
        &mut |happened| {
            bars.clear();
            // Whoever does not read it sees it in the pages.
            let _ = tell(&happened);
        },
    )?;
    Ok(Outcome::Well)
}

fn tell(happened: &Happened) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match happened {
        Happened::Serving { url } => writeln!(out, "serving {url} (Ctrl+C ends it)")?,
        Happened::Built { built, took } => {
            let unread = match built.unread {
                0 => String::new(),
                unread => format!(", {unread} not read"),
            };
            writeln!(
                out,
                "built {}{unread}; {:.1} s",
                count(built.read, "report"),
                took.as_secs_f64()
            )?;
        }
        Happened::Failed { error } => {
            let mut err = std::io::stderr().lock();
            if let BuildError::NoReports { told, .. } = error {
                for one in told {
                    diagnostic(&mut err, one)?;
                }
            }
            writeln!(err, "error: {error}")?;
            if let Some(hint) = error.hint() {
                writeln!(err, "  help: {hint}")?;
            }
        }
    }
    out.flush()
}
