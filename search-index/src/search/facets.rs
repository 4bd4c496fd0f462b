//! Facets: what the reader chose among them, and counts that show where to go from here.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::bits::Bits;
use super::evaluate::{Evaluation, FoundParagraph, Outcome, Scope};
use super::{Reports, Test};
use crate::{FacetCount, Facets, Filters};

/// Levels of regions, highest first.
const LEVELS: [&str; 4] = ["province", "prefecture", "county", "township"];
/// Roles of parts in the order in which a report has them.
const PARTS: [&str; 7] = [
    "achievements",
    "problems",
    "leadership_duty",
    "plan",
    "litigation",
    "suggestions",
    "other",
];

/// What the reader chose.
pub(super) struct Chosen<'f> {
    filters: &'f Filters,
}

/// The facets whose values are a report's.
const OF_REPORTS: [OfReport; 4] = [
    OfReport::Province,
    OfReport::Year,
    OfReport::Level,
    OfReport::IssuerType,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OfReport {
    Province,
    Year,
    Level,
    IssuerType,
}

impl OfReport {
    fn chosen(self, filters: &Filters) -> &[String] {
        match self {
            OfReport::Province => &filters.province,
            OfReport::Year => &filters.year,
            OfReport::Level => &filters.level,
            OfReport::IssuerType => &filters.issuer_type,
        }
    }

    fn value(self, reports: &Reports, report: usize) -> Option<String> {
        match self {
            OfReport::Province => reports.province_of(report).map(str::to_owned),
            OfReport::Year => reports.year[report].map(|year| year.to_string()),
            OfReport::Level => Some(reports.region_of(report)?.level.clone()),
            OfReport::IssuerType => reports.issuer_type_of(report).map(str::to_owned),
        }
    }
}

impl<'f> Chosen<'f> {
    pub(super) fn new(filters: &'f Filters) -> Chosen<'f> {
        Chosen { filters }
    }

    /// Where occurrences count, by the chosen parts and topics.
    pub(super) fn scope(&self, evaluation: &Evaluation<'_>) -> Scope {
        both(self.part_scope(evaluation), self.topic_scope(evaluation))
    }

    fn part_scope(&self, evaluation: &Evaluation<'_>) -> Scope {
        let parts = &self.filters.part;
        (!parts.is_empty()).then(|| Rc::new(evaluation.test_paragraphs(&Test::Part(parts.clone()))))
    }

    fn topic_scope(&self, evaluation: &Evaluation<'_>) -> Scope {
        let topics = &self.filters.topic;
        (!topics.is_empty())
            .then(|| Rc::new(evaluation.test_paragraphs(&Test::Topic(topics.clone()))))
    }

    /// The reports that the chosen values let through.
    pub(super) fn allowed(&self, evaluation: &Evaluation<'_>) -> Bits {
        self.allowed_but(evaluation, None)
    }

    fn allowed_but(&self, evaluation: &Evaluation<'_>, but: Option<OfReport>) -> Bits {
        let all = Bits::all(evaluation.reports.len());
        let facets = OF_REPORTS.into_iter().filter(|facet| Some(*facet) != but);
        facets.fold(all, |allowed, facet| {
            let chosen = facet.chosen(self.filters);
            if chosen.is_empty() {
                return allowed;
            }
            let holds = |report| {
                facet
                    .value(evaluation.reports, report)
                    .is_some_and(|value| chosen.contains(&value))
            };
            allowed.and(&Bits::of(evaluation.reports.len(), holds))
        })
    }

    /// Counts by facet, each without its own choice.
    pub(super) fn facets(&self, evaluation: &Evaluation<'_>, outcome: &Outcome) -> Facets {
        let of = |facet| self.count_reports(evaluation, outcome, facet);
        let mut level = of(OfReport::Level);
        sort_by_list(&mut level, &LEVELS);
        let mut year = of(OfReport::Year);
        year.reverse();
        let mut province = of(OfReport::Province);
        let code = |name: &str| {
            let regions = evaluation.reports.vocabulary.regions.iter();
            regions
                .filter(|region| region.path.first().is_some_and(|first| first == name))
                .map(|region| region.code.clone())
                .min()
        };
        province.sort_by_cached_key(|count| code(&count.value));
        Facets {
            province,
            year,
            level,
            part: self.count_parts(evaluation, outcome),
            topic: self.count_topics(evaluation, outcome),
            issuer_type: of(OfReport::IssuerType),
        }
    }

    fn count_reports(
        &self,
        evaluation: &Evaluation<'_>,
        outcome: &Outcome,
        facet: OfReport,
    ) -> Vec<FacetCount> {
        let chosen = facet.chosen(self.filters);
        let widened;
        let outcome = if chosen.is_empty() {
            outcome
        } else {
            widened = evaluation.run(
                &self.scope(evaluation),
                &self.allowed_but(evaluation, Some(facet)),
            );
            &widened
        };
        let mut occurrences = BTreeMap::new();
        for found in &outcome.paragraphs {
            *occurrences.entry(found.report as usize).or_insert(0) += u64::from(found.count);
        }
        let mut counts = Counts::default();
        for &report in &outcome.reports {
            if let Some(value) = facet.value(evaluation.reports, report) {
                counts.add(value, occurrences.get(&report).copied().unwrap_or(0));
            }
        }
        counts.finish(chosen, std::borrow::ToOwned::to_owned)
    }

    fn count_parts(&self, evaluation: &Evaluation<'_>, outcome: &Outcome) -> Vec<FacetCount> {
        let chosen = &self.filters.part;
        let widened;
        let outcome = if chosen.is_empty() {
            outcome
        } else {
            widened = evaluation.run(&self.topic_scope(evaluation), &self.allowed(evaluation));
            &widened
        };
        let roles = &evaluation.reports.vocabulary.roles;
        let role = |found: &FoundParagraph| {
            roles.get(usize::from(evaluation.paragraphs.role[found.doc as usize]))
        };
        let mut counts = Counts::default();
        for in_report in outcome.paragraphs.chunk_by(|a, b| a.report == b.report) {
            let mut parts = BTreeMap::new();
            for found in in_report {
                if let Some(role) = role(found) {
                    *parts.entry(role.clone()).or_insert(0) += u64::from(found.count);
                }
            }
            parts
                .into_iter()
                .for_each(|(part, occurrences)| counts.add(part, occurrences));
        }
        let mut counts = counts.finish(chosen, std::borrow::ToOwned::to_owned);
        sort_by_list(&mut counts, &PARTS);
        counts
    }

    fn count_topics(&self, evaluation: &Evaluation<'_>, outcome: &Outcome) -> Vec<FacetCount> {
        let chosen = &self.filters.topic;
        let widened;
        let outcome = if chosen.is_empty() {
            outcome
        } else {
            widened = evaluation.run(&self.part_scope(evaluation), &self.allowed(evaluation));
            &widened
        };
        let labels = &evaluation.reports.vocabulary.topics;
        let mut all = Vec::new();
        for (label, docs) in labels.iter().zip(evaluation.topics) {
            let (mut reports, mut occurrences, mut last) = (0, 0, None);
            let mut docs = docs.iter().peekable();
            for found in &outcome.paragraphs {
                while docs.next_if(|doc| **doc < found.doc).is_some() {}
                if docs.peek() == Some(&&found.doc) {
                    occurrences += u64::from(found.count);
                    reports += u64::from(last != Some(found.report));
                    last = Some(found.report);
                }
            }
            let selected = chosen.contains(&label.id);
            if reports > 0 || selected {
                all.push(FacetCount {
                    value: label.id.clone(),
                    label: label.names.first().unwrap_or(&label.id).clone(),
                    reports,
                    occurrences,
                    selected,
                });
            }
        }
        all
    }
}

fn both(first: Scope, second: Scope) -> Scope {
    match (first, second) {
        (Some(first), Some(second)) => Some(Rc::new(first.as_ref().clone().and(&second))),
        (first, second) => first.or(second),
    }
}

fn sort_by_list(counts: &mut [FacetCount], list: &[&str]) {
    counts.sort_by_key(|count| {
        list.iter()
            .position(|value| *value == count.value)
            .unwrap_or(list.len())
    });
}

/// Reports and occurrences by value.
#[derive(Default)]
struct Counts {
    by_value: BTreeMap<String, (u64, u64)>,
}

impl Counts {
    fn add(&mut self, value: String, occurrences: u64) {
        let count = self.by_value.entry(value).or_default();
        count.0 += 1;
        count.1 += occurrences;
    }

    /// In the order of values; a chosen value stays even where nothing is left of it.
    fn finish(mut self, chosen: &[String], label: impl Fn(&str) -> String) -> Vec<FacetCount> {
        for value in chosen {
            self.by_value.entry(value.clone()).or_default();
        }
        let counts = self.by_value.into_iter();
        let counts = counts.map(|(value, (reports, occurrences))| FacetCount {
            label: label(&value),
            selected: chosen.contains(&value),
            value,
            reports,
            occurrences,
        });
        counts.collect()
    }
}
