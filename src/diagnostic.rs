//! What there is to tell the user: what, where, and what to do.
//!
//! A stage hands its diagnostics over with its output ([`Warned`]); nobody prints but the command
//! line, and all of them stand in the site's worklist.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Something a keeper may want to know.
    Note,
    /// The report stands in the site, and something in it is doubtful.
    Warning,
    /// The report (or the file) could not be read.
    Error,
}

/// One thing to tell, about one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How much it matters.
    pub level: Level,
    /// A stable kebab-case name for its kind, e.g. `region-ambiguous`.
    pub code: String,
    /// What is the matter, a sentence in the reader's terms.
    pub message: String,
    /// The file, relative to the archive, `/`-separated.
    pub file: String,
    /// The line in it, 1-based, where there is one.
    pub line: Option<u32>,
    /// What to do about it.
    pub hint: Option<Box<str>>,
    /// The names, numbers and quoted words of the message: the same in every language.
    pub naming: Option<Box<str>>,
}

impl Diagnostic {
    /// A diagnostic about `file` as a whole; add a place and advice with [`at`](Self::at) and
    /// [`hint`](Self::hint).
    pub fn new(
        level: Level,
        code: &str,
        file: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            level,
            code: code.to_owned(),
            message: message.into(),
            file: file.into(),
            line: None,
            hint: None,
            naming: None,
        }
    }

    /// At this line (1-based).
    #[must_use]
    pub fn at(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }

    /// With this advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into().into());
        self
    }

    /// Naming these: what a reader of any language needs of the message.
    #[must_use]
    pub fn naming(mut self, words: impl Into<String>) -> Self {
        self.naming = Some(words.into().into());
        self
    }
}

/// Words for a terminal: characters that would steer it or turn the reading direction of what
/// stands around them are shown by their numbers. File names and titles may hold any.
pub fn visible(words: &str) -> Cow<'_, str> {
    if !words.chars().any(steers) {
        return words.into();
    }
    let mut visible = String::with_capacity(words.len() + 8);
    for character in words.chars() {
        if steers(character) {
            visible.push_str(&format!("\\u{{{:x}}}", character as u32));
        } else {
            visible.push(character);
        }
    }
    visible.into()
}

fn steers(character: char) -> bool {
    (character.is_control() && character != '\t')
        || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A stage's output and what to tell the user about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warned<T> {
    /// The output: always there.
    pub output: T,
    /// What to tell.
    pub warnings: Vec<Diagnostic>,
}

impl<T> Warned<T> {
    /// Output with nothing to tell.
    pub fn clean(output: T) -> Self {
        Self {
            output,
            warnings: Vec::new(),
        }
    }

    /// The output; what there is to tell goes to `sink`.
    pub fn unpack(self, sink: &mut Vec<Diagnostic>) -> T {
        sink.extend(self.warnings);
        self.output
    }
}
