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
pub use front_matter::{FrontMatter, Syntax};
pub use limits::{Limits, NoLimit};

use crate::diagnostic::{Diagnostic, Level, Warned};
use crate::discover::Format;
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

/// Why a file has no text to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Error {
    /// Nothing but white space.
    #[error("it is empty")]
    Empty,
    /// Its first bytes are those of another format.
    #[error("it is not text: it begins like {0}")]
    Foreign(String),
    /// Its bytes are not what its format asks for.
    #[error("the file is damaged: {0}")]
    Broken(String),
    /// Bytes that no text has.
    #[error("it is not text: it is full of bytes that no text has")]
    Binary,
    /// See [`Limits::file_mib`].
    #[error("it is larger than {mib} MiB")]
    FileTooLarge {
        /// The limit.
        mib: u32,
    },
    /// Of a time before Word 97.
    #[error("it was written by a Word older than Word 97")]
    OldWord,
    /// Its pages have no text.
    #[error("its pages have no text, only pictures or drawings: it needs OCR")]
    NeedsOcr,
    /// Its glyphs stand for characters that it does not name.
    #[error("its fonts do not say which characters they draw")]
    NoCharacters,
    /// It takes a password to open.
    #[error("it is protected by a password")]
    Encrypted,
    /// What it unpacks to has no end.
    #[error("it unpacks to more than {mib} MiB")]
    UnpacksTooLarge {
        /// The limit.
        mib: u32,
    },
    /// See [`Limits::text_mib`].
    #[error("its text is larger than {mib} MiB")]
    TextTooLarge {
        /// The limit.
        mib: u32,
    },
    /// See [`Limits::line_kib`].
    #[error("line {line} is longer than {kib} KiB")]
    LineTooLong {
        /// Which, 1-based.
        line: u32,
        /// The limit.
        kib: u32,
    },
    /// See [`Limits::seconds`].
    #[error("reading it takes more than {seconds} seconds")]
    TimeLimit {
        /// The limit.
        seconds: u32,
    },
    /// See [`Limits::memory_mib`].
    #[error("reading it takes more than {mib} MiB of memory")]
    MemoryLimit {
        /// The limit.
        mib: u32,
    },
    /// A fault of the decoder's.
    #[error("its decoder failed on it: {0}")]
    DecoderFailed(String),
    /// The process that decodes cannot be started.
    #[error("the process that reads this format cannot be started: {0}")]
    NoDecoder(String),
}

impl Error {
    /// A file that is not what its format asks for.
    fn broken(why: impl Into<String>) -> Self {
        Self::Broken(why.into())
    }

