//! Requests in, answers out: as much of HTTP/1.1 (RFC 9110, RFC 9112) as a browser needs to read a
//! site's files.
//!
//! Never: a path leaves the folder; a name that is no site's address is opened; a page of another
//! host is let in (its scripts could reach this server under a name of their own that they have made
//! point here, and read along: DNS rebinding); a request is kept that is larger than [`LONGEST`].

use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::net::IpAddr;
use std::path::Path;

/// The most bytes of a request's head.
const LONGEST: usize = 16 * 1024;
/// The most headers of a request.
const HEADERS: usize = 64;

/// A request that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// Whether only the head of the answer is wanted.
    pub(super) head: bool,
    /// The address' path, decoded, without its first `/`; none where it can be no file of a site.
    pub(super) path: Option<String>,
    /// The bytes asked for, `bytes=0-9`.
    pub(super) range: Option<String>,
    /// Whether the connection stays open after the answer.
    pub(super) stays: bool,
}

/// What a request comes to before it is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A request.
    Asked(Asked),
    /// One that is refused with this status; nothing more is read from the connection.
    Refused(Status),
    /// The visitor has left.
    Gone,
}

/// Status of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    Partial,
    Moved,
    Malformed,
    NotFound,
    WrongMethod,
    RangeUnmet,
    WrongHost,
    HeadTooLong,
    NoSite,
}

impl Status {
    fn line(self) -> &'static str {
        match self {
            Self::Ok => "200 OK",
            Self::Partial => "206 Partial Content",
            Self::Moved => "308 Permanent Redirect",
            Self::Malformed => "400 Bad Request",
            Self::NotFound => "404 Not Found",
            Self::WrongMethod => "405 Method Not Allowed",
            Self::RangeUnmet => "416 Range Not Satisfiable",
            Self::WrongHost => "421 Misdirected Request",
            Self::HeadTooLong => "431 Request Header Fields Too Large",
            Self::NoSite => "503 Service Unavailable",
        }
    }
}

/// Reads the next request.
///
/// # Errors
/// What reading the connection meets, its time-out among it.
pub(super) fn hear(connection: &mut impl BufRead) -> io::Result<Heard> {
    let mut head = Vec::new();
    loop {
        let left = (LONGEST - head.len()) as u64;
        if left == 0 {
            return Ok(Heard::Refused(Status::HeadTooLong));
        }
        let before = head.len();
        connection
            .by_ref()
            .take(left)
            .read_until(b'\n', &mut head)?;
        if head.len() == before {
            return Ok(Heard::Gone);
        }
        if head.ends_with(b"\r\n\r\n") || head.ends_with(b"\n\n") {
            return Ok(understood(&head));
        }
    }
}

fn understood(head: &[u8]) -> Heard {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Heard::Refused(Status::Malformed),
        Err(httparse::Error::TooManyHeaders) => return Heard::Refused(Status::HeadTooLong),
        Err(_) => return Heard::Refused(Status::Malformed),
    }
    let all = |name: &str| -> Vec<&str> {
        request
            .headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case(name))
            // A value that is no text is none that counts here, and no host.
            .map(|header| std::str::from_utf8(header.value).unwrap_or("\u{fffd}"))
            .collect()
    };
    let [host] = all("host")[..] else {
        return Heard::Refused(Status::Malformed);
    };
    if !is_own(host) {
        return Heard::Refused(Status::WrongHost);
    }
    let has_body = !all("transfer-encoding").is_empty()
        || all("content-length").iter().any(|length| *length != "0");
    let head = match request.method {
        Some("GET") => false,
        Some("HEAD") => true,
        _ => return Heard::Refused(Status::WrongMethod),
    };
    let target = request.path.unwrap_or_default();
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let Some(path) = path.strip_prefix('/').filter(|_| !has_body) else {
        return Heard::Refused(Status::Malformed);
    };
    let closes = all("connection")
        .iter()
        .any(|word| word.eq_ignore_ascii_case("close"));
    Heard::Asked(Asked {
        head,
        path: decoded(path),
        // What `If-Range` would be compared with is never given out, so it never holds.
        range: all("range")
            .first()
            .filter(|_| all("if-range").is_empty())
            .map(|range| (*range).to_owned()),
        stays: request.version == Some(1) && !closes,
    })
}

/// Whether a `Host` is this machine's by a name that no one else can give out: an address in
/// numbers, or `localhost`.
fn is_own(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((name, port)) if port.is_empty() || is_port(port) => name,
            _ => return false,
        },
        None => match host.split_once(':') {
            Some((name, port)) if is_port(&format!(":{port}")) => name,
            Some(_) => return false,
            None => host,
        },
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':')
        .is_some_and(|port| port.parse::<u16>().is_ok())
}

/// An address' path with its escapes resolved; none where it can be no file of a site, whose names
/// are plain ASCII and never begin with a dot.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            u8::from_str_radix(digits, 16).ok()?
        } else {
            byte
        });
    }
    let path = String::from_utf8(bytes).ok()?;
    let names = path.strip_suffix('/').unwrap_or(&path).split('/');
    let fit = path.is_empty()
        || names.into_iter().all(|name| {
            name.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
                && !name.is_empty()
                && !name.starts_with('.')
                && !name.ends_with('.')
        });
    fit.then_some(path)
}

