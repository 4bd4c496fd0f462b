//! What to ask instead of a query that found nothing, or that asks for issuers that there are not.

use std::collections::BTreeSet;

use super::lookup::try_all;
use super::{Gathered, Searcher};
use crate::pattern::Pattern;
use crate::query::{In, Leaf, parse, unknown_issuer};
use crate::{Request, SearchError};

impl Searcher {
    /// Queries near one that found nothing, that find something. Where the terms' own postings had to be read, the
    /// dictionary decides if it can: more postings would be one round more.
    pub(super) fn suggestions(&self, gathered: &Gathered) -> Result<Vec<String>, SearchError> {
        let (mut sure, mut candidates) = (Vec::new(), Vec::new());
        let leaves = gathered.query.leaves.iter().zip(&gathered.stand);
        for (term, stands) in leaves.filter(|(term, _)| term.place == In::Text) {
            let near = Nearby::of(&term.pattern);
            // Where the term stands its parts do.
            let parts = if *stands == Some(true) {
                sure.push(near.whole);
                &mut sure
            } else {
                if stands.is_none() {
                    candidates.push(near.whole);
                }
                &mut candidates
            };
            parts.extend(near.both);
            parts.extend(near.halves);
        }
        let standing = try_all(&candidates, |query| self.stands(query))?;
        let decided = |wanted: Option<bool>| {
            let candidates = candidates.iter().zip(&standing);
            candidates
                .filter(move |(_, stands)| **stands == wanted)
                .map(|(query, _)| query)
        };
        sure.extend(decided(Some(true)).cloned());
        let undecided = decided(None)
            .take(SUGGESTIONS)
            .filter(|_| !gathered.dear || sure.is_empty());
        let found = try_all(undecided, |query| {
            self.finds(query).map(|finds| (query, finds))
        })?;
        let found = found.into_iter().filter(|(_, finds)| *finds);
        let found: Vec<String> = found.map(|(query, _)| query.clone()).collect();
        let mut all = [found, sure].concat();
        let mut seen = BTreeSet::new();
        all.retain(|query| seen.insert(query.clone()));
        all.truncate(SUGGESTIONS);
        Ok(all)
    }

    /// Fails where `机关:` asks for what stands in no issuer's name, and tells the beginning and the end of it that do.
    pub(super) fn every_issuer_is_known(
        &self,
        request: &Request,
        gathered: &Gathered,
    ) -> Result<(), SearchError> {
        let mut leaves = gathered.query.leaves.iter().zip(&gathered.stand);
        let unknown =
            leaves.find(|(leaf, stands)| leaf.place == In::Issuer && **stands == Some(false));
        let Some((leaf, _)) = unknown else {
            return Ok(());
        };
        let letters: Vec<char> = leaf.written.chars().collect();
        let shorter = 2..letters.len();
        let begins = shorter.clone().map(|len| &letters[..len]);
        let ends = shorter.map(|len| &letters[letters.len() - len..]);
        let mut known = Vec::new();
        for mut parts in [begins.collect::<Vec<_>>(), ends.collect()] {
            parts.reverse();
            let stand = try_all(&parts, |part| self.is_issuer(part, leaf))?;
            let longest = parts.iter().zip(stand).find(|(_, stands)| *stands);
            known.extend(longest.map(|(part, _)| part.iter().collect::<String>()));
        }
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        Err(unknown_issuer(&request.query, leaf, &known, self.names()).into())
    }

    /// Whether some issuer's name contains these characters of what `leaf` asks for.
    fn is_issuer(&self, part: &[char], leaf: &Leaf) -> Result<bool, SearchError> {
        let part: String = part.iter().collect();
        let Some(pattern) = Pattern::new(&part, leaf.pattern.prefix) else {
            return Ok(false);
        };
        let issuer = self.segment.terms(self.segment.fields.issuer)?;
        let found = issuer.look_up(&pattern, &self.reports.vocabulary.runs)?;
        let opened = found.map(|found| issuer.open(&found)).transpose()?;
        Ok(opened.is_some_and(|opened| !opened.by_document().docs.is_empty()))
    }

    /// Whether a query finds something, as far as the dictionary tells.
    fn stands(&self, query: &str) -> Result<Option<bool>, SearchError> {
        let leaves = parse(query, self.names())?.leaves;
        let text = self.segment.terms(self.segment.fields.text)?;
        let runs = &self.reports.vocabulary.runs;
        let found = try_all(&leaves, |leaf| text.look_up(&leaf.pattern, runs))?;
        Ok(match found.as_slice() {
            [Some(found)] => found.stands(),
            all if all.iter().any(Option::is_none) => Some(false),
            _ => None,
        })
    }

    /// Whether a query finds something.
    fn finds(&self, query: &str) -> Result<bool, SearchError> {
        let request = Request {
            limit: 0,
            ..Request::default()
        };
        let found = self.answer(&request, &self.gather(query, false)?)?;
        Ok(found.occurrences > 0)
    }
}

/// Most suggestions.
const SUGGESTIONS: usize = 6;

/// Queries near a term, that may find something where it does not.
struct Nearby {
    whole: String,
    /// Its halves together.
    both: Option<String>,
    /// And each of them.
    halves: Vec<String>,
}

impl Nearby {
    fn of(pattern: &Pattern) -> Nearby {
        let units: Vec<&str> = pattern.texts().collect();
        if units.len() < 2 {
            return Nearby {
                whole: units.concat(),
                both: None,
                halves: Vec::new(),
            };
        }
        let (first, second) = units.split_at(units.len().div_ceil(2));
        let quoted = |part: &[&str]| format!("\"{}\"", part.concat());
        let (first, second) = (quoted(first), quoted(second));
        Nearby {
            whole: quoted(&units),
            both: Some(format!("{first} {second}")),
            halves: vec![first, second],
        }
    }
}
