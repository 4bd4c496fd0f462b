use super::*;
use proptest::prelude::*;

fn texts(bytes: &[u8], format: Format) -> Vec<(u32, String)> {
    decode(bytes, format, "a")
        .expect("is text")
        .output
        .decoded
        .lines
        .into_iter()
        .map(|line| (line.source_line, line.text))
        .collect()
}

#[test]
fn lines_keep_the_files_numbers_whatever_ends_them() {
    let lines = texts("一\r\n二\r三\n\n五\u{c}六\n".as_bytes(), Format::Text);
    let expected = [
        (1, "一"),
        (2, "二"),
        (3, "三"),
        (4, ""),
        (5, "五"),
        (5, "六"),
    ];
    assert_eq!(lines, expected.map(|(line, text)| (line, text.to_owned())));
}

#[test]
fn front_matter_is_set_apart_and_counts_in_line_numbers() {
    let source = decode("---\nyear: 2020\n---\n正文\n".as_bytes(), Format::Text, "a")
        .expect("is text")
        .output;
    assert_eq!(source.decoded.lines[0].source_line, 4);
    assert_eq!(source.decoded.lines[0].text, "正文");
    let front = source.front_matter.expect("is there");
    assert_eq!((front.text.as_str(), front.line), ("year: 2020\n", 2));
}

#[test]
fn what_is_no_text_is_refused_with_the_reason() {
    for (bytes, error) in [
        (&b""[..], Error::Empty),
        (b" \n\xe3\x80\x80\n", Error::Empty),
        (b"---\nyear: 2020\n---\n", Error::Empty),
        (
            b"PK\x03\x04rest",
            Error::Foreign("a ZIP archive (.zip) or an Office file".to_owned()),
        ),
        (
            b"PK\x03\x04 word/document.xml",
            Error::Foreign("a Word file (.docx)".to_owned()),
        ),
        (b"%PDF-1.4", Error::Foreign("a PDF file (.pdf)".to_owned())),
        (b"\x01\x02\x03\x00\x04\x05abc", Error::Binary),
    ] {
        assert_eq!(decode(bytes, Format::Text, "a").map(|_| ()), Err(error));
    }
    let limits = Limits {
        file_mib: 2,
        text_mib: 1,
        line_kib: 16,
        ..Limits::default()
    };
    for (text, error) in [
        (
            format!("一\n{}", "政".repeat((16 << 10) / 3 + 1)),
            Error::LineTooLong { line: 2, kib: 16 },
        ),
        (
            "政\n".repeat((1 << 20) / 4 + 1),
            Error::TextTooLarge { mib: 1 },
        ),
        ("a\n".repeat(1 << 21), Error::FileTooLarge { mib: 2 }),
    ] {
        let decode = |limits| decode_within(text.as_bytes(), Format::Text, "a", limits);
        assert_eq!(decode(limits).map(|_| ()), Err(error));
        assert!(decode(Limits::default()).is_ok());
    }
}

const DOCUMENTS: [(&[u8], Format); 4] = [
    (
        include_bytes!("../../tests/documents/report.doc"),
        Format::Doc,
    ),
    (
        include_bytes!("../../tests/documents/saved.docx"),
        Format::Docx,
    ),
    (
        include_bytes!("../../tests/documents/report.odt"),
        Format::Odt,
    ),
    (
        include_bytes!("../../tests/documents/report.rtf"),
        Format::Rtf,
    ),
];

const FORMATS: [Format; 7] = [
    Format::Text,
    Format::Markdown,
    Format::Rtf,
    Format::Doc,
    Format::Docx,
    Format::Odt,
    Format::Pdf,
];

#[test]
fn what_the_bytes_are_counts_more_than_the_name() {
    let read = decode(b"{\\rtf1 a}", Format::Doc, "a.doc").expect("is read");
    assert_eq!(read.output.decoded.format, Format::Rtf);
    assert_eq!(read.warnings[0].code, "format-by-content");
}

#[test]
fn a_pages_source_saved_as_text_is_read_as_a_page() {
    let part = "甲局总结\n<p style=\"text-indent:2em;\"><strong>一、做法</strong></p>\n&nbsp;&nbsp;审查文件3件。<br/>\n（二）评查案卷\n<p\nclass=\"a\">2021年</p>\n";
    assert_eq!(
        texts(part.as_bytes(), Format::Text),
        [
            (1, "甲局总结"),
            (2, "一、做法"),
            (3, "审查文件3件。"),
            (4, "（二）评查案卷"),
            (6, "2021年"),
        ]
        .map(|(line, text)| (line, text.to_owned()))
    );
    let page = "<html><body><script>甲</script><p>一、做法</p><p>审查文件。</p><p>二、问题</p></body></html>";
    let read = decode(page.as_bytes(), Format::Text, "a.txt").expect("is read");
    assert_eq!(read.output.decoded.format, Format::Html);
    assert_eq!(read.output.decoded.lines.len(), 3);
    assert_eq!(read.warnings[0].code, "format-by-content");
    // A tag that is not closed swallows nothing.
    let open = "一、做法<br>\n<title>审查文件3件。<br>\n评查案卷若干。<br>\n";
    assert_eq!(texts(open.as_bytes(), Format::Text).len(), 3);
    // Words about tags make no page.
    let words = "网页中的<p>与</p>已改正。";
    assert_eq!(
        texts(words.as_bytes(), Format::Text),
        [(1, words.to_owned())]
    );
}

#[test]
fn words_after_a_script_stand_on_its_line() {
    let read = decode("<script></script>甲\n".as_bytes(), Format::Markdown, "a");
    let lines = read.expect("is read").output.decoded.lines;
    let lines: Vec<_> = lines
        .iter()
        .map(|line| (line.source_line, &*line.text))
        .collect();
    assert_eq!(lines, [(1, "甲")]);
}

proptest! {
    /// Documents with bytes changed, cut off or put in: whatever comes, nothing fails.
    #[test]
    fn damaged_documents_decode_or_are_refused(
        which in 0..DOCUMENTS.len(),
        edits in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..12),
        cut in proptest::option::weighted(0.2, any::<proptest::sample::Index>()),
    ) {
        let (bytes, format) = DOCUMENTS[which];
        let mut bytes = bytes.to_vec();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = decode(&bytes, format, "a");
    }

    #[test]
    fn any_bytes_decode_or_are_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        format in proptest::sample::select(&FORMATS[..]),
    ) {
        if let Ok(source) = decode(&bytes, format, "a") {
            for line in source.output.decoded.lines {
                prop_assert!(!line.text.contains(['\n', '\r']));
                prop_assert!(line.source_line >= 1);
            }
        }
    }

    #[test]
    fn markdown_of_any_text_keeps_within_the_file(
        text in "([#>*`|+~_<&!\\[\\]()\\\\.1-3 \t\n-]|政|</?(script|b|p|td)>|[a-c]){0,80}",
    ) {
        if let Ok(source) = decode(text.as_bytes(), Format::Markdown, "a") {
            let last = text.lines().count() as u32;
            for line in source.output.decoded.lines {
                prop_assert!(line.source_line >= 1 && line.source_line <= last.max(1));
                prop_assert!(!line.text.contains(['\n', '\r']));
            }
        }
    }
}
