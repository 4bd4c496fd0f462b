//! The encoding that a page says it is in.

use encoding_rs::Encoding;

/// How far into a page its encoding may be declared, in bytes. (The standard says 1024; pages of
/// portals put scripts before.)
const PRESCAN: usize = 16 << 10;

/// What `<meta charset>`, `<meta http-equiv content>` or an XML declaration names, where it is known.
pub(super) fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes[..bytes.len().min(PRESCAN)].to_ascii_lowercase();
    if head.starts_with(b"<?xml") {
        let end = find(&head, b">")?;
        if let Some(found) = label(&head[..end], b"encoding") {
            return Some(found);
        }
    }
    let mut at = 0;
    while let Some(found) = find(&head[at..], b"<") {
        at += found;
        if head[at..].starts_with(b"<!--") {
            at += find(&head[at..], b"-->")?;
            continue;
        }
        let length = find(&head[at..], b">")?;
        if head[at..].starts_with(b"<meta")
            && let Some(found) = label(&head[at..at + length], b"charset")
        {
            return Some(found);
        }
        at += length;
    }
    None
}

/// The encoding whose label follows `key` and an equals sign.
fn label(tag: &[u8], key: &[u8]) -> Option<&'static Encoding> {
    let after = &tag[find(tag, key)? + key.len()..];
    let value = after.trim_ascii_start().strip_prefix(b"=")?;
    let value = value.trim_ascii_start();
    let value = value
        .strip_prefix(b"\"")
        .or(value.strip_prefix(b"'"))
        .unwrap_or(value);
    let end = value
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && !b"-_:.".contains(byte))
        .unwrap_or(value.len());
    Encoding::for_label(&value[..end])
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_declaration_is_read() {
        for (page, name) in [
            ("<META CHARSET=GB2312>", Some("GBK")),
            (
                "<meta http-equiv='Content-Type' content='text/html; charset=gb18030' />",
                Some("gb18030"),
            ),
            (
                "<!-- <meta charset=big5> --><meta charset = \"utf-8\">",
                Some("UTF-8"),
            ),
            (
                "<?xml version=\"1.0\" encoding=\"Big5\"?><html>",
                Some("Big5"),
            ),
            ("<meta name=a content=b><p>charset=gbk", None),
            ("<meta charset=nonsense>", None),
        ] {
            assert_eq!(
                declared(page.as_bytes()).map(Encoding::name),
                name,
                "{page}"
            );
        }
    }
}
