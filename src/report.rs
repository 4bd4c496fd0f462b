//! One report through all the stages that need no other.

use crate::code::{Observation, Passage};
use crate::decode::Encoding;
use crate::diagnostic::Diagnostic;
use crate::discover::Format;
use crate::identify::Identity;
use crate::structure::Document;
use serde::{Deserialize, Serialize};

/// All that is known of one report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its id: pinyin, ASCII, lower case; a promise to people who cite.
    pub id: String,
    /// The file it was read from.
    pub source: Provenance,
    /// Its words and their structure.
    pub document: Document,
    /// Who, where, when.
    pub identity: Identity,
    /// The topics' hits, in the text's order.
    pub passages: Vec<Passage>,
    /// Its figures, in the text's order.
    pub observations: Vec<Observation>,
    /// What there is to tell of it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Where a report's text came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Path under the content folder, `/`-separated.
    pub path: String,
    /// SHA-256 of the file's bytes, lower-case hex.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// The file's format.
    pub format: Format,
    /// Its character encoding.
    pub encoding: Encoding,
    /// Whether the text is a digest made for this archive, not the issuer's own words.
    pub digest: bool,
}
