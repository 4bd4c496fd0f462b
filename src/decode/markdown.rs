//! Markdown → lines, by comrak's syntax tree.
//!
//! Kept: the words, headings' levels, numbers of numbered items as written (they are the report's
//! own), tables' cells. A link or picture gives its text. Raw HTML is read as a saved page is: only
//! what its reader would see.

use super::{Error, Limits, Line, Markup, html};
use comrak::nodes::{ListType, Node, NodeValue};
use comrak::{Arena, Options};

/// The lines of `body`, which begins on the file's line `first_line`.
pub(super) fn lines(body: &str, first_line: u32, limits: Limits) -> Result<Vec<Line>, Error> {
    let mut options = Options::default();
    // Not strikethrough: in 2019~2021年 the tilde is a word of the text.
    options.extension.table = true;
    options.extension.cjk_friendly_emphasis = true;
    let arena = Arena::new();
    let root = comrak::parse_document(&arena, body, &options);
    let source: Vec<&str> = body.split('\n').collect();
    let mut lines = Vec::new();
    for node in root.descendants() {
        let (markup, source_line) = {
            let data = node.data();
            let line = first_line + (data.sourcepos.start.line.max(1) as u32 - 1);
            match &data.value {
                NodeValue::Heading(heading) => (Markup::Heading(heading.level), line),
                NodeValue::Paragraph => (Markup::Paragraph, line),
                NodeValue::TableRow(_) => (Markup::Row, line),
                NodeValue::CodeBlock(code) => {
                    // Four spaces at a paragraph's head are an indent here, hardly a program.
                    push_all(&mut lines, &code.literal, line, Markup::Paragraph);
                    continue;
                }
                NodeValue::HtmlBlock(block) => {
                    // What ends with the block's last line is not on the next.
                    let rows = block.literal.lines().count().max(1) as u32;
                    for read in html::fragment(&block.literal, limits)? {
                        let markup = match read.markup {
                            Markup::None => Markup::Paragraph,
                            told => told,
                        };
                        let row = read.source_line.min(rows);
                        push(&mut lines, &read.text, line + row - 1, markup);
                    }
                    continue;
                }
                _ => continue,
            }
        };
        if markup == Markup::Row {
            let cells: Vec<String> = node
                .children()
                .map(|cell| Ok(words(cell, limits)?.replace(['\n', '\t'], " ")))
                .collect::<Result<_, Error>>()?;
            push(&mut lines, &cells.join("\t"), source_line, Markup::Row);
            continue;
        }
        let (item, marker) = item_of(node, &source);
        let markup = if item && markup == Markup::Paragraph && marker.is_empty() {
            Markup::Item
        } else {
            markup
        };
        let words = marker + &words(node, limits)?;
        push_all(&mut lines, &words, source_line, markup);
    }
    Ok(lines)
}

fn push_all(lines: &mut Vec<Line>, text: &str, source_line: u32, markup: Markup) {
    for line in text.split('\n') {
        push(lines, line, source_line, markup);
    }
}

fn push(lines: &mut Vec<Line>, text: &str, source_line: u32, markup: Markup) {
    if !text.trim().is_empty() {
        lines.push(Line {
            text: text.replace('\r', ""),
            source_line,
            markup,
        });
    }
}

/// Whether a paragraph opens a list's item, and the item's number as written.
fn item_of(node: Node<'_>, source: &[&str]) -> (bool, String) {
    let none = (false, String::new());
    if node.previous_sibling().is_some() {
        return none;
    }
    let Some(parent) = node.parent() else {
        return none;
    };
    let data = parent.data();
    let NodeValue::Item(item) = &data.value else {
        return none;
    };
    if item.list_type != ListType::Ordered {
        return (true, String::new());
    }
    // comrak numbers items anew; what stands in the file counts.
    let start = data.sourcepos.start;
    let marker = source
        .get(start.line.max(1) - 1)
        .and_then(|line| line.get(start.column.max(1) - 1..))
        .and_then(|rest| {
            let end = rest.find(['.', ')'])?;
            rest[..end]
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| rest[..=end].to_owned())
        });
    (true, marker.unwrap_or_default())
}

