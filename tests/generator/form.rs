//! The files that reports lie in: encodings of text, saved web pages, word processors' files.

use super::mess::{Kind, Mess, Sheet};
use std::io::{Cursor, Write as _};
use zip::write::{SimpleFileOptions, ZipWriter};

/// How a report's file is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    Utf8,
    /// With a byte order mark.
    Utf8Mark,
    Gb18030,
    Utf16Le,
    Utf16Be,
    Big5,
    Markdown,
    /// A portal's page.
    Html,
    /// The same in GB 18030, which its head calls gb2312.
    HtmlGb,
    Docx,
}

/// Shares in a hundred; 96 are plain text, so that a benchmark measures what most archives are.
pub(crate) const FORMS: [(Form, usize); 9] = [
    (Form::Utf8, 77),
    (Form::Utf8Mark, 6),
    (Form::Gb18030, 10),
    (Form::Utf16Le, 1),
    (Form::Utf16Be, 1),
    (Form::Markdown, 1),
    (Form::Html, 2),
    (Form::HtmlGb, 1),
    (Form::Docx, 1),
];

impl Form {
    /// The form in which a mess comes, where it isn't any.
    pub(crate) fn fit(self, mess: Mess) -> Self {
        match (mess, self) {
            (Mess::Big5, _) => Self::Big5,
            // Only plain text has broken lines and lost characters.
            (Mess::HardWraps, Self::Markdown | Self::Html | Self::HtmlGb | Self::Docx) => {
                Self::Utf8
            }
            _ => self,
        }
    }

    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Html | Self::HtmlGb => "html",
            Self::Docx => "docx",
            _ => "txt",
        }
    }

    /// What `fangzhi inspect` calls its encoding; none where the format has but one.
    pub(crate) fn encoding(self) -> Option<&'static str> {
        match self {
            Self::Utf8 | Self::Utf8Mark | Self::Markdown | Self::Html => Some("UTF-8"),
            Self::Gb18030 | Self::HtmlGb => Some("gb18030"),
            Self::Utf16Le => Some("UTF-16LE"),
            Self::Utf16Be => Some("UTF-16BE"),
            Self::Big5 => Some("Big5"),
            Self::Docx => None,
        }
    }

    /// The file.
    pub(crate) fn bytes(self, sheet: &Sheet) -> Vec<u8> {
        let text = || -> String {
            let lines = sheet.lines.iter();
            lines.flat_map(|(_, line)| [line, "\n"]).collect()
        };
        match self {
            Self::Utf8 => text().into_bytes(),
            Self::Utf8Mark => [b"\xEF\xBB\xBF", text().as_bytes()].concat(),
            Self::Gb18030 => encoded(encoding_rs::GB18030, &text()),
            Self::Big5 => encoded(encoding_rs::BIG5, &text()),
            Self::Utf16Le => utf16(&text(), u16::to_le_bytes),
            Self::Utf16Be => utf16(&text(), u16::to_be_bytes),
            Self::Markdown => markdown(sheet).into_bytes(),
            Self::Html => html(sheet, "utf-8").into_bytes(),
            Self::HtmlGb => encoded(encoding_rs::GB18030, &html(sheet, "gb2312")),
            Self::Docx => docx(sheet),
        }
    }
}

fn encoded(encoding: &'static encoding_rs::Encoding, text: &str) -> Vec<u8> {
    let (bytes, _, lost) = encoding.encode(text);
    assert!(!lost, "{} lacks a character of: {text}", encoding.name());
    bytes.into_owned()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(bytes).collect()
}

fn markdown(sheet: &Sheet) -> String {
    let mut text = String::new();
    for (kind, line) in &sheet.lines {
        text.push_str(match kind {
            Kind::Title => "# ",
            Kind::Heading => "## ",
            _ => "",
        });
        text.push_str(line.trim_start());
        text.push_str("\n\n");
    }
    text
}

fn html(sheet: &Sheet, charset: &str) -> String {
    let mut page = format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"{charset}\"><title>信息公开</title></head>\n<body>\n\
         <ul class=\"nav\"><li><a href=\"/\">首页</a></li><li><a href=\"/zwgk/\">政务公开</a></li></ul>\n\
         <div class=\"content\">\n"
    );
    for (kind, line) in &sheet.lines {
        let tag = if *kind == Kind::Title { "h1" } else { "p" };
        let line = line.replace('&', "&amp;").replace('<', "&lt;");
        page.push_str(&format!("<{tag}>{}</{tag}>\n", line.replace('>', "&gt;")));
    }
    page.push_str(
        "</div>\n<div class=\"footer\"><a href=\"/map/\">网站地图</a></div>\n</body></html>\n",
    );
    page
}

fn docx(sheet: &Sheet) -> Vec<u8> {
    const TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
        <Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
        <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
        <Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\
        </Types>";
    const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
        <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
        <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>\
        </Relationships>";
    let mut document = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>",
    );
    for (_, line) in &sheet.lines {
        let line = line.replace('&', "&amp;").replace('<', "&lt;");
        document.push_str(&format!(
            "<w:p><w:r><w:t xml:space=\"preserve\">{line}</w:t></w:r></w:p>"
        ));
    }
    document.push_str("</w:body></w:document>");
    let mut file = ZipWriter::new(Cursor::new(Vec::new()));
    let parts = [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("word/document.xml", &document),
    ];
    for (name, text) in parts {
        file.start_file(name, SimpleFileOptions::default())
            .and_then(|()| Ok(file.write_all(text.as_bytes())?))
            .expect("memory takes all that is written");
    }
    file.finish().expect("is whole").into_inner()
}
