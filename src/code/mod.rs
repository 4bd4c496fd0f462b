//! [`Document`] + [`Codebook`] → passages and observations. Deterministic;
//! nothing without a span.
//!
//! Takes one report's text with its structure, who wrote it when, the places known, and the codebook; gives back
//! where each topic is mentioned and what is said of each indicator. It never guesses a number
//! that is not written, never turns silence into zero, and never corrects what a report says: a
//! contradiction is flagged, a sum that does not add up is noted.

mod agreement;
mod context;
mod correction;
mod figures;
mod numbers;
mod passages;
pub(crate) mod reading;
mod selftest;
mod tables;

pub use agreement::doubts;
pub use correction::correct;
pub use selftest::{Failure, self_test};

use crate::codebook::lexicon::Occurrences;
use crate::codebook::{Capacity, Codebook};
use crate::diagnostic::Warned;
use crate::evidence::Span;
use crate::gazetteer::Gazetteer;
use crate::identify::{Date, Identity, Period};
use crate::quantity::Decimal;
use crate::structure::{Document, ParagraphKind, Role};
use reading::Reading;
use search_index::fold::fold_chars;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What coding finds in a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coded {
    /// The topics' hits, in the text's order.
    pub passages: Vec<Passage>,
    /// The report's figures, in the text's order.
    pub observations: Vec<Observation>,
    /// Figures that the keeper struck: found by the codebook, and wrong.
    pub struck: Vec<Observation>,
    /// Topics' hits that the keeper struck.
    pub struck_passages: Vec<Passage>,
}

/// A topic's hit in a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The topic's id in the codebook.
    pub topic: String,
    /// The matched words.
    pub span: Span,
    /// The paragraph: an index into [`crate::structure::Document::paragraphs`].
    pub paragraph: u32,
    /// Whether the paragraph is about the topic or only names it.
    pub depth: Depth,
    /// The keeper's word, where this stands by a correction.
    pub corrected: Option<Corrected>,
}

/// Whether a paragraph is about a topic. The rule is the codebook's ([`crate::codebook::Depths`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Depth {
    /// The topic is named in passing.
    Mention,
    /// The paragraph, or the heading it stands under, is about it.
    About,
}

/// What a report says of an indicator. An indicator without one is not mentioned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The indicator's id in the codebook.
    pub indicator: String,
    /// Value, stated zero or unparsed.
    pub state: State,
    /// The number, exact, in [`unit`](Self::unit); 万/亿 expanded, money in 元, rates 0 to 100.
    /// Zero for a stated zero, absent where unparsed.
    pub value: Option<Decimal>,
    /// The unit as written (起, 件, 份); money is in 元, rates in %. Absent for a zero in words.
    pub unit: Option<String>,
    /// The number and unit as written, or the words that state the zero.
    pub written: String,
    /// 余, 多, 近, 约, 左右.
    pub approx: bool,
    /// 以上, 超过.
    pub at_least: bool,
    /// 均维持 over a stated number, 已撤销: by the sense, not by a number of its own.
    pub implied: bool,
    /// Another sentence of the report gives another number.
    pub conflict: bool,
    /// The time it covers, where it is not the report's own.
    pub period: Option<Period>,
    /// Since when it has been counted up, where it is more than the report's year.
    pub cumulative_since: Option<Since>,
    /// 本级, 全系统, 辖区; absent where unstated.
    pub scope: Option<Scope>,
    /// In which capacity.
    pub capacity: Option<Capacity>,
    /// Parts that the report states beside this total and that do not add up to it.
    pub mismatch: Option<Mismatch>,
    /// The keeper's word, where this stands by a correction.
    pub corrected: Option<Corrected>,
    /// Its sentence: at most [`LONGEST_SENTENCE`] characters.
    pub sentence: Span,
    /// The number's words with its unit (or the zero's).
    pub span: Span,
    /// The paragraph: an index into [`crate::structure::Document::paragraphs`].
    pub paragraph: u32,
}

