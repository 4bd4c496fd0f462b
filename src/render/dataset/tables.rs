//! The tables of the data set: what each column means, and where its cells come from.

use super::place;
use super::table::{Cell, Column, Kind, Table, column};
use crate::code::{Capacity, Scope, State};
use crate::codebook::{Indicator, Topic};
use crate::identify::{Genre, Script, SourceClass};
use crate::relate::{Figure, Mention, ReportCard, TopicCard};
use crate::render::ratio::Ratio;
use crate::render::{issuer_type, level, route};
use crate::structure::Role;
use Kind::{Date, Number, Text, Whole, Yes};

type Card<'a> = &'a ReportCard;

/// `unknown` is no value of a column: empty is.
fn known(word: &'static str) -> Cell<'static> {
    Cell::maybe((word != "unknown").then_some(word), Cell::text)
}

fn region_code(card: Card<'_>) -> Cell<'_> {
    Cell::maybe(card.label.region.as_ref(), |region| {
        Cell::text(&region.code)
    })
}

fn region(card: Card<'_>) -> Cell<'_> {
    Cell::maybe(card.label.region.as_ref(), |region| {
        Cell::text(&region.name)
    })
}

fn part(card: Card, role: Role) -> Cell<'static> {
    Cell::text(match card.part(role) {
        Some(part) if part.headed => "headed",
        Some(_) => "elsewhere",
        None => "none",
    })
}

/// `reports`: a row a report.
pub(super) fn reports<'a>() -> Table<'a, Card<'a>> {
    const PART: &str =
        "headed: under a heading of its own; elsewhere: its matter stands elsewhere; none";
    let mut columns: Vec<Column<'a, Card<'a>>> = vec![
        column("id", Text, "the report's id", |r: &Card<'a>| {
            Cell::text(&r.id)
        }),
        column(
            "region_code",
            Text,
            "GB/T 2260 code of the place",
            |r: &Card<'a>| region_code(r),
        ),
        column(
            "region",
            Text,
            "the place's name in that year",
            |r: &Card<'a>| region(r),
        ),
        column("province", Text, "its province", |r: &Card<'a>| {
            Cell::maybe(r.label.province(), Cell::text)
        }),
        column(
            "level",
            Text,
            "province, prefecture, county or township",
            |r: &Card<'a>| known(level(r)),
        ),
        column("issuer", Text, "the issuing body", |r: &Card<'a>| {
            Cell::maybe(r.label.issuer.as_deref(), Cell::text)
        }),
        column(
            "issuer_type",
            Text,
            "government, department or other",
            |r: &Card<'a>| known(issuer_type(r)),
        ),
        column(
            "line",
            Text,
            "the department's line (条线)",
            |r: &Card<'a>| Cell::maybe(r.label.line.as_deref(), Cell::text),
        ),
        column("year", Whole, "the year reported on", |r: &Card<'a>| {
            Cell::maybe(r.label.year, Cell::number)
        }),
        column(
            "period_start",
            Date,
            "first day reported on, where it is a part of the year",
            |r: &Card<'a>| Cell::maybe(r.label.part_year, |p| Cell::made(p.start.to_string())),
        ),
        column(
            "period_end",
            Date,
            "last day reported on, where it is a part of the year",
            |r: &Card<'a>| Cell::maybe(r.label.part_year, |p| Cell::made(p.end.to_string())),
        ),
        column("title", Text, "its title", |r: &Card<'a>| {
            Cell::maybe(r.title.as_deref(), Cell::text)
        }),
        column("published", Date, "day of publication", |r: &Card<'a>| {
            Cell::maybe(r.published, |day| Cell::made(day.to_string()))
        }),
        column("signed", Date, "day of signing", |r: &Card<'a>| {
            Cell::maybe(r.signed, |day| Cell::made(day.to_string()))
        }),
        column(
            "doc_number",
            Text,
            "its own document number",
            |r: &Card<'a>| Cell::maybe(r.doc_number.as_deref(), Cell::text),
        ),
        column(
            "index_number",
            Text,
            "the page's index number",
            |r: &Card<'a>| Cell::maybe(r.index_number.as_deref(), Cell::text),
        ),
        column("script", Text, "Hans or Hant", |r: &Card<'a>| {
            Cell::maybe(r.script, |script| {
                Cell::text(match script {
                    Script::Hans => "Hans",
                    Script::Hant => "Hant",
                })
            })
        }),
        column("genre", Text, "annual-report or other", |r: &Card<'a>| {
            Cell::maybe(r.genre, |genre| {
                Cell::text(match genre {
                    Genre::AnnualReport => "annual-report",
                    Genre::Other => "other",
                })
            })
        }),
        column(
            "source_class",
            Text,
            "official, or republisher: not to be counted",
            |r: &Card<'a>| {
                Cell::maybe(r.source_class, |class| {
                    Cell::text(match class {
                        SourceClass::Official => "official",
                        SourceClass::Republisher => "republisher",
                    })
                })
            },
        ),
        column(
            "digest",
            Yes,
            "the text is a digest made for the archive",
            |r: &Card<'a>| Cell::Yes(r.digest),
        ),
        column(
            "doubtful",
            Yes,
            "place or year is a guess that nobody has checked",
            |r: &Card<'a>| Cell::Yes(r.doubtful),
        ),
        column(
            "paragraphs",
            Whole,
            "numbered paragraphs",
            |r: &Card<'a>| Cell::number(r.paragraphs),
        ),
        column(
            "characters",
            Whole,
            "characters without white space",
            |r: &Card<'a>| Cell::number(r.characters),
        ),
    ];
    for (name, role) in [
        ("has_achievements", Role::Achievements),
        ("has_problems", Role::Problems),
        ("has_leadership_duty", Role::LeadershipDuty),
        ("has_plan", Role::Plan),
        ("has_litigation", Role::Litigation),
        ("has_suggestions", Role::Suggestions),
    ] {
        columns.push(column(name, Text, PART, move |r: &Card<'a>| part(r, role)));
    }
    columns.extend([
        column(
            "url",
            Text,
            "the address it was taken from",
            |r: &Card<'a>| Cell::maybe(r.source_url.as_deref(), Cell::text),
        ),
        column("file", Text, "its file in the archive", |r: &Card<'a>| {
            Cell::text(&r.path)
        }),
        column("sha256", Text, "the file's SHA-256", |r: &Card<'a>| {
            Cell::text(&r.sha256)
        }),
        column(
            "text_sha256",
            Text,
            "the SHA-256 of its words: the same where only the file around them changed",
            |r: &Card<'a>| Cell::text(&r.text_sha256),
        ),
        column("page", Text, "its page in the site", |r: &Card<'a>| {
            Cell::made(route::report(&r.id))
        }),
    ]);
    Table {
        name: "reports",
        key: Some("id"),
        refers: &[],
        columns,
    }
}

