//! `metadata.csv` at an archive's root: a row a report, a column a key of [`Entry`], and `path`.
//!
//! A keeper may write it by hand, with what columns they like; or `fangzhi check --write` makes it
//! ([`write`]), and then beside each value stands what the program inferred. **The keeper's word** is
//! a value that differs from the inferred one beside it, or whose column is named in the row's
//! `by_hand`, or that has no inferred column beside it. Any other value is the program's own, said
//! again: it follows what the program infers, from build to build.
//!
//! A file that was moved or renamed keeps its row, and so its id: it is known by its content.

mod columns;
mod write;

pub use write::{Accession, Finding, Unwritable, Updated, evidence, update};

use super::entry::{Entry, Place};
use super::spreadsheet::{self, Cell, Sheet};
use crate::diagnostic::{Diagnostic, Level, Warned};
use crate::evidence::{Confidence, Evidence, Fact, Method};
use columns::{Column, Columns};
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

/// The file's name.
pub const FILE: &str = "metadata.csv";

/// What the keeper says of the reports, by path under the content folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// By canonical path.
    rows: BTreeMap<String, Row>,
    /// Canonical paths of files that were moved → those of their rows.
    moved: BTreeMap<String, String>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    /// The path as written.
    path: String,
    line: u32,
    /// Its place among the sheet's rows.
    at: usize,
    /// The keeper's word.
    entry: Entry,
    /// The title that the row gives, whosever it is.
    title: String,
    /// SHA-256 and size of the file as it was when the row was last written.
    sha256: String,
    bytes: Option<u64>,
}

/// A row whose file is not there any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The report's id, where the row has frozen it.
    pub id: Option<String>,
    /// The report's title, or nothing.
    pub title: String,
    /// Its issuer, where the keeper names it.
    pub issuer: Option<String>,
    /// Its year, where the keeper gives it.
    pub year: Option<i32>,
    /// The last path under the content folder.
    pub path: String,
    /// The row's line, 1-based.
    pub line: u32,
}

/// A file as the catalogue knows files again.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// Its path under the content folder.
    pub path: &'a str,
    /// Its size.
    pub bytes: u64,
}

impl Catalogue {
    /// Reads the file's bytes, whatever a spreadsheet made of them ([`spreadsheet`]). A row that
    /// cannot be read is told and left out.
    pub fn read(bytes: &[u8]) -> Warned<Self> {
        let mut warnings = Vec::new();
        let sheet = spreadsheet::read(bytes, FILE).unpack(&mut warnings);
        let output = match sheet {
            Some(sheet) => {
                Self::of_sheet(&sheet, &Columns::of(&sheet, &mut warnings), &mut warnings)
            }
            None => Self::default(),
        };
        Warned { output, warnings }
    }

    fn of_sheet(sheet: &Sheet, columns: &Columns, warnings: &mut Vec<Diagnostic>) -> Self {
        let mut catalogue = Self::default();
        if !columns.has_path() {
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
            return catalogue;
        }
        for (at, (line, cells)) in sheet.rows.iter().enumerate() {
            catalogue.enter(at, *line, cells, columns, warnings);
        }
        catalogue
    }

    fn enter(
        &mut self,
        at: usize,
        line: u32,
        cells: &csv::StringRecord,
        columns: &Columns,
        warnings: &mut Vec<Diagnostic>,
    ) {
        let tell = |code, message: &str| {
            Diagnostic::new(Level::Warning, code, FILE, message.to_owned()).at(line)
        };
        if columns.overflows(cells) {
            // Its cells stand in the wrong columns, nobody knows from where on.
            warnings.push(
                tell(
                    "metadata-row-too-long",
                    "the row has more cells than there are columns, and is not used",
                )
                .hint("put cells that hold commas into double quotes"),
            );
            return;
        }
        let path = columns.cell(cells, "path");
        if path.is_empty() {
            warnings.push(tell(
                "metadata-no-path",
                "the row has no path, so it says nothing",
            ));
            return;
        }
        let key = canonical(path);
        if let Some(first) = self.rows.get(&key) {
            warnings.push(
                tell(
                    "metadata-row-twice",
                    &format!(
                        "line {} has a row for {path} already; this one is not used",
                        first.line
                    ),
                )
                .hint("leave one row a file"),
            );
            return;
        }
        let row = Row {
            path: path.to_owned(),
            line,
            at,
            entry: keepers_word(cells, columns, line, warnings),
            title: columns.cell(cells, "title").to_owned(),
            sha256: columns.cell(cells, "sha256").to_ascii_lowercase(),
            bytes: columns.cell(cells, "bytes").parse().ok(),
        };
        self.rows.insert(key, row);
    }

