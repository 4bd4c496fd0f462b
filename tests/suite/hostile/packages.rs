//! ZIP archives, and the documents that are such inside: bombs, entries that overlap, lie, lead out or
//! take a password, XML that grows or nests without end.

use super::bounded;
use crate::command::folder::{Folder, REPORT, Run, fangzhi};
use std::io::{Cursor, Write};
use zip::write::{SimpleFileOptions, ZipWriter};

/// A ZIP archive of these entries.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .expect("an entry");
        writer.write_all(bytes).expect("in memory");
    }
    writer.finish().expect("in memory").into_inner()
}

/// A Word document with this XML between its body's tags.
fn docx(body: &str) -> Vec<u8> {
    document("", body)
}

/// Likewise, with something before the root element.
fn document(prolog: &str, body: &str) -> Vec<u8> {
    let xml = format!("{prolog}<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
    zip(&[("word/document.xml", xml.as_bytes())])
}

/// An OpenDocument text with this XML in its text.
fn odt(text: &str) -> Vec<u8> {
    let xml = format!(
        "<o:document-content xmlns:o=\"o\" xmlns:text=\"t\" xmlns:table=\"b\"><o:body><o:text>{text}</o:text></o:body></o:document-content>"
    );
    zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", xml.as_bytes()),
    ])
}

fn paragraphs() -> String {
    let each = |line: &str| format!("<w:p><w:r><w:t>{line}</w:t></w:r></w:p>");
    REPORT.lines().map(each).collect()
}

/// Sets bytes at an offset from each header of these four bytes.
fn patched(mut zip: Vec<u8>, header: [u8; 4], offset: usize, bytes: &[u8]) -> Vec<u8> {
    let at: Vec<usize> = (0..zip.len() - 4)
        .filter(|&at| zip[at..].starts_with(&header))
        .collect();
    assert!(!at.is_empty());
    for at in at {
        zip[at + offset..][..bytes.len()].copy_from_slice(bytes);
    }
    zip
}

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";

/// Builds a folder of these files and a sound report, which must be in the site; gives all that is told.
#[track_caller]
fn build(files: &[(&str, Vec<u8>)]) -> Run {
    let mut folder = Folder::new()
        .with("fangzhi.toml", "[limits]\nseconds = 20\nmemory_mib = 700\n")
        .with("content/good.txt", REPORT);
    for (name, bytes) in files {
        folder = folder.with(&format!("content/{name}"), bytes);
    }
    let mut built = bounded(&["build", "-o", "out"], &folder);
    assert!(folder.at("out/reports/good.html").is_file(), "{built:?}");
    assert_eq!(
        folder.names("."),
        [".fangzhi", "content", "fangzhi.toml", "out"]
    );
    built.err += &bounded(&["check"], &folder).out;
    built
}

#[track_caller]
fn told(run: &Run, all: &[&str]) {
    for one in all {
        let errors = || {
            run.err
                .lines()
                .filter(|line| !line.starts_with("  help: add"))
        };
        assert!(
            run.err.contains(one),
            "{one} in {:#?}",
            errors().collect::<Vec<_>>()
        );
    }
}

