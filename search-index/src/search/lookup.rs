//! Patterns → where they occur, from Tantivy's dictionary and postings.
//!
//! Reading goes in two stages, the dictionary for all patterns and then the postings for all patterns, and each stage
//! touches everything it needs before it fails: where bytes must be fetched first, that is one round a stage.

use std::io;
use std::sync::Arc;

use tantivy::index::InvertedIndexReader;
use tantivy::postings::{Postings as _, SegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption, Term};
use tantivy::{DocSet as _, TERMINATED};

use crate::SearchError;
use crate::columns::{Paragraphs, Reports};
use crate::pattern::{Pattern, Plan};

/// Where a pattern occurs: paragraphs (or, for the issuer, reports) in order, with counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Matches {
    pub(crate) docs: Vec<u32>,
    pub(crate) counts: Vec<u32>,
    /// Start and length of each occurrence in characters of the folded text, paragraph by paragraph; only if asked for.
    pub(crate) spans: Vec<(u32, u32)>,
}

impl Matches {
    fn push(&mut self, doc: u32, count: u32) {
        if count == 0 {
            return;
        }
        if self.docs.last() == Some(&doc) {
            *self.counts.last_mut().unwrap_or(&mut 0) += count;
        } else {
            self.docs.push(doc);
            self.counts.push(count);
        }
    }

    /// Documents with their spans.
    pub(crate) fn with_spans(&self) -> impl Iterator<Item = (u32, &[(u32, u32)])> {
        let mut at = 0;
        self.docs
            .iter()
            .zip(&self.counts)
            .map(move |(&doc, &count)| {
                let start = at;
                at += count as usize;
                (doc, self.spans.get(start..at).unwrap_or_default())
            })
    }
}

/// Runs an action on all and fails only after the last.
pub(crate) fn try_all<T, R, E>(
    items: impl IntoIterator<Item = T>,
    action: impl FnMut(T) -> Result<R, E>,
) -> Result<Vec<R>, E> {
    let (done, mut failed): (Vec<_>, Vec<_>) =
        items.into_iter().map(action).partition(Result::is_ok);
    match failed.pop() {
        Some(Err(error)) => Err(error),
        _ => Ok(done.into_iter().filter_map(Result::ok).collect()),
    }
}

/// A field's dictionary and postings.
#[derive(Clone)]
pub(crate) struct Terms {
    pub(crate) field: Field,
    pub(crate) reader: Arc<InvertedIndexReader>,
}

/// A pattern found in the dictionary.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Tokens that cover the pattern but for the scan's part.
    tokens: Vec<Token>,
    /// The scan's offset, and its tokens with the characters they stand for.
    scan: Option<(u32, Vec<(TermInfo, u32)>)>,
    /// Characters of the tokens' part and, without a scan, of every match.
    chars: u32,
}

impl Found {
    /// Whether the pattern occurs anywhere, as far as the dictionary tells: a token that is in it does.
    pub(crate) fn stands(&self) -> Option<bool> {
        match (self.tokens.as_slice(), &self.scan) {
            ([_], None) => Some(true),
            ([], Some((_, scanned))) => Some(!scanned.is_empty()),
            _ => None,
        }
    }
}

#[derive(Debug, Clone)]
struct Token {
    info: TermInfo,
    offset: u32,
    chars: u32,
}

impl Token {
    fn bytes(&self) -> usize {
        self.info.postings_range.len() + self.info.positions_range.len()
    }
}

impl Terms {
    /// First stage: the dictionary. Nothing if some part of the pattern is nowhere. `runs`: the lexicon, sorted.
    pub(crate) fn look_up(
        &self,
        pattern: &Pattern,
        runs: &[String],
    ) -> Result<Option<Found>, SearchError> {
        let Plan { tokens, scan } = pattern.plan(runs);
        let tokens = try_all(&tokens, |(token, offset)| self.token(token, *offset));
        let scan = scan.map(|scan| {
            let mut taken = Vec::new();
            let mut end = scan.prefix.clone().into_bytes();
            if let Some(last) = end.last_mut() {
                // No byte of UTF-8 is the highest.
                *last += 1;
            }
            let range = self.reader.terms().range().ge(&scan.prefix).lt(end);
            let mut stream = range.into_stream()?;
            while let Some((token, info)) = stream.next() {
                let token = std::str::from_utf8(token).unwrap_or_default();
                if let Some(chars) = scan.takes(token) {
                    taken.push((info.clone(), chars));
                }
            }
            io::Result::Ok((scan.offset, taken))
        });
        let (tokens, scan) = (tokens?, scan.transpose()?);
        let Some(tokens) = tokens.into_iter().collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        Ok(Some(Found {
            tokens: cheapest(tokens),
            scan,
            chars: pattern.chars(),
        }))
    }

