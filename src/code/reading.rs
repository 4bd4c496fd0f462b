//! A paragraph as the coder reads it: sentence by sentence, folded, numbers found.
//!
//! Each sentence has three forms, each with its way back to the document:
//! its characters (folded, white space gone), its *skeleton* (quotation marks gone, every number
//! one character for its kind and one for its unit), and its *words* (as search folds them).

use crate::codebook::pattern::{ANY_UNIT, NUMBER, OTHER, UNREADABLE, unit_char};
use crate::evidence::Span;
use crate::quantity::{self, Amount, Quantity};
use search_index::fold::fold_chars;

/// A sentence ready for matching.
pub(crate) struct Sentence {
    /// Its folded characters, without white space.
    pub chars: Vec<char>,
    /// By character: its bytes in the document.
    spans: Vec<Span>,
    /// Its numbers.
    pub numbers: Vec<Quantity>,
    /// The text that figures are looked for in.
    pub skeleton: String,
    /// Where each of the skeleton's characters stands.
    origin: Vec<Place>,
    /// The text that topics are looked for in.
    pub words: String,
    /// Where each of the words' characters stands.
    words_origin: Vec<Place>,
}

/// Where a character of a sentence's skeleton or words stands.
#[derive(Clone, Copy)]
struct Place {
    /// Its first byte there.
    byte: u32,
    /// The character of the sentence that it stands for; of a number, the first.
    char: u32,
}

/// The character of the sentence that a byte stands for.
fn origin(places: &[Place], byte: usize) -> usize {
    let after = places.partition_point(|place| place.byte as usize <= byte);
    places[after - 1].char as usize
}

