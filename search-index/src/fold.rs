//! Folding: what counts as the same text when something is looked for.
//!
//! Takes any text; gives back the folded text with its way back to the original, byte for byte. Folding never
//! changes what is shown or cited, never fails, and is the same for a query and for the text it is matched with.
//!
//! Order: CJK radicals to ideographs (`tables/radicals.tsv`), NFKC, lower case, Traditional to Simplified
//! (`tables/t2s.tsv`). [`fold`] then drops what does not count between two characters of a term: white space and
//! invisible characters, quotation marks, 、, interpuncts and title marks. Other punctuation stays: no match crosses it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Folded text and its way back to the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    pieces: Vec<Piece>,
}

/// A stretch of folded text and the source bytes that it stands for. It ends where the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// First byte in the folded text.
    folded: usize,
    source_start: usize,
    source_end: usize,
    /// Byte for byte: the folded bytes are as many as the source's and correspond one to one.
    aligned: bool,
}

impl Folded {
    /// The byte range of the original that a byte range of [`Folded::text`] stands for. An empty range gives an empty
    /// one; a range that cuts an expansion (㎡ → m2) gives the whole source character. Out-of-range ends are clamped.
    pub fn source_range(&self, range: Range<usize>) -> Range<usize> {
        let end = range.end.min(self.text.len());
        let start = range.start.min(end);
        let Some(first) = self.piece_at(start) else {
            return 0..0;
        };
        let from = first.place_of_start(start);
        if start == end {
            return from..from;
        }
        let to = self
            .piece_at(end - 1)
            .map_or(from, |piece| piece.place_of_end(end));
        from..to.max(from)
    }

    /// Its stretches, in order: each the source's own bytes but for some, or the fold of certain characters of it.
    pub fn stretches(&self) -> impl Iterator<Item = Stretch<'_>> {
        self.pieces.iter().enumerate().map(|(index, piece)| {
            let next = self.pieces.get(index + 1);
            let end = next.map_or(self.text.len(), |next| next.folded);
            Stretch {
                at: piece.folded,
                text: &self.text[piece.folded..end],
                piece: *piece,
            }
        })
    }

    /// The bytes of [`Folded::text`] just before which the fold dropped something of the original, the begin left aside.
    pub fn gaps(&self) -> impl Iterator<Item = usize> {
        self.pieces
            .windows(2)
            .filter(|pair| pair[0].source_end != pair[1].source_start)
            .map(|pair| pair[1].folded)
    }

    fn piece_at(&self, at: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| piece.folded <= at);
        self.pieces.get(after.checked_sub(1)?)
    }
}

/// A stretch of folded text.
#[derive(Debug, Clone, Copy)]
pub struct Stretch<'f> {
    /// Its first byte in [`Folded::text`].
    pub at: usize,
    /// The folded text of it.
    pub text: &'f str,
    piece: Piece,
}

impl Stretch<'_> {
    /// Where it begins in the original, if it is as many bytes there, which correspond one to one.
    pub fn aligned(&self) -> Option<usize> {
        let Piece {
            aligned,
            source_start,
            source_end,
            ..
        } = self.piece;
        (aligned && source_end - source_start == self.text.len()).then_some(source_start)
    }

    /// The bytes of the original that bytes of [`Stretch::text`] stand for, as [`Folded::source_range`] gives them.
    pub fn source(&self, range: Range<usize>) -> Range<usize> {
        let from = self.piece.place_of_start(self.at + range.start);
        let to = self.piece.place_of_end(self.at + range.end);
        from..to.max(from)
    }
}

impl Piece {
    fn place_of_start(&self, at: usize) -> usize {
        if self.aligned {
            (self.source_start + (at - self.folded)).min(self.source_end)
        } else {
            self.source_start
        }
    }

    fn place_of_end(&self, end: usize) -> usize {
        if self.aligned {
            (self.source_start + (end - self.folded)).min(self.source_end)
        } else {
            self.source_end
        }
    }
}

/// Folds for matching, as in search: white space, quotation marks, 、, interpuncts and title marks are dropped.
///
/// ```
/// let folded = search_index::fold::fold("探索“721”工作法");
/// assert_eq!(folded.text, "探索721工作法");
/// assert_eq!(folded.source_range(6..18), 9..24);
/// ```
pub fn fold(text: &str) -> Folded {
    Folder::new(text, true).run()
}

/// Folds character by character and drops nothing, so that punctuation and spaces can still be judged.
pub fn fold_chars(text: &str) -> Folded {
    Folder::new(text, false).run()
}

