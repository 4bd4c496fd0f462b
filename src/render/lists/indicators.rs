//! The indicators: every report's figure with its sentence, ranked among issuers of one kind only.

use super::topics::TopicLink;
use super::{FRONT, Lists, SMALL, slice};
use crate::code::{Scope, State};
use crate::codebook::Capacity;
use crate::codebook::Indicator;
use crate::gazetteer::RegionLevel;
use crate::identify::IssuerType;
use crate::relate::{Figure, Index, ReportCard};
use crate::render::chart::{self, Bar};
use crate::render::{
    Badge, Link, RenderError, Renderer, dataset, figures, lang, ratio, route, theme, typeset,
};
use serde::Serialize;
use std::fmt::Write;
use tera::{Context, Value};

/// Reports with a figure on one page.
const ROWS: usize = 100;
/// Bars in one chart.
const BARS: usize = 40;
/// Values that a chart's description names.
const TOLD: usize = 3;
/// Reports without a figure on one page.
const SILENT: usize = 500;

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
    /// What its reports have in common, for the filter.
    issuer_type: &'a str,
    level: &'a str,
    line: &'a str,
    year: String,
    capacity: Option<&'a str>,
    scope: Option<&'a str>,
    /// What of it stands on other pages, or not in its chart.
    note: String,
    chart: Option<Value>,
    rows: Vec<RowView<'a>>,
}

#[derive(Serialize)]
struct RowView<'a> {
    id: &'a str,
    href: String,
    label: String,
    issuer: &'a str,
    province: &'a str,
    badges: Vec<Badge>,
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
    states: Option<String>,
}

/// How many reports say what.
#[derive(Default)]
struct States {
    value: usize,
    zero: usize,
    unparsed: usize,
    none: usize,
}

