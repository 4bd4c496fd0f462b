//! A page saved with all that belongs to it in one file (MHTML, RFC 2557; mail is written the same
//! way) → the page's own bytes, with the encoding that its part names.
//!
//! The first part that is HTML is the page; where none is, the first that is plain text. Pictures,
//! styles and attachments are passed over. Bytes are only unpacked here (RFC 2045): what characters
//! they are is told as for any page, since the label is as often wrong.

use super::Error;
use encoding_rs::Encoding;

/// Parts within parts are followed down to here.
const DEEPEST: usize = 8;

/// A message's text.
pub(super) struct Page {
    pub(super) bytes: Vec<u8>,
    pub(super) label: Option<&'static Encoding>,
    /// Whether it is HTML, rather than plain text.
    pub(super) html: bool,
    /// The address that the browser noted when it saved the page.
    pub(super) address: Option<String>,
}

/// Whether bytes begin like a message's header.
pub(super) fn begins(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let names = ["mime-version:", "content-type:"];
    head.split(|&byte| byte == b'\n')
        .map(<[u8]>::trim_ascii_end)
        .take_while(|line| !line.is_empty())
        .any(|line| {
            names.iter().any(|name| {
                line.get(..name.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
            })
        })
}

/// Finds a message's text.
pub(super) fn page(bytes: &[u8]) -> Result<Page, Error> {
    let mut text = None;
    match find(bytes, DEEPEST, &mut text).or(text) {
        Some(page) => {
            let (header, _) = split_header(bytes);
            let saved = field(&header, "snapshot-content-location").map(str::to_owned);
            Ok(Page {
                address: saved.or(page.address),
                ..page
            })
        }
        None => Err(Error::broken("no part of it is a page or a text")),
    }
}

/// The first page in a message or part; the first plain text goes to `text`.
fn find(part: &[u8], depth: usize, text: &mut Option<Page>) -> Option<Page> {
    let (header, body) = split_header(part);
    let kind = field(&header, "content-type").unwrap_or("text/plain");
    let lower = kind.to_ascii_lowercase();
    if lower.starts_with("multipart/") {
        let boundary = parameter(kind, "boundary").filter(|_| depth > 0)?;
        return parts(body, &boundary)
            .into_iter()
            .find_map(|part| find(part, depth - 1, text));
    }
    let html = lower.starts_with("text/html") || lower.starts_with("application/xhtml");
    if !html && (text.is_some() || !lower.starts_with("text/plain")) {
        return None;
    }
    let page = Page {
        bytes: unpacked(body, field(&header, "content-transfer-encoding")),
        label: parameter(kind, "charset").and_then(|name| Encoding::for_label(name.as_bytes())),
        html,
        address: field(&header, "content-location").map(str::to_owned),
    };
    if html {
        return Some(page);
    }
    *text = Some(page);
    None
}

/// A header's fields, folded lines joined, and what stands below it.
fn split_header(part: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut at = 0;
    for line in part.split_inclusive(|&byte| byte == b'\n') {
        at += line.len();
        let words = String::from_utf8_lossy(line);
        let words = words.trim_end();
        if words.is_empty() {
            break;
        }
        if words.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(words.trim_start());
            }
        } else if let Some((name, value)) = words.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    (fields, &part[at..])
}

fn field<'h>(header: &'h [(String, String)], name: &str) -> Option<&'h str> {
    header
        .iter()
        .find(|(own, _)| own == name)
        .map(|(_, value)| value.as_str())
}

