//! How an index travels: one Tantivy segment → files that a USB stick, any web server and the
//! terminal can carry, and back.
//!
//! In: a Tantivy [`Directory`](tantivy::Directory) with one segment and the reports' texts (written natively).
//! Out: `boot.js` and numbered chunk files just under 128 KiB. Reading gives a `Directory` again,
//! which answers from the boot pack and from blocks that somebody fetched.
//!
//! ```text
//! segment files ─ cut into extents, terms' postings beside their positions ─► one packed space
//! packed space  ─ cut into blocks of BLOCK bytes, a checksum each           ─► blocks
//! blocks        ─ as many as fit FILE_LIMIT when escaped                    ─► 0000.js, 0001.js, …
//! texts         ─ a block a report, files that end where groups do         ─► t0123abcd.js, …
//! every byte range that opening reads, and the tables of all this           ─► boot.js
//! ```
//!
//! Each file is a classic script, because a page opened from disk may load nothing else; its
//! bytes travel as they are, but for four escapes ([`script`]). A page from disk loads a whole
//! file by a script tag; over http it asks a server that can for the bytes of a block. One layout
//! serves both.
//!
//! Files with texts are named by what they hold: a report that changes leaves those of other groups as
//! they are, and whoever fetched them need not do so again.
//!
//! What never happens here: a block whose checksum differs is never used, so that a damaged copy
//! is an error that names its file and never a wrong count.

mod blocks;
mod boot;
mod directory;
#[cfg(not(target_family = "wasm"))]
mod packer;
#[cfg(not(target_family = "wasm"))]
mod recording;
pub mod script;
#[cfg(not(target_family = "wasm"))]
mod segment;
#[cfg(not(target_family = "wasm"))]
mod site;
#[cfg(test)]
mod tests;
#[cfg(not(target_family = "wasm"))]
pub(crate) mod texts;

pub use blocks::{Blocks, Cached, Need, Part};
pub use boot::{Boot, FORMAT};
pub use directory::PackedDirectory;
#[cfg(not(target_family = "wasm"))]
pub use packer::{Packed, PackedFile};
#[cfg(not(target_family = "wasm"))]
pub use site::SiteBlocks;

/// Bytes of a block of the index itself: the smallest thing that is fetched and checked.
///
/// Thirty-two of them, escaped, fill a file of [`FILE_LIMIT`]: one byte in 64 needs an escape.
pub const BLOCK: usize = 3_968;

/// Most bytes of a file: what `exFAT` gives in clusters of 128 KiB, less a little.
pub const FILE_LIMIT: usize = 128 * 1024 - 64;

/// Name of the boot pack's file.
pub const BOOT_FILE: &str = "boot.js";

/// Why a packed index can't be written or read.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A file of the index is not there.
    #[error("{file} is missing: the copy of the site is incomplete, copy it again")]
    Missing {
        /// Its name in the index's folder.
        file: String,
    },
    /// A file of the index is shorter than it was written.
    #[error("{file} is cut short: the copy of the site is damaged, copy it again")]
    Cut {
        /// Its name in the index's folder.
        file: String,
    },
    /// A file of the index holds other bytes than were written.
    #[error("{file} is altered: the copy of the site is damaged or mixed, copy it again")]
    Altered {
        /// Its name in the index's folder.
        file: String,
    },
    /// The index was written by another version of the program.
    #[error(
        "the index has format {found}, this program reads {expected}: build the site again, or use the program that built it"
    )]
    Version {
        /// What the index says: layout and schema.
        found: String,
        /// What this program reads.
        expected: String,
    },
    /// The segment to be packed is not as the packer needs it.
    #[error("the index can't be packed: {0}")]
    Source(String),
    /// The segment's own files can't be read.
    #[error(transparent)]
    Tantivy(#[from] tantivy::TantivyError),
    /// A file can't be read for another reason than the above.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl PackError {
    /// A stable word for this error: the page has a text for each.
    pub fn code(&self) -> &'static str {
        match self {
            PackError::Missing { .. } => "missing",
            PackError::Cut { .. } => "cut",
            PackError::Altered { .. } => "altered",
            PackError::Version { .. } => "version",
            PackError::Source(_) | PackError::Tantivy(_) | PackError::Io(_) => "index",
        }
    }

    /// The file it is about, where it is about one.
    pub fn file(&self) -> Option<&str> {
        match self {
            PackError::Missing { file } | PackError::Cut { file } | PackError::Altered { file } => {
                Some(file)
            }
            _ => None,
        }
    }
}
