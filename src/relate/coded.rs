//! What the corpus keeps of a report's topics and figures: counts, excerpts bounded in length, and
//! each figure with its sentence.

use super::shelf::Shelved;
use crate::code::{Corrected, Depth, Observation, Passage};
use crate::evidence::Span;
use crate::structure::{Document, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Passages whose words are kept of a topic in one report; of the others, their places.
const PASSAGES: usize = 2;
/// An excerpt's length in characters.
const EXCERPT: usize = 150;

/// A topic in one report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicCard {
    /// The topic's id.
    pub topic: String,
    /// Paragraphs that name it.
    pub paragraphs: u32,
    /// Of these, paragraphs that are about it rather than name it in passing.
    pub about: u32,
    /// Places in the text.
    pub hits: u32,
    /// Where, and in which words.
    pub named: Shelved<Named>,
}

/// Where a report names a topic, and in which words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The first passages, those about it before those in passing, headings last.
    pub passages: Vec<Excerpt>,
    /// All paragraphs that name it, in the text's order.
    pub mentions: Vec<Mention>,
}

/// A paragraph that names a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The paragraph's anchor.
    pub anchor: Box<str>,
    /// Its ¶ number, where it has one.
    pub number: Option<u32>,
    /// The part it stands in.
    pub role: Role,
    /// Whether the paragraph is about the topic.
    pub about: bool,
    /// Places in the paragraph.
    pub hits: u32,
    /// The matched words, each once, parted by `|`.
    pub words: Box<str>,
    /// The keeper's word, where it stands by a correction.
    pub corrected: Option<Box<Corrected>>,
}

/// Words of a paragraph that name a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The paragraph's anchor.
    pub anchor: String,
    /// Its ¶ number, where it has one.
    pub number: Option<u32>,
    /// The part it stands in.
    pub role: Role,
    /// Whether the paragraph is about the topic.
    pub about: bool,
    /// The words.
    pub words: String,
    /// The matched words within [`words`](Self::words).
    pub marks: Vec<Span>,
    /// Whether the paragraph has words before these.
    pub cut_before: bool,
    /// Whether the paragraph has words after these.
    pub cut_after: bool,
}

/// A figure with its sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What the report says of the indicator.
    pub observation: Observation,
    /// Its sentence's words.
    pub sentence: String,
    /// The number within the sentence.
    pub mark: Span,
    /// The sentence's anchor in the report's page.
    pub anchor: String,
    /// The ¶ number of its paragraph.
    pub number: Option<u32>,
}

/// The topics of `passages`, in the order of their ids.
pub(super) fn topics(document: &Document, passages: &[Passage]) -> Vec<TopicCard> {
    let mut by_topic: BTreeMap<&str, BTreeMap<u32, Vec<&Passage>>> = BTreeMap::new();
    for passage in passages {
        by_topic
            .entry(&passage.topic)
            .or_default()
            .entry(passage.paragraph)
            .or_default()
            .push(passage);
    }
    by_topic
        .into_iter()
        .map(|(topic, paragraphs)| {
            let about = |hits: &[&Passage]| hits.iter().any(|hit| hit.depth == Depth::About);
            let mut order: Vec<(&u32, &Vec<&Passage>)> = paragraphs.iter().collect();
            // A heading says what follows is about, and nothing of it.
            let is_heading = |paragraph: u32| {
                let line = document.paragraphs.get(paragraph as usize);
                line.is_some_and(|line| !line.kind.numbered())
            };
            order.sort_by_key(|(paragraph, hits)| {
                (is_heading(**paragraph), !about(hits), **paragraph)
            });
            TopicCard {
                topic: topic.to_owned(),
                paragraphs: paragraphs.len() as u32,
                about: paragraphs.values().filter(|hits| about(hits)).count() as u32,
                hits: paragraphs.values().map(Vec::len).sum::<usize>() as u32,
                named: Shelved::InHand(Named {
                    passages: order
                        .into_iter()
                        .take(PASSAGES)
                        .filter_map(|(paragraph, hits)| {
                            excerpt(document, *paragraph, hits, about(hits))
                        })
                        .collect(),
                    mentions: paragraphs
                        .iter()
                        .filter_map(|(paragraph, hits)| {
                            mention(document, *paragraph, hits, about(hits))
                        })
                        .collect(),
                }),
            }
        })
        .collect()
}

