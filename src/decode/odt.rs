//! OpenDocument texts (ISO/IEC 26300) → lines.
//!
//! A reader's view, as for Word documents: list numbers are spelled out, tracked deletions are left
//! out, footnotes stand at the end, boxes after their paragraph, headers and footers in the margin.

use super::blocks::{Blocks, Cell, contents_entry};
use super::numbering::{Count, Level, MOST_LEVELS, Spelling, labelled};
use super::package::{Package, attribute, child, children, is, number, tree};
use super::{Error, Limits, Line, Markup};
use roxmltree::Node;
use std::collections::HashMap;

/// The most blanks that are written as one: more only fill a page.
const MOST_BLANKS: i64 = 100;

/// The lines of an OpenDocument text.
pub(super) fn lines(bytes: &[u8], limits: Limits) -> Result<Vec<Line>, Error> {
    let mut package = Package::open(bytes, limits)?;
    if let Some(manifest) = package.part("META-INF/manifest.xml")?
        && manifest.contains("encryption-data")
    {
        return Err(Error::Encrypted);
    }
    let Some(content) = package.part("content.xml")? else {
        return Err(Error::broken("it has no content part"));
    };
    let styles = package.part("styles.xml")?.unwrap_or_default();
    let content = tree(&content, "content.xml")?;
    let mut reader = Reader {
        blocks: Blocks::within(limits),
        ..Reader::default()
    };
    let styles = (!styles.is_empty())
        .then(|| tree(&styles, "styles.xml"))
        .transpose()?;
    for part in styles.iter().chain([&content]) {
        reader.read_styles(part.root_element());
    }
    let text = child(content.root_element(), "body").and_then(|body| child(body, "text"));
    if let Some(text) = text {
        reader.blocks(text, None)?;
    }
    for note in std::mem::take(&mut reader.notes) {
        reader.blocks.paragraph(&note, Markup::Paragraph)?;
    }
    if let Some(styles) = &styles {
        reader.margins(styles.root_element())?;
    }
    Ok(reader.blocks.lines())
}

#[derive(Default)]
struct Reader {
    /// List styles: their levels.
    lists: HashMap<String, Vec<Level>>,
    /// Paragraph styles: what they are based on, and the list that they are numbered by.
    styles: HashMap<String, (Option<String>, Option<String>)>,
    /// Styles of text that nobody sees.
    hidden: Vec<String>,
    /// The numbers of headings.
    outline: Vec<Level>,
    outline_count: Count,
    /// How far each list style has counted.
    counts: HashMap<String, Count>,
    notes: Vec<String>,
    blocks: Blocks,
}

/// The list that a paragraph lies in.
#[derive(Clone)]
struct ListItem {
    style: String,
    depth: usize,
}

