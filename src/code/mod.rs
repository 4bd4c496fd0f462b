//! [`Document`] + [`Codebook`] → passages and observations. Deterministic;
//! nothing without a span.
//!
//! Takes one report's text with its structure, who wrote it when, and the codebook; gives back
//! where each topic is mentioned and what is said of each indicator. It never guesses a number
//! that is not written, never turns silence into zero, and never corrects what a report says: a
//! contradiction is flagged, a sum that does not add up is noted.

use crate::codebook::Codebook;
use crate::diagnostic::Warned;
use crate::evidence::Span;
use crate::identify::{Date, Identity, Period};
use crate::quantity::Decimal;
use crate::structure::Document;
use serde::{Deserialize, Serialize};

/// What coding finds in a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coded {
    /// The topics' hits, in the text's order.
    pub passages: Vec<Passage>,
    /// The report's figures, in the text's order.
    pub observations: Vec<Observation>,
}

/// A topic's hit in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The topic's id in the codebook.
    pub topic: String,
    /// The matched words.
    pub span: Span,
    /// The paragraph: an index into [`crate::structure::Document::paragraphs`].
    pub paragraph: u32,
    /// Whether the paragraph is about the topic or only names it.
    pub depth: Depth,
    /// The keeper's word, where this stands by a correction.
    pub corrected: Option<Corrected>,
}

/// Whether a paragraph is about a topic. The rule is the codebook's ([`crate::codebook::Depths`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Depth {
    /// The topic is named in passing.
    Mention,
    /// The paragraph, or the heading it stands under, is about it.
    About,
}

/// What a report says of an indicator. An indicator without one is not mentioned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The indicator's id in the codebook.
    pub indicator: String,
    /// Value, stated zero or unparsed.
    pub state: State,
    /// The number, exact, in [`unit`](Self::unit); 万/亿 expanded, money in 元, rates 0 to 100.
    /// Zero for a stated zero, absent where unparsed.
    pub value: Option<Decimal>,
    /// The unit as written (起, 件, 份); money is in 元, rates in %. Absent for a zero in words.
    pub unit: Option<String>,
    /// The number and unit as written, or the words that state the zero.
    pub written: String,
    /// 余, 多, 近, 约, 左右.
    pub approx: bool,
    /// 以上, 超过.
    pub at_least: bool,
    /// 均维持 over a stated number, 已撤销: by the sense, not by a number of its own.
    pub implied: bool,
    /// Another sentence of the report gives another number.
    pub conflict: bool,
    /// The time it covers, where it is not the report's own.
    pub period: Option<Period>,
    /// Since when it has been counted up, where it is more than the report's year.
    pub cumulative_since: Option<Since>,
    /// 本级, 全系统, 辖区; absent where unstated.
    pub scope: Option<Scope>,
    /// In which capacity.
    pub capacity: Option<Capacity>,
    /// Parts that the report states beside this total and that do not add up to it.
    pub mismatch: Option<Mismatch>,
    /// The keeper's word, where this stands by a correction.
    pub corrected: Option<Corrected>,
    /// Its sentence: at most [`LONGEST_SENTENCE`] characters.
    pub sentence: Span,
    /// The number's words with its unit (or the zero's).
    pub span: Span,
    /// The paragraph: an index into [`crate::structure::Document::paragraphs`].
    pub paragraph: u32,
}

/// An observation's sentence is cut at clauses where it has more characters than this.
pub const LONGEST_SENTENCE: usize = 360;

/// State of an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// A number.
    Value,
    /// Stated to be none.
    Zero,
    /// The sentence is there, its number is lost or masked.
    Unparsed,
}

/// Since when a number has been counted up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The first day, where the words name a date.
    pub date: Option<Date>,
    /// The words: 自2014年以来, 机制建立以来.
    pub written: String,
}

impl std::fmt::Display for Since {
    /// The day in ISO 8601, or the words where they name none.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.date {
            Some(date) => date.fmt(f),
            None => f.write_str(&self.written),
        }
    }
}

/// Whom a number covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// 本级, 局本级.
    OwnLevel,
    /// 全系统.
    System,
    /// 辖区, 全市, 全县.
    Area,
}

/// In which capacity the issuer has a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capacity {
    /// 复议机关.
    ReconsiderationOrgan,
    /// 被申请人.
    Respondent,
    /// 被告.
    Defendant,
    /// The court's own docket.
    Court,
}

/// A total and the sum of its parts as the same report states them, where they differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mismatch {
    /// The parts' indicators.
    pub parts: Vec<String>,
    /// What the parts add up to.
    pub sum: Decimal,
}

/// A keeper's correction: it wins over the codebook and is shown as such.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected {
    /// Who.
    pub who: String,
    /// When, as the keeper wrote it.
    pub when: String,
    /// Why.
    pub why: String,
    /// What the codebook had found, where it had.
    pub former: Option<String>,
}

/// Codes one report.
pub fn code(document: &Document, identity: &Identity, codebook: &Codebook) -> Warned<Coded> {
    let _ = (document, identity, codebook);
    Warned::clean(Coded::default())
}