#[test]
fn documents_that_grow_or_nest_without_end_are_read_or_told() {
    let laughs: String = (1..12)
        .map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10)))
        .collect();
    let prolog = format!("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e0 \"甲\">{laughs}]>");
    let outer = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>";
    let attributes: String = (0..200_000).map(|n| format!(" a{n}=\"\"")).collect();
    let spaces: String = (0..=u16::MAX)
        .map(|n| format!(" xmlns:n{n}=\"{n}\""))
        .collect();
    let run = build(&[
        ("sound.docx", docx(&paragraphs())),
        ("bomb.docx", docx(&"<w:p/>".repeat(30 << 20))),
        ("nodes.docx", docx(&"<w:p/>".repeat(9 << 20))),
        ("bomb.odt", odt(&" ".repeat(300 << 20))),
        ("entities.docx", document(&prolog, "<w:p><w:r><w:t>&e11;</w:t></w:r></w:p>")),
        ("outer.docx", document(outer, "<w:p><w:r><w:t>&e;</w:t></w:r></w:p>")),
        ("deep.docx", docx(&format!("{}{}", "<w:x>".repeat(1_000_000), "</w:x>".repeat(1_000_000)))),
        ("deep.odt", odt(&format!("{}{}", "<text:list><text:list-item>".repeat(300_000), "</text:list-item></text:list>".repeat(300_000)))),
        ("cells.docx", docx(&format!("{}{}", "<w:tbl><w:tr><w:tc>".repeat(200_000), "</w:tc></w:tr></w:tbl>".repeat(200_000)))),
        ("attributes.docx", docx(&format!("<w:p{attributes}/>"))),
        ("spaces.odt", odt(&format!("<text:p{spaces}/>"))),
        ("blanks.odt", odt(&format!("<text:p>{}甲</text:p>", "<text:s text:c=\"1000\"/>".repeat(20_000)))),
        (
            "repeated.odt",
            odt(&format!(
                "<table:table><table:table-row>{}</table:table-row></table:table>",
                format!("<table:table-cell table:number-columns-repeated=\"99999999\"><text:p>{}</text:p></table:table-cell>", "名目".repeat(500)).repeat(500)
            )),
        ),
        ("words.docx", docx(&format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "政".repeat(1 << 20)))),
        ("text.docx", docx(&format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "政".repeat(1_000)).repeat(4_000))),
        ("unclosed.docx", docx("<w:p><w:r>")),
        ("locked.docx", patched(patched(docx(&paragraphs()), LOCAL, 6, &[1, 0]), CENTRAL, 8, &[1, 0])),
    ]);
    assert_eq!(run.code, 1, "{run:?}");
    told(
        &run,
        &[
            "error[too-large] bomb.docx: cannot be read: it unpacks to more than 64 MiB",
            "error[decoder-limit] nodes.docx: cannot be read: reading it takes more than 700 MiB of memory",
            "error[too-large] bomb.odt: cannot be read: it unpacks to more than 64 MiB",
            "error[file-damaged] entities.docx: ",
            "error[file-damaged] outer.docx: ",
            "error[file-damaged] attributes.docx: cannot be read: the file is damaged: the tag on line 1 has more attributes",
            "error[file-damaged] spaces.odt: ",
            "error[too-large] blanks.odt:1: ",
            "error[file-damaged] deep.docx: cannot be read: the file is damaged: word/document.xml: its elements lie more than 200 deep",
            "error[file-damaged] deep.odt: ",
            "error[file-damaged] cells.docx: ",
            "error[decoder-limit] repeated.odt: cannot be read: reading it takes more than 700 MiB of memory",
            "error[too-large] words.docx:1: cannot be read: line 1 is longer than 1024 KiB",
            "error[too-large] text.docx: cannot be read: its text is larger than 8 MiB",
            "raise `text_mib` under [limits]",
            "error[file-damaged] unclosed.docx: ",
            "error[encrypted] locked.docx: ",
        ],
    );
    assert!(!run.err.contains("sound.docx: cannot"), "{run:?}");
    assert!(!run.err.contains("root:"), "{run:?}");
}

