//! A query's expression over reports → the reports that match and the occurrences that count.

use std::rc::Rc;

use crate::IndexedRegion;
use crate::columns::{Paragraphs, Reports};
use crate::query::{Node, Query, Test, Within, is_in, is_in_province};
use crate::search::bits::Bits;
use crate::search::lookup::Matches;
use crate::search::same::{candidates, counted, in_order, same_sentence};
use crate::sentences::Ends;

/// Everything that evaluation reads, already read.
pub(crate) struct Evaluation<'a> {
    pub(crate) query: &'a Query,
    pub(crate) reports: &'a Reports,
    pub(crate) paragraphs: &'a Paragraphs,
    /// The paragraphs of each topic of the vocabulary; empty if no topic is asked for.
    pub(crate) topics: &'a [Vec<u32>],
    /// Of each of the query's terms.
    pub(crate) matches: &'a [Matches],
    /// Ends of sentences in [the paragraphs where 同句 needs them](super::same::sentences_asked_for).
    pub(crate) ends: &'a Ends,
    /// Whether occurrences are told apart by their place: two terms may match the same one.
    pub(crate) by_place: bool,
}

/// Paragraphs to which counting is restricted; none: all.
pub(crate) type Scope = Option<Rc<Bits>>;

/// What a query found.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Matching reports.
    pub(crate) reports: Vec<usize>,
    /// Paragraphs with occurrences in matching reports, in order.
    pub(crate) paragraphs: Vec<FoundParagraph>,
    /// Places of the occurrences, paragraph by paragraph, where they are told apart by place.
    places: Vec<(u32, u32)>,
}

/// A paragraph with occurrences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FoundParagraph {
    pub(crate) doc: u32,
    pub(crate) report: u32,
    /// Distinct occurrences; 0 where the paragraph was found by a field only.
    pub(crate) count: u32,
    /// Bit by bit the terms whose occurrences count.
    pub(crate) terms: u64,
    places: u32,
}

impl Outcome {
    /// Start and length, in characters of the folded text, of a paragraph's occurrences, if they were told apart by place.
    pub(crate) fn places(&self, paragraph: &FoundParagraph) -> Option<&[(u32, u32)]> {
        let start = paragraph.places as usize;
        let places = self.places.get(start..start + paragraph.count as usize)?;
        (!self.places.is_empty()).then_some(places)
    }
}

/// Occurrences that count if their report matches.
enum Counting {
    /// A term's, in a scope.
    Term(usize, Scope),
    /// Single ones: document, start, length.
    Places(Vec<(u32, u32, u32)>),
    /// None, but whole paragraphs.
    Paragraphs(Rc<Bits>),
}

