//! The command line.

mod cli;

use std::process::ExitCode;

/// A build takes and gives back memory by the million pieces: an eighth less time than with glibc's
/// own allocator, a quarter less than with musl's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
