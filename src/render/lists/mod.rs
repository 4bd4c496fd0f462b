//! The pages that lead to reports: front page, regions, years, parts, about and worklist. Lists and
//! matrices are split by province and year and paged, so that no page grows with the archive.

mod about;
mod front;
mod indicators;
mod parts;
mod places;
mod topics;
mod years;

use super::matrix::Matrix;
use super::{Badge, Link, RenderError, Renderer, Sink, issuer_key, lang, level_key, report, route};
use crate::cache::Key;
use crate::codebook::Codebook;
use crate::identify::IssuerType;
use crate::relate::{Corpus, Figure, Index, ReportCard, Series, TopicCard};
use crate::structure::Role;
use serde::Serialize;
use std::collections::BTreeMap;
use tera::{Context, Value};

/// Entries on one page of a list.
const LIST: usize = 200;
/// Reports named on the front page that lack a part.
const SHOWN: usize = 6;
/// Topics and figures named on the front page.
const FRONT: usize = 18;
/// Excerpts on one page of a part.
const EXCERPTS: usize = 40;
/// Rows of a matrix of places; beyond, a row is the next higher division.
const ROWS: usize = 150;
/// Reports that are shown in full on one page of a topic or indicator.
const SMALL: usize = 60;
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
    /// A department's line (条线); nothing for a government.
    line: &'a str,
    title: String,
    date: Option<String>,
    lang: &'static str,
    characters: u32,
    paragraphs: u32,
    badges: Vec<Badge>,
}

impl Entry<'_> {
    /// The report with what a list says besides.
    fn with(&self, more: &impl Serialize) -> Value {
        let fields = |of: Value| of.into_map().unwrap_or_default();
        let mut all = fields(Value::from_serializable(self));
        all.extend(fields(Value::from_serializable(more)));
        Value::from(all)
    }
}

#[derive(Serialize)]
struct Pager {
    last: usize,
    pages: Vec<Link>,
}

/// What the pages are made of.
struct Lists<'a, 'b> {
    renderer: Renderer<'a>,
    corpus: &'a Corpus,
    findings: &'a Findings<'a>,
    sink: &'b mut dyn Sink,
    /// The page that is made next, where that does not stand, and of what.
    next: Option<(String, Key)>,
}

/// Which reports of the genre say what, in the corpus' order: asked for on every page.
pub(in crate::render) struct Findings<'a> {
    all: Vec<Index>,
    years: BTreeMap<Option<i32>, Vec<Index>>,
    topics: BTreeMap<&'a str, Naming>,
    indicators: BTreeMap<&'a str, Stating<'a>>,
    /// The series of each place, by its path.
    series: BTreeMap<&'a str, Vec<&'a Series>>,
    /// Of each report, what sums up all that a page may show of it.
    sums: Vec<Option<Key>>,
    /// Sums up who all reports are of, where and when, and which of them count.
    labels: Key,
}

/// Reports of the genre that name a topic.
#[derive(Debug, Default)]
struct Naming {
    reports: Vec<Index>,
    /// In how many paragraphs each does.
    paragraphs: Vec<u32>,
    years: BTreeMap<Option<i32>, NamingOfYear>,
    counts: Counts,
}

#[derive(Debug, Default)]
struct NamingOfYear {
    reports: Vec<Index>,
    counts: Counts,
}

/// Reports of the genre that state an indicator.
#[derive(Debug, Default)]
struct Stating<'a> {
    reports: Vec<Index>,
    /// Of each the figure that stands for it.
    figures: Vec<&'a Figure>,
}

impl<'a> Stating<'a> {
    fn add(&mut self, index: Index, card: &ReportCard, figure: &'a Figure) {
        match (self.reports.last(), self.figures.last_mut()) {
            (Some(last), Some(stands)) if *last == index => {
                if indicators::rank(figure, card) < indicators::rank(stands, card) {
                    *stands = figure;
                }
            }
            _ => {
                self.reports.push(index);
                self.figures.push(figure);
            }
        }
    }

    fn figure(&self, index: Index) -> Option<&'a Figure> {
        let at = self.reports.binary_search(&index);
        at.ok().map(|at| self.figures[at])
    }
}

/// How often reports name a topic.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Counts {
    reports: i64,
    paragraphs: i64,
    hits: i64,
}

impl Counts {
    fn add(&mut self, topic: &TopicCard) {
        self.reports += 1;
        self.paragraphs += i64::from(topic.paragraphs);
        self.hits += i64::from(topic.hits);
    }
}

impl Naming {
    fn add(&mut self, index: Index, year: Option<i32>, topic: &TopicCard) {
        self.reports.push(index);
        self.paragraphs.push(topic.paragraphs);
        self.counts.add(topic);
        let of_year = self.years.entry(year).or_default();
        of_year.reports.push(index);
        of_year.counts.add(topic);
    }

    fn of_year(&self, year: Option<i32>) -> &[Index] {
        self.years.get(&year).map_or(&[], |naming| &naming.reports)
    }

