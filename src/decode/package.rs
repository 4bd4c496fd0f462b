//! A word processor's package: a ZIP archive of XML parts.
//!
//! A part is unpacked up to [`LARGEST_PART`] and no further. XML that has a document type declaration
//! (and so could have entities) is refused: no word processor writes one.

use super::Error;
use roxmltree::{Document, Node, ParsingOptions};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// The largest part that is unpacked, in bytes: 64 MiB.
const LARGEST_PART: u64 = 64 << 20;
/// The most nodes that a part's tree has.
const MOST_NODES: u32 = 4_000_000;
/// Elements within elements are followed down to here; a text lies some twenty deep.
pub(super) const DEEPEST: usize = 200;

/// A package, opened.
pub(super) struct Package<'a>(ZipArchive<Cursor<&'a [u8]>>);

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        ZipArchive::new(Cursor::new(bytes))
            .map(Self)
            .map_err(|error| Error::broken(error.to_string()))
    }

    /// A part's XML; `None` where there is no such part.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<String>, Error> {
        let Ok(part) = self.0.by_name(name) else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        part.take(LARGEST_PART + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Error::broken(format!("{name}: {error}")))?;
        if bytes.len() as u64 > LARGEST_PART {
            return Err(Error::UnpacksTooLarge);
        }
        let encoding = encoding_rs::Encoding::for_bom(&bytes)
            .map_or(encoding_rs::UTF_8, |(encoding, _)| encoding);
        Ok(Some(encoding.decode(&bytes).0.into_owned()))
    }
}

/// The tree of a part's XML.
pub(super) fn tree<'a>(xml: &'a str, name: &str) -> Result<Document<'a>, Error> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(xml, options)
        .map_err(|error| Error::broken(format!("{name}: {error}")))
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
