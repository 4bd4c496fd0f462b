//! The generator of large archives: what the scale tests and benchmarks stand on.

#[path = "../generator/archive.rs"]
mod archive;

use crate::cases::inspect;
use std::path::PathBuf;

fn files(root: &std::path::Path) -> Vec<PathBuf> {
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
    let plan = archive::Plan {
        reports: 150,
        seed: 7,
        characters: 800,
    };
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a temporary directory"));
    for folder in &folders {
        archive::write(folder.path(), plan).expect("written");
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
        152,
        "150 reports, the configuration and the divisions"
    );
    assert!(one == two, "two archives of one seed differ");
}

#[test]
fn generated_reports_are_of_the_genre() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let plan = archive::Plan {
        reports: 64,
        seed: 3,
        characters: 3000,
    };
    archive::write(folder.path(), plan).expect("written");
    let reports = files(&folder.path().join("content"));
    for record in inspect(&reports) {
        let path = &record["source"]["path"];
        assert_eq!(record["genre"], "annual-report", "{path}");
        let year = record["year"].to_string();
        assert!(
            path.as_str().is_some_and(|path| path.contains(&year)),
            "{path} {year}"
        );
        let first = record["outline"].as_array().expect("headings").iter();
        assert_eq!(
            first.filter(|heading| heading["level"] == 1).count(),
            5,
            "{path}"
        );
    }
}
