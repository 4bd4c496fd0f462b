//! `metadata.csv` at an archive's root: a row a report, a column a key of [`Entry`], and `path`.

use super::entry::{Entry, Place, nearest};
use crate::diagnostic::{Diagnostic, Level, Warned};
use crate::evidence::Method;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// The file's name.
pub const FILE: &str = "metadata.csv";

/// What the keeper says of the reports, by path under the content folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// By canonical path: the path as written (for messages), the row's line, and the statements.
    rows: BTreeMap<String, (String, u32, Entry)>,
}

impl Catalogue {
    /// Reads the file's bytes: UTF-8, with or without byte order mark, or whatever a spreadsheet
    /// made of it that [`crate::decode::characters`] tells; cells parted by commas, semicolons or
    /// tabs. A row that cannot be read is told and left out.
    pub fn read(bytes: &[u8]) -> Warned<Self> {
        let mut catalogue = Self::default();
        let mut warnings = Vec::new();
        let text = match crate::decode::characters(bytes, FILE) {
            Ok(text) => text.unpack(&mut warnings).0,
            Err(error) => {
                warnings.push(error.diagnostic(FILE));
                return Warned {
                    output: catalogue,
                    warnings,
                };
            }
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(&text))
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let columns = match reader.headers() {
            Ok(header) => columns(header, &mut warnings),
            Err(error) => {
                warnings.push(unreadable_row(&error));
                Vec::new()
            }
        };
        if !columns.iter().any(|column| column == "path") {
            warnings.push(
                Diagnostic::new(
                    Level::Warning,
                    "metadata-no-path",
                    FILE,
                    "it has no column `path`, so no row could be used",
                )
                .at(1)
                .hint(
                    "name the column that holds the files' paths under the content folder `path`",
                ),
            );
            return Warned {
                output: catalogue,
                warnings,
            };
        }
        for row in reader.records() {
            match row {
                Ok(row) => catalogue.enter(&row, line_of(&row, &text), &columns, &mut warnings),
                Err(error) => warnings.push(unreadable_row(&error)),
            }
        }
        Warned {
            output: catalogue,
            warnings,
        }
    }

    fn enter(
        &mut self,
        row: &csv::StringRecord,
        line: u32,
        columns: &[String],
        warnings: &mut Vec<Diagnostic>,
    ) {
        if row.iter().all(str::is_empty) {
            return;
        }
        let tell = |code, message: &str| {
            Diagnostic::new(Level::Warning, code, FILE, message.to_owned()).at(line)
        };
        if row.len() > columns.len() {
            warnings.push(
                tell(
                    "metadata-row-too-long",
                    "the row has more cells than there are columns",
                )
                .hint("put cells that hold commas into double quotes"),
            );
        }
        let mut entry = Entry::default();
        let mut path = "";
        for (column, value) in columns.iter().zip(row) {
            match column.as_str() {
                "path" => path = value,
                "" => {}
                key => warnings.extend(entry.state(
                    key,
                    value,
                    Place {
                        method: Method::MetadataCsv,
                        file: FILE,
                        line,
                    },
                )),
            }
        }
        if path.is_empty() {
            warnings.push(tell(
                "metadata-no-path",
                "the row has no path, so it says nothing",
            ));
            return;
        }
        let key = canonical(path);
        if let Some((_, first, _)) = self.rows.get(&key) {
            warnings.push(
                tell(
                    "metadata-row-twice",
                    &format!("line {first} has a row for {path} already; this one is not used"),
                )
                .hint("leave one row a file"),
            );
            return;
        }
        self.rows.insert(key, (path.to_owned(), line, entry));
    }

    /// What the keeper says of the report at `path` under the content folder.
    pub fn of(&self, path: &str) -> Entry {
        self.rows
            .get(&canonical(path))
            .map(|(.., entry)| entry.clone())
            .unwrap_or_default()
    }

    /// Rows for files that are not among `paths`.
    pub fn unmatched<'a>(&self, paths: impl IntoIterator<Item = &'a str>) -> Vec<Diagnostic> {
        let found: std::collections::BTreeSet<String> = paths.into_iter().map(canonical).collect();
        self.rows
            .iter()
            .filter(|(key, _)| !found.contains(*key))
            .map(|(key, (path, line, _))| {
                let told = Diagnostic::new(
                    Level::Warning,
                    "metadata-no-file",
                    FILE,
                    format!("there is no file {path}"),
                )
                .at(*line);
                let known: Vec<&str> = found.iter().map(String::as_str).collect();
                match nearest_path(key, &known) {
                    Some(near) => told.hint(format!("did you mean {near}?")),
                    None => told.hint("write its path under the content folder, or delete the row"),
                }
            })
            .collect()
    }
}

/// The line on which a row begins. The reader's own count does not see blank lines before it.
fn line_of(row: &csv::StringRecord, text: &str) -> u32 {
    row.position().map_or(1, |at| {
        let blank = text.as_bytes()[text.len().min(at.byte() as usize)..]
            .iter()
            .take_while(|&&byte| byte == b'\n')
            .count();
        at.line() as u32 + blank as u32
    })
}

