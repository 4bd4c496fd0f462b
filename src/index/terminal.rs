//! What was found, as text: for a reader at a terminal, for a program, for a spreadsheet.

use crate::diagnostic::visible;
use crate::spreadsheet::Table;
use search_index::{Hit, Response};
use serde_json::json;
use std::fmt::Write;

/// The columns of [`csv`]: those of the search page's download.
const COLUMNS: [&str; 12] = [
    "report",
    "title",
    "issuer",
    "region",
    "year",
    "part",
    "paragraph",
    "anchor",
    "left",
    "hit",
    "right",
    "address",
];

/// One object: `{"occurrences", "paragraphs", "reports", "hits": [{"report", "title", "region",
/// "year", "paragraph", "anchor", "kwic": {"left", "hit", "right"}}]}`; what a report does not say
/// is null, as is the number of a heading, which has none. A query of fields alone has no
/// occurrences: its hits are paragraphs, with their begin on the right, or whole reports, whose
/// paragraph and anchor are null.
pub fn json(found: &Response) -> String {
    let hits: Vec<_> = found
        .hits
        .iter()
        .map(|hit| {
            json!({
                "report": hit.report,
                "title": hit.title,
                "region": hit.region,
                "year": hit.year,
                "paragraph": (hit.paragraph > 0).then_some(hit.paragraph),
                "anchor": (!hit.anchor.is_empty()).then_some(&hit.anchor),
                "kwic": {"left": hit.kwic.left, "hit": hit.kwic.hit, "right": hit.kwic.right},
            })
        })
        .collect();
    let all = json!({
        "occurrences": found.occurrences,
        "paragraphs": found.paragraphs,
        "reports": found.reports,
        "hits": hits,
    });
    format!("{all}\n")
}

/// A table with a line a hit, for a spreadsheet.
///
/// # Errors
/// None but those of memory.
pub fn csv(found: &Response) -> std::io::Result<Vec<u8>> {
    let mut table = Table::new(Vec::new(), Some(&COLUMNS))?;
    for hit in &found.hits {
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        table.record([
            hit.report.as_str(),
            hit.title.as_str(),
            hit.issuer.as_deref().unwrap_or_default(),
            hit.region.as_deref().unwrap_or_default(),
            &number(hit.year.map(i64::from)),
            hit.part.as_str(),
            &number((hit.paragraph > 0).then_some(i64::from(hit.paragraph))),
            hit.anchor.as_str(),
            hit.kwic.left.as_str(),
            hit.kwic.hit.as_str(),
            hit.kwic.right.as_str(),
            &if hit.anchor.is_empty() {
                hit.page.clone()
            } else {
                format!("{}#{}", hit.page, hit.anchor)
            },
        ])?;
    }
    Ok(table.finish())
}

/// Counts, then each hit in its line (or paragraph, or report, that fields alone found), under its report's name. `colour` is for terminals.
pub fn lines(found: &Response, colour: bool) -> String {
    let paint = |code: &str, text: &str| {
        if colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    };
    let counted = |n: u64, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let mut out = counted(found.reports, "report");
    if found.paragraphs > 0 || found.reports == 0 {
        out = format!("{} of {out}", counted(found.paragraphs, "paragraph"));
    }
    if found.occurrences > 0 || found.reports == 0 {
        out = format!("{} in {out}", counted(found.occurrences, "hit"));
    }
    out.push('\n');
    let mut last = "";
    for hit in &found.hits {
        if hit.report != last {
            last = &hit.report;
            let _ = writeln!(out, "\n{}", paint("1", &heading(hit)));
        }
        if hit.anchor.is_empty() {
            let _ = writeln!(out, "  {}", visible(&hit.title));
            continue;
        }
        let place = match hit.paragraph {
            0 => "—".to_owned(),
            number => format!("¶{number}"),
        };
        let kwic = &hit.kwic;
        let _ = writeln!(
            out,
            "  {}  {}{}{}",
            paint("36", &format!("{place:>4}")),
            kwic.left,
            // Brackets where there are no colours: the hit must be seen either way.
            if kwic.hit.is_empty() {
                String::new()
            } else if colour {
                paint("1;31", &kwic.hit)
            } else {
                format!("[{}]", kwic.hit)
            },
            kwic.right
        );
    }
    for query in &found.suggestions {
        let _ = writeln!(out, "try: {query}");
    }
    let shown = found.hits.len() as u64;
    if shown > 0 && shown < found.lines {
        let _ = writeln!(
            out,
            "\n{shown} of {} shown; --limit N shows more",
            counted(
                found.lines,
                if found.occurrences > 0 { "hit" } else { "line" }
            )
        );
    }
    out
}

fn heading(hit: &Hit) -> String {
    let year = hit.year.map(|year| year.to_string());
    let words = [
        hit.region.as_deref(),
        year.as_deref(),
        hit.issuer.as_deref(),
        Some(&format!("({})", hit.report)),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" ");
    visible(&words).into_owned()
}