type Found<'a> = (Card<'a>, &'a Figure);

/// `observations`: a row what a report says of an indicator. Those that a keeper struck come last,
/// without a value.
pub(super) fn observations<'a>(codebook: &'a str) -> Table<'a, Found<'a>> {
    let mut columns: Vec<Column<'a, Found<'a>>> = vec![
        column(
            "report",
            Text,
            "the report's id: a row of reports.csv",
            |r: &Found<'a>| Cell::text(&r.0.id),
        ),
        column("year", Whole, "the year reported on", |r: &Found<'a>| {
            Cell::maybe(r.0.label.year, Cell::number)
        }),
        column(
            "region_code",
            Text,
            "GB/T 2260 code of the place",
            |r: &Found<'a>| region_code(r.0),
        ),
        column(
            "region",
            Text,
            "the place's name in that year",
            |r: &Found<'a>| region(r.0),
        ),
        column("issuer", Text, "the issuing body", |r: &Found<'a>| {
            Cell::maybe(r.0.label.issuer.as_deref(), Cell::text)
        }),
        column(
            "indicator",
            Text,
            "the indicator's id: a row of codebook.csv",
            |r: &Found<'a>| Cell::text(&r.1.observation.indicator),
        ),
        column(
            "state",
            Text,
            "value, zero (stated to be none), unparsed (a number is lost) or struck (by the keeper: do not count)",
            |r: &Found<'a>| Cell::text(state(r.1)),
        ),
        column(
            "value",
            Number,
            "the number; 万 and 亿 expanded, money in 元, shares 0 to 100",
            |r: &Found<'a>| {
                let value = r.1.observation.value.filter(|_| !r.1.struck());
                Cell::maybe(value, |value| Cell::number(value.normalize()))
            },
        ),
        column(
            "unit",
            Text,
            "the unit as written; money is 元, shares are %",
            |r: &Found<'a>| Cell::maybe(r.1.observation.unit.as_deref(), Cell::text),
        ),
        column("written", Text, "the number as written", |r: &Found<'a>| {
            Cell::text(&r.1.observation.written)
        }),
    ];
    columns.extend(qualifiers());
    columns.extend([
        column(
            "sentence",
            Text,
            "the sentence it stands in",
            |r: &Found<'a>| Cell::text(&r.1.sentence),
        ),
        column("page", Text, "its place in the site", |r: &Found<'a>| {
            Cell::made(place(&r.0.id, r.1))
        }),
        column(
            "codebook",
            Text,
            "the codebook's version",
            move |_: &Found<'a>| Cell::text(codebook),
        ),
    ]);
    Table {
        name: "observations",
        key: None,
        refers: &[("report", "reports", "id"), ("indicator", "codebook", "id")],
        columns,
    }
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
fn qualifiers<'a>() -> Vec<Column<'a, Found<'a>>> {
    vec![
        column(
            "approx",
            Yes,
            "余, 多, 近, 约, 左右",
            |r: &Found<'a>| Cell::Yes(r.1.observation.approx),
        ),
        column("at_least", Yes, "以上, 超过", |r: &Found<'a>| {
            Cell::Yes(r.1.observation.at_least)
        }),
        column(
            "implied",
            Yes,
            "by the sense (均维持), not by a number of its own",
            |r: &Found<'a>| Cell::Yes(r.1.observation.implied),
        ),
        column(
            "conflict",
            Yes,
            "the report also gives another number",
            |r: &Found<'a>| Cell::Yes(r.1.observation.conflict),
        ),
        column(
            "parts_sum",
            Number,
            "what the stated parts add up to, where it is not this total",
            |r: &Found<'a>| {
                Cell::maybe(r.1.observation.mismatch.as_ref(), |parts| {
                    Cell::number(parts.sum.normalize())
                })
            },
        ),
        column(
            "period_start",
            Date,
            "first day counted, where it is not the report's year",
            |r: &Found<'a>| Cell::maybe(period(r), |p| Cell::made(p.start.to_string())),
        ),
        column(
            "period_end",
            Date,
            "last day counted, where it is not the report's year",
            |r: &Found<'a>| Cell::maybe(period(r), |p| Cell::made(p.end.to_string())),
        ),
        column(
            "cumulative_since",
            Text,
            "since when counted up, a day or the report's words",
            |r: &Found<'a>| {
                Cell::maybe(r.1.observation.cumulative_since.as_ref(), |since| {
                    Cell::made(since.to_string())
                })
            },
        ),
        column(
            "scope",
            Text,
            "own-level, system or area; empty where unstated",
            |r: &Found<'a>| Cell::maybe(r.1.observation.scope, |scope| Cell::text(scope_id(scope))),
        ),
        column(
            "capacity",
            Text,
            "reconsideration-organ, respondent, defendant or court",
            |r: &Found<'a>| {
                let capacity = r.1.observation.capacity;
                Cell::maybe(capacity, |capacity| Cell::text(capacity_id(capacity)))
            },
        ),
        column(
            "corrected_by",
            Text,
            "the keeper who corrected it",
            |r: &Found<'a>| {
                Cell::maybe(r.1.observation.corrected.as_ref(), |by| Cell::text(&by.who))
            },
        ),
        column(
            "corrected_when",
            Text,
            "when, as the keeper wrote it",
            |r: &Found<'a>| {
                Cell::maybe(r.1.observation.corrected.as_ref(), |by| {
                    Cell::text(&by.when)
                })
            },
        ),
        column("corrected_why", Text, "the reason", |r: &Found<'a>| {
            Cell::maybe(r.1.observation.corrected.as_ref(), |by| Cell::text(&by.why))
        }),
        column(
            "corrected_from",
            Text,
            "what the codebook had found",
            |r: &Found<'a>| {
                let corrected = r.1.observation.corrected.as_ref();
                let former = corrected.and_then(|by| by.former.as_deref());
                Cell::maybe(former, Cell::text)
            },
        ),
    ]
}

