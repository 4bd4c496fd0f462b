//! TOML → [`Codebook`]. A mistake never stops a build: it becomes a diagnostic that names file,
//! line and remedy, and the topic or indicator that holds it is left out.

use super::file::{RawCapacity, RawFile, RawFrame, RawGuard, RawIndicator, RawTopic};
use super::pattern::{self, Over, Pattern};
use super::rules::{CapacityRule, FrameRule, GuardRule, IndicatorRules, Rule, RuleKind, Rules};
use super::{Break, Codebook, Depths, Example, Indicator, Names, Share, Sum, Topic, Wholes};
use crate::diagnostic::{Diagnostic, Level, Warned};
use crate::identify::Date;
use crate::identify::is_line;
use crate::quantity::{Decimal, Unit};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use toml::Spanned;

/// One file of a codebook: its name, as diagnostics call it, and its text.
pub struct CodebookFile<'f> {
    /// E.g. `codebook/own.toml`.
    pub name: &'f str,
    /// TOML.
    pub text: &'f str,
}

/// An entry with the file it was read from.
#[derive(Clone)]
struct Entry<T> {
    file: usize,
    raw: T,
}

/// Reads the built-in codebook and, over it, an archive's own files, in the order given.
pub(super) fn load(built_in: &[CodebookFile<'_>], own: &[CodebookFile<'_>]) -> Warned<Codebook> {
    let files: Vec<&CodebookFile<'_>> = built_in.iter().chain(own).collect();
    let mut reader = Reader {
        files: &files,
        warnings: Vec::new(),
        words: BTreeMap::new(),
        lines: BTreeMap::new(),
        frames: Vec::new(),
        guards: Vec::new(),
        capacities: Vec::new(),
        sums: Vec::new(),
        ratios: Vec::new(),
        depths: Depths::default(),
        wholes: None,
        topics: Vec::new(),
        indicators: Vec::new(),
        removed: Vec::new(),
    };
    for index in 0..files.len() {
        reader.file(index);
    }
    let mut codebook = reader.compile();
    let mut hash = Sha256::new();
    for file in &files {
        hash.update(file.text.len().to_le_bytes());
        hash.update(file.text);
    }
    codebook.version = hash.finalize()[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Warned {
        output: codebook,
        warnings: reader.warnings,
    }
}

struct Reader<'f> {
    files: &'f [&'f CodebookFile<'f>],
    warnings: Vec<Diagnostic>,
    words: BTreeMap<String, Vec<String>>,
    lines: BTreeMap<String, Vec<String>>,
    frames: Vec<Entry<RawFrame>>,
    guards: Vec<Entry<RawGuard>>,
    capacities: Vec<Entry<RawCapacity>>,
    sums: Vec<Entry<Spanned<Sum>>>,
    ratios: Vec<Entry<Spanned<Share>>>,
    depths: Depths,
    wholes: Option<Entry<Spanned<Wholes>>>,
    topics: Vec<Entry<RawTopic>>,
    indicators: Vec<Entry<RawIndicator>>,
    /// Indicators that a keeper removed: read, since others' reading leans on them, and told nowhere.
    removed: Vec<Entry<RawIndicator>>,
}

