//! The search page, in real browsers, over http and from disk: what a reader types is what is
//! counted, and what is damaged is told.

mod reading;
mod site;

use crate::browser::server::{Quirks, Server, Types};
use crate::browser::{Browser, Key, NARROW, Page, WIDE, file_url};
use crate::built_site::sample;
use fangzhi::index::SiteSearch;
use search_index::Request;
use serde_json::{Value, json};
use site::Archive;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

static ARCHIVE: LazyLock<Archive> = LazyLock::new(|| Archive::build(150));

/// Terms of Han characters: what they are in the texts is counted by hand.
const TERMS: [&str; 13] = [
    "行政复议",
    "行政復議",
    "行政複議",
    "首违不罚",
    "非现场执法",
    "双随机一公开",
    "双随机、一公开",
    "最后一公里",
    "一委一办一平台",
    "一把扫帚扫到底",
    "罚",
    "行政处罚",
    "三项制度",
];

/// Stands for the files with the reports' texts, whose names tell what they hold.
const TEXTS: &str = "texts";

/// Types a query, sends it, and gives the counts that the page shows.
fn ask(page: &mut Page, query: &str) -> Value {
    page.eval("document.querySelector('#total').removeAttribute('data-occurrences')");
    page.eval("(document.querySelector('#q').value = '', 0)");
    page.type_into("#q", query);
    page.press(Key::Enter);
    counts(page)
}

fn counts(page: &mut Page) -> Value {
    page.wait_for(
        "document.querySelector('#total[data-occurrences]') && !document.querySelector('#results').hasAttribute('aria-busy')",
    );
    page.eval(
        "(t => [+t.dataset.occurrences, +t.dataset.paragraphs, +t.dataset.reports])(document.querySelector('#total'))",
    )
}

fn address(base: &str, query: &str) -> String {
    let mut url = format!("{base}?q=");
    for byte in query.bytes() {
        url += &format!("%{byte:02X}");
    }
    url
}

#[test]
fn counts_are_exact_from_disk_in_both_browsers() {
    for browser in Browser::ALL {
        let mut page = browser.open(&file_url(&ARCHIVE.page("search.html")));
        for term in TERMS {
            assert_eq!(
                ask(&mut page, term),
                json!(ARCHIVE.count(term)),
                "{browser:?} {term}"
            );
        }
        assert_eq!(ask(&mut page, "青鸾哨兵机制"), json!([0, 0, 0]));
        page.assert_quiet(&["file:"]);
    }
}

#[test]
fn counts_are_exact_over_http_whatever_the_server_says_of_its_files() {
    let servers = [
        Quirks::NONE,
        Quirks {
            ranges: false,
            types: Types::Charset,
        },
        Quirks {
            ranges: false,
            types: Types::Missing,
        },
        Quirks {
            ranges: true,
            types: Types::Wrong,
        },
    ];
    for browser in Browser::ALL {
        for quirks in servers {
            let server = Server::start(ARCHIVE.path(), quirks);
            let mut page = browser.open(&address(&server.url("search.html"), TERMS[0]));
            assert_eq!(
                counts(&mut page),
                json!(ARCHIVE.count(TERMS[0])),
                "{browser:?} {quirks:?}"
            );
            for term in &TERMS[1..5] {
                assert_eq!(
                    ask(&mut page, term),
                    json!(ARCHIVE.count(term)),
                    "{browser:?} {quirks:?} {term}"
                );
            }
            page.assert_quiet(&[&server.origin()]);
            let answered = server.answered();
            let parts = answered.iter().filter(|one| one.status == 206).count();
            assert_eq!(parts > 0, quirks.ranges, "{answered:#?}");
            assert!(answered.iter().all(|one| one.status < 300), "{answered:#?}");
        }
    }
}

