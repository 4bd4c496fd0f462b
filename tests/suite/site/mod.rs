//! The site's pages: what a reader and a keeper are promised of them.

mod figures;
pub(crate) mod specimen;
mod standing;

use fangzhi::codebook::Codebook;
use fangzhi::gazetteer::Ancestor;
use fangzhi::relate::{Corpus, NoShelf, ReportCard, relate};
use fangzhi::render::{self, Page, Renderer, Site, Theme, ThemeError, route};
use fangzhi::report::Report;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn corpus(reports: &[Report]) -> Corpus {
    relate(reports.iter().map(ReportCard::of).collect(), Vec::new())
}

/// All pages of a site, by path.
fn site(theme: &Theme, site: &Site, reports: &[Report]) -> BTreeMap<String, String> {
    let corpus = corpus(reports);
    let codebook = Codebook::default();
    let renderer = Renderer {
        theme,
        site,
        codebook: &codebook,
        shelf: &NoShelf,
    };
    let mut pages = BTreeMap::new();
    let mut take = |page: Page| {
        let text = String::from_utf8(page.bytes).expect("pages are UTF-8");
        assert!(
            pages.insert(page.path.clone(), text).is_none(),
            "twice: {}",
            page.path
        );
    };
    for report in reports {
        take(
            render::report_page(
                renderer,
                report,
                &render::surroundings(renderer, &report.id, &corpus).expect("in the corpus"),
            )
            .expect("a page"),
        );
        render::compare_script(
            renderer,
            report,
            &render::surroundings(renderer, &report.id, &corpus).expect("in the corpus"),
        )
        .map(&mut take);
    }
    render::pages(renderer, &corpus, &mut |page: Page| {
        take(page);
        Ok(())
    })
    .expect("all pages");
    pages
}

fn built_in(lang: &str) -> Theme {
    Theme::new(lang, &BTreeMap::new()).expect("the built-in theme works")
}

fn six(lang: &str) -> BTreeMap<String, String> {
    site(&built_in(lang), &Site::default(), &specimen::six())
}

/// The values of an attribute in a page.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let opening = format!(" {attribute}=\"");
    html.match_indices(&opening)
        .filter_map(|(at, _)| html[at + opening.len()..].split('"').next())
        .collect()
}

#[test]
fn every_link_leads_to_a_file_and_an_anchor_of_the_site() {
    let pages = six("zh-Hans");
    let ids: BTreeMap<&str, BTreeSet<&str>> = pages
        .iter()
        .map(|(path, html)| (path.as_str(), values(html, "id").into_iter().collect()))
        .collect();
    for (path, html) in pages.iter().filter(|(path, _)| path.ends_with(".html")) {
        for link in values(html, "href").into_iter().chain(values(html, "src")) {
            // The index is another stage's.
            if link.starts_with("data:") || link.starts_with("search-index/") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let file = file.split('?').next().unwrap_or_default();
            let mut target: Vec<&str> = path.split('/').collect();
            if !file.is_empty() {
                target.pop();
                for step in file.split('/') {
                    match step {
                        ".." => assert!(target.pop().is_some(), "{path}: {link} leaves the site"),
                        step => target.push(step),
                    }
                }
            }
            let target = target.join("/");
            let there = ids.get(target.as_str());
            let there = there.unwrap_or_else(|| panic!("{path}: {link} leads nowhere"));
            assert!(
                anchor.is_empty() || there.contains(anchor),
                "{path}: {link} has no such anchor"
            );
        }
    }
}

#[test]
fn paths_are_portable_and_pages_hold_no_inline_code() {
    let pages = six("en");
    let mut seen = BTreeSet::new();
    for (path, html) in &pages {
        assert!(path.is_ascii() && path.len() < route::LONGEST, "{path}");
        assert!(seen.insert(path.to_ascii_lowercase()), "{path}");
        for bad in [
            " style=\"",
            " onclick",
            "javascript:",
            "http://",
            "https://",
        ] {
            assert!(
                !path.ends_with(".html") || !html.contains(bad),
                "{path}: {bad}"
            );
        }
    }
}

#[test]
fn ids_are_unique_on_each_page() {
    for (path, html) in six("zh-Hans") {
        let ids = values(&html, "id");
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{path}: {ids:?}");
    }
}