#[test]
fn archives_that_lie_are_refused_or_passed_over() {
    let report = REPORT.as_bytes();
    let two = || zip(&[("甲.txt", report), ("乙.txt", report)]);
    let zeros = vec![0; 300 << 20];
    let inner = zip(&[("a.txt", &zeros)]);
    // Both entries of the directory lead to the first one's bytes.
    let overlapping = {
        let zip = two();
        let first = zip
            .windows(4)
            .position(|four| four == CENTRAL)
            .expect("there");
        let name = &zip[first + 46..first + 46 + "甲.txt".len()];
        assert_eq!(name, "甲.txt".as_bytes());
        patched(zip.clone(), CENTRAL, 42, &[0; 4])
    };
    let many: Vec<(String, &[u8])> = (0..6_000)
        .map(|n| (format!("{n}.txt"), &b"x"[..]))
        .collect();
    let many: Vec<(&str, &[u8])> = many
        .iter()
        .map(|(name, bytes)| (name.as_str(), *bytes))
        .collect();
    // Letters that pack badly (Knuth's sequence).
    let mut state = 1_u64;
    let letters: Vec<u8> = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        b'a' + (state >> 59) as u8 % 26
    })
    .take(3 << 20)
    .collect();
    let run = build(&[
        ("sound.zip", two()),
        ("bomb.zip", inner.clone()),
        ("nested.zip", zip(&[("a.zip", &inner), ("b.txt", report)])),
        ("overlapping.zip", overlapping),
        ("many.zip", zip(&many)),
        (
            "locked.zip",
            patched(patched(two(), LOCAL, 6, &[1, 0]), CENTRAL, 8, &[1, 0]),
        ),
        (
            "less.zip",
            patched(zip(&[("a.txt", &letters)]), CENTRAL, 24, &[0, 0, 16]),
        ),
        ("more.zip", patched(two(), CENTRAL, 24, &[9, 0, 1])),
        ("method.zip", patched(two(), CENTRAL, 10, &[14, 0])),
        (
            "count.zip",
            patched(two(), END, 8, &[0xfe, 0xff, 0xfe, 0xff]),
        ),
        (
            "directory.zip",
            patched(two(), END, 16, &[0xff, 0xff, 0xff, 0x7f]),
        ),
        ("twice.zip", {
            let zip = zip(&[("a.txt", report), ("b.txt", report)]);
            let text = |from: &[u8], to: &[u8]| {
                let mut zip = zip.clone();
                for at in 0..zip.len() - from.len() {
                    if zip[at..].starts_with(from) {
                        zip[at..at + to.len()].copy_from_slice(to);
                    }
                }
                zip
            };
            text(b"b.txt", b"a.txt")
        }),
        (
            "astray.zip",
            zip(&[
                ("../../a.txt", report),
                ("/etc/b.txt", report),
                ("C:\\c.txt", report),
                ("CON.txt", report),
                ("d\u{202e}.txt", report),
            ]),
        ),
        ("link.zip", {
            let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
            writer
                .add_symlink("link.txt", "/etc/passwd", SimpleFileOptions::default())
                .expect("an entry");
            writer.finish().expect("in memory").into_inner()
        }),
        ("empty.zip", zip(&[])),
        ("none.zip", b"PK".to_vec()),
    ]);
    assert_eq!(run.code, 1, "{run:?}");
    told(
        &run,
        &[
            "error[archive-refused] bomb.zip: cannot be read: an entry is packed more than 200 times",
            "warning[archive-in-archive] nested.zip: not read: 1 of its entries, a.zip the first",
            "error[archive-refused] overlapping.zip: cannot be read: its entries overlap",
            "error[archive-refused] many.zip: cannot be read: it has more than 5000 entries",
            "raise `archive_entries` under [limits]",
            "error[encrypted] locked.zip: not read: 2 of its entries, 甲.txt the first, as they are protected by a password",
            "unpack it with its password",
            "error[file-unreadable] less.zip/a.txt: ",
            "error[file-unreadable] more.zip/甲.txt: ",
            "error[archive-entries-damaged] method.zip: ",
            " count.zip: ",
            " directory.zip: ",
            "warning[archive-entries-skipped] twice.zip: ",
            "warning[archive-entries-skipped] astray.zip: not read: 3 of its entries",
            "warning[archive-entries-skipped] link.zip: not read: 1 of its entries",
            "error[archive-refused] none.zip: ",
        ],
    );
    assert!(!run.err.contains("] sound.zip: "), "{run:?}");
    assert!(!run.err.contains("root:"), "{run:?}");
}

