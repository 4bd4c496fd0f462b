//! Where a report names the codebook's topics, and whether the paragraph is about them.

use super::reading::Sentence;
use super::{Depth, Passage};
use crate::codebook::Codebook;
use crate::codebook::lexicon::Occurrences;
use crate::evidence::Span;
use crate::structure::{Document, ParagraphKind};

/// All hits of one sentence, as (topic, span), in order.
pub(super) fn hits(
    sentence: &Sentence,
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
        list.extend(
            rule.matches(&sentence.words, words)
                .map(|hit| (rule.topic, hit.start(), hit.end())),
        );
    }
    if found.is_empty() {
        return Vec::new();
    }
    found.retain(|&(topic, start, end)| {
        !vetoes
            .iter()
            .any(|&(by, from, to)| by == topic && from < end && start < to)
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
    let in_heading = |section: Option<u32>, topic: usize| {
        let mut section = section;
        while let Some(index) = section {
            let heading = &document.sections[index as usize];
            let title = heading.title;
            if hits
                .iter()
                .any(|hit| hit.1 == topic && title.contains(hit.2))
            {
                return true;
            }
            section = heading.parent;
        }
        false
    };
    hits.iter()
        .map(|&(paragraph, topic, span)| {
            let place = &document.paragraphs[paragraph];
            let length = document.words(paragraph).chars().count() as u32;
            let here = hits
                .iter()
                .filter(|hit| hit.0 == paragraph && hit.1 == topic)
                .count();
            let about = here as u32 >= codebook.depths.hits
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
