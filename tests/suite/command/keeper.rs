//! What a keeper does with an archive: look at the worklist, mend it in a spreadsheet, move files.

use super::folder::{Folder, REPORT, fangzhi, tree};
use std::collections::BTreeMap;
use std::fs;

/// A cell of the row of a file in the archive's `metadata.csv`.
fn cell(folder: &Folder, path: &str, title: &str) -> String {
    let text = fs::read_to_string(folder.at("metadata.csv")).expect("a catalogue");
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<BTreeMap<String, String>> = reader
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect();
    let row = rows.iter().find(|row| row["path"] == path);
    row.unwrap_or_else(|| panic!("no row for {path}"))[title].clone()
}

/// Writes other values into a file's row, as a spreadsheet does: all else as it was, between
/// separators of its own.
fn edit(folder: &Folder, path: &str, values: &[(&str, &str)]) {
    let text = fs::read_to_string(folder.at("metadata.csv")).expect("a catalogue");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut rows: Vec<Vec<String>> = reader
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect();
    let titles = rows[0].clone();
    let at = |title: &str| {
        titles
            .iter()
            .position(|one| one == title)
            .expect("a column")
    };
    let row = rows
        .iter_mut()
        .find(|row| row[at("path")] == path)
        .expect("a row");
    for (title, value) in values {
        row[at(title)] = (*value).to_owned();
    }
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).expect("written");
    }
    fs::write(
        folder.at("metadata.csv"),
        writer.into_inner().expect("bytes"),
    )
    .expect("written");
}

#[test]
fn the_worklist_is_the_same_for_a_reader_a_program_and_a_spreadsheet() {
    let folder = Folder::new().with("甲.txt", REPORT).with("乙.txt", "");
    let shown = fangzhi(&["check"], &folder);
    let json = fangzhi(&["check", "--json"], &folder);
    let table = fangzhi(&["check", "--csv"], &folder);
    assert_eq!((shown.code, json.code, table.code), (1, 1, 1), "{shown:?}");
    let record: serde_json::Value = serde_json::from_str(&json.out).expect("one object");
    assert_eq!((&record["read"], &record["unread"]), (&1.into(), &1.into()));
    let list = record["worklist"].as_array().expect("a list");
    assert_eq!(list[0]["code"], "file-empty");
    assert_eq!(list[0]["matter"], "missing");
    assert!(
        table
            .out
            .starts_with("\u{feff}level,matter,code,file,line,report,message,fix\r\n")
    );
    assert_eq!(table.out.lines().count(), list.len() + 1);
    let about = |language: &str| {
        let run = fangzhi(&["build", "-o", "out", "--lang", language], &folder);
        assert_eq!(run.code, 1, "{run:?}");
        let site = tree(&folder.at("out"));
        String::from_utf8_lossy(&site["about.html"]).into_owned()
    };
    let chinese = about("zh-Hans");
    assert!(chinese.contains("文件里没有文字。"), "{chinese}");
    assert!(!chinese.contains("it is empty"), "{chinese}");
    let about = about("en");
    for row in list {
        let (code, message) = (row["code"].as_str(), row["message"].as_str());
        let (code, message) = (code.expect("a code"), message.expect("a message"));
        assert!(shown.out.contains(&format!("[{code}]")), "{code} {shown:?}");
        let message = message.replace(['“', '`'], "");
        let words = message.split([' ', ':']).max_by_key(|word| word.len());
        assert!(about.contains(words.expect("words")), "{message}");
    }
}

#[test]
fn what_the_worklist_names_stands_in_every_language() {
    let other = REPORT.replace("司法", "法治");
    let folder = Folder::new()
        .with("甲.txt", REPORT)
        .with("表.xlsx", "PK")
        .with("metadata.csv", "path,yeer\n丙.txt,2020\n")
        .with("乙.txt", other);
    for language in ["zh-Hans", "zh-Hant", "en"] {
        fangzhi(&["build", "-o", "out", "--lang", language], &folder);
        let site = tree(&folder.at("out"));
        let about = String::from_utf8_lossy(&site["about.html"]).into_owned();
        for named in ["yeer", "丙.txt", "xlsx"] {
            assert!(about.contains(named), "{named} in {language}: {about}");
        }
    }
}

