//! A word processor's package: a ZIP archive of XML parts.
//!
//! A part is unpacked up to [`Limits::file_mib`] and no further. XML that has a document type declaration
//! (and so could have entities) is refused, as no word processor writes one; so is what has more nodes,
//! attributes or depth than any document.

use super::attributes::{self, Syntax};
use super::{Error, Limits};
use roxmltree::{Document, Node, ParsingOptions};
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// The most nodes that a part's tree has.
const MOST_NODES: u32 = 4_000_000;
/// How deep elements lie in one another, which readers follow by recursion; a text lies some twenty deep.
const DEEPEST: usize = 200;

/// A package, opened.
pub(super) struct Package<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    limits: Limits,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: Limits) -> Result<Self, Error> {
        let zip = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| Error::broken(error.to_string()))?;
        Ok(Self { zip, limits })
    }

    /// A part's XML; `None` where there is no such part.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<String>, Error> {
        let part = match self.zip.by_name(name) {
            Ok(part) => part,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(Error::Encrypted);
            }
            Err(error) => return Err(Error::broken(format!("{name}: {error}"))),
        };
        let mut bytes = Vec::new();
        part.take(self.limits.file() + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Error::broken(format!("{name}: {error}")))?;
        if bytes.len() as u64 > self.limits.file() {
            let mib = self.limits.file_mib;
            return Err(Error::UnpacksTooLarge { mib });
        }
        let encoding = encoding_rs::Encoding::for_bom(&bytes)
            .map_or(encoding_rs::UTF_8, |(encoding, _)| encoding);
        Ok(Some(encoding.decode(&bytes).0.into_owned()))
    }
}

/// The tree of a part's XML.
pub(super) fn tree<'a>(xml: &'a str, name: &str) -> Result<Document<'a>, Error> {
    attributes::bounded(xml, Syntax::Xml)?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(xml, options)
        .map_err(|error| Error::broken(format!("{name}: {error}")))?;
    if is_deeper(document.root(), DEEPEST) {
        return Err(Error::broken(format!(
            "{name}: its elements lie more than {DEEPEST} deep in one another, as no document's do"
        )));
    }
    Ok(document)
}

/// Whether nodes lie deeper below `root` than so many levels.
fn is_deeper(root: Node, levels: usize) -> bool {
    let (mut node, mut depth) = (root, 0);
    loop {
        if let Some(child) = node.first_child() {
            (node, depth) = (child, depth + 1);
            if depth > levels {
                return true;
            }
            continue;
        }
        while node.next_sibling().is_none() {
            let Some(parent) = node.parent().filter(|_| depth > 0) else {
                return false;
            };
            (node, depth) = (parent, depth - 1);
        }
        if let Some(next) = node.next_sibling() {
            node = next;
        }
    }
}

/// The value of an attribute, whatever its namespace.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes()
        .find(|attribute| attribute.name() == name)
        .map(|attribute| attribute.value())
}

/// An attribute that is a number.
pub(super) fn number(node: Node, name: &str) -> Option<i64> {
    attribute(node, name)?.trim().parse().ok()
}

/// The first child element of this name, whatever its namespace.
pub(super) fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| is(*child, name))
}

/// Child elements of this name.
pub(super) fn children<'a, 'input: 'a>(
    node: Node<'a, 'input>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'input>> + 'a {
    node.children().filter(move |child| is(*child, name))
}

/// Whether it is an element of this name.
pub(super) fn is(node: Node, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}
