//! An archive: its configuration, what its keeper says of the reports, what it adds of its own.

pub mod entry;
pub mod id;

pub use entry::Entry;