#[test]
fn warnings_set_the_exit_code_where_they_are_asked_to() {
    let folder = Folder::new()
        .with("甲.txt", REPORT)
        .with("metadata.csv", "path,year\n甲.txt,去年\n");
    assert_eq!(fangzhi(&["check"], &folder).code, 0);
    assert_eq!(fangzhi(&["check", "--strict"], &folder).code, 1);
}

#[test]
fn a_codebook_is_tested_by_its_examples() {
    let topic = |example: &str| {
        format!(
            "[[topic]]\nid = \"own-topic\"\nterms = [\"云溪模式\"]\nexamples = [\"{example}\"]\n\
             counter-examples = [\"全年办理行政复议案件78件。\"]\n\
             names = {{ zh-Hans = \"云溪模式\", en = \"Yunxi model\" }}\n\
             definition = {{ zh-Hans = \"云溪的做法\", en = \"what Yunxi does\" }}\n"
        )
    };
    let folder = Folder::new()
        .with("fangzhi.toml", "")
        .with("content/甲.txt", REPORT)
        .with("codebook/own.toml", topic("全市推广云溪模式。"));
    let checked = fangzhi(&["check"], &folder);
    assert_eq!(checked.code, 0, "{checked:?}");
    let folder = folder.with("codebook/own.toml", topic("全市推广外地做法。"));
    let checked = fangzhi(&["check"], &folder);
    assert_eq!(checked.code, 1, "{checked:?}");
    assert!(
        checked
            .out
            .contains("error[codebook-example] codebook/own.toml:4: `own-topic`: "),
        "{checked:?}"
    );
}

#[test]
fn a_codebook_that_names_what_there_is_not_is_told() {
    let own =
        "[[indicator]]\nid = \"fines-total\"\nextend = true\nfollows = [\"penalty-case-total\"]\n";
    let folder = Folder::new()
        .with("fangzhi.toml", "")
        .with("content/甲.txt", REPORT)
        .with("codebook/own.toml", own)
        .with(
            "codebook/lines.toml",
            "[lines]\n\"水利\" = [\"河湖\"]\n\"水力\" = [\"河湖\"]\n",
        );
    let checked = fangzhi(&["check"], &folder);
    for told in [
        "codebook/own.toml:4: `follows` or `parts` names `penalty-case-total`, which is no indicator",
        "codebook/lines.toml:3: `水力` is no line of departments",
    ] {
        assert!(checked.out.contains(told), "{checked:?}");
    }
    assert!(!checked.out.contains("`水利`"), "{checked:?}");
}

#[test]
fn corrections_that_have_lost_their_sentence_are_told() {
    let folder = Folder::new()
        .with("fangzhi.toml", "")
        .with("content/甲.txt", REPORT)
        .with(
            "corrections.csv",
            "report,sentence,indicator,new\njia,没有这一句。,reconsideration-closed,3件\n",
        );
    let checked = fangzhi(&["check"], &folder);
    assert!(checked.out.contains("corrections.csv:2: "), "{checked:?}");
}

#[test]
fn a_readers_site_may_leave_the_worklist_out() {
    let folder = Folder::new().with("甲.txt", REPORT).with("乙.txt", "");
    let asked = |arguments: &[&str], folder: &Folder| {
        fangzhi(arguments, folder);
        let site = tree(&folder.at("out"));
        ["about.html", "index.html"]
            .map(|page| String::from_utf8_lossy(&site[page]).contains("乙.txt"))
    };
    assert_eq!(asked(&["build", "-o", "out"], &folder), [true, true]);
    let without = ["build", "-o", "out", "--no-worklist"];
    assert_eq!(asked(&without, &folder), [false, false]);
    let archive = Folder::new()
        .with("fangzhi.toml", "worklist = false\n")
        .with("content/甲.txt", REPORT)
        .with("content/乙.txt", "");
    assert_eq!(asked(&["build", "-o", "out"], &archive), [false, false]);
}

