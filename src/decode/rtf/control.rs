//! RTF's control words and symbols, and the encodings that they name.

use encoding_rs::Encoding;

/// A control word or symbol.
pub(super) struct Control<'a> {
    pub(super) word: &'a str,
    pub(super) number: Option<i32>,
}

impl<'a> Control<'a> {
    /// What stands after a backslash before `at`, which moves on.
    pub(super) fn read(bytes: &'a [u8], at: &mut usize) -> Self {
        let rest = bytes.get(*at..).unwrap_or_default();
        let letters = rest
            .iter()
            .take(32)
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        if letters == 0 {
            return Self::symbol(rest, at);
        }
        let signed = usize::from(rest.get(letters) == Some(&b'-'));
        let digits = rest[letters + signed..]
            .iter()
            .take(10)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let mut end = letters;
        let mut number = None;
        if digits > 0 {
            end = letters + signed + digits;
            number = std::str::from_utf8(&rest[letters..end])
                .ok()
                .and_then(|number| number.parse::<i64>().ok())
                .map(|number| number as i32);
        }
        *at += end + usize::from(rest.get(end) == Some(&b' '));
        Self {
            word: std::str::from_utf8(&rest[..letters]).unwrap_or_default(),
            number,
        }
    }

    fn symbol(rest: &'a [u8], at: &mut usize) -> Self {
        let word = match rest.first() {
            Some(b'\'') => {
                let hex = rest
                    .get(1..3)
                    .and_then(|hex| std::str::from_utf8(hex).ok())
                    .and_then(|hex| i32::from_str_radix(hex, 16).ok());
                *at += if hex.is_some() { 3 } else { 1 };
                return Self {
                    word: "'",
                    number: hex,
                };
            }
            // A line's end after a backslash is a paragraph's.
            Some(b'\r' | b'\n') => "par",
            Some(byte) if byte.is_ascii() => std::str::from_utf8(&rest[..1]).unwrap_or_default(),
            _ => "",
        };
        *at += usize::from(!rest.is_empty());
        Self { word, number: None }
    }
}

/// The encoding of a font's character set, where it says one.
pub(super) fn charset_encoding(charset: i32) -> Option<&'static Encoding> {
    match charset {
        128 => Some(encoding_rs::SHIFT_JIS),
        129 => Some(encoding_rs::EUC_KR),
        134 => Some(encoding_rs::GBK),
        136 => Some(encoding_rs::BIG5),
        _ => None,
    }
}

/// The encoding of a Windows code page.
pub(super) fn code_page(number: i32) -> Option<&'static Encoding> {
    match number {
        932 => Some(encoding_rs::SHIFT_JIS),
        936 => Some(encoding_rs::GBK),
        949 => Some(encoding_rs::EUC_KR),
        950 => Some(encoding_rs::BIG5),
        54936 => Some(encoding_rs::GB18030),
        65001 => Some(encoding_rs::UTF_8),
        1252 => Some(encoding_rs::WINDOWS_1252),
        _ => None,
    }
}
