//! Units → the tokens that the index has for them.

use super::lexicon::Lexicon;
use crate::units::{Kind, LAST, LONGEST_RUN, Units, inner_pairs, units};

/// A token: its two characters, or all of its text. No text has a zero byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'t> {
    /// An ideograph, and another one or [`LAST`].
    Pair(char, char),
    /// Any other: never what a pair is written as.
    Text(&'t str),
}

/// Gives every token of a prepared paragraph with its position, in the order of positions, and returns how many
/// characters the paragraph has.
///
/// - a pair of neighbouring ideographs, but for [some](inner_pairs) in runs of the lexicon; an ideograph that none follows
///   has a mark in place of the second, so that every ideograph begins one token of two characters or stands in a run;
/// - a number or word with the ideograph after it, and by itself where none follows;
/// - a punctuation mark by itself: its long list has small steps, where pairs with it would cost more;
/// - runs in the lexicon.
pub(crate) fn tokens(
    prepared: &str,
    lexicon: &Lexicon,
    mut emit: impl FnMut(Token<'_>, u32),
) -> u32 {
    let mut text = String::with_capacity(16);
    let mut units = units(prepared);
    let mut next = units.next();
    // Bit by bit, from the present unit on: whether its pair has no token.
    let mut left_out = 0_u32;
    let mut at = 0;
    while let Some(unit) = next {
        next = units.next();
        at = unit.at + unit.chars();
        let after = next.filter(|after| after.kind == Kind::Han);
        let leave_out = left_out & 1 == 1;
        left_out >>= 1;
        let token = match (unit.kind, after) {
            (Kind::Han, after) => Token::Pair(unit.first, after.map_or(LAST, |after| after.first)),
            (Kind::Mark, _) => Token::Text(unit.text),
            (Kind::Number | Kind::Word, None) => Token::Text(unit.text),
            (Kind::Number | Kind::Word, Some(after)) => {
                text.clear();
                text.push_str(unit.text);
                text.push(after.first);
                Token::Text(&text)
            }
        };
        if !leave_out {
            emit(token, unit.at);
        }
        let Some(after) = after.filter(|_| unit.kind == Kind::Han) else {
            continue;
        };
        runs(
            [unit.first, after.first],
            units.clone(),
            lexicon,
            &mut text,
            |run, length| {
                emit(run, unit.at);
                // The present unit's bit is gone.
                inner_pairs(length).for_each(|at| left_out |= 1 << (at - 1));
            },
        );
    }
    at
}

/// The lexicon's runs that begin with a pair, with their lengths; `after` gives what follows it, `text` is room.
fn runs(
    pair: [char; 2],
    after: Units<'_>,
    lexicon: &Lexicon,
    text: &mut String,
    mut emit: impl FnMut(Token<'_>, usize),
) {
    let Some(mut step) = lexicon.begin(pair) else {
        return;
    };
    text.clear();
    text.extend(pair);
    for (length, unit) in (3..=LONGEST_RUN).zip(after) {
        // Runs are all ideographs; what is no ideograph leads nowhere.
        let next = Some(unit).filter(|unit| unit.kind == Kind::Han);
        let Some(next) = next.and_then(|unit| lexicon.after(step, unit.first)) else {
            return;
        };
        step = next;
        text.push(unit.first);
        if step.ends {
            emit(Token::Text(text), length);
        }
    }
}
