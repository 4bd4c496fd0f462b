//! Finds literals in a text: all of them, those that overlap too, by where they begin.
//!
//! Asked of every sentence of every report, some thousand literals of a few characters at once. Of most
//! places of a text two characters and one bit tell that none begins there; an automaton would go from
//! state to state all over its tables.

use crate::quantity::Charset;
use std::str::Chars;

/// What is looked for: a tree of characters, entered by the first two.
#[derive(Default)]
pub(super) struct Literals {
    /// By the hash of two characters: whether a literal may begin with them.
    may_begin: Vec<u64>,
    /// Two characters that literals begin with, each at the place that the hash names or the next free
    /// one; so many places as a power of two.
    heads: Vec<Option<Head>>,
    /// The tree, what comes next after one standing together.
    nodes: Vec<Node>,
    /// Those of one character, by its last bits, and where those of the same begin.
    singles: Vec<(char, u32)>,
    single_from: Vec<u32>,
    /// These characters.
    may_be_single: Charset,
}

#[derive(Clone, Copy)]
struct Head {
    pair: [char; 2],
    /// Where the literals go on.
    node: u32,
}

/// What literals have in common so far.
#[derive(Clone, Copy)]
struct Node {
    /// Its last character.
    c: char,
    /// The literal that ends here; [`NONE`] where none does.
    value: u32,
    /// The first of the nodes that come next, by their characters, and how many they are.
    next: u32,
    count: u32,
    /// By the last six bits of a character: whether it may come next.
    may_go_on: u64,
}

const NONE: u32 = u32::MAX;

/// Of how many last bits of a character [`Literals::singles`] are in order.
const SINGLE_BITS: u32 = 8;

fn last_bits(c: char) -> usize {
    c as usize % (1 << SINGLE_BITS)
}

/// Bits of the hash by which [`Literals::may_begin`] is asked.
const BITS: u32 = 16;

fn hash(first: char, second: char) -> u32 {
    let hash = (first as u32).wrapping_mul(0x9E37_79B1) ^ (second as u32).wrapping_mul(0x85EB_CA77);
    hash ^ (hash >> 15)
}

fn bit(c: char) -> u64 {
    1 << (c as u32 % u64::BITS)
}

fn holds(bits: &[u64], bit: u32) -> bool {
    bits[bit as usize / 64] >> (bit % 64) & 1 == 1
}

fn set(bits: &mut [u64], bit: u32) {
    bits[bit as usize / 64] |= 1 << (bit % 64);
}

