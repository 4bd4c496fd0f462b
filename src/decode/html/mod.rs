//! A saved web page → lines: its text's blocks, its tables' rows, and the lines of the page around
//! it that tell something, marked as such.
//!
//! The page is parsed as browsers do ([`tree`]), read as its reader sees it ([`flow`]), and its text
//! told from what stands around it ([`content`]). Never read: scripts, comments, frames, form controls,
//! what the page hides ([`style`], [`sheet`]), menus and lists of links around the text. Nothing is fetched.
//! The page's own metadata (`<meta name="PubDate">` and the like) come first, a line each, as
//! `name: content`, and the address that a browser noted when it saved the page.

mod charset;
mod content;
mod flow;
mod sheet;
mod sieve;
mod style;
mod table;
mod tree;

use super::attributes::{self, Syntax};
use super::{Encoding, Error, Limits, Line, Markup, SAVED_FROM, characters, check_lines, plain};
use crate::diagnostic::{Diagnostic, Level, Warned};
use crate::han::is_han;
use content::Content;
use flow::{Block, Flow, Role};
use regex::Regex;
use sheet::Sheet;
use std::sync::LazyLock;
use tree::Tree;

/// Names of `<meta>` entries that tell who published what and when: those that all portals of
/// governments have to have (政府网站发展指引, 国办发〔2017〕47号), and their like elsewhere.
const METAS: &str =
    "articletitle author columnname contentsource og:title pubdate publishdate sitename source";

/// A page with less prose whose links lead to documents is taken for their cover, in characters.
const COVER: usize = 200;

/// Documents that a page may be the cover of.
const DOCUMENTS: &str = ".pdf .doc .docx .wps .ofd .rtf .zip .rar";

/// Hidden words are told from this many characters on.
const MUCH_HIDDEN: usize = 100;

/// Reads a page from its bytes. `label` is the encoding that what it came in names, `file` a name
/// for diagnostics only.
pub(super) fn read(
    bytes: &[u8],
    label: Option<&'static encoding_rs::Encoding>,
    file: &str,
    limits: Limits,
) -> Result<Warned<(Vec<Line>, Encoding)>, Error> {
    let mut warnings = Vec::new();
    let declared = label.or_else(|| charset::declared(bytes));
    let (page, encoding) = characters::declared(bytes, declared, file)?.unpack(&mut warnings);
    let lines = lines(&page, file, limits)?.unpack(&mut warnings);
    Ok(Warned {
        output: (lines, encoding),
        warnings,
    })
}

/// The lines of a page.
fn lines(page: &str, file: &str, limits: Limits) -> Result<Warned<Vec<Line>>, Error> {
    if !has_markup(page) {
        limits.hold_text(page.len())?;
        check_lines(page, 1, limits)?;
        return Ok(Warned::clean(plain(page, 1)));
    }
    let tree = parsed(page)?;
    let flow = shown(&tree);
    let content = content::content(&tree, &flow);
    let mut out = Lines::within(limits);
    for meta in &flow.metas {
        let name = meta.name.to_ascii_lowercase();
        if tree::lists(METAS, &name) && !meta.content.is_empty() {
            let text = format!("{}: {}", meta.name, meta.content);
            out.push(text, meta.line, Markup::Page)?;
        }
    }
    if let Some((address, line)) = tree.saved_from {
        out.push(format!("{SAVED_FROM}{address}"), line, Markup::Page)?;
    }
    out.flow(&flow, &content, title(&flow, &content))?;
    Ok(Warned {
        output: out.lines,
        warnings: told(&flow, &content, file),
    })
}

