//! `fangzhi serve`, as a keeper runs it: over loopback, with a process of its own.

use crate::browser::Browser;
use crate::command::folder::{Folder, REPORT, command, tree};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Longer than any build of these archives takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server; it ends with its owner.
struct Serving {
    child: Child,
    url: String,
}

impl Serving {
    fn start(folder: &Folder, arguments: &[&str]) -> Self {
        let mut child = command(&["serve", "--port", "0"], folder)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("runs");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let first = lines.next().expect("a line").expect("UTF-8");
        let url = first.split(' ').nth(1).expect("an address").to_owned();
        // What it says later is read, so that it never waits to be heard.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    fn host(&self) -> &str {
        self.url.trim_start_matches("http://").trim_end_matches('/')
    }

    fn ask(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.host()).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("answered");
        let at = bytes
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .expect("a head");
        Answer {
            head: String::from_utf8(bytes[..at].to_vec()).expect("ASCII"),
            body: bytes[at + 4..].to_vec(),
        }
    }

    fn get(&self, path: &str, headers: &str) -> Answer {
        let host = self.host();
        self.ask(&format!(
            "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n"
        ))
    }

    fn page(&self, path: &str) -> String {
        String::from_utf8(self.get(path, "").body).expect("UTF-8")
    }

    fn events(&self) -> Events {
        let stream = TcpStream::connect(self.host()).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        let host = self.host();
        (&stream)
            .write_all(format!("GET /_serve/events HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes())
            .expect("sent");
        Events(BufReader::new(stream))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Either it is ended now, or it had ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn status(&self) -> &str {
        &self.head[9..12]
    }

    fn has(&self, header: &str) -> bool {
        self.head.split("\r\n").any(|line| line == header)
    }
}

/// What an open page hears.
struct Events(BufReader<TcpStream>);

impl Events {
    fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            assert!(begun.elapsed() < PATIENCE, "nothing of the kind was told");
            let mut line = String::new();
            assert_ne!(self.0.read_line(&mut line).expect("told in time"), 0);
            if let Some(json) = line.strip_prefix("data: ") {
                let state: Value = serde_json::from_str(json).expect("JSON");
                if wanted(&state) {
                    return state;
                }
            }
        }
    }

    /// The state after the next build that ends well.
    fn built(&mut self, after: &Value) -> Value {
        self.until(|state| {
            state["builds"].as_u64() > after["builds"].as_u64() && state["failed"] == json!(false)
        })
    }
}

fn archive() -> Folder {
    Folder::new()
        .with("fangzhi.toml", "title = \"云岭档案\"\n")
        .with("content/甲.txt", REPORT)
}

