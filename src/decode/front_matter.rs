//! What a keeper wrote above a report: TOML between `+++` lines or YAML between `---` lines.
//!
//! Here it is only set apart; [`crate::archive::front_matter`] reads it.

use crate::diagnostic::{Diagnostic, Level, Warned};
use serde::{Deserialize, Serialize};

/// Front matter as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrontMatter {
    /// Its language.
    pub syntax: Syntax,
    /// Its lines, without the fences.
    pub text: String,
    /// The file's line on which it begins (below the fence), 1-based.
    pub line: u32,
}

/// Languages of front matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Syntax {
    /// Between `+++` lines.
    Toml,
    /// Between `---` lines.
    Yaml,
}

/// The most lines that front matter has; beyond, a fence is a line of the text.
const MOST_LINES: usize = 200;

/// Front matter, the rest, and the rest's first line (1-based).
///
/// A report may well begin with a ruled line of hyphens. So a fence opens front matter only where
/// the first line below it that is not blank or a comment has a key.
pub(super) fn split<'a>(text: &'a str, file: &str) -> Warned<(Option<FrontMatter>, &'a str, u32)> {
    let whole = Warned::clean((None, text, 1));
    let (first, below) = text.split_once('\n').unwrap_or((text, ""));
    let (fence, syntax, sign) = match first.trim_end() {
        "+++" => ("+++", Syntax::Toml, '='),
        "---" => ("---", Syntax::Yaml, ':'),
        _ => return whole,
    };
    let opens = below
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .is_some_and(|line| line == fence || has_key(line, sign));
    if !opens {
        return whole;
    }
    let mut at = 0;
    for (count, line) in (0u32..).zip(below.split_inclusive('\n').take(MOST_LINES)) {
        if line.trim_end() == fence {
            let front = FrontMatter {
                syntax,
                text: below[..at].to_owned(),
                line: 2,
            };
            return Warned::clean((Some(front), &below[at + line.len()..], count + 3));
        }
        at += line.len();
    }
    Warned {
        warnings: vec![
            Diagnostic::new(
                Level::Warning,
                "front-matter-unclosed",
                file,
                format!("the front matter has no closing {fence} within {MOST_LINES} lines; all is read as text"),
            )
            .at(1)
            .hint(format!("add a line {fence} below the last key")),
        ],
        ..whole
    }
}

/// Whether a line is `key: …` or `key = …`, with a key of ASCII letters, or opens a TOML table.
fn has_key(line: &str, sign: char) -> bool {
    line.split_once(sign).is_some_and(|(key, _)| {
        let key = key.trim().trim_matches(['"', '\'']);
        !key.is_empty()
            && key.len() <= 40
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, front: Option<&str>, rest: &str, line: u32) {
        let (found, below, at) = split(text, "a.md").output;
        assert_eq!(found.map(|found| found.text).as_deref(), front);
        assert_eq!((below, at), (rest, line));
    }

    #[test]
    fn both_fences_are_read() {
        check("---\na: 1\n---\n文\n", Some("a: 1\n"), "文\n", 4);
        check(
            "+++\n\n# 注\na = 1\n+++\n文",
            Some("\n# 注\na = 1\n"),
            "文",
            6,
        );
        check("---\n---\n文", Some(""), "文", 3);
    }

    #[test]
    fn a_ruled_line_is_text() {
        check(
            "---\n一、总体情况\n---\n",
            None,
            "---\n一、总体情况\n---\n",
            1,
        );
        check("----\na: 1\n---\n", None, "----\na: 1\n---\n", 1);
        check("文\n---\na: 1\n---\n", None, "文\n---\na: 1\n---\n", 1);
    }

    #[test]
    fn an_unclosed_fence_is_told() {
        let warned = split("---\nyear: 2020\n正文\n", "a.md");
        assert_eq!(warned.output.0, None);
        assert_eq!(warned.warnings[0].code, "front-matter-unclosed");
    }
}
