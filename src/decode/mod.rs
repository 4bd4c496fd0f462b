//! Bytes → [`Decoded`]: one function per format; never panics; says which encoding and how sure.
//!
//! A decoder knows its format and nothing of the genre: what is furniture, title or heading is
//! decided later, over the lines it hands on. A file's front matter is set apart here, unread
//! ([`FrontMatter`]).
//!
//! What a file may take has [`Limits`]: on sizes, and, for a format that takes a parser, on time and
//! memory, which [`Apart`] holds. What lies beyond is refused with the reason, never cut.

pub mod apart;
mod attributes;
mod blocks;
mod characters;
mod doc;
mod docx;
mod error;
mod format;
mod front_matter;
mod html;
mod limits;
mod markdown;
mod mhtml;
mod numbering;
mod odt;
mod package;
mod pdf;
pub mod quality;
mod rtf;

pub use apart::Apart;
pub use characters::characters;
pub use error::Error;
pub use format::Format;
pub use front_matter::{FrontMatter, Syntax};
pub use limits::{Limits, NoLimit};

use crate::diagnostic::{Diagnostic, Level, Warned};
use crate::evidence::Confidence;
use serde::{Deserialize, Serialize};

/// A file's text as its format gives it: lines, or blocks where the format has such.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decoded {
    /// What it was.
    pub format: Format,
    /// Its character encoding.
    pub encoding: Encoding,
    /// The text, in reading order. Front matter is not among them.
    pub lines: Vec<Line>,
}

/// One line of a decoded file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its characters; no line break among them.
    pub text: String,
    /// Its line in the source file, 1-based (for a paged or packed format: in reading order).
    pub source_line: u32,
    /// What the format's markup says it is.
    pub markup: Markup,
}

/// What opens a line of a page that tells the address it was saved from.
pub(crate) const SAVED_FROM: &str = "saved from url: ";

/// What a format's markup says of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Markup {
    /// Nothing: plain text, where one line may be a part of a hard-wrapped paragraph.
    None,
    /// A paragraph that is whole: never joined with its neighbours.
    Paragraph,
    /// A heading of this level, 1 to 6.
    Heading(u8),
    /// A table's row, cells separated by tabs.
    Row,
    /// An item of a list.
    Item,
    /// A page's margin: running heads, page numbers. Never the report's.
    Margin,
    /// Words of the page around the text, by its markup; cells separated by tabs.
    Page,
}

/// A character encoding and how sure the program is of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encoding {
    /// Its name in the WHATWG Encoding Standard, e.g. `gb18030`.
    pub name: String,
    /// Whether a byte order mark or markup declared it, rather than detection.
    pub declared: bool,
    /// In percent.
    pub confidence: Confidence,
}

/// A file taken apart: its text, and its front matter as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The report's page as the format gives it.
    pub decoded: Decoded,
    /// What the keeper wrote above it.
    pub front_matter: Option<FrontMatter>,
}

impl Source {
    /// A file of a format that has no place for front matter.
    fn of(format: Format, encoding: Encoding, lines: Vec<Line>) -> Self {
        Self {
            decoded: Decoded {
                format,
                encoding,
                lines,
            },
            front_matter: None,
        }
    }
}

/// Decodes the bytes of `file`, a name for diagnostics only, within the usual limits on sizes. Pure,
/// and within no limit of time or memory: see [`Apart`].
pub fn decode(bytes: &[u8], format: Format, file: &str) -> Result<Warned<Source>, Error> {
    decode_within(bytes, format, file, Limits::default())
}

/// Like [`decode`], within these limits on sizes.
pub fn decode_within(
    bytes: &[u8],
    format: Format,
    file: &str,
    limits: Limits,
) -> Result<Warned<Source>, Error> {
    if bytes.len() as u64 > limits.file() {
        return Err(limits.file_too_large());
    }
    let mut warnings = Vec::new();
    let source = if format.is_foreign() {
        document(bytes, format, file, limits, &mut warnings)?
    } else {
        text(bytes, format, file, limits, &mut warnings)?
    };
    if source
        .decoded
        .lines
        .iter()
        .all(|line| line.text.trim().is_empty())
    {
        return Err(Error::Empty);
    }
    Ok(Warned {
        output: source,
        warnings,
    })
}

fn text(
    bytes: &[u8],
    format: Format,
    file: &str,
    limits: Limits,
    told: &mut Vec<Diagnostic>,
) -> Result<Source, Error> {
    let (text, encoding) = characters(bytes, file)?.unpack(told);
    limits.hold_text(text.len())?;
    let (front_matter, body, first_line) = front_matter::split(&text, file).unpack(told);
    check_lines(body, first_line, limits)?;
    let mut format = format;
    let lines = if format == Format::Markdown {
        markdown::lines(body, first_line, limits)?
    } else if let Some(read) = html::source(body, file, limits)? {
        told.push(by_content(format, Format::Html, file));
        format = Format::Html;
        let before = first_line.saturating_sub(1);
        let mut lines = read.unpack(told);
        lines.iter_mut().for_each(|line| line.source_line += before);
        lines
    } else {
        plain(&characters::without_references(body), first_line)
    };
    Ok(Source {
        decoded: Decoded {
            format,
            encoding,
            lines,
        },
        front_matter,
    })
}

