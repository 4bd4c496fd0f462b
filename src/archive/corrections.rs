//! `corrections.csv` at an archive's root: what its keeper corrects in what the codebook found.
//!
//! Columns: `report` (id, or path under the content folder), `anchor` (the paragraph's, may be
//! empty), `sentence` (its words, quoted), `indicator` or `topic` (an id), `old` (what the codebook
//! found, may be empty), `new` (`1,234件`; `0`; `?`; nothing strikes it; for a topic yes or no),
//! `who`, `when`, `why`, `codebook` (the version it was judged against).

use crate::codebook::Codebook;
use crate::diagnostic::{Diagnostic, Level, Warned};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Its columns.
const COLUMNS: [&str; 11] = [
    "report",
    "anchor",
    "sentence",
    "indicator",
    "topic",
    "old",
    "new",
    "who",
    "when",
    "why",
    "codebook",
];
/// Those without which no row can be understood.
const REQUIRED: [&str; 3] = ["report", "sentence", "new"];
const COLUMNS_HINT: &str = "the columns are report, anchor, sentence, indicator, topic, old, new, who, when, why, codebook; ids stand in data/codebook.csv";

/// The file's name.
pub const FILE: &str = "corrections.csv";

/// One correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Its line in the file, 1-based.
    pub line: u32,
    /// The report's id or path.
    pub report: String,
    /// The paragraph's anchor, or nothing.
    pub anchor: String,
    /// The sentence's words.
    pub sentence: String,
    /// What is corrected.
    pub subject: Subject,
    /// What the codebook had found, or nothing.
    pub old: String,
    /// What it should be; nothing strikes it.
    pub new: String,
    /// Who.
    pub who: String,
    /// When.
    pub when: String,
    /// Why.
    pub why: String,
    /// The codebook's version that it was judged against.
    pub codebook: Option<String>,
}

/// What a correction is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An indicator's id.
    Indicator(String),
    /// A topic's id.
    Topic(String),
}

/// All corrections of an archive, in the file's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corrections(Vec<Correction>);

#[derive(Deserialize)]
struct Row {
    report: String,
    #[serde(default)]
    anchor: String,
    sentence: String,
    #[serde(default)]
    indicator: String,
    #[serde(default)]
    topic: String,
    #[serde(default)]
    old: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    who: String,
    #[serde(default)]
    when: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    codebook: String,
}

impl Corrections {
    /// Reads the file's bytes. A row that cannot be read, or that names no entry of the codebook, is
    /// told and left out.
    pub fn read(bytes: &[u8], codebook: &Codebook) -> Warned<Self> {
        let mut corrections = Vec::new();
        let mut warnings = Vec::new();
        let text = match crate::decode::characters(bytes, FILE) {
            Ok(text) => text.unpack(&mut warnings).0,
            Err(error) => {
                warnings.push(error.diagnostic(FILE));
                String::new()
            }
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(super::spreadsheet::delimiter(&text))
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        let told = |code, message: String| {
            Diagnostic::new(Level::Warning, code, FILE, message).hint(COLUMNS_HINT)
        };
        // A row whose new value stands in a column of another name would strike what it corrects.
        let lacking = REQUIRED
            .iter()
            .find(|column| !header.iter().any(|one| one == **column));
        if let Some(column) = lacking.filter(|_| !text.trim().is_empty()) {
            let message = format!("it has no column `{column}`: none of its rows is applied");
            warnings.push(told("correction-columns", message).at(1));
            return Warned {
                output: Self::default(),
                warnings,
            };
        }
        for column in header
            .iter()
            .filter(|one| !COLUMNS.contains(one) && !one.is_empty())
        {
            let message = format!("its column `{column}` is none of corrections: it is not read");
            warnings.push(told("correction-columns", message).at(1));
        }
        let mut record = csv::StringRecord::new();
        loop {
            let read = match reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => record.deserialize::<Row>(Some(&header)),
                Err(error) => Err(error),
            };
            let line = record.position().map_or(1, |at| at.line() as u32);
            match read
                .map_err(|error| ("correction-unreadable", error.to_string()))
                .and_then(|row| row.known(line, codebook))
            {
                Ok(correction) => corrections.push(correction),
                Err((code, message)) => warnings.push(told(code, message).at(line)),
            }
        }
        Warned {
            output: Self(corrections),
            warnings,
        }
    }

