//! `topics`: a row a topic in a report; and `passages`: a row a paragraph that names one.

use super::table::Table;
use crate::code::Corrected;
use crate::relate::{Mention, ReportCard, TopicCard};

type OfReport<'a> = (&'a ReportCard, &'a TopicCard);

/// The table of topics. What a keeper struck is not among what it counts.
pub(super) fn table<'a>(name: String) -> Table<'a, OfReport<'a>> {
    Table::new(name)
        .of_report(|r: &OfReport<'a>| r.0)
        .text("topic", "the topic's id: a row of codebook.csv", |r| {
            r.1.topic.as_str()
        })
        .refers_to("codebook")
        .whole("paragraphs", "paragraphs that name it", |r| r.1.paragraphs)
        .whole("about", "of these, paragraphs that are about it", |r| {
            r.1.about
        })
        .whole("hits", "places in the text", |r| r.1.hits)
        .in_series(|r| r.0)
}

type Named<'a> = (&'a ReportCard, &'a TopicCard, Mention);

/// The table of passages: all of them; those that a keeper struck come last.
pub(super) fn passages<'a>(name: String) -> Table<'a, Named<'a>> {
    fn by<'r>(r: &'r Named) -> Option<&'r Corrected> {
        r.2.corrected.as_deref()
    }
    Table::new(name)
        .of_report(|r: &Named<'a>| r.0)
        .text("topic", "the topic's id: a row of codebook.csv", |r| {
            r.1.topic.as_str()
        })
        .refers_to("codebook")
        .text(
            "state",
            "named, or struck (by the keeper: do not count)",
            |r| match by(r) {
                Some(by) if by.struck => "struck",
                _ => "named",
            },
        )
        .text("part", "the part of the report it stands in", |r| {
            r.2.role.id()
        })
        .yes(
            "about",
            "the paragraph is about the topic rather than naming it",
            |r| r.2.about,
        )
        .whole("paragraph", "the paragraph's number (¶)", |r| r.2.number)
        .whole("hits", "places in the paragraph", |r| r.2.hits)
        .text("words", "the matched words, each once, parted by |", |r| {
            r.2.words.to_string()
        })
        .text("anchor", "its place: reports/REPORT.html#ANCHOR", |r| {
            r.2.anchor.to_string()
        })
        .text("corrected_by", "the keeper who added or struck it", |r| {
            by(r).map(|by| by.who.clone())
        })
        .text("corrected_when", "when, as the keeper wrote it", |r| {
            by(r).map(|by| by.when.clone())
        })
        .text("corrected_why", "the reason", |r| {
            by(r).map(|by| by.why.clone())
        })
        .in_series(|r| r.0)
}
