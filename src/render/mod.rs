//! Corpus → pages. No decisions, only views; every link is relative and ends in a file name.
//!
//! [`report_page`] makes one report's page and may run on many threads; [`pages`] makes all others
//! and hands each over as it is made, so that no more than one is held. Nothing of a report is ever
//! interpreted as a template or as HTML: templates escape all they are given, and the text, whose
//! HTML is built here, is escaped letter for letter.

pub mod route;
pub mod theme;

mod chart;
mod cite;
mod compare;
mod dataset;
mod feed;
mod figures;
mod gone;
mod lists;
mod matrix;
mod ratio;
mod report;
mod text;
mod typeset;
pub(crate) use typeset::controls_text;

pub use theme::{Theme, ThemeError};

use crate::cache::Key;
use crate::codebook::Codebook;
use crate::gazetteer::RegionLevel;
use crate::relate::{Corpus, Kinship, ReportCard, Shelf, Shelved};
use crate::report::Report;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use tera::Context;

/// What builds sites: name, version, and the beginning of its sources' sum.
pub fn program() -> String {
    let sum = crate::cache::program().hex();
    format!("fangzhi {} ({})", env!("CARGO_PKG_VERSION"), &sum[..8])
}

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where it goes: relative, `/`-separated, ASCII, under 120 characters.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What an archive says of its site.
#[derive(Clone, Debug)]
pub struct Site {
    /// The archive's title, where its keeper gives one; else the theme's words.
    pub title: Option<String>,
    /// The site's absolute address, ending in `/`, for what needs one: sitemap and feed.
    pub base_url: Option<String>,
    /// What this state of the archive is called ([`crate::relate::edition`] where its keeper does not
    /// say). It stands in the data, on the front and about pages, and in a script of its own.
    pub edition: String,
    /// Whether the keeper's worklist stands on the about page and the front page.
    pub worklist: bool,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            title: None,
            base_url: None,
            edition: String::new(),
            worklist: true,
        }
    }
}

/// Why a page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template (a keeper's, most likely) does not work with what it is given.
    #[error("the page {page} cannot be made from the theme's template {template}: {why}")]
    Template {
        /// The page.
        page: String,
        /// The template.
        template: &'static str,
        /// The template engine's account.
        why: String,
        /// The file within a theme's folder, and the line in it, where the engine tells.
        location: Option<(String, u32)>,
    },
    /// What a report says cannot be read back.
    #[error("what was put by of the report {report} cannot be read")]
    Shelf {
        /// The report's id.
        report: String,
        /// Why not.
        source: std::io::Error,
    },
    /// What took the page over could not.
    #[error("the page {page} could not be handed over")]
    Sink {
        /// The page.
        page: String,
        /// Why.
        source: std::io::Error,
    },
}

/// Takes the site's files over as they are made.
pub trait Sink {
    /// Takes one file, whole.
    fn page(&mut self, page: Page) -> std::io::Result<()>;

    /// Whether it has the file at `path` already, made from what `key` is of, and takes that: then
    /// nobody need make it again.
    fn has(&mut self, path: &str, key: Key) -> std::io::Result<bool> {
        let _ = (path, key);
        Ok(false)
    }

    /// Takes one file, whole; `key` is of all that it was made from, where that is known.
    fn made(&mut self, page: Page, key: Option<Key>) -> std::io::Result<()> {
        let _ = key;
        self.page(page)
    }

    /// Takes the files at `paths` as `write` writes them, for what grows with the archive: a sink
    /// that has somewhere to put them by holds no more than a buffer of each. Here they are collected.
    fn stream(
        &mut self,
        paths: &[&str],
        key: Option<Key>,
        write: &mut Write,
    ) -> std::io::Result<()> {
        let mut files: Vec<Vec<u8>> = vec![Vec::new(); paths.len()];
        let mut to: Vec<&mut dyn std::io::Write> = files.iter_mut().map(|file| file as _).collect();
        write(&mut to)?;
        paths.iter().zip(files).try_for_each(|(path, bytes)| {
            let path = (*path).to_owned();
            self.made(Page { path, bytes }, key)
        })
    }
}

/// Writes the bytes of some files, each in order.
pub type Write<'a> = dyn FnMut(&mut [&mut dyn std::io::Write]) -> std::io::Result<()> + 'a;

impl<F: FnMut(Page) -> std::io::Result<()>> Sink for F {
    fn page(&mut self, page: Page) -> std::io::Result<()> {
        self(page)
    }
}

/// Theme, site, codebook and shelf: what every page is made with.
#[derive(Clone, Copy)]
pub struct Renderer<'a> {
    /// The theme.
    pub theme: &'a Theme,
    /// The site.
    pub site: &'a Site,
    /// Topics and indicators by their ids, for names and definitions.
    pub codebook: &'a Codebook,
    /// The words that lists quote of reports.
    pub shelf: &'a dyn Shelf,
}

