//! [`Document`](crate::structure::Document) + codebook → passages and observations. Deterministic;
//! nothing without a span.

use crate::evidence::Span;
use crate::identify::{Date, Period};
use serde::{Deserialize, Serialize};

/// A topic's hit in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The topic's id in the codebook.
    pub topic: String,
    /// The matched words.
    pub span: Span,
    /// The paragraph: an index into [`crate::structure::Document::paragraphs`].
    pub paragraph: u32,
}

/// What a report says of an indicator. An indicator without one is not mentioned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The indicator's id in the codebook.
    pub indicator: String,
    /// Value, stated zero or unparsed.
    pub state: State,
    /// The number, exact, as a decimal string in the unit of [`unit`](Self::unit), 万/亿 expanded.
    pub value: Option<String>,
    /// The unit as written; money in 元 or 万元.
    pub unit: Option<String>,
    /// The number and unit as written.
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
    /// Since when it has been counted up (自2014年以来).
    pub cumulative_since: Option<Date>,
    /// 本级, 全系统, 辖区; absent where unstated.
    pub scope: Option<Scope>,
    /// In which capacity.
    pub capacity: Option<Capacity>,
    /// Its sentence.
    pub sentence: Span,
    /// The number's words (or the zero's).
    pub span: Span,
}

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
