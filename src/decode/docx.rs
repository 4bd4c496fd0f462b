//! Word documents (Office Open XML, ECMA-376) → lines.
//!
//! A reader's view: automatic numbers are spelled out, insertions are kept and deletions are not,
//! hidden text and fields' instructions are left out. Text boxes and footnotes follow their
//! paragraph's or the document's end; headers and footers are handed over as the page's margin.

use super::blocks::{Blocks, Cell, contents_entry, symbol};
use super::numbering::{Count, Level, MOST_LEVELS, Spelling, labelled};
use super::package::{Package, attribute, child, children, is, number, tree};
use super::{Error, Limits, Line, Markup};
use roxmltree::Node;
use std::collections::{BTreeMap, HashMap};

/// A paragraph longer than this is no heading, whatever its style says; in characters.
const LONGEST_HEADING: usize = 80;

/// Styles based on styles beyond which there is a loop.
const MOST_BASES: usize = 20;

/// The lines of a Word document.
pub(super) fn lines(bytes: &[u8], limits: Limits) -> Result<Vec<Line>, Error> {
    let mut package = Package::open(bytes, limits)?;
    let main = main_part(&mut package)?;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = |name: &str| {
        if folder.is_empty() {
            name.to_owned()
        } else {
            format!("{folder}/{name}")
        }
    };
    let Some(document) = package.part(&main)? else {
        return Err(Error::broken("it has no document part"));
    };
    let styles = package.part(&path("styles.xml"))?.unwrap_or_default();
    let numbering = package.part(&path("numbering.xml"))?.unwrap_or_default();
    let footnotes = package.part(&path("footnotes.xml"))?.unwrap_or_default();
    let mut reader = Reader {
        styles: read_styles(&styles)?,
        lists: HashMap::new(),
        counts: HashMap::new(),
        seen: Vec::new(),
        merged: String::new(),
        blocks: Blocks::within(limits),
    };
    read_numbering(&numbering, &mut reader)?;
    let document = tree(&document, &main)?;
    if let Some(body) = child(document.root_element(), "body") {
        reader.blocks(body)?;
    }
    if !footnotes.is_empty() {
        let notes = tree(&footnotes, "footnotes.xml")?;
        for note in children(notes.root_element(), "footnote") {
            // Separators have a type; notes have none, or "normal".
            if attribute(note, "type").is_none_or(|kind| kind == "normal") {
                reader.blocks(note)?;
            }
        }
    }
    reader.margins(&mut package, &path)?;
    Ok(reader.blocks.lines())
}

/// Where the document is: `_rels/.rels` says so.
fn main_part(package: &mut Package) -> Result<String, Error> {
    if let Some(relations) = package.part("_rels/.rels")? {
        let relations = tree(&relations, "_rels/.rels")?;
        let target = children(relations.root_element(), "Relationship")
            .find(|relation| {
                attribute(*relation, "Type").is_some_and(|kind| kind.ends_with("/officeDocument"))
            })
            .and_then(|relation| attribute(relation, "Target"));
        if let Some(target) = target {
            return Ok(target.trim_start_matches('/').to_owned());
        }
    }
    Ok("word/document.xml".to_owned())
}

/// What a style says of its paragraphs.
#[derive(Clone, Debug, Default)]
struct Style {
    based_on: Option<String>,
    heading: Option<u8>,
    contents: bool,
    list: Option<i64>,
    level: Option<i64>,
}

struct Reader {
    styles: HashMap<String, Style>,
    /// By number id: the abstract list that counts, its levels, and the levels that start anew.
    lists: HashMap<i64, List>,
    counts: HashMap<i64, Count>,
    /// Number ids that have been used.
    seen: Vec<i64>,
    /// Words of paragraphs whose end was deleted: they stand before the next.
    merged: String,
    blocks: Blocks,
}

#[derive(Clone, Debug, Default)]
struct List {
    counts: i64,
    levels: Vec<Level>,
    /// By level: the paragraph style that is numbered at it.
    styles: Vec<Option<String>>,
    restarts: Vec<usize>,
}

