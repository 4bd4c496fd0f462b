//! Nothing of a report, of its name, or of what its keeper wrote is live in a page.

use super::bounded;
use crate::browser::{Browser, file_url};
use crate::command::folder::{Folder, tree};
use serde_json::json;
use std::collections::BTreeMap;

/// Words that would run, load, hide, lead away or turn the reading direction, were they taken for more
/// than words. `canary()` is no function: where it is called, the page has an error.
const WORDS: [&str; 14] = [
    "<img src=x onerror=canary() data-canary>",
    "<script data-canary>canary()</script>",
    "\"><svg onload=canary() data-canary>",
    "' onmouseover='canary()' data-canary='",
    "</script><script data-canary>canary()</script>",
    "</title></style></textarea><script data-canary>canary()</script>",
    "<iframe data-canary srcdoc=\"<script>canary()</script>\"></iframe>",
    "<style data-canary>body{display:none;background:url(http://127.0.0.1:9/)}</style>",
    "<base href=http://127.0.0.1:9/ data-canary><meta http-equiv=refresh content=0;url=data:,x>",
    "javascript:canary()",
    "{{ 7 * 191 }}{% include \"base.html\" %}{# x",
    "\u{202e}倒序\u{2066}隔离\u{200f}",
    "--><!--<![CDATA[<b data-canary>]]>\u{2028}\\u003cscript>",
    "&lt;img src=x onerror=canary()&gt;&#60;b data-canary&#62;",
];

/// A report that has them in its title, its headings, its sentences, its cells and its signature.
fn report(year: i32, number: usize) -> String {
    let words = WORDS[number];
    format!(
        "云溪市{words}{year}年法治政府建设情况报告\n\n\
         一、主要做法和成效{words}\n\n\
         全年{words}办理行政复议案件78件{words}。{words}\n\n\
         {words}\n\n\
         案件类别\t{words}\t件数\n行政复议\t{words}\t36\n行政诉讼\t甲\t4\n\n\
         二、存在的问题{words}\n\n行政复议{words}力量不足。\n\n\
         三、下一步工作安排\n\n推进。{words}\n\n云溪市{words}司法局\n{year}年1月4日\n"
    )
}

fn toml(words: &str) -> String {
    serde_json::to_string(&words.replace('\u{202e}', "")).expect("JSON is TOML here")
}

fn archive() -> Folder {
    let mut folder = Folder::new();
    for (number, words) in WORDS.iter().enumerate() {
        folder = folder.with(
            &format!("content/{number}.txt"),
            report(2009 + number as i32, number),
        );
        let front = format!(
            "+++\nid = \"front-{number}\"\ntitle = {0}\nissuer = {0}\nregion = \"990100\"\nyear = 20{1}\nsource_url = {0}\n\
             doc_number = {0}\nindex_number = {0}\nperiod = {0}\ndigest = {0}\nnot_a_key = {0}\n+++\n",
            toml(words),
            10 + number
        );
        let text = report(2009 + number as i32, number).replace('\t', " | ");
        folder = folder.with(&format!("content/{number}.md"), format!("{front}{text}"));
        // A name of a file is what the file system allows.
        let name: String = words.chars().filter(|c| *c != '/' && *c != '\0').collect();
        folder = folder.with(&format!("content/{name}.txt"), report(2000, number));
    }
    let markdown = "# 云溪市2008年法治政府建设情况报告\n\n\
        [点](javascript:canary()) [数](data:text/html,<script>canary()</script>) ![图](x\" onerror=\"canary())\n\n\
        [аррӏе.com](https://xn--80ak6aa92e.example/) <https://127.0.0.1:9/> [x]: javascript:canary()\n\n\
        <a href=\"javascript:canary()\" onclick=\"canary()\" data-canary>甲</a> <div style=\"position:fixed;inset:0\" data-canary>乙</div>\n\n\
        <form action=http://127.0.0.1:9/ data-canary><button>丙</button></form>\n\n\
        <math><mtext></form><form><mglyph><style></math><img src onerror=canary() data-canary>\n\n\
        | 甲 | <img src=x onerror=canary() data-canary> |\n|-|-|\n| [x](javascript:canary()) | `<script>canary()</script>` |\n\n\
        ## 二、存在的问题 <script>canary()</script>\n\n行政复议力量不足。\n\n    <script data-canary>canary()</script>\n";
    let all = WORDS.concat();
    let quoted = all.replace('"', "\"\"");
    folder
        .with("content/markdown.md", markdown)
        .with(
            "fangzhi.toml",
            format!(
                "title = {0}\nbase_url = \"https://example.org/x/\"\n\
                 [[division]]\ncode = \"990000\"\nname = {0}\nlevel = \"province\"\n\
                 [[division]]\ncode = \"990100\"\nname = \"云溪市\"\nlevel = \"prefecture\"\nparent = \"990000\"\n",
                toml(&all)
            ),
        )
        .with(
            "metadata.csv",
            format!("path,title,issuer,note\n0.txt,\"{quoted}\",\"{quoted}\",\"{quoted}\"\n\"{quoted}\",,,\n"),
        )
        .with(
            "corrections.csv",
            format!("report,indicator,sentence,why\n\"{quoted}\",\"{quoted}\",\"{quoted}\",\"{quoted}\"\n"),
        )
        .with(
            "codebook/own.toml",
            format!(
                "[[topic]]\nid = \"own\"\nnames = {{ zh-Hans = {0}, zh-Hant = {0}, en = {0} }}\n\
                 definition = {{ zh-Hans = {0} }}\nterms = [\"力量不足\"]\n",
                toml(&all)
            ),
        )
}

