//! Compact columns beside Tantivy's files: what is counted and filtered by without reading any text.
//!
//! Three tables, stored as the last three documents: reports (read at opening), paragraphs (roles and lengths) and topics
//! (both read with the first query that needs them).

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::alphabet::Alphabet;
use crate::bytes::{Reading, put_bytes, put_number};
use crate::units::{SLOT, slots};
use crate::{
    IndexedParagraph, IndexedRegion, IndexedReport, SCHEMA_VERSION, SearchError, TopicLabel, topics,
};

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
    /// About how many characters of folded text a paragraph has.
    pub(crate) fn chars(&self, paragraph: u32) -> f32 {
        let slots = self.slots.get(paragraph as usize).copied().unwrap_or(1);
        (slots * SLOT) as f32
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
        let bits = reading.bytes()?;
        let mut bits = (0..bits.len() * 8)
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

/// What of a group's reports the columns hold. Roles and topics are numbered in the order of their first appearance.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct GroupRows {
    reports: Vec<Row<IndexedRegion, String>>,
    roles: Vec<String>,
    topics: Vec<String>,
    /// Of each paragraph.
    role: Vec<u8>,
    /// Of each paragraph's folded text.
    chars: Vec<u32>,
    /// Paragraphs, numbered through the group, with a topic each.
    topic: Vec<(u32, u16)>,
}

/// A report's row.
#[derive(Debug, Serialize, Deserialize)]
struct Row<Region, Kind> {
    paragraphs: u32,
    region: Option<Region>,
    year: Option<i32>,
    issuer_type: Option<Kind>,
}

impl GroupRows {
    /// How many reports there are.
    pub(crate) fn len(&self) -> usize {
        self.reports.len()
    }

    /// Adds the row of a report; its paragraphs follow by [`Self::paragraph`].
    pub(crate) fn report(&mut self, report: &IndexedReport) {
        self.reports.push(Row {
            paragraphs: report.paragraphs.len() as u32,
            region: report.region.clone(),
            year: report.year,
            issuer_type: report.issuer_type.clone(),
        });
    }

    /// Adds a paragraph, of so many characters when folded.
    pub(crate) fn paragraph(&mut self, paragraph: &IndexedParagraph, chars: u32) {
        let number = self.chars.len() as u32;
        let role = place_of(&mut self.roles, &paragraph.role);
        self.role.push(role.min(u8::MAX.into()) as u8);
        self.chars.push(chars);
        for topic in &paragraph.topics {
            let topic = place_of(&mut self.topics, topic) as u16;
            self.topic.push((number, topic));
        }
    }
}

/// Where a value is in a short list, at the end of it if it was not there.
fn place_of(list: &mut Vec<String>, value: &str) -> usize {
    if let Some(place) = list.iter().position(|other| other == value) {
        return place;
    }
    list.push(value.to_owned());
    list.len() - 1
}

/// Collects the columns while reports are added.
#[derive(Debug, Default)]
pub(crate) struct ColumnsBuilder {
    regions: BTreeMap<IndexedRegion, usize>,
    issuer_types: BTreeMap<String, usize>,
    roles: BTreeMap<String, usize>,
    topics: BTreeMap<String, Vec<u32>>,
    rows: Vec<Row<usize, usize>>,
    role: Vec<(usize, u32)>,
    /// A bit a slot of positions, set where a paragraph begins.
    begins: Vec<u8>,
    slots: u64,
    paragraphs: u32,
}

/// Number of a value, in the order of first appearance.
fn number_of<K: Ord + Clone>(numbers: &mut BTreeMap<K, usize>, key: &K) -> usize {
    if let Some(&number) = numbers.get(key) {
        return number;
    }
    let number = numbers.len();
    numbers.insert(key.clone(), number);
    number
}

/// Values in the order of their numbers.
fn in_order<K>(numbers: BTreeMap<K, usize>) -> Vec<K> {
    let mut all: Vec<_> = numbers.into_iter().collect();
    all.sort_by_key(|(_, number)| *number);
    all.into_iter().map(|(key, _)| key).collect()
}

