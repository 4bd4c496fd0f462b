//! A parser that panics, loops, eats memory or dies takes nothing with it but its file.

use super::folder::{Folder, REPORT, fangzhi};

/// What a file whose parser fails in this way is told as. (The program's debug build plays it.)
fn check(fault: &str, limits: &str, expected: &[&str]) {
    let folder = Folder::new()
        .with("fangzhi.toml", format!("[limits]\n{limits}\n"))
        .with("content/一.txt", REPORT)
        .with(
            "content/二.rtf",
            format!("{{\\rtf1 a parser that {fault}}}"),
        )
        .with("content/三.rtf", rtf(REPORT));
    let built = fangzhi(&["build", "-o", "out"], &folder);
    assert_eq!(built.code, 1, "{built:?}");
    assert!(
        built.out.starts_with("out: 2 reports read, 1 not read"),
        "{built:?}"
    );
    for words in expected {
        assert!(built.err.contains(words), "{words} in {built:?}");
    }
    assert_eq!(fangzhi(&["check"], &folder).code, 1);
    let shown = fangzhi(&["inspect", "content/二.rtf", "content/三.rtf"], &folder);
    assert_eq!(shown.code, 1, "{shown:?}");
    assert!(shown.out.contains("云溪市2022年"), "{shown:?}");
}

/// A text as RTF, all of it in `\u`.
pub(super) fn rtf(text: &str) -> String {
    let mut rtf = String::from("{\\rtf1\\ansi\\uc0 ");
    for unit in text.encode_utf16() {
        match unit {
            0xa => rtf.push_str("\\par\n"),
            unit => rtf.push_str(&format!("\\u{} ", unit as i16)),
        }
    }
    rtf + "}"
}

#[test]
fn a_panic_is_the_files_own() {
    check(
        "panics",
        "",
        &["error[decoder-failed] 二.rtf: ", "failed on it: as asked"],
    );
}

#[test]
fn an_endless_loop_ends_with_the_time() {
    check(
        "loops",
        "seconds = 2",
        &[
            "error[decoder-limit] 二.rtf: ",
            "more than 2 seconds",
            "raise `seconds`",
        ],
    );
}

#[cfg(target_os = "linux")]
#[test]
fn memory_has_a_limit() {
    check(
        "eats memory",
        "memory_mib = 200",
        &[
            "error[decoder-limit] 二.rtf: ",
            "more than 200 MiB of memory",
        ],
    );
}

#[test]
fn a_process_that_dies_is_replaced() {
    check("dies", "", &["error[decoder-failed] 二.rtf: "]);
}

#[test]
fn each_process_reads_many_files() {
    let mut folder = Folder::new();
    for number in 0..40 {
        folder = folder.with(&format!("in/{number}.rtf"), rtf(REPORT));
    }
    let checked = fangzhi(&["check", "in"], &folder);
    assert_eq!(checked.code, 0, "{checked:?}");
    assert!(
        checked.out.contains("40 reports read, 0 not read"),
        "{checked:?}"
    );
}
