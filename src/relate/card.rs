//! What one report leaves behind for the corpus: labels, counts and figures, never its text; short
//! excerpts are on the shelf.

use super::coded::{Figure, TopicCard};
use super::kin::{Kin, Kinship};
use super::shelf::Shelved;
use super::sketch::Sketch;
use crate::archive::entry::CopyOf;
use crate::decode::quality::Doubt;
use crate::diagnostic::Diagnostic;
use crate::evidence::{Confidence, Fact};
use crate::gazetteer::{Region, RegionLevel};
use crate::identify::{Date, Genre, IssuerType, Period, Script, SourceClass};
use crate::report::Report;
use crate::structure::{Document, ParagraphKind, Role, SECOND_DOCUMENT};
use search_index::fold::fold_str;
use serde::{Deserialize, Serialize};
use std::io;

/// An excerpt's length in characters: enough for a paragraph, bounded for the corpus' memory.
const EXCERPT: usize = 260;
/// Subheadings kept of a part.
const HEADINGS: usize = 8;
/// Diagnostics kept of a report; the rest stand in its inspect record.
const DIAGNOSTICS: usize = 40;

/// All that the corpus keeps of one report. Its size is bounded, whatever the report's length; the
/// words that lists quote of it are put by once it is read ([`ReportCard::put_by`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportCard {
    /// The report's id.
    pub id: String,
    /// Path of its file under the content folder.
    pub path: String,
    /// SHA-256 of the file's bytes, lower-case hex.
    pub sha256: String,
    /// The address of its file in the site, where that is published.
    pub original: Option<String>,
    /// SHA-256 of its words, lower-case hex: tells a change of the text from one of the file.
    pub text_sha256: String,
    /// Who, where, when: what stands in every list.
    pub label: Label,
    /// Its title as it stands in the text.
    pub title: Option<String>,
    /// Date of publication.
    pub published: Option<Date>,
    /// Date of signing.
    pub signed: Option<Date>,
    /// Its own document number.
    pub doc_number: Option<String>,
    /// The page's index number.
    pub index_number: Option<String>,
    /// Script of the text.
    pub script: Option<Script>,
    /// Annual report of the genre, or another.
    pub genre: Option<Genre>,
    /// Who put the page up.
    pub source_class: Option<SourceClass>,
    /// The address it was taken from.
    pub source_url: Option<String>,
    /// Whether the text is a digest made for this archive.
    pub digest: bool,
    /// What its keeper says of a report that looks like it.
    pub copy_of: Option<CopyOf>,
    /// Its text's sketch.
    pub sketch: Sketch,
    /// Its copies and versions, or what it is a copy or version of ([`super::relate_kin`]).
    pub kin: Vec<Kin>,
    /// Whether its place or year is a guess, or its text may be wrong: a keeper should look at it.
    pub doubtful: bool,
    /// Numbered paragraphs.
    pub paragraphs: u32,
    /// Characters of the text, white space left out.
    pub characters: u32,
    /// Its parts, one a role, in the order of [`Role::ALL`].
    pub parts: Vec<PartCard>,
    /// Its topics, in the order of their ids.
    pub topics: Vec<TopicCard>,
    /// Its figures, in the text's order.
    pub figures: Vec<Figure>,
    /// Figures that its keeper struck.
    pub struck: Vec<Figure>,
    /// Topics' hits that its keeper struck.
    pub struck_topics: Vec<TopicCard>,
    /// What there is to tell of it, the gravest first.
    pub diagnostics: Vec<Diagnostic>,
}

/// Who, where, when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The place, where it is known.
    pub region: Option<Region>,
    /// The issuing body, in full where that could be worked out.
    pub issuer: Option<String>,
    /// What kind of body.
    pub issuer_type: Option<IssuerType>,
    /// Its line (条线).
    pub line: Option<String>,
    /// The year reported on.
    pub year: Option<i32>,
    /// The time reported on, where it is a part of the year only.
    pub part_year: Option<Period>,
}

/// One part of a report, by its role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartCard {
    /// Which.
    pub role: Role,
    /// Whether a heading of its own says so; otherwise the matter stands in a paragraph elsewhere.
    pub headed: bool,
    /// Anchor of its first paragraph.
    pub anchor: String,
    /// The ¶ number of its first numbered paragraph.
    pub number: Option<u32>,
    /// Its characters, white space left out.
    pub characters: u32,
    /// How it begins.
    pub opening: Shelved<Opening>,
}

/// How a part begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Its headings below the first, in order.
    pub headings: Vec<String>,
    /// Its opening words.
    pub excerpt: String,
    /// Whether it goes on after the excerpt.
    pub cut: bool,
}

