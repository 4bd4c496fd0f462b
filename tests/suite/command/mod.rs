//! The program as a keeper runs it: commands, exit codes, and what stands on the disk afterwards.

mod apart;
mod faults;
pub(crate) mod folder;
mod keeper;
mod killed;
mod messy;

use folder::{Folder, REPORT, fangzhi, tree};
use std::fs;

#[test]
fn an_example_archive_is_made_and_built() {
    let folder = Folder::new();
    let made = fangzhi(&["init", "archive"], &folder);
    assert_eq!(made.code, 0, "{made:?}");
    assert_ne!(fangzhi(&["init", "archive"], &folder).code, 0);
    let built = fangzhi(&["build", "archive", "-o", "out"], &folder);
    assert_eq!(built.code, 0, "{built:?}");
    assert!(
        built
            .out
            .starts_with("out: 2 reports read, 0 not read, 0 doubtful; "),
        "{built:?}"
    );
    assert_eq!(built.err.matches("warning[").count(), 0, "{built:?}");
    let site = tree(&folder.at("out"));
    assert!(site.contains_key("reports/yunxi-2022.html"));
    assert!(
        site.contains_key("regions/yunling/yunxi.html"),
        "{:?}",
        site.keys()
    );
    let page = String::from_utf8_lossy(&site["reports/yunxi-2023.html"]).into_owned();
    assert!(page.contains("镇街法制审核人员流动较快"));
}

#[test]
fn a_bare_folder_needs_nothing_and_its_name_does_not_show() {
    let folder = Folder::new()
        .with("one/甲.txt", REPORT)
        .with("two/甲.txt", REPORT);
    assert_eq!(fangzhi(&["build", "one", "-o", "a"], &folder).code, 0);
    assert_eq!(fangzhi(&["build", "two", "-o", "b"], &folder).code, 0);
    assert_eq!(tree(&folder.at("a")), tree(&folder.at("b")));
}

#[test]
fn the_site_goes_to_public_where_the_command_is_given() {
    let folder = Folder::new().with("甲.txt", REPORT);
    for _ in 0..2 {
        // The second time the site lies in the folder of reports, and is not taken for one.
        let built = fangzhi(&["build"], &folder);
        assert_eq!(built.code, 0, "{built:?}");
        assert!(built.out.starts_with("public: 1 report read, "));
    }
    assert!(folder.at("public/index.html").is_file());
    assert_eq!(folder.names("."), ["public", "甲.txt"]);
}

#[test]
fn a_site_of_other_reports_is_replaced_and_that_is_told_once() {
    let folder = Folder::new()
        .with("one/甲.txt", REPORT)
        .with("two/乙.txt", REPORT);
    let told = |archive: &str| {
        let built = fangzhi(&["build", archive], &folder);
        assert_eq!(built.code, 0, "{built:?}");
        built.err.contains("warning[another-site-replaced]")
    };
    let told = ["one", "one", "two", "two"].map(told);
    assert_eq!(told, [false, false, true, false]);
}

#[test]
fn exit_codes_tell_what_could_not_be_read() {
    let folder = Folder::new()
        .with("some/甲.txt", REPORT)
        .with("some/乙.txt", "")
        .with("none/乙.txt", "")
        .with("empty/注.pdf", "%PDF");
    let some = fangzhi(&["build", "some", "-o", "out"], &folder);
    assert_eq!(some.code, 1);
    assert!(
        some.err
            .contains("error[file-empty] 乙.txt: cannot be read: it is empty"),
        "{some:?}"
    );
    assert!(folder.at("out/index.html").is_file());
    assert_eq!(fangzhi(&["check", "some"], &folder).code, 1);
    for dir in ["none", "empty", "nowhere"] {
        let built = fangzhi(&["build", dir, "-o", "no"], &folder);
        assert_eq!(built.code, 2, "{built:?}");
        assert!(built.err.contains("help: "), "{built:?}");
    }
    assert!(
        fangzhi(&["build", "empty", "-o", "no"], &folder)
            .err
            .contains("注.pdf")
    );
    assert_eq!(fangzhi(&["build", "--no-such-option"], &folder).code, 2);
    assert!(!folder.at("no").exists());
}

