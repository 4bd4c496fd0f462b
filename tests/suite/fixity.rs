//! What a keeper of digital holdings is promised: every file of a site has its checksum, other
//! programs can read them, and damage is told file by file.

use crate::command::folder::{Folder, REPORT, Run, fangzhi, run, tree};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn site() -> Folder {
    let folder = Folder::new()
        .with("in/云溪2022.txt", REPORT)
        .with("in/石浦2022.txt", REPORT.replace("云溪", "石浦"));
    let built = fangzhi(&["build", "in", "-o", "site"], &folder);
    assert_eq!(built.code, 0, "{built:?}");
    folder
}

/// Runs `sha256sum -c` in a folder.
fn sha256sum(folder: &Path) -> bool {
    Command::new("sha256sum")
        .args(["--check", "--quiet", "--strict", "manifest-sha256.txt"])
        .current_dir(folder)
        .status()
        .expect("coreutils")
        .success()
}

/// The Library of Congress's own validator.
fn bagit(bag: &Path) -> bool {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin/bagit.py");
    Command::new(&program)
        .args(["--validate", "--quiet"])
        .arg(bag)
        .status()
        .unwrap_or_else(|error| panic!("{}: {error}: `tests/run` installs it", program.display()))
        .success()
}

#[test]
fn the_manifest_covers_every_file_and_sha256sum_reads_it() {
    let folder = site();
    assert!(sha256sum(&folder.at("site")));
    let manifest = fs::read_to_string(folder.at("site/manifest-sha256.txt")).expect("there");
    let listed: Vec<&str> = manifest
        .lines()
        .filter_map(|line| Some(line.split_once("  ")?.1))
        .collect();
    let mut there: Vec<String> = tree(&folder.at("site")).into_keys().collect();
    there.retain(|path| path != "manifest-sha256.txt");
    assert_eq!(listed, there);
    fs::write(folder.at("site/index.html"), "别的").expect("written");
    assert!(!sha256sum(&folder.at("site")));
}

#[test]
fn what_is_missing_altered_or_extra_is_told_by_its_path() {
    let folder = site();
    let whole = fangzhi(&["verify", "site"], &folder);
    assert_eq!(whole.code, 0, "{whole:?}");
    assert!(
        whole.out.starts_with("site: the site is whole: "),
        "{whole:?}"
    );
    // What file managers leave is not the site's and does not make it another.
    let folder = folder
        .with("site/.DS_Store", "")
        .with("site/data/Thumbs.db", "");
    assert_eq!(fangzhi(&["verify", "site"], &folder).code, 0);

    fs::remove_file(folder.at("site/search.html")).expect("deleted");
    let mut bytes = fs::read(folder.at("site/data/reports.csv")).expect("there");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(folder.at("site/data/reports.csv"), bytes).expect("written");
    let folder = folder.with("site/reports/笔记.txt", "我的");
    let damaged = fangzhi(&["verify", "site"], &folder);
    assert_eq!(damaged.code, 1, "{damaged:?}");
    let told: Vec<&str> = damaged.out.lines().collect();
    assert_eq!(
        told[..3],
        [
            "data/reports.csv: altered: its checksum is another than the one listed",
            "reports/笔记.txt: extra: no manifest lists it",
            "search.html: missing",
        ]
    );
    assert!(told[3].starts_with("site: the site is not whole: 3 faults in "));
    assert!(damaged.err.contains("comparing files"), "{damaged:?}");

    fs::remove_file(folder.at("site/manifest-sha256.txt")).expect("deleted");
    let unlisted = fangzhi(&["verify", "site"], &folder);
    assert_eq!(unlisted.code, 1, "{unlisted:?}");
    assert!(unlisted.out.starts_with("manifest-sha256.txt: missing\n"));
    for none in ["in", "nowhere"] {
        let none = fangzhi(&["verify", none], &folder);
        assert_eq!(none.code, 2, "{none:?}");
        assert!(none.err.contains("help: "), "{none:?}");
    }
}

