//! A text's sketch: enough to tell whether two texts are the same, or how much of them is, without
//! either at hand.
//!
//! Takes the clean text; gives back a few hundred bytes. White space, punctuation, script and width
//! do not count ([`search_index::fold::letters`]), nor does how the text is broken into lines.
//!
//! One-permutation MinHash (Li, Owen, Zhang 2012) over all runs of [`RUN`] characters: each run's
//! hash falls into one of [`BINS`] bins, of each bin the least is kept. The share of bins that agree
//! estimates the share of runs that two texts have in common (Jaccard), with a standard error of
//! four hundredths at the most.

use serde::{Deserialize, Serialize};

/// Characters in a run: longer than set phrases, short enough to survive a changed number nearby.
const RUN: usize = 9;
/// Bins.
const BINS: usize = 128;
/// Bins in a band, and so in what two texts must agree on to be compared at all where nothing else
/// brings them together: texts nine tenths alike agree in one of the sixteen with certainty (1 -
/// 0.0001), texts half alike hardly ever (0.06).
const BAND: usize = 8;
/// A bin that no run fell into.
const EMPTY: u16 = u16::MAX;

/// What is kept of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch {
    /// Of all letters in their order: equal for equal texts.
    whole: u64,
    /// How many letters.
    letters: u32,
    bins: Vec<u16>,
}

impl Sketch {
    /// The sketch of a text.
    pub fn of(text: &str) -> Self {
        const BASE: u64 = 0x0100_0000_01b3;
        let leaving = BASE.wrapping_pow(RUN as u32);
        let mut run = [0u64; RUN];
        let (mut hash, mut whole, mut letters) = (0u64, 0xcbf2_9ce4_8422_2325u64, 0usize);
        let mut bins = vec![EMPTY; BINS];
        search_index::fold::letters(text, |c| {
            let c = u64::from(c);
            whole = (whole ^ c)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(23);
            let slot = &mut run[letters % RUN];
            hash = hash
                .wrapping_mul(BASE)
                .wrapping_add(c)
                .wrapping_sub(slot.wrapping_mul(leaving));
            *slot = c;
            letters += 1;
            if letters >= RUN {
                // The mixing of SplitMix64: neighbouring sums must not fall into neighbouring bins.
                let mut mixed = hash ^ (hash >> 30);
                mixed = mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9);
                mixed ^= mixed >> 27;
                mixed = mixed.wrapping_mul(0x94d0_49bb_1331_11eb);
                let bin = &mut bins[(mixed >> 57) as usize];
                *bin = (*bin).min((mixed >> 40) as u16 & (EMPTY - 1));
            }
        });
        Self {
            whole,
            letters: letters as u32,
            bins,
        }
    }

    /// Letters of the text.
    pub fn letters(&self) -> u32 {
        self.letters
    }

    /// What is equal for equal texts: a hash of their letters, and how many. Nothing for a text too
    /// short to be told from others.
    pub fn whole(&self) -> Option<(u64, u32)> {
        (self.letters as usize >= RUN * 4).then_some((self.whole, self.letters))
    }

    /// The share of runs that both have of those that either has, in percent.
    pub fn likeness(&self, other: &Self) -> u8 {
        if self.whole().is_some() && self.whole() == other.whole() {
            return 100;
        }
        let (mut same, mut all) = (0u32, 0u32);
        for (a, b) in self.bins.iter().zip(&other.bins) {
            all += u32::from(*a != EMPTY || *b != EMPTY);
            same += u32::from(a == b && *a != EMPTY);
        }
        // Texts that are not the same are never wholly alike.
        (same * 100 / all.max(1)).min(99) as u8
    }

    /// Sixteen keys: two texts that are much alike have at least one in common.
    pub fn bands(&self) -> impl Iterator<Item = &[u16]> {
        self.bins.chunks(BAND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of sentences of our own; `from` shifts which.
    fn text(from: usize, sentences: usize) -> String {
        const PLACES: [&str; 7] = ["云溪", "石桥", "白鹿", "南浦", "青屏", "古渡", "长汀"];
        const DEEDS: [&str; 5] = ["审查合同", "培训人员", "办理案件", "走访企业", "宣讲条例"];
        (from..from + sentences)
            .map(|n| {
                let (place, deed) = (PLACES[n % 7], DEEDS[n % 5]);
                format!("全年在{place}镇{deed}{}次，其中第{n}季度居多。\n", n * 37)
            })
            .collect()
    }

    #[test]
    fn how_a_text_is_saved_does_not_count() {
        let one = text(0, 80);
        let other = one
            .replace('\n', "")
            .replace('，', ", ")
            .replace("条例", "條例");
        let (one, other) = (Sketch::of(&one), Sketch::of(&other));
        assert_eq!(one.whole(), other.whole());
        assert_eq!(one.likeness(&other), 100);
    }

    #[test]
    fn likeness_is_the_share_of_what_is_common() {
        let one = Sketch::of(&text(0, 200));
        for (shift, least, most) in [(5, 90, 99), (40, 55, 78), (120, 15, 40), (400, 0, 12)] {
            let likeness = one.likeness(&Sketch::of(&text(shift, 200)));
            assert!((least..=most).contains(&likeness), "{shift}: {likeness}");
        }
    }

    #[test]
    fn texts_much_alike_share_a_band_and_others_do_not() {
        let one = Sketch::of(&text(0, 200));
        let shared = |other: &Sketch| one.bands().zip(other.bands()).any(|(a, b)| a == b);
        assert!(shared(&Sketch::of(&text(4, 200))));
        assert!(!shared(&Sketch::of(&text(300, 200))));
    }

    #[test]
    fn a_text_of_a_few_words_is_like_no_other() {
        assert_eq!(Sketch::of("无").whole(), None);
        assert_eq!(Sketch::of("").likeness(&Sketch::of("")), 0);
    }
}
