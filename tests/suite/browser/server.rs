//! Static file servers on loopback with the quirks of real ones.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// How a server labels its files and treats ranges.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quirks {
    /// Whether it honours `Range`; otherwise it sends the whole file, status 200.
    pub(crate) ranges: bool,
    /// How it labels files.
    pub(crate) types: Types,
}

/// Labels of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Types {
    /// As they should be.
    Right,
    /// Text and scripts as `…; charset=utf-8`, whatever their bytes are.
    Charset,
    /// None at all.
    Missing,
    /// Everything that is no page, style or script as `text/plain; charset=iso-8859-1`.
    Wrong,
}

impl Quirks {
    /// What a good server does.
    pub(crate) const NONE: Quirks = Quirks {
        ranges: true,
        types: Types::Right,
    };
}

/// One request as it was answered.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    /// Path, as asked for.
    pub(crate) path: String,
    /// The range asked for, if any.
    pub(crate) range: Option<String>,
    /// Status.
    pub(crate) status: u16,
    /// Bytes of the body that went out.
    pub(crate) bytes: u64,
}

/// A server of one folder; it ends with its owner.
pub(crate) struct Server {
    pub(super) port: u16,
    answered: Arc<Mutex<Vec<Answered>>>,
    stop: Arc<AtomicBool>,
}

impl Server {
    /// Serves `folder` on a free port of 127.0.0.1.
    pub(crate) fn start(folder: &Path, quirks: Quirks) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let answered = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (folder, log, stopped) = (folder.to_owned(), answered.clone(), stop.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let (folder, log) = (folder.clone(), log.clone());
                // A visitor that leaves early is no matter of the server's.
                std::thread::spawn(move || {
                    let _ = stream.and_then(|stream| converse(stream, &folder, quirks, &log));
                });
            }
        });
        Self {
            port,
            answered,
            stop,
        }
    }

    /// The address of `path` in the folder.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// The beginning of all its addresses.
    pub(crate) fn origin(&self) -> String {
        self.url("")
    }

    /// What was asked for and answered so far.
    pub(crate) fn answered(&self) -> Vec<Answered> {
        self.answered.lock().expect("no thread died").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // A last visitor makes it look at the sign.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn converse(
    stream: TcpStream,
    folder: &Path,
    quirks: Quirks,
    log: &Mutex<Vec<Answered>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or("/").to_owned();
        let mut range = None;
        loop {
            let mut header = String::new();
            if reader.read_line(&mut header)? <= 2 {
                break;
            }
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("range")
            {
                range = Some(value.trim().to_owned());
            }
        }
        let head = line.starts_with("HEAD");
        let (status, bytes) = answer(&mut stream, folder, quirks, &path, range.as_deref(), head)?;
        log.lock().expect("no thread died").push(Answered {
            path,
            range,
            status,
            bytes,
        });
    }
}

fn answer(
    stream: &mut TcpStream,
    folder: &Path,
    quirks: Quirks,
    path: &str,
    range: Option<&str>,
    head: bool,
) -> std::io::Result<(u16, u64)> {
    let file = file_of(folder, path);
    let opened = std::fs::File::open(&file).and_then(|opened| {
        let meta = opened.metadata()?;
        Ok((opened, meta))
    });
    let Some((mut opened, meta)) = opened.ok().filter(|(_, meta)| meta.is_file()) else {
        stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")?;
        return Ok((404, 0));
    };
    let size = meta.len();
    let part = range
        .filter(|_| quirks.ranges)
        .and_then(|range| bounds(range, size));
    let (start, end) = part.unwrap_or((0, size));
    let status = if part.is_some() {
        "206 Partial Content"
    } else {
        "200 OK"
    };
    let mut header = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n", end - start);
    if quirks.ranges {
        header.push_str("Accept-Ranges: bytes\r\n");
    }
    if part.is_some() {
        header += &format!("Content-Range: bytes {start}-{}/{size}\r\n", end - 1);
    }
    if let Some(label) = label(&file, quirks.types) {
        header += &format!("Content-Type: {label}\r\n");
    }
    header.push_str("\r\n");
    stream.write_all(header.as_bytes())?;
    if head {
        return Ok((200, 0));
    }
    opened.seek(SeekFrom::Start(start))?;
    let sent = std::io::copy(&mut opened.take(end - start), stream)?;
    Ok((if part.is_some() { 206 } else { 200 }, sent))
}

fn file_of(folder: &Path, path: &str) -> PathBuf {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut bytes = Vec::new();
    let mut rest = path.trim_start_matches('/').bytes();
    while let Some(byte) = rest.next() {
        let escaped = (byte == b'%')
            .then(|| [rest.next(), rest.next()])
            .and_then(|digits| {
                let digits = [digits[0]?, digits[1]?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()
            });
        bytes.push(escaped.unwrap_or(byte));
    }
    let relative = String::from_utf8_lossy(&bytes).into_owned();
    if relative.split('/').any(|part| part == "..") {
        return PathBuf::new();
    }
    let file = folder.join(&relative);
    if file.is_dir() {
        file.join("index.html")
    } else {
        file
    }
}

fn bounds(range: &str, size: u64) -> Option<(u64, u64)> {
    let (start, end) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (start, end) = if start.is_empty() {
        (size.saturating_sub(end.parse().ok()?), size)
    } else {
        let end = end.parse::<u64>().map_or(size, |last| (last + 1).min(size));
        (start.parse().ok()?, end)
    };
    (start < end).then_some((start, end))
}

fn label(file: &Path, types: Types) -> Option<&'static str> {
    let ending = file
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    let right = match ending {
        "html" => "text/html",
        "css" => "text/css",
        "js" => "text/javascript",
        "json" => "application/json",
        "csv" => "text/csv",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    };
    match (types, ending) {
        (Types::Missing, _) => None,
        (Types::Charset, "html") => Some("text/html; charset=utf-8"),
        (Types::Charset, "css") => Some("text/css; charset=utf-8"),
        (Types::Charset, "js") => Some("text/javascript; charset=utf-8"),
        (Types::Wrong, "html" | "css" | "js") | (Types::Right | Types::Charset, _) => Some(right),
        (Types::Wrong, _) => Some("text/plain; charset=iso-8859-1"),
    }
}
