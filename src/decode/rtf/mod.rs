//! Rich Text Format → lines (Microsoft's specification 1.9.1).
//!
//! Kept: paragraphs, headings by outline level, the numbers that the writer put before list items,
//! tables' cells, fields' results, footnotes at the end. Left out: headers and footers, pictures,
//! hidden and deleted text, fields' instructions, everything that an older reader may skip.

mod control;

use super::blocks::{Blocks, Cell, symbol};
use super::numbering::labelled;
use super::{Error, Limits, Line, Markup};
use control::{Control, charset_encoding, code_page};
use encoding_rs::Encoding;
use std::collections::HashMap;

/// Groups within groups beyond which nobody writes.
const DEEPEST: usize = 2000;

/// Groups whose text is not the document's.
const SKIPPED: [&str; 36] = [
    "colortbl",
    "info",
    "pict",
    "header",
    "headerl",
    "headerr",
    "headerf",
    "footer",
    "footerl",
    "footerr",
    "footerf",
    "fldinst",
    "object",
    "objdata",
    "nonshppict",
    "themedata",
    "datastore",
    "listtable",
    "listoverridetable",
    "revtbl",
    "rsidtbl",
    "generator",
    "xmlnstbl",
    "mmathPr",
    "latentstyles",
    "bkmkstart",
    "bkmkend",
    "annotation",
    "atnid",
    "atnauthor",
    "ftnsep",
    "ftnsepc",
    "pntxta",
    "pntxtb",
    "sp",
    "shprslt",
];

/// Groups that stand behind `\*` and hold text of the document's all the same.
const KEPT: [&str; 4] = ["shptxt", "shpinst", "shp", "pntext"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Fonts,
    Styles,
    Footnote,
    /// The number that its writer put before a paragraph.
    Label,
    Skipped,
}

#[derive(Clone, Copy)]
struct State {
    place: Place,
    font: i32,
    /// Characters that stand after a `\u` for readers that do not know it.
    fallback: i32,
    hidden: bool,
    deleted: bool,
    level: Option<u8>,
    style: Option<i32>,
    in_table: bool,
}

/// The lines of an RTF file, and the name of the encoding that it declares.
pub(super) fn lines(bytes: &[u8], limits: Limits) -> Result<(Vec<Line>, &'static str), Error> {
    let mut reader = Reader {
        code_page: encoding_rs::WINDOWS_1252,
        fonts: HashMap::new(),
        styles: HashMap::new(),
        state: State {
            place: Place::Text,
            font: -1,
            fallback: 1,
            hidden: false,
            deleted: false,
            level: None,
            style: None,
            in_table: false,
        },
        groups: Vec::new(),
        bytes: Vec::new(),
        units: Vec::new(),
        skip: 0,
        paragraph: String::new(),
        label: String::new(),
        footnote: String::new(),
        footnotes: Vec::new(),
        cell: String::new(),
        merged: Vec::new(),
        next_merge: Merge::default(),
        row: Vec::new(),
        table: Vec::new(),
        blocks: Blocks::within(limits),
    };
    reader.read(bytes)?;
    reader.end_paragraph()?;
    reader.end_table()?;
    for footnote in std::mem::take(&mut reader.footnotes) {
        reader.blocks.paragraph(&footnote, Markup::Paragraph)?;
    }
    Ok((reader.blocks.lines(), reader.code_page.name()))
}

/// How a cell is merged with its neighbours, as the row's definition says.
#[derive(Clone, Copy, Default)]
struct Merge {
    left: bool,
    above: bool,
}

struct Reader {
    code_page: &'static Encoding,
    fonts: HashMap<i32, i32>,
    styles: HashMap<i32, u8>,
    state: State,
    groups: Vec<State>,
    /// Text in a code page, not decoded yet: a character may be parted by markup.
    bytes: Vec<u8>,
    /// UTF-16 of `\u`, not decoded yet.
    units: Vec<u16>,
    skip: i32,
    paragraph: String,
    label: String,
    footnote: String,
    footnotes: Vec<String>,
    cell: String,
    merged: Vec<Merge>,
    next_merge: Merge,
    row: Vec<String>,
    table: Vec<Vec<Cell>>,
    blocks: Blocks,
}

