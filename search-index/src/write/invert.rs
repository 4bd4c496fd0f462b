//! Tokens → a group's postings: every term with its occurrences, terms in their order.
//!
//! Takes the tokens of one field, report by report, and gives one run of bytes that [`merge`](super::merge) reads in
//! passing: for each term its bytes, the length of what follows, and its occurrences. An occurrence is a number with a
//! flag in its lowest bit: the distance in positions from the one before it in the same report, or, flagged, the
//! distance in reports, with the position after it.
//!
//! Tantivy's own writer makes a segment of each group instead, whose packed lists would all be unpacked and packed
//! again when groups are merged.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::group::Bytes;
use super::tokens::Token;
use crate::bytes::put_number;

/// Bytes of a term that tell it from nearly all others, as a number that orders terms as their bytes do.
pub(super) type Prefix = u128;

/// How many bytes a [`Prefix`] has.
pub(super) const PREFIX: usize = 16;

/// The prefix of a term; no term has a zero byte.
pub(super) fn prefix(term: &[u8]) -> Prefix {
    let mut bytes = [0; PREFIX];
    let len = term.len().min(PREFIX);
    bytes[..len].copy_from_slice(&term[..len]);
    Prefix::from_be_bytes(bytes)
}

/// How many bytes of a term are in its prefix.
pub(super) fn prefix_length(prefix: Prefix) -> usize {
    PREFIX - prefix.trailing_zeros() as usize / 8
}

/// Longest term that Tantivy takes, in bytes.
const LONGEST_TERM: usize = u16::MAX as usize - 5;

/// One field of a group, inverted.
#[derive(Serialize, Deserialize)]
pub(super) struct Inverted {
    pub(super) tokens: u64,
    pub(super) bytes: Bytes,
}

/// Inverts the tokens of one field.
#[derive(Default)]
pub(super) struct Inverter {
    /// Numbers of terms: of pairs, which most are, by their two characters…
    pairs: FxHashMap<u64, u32>,
    /// … of others of up to eight bytes, by these…
    short: FxHashMap<u64, u32>,
    /// … and of all others.
    long: FxHashMap<Box<str>, u32>,
    names: Vec<Name>,
    terms: Vec<Term>,
    /// Every token in order: the term's number, and where it stands.
    tokens: Vec<(u32, u32)>,
    /// Up to where the tokens of each report go.
    ends: Vec<usize>,
}

/// What a term is.
struct Name {
    prefix: Prefix,
    /// All of it, where it is longer than the prefix.
    long: Option<Box<[u8]>>,
}

impl Name {
    fn of(text: &str) -> Self {
        let long = (text.len() > PREFIX).then(|| text.as_bytes().into());
        let prefix = prefix(text.as_bytes());
        Self { prefix, long }
    }
}

/// Up to eight bytes as a number; no term has a zero byte.
fn short(text: &str) -> Option<u64> {
    let fits = text.len() <= 8;
    let places = text.bytes().zip((0..).step_by(8));
    fits.then(|| places.fold(0, |short, (byte, place)| short | u64::from(byte) << place))
}

/// Where a term's last occurrence is, and how many bytes all of them take.
#[derive(Clone, Copy, Default)]
struct Term {
    /// Number of the report, from one on.
    report: u32,
    at: u32,
    bytes: u32,
}

impl Term {
    /// The numbers that stand for one more occurrence.
    fn next(&mut self, report: u32, at: u32) -> (u64, Option<u32>) {
        let numbers = if report == self.report {
            (u64::from(at.wrapping_sub(self.at)) << 1, None)
        } else {
            (u64::from(report - self.report) << 1 | 1, Some(at))
        };
        (self.report, self.at) = (report, at);
        numbers
    }
}

/// Bytes that [`put_number`] takes.
fn length(number: u64) -> u32 {
    (64 - (number | 1).leading_zeros()).div_ceil(7)
}

impl Inverter {
    /// Adds a token of the present report. Tokens come in the order of their positions.
    pub(super) fn token(&mut self, token: Token<'_>, at: u32) {
        let next = self.names.len() as u32;
        let number = match token {
            Token::Pair(first, second) => {
                let pair = u64::from(first) << 32 | u64::from(second);
                *self.pairs.entry(pair).or_insert(next)
            }
            Token::Text(text) => match short(text) {
                Some(short) => *self.short.entry(short).or_insert(next),
                None if text.len() > LONGEST_TERM => return,
                None => match self.long.get(text) {
                    Some(number) => *number,
                    None => {
                        self.long.insert(text.into(), next);
                        next
                    }
                },
            },
        };
        if number == next {
            self.names.push(match token {
                Token::Pair(first, second) => Name::of(&String::from_iter([first, second])),
                Token::Text(text) => Name::of(text),
            });
            self.terms.push(Term::default());
        }
        let report = self.ends.len() as u32 + 1;
        let term = &mut self.terms[number as usize];
        let (first, second) = term.next(report, at);
        term.bytes += length(first) + second.map_or(0, |at| length(at.into()));
        self.tokens.push((number, at));
    }

    /// Ends a report, one without tokens as well.
    pub(super) fn end_report(&mut self) {
        self.ends.push(self.tokens.len());
    }

    /// The field, inverted.
    pub(super) fn close(self) -> Inverted {
        let mut order: Vec<u32> = (0..self.names.len() as u32).collect();
        order.sort_unstable_by_key(|&number| {
            let name = &self.names[number as usize];
            (name.prefix, &name.long)
        });
        // Where each term's next occurrence is to be written.
        let mut places = vec![0_usize; order.len()];
        let occurrences: usize = self.terms.iter().map(|term| term.bytes as usize).sum();
        let mut bytes = Vec::with_capacity(occurrences + order.len() * (PREFIX + 4));
        for number in order {
            let (name, term) = (&self.names[number as usize], &self.terms[number as usize]);
            let short = name.prefix.to_be_bytes();
            let whole = name.long.as_deref();
            let whole = whole.unwrap_or(&short[..prefix_length(name.prefix)]);
            put_number(&mut bytes, whole.len() as u64);
            bytes.extend_from_slice(whole);
            put_number(&mut bytes, term.bytes.into());
            places[number as usize] = bytes.len();
            bytes.resize(bytes.len() + term.bytes as usize, 0);
        }
        let mut terms = vec![Term::default(); self.terms.len()];
        let mut start = 0;
        for (report, end) in (1..).zip(self.ends) {
            for &(number, at) in &self.tokens[start..end] {
                let place = &mut places[number as usize];
                let (first, second) = terms[number as usize].next(report, at);
                write(&mut bytes, place, first);
                if let Some(at) = second {
                    write(&mut bytes, place, at.into());
                }
            }
            start = end;
        }
        Inverted {
            tokens: self.tokens.len() as u64,
            bytes: Bytes(bytes),
        }
    }
}

/// [`put_number`], over bytes that are there.
fn write(bytes: &mut [u8], place: &mut usize, mut number: u64) {
    while number >= 0x80 {
        bytes[*place] = number as u8 | 0x80;
        *place += 1;
        number >>= 7;
    }
    bytes[*place] = number as u8;
    *place += 1;
}
