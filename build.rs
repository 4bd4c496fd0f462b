//! Builds the browser's search engine, so that `cargo build` alone makes a complete program.
//!
//! Out: `engine.wasm.gz` in `OUT_DIR`. A second cargo compiles `search-index/engine` for
//! `wasm32-unknown-unknown` into `target/engine`, which all profiles share; when nothing that it is
//! made of changed, this isn't run. Who has built it elsewhere (a distribution's packager, say) names
//! the file in `FANGZHI_ENGINE`.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

fn main() {
    for made_of in ["Cargo.toml", "Cargo.lock", "build.rs", "search-index"] {
        println!("cargo::rerun-if-changed={made_of}");
    }
    println!("cargo::rerun-if-env-changed=FANGZHI_ENGINE");
    if let Err(why) = engine() {
        println!("cargo::error=the search engine for browsers can't be built: {why}");
    }
}

fn engine() -> Result<(), String> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo gave no OUT_DIR")?);
    let packed = out.join("engine.wasm.gz");
    if let Some(built) = env::var_os("FANGZHI_ENGINE").filter(|path| !path.is_empty()) {
        let built = PathBuf::from(built);
        println!("cargo::rerun-if-changed={}", built.display());
        let copied = fs::copy(&built, &packed);
        return copied
            .map(drop)
            .map_err(|error| format!("{}: {error}", built.display()));
    }
    // target/<profile>/build/<package>/out → target
    let target = out.ancestors().nth(4).unwrap_or(&out).join("engine");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args([
        "build",
        "--locked",
        "--package",
        "search-engine",
        "--profile",
        "engine",
    ]);
    command.args(["--target", TARGET, "--message-format", "short"]);
    command.arg("--target-dir").arg(&target);
    // What cargo tells a build script is about the host: it would steer the second cargo wrongly.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        let about_host = ["CARGO_", "RUST", "TARGET", "DEP_", "CLIPPY_"];
        let ways_home = [
            "CARGO_HOME",
            "CARGO_NET_OFFLINE",
            "RUSTUP_HOME",
            "RUSTUP_TOOLCHAIN",
        ];
        if about_host.iter().any(|prefix| name.starts_with(prefix)) && !ways_home.contains(&&*name)
        {
            command.env_remove(&*name);
        }
    }
    command.env(
        "CARGO_ENCODED_RUSTFLAGS",
        "--cfg\x1fgetrandom_backend=\"custom\"",
    );
    let made = command
        .output()
        .map_err(|error| format!("cargo doesn't start: {error}"))?;
    if !made.status.success() {
        let told = String::from_utf8_lossy(&made.stderr);
        if told.contains("target may not be installed") || told.contains("can't find crate for `") {
            return Err(format!("run `rustup target add {TARGET}` and build again"));
        }
        // An error of several lines would reach the user as its first.
        return Err(told.trim().replace('\n', " ⏎ "));
    }
    let wasm = target
        .join(TARGET)
        .join("engine")
        .join("search_engine.wasm");
    compress(&wasm, &packed).map_err(|error| format!("{}: {error}", wasm.display()))
}

fn compress(from: &Path, to: &Path) -> io::Result<()> {
    let mut packed = flate2::write::GzEncoder::new(File::create(to)?, flate2::Compression::best());
    packed.write_all(&fs::read(from)?)?;
    packed.finish()?.flush()
}