/// The text of [`fold`], where the way back is not needed.
pub fn fold_str(text: &str) -> String {
    fold(text).text
}

/// Hands over the folded ideographs, letters and digits of a text one by one, all punctuation and marks left out: what
/// two copies of a text have in common however they were saved. No text is built.
pub fn letters(text: &str, mut each: impl FnMut(char)) {
    let mut give = |c: char| {
        if matches!(c, '\u{4E00}'..='\u{9FFF}') || c.is_alphanumeric() {
            each(c);
        }
    };
    for c in text.chars() {
        match rule(c) {
            AS_IS => give(c),
            rule if rule & EXPANDS != 0 => fold_cluster(std::iter::once(c)).for_each(&mut give),
            rule => char::from_u32(rule & CHARACTER)
                .into_iter()
                .for_each(&mut give),
        }
    }
}

/// Whether [`fold`] drops this (folded) character.
fn is_dropped(c: char) -> bool {
    match c {
        '"' | '\'' | '“' | '”' | '‘' | '’' | '「' | '」' | '『' | '』' => true,
        '、' | '·' | '・' | '‧' | '•' => true,
        '《' | '》' | '〈' | '〉' => true,
        '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => true,
        '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' => true,
        '\u{FEFF}' | '\u{E0100}'..='\u{E01EF}' => true,
        _ => c.is_whitespace() || c.is_control(),
    }
}

/// How one character folds, in 32 bits: 0 for "as it is", else flags and, where it becomes one character, that one.
type Rule = u32;
const AS_IS: Rule = 0;
const DROP: Rule = 1 << 31;
/// May combine with what stands before it.
const MARK: Rule = 1 << 30;
/// Becomes several characters.
const EXPANDS: Rule = 1 << 29;
const CHARACTER: Rule = (1 << 21) - 1;

/// Rules of 256 neighbouring code points, worked out when one of them is first met.
static PAGES: [OnceLock<Box<[Rule; 256]>>; 0x1100] = [const { OnceLock::new() }; 0x1100];

fn rule(c: char) -> Rule {
    let code = c as usize;
    let page = &PAGES[code >> 8];
    let page = page
        .get()
        .unwrap_or_else(|| page.get_or_init(|| work_out_page(code >> 8)));
    page[code & 0xFF]
}

/// The common ideographs that stay as they are, a bit each: most of any text.
struct Plain([u64; PLAIN / 64]);

/// As many ideographs as [`Plain`] knows, from [`FIRST_PLAIN`] on.
const PLAIN: usize = 0x5200;
const FIRST_PLAIN: u32 = 0x4E00;

impl Plain {
    fn holds(&self, c: char) -> bool {
        let place = (c as u32).wrapping_sub(FIRST_PLAIN) as usize;
        place < PLAIN && self.0[place / 64] >> (place % 64) & 1 == 1
    }
}

fn plain() -> &'static Plain {
    static COMMON: OnceLock<Plain> = OnceLock::new();
    COMMON.get_or_init(|| {
        let mut bits = [0; PLAIN / 64];
        for (place, code) in (FIRST_PLAIN..).enumerate().take(PLAIN) {
            let stays = char::from_u32(code).is_some_and(|c| rule(c) == AS_IS);
            bits[place / 64] |= u64::from(stays) << (place % 64);
        }
        Plain(bits)
    })
}

#[cold]
fn work_out_page(page: usize) -> Box<[Rule; 256]> {
    let mut rules = Box::new([AS_IS; 256]);
    for (slot, code) in rules.iter_mut().zip((page as u32) << 8..) {
        *slot = char::from_u32(code).map_or(AS_IS, work_out);
    }
    rules
}

fn work_out(c: char) -> Rule {
    let mut folded = fold_cluster(std::iter::once(c));
    let first = folded.next();
    let (Some(first), None) = (first, folded.next()) else {
        return EXPANDS;
    };
    let mut rule = if first == c { AS_IS } else { first as Rule };
    if combines(c) || combines(first) {
        rule |= MARK | first as Rule;
    }
    if is_dropped(first) {
        rule |= DROP | first as Rule;
    }
    rule
}

fn combines(c: char) -> bool {
    canonical_combining_class(c) != 0 || is_nfc_quick(std::iter::once(c)) == IsNormalized::Maybe
}

/// Folds a character together with the marks that follow it, by the definition.
fn fold_cluster(cluster: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let tables = tables();
    cluster
        .map(|c| tables.radicals.get(&c).copied().unwrap_or(c))
        .nfkc()
        .flat_map(char::to_lowercase)
        .map(|c| tables.simplified.get(&c).copied().unwrap_or(c))
}

