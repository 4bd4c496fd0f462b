//! What searching a site costs its reader, in Chromium: `search-cost SITE [PAGEFIND_SITE]`.
//!
//! A line a query and way, fields set apart by tabs: engine and way; query; reports found; rounds,
//! files and kilobytes that the query loaded after start-up; milliseconds of the first query and of
//! the same again. Each cold query has a browser and a profile of its own.

#[allow(dead_code, unused_imports, reason = "the tests use the rest of it")]
#[path = "../suite/browser/mod.rs"]
mod browser;

use browser::server::{Quirks, Server};
use browser::{Browser, Page, file_url};
use serde_json::Value;
use std::path::{Path, PathBuf};

const QUERIES: [&str; 7] = [
    "法治政府建设",
    "行政复议",
    "行政執法",
    "首违不罚",
    "双随机、一公开",
    "同句(行政复议 撤销)",
    "年:2019..2021 培训",
];

/// The page's own way of asking, without showing what was found.
const ASK: &str = "(async () => {
    const request = { query: QUERY, filters: {}, view: 'reports', sort: 'relevance', lines: 'report',
        offset: 0, limit: 10, hits_per_report: 5, count_topics: false, width: 30 };
    const open = await window.fangzhiSearch.open();
    const cold = await open.search(request), warm = await open.search(request);
    const c = cold.cost;
    return [cold.response.reports, c.rounds, c.files, c.bytes, c.ms, warm.cost.ms];
})()";

/// Pagefind's start, as its documentation says.
const PAGEFIND_BEGUN: &str = "(async () => {
    window.pagefind = await import('/pagefind/pagefind.js');
    await window.pagefind.init();
    return [0];
})()";

/// Its search, with the ten first results' texts. What it loads, the server tells.
const PAGEFIND: &str = "(async () => {
    const ask = async () => {
        const begun = performance.now();
        const found = await window.pagefind.search(QUERY);
        await Promise.all(found.results.slice(0, 10).map(result => result.data()));
        return [found.results.length, performance.now() - begun];
    };
    const cold = await ask();
    return [cold[0], 0, 0, 0, cold[1], (await ask())[1]];
})()";

fn main() {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [site, beside @ ..] = arguments.as_slice() else {
        eprintln!("usage: search-cost SITE [PAGEFIND_SITE]");
        std::process::exit(2);
    };
    let server = Server::start(site, Quirks::NONE);
    let disk = file_url(&site.join("search.html"));
    for query in QUERIES {
        line("fangzhi, http", query, &server.url("search.html"), ASK);
        line("fangzhi, disk", query, &disk, ASK);
    }
    if let [beside, ..] = beside {
        pagefind(beside);
    }
}

fn pagefind(site: &Path) {
    for query in QUERIES.iter().filter(|query| !query.contains([':', '('])) {
        let server = Server::start(site, Quirks::NONE);
        let mut page = Browser::Chromium.open(&server.url("index.html"));
        measured(&mut page, PAGEFIND_BEGUN);
        let before = server.answered().len();
        let mut found = measured(&mut page, &with(PAGEFIND, query));
        let loaded = &server.answered()[before..];
        found[2] = loaded.len().into();
        found[3] = loaded.iter().map(|one| one.bytes).sum::<u64>().into();
        print("Pagefind, http", query, &found);
    }
}

fn line(engine: &str, query: &str, url: &str, script: &str) {
    let mut page = Browser::Chromium.open(url);
    print(engine, query, &measured(&mut page, &with(script, query)));
}

fn with(script: &str, query: &str) -> String {
    script.replace("QUERY", &Value::from(query).to_string())
}

/// The script's figures, once its promise is kept.
fn measured(page: &mut Page, script: &str) -> Value {
    page.eval(&format!(
        "(window.measured = null, ({script}).then(got => window.measured = got, \
         error => window.measured = [String(error && error.code || error)]), 0)"
    ));
    let found = page.wait_for("window.measured");
    assert!(found[0].is_number(), "{script}: {found}");
    found
}

fn print(engine: &str, query: &str, found: &Value) {
    let number = |at: usize| found[at].as_f64().unwrap_or_default();
    println!(
        "{engine}\t{query}\t{:.0}\t{:.0}\t{:.0}\t{:.0}\t{:.0}\t{:.0}",
        number(0),
        number(1),
        number(2),
        number(3) / 1e3,
        number(4),
        number(5),
    );
}