fn read_styles(xml: &str) -> Result<HashMap<String, Style>, Error> {
    let mut styles = HashMap::new();
    if xml.is_empty() {
        return Ok(styles);
    }
    let document = tree(xml, "styles.xml")?;
    for style in children(document.root_element(), "style") {
        let Some(id) = attribute(style, "styleId") else {
            continue;
        };
        let name = child(style, "name")
            .and_then(|name| attribute(name, "val"))
            .unwrap_or_default()
            .to_lowercase();
        let properties = child(style, "pPr");
        let named = ["heading ", "标题 "]
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix)?.trim().parse::<u8>().ok())
            .filter(|level| (1..=9).contains(level))
            .or((name == "title" || name == "标题").then_some(1));
        let listed = properties.and_then(|properties| child(properties, "numPr"));
        styles.insert(
            id.to_owned(),
            Style {
                based_on: child(style, "basedOn")
                    .and_then(|base| attribute(base, "val"))
                    .map(str::to_owned),
                heading: properties.and_then(outline_level).or(named),
                contents: name.starts_with("toc ") || name.starts_with("目录"),
                list: listed.and_then(|listed| value(listed, "numId")),
                level: listed.and_then(|listed| value(listed, "ilvl")),
            },
        );
    }
    Ok(styles)
}

/// The outline level of a paragraph's properties, 1 to 9.
fn outline_level(properties: Node) -> Option<u8> {
    let level = value(properties, "outlineLvl")?;
    (0..9).contains(&level).then_some(level as u8 + 1)
}

/// The number in the `val` of a child.
fn value(node: Node, name: &str) -> Option<i64> {
    number(child(node, name)?, "val")
}

/// Whether a property that is on or off is on.
fn on(node: Node, name: &str) -> bool {
    child(node, name)
        .is_some_and(|switch| !matches!(attribute(switch, "val"), Some("0" | "false" | "off")))
}

fn read_numbering(xml: &str, reader: &mut Reader) -> Result<(), Error> {
    if xml.is_empty() {
        return Ok(());
    }
    let document = tree(xml, "numbering.xml")?;
    let root = document.root_element();
    let mut lists: BTreeMap<i64, List> = BTreeMap::new();
    let mut linked: HashMap<&str, i64> = HashMap::new();
    let mut links: Vec<(i64, &str)> = Vec::new();
    for list in children(root, "abstractNum") {
        let Some(id) = number(list, "abstractNumId") else {
            continue;
        };
        let link = |name| child(list, name).and_then(|link| attribute(link, "val"));
        if let Some(style) = link("styleLink") {
            linked.insert(style, id);
        }
        if let Some(style) = link("numStyleLink") {
            links.push((id, style));
        }
        let mut read = List {
            counts: id,
            ..List::default()
        };
        for level in children(list, "lvl") {
            read.set(level);
        }
        lists.insert(id, read);
    }
    for (id, style) in links {
        if let Some(list) = linked.get(style).and_then(|id| lists.get(id)).cloned() {
            lists.insert(id, list);
        }
    }
    for instance in children(root, "num") {
        let (Some(id), Some(of)) = (number(instance, "numId"), value(instance, "abstractNumId"))
        else {
            continue;
        };
        let mut list = lists.get(&of).cloned().unwrap_or_default();
        for over in children(instance, "lvlOverride") {
            let depth = number(over, "ilvl").unwrap_or(0).clamp(0, 8) as usize;
            if let Some(level) = child(over, "lvl") {
                list.set(level);
            }
            if let Some(start) = value(over, "startOverride") {
                if let Some(level) = list.levels.get_mut(depth) {
                    level.start = start.clamp(0, 100_000) as u32;
                }
                list.restarts.push(depth);
            }
        }
        reader.lists.insert(id, list);
    }
    Ok(())
}

impl List {
    /// Takes over what a `lvl` element says.
    fn set(&mut self, level: Node) {
        let depth = number(level, "ilvl")
            .unwrap_or(0)
            .clamp(0, MOST_LEVELS as i64 - 1) as usize;
        if self.levels.len() <= depth {
            self.levels.resize(depth + 1, Level::default());
            self.styles.resize(depth + 1, None);
        }
        let named = |name| child(level, name).and_then(|child| attribute(child, "val"));
        let format = child(level, "numFmt")
            .or_else(|| {
                // Formats that Word 2007 doesn't know stand in a choice.
                let choice = child(level, "AlternateContent")?;
                child(child(choice, "Choice")?, "numFmt")
            })
            .and_then(|format| attribute(format, "val"))
            .unwrap_or("decimal");
        self.levels[depth] = Level {
            spelling: Spelling::of_word(format),
            pattern: named("lvlText").unwrap_or_default().to_owned(),
            start: value(level, "start").unwrap_or(1).clamp(0, 100_000) as u32,
            decimal: on(level, "isLgl"),
        };
        self.styles[depth] = named("pStyle").map(str::to_owned);
    }
}

