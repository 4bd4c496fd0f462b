//! `fangzhi init`.

use super::Outcome;
use anyhow::{Context, bail};
use std::fs;
use std::io::Write;
use std::path::Path;

/// A small archive of a city that is not: what each of its files is for is said in it.
const EXAMPLE: [(&str, &str); 5] = [
    ("fangzhi.toml", include_str!("example/fangzhi.toml")),
    ("metadata.csv", include_str!("example/metadata.csv")),
    (
        "content/yunxi-2022.txt",
        include_str!("example/content/yunxi-2022.txt"),
    ),
    (
        "content/yunxi-2023.md",
        include_str!("example/content/yunxi-2023.md"),
    ),
    (".gitignore", "/public\n/.fangzhi\n"),
];

/// Writes the example into `dir`, which is new or empty.
pub(super) fn init(dir: &Path) -> anyhow::Result<Outcome> {
    if dir.exists() {
        let mut within =
            fs::read_dir(dir).with_context(|| format!("cannot look into {}", dir.display()))?;
        if within.next().is_some() {
            bail!("{} is not empty; name a new folder", dir.display());
        }
    }
    for (name, text) in EXAMPLE {
        let path = dir.join(name);
        let folder = path.parent().unwrap_or(dir);
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    writeln!(
        std::io::stdout(),
        "{dir} is an archive now, with two reports of a city that is not. Look at it:\n  fangzhi build {dir} -o {dir}/public\nThen delete them and their row of metadata.csv, write your title into {dir}/fangzhi.toml, and put your reports ({read}) into {dir}/content.",
        read = fangzhi::discover::READ,
        dir = dir.display()
    )?;
    Ok(Outcome::Well)
}
