//! Where sentences end within paragraphs: what 同句 asks for, in half of the bytes that positions of full stops take.
//!
//! Stored are the characters of folded text from one end to the next, in as few bits as such a length is frequent so far from
//! the paragraph's end, and a zero after them. Where a paragraph's last sentence ends is not stored: nothing begins after it.
//! Some places in the bits are known, so that only what is near the asked-for paragraphs is read.

use std::sync::OnceLock;

use crate::SearchError;
use crate::bytes::Reading;
use crate::columns::Paragraphs;
use crate::prefix_code::{Bits, Code};
use crate::units::SLOT;

/// The units that end a sentence.
#[cfg(not(target_family = "wasm"))]
const ENDS: [char; 3] = ['。', '!', '?'];

/// Of so many paragraphs, the first one's place in the bits is known.
const STEP: u32 = 128;

/// Of so many paragraphs, the first one's place is kept once the bits before it have been read.
const NEAR: u32 = 8;

/// Places after a known one.
type Near = [u32; (STEP / NEAR) as usize];

/// How many codes there are.
const CODES: usize = 16;

/// Which code is used where so many characters may be left of a paragraph.
fn code_of(left: u32) -> usize {
    ((left / 16) as usize).min(CODES - 1)
}

/// The table, read.
#[derive(Debug)]
pub(crate) struct Sentences {
    /// Codes, and what each of their symbols stands for.
    codes: Vec<(Code, Vec<u32>)>,
    /// The known places.
    places: Vec<usize>,
    /// Of each of them, the places of every [`NEAR`]th paragraph from there on, where some query has asked for one.
    near: Vec<OnceLock<Near>>,
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
    /// Of paragraphs that come in order, the positions of the marks that end their sentences, but perhaps the last.
    pub(crate) fn in_order<'e>(&'e self) -> impl FnMut(u32) -> &'e [u32] {
        let mut place = 0;
        move |paragraph| {
            let behind = |present: &u32| *present < paragraph;
            while self.paragraphs.get(place).is_some_and(behind) {
                place += 1;
            }
            if self.paragraphs.get(place) != Some(&paragraph) {
                return &[];
            }
            let from = place.checked_sub(1).map_or(0, |before| self.upto[before]);
            &self.at[from..self.upto[place]]
        }
    }
}

impl Sentences {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Sentences, SearchError> {
        let mut reading = Reading::new(bytes);
        let mut codes = Vec::with_capacity(CODES);
        for _ in 0..CODES {
            let symbols = reading.count()?;
            let code = Code::read(&mut reading, symbols)?;
            let lengths = (0..symbols).map(|_| reading.small());
            codes.push((code, lengths.collect::<Result<_, _>>()?));
        }
        let (mut places, mut place) = (Vec::new(), 0_usize);
        for _ in 0..reading.count()? {
            place = place.saturating_add(reading.small()?);
            places.push(place);
        }
        Ok(Sentences {
            codes,
            near: places.iter().map(|_| OnceLock::new()).collect(),
            places,
            bits: reading.bytes()?.to_vec(),
        })
    }

    /// The ends in some paragraphs, which come in order.
    pub(crate) fn ends(
        &self,
        asked: impl Iterator<Item = u32>,
        paragraphs: &Paragraphs,
    ) -> Result<Ends, SearchError> {
        let mut ends = Ends::default();
        // The paragraph that the bits are at.
        let mut next = 0;
        let mut bits = Bits::new(&self.bits, 0);
        for paragraph in asked {
            let start = paragraph - paragraph % NEAR;
            if next <= start {
                bits = Bits::new(&self.bits, self.place(start, paragraphs)?);
                next = start;
            }
            for passed in next..paragraph {
                self.paragraph(&mut bits, paragraphs.slots(passed), |_| {})?;
            }
            let slots = paragraphs.slots(paragraph);
            self.paragraph(&mut bits, slots, |at| ends.at.push(at))?;
            next = paragraph + 1;
            ends.paragraphs.push(paragraph);
            ends.upto.push(ends.at.len());
        }
        Ok(ends)
    }

