//! What search means, once: folding, schema, tokenizer, query language and evaluation, for the build, the terminal and
//! the browser.
//!
//! The crate compiles natively and to `wasm32-unknown-unknown`, so that the two cannot drift apart.

pub mod fold;
pub mod pack;