struct Tables {
    radicals: HashMap<char, char>,
    simplified: HashMap<char, char>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| Tables {
        radicals: pairs(include_str!("tables/radicals.tsv")),
        simplified: pairs(include_str!("tables/t2s.tsv")),
    })
}

/// The first two columns of a table with one header line.
fn pairs(table: &str) -> HashMap<char, char> {
    let pair = |line: &str| {
        let mut columns = line.split('\t');
        let from = columns.next()?.chars().next()?;
        Some((from, columns.next()?.chars().next()?))
    };
    table.lines().skip(1).filter_map(pair).collect()
}

/// One pass over a text.
struct Folder<'t> {
    text: &'t str,
    drops: bool,
    out: String,
    pieces: Vec<Piece>,
    /// Source range not yet copied: characters that stay as they are.
    pending: usize,
    /// Where the last character before the present one began, in source and output: marks may join it.
    last: Option<(usize, usize)>,
    plain: &'static Plain,
}

impl<'t> Folder<'t> {
    fn new(text: &'t str, drops: bool) -> Self {
        Folder {
            text,
            drops,
            out: String::with_capacity(text.len()),
            pieces: Vec::new(),
            pending: 0,
            last: None,
            plain: plain(),
        }
    }

    fn run(mut self) -> Folded {
        let mut at = 0;
        while let Some((place, c, rule)) = self.next_to_fold(at) {
            self.copy_pending(place);
            let next = place + c.len_utf8();
            at = if rule & (MARK | EXPANDS) == 0 {
                self.single(place, next, rule);
                next
            } else {
                self.cluster(place, next, rule)
            };
            self.pending = at;
        }
        self.copy_pending(self.text.len());
        Folded {
            text: self.out,
            pieces: self.pieces,
        }
    }

    /// The next character that does not stay as it is, with its place and rule. Those before it wait to be copied
    /// together, from `pending` on.
    fn next_to_fold(&mut self, at: usize) -> Option<(usize, char, Rule)> {
        let mut last = None;
        let mut found = None;
        for (offset, c) in self.text[at..].char_indices() {
            if !self.plain.holds(c) {
                let rule = rule(c);
                if rule != AS_IS {
                    found = Some((at + offset, c, rule));
                    break;
                }
            }
            last = Some(at + offset);
        }
        if let Some(last) = last {
            self.last = Some((last, self.out.len() + (last - self.pending)));
        }
        found
    }

    fn copy_pending(&mut self, until: usize) {
        if self.pending < until {
            self.piece(self.pending, until, true);
            self.out.push_str(&self.text[self.pending..until]);
            self.pending = until;
        }
    }

    /// One character that becomes one, or none.
    fn single(&mut self, at: usize, next: usize, rule: Rule) {
        self.last = Some((at, self.out.len()));
        if self.drops && rule & DROP != 0 {
            return;
        }
        if let Some(folded) = char::from_u32(rule & CHARACTER) {
            self.piece(at, next, folded.len_utf8() == next - at);
            self.out.push(folded);
        }
    }

    /// A character that expands, or a mark, with all marks after it and, for a mark, the character before it.
    /// Returns where the text goes on.
    fn cluster(&mut self, at: usize, next: usize, first: Rule) -> usize {
        let mut start = at;
        if let (true, Some((source, out))) = (first & MARK != 0, self.last) {
            start = source;
            self.out.truncate(out);
            self.cut_pieces(out);
        }
        let marks = self.text[next..]
            .chars()
            .take_while(|&c| rule(c) & MARK != 0);
        let end = next + marks.map(char::len_utf8).sum::<usize>();
        self.last = None;
        let from = self.out.len();
        let drops = self.drops;
        let folded = fold_cluster(self.text[start..end].chars());
        self.out
            .extend(folded.filter(|&c| !(drops && is_dropped(c))));
        if self.out.len() > from {
            let piece = Piece {
                folded: from,
                source_start: start,
                source_end: end,
                aligned: false,
            };
            self.pieces.push(piece);
        }
        end
    }

    /// Takes back the pieces from this byte of the output on.
    fn cut_pieces(&mut self, out: usize) {
        while self.pieces.last().is_some_and(|piece| piece.folded >= out) {
            self.pieces.pop();
        }
        if let Some(last) = self.pieces.last_mut()
            && last.aligned
        {
            last.source_end = last.source_end.min(last.source_start + (out - last.folded));
        }
    }