impl Reader {
    fn read(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut at = 0;
        let mut begins = false;
        let mut starred = false;
        while at < bytes.len() {
            let byte = bytes[at];
            at += 1;
            let opened = std::mem::replace(&mut begins, false);
            match byte {
                b'{' => {
                    self.flush();
                    self.skip = 0;
                    if self.groups.len() >= DEEPEST {
                        return Err(Error::broken("groups nest without end"));
                    }
                    self.groups.push(self.state);
                    begins = true;
                }
                b'}' => {
                    self.flush();
                    self.skip = 0;
                    self.close();
                }
                b'\\' => {
                    let control = Control::read(bytes, &mut at);
                    if control.word == "*" {
                        starred = true;
                        begins = opened;
                        continue;
                    }
                    let star = std::mem::replace(&mut starred, false);
                    if opened && self.destination(control.word, star) {
                        continue;
                    }
                    if control.word == "bin" {
                        at = at.saturating_add(control.number.unwrap_or(0).max(0) as usize);
                        continue;
                    }
                    self.control(&control)?;
                }
                b'\r' | b'\n' | 0 => begins = opened,
                byte if self.skip > 0 => {
                    self.skip -= 1;
                    let _ = byte;
                }
                byte => self.byte(byte),
            }
        }
        self.flush();
        Ok(())
    }

    /// A group that begins with this word may lead elsewhere than to the text.
    fn destination(&mut self, word: &str, starred: bool) -> bool {
        let place = match word {
            "fonttbl" => Place::Fonts,
            "stylesheet" => Place::Styles,
            "footnote" => Place::Footnote,
            "listtext" | "pntext" => Place::Label,
            word if SKIPPED.contains(&word) => Place::Skipped,
            word if starred && !KEPT.contains(&word) => Place::Skipped,
            _ => return false,
        };
        if self.state.place != Place::Skipped {
            self.state.place = place;
        }
        self.state.hidden = false;
        true
    }

    fn close(&mut self) {
        let Some(outer) = self.groups.pop() else {
            return;
        };
        if self.state.place == Place::Footnote && outer.place != Place::Footnote {
            let words = std::mem::take(&mut self.footnote);
            if !words.trim().is_empty() {
                self.footnotes.push(words);
            }
        }
        self.state = outer;
    }

    fn byte(&mut self, byte: u8) {
        if self.shown() {
            self.flush_units();
            self.bytes.push(byte);
        }
    }

    /// Whether text that comes now is the document's.
    fn shown(&self) -> bool {
        matches!(
            self.state.place,
            Place::Text | Place::Footnote | Place::Label
        ) && !self.state.hidden
            && !self.state.deleted
    }

    fn push(&mut self, text: &str) {
        self.flush();
        if self.shown() {
            self.target().push_str(text);
        }
    }

    fn target(&mut self) -> &mut String {
        match self.state.place {
            Place::Footnote => &mut self.footnote,
            Place::Label => &mut self.label,
            _ => &mut self.paragraph,
        }
    }

    fn flush(&mut self) {
        self.flush_units();
        if self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let charset = self.fonts.get(&self.state.font).copied();
        let text = if charset == Some(2) {
            bytes.iter().map(|&byte| symbol(byte.into())).collect()
        } else {
            let encoding = charset.and_then(charset_encoding).unwrap_or(self.code_page);
            encoding.decode_without_bom_handling(&bytes).0.into_owned()
        };
        self.target().push_str(&text);
    }

    fn flush_units(&mut self) {
        if !self.units.is_empty() {
            // Text of a code page came before.
            let units = std::mem::take(&mut self.units);
            let text = String::from_utf16_lossy(&units);
            self.target().push_str(&text);
        }
    }

