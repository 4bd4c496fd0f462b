//! Rows → CSV that spreadsheets open right: UTF-8 with a byte order mark, CRLF, and no cell that
//! they would work out.
//!
//! A cell that begins with `=`, `@`, `+`, `-` (or their full-width forms) or a tab is a formula to
//! spreadsheets, and a formula may ask other hosts (CWE-1236). Such a cell gets an apostrophe before
//! it, unless it is a number. The JSON beside each table has the words as they are.

use memchr::{memchr, memchr3};
use std::io::{self, Write};

/// A table being written.
pub(crate) struct Table<W: Write> {
    to: W,
    row: Vec<u8>,
}

impl<W: Write> Table<W> {
    /// A table whose first row names its columns, where they are given.
    pub(crate) fn new(mut to: W, columns: Option<&[&str]>) -> io::Result<Self> {
        to.write_all("\u{feff}".as_bytes())?;
        let row = Vec::new();
        let mut table = Self { to, row };
        if let Some(columns) = columns {
            table.record(columns.iter().copied())?;
        }
        Ok(table)
    }

    /// A row of these cells.
    pub(crate) fn record<'a>(
        &mut self,
        cells: impl IntoIterator<Item = &'a str>,
    ) -> io::Result<()> {
        self.row.clear();
        for (at, cell) in cells.into_iter().enumerate() {
            if at > 0 {
                self.row.push(b',');
            }
            put(cell, &mut self.row);
        }
        // An empty line would be no row.
        if self.row.is_empty() {
            self.row.extend_from_slice(b"\"\"");
        }
        self.row.extend_from_slice(b"\r\n");
        self.to.write_all(&self.row)
    }

    /// What it was written to, all rows in it.
    pub(crate) fn finish(self) -> W {
        self.to
    }
}

/// Adds a cell to a row of CSV.
pub(crate) fn put(cell: &str, row: &mut Vec<u8>) {
    let bytes = cell.as_bytes();
    let quoted = memchr3(b',', b'"', b'\n', bytes).is_some() || memchr(b'\r', bytes).is_some();
    if quoted {
        row.push(b'"');
    }
    if is_formula(cell) {
        row.push(b'\'');
    }
    for (at, words) in cell.split('"').enumerate() {
        if at > 0 {
            row.extend_from_slice(b"\"\"");
        }
        row.extend_from_slice(words.as_bytes());
    }
    if quoted {
        row.push(b'"');
    }
}

/// Whether a spreadsheet takes a cell for a formula.
fn is_formula(cell: &str) -> bool {
    let signs = ['=', '@', '+', '-', '\t', '＝', '＠', '＋', '－'];
    cell.starts_with(signs) && cell.parse::<f64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_cell_is_a_formula_and_numbers_stay_numbers() {
        for (cell, written) in [
            (
                "=HYPERLINK(\"http://a.example\",\"开\")",
                "\"'=HYPERLINK(\"\"http://a.example\"\",\"\"开\"\")\"",
            ),
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-推进", "'-推进"),
            ("+1件,其中", "\"'+1件,其中\""),
            ("＝1", "'＝1"),
            ("\t=1", "'\t=1"),
            ("-12.5", "-12.5"),
            ("+3", "+3"),
            ("甲=乙", "甲=乙"),
            ("\"=1", "\"\"\"=1\""),
            ("", "\"\""),
        ] {
            let mut table = Table::new(Vec::new(), None).expect("memory");
            table.record([cell]).expect("memory");
            let bytes = table.finish();
            assert_eq!(
                String::from_utf8_lossy(&bytes),
                format!("\u{feff}{written}\r\n")
            );
        }
    }

    #[test]
    fn a_table_reads_back_as_it_was_but_for_formulas() {
        let mut table = Table::new(Vec::new(), Some(&["a", "b"])).expect("memory");
        table.record(["多\r\n行,\"引\"", "=x\n=y"]).expect("memory");
        let bytes = table.finish();
        let mut rows = csv::Reader::from_reader(&bytes[3..]);
        let row = rows.records().next().expect("a row").expect("CSV");
        assert_eq!(
            row.iter().collect::<Vec<_>>(),
            ["多\r\n行,\"引\"", "'=x\n=y"]
        );
    }

    proptest! {
        #[test]
        fn cells_that_are_no_formulas_are_csv(row in prop::collection::vec("[甲a,\"'\r\n ]{0,9}", 1..4)) {
            let mut csv = csv::WriterBuilder::new()
                .terminator(csv::Terminator::CRLF)
                .from_writer("\u{feff}".as_bytes().to_vec());
            csv.write_record(&row).expect("memory");
            let mut table = Table::new(Vec::new(), None).expect("memory");
            table.record(row.iter().map(String::as_str)).expect("memory");
            prop_assert_eq!(table.finish(), csv.into_inner().expect("memory"));
        }
    }
}
