//! The columns of `metadata.csv`, wherever a spreadsheet has put them.

use super::super::entry::{Entry, nearest};
use super::super::spreadsheet::{self, Content, Sheet};
use super::FILE;
use crate::diagnostic::{Diagnostic, Level};

/// Columns that are no key of [`Entry`]: the file, its page, the keys that a person has stated, and
/// what the file is known by when it is moved.
pub(super) const OTHERS: [&str; 5] = ["path", "page", "by_hand", "sha256", "bytes"];

/// What follows a key in the titles of the columns that are the program's.
pub(super) const INFERRED: &str = "_inferred";
pub(super) const CONFIDENCE: &str = "_confidence";
pub(super) const EVIDENCE: &str = "_evidence";

/// Keys that the program infers nothing of.
const NEVER_INFERRED: [&str; 3] = ["id", "digest", "copy_of"];

/// The keys that have inferred columns beside them.
pub(super) fn inferred_keys() -> impl Iterator<Item = &'static str> {
    Entry::KEYS
        .into_iter()
        .filter(|key| !NEVER_INFERRED.contains(key))
}

/// Every column of a file that the program writes, in its order: what a person reads and writes on
/// the left, what the program says of it on the right.
pub(super) fn standard() -> Vec<String> {
    let mut titles: Vec<String> = ["path", "id", "page", "by_hand"].map(str::to_owned).into();
    titles.extend(Entry::KEYS.into_iter().skip(1).map(str::to_owned));
    for key in inferred_keys() {
        titles.extend([INFERRED, CONFIDENCE, EVIDENCE].map(|what| format!("{key}{what}")));
    }
    titles.extend(["sha256", "bytes"].map(str::to_owned));
    titles
}

/// What a key's values are.
pub(super) fn content(key: &str) -> Content {
    match key {
        "published" | "signed" | "retrieved" => Content::Day,
        "year" => Content::Year,
        "region" => Content::Place,
        _ => Content::Words,
    }
}

/// A column that holds a key's values, or what was inferred of one.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// The key.
    pub(super) key: &'static str,
    at: usize,
}

/// Which column is what.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    keys: Vec<Column>,
    inferred: Vec<Column>,
    others: Vec<Column>,
    count: usize,
}

impl Columns {
    /// The sheet's columns. What is none is told and left alone.
    pub(super) fn of(sheet: &Sheet, warnings: &mut Vec<Diagnostic>) -> Self {
        let mut columns = Self {
            keys: Vec::new(),
            inferred: Vec::new(),
            others: Vec::new(),
            count: sheet.titles.len(),
        };
        for (at, title) in sheet.titles.iter().enumerate() {
            let written = Sheet::key(title);
            let mut before = sheet.titles[..at].iter();
            if !title.is_empty() && before.any(|title| Sheet::key(title) == written) {
                warnings.push(
                    Diagnostic::new(
                        Level::Warning,
                        "metadata-column-twice",
                        FILE,
                        format!("the column `{title}` is there twice; the first counts"),
                    )
                    .at(1)
                    .naming(title)
                    .hint("take one of them away, or give it a title of its own"),
                );
                continue;
            }
            let is = |key: &&'static str| **key == *written;
            let is_inferred = |key: &&'static str| written.strip_suffix(INFERRED) == Some(key);
            let (list, key) = if let Some(key) = Entry::KEYS.into_iter().find(is) {
                (&mut columns.keys, key)
            } else if let Some(key) = OTHERS.into_iter().find(is) {
                (&mut columns.others, key)
            } else if let Some(key) = inferred_keys().find(is_inferred) {
                (&mut columns.inferred, key)
            } else {
                let programs = [CONFIDENCE, EVIDENCE].iter().any(|what| {
                    written
                        .strip_suffix(what)
                        .is_some_and(|key| inferred_keys().any(|known| known == key))
                });
                if !title.is_empty() && !programs {
                    warnings.push(unknown(title, &written, at));
                }
                continue;
            };
            list.push(Column { key, at });
        }
        columns
    }

    pub(super) fn has_path(&self) -> bool {
        self.others.iter().any(|column| column.key == "path")
    }

    /// Whether anything in it was written by the program.
    pub(super) fn are_the_programs(&self) -> bool {
        !self.inferred.is_empty()
    }

    /// Whether a row has cells with words beyond the last column.
    pub(super) fn overflows(&self, cells: &csv::StringRecord) -> bool {
        cells.iter().skip(self.count).any(|cell| !cell.is_empty())
    }

    /// The columns of the keys, in the sheet's order.
    pub(super) fn keys(&self) -> &[Column] {
        &self.keys
    }

    /// The column of a key.
    pub(super) fn find(&self, key: &str) -> Option<&Column> {
        self.keys.iter().find(|column| column.key == key)
    }

    /// The column of what was inferred of a key.
    pub(super) fn inferred(&self, key: &str) -> Option<&Column> {
        self.inferred.iter().find(|column| column.key == key)
    }

    /// The cell in the column of a key, or in another that the program knows; nothing where there is
    /// none.
    pub(super) fn cell<'c>(&self, cells: &'c csv::StringRecord, key: &str) -> &'c str {
        let mut all = self.others.iter().chain(&self.keys);
        all.find(|column| column.key == key)
            .map_or("", |column| spreadsheet::bare(column.cell(cells)))
    }

    /// The keys that a row names as stated by a person.
    pub(super) fn by_hand(&self, cells: &csv::StringRecord) -> Vec<&'static str> {
        let words = self.cell(cells, "by_hand");
        words
            .split([' ', ',', ';', '，', '；', '、', '\n'])
            .filter_map(|word| {
                let word = Sheet::key(word);
                Entry::KEYS.into_iter().find(|key| *key == word)
            })
            .collect()
    }
}

impl Column {
    pub(super) fn cell<'c>(&self, cells: &'c csv::StringRecord) -> &'c str {
        cells.get(self.at).unwrap_or_default()
    }

    /// As a person finds it in a spreadsheet.
    pub(super) fn name(&self) -> String {
        format!("column `{}` ({})", self.key, spreadsheet::letters(self.at))
    }
}

fn tell(level: Level, message: String) -> Diagnostic {
    Diagnostic::new(level, "metadata-unknown-key", FILE, message).at(1)
}

/// A column of the keeper's own is theirs; one whose title is nearly a key's is a slip.
fn unknown(title: &str, written: &str, at: usize) -> Diagnostic {
    let names: Vec<&str> = Entry::KEYS.into_iter().chain(OTHERS).collect();
    let message = format!(
        "column {}, “{title}”, is not known and not used",
        spreadsheet::letters(at)
    );
    let told = match nearest(written, &names) {
        Some(near) => tell(Level::Warning, message).hint(format!("did you mean `{near}`?")),
        None => tell(Level::Note, message).hint(format!(
            "it is left as it is; the columns that are used are {}",
            names.join(", ")
        )),
    };
    told.naming(format!("{} “{title}”", spreadsheet::letters(at)))
}