    fn control(&mut self, control: &Control<'_>) -> Result<(), Error> {
        let number = control.number;
        if control.word == "'" {
            if self.skip > 0 {
                self.skip -= 1;
            } else if let Some(byte) = number {
                self.byte(byte as u8);
            }
            return Ok(());
        }
        match control.word {
            "u" => {
                self.skip = 0;
                if self.shown() {
                    if !self.bytes.is_empty() {
                        self.flush();
                    }
                    self.units.push(number.unwrap_or(0xfffd) as u16);
                }
                self.skip = self.state.fallback;
                return Ok(());
            }
            "uc" => self.state.fallback = number.unwrap_or(1).clamp(0, 16),
            "f" => {
                self.flush();
                self.state.font = number.unwrap_or(0);
            }
            "fcharset" if self.state.place == Place::Fonts => {
                self.fonts.insert(self.state.font, number.unwrap_or(0));
            }
            "ansicpg" => {
                if let Some(encoding) = number.and_then(code_page) {
                    self.code_page = encoding;
                }
            }
            "v" | "deleted" => {
                self.flush();
                let on = number != Some(0);
                match control.word {
                    "v" => self.state.hidden = on,
                    _ => self.state.deleted = on,
                }
            }
            "plain" => {
                self.flush();
                (self.state.hidden, self.state.deleted) = (false, false);
            }
            "s" => self.state.style = number,
            "outlinelevel" => {
                self.state.level = number
                    .filter(|level| (0..6).contains(level))
                    .map(|level| level as u8 + 1);
                if let (Place::Styles, Some(style), Some(level)) =
                    (self.state.place, self.state.style, self.state.level)
                {
                    self.styles.insert(style, level);
                }
            }
            word => return self.layout(word),
        }
        Ok(())
    }

    /// Words that end or part paragraphs, rows and cells, and those that are characters.
    fn layout(&mut self, word: &str) -> Result<(), Error> {
        match word {
            "pard" if self.state.place == Place::Text => {
                (self.state.level, self.state.style, self.state.in_table) = (None, None, false);
            }
            "intbl" => self.state.in_table = true,
            "trowd" => self.merged.clear(),
            "clmrg" => self.next_merge.left = true,
            "clvmrg" => self.next_merge.above = true,
            "cellx" => self.merged.push(std::mem::take(&mut self.next_merge)),
            "par" | "sect" | "page" => {
                self.flush();
                match self.state.place {
                    Place::Footnote => self.footnote.push('\n'),
                    Place::Text => self.end_paragraph()?,
                    _ => {}
                }
            }
            "cell" | "nestcell" if self.state.place == Place::Text => {
                self.flush();
                let mut cell = std::mem::take(&mut self.cell);
                cell.push_str(&self.words());
                if word == "cell" {
                    self.row.push(cell);
                } else {
                    // A table in a cell is words of that cell.
                    self.cell = cell + " ";
                }
            }
            "row" if self.state.place == Place::Text => self.end_row(),
            "line" => self.push("\n"),
            "tab" => self.push("\t"),
            "~" => self.push("\u{a0}"),
            "_" => self.push("-"),
            "emdash" => self.push("—"),
            "endash" => self.push("–"),
            "lquote" => self.push("‘"),
            "rquote" => self.push("’"),
            "ldblquote" => self.push("“"),
            "rdblquote" => self.push("”"),
            "bullet" => self.push("•"),
            "emspace" | "enspace" | "qmspace" => self.push(" "),
            "{" | "}" | "\\" => self.push(word),
            _ => {}
        }
        Ok(())
    }

    /// The paragraph's words with its number.
    fn words(&mut self) -> String {
        let words = std::mem::take(&mut self.paragraph);
        let label = std::mem::take(&mut self.label);
        let label = label.trim();
        // A bullet says nothing.
        if words.trim().is_empty() || !label.contains(char::is_alphanumeric) {
            words
        } else {
            labelled(label, words.trim_start())
        }
    }

    fn end_paragraph(&mut self) -> Result<(), Error> {
        let text = self.words();
        if self.state.in_table {
            self.cell.push_str(&text);
            self.cell.push('\n');
            return Ok(());
        }
        if text.trim().is_empty() && self.row.is_empty() {
            return Ok(());
        }
        self.end_table()?;
        let style = self
            .state
            .style
            .and_then(|style| self.styles.get(&style))
            .copied();
        let markup = self
            .state
            .level
            .or(style)
            .map_or(Markup::Paragraph, Markup::Heading);
        self.blocks.paragraph(text.trim_end(), markup)
    }

