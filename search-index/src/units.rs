//! Units: what a folded text is matched by.
//!
//! A number (its commas and points included) and a word of letters count as a whole; every other character, Han or
//! punctuation, is a unit of its own. A match is a run of equal units: so a term of Han characters is matched as a
//! substring, while 24 is not found in 2024, nor 1月 in 11月. Numbers with something between them that folding dropped
//! (2017、2018) stay two.
//!
//! Takes folded text, gives tokens for the index and patterns for a query; both from the same units, and both with
//! positions in characters of the folded text.

use crate::fold::{Folded, fold};

/// In prepared text: something was dropped here, between two characters that would else be one number or word.
/// Folding drops control characters, so that it can't stand in the text itself.
const JOINT: char = '\u{1}';

/// Ends the token of a character before a number or word.
const BEFORE_WORD: char = '\u{2}';
/// Ends the token of a text's last character.
const AT_END: char = '\u{3}';
/// The token at every sentence's last character.
pub(crate) const SENTENCE_END: &str = "\u{4}";

/// What kind of unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Digits, with commas and points between them.
    Number,
    /// Letters of an alphabet.
    Word,
    /// Any other character.
    Single,
}

/// One unit of a prepared text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unit<'t> {
    pub(crate) text: &'t str,
    pub(crate) kind: Kind,
    /// First character, in characters of the folded text.
    pub(crate) at: u32,
    /// First byte in the folded text.
    pub(crate) byte: usize,
}

impl Unit<'_> {
    pub(crate) fn chars(&self) -> u32 {
        match self.kind {
            Kind::Single => 1,
            Kind::Number => self.text.len() as u32,
            Kind::Word => self.text.chars().count() as u32,
        }
    }
}

fn kind(c: char) -> Kind {
    if c.is_ascii_digit() {
        Kind::Number
    } else if c < '\u{1100}' && c.is_alphabetic() {
        Kind::Word
    } else {
        Kind::Single
    }
}

/// Folded text with a mark wherever something dropped keeps two numbers or words apart.
pub(crate) fn prepare(folded: &Folded) -> String {
    let text = &folded.text;
    let mut prepared = String::with_capacity(text.len() + 8);
    let mut copied = 0;
    for at in folded.gaps() {
        let (before, after) = text.split_at(at);
        let joins = |c: char| kind(c) != Kind::Single || c == '.' || c == ',';
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

    fn next(&mut self) -> Option<Unit<'t>> {
        self.rest = self.rest.trim_start_matches(JOINT);
        let first = self.rest.chars().next()?;
        let kind = kind(first);
        let len = match kind {
            Kind::Single => first.len_utf8(),
            Kind::Number => number_len(self.rest.as_bytes()),
            Kind::Word => self
                .rest
                .find(|c| self::kind(c) != Kind::Word)
                .unwrap_or(self.rest.len()),
        };
        let (text, rest) = self.rest.split_at(len);
        let unit = Unit {
            text,
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

/// Whether a character ends a sentence.
pub(crate) fn ends_sentence(c: &str) -> bool {
    matches!(c, "。" | "!" | "?")
}

/// Frequent runs of three and four characters that have a token of their own, so that common phrases are found without
/// the long position lists of their pairs of characters.
pub(crate) trait Lexicon {
    /// Whether some run begins with this pair.
    fn begins(&self, first: char, second: char) -> bool;
    /// Whether this run has a token.
    fn has(&self, run: &[char]) -> bool;
}

/// Gives every token of a prepared text with its position, in the order of positions.
///
/// - a pair of neighbouring single characters; a single character before a number or word, or at the end, has a mark
///   in place of the second, so that every character begins one token of two characters;
/// - a number or word, and the number or word with the single character after it;
/// - runs in the lexicon; the end of a sentence.
pub(crate) fn tokens(prepared: &str, lexicon: &impl Lexicon, mut emit: impl FnMut(&str, u32)) {
    let mut token = String::with_capacity(16);
    let mut units = units(prepared);
    let mut next = units.next();
    while let Some(unit) = next {
        next = units.next();
        token.clear();
        token.push_str(unit.text);
        if unit.kind != Kind::Single {
            emit(&token, unit.at);
            if let Some(after) = next.filter(|after| after.kind == Kind::Single) {
                token.push_str(after.text);
                emit(&token, unit.at);
            }
            continue;
        }
        match next {
            None => token.push(AT_END),
            Some(after) if after.kind == Kind::Single => token.push_str(after.text),
            Some(_) => token.push(BEFORE_WORD),
        }
        emit(&token, unit.at);
        if ends_sentence(unit.text) {
            emit(SENTENCE_END, unit.at);
        }
        runs(
            unit,
            next,
            &units,
            lexicon,
            |run| emit(run, unit.at),
            &mut token,
        );
    }
}

/// The lexicon's runs that begin with this unit.
fn runs(
    unit: Unit<'_>,
    next: Option<Unit<'_>>,
    after: &Units<'_>,
    lexicon: &impl Lexicon,
    mut emit: impl FnMut(&str),
    token: &mut String,
) {
    let single = |unit: Unit<'_>| (unit.kind == Kind::Single).then(|| unit.text.chars().next());
    let (Some(Some(first)), Some(Some(second))) = (single(unit), next.and_then(single)) else {
        return;
    };
    if !lexicon.begins(first, second) {
        return;
    }
    let mut run = [first, second, ' ', ' '];
    for (length, unit) in (3..=4).zip(after.clone()) {
        let Some(Some(c)) = single(unit) else {
            return;
        };
        run[length - 1] = c;
        token.push(c);
        if lexicon.has(&run[..length]) {
            emit(token);
        }
    }
}

/// What a term of a query looks for: a run of units.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Pattern {
    units: Vec<(String, Kind)>,
    /// The last unit, a number or word, may go on.
    pub(crate) prefix: bool,
}

/// How a pattern is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Tokens and where they stand from the pattern's begin; together they cover it.
    pub(crate) slots: Vec<Slot>,
    /// The last part, where it is found by scanning the dictionary.
    pub(crate) scan: Option<Scan>,
}

/// A part of a pattern: the whole token, or, where the lexicon has none, its pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    /// A run that may be in the lexicon.
    pub(crate) run: Option<(String, u32)>,
    /// Tokens that always are in the index where the text is.
    pub(crate) pairs: Vec<(String, u32)>,
}