/// All of the corpus that a report's page and its data may show: the same surroundings, the same
/// page. No totals, so that another report's change leaves it as it was.
#[derive(Debug)]
pub struct Surroundings<'a> {
    card: &'a ReportCard,
    /// The same issuer's reports of the nearest years: id and label.
    before: Option<(&'a str, String)>,
    next: Option<(&'a str, String)>,
    /// The path and label of each of its kin, in their order.
    kin: Vec<(&'a str, String)>,
}

impl Surroundings<'_> {
    /// A sum over the report and all that stands around it; none where the shelf has none of the
    /// report.
    pub fn sum(&self, shelf: &dyn Shelf) -> Option<Key> {
        let own = shelf.sum(&self.card.id)?;
        let around = postcard::to_stdvec(&(&self.before, &self.next, &self.kin)).ok()?;
        Some(Key::joined([own.as_ref(), &around]))
    }
}

/// What of the corpus stands around the report of this id; none for a report that is not in it.
pub fn surroundings<'a>(
    renderer: Renderer,
    id: &str,
    corpus: &'a Corpus,
) -> Option<Surroundings<'a>> {
    let index = corpus.find(id)?;
    let (before, next) = corpus.neighbours(index);
    let other = |other: crate::relate::Index| {
        let card = corpus.report(other);
        (card.id.as_str(), renderer.label(card))
    };
    let card = corpus.report(index);
    let kin = card.kin.iter().filter_map(|kin| {
        let other = corpus.report(corpus.find(&kin.id)?);
        Some((other.path.as_str(), renderer.label(other)))
    });
    Some(Surroundings {
        card,
        kin: kin.collect(),
        before: before.map(other),
        next: next.map(other),
    })
}

/// The page of one report, at [`route::report`].
pub fn report_page(
    renderer: Renderer,
    report: &Report,
    around: &Surroundings,
) -> Result<Page, RenderError> {
    report::page(renderer, report, around)
}

/// One report's data for the comparison, at [`route::compare_report`]; none for a report that is
/// not compared: a re-publisher's copy, or another genre.
pub fn compare_script(renderer: Renderer, report: &Report, around: &Surroundings) -> Option<Page> {
    compare::script(renderer, report, around.card)
}

/// All pages and data files but the reports' own: front page, regions, years, parts, about and
/// worklist, search, data, and the theme's styles and scripts.
pub fn pages(renderer: Renderer, corpus: &Corpus, sink: &mut dyn Sink) -> Result<(), RenderError> {
    let set = PageSet::of(renderer, corpus);
    set.batches()
        .into_iter()
        .try_for_each(|batch| set.make(batch, sink))
}

/// All pages but the reports' own, to be made batch by batch, on many threads if need be.
pub struct PageSet<'a> {
    renderer: Renderer<'a>,
    corpus: &'a Corpus,
    findings: lists::Findings<'a>,
}

/// Some of the pages, on one matter.
#[derive(Clone, Copy, Debug)]
pub struct Batch(Part);

#[derive(Clone, Copy, Debug)]
enum Part {
    List(lists::List),
    Compare,
    Data(dataset::File),
    Rest,
}

impl<'a> PageSet<'a> {
    /// The pages of `corpus`.
    pub fn of(renderer: Renderer<'a>, corpus: &'a Corpus) -> Self {
        Self {
            renderer,
            corpus,
            findings: lists::Findings::of(renderer, corpus),
        }
    }

    /// All batches, the longest work first.
    pub fn batches(&self) -> Vec<Batch> {
        let data = dataset::File::ALL.into_iter().map(Part::Data);
        let lists = lists::List::all(self.renderer.codebook);
        data.chain(lists.into_iter().map(Part::List))
            .chain([Part::Compare, Part::Rest])
            .map(Batch)
            .collect()
    }

    /// Makes the pages of one batch.
    pub fn make(&self, batch: Batch, sink: &mut dyn Sink) -> Result<(), RenderError> {
        let (renderer, corpus) = (self.renderer, self.corpus);
        match batch.0 {
            Part::List(list) => lists::pages(renderer, corpus, &self.findings, list, sink),
            Part::Compare => compare::pages(renderer, corpus, sink),
            Part::Data(file) => dataset::file(renderer, corpus, &self.findings, file, sink),
            Part::Rest => rest(renderer, corpus, sink),
        }
    }
}

