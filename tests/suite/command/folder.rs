//! A folder that is filled, given to the program, and looked at.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A short report of no real place, in the genre.
pub(crate) const REPORT: &str = "云溪市2022年法治政府建设情况报告\n\
\n\
一、主要做法和成效\n\
\n\
全年审查规范性文件41件,办理行政复议案件78件。\n\
\n\
二、存在的问题\n\
\n\
基层执法力量与任务还不相称。\n\
\n\
三、下一步工作安排\n\
\n\
推进镇街综合执法规范化建设。\n";

/// A folder that is deleted with its end, and the user's cache directory.
pub(crate) struct Folder(tempfile::TempDir, tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = || tempfile::tempdir().expect("a folder");
        Self(folder(), folder())
    }

    /// With this file in it.
    pub(crate) fn with(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
        self
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Names in a folder, hidden ones too.
    pub(crate) fn names(&self, path: &str) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.at(path))
            .expect("a folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }
}

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program, ready to run in `folder`.
pub(crate) fn command(arguments: &[&str], folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fangzhi"));
    command.args(arguments).current_dir(folder.at("."));
    command.env("XDG_CACHE_HOME", folder.1.path());
    command
}

pub(crate) fn run(arguments: &[&str], folder: &Folder, environment: &[(&str, &str)]) -> Run {
    let output = command(arguments, folder)
        .envs(environment.iter().copied())
        .output()
        .expect("runs");
    Run {
        code: output.status.code().expect("ends by itself"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// The program, ready to run in `folder` as somebody whom file permissions hold: the system's
/// superuser, whom they do not, gives up its rights first. Everything in the folder becomes
/// theirs.
#[cfg(unix)]
pub(crate) fn unprivileged(arguments: &[&str], folder: &Folder) -> Command {
    use std::os::unix::fs::{PermissionsExt, chown};
    const NOBODY: u32 = 65534;
    let superuser = Command::new("id").arg("-u").output().expect("coreutils");
    if superuser.stdout != b"0\n" {
        return command(arguments, folder);
    }
    // Where it was built, others may have no way to it.
    let program = folder.at(".program");
    if !program.exists() {
        fs::copy(env!("CARGO_BIN_EXE_fangzhi"), &program).expect("copied");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("set");
    }
    for entry in walkdir::WalkDir::new(folder.at(".")) {
        chown(entry.expect("readable").path(), Some(NOBODY), Some(NOBODY)).expect("given");
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(program)
        .args(arguments)
        .current_dir(folder.at("."));
    command
}

pub(crate) fn fangzhi(arguments: &[&str], folder: &Folder) -> Run {
    run(arguments, folder, &[])
}

/// All files below a folder, by path.
pub(crate) fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(root)
        .into_iter()
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(root).expect("below");
            let path = path.to_string_lossy().replace('\\', "/");
            (path, fs::read(entry.path()).expect("read"))
        })
        .collect()
}
