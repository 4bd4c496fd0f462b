//! Rows → CSV that spreadsheets open right: UTF-8 with a byte order mark, CRLF, and no cell that
//! they would work out.
//!
//! A cell that begins with `=`, `@`, `+`, `-` (or their full-width forms) or a tab is a formula to
//! spreadsheets, and a formula may ask other hosts (CWE-1236). Such a cell gets an apostrophe before
//! it, unless it is a number. The JSON beside each table has the words as they are.

use std::io::{self, Write};

/// A table being written.
pub(crate) struct Table<W: Write> {
    csv: csv::Writer<Cells<W>>,
}

impl<W: Write> Table<W> {
    /// A table whose first row names its columns, where they are given.
    pub(crate) fn new(mut to: W, columns: Option<&[&str]>) -> io::Result<Self> {
        to.write_all("\u{feff}".as_bytes())?;
        let mut csv = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .has_headers(columns.is_none())
            .from_writer(Cells::new(to));
        if let Some(columns) = columns {
            csv.write_record(columns)?;
        }
        Ok(Self { csv })
    }

    /// A row of these cells.
    pub(crate) fn record<'a>(
        &mut self,
        cells: impl IntoIterator<Item = &'a str>,
    ) -> io::Result<()> {
        Ok(self.csv.write_record(cells)?)
    }

    /// What it was written to, all rows in it.
    pub(crate) fn finish(self) -> io::Result<W> {
        let cells = self
            .csv
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)?;
        Ok(cells.to)
    }
}

/// CSV passing through, cell by cell.
pub(crate) struct Cells<W> {
    to: W,
    /// The cell that is being written, with its quotation marks.
    cell: Vec<u8>,
    /// Whether its quotation marks are open.
    quoted: bool,
}

impl<W> Cells<W> {
    /// On its way to `to`.
    pub(crate) fn new(to: W) -> Self {
        Self {
            to,
            cell: Vec::new(),
            quoted: false,
        }
    }
}

impl<W: Write> Write for Cells<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.quoted ^= *byte == b'"';
            let ends = !self.quoted && matches!(byte, b',' | b'\r' | b'\n');
            if !ends {
                self.cell.push(*byte);
                continue;
            }
            let (mark, words) = match self.cell.strip_prefix(b"\"") {
                Some(words) => (&b"\""[..], words),
                None => (&b""[..], &self.cell[..]),
            };
            self.to.write_all(mark)?;
            if is_formula(words) {
                self.to.write_all(b"'")?;
            }
            self.to.write_all(words)?;
            self.to.write_all(&[*byte])?;
            self.cell.clear();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Whether a spreadsheet takes a cell for a formula.
fn is_formula(cell: &[u8]) -> bool {
    let sign = ["=", "@", "+", "-", "\t", "＝", "＠", "＋", "－"]
        .iter()
        .any(|sign| cell.starts_with(sign.as_bytes()));
    let number = || std::str::from_utf8(cell).is_ok_and(|cell| cell.parse::<f64>().is_ok());
    sign && !number()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let bytes = table.finish().expect("memory");
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
        let bytes = table.finish().expect("memory");
        let mut rows = csv::Reader::from_reader(&bytes[3..]);
        let row = rows.records().next().expect("a row").expect("CSV");
        assert_eq!(
            row.iter().collect::<Vec<_>>(),
            ["多\r\n行,\"引\"", "'=x\n=y"]
        );
    }
}
