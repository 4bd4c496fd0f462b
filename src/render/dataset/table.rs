//! A table: its columns, each with its meaning and how a row fills it; written as CSV and as JSON.

use crate::render::{RenderError, Sink, stream};
use crate::spreadsheet::Cells;
use std::borrow::Cow;
use std::io::{self, Write};

/// What a column holds, in the data package's words.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Text,
    Number,
    Whole,
    Yes,
    Date,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Number => "number",
            Self::Whole => "integer",
            Self::Yes => "boolean",
            Self::Date => "date",
        }
    }
}

/// What stands in a cell.
#[derive(Clone, Debug)]
pub(super) enum Cell<'a> {
    Empty,
    Text(Cow<'a, str>),
    /// A number, written out exactly.
    Number(String),
    Yes(bool),
}

impl<'a> Cell<'a> {
    pub(super) fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    pub(super) fn made(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }

    pub(super) fn number(number: impl ToString) -> Self {
        Self::Number(number.to_string())
    }

    /// A cell that is empty where there is nothing.
    pub(super) fn maybe<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Empty, cell)
    }

    fn csv(&self) -> &str {
        match self {
            Self::Empty => "",
            Self::Text(text) => text,
            Self::Number(number) => number,
            Self::Yes(true) => "true",
            Self::Yes(false) => "false",
        }
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Empty => out.write_all(b"null"),
            Self::Text(text) => Ok(serde_json::to_writer(out, text)?),
            Self::Number(_) | Self::Yes(_) => out.write_all(self.csv().as_bytes()),
        }
    }
}

/// A column.
pub(super) struct Column<'a, R> {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) meaning: &'static str,
    pub(super) cell: Box<dyn Fn(&R) -> Cell<'a> + 'a>,
}

/// A column of this name, kind and meaning, filled by `cell`.
pub(super) fn column<'a, R>(
    name: &'static str,
    kind: Kind,
    meaning: &'static str,
    cell: impl Fn(&R) -> Cell<'a> + 'a,
) -> Column<'a, R> {
    Column {
        name,
        kind,
        meaning,
        cell: Box::new(cell),
    }
}

/// A table of rows `R`.
pub(super) struct Table<'a, R> {
    pub(super) name: &'static str,
    /// The column that tells its rows apart, where there is one.
    pub(super) key: Option<&'static str>,
    /// Columns that name a row of another table: column, table, its column.
    pub(super) refers: &'static [(&'static str, &'static str, &'static str)],
    pub(super) columns: Vec<Column<'a, R>>,
}

impl<R> Table<'_, R> {
    /// Writes `data/NAME.csv`, and `data/NAME.json` as `{"columns": […], "data": [[…], …]}`: the
    /// shape that pandas calls `split`, in which no name is said twice.
    pub(super) fn write(
        &self,
        rows: impl Iterator<Item = R> + Clone,
        sink: &mut dyn Sink,
    ) -> Result<(), RenderError> {
        let names = || self.columns.iter().map(|column| column.name);
        stream(&format!("data/{}.csv", self.name), sink, &mut |out| {
            out.write_all(b"\xEF\xBB\xBF")?;
            let mut csv = csv::WriterBuilder::new()
                .terminator(csv::Terminator::CRLF)
                .from_writer(Cells::new(out));
            csv.write_record(names())?;
            for row in rows.clone() {
                for column in &self.columns {
                    csv.write_field((column.cell)(&row).csv())?;
                }
                csv.write_record(None::<&[u8]>)?;
            }
            csv.flush()
        })?;
        stream(&format!("data/{}.json", self.name), sink, &mut |out| {
            out.write_all(b"{\"columns\":")?;
            serde_json::to_writer(&mut *out, &names().collect::<Vec<_>>())?;
            out.write_all(b",\"data\":[")?;
            for (at, row) in rows.clone().enumerate() {
                out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
                for (at, column) in self.columns.iter().enumerate() {
                    out.write_all(if at == 0 { b"[" } else { b"," })?;
                    (column.cell)(&row).json(out)?;
                }
                out.write_all(b"]")?;
            }
            out.write_all(b"\n]}\n")
        })
    }
}