/// The lines of a text that is no page by its name and a page's source all the same, copied from there, whole or a part. In a
/// part the lines of the text are lines too: whoever copied it may have lost half of the tags. None where there are
/// hardly any tags, or where a tag that is not closed would swallow much of the words.
pub(super) fn source(
    text: &str,
    file: &str,
    limits: Limits,
) -> Result<Option<Warned<Vec<Line>>>, Error> {
    /// Fewer are words about HTML.
    const FEWEST: usize = 3;
    static TAGS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)<(?:/(?:p|div|td|tr|li|h[1-6])|br\s*/?)>")
            .expect("a constant pattern compiles")
    });
    if !has_markup(text) || TAGS.find_iter(text).nth(FEWEST - 1).is_none() {
        return Ok(None);
    }
    let lower = text.to_ascii_lowercase();
    if lower.contains("<body") || lower.contains("<html") {
        return lines(text, file, limits).map(Some);
    }
    let mut page = String::with_capacity(text.len() + text.len() / 8);
    for line in text.split_inclusive('\n') {
        let (words, end) = line
            .strip_suffix('\n')
            .map_or((line, ""), |words| (words, "\n"));
        page.push_str(words);
        // Not within a tag.
        if words.rfind('<') <= words.rfind('>') {
            page.push_str("<br>");
        }
        page.push_str(end);
    }
    let mut lines = fragment(&page, limits)?;
    lines.retain(|line| !line.text.is_empty());
    let han = |text: &str| text.chars().filter(|c| is_han(*c)).count();
    let shown: usize = lines.iter().map(|line| han(&line.text)).sum();
    Ok((shown * 4 >= han(text) * 3).then(|| Warned::clean(lines)))
}

/// The lines of a piece of HTML that stands in another text: all that a reader sees of it.
pub(super) fn fragment(html: &str, limits: Limits) -> Result<Vec<Line>, Error> {
    let flow = flow::flow(&parsed(html)?, &Sheet::default());
    let mut out = Lines::within(limits);
    out.flow(&flow, &Content::whole(&flow), None)?;
    Ok(out.lines)
}

/// What a page shows. Its style sheets may hide up to a quarter of its prose: more is what a script shows.
fn shown(tree: &Tree) -> Flow {
    let sheet = Sheet::of(tree);
    let all = flow::flow(tree, &Sheet::default());
    if sheet.is_empty() {
        return all;
    }
    let prose = |flow: &Flow| flow.blocks.iter().map(content::prose).sum::<usize>();
    let left = flow::flow(tree, &sheet);
    if prose(&left) * 4 >= prose(&all) * 3 {
        left
    } else {
        all
    }
}

/// The tree of a page whose tags a parser can take.
fn parsed(page: &str) -> Result<Tree, Error> {
    let xml = page.trim_start().starts_with("<?xml");
    attributes::bounded(page, if xml { Syntax::Xhtml } else { Syntax::Html })?;
    Ok(Tree::parse(page, xml))
}

/// Whether there is a tag in it.
fn has_markup(page: &str) -> bool {
    page.match_indices('<').any(|(at, _)| {
        let next = page[at + 1..].bytes().next();
        next.is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'!' || byte == b'/')
    })
}

/// The lines of a page, up to a limit on their sum.
struct Lines {
    limits: Limits,
    lines: Vec<Line>,
    bytes: usize,
}

impl Lines {
    fn within(limits: Limits) -> Self {
        Self {
            limits,
            lines: Vec::new(),
            bytes: 0,
        }
    }

    /// What a page shows: its text, its `title` where that stands outside, and of the page around
    /// what tells something.
    fn flow(&mut self, flow: &Flow, content: &Content, title: Option<usize>) -> Result<(), Error> {
        let mut tables = flow.tables.iter().peekable();
        let mut block = 0;
        while block < flow.blocks.len() {
            while tables
                .next_if(|table| table.blocks.start < block || table.blocks.is_empty())
                .is_some()
            {}
            let table =
                tables.next_if(|table| table.blocks.start == block && table::is_data(flow, table));
            if let Some(table) = table {
                self.table(flow, table, content)?;
                block = table.blocks.end;
                continue;
            }
            // A table that lays out the page may begin with the same block as one in its first cell.
            if tables
                .peek()
                .is_some_and(|table| table.blocks.start == block)
            {
                tables.next();
                continue;
            }
            let shown = &flow.blocks[block];
            if title == Some(block) {
                for (line, words) in pieces(shown) {
                    self.push(words, line, Markup::Heading(1))?;
                }
            } else if content.holds(block) {
                self.block(shown)?;
            } else if tells(shown) {
                for (line, words) in pieces(shown) {
                    self.push(words, line, Markup::Page)?;
                }
            }
            block += 1;
        }
        Ok(())
    }

