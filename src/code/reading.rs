//! A paragraph as the coder reads it: sentence by sentence, folded, numbers found.
//!
//! Each sentence has three forms, each with its way back to the document:
//! its characters (folded, white space gone), its *skeleton* (quotation marks gone, every number
//! one character for its kind and one for its unit), and its *words* (as search folds them).

use crate::codebook::skeleton::{ANY_UNIT, NUMBER, OTHER, UNREADABLE, unit_char};
use crate::evidence::Span;
use crate::han::parts_sentences;
use crate::quantity::{self, Amount, Quantity};
use search_index::fold::fold_chars;
use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

/// A sentence ready for matching.
pub(crate) struct Sentence<'p> {
    /// Its folded characters, without white space.
    pub chars: Cow<'p, [char]>,
    /// By character: its bytes in the document.
    spans: Cow<'p, [Span]>,
    /// Its numbers.
    pub numbers: Vec<Quantity>,
    /// The text that figures are looked for in.
    pub skeleton: Cow<'p, str>,
    /// The text that topics are looked for in.
    pub words: Cow<'p, str>,
    /// By number: its bytes in the skeleton.
    bones: Vec<Range<usize>>,
    /// Where the words were gone through to: a byte of them, and the character that comes there.
    gone: Cell<(usize, usize)>,
}

/// Most characters of a sentence.
const LONGEST: usize = 2000;

/// A paragraph's folded characters, white space gone. Kept from paragraph to paragraph, to save its
/// memory.
#[derive(Default)]
pub(crate) struct Reading {
    chars: Vec<char>,
    /// By character: its bytes in the document.
    spans: Vec<Span>,
    /// One past each sentence's last character.
    ends: Vec<usize>,
    /// The sentences' words, and they themselves without quotation marks.
    words: Copied,
    unquoted: Copied,
}

/// The sentences of a paragraph, certain characters left out.
#[derive(Default)]
struct Copied {
    text: String,
    /// One past each sentence's last byte.
    ends: Vec<usize>,
    /// The first byte of the folded paragraph that is not copied yet.
    next: usize,
}

impl Copied {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.next = 0;
    }

    /// Copies up to `until`, and leaves out what stands from there to `next`.
    fn skip(&mut self, folded: &str, until: usize, next: usize) {
        self.text.push_str(&folded[self.next..until]);
        self.next = next;
    }

    /// A sentence ends before byte `at`.
    fn end(&mut self, folded: &str, at: usize) {
        self.skip(folded, at, at);
        self.ends.push(self.text.len());
    }

    /// Takes all sentences anew from their characters.
    fn remake(&mut self, chars: &[char], ends: &[usize], holds: impl Fn(char) -> bool) {
        self.clear();
        let mut start = 0;
        for &end in ends {
            let held = chars[start..end].iter().filter(|c| holds(**c));
            self.text.extend(held);
            self.ends.push(self.text.len());
            start = end;
        }
    }

    fn sentence(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |last| self.ends[last]);
        &self.text[start..self.ends[index]]
    }
}

impl Reading {
    /// Takes in the paragraph at `span` of `text`.
    pub(crate) fn read(&mut self, text: &str, span: Span) {
        self.read_row(text, &[span]);
    }

    /// Takes in a row of a table as if it were written out: what its first cell names, then the others, a semicolon
    /// between them.
    pub(crate) fn read_row(&mut self, text: &str, cells: &[Span]) {
        self.chars.clear();
        self.spans.clear();
        self.ends.clear();
        self.words.clear();
        self.unquoted.clear();
        for (place, cell) in cells.iter().enumerate() {
            if place > 1 {
                self.enter(';', Span::new(cell.start as usize, cell.start as usize));
            }
            self.take_in(text, *cell);
        }
        if !self.begun().is_empty() {
            self.ends.push(self.chars.len());
            self.words.ends.push(self.words.text.len());
            self.unquoted.ends.push(self.unquoted.text.len());
        }
        self.cut_long();
    }

    /// Takes in what stands at `span` of `text`.
    fn take_in(&mut self, text: &str, span: Span) {
        let folded = fold_chars(span.of(text));
        let mut blank = false;
        for stretch in folded.stretches() {
            let mut next = 0;
            while next < stretch.text.len() {
                if !blank && let Some(from) = stretch.aligned() {
                    let from = span.start as usize + from;
                    next += self.ideographs(&stretch.text[next..], from + next);
                }
                let Some(c) = stretch.text[next..].chars().next() else {
                    break;
                };
                let source = stretch.source(next..next + c.len_utf8());
                let place = Span::new(source.start, source.end).shifted(span.start as usize);
                self.character(&folded.text, stretch.at + next, c, place, &mut blank);
                next += c.len_utf8();
            }
        }
        self.words.skip(&folded.text, folded.text.len(), 0);
        self.unquoted.skip(&folded.text, folded.text.len(), 0);
    }

