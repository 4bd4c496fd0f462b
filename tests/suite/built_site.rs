//! The sample archive as a reader gets it: built by the program into a folder whose name has a
//! blank and Chinese characters, then checked as files, as HTML, for accessibility, and in both
//! browsers from `file:`.

use crate::browser::{Browser, NARROW, Page, WIDE, file_url};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Most characters of a page's path in the site.
const LONGEST_PATH: usize = 120;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sample archive's site, built once for all tests.
pub(crate) fn sample() -> &'static Path {
    static SITE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, site) = SITE.get_or_init(|| {
        let folder = tempfile::Builder::new()
            .prefix("方志 样本 ")
            .tempdir()
            .expect("a temporary directory");
        let site = folder.path().join("site");
        let output = Command::new(env!("CARGO_BIN_EXE_fangzhi"))
            .arg("build")
            .arg(repository())
            .arg("-o")
            .arg(&site)
            .output()
            .expect("the program starts");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{told}");
        (folder, site)
    });
    site
}

/// Every file of the site by its path, `/`-separated.
fn files() -> BTreeMap<String, PathBuf> {
    walkdir::WalkDir::new(sample())
        .into_iter()
        .map(|entry| entry.expect("a readable folder"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let relative = entry.path().strip_prefix(sample()).expect("below the site");
            let parts = relative.iter().map(|part| part.to_str().expect("UTF-8"));
            let path = parts.collect::<Vec<_>>().join("/");
            (path, entry.into_path())
        })
        .collect()
}

fn is_page(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|ending| ending == "html")
}

fn pages() -> BTreeMap<String, String> {
    files()
        .into_iter()
        .filter(|(path, _)| is_page(path))
        .map(|(path, file)| (path, std::fs::read_to_string(file).expect("UTF-8")))
        .collect()
}

/// One page of each kind: those at the root, and of every folder below it the first that is no
/// index, besides the index.
fn one_of_each_kind() -> Vec<String> {
    let mut kinds: BTreeMap<(String, bool), String> = BTreeMap::new();
    for path in pages().into_keys() {
        let (folder, name) = path.rsplit_once('/').unwrap_or((&path, ""));
        let folder = folder.split('/').next().unwrap_or_default().to_owned();
        kinds.entry((folder, name == "index.html")).or_insert(path);
    }
    kinds.into_values().collect()
}

/// Names and values of all attributes of a page, references resolved.
fn attributes(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let mut tag = rest;
        let script = tag.starts_with("script") || tag.starts_with("style");
        while let Some((before, after)) = tag.split_once('=') {
            if before.contains('>') {
                break;
            }
            let name = before
                .rsplit(char::is_whitespace)
                .next()
                .unwrap_or_default();
            let quote = after.chars().next().unwrap_or(' ');
            let (value, after) = match quote {
                '"' | '\'' => after[1..].split_once(quote).unwrap_or((after, "")),
                _ => {
                    let end = after.find([' ', '>', '\n']).unwrap_or(after.len());
                    after.split_at(end)
                }
            };
            let value = value
                .replace("&#x2F;", "/")
                .replace("&#39;", "'")
                .replace("&quot;", "\"")
                .replace("&amp;", "&");
            found.push((name.to_ascii_lowercase(), value));
            tag = after;
        }
        rest = tag.split_once('>').map_or("", |(_, after)| after);
        if script {
            let end = rest.find("</script").or_else(|| rest.find("</style"));
            rest = &rest[end.unwrap_or(0)..];
        }
    }
    found
}

/// The path that `link` on page `from` leads to, and its fragment; none for a link out of the site.
///
/// # Errors
/// What `file:` or another folder would break: an absolute link, one to a folder, one out of it.
fn target(from: &str, link: &str) -> Result<Option<(String, String)>, String> {
    if link.starts_with("https://") || link.starts_with("http://") || link.starts_with("data:") {
        return Ok(None);
    }
    let (address, fragment) = link.split_once('#').unwrap_or((link, ""));
    let address = address.split('?').next().unwrap_or_default();
    if address.starts_with('/') || address.contains(':') {
        return Err("absolute".into());
    }
    if address.is_empty() {
        return Ok(Some((from.to_owned(), fragment.to_owned())));
    }
    let mut path: Vec<&str> = from.split('/').collect();
    path.pop();
    for part in address.split('/') {
        match part {
            "" | "." => return Err("to a folder".into()),
            ".." => {
                path.pop().ok_or("out of the site")?;
            }
            part => path.push(part),
        }
    }
    Ok(Some((path.join("/"), fragment.to_owned())))
}

