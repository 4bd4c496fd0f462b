//! Chinese characters.

/// Whether a character is an ideograph (CJK Unified with Extensions A to H, radicals, compatibility forms) or 〇.
pub(crate) fn is_han(character: char) -> bool {
    matches!(character,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{2e80}'..='\u{2fdf}' | '\u{20000}'..='\u{323af}' | '〇')
}

/// Whether an ASCII stop between these ends a sentence, as some write it: it stands after a Chinese character, before
/// another or at the end.
pub(crate) fn parts_sentences(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(is_han) && after.is_none_or(is_han)
}
