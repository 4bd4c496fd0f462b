//! `metadata.csv` made, or brought up to date: ids frozen, files that were moved followed, inferred
//! values put beside the keeper's.
//!
//! Takes the file as it is and what is known of the reports now; gives back the file as it should
//! be. What a person wrote is never lost: a row without its file stays, and so do rows and columns of
//! the keeper's own, in their order. A file in which cells stand in the wrong columns is not touched.

use super::columns::{self, Columns};
use super::{Catalogue, FILE, Row, canonical, is_keepers};
use crate::archive::entry::Entry;
use crate::archive::spreadsheet::{self, Sheet};
use crate::diagnostic::{Diagnostic, Level};
use crate::evidence::{Evidence, Fact, Method};
use crate::identify::Identity;
use crate::structure::Document;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Characters kept of the words that a fact rests on.
const WORDS: usize = 60;

/// What is known of a report, for its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accession {
    /// Its path under the content folder.
    pub path: String,
    /// SHA-256 of its file.
    pub sha256: String,
    /// Size of its file.
    pub bytes: u64,
    /// Its id; none where its keeper gave it one that another report has.
    pub id: Option<String>,
    /// What holds of it where its row says nothing: inferred, or stated in its own front matter.
    pub findings: Vec<Finding>,
}

/// A value that was inferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The key.
    pub key: &'static str,
    /// The value as [`Entry::state`] reads it.
    pub value: String,
    /// In percent.
    pub confidence: u8,
    /// How it was found, and from which words.
    pub evidence: String,
}

/// The file as it should be, and what changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Updated {
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// Rows that are new.
    pub added: usize,
    /// Rows of files that are there.
    pub kept: usize,
    /// Files that were moved: from, to.
    pub moved: Vec<(String, String)>,
    /// Rows without their files.
    pub gone: usize,
    /// Values that are the keeper's.
    pub by_hand: usize,
}

/// Why the file is not touched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{FILE}:{}: {}; the file is not touched", .0.line.unwrap_or(1), .0.message)]
pub struct Unwritable(pub Box<Diagnostic>);

/// Brings the file up to date. `old` are its bytes, where there is one; `accessions` are the
/// reports, by path; `catalogue` has [followed](Catalogue::follow) the files that were moved.
pub fn update(
    old: Option<&[u8]>,
    catalogue: &Catalogue,
    accessions: &[Accession],
) -> Result<Updated, Unwritable> {
    let mut told = Vec::new();
    let sheet = old
        .and_then(|old| spreadsheet::read(old, FILE).unpack(&mut told))
        .unwrap_or_default();
    let known = Columns::of(&sheet, &mut told);
    let mut rows = Catalogue::default();
    if !sheet.titles.is_empty() {
        rows = Catalogue::of_sheet(&sheet, &known, &mut told);
    }
    // What cannot be read of it would be lost.
    let unwritable = told.into_iter().find(|told| {
        let misplaced = matches!(
            &*told.code,
            "metadata-row-too-long"
                | "metadata-row-unreadable"
                | "metadata-column-twice"
                | "undecodable-bytes"
        );
        let no_columns = told.code == "metadata-no-path" && !known.has_path();
        misplaced || no_columns || told.level == Level::Error
    });
    if let Some(why) = unwritable {
        return Err(Unwritable(Box::new(why)));
    }
    let titles = titles(&sheet, &known);
    let mut updated = Updated {
        bytes: Vec::new(),
        added: 0,
        kept: 0,
        moved: Vec::new(),
        gone: 0,
        by_hand: 0,
    };
    let mut writer = spreadsheet::writer();
    // Writing to memory fails on nothing.
    let _ = writer.write_record(
        titles
            .iter()
            .map(|title| spreadsheet::harmless(title).into_owned()),
    );
    let by_path: BTreeMap<String, &Accession> = accessions
        .iter()
        .map(|one| (canonical(&one.path), one))
        .collect();
    let back: BTreeMap<&String, &String> = catalogue
        .moved
        .iter()
        .map(|(path, row)| (row, path))
        .collect();
    let rows: BTreeMap<usize, (&String, &Row)> = rows
        .rows
        .iter()
        .map(|(key, row)| (row.at, (key, row)))
        .collect();
    let mut written = BTreeSet::new();
    for (at, (_, cells)) in sheet.rows.iter().enumerate() {
        let mut line = Line::copied(&titles, &sheet, cells);
        let row = rows.get(&at);
        let found = row.and_then(|(key, row)| {
            let moved = back.get(key);
            let one = by_path.get(moved.copied().unwrap_or(key))?;
            if moved.is_some() {
                updated.moved.push((row.path.clone(), one.path.clone()));
            }
            Some((*row, *one))
        });
        match found {
            Some((row, one)) => {
                updated.kept += 1;
                written.insert(&one.path);
                updated.by_hand += line.bring_up_to_date(one, Some((row, cells, &known)));
            }
            None if row.is_some() => updated.gone += 1,
            None => {}
        }
        line.write(&mut writer);
    }
    for one in accessions.iter().filter(|one| !written.contains(&one.path)) {
        updated.added += 1;
        let mut line = Line::blank(&titles);
        line.bring_up_to_date(one, None);
        line.write(&mut writer);
    }
    updated.bytes = writer.into_inner().unwrap_or_default();
    Ok(updated)
}