#[test]
fn every_link_and_anchor_holds_from_a_file() {
    let (files, pages) = (files(), pages());
    let ids: BTreeMap<&str, BTreeSet<String>> = pages
        .iter()
        .map(|(path, page)| {
            let ids = attributes(page)
                .into_iter()
                .filter(|(name, _)| name == "id");
            (path.as_str(), ids.map(|(_, value)| value).collect())
        })
        .collect();
    let mut broken = Vec::new();
    let mut reached = BTreeSet::from([String::from("index.html")]);
    let mut links = 0;
    for (path, page) in &pages {
        for (name, link) in attributes(page) {
            if !matches!(name.as_str(), "href" | "src" | "action" | "data-src") {
                continue;
            }
            links += 1;
            match target(path, &link) {
                Err(fault) => broken.push(format!("{path}: {link} is {fault}")),
                Ok(None) if name != "href" && !link.starts_with("data:") => {
                    broken.push(format!("{path}: {link} is loaded from elsewhere"));
                }
                Ok(None) => {}
                Ok(Some((to, fragment))) => {
                    if !files.contains_key(&to) {
                        broken.push(format!("{path}: {link} leads nowhere"));
                    } else if !fragment.is_empty()
                        && is_page(&to)
                        && !ids[to.as_str()].contains(&fragment)
                    {
                        broken.push(format!("{path}: {link} has no such anchor"));
                    }
                    if to != *path {
                        reached.insert(to);
                    }
                }
            }
        }
    }
    assert!(links > 100, "only {links} links were found");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    let orphans: Vec<&String> = pages
        .keys()
        .filter(|path| !reached.contains(*path))
        .collect();
    assert!(orphans.is_empty(), "no link leads to {orphans:?}");
}

#[test]
fn names_survive_any_file_system() {
    let mut folded = BTreeSet::new();
    for path in files().into_keys() {
        assert!(path.is_ascii(), "{path} is not ASCII");
        assert!(path.len() < LONGEST_PATH, "{path} is too long");
        assert!(
            folded.insert(path.to_ascii_lowercase()),
            "{path} differs in case only"
        );
        let windows = |part: &str| {
            part.contains(['<', '>', ':', '"', '|', '?', '*', '\\'])
                || part.ends_with(['.', ' '])
                || ["con", "nul", "aux", "prn"].contains(&part.split('.').next().unwrap_or(part))
        };
        assert!(!path.split('/').any(windows), "{path} can't be on Windows");
    }
}

#[test]
fn every_page_says_where_it_may_load_from() {
    for (path, page) in pages() {
        let policy = attributes(&page)
            .into_iter()
            .find(|(name, value)| name == "content" && value.contains("default-src"))
            .unwrap_or_else(|| panic!("{path} has no Content-Security-Policy"));
        for needed in ["'wasm-unsafe-eval'", "blob:", "connect-src 'self'"] {
            assert!(
                policy.1.contains(needed),
                "{path}: {} lacks {needed}",
                policy.1
            );
        }
        assert!(!policy.1.contains("http"), "{path} allows another host");
    }
}

#[test]
fn digests_are_marked_and_lead_to_what_they_digest() {
    let reports: Vec<(String, String)> = pages()
        .into_iter()
        .filter(|(path, _)| path.starts_with("reports/") && path.matches('/').count() == 1)
        .filter(|(_, page)| page.contains("<article"))
        .collect();
    assert_eq!(reports.len(), 5, "one page a report");
    for (path, page) in reports {
        assert!(
            page.contains("摘编") || page.contains("摘要"),
            "{path} does not say it is a digest"
        );
    }
}

