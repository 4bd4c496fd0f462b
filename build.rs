//! Builds the browser's search engine, so that `cargo build` alone makes a complete program, and sums
//! up the program's sources, so that it knows what another version of it left in a cache.
//!
//! Out: `engine.wasm.gz` in `OUT_DIR`. A second cargo compiles `search-index/engine` for
//! `wasm32-unknown-unknown` into `target/engine`, which all profiles and targets share; when nothing that it is
//! made of changed, this isn't run. Who has built it elsewhere (a distribution's packager, say) names
//! the file in `FANGZHI_ENGINE`. It takes crates of `Cargo.lock` only: after `cargo fetch --locked` there is
//! nothing left to download.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// What the engine is made of.
const ENGINE: [&str; 4] = ["Cargo.toml", "Cargo.lock", "build.rs", "search-index"];
/// What the program is made of besides.
const PROGRAM: [&str; 2] = ["src", "themes"];

fn main() {
    for made_of in ENGINE.iter().chain(&PROGRAM) {
        println!("cargo::rerun-if-changed={made_of}");
    }
    println!("cargo::rerun-if-env-changed=FANGZHI_ENGINE");
    let engine_sum = sum(&ENGINE);
    println!(
        "cargo::rustc-env=FANGZHI_SOURCES={}-{}",
        engine_sum,
        sum(&PROGRAM)
    );
    if let Err(why) = engine(&engine_sum) {
        println!("cargo::error=the search engine for browsers can't be built: {why}");
    }
}

/// A sum over the names and bytes of all files in these places.
fn sum(places: &[&str]) -> String {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = places.iter().map(PathBuf::from).collect();
    while let Some(path) = folders.pop() {
        match fs::read_dir(&path) {
            Ok(within) => folders.extend(within.filter_map(Result::ok).map(|entry| entry.path())),
            Err(_) => files.push(path),
        }
    }
    files.sort();
    // Two sums of 64 bits by FNV-1a, over the same bytes from either end.
    let mut sums = [0xcbf2_9ce4_8422_2325_u64; 2];
    for path in files {
        let name = path.to_string_lossy().replace('\\', "/");
        let bytes = [name.as_bytes(), &[0], &fs::read(&path).unwrap_or_default()].concat();
        let add = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        sums = [
            bytes.iter().fold(sums[0], add),
            bytes.iter().rev().fold(sums[1], add),
        ];
    }
    format!("{:016x}{:016x}", sums[0], sums[1])
}

/// `sum` is over what the engine is made of: nothing is done where the last engine was made of it.
fn engine(sum: &str) -> Result<(), String> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo gave no OUT_DIR")?);
    let packed = out.join("engine.wasm.gz");
    let made_of = out.join("engine.sum");
    if let Some(built) = env::var_os("FANGZHI_ENGINE").filter(|path| !path.is_empty()) {
        let built = PathBuf::from(built);
        println!("cargo::rerun-if-changed={}", built.display());
        // Who names another engine next time must not find this one.
        let _ = fs::remove_file(&made_of);
        let copied = fs::copy(&built, &packed);
        return copied
            .map(drop)
            .map_err(|error| format!("{}: {error}", built.display()));
    }
    if packed.is_file() && fs::read(&made_of).is_ok_and(|made_of| made_of == sum.as_bytes()) {
        return Ok(());
    }
    // target/[<triple>/]<profile>/build/<package>/out → target
    let mut target = out.ancestors().nth(4).unwrap_or(&out);
    if env::var_os("TARGET").is_some_and(|triple| target.file_name() == Some(&triple)) {
        target = target.parent().unwrap_or(target);
    }
    let target = target.join("engine");
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
    command.env("CARGO_ENCODED_RUSTFLAGS", flags().join("\x1f"));
    let made = command
        .output()
        .map_err(|error| format!("cargo doesn't start: {error}"))?;
    if !made.status.success() {
        let told = String::from_utf8_lossy(&made.stderr);
        if told.contains("target may not be installed") || told.contains("can't find crate for `") {
            return Err(format!("run `rustup target add {TARGET}` and build again"));
        }
        if told.contains("failed to download") {
            return Err("cargo's cache lacks crates of Cargo.lock, and they can't be had now: run `cargo fetch --locked` with a network, and build again".to_owned());
        }
        // An error of several lines would reach the user as its first.
        return Err(told.trim().replace('\n', " ⏎ "));
    }
    let wasm = target
        .join(TARGET)
        .join("engine")
        .join("search_engine.wasm");
    compress(&wasm, &packed)
        .and_then(|()| fs::write(&made_of, sum))
        .map_err(|error| format!("{}: {error}", wasm.display()))
}

/// The compiler's flags: no path of this machine goes into the engine, so that it is the same everywhere.
fn flags() -> Vec<String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let crates = home.and_then(|home| fs::read_dir(home.join("registry").join("src")).ok());
    let mut crates: Vec<PathBuf> = crates
        .into_iter()
        .flatten()
        .filter_map(|registry| Some(registry.ok()?.path()))
        .collect();
    crates.sort();
    let mut flags = vec![
        "--cfg".to_owned(),
        "getrandom_backend=\"custom\"".to_owned(),
    ];
    flags.extend(
        crates
            .iter()
            .map(|from| format!("--remap-path-prefix={}=registry", from.display())),
    );
    flags
}

fn compress(from: &Path, to: &Path) -> io::Result<()> {
    let mut packed = flate2::write::GzEncoder::new(File::create(to)?, flate2::Compression::best());
    packed.write_all(&fs::read(from)?)?;
    packed.finish()?.flush()
}