impl Evaluation<'_> {
    /// Evaluates the query within a scope, and keeps the reports that are allowed.
    pub(crate) fn run(&self, scope: &Scope, allowed: &Bits) -> Outcome {
        let mut counting = Vec::new();
        let found = match &self.query.root {
            Some(root) => self.node(root, scope, true, &mut counting),
            None => self.reports_with(scope),
        };
        if counting.is_empty()
            && let Some(scope) = scope
            && !self.has_positive_term()
        {
            counting.push(Counting::Paragraphs(scope.clone()));
        }
        let found = found.and(allowed);
        self.collect(&found, &counting)
    }

    fn has_positive_term(&self) -> bool {
        !self.positive_terms().is_empty()
    }

    /// The terms of the text whose occurrences count.
    pub(crate) fn positive_terms(&self) -> Vec<usize> {
        let mut terms = Vec::new();
        if let Some(root) = &self.query.root {
            root.walk(true, &mut |node, positive| match node {
                Node::Term(leaf) if positive && self.is_text(*leaf) && !terms.contains(leaf) => {
                    terms.push(*leaf);
                }
                _ => {}
            });
        }
        terms
    }

    fn is_text(&self, leaf: usize) -> bool {
        self.query.leaves[leaf].place == crate::query::In::Text
    }

    fn node(
        &self,
        node: &Node,
        scope: &Scope,
        positive: bool,
        counting: &mut Vec<Counting>,
    ) -> Bits {
        match node {
            Node::Term(leaf) => self.term(*leaf, scope, positive, counting),
            Node::Not(inner) => self.node(inner, scope, !positive, counting).not(),
            Node::Or(all) => {
                let none = Bits::none(self.reports.len());
                all.iter().fold(none, |found, node| {
                    found.or(&self.node(node, scope, positive, counting))
                })
            }
            Node::And(all) => self.and(all, scope, positive, counting),
            Node::Same(within, inner) => self.same(*within, inner, scope, positive, counting),
            Node::Field(test) if node.is_about_paragraphs() => {
                let narrowed = Some(narrow(scope, self.test_paragraphs(test)));
                if positive
                    && let Some(paragraphs) = &narrowed
                    && !self.has_positive_term()
                {
                    counting.push(Counting::Paragraphs(paragraphs.clone()));
                }
                self.reports_with(&narrowed)
            }
            Node::Field(test) => self.test_reports(test),
        }
    }

    fn term(
        &self,
        leaf: usize,
        scope: &Scope,
        positive: bool,
        counting: &mut Vec<Counting>,
    ) -> Bits {
        let mut found = Bits::none(self.reports.len());
        let is_text = self.is_text(leaf);
        let mut report_of = self.reports.in_order();
        for &doc in &self.matches[leaf].docs {
            if !is_text {
                found.insert(doc as usize);
            } else if scope.as_ref().is_none_or(|scope| scope.has(doc as usize)) {
                found.insert(report_of(doc));
            }
        }
        if positive && is_text {
            counting.push(Counting::Term(leaf, scope.clone()));
        }
        found
    }

    /// What speaks of paragraphs restricts where the rest counts.
    fn and(
        &self,
        all: &[Node],
        scope: &Scope,
        positive: bool,
        counting: &mut Vec<Counting>,
    ) -> Bits {
        let (about, rest): (Vec<&Node>, Vec<&Node>) =
            all.iter().partition(|node| node.is_about_paragraphs());
        let mut scope = scope.clone();
        for node in &about {
            scope = Some(narrow(&scope, self.about_paragraphs(node)));
        }
        let begin = self.reports_with(&scope);
        if let Some(scope) = &scope
            && positive
            && !about.is_empty()
            && !self.has_positive_term()
        {
            counting.push(Counting::Paragraphs(scope.clone()));
        }
        rest.iter().fold(begin, |found, node| {
            found.and(&self.node(node, &scope, positive, counting))
        })
    }

    /// The paragraphs of which an expression about paragraphs holds.
    fn about_paragraphs(&self, node: &Node) -> Bits {
        let docs = self.reports.paragraphs() as usize;
        match node {
            Node::Field(test) => self.test_paragraphs(test),
            Node::Not(inner) => self.about_paragraphs(inner).not(),
            Node::And(all) => all.iter().fold(Bits::all(docs), |found, node| {
                found.and(&self.about_paragraphs(node))
            }),
            Node::Or(all) => all.iter().fold(Bits::none(docs), |found, node| {
                found.or(&self.about_paragraphs(node))
            }),
            Node::Term(_) | Node::Same(..) => Bits::all(docs),
        }
    }

    pub(crate) fn test_paragraphs(&self, test: &Test) -> Bits {
        let docs = self.reports.paragraphs() as usize;
        let vocabulary = &self.reports.vocabulary;
        match test {
            Test::Part(roles) => {
                let asked: Vec<bool> = vocabulary
                    .roles
                    .iter()
                    .map(|role| roles.contains(role))
                    .collect();
                Bits::of(docs, |doc| {
                    let role = self.paragraphs.role.get(doc);
                    let asked = role.and_then(|role| asked.get(usize::from(*role)));
                    asked.copied().unwrap_or(false)
                })
            }
            Test::Topic(ids) => {
                let mut found = Bits::none(docs);
                let topics = vocabulary.topics.iter().zip(self.topics);
                for (_, topic) in topics.filter(|(label, _)| ids.contains(&label.id)) {
                    topic.iter().for_each(|&doc| found.insert(doc as usize));
                }
                found
            }
            _ => Bits::all(docs),
        }
    }

    pub(crate) fn test_reports(&self, test: &Test) -> Bits {
        let reports = self.reports;
        let by_region = |holds: &dyn Fn(&IndexedRegion) -> bool| {
            let asked: Vec<bool> = reports.vocabulary.regions.iter().map(holds).collect();
            let region = |report: usize| reports.region[report];
            Bits::of(reports.len(), |report| {
                region(report)
                    .is_some_and(|region| asked.get(region as usize).copied().unwrap_or(false))
            })
        };
        match test {
            Test::Region(places) => {
                by_region(&|region| places.iter().any(|place| is_in(region, place)))
            }
            Test::Province(provinces) => by_region(&|region| {
                provinces
                    .iter()
                    .any(|province| is_in_province(region, province))
            }),
            Test::Level(levels) => by_region(&|region| levels.contains(&region.level)),
            Test::Year(ranges) => Bits::of(reports.len(), |report| {
                let year = reports.year[report];
                year.is_some_and(|year| {
                    ranges
                        .iter()
                        .any(|(from, to)| (*from..=*to).contains(&year))
                })
            }),
            Test::IssuerType(kinds) => Bits::of(reports.len(), |report| {
                let kind = reports.issuer_type_of(report);
                kind.is_some_and(|kind| kinds.iter().any(|asked| asked == kind))
            }),
            Test::Part(_) | Test::Topic(_) => {
                self.reports_with(&Some(Rc::new(self.test_paragraphs(test))))
            }
        }
    }

    /// Reports with a paragraph in the scope.
    fn reports_with(&self, scope: &Scope) -> Bits {
        let Some(scope) = scope else {
            return Bits::all(self.reports.len());
        };
        let mut found = Bits::none(self.reports.len());
        let mut report_of = self.reports.in_order();
        scope
            .iter()
            .for_each(|doc| found.insert(report_of(doc as u32)));
        found
    }

    fn same(
        &self,
        within: Within,
        inner: &Node,
        scope: &Scope,
        positive: bool,
        counting: &mut Vec<Counting>,
    ) -> Bits {
        let terms = counted(inner);
        let paragraphs = self.reports.paragraphs() as usize;
        let kept = narrow(scope, candidates(within, inner, self.matches, paragraphs));
        if within == Within::Paragraph {
            if positive {
                counting.extend(
                    terms
                        .iter()
                        .map(|leaf| Counting::Term(*leaf, Some(kept.clone()))),
                );
            }
            return self.reports_with(&Some(kept));
        }
        let places = same_sentence(inner, &kept, self.matches, self.ends);
        let mut found = Bits::none(self.reports.len());
        places
            .iter()
            .for_each(|place| found.insert(self.reports.report_of(place.0)));
        if positive {
            counting.push(Counting::Places(places));
        }
        found
    }

    /// The distinct occurrences in the found reports.
    fn collect(&self, found: &Bits, counting: &[Counting]) -> Outcome {
        let mut outcome = Outcome {
            reports: found.iter().collect(),
            ..Outcome::default()
        };
        if self.by_place {
            self.collect_places(found, counting, &mut outcome);
            return outcome;
        }
        // Document, term, count; a paragraph found by a field only has no term.
        let mut rows = Vec::new();
        for counted in counting {
            match counted {
                Counting::Term(leaf, scope) => {
                    let matches = &self.matches[*leaf];
                    let all = matches.docs.iter().zip(&matches.counts);
                    let kept = all.filter(|(doc, _)| {
                        scope.as_ref().is_none_or(|scope| scope.has(**doc as usize))
                    });
                    rows.extend(kept.map(|(doc, count)| (*doc, *leaf, *count)));
                }
                Counting::Paragraphs(docs) => {
                    rows.extend(docs.iter().map(|doc| (doc as u32, usize::MAX, 0)));
                }
                Counting::Places(_) => {}
            }
        }
        if counting.len() > 1 {
            rows.sort_unstable();
            rows.dedup();
        }
        let mut report_of = self.reports.in_order();
        for rows in rows.chunk_by(|a, b| a.0 == b.0) {
            let report = report_of(rows[0].0);
            if found.has(report) {
                let bit = |leaf: usize| {
                    u32::try_from(leaf)
                        .ok()
                        .and_then(|leaf| 1_u64.checked_shl(leaf))
                        .unwrap_or(0)
                };
                outcome.paragraphs.push(FoundParagraph {
                    doc: rows[0].0,
                    report: report as u32,
                    count: rows.iter().map(|row| row.2).sum(),
                    terms: rows
                        .iter()
                        .map(|row| bit(row.1))
                        .fold(0, |terms, bit| terms | bit),
                    places: 0,
                });
            }
        }
        outcome
    }

    fn collect_places(&self, found: &Bits, counting: &[Counting], outcome: &mut Outcome) {
        let mut places = Vec::new();
        for counted in counting {
            match counted {
                Counting::Term(leaf, scope) => {
                    for (doc, spans) in self.matches[*leaf].with_spans() {
                        if scope.as_ref().is_none_or(|scope| scope.has(doc as usize)) {
                            places
                                .extend(spans.iter().map(|&(start, length)| (doc, start, length)));
                        }
                    }
                }
                Counting::Places(some) => places.extend_from_slice(some),
                Counting::Paragraphs(_) => {}
            }
        }
        in_order(&mut places);
        places.dedup();
        let mut report_of = self.reports.in_order();
        for places in places.chunk_by(|a, b| a.0 == b.0) {
            let report = report_of(places[0].0);
            if found.has(report) {
                outcome.paragraphs.push(FoundParagraph {
                    doc: places[0].0,
                    report: report as u32,
                    count: places.len() as u32,
                    terms: 0,
                    places: outcome.places.len() as u32,
                });
                outcome
                    .places
                    .extend(places.iter().map(|place| (place.1, place.2)));
            }
        }
    }
}

fn narrow(scope: &Scope, docs: Bits) -> Rc<Bits> {
    Rc::new(match scope {
        Some(scope) => docs.and(scope),
        None => docs,
    })
}