#[test]
fn a_change_of_any_kind_is_built_and_told_and_the_published_bytes_are_served() {
    let folder = archive().with("README", "");
    let serving = Serving::start(&folder, &[]);
    let mut events = serving.events();
    let mut state = events.until(|state| state["builds"] == json!(1));
    let site = folder.at(".fangzhi/serve");
    let on_disk = |path: &str| fs::read_to_string(site.join(path)).expect("a file");
    let changes: [(&str, &str, &str, &str); 7] = [
        (
            "content/乙.txt",
            "乙市2021年法治政府建设情况报告\n\n一、成效\n\n新的一件。\n",
            "reports/yi.html",
            "新的一件",
        ),
        ("content/深/丙.txt", REPORT, "data/reports.csv", "深/丙.txt"),
        (
            "fangzhi.toml",
            "title = \"改名档案\"\n",
            "index.html",
            "改名档案",
        ),
        (
            "themes/styles/fangzhi.css",
            "/* 另一样式 */\n",
            "styles/fangzhi.css",
            "另一样式",
        ),
        (
            "metadata.csv",
            "path,year\n甲.txt,2003\n",
            "years/2003.html",
            "2003",
        ),
        (
            "divisions.csv",
            "code,name,level\n990000,云岭省,province\n990100,云溪市,prefecture\n",
            "data/reports.csv",
            "990100",
        ),
        (
            "codebook/own.toml",
            "[[topic]]\nid = \"own-topic\"\nnames = { zh-Hans = \"自拟\", en = \"Own\" }\n\
             definition = { zh-Hans = \"自拟。\", en = \"Own.\" }\nterms = [\"综合执法\"]\n",
            "data/codebook.csv",
            "own-topic",
        ),
    ];
    let mut folder = folder;
    for (file, text, page, words) in changes {
        folder = folder.with(file, text);
        let before = state.clone();
        // A folder that is new may be seen before what is in it.
        state = events.until(|state| {
            state["failed"] == json!(false)
                && state["site"] != before["site"]
                && site.join(page).is_file()
                && on_disk(page).contains(words)
        });
        assert!(serving.page(page).contains(words), "{file}");
    }
    let page = on_disk("reports/jia.html");
    assert!(!page.contains("_serve/"));
    let served = serving.page("reports/jia.html");
    let script = format!(
        "<script src=\"/_serve/live.js\" data-site=\"{}\" defer></script>\n",
        state["site"].as_str().expect("a checksum")
    );
    assert_eq!(served.replacen(&script, "", 1), page);
}

#[test]
fn what_is_wrong_is_told_with_file_and_line_and_the_last_good_site_stays() {
    let folder = archive();
    let serving = Serving::start(&folder, &[]);
    let mut events = serving.events();
    let good = events.built(&json!({ "builds": 0 }));
    let before = tree(&folder.at(".fangzhi/serve"));
    let mut state = good.clone();
    for (file, wrong, line, hint) in [
        ("fangzhi.toml", "title = \"甲\"\ntheem = \"x\"\n", 2, None),
        (
            "fangzhi.toml",
            "titel = \"甲\"\n",
            1,
            Some("did you mean `title`?"),
        ),
        (
            "themes/templates/about.html",
            "{% block %}\n{{ x \n",
            1,
            None,
        ),
        (
            "themes/templates/about.html",
            "\n\n{{ no.such.thing }}\n",
            3,
            None,
        ),
        ("themes/i18n/zh-Hans.toml", "[nav]\nhome = 3 3\n", 2, None),
    ] {
        let right = fs::read(folder.at(file)).ok();
        fs::create_dir_all(folder.at(file).parent().expect("a folder")).expect("made");
        fs::write(folder.at(file), wrong).expect("written");
        let failed = events.until(|state| state["failed"] == json!(true));
        assert_eq!(failed["told"][0]["file"], file, "{failed}");
        assert_eq!(failed["told"][0]["line"], line, "{failed}");
        if hint.is_some() {
            assert_eq!(failed["told"][0]["hint"].as_str(), hint);
        }
        assert_eq!(failed["site"], state["site"]);
        let stays = tree(&folder.at(".fangzhi/serve")) == before;
        assert!(stays, "{file}: the site was touched");
        assert!(serving.page("index.html").contains("云岭档案"));
        match right {
            Some(right) => fs::write(folder.at(file), right).expect("written"),
            None => fs::remove_file(folder.at(file)).expect("deleted"),
        }
        state = events.built(&failed);
        assert_eq!(
            state["site"], good["site"],
            "the same archive, the same site"
        );
    }
    // One that does not keep the site from being built.
    let folder = folder.with("codebook/own.toml", "version = \"1\"\n\n[[topic]\n");
    let told = events.built(&state);
    assert_eq!(told["told"][0]["file"], "codebook/own.toml", "{told}");
    assert_eq!(told["told"][0]["line"], 3, "{told}");
    let _folder = folder.with("content/空.txt", "");
    let told = events.until(|state| state["told"].as_array().is_some_and(|told| told.len() == 2));
    assert!(told["told"].to_string().contains("空.txt"), "{told}");
}

