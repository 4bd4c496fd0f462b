//! Writes a fictional archive: `cargo run --release --example generate -- DIR REPORTS [SEED]`.

#[path = "archive.rs"]
mod archive;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|word| word.parse().ok());
    let (Some(folder), Some(reports)) = (arguments.first(), number(1)) else {
        eprintln!("usage: generate DIR REPORTS [SEED]");
        return ExitCode::from(2);
    };
    let plan = archive::Plan {
        reports: (reports as usize).clamp(1, 100_000),
        seed: number(2).unwrap_or(1),
        characters: 5000,
    };
    match archive::write(Path::new(folder), plan) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::FAILURE
        }
    }
}