/// The words of a block of text; line breaks that the author made are kept.
fn words(block: Node<'_>, limits: Limits) -> Result<String, Error> {
    let mut words = String::new();
    // Raw HTML among the words: then all of them are written as HTML and cleaned together, so that
    // what stands between the tags of a script goes with them.
    let mut page: Option<String> = None;
    for node in block.descendants().skip(1) {
        let data = node.data();
        let piece = match &data.value {
            NodeValue::Text(text) => text.as_ref(),
            NodeValue::Code(code) => code.literal.as_str(),
            NodeValue::SoftBreak => "\u{1}",
            NodeValue::LineBreak => "\n",
            NodeValue::HtmlInline(tag) => {
                page.get_or_insert_with(|| escape(&words)).push_str(tag);
                continue;
            }
            _ => continue,
        };
        match &mut page {
            Some(page) => page.push_str(&escape(piece)),
            None => words.push_str(piece),
        }
    }
    if let Some(page) = page {
        let read = html::fragment(&page, limits)?;
        let lines: Vec<&str> = read.iter().map(|line| line.text.as_str()).collect();
        words = lines.join("\n");
    }
    Ok(join_soft_breaks(&words))
}

/// A line break that only fits the text to the editor: nothing between Han, else a space.
fn join_soft_breaks(words: &str) -> String {
    let mut joined = String::with_capacity(words.len());
    for piece in words.split('\u{1}') {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if latin(joined.chars().next_back()) && latin(piece.chars().next()) {
            joined.push(' ');
        }
        joined.push_str(piece);
    }
    joined
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, expected: &[(u32, Markup, &str)]) {
        let found = lines(markdown, 1, Limits::default()).expect("is read");
        let found: Vec<_> = found
            .iter()
            .map(|line| (line.source_line, line.markup, line.text.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn blocks_are_lines() {
        check(
            "# 一、总体情况\n\n全年办案\n36件,**其中**\n[12件](http://a.example)。\n\n- 甲\n- 乙\n\n  丙\n",
            &[
                (1, Markup::Heading(1), "一、总体情况"),
                (3, Markup::Paragraph, "全年办案36件,其中12件。"),
                (7, Markup::Item, "甲"),
                (8, Markup::Item, "乙"),
                (10, Markup::Paragraph, "丙"),
            ],
        );
    }

    #[test]
    fn numbers_stay_as_written() {
        check(
            "1. 推进改革。\n3. 强化监督。\n\n2)另起。\n\n(一)不是列表\n",
            &[
                (1, Markup::Paragraph, "1.推进改革。"),
                (2, Markup::Paragraph, "3.强化监督。"),
                (4, Markup::Paragraph, "2)另起。"),
                (6, Markup::Paragraph, "(一)不是列表"),
            ],
        );
        check(
            "2019~2021年,3~5件\n",
            &[(1, Markup::Paragraph, "2019~2021年,3~5件")],
        );
    }

    #[test]
    fn a_tables_cells_are_parted_by_tabs() {
        check(
            "|类别|件|\n|-|-|\n|行政复议|36|\n| 诉讼 | |\n",
            &[
                (1, Markup::Row, "类别\t件"),
                (3, Markup::Row, "行政复议\t36"),
                (4, Markup::Row, "诉讼\t"),
            ],
        );
    }

    #[test]
    fn an_indented_paragraph_is_no_program() {
        check(
            "前文。\n\n    全年办案36件。\n    其中诉讼4件。\n",
            &[
                (1, Markup::Paragraph, "前文。"),
                (3, Markup::Paragraph, "全年办案36件。"),
                (3, Markup::Paragraph, "其中诉讼4件。"),
            ],
        );
    }

    #[test]
    fn raw_html_gives_its_words_only() {
        check(
            "<div onclick=\"x()\">甲<br>乙</div>\n\n文<b onload=1>字</b><script>alert(1)</script>后 &lt;b&gt; 1<2\n\n<style>p{}</style>\n\n<!-- 注 -->\n",
            &[
                (1, Markup::Paragraph, "甲"),
                (1, Markup::Paragraph, "乙"),
                (3, Markup::Paragraph, "文字后 <b> 1<2"),
            ],
        );
        check(
            "<table><tr><td>类别</td><td>36</td></tr></table>\n",
            &[(1, Markup::Row, "类别\t36")],
        );
    }

    #[test]
    fn deep_nesting_is_read() {
        let deep = format!("{}深\n", "> ".repeat(5000));
        let lines = |text: &str| lines(text, 1, Limits::default()).expect("is read");
        assert_eq!(lines(&deep).len(), 1);
        let deep = format!("{}深{}\n", "*a ".repeat(5000), "*".repeat(5000));
        assert!(!lines(&deep).is_empty());
        assert_eq!(lines(&format!("{}深", "<div>".repeat(200_000))).len(), 1);
    }
}
