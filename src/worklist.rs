//! All that a keeper should look at, the gravest first: for the terminal, for programs, for a
//! spreadsheet, and for the site's about page, which carry the same rows in the same order.
//!
//! Takes diagnostics and the cards of the reports that they are about; gives back rows. Nothing is
//! found here, and nothing is left out.

use crate::archive::spreadsheet;
use crate::diagnostic::{Diagnostic, Level};
use crate::relate::ReportCard;
use serde::Serialize;

/// What is the matter with a file, in one word: what a keeper sorts the list by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Matter {
    /// The file, or what it should say, is not there.
    Missing,
    /// It is there and may be wrong.
    Doubtful,
    /// It could be one of several.
    Ambiguous,
    /// Two things that are said cannot both be so.
    Contradictory,
    /// The same is there more than once.
    Duplicated,
}

/// A row of the worklist.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// What there is to tell.
    pub diagnostic: &'a Diagnostic,
    /// The report it is about; none for a file that did not become one.
    pub card: Option<&'a ReportCard>,
}

/// The worklist of an archive: `told` of its own files and of files that did not become reports,
/// and what each report's card tells. The gravest first, then by file, line and kind.
pub fn tasks<'a>(told: &'a [Diagnostic], cards: &'a [ReportCard]) -> Vec<Task<'a>> {
    let of_files = told.iter().map(|diagnostic| Task {
        diagnostic,
        card: None,
    });
    let of_reports = cards.iter().flat_map(|card| {
        card.diagnostics.iter().map(move |diagnostic| Task {
            diagnostic,
            card: Some(card),
        })
    });
    let mut tasks: Vec<Task> = of_files.chain(of_reports).collect();
    tasks.sort_by(|a, b| {
        let key = |one: &Diagnostic| (one.line, one.code.clone());
        let (a, b) = (a.diagnostic, b.diagnostic);
        (b.level, &a.file)
            .cmp(&(a.level, &b.file))
            .then_with(|| key(a).cmp(&key(b)))
    });
    tasks
}

/// What is the matter where a diagnostic is of this kind.
fn matter(code: &str) -> Option<Matter> {
    Some(match code {
        "metadata-region-ambiguous" | "region-ambiguous" => Matter::Ambiguous,
        "codebook-example"
        | "figure-conflict"
        | "figure-mismatch"
        | "label-conflict"
        | "metadata-level-unmet" => Matter::Contradictory,
        "id-clash"
        | "id-equal"
        | "metadata-column-twice"
        | "metadata-row-twice"
        | "report-copy"
        | "report-version" => Matter::Duplicated,
        "archive-entries-damaged"
        | "archive-in-archive"
        | "archive-refused"
        | "correction-lost"
        | "correction-unreadable"
        | "date-unreadable"
        | "decoder-absent"
        | "decoder-failed"
        | "decoder-limit"
        | "division-unreadable"
        | "encrypted"
        | "figure-unread"
        | "file-damaged"
        | "file-empty"
        | "file-unreadable"
        | "format-not-read"
        | "format-too-old"
        | "issuer-unknown"
        | "link-loop"
        | "link-out"
        | "metadata-cell-lost"
        | "metadata-no-file"
        | "metadata-no-path"
        | "metadata-row-unreadable"
        | "needs-ocr"
        | "not-a-file"
        | "not-published"
        | "not-text"
        | "program-fault"
        | "region-unknown"
        | "title-missing"
        | "too-large"
        | "year-unknown" => Matter::Missing,
        "archive-entries-skipped"
        | "charset-wrong"
        | "control-characters"
        | "copy-of-unknown"
        | "correction-columns"
        | "correction-unknown"
        | "correction-without-object"
        | "encoding-doubtful"
        | "folder-named-like-a-file"
        | "format-by-content"
        | "front-matter-invalid"
        | "front-matter-unclosed"
        | "genre-other"
        | "hidden-words"
        | "metadata-bad-value"
        | "metadata-cell-undone"
        | "metadata-moved"
        | "metadata-region-unknown"
        | "metadata-row-too-long"
        | "metadata-unknown-key"
        | "original-changed"
        | "region-doubtful"
        | "region-ended"
        | "region-renamed"
        | "region-zone"
        | "report-in-attachment"
        | "republisher"
        | "second-document"
        | "text-doubtful-foreign"
        | "text-doubtful-garble"
        | "text-doubtful-lost"
        | "text-doubtful-rare"
        | "text-doubtful-stray"
        | "undecodable-bytes"
        | "year-doubtful" => Matter::Doubtful,
        _ => return None,
    })
}