/// What is compared with each other: a year's issuers of one type, level and line, with figures of
/// one capacity and scope.
type Kind<'a> = (
    std::cmp::Reverse<Option<i32>>,
    Option<IssuerType>,
    Option<RegionLevel>,
    Option<&'a str>,
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
        self.give("indicators.html", &frame, context)
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

    fn with_figure(&self, id: &str) -> &'a [Index] {
        let stating = self.findings.indicators.get(id);
        stating.map_or(&[], |stating| stating.reports.as_slice())
    }

    /// The figure of an indicator that stands for a report of the genre: a comparable one before
    /// others, a number before none.
    pub(super) fn main_figure(&self, id: &str, index: Index) -> Option<&'a Figure> {
        self.findings.indicators.get(id)?.figure(index)
    }

    pub(super) fn indicator(&mut self, indicator: &'a Indicator) -> Result<(), RenderError> {
        let of_genre = &self.findings.all;
        let path = route::indicator(&indicator.id, None);
        if of_genre.len() <= SMALL {
            return self.indicator_page(indicator, &path, None, of_genre);
        }
        self.indicator_page(indicator, &path, None, &[])?;
        for year in self.stated_years() {
            let reports = self.comparable(Some(year));
            let path = route::indicator(&indicator.id, Some(year));
            self.indicator_page(indicator, &path, Some(year), reports)?;
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
        let (with, without): (Vec<Index>, Vec<Index>) = reports
            .iter()
            .partition(|index| self.main_figure(id, **index).is_some());
        let with = with.into_iter();
        let mut with: Vec<_> = with
            .map(|index| (self.figure_kind(id, index), index))
            .collect();
        with.sort_unstable();
        let groups = with.chunk_by(|(one, _), (next, _)| one == next);
        let groups: Vec<usize> = groups.map(<[_]>::len).collect();
        let pages = with
            .len()
            .div_ceil(ROWS)
            .max(without.len().div_ceil(SILENT))
            .max(1);
        let title = match year {
            Some(year) => {
                let year = year.to_string();
                self.filled("indicator.title_year", &[("name", name), ("year", &year)])
            }
            None => name.to_owned(),
        };
        let states = self.states_told(indicator, reports);
        for page in 1..=pages {
            let at = route::paged(path, page);
            let root = route::root(&at);
            let shown = with.chunks(ROWS).nth(page - 1).unwrap_or_default();
            let silent: Vec<Index> = slice(&without, page, SILENT).collect();
            let years = self.indicator_years(indicator, year, &root);
            let counts = (pages, with.len(), without.len(), shown.len());
            let parts = parts_on(&groups, page);
            // Of many reports the figures of a year have a file of their own.
            let of_page = year.is_some() || !dataset::split(corpus);
            let table = dataset::table_of("observations", corpus, year);
            let csv = of_page.then(|| format!("{root}data/{table}.csv"));
            let of = (id, year, page, counts, &parts, &states, &years, &csv);
            let all = shown.iter().map(|(_, index)| index).chain(&silent);
            if self.stands(&at, &of, all.copied())? {
                continue;
            }
            let mut context = self.indicator_context(indicator, year);
            context.insert("years", &years);
            let groups = self.figure_groups(indicator, shown, &parts, &root);
            context.insert("groups", &groups);
            let silent: Vec<Link> = silent
                .into_iter()
                .map(|index| self.silent(index, year, &root))
                .collect();
            context.insert("silent", &silent);
            context.insert("silent_all", &without.len());
            context.insert("states", &states);
            context.insert("given", &!reports.is_empty());
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

    fn indicator_context(&self, indicator: &'a Indicator, year: Option<i32>) -> Context {
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
        // What is said of all years stands on the first page only.
        let first = year.is_none();
        context.insert("facts", if first { facts.as_slice() } else { &[] });
        context.insert("whole", &first);
        context
    }

    /// The years that reports of the genre report on, the latest first.
    fn stated_years(&self) -> impl Iterator<Item = i32> + use<'a> {
        self.findings.years.keys().rev().filter_map(|year| *year)
    }

    /// The years' pages, as seen from that of `year`; from the indicator's own, with what is said in
    /// each.
    fn indicator_years(
        &self,
        indicator: &Indicator,
        year: Option<i32>,
        root: &str,
    ) -> Vec<YearView> {
        let first = year.is_none();
        let split = self.findings.all.len() > SMALL;
        self.stated_years()
            .map(|each| YearView {
                name: each.to_string(),
                href: (split && Some(each) != year)
                    .then(|| format!("{root}{}", route::indicator(&indicator.id, Some(each)))),
                states: first.then(|| self.states_told(indicator, self.comparable(Some(each)))),
            })
            .collect()
    }

    /// A report that does not mention an indicator: on a year's page its issuer says which it is.
    fn silent(&self, index: Index, year: Option<i32>, root: &str) -> Link {
        let card = self.corpus.report(index);
        let href = format!("{root}{}", route::report(&card.id));
        match (&card.label.issuer, year) {
            (Some(issuer), Some(_)) => Link::to(href, issuer.as_str()),
            _ => Link::to(href, self.renderer.label(card)),
        }
    }

    fn states_told(&self, indicator: &Indicator, reports: &[Index]) -> String {
        let mut states = States::default();
        for index in reports {
            match self.main_figure(&indicator.id, *index) {
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

    /// Figures by year, issuer's type, level and line, capacity and scope: what may be ranked with
    /// each other. `parts` are those of [`parts_on`].
    fn figure_groups(
        &self,
        indicator: &'a Indicator,
        reports: &[(Kind<'a>, Index)],
        parts: &[GroupPart],
        root: &str,
    ) -> Vec<GroupView<'a>> {
        reports
            .chunk_by(|(one, _), (next, _)| one == next)
            .zip(parts)
            .enumerate()
            .map(|(at, (members, part))| {
                let key = members[0].0;
                let members: Vec<Index> = members.iter().map(|(_, index)| *index).collect();
                let first = self.entry(members[0], root);
                let mut kind = first.kind.clone();
                let capacity = key.4.map(|one| self.word(figures::capacity_key(one)));
                let scope = key.5.map(|one| self.word(figures::scope_key(one)));
                for told in key.3.into_iter().chain(capacity).chain(scope) {
                    kind.push_str(" · ");
                    kind.push_str(told);
                }
                let year = self.year_name(key.0.0);
                let words = [("kind", kind.as_str()), ("year", year.as_str())];
                let id = format!("g-{at}");
                GroupView {
                    title: self.filled("indicator.group_title", &words),
                    issuer_type: first.issuer_type,
                    level: first.level,
                    line: first.line,
                    note: self.group_note(indicator, &members, part),
                    chart: self.bars(indicator, &members, &id, &kind, &year, root),
                    rows: members
                        .iter()
                        .map(|index| self.figure_row(indicator, *index, root))
                        .collect(),
                    year,
                    capacity,
                    scope,
                    id,
                }
            })
            .collect()
    }

    /// Says what of a group stands elsewhere: its other pages, the bars that its chart has no room for.
    fn group_note(&self, indicator: &Indicator, members: &[Index], part: &GroupPart) -> String {
        let shown = |n: usize| theme::thousands(n as i64);
        let mut note = String::new();
        if members.len() < part.all {
            let (from, to) = (part.before + 1, part.before + members.len());
            let words = [("all", part.all), ("from", from), ("to", to)];
            let words = words.map(|(name, n)| (name, shown(n)));
            let words = words.each_ref().map(|(name, n)| (*name, n.as_str()));
            note = self.filled("indicator.group_page", &words);
        }
        let figures = members
            .iter()
            .filter_map(|index| self.main_figure(&indicator.id, *index));
        if figures
            .filter(|figure| figure.observation.value.is_some())
            .count()
            > BARS
        {
            if !note.is_empty() {
                note.push(' ');
            }
            note.push_str(&self.filled("indicator.group_bars", &[("n", &shown(BARS))]));
        }
        note
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
        let figures = || {
            members.iter().filter_map(|index| {
                let card = self.corpus.report(*index);
                let figure = self.main_figure(&indicator.id, *index)?;
                let unit = figures::unit(&figure.observation, Some(indicator));
                Some((card, figure, figure.observation.value?, unit))
            })
        };
        let most = figures().map(|(_, _, value, _)| value).max();
        let most = most.unwrap_or_default();
        // One unit for the axis; a bar in another is labelled with its own.
        let (_, unit) = figures::measured(most, &indicator.unit, most);
        let mut bars: Vec<Bar> = figures()
            .map(|(card, figure, value, own)| {
                let (value, own) = figures::measured(value, own, most);
                Bar {
                    label: self.renderer.label(card),
                    value,
                    shown: format!("{} {own}", figures::grouped(value)),
                    href: format!("{root}{}#{}", route::report(&card.id), figure.anchor),
                    whole: comparable(figure, card),
                }
            })
            .collect();
        if bars.is_empty() {
            return None;
        }
        bars.sort_by_key(|bar| std::cmp::Reverse(bar.value));
        bars.truncate(BARS);
        // The table below has all values; the description gives the first of them.
        let values: Vec<String> = bars
            .iter()
            .take(TOLD)
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
                ("unit", unit),
                ("values", &values.join(self.word("list.comma"))),
            ],
        );
        let groups = (self.word("indicator.whole"), self.word("indicator.part"));
        let svg = chart::bars(&format!("chart-{id}"), &title, &desc, unit, groups, &bars);
        Some(Value::safe_string(&svg))
    }

    /// What a report's figure of an indicator is compared with.
    fn figure_kind(&self, id: &str, index: Index) -> Kind<'a> {
        let label = &self.corpus.report(index).label;
        let observation = self.main_figure(id, index);
        let observation = observation.map(|figure| &figure.observation);
        (
            std::cmp::Reverse(label.year),
            label.issuer_type,
            label.level(),
            label.line.as_deref(),
            observation.and_then(|observation| observation.capacity),
            observation.and_then(|observation| observation.scope),
        )
    }

    fn figure_row(&self, indicator: &Indicator, index: Index, root: &str) -> RowView<'a> {
        let card = self.corpus.report(index);
        let href = format!("{root}{}", route::report(&card.id));
        let figure = self.main_figure(&indicator.id, index);
        let sentences = unique_sentences(card, &indicator.id);
        let mut quotes: String = sentences
            .iter()
            .take(figures::TOGETHER)
            .map(|figure| figures::quote(self.renderer, figure, &href, lang(card)))
            .collect();
        if let Some(more) = figures::more(self.renderer, sentences.len(), &href) {
            let _ = write!(quotes, "<p class=\"small\">{more}</p>");
        }
        for ratio in ratio::ratios_of(&indicator.id, &card.figures, self.renderer.codebook) {
            quotes.push_str("<p class=\"small\">");
            typeset::escape(&ratio.name(self.renderer), &mut quotes);
            quotes.push('　');
            quotes.push_str(&ratio.html(self.renderer, &href));
            quotes.push_str("</p>");
        }
        RowView {
            id: &card.id,
            label: self.renderer.label(card),
            issuer: self.issuer(card),
            province: self.province(card),
            badges: self.renderer.badges(card),
            value: figure
                .and_then(|figure| figure.observation.value)
                .map(|value| value.normalize().to_string())
                .unwrap_or_default(),
            ranked: figure.is_some_and(|figure| comparable(figure, card)),
            cell: Value::safe_string(&figures::cell(self.renderer, card, &indicator.id, &href)),
            quotes: Value::safe_string(&quotes),
            href,
        }
    }
}

/// Of a group that a page shows, or a part of it: how many reports it has, and how many of them stand before.
#[derive(Serialize)]
struct GroupPart {
    all: usize,
    before: usize,
}

/// The groups, of these lengths, of which page `page` shows a part.
fn parts_on(groups: &[usize], page: usize) -> Vec<GroupPart> {
    let (first, end) = ((page - 1) * ROWS, page * ROWS);
    let mut at = 0;
    let mut parts = Vec::new();
    for &all in groups {
        let begin = at;
        at += all;
        if at > first && begin < end {
            let before = first.saturating_sub(begin);
            parts.push(GroupPart { all, before });
        }
    }
    parts
}

/// Which of a report's figures of an indicator stands for it: the least.
pub(super) fn rank(figure: &Figure, card: &ReportCard) -> (bool, bool) {
    (
        !comparable(figure, card),
        figure.observation.value.is_none(),
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_its_part_of_each_group() {
        let on = |page: usize| -> Vec<(usize, usize)> {
            let parts = parts_on(&[30, 170, 5], page);
            parts.iter().map(|part| (part.all, part.before)).collect()
        };
        assert_eq!(on(1), [(30, 0), (170, 0)]);
        assert_eq!(on(2), [(170, 70)]);
        assert_eq!(on(3), [(5, 0)]);
        assert!(parts_on(&[], 1).is_empty());
    }
}
