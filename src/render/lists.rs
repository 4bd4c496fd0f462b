//! The pages that lead to reports: front page, regions, years, parts, about and worklist. Lists and
//! matrices are split by province and year and paged, so that no page grows with the archive.

use super::matrix::{Group, Matrix, Row, coverage};
use super::{
    Badge, Link, RenderError, Renderer, Sink, hand_over, issuer_type, lang, level, level_id,
    report, route,
};
use crate::diagnostic::{Diagnostic, Level};
use crate::relate::{Corpus, Index, PartCard, Place, ReportCard, Series};
use crate::structure::Role;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use tera::{Context, Value};

/// Entries on one page of a list.
const LIST: usize = 200;
/// Reports named on the front page that lack a part.
const SHOWN: usize = 6;
/// Excerpts on one page of a part.
const EXCERPTS: usize = 40;
/// Rows of a matrix of places; beyond, a row is the next higher division.
const ROWS: usize = 150;
/// The report year from which the supervision rules of 2019 ask for parts (法治政府建设与责任落实督察工作规定).
const RULES_FROM: i32 = 2019;
/// The parts that the rules ask for.
const REQUIRED: [Role; 4] = [
    Role::Achievements,
    Role::Problems,
    Role::LeadershipDuty,
    Role::Plan,
];

/// A report in a list.
#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    href: String,
    label: String,
    year: String,
    year_name: String,
    issuer: &'a str,
    kind: String,
    #[serde(rename = "type")]
    issuer_type: &'a str,
    level: &'a str,
    province: &'a str,
    province_name: Option<&'a str>,
    title: String,
    date: Option<String>,
    lang: &'static str,
    characters: u32,
    paragraphs: u32,
    badges: Vec<Badge>,
}

/// A part in a list: its report and where it stands in it.
#[derive(Serialize)]
struct PartEntry<'a> {
    #[serde(flatten)]
    report: Entry<'a>,
    part_href: String,
    number: Option<u32>,
    length: u32,
    headings: &'a [String],
    excerpt: Value,
}

#[derive(Serialize)]
struct Pager {
    last: usize,
    pages: Vec<Link>,
}

#[derive(Serialize)]
struct Count {
    name: String,
    n: u64,
}

#[derive(Serialize)]
struct WorkItem<'a> {
    level: &'static str,
    level_name: &'a str,
    file: &'a str,
    line: Option<u32>,
    text: Option<&'a str>,
    message: &'a str,
    hint: Option<&'a str>,
    href: Option<String>,
    name: String,
}

/// What the pages are made of.
struct Lists<'a, 'b, 's> {
    renderer: Renderer<'a>,
    corpus: &'a Corpus,
    sink: &'b mut Sink<'s>,
}

pub(super) fn pages(
    renderer: Renderer,
    corpus: &Corpus,
    sink: &mut Sink,
) -> Result<(), RenderError> {
    let mut lists = Lists {
        renderer,
        corpus,
        sink,
    };
    lists.front()?;
    lists.search()?;
    lists.regions()?;
    for place in corpus.places.values() {
        lists.place(place)?;
    }
    lists.unplaced()?;
    lists.years()?;
    lists.parts()?;
    lists.about()
}

impl<'a> Lists<'a, '_, '_> {
    fn word(&self, key: &'a str) -> &'a str {
        self.renderer.theme.word(key)
    }

    fn filled(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.renderer.theme.filled(key, values)
    }

    /// `3 份报告`, `3 reports`.
    fn counted(&self, key: &str, n: usize) -> String {
        self.filled(key, &[("n", &super::theme::thousands(n as i64))])
    }

    fn give(
        &mut self,
        template: &'static str,
        frame: &super::Frame,
        context: Context,
    ) -> Result<(), RenderError> {
        let page = self.renderer.page(template, frame, context)?;
        hand_over(page, self.sink)
    }

    fn entry(&self, index: Index, root: &str) -> Entry<'a> {
        let card = self.corpus.report(index);
        let renderer = self.renderer;
        let year = card.label.year.map(|year| year.to_string());
        Entry {
            id: &card.id,
            href: format!("{root}{}", route::report(&card.id)),
            label: renderer.label(card),
            year_name: year
                .clone()
                .unwrap_or_else(|| self.word("year.undated").to_owned()),
            year: year.unwrap_or_default(),
            issuer: card
                .label
                .issuer
                .as_deref()
                .unwrap_or_else(|| self.word("issuer.unnamed")),
            kind: renderer.kind(card),
            issuer_type: self.word(match issuer_type(card) {
                "government" => "issuer.government",
                "department" => "issuer.department",
                "other" => "issuer.other",
                _ => "issuer.unknown",
            }),
            level: self.level_name(level(card)),
            province: card
                .label
                .province()
                .unwrap_or_else(|| self.word("region.unplaced")),
            province_name: card
                .label
                .region
                .as_ref()
                .filter(|region| !region.ancestors.is_empty())
                .map(crate::gazetteer::Region::province),
            title: report::title(renderer, card),
            date: card.published.or(card.signed).map(|date| date.to_string()),
            lang: lang(card),
            characters: card.characters,
            paragraphs: card.paragraphs,
            badges: renderer.badges(card),
        }
    }

