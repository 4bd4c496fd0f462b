//! The comparison, as a reader gets it from a folder: reports are chosen, come side by side, and
//! the address says which.

use crate::browser::{Browser, NARROW, Page, WIDE, file_url};
use crate::built_site::{sample, violations};
use serde_json::json;

/// Ids of the sample archive's reports.
fn ids() -> Vec<String> {
    let folder = sample().join("compare");
    let mut ids: Vec<String> = walkdir::WalkDir::new(&folder)
        .into_iter()
        .map(|entry| entry.expect("a readable folder").into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "js"))
        .map(|path| {
            let path = path
                .strip_prefix(&folder)
                .expect("below")
                .with_extension("");
            path.to_str().expect("ASCII").replace('\\', "/")
        })
        .filter(|id| !id.starts_with('_'))
        .collect();
    ids.sort();
    ids
}

fn open(address: &str) -> Page {
    let url = format!("{}{address}", file_url(&sample().join("compare.html")));
    Browser::Chromium.open(&url)
}

const COLUMNS: &str = "document.querySelectorAll('#pairs .col').length";

#[test]
fn two_reports_are_chosen_read_side_by_side_and_addressed() {
    for browser in Browser::ALL {
        let mut page = browser.open(&file_url(&sample().join("compare.html")));
        page.type_into("#choose-words", "开封");
        page.wait_for("document.querySelectorAll('#found input').length === 1");
        page.click("#found input");
        page.eval("(document.getElementById('choose-words').value = '', 0)");
        page.type_into("#choose-words", "嘉定");
        page.wait_for("document.querySelector('#found b')?.textContent.startsWith('嘉定')");
        page.click("#found input");
        assert_eq!(
            page.eval("document.querySelectorAll('#chosen input:checked').length"),
            json!(2)
        );
        page.click("#choose button");
        page.wait_for(&format!(
            "new URLSearchParams(location.search).getAll('r').length === 2 && {COLUMNS} > 3"
        ));
        let text = page.eval("document.getElementById('pairs').innerText");
        let text = text.as_str().expect("text");
        assert!(text.contains("合同、协议130件"), "{text}");
        assert!(
            page.eval("document.title")
                .as_str()
                .is_some_and(|title| { title.starts_with("开封市 2019 · 嘉定区 2023") })
        );
        // Every figure leads to its sentence.
        let loose = page.eval(
            "[...document.querySelectorAll('[aria-labelledby=figures] td a')]\
             .filter(a => !/^reports\\/.+\\.html#s-/.test(a.getAttribute('href') ?? '#')).length",
        );
        assert_eq!(loose, json!(0));
        assert!(
            page.eval("document.querySelectorAll('[aria-labelledby=figures] .none').length")
                .as_i64()
                > Some(0)
        );
        page.eval("(setTimeout(() => history.back()), 0)");
        page.wait_for(&format!("!location.search && {COLUMNS} === 0"));
        page.assert_quiet(&["file:"]);
    }
}

#[test]
fn a_report_page_leads_to_the_comparison() {
    let ids = ids();
    let report = sample().join(format!("reports/{}.html", ids[0]));
    let mut page = Browser::Chromium.open(&file_url(&report));
    page.click("a.btn[href*='compare.html']");
    page.wait_for("document.querySelectorAll('#chosen input:checked').length === 1");
    let told = page.wait_for("document.getElementById('overview').innerText");
    assert_eq!(told, json!("已选一件，请再选一件。"));
    page.assert_quiet(&["file:"]);
}

#[test]
fn shared_wording_is_found_and_left_out_visibly() {
    let ids = ids();
    let mut page = open(&format!("?r={}&r={}&r={}", ids[0], ids[1], ids[2]));
    page.wait_for(&format!("{COLUMNS} % 3 === 0 && {COLUMNS} > 0"));
    // Each shared run is six characters or more, without punctuation or digits, and stands in
    // another column too.
    let wrong = page.eval(
        "[...document.querySelectorAll('#pairs .sh')].map(s => s.textContent)\
         .filter(s => s.length < 6 || /[\\p{P}\\p{N}]/u.test(s))",
    );
    assert_eq!(wrong, json!([]));
    assert!(
        page.eval("document.querySelectorAll('#pairs .sh').length")
            .as_i64()
            > Some(0)
    );
    page.click("#compare-view input[value=only]");
    page.wait_for("document.getElementById('pairs').className === 'only'");
    let shown =
        page.eval("getComputedStyle(document.querySelector('#pairs .sh'), '::after').content");
    assert_eq!(shown, json!("\"…\""));
    page.click("#compare-view input[value=topic]");
    page.wait_for("location.search.includes('by=topic') && document.getElementById('pairs').querySelector('h2[id^=topic-]')");
    page.assert_quiet(&["file:"]);
}