    /// Where in the bits a paragraph's ends are, one in [`NEAR`].
    fn place(&self, paragraph: u32, paragraphs: &Paragraphs) -> Result<usize, SearchError> {
        let step = (paragraph / STEP) as usize;
        let known = self.near.get(step).ok_or_else(wrong)?;
        let near = match known.get() {
            Some(near) => near,
            None => {
                let near = self.read_near(step, paragraphs)?;
                known.get_or_init(|| near)
            }
        };
        let from_step = near[(paragraph % STEP / NEAR) as usize];
        Ok(self.places[step] + from_step as usize)
    }

    /// How far after a known place every [`NEAR`]th paragraph is, up to the next known place.
    fn read_near(&self, step: usize, paragraphs: &Paragraphs) -> Result<Near, SearchError> {
        let mut near = Near::default();
        let mut bits = Bits::new(&self.bits, self.places[step]);
        let first = step as u32 * STEP;
        for paragraph in first..(first + STEP).min(paragraphs.len()) {
            if paragraph.is_multiple_of(NEAR) {
                let far = bits.at() - self.places[step];
                near[((paragraph - first) / NEAR) as usize] = far as u32;
            }
            self.paragraph(&mut bits, paragraphs.slots(paragraph), |_| {})?;
        }
        Ok(near)
    }

