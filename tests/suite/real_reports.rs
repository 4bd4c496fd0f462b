//! The five real reports and the hand-made annotations of three of them, where they are:
//! `../shared/seeds` and `../shared/gold` beside the repository. Elsewhere these tests say that
//! they did not run.

use crate::cases::inspect;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Figures of `score.py`'s summary and what each has to reach.
const THRESHOLDS: [(&str, f64); 7] = [
    ("metadata", 0.97),
    ("retention", 1.0),
    ("genre", 1.0),
    ("outline", 0.97),
    ("role", 0.95),
    ("furniture", 0.95),
    ("topics", 0.95),
];

fn shared(folder: &str, ending: &str) -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared")
        .join(folder);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("not run: {} is not here", folder.display());
        return None;
    };
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    files.sort();
    Some(files)
}

#[test]
fn annotated_reports_reach_the_scores() {
    let (Some(seeds), Some(gold)) = (shared("seeds", "txt"), shared("gold", "json")) else {
        return;
    };
    let mut records = tempfile::NamedTempFile::new().expect("a temporary file");
    for record in inspect(&seeds) {
        writeln!(records, "{record}").expect("written");
    }
    let script = gold[0].with_file_name("score.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(records.path())
        .args(&gold)
        .arg("--details")
        .output();
    let Ok(output) = output else {
        eprintln!("not run: there is no python3 for score.py");
        return;
    };
    let told = String::from_utf8_lossy(&output.stdout);
    let summary = told
        .lines()
        .find_map(|line| line.strip_prefix("summary"))
        .unwrap_or_else(|| panic!("{told}{}", String::from_utf8_lossy(&output.stderr)));
    let words: Vec<&str> = summary.split_whitespace().collect();
    for (figure, least) in THRESHOLDS {
        let at = words
            .iter()
            .position(|word| *word == figure)
            .expect("the figure is there");
        let found: f64 = words[at + 1].parse().expect("a number");
        assert!(found >= least, "{figure} is {found}, not {least}\n{told}");
    }
    assert!(told.contains("null read as zero: 0"), "{told}");
    let indicators = told.lines().find(|line| line.starts_with("indicators"));
    let words: Vec<&str> = indicators
        .expect("a line on indicators")
        .split_whitespace()
        .collect();
    for (figure, least) in [("precision", 0.97), ("recall", 0.90)] {
        let at = words
            .iter()
            .position(|word| *word == figure)
            .expect("the figure is there");
        let found: f64 = words[at + 1].parse().expect("a number");
        assert!(
            found >= least,
            "{figure} of indicators is {found}, not {least}\n{told}"
        );
    }
}

#[test]
fn no_real_report_has_a_wrong_city_year_or_issuer() {
    let Some(seeds) = shared("seeds", "txt") else {
        return;
    };
    let expected = [
        json!({"region": "410200", "year": 2019, "issuer_type": "department", "script": "Hans",
            "published": "2020-03-30", "signed": "2020-03-26", "parts": ["achievements", "litigation", "problems", "plan"]}),
        json!({"region": "330723", "year": 2021, "issuer_type": "department", "script": "Hans", "class": "official",
            "published": "2022-01-10", "signed": Value::Null, "parts": ["achievements", "problems", "plan"]}),
        json!({"region": "310114", "year": 2023, "issuer_type": "department", "script": "Hans",
            "published": "2024-03-28", "signed": "2024-03-26", "parts": ["achievements", "problems", "leadership_duty", "plan"]}),
        json!({"region": "330182", "year": 2018, "issuer_type": "government", "script": "Hant", "class": "republisher",
            "published": Value::Null, "signed": Value::Null, "parts": ["achievements", "litigation", "plan"]}),
        json!({"region": "140400", "year": 2023, "issuer_type": "department", "script": "Hans",
            "published": Value::Null, "signed": "2023-12-27",
            "parts": ["achievements", "problems", "leadership_duty", "litigation", "plan", "suggestions"]}),
    ];
    assert_eq!(seeds.len(), expected.len());
    for (record, expected) in inspect(&seeds).iter().zip(&expected) {
        let path = &record["source"]["path"];
        let found = json!({"region": record["region"]["code"], "year": record["year"],
            "issuer_type": record["issuer_type"], "script": record["script"],
            "published": record["published"], "signed": record["signed"]});
        for (key, found) in found.as_object().expect("facts") {
            assert_eq!(found, &expected[key], "{key} of {path}");
        }
        if let Some(class) = expected.get("class") {
            assert_eq!(&record["source"]["class"], class, "{path}");
        }
        let roles: Vec<&Value> = record["parts"]
            .as_array()
            .expect("parts")
            .iter()
            .map(|part| &part["role"])
            .collect();
        for role in expected["parts"].as_array().expect("roles") {
            assert!(
                roles.contains(&role),
                "{path} has no {role} among {roles:?}"
            );
        }
    }
}

/// A literal of more than six characters that stands in one of the real reports only would be that
/// report's wording, not the genre's.
#[test]
fn no_pattern_is_made_for_one_report() {
    let Some(seeds) = shared("seeds", "txt") else {
        return;
    };
    let texts: Vec<String> = seeds
        .iter()
        .map(|seed| {
            search_index::fold::fold_str(&String::from_utf8_lossy(
                &std::fs::read(seed).expect("a seed"),
            ))
        })
        .collect();
    let codebook = fangzhi::codebook::Codebook::built_in();
    let han = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c);
    for indicator in &codebook.indicators {
        for run in indicator
            .patterns
            .iter()
            .flat_map(|source| source.split(|c| !han(c)))
        {
            let run = search_index::fold::fold_str(run);
            if run.chars().count() > 6 {
                let holding = texts.iter().filter(|text| text.contains(&run)).count();
                assert!(holding != 1, "{}: {run}", indicator.id);
            }
        }
    }
}