    /// In how many paragraphs the report names it; none where it does not.
    fn paragraphs_in(&self, index: Index) -> u32 {
        let at = self.reports.binary_search(&index);
        at.map_or(0, |at| self.paragraphs[at])
    }
}

impl<'a> Findings<'a> {
    pub(in crate::render) fn of(renderer: Renderer<'a>, corpus: &'a Corpus) -> Self {
        let mut found = Self {
            all: Vec::new(),
            years: BTreeMap::new(),
            topics: BTreeMap::new(),
            indicators: BTreeMap::new(),
            series: BTreeMap::new(),
            sums: Vec::new(),
            labels: Key::default(),
        };
        let topics = renderer.codebook.topics.iter();
        found.topics = topics
            .map(|topic| (topic.id.as_str(), Naming::default()))
            .collect();
        let mut labels = Vec::new();
        for (index, card) in (0..).zip(&corpus.reports) {
            found.sums.push(renderer.shelf.sum(&card.id));
            let label = (&card.id, &card.label, card.counts(), card.in_series());
            labels = postcard::to_extend(&label, labels).expect("memory takes what is written");
            if !card.in_series() {
                continue;
            }
            found.all.push(index);
            let of_year = found.years.entry(card.label.year).or_default();
            of_year.push(index);
            for topic in &card.topics {
                let naming = found.topics.get_mut(topic.topic.as_str());
                if let Some(naming) = naming {
                    naming.add(index, card.label.year, topic);
                }
            }
            for figure in &card.figures {
                let indicator = figure.observation.indicator.as_str();
                let stating = found.indicators.entry(indicator).or_default();
                stating.add(index, card, figure);
            }
        }
        for series in &corpus.series {
            if let Some(place) = &series.place {
                found.series.entry(place).or_default().push(series);
            }
        }
        found.labels = Key::of(&labels);
        found
    }

    /// Sums up what is made of these reports, and of all else that `of` tells. What the keeper's
    /// codebook, theme and configuration say need not be told.
    pub(in crate::render) fn sum(
        &self,
        renderer: Renderer,
        of: &(impl Serialize + ?Sized),
        reports: impl IntoIterator<Item = Index>,
    ) -> Option<Key> {
        let (told, frame) = (postcard::to_stdvec(of).ok()?, renderer.shelf.frame()?);
        let sums = reports.into_iter().map(|index| self.sums[index as usize]);
        let sums: Vec<Key> = sums.collect::<Option<_>>()?;
        let parts = [frame.as_ref(), told.as_slice()].into_iter();
        Some(Key::joined(parts.chain(sums.iter().map(AsRef::as_ref))))
    }
}

/// Lists that are made in one go.
#[derive(Clone, Copy, Debug)]
pub(super) enum List {
    Front,
    Places,
    Years,
    Parts,
    Part(Role),
    Topics,
    /// The topic at this place in the codebook.
    Topic(usize),
    Indicators,
    /// The indicator at this place in the codebook.
    Indicator(usize),
    About,
}

impl List {
    /// All lists with this codebook.
    pub(super) fn all(codebook: &Codebook) -> Vec<Self> {
        let topics = (0..codebook.topics.len()).map(Self::Topic);
        let indicators = (0..codebook.indicators.len()).map(Self::Indicator);
        let parts = Role::ALL.into_iter().filter(|role| *role != Role::Other);
        let mut all = vec![Self::Places];
        all.extend(parts.map(Self::Part).chain(topics).chain(indicators));
        all.extend([
            Self::Parts,
            Self::Topics,
            Self::Indicators,
            Self::Years,
            Self::Front,
            Self::About,
        ]);
        all
    }
}

/// Makes the pages of one of the lists.
pub(super) fn pages(
    renderer: Renderer,
    corpus: &Corpus,
    findings: &Findings,
    list: List,
    sink: &mut dyn Sink,
) -> Result<(), RenderError> {
    let codebook = renderer.codebook;
    let mut lists = Lists {
        renderer,
        corpus,
        findings,
        sink,
        next: None,
    };
    match list {
        List::Front => lists.front().and_then(|()| lists.search()),
        List::Places => lists.places_all(),
        List::Years => lists.years(),
        List::Parts => lists.parts(),
        List::Part(role) => lists.part(role),
        List::Topics => lists.topics(),
        List::Topic(at) => lists.topic(&codebook.topics[at]),
        List::Indicators => lists.indicators(),
        List::Indicator(at) => lists.indicator(&codebook.indicators[at]),
        List::About => lists.about(),
    }
}