#[test]
fn wrong_configuration_is_told_with_line_and_hint() {
    let folder = Folder::new()
        .with("fangzhi.toml", "title = \"甲\"\ntheem = \"x\"\n")
        .with("content/甲.txt", REPORT);
    let built = fangzhi(&["build"], &folder);
    assert_eq!(built.code, 2);
    assert!(
        built.err.contains("fangzhi.toml:2: unknown field `theem`"),
        "{built:?}"
    );
    let folder = folder.with("fangzhi.toml", "titel = \"甲\"\n");
    assert!(
        fangzhi(&["build"], &folder)
            .err
            .contains("help: did you mean `title`?")
    );
    let folder = folder.with("fangzhi.toml", "lang = \"xx\"\n");
    let built = fangzhi(&["build"], &folder);
    assert_eq!(built.code, 2, "{built:?}");
    assert!(built.err.contains("i18n/xx.toml"), "{built:?}");
    let built = fangzhi(
        &["build", "--base-url", "nowhere"],
        &folder.with("fangzhi.toml", ""),
    );
    assert_eq!(built.code, 2, "{built:?}");
}

#[test]
fn a_folder_that_is_no_site_is_never_replaced() {
    let folder = Folder::new()
        .with("reports/甲.txt", REPORT)
        .with("mine/thesis.txt", "我的");
    let built = fangzhi(&["build", "reports", "-o", "mine"], &folder);
    assert_eq!(built.code, 2);
    assert!(
        built.err.contains("is not a site that fangzhi made"),
        "{built:?}"
    );
    assert_eq!(folder.names("mine"), ["thesis.txt"]);
    assert_eq!(
        fangzhi(&["build", "reports", "-o", "reports/甲.txt"], &folder).code,
        2
    );
    assert_eq!(fangzhi(&["build", "reports", "-o", "/"], &folder).code, 2);

    assert_eq!(
        fangzhi(&["build", "reports", "-o", "site"], &folder).code,
        0
    );
    let folder = folder.with("site/notes/own.txt", "我的");
    let built = fangzhi(&["build", "reports", "-o", "site"], &folder);
    assert_eq!(built.code, 2);
    assert!(built.err.contains("notes/own.txt"), "{built:?}");
    assert!(folder.at("site/notes/own.txt").is_file() && folder.at("site/index.html").is_file());
}

#[test]
fn the_keepers_word_wins_and_the_spreadsheets_before_the_files() {
    let report = format!("+++\ntitle = \"文件所题\"\nyear = 2001\npublisd = 1\n+++\n{REPORT}");
    let folder = Folder::new().with("甲.md", &report).with(
        "metadata.csv",
        "path,year,id,region\n甲.md,2002,jia,浙江省杭州市\n丙.md,2003,,\n",
    );
    let built = fangzhi(&["build", "-o", "out"], &folder);
    assert_eq!(built.code, 0, "{built:?}");
    assert!(
        built.err.contains("[metadata-unknown-key] 甲.md:4: "),
        "{built:?}"
    );
    assert!(
        built.err.contains("help: did you mean `published`?"),
        "{built:?}"
    );
    assert!(
        built
            .err
            .contains("[metadata-no-file] metadata.csv:3: there is no file 丙.md"),
        "{built:?}"
    );
    let data = fs::read_to_string(folder.at("out/data/reports.json")).expect("data");
    for said in ["文件所题", "2002", "330100"] {
        assert!(data.contains(said), "{said}: {data}");
    }
    assert!(folder.at("out/reports/jia.html").is_file());
    let shown = fangzhi(&["inspect", "甲.md"], &folder);
    assert!(
        shown.out.contains("2002") && shown.out.contains("metadata.csv"),
        "{shown:?}"
    );
}