/// A manifest may come from anybody: it leads nowhere out of its folder.
#[test]
fn a_manifest_names_only_files_of_its_folder() {
    let folder = site().with("secret.txt", "x");
    let manifest = folder.at("site/manifest-sha256.txt");
    let mut lines = fs::read_to_string(&manifest).expect("there");
    let sum = "0".repeat(64);
    let absolute = folder.at("secret.txt");
    let mut wrong = vec![
        "../secret.txt".to_owned(),
        absolute.to_string_lossy().into_owned(),
        "reports/../../secret.txt".to_owned(),
        "reports\\..\\secret.txt".to_owned(),
        String::new(),
    ];
    let faults = wrong.len() + 2;
    for path in wrong.drain(..) {
        lines.push_str(&format!("{sum}  {path}\n"));
    }
    lines.push_str("not a checksum\n");
    lines.push_str(&format!("{}  index.html\n", "zz".repeat(32)));
    fs::write(&manifest, lines).expect("written");
    let told = fangzhi(&["verify", "site"], &folder);
    assert_eq!(told.code, 1, "{told:?}");
    assert_eq!(
        told.out.matches("is no checksum with a path").count(),
        faults
    );
    assert!(
        told.out.contains(&format!(": {faults} faults in ")),
        "{told:?}"
    );
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_a_site_are_told_and_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = site();
    fs::rename(folder.at("site/index.html"), folder.at("index.html")).expect("moved");
    symlink("../index.html", folder.at("site/index.html")).expect("linked");
    fs::rename(folder.at("site/data"), folder.at("data")).expect("moved");
    symlink("../data", folder.at("site/data")).expect("linked");
    fs::remove_file(folder.at("site/about.html")).expect("deleted");
    let piped = Command::new("mkfifo")
        .arg(folder.at("site/about.html"))
        .status();
    assert!(piped.expect("coreutils").success());
    let told = fangzhi(&["verify", "site"], &folder);
    assert_eq!(told.code, 1, "{told:?}");
    for path in ["index.html", "about.html", "data/reports.csv"] {
        let line = format!("{path}: altered: it is not a regular file any more\n");
        assert!(told.out.contains(&line), "{path} {told:?}");
    }
    assert!(told.out.contains("data: extra: "), "{told:?}");
}

fn bag(folder: &Folder, out: &str, info: &[&str]) -> Run {
    let info = info.iter().flat_map(|line| ["--info", line]);
    let arguments: Vec<&str> = ["bag", "site", out].into_iter().chain(info).collect();
    fangzhi(&arguments, folder)
}

#[test]
fn a_bag_is_valid_for_the_library_of_congress_and_for_verify() {
    let folder = site();
    let made = bag(&folder, "bag", &["Source-Organization: 云溪市图书馆"]);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(bagit(&folder.at("bag")));
    let verified = fangzhi(&["verify", "bag"], &folder);
    assert_eq!(verified.code, 0, "{verified:?}");
    assert!(verified.out.starts_with("bag: the bag is whole: "));
    assert_eq!(tree(&folder.at("bag/data")), tree(&folder.at("site")));
    assert_eq!(
        folder.names("bag"),
        [
            "bag-info.txt",
            "bagit.txt",
            "data",
            "manifest-sha256.txt",
            "tagmanifest-sha256.txt"
        ]
    );
    assert_eq!(folder.names("."), ["bag", "in", "site"]);
    let info = fs::read_to_string(folder.at("bag/bag-info.txt")).expect("there");
    let payload = tree(&folder.at("bag/data"));
    let bytes: usize = payload.values().map(Vec::len).sum();
    let oxum = format!("Payload-Oxum: {bytes}.{}\n", payload.len());
    assert!(
        info.contains(&oxum) && !info.contains("Bagging-Date"),
        "{info}"
    );
    assert!(
        info.starts_with("Source-Organization: 云溪市图书馆\n"),
        "{info}"
    );
    // The same site and words give the same bag, wherever and whenever.
    let environment = [("TZ", "Asia/Urumqi")];
    let arguments = [
        "bag",
        "site",
        "two",
        "-i",
        "Source-Organization:云溪市图书馆",
    ];
    assert_eq!(run(&arguments, &folder, &environment).code, 0);
    assert_eq!(tree(&folder.at("bag")), tree(&folder.at("two")));
    // A bag's payload is the site, as good as before.
    assert_eq!(fangzhi(&["verify", "bag/data"], &folder).code, 0);
}

