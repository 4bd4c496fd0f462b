//! Tags with more attributes than a parser of HTML or XML takes in its stride: it compares each new one
//! with all before it in its tag, so that a tag of a million would take hours.
//!
//! In: markup. Out: where the first such tag is. A scan by HTML's rules without their finer points (a
//! script in a comment in a script): what it misses runs into the limit on time.

use super::Error;
use memchr::{memchr, memmem};

/// The most attributes of a tag. Those of real files stay under fifty.
const MOST: usize = 500;

/// Elements of HTML whose contents are no markup.
pub(super) const RAW: [&str; 9] = [
    "script", "style", "title", "textarea", "iframe", "noembed", "noframes", "noscript", "xmp",
];

/// By which rules markup is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    Html,
    /// HTML in which any element may close itself.
    Xhtml,
    /// All contents are markup.
    Xml,
}

/// Refuses markup with a tag that a parser would stay at.
pub(super) fn bounded(markup: &str, syntax: Syntax) -> Result<(), Error> {
    match crowded(markup, syntax) {
        Some(line) => Err(Error::broken(format!(
            "the tag on line {line} has more attributes than any has"
        ))),
        None => Ok(()),
    }
}

/// The line, 1-based, of the first tag with more than [`MOST`] attributes.
fn crowded(page: &str, syntax: Syntax) -> Option<u32> {
    let bytes = page.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        let tag = at + found;
        at = tag + 1;
        if bytes[at..].starts_with(b"!--") {
            at += memmem::find(&bytes[at..], b"-->")?;
            continue;
        }
        let ends = bytes.get(at) == Some(&b'/');
        at += usize::from(ends);
        let name = bytes[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        if !bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let name = &page[at..at + name];
        at += name.len();
        let mut attributes = 0;
        while pass_attribute(bytes, &mut at) {
            attributes += 1;
            if attributes > MOST {
                let before = memchr::memchr_iter(b'\n', &bytes[..tag]).count();
                return Some(before as u32 + 1);
            }
        }
        let opens = match syntax {
            Syntax::Html => !ends,
            Syntax::Xhtml => !ends && bytes.get(at - 1) != Some(&b'/'),
            Syntax::Xml => false,
        };
        if opens && RAW.iter().any(|raw| raw.eq_ignore_ascii_case(name)) {
            at += end_tag(&bytes[at..], name.as_bytes())?;
        }
    }
    None
}

/// Moves `at` over one attribute. False where the tag has no more; it is over then.
fn pass_attribute(bytes: &[u8], at: &mut usize) -> bool {
    let blank = |byte: u8| byte.is_ascii_whitespace();
    match pass(bytes, at, |byte| blank(byte) || byte == b'/') {
        None | Some(b'>') => return false,
        // An equals sign where a name should be is the name's first character.
        Some(b'=') => *at += 1,
        Some(_) => {}
    }
    pass(bytes, at, |byte| !blank(byte) && !b"/>=".contains(&byte));
    if pass(bytes, at, blank) != Some(b'=') {
        return true;
    }
    *at += 1;
    match pass(bytes, at, blank) {
        Some(quote @ (b'"' | b'\'')) => {
            let end = memchr(quote, &bytes[*at + 1..]);
            *at = end.map_or(bytes.len(), |end| *at + end + 2);
        }
        _ => drop(pass(bytes, at, |byte| !blank(byte) && byte != b'>')),
    }
    true
}

/// Moves `at` over bytes of a kind; gives the first that is none.
fn pass(bytes: &[u8], at: &mut usize, kind: impl Fn(u8) -> bool) -> Option<u8> {
    *at += bytes[*at..].iter().take_while(|byte| kind(**byte)).count();
    bytes.get(*at).copied()
}

/// Bytes before the end tag of a raw element.
fn end_tag(bytes: &[u8], name: &[u8]) -> Option<usize> {
    memmem::find_iter(bytes, b"</").find(|at| {
        bytes
            .get(at + 2..at + 2 + name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_counted_by_the_tag() {
        let many: String = (0..=MOST).map(|n| format!(" a{n}")).collect();
        let values: String = (0..=MOST).map(|n| format!("\na{n} = '>' ")).collect();
        for (page, line) in [
            (format!("<p>\n<b{many}>"), Some(2)),
            (format!("<p{values}>"), Some(1)),
            (format!("\n</p{many}"), Some(2)),
            ("<p a=1>".repeat(2 * MOST), None),
            (format!("<!-- <b{many}> --><p>"), None),
            (format!("<script>a<b{many}</SCRIPT ><p a=\"{many}\">"), None),
            (format!("<script>a</script><b{many}>"), Some(1)),
            (format!("1 < 2{many}<"), None),
            (format!("<p a='{many}"), None),
            ("<a =\"x\"=y/=/>".to_owned(), None),
        ] {
            assert_eq!(crowded(&page, Syntax::Html), line, "{page:.60}");
        }
        let after = format!("<script/><b{many}>");
        let within = format!("<title>a<b{many}></title>");
        let lines = |syntax| [&after, &within].map(|page| crowded(page, syntax));
        assert_eq!(lines(Syntax::Html), [None, None]);
        assert_eq!(lines(Syntax::Xhtml), [Some(1), None]);
        assert_eq!(lines(Syntax::Xml), [Some(1), Some(1)]);
    }
}