#[test]
fn a_damaged_copy_is_told_with_its_file_and_never_counted() {
    for browser in Browser::ALL {
        let mut page = browser.start();
        for (file, damage) in [
            ("0000.js", "missing"),
            ("0000.js", "cut"),
            ("0000.js", "altered"),
            (TEXTS, "missing"),
            (TEXTS, "altered"),
            ("boot.js", "cut"),
            ("boot.js", "altered"),
            ("engine.js", "missing"),
            ("engine.js", "altered"),
            ("about.js", "missing"),
        ] {
            let copy = ARCHIVE.copy();
            let files = match file {
                TEXTS => copy.texts(),
                file => vec![file.to_owned()],
            };
            for file in &files {
                let path = copy.page("search-index").join(file);
                let mut bytes = fs::read(&path).expect("there");
                match damage {
                    "missing" => fs::remove_file(&path).expect("removed"),
                    "cut" => fs::write(&path, &bytes[..bytes.len() * 2 / 3]).expect("written"),
                    _ => {
                        for byte in bytes.iter_mut().skip(16).step_by(64) {
                            *byte = if *byte == b'a' { b'b' } else { b'a' };
                        }
                        fs::write(&path, &bytes).expect("written");
                    }
                }
            }
            for from_disk in [true, false] {
                let server = Server::start(
                    copy.path(),
                    Quirks {
                        ranges: false,
                        types: Types::Right,
                    },
                );
                let base = if from_disk {
                    file_url(&copy.page("search.html"))
                } else {
                    server.url("search.html")
                };
                // A word that stands everywhere: all of the index is needed for it.
                page.goto(&address(&base, "作"));
                page.wait_for("document.querySelector('#search-state[data-code]')");
                let told = page.eval("document.querySelector('#search-state').textContent");
                let told = told.as_str().expect("a text");
                assert!(
                    files.iter().any(|file| told.contains(file)),
                    "{browser:?} {file} {damage} {from_disk}: {told}"
                );
                assert!(told.contains("拷贝"), "{told}");
                assert_eq!(
                    page.eval("document.querySelector('#finder').hidden"),
                    json!(true)
                );
                assert_eq!(
                    page.eval("document.querySelector('#total').textContent"),
                    json!("")
                );
            }
        }
    }
}

#[test]
fn files_of_two_builds_are_not_taken_for_one() {
    let other = Archive::build(3);
    for (file, of) in [("boot.js", &other), ("about.js", &other)] {
        let copy = ARCHIVE.copy();
        fs::copy(
            of.page("search-index").join(file),
            copy.page("search-index").join(file),
        )
        .expect("mixed");
        let mut page = Browser::Chromium.open(&address(&file_url(&copy.page("search.html")), "作"));
        page.wait_for("document.querySelector('#search-state[data-code=version]')");
    }
}

#[test]
fn without_a_worker_it_runs_on_the_page_and_without_wasm_it_says_so() {
    for browser in Browser::ALL {
        let copy = ARCHIVE.copy();
        let about = copy.page("search-index").join("about.js");
        let plain = fs::read_to_string(&about).expect("there");
        fs::write(&about, format!("{plain}window.Worker = undefined;")).expect("written");
        let url = address(&file_url(&copy.page("search.html")), "首违不罚");
        let mut page = browser.open(&url);
        assert_eq!(counts(&mut page), json!(ARCHIVE.count("首违不罚")));
        page.assert_quiet(&["file:"]);

        fs::write(&about, format!("{plain}window.WebAssembly = undefined;")).expect("written");
        page.goto(&file_url(&copy.page("index.html")));
        page.goto(&url);
        page.wait_for("document.querySelector('#search-state[data-code=browser]')");
        let told = page.eval("document.querySelector('#search-state').textContent");
        assert!(
            told.as_str().expect("a text").contains("fangzhi search"),
            "{told}"
        );
    }
}

#[test]
fn without_javascript_the_page_says_what_to_do() {
    let mut page = Browser::Chromium.start();
    page.scripts(false);
    page.goto(&file_url(&ARCHIVE.page("search.html")));
    let told = page.eval("document.querySelector('noscript').innerText");
    assert!(
        told.as_str().expect("a text").contains("fangzhi search"),
        "{told}"
    );
}

