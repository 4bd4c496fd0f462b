//! The query language.
//!
//! | written | means |
//! |---|---|
//! | `行政复议` | this run of characters, exactly |
//! | `行政复议 败诉` | both, somewhere in the report |
//! | `行政诉讼 \| 行政复议` | either |
//! | `行政诉讼 -败诉` | without; binds to what follows it |
//! | `"依法 行政"` | as it stands, operators included |
//! | `(首违不罚 \| 轻微免罚) 柔性执法` | grouping |
//! | `同句(复议 撤销)` `sentence(…)` | in one sentence |
//! | `同段(复议 撤销)` `paragraph(…)` | in one paragraph |
//! | `GB*` `202*` | Latin letters or digits that begin so |
//! | `地区:` `省:` `年:2019..2023` `主题:` `部分:` `机关:` `级别:` `类型:` | fields; in English `region:` `province:` `year:` `topic:` `part:` `issuer:` `level:` `type:` |
//!
//! `部分:` and `主题:` hold for paragraphs: joined to terms by "and", they restrict where those terms count.
//! Full-width signs do as well as ASCII ones. A query that can't be understood is a [`QueryError`](crate::QueryError):
//! what is wrong, where, and a query that works.

mod fields;
mod parse;

pub(crate) use fields::Names;
pub(crate) use parse::parse;

use crate::pattern::Pattern;

/// A query, understood.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Query {
    /// Nothing for a query without words, which all reports match.
    pub(crate) root: Option<Node>,
    /// The distinct terms, by whose index the nodes know them.
    pub(crate) leaves: Vec<Leaf>,
}

/// Where a term is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum In {
    Text,
    Issuer,
}

/// A term.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Leaf {
    pub(crate) pattern: Pattern,
    /// As the reader wrote it.
    pub(crate) written: String,
    pub(crate) place: In,
}

/// Within what terms must stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within {
    Sentence,
    Paragraph,
}

/// An expression over reports.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// A term in the text, or in the issuer's name.
    Term(usize),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Same(Within, Box<Node>),
    Field(Test),
}

/// What a field asks of a report or of a paragraph.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// A name on the region's path contains one of these; or its code begins with these digits.
    Region(Vec<Pattern>),
    /// The province's name contains one of these.
    Province(Vec<Pattern>),
    /// Inclusive ranges.
    Year(Vec<(i32, i32)>),
    Level(Vec<String>),
    IssuerType(Vec<String>),
    /// Roles' ids. Of a paragraph.
    Part(Vec<String>),
    /// Topics' ids. Of a paragraph.
    Topic(Vec<String>),
}

impl Node {
    /// Whether this speaks of single paragraphs only, by their part or topic.
    pub(crate) fn is_about_paragraphs(&self) -> bool {
        match self {
            Node::Field(test) => matches!(test, Test::Part(_) | Test::Topic(_)),
            Node::Not(inner) => inner.is_about_paragraphs(),
            Node::And(all) | Node::Or(all) => all.iter().all(Node::is_about_paragraphs),
            Node::Term(_) | Node::Same(..) => false,
        }
    }

    /// Calls `see` for every node with whether it stands under an even number of "not".
    pub(crate) fn walk<'n>(&'n self, positive: bool, see: &mut impl FnMut(&'n Node, bool)) {
        see(self, positive);
        match self {
            Node::Not(inner) => inner.walk(!positive, see),
            Node::And(all) | Node::Or(all) => all.iter().for_each(|node| node.walk(positive, see)),
            Node::Same(_, inner) => inner.walk(positive, see),
            Node::Term(_) | Node::Field(_) => {}
        }
    }
}