/// One page of each kind, and every report's.
fn kinds(site: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut kinds: BTreeMap<(String, usize), String> = BTreeMap::new();
    for path in site.keys().filter(|path| path.ends_with(".html")) {
        let (folder, _) = path.rsplit_once('/').unwrap_or((path, ""));
        let steps: Vec<&str> = folder.split('/').collect();
        if !path.starts_with("reports/") {
            let kind = (steps[0].to_owned(), steps.len());
            kinds.entry(kind).or_insert_with(|| path.clone());
        }
    }
    let reports = site
        .keys()
        .filter(|path| path.starts_with("reports/") && path.ends_with(".html"));
    kinds.into_values().chain(reports.cloned()).collect()
}

#[test]
fn no_words_of_a_report_or_a_keeper_run_in_a_browser() {
    let folder = archive();
    let built = bounded(&["build", "-o", "out"], &folder);
    assert_ne!(built.code, 2, "{built:?}");
    let site = tree(&folder.at("out"));
    let pages = kinds(&site);
    assert!(pages.len() > WORDS.len() * 3, "{built:?}");
    let reports: Vec<&str> = pages
        .iter()
        .filter_map(|path| path.strip_prefix("reports/")?.strip_suffix(".html"))
        .filter(|id| *id != "index")
        .collect();
    let compared = format!(
        "compare.html?r={}&r={}&r={}",
        reports[0], reports[1], reports[20]
    );
    let searches = [
        "search.html?q=%E8%A1%8C%E6%94%BF%E5%A4%8D%E8%AE%AE",
        "search.html?q=%E8%A1%8C%E6%94%BF%E5%A4%8D%E8%AE%AE&sort=line-right",
        "search.html?q=%3Cimg%20src%3Dx%20onerror%3Dcanary()%20data-canary%3E%22%27",
        "search.html?q=canary&year=%3Cscript%3Ecanary()%3C%2Fscript%3E&sort=%22%3E%3Cimg%20data-canary%3E",
        "compare.html?r=%3Cimg%20src%3Dx%20onerror%3Dcanary()%20data-canary%3E&r=../../x",
    ];
    let home = file_url(&folder.at("out/index.html"));
    let root = home.strip_suffix("index.html").expect("the site's folder");
    let mut page = Browser::Chromium.open(&home);
    for address in pages
        .iter()
        .map(String::as_str)
        .chain([compared.as_str()])
        .chain(searches)
    {
        page.goto(&format!("{root}{address}"));
        if address.starts_with("search.html?") {
            page.wait_for("document.querySelector('#results *') || !document.getElementById('search-state').hidden");
            page.wait_for("!document.getElementById('results').hasAttribute('aria-busy')");
        }
        if address == compared {
            page.wait_for("document.querySelectorAll('#pairs .col').length > 2");
        }
        let live = page.eval(
            "[...document.querySelectorAll('[data-canary], iframe, object, embed, base, math, form[action^=\"http\"], \
              script:not([src]), a[href^=\"javascript:\" i], a[href^=\"data:text\" i], meta[http-equiv=refresh]')] \
              .concat([...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/i.test(a.name)))) \
              .map(e => e.outerHTML.slice(0, 200))",
        );
        assert_eq!(live, json!([]), "{address}");
        let turned = page.eval(
            "/[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]/.test(document.documentElement.outerHTML)",
        );
        assert_eq!(
            turned,
            json!(false),
            "{address} turns the reading direction"
        );
        let worked_out = page.eval("document.body.innerText.includes('1337')");
        assert_eq!(worked_out, json!(false), "{address} works out templates");
        page.assert_quiet(&["file:"]);
        page.forget();
    }
    page.goto(&format!("{root}reports/0.html"));
    let shown =
        page.eval("document.body.innerText.includes('<img src=x onerror=canary() data-canary>')");
    assert_eq!(shown, json!(true), "what is no markup is shown as written");
}