/// That a file is read as what it holds.
fn by_content(named: Format, format: Format, file: &str) -> Diagnostic {
    let message = format!("its name says {named}, its bytes say {format}: it is read as that");
    Diagnostic::new(Level::Note, "format-by-content", file, message)
        .naming(format!("{named} → {format}"))
}

/// A word processor's file or a page: what its bytes begin with says more than its name does.
fn document(
    bytes: &[u8],
    named: Format,
    file: &str,
    limits: Limits,
    told: &mut Vec<Diagnostic>,
) -> Result<Source, Error> {
    if bytes.trim_ascii().is_empty() {
        return Err(Error::Empty);
    }
    let format = sniffed(bytes).unwrap_or(named);
    if format != named {
        told.push(by_content(named, format, file));
    }
    let (lines, encoding) = match format {
        Format::Rtf => rtf::lines(bytes, limits)?,
        Format::Pdf => (pdf::lines(bytes, file, limits, told)?, "UTF-16BE"),
        Format::Doc => (doc::lines(bytes, limits)?, "UTF-16LE"),
        Format::Docx => (docx::lines(bytes, limits)?, "UTF-8"),
        Format::Odt => (odt::lines(bytes, limits)?, "UTF-8"),
        Format::Html => {
            let (lines, encoding) = html::read(bytes, None, file, limits)?.unpack(told);
            return Ok(Source::of(format, encoding, lines));
        }
        Format::Mhtml => {
            let page = mhtml::page(bytes)?;
            if page.html {
                let read = html::read(&page.bytes, page.label, file, limits)?;
                let (mut lines, encoding) = read.unpack(told);
                lines.extend(page.address.map(|address| Line {
                    text: format!("{SAVED_FROM}{address}"),
                    source_line: 1,
                    markup: Markup::Page,
                }));
                return Ok(Source::of(format, encoding, lines));
            }
            let read = characters::declared(&page.bytes, page.label, file)?;
            let (text, encoding) = read.unpack(told);
            limits.hold_text(text.len())?;
            check_lines(&text, 1, limits)?;
            return Ok(Source::of(format, encoding, plain(&text, 1)));
        }
        Format::Text | Format::Markdown => return text(bytes, format, file, limits, told),
    };
    let encoding = Encoding {
        name: encoding.to_owned(),
        declared: true,
        confidence: Confidence::CERTAIN,
    };
    Ok(Source::of(format, encoding, lines))
}

/// The format that a file's bytes tell.
fn sniffed(bytes: &[u8]) -> Option<Format> {
    let holds = |words: &str| memchr::memmem::find(bytes, words.as_bytes()).is_some();
    let start = bytes.trim_ascii_start();
    let begins = |sign: &[u8]| {
        start
            .get(..sign.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(sign))
    };
    if bytes.starts_with(b"{\\rtf") {
        Some(Format::Rtf)
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        Some(Format::Doc)
    } else if begins(b"<html") || begins(b"<!doctype html") {
        // Word saves such under its own extension.
        Some(Format::Html)
    } else if mhtml::begins(bytes) {
        Some(Format::Mhtml)
    } else if bytes.starts_with(b"%PDF-") {
        Some(Format::Pdf)
    } else if !bytes.starts_with(b"PK\x03\x04") {
        None
    } else if holds("application/vnd.oasis.opendocument.text") {
        Some(Format::Odt)
    } else if holds("word/document.xml") {
        Some(Format::Docx)
    } else {
        None
    }
}

fn check_lines(body: &str, first_line: u32, limits: Limits) -> Result<(), Error> {
    (first_line..)
        .zip(body.split('\n'))
        .try_for_each(|(line, text)| limits.hold_line(text.len(), line))
}

/// Plain text, a line a [`Line`]. Form feeds and Unicode's own separators part lines too, without
/// counting in the file's numbering, as in an editor.
fn plain(body: &str, first_line: u32) -> Vec<Line> {
    const SEPARATORS: [char; 5] = ['\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    let lines = (first_line..).zip(body.split_terminator('\n'));
    let line = |(source_line, text): (u32, &str)| Line {
        text: text.to_owned(),
        source_line,
        markup: Markup::None,
    };
    if SEPARATORS.iter().all(|&one| !body.contains(one)) {
        return lines.map(line).collect();
    }
    lines
        .flat_map(|(number, text)| text.split(SEPARATORS).map(move |text| (number, text)))
        .map(line)
        .collect()
}

#[cfg(test)]
mod tests;
