//! 同句 and 同段: what stands together in a sentence or a paragraph.

use super::bits::Bits;
use super::lookup::Matches;
use crate::query::{Node, Query, Within};
use crate::sentences::Ends;

/// Paragraphs whose ends of sentences a query needs.
pub(super) fn sentences_asked_for(query: &Query, matches: &[Matches], paragraphs: usize) -> Bits {
    let mut asked = Bits::none(paragraphs);
    if let Some(root) = &query.root {
        root.walk(true, &mut |node, _| {
            if let Node::Same(Within::Sentence, inner) = node {
                let more = candidates(Within::Sentence, inner, matches, paragraphs);
                asked = std::mem::replace(&mut asked, Bits::none(0)).or(&more);
            }
        });
    }
    asked
}

/// The terms whose occurrences count.
pub(super) fn counted(inner: &Node) -> Vec<usize> {
    let mut terms = Vec::new();
    inner.walk(true, &mut |node, counts| {
        if let Node::Term(leaf) = node
            && counts
            && !terms.contains(leaf)
        {
            terms.push(*leaf);
        }
    });
    terms
}

/// Paragraphs with an occurrence that may count, where an expression of terms holds within a paragraph, or may hold within
/// one of its sentences.
pub(super) fn candidates(
    within: Within,
    inner: &Node,
    matches: &[Matches],
    paragraphs: usize,
) -> Bits {
    let with = |leaf: usize| {
        let mut with = Bits::none(paragraphs);
        let docs = matches[leaf].docs.iter();
        docs.for_each(|&doc| with.insert(doc as usize));
        with
    };
    let terms = counted(inner).into_iter();
    let counting = terms.fold(Bits::none(paragraphs), |all, leaf| all.or(&with(leaf)));
    counting.and(&holding(within, inner, &with, paragraphs))
}

fn holding(within: Within, node: &Node, with: &dyn Fn(usize) -> Bits, paragraphs: usize) -> Bits {
    let of = |node| holding(within, node, with, paragraphs);
    match node {
        Node::Term(leaf) => with(*leaf),
        Node::And(all) => all
            .iter()
            .fold(Bits::all(paragraphs), |found, node| found.and(&of(node))),
        Node::Or(all) => all
            .iter()
            .fold(Bits::none(paragraphs), |found, node| found.or(&of(node))),
        Node::Not(inner) if within == Within::Paragraph => of(inner).not(),
        // What stands in the paragraph may be in another sentence.
        Node::Not(_) | Node::Same(..) | Node::Field(_) => Bits::all(paragraphs),
    }
}

/// Whether an expression of terms holds where `has` says which terms stand.
fn holds(node: &Node, has: &dyn Fn(usize) -> bool) -> bool {
    match node {
        Node::Term(leaf) => has(*leaf),
        Node::Not(inner) => !holds(inner, has),
        Node::And(all) => all.iter().all(|node| holds(node, has)),
        Node::Or(all) => all.iter().any(|node| holds(node, has)),
        Node::Same(..) | Node::Field(_) => true,
    }
}

/// The positive terms' occurrences in those sentences of these paragraphs of which the expression holds. An
/// occurrence belongs to the sentence in which it begins.
pub(super) fn same_sentence(
    inner: &Node,
    docs: &Bits,
    matches: &[Matches],
    ends: &Ends,
) -> Vec<(u32, u32, u32)> {
    let terms = counted(inner);
    // Paragraph, start, length, term of every occurrence.
    let mut occurrences = Vec::new();
    for (leaf, matches) in matches.iter().enumerate() {
        let all = matches.with_spans();
        for (doc, spans) in all.filter(|(doc, _)| docs.has(*doc as usize)) {
            occurrences.extend(
                spans
                    .iter()
                    .map(|&(start, length)| (doc, start, length, leaf)),
            );
        }
    }
    in_order(&mut occurrences);
    let mut ends_of = ends.in_order();
    let mut places = Vec::new();
    for paragraph in occurrences.chunk_by(|a, b| a.0 == b.0) {
        let ends = ends_of(paragraph[0].0);
        // A sentence is told by how many end before it; the mark of its end belongs to it.
        let sentence_at = |at: u32| ends.partition_point(|end| *end < at);
        let same = |a: &(u32, u32, u32, usize), b: &(u32, u32, u32, usize)| {
            sentence_at(a.1) == sentence_at(b.1)
        };
        for sentence in paragraph.chunk_by(same) {
            let has = |leaf| sentence.iter().any(|occurrence| occurrence.3 == leaf);
            if holds(inner, &has) {
                let counting = sentence.iter().filter(|one| terms.contains(&one.3));
                places.extend(counting.map(|&(doc, start, length, _)| (doc, start, length)));
            }
        }
    }
    places
}

/// Sorts what consists of a few runs in order, one a term: the stable sort merges them.
pub(super) fn in_order<T: Ord>(runs: &mut [T]) {
    runs.sort();
}