/// An answer's head and what it is about.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// Status.
    pub(super) status: Status,
    /// Media type.
    pub(super) kind: &'static str,
    /// The whole body.
    pub(super) body: Vec<u8>,
    /// Further headers, with their values.
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Answer {
    /// An answer of this status and body.
    pub(super) fn new(status: Status, kind: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            kind,
            body: body.into(),
            headers: Vec::new(),
        }
    }

    /// A refusal, in a few words.
    pub(super) fn refusal(status: Status) -> Self {
        let mut answer = Self::new(status, TEXT, format!("{}\n", status.line()));
        if status == Status::WrongMethod {
            answer.headers.push(("Allow", "GET, HEAD".to_owned()));
        }
        answer
    }

    /// Sends it; to a `HEAD` only what it would have been.
    ///
    /// # Errors
    /// What writing to the connection meets.
    pub(super) fn send(&self, to: &mut impl Write, head: bool, stays: bool) -> io::Result<()> {
        let mut out = begin(self.status, self.kind);
        out += &format!("Content-Length: {}\r\n", self.body.len());
        for (name, value) in &self.headers {
            out += &format!("{name}: {value}\r\n");
        }
        if !stays {
            out += "Connection: close\r\n";
        }
        out += "\r\n";
        let mut out = out.into_bytes();
        if !head {
            out.extend_from_slice(&self.body);
        }
        to.write_all(&out)?;
        to.flush()
    }
}

/// Plain text.
pub(super) const TEXT: &str = "text/plain; charset=utf-8";
/// A page.
pub(super) const HTML: &str = "text/html; charset=utf-8";

/// Status line and the headers that every answer has: nothing is kept, guessed at or given to pages
/// of other hosts.
pub(super) fn begin(status: Status, kind: &str) -> String {
    format!(
        "HTTP/1.1 {}\r\nContent-Type: {kind}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\n\
         Referrer-Policy: no-referrer\r\n",
        status.line()
    )
}

/// The file at `path` below `folder`, or the part of it that `range` asks for.
///
/// # Errors
/// [`Status::NotFound`], [`Status::RangeUnmet`] and [`Status::Moved`], each with its answer.
pub(super) fn file(folder: &Path, path: &str, range: Option<&str>) -> Answer {
    let below = match path.strip_suffix('/') {
        Some(above) => format!("{above}/index.html"),
        None if path.is_empty() => "index.html".to_owned(),
        None => path.to_owned(),
    };
    let at = folder.join(&below);
    let Ok(mut opened) = File::open(&at) else {
        return Answer::refusal(Status::NotFound);
    };
    let size = match opened.metadata() {
        Ok(metadata) if metadata.is_file() => metadata.len(),
        Ok(metadata) if metadata.is_dir() => {
            let mut moved = Answer::refusal(Status::Moved);
            moved.headers.push(("Location", format!("/{below}/")));
            return moved;
        }
        _ => return Answer::refusal(Status::NotFound),
    };
    let kind = media_type(&below);
    let part = match range.map(|range| wanted(range, size)) {
        None | Some(Wanted::All) => None,
        Some(Wanted::Part(start, end)) => Some((start, end)),
        Some(Wanted::Nothing) => {
            let mut unmet = Answer::refusal(Status::RangeUnmet);
            unmet
                .headers
                .push(("Content-Range", format!("bytes */{size}")));
            return unmet;
        }
    };
    let (start, end) = part.unwrap_or((0, size));
    let mut body = Vec::with_capacity((end - start) as usize);
    let read = opened
        .seek(SeekFrom::Start(start))
        .and_then(|_| opened.take(end - start).read_to_end(&mut body));
    if read.is_err() || body.len() as u64 != end - start {
        return Answer::refusal(Status::NotFound);
    }
    let mut answer = Answer::new(
        if part.is_some() {
            Status::Partial
        } else {
            Status::Ok
        },
        kind,
        body,
    );
    answer.headers.push(("Accept-Ranges", "bytes".to_owned()));
    if part.is_some() {
        let last = end - 1;
        answer
            .headers
            .push(("Content-Range", format!("bytes {start}-{last}/{size}")));
    }
    answer
}

/// What a `Range` comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// The whole file: the header is none that is understood, and is as if not there.
    All,
    /// From the first byte up to before the second.
    Part(u64, u64),
    /// Nothing that the file has.
    Nothing,
}

fn wanted(range: &str, size: u64) -> Wanted {
    let Some((start, end)) = range
        .strip_prefix("bytes=")
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Wanted::All;
    };
    let number = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| text.parse::<u64>().ok())
            .flatten()
    };
    let (start, end) = match (start.is_empty(), number(start), end.is_empty(), number(end)) {
        (true, _, false, Some(last)) => (size - last.min(size), size),
        (false, Some(start), true, _) => (start, size),
        (false, Some(start), false, Some(last)) if start <= last => {
            (start, last.saturating_add(1).min(size))
        }
        _ => return Wanted::All,
    };
    if start < end {
        Wanted::Part(start, end)
    } else {
        Wanted::Nothing
    }
}

