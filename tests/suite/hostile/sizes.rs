//! Too large, too long, too deep, too many, or nothing at all.

use super::bounded;
use crate::command::folder::{Folder, REPORT, Run};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

/// Checks a folder of `files` and of one sound report.
#[track_caller]
fn check(files: Vec<(&str, String)>) -> Run {
    let folder = files.into_iter().fold(
        Folder::new().with("good.txt", REPORT),
        |folder, (name, text)| folder.with(name, text),
    );
    let checked = bounded(&["check"], &folder);
    assert!(
        checked.out.contains("reports read, ") || checked.out.contains("1 report read, "),
        "{checked:?}"
    );
    checked
}

#[track_caller]
fn told(run: &Run, all: &[&str]) {
    for one in all {
        assert!(run.out.contains(one), "{one} in {run:?}");
    }
}

#[test]
fn what_is_too_large_is_refused_unread() {
    let folder = Folder::new().with("good.txt", REPORT);
    let mut huge = File::create(folder.at("huge.txt")).expect("made");
    huge.seek(SeekFrom::Start(200 << 20)).expect("sought");
    huge.write_all(b"x").expect("written");
    let folder = folder
        .with("line.txt", "政".repeat((50 << 20) / 3))
        .with("words.txt", "行政复议。\n".repeat(600_000))
        .with(
            "sentence.txt",
            format!("{REPORT}{}", "全年办理案件78件,".repeat(60_000)),
        );
    let built = bounded(&["build", "-o", "out"], &folder);
    assert_eq!(built.code, 1, "{built:?}");
    for told in [
        "error[too-large] huge.txt: cannot be read: it is larger than 64 MiB",
        "error[too-large] line.txt: cannot be read: its text is larger than 8 MiB",
        "error[too-large] words.txt: cannot be read: its text is larger than 8 MiB",
        "error[too-large] sentence.txt:14: cannot be read: line 14 is longer than 1024 KiB",
        "save its text alone",
    ] {
        assert!(built.err.contains(told), "{told} {built:?}");
    }
    assert!(folder.at("out/reports/good.html").is_file());
}

#[test]
fn what_is_empty_is_told() {
    let run = check(vec![
        ("a.txt", String::new()),
        ("b.txt", " \n\u{3000}\n".to_owned()),
        ("c.md", "\u{feff}".to_owned()),
        ("d.md", "+++\nyear = 2020\n+++\n".to_owned()),
        ("e.md", "<!-- -->\n\n<script>canary()</script>\n".to_owned()),
        ("f.txt", "\0".repeat(4000)),
    ]);
    assert_eq!(run.code, 1);
    assert_eq!(run.out.matches("error[file-empty]").count(), 5, "{run:?}");
    assert_eq!(
        run.out.matches("error[not-text] f.txt").count(),
        1,
        "{run:?}"
    );
}

/// Time grows with the text, whatever is in it.
#[test]
fn a_million_of_anything_takes_its_time_and_no_more() {
    let many = |piece: &str, count: usize| format!("{REPORT}\n{}。\n", piece.repeat(count));
    let run = check(vec![
        ("topics.txt", many("行政复议", 60_000)),
        ("figures.txt", many("办理行政处罚案件12件，", 20_000)),
        ("spared.txt", many("公示行政处罚案件12件，", 20_000)),
        ("unmarked.txt", many("办理案件三件", 30_000)),
        (
            "parts.txt",
            many("办案1件。其中，办理行政处罚案件1件。", 10_000),
        ),
        ("numerals.txt", many("万亿", 100_000)),
        ("digits.txt", many("9", 300_000)),
        ("decimals.txt", many("一点", 100_000)),
        ("dates.txt", many("2022年1月1日", 10_000)),
        ("places.txt", many("河南省开封市鼓楼区", 10_000)),
        ("marks.txt", many("（一）\n", 20_000)),
        ("combining.txt", many("\u{301}", 200_000)),
        ("invisible.txt", many("\u{200b}", 200_000)),
        ("returns.txt", many("\r", 200_000)),
        ("brackets.txt", many("《（“", 50_000)),
    ]);
    assert_eq!(run.code, 0, "{run:?}");
    told(&run, &["16 reports read, 0 not read"]);
}

/// As many figures as a text of the largest size holds: those that contradict each other are told in one
/// line, those that agree in none.
#[test]
fn many_thousand_figures_of_one_kind_are_compared_in_time() {
    // Not in the last part: what is planned is no figure.
    let with = |figures: &str| REPORT.replace("全年审查", &format!("{figures}全年审查"));
    let same = "全年共办理行政处罚案件78件。".repeat(8_000);
    let each: String = (0..8_000)
        .map(|number| format!("全年共办理行政处罚案件{number}件。"))
        .collect();
    let run = check(vec![("same.txt", with(&same)), ("each.txt", with(&each))]);
    assert_eq!(run.code, 0, "{:.600}", run.out);
    told(
        &run,
        &[
            "note[figure-conflict] each.txt:5: ",
            "the report says 0件, and also 1件, and also 2件 …",
        ],
    );
    assert_eq!(
        run.out.matches("[figure-conflict]").count(),
        1,
        "{:.600}",
        run.out
    );
    let longest = run.out.lines().map(str::len).max();
    assert!(longest < Some(2_000), "{longest:?}");
}