    fn push(&mut self, text: String, source_line: u32, markup: Markup) -> Result<(), Error> {
        self.limits.hold_line(text.len(), source_line)?;
        self.bytes += text.len() + 1;
        self.limits.hold_text(self.bytes)?;
        self.lines.push(Line {
            text,
            source_line,
            markup,
        });
        Ok(())
    }

    /// A block of the text. One that is set by line breaks is like plain text: they may part its
    /// paragraphs, or only fit their lines to a width.
    fn block(&mut self, block: &Block) -> Result<(), Error> {
        let pieces = pieces(block);
        let broken = block.text.contains('\n');
        let markup = match block.role {
            Role::Heading(level) if is_heading(&block.text) => Markup::Heading(level),
            _ if broken => Markup::None,
            Role::Item(_) => Markup::Item,
            _ => Markup::Paragraph,
        };
        let number = match block.role {
            Role::Item(Some(number)) if !opens_with_number(&block.text) => format!("{number}."),
            _ => String::new(),
        };
        if markup == Markup::None {
            self.push(String::new(), block.line(0), Markup::None)?;
        }
        let mut last = block.line(0);
        for (index, (line, words)) in pieces.into_iter().enumerate() {
            let words = if index == 0 {
                number.clone() + &words
            } else {
                words
            };
            if markup == Markup::None || !words.is_empty() {
                self.push(words, line, markup)?;
            }
            last = line;
        }
        if markup == Markup::None {
            self.push(String::new(), last, Markup::None)?;
        }
        Ok(())
    }

    /// A table that holds data, and what of it stands in no cell.
    fn table(&mut self, flow: &Flow, table: &flow::Table, content: &Content) -> Result<(), Error> {
        let first = table
            .rows
            .iter()
            .flatten()
            .find(|cell| !cell.blocks.is_empty());
        let caption = table.blocks.start..first.map_or(table.blocks.end, |cell| cell.blocks.start);
        for block in caption {
            if content.holds(block) {
                self.block(&flow.blocks[block])?;
            }
        }
        for row in table::rows(flow, table) {
            let blocks = &flow.blocks[row.block];
            let markup = match (content.holds(row.block), row.caption) {
                (true, true) => Markup::Paragraph,
                (true, false) => Markup::Row,
                (false, _) if tells(blocks) => Markup::Page,
                (false, _) => continue,
            };
            self.push(row.text, row.line, markup)?;
        }
        Ok(())
    }
}

/// A block's lines with their lines in the page: parted where the page breaks them, and where a
/// paragraph is set off from the one before by its indent alone. Blank where the page leaves a line.
fn pieces(block: &Block) -> Vec<(u32, String)> {
    let mut pieces = Vec::new();
    let mut at = 0;
    for line in block.text.split('\n') {
        let mut start = at;
        for indent in indents(line) {
            let end = at + indent;
            pieces.push((block.line(start), block.text[start..end].trim().to_owned()));
            start = end;
        }
        let end = at + line.len();
        pieces.push((block.line(start), block.text[start..end].trim().to_owned()));
        at = end + 1;
    }
    pieces
}

/// Bytes of a line at which a sentence has ended and two wide spaces set off the next.
fn indents(line: &str) -> Vec<usize> {
    let wide = |c: char| matches!(c, '\u{3000}' | '\u{2003}');
    let mut found = Vec::new();
    let mut end: Option<(usize, usize)> = None;
    let mut sentence = false;
    for (at, c) in line.char_indices() {
        if wide(c) {
            let count = end.map_or(0, |(_, count)| count) + 1;
            end = Some((end.map_or(at, |(from, _)| from), count));
            continue;
        }
        if let Some((from, count)) = end.take()
            && count >= 2
            && sentence
        {
            found.push(from);
        }
        if !c.is_whitespace() {
            sentence = matches!(c, '。' | '！' | '？' | '；' | '：' | '”' | ';' | ':');
        }
    }
    found
}

