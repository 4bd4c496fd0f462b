//! Runs a pattern over a text, in time linear in both.
//!
//! Takes a pattern's steps and a place; gives back where the longest match that begins there ends. Kept
//! are the places that the steps so far can have led to, each once: nothing is tried twice, whatever the
//! pattern and the text. A pattern is a few words, so this touches little memory, where an automaton a
//! pattern would wander through much.

use super::skeleton::{NUMBER, UNREADABLE, is_unit_char};
use std::sync::LazyLock;

/// What a pattern asks for next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// One of these words.
    Words(Words),
    /// One of these sequences.
    OneOf(Vec<Branch>),
    /// One of these sequences, or nothing.
    Maybe(Vec<Branch>),
    /// Up to `width` characters, none of them a number or of `stops`.
    Gap { stops: Signs, width: u16 },
    /// The words that may stand between a noun and its number: 共, 达, 为, a bracket.
    Filler,
    /// A number with one of these units.
    Number(Vec<char>),
    /// A number with any unit.
    Passed,
    /// None of these words.
    Unless(Words),
    /// The text's beginning, or one of these characters.
    Start(Signs),
}

/// Words of which one may stand. They stand close together in memory: a pattern is rarely there already when it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    begins: Beginnings,
    all: Box<[Word]>,
    /// One after another.
    text: Box<str>,
}

/// A literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Word {
    first: char,
    /// One past its last byte in [`Words::text`].
    end: u32,
}

impl Words {
    /// Nothing if one of them is the empty word, which stands everywhere.
    pub(super) fn of<'w>(words: impl Iterator<Item = &'w str>) -> Option<Self> {
        let mut text = String::new();
        let word = |word: &'w str| {
            text.push_str(word);
            let first = word.chars().next()?;
            let end = text.len() as u32;
            Some(Word { first, end })
        };
        let all: Box<[Word]> = words.map(word).collect::<Option<_>>()?;
        Some(Self {
            begins: all.iter().map(|word| word.first).collect(),
            all,
            text: text.into(),
        })
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// They, in their order.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.all.len()).map(|index| self.word(index))
    }

    fn word(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |last| self.all[last].end);
        &self.text[start as usize..self.all[index].end as usize]
    }

    /// The bytes of those with which a text begins.
    fn begin<'w>(&'w self, text: &'w str) -> impl Iterator<Item = usize> + 'w {
        let first = text.chars().next().filter(|c| self.begins.may_be(*c));
        let all = if first.is_some() { &self.all } else { &[][..] };
        let same = all.iter().enumerate();
        same.filter(move |(_, word)| Some(word.first) == first)
            .map(|(index, _)| self.word(index))
            .filter(|word| text.starts_with(word))
            .map(str::len)
    }
}

/// Certain characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signs {
    all: &'static str,
    may_be: Beginnings,
}

impl Signs {
    pub(super) fn of(all: &'static str) -> Self {
        Self {
            all,
            may_be: all.chars().collect(),
        }
    }

    fn holds(self, c: char) -> bool {
        self.may_be.may_be(c) && self.all.contains(c)
    }

    /// They, one after another.
    #[cfg(test)]
    pub(super) fn all(self) -> &'static str {
        self.all
    }
}

/// A sequence that is one of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Branch {
    begins: Beginnings,
    pub(super) steps: Vec<Step>,
}

impl From<Vec<Step>> for Branch {
    fn from(steps: Vec<Step>) -> Self {
        Self {
            begins: Beginnings::of(&steps),
            steps,
        }
    }
}

/// The characters that a match may begin with, by their last six bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Beginnings(u64);

impl FromIterator<char> for Beginnings {
    fn from_iter<T: IntoIterator<Item = char>>(chars: T) -> Self {
        let bits = chars.into_iter().map(Self::one);
        Self(bits.fold(0, |bits, one| bits | one))
    }
}

impl Beginnings {
    const ANY: Self = Self(u64::MAX);

