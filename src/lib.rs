//! fangzhi turns a folder of places' yearly reports into a comparative site.
//!
//! One way through, a module a stage:
//!
//! ```text
//! discover → decode → clean → structure → identify → code → relate → render → index → publish
//! ```
//!
//! The stages up to [`code`] are functions of one report ([`report::read`]) and run in parallel;
//! [`relate`] is the only one that sees all reports; only [`discover`], [`cache`], [`publish`], [`serve`] and the
//! command line do I/O. Nothing here prints: what there is to tell comes back as [`diagnostic::Diagnostic`]s.

pub mod archive;
pub mod build;
pub mod cache;
pub mod clean;
pub mod code;
pub mod codebook;
pub mod decode;
pub mod diagnostic;
pub mod diff;
mod digest;
pub mod discover;
pub mod evidence;
pub mod gazetteer;
mod han;
pub mod identify;
pub mod index;
pub mod inspect;
mod marker;
pub mod progress;
pub mod publish;
pub mod quantity;
pub mod relate;
pub mod render;
pub mod report;
pub mod serve;
mod spreadsheet;
pub mod structure;
pub mod worklist;
