//! Units → the tokens that the index has for them.

use super::lexicon::Lexicon;
use crate::units::{Kind, LAST, LONGEST_RUN, Units, inner_pairs, units};

/// Gives every token of a prepared paragraph with its position, in the order of positions, and returns how many
/// characters the paragraph has.
///
/// - a pair of neighbouring ideographs, but for [some](inner_pairs) in runs of the lexicon; an ideograph that none follows
///   has a mark in place of the second, so that every ideograph begins one token of two characters or stands in a run;
/// - a number or word with the ideograph after it, and by itself where none follows;
/// - a punctuation mark by itself: its long list has small steps, where pairs with it would cost more;
/// - runs in the lexicon.
pub(crate) fn tokens(prepared: &str, lexicon: &Lexicon, mut emit: impl FnMut(&str, u32)) -> u32 {
    let mut token = String::with_capacity(16);
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
        token.clear();
        token.push_str(unit.text);
        match after {
            Some(after) if unit.kind != Kind::Mark => token.push_str(after.text),
            None if unit.kind == Kind::Han => token.push(LAST),
            _ => {}
        }
        if !leave_out {
            emit(&token, unit.at);
        }
        let Some(after) = after.filter(|_| unit.kind == Kind::Han) else {
            continue;
        };
        let pair = [unit, after].map(|unit| unit.text.chars().next().unwrap_or(LAST));
        if lexicon.begins(pair) {
            runs(pair, units.clone(), lexicon, &mut token, |run, length| {
                emit(run, unit.at);
                // The present unit's bit is gone.
                inner_pairs(length).for_each(|at| left_out |= 1 << (at - 1));
            });
        }
    }
    at
}

/// The lexicon's runs that begin with a pair, with their lengths; `token` holds the pair, `after` gives what follows it.
fn runs(
    pair: [char; 2],
    after: Units<'_>,
    lexicon: &Lexicon,
    token: &mut String,
    mut emit: impl FnMut(&str, usize),
) {
    let mut run = [LAST; LONGEST_RUN];
    run[..2].copy_from_slice(&pair);
    for (length, unit) in (3..=LONGEST_RUN).zip(after) {
        if unit.kind != Kind::Han {
            return;
        }
        token.push_str(unit.text);
        run[length - 1] = unit.text.chars().next().unwrap_or(LAST);
        if lexicon.has(&run[..length]) {
            emit(token, length);
        }
    }
}
