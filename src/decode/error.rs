//! Why a file has no text to read, and what its keeper is told of it.

use crate::diagnostic::{Diagnostic, Level};
use serde::{Deserialize, Serialize};

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
    /// See [`super::Limits::file_mib`].
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
    /// See [`super::Limits::text_mib`].
    #[error("its text is larger than {mib} MiB")]
    TextTooLarge {
        /// The limit.
        mib: u32,
    },
    /// See [`super::Limits::line_kib`].
    #[error("line {line} is longer than {kib} KiB")]
    LineTooLong {
        /// Which, 1-based.
        line: u32,
        /// The limit.
        kib: u32,
    },
    /// See [`super::Limits::seconds`].
    #[error("reading it takes more than {seconds} seconds")]
    TimeLimit {
        /// The limit.
        seconds: u32,
    },
    /// See [`super::Limits::memory_mib`].
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
    pub(super) fn broken(why: impl Into<String>) -> Self {
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
