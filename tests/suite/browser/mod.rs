//! Real browsers with their stock rules: Chromium and Firefox open pages, are clicked and typed
//! into, and tell every console message, error and request.
//!
//! ```text
//! let mut page = Browser::Chromium.open(&file_url(&site.join("search.html")));
//! page.type_into("input[type=search]", "行政复议");
//! page.press(Key::Enter);
//! page.wait_for("document.querySelector('[data-occurrences]')");
//! assert_eq!(page.eval("document.title"), json!("…"));
//! page.assert_quiet(&["file:"]);
//! ```
//!
//! `tests/run` installs the browsers; a test that finds none fails and says so.

mod chromium;
mod firefox;
mod selftest;
pub(crate) mod server;
mod wire;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A browser to test in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Chromium, over the DevTools protocol.
    Chromium,
    /// Firefox, over WebDriver BiDi.
    Firefox,
}

/// Keys that a test can press.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key {
    /// ⏎
    Enter,
    /// Esc
    Escape,
    /// ⇥
    Tab,
    /// ↑
    Up,
    /// ↓
    Down,
    /// `/`
    Slash,
}

/// Size of the window's inside, in CSS pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Viewport {
    /// Width.
    pub(crate) width: u32,
    /// Height.
    pub(crate) height: u32,
}

/// A desk's window.
pub(crate) const WIDE: Viewport = Viewport {
    width: 1280,
    height: 900,
};

/// A telephone's window.
pub(crate) const NARROW: Viewport = Viewport {
    width: 390,
    height: 844,
};

/// What a browser tells of a page.
enum Happening {
    Console(String),
    Error(String),
    Request(String),
}

/// All that a browser told since the page was opened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    /// Console messages, warnings and refusals, `level: words`.
    pub(crate) console: Vec<String>,
    /// Uncaught errors of scripts.
    pub(crate) errors: Vec<String>,
    /// Addresses asked for, `data:` and `blob:` included.
    pub(crate) requests: Vec<String>,
}

/// What the two protocols have in common. `evaluate` gets an expression whose value is a string or
/// a promise of one.
trait Driver {
    fn navigate(&mut self, url: &str) -> Result<(), String>;
    fn evaluate(&mut self, script: &str) -> Result<String, String>;
    fn click_at(&mut self, x: f64, y: f64);
    fn type_text(&mut self, text: &str);
    fn press(&mut self, key: Key);
    fn viewport(&mut self, viewport: Viewport);
    fn dark(&mut self, dark: bool);
    fn scripts(&mut self, allowed: bool);
    fn screenshot(&mut self) -> String;
    fn happenings(&mut self) -> Vec<Happening>;
}

/// An open page: a browser of its own, with a fresh profile, that ends with it.
pub(crate) struct Page {
    driver: Box<dyn Driver>,
    log: Log,
    // Ended in this order: the process, then its profile, then the place in the queue.
    _process: Process,
    _profile: tempfile::TempDir,
    _turn: Turn,
}

impl Browser {
    /// Both.
    pub(crate) const ALL: [Browser; 2] = [Browser::Chromium, Browser::Firefox];

    /// Starts the browser, opens `url` in a window of 1280 × 900 and waits until it has loaded.
    pub(crate) fn open(self, url: &str) -> Page {
        let mut page = self.start();
        page.viewport(WIDE);
        page.goto(url);
        page
    }

