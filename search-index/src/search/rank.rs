//! The order of reports.

use std::cmp::Reverse;

use super::evaluate::{Evaluation, Outcome};
use crate::Sort;

/// A found report.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ranked {
    pub(super) report: usize,
    pub(super) occurrences: u64,
    /// Its paragraphs in [`Outcome::paragraphs`]: from and up to.
    pub(super) paragraphs: (usize, usize),
    score: f32,
}

/// Saturation of a term's frequency, and weight of a paragraph's length: BM25's usual values.
/// Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// The found reports in order; equal ones in the order of the index.
pub(super) fn ranked(evaluation: &Evaluation<'_>, outcome: &Outcome, sort: Sort) -> Vec<Ranked> {
    let scores = if sort == Sort::Relevance {
        scores(evaluation, outcome)
    } else {
        Vec::new()
    };
    let mut at = 0;
    let all = outcome.reports.iter().map(|&report| {
        let from = at;
        let mut ranked = Ranked {
            report,
            occurrences: 0,
            paragraphs: (from, from),
            score: 0.0,
        };
        while let Some(found) = outcome
            .paragraphs
            .get(at)
            .filter(|found| found.report as usize == report)
        {
            ranked.occurrences += u64::from(found.count);
            ranked.score = ranked.score.max(scores.get(at).copied().unwrap_or(0.0));
            at += 1;
        }
        ranked.paragraphs.1 = at;
        ranked
    });
    let mut all: Vec<Ranked> = all.collect();
    let most = |ranked: &Ranked| {
        let paragraphs = ranked.paragraphs.1 - ranked.paragraphs.0;
        Reverse((ranked.occurrences, paragraphs))
    };
    let year = |ranked: &Ranked| evaluation.reports.year[ranked.report];
    let newest = |ranked: &Ranked| year(ranked).map_or(i32::MAX, |year| -year);
    match sort {
        Sort::Relevance => all.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| most(a).cmp(&most(b)))
        }),
        Sort::Year => all.sort_by_key(newest),
        Sort::YearAscending => all.sort_by_key(|ranked| year(ranked).unwrap_or(i32::MAX)),
        Sort::Region => all.sort_by_cached_key(|ranked| {
            let code = evaluation
                .reports
                .region_of(ranked.report)
                .map(|region| region.code.clone());
            (code.is_none(), code, newest(ranked))
        }),
        Sort::Count => all.sort_by_key(most),
    }
    all
}

/// BM25 of each found paragraph.
fn scores(evaluation: &Evaluation<'_>, outcome: &Outcome) -> Vec<f32> {
    let mut scores = vec![0.0; outcome.paragraphs.len()];
    let all = evaluation.reports.paragraphs() as f32;
    let mean = evaluation.reports.mean_chars.max(1.0);
    for leaf in evaluation.positive_terms() {
        let matches = &evaluation.matches[leaf];
        let with = matches.docs.len() as f32;
        let weight = (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
        let mut found = matches.docs.iter().zip(&matches.counts).peekable();
        for (score, paragraph) in scores.iter_mut().zip(&outcome.paragraphs) {
            while found.next_if(|(doc, _)| **doc < paragraph.doc).is_some() {}
            if let Some((_, count)) = found.next_if(|(doc, _)| **doc == paragraph.doc) {
                let count = *count as f32;
                let length = evaluation.paragraphs.chars(paragraph.doc) / mean;
                *score += weight * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length));
            }
        }
    }
    scores
}
