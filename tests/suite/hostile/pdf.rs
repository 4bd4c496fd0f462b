//! PDF files whose objects lead in circles, whose pages have no end, that unpack to more than there is
//! room for, or of which nothing is where it should be.

use super::bounded;
use crate::command::folder::{Folder, REPORT};
use flate2::{Compression, write::ZlibEncoder};
use std::fmt::Write as _;
use std::io::Write as _;

/// A PDF's objects by number, from 1; the first is the catalogue.
#[derive(Clone)]
struct Pdf {
    objects: Vec<Vec<u8>>,
    trailer: String,
}

/// Numbers of the objects that every one of them has.
const PAGES: usize = 2;
const PAGE: usize = 3;
const FONT: usize = 4;
const WORDS: usize = 6;
/// The first that a case adds.
const OWN: usize = 7;

impl Pdf {
    /// One page with the report's words, in a font that is not embedded.
    fn sound() -> Self {
        let mut words = String::new();
        for (line, text) in REPORT.lines().enumerate() {
            let codes = codes(text);
            let y = 780 - 24 * line;
            let _ = writeln!(words, "BT /F 12 Tf 60 {y} Td <{codes}> Tj ET");
        }
        Self {
            objects: Vec::new(),
            trailer: "/Root 1 0 R".to_owned(),
        }
        .with("<< /Type /Catalog /Pages 2 0 R >>")
        .with("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
        .with(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R \
             /Resources << /Font << /F 4 0 R >> /XObject << /X 7 0 R /Y 8 0 R >> >> >>",
        )
        .with(
            "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H \
             /DescendantFonts [5 0 R] >>",
        )
        .with(
            "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 \
             /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 0 >> >>",
        )
        .with_stream("", words.as_bytes())
    }

    fn with(mut self, object: &str) -> Self {
        self.objects.push(object.as_bytes().to_vec());
        self
    }

    fn with_stream(mut self, entries: &str, bytes: &[u8]) -> Self {
        let mut object = format!("<< {entries} /Length {} >>\nstream\n", bytes.len()).into_bytes();
        object.extend_from_slice(bytes);
        object.extend_from_slice(b"\nendstream");
        self.objects.push(object);
        self
    }

    /// With another object of this number.
    fn but(mut self, number: usize, object: &str) -> Self {
        self.objects[number - 1] = object.as_bytes().to_vec();
        self
    }

    /// With words put in place of others in an object.
    fn altered(mut self, number: usize, from: &str, to: &str) -> Self {
        let object = String::from_utf8_lossy(&self.objects[number - 1]);
        assert!(object.contains(from), "{from} in {object}");
        self.objects[number - 1] = object.replace(from, to).into_bytes();
        self
    }

    /// With these operators before the report's words.
    fn drawing(self, operators: &str) -> Self {
        let number = self.objects.len() + 1;
        let contents = format!("/Contents [{number} 0 R 6 0 R]");
        self.with_stream("", operators.as_bytes())
            .altered(PAGE, "/Contents 6 0 R", &contents)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"%PDF-1.7\n".to_vec();
        let mut table = String::new();
        for (number, object) in (1..).zip(&self.objects) {
            let _ = writeln!(table, "{:010} 00000 n ", bytes.len());
            bytes.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
            bytes.extend_from_slice(object);
            bytes.extend_from_slice(b"\nendobj\n");
        }
        let (at, size) = (bytes.len(), self.objects.len() + 1);
        let end = format!(
            "xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} {} >>\nstartxref\n{at}\n%%EOF\n",
            self.trailer
        );
        bytes.extend_from_slice(end.as_bytes());
        bytes
    }
}

/// A text in the codes of the font, in hex.
fn codes(text: &str) -> String {
    text.encode_utf16()
        .map(|unit| format!("{unit:04X}"))
        .collect()
}

/// Zeros, or whatever is repeated, packed once and again.
fn packed(piece: &[u8], times: usize, layers: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let block = piece.repeat(1 + 65_535 / piece.len());
    for _ in 0..=(piece.len() * times) / block.len() {
        encoder.write_all(&block).expect("in memory");
    }
    let mut bytes = encoder.finish().expect("in memory");
    for _ in 1..layers {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&bytes).expect("in memory");
        bytes = encoder.finish().expect("in memory");
    }
    bytes
}