#[test]
fn a_catalogue_is_made_and_a_persons_word_in_it_wins() {
    let folder = Folder::new()
        .with("fangzhi.toml", "")
        .with("content/年报/甲.txt", REPORT);
    let made = fangzhi(&["check", "--write"], &folder);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(made.err.contains("1 row, 1 new, 0 moved"), "{made:?}");
    assert_eq!(cell(&folder, "年报/甲.txt", "year"), "2022");
    assert_eq!(cell(&folder, "年报/甲.txt", "year_inferred"), "2022");
    assert!(cell(&folder, "年报/甲.txt", "year_evidence").contains("2022年"));
    let before = fs::read(folder.at("metadata.csv")).expect("a catalogue");
    fangzhi(&["check", "--write"], &folder);
    assert_eq!(
        fs::read(folder.at("metadata.csv")).expect("a catalogue"),
        before
    );
    assert_eq!(
        folder.names("."),
        [".fangzhi", "content", "fangzhi.toml", "metadata.csv"]
    );

    let url = "https://example.org/a";
    let said = [
        ("year", "2019.0"),
        ("retrieved", "2024/3/8"),
        ("source_url", url),
    ];
    edit(&folder, "年报/甲.txt", &said);
    fangzhi(&["check", "--write"], &folder);
    assert_eq!(
        cell(&folder, "年报/甲.txt", "by_hand"),
        "year source_url retrieved"
    );
    assert_eq!(cell(&folder, "年报/甲.txt", "year"), "2019");
    assert_eq!(cell(&folder, "年报/甲.txt", "retrieved"), "2024-03-08");
    let shown = fangzhi(&["inspect", "--json", "content/年报/甲.txt"], &folder);
    let record: serde_json::Value = serde_json::from_str(&shown.out).expect("a record");
    assert_eq!(record["year"], 2019);
}

#[test]
fn a_places_level_is_inferred_with_it_and_gives_way_to_the_keepers_place() {
    let report = REPORT.replace("云溪市", "河南省开封市祥符区");
    let folder = Folder::new().with("甲.txt", report);
    fangzhi(&["check", "--write"], &folder);
    assert_eq!(cell(&folder, "甲.txt", "level"), "county");
    assert_eq!(cell(&folder, "甲.txt", "level_inferred"), "county");
    assert_eq!(
        cell(&folder, "甲.txt", "level_evidence"),
        cell(&folder, "甲.txt", "region_evidence")
    );
    edit(&folder, "甲.txt", &[("region", "河南省开封市")]);
    let checked = fangzhi(&["check", "--write"], &folder);
    assert!(!checked.out.contains("metadata-"), "{checked:?}");
    assert_eq!(cell(&folder, "甲.txt", "by_hand"), "region");
    assert_eq!(cell(&folder, "甲.txt", "level"), "");
    assert_eq!(cell(&folder, "甲.txt", "level_inferred"), "county");
    let shown = fangzhi(&["inspect", "--json", "甲.txt"], &folder);
    let record: serde_json::Value = serde_json::from_str(&shown.out).expect("a record");
    assert_eq!(record["region"]["level"], "prefecture");
}

#[test]
fn a_reports_address_survives_a_move() {
    let folder = Folder::new()
        .with("甲.txt", REPORT)
        .with("乙.txt", REPORT.replace("78件", "79件"));
    fangzhi(&["check", "--write"], &folder);
    fs::create_dir(folder.at("2022")).expect("made");
    fs::rename(folder.at("甲.txt"), folder.at("2022/云溪.txt")).expect("moved");
    fs::remove_file(folder.at("乙.txt")).expect("removed");
    let built = fangzhi(&["build", "-o", "out"], &folder);
    assert_eq!(built.code, 0, "{built:?}");
    assert!(folder.at("out/reports/jia.html").is_file());
    assert!(built.err.contains("there is no file 乙.txt"), "{built:?}");
    let checked = fangzhi(&["check", "--write"], &folder);
    assert!(
        checked.err.contains("moved: 甲.txt is now 2022/云溪.txt"),
        "{checked:?}"
    );
    assert_eq!(cell(&folder, "2022/云溪.txt", "id"), "jia");
    // The row of what is gone stays, with the id that people have cited.
    assert_eq!(cell(&folder, "乙.txt", "id"), "yi");
    let again = fangzhi(&["check"], &folder);
    assert!(!again.out.contains("metadata-moved"), "{again:?}");
}

#[test]
fn a_catalogue_that_would_lose_something_is_not_touched() {
    let broken = "path,title\n甲.txt,题,名\n";
    let folder = Folder::new()
        .with("甲.txt", REPORT)
        .with("metadata.csv", broken);
    let refused = fangzhi(&["check", "--write"], &folder);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("metadata.csv:2: "), "{refused:?}");
    let stands = fs::read_to_string(folder.at("metadata.csv")).expect("a catalogue");
    assert_eq!(stands, broken);
}