/// The columns' titles: a file that this wrote keeps its order; one written by hand comes into ours,
/// with what it has besides behind.
fn titles(sheet: &Sheet, known: &Columns) -> Vec<String> {
    let standard = columns::standard();
    let own: Vec<String> = (0..sheet.titles.len())
        .filter_map(|at| sheet.title(at))
        .map(|title| {
            let key = Sheet::key(&title);
            if standard.contains(&key) { key } else { title }
        })
        .collect();
    let (mut first, then) = if known.are_the_programs() {
        (own, standard)
    } else {
        (standard, own)
    };
    for title in then {
        if !first.contains(&title) {
            first.push(title);
        }
    }
    first
}

/// A row being written.
struct Line<'a> {
    titles: &'a [String],
    cells: Vec<String>,
}

impl<'a> Line<'a> {
    fn blank(titles: &'a [String]) -> Self {
        Self {
            titles,
            cells: vec![String::new(); titles.len()],
        }
    }

    /// The cells of a row, each below its column's title.
    fn copied(titles: &'a [String], sheet: &Sheet, cells: &csv::StringRecord) -> Self {
        let mut line = Self::blank(titles);
        for (column, cell) in cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.is_empty())
        {
            let Some(title) = sheet.title(column) else {
                continue;
            };
            let key = Sheet::key(&title);
            let at = titles.iter().position(|one| *one == key || *one == title);
            if let Some(at) = at {
                line.cells[at] = spreadsheet::bare(cell).to_owned();
            }
        }
        line
    }

    fn set(&mut self, title: &str, value: impl Into<String>) {
        if let Some(at) = self.titles.iter().position(|one| one == title) {
            self.cells[at] = value.into();
        }
    }

    /// Puts what is known of a report into its row; gives back how many values are the keeper's.
    fn bring_up_to_date(
        &mut self,
        one: &Accession,
        row: Option<(&Row, &csv::StringRecord, &Columns)>,
    ) -> usize {
        self.set("path", one.path.as_str());
        if let Some(id) = &one.id {
            self.set("id", id.as_str());
            self.set("page", format!("reports/{id}.html"));
        }
        let mut by_hand = Vec::new();
        for key in Entry::KEYS.into_iter().filter(|key| *key != "id") {
            let finding = one.findings.iter().find(|finding| finding.key == key);
            let inferred = finding.map_or("", |finding| finding.value.as_str());
            let keepers = row.is_some_and(|(_, cells, columns)| {
                columns
                    .find(key)
                    .is_some_and(|column| is_keepers(cells, columns, column))
            });
            if keepers {
                by_hand.push(key);
                // As it was meant, or, where that cannot be told, as it was written.
                if let Some(said) = row.and_then(|(row, ..)| row.entry.stated(key)) {
                    self.set(key, said);
                }
            } else if key == "level" && by_hand.contains(&"region") {
                // The keeper's place has a level of its own.
                self.set(key, "");
            } else {
                self.set(key, inferred);
            }
            self.set(&format!("{key}{}", columns::INFERRED), inferred);
            let (confidence, evidence) = finding.map_or_else(Default::default, |finding| {
                (finding.confidence.to_string(), finding.evidence.clone())
            });
            self.set(&format!("{key}{}", columns::CONFIDENCE), confidence);
            self.set(&format!("{key}{}", columns::EVIDENCE), evidence);
        }
        self.set("by_hand", by_hand.join(" "));
        self.set("sha256", one.sha256.as_str());
        self.set("bytes", one.bytes.to_string());
        by_hand.len()
    }

    fn write(&self, writer: &mut csv::Writer<Vec<u8>>) {
        // Writing to memory fails on nothing.
        let _ = writer.write_record(
            self.cells
                .iter()
                .map(|cell| spreadsheet::harmless(cell).into_owned()),
        );
    }
}

