//! `fangzhi diff`.

use super::Outcome;
use super::screen::count;
use clap::Args;
use fangzhi::diff::{self, ChangedValue, Diff, Edition, NamedReport, Value};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

pub(super) const HELP: &str = "\
Told are reports that are in one of the sites only (those of the same words under another id are
called moved), reports that differ, and values that differ, with their sentences and what can have
caused it: text (the report's words), codebook, correction (the keeper's), metadata (year, place,
issuer), program. Nothing is named where the sites do not tell. Only the sites' data/ is read.

--json gives {\"old\", \"new\", \"added\", \"gone\", \"changed\", \"values\"}; --csv a table with a row
for each difference.

Exit codes, as diff(1) has them: 0 the sites say the same; 1 they differ; 2 not compared.";

/// What is compared, and how it is shown.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// The older built site
    old: PathBuf,
    /// The newer one
    new: PathBuf,
    /// One JSON object
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// A table, for a spreadsheet
    #[arg(long)]
    csv: bool,
}

/// Compares and prints.
pub(super) fn diff(asked: &Asked) -> anyhow::Result<Outcome> {
    let found = diff::diff(&asked.old, &asked.new)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let written = if asked.json {
        serde_json::to_writer(&mut out, &found)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out))
    } else if asked.csv {
        table(&found, &mut out)
    } else {
        text(&found, &mut out)
    };
    match written.and_then(|()| out.flush()) {
        // `fangzhi diff … | head` is no fault.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ if found.is_empty() => Ok(Outcome::Well),
        _ => Ok(Outcome::Differ),
    }
}

fn text(diff: &Diff, out: &mut impl Write) -> io::Result<()> {
    let site = |edition: &Edition| {
        format!(
            "edition {}, codebook {}, {}",
            edition.edition, edition.codebook, edition.program
        )
    };
    writeln!(out, "old: {}\nnew: {}", site(&diff.old), site(&diff.new))?;
    let named = |out: &mut dyn Write, sign: char, report: &NamedReport| match &report.moved {
        Some(other) => writeln!(
            out,
            "{sign} {} {} (moved: {other})",
            report.id, report.title
        ),
        None => writeln!(out, "{sign} {} {}", report.id, report.title),
    };
    for report in &diff.added {
        named(out, '+', report)?;
    }
    for report in &diff.gone {
        named(out, '-', report)?;
    }
    for report in &diff.changed {
        let mut what: Vec<String> = Vec::new();
        match (report.text, report.file) {
            (true, _) => what.push("text".to_owned()),
            (false, true) => what.push("file, not its words".to_owned()),
            (false, false) => {}
        }
        what.extend(
            report
                .fields
                .iter()
                .map(|(column, old, new)| format!("{column} {} → {}", shown(old), shown(new))),
        );
        writeln!(out, "~ {}: {}", report.id, what.join("; "))?;
    }
    for one in &diff.values {
        writeln!(
            out,
            "{} {}: {} → {} ({})",
            one.report,
            one.indicator,
            told(one.old.as_ref()),
            told(one.new.as_ref()),
            causes(one)
        )?;
        let sentence = |value: &Option<Value>| value.as_ref().map(|one| one.sentence.clone());
        let (old, new) = (sentence(&one.old), sentence(&one.new));
        if let Some(old) = &old {
            writeln!(out, "  - {old}")?;
        }
        if let Some(new) = new.filter(|new| old.as_ref() != Some(new)) {
            writeln!(out, "  + {new}")?;
        }
    }
    writeln!(
        out,
        "{} added, {} gone, {} changed; {} changed",
        count(diff.added.len(), "report"),
        diff.gone.len(),
        diff.changed.len(),
        count(diff.values.len(), "value"),
    )
}

fn shown(cell: &str) -> &str {
    if cell.is_empty() { "–" } else { cell }
}

/// A value as a reader would say it.
fn told(value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "–".to_owned();
    };
    let mut words = match value.state.as_str() {
        "value" | "zero" => format!("{}{}", shown(&value.value), value.unit),
        state => state.to_owned(),
    };
    let qualifiers = [
        ("approx", &value.approx),
        ("at least", &value.at_least),
        ("implied", &value.implied),
        ("conflict", &value.conflict),
    ];
    for (name, cell) in qualifiers {
        if cell == "true" {
            words += &format!(" {name}");
        }
    }
    for cell in [&value.scope, &value.capacity, &value.cumulative_since] {
        if !cell.is_empty() {
            words += &format!(" {cell}");
        }
    }
    words
}

fn causes(value: &ChangedValue) -> String {
    let named: Vec<&str> = value.causes.iter().map(|cause| cause.id()).collect();
    if named.is_empty() {
        "cause not told".to_owned()
    } else {
        named.join(" or ")
    }
}

/// A row for each difference: CSV in UTF-8 with a byte order mark.
fn table(diff: &Diff, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"\xEF\xBB\xBF")?;
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    csv.write_record([
        "what",
        "report",
        "field",
        "old",
        "new",
        "causes",
        "old_sentence",
        "new_sentence",
        "old_page",
        "new_page",
    ])?;
    for (what, reports) in [("report-added", &diff.added), ("report-gone", &diff.gone)] {
        for report in reports {
            let moved = report.moved.as_deref().unwrap_or_default();
            let (old, new) = match what {
                "report-added" => (moved, report.id.as_str()),
                _ => (report.id.as_str(), moved),
            };
            csv.write_record([what, &report.id, "id", old, new, "", "", "", "", ""])?;
        }
    }
    for report in &diff.changed {
        for (differs, field) in [(report.text, "text_sha256"), (report.file, "sha256")] {
            if differs {
                csv.write_record([
                    "report-changed",
                    &report.id,
                    field,
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                ])?;
            }
        }
        for (column, old, new) in &report.fields {
            let row = ["report-changed", &report.id, column, old, new];
            csv.write_record(row.into_iter().chain([""; 5]))?;
        }
    }
    for one in &diff.values {
        let of = |value: &Option<Value>, cell: fn(&Value) -> &str| {
            value
                .as_ref()
                .map(|value| cell(value).to_owned())
                .unwrap_or_default()
        };
        let causes: Vec<&str> = one.causes.iter().map(|cause| cause.id()).collect();
        csv.write_record([
            match (&one.old, &one.new) {
                (None, _) => "value-added",
                (_, None) => "value-gone",
                _ => "value-changed",
            },
            &one.report,
            &one.indicator,
            &one.old
                .as_ref()
                .map(|value| told(Some(value)))
                .unwrap_or_default(),
            &one.new
                .as_ref()
                .map(|value| told(Some(value)))
                .unwrap_or_default(),
            &causes.join(" "),
            &of(&one.old, |value| &value.sentence),
            &of(&one.new, |value| &value.sentence),
            &of(&one.old, |value| &value.page),
            &of(&one.new, |value| &value.page),
        ])?;
    }
    csv.flush()
}
