//! The theme: templates, styles, scripts and words, built in, each replaced by the keeper's file of
//! the same name.
//!
//! Takes in a language and the files of the archive's `themes` folder; gives back what renders a
//! page. Reads no disk: the built-in theme is part of the program, the keeper's files come as bytes.

use super::typeset;
use crate::render::Page;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tera::{Kwargs, State, StringInput, Tera, Value};

/// The built-in theme, by path within a theme's folder.
pub const BUILT_IN: &[(&str, &str)] = &[
    built_in!("templates/about.html"),
    built_in!("templates/base.html"),
    built_in!("templates/compare.html"),
    built_in!("templates/components.html"),
    built_in!("templates/data.html"),
    built_in!("templates/doubts.html"),
    built_in!("templates/gone.html"),
    built_in!("templates/index.html"),
    built_in!("templates/indicator.html"),
    built_in!("templates/indicators.html"),
    built_in!("templates/region.html"),
    built_in!("templates/regions.html"),
    built_in!("templates/report.html"),
    built_in!("templates/search.html"),
    built_in!("templates/section.html"),
    built_in!("templates/sections.html"),
    built_in!("templates/topic.html"),
    built_in!("templates/topics.html"),
    built_in!("templates/worklist-page.html"),
    built_in!("templates/worklist.html"),
    built_in!("templates/year.html"),
    built_in!("templates/years.html"),
    built_in!("i18n/en.toml"),
    built_in!("i18n/zh-Hans.toml"),
    built_in!("i18n/zh-Hant.toml"),
    built_in!("scripts/search-engine.js"),
    built_in!("scripts/search.js"),
    built_in!("scripts/compare.js"),
    built_in!("scripts/site.js"),
    built_in!("styles/fangzhi.css"),
];

macro_rules! built_in {
    ($path:literal) => {
        ($path, include_str!(concat!("../../themes/default/", $path)))
    };
}
use built_in;

/// The language that a missing word is taken from.
const FALLBACK: &str = "en";

/// Why a theme cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// No words in this language, built in or the keeper's.
    #[error("no translation `i18n/{lang}.toml`; there are: {known}")]
    Language {
        /// The language asked for.
        lang: String,
        /// Those there are.
        known: String,
    },
    /// A translation that is not TOML, or not of words.
    #[error("the translation {file} cannot be read: {why}")]
    Words {
        /// The file in the theme.
        file: String,
        /// The reader's account, with line and column.
        why: String,
        /// Its line, 1-based, where the file is not TOML.
        line: Option<u32>,
    },
    /// A file that should be text and is not.
    #[error("the theme's file {0} is not UTF-8 text")]
    NotText(String),
    /// A template that cannot be parsed.
    #[error("the theme's templates cannot be used: {}", chain(.0))]
    Template(#[from] tera::Error),
}

/// What renders a page.
pub struct Theme {
    pub(super) tera: Tera,
    /// The site's language, a BCP 47 tag.
    pub lang: String,
    words: HashMap<String, String>,
    assets: BTreeMap<String, Vec<u8>>,
}

impl ThemeError {
    /// The file, by path within a theme's folder, and the line in it.
    pub fn location(&self) -> Option<(String, Option<u32>)> {
        match self {
            Self::Language { .. } => None,
            Self::Words { file, line, .. } => Some((file.clone(), *line)),
            Self::NotText(file) => Some((file.clone(), None)),
            Self::Template(error) => location(error).map(|(file, line)| (file, Some(line))),
        }
    }
}

