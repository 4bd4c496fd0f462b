//! What pages and data make of figures: what is ranked, joined by a line, derived, struck.

use super::{built_in, corpus, specimen};
use fangzhi::code::{Corrected, Depth, Observation, Passage, Scope, State};
use fangzhi::codebook::Codebook;
use fangzhi::evidence::Span;
use fangzhi::gazetteer::Gazetteer;
use fangzhi::relate::{Corpus, Kin, Kinship, NoShelf, Reason, ReportCard, relate};
use fangzhi::render::{self, Page, Renderer, Site, route};
use fangzhi::report::Report;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const TEXT: &str =
    "= 年度法治政府建设报告\n# 一、主要成效\n全年办结行政处罚案件90件,其中简易程序30件。";

/// An observation of the sentence of [`TEXT`], its number written as `words`.
fn stated(report: &Report, indicator: &str, words: &str, scope: Option<Scope>) -> Observation {
    let text = &report.document.text.text;
    let at = |words: &str| {
        let start = text.find(words).expect("the words");
        Span::new(start, start + words.len())
    };
    let number = words.trim_end_matches('件').parse::<i64>();
    Observation {
        indicator: indicator.to_owned(),
        state: State::Value,
        value: Some(number.expect("a number").into()),
        unit: Some("件".to_owned()),
        written: words.to_owned(),
        approx: false,
        at_least: false,
        implied: false,
        conflict: false,
        period: None,
        cumulative_since: None,
        scope,
        capacity: None,
        mismatch: None,
        corrected: None,
        sentence: at("全年办结行政处罚案件90件,其中简易程序30件。"),
        span: at(words),
        paragraph: 2,
    }
}

/// A report that states 90 cases, 30 of them summary.
fn report(slug: &str, year: i32, scope: Option<Scope>) -> Report {
    let region = specimen::county(("henan", "河南省"), (slug, "某县"));
    let mut report = specimen::report(&format!("{slug}-{year}"), region, year, TEXT);
    for (indicator, words) in [
        ("penalty-cases-total", "90件"),
        ("penalty-cases-simple", "30件"),
    ] {
        let observation = stated(&report, indicator, words, scope);
        report.observations.push(observation);
    }
    report
}

fn site(reports: &[Report]) -> BTreeMap<String, String> {
    pages(reports, &corpus(reports))
}

fn pages(reports: &[Report], corpus: &Corpus) -> BTreeMap<String, String> {
    let (theme, codebook) = (built_in("zh-Hans"), Codebook::built_in());
    let renderer = Renderer {
        theme: &theme,
        site: &Site::default(),
        codebook: &codebook,
        shelf: &NoShelf,
    };
    let mut pages = BTreeMap::new();
    let mut take = |page: Page| {
        pages.insert(page.path, String::from_utf8(page.bytes).expect("UTF-8"));
    };
    for report in reports {
        let around = render::surroundings(renderer, &report.id, corpus).expect("in the corpus");
        take(render::report_page(renderer, report, &around).expect("a page"));
    }
    render::pages(renderer, corpus, &mut |page: Page| {
        take(page);
        Ok(())
    })
    .expect("all pages");
    pages
}

/// A table of the data by its columns' names.
fn rows(pages: &BTreeMap<String, String>, table: &str) -> Vec<BTreeMap<String, String>> {
    let text = pages[&format!("data/{table}.csv")].trim_start_matches('\u{FEFF}');
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect()
}

#[test]
fn a_figure_in_a_tables_row_leads_to_the_row() {
    let region = specimen::county(("henan", "河南省"), ("yi", "某县"));
    let text = "= 年度法治政府建设报告\n# 一、主要成效\n见下表。\n| 项目/单位/2021年\n| 行政处罚案件办结/件/862\n| 其中简易程序/件/41";
    let mut report = specimen::report("yi-2021", region, 2021, text);
    let coded = fangzhi::code::code(
        &report.document,
        &report.identity,
        Gazetteer::china(),
        &Codebook::built_in(),
    );
    report.observations = coded.output.observations;
    assert_eq!(report.observations.len(), 2);
    let page = &site(&[report])["reports/yi-2021.html"];
    let anchors: BTreeSet<&str> = page
        .match_indices("href=\"#s-")
        .map(|(at, _)| page[at + 7..].split('"').next().expect("an anchor"))
        .collect();
    assert_eq!(anchors.len(), 2, "{page}");
    for anchor in anchors {
        let id = format!("<tr id=\"p-{}\"><td id=\"{anchor}\">", &anchor[2..10]);
        assert!(page.contains(&id), "{id}: {page}");
    }
}

