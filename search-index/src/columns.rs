//! Compact columns beside Tantivy's files: what is counted and filtered by without reading any text.
//!
//! Four tables, stored as the last documents: reports (read at opening), paragraphs (roles and lengths),
//! [topics] and [sentences] (each read with the first query that needs it).

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::alphabet::Alphabet;
use crate::bytes::Reading;
use crate::units::SLOT;
use crate::{IndexedRegion, SCHEMA_VERSION, SearchError, TopicLabel};

/// Values that many reports share, by which a column's numbers are read.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Vocabulary {
    pub(crate) regions: Vec<IndexedRegion>,
    /// Levels, kinds of issuers and roles that occur.
    pub(crate) issuer_types: Vec<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) topics: Vec<TopicLabel>,
    /// How stored texts are written.
    pub(crate) alphabet: Alphabet,
    /// The lexicon, sorted.
    pub(crate) runs: Vec<String>,
}

/// One row a report.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    pub(crate) vocabulary: Vocabulary,
    /// A report's first paragraph; one more at the end.
    pub(crate) starts: Vec<u32>,
    /// Index into the vocabulary.
    pub(crate) region: Vec<Option<u32>>,
    pub(crate) year: Vec<Option<i32>>,
    /// Index into the vocabulary.
    pub(crate) issuer_type: Vec<Option<u32>>,
    /// Where each report's stored bytes begin in [`TEXTS`](crate::schema::TEXTS); one more at the end.
    texts: Vec<u64>,
    /// Mean of [`Paragraphs::chars`].
    pub(crate) mean_chars: f32,
}

/// One row a paragraph. Paragraphs are numbered through all reports.
#[derive(Debug, Default)]
pub(crate) struct Paragraphs {
    /// Index into the vocabulary's roles.
    pub(crate) role: Vec<u8>,
    /// First slot of positions in its report.
    slot: Vec<u32>,
    /// How many slots it takes.
    slots: Vec<u32>,
}

impl Paragraphs {
    /// How many paragraphs there are.
    pub(crate) fn len(&self) -> u32 {
        self.slots.len() as u32
    }

    /// How many slots of positions a paragraph takes.
    pub(crate) fn slots(&self, paragraph: u32) -> u32 {
        self.slots.get(paragraph as usize).copied().unwrap_or(1)
    }

    /// About how many characters of folded text a paragraph has.
    pub(crate) fn chars(&self, paragraph: u32) -> f32 {
        (self.slots(paragraph) * SLOT) as f32
    }

    /// Paragraphs that take so many slots each.
    #[cfg(test)]
    pub(crate) fn with_slots(slots: Vec<u32>) -> Paragraphs {
        Paragraphs {
            slots,
            ..Paragraphs::default()
        }
    }

    /// Where the paragraphs of a report begin, in positions.
    pub(crate) fn starts(&self, range: Range<u32>) -> impl Iterator<Item = u32> {
        let slots = self.slot.get(range.start as usize..range.end as usize);
        slots.unwrap_or_default().iter().map(|slot| slot * SLOT)
    }
}

impl Reports {
    /// How many reports there are.
    pub(crate) fn len(&self) -> usize {
        self.year.len()
    }

    /// How many paragraphs all reports have together.
    pub(crate) fn paragraphs(&self) -> u32 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// A report's paragraphs.
    pub(crate) fn range_of(&self, report: usize) -> Range<u32> {
        let start = |report: usize| self.starts.get(report).copied();
        let start = |report: usize| start(report).unwrap_or_else(|| self.paragraphs());
        start(report)..start(report + 1)
    }

    /// Where a report's stored bytes are.
    pub(crate) fn text_of(&self, report: usize) -> Range<u64> {
        let at = |report: usize| self.texts.get(report).copied();
        at(report).unwrap_or(u64::MAX)..at(report + 1).unwrap_or(u64::MAX)
    }

    /// The report that a paragraph belongs to.
    pub(crate) fn report_of(&self, paragraph: u32) -> usize {
        self.starts
            .partition_point(|&start| start <= paragraph)
            .saturating_sub(1)
    }

    /// The reports that paragraphs belong to, which come in order: [`Self::report_of`], in one pass.
    pub(crate) fn in_order(&self) -> impl FnMut(u32) -> usize {
        let mut report = 0;
        let mut range = self.range_of(0);
        move |paragraph| {
            if paragraph >= range.end {
                // Mostly the next one, else far from it.
                report = match self.range_of(report + 1) {
                    next if next.contains(&paragraph) => report + 1,
                    _ => self.report_of(paragraph),
                };
                range = self.range_of(report);
            }
            report
        }
    }

    /// A report's region.
    pub(crate) fn region_of(&self, report: usize) -> Option<&IndexedRegion> {
        let region = *self.region.get(report)?;
        self.vocabulary.regions.get(region? as usize)
    }

    /// Kind of a report's issuer.
    pub(crate) fn issuer_type_of(&self, report: usize) -> Option<&str> {
        let kind = *self.issuer_type.get(report)?;
        Some(self.vocabulary.issuer_types.get(kind? as usize)?)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Reports, SearchError> {
        let mut reading = Reading::new(bytes);
        let found = reading.small()?;
        if found != SCHEMA_VERSION {
            return Err(SearchError::Schema {
                found,
                expected: SCHEMA_VERSION,
            });
        }
        let vocabulary = serde_json::from_slice(reading.bytes()?)
            .map_err(|error| SearchError::Damaged(error.to_string()))?;
        let len = reading.count()?;
        let mut reports = Reports {
            vocabulary,
            starts: vec![0],
            texts: vec![0],
            ..Reports::default()
        };
        let (mut start, mut text) = (0_u32, 0_u64);
        for _ in 0..len {
            start = start.saturating_add(reading.small()?);
            reports.starts.push(start);
            text = text.saturating_add(reading.number()?);
            reports.texts.push(text);
            reports.region.push(reading.small::<u32>()?.checked_sub(1));
            let year = reading.small::<i32>()?;
            reports.year.push((year > 0).then(|| year - 1));
            reports
                .issuer_type
                .push(reading.small::<u32>()?.checked_sub(1));
        }
        reports.mean_chars = reading.small::<u32>()? as f32;
        Ok(reports)
    }
}

impl Paragraphs {
    pub(crate) fn decode(bytes: &[u8], reports: &Reports) -> Result<Paragraphs, SearchError> {
        let wrong = || SearchError::Damaged("paragraphs don't add up".into());
        let mut reading = Reading::new(bytes);
        let count = reports.paragraphs() as usize;
        let mut role = Vec::new();
        while role.len() < count {
            let id = reading.small()?;
            let run: usize = reading.small()?;
            if run == 0 || run > count - role.len() {
                return Err(wrong());
            }
            role.resize(role.len() + run, id);
        }
        // A one begins a paragraph; as many bits as it has slots.
        let all: usize = reading.small()?;
        let bits = reading.bytes()?;
        let mut bits = (0..all.min(bits.len() * 8))
            .map(|at| bits[at / 8] >> (at % 8) & 1 == 1)
            .peekable();
        let (mut slot, mut slots) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for report in 0..reports.len() {
            let mut at = 0;
            for _ in reports.range_of(report) {
                if bits.next() != Some(true) {
                    return Err(wrong());
                }
                let mut taken = 1;
                while bits.next_if_eq(&false).is_some() {
                    taken += 1;
                }
                slot.push(at);
                slots.push(taken);
                at += taken;
            }
        }
        Ok(Paragraphs { role, slot, slots })
    }
}
