//! The paragraphs of each topic, as they are stored: the sets of topics that paragraphs have, and for each paragraph which
//! of them, in as few bits as that set is frequent (a canonical Huffman code).
//!
//! Takes and gives lists of paragraphs, one a topic of the vocabulary. Read with the first query, so its size counts.

use crate::SearchError;
use crate::bytes::Reading;

/// Longest code, in bits: a code of all sets of any archive stays under it, or is cut to it.
const LONGEST: usize = 24;

pub(crate) use write::encode;

/// Reads [`encode`]d lists, for so many paragraphs.
pub(crate) fn decode(bytes: &[u8], paragraphs: u32) -> Result<Vec<Vec<u32>>, SearchError> {
    let wrong = || SearchError::Damaged("topics don't add up".into());
    let mut reading = Reading::new(bytes);
    let topics = reading.small::<u16>()?;
    let mut lists = vec![Vec::new(); topics.into()];
    // The sets, the most frequent first: lengths of their codes never fall.
    let count = reading.count()?;
    let (mut sets, mut lengths) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for _ in 0..count {
        let length: usize = reading.small()?;
        if length > LONGEST || lengths.last().is_some_and(|last| *last > length) {
            return Err(wrong());
        }
        lengths.push(length);
        let mut set: Vec<u16> = Vec::new();
        for _ in 0..reading.count()? {
            let topic: u16 = reading.small()?;
            if topic >= topics {
                return Err(wrong());
            }
            set.push(topic);
        }
        sets.push(set);
    }
    let code = Code::of(&lengths);
    let bits = reading.bytes()?;
    if sets.len() > 1 && paragraphs as usize > bits.len() * 8 {
        return Err(wrong());
    }
    let mut bits = (0..bits.len() * 8).map(|at| bits[at / 8] >> (at % 8) & 1);
    for paragraph in 0..paragraphs {
        let set = code.read(&mut bits).and_then(|place| sets.get(place));
        for topic in set.ok_or_else(wrong)? {
            lists[usize::from(*topic)].push(paragraph);
        }
    }
    Ok(lists)
}

/// A canonical code: symbols in the order of their codes' lengths.
struct Code {
    /// Of each length: how many symbols have it.
    counts: [usize; LONGEST + 1],
}

impl Code {
    fn of(lengths: &[usize]) -> Code {
        let mut counts = [0; LONGEST + 1];
        lengths.iter().for_each(|length| counts[*length] += 1);
        Code { counts }
    }

    /// The next symbol; a code that is the only one takes no bit.
    fn read(&self, bits: &mut impl Iterator<Item = u8>) -> Option<usize> {
        let (mut code, mut first, mut place) = (0, 0, 0);
        for (length, count) in self.counts.iter().enumerate() {
            if length > 0 {
                code = code << 1 | usize::from(bits.next()?);
                first <<= 1;
            }
            if code < first + count {
                return Some(place + (code - first));
            }
            place += count;
            first += count;
        }
        None
    }
}

mod write {
    use std::cmp::Reverse;
    use std::collections::{BTreeMap, BinaryHeap};

    use super::LONGEST;
    use crate::bytes::{put_bytes, put_number};