    fn level_name(&self, id: &'static str) -> &'a str {
        self.word(match id {
            "province" => "level.province",
            "prefecture" => "level.prefecture",
            "county" => "level.county",
            "township" => "level.township",
            _ => "level.unknown",
        })
    }

    /// The pages of a list of `total` at `path`, as seen from page `current`.
    fn pager(&self, path: &str, current: usize, total: usize, size: usize) -> Pager {
        let last = total.div_ceil(size).max(1);
        let root = route::root(&route::paged(path, current));
        Pager {
            last,
            pages: (1..=last)
                .map(|page| {
                    let name = self.counted("pager.page", page);
                    if page == current {
                        Link::none(name)
                    } else {
                        Link::to(format!("{root}{}", route::paged(path, page)), name)
                    }
                })
                .collect(),
        }
    }

    fn tally(&self) -> Vec<Count> {
        let corpus = self.corpus;
        let own = |place: &&Place| !place.own.is_empty();
        let issuers: BTreeSet<_> = corpus
            .reports
            .iter()
            .filter_map(|card| {
                let place = card.label.region.as_ref().map(|region| &region.code);
                card.label.issuer.as_ref().map(|issuer| (place, issuer))
            })
            .collect();
        let sum = |of: fn(&ReportCard) -> u32| {
            let all = corpus.reports.iter();
            all.map(|card| u64::from(of(card))).sum::<u64>()
        };
        let unread = corpus.unread.iter().filter(|one| one.level == Level::Error);
        let unread: BTreeSet<&str> = unread.map(|one| one.file.as_str()).collect();
        let counts = [
            ("count.tally_reports", corpus.reports.len() as u64, true),
            (
                "count.tally_places",
                corpus.places.values().filter(own).count() as u64,
                true,
            ),
            ("count.tally_provinces", corpus.provinces.len() as u64, true),
            ("count.tally_issuers", issuers.len() as u64, true),
            ("count.tally_paragraphs", sum(|card| card.paragraphs), true),
            ("count.tally_characters", sum(|card| card.characters), true),
            ("count.tally_undated", corpus.undated.len() as u64, false),
            ("count.tally_unplaced", corpus.unplaced.len() as u64, false),
            ("count.tally_unread", unread.len() as u64, false),
        ];
        counts
            .into_iter()
            .filter(|(_, n, always)| *always || *n > 0)
            .map(|(name, n, _)| Count {
                name: self.word(name).to_owned(),
                n,
            })
            .collect()
    }

    /// The matrix of all places, or of the provinces where those are many.
    fn all_places(&self, root: &str) -> Option<Matrix> {
        let corpus = self.corpus;
        let with_own = corpus.places.values().filter(|place| !place.own.is_empty());
        let by_place = with_own.count() <= ROWS / 2;
        let groups = if by_place {
            corpus
                .provinces
                .iter()
                .map(|path| self.below(&corpus.places[path], root, true))
                .collect()
        } else {
            vec![Group {
                name: None,
                rows: corpus
                    .provinces
                    .iter()
                    .map(|path| self.row(&corpus.places[path], root, true))
                    .collect(),
            }]
        };
        coverage(self.renderer, corpus, root, groups)
    }

    /// A place's rows: itself and all below it that have reports of their own.
    fn below(&self, place: &Place, root: &str, named: bool) -> Group {
        let mut rows = Vec::new();
        self.own_rows(place, root, &mut rows);
        Group {
            name: named.then(|| {
                Link::to(
                    format!("{root}{}", route::place(&place.path)),
                    place.name.as_str(),
                )
            }),
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
            name: Link::to(
                format!("{root}{}", route::place(&place.path)),
                place.name.as_str(),
            ),
            note: self.level_name(level_id(place.level)).to_owned(),
            reports: if all {
                place.all.clone()
            } else {
                place.own.clone()
            },
            several,
        }
    }

    fn front(&mut self) -> Result<(), RenderError> {
        let corpus = self.corpus;
        let mut context = Context::new();
        let tries: Vec<Link> = ["行政复议", "首违不罚 年:2023", "同句(行政处罚 件)"]
            .into_iter()
            .map(|query| Link::to(search_for(query), query))
            .collect();
        context.insert("tries", &tries);
        context.insert("tally", &self.tally());
        context.insert("matrix", &self.all_places(""));
        let parts: Vec<_> = Role::ALL
            .into_iter()
            .filter(|role| *role != Role::Other)
            .filter_map(|role| self.front_part(role))
            .collect();
        context.insert("parts", &parts);
        let mut recent: Vec<Index> = (0..corpus.reports.len() as u32)
            .filter(|index| date(corpus.report(*index)).is_some())
            .collect();
        recent.sort_by_key(|index| std::cmp::Reverse(date(corpus.report(*index))));
        recent.truncate(8);
        let recent: Vec<Entry> = recent.iter().map(|index| self.entry(*index, "")).collect();
        context.insert("recent", &recent);
        let work = self.worklist("");
        let doubts: Vec<_> = work
            .iter()
            .take(8)
            .map(|item| FrontDoubt {
                href: item.href.as_deref(),
                name: &item.name,
                text: item.text.unwrap_or(item.message),
                english: item.text.is_none(),
            })
            .collect();
        context.insert("doubts", &doubts);
        let title = self.renderer.title().to_owned();
        let frame = Renderer::frame(route::INDEX, &title, "home", Vec::new());
        self.give("index.html", &frame, context)
    }

    fn front_part(&self, role: Role) -> Option<FrontPart<'a>> {
        let judged: Vec<Index> = (0..self.corpus.reports.len() as u32)
            .filter(|index| self.judged(*index))
            .collect();
        let lack: Vec<Index> = judged
            .iter()
            .copied()
            .filter(|index| !headed(self.corpus.report(*index), role))
            .collect();
        (!judged.is_empty()).then(|| FrontPart {
            name: self.role(role),
            href: route::SECTIONS.to_owned(),
            have: judged.len() - lack.len(),
            of: judged.len(),
            lack: lack
                .iter()
                .take(SHOWN)
                .map(|index| {
                    let card = self.corpus.report(*index);
                    Link::to(route::report(&card.id), self.renderer.label(card))
                })
                .collect(),
            more: if lack.len() > SHOWN { lack.len() } else { 0 },
        })
    }

