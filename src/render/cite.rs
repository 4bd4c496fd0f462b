//! How to cite a report: GB/T 7714—2015, BibTeX, RIS.
//!
//! The access date is left to the reader: a build knows no clock.

use super::theme::Theme;
use crate::identify::Date;
use serde::Serialize;
use std::fmt::Write;

/// What a citation is made of.
pub(super) struct Source<'a> {
    /// The report's id.
    pub id: &'a str,
    /// The issuing body, where it is known.
    pub issuer: Option<&'a str>,
    /// The title; a supplied one in 〔〕.
    pub title: &'a str,
    /// The year reported on.
    pub year: Option<i32>,
    /// Date of publication, or of signing.
    pub date: Option<Date>,
    /// Address it was taken from.
    pub url: Option<&'a str>,
    /// The archive's title.
    pub archive: &'a str,
    /// SHA-256 of the file.
    pub sha256: &'a str,
}

/// One form of citation.
#[derive(Serialize)]
pub(super) struct Cite {
    /// The form's name.
    pub name: &'static str,
    /// Id of the element that holds it.
    pub id: &'static str,
    /// The citation up to where the site's edition stands.
    pub before: String,
    /// What stands there once the page knows the edition, `{edition}`.
    pub edition: String,
    /// The rest of the citation; it is whole without the edition.
    pub after: String,
}

/// All forms, for the page's menu.
pub(super) fn forms(source: &Source, theme: &Theme) -> Vec<Cite> {
    vec![
        Cite {
            name: "GB/T 7714",
            id: "cite-gbt",
            before: gbt(source, theme),
            edition: theme.word("cite.edition").to_owned(),
            after: format!(", {}, {}.", source.id, theme.word("cite.pinpoint")),
        },
        Cite {
            name: "BibTeX",
            id: "cite-bibtex",
            before: bibtex(source),
            edition: ",\n  version = {{edition}}".to_owned(),
            after: "\n}".to_owned(),
        },
        Cite {
            name: "RIS",
            id: "cite-ris",
            before: ris(source),
            edition: "\nET  - {edition}".to_owned(),
            after: "\nER  - ".to_owned(),
        },
    ]
}

/// GB/T 7714—2015, 4.6: an electronic report `[R/OL]`.
fn gbt(source: &Source, theme: &Theme) -> String {
    let mut out = String::new();
    if let Some(issuer) = source.issuer {
        let _ = write!(out, "{issuer}. ");
    }
    let _ = write!(out, "{}[R/OL]. ", source.title);
    if let Some(date) = source.date {
        let _ = write!(out, "({date})");
    }
    let _ = write!(out, "[{}]. ", theme.word("cite.access"));
    if let Some(url) = source.url {
        let _ = write!(out, "{url}. ");
    }
    out.push_str(source.archive);
    out
}

fn bibtex(source: &Source) -> String {
    let mut fields = vec![("title", format!("{{{}}}", tex(source.title)))];
    if let Some(issuer) = source.issuer {
        fields.insert(0, ("author", format!("{{{}}}", tex(issuer))));
        fields.push(("institution", format!("{{{}}}", tex(issuer))));
    }
    if let Some(year) = source.year {
        fields.push(("year", year.to_string()));
    }
    if let Some(date) = source.date {
        fields.push(("date", date.to_string()));
    }
    if let Some(url) = source.url {
        fields.push(("url", url.to_owned()));
    }
    fields.push(("note", format!("sha256: {}", source.sha256)));
    fields.push(("langid", "chinese".to_owned()));
    let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("  {name:width$} = {{{value}}}"))
        .collect();
    let key = source.id.replace('/', "-");
    format!("@techreport{{{key},\n{}", lines.join(",\n"))
}

/// TeX's own characters as TeX prints them.
fn tex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '{' | '}' | '%' | '&' | '#' | '_' | '$' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

fn ris(source: &Source) -> String {
    let mut lines = vec!["TY  - RPRT".to_owned()];
    let mut line = |tag: &str, value: &str| {
        let value: String = value
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        lines.push(format!("{tag}  - {value}"));
    };
    if let Some(issuer) = source.issuer {
        line("AU", issuer);
    }
    line("TI", source.title);
    if let Some(year) = source.year {
        line("PY", &year.to_string());
    }
    if let Some(date) = source.date {
        line("DA", &date.to_string().replace('-', "/"));
    }
    if let Some(url) = source.url {
        line("UR", url);
    }
    line("DB", source.archive);
    line("ID", source.id);
    line("LA", "zh");
    lines.join("\n")
}
