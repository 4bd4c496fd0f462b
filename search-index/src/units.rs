//! Units: what a folded text is matched by.
//!
//! A number (its commas and points included) and a word of letters count as a whole; every other character, Han or
//! punctuation, is a unit of its own. A match is a run of equal units: so a term of Han characters is matched as a
//! substring, while 24 is not found in 2024, nor 1月 in 11月. Numbers with something between them that folding dropped
//! (2017、2018) stay two.
//!
//! Takes folded text and gives its units, with positions in characters of the folded text. The index's tokens and a query's
//! [patterns](crate::pattern) are made of them.

use crate::fold::Folded;

/// In prepared text: something was dropped here, between two characters that would else be one number or word.
/// Folding drops control characters, so that it can't stand in the text itself.
pub(crate) const JOINT: char = '\u{1}';

/// Positions come in slots of so many: a paragraph begins with a slot. So few bits say where paragraphs begin, and no
/// match crosses from one into the next, since a paragraph leaves at least one position free at its end.
pub(crate) const SLOT: u32 = 64;

/// How many slots a paragraph of so many characters takes.
pub(crate) fn slots(chars: u32) -> u32 {
    (chars + 1).div_ceil(SLOT)
}

/// In a token, after an ideograph that no ideograph follows.
pub(crate) const LAST: char = '\u{2}';

/// What kind of unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Digits, with commas and points between them.
    Number,
    /// Letters of an alphabet.
    Word,
    /// Any other character that is written as a letter or digit: above all an ideograph.
    Han,
    /// Punctuation and other signs.
    Mark,
}

impl Kind {
    /// Whether units of the kind have several characters.
    pub(crate) fn is_word(self) -> bool {
        matches!(self, Kind::Number | Kind::Word)
    }
}

/// One unit of a prepared text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unit<'t> {
    pub(crate) text: &'t str,
    /// Its first character; all of it, unless it is a number or word.
    pub(crate) first: char,
    pub(crate) kind: Kind,
    /// First character, in characters of the folded text.
    pub(crate) at: u32,
    /// First byte in the folded text.
    pub(crate) byte: usize,
}

impl Unit<'_> {
    pub(crate) fn chars(&self) -> u32 {
        match self.kind {
            Kind::Han | Kind::Mark => 1,
            Kind::Number => self.text.len() as u32,
            Kind::Word => self.text.chars().count() as u32,
        }
    }
}

pub(crate) fn kind(c: char) -> Kind {
    if ('\u{4E00}'..='\u{9FFF}').contains(&c) {
        Kind::Han
    } else if c.is_ascii_digit() {
        Kind::Number
    } else if matches!(c, '\u{3001}' | '\u{3002}' | ' '..='/' | ':'..='@') {
        // The most frequent ones, without a look into tables.
        Kind::Mark
    } else if c < '\u{1100}' && c.is_alphabetic() {
        Kind::Word
    } else if c.is_alphanumeric() {
        Kind::Han
    } else {
        Kind::Mark
    }
}

/// Folded text with a mark wherever something dropped keeps two numbers or words apart.
pub(crate) fn prepare(folded: &Folded) -> String {
    let text = &folded.text;
    let mut prepared = String::with_capacity(text.len() + 8);
    let mut copied = 0;
    for at in folded.gaps() {
        let (before, after) = text.split_at(at);
        let joins = |c: char| kind(c).is_word() || c == '.' || c == ',';
        if before.ends_with(joins) && after.starts_with(joins) {
            prepared.push_str(&text[copied..at]);
            prepared.push(JOINT);
            copied = at;
        }
    }
    prepared.push_str(&text[copied..]);
    prepared
}

/// The units of a prepared text, in order.
pub(crate) fn units(prepared: &str) -> Units<'_> {
    Units {
        rest: prepared,
        at: 0,
        byte: 0,
    }
}

/// See [`units`].
#[derive(Clone)]
pub(crate) struct Units<'t> {
    rest: &'t str,
    at: u32,
    byte: usize,
}

impl<'t> Iterator for Units<'t> {
    type Item = Unit<'t>;

    #[inline]
    fn next(&mut self) -> Option<Unit<'t>> {
        let mut chars = self.rest.chars();
        let first = loop {
            let first = chars.next()?;
            if first != JOINT {
                break first;
            }
            self.rest = chars.as_str();
        };
        let kind = kind(first);
        let rest = match kind {
            Kind::Han | Kind::Mark => chars.as_str(),
            Kind::Number => &self.rest[number_len(self.rest.as_bytes())..],
            Kind::Word => self
                .rest
                .trim_start_matches(|c| self::kind(c) == Kind::Word),
        };
        let len = self.rest.len() - rest.len();
        let text = &self.rest[..len];
        let unit = Unit {
            text,
            first,
            kind,
            at: self.at,
            byte: self.byte,
        };
        self.rest = rest;
        self.at += unit.chars();
        self.byte += len;
        Some(unit)
    }
}

/// Length of the number that a text begins with: digits, and commas and points with a digit on both sides.
fn number_len(text: &[u8]) -> usize {
    let digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    let mut len = 0;
    while digit(len) || (matches!(text.get(len), Some(b'.' | b',')) && digit(len + 1)) {
        len += 1;
    }
    len
}

/// The longest run that the lexicon may have, in characters.
pub(crate) const LONGEST_RUN: usize = 6;

/// Where in a run of so many characters pairs begin that have no token where the run has one: those across the words that
/// a run of an even length is mostly made of, as 政执 in 行政执法. Whoever looks for such a pair reads the runs with it too.
pub(crate) fn inner_pairs(length: usize) -> impl Iterator<Item = usize> {
    let even = length.is_multiple_of(2);
    (1..length - 2).step_by(2).filter(move |_| even)
}