#[test]
fn provinces_of_one_spelling_never_share_a_page() {
    let pages = six("zh-Hans");
    let shanxi = &pages["regions/shanxi/lixian.html"];
    let shaanxi = &pages["regions/shaanxi/lixian.html"];
    assert!(shanxi.contains("reports/shanxi/lixian-2022.html"));
    assert!(!shanxi.contains("reports/shaanxi/"));
    assert!(shaanxi.contains("reports/shaanxi/lixian-2021.html"));
    assert!(!shaanxi.contains("reports/shanxi/"));
}

#[test]
fn a_report_knows_the_same_issuers_years_beside_it() {
    let pages = six("zh-Hans");
    let page = &pages["reports/shanxi/lixian-2022.html"];
    let turn = page.split("<nav class=\"turn\"").nth(1).expect("a turn");
    assert!(turn.contains("../../reports/shanxi/lixian-2021.html"));
    assert!(turn.contains("此后未收"));
}

#[test]
fn a_republished_text_says_so_and_stands_in_no_series() {
    let pages = six("zh-Hans");
    assert!(pages["reports/shaanxi/copy-2021.html"].contains("转载网站"));
    let series = pages["regions/shaanxi/lixian.html"]
        .split("<ul class=\"rows\"")
        .next()
        .expect("the series stand before the list");
    assert!(!series.contains("copy-2021"));
    assert!(!pages["sections/leadership_duty/2021.html"].contains("copy-2021"));
}

#[test]
fn who_lacks_a_part_is_named_from_report_year_2019() {
    let mut reports = specimen::six();
    let page = &site(&built_in("zh-Hans"), &Site::default(), &reports)["sections/leadership_duty/2021.html"];
    let lacking = page.split("id=\"lacking\"").nth(1).expect("who lacks it");
    assert_eq!(lacking.matches("shanxi/lixian-2021.html").count(), 1);
    for report in &mut reports {
        report.identity.year = report.identity.year.clone().map(|year| year.map(|_| 2018));
    }
    let pages = site(&built_in("zh-Hans"), &Site::default(), &reports);
    assert!(!pages["sections/leadership_duty/2018.html"].contains("lixian-2021.html"));
}

#[test]
fn nothing_of_a_report_is_interpreted() {
    let evil = "<script>alert(1)</script>{{ 7 * 7 }}{% include \"base.html\" %}\u{202E}&amp;\"'";
    let mut region = specimen::county(("x", evil), ("y", evil));
    region.name = evil.to_owned();
    let mut report = specimen::report(
        "evil",
        region,
        2021,
        &format!("= {evil}\n# {evil}\n{evil}\n| {evil}\n> {evil}"),
    );
    report.source.path = evil.to_owned();
    report.document.text.furniture[0].text = evil.to_owned();
    report.diagnostics[0].message = evil.to_owned();
    report.diagnostics[0].hint = Some(evil.into());
    for issuer in [
        &mut report.identity.issuer,
        &mut report.identity.issuer_resolved,
    ] {
        *issuer = issuer.take().map(|fact| fact.map(|_| evil.to_owned()));
    }
    let mut url = report.identity.issuer.clone();
    if let Some(fact) = &mut url {
        fact.value = "javascript:alert(1)".to_owned();
    }
    report.identity.source_url = url;
    let pages = site(&built_in("zh-Hans"), &Site::default(), &[report]);
    for (path, html) in pages.iter().filter(|(path, _)| path.ends_with(".html")) {
        assert!(!html.contains("<script>"), "{path}");
        assert!(!html.contains("49"), "{path}");
        assert!(!html.contains('\u{202E}'), "{path}");
        assert!(!html.contains("href=\"javascript"), "{path}");
        assert_eq!(html.matches("<!doctype").count(), 1, "{path}");
    }
}

#[test]
fn an_edition_changes_no_page_but_those_that_name_it() {
    let titled =
        b"{% extends \"default/base.html\" %}{% block title %}{{ site.edition }}{% endblock %}";
    let keeper = BTreeMap::from([("templates/base.html".to_owned(), titled.to_vec())]);
    let theme = Theme::new("zh-Hans", &keeper).expect("the keeper's theme works");
    let [one, other] = ["甲版", "乙版"].map(|edition| {
        let edition = edition.to_owned();
        let of = Site {
            edition,
            ..Site::default()
        };
        site(&theme, &of, &specimen::six())
    });
    let differ = one.iter().filter(|(path, text)| other[*path] != **text);
    let differ = differ.map(|(path, _)| path.as_str());
    let pages: Vec<&str> = differ.filter(|path| path.ends_with(".html")).collect();
    assert_eq!(pages, [route::ABOUT, route::INDEX]);
}

