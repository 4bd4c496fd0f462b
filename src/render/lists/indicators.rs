//! The indicators: every report's figure with its sentence, ranked among issuers of one kind only.

use super::topics::TopicLink;
use super::{Entry, FRONT, LIST, Lists, SMALL, slice};
use crate::code::{Capacity, Scope, State};
use crate::codebook::Indicator;
use crate::gazetteer::RegionLevel;
use crate::identify::IssuerType;
use crate::relate::{Figure, Index, ReportCard};
use crate::render::chart::{self, Bar};
use crate::render::{
    Link, Page, RenderError, Renderer, figures, hand_over, ratio, route, theme, typeset,
};
use serde::Serialize;
use std::collections::BTreeMap;
use tera::{Context, Value};

/// Reports with a figure on one page.
const ROWS: usize = 100;
/// Bars in one chart.
const BARS: usize = 60;

#[derive(Serialize)]
struct IndicatorLink {
    href: String,
    name: String,
    count: String,
}

#[derive(Serialize)]
struct GroupView<'a> {
    id: String,
    title: String,
    chart: Option<Value>,
    rows: Vec<RowView<'a>>,
}

#[derive(Serialize)]
struct RowView<'a> {
    #[serde(flatten)]
    report: Entry<'a>,
    /// What it is sorted by; empty where there is no number.
    value: String,
    ranked: bool,
    cell: Value,
    quotes: Value,
}

#[derive(Serialize)]
struct YearView {
    name: String,
    href: Option<String>,
    states: String,
}

/// How many reports say what.
#[derive(Default)]
struct States {
    value: usize,
    zero: usize,
    unparsed: usize,
    none: usize,
}

/// What is compared with each other: a year's issuers of one type and level, with figures of one
/// capacity and scope.
type Kind = (
    std::cmp::Reverse<Option<i32>>,
    Option<IssuerType>,
    Option<RegionLevel>,
    Option<Capacity>,
    Option<Scope>,
);

