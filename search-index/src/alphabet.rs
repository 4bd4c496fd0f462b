//! The encoding of stored texts: a byte for each of the most frequent characters, two for any other ideograph.
//!
//! Half of UTF-8's size before the store compresses it, which has no entropy coding of its own.

use serde::{Deserialize, Serialize};

use crate::SearchError;

/// How many characters take one byte.
const SINGLE: u8 = 173;
/// The ideographs that take two: the first byte is from [`SINGLE`] on.
const FIRST: u32 = 0x4E00;
const LAST: u32 = 0x9FFF;
/// Before three bytes of any other character.
const ESCAPE: u8 = 0xFF;

/// The characters that take one byte, most frequent first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Alphabet {
    frequent: Vec<char>,
}

impl Alphabet {
    /// The alphabet for texts like these.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn learn<'t>(texts: impl Iterator<Item = &'t str>) -> Alphabet {
        let mut counts: rustc_hash::FxHashMap<char, u32> = rustc_hash::FxHashMap::default();
        for c in texts.flat_map(str::chars) {
            *counts.entry(c).or_default() += 1;
        }
        let mut ranked: Vec<(char, u32)> = counts.into_iter().collect();
        ranked.sort_unstable_by_key(|&(c, count)| (std::cmp::Reverse(count), c));
        let frequent = ranked.into_iter().take(SINGLE.into()).map(|(c, _)| c);
        Alphabet {
            frequent: frequent.collect(),
        }
    }

    /// Bytes of each of the frequent characters.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn encoder(&self) -> Encoder {
        Encoder {
            bytes: (0..)
                .zip(&self.frequent)
                .map(|(byte, &c)| (c, byte))
                .collect(),
        }
    }

    /// The text of encoded bytes.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Result<String, SearchError> {
        let mut text = String::with_capacity(bytes.len() * 3);
        let mut bytes = bytes.iter().copied();
        while let Some(first) = bytes.next() {
            let mut next = || bytes.next().map(u32::from);
            let c = match first {
                ESCAPE => next()
                    .zip(next())
                    .zip(next())
                    .and_then(|((a, b), c)| char::from_u32(a << 16 | b << 8 | c)),
                SINGLE.. => next().and_then(|second| {
                    char::from_u32(FIRST + u32::from(first - SINGLE) * 256 + second)
                }),
                _ => self.frequent.get(usize::from(first)).copied(),
            };
            text.push(c.ok_or_else(|| SearchError::Damaged("a stored text is cut short".into()))?);
        }
        Ok(text)
    }
}

/// Writes texts in an [`Alphabet`].
#[cfg(not(target_family = "wasm"))]
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    bytes: rustc_hash::FxHashMap<char, u8>,
}

#[cfg(not(target_family = "wasm"))]
impl Encoder {
    /// The bytes of a text.
    pub(crate) fn encode(&self, text: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len() / 2);
        for c in text.chars() {
            let code = u32::from(c);
            if let Some(&byte) = self.bytes.get(&c) {
                out.push(byte);
            } else if (FIRST..=LAST).contains(&code) {
                out.push(SINGLE + ((code - FIRST) / 256) as u8);
                out.push(code as u8);
            } else {
                out.extend_from_slice(&[ESCAPE, (code >> 16) as u8, (code >> 8) as u8, code as u8]);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_text_comes_back(text in "(?s)([一-鿿a-z0-9，。]|.){0,60}", sample in "[一-鿿。]{0,300}") {
            let alphabet = Alphabet::learn([sample.as_str()].into_iter());
            let bytes = alphabet.encoder().encode(&text);
            prop_assert_eq!(alphabet.decode(&bytes).expect("decodes"), text);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = Alphabet::learn(["法治政府"].into_iter()).decode(&bytes);
        }
    }
}