/// Each entry is read once, whatever the archive's directory holds.
#[test]
fn an_archive_of_thousands_takes_its_time_and_no_more() {
    let short = "云溪市2022年法治政府建设情况报告\n一、主要做法\n办理案件78件。\n";
    let entries: Vec<String> = (0..4_000).map(|n| format!("{n}.txt")).collect();
    let entries: Vec<(&str, &[u8])> = entries
        .iter()
        .map(|name| (name.as_str(), short.as_bytes()))
        .collect();
    let folder = Folder::new().with("all.zip", zip(&entries));
    let run = bounded(&["check"], &folder);
    assert!(
        run.out.contains("4000 reports read, 0 not read"),
        "{:.600}",
        run.out
    );
}

/// The keeper's limits hold, and a build after they are raised reads what it refused before.
#[test]
fn limits_are_the_keepers_to_set() {
    let long = format!("{REPORT}{}", "全年办理案件。".repeat(2_000));
    let folder = Folder::new()
        .with("content/good.txt", REPORT)
        .with("content/line.txt", &long)
        .with(
            "content/text.txt",
            format!("{REPORT}{}", "\u{3000}\n".repeat(300_000)),
        )
        .with(
            "content/file.html",
            format!("<p>{REPORT}</p><!--{}-->", " ".repeat(3 << 20)),
        )
        .with(
            "content/two.zip",
            zip(&[
                ("a.txt", REPORT.as_bytes()),
                ("b.txt", REPORT.repeat(5_000).as_bytes()),
            ]),
        );
    let build = |limits: &str| {
        std::fs::write(folder.at("fangzhi.toml"), format!("[limits]\n{limits}")).expect("written");
        fangzhi(&["build", "-o", "out"], &folder)
    };
    let refused =
        build("line_kib = 16\ntext_mib = 1\nfile_mib = 2\narchive_mib = 1\narchive_entries = 1\n");
    assert_eq!(refused.code, 1, "{refused:?}");
    told(
        &refused,
        &[
            "error[too-large] line.txt:14: cannot be read: line 14 is longer than 16 KiB",
            "raise `line_kib` under [limits] in fangzhi.toml",
            "error[too-large] text.txt: cannot be read: its text is larger than 1 MiB",
            "error[too-large] file.html: cannot be read: it is larger than 2 MiB",
            "error[archive-refused] two.zip: cannot be read: it has more than 1 entries",
        ],
    );
    assert!(refused.out.contains("1 report read"), "{refused:?}");
    let raised = build("archive_mib = 1\n");
    told(
        &raised,
        &["error[archive-refused] two.zip: cannot be read: it unpacks to more than 1 MiB"],
    );
    assert!(raised.out.contains("4 reports read"), "{raised:?}");
    let wrong = build("file_mib = 700\n");
    assert_eq!(wrong.code, 2, "{wrong:?}");
    told(
        &wrong,
        &[
            "fangzhi.toml:2: `file_mib` is more than half of `memory_mib`",
            "raise `memory_mib` to 1400",
        ],
    );
}

/// An archive is inspected report by report; `a.zip/b.txt`, as the worklist names it, is one.
#[test]
fn what_is_in_an_archive_is_inspected() {
    let folder = Folder::new().with(
        "a.zip",
        zip(&[
            ("甲/一.txt", REPORT.as_bytes()),
            ("二.txt", REPORT.as_bytes()),
            ("三.zip", b"PK"),
        ]),
    );
    let all = fangzhi(&["inspect", "--json", "a.zip"], &folder);
    let paths: Vec<String> = all
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .map(|record| {
            record["source"]["path"]
                .as_str()
                .expect("a path")
                .to_owned()
        })
        .collect();
    assert_eq!(
        paths,
        ["a.zip/甲/一.txt", "a.zip/二.txt", "a.zip"],
        "{all:?}"
    );
    assert!(all.out.contains("archive-in-archive"), "{all:?}");
    assert_eq!(all.code, 0, "{all:?}");
    let one = fangzhi(&["inspect", "a.zip/甲/一.txt"], &folder);
    assert_eq!(
        (one.code, one.out.matches("云溪市2022年").count() > 0),
        (0, true),
        "{one:?}"
    );
    let none = fangzhi(&["inspect", "a.zip/丁.txt"], &folder);
    assert_eq!(none.code, 1, "{none:?}");
}