fn mention(document: &Document, paragraph: u32, hits: &[&Passage], about: bool) -> Option<Mention> {
    let line = document.paragraphs.get(paragraph as usize)?;
    let mut words: Vec<&str> = Vec::new();
    for hit in hits {
        let found = hit.span.of(&document.text.text);
        if !words.contains(&found) {
            words.push(found);
        }
    }
    Some(Mention {
        anchor: line.anchor.as_str().into(),
        number: document.number(paragraph as usize),
        role: document.role_at(hits.first()?.span.start),
        about,
        hits: hits.len() as u32,
        words: words.join("|").into(),
        corrected: hits
            .iter()
            .find_map(|hit| hit.corrected.clone().map(Box::new)),
    })
}

/// The words around a paragraph's first hit: whole sentences from the one it stands in, up to the
/// length that is kept.
fn excerpt(document: &Document, paragraph: u32, hits: &[&Passage], about: bool) -> Option<Excerpt> {
    let line = document.paragraphs.get(paragraph as usize)?;
    let words = document.words(paragraph as usize);
    let first = hits.iter().map(|hit| hit.span.start).min()?;
    let at = (first.checked_sub(line.span.start)? as usize).min(words.len());
    let ends = |c: char| matches!(c, '。' | '！' | '？' | '；' | ';' | '!' | '?');
    let mut from = words.get(..at)?.rfind(ends).map_or(0, |end| {
        end + words[end..].chars().next().map_or(1, char::len_utf8)
    });
    // A long sentence is entered in its middle.
    if words[from..at].chars().count() > EXCERPT / 2 {
        from = words[..at]
            .char_indices()
            .rev()
            .nth(EXCERPT / 4)
            .map_or(from, |(byte, _)| byte);
    }
    let most = words[from..]
        .char_indices()
        .nth(EXCERPT)
        .map_or(words.len(), |(byte, _)| from + byte);
    let mut to = most;
    if most < words.len() {
        let last_hit = hits
            .iter()
            .map(|hit| (hit.span.end - line.span.start) as usize)
            .filter(|end| *end <= most)
            .max()
            .unwrap_or(most);
        // To the end of a sentence, if one ends after the last hit.
        if let Some(end) = words[last_hit..most].rfind(ends) {
            let end = last_hit + end;
            to = end + words[end..].chars().next().map_or(1, char::len_utf8);
        }
    }
    let start = line.span.start as usize;
    Some(Excerpt {
        anchor: line.anchor.clone(),
        number: document.number(paragraph as usize),
        role: document.role_at(first),
        about,
        words: words[from..to].to_owned(),
        marks: hits
            .iter()
            .map(|hit| {
                (
                    hit.span.start as usize - start,
                    hit.span.end as usize - start,
                )
            })
            .filter(|(a, b)| from <= *a && *b <= to)
            .map(|(a, b)| Span::new(a - from, b - from))
            .collect(),
        cut_before: from > 0,
        cut_after: to < words.len(),
    })
}

/// `observations` with their sentences, in their order.
pub(super) fn figures(document: &Document, observations: &[Observation]) -> Vec<Figure> {
    let mut figures: Vec<Figure> = observations
        .iter()
        .filter_map(|observation| {
            let sentence = observation.sentence;
            let words = document
                .text
                .text
                .get(sentence.start as usize..sentence.end as usize)?;
            let inside = sentence.contains(observation.span);
            Some(Figure {
                sentence: words.to_owned(),
                mark: if inside {
                    Span {
                        start: observation.span.start - sentence.start,
                        end: observation.span.end - sentence.start,
                    }
                } else {
                    Span::new(0, 0)
                },
                anchor: document.sentence_anchor(sentence),
                number: document.number(observation.paragraph as usize),
                observation: observation.clone(),
            })
        })
        .collect();
    figures.shrink_to_fit();
    figures
}

impl Figure {
    /// Whether a keeper struck it: it is shown as such, and counts nowhere.
    pub fn struck(&self) -> bool {
        let corrected = self.observation.corrected.as_ref();
        corrected.is_some_and(|corrected| corrected.struck)
    }

    /// Whether its value may be ranked with others: an exact number for the report's own time, as
    /// stated, uncontradicted.
    pub fn comparable(&self) -> bool {
        let o = &self.observation;
        o.value.is_some()
            && o.state != crate::code::State::Unparsed
            && !(o.approx || o.at_least || o.conflict)
            && o.period.is_none()
            && o.cumulative_since.is_none()
    }
}
