//! Where sentences end within paragraphs: what 同句 asks for, in a tenth of the bytes that positions of full stops take.
//!
//! Stored are the characters of folded text from one end to the next, in as few bits as such a length is frequent, and a
//! zero at each paragraph's end. Where its last sentence ends is not: nothing begins after it. Some places in the bits are
//! known, so that only what is near the asked-for paragraphs is read.

use crate::SearchError;
use crate::bytes::Reading;
use crate::prefix_code::{Bits, Code};

/// The units that end a sentence.
#[cfg(not(target_family = "wasm"))]
const ENDS: [&str; 3] = ["。", "!", "?"];

/// Of so many paragraphs, the first one's place in the bits is known.
const STEP: u32 = 128;

/// The table, read.
#[derive(Debug)]
pub(crate) struct Sentences {
    code: Code,
    /// What each symbol stands for.
    lengths: Vec<u32>,
    /// The known places.
    places: Vec<usize>,
    bits: Vec<u8>,
}

/// Ends of sentences in some paragraphs.
#[derive(Debug, Default)]
pub(crate) struct Ends {
    paragraphs: Vec<u32>,
    /// Up to where in `at` each paragraph's ends go.
    upto: Vec<usize>,
    at: Vec<u32>,
}

impl Ends {
    /// Positions of the marks that end a paragraph's sentences, but perhaps the last.
    pub(crate) fn of(&self, paragraph: u32) -> &[u32] {
        let Ok(place) = self.paragraphs.binary_search(&paragraph) else {
            return &[];
        };
        let from = place.checked_sub(1).map_or(0, |before| self.upto[before]);
        &self.at[from..self.upto[place]]
    }
}

impl Sentences {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Sentences, SearchError> {
        let mut reading = Reading::new(bytes);
        let symbols = reading.count()?;
        let code = Code::read(&mut reading, symbols)?;
        let lengths = (0..symbols).map(|_| reading.small());
        let lengths: Vec<u32> = lengths.collect::<Result<_, _>>()?;
        // A symbol that takes no bit must end something.
        if symbols == 1 && lengths != [0] {
            return Err(wrong());
        }
        let (mut places, mut place) = (Vec::new(), 0_usize);
        for _ in 0..reading.count()? {
            place = place.saturating_add(reading.small()?);
            places.push(place);
        }
        Ok(Sentences {
            code,
            lengths,
            places,
            bits: reading.bytes()?.to_vec(),
        })
    }

    /// The ends in these paragraphs, which come in order.
    pub(crate) fn ends(&self, paragraphs: impl Iterator<Item = u32>) -> Result<Ends, SearchError> {
        let mut ends = Ends::default();
        // The paragraph that the bits are at.
        let mut next = None;
        let mut bits = Bits::new(&self.bits, 0);
        for paragraph in paragraphs {
            let near = |next: &u32| next / STEP == paragraph / STEP;
            let mut present = next.filter(near).unwrap_or(paragraph - paragraph % STEP);
            if present % STEP == 0 {
                let place = self.places.get((present / STEP) as usize);
                bits = Bits::new(&self.bits, *place.ok_or_else(wrong)?);
            }
            while present < paragraph {
                self.paragraph(&mut bits, |_| {})?;
                present += 1;
            }
            self.paragraph(&mut bits, |at| ends.at.push(at))?;
            next = Some(paragraph + 1);
            ends.paragraphs.push(paragraph);
            ends.upto.push(ends.at.len());
        }
        Ok(ends)
    }

    fn paragraph(&self, bits: &mut Bits<'_>, mut see: impl FnMut(u32)) -> Result<(), SearchError> {
        let mut at = 0_u32;
        loop {
            let symbol = self.code.next(bits).ok_or_else(wrong)?;
            match self.lengths.get(symbol as usize) {
                Some(0) => return Ok(()),
                Some(length) => at = at.checked_add(*length).ok_or_else(wrong)?,
                None => return Err(wrong()),
            }
            see(at - 1);
        }
    }
}

fn wrong() -> SearchError {
    SearchError::Damaged("sentences don't add up".into())
}

#[cfg(not(target_family = "wasm"))]
pub(crate) use write::{Lengths, encode};

