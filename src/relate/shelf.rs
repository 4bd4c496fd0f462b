//! What lists quote of a report, put by until a page is made of it: most of what is known of a report
//! are words, and no page shows those of all reports.

use crate::cache::Key;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io;

/// Something of a report that is in hand, or stands on the shelf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shelved<T> {
    /// In hand.
    InHand(T),
    /// On the shelf, among what was put by of the same report.
    At(Place),
}

/// Where something is among what was put by of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The first byte.
    pub start: u32,
    /// Bytes.
    pub length: u32,
    /// CRC-32 of the bytes.
    pub sum: u32,
}

/// Where what was put by stands.
pub trait Shelf: Sync {
    /// The bytes that stand at a place among what was put by of the report of this id. Whether they
    /// are those that were put by, the place's checksum tells.
    fn fetch(&self, report: &str, place: Place) -> io::Result<Vec<u8>>;

    /// A sum over what all pages are made with: theme, codebook, configuration, program. None where
    /// pages are always made anew.
    fn frame(&self) -> Option<Key>;

    /// A sum over all that any page may show of the report of this id: the same sum, the same to
    /// show. None where there is none, so that its pages are always made anew.
    fn sum(&self, report: &str) -> Option<Key>;
}

/// The shelf of who has everything in hand.
#[derive(Clone, Copy, Debug)]
pub struct NoShelf;

impl Shelf for NoShelf {
    fn fetch(&self, _: &str, _: Place) -> io::Result<Vec<u8>> {
        Err(damaged())
    }

    fn frame(&self) -> Option<Key> {
        None
    }

    fn sum(&self, _: &str) -> Option<Key> {
        None
    }
}

impl<T: Serialize + DeserializeOwned + Clone> Shelved<T> {
    /// It, from the shelf where it is not in hand. An error of kind [`io::ErrorKind::InvalidData`]
    /// where it is damaged there.
    pub fn fetch(&self, report: &str, shelf: &dyn Shelf) -> io::Result<Cow<'_, T>> {
        match self {
            Self::InHand(value) => Ok(Cow::Borrowed(value)),
            Self::At(place) => {
                let bytes = shelf.fetch(report, *place)?;
                if crc32fast::hash(&bytes) != place.sum {
                    return Err(damaged());
                }
                postcard::from_bytes(&bytes)
                    .map(Cow::Owned)
                    .map_err(|_| damaged())
            }
        }
    }

    /// Puts it by at the end of `bytes`.
    pub(super) fn put_by(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let Self::InHand(value) = self else {
            return Ok(());
        };
        let fits = |n: usize| u32::try_from(n).map_err(io::Error::other);
        let start = bytes.len();
        postcard::to_io(value, &mut *bytes).map_err(io::Error::other)?;
        *self = Self::At(Place {
            start: fits(start)?,
            length: fits(bytes.len() - start)?,
            sum: crc32fast::hash(&bytes[start..]),
        });
        Ok(())
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the cache is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One(Vec<u8>);

    impl Shelf for One {
        fn fetch(&self, _: &str, place: Place) -> io::Result<Vec<u8>> {
            let (start, length) = (place.start as usize, place.length as usize);
            Ok(self.0[start..start + length].to_vec())
        }

        fn frame(&self) -> Option<Key> {
            None
        }

        fn sum(&self, _: &str) -> Option<Key> {
            None
        }
    }

    #[test]
    fn what_is_put_by_comes_back() {
        let mut first = Shelved::InHand("行政复议".to_owned());
        let mut second = Shelved::InHand("行政诉讼".to_owned());
        let mut bytes = Vec::new();
        first.put_by(&mut bytes).expect("put by");
        second.put_by(&mut bytes).expect("put by");
        second.put_by(&mut bytes).expect("left where it is");
        assert!(matches!(second, Shelved::At(place) if place.start > 0));
        let shelf = One(bytes);
        let fetched = |one: &Shelved<String>| one.fetch("a", &shelf).expect("there").into_owned();
        assert_eq!(
            [fetched(&first), fetched(&second)],
            ["行政复议", "行政诉讼"]
        );
        assert!(first.fetch("a", &NoShelf).is_err());
        let mut bytes = shelf.0;
        bytes[3] ^= 1;
        assert!(first.fetch("a", &One(bytes)).is_err(), "damaged");
    }
}
