//! Occurrences in the original texts: key word in context.

use super::evaluate::{FoundParagraph, Outcome};
use super::lookup::try_all;
use super::rank::Ranked;
use super::{In, Query, Searcher};
use crate::fold::{Folded, fold};
use crate::stored::{StoredParagraph, StoredReport};
use crate::units::{Unit, prepare, units};
use crate::{Group, Hit, Kwic, LineOrder, ReportLabel, Request, SearchError};

/// The asked-for reports with their first hits.
pub(super) fn groups(
    searcher: &Searcher,
    query: &Query,
    outcome: &Outcome,
    ranked: &[Ranked],
    request: &Request,
) -> Result<Vec<Group>, SearchError> {
    let shown: Vec<&Ranked> = ranked
        .iter()
        .skip(request.offset)
        .take(request.limit)
        .collect();
    let stored = try_all(&shown, |ranked| searcher.stored_report(ranked.report))?;
    let lines = Lines {
        searcher,
        query,
        outcome,
        width: request.width,
    };
    let group = |(ranked, stored): (&&Ranked, StoredReport)| {
        let hits = lines.of(ranked, &stored, request.hits_per_report)?;
        Ok(Group {
            occurrences: ranked.occurrences,
            paragraphs: (ranked.paragraphs.1 - ranked.paragraphs.0) as u64,
            hits,
            label: stored.label,
        })
    };
    shown.iter().zip(stored).map(group).collect()
}

/// The asked-for lines, and whether the cap left some out.
pub(super) fn lines(
    searcher: &Searcher,
    query: &Query,
    outcome: &Outcome,
    ranked: &[Ranked],
    request: &Request,
) -> Result<(Vec<Hit>, bool), SearchError> {
    let cap = request.line_cap.unwrap_or(usize::MAX);
    let capped = all_lines(ranked) > cap as u64;
    // Without an order by context only the asked-for lines' reports are read.
    let (from, upto) = match request.lines {
        LineOrder::Report => (
            request.offset,
            request.offset.saturating_add(request.limit).min(cap),
        ),
        LineOrder::Left | LineOrder::Right => (0, cap),
    };
    let mut at = 0;
    let mut first = None;
    let shown = ranked.iter().filter(|ranked| {
        let before = at;
        at += lines_of(ranked);
        let wanted = at > from && before < upto;
        if wanted && first.is_none() {
            first = Some(before);
        }
        wanted
    });
    let shown: Vec<&Ranked> = shown.collect();
    let stored = try_all(&shown, |ranked| searcher.stored_report(ranked.report))?;
    let lines = Lines {
        searcher,
        query,
        outcome,
        width: request.width,
    };
    let mut hits = Vec::new();
    for (ranked, stored) in shown.iter().zip(&stored) {
        let of_report = lines.of(ranked, stored, usize::MAX)?;
        if of_report.is_empty() {
            hits.push(report_line(&stored.label));
        }
        hits.extend(of_report);
    }
    let first = first.unwrap_or(0);
    hits.truncate(upto.saturating_sub(first));
    match request.lines {
        LineOrder::Report => {
            hits.drain(..from.saturating_sub(first).min(hits.len()));
        }
        LineOrder::Left => {
            hits.sort_by_cached_key(|hit| hit.kwic.left.chars().rev().collect::<String>());
            hits.drain(..request.offset.min(hits.len()));
        }
        LineOrder::Right => {
            hits.sort_by(|a, b| a.kwic.right.cmp(&b.kwic.right));
            hits.drain(..request.offset.min(hits.len()));
        }
    }
    hits.truncate(request.limit);
    Ok((hits, capped))
}

/// How many lines [`View::Lines`](crate::View::Lines) has, if none is left out.
pub(super) fn all_lines(ranked: &[Ranked]) -> u64 {
    ranked.iter().map(|ranked| lines_of(ranked) as u64).sum()
}

/// How many lines a report gives: one an occurrence; or one a paragraph that fields alone found; or one for itself.
fn lines_of(ranked: &Ranked) -> usize {
    match ranked.occurrences {
        0 => (ranked.paragraphs.1 - ranked.paragraphs.0).max(1),
        occurrences => occurrences as usize,
    }
}

/// The line of a report in which no paragraph was found.
fn report_line(label: &ReportLabel) -> Hit {
    hit_in(label, &StoredParagraph::default(), String::new())
}

