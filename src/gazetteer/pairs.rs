//! The two characters with which names begin or end: a look at them tells of most places in a text that no name is there.

/// Pairs of characters as bits of a table. Few others share a bit with one of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs {
    bits: Vec<u64>,
}

/// How many bits the table has, as a power of two: seven in eight stay free with the names of all towns.
const SIZE: u32 = 18;

impl Pairs {
    /// The first two characters of each of these words; of one character, it alone.
    pub(super) fn leading<W: Iterator<Item = char>>(words: impl Iterator<Item = W>) -> Self {
        let mut bits = vec![0; (1 << SIZE) / 64];
        for mut word in words {
            if let Some(first) = word.next() {
                let at = place(first, word.next());
                bits[at / 64] |= 1 << (at % 64);
            }
        }
        Self { bits }
    }

    /// Whether one of the words may lead with these characters, or be the first alone; no is certain.
    pub(super) fn may_lead(&self, first: char, second: Option<char>) -> bool {
        self.has(place(first, second)) || self.has(place(first, None))
    }

    fn has(&self, at: usize) -> bool {
        self.bits[at / 64] & 1 << (at % 64) != 0
    }
}

/// The pair's bit.
fn place(first: char, second: Option<char>) -> usize {
    let pair = u64::from(first) << 32 | second.map_or(0, u64::from);
    (pair.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SIZE)) as usize
}