/// Editors set whole paragraphs as headings to have them large: a heading is short and no sentence.
fn is_heading(words: &str) -> bool {
    words.chars().count() <= 80 && !words.trim_end().trim_end_matches('。').contains('。')
}

/// Whether an item's number stands in its words already.
fn opens_with_number(words: &str) -> bool {
    crate::marker::Marker::read(words).is_some()
}

/// Whether a block around the text tells something: it is not mostly links, or it is the way to the
/// page.
fn tells(block: &Block) -> bool {
    let way = block.text.contains(['>', '»', '›']) || block.text.contains("位置");
    block.linked * 2 <= block.letters || (way && block.letters <= 120)
}

/// The block outside the text that is its title: what the page calls it, in a place before the text.
fn title(flow: &Flow, content: &Content) -> Option<usize> {
    let bare = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    let called = flow
        .metas
        .iter()
        .filter(|meta| ["articletitle", "og:title"].contains(&&*meta.name.to_ascii_lowercase()))
        .map(|meta| bare(&meta.content))
        .chain([bare(&flow.title)])
        .filter(|name| !name.is_empty());
    let called: Vec<String> = called.collect();
    // 某县报告_某县人民政府: the site's name follows.
    let named = |name: &str, words: &str| {
        name.strip_prefix(words).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(['_', '-', '|', '—', '–', '(', '（'])
        })
    };
    let names = |block: usize| {
        let words = bare(&flow.blocks[block].text);
        words.chars().count() >= 6 && called.iter().any(|name| named(name, &words))
    };
    let stands_in_text = (content.start()..flow.blocks.len())
        .filter(|&block| content.holds(block))
        .take(8)
        .any(names);
    if stands_in_text {
        return None;
    }
    let before = || {
        let places = (0..content.start()).rev();
        places.filter(|&block| flow.blocks[block].linked == 0)
    };
    let heads = |&block: &usize| {
        let words = &flow.blocks[block];
        words.role == Role::Heading(1) && words.letters >= 6
    };
    before()
        .find(|&block| names(block))
        .or_else(|| before().find(heads))
        .or_else(|| {
            let headed = (content.start()..flow.blocks.len())
                .filter(|&block| content.holds(block))
                .take(3)
                .any(|block| entitles(&flow.blocks[block]));
            let near = |&block: &usize| entitles(&flow.blocks[block]);
            before().take(8).find(near).filter(|_| !headed)
        })
}

/// Whether a block reads like the title of an official document.
fn entitles(block: &Block) -> bool {
    const KINDS: &str = "报告 總結 总结 情况 情況 報告 通知 意见 意見 公告 通报 通報 方案 计划 計劃 要点 要點 年报 年報 \
        汇报 匯報";
    let words = block
        .text
        .trim_end_matches(|c: char| c.is_whitespace() || "）)".contains(c));
    (8..=80).contains(&block.letters)
        && !words.contains(['。', '：', ':', '>'])
        && KINDS.split_whitespace().any(|kind| words.ends_with(kind))
}

/// What a keeper should know of a page besides its text.
fn told(flow: &Flow, content: &Content, file: &str) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    if flow.hidden >= MUCH_HIDDEN {
        told.push(Diagnostic::new(
            Level::Note,
            "hidden-words",
            file,
            format!(
                "the page hides {} characters from its readers; they are left out",
                flow.hidden
            ),
        ));
    }
    let letters: usize = (content.start()..flow.blocks.len())
        .filter(|&block| content.holds(block))
        .map(|block| flow.blocks[block].letters)
        .sum();
    let document = flow.links.iter().find_map(|address| {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let lower = path.to_ascii_lowercase();
        let is_document = DOCUMENTS.split(' ').any(|end| lower.ends_with(end));
        is_document.then(|| path.rsplit('/').next().unwrap_or(path).to_owned())
    });
    if let Some(document) = document.filter(|_| letters < COVER) {
        told.push(
            Diagnostic::new(
                Level::Warning,
                "report-in-attachment",
                file,
                format!("the page has hardly any text; the report seems to be in its attachment {document}"),
            )
            .naming(&document)
            .hint("save the attachment itself in place of the page"),
        );
    }
    told
}

#[cfg(test)]
mod tests;