impl ReportCard {
    /// The card of `report`.
    pub fn of(report: &Report) -> Self {
        let identity = &report.identity;
        let mut diagnostics = report.diagnostics.clone();
        diagnostics.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.level));
        diagnostics.truncate(DIAGNOSTICS);
        let low = |confidence: Option<Confidence>| confidence.is_none_or(|c| c <= Confidence::LOW);
        Self {
            id: report.id.clone(),
            path: report.source.path.clone(),
            sha256: report.source.sha256.clone(),
            original: None,
            text_sha256: crate::digest::sha256(report.document.text.text.as_bytes()),
            label: Label::of(report),
            title: value(identity.title.as_ref()),
            published: value(identity.published.as_ref()),
            signed: value(identity.signed.as_ref()),
            doc_number: value(identity.doc_number.as_ref()),
            index_number: value(identity.index_number.as_ref()),
            script: value(identity.script.as_ref()),
            genre: value(identity.genre.as_ref()),
            source_class: value(identity.source_class.as_ref()),
            source_url: value(identity.source_url.as_ref()),
            digest: report.source.digest,
            copy_of: report.source.copy_of.clone(),
            sketch: Sketch::of(&report.document.text.text),
            kin: Vec::new(),
            doubtful: low(identity.region.as_ref().map(|fact| fact.confidence))
                || low(identity.year.as_ref().map(|fact| fact.confidence))
                || report
                    .diagnostics
                    .iter()
                    .any(|told| told.code == SECOND_DOCUMENT || Doubt::is_told_by(&told.code)),
            paragraphs: report
                .document
                .paragraphs
                .iter()
                .filter(|paragraph| paragraph.kind.numbered())
                .count() as u32,
            characters: characters(&report.document.text.text),
            parts: parts(&report.document),
            topics: super::coded::topics(&report.document, &report.passages),
            struck_topics: super::coded::topics(&report.document, &report.struck_passages),
            figures: super::coded::figures(&report.document, &report.observations),
            struck: super::coded::figures(&report.document, &report.struck),
            diagnostics,
        }
    }

    /// Puts the words that lists quote of it on the shelf, and gives back their bytes.
    pub fn put_by(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        for topic in self.topics.iter_mut().chain(&mut self.struck_topics) {
            topic.named.put_by(&mut bytes)?;
        }
        for part in &mut self.parts {
            part.opening.put_by(&mut bytes)?;
        }
        Ok(bytes)
    }

    /// Whether it counts in an issuer's series: an issuer's own annual report, not a
    /// re-publisher's copy, not another genre, not a copy or an older version of another report.
    pub fn in_series(&self) -> bool {
        self.counts()
            && self.genre != Some(Genre::Other)
            && self.source_class != Some(SourceClass::Republisher)
    }

    /// Whether it counts as a report at all: no other stands for it.
    pub fn counts(&self) -> bool {
        self.stands_for_it().is_none()
    }

    /// The report that stands for it: it is a copy of that, or an older version.
    pub fn stands_for_it(&self) -> Option<&Kin> {
        self.kin
            .iter()
            .find(|kin| matches!(kin.kinship, Kinship::Copy | Kinship::Older))
    }

    /// What it says of this topic.
    pub fn topic(&self, id: &str) -> Option<&TopicCard> {
        let at = self
            .topics
            .binary_search_by(|one| one.topic.as_str().cmp(id));
        at.ok().map(|at| &self.topics[at])
    }

    /// What it says of this indicator, in the text's order: several where it says several things.
    pub fn figures_of(&self, indicator: &str) -> impl Iterator<Item = &Figure> + Clone {
        self.figures
            .iter()
            .filter(move |figure| figure.observation.indicator == indicator)
    }

    /// Its part of this role.
    pub fn part(&self, role: Role) -> Option<&PartCard> {
        self.parts.iter().find(|part| part.role == role)
    }
}

impl Label {
    fn of(report: &Report) -> Self {
        let identity = &report.identity;
        let year = value(identity.year.as_ref());
        Self {
            region: value(identity.region.as_ref()),
            issuer: value(
                identity
                    .issuer_resolved
                    .as_ref()
                    .or(identity.issuer.as_ref()),
            ),
            issuer_type: value(identity.issuer_type.as_ref()),
            line: value(identity.line.as_ref()),
            year,
            part_year: value(identity.period.as_ref())
                .filter(|period: &Period| year.is_some_and(|year| !period.is_year(year))),
        }
    }

    /// The issuer's name as names are compared: who wrote now in this script, now in that, is one issuer.
    pub fn issuer_folded(&self) -> Option<String> {
        self.issuer.as_deref().map(fold_str)
    }