impl<'a> Lists<'a, '_> {
    pub(super) fn indicators(&mut self) -> Result<(), RenderError> {
        let codebook = self.renderer.codebook;
        if codebook.indicators.is_empty() {
            return Ok(());
        }
        let root = route::root(route::INDICATORS);
        let mut groups: Vec<(&str, Vec<IndicatorLink>)> = Vec::new();
        for indicator in &codebook.indicators {
            let having = self.with_figure(&indicator.id).len();
            let link = IndicatorLink {
                href: format!("{root}{}", route::indicator(&indicator.id, None)),
                name: self.indicator_name(indicator).to_owned(),
                count: self.counted("count.reports", having),
            };
            match groups
                .iter_mut()
                .find(|(group, _)| *group == indicator.group)
            {
                Some((_, links)) => links.push(link),
                None => groups.push((&indicator.group, vec![link])),
            }
        }
        let groups: Vec<(&str, Vec<IndicatorLink>)> = groups
            .into_iter()
            .map(|(group, links)| {
                let key = format!("group.{group}");
                let name = self.renderer.theme.known_word(&key);
                (name.unwrap_or(group), links)
            })
            .collect();
        let mut context = Context::new();
        context.insert("lead", self.word("indicator.index_lead"));
        context.insert("groups", &groups);
        let title = self.word("nav.indicators");
        let frame = Renderer::frame(route::INDICATORS, title, "indicators", Vec::new());
        self.give("indicators.html", &frame, context)?;
        for indicator in &codebook.indicators {
            self.indicator(indicator)?;
        }
        Ok(())
    }

    /// The figures that most reports state, for the front page.
    pub(super) fn front_indicators(&self) -> Vec<TopicLink> {
        let indicators = self.renderer.codebook.indicators.iter();
        let mut found: Vec<(usize, &Indicator)> = indicators
            .map(|indicator| (self.with_figure(&indicator.id).len(), indicator))
            .filter(|(reports, _)| *reports > 0)
            .collect();
        found.sort_by_key(|(reports, _)| std::cmp::Reverse(*reports));
        found.truncate(FRONT);
        found
            .into_iter()
            .map(|(reports, indicator)| TopicLink {
                href: route::indicator(&indicator.id, None),
                name: self.indicator_name(indicator).to_owned(),
                counts: self.counted("count.reports", reports),
            })
            .collect()
    }

    fn indicator_name(&self, indicator: &'a Indicator) -> &'a str {
        indicator.names.get(&self.renderer.theme.lang)
    }

    fn with_figure(&self, id: &str) -> Vec<Index> {
        (0..self.corpus.reports.len() as u32)
            .filter(|index| {
                let card = self.corpus.report(*index);
                card.in_series() && card.figures_of(id).next().is_some()
            })
            .collect()
    }

    fn indicator(&mut self, indicator: &'a Indicator) -> Result<(), RenderError> {
        let corpus = self.corpus;
        let of_genre: Vec<Index> = (0..corpus.reports.len() as u32)
            .filter(|index| corpus.report(*index).in_series())
            .collect();
        let path = route::indicator(&indicator.id, None);
        if of_genre.len() <= SMALL {
            return self.indicator_page(indicator, &path, None, &of_genre);
        }
        self.indicator_page(indicator, &path, None, &[])?;
        for year in self.all_years().into_iter().flatten() {
            let reports = self.comparable(Some(year));
            let path = route::indicator(&indicator.id, Some(year));
            self.indicator_page(indicator, &path, Some(year), &reports)?;
        }
        Ok(())
    }

    /// An indicator's page with the figures of `reports`, over as many pages as it takes.
    fn indicator_page(
        &mut self,
        indicator: &'a Indicator,
        path: &str,
        year: Option<i32>,
        reports: &[Index],
    ) -> Result<(), RenderError> {
        let corpus = self.corpus;
        let id = &indicator.id;
        let name = self.indicator_name(indicator);
        let (mut with, without): (Vec<Index>, Vec<Index>) = reports
            .iter()
            .partition(|index| corpus.report(**index).figures_of(id).next().is_some());
        with.sort_by_key(|index| (kind(corpus.report(*index), id), *index));
        let pages = with
            .len()
            .div_ceil(ROWS)
            .max(without.len().div_ceil(LIST))
            .max(1);
        let title = match year {
            Some(year) => {
                let year = year.to_string();
                self.filled("indicator.title_year", &[("name", name), ("year", &year)])
            }
            None => name.to_owned(),
        };
        let csv_path = route::indicator_csv(id, year);
        if !reports.is_empty() {
            let bytes = self.indicator_csv(indicator, reports);
            let page = Page {
                path: csv_path.clone(),
                bytes,
            };
            hand_over(page, self.sink)?;
        }
        for page in 1..=pages {
            let at = route::paged(path, page);
            let root = route::root(&at);
            let shown: Vec<Index> = slice(&with, page, ROWS).collect();
            let mut context = self.indicator_context(indicator, year, &root);
            let groups = self.figure_groups(indicator, &shown, &root);
            context.insert("groups", &groups);
            let silent: Vec<Entry> = slice(&without, page, LIST)
                .map(|index| self.entry(index, &root))
                .collect();
            context.insert("silent", &silent);
            context.insert("states", &self.states_told(indicator, reports));
            let csv = (!reports.is_empty()).then(|| format!("{root}{csv_path}"));
            context.insert("csv", &csv);
            let total = with.len().max((pages - 1) * ROWS + 1);
            context.insert("pager", &self.pager(path, page, total, ROWS));
            let mut crumbs = vec![Link::to(
                format!("{root}{}", route::INDICATORS),
                self.word("nav.indicators"),
            )];
            match year {
                Some(year) => {
                    crumbs.push(Link::to(
                        format!("{root}{}", route::indicator(id, None)),
                        name,
                    ));
                    crumbs.push(Link::none(year.to_string()));
                }
                None => crumbs.push(Link::none(name)),
            }
            let frame = Renderer::frame(&at, &title, "indicators", crumbs);
            self.give("indicator.html", &frame, context)?;
        }
        Ok(())
    }

    fn indicator_context(
        &self,
        indicator: &'a Indicator,
        year: Option<i32>,
        root: &str,
    ) -> Context {
        let lang = &self.renderer.theme.lang;
        let mut facts: Vec<(&str, String)> = vec![
            (self.word("indicator.code"), indicator.id.clone()),
            (self.word("indicator.unit"), indicator.units.join(" / ")),
            (
                self.word("indicator.counts"),
                indicator.counts.get(lang).to_owned(),
            ),
            (
                self.word("indicator.does_not_count"),
                indicator.does_not_count.get(lang).to_owned(),
            ),
        ];
        for change in &indicator.breaks {
            facts.push((
                self.word("indicator.breaks"),
                format!("{}: {}", change.date, change.reason.get(lang)),
            ));
        }
        facts.retain(|(_, value)| !value.is_empty());
        let mut context = Context::new();
        context.insert("definition", indicator.definition.get(lang));
        context.insert("facts", &facts);
        let split = self.corpus.reports.len() > SMALL;
        let years: Vec<YearView> = self
            .all_years()
            .into_iter()
            .flatten()
            .map(|each| YearView {
                name: each.to_string(),
                href: (split && Some(each) != year)
                    .then(|| format!("{root}{}", route::indicator(&indicator.id, Some(each)))),
                states: self.states_told(indicator, &self.comparable(Some(each))),
            })
            .collect();
        context.insert("years", &years);
        context
    }

    fn states_told(&self, indicator: &Indicator, reports: &[Index]) -> String {
        let mut states = States::default();
        for index in reports {
            match main(self.corpus.report(*index), &indicator.id) {
                None => states.none += 1,
                Some(figure) => match figure.observation.state {
                    State::Value => states.value += 1,
                    State::Zero => states.zero += 1,
                    State::Unparsed => states.unparsed += 1,
                },
            }
        }
        let shown = |n: usize| theme::thousands(n as i64);
        self.filled(
            "indicator.states_told",
            &[
                ("value", &shown(states.value)),
                ("zero", &shown(states.zero)),
                ("unparsed", &shown(states.unparsed)),
                ("none", &shown(states.none)),
            ],
        )
    }

    /// Figures by year, issuer's type and level, capacity and scope: what may be ranked with each
    /// other.
    fn figure_groups(
        &self,
        indicator: &'a Indicator,
        reports: &[Index],
        root: &str,
    ) -> Vec<GroupView<'a>> {
        let mut groups: BTreeMap<Kind, Vec<Index>> = BTreeMap::new();
        for index in reports {
            groups
                .entry(kind(self.corpus.report(*index), &indicator.id))
                .or_default()
                .push(*index);
        }
        groups
            .into_iter()
            .enumerate()
            .map(|(at, (key, members))| {
                let mut kind = self.renderer.kind(self.corpus.report(members[0]));
                let capacity = key.3.map(figures::capacity_key);
                for told in capacity.into_iter().chain(key.4.map(figures::scope_key)) {
                    kind.push_str(" · ");
                    kind.push_str(self.word(told));
                }
                let year = self.year_name(key.0.0);
                let words = [("kind", kind.as_str()), ("year", year.as_str())];
                let id = format!("g-{at}");
                GroupView {
                    title: self.filled("indicator.group_title", &words),
                    chart: self.bars(indicator, &members, &id, &kind, &year, root),
                    rows: members
                        .iter()
                        .map(|index| self.figure_row(indicator, *index, root))
                        .collect(),
                    id,
                }
            })
            .collect()
    }

    fn bars(
        &self,
        indicator: &'a Indicator,
        members: &[Index],
        id: &str,
        kind: &str,
        year: &str,
        root: &str,
    ) -> Option<Value> {
        let mut unit = indicator.unit.clone();
        let mut bars: Vec<Bar> = members
            .iter()
            .filter_map(|index| {
                let card = self.corpus.report(*index);
                let figure = main(card, &indicator.id)?;
                let value = figure.observation.value?;
                let (number, shown_unit) = figures::shown(&figure.observation, Some(indicator));
                if shown_unit == "万元" {
                    unit = "元".to_owned();
                }
                Some(Bar {
                    label: self.renderer.label(card),
                    value,
                    shown: format!("{number} {shown_unit}"),
                    href: format!("{root}{}#{}", route::report(&card.id), figure.anchor),
                    whole: comparable(figure, card),
                })
            })
            .collect();
        if bars.is_empty() {
            return None;
        }
        bars.sort_by_key(|bar| std::cmp::Reverse(bar.value));
        bars.truncate(BARS);
        let values: Vec<String> = bars
            .iter()
            .map(|bar| format!("{} {}", bar.label, bar.shown))
            .collect();
        let name = self.indicator_name(indicator);
        let title = self.filled(
            "indicator.chart_title",
            &[("name", name), ("kind", kind), ("year", year)],
        );
        let desc = self.filled(
            "indicator.chart_desc",
            &[
                ("unit", unit.as_str()),
                ("values", &values.join(self.word("list.comma"))),
            ],
        );
        let groups = (self.word("indicator.whole"), self.word("indicator.part"));
        let svg = chart::bars(&format!("chart-{id}"), &title, &desc, &unit, groups, &bars);
        Some(Value::safe_string(&svg))
    }

    fn figure_row(&self, indicator: &Indicator, index: Index, root: &str) -> RowView<'a> {
        let card = self.corpus.report(index);
        let report = self.entry(index, root);
        let figure = main(card, &indicator.id);
        let mut quotes: String = unique_sentences(card, &indicator.id)
            .into_iter()
            .map(|figure| figures::quote(self.renderer, figure, &report.href, report.lang))
            .collect();
        for ratio in ratio::ratios(&card.figures) {
            if ratio.part.observation.indicator == indicator.id {
                quotes.push_str("<p class=\"small\">");
                typeset::escape(&ratio.name(self.renderer), &mut quotes);
                quotes.push('　');
                quotes.push_str(&ratio.html(self.renderer, &report.href));
                quotes.push_str("</p>");
            }
        }
        RowView {
            value: figure
                .and_then(|figure| figure.observation.value)
                .map(|value| value.to_string())
                .unwrap_or_default(),
            ranked: figure.is_some_and(|figure| comparable(figure, card)),
            cell: Value::safe_string(&figures::cell(
                self.renderer,
                card,
                &indicator.id,
                &report.href,
            )),
            quotes: Value::safe_string(&quotes),
            report,
        }
    }

    /// What an indicator's page shows, as CSV: one row a figure, and one a report without.
    fn indicator_csv(&self, indicator: &Indicator, reports: &[Index]) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(b"\xEF\xBB\xBF".to_vec());
        for index in reports {
            let card = self.corpus.report(*index);
            let mut figures = card.figures_of(&indicator.id).peekable();
            if figures.peek().is_none() {
                let _ = writer.serialize(CsvRow::of(card, &indicator.id, None));
            }
            for figure in figures {
                let _ = writer.serialize(CsvRow::of(card, &indicator.id, Some(figure)));
            }
        }
        writer.into_inner().unwrap_or_default()
    }
}

