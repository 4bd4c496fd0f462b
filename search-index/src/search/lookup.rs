//! Patterns → where they occur, from Tantivy's dictionary and postings.
//!
//! Reading goes in two stages, the dictionary for all patterns and then the postings for all patterns, and each stage
//! touches everything it needs before it fails: where bytes must be fetched first, that is one round a stage.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io;
use std::sync::Arc;

use tantivy::index::InvertedIndexReader;
use tantivy::postings::{Postings as _, SegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption, Term};
use tantivy::{DocSet as _, TERMINATED};

use crate::SearchError;
use crate::columns::{Paragraphs, Reports};
use crate::pattern::{Part, Pattern, Scan, Tokens};

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

/// A pattern found in the dictionary: parts that cover it.
#[derive(Debug)]
pub(crate) struct Found {
    parts: Vec<FoundPart>,
    /// Characters of a match, or of the shortest one.
    chars: u32,
}

impl Found {
    /// Whether the pattern occurs anywhere, as far as the dictionary tells: a token that is in it does.
    pub(crate) fn stands(&self) -> Option<bool> {
        (self.parts.len() == 1).then_some(true)
    }
}

/// A part of a pattern in the dictionary: it stands wherever one of some tokens stands.
#[derive(Debug)]
struct FoundPart {
    offset: u32,
    chars: u32,
    /// Its end is the match's, wherever that is.
    goes_on: bool,
    tokens: Vec<Token>,
}

/// A token in the dictionary.
#[derive(Debug)]
struct Token {
    info: TermInfo,
    /// Where in the token the part begins.
    inside: u32,
    /// How many characters of the text it stands for.
    chars: u32,
}

impl FoundPart {
    fn bytes(&self) -> usize {
        let bytes =
            |token: &Token| token.info.postings_range.len() + token.info.positions_range.len();
        self.tokens.iter().map(bytes).sum()
    }
}

impl Terms {
    /// First stage: the dictionary. Nothing if some part of the pattern is nowhere. `runs`: the lexicon, sorted.
    pub(crate) fn look_up(
        &self,
        pattern: &Pattern,
        runs: &[String],
    ) -> Result<Option<Found>, SearchError> {
        let parts = try_all(pattern.plan(runs), |part| self.part(&part))?;
        let there = parts.iter().all(|part| !part.tokens.is_empty());
        Ok(there.then(|| Found {
            parts: cheapest(parts),
            chars: pattern.chars(),
        }))
    }

    fn part(&self, part: &Part) -> io::Result<FoundPart> {
        let mut goes_on = false;
        let own = match &part.tokens {
            Tokens::One(token) => self.token(token, 0, part.chars).map(Vec::from_iter),
            Tokens::Any(scan) => {
                goes_on = scan.goes_on;
                let found = try_all(scan.ranges(), |range| self.scan(scan, range));
                found.map(|found| found.into_iter().flatten().collect())
            }
        };
        let around = try_all(&part.inside, |(run, at)| self.token(run, *at, part.chars));
        let mut tokens = own?;
        tokens.extend(around?.into_iter().flatten());
        Ok(FoundPart {
            offset: part.offset,
            chars: part.chars,
            goes_on,
            tokens,
        })
    }

    fn token(&self, text: &str, inside: u32, chars: u32) -> io::Result<Option<Token>> {
        let term = Term::from_field_text(self.field, text);
        let info = self.reader.get_term_info(&term)?;
        Ok(info.map(|info| Token {
            info,
            inside,
            chars,
        }))
    }

    fn scan(&self, scan: &Scan, [from, upto]: [Vec<u8>; 2]) -> io::Result<Vec<Token>> {
        let range = self.reader.terms().range().ge(from).lt(upto);
        let (mut stream, mut taken) = (range.into_stream()?, Vec::new());
        while let Some((token, info)) = stream.next() {
            let token = std::str::from_utf8(token).unwrap_or_default();
            taken.extend(scan.takes(token).map(|chars| Token {
                info: info.clone(),
                inside: 0,
                chars,
            }));
        }
        Ok(taken)
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
        let parts = try_all(&found.parts, |part| {
            let lists = try_all(&part.tokens, |token| {
                io::Result::Ok(List {
                    postings: self.postings(&token.info)?,
                    inside: token.inside,
                    chars: token.chars,
                })
            });
            io::Result::Ok(OpenedPart {
                offset: part.offset,
                goes_on: part.goes_on,
                places: Places::new(lists?),
            })
        });
        Ok(Opened {
            parts: parts?,
            chars: found.chars,
        })
    }
}

/// Drops parts whose characters others cover, the dearest first.
fn cheapest(mut parts: Vec<FoundPart>) -> Vec<FoundPart> {
    parts.sort_by_key(|part| std::cmp::Reverse(part.bytes()));
    let mut at = 0;
    while at < parts.len() {
        let part = &parts[at];
        let covered = |place: u32| {
            let mut others = parts.iter().enumerate().filter(|(other, _)| *other != at);
            others.any(|(_, other)| (other.offset..other.offset + other.chars).contains(&place))
        };
        if !part.goes_on && (part.offset..part.offset + part.chars).all(covered) {
            parts.remove(at);
        } else {
            at += 1;
        }
    }
    // The rarest drives.
    parts.reverse();
    parts
}