impl Reader {
    /// Paragraphs and tables below `node`.
    fn blocks(&mut self, node: Node) -> Result<(), Error> {
        for block in shown_children(node) {
            match block.tag_name().name() {
                "p" => {
                    if let Some((words, markup)) = self.paragraph(block) {
                        self.blocks.paragraph(&words, markup)?;
                    }
                }
                "tbl" => {
                    let rows = self.table(block);
                    self.blocks.table(&rows)?;
                }
                _ => self.blocks(block)?,
            }
        }
        Ok(())
    }

    /// A paragraph's words with its number, and what its style says it is. Nothing where its end was
    /// deleted: it goes on in the next.
    fn paragraph(&mut self, paragraph: Node) -> Option<(String, Markup)> {
        let properties = child(paragraph, "pPr");
        let mut words = std::mem::take(&mut self.merged);
        self.words(paragraph, &mut words);
        let end_deleted = properties
            .and_then(|properties| child(properties, "rPr"))
            .is_some_and(|end| child(end, "del").is_some() || child(end, "moveFrom").is_some());
        if end_deleted {
            self.merged = words;
            return None;
        }
        if words.trim().is_empty() {
            // Word numbers an empty paragraph too, but nobody refers to it.
            return Some((String::new(), Markup::Paragraph));
        }
        let style = properties
            .and_then(|properties| child(properties, "pStyle"))
            .and_then(|style| attribute(style, "val"));
        let chain = self.chain(style);
        if chain.iter().any(|style| style.contents) {
            return Some((contents_entry(&words), Markup::Paragraph));
        }
        let level = properties
            .and_then(outline_level)
            .or_else(|| chain.iter().find_map(|style| style.heading));
        let label = self.label(properties, style, &chain);
        let words = labelled_words(&label, &words);
        let markup = match level {
            Some(level @ 1..=6) if words.chars().count() <= LONGEST_HEADING => {
                Markup::Heading(level)
            }
            _ => Markup::Paragraph,
        };
        Some((words, markup))
    }

    /// A style and those that it is based on.
    fn chain(&self, style: Option<&str>) -> Vec<Style> {
        let mut chain = Vec::new();
        let mut next = style.map(str::to_owned);
        while let Some(style) = next.and_then(|id| self.styles.get(&id)) {
            if chain.len() >= MOST_BASES {
                break;
            }
            chain.push(style.clone());
            next = style.based_on.clone();
        }
        chain
    }

    /// The number before a paragraph.
    fn label(&mut self, properties: Option<Node>, style: Option<&str>, chain: &[Style]) -> String {
        let own = properties.and_then(|properties| child(properties, "numPr"));
        let styled = chain.iter().find(|style| style.list.is_some());
        let id = own
            .and_then(|own| value(own, "numId"))
            .or_else(|| styled.and_then(|style| style.list));
        let Some(list) = id.and_then(|id| self.lists.get(&id)) else {
            return String::new();
        };
        let by_style = || {
            let style = style?;
            list.styles
                .iter()
                .position(|numbered| numbered.as_deref() == Some(style))
        };
        let depth = own
            .and_then(|own| value(own, "ilvl"))
            .map(|depth| depth.clamp(0, MOST_LEVELS as i64 - 1) as usize)
            .or_else(by_style)
            .or_else(|| {
                let depth = styled.and_then(|style| style.level)?;
                Some(depth.clamp(0, MOST_LEVELS as i64 - 1) as usize)
            })
            .unwrap_or(0);
        let count = self.counts.entry(list.counts).or_default();
        if let Some(id) = id
            && !self.seen.contains(&id)
        {
            self.seen.push(id);
            for depth in &list.restarts {
                count.restart(*depth);
            }
        }
        count.next(&list.levels, depth)
    }

