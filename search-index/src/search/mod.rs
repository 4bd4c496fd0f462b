//! Asking an index.

mod bits;
mod evaluate;
mod facets;
mod kwic;
mod lookup;
mod rank;
mod same;
mod suggest;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use tantivy::Directory;

use crate::columns::{Paragraphs, Reports};
use crate::query::{In, Names, Node, Query, Test, Within, parse};
use crate::schema::Segment;
use crate::sentences::{Ends, Sentences};
use crate::stored::{self, StoredReport};
use crate::{Request, Response, SearchError, View, topics};
use evaluate::Evaluation;
use facets::Chosen;
pub(crate) use lookup::Terms;
use lookup::{Found, Matches, try_all};
use same::sentences_asked_for;

/// An opened index.
pub struct Searcher {
    segment: Segment,
    reports: Reports,
    /// Read with the first query that needs them.
    paragraphs: Mutex<Option<Arc<Paragraphs>>>,
    topics: Mutex<Option<Arc<Vec<Vec<u32>>>>>,
    sentences: Mutex<Option<Arc<Sentences>>>,
}

/// What the first two stages of a search read.
#[derive(Default)]
struct Gathered {
    query: Query,
    paragraphs: Arc<Paragraphs>,
    /// None where they are not asked for.
    topics: Arc<Vec<Vec<u32>>>,
    matches: Vec<Matches>,
    /// Of each term, whether it stands anywhere, where that is known.
    stand: Vec<Option<bool>>,
    /// Some term turned out to stand nowhere only when its postings were read.
    dear: bool,
    ends: Ends,
    by_place: bool,
}

impl Searcher {
    /// Opens the index in a directory.
    ///
    /// # Errors
    /// The directory has no index, one of another schema version, or one that can't be read.
    pub fn open(directory: impl Into<Box<dyn Directory>>) -> Result<Searcher, SearchError> {
        let segment = Segment::open(directory.into())?;
        let table = segment.table(0)?;
        let reports = Reports::decode(&table)?;
        if reports.len() != segment.reports() as usize {
            return Err(SearchError::Damaged("reports don't add up".into()));
        }
        Ok(Searcher {
            segment,
            reports,
            paragraphs: Mutex::new(None),
            topics: Mutex::new(None),
            sentences: Mutex::new(None),
        })
    }

    /// How many reports the index has.
    pub fn len(&self) -> usize {
        self.reports.len()
    }

    /// Whether the index has no report.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The query can't be understood, or the index can't be read. After [`SearchError::Missing`] the same request may be
    /// asked again once the directory has more bytes; three times are enough.
    pub fn search(&self, request: &Request) -> Result<Response, SearchError> {
        let topics = request.count_topics || !request.filters.topic.is_empty();
        let gathered = self.gather(&request.query, topics)?;
        self.every_issuer_is_known(request, &gathered)?;
        let mut response = self.answer(request, &gathered)?;
        if response.reports == 0 {
            response.suggestions = self.suggestions(&gathered)?;
        }
        Ok(response)
    }

    /// The stored report of this id, if there is one.
    ///
    /// # Errors
    /// The index can't be read.
    pub fn report(&self, id: &str) -> Result<Option<StoredReport>, SearchError> {
        match self.segment.find(id)? {
            Some(doc) => self.stored_report(doc as usize).map(Some),
            None => Ok(None),
        }
    }

    fn answer(&self, request: &Request, gathered: &Gathered) -> Result<Response, SearchError> {
        let evaluation = gathered.evaluation(&self.reports);
        let chosen = Chosen::new(&request.filters);
        let outcome = evaluation.run(&chosen.scope(&evaluation), &chosen.allowed(&evaluation));
        let mut response = Response {
            occurrences: outcome
                .paragraphs
                .iter()
                .map(|found| u64::from(found.count))
                .sum(),
            paragraphs: outcome.paragraphs.len() as u64,
            reports: outcome.reports.len() as u64,
            facets: chosen.facets(&evaluation, &outcome, request.count_topics),
            terms: gathered.terms(),
            ..Response::default()
        };
        let ranked = rank::ranked(&evaluation, &outcome, request.sort);
        response.lines = kwic::all_lines(&ranked);
        match request.view {
            View::Reports => {
                response.groups = kwic::groups(self, &gathered.query, &outcome, &ranked, request)?;
            }
            View::Lines => {
                let lines = kwic::lines(self, &gathered.query, &outcome, &ranked, request)?;
                (response.hits, response.capped) = lines;
            }
        }
        Ok(response)
    }