/// What identification found, as findings.
pub fn evidence(identity: &Identity, document: &Document) -> Vec<Finding> {
    let mut found = Found {
        document,
        findings: Vec::new(),
    };
    found.add("title", identity.title.as_ref(), |title| one_line(title));
    let issuer = identity
        .issuer_resolved
        .as_ref()
        .or(identity.issuer.as_ref());
    found.add("issuer", issuer, |issuer| one_line(issuer));
    found.add("issuer_type", identity.issuer_type.as_ref(), |kind| {
        name(kind)
    });
    found.add("region", identity.region.as_ref(), |region| {
        let above = region.ancestors.iter().map(|above| above.name.as_str());
        above.chain([region.name.as_str()]).collect()
    });
    found.add("level", identity.region.as_ref(), |region| {
        name(&region.level)
    });
    found.add("year", identity.year.as_ref(), ToString::to_string);
    found.add("period", identity.period.as_ref(), |period| {
        format!("{}/{}", period.start, period.end)
    });
    found.add(
        "published",
        identity.published.as_ref(),
        ToString::to_string,
    );
    found.add("signed", identity.signed.as_ref(), ToString::to_string);
    found.add("doc_number", identity.doc_number.as_ref(), |it| {
        one_line(it)
    });
    found.add("index_number", identity.index_number.as_ref(), |it| {
        one_line(it)
    });
    found.add("genre", identity.genre.as_ref(), name);
    found.add("source_class", identity.source_class.as_ref(), |class| {
        name(class)
    });
    found.add("source_url", identity.source_url.as_ref(), |it| {
        one_line(it)
    });
    found.add(
        "retrieved",
        identity.retrieved.as_ref(),
        ToString::to_string,
    );
    found.findings
}

struct Found<'a> {
    document: &'a Document,
    findings: Vec<Finding>,
}

impl Found<'_> {
    fn add<T>(&mut self, key: &'static str, fact: Option<&Fact<T>>, value: impl Fn(&T) -> String) {
        let Some(fact) = fact else { return };
        let text = &self.document.text;
        let words = match &fact.evidence {
            Evidence::Text(span) => format!("“{}”", cut(span.of(&text.text))),
            Evidence::Furniture(index) => text
                .furniture
                .get(*index as usize)
                .map_or_else(String::new, |line| format!("“{}”", cut(&line.text))),
            Evidence::Path => String::new(),
            Evidence::Keeper { line, .. } => format!("line {line}"),
            Evidence::Told(words) => cut(words),
        };
        let evidence = format!("{} {words}", method(fact.method));
        self.findings.push(Finding {
            key,
            value: value(&fact.value),
            confidence: fact.confidence.0,
            evidence: evidence.trim_end().to_owned(),
        });
    }
}

fn method(method: Method) -> String {
    name(&method)
}