    /// Those of the report with this id or path.
    pub fn of<'c>(&'c self, id: &'c str, path: &'c str) -> impl Iterator<Item = &'c Correction> {
        self.0
            .iter()
            .filter(move |one| one.report == id || one.report == path)
    }

    /// What there is to tell of those whose report is none of these ids and paths.
    pub fn without_report<'r>(
        &self,
        reports: impl Iterator<Item = (&'r str, &'r str)>,
    ) -> Vec<Diagnostic> {
        let known: BTreeSet<&str> = reports.flat_map(|(id, path)| [id, path]).collect();
        let lost = self
            .0
            .iter()
            .filter(|one| !known.contains(one.report.as_str()));
        lost.map(|one| {
            let message = format!("there is no report `{}`: the row is not applied", one.report);
            Diagnostic::new(Level::Warning, "correction-unknown", FILE, message)
                .at(one.line)
                .hint("write a report's id (the name of its page) or its path under the content folder")
        })
        .collect()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Row {
    /// The correction that the row in this line is.
    ///
    /// # Errors
    /// The diagnostic's kind and message.
    fn known(self, line: u32, codebook: &Codebook) -> Result<Correction, (&'static str, String)> {
        let subject = match (self.indicator.is_empty(), self.topic.is_empty()) {
            (false, true) if codebook.indicator(&self.indicator).is_some() => {
                Subject::Indicator(self.indicator)
            }
            (true, false) if codebook.topic(&self.topic).is_some() => Subject::Topic(self.topic),
            (true, true) | (false, false) => {
                let message = "a correction names one indicator or one topic".to_owned();
                return Err(("correction-unreadable", message));
            }
            _ => {
                let message = format!("the codebook has no `{}{}`", self.indicator, self.topic);
                return Err(("correction-unknown", message));
            }
        };
        Ok(Correction {
            line,
            report: self.report,
            anchor: self.anchor,
            sentence: self.sentence,
            subject,
            old: self.old,
            new: self.new,
            who: self.who,
            when: self.when,
            why: self.why,
            codebook: (!self.codebook.is_empty()).then_some(self.codebook),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &str) -> (usize, Vec<String>) {
        let read = Corrections::read(rows.as_bytes(), &Codebook::built_in());
        let told = read.warnings.into_iter().map(|one| one.message);
        (read.output.0.len(), told.collect())
    }

    #[test]
    fn without_a_column_for_the_new_value_no_row_is_applied() {
        let (rows, told) =
            read("report,sentence,indicator,value\nr,共3件,penalty-cases-total,4件\n");
        assert_eq!(rows, 0);
        assert_eq!(
            told,
            ["it has no column `new`: none of its rows is applied"]
        );
        let (rows, told) =
            read("report,sentence,indicator,new,reason\nr,共3件,penalty-cases-total,4件,误\n");
        assert_eq!(rows, 1);
        assert_eq!(
            told,
            ["its column `reason` is none of corrections: it is not read"]
        );
        assert_eq!(read(""), (0, Vec::new()));
    }

    #[test]
    fn what_cannot_be_read_is_told_apart_from_what_is_not_known() {
        let rows = "report,sentence,indicator,topic,new\nr,words,,,no\nr,words,no-such,,3\nr,words,,training,no\n";
        let read = Corrections::read(rows.as_bytes(), &Codebook::built_in());
        let told = read
            .warnings
            .iter()
            .map(|one| (one.line, one.code.as_ref()));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                (Some(2), "correction-unreadable"),
                (Some(3), "correction-unknown")
            ]
        );
        assert_eq!(read.output.0.len(), 1);
    }

    #[test]
    fn a_row_for_no_report_is_told() {
        let rows = "report,sentence,topic,new\nr,words,training,no\nq/r.txt,words,training,no\nz,words,training,no\n";
        let read = Corrections::read(rows.as_bytes(), &Codebook::built_in()).output;
        let told = read.without_report([("r", "r.txt"), ("q-r", "q/r.txt")].into_iter());
        let lines: Vec<Option<u32>> = told.iter().map(|one| one.line).collect();
        assert_eq!(lines, [Some(4)]);
    }
}