/// A path, what is told of it, and how it comes to that.
type Damage<'a> = (&'a str, &'a str, Box<dyn Fn() + 'a>);

/// Both validators agree on what is a whole bag.
#[test]
fn a_damaged_bag_is_told_as_the_library_of_congress_tells_it() {
    let folder = site();
    assert_eq!(bag(&folder, "bag", &[]).code, 0);
    let whole = tree(&folder.at("bag"));
    let alter = |path: &str, from: &str, to: &str| {
        let text = String::from_utf8(whole[path].clone()).expect("UTF-8");
        assert!(text.contains(from));
        fs::write(folder.at("bag").join(path), text.replace(from, to)).expect("written");
    };
    let at = |path: &str| -> PathBuf { folder.at("bag").join(path) };
    let damages: [Damage<'_>; 6] = [
        (
            "data/index.html",
            "missing",
            Box::new(|| fs::remove_file(at("data/index.html")).expect("deleted")),
        ),
        (
            "data/index.html",
            "altered",
            Box::new(|| fs::write(at("data/index.html"), "x").expect("written")),
        ),
        (
            "data/more.txt",
            "extra",
            Box::new(|| fs::write(at("data/more.txt"), "x").expect("written")),
        ),
        (
            "bag-info.txt",
            "altered",
            Box::new(|| alter("bag-info.txt", "fangzhi", "else")),
        ),
        (
            "bagit.txt",
            "not as RFC 8493 has it",
            Box::new(|| alter("bagit.txt", "BagIt-Version: ", "Version ")),
        ),
        (
            "manifest-sha256.txt",
            "altered",
            Box::new(|| {
                alter(
                    "manifest-sha256.txt",
                    "data/index.html",
                    "data/../../in/index.html",
                );
            }),
        ),
    ];
    for (path, what, damage) in &damages {
        damage();
        let told = fangzhi(&["verify", "bag"], &folder);
        assert_eq!(told.code, 1, "{told:?}");
        assert!(
            told.out.contains(&format!("{path}: {what}")),
            "{path} {told:?}"
        );
        assert!(!bagit(&folder.at("bag")), "{path}: {what}");
        let _ = fs::remove_file(at("data/more.txt"));
        for (path, bytes) in &whole {
            fs::write(at(path), bytes).expect("written");
        }
    }
    assert!(bagit(&folder.at("bag")));
    fs::rename(at("manifest-sha256.txt"), at("manifest-md5.txt")).expect("moved");
    assert_eq!(fangzhi(&["verify", "bag"], &folder).code, 2);
}

#[test]
fn no_bag_is_made_of_what_is_not_whole_nor_over_what_is_there() {
    let folder = site().with("taken/notes.txt", "我的");
    for (out, info, told) in [
        ("taken", "A: b", "is there already"),
        ("site/bag", "A: b", "lies in the site"),
        ("bag", "Payload-Oxum: 1.1", "is no label with a value"),
        ("bag", "no label", "is no label with a value"),
    ] {
        let refused = bag(&folder, out, &[info]);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.err.contains(told), "{refused:?}");
    }
    assert_eq!(fangzhi(&["bag", "in", "bag"], &folder).code, 2);
    fs::write(folder.at("site/index.html"), "").expect("written");
    let refused = bag(&folder, "bag", &[]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("index.html is altered"), "{refused:?}");
    assert_eq!(folder.names("."), ["in", "site", "taken"]);
    assert_eq!(folder.names("taken"), ["notes.txt"]);
}