#[test]
fn figures_of_another_scope_or_line_are_not_ranked_with_the_rest() {
    let mut reports = vec![
        report("a", 2021, None),
        report("b", 2021, Some(Scope::System)),
        report("c", 2021, None),
        report("d", 2021, None),
    ];
    let issuer = reports[3].identity.issuer_resolved.clone();
    reports[3].identity.line = issuer.map(|issuer| issuer.map(|_| "市场监管".to_owned()));
    let pages = site(&reports);
    let html = &pages[&route::indicator("penalty-cases-total", None)];
    let groups: Vec<&str> = html
        .split("<section class=\"figure-group\"")
        .skip(1)
        .collect();
    assert_eq!(groups.len(), 3, "{html}");
    let named = |title: &str| {
        let mut named = groups.iter().filter(|group| group.contains(title));
        *named.next().unwrap_or_else(|| panic!("no group {title}"))
    };
    let system = named("部门 · 县级 · 全系统");
    assert!(system.contains("id=\"r-b-2021\"") && !system.contains("id=\"r-a-2021\""));
    assert!(system.contains("data-scope=\"全系统\""));
    let line = named("部门 · 县级 · 市场监管");
    assert!(line.contains("id=\"r-d-2021\"") && line.contains("data-line=\"市场监管\""));
    assert!(!line.contains("id=\"r-c-2021\""));
}

#[test]
fn a_ratio_is_marked_as_derived_on_the_page_and_in_the_data() {
    let pages = site(&[report("a", 2021, None)]);
    assert!(pages["reports/a-2021.html"].contains("推算</span> 33.3% = "));
    let ratios = rows(&pages, "ratios");
    assert_eq!(ratios.len(), 1);
    assert_eq!(ratios[0]["derived_percent"], "33.3");
    assert_eq!(ratios[0]["part"], "penalty-cases-simple");
    assert_eq!(ratios[0]["whole_value"], "90");
    // What is derived never stands among what is stated.
    assert_eq!(rows(&pages, "observations").len(), 2);
}

#[test]
fn a_struck_figure_is_shown_as_struck_and_counts_nowhere() {
    let mut report = report("a", 2021, None);
    let mut struck = report.observations.remove(0);
    struck.corrected = Some(Corrected {
        who: "林".to_owned(),
        when: "2024-05-01".to_owned(),
        why: "只是一个领域".to_owned(),
        codebook: None,
        former: Some("90件".to_owned()),
        struck: true,
    });
    report.struck.push(struck);
    let pages = site(&[report]);
    let page = &pages["reports/a-2021.html"];
    assert!(
        page.contains("林（2024-05-01）剔除：只是一个领域"),
        "{page}"
    );
    let link = page.split("<s><a href=\"#").nth(1).expect("a link");
    let anchor = link.split('"').next().expect("an anchor");
    assert!(page.contains(&format!("id=\"{anchor}\"")), "{anchor}");
    let indicator = &pages[&route::indicator("penalty-cases-total", None)];
    assert!(!indicator.contains("id=\"r-a-2021\""));
    let rows = rows(&pages, "observations");
    let row = rows
        .iter()
        .find(|row| row["indicator"] == "penalty-cases-total")
        .expect("a row");
    assert_eq!((&*row["state"], &*row["value"]), ("struck", ""));
    assert_eq!(row["corrected_by"], "林");
    assert_eq!(row["corrected_from"], "90件");
}

#[test]
fn a_keepers_topics_are_shown_with_their_reason() {
    let mut report = report("a", 2021, None);
    let by = |struck: bool, why: &str| Corrected {
        who: "林".to_owned(),
        when: "2024-05-01".to_owned(),
        why: why.to_owned(),
        codebook: None,
        former: None,
        struck,
    };
    let span = report.observations[0].span;
    let passage = |topic: &str, corrected: Corrected| Passage {
        topic: topic.to_owned(),
        span,
        paragraph: 2,
        depth: Depth::About,
        corrected: Some(corrected),
    };
    let added = passage("training", by(false, "指培训"));
    report.passages.push(added);
    let struck = passage("waste-sorting", by(true, "笔误"));
    report.struck_passages.push(struck);
    let pages = site(&[report]);
    let page = &pages["reports/a-2021.html"];
    assert!(page.contains("林（2024-05-01）更正：指培训"), "{page}");
    assert!(page.contains("林（2024-05-01）剔除：笔误"), "{page}");
    let rows = rows(&pages, "passages");
    let told: Vec<[&str; 3]> = rows
        .iter()
        .map(|row| ["topic", "state", "corrected_why"].map(|column| &*row[column]))
        .collect();
    let named = ["training", "named", "指培训"];
    assert_eq!(told, [named, ["waste-sorting", "struck", "笔误"]]);
    assert!(!pages[&route::topic("waste-sorting", None)].contains("id=\"r-a-2021\""));
}

