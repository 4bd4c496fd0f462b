//! All reports → the [`Corpus`]: the only stage that sees all of them. It works on what the
//! per-report pass left ([`ReportCard`]s), never on all full texts at once.
//!
//! The unit of analysis is the issuer, not the place: a [`Series`] is one issuer's reports over the
//! years. The order of everything here is the divisions' official order (by code), then issuer,
//! year and id: the same whatever order the cards came in.

mod card;
mod coded;
mod edition;
mod kin;
mod shelf;
mod sketch;

pub use card::{Label, Opening, PartCard, ReportCard};
pub use coded::{Excerpt, Figure, Mention, Named, TopicCard};
pub use edition::edition;
pub use kin::{Kin, Kinship, Reason, relate_kin};
pub use shelf::{NoShelf, Place as ShelfPlace, Shelf, Shelved};
pub use sketch::Sketch;

use crate::archive::catalogue::Gone;
use crate::diagnostic::Diagnostic;
use crate::gazetteer::{Region, RegionLevel};
use crate::identify::IssuerType;
use std::collections::BTreeMap;

/// A report's place in [`Corpus::reports`].
pub type Index = u32;

/// All reports of an archive, related.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corpus {
    /// The reports, in the order of place, issuer, year and id.
    pub reports: Vec<ReportCard>,
    /// The places that reports come from, and those above them, by their path
    /// ([`Region::path`]): 山西 and 陕西 never share one.
    pub places: BTreeMap<String, Place>,
    /// The provinces' paths, in official order.
    pub provinces: Vec<String>,
    /// Reports whose place could not be told.
    pub unplaced: Vec<Index>,
    /// Reports by the year they report on, copies and older versions left out.
    pub years: BTreeMap<i32, Vec<Index>>,
    /// Reports whose year could not be told.
    pub undated: Vec<Index>,
    /// Each issuer's reports, in the order of place and issuer.
    pub series: Vec<Series>,
    /// What there is to tell of files that did not become reports.
    pub unread: Vec<Diagnostic>,
    /// Reports that the keeper's catalogue has and the archive has no more.
    pub gone: Vec<Gone>,
    by_id: BTreeMap<String, Index>,
}

/// A place with the reports that come from it and from below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its code.
    pub code: String,
    /// Its full name.
    pub name: String,
    /// Its rank, where a report of its own tells; a place above another has the rank that its
    /// depth says.
    pub level: RegionLevel,
    /// Its path.
    pub path: String,
    /// Paths of the places right below it, in official order.
    pub children: Vec<String>,
    /// Reports of its own.
    pub own: Vec<Index>,
    /// Reports of its own and of all below it, copies and older versions left out.
    pub all: Vec<Index>,
}

/// One issuer's reports over the years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The issuer's name as its latest report writes it, or none where it could not be told.
    pub issuer: Option<String>,
    /// What kind of body.
    pub issuer_type: Option<IssuerType>,
    /// The place's path.
    pub place: Option<String>,
    /// Its reports, by year and id. Another genre and a re-publisher's copy are not among them.
    pub reports: Vec<Index>,
}

/// Relates all reports. `unread` is what there is to tell of files that did not become reports.
pub fn relate(mut cards: Vec<ReportCard>, mut unread: Vec<Diagnostic>) -> Corpus {
    cards.sort_by_cached_key(order);
    unread.sort_by(|a, b| (&a.file, a.line, &a.code).cmp(&(&b.file, b.line, &b.code)));
    let mut corpus = Corpus {
        unread,
        ..Corpus::default()
    };
    for (index, card) in (0..).zip(&cards) {
        corpus.by_id.insert(card.id.clone(), index);
        let counts = card.counts();
        match card.label.year {
            Some(year) if counts => corpus.years.entry(year).or_default().push(index),
            Some(_) => {}
            None => corpus.undated.push(index),
        }
        match &card.label.region {
            Some(region) => enter(&mut corpus.places, region, index, counts),
            None => corpus.unplaced.push(index),
        }
    }
    link(&mut corpus);
    corpus.series = series(&cards);
    corpus.reports = cards;
    corpus
}

