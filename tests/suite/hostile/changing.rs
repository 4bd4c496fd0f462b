//! A folder that changes while it is read.

use super::bounded;
use crate::command::folder::{Folder, REPORT, command, fangzhi};
use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Says that a test is over, however it ends, to the thread that works against it.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn files_that_vanish_grow_or_turn_into_folders_take_nothing_with_them() {
    let folder = (0..60).fold(Folder::new(), |folder, number| {
        folder.with(&format!("in/{number:02}.txt"), REPORT)
    });
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut round = 0_usize;
            while !over.load(Ordering::Relaxed) {
                let path = folder.at(&format!("in/{:02}.txt", 20 + round % 40));
                // Each of these may fail by what the last round left.
                let _ = match round % 4 {
                    0 => fs::remove_file(&path),
                    1 => fs::create_dir(&path),
                    2 => fs::remove_dir(&path),
                    _ => fs::OpenOptions::new()
                        .append(true)
                        .create(true)
                        .open(&path)
                        .and_then(|mut file| file.write_all(REPORT.as_bytes())),
                };
                round += 7;
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        let _end = End(&over);
        for _ in 0..3 {
            let built = bounded(&["build", "in", "-o", "out"], &folder);
            assert!(built.code < 2, "{built:?}");
            assert_eq!(fangzhi(&["verify", "out"], &folder).code, 0);
            for number in 0..20 {
                assert!(
                    folder
                        .at(&format!("out/reports/{number:02}.html"))
                        .is_file()
                );
            }
        }
    });
}

/// A file that is written to as fast as it is read ends at the limit on a file's size.
#[test]
fn a_file_that_grows_without_end_is_read_to_the_limit() {
    let folder = Folder::new()
        .with("in/good.txt", REPORT)
        .with("in/log.txt", REPORT);
    let mut writer = command(&["--version"], &folder);
    writer.stdout(Stdio::null());
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut log = fs::OpenOptions::new()
                .append(true)
                .open(folder.at("in/log.txt"))
                .expect("there");
            let piece = "全年办理行政复议案件78件。\n".repeat(2_000);
            let mut written = 0;
            while !over.load(Ordering::Relaxed) && written < (80 << 20) {
                log.write_all(piece.as_bytes()).expect("written");
                written += piece.len();
            }
        });
        let _end = End(&over);
        while fs::metadata(folder.at("in/log.txt")).is_ok_and(|log| log.len() < (9 << 20)) {
            std::thread::yield_now();
        }
        let built = bounded(&["build", "in", "-o", "out"], &folder);
        assert_eq!(built.code, 1, "{built:?}");
        assert!(
            built.err.contains("error[too-large] log.txt: "),
            "{built:?}"
        );
    });
}