/// A classic script's data, the feed and the site map hold whatever words as data.
#[test]
fn no_words_end_the_script_or_the_document_they_stand_in() {
    let folder = archive();
    assert_ne!(bounded(&["build", "-o", "out"], &folder).code, 2);
    let site = tree(&folder.at("out"));
    let mut scripts = 0;
    for (path, bytes) in &site {
        let text = String::from_utf8_lossy(bytes);
        let ends = |ending: &str| path.ends_with(ending);
        if ends(".js") && path.starts_with("compare/") {
            scripts += 1;
            assert!(!text.contains(['<', '\u{2028}', '\u{202e}']), "{path}");
        }
        if ends(".json") {
            serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
        }
        if ends(".xml") {
            assert!(
                !text.contains("<script") && !text.contains("<img"),
                "{path}"
            );
        }
        if ends(".csv") {
            let body = text.strip_prefix('\u{feff}').unwrap_or(&text);
            for row in csv::Reader::from_reader(body.as_bytes()).records() {
                for cell in &row.expect("CSV") {
                    let number = cell.parse::<f64>().is_ok();
                    assert!(
                        number || !cell.starts_with(['=', '+', '-', '@', '\t']),
                        "{path}: {cell}"
                    );
                }
            }
        }
    }
    assert!(scripts > WORDS.len());
}

/// A spreadsheet works out no cell of the data: see the data's own README.
#[test]
fn formulas_in_reports_stay_words_in_a_spreadsheet() {
    let formula = "=HYPERLINK(\"http://127.0.0.1:9/\",\"点\")";
    let folder = Folder::new()
        .with("=cmd.txt", format!("+++\ntitle = '{formula}'\nissuer = '@SUM(A1)'\nyear = 2020\n+++\n一、主要做法\n\n+全年办理行政复议案件78件。\n"));
    assert_eq!(bounded(&["build", "-o", "out"], &folder).code, 0);
    let read =
        |path: &str| std::fs::read_to_string(folder.at("out/data").join(path)).expect("there");
    let csv = read("reports.csv");
    for cell in [
        "\"'=HYPERLINK(\"\"http://127.0.0.1:9/\"\",\"\"点\"\")\"",
        ",'@SUM(A1),",
        ",'=cmd.txt,",
    ] {
        assert!(csv.contains(cell), "{cell} in {csv}");
    }
    assert!(read("observations.csv").contains(",'+全年办理行政复议案件78件。,"));
    // For programs the words stand as they are.
    assert!(read("reports.json").contains("\"=cmd.txt\""));
    let found = bounded(
        &["search", "--csv", "--site", "out", "办理行政复议"],
        &folder,
    );
    assert!(
        found.out.contains(",'=HYPERLINK") || found.out.contains("\"'=HYPERLINK"),
        "{found:?}"
    );
    assert!(found.out.contains(",'+全年,"), "{found:?}");
}