    /// Takes in the ideographs that `text` begins with, of which nothing is to be asked; they stand from
    /// byte `from` of the document on. Back come their bytes.
    fn ideographs(&mut self, text: &str, from: usize) -> usize {
        let before = self.chars.len();
        for c in text.chars().take_while(|c| is_ideograph(*c)) {
            self.chars.push(c);
        }
        let width = '一'.len_utf8();
        let length = (self.chars.len() - before) * width;
        let places = (from..from + length).step_by(width);
        self.spans
            .extend(places.map(|at| Span::new(at, at + width)));
        length
    }

    /// Takes in a character, which stands at byte `at` of the folded paragraph.
    fn character(&mut self, folded: &str, at: usize, c: char, place: Span, blank: &mut bool) {
        let after = at + c.len_utf8();
        if c.is_whitespace() || is_invisible(c) {
            *blank |= c.is_whitespace();
            self.words.skip(folded, at, after);
            self.unquoted.skip(folded, at, after);
            return;
        }
        if std::mem::take(blank) && blank_hides_number(self.begun(), &folded[at..]) {
            let before = Span {
                end: place.start,
                ..place
            };
            self.enter('*', before);
        }
        self.chars.push(c);
        self.spans.push(place);
        if is_quote(c) {
            self.unquoted.skip(folded, at, after);
        }
        if !is_word(c) {
            self.words.skip(folded, at, after);
        }
        if c == '.' && self.ends_a_sentence(&folded[at..]) {
            self.chars.pop();
            self.spans.pop();
            self.words.skip(folded, at, after);
            self.unquoted.skip(folded, at, after);
            self.enter('。', place);
            self.end(folded, after);
        }
        if matches!(c, '。' | '!' | '?') {
            self.end(folded, after);
        }
    }

    /// Enters a character that does not stand in the folded text, after what is copied of that.
    fn enter(&mut self, c: char, place: Span) {
        self.chars.push(c);
        self.spans.push(place);
        self.words.text.push(c);
        self.unquoted.text.push(c);
    }

    /// A sentence ends before byte `at` of the folded text.
    fn end(&mut self, folded: &str, at: usize) {
        self.ends.push(self.chars.len());
        self.words.end(folded, at);
        self.unquoted.end(folded, at);
    }

    /// Whether the ASCII stop that was entered last, and with which `text` begins, ends a sentence.
    fn ends_a_sentence(&self, text: &str) -> bool {
        let before = self.begun().iter().rev().nth(1).copied();
        parts_sentences(before, text[1..].trim_start().chars().next())
    }

    /// Cuts sentences that are longer than any that is written to be read, at a clause's end where they
    /// have one: figures of one sentence are weighed against each other, each with each.
    fn cut_long(&mut self) {
        let mut start = 0;
        let long = |start: &mut usize, end: usize| end - std::mem::replace(start, end) > LONGEST;
        if !self.ends.iter().any(|end| long(&mut start, *end)) {
            return;
        }
        let mut start = 0;
        for end in std::mem::take(&mut self.ends) {
            while end - start > LONGEST {
                let some = &self.chars[start..start + LONGEST];
                let clause = some.iter().rposition(|c| matches!(c, ',' | ';' | '、'));
                start += clause.map_or(LONGEST, |at| at + 1);
                self.ends.push(start);
            }
            self.ends.push(end);
            start = end;
        }
        self.words.remake(&self.chars, &self.ends, is_word);
        self.unquoted
            .remake(&self.chars, &self.ends, |c| !is_quote(c));
    }

    /// The characters of the sentence that has begun and not ended.
    fn begun(&self) -> &[char] {
        &self.chars[self.ends.last().copied().unwrap_or(0)..]
    }

    /// The sentences, in order.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = Sentence<'_>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ends = self.ends.iter().enumerate();
        starts.zip(ends).map(|(start, (index, &end))| {
            let (chars, spans) = (&self.chars[start..end], &self.spans[start..end]);
            let (words, unquoted) = (self.words.sentence(index), self.unquoted.sentence(index));
            Sentence::of(chars, spans, words, unquoted)
        })
    }
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

