//! What the open pages are told: which site they should show, and what is the matter with the
//! archive. And the script that listens for it, put into each page on its way out.

use super::http::{Answer, HTML, Status, begin};
use crate::build::LANG;
use crate::diagnostic::Diagnostic;
use crate::render::Theme;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The folder of the server's own addresses; no page of a site has a name that begins so.
const OWN: &str = "_serve/";
const SCRIPT: &str = include_str!("live.js");
const STYLE: &str = include_str!("live.css");

/// How often a page that nothing happens to is written to, to see whether it is still there.
const PULSE: Duration = Duration::from_secs(10);

/// The most that is told at a time.
const TOLD: usize = 20;

/// What there is to tell the open pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct State {
    /// Checksum of the served site: a page of another one is loaded anew. Blank before the first.
    pub(super) site: String,
    /// Builds so far.
    pub(super) builds: u64,
    /// Whether the last build failed, so that the site is an older one's.
    pub(super) failed: bool,
    /// The gravest of what the last build had to tell.
    told: Vec<Told>,
    /// How much else there was.
    more: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Told {
    file: String,
    line: Option<u32>,
    /// In the site's language, where the theme has words for it.
    text: Option<String>,
    message: String,
    hint: Option<String>,
}

/// The state, its listeners, and the words to tell it in.
pub(super) struct Live {
    state: Mutex<State>,
    changed: Condvar,
    words: Mutex<Theme>,
}

impl Live {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::default(),
            changed: Condvar::new(),
            words: Mutex::new(words(LANG)),
        }
    }

    /// Tells what a build came to: the site's checksum, where there is a new one, and its language.
    pub(super) fn tell(&self, site: Option<(String, &str)>, told: &[&Diagnostic]) {
        if let Some((_, lang)) = &site {
            let mut theme = locked(&self.words);
            if theme.lang != *lang {
                *theme = words(lang);
            }
        }
        let shown: Vec<Told> = {
            let theme = locked(&self.words);
            let told = told.iter().take(TOLD);
            told.map(|one| Told {
                file: one.file.clone(),
                line: one.line,
                text: theme
                    .known_word(&format!("diag.{}", one.code))
                    .map(str::to_owned),
                message: one.message.clone(),
                hint: one.hint.as_deref().map(str::to_owned),
            })
            .collect()
        };
        let mut state = locked(&self.state);
        state.builds += 1;
        state.failed = site.is_none();
        if let Some((site, _)) = site {
            state.site = site;
        }
        state.more = told.len() - shown.len();
        state.told = shown;
        drop(state);
        self.changed.notify_all();
    }

    /// The server's own files; none where `path` is a site's.
    pub(super) fn own(&self, path: &str) -> Option<Answer> {
        Some(match path.strip_prefix(OWN)? {
            "live.js" => {
                let theme = locked(&self.words);
                let words: BTreeMap<&str, &str> = WORDS
                    .into_iter()
                    .map(|word| (word, theme.word(word)))
                    .collect();
                let words = serde_json::to_string(&words).unwrap_or_default();
                let script = SCRIPT.replacen("{/* words */}", &words, 1);
                Answer::new(Status::Ok, "text/javascript; charset=utf-8", script)
            }
            "live.css" => Answer::new(Status::Ok, "text/css; charset=utf-8", STYLE),
            _ => Answer::refusal(Status::NotFound),
        })
    }

    /// Whether `path` is where pages listen.
    pub(super) fn is_events(path: &str) -> bool {
        path.strip_prefix(OWN) == Some("events")
    }

    /// Tells a page of every change, as server-sent events, until it leaves.
    ///
    /// # Errors
    /// When it has left.
    pub(super) fn events(&self, to: &mut impl Write) -> io::Result<()> {
        let head = begin(Status::Ok, "text/event-stream");
        write!(to, "{head}Connection: close\r\n\r\nretry: 500\n\n")?;
        let mut sent = None;
        loop {
            let state = {
                let state = locked(&self.state);
                let waited = self
                    .changed
                    .wait_timeout_while(state, PULSE, |state| sent.as_ref() == Some(&*state));
                waited.unwrap_or_else(PoisonError::into_inner).0.clone()
            };
            if sent.as_ref() == Some(&state) {
                to.write_all(b":\n\n")?;
            } else {
                let json = serde_json::to_string(&state).unwrap_or_default();
                write!(to, "data: {json}\n\n")?;
            }
            to.flush()?;
            sent = Some(state);
        }
    }

    /// A page with the script in it, for this answer alone.
    pub(super) fn with_script(&self, mut answer: Answer) -> Answer {
        let end = b"</body>";
        let at = answer
            .body
            .windows(end.len())
            .rposition(|window| window == end)
            .unwrap_or(answer.body.len());
        let script = format!(
            "<script src=\"/{OWN}live.js\" data-site=\"{}\" defer></script>\n",
            locked(&self.state).site
        );
        answer.body.splice(at..at, script.into_bytes());
        answer
    }

    /// The page where the site has none: before a first build has succeeded, and of a wrong address.
    pub(super) fn page_of_none(&self) -> Answer {
        let state = locked(&self.state).clone();
        let theme = locked(&self.words);
        let (status, word) = if state.site.is_empty() {
            (Status::NoSite, theme.word("serve.no_site"))
        } else {
            (Status::NotFound, theme.word("serve.no_page"))
        };
        let page = format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><title>{word}</title></head>\n\
             <body><h1>{word}</h1><p><a href=\"/index.html\">index.html</a></p>\n</body>\n</html>\n",
            theme.lang
        );
        drop(theme);
        self.with_script(Answer::new(status, HTML, page))
    }
}

/// The words that the script shows.
const WORDS: [&str; 6] = [
    "serve.failed",
    "serve.kept",
    "serve.told",
    "serve.more",
    "serve.line",
    "serve.hide",
];

/// The built-in words of a language; of the usual one where the archive adds its own.
fn words(lang: &str) -> Theme {
    let none = BTreeMap::new();
    Theme::new(lang, &none)
        .or_else(|_| Theme::new(LANG, &none))
        .expect("the built-in theme is tested")
}

fn locked<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
