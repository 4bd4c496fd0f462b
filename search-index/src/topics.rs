//! The paragraphs of each topic, as they are stored: the sets of topics that paragraphs have, and for each paragraph which
//! of them, in as few bits as that set is frequent.
//!
//! Takes and gives lists of paragraphs, one a topic of the vocabulary.

use crate::SearchError;
use crate::bytes::Reading;
use crate::prefix_code::{Bits, Code};

#[cfg(not(target_family = "wasm"))]
pub(crate) use write::encode;

/// Reads [`encode`]d lists, for so many paragraphs.
pub(crate) fn decode(bytes: &[u8], paragraphs: u32) -> Result<Vec<Vec<u32>>, SearchError> {
    let wrong = || SearchError::Damaged("topics don't add up".into());
    let mut reading = Reading::new(bytes);
    let topics = reading.small::<u16>()?;
    let mut lists = vec![Vec::new(); topics.into()];
    // The sets, the most frequent first.
    let count = reading.count()?;
    let code = Code::read(&mut reading, count)?;
    let mut sets = Vec::with_capacity(count);
    for _ in 0..count {
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
    let bits = reading.bytes()?;
    if sets.len() > 1 && paragraphs as usize > bits.len() * 8 {
        return Err(wrong());
    }
    let mut bits = Bits::new(bits, 0);
    for paragraph in 0..paragraphs {
        let set = code.next(&mut bits).and_then(|set| sets.get(set as usize));
        for topic in set.ok_or_else(wrong)? {
            lists[usize::from(*topic)].push(paragraph);
        }
    }
    Ok(lists)
}

#[cfg(not(target_family = "wasm"))]
mod write {
    use std::cmp::Reverse;
    use std::collections::BTreeMap;

    use crate::bytes::{put_bytes, put_number};
    use crate::prefix_code::{BitWriter, Coder};

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
        let coder = Coder::of(&ranked.iter().map(|set| counts[*set]).collect::<Vec<_>>());

        put_number(out, ranked.len() as u64);
        coder.put(out);
        let mut rank = vec![0; sets.len()];
        for (place, &set) in ranked.iter().enumerate() {
            rank[set] = place;
            put_number(out, sets[set].len() as u64);
            for topic in &sets[set] {
                put_number(out, u64::from(*topic));
            }
        }
        let mut bits = BitWriter::default();
        for set in set_of {
            coder.write(rank[set as usize], &mut bits);
        }
        put_bytes(out, &bits.bytes);
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