/// The sentences of the paragraph at `span` of `text`.
pub(crate) fn sentences(text: &str, span: Span) -> Vec<Sentence> {
    let folded = fold_chars(span.of(text));
    let mut sentences = Vec::new();
    let mut chars: Vec<char> = Vec::new();
    let mut spans: Vec<Span> = Vec::new();
    let mut blank = false;
    for (at, c, source) in folded.characters() {
        if c.is_whitespace() || is_invisible(c) {
            blank |= c.is_whitespace();
            continue;
        }
        let place = Span::new(source.start, source.end).shifted(span.start as usize);
        if std::mem::take(&mut blank) && blank_hides_number(&chars, &folded.text[at..]) {
            chars.push('*');
            spans.push(Span {
                end: place.start,
                ..place
            });
        }
        chars.push(c);
        spans.push(place);
        if matches!(c, '。' | '!' | '?') && !chars.is_empty() {
            sentences.push(Sentence::new(
                std::mem::take(&mut chars),
                std::mem::take(&mut spans),
            ));
        }
    }
    if !chars.is_empty() {
        sentences.push(Sentence::new(chars, spans));
    }
    sentences
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

/// `共完成   件`: a blank between a Han character and a counting unit, where a number fell out.
fn blank_hides_number(before: &[char], after: &str) -> bool {
    let Some(last) = before.last() else {
        return false;
    };
    let unit = ["件", "起", "份", "次", "人次", "场次", "宗"];
    matches!(last, '\u{4E00}'..='\u{9FFF}')
        && unit.iter().any(|unit| after.starts_with(unit))
        && !after.starts_with("起来")
        && !after.starts_with("起草")
        && !after.starts_with("份额")
}

impl Sentence {
    pub(crate) fn new(chars: Vec<char>, spans: Vec<Span>) -> Self {
        let mut numbers = quantity::scan(&chars);
        super::context::set_apart(&chars, &mut numbers);
        let length = chars.len();
        let bytes = length * 3;
        let mut sentence = Self {
            chars,
            spans,
            numbers,
            skeleton: String::with_capacity(bytes),
            origin: Vec::with_capacity(length),
            words: String::with_capacity(bytes),
            words_origin: Vec::with_capacity(length),
        };
        sentence.write_skeleton();
        sentence.write_words();
        sentence
    }

    fn write_skeleton(&mut self) {
        let mut numbers = self.numbers.iter().peekable();
        let mut at = 0;
        while at < self.chars.len() {
            if let Some(number) = numbers.next_if(|number| number.span.start == at) {
                let kind = match number.amount {
                    _ if number.unit.is_none() => OTHER,
                    Amount::Exact(_) => NUMBER,
                    Amount::Between(..) | Amount::Lost => UNREADABLE,
                    Amount::Other => OTHER,
                };
                push(&mut self.skeleton, &mut self.origin, kind, at);
                if let Some(unit) = number.unit {
                    push(&mut self.skeleton, &mut self.origin, unit_char(unit), at);
                }
                at = number.span.end;
                continue;
            }
            if !is_quote(self.chars[at]) {
                push(&mut self.skeleton, &mut self.origin, self.chars[at], at);
            }
            at += 1;
        }
    }

    fn write_words(&mut self) {
        for (at, &c) in self.chars.iter().enumerate() {
            if !is_quote(c)
                && !matches!(c, '、' | '·' | '・' | '‧' | '•' | '《' | '》' | '〈' | '〉')
            {
                push(&mut self.words, &mut self.words_origin, c, at);
            }
        }
    }

    /// The characters that bytes `start..end` of the skeleton stand for.
    pub(crate) fn of_skeleton(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        let last = origin(&self.origin, end - 1);
        let after = self
            .number_at(last)
            .map_or(last + 1, |number| number.span.end);
        origin(&self.origin, start)..after
    }

    /// Where bytes `start..end` of the words stand in the document.
    pub(crate) fn span_of_words(&self, start: usize, end: usize) -> Span {
        let first = origin(&self.words_origin, start);
        let last = origin(&self.words_origin, end - 1);
        self.span(first..last + 1)
    }

    /// Where characters stand in the document.
    pub(crate) fn span(&self, chars: std::ops::Range<usize>) -> Span {
        let end = chars.end.max(chars.start + 1).min(self.spans.len());
        let start = chars.start.min(end - 1);
        Span {
            start: self.spans[start].start,
            end: self.spans[end - 1].end,
        }
    }

    /// Whether a figure can stand in it: a number that counts something, or a word of none.
    pub(crate) fn may_state_a_figure(&self) -> bool {
        self.skeleton
            .contains([NUMBER, UNREADABLE, '零', '无', '未', '没', '不'])
    }

    /// The number that starts at this character.
    pub(crate) fn number_at(&self, at: usize) -> Option<&Quantity> {
        self.numbers.iter().find(|number| number.span.start == at)
    }

    /// A sentence made of a table's row label, its cell and the cell's unit.
    pub(crate) fn of_cell(label: &str, number: Quantity, has_unit: bool, place: Span) -> Self {
        let chars: Vec<char> = fold_chars(label)
            .text
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        let end = chars.len();
        let spans = vec![place; end + 1];
        let mut sentence = Self {
            chars,
            spans,
            numbers: Vec::new(),
            skeleton: String::new(),
            origin: Vec::new(),
            words: String::new(),
            words_origin: Vec::new(),
        };
        sentence.write_skeleton();
        let kind = match number.amount {
            Amount::Exact(_) => NUMBER,
            _ => UNREADABLE,
        };
        push(&mut sentence.skeleton, &mut sentence.origin, kind, end);
        let unit = match (number.unit, has_unit) {
            (Some(unit), true) => unit_char(unit),
            _ => ANY_UNIT,
        };
        push(&mut sentence.skeleton, &mut sentence.origin, unit, end);
        sentence.chars.push('*');
        sentence.numbers.push(Quantity {
            span: end..end + 1,
            ..number
        });
        sentence
    }
}

fn push(text: &mut String, places: &mut Vec<Place>, c: char, at: usize) {
    places.push(Place {
        byte: text.len() as u32,
        char: at as u32,
    });
    text.push(c);
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '“' | '”' | '‘' | '’' | '「' | '」' | '『' | '』'
    )
}