/// The stable name of a variant.
fn name(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(words: &str) -> String {
    let mut shown: String = words.chars().take(WORDS).collect();
    if shown.len() < words.len() {
        shown.push('…');
    }
    one_line(&shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::catalogue::Found;

    fn accession(path: &str, year: &str, title: &str) -> Accession {
        let finding = |key, value: &str| Finding {
            key,
            value: value.to_owned(),
            confidence: 90,
            evidence: "title “…”".to_owned(),
        };
        Accession {
            path: path.to_owned(),
            sha256: crate::digest::sha256(title.as_bytes()),
            bytes: 9,
            id: Some(crate::archive::id::derived(path)),
            findings: vec![finding("year", year), finding("title", title)],
        }
    }

    /// The file brought up to date, as text.
    fn updated(old: Option<&str>, accessions: &[Accession]) -> (String, Updated) {
        let mut catalogue = old.map_or_else(Catalogue::default, |old| {
            Catalogue::read(old.as_bytes()).output
        });
        let found: Vec<Found> = accessions
            .iter()
            .map(|one| Found {
                path: &one.path,
                bytes: one.bytes,
            })
            .collect();
        catalogue.follow(&found, |path| {
            let one = accessions.iter().find(|one| one.path == path)?;
            Some(one.sha256.clone())
        });
        let done = update(old.map(str::as_bytes), &catalogue, accessions).expect("is written");
        (String::from_utf8(done.bytes.clone()).expect("UTF-8"), done)
    }

    /// A cell of the row of a file.
    fn cell(table: &str, path: &str, title: &str) -> String {
        let sheet = spreadsheet::read(table.as_bytes(), FILE)
            .output
            .expect("a table");
        let at = |title: &str| {
            sheet
                .titles
                .iter()
                .position(|one| one == title)
                .expect(title)
        };
        let (_, row) = sheet
            .rows
            .iter()
            .find(|(_, row)| &row[at("path")] == path)
            .expect(path);
        row[at(title)].to_owned()
    }

    #[test]
    fn a_new_file_has_a_row_a_report_with_evidence() {
        let (table, done) = updated(None, &[accession("甲.txt", "2021", "=题,一")]);
        assert!(
            table.starts_with("\u{feff}path,id,page,by_hand,title,issuer,"),
            "{table}"
        );
        assert_eq!(cell(&table, "甲.txt", "id"), "jia");
        assert_eq!(cell(&table, "甲.txt", "page"), "reports/jia.html");
        assert_eq!(cell(&table, "甲.txt", "year"), "2021");
        assert_eq!(cell(&table, "甲.txt", "year_confidence"), "90");
        assert_eq!(cell(&table, "甲.txt", "year_evidence"), "title “…”");
        // No spreadsheet runs what a report calls itself.
        assert_eq!(cell(&table, "甲.txt", "title"), "'=题,一");
        for title in ["source_url", "retrieved", "copy_of"] {
            assert_eq!(cell(&table, "甲.txt", title), "");
        }
        assert_eq!(
            (done.added, done.kept, done.gone, done.by_hand),
            (1, 0, 0, 0)
        );
        // Said again, it is the program's still.
        let catalogue = Catalogue::read(table.as_bytes());
        assert_eq!(catalogue.warnings, []);
        let entry = catalogue.output.of("甲.txt");
        assert_eq!((entry.stated("year"), entry.stated("title")), (None, None));
        assert_eq!(entry.stated("id").as_deref(), Some("jia"));
    }

    #[test]
    fn nothing_changes_where_nothing_changed() {
        let all = [
            accession("甲.txt", "2021", "题"),
            accession("乙.txt", "2020", "题二"),
        ];
        let (first, _) = updated(None, &all);
        assert_eq!(updated(Some(&first), &all).0, first);
    }

    #[test]
    fn a_persons_value_survives_and_the_programs_follow() {
        let (table, _) = updated(None, &[accession("甲.txt", "2021", "题")]);
        let changed = table.replacen(",2021,", ",2019.0,", 1);
        let (table, done) = updated(Some(&changed), &[accession("甲.txt", "2022", "题新")]);
        assert_eq!(cell(&table, "甲.txt", "year"), "2019");
        assert_eq!(cell(&table, "甲.txt", "year_inferred"), "2022");
        assert_eq!(cell(&table, "甲.txt", "by_hand"), "year");
        assert_eq!(cell(&table, "甲.txt", "title"), "题新");
        assert_eq!(done.by_hand, 1);
        // Also where the program comes to agree with it, and then to differ again.
        let (table, _) = updated(Some(&table), &[accession("甲.txt", "2019", "题新")]);
        assert_eq!(cell(&table, "甲.txt", "by_hand"), "year");
        let (table, _) = updated(Some(&table), &[accession("甲.txt", "2018", "题新")]);
        assert_eq!(cell(&table, "甲.txt", "year"), "2019");
        // Blanked, it is the program's again.
        let blanked = table.replacen(",2019,", ",,", 1);
        let (table, done) = updated(Some(&blanked), &[accession("甲.txt", "2018", "题新")]);
        assert_eq!(cell(&table, "甲.txt", "year"), "2018");
        assert_eq!(
            (cell(&table, "甲.txt", "by_hand"), done.by_hand),
            (String::new(), 0)
        );
    }

    #[test]
    fn what_a_keeper_wrote_by_hand_stays_theirs() {
        let old = "备注,path,year,published\n核过,甲.txt,2021,\n,丙.txt,2017,3月5日\n说明,,,\n";
        let (table, done) = updated(Some(old), &[accession("甲.txt", "2021", "题")]);
        assert_eq!(cell(&table, "甲.txt", "by_hand"), "year");
        assert_eq!(cell(&table, "甲.txt", "备注"), "核过");
        // The row of a file that is gone, and what cannot be read, stand as they were.
        assert_eq!(cell(&table, "丙.txt", "published"), "3月5日");
        assert_eq!(cell(&table, "丙.txt", "year"), "2017");
        assert!(table.contains("说明"), "{table}");
        assert_eq!((done.kept, done.gone, done.added), (1, 1, 0));
    }

    #[test]
    fn a_moved_file_keeps_its_id_and_its_row_takes_the_new_path() {
        let (table, _) = updated(None, &[accession("甲.txt", "2021", "题")]);
        let mut moved = accession("新/别名.txt", "2021", "题");
        moved.id = Some("jia".into());
        let (table, done) = updated(Some(&table), &[moved]);
        assert_eq!(
            done.moved,
            [("甲.txt".to_owned(), "新/别名.txt".to_owned())]
        );
        assert_eq!(cell(&table, "新/别名.txt", "id"), "jia");
        assert_eq!(table.lines().count(), 2);
    }

    #[test]
    fn the_keepers_order_of_columns_and_rows_stays() {
        let (table, _) = updated(
            None,
            &[
                accession("甲.txt", "2021", "题"),
                accession("乙.txt", "2020", "二"),
            ],
        );
        let sheet = spreadsheet::read(table.as_bytes(), FILE)
            .output
            .expect("a table");
        // As a person sorts rows and drags columns.
        let turned: Vec<String> = std::iter::once(
            sheet
                .titles
                .iter()
                .rev()
                .map(|title| title.to_uppercase())
                .collect::<Vec<_>>(),
        )
        .chain(sheet.rows.iter().rev().map(|(_, row)| {
            let mut cells: Vec<String> = row.iter().map(str::to_owned).collect();
            cells.reverse();
            cells
        }))
        .map(|cells| cells.join(";"))
        .collect();
        let all = [
            accession("甲.txt", "2021", "题"),
            accession("乙.txt", "2020", "二"),
            accession("丁.txt", "2020", "四"),
        ];
        let (table, _) = updated(Some(&turned.join("\n")), &all);
        let paths: Vec<&str> = table
            .lines()
            .filter_map(|line| line.rsplit(',').next())
            .collect();
        assert_eq!(paths, ["path", "乙.txt", "甲.txt", "丁.txt"]);
    }

    #[test]
    fn a_table_that_would_lose_something_is_not_touched() {
        for old in [
            "path,year\n甲.txt,2020,题,二\n",
            "name,year\n甲.txt,2020\n",
            "path,year,Year\n甲.txt,2020,2021\n",
        ] {
            let catalogue = Catalogue::read(old.as_bytes()).output;
            let refused = update(Some(old.as_bytes()), &catalogue, &[]);
            assert!(refused.is_err(), "{old}");
        }
        assert!(update(Some(b""), &Catalogue::default(), &[]).is_ok());
    }
}