/// An observation's sentence is cut at clauses where it has more characters than this.
pub const LONGEST_SENTENCE: usize = 360;

/// State of an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// A number.
    Value,
    /// Stated to be none.
    Zero,
    /// The sentence is there, its number is lost or masked.
    Unparsed,
}

/// Since when a number has been counted up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The first day, where the words name a date.
    pub date: Option<Date>,
    /// The words: 自2014年以来, 机制建立以来.
    pub written: String,
}

impl std::fmt::Display for Since {
    /// The day in ISO 8601, or the words where they name none.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.date {
            Some(date) => date.fmt(f),
            None => f.write_str(&self.written),
        }
    }
}

/// Whom a number covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// 本级, 局本级.
    OwnLevel,
    /// 全系统.
    System,
    /// 辖区, 全市, 全县.
    Area,
}

/// A total and the sum of its parts as the same report states them, where they differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mismatch {
    /// The parts' indicators.
    pub parts: Vec<String>,
    /// What the parts add up to.
    pub sum: Decimal,
}

/// A keeper's correction: it wins over the codebook and is shown as such.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected {
    /// Who.
    pub who: String,
    /// When, as the keeper wrote it.
    pub when: String,
    /// Why.
    pub why: String,
    /// The codebook's version that it was judged against.
    pub codebook: Option<String>,
    /// What the codebook had found, where it had.
    pub former: Option<String>,
    /// Whether it was struck.
    pub struck: bool,
}

/// Codes one report; `gazetteer` knows the places within its issuer's own.
pub fn code(
    document: &Document,
    identity: &Identity,
    gazetteer: &Gazetteer,
    codebook: &Codebook,
) -> Warned<Coded> {
    let mut coder = Coder {
        document,
        identity,
        gazetteer,
        codebook,
        hits: Vec::new(),
        observations: Vec::new(),
        words: Occurrences::default(),
        reading: Reading::default(),
        headings: BTreeMap::new(),
    };
    let mut index = 0;
    while index < document.paragraphs.len() {
        let rows = coder.table(index);
        for row in index..rows.max(index + 1) {
            coder.paragraph(row, rows > index);
        }
        index = rows.max(index + 1);
    }
    let mut observations = coder.observations;
    if codebook.rules.indicators.len() > codebook.indicators.len() {
        // A keeper removed some: what they say counts in reading the others, and stands nowhere.
        observations.retain(|one| codebook.indicator(&one.indicator).is_some());
    }
    carry_capacity(&document.text.text, &mut observations, codebook);
    agreement::without_repeats(document, &mut observations, codebook);
    agreement::without_parts(document, identity, &mut observations, codebook);
    agreement::check(document, &mut observations, codebook);
    Warned::clean(Coded {
        passages: passages::passages(document, codebook, &coder.hits),
        observations,
        struck: Vec::new(),
        struck_passages: Vec::new(),
    })
}

/// Sentences that go on with a matter, do not name it again and tell no capacity have that of those before them in their paragraph, where it
/// is one (收到复议申请218件…。审结185件).
fn carry_capacity(text: &str, observations: &mut [Observation], codebook: &Codebook) {
    let group = |one: &Observation| {
        let found = codebook.indicator(&one.indicator);
        found.map_or("", |indicator| indicator.group.as_str())
    };
    // A group's frame, where it has one, is of its name.
    let names = |words: &str, group: &str| {
        let frame = codebook.rules.frames.iter().find(|frame| frame.id == group);
        let words = fold_chars(words).text;
        frame.is_some_and(|frame| frame.cues.iter().any(|cue| words.contains(cue)))
    };
    for index in 0..observations.len() {
        let (before, rest) = observations.split_at(index);
        let one = &rest[0];
        let mut capacities = codebook.rules.capacities.iter();
        if one.capacity.is_some()
            || !capacities.any(|capacity| capacity.group == group(one))
            || names(one.sentence.of(text), group(one))
        {
            continue;
        }
        let here = before
            .iter()
            .rev()
            .take_while(|other| other.paragraph == one.paragraph);
        let mut told = here
            .filter(|other| group(other) == group(one))
            .filter_map(|other| other.capacity);
        let last = told.next();
        if told.all(|other| Some(other) == last) {
            observations[index].capacity = last;
        }
    }
}

