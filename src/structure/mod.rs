//! [`CleanText`] → [`Document`]: always a tree of sections and paragraphs, possibly flat.
//!
//! Structure never loses or reorders a paragraph: the paragraphs are the text's lines. [`marker`]
//! reads heading markers, [`heading`] tells a heading's words from its paragraph, [`outline`] builds
//! the tree, [`role`] names the parts. [`first_document`] goes before: a file holds one report.

mod heading;
mod outline;
mod role;
mod row;
mod second;
mod zone;

pub use second::{SECOND_DOCUMENT, first_document};

use crate::clean::CleanText;
use crate::evidence::Span;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// A report's text with its structure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The words.
    pub text: CleanText,
    /// The text's lines, all of them, in order.
    pub paragraphs: Vec<Paragraph>,
    /// The headings, in order; the tree is in [`Section::parent`].
    pub sections: Vec<Section>,
    /// The report's parts by role, in order, disjoint; they cover what has no heading too.
    pub parts: Vec<Part>,
}

/// One line of the clean text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paragraph {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ParagraphKind,
    /// The innermost section it belongs to: an index into [`Document::sections`].
    pub section: Option<u32>,
    /// Its address in the report's page, `p-` and eight characters: the hash of its folded text,
    /// with a counter for identical ones. Stable for as long as its words are.
    pub anchor: String,
}

/// What a line of the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParagraphKind {
    /// (A line of) the report's title, or the issuer's name or document number in the title's place.
    Title,
    /// A heading on a line of its own.
    Heading,
    /// A paragraph; it may open with a run-in heading.
    Body,
    /// A row of a table, cells separated by tabs.
    Row,
    /// Whom it is addressed to (市人民政府:).
    Salutation,
    /// The issuer or the date at the end.
    Signature,
}

/// A heading and what stands under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Depth in the tree, 1-based, whatever the marker's class.
    pub level: u8,
    /// The marker as written (一、, (一), 1.), if it is there.
    pub marker: Option<String>,
    /// The marker that belongs there and was lost, worked out from its siblings.
    pub lost_marker: Option<String>,
    /// The heading's words, without marker and closing punctuation.
    pub title: Span,
    /// Its role: its own words', or inherited.
    pub role: Role,
    /// The section it lies in: an index into [`Document::sections`].
    pub parent: Option<u32>,
    /// The paragraph in which the heading stands: an index into [`Document::paragraphs`].
    pub paragraph: u32,
    /// Whether the heading runs into its paragraph.
    pub run_in: bool,
    /// Heading and all that stands under it, subsections included.
    pub span: Span,
}

/// A stretch of the report that plays one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which.
    pub role: Role,
    /// Where.
    pub span: Span,
}

/// The parts of a yearly report on law-based government. The four that the supervision rules of
/// 2019 (法治政府建设与责任落实督察工作规定, art. 26) ask for come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// What was done and achieved.
    Achievements,
    /// Shortcomings and their causes.
    Problems,
    /// How the head of party and government performed the first responsibility.
    LeadershipDuty,
    /// Next year's work.
    Plan,
    /// Reconsideration and litigation, performance of judgments.
    Litigation,
    /// Suggestions to others.
    Suggestions,
    /// Anything else.
    Other,
}

impl Role {
    /// All roles, in the order of a report.
    pub const ALL: [Role; 7] = [
        Role::Achievements,
        Role::Problems,
        Role::LeadershipDuty,
        Role::Plan,
        Role::Litigation,
        Role::Suggestions,
        Role::Other,
    ];

    /// The stable name used in records, addresses and data (`leadership_duty`).
    pub fn id(self) -> &'static str {
        match self {
            Role::Achievements => "achievements",
            Role::Problems => "problems",
            Role::LeadershipDuty => "leadership_duty",
            Role::Plan => "plan",
            Role::Litigation => "litigation",
            Role::Suggestions => "suggestions",
            Role::Other => "other",
        }
    }
}

/// Finds a report's structure: title block, headings, paragraphs, signature, parts.
pub fn structure(text: CleanText) -> Document {
    let spans: Vec<Span> = text.lines().collect();
    let zones = zone::zones(&text, &spans);
    let outline = outline::outline(&text, &spans, &zones);
    let kinds = zones.kinds(&text, &outline.headings);
    let anchors = anchors(spans.iter().map(|span| span.of(&text.text)));
    let paragraphs: Vec<Paragraph> = spans
        .iter()
        .zip(anchors)
        .enumerate()
        .map(|(index, (&span, anchor))| Paragraph {
            span,
            kind: kinds[index],
            section: outline.section_of[index],
            anchor,
        })
        .collect();
    let mut document = Document {
        text,
        paragraphs,
        sections: outline.sections,
        parts: Vec::new(),
    };
    document.parts = role::parts(&document);
    document
}

/// Paragraphs' addresses: the folded words' hash (SHA-256, 40 bits in base 32), and a counter where
/// the same stands again.
fn anchors<'a>(paragraphs: impl Iterator<Item = &'a str>) -> Vec<String> {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut seen: HashMap<String, u32> = HashMap::new();
    paragraphs
        .map(|words| {
            let hash = Sha256::digest(search_index::fold::fold(words).text.as_bytes());
            let bits = hash[..5]
                .iter()
                .fold(0_u64, |bits, &byte| bits << 8 | u64::from(byte));
            let mut anchor = String::from("p-");
            for place in (0..8).rev() {
                anchor.push(char::from(DIGITS[(bits >> (place * 5) & 31) as usize]));
            }
            let times = seen.entry(anchor.clone()).or_default();
            *times += 1;
            if *times > 1 {
                anchor.push('-');
                anchor.push_str(&times.to_string());
            }
            anchor
        })
        .collect()
}

impl Document {
    /// The role in force at the text's byte `at`.
    pub fn role_at(&self, at: u32) -> Role {
        self.parts
            .iter()
            .find(|part| part.span.start <= at && at < part.span.end)
            .map_or(Role::Other, |part| part.role)
    }

    /// The words of paragraph `index`.
    pub fn words(&self, index: usize) -> &str {
        self.paragraphs[index].span.of(&self.text.text)
    }

    /// The cells of paragraph `index` where it is read as a table's row: where they stand in the text.
    pub fn cells(&self, index: usize) -> Vec<Span> {
        let start = self.paragraphs[index].span.start as usize;
        let cells = row::cells(self.words(index)).into_iter();
        cells.map(|cell| cell.shifted(start)).collect()
    }

    /// The paragraph that holds the text's byte `at`: an index into [`Document::paragraphs`].
    pub fn paragraph_at(&self, at: u32) -> usize {
        self.paragraphs
            .partition_point(|paragraph| paragraph.span.end < at)
            .min(self.paragraphs.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests;