    /// Whether a report's parts are counted against the rules: of the genre, and of their time.
    fn judged(&self, index: Index) -> bool {
        let card = self.corpus.report(index);
        card.in_series() && card.label.year.is_some_and(|year| year >= RULES_FROM)
    }

    fn role(&self, role: Role) -> &'a str {
        self.word(match role {
            Role::Achievements => "role.achievements",
            Role::Problems => "role.problems",
            Role::LeadershipDuty => "role.leadership_duty",
            Role::Plan => "role.plan",
            Role::Litigation => "role.litigation",
            Role::Suggestions => "role.suggestions",
            Role::Other => "role.other",
        })
    }

    fn search(&mut self) -> Result<(), RenderError> {
        let frame = Renderer::frame(route::SEARCH, self.word("nav.search"), "search", Vec::new());
        self.give("search.html", &frame, Context::new())
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
        let groups = if place.children.is_empty() {
            Vec::new()
        } else {
            self.place_groups(place, &root)
        };
        let matrix = coverage(self.renderer, corpus, &root, groups);
        let series: Vec<&Series> = corpus
            .series
            .iter()
            .filter(|series| series.place.as_deref() == Some(&place.path))
            .collect();
        let series: Vec<SeriesView> = series
            .into_iter()
            .map(|series| self.series(series, place, &root))
            .collect();
        let years: BTreeSet<i32> = place
            .all
            .iter()
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
        let mut context = Context::new();
        context.insert("matrix", &matrix);
        context.insert("series", &series);
        let crumbs = self.place_crumbs(&place.path, &root);
        // Reports below stand in the matrix, and in the lists of the places below.
        let out_of_series: Vec<Index> = place
            .own
            .iter()
            .copied()
            .filter(|index| !corpus.report(*index).in_series())
            .collect();
        let listed = if place.all.len() <= LIST {
            &place.all
        } else {
            &out_of_series
        };
        self.listed(
            "region.html",
            &path,
            &place.name,
            "regions",
            &crumbs,
            &lead,
            listed,
            context,
        )
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

    fn series(&self, series: &'a Series, place: &Place, root: &str) -> SeriesView<'a> {
        let kind = series
            .reports
            .first()
            .map(|index| self.renderer.kind(self.corpus.report(*index)))
            .unwrap_or_default();
        SeriesView {
            name: series
                .issuer
                .clone()
                .unwrap_or_else(|| format!("{} · {}", place.name, self.word("issuer.unnamed"))),
            kind,
            reports: series
                .reports
                .iter()
                .map(|index| self.entry(*index, root))
                .collect(),
        }
    }

    /// A list of reports over as many pages as it takes; the first has what `context` has.
    #[allow(clippy::too_many_arguments)]
    fn listed(
        &mut self,
        template: &'static str,
        path: &str,
        title: &str,
        nav: &str,
        crumbs: &[Link],
        lead: &str,
        reports: &[Index],
        context: Context,
    ) -> Result<(), RenderError> {
        let pages = reports.len().div_ceil(LIST).max(1);
        let mut first = Some(context);
        for page in 1..=pages {
            let at = route::paged(path, page);
            let root = route::root(&at);
            let mut context = first.take().unwrap_or_else(|| {
                let mut further = Context::new();
                further.insert("matrix", &None::<Matrix>);
                further.insert("series", &Vec::<SeriesView>::new());
                further.insert("provinces", &Vec::<Link>::new());
                further
            });
            context.insert("lead", lead);
            let list: Vec<Entry> = reports
                .iter()
                .skip((page - 1) * LIST)
                .take(LIST)
                .map(|index| self.entry(*index, &root))
                .collect();
            context.insert("list", &list);
            context.insert("total", &reports.len());
            context.insert("pager", &self.pager(path, page, reports.len(), LIST));
            let crumbs = deepened(crumbs, path, &at);
            let frame = Renderer::frame(&at, title, nav, crumbs);
            self.give(template, &frame, context)?;
        }
        Ok(())
    }

    fn unplaced(&mut self) -> Result<(), RenderError> {
        let corpus = self.corpus;
        if corpus.unplaced.is_empty() {
            return Ok(());
        }
        let mut context = Context::new();
        context.insert("matrix", &None::<Matrix>);
        context.insert("series", &Vec::<SeriesView>::new());
        let crumbs = vec![
            Link::to(format!("../{}", route::REGIONS), self.word("nav.regions")),
            Link::none(self.word("region.unplaced")),
        ];
        let title = self.word("region.unplaced");
        let lead = self.word("region.unplaced_lead");
        self.listed(
            "region.html",
            route::UNPLACED,
            title,
            "regions",
            &crumbs,
            lead,
            &corpus.unplaced,
            context,
        )
    }

    /// The reports of a year, or those without.
    fn of_year(&self, year: Option<i32>) -> &'a [Index] {
        match year {
            Some(year) => &self.corpus.years[&year],
            None => &self.corpus.undated,
        }
    }

    /// Whether a year's reports are listed by province.
    fn split(&self, year: Option<i32>) -> bool {
        self.of_year(year).len() > LIST
    }

    /// All years, the latest first, and last those without where there are such.
    fn all_years(&self) -> Vec<Option<i32>> {
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

    fn years(&mut self) -> Result<(), RenderError> {
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

    fn places(&self, reports: &[Index]) -> usize {
        let places: BTreeSet<_> = reports
            .iter()
            .filter_map(|index| self.corpus.report(*index).label.region.as_ref())
            .map(crate::gazetteer::Region::path)
            .collect();
        places.len()
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
                let words = [("year", ""), ("province", &*name(top))];
                let year_words = year.map(|year| year.to_string()).unwrap_or_default();
                let words = [("year", year_words.as_str()), words[1]];
                let part_title = match year {
                    Some(_) => self.filled("year.title_province", &words),
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
        let mut context = Context::new();
        context.insert("provinces", &links);
        let crumbs = crumbs(None);
        let lead = match year {
            Some(_) => lead(self, reports),
            None => self.word("year.undated_lead").to_owned(),
        };
        let own = if split { &[][..] } else { reports };
        self.listed(
            "year.html",
            &path,
            &title,
            "years",
            &crumbs,
            &lead,
            own,
            context,
        )?;
        for (at, title, crumbs, lead, reports) in parts {
            let mut context = Context::new();
            context.insert("provinces", &Vec::<ProvinceLink>::new());
            self.listed(
                "year.html",
                &at,
                &title,
                "years",
                &crumbs,
                &lead,
                &reports,
                context,
            )?;
        }
        Ok(())
    }

    fn parts(&mut self) -> Result<(), RenderError> {
        let years = self.all_years();
        let root = route::root(route::SECTIONS);
        let roles = Role::ALL.into_iter().filter(|role| *role != Role::Other);
        let mut rows = Vec::new();
        for role in roles.clone() {
            let cells = years.iter().map(|year| {
                let reports = self.comparable(*year);
                let have = self.having(&reports, role);
                let name = self.role(role);
                let (have_words, of_words) = (have.to_string(), reports.len().to_string());
                PartCell {
                    href: (!reports.is_empty())
                        .then(|| format!("{root}{}", route::section(role, *year))),
                    have,
                    of: reports.len(),
                    label: self.filled(
                        "section.cell",
                        &[
                            ("name", name),
                            ("year", &self.year_name(*year)),
                            ("have", &have_words),
                            ("of", &of_words),
                        ],
                    ),
                }
            });
            rows.push(PartRow {
                name: self.role(role),
                required: REQUIRED.contains(&role),
                cells: cells.collect(),
            });
        }
        let mut context = Context::new();
        let names: Vec<String> = years.iter().map(|year| self.year_name(*year)).collect();
        context.insert("years", &names);
        context.insert("rows", &rows);
        context.insert("lead", self.word("section.lead"));
        let title = self.word("section.title");
        let frame = Renderer::frame(route::SECTIONS, title, "sections", Vec::new());
        self.give("sections.html", &frame, context)?;
        for role in roles {
            for year in &years {
                if !self.comparable(*year).is_empty() {
                    self.part(role, *year)?;
                }
            }
        }
        Ok(())
    }

    fn year_name(&self, year: Option<i32>) -> String {
        year.map_or_else(
            || self.word("year.undated").to_owned(),
            |year| year.to_string(),
        )
    }

    /// A year's reports that are of the genre and the issuers' own.
    fn comparable(&self, year: Option<i32>) -> Vec<Index> {
        let reports = self.of_year(year).iter().copied();
        reports
            .filter(|index| self.corpus.report(*index).in_series())
            .collect()
    }

    fn having(&self, reports: &[Index], role: Role) -> usize {
        reports
            .iter()
            .filter(|index| headed(self.corpus.report(**index), role))
            .count()
    }

    fn part(&mut self, role: Role, year: Option<i32>) -> Result<(), RenderError> {
        let corpus = self.corpus;
        let reports = self.comparable(year);
        let path = route::section(role, year);
        let have: Vec<Index> = reports
            .iter()
            .copied()
            .filter(|index| headed(corpus.report(*index), role))
            .collect();
        let title = format!("{} · {}", self.role(role), self.year_name(year));
        let lead = self.filled(
            "section.year_lead",
            &[
                ("year", &self.year_name(year)),
                ("of", &super::theme::thousands(reports.len() as i64)),
                ("have", &super::theme::thousands(have.len() as i64)),
            ],
        );
        let judged = year.is_some_and(|year| year >= RULES_FROM);
        let note = match (REQUIRED.contains(&role), judged) {
            (false, _) => "section.not_required",
            (true, true) => "section.from_rule",
            (true, false) => "section.before_rule",
        };
        let lacking: Vec<Index> = reports
            .iter()
            .copied()
            .filter(|index| corpus.report(*index).part(role).is_none())
            .collect();
        let elsewhere: Vec<Index> = reports
            .iter()
            .copied()
            .filter(|index| {
                let part = corpus.report(*index).part(role);
                part.is_some_and(|part| !part.headed)
            })
            .collect();
        let most = [
            have.len().div_ceil(EXCERPTS),
            elsewhere.len().div_ceil(LIST),
            lacking.len().div_ceil(LIST),
        ];
        let pages = most.into_iter().max().unwrap_or(1).max(1);
        for page in 1..=pages {
            let at = route::paged(&path, page);
            let root = route::root(&at);
            let of = |index: Index| {
                let part = corpus.report(index).part(role)?;
                Some(self.part_entry(index, part, &root))
            };
            let mut context = Context::new();
            let list: Vec<PartEntry> = slice(&have, page, EXCERPTS).filter_map(of).collect();
            context.insert("list", &list);
            let other: Vec<PartEntry> = slice(&elsewhere, page, LIST).filter_map(of).collect();
            context.insert("elsewhere", &other);
            let none: Vec<Entry> = slice(&lacking, page, LIST)
                .map(|index| self.entry(index, &root))
                .collect();
            let counted = judged || !REQUIRED.contains(&role);
            context.insert("lacking", if counted { none.as_slice() } else { &[] });
            context.insert("lack_note", self.word(note));
            context.insert("lead", &lead);
            context.insert("years", &self.part_years(role, year, &root));
            let size = have.len().max(pages.saturating_sub(1) * EXCERPTS + 1);
            context.insert("pager", &self.pager(&path, page, size, EXCERPTS));
            let crumbs = vec![
                Link::to(
                    format!("{root}{}", route::SECTIONS),
                    self.word("nav.sections"),
                ),
                Link::none(self.role(role)),
                Link::none(self.year_name(year)),
            ];
            let frame = Renderer::frame(&at, &title, "sections", crumbs);
            self.give("section.html", &frame, context)?;
        }
        Ok(())
    }

    fn part_years(&self, role: Role, current: Option<i32>, root: &str) -> Vec<PartYear> {
        self.all_years()
            .into_iter()
            .filter_map(|year| {
                let reports = self.comparable(year);
                (!reports.is_empty()).then(|| PartYear {
                    href: (year != current)
                        .then(|| format!("{root}{}", route::section(role, year))),
                    name: self.year_name(year),
                    have: self.having(&reports, role),
                    of: reports.len(),
                })
            })
            .collect()
    }

    fn part_entry(&self, index: Index, part: &'a PartCard, root: &str) -> PartEntry<'a> {
        let report = self.entry(index, root);
        let part_href = format!("{}#{}", report.href, part.anchor);
        let mut html = String::new();
        let mut lines = part.excerpt.split('\n').peekable();
        while let Some(line) = lines.next() {
            html.push_str("<p>");
            super::typeset::set(line, 0, line.len(), &mut html);
            if lines.peek().is_none() {
                if part.cut {
                    html.push_str("……");
                }
                html.push_str(" <a class=\"pn\" href=\"");
                super::typeset::escape(&part_href, &mut html);
                html.push_str("\">");
                let words = match part.number {
                    Some(number) => self.filled("section.continues", &[("n", &number.to_string())]),
                    None => self.word("section.open").to_owned(),
                };
                super::typeset::escape(&words, &mut html);
                html.push_str("</a>");
            }
            html.push_str("</p>");
        }
        PartEntry {
            report,
            part_href,
            number: part.number,
            length: part.characters,
            headings: &part.headings,
            excerpt: Value::safe_string(&html),
        }
    }

    /// All that a keeper should look at, the gravest first.
    fn worklist(&self, root: &str) -> Vec<WorkItem<'a>> {
        let corpus = self.corpus;
        let unread = corpus.unread.iter().map(|diagnostic| (diagnostic, None));
        let of_reports = corpus.reports.iter().flat_map(|card| {
            let all = card.diagnostics.iter();
            all.map(move |diagnostic| (diagnostic, Some(card)))
        });
        let mut all: Vec<(&'a Diagnostic, Option<&'a ReportCard>)> =
            unread.chain(of_reports).collect();
        all.sort_by_key(|(diagnostic, _)| std::cmp::Reverse(diagnostic.level));
        all.into_iter()
            .map(|(diagnostic, card)| WorkItem {
                level: match diagnostic.level {
                    Level::Note => "note",
                    Level::Warning => "warning",
                    Level::Error => "error",
                },
                level_name: self.word(match diagnostic.level {
                    Level::Note => "about.note",
                    Level::Warning => "about.warning",
                    Level::Error => "about.error",
                }),
                file: &diagnostic.file,
                line: diagnostic.line,
                text: self
                    .renderer
                    .theme
                    .known_word(&format!("diag.{}", diagnostic.code)),
                message: &diagnostic.message,
                hint: diagnostic.hint.as_deref(),
                href: card.map(|card| format!("{root}{}", route::report(&card.id))),
                name: card
                    .map_or_else(|| diagnostic.file.clone(), |card| self.renderer.label(card)),
            })
            .collect()
    }

    fn about(&mut self) -> Result<(), RenderError> {
        let title = self.word("about.title");
        let list = "about/worklist.html";
        let all = self.worklist("").len();
        let pages = all.div_ceil(LIST).max(1);
        for page in 1..=pages {
            let at = if page == 1 {
                route::ABOUT.to_owned()
            } else {
                route::paged(list, page)
            };
            let root = route::root(&at);
            let mut context = Context::new();
            let items = self.worklist(&root);
            let shown = items.iter().skip((page - 1) * LIST).take(LIST);
            context.insert("worklist", &shown.collect::<Vec<_>>());
            let mut pager = self.pager(list, page, all, LIST);
            if let (Some(first), true) = (pager.pages.first_mut(), page > 1) {
                first.href = Some(format!("{root}{}#worklist", route::ABOUT));
            } else {
                for (other, link) in (2..).zip(pager.pages.iter_mut().skip(1)) {
                    link.href = Some(route::paged(list, other));
                }
            }
            context.insert("pager", &pager);
            if page == 1 {
                context.insert("tally", &self.tally());
                let points = [
                    "text",
                    "identity",
                    "structure",
                    "number",
                    "series",
                    "absent",
                ];
                let points: Vec<Method> = points
                    .into_iter()
                    .map(|point| Method {
                        name: self.filled(&format!("about.{point}_name"), &[]),
                        text: self.filled(&format!("about.{point}"), &[]),
                    })
                    .collect();
                context.insert("method", &points);
                let frame = Renderer::frame(&at, title, "about", Vec::new());
                self.give("about.html", &frame, context)?;
            } else {
                let crumbs = vec![Link::to(format!("{root}{}", route::ABOUT), title)];
                let title = self.counted("about.worklist_page", page);
                let frame = Renderer::frame(&at, &title, "about", crumbs);
                self.give("worklist-page.html", &frame, context)?;
            }
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct FrontDoubt<'a> {
    href: Option<&'a str>,
    name: &'a str,
    text: &'a str,
    english: bool,
}

#[derive(Serialize)]
struct FrontPart<'a> {
    name: &'a str,
    href: String,
    have: usize,
    of: usize,
    lack: Vec<Link>,
    more: usize,
}

#[derive(Serialize)]
struct SeriesView<'a> {
    name: String,
    kind: String,
    reports: Vec<Entry<'a>>,
}

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

#[derive(Serialize)]
struct PartRow<'a> {
    name: &'a str,
    required: bool,
    cells: Vec<PartCell>,
}

#[derive(Serialize)]
struct PartCell {
    href: Option<String>,
    have: usize,
    of: usize,
    label: String,
}

#[derive(Serialize)]
struct PartYear {
    href: Option<String>,
    name: String,
    have: usize,
    of: usize,
}

#[derive(Serialize)]
struct Method {
    name: String,
    text: String,
}

fn headed(card: &ReportCard, role: Role) -> bool {
    card.part(role).is_some_and(|part| part.headed)
}

fn date(card: &ReportCard) -> Option<crate::identify::Date> {
    card.published.or(card.signed)
}

/// Page `page` (1-based) of `all`.
fn slice(all: &[Index], page: usize, size: usize) -> impl Iterator<Item = Index> {
    all.iter().copied().skip((page - 1) * size).take(size)
}

/// The search page with a query.
fn search_for(query: &str) -> String {
    let mut out = format!("{}?q=", route::SEARCH);
    for byte in query.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(byte as char);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Links made for the page at `from`, for one at `to`.
fn deepened(links: &[Link], from: &str, to: &str) -> Vec<Link> {
    let (from, to) = (route::root(from), route::root(to));
    links
        .iter()
        .map(|link| Link {
            href: link
                .href
                .as_ref()
                .map(|href| format!("{to}{}", href.strip_prefix(&from).unwrap_or(href))),
            name: link.name.clone(),
        })
        .collect()
}
