//! Bytes → characters.
//!
//! A byte order mark or a label is believed only where the bytes are valid under it (and a label
//! only where they do not look much more like Chinese under another). Otherwise every encoding that
//! Chinese files come in is tried, and the one stands under which the fewest bytes are invalid and
//! the most characters are those that official Chinese is made of.

use super::{Encoding, Error, Format};
use crate::diagnostic::{Diagnostic, Level, Warned};
use crate::evidence::Confidence;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, DecoderResult, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;
use std::sync::LazyLock;

/// How much of a file detection looks at.
const SAMPLE: usize = 256 << 10;

/// By how much one encoding has to be more plausible than the others for the matter to be plain.
const PLAIN: f64 = 0.3;

/// Decodes `bytes`; line ends become `\n`, control characters that no text has go. Bytes that are
/// invalid become U+FFFD and are told with their places.
pub fn characters(bytes: &[u8], file: &str) -> Result<Warned<(String, Encoding)>, Error> {
    declared(bytes, None, file)
}

/// Like [`characters`], for bytes that say of themselves what they are encoded in (`label`).
pub(super) fn declared(
    bytes: &[u8],
    label: Option<&'static encoding_rs::Encoding>,
    file: &str,
) -> Result<Warned<(String, Encoding)>, Error> {
    foreign(bytes)?;
    // GB18030 holds all that GB2312 and GBK have, and files so labelled have more than these.
    let label = label.map(|label| if label == GBK { GB18030 } else { label });
    let guess = detect(bytes, label);
    let transcript = transcribe(&bytes[guess.mark..], guess.encoding, guess.mark);
    let controls = controls(&transcript.text);
    let all = transcript.text.chars().count();
    if controls * 20 > all || transcript.count * 4 > all {
        return Err(Error::Binary);
    }
    let mut warnings = Vec::new();
    warnings.extend(transcript.told(guess.encoding.name(), file));
    let text = normal_lines(transcript.text, controls > 0);
    if controls > 0 {
        warnings.push(Diagnostic::new(
            Level::Note,
            "control-characters",
            file,
            format!("{controls} control characters were left out"),
        ));
    }
    if let Some(label) = label.filter(|&label| label != guess.encoding && !bytes.is_ascii()) {
        let (said, read) = (label.name(), guess.encoding.name());
        let message = format!("it says that it is in {said} and is read as {read}");
        warnings.push(
            Diagnostic::new(Level::Note, "charset-wrong", file, message)
                .naming(format!("{said} → {read}")),
        );
    }
    if guess.confidence < Confidence::MEDIUM {
        warnings.push(
            Diagnostic::new(
                Level::Warning,
                "encoding-doubtful",
                file,
                format!(
                    "its encoding may not be {} ({} %)",
                    guess.encoding.name(),
                    guess.confidence.0
                ),
            )
            .naming(guess.encoding.name())
            .hint("look at its text; save it as UTF-8 if it is wrong"),
        );
    }
    let encoding = Encoding {
        name: guess.encoding.name().to_owned(),
        declared: guess.declared,
        confidence: guess.confidence,
    };
    Ok(Warned {
        output: (text, encoding),
        warnings,
    })
}

/// How many control characters a text has that part no lines or words. Of most texts the bytes tell that they have none.
fn controls(text: &str) -> usize {
    const LAST_OF_C0: u8 = 0x1f;
    const DELETE: u8 = 0x7f;
    /// With it all of C1 begins.
    const C1: u8 = 0xc2;
    let sign = |byte: &u8| {
        *byte <= LAST_OF_C0 && !matches!(byte, b'\t'..=b'\r') || matches!(*byte, DELETE | C1)
    };
    if text.as_bytes().iter().filter(|byte| sign(byte)).count() == 0 {
        return 0;
    }
    text.chars()
        .filter(|&c| c.is_control() && !"\n\r\t\u{b}\u{c}\u{85}".contains(c))
        .count()
}