    /// What the keeper says of the report at `path` under the content folder.
    pub fn of(&self, path: &str) -> Entry {
        self.row(path)
            .map(|row| row.entry.clone())
            .unwrap_or_default()
    }

    fn row(&self, path: &str) -> Option<&Row> {
        let key = canonical(path);
        self.rows
            .get(&key)
            .or_else(|| self.rows.get(self.moved.get(&key)?))
    }

    /// Finds the files that were moved: those without a row whose content is that of a row without
    /// its file. `files` are all files that are there; `hash` gives one's SHA-256, and is asked of
    /// those alone that could be it. From then on their rows are theirs. Of several files with the
    /// content that was moved, one with the old name goes first, then the first by path: ids stay
    /// with one report.
    pub fn follow(
        &mut self,
        files: &[Found<'_>],
        mut hash: impl FnMut(&str) -> Option<String>,
    ) -> Vec<Diagnostic> {
        let here: BTreeSet<String> = files.iter().map(|file| canonical(file.path)).collect();
        let lost: Vec<(&String, &Row)> = self
            .rows
            .iter()
            .filter(|(key, row)| !here.contains(*key) && row.sha256.len() == 64)
            .collect();
        let new: Vec<&Found> = files
            .iter()
            .filter(|file| !self.rows.contains_key(&canonical(file.path)))
            .filter(|file| {
                let sized = |row: &Row| row.bytes.is_none_or(|bytes| bytes == file.bytes);
                lost.iter().any(|(_, row)| sized(row))
            })
            .collect();
        let mut by_hash: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        if !lost.is_empty() {
            for file in new {
                if let Some(hash) = hash(file.path) {
                    by_hash.entry(hash).or_default().push(file.path);
                }
            }
        }
        let mut told = Vec::new();
        let mut moved = BTreeMap::new();
        for (key, row) in lost {
            let Some(candidates) = by_hash.get_mut(&row.sha256) else {
                continue;
            };
            candidates.sort_by_key(|path| (name(path) != name(&row.path), path.to_owned()));
            if candidates.is_empty() {
                continue;
            }
            let path = candidates.remove(0);
            told.push(
                Diagnostic::new(
                    Level::Note,
                    "metadata-moved",
                    FILE,
                    format!("{} is now {path}: the row goes with it", row.path),
                )
                .at(row.line)
                .naming(format!("{} → {path}", row.path))
                .hint("`fangzhi check --write` writes the new path"),
            );
            moved.insert(canonical(path), key.clone());
        }
        self.moved = moved;
        told
    }

    /// The rows whose files are not among `paths` and were not moved, in the order of their paths.
    pub fn gone<'a>(&self, paths: impl IntoIterator<Item = &'a str>) -> Vec<Gone> {
        let found: BTreeSet<String> = paths.into_iter().map(canonical).collect();
        let moved: BTreeSet<&String> = self.moved.values().collect();
        self.rows
            .iter()
            .filter(|(key, _)| !found.contains(*key) && !moved.contains(key))
            .map(|(_, row)| Gone {
                id: row.entry.id.as_ref().map(|id| id.value.clone()),
                title: row.title.clone(),
                issuer: row.entry.issuer.as_ref().map(|fact| fact.value.clone()),
                year: row.entry.year.as_ref().map(|fact| fact.value),
                path: row.path.clone(),
                line: row.line,
            })
            .collect()
    }

