//! What is fuzzed: a function a target, any bytes in, no panic and no endless loop.
//!
//! The fuzzer's binaries (`fuzz_targets/`) and the smoke run of the test command
//! (`tests/suite/fuzz.rs`) call the same functions.

use fangzhi::archive::catalogue::Catalogue;
use fangzhi::archive::config::Config;
use fangzhi::archive::corrections::Corrections;
use fangzhi::archive::front_matter;
use fangzhi::clean::clean;
use fangzhi::code;
use fangzhi::codebook::{Codebook, CodebookFile};
use fangzhi::decode::Format;
use fangzhi::decode::{FrontMatter, Syntax, decode as decode_bytes};
use fangzhi::gazetteer::Gazetteer;
use fangzhi::identify::identify;
use fangzhi::structure::structure;
use search_index::remote::{Form, Outcome, Remote};
use search_index::{
    IndexBuilder, IndexedParagraph, IndexedRegion, IndexedReport, Request, Spool, TopicLabel,
};
use std::path::Path;
use std::sync::LazyLock;

/// Takes any bytes.
pub(crate) type Target = fn(&[u8]);

/// Every target by its name: that of its binary and of its folder in the corpus.
pub(crate) const ALL: [(&str, Target); 7] = [
    ("decode", decode),
    ("pdf", pdf),
    ("read", read),
    ("codebook", codebook),
    ("keeper", keeper),
    ("query", query),
    ("packed", packed),
];

/// Extensions of the formats that are read, or may be one day.
const EXTENSIONS: [&str; 11] = [
    "txt", "md", "rtf", "html", "mht", "docx", "doc", "odt", "pdf", "zip", "htm",
];

static CODEBOOK: LazyLock<Codebook> = LazyLock::new(Codebook::built_in);

/// Bytes of any format, which the first byte names.
pub(crate) fn decode(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else {
        return;
    };
    let extension = EXTENSIONS[usize::from(*first) % EXTENSIONS.len()];
    let Some(format) = Format::of(Path::new("any").with_extension(extension).as_path()) else {
        return;
    };
    if let Ok(decoded) = decode_bytes(bytes, format, "any") {
        for line in decoded.output.decoded.lines {
            assert!(!line.text.contains(['\n', '\r']) && line.source_line > 0);
        }
    }
}

