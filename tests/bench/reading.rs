//! What each stage of reading costs: `reading FOLDER [ROUNDS]`, for the texts (`.txt`) in a folder.
//!
//! A line a stage, fields set apart by tabs: stage; CPU seconds for 1,000 reports of these texts' own
//! length; its share of all. On one thread, the best of the rounds: the noise of a machine only ever adds.

use fangzhi::clean;
use fangzhi::code;
use fangzhi::codebook::Codebook;
use fangzhi::decode;
use fangzhi::decode::Format;
use fangzhi::gazetteer::Gazetteer;
use fangzhi::identify;
use fangzhi::structure;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs, io};
use walkdir::WalkDir;

/// The program's own, so that its figures hold for a build.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const STAGES: [&str; 5] = ["decode", "clean", "structure", "identify", "code"];

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("reading FOLDER [ROUNDS]");
        std::process::exit(2);
    };
    let rounds: u32 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(5);
    let paths: Vec<PathBuf> = WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(|entry| Some(entry.ok()?.into_path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    let files: Vec<(String, Vec<u8>)> = paths
        .iter()
        .map(|path| Ok((path.to_string_lossy().into_owned(), fs::read(path)?)))
        .collect::<io::Result<_>>()?;
    let codebook = Codebook::built_in();
    let mut best = [f64::MAX; STAGES.len()];
    for _ in 0..rounds {
        let mut round = [0.0; STAGES.len()];
        for (path, bytes) in &files {
            read(path, bytes, &codebook, &mut round);
        }
        for (best, this) in best.iter_mut().zip(round) {
            *best = best.min(this);
        }
    }
    let reports = files.len().max(1);
    let all: f64 = best.iter().sum();
    for (stage, seconds) in STAGES.iter().zip(best) {
        let of_thousand = seconds * 1000.0 / reports as f64;
        println!("{stage}\t{of_thousand:.3}\t{:.0} %", seconds / all * 100.0);
    }
    Ok(())
}

/// Reads one text, and adds what each stage took; of a file that holds none, only its decoding.
fn read(path: &str, bytes: &[u8], codebook: &Codebook, spent: &mut [f64; STAGES.len()]) {
    let [decoding, cleaning, structuring, identifying, coding] = spent;
    let Ok(source) = timed(decoding, || decode::decode(bytes, Format::Text, path)) else {
        return;
    };
    let text = timed(cleaning, || clean::clean(&source.output.decoded));
    let document = timed(structuring, || structure::structure(text));
    let china = Gazetteer::china();
    let identity = timed(identifying, || identify::identify(&document, china, path));
    black_box(timed(coding, || {
        code::code(&document, &identity.output, china, codebook)
    }));
}

/// Does `work`, and adds its CPU time to `spent`.
fn timed<T>(spent: &mut f64, work: impl FnOnce() -> T) -> T {
    let begun = now();
    let done = work();
    *spent += now().saturating_sub(begun).as_secs_f64();
    done
}

/// Reads one clock: this thread's CPU time where the system tells it, else the wall's.
fn now() -> Duration {
    #[cfg(unix)]
    {
        let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(spent.tv_sec as u64, spent.tv_nsec as u32)
    }
    #[cfg(not(unix))]
    {
        static BEGUN: std::sync::LazyLock<std::time::Instant> =
            std::sync::LazyLock::new(std::time::Instant::now);
        BEGUN.elapsed()
    }
}
