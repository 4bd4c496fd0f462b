//! Tree → the words that a reader of the page sees, block by block, and where in the page they stand.
//!
//! White space is folded as in a browser, but that a line's end between two wide characters is
//! nothing (CSS Text 3, § 4.1.3). Scripts, styles, form controls and what is shown in place of
//! something else are left out, and what the page hides, of which the characters are counted.

use super::content;
use super::sheet::Sheet;
use super::style::Declarations;
use super::tree::{Data, Id, ROOT, Step, Tree, lists};
use std::ops::Range;

/// What a page shows.
#[derive(Default)]
pub(super) struct Flow {
    /// Its blocks, in the page's order. None is blank.
    pub(super) blocks: Vec<Block>,
    /// The elements that hold blocks, in the page's order, outer ones first.
    pub(super) elements: Vec<Element>,
    /// Its tables, likewise.
    pub(super) tables: Vec<Table>,
    /// `<title>`, white space folded.
    pub(super) title: String,
    /// `<meta name=… content=…>`.
    pub(super) metas: Vec<Meta>,
    /// Addresses that links lead to.
    pub(super) links: Vec<String>,
    /// How many characters were left out because the page hides them.
    pub(super) hidden: usize,
}

/// One entry of the page's own metadata.
pub(super) struct Meta {
    pub(super) name: String,
    pub(super) content: String,
    pub(super) line: u32,
}

/// Words between two boundaries of blocks.
pub(super) struct Block {
    /// The words; a line break stands for `<br>`, two for several.
    pub(super) text: String,
    /// How many of its characters that are not white space stand in links.
    pub(super) linked: usize,
    /// How many there are in all.
    pub(super) letters: usize,
    pub(super) role: Role,
    /// Bytes of the text from which on another line of the page is read, with that line.
    lines: Vec<(usize, u32)>,
}

/// What markup says of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Text,
    Heading(u8),
    /// The first block of a list's item, with the number that a browser shows.
    Item(Option<i64>),
}

impl Block {
    /// The page's line at a byte of the text, 1-based.
    pub(super) fn line(&self, at: usize) -> u32 {
        let after = self.lines.partition_point(|(from, _)| *from <= at);
        self.lines[..after].last().map_or(1, |(_, line)| *line)
    }
}

/// An element and the blocks that it holds.
pub(super) struct Element {
    pub(super) node: Id,
    pub(super) blocks: Range<usize>,
    /// The element that it lies in: an index into [`Flow::elements`].
    pub(super) parent: Option<usize>,
}

/// A table, its cells as they stand in the page.
#[derive(Default)]
pub(super) struct Table {
    pub(super) blocks: Range<usize>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// Whether another table lies in it, or its markup says that it lays out the page.
    pub(super) layout: bool,
}

pub(super) struct Cell {
    pub(super) blocks: Range<usize>,
    pub(super) columns: usize,
    pub(super) rows: usize,
}

/// Elements whose words are not the page's, or not seen.
const UNSEEN: &str = "applet audio button canvas datalist embed iframe input map math noembed noframes noscript \
    object rp rt script select style svg template textarea title video";

/// Elements that begin and end a block.
const BLOCKS: &str = "address article aside blockquote body caption center dd details dialog dir div dl dt \
    fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html \
    legend li listing main marquee menu nav ol p pre search section summary table tbody td tfoot \
    th thead tr ul";

/// The most columns or rows that a cell spans.
pub(super) const WIDEST_SPAN: usize = 100;

/// How words are shown, as the elements around them say.
#[derive(Clone, Copy)]
struct Shown {
    visible: bool,
    sized: bool,
    /// Line ends are kept.
    lines: bool,
}

const PLAIN: Shown = Shown {
    visible: true,
    sized: true,
    lines: false,
};

/// Reads what a page shows; `sheet` are the names that hide their elements.
pub(super) fn flow(tree: &Tree, sheet: &Sheet) -> Flow {
    let mut walk = Walk {
        tree,
        sheet,
        flow: Flow::default(),
        open: Open::default(),
        shown: Vec::new(),
        elements: Vec::new(),
        tables: Vec::new(),
        headings: Vec::new(),
        lists: Vec::new(),
        item: None,
        links: 0,
    };
    let mut step = Some(Step::Enter(ROOT));
    while let Some(now) = step {
        step = match now {
            Step::Enter(node) if !walk.enter(node) => tree.after(Step::Leave(node)),
            Step::Enter(_) => tree.after(now),
            Step::Leave(node) => {
                walk.leave(node);
                tree.after(now)
            }
        };
    }
    walk.flush();
    walk.flow
}