#[test]
fn a_keepers_files_replace_the_themes_of_the_same_name() {
    let keeper: BTreeMap<String, Vec<u8>> = [
        // A page's part, the rest as it was.
        (
            "templates/about.html",
            "{% extends \"default/about.html\" %}{% block method %}<p>{{ t.nav.home }}: {{ site.title }}</p>{% endblock %}",
        ),
        // A style whole, and one more file beside it.
        ("styles/fangzhi.css", "body { color: black }"),
        ("styles/own.css", "h1 { color: red }"),
        // A word.
        ("i18n/zh-Hans.toml", "[nav]\nhome = \"卷首\""),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
    .collect();
    let theme = Theme::new("zh-Hans", &keeper).expect("the keeper's theme works");
    let named = Site {
        title: Some("某县汇编".to_owned()),
        ..Site::default()
    };
    let pages = site(&theme, &named, &specimen::six());
    assert!(pages["about.html"].contains("<p>卷首: 某县汇编</p>"));
    assert!(pages["about.html"].contains("id=\"worklist\""));
    assert_eq!(pages["styles/fangzhi.css"], "body { color: black }");
    assert!(pages.contains_key("styles/own.css"));
}

#[test]
fn a_theme_that_cannot_be_used_says_where() {
    let with = |path: &str, text: &str| {
        let keeper = BTreeMap::from([(path.to_owned(), text.as_bytes().to_vec())]);
        match Theme::new("zh-Hans", &keeper) {
            Ok(_) => panic!("{path} was taken"),
            Err(error) => error.to_string(),
        }
    };
    assert!(with("i18n/zh-Hans.toml", "[nav]\nhome = 3").contains("nav.home"));
    assert!(with("templates/base.html", "{% if %}").contains("base.html"));
    assert!(matches!(
        Theme::new("xx", &BTreeMap::new()),
        Err(ThemeError::Language { .. })
    ));
}

#[test]
fn all_built_in_files_are_in_the_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/default");
    let mut there = BTreeSet::new();
    for sub in ["templates", "styles", "scripts", "i18n"] {
        for entry in std::fs::read_dir(folder.join(sub)).expect("the theme's folder") {
            let name = entry.expect("a file").file_name();
            there.insert(format!("{sub}/{}", name.to_string_lossy()));
        }
    }
    let listed: BTreeSet<String> = render::theme::BUILT_IN
        .iter()
        .map(|(path, _)| (*path).to_owned())
        .collect();
    assert_eq!(there, listed);
}

/// A translation's dotted keys.
fn keys(lang: &str) -> BTreeSet<String> {
    fn walk(above: &str, table: &toml::Table, keys: &mut BTreeSet<String>) {
        for (key, value) in table {
            match value {
                toml::Value::Table(table) => walk(&format!("{above}{key}."), table, keys),
                _ => {
                    keys.insert(format!("{above}{key}"));
                }
            }
        }
    }
    let file = format!("i18n/{lang}.toml");
    let (_, text) = render::theme::BUILT_IN
        .iter()
        .find(|(path, _)| *path == file)
        .expect("the translation");
    let mut found = BTreeSet::new();
    walk("", &text.parse().expect("TOML"), &mut found);
    found
}

#[test]
fn groups_of_the_built_in_indicators_are_named_in_every_language() {
    let words = keys("en");
    for indicator in Codebook::built_in().indicators {
        let group = format!("group.{}", indicator.group);
        assert!(words.contains(&group), "{group}");
    }
}