/// A file's media type, by its ending.
fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => HTML,
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "csv" => "text/csv; charset=utf-8",
        "xml" => "application/xml",
        "txt" | "md" => TEXT,
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "ico" => "image/vnd.microsoft.icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heard(head: &str) -> Heard {
        hear(&mut head.as_bytes()).expect("read from memory")
    }

    fn get(path: &str) -> Heard {
        heard(&format!(
            "GET {path} HTTP/1.1\r\nHost: localhost:8100\r\n\r\n"
        ))
    }

    fn path(of: &str) -> Option<String> {
        match get(of) {
            Heard::Asked(asked) => asked.path,
            other => panic!("{of}: {other:?}"),
        }
    }

    #[test]
    fn an_address_is_decoded_and_no_address_leads_out() {
        assert_eq!(path("/").as_deref(), Some(""));
        assert_eq!(
            path("/reports/a%2Db.html?q=%E6%B3%95#p").as_deref(),
            Some("reports/a-b.html")
        );
        assert_eq!(path("/regions/").as_deref(), Some("regions/"));
        for none in [
            "/../fangzhi.toml",
            "/%2e%2e/fangzhi.toml",
            "/a/..%2f..%2fetc/passwd",
            "/..%5cx",
            "//etc/passwd",
            "/a//b",
            "/C:/x",
            "/.fangzhi-site",
            "/a/./b",
            "/a%00.html",
            "/%zz",
            "/a.",
            "/%E6%B3%95",
        ] {
            assert_eq!(path(none), None, "{none}");
        }
    }

    #[test]
    fn only_names_that_no_one_else_can_give_out_are_hosts() {
        for own in [
            "localhost",
            "LOCALHOST:80",
            "127.0.0.1:8100",
            "[::1]:8100",
            "192.168.3.4",
            "[::1]",
        ] {
            assert!(is_own(own), "{own}");
        }
        for other in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "",
            "a:b",
            "[::1",
            "127.0.0.1:x",
            "localhost:99999",
        ] {
            assert!(!is_own(other), "{other}");
        }
        assert_eq!(
            heard("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
            Heard::Refused(Status::WrongHost)
        );
        assert_eq!(
            heard("GET / HTTP/1.1\r\n\r\n"),
            Heard::Refused(Status::Malformed)
        );
    }

    #[test]
    fn what_is_no_plain_request_is_refused() {
        let to = |method: &str, more: &str| {
            heard(&format!(
                "{method} / HTTP/1.1\r\nHost: localhost\r\n{more}\r\n"
            ))
        };
        assert_eq!(to("POST", ""), Heard::Refused(Status::WrongMethod));
        assert_eq!(
            to("GET", "Content-Length: 3\r\n"),
            Heard::Refused(Status::Malformed)
        );
        assert_eq!(
            to("GET", "Transfer-Encoding: chunked\r\n"),
            Heard::Refused(Status::Malformed)
        );
        assert_eq!(
            to("GET", &"A: b\r\n".repeat(80)),
            Heard::Refused(Status::HeadTooLong)
        );
        assert_eq!(
            to("GET", &format!("A: {}\r\n", "b".repeat(LONGEST))),
            Heard::Refused(Status::HeadTooLong)
        );
        assert_eq!(heard("nonsense\r\n\r\n"), Heard::Refused(Status::Malformed));
        assert_eq!(heard(""), Heard::Gone);
    }

    #[test]
    fn parts_of_a_file_are_as_asked_for() {
        for (range, found) in [
            ("bytes=0-3", Wanted::Part(0, 4)),
            ("bytes=4-", Wanted::Part(4, 10)),
            ("bytes=-4", Wanted::Part(6, 10)),
            ("bytes=-40", Wanted::Part(0, 10)),
            ("bytes=8-99", Wanted::Part(8, 10)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=3-1", Wanted::All),
            ("bytes=0-1,4-5", Wanted::All),
            ("bytes=+1-2", Wanted::All),
            ("lines=1-2", Wanted::All),
            ("bytes=-", Wanted::All),
        ] {
            assert_eq!(wanted(range, 10), found, "{range}");
        }
        assert_eq!(wanted("bytes=0-", 0), Wanted::Nothing);
    }

    proptest! {
        #[test]
        fn any_bytes_are_heard(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            hear(&mut &bytes[..]).expect("read from memory");
            let mut framed = b"GET /".to_vec();
            framed.extend(&bytes);
            framed.extend(b" HTTP/1.1\r\nHost: localhost\r\n\r\n");
            if let Heard::Asked(asked) = hear(&mut &framed[..]).expect("read from memory") {
                let path = asked.path.unwrap_or_default();
                prop_assert!(!path.split('/').any(|name| name.starts_with('.')));
            }
        }
    }
}
