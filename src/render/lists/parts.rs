//! The parts of reports side by side, by year; and who has no such part.

use super::{EXCERPTS, Entry, LIST, Lists, REQUIRED, RULES_FROM, slice};
use crate::relate::{Index, PartCard, ReportCard};
use crate::render::{Link, RenderError, Renderer, route};
use crate::structure::Role;
use serde::Serialize;
use tera::{Context, Value};

/// A part in a list: where it stands in its report, and how it begins.
#[derive(Serialize)]
struct PartView {
    part_href: String,
    number: Option<u32>,
    length: u32,
    headings: Vec<String>,
    excerpt: Value,
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

pub(super) fn headed(card: &ReportCard, role: Role) -> bool {
    card.part(role).is_some_and(|part| part.headed)
}

impl<'a> Lists<'a, '_> {
    pub(super) fn parts(&mut self) -> Result<(), RenderError> {
        let years = self.all_years();
        let root = route::root(route::SECTIONS);
        let roles = Role::ALL.into_iter().filter(|role| *role != Role::Other);
        let mut rows = Vec::new();
        for role in roles {
            let cells = years.iter().map(|year| {
                let reports = self.comparable(*year);
                let have = self.having(reports, role);
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
        self.give("sections.html", &frame, context)
    }

    /// The pages of one part, a year each.
    pub(super) fn part(&mut self, role: Role) -> Result<(), RenderError> {
        let years = self.all_years().into_iter();
        let years: Vec<(Option<i32>, usize)> = years
            .filter(|year| !self.comparable(*year).is_empty())
            .map(|year| (year, self.having(self.comparable(year), role)))
            .collect();
        for (year, _) in &years {
            self.part_of_year(role, *year, &years)?;
        }
        Ok(())
    }

    /// A part's pages of one year; `years` are all, with how many reports have it.
    fn part_of_year(
        &mut self,
        role: Role,
        year: Option<i32>,
        years: &[(Option<i32>, usize)],
    ) -> Result<(), RenderError> {
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
                ("of", &crate::render::theme::thousands(reports.len() as i64)),
                ("have", &crate::render::theme::thousands(have.len() as i64)),
            ],
        );
        let judged = year.is_some_and(|year| year >= RULES_FROM);
        let note = match (REQUIRED.contains(&role), judged) {
            (false, _) => "section.not_required",
            (true, true) => "section.from_rule",
            (true, false) => "section.before_rule",
        };
        let counted = judged || !REQUIRED.contains(&role);
        let lacking: Vec<Index> = reports
            .iter()
            .copied()
            .filter(|index| counted && corpus.report(*index).part(role).is_none())
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
            let years = self.part_years(role, year, years, &root);
            let of = (role, year, page, pages, &lead, &years);
            let counts = (have.len(), elsewhere.len(), lacking.len());
            let shown = slice(&have, page, EXCERPTS)
                .chain(slice(&elsewhere, page, LIST))
                .chain(slice(&lacking, page, LIST));
            if self.stands(&at, &(of, counts), shown)? {
                continue;
            }
            let of = |index: Index| {
                let part = corpus.report(index).part(role)?;
                Some(self.part_entry(index, part, &root))
            };
            let mut context = Context::new();
            let list: Vec<Value> = slice(&have, page, EXCERPTS)
                .filter_map(of)
                .collect::<Result<_, _>>()?;
            context.insert("list", &list);
            let other: Vec<Value> = slice(&elsewhere, page, LIST)
                .filter_map(of)
                .collect::<Result<_, _>>()?;
            context.insert("elsewhere", &other);
            let none: Vec<Entry> = slice(&lacking, page, LIST)
                .map(|index| self.entry(index, &root))
                .collect();
            context.insert("lacking", &none);
            context.insert("lack_note", self.word(note));
            context.insert("lead", &lead);
            context.insert("years", &years);
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

    /// Whether a report's parts are counted against the rules: of the genre, and of their time.
    pub(super) fn judged(&self, index: Index) -> bool {
        let card = self.corpus.report(index);
        card.in_series() && card.label.year.is_some_and(|year| year >= RULES_FROM)
    }

    pub(super) fn role(&self, role: Role) -> &'a str {
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

    /// A year's reports that are of the genre and the issuers' own.
    pub(super) fn comparable(&self, year: Option<i32>) -> &'a [Index] {
        self.findings.years.get(&year).map_or(&[], Vec::as_slice)
    }

    fn having(&self, reports: &[Index], role: Role) -> usize {
        reports
            .iter()
            .filter(|index| headed(self.corpus.report(**index), role))
            .count()
    }

    fn part_years(
        &self,
        role: Role,
        current: Option<i32>,
        years: &[(Option<i32>, usize)],
        root: &str,
    ) -> Vec<PartYear> {
        years
            .iter()
            .map(|&(year, have)| PartYear {
                href: (year != current).then(|| format!("{root}{}", route::section(role, year))),
                name: self.year_name(year),
                have,
                of: self.comparable(year).len(),
            })
            .collect()
    }

    fn part_entry(&self, index: Index, part: &PartCard, root: &str) -> Result<Value, RenderError> {
        let card = self.corpus.report(index);
        let opening = self.renderer.fetch(card, &part.opening)?.into_owned();
        let report = self.entry(index, root);
        let part_href = format!("{}#{}", report.href, part.anchor);
        let mut html = String::new();
        let mut lines = opening.excerpt.split('\n').peekable();
        while let Some(line) = lines.next() {
            html.push_str("<p>");
            crate::render::typeset::set(line, 0, line.len(), &mut html);
            if lines.peek().is_none() {
                if opening.cut {
                    html.push_str("……");
                }
                html.push_str(" <a class=\"pn\" href=\"");
                crate::render::typeset::escape(&part_href, &mut html);
                html.push_str("\">");
                let words = match part.number {
                    Some(number) => self.filled("section.continues", &[("n", &number.to_string())]),
                    None => self.word("section.open").to_owned(),
                };
                crate::render::typeset::escape(&words, &mut html);
                html.push_str("</a>");
            }
            html.push_str("</p>");
        }
        Ok(report.with(&PartView {
            part_href,
            number: part.number,
            length: part.characters,
            headings: opening.headings,
            excerpt: Value::safe_string(&html),
        }))
    }
}