    fn end_row(&mut self) {
        let mut cells: Vec<Cell> = Vec::new();
        for (index, text) in std::mem::take(&mut self.row).into_iter().enumerate() {
            let merge = self.merged.get(index).copied().unwrap_or_default();
            match cells.last_mut() {
                Some(before) if merge.left => before.columns += 1,
                _ => cells.push(Cell {
                    text,
                    columns: 1,
                    continues: merge.above,
                }),
            }
        }
        if !cells.is_empty() {
            self.table.push(cells);
        }
    }

    fn end_table(&mut self) -> Result<(), Error> {
        let left: String = std::mem::take(&mut self.cell);
        if !self.row.is_empty() || !left.trim().is_empty() {
            // A file that was cut off.
            self.row.push(left);
            self.merged.clear();
            self.end_row();
        }
        let table = std::mem::take(&mut self.table);
        self.blocks.table(&table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rtf: &[u8], expected: &[(&str, Markup)]) {
        let (found, _) = lines(rtf, Limits::default()).expect("is read");
        let found: Vec<(&str, Markup)> = found
            .iter()
            .map(|line| (line.text.as_str(), line.markup))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn characters_come_as_bytes_of_a_code_page_or_as_unicode() {
        // 云溪市 in GBK, one character parted by a group; 2023年 with a fallback; 𠮷 as two units.
        check(
            b"{\\rtf1\\ansi\\ansicpg936{\\fonttbl{\\f0\\fcharset134 SimSun;}{\\f1\\fcharset0 Arial;}}\
              \\f0\\'d4\\'c6\\'cf\\'aa\\'ca\\'d0\\f1 {\\uc2 2023\\u24180\\'c4\\'ea}{\\uc0\\u-10174\\u-8265}\\par}",
            &[("云溪市2023年𠮷", Markup::Paragraph)],
        );
        // The code page of the file counts where the font names none; raw bytes are read too.
        let mut raw = b"{\\rtf1\\ansi\\ansicpg936 12".to_vec();
        raw.extend_from_slice(&encoding_rs::GBK.encode("件").0);
        raw.push(b'}');
        check(&raw, &[("12件", Markup::Paragraph)]);
    }

    #[test]
    fn only_what_a_reader_sees_is_kept() {
        check(
            b"{\\rtf1{\\stylesheet{\\s0 Normal;}{\\s1\\outlinelevel0 heading 1;}}{\\info{\\title x}}\
              {\\header 7\\par}{\\*\\generator x;}\
              \\pard\\s1 {\\listtext\\pard\\plain 1.\\tab}Head\\par\
              \\pard a{\\v b}{\\deleted c}d{\\field{\\*\\fldinst PAGE}{\\fldrslt e}}{\\footnote note}\\par\
              {\\pict ffd8}f\\line g\\~h}",
            &[
                ("1. Head", Markup::Heading(1)),
                ("ade", Markup::Paragraph),
                ("f", Markup::Paragraph),
                ("g\u{a0}h", Markup::Paragraph),
                ("note", Markup::Paragraph),
            ],
        );
    }

    #[test]
    fn tables_keep_their_cells() {
        check(
            b"{\\rtf1 a\\par\\trowd\\cellx1\\clmgf\\cellx2\\clmrg\\cellx3\\pard\\intbl x\\cell y\\cell\\cell\\row\
              \\trowd\\cellx1\\cellx2\\cellx3\\pard\\intbl p\\par q\\cell 12\\cell 3\\cell\\row\\pard b\\par}",
            &[
                ("a", Markup::Paragraph),
                ("x\ty\ty", Markup::Row),
                ("p q\t12\t3", Markup::Row),
                ("b", Markup::Paragraph),
            ],
        );
    }

    #[test]
    fn groups_without_end_are_refused() {
        let deep = format!("{{\\rtf1{}", "{".repeat(DEEPEST + 1));
        assert!(matches!(
            lines(deep.as_bytes(), Limits::default()),
            Err(Error::Broken(_))
        ));
        assert_eq!(
            lines(b"{\\rtf1 a\\bin99999999999 b", Limits::default()).map(|_| ()),
            Ok(())
        );
    }
}
