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
//! `部分:` and `主题:` hold for paragraphs: joined to terms by "and", they restrict where those terms count. A query of fields
//! alone has no occurrences: it finds reports, and the paragraphs of which `部分:` and `主题:` hold.
//! Full-width signs do as well as ASCII ones. A query that can't be understood is a [`QueryError`](crate::QueryError):
//! what is wrong, where, and a query that works.

mod fields;
mod known;
mod parse;

pub(crate) use known::{Names, is_in, is_in_province};
pub(crate) use parse::parse;

use std::ops::Range;

use crate::QueryError;
use crate::pattern::Pattern;

/// A query, understood.
#[derive(Debug, Clone, Default, PartialEq)]
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
    /// Where it stands first, with its field's name, in Unicode scalar values of the query.
    pub(crate) at: Range<usize>,
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
    /// The region [is in](is_in) one of these.
    Region(Vec<Pattern>),
    /// The region is [in one of these provinces](is_in_province).
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

/// Tells that no report's issuer has a name with this term, though some have names with each of `known`.
pub(crate) fn unknown_issuer(
    query: &str,
    leaf: &Leaf,
    known: &[&str],
    names: Names<'_>,
) -> QueryError {
    let bad = fields::FieldName::Issuer.unknown(&leaf.written, known);
    let chars: Vec<char> = query.chars().collect();
    let with = bad.instead.iter().map(|value| format!("机关:{value}"));
    let instead = with.chain([String::new()]);
    let instead = instead.map(|value| parse::replaced(&chars, leaf.at.clone(), &value));
    QueryError {
        suggestions: instead.collect(),
        ..parse::error(bad.code, leaf.at.clone(), bad.told)
    }
    .that_suggests_what_works(query, names)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IndexedRegion, QueryErrorCode, TopicLabel};

    /// What an archive with two reports knows.
    fn with_names<R>(ask: impl FnOnce(Names<'_>) -> R) -> R {
        let region = |path: [&str; 2], level: &str| IndexedRegion {
            code: "330100".to_owned(),
            name: path[1].to_owned(),
            level: level.to_owned(),
            path: path.map(str::to_owned).into(),
        };
        let topic = |id: &str, name: &str| TopicLabel {
            id: id.to_owned(),
            names: vec![name.to_owned()],
        };
        ask(Names {
            topics: &[topic("review", "行政复议"), topic("training", "培训、考试")],
            regions: &[
                region(["浙江省", "杭州市"], "prefecture"),
                region(["河南省", "开封市"], "prefecture"),
            ],
            years: &[Some(2019), None, Some(2023)],
        })
    }

    /// A query, the place of the mistake in it, and the suggestion.
    fn check(query: &str, code: QueryErrorCode, at: std::ops::Range<usize>, suggestion: &str) {
        let error = with_names(|names| parse(query, names)).expect_err(query);
        assert_eq!(
            (error.code, error.at, error.suggestions[0].as_str()),
            (code, at, suggestion),
            "{query}"
        );
    }

    #[test]
    fn a_mistake_is_told_with_its_place_and_what_works() {
        check(
            "行政 \"复议",
            QueryErrorCode::UnclosedQuote,
            3..4,
            "行政 \"复议\"",
        );
        check(
            "（行政 复议",
            QueryErrorCode::UnclosedParenthesis,
            0..1,
            "（行政 复议)",
        );
        check(
            "行政) 复议",
            QueryErrorCode::StrayParenthesis,
            2..3,
            "行政 复议",
        );
        check("行政 | ", QueryErrorCode::MissingOperand, 3..4, "行政");
        check("行政 -", QueryErrorCode::MissingOperand, 3..4, "行政");
        check(
            "作者:某某",
            QueryErrorCode::UnknownField,
            0..2,
            "\"作者:某某\"",
        );
        check(
            "复议 年:",
            QueryErrorCode::MissingValue,
            3..5,
            "复议 年:2019..2023",
        );
        check(
            "年:2023..2019",
            QueryErrorCode::BadYear,
            0..12,
            "年:2019..2023",
        );
        check("级别:村", QueryErrorCode::UnknownValue, 0..4, "级别:省");
        check("G*B", QueryErrorCode::MisplacedStar, 1..2, "GB*");
        check("复议 “、”", QueryErrorCode::NothingToMatch, 3..6, "复议");
        check(
            "同句(复议 年:2020)",
            QueryErrorCode::NotInside,
            6..7,
            "同句 复议 年 2020",
        );
    }

    #[test]
    fn a_value_that_no_report_has_is_told_with_those_near_it() {
        let told = |query: &str| {
            let error = with_names(|names| parse(query, names)).expect_err(query);
            assert_eq!(error.code, QueryErrorCode::UnknownValue, "{query}");
            (error.told, error.suggestions)
        };
        let (words, suggestions) = told("地区:河男 罚款");
        assert_eq!(words.hans, "没有“河男”这个地区；相近的有：河南省");
        assert_eq!(words.hant, "沒有「河男」這個地區；相近的有：河南省");
        assert_eq!(words.en, "there is no region \"河男\"; near it are: 河南省");
        assert_eq!(suggestions, ["地区:河南省 罚款", "罚款"]);

        let (words, suggestions) = told("罚款 地区:火星");
        assert_eq!(words.hans, "没有“火星”这个地区；有：浙江省、河南省");
        assert_eq!(
            suggestions,
            ["罚款 地区:浙江省", "罚款 地区:河南省", "罚款"]
        );
        let (_, suggestions) = told("province:浙江,火星 罚款");
        assert_eq!(
            suggestions,
            [
                "province:浙江,浙江省 罚款",
                "province:浙江,河南省 罚款",
                "罚款"
            ]
        );
        let (words, suggestions) = told("主题:复议案 罚款");
        assert_eq!(words.hans, "没有“复议案”这个主题；相近的有：行政复议");
        assert_eq!(suggestions, ["主题:行政复议 罚款", "罚款"]);
        let (words, suggestions) = told("topic:xyz");
        assert_eq!(
            words.en,
            "there is no topic \"xyz\"; there are: 行政复议、培训、考试"
        );
        assert_eq!(suggestions, ["topic:行政复议", "topic:\"培训、考试\""]);
        let (words, suggestions) = told("类型:公安");
        assert_eq!(words.hant, "沒有「公安」這個機關類型；有：政府、部门、其他");
        assert_eq!(suggestions, ["类型:政府", "类型:部门", "类型:其他"]);
        let (_, suggestions) = told("type:goverment -罚款");
        assert_eq!(suggestions, ["type:government -罚款", "-罚款"]);
        let (words, suggestions) = told("罚款 年:2024..");
        assert_eq!(words.hans, "没有 2024.. 年度的报告；有：2019、2023");
        assert_eq!(suggestions, ["罚款 年:2023", "罚款"]);
    }

    #[test]
    fn what_is_written_together_is_one_term() {
        let terms = |query: &str| -> Vec<String> {
            let leaves = with_names(|names| parse(query, names)).expect(query).leaves;
            leaves
                .iter()
                .map(|leaf| leaf.pattern.texts().collect())
                .collect()
        };
        assert_eq!(terms("“721”工作法"), ["721工作法"]);
        assert_eq!(terms("双随机、一公开"), ["双随机一公开"]);
        assert_eq!(terms("\"双随机 一公开\""), ["双随机一公开"]);
        assert_eq!(terms("《条例》 条例"), ["条例"]);
        assert_eq!(terms("GB/T-1"), ["gb/t-1"]);
        assert_eq!(
            terms("复议 AND 诉讼 OR 信访 NOT 仲裁"),
            ["复议", "诉讼", "信访", "仲裁"]
        );
    }
}