#[test]
fn the_address_holds_the_query_and_back_and_forward_work() {
    for browser in Browser::ALL {
        let mut page = browser.open(&file_url(&ARCHIVE.page("search.html")));
        let first = ask(&mut page, "行政复议");
        let second = ask(&mut page, "首违不罚");
        assert_ne!(first, second);
        page.wait_for("new URLSearchParams(location.search).get('q') === '首违不罚'");
        page.eval(
            "(delete document.querySelector('#total').dataset.occurrences, history.back(), 0)",
        );
        assert_eq!(counts(&mut page), first);
        assert_eq!(
            page.eval("document.querySelector('#q').value"),
            json!("行政复议")
        );
        page.eval(
            "(delete document.querySelector('#total').dataset.occurrences, history.forward(), 0)",
        );
        assert_eq!(counts(&mut page), second);
        assert!(
            page.eval("document.title")
                .as_str()
                .expect("a title")
                .starts_with("首违不罚 · ")
        );
    }
}

#[test]
fn every_page_has_a_search_box_that_leads_here() {
    for name in ["index.html", "about.html", "reports/qinghe-cg-2019.html"] {
        let mut page = Browser::Firefox.open(&file_url(&ARCHIVE.page(name)));
        page.type_into("input[name=q]", "首违不罚");
        page.press(Key::Enter);
        page.wait_for("location.pathname.endsWith('/search.html')");
        assert_eq!(
            counts(&mut page),
            json!(ARCHIVE.count("首违不罚")),
            "from {name}"
        );
    }
}

#[test]
fn a_hit_leads_to_its_paragraph_with_the_words_marked_in_the_original() {
    for browser in Browser::ALL {
        let mut page = browser.open(&address(
            &file_url(&ARCHIVE.page("search.html")),
            "行政复议",
        ));
        counts(&mut page);
        let hits =
            page.eval("[...document.querySelectorAll('.kwic mark')].map(m => m.textContent)");
        let hits = hits.as_array().expect("hits");
        for original in ["行政复议", "行政複議", "行政復議"] {
            assert!(hits.contains(&json!(original)), "{hits:?}");
        }
        page.click("a.k[href*='linhai-zf-2021']");
        page.wait_for("location.pathname.endsWith('/linhai-zf-2021.html') && document.readyState === 'complete'");
        page.wait_for("document.querySelector(':target')");
        let marked = page.wait_for(
            "[...document.querySelectorAll('article mark')].map(m => m.textContent).join(' ')",
        );
        assert!(
            marked.as_str().expect("words").contains("行政複議"),
            "{marked}"
        );
        let inside =
            page.eval("!!document.querySelector(':target mark, :target ~ * mark, article mark')");
        assert_eq!(inside, json!(true));
    }
}

#[test]
fn a_mistake_is_told_with_its_place_and_a_query_that_works() {
    let mut page = Browser::Chromium.open(&address(
        &file_url(&ARCHIVE.page("search.html")),
        "(行政复议",
    ));
    page.wait_for(
        "document.querySelector('#search-state[data-code=query-unclosed-parenthesis] mark')",
    );
    page.click("#search-state a");
    assert_ne!(counts(&mut page)[0], json!(0));
    page.assert_quiet(&["file:"]);
}

#[test]
fn a_value_that_no_report_has_is_told_with_one_that_works() {
    for browser in Browser::ALL {
        let search = file_url(&ARCHIVE.page("search.html"));
        let mut page = browser.open(&address(&search, "地区:青合县 行政复议"));
        page.wait_for(
            "document.querySelector('#search-state[data-code=query-unknown-value] mark')",
        );
        let told = page.eval("document.querySelector('#search-state p').textContent");
        assert_eq!(told, json!("没有“青合县”这个地区；相近的有：青河县"));
        let bad = page.eval("document.querySelector('#search-state mark').textContent");
        assert_eq!(bad, json!("地区:青合县"));
        page.click("#search-state li a");
        let expected = ARCHIVE.count_in("行政复议", |id, _| id.starts_with("qinghe"));
        assert_eq!(counts(&mut page), json!(expected));
        page.assert_quiet(&["file:"]);
    }
}