struct Walk<'t> {
    tree: &'t Tree,
    sheet: &'t Sheet,
    flow: Flow,
    open: Open,
    shown: Vec<Shown>,
    /// Open elements that hold blocks: indices into [`Flow::elements`].
    elements: Vec<usize>,
    /// Open tables: indices into [`Flow::tables`].
    tables: Vec<usize>,
    headings: Vec<u8>,
    /// The numbers of open lists' next items; none for a list without numbers.
    lists: Vec<Option<i64>>,
    /// What the next block is, where an item has begun.
    item: Option<Role>,
    links: usize,
}

impl Walk<'_> {
    /// Enters a node. False where the walk passes over what it holds and does not leave it.
    fn enter(&mut self, node: Id) -> bool {
        let above = self.shown.last().copied().unwrap_or(PLAIN);
        let name = match self.tree.data(node) {
            Data::Root => return true,
            Data::Text(words) => {
                if above.visible && above.sized {
                    let line = self.tree.line(node);
                    self.open.add(words, line, self.links > 0, above.lines);
                } else {
                    self.flow.hidden += letters(words);
                }
                return false;
            }
            Data::Element(name, _) => &**name,
        };
        match name {
            "title" if self.flow.title.is_empty() => {
                let title = words_in(self.tree, node);
                self.flow.title = title.split_whitespace().collect::<Vec<_>>().join(" ");
                return false;
            }
            "meta" => {
                self.meta(node);
                return false;
            }
            "br" => {
                self.open.line_break();
                return false;
            }
            _ if lists(UNSEEN, name) => return false,
            _ => {}
        }
        let style = Declarations::of(self.tree, node);
        // An element's own style goes before a sheet's.
        let shown = style.block || style.visible == Some(true);
        if style.none || (!shown && self.sheet.hides(self.tree, node)) {
            self.flow.hidden += letters(&words_in(self.tree, node));
            return false;
        }
        self.shown.push(Shown {
            visible: style.visible.unwrap_or(above.visible),
            sized: style.sized.unwrap_or(above.sized),
            lines: style
                .lines
                .unwrap_or(above.lines || matches!(name, "pre" | "listing")),
        });
        if let Some(address) = self.link(node) {
            let address = address.to_owned();
            self.links += 1;
            self.flow.links.push(address);
        }
        if style.block || lists(BLOCKS, name) || content::is_known(self.tree, node) {
            self.flush();
            self.open_element(node, name);
        }
        true
    }

    fn leave(&mut self, node: Id) {
        let Data::Element(name, _) = self.tree.data(node) else {
            return;
        };
        self.shown.pop();
        self.links -= usize::from(self.link(node).is_some());
        let open = self.elements.last().copied();
        if let Some(open) = open.filter(|&open| self.flow.elements[open].node == node) {
            self.flush();
            self.close_element(open, name);
        }
    }

    fn link(&self, node: Id) -> Option<&str> {
        match self.tree.data(node) {
            Data::Element(name, _) if &**name == "a" => self.tree.attribute(node, "href"),
            _ => None,
        }
    }

    fn open_element(&mut self, node: Id, name: &str) {
        let start = self.flow.blocks.len();
        self.flow.elements.push(Element {
            node,
            blocks: start..start,
            parent: self.elements.last().copied(),
        });
        self.elements.push(self.flow.elements.len() - 1);
        let number = |name: &str| {
            let value = self.tree.attribute(node, name)?;
            value.trim().parse::<i64>().ok()
        };
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.headings.push(name.as_bytes()[1] - b'0');
            }
            "ol" => {
                let plain = self.tree.attribute(node, "reversed").is_none()
                    && matches!(self.tree.attribute(node, "type"), None | Some("1"))
                    && !Declarations::of(self.tree, node).bare_list;
                self.lists.push(plain.then(|| number("start").unwrap_or(1)));
            }
            "ul" | "menu" | "dir" => self.lists.push(None),
            "li" => {
                let stated = number("value");
                let bare = Declarations::of(self.tree, node).bare_list;
                let shown = self.lists.last_mut().and_then(Option::as_mut).map(|next| {
                    let now = stated.unwrap_or(*next);
                    *next = now.saturating_add(1);
                    now
                });
                self.item = Some(Role::Item(shown.filter(|_| !bare)));
            }
            "table" => {
                if let Some(&outer) = self.tables.last() {
                    self.flow.tables[outer].layout = true;
                }
                self.flow.tables.push(Table {
                    blocks: start..start,
                    rows: Vec::new(),
                    layout: self.tree.attribute(node, "role") == Some("presentation"),
                });
                self.tables.push(self.flow.tables.len() - 1);
            }
            "tr" => {
                if let Some(table) = self.table() {
                    table.rows.push(Vec::new());
                }
            }
            "td" | "th" => {
                let span = |name| {
                    let stated = number(name).unwrap_or(1);
                    stated.clamp(1, WIDEST_SPAN as i64) as usize
                };
                let cell = Cell {
                    blocks: start..start,
                    columns: span("colspan"),
                    rows: span("rowspan"),
                };
                if let Some(row) = self.table().and_then(|table| table.rows.last_mut()) {
                    row.push(cell);
                }
            }
            _ => {}
        }
    }

    fn close_element(&mut self, open: usize, name: &str) {
        let end = self.flow.blocks.len();
        self.flow.elements[open].blocks.end = end;
        self.elements.pop();
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.headings.pop();
            }
            "ol" | "ul" | "menu" | "dir" => {
                self.lists.pop();
            }
            "li" => self.item = None,
            "table" => {
                if let Some(table) = self.tables.pop() {
                    self.flow.tables[table].blocks.end = end;
                }
            }
            "td" | "th" => {
                let row = self.table().and_then(|table| table.rows.last_mut());
                if let Some(cell) = row.and_then(|row| row.last_mut()) {
                    cell.blocks.end = end;
                }
            }
            _ => {}
        }
    }

    fn table(&mut self) -> Option<&mut Table> {
        let table = *self.tables.last()?;
        self.flow.tables.get_mut(table)
    }

    fn meta(&mut self, node: Id) {
        let attribute = |name| self.tree.attribute(node, name);
        let name = attribute("name").or_else(|| attribute("property"));
        if let (Some(name), Some(content)) = (name, attribute("content")) {
            self.flow.metas.push(Meta {
                name: name.trim().to_owned(),
                content: content.split_whitespace().collect::<Vec<_>>().join(" "),
                line: self.tree.line(node),
            });
        }
    }

    /// Ends the open block.
    fn flush(&mut self) {
        let open = std::mem::take(&mut self.open);
        if open.letters == 0 {
            return;
        }
        let role = match (self.headings.last(), self.item.take()) {
            (Some(&level), _) => Role::Heading(level),
            (None, Some(item)) => item,
            (None, None) => Role::Text,
        };
        self.flow.blocks.push(Block {
            text: open.text.trim_end_matches('\n').to_owned(),
            linked: open.linked,
            letters: open.letters,
            role,
            lines: open.lines,
        });
    }
}