impl Theme {
    /// The theme in `lang`, with the keeper's files (path within a theme's folder → bytes:
    /// `templates/report.html`, `styles/fangzhi.css`, `i18n/en.toml`) in place of the built-in ones
    /// of the same name. A replaced template can be extended as `default/report.html`; a translation
    /// replaces the words that it gives; further styles and scripts are published beside the theme's.
    pub fn new(lang: &str, keeper: &BTreeMap<String, Vec<u8>>) -> Result<Self, ThemeError> {
        let mut files: BTreeMap<String, Vec<u8>> = BUILT_IN
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
            .collect();
        for (path, bytes) in keeper {
            if path.starts_with("i18n/") {
                continue;
            }
            if let Some(name) = path.strip_prefix("templates/")
                && name != "components.html"
                && let Some(replaced) = files.remove(path)
            {
                files.insert(format!("templates/default/{name}"), replaced);
            }
            files.insert(path.clone(), bytes.clone());
        }
        let words = words(lang, keeper)?;
        let mut tera = Tera::default();
        tera.set_escape_fn(|text, out| {
            let mut pieces = typeset::pieces(text, typeset::escaped);
            pieces.try_for_each(|piece| out.write_all(piece.as_bytes()))
        });
        tera.register_filter("num", |n: i64, _: Kwargs, _: &State| thousands(n));
        tera.register_filter("urlencode", |text: StringInput, _: Kwargs, _: &State| {
            urlencode(text.as_str())
        });
        tera.register_filter("fill", |text: StringInput, with: Kwargs, _: &State| {
            let values: Vec<(String, String)> = with
                .iter()
                .map(|(key, value)| (key.to_string(), figure(value)))
                .collect();
            let values: Vec<(&str, &str)> = values
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()))
                .collect();
            fill(text.as_str(), &values)
        });
        let mut templates = Vec::new();
        let mut assets = BTreeMap::new();
        for (path, bytes) in files {
            if let Some(name) = path.strip_prefix("templates/") {
                let text =
                    String::from_utf8(bytes).map_err(|_| ThemeError::NotText(path.clone()))?;
                templates.push((name.to_owned(), text));
            } else if !path.starts_with("i18n/") {
                assets.insert(path, bytes);
            }
        }
        tera.add_raw_templates(templates)?;
        tera.global_context().insert("t", &tree(&words));
        tera.global_context().insert("lang", lang);
        assets.insert("scripts/strings.js".to_owned(), script(&words).into_bytes());
        Ok(Self {
            tera,
            lang: lang.to_owned(),
            words: words.into_iter().collect(),
            assets,
        })
    }

    /// The theme's word under `key` (`nav.home`); the key itself where there is none, which a test
    /// of this crate rules out.
    pub fn word<'a>(&'a self, key: &'a str) -> &'a str {
        self.words.get(key).map_or(key, String::as_str)
    }

    /// The theme's word under `key`, if it has one.
    pub fn known_word(&self, key: &str) -> Option<&str> {
        self.words.get(key).map(String::as_str)
    }

    /// The theme's word under `key` with `{name}` filled in.
    pub fn filled(&self, key: &str, values: &[(&str, &str)]) -> String {
        fill(self.word(key), values)
    }

    /// Styles, scripts and pictures, in their places in the site.
    pub fn assets(&self) -> impl Iterator<Item = Page> + '_ {
        self.assets.iter().map(|(path, bytes)| Page {
            path: path.clone(),
            bytes: bytes.clone(),
        })
    }
}

/// The template, by path within a theme's folder, and the line in it that an error is about.
pub(super) fn location(error: &tera::Error) -> Option<(String, u32)> {
    match error.kind() {
        tera::ErrorKind::SyntaxError(report) | tera::ErrorKind::RenderingError(report) => Some((
            format!("templates/{}", report.filename()),
            report.span().start_line as u32,
        )),
        _ => None,
    }
}

/// An error and its causes, in one line each.
pub(super) fn chain(error: &tera::Error) -> String {
    let mut told = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        told.push_str(": ");
        told.push_str(&error.to_string());
        cause = error.source();
    }
    told
}