/// A field's parameter: `boundary="…"`, `charset=…`.
fn parameter(field: &str, name: &str) -> Option<String> {
    field.split(';').skip(1).find_map(|parameter| {
        let (own, value) = parameter.split_once('=')?;
        own.trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// What stands between a boundary's lines.
fn parts<'b>(body: &'b [u8], boundary: &str) -> Vec<&'b [u8]> {
    let sign = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0;
    for line in body.split_inclusive(|&byte| byte == b'\n') {
        if let Some(rest) = line.strip_prefix(sign.as_bytes()) {
            let rest = rest.trim_ascii_end();
            if rest.is_empty() || rest == b"--" {
                parts.extend(start.map(|start| &body[start..at]));
                start = rest.is_empty().then_some(at + line.len());
            }
        }
        at += line.len();
    }
    // A file that was cut off: its last part has no end.
    parts.extend(start.map(|start| &body[start..]));
    parts
}

fn unpacked(body: &[u8], how: Option<&str>) -> Vec<u8> {
    match how.map(str::to_ascii_lowercase).as_deref() {
        Some("base64") => base64(body),
        Some("quoted-printable") => quoted_printable(body),
        _ => body.to_vec(),
    }
}

/// Base64 (RFC 2045, § 6.8): what is no digit of it does not count.
fn base64(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for &byte in body {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => continue,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

/// Quoted-printable (RFC 2045, § 6.7): an equals sign that quotes nothing stands for itself.
fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|&byte| byte == b'\n') {
        let words = line.trim_ascii_end();
        let (words, goes_on) = match words.strip_suffix(b"=") {
            Some(words) => (words, true),
            None => (words, false),
        };
        let mut at = 0;
        while let Some(&byte) = words.get(at) {
            let digits = words.get(at + 1..at + 3).filter(|_| byte == b'=');
            let quoted = digits
                .and_then(|digits| std::str::from_utf8(digits).ok())
                .and_then(|digits| u8::from_str_radix(digits, 16).ok());
            bytes.push(quoted.unwrap_or(byte));
            at += if quoted.is_some() { 3 } else { 1 };
        }
        if !goes_on && line.ends_with(b"\n") {
            bytes.push(b'\n');
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str = "From: <Saved by a browser>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"--=_b1\"\r\n\r\nto be passed over\r\n";

    fn check(message: &str, bytes: &[u8], label: Option<&str>) {
        assert!(begins(message.as_bytes()));
        let page = page(message.as_bytes()).expect("has a page");
        assert_eq!(page.bytes.trim_ascii_end(), bytes);
        assert_eq!(page.label.map(Encoding::name), label);
    }

    #[test]
    fn a_page_is_unpacked() {
        let head = HEAD;
        check(
            &format!(
                "{head}----=_b1\r\nContent-Type: image/png\r\n\r\nx\r\n----=_b1\r\nContent-Type: text/html; charset=\"gb2312\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=B7=A8=\r\n=D6=CE 36=3D a=b</p>\r\n----=_b1--\r\n"
            ),
            b"<p>\xb7\xa8\xd6\xce 36= a=b</p>",
            Some("GBK"),
        );
        check(
            &format!(
                "{head}----=_b1\nContent-Type: multipart/alternative; boundary=c\n\n--c\nContent-Type: text/plain\n\nplain\n--c\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\nPGI+5rO\nV5rK7PC9iPg==\n--c--\n----=_b1--"
            ),
            "<b>法治</b>".as_bytes(),
            None,
        );
        check(
            "Content-Type: text/plain; charset=utf-8\n\nplain\n",
            b"plain",
            Some("UTF-8"),
        );
    }

    #[test]
    fn what_has_no_page_is_damaged() {
        for message in [
            HEAD,
            "MIME-Version: 1.0\nContent-Type: image/png\n\nx",
            "Content-Type: multipart/mixed\n\n",
        ] {
            assert!(
                matches!(page(message.as_bytes()), Err(Error::Broken(_))),
                "{message}"
            );
        }
        // Parts within parts come to an end.
        let nested: String = (0..50)
            .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
            .collect();
        assert!(page(nested.as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn any_message_is_unpacked_or_refused(
            message in "(Content-Type: |multipart/mixed; boundary=b|text/html|; charset=gbk|Content-Transfer-Encoding: |base64|quoted-printable|--b|--|\r\n|\n|=B7|=|[a-zA-Z0-9+/ ]|法){0,60}",
        ) {
            begins(message.as_bytes());
            if let Ok(page) = page(message.as_bytes()) {
                prop_assert!(page.bytes.len() <= message.len());
            }
        }
    }
}
