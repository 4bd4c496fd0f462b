//! Finds literals in a text: all of them, those that overlap too, by where they begin.
//!
//! Asked of every sentence of every report, some thousand literals of a few characters at once. Of most
//! places of a text two characters and one bit tell that none begins there; an automaton would go from
//! state to state all over its tables.

/// What is looked for: a tree of characters, entered by the first two.
#[derive(Default)]
pub(super) struct Literals {
    /// By the hash of two characters: whether a literal may begin with them.
    may_begin: Vec<u64>,
    /// Two characters that literals begin with and where those go on, by slots of the same hash.
    heads: Vec<([char; 2], u32)>,
    /// Where each slot's heads begin, and one past the last's end; so many slots as a power of two.
    slots: Vec<u32>,
    nodes: Vec<Node>,
    /// Those of one character, ascending.
    singles: Vec<(char, u32)>,
    /// By a character's last bits: whether it may be one of those.
    may_be_single: Vec<u64>,
}

/// What literals have in common so far.
#[derive(Default)]
struct Node {
    /// The literal that ends here.
    value: Option<u32>,
    /// The characters that come next, ascending, and their nodes.
    next: Vec<(char, u32)>,
}

/// Bits of the hash by which [`Literals::may_begin`] is asked.
const BITS: u32 = 16;

/// Bits of a character by which [`Literals::may_be_single`] is asked.
const SINGLE_BITS: u32 = 12;

fn hash(first: char, second: char) -> u32 {
    let hash = (first as u32).wrapping_mul(0x9E37_79B1) ^ (second as u32).wrapping_mul(0x85EB_CA77);
    hash ^ (hash >> 15)
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
        let mut words: Vec<(&str, u32)> = words.into_iter().collect();
        words.sort_unstable();
        let mut literals = Self {
            may_begin: vec![0; (1 << BITS) / 64],
            may_be_single: vec![0; (1 << SINGLE_BITS) / 64],
            ..Self::default()
        };
        let mut heads: Vec<([char; 2], u32)> = Vec::new();
        for (word, value) in words {
            let mut chars = word.chars();
            let Some(first) = chars.next() else { continue };
            let Some(second) = chars.next() else {
                literals.singles.push((first, value));
                set(
                    &mut literals.may_be_single,
                    first as u32 % (1 << SINGLE_BITS),
                );
                continue;
            };
            let pair = [first, second];
            // Words come sorted: those of one head stand together.
            let known = heads.last().filter(|(head, _)| *head == pair);
            let mut node = known.map_or(literals.nodes.len() as u32, |(_, node)| *node);
            if node as usize == literals.nodes.len() {
                literals.nodes.push(Node::default());
                heads.push((pair, node));
            }
            for c in chars {
                node = literals.after(node, c);
            }
            literals.nodes[node as usize].value = Some(value);
        }
        literals.enter(heads);
        literals
    }

    /// Sorts the heads into slots.
    fn enter(&mut self, mut heads: Vec<([char; 2], u32)>) {
        let slots = (heads.len() * 2).next_power_of_two();
        let slot = |pair: [char; 2]| hash(pair[0], pair[1]) as usize & (slots - 1);
        heads.sort_by_key(|(pair, _)| slot(*pair));
        self.slots = (0..=slots)
            .map(|index| heads.partition_point(|(pair, _)| slot(*pair) < index) as u32)
            .collect();
        for ([first, second], _) in &heads {
            set(&mut self.may_begin, hash(*first, *second) % (1 << BITS));
        }
        self.heads = heads;
    }

    /// The node that a character leads to; words come sorted, so that it is the last or a new one.
    fn after(&mut self, node: u32, c: char) -> u32 {
        let new = self.nodes.len() as u32;
        let next = &mut self.nodes[node as usize].next;
        match next.last() {
            Some((last, known)) if *last == c => *known,
            _ => {
                next.push((c, new));
                self.nodes.push(Node::default());
                new
            }
        }
    }

    /// Tells of every literal that stands in `text` its value and its bytes, those that begin first
    /// before others.
    pub(super) fn find(&self, text: &str, mut told: impl FnMut(u32, usize, usize)) {
        if self.slots.is_empty() {
            return;
        }
        let mut chars = text.char_indices();
        let mut next = chars.next();
        while let Some((at, first)) = next {
            next = chars.next();
            if holds(&self.may_be_single, first as u32 % (1 << SINGLE_BITS)) {
                let from = self.singles.partition_point(|(single, _)| *single < first);
                let same = self.singles[from..].iter();
                for (single, value) in same.take_while(|(single, _)| *single == first) {
                    told(*value, at, at + single.len_utf8());
                }
            }
            let Some((_, second)) = next else { break };
            let hash = hash(first, second);
            if !holds(&self.may_begin, hash % (1 << BITS)) {
                continue;
            }
            let slot = hash as usize & (self.slots.len() - 2);
            let slot = self.slots[slot] as usize..self.slots[slot + 1] as usize;
            let head = self.heads[slot]
                .iter()
                .find(|(head, _)| *head == [first, second]);
            let mut node = head.map(|(_, node)| &self.nodes[*node as usize]);
            let mut rest = chars.clone();
            let mut end = rest.offset();
            while let Some(here) = node {
                if let Some(value) = here.value {
                    told(value, at, end);
                }
                if here.next.is_empty() {
                    break;
                }
                node = rest.next().and_then(|(_, c)| {
                    let edge = here.next.binary_search_by_key(&c, |(edge, _)| *edge).ok()?;
                    Some(&self.nodes[here.next[edge].1 as usize])
                });
                end = rest.offset();
            }
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