#[cfg(not(target_family = "wasm"))]
mod write {
    use std::cmp::Reverse;
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize};

    use super::{ENDS, STEP};
    use crate::bytes::{Reading, put_bytes, put_number};
    use crate::prefix_code::{BitWriter, Coder};
    use crate::units::units;

    /// Lengths of sentences, paragraph by paragraph, each of which ends with a zero: most take a byte.
    #[derive(Debug, Default, Serialize, Deserialize)]
    #[serde(transparent)]
    pub(crate) struct Lengths(Vec<u8>);

    impl Lengths {
        /// Adds a paragraph's.
        pub(crate) fn paragraph(&mut self, prepared: &str) {
            let mut from = 0;
            let mut units = units(prepared).peekable();
            while let Some(unit) = units.next() {
                if ENDS.contains(&unit.text) && units.peek().is_some() {
                    put_number(&mut self.0, (unit.at + 1 - from).into());
                    from = unit.at + 1;
                }
            }
            put_number(&mut self.0, 0);
        }

        /// Adds those of more paragraphs.
        pub(crate) fn extend(&mut self, other: &Lengths) {
            self.0.extend_from_slice(&other.0);
        }

        fn numbers(&self) -> impl Iterator<Item = u64> {
            let mut reading = Reading::new(&self.0);
            std::iter::from_fn(move || reading.number().ok())
        }
    }

    /// Appends the table.
    pub(crate) fn encode(lengths: &Lengths, out: &mut Vec<u8>) {
        let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
        for length in lengths.numbers() {
            *counts.entry(length).or_default() += 1;
        }
        let mut ranked: Vec<(u64, u64)> = counts.into_iter().collect();
        ranked.sort_by_key(|(_, count)| Reverse(*count));
        let coder = Coder::of(&ranked.iter().map(|(_, count)| *count).collect::<Vec<_>>());
        put_number(out, ranked.len() as u64);
        coder.put(out);
        for (length, _) in &ranked {
            put_number(out, *length);
        }

        let ranks: BTreeMap<u64, usize> =
            ranked.iter().map(|(length, _)| *length).zip(0..).collect();
        let (mut bits, mut places) = (BitWriter::default(), Vec::new());
        let (mut paragraph, mut begins) = (0, true);
        for length in lengths.numbers() {
            if begins && paragraph % STEP == 0 {
                places.push(bits.len);
            }
            begins = length == 0;
            paragraph += u32::from(begins);
            coder.write(ranks[&length], &mut bits);
        }
        put_number(out, places.len() as u64);
        let mut last = 0;
        for place in places {
            put_number(out, (place - last) as u64);
            last = place;
        }
        put_bytes(out, &bits.bytes);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fold::fold;
    use crate::units::{prepare, units};

    /// The marks that end a sentence, less one at the paragraph's end.
    fn expected(prepared: &str) -> Vec<u32> {
        let all: Vec<_> = units(prepared).collect();
        let inner = all.iter().take(all.len().saturating_sub(1));
        inner
            .filter(|unit| ENDS.contains(&unit.text))
            .map(|unit| unit.at)
            .collect()
    }

    proptest! {
        #[test]
        fn the_ends_of_any_paragraphs_come_back(
            texts in prop::collection::vec("[办案。！？ “”24]{0,12}", 0..400),
            picks in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
        ) {
            let prepared: Vec<String> = texts.iter().map(|text| prepare(&fold(text))).collect();
            let mut lengths = Lengths::default();
            prepared.iter().for_each(|text| lengths.paragraph(text));
            let mut bytes = Vec::new();
            encode(&lengths, &mut bytes);
            let sentences = Sentences::decode(&bytes).expect("decodes");
            let mut asked: Vec<u32> = Vec::new();
            if !texts.is_empty() {
                asked = picks.iter().map(|pick| pick.index(texts.len()) as u32).collect();
            }
            asked.sort_unstable();
            asked.dedup();
            let ends = sentences.ends(asked.iter().copied()).expect("reads");
            for paragraph in asked {
                prop_assert_eq!(ends.of(paragraph), expected(&prepared[paragraph as usize]));
            }
            prop_assert!(sentences.ends([texts.len() as u32 + STEP].into_iter()).is_err());
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), paragraphs in prop::collection::vec(0u32..1000, 0..9)) {
            if let Ok(sentences) = Sentences::decode(&bytes) {
                let _ = sentences.ends(paragraphs.into_iter());
            }
        }
    }
}