#[test]
fn of_a_topic_the_paragraphs_are_quoted_before_the_headings() {
    let mut report = report("a", 2021, None);
    let text = report.document.text.text.clone();
    for (words, paragraph, depth) in [
        ("主要成效", 1, Depth::About),
        ("简易程序", 2, Depth::Mention),
    ] {
        let start = text.find(words).expect("the words");
        report.passages.push(Passage {
            topic: "training".to_owned(),
            span: Span::new(start, start + words.len()),
            paragraph,
            depth,
            corrected: None,
        });
    }
    let page = &site(&[report])[&route::topic("training", None)];
    let at = |words: &str| page.find(&format!("<mark>{words}</mark>")).expect(words);
    assert!(at("简易程序") < at("主要成效"), "{page}");
}

#[test]
fn a_copy_is_told_in_every_table_and_its_paragraphs_count_once() {
    let mut reports = [report("a", 2021, None), report("a", 2021, None)];
    reports[1].id = "portal-2021".to_owned();
    let codebook = Codebook::built_in();
    for report in &mut reports {
        report.passages.push(Passage {
            topic: codebook.topics[0].id.clone(),
            span: report.observations[0].span,
            paragraph: 2,
            depth: Depth::About,
            corrected: None,
        });
    }
    let mut corpus = corpus(&reports);
    let copy = corpus.find("portal-2021").expect("the copy");
    corpus.reports[copy as usize].kin.push(Kin {
        id: "a-2021".to_owned(),
        kinship: Kinship::Copy,
        reason: Reason::Fuller,
        likeness: 100,
    });
    let pages = pages(&reports, &corpus);
    for table in ["reports", "observations", "ratios", "topics", "passages"] {
        let rows = rows(&pages, table);
        let id = if table == "reports" { "id" } else { "report" };
        assert!(rows.iter().any(|row| row[id] == "portal-2021"), "{table}");
        for row in &rows {
            let counts = row[id] == "a-2021";
            assert_eq!(row["in_series"], counts.to_string(), "{table}: {row:?}");
        }
    }
    let copy_of: Vec<[String; 2]> = rows(&pages, "reports")
        .iter()
        .map(|row| ["copy_of", "kinship"].map(|column| row[column].clone()))
        .collect();
    assert_eq!(copy_of, [["", ""], ["a-2021", "copy"]]);
    let front = &pages["index.html"];
    assert!(front.contains("<dt>段</dt><dd>1</dd>"), "{front}");
}

#[test]
fn of_many_figures_of_one_indicator_the_first_stand_and_the_others_are_counted() {
    let mut one = report("a", 2021, None);
    let again = vec![one.observations[0].clone(); 6];
    one.observations.extend(again);
    let pages = site(&[one]);
    let more = "href=\"../../reports/a-2021.html#figures\">另有 3 处</a>";
    let place = &pages["regions/henan/a.html"];
    assert!(place.contains(more), "{place}");
    assert!(pages["reports/a-2021.html"].contains("id=\"figures\""));
    let indicator = &pages[&route::indicator("penalty-cases-total", None)];
    assert!(indicator.contains("reports/a-2021.html#figures\">另有 3 处</a>"));
}

#[test]
fn the_long_tables_of_many_reports_have_a_file_a_year() {
    let card = ReportCard::of(&report("a", 2021, None));
    let mut cards: Vec<ReportCard> = (0..1001)
        .map(|n| ReportCard {
            id: format!("a-{n}"),
            ..card.clone()
        })
        .collect();
    for card in &mut cards[..300] {
        card.label.year = Some(2022);
    }
    cards[1000].label.year = None;
    // A copy stands in no year's list, and yet nothing of it is lost.
    cards[0].kin.push(Kin {
        id: "a-1".to_owned(),
        kinship: Kinship::Copy,
        reason: Reason::Fuller,
        likeness: 100,
    });
    let pages = pages(&[], &relate(cards, Vec::new()));
    let counted = |table: &str| rows(&pages, table).len();
    let years = ["2021", "2022", "undated"];
    let figures = years.map(|year| counted(&format!("observations-{year}")));
    assert_eq!(figures, [700 * 2, 300 * 2, 2]);
    let package: Value = serde_json::from_str(&pages["data/datapackage.json"]).expect("JSON");
    let tables = package["resources"].as_array().expect("tables").iter();
    let tables: BTreeSet<String> = tables
        .map(|table| format!("data/{}", table["path"].as_str().expect("a path")))
        .collect();
    let written = pages.keys().filter(|path| path.ends_with(".csv")).cloned();
    assert_eq!(tables, written.collect());
    let of_year = &pages[&route::indicator("penalty-cases-total", Some(2022))];
    assert!(of_year.contains("href=\"../../data/observations-2022.csv\""));
    let of_all = &pages[&route::indicator("penalty-cases-total", None)];
    assert!(!of_all.contains("observations.csv"));
}