#[test]
fn every_query_that_the_page_explains_can_be_asked() {
    let site = SiteSearch::open(sample()).expect("an index");
    for name in ["zh-Hans", "zh-Hant", "en"] {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("themes/default/i18n/{name}.toml"));
        let words = fs::read_to_string(path).expect("there");
        let words: toml::Table = words.parse().expect("TOML");
        let queries = words["syntax"].as_table().expect("a table");
        let means = words["syntax_means"].as_table().expect("a table");
        // The front page's, with the sample's last year.
        for key in ["try_word", "try_year", "try_sentence"] {
            let query = words["front"][key].as_str().expect("a text");
            let request = Request {
                query: query.replace("{year}", "2023"),
                ..Request::default()
            };
            let found = site
                .search(&request)
                .unwrap_or_else(|error| panic!("{query}: {error}"));
            assert!(found.reports > 0, "{name} {key}: {query}");
        }
        for (key, query) in queries {
            assert!(means.contains_key(key), "{name} {key}");
            let query = query.as_str().expect("a text");
            let request = Request {
                query: query.to_owned(),
                ..Request::default()
            };
            let found = site
                .search(&request)
                .unwrap_or_else(|error| panic!("{query}: {error}"));
            // The sample has what the fields ask for.
            let has = ["h_fields", "i_fields", "i_topic"].contains(&key.as_str());
            assert!(found.reports > 0 || !has, "{name} {key}: {query}");
        }
    }
}

#[test]
fn texts_are_shown_as_text() {
    let mut page = Browser::Chromium.open(&address(
        &file_url(&ARCHIVE.page("search.html")),
        "行政处罚法",
    ));
    counts(&mut page);
    let line = page.eval("document.querySelector('.kwic li').textContent");
    assert!(
        line.as_str()
            .expect("a line")
            .contains("<script>alert(1)</script>"),
        "{line}"
    );
    page.goto(&address(
        &file_url(&ARCHIVE.page("search.html")),
        "<b>首违不罚</b>",
    ));
    page.wait_for("document.querySelector('#finder:not([hidden]), #search-state[data-code]')");
    assert_eq!(
        page.eval("document.querySelectorAll('main b').length"),
        json!(0)
    );
    page.assert_quiet(&["file:"]);
}

#[test]
fn hands_need_no_mouse() {
    for browser in Browser::ALL {
        let mut page = browser.open(&address(
            &file_url(&ARCHIVE.page("search.html")),
            "首违不罚",
        ));
        counts(&mut page);
        page.eval("(document.activeElement.blur(), 0)");
        page.press(Key::Slash);
        page.wait_for("document.activeElement.id === 'q'");
        page.press(Key::Down);
        page.press(Key::Down);
        page.wait_for("document.activeElement.matches('a.k')");
        page.press(Key::Up);
        page.wait_for("document.activeElement.matches('h2 a')");
        page.press(Key::Escape);
        page.wait_for("document.activeElement.id === 'q'");
        page.press(Key::Down);
        page.press(Key::Down);
        page.press(Key::Enter);
        page.wait_for("location.pathname.includes('/reports/')");
    }
}

#[test]
fn nothing_runs_over_the_edge_of_a_narrow_window() {
    let mut page = Browser::Chromium.open(&address(
        &file_url(&ARCHIVE.page("search.html")),
        "行政复议",
    ));
    counts(&mut page);
    for window in [NARROW, WIDE] {
        page.viewport(window);
        page.wait_for(&format!("innerWidth === {}", window.width));
        assert_eq!(
            page.eval("document.documentElement.scrollWidth > innerWidth"),
            json!(false),
            "{window:?}"
        );
    }
}