    /// Starts the browser with an empty page.
    pub(crate) fn start(self) -> Page {
        let turn = Turn::wait();
        let profile = tempfile::tempdir().expect("a temporary directory");
        let mut process = self.launch(profile.path());
        let deadline = Instant::now() + Duration::from_mins(1);
        let driver: Box<dyn Driver> = loop {
            assert!(
                Instant::now() < deadline,
                "{self:?} did not start in a minute"
            );
            if let Ok(Some(status)) = process.0.try_wait() {
                panic!("{self:?} ended at once: {status}");
            }
            let attached: Option<Box<dyn Driver>> = match self {
                Browser::Chromium => chromium::Chromium::attach(profile.path())
                    .map(|tab| Box::new(tab) as Box<dyn Driver>),
                Browser::Firefox => firefox::Firefox::attach(profile.path())
                    .map(|tab| Box::new(tab) as Box<dyn Driver>),
            };
            match attached {
                Some(driver) => break driver,
                None => std::thread::sleep(Duration::from_millis(50)),
            }
        };
        Page {
            driver,
            log: Log::default(),
            _process: process,
            _profile: profile,
            _turn: turn,
        }
    }

    fn launch(self, profile: &Path) -> Process {
        let mut command = match self {
            Browser::Chromium => {
                let mut command = Command::new(find(&["chromium", "chromium-browser"]));
                command
                    .args(chromium::SWITCHES)
                    .arg(format!("--user-data-dir={}", profile.display()));
                command
            }
            Browser::Firefox => {
                std::fs::write(profile.join("user.js"), firefox::PREFERENCES)
                    .expect("the profile is ours");
                let mut command = Command::new(find(&["firefox-esr", "firefox"]));
                command
                    .args(["--headless", "--no-remote", "--remote-debugging-port=0"])
                    .arg("--profile")
                    .arg(profile);
                command
            }
        };
        // A home of its own: the tester's fonts, policies and profiles stay out of it.
        command
            .env("HOME", profile)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Process(
            command
                .spawn()
                .unwrap_or_else(|error| panic!("starting {self:?}: {error}")),
        )
    }
}

fn find(names: &[&str]) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|candidate| candidate.is_file())
        .unwrap_or_else(|| panic!("{} is not installed: `tests/run` installs it", names[0]))
}

impl Page {
    /// Opens `url` in the same window and waits until it has loaded; the log goes on.
    pub(crate) fn goto(&mut self, url: &str) {
        let before = self.eval("[performance.timeOrigin, location.href.split('#')[0]]");
        self.driver
            .navigate(url)
            .unwrap_or_else(|error| panic!("opening {url}: {error}"));
        // A jump within the page keeps the document; anything else makes a new one.
        let jump = url.contains('#') && url.split('#').next() == before[1].as_str();
        let arrived = if jump {
            format!("location.href === {}", Value::from(url))
        } else {
            format!(
                "document.readyState === 'complete' && performance.timeOrigin !== {}",
                before[0]
            )
        };
        self.wait_for(&arrived);
    }