/// Formats that are told by their first bytes.
fn foreign(bytes: &[u8]) -> Result<(), Error> {
    const SIGNS: [(&[u8], &str); 8] = [
        (b"PK\x03\x04", "a ZIP archive (.zip) or an Office file"),
        (b"%PDF-", "a PDF file (.pdf)"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "an old Word or Excel file (.doc, .xls)",
        ),
        (b"{\\rtf", "an RTF file (.rtf)"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"\x1f\x8b\x08", "a compressed file"),
        (b"\x00\x00\xfe\xff", "UTF-32 text"),
    ];
    // What a ZIP archive holds tells which program it is of.
    let name = match super::sniffed(bytes) {
        Some(Format::Docx) => Some("a Word file (.docx)"),
        Some(Format::Odt) => Some("an OpenDocument text (.odt)"),
        _ => SIGNS
            .into_iter()
            .find(|(sign, _)| bytes.starts_with(sign))
            .map(|(_, name)| name),
    };
    name.map_or(Ok(()), |name| Err(Error::Foreign(name.to_owned())))
}

struct Guess {
    encoding: &'static encoding_rs::Encoding,
    /// Length of the byte order mark.
    mark: usize,
    declared: bool,
    confidence: Confidence,
}

fn detect(bytes: &[u8], label: Option<&'static encoding_rs::Encoding>) -> Guess {
    let mark = encoding_rs::Encoding::for_bom(bytes);
    if let Some((encoding, mark)) = mark {
        let valid = encoding
            .decode_without_bom_handling_and_without_replacement(&bytes[mark..])
            .is_some();
        if valid {
            return Guess {
                encoding,
                mark,
                declared: true,
                confidence: Confidence::CERTAIN,
            };
        }
    }
    if let Some(guess) = label.and_then(|label| labelled(bytes, label)) {
        return guess;
    }
    if !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok() {
        return Guess {
            encoding: UTF_8,
            mark: 0,
            declared: label == Some(UTF_8),
            // By chance a multi-byte text of any length is hardly valid UTF-8.
            confidence: Confidence(99),
        };
    }
    // A mark that does not hold is no character of the text either, whatever the encoding.
    let length = mark.map_or(0, |(_, length)| length);
    Guess {
        mark: length,
        ..weigh(
            &bytes[length..],
            mark.map(|(encoding, _)| encoding).or(label),
        )
    }
}

/// The label's encoding, where it is one that Chinese is written in, all bytes are valid under it,
/// and no other makes much more sense of them: nearly any bytes are valid GB18030.
fn labelled(bytes: &[u8], label: &'static encoding_rs::Encoding) -> Option<Guess> {
    const MUCH: f64 = 0.15;
    let chinese = [UTF_8, GB18030, BIG5].contains(&label);
    let valid = || {
        label
            .decode_without_bom_handling_and_without_replacement(bytes)
            .is_some()
    };
    if !chinese || bytes.contains(&0) || !valid() {
        return None;
    }
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let own = plausibility(sample, label);
    let better = label != UTF_8
        && [UTF_8, GB18030, BIG5]
            .iter()
            .any(|&other| plausibility(sample, other) > own + MUCH);
    (!better).then_some(Guess {
        encoding: label,
        mark: 0,
        declared: true,
        confidence: Confidence::CERTAIN,
    })
}