/// A report's text of some length, in the genre and of no place; `changed` sentences are others.
fn long_text(changed: usize) -> String {
    const WHO: [&str; 7] = [
        "镇街",
        "司法所",
        "执法队",
        "复议机构",
        "法律顾问",
        "行政机关",
        "公职律师",
    ];
    const WHAT: [&str; 5] = ["审查合同", "培训人员", "调解纠纷", "走访企业", "宣讲条例"];
    let sentences = (0..120).map(|n| {
        let shift = if n < changed { 5003 } else { 0 };
        let (who, what) = (WHO[n % 7], WHAT[n % 5]);
        let end = if n % 6 == 5 { "。\n\n" } else { "。" };
        format!(
            "本年第{n}项任务由{who}承担{what}{}项次{end}",
            31 * n + 7 + shift
        )
    });
    format!(
        "2022年法治政府建设情况报告\n\n一、主要做法和成效\n\n{}\n",
        sentences.collect::<String>()
    )
}

/// What the worklist tells of each file, by code.
fn told(folder: &Folder) -> BTreeMap<String, Vec<String>> {
    let checked = fangzhi(&["check", "--json"], folder);
    let record: serde_json::Value = serde_json::from_str(&checked.out).expect("one object");
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in record["worklist"].as_array().expect("a list") {
        let word = |key: &str| row[key].as_str().expect(key).to_owned();
        if ["report-copy", "report-version", "label-conflict"].contains(&&*word("code")) {
            told.entry(word("file")).or_default().push(format!(
                "{} {}",
                word("level"),
                word("code")
            ));
        }
    }
    told
}

/// One city's report from its own portal, from a re-publisher in another encoding, script and
/// line-breaking, and revised; beside it last year's, which is nine tenths the same, a neighbour's
/// that took over most of it, and a neighbour's that is the very same.
fn kindred() -> Folder {
    let divisions = "[[division]]\ncode = \"990000\"\nname = \"云岭省\"\nlevel = \"province\"\n\
         [[division]]\ncode = \"990100\"\nname = \"云溪市\"\nlevel = \"prefecture\"\nparent = \"990000\"\n\
         [[division]]\ncode = \"990200\"\nname = \"石桥市\"\nlevel = \"prefecture\"\nparent = \"990000\"\n";
    let text = long_text(0);
    let saved = text
        .replace("。\n\n", "。")
        .replace("审查", "審查")
        .replace("执法队", "執法隊");
    Folder::new()
        .with("fangzhi.toml", divisions)
        .with("content/guan.txt", &text)
        .with("content/zhuan.txt", encoding_rs::GB18030.encode(&saved).0)
        .with("content/xiu.txt", long_text(30))
        .with("content/qunian.txt", long_text(12))
        .with("content/lin.txt", long_text(48))
        .with("content/tong.txt", &text)
        .with(
            "metadata.csv",
            "path,region,year,issuer,source_class,published,copy_of\n\
             guan.txt,云溪市,2022,云溪市人民政府,official,2023-03-01,\n\
             zhuan.txt,云溪市,2022,云溪市人民政府,republisher,,\n\
             xiu.txt,云溪市,2022,云溪市人民政府,official,2023-05-01,\n\
             qunian.txt,云溪市,2021,云溪市人民政府,official,2022-03-01,\n\
             lin.txt,石桥市,2022,石桥市人民政府,official,2023-03-01,\n\
             tong.txt,石桥市,2022,石桥市司法局,official,2023-03-01,\n",
        )
}

