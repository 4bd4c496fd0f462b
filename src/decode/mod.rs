//! Bytes → [`Decoded`]: one function per format; never panics; says which encoding and how sure.
//!
//! A decoder knows its format and nothing of the genre: what is furniture, title or heading is
//! decided later, over the lines it hands on.

use crate::discover::Format;
use serde::{Deserialize, Serialize};

/// A file's text as its format gives it: lines, or blocks where the format has such.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// What it was.
    pub format: Format,
    /// Its character encoding.
    pub encoding: Encoding,
    /// The text, in reading order. Front matter is not among them.
    pub lines: Vec<Line>,
}

/// One line of a decoded file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its characters; no line break among them.
    pub text: String,
    /// Its line in the source file, 1-based (for a paged or packed format: in reading order).
    pub source_line: u32,
    /// What the format's markup says it is.
    pub markup: Markup,
}

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
}

/// A character encoding and how sure the program is of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encoding {
    /// Its name in the WHATWG Encoding Standard, e.g. `gb18030`.
    pub name: String,
    /// Whether a byte order mark or markup declared it, rather than detection.
    pub declared: bool,
    /// In percent.
    pub confidence: crate::evidence::Confidence,
}