/// The time a figure covers: its own, or its report's where that is a part of the year.
fn period(found: &Found) -> Option<crate::identify::Period> {
    found.1.observation.period.or(found.0.label.part_year)
}

fn scope_id(scope: Scope) -> &'static str {
    match scope {
        Scope::OwnLevel => "own-level",
        Scope::System => "system",
        Scope::Area => "area",
    }
}

fn capacity_id(capacity: Capacity) -> &'static str {
    match capacity {
        Capacity::ReconsiderationOrgan => "reconsideration-organ",
        Capacity::Respondent => "respondent",
        Capacity::Defendant => "defendant",
        Capacity::Court => "court",
    }
}

type Worked<'a> = (Card<'a>, Ratio<'a>);

/// `ratios`: a row a share that no report states, worked out of two numbers of one sentence.
pub(super) fn ratios<'a>() -> Table<'a, Worked<'a>> {
    Table {
        name: "ratios",
        key: None,
        refers: &[
            ("report", "reports", "id"),
            ("part", "codebook", "id"),
            ("whole", "codebook", "id"),
        ],
        columns: vec![
            column("report", Text, "the report's id", |r: &Worked<'a>| {
                Cell::text(&r.0.id)
            }),
            column("year", Whole, "the year reported on", |r: &Worked<'a>| {
                Cell::maybe(r.0.label.year, Cell::number)
            }),
            column(
                "region_code",
                Text,
                "GB/T 2260 code of the place",
                |r: &Worked<'a>| region_code(r.0),
            ),
            column(
                "part",
                Text,
                "the indicator above the line",
                |r: &Worked<'a>| Cell::text(&r.1.part.observation.indicator),
            ),
            column(
                "whole",
                Text,
                "the indicator below the line",
                |r: &Worked<'a>| Cell::text(&r.1.whole.observation.indicator),
            ),
            column(
                "derived_percent",
                Number,
                "part ÷ whole in per cent, to one decimal place: worked out here, stated by no report",
                |r: &Worked<'a>| Cell::number(r.1.percent),
            ),
            column(
                "part_value",
                Number,
                "the part, as stated",
                |r: &Worked<'a>| {
                    Cell::maybe(r.1.part.observation.value, |n| Cell::number(n.normalize()))
                },
            ),
            column(
                "whole_value",
                Number,
                "the whole, as stated",
                |r: &Worked<'a>| {
                    Cell::maybe(r.1.whole.observation.value, |n| Cell::number(n.normalize()))
                },
            ),
            column(
                "sentence",
                Text,
                "the sentence that states both",
                |r: &Worked<'a>| Cell::text(&r.1.part.sentence),
            ),
            column("page", Text, "its place in the site", |r: &Worked<'a>| {
                Cell::made(place(&r.0.id, r.1.part))
            }),
        ],
    }
}