/// A PDF of any bytes (first byte 0), or a sound one in which they are a page's operators (1), a font's table
/// of characters (2), a form's dictionary (3), or an object among others (4). No table tells where its objects
/// are: they are looked for.
pub(crate) fn pdf(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else {
        return;
    };
    let whole = if first % 5 == 0 {
        bytes.to_vec()
    } else {
        let own = |place: u8, usual: &[u8]| {
            if first % 5 == place {
                bytes.to_vec()
            } else {
                usual.to_vec()
            }
        };
        let stream = |entries: &str, bytes: Vec<u8>| {
            let head = format!("<< {entries} /Length {} >>\nstream\n", bytes.len());
            [head.as_bytes(), &bytes, b"\nendstream"].concat()
        };
        let form = own(3, b"/BBox [0 0 9 9]");
        let form = String::from_utf8_lossy(&form);
        let objects = [
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << \
              /Font << /F 5 0 R /G 9 0 R >> /XObject << /X 7 0 R >> /Pattern << /P 9 0 R >> /ExtGState << /S 9 0 R >> >> >>"
                .to_vec(),
            stream(
                "",
                own(1, b"BT /F 12 Tf 60 700 Td <4E91> Tj T* <6EAA> Tj ET q 1 0 0 1 60 60 cm /X Do Q 60 90 300 1 re f"),
            ),
            b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] \
              /ToUnicode 8 0 R >>"
                .to_vec(),
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 \
              /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 0 >> >>"
                .to_vec(),
            stream(
                &format!("/Type /XObject /Subtype /Form {form}"),
                b"BT /F 9 Tf <5E02> Tj ET".to_vec(),
            ),
            stream(
                "",
                own(2, b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfchar <4E91> <4E91> endbfchar"),
            ),
            own(4, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"),
        ];
        let mut whole = b"%PDF-1.7\n".to_vec();
        for (number, object) in (1..).zip(objects) {
            whole.extend(format!("{number} 0 obj\n").bytes());
            whole.extend(object);
            whole.extend(b"\nendobj\n");
        }
        whole.extend(b"trailer\n<< /Size 10 /Root 1 0 R >>\n%%EOF\n");
        whole
    };
    // Its reason is another's matter; that it ends is this target's.
    let _ = decode_bytes(&whole, Format::Pdf, "any.pdf");
}

/// A text through all stages that need no other report.
pub(crate) fn read(data: &[u8]) {
    let Ok(decoded) = decode_bytes(data, Format::Text, "any") else {
        return;
    };
    let document = structure(clean(&decoded.output.decoded));
    let words = &document.text.text;
    let lines: Vec<&str> = document
        .paragraphs
        .iter()
        .map(|paragraph| paragraph.span.of(words))
        .collect();
    assert_eq!(lines.join("\n"), *words);
    let identity = identify(&document, Gazetteer::china(), "any").output;
    let coded = code::code(&document, &identity, Gazetteer::china(), &CODEBOOK).output;
    for observation in coded.observations {
        assert!(!observation.span.of(words).is_empty());
    }
}

/// A keeper's codebook over a text with what patterns look for.
pub(crate) fn codebook(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let own = CodebookFile {
        name: "codebook/own.toml",
        text: &text,
    };
    let codebook = Codebook::load(&[own]).output;
    let report = "云溪市2022年法治政府建设情况报告\n一、主要做法\n全年办理行政复议案件78件,其中维持12件、撤销3件。\n";
    if let Ok(decoded) = decode_bytes(report.as_bytes(), Format::Text, "any") {
        let document = structure(clean(&decoded.output.decoded));
        let identity = identify(&document, Gazetteer::china(), "any").output;
        code::code(&document, &identity, Gazetteer::china(), &codebook);
    }
}

/// A keeper's files: front matter, `metadata.csv`, `corrections.csv`, `fangzhi.toml`, by the first
/// byte.
pub(crate) fn keeper(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else {
        return;
    };
    let text = || String::from_utf8_lossy(bytes).into_owned();
    let front = |syntax| FrontMatter {
        syntax,
        text: text(),
        line: 2,
    };
    match first % 5 {
        0 => drop(front_matter::read(&front(Syntax::Toml), "any")),
        1 => drop(front_matter::read(&front(Syntax::Yaml), "any")),
        2 => drop(Catalogue::read(bytes)),
        3 => drop(Corrections::read(bytes, &CODEBOOK)),
        _ => drop(Config::read(&text())),
    }
}

/// A packed index of two small reports: its boot pack and its files.
static INDEX: LazyLock<(Vec<u8>, Vec<Vec<u8>>)> = LazyLock::new(|| {
    let topics = vec![TopicLabel {
        id: "reconsideration".to_owned(),
        names: vec!["行政复议".to_owned()],
    }];
    let mut builder = IndexBuilder::new(Spool::new(&std::env::temp_dir()), topics);
    for (id, year, words) in [
        ("yunxi", 2021, "全年办理行政复议案件78件,调解结案12件。"),
        ("shipu", 2022, "推行“双随机、一公开”监管,GB2312标准721条。"),
    ] {
        let paragraph = IndexedParagraph {
            anchor: "p-1".to_owned(),
            number: 1,
            text: words.to_owned(),
            role: "achievements".to_owned(),
            topics: vec!["reconsideration".to_owned()],
        };
        let report = IndexedReport {
            id: id.to_owned(),
            title: format!("{year}年法治政府建设情况报告"),
            page: format!("reports/{id}.html"),
            region: Some(IndexedRegion {
                code: "990100".to_owned(),
                name: "云溪市".to_owned(),
                level: "prefecture".to_owned(),
                path: vec!["云岭省".to_owned(), "云溪市".to_owned()],
            }),
            year: Some(year),
            issuer: Some("云溪市人民政府".to_owned()),
            issuer_type: Some("government".to_owned()),
            paragraphs: vec![paragraph],
        };
        builder.add(report).expect("the index takes a report");
    }
    let packed = builder.pack().expect("the index is packed");
    let files = packed
        .files()
        .map(|file| file.read().expect("in memory"))
        .collect();
    (packed.boot_bytes().to_vec(), files)
});

fn ask(index: &Remote, query: &str) {
    let request = Request {
        query: query.to_owned(),
        ..Request::default()
    };
    if let Outcome::Answer(response) = index.search(&request) {
        assert!(response.reports <= 2);
    }
}

/// A reader's query.
pub(crate) fn query(data: &[u8]) {
    thread_local! {
        static OPEN: Remote = {
            let (boot, files) = &*INDEX;
            let index = Remote::boot(boot.clone(), Form::Handed).unwrap_or_else(|problem| panic!("{problem:?}"));
            for (chunk, file) in files.iter().enumerate() {
                index.put(chunk as u32, file, Form::File).unwrap_or_else(|problem| panic!("{problem:?}"));
            }
            index
        };
    }
    let query = String::from_utf8_lossy(data);
    OPEN.with(|index| ask(index, &query));
}

/// An index of other bytes: any (first byte 0), or ours with some replaced (three bytes each: where,
/// twice, and by what) in its boot pack (1) or its first file (2).
pub(crate) fn packed(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else {
        return;
    };
    let (mut boot, mut files) = INDEX.clone();
    match first % 3 {
        0 => boot = bytes.to_vec(),
        other => {
            let altered = match files.first_mut() {
                Some(file) if other == 2 => file,
                _ => &mut boot,
            };
            for edit in bytes.as_chunks::<3>().0 {
                let at = usize::from(u16::from_be_bytes([edit[0], edit[1]])) % altered.len();
                altered[at] = edit[2];
            }
        }
    }
    let Ok(index) = Remote::boot(boot, Form::Handed) else {
        return;
    };
    for (chunk, file) in files.iter().enumerate() {
        // A file that is refused is not there.
        let _ = index.put(chunk as u32, file, Form::File);
    }
    ask(&index, "行政复议 | 721");
    ask(&index, "年:2021..2022 同句(双随机 一公开)");
}
