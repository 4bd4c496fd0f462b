//! Words of a report → HTML, letter for letter: escaped, set as Chinese readers expect, copied as
//! they are. Nothing of a report is ever interpreted.

/// Escapes `text` for HTML, in content and in quoted attributes. Characters that HTML does not
/// allow, and those that turn the reading direction of what stands around them (Unicode 9.0,
/// UAX #9: embeddings, overrides, isolates and marks), become U+FFFD.
pub(super) fn escape(text: &str, out: &mut String) {
    pieces(text, escaped).for_each(|piece| out.push_str(piece));
}

/// What `text` is written as, in pieces as long as can be, where `other` tells what stands for a
/// character that cannot stand itself; no ideograph ever is one.
pub(super) fn pieces(
    text: &str,
    other: impl Fn(char) -> Option<&'static str>,
) -> impl Iterator<Item = &str> {
    let mut rest = text;
    // What stands for the character between the last piece and the rest.
    let mut between = None;
    std::iter::from_fn(move || {
        if let Some(piece) = between.take() {
            return Some(piece);
        }
        if rest.is_empty() {
            return None;
        }
        let mut at = 0;
        while let Some(&byte) = rest.as_bytes().get(at) {
            // From U+4000 to U+9FFF: most of every text.
            if matches!(byte, 0xE4..=0xE9) {
                at += 3;
                continue;
            }
            let c = rest[at..].chars().next()?;
            if let Some(piece) = other(c) {
                let (before, after) = rest.split_at(at);
                rest = &after[c.len_utf8()..];
                between = Some(piece);
                return Some(before);
            }
            at += c.len_utf8();
        }
        Some(std::mem::take(&mut rest))
    })
}

/// What stands for a character that cannot stand in HTML itself.
pub(super) fn escaped(c: char) -> Option<&'static str> {
    match c {
        // Their punctuation, full-width, and what texts hold of Latin.
        '\u{2E80}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}' | '0'..='9' | 'a'..='z' | 'A'..='Z' => {
            None
        }
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        _ => controls_text(c).then_some("\u{FFFD}"),
    }
}

/// Whether `c` would be invalid in HTML or would reorder or hide what stands around it.
pub(crate) fn controls_text(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{D}' | '\u{E}'..='\u{1F}' | '\u{7F}'..='\u{9F}'
        | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{61C}'
        | '\u{FDD0}'..='\u{FDEF}')
        || (c as u32 & 0xFFFE) == 0xFFFE
}

/// Sets the bytes `from..to` of `text` (on character boundaries).
///
/// ASCII `, ( ) ! ?` next to a Han character is wrapped in `<i>` (shown full-width, copied as ASCII),
/// `: ;` in `<i class="v">`; not between digits. The element is the shortest there is: portals' texts
/// have such marks by the hundred. What stands before `from` and after
/// `to` in `text` counts as a neighbour.
pub(super) fn set(text: &str, from: usize, to: usize, out: &mut String) {
    let bytes = text.as_bytes();
    let (mut plain, mut at) = (from, from);
    while let Some(found) = bytes[at..to].iter().position(|byte| class(*byte) != 0) {
        at += found;
        if !beside_han(text, at) {
            at += 1;
            continue;
        }
        let class = class(bytes[at]);
        escape(&text[plain..at], out);
        let end = at
            + bytes[at..to]
                .iter()
                .take_while(|byte| self::class(**byte) == class)
                .count();
        out.push_str(if class == b'w' {
            "<i>"
        } else {
            "<i class=\"v\">"
        });
        escape(&text[at..end], out);
        out.push_str("</i>");
        (plain, at) = (end, end);
    }
    escape(&text[plain..to], out);
}

fn class(byte: u8) -> u8 {
    match byte {
        b',' | b'(' | b')' | b'!' | b'?' => b'w',
        b':' | b';' => b'v',
        _ => 0,
    }
}

/// Whether the run of ASCII punctuation around byte `at` touches a Han character or its
/// punctuation, and does not stand between digits.
fn beside_han(text: &str, at: usize) -> bool {
    let mark = |c: &char| u8::try_from(*c).is_ok_and(|byte| class(byte) != 0);
    let before = text[..at].chars().rev().find(|c| !mark(c));
    let after = text[at..].chars().find(|c| !mark(c));
    before.is_some_and(han) || after.is_some_and(han)
}

/// Whether `c` is a Han character or set among them (CJK punctuation, full-width forms, quotation
/// marks).
fn han(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FF60}'
        | '\u{20000}'..='\u{3FFFF}' | '“' | '”' | '‘' | '’' | '…' | '—')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set_all(text: &str) -> String {
        let mut out = String::new();
        set(text, 0, text.len(), &mut out);
        out
    }

    #[test]
    fn ascii_marks_beside_han_are_shown_wide_and_those_of_numbers_are_not() {
        assert_eq!(
            set_all("完成,其中(含网办):8,879件"),
            "完成<i>,</i>其中<i>(</i>含网办<i>)</i><i class=\"v\">:</i>8,879件"
        );
        assert_eq!(set_all("GB 2312 (1980), ok"), "GB 2312 (1980), ok");
    }

    #[test]
    fn markup_template_tags_and_bidi_controls_stay_words() {
        assert_eq!(
            set_all("<b>{{ 7 * 7 }}</b>\u{202E}&"),
            "&lt;b&gt;{{ 7 * 7 }}&lt;/b&gt;\u{FFFD}&amp;"
        );
    }

    proptest! {
        #[test]
        fn pieces_are_the_text_character_by_character(text in "(?s)([一-龥&<>，。a\u{202E}\u{FFFE}]|.){0,30}") {
            let mut out = String::new();
            escape(&text, &mut out);
            let each = |c: char| escaped(c).map_or_else(|| c.to_string(), str::to_owned);
            prop_assert_eq!(out, text.chars().map(each).collect::<String>());
        }

        #[test]
        fn setting_in_pieces_keeps_every_character(text in "[a-z<&,:() 市政府0-9]{0,40}", cut in 0usize..40) {
            let cut = text.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(text.len());
            let mut out = String::new();
            set(&text, 0, cut, &mut out);
            set(&text, cut, text.len(), &mut out);
            for tag in ["<i>", "<i class=\"v\">", "</i>"] {
                out = out.replace(tag, "");
            }
            let plain = out.replace("&lt;", "<").replace("&amp;", "&");
            prop_assert_eq!(plain, text);
        }
    }
}