    /// What to tell the keeper of `file`.
    pub fn diagnostic(&self, file: &str) -> Diagnostic {
        let larger = |key: &str| {
            format!(
                "a report is a few hundred KiB: save its text alone, a paragraph a line; or, if the file is sound, raise `{key}` under [limits] in fangzhi.toml"
            )
        };
        let size;
        let (code, hint) = match self {
            Self::Empty => ("file-empty", "save the report again, or delete the file"),
            Self::Foreign(_) => (
                "not-text",
                "give the file the extension of its format, or save it as text",
            ),
            Self::Binary => ("not-text", "save the report as text in UTF-8"),
            Self::NeedsOcr | Self::NoCharacters => (
                "needs-ocr",
                "run OCR over the file (ocrmypdf, or a scanner's program) and put the result in its place",
            ),
            Self::OldWord => (
                "format-too-old",
                "open it in Word or LibreOffice and save it as .docx",
            ),
            Self::Broken(_) => (
                "file-damaged",
                "open it in the program that wrote it and save it again, or save its text as .txt",
            ),
            Self::TimeLimit { .. } | Self::MemoryLimit { .. } => (
                "decoder-limit",
                "save its text as .txt; or, if you trust the file, raise `seconds` or `memory_mib` under [limits] in fangzhi.toml",
            ),
            Self::DecoderFailed(_) => (
                "decoder-failed",
                "save its text as .txt; this is a fault of fangzhi's: please report it, with the file",
            ),
            Self::NoDecoder(_) => (
                "decoder-absent",
                "look whether the system lets fangzhi start processes; or save its text as .txt",
            ),
            Self::Encrypted => (
                "encrypted",
                "open it with its password and save it without, or save its text as .txt",
            ),
            Self::FileTooLarge { .. } | Self::UnpacksTooLarge { .. } => {
                size = larger("file_mib");
                ("too-large", size.as_str())
            }
            Self::TextTooLarge { .. } => {
                size = larger("text_mib");
                ("too-large", size.as_str())
            }
            Self::LineTooLong { .. } => {
                size = larger("line_kib");
                ("too-large", size.as_str())
            }
        };
        let told =
            Diagnostic::new(Level::Error, code, file, format!("cannot be read: {self}")).hint(hint);
        match self {
            Self::LineTooLong { line, .. } => told.at(*line),
            _ => told,
        }
    }
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
    let lines = if format == Format::Markdown {
        markdown::lines(body, first_line, limits)?
    } else {
        plain(body, first_line)
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
        told.push(Diagnostic::new(
            Level::Note,
            "format-by-content",
            file,
            format!("its name says {named}, its bytes say {format}: it is read as that"),
        ));
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
    (first_line..)
        .zip(body.split_terminator('\n'))
        .flat_map(|(source_line, line)| {
            line.split(SEPARATORS).map(move |text| Line {
                text: text.to_owned(),
                source_line,
                markup: Markup::None,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(bytes: &[u8], format: Format) -> Vec<(u32, String)> {
        decode(bytes, format, "a")
            .expect("is text")
            .output
            .decoded
            .lines
            .into_iter()
            .map(|line| (line.source_line, line.text))
            .collect()
    }

    #[test]
    fn lines_keep_the_files_numbers_whatever_ends_them() {
        let lines = texts("一\r\n二\r三\n\n五\u{c}六\n".as_bytes(), Format::Text);
        let expected = [
            (1, "一"),
            (2, "二"),
            (3, "三"),
            (4, ""),
            (5, "五"),
            (5, "六"),
        ];
        assert_eq!(lines, expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn front_matter_is_set_apart_and_counts_in_line_numbers() {
        let source = decode("---\nyear: 2020\n---\n正文\n".as_bytes(), Format::Text, "a")
            .expect("is text")
            .output;
        assert_eq!(source.decoded.lines[0].source_line, 4);
        assert_eq!(source.decoded.lines[0].text, "正文");
        let front = source.front_matter.expect("is there");
        assert_eq!((front.text.as_str(), front.line), ("year: 2020\n", 2));
    }

    #[test]
    fn what_is_no_text_is_refused_with_the_reason() {
        for (bytes, error) in [
            (&b""[..], Error::Empty),
            (b" \n\xe3\x80\x80\n", Error::Empty),
            (b"---\nyear: 2020\n---\n", Error::Empty),
            (
                b"PK\x03\x04rest",
                Error::Foreign("a ZIP archive or an Office file".to_owned()),
            ),
            (b"%PDF-1.4", Error::Foreign("a PDF file".to_owned())),
            (b"\x01\x02\x03\x00\x04\x05abc", Error::Binary),
        ] {
            assert_eq!(decode(bytes, Format::Text, "a").map(|_| ()), Err(error));
        }
        let limits = Limits {
            file_mib: 2,
            text_mib: 1,
            line_kib: 16,
            ..Limits::default()
        };
        for (text, error) in [
            (
                format!("一\n{}", "政".repeat((16 << 10) / 3 + 1)),
                Error::LineTooLong { line: 2, kib: 16 },
            ),
            (
                "政\n".repeat((1 << 20) / 4 + 1),
                Error::TextTooLarge { mib: 1 },
            ),
            ("a\n".repeat(1 << 21), Error::FileTooLarge { mib: 2 }),
        ] {
            let decode = |limits| decode_within(text.as_bytes(), Format::Text, "a", limits);
            assert_eq!(decode(limits).map(|_| ()), Err(error));
            assert!(decode(Limits::default()).is_ok());
        }
    }

    const DOCUMENTS: [(&[u8], Format); 4] = [
        (
            include_bytes!("../../tests/documents/report.doc"),
            Format::Doc,
        ),
        (
            include_bytes!("../../tests/documents/saved.docx"),
            Format::Docx,
        ),
        (
            include_bytes!("../../tests/documents/report.odt"),
            Format::Odt,
        ),
        (
            include_bytes!("../../tests/documents/report.rtf"),
            Format::Rtf,
        ),
    ];

    const FORMATS: [Format; 7] = [
        Format::Text,
        Format::Markdown,
        Format::Rtf,
        Format::Doc,
        Format::Docx,
        Format::Odt,
        Format::Pdf,
    ];

    #[test]
    fn what_the_bytes_are_counts_more_than_the_name() {
        let read = decode(b"{\\rtf1 a}", Format::Doc, "a.doc").expect("is read");
        assert_eq!(read.output.decoded.format, Format::Rtf);
        assert_eq!(read.warnings[0].code, "format-by-content");
    }

    proptest! {
        /// Documents with bytes changed, cut off or put in: whatever comes, nothing fails.
        #[test]
        fn damaged_documents_decode_or_are_refused(
            which in 0..DOCUMENTS.len(),
            edits in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..12),
            cut in proptest::option::weighted(0.2, any::<proptest::sample::Index>()),
        ) {
            let (bytes, format) = DOCUMENTS[which];
            let mut bytes = bytes.to_vec();
            for (at, byte) in edits {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            let _ = decode(&bytes, format, "a");
        }

        #[test]
        fn any_bytes_decode_or_are_refused(
            bytes in proptest::collection::vec(any::<u8>(), 0..600),
            format in proptest::sample::select(&FORMATS[..]),
        ) {
            if let Ok(source) = decode(&bytes, format, "a") {
                for line in source.output.decoded.lines {
                    prop_assert!(!line.text.contains(['\n', '\r']));
                    prop_assert!(line.source_line >= 1);
                }
            }
        }

        #[test]
        fn markdown_of_any_text_keeps_within_the_file(
            text in "([#>*`|+~_<&!\\[\\]()\\\\.1-3 \t\n-]|政|</?(script|b|p|td)>|[a-c]){0,80}",
        ) {
            if let Ok(source) = decode(text.as_bytes(), Format::Markdown, "a") {
                let last = text.lines().count() as u32;
                for line in source.output.decoded.lines {
                    prop_assert!(line.source_line >= 1 && line.source_line <= last.max(1));
                    prop_assert!(!line.text.contains(['\n', '\r']));
                }
            }
        }
    }
}
