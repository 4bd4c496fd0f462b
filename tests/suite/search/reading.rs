//! Narrowing, sorting and taking away what was found.

use super::site::{TOPIC, on_review};
use super::{ARCHIVE, address, counts};
use crate::browser::{Browser, NARROW, Page, WIDE, file_url};
use serde_json::json;

fn open(browser: Browser, query: &str) -> Page {
    let url = address(&file_url(&ARCHIVE.page("search.html")), query);
    let mut page = browser.open(&url);
    counts(&mut page);
    page
}

/// Does something to the page and gives the counts that it shows then.
fn after(page: &mut Page, act: impl FnOnce(&mut Page)) -> serde_json::Value {
    page.eval("(delete document.querySelector('#total').dataset.occurrences, 0)");
    act(page);
    counts(page)
}

#[test]
fn facets_narrow_and_the_address_keeps_them() {
    for browser in Browser::ALL {
        let mut page = open(browser, "行政复议");
        let of_2021 = |id: &str| id.ends_with("2021");
        let narrowed = after(&mut page, |page| {
            page.click("input[name=year][value='2021']");
        });
        let expected = ARCHIVE.count_in("行政复议", |id, _| of_2021(id));
        assert_eq!(narrowed, json!(expected), "{browser:?}");
        assert_eq!(
            page.eval("new URLSearchParams(location.search).getAll('year')"),
            json!(["2021"])
        );
        assert_eq!(
            page.eval("document.querySelector('#q').value"),
            json!("行政复议")
        );
        // The other years are still there to choose.
        page.wait_for("document.querySelector('input[name=year][value=\"2019\"]:not(:checked)')");

        // Topics are counted once the hits are shown.
        let topic = format!("input[name=topic][value='{TOPIC}']");
        page.wait_for(&format!("document.querySelector(\"{topic}\")"));
        let both = after(&mut page, |page| page.click(&topic));
        let expected = ARCHIVE.count_in("行政复议", |id, line| of_2021(id) && on_review(line));
        assert_eq!(both, json!(expected), "{browser:?}");

        let back = after(&mut page, |page| {
            page.eval("(history.back(), 0)");
        });
        assert_eq!(back, narrowed);
        let cleared = after(&mut page, |page| page.click("#clear"));
        assert_eq!(cleared, json!(ARCHIVE.count("行政复议")));
        page.assert_quiet(&["file:"]);
    }
}

/// What the button for CSV gives.
fn csv(page: &mut Page) -> String {
    page.eval(
        "(make => (URL.createObjectURL = blob => (blob.text().then(text => window.kept = text), make(blob)), 0))(URL.createObjectURL.bind(URL))",
    );
    page.click("#csv");
    let csv = page.wait_for("window.kept");
    csv.as_str().expect("a text").to_owned()
}

#[test]
fn fields_alone_list_paragraphs_or_reports() {
    for browser in Browser::ALL {
        // Every paragraph that is coded with the topic, by its begin.
        let lines = ARCHIVE.lines.values().flatten();
        let coded = lines.filter(|line| on_review(line)).count();
        let reports = ARCHIVE.lines.values();
        let with_some = reports.filter(|lines| lines.iter().any(|line| on_review(line)));
        let with_some = with_some.count();
        let mut page = open(browser, &format!("主题:{TOPIC}"));
        assert_eq!(counts(&mut page), json!([0, coded, with_some]));
        let told = page.eval("document.querySelector('#total').textContent");
        assert_eq!(told, json!(format!("{coded} 段，见于 {with_some} 份报告")));
        let lines = page.eval(
            "[...document.querySelectorAll('.kwic .whole a.k')].map(a => [a.textContent, a.hash])",
        );
        let lines = lines.as_array().expect("lines");
        assert_eq!(lines.len(), coded, "{lines:?}");
        for line in lines {
            assert!(on_review(line[0].as_str().expect("a text")), "{line}");
            assert!(
                line[1].as_str().is_some_and(|hash| hash.len() > 1),
                "{line}"
            );
        }
        let rows = csv(&mut page).trim_end().lines().count();
        assert_eq!(rows - 1, coded);

        // Every report of a year and a place, by its title.
        let mut page = open(browser, "年:2021 地区:青河");
        assert_eq!(counts(&mut page), json!([0, 0, 1]));
        let told = page.eval("document.querySelector('.group').innerText");
        let told = told.as_str().expect("a text");
        assert!(told.contains("2021年法治政府建设年度报告"), "{told}");
        assert!(!told.contains('处') && !told.contains('段'), "{told}");
        let table = csv(&mut page);
        let row = table.trim_end().lines().nth(1).expect("a report");
        assert!(row.starts_with("qinghe-cg-2021,"), "{row}");
        assert!(row.ends_with("/reports/qinghe-cg-2021.html"), "{row}");
        page.assert_quiet(&["file:"]);
    }
}

