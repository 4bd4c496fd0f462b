//! The formats that are read.

use serde::{Deserialize, Serialize};
use std::path::Path;

/// A source file's format, by its extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// `.txt`
    Text,
    /// `.md`, `.markdown`
    Markdown,
    /// `.rtf`
    Rtf,
    /// `.doc`, `.wps`: the binary format of Word 97 to 2003
    Doc,
    /// `.docx`, `.docm`: Office Open XML
    Docx,
    /// `.odt`: OpenDocument
    Odt,
    /// `.html`, `.htm`, `.xhtml`, `.shtml`: a saved web page
    Html,
    /// `.mht`, `.mhtml`, `.eml`: a web page saved with its pictures in one file, a saved mail
    Mhtml,
    /// `.pdf`
    Pdf,
}

impl Format {
    /// The format that a file's name tells, whatever its case.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "txt" => Some(Self::Text),
            "md" | "markdown" => Some(Self::Markdown),
            "rtf" => Some(Self::Rtf),
            "doc" | "wps" => Some(Self::Doc),
            "docx" | "docm" => Some(Self::Docx),
            "odt" => Some(Self::Odt),
            "html" | "htm" | "xhtml" | "shtml" => Some(Self::Html),
            "mht" | "mhtml" | "eml" => Some(Self::Mhtml),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }

    /// The extension that its files have, or the first of them.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Markdown => "md",
            Self::Rtf => "rtf",
            Self::Doc => "doc",
            Self::Docx => "docx",
            Self::Odt => "odt",
            Self::Html => "html",
            Self::Mhtml => "mht",
            Self::Pdf => "pdf",
        }
    }

    /// Whether it takes another's parser to read: such are decoded apart ([`super::Apart`]).
    pub fn is_foreign(self) -> bool {
        !matches!(self, Self::Text | Self::Markdown)
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Markdown => "Markdown",
            Self::Rtf => "RTF",
            Self::Doc => "DOC",
            Self::Docx => "DOCX",
            Self::Odt => "ODT",
            Self::Html => "HTML",
            Self::Mhtml => "MHTML",
            Self::Pdf => "PDF",
        })
    }
}