#[derive(Serialize)]
struct CsvRow<'a> {
    indicator: &'a str,
    report: &'a str,
    region_code: Option<&'a str>,
    region: Option<&'a str>,
    province: Option<&'a str>,
    issuer: Option<&'a str>,
    issuer_type: &'static str,
    level: &'static str,
    year: Option<i32>,
    state: &'static str,
    value: Option<String>,
    unit: Option<&'a str>,
    written: Option<&'a str>,
    approx: bool,
    at_least: bool,
    implied: bool,
    conflict: bool,
    period_start: Option<String>,
    period_end: Option<String>,
    cumulative_since: Option<String>,
    sentence: Option<&'a str>,
    page: String,
    anchor: Option<&'a str>,
}

impl<'a> CsvRow<'a> {
    fn of(card: &'a ReportCard, indicator: &'a str, figure: Option<&'a Figure>) -> Self {
        let region = card.label.region.as_ref();
        let o = figure.map(|figure| &figure.observation);
        let period = o.and_then(|o| o.period).or(card.label.part_year);
        Self {
            indicator,
            report: &card.id,
            region_code: region.map(|region| region.code.as_str()),
            region: region.map(|region| region.name.as_str()),
            province: card.label.province(),
            issuer: card.label.issuer.as_deref(),
            issuer_type: crate::render::issuer_type(card),
            level: crate::render::level(card),
            year: card.label.year,
            state: match o.map(|o| o.state) {
                Some(State::Value) => "value",
                Some(State::Zero) => "zero",
                Some(State::Unparsed) => "unparsed",
                None => "not_mentioned",
            },
            value: o.and_then(|o| o.value).map(|value| value.to_string()),
            unit: o.and_then(|o| o.unit.as_deref()),
            written: o.map(|o| o.written.as_str()),
            approx: o.is_some_and(|o| o.approx),
            at_least: o.is_some_and(|o| o.at_least),
            implied: o.is_some_and(|o| o.implied),
            conflict: o.is_some_and(|o| o.conflict),
            period_start: period.map(|period| period.start.to_string()),
            period_end: period.map(|period| period.end.to_string()),
            cumulative_since: o
                .and_then(|o| o.cumulative_since.as_ref())
                .map(ToString::to_string),
            sentence: figure.map(|figure| figure.sentence.as_str()),
            page: route::report(&card.id),
            anchor: figure.map(|figure| figure.anchor.as_str()),
        }
    }
}