    fn one(c: char) -> u64 {
        1 << (c as u32 % u64::BITS)
    }

    /// Those of the matches of `steps`.
    pub(super) fn of(steps: &[Step]) -> Self {
        let mut bits = 0;
        let any = |all: &[Branch]| all.iter().fold(0, |bits, one| bits | one.begins.0);
        for step in steps {
            let (these, passes) = match step {
                Step::Words(words) => (words.begins.0, false),
                Step::OneOf(all) => (any(all), false),
                Step::Maybe(all) => (any(all), true),
                Step::Number(_) | Step::Passed => {
                    (Self::one(NUMBER) | Self::one(UNREADABLE), false)
                }
                Step::Unless(_) => (0, true),
                Step::Start(ends) => (ends.may_be.0, true),
                Step::Gap { .. } | Step::Filler => return Self::ANY,
            };
            bits |= these;
            if !passes {
                return Self(bits);
            }
        }
        Self::ANY
    }

    /// Whether `c` may be one of them.
    pub(super) fn may_be(self, c: char) -> bool {
        self.0 & Self::one(c) != 0
    }

    /// Whether a match may begin at byte `at` of a text, its end too.
    fn may_be_at(self, text: &str, at: u32) -> bool {
        first(text, at).map_or(self == Self::ANY, |c| self.may_be(c))
    }
}

/// Sets of places, kept from match to match to save their memory.
#[derive(Debug, Default)]
pub(super) struct Places {
    spare: Vec<Vec<u32>>,
}

impl Places {
    fn take(&mut self) -> Vec<u32> {
        self.spare.pop().unwrap_or_default()
    }

    fn put(&mut self, mut set: Vec<u32>) {
        set.clear();
        self.spare.push(set);
    }
}

/// Where the longest match of `steps` that begins at byte `at` of `text` ends.
pub(super) fn longest(steps: &[Step], text: &str, at: usize, places: &mut Places) -> Option<usize> {
    let mut set = places.take();
    set.push(at as u32);
    let set = follow(steps, text, set, places);
    let end = set.last().map(|&end| end as usize);
    places.put(set);
    end
}

/// Where `steps` can lead to from the places of `set`, ascending.
fn follow(steps: &[Step], text: &str, mut set: Vec<u32>, places: &mut Places) -> Vec<u32> {
    for step in steps {
        let mut next = places.take();
        match step {
            Step::Words(words) => stand(words, text, &set, &mut next),
            Step::OneOf(all) => lead(all, text, &set, &mut next, places),
            Step::Maybe(all) => {
                next.extend_from_slice(&set);
                lead(all, text, &set, &mut next, places);
            }
            Step::Gap { stops, width } => cross(*stops, *width, text, &set, &mut next),
            Step::Filler => fill(text, &set, &mut next, places),
            Step::Number(units) => step_over(text, &set, &mut next, |unit| units.contains(&unit)),
            Step::Passed => step_over(text, &set, &mut next, is_unit_char),
            Step::Unless(words) => {
                for &at in &set {
                    if words.begin(&text[at as usize..]).next().is_none() {
                        next.push(at);
                    }
                }
            }
            Step::Start(ends) => {
                for &at in &set {
                    if at == 0 {
                        next.push(at);
                    }
                    if let Some(end) = first(text, at).filter(|c| ends.holds(*c)) {
                        next.push(at + end.len_utf8() as u32);
                    }
                }
            }
        }
        // What several ways lead to is one place.
        if next.len() > 1 && !next.is_sorted_by(|one, other| one < other) {
            next.sort_unstable();
            next.dedup();
        }
        places.put(std::mem::replace(&mut set, next));
        if set.is_empty() {
            break;
        }
    }
    set
}

/// The places after the numbers that stand at those of `set`, with units that fit.
fn step_over(text: &str, set: &[u32], next: &mut Vec<u32>, fits: impl Fn(char) -> bool) {
    for &at in set {
        let mut chars = text[at as usize..].chars();
        let number = chars.next().filter(|c| matches!(*c, NUMBER | UNREADABLE));
        let unit = chars.next().filter(|unit| fits(*unit));
        if let Some((number, unit)) = number.zip(unit) {
            next.push(at + (number.len_utf8() + unit.len_utf8()) as u32);
        }
    }
}