/// What a file comes to.
enum Fate {
    /// The report's words are read in spite of it.
    Read,
    /// It is refused with an error of this kind, or of these.
    Told(&'static str),
    /// Either: it is over a limit, or not, by the machine.
    ReadOrTold(&'static str),
}
use Fate::{Read, ReadOrTold, Told};

/// Builds a folder of such files and a sound report; each must come to what is expected of it.
#[track_caller]
fn check(cases: Vec<(&str, Vec<u8>, Fate)>) {
    let mut folder = Folder::new()
        .with("fangzhi.toml", "[limits]\nseconds = 10\nmemory_mib = 700\n")
        .with("content/good.txt", REPORT);
    for (name, bytes, _) in &cases {
        folder = folder.with(&format!("content/{name}.pdf"), bytes);
    }
    let built = bounded(&["build", "-o", "out"], &folder);
    assert!(built.code < 2, "{built:?}");
    let page = |name: &str| std::fs::read_to_string(folder.at(&format!("out/reports/{name}.html")));
    assert!(page("good").is_ok());
    let mut otherwise = Vec::new();
    for (name, _, fate) in cases {
        let read = page(name).is_ok_and(|page| page.contains("推进镇街综合执法规范化建设"));
        let named = format!("] {name}.pdf: ");
        let errors = built.err.lines().filter(|line| line.starts_with("error["));
        let told: Vec<&str> = errors.filter(|line| line.contains(&named)).collect();
        let is = |codes: &str| {
            let mut codes = codes.split(' ').map(|code| format!("[{code}]"));
            codes.any(|code| told.iter().any(|told| told.contains(&code)))
        };
        let as_expected = match fate {
            Read => read,
            Told(code) => !read && is(code),
            ReadOrTold(code) => read || is(code),
        };
        if !as_expected {
            otherwise.push(format!("{name}: read {read}, told {told:?}"));
        }
    }
    assert!(otherwise.is_empty(), "{otherwise:#?}");
}

#[test]
fn references_that_lead_in_circles_come_to_an_end() {
    let sound = Pdf::sound;
    let form = |resources: &str, draws: &str| {
        (
            format!(
                "/Type /XObject /Subtype /Form /BBox [0 0 100 100] /Resources << {resources} >>"
            ),
            draws.to_owned(),
        )
    };
    let both = form("/XObject << /X 7 0 R /Y 8 0 R >>", "/X Do /Y Do");
    check(vec![
        ("sound", sound().bytes(), Read),
        ("root", sound().but(1, "1 0 R").bytes(), Told("file-damaged")),
        ("pages-itself", sound().but(PAGES, "2 0 R").bytes(), Read),
        (
            "kids",
            sound().altered(PAGES, "[3 0 R]", "[2 0 R 3 0 R 2 0 R 1 0 R]").bytes(),
            Read,
        ),
        (
            "kids-of-kids",
            sound()
                .altered(PAGES, "[3 0 R]", "[7 0 R]")
                .with("<< /Type /Pages /Parent 2 0 R /Count 1 /Kids [2 0 R 7 0 R] >>")
                .bytes(),
            Told("file-damaged"),
        ),
        (
            "parents",
            sound()
                .altered(PAGE, "/MediaBox [0 0 595 842]", "")
                .altered(PAGES, "/Count 1", "/Count 1 /Parent 3 0 R")
                .bytes(),
            Read,
        ),
        ("contents", sound().altered(PAGE, "6 0 R", "7 0 R").with("7 0 R").bytes(), Told("needs-ocr")),
        (
            "contents-array",
            sound().altered(PAGE, "6 0 R", "7 0 R").with("[7 0 R 6 0 R 7 0 R]").bytes(),
            ReadOrTold("needs-ocr"),
        ),
        (
            "length",
            sound().but(WORDS, "<< /Length 6 0 R >>\nstream\n/X Do\nendstream").bytes(),
            Told("needs-ocr"),
        ),
        (
            "filter",
            sound().altered(WORDS, "/Length", "/Filter 7 0 R /DecodeParms 7 0 R /Length").with("[7 0 R]").bytes(),
            ReadOrTold("needs-ocr"),
        ),
        (
            "forms",
            sound()
                .with_stream(&both.0, both.1.as_bytes())
                .with_stream(&both.0, both.1.as_bytes())
                .drawing("/X Do /Y Do")
                .bytes(),
            ReadOrTold("decoder-limit"),
        ),
        (
            "forms-doubling",
            {
                // Each of forty draws the next one twice.
                let mut pdf = sound().drawing("/X Do");
                let first = pdf.objects.len() + 1;
                pdf = pdf.altered(PAGE, "/X 7 0 R", &format!("/X {first} 0 R"));
                for number in first..first + 40 {
                    let (entries, draws) =
                        form(&format!("/XObject << /X {} 0 R >>", number + 1), "/X Do /X Do");
                    pdf = pdf.with_stream(&entries, draws.as_bytes());
                }
                pdf.bytes()
            },
            ReadOrTold("decoder-limit"),
        ),
        (
            "type3",
            sound()
                .altered(PAGE, "/F 4 0 R", "/F 4 0 R /T 7 0 R")
                .with("<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] /FirstChar 65 /LastChar 65 /Widths [1] \
                       /Encoding << /Differences [65 /a] >> /CharProcs << /a 8 0 R >> /Resources << /Font << /T 7 0 R >> >> >>")
                .with_stream("", b"1 0 d0 BT /T 1 Tf (AA) Tj ET")
                .drawing("BT /T 12 Tf 100 100 Td (AAAA) Tj ET")
                .bytes(),
            ReadOrTold("decoder-limit"),
        ),
        (
            "to-unicode",
            sound()
                .altered(FONT, "/Subtype", "/ToUnicode 7 0 R /Subtype")
                .with_stream(
                    "/UseCMap 7 0 R",
                    b"begincmap 1 begincodespacerange <0000> <FFFFFFFF> endcodespacerange \
                      1 beginbfrange <0000> <FFFFFFFF> <0000> endbfrange endcmap",
                )
                .bytes(),
            ReadOrTold("needs-ocr"),
        ),
        (
            "states",
            sound()
                .altered(PAGE, "/Font <<", "/ExtGState << /G 7 0 R >> /Pattern << /P 9 0 R >> /Font <<")
                .with("<< /SMask << /S /Luminosity /G 8 0 R >> >>")
                .with_stream(
                    "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Group << /S /Transparency >> /Resources << /ExtGState << /G 7 0 R >> /Pattern << /P 9 0 R >> >>",
                    b"/G gs /Pattern cs /P scn 0 0 9 9 re f",
                )
                .with_stream(
                    "/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.0001 /YStep 0.0001 /Resources << /ExtGState << /G 7 0 R >> /Pattern << /P 9 0 R >> >>",
                    b"/G gs /Pattern cs /P scn 0 0 9 9 re f",
                )
                .drawing("/G gs /Pattern cs /P scn 0 0 500 500 re f")
                .bytes(),
            ReadOrTold("decoder-limit"),
        ),
    ]);
}

#[test]
fn pages_without_measure_are_read_or_refused() {
    let sound = Pdf::sound;
    let sized = |entries: &str| {
        sound()
            .altered(PAGE, "/MediaBox [0 0 595 842]", entries)
            .bytes()
    };
    let pages = |count: usize| {
        let kids: String = (OWN..OWN + count).map(|n| format!("{n} 0 R ")).collect();
        let pdf = sound().altered(PAGES, "[3 0 R]", &format!("[{kids}]"));
        let pdf = (OWN + count..OWN + 2 * count).fold(pdf, |pdf, own| {
            pdf.with(&format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents [6 0 R {own} 0 R] /Resources << /Font << /F 4 0 R >> >> >>",
            ))
        });
        (0..count).fold(pdf, |pdf, number| {
            let words = codes(&format!("第{number}号案件已经办结。"));
            let words = format!("BT /F 12 Tf 60 400 Td <{words}> Tj ET");
            pdf.with_stream("", words.as_bytes())
        })
    };
    let mut tree = sound();
    // Ten kids each, all of them the next: 10¹² pages.
    for level in 0..12 {
        let kids = format!("{} 0 R ", OWN + level + 1).repeat(10);
        tree = tree.with(&format!(
            "<< /Type /Pages /Count 1000000000 /Kids [{kids}] >>"
        ));
    }
    let tree = tree
        .with("<< /Type /Page /MediaBox [0 0 595 842] /Contents 6 0 R /Resources << /Font << /F 4 0 R >> >> >>")
        .altered(PAGES, "[3 0 R]", &format!("[{OWN} 0 R]"));
    let mut deep = sound().altered(PAGES, "[3 0 R]", &format!("[{OWN} 0 R]"));
    for level in 0..50_000 {
        let next = if level == 49_999 {
            PAGE
        } else {
            OWN + level + 1
        };
        deep = deep.with(&format!("<< /Type /Pages /Count 1 /Kids [{next} 0 R] >>"));
    }
    check(vec![
        (
            "huge",
            sized("/MediaBox [0 0 1000000000 1000000000]"),
            ReadOrTold("needs-ocr"),
        ),
        (
            "huger",
            sized(
                "/MediaBox [-99999999999 -99999999999 99999999999 99999999999] /UserUnit 99999999999",
            ),
            ReadOrTold("needs-ocr"),
        ),
        (
            "endless",
            sized("/MediaBox [0 0 99999999999999999999999999999999999999999999999 1]"),
            ReadOrTold("needs-ocr"),
        ),
        (
            "none",
            sized("/MediaBox [0 0 0 0] /CropBox [9 9 -9 -9] /Rotate 45"),
            ReadOrTold("needs-ocr"),
        ),
        (
            "inside-out",
            sized("/MediaBox [595 842 0 0] /Rotate -2147483648"),
            ReadOrTold("needs-ocr"),
        ),
        ("thousands", pages(3_000).bytes(), Read),
        (
            "twenty-thousand",
            pages(20_000).bytes(),
            Told("too-large decoder-limit"),
        ),
        (
            "trillions",
            tree.bytes(),
            ReadOrTold("too-large decoder-limit"),
        ),
        ("deep-tree", deep.bytes(), ReadOrTold("file-damaged")),
        (
            "picture",
            {
                let entries = "/Type /XObject /Subtype /Image /Width 2147483647 /Height 2147483647 /BitsPerComponent 16 /ColorSpace /DeviceCMYK";
                sound()
                    .with_stream(entries, b"x")
                    .drawing("q 595 0 0 842 0 0 cm /X Do Q")
                    .bytes()
            },
            ReadOrTold("needs-ocr"),
        ),
    ]);
}

#[test]
fn what_unpacks_or_nests_without_end_is_read_or_refused() {
    let sound = Pdf::sound;
    let flate = "/Filter /FlateDecode";
    let objects = |entries: &str, bytes: &[u8]| {
        sound()
            .with_stream(&format!("/Type /ObjStm {entries}"), bytes)
            .altered(PAGE, "/Contents 6 0 R", "/Contents 6 0 R /Extra 7 0 R")
    };
    let drawn = |bytes: &[u8], filter: &str| {
        sound()
            .with_stream(filter, bytes)
            .altered(PAGE, "/Contents 6 0 R", "/Contents [6 0 R 7 0 R]")
            .bytes()
    };
    check(vec![
        (
            "zeros",
            drawn(&packed(b"\0", 1 << 30, 1), flate),
            ReadOrTold("decoder-limit"),
        ),
        (
            "layers",
            drawn(
                &packed(b"\0", 1 << 30, 3),
                "/Filter [/FlateDecode /FlateDecode /FlateDecode]",
            ),
            ReadOrTold("decoder-limit"),
        ),
        (
            "filters",
            drawn(
                b"x",
                &format!("/Filter [{}]", "/ASCIIHexDecode ".repeat(100_000)),
            ),
            ReadOrTold("decoder-limit"),
        ),
        (
            "states",
            drawn(&packed(b"q ", 20_000_000, 1), flate),
            ReadOrTold("decoder-limit"),
        ),
        (
            "glyphs",
            drawn(
                &packed(b"BT /F 9 Tf 9 9 Td <4E004E00> Tj ET ", 3_000_000, 1),
                flate,
            ),
            ReadOrTold("decoder-limit file-damaged"),
        ),
        (
            "rules",
            drawn(&packed(b"0 0 9 1 re f ", 5_000_000, 1), flate),
            ReadOrTold("decoder-limit"),
        ),
        (
            "curve",
            drawn(&packed(b"1 2 3 4 5 6 c ", 8_000_000, 1), flate),
            ReadOrTold("decoder-limit"),
        ),
        (
            "arrays",
            drawn(&vec![b'['; 5_000_000], ""),
            ReadOrTold("decoder-limit"),
        ),
        (
            "dictionaries",
            drawn("/A <</A ".repeat(1_000_000).as_bytes(), ""),
            ReadOrTold("decoder-limit"),
        ),
        (
            "text",
            drawn(&vec![b'('; 5_000_000], ""),
            ReadOrTold("decoder-limit"),
        ),
        (
            "nested-object",
            sound()
                .with(&"[".repeat(2_000_000))
                .with(&"<</A".repeat(500_000))
                .bytes(),
            ReadOrTold("decoder-limit"),
        ),
        (
            "objects",
            objects(
                "/N 2147483647 /First 2147483647 /Extends 7 0 R",
                b"7 0 8 0 ",
            )
            .bytes(),
            Read,
        ),
        (
            "objects-packed",
            objects(
                &format!("/N 100000000 /First 900000000 {flate}"),
                &packed(b"7 0 ", 1 << 28, 1),
            )
            .bytes(),
            ReadOrTold("decoder-limit"),
        ),
        (
            "inline-picture",
            drawn(b"BI /W 100000 /H 100000 /BPC 8 /CS /RGB /F /Fl ID x EI", ""),
            Read,
        ),
    ]);
}

#[test]
fn a_table_of_objects_that_is_wrong_is_mended_or_told() {
    let sound = Pdf::sound().bytes();
    let text = String::from_utf8_lossy(&sound).into_owned();
    let from = |end: &str| text.find(end).expect(end);
    let table = from("xref\n0");
    let with = |from: &str, to: &str| text.replacen(from, to, 1).into_bytes();
    let stream = |entries: &str, rows: &[u8]| {
        let mut bytes = sound[..table].to_vec();
        let head = format!(
            "9 0 obj\n<< /Type /XRef /Root 1 0 R {entries} /Length {} >>\nstream\n",
            rows.len()
        );
        bytes.extend_from_slice(head.as_bytes());
        bytes.extend_from_slice(rows);
        bytes.extend_from_slice(
            format!("\nendstream\nendobj\nstartxref\n{table}\n%%EOF").as_bytes(),
        );
        bytes
    };
    let moved: String = (0..7)
        .map(|n| format!("{:010} 00000 n \n", n * 7))
        .collect();
    check(vec![
        ("none", sound[..table].to_vec(), Read),
        (
            "beyond",
            with(&format!("startxref\n{table}"), "startxref\n99999999999999"),
            Read,
        ),
        (
            "round",
            with("/Size", &format!("/Prev {table} /XRefStm {table} /Size")),
            Read,
        ),
        ("many", with("xref\n0 7", "xref\n0 4294967295"), Read),
        (
            "moved",
            with(&text[table + 9..from("trailer")], &moved),
            Read,
        ),
        ("cut", sound[..sound.len() / 2].to_vec(), Told("needs-ocr")),
        ("head", b"%PDF-1.7\n".to_vec(), Told("file-damaged")),
        ("twice", [&sound[..], &sound[..]].concat(), Read),
        (
            "wide",
            stream(
                "/W [8 8 8] /Size 2147483647 /Index [0 2147483647]",
                b"\x01\x02",
            ),
            Read,
        ),
        ("narrow", stream("/W [0 0 0] /Size 100000000", b""), Read),
        (
            "negative",
            stream("/W [-1 2 1] /Size -5 /Index [-9 9]", b"\x01\x02"),
            Read,
        ),
        (
            "key",
            with(
                "/Size",
                "/Encrypt << /Filter /Standard /V 5 /R 6 /Length 256 /P -1 /O (x) /U (x) /OE (x) /UE (x) /Perms (x) >> /ID [(x) (x)] /Size",
            ),
            Told("file-damaged"),
        ),
    ]);
}