/// Where a later question fails (topics, CSV), what is shown stays, and a note says which file.
#[test]
fn what_is_found_stays_when_more_of_it_cannot_be_had() {
    for browser in Browser::ALL {
        let mut page = open(browser, "首违不罚");
        page.eval(
            "(open => fangzhiSearch.open = async () => {
                const engine = await open();
                const fails = wanted => wanted.count_topics || wanted.view === 'lines';
                return { search: (wanted, ...rest) => fails(wanted)
                    ? Promise.reject({ code: 'cut', file: '0007.js' }) : engine.search(wanted, ...rest) };
            })(fangzhiSearch.open), 0",
        );
        let note =
            "(note => !note.hidden && note.textContent)(document.querySelector('#search-note'))";
        let shown = after(&mut page, |page| {
            page.eval("(document.querySelector('#q').value = '行政复议', document.querySelector('#search').requestSubmit(), 0)");
        });
        assert_eq!(shown, json!(ARCHIVE.count("行政复议")), "{browser:?}");
        let told = page.wait_for(note);
        assert!(
            told.as_str().is_some_and(|told| told.contains("0007.js")),
            "{told}"
        );
        page.eval("(document.querySelector('#search-note').hidden = true, 0)");
        page.click("#csv");
        let told = page.wait_for(note);
        assert!(
            told.as_str().is_some_and(|told| told.contains("0007.js")),
            "{told}"
        );
        assert_eq!(
            page.eval("[document.querySelector('#finder').hidden, document.querySelectorAll('#results a.k').length > 0]"),
            json!([false, true])
        );
    }
}

/// Filters that a narrow window folds away are there again when it is widened.
#[test]
fn filters_open_with_the_window() {
    for browser in Browser::ALL {
        let mut page = open(browser, "首违不罚");
        page.viewport(NARROW);
        page.goto(&address(
            &file_url(&ARCHIVE.page("search.html")),
            "行政复议",
        ));
        counts(&mut page);
        assert_eq!(
            page.eval("document.querySelector('#narrow').open"),
            json!(false)
        );
        page.viewport(WIDE);
        page.wait_for("document.querySelector('#narrow[open] input[name=year]')");
    }
}

#[test]
fn lines_are_sorted_by_what_follows_and_come_as_csv() {
    let mut page = open(Browser::Chromium, "行政复议");
    let sorted = after(&mut page, |page| {
        page.eval(
            "(s => (s.value = 'line-right', s.dispatchEvent(new Event('change')), 0))(document.querySelector('#sort'))",
        );
    });
    let lines = page.eval("document.querySelectorAll('.kwic.lines li').length");
    assert_eq!(lines, sorted[0]);
    let right = "[...document.querySelectorAll('.kwic.lines .r')].map(r => r.textContent)";
    let right = page.eval(right);
    let right: Vec<&str> = right
        .as_array()
        .expect("lines")
        .iter()
        .filter_map(|line| line.as_str())
        .collect();
    assert!(right.is_sorted(), "{right:?}");

    let csv = csv(&mut page);
    let rows: Vec<&str> = csv.trim_end().lines().collect();
    assert_eq!(json!(rows.len() - 1), sorted[0]);
    assert!(
        rows[0].ends_with(
            "report,title,issuer,region,year,part,paragraph,anchor,left,hit,right,address"
        )
    );
    assert!(
        rows[1..].iter().all(|row| row.contains("/reports/")),
        "{rows:?}"
    );
    page.wait_for("document.querySelector('#search-note:not([hidden])')");
}

#[test]
fn the_rest_of_a_reports_hits_opens_in_place() {
    for browser in Browser::ALL {
        let mut page = open(browser, "执法大队");
        let all = page.wait_for(
            "(b => b && +b.parentNode.querySelector('[data-occurrences]').dataset.occurrences)(document.querySelector('button.more'))",
        );
        page.eval("(document.querySelector('button.more').parentNode.id = 'opened', 0)");
        page.click("#opened button.more");
        page.wait_for("!document.querySelector('#opened button.more')");
        assert_eq!(
            page.eval("document.querySelectorAll('#opened .kwic li').length"),
            all
        );
        assert_eq!(
            page.eval(
                "[...document.querySelectorAll('#opened a.k')].indexOf(document.activeElement)"
            ),
            json!(5)
        );
        page.assert_quiet(&["file:"]);
    }
}

#[test]
fn a_page_that_is_no_more_leads_to_the_first() {
    for browser in Browser::ALL {
        let url = address(&file_url(&ARCHIVE.page("search.html")), "执法大队") + "&page=99";
        let mut page = browser.open(&url);
        page.wait_for("!new URLSearchParams(location.search).has('page')");
        assert_eq!(counts(&mut page), json!(ARCHIVE.count("执法大队")));
        assert_eq!(
            page.eval("document.querySelectorAll('.group').length"),
            json!(10)
        );
        page.assert_quiet(&["file:"]);
    }
}
