//! What is indexed of a report. The build fills it in.

use serde::{Deserialize, Serialize};

/// A report as the index takes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedReport {
    /// The report's id.
    pub id: String,
    /// Its title, to show.
    pub title: String,
    /// Its page, relative to the site's root, with `/` and a file name at the end.
    pub page: String,
    /// Where it is from.
    pub region: Option<IndexedRegion>,
    /// Report year.
    pub year: Option<i32>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// `government`, `department` or `other`.
    pub issuer_type: Option<String>,
    /// All headings and paragraphs, in order.
    pub paragraphs: Vec<IndexedParagraph>,
}

/// A region with the regions that it lies in.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IndexedRegion {
    /// Six digits.
    pub code: String,
    /// Full name.
    pub name: String,
    /// `province`, `prefecture`, `county` or `township`.
    pub level: String,
    /// Names from the province down to the region itself. A reader's `地区:` finds any of them by a part of its name.
    pub path: Vec<String>,
}

/// A heading or paragraph.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedParagraph {
    /// Anchor on the report's page.
    pub anchor: String,
    /// Visible number.
    pub number: u32,
    /// Its text, as shown.
    pub text: String,
    /// Role of the part that it stands in: `achievements`, `problems`, `leadership_duty`, `plan`, `litigation`,
    /// `suggestions`, `other`.
    pub role: String,
    /// Ids of the topics with a passage in it, sorted.
    pub topics: Vec<String>,
}

/// A topic's id and what readers may call it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicLabel {
    /// The codebook's id.
    pub id: String,
    /// Names, the one to show first; `主题:` takes any of them.
    pub names: Vec<String>,
}