    /// Tells of the rows that are [`gone`](Self::gone).
    pub fn unmatched<'a>(&self, paths: impl IntoIterator<Item = &'a str>) -> Vec<Diagnostic> {
        let found: BTreeSet<String> = paths.into_iter().map(canonical).collect();
        let known: Vec<&str> = found.iter().map(String::as_str).collect();
        self.gone(known.iter().copied())
            .into_iter()
            .map(|row| {
                let told = Diagnostic::new(
                    Level::Warning,
                    "metadata-no-file",
                    FILE,
                    format!("there is no file {}", row.path),
                )
                .at(row.line)
                .naming(&row.path);
                match nearest_path(&canonical(&row.path), &known) {
                    Some(near) => told.hint(format!("did you mean {near}?")),
                    None => told.hint("write its path under the content folder, or delete the row"),
                }
            })
            .collect()
    }
}

/// The values of a row that are the keeper's, and the id.
fn keepers_word(
    cells: &csv::StringRecord,
    columns: &Columns,
    line: u32,
    warnings: &mut Vec<Diagnostic>,
) -> Entry {
    let mut entry = Entry::default();
    let place = Place {
        method: Method::MetadataCsv,
        file: FILE,
        line,
    };
    for column in columns.keys() {
        if column.key == "id" || !is_keepers(cells, columns, column) {
            continue;
        }
        let value = spreadsheet::bare(column.cell(cells));
        match spreadsheet::mend(value, columns::content(column.key)) {
            Cell::Sound(value) => warnings.extend(entry.state(column.key, &value, place)),
            Cell::Undone(meant, how) => {
                let bad = entry.state(column.key, &meant, place);
                warnings.push(bad.unwrap_or_else(|| undone(column, value, &meant, how, line)));
            }
            Cell::Lost(why) => warnings.push(
                Diagnostic::new(
                    Level::Warning,
                    "metadata-cell-lost",
                    FILE,
                    format!("{}: “{value}” {why}; it is not used", column.name()),
                )
                .at(line)
                .naming(format!("{}: “{value}”", column.key))
                .hint("write it again; a column formatted as text keeps what is written"),
            ),
        }
    }
    entry.id = frozen_id(cells, columns, line, warnings);
    entry
}

/// Whether a value is the keeper's word rather than the program's, said again.
fn is_keepers(cells: &csv::StringRecord, columns: &Columns, column: &Column) -> bool {
    let value = column.cell(cells);
    if value.is_empty() {
        return false;
    }
    let Some(inferred) = columns.inferred(column.key) else {
        return true;
    };
    let inferred = inferred.cell(cells);
    (value != inferred && normal(column.key, value) != normal(column.key, inferred))
        || columns.by_hand(cells).contains(&column.key)
}

/// A value in its one form: the same day is the same, however a spreadsheet writes it.
fn normal(key: &str, value: &str) -> String {
    let value = spreadsheet::bare(value);
    let meant = match spreadsheet::mend(value, columns::content(key)) {
        Cell::Sound(value) => value.into_owned(),
        Cell::Undone(meant, _) => meant,
        Cell::Lost(_) => return value.to_owned(),
    };
    let mut entry = Entry::default();
    let place = Place {
        method: Method::MetadataCsv,
        file: FILE,
        line: 0,
    };
    let _ = entry.state(key, &meant, place);
    entry.stated(key).unwrap_or(meant)
}

/// The id that a row freezes: as its cell has it, or, where a spreadsheet got at that, as the address
/// of its page has it.
fn frozen_id(
    cells: &csv::StringRecord,
    columns: &Columns,
    line: u32,
    warnings: &mut Vec<Diagnostic>,
) -> Option<Fact<String>> {
    let column = columns.find("id")?;
    let written = spreadsheet::bare(column.cell(cells));
    let of_page = columns
        .cell(cells, "page")
        .strip_prefix("reports/")
        .and_then(|page| page.strip_suffix(".html"))
        .and_then(super::id::explicit);
    let fact = |id: String| {
        let evidence = Evidence::Keeper {
            file: FILE.to_owned(),
            line,
        };
        Some(Fact::new(
            id,
            Method::MetadataCsv,
            evidence,
            Confidence::CERTAIN,
        ))
    };
    let digits = |id: &str| id.trim_start_matches('0').to_owned();
    match (super::id::explicit(written), of_page) {
        (Some(id), Some(page)) if id != page && digits(&id) == digits(&page) => {
            warnings.push(undone(
                column,
                written,
                &page,
                "a number without its zeros",
                line,
            ));
            fact(page)
        }
        (Some(id), _) => fact(id),
        (None, Some(page)) => {
            if !written.is_empty() {
                warnings.push(undone(column, written, &page, "no id any more", line));
            }
            fact(page)
        }
        (None, None) => {
            let mut entry = Entry::default();
            let place = Place {
                method: Method::MetadataCsv,
                file: FILE,
                line,
            };
            warnings.extend(entry.state("id", written, place));
            None
        }
    }
}

