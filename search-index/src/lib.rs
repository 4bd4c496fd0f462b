//! What search means, once: folding, schema, tokenizer, query language and evaluation, for the build, the terminal and
//! the browser.
//!
//! The crate compiles natively and to `wasm32-unknown-unknown`, so that the two cannot drift apart.

mod alphabet;
mod bytes;
mod columns;
mod error;
pub mod fold;
pub mod pack;
mod pattern;
mod prefix_code;
pub mod query;
pub mod remote;
mod report;
mod request;
mod schema;
mod search;
mod sentences;
mod stored;
mod topics;
mod units;
#[cfg(not(target_family = "wasm"))]
mod write;

pub use error::{QueryError, QueryErrorCode, SearchError, Told};
pub use report::{IndexedParagraph, IndexedRegion, IndexedReport, TopicLabel};
pub use request::{
    FacetCount, Facets, Filters, Group, Hit, Kwic, LineOrder, ReportLabel, Request, Response, Sort,
    View,
};
pub use search::Searcher;
pub use stored::{StoredParagraph, StoredReport};
#[cfg(not(target_family = "wasm"))]
pub use write::{BuildError, GroupWriter, Grouping, IndexBuilder, IndexGroup, SAMPLE, Spool};

/// Version of the index's schema, in the index and in every engine that reads it. Raised by every change of what is
/// stored, or of what an engine takes the stored to mean; a test tells when.
pub const SCHEMA_VERSION: u32 = 7;
