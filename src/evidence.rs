//! What every extracted fact carries: where it stands, how it was found, how sure the program is.
//!
//! A [`Span`] points into one report's clean text and means nothing without it.

use serde::{Deserialize, Serialize};

/// A half-open range of bytes in one report's clean text, on character boundaries.
///
/// The inspect record speaks in Unicode scalar values instead; [`Span::in_chars`] converts.
/// The way back to the source file is [`crate::clean::CleanText::source_of`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from byte `start` up to byte `end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self {
            start: start as u32,
            end: end as u32,
        }
    }

    /// The words at this span of `text`.
    pub fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether nothing lies in it.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies wholly within.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The same range moved `by` bytes to the right: from an excerpt's coordinates to the text's.
    #[must_use]
    pub fn shifted(self, by: usize) -> Self {
        Self {
            start: self.start + by as u32,
            end: self.end + by as u32,
        }
    }

    /// The range counted in Unicode scalar values of `text`: `[start, end]`.
    pub fn in_chars(self, text: &str) -> [usize; 2] {
        let start = text[..self.start as usize].chars().count();
        [start, start + self.of(text).chars().count()]
    }
}

/// How sure the program is of a fact, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Confidence(pub u8);

impl Confidence {
    /// A person said so.
    pub const CERTAIN: Self = Self(100);
    /// The report says so in a place made for it.
    pub const HIGH: Self = Self(90);
    /// Worked out from several signs that agree.
    pub const MEDIUM: Self = Self(70);
    /// A guess that a keeper should look at.
    pub const LOW: Self = Self(40);
}

/// How a fact was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The file's own front matter.
    FrontMatter,
    /// A row of the archive's `metadata.csv`.
    MetadataCsv,
    /// A line of the portal's: 索引号, 发布机构, 发布日期 …
    MetadataLine,
    /// The report's title line(s).
    Title,
    /// The signature at the report's end: issuer and date.
    Signature,
    /// How the report speaks of itself: 我局, 现将我县 …
    Opening,
    /// A heading.
    Heading,
    /// The running text.
    Body,
    /// The unified social credit code in an index number (GB 32100: digits 3–8 are the place).
    IndexNumber,
    /// A document number's prefix (汴政发 …).
    DocumentNumber,
    /// Places, towns or titles named in the text.
    PlaceNames,
    /// The file's name or folder.
    Path,
    /// Counted over the characters of the text.
    Characters,
}

/// Where a fact stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Words of the report.
    Text(Span),
    /// A line set aside: its index in [`crate::clean::CleanText::furniture`].
    Furniture(u32),
    /// The source file's path.
    Path,
    /// A keeper's file and line (1-based).
    Keeper {
        /// The file, as a keeper would name it.
        file: String,
        /// The line in it.
        line: u32,
    },
    /// Several places or the text as a whole, told in words.
    Told(String),
}

/// A value with its evidence, or it would not be one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact<T> {
    /// What was found.
    pub value: T,
    /// How.
    pub method: Method,
    /// Where.
    pub evidence: Evidence,
    /// How sure.
    pub confidence: Confidence,
}

impl<T> Fact<T> {
    /// A fact with all that belongs to it.
    pub fn new(value: T, method: Method, evidence: Evidence, confidence: Confidence) -> Self {
        Self {
            value,
            method,
            evidence,
            confidence,
        }
    }

    /// The same evidence for a value made of this one.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Fact<U> {
        Fact {
            value: make(self.value),
            method: self.method,
            evidence: self.evidence,
            confidence: self.confidence,
        }
    }
}