fn rest(renderer: Renderer, corpus: &Corpus, sink: &mut dyn Sink) -> Result<(), RenderError> {
    feed::files(renderer, corpus, sink)?;
    gone::pages(renderer, corpus, sink)?;
    // Report pages hold nothing of the whole build: they ask this script for what they cite.
    let edition = serde_json::to_string(&renderer.site.edition).unwrap_or_default();
    let script = format!(
        "// What this state of the archive is called. Made by the build.\nwindow.fangzhiEdition = {edition};\n"
    );
    hand_over(
        Page {
            path: route::EDITION.to_owned(),
            bytes: script.into_bytes(),
        },
        sink,
    )?;
    for asset in renderer.theme.assets() {
        hand_over(asset, sink)?;
    }
    Ok(())
}

fn hand_over(page: Page, sink: &mut dyn Sink) -> Result<(), RenderError> {
    let path = page.path.clone();
    sink.page(page)
        .map_err(|source| RenderError::Sink { page: path, source })
}

/// A link.
#[derive(Clone, Debug, Serialize)]
struct Link {
    href: Option<String>,
    name: String,
}

impl Link {
    fn to(href: String, name: impl Into<String>) -> Self {
        Self {
            href: Some(href),
            name: name.into(),
        }
    }

    fn none(name: impl Into<String>) -> Self {
        Self {
            href: None,
            name: name.into(),
        }
    }
}

/// A mark beside a label.
#[derive(Clone, Debug, Serialize)]
struct Badge {
    text: String,
    why: String,
}

/// What every page's frame needs.
#[derive(Serialize)]
struct Frame<'a> {
    path: &'a str,
    root: String,
    title: &'a str,
    /// The part of the site it belongs to: marks the navigation.
    nav: &'a str,
    crumbs: Vec<Link>,
}

#[derive(Serialize)]
struct SiteView<'a> {
    title: &'a str,
    name: &'a str,
    subtitle: &'a str,
    headline: &'a str,
    nav: Vec<NavItem<'a>>,
    worklist: bool,
    /// On the front page and the about page only: all others may stand over many editions.
    edition: &'a str,
}

#[derive(Serialize)]
struct NavItem<'a> {
    id: &'static str,
    path: &'static str,
    name: &'a str,
}