    /// Reads all that evaluation needs, in two stages: the dictionary; postings and tables. Where the dictionary shows that
    /// no report can match, nothing else is read.
    fn gather(&self, query: &str, topics: bool) -> Result<Gathered, SearchError> {
        let query = parse(query, self.names())?;
        let asks = Asks::of(&query);
        let text = self.segment.terms(self.segment.fields.text)?;
        let issuer = self.segment.terms(self.segment.fields.issuer)?;
        let terms = |place| if place == In::Text { &text } else { &issuer };
        let runs = &self.reports.vocabulary.runs;
        let found = try_all(&query.leaves, |leaf| {
            terms(leaf.place).look_up(&leaf.pattern, runs)
        })?;
        let mut gathered = Gathered {
            matches: vec![Matches::default(); found.len()],
            stand: found
                .iter()
                .map(|found| found.as_ref().map_or(Some(false), Found::stands))
                .collect(),
            by_place: asks.by_place,
            query,
            ..Gathered::default()
        };
        let root = gathered.query.root.as_ref();
        if root.is_none_or(|root| may_hold(root, &|leaf| found[leaf].is_some())) {
            self.read(&mut gathered, &found, &asks, topics, terms)?;
        }
        Ok(gathered)
    }

    /// The second stage.
    fn read<'t>(
        &self,
        gathered: &mut Gathered,
        found: &[Option<Found>],
        asks: &Asks,
        topics: bool,
        terms: impl Fn(In) -> &'t Terms,
    ) -> Result<(), SearchError> {
        let leaves = &gathered.query.leaves;
        let opened = try_all(leaves.iter().zip(found), |(leaf, found)| {
            let found = found.as_ref();
            found.map(|found| terms(leaf.place).open(found)).transpose()
        });
        let sentences = asks.sentences.then(|| self.sentences()).transpose();
        let topics = (topics || asks.topics).then(|| self.topics()).transpose();
        let paragraphs = self.paragraphs();
        let (opened, sentences, topics, paragraphs) = (opened?, sentences?, topics?, paragraphs?);

        for (place, (opened, leaf)) in opened.into_iter().zip(leaves).enumerate() {
            if let Some(opened) = opened {
                gathered.matches[place] = match leaf.place {
                    In::Text => opened.by_paragraph(&self.reports, &paragraphs, asks.places),
                    In::Issuer => opened.by_document(),
                };
            }
        }
        let matches = &gathered.matches;
        if let Some(sentences) = sentences {
            let count = self.reports.paragraphs() as usize;
            let asked = sentences_asked_for(&gathered.query, matches, count);
            let asked = asked.iter().map(|paragraph| paragraph as u32);
            gathered.ends = sentences.ends(asked, &paragraphs)?;
        }
        // Whoever had to read postings to learn that there is nothing has been round often enough.
        let mut terms = found.iter().zip(matches);
        gathered.dear = terms.any(|(found, matches)| found.is_some() && matches.docs.is_empty());
        let stands = |matches: &Matches| Some(!matches.docs.is_empty());
        gathered.stand = matches.iter().map(stands).collect();
        gathered.topics = topics.unwrap_or_default();
        gathered.paragraphs = paragraphs;
        Ok(())
    }

    /// What a table holds, which is read once.
    fn once<T>(
        kept: &Mutex<Option<Arc<T>>>,
        read: impl FnOnce() -> Result<T, SearchError>,
    ) -> Result<Arc<T>, SearchError> {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = &*kept {
            return Ok(kept.clone());
        }
        Ok(kept.insert(Arc::new(read()?)).clone())
    }

    fn paragraphs(&self) -> Result<Arc<Paragraphs>, SearchError> {
        Self::once(&self.paragraphs, || {
            Paragraphs::decode(&self.segment.table(1)?, &self.reports)
        })
    }

    fn topics(&self) -> Result<Arc<Vec<Vec<u32>>>, SearchError> {
        Self::once(&self.topics, || {
            if self.reports.vocabulary.topics.is_empty() {
                return Ok(Vec::new());
            }
            topics::decode(&self.segment.table(2)?, self.reports.paragraphs())
        })
    }

    fn sentences(&self) -> Result<Arc<Sentences>, SearchError> {
        Self::once(&self.sentences, || {
            Sentences::decode(&self.segment.table(3)?)
        })
    }

    /// What is stored of a report, by its place in the index.
    fn stored_report(&self, report: usize) -> Result<StoredReport, SearchError> {
        let bytes = self.segment.text(self.reports.text_of(report))?;
        stored::decode(&bytes, &self.reports.vocabulary.alphabet)
    }

    /// Role of the part that a paragraph stands in.
    fn part(&self, paragraph: u32) -> Result<String, SearchError> {
        let role = self.paragraphs()?.role.get(paragraph as usize).copied();
        let name = role.and_then(|role| self.reports.vocabulary.roles.get(usize::from(role)));
        Ok(name.cloned().unwrap_or_default())
    }

    fn names(&self) -> Names<'_> {
        Names {
            topics: &self.reports.vocabulary.topics,
            regions: &self.reports.vocabulary.regions,
            years: &self.reports.year,
        }
    }
}