    /// Appends the paragraphs of each topic, each list in order, for so many paragraphs.
    pub(crate) fn encode<'l>(
        topics: impl ExactSizeIterator<Item = &'l Vec<u32>>,
        paragraphs: u32,
        out: &mut Vec<u8>,
    ) {
        put_number(out, topics.len() as u64);
        let (set_of, sets) = sets(topics, paragraphs);
        let mut counts = vec![0_u64; sets.len()];
        set_of.iter().for_each(|set| counts[*set as usize] += 1);
        let mut ranked: Vec<usize> = (0..sets.len()).filter(|set| counts[*set] > 0).collect();
        ranked.sort_by_key(|set| Reverse(counts[*set]));
        let lengths = lengths(&ranked.iter().map(|set| counts[*set]).collect::<Vec<_>>());

        put_number(out, ranked.len() as u64);
        let mut codes = vec![(0, 0); sets.len()];
        let (mut code, mut last) = (0_u32, 0);
        for (&set, &length) in ranked.iter().zip(&lengths) {
            code <<= length - last;
            last = length;
            codes[set] = (code, length);
            code += 1;
            put_number(out, length as u64);
            put_number(out, sets[set].len() as u64);
            for topic in &sets[set] {
                put_number(out, u64::from(*topic));
            }
        }
        let (mut bits, mut at) = (Vec::new(), 0_usize);
        for set in set_of {
            let (code, length) = codes[set as usize];
            for place in (0..length).rev() {
                if at.is_multiple_of(8) {
                    bits.push(0);
                }
                bits[at / 8] |= ((code >> place & 1) as u8) << (at % 8);
                at += 1;
            }
        }
        put_bytes(out, &bits);
    }

    /// Which set each paragraph has, and the sets: the first is empty.
    fn sets<'l>(
        topics: impl Iterator<Item = &'l Vec<u32>>,
        paragraphs: u32,
    ) -> (Vec<u32>, Vec<Vec<u16>>) {
        let mut set_of = vec![0_u32; paragraphs as usize];
        let mut sets = vec![Vec::new()];
        let mut larger: BTreeMap<(u32, u16), u32> = BTreeMap::new();
        for (topic, list) in (0..).zip(topics) {
            for paragraph in list {
                let set = &mut set_of[*paragraph as usize];
                *set = *larger.entry((*set, topic)).or_insert_with(|| {
                    let mut more = sets[*set as usize].clone();
                    more.push(topic);
                    sets.push(more);
                    sets.len() as u32 - 1
                });
            }
        }
        (set_of, sets)
    }

    /// Lengths of the codes of symbols that occur so often, the most frequent first.
    fn lengths(counts: &[u64]) -> Vec<usize> {
        let mut lightest = 0;
        loop {
            // Rare symbols count more, where else their codes would be too long.
            let weights: Vec<u64> = counts.iter().map(|count| (*count).max(lightest)).collect();
            let lengths = huffman(&weights);
            if lengths.iter().all(|length| *length <= LONGEST) {
                return lengths;
            }
            lightest = lightest * 2 + 1;
        }
    }

    fn huffman(weights: &[u64]) -> Vec<usize> {
        let mut parents = vec![0; weights.len()];
        let leaves = weights.iter().zip(0..);
        let mut heap: BinaryHeap<Reverse<(u64, usize)>> = leaves
            .map(|(weight, node)| Reverse((*weight, node)))
            .collect();
        while let (Some(Reverse(first)), Some(Reverse(second))) = (heap.pop(), heap.pop()) {
            let parent = parents.len();
            parents.push(0);
            (parents[first.1], parents[second.1]) = (parent, parent);
            heap.push(Reverse((first.0 + second.0, parent)));
            if heap.len() == 1 {
                break;
            }
        }
        // The root is the last node; parents come after their children.
        let mut depths = vec![0; parents.len()];
        for node in (0..parents.len().saturating_sub(1)).rev() {
            depths[node] = depths[parents[node]] + 1;
        }
        depths.truncate(weights.len());
        // Among symbols of one weight the order of depths is chance: the code needs it to rise.
        depths.sort_unstable();
        depths
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(lists: &[Vec<u32>], paragraphs: u32) -> usize {
        let mut bytes = Vec::new();
        encode(lists.iter(), paragraphs, &mut bytes);
        assert_eq!(decode(&bytes, paragraphs).expect("decodes"), lists);
        bytes.len()
    }

    #[test]
    fn none_one_and_many() {
        check(&[], 0);
        check(&[], 1000);
        check(&[Vec::new()], 7);
        check(&[(0..1000).collect()], 1000);
        check(&[vec![0], vec![], vec![0, 5]], 6);
    }

    #[test]
    fn frequent_sets_take_few_bits() {
        let every = |step: u32| (0..80_000).filter(|number| number % step == 1).collect();
        let bytes = check(&[every(2), every(50), every(1000)], 80_000);
        assert!(bytes < 80_000 / 8 * 2, "{bytes}");
    }

    #[test]
    fn codes_are_never_too_long() {
        // Each set twice as rare as the one before.
        let mut lists = vec![Vec::new(); 30];
        let mut paragraph = 0;
        for (topic, list) in lists.iter_mut().enumerate() {
            for _ in 0..1_u32 << topic.min(17) {
                list.push(paragraph);
                paragraph += 1;
            }
        }
        check(&lists, paragraph);
    }

    proptest! {
        #[test]
        fn every_list_comes_back(sets in prop::collection::vec(prop::collection::btree_set(0usize..9, 0..4), 0..300)) {
            let mut lists = vec![Vec::new(); 9];
            for (paragraph, set) in (0..).zip(&sets) {
                set.iter().for_each(|topic| lists[*topic].push(paragraph));
            }
            check(&lists, sets.len() as u32);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), paragraphs in 0u32..2000) {
            let _ = decode(&bytes, paragraphs);
        }
    }
}