    /// The value of a JavaScript expression, promises awaited, as JSON.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        self.try_eval(expression)
            .unwrap_or_else(|error| panic!("{expression}\n{error}"))
    }

    fn try_eval(&mut self, expression: &str) -> Result<Value, String> {
        let script = format!(
            "(async () => {{ const value = await ({expression}); \
             return JSON.stringify(value === undefined ? null : value); }})()"
        );
        let json = self.driver.evaluate(&script)?;
        self.collect();
        serde_json::from_str(&json).map_err(|error| format!("{json}: {error}"))
    }

    /// Waits up to 30 seconds until the expression is true(ish); gives its value.
    pub(crate) fn wait_for(&mut self, expression: &str) -> Value {
        let deadline = Instant::now() + Duration::from_secs(30);
        let test =
            format!("(async () => {{ const v = await ({expression}); return v ? v : null }})()");
        loop {
            // While a page is being replaced its context is gone: not an error yet.
            let value = self.try_eval(&test);
            match &value {
                Ok(value) if !value.is_null() => return value.clone(),
                _ if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(25)),
                _ => panic!(
                    "waited 30 s in vain for {expression}: {value:?}; {:#?}",
                    self.log
                ),
            }
        }
    }

    /// Clicks the middle of the first element that matches, scrolled into view.
    pub(crate) fn click(&mut self, selector: &str) {
        let at = self.wait_for(&format!(
            "(() => {{ const e = document.querySelector({}); if (!e) return null; \
             e.scrollIntoView({{block: 'center', behavior: 'instant'}}); \
             const r = e.getClientRects()[0]; \
             return r ? [r.x + r.width / 2, r.y + r.height / 2] : null }})()",
            Value::from(selector)
        ));
        let coordinate = |index: usize| at[index].as_f64().expect("a number");
        self.driver.click_at(coordinate(0), coordinate(1));
        self.collect();
    }

    /// Clicks into a field and types.
    pub(crate) fn type_into(&mut self, selector: &str, text: &str) {
        self.click(selector);
        self.driver.type_text(text);
        self.collect();
    }

    /// Presses a key where the focus is.
    pub(crate) fn press(&mut self, key: Key) {
        self.driver.press(key);
        self.collect();
    }

    /// Sets the window's inner size.
    pub(crate) fn viewport(&mut self, viewport: Viewport) {
        self.driver.viewport(viewport);
    }

    /// Asks for dark or light colours (Chromium).
    pub(crate) fn dark(&mut self, dark: bool) {
        self.driver.dark(dark);
    }

    /// Allows or forbids the page's own scripts from the next page on (Chromium).
    pub(crate) fn scripts(&mut self, allowed: bool) {
        self.driver.scripts(allowed);
    }

    /// A picture of what the window shows, as PNG in Base64.
    pub(crate) fn screenshot(&mut self) -> String {
        self.driver.screenshot()
    }

    /// What has been told so far, once nothing more has come for a fifth of a second.
    pub(crate) fn log(&mut self) -> &Log {
        let mut quiet = 0;
        while quiet < 4 {
            quiet = if self.collect() { 0 } else { quiet + 1 };
        }
        &self.log
    }

    /// Forgets what has been told so far.
    pub(crate) fn forget(&mut self) {
        self.log();
        self.log = Log::default();
    }

    /// Fails on any console message, any error, and any request whose address begins otherwise
    /// than with one of `allowed`, `data:` or `blob:`.
    #[track_caller]
    pub(crate) fn assert_quiet(&mut self, allowed: &[&str]) {
        let log = self.log();
        assert!(
            log.console.is_empty() && log.errors.is_empty(),
            "the page is not quiet: {log:#?}"
        );
        let fine = |url: &&String| {
            ["data:", "blob:", "about:"]
                .iter()
                .chain(allowed)
                .any(|prefix| url.starts_with(prefix))
        };
        let others: Vec<&String> = log.requests.iter().filter(|url| !fine(url)).collect();
        assert!(others.is_empty(), "the page asks elsewhere: {others:#?}");
    }

    fn collect(&mut self) -> bool {
        let mut any = false;
        for happening in self.driver.happenings() {
            any = true;
            match happening {
                Happening::Console(text) => self.log.console.push(text),
                Happening::Error(text) => self.log.errors.push(text),
                Happening::Request(url) => self.log.requests.push(url),
            }
        }
        any
    }
}

/// The `file:` address of a path, characters outside of ASCII and blanks escaped.
pub(crate) fn file_url(path: &Path) -> String {
    let path = path.canonicalize().expect("the file is there");
    let mut url = String::from("file://");
    for byte in path.to_str().expect("a path in UTF-8").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                url.push(byte as char);
            }
            _ => url += &format!("%{byte:02X}"),
        }
    }
    url
}

/// A child that is ended with its owner.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // Either it is ended now, or it had ended before.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A place among the browsers that run at once: more than two starve each other on two cores.
struct Turn;

static RUNNING: Mutex<usize> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

impl Turn {
    fn wait() -> Self {
        let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut running = ENDED
            .wait_while(running, |running| *running >= 2)
            .unwrap_or_else(PoisonError::into_inner);
        *running += 1;
        Turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ENDED.notify_one();
    }
}
