//! Reports of our own, one mess each: `tests/cases/<name>/` holds a file as a keeper would have it
//! and `expected.json`, what `fangzhi inspect --json` has to say of it.
//!
//! Only what `expected.json` names is asserted, under the record's own keys. White space in titles
//! does not count. A few keys are written shorter than in the record:
//!
//! - `outline`: one string a heading, `level role marker title`, the marker `-` where there is none;
//! - `parts`: `role beginning`: there is a part of that role whose words begin so;
//! - `observations`: `indicator value number` or `indicator zero|unparsed`, then any of `approx`,
//!   `at_least`, `implied`, `conflict` that must be set: all of these are found, among others;
//! - `observations_lack`: indicators of which nothing is found;
//! - `furniture`: every line set aside, in order;
//! - `text_has`, `text_lacks`: words of the text; `diagnostics`: codes that are among those told.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the cases.
fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// What `fangzhi inspect --json` says of these files, one record each, in their order.
pub(crate) fn inspect(files: &[PathBuf]) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_fangzhi"))
        .args(["inspect", "--json"])
        .args(files)
        .output()
        .expect("the program starts");
    let told = String::from_utf8_lossy(&output.stderr);
    let records: Vec<Value> = String::from_utf8(output.stdout)
        .expect("records are UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a record is JSON"))
        .collect();
    assert_eq!(records.len(), files.len(), "a record a file; {told}");
    records
}

