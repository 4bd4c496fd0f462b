//! Matrices: places × years, each cell one link with its figure.

use super::{Link, Renderer, route};
use crate::relate::{Corpus, Index};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
pub(super) struct Matrix {
    caption: String,
    corner: String,
    columns: Vec<Link>,
    groups: Vec<GroupView>,
    nil: String,
    measure: String,
    explain: String,
    steps: Vec<Step>,
}

#[derive(Serialize)]
struct GroupView {
    name: Option<String>,
    href: Option<String>,
    rows: Vec<RowView>,
}

#[derive(Serialize)]
struct RowView {
    name: String,
    href: Option<String>,
    note: String,
    cells: Vec<Cell>,
}

#[derive(Default, Serialize)]
struct Cell {
    href: Option<String>,
    figure: String,
    unit: String,
    shade: usize,
    label: String,
    /// Collected, and nothing of what is measured in it.
    none: String,
}

#[derive(Serialize)]
struct Step {
    shade: usize,
    text: String,
}

/// Rows under one name.
pub(super) struct Group {
    pub name: Option<Link>,
    pub rows: Vec<Row>,
}

/// A row: a name, where its cells lead that hold several reports, and its reports.
pub(super) struct Row {
    pub name: Link,
    pub note: String,
    pub reports: Vec<Index>,
    /// Where a cell of several reports leads, by year; else to the row's own page.
    pub several: BTreeMap<i32, String>,
}

/// What a matrix's cells hold.
pub(super) struct Measure<'m> {
    /// A cell's size: what its shade and figure say. None of it where its reports have none.
    pub size: &'m dyn Fn(&[Index]) -> u32,
    /// Where a cell leads.
    pub link: &'m dyn Fn(&[Index], i32) -> String,
    /// The figure's unit.
    pub unit: &'m str,
    /// What the figure is, for the legend.
    pub measure: &'m str,
    /// What the matrix shows, in a sentence.
    pub explain: &'m str,
}

/// The coverage matrix of `groups`; nothing where no report has a year. Cells hold characters
/// where each is one report, else reports.
pub(super) fn coverage(
    renderer: Renderer,
    corpus: &Corpus,
    root: &str,
    mut groups: Vec<Group>,
) -> Option<Matrix> {
    let theme = renderer.theme;
    for row in groups.iter_mut().flat_map(|group| &mut group.rows) {
        row.reports.retain(|index| corpus.report(*index).counts());
    }
    let single = groups.iter().flat_map(|group| &group.rows).all(|row| {
        let mut years: Vec<_> = row
            .reports
            .iter()
            .filter_map(|index| corpus.report(*index).label.year)
            .collect();
        let all = years.len();
        years.sort_unstable();
        years.dedup();
        years.len() == all
    });
    let characters = |cell: &[Index]| {
        cell.iter()
            .map(|index| corpus.report(*index).characters)
            .sum()
    };
    let count = |cell: &[Index]| cell.len() as u32;
    // A cell of one report leads to it; of several, to the row's page.
    let link = |cell: &[Index], _: i32| match cell {
        [one] => format!("{root}{}", route::report(&corpus.report(*one).id)),
        _ => String::new(),
    };
    let measure = if single {
        Measure {
            size: &characters,
            link: &link,
            unit: theme.word("matrix.unit_characters"),
            measure: theme.word("matrix.characters"),
            explain: theme.word("matrix.by_characters"),
        }
    } else {
        Measure {
            size: &count,
            link: &link,
            unit: theme.word("matrix.unit_reports"),
            measure: theme.word("matrix.reports"),
            explain: theme.word("matrix.by_reports"),
        }
    };
    of_sizes(renderer, corpus, root, groups, &measure)
}

