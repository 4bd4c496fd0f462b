//! Corpus → pages. No decisions, only views; every link is relative and ends in a file name.

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where it goes: relative, `/`-separated, ASCII, under 120 characters.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}