impl Gathered {
    fn evaluation<'a>(&'a self, reports: &'a Reports) -> Evaluation<'a> {
        Evaluation {
            query: &self.query,
            reports,
            paragraphs: &self.paragraphs,
            topics: &self.topics,
            matches: &self.matches,
            ends: &self.ends,
            by_place: self.by_place,
        }
    }

    /// The positive terms as written.
    fn terms(&self) -> Vec<String> {
        let mut terms = Vec::new();
        if let Some(root) = &self.query.root {
            root.walk(true, &mut |node, positive| {
                if let (Node::Term(leaf), true) = (node, positive) {
                    let leaf = &self.query.leaves[*leaf];
                    if leaf.place == In::Text && !terms.contains(&leaf.written) {
                        terms.push(leaf.written.clone());
                    }
                }
            });
        }
        terms
    }
}

/// What a query needs beyond counts of documents.
#[derive(Debug, Default)]
struct Asks {
    /// The ends of sentences.
    sentences: bool,
    /// Which paragraphs are on which topics.
    topics: bool,
    /// Places of all terms.
    places: bool,
    /// Occurrences of different terms may be the same one, or only some of a paragraph count.
    by_place: bool,
}

impl Asks {
    fn of(query: &Query) -> Asks {
        let mut asks = Asks::default();
        let (mut terms, mut prefixes) = (Vec::new(), 0);
        if let Some(root) = &query.root {
            root.walk(true, &mut |node, positive| match node {
                Node::Same(Within::Sentence, _) => {
                    asks.sentences = true;
                    asks.by_place |= positive;
                }
                Node::Field(Test::Topic(_)) => asks.topics = true,
                Node::Term(leaf)
                    if positive
                        && query.leaves[*leaf].place == In::Text
                        && !terms.contains(leaf) =>
                {
                    terms.push(*leaf);
                    prefixes += usize::from(query.leaves[*leaf].pattern.prefix);
                }
                _ => {}
            });
        }
        asks.by_place |= prefixes > 0 && terms.len() > 1;
        asks.places = asks.by_place || asks.sentences;
        asks
    }
}

/// Whether an expression may hold of any report, where `known` says which terms may stand anywhere.
fn may_hold(node: &Node, known: &dyn Fn(usize) -> bool) -> bool {
    match node {
        Node::Term(leaf) => known(*leaf),
        Node::And(all) => all.iter().all(|node| may_hold(node, known)),
        Node::Or(all) => all.iter().any(|node| may_hold(node, known)),
        Node::Same(_, inner) => may_hold(inner, known),
        Node::Not(_) | Node::Field(_) => true,
    }
}