impl Task<'_> {
    /// What is the matter.
    pub fn matter(&self) -> Matter {
        matter(&self.diagnostic.code).unwrap_or(Matter::Doubtful)
    }

    fn row(&self) -> Row<'_> {
        Row {
            level: self.diagnostic.level,
            matter: self.matter(),
            code: &self.diagnostic.code,
            file: &self.diagnostic.file,
            line: self.diagnostic.line,
            report: self.card.map(|card| card.id.as_str()),
            message: &self.diagnostic.message,
            fix: self.diagnostic.hint.as_deref(),
        }
    }
}

/// A row as programs and spreadsheets get it.
#[derive(Serialize)]
struct Row<'a> {
    level: Level,
    matter: Matter,
    code: &'a str,
    file: &'a str,
    line: Option<u32>,
    report: Option<&'a str>,
    message: &'a str,
    fix: Option<&'a str>,
}

/// An archive's reports counted, with its worklist, as `fangzhi check --json` prints it.
#[derive(Serialize)]
struct Record<'a> {
    read: usize,
    unread: usize,
    doubtful: usize,
    worklist: Vec<Row<'a>>,
}

/// One JSON object, a line: `{"read", "unread", "doubtful", "worklist": [{"level", "matter",
/// "code", "file", "line", "report", "message", "fix"}]}`.
pub fn json(tasks: &[Task], cards: &[ReportCard], unread: usize) -> Vec<u8> {
    let record = Record {
        read: cards.len(),
        unread,
        doubtful: cards.iter().filter(|card| card.doubtful).count(),
        worklist: tasks.iter().map(Task::row).collect(),
    };
    // Writing words and numbers to memory fails on nothing.
    let mut out = serde_json::to_vec(&record).unwrap_or_default();
    out.push(b'\n');
    out
}

/// A table for a spreadsheet (UTF-8 with byte order mark), a row a task, in the columns of
/// [`json`]'s rows.
pub fn csv(tasks: &[Task]) -> Vec<u8> {
    let mut writer = spreadsheet::writer();
    // Writing to memory fails on nothing.
    let _ = writer.write_record([
        "level", "matter", "code", "file", "line", "report", "message", "fix",
    ]);
    for task in tasks {
        let row = task.row();
        let word = |word: serde_json::Value| word.as_str().unwrap_or_default().to_owned();
        let line = row.line.map_or_else(String::new, |line| line.to_string());
        let _ = writer.write_record([
            &*word(serde_json::to_value(row.level).unwrap_or_default()),
            &*word(serde_json::to_value(row.matter).unwrap_or_default()),
            row.code,
            &*spreadsheet::harmless(row.file),
            &*line,
            row.report.unwrap_or_default(),
            &*spreadsheet::harmless(row.message),
            &*spreadsheet::harmless(row.fix.unwrap_or_default()),
        ]);
    }
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(level: Level, code: &str, file: &str, line: u32) -> Diagnostic {
        Diagnostic::new(level, code, file, "=1+1 is no formula").at(line)
    }

    #[test]
    fn every_kind_of_diagnostic_that_pages_tell_has_its_matter() {
        let words: toml::Table = include_str!("../themes/default/i18n/en.toml")
            .parse()
            .expect("TOML");
        let codes = words["diag"].as_table().expect("a table");
        assert!(codes.len() > 50);
        for code in codes.keys() {
            assert!(matter(code).is_some(), "{code}");
        }
    }

    #[test]
    fn the_gravest_comes_first_then_file_and_line() {
        let list = [
            told(Level::Note, "figure-unread", "a.txt", 3),
            told(Level::Warning, "region-ambiguous", "b.txt", 9),
            told(Level::Warning, "region-ambiguous", "b.txt", 2),
            told(Level::Error, "file-empty", "c.txt", 1),
        ];
        let order: Vec<_> = tasks(&list, &[])
            .iter()
            .map(|task| (task.diagnostic.line, task.matter()))
            .collect();
        assert_eq!(
            order,
            [
                (Some(1), Matter::Missing),
                (Some(2), Matter::Ambiguous),
                (Some(9), Matter::Ambiguous),
                (Some(3), Matter::Missing),
            ]
        );
    }

    #[test]
    fn programs_and_spreadsheets_get_the_same_rows() {
        let list = [told(Level::Warning, "id-clash", "甲.txt", 4).hint("mend it")];
        let rows = tasks(&list, &[]);
        let record: serde_json::Value =
            serde_json::from_slice(&json(&rows, &[], 2)).expect("one object");
        assert_eq!(record["unread"], 2);
        let row = &record["worklist"][0];
        assert_eq!(
            (&row["level"], &row["matter"], &row["line"], &row["fix"]),
            (
                &"warning".into(),
                &"duplicated".into(),
                &4.into(),
                &"mend it".into()
            )
        );
        let table = String::from_utf8(csv(&rows)).expect("UTF-8");
        assert_eq!(
            table,
            "\u{feff}level,matter,code,file,line,report,message,fix\r\n\
             warning,duplicated,id-clash,甲.txt,4,,'=1+1 is no formula,mend it\r\n"
        );
    }
}
