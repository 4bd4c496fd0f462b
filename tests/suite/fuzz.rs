//! The fuzzer's targets over their corpus, on the stable compiler: what was once found stays mended.

#[path = "../fuzz/targets.rs"]
mod targets;

use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("readable").into_path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

#[test]
fn every_target_takes_its_corpus_and_every_case_of_ours() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let cases: Vec<Vec<u8>> = files(&tests.join("cases"))
        .iter()
        .filter(|path| path.extension().is_some_and(|kind| kind != "json"))
        .map(|path| std::fs::read(path).expect("a case"))
        .collect();
    assert!(cases.len() > 50);
    for (name, target) in targets::ALL {
        let corpus = files(&tests.join("fuzz/corpus").join(name));
        assert!(!corpus.is_empty(), "{name} has no corpus");
        for path in corpus {
            target(&std::fs::read(&path).expect("a file of the corpus"));
        }
    }
    for case in &cases {
        targets::read(case);
    }
    // Cut or altered anywhere, the shorter cases are still read or refused.
    for case in cases.iter().filter(|case| case.len() < 2_000).take(12) {
        for at in (0..case.len()).step_by(1 + case.len() / 12) {
            targets::read(&case[..at]);
            let mut altered = case.clone();
            altered[at] ^= 0x80;
            targets::decode(&[&[1], altered.as_slice()].concat());
        }
    }
}
