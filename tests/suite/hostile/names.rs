//! Names that lead out, that other systems have no place for, or that are one name twice.

use super::bounded;
use crate::command::folder::{Folder, REPORT, fangzhi, tree};
use std::collections::BTreeSet;

fn long(name: &str, bytes: usize) -> String {
    name.repeat(bytes / name.len())
}

#[cfg(unix)]
#[test]
fn any_name_becomes_an_address_that_every_system_has() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let mut names: Vec<String> = [
        "CON.txt",
        "nul.txt",
        "aux.txt/com1.txt",
        "LPT9.md",
        "a..txt",
        "dots....txt",
        "tail .txt",
        "dir. /x.txt",
        "dir/x.txt",
        "DIR/x.txt",
        "Dir/X.txt",
        "caf\u{e9}.txt",
        "cafe\u{301}.txt",
        "a%2e%2e%2fb.txt",
        "a\\..\\x.txt",
        "C:\\x.txt",
        "~.txt",
        "$(touch x).txt",
        "`id`.txt",
        "-rf.txt",
        "--help.txt",
        "a\nb.txt",
        "a\tb.txt",
        "a\u{1b}]0;x\u{7}.txt",
        "　.txt",
        "a:b.txt",
        "a?b#c.txt",
        "index.txt",
        "_list/1.txt",
        "\u{202e}txt.exe.txt",
        "reports/index.txt",
        "fi.txt",
        "ﬁ.txt",
        "Ａ.txt",
        "a.txt",
        "A.txt",
        "%s%n.txt",
        "'\"<>&.txt",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push(long("x", 251) + ".txt");
    names.push(long("长", 251) + ".txt");
    names.push(format!("{}/{0}/{0}.txt", long("深", 240)));
    names.push(format!("{}/x.txt", vec!["d"; 300].join("/")));
    let mut folder = Folder::new();
    for name in &names {
        folder = folder.with(&format!("in/{name}"), REPORT);
    }
    for bytes in [&b"bad\xff\xfe.txt"[..], b"bad\xff\xfd.txt"] {
        std::fs::write(folder.at("in").join(OsStr::from_bytes(bytes)), REPORT).expect("written");
    }
    let all = names.len() + 2;
    let built = bounded(&["build", "in", "-o", "out"], &folder);
    assert_eq!(built.code, 0, "{built:?}");
    assert!(
        built
            .out
            .contains(&format!("{all} reports read, 0 not read")),
        "{built:?}"
    );
    let reserved = ["con", "prn", "aux", "nul", "com", "lpt", "clock$"];
    let mut folded = BTreeSet::new();
    for path in tree(&folder.at("out")).into_keys() {
        assert!(path.is_ascii() && path.len() < 120, "{path}");
        assert!(
            folded.insert(path.to_ascii_lowercase()),
            "{path} differs in case only"
        );
        for name in path.split('/').filter(|name| !name.starts_with('.')) {
            let stem = name.split('.').next().unwrap_or_default();
            let stem = stem.trim_end_matches(|c: char| c.is_ascii_digit());
            assert!(!reserved.contains(&stem), "{path}");
            assert!(
                !name.ends_with(['.', ' ']) && !name.starts_with('-'),
                "{path}"
            );
            assert!(
                name.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
                "{path}"
            );
        }
    }
    assert_eq!(fangzhi(&["verify", "out"], &folder).code, 0);
    // A terminal is told of a name and not steered by it.
    let checked = bounded(&["check", "in"], &folder);
    assert!(
        !checked.out.contains(['\u{1b}', '\u{7}', '\u{202e}']),
        "{checked:?}"
    );
    for name in [
        "a\\u{1b}]0;x\\u{7}.txt",
        "a\\u{a}b.txt",
        "\\u{202e}txt.exe.txt",
        "bad\\xFF\\xFE.txt",
        "bad\\xFF\\xFD.txt",
    ] {
        assert!(checked.out.contains(name), "{name} {checked:?}");
    }
    assert_eq!(folder.names("."), ["in", "out"]);
}

/// An id that a keeper gives is an address too.
#[test]
fn no_id_leads_out_of_the_site() {
    let mut folder = Folder::new();
    let ids = [
        "../x",
        "/etc/passwd",
        "a/../../b",
        "C:/x",
        "con",
        ".hidden",
        "a\\\\b",
        "",
        "index",
        "A",
        "名",
        "a.html",
        "a b",
        "-x",
    ];
    for (number, id) in ids.iter().enumerate() {
        folder = folder.with(
            &format!("in/{number}.md"),
            format!("+++\nid = \"{id}\"\n+++\n{REPORT}"),
        );
    }
    let built = bounded(&["build", "in", "-o", "out"], &folder);
    assert_ne!(built.code, 2, "{built:?}");
    assert!(
        built.err.contains("metadata-bad-value") || built.err.contains("[id-"),
        "{built:?}"
    );
    assert_eq!(folder.names("."), ["in", "out"]);
    assert_eq!(fangzhi(&["verify", "out"], &folder).code, 0);
    for path in tree(&folder.at("out/reports")).into_keys() {
        assert!(
            path.is_ascii() && path != "con.html" && !path.starts_with('.'),
            "{path}"
        );
    }
}