#[test]
fn markdown_and_html_of_any_depth_are_read_or_told() {
    let folder = Folder::new()
        .with("fangzhi.toml", "[limits]\nseconds = 8\n")
        .with("content/good.txt", REPORT);
    let xml: String = (1..10)
        .map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10)))
        .collect();
    let folder = [
        ("quotes.md", format!("{}深\n", ">".repeat(300_000))),
        ("lists.md", (0..1_000).map(|n| format!("{}- 甲\n", "  ".repeat(n))).collect()),
        ("brackets.md", "[".repeat(200_000)),
        ("stars.md", "*a ".repeat(50_000)),
        ("tables.md", format!("{}|\n{}|\n{}", "|甲".repeat(5_000), "|-".repeat(5_000), "|乙|\n".repeat(500))),
        ("entities.md", "&amp;".repeat(100_000)),
        ("ticks.md", (0..1_200).map(|n| "`".repeat(n) + "甲").collect::<Vec<_>>().join("\n")),
        ("unclosed.md", "<b x=".repeat(100_000)),
        ("bomb.md", format!("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e0 \"甲\">{xml}]>\n<x>&e9;</x>\n\n{REPORT}")),
        ("outer.md", format!("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>\n<x>&e;</x>\n\n{REPORT}")),
        ("nested.md", format!("{}深\n", "<div>".repeat(200_000))),
        ("attributes.md", format!("<b{}>甲\n", (0..90_000).map(|n| format!(" a{n}")).collect::<String>())),
        ("attributes.html", format!("<p>甲\n<b{}>", (0..900_000).map(|n| format!(" a{n}=1")).collect::<String>())),
    ]
    .into_iter()
    .fold(folder, |folder, (name, text): (&str, String)| folder.with(&format!("content/{name}"), text));
    let built = bounded(&["build", "-o", "out"], &folder);
    assert_eq!(built.code, 1, "{built:?}");
    for (name, line) in [("attributes.md", 1), ("attributes.html", 2)] {
        let told = format!(
            "error[file-damaged] {name}: cannot be read: the file is damaged: the tag on line {line} has more attributes"
        );
        assert!(built.err.contains(&told), "{told} {built:?}");
    }
    assert!(
        built.out.contains("12 reports read, 2 not read"),
        "{built:?}"
    );
    let data = std::fs::read_to_string(folder.at("out/data/reports.csv")).expect("there");
    assert!(data.contains("good.txt") && data.contains("bomb.md"));
    let page = std::fs::read_to_string(folder.at("out/reports/outer.html")).expect("there");
    assert!(!page.contains("root:"));
}

#[test]
fn front_matter_that_would_grow_or_nest_is_told() {
    let mut aliases = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
    for (one, next) in ('a'..='i').zip('b'..) {
        aliases.push_str(&format!(
            "{next}: &{next} [{}]\n",
            vec![format!("*{one}"); 9].join(",")
        ));
    }
    let yaml = |text: &str| format!("---\n{text}\n---\n{REPORT}");
    let toml = |text: &str| format!("+++\n{text}\n+++\n{REPORT}");
    let run = check(vec![
        ("aliases.md", yaml(&aliases)),
        ("deep.md", yaml(&format!("title: {}", "[".repeat(4_000)))),
        ("maps.md", yaml(&format!("title: {}", "{a: ".repeat(4_000)))),
        ("merge.md", yaml("<<: *x\n? {a: b}\n: c")),
        ("tag.md", yaml("!!python/object:os.system \"touch x\": 1")),
        (
            "deep-toml.md",
            toml(&format!("a = {}", "[".repeat(100_000))),
        ),
        (
            "inline.md",
            toml(&format!("a = {}", "{a = ".repeat(20_000))),
        ),
        (
            "dotted.md",
            toml(&format!("{} = 1", vec!["a"; 20_000].join("."))),
        ),
        (
            "long.md",
            toml(&format!("title = \"{}\"", "长".repeat(300_000))),
        ),
        (
            "keys.md",
            toml(
                &(0..190)
                    .map(|n| format!("k{n} = {n}\n"))
                    .collect::<String>(),
            ),
        ),
        ("twice.md", toml("year = 2020\nyear = 2021")),
    ]);
    assert_eq!(run.code, 0, "{run:?}");
    told(&run, &["12 reports read, 0 not read"]);
    for name in [
        "aliases.md",
        "deep.md",
        "maps.md",
        "deep-toml.md",
        "inline.md",
        "twice.md",
    ] {
        assert!(
            run.out.contains(&format!("[front-matter-invalid] {name}:"))
                || run.out.contains(&format!("[metadata-unknown-key] {name}:"))
                || run.out.contains(&format!("[metadata-bad-value] {name}:")),
            "{name} {run:?}"
        );
    }
}