#[test]
fn a_burst_of_changes_is_one_build() {
    let folder = archive();
    let serving = Serving::start(&folder, &[]);
    let mut events = serving.events();
    let first = events.built(&json!({ "builds": 0 }));
    for number in 0..60 {
        let path = folder.at(&format!("content/{number}.txt"));
        fs::write(path, format!("{REPORT}\n第{number}件。\n")).expect("written");
    }
    let all = events.until(|_| folder.at(".fangzhi/serve/reports/59.html").is_file());
    let builds = all["builds"].as_u64().expect("a number") - first["builds"].as_u64().expect("one");
    // On a machine that halts in the middle of the burst it may be two.
    assert!((1..=2).contains(&builds), "{builds} builds");
    // Nothing that a build does is taken for a change.
    std::thread::sleep(Duration::from_millis(500));
    let mut now = serving.events();
    assert_eq!(now.until(|_| true)["builds"], all["builds"]);
}

#[test]
fn files_are_served_by_the_rules_and_nothing_else_is() {
    let folder = archive();
    let serving = Serving::start(&folder, &[]);
    serving.events().built(&json!({ "builds": 0 }));
    let csv = fs::read(folder.at(".fangzhi/serve/data/reports.csv")).expect("a file");

    let whole = serving.get("data/reports.csv", "");
    assert_eq!((whole.status(), &whole.body), ("200", &csv));
    assert!(
        whole.has("Content-Type: text/csv; charset=utf-8") && whole.has("Accept-Ranges: bytes")
    );
    assert!(whole.has("X-Content-Type-Options: nosniff") && whole.has("Cache-Control: no-store"));
    assert!(!whole.head.to_ascii_lowercase().contains("access-control"));
    let part = serving.get("data/reports.csv", "Range: bytes=3-12\r\n");
    assert_eq!((part.status(), &part.body[..]), ("206", &csv[3..13]));
    assert!(part.has(&format!("Content-Range: bytes 3-12/{}", csv.len())));
    let beyond = serving.get("data/reports.csv", "Range: bytes=9999999-\r\n");
    assert_eq!(beyond.status(), "416");
    assert!(beyond.has(&format!("Content-Range: bytes */{}", csv.len())));
    assert_eq!(
        serving.get("index.html", "Range: bytes=0-1\r\n").status(),
        "200"
    );
    assert_eq!(serving.get("", "").body, serving.get("index.html", "").body);
    let folder_page = serving.get("years", "");
    assert!(folder_page.status() == "308" && folder_page.has("Location: /years/"));
    assert!(serving.page("years/").contains("</html>"));

    let host = serving.host();
    let head = serving.ask(&format!(
        "HEAD /data/reports.csv HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    ));
    assert!(head.has(&format!("Content-Length: {}", csv.len())) && head.body.is_empty());
    let post = serving.ask(&format!(
        "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"
    ));
    assert!(post.status() == "405" && post.has("Allow: GET, HEAD"));
    for other in ["evil.example", "evil.example:80", "127.0.0.1.evil.example"] {
        let answer = serving.ask(&format!("GET / HTTP/1.1\r\nHost: {other}\r\n\r\n"));
        assert_eq!(answer.status(), "421", "{other}");
    }
    for out in [
        "../../fangzhi.toml",
        "..%2f..%2ffangzhi.toml",
        "%2e%2e/%2e%2e/fangzhi.toml",
        "reports/../../../fangzhi.toml",
        "/etc/passwd",
        ".fangzhi-site",
        "no-such.html",
    ] {
        let answer = serving.get(out, "");
        assert_eq!(answer.status(), "404", "{out}");
        let body = String::from_utf8(answer.body).expect("UTF-8");
        assert!(
            !body.contains("云岭档案") && !body.contains("root:"),
            "{out}: {body}"
        );
    }
}

#[test]
fn a_bare_folder_gets_nothing_put_into_it() {
    let folder = Folder::new().with("甲.txt", REPORT);
    let serving = Serving::start(&folder, &[]);
    serving.events().built(&json!({ "builds": 0 }));
    assert!(serving.page("reports/jia.html").contains("云溪市"));
    assert_eq!(folder.names("."), ["甲.txt"]);
}

#[test]
fn it_begins_without_a_site_and_is_served_by_one_at_a_time() {
    let folder = archive().with("fangzhi.toml", "lnag = \"en\"\n");
    let serving = Serving::start(&folder, &[]);
    let state = serving.events().until(|state| state["builds"] == json!(1));
    assert_eq!(state["failed"], json!(true));
    assert_eq!(serving.get("index.html", "").status(), "503");
    assert!(serving.page("index.html").contains("/_serve/live.js"));
    let second = crate::command::folder::fangzhi(&["serve", "--port", "0"], &folder);
    assert_eq!(second.code, 2, "{second:?}");
    assert!(second.err.contains("help: "), "{second:?}");
    let taken = serving.host().rsplit(':').next().expect("a port");
    let other = Folder::new().with("甲.txt", REPORT);
    let second = crate::command::folder::fangzhi(&["serve", "--port", taken], &other);
    assert_eq!(second.code, 2, "{second:?}");
    assert_eq!(
        crate::command::folder::fangzhi(&["serve", "nowhere"], &other).code,
        2
    );
}

#[cfg(unix)]
#[test]
fn it_ends_well_when_asked_to() {
    for signal in ["-INT", "-TERM"] {
        let temporary = tempfile::tempdir().expect("a folder");
        let folder = Folder::new().with("甲.txt", REPORT);
        let mut child = command(&["serve", "--port", "0"], &folder)
            .env("TMPDIR", temporary.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("runs");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        assert!(
            lines
                .next()
                .expect("a line")
                .expect("UTF-8")
                .starts_with("serving http://127.0.0.1:")
        );
        assert!(
            lines
                .next()
                .expect("a line")
                .expect("UTF-8")
                .starts_with("built 1 report")
        );
        let killed = std::process::Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status()
            .expect("coreutils");
        assert!(killed.success());
        assert_eq!(child.wait().expect("ends").code(), Some(0), "{signal}");
        let left = fs::read_dir(temporary.path()).expect("a folder").count();
        assert_eq!(left, 0, "{signal}");
    }
}

#[test]
fn an_open_page_loads_itself_anew_and_shows_what_is_wrong() {
    let folder = archive();
    let serving = Serving::start(&folder, &[]);
    serving.events().built(&json!({ "builds": 0 }));
    let mut page = Browser::Chromium.open(&format!("{}reports/jia.html", serving.url));
    page.wait_for("document.querySelector('link[href=\"/_serve/live.css\"]')");
    fs::write(folder.at("content/甲.txt"), REPORT.replace("78件", "79件")).expect("written");
    page.wait_for("document.body.innerText.includes('行政复议案件79件')");
    fs::write(folder.at("fangzhi.toml"), "\n\ntitle = 3\n").expect("written");
    page.wait_for("document.querySelector('#fangzhi-serve.failed[role=alert]')");
    let told = page.eval("document.getElementById('fangzhi-serve').innerText");
    let told = told.as_str().expect("text");
    assert!(told.contains("fangzhi.toml 第 3 行"), "{told}");
    assert!(told.contains("上一次成功生成"), "{told}");
    assert_eq!(
        page.eval("getComputedStyle(document.getElementById('fangzhi-serve')).position"),
        json!("fixed")
    );
    page.click("#fangzhi-serve button");
    page.wait_for("!document.getElementById('fangzhi-serve')");
    fs::write(folder.at("fangzhi.toml"), "title = \"又一档案\"\n").expect("written");
    page.wait_for("document.querySelector('.brand').textContent.includes('又一档案')");
    page.assert_quiet(&[&serving.url]);
}