type OfReport<'a> = (Card<'a>, &'a TopicCard);

/// `topics`: a row a topic in a report.
pub(super) fn topics<'a>() -> Table<'a, OfReport<'a>> {
    Table {
        name: "topics",
        key: None,
        refers: &[("report", "reports", "id"), ("topic", "codebook", "id")],
        columns: vec![
            column("report", Text, "the report's id", |r: &OfReport<'a>| {
                Cell::text(&r.0.id)
            }),
            column("year", Whole, "the year reported on", |r: &OfReport<'a>| {
                Cell::maybe(r.0.label.year, Cell::number)
            }),
            column(
                "region_code",
                Text,
                "GB/T 2260 code of the place",
                |r: &OfReport<'a>| region_code(r.0),
            ),
            column(
                "topic",
                Text,
                "the topic's id: a row of codebook.csv",
                |r: &OfReport<'a>| Cell::text(&r.1.topic),
            ),
            column(
                "paragraphs",
                Whole,
                "paragraphs that name it",
                |r: &OfReport<'a>| Cell::number(r.1.paragraphs),
            ),
            column(
                "about",
                Whole,
                "of these, paragraphs that are about it",
                |r: &OfReport<'a>| Cell::number(r.1.about),
            ),
            column("hits", Whole, "places in the text", |r: &OfReport<'a>| {
                Cell::number(r.1.hits)
            }),
        ],
    }
}

type Named<'a> = (Card<'a>, &'a TopicCard, &'a Mention);

/// `passages`: a row a paragraph that names a topic; all of them.
pub(super) fn passages<'a>() -> Table<'a, Named<'a>> {
    Table {
        name: "passages",
        key: None,
        refers: &[("report", "reports", "id"), ("topic", "codebook", "id")],
        columns: vec![
            column("report", Text, "the report's id", |r: &Named<'a>| {
                Cell::text(&r.0.id)
            }),
            column("topic", Text, "the topic's id", |r: &Named<'a>| {
                Cell::text(&r.1.topic)
            }),
            column(
                "part",
                Text,
                "the part of the report it stands in",
                |r: &Named<'a>| Cell::text(r.2.role.id()),
            ),
            column(
                "about",
                Yes,
                "the paragraph is about the topic rather than naming it",
                |r: &Named<'a>| Cell::Yes(r.2.about),
            ),
            column(
                "paragraph",
                Whole,
                "the paragraph's number (¶)",
                |r: &Named<'a>| Cell::maybe(r.2.number, Cell::number),
            ),
            column("hits", Whole, "places in the paragraph", |r: &Named<'a>| {
                Cell::number(r.2.hits)
            }),
            column(
                "words",
                Text,
                "the matched words, each once, parted by |",
                |r: &Named<'a>| Cell::text(&r.2.words),
            ),
            column(
                "anchor",
                Text,
                "its place: reports/REPORT.html#ANCHOR",
                |r: &Named<'a>| Cell::text(&r.2.anchor),
            ),
            column(
                "corrected_by",
                Text,
                "the keeper who added it",
                |r: &Named<'a>| Cell::maybe(r.2.corrected.as_ref(), |by| Cell::text(&by.who)),
            ),
            column("corrected_why", Text, "the reason", |r: &Named<'a>| {
                Cell::maybe(r.2.corrected.as_ref(), |by| Cell::text(&by.why))
            }),
        ],
    }
}

