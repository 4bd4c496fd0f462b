//! A build that is killed leaves the old site whole, or the new one.

use super::folder::{Folder, REPORT, command, fangzhi, tree};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

const ROUNDS: u32 = 100;

/// Every file of the site is in its manifest with its checksum, and every file of the manifest is
/// there.
fn assert_whole(site: &BTreeMap<String, Vec<u8>>, round: u32) {
    let manifest = String::from_utf8_lossy(&site["manifest-sha256.txt"]).into_owned();
    let listed: BTreeMap<&str, &str> = manifest
        .lines()
        .map(|line| line.split_once("  ").expect("sum and path"))
        .map(|(sum, path)| (path, sum))
        .collect();
    assert_eq!(listed.len() + 1, site.len(), "round {round}");
    for (path, bytes) in site
        .iter()
        .filter(|(path, _)| *path != "manifest-sha256.txt")
    {
        let sum: String = Sha256::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            listed.get(path.as_str()),
            Some(&sum.as_str()),
            "round {round}: {path}"
        );
    }
}

#[test]
fn a_killed_build_leaves_a_whole_site_and_the_next_succeeds() {
    let folder = (0..12).fold(Folder::new(), |folder, number| {
        folder.with(&format!("in/{number}.txt"), REPORT)
    });
    let build = ["build", "in", "-o", "out"];
    assert_eq!(fangzhi(&build, &folder).code, 0);
    // What the rounds do: a build that finds a cache, and one report changed.
    let mut folder = folder.with("in/0.txt", format!("{REPORT}\n又一句。\n"));
    let begun = Instant::now();
    assert_eq!(fangzhi(&build, &folder).code, 0);
    let whole_time = begun.elapsed();
    let mut killed = 0;
    for round in 0..ROUNDS {
        let before = fs::read(folder.at("out/manifest-sha256.txt")).expect("a site");
        folder = folder.with("in/0.txt", format!("{REPORT}\n第{round}轮。\n"));
        let mut child = command(&build, &folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("runs");
        // The rounds' moments lie strewn over a build's whole time and a little beyond.
        let share = round * 61 % ROUNDS;
        std::thread::sleep(whole_time * share * 11 / (ROUNDS * 10) + Duration::from_millis(1));
        child.kill().expect("killed");
        let ended = child.wait().expect("ends");
        killed += u32::from(ended.code().is_none());
        let site = tree(&folder.at("out"));
        assert_whole(&site, round);
        let old = site["manifest-sha256.txt"] == before;
        let page = String::from_utf8_lossy(&site["reports/0.html"]).into_owned();
        assert_eq!(
            !old,
            page.contains(&format!("第{round}轮。")),
            "round {round}"
        );
        if round % 10 == 9 {
            let next = fangzhi(&build, &folder);
            assert_eq!(next.code, 0, "round {round}: {next:?}");
            assert_whole(&tree(&folder.at("out")), round);
            assert_eq!(folder.names("."), ["in", "out"], "round {round}");
        }
    }
    // Whatever the killed builds left in the cache, the site is that of a build from nothing.
    assert_eq!(fangzhi(&build, &folder).code, 0);
    let fresh = ["build", "in", "-o", "fresh", "--fresh"];
    assert_eq!(fangzhi(&fresh, &folder).code, 0);
    assert_eq!(tree(&folder.at("out")), tree(&folder.at("fresh")));
    assert!(
        killed >= ROUNDS / 2,
        "only {killed} builds were killed in time"
    );
}
