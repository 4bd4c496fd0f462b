//! The years reported on, by province where a year has many reports.

use super::{LIST, Listing, Lists, deepened};
use crate::relate::Index;
use crate::render::{Link, RenderError, Renderer, route};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use tera::Context;

#[derive(Serialize)]
struct YearRow {
    href: String,
    name: String,
    reports: usize,
    places: usize,
    characters: u64,
}

#[derive(Serialize)]
struct ProvinceLink {
    href: String,
    name: String,
    n: usize,
}

impl<'a> Lists<'a, '_> {
    pub(super) fn years(&mut self) -> Result<(), RenderError> {
        let corpus = self.corpus;
        let root = route::root(route::YEARS);
        let mut rows = Vec::new();
        for year in self.all_years() {
            let reports = self.of_year(year);
            rows.push(YearRow {
                href: format!("{root}{}", route::year(year, None)),
                name: self.year_title(year),
                reports: reports.len(),
                places: self.places(reports),
                characters: reports
                    .iter()
                    .map(|index| u64::from(corpus.report(*index).characters))
                    .sum(),
            });
        }
        let mut context = Context::new();
        context.insert("years", &rows);
        context.insert("lead", self.word("year.index_lead"));
        let title = self.word("year.index_title");
        let frame = Renderer::frame(route::YEARS, title, "years", Vec::new());
        self.give("years.html", &frame, context)?;
        for year in self.all_years() {
            self.year(year)?;
        }
        Ok(())
    }

    fn year(&mut self, year: Option<i32>) -> Result<(), RenderError> {
        let corpus = self.corpus;
        let reports = self.of_year(year);
        let path = route::year(year, None);
        let root = route::root(&path);
        let title = self.year_title(year);
        let crumbs = |last: Option<&str>| {
            let mut crumbs = vec![Link::to(
                format!("{root}{}", route::YEARS),
                self.word("nav.years"),
            )];
            match last {
                None => crumbs.push(Link::none(title.as_str())),
                Some(last) => {
                    crumbs.push(Link::to(format!("{root}{path}"), title.as_str()));
                    crumbs.push(Link::none(last));
                }
            }
            crumbs
        };
        let lead = |lists: &Self, reports: &[Index]| {
            let places = lists.counted("count.places", lists.places(reports));
            let counted = lists.counted("count.reports", reports.len());
            lists.filled("year.lead", &[("reports", &counted), ("places", &places)])
        };
        let mut provinces: BTreeMap<&str, Vec<Index>> = BTreeMap::new();
        for index in reports {
            let region = corpus.report(*index).label.region.as_ref();
            let top = region.map_or("", |region| {
                region
                    .ancestors
                    .first()
                    .map_or(&region.slug, |top| &top.slug)
            });
            provinces.entry(top).or_default().push(*index);
        }
        let split = self.split(year);
        let order = corpus.provinces.iter().map(String::as_str).chain([""]);
        let order: Vec<&str> = order.filter(|top| provinces.contains_key(top)).collect();
        let name = |top: &str| {
            corpus.places.get(top).map_or_else(
                || self.word("region.unplaced").to_owned(),
                |place| place.name.clone(),
            )
        };
        let mut links = Vec::new();
        let mut parts = Vec::new();
        if split {
            for top in &order {
                let at = route::year(year, Some(top));
                links.push(ProvinceLink {
                    href: format!("{root}{at}"),
                    name: name(top),
                    n: provinces[top].len(),
                });
                let part_title = match year {
                    Some(year) => self.filled(
                        "year.title_province",
                        &[("year", &year.to_string()), ("province", &name(top))],
                    ),
                    None => format!("{title} · {}", name(top)),
                };
                parts.push((
                    at.clone(),
                    part_title,
                    deepened(&crumbs(Some(&name(top))), &path, &at),
                    lead(self, &provinces[top]),
                    provinces[top].clone(),
                ));
            }
        }
        let crumbs = crumbs(None);
        let lead = match year {
            Some(_) => lead(self, reports),
            None => self.word("year.undated_lead").to_owned(),
        };
        let own = if split { &[][..] } else { reports };
        let list = Listing {
            template: "year.html",
            path: &path,
            title: &title,
            nav: "years",
            crumbs: &crumbs,
            lead: &lead,
            reports: own,
        };
        let with = |links: &[ProvinceLink]| {
            let mut context = Context::new();
            context.insert("provinces", links);
            context
        };
        self.listed(&list, &links, &[], |_| with(&links))?;
        for (path, title, crumbs, lead, reports) in &parts {
            let list = Listing {
                path,
                title,
                crumbs,
                lead,
                reports,
                ..list
            };
            self.listed(&list, &(), &[], |_| with(&[]))?;
        }
        Ok(())
    }

    /// The reports of a year, or those without.
    pub(super) fn of_year(&self, year: Option<i32>) -> &'a [Index] {
        match year {
            Some(year) => &self.corpus.years[&year],
            None => &self.corpus.undated,
        }
    }

    /// Whether a year's reports are listed by province.
    pub(super) fn split(&self, year: Option<i32>) -> bool {
        self.of_year(year).len() > LIST
    }

    /// All years, the latest first, and last those without where there are such.
    pub(super) fn all_years(&self) -> Vec<Option<i32>> {
        let undated = (!self.corpus.undated.is_empty()).then_some(None);
        let years = self.corpus.years.keys().rev();
        years.map(|year| Some(*year)).chain(undated).collect()
    }

    fn year_title(&self, year: Option<i32>) -> String {
        match year {
            Some(year) => self.filled("year.title", &[("year", &year.to_string())]),
            None => self.word("year.undated").to_owned(),
        }
    }

    pub(super) fn year_name(&self, year: Option<i32>) -> String {
        year.map_or_else(
            || self.word("year.undated").to_owned(),
            |year| year.to_string(),
        )
    }

    pub(super) fn places(&self, reports: &[Index]) -> usize {
        let places: BTreeSet<_> = reports
            .iter()
            .filter_map(|index| self.corpus.report(*index).label.region.as_ref())
            .map(crate::gazetteer::Region::path)
            .collect();
        places.len()
    }
}