/// A scan of the dictionary for the tokens with a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scan {
    pub(crate) prefix: String,
    pub(crate) offset: u32,
    kind: Kind,
}

impl Scan {
    /// Whether a token with the prefix is one that the scan means, and how many characters of the text it stands for.
    pub(crate) fn takes(&self, token: &str) -> Option<u32> {
        let chars = token.chars().count() as u32;
        match self.kind {
            Kind::Single => (chars == 2).then_some(1),
            _ => {
                let mut units = units(token);
                let whole = units.next().is_some() && units.next().is_none();
                whole.then_some(chars)
            }
        }
    }
}

impl Pattern {
    /// The pattern of a term as typed; none if folding leaves nothing of it.
    pub(crate) fn new(term: &str, prefix: bool) -> Option<Pattern> {
        let prepared = prepare(&fold(term));
        let units: Vec<_> = units(&prepared)
            .map(|unit| (unit.text.to_owned(), unit.kind))
            .collect();
        let last = units.last()?.1;
        Some(Pattern {
            units,
            prefix: prefix && last != Kind::Single,
        })
    }

    /// Length in characters of the folded text; of the shortest match, for a prefix.
    pub(crate) fn chars(&self) -> u32 {
        self.units
            .iter()
            .map(|unit| unit.0.chars().count() as u32)
            .sum()
    }

    /// The units' texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.units.iter().map(|unit| unit.0.as_str())
    }

    /// Where the pattern occurs among a text's units: index of the first unit and of the one after the last.
    pub(crate) fn find<'a>(
        &'a self,
        text: &'a [Unit<'a>],
    ) -> impl Iterator<Item = (usize, usize)> + 'a {
        let len = self.units.len();
        text.windows(len)
            .enumerate()
            .filter_map(move |(at, window)| {
                let (last, before) = self.units.split_last()?;
                let (text_last, text_before) = window.split_last()?;
                let same = |(unit, own): (&Unit<'_>, &(String, Kind))| unit.text == own.0;
                let ends = if self.prefix {
                    text_last.kind == last.1 && text_last.text.starts_with(&last.0)
                } else {
                    text_last.text == last.0
                };
                (ends && text_before.iter().zip(before).all(same)).then_some((at, at + len))
            })
    }

    /// How to look the pattern up.
    pub(crate) fn plan(&self) -> Plan {
        let mut plan = Plan {
            slots: Vec::new(),
            scan: None,
        };
        let mut at = 0;
        let mut index = 0;
        while let Some((text, kind)) = self.units.get(index) {
            let is_last = index + 1 == self.units.len();
            if *kind == Kind::Single {
                let run: Vec<&str> = self.units[index..]
                    .iter()
                    .take_while(|unit| unit.1 == Kind::Single)
                    .map(|unit| unit.0.as_str())
                    .collect();
                let covered = index > 0;
                let ends = index + run.len() == self.units.len();
                plan.run(&run, at, covered, ends);
                at += run.len() as u32;
                index += run.len();
                continue;
            }
            if is_last && self.prefix {
                plan.scan = Some(Scan {
                    prefix: text.clone(),
                    offset: at,
                    kind: *kind,
                });
            } else {
                // With the character after it, where there is one: it may be the last of the pattern.
                let after = self.units.get(index + 1);
                let after = after.filter(|after| after.1 == Kind::Single);
                let token =
                    after.map_or_else(|| text.clone(), |after| format!("{text}{}", after.0));
                plan.slots.push(Slot::pair(token, at));
            }
            at += text.chars().count() as u32;
            index += 1;
        }
        plan
    }
}

impl Slot {
    fn pair(token: String, at: u32) -> Slot {
        Slot {
            run: None,
            pairs: vec![(token, at)],
        }
    }
}

impl Plan {
    /// Covers a run of single characters that begins at `at`. `covered`: its first character stands in the token
    /// before it. `ends`: the pattern ends with it.
    fn run(&mut self, run: &[&str], at: u32, covered: bool, ends: bool) {
        let pair = |from: usize| (run[from..from + 2].concat(), at + from as u32);
        match run.len() {
            0 => {}
            1 if covered => {}
            1 if ends => {
                self.scan = Some(Scan {
                    prefix: run[0].to_owned(),
                    offset: at,
                    kind: Kind::Single,
                });
            }
            1 => self
                .slots
                .push(Slot::pair(format!("{}{BEFORE_WORD}", run[0]), at)),
            2 => self.slots.push(Slot {
                run: None,
                pairs: vec![pair(0)],
            }),
            3 => self.slots.push(Slot {
                run: Some((run.concat(), at)),
                pairs: vec![pair(0), pair(1)],
            }),
            len => {
                let last = len - 4;
                let starts = (0..last).step_by(4).chain([last]);
                for from in starts {
                    self.slots.push(Slot {
                        run: Some((run[from..from + 4].concat(), at + from as u32)),
                        pairs: vec![pair(from), pair(from + 2)],
                    });
                }
            }
        }
    }
}