#[test]
fn translations_have_the_same_words_and_all_that_are_used() {
    let words = keys("en");
    assert_eq!(words, keys("zh-Hans"));
    assert_eq!(words, keys("zh-Hant"));
    let word_end = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.');
    for (path, text) in render::theme::BUILT_IN {
        if !path.starts_with("templates/") {
            continue;
        }
        for (at, _) in text.match_indices(" t.") {
            let used = text[at + 3..].split(word_end).next().unwrap_or_default();
            let whole_table = words.iter().any(|word| {
                word.strip_prefix(used)
                    .is_some_and(|rest| rest.starts_with('.'))
            });
            assert!(words.contains(used) || whole_table, "{path} uses t.{used}");
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render");
    let mut files: Vec<_> = walk(&folder);
    files.sort();
    assert!(files.len() > 5);
    for file in files {
        let source = std::fs::read_to_string(&file).expect("a source file");
        for call in ["word(\"", "filled(\"", "counted(\""] {
            for (at, _) in source.match_indices(call) {
                let used = source[at + call.len()..]
                    .split('"')
                    .next()
                    .unwrap_or_default();
                assert!(words.contains(used), "{} uses {used}", file.display());
            }
        }
    }
}

/// No word is left over: its last part stands in the code, in a template or in a script.
#[test]
fn every_word_of_the_translations_is_used() {
    let mut all = String::new();
    for file in walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        all.push_str(&std::fs::read_to_string(&file).expect("a source file"));
    }
    for (path, text) in render::theme::BUILT_IN {
        if !path.starts_with("i18n/") {
            all.push_str(text);
        }
    }
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let used: BTreeSet<&str> = all.split(|c: char| !part(c)).collect();
    // Some names are made of two pieces, one of them written: `fail_` and `cut`, `text` and `_name`.
    let made = |last: &str| {
        last.match_indices(['_', '-'])
            .any(|(at, _)| used.contains(&last[..=at]) || used.contains(&last[at..]))
    };
    let left: Vec<String> = keys("en")
        .into_iter()
        .filter(|word| {
            let last = word.rsplit('.').next().unwrap_or_default();
            !used.contains(last) && !made(last)
        })
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files
}

#[test]
fn a_large_archive_has_no_large_page() {
    let mut reports = Vec::new();
    let paragraph = "本年度办理各类事项若干,其中大部分按期办结。".repeat(30);
    let text = format!(
        "= 年度报告\n# 一、主要成效\n{paragraph}\n# 二、存在问题\n{paragraph}\n# 三、下年打算\n{paragraph}"
    );
    for province in 0..6 {
        for place in 0..40 {
            for year in [2020, 2021] {
                let slug = format!("p{province}");
                let own = format!("place-{place}");
                let region = specimen::county(
                    (&slug, &format!("第{province}省")),
                    (&own, &format!("第{place}县")),
                );
                reports.push(specimen::report(
                    &format!("{slug}/{own}-{year}"),
                    region,
                    year,
                    &text,
                ));
            }
        }
    }
    let corpus = corpus(&reports);
    let theme = built_in("zh-Hans");
    let renderer = Renderer {
        theme: &theme,
        site: &Site::default(),
        codebook: &Codebook::default(),
        shelf: &NoShelf,
    };
    let mut sizes = BTreeMap::new();
    render::pages(renderer, &corpus, &mut |page: Page| {
        let html = String::from_utf8(page.bytes).expect("UTF-8");
        if page.path.ends_with(".html") {
            let links: BTreeSet<&str> = values(&html, "href")
                .into_iter()
                .filter(|href| href.contains("reports/p"))
                .collect();
            sizes.insert(page.path, (html.len(), links.len()));
        }
        Ok(())
    })
    .expect("all pages");
    for (path, (bytes, reports)) in &sizes {
        assert!(*bytes < 400_000, "{path}: {bytes} bytes");
        assert!(*reports <= 200, "{path}: {reports} reports");
    }
    assert!(sizes.contains_key("years/2021/p3.html"));
    assert!(sizes.contains_key("sections/problems/2021/_6.html"));
}

#[test]
fn of_many_places_in_few_provinces_the_matrix_has_the_prefectures() {
    let mut reports = Vec::new();
    for prefecture in 0..12 {
        for county in 0..8 {
            let slug = format!("c{prefecture}-{county}");
            let mut region = specimen::county(("henan", "河南省"), (&slug, "某县"));
            region.ancestors.push(Ancestor {
                code: format!("41{prefecture:02}00"),
                name: format!("第{prefecture}市"),
                slug: format!("p{prefecture}"),
            });
            let id = format!("{slug}-2021");
            reports.push(specimen::report(&id, region, 2021, "= 年度报告"));
        }
    }
    let pages = site(&built_in("zh-Hans"), &Site::default(), &reports);
    let front = &pages["index.html"];
    assert_eq!(front.matches("class=\"rowname\"").count(), 12);
    let row = "href=\"regions/henan/p3.html\"><b>第3市</b>";
    assert!(front.contains(row), "{front}");
    assert!(front.contains("<span>8 <small>"), "{front}");
}

#[test]
fn data_files_open_in_spreadsheets_and_programs() {
    let pages = six("zh-Hans");
    let csv = &pages["data/reports.csv"];
    assert!(csv.starts_with("\u{FEFF}id,region_code,region,province,"));
    assert_eq!(csv.lines().count(), 7);
    let json: serde_json::Value = serde_json::from_str(&pages["data/reports.json"]).expect("JSON");
    let rows = json["data"].as_array().expect("rows");
    assert_eq!(rows.len(), 6);
    let columns = json["columns"].as_array().expect("columns");
    let column = |name: &str| columns.iter().position(|c| c == name).expect("a column");
    assert_eq!(rows[0][column("issuer_type")], "department");
    assert!(rows.iter().any(|row| row[column("region")].is_null()));
    assert!(!pages.contains_key("sitemap.xml"));
    let with_base = Site {
        base_url: Some("https://example.org/fz/".to_owned()),
        ..Site::default()
    };
    let pages = site(&built_in("zh-Hans"), &with_base, &specimen::six());
    assert!(pages["sitemap.xml"].contains("<loc>https://example.org/fz/index.html</loc>"));
    assert!(pages["feed.xml"].contains("https://example.org/fz/reports/shanxi/lixian-2022.html"));
}

#[test]
fn the_comparison_has_data_of_all_that_may_be_compared() {
    let pages = six("zh-Hans");
    let call = |path: &str, name: &str| -> serde_json::Value {
        let script = &pages[path];
        let json = script
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('('))
            .and_then(|rest| rest.strip_suffix(");\n"))
            .unwrap_or_else(|| panic!("{path}: {script}"));
        serde_json::from_str(json).expect("JSON")
    };
    let list = call("compare/_list/1.js", "fangzhiList");
    let ids: Vec<&str> = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|choice| choice[0].as_str().expect("an id"))
        .collect();
    assert_eq!(ids.len(), 5);
    assert!(!ids.contains(&"shaanxi/copy-2021"), "a copy");
    assert!(!pages.contains_key("compare/shaanxi/copy-2021.js"));
    for id in ids {
        let report = call(&format!("compare/{id}.js"), "fangzhiReport");
        assert_eq!(report["id"], id);
        let page = &pages[report["page"].as_str().expect("a path")];
        for line in report["lines"].as_array().expect("lines") {
            let anchor = line[1].as_str().expect("an anchor");
            assert!(page.contains(&format!("id=\"{anchor}\"")), "{id}: {anchor}");
        }
        assert!(page.contains(&format!("compare.html?r={id}")));
    }
}

#[test]
fn ten_thousand_reports_are_chosen_from_small_lists() {
    let place = specimen::report(
        "a",
        specimen::county(("guangdong", "广东省"), ("lixian", "醴县")),
        2021,
        "= 醴县城市管理局年度法治政府建设报告",
    );
    let card = ReportCard::of(&place);
    let cards = (0..10_000)
        .map(|n| ReportCard {
            id: format!("guangdong-lixian-chengshiguanlizonghexingzhengzhifaju-{n}"),
            ..card.clone()
        })
        .collect();
    let theme = built_in("zh-Hans");
    let renderer = Renderer {
        theme: &theme,
        site: &Site::default(),
        codebook: &Codebook::default(),
        shelf: &NoShelf,
    };
    let mut lists = 0;
    render::pages(renderer, &relate(cards, Vec::new()), &mut |page: Page| {
        if page.path.starts_with("compare/_list/") {
            lists += 1;
            assert!(page.path.is_ascii());
            assert!(page.bytes.len() < 1_000_000, "{}", page.bytes.len());
        }
        Ok(())
    })
    .expect("all pages");
    assert_eq!(lists, 5);
}