    /// The province's name, where the place is known.
    pub fn province(&self) -> Option<&str> {
        self.region.as_ref().map(Region::province)
    }

    /// The place's rank.
    pub fn level(&self) -> Option<RegionLevel> {
        self.region.as_ref().map(|region| region.level)
    }
}

fn value<T: Clone>(fact: Option<&Fact<T>>) -> Option<T> {
    fact.map(|fact| fact.value.clone())
}

/// Characters that a reader sees: white space does not count.
pub(crate) fn characters(text: &str) -> u32 {
    text.chars().filter(|c| !c.is_whitespace()).count() as u32
}

fn parts(document: &Document) -> Vec<PartCard> {
    Role::ALL
        .into_iter()
        .filter_map(|role| part(document, role))
        .collect()
}

/// The card of all stretches of `role`, told by the first of them.
fn part(document: &Document, role: Role) -> Option<PartCard> {
    let spans: Vec<_> = document
        .parts
        .iter()
        .filter(|part| part.role == role && !part.span.is_empty())
        .map(|part| part.span)
        .collect();
    let first = *spans.first()?;
    let sections = || {
        document.sections.iter().filter(|section| {
            section.role == role && spans.iter().any(|span| span.contains(section.title))
        })
    };
    let own = |index: u32| document.sections[index as usize].role == role;
    let start = document.paragraph_at(first.start);
    let mut excerpt = String::new();
    let mut length = 0;
    let mut cut = false;
    for (index, paragraph) in document.paragraphs.iter().enumerate().skip(start) {
        let inside = spans
            .iter()
            .any(|span| span.start <= paragraph.span.start && paragraph.span.start < span.end)
            || index == start;
        if !inside || !paragraph.kind.numbered() {
            continue;
        }
        if length >= EXCERPT {
            cut = true;
            break;
        }
        // An unmarked part may open inside a paragraph.
        let words = if index == start {
            &document.text.text[first.start.max(paragraph.span.start) as usize
                ..paragraph.span.end.max(first.start) as usize]
        } else {
            document.words(index)
        };
        if !excerpt.is_empty() {
            excerpt.push('\n');
        }
        let room = EXCERPT - length;
        length += words.chars().count();
        cut |= length > EXCERPT;
        excerpt.extend(words.chars().take(room));
    }
    Some(PartCard {
        role,
        headed: sections().next().is_some(),
        anchor: document.paragraphs.get(start)?.anchor.clone(),
        number: (start..document.paragraphs.len()).find_map(|index| document.number(index)),
        characters: spans
            .iter()
            .map(|span| characters(span.of(&document.text.text)))
            .sum(),
        opening: Shelved::InHand(Opening {
            headings: sections()
                .filter(|section| section.parent.is_some_and(own))
                .take(HEADINGS)
                .map(|section| {
                    let words = section.title.of(&document.text.text);
                    words.chars().take(60).collect()
                })
                .collect(),
            excerpt,
            cut,
        }),
    })
}

impl ParagraphKind {
    /// Whether paragraphs of this kind carry a ¶ number: the text's own, not its headings, title
    /// or signature.
    pub fn numbered(self) -> bool {
        matches!(self, Self::Body | Self::Row | Self::Salutation)
    }
}

impl Document {
    /// The visible number (¶12) of paragraph `index`: its position among the numbered ones,
    /// 1-based. Headings, title and signature have none.
    pub fn number(&self, index: usize) -> Option<u32> {
        self.paragraphs.get(index)?.kind.numbered().then(|| {
            self.paragraphs[..=index]
                .iter()
                .filter(|paragraph| paragraph.kind.numbered())
                .count() as u32
        })
    }

    /// The address of a sentence in its report's page: its paragraph's anchor and the character in
    /// the paragraph at which it starts. Stable for as long as the paragraph's words are.
    pub fn sentence_anchor(&self, sentence: crate::evidence::Span) -> String {
        let Some(paragraph) = self.paragraphs.get(self.paragraph_at(sentence.start)) else {
            return "s-0".to_owned();
        };
        let before = &self.text.text
            [paragraph.span.start as usize..sentence.start.max(paragraph.span.start) as usize];
        format!(
            "s-{}-{}",
            paragraph.anchor.trim_start_matches("p-"),
            before.chars().count()
        )
    }
}

impl Period {
    /// Whether it is the whole of this calendar year.
    pub fn is_year(self, year: i32) -> bool {
        let day = |date: Date| (date.year, date.month, date.day);
        day(self.start) == (year, 1, 1) && day(self.end) == (year, 12, 31)
    }
}