/// The matrix of `groups` by `measure`; nothing where no report has a year.
pub(super) fn of_sizes(
    renderer: Renderer,
    corpus: &Corpus,
    root: &str,
    groups: Vec<Group>,
    measure: &Measure,
) -> Option<Matrix> {
    let theme = renderer.theme;
    let year_of = |index: &Index| corpus.report(*index).label.year;
    let mut years: Vec<i32> = groups
        .iter()
        .flat_map(|group| &group.rows)
        .flat_map(|row| row.reports.iter().filter_map(year_of))
        .collect();
    years.sort_unstable();
    years.dedup();
    let (first, last) = (*years.first()?, *years.last()?);
    // Years without a report are shown, that the gap be seen, unless they are many.
    if last - first < 15 {
        years = (first..=last).collect();
    }
    let mut cells: Vec<Vec<Index>> = Vec::new();
    for row in groups.iter().flat_map(|group| &group.rows) {
        for year in &years {
            let in_cell = row.reports.iter().copied();
            cells.push(
                in_cell
                    .filter(|index| year_of(index) == Some(*year))
                    .collect(),
            );
        }
    }
    let sizes: Vec<u32> = cells
        .iter()
        .map(|cell| (measure.size)(cell))
        .filter(|size| *size > 0)
        .collect();
    let steps = steps(&sizes);
    let mut cells = cells.into_iter();
    let groups = groups
        .into_iter()
        .map(|group| GroupView {
            href: group.name.as_ref().and_then(|link| link.href.clone()),
            name: group.name.map(|link| link.name),
            rows: group
                .rows
                .into_iter()
                .map(|row| RowView {
                    cells: years
                        .iter()
                        .zip(cells.by_ref())
                        .map(|(year, cell)| view(renderer, &row, *year, &cell, &steps, measure))
                        .collect(),
                    name: row.name.name,
                    href: row.name.href,
                    note: row.note,
                })
                .collect(),
        })
        .collect();
    Some(Matrix {
        caption: theme.word("matrix.caption").to_owned(),
        corner: theme.word("matrix.region").to_owned(),
        columns: years
            .iter()
            .map(|year| {
                if corpus.years.contains_key(year) {
                    Link::to(
                        format!("{root}{}", route::year(Some(*year), None)),
                        year.to_string(),
                    )
                } else {
                    Link::none(year.to_string())
                }
            })
            .collect(),
        groups,
        nil: theme.word("matrix.nil").to_owned(),
        measure: measure.measure.to_owned(),
        explain: measure.explain.to_owned(),
        steps: legend(renderer, &steps),
    })
}

fn view(
    renderer: Renderer,
    row: &Row,
    year: i32,
    cell: &[Index],
    steps: &[u32],
    measure: &Measure,
) -> Cell {
    if cell.is_empty() {
        return Cell::default();
    }
    let theme = renderer.theme;
    let size = (measure.size)(cell);
    if size == 0 {
        return Cell {
            none: theme.word("topic.none").to_owned(),
            ..Cell::default()
        };
    }
    let figure = super::theme::thousands(size.into());
    let mut href = (measure.link)(cell, year);
    if href.is_empty() {
        let own = row.several.get(&year).or(row.name.href.as_ref());
        href = own.cloned().unwrap_or_default();
    }
    Cell {
        href: Some(href),
        label: format!(
            "{} {year}{}{figure} {}",
            row.name.name,
            theme.word("list.comma"),
            measure.unit
        ),
        figure,
        unit: measure.unit.to_owned(),
        shade: 1 + steps.iter().filter(|step| **step <= size).count(),
        none: String::new(),
    }
}

/// Up to three thresholds at the quartiles of `sizes`, rounded to two digits.
fn steps(sizes: &[u32]) -> Vec<u32> {
    let mut sizes = sizes.to_vec();
    sizes.sort_unstable();
    let Some(least) = sizes.first().copied() else {
        return Vec::new();
    };
    let mut steps: Vec<u32> = [1, 2, 3]
        .into_iter()
        .map(|quarter| {
            round(
                sizes[(sizes.len() - 1) * quarter / 4
                    + usize::from(quarter == 3)
                        .min(sizes.len() - 1 - (sizes.len() - 1) * quarter / 4)],
            )
        })
        .filter(|step| *step > least)
        .collect();
    steps.dedup();
    steps
}

/// To two significant digits, down.
fn round(n: u32) -> u32 {
    let mut unit = 1;
    while n / unit >= 100 {
        unit *= 10;
    }
    n / unit * unit
}

fn legend(renderer: Renderer, steps: &[u32]) -> Vec<Step> {
    let theme = renderer.theme;
    let shown = |n: u32| super::theme::thousands(n.into());
    let Some(first) = steps.first() else {
        return Vec::new();
    };
    let below = Step {
        shade: 1,
        text: theme.filled("matrix.below", &[("n", &shown(*first))]),
    };
    let above = steps.iter().enumerate().map(|(at, step)| Step {
        shade: at + 2,
        text: theme.filled("matrix.from", &[("n", &shown(*step))]),
    });
    std::iter::once(below).chain(above).collect()
}