/// A hit in a paragraph, without its place there.
fn hit_in(label: &ReportLabel, paragraph: &StoredParagraph, part: String) -> Hit {
    Hit {
        report: label.report.clone(),
        title: label.title.clone(),
        region: label.region.clone(),
        year: label.year,
        issuer: label.issuer.clone(),
        page: label.page.clone(),
        paragraph: paragraph.number,
        anchor: paragraph.anchor.clone(),
        part,
        span: [0, 0],
        kwic: Kwic::default(),
    }
}

struct Lines<'a> {
    searcher: &'a Searcher,
    query: &'a Query,
    outcome: &'a Outcome,
    width: usize,
}

impl Lines<'_> {
    /// The first hits of a report.
    fn of(
        &self,
        ranked: &Ranked,
        stored: &StoredReport,
        most: usize,
    ) -> Result<Vec<Hit>, SearchError> {
        let first = self.searcher.reports.starts[ranked.report];
        let mut hits = Vec::new();
        for found in &self.outcome.paragraphs[ranked.paragraphs.0..ranked.paragraphs.1] {
            if hits.len() >= most {
                break;
            }
            let paragraph = stored.paragraphs.get((found.doc - first) as usize);
            let paragraph = paragraph
                .ok_or_else(|| SearchError::Damaged("a paragraph is not stored".into()))?;
            let part = self.searcher.part(found.doc)?;
            for (start, end) in self.places(found, paragraph)? {
                hits.push(Hit {
                    span: [
                        paragraph.text[..start].chars().count(),
                        paragraph.text[..end].chars().count(),
                    ],
                    kwic: self.kwic(&paragraph.text, start, end),
                    ..hit_in(&stored.label, paragraph, part.clone())
                });
            }
        }
        hits.truncate(most);
        Ok(hits)
    }

    /// Byte ranges of a paragraph's occurrences in its original text.
    fn places(
        &self,
        found: &FoundParagraph,
        paragraph: &StoredParagraph,
    ) -> Result<Vec<(usize, usize)>, SearchError> {
        if found.count == 0 {
            return Ok(vec![(0, 0)]);
        }
        let folded = fold(&paragraph.text);
        let places = match self.outcome.places(found) {
            Some(places) => by_place(&folded, places),
            None => self.by_term(&folded, found.terms),
        };
        // The index's count and the text's must agree: never a wrong count.
        if places.len() != found.count as usize {
            let label = format!(
                "paragraph {} has {} occurrences, counted {}",
                paragraph.anchor,
                places.len(),
                found.count
            );
            return Err(SearchError::Damaged(label));
        }
        let original = |(start, end)| {
            let range = folded.source_range(start..end);
            (range.start, range.end)
        };
        Ok(places.into_iter().map(original).collect())
    }

    /// Byte ranges of some terms' occurrences in the folded text.
    fn by_term(&self, folded: &Folded, terms: u64) -> Vec<(usize, usize)> {
        let prepared = prepare(folded);
        let units: Vec<Unit<'_>> = units(&prepared).collect();
        let mut places = Vec::new();
        for (leaf, term) in self.query.leaves.iter().enumerate() {
            if terms >> leaf & 1 == 1 && term.place == In::Text {
                let found = term.pattern.find(&units);
                places.extend(found.map(|(from, upto)| {
                    let last = &units[upto - 1];
                    (units[from].byte, last.byte + last.text.len())
                }));
            }
        }
        places.sort_unstable();
        places
    }

    fn kwic(&self, text: &str, start: usize, end: usize) -> Kwic {
        let (before, hit, after) = (&text[..start], &text[start..end], &text[end..]);
        let from = before.char_indices().rev().nth(self.width);
        let left = match from {
            Some((at, c)) => format!("…{}", &before[at + c.len_utf8()..]),
            None => before.to_owned(),
        };
        // A paragraph as a whole has nothing on the left: its begin takes that room.
        let width = if hit.is_empty() {
            self.width * 2
        } else {
            self.width
        };
        let right = match after.char_indices().nth(width) {
            Some((at, _)) => format!("{}…", &after[..at]),
            None => after.to_owned(),
        };
        Kwic {
            left,
            hit: hit.to_owned(),
            right,
        }
    }
}

/// Byte ranges in the folded text of places in its characters, which are in order of their starts.
fn by_place(folded: &Folded, places: &[(u32, u32)]) -> Vec<(usize, usize)> {
    let bytes: Vec<usize> = folded
        .text
        .char_indices()
        .map(|(at, _)| at)
        .chain([folded.text.len()])
        .collect();
    let byte = |at: u32| bytes.get(at as usize).copied();
    let range = |(start, length): &(u32, u32)| Some((byte(*start)?, byte(start + length)?));
    places.iter().filter_map(range).collect()
}