    fn paragraph(
        &self,
        bits: &mut Bits<'_>,
        slots: u32,
        mut see: impl FnMut(u32),
    ) -> Result<(), SearchError> {
        let mut left = slots.saturating_mul(SLOT);
        let all = left;
        loop {
            let (code, lengths) = &self.codes[code_of(left)];
            let symbol = code.next(bits).ok_or_else(wrong)?;
            match lengths.get(symbol as usize) {
                Some(0) => return Ok(()),
                Some(length) => left = left.checked_sub(*length).ok_or_else(wrong)?,
                None => return Err(wrong()),
            }
            see(all - left - 1);
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

    use rustc_hash::FxHashMap;
    use serde::{Deserialize, Serialize};

    use super::{CODES, ENDS, STEP, code_of};
    use crate::bytes::{Reading, put_bytes, put_number};
    use crate::prefix_code::{BitWriter, Coder};
    use crate::units::{JOINT, SLOT, slots};

    /// Of each paragraph, its slots, its sentences' lengths and a zero; most of these take a byte.
    #[derive(Debug, Default, Serialize, Deserialize)]
    #[serde(transparent)]
    pub(crate) struct Lengths(Vec<u8>);

    impl Lengths {
        /// Adds a paragraph with so many characters.
        pub(crate) fn paragraph(&mut self, prepared: &str, chars: u32) {
            put_number(&mut self.0, slots(chars).into());
            let (mut from, mut ended) = (0, false);
            for (at, c) in (0_u64..).zip(prepared.chars().filter(|c| *c != JOINT)) {
                if std::mem::replace(&mut ended, ENDS.contains(&c)) {
                    put_number(&mut self.0, at - from);
                    from = at;
                }
            }
            put_number(&mut self.0, 0);
        }

        /// Adds those of more paragraphs.
        pub(crate) fn extend(&mut self, other: &Lengths) {
            self.0.extend_from_slice(&other.0);
        }

        /// Goes through all that is to be written.
        fn each(&self, mut see: impl FnMut(Step)) {
            let mut reading = Reading::new(&self.0);
            while let Ok(slots) = reading.small::<u32>() {
                see(Step::Paragraph);
                let mut left = slots * SLOT;
                while let Ok(length) = reading.small::<u32>() {
                    see(Step::Length(code_of(left), length));
                    left = left.saturating_sub(length);
                    if length == 0 {
                        break;
                    }
                }
            }
        }
    }

    /// What there is to write.
    enum Step {
        /// A paragraph begins.
        Paragraph,
        /// A length, and the code that writes it.
        Length(usize, u32),
    }

    /// Appends the table.
    pub(crate) fn encode(lengths: &Lengths, out: &mut Vec<u8>) {
        let mut counts: [FxHashMap<u32, u64>; CODES] = Default::default();
        lengths.each(|step| {
            if let Step::Length(code, length) = step {
                *counts[code].entry(length).or_default() += 1;
            }
        });
        let codes = counts.map(|counts| {
            let mut ranked: Vec<(u32, u64)> = counts.into_iter().collect();
            ranked.sort_unstable_by_key(|&(length, count)| (Reverse(count), length));
            let coder = Coder::of(&ranked.iter().map(|(_, count)| *count).collect::<Vec<_>>());
            put_number(out, ranked.len() as u64);
            coder.put(out);
            for (length, _) in &ranked {
                put_number(out, u64::from(*length));
            }
            let lengths = ranked.into_iter().map(|(length, _)| length);
            (coder, lengths.zip(0..).collect::<FxHashMap<u32, usize>>())
        });

        let (mut bits, mut places) = (BitWriter::default(), Vec::new());
        let mut paragraph = 0_u32;
        lengths.each(|step| match step {
            Step::Paragraph => {
                if paragraph.is_multiple_of(STEP) {
                    places.push(bits.len);
                }
                paragraph += 1;
            }
            Step::Length(code, length) => {
                let (coder, symbols) = &codes[code];
                coder.write(symbols[&length], &mut bits);
            }
        });
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
    use crate::units::{prepare, slots, units};

    /// The marks that end a sentence, less one at the paragraph's end.
    fn expected(prepared: &str) -> Vec<u32> {
        let all: Vec<_> = units(prepared).collect();
        let inner = all.iter().take(all.len().saturating_sub(1));
        inner
            .filter(|unit| ENDS.contains(&unit.first))
            .map(|unit| unit.at)
            .collect()
    }

    proptest! {
        #[test]
        fn the_ends_of_any_paragraphs_come_back(
            texts in prop::collection::vec("[办案。！？ “”24]{0,12}|[办案。]{0,12}[办案，]{0,200}[办案。]{0,90}", 0..400),
            picks in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
        ) {
            let prepared: Vec<String> = texts.iter().map(|text| prepare(&fold(text))).collect();
            let chars: Vec<u32> = prepared.iter().map(|text| units(text).map(|unit| unit.chars()).sum()).collect();
            let mut lengths = Lengths::default();
            prepared.iter().zip(&chars).for_each(|(text, chars)| lengths.paragraph(text, *chars));
            let paragraphs = Paragraphs::with_slots(chars.iter().map(|chars| slots(*chars)).collect());
            let mut bytes = Vec::new();
            encode(&lengths, &mut bytes);
            let sentences = Sentences::decode(&bytes).expect("decodes");
            let mut asked: Vec<u32> = Vec::new();
            if !texts.is_empty() {
                asked = picks.iter().map(|pick| pick.index(texts.len()) as u32).collect();
            }
            asked.sort_unstable();
            asked.dedup();
            // Once with the places that are stored, and once with those kept from that.
            for _ in 0..2 {
                let ends = sentences.ends(asked.iter().copied(), &paragraphs).expect("reads");
                let mut ends_of = ends.in_order();
                for &paragraph in &asked {
                    prop_assert_eq!(ends_of(paragraph), expected(&prepared[paragraph as usize]));
                }
            }
            prop_assert!(sentences.ends([texts.len() as u32 + STEP].into_iter(), &paragraphs).is_err());
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), paragraphs in prop::collection::vec(0u32..1000, 0..9)) {
            if let Ok(sentences) = Sentences::decode(&bytes) {
                let _ = sentences.ends(paragraphs.into_iter(), &Paragraphs::default());
            }
        }
    }
}
