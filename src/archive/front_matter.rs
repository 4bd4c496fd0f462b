//! Front matter → [`Entry`].

use super::entry::{Entry, Place};
use crate::decode::{FrontMatter, Syntax};
use crate::diagnostic::{Diagnostic, Level, Warned};
use crate::evidence::Method;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_saphyr::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads what a keeper wrote above the report in `file`. A key or value that cannot be is told with
/// its line and the rest is taken; front matter that its language does not allow is told and
/// nothing of it is taken.
pub fn read(front_matter: &FrontMatter, file: &str) -> Warned<Entry> {
    let mut entry = Entry::default();
    let place = |line| Place {
        method: Method::FrontMatter,
        file,
        line,
    };
    let statements = match front_matter.syntax {
        Syntax::Toml => toml_statements(front_matter),
        Syntax::Yaml => yaml_statements(front_matter),
    };
    let warnings = match statements {
        Ok(statements) => statements
            .into_iter()
            .filter_map(|(key, value, line)| match value {
                Some(value) => entry.state(&key, &value, place(line)),
                None if Entry::KEYS.contains(&key.as_str()) => Some(
                    Diagnostic::new(
                        Level::Warning,
                        "metadata-bad-value",
                        file,
                        format!("`{key}` takes one value, not a list or a table"),
                    )
                    .at(line),
                ),
                None => Some(super::entry::unknown_key(&key, place(line))),
            })
            .collect(),
        Err((line, message)) => vec![
            Diagnostic::new(
                Level::Warning,
                "front-matter-invalid",
                file,
                format!("the front matter cannot be read: {message}"),
            )
            .at(line)
            .hint("nothing of it was taken; mend it, or say the same in metadata.csv"),
        ],
    };
    Warned {
        output: entry,
        warnings,
    }
}

/// A key, its value in words (none for a list or table), and the line.
type Statement = (String, Option<String>, u32);

fn toml_statements(front: &FrontMatter) -> Result<Vec<Statement>, (u32, String)> {
    let line = |byte: usize| {
        let before = front.text.get(..byte).unwrap_or(&front.text);
        front.line + before.matches('\n').count() as u32
    };
    let table = DeTable::parse(&front.text).map_err(|error| {
        let at = error.span().map_or(front.line, |span| line(span.start));
        (at, error.message().trim().replace('\n', ", "))
    })?;
    let mut statements: Vec<Statement> = table
        .into_inner()
        .into_iter()
        .map(|(key, value)| {
            let at = line(key.span().start);
            let words = match value.into_inner() {
                DeValue::String(text) => Some(text.into_owned()),
                DeValue::Integer(number) => Some(number.to_string()),
                DeValue::Float(number) => Some(number.to_string()),
                DeValue::Boolean(truth) => Some(truth.to_string()),
                DeValue::Datetime(date) => Some(date.to_string()),
                DeValue::Array(_) | DeValue::Table(_) => None,
            };
            (key.into_inner().into_owned(), words, at)
        })
        .collect();
    statements.sort_by_key(|(.., line)| *line);
    Ok(statements)
}

fn yaml_statements(front: &FrontMatter) -> Result<Vec<Statement>, (u32, String)> {
    if front.text.trim().is_empty() {
        return Ok(Vec::new());
    }
    // A keeper writes some twenty short lines: whatever needs more is no front matter.
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 4_000,
            max_aliases: 40,
            max_anchors: 40,
            max_depth: 8,
            max_nodes: 2_000,
            max_documents: 1,
            max_total_scalar_bytes: 64 << 10,
        },
    };
    serde_saphyr::from_str_with_options::<Statements>(&front.text, options)
        .map(|statements| {
            statements
                .0
                .into_iter()
                .map(|(key, value, line)| (key, value, front.line - 1 + line))
                .collect()
        })
        .map_err(|error| {
            let line = error.location().map_or(1, |at| at.line() as u32);
            let message = error.without_snippet().to_string();
            let first = message.lines().next().unwrap_or_default().to_owned();
            (front.line - 1 + line, first)
        })
}

/// A YAML mapping in the order written; only known keys' values are looked at.
struct Statements(Vec<Statement>);

impl<'de> serde::Deserialize<'de> for Statements {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Mapping;
        impl<'de> Visitor<'de> for Mapping {
            type Value = Statements;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("lines of the form `key: value`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Statements, A::Error> {
                let mut statements = Vec::new();
                while let Some(key) = map.next_key::<Spanned<String>>()? {
                    let line = key.referenced.line() as u32;
                    let value = if Entry::KEYS.contains(&key.value.as_str()) {
                        map.next_value::<Option<String>>()?.or(Some(String::new()))
                    } else {
                        map.next_value::<IgnoredAny>()?;
                        None
                    };
                    statements.push((key.value, value, line));
                }
                Ok(Statements(statements))
            }
        }
        deserializer.deserialize_map(Mapping)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn front(syntax: Syntax, text: &str) -> FrontMatter {
        FrontMatter {
            syntax,
            text: text.to_owned(),
            line: 2,
        }
    }