#[test]
fn every_case_is_understood() {
    let mut found: Vec<(String, PathBuf, Value)> = Vec::new();
    for entry in walkdir::WalkDir::new(cases())
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.expect("a readable folder"))
        .filter(|entry| entry.file_name() == "expected.json")
    {
        let folder = entry.path().parent().expect("a case has a folder");
        let report = [
            "report.txt",
            "report.md",
            "report.html",
            "report.htm",
            "report.mht",
        ]
        .map(|name| folder.join(name))
        .into_iter()
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("no report in {}", folder.display()));
        let expected = std::fs::read(entry.path()).expect("readable");
        let expected = serde_json::from_slice(&expected)
            .unwrap_or_else(|error| panic!("{}: {error}", entry.path().display()));
        let name = folder.file_name().expect("a name").to_string_lossy();
        found.push((name.into_owned(), report, expected));
    }
    assert!(found.len() >= 40, "only {} cases found", found.len());
    let files: Vec<PathBuf> = found.iter().map(|(_, file, _)| file.clone()).collect();
    let mut wrong = Vec::new();
    for ((name, _, expected), record) in found.iter().zip(inspect(&files)) {
        for (key, want) in expected.as_object().expect("expectations by key") {
            for fault in faults(key, want, &record) {
                wrong.push(format!("{name}: {fault}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} expectations failed:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// How the record differs from what is expected under `key`.
pub(crate) fn faults(key: &str, want: &Value, record: &Value) -> Vec<String> {
    let wanted = || {
        want.as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
    };
    let text = record["text"].as_str().unwrap_or_default();
    let lines = |found: Vec<String>, fits: &dyn Fn(&str, &str) -> bool| -> Vec<String> {
        let want: Vec<&str> = wanted().collect();
        let same = want.len() == found.len()
            && want
                .iter()
                .zip(&found)
                .all(|(want, found)| fits(want, found));
        if same {
            return Vec::new();
        }
        vec![format!(
            "{key}\n    wanted {}\n    found  {}",
            want.join("\n           "),
            found.join("\n           ")
        )]
    };
    let each = |holds: &dyn Fn(&str) -> bool, problem: &str| -> Vec<String> {
        wanted()
            .filter(|want| !holds(want))
            .map(|want| format!("{key}: {problem} {want}"))
            .collect()
    };
    match key {
        "text_has" => each(&|want| text.contains(want), "the text lacks"),
        "text_lacks" => each(&|want| !text.contains(want), "the text still has"),
        "diagnostics" => {
            let codes = strings(&record["diagnostics"], |told| told["code"].clone());
            each(
                &|want| codes.iter().any(|code| code == want),
                &format!("among {codes:?} there is no"),
            )
        }
        "furniture" => lines(strings(&record[key], Value::clone), &|a, b| {
            bare(a) == bare(b)
        }),
        "outline" => {
            let found = array(&record[key]).iter().map(|heading| {
                let marker = heading["marker"].as_str().unwrap_or("-");
                let role = heading["role"].as_str().unwrap_or_default();
                let title = heading["title"].as_str().unwrap_or_default();
                format!("{} {role} {marker} {title}", heading["level"])
            });
            lines(found.collect(), &|a, b| bare(a) == bare(b))
        }
        "parts" => {
            let parts: Vec<String> = array(&record[key])
                .iter()
                .map(|part| {
                    let words: String = words_at(text, &part["span"]);
                    format!("{} {words}", part["role"].as_str().unwrap_or_default())
                })
                .collect();
            each(
                &|want| parts.iter().any(|part| part.starts_with(want)),
                &format!("among {:#?} there is no", shortened(&parts)),
            )
        }
        "observations" => {
            let found: Vec<Vec<String>> = array(&record[key]).iter().map(observation).collect();
            each(
                &|want| {
                    let mut want = want.split(' ');
                    let head: Vec<&str> = want.by_ref().take(3).collect();
                    let flags: Vec<&str> = want.collect();
                    found.iter().any(|found| {
                        head.iter()
                            .enumerate()
                            .all(|(at, word)| found.get(at).is_some_and(|f| f == word))
                            && flags
                                .iter()
                                .all(|flag| found[1..].iter().any(|f| f == flag))
                    })
                },
                &format!("among {found:?} there is no"),
            )
        }
        "observations_lack" => each(
            &|want| {
                array(&record["observations"])
                    .iter()
                    .all(|found| found["indicator"] != want)
            },
            "there is something of",
        ),
        "title" | "issuer" => {
            let found = &record[key];
            let same = match (want.as_str(), found.as_str()) {
                (Some(want), Some(found)) => bare(want) == bare(found),
                _ => want == found,
            };
            if same {
                Vec::new()
            } else {
                vec![format!("{key}: wanted {want}, found {found}")]
            }
        }
        _ => differences(key, want, &record[key]),
    }
}

/// Where `found` lacks or contradicts what `want` names; objects are compared by the keys of `want`.
fn differences(at: &str, want: &Value, found: &Value) -> Vec<String> {
    match want {
        Value::Object(want) if found.is_object() => want
            .iter()
            .flat_map(|(key, want)| differences(&format!("{at}.{key}"), want, &found[key]))
            .collect(),
        _ if want == found => Vec::new(),
        _ => vec![format!("{at}: wanted {want}, found {found}")],
    }
}

fn observation(found: &Value) -> Vec<String> {
    let word = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    let mut words = vec![word("indicator"), word("state")];
    if !found["value"].is_null() && found["state"] == "value" {
        words.push(found["value"].to_string());
    }
    for flag in ["approx", "at_least", "implied", "conflict"] {
        if found[flag] == true {
            words.push(flag.to_owned());
        }
    }
    words
}

/// The words of `text` at a span of the record: Unicode scalar values, half-open.
pub(crate) fn words_at(text: &str, span: &Value) -> String {
    let bound = |index: usize| span[index].as_u64().unwrap_or_default() as usize;
    text.chars()
        .skip(bound(0))
        .take(bound(1) - bound(0))
        .collect()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn strings(value: &Value, pick: impl Fn(&Value) -> Value) -> Vec<String> {
    let picked = array(value).iter().map(pick);
    picked
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}

fn shortened(texts: &[String]) -> Vec<String> {
    texts
        .iter()
        .map(|text| text.chars().take(40).collect())
        .collect()
}

fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}
