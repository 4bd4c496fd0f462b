//! What stands around a number: whether it is an amount of this year's at all, and what it covers.
//!
//! Takes a sentence and a place in it; gives back period, cumulation, scope, and reasons not to
//! take the number. It names no indicator.

mod time;
mod whose;

pub(super) use time::Time;
pub(super) use whose::{names_own_squad, names_the_issuer, tells_issuer, tells_whose};

use super::reading::Sentence;
use crate::gazetteer::Gazetteer;
use crate::identify::Identity;
use regex::Regex;

/// The words before a number, as far as they tell of its time and scope.
pub(super) struct Before<'i> {
    /// The sentence up to the number, folded.
    text: String,
    identity: &'i Identity,
    gazetteer: &'i Gazetteer,
}

impl<'i> Before<'i> {
    /// The words of `sentence` up to the character `at`.
    pub(super) fn new(
        sentence: &Sentence<'_>,
        at: usize,
        identity: &'i Identity,
        gazetteer: &'i Gazetteer,
    ) -> Self {
        Self {
            text: sentence.chars[..at]
                .iter()
                .filter(|c| !matches!(c, '“' | '”'))
                .collect(),
            identity,
            gazetteer,
        }
    }

    fn year(&self) -> Option<i32> {
        self.identity.year.as_ref().map(|year| year.value)
    }
}

fn expression(source: &str) -> Regex {
    Regex::new(source).expect("a constant expression")
}