fn first(text: &str, at: u32) -> Option<char> {
    text[at as usize..].chars().next()
}

/// The ends of the words that stand at the places of `set`.
fn stand(words: &Words, text: &str, set: &[u32], next: &mut Vec<u32>) {
    for &at in set {
        for length in words.begin(&text[at as usize..]) {
            next.push(at + length as u32);
        }
    }
}

/// The places that any of several sequences leads to.
fn lead(all: &[Branch], text: &str, set: &[u32], next: &mut Vec<u32>, places: &mut Places) {
    for one in all {
        if let [Step::Words(words)] = one.steps.as_slice() {
            stand(words, text, set, next);
            continue;
        }
        let mut from = places.take();
        let may_begin = |at: &u32| one.begins.may_be_at(text, *at);
        from.extend(set.iter().copied().filter(may_begin));
        let reached = follow(&one.steps, text, from, places);
        next.extend_from_slice(&reached);
        places.put(reached);
    }
}

/// The places that a gap leads to: its beginning, and after every character of it.
fn cross(stops: Signs, width: u16, text: &str, set: &[u32], next: &mut Vec<u32>) {
    for (index, &from) in set.iter().enumerate() {
        next.push(from);
        let mut at = from;
        // From the next place of the set on, its own gap reaches as far or farther.
        let until = set.get(index + 1).copied().unwrap_or(u32::MAX);
        for c in text[from as usize..].chars().take(usize::from(width)) {
            if matches!(c, NUMBER | UNREADABLE) || stops.holds(c) {
                break;
            }
            at += c.len_utf8() as u32;
            if at >= until {
                break;
            }
            next.push(at);
        }
    }
}

/// The numbers that stand at the places of `set` or after what may stand before a number.
fn fill(text: &str, set: &[u32], next: &mut Vec<u32>, places: &mut Places) {
    static FIRST: LazyLock<Signs> =
        LazyLock::new(|| Signs::of("数总件由从(:,共一累合均达已为是有计约的人全今当本"));
    for &at in set {
        let Some(here) = first(text, at) else { break };
        if matches!(here, NUMBER | UNREADABLE) {
            next.push(at);
        } else if FIRST.holds(here) {
            let mut from = places.take();
            from.push(at);
            let reached = follow(&FILLER, text, from, places);
            next.extend_from_slice(&reached);
            places.put(reached);
        }
    }
}

/// What may stand between a noun and its number.
static FILLER: LazyLock<Vec<Step>> = LazyLock::new(|| {
    let words = |all: &str| Step::Words(Words::of(all.split('|')).unwrap_or_default());
    let maybe = |steps: Vec<Step>| Step::Maybe(vec![steps.into()]);
    let gap = |stops, width| Step::Gap {
        stops: Signs::of(stops),
        width,
    };
    let sum = "共计|共有|总共|一共|共|总计|累计|合计";
    vec![
        maybe(vec![words("数量|总量|总数|件数|数")]),
        maybe(vec![words("全年|今年|当年|本年")]),
        maybe(vec![
            words("由|从"),
            gap(",;。", 10),
            words("提高|上升|提升|增加|增长|下降|降低|减少|调整|增|升|降|变"),
            words("至|到|为"),
        ]),
        maybe(vec![words("("), gap("()", 30), words(")")]),
        Step::Maybe(vec![
            vec![words(":")].into(),
            vec![words(","), words(sum)].into(),
        ]),
        maybe(vec![words(&format!(
            "{sum}|均|达到了|达到|已达|达|为|是|有|计|约|的"
        ))]),
        maybe(vec![words(&format!(
            "{sum}|均为|均达|达到了|达到|已达|达|为|计|约"
        ))]),
        maybe(vec![words("人民币")]),
    ]
});