    /// First stage, for several tokens of which any is meant.
    pub(crate) fn look_up_any(&self, tokens: &[&str]) -> Result<Found, SearchError> {
        let get = |token: &&str| {
            self.reader
                .get_term_info(&Term::from_field_text(self.field, token))
        };
        let infos = try_all(tokens, get)?.into_iter().flatten();
        Ok(Found {
            scan: Some((0, infos.map(|info| (info, 1)).collect())),
            ..Found::default()
        })
    }

    /// A token in the dictionary, if it is there.
    fn token(&self, text: &str, offset: u32) -> io::Result<Option<Token>> {
        let term = Term::from_field_text(self.field, text);
        let info = self.reader.get_term_info(&term)?;
        Ok(info.map(|info| Token {
            info,
            offset,
            chars: text.chars().filter(|c| !c.is_control()).count() as u32,
        }))
    }

    /// A token's postings. Where they can't be read, its positions are asked for all the same, so that both are fetched
    /// in one round.
    fn postings(&self, info: &TermInfo) -> io::Result<SegmentPostings> {
        let option = IndexRecordOption::WithFreqsAndPositions;
        let postings = self.reader.read_postings_from_terminfo(info, option);
        if postings.is_err() {
            let start = info.postings_range.start;
            let only_positions = TermInfo {
                doc_freq: 0,
                postings_range: start..start,
                ..info.clone()
            };
            self.reader
                .read_postings_from_terminfo(&only_positions, option)?;
        }
        postings
    }

    /// Second stage: the postings.
    pub(crate) fn open(&self, found: &Found) -> Result<Opened, SearchError> {
        let tokens = try_all(&found.tokens, |token| {
            io::Result::Ok((self.postings(&token.info)?, token.offset))
        });
        let scan = found.scan.as_ref().map(|(offset, infos)| {
            let postings = try_all(infos, |(info, chars)| {
                io::Result::Ok((self.postings(info)?, *chars))
            });
            io::Result::Ok((*offset, postings?))
        });
        Ok(Opened {
            tokens: tokens?,
            scan: scan.transpose()?,
            chars: found.chars,
        })
    }
}

/// Drops tokens whose characters others cover, the dearest first.
fn cheapest(mut tokens: Vec<Token>) -> Vec<Token> {
    tokens.sort_by_key(|token| std::cmp::Reverse(token.bytes()));
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        let covered = |place: u32| {
            let mut others = tokens.iter().enumerate().filter(|(other, _)| *other != at);
            others.any(|(_, other)| (other.offset..other.offset + other.chars).contains(&place))
        };
        if (token.offset..token.offset + token.chars).all(covered) {
            tokens.remove(at);
        } else {
            at += 1;
        }
    }
    // The rarest drives.
    tokens.reverse();
    tokens
}

/// A pattern's postings, read.
pub(crate) struct Opened {
    /// With their distance from the pattern's begin; the rarest first.
    tokens: Vec<(SegmentPostings, u32)>,
    /// With the characters they stand for.
    scan: Option<(u32, Vec<(SegmentPostings, u32)>)>,
    chars: u32,
}