impl Literals {
    /// Takes literals, none of them empty, and what to tell of each.
    pub(super) fn new<'w>(words: impl IntoIterator<Item = (&'w str, u32)>) -> Self {
        let mut words: Vec<(Vec<char>, u32)> = words
            .into_iter()
            .map(|(word, value)| (word.chars().collect(), value))
            .collect();
        words.sort_unstable();
        let mut literals = Self {
            may_begin: vec![0; (1 << BITS) / 64],
            ..Self::default()
        };
        words.retain(|(word, value)| {
            if let [single] = word[..] {
                literals.singles.push((single, *value));
            }
            word.len() > 1
        });
        literals
            .singles
            .sort_by_key(|(single, _)| last_bits(*single));
        let until = |bits| {
            literals
                .singles
                .partition_point(|(single, _)| last_bits(*single) < bits) as u32
        };
        literals.single_from = (0..=1 << SINGLE_BITS).map(until).collect();
        literals.may_be_single = literals.singles.iter().map(|(single, _)| *single).collect();
        let heads: Vec<&[(Vec<char>, u32)]> = words
            .chunk_by(|(one, _), (other, _)| one[..2] == other[..2])
            .collect();
        literals.heads = vec![None; (heads.len() * 2).next_power_of_two()];
        for words in heads {
            let pair = [words[0].0[0], words[0].0[1]];
            let node = literals.nodes.len() as u32;
            literals.nodes.push(Node::of(pair[1]));
            literals.grow(node, words, 2);
            literals.enter(Head { pair, node });
        }
        literals
    }

    /// Grows the tree from a node that `length` characters of all these words lead to; they come sorted.
    fn grow(&mut self, node: u32, words: &[(Vec<char>, u32)], length: usize) {
        let ended = words.partition_point(|(word, _)| word.len() == length);
        let next: Vec<&[(Vec<char>, u32)]> = words[ended..]
            .chunk_by(|(one, _), (other, _)| one[length] == other[length])
            .collect();
        let first = self.nodes.len() as u32;
        self.nodes[node as usize] = Node {
            value: words[..ended].last().map_or(NONE, |(_, value)| *value),
            next: first,
            count: next.len() as u32,
            may_go_on: next
                .iter()
                .fold(0, |bits, words| bits | bit(words[0].0[length])),
            ..self.nodes[node as usize]
        };
        self.nodes
            .extend(next.iter().map(|words| Node::of(words[0].0[length])));
        for (node, words) in (first..).zip(next) {
            self.grow(node, words, length + 1);
        }
    }

    fn enter(&mut self, head: Head) {
        let hash = hash(head.pair[0], head.pair[1]);
        set(&mut self.may_begin, hash % (1 << BITS));
        let last = self.heads.len() - 1;
        let mut place = hash as usize & last;
        while self.heads[place].is_some() {
            place = (place + 1) & last;
        }
        self.heads[place] = Some(head);
    }

    /// Where literals that begin with two characters go on.
    fn head(&self, pair: [char; 2], hash: u32) -> Option<&Node> {
        let last = self.heads.len() - 1;
        let mut place = hash as usize & last;
        loop {
            let head = self.heads[place].as_ref()?;
            if head.pair == pair {
                return Some(&self.nodes[head.node as usize]);
            }
            place = (place + 1) & last;
        }
    }

    /// What comes after a node, if it is this character.
    fn after(&self, node: &Node, c: char) -> Option<&Node> {
        if node.may_go_on & bit(c) == 0 {
            return None;
        }
        let next = &self.nodes[node.next as usize..(node.next + node.count) as usize];
        let found = next.binary_search_by_key(&c, |next| next.c);
        found.ok().map(|found| &next[found])
    }

    /// Tells of every literal that stands in `text` its value and its bytes, those that begin first
    /// before others.
    pub(super) fn find(&self, text: &str, mut told: impl FnMut(u32, usize, usize)) {
        if self.heads.is_empty() {
            return;
        }
        let mut chars = text.chars();
        let mut next = chars.next();
        while let Some(first) = next {
            let after = chars.as_str();
            next = chars.next();
            if self.may_be_single.may_hold(first) {
                let end = text.len() - after.len();
                self.single(first, end, &mut told);
            }
            let Some(second) = next else { break };
            let hash = hash(first, second);
            if holds(&self.may_begin, hash % (1 << BITS)) {
                let start = text.len() - after.len() - first.len_utf8();
                let head = self.head([first, second], hash);
                self.longer(head, start, text, chars.clone(), &mut told);
            }
        }
    }

    /// Tells of the literals that are `c`, which ends at byte `end`.
    #[inline(never)]
    fn single(&self, c: char, end: usize, told: &mut impl FnMut(u32, usize, usize)) {
        let bits = last_bits(c);
        let (from, until) = (self.single_from[bits], self.single_from[bits + 1]);
        for (single, value) in &self.singles[from as usize..until as usize] {
            if *single == c {
                told(*value, end - c.len_utf8(), end);
            }
        }
    }

    /// Tells of the literals that begin at byte `start` of a text and go on from a node with `rest`. Called, not
    /// written into the loop above, which it would take the registers from.
    #[inline(never)]
    fn longer<'l>(
        &'l self,
        mut node: Option<&'l Node>,
        start: usize,
        text: &str,
        mut rest: Chars<'_>,
        told: &mut impl FnMut(u32, usize, usize),
    ) {
        while let Some(here) = node {
            if here.value != NONE {
                told(here.value, start, text.len() - rest.as_str().len());
            }
            node = rest.next().and_then(|c| self.after(here, c));
        }
    }
}

impl Node {
    fn of(c: char) -> Self {
        Self {
            c,
            value: NONE,
            next: 0,
            count: 0,
            may_go_on: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_are_found_by_where_they_begin(
            words in prop::collection::btree_set("[甲乙丙a]{1,4}", 0..8),
            text in "[甲乙丙丁a。]{0,24}",
        ) {
            let numbered = || words.iter().map(String::as_str).zip(0..);
            let mut expected: Vec<(u32, usize, usize)> = numbered()
                .flat_map(|(word, value)| {
                    let places = text.char_indices();
                    let here = places.filter(|(at, _)| text[*at..].starts_with(word));
                    let hits: Vec<_> = here.map(|(at, _)| (value, at, at + word.len())).collect();
                    hits
                })
                .collect();
            let mut found = Vec::new();
            Literals::new(numbered()).find(&text, |value, start, end| found.push((value, start, end)));
            prop_assert!(found.is_sorted_by_key(|(_, start, _)| *start));
            found.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }
}