#[test]
fn reports_of_one_id_are_both_named_and_neither_is_built() {
    let folder = Folder::new()
        .with("甲.md", format!("+++\nid = \"same\"\n+++\n{REPORT}"))
        .with("乙.md", format!("+++\nid = \"same\"\n+++\n{REPORT}"))
        .with("丙.md", REPORT)
        .with("a/b.md", REPORT)
        .with("a-b.md", REPORT);
    let built = fangzhi(&["build", "-o", "out"], &folder);
    assert_eq!(built.code, 1, "{built:?}");
    assert!(
        built.out.contains("3 reports read, 2 not read"),
        "{built:?}"
    );
    assert!(built.err.contains("error[id-equal] 甲.md: 甲.md:2 gives it the id `same`, which is also that of 乙.md (乙.md:2)"), "{built:?}");
    assert!(built.err.contains("error[id-equal] 乙.md: "), "{built:?}");
    assert_eq!(
        built.err.matches("warning[id-clash]").count(),
        2,
        "{built:?}"
    );
    let pages: Vec<String> = folder
        .names("out/reports")
        .into_iter()
        .filter(|name| name != "index.html")
        .collect();
    assert_eq!(pages.len(), 3, "{pages:?}");
    assert!(pages.contains(&"bing.html".to_owned()));
    assert_eq!(
        pages.iter().filter(|page| page.starts_with("a-b-")).count(),
        2
    );
}

#[test]
fn inspect_works_outside_an_archive_and_on_files_that_cannot_be_read() {
    let folder = Folder::new()
        .with("x/甲.txt", REPORT)
        .with("x/乙.txt", "")
        .with("x/丙.xlsx", "");
    let shown = fangzhi(
        &[
            "inspect",
            "--json",
            "x/乙.txt",
            "x/丙.xlsx",
            "x/甲.txt",
            "x",
            "y.txt",
        ],
        &folder,
    );
    assert_eq!(shown.code, 1);
    let records: Vec<serde_json::Value> = shown
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("one object a line"))
        .collect();
    let codes: Vec<_> = records
        .iter()
        .map(|record| {
            record["diagnostics"][0]["code"]
                .as_str()
                .unwrap_or_default()
        })
        .collect();
    assert_eq!(codes[..2], ["file-empty", "format-not-read"]);
    assert_eq!(codes[3..], ["not-a-file", "file-unreadable"]);
    assert_eq!(records[2]["id"], "jia");
    assert_eq!(records[2]["source"]["path"], "甲.txt");
    assert_eq!(fangzhi(&["inspect", "x/甲.txt"], &folder).code, 0);
}

/// The order in which files lie in their folder, the time zone, the language and the number of
/// threads leave no trace.
#[test]
fn two_builds_are_the_same_to_the_byte() {
    let names: Vec<String> = (0..12)
        .map(|number| format!("content/{number}/报告-{number}.md"))
        .collect();
    let archive = |names: &mut dyn Iterator<Item = &String>| {
        names.fold(Folder::new().with("fangzhi.toml", ""), |folder, name| {
            let year = 2010 + name.len() + name.bytes().map(usize::from).sum::<usize>() % 7;
            folder.with(name, format!("+++\nyear = {year}\n+++\n{REPORT}\n{name}\n"))
        })
    };
    let (one, other) = (archive(&mut names.iter()), archive(&mut names.iter().rev()));
    let first = folder::run(
        &["build", "-o", "out"],
        &one,
        &[
            ("TZ", "Asia/Shanghai"),
            ("LC_ALL", "zh_CN.GB18030"),
            ("RAYON_NUM_THREADS", "1"),
        ],
    );
    let second = folder::run(
        &["build", "-o", "out"],
        &other,
        &[
            ("TZ", "America/New_York"),
            ("LC_ALL", "C"),
            ("RAYON_NUM_THREADS", "7"),
        ],
    );
    assert_eq!((first.code, second.code), (0, 0), "{first:?} {second:?}");
    let (first, second) = (tree(&one.at("out")), tree(&other.at("out")));
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        second.keys().collect::<Vec<_>>()
    );
    for (path, bytes) in &first {
        assert!(bytes == &second[path], "{path} differs");
    }
}