impl<'a> Lists<'a, '_> {
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
        let of = self.next.take().filter(|(path, _)| *path == page.path);
        let path = page.path.clone();
        self.sink
            .made(page, of.map(|(_, key)| key))
            .map_err(|source| RenderError::Sink { page: path, source })
    }

    /// Whether the page at `path` stands as the last build made it, of what these sum up
    /// ([`Findings::sum`]).
    fn stands(
        &mut self,
        path: &str,
        of: &impl Serialize,
        reports: impl IntoIterator<Item = Index>,
    ) -> Result<bool, RenderError> {
        let Some(sum) = self.findings.sum(self.renderer, of, reports) else {
            return Ok(false);
        };
        self.next = Some((path.to_owned(), sum));
        self.sink
            .has(path, sum)
            .map_err(|source| RenderError::Sink {
                page: path.to_owned(),
                source,
            })
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
            issuer: self.issuer(card),
            kind: renderer.kind(card),
            issuer_type: self.word(issuer_key(card)),
            level: self.word(level_key(card.label.level())),
            province: self.province(card),
            province_name: card
                .label
                .region
                .as_ref()
                .filter(|region| !region.ancestors.is_empty())
                .map(crate::gazetteer::Region::province),
            line: match (&card.label.line, card.label.issuer_type) {
                (Some(line), _) => line,
                (None, Some(IssuerType::Department) | None) => self.word("line.unknown"),
                (None, Some(_)) => "",
            },
            title: report::title(renderer, card),
            date: card.published.or(card.signed).map(|date| date.to_string()),
            lang: lang(card),
            characters: card.characters,
            paragraphs: card.paragraphs,
            badges: renderer.badges(card),
        }
    }

    fn issuer(&self, card: &'a ReportCard) -> &'a str {
        let issuer = card.label.issuer.as_deref();
        issuer.unwrap_or_else(|| self.word("issuer.unnamed"))
    }

    fn province(&self, card: &'a ReportCard) -> &'a str {
        let province = card.label.province();
        province.unwrap_or_else(|| self.word("region.unplaced"))
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

    fn search(&mut self) -> Result<(), RenderError> {
        let frame = Renderer::frame(route::SEARCH, self.word("nav.search"), "search", Vec::new());
        let lang = &self.renderer.theme.lang;
        let topics = self.renderer.codebook.topics.iter();
        let topics: Vec<(&str, &str)> = topics
            .map(|topic| (topic.id.as_str(), topic.names.get(lang)))
            .collect();
        let mut context = Context::new();
        context.insert("topics", &topics);
        self.give("search.html", &frame, context)
    }

    /// A list of reports over as many pages as it takes. The first has also what `first` makes, of
    /// the reports `with` and of all else that `of` tells.
    fn listed(
        &mut self,
        list: &Listing,
        of: &impl Serialize,
        with: &[Index],
        first: impl FnOnce(&Self) -> Context,
    ) -> Result<(), RenderError> {
        let (path, total) = (list.path, list.reports.len());
        let mut first = Some(first);
        for page in 1..=total.div_ceil(LIST).max(1) {
            let at = route::paged(path, page);
            let root = route::root(&at);
            let first = first.take();
            let shown = || slice(list.reports, page, LIST);
            let (of, with) = match first {
                Some(_) => (Some(of), with),
                None => (None, &[][..]),
            };
            let told = (list.title, list.lead, list.crumbs, page, total, of);
            if self.stands(&at, &told, shown().chain(with.iter().copied()))? {
                continue;
            }
            let mut context = first.map_or_else(
                || {
                    let mut further = Context::new();
                    further.insert("matrix", &None::<Matrix>);
                    further.insert("series", &Vec::<SeriesView>::new());
                    further.insert("provinces", &Vec::<Link>::new());
                    further
                },
                |first| first(self),
            );
            context.insert("lead", list.lead);
            let entries: Vec<Entry> = shown().map(|index| self.entry(index, &root)).collect();
            context.insert("list", &entries);
            context.insert("total", &total);
            context.insert("pager", &self.pager(path, page, total, LIST));
            let crumbs = deepened(list.crumbs, path, &at);
            let frame = Renderer::frame(&at, list.title, list.nav, crumbs);
            self.give(list.template, &frame, context)?;
        }
        Ok(())
    }
}

/// A list of reports: where it stands, and what it says above them.
struct Listing<'l> {
    template: &'static str,
    path: &'l str,
    title: &'l str,
    /// The part of the site it belongs to.
    nav: &'l str,
    crumbs: &'l [Link],
    lead: &'l str,
    reports: &'l [Index],
}

#[derive(Serialize)]
struct SeriesView<'a> {
    name: String,
    kind: String,
    reports: Vec<Entry<'a>>,
    figures: Vec<SeriesFigure>,
    /// Where its figures stand, if not here.
    figures_page: Option<String>,
}

/// An indicator over a series' years.
#[derive(Serialize)]
struct SeriesFigure {
    name: String,
    href: String,
    /// A cell a report, in the series' order.
    cells: Vec<Value>,
    line: Option<Value>,
    /// Changes of meaning between the line's years.
    breaks: Vec<String>,
}

fn date(card: &ReportCard) -> Option<crate::identify::Date> {
    card.published.or(card.signed)
}

/// Page `page` (1-based) of `all`.
fn slice(all: &[Index], page: usize, size: usize) -> impl Iterator<Item = Index> {
    all.iter().copied().skip((page - 1) * size).take(size)
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
