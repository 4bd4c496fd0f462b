//! HTML → a tree of elements and text, by the HTML standard's parser (html5ever).
//!
//! Only what tells words, their order and their place is kept: comments and most attributes are gone
//! before a node is made ([`super::sieve`]). Two things are read otherwise than in a browser, so that time and memory
//! stay in proportion to the file:
//!
//! - Elements that only change the look of words (`b`, `font`, `strong` …) make no node, unless they
//!   hide their words: unclosed ones would be made anew in every paragraph below.
//! - Below [`DEEPEST`] levels nothing nests any more: a block there only breaks the line.

use super::sieve::Sieve;
use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tokenizer, TokenizerOpts};
use html5ever::{Attribute, ExpandedName, LocalName, QualName, TokenizerResult, local_name, ns};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How deep elements nest. Pages of real portals stay under a hundred.
const DEEPEST: u32 = 300;

/// A node of a [`Tree`]: an index into it.
pub(super) type Id = usize;

/// The document itself.
pub(super) const ROOT: Id = 0;

/// A parsed page.
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// The address that a comment says it was saved from, and the comment's line.
    pub(super) saved_from: Option<(String, u32)>,
}

struct Node {
    parent: Option<Id>,
    first: Option<Id>,
    last: Option<Id>,
    previous: Option<Id>,
    next: Option<Id>,
    depth: u32,
    /// The lines of the page on which it begins and, for words, ends.
    line: u32,
    end: u32,
    data: Data,
}

/// What a node is.
pub(super) enum Data {
    /// The document, or the contents of a template, which lie outside it.
    Root,
    /// An element: its name in lower case, its attributes.
    Element(LocalName, Box<[Attribute]>),
    /// Words.
    Text(StrTendril),
}

/// A step of a walk through the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Enter(Id),
    Leave(Id),
}