fn words(
    lang: &str,
    keeper: &BTreeMap<String, Vec<u8>>,
) -> Result<BTreeMap<String, String>, ThemeError> {
    let mut words = BTreeMap::new();
    let mut found = false;
    for wanted in [FALLBACK, lang] {
        let file = format!("i18n/{wanted}.toml");
        let built_in = BUILT_IN
            .iter()
            .find(|(path, _)| *path == file)
            .map(|(_, text)| text.as_bytes());
        for bytes in built_in
            .into_iter()
            .chain(keeper.get(&file).map(Vec::as_slice))
        {
            found |= wanted == lang;
            let text = std::str::from_utf8(bytes).map_err(|_| ThemeError::NotText(file.clone()))?;
            let table: toml::Table =
                text.parse()
                    .map_err(|why: toml::de::Error| ThemeError::Words {
                        file: file.clone(),
                        why: why.to_string(),
                        line: why.span().map(|span| {
                            text[..span.start.min(text.len())].matches('\n').count() as u32 + 1
                        }),
                    })?;
            flatten("", &table, &mut words).map_err(|why| ThemeError::Words {
                file: file.clone(),
                why,
                line: None,
            })?;
        }
    }
    if found {
        return Ok(words);
    }
    let known: BTreeSet<&str> = BUILT_IN
        .iter()
        .map(|(path, _)| *path)
        .chain(keeper.keys().map(String::as_str))
        .filter_map(|path| path.strip_prefix("i18n/")?.strip_suffix(".toml"))
        .collect();
    Err(ThemeError::Language {
        lang: lang.to_owned(),
        known: known.into_iter().collect::<Vec<_>>().join(", "),
    })
}

/// Tables of words → dotted keys.
fn flatten(
    above: &str,
    table: &toml::Table,
    words: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    for (key, value) in table {
        let path = if above.is_empty() {
            key.clone()
        } else {
            format!("{above}.{key}")
        };
        match value {
            toml::Value::String(word) => {
                words.insert(path, word.clone());
            }
            toml::Value::Table(table) => flatten(&path, table, words)?,
            other => {
                return Err(format!(
                    "`{path}` should be a text in quotes, not {}",
                    other.type_str()
                ));
            }
        }
    }
    Ok(())
}

/// Dotted keys → the tree that templates walk (`t.nav.home`).
fn tree(words: &BTreeMap<String, String>) -> serde_json::Value {
    let mut tree = serde_json::Map::new();
    for (key, word) in words {
        let mut at = &mut tree;
        let mut names = key.split('.').peekable();
        while let Some(name) = names.next() {
            if names.peek().is_none() {
                at.insert(name.to_owned(), word.clone().into());
                break;
            }
            let below = at
                .entry(name)
                .or_insert_with(|| serde_json::Map::new().into());
            match below {
                serde_json::Value::Object(map) => at = map,
                // A keeper's word where the theme has a table: the word stays.
                _ => break,
            }
        }
    }
    tree.into()
}

/// The scripts' words, as a classic script: `fetch` does not work from disk.
fn script(words: &BTreeMap<String, String>) -> String {
    let of: BTreeMap<&str, &str> = words
        .iter()
        .filter_map(|(key, word)| Some((key.strip_prefix("js.")?, word.as_str())))
        .collect();
    let words = serde_json::to_string(&of).unwrap_or_default();
    format!("// The words that scripts show. Made by the build.\nwindow.fangzhiWords = {words};\n")
}

/// `{name}` → its value; `{name?one|many}` → the first if the value is 1, else the second.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((slot, after)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        let (name, forms) = slot.split_once('?').unwrap_or((slot, ""));
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) if forms.is_empty() => out.push_str(value),
            Some((_, value)) => {
                let (one, many) = forms.split_once('|').unwrap_or((forms, forms));
                out.push_str(if *value == "1" { one } else { many });
            }
            None => {
                out.push('{');
                out.push_str(slot);
                out.push('}');
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A text as a value in an address's query.
pub(super) fn urlencode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A value as it stands in a sentence: whole numbers with separators.
fn figure(value: &Value) -> String {
    match value.as_i64() {
        Some(n) => thousands(n),
        None => value.to_string(),
    }
}

/// `12345` → `12,345`.
pub(super) fn thousands(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