/// The most plausible of the encodings that Chinese text comes in.
fn weigh(bytes: &[u8], marked: Option<&'static encoding_rs::Encoding>) -> Guess {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let mut ranked: Vec<(f64, &'static encoding_rs::Encoding)> =
        [UTF_8, GB18030, BIG5, UTF_16LE, UTF_16BE]
            .into_iter()
            .map(|encoding| {
                let bonus = if marked == Some(encoding) { 0.1 } else { 0.0 };
                (plausibility(sample, encoding) + bonus, encoding)
            })
            .collect();
    let by_score = |a: &(f64, _), b: &(f64, _)| b.0.total_cmp(&a.0);
    ranked.sort_by(by_score);
    // Another's vote counts where the characters alone leave room for it; asking costs more than all else here.
    if ranked[0].0 - ranked[1].0 < PLAIN {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(sample, bytes.len() <= SAMPLE);
        let voted = detector.guess(Some(b"cn"), Utf8Detection::Allow);
        for (score, encoding) in &mut ranked {
            if voted == *encoding || (voted == GBK && *encoding == GB18030) {
                *score += 0.05;
            }
        }
        ranked.sort_by(by_score);
    }
    // Any bytes are nearly valid UTF-16: without a mark it has to look like Chinese.
    ranked.retain(|&(score, encoding)| {
        score > 0.1 || !(encoding == UTF_16LE || encoding == UTF_16BE)
    });
    let (best, encoding) = ranked[0];
    let margin = best - ranked[1].0;
    Guess {
        encoding,
        mark: 0,
        declared: false,
        confidence: Confidence(
            (40.0 + 60.0 * best.clamp(0.0, 0.6) + 100.0 * margin.clamp(0.0, 0.2)).min(98.0) as u8,
        ),
    }
}

/// How much a sample looks like official Chinese under `encoding`: the share of its characters that
/// are frequent in it, less four times the share that no text has. At most 1.
fn plausibility(sample: &[u8], encoding: &'static encoding_rs::Encoding) -> f64 {
    let (text, _) = encoding.decode_without_bom_handling(sample);
    let (mut all, mut frequent, mut broken) = (0usize, 0usize, 0usize);
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' | ' ' => continue,
            // ASCII says nothing for any of them but against UTF-16, which seldom reads as ASCII.
            '!'..='~' => {
                all += 1;
                frequent += usize::from(c.is_ascii_digit());
                continue;
            }
            '\u{fffd}' | '\u{e000}'..='\u{f8ff}' => broken += 1,
            c if c.is_control() => broken += 1,
            c => frequent += usize::from(is_frequent(c)),
        }
        all += 1;
    }
    if all == 0 {
        return 0.0;
    }
    (frequent as f64 - 4.0 * broken as f64) / all as f64
}

/// Characters and punctuation that make up about half of any report on law-based government, in
/// both scripts (counted over texts of the genre; the order does not matter).
const FREQUENT: &str = "的法政府行建设設依治工作执執理规規制度和会會全实實市县縣区區人民大中国國\
年月日一二三四五六七八九十上下不业業为為主义義了事开開强強推进進动動发發展各级級机機关關\
务務部门門公共安权權责責任案件件监監督检檢查处處罚罰复複議议应應诉訴决決定合审審管服化\
位体體系领領导導干部学學习習员員社社会信用完善情况況加强贯貫彻徹落实有以及在与與对對于於\
要出重点點新时時性等问問题題是由到高提组組织織局委办辦,。、;:《》()“”〔〕「」";

/// A text with the characters that HTML's references stand for, which copying from a page's source leaves behind
/// (`&nbsp;&nbsp;一、`); one that is none of these stays as it is.
pub(super) fn without_references(text: &str) -> Cow<'_, str> {
    const REFERENCES: [(&str, &str); 13] = [
        ("&nbsp;", "\u{a0}"),
        ("&ensp;", "\u{2002}"),
        ("&emsp;", "\u{2003}"),
        ("&#160;", "\u{a0}"),
        ("&#12288;", "\u{3000}"),
        ("&ldquo;", "“"),
        ("&rdquo;", "”"),
        ("&mdash;", "—"),
        ("&hellip;", "…"),
        ("&middot;", "·"),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
    ];
    let mut text = Cow::Borrowed(text);
    if !text.contains('&') {
        return text;
    }
    for (reference, character) in REFERENCES {
        if text.contains(reference) {
            text = text.replace(reference, character).into();
        }
    }
    text
}

/// Whether a character is one of [`FREQUENT`].
pub(super) fn is_frequent(c: char) -> bool {
    static BITS: LazyLock<Vec<u64>> = LazyLock::new(|| {
        let mut bits = vec![0; (1 << 16) / 64];
        for c in FREQUENT.chars() {
            bits[c as usize / 64] |= 1 << (c as usize % 64);
        }
        bits
    });
    BITS.get(c as usize / 64)
        .is_some_and(|word| word & (1 << (c as usize % 64)) != 0)
}