    #[test]
    fn both_languages_say_the_same() {
        let toml = "title = \"某市报告\"\nyear = 2020\npublished = 2021-03-02\ndigest = true\n";
        let yaml = "title: 某市报告\nyear: 2020\npublished: 2021-03-02\ndigest: true\n";
        let toml = read(&front(Syntax::Toml, toml), "a.md");
        let yaml = read(&front(Syntax::Yaml, yaml), "a.md");
        assert_eq!(toml, yaml);
        assert_eq!(toml.warnings, []);
        let entry = toml.output;
        assert_eq!(
            entry.title.map(|title| title.value).as_deref(),
            Some("某市报告")
        );
        assert_eq!(entry.year.map(|year| year.value), Some(2020));
        assert_eq!(
            entry
                .published
                .map(|date| date.value.to_string())
                .as_deref(),
            Some("2021-03-02")
        );
        assert_eq!(entry.digest.map(|digest| digest.value), Some(true));
    }

    #[test]
    fn codes_keep_their_zeros() {
        let yaml = read(
            &front(Syntax::Yaml, "doc_number: 0012\nregion: 330100\n"),
            "a.md",
        );
        assert_eq!(
            yaml.output.doc_number.map(|fact| fact.value).as_deref(),
            Some("0012")
        );
        assert_eq!(
            yaml.output.region.map(|fact| fact.value).as_deref(),
            Some("330100")
        );
    }

    #[test]
    fn what_cannot_be_is_told_with_its_line_and_the_rest_is_taken() {
        for (syntax, text) in [
            (
                Syntax::Toml,
                "title = \"题\"\nyaer = 2020\ntags = [1, 2]\nyear = 99\n",
            ),
            (
                Syntax::Yaml,
                "title: 题\nyaer: 2020\ntags: [1, 2]\nyear: 99\n",
            ),
        ] {
            let warned = read(&front(syntax, text), "a.md");
            assert!(warned.output.title.is_some());
            let told: Vec<_> = warned
                .warnings
                .iter()
                .map(|told| (told.code.as_str(), told.line))
                .collect();
            assert_eq!(
                told,
                [
                    ("metadata-unknown-key", Some(3)),
                    ("metadata-unknown-key", Some(4)),
                    ("metadata-bad-value", Some(5)),
                ]
            );
            assert_eq!(
                warned.warnings[0].hint.as_deref(),
                Some("did you mean `year`?")
            );
        }
    }

    #[test]
    fn what_its_language_does_not_allow_is_told_with_its_line() {
        for (syntax, text, line) in [
            (Syntax::Toml, "title = \"题\"\nyear 2020\n", 3),
            (Syntax::Yaml, "title: 题\nyear: [1\n", 3),
            (Syntax::Yaml, "title: 题\nyear: [1]\n", 3),
        ] {
            let warned = read(&front(syntax, text), "a.md");
            assert_eq!(warned.output, Entry::default());
            assert_eq!(warned.warnings[0].code, "front-matter-invalid");
            assert!(
                warned.warnings[0].line.is_some_and(|at| at >= line),
                "{:?}",
                warned.warnings
            );
        }
    }

    #[test]
    fn a_bomb_is_told() {
        let mut aliases = String::from("title: &a [x, x, x, x, x, x, x, x, x]\n");
        for (one, next) in ('a'..='h').zip('b'..) {
            use std::fmt::Write as _;
            let _ = writeln!(
                aliases,
                "k{next}: &{next} [{}]",
                vec![format!("*{one}"); 9].join(",")
            );
        }
        let deep = format!("title: {}1{}\n", "[".repeat(5000), "]".repeat(5000));
        let toml = format!("title = {}1{}\n", "[".repeat(5000), "]".repeat(5000));
        for (syntax, text) in [
            (Syntax::Yaml, aliases),
            (Syntax::Yaml, deep),
            (Syntax::Toml, toml),
        ] {
            let warned = read(&front(syntax, &text), "a.md");
            assert_eq!(
                warned.warnings[0].code, "front-matter-invalid",
                "{text:.40}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_front_matter_is_read_or_told(text in "([a-z_]{1,8}|[:=&*\\[\\]{}|>'\"#!%@,?-]|\\n| |2020|题){0,60}", toml: bool) {
            let syntax = if toml { Syntax::Toml } else { Syntax::Yaml };
            let last = 2 + text.matches('\n').count() as u32;
            for told in read(&front(syntax, &text), "a").warnings {
                prop_assert!(told.line.is_some_and(|line| (2..=last + 1).contains(&line)), "{told:?}");
            }
        }
    }
}
