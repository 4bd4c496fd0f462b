//! The commands as a keeper types them: what they build, what they leave alone, how they end.

use crate::generator::archive;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

const REPORT: &str = "泰州市水利局2021年法治政府建设工作报告\n一、主要工作\n查处水事案件37件。\n\
    二、存在问题\n缺编。\n三、下一步打算\n培训。\n泰州市水利局\n2022年1月20日\n";

fn fangzhi() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fangzhi"));
    command.stdin(Stdio::null());
    command
}

fn build(folder: &Path, site: &Path) -> Output {
    let mut command = fangzhi();
    command.arg("build").arg(folder).arg("-o").arg(site);
    command.output().expect("the program starts")
}

#[track_caller]
fn ends_with(output: &Output, code: i32) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{told}");
}

/// SHA-256 of every file below `folder`, by its relative path.
fn contents(folder: &Path) -> BTreeMap<String, String> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("a readable folder"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let relative = entry.path().strip_prefix(folder).expect("below");
            let digest = Sha256::digest(std::fs::read(entry.path()).expect("readable"));
            let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            (relative.display().to_string(), digest)
        })
        .collect()
}

/// Whether `site` holds exactly what its manifest says.
fn whole(site: &Path) -> bool {
    let Ok(manifest) = std::fs::read_to_string(site.join("manifest-sha256.txt")) else {
        return false;
    };
    let mut found = contents(site);
    found.remove("manifest-sha256.txt");
    found.remove(".fangzhi-site");
    let listed: BTreeMap<String, String> = manifest
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(digest, path)| (path.to_owned(), digest.to_owned()))
        .filter(|(path, _)| path != ".fangzhi-site")
        .collect();
    found == listed
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

#[test]
fn any_folder_of_reports_is_an_archive_and_its_name_does_not_show() {
    let place = folder();
    let mut sites = Vec::new();
    for (name, site) in [("报告", "one"), ("other name", "two")] {
        let reports = place.path().join(name);
        std::fs::create_dir_all(reports.join("江苏")).expect("made");
        std::fs::write(reports.join("江苏/泰州水利2021.txt"), REPORT).expect("written");
        let site = place.path().join(site);
        ends_with(&build(&reports, &site), 0);
        assert!(whole(&site));
        sites.push(contents(&site));
    }
    assert!(sites[0] == sites[1], "the folder's name shows in the site");
    assert!(
        sites[0]
            .keys()
            .any(|path| path.starts_with("reports/jiangsu")),
        "{:?}",
        sites[0].keys()
    );
}

#[test]
fn exit_codes_tell_what_was_read() {
    let place = folder();
    let reports = place.path().join("reports");
    std::fs::create_dir(&reports).expect("made");
    ends_with(&build(&reports, &place.path().join("nothing")), 2);
    assert!(!place.path().join("nothing").exists());
    ends_with(
        &build(&place.path().join("nowhere"), &place.path().join("nothing")),
        2,
    );

    std::fs::write(reports.join("a.txt"), REPORT).expect("written");
    ends_with(&build(&reports, &place.path().join("good")), 0);

    std::fs::write(reports.join("空.txt"), "").expect("written");
    let output = build(&reports, &place.path().join("part"));
    ends_with(&output, 1);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("空.txt"), "the file is named: {told}");
    let about = std::fs::read_to_string(place.path().join("part/about.html")).expect("a page");
    assert!(about.contains("空.txt"), "and stands in the worklist");

    let inspected = fangzhi()
        .arg("inspect")
        .arg(reports.join("a.txt"))
        .output()
        .expect("it starts");
    ends_with(&inspected, 0);
    let inspected = fangzhi()
        .arg("inspect")
        .arg(reports.join("空.txt"))
        .output()
        .expect("it starts");
    ends_with(&inspected, 1);
}