struct Coder<'r> {
    document: &'r Document,
    identity: &'r Identity,
    gazetteer: &'r Gazetteer,
    codebook: &'r Codebook,
    /// Topic hits as (paragraph, topic, span).
    hits: Vec<(usize, usize, Span)>,
    observations: Vec<Observation>,
    words: Occurrences,
    reading: Reading,
    /// By section: the frame of its heading and those above it, where it was asked for.
    headings: BTreeMap<usize, Option<usize>>,
}

impl Coder<'_> {
    /// Codes the table that begins at paragraph `index`; where it ends, or `index` if there is none.
    fn table(&mut self, index: usize) -> usize {
        let document = self.document;
        let end = tables::end(document, index);
        if end < index + 2 {
            return index;
        }
        let first = &document.paragraphs[index];
        let annexed = self.is_annexed(index);
        if annexed || self.reports_at(first.span) {
            let section = first.section.filter(|_| !annexed);
            let carried = self
                .caption_frame(index)
                .or_else(|| self.heading_frame(section));
            let rows = index..end;
            let table = tables::Table {
                document,
                identity: self.identity,
                gazetteer: self.gazetteer,
                codebook: self.codebook,
                rows,
            };
            self.observations.extend(table.observations(carried));
        }
        end
    }

    /// Whether a table belongs to no section: what stands right above it calls it an annex (附表1).
    fn is_annexed(&self, first: usize) -> bool {
        let mut above = (0..first).rev().take(LINES_ABOVE_A_TABLE);
        above.any(|line| {
            let words = self.document.words(line).trim_start();
            ["附表", "附件", "附：", "附:"]
                .iter()
                .any(|sign| words.starts_with(sign))
                && !words.ends_with('。')
        })
    }

    fn paragraph(&mut self, index: usize, in_table: bool) {
        let paragraph = &self.document.paragraphs[index];
        if matches!(
            paragraph.kind,
            ParagraphKind::Title | ParagraphKind::Salutation | ParagraphKind::Signature
        ) {
            return;
        }
        let heading = self.heading_frame(paragraph.section);
        let mut carried = heading;
        let mut reading = std::mem::take(&mut self.reading);
        reading.read(&self.document.text.text, paragraph.span);
        let mut before = Cow::Borrowed("");
        for sentence in reading.sentences() {
            let hits = passages::hits(&sentence, self.codebook, &mut self.words);
            self.hits
                .extend(hits.into_iter().map(|(topic, span)| (index, topic, span)));
            if in_table || !self.reports_at(sentence.span(0..1)) {
                continue;
            }
            if opens_an_item(&sentence.chars) {
                carried = heading;
            }
            let frames = figures::frames(&sentence, carried, self.codebook);
            carried = frames.last().map(|(_, frame)| *frame).or(carried);
            let setting = figures::Setting {
                sentence: &sentence,
                frames: &frames,
                identity: self.identity,
                gazetteer: self.gazetteer,
                text: &self.document.text.text,
                paragraph: index as u32,
                before: &before,
            };
            let found = figures::observations(&setting, self.codebook, &mut self.words);
            if sentence.skeleton.starts_with("其中") {
                self.without_wholes_of(&found, index, &before);
            }
            self.observations.extend(found);
            before = sentence.skeleton;
        }
        self.reading = reading;
    }

    /// Drops the wider numbers of the sentence before of which one that begins with 其中 names this
    /// part (办理行政执法案件800件。其中，行政处罚120件). An area's number stands beside the issuer's own.
    fn without_wholes_of(&mut self, parts: &[Observation], paragraph: usize, last: &str) {
        let text = &self.document.text.text;
        let before = |one: &Observation| {
            let before = Span {
                end: one.span.start,
                ..one.sentence
            };
            before.of(text)
        };
        let wider = |one: &Observation| {
            let mut rules = self.codebook.rules.indicators.iter();
            let own = rules.find(|own| own.id == one.indicator);
            let of_first_part = !before(one).contains(['；', ';']);
            own.is_some_and(|own| of_first_part && own.whole && figures::tells_wider(own, last))
        };
        let named: Vec<(&str, bool)> = parts
            .iter()
            .filter(|part| wider(part))
            .map(|part| (part.indicator.as_str(), context::tells_issuer(before(part))))
            .collect();
        let is_whole = |one: &Observation| {
            let beside = matches!(one.scope, Some(Scope::Area | Scope::System));
            let mut parts = named.iter();
            parts.any(|(part, issuers)| *part == one.indicator && !(beside && *issuers))
        };
        let last = self.observations.last().map(|one| one.sentence);
        let before =
            |one: &Observation| one.paragraph as usize == paragraph && Some(one.sentence) == last;
        let of_others = self.observations.iter().rposition(|one| !before(one));
        let mut wholes = self
            .observations
            .split_off(of_others.map_or(0, |at| at + 1));
        wholes.retain(|one| !is_whole(one));
        self.observations.append(&mut wholes);
    }

    /// Plans and suggestions to others hold no figures of the year.
    fn reports_at(&self, place: Span) -> bool {
        !matches!(
            self.document.role_at(place.start),
            Role::Plan | Role::Suggestions
        )
    }

    /// The frame that the headings above a paragraph open, the innermost first; none where a
    /// heading names several.
    fn heading_frame(&mut self, section: Option<u32>) -> Option<usize> {
        let index = section? as usize;
        if let Some(known) = self.headings.get(&index) {
            return *known;
        }
        let heading = &self.document.sections[index];
        let frame = match self.frames_of(heading.title).first().map(Vec::as_slice) {
            None => self.heading_frame(heading.parent),
            Some([one]) => Some(*one),
            Some(_) => None,
        };
        self.headings.insert(index, frame);
        frame
    }

    /// The frame that the lines right above a table open, its caption and what leads to it, which may end a paragraph
    /// (……。办理情况见下表：); none where they open none, or several.
    fn caption_frame(&mut self, first: usize) -> Option<usize> {
        let section = self.document.paragraphs[first].section;
        let above = (0..first).rev().take(LINES_ABOVE_A_TABLE);
        let lines: Vec<Span> = above
            .map(|index| &self.document.paragraphs[index])
            .take_while(|line| line.section == section && line.kind == ParagraphKind::Body)
            .map(|line| line.span)
            .take_while(|line| !line.of(&self.document.text.text).ends_with('。'))
            .collect();
        let frames = lines
            .into_iter()
            .find_map(|line| self.frames_of(line).pop());
        match frames?[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// By sentence of these that opens any: the frames that it opens, each once.
    fn frames_of(&mut self, words: Span) -> Vec<Vec<usize>> {
        self.reading.read(&self.document.text.text, words);
        let sentences = self.reading.sentences();
        let frames = sentences.map(|sentence| {
            let frames = figures::frames(&sentence, None, self.codebook);
            let each: BTreeSet<usize> = frames.into_iter().map(|(_, one)| one).collect();
            each.into_iter().collect::<Vec<usize>>()
        });
        frames.filter(|frames| !frames.is_empty()).collect()
    }
}

/// A caption, and the line that leads to it (有关数据见下表：).
const LINES_ABOVE_A_TABLE: usize = 2;

/// 一是, 二是, (一): a new matter begins.
fn opens_an_item(chars: &[char]) -> bool {
    matches!(
        chars,
        [
            '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十',
            '是',
            ..
        ] | ['(', _, ')', ..]
    )
}

#[cfg(test)]
mod tests;