impl Reader<'_> {
    /// Tells that `what` at byte `at` of a file names an indicator that there is not; one that was removed goes from
    /// wherever it is named.
    fn tell_unknown(&mut self, file: usize, at: usize, what: &str, id: &str) {
        let mut removed = self.removed.iter();
        if removed.any(|entry| entry.raw.id.get_ref() == id) {
            return;
        }
        let message = format!("{what} names `{id}`, which is no indicator");
        self.tell(file, at, message, "Mend the id.");
    }

    fn tell(&mut self, file: usize, at: usize, message: String, hint: &str) {
        let source = self.files[file];
        let end = at.min(source.text.len());
        let line = source.text.as_bytes()[..end]
            .iter()
            .filter(|&&b| b == b'\n')
            .count()
            + 1;
        self.warnings.push(
            Diagnostic::new(Level::Error, "codebook", source.name, message)
                .at(line as u32)
                .hint(hint),
        );
    }

    fn file(&mut self, index: usize) {
        let raw: RawFile = match toml::from_str(self.files[index].text) {
            Ok(raw) => raw,
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let message = error.message().to_owned();
                self.tell(
                    index,
                    at,
                    message,
                    "The file is left out until this line is mended; src/codebook/README.md shows every field.",
                );
                return;
            }
        };
        self.words.extend(raw.words);
        for (line, words) in raw.lines {
            if !is_line(line.get_ref()) {
                let message = format!("`{}` is no line of departments", line.get_ref());
                let hint = "Write a line as `fangzhi inspect` tells it of a department's report.";
                self.tell(index, line.span().start, message, hint);
                continue;
            }
            let words = words.iter().map(|word| fold(word)).collect();
            self.lines.insert(line.into_inner(), words);
        }
        for raw in raw.frame {
            self.frames.retain(|known| known.raw.id != raw.id);
            self.frames.push(Entry { file: index, raw });
        }
        for raw in raw.guard {
            self.guards.retain(|known| known.raw.id != raw.id);
            self.guards.push(Entry { file: index, raw });
        }
        for raw in raw.capacity {
            self.capacities.push(Entry { file: index, raw });
        }
        for raw in raw.sum {
            self.sums.push(Entry { file: index, raw });
        }
        for raw in raw.ratio {
            self.ratios.push(Entry { file: index, raw });
        }
        self.depths = raw.depth.unwrap_or(self.depths);
        if let Some(raw) = raw.whole {
            self.wholes = Some(Entry { file: index, raw });
        }
        for id in raw.remove {
            self.remove(index, &id);
        }
        for raw in raw.topic {
            self.topic(Entry { file: index, raw });
        }
        for raw in raw.indicator {
            self.indicator(Entry { file: index, raw });
        }
    }

    fn remove(&mut self, file: usize, id: &Spanned<String>) {
        let before = self.topics.len() + self.indicators.len();
        self.topics
            .retain(|entry| entry.raw.id.get_ref() != id.get_ref());
        let mut indicators = self.indicators.iter();
        let place = indicators.position(|entry| entry.raw.id.get_ref() == id.get_ref());
        if let Some(place) = place {
            self.removed.push(self.indicators.remove(place));
        }
        if before == self.topics.len() + self.indicators.len() {
            self.tell(
                file,
                id.span().start,
                format!(
                    "there is no topic or indicator `{}` to remove",
                    id.get_ref()
                ),
                "Look the id up in data/codebook.csv.",
            );
        }
    }

    fn topic(&mut self, entry: Entry<RawTopic>) {
        let id = entry.raw.id.clone();
        let known = self
            .topics
            .iter()
            .position(|known| known.raw.id.get_ref() == id.get_ref());
        match (known, entry.raw.extend) {
            (Some(place), true) => {
                let known = &mut self.topics[place];
                let added = entry.raw;
                known.file = entry.file;
                known.raw.id = added.id;
                known.raw.terms.extend(added.terms);
                known.raw.except.extend(added.except);
                known.raw.examples.extend(added.examples);
                known.raw.counter_examples.extend(added.counter_examples);
            }
            (Some(place), false) => self.topics[place] = entry,
            (None, false) => self.topics.push(entry),
            (None, true) => self.nothing_to_extend(entry.file, &id),
        }
    }

    fn indicator(&mut self, entry: Entry<RawIndicator>) {
        let id = entry.raw.id.clone();
        self.removed
            .retain(|removed| removed.raw.id.get_ref() != id.get_ref());
        let known = self
            .indicators
            .iter()
            .position(|known| known.raw.id.get_ref() == id.get_ref());
        match (known, entry.raw.extend) {
            (Some(place), true) => {
                let known = &mut self.indicators[place];
                let added = entry.raw;
                known.file = entry.file;
                known.raw.id = added.id;
                known.raw.units.extend(added.units);
                known.raw.patterns.extend(added.patterns);
                known.raw.framed.extend(added.framed);
                known.raw.implied.extend(added.implied);
                known.raw.implied_of_one.extend(added.implied_of_one);
                known.raw.zero.extend(added.zero);
                known.raw.framed_zero.extend(added.framed_zero);
                known.raw.wider.extend(added.wider);
                known.raw.named_part.extend(added.named_part);
                known.raw.beside.extend(added.beside);
                known.raw.follows.extend(added.follows);
                known.raw.parts.extend(added.parts);
                known.raw.frame.extend(added.frame);
                known.raw.not_frame.extend(added.not_frame);
                known.raw.guards.extend(added.guards);
                known.raw.allow.extend(added.allow);
                known.raw.breaks.extend(added.breaks);
                known.raw.except.extend(added.except);
                known.raw.examples.extend(added.examples);
                known.raw.counter_examples.extend(added.counter_examples);
            }
            (Some(place), false) => self.indicators[place] = entry,
            (None, false) => self.indicators.push(entry),
            (None, true) => self.nothing_to_extend(entry.file, &id),
        }
    }

    fn nothing_to_extend(&mut self, file: usize, id: &Spanned<String>) {
        self.tell(
            file,
            id.span().start,
            format!("`{}` is to extend an entry that does not exist", id.get_ref()),
            "Write the id of an entry of the built-in codebook, or leave `extend` out and give names and definition.",
        );
    }

    fn compile(&mut self) -> Codebook {
        let mut rules = Rules::default();
        for Entry { file, raw } in std::mem::take(&mut self.frames) {
            rules.frames.push(FrameRule {
                id: raw.id,
                cues: self.literals(file, &raw.cues),
                holds: raw.holds,
                outcomes: self.literals(file, &raw.outcomes),
                weak_cues: self.literals(file, &raw.weak_cues),
                weak_after: self.literals(file, &raw.weak_after),
                not_cues: self.literals(file, &raw.not_cues),
                breaks_in: self.literals(file, &raw.breaks_in),
                backward: raw.backward,
            });
        }
        for entry in std::mem::take(&mut self.capacities) {
            let patterns = self.context(entry.file, &entry.raw.patterns);
            rules.capacities.push(CapacityRule {
                is: entry.raw.is,
                group: entry.raw.group,
                frame: entry.raw.frame,
                of: entry.raw.of,
                since: entry.raw.since,
                words: GuardRule::words(patterns),
            });
        }
        for entry in std::mem::take(&mut self.guards) {
            let patterns = self.context(entry.file, &entry.raw.patterns);
            let unless = self.context(entry.file, &entry.raw.unless);
            rules.guards.push(GuardRule {
                id: entry.raw.id,
                place: entry.raw.place,
                always: entry.raw.always,
                spares_own_line: entry.raw.spares_own_line,
                spares_zero: entry.raw.spares_zero,
                times: entry.raw.at_least..=entry.raw.at_most,
                unless,
                ..GuardRule::words(patterns)
            });
        }
        rules.lines = std::mem::take(&mut self.lines);
        let mut codebook = Codebook {
            depths: self.depths,
            ..Codebook::default()
        };
        for entry in std::mem::take(&mut self.topics) {
            self.compile_topic(entry, &mut codebook.topics, &mut rules);
        }
        let follows = self.indicators.iter().flat_map(|entry| {
            let ids = entry.raw.follows.iter().chain(&entry.raw.parts);
            ids.map(|id| (entry.file, id.clone()))
        });
        let follows: Vec<(usize, Spanned<String>)> = follows.collect();
        for entry in std::mem::take(&mut self.indicators) {
            self.compile_indicator(entry, &mut codebook.indicators, &mut rules);
        }
        for entry in self.removed.clone() {
            self.compile_indicator(entry, &mut Vec::new(), &mut rules);
        }
        if let Some(entry) = self.wholes.take() {
            let mut wholes = entry.raw.get_ref().clone();
            let unknown = |id: &&String| codebook.indicator(id).is_none();
            for id in wholes.of.iter().filter(unknown) {
                self.tell_unknown(entry.file, entry.raw.span().start, "`whole`", id);
            }
            for word in wholes.words.iter_mut().chain(&mut wholes.own) {
                *word = fold(word);
            }
            codebook.wholes = wholes;
        }
        for entry in std::mem::take(&mut self.sums) {
            let sum = entry.raw.get_ref();
            let unknown = std::iter::once(&sum.total)
                .chain(&sum.parts)
                .find(|id| codebook.indicator(id).is_none());
            match unknown {
                Some(id) => self.tell_unknown(entry.file, entry.raw.span().start, "a sum", id),
                None => codebook.sums.push(entry.raw.into_inner()),
            }
        }
        for entry in std::mem::take(&mut self.ratios) {
            let share = entry.raw.get_ref();
            let unknown = std::iter::once(&share.part)
                .chain(std::iter::once(&share.whole))
                .find(|id| codebook.indicator(id).is_none());
            match unknown {
                Some(id) => self.tell_unknown(entry.file, entry.raw.span().start, "a ratio", id),
                None => codebook.ratios.push(entry.raw.into_inner()),
            }
        }
        for (file, id) in follows {
            if codebook.indicator(id.get_ref()).is_none() {
                self.tell_unknown(file, id.span().start, "`follows` or `parts`", id.get_ref());
            }
        }
        rules.finish();
        codebook.rules = rules;
        codebook
    }

    /// The words that a frame's list stands for; what cannot be read is told and left out.
    fn literals(&mut self, file: usize, sources: &[Spanned<String>]) -> Vec<String> {
        let mut all = Vec::new();
        for source in sources {
            match pattern::literals(source.get_ref(), &self.words) {
                Ok(words) => all.extend(words),
                Err(fault) => self.tell(
                    file,
                    source.span().start,
                    format!("the words `{}` cannot be read: {fault}", source.get_ref()),
                    "Write words, alternatives in ( ), and in [ ] what may be left out; src/codebook/README.md tells more.",
                ),
            }
        }
        all
    }

    /// The patterns of guards and capacities, which only have to occur in a part of a sentence.
    fn context(&mut self, file: usize, patterns: &[Spanned<String>]) -> Vec<Pattern> {
        patterns
            .iter()
            .filter_map(|source| self.pattern(file, source, Over::Context, &[], Slot::Never))
            .collect()
    }

    fn compile_topic(
        &mut self,
        entry: Entry<RawTopic>,
        topics: &mut Vec<Topic>,
        rules: &mut Rules,
    ) {
        let Entry { file, raw } = entry;
        let Some((names, definition)) =
            self.described(file, &raw.id, raw.names.clone(), raw.definition.clone())
        else {
            return;
        };
        let mut all_read = true;
        let index = topics.len();
        let mut found = Vec::new();
        for (sources, except) in [(&raw.terms, false), (&raw.except, true)] {
            for source in sources {
                match self.pattern(file, source, Over::Words, &[], Slot::Never) {
                    Some(pattern) => found.push((pattern, except)),
                    None => all_read = false,
                }
            }
        }
        if !all_read {
            return;
        }
        for (pattern, except) in found {
            rules.topic(index, pattern, except);
        }
        topics.push(Topic {
            id: raw.id.into_inner(),
            names,
            definition,
            terms: raw.terms.into_iter().map(Spanned::into_inner).collect(),
            except: raw.except.into_iter().map(Spanned::into_inner).collect(),
            examples: self.placed(file, raw.examples),
            counter_examples: self.placed(file, raw.counter_examples),
        });
    }

    fn compile_indicator(
        &mut self,
        entry: Entry<RawIndicator>,
        indicators: &mut Vec<Indicator>,
        rules: &mut Rules,
    ) {
        let Entry { file, raw } = entry;
        let Some((names, definition)) =
            self.described(file, &raw.id, raw.names.clone(), raw.definition.clone())
        else {
            return;
        };
        let Some(units) = self.units(file, &raw) else {
            return;
        };
        let mut all_read = self.known_names(file, &raw, rules);
        let index = rules.indicators.len();
        let mut compiled = Vec::new();
        for (sources, kind, slot) in [
            (&raw.patterns, RuleKind::Stated, Slot::Always),
            (&raw.framed, RuleKind::Framed, Slot::Always),
            (&raw.implied, RuleKind::Implied, Slot::Always),
            (&raw.implied_of_one, RuleKind::ImpliedOfOne, Slot::Always),
            (&raw.zero, RuleKind::Zero, Slot::Never),
            (&raw.framed_zero, RuleKind::FramedZero, Slot::Never),
            (&raw.except, RuleKind::Except, Slot::Either),
        ] {
            for source in sources {
                match self.pattern(file, source, Over::Skeleton, &units, slot) {
                    Some(pattern) => compiled.push((pattern, kind)),
                    None => all_read = false,
                }
            }
        }
        let mut breaks = Vec::new();
        for raw_break in &raw.breaks {
            match Date::try_from(raw_break.date.clone()) {
                Ok(date) => breaks.push(Break {
                    date,
                    reason: raw_break.reason.clone(),
                }),
                Err(message) => {
                    all_read = false;
                    self.tell(file, raw.id.span().start, message, "Mend the break's date.");
                }
            }
        }
        if !all_read {
            return;
        }
        for (pattern, kind) in compiled {
            rules.rule(Rule::new(index, kind, pattern));
        }
        rules.indicators.push(IndicatorRules {
            id: raw.id.get_ref().clone(),
            group: raw.group.clone(),
            frames: raw.frame.iter().map(|id| id.get_ref().clone()).collect(),
            not_frames: raw
                .not_frame
                .iter()
                .map(|id| id.get_ref().clone())
                .collect(),
            guards: raw.guards.iter().map(|id| id.get_ref().clone()).collect(),
            allow: raw.allow.iter().map(|id| id.get_ref().clone()).collect(),
            whole: raw.whole,
            wider: raw.wider.iter().map(|word| fold(word)).collect(),
            named_part: raw.named_part.iter().map(|word| fold(word)).collect(),
            beside: raw.beside.iter().map(|word| fold(word)).collect(),
            follows: raw.follows.iter().map(|id| id.get_ref().clone()).collect(),
            parts: raw.parts.iter().map(|id| id.get_ref().clone()).collect(),
            capacity: raw.capacity,
            range: raw
                .range
                .map(|[low, high]| [Decimal::from(low), Decimal::from(high)]),
        });
        indicators.push(Indicator {
            names,
            definition,
            counts: raw.counts.unwrap_or_default(),
            does_not_count: raw.does_not_count.unwrap_or_default(),
            group: raw.group,
            unit: units[0].name().to_owned(),
            units: units.iter().map(|unit| unit.name().to_owned()).collect(),
            once: raw.once,
            breaks,
            patterns: [
                &raw.patterns,
                &raw.framed,
                &raw.implied,
                &raw.implied_of_one,
                &raw.zero,
                &raw.framed_zero,
            ]
            .into_iter()
            .flatten()
            .map(|source| source.get_ref().clone())
            .collect(),
            examples: self.placed(file, raw.examples),
            counter_examples: self.placed(file, raw.counter_examples),
            id: raw.id.into_inner(),
        });
    }

    fn described(
        &mut self,
        file: usize,
        id: &Spanned<String>,
        names: Option<Names>,
        definition: Option<Names>,
    ) -> Option<(Names, Names)> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.get_ref().is_empty() || !id.get_ref().chars().all(plain) {
            self.tell(
                file,
                id.span().start,
                format!("`{}` is no id", id.get_ref()),
                "Ids are lower-case letters, digits and hyphens: they stand in addresses.",
            );
            return None;
        }
        match (names, definition) {
            (Some(names), Some(definition)) => Some((names, definition)),
            _ => {
                self.tell(
                    file,
                    id.span().start,
                    format!("`{}` lacks its names or its definition", id.get_ref()),
                    "Give `names` and `definition`, each with zh-Hans, en and zh-Hant.",
                );
                None
            }
        }
    }

    fn units(&mut self, file: usize, raw: &RawIndicator) -> Option<Vec<Unit>> {
        let mut units = Vec::new();
        for name in &raw.units {
            if let Some(unit) = Unit::named(name.get_ref()).filter(|unit| !unit.is_calendar()) {
                units.push(unit);
            } else {
                self.tell(
                    file,
                    name.span().start,
                    format!("`{}` is no unit the program knows", name.get_ref()),
                    "Units are listed in src/quantity/unit.rs; money is 元, shares are %.",
                );
                return None;
            }
        }
        if units.is_empty() {
            self.tell(
                file,
                raw.id.span().start,
                format!("`{}` has no unit", raw.id.get_ref()),
                "Give `units`, the one it is compared in first.",
            );
            return None;
        }
        Some(units)
    }

    fn known_names(&mut self, file: usize, raw: &RawIndicator, rules: &Rules) -> bool {
        let mut unknown = Vec::new();
        for id in raw.frame.iter().chain(&raw.not_frame) {
            if !rules.frames.iter().any(|frame| &frame.id == id.get_ref()) {
                unknown.push(("frame", id));
            }
        }
        for id in raw.guards.iter().chain(&raw.allow) {
            if !rules.guards.iter().any(|guard| &guard.id == id.get_ref()) {
                unknown.push(("guard", id));
            }
        }
        for (kind, id) in &unknown {
            let message = format!("there is no {kind} `{}`", id.get_ref());
            self.tell(
                file,
                id.span().start,
                message,
                "Mend the name, or add a table for it.",
            );
        }
        unknown.is_empty()
    }

    fn pattern(
        &mut self,
        file: usize,
        source: &Spanned<String>,
        over: Over,
        units: &[Unit],
        slot: Slot,
    ) -> Option<Pattern> {
        let read = pattern::read(source.get_ref(), over, units, &self.words);
        let fault = match read {
            Ok(pattern) => match (slot, pattern.slot) {
                (Slot::Always, false) => "it has no number slot `#`".to_owned(),
                (Slot::Never, true) => "a number slot `#` has no place here".to_owned(),
                _ => return Some(pattern),
            },
            Err(fault) => fault,
        };
        self.tell(
            file,
            source.span().start,
            format!("the pattern `{}` cannot be read: {fault}", source.get_ref()),
            "The pattern language is told in src/codebook/README.md; the entry is left out until then.",
        );
        None
    }

    fn placed(&self, file: usize, examples: Vec<Spanned<String>>) -> Vec<Example> {
        let source = self.files[file];
        examples
            .into_iter()
            .map(|example| {
                let end = example.span().start.min(source.text.len());
                Example {
                    file: source.name.to_owned(),
                    line: source.text.as_bytes()[..end]
                        .iter()
                        .filter(|&&b| b == b'\n')
                        .count() as u32
                        + 1,
                    text: example.into_inner(),
                }
            })
            .collect()
    }
}

#[derive(Clone, Copy)]
enum Slot {
    Always,
    Never,
    Either,
}

fn fold(words: &str) -> String {
    search_index::fold::fold_chars(words).text
}
