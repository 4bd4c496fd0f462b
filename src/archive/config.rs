//! `fangzhi.toml`.

use crate::decode::Limits;
use crate::gazetteer::Division;
use serde::Deserialize;

/// The file's name: a folder that has it is an archive.
pub const FILE: &str = "fangzhi.toml";

/// What an archive's keeper decides of the site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The site's title; the theme's own where there is none.
    pub title: Option<String>,
    /// The site's language: `zh-Hans` (default), `zh-Hant`, `en`, or one that the archive adds.
    pub lang: Option<String>,
    /// The site's absolute address, for what needs one.
    pub base_url: Option<String>,
    /// What this state of the archive is called; told by its content where it is not named.
    pub edition: Option<String>,
    /// Whether each report's file is published beside its page; it is not by default.
    pub originals: Option<bool>,
    /// Whether the keeper's worklist stands in the site; it does by default.
    pub worklist: Option<bool>,
    /// The folder of reports, relative to the archive; `content` by default.
    pub content: Option<String>,
    /// A CSV of the archive's own divisions, relative to the archive; `divisions.csv` by default.
    pub divisions: Option<String>,
    /// The archive's own divisions, in place of a CSV or besides it.
    #[serde(rename = "division")]
    pub own_divisions: Vec<Division>,
    /// What a single file may take.
    pub limits: Limits,
}

/// Every key of the file and of its tables.
const KEYS: [&str; 17] = [
    "originals",
    "title",
    "lang",
    "base_url",
    "edition",
    "worklist",
    "content",
    "divisions",
    "division",
    "code",
    "name",
    "level",
    "parent",
    "valid_from",
    "valid_to",
    "slug",
    "limits",
];

/// Why the file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{FILE}:{line}: {message}")]
pub struct ConfigError {
    /// Line, 1-based.
    pub line: u32,
    /// What is the matter.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Config {
    /// Reads the file's text.
    pub fn read(text: &str) -> Result<Self, ConfigError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let keys = [&KEYS[..], &Limits::KEYS].concat();
        let config: Self = toml::from_str(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            let near = text
                .get(span)
                .map(|words| words.trim_matches(['"', '\'']))
                .filter(|word| !keys.contains(word))
                .and_then(|word| super::entry::nearest(word, &keys));
            ConfigError {
                line: error.span().map_or(1, |span| line(text, span.start)),
                message: error.message().trim().replace('\n', ", "),
                hint: near.map(|near| format!("did you mean `{near}`?")),
            }
        })?;
        let said = |key: &str| {
            let at = text
                .lines()
                .position(|line| line.trim_start().starts_with(key));
            at.map_or(1, |at| at as u32 + 1)
        };
        for (key, folder) in [
            ("content", &config.content),
            ("divisions", &config.divisions),
        ] {
            if folder.as_deref().is_some_and(|folder| !inside(folder)) {
                return Err(ConfigError {
                    line: said(key),
                    message: format!("`{key}` leads out of the archive"),
                    hint: Some("write a path below the archive's folder, without `..`".into()),
                });
            }
        }
        config.limits.check().map_err(|wrong| ConfigError {
            line: said(wrong.key),
            message: wrong.message,
            hint: Some(wrong.hint),
        })?;
        if let Some(edition) = &config.edition
            && !is_edition(edition)
        {
            return Err(ConfigError {
                line: said("edition"),
                message: "`edition` is no name for an edition".to_owned(),
                hint: Some("write up to 40 characters on one line, such as 2024-06".to_owned()),
            });
        }
        if let Some(address) = &config.base_url {
            base_url(address).map_err(|error| ConfigError {
                line: said("base_url"),
                message: error.to_string(),
                hint: None,
            })?;
        }
        Ok(config)
    }

    /// What of it may decide how a report is read: all but what only its site shows.
    pub(crate) fn for_reading(&self) -> Self {
        Self {
            title: None,
            lang: None,
            base_url: None,
            worklist: None,
            ..self.clone()
        }
    }
}

/// A site's address that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no address of a site: write it like https://example.org/reports/")]
pub struct NoAddress(pub String);

/// The site's address, ending in `/`.
pub fn base_url(address: &str) -> Result<String, NoAddress> {
    let address = address.trim();
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| address.strip_prefix(scheme));
    let fit = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
        && address
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"<>\"'`\\?#".contains(&byte));
    fit.then(|| format!("{}/", address.trim_end_matches('/')))
        .ok_or_else(|| NoAddress(address.to_owned()))
}

/// Whether a text can be named in a citation.
fn is_edition(text: &str) -> bool {
    let characters = text.chars().count();
    (1..=40).contains(&characters) && text.trim() == text && !text.contains(char::is_control)
}

/// Whether a relative path stays below the folder that it is relative to.
fn inside(path: &str) -> bool {
    use std::path::{Component, Path};
    !path.is_empty()
        && Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// The line of a byte, 1-based.
fn line(text: &str, byte: usize) -> u32 {
    let before = text.get(..byte).unwrap_or(text);
    before.matches('\n').count() as u32 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_is_read() {
        let config = Config::read(
            "title = \"某省法治年报\"\nlang = \"en\"\n\n[[division]]\ncode = \"990000\"\nname = \"云溪市\"\nlevel = \"prefecture\"\n",
        )
        .expect("is read");
        assert_eq!(config.title.as_deref(), Some("某省法治年报"));
        assert_eq!(config.own_divisions[0].name, "云溪市");
        assert_eq!(Config::read(""), Ok(Config::default()));
    }

    #[test]
    fn what_is_wrong_is_told_with_line_and_hint() {
        for (text, line, hint) in [
            (
                "title = \"a\"\nlnag = \"en\"\n",
                2,
                Some("did you mean `lang`?"),
            ),
            (
                "title = \"a\"\n\ncontent = \"../..\"\n",
                3,
                Some("write a path below the archive's folder, without `..`"),
            ),
            ("title = 3\n", 1, None),
            ("title = \"a\n", 1, None),
            (
                "[[division]]\ncode = \"1\"\nnaem = \"x\"\n",
                3,
                Some("did you mean `name`?"),
            ),
            ("base_url = \"example.org\"\n", 1, None),
            (
                "\nedition = \" \"\n",
                2,
                Some("write up to 40 characters on one line, such as 2024-06"),
            ),
            (
                "[limits]\nseconds = 0\n",
                2,
                Some("write a number from 1 to 86400"),
            ),
            (
                "[limits]\ntext_mib = 2\nfile_mb = 200\n",
                3,
                Some("did you mean `file_mib`?"),
            ),
        ] {
            let error = Config::read(text).expect_err(text);
            assert_eq!((error.line, error.hint.as_deref()), (line, hint), "{error}");
        }
    }

    #[test]
    fn a_sites_address_ends_in_a_slash() {
        assert_eq!(
            base_url("https://a.example/x"),
            Ok("https://a.example/x/".into())
        );
        for wrong in [
            "a.example",
            "ftp://a",
            "https://",
            "https:///x",
            "https://a/?q",
            "https://a/\"<",
        ] {
            assert!(base_url(wrong).is_err(), "{wrong}");
        }
    }
}
