//! Where a report names the codebook's topics, and whether the paragraph is about them.

use super::reading::Sentence;
use super::{Depth, Passage};
use crate::codebook::Codebook;
use crate::codebook::lexicon::Occurrences;
use crate::evidence::Span;
use crate::structure::{Document, ParagraphKind};
use std::collections::BTreeMap;

/// All hits of one sentence, as (topic, span), in order.
pub(super) fn hits(
    sentence: &Sentence<'_>,
    codebook: &Codebook,
    words: &mut Occurrences,
) -> Vec<(usize, Span)> {
    let rules = &codebook.rules;
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    let mut vetoes: Vec<(usize, usize, usize)> = Vec::new();
    let possible = rules.topic_words(&sentence.words, words, |rule, start, end| {
        let rule = &rules.topics[rule];
        let list = if rule.except { &mut vetoes } else { &mut found };
        list.push((rule.topic, start, end));
    });
    for rule in possible {
        let rule = &rules.topics[rule];
        let list = if rule.except { &mut vetoes } else { &mut found };
        rule.matches(&sentence.words, words, |hit| {
            list.push((rule.topic, hit.start, hit.end));
        });
    }
    if found.is_empty() {
        return Vec::new();
    }
    vetoes.sort_unstable();
    vetoes.dedup_by(|next, last| {
        let touch = next.0 == last.0 && next.1 <= last.2;
        if touch {
            last.2 = last.2.max(next.2);
        }
        touch
    });
    found.retain(|&(topic, start, end)| {
        // Vetoes of one topic are apart now: only the last that begins before the hit's end can
        // touch it.
        let before = vetoes.partition_point(|&(by, from, _)| (by, from) < (topic, end));
        !before
            .checked_sub(1)
            .map(|last| vetoes[last])
            .is_some_and(|(by, _, to)| by == topic && start < to)
    });
    found.sort_unstable_by_key(|&(topic, start, end)| (topic, start, std::cmp::Reverse(end)));
    // Of overlapping hits of one topic the first and longest stands.
    let mut kept: Vec<(usize, usize, usize)> = Vec::new();
    for hit in found {
        if kept
            .last()
            .is_none_or(|last| last.0 != hit.0 || last.2 <= hit.1)
        {
            kept.push(hit);
        }
    }
    kept.sort_unstable_by_key(|&(topic, start, _)| (start, topic));
    kept.into_iter()
        .map(|(topic, start, end)| (topic, sentence.span_of_words(start, end)))
        .collect()
}

/// Judges by the codebook's rule whether each hit's paragraph is about its topic.
pub(super) fn passages(
    document: &Document,
    codebook: &Codebook,
    hits: &[(usize, usize, Span)],
) -> Vec<Passage> {
    let mut in_paragraph: BTreeMap<(usize, usize), u32> = BTreeMap::new();
    let mut by_topic: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
    for &(paragraph, topic, span) in hits {
        *in_paragraph.entry((paragraph, topic)).or_default() += 1;
        by_topic.entry(topic).or_default().push(span);
    }
    for spans in by_topic.values_mut() {
        spans.sort_unstable_by_key(|span| span.start);
    }
    let in_title = |title: Span, topic: usize| {
        let spans = by_topic.get(&topic).map_or(&[][..], Vec::as_slice);
        let first = spans.partition_point(|span| span.start < title.start);
        spans[first..]
            .iter()
            .take_while(|span| span.start < title.end)
            .any(|span| title.contains(*span))
    };
    let in_heading = |section: Option<u32>, topic: usize| {
        let mut section = section;
        while let Some(index) = section {
            let heading = &document.sections[index as usize];
            if in_title(heading.title, topic) {
                return true;
            }
            section = heading.parent;
        }
        false
    };
    let mut measured = (usize::MAX, 0);
    hits.iter()
        .map(|&(paragraph, topic, span)| {
            let place = &document.paragraphs[paragraph];
            if measured.0 != paragraph {
                measured = (paragraph, document.words(paragraph).chars().count() as u32);
            }
            let length = measured.1;
            let here = in_paragraph[&(paragraph, topic)];
            let about = here >= codebook.depths.hits
                || length <= codebook.depths.short
                || place.kind == ParagraphKind::Heading
                || in_heading(place.section, topic);
            Passage {
                topic: codebook.topics[topic].id.clone(),
                span,
                paragraph: paragraph as u32,
                depth: if about { Depth::About } else { Depth::Mention },
                corrected: None,
            }
        })
        .collect()
}
