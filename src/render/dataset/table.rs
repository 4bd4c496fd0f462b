//! A table: its columns, each with its meaning and how a row fills it; written as CSV and as JSON.

use crate::cache::Key;
use crate::identify::Date;
use crate::quantity::Decimal;
use crate::render::{RenderError, Sink};
use crate::spreadsheet;
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

impl Cell<'_> {
    fn csv(&self) -> &str {
        match self {
            Self::Empty => "",
            Self::Text(text) => text,
            Self::Number(number) => number,
            Self::Yes(true) => "true",
            Self::Yes(false) => "false",
        }
    }

    fn json(&self, out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Empty => out.extend_from_slice(b"null"),
            Self::Text(text) => serde_json::to_writer(out, text)?,
            Self::Number(_) | Self::Yes(_) => out.extend_from_slice(self.csv().as_bytes()),
        }
        Ok(())
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<bool> for Cell<'_> {
    fn from(yes: bool) -> Self {
        Self::Yes(yes)
    }
}

impl From<u32> for Cell<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.to_string())
    }
}

impl From<i32> for Cell<'_> {
    fn from(number: i32) -> Self {
        Self::Number(number.to_string())
    }
}

impl From<Decimal> for Cell<'_> {
    fn from(number: Decimal) -> Self {
        Self::Number(number.normalize().to_string())
    }
}

impl From<Date> for Cell<'_> {
    fn from(day: Date) -> Self {
        Self::from(day.to_string())
    }
}

/// Empty where there is nothing.
impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, T::into)
    }
}

/// A column.
pub(super) struct Column<'a, R> {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) meaning: &'static str,
    cell: Box<dyn Fn(&R) -> Cell<'a> + 'a>,
}

/// A column that names a row of another table: column, table, that table's column.
type Reference = (&'static str, &'static str, &'static str);

/// A table of rows `R`. Its columns stand in the order in which they are said.
pub(super) struct Table<'a, R> {
    pub(super) name: Cow<'static, str>,
    /// The column that tells its rows apart, where there is one.
    pub(super) key: Option<&'static str>,
    pub(super) refers: Vec<Reference>,
    pub(super) columns: Vec<Column<'a, R>>,
}

impl<'a, R> Table<'a, R> {
    /// A table without columns.
    pub(super) fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            key: None,
            refers: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// The column said last tells its rows apart.
    pub(super) fn keyed(mut self) -> Self {
        self.key = self.columns.last().map(|column| column.name);
        self
    }

    /// The column said last names rows of `table` by their `id`; of an unnamed table, its own rows.
    pub(super) fn refers_to(mut self, table: &'static str) -> Self {
        let last = self.columns.last().map(|column| column.name);
        self.refers.extend(last.map(|column| (column, table, "id")));
        self
    }

