//! Folders as they are: links, pipes, strange names, files of other formats.

use super::folder::{Folder, REPORT, fangzhi};

#[test]
fn formats_that_are_not_read_are_told_once_each() {
    let folder = Folder::new()
        .with("甲.txt", REPORT)
        .with("b/1.xlsx", "")
        .with("b/2.XLSX", "")
        .with("c.pptx", "")
        .with("noext", "")
        .with("README.md", "# 说明\n")
        .with(".hidden/乙.txt", REPORT)
        .with(".hidden.txt", REPORT);
    let checked = fangzhi(&["check"], &folder);
    assert_eq!(checked.code, 0, "{checked:?}");
    assert!(
        checked.out.contains("1 report read, 0 not read"),
        "{checked:?}"
    );
    assert_eq!(
        checked.out.matches("[format-not-read]").count(),
        3,
        "{checked:?}"
    );
    assert!(
        checked
            .out
            .contains("b/1.xlsx: not read: 2 files of format .xlsx"),
        "{checked:?}"
    );
    assert!(!checked.out.contains("README"), "{checked:?}");
}

#[test]
fn an_archives_own_files_are_no_reports() {
    let folder = Folder::new()
        .with("fangzhi.toml", "content = \".\"\n")
        .with("metadata.csv", "path\n甲.txt\n")
        .with("divisions.csv", "code,name,level\n990000,云岭省,province\n")
        .with("themes/notes.md", "# 主题\n")
        .with("codebook/notes.md", "# 编码\n")
        .with("甲.txt", REPORT);
    let checked = fangzhi(&["check"], &folder);
    assert!(
        checked.out.contains("1 report read, 0 not read"),
        "{checked:?}"
    );
    assert!(!checked.out.contains("format-not-read"), "{checked:?}");
}

/// As spreadsheets of some languages save it.
#[test]
fn divisions_may_stand_between_semicolons() {
    let report = REPORT.replace("云溪市", "云岭县");
    let folder = Folder::new()
        .with(
            "divisions.csv",
            "\u{feff}code;name;level;parent\r\n990000;云岭省;province;\r\n990100;云南岭市;prefecture;990000\r\n990121;云岭县;county;990100\r\n",
        )
        .with("甲.txt", &*report);
    let checked = fangzhi(&["check"], &folder);
    assert!(!checked.out.contains("division-unreadable"), "{checked:?}");
    let inspected = fangzhi(&["inspect", "--json", "甲.txt"], &folder);
    assert!(inspected.out.contains("\"990121\""), "{inspected:?}");
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_told_and_never_followed_out_or_round() {
    use std::os::unix::fs::symlink;
    let outside = Folder::new()
        .with("乙.txt", REPORT)
        .with("d/丙.txt", REPORT);
    let folder = Folder::new()
        .with("甲.txt", REPORT)
        .with("dir.txt/丁.txt", REPORT);
    symlink(outside.at("乙.txt"), folder.at("out.txt")).expect("linked");
    symlink(outside.at("d"), folder.at("outdir")).expect("linked");
    symlink(folder.at("."), folder.at("dir.txt/loop")).expect("linked");
    symlink(folder.at("nowhere.txt"), folder.at("broken.txt")).expect("linked");
    symlink("甲.txt", folder.at("same.txt")).expect("linked");
    let piped = std::process::Command::new("mkfifo")
        .arg(folder.at("pipe.txt"))
        .status()
        .expect("coreutils");
    assert!(piped.success());
    let checked = fangzhi(&["check"], &folder);
    // A link that leads nowhere is a report that cannot be read.
    assert_eq!(checked.code, 1, "{checked:?}");
    assert!(
        checked.out.contains("3 reports read, 1 not read"),
        "{checked:?}"
    );
    for told in [
        "warning[link-out] out.txt: ",
        "warning[link-out] outdir: ",
        "warning[link-loop] dir.txt/loop: ",
        "error[file-unreadable] broken.txt: ",
        "warning[not-a-file] pipe.txt: ",
        "note[folder-named-like-a-file] dir.txt: ",
    ] {
        assert!(checked.out.contains(told), "{told} {checked:?}");
    }
    assert!(!checked.out.contains("丙"), "{checked:?}");
}

#[test]
fn one_bad_file_leaves_the_others_built() {
    let gbk = encoding_rs::GBK.encode(REPORT).0.into_owned();
    let folder = Folder::new()
        .with("gbk.txt", gbk)
        .with("zip.txt", b"PK\x03\x04...")
        .with(
            "noise.txt",
            (0..=255).cycle().take(5000).collect::<Vec<u8>>(),
        )
        .with("long.txt", "政".repeat(400_000))
        .with(
            "bomb.md",
            format!("---\na: {}\n---\n{REPORT}", "[".repeat(3000)),
        )
        .with(&format!("{}.txt", "长".repeat(80)), REPORT)
        .with("con.txt", REPORT)
        .with("-rf.txt", REPORT);
    let built = fangzhi(&["build", "-o", "out"], &folder);
    assert_eq!(built.code, 1, "{built:?}");
    assert!(
        built.out.contains("5 reports read, 3 not read"),
        "{built:?}"
    );
    for told in [
        "error[not-text] zip.txt: ",
        "error[not-text] noise.txt: ",
        "error[too-large] long.txt:1: ",
        "warning[front-matter-invalid] bomb.md:2: ",
    ] {
        assert!(built.err.contains(told), "{told} {built:?}");
    }
    for name in folder.names("out/reports") {
        assert!(
            name.is_ascii() && name.len() < 110 && !name.starts_with('-') && name != "con.html",
            "{name}"
        );
    }
}
