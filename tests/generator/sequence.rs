//! Chance that comes out the same each time.

/// A reproducible sequence of numbers (SplitMix64, Steele et al. 2014).
pub(crate) struct Sequence(u64);

impl Sequence {
    /// The sequence of the `index`th thing of a kind.
    pub(crate) fn of(seed: u64, index: usize) -> Self {
        Self(seed ^ (index as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// Deals out kinds by their shares in a hundred: of each hundred in a row every kind has exactly its
/// share, in an order that chance gives.
pub(crate) struct Deck<T: 'static> {
    shares: &'static [(T, usize)],
    seed: u64,
    dealt: usize,
    hundred: Vec<T>,
}

impl<T: Copy> Deck<T> {
    pub(crate) fn new(shares: &'static [(T, usize)], seed: u64) -> Self {
        Self {
            shares,
            seed,
            dealt: 0,
            hundred: Vec::new(),
        }
    }

    pub(crate) fn deal(&mut self) -> T {
        if self.hundred.is_empty() {
            let kinds = self.shares.iter();
            self.hundred = kinds
                .flat_map(|(kind, share)| std::iter::repeat_n(*kind, *share))
                .collect();
            let mut sequence = Sequence::of(self.seed, self.dealt);
            for at in (1..self.hundred.len()).rev() {
                self.hundred.swap(at, sequence.below(at + 1));
            }
        }
        self.dealt += 1;
        self.hundred.pop().expect("there are shares")
    }
}