/// A file's characters, and where bytes were invalid.
struct Transcript {
    text: String,
    /// Line (1-based) and byte offset in the file of each invalid sequence; at most [`NAMED`].
    invalid: Vec<(u32, usize)>,
    count: usize,
}

/// How many invalid sequences are told with their places.
const NAMED: usize = 5;

impl Transcript {
    fn told(&self, encoding: &str, file: &str) -> Option<Diagnostic> {
        let &(line, _) = self.invalid.first()?;
        let mut places: Vec<String> = self
            .invalid
            .iter()
            .map(|(line, offset)| format!("line {line} (byte {offset})"))
            .collect();
        if self.count > places.len() {
            places.push(format!("{} more", self.count - places.len()));
        }
        Some(
            Diagnostic::new(
                Level::Warning,
                "undecodable-bytes",
                file,
                format!("bytes that are not {encoding}: {}", places.join(", ")),
            )
            .at(line)
            .naming(format!("{encoding}, {}", self.count))
            .hint("a character (�) stands for them; compare with the original"),
        )
    }
}

/// Decodes bytes that begin `offset` bytes into the file.
fn transcribe(bytes: &[u8], encoding: &'static encoding_rs::Encoding, offset: usize) -> Transcript {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut transcript = Transcript {
        text: String::with_capacity(bytes.len() + bytes.len() / 2),
        invalid: Vec::new(),
        count: 0,
    };
    let (mut read, mut counted, mut line) = (0, 0, 1);
    loop {
        let needed = decoder
            .max_utf8_buffer_length_without_replacement(bytes.len() - read)
            .unwrap_or(0);
        transcript.text.reserve(needed);
        let (result, consumed) = decoder.decode_to_string_without_replacement(
            &bytes[read..],
            &mut transcript.text,
            true,
        );
        read += consumed;
        match result {
            DecoderResult::InputEmpty => return transcript,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(length, after) => {
                if transcript.invalid.len() < NAMED {
                    line += line_ends(&transcript.text[counted..]);
                    counted = transcript.text.len();
                    let start = read.saturating_sub(usize::from(length) + usize::from(after));
                    transcript.invalid.push((line, offset + start));
                }
                transcript.count += 1;
                transcript.text.push('\u{fffd}');
            }
        }
    }
}

/// Line ends in `text`: `\n`, `\r\n` or a lone `\r`.
fn line_ends(text: &str) -> u32 {
    let bytes = text.as_bytes();
    (0..bytes.len())
        .filter(|&at| match bytes[at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        })
        .count() as u32
}