impl Reader {
    fn read_styles(&mut self, root: Node) {
        for section in root
            .children()
            .filter(|section| is(*section, "styles") || is(*section, "automatic-styles"))
        {
            for style in section.children().filter(Node::is_element) {
                let name = attribute(style, "name").unwrap_or_default().to_owned();
                match style.tag_name().name() {
                    "list-style" => {
                        self.lists.insert(name, levels(style));
                    }
                    "outline-style" => self.outline = levels(style),
                    "style" => {
                        let unseen = child(style, "text-properties")
                            .and_then(|text| attribute(text, "display"))
                            == Some("none");
                        if unseen {
                            self.hidden.push(name.clone());
                        }
                        let base = attribute(style, "parent-style-name").map(str::to_owned);
                        let list = attribute(style, "list-style-name")
                            .filter(|list| !list.is_empty())
                            .map(str::to_owned);
                        self.styles.insert(name, (base, list));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Paragraphs, lists and tables below `node`.
    fn blocks(&mut self, node: Node, item: Option<&ListItem>) -> Result<(), Error> {
        let mut first = true;
        for block in node.children().filter(Node::is_element) {
            match block.tag_name().name() {
                "tracked-changes" | "sequence-decls" | "forms" | "annotation" => {}
                "p" | "h" => {
                    // Only an item's first paragraph has its number.
                    let item = item.filter(|_| std::mem::replace(&mut first, false));
                    let (words, markup) = self.paragraph(block, item);
                    self.blocks.paragraph(&words, markup)?;
                }
                "list" => {
                    let inner = self.list(block, item);
                    for entry in block
                        .children()
                        .filter(|entry| is(*entry, "list-item") || is(*entry, "list-header"))
                    {
                        let numbered = is(entry, "list-item").then_some(&inner);
                        self.restart(entry, &inner);
                        self.blocks(entry, numbered)?;
                    }
                }
                "table" => {
                    let rows = self.table(block);
                    self.blocks.table(&rows)?;
                }
                "table-of-content" => {
                    if let Some(body) = child(block, "index-body") {
                        for entry in body.descendants().filter(|entry| is(*entry, "p")) {
                            let mut words = String::new();
                            self.words(entry, &mut words);
                            let entry = contents_entry(&words);
                            self.blocks.paragraph(&entry, Markup::Paragraph)?;
                        }
                    }
                }
                _ => self.blocks(block, item)?,
            }
        }
        Ok(())
    }

    /// A list inside `outer`: its style is its own or the outer one's.
    fn list(&mut self, list: Node, outer: Option<&ListItem>) -> ListItem {
        let own = attribute(list, "style-name").map(str::to_owned);
        let inner = ListItem {
            style: own
                .or_else(|| outer.map(|outer| outer.style.clone()))
                .unwrap_or_default(),
            depth: outer.map_or(0, |outer| outer.depth + 1),
        };
        let goes_on = attribute(list, "continue-numbering") == Some("true")
            || attribute(list, "continue-list").is_some()
            || outer.is_some();
        if !goes_on {
            self.counts
                .entry(inner.style.clone())
                .or_default()
                .restart(0);
        }
        inner
    }

    /// An item may say the number that it begins with.
    fn restart(&mut self, entry: Node, item: &ListItem) {
        if let Some(start) = number(entry, "start-value") {
            let count = self.counts.entry(item.style.clone()).or_default();
            count.begin(item.depth, start.clamp(0, 100_000) as u32);
        }
    }

    fn paragraph(&mut self, paragraph: Node, item: Option<&ListItem>) -> (String, Markup) {
        let mut words = String::new();
        self.words(paragraph, &mut words);
        if words.trim().is_empty() {
            return (String::new(), Markup::Paragraph);
        }
        let heading = is(paragraph, "h").then(|| {
            let level = number(paragraph, "outline-level").unwrap_or(1);
            level.clamp(1, MOST_LEVELS as i64) as usize
        });
        let label = match (item, heading) {
            (Some(item), _) => self.item_label(item, paragraph),
            (None, Some(_)) if attribute(paragraph, "is-list-header") == Some("true") => {
                String::new()
            }
            (None, Some(level)) => self.outline_count.next(&self.outline, level - 1),
            (None, None) => String::new(),
        };
        if !label.is_empty() {
            words = labelled(&label, words.trim_start());
        }
        match heading {
            Some(level @ 1..=6) => (words, Markup::Heading(level as u8)),
            _ => (words, Markup::Paragraph),
        }
    }

    fn item_label(&mut self, item: &ListItem, paragraph: Node) -> String {
        let mut style = item.style.clone();
        if style.is_empty() {
            let mut next = attribute(paragraph, "style-name").map(str::to_owned);
            for _ in 0..20 {
                let Some((base, list)) = next.as_ref().and_then(|name| self.styles.get(name))
                else {
                    break;
                };
                if let Some(list) = list {
                    style.clone_from(list);
                    break;
                }
                next.clone_from(base);
            }
        }
        let levels = self.lists.get(&style).unwrap_or(&self.outline);
        self.counts
            .entry(item.style.clone())
            .or_default()
            .next(levels, item.depth)
    }

    /// The words below `node`.
    fn words(&mut self, node: Node, to: &mut String) {
        for piece in node.children() {
            if piece.is_text() {
                // A run of white space is one blank, as in HTML.
                for c in piece.text().unwrap_or_default().chars() {
                    let blank = matches!(c, ' ' | '\t' | '\n' | '\r');
                    if !blank {
                        to.push(c);
                    } else if !to.ends_with([' ', '\n']) {
                        to.push(' ');
                    }
                }
                continue;
            }
            let style = attribute(piece, "style-name");
            if style.is_some_and(|style| self.hidden.iter().any(|hidden| hidden == style)) {
                continue;
            }
            match piece.tag_name().name() {
                "s" => {
                    let count = number(piece, "c").unwrap_or(1).clamp(0, MOST_BLANKS);
                    to.extend((0..count).map(|_| ' '));
                }
                "tab" => to.push('\t'),
                "line-break" => to.push('\n'),
                "annotation" | "ruby-text" | "hidden-text" | "note-citation" | "change"
                | "tracked-changes" | "script" | "desc" | "title" => {}
                "note-body" => {
                    let text = self.text(piece);
                    self.notes.push(text);
                }
                "text-box" => {
                    let text = self.text(piece);
                    self.blocks.boxed(text);
                }
                _ => self.words(piece, to),
            }
        }
    }

    /// Paragraphs of a box or a cell, a line each.
    fn text(&mut self, node: Node) -> String {
        let mut lines = Vec::new();
        self.text_lines(node, None, &mut lines);
        lines.join("\n")
    }

    fn text_lines(&mut self, node: Node, item: Option<&ListItem>, to: &mut Vec<String>) {
        let mut first = true;
        for block in node.children().filter(Node::is_element) {
            match block.tag_name().name() {
                "p" | "h" => {
                    let item = item.filter(|_| std::mem::replace(&mut first, false));
                    let (words, _) = self.paragraph(block, item);
                    if !words.trim().is_empty() {
                        to.push(words);
                    }
                }
                "list" => {
                    let inner = self.list(block, item);
                    for entry in children(block, "list-item") {
                        self.restart(entry, &inner);
                        self.text_lines(entry, Some(&inner), to);
                    }
                }
                "annotation" | "tracked-changes" => {}
                _ => self.text_lines(block, item, to),
            }
        }
    }

    fn table(&mut self, table: Node) -> Vec<Vec<Cell>> {
        let mut rows = Vec::new();
        let mut open = vec![table.children()];
        while let Some(parts) = open.last_mut() {
            match parts.next() {
                None => {
                    open.pop();
                }
                Some(row) if is(row, "table-row") => rows.push(self.row(row)),
                Some(part)
                    if ["table-header-rows", "table-rows", "table-row-group"]
                        .iter()
                        .any(|group| is(part, group)) =>
                {
                    open.push(part.children());
                }
                Some(_) => {}
            }
        }
        rows
    }

    fn row(&mut self, row: Node) -> Vec<Cell> {
        let mut cells: Vec<Cell> = Vec::new();
        // Columns that the cell before covers in this row.
        let mut covered: i64 = 0;
        for cell in row.children().filter(Node::is_element) {
            let repeated = number(cell, "number-columns-repeated")
                .unwrap_or(1)
                .clamp(1, 100);
            match cell.tag_name().name() {
                "table-cell" => {
                    let text = self.text(cell);
                    let columns = number(cell, "number-columns-spanned")
                        .unwrap_or(1)
                        .clamp(1, 100);
                    covered = columns - 1;
                    cells.extend((0..repeated).map(|_| Cell {
                        text: text.clone(),
                        columns: columns as usize,
                        continues: false,
                    }));
                }
                "covered-table-cell" => {
                    for _ in 0..repeated {
                        if covered > 0 {
                            covered -= 1;
                        } else {
                            cells.push(Cell {
                                text: String::new(),
                                columns: 1,
                                continues: true,
                            });
                        }
                    }
                }
                _ => {}
            }
        }
        cells
    }

    /// Headers and footers: what stands on every page belongs to its margin.
    fn margins(&mut self, root: Node) -> Result<(), Error> {
        let Some(masters) = child(root, "master-styles") else {
            return Ok(());
        };
        for margin in children(masters, "master-page").flat_map(|page| page.children()) {
            if !margin.is_element() {
                continue;
            }
            let text = self.text(margin);
            self.blocks.margin(&text)?;
        }
        Ok(())
    }
}

/// The levels of a list style or of the outline.
fn levels(style: Node) -> Vec<Level> {
    let mut levels = Vec::new();
    for level in style.children().filter(Node::is_element) {
        let depth = number(level, "level").unwrap_or(0);
        if !(1..=MOST_LEVELS as i64).contains(&depth) {
            continue;
        }
        let depth = depth as usize;
        if levels.len() < depth {
            levels.resize(depth, Level::default());
        }
        let sample = attribute(level, "num-format").unwrap_or_default();
        let spelling = Spelling::of_sample(sample);
        let affix = |name| attribute(level, name).unwrap_or_default();
        let shown = number(level, "display-levels")
            .unwrap_or(1)
            .clamp(1, depth as i64) as usize;
        let pattern = match attribute(level, "num-list-format") {
            Some(pattern) => word_pattern(pattern),
            None if spelling == Spelling::None => String::new(),
            None => {
                let places: Vec<String> = (depth - shown + 1..=depth)
                    .map(|place| format!("%{}", place % 10))
                    .collect();
                format!(
                    "{}{}{}",
                    affix("num-prefix"),
                    places.join("."),
                    affix("num-suffix")
                )
            }
        };
        levels[depth - 1] = Level {
            spelling,
            pattern,
            start: number(level, "start-value").unwrap_or(1).clamp(0, 100_000) as u32,
            decimal: false,
        };
    }
    levels
}

/// `%1%.%2%、` as LibreOffice writes it, as Word does: `%1.%2、`.
fn word_pattern(pattern: &str) -> String {
    let mut written = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        written.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        match after.find('%') {
            Some(end)
                if !after[..end].is_empty() && after[..end].bytes().all(|b| b.is_ascii_digit()) =>
            {
                written.push('%');
                written.push_str(&after[..end]);
                rest = &after[end + 1..];
            }
            _ => rest = after,
        }
    }
    written + rest
}
