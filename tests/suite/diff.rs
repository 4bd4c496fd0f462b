//! What differs between two sites, and the edition that names them.

use crate::command::folder::{Folder, REPORT, fangzhi, tree};
use serde_json::{Value, json};
use std::fs;

const OTHER: &str = "远湖市2021年法治政府建设情况报告\n\n一、成效\n\n全年办理行政复议案件12件。\n";

fn archive() -> Folder {
    Folder::new()
        .with("fangzhi.toml", "title = \"云岭档案\"\n")
        .with("content/云溪.txt", REPORT)
        .with("content/远湖.txt", OTHER)
}

fn build(folder: &Folder, out: &str) {
    let built = fangzhi(&["build", "-o", out], folder);
    assert_eq!(built.code, 0, "{built:?}");
}

fn diff(folder: &Folder, code: i32) -> Value {
    let run = fangzhi(&["diff", "--json", "old", "new"], folder);
    assert_eq!(run.code, code, "{run:?}");
    serde_json::from_str(&run.out).expect("JSON")
}

/// The one value that changed, and its causes.
fn change(diff: &Value) -> (&str, &str, &Value) {
    let values = diff["values"].as_array().expect("values");
    assert_eq!(values.len(), 1, "{diff}");
    let number = |side: &str| values[0][side]["value"].as_str().unwrap_or("–");
    (number("old"), number("new"), &values[0]["causes"])
}

#[test]
fn a_site_does_not_differ_from_itself() {
    let folder = archive();
    build(&folder, "old");
    build(&folder, "new");
    let found = diff(&folder, 0);
    for list in ["added", "gone", "changed", "values"] {
        assert_eq!(found[list], json!([]), "{found}");
    }
    assert_eq!(found["old"], found["new"]);
    assert!(
        found["old"]["program"]
            .as_str()
            .is_some_and(|name| name.starts_with("fangzhi "))
    );
    let nowhere = fangzhi(&["diff", "old", "content"], &folder);
    assert_eq!(nowhere.code, 2, "{nowhere:?}");
    assert!(nowhere.err.contains("help: "), "{nowhere:?}");
}

#[test]
fn a_value_that_changed_is_told_with_its_sentences_and_its_cause() {
    let folder = archive();
    build(&folder, "old");
    let folder = folder.with("content/云溪.txt", REPORT.replace("78件", "79件"));
    build(&folder, "new");
    let found = diff(&folder, 1);
    assert_eq!(change(&found), ("78", "79", &json!(["text"])));
    let value = &found["values"][0];
    assert_eq!(value["report"], "yunxi");
    for (side, words) in [("old", "行政复议案件78件"), ("new", "行政复议案件79件")] {
        let sentence = value[side]["sentence"].as_str().expect("a sentence");
        assert!(sentence.contains(words), "{value}");
    }
    assert_eq!(found["changed"][0]["text"], json!(true));
    let text = fangzhi(&["diff", "old", "new"], &folder);
    assert_eq!(text.code, 1);
    assert!(text.out.contains("78件 → 79件 (text)"), "{text:?}");
    assert!(
        text.out
            .contains("0 reports added, 0 gone, 1 changed; 1 value changed"),
        "{text:?}"
    );

    // The same text, and the keeper's word on its number.
    let indicator = value["indicator"].as_str().expect("an id").to_owned();
    let sentence = value["new"]["sentence"]
        .as_str()
        .expect("a sentence")
        .to_owned();
    build(&folder, "old");
    let folder = folder.with(
        "corrections.csv",
        format!(
            "report,sentence,indicator,old,new,who,when,why\n\
             yunxi,\"{sentence}\",{indicator},79件,80件,某馆员,2024-05-01,原件如此\n"
        ),
    );
    build(&folder, "new");
    let found = diff(&folder, 1);
    assert_eq!(change(&found), ("79", "80", &json!(["correction"])));

    // The same text, and a codebook without that indicator.
    build(&folder, "old");
    let folder = folder.with("codebook/own.toml", format!("remove = [\"{indicator}\"]\n"));
    fs::remove_file(folder.at("corrections.csv")).expect("deleted");
    build(&folder, "new");
    let found = diff(&folder, 1);
    let of_other: Vec<&Value> = found["values"]
        .as_array()
        .expect("values")
        .iter()
        .filter(|value| value["report"] == "yuanhu")
        .collect();
    assert_eq!(of_other.len(), 1, "{found}");
    assert_eq!(of_other[0]["new"], json!(null));
    assert_eq!(of_other[0]["causes"], json!(["codebook"]));
}