#[test]
fn a_new_archive_builds() {
    let place = folder();
    let archive = place.path().join("档案");
    ends_with(
        &fangzhi()
            .arg("init")
            .arg(&archive)
            .output()
            .expect("it starts"),
        0,
    );
    ends_with(&build(&archive, &place.path().join("site")), 0);
    ends_with(
        &fangzhi()
            .arg("check")
            .arg(&archive)
            .output()
            .expect("it starts"),
        0,
    );
    let again = fangzhi()
        .arg("init")
        .arg(&archive)
        .output()
        .expect("it starts");
    ends_with(&again, 2);
}

#[test]
fn a_folder_that_it_did_not_make_is_left_alone() {
    let place = folder();
    let reports = place.path().join("reports");
    std::fs::create_dir(&reports).expect("made");
    std::fs::write(reports.join("a.txt"), REPORT).expect("written");
    let mine = place.path().join("mine");
    std::fs::create_dir(&mine).expect("made");
    std::fs::write(mine.join("thesis.txt"), "three years' work").expect("written");
    ends_with(&build(&reports, &mine), 2);
    let before = contents(&mine);
    assert_eq!(before.keys().collect::<Vec<_>>(), ["thesis.txt"]);
}

#[test]
fn two_builds_are_byte_identical_whatever_the_machine_says() {
    let place = folder();
    let one = place.path().join("one");
    let two = place.path().join("two");
    let plan = archive::Plan {
        reports: 90,
        seed: 11,
        characters: 1500,
    };
    archive::write(&one, plan).expect("written");
    // The same files, made in another order.
    let mut files: Vec<_> = walkdir::WalkDir::new(&one)
        .into_iter()
        .map(|entry| entry.expect("readable").into_path())
        .filter(|path| path.is_file())
        .collect();
    files.sort_by_key(|path| Sha256::digest(path.to_string_lossy().as_bytes()).to_vec());
    for file in files {
        let copy = two.join(file.strip_prefix(&one).expect("below"));
        std::fs::create_dir_all(copy.parent().expect("a folder")).expect("made");
        std::fs::copy(&file, copy).expect("copied");
    }
    let site = |archive: &Path, name: &str, zone: &str, locale: &str, threads: &str| {
        let site = place.path().join(name);
        let output = fangzhi()
            .arg("build")
            .arg(archive)
            .arg("-o")
            .arg(&site)
            .env("TZ", zone)
            .env("LC_ALL", locale)
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .expect("the program starts");
        ends_with(&output, 0);
        contents(&site)
    };
    let first = site(&one, "s1", "Asia/Shanghai", "zh_CN.GB18030", "1");
    let second = site(&two, "s2", "America/Los_Angeles", "C", "7");
    let differing: Vec<&String> = first
        .keys()
        .filter(|path| first.get(*path) != second.get(*path))
        .collect();
    assert!(
        differing.is_empty() && first.len() == second.len(),
        "{differing:?}"
    );
}

#[test]
fn a_build_killed_at_any_moment_leaves_a_whole_site() {
    let place = folder();
    let archive = place.path().join("archive");
    let plan = archive::Plan {
        reports: 40,
        seed: 5,
        characters: 1200,
    };
    archive::write(&archive, plan).expect("written");
    let site = place.path().join("site");
    ends_with(&build(&archive, &site), 0);
    for round in 0..12_u64 {
        // Another edition each time, so that old and new differ.
        let report = archive.join("content/新到.txt");
        std::fs::write(&report, format!("{REPORT}附注{round}\n")).expect("written");
        let mut child = fangzhi()
            .arg("build")
            .arg(&archive)
            .arg("-o")
            .arg(&site)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(Duration::from_millis(40 * round));
        // It may have ended already.
        let _ = child.kill();
        let _ = child.wait();
        if !whole(&site) {
            // Only where folders can't be exchanged: then the next command completes the swap.
            ends_with(&build(&archive, &site), 0);
            assert!(whole(&site), "round {round}");
        }
    }
    ends_with(&build(&archive, &site), 0);
    assert!(whole(&site));
    let left: Vec<_> = std::fs::read_dir(place.path())
        .expect("readable")
        .map(|entry| entry.expect("readable").file_name())
        .filter(|name| name != "archive" && name != "site")
        .collect();
    assert!(left.is_empty(), "leftovers of killed builds: {left:?}");
}
