//! `reports`: a row a report, copies and older versions too; and what every other table says of the
//! report of a row.

use super::table::Table;
use crate::gazetteer::RegionLevel;
use crate::identify::{Genre, IssuerType, Script, SourceClass};
use crate::relate::{Kinship, ReportCard};
use crate::render::route;
use crate::structure::Role;

type Card<'a> = &'a ReportCard;

/// What a reader leaves out: the same words in all tables.
const IN_SERIES: &str = "it counts: false for copies and older versions of another report, a re-publisher's texts and other genres";

impl<'a, R: 'a> Table<'a, R> {
    /// Columns that name a row's report, `of` the row.
    pub(super) fn of_report(self, of: fn(&R) -> Card<'a>) -> Self {
        self.text(
            "report",
            "the report's id: a row of reports.csv",
            move |r| of(r).id.as_str(),
        )
        .refers_to("reports")
        .whole("year", "the year reported on", move |r| of(r).label.year)
        .text("region_code", "GB/T 2260 code of the place", move |r| {
            region_code(of(r))
        })
    }

    /// A column that tells whether a row's report counts.
    pub(super) fn in_series(self, of: fn(&R) -> Card<'a>) -> Self {
        self.yes("in_series", IN_SERIES, move |r| of(r).in_series())
    }
}

/// The table.
pub(super) fn table<'a>() -> Table<'a, Card<'a>> {
    let table = source(period(place(
        Table::new("reports")
            .text("id", "the report's id", |r: &Card<'a>| r.id.as_str())
            .keyed(),
    )));
    parts(table)
        .text("url", "the address it was taken from", |r| {
            r.source_url.as_deref()
        })
        .text("file", "its file in the archive", |r| r.path.as_str())
        .text("sha256", "the file's SHA-256", |r| r.sha256.as_str())
        .text(
            "text_sha256",
            "the SHA-256 of its words: the same where only the file around them changed",
            |r| r.text_sha256.as_str(),
        )
        .text("page", "its page in the site", |r| route::report(&r.id))
}

fn region_code(card: Card<'_>) -> Option<&str> {
    card.label
        .region
        .as_ref()
        .map(|region| region.code.as_str())
}

/// The place's name in that year.
pub(super) fn region(card: Card<'_>) -> Option<&str> {
    card.label
        .region
        .as_ref()
        .map(|region| region.name.as_str())
}

fn level(card: Card<'_>) -> Option<&'static str> {
    card.label.level().map(|level| match level {
        RegionLevel::Province => "province",
        RegionLevel::Prefecture => "prefecture",
        RegionLevel::County => "county",
        RegionLevel::Township => "township",
    })
}

fn issuer_type(card: Card<'_>) -> Option<&'static str> {
    card.label.issuer_type.map(|kind| match kind {
        IssuerType::Government => "government",
        IssuerType::Department => "department",
        IssuerType::Other => "other",
    })
}

fn place<'a>(table: Table<'a, Card<'a>>) -> Table<'a, Card<'a>> {
    table
        .text("region_code", "GB/T 2260 code of the place", |r| {
            region_code(r)
        })
        .text("region", "the place's name in that year", |r| region(r))
        .text("province", "its province", |r| r.label.province())
        .text("level", "province, prefecture, county or township", |r| {
            level(r)
        })
        .text("issuer", "the issuing body", |r| r.label.issuer.as_deref())
        .text("issuer_type", "government, department or other", |r| {
            issuer_type(r)
        })
        .text("line", "the department's line (条线)", |r| {
            r.label.line.as_deref()
        })
}

fn period<'a>(table: Table<'a, Card<'a>>) -> Table<'a, Card<'a>> {
    table
        .whole("year", "the year reported on", |r| r.label.year)
        .date(
            "period_start",
            "first day reported on, where it is a part of the year",
            |r| r.label.part_year.map(|period| period.start),
        )
        .date(
            "period_end",
            "last day reported on, where it is a part of the year",
            |r| r.label.part_year.map(|period| period.end),
        )
        .text("title", "its title", |r| r.title.as_deref())
        .date("published", "day of publication", |r| r.published)
        .date("signed", "day of signing", |r| r.signed)
        .text("doc_number", "its own document number", |r| {
            r.doc_number.as_deref()
        })
        .text("index_number", "the page's index number", |r| {
            r.index_number.as_deref()
        })
}

fn source<'a>(table: Table<'a, Card<'a>>) -> Table<'a, Card<'a>> {
    table
        .text("script", "Hans or Hant", |r| {
            r.script.map(|script| match script {
                Script::Hans => "Hans",
                Script::Hant => "Hant",
            })
        })
        .text("genre", "annual-report or other", |r| {
            r.genre.map(|genre| match genre {
                Genre::AnnualReport => "annual-report",
                Genre::Other => "other",
            })
        })
        .text(
            "source_class",
            "official, or republisher: not to be counted",
            |r| {
                r.source_class.map(|class| match class {
                    SourceClass::Official => "official",
                    SourceClass::Republisher => "republisher",
                })
            },
        )
        .text(
            "copy_of",
            "the report that stands for it: count that one, not this",
            |r| r.stands_for_it().map(|kin| kin.id.as_str()),
        )
        .refers_to("")
        .text(
            "kinship",
            "what it is to that: copy, or older (an older version)",
            |r| {
                r.stands_for_it().map(|kin| match kin.kinship {
                    Kinship::Older => "older",
                    _ => "copy",
                })
            },
        )
        .in_series(|r| r)
        .yes("digest", "the text is a digest made for the archive", |r| {
            r.digest
        })
        .yes(
            "doubtful",
            "place or year is a guess that nobody has checked",
            |r| r.doubtful,
        )
        .whole("paragraphs", "numbered paragraphs", |r| r.paragraphs)
        .whole("characters", "characters without white space", |r| {
            r.characters
        })
}

fn parts<'a>(mut table: Table<'a, Card<'a>>) -> Table<'a, Card<'a>> {
    const MEANING: &str =
        "headed: under a heading of its own; elsewhere: its matter stands elsewhere; none";
    for (name, role) in [
        ("has_achievements", Role::Achievements),
        ("has_problems", Role::Problems),
        ("has_leadership_duty", Role::LeadershipDuty),
        ("has_plan", Role::Plan),
        ("has_litigation", Role::Litigation),
        ("has_suggestions", Role::Suggestions),
    ] {
        table = table.text(name, MEANING, move |r| match r.part(role) {
            Some(part) if part.headed => "headed",
            Some(_) => "elsewhere",
            None => "none",
        });
    }
    table
}