    /// The words of runs below `node`.
    fn words(&mut self, node: Node, to: &mut String) {
        for piece in shown_children(node) {
            match piece.tag_name().name() {
                "pPr" | "rPr" | "instrText" | "delText" | "delInstrText" | "fldChar"
                | "footnoteReference" | "endnoteReference" | "footnoteRef" | "annotationRef"
                | "commentReference" | "rt" | "sdtPr" | "softHyphen" => {}
                "r" if child(piece, "rPr").is_some_and(|properties| on(properties, "vanish")) => {}
                "t" => to.push_str(piece.text().unwrap_or_default()),
                "tab" | "ptab" => to.push('\t'),
                "cr" => to.push('\n'),
                "br" => match attribute(piece, "type") {
                    Some("page" | "column") => {}
                    _ => to.push('\n'),
                },
                "noBreakHyphen" => to.push('-'),
                "sym" => {
                    let code = attribute(piece, "char")
                        .and_then(|code| u32::from_str_radix(code, 16).ok())
                        .unwrap_or(0xfffd);
                    to.push(match code {
                        0xf000..=0xf0ff => symbol(code),
                        code => char::from_u32(code).unwrap_or('\u{fffd}'),
                    });
                }
                "txbxContent" => {
                    let text = self.text(piece);
                    self.blocks.boxed(text);
                }
                _ => self.words(piece, to),
            }
        }
    }

    /// Paragraphs of a box or a cell, a line each.
    fn text(&mut self, node: Node) -> String {
        let mut text = String::new();
        for block in shown_children(node) {
            let piece = match block.tag_name().name() {
                "p" => self.paragraph(block).map(|(words, _)| words),
                "tbl" => {
                    let rows = self.table(block);
                    let rows = rows.iter().map(|row| {
                        let cells: Vec<&str> = row.iter().map(|cell| cell.text.trim()).collect();
                        cells.join(" ")
                    });
                    Some(rows.collect::<Vec<_>>().join("\n"))
                }
                "tcPr" => None,
                _ => Some(self.text(block)),
            };
            if let Some(piece) = piece.filter(|piece| !piece.trim().is_empty()) {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&piece);
            }
        }
        text
    }

    fn table(&mut self, table: Node) -> Vec<Vec<Cell>> {
        let mut rows = Vec::new();
        for row in flattened(table, "tr") {
            let properties = child(row, "trPr");
            if properties.is_some_and(|properties| child(properties, "del").is_some()) {
                continue;
            }
            let mut cells = Vec::new();
            let before = properties.and_then(|properties| value(properties, "gridBefore"));
            cells.extend((0..before.unwrap_or(0).clamp(0, 50)).map(|_| Cell {
                columns: 1,
                ..Cell::default()
            }));
            for cell in flattened(row, "tc") {
                let properties = child(cell, "tcPr");
                let get = |name| properties.and_then(|properties| child(properties, name));
                let columns = get("gridSpan").and_then(|span| number(span, "val"));
                let continues = get("vMerge").is_some_and(|merge| {
                    attribute(merge, "val").is_none_or(|kind| kind == "continue")
                });
                cells.push(Cell {
                    text: self.text(cell),
                    columns: columns.unwrap_or(1).clamp(1, 100) as usize,
                    continues,
                });
            }
            if !cells.is_empty() {
                rows.push(cells);
            }
        }
        rows
    }

    /// Headers and footers: what stands on every page belongs to its margin.
    fn margins(
        &mut self,
        package: &mut Package,
        path: &dyn Fn(&str) -> String,
    ) -> Result<(), Error> {
        for number in 1..=9 {
            for kind in ["header", "footer"] {
                let name = path(&format!("{kind}{number}.xml"));
                let Some(xml) = package.part(&name)? else {
                    continue;
                };
                let margin = tree(&xml, &name)?;
                let text = self.text(margin.root_element());
                self.blocks.margin(&text)?;
            }
        }
        Ok(())
    }
}

fn labelled_words(label: &str, words: &str) -> String {
    if label.is_empty() {
        words.to_owned()
    } else {
        labelled(label, words.trim_start())
    }
}

/// Child elements without what is deleted, moved away or an older program's copy; of alternatives
/// the first.
fn shown_children<'a, 'input>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(move |piece| {
        piece.is_element()
            && match piece.tag_name().name() {
                "del" | "moveFrom" => false,
                "Fallback" => child(node, "Choice").is_none(),
                _ => true,
            }
    })
}

/// Elements of this name below `node`, also within content controls and insertions.
fn flattened<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Vec<Node<'a, 'input>> {
    let mut found = Vec::new();
    let mut open = vec![node.children()];
    while let Some(pieces) = open.last_mut() {
        match pieces.next() {
            None => {
                open.pop();
            }
            Some(piece) if is(piece, name) => found.push(piece),
            Some(piece)
                if ["sdt", "sdtContent", "customXml", "ins"]
                    .iter()
                    .any(|wrap| is(piece, wrap)) =>
            {
                open.push(piece.children());
            }
            Some(_) => {}
        }
    }
    found
}
