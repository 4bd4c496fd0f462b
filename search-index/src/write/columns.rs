//! Reports → the [columns](crate::columns), group by group.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::alphabet::Alphabet;
use crate::bytes::{put_bytes, put_number};
use crate::columns::Vocabulary;
use crate::units::{SLOT, slots};
use crate::{
    IndexedParagraph, IndexedRegion, IndexedReport, SCHEMA_VERSION, TopicLabel, sentences, topics,
};

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
    sentences: sentences::Lengths,
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

    /// Adds a paragraph, which has this prepared text of so many characters.
    pub(crate) fn paragraph(&mut self, paragraph: &IndexedParagraph, prepared: &str, chars: u32) {
        self.sentences.paragraph(prepared, chars);
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
    sentences: sentences::Lengths,
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
        self.sentences.extend(&group.sentences);
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

    /// The tables. `texts`: how many stored bytes each report has.
    pub(crate) fn encode(
        self,
        labels: &[TopicLabel],
        alphabet: Alphabet,
        runs: Vec<String>,
        texts: &[u32],
    ) -> Result<[Vec<u8>; 4], serde_json::Error> {
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
        put_number(&mut paragraphs, self.slots);
        put_bytes(&mut paragraphs, &self.begins);

        let mut of_topics = Vec::new();
        topics::encode(self.topics.values(), self.paragraphs, &mut of_topics);
        let mut sentences = Vec::new();
        sentences::encode(&self.sentences, &mut sentences);
        Ok([reports, paragraphs, of_topics, sentences])
    }
}
