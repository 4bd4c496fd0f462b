//! The generator of large archives: what the scale tests and benchmarks stand on.

#[path = "../generator/archive.rs"]
pub(crate) mod archive;

use crate::cases::inspect;
use archive::{Form, Generated, Mess, Plan, Truth};
use search_index::fold::fold_str;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A hundred in a row have all messes and all forms.
const PLAN: Plan = Plan {
    reports: 100,
    seed: 1,
    characters: 800,
};

fn files(root: &Path) -> Vec<PathBuf> {
    walkdir::WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.expect("a readable folder"))
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_archive() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a temporary directory"));
    for folder in &folders {
        archive::write(folder.path(), PLAN).expect("written");
    }
    let [one, two] = folders.each_ref().map(|folder| {
        files(folder.path())
            .into_iter()
            .map(|file| {
                let relative = file.strip_prefix(folder.path()).expect("below").to_owned();
                (relative, std::fs::read(&file).expect("readable"))
            })
            .collect::<Vec<_>>()
    });
    assert_eq!(
        one.len(),
        103,
        "100 reports, the configuration, the divisions and what is true of them"
    );
    assert!(one == two, "two archives of one seed differ");
    let other = Plan { seed: 2, ..PLAN };
    assert!(
        archive::reports(PLAN)
            .zip(archive::reports(other))
            .all(|(one, other)| one.bytes != other.bytes),
        "another seed gives other reports"
    );
}

/// Shares are as documented; no two files have one name; places of every level, several issuers and
/// years each.
#[test]
fn an_archive_is_a_mix_of_places_issuers_years_and_messes() {
    let plan = Plan {
        reports: 1000,
        characters: 1,
        ..PLAN
    };
    let reports: Vec<Generated> = archive::reports(plan).collect();
    let count =
        |holds: &dyn Fn(&Generated) -> bool| reports.iter().filter(|one| holds(one)).count();
    assert_eq!(count(&|one| one.truth.mess == Mess::Clean), 490);
    let plain = count(&|one| one.path.extension().is_some_and(|ending| ending == "txt"));
    assert!((950..=970).contains(&plain), "{plain} are plain text");
    let paths: BTreeSet<&Path> = reports.iter().map(|one| &*one.path).collect();
    assert_eq!(paths.len(), 1000);
    let mut places: BTreeMap<&str, (BTreeSet<&str>, BTreeSet<u32>)> = BTreeMap::new();
    for Truth {
        region,
        issuer,
        year,
        ..
    } in reports.iter().map(|one| &one.truth)
    {
        if let Some(region) = region {
            let place = places.entry(region).or_default();
            place.0.insert(issuer);
            place.1.insert(*year);
        }
    }
    // The last one may be cut short.
    places.pop_last();
    for level in ["0000", "00", ""] {
        assert!(places.keys().any(|code| code.ends_with(level)), "{level}");
    }
    for (code, (issuers, years)) in places {
        assert!(
            issuers.len() >= 3 && years.len() >= 3,
            "{code}: {issuers:?} {years:?}"
        );
    }
}

/// Every one is read, told for whose and of which year it is, and has all of its words.
#[test]
fn generated_reports_are_understood_as_what_they_are() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    archive::write(folder.path(), PLAN).expect("written");
    let reports: Vec<Generated> = archive::reports(PLAN).collect();
    let messes: BTreeSet<Mess> = reports.iter().map(|one| one.truth.mess).collect();
    let forms: BTreeSet<Form> = reports.iter().map(|one| one.truth.form).collect();
    assert_eq!(
        (messes.len(), forms.len()),
        (20, 10),
        "{messes:?} {forms:?}"
    );
    let content = folder.path().join("content");
    let files: Vec<PathBuf> = reports.iter().map(|one| content.join(&one.path)).collect();
    let mut wrong = Vec::new();
    for (one, record) in reports.iter().zip(inspect(&files)) {
        let told = differences(&one.truth, &record);
        wrong.extend(told.into_iter().map(|fault| {
            format!(
                "{} {:?} {:?}: {fault}",
                one.path.display(),
                one.truth.mess,
                one.truth.form
            )
        }));
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Where a record is not what is true.
fn differences(truth: &Truth, record: &Value) -> Vec<String> {
    let issuer = record["issuer"].as_str().map(fold_str);
    let (first, last) = truth.months;
    let period = match (first, last) {
        (1, 12) => truth.year.to_string(),
        _ => format!("{0}-{first:02}..{0}-{last:02}", truth.year),
    };
    let republished = matches!(truth.mess, Mess::Republisher | Mess::Masked);
    let traditional = matches!(truth.mess, Mess::Traditional | Mess::Big5);
    let text: String = bare(&record["text"]);
    let lost = truth.words.iter().find(|line| !text.contains(*line));
    let headings = record["outline"].as_array().into_iter().flatten();
    let facts = [
        ("genre", record["genre"].as_str() == Some("annual-report")),
        (
            "region",
            record["region"]["code"].as_str() == truth.region.as_deref(),
        ),
        ("issuer", issuer == Some(fold_str(&truth.issuer))),
        ("year", record["year"].as_u64() == Some(truth.year.into())),
        ("period", record["period"].as_str() == Some(&period)),
        (
            "encoding",
            truth
                .form
                .encoding()
                .is_none_or(|encoding| record["source"]["encoding"] == encoding),
        ),
        (
            "class",
            (record["source"]["class"] == "republisher") == republished,
        ),
        ("script", (record["script"] == "Hant") == traditional),
        (
            "five parts",
            headings.filter(|heading| heading["level"] == 1).count() == 5,
        ),
    ];
    let wrong = facts.iter().filter(|(_, holds)| !holds);
    wrong
        .map(|(what, _)| {
            format!(
                "{what}: {} {} {} {} {}",
                record["region"]["code"],
                record["issuer"],
                record["year"],
                record["period"],
                record["source"]
            )
        })
        .chain(lost.map(|line| format!("lost: {line}")))
        .collect()
}

fn bare(text: &Value) -> String {
    let text = text.as_str().unwrap_or_default().chars();
    text.filter(|c| !c.is_whitespace() && *c != '\u{200B}')
        .collect()
}

/// The site has a page for every report, and says so.
#[test]
fn a_generated_archive_is_built_whole() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let plan = Plan {
        reports: 60,
        ..PLAN
    };
    archive::write(folder.path(), plan).expect("written");
    let site = folder.path().join("public");
    let built = Command::new(env!("CARGO_BIN_EXE_fangzhi"))
        .arg("build")
        .arg(folder.path())
        .arg("-o")
        .arg(&site)
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&built.stdout);
    assert!(
        built.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&built.stderr)
    );
    // Of a masked place nothing can be compared.
    let masked = archive::reports(plan).filter(|one| one.truth.region.is_none());
    let want = format!("60 reports read, 0 not read, {} doubtful", masked.count());
    assert!(said.contains(&want), "{said}");
    let pages = files(&site.join("reports"));
    let pages = pages
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "html"));
    assert_eq!(pages.count(), 60);
}
