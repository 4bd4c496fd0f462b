//! Files that mean harm, or might as well: each is told, takes bounded time and memory, and leaves the
//! others built and the pages dead.

mod changing;
mod folders;
mod keepers_files;
mod live;
mod names;
mod packages;
mod pdf;
mod sizes;

use crate::command::folder::{Folder, Run};
use std::process::Command;

/// Most seconds of processor time, by the tests' unoptimised program on a busy machine.
const SECONDS: u32 = 100;
/// Most address space of one process, in KiB.
const MEMORY: u32 = 2_500_000;

/// Runs the program; fails where it takes more than its share, hangs, panics or is killed.
#[track_caller]
fn bounded(arguments: &[&str], folder: &Folder) -> Run {
    let limits = format!("ulimit -t {SECONDS}; ulimit -v {MEMORY}; exec \"$0\" \"$@\"");
    let output = Command::new("timeout")
        .args(["--kill-after=5", "400", "sh", "-c", &limits])
        .arg(env!("CARGO_BIN_EXE_fangzhi"))
        .args(arguments)
        .current_dir(folder.at("."))
        .env("RAYON_NUM_THREADS", "2")
        .output()
        .expect("coreutils");
    let run = Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    };
    assert!(
        (0..=2).contains(&run.code),
        "over its time or memory, or hanging: {run:?}"
    );
    for words in [&run.out, &run.err] {
        assert!(
            !words.contains("panicked") && !words.contains("program-fault"),
            "{run:?}"
        );
    }
    run
}
