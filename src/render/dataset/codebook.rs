//! `codebook`: a row an indicator or a topic.

use super::table::Table;
use crate::codebook::{Indicator, Names, Topic};

/// An entry of the codebook.
#[derive(Clone, Copy)]
pub(super) enum Entry<'a> {
    Indicator(&'a Indicator),
    Topic(&'a Topic),
}

impl<'a> Entry<'a> {
    fn indicator(self) -> Option<&'a Indicator> {
        match self {
            Self::Indicator(one) => Some(one),
            Self::Topic(_) => None,
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Indicator(_) => "indicator",
            Self::Topic(_) => "topic",
        }
    }

    fn id(self) -> &'a str {
        match self {
            Self::Indicator(one) => &one.id,
            Self::Topic(one) => &one.id,
        }
    }

    fn names(self) -> &'a Names {
        match self {
            Self::Indicator(one) => &one.names,
            Self::Topic(one) => &one.names,
        }
    }

    fn definition(self) -> &'a Names {
        match self {
            Self::Indicator(one) => &one.definition,
            Self::Topic(one) => &one.definition,
        }
    }

    fn patterns(self) -> &'a [String] {
        match self {
            Self::Indicator(one) => &one.patterns,
            Self::Topic(one) => &one.terms,
        }
    }

    /// A line a break.
    fn breaks(self) -> String {
        let breaks = self
            .indicator()
            .map_or(&[][..], |one| one.breaks.as_slice());
        let told: Vec<String> = breaks
            .iter()
            .map(|one| format!("{} {}", one.date, one.reason.hans))
            .collect();
        told.join("\n")
    }
}

/// The table.
pub(super) fn table<'a>() -> Table<'a, Entry<'a>> {
    Table::new("codebook")
        .text("kind", "indicator or topic", |e: &Entry<'a>| e.kind())
        .text("id", "its id", |e| e.id())
        .keyed()
        .text("name_zh_hans", "name, Simplified Chinese", |e| {
            e.names().hans.as_str()
        })
        .text("name_en", "name, English", |e| e.names().en.as_str())
        .text("name_zh_hant", "name, Traditional Chinese", |e| {
            e.names().hant.as_str()
        })
        .text("group", "the indicators' group", |e| {
            e.indicator().map(|one| one.group.as_str())
        })
        .text(
            "units",
            "units that are the same measure, parted by blanks",
            |e| e.indicator().map(|one| one.units.join(" ")),
        )
        .text("definition", "what it is", |e| e.definition().hans.as_str())
        .text("definition_en", "what it is, in English", |e| {
            e.definition().en.as_str()
        })
        .text("counts", "what counts as it", |e| {
            e.indicator().map(|one| one.counts.hans.as_str())
        })
        .text("does_not_count", "what does not", |e| {
            e.indicator().map(|one| one.does_not_count.hans.as_str())
        })
        .text("patterns", "wordings, one a line", |e| {
            e.patterns().join("\n")
        })
        .text(
            "breaks",
            "days on which its meaning changed, one a line",
            |e| e.breaks(),
        )
}
