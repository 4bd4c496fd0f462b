//! The headings' tree: levels by nesting, whatever a marker's class; lost and repeated markers.

use super::heading::{self, Heading};
use super::zone::{self, Zones};
use super::{Role, Section, role};
use crate::clean::CleanText;
use crate::decode::Markup;
use crate::evidence::Span;
use crate::marker::{Class, Marker};

/// The sections, and where each line lies in them.
pub(super) struct Outline {
    pub(super) sections: Vec<Section>,
    /// Lines that are headings and nothing else.
    pub(super) headings: Vec<usize>,
    /// For each line, the innermost section it belongs to.
    pub(super) section_of: Vec<Option<u32>>,
}

/// A line that opens a section.
#[derive(Clone, Debug)]
struct Candidate {
    line: usize,
    marker: Option<Marker>,
    /// The class that ranks it: its marker's, or the one worked out.
    class: Class,
    ordinal: u32,
    heading: Heading,
    /// Bytes before the heading's words.
    offset: usize,
}

impl Candidate {
    /// One whose marker is lost, or that never had one.
    fn without_marker(line: usize, class: Class, ordinal: u32, heading: Heading) -> Self {
        Self {
            line,
            marker: None,
            class,
            ordinal,
            heading,
            offset: 0,
        }
    }
}

struct Reader<'a> {
    text: &'a CleanText,
    spans: &'a [Span],
    zones: &'a Zones,
    markers: Vec<Option<Marker>>,
    year: Option<i32>,
}

pub(super) fn outline(text: &CleanText, spans: &[Span], zones: &Zones) -> Outline {
    let reader = Reader::new(text, spans, zones);
    let candidates = reader.candidates();
    reader.tree(&candidates)
}

impl<'a> Reader<'a> {
    fn new(text: &'a CleanText, spans: &'a [Span], zones: &'a Zones) -> Self {
        let words = |index: usize| spans.get(index).map_or("", |span| span.of(&text.text));
        let bars = |line: &str| line.matches(['\t', '|']).count();
        // 一、行政复议, between rows: it names what the next ones are about.
        let is_group = |index: usize, line: &str| {
            let (above, below) = (index.checked_sub(1).map_or("", words), words(index + 1));
            bars(above) >= 2
                && bars(above) == bars(below)
                && below.contains(|c: char| c.is_ascii_digit())
                && line.chars().nth(40).is_none()
                && !line.contains(['。', '；', ';'])
        };
        let markers = spans
            .iter()
            .enumerate()
            .map(|(index, span)| {
                let row = text.markup.get(index) == Some(&Markup::Row);
                let line = span.of(&text.text);
                (zones.body.contains(&index) && !row && !is_group(index, line))
                    .then(|| Marker::read(span.of(&text.text)))
                    .flatten()
            })
            .collect();
        Self {
            text,
            spans,
            zones,
            markers,
            year: year(text),
        }
    }

