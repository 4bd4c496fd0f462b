//! A disk that is full, or may not be written: the old site stays whole, it is told, and the next build
//! succeeds.
#![cfg(unix)]

use super::folder::{Folder, REPORT, fangzhi, tree, unprivileged};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

const BUILD: [&str; 4] = ["build", "in", "-o", "out"];

/// A site, and reports that have changed since.
fn changed() -> Folder {
    let folder = (0..8).fold(Folder::new(), |folder, number| {
        folder.with(&format!("in/{number}.txt"), REPORT)
    });
    assert_eq!(fangzhi(&BUILD, &folder).code, 0);
    folder.with("in/0.txt", format!("{REPORT}\n第二轮。\n"))
}

/// Builds where no file may have more than so many blocks of 512 bytes.
fn within(blocks: u32, folder: &Folder) -> Output {
    let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    Command::new("sh")
        .args(["-c", &limit, env!("CARGO_BIN_EXE_fangzhi")])
        .args(BUILD)
        .current_dir(folder.at("."))
        .output()
        .expect("a shell")
}

#[test]
fn a_full_disk_leaves_the_old_site_and_the_next_build_succeeds() {
    let folder = changed();
    let before = tree(&folder.at("out"));
    let mut failed = 0;
    for blocks in [0, 1, 4, 16, 40, 80, 120, 200, 400, 1_000_000] {
        let output = within(blocks, &folder);
        let err = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => assert_eq!(fangzhi(&["verify", "out"], &folder).code, 0),
            Some(2) => {
                failed += 1;
                assert!(
                    err.contains("error: ") && err.contains("disk's space"),
                    "{blocks}: {err}"
                );
                assert_eq!(tree(&folder.at("out")), before, "{blocks}");
                assert_eq!(folder.names("."), ["in", "out"], "{blocks}: {err}");
            }
            code => panic!("{blocks}: {code:?} {err}"),
        }
    }
    assert!((3..10).contains(&failed), "{failed}");
    let after = String::from_utf8_lossy(&tree(&folder.at("out"))["reports/0.html"]).into_owned();
    assert!(after.contains("第二轮。"));
}

#[test]
fn an_output_that_may_not_be_written_is_told_and_stays_as_it_was() {
    let folder = changed();
    let before = tree(&folder.at("out"));
    let mode = |path: &str, mode: u32| {
        fs::set_permissions(folder.at(path), fs::Permissions::from_mode(mode)).expect("set");
    };
    let mut first = unprivileged(&BUILD, &folder);
    let mut next = unprivileged(&BUILD, &folder);
    mode(".", 0o555);
    let refused = first.output().expect("util-linux");
    mode(".", 0o755);
    let err = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{err}");
    assert!(
        err.contains("cannot make") && err.contains("permissions"),
        "{err}"
    );
    assert_eq!(tree(&folder.at("out")), before);
    assert_eq!(next.output().expect("util-linux").status.code(), Some(0));
    assert_eq!(fangzhi(&["verify", "out"], &folder).code, 0);
}
