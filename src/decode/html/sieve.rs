//! The tokenizer's tokens → those that the tree is made of.
//!
//! Never let through: comments, attributes that tell nothing of words, elements that only change the look of
//! words, and, once elements nest as deep as they may, any further nesting ([`super::tree`] says why).

use super::tree::{Handle, Sink, lists};
use crate::decode::attributes::RAW;
use html5ever::LocalName;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use std::cell::RefCell;

/// Lets through to the builder what the tree is made of.
pub(super) struct Sieve {
    builder: TreeBuilder<Handle, Sink>,
    /// Open elements that only change the look of words, and whether a node stands for them.
    looks: RefCell<Vec<(LocalName, bool)>>,
    xml: bool,
}

impl Sieve {
    /// `xml` says that any element may close itself.
    pub(super) fn new(xml: bool) -> Self {
        Self {
            builder: TreeBuilder::new(Sink::default(), TreeBuilderOpts::default()),
            looks: RefCell::default(),
            xml,
        }
    }

    /// What the tree is gathered in.
    pub(super) fn sink(self) -> Sink {
        self.builder.sink
    }
}

/// Elements that only change the look of words.
const LOOKS: &str = "b big code em font i nobr s small strike strong tt u ins mark";

/// Attributes that tell something of an element's words.
const ATTRIBUTES: &str = "class colspan content hidden href http-equiv id media name property reversed role rowspan start \
    style type value";

/// Elements that the walk has no line break for.
const INLINE: &str = "a span sub sup";

/// More open elements that only change the look are not kept account of.
const MOST_LOOKS: usize = 500;

impl TokenSink for Sieve {
    type Handle = Handle;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Handle> {
        match token {
            Token::CommentToken(words) => {
                if let Some(address) = saved_from(&words) {
                    self.builder.sink.saved_from(address, line as u32);
                }
                TokenSinkResult::Continue
            }
            Token::TagToken(tag) => self.tag(tag, line),
            other => self.builder.process_token(other, line),
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

impl Sieve {
    fn tag(&self, mut tag: Tag, line: u64) -> TokenSinkResult<Handle> {
        tag.attrs
            .retain(|attribute| lists(ATTRIBUTES, &attribute.name.local));
        if lists(LOOKS, &tag.name) {
            let Some(span) = self.look(tag) else {
                return TokenSinkResult::Continue;
            };
            tag = span;
        }
        let raw = RAW.contains(&&*tag.name);
        if self.xml && tag.self_closing && tag.kind == TagKind::StartTag && !is_void(&tag.name) {
            // An empty element has no words; an empty raw one would swallow what stands after it.
            if raw {
                return TokenSinkResult::Continue;
            }
            let end = Tag {
                kind: TagKind::EndTag,
                attrs: Vec::new(),
                ..tag.clone()
            };
            let begun = self.builder.process_token(Token::TagToken(tag), line);
            let ended = self.builder.process_token(Token::TagToken(end), line);
            return match begun {
                TokenSinkResult::Continue => ended,
                other => other,
            };
        }
        if self.builder.sink.is_full() && !raw && !is_void(&tag.name) {
            if lists(INLINE, &tag.name) {
                return TokenSinkResult::Continue;
            }
            tag = Tag {
                kind: TagKind::StartTag,
                name: LocalName::from("br"),
                attrs: Vec::new(),
                self_closing: false,
                ..tag
            };
        }
        self.builder.process_token(Token::TagToken(tag), line)
    }

    /// The tag to let through for one that changes the look of words: a `span` where it hides them
    /// or sets them as a block.
    fn look(&self, tag: Tag) -> Option<Tag> {
        let mut open = self.looks.borrow_mut();
        let span = |tag: Tag| Tag {
            name: LocalName::from("span"),
            ..tag
        };
        if tag.kind == TagKind::StartTag {
            let matters = tag
                .attrs
                .iter()
                .any(|attribute| matches!(&*attribute.name.local, "style" | "hidden"));
            if open.len() == MOST_LOOKS {
                return None;
            }
            open.push((tag.name.clone(), matters));
            return matters.then(|| span(tag));
        }
        let at = open.iter().rposition(|(name, _)| *name == tag.name)?;
        let (_, matters) = open.remove(at);
        matters.then(|| span(tag))
    }
}

/// The address in the comment that a browser, or the extension SingleFile, puts into a page that it saves.
fn saved_from(comment: &str) -> Option<&str> {
    let comment = comment.trim();
    if let Some(rest) = comment.strip_prefix("saved from url=(") {
        return rest.split_once(')').map(|(_, address)| address.trim());
    }
    comment.strip_prefix("Page saved with SingleFile")?;
    let mut lines = comment.lines().map(str::trim);
    lines
        .find_map(|line| line.strip_prefix("url:"))
        .map(str::trim)
}

fn is_void(name: &LocalName) -> bool {
    matches!(
        &**name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}