/// A file of the same name in another folder, or of a name nearly the same.
fn nearest_path<'a>(path: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
    known
        .iter()
        .find(|known| name(known) == name(path))
        .copied()
        .or_else(|| {
            known
                .iter()
                .take(2000)
                .map(|known| (strsim::jaro(path, known), *known))
                .filter(|(likeness, _)| *likeness > 0.9)
                .max_by(|a, b| a.0.total_cmp(&b.0))
                .map(|(_, known)| known)
        })
}

/// One spelling for each path: `/` between folders, characters composed.
fn canonical(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.strip_prefix("./").unwrap_or(&path).nfc().collect()
}

/// What parts the header's cells.
pub(super) fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    b",;\t"
        .iter()
        .copied()
        .max_by_key(|&delimiter| {
            let count = header.bytes().filter(|&byte| byte == delimiter).count();
            (count, delimiter == b',')
        })
        .unwrap_or(b',')
}

/// The columns' keys; blank for a column that is none.
fn columns(header: &csv::StringRecord, warnings: &mut Vec<Diagnostic>) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for title in header {
        let key = title.to_ascii_lowercase();
        let tell = |message: String| {
            Diagnostic::new(Level::Warning, "metadata-unknown-key", FILE, message).at(1)
        };
        let known = key == "path" || Entry::KEYS.contains(&key.as_str());
        if known && columns.contains(&key) {
            warnings.push(tell(format!(
                "the column `{key}` is there twice; the first counts"
            )));
        } else if known {
            columns.push(key);
            continue;
        } else if !title.is_empty() {
            let told = tell(format!("the column “{title}” is not known and not used"));
            let names: Vec<&str> = Entry::KEYS.into_iter().chain(["path"]).collect();
            warnings.push(match nearest(&key, &names) {
                Some(near) => told.hint(format!("did you mean `{near}`?")),
                None => told.hint(format!("the columns are {}", names.join(", "))),
            });
        }
        columns.push(String::new());
    }
    columns
}

fn unreadable_row(error: &csv::Error) -> Diagnostic {
    let told = Diagnostic::new(
        Level::Warning,
        "metadata-row-unreadable",
        FILE,
        format!("a row cannot be read: {error}"),
    );
    match error.position() {
        Some(at) => told.at(at.line() as u32),
        None => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn codes(warned: &Warned<Catalogue>) -> Vec<(&str, Option<u32>)> {
        warned
            .warnings
            .iter()
            .map(|told| (told.code.as_str(), told.line))
            .collect()
    }

    #[test]
    fn rows_are_found_by_path_however_it_is_written() {
        let text = "\u{feff}path,title,year\r\n\"杭州\\a,b.txt\",\"题 \"\"一\"\"\",2020\r\n./c.txt,,2021\r\n";
        let warned = Catalogue::read(text.as_bytes());
        assert_eq!(codes(&warned), []);
        let entry = warned.output.of("杭州/a,b.txt");
        assert_eq!(
            entry.title.map(|title| title.value).as_deref(),
            Some("题 \"一\"")
        );
        let other = warned.output.of("c.txt");
        assert_eq!(
            (other.title, other.year.map(|year| year.value)),
            (None, Some(2021))
        );
        assert_eq!(warned.output.of("d.txt"), Entry::default());
    }

    #[test]
    fn what_a_spreadsheet_makes_of_it_is_read() {
        for text in ["path;year\na.txt;2020\n", "path\tyear\na.txt\t2020\n"] {
            let warned = Catalogue::read(text.as_bytes());
            assert!(warned.output.of("a.txt").year.is_some());
        }
        let gbk = encoding_rs::GBK
            .encode("path,title\n报告.txt,某市法治政府建设报告\n")
            .0
            .into_owned();
        let warned = Catalogue::read(&gbk);
        assert!(warned.output.of("报告.txt").title.is_some());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let text = "path,yaer,level\na.txt,2020,city\n,2020,\na.txt,,\n\nb.txt,1,county,9\n";
        let warned = Catalogue::read(text.as_bytes());
        assert_eq!(
            codes(&warned),
            [
                ("metadata-unknown-key", Some(1)),
                ("metadata-bad-value", Some(2)),
                ("metadata-no-path", Some(3)),
                ("metadata-row-twice", Some(4)),
                ("metadata-row-too-long", Some(6)),
            ]
        );
        assert_eq!(
            warned.warnings[0].hint.as_deref(),
            Some("did you mean `year`?")
        );
        assert_eq!(
            codes(&Catalogue::read(b"file,year\na,2020\n")).last(),
            Some(&("metadata-no-path", Some(1)))
        );
    }

    #[test]
    fn a_row_without_its_file_is_told_with_the_nearest() {
        let warned = Catalogue::read("path\n杭州/a.txt\n别处/b.txt\nzz\n".as_bytes());
        let told = warned.output.unmatched(["杭州/a.txt", "宁波/b.txt"]);
        let hints: Vec<_> = told
            .iter()
            .map(|told| (told.line, told.hint.as_deref()))
            .collect();
        assert_eq!(
            hints,
            [
                (
                    Some(4),
                    Some("write its path under the content folder, or delete the row")
                ),
                (Some(3), Some("did you mean 宁波/b.txt?")),
            ]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_told(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            Catalogue::read(&bytes);
            Catalogue::read(&[b"path,year\n", &bytes[..]].concat());
        }
    }
}