/// An entry of the codebook.
#[derive(Clone, Copy)]
pub(super) enum Entry<'a> {
    Indicator(&'a Indicator),
    Topic(&'a Topic),
}

/// `codebook`: a row an indicator or a topic.
pub(super) fn codebook<'a>() -> Table<'a, Entry<'a>> {
    fn indicator<'a>(entry: &Entry<'a>) -> Option<&'a Indicator> {
        match entry {
            Entry::Indicator(one) => Some(one),
            Entry::Topic(_) => None,
        }
    }
    fn names<'a>(entry: &Entry<'a>) -> &'a crate::codebook::Names {
        match entry {
            Entry::Indicator(one) => &one.names,
            Entry::Topic(one) => &one.names,
        }
    }
    fn definition<'a>(entry: &Entry<'a>) -> &'a crate::codebook::Names {
        match entry {
            Entry::Indicator(one) => &one.definition,
            Entry::Topic(one) => &one.definition,
        }
    }
    Table {
        name: "codebook",
        key: Some("id"),
        refers: &[],
        columns: vec![
            column("kind", Text, "indicator or topic", |e: &Entry<'a>| {
                Cell::text(match e {
                    Entry::Indicator(_) => "indicator",
                    Entry::Topic(_) => "topic",
                })
            }),
            column("id", Text, "its id", |e: &Entry<'a>| {
                Cell::text(match e {
                    Entry::Indicator(one) => &one.id,
                    Entry::Topic(one) => &one.id,
                })
            }),
            column(
                "name_zh_hans",
                Text,
                "name, Simplified Chinese",
                |e: &Entry<'a>| Cell::text(&names(e).hans),
            ),
            column("name_en", Text, "name, English", |e: &Entry<'a>| {
                Cell::text(&names(e).en)
            }),
            column(
                "name_zh_hant",
                Text,
                "name, Traditional Chinese",
                |e: &Entry<'a>| Cell::text(&names(e).hant),
            ),
            column("group", Text, "the indicators' group", |e: &Entry<'a>| {
                Cell::maybe(indicator(e), |one| Cell::text(&one.group))
            }),
            column(
                "units",
                Text,
                "units that are the same measure, parted by blanks",
                |e: &Entry<'a>| Cell::maybe(indicator(e), |one| Cell::made(one.units.join(" "))),
            ),
            column("definition", Text, "what it is", |e: &Entry<'a>| {
                Cell::text(&definition(e).hans)
            }),
            column(
                "definition_en",
                Text,
                "what it is, in English",
                |e: &Entry<'a>| Cell::text(&definition(e).en),
            ),
            column("counts", Text, "what counts as it", |e: &Entry<'a>| {
                Cell::maybe(indicator(e), |one| Cell::text(&one.counts.hans))
            }),
            column("does_not_count", Text, "what does not", |e: &Entry<'a>| {
                Cell::maybe(indicator(e), |one| Cell::text(&one.does_not_count.hans))
            }),
            column("patterns", Text, "wordings, one a line", |e: &Entry<'a>| {
                Cell::made(match e {
                    Entry::Indicator(one) => one.patterns.join("\n"),
                    Entry::Topic(one) => one.terms.join("\n"),
                })
            }),
            column(
                "breaks",
                Text,
                "days on which its meaning changed, one a line",
                |e: &Entry<'a>| {
                    let breaks = indicator(e).map_or(&[][..], |one| one.breaks.as_slice());
                    let told: Vec<String> = breaks
                        .iter()
                        .map(|one| format!("{} {}", one.date, one.reason.hans))
                        .collect();
                    Cell::made(told.join("\n"))
                },
            ),
        ],
    }
}