/// `共完成   件`: a blank between a Han character and a counting unit, where a number fell out; not one
/// that a scanner left within a word (案 件43件).
fn blank_hides_number(before: &[char], after: &str) -> bool {
    const WORDS: [&str; 26] = [
        "案件", "文件", "事件", "条件", "要件", "信件", "证件", "附件", "邮件", "稿件", "软件",
        "部件", "年份", "月份", "省份", "身份", "股份", "人次", "场次", "频次", "层次", "批次",
        "多次", "首次", "再次", "一起",
    ];
    let Some(last) = before.last() else {
        return false;
    };
    let unit = ["件", "起", "份", "次", "人次", "场次", "宗"];
    let mut word = [*last, '\0'];
    word[1] = after.chars().next().unwrap_or_default();
    is_ideograph(*last)
        && unit.iter().any(|unit| after.starts_with(unit))
        && !WORDS.iter().any(|split| split.chars().eq(word))
        && !after.starts_with("起来")
        && !after.starts_with("起草")
        && !after.starts_with("份额")
}

/// A sentence in which each of several things stands beside its own number again: 撤销、变更分别为11件、2件 becomes
/// 撤销11件、变更2件. None where there are not as many things as numbers.
fn distributed(
    chars: &[char],
    spans: &[Span],
    numbers: &[Quantity],
) -> Option<(Vec<char>, Vec<Span>)> {
    if numbers.len() < 2 {
        return None;
    }
    let told = chars.windows(2).position(|pair| pair == ['分', '别'])?;
    let verb = chars[told + 2..].iter();
    let first = told + 2 + verb.take_while(|c| "为是有达共:".contains(**c)).count();
    let from = numbers.partition_point(|number| number.span.start < first);
    let mut next = first;
    let each: Vec<Range<usize>> = numbers[from..]
        .iter()
        .map(|number| number.span.clone())
        .take_while(|span| {
            let goes_on = span.start == next;
            // The mark after it parts it from the next.
            let mark = chars.get(span.end);
            next = span.end + usize::from(mark.is_some_and(|c| "、,和及与".contains(*c)));
            goes_on
        })
        .collect();
    let end = each.last()?.end;
    let clause = chars[..told].iter().rposition(|c| ",;:".contains(*c));
    let start = clause.map_or(0, |at| at + 1);
    let mut things: Vec<Range<usize>> = Vec::new();
    for thing in chars[start..told].split(|c| "、和及与".contains(*c)) {
        let from = things.last().map_or(start, |last| last.end + 1);
        things.push(from..from + thing.len());
    }
    let counted = numbers[..from]
        .last()
        .is_some_and(|last| last.span.end > start);
    if each.len() < 2
        || each.len() != things.len()
        || counted
        || things.iter().any(Range::is_empty)
        || shares_a_head(chars, &things)
    {
        return None;
    }
    let (mut told_chars, mut told_spans) = (chars[..start].to_vec(), spans[..start].to_vec());
    for (thing, number) in things.into_iter().zip(each) {
        if told_chars.len() > start {
            told_chars.push('、');
            told_spans.push(spans[thing.start - 1]);
        }
        for part in [thing, number] {
            told_chars.extend_from_slice(&chars[part.clone()]);
            told_spans.extend_from_slice(&spans[part]);
        }
    }
    told_chars.extend_from_slice(&chars[end..]);
    told_spans.extend_from_slice(&spans[end..]);
    Some((told_chars, told_spans))
}

/// Whether the last of several things holds the noun of the others too (一审和二审败诉案件, 线上、线下培训): alone they name
/// nothing.
fn shares_a_head(chars: &[char], things: &[Range<usize>]) -> bool {
    const HALVES: [&str; 17] = [
        "一审", "二审", "再审", "市级", "县级", "区级", "省级", "乡级", "本级", "全市", "全县",
        "全区", "线上", "线下", "半年", "季度", "月",
    ];
    const HEADS: [&str; 10] = [
        "培训", "评查", "活动", "案卷", "人员", "资料", "检查", "宣讲", "协议", "机构",
    ];
    let ends = |thing: &Range<usize>, word: &str| quantity::ends(&chars[thing.clone()], word);
    let Some((last, others)) = things.split_last() else {
        return false;
    };
    let halves = others
        .iter()
        .any(|thing| HALVES.iter().any(|half| ends(thing, half)));
    let head = HEADS.iter().find(|head| ends(last, head));
    halves || head.is_some_and(|head| others.iter().any(|thing| !ends(thing, head)))
}