fn undone(column: &Column, written: &str, meant: &str, how: &str, line: u32) -> Diagnostic {
    Diagnostic::new(
        Level::Note,
        "metadata-cell-undone",
        FILE,
        format!("{}: “{written}” is {how}; read as {meant}", column.name()),
    )
    .at(line)
    .naming(format!("{}: “{written}” → {meant}", column.key))
    .hint("`fangzhi check --write` writes it as it was meant")
}

fn name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// A file of the same name in another folder, or of a name nearly the same.
fn nearest_path<'a>(path: &str, known: &[&'a str]) -> Option<&'a str> {
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
    let path = spreadsheet::bare(path).replace('\\', "/");
    path.strip_prefix("./").unwrap_or(&path).nfc().collect()
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

    /// The value that a cell of one row comes to, and what is told of it.
    fn read_cell(key: &str, value: &str) -> (Option<String>, Vec<(String, Option<u32>)>) {
        let text = format!("path,{key}\na.txt,\"{value}\"\n");
        let warned = Catalogue::read(text.as_bytes());
        let told = warned
            .warnings
            .iter()
            .map(|told| (told.code.clone(), told.line))
            .collect();
        (warned.output.of("a.txt").stated(key), told)
    }

    #[test]
    fn what_a_spreadsheet_does_to_a_cell_is_undone_or_told() {
        let undone = || vec![("metadata-cell-undone".to_owned(), Some(2))];
        let lost = || vec![("metadata-cell-lost".to_owned(), Some(2))];
        for (key, value, meant, told) in [
            ("published", "2021/3/5", Some("2021-03-05"), vec![]),
            ("published", "2021年3月5日", Some("2021-03-05"), vec![]),
            ("published", "44260", Some("2021-03-05"), undone()),
            (
                "retrieved",
                "2021/3/5 0:00:00",
                Some("2021-03-05"),
                undone(),
            ),
            ("published", "3月5日", None, lost()),
            ("signed", "########", None, lost()),
            ("year", "2021.0", Some("2021"), undone()),
            ("year", "1905/7/13", Some("2021"), undone()),
            ("region", "10100", Some("010100"), undone()),
            ("index_number", "1.13E+17", None, lost()),
            ("title", "????????", None, lost()),
            ("title", "'=题名", Some("=题名"), vec![]),
        ] {
            assert_eq!(
                read_cell(key, value),
                (meant.map(str::to_owned), told),
                "{key} {value}"
            );
        }
        let told = Catalogue::read("path,title,published\na.txt,题,3月5日\n".as_bytes()).warnings;
        assert!(
            told[0]
                .message
                .starts_with("column `published` (C): “3月5日” has lost its year")
        );
    }

    #[test]
    fn columns_may_move_and_stand_in_capitals_and_have_blank_neighbours() {
        let text = ",Year,,备注, PATH ,Issuer Type,,\r\n,,,,,,,\r\n,2020,,核过,a.txt,部门,,\r\n";
        let warned = Catalogue::read(text.as_bytes());
        let entry = warned.output.of("a.txt");
        assert_eq!(entry.stated("year").as_deref(), Some("2020"));
        assert_eq!(entry.stated("issuer_type").as_deref(), Some("department"));
        // A column of the keeper's own is theirs, and no fault.
        assert_eq!(codes(&warned), [("metadata-unknown-key", Some(1))]);
        assert_eq!(warned.warnings[0].level, Level::Note);
    }

    #[test]
    fn a_file_saved_again_in_another_encoding_is_read() {
        let text = "path,title,year\n杭州/报告.txt,某市法治政府建设年度报告,2021\n";
        let utf16 = |big: bool| -> Vec<u8> {
            let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
            units
                .flat_map(|unit| {
                    if big {
                        unit.to_be_bytes()
                    } else {
                        unit.to_le_bytes()
                    }
                })
                .collect()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            encoding_rs::GB18030.encode(text).0.into_owned(),
            utf16(false),
            utf16(true),
        ] {
            let entry = Catalogue::read(&bytes).output.of("杭州/报告.txt");
            assert_eq!(
                entry.stated("title").as_deref(),
                Some("某市法治政府建设年度报告")
            );
        }
    }

    #[test]
    fn a_value_is_the_keepers_where_it_differs_from_the_inferred_one() {
        let text = "path,by_hand,year,year_inferred,published,published_inferred,title,title_inferred\n\
             a.txt,,2020,2021,2021/3/5,2021-03-05,题,题\n\
             b.txt,title; year,2021,2021,,2021-03-05,题,题\n";
        let warned = Catalogue::read(text.as_bytes());
        assert_eq!(codes(&warned), []);
        let (a, b) = (warned.output.of("a.txt"), warned.output.of("b.txt"));
        let said = |entry: &Entry| ["year", "published", "title"].map(|key| entry.stated(key));
        assert_eq!(said(&a), [Some("2020".into()), None, None]);
        assert_eq!(said(&b), [Some("2021".into()), None, Some("题".into())]);
    }

    #[test]
    fn a_frozen_id_survives_what_a_spreadsheet_does_to_it() {
        for (id, page, frozen, told) in [
            ("12", "reports/0012.html", Some("0012"), 1),
            ("2021/3/1", "reports/2021-03.html", Some("2021-03"), 1),
            ("", "reports/yunxi.html", Some("yunxi"), 0),
            ("new", "reports/old.html", Some("new"), 0),
            ("yunxi", "", Some("yunxi"), 0),
            ("云溪", "", None, 1),
        ] {
            let warned = Catalogue::read(format!("path,id,page\na.txt,{id},{page}\n").as_bytes());
            assert_eq!(
                warned.output.of("a.txt").stated("id").as_deref(),
                frozen,
                "{id}"
            );
            assert_eq!(warned.warnings.len(), told, "{id}");
        }
    }

    #[test]
    fn a_moved_file_keeps_its_row() {
        let (one, two) = ("1".repeat(64), "2".repeat(64));
        let text = format!(
            "path,id,title,sha256,bytes\n旧/甲.txt,jia,甲题,{one},10\n旧/乙.txt,yi,乙题,{two},20\n在.txt,zai,,{one},10\n"
        );
        let mut catalogue = Catalogue::read(text.as_bytes()).output;
        let files = [
            ("a/别名.txt", 10),
            ("新/甲.txt", 10),
            ("在.txt", 10),
            ("无关.txt", 7),
        ]
        .map(|(path, bytes)| Found { path, bytes });
        let mut asked = Vec::new();
        let told = catalogue.follow(&files, |path| {
            asked.push(path.to_owned());
            Some(one.clone())
        });
        // Only files without a row that have the size of a row without a file are looked into.
        assert_eq!(asked, ["a/别名.txt", "新/甲.txt"]);
        assert_eq!(told.len(), 1);
        assert!(told[0].message.starts_with("旧/甲.txt is now 新/甲.txt"));
        assert_eq!(
            catalogue.of("新/甲.txt").stated("id").as_deref(),
            Some("jia")
        );
        assert_eq!(catalogue.of("a/别名.txt"), Entry::default());
        let gone = catalogue.gone(files.iter().map(|file| file.path));
        assert_eq!(
            gone,
            [Gone {
                id: Some("yi".into()),
                title: "乙题".into(),
                issuer: None,
                year: None,
                path: "旧/乙.txt".into(),
                line: 3,
            }]
        );
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
