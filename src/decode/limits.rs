//! What one file may take: the keeper's `[limits]` in `fangzhi.toml`, or the defaults.
//!
//! What lies beyond a limit is refused with the reason and the key that raises it, never cut. Sizes are
//! held wherever a text comes from; time and memory by [`super::Apart`], for formats that take a parser.

use super::Error;
use serde::{Deserialize, Serialize};

/// Limits on a single file, and on a ZIP archive of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Seconds by the clock that a foreign format's decoder takes.
    pub seconds: u32,
    /// Address space of a decoder's process, in MiB. Held on Unix only.
    pub memory_mib: u32,
    /// The largest file that is read, in MiB; also what a document's part or an archive's entry unpacks
    /// to. (A saved page may carry its pictures.)
    pub file_mib: u32,
    /// The largest text that is taken for a report, in MiB of UTF-8.
    pub text_mib: u32,
    /// The longest line or paragraph that is taken for one, in KiB of UTF-8.
    pub line_kib: u32,
    /// What all entries of a ZIP archive unpack to, in MiB.
    pub archive_mib: u32,
    /// The most entries of a ZIP archive.
    pub archive_entries: u32,
}

impl Default for Limits {
    /// A hundred times what the longest reports known take, and more.
    fn default() -> Self {
        Self {
            seconds: 60,
            memory_mib: 1024,
            file_mib: 64,
            text_mib: 8,
            line_kib: 1024,
            archive_mib: 1024,
            archive_entries: 5_000,
        }
    }
}

/// A limit that cannot be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoLimit {
    /// The key under `[limits]`.
    pub key: &'static str,
    /// What is the matter.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl Limits {
    /// Every key, as it stands in `fangzhi.toml`.
    pub const KEYS: [&'static str; 7] = [
        "seconds",
        "memory_mib",
        "file_mib",
        "text_mib",
        "line_kib",
        "archive_mib",
        "archive_entries",
    ];

    /// Whether each is within what the program can hold to.
    pub fn check(self) -> Result<(), NoLimit> {
        // Offsets in a text are held in 32 bits, and so is the length of what a decoder is sent.
        let ranges = [
            (self.seconds, 1, 86_400),
            (self.memory_mib, 128, 1 << 20),
            (self.file_mib, 1, 2_048),
            (self.text_mib, 1, 256),
            (self.line_kib, 16, 256 << 10),
            (self.archive_mib, 1, 1 << 20),
            (self.archive_entries, 1, 1_000_000),
        ];
        for (key, (limit, least, most)) in Self::KEYS.into_iter().zip(ranges) {
            if !(least..=most).contains(&limit) {
                let much = if limit < least { "little" } else { "much" };
                return Err(NoLimit {
                    key,
                    message: format!("`{key}` is too {much}"),
                    hint: format!("write a number from {least} to {most}"),
                });
            }
        }
        if self.file_mib > self.memory_mib / 2 {
            return Err(NoLimit {
                key: "file_mib",
                message: "`file_mib` is more than half of `memory_mib`".to_owned(),
                hint: format!(
                    "a decoder holds a file more than once: raise `memory_mib` to {} or more, or lower `file_mib`",
                    self.file_mib * 2
                ),
            });
        }
        Ok(())
    }

    /// The largest file, in bytes.
    pub fn file(self) -> u64 {
        u64::from(self.file_mib) << 20
    }

    /// The largest text, in bytes.
    pub fn text(self) -> usize {
        (self.text_mib as usize) << 20
    }

    /// The longest line, in bytes.
    pub fn line(self) -> usize {
        (self.line_kib as usize) << 10
    }

    /// Refuses a text of more bytes than [`Self::text`].
    pub(super) fn hold_text(self, bytes: usize) -> Result<(), Error> {
        if bytes > self.text() {
            return Err(Error::TextTooLarge { mib: self.text_mib });
        }
        Ok(())
    }

    /// Refuses a line of more bytes than [`Self::line`].
    pub(super) fn hold_line(self, bytes: usize, line: u32) -> Result<(), Error> {
        let kib = self.line_kib;
        if bytes > self.line() {
            return Err(Error::LineTooLong { line, kib });
        }
        Ok(())
    }

    /// What a file of more bytes than [`Self::file`] is refused with.
    pub(crate) fn file_too_large(self) -> Error {
        Error::FileTooLarge { mib: self.file_mib }
    }

    /// What an archive's entries unpack to, in bytes.
    pub fn archive(self) -> u64 {
        u64::from(self.archive_mib) << 20
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_held_to_is_told() {
        let limits = Limits::default();
        assert_eq!(limits.check(), Ok(()));
        for (wrong, key, hint) in [
            (
                Limits {
                    seconds: 0,
                    ..limits
                },
                "seconds",
                "from 1 to 86400",
            ),
            (
                Limits {
                    memory_mib: 64,
                    ..limits
                },
                "memory_mib",
                "from 128",
            ),
            (
                Limits {
                    text_mib: 4096,
                    ..limits
                },
                "text_mib",
                "from 1 to 256",
            ),
            (
                Limits {
                    file_mib: 1024,
                    ..limits
                },
                "file_mib",
                "raise `memory_mib` to 2048",
            ),
        ] {
            let told = wrong.check().expect_err(key);
            assert_eq!(told.key, key);
            assert!(told.hint.contains(hint), "{told:?}");
        }
        let raised = Limits {
            file_mib: 1024,
            memory_mib: 4096,
            ..limits
        };
        assert_eq!(raised.check(), Ok(()));
        assert_eq!(raised.file(), 1 << 30);
    }
}
