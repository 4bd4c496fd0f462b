//! Directory → sorted [`SourceFile`]s. Never reads meaning.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A file that may be a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Where to open it.
    pub location: PathBuf,
    /// Its path under the content folder, `/`-separated: what ids, lists and diagnostics name.
    pub path: String,
    /// What its name says it is.
    pub format: Format,
    /// Size in bytes when it was found.
    pub bytes: u64,
}

/// A source file's format, by its extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// `.txt`
    Text,
    /// `.md`, `.markdown`
    Markdown,
}