    fn words(&self, line: usize) -> &'a str {
        self.spans[line].of(&self.text.text)
    }

    fn markup(&self, line: usize) -> Markup {
        self.text.markup.get(line).copied().unwrap_or(Markup::None)
    }

    /// All lines that open a section, in order.
    fn candidates(&self) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = Vec::new();
        let rows = self.rows_of_run_ins();
        for line in self.zones.body.clone() {
            let candidate = self
                .marked(line)
                .or_else(|| self.without_separator(line, &found))
                .or_else(|| self.counted(line))
                .or_else(|| self.bare(line, &found))
                .or_else(|| self.lost_run_in(line, &found))
                .or_else(|| Self::of_a_row(line, &rows, &found));
            found.extend(candidate);
        }
        found
    }

    fn marked(&self, line: usize) -> Option<Candidate> {
        let marker = self.markers[line].clone()?;
        let heading = heading::marked(&self.words(line)[marker.len..], marker.class)?;
        if !heading.run_in && self.is_an_item(line, marker.class) {
            return None;
        }
        Some(Candidate {
            line,
            class: marker.class,
            ordinal: marker.ordinal,
            offset: marker.len,
            marker: Some(marker),
            heading,
        })
    }

    /// Whether a marked line is a sentence of several clauses with nothing below it: an item of a list, not a
    /// heading.
    fn is_an_item(&self, line: usize, class: Class) -> bool {
        let words = self.words(line).trim_end();
        let below = line + 1;
        let follows = self.markers.get(below).and_then(Option::as_ref);
        let alone =
            !self.zones.body.contains(&below) || follows.is_some_and(|next| next.class <= class);
        alone && words.ends_with('。') && words.contains([',', '，'])
    }

    /// `2落实…` after 1、, `二 存在问题` after 一、: the separator is lost. So it may be from the first on, where the
    /// row goes on.
    fn without_separator(&self, line: usize, before: &[Candidate]) -> Option<Candidate> {
        let words = self.words(line);
        let marker = Marker::without_separator(words)?;
        let (class, ordinal, len) = (marker.class, marker.ordinal, marker.len);
        let mut siblings = before.iter().rev();
        let sibling = siblings.find(|candidate| candidate.class == class);
        let told = self.markers[line + 1..]
            .iter()
            .flatten()
            .any(|later| later.class == class && later.ordinal == ordinal);
        let goes_on = || ordinal == 1 && self.opens_a_bare_row(line, class);
        let next = sibling.is_some_and(|sibling| ordinal == sibling.ordinal + 1);
        let title = &words[len..];
        if told || !(next && (class == Class::Digit || is_plain_title(title)) || goes_on()) {
            return None;
        }
        let heading = heading::marked(title, class)?;
        Some(Candidate {
            line,
            class,
            ordinal,
            offset: len,
            marker: Some(marker),
            heading,
        })
    }

    /// 第一，加强领导 on a line of its own, one of a row of them.
    fn counted(&self, line: usize) -> Option<Candidate> {
        // Beside 一、 they are items of it.
        let mut markers = self.markers.iter().flatten();
        if markers.any(|marker| marker.class == Class::Han) {
            return None;
        }
        let titled = |line: usize| {
            let marker = Marker::counted(self.words(line))?;
            let heading = heading::marked(&self.words(line)[marker.len..], marker.class)?;
            let below = self.zones.body.contains(&(line + 1));
            (below && !heading.run_in && self.zones.short[line].chars().count() <= 40)
                .then_some((marker, heading))
        };
        let (marker, heading) = titled(line)?;
        let mut others = self.zones.body.clone().filter(|other| *other != line);
        others
            .any(|other| titled(other).is_some())
            .then_some(Candidate {
                line,
                class: marker.class,
                ordinal: marker.ordinal,
                offset: marker.len,
                marker: Some(marker),
                heading,
            })
    }

    /// Whether a line and one below it are the first and second of a row of titles whose markers have a blank for a
    /// separator. A list's items have no paragraphs below them.
    fn opens_a_bare_row(&self, line: usize, class: Class) -> bool {
        let of_the_row = |line: usize, wanted: u32| {
            let words = self.words(line);
            Marker::without_separator(words).is_some_and(|marker| {
                let title = &words[marker.len..];
                let blank = words[..marker.len].ends_with(char::is_whitespace);
                let leads = class != Class::Digit || self.is_heading_over_paragraph(line);
                (marker.class, marker.ordinal) == (class, wanted)
                    && blank
                    && leads
                    && is_plain_title(title)
            })
        };
        of_the_row(line, 1) && (line + 1..self.zones.body.end).any(|later| of_the_row(later, 2))
    }

    /// A short line without marker that heads what follows.
    fn bare(&self, line: usize, before: &[Candidate]) -> Option<Candidate> {
        if self.markers[line].is_some() || !self.zones.body.contains(&(line + 1)) {
            return None;
        }
        let markup = self.markup(line);
        if matches!(markup, Markup::Row | Markup::Item) {
            return None;
        }
        let words = self.words(line);
        let heading = heading::bare(words)?;
        let folded = &self.zones.short[line];
        if zone::is_signature(folded) && !matches!(markup, Markup::Heading(_)) {
            return None;
        }
        let named = role::own(folded, self.year).is_some() || zone::is_done(folded);
        let next = self.words(line + 1);
        let next_marker = self.markers[line + 1].as_ref();
        // A paragraph that leads to a table or a list ends in a colon.
        let tells =
            next.contains('。') || next.contains(['，', ',']) && next.ends_with(['：', ':']);
        let heads = next_marker.is_some_and(|marker| marker.ordinal == 1)
            || next.chars().count() > words.chars().count() * 3 / 2 && tells
            || named && self.is_heading_over_paragraph(line + 1);
        let stated = matches!(markup, Markup::Heading(_));
        let below = before.last().is_some_and(|last| last.line + 1 == line);
        if !(stated || heads && (named || below || self.after_sentence(line))) {
            return None;
        }
        let class = match markup {
            Markup::Heading(level) => [Class::Han, Class::Han, Class::HanBracketed, Class::Digit]
                [usize::from(level.clamp(1, 4)) - 1],
            _ => self.bare_class(line, named, next_marker, before),
        };
        Some(Candidate::without_marker(
            line,
            class,
            next_ordinal(before, class),
            heading,
        ))
    }

    /// Whether a short line without marker stands over a paragraph, as a bare heading does.
    fn is_heading_over_paragraph(&self, line: usize) -> bool {
        let over = line + 1;
        self.zones.body.contains(&over)
            && self.markers[line].is_none()
            && heading::bare(self.words(line)).is_some()
            && self.words(over).contains('。')
            && self.words(over).chars().count() > self.words(line).chars().count()
    }

    /// Whether the line before ends a sentence, or is no paragraph.
    fn after_sentence(&self, line: usize) -> bool {
        line == self.zones.body.start
            || self
                .words(line - 1)
                .trim_end_matches(['”', ')', '）'])
                .ends_with(['。', '；', '！', '：', ':'])
            || self.markers[line - 1].is_some()
    }

    /// 坚持党建引领，扛牢责任。……: of each line of the body, its heading where it is one of three or more paragraphs in a
    /// row that all open with one of parallel clauses and have no marker.
    fn rows_of_run_ins(&self) -> Vec<Option<Heading>> {
        let opens = |line: usize| {
            let plain = self.markers[line].is_none() && self.markup(line) == Markup::None;
            let heading = plain
                .then(|| heading::unmarked(self.words(line)))
                .flatten()?;
            let title = &self.words(line)[..heading.len];
            title.contains([',', '，']).then_some(heading)
        };
        let mut rows = vec![None; self.spans.len()];
        let mut line = self.zones.body.start;
        while line < self.zones.body.end {
            let row: Vec<Heading> = (line..self.zones.body.end).map_while(opens).collect();
            let next = line + row.len().max(1);
            if row.len() >= 3 {
                for (line, heading) in (line..).zip(row) {
                    rows[line] = Some(heading);
                }
            }
            line = next;
        }
        rows
    }

    /// A paragraph of such a row: a level below what heads the row.
    fn of_a_row(line: usize, rows: &[Option<Heading>], before: &[Candidate]) -> Option<Candidate> {
        let heading = rows[line]?;
        let mut others = before.iter().rev();
        let head = others.find(|candidate| rows[candidate.line].is_none());
        let class = match head.map(|head| head.class) {
            None => Class::Han,
            Some(Class::Part | Class::Han) => Class::HanBracketed,
            Some(Class::HanBracketed) => Class::Digit,
            Some(_) => Class::DigitBracketed,
        };
        Some(Candidate::without_marker(
            line,
            class,
            next_ordinal(before, class),
            heading,
        ))
    }

    /// The class of the marker that a bare heading lost, by what its neighbours have.
    fn bare_class(
        &self,
        line: usize,
        named: bool,
        next: Option<&Marker>,
        before: &[Candidate],
    ) -> Class {
        let top = self.top_class();
        if let Some(next) = next
            && next.ordinal == 1
        {
            // 一、 … (一): what heads a first (一) lost a 一、.
            return match next.class {
                Class::Part | Class::Han | Class::HanBracketed => top.min(Class::Han),
                Class::Digit if top < Class::HanBracketed && !named => Class::HanBracketed,
                _ => top,
            };
        }
        let gap = |class: Class| {
            let last = before
                .iter()
                .rev()
                .find(|candidate| candidate.class <= class);
            let last = last.filter(|candidate| candidate.class == class)?;
            let after = self.markers[line + 1..self.zones.body.end]
                .iter()
                .flatten()
                .find(|marker| marker.class <= class)?;
            (after.class == class && after.ordinal == last.ordinal + 2).then_some(class)
        };
        if let Some(class) = gap(Class::Han).or_else(|| gap(Class::HanBracketed)) {
            return class;
        }
        // Lawsuits are told in a part of their own, or among what was done: there a heading of two clauses
        // says how well (定分止争，应诉质效提升).
        let two_clauses = self.words(line).contains([',', '，']);
        let among_others = two_clauses
            && before.last().is_some_and(|last| {
                (last.marker.is_none() || last.line + 1 == line)
                    && role::own(&self.zones.short[line], self.year) == Some(Role::Litigation)
            });
        match before.last() {
            _ if named && !among_others => top,
            Some(last) if last.class == top && (last.marker.is_some() || last.line + 1 == line) => {
                Class::HanBracketed.max(top)
            }
            Some(last) => last.class,
            None => top,
        }
    }

    /// The highest class of marker in the report; 一、 where there is none.
    fn top_class(&self) -> Class {
        let highest = self
            .markers
            .iter()
            .flatten()
            .map(|marker| marker.class)
            .min();
        match highest {
            Some(Class::Part) => Class::Part,
            Some(Class::HanBracketed)
                if !self
                    .markers
                    .iter()
                    .flatten()
                    .any(|marker| marker.class == Class::Han) =>
            {
                Class::Han
            }
            _ => Class::Han,
        }
    }

    /// A paragraph among run-in headings that opens like one and has no marker.
    fn lost_run_in(&self, line: usize, before: &[Candidate]) -> Option<Candidate> {
        if self.markers[line].is_some() || self.markup(line) == Markup::Row {
            return None;
        }
        let last = before.last()?;
        if !last.heading.run_in || last.line + 1 != line {
            return None;
        }
        let class = last.class;
        let siblings = before
            .iter()
            .rev()
            .take_while(|candidate| candidate.class >= class)
            .filter(|candidate| candidate.class == class && candidate.marker.is_some())
            .count();
        let following = self.markers[line + 1..self.zones.body.end]
            .iter()
            .flatten()
            .find(|marker| marker.class <= class);
        let gap = following
            .is_some_and(|marker| marker.class == class && marker.ordinal > last.ordinal + 1);
        if !gap && siblings < 2 {
            return None;
        }
        // Where the next sibling follows on without a gap, nothing is lost.
        if following
            .is_some_and(|marker| marker.class == class && marker.ordinal == last.ordinal + 1)
        {
            return None;
        }
        let heading = heading::unmarked(self.words(line))?;
        Some(Candidate::without_marker(
            line,
            class,
            last.ordinal + 1,
            heading,
        ))
    }

    /// Nests the candidates and gives each its role and its extent.
    fn tree(&self, candidates: &[Candidate]) -> Outline {
        let mut sections: Vec<Section> = Vec::new();
        let mut open: Vec<(Class, u32, u32)> = Vec::new();
        for (at, candidate) in candidates.iter().enumerate() {
            while let Some(&(class, ordinal, _)) = open.last() {
                let nested = class < candidate.class
                    || (class > candidate.class
                        && candidate.ordinal == 1
                        && !open.iter().any(|&(class, ..)| class == candidate.class)
                        && goes_on(&candidates[at + 1..], class, ordinal + 1, candidate.class));
                if nested {
                    break;
                }
                open.pop();
            }
            let parent = open.last().map(|&(.., section)| section);
            let inherited = parent.map(|parent| sections[parent as usize].role);
            open.push((candidate.class, candidate.ordinal, sections.len() as u32));
            sections.push(self.section(candidate, open.len() as u8, parent, inherited));
        }
        let mut section_of = vec![None; self.spans.len()];
        for (index, candidate) in candidates.iter().enumerate() {
            let next = candidates
                .get(index + 1)
                .map_or(self.zones.body.end, |next| next.line);
            section_of[candidate.line..next].fill(Some(index as u32));
        }
        self.extents(&mut sections);
        let headings = candidates
            .iter()
            .filter(|candidate| !candidate.heading.run_in)
            .map(|candidate| candidate.line)
            .collect();
        Outline {
            sections,
            headings,
            section_of,
        }
    }

    fn section(
        &self,
        candidate: &Candidate,
        level: u8,
        parent: Option<u32>,
        inherited: Option<Role>,
    ) -> Section {
        let line = self.spans[candidate.line];
        let start = line.start as usize + candidate.offset;
        let title = Span::new(start, start + candidate.heading.len);
        let words = search_index::fold::fold_str(title.of(&self.text.text));
        let written = |len: usize| self.words(candidate.line)[..len].trim_end().to_owned();
        let has_markers = self
            .markers
            .iter()
            .flatten()
            .any(|marker| marker.class == candidate.class);
        Section {
            level,
            marker: candidate.marker.as_ref().map(|marker| written(marker.len)),
            lost_marker: (candidate.marker.is_none() && has_markers)
                .then(|| Marker::written(candidate.class, candidate.ordinal)),
            title,
            role: role::of(role::own(&words, self.year), inherited),
            parent,
            paragraph: candidate.line as u32,
            run_in: candidate.heading.run_in,
            span: line,
        }
    }

    /// Each section reaches up to the next of its level or above, or to the signature.
    fn extents(&self, sections: &mut [Section]) {
        let end = self
            .zones
            .body
            .end
            .checked_sub(1)
            .map_or(0, |last| self.spans[last].end);
        for index in 0..sections.len() {
            let level = sections[index].level;
            let next = sections[index + 1..]
                .iter()
                .find(|next| next.level <= level);
            let end = next.map_or(end, |next| {
                self.spans[next.paragraph as usize].start.saturating_sub(1)
            });
            sections[index].span.end = end.max(sections[index].title.end);
        }
    }
}