impl ColumnsBuilder {
    /// Adds the reports of a group.
    pub(crate) fn group(&mut self, group: &GroupRows) {
        for report in &group.reports {
            let region = report.region.as_ref();
            let kind = report.issuer_type.as_ref();
            self.rows.push(Row {
                paragraphs: report.paragraphs,
                region: region.map(|region| number_of(&mut self.regions, region)),
                // Years from 0 on; anything else is no report year.
                year: report.year.filter(|year| (0..i32::MAX).contains(year)),
                issuer_type: kind.map(|kind| number_of(&mut self.issuer_types, kind)),
            });
        }
        let number = |role| number_of(&mut self.roles, role).min(u8::MAX.into());
        let roles: Vec<usize> = group.roles.iter().map(number).collect();
        for (role, chars) in group.role.iter().zip(&group.chars) {
            let role = roles.get(usize::from(*role)).copied().unwrap_or_default();
            self.paragraph(role, *chars);
        }
        let first = self.paragraphs - group.chars.len() as u32;
        let mut topics = vec![Vec::new(); group.topics.len()];
        for (paragraph, topic) in &group.topic {
            if let Some(all) = topics.get_mut(usize::from(*topic))
                && all.last() != Some(&(first + paragraph))
            {
                all.push(first + paragraph);
            }
        }
        for (topic, paragraphs) in group.topics.iter().zip(topics) {
            let all = self.topics.entry(topic.clone()).or_default();
            all.extend(paragraphs);
        }
    }

    fn paragraph(&mut self, role: usize, chars: u32) {
        match self.role.last_mut() {
            Some((last, run)) if *last == role => *run += 1,
            _ => self.role.push((role, 1)),
        }
        let bit = self.slots;
        self.slots += u64::from(slots(chars));
        self.begins.resize(self.slots.div_ceil(8) as usize, 0);
        self.begins[(bit / 8) as usize] |= 1 << (bit % 8);
        self.paragraphs += 1;
    }

    /// The three tables. `texts`: how many stored bytes each report has.
    pub(crate) fn encode(
        self,
        labels: &[TopicLabel],
        alphabet: Alphabet,
        runs: Vec<String>,
        texts: &[u32],
    ) -> Result<[Vec<u8>; 3], serde_json::Error> {
        let label = |id: &String| {
            let known = labels.iter().find(|label| label.id == *id);
            known.cloned().unwrap_or_else(|| TopicLabel {
                id: id.clone(),
                names: vec![id.clone()],
            })
        };
        let vocabulary = Vocabulary {
            regions: in_order(self.regions),
            issuer_types: in_order(self.issuer_types),
            roles: in_order(self.roles),
            topics: self.topics.keys().map(label).collect(),
            alphabet,
            runs,
        };
        let mut reports = Vec::new();
        put_number(&mut reports, SCHEMA_VERSION.into());
        put_bytes(&mut reports, &serde_json::to_vec(&vocabulary)?);
        put_number(&mut reports, self.rows.len() as u64);
        for (row, text) in self.rows.iter().zip(texts) {
            put_number(&mut reports, row.paragraphs.into());
            put_number(&mut reports, (*text).into());
            put_number(
                &mut reports,
                row.region.map_or(0, |region| region as u64 + 1),
            );
            put_number(&mut reports, row.year.map_or(0, |year| year as u64 + 1));
            put_number(
                &mut reports,
                row.issuer_type.map_or(0, |kind| kind as u64 + 1),
            );
        }
        let chars = self.slots * u64::from(SLOT);
        put_number(&mut reports, chars / u64::from(self.paragraphs.max(1)));

        let mut paragraphs = Vec::new();
        for (role, run) in &self.role {
            put_number(&mut paragraphs, *role as u64);
            put_number(&mut paragraphs, (*run).into());
        }
        put_bytes(&mut paragraphs, &self.begins);

        let mut of_topics = Vec::new();
        topics::encode(self.topics.values(), self.paragraphs, &mut of_topics);
        Ok([reports, paragraphs, of_topics])
    }
}