#[test]
fn every_page_is_valid_html() {
    let jar = repository().join("tests/browser/node_modules/vnu-jar/build/dist/vnu.jar");
    assert!(
        jar.exists(),
        "the Nu HTML checker is not there: `tests/run --setup` installs it"
    );
    let output = Command::new("java")
        .args(["-Xss8m", "-jar"])
        .arg(&jar)
        .args(["--skip-non-html", "--format", "json"])
        .arg(sample())
        .output()
        .expect("Java starts: `tests/run --setup` installs it");
    let told = String::from_utf8_lossy(&output.stderr);
    let told: Value = serde_json::from_str(told.trim()).unwrap_or_else(|_| panic!("{told}"));
    let messages: Vec<String> = told["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .filter(|message| message["type"] != "info" || message["subType"] == "warning")
        // Its reading of `file:` in a policy is not the browsers'; those are asked in another test.
        .filter(|message| {
            let words = message["message"].as_str().unwrap_or_default();
            !words.starts_with("Resource violates Content Security Policy")
        })
        .map(|m| format!("{}:{} {}", m["url"], m["lastLine"], m["message"]))
        .collect();
    assert!(messages.is_empty(), "{}", messages.join("\n"));
}

#[test]
fn the_data_are_a_valid_data_package() {
    let program = repository().join("target/tools/frictionless/bin/frictionless");
    assert!(
        program.exists(),
        "the Frictionless validator is not there: `tests/run --setup` installs it"
    );
    let output = Command::new(program)
        .args(["validate", "--json", "datapackage.json"])
        .current_dir(sample().join("data"))
        .output()
        .expect("the validator starts");
    let told = String::from_utf8_lossy(&output.stdout);
    let report: Value = serde_json::from_str(&told)
        .unwrap_or_else(|_| panic!("{told}{}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(report["valid"], true, "{told}");
    let checked: BTreeSet<&str> = report["tasks"]
        .as_array()
        .expect("a task a table")
        .iter()
        .filter(|task| task["stats"]["rows"].as_u64() > Some(0) || task["name"] == "ratios")
        .filter_map(|task| task["name"].as_str())
        .collect();
    let tables = [
        "codebook",
        "observations",
        "passages",
        "ratios",
        "reports",
        "topics",
    ];
    assert_eq!(checked, BTreeSet::from(tables), "{told}");
}

/// axe-core's violations on the page: rule, and the elements that break it.
pub(crate) fn violations(page: &mut Page) -> Vec<Value> {
    let script = repository().join("tests/browser/node_modules/axe-core/axe.min.js");
    let script = std::fs::read_to_string(script)
        .expect("axe-core is not there: `tests/run --setup` installs it");
    page.eval(&format!("(() => {{ {script}\n; return 0 }})()"));
    let found = page.eval(
        "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(v => \
         [v.id, v.nodes.slice(0, 3).map(n => n.target.join(' ') + ': ' + n.failureSummary)]))",
    );
    found.as_array().expect("a list").clone()
}

#[test]
fn pages_are_accessible_wide_narrow_light_and_dark() {
    let mut page = Browser::Chromium.start();
    let mut wrong = Vec::new();
    for path in one_of_each_kind() {
        let url = file_url(&sample().join(&path));
        for viewport in [WIDE, NARROW] {
            for dark in [false, true] {
                page.viewport(viewport);
                page.dark(dark);
                page.goto(&url);
                for violation in violations(&mut page) {
                    wrong.push(format!(
                        "{path} {} dark: {dark} {violation:#}",
                        viewport.width
                    ));
                }
                let overflow = page.eval(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
                );
                if overflow != json!(0) {
                    wrong.push(format!(
                        "{path} is {overflow} px wider than {}",
                        viewport.width
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pages_open_from_a_file_without_a_word_in_both_browsers() {
    for browser in Browser::ALL {
        let mut page = browser.start();
        for path in one_of_each_kind() {
            page.goto(&file_url(&sample().join(&path)));
            page.assert_quiet(&["file:"]);
            page.forget();
        }
    }
}

#[test]
fn pages_are_readable_without_scripts() {
    let mut page = Browser::Chromium.start();
    page.scripts(false);
    page.goto(&file_url(&sample().join("index.html")));
    let front = page.eval("document.body.innerText");
    assert!(
        front.as_str().is_some_and(|text| text.contains("开封市")),
        "{front}"
    );
    let report = pages()
        .into_keys()
        .find(|path| path.starts_with("reports/") && path.contains("kaifeng"))
        .expect("a report's page");
    page.goto(&file_url(&sample().join(report)));
    let text = page.eval("document.body.innerText");
    assert!(
        text.as_str()
            .is_some_and(|text| text.contains("合同、协议130件")),
        "{text}"
    );
}

#[test]
fn the_walker_sees_what_is_broken() {
    assert_eq!(
        target("a/b.html", "../c.html#p-1").unwrap(),
        Some(("c.html".into(), "p-1".into()))
    );
    assert_eq!(
        target("a/b.html", "#x").unwrap(),
        Some(("a/b.html".into(), "x".into()))
    );
    assert_eq!(target("a.html", "https://example.org/").unwrap(), None);
    for bad in ["/c.html", "file:///c", "regions/", "../../c.html", "./"] {
        assert!(target("a/b.html", bad).is_err(), "{bad}");
    }
    let page = r#"<!-- <a href="no"> --><a class=x href="a&#x2F;b.html?q=1&amp;r#s"><script src='s.js'>if (a<b) x="<a href=1>"</script><p id="p">"#;
    let found = attributes(page);
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("class", "x"),
            ("href", "a/b.html?q=1&r#s"),
            ("src", "s.js"),
            ("id", "p")
        ]
    );
}