/// A pattern's postings, read: those of its parts, the rarest first.
pub(crate) struct Opened {
    parts: Vec<OpenedPart>,
    chars: u32,
}

struct OpenedPart {
    offset: u32,
    goes_on: bool,
    places: Places,
}

impl OpenedPart {
    /// Length of a match that has this part with so many characters.
    fn length(&self, chars: u32) -> Option<u32> {
        self.goes_on.then(|| self.offset + chars)
    }
}

impl Opened {
    /// Calls `see` with document, position and length of each occurrence, in order.
    pub(crate) fn each(mut self, mut see: impl FnMut(u32, u32, u32)) {
        let Some((first, others)) = self.parts.split_first_mut() else {
            return;
        };
        // Start and length of each match in the present document.
        let (mut matches, mut places) = (Vec::new(), Vec::new());
        while first.places.doc() != TERMINATED {
            let doc = first.places.doc();
            let behind = others.iter_mut().find_map(|other| {
                let at = other.places.seek(doc);
                (at != doc).then_some(at)
            });
            if let Some(at) = behind {
                first.places.seek(at);
                continue;
            }
            first.places.stand(&mut places);
            matches.clear();
            matches.extend(places.iter().filter_map(|&(at, chars)| {
                let length = first.length(chars).unwrap_or(self.chars);
                Some((at.checked_sub(first.offset)?, length))
            }));
            for other in others.iter_mut() {
                other.places.stand(&mut places);
                let mut rest = places.iter().peekable();
                matches.retain_mut(|(start, length)| {
                    let wanted = *start + other.offset;
                    while rest.next_if(|(at, _)| *at < wanted).is_some() {}
                    let Some((_, chars)) = rest.peek().filter(|(at, _)| *at == wanted) else {
                        return false;
                    };
                    *length = other.length(*chars).unwrap_or(*length);
                    true
                });
            }
            for &(start, length) in &matches {
                see(doc, start, length);
            }
            first.places.seek(doc + 1);
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

/// The postings of a token.
struct List {
    postings: SegmentPostings,
    /// Where in the token the part begins.
    inside: u32,
    chars: u32,
}

/// Where any of some tokens stand, document by document.
struct Places {
    lists: Vec<List>,
    /// The lists that are further on, by their documents.
    ahead: BinaryHeap<Reverse<(u32, usize)>>,
    /// The lists that are at the present document.
    present: Vec<usize>,
    doc: u32,
    positions: Vec<u32>,
}

impl Places {
    fn new(lists: Vec<List>) -> Places {
        let docs = lists.iter().map(|list| list.postings.doc()).zip(0..);
        let mut places = Places {
            ahead: docs.map(Reverse).collect(),
            present: Vec::with_capacity(lists.len()),
            lists,
            doc: TERMINATED,
            positions: Vec::new(),
        };
        places.settle();
        places
    }

    fn doc(&self) -> u32 {
        self.doc
    }

    /// Goes to the first document from this one on.
    fn seek(&mut self, target: u32) -> u32 {
        if self.doc >= target {
            return self.doc;
        }
        let next = target == self.doc + 1;
        for list in self.present.drain(..) {
            let postings = &mut self.lists[list].postings;
            let doc = if next {
                postings.advance()
            } else {
                postings.seek(target)
            };
            self.ahead.push(Reverse((doc, list)));
        }
        while let Some(mut first) = self.ahead.peek_mut() {
            let Reverse((doc, list)) = *first;
            if doc >= target {
                break;
            }
            *first = Reverse((self.lists[list].postings.seek(target), list));
        }
        self.settle();
        self.doc
    }

    /// Takes the lists that are furthest back.
    fn settle(&mut self) {
        let first = self.ahead.peek().map(|Reverse((doc, _))| *doc);
        self.doc = first.unwrap_or(TERMINATED);
        if self.doc == TERMINATED {
            return;
        }
        while let Some(first) = self.ahead.peek_mut() {
            let Reverse((doc, list)) = *first;
            if doc != self.doc {
                break;
            }
            self.present.push(list);
            PeekMut::pop(first);
        }
    }

    /// Where the tokens stand in the present document, and how many characters they stand for; in order.
    fn stand(&mut self, places: &mut Vec<(u32, u32)>) {
        places.clear();
        for list in &self.present {
            let list = &mut self.lists[*list];
            list.postings.positions(&mut self.positions);
            let (inside, chars) = (list.inside, list.chars);
            places.extend(self.positions.iter().map(|at| (at + inside, chars)));
        }
        if self.present.len() > 1 {
            places.sort_unstable();
            // A pair may stand inside of two runs.
            places.dedup();
        }
    }
}