#[test]
fn copies_and_versions_are_told_and_linked_and_do_not_count() {
    let folder = kindred();
    let told = told(&folder);
    let of = |file: &str| told.get(file).map_or("", |all| &all[0]);
    assert_eq!(of("zhuan.txt"), "warning report-copy", "{told:?}");
    assert!(
        told["guan.txt"].contains(&"warning report-version".to_owned()),
        "{told:?}"
    );
    assert!(
        told["guan.txt"].contains(&"note report-copy".to_owned()),
        "{told:?}"
    );
    assert_eq!(of("xiu.txt"), "note report-version", "{told:?}");
    // Taken over from last year or from a neighbour, a report is a report of its own.
    assert_eq!((of("qunian.txt"), of("lin.txt")), ("", ""), "{told:?}");
    assert_eq!(fangzhi(&["build", "-o", "out"], &folder).code, 0);
    let site = tree(&folder.at("out"));
    let page =
        |id: &str| String::from_utf8_lossy(&site[&format!("reports/{id}.html")]).into_owned();
    for (from, to) in [
        ("zhuan", "guan"),
        ("guan", "zhuan"),
        ("guan", "xiu"),
        ("xiu", "guan"),
    ] {
        let notice = page(from).lines().any(|line| {
            line.contains("class=\"notice")
                && line.contains(&format!("href=\"../reports/{to}.html\""))
        });
        assert!(notice, "{from} does not lead to {to}");
    }
    for (id, compared) in [
        ("guan", false),
        ("zhuan", false),
        ("xiu", true),
        ("lin", true),
    ] {
        assert_eq!(
            site.contains_key(&format!("compare/{id}.js")),
            compared,
            "{id}"
        );
    }
    // Out of the counts, they stand on their place's page all the same.
    let listed = |(path, bytes): (&String, &Vec<u8>)| {
        let page = String::from_utf8_lossy(bytes);
        path.starts_with("regions/") && page.contains("zhuan.html") && page.contains("guan.html")
    };
    assert!(site.iter().any(listed), "{:?}", site.keys());
}

#[test]
fn equal_texts_of_different_places_are_told_and_both_stand() {
    let folder = kindred();
    fs::remove_file(folder.at("content/xiu.txt")).expect("removed");
    let told = told(&folder);
    let conflict = "warning label-conflict".to_owned();
    assert_eq!(
        told["tong.txt"],
        std::slice::from_ref(&conflict),
        "{told:?}"
    );
    assert!(told["guan.txt"].contains(&conflict), "{told:?}");
}

#[test]
fn the_keeper_decides_what_is_a_copy() {
    let folder = kindred();
    let text = fs::read_to_string(folder.at("metadata.csv")).expect("a catalogue");
    let decided = text
        .replace(
            "zhuan.txt,云溪市,2022,云溪市人民政府,republisher,,",
            "zhuan.txt,云溪市,2022,云溪市人民政府,republisher,,no",
        )
        .replace("2023-05-01,", "2023-05-01,guan")
        .replace(
            "tong.txt,石桥市,2022,石桥市司法局,official,2023-03-01,",
            "tong.txt,石桥市,2022,石桥市司法局,official,2023-03-01,nowhere",
        );
    fs::write(folder.at("metadata.csv"), decided).expect("written");
    let told = told(&folder);
    assert!(!told.contains_key("zhuan.txt"), "{told:?}");
    assert_eq!(told["xiu.txt"], ["warning report-copy"], "{told:?}");
    let checked = fangzhi(&["check"], &folder);
    assert!(
        checked.out.contains("warning[copy-of-unknown] tong.txt: "),
        "{checked:?}"
    );
}

/// The file that a page was made of stands beside it, to the byte, under a name that nothing runs or
/// renders; without the keeper's word it does not.
#[test]
fn originals_are_published_where_the_keeper_wants_them() {
    let page = format!("<html><body><script>alert(1)</script><p>{REPORT}</p></body></html>");
    let folder = Folder::new()
        .with("fangzhi.toml", "originals = true\n")
        .with("content/甲.html", &page)
        .with("content/乙.md", REPORT);
    let built = fangzhi(&["build", "-o", "site"], &folder);
    assert_eq!(built.code, 0, "{built:?}");
    let at = |path: &str| folder.at(path);
    let copy = std::fs::read(at("site/originals/jia.html.txt")).expect("the file is published");
    assert_eq!(copy, page.as_bytes());
    assert!(at("site/originals/yi.md.txt").exists());
    let shown = std::fs::read_to_string(at("site/reports/jia.html")).expect("a page");
    assert!(
        shown.contains("href=\"../originals/jia.html.txt\""),
        "{shown}"
    );
    std::fs::write(at("fangzhi.toml"), "").expect("writable");
    assert_eq!(fangzhi(&["build", "-o", "site"], &folder).code, 0);
    assert!(!at("site/originals").exists());
    let shown = std::fs::read_to_string(at("site/reports/jia.html")).expect("a page");
    assert!(!shown.contains("originals/"), "{shown}");
}