fn kind(card: &ReportCard, indicator: &str) -> Kind {
    let observation = main(card, indicator).map(|figure| &figure.observation);
    (
        std::cmp::Reverse(card.label.year),
        card.label.issuer_type,
        card.label.level(),
        observation.and_then(|observation| observation.capacity),
        observation.and_then(|observation| observation.scope),
    )
}

/// The figure that stands for a report: a comparable one before others, a number before none.
pub(super) fn main<'a>(card: &'a ReportCard, indicator: &str) -> Option<&'a Figure> {
    card.figures
        .iter()
        .filter(|figure| figure.observation.indicator == indicator)
        .min_by_key(|figure| {
            (
                !comparable(figure, card),
                figure.observation.value.is_none(),
            )
        })
}

/// Whether a figure may be ranked: exact, and for a whole year.
pub(super) fn comparable(figure: &Figure, card: &ReportCard) -> bool {
    figure.comparable() && card.label.part_year.is_none()
}

/// An indicator's figures, one a sentence.
fn unique_sentences<'a>(card: &'a ReportCard, indicator: &str) -> Vec<&'a Figure> {
    let mut seen = std::collections::BTreeSet::new();
    card.figures
        .iter()
        .filter(|figure| figure.observation.indicator == indicator)
        .filter(|figure| seen.insert((&figure.anchor, figure.mark)))
        .collect()
}