/// The block that words are added to.
#[derive(Default)]
struct Open {
    text: String,
    linked: usize,
    letters: usize,
    lines: Vec<(usize, u32)>,
    /// White space before the next word, and whether a line ends in it.
    space: Option<bool>,
}

impl Open {
    /// Adds words that begin on the page's line `line`.
    fn add(&mut self, words: &str, mut line: u32, linked: bool, keep_lines: bool) {
        for c in words.chars() {
            let ends = c == '\n';
            line += u32::from(ends);
            if ends && keep_lines {
                self.line_break();
            } else if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
                self.space = Some(self.space == Some(true) || ends);
            } else {
                self.push(c, line);
                let letter = !c.is_whitespace();
                self.letters += usize::from(letter);
                self.linked += usize::from(letter && linked);
            }
        }
    }

    fn push(&mut self, c: char, line: u32) {
        if let Some(line_end) = self.space.take()
            && let Some(last) = self.text.chars().next_back()
            && last != '\n'
            && !(line_end && is_wide(last) && is_wide(c))
        {
            self.text.push(' ');
        }
        if self.lines.last().is_none_or(|(_, last)| *last != line) {
            self.lines.push((self.text.len(), line));
        }
        self.text.push(c);
    }

    fn line_break(&mut self) {
        self.space = None;
        if self.letters > 0 && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }
}

/// All words that an element holds.
pub(super) fn words_in(tree: &Tree, element: Id) -> String {
    let mut words = String::new();
    let mut step = Step::Enter(element);
    while step != Step::Leave(element) {
        if let Step::Enter(node) = step
            && let Data::Text(text) = tree.data(node)
        {
            words.push_str(text);
        }
        let Some(next) = tree.after(step) else { break };
        step = next;
    }
    words
}

fn letters(words: &str) -> usize {
    words.chars().filter(|c| !c.is_whitespace()).count()
}

/// Han, kana, and the punctuation set as wide as they.
pub(super) fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff01}'..='\u{ff60}' | '\u{20000}'..='\u{3fffd}' | '“' | '”' | '‘' | '’' | '…' | '—')
}
