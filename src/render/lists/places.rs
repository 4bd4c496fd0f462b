//! The divisions: province → prefecture → county, each with its issuers' series over the years.

use super::SeriesFigure;
use super::indicators::comparable;
use super::{LIST, Listing, Lists, ROWS, SeriesView};
use crate::gazetteer::RegionLevel;
use crate::relate::{Index, Place, Series};
use crate::render::chart::{self, Dot};
use crate::render::figures;
use crate::render::matrix::{Group, Matrix, Row, coverage};
use crate::render::{Link, RenderError, Renderer, level_key, route};
use std::collections::{BTreeMap, BTreeSet};
use tera::{Context, Value};

/// Cells of figures that a place's page has room for; beyond, each issuer's stand on a page of
/// their own.
const CELLS: usize = 600;

impl<'a> Lists<'a, '_> {
    /// All pages of divisions.
    pub(super) fn places_all(&mut self) -> Result<(), RenderError> {
        self.regions()?;
        for place in self.corpus.places.values() {
            self.place(place)?;
        }
        self.unplaced()
    }

    fn regions(&mut self) -> Result<(), RenderError> {
        let root = route::root(route::REGIONS);
        let mut context = Context::new();
        context.insert("lead", self.word("region.index_lead"));
        context.insert("matrix", &self.all_places(&root));
        let unplaced = (!self.corpus.unplaced.is_empty()).then(|| {
            Link::to(
                format!("{root}{}", route::UNPLACED),
                self.counted("count.reports", self.corpus.unplaced.len()),
            )
        });
        context.insert("unplaced", &unplaced);
        let frame = Renderer::frame(
            route::REGIONS,
            self.word("region.index_title"),
            "regions",
            Vec::new(),
        );
        self.give("regions.html", &frame, context)
    }

    fn place(&mut self, place: &'a Place) -> Result<(), RenderError> {
        let corpus = self.corpus;
        let path = route::place(&place.path);
        let root = route::root(&path);
        let series = self.findings.series.get(place.path.as_str());
        let series = series.map_or(&[][..], Vec::as_slice);
        let cells: usize = series.iter().map(|series| self.series_cells(series)).sum();
        let mut named = BTreeSet::new();
        let mut shown = Vec::new();
        for series in series.iter().copied() {
            // An unnamed issuer's page would have no address that stays.
            let apart =
                cells > CELLS && series.issuer.is_some() && named.insert(series.issuer.as_ref());
            if apart {
                self.series_page(series, place)?;
            }
            shown.push((series, !apart));
        }
        let all = place.all.iter();
        let years: BTreeSet<i32> = all
            .filter_map(|index| corpus.report(*index).label.year)
            .collect();
        let mut lead = self.counted("count.reports", place.all.len());
        if let (Some(first), Some(last)) = (years.first(), years.last()) {
            let (first, last) = (first.to_string(), last.to_string());
            let span = if first == last {
                first
            } else {
                self.filled("count.span", &[("from", &first), ("to", &last)])
            };
            lead = self.filled("region.place_lead", &[("reports", &lead), ("span", &span)]);
        }
        // Reports below stand in the matrix, and in the lists of the places below.
        let own = place.own.iter().copied();
        let listed: Vec<Index> = if place.all.len() <= LIST {
            let left_out = own.filter(|index| !corpus.report(*index).counts());
            place.all.iter().copied().chain(left_out).collect()
        } else {
            own.filter(|index| !corpus.report(*index).in_series())
                .collect()
        };
        let list = Listing {
            template: "region.html",
            path: &path,
            title: &place.name,
            nav: "regions",
            crumbs: &self.place_crumbs(&place.path, &root),
            lead: &lead,
            reports: &listed,
        };
        let (mut below, mut reports) = (Vec::new(), Vec::new());
        self.whole(place, &mut below, &mut reports);
        let years = self.all_years().into_iter();
        let years: Vec<_> = years.map(|year| (year, self.split(year))).collect();
        self.listed(&list, &(below, years), &reports, |lists| {
            let groups = if place.children.is_empty() {
                Vec::new()
            } else {
                lists.place_groups(place, &root)
            };
            let series = shown.into_iter();
            let series: Vec<SeriesView> = series
                .map(|(series, with_figures)| lists.series(series, place, &root, with_figures))
                .collect();
            let mut context = Context::new();
            context.insert("matrix", &coverage(lists.renderer, corpus, &root, groups));
            context.insert("series", &series);
            context
        })
    }

    /// A place and all below it, with all of their reports.
    fn whole(
        &self,
        place: &'a Place,
        places: &mut Vec<(&'a str, &'a str, RegionLevel)>,
        reports: &mut Vec<Index>,
    ) {
        places.push((&place.path, &place.name, place.level));
        reports.extend(&place.own);
        for child in &place.children {
            self.whole(&self.corpus.places[child], places, reports);
        }
    }

    fn unplaced(&mut self) -> Result<(), RenderError> {
        let corpus = self.corpus;
        if corpus.unplaced.is_empty() {
            return Ok(());
        }
        let list = Listing {
            template: "region.html",
            path: route::UNPLACED,
            title: self.word("region.unplaced"),
            nav: "regions",
            crumbs: &[
                Link::to(format!("../{}", route::REGIONS), self.word("nav.regions")),
                Link::none(self.word("region.unplaced")),
            ],
            lead: self.word("region.unplaced_lead"),
            reports: &corpus.unplaced,
        };
        self.listed(&list, &(), &[], |_| {
            let mut context = Context::new();
            context.insert("matrix", &None::<Matrix>);
            context.insert("series", &Vec::<SeriesView>::new());
            context
        })
    }

    /// The matrix of all places, or of the provinces where those are many.
    pub(super) fn all_places(&self, root: &str) -> Option<Matrix> {
        let corpus = self.corpus;
        let groups = self.place_rows(root);
        coverage(self.renderer, corpus, root, groups)
    }

    /// All places by province; where they are many, the divisions right below the provinces, each with
    /// all below it; where these are many too, the provinces.
    pub(super) fn place_rows(&self, root: &str) -> Vec<Group> {
        let corpus = self.corpus;
        let provinces = || corpus.provinces.iter().map(|path| &corpus.places[path]);
        let with_own = corpus.places.values().filter(|place| !place.own.is_empty());
        if with_own.count() <= ROWS / 2 {
            return provinces()
                .map(|place| self.below(place, root, true))
                .collect();
        }
        let divisions: usize = provinces().map(|place| place.children.len()).sum();
        if divisions > ROWS / 2 {
            let rows = provinces().map(|place| self.row(place, root, true));
            return vec![Group {
                name: None,
                rows: rows.collect(),
            }];
        }
        let divided = provinces().map(|place| {
            let own = (!place.own.is_empty()).then(|| self.row(place, root, false));
            let children = place.children.iter();
            let children = children.map(|path| self.row(&corpus.places[path], root, true));
            Group {
                name: Some(Self::heading(place, root)),
                rows: own.into_iter().chain(children).collect(),
            }
        });
        divided.collect()
    }

    fn heading(place: &Place, root: &str) -> Link {
        Link::to(
            format!("{root}{}", route::place(&place.path)),
            place.name.as_str(),
        )
    }

    /// A place's rows: itself and all below it that have reports of their own.
    fn below(&self, place: &Place, root: &str, named: bool) -> Group {
        let mut rows = Vec::new();
        self.own_rows(place, root, &mut rows);
        Group {
            name: named.then(|| Self::heading(place, root)),
            rows,
        }
    }

    fn own_rows(&self, place: &Place, root: &str, rows: &mut Vec<Row>) {
        if !place.own.is_empty() {
            rows.push(self.row(place, root, false));
        }
        for child in &place.children {
            self.own_rows(&self.corpus.places[child], root, rows);
        }
    }

    /// A row of a place's own reports, or of all from it and below.
    fn row(&self, place: &Place, root: &str, all: bool) -> Row {
        let mut several = BTreeMap::new();
        if all && !place.path.contains('/') {
            for year in self.corpus.years.keys() {
                if self.split(Some(*year)) {
                    let path = route::year(Some(*year), Some(&place.path));
                    several.insert(*year, format!("{root}{path}"));
                }
            }
        }
        Row {
            name: Self::heading(place, root),
            note: self.word(level_key(Some(place.level))).to_owned(),
            reports: if all {
                place.all.clone()
            } else {
                place.own.clone()
            },
            several,
        }
    }

    fn place_groups(&self, place: &Place, root: &str) -> Vec<Group> {
        let mut rows = Vec::new();
        self.own_rows(place, root, &mut rows);
        if rows.len() <= ROWS {
            return vec![Group { name: None, rows }];
        }
        let children = place.children.iter();
        let rows = children
            .map(|path| self.row(&self.corpus.places[path], root, true))
            .collect();
        vec![Group { name: None, rows }]
    }

    fn place_crumbs(&self, path: &str, root: &str) -> Vec<Link> {
        let mut crumbs = vec![Link::to(
            format!("{root}{}", route::REGIONS),
            self.word("nav.regions"),
        )];
        for (at, _) in path.match_indices('/') {
            if let Some(above) = self.corpus.places.get(&path[..at]) {
                crumbs.push(Link::to(
                    format!("{root}{}", route::place(&above.path)),
                    above.name.as_str(),
                ));
            }
        }
        let name = self
            .corpus
            .places
            .get(path)
            .map_or(path, |place| &place.name);
        crumbs.push(Link::none(name));
        crumbs
    }

    /// The figures of one of a place's issuers, on a page of their own.
    fn series_page(&mut self, series: &'a Series, place: &'a Place) -> Result<(), RenderError> {
        if self.series_cells(series) == 0 {
            return Ok(());
        }
        let path = route::series(&place.path, series.issuer.as_deref());
        let root = route::root(&path);
        let title = self.series_name(series, place);
        let mut crumbs = self.place_crumbs(&place.path, &root);
        crumbs.pop();
        crumbs.push(Link::to(
            format!("{root}{}", route::place(&place.path)),
            place.name.as_str(),
        ));
        crumbs.push(Link::none(title.as_str()));
        let list = Listing {
            template: "region.html",
            path: &path,
            title: &title,
            nav: "regions",
            crumbs: &crumbs,
            lead: &self.counted("count.reports", series.reports.len()),
            reports: &[],
        };
        self.listed(&list, &place.path, &series.reports, |lists| {
            let mut context = Context::new();
            context.insert("matrix", &None::<Matrix>);
            context.insert("series", &[lists.series(series, place, &root, true)]);
            context
        })
    }

    fn series_name(&self, series: &Series, place: &Place) -> String {
        let issuer = series.issuer.clone();
        issuer.unwrap_or_else(|| format!("{} · {}", place.name, self.word("issuer.unnamed")))
    }

    /// Cells in the table of a series' figures.
    fn series_cells(&self, series: &Series) -> usize {
        let indicators: BTreeSet<&str> = series
            .reports
            .iter()
            .flat_map(|index| &self.corpus.report(*index).figures)
            .map(|figure| figure.observation.indicator.as_str())
            .collect();
        indicators.len() * series.reports.len()
    }

    fn series(
        &self,
        series: &'a Series,
        place: &Place,
        root: &str,
        with_figures: bool,
    ) -> SeriesView<'a> {
        let kind = series
            .reports
            .first()
            .map(|index| self.renderer.kind(self.corpus.report(*index)))
            .unwrap_or_default();
        let figures = if with_figures {
            self.series_figures(series, root)
        } else {
            Vec::new()
        };
        let apart = !with_figures && self.series_cells(series) > 0;
        let figures_page = apart.then(|| route::series(&place.path, series.issuer.as_deref()));
        SeriesView {
            name: self.series_name(series, place),
            kind,
            reports: series
                .reports
                .iter()
                .map(|index| self.entry(*index, root))
                .collect(),
            figures,
            figures_page: figures_page.map(|path| format!("{root}{path}")),
        }
    }

    /// What the series' reports say of each indicator that any of them states.
    fn series_figures(&self, series: &Series, root: &str) -> Vec<SeriesFigure> {
        let card = |index: &Index| self.corpus.report(*index);
        let lang = &self.renderer.theme.lang;
        let mut rows = Vec::new();
        for indicator in &self.renderer.codebook.indicators {
            let id = &indicator.id;
            let stated = |index: &Index| card(index).figures_of(id).next().is_some();
            if !series.reports.iter().any(stated) {
                continue;
            }
            let cells = series.reports.iter().map(|index| {
                let page = format!("{root}{}", route::report(&card(index).id));
                Value::safe_string(&figures::cell(self.renderer, card(index), id, &page))
            });
            let mut dots: Vec<Dot> = Vec::new();
            let mut kind = None;
            for index in &series.reports {
                let (Some(year), Some(figure)) =
                    (card(index).label.year, self.main_figure(id, *index))
                else {
                    continue;
                };
                let Some(value) = figure.observation.value else {
                    continue;
                };
                if !comparable(figure, card(index)) {
                    continue;
                }
                let (number, unit) = figures::shown(&figure.observation, Some(indicator));
                // What another scope or capacity counts is another thing: no line joins them.
                let o = &figure.observation;
                let turned = kind.replace((o.scope, o.capacity)) != Some((o.scope, o.capacity));
                let broken = dots.last().is_none_or(|last| {
                    turned
                        || last.year + 1 != year
                        || indicator
                            .breaks
                            .iter()
                            .any(|at| last.year < at.date.year && at.date.year <= year)
                });
                dots.push(Dot {
                    year,
                    value,
                    shown: format!("{number} {unit}"),
                    broken,
                });
            }
            let name = indicator.names.get(lang);
            let line = (dots.len() > 1).then(|| {
                let told: Vec<String> = dots
                    .iter()
                    .map(|dot| format!("{} {}", dot.year, dot.shown))
                    .collect();
                let issuer = series.issuer.as_deref().unwrap_or_default();
                let first = &card(&series.reports[0]).id;
                let key = format!("line-{first}-{id}");
                let title = format!("{issuer} · {name}");
                let told = told.join(self.word("list.comma"));
                Value::safe_string(&chart::line(&key, &title, &told, &dots))
            });
            let crossed = indicator.breaks.iter().filter(|at| {
                let before = dots.iter().any(|dot| dot.year < at.date.year);
                before && dots.iter().any(|dot| at.date.year <= dot.year)
            });
            rows.push(SeriesFigure {
                name: name.to_owned(),
                href: format!("{root}{}", route::indicator(id, None)),
                cells: cells.collect(),
                breaks: crossed
                    .map(|at| {
                        let why = format!("{} {}", at.date, at.reason.get(lang));
                        self.filled("indicator.break_here", &[("why", &why)])
                    })
                    .collect(),
                line,
            });
        }
        rows
    }
}