    /// A column of words.
    pub(super) fn text<C: Into<Cell<'a>>>(
        self,
        name: &'static str,
        meaning: &'static str,
        cell: impl Fn(&R) -> C + 'a,
    ) -> Self {
        self.column(name, Kind::Text, meaning, cell)
    }

    /// A column of numbers, with decimals.
    pub(super) fn number<C: Into<Cell<'a>>>(
        self,
        name: &'static str,
        meaning: &'static str,
        cell: impl Fn(&R) -> C + 'a,
    ) -> Self {
        self.column(name, Kind::Number, meaning, cell)
    }

    /// A column of whole numbers.
    pub(super) fn whole<C: Into<Cell<'a>>>(
        self,
        name: &'static str,
        meaning: &'static str,
        cell: impl Fn(&R) -> C + 'a,
    ) -> Self {
        self.column(name, Kind::Whole, meaning, cell)
    }

    /// A column of true and false.
    pub(super) fn yes<C: Into<Cell<'a>>>(
        self,
        name: &'static str,
        meaning: &'static str,
        cell: impl Fn(&R) -> C + 'a,
    ) -> Self {
        self.column(name, Kind::Yes, meaning, cell)
    }

    /// A column of days.
    pub(super) fn date<C: Into<Cell<'a>>>(
        self,
        name: &'static str,
        meaning: &'static str,
        cell: impl Fn(&R) -> C + 'a,
    ) -> Self {
        self.column(name, Kind::Date, meaning, cell)
    }

    fn column<C: Into<Cell<'a>>>(
        mut self,
        name: &'static str,
        kind: Kind,
        meaning: &'static str,
        cell: impl Fn(&R) -> C + 'a,
    ) -> Self {
        self.columns.push(Column {
            name,
            kind,
            meaning,
            cell: Box::new(move |row| cell(row).into()),
        });
        self
    }

    /// Writes `data/NAME.csv`, and `data/NAME.json` as `{"columns": […], "data": [[…], …]}`: the
    /// shape that pandas calls `split`, in which no name is said twice.
    ///
    /// Not where the files stand that were made of what `key` is of.
    pub(super) fn write(
        &self,
        key: Option<Key>,
        mut rows: impl Iterator<Item = R>,
        sink: &mut dyn Sink,
    ) -> Result<(), RenderError> {
        self.write_each(key, sink, |row| rows.try_for_each(|one| row(&one)))
    }

    /// Like [`write`](Self::write), of the rows that `each` hands over: it is asked once at most.
    pub(super) fn write_each(
        &self,
        key: Option<Key>,
        sink: &mut dyn Sink,
        mut each: impl FnMut(&mut dyn FnMut(&R) -> io::Result<()>) -> io::Result<()>,
    ) -> Result<(), RenderError> {
        let failed = |path: &str| {
            let page = path.to_owned();
            move |source| RenderError::Sink { page, source }
        };
        let files =
            Form::ALL.map(|form| (form, format!("data/{}.{}", self.name, form.extension())));
        let mut left = Vec::new();
        for (form, path) in &files {
            let stands = key.map_or(Ok(false), |key| sink.has(path, key));
            if !stands.map_err(failed(path))? {
                left.push((*form, path.as_str()));
            }
        }
        let paths: Vec<&str> = left.iter().map(|(_, path)| *path).collect();
        let Some(first) = paths.first() else {
            return Ok(());
        };
        let streamed = sink.stream(&paths, key, &mut |files| {
            let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
            let texts = left.iter().map(|(form, _)| form.begin(&names));
            let mut texts: Vec<Text> = texts.collect::<io::Result<_>>()?;
            each(&mut |row| {
                for column in &self.columns {
                    let cell = (column.cell)(row);
                    texts.iter_mut().try_for_each(|text| text.cell(&cell))?;
                }
                let mut texts = texts.iter_mut().zip(files.iter_mut());
                texts.try_for_each(|(text, file)| text.end_row(*file))
            })?;
            let mut texts = texts.into_iter().zip(files.iter_mut());
            texts.try_for_each(|(text, file)| text.end(*file))
        });
        streamed.map_err(failed(first))
    }
}

/// What a table is written as.
#[derive(Clone, Copy)]
enum Form {
    Csv,
    Json,
}

impl Form {
    const ALL: [Self; 2] = [Self::Csv, Self::Json];

    fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// A table of these columns, without rows.
    fn begin(self, columns: &[&str]) -> io::Result<Text> {
        let (opening, before) = match self {
            Self::Csv => (format!("\u{feff}{}\r\n", columns.join(",")), ""),
            Self::Json => {
                let columns = serde_json::to_string(columns)?;
                (format!("{{\"columns\":{columns},\"data\":["), "\n[")
            }
        };
        Ok(Text {
            form: self,
            bytes: opening.into_bytes(),
            before,
        })
    }
}

/// A table in one of the forms: what of it is not yet in its file.
struct Text {
    form: Form,
    bytes: Vec<u8>,
    /// What stands before the next cell.
    before: &'static str,
}

impl Text {
    fn cell(&mut self, cell: &Cell) -> io::Result<()> {
        self.bytes.extend_from_slice(self.before.as_bytes());
        self.before = ",";
        match self.form {
            Form::Csv => spreadsheet::put(cell.csv(), &mut self.bytes),
            Form::Json => cell.json(&mut self.bytes)?,
        }
        Ok(())
    }

    fn end_row(&mut self, file: &mut dyn Write) -> io::Result<()> {
        let (end, before) = match self.form {
            Form::Csv => ("\r\n", ""),
            Form::Json => ("]", ",\n["),
        };
        self.bytes.extend_from_slice(end.as_bytes());
        self.before = before;
        file.write_all(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }

    fn end(mut self, file: &mut dyn Write) -> io::Result<()> {
        if matches!(self.form, Form::Json) {
            self.bytes.extend_from_slice(b"\n]}\n");
        }
        file.write_all(&self.bytes)
    }
}
