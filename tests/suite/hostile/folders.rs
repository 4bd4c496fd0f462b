//! What lies in a folder and is no report: pipes, devices, sockets, loops, what may not be read.
#![cfg(unix)]

use super::bounded;
use crate::command::folder::{Folder, REPORT, Run, unprivileged};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

#[track_caller]
fn told(run: &Run, all: &[&str]) {
    for one in all {
        assert!(run.err.contains(one), "{one} in {run:?}");
    }
}

#[test]
fn pipes_sockets_devices_and_loops_are_told_and_never_opened() {
    let folder = Folder::new()
        .with("in/good.txt", REPORT)
        .with("in/dir.md/also.txt", REPORT);
    let at = |name: &str| folder.at("in").join(name);
    let made = Command::new("mkfifo")
        .args([at("pipe.txt"), folder.at("outside")])
        .status();
    assert!(made.expect("coreutils").success());
    let _socket = std::os::unix::net::UnixListener::bind(at("socket.txt")).expect("bound");
    for (to, link) in [
        ("/dev/zero", "zero.txt"),
        ("/dev/stdin", "stdin.txt"),
        ("/proc/self/environ", "environ.txt"),
        ("/etc/passwd", "passwd.txt"),
        ("../outside", "pipe-outside.txt"),
        ("..", "up"),
        (".", "round"),
        ("loop-b.txt", "loop-a.txt"),
        ("loop-a.txt", "loop-b.txt"),
        ("nowhere.txt", "broken.txt"),
    ] {
        symlink(to, at(link)).expect("linked");
    }
    let built = bounded(&["build", "in", "-o", "out"], &folder);
    assert_eq!(built.code, 1, "links that lead nowhere: {built:?}");
    assert!(
        built.out.contains("2 reports read, 3 not read"),
        "{built:?}"
    );
    told(
        &built,
        &[
            "[not-a-file] pipe.txt: ",
            "[not-a-file] socket.txt: ",
            "[link-out] zero.txt: ",
            "[link-out] environ.txt: ",
            "[link-out] passwd.txt: ",
            "[link-out] pipe-outside.txt: ",
            "[file-unreadable] loop-a.txt: ",
            "[file-unreadable] broken.txt: ",
        ],
    );
    for path in walkdir::WalkDir::new(folder.at("out")) {
        let path = path.expect("readable").into_path();
        let text = fs::read(&path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        assert!(
            !text.is_ok_and(|text| text.contains("root:x:")),
            "{}",
            path.display()
        );
    }
    // Named outright, they are no better.
    for name in ["in/pipe.txt", "in/socket.txt", "outside"] {
        assert_eq!(bounded(&["inspect", name], &folder).code, 1, "{name}");
    }
}

/// What a keeper's own files are is no matter of trust either.
#[test]
fn an_archives_own_files_that_are_pipes_do_not_hang_it() {
    for name in [
        "metadata.csv",
        "corrections.csv",
        "divisions.csv",
        "fangzhi.toml",
        "codebook/own.toml",
    ] {
        let folder = Folder::new()
            .with("content/good.txt", REPORT)
            .with("codebook/notes.md", "");
        if name != "fangzhi.toml" {
            fs::write(folder.at("fangzhi.toml"), "").expect("written");
        }
        let made = Command::new("mkfifo").arg(folder.at(name)).status();
        assert!(made.expect("coreutils").success());
        let run = bounded(&["check"], &folder);
        assert!(
            run.code == 2 || name == "codebook/own.toml",
            "{name}: {run:?}"
        );
    }
}

#[test]
fn what_may_not_be_read_is_told_and_the_rest_is_built() {
    let folder = Folder::new()
        .with("in/good.txt", REPORT)
        .with("in/secret.txt", REPORT)
        .with("in/closed/x.txt", REPORT);
    let mode = |path: &str, mode: u32| {
        fs::set_permissions(folder.at(path), fs::Permissions::from_mode(mode)).expect("set");
    };
    let mut command = unprivileged(&["build", "in", "-o", "out"], &folder);
    mode("in/secret.txt", 0);
    mode("in/closed", 0);
    let output = command.output().expect("util-linux");
    mode("in/closed", 0o755);
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{err}");
    for told in [
        "error[file-unreadable] secret.txt: ",
        "error[file-unreadable] closed: ",
        "look at the file's permissions",
    ] {
        assert!(err.contains(told), "{told} in {err}");
    }
    assert!(folder.at("out/reports/good.html").is_file());
}
