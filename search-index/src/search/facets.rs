//! Facets: what the reader chose among them, and counts that show where to go from here.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::bits::Bits;
use super::evaluate::{Evaluation, Outcome, Scope};
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

    /// A number that stands for a report's value; several may stand for the same.
    fn number(self, reports: &Reports, report: usize) -> Option<u32> {
        match self {
            OfReport::Province | OfReport::Level => *reports.region.get(report)?,
            OfReport::Year => u32::try_from((*reports.year.get(report)?)?).ok(),
            OfReport::IssuerType => *reports.issuer_type.get(report)?,
        }
    }

    /// The value that a number stands for.
    fn value(self, reports: &Reports, number: u32) -> Option<String> {
        let vocabulary = &reports.vocabulary;
        let region = || vocabulary.regions.get(number as usize);
        match self {
            OfReport::Province => Some(region()?.path.first()?.clone()),
            OfReport::Level => Some(region()?.level.clone()),
            OfReport::Year => Some(number.to_string()),
            OfReport::IssuerType => vocabulary.issuer_types.get(number as usize).cloned(),
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
            let mut known = BTreeMap::new();
            let holds = |report| {
                let number = facet.number(evaluation.reports, report);
                number.is_some_and(|number| {
                    *known.entry(number).or_insert_with(|| {
                        let value = facet.value(evaluation.reports, number);
                        value.is_some_and(|value| chosen.contains(&value))
                    })
                })
            };
            let holds = Bits::of(evaluation.reports.len(), holds);
            allowed.and(&holds)
        })
    }

    /// Counts by facet, each without its own choice; by topic only where that is asked for.
    pub(super) fn facets(
        &self,
        evaluation: &Evaluation<'_>,
        outcome: &Outcome,
        topics: bool,
    ) -> Facets {
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
            topic: topics.then(|| self.count_topics(evaluation, outcome)),
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
        let mut found = outcome.paragraphs.iter().peekable();
        let mut numbers: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
        for &report in &outcome.reports {
            let mut occurrences = 0;
            while let Some(found) = found.next_if(|found| found.report as usize <= report) {
                if found.report as usize == report {
                    occurrences += u64::from(found.count);
                }
            }
            if let Some(number) = facet.number(evaluation.reports, report) {
                let count = numbers.entry(number).or_default();
                count.0 += 1;
                count.1 += occurrences;
            }
        }
        let mut counts = Counts::default();
        for (number, (reports, occurrences)) in numbers {
            if let Some(value) = facet.value(evaluation.reports, number) {
                counts.add(value, reports, occurrences);
            }
        }
        counts.finish(chosen)
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
        // Reports, occurrences, and the last report with the role.
        let mut by_role = vec![(0, 0, None); roles.len()];
        for found in &outcome.paragraphs {
            let role = usize::from(evaluation.paragraphs.role[found.doc as usize]);
            if let Some((reports, occurrences, last)) = by_role.get_mut(role) {
                *reports += u64::from(*last != Some(found.report));
                *occurrences += u64::from(found.count);
                *last = Some(found.report);
            }
        }
        let mut counts = Counts::default();
        for (role, (reports, occurrences, last)) in roles.iter().zip(by_role) {
            if last.is_some() {
                counts.add(role.clone(), reports, occurrences);
            }
        }
        let mut counts = counts.finish(chosen);
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
        // Where each paragraph is among those found, from one on: a topic has few paragraphs, and topics are many.
        let mut places = vec![0_u32; evaluation.reports.paragraphs() as usize];
        for (place, found) in (1..).zip(&outcome.paragraphs) {
            places[found.doc as usize] = place;
        }
        let mut all = Vec::new();
        for (at, label) in labels.iter().enumerate() {
            // None are read where nothing can be found; what is chosen stays chosen.
            let docs = evaluation.topics.get(at).into_iter().flatten();
            let (mut reports, mut occurrences, mut last) = (0, 0, None);
            let places = docs.filter_map(|doc| places.get(*doc as usize));
            for place in places.filter_map(|place| place.checked_sub(1)) {
                let found = &outcome.paragraphs[place as usize];
                occurrences += u64::from(found.count);
                reports += u64::from(last != Some(found.report));
                last = Some(found.report);
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
    fn add(&mut self, value: String, reports: u64, occurrences: u64) {
        let count = self.by_value.entry(value).or_default();
        count.0 += reports;
        count.1 += occurrences;
    }

    /// In the order of values; a chosen value stays even where nothing is left of it.
    fn finish(mut self, chosen: &[String]) -> Vec<FacetCount> {
        for value in chosen {
            self.by_value.entry(value.clone()).or_default();
        }
        let counts = self.by_value.into_iter();
        let counts = counts.map(|(value, (reports, occurrences))| FacetCount {
            label: value.clone(),
            selected: chosen.contains(&value),
            value,
            reports,
            occurrences,
        });
        counts.collect()
    }
}
