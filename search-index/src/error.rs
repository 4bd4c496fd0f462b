//! Why a search gave no answer.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Why a search gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The query can't be understood.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// Bytes of the index could not be read (yet): the directory knows which. In the browser the page loads them and
    /// asks again.
    #[error("the index could not be read: {0}")]
    Missing(String),
    /// The index was written by another version of the program.
    #[error(
        "the search index has schema {found}, this engine reads schema {expected}: build the site again with this \
         version, or open it with the version that built it"
    )]
    Schema {
        /// Version in the index.
        found: u32,
        /// [`crate::SCHEMA_VERSION`].
        expected: u32,
    },
    /// The index contradicts itself.
    #[error("the search index is damaged: {0}; copy the site again, or build it again")]
    Damaged(String),
}

impl SearchError {
    /// A stable word for the kind of error; the query's own code for a query that can't be understood.
    pub fn code(&self) -> &'static str {
        match self {
            SearchError::Query(error) => error.code.id(),
            SearchError::Missing(_) => "index-unread",
            SearchError::Schema { .. } => "index-schema",
            SearchError::Damaged(_) => "index-damaged",
        }
    }
}

impl From<std::io::Error> for SearchError {
    fn from(error: std::io::Error) -> Self {
        SearchError::Missing(error.to_string())
    }
}

impl From<tantivy::TantivyError> for SearchError {
    fn from(error: tantivy::TantivyError) -> Self {
        match error {
            tantivy::TantivyError::DataCorruption(what) => {
                SearchError::Damaged(format!("{what:?}"))
            }
            other => SearchError::Missing(other.to_string()),
        }
    }
}

/// What is wrong with a query, where, and queries that work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} (characters {} to {})", told.en, at.start + 1, at.end)]
pub struct QueryError {
    /// What kind of mistake.
    pub code: QueryErrorCode,
    /// What is wrong.
    pub told: Told,
    /// Where, in Unicode scalar values of the query.
    pub at: Range<usize>,
    /// Queries that work, near the one given: one at least, the best first.
    pub suggestions: Vec<String>,
}

/// A sentence for readers, in the languages of the search page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// In Simplified Chinese.
    pub hans: String,
    /// In Traditional Chinese.
    pub hant: String,
    /// In English.
    pub en: String,
}

impl Told {
    pub(crate) fn new(hans: &str, hant: &str, en: &str) -> Told {
        Told {
            hans: hans.to_owned(),
            hant: hant.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// The mistakes that a query can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueryErrorCode {
    /// Nothing was asked.
    Empty,
    /// Only characters that matching passes over (white space, quotation marks, 、).
    NothingToMatch,
    /// An opening quotation mark without its closing one.
    UnclosedQuote,
    /// An opening parenthesis without its closing one.
    UnclosedParenthesis,
    /// A closing parenthesis without its opening one.
    StrayParenthesis,
    /// `|` or `-` without something to join or exclude.
    MissingOperand,
    /// A field name that there isn't.
    UnknownField,
    /// A field without a value.
    MissingValue,
    /// A value that the field can't have, or that no report has.
    UnknownValue,
    /// A year or range of years that can't be read.
    BadYear,
    /// `*` elsewhere than at the end of Latin letters or digits.
    MisplacedStar,
    /// A field or another 同句/同段 inside 同句 or 同段.
    NotInside,
    /// Longer, deeper or with more terms than is answered.
    TooLarge,
}

impl QueryErrorCode {
    /// The stable word for it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Empty => "query-empty",
            Self::NothingToMatch => "query-nothing-to-match",
            Self::UnclosedQuote => "query-unclosed-quote",
            Self::UnclosedParenthesis => "query-unclosed-parenthesis",
            Self::StrayParenthesis => "query-stray-parenthesis",
            Self::MissingOperand => "query-missing-operand",
            Self::UnknownField => "query-unknown-field",
            Self::MissingValue => "query-missing-value",
            Self::UnknownValue => "query-unknown-value",
            Self::BadYear => "query-bad-year",
            Self::MisplacedStar => "query-misplaced-star",
            Self::NotInside => "query-not-inside",
            Self::TooLarge => "query-too-large",
        }
    }
}