#[test]
fn a_line_over_years_is_broken_where_the_meaning_or_the_scope_changes() {
    let runs = |reports: &[Report]| {
        let page = &site(reports)["regions/henan/a.html"];
        let line = page.split("<figure class=\"chart\">").nth(1);
        let line = line.expect("a line").split("</figure>").next();
        let line = line.expect("its end").to_owned();
        (line.matches("class=\"run\"").count(), line)
    };
    let (joined, _) = runs(&[report("a", 2022, None), report("a", 2023, None)]);
    assert_eq!(joined, 1);
    let system = report("a", 2023, Some(Scope::System));
    let (joined, _) = runs(&[report("a", 2022, None), system]);
    assert_eq!(joined, 0, "another scope");
    let (joined, line) = runs(&[report("a", 2020, None), report("a", 2021, None)]);
    assert_eq!(joined, 0, "the law of 2021-07-15");
    assert!(
        line.contains("口径自此有变") && line.contains("行政处罚法"),
        "{line}"
    );
}

#[test]
fn a_group_over_several_pages_says_what_of_it_stands_where() {
    let card = ReportCard::of(&report("a", 2021, None));
    let mut cards: Vec<ReportCard> = (0..130)
        .map(|n| ReportCard {
            id: format!("a-{n}"),
            ..card.clone()
        })
        .collect();
    for card in &mut cards[..5] {
        card.label.year = Some(2022);
    }
    let pages = pages(&[], &relate(cards, Vec::new()));
    let of_year = |year| &pages[&route::indicator("penalty-cases-total", Some(year))];
    let first = of_year(2021);
    assert!(
        first.contains("此组共 125 份，本页为第 1 至 100 份。"),
        "{first}"
    );
    assert!(first.contains("图中只列本页所载最大的 40 个数。"));
    assert_eq!(first.matches("class=\"bar\"").count(), 40);
    let second = route::paged(&route::indicator("penalty-cases-total", Some(2021)), 2);
    assert!(pages[&second].contains("本页为第 101 至 125 份。"));
    assert!(!pages[&second].contains("图中只列"));
    assert!(!of_year(2022).contains("此组共"));
}

#[test]
fn who_writes_now_in_one_script_now_in_another_is_one_issuer() {
    let mut reports: Vec<Report> = [2020, 2021, 2022]
        .map(|year| report("a", year, None))
        .into();
    for (report, issuer) in
        reports
            .iter_mut()
            .zip(["某縣城市管理局", "某县城市管理局", "某县城市管理局"])
    {
        let resolved = report.identity.issuer_resolved.as_mut();
        issuer.clone_into(&mut resolved.expect("an issuer").value);
    }
    let place = &site(&reports)["regions/henan/a.html"];
    assert_eq!(place.matches("id=\"i-").count(), 1, "{place}");
    let heading = place.split("id=\"i-1\">").nth(1).expect("a heading");
    assert!(heading.starts_with("某县城市管理局"));
}

#[test]
fn a_place_of_many_figures_gives_each_issuer_a_page_of_its_own() {
    let indicators: Vec<String> = Codebook::built_in()
        .indicators
        .iter()
        .map(|indicator| indicator.id.clone())
        .collect();
    let mut reports = Vec::new();
    for year in 2010..2024 {
        let mut report = report("a", year, None);
        report.observations = indicators
            .iter()
            .map(|id| stated(&report, id, "90件", None))
            .collect();
        reports.push(report);
    }
    let pages = site(&reports);
    let place = &pages["regions/henan/a.html"];
    assert!(!place.contains("<table class=\"series\">"));
    let link = place.split("href=\"").find_map(|rest| {
        let href = rest.split('"').next()?;
        href.contains("_s-").then_some(href)
    });
    let path = link.expect("a link").trim_start_matches("../");
    let series = &pages[path];
    assert!(series.contains("<table class=\"series\">"));
    assert!(
        series.contains("href=\"../../../regions/henan/a.html\""),
        "{path}"
    );
    for (path, page) in &pages {
        assert!(page.len() < 1_000_000, "{path}: {}", page.len());
    }
}