impl Opened {
    /// Calls `see` with document, position and length of each occurrence, in order.
    pub(crate) fn each(self, mut see: impl FnMut(u32, u32, u32)) {
        let Opened {
            mut tokens,
            scan,
            chars,
        } = self;
        match (tokens.as_mut_slice(), scan) {
            ([(only, _)], None) => {
                let mut positions = Vec::new();
                while only.doc() != TERMINATED {
                    only.positions(&mut positions);
                    positions.iter().for_each(|&at| see(only.doc(), at, chars));
                    only.advance();
                }
            }
            // No two of a scan's tokens stand at the same place.
            ([], Some((_, scanned))) => {
                places(scanned)
                    .into_iter()
                    .for_each(|(doc, at, chars)| see(doc, at, chars));
            }
            (_, scan) => adjacent(tokens, scan, chars, see),
        }
    }

    /// The documents and how often the pattern occurs in each.
    pub(crate) fn by_document(self) -> Matches {
        let mut matches = Matches::default();
        self.each(|doc, _, _| matches.push(doc, 1));
        matches
    }

    /// The paragraphs and how often the pattern occurs in each.
    pub(crate) fn by_paragraph(
        self,
        reports: &Reports,
        paragraphs: &Paragraphs,
        spans: bool,
    ) -> Matches {
        let mut matches = Matches::default();
        let mut report = None;
        // The report's paragraphs from the present one on: number and first position.
        let mut range = 0..0;
        let mut starts: Vec<u32> = Vec::new();
        let mut present = 0;
        self.each(|doc, at, chars| {
            if report != Some(doc) {
                report = Some(doc);
                range = reports.range_of(doc as usize);
                starts.clear();
                starts.extend(paragraphs.starts(range.clone()));
                present = 0;
            }
            while starts.get(present + 1).is_some_and(|start| *start <= at) {
                present += 1;
            }
            matches.push(range.start + present as u32, 1);
            if spans {
                let start = starts.get(present).copied().unwrap_or(0);
                matches.spans.push((at.saturating_sub(start), chars));
            }
        });
        matches
    }
}

/// Document, position and length of every occurrence of the tokens, in order.
fn places(scanned: Vec<(SegmentPostings, u32)>) -> Vec<(u32, u32, u32)> {
    let mut places = Vec::new();
    let mut positions = Vec::new();
    for (mut postings, chars) in scanned {
        while postings.doc() != TERMINATED {
            postings.positions(&mut positions);
            places.extend(positions.iter().map(|&at| (postings.doc(), at, chars)));
            postings.advance();
        }
    }
    places.sort_unstable();
    places
}

/// Where all tokens, and one of the scan's, stand at their distances.
fn adjacent(
    mut tokens: Vec<(SegmentPostings, u32)>,
    scan: Option<(u32, Vec<(SegmentPostings, u32)>)>,
    chars: u32,
    mut see: impl FnMut(u32, u32, u32),
) {
    let scan = scan.map(|(offset, scanned)| (offset, places(scanned)));
    let Some(((first, first_offset), others)) = tokens.split_first_mut() else {
        return;
    };
    let (mut starts, mut positions) = (Vec::new(), Vec::new());
    while first.doc() != TERMINATED {
        let doc = first.doc();
        let behind = others.iter_mut().find_map(|(other, _)| {
            let at = if other.doc() < doc {
                other.seek(doc)
            } else {
                other.doc()
            };
            (at != doc).then_some(at)
        });
        if let Some(at) = behind {
            if at == TERMINATED {
                break;
            }
            first.seek(at);
            continue;
        }
        first.positions(&mut positions);
        starts.clear();
        starts.extend(
            positions
                .iter()
                .filter_map(|at| at.checked_sub(*first_offset)),
        );
        for (other, offset) in others.iter_mut() {
            other.positions(&mut positions);
            starts.retain(|start| positions.binary_search(&(start + *offset)).is_ok());
        }
        for &start in &starts {
            let length = match &scan {
                None => Some(chars),
                Some((offset, places)) => {
                    ending(places, doc, start + offset).map(|end| offset + end)
                }
            };
            if let Some(length) = length {
                see(doc, start, length);
            }
        }
        first.advance();
    }
}

/// Length of the token of a scan at this place.
fn ending(places: &[(u32, u32, u32)], doc: u32, at: u32) -> Option<u32> {
    let found = places.binary_search_by_key(&(doc, at), |&(doc, at, _)| (doc, at));
    found.ok().map(|index| places[index].2)
}
