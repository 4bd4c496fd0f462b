//! One report in every format: the same words, the same figures, every digit in its place.
//!
//! `tests/documents/make.py` made them; `report.txt` is what a reader sees of each.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

const TEXT: &str = include_str!("../documents/report.txt");
/// What stands on every page of them.
const RUNNING_HEAD: &str = "云溪市司法局年度工作汇编";

/// The inspect records of documents, by name.
fn records(names: &[&str]) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let output = Command::new(env!("CARGO_BIN_EXE_fangzhi"))
        .args(["inspect", "--json"])
        .args(names.iter().map(|name| folder.join(name)))
        .output()
        .expect("runs");
    String::from_utf8(output.stdout)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a record"))
        .collect()
}

fn text(record: &Value) -> &str {
    record["text"]
        .as_str()
        .unwrap_or_else(|| panic!("is not read: {record}"))
}

/// What a reader sees of a document: LibreOffice prints a note's number before it, as large as its words.
fn in_print(name: &str) -> String {
    match name {
        "embedded.pdf" => TEXT.replace("案卷评查按", "1案卷评查按"),
        _ => TEXT.to_owned(),
    }
}

/// The numbers of a text, in its order.
fn digits(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit() && !".%".contains(c))
        .filter(|number| !number.is_empty())
        .collect()
}

/// The figures of a record, without their places.
fn figures(record: &Value) -> Vec<String> {
    let observations = record["observations"].as_array().expect("a list");
    let mut figures: Vec<String> = observations
        .iter()
        .map(|one| {
            format!(
                "{} {} {} {}",
                one["indicator"], one["state"], one["value"], one["unit"]
            )
        })
        .collect();
    figures.sort();
    figures
}

/// Word processors' files give the very text, line by line.
#[test]
fn word_processors_files_are_read_as_a_reader_sees_them() {
    let names = ["report.docx", "saved.docx", "report.odt", "report.rtf"];
    for (record, name) in records(&names).iter().zip(names) {
        assert_eq!(text(record), TEXT.trim_end(), "{name}");
        let furniture = record["furniture"].to_string();
        assert!(
            name == "report.rtf" || furniture.contains(RUNNING_HEAD),
            "{name}: {furniture}"
        );
    }
}

/// A PDF has glyphs at places: paragraphs, columns, cells and running heads are told by them.
#[test]
fn pdf_files_are_read_as_a_reader_sees_them() {
    let names = [
        "embedded.pdf",
        "not-embedded.pdf",
        "two-columns.pdf",
        "encrypted.pdf",
        "one-page-scanned.pdf",
    ];
    for (record, name) in records(&names).iter().zip(names) {
        assert_eq!(text(record), in_print(name).trim_end(), "{name}");
        let furniture = record["furniture"].to_string();
        assert!(furniture.contains(RUNNING_HEAD), "{name}: {furniture}");
        let told = record["diagnostics"].to_string();
        let scan = "page 3 without text";
        assert_eq!(
            told.contains(scan),
            name == "one-page-scanned.pdf",
            "{told}"
        );
    }
}

#[test]
fn a_scan_is_told_from_an_empty_file() {
    let record = &records(&["scanned.pdf"])[0];
    assert!(record["id"].is_null());
    assert_eq!(record["diagnostics"][0]["code"], "needs-ocr");
}

/// An old Word file holds boxes and notes apart from the text: they stand at its end.
#[test]
fn an_old_word_file_is_read_as_a_reader_sees_it() {
    let records = records(&["report.doc"]);
    let mut found: Vec<&str> = text(&records[0]).lines().collect();
    let mut expected: Vec<&str> = TEXT.lines().collect();
    let furniture = records[0]["furniture"].to_string();
    assert!(furniture.contains(RUNNING_HEAD), "{furniture}");
    assert_eq!(found[..16], expected[..16]);
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn every_format_gives_the_same_facts_and_figures() {
    let names = [
        "report.txt",
        "report.docx",
        "saved.docx",
        "report.odt",
        "report.rtf",
        "report.doc",
        "embedded.pdf",
        "not-embedded.pdf",
        "two-columns.pdf",
    ];
    let records = records(&names);
    let expected = figures(&records[0]);
    assert!(expected.len() >= 7, "{expected:?}");
    let of_table = ["378", "352"];
    for number in of_table {
        assert!(
            expected
                .iter()
                .any(|figure| figure.contains(&format!("value\" {number} "))),
            "{number} of the table in {expected:?}"
        );
    }
    for (record, name) in records.iter().zip(names) {
        let expected_text = in_print(name);
        let (mut found, mut all) = (digits(text(record)), digits(&expected_text));
        if name == "report.doc" {
            found.sort_unstable();
            all.sort_unstable();
        }
        assert_eq!(found, all, "{name}");
        assert_eq!(figures(record), expected, "{name}");
        for key in ["title", "year", "published", "signed", "issuer"] {
            assert_eq!(record[key], records[0][key], "{key} of {name}");
        }
        let parts = |record: &Value| {
            let parts = record["parts"].as_array().expect("a list").clone();
            parts
                .iter()
                .map(|part| part["role"].to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(parts(record), parts(&records[0]), "{name}");
    }
}

/// A text below the gate is shown as doubtful, with the reason, and its figures are withheld.
#[test]
fn a_garbled_text_gives_no_figures() {
    let folder = tempfile::tempdir().expect("a folder");
    let garbled = TEXT.replace('政', "\u{e123}").replace('行', "\u{fffd}");
    std::fs::write(folder.path().join("云溪2023.txt"), garbled).expect("written");
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_fangzhi"))
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let record: Value =
        serde_json::from_str(&run(&["inspect", "--json", "云溪2023.txt"])).expect("a record");
    assert_eq!(record["observations"].as_array().map(Vec::len), Some(0));
    let told = record["diagnostics"].to_string();
    assert!(
        told.contains("text-doubtful") && told.contains("withheld"),
        "{told}"
    );
    let built = run(&["build", "-o", "out", "--lang", "en"]);
    assert!(
        built.contains("1 report read, 0 not read, 1 doubtful"),
        "{built}"
    );
    let about = std::fs::read_to_string(folder.path().join("out/about.html")).expect("a page");
    assert!(about.contains("could not be decoded"), "{about}");
}

/// Files with bytes changed, or cut off: each is read or told, and none keeps the others from it.
#[test]
fn damaged_files_are_read_or_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let names = [
        "two-columns.pdf",
        "not-embedded.pdf",
        "embedded.pdf",
        "encrypted.pdf",
        "report.doc",
        "report.docx",
    ];
    // A fixed sequence (Knuth's): the test is the same each time.
    let mut state = 20_231_231_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let copies = 4;
    for name in names {
        let whole = std::fs::read(documents.join(name)).expect("a document");
        for copy in 0..copies {
            let mut bytes = whole.clone();
            for _ in 0..=next(40) {
                let at = next(bytes.len());
                bytes[at] = next(256) as u8;
            }
            if copy == 0 {
                bytes.truncate(next(whole.len()));
            }
            std::fs::write(folder.path().join(format!("{copy}-{name}")), bytes).expect("written");
        }
    }
    let output = Command::new(env!("CARGO_BIN_EXE_fangzhi"))
        .arg("check")
        .arg(folder.path())
        .output()
        .expect("runs");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{told}");
    let last = told.lines().last().expect("a line");
    let counts: Vec<usize> = last
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect();
    assert_eq!(counts[0] + counts[1], names.len() * copies, "{told}");
    assert!(!told.contains("decoder-limit"), "{told}");
}