#[test]
fn what_a_correction_settles_of_other_values_is_its_doing() {
    let text = "远湖市2021年法治政府建设情况报告\n\n一、成效\n\n全年办理行政处罚案件320件。今年共办理行政处罚案件350件。\n";
    let folder = archive().with("content/远湖.txt", text);
    build(&folder, "old");
    let row = "report,sentence,indicator,old,new,who,when,why\nyuanhu,今年共办理行政处罚案件350件。,penalty-cases-total,350件,,某馆员,2024-05-01,笔误\n";
    let folder = folder.with("corrections.csv", row);
    build(&folder, "new");
    let found = diff(&folder, 1);
    let values = found["values"].as_array().expect("values");
    let other = values
        .iter()
        .find(|value| value["new"]["value"] == "320")
        .expect("the value that contradicts nothing any more");
    assert_eq!(other["causes"], json!(["correction"]), "{found}");
}

#[test]
fn a_value_read_otherwise_by_another_program_is_told_as_its_doing() {
    let folder = archive();
    build(&folder, "new");
    let copied = tree(&folder.at("new"));
    let folder = copied.iter().fold(folder, |folder, (path, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        match path.as_str() {
            "data/datapackage.json" => folder.with(
                &format!("old/{path}"),
                text.replace(
                    &format!("fangzhi {}", env!("CARGO_PKG_VERSION")),
                    "fangzhi 0.0.1",
                ),
            ),
            "data/observations.csv" => {
                folder.with(&format!("old/{path}"), text.replace(",12,件,", ",21,件,"))
            }
            _ => folder.with(&format!("old/{path}"), bytes),
        }
    });
    let found = diff(&folder, 1);
    assert_eq!(change(&found), ("21", "12", &json!(["program"])));
}

#[test]
fn reports_that_came_went_and_moved_are_told() {
    let folder = archive().with(
        "content/留.txt",
        "江源市2020年法治政府建设情况报告\n\n一、成效\n\n无。\n",
    );
    build(&folder, "old");
    fs::remove_file(folder.at("content/云溪.txt")).expect("deleted");
    fs::rename(folder.at("content/远湖.txt"), folder.at("content/湖.txt")).expect("renamed");
    let folder = folder.with("content/新.txt", REPORT.replace("2022", "2024"));
    let folder = folder.with("metadata.csv", "path,year\n留.txt,2019\n");
    build(&folder, "new");
    let found = diff(&folder, 1);
    assert_eq!(found["added"][0]["id"], "hu");
    assert_eq!(found["added"][0]["moved"], "yuanhu");
    assert_eq!(found["added"][1]["id"], "xin");
    assert_eq!(found["added"][1]["moved"], json!(null));
    assert_eq!(found["gone"][0]["id"], "yuanhu");
    assert_eq!(found["gone"][1]["id"], "yunxi");
    assert_eq!(
        found["changed"][0]["fields"],
        json!([["year", "2020", "2019"]])
    );
    assert_eq!(found["changed"][0]["text"], json!(false));
    let table = fangzhi(&["diff", "--csv", "old", "new"], &folder);
    assert_eq!(table.code, 1);
    let rows: Vec<&str> = table
        .out
        .trim_start_matches('\u{feff}')
        .split("\r\n")
        .collect();
    assert!(
        rows[0].starts_with("what,report,field,old,new,causes,"),
        "{rows:?}"
    );
    assert!(
        rows.contains(&"report-changed,liu,year,2020,2019,,,,,"),
        "{rows:?}"
    );
}

