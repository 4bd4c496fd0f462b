//! The command line.

mod cli;

use std::process::ExitCode;

/// The programs to hand out don't leave memory to musl or Windows, which take a quarter more time.
#[cfg(any(target_env = "musl", windows))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