/// Whether words are short and no clause: a title.
fn is_plain_title(words: &str) -> bool {
    words.chars().count() <= 20 && !words.contains(['，', '。', ',', '；'])
}

fn next_ordinal(before: &[Candidate], class: Class) -> u32 {
    before
        .iter()
        .rev()
        .take_while(|candidate| candidate.class >= class)
        .find(|candidate| candidate.class == class)
        .map_or(1, |sibling| sibling.ordinal + 1)
}

/// Whether the row of `class` goes on with `ordinal` before one of `inner` begins anew.
fn goes_on(after: &[Candidate], class: Class, ordinal: u32, inner: Class) -> bool {
    after
        .iter()
        .take_while(|candidate| !(candidate.class == inner && candidate.ordinal == 1))
        .any(|candidate| candidate.class == class && candidate.ordinal == ordinal)
}

/// The year that the report's opening names most often: enough to tell next year's headings.
fn year(text: &CleanText) -> Option<i32> {
    let head = &text.text[..text.text.floor_char_boundary(1500)];
    let mut years: std::collections::BTreeMap<i32, u32> = std::collections::BTreeMap::new();
    // A title's year is the report's; next year's plan and the signature may name another twice.
    let title = head.find('\n').filter(|&end| end < 240).unwrap_or(0);
    for (at, _) in head.match_indices("20") {
        let digits = &head.as_bytes()[at..];
        let apart = at == 0 || !head.as_bytes()[at - 1].is_ascii_digit();
        if apart
            && digits.len() > 4
            && digits[..4].iter().all(u8::is_ascii_digit)
            && !digits[4].is_ascii_digit()
            && let Ok(year) = head[at..at + 4].parse()
        {
            *years.entry(year).or_default() += if at < title { 3 } else { 1 };
        }
    }
    years
        .into_iter()
        .max_by_key(|&(_, times)| times)
        .map(|(year, _)| year)
}