/// Place (codes from the province down), issuer, year, id.
fn order(card: &ReportCard) -> (bool, Vec<String>, Option<String>, Option<i32>, String) {
    let region = card.label.region.as_ref();
    let mut codes: Vec<String> = region
        .iter()
        .flat_map(|region| region.ancestors.iter().map(|above| above.code.clone()))
        .collect();
    codes.extend(region.map(|region| region.code.clone()));
    (
        region.is_none(),
        codes,
        card.label.issuer_folded(),
        card.label.year,
        card.id.clone(),
    )
}

/// Enters a report at its place and, where it counts, at all places above.
fn enter(places: &mut BTreeMap<String, Place>, region: &Region, index: Index, counts: bool) {
    const DEPTH: [RegionLevel; 4] = [
        RegionLevel::Province,
        RegionLevel::Prefecture,
        RegionLevel::County,
        RegionLevel::Township,
    ];
    let mut path = String::new();
    let above = region
        .ancestors
        .iter()
        .map(|above| (&above.code, &above.name, &above.slug));
    let chain = above.chain([(&region.code, &region.name, &region.slug)]);
    let last = region.ancestors.len();
    for (depth, (code, name, slug)) in chain.enumerate() {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(slug);
        let place = places.entry(path.clone()).or_insert_with(|| Place {
            code: code.clone(),
            name: name.clone(),
            level: DEPTH[depth.min(3)],
            path: path.clone(),
            children: Vec::new(),
            own: Vec::new(),
            all: Vec::new(),
        });
        if counts {
            place.all.push(index);
        }
        if depth == last {
            place.own.push(index);
            // A place that was renamed goes by its latest name; the order is by year.
            place.name.clone_from(name);
            place.level = region.level;
        }
    }
}

/// Links places to those right below them, in official order.
fn link(corpus: &mut Corpus) {
    let mut children: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (path, place) in &corpus.places {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        children
            .entry(parent.to_owned())
            .or_default()
            .push((place.code.clone(), path.clone()));
    }
    for (parent, mut below) in children {
        below.sort();
        let paths = below.into_iter().map(|(_, path)| path).collect();
        match corpus.places.get_mut(&parent) {
            Some(place) => place.children = paths,
            None => corpus.provinces = paths,
        }
    }
}

fn series(cards: &[ReportCard]) -> Vec<Series> {
    let mut series: Vec<Series> = Vec::new();
    let mut last_issuer = None;
    for (index, card) in (0..).zip(cards) {
        if !card.in_series() {
            continue;
        }
        let place = card.label.region.as_ref().map(Region::path);
        let issuer = card.label.issuer_folded();
        let same = issuer.is_some() && issuer == last_issuer;
        last_issuer = issuer;
        match series.last_mut() {
            Some(last) if same && last.place == place => {
                last.reports.push(index);
                // As it writes itself today.
                last.issuer.clone_from(&card.label.issuer);
            }
            _ => series.push(Series {
                issuer: card.label.issuer.clone(),
                issuer_type: card.label.issuer_type,
                place,
                reports: vec![index],
            }),
        }
    }
    series
}

impl Corpus {
    /// The report at `index`.
    pub fn report(&self, index: Index) -> &ReportCard {
        &self.reports[index as usize]
    }

    /// The report of this id.
    pub fn find(&self, id: &str) -> Option<Index> {
        self.by_id.get(id).copied()
    }

    /// The series that report `index` stands in.
    pub fn series_of(&self, index: Index) -> Option<&Series> {
        // Series are in the order of their first reports, and a report is in one at most.
        let at = self
            .series
            .partition_point(|series| series.reports[0] <= index);
        self.series[..at]
            .last()
            .filter(|series| series.reports.contains(&index))
    }

    /// The same issuer's reports of the nearest year before and after report `index`.
    pub fn neighbours(&self, index: Index) -> (Option<Index>, Option<Index>) {
        let Some(year) = self.report(index).label.year else {
            return (None, None);
        };
        let Some(series) = self.series_of(index) else {
            return (None, None);
        };
        let of = |other: &&Index| self.report(**other).label.year;
        let before = series.reports.iter().rev();
        let after = series.reports.iter();
        (
            before
                .filter(|other| of(other).is_some_and(|other| other < year))
                .copied()
                .next(),
            after
                .filter(|other| of(other).is_some_and(|other| other > year))
                .copied()
                .next(),
        )
    }
}