    /// Notes what the output that is about to be written stands for; joins it to the piece before where both go on
    /// byte for byte.
    fn piece(&mut self, start: usize, end: usize, aligned: bool) {
        if let Some(last) = self.pieces.last_mut()
            && last.aligned
            && aligned
            && last.source_end == start
        {
            last.source_end = end;
            return;
        }
        self.pieces.push(Piece {
            folded: self.out.len(),
            source_start: start,
            source_end: end,
            aligned,
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(fold_str(text), expected, "{text}");
    }

    #[test]
    fn one_term_however_it_is_written() {
        check("行政復議", "行政复议");
        check("行政複議", "行政复议");
        check("行政复议", "行政复议");
        check("⾏政复议", "行政复议");
        check("行 政\u{3000}复\u{200B}议", "行政复议");
    }

    #[test]
    fn what_does_not_count_between_two_characters() {
        check("双随机、一公开", "双随机一公开");
        check("“721”工作法", "721工作法");
        check("「一委」·『一办』《一平台》", "一委一办一平台");
    }

    #[test]
    fn other_punctuation_stays_in_its_narrow_form() {
        check("依法，行政。", "依法,行政。");
        check("（一）ＧＢ／Ｔ", "(一)gb/t");
        check("１２．５％", "12.5%");
    }

    #[test]
    fn marks_join_what_they_follow() {
        check("e\u{301}te\u{301}", "été");
        check("ｶﾞ", "ガ");
        check("\u{301}", "\u{301}");
        check("\u{1100}\u{1161}\u{11A8}", "각");
        let folded = fold("法e\u{301}治");
        assert_eq!(folded.source_range(3..5), 3..6);
        assert_eq!(folded.source_range(5..8), 6..9);
    }

    #[test]
    fn folding_characters_drops_nothing() {
        assert_eq!(fold_chars("“７２１”　執法、").text, "“721” 执法、");
    }

    #[test]
    fn a_gap_is_known() {
        let folded = fold("2017、2018年");
        assert_eq!(folded.text, "20172018年");
        assert_eq!(folded.gaps().collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn an_expansion_stands_for_its_character() {
        let folded = fold("约3㎡余");
        assert_eq!(folded.text, "约3m2余");
        assert_eq!(folded.source_range(4..5), 4..7);
        assert_eq!(folded.source_range(5..6), 4..7);
        assert_eq!(folded.source_range(6..9), 7..10);
        assert_eq!(folded.source_range(6..6), 7..7);
        assert_eq!(fold("").source_range(0..9), 0..0);
    }

    /// The definition, without tables of rules or runs.
    fn plainly(text: &str, drops: bool) -> String {
        let tables = tables();
        text.chars()
            .map(|c| tables.radicals.get(&c).copied().unwrap_or(c))
            .nfkc()
            .flat_map(char::to_lowercase)
            .map(|c| tables.simplified.get(&c).copied().unwrap_or(c))
            .filter(|&c| !(drops && is_dropped(c)))
            .collect()
    }

    proptest! {
        #[test]
        fn equals_the_definition(text in "(?s)([一-龥、，。“”0-9a-zé \u{301}\u{3000}⺁-⻳Ａ-Ｚ㎡①ｶﾞ각ᆨ]|.){0,40}") {
            prop_assert_eq!(fold_str(&text), plainly(&text, true));
            prop_assert_eq!(fold_chars(&text).text, plainly(&text, false));
        }

        #[test]
        fn every_character_leads_back(text in "(?s)([一-龥、，“ e\u{301}㎡ｶﾞ]|.){0,40}") {
            let folded = fold(&text);
            let mut before = 0;
            let mut characters = Vec::new();
            for stretch in folded.stretches() {
                for (offset, c) in stretch.text.char_indices() {
                    let range = stretch.source(offset..offset + c.len_utf8());
                    let aligned = stretch.aligned().map(|from| from + offset);
                    prop_assert!(aligned.is_none_or(|from| (from..from + c.len_utf8()) == range));
                    characters.push((stretch.at + offset, c, range));
                }
            }
            let told: String = characters.iter().map(|(_, c, _)| c).collect();
            prop_assert_eq!(&told, &folded.text);
            for (at, c, range) in characters {
                prop_assert_eq!(&range, &folded.source_range(at..at + c.len_utf8()));
                prop_assert!(text.get(range.clone()).is_some_and(|source| !source.is_empty()));
                prop_assert!(fold_str(&text[range.clone()]).contains(c));
                prop_assert!(range.start >= before);
                before = range.start;
            }
        }
    }
}
