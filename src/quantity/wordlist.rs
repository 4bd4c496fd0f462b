//! Lists of words, asked for many times whether one of them stands at a place of a text; and sets of characters, asked
//! for at every place.

/// Words in the order in which they count, by the character that a text is asked for first.
pub(crate) struct Wordlist {
    /// Those characters, ascending, each with the words that it tells.
    by: Vec<(char, Vec<Listed>)>,
}

struct Listed {
    chars: Vec<char>,
    /// Its place in the list.
    index: usize,
}

impl Wordlist {
    /// For [`starts`](Self::starts).
    pub(crate) fn of_beginnings(words: &[&str]) -> Self {
        Self::of(words, <[char]>::first)
    }

    /// For [`ends`](Self::ends).
    pub(crate) fn of_endings(words: &[&str]) -> Self {
        Self::of(words, <[char]>::last)
    }

    fn of(words: &[&str], telling: fn(&[char]) -> Option<&char>) -> Self {
        let mut by: Vec<(char, Vec<Listed>)> = Vec::new();
        for (index, word) in words.iter().enumerate() {
            let chars: Vec<char> = word.chars().collect();
            let Some(&told) = telling(&chars) else {
                continue;
            };
            let listed = Listed { chars, index };
            match by.binary_search_by_key(&told, |(c, _)| *c) {
                Ok(at) => by[at].1.push(listed),
                Err(at) => by.insert(at, (told, vec![listed])),
            }
        }
        Self { by }
    }

    fn told_by(&self, c: char) -> &[Listed] {
        let at = self.by.binary_search_by_key(&c, |(told, _)| *told);
        at.map_or(&[], |at| &self.by[at].1)
    }

    /// The first word of the list with which `text` begins: its place and its characters' number.
    pub(crate) fn starts(&self, text: &[char]) -> Option<(usize, usize)> {
        let mut words = self.told_by(*text.first()?).iter();
        let found = words.find(|word| text.starts_with(&word.chars))?;
        Some((found.index, found.chars.len()))
    }

    /// The first word of the list with which `text` ends: its place and its characters' number.
    pub(crate) fn ends(&self, text: &[char]) -> Option<(usize, usize)> {
        let mut words = self.told_by(*text.last()?).iter();
        let found = words.find(|word| text.ends_with(&word.chars))?;
        Some((found.index, found.chars.len()))
    }
}

/// Characters by their last bits: most others are told apart from them by one look.
pub(crate) struct Charset {
    bits: [u64; 64],
}

impl Charset {
    /// Whether `c` may be one of them.
    pub(crate) fn may_hold(&self, c: char) -> bool {
        let last = c as usize % 4096;
        self.bits[last / 64] >> (last % 64) & 1 == 1
    }
}

impl Default for Charset {
    fn default() -> Self {
        Self { bits: [0; 64] }
    }
}

impl FromIterator<char> for Charset {
    fn from_iter<T: IntoIterator<Item = char>>(chars: T) -> Self {
        let mut set = Self::default();
        for c in chars {
            let last = c as usize % 4096;
            set.bits[last / 64] |= 1 << (last % 64);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_several_words_is_found() {
        let chars = |words: &str| -> Vec<char> { words.chars().collect() };
        let units = Wordlist::of_beginnings(&["人次", "人", "件", ""]);
        assert_eq!(units.starts(&chars("人次，")), Some((0, 2)));
        assert_eq!(units.starts(&chars("人员")), Some((1, 1)));
        assert_eq!(units.starts(&chars("次")), None);
        assert_eq!(units.starts(&[]), None);
        let before = Wordlist::of_endings(&["未发生", "不发生", "生"]);
        assert_eq!(before.ends(&chars("全年未发生")), Some((0, 3)));
        assert_eq!(before.ends(&chars("发生")), Some((2, 1)));
        assert_eq!(before.ends(&chars("未")), None);
    }
}