fn normal_lines(mut text: String, controls: bool) -> String {
    if text.contains('\r') {
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    if !controls {
        return text;
    }
    text.chars()
        .filter(|&c| !c.is_control() || "\n\t\u{b}\u{c}\u{85}".contains(c))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of our own in the genre.
    const HANS: &str = "云溪市2022年法治政府建设情况报告\n\
        2022年,我市深入推进依法行政,办理行政复议案件36件,全部按期审结。\n";
    const HANT: &str = "雲溪市2022年法治政府建設情況報告\n\
        2022年,我市深入推進依法行政,辦理行政複議案件36件,全部按期審結。\n";

    fn read(bytes: &[u8]) -> (String, Encoding, Vec<Diagnostic>) {
        let warned = characters(bytes, "a.txt").expect("is text");
        (warned.output.0, warned.output.1, warned.warnings)
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn references_are_the_characters_that_they_stand_for() {
        let read = crate::decode::decode(
            "&nbsp;&nbsp;一、&ldquo;法治&rdquo;情况 A&B &unknown;".as_bytes(),
            Format::Text,
            "a",
        );
        let lines = read.expect("is text").output.decoded.lines;
        assert_eq!(lines[0].text, "\u{a0}\u{a0}一、“法治”情况 A&B &unknown;");
    }

    #[test]
    fn each_encoding_is_told_from_the_others() {
        for (bytes, text, name) in [
            (HANS.as_bytes().to_vec(), HANS, "UTF-8"),
            (GB18030.encode(HANS).0.into_owned(), HANS, "gb18030"),
            (GB18030.encode(HANT).0.into_owned(), HANT, "gb18030"),
            (BIG5.encode(HANT).0.into_owned(), HANT, "Big5"),
            (utf16(HANS, false), HANS, "UTF-16LE"),
            (utf16(HANT, true), HANT, "UTF-16BE"),
        ] {
            let (read, encoding, told) = read(&bytes);
            assert_eq!((read.as_str(), encoding.name.as_str()), (text, name));
            assert!(
                !encoding.declared && encoding.confidence >= Confidence::MEDIUM,
                "{encoding:?}"
            );
            assert_eq!(told, []);
        }
    }

    #[test]
    fn a_short_title_is_enough() {
        for text in ["法治政府建设报告", "2021年工作总结"] {
            let (read, encoding, _) = read(&GB18030.encode(text).0);
            assert_eq!((read.as_str(), encoding.name.as_str()), (text, "gb18030"));
        }
        let (read, ..) = read(&BIG5.encode("法治政府建設年度報告").0);
        assert_eq!(read, "法治政府建設年度報告");
    }

    #[test]
    fn a_byte_order_mark_declares() {
        for (mark, bytes, name) in [
            (&b"\xef\xbb\xbf"[..], HANS.as_bytes().to_vec(), "UTF-8"),
            (b"\xff\xfe", utf16(HANS, false), "UTF-16LE"),
            (b"\xfe\xff", utf16(HANS, true), "UTF-16BE"),
        ] {
            let (text, encoding, told) = read(&[mark, &bytes].concat());
            assert_eq!((text.as_str(), encoding.name.as_str()), (HANS, name));
            assert!(encoding.declared);
            assert_eq!(encoding.confidence, Confidence::CERTAIN);
            assert_eq!(told, []);
        }
    }

    #[test]
    fn a_wrong_byte_order_mark_is_not_believed() {
        let bytes = [b"\xef\xbb\xbf", &GB18030.encode(HANS).0[..]].concat();
        let (text, encoding, _) = read(&bytes);
        assert_eq!(encoding.name, "gb18030");
        assert!(text.ends_with(HANS));
    }

    #[test]
    fn four_byte_characters_are_read() {
        let text = format!("{HANS}𠮷㐂䶮\n");
        let (read, encoding, told) = read(&GB18030.encode(&text).0);
        assert_eq!((read, encoding.name.as_str()), (text, "gb18030"));
        assert_eq!(told, []);
    }

    #[test]
    fn invalid_bytes_are_told_with_line_and_offset() {
        let mut bytes = HANS.as_bytes().to_vec();
        let second = HANS.find('\n').expect("two lines") + 1;
        bytes.splice(second..second, *b"\xff");
        let (text, encoding, told) = read(&bytes);
        assert_eq!(encoding.name, "UTF-8");
        assert!(text.contains("\n\u{fffd}2022"));
        assert_eq!(told[0].code, "undecodable-bytes");
        assert_eq!(told[0].line, Some(2));
        assert!(
            told[0].message.contains(&format!("(byte {second})")),
            "{}",
            told[0].message
        );
    }

    #[test]
    fn many_invalid_bytes_are_counted() {
        let mut bytes = Vec::new();
        for _ in 0..20 {
            bytes.extend_from_slice(HANS.as_bytes());
            bytes.push(0xff);
        }
        let (.., told) = read(&bytes);
        assert!(told[0].message.ends_with("15 more"), "{}", told[0].message);
    }

    #[test]
    fn stray_control_characters_go_and_are_told() {
        let (text, _, told) = read(format!("{HANS}\u{1}\u{0}").as_bytes());
        assert_eq!(text, HANS);
        assert_eq!(told[0].code, "control-characters");
    }
}