#[test]
fn a_site_is_named_by_its_content_or_by_its_keeper_and_no_report_page_holds_the_name() {
    let folder = archive();
    build(&folder, "one");
    let folder = folder.with("content/远湖.txt", OTHER.replace("12件", "13件"));
    build(&folder, "two");
    let folder = folder.with(
        "fangzhi.toml",
        "title = \"云岭档案\"\nedition = \"2024年6月版\"\n",
    );
    build(&folder, "named");
    let edition = |site: &str| {
        let package =
            fs::read(folder.at(&format!("{site}/data/datapackage.json"))).expect("a file");
        let package: Value = serde_json::from_slice(&package).expect("JSON");
        package["edition"].as_str().expect("an edition").to_owned()
    };
    let (one, two) = (edition("one"), edition("two"));
    assert!(one.len() == 10 && one != two, "{one} {two}");
    assert_eq!(edition("named"), "2024年6月版");
    let read = |path: &str| fs::read_to_string(folder.at(path)).expect("a file");
    for (site, name) in [("two", two.as_str()), ("named", "2024年6月版")] {
        for page in ["index.html", "about.html", "scripts/_edition.js"] {
            assert!(
                read(&format!("{site}/{page}")).contains(name),
                "{site}/{page}"
            );
        }
    }
    // The page of a report that did not change is the same in all three.
    let page = read("one/reports/yunxi.html");
    for other in ["two", "named"] {
        assert_eq!(page, read(&format!("{other}/reports/yunxi.html")));
    }
}

#[test]
fn a_citation_names_the_edition() {
    use crate::browser::{Browser, file_url};
    let folder = archive().with("fangzhi.toml", "edition = \"2024年6月版\"\n");
    build(&folder, "out");
    let mut page = Browser::Chromium.open(&file_url(&folder.at("out/reports/yunxi.html")));
    page.wait_for("document.getElementById('cite-ris').textContent.includes('2024年6月版')");
    for (form, words) in [
        ("cite-ris", "\nET  - 2024年6月版\nER  - "),
        ("cite-bibtex", ",\n  version = {2024年6月版}\n}"),
        ("cite-gbt", "2024年6月版"),
    ] {
        let text = page.eval(&format!("document.getElementById('{form}').textContent"));
        assert!(
            text.as_str().is_some_and(|text| text.contains(words)),
            "{text}"
        );
    }
    page.assert_quiet(&["file:"]);
}

#[test]
fn the_address_of_a_report_that_is_gone_says_so() {
    let folder = archive().with(
        "metadata.csv",
        "path,id,title,issuer,year\n\
         旧.txt,jiu-2020,旧市2020年法治政府建设情况报告,旧市人民政府,2020\n\
         另.txt,yunxi,不在了,,\n\
         无.txt,,没有编号的,,\n",
    );
    build(&folder, "out");
    let page = fs::read_to_string(folder.at("out/reports/jiu-2020.html")).expect("a page");
    for words in [
        "此件已撤下",
        "旧市2020年法治政府建设情况报告",
        "旧市人民政府",
        "../years/index.html",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // An address that a report has stays that report's.
    let page = fs::read_to_string(folder.at("out/reports/yunxi.html")).expect("a page");
    assert!(page.contains("基层执法力量") && !page.contains("此件已撤下"));
    let reports = folder.names("out/reports");
    assert_eq!(
        reports.iter().filter(|name| *name != "index.html").count(),
        3,
        "{reports:?}"
    );
    let search = fs::read_to_string(folder.at("out/data/reports.json")).expect("a file");
    assert!(!search.contains("jiu-2020"));
}

#[test]
fn the_program_tells_its_engine_and_writes_its_manual_and_completions() {
    let folder = Folder::new();
    let version = fangzhi(&["--version"], &folder);
    assert!(
        version.out.contains("search engine ") && version.out.contains("index schema "),
        "{version:?}"
    );
    assert_eq!(
        fangzhi(&["-V"], &folder).out.trim(),
        format!("fangzhi {}", env!("CARGO_PKG_VERSION"))
    );
    let manual = fangzhi(&["man"], &folder).out;
    for command in ["build", "serve", "diff", "search"] {
        assert!(
            manual.contains(&format!("fangzhi\\-{command}")),
            "{command}"
        );
    }
    assert!(!manual.contains("decode"), "{manual}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = fangzhi(&["completions", shell], &folder);
        assert!(script.code == 0 && script.out.contains("serve"), "{shell}");
    }
}
