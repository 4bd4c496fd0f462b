//! `observations`: a row what a report says of an indicator; and `ratios`: a row a share that no
//! report states, worked out of two numbers of one sentence.

use super::place;
use super::reports::region;
use super::table::Table;
use crate::code::{Corrected, Scope, State};
use crate::codebook::Capacity;
use crate::identify::Period;
use crate::relate::{Figure, ReportCard};
use crate::render::ratio::Ratio;

type Found<'a> = (&'a ReportCard, &'a Figure);

/// The table. Those that a keeper struck come last, without a value.
pub(super) fn table<'a>(name: String, codebook: &'a str) -> Table<'a, Found<'a>> {
    let table = Table::new(name)
        .of_report(|r: &Found<'a>| r.0)
        .text("region", "the place's name in that year", |r| region(r.0))
        .text("issuer", "the issuing body", |r| r.0.label.issuer.as_deref())
        .text("indicator", "the indicator's id: a row of codebook.csv", |r| {
            r.1.observation.indicator.as_str()
        })
        .refers_to("codebook")
        .text(
            "state",
            "value, zero (stated to be none), unparsed (a number is lost) or struck (by the keeper: do not count)",
            |r| state(r.1),
        )
        .number("value", "the number; 万 and 亿 expanded, money in 元, shares 0 to 100", |r| {
            r.1.observation.value.filter(|_| !r.1.struck())
        })
        .text("unit", "the unit as written; money is 元, shares are %", |r| {
            r.1.observation.unit.as_deref()
        })
        .text("written", "the number as written", |r| r.1.observation.written.as_str());
    corrected(qualifiers(table))
        .in_series(|r| r.0)
        .text("sentence", "the sentence it stands in", |r| {
            r.1.sentence.as_str()
        })
        .text("page", "its place in the site", |r| place(&r.0.id, r.1))
        .text("codebook", "the codebook's version", move |_| codebook)
}

fn state(figure: &Figure) -> &'static str {
    match figure.observation.state {
        _ if figure.struck() => "struck",
        State::Value => "value",
        State::Zero => "zero",
        State::Unparsed => "unparsed",
    }
}

/// What tells an observation apart from a plain one for the whole year.
fn qualifiers<'a>(table: Table<'a, Found<'a>>) -> Table<'a, Found<'a>> {
    table
        .yes("approx", "余, 多, 近, 约, 左右", |r| {
            r.1.observation.approx
        })
        .yes("at_least", "以上, 超过", |r| r.1.observation.at_least)
        .yes(
            "implied",
            "by the sense (均维持), not by a number of its own",
            |r| r.1.observation.implied,
        )
        .yes("conflict", "the report also gives another number", |r| {
            r.1.observation.conflict
        })
        .number(
            "parts_sum",
            "what the stated parts add up to, where it is not this total",
            |r| r.1.observation.mismatch.as_ref().map(|parts| parts.sum),
        )
        .date(
            "period_start",
            "first day counted, where it is not the report's year",
            |r| period(r).map(|period| period.start),
        )
        .date(
            "period_end",
            "last day counted, where it is not the report's year",
            |r| period(r).map(|period| period.end),
        )
        .text(
            "cumulative_since",
            "since when counted up, a day or the report's words",
            |r| {
                let since = r.1.observation.cumulative_since.as_ref();
                since.map(ToString::to_string)
            },
        )
        .text(
            "scope",
            "own-level, system or area; empty where unstated",
            |r| {
                r.1.observation.scope.map(|scope| match scope {
                    Scope::OwnLevel => "own-level",
                    Scope::System => "system",
                    Scope::Area => "area",
                })
            },
        )
        .text(
            "capacity",
            "reconsideration-organ, respondent, defendant or court",
            |r| {
                r.1.observation.capacity.map(|capacity| match capacity {
                    Capacity::ReconsiderationOrgan => "reconsideration-organ",
                    Capacity::Respondent => "respondent",
                    Capacity::Defendant => "defendant",
                    Capacity::Court => "court",
                })
            },
        )
}

/// The keeper's word, where a row stands by a correction.
fn corrected<'a>(table: Table<'a, Found<'a>>) -> Table<'a, Found<'a>> {
    fn by<'a>(r: &Found<'a>) -> Option<&'a Corrected> {
        r.1.observation.corrected.as_ref()
    }
    table
        .text("corrected_by", "the keeper who corrected it", |r| {
            by(r).map(|by| by.who.as_str())
        })
        .text("corrected_when", "when, as the keeper wrote it", |r| {
            by(r).map(|by| by.when.as_str())
        })
        .text("corrected_why", "the reason", |r| {
            by(r).map(|by| by.why.as_str())
        })
        .text("corrected_from", "what the codebook had found", |r| {
            by(r).and_then(|by| by.former.as_deref())
        })
}

/// The time a figure covers: its own, or its report's where that is a part of the year.
fn period(found: &Found) -> Option<Period> {
    found.1.observation.period.or(found.0.label.part_year)
}

type Worked<'a> = (&'a ReportCard, Ratio<'a>);

/// The table of shares.
pub(super) fn ratios<'a>() -> Table<'a, Worked<'a>> {
    Table::new("ratios")
        .of_report(|r: &Worked<'a>| r.0)
        .text("part", "the indicator above the line", |r| {
            r.1.part.observation.indicator.as_str()
        })
        .refers_to("codebook")
        .text("whole", "the indicator below the line", |r| {
            r.1.whole.observation.indicator.as_str()
        })
        .refers_to("codebook")
        .number(
            "derived_percent",
            "part ÷ whole in per cent, to one decimal place: worked out here, stated by no report",
            |r| r.1.percent,
        )
        .number("part_value", "the part, as stated", |r| {
            r.1.part.observation.value
        })
        .number("whole_value", "the whole, as stated", |r| {
            r.1.whole.observation.value
        })
        .in_series(|r| r.0)
        .text("sentence", "the sentence that states both", |r| {
            r.1.part.sentence.as_str()
        })
        .text("page", "its place in the site", |r| {
            place(&r.0.id, r.1.part)
        })
}