impl Tree {
    /// Parses a page. `xml` says that it is XHTML, where any element may close itself.
    pub(super) fn parse(page: &str, xml: bool) -> Self {
        let tokenizer = Tokenizer::new(Sieve::new(xml), TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(StrTendril::from(page));
        // Scripts are not run and the encoding is settled: whatever stops the tokenizer, it goes on.
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        tokenizer.end();
        tokenizer.sink.sink().finish()
    }

    /// All nodes, those outside the page too.
    pub(super) fn nodes(&self) -> std::ops::Range<Id> {
        0..self.nodes.len()
    }

    pub(super) fn data(&self, node: Id) -> &Data {
        &self.nodes[node].data
    }

    /// The line of the page on which it begins, 1-based.
    pub(super) fn line(&self, node: Id) -> u32 {
        self.nodes[node].line
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// An attribute's value.
    pub(super) fn attribute(&self, node: Id, name: &str) -> Option<&str> {
        let Data::Element(_, attributes) = &self.nodes[node].data else {
            return None;
        };
        attributes
            .iter()
            .find(|attribute| &*attribute.name.local == name)
            .map(|attribute| &*attribute.value)
    }

    /// The step after `step` in a walk through everything, in the page's order. To pass over what a
    /// node holds, ask for the step after its [`Step::Leave`].
    pub(super) fn after(&self, step: Step) -> Option<Step> {
        let up = |node: Id| self.nodes[node].parent.map(Step::Leave);
        match step {
            Step::Enter(node) => Some(
                self.nodes[node]
                    .first
                    .map_or(Step::Leave(node), Step::Enter),
            ),
            Step::Leave(node) => self.nodes[node].next.map(Step::Enter).or_else(|| up(node)),
        }
    }
}

/// A node, as the parser names it.
#[derive(Clone)]
pub(super) struct Handle {
    node: Id,
    name: Rc<QualName>,
}

impl Handle {
    fn nameless(node: Id) -> Self {
        let name = QualName::new(None, ns!(), local_name!(""));
        Self {
            node,
            name: Rc::new(name),
        }
    }
}

/// Builds the tree.
pub(super) struct Sink {
    nodes: RefCell<Vec<Node>>,
    line: Cell<u32>,
    full: Cell<bool>,
    saved_from: RefCell<Option<(String, u32)>>,
}

impl Default for Sink {
    fn default() -> Self {
        let sink = Self {
            nodes: RefCell::default(),
            line: Cell::new(1),
            full: Cell::new(false),
            saved_from: RefCell::default(),
        };
        sink.make(Data::Root);
        sink
    }
}

impl Sink {
    fn make(&self, data: Data) -> Id {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node {
            parent: None,
            first: None,
            last: None,
            previous: None,
            next: None,
            depth: 0,
            line: match &data {
                Data::Text(words) => self.start(words),
                _ => self.line.get(),
            },
            end: self.line.get(),
            data,
        });
        nodes.len() - 1
    }

    /// Whether elements nest as deep as they may.
    pub(super) fn is_full(&self) -> bool {
        self.full.get()
    }

    /// Notes the address that the page says it was saved from, and where: the first counts.
    pub(super) fn saved_from(&self, address: &str, line: u32) {
        let mut known = self.saved_from.borrow_mut();
        known.get_or_insert_with(|| (address.to_owned(), line));
    }

    /// The line on which words begin that the tokenizer has just read.
    fn start(&self, words: &str) -> u32 {
        let breaks = words.bytes().filter(|&byte| byte == b'\n').count() as u32;
        self.line.get().saturating_sub(breaks).max(1)
    }

    fn detach(&self, node: Id) {
        let mut nodes = self.nodes.borrow_mut();
        let (parent, previous, next) = (nodes[node].parent, nodes[node].previous, nodes[node].next);
        match (previous, parent) {
            (Some(previous), _) => nodes[previous].next = next,
            (None, Some(parent)) => nodes[parent].first = next,
            (None, None) => {}
        }
        match (next, parent) {
            (Some(next), _) => nodes[next].previous = previous,
            (None, Some(parent)) => nodes[parent].last = previous,
            (None, None) => {}
        }
        let node = &mut nodes[node];
        (node.parent, node.previous, node.next) = (None, None, None);
    }

    /// Puts a node below `parent`, before `next` or last.
    fn attach(&self, node: Id, parent: Id, next: Option<Id>) {
        self.detach(node);
        let mut nodes = self.nodes.borrow_mut();
        let previous = match next {
            Some(next) => nodes[next].previous,
            None => nodes[parent].last,
        };
        let depth = nodes[parent].depth + 1;
        if depth >= DEEPEST {
            self.full.set(true);
        }
        let own = &mut nodes[node];
        (own.parent, own.previous, own.next, own.depth) = (Some(parent), previous, next, depth);
        match previous {
            Some(previous) => nodes[previous].next = Some(node),
            None => nodes[parent].first = Some(node),
        }
        match next {
            Some(next) => nodes[next].previous = Some(node),
            None => nodes[parent].last = Some(node),
        }
    }

    fn insert(&self, parent: Id, next: Option<Id>, child: NodeOrText<Handle>) {
        match child {
            NodeOrText::AppendNode(child) => self.attach(child.node, parent, next),
            NodeOrText::AppendText(words) => {
                let mut nodes = self.nodes.borrow_mut();
                let before = match next {
                    Some(next) => nodes[next].previous,
                    None => nodes[parent].last,
                };
                // Across a comment of several lines the count of lines would be lost.
                if let Some(before) = before
                    && nodes[before].end == self.start(&words)
                    && let Data::Text(text) = &mut nodes[before].data
                {
                    text.push_tendril(&words);
                    nodes[before].end = self.line.get();
                    return;
                }
                drop(nodes);
                let node = self.make(Data::Text(words));
                self.attach(node, parent, next);
            }
        }
    }

    fn parent(&self, node: Id) -> Option<Id> {
        self.nodes.borrow()[node].parent
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Tree;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Tree {
        Tree {
            nodes: self.nodes.into_inner(),
            saved_from: self.saved_from.into_inner(),
        }
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle::nameless(ROOT)
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> Handle {
        let node = self.make(Data::Element(name.local.clone(), attrs.into()));
        Handle {
            node,
            name: Rc::new(name),
        }
    }

    // The sieve lets no comment through; an XML declaration counts as one.
    fn create_comment(&self, _: StrTendril) -> Handle {
        Handle::nameless(self.make(Data::Root))
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        self.create_comment(StrTendril::new())
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.insert(parent.node, None, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &Handle,
        previous: &Handle,
        child: NodeOrText<Handle>,
    ) {
        match self.parent(element.node) {
            Some(parent) => self.insert(parent, Some(element.node), child),
            None => self.insert(previous.node, None, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, _: &Handle) -> Handle {
        Handle::nameless(self.make(Data::Root))
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.node == y.node
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        if let Some(parent) = self.parent(sibling.node) {
            self.insert(parent, Some(sibling.node), child);
        }
    }

    fn add_attrs_if_missing(&self, _: &Handle, _: Vec<Attribute>) {}

    fn remove_from_parent(&self, target: &Handle) {
        self.detach(target.node);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        while let Some(child) = { self.nodes.borrow()[node.node].first } {
            self.attach(child, new_parent.node, None);
        }
    }

    fn set_current_line(&self, line: u64) {
        self.line.set(line as u32);
    }
}

/// Whether a list of names, separated by spaces, has `name`.
pub(super) fn lists(names: &str, name: &str) -> bool {
    names.split_ascii_whitespace().any(|listed| listed == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names and words in the page's order.
    fn shape(page: &str, xml: bool) -> String {
        let tree = Tree::parse(page, xml);
        let mut shape = String::new();
        let mut step = Some(Step::Enter(ROOT));
        while let Some(now) = step {
            match (
                now,
                tree.data(match now {
                    Step::Enter(node) | Step::Leave(node) => node,
                }),
            ) {
                (Step::Enter(_), Data::Element(name, _)) => shape += &format!("<{name}>"),
                (Step::Leave(_), Data::Element(name, _)) => shape += &format!("</{name}>"),
                (Step::Enter(_), Data::Text(words)) => shape += words,
                _ => {}
            }
            step = tree.after(now);
        }
        shape
            .replace("<html><head></head><body>", "")
            .replace("</body></html>", "")
    }

    #[test]
    fn the_standards_rules_hold() {
        assert_eq!(
            shape("<!DOCTYPE html><p>甲<p>乙<table><tr><td>丙<div>丁", false),
            "<p>甲</p><p>乙</p><table><tbody><tr><td>丙<div>丁</div></td></tr></tbody></table>"
        );
        assert_eq!(
            shape("<table>甲<tr><td>乙</table>", false),
            "甲<table><tbody><tr><td>乙</td></tr></tbody></table>"
        );
        assert_eq!(shape("甲<!-- 乙 -->丙&nbsp;&lt;", false), "甲丙\u{a0}<");
    }

    #[test]
    fn what_only_changes_the_look_makes_no_node() {
        assert_eq!(shape("<b>甲<i>乙</b>丙</i>", false), "甲乙丙");
        assert_eq!(
            shape("<font style='x'>甲<b>乙</b></font>丙", false),
            "<span>甲乙</span>丙"
        );
    }

    #[test]
    fn an_empty_element_of_xhtml_closes_itself() {
        assert_eq!(
            shape("<div/>甲<script/>乙<p/>丙", true),
            "<div></div>甲乙<p></p>丙"
        );
    }

    #[test]
    fn nesting_has_an_end_and_loses_no_words() {
        let deep = format!(
            "{}深{}浅",
            "<div>".repeat(200_000),
            "</div>".repeat(200_000)
        );
        let tree = Tree::parse(&deep, false);
        let deepest = tree.nodes.iter().map(|node| node.depth).max();
        assert!(deepest <= Some(DEEPEST + 1), "{deepest:?}");
        let words: String = tree
            .nodes
            .iter()
            .filter_map(|node| match &node.data {
                Data::Text(words) => Some(&**words),
                _ => None,
            })
            .collect();
        assert_eq!(words, "深浅");
    }
}
