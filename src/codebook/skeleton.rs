//! The characters that stand in a sentence's skeleton for its numbers and their units.
//!
//! A skeleton is a sentence's folded characters with every number replaced by one character for its kind and one for
//! its unit, so that no gap of a pattern can swallow a number and a number is matched as a whole.

use crate::quantity::Unit;

/// Stands in a skeleton for a number that can be an observation.
pub(crate) const NUMBER: char = '\u{E000}';
/// Stands in a skeleton for a number that is masked, lost or a range.
pub(crate) const UNREADABLE: char = '\u{E001}';
/// Stands in a skeleton for a number that is no amount (a date, an ordinal, a rate of growth).
pub(crate) const OTHER: char = '\u{E002}';
/// Stands after a table's number that has no unit of its own: it fits any but money and shares.
pub(crate) const ANY_UNIT: char = '\u{E0FF}';

/// The character that stands for a unit.
pub(crate) fn unit_char(unit: Unit) -> char {
    char::from_u32(0xE100 + u32::from(unit.index())).unwrap_or(ANY_UNIT)
}

/// Whether a character stands for a unit.
pub(super) fn is_unit_char(c: char) -> bool {
    matches!(c, ANY_UNIT | '\u{E100}'..='\u{E1FF}')
}

/// Whether a word of a need stands for a number's unit.
pub(crate) fn is_unit(word: &str) -> bool {
    word.starts_with(|c| ('\u{E000}'..'\u{F000}').contains(&c))
}
