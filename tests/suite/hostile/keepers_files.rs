//! An archive that somebody else made: its configuration, tables and codebook are no more trusted than
//! its reports.

use super::bounded;
use crate::command::folder::{Folder, REPORT};

/// Checks an archive with this file in it; gives what is told.
#[track_caller]
fn check(name: &str, bytes: impl AsRef<[u8]>) -> (i32, String) {
    let folder = Folder::new()
        .with("content/good.txt", REPORT)
        .with("secret/x.txt", "机密")
        .with("fangzhi.toml", "")
        .with(name, bytes);
    let run = bounded(&["check"], &folder);
    assert_eq!(folder.names("content"), ["good.txt"]);
    (run.code, run.out + &run.err)
}

#[test]
fn a_configuration_leads_nowhere_and_grows_to_nothing() {
    for text in [
        "content = \"../..\"\n".to_owned(),
        "content = \"/etc\"\n".to_owned(),
        "divisions = \"/etc/passwd\"\n".to_owned(),
        "divisions = \"content/../../x\"\n".to_owned(),
        "lang = \"../../secret/x\"\n".to_owned(),
        "base_url = \"javascript:canary()\"\n".to_owned(),
        format!("title = {}\n", "[".repeat(200_000)),
        format!("{} = 1\n", vec!["a"; 50_000].join(".")),
        "title = \"a\u{0}b\"\n".to_owned(),
    ] {
        let folder = Folder::new()
            .with("content/good.txt", REPORT)
            .with("secret/x.txt", "机密")
            .with("fangzhi.toml", &text);
        let run = bounded(&["build", "-o", "out"], &folder);
        assert_eq!(run.code, 2, "{text:.60} {run:?}");
        assert!(run.err.contains("error: "), "{run:?}");
        assert!(run.err.len() < 2_000, "{text:.60} {}", run.err.len());
    }
}

#[test]
fn tables_of_any_shape_are_read_or_told() {
    let wide = format!("path{}\n", ",x".repeat(50_000));
    let long = format!("path,title\ngood.txt,{}\n", "长".repeat(400_000));
    let many: String = (0..20_000).fold("path,year\n".to_owned(), |all, n| {
        all + &format!("no-{n}.txt,2020\n")
    });
    let quote = format!("path,title\ngood.txt,\"{}", "a\n".repeat(100_000));
    for name in ["metadata.csv", "corrections.csv", "divisions.csv"] {
        for bytes in [
            wide.as_bytes(),
            long.as_bytes(),
            many.as_bytes(),
            quote.as_bytes(),
            b"",
            b"\xff\xfe",
            b"\0\0\0\0",
            b"PK\x03\x04\x14\0",
            b"path,path,path\n../../secret/x.txt,/etc/passwd,good.txt\n",
            b"code,name,level,parent\n1,\xe7\x94\xb2,county,1\n2,\xe4\xb9\x99,county,3\n3,\xe4\xb8\x99,county,2\n",
        ] {
            let (code, told) = check(name, bytes);
            assert!(code < 2, "{name}: {told:.600}");
            assert!(!told.contains("机密") && !told.contains("root:x"), "{told:.600}");
            assert!(told.lines().all(|line| line.len() < 4_000), "{name}: a line of thousands");
        }
    }
}

#[test]
fn a_codebook_of_any_pattern_is_compiled_or_told_and_matches_in_time() {
    let topic = |pattern: &str| {
        format!(
            "[[topic]]\nid = \"own\"\nnames = {{ zh-Hans = \"某\" }}\nterms = [{}]\n",
            serde_json::to_string(pattern).expect("JSON")
        )
    };
    for text in [
        topic("(a*)*(a*)*b"),
        topic("(((((a{1000}){1000}){1000}){1000}){1000})"),
        topic(&"(".repeat(20_000)),
        topic(&"[".repeat(20_000)),
        topic("(?<=a)b\\1"),
        topic(""),
        topic(".*"),
        topic(&"甲|".repeat(20_000)),
        topic("{{{{"),
        format!("{} = 1\n", vec!["a"; 20_000].join(".")),
        "\0".to_owned(),
        "[[topic]]\n".repeat(5_000),
    ] {
        let (code, told) = check("codebook/own.toml", &text);
        assert!(
            code < 2 || told.contains("help: "),
            "{text:.60}: {told:.600}"
        );
        assert!(
            told.lines().all(|line| line.len() < 4_000),
            "{text:.60}: a line of thousands"
        );
    }
}