#[test]
fn a_filled_comparison_is_accessible_wide_and_narrow() {
    let ids = ids();
    let two = format!("?r={}&r={}", ids[0], ids[1]);
    let four = format!(
        "?r={}&r={}&r={}&r={}&by=topic",
        ids[0], ids[1], ids[2], ids[3]
    );
    let mut wrong = Vec::new();
    for address in [two, four] {
        let mut page = open(&address);
        for viewport in [WIDE, NARROW] {
            for dark in [false, true] {
                page.viewport(viewport);
                page.dark(dark);
                page.wait_for(&format!("{COLUMNS} > 0"));
                for violation in violations(&mut page) {
                    wrong.push(format!(
                        "{address} {} dark: {dark} {violation:#}",
                        viewport.width
                    ));
                }
                let over = page.eval(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
                );
                if over != json!(0) {
                    wrong.push(format!(
                        "{address}: {over} px wider than {}",
                        viewport.width
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_address_that_is_not_a_report_s_loads_nothing() {
    let mut page = open("?r=../secret&r=%3Cimg%20src=x%3E&r=_list/1&r=/etc");
    page.wait_for("!document.getElementById('chosen-none').hidden");
    page.assert_quiet(&["file:"]);
    assert_eq!(page.eval(COLUMNS), json!(0));
}

/// Clicks of links go nowhere; the text of what was to be downloaded is kept.
const CATCH: &str = "(HTMLAnchorElement.prototype.click = function () {}, \
    URL.createObjectURL = blob => { blob.text().then(text => { window.given = text }); return 'blob:none' }, 0)";

#[test]
fn figures_are_filtered_ordered_and_given_as_they_are_shown() {
    let path = sample().join("indicators/publicity-materials.html");
    let mut page = Browser::Chromium.open(&file_url(&path));
    let rows = "[...document.querySelectorAll('#list tbody')].filter(r => !r.hidden)";
    let all = page.eval(&format!("{rows}.length")).as_i64().expect("rows");
    assert!(all > 1, "{all} rows");
    page.eval(CATCH);
    page.eval(
        "(document.querySelector('form[data-filter] select[name=level]').selectedIndex = 1, 0)",
    );
    page.eval(
        "(document.querySelector('form[data-filter]').dispatchEvent(new Event('change')), 0)",
    );
    let shown = page.eval(&format!("{rows}.length")).as_i64().expect("rows");
    assert!(shown > 0 && shown < all, "{shown} of {all}");
    // A group without a row that is shown is not shown either.
    assert_eq!(
        page.eval(
            "[...document.querySelectorAll('.figure-group')].filter(g => !g.hidden && !g.querySelector('tbody:not([hidden])')).length"
        ),
        json!(0)
    );
    page.click("[data-csv]");
    let csv = page.wait_for("window.given");
    let csv = csv.as_str().expect("text");
    let lines: Vec<&str> = csv.trim_end().split("\r\n").collect();
    assert_eq!(lines.len() as i64, shown + 1, "{csv}");
    assert!(
        lines[0].contains("\"line\",\"scope\",\"capacity\""),
        "{csv}"
    );
    assert!(lines[1].starts_with('"'), "{csv}");
}

#[test]
fn approximate_figures_stand_after_the_ranked_ones_unless_asked_for() {
    let path = sample().join("indicators/publicity-materials.html");
    let mut page = Browser::Chromium.open(&file_url(&path));
    let order = "[...document.querySelectorAll('.figure-group')].map(g => [...g.querySelectorAll('tbody')]\
        .map(r => ['ranked' in r.dataset, +(r.dataset.value || -1)]))";
    page.eval("(document.querySelector('form[data-order] select').value = 'value', document.querySelector('form[data-order]').dispatchEvent(new Event('change')), 0)");
    let sorted = |groups: &serde_json::Value, whole: bool| {
        let groups = groups.as_array().expect("groups");
        groups.iter().all(|group| {
            let rows = group.as_array().expect("rows");
            rows.windows(2).all(|pair| {
                let rank = |row: &serde_json::Value| {
                    let counts = !whole || row[0] == true;
                    if counts { row[1].as_f64() } else { Some(-1.0) }
                };
                rank(&pair[0]) >= rank(&pair[1])
            })
        })
    };
    let groups = page.eval(order);
    assert!(sorted(&groups, true), "{groups}");
    page.click("form[data-order] input[name=all]");
    let groups = page.eval(order);
    assert!(sorted(&groups, false), "{groups}");
}

#[test]
fn reports_are_picked_for_the_comparison_on_any_list() {
    for browser in Browser::ALL {
        let mut page = browser.open(&file_url(&sample().join("topics/training.html")));
        page.eval("(document.querySelectorAll('button.add')[0].click(), document.querySelectorAll('button.add')[1].click(), 0)");
        assert_eq!(
            page.eval("document.querySelectorAll('button.add[aria-pressed=true]').length"),
            json!(2)
        );
        page.click(".picked a");
        page.wait_for(&format!(
            "new URLSearchParams(location.search).getAll('r').length === 2 && {COLUMNS} > 3"
        ));
        page.assert_quiet(&["file:"]);
    }
}

#[test]
fn a_topics_passages_are_filtered_by_part() {
    let mut page = Browser::Chromium.open(&file_url(&sample().join("topics/training.html")));
    let shown = "[...document.querySelectorAll('.place')].filter(p => !p.hidden).length";
    let all = page.eval(shown).as_i64().expect("places");
    let wanted = page.eval(
        "(s => { s.selectedIndex = s.options.length - 1; s.form.dispatchEvent(new Event('change')); return s.value })\
         (document.querySelector('form[data-filter] select[name=part]'))",
    );
    let left = page.eval(shown).as_i64().expect("places");
    assert!(0 < left && left <= all, "{left} of {all}");
    let wrong = page.eval(&format!(
        "[...document.querySelectorAll('.place')].filter(p => !p.hidden && !p.dataset.part.split('|').includes({wanted})).length"
    ));
    assert_eq!(wrong, json!(0));
}