impl<'p> Sentence<'p> {
    /// The sentence of these characters: `words` are those of them, `unquoted` they without quotation marks.
    fn of(chars: &'p [char], spans: &'p [Span], words: &'p str, unquoted: &'p str) -> Self {
        let numbers = quantity::scan(chars);
        if let Some((chars, spans)) = distributed(chars, spans, &numbers) {
            let numbers = quantity::scan(&chars);
            let words: String = chars.iter().filter(|c| is_word(**c)).collect();
            return Self::new(chars.into(), spans.into(), numbers, words.into());
        }
        if numbers.is_empty() {
            return Self {
                skeleton: unquoted.into(),
                ..Self::bare(chars.into(), spans.into(), numbers, words.into())
            };
        }
        Self::new(chars.into(), spans.into(), numbers, words.into())
    }

    fn new(
        chars: Cow<'p, [char]>,
        spans: Cow<'p, [Span]>,
        mut numbers: Vec<Quantity>,
        words: Cow<'p, str>,
    ) -> Self {
        super::numbers::set_apart(&chars, &mut numbers);
        let mut sentence = Self::bare(chars, spans, numbers, words);
        let mut skeleton = String::with_capacity(sentence.chars.len() * 3);
        let mut next = 0;
        for number in &sentence.numbers {
            let before = sentence.chars.get(next..number.span.start);
            skeleton.extend(before.into_iter().flatten().filter(|c| !is_quote(**c)));
            let kind = match number.amount {
                _ if number.unit.is_none() => OTHER,
                Amount::Exact(_) => NUMBER,
                Amount::Between(..) | Amount::Lost => UNREADABLE,
                Amount::Other => OTHER,
            };
            let start = skeleton.len();
            skeleton.push(kind);
            skeleton.extend(number.unit.map(unit_char));
            sentence.bones.push(start..skeleton.len());
            next = number.span.end;
        }
        let rest = sentence.chars[next..].iter();
        skeleton.extend(rest.filter(|c| !is_quote(**c)));
        Self {
            skeleton: skeleton.into(),
            ..sentence
        }
    }

    /// It without a skeleton.
    fn bare(
        chars: Cow<'p, [char]>,
        spans: Cow<'p, [Span]>,
        numbers: Vec<Quantity>,
        words: Cow<'p, str>,
    ) -> Self {
        Self {
            chars,
            spans,
            numbers,
            words,
            skeleton: Cow::Borrowed(""),
            bones: Vec::new(),
            gone: Cell::default(),
        }
    }

    /// The characters that bytes `start..end` of the skeleton stand for.
    pub(crate) fn of_skeleton(&self, start: usize, end: usize) -> Range<usize> {
        let last = self.at_skeleton(end.saturating_sub(1));
        let number = self.number_at(last);
        self.at_skeleton(start)..number.map_or(last + 1, |number| number.span.end)
    }

    /// The character, or the first of the number's, that a byte of the skeleton stands for.
    fn at_skeleton(&self, byte: usize) -> usize {
        let before = self.bones.partition_point(|bone| bone.start <= byte);
        let (mut here, from) = match before.checked_sub(1) {
            Some(last) if byte < self.bones[last].end => return self.numbers[last].span.start,
            Some(last) => (self.bones[last].end, self.numbers[last].span.end),
            None => (0, 0),
        };
        let rest = self.chars[from..].iter();
        let mut written = (from..).zip(rest).filter(|(_, c)| !is_quote(**c));
        let found = written.find(|(_, c)| {
            here += c.len_utf8();
            byte < here
        });
        found.map_or(from, |(at, _)| at)
    }

    /// Where bytes `start..end` of the words stand in the document: soonest told in the words' order.
    pub(crate) fn span_of_words(&self, start: usize, end: usize) -> Span {
        let (mut byte, mut at) = self.gone.get();
        if start < byte {
            (byte, at) = (0, 0);
        }
        let pass = |until: usize, byte: &mut usize, at: &mut usize| {
            while *byte < until {
                let c = self.chars[*at];
                *byte += if is_word(c) { c.len_utf8() } else { 0 };
                *at += 1;
            }
        };
        pass(start, &mut byte, &mut at);
        let left_out = self.chars[at..].iter().take_while(|c| !is_word(**c));
        at += left_out.count();
        self.gone.set((byte, at));
        let first = at;
        pass(end, &mut byte, &mut at);
        self.span(first..at)
    }

    /// Where characters stand in the document.
    pub(crate) fn span(&self, chars: Range<usize>) -> Span {
        let end = chars.end.max(chars.start + 1).min(self.spans.len());
        let start = chars.start.min(end - 1);
        Span {
            start: self.spans[start].start,
            end: self.spans[end - 1].end,
        }
    }

