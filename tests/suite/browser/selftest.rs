//! The harness notices what it is there to notice.

use super::server::{Quirks, Server, Types};
use super::{Browser, Key, NARROW, WIDE, file_url};
use serde_json::json;

fn folder(pages: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::Builder::new()
        .prefix("方志 site ")
        .tempdir()
        .expect("a temporary directory");
    for (name, page) in pages {
        std::fs::write(folder.path().join(name), page).expect("a page");
    }
    folder
}

const FORM: &str = r#"<!doctype html><html lang="zh"><meta charset="utf-8"><title>表</title>
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><input id="q"><button id="go">查</button><p id="out"></p>
<script>const out = document.querySelector('#out'), q = document.querySelector('#q');
document.querySelector('#go').addEventListener('click', () => { out.textContent = q.value; });
q.addEventListener('keydown', e => { if (e.key === 'Enter') out.textContent = '⏎' + q.value; });
</script></html>"#;

#[test]
fn both_browsers_open_click_and_type_from_a_file() {
    let folder = folder(&[("form.html", FORM)]);
    for browser in Browser::ALL {
        let mut page = browser.open(&file_url(&folder.path().join("form.html")));
        page.type_into("#q", "首违不罚 721");
        page.click("#go");
        assert_eq!(page.wait_for("out.textContent"), json!("首违不罚 721"));
        page.click("#q");
        page.press(Key::Enter);
        page.wait_for("out.textContent === '⏎首违不罚 721'");
        page.eval("onkeydown = e => { if (e.key !== 'Process') keys.push(e.key) }, keys = [], 0");
        for key in [Key::Slash, Key::Tab, Key::Escape, Key::Up, Key::Down] {
            page.press(key);
        }
        page.wait_for("keys.length === 5");
        assert_eq!(
            page.eval("keys.join(' ')"),
            json!("/ Tab Escape ArrowUp ArrowDown")
        );
        page.viewport(NARROW);
        page.wait_for("innerWidth === 390");
        page.viewport(WIDE);
        page.wait_for("innerWidth === 1280");
        assert!(page.screenshot().len() > 1000, "{browser:?} takes pictures");
        page.assert_quiet(&["file:"]);
    }
}

#[test]
fn messages_errors_and_requests_are_seen_in_both() {
    let other = folder(&[("x.js", "1")]);
    let server = Server::start(other.path(), Quirks::NONE);
    let noisy = format!(
        "<!doctype html><meta charset=utf-8><title>n</title><link rel=icon href='data:,'>\
         <script>console.log('说', 1)</script><script>throw new Error('坏')</script>\
         <script src='{}'></script>",
        server.url("x.js")
    );
    let folder = folder(&[("noisy.html", &noisy)]);
    for browser in Browser::ALL {
        let mut page = browser.open(&file_url(&folder.path().join("noisy.html")));
        let log = page.log().clone();
        assert!(
            log.console.iter().any(|told| told.contains("说")),
            "{browser:?} {log:?}"
        );
        assert!(
            log.errors.iter().any(|told| told.contains("坏")),
            "{browser:?} {log:?}"
        );
        let asked = |url: &String| url.starts_with(&server.origin());
        assert!(log.requests.iter().any(asked), "{browser:?} {log:?}");
        let quiet = std::panic::AssertUnwindSafe(|| page.assert_quiet(&["file:"]));
        assert!(std::panic::catch_unwind(quiet).is_err());
        page.forget();
        page.assert_quiet(&[]);
    }
}

#[test]
fn file_rules_are_the_stock_ones() {
    let page = "<!doctype html><meta charset=utf-8><title>f</title><link rel=icon href='data:,'>";
    let folder = folder(&[("a.html", page), ("data.json", "{}")]);
    for browser in Browser::ALL {
        let mut page = browser.open(&file_url(&folder.path().join("a.html")));
        let outcome = page.eval("fetch('data.json').then(() => 'read', () => 'refused')");
        assert_eq!(outcome, json!("refused"), "{browser:?}");
    }
}

#[test]
fn a_workers_messages_are_seen() {
    let page = "<!doctype html><meta charset=utf-8><title>w</title><link rel=icon href='data:,'>\
        <script>const w = new Worker(URL.createObjectURL(new Blob([\"console.warn('从工人'); postMessage(1)\"])));\
        w.onmessage = () => { document.title = 'done' }</script>";
    let folder = folder(&[("w.html", page)]);
    for browser in Browser::ALL {
        let mut page = browser.open(&file_url(&folder.path().join("w.html")));
        page.wait_for("document.title === 'done'");
        let log = page.log();
        assert!(
            log.console.iter().any(|told| told.contains("从工人")),
            "{browser:?} {log:?}"
        );
    }
}

#[test]
fn chromium_shows_dark_pages_and_pages_without_scripts() {
    let folder = folder(&[("form.html", FORM)]);
    let url = file_url(&folder.path().join("form.html"));
    let mut page = Browser::Chromium.open(&url);
    page.dark(true);
    page.wait_for("matchMedia('(prefers-color-scheme: dark)').matches");
    page.dark(false);
    page.wait_for("matchMedia('(prefers-color-scheme: light)').matches");
    page.scripts(false);
    page.goto(&url);
    page.type_into("#q", "字");
    page.click("#go");
    assert_eq!(
        page.eval("document.querySelector('#out').textContent"),
        json!("")
    );
}

#[test]
fn servers_have_the_quirks_they_are_given() {
    let folder = folder(&[("数据 a.js", "0123456789"), ("index.html", "<p>")]);
    let ask = |server: &Server, path: &str, range: &str| {
        let mut stream =
            std::net::TcpStream::connect(("127.0.0.1", server.port)).expect("it listens");
        let request = format!("GET /{path} HTTP/1.1\r\nHost: x\r\nRange: bytes={range}\r\n\r\n");
        std::io::Write::write_all(&mut stream, request.as_bytes()).expect("sent");
        stream.shutdown(std::net::Shutdown::Write).expect("sent");
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut stream, &mut answer).expect("answered");
        answer
    };
    let escaped = "%E6%95%B0%E6%8D%AE%20a.js";
    let good = Server::start(folder.path(), Quirks::NONE);
    let part = ask(&good, escaped, "2-4");
    assert!(
        part.starts_with("HTTP/1.1 206") && part.ends_with("\r\n\r\n234"),
        "{part}"
    );
    assert!(part.contains("Content-Range: bytes 2-4/10"), "{part}");
    let answered = &good.answered()[0];
    assert_eq!((answered.status, answered.bytes), (206, 3));
    assert_eq!(answered.path, format!("/{escaped}"));
    assert_eq!(answered.range.as_deref(), Some("bytes=2-4"));
    assert!(ask(&good, "../secret", "0-").starts_with("HTTP/1.1 404"));
    assert!(ask(&good, "", "0-").contains("text/html"));
    let poor = |types| {
        let quirks = Quirks {
            ranges: false,
            types,
        };
        ask(&Server::start(folder.path(), quirks), escaped, "2-4")
    };
    let whole = poor(Types::Missing);
    assert!(
        whole.starts_with("HTTP/1.1 200") && whole.ends_with("0123456789"),
        "{whole}"
    );
    assert!(!whole.contains("Content-Type"), "{whole}");
    assert!(poor(Types::Wrong).contains("text/javascript"));
    assert!(poor(Types::Charset).contains("text/javascript; charset=utf-8"));
}
