//! A canonical Huffman code: the more frequent a symbol, the fewer bits.
//!
//! Symbols are numbered by their frequency, the most frequent is 0. So the lengths of their codes, which never fall, say
//! all of the code. Bits fill a byte from its highest on.

use crate::SearchError;
use crate::bytes::Reading;

/// Longest code, in bits.
const LONGEST: usize = 24;

/// Codes of up to so many bits are read in one step.
const SHORT: usize = 10;

/// In [`Code::short`]: the code is longer.
const LONGER: u8 = u8::MAX;

/// A code, to read with.
#[derive(Debug)]
pub(crate) struct Code {
    /// Of each length: how many symbols have it.
    counts: [u32; LONGEST + 1],
    /// By the next [`SHORT`] bits: symbol and length.
    short: Vec<(u32, u8)>,
}

impl Code {
    /// Reads the lengths of so many codes.
    pub(crate) fn read(reading: &mut Reading<'_>, symbols: usize) -> Result<Code, SearchError> {
        let wrong = || SearchError::Damaged("a code doesn't add up".into());
        let mut code = Code {
            counts: [0; LONGEST + 1],
            short: Vec::with_capacity(1 << SHORT),
        };
        // How much of all codes is taken; whatever adds up is read without overflow.
        let (mut last, mut taken) = (0, 0_u64);
        for symbol in 0..symbols {
            let length: usize = reading.small()?;
            if length > LONGEST || length < last {
                return Err(wrong());
            }
            last = length;
            taken += 1 << (LONGEST - length);
            if taken > 1 << LONGEST {
                return Err(wrong());
            }
            code.counts[length] += 1;
            if let Some(more) = SHORT.checked_sub(length) {
                let len = code.short.len() + (1 << more);
                code.short.resize(len, (symbol as u32, length as u8));
            }
        }
        code.short.resize(1 << SHORT, (0, LONGER));
        Ok(code)
    }

    /// The next symbol, none where the bits end or mean none. A code that is the only one takes no bit.
    #[inline]
    pub(crate) fn next(&self, bits: &mut Bits<'_>) -> Option<u32> {
        let (symbol, length) = self.short[bits.peek(SHORT) as usize];
        if length != LONGER {
            return bits.skip(length.into()).then_some(symbol);
        }
        let ahead = bits.peek(LONGEST);
        let (mut first, mut place) = (0, 0);
        for (length, count) in self.counts.iter().enumerate() {
            first <<= u32::from(length > 0);
            let code = ahead >> (LONGEST - length);
            if code < first + count {
                return bits.skip(length).then_some(place + (code - first));
            }
            place += count;
            first += count;
        }
        None
    }
}

/// Bits, read one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Bits<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Bits<'b> {
    /// The bits from some place on.
    pub(crate) fn new(bytes: &'b [u8], at: usize) -> Bits<'b> {
        Bits { bytes, at }
    }

    /// How many bits are before the next one.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The next bits, at most [`LONGEST`], as a number; beyond the end they are zero.
    fn peek(&self, count: usize) -> u32 {
        let bytes = self.bytes.get(self.at / 8..).unwrap_or_default();
        let next = match bytes.first_chunk() {
            Some(eight) => u64::from_be_bytes(*eight),
            None => bytes
                .iter()
                .zip((0..8).rev())
                .fold(0, |next, (byte, place)| {
                    next | u64::from(*byte) << (place * 8)
                }),
        };
        (next << (self.at % 8) >> (64 - count)) as u32
    }

    /// Whether there were so many.
    fn skip(&mut self, count: usize) -> bool {
        self.at += count;
        self.at <= self.bytes.len() * 8
    }
}

#[cfg(not(target_family = "wasm"))]
pub(crate) use write::{BitWriter, Coder};

#[cfg(not(target_family = "wasm"))]
mod write {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    use super::LONGEST;
    use crate::bytes::put_number;

    /// A code, to write with.
    pub(crate) struct Coder {
        lengths: Vec<usize>,
        codes: Vec<u32>,
    }

    impl Coder {
        /// The code of symbols that occur so often, the most frequent first.
        pub(crate) fn of(counts: &[u64]) -> Coder {
            let lengths = lengths(counts);
            let (mut code, mut last) = (0, 0);
            let codes = lengths.iter().map(|&length| {
                code <<= length - last;
                last = length;
                code += 1;
                code - 1
            });
            Coder {
                codes: codes.collect(),
                lengths,
            }
        }

        /// Appends the lengths of all codes.
        pub(crate) fn put(&self, out: &mut Vec<u8>) {
            for length in &self.lengths {
                put_number(out, *length as u64);
            }
        }

        /// Appends a symbol's bits.
        pub(crate) fn write(&self, symbol: usize, bits: &mut BitWriter) {
            let (code, length) = (self.codes[symbol], self.lengths[symbol]);
            for place in (0..length).rev() {
                bits.push(code >> place & 1 == 1);
            }
        }
    }

    /// Bits in bytes.
    #[derive(Default)]
    pub(crate) struct BitWriter {
        pub(crate) bytes: Vec<u8>,
        /// How many bits there are.
        pub(crate) len: usize,
    }

    impl BitWriter {
        fn push(&mut self, bit: bool) {
            if self.len.is_multiple_of(8) {
                self.bytes.push(0);
            }
            self.bytes[self.len / 8] |= u8::from(bit) << (7 - self.len % 8);
            self.len += 1;
        }
    }

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

    fn check(counts: &[u64], symbols: &[usize]) -> usize {
        let coder = Coder::of(counts);
        let (mut lengths, mut bits) = (Vec::new(), BitWriter::default());
        coder.put(&mut lengths);
        symbols
            .iter()
            .for_each(|symbol| coder.write(*symbol, &mut bits));
        let code = Code::read(&mut Reading::new(&lengths), counts.len()).expect("reads");
        let mut reading = Bits::new(&bits.bytes, 0);
        for symbol in symbols {
            assert_eq!(code.next(&mut reading), Some(*symbol as u32));
        }
        bits.len
    }

    #[test]
    fn what_is_frequent_takes_few_bits() {
        assert_eq!(check(&[7], &[0, 0, 0]), 0);
        assert_eq!(check(&[9, 1], &[0, 1, 0]), 3);
        assert_eq!(check(&[8, 4, 2, 1], &[0, 1, 2, 3]), 1 + 2 + 3 + 3);
    }

    #[test]
    fn codes_are_never_too_long() {
        // Each twice as rare as the one before.
        let counts: Vec<u64> = (0..40).rev().map(|place| 1 << place).collect();
        let bits = check(&counts, &(0..40).collect::<Vec<_>>());
        assert!(bits <= 40 * LONGEST);
    }

    proptest! {
        #[test]
        fn all_symbols_come_back(mut counts in prop::collection::vec(1u64..100_000, 1..300), picks in prop::collection::vec(any::<prop::sample::Index>(), 0..200)) {
            counts.sort_by_key(|count| std::cmp::Reverse(*count));
            let symbols: Vec<usize> = picks.iter().map(|pick| pick.index(counts.len())).collect();
            check(&counts, &symbols);
        }

        #[test]
        fn no_bytes_panic(lengths in prop::collection::vec(0u8..30, 0..40), bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(code) = Code::read(&mut Reading::new(&lengths), lengths.len()) {
                let mut bits = Bits::new(&bytes, 0);
                for _ in 0..400 {
                    code.next(&mut bits);
                }
            }
        }
    }
}