    /// Whether a figure can stand in it: a number that counts something, or a word of none.
    pub(crate) fn may_state_a_figure(&self) -> bool {
        self.states_a_number() || self.skeleton.contains(['零', '无', '未', '没', '不'])
    }

    /// Whether it has a number that counts something.
    pub(crate) fn states_a_number(&self) -> bool {
        let mut bones = self.bones.iter();
        bones.any(|bone| self.skeleton[bone.start..].starts_with([NUMBER, UNREADABLE]))
    }

    /// The number that starts at this character.
    pub(crate) fn number_at(&self, at: usize) -> Option<&Quantity> {
        let numbers = &self.numbers;
        let found = numbers.binary_search_by_key(&at, |number| number.span.start);
        found.ok().map(|found| &numbers[found])
    }

    /// A sentence made of a table's row label, its cell and the cell's unit.
    pub(crate) fn of_cell(label: &str, number: Quantity, has_unit: bool, place: Span) -> Self {
        let folded = fold_chars(label).text;
        let words = folded.chars().filter(|c| !c.is_whitespace());
        let chars: Vec<char> = words.chain(['*']).collect();
        let end = chars.len() - 1;
        let mut skeleton: String = chars[..end].iter().filter(|c| !is_quote(**c)).collect();
        let start = skeleton.len();
        skeleton.push(match number.amount {
            Amount::Exact(_) => NUMBER,
            _ => UNREADABLE,
        });
        skeleton.push(match (number.unit, has_unit) {
            (Some(unit), true) => unit_char(unit),
            _ => ANY_UNIT,
        });
        Self {
            spans: vec![place; chars.len()].into(),
            chars: chars.into(),
            numbers: vec![Quantity {
                span: end..end + 1,
                ..number
            }],
            bones: std::iter::once(start..skeleton.len()).collect(),
            skeleton: skeleton.into(),
            words: Cow::Borrowed(""),
            gone: Cell::default(),
        }
    }
}

/// Whether a character counts in the text that topics are looked for in.
fn is_word(c: char) -> bool {
    is_ideograph(c)
        || !is_quote(c) && !matches!(c, '、' | '·' | '・' | '‧' | '•' | '《' | '》' | '〈' | '〉')
}

fn is_quote(c: char) -> bool {
    !is_ideograph(c)
        && matches!(
            c,
            '"' | '\'' | '“' | '”' | '‘' | '’' | '「' | '」' | '『' | '』'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_copied_is_what_the_characters_are(
            text in "([一-龥、，。“”《》.! a1件]|\u{3000}|.){0,60}",
            times in 1_usize..80,
        ) {
            let text = text.repeat(times);
            let mut reading = Reading::default();
            reading.read(&text, Span::new(0, text.len()));
            for sentence in reading.sentences() {
                let words: String = sentence.chars.iter().filter(|c| is_word(**c)).collect();
                prop_assert_eq!(&*sentence.words, words);
                if sentence.numbers.is_empty() {
                    let unquoted: String = sentence.chars.iter().filter(|c| !is_quote(**c)).collect();
                    prop_assert_eq!(&*sentence.skeleton, unquoted);
                }
                prop_assert!(sentence.chars.len() <= LONGEST);
                for (at, _) in sentence.words.char_indices().take(3) {
                    let end = at + sentence.words[at..].chars().next().map_or(0, char::len_utf8);
                    prop_assert!(!sentence.span_of_words(at, end).of(&text).is_empty());
                }
            }
        }

        #[test]
        fn every_byte_of_a_skeleton_has_its_characters(
            text in "([一-龥，、。“”]|[一二三十百0-9]{1,3}[件起%]?|共|约|以上|分别为){0,40}",
        ) {
            let mut reading = Reading::default();
            reading.read(&text, Span::new(0, text.len()));
            for sentence in reading.sentences() {
                let (mut byte, mut at) = (0, 0);
                while at < sentence.chars.len() {
                    let number = sentence.number_at(at);
                    let c = sentence.chars[at];
                    let end = number.map_or(at + 1, |number| number.span.end);
                    let width = match number {
                        Some(number) => NUMBER.len_utf8() * (1 + usize::from(number.unit.is_some())),
                        None if is_quote(c) => 0,
                        None => c.len_utf8(),
                    };
                    for here in byte..byte + width {
                        prop_assert_eq!(sentence.of_skeleton(here, here + 1), at..end);
                    }
                    (byte, at) = (byte + width, end);
                }
                prop_assert_eq!(sentence.skeleton.len(), byte);
            }
        }
    }
}