impl<'t> Renderer<'t> {
    /// What is quoted of a report.
    fn fetch<'c, T>(
        &self,
        card: &ReportCard,
        shelved: &'c Shelved<T>,
    ) -> Result<Cow<'c, T>, RenderError>
    where
        T: Serialize + DeserializeOwned + Clone,
    {
        shelved
            .fetch(&card.id, self.shelf)
            .map_err(|source| RenderError::Shelf {
                report: card.id.clone(),
                source,
            })
    }

    /// The site's title: the keeper's, or the theme's.
    fn title(&self) -> &str {
        self.site
            .title
            .as_deref()
            .unwrap_or_else(|| self.theme.word("site.headline"))
    }

    fn frame<'a>(path: &'a str, title: &'a str, nav: &'a str, crumbs: Vec<Link>) -> Frame<'a> {
        Frame {
            path,
            root: route::root(path),
            title,
            nav,
            crumbs,
        }
    }

    /// Renders `template` into the page that `frame` describes.
    fn page(
        &self,
        template: &'static str,
        frame: &Frame,
        mut context: Context,
    ) -> Result<Page, RenderError> {
        let coded = |any: bool, item| any.then_some(item);
        let nav = [
            Some(("home", route::INDEX)),
            Some(("regions", route::REGIONS)),
            Some(("years", route::YEARS)),
            Some(("sections", route::SECTIONS)),
            coded(!self.codebook.topics.is_empty(), ("topics", route::TOPICS)),
            coded(
                !self.codebook.indicators.is_empty(),
                ("indicators", route::INDICATORS),
            ),
            Some(("compare", route::COMPARE)),
            Some(("search", route::SEARCH)),
            Some(("about", route::ABOUT)),
        ];
        context.insert(
            "site",
            &SiteView {
                title: self.title(),
                name: self.theme.word("site.name"),
                subtitle: self
                    .site
                    .title
                    .as_deref()
                    .unwrap_or_else(|| self.theme.word("site.subtitle")),
                headline: self.title(),
                worklist: self.site.worklist,
                edition: if [route::INDEX, route::ABOUT].contains(&frame.path) {
                    &self.site.edition
                } else {
                    ""
                },
                nav: nav
                    .into_iter()
                    .flatten()
                    .map(|(id, path)| NavItem {
                        id,
                        path,
                        name: self.theme.word(match id {
                            "home" => "nav.home",
                            "regions" => "nav.regions",
                            "years" => "nav.years",
                            "sections" => "nav.sections",
                            "topics" => "nav.topics",
                            "indicators" => "nav.indicators",
                            "compare" => "nav.compare",
                            "search" => "nav.search",
                            _ => "nav.about",
                        }),
                    })
                    .collect(),
            },
        );
        context.insert("page", frame);
        let mut bytes = Vec::new();
        self.theme
            .tera
            .render_to(template, &context, &mut bytes)
            .map_err(|error| RenderError::Template {
                page: frame.path.to_owned(),
                template,
                why: theme::chain(&error),
                location: theme::location(&error),
            })?;
        Ok(Page {
            path: frame.path.to_owned(),
            bytes,
        })
    }

    /// `长治市 2023`: place and year; the issuer where the place is unknown.
    fn label(&self, card: &ReportCard) -> String {
        let label = &card.label;
        let place = label
            .region
            .as_ref()
            .map(|region| region.name.as_str())
            .or(label.issuer.as_deref())
            .unwrap_or(&card.id);
        match label.year {
            Some(year) => format!("{place} {year}"),
            None => format!("{place} {}", self.theme.word("year.undated")),
        }
    }

    /// `部门 · 地级`: the issuer's type and level, in every label and list.
    fn kind(&self, card: &ReportCard) -> String {
        let theme = self.theme;
        format!(
            "{} · {}",
            theme.word(issuer_key(card)),
            theme.word(level_key(card.label.level()))
        )
    }

    /// The issuer's name, or that it is not told.
    fn issuer<'a>(&'a self, card: &'a ReportCard) -> &'a str {
        card.label
            .issuer
            .as_deref()
            .unwrap_or_else(|| self.theme.word("issuer.unnamed"))
    }

    /// What sets a report apart from a plain one.
    fn badges(&self, card: &ReportCard) -> Vec<Badge> {
        let theme = self.theme;
        let mut badges = Vec::new();
        let mut badge = |text: String, why: String| badges.push(Badge { text, why });
        let word = |key: &str| theme.word(key).to_owned();
        if let Some(period) = card.label.part_year {
            let (text, why) = self.until(period);
            badge(text, why);
        }
        if card.digest {
            badge(word("badge.digest"), word("badge.digest_why"));
        }
        if card.source_class == Some(crate::identify::SourceClass::Republisher) {
            badge(word("badge.republished"), word("badge.republished_why"));
        }
        if card.genre == Some(crate::identify::Genre::Other) {
            badge(word("badge.genre"), word("badge.genre_why"));
        }
        match card.stands_for_it().map(|kin| kin.kinship) {
            Some(Kinship::Older) => badge(word("badge.older"), word("badge.older_why")),
            Some(_) => badge(word("badge.copy"), word("badge.copy_why")),
            None => {}
        }
        if card.doubtful {
            badge(word("badge.doubtful"), word("badge.doubtful_why"));
        }
        badges
    }

    /// That a period is not a whole year: badge and reason.
    fn until(&self, period: crate::identify::Period) -> (String, String) {
        let theme = self.theme;
        let (start, end) = (period.start.to_string(), period.end.to_string());
        let text = if period.start.month == 1 && period.start.day == 1 {
            theme.filled("badge.until", &[("month", &period.end.month.to_string())])
        } else {
            theme.word("badge.period").to_owned()
        };
        let why = theme.filled("badge.until_why", &[("start", &start), ("end", &end)]);
        (text, why)
    }

    /// An indicator's name in the site's language; its id where the codebook has it not.
    fn indicator_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.codebook
            .indicator(id)
            .map_or(id, |indicator| indicator.names.get(&self.theme.lang))
    }

    /// What a diagnostic says in the site's language, where it has words for its kind.
    fn told(&self, code: &str) -> Option<&'t str> {
        self.theme.known_word(&format!("diag.{code}"))
    }
}

/// The key of the word for what kind of body the issuer is.
fn issuer_key(card: &ReportCard) -> &'static str {
    use crate::identify::IssuerType;
    match card.label.issuer_type {
        Some(IssuerType::Government) => "issuer.government",
        Some(IssuerType::Department) => "issuer.department",
        Some(IssuerType::Other) => "issuer.other",
        None => "issuer.unknown",
    }
}

/// The key of the word for a place's rank.
fn level_key(level: Option<RegionLevel>) -> &'static str {
    match level {
        Some(RegionLevel::Province) => "level.province",
        Some(RegionLevel::Prefecture) => "level.prefecture",
        Some(RegionLevel::County) => "level.county",
        Some(RegionLevel::Township) => "level.township",
        None => "level.unknown",
    }
}

/// The language of a report's text.
fn lang(card: &ReportCard) -> &'static str {
    match card.script {
        Some(crate::identify::Script::Hant) => "zh-Hant",
        _ => "zh-Hans",
    }
}
