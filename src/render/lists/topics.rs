//! The topics: who discusses what, where and when, and how each puts it.

use super::{Counts, EXCERPTS, FRONT, Lists, Naming, NamingOfYear, Pager, SMALL, slice};
use crate::codebook::{Topic, pattern};
use crate::relate::{Excerpt, Index, Mention};
use crate::render::matrix::{self, Matrix};
use crate::render::{Link, RenderError, Renderer, route, theme, typeset};
use serde::Serialize;
use std::fmt::Write;
use tera::{Context, Value};

/// A link with how often there is what it leads to.
#[derive(Serialize)]
pub(super) struct TopicLink {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) counts: String,
}

/// Rows × columns, a figure each: topics × years, reports × topics.
#[derive(Serialize)]
struct Grid {
    corner: String,
    caption: String,
    columns: Vec<Link>,
    /// Whether the columns' names stand upright.
    upright: bool,
    rows: Vec<GridRow>,
}

#[derive(Serialize)]
struct GridRow {
    name: Link,
    note: String,
    cells: Vec<GridCell>,
}

#[derive(Serialize)]
struct GridCell {
    href: Option<String>,
    text: String,
    label: String,
    shade: usize,
}

/// How a report names a topic: beside what stands of it in every list.
#[derive(Serialize)]
struct NamedView {
    counts: String,
    parts: String,
    passages: Vec<PassageView>,
    others: Vec<Link>,
}

#[derive(Serialize)]
struct PassageView {
    role: String,
    html: Value,
}

impl<'a> Lists<'a, '_> {
    pub(super) fn topics(&mut self) -> Result<(), RenderError> {
        let codebook = self.renderer.codebook;
        if codebook.topics.is_empty() {
            return Ok(());
        }
        let root = route::root(route::TOPICS);
        let mut links = Vec::new();
        for topic in &codebook.topics {
            links.push(TopicLink {
                href: format!("{root}{}", route::topic(&topic.id, None)),
                name: self.topic_name(topic).to_owned(),
                counts: self.topic_counts(self.naming(topic).counts, true),
            });
        }
        let mut context = Context::new();
        context.insert("lead", self.word("topic.index_lead"));
        context.insert("topics", &links);
        context.insert("years", &self.topics_by_year(&root));
        let (reports, note) = self.topics_by_report(&root)?;
        context.insert("reports", &reports);
        context.insert("reports_title", self.word(note.0));
        context.insert("reports_note", self.word(note.1));
        let frame = Renderer::frame(route::TOPICS, self.word("nav.topics"), "topics", Vec::new());
        self.give("topics.html", &frame, context)
    }

    /// The topics that most reports discuss, for the front page.
    pub(super) fn front_topics(&self) -> Vec<TopicLink> {
        let topics = self.renderer.codebook.topics.iter();
        let mut found: Vec<(Counts, &Topic)> = topics
            .map(|topic| (self.naming(topic).counts, topic))
            .filter(|(counts, _)| counts.reports > 0)
            .collect();
        found.sort_by_key(|(counts, _)| std::cmp::Reverse(counts.reports));
        found.truncate(FRONT);
        found
            .into_iter()
            .map(|(counts, topic)| TopicLink {
                href: route::topic(&topic.id, None),
                name: self.topic_name(topic).to_owned(),
                counts: self.topic_counts(counts, true),
            })
            .collect()
    }

    fn topic_name(&self, topic: &'a Topic) -> &'a str {
        topic.names.get(&self.renderer.theme.lang)
    }

    /// Reports of the genre that name a topic.
    fn naming(&self, topic: &Topic) -> &'a Naming {
        &self.findings.topics[topic.id.as_str()]
    }

    fn topic_counts(&self, counts: Counts, short: bool) -> String {
        if counts.reports == 0 {
            return self.word("topic.count_none").to_owned();
        }
        self.filled(
            if short {
                "topic.counts_short"
            } else {
                "topic.counts"
            },
            &[
                ("reports", &theme::thousands(counts.reports)),
                ("paragraphs", &theme::thousands(counts.paragraphs)),
                ("hits", &theme::thousands(counts.hits)),
            ],
        )
    }

    fn topics_by_year(&self, root: &str) -> Grid {
        let all = self.corpus.years.keys().copied();
        let years: Vec<i32> = all
            .filter(|year| !self.comparable(Some(*year)).is_empty())
            .collect();
        let rows = self.renderer.codebook.topics.iter().map(|topic| {
            let cells = years.iter().map(|year| {
                let having = self.naming(topic).of_year(Some(*year)).len();
                let of = self.comparable(Some(*year)).len();
                GridCell {
                    href: (having > 0)
                        .then(|| format!("{root}{}", self.topic_place(topic, Some(*year)))),
                    text: if of == 0 {
                        String::new()
                    } else {
                        let shown = |n: usize| theme::thousands(n as i64);
                        format!("{} / {}", shown(having), shown(of))
                    },
                    label: format!("{} {year}: {having} / {of}", self.topic_name(topic)),
                    shade: 1 + (having * 4 / of.max(1)).min(3),
                }
            });
            GridRow {
                name: Link::to(
                    format!("{root}{}", route::topic(&topic.id, None)),
                    self.topic_name(topic),
                ),
                note: String::new(),
                cells: cells.collect(),
            }
        });
        Grid {
            corner: self.word("topic.topic").to_owned(),
            caption: self.word("topic.of_years").to_owned(),
            columns: years
                .iter()
                .map(|year| Link::none(year.to_string()))
                .collect(),
            upright: false,
            rows: rows.collect(),
        }
    }

    /// Reports × topics, or provinces × topics where reports are many; with title and note.
    fn topics_by_report(
        &self,
        root: &str,
    ) -> Result<(Grid, (&'static str, &'static str)), RenderError> {
        let codebook = self.renderer.codebook;
        let corpus = self.corpus;
        let of_genre = &self.findings.all;
        let by_report = of_genre.len() <= SMALL;
        let rows: Vec<GridRow> = if by_report {
            let rows = of_genre.iter().map(|index| {
                let card = corpus.report(*index);
                let page = format!("{root}{}", route::report(&card.id));
                let cells = codebook.topics.iter().map(|topic| {
                    let found = card.topic(&topic.id);
                    let n = found.map_or(0, |found| found.paragraphs);
                    let named = found.map(|found| self.renderer.fetch(card, &found.named));
                    let named = named.transpose()?;
                    let first = named.as_ref().and_then(|named| named.passages.first());
                    Ok(GridCell {
                        href: first.map(|passage| format!("{page}#{}", passage.anchor)),
                        text: n.to_string(),
                        label: format!(
                            "{}, {}: {n} {}",
                            self.renderer.label(card),
                            self.topic_name(topic),
                            self.word("topic.unit")
                        ),
                        shade: (n as usize).clamp(1, 4),
                    })
                });
                Ok(GridRow {
                    cells: cells.collect::<Result<_, RenderError>>()?,
                    name: Link::to(page, self.renderer.label(card)),
                    note: self.renderer.kind(card),
                })
            });
            rows.collect::<Result<_, RenderError>>()?
        } else {
            let rows = corpus.provinces.iter().map(|path| {
                let place = &corpus.places[path];
                let all = place.all.iter().copied();
                let reports: Vec<Index> = all
                    .filter(|index| corpus.report(*index).in_series())
                    .collect();
                let page = format!("{root}{}", route::place(path));
                let cells = codebook.topics.iter().map(|topic| {
                    let naming = self.naming(topic);
                    let named = |index: &&Index| naming.paragraphs_in(**index) > 0;
                    let n = reports.iter().filter(named).count();
                    GridCell {
                        href: (n > 0).then(|| format!("{root}{}", route::topic(&topic.id, None))),
                        text: percent(n, reports.len()),
                        label: format!(
                            "{}, {}: {n} / {}",
                            place.name,
                            self.topic_name(topic),
                            reports.len()
                        ),
                        shade: 1 + (n * 4 / reports.len().max(1)).min(3),
                    }
                });
                GridRow {
                    cells: cells.collect(),
                    name: Link::to(page.clone(), place.name.as_str()),
                    note: self.counted("count.in_series", reports.len()),
                }
            });
            rows.collect()
        };
        let grid = Grid {
            corner: self.word("matrix.region").to_owned(),
            caption: self
                .word(if by_report {
                    "topic.of_reports"
                } else {
                    "topic.of_provinces"
                })
                .to_owned(),
            columns: codebook
                .topics
                .iter()
                .map(|topic| {
                    Link::to(
                        format!("{root}{}", route::topic(&topic.id, None)),
                        self.topic_name(topic),
                    )
                })
                .collect(),
            upright: codebook.topics.len() > 9,
            rows,
        };
        Ok(if by_report {
            (grid, ("topic.of_reports", "topic.of_reports_note"))
        } else {
            (grid, ("topic.of_provinces", "topic.of_provinces_note"))
        })
    }

    /// Whether a topic's passages are split by year.
    fn topic_split(&self, topic: &Topic) -> bool {
        self.naming(topic).reports.len() > EXCERPTS
    }

    /// Where a topic's passages of a year stand.
    fn topic_place(&self, topic: &Topic, year: Option<i32>) -> String {
        if year.is_some() && self.topic_split(topic) {
            route::topic(&topic.id, year)
        } else {
            route::topic(&topic.id, None)
        }
    }

    pub(super) fn topic(&mut self, topic: &'a Topic) -> Result<(), RenderError> {
        let naming = self.naming(topic);
        let split = self.topic_split(topic);
        self.topic_overview(topic, naming, split)?;
        if split {
            for (year, of_year) in &naming.years {
                self.topic_of_year(topic, *year, of_year)?;
            }
        }
        Ok(())
    }

    /// A topic's first page: where and when it is named, and how, unless that is split by year.
    fn topic_overview(
        &mut self,
        topic: &'a Topic,
        naming: &'a Naming,
        split: bool,
    ) -> Result<(), RenderError> {
        let path = route::topic(&topic.id, None);
        let root = route::root(&path);
        let shown = if split { &[][..] } else { &naming.reports };
        let counts = (&naming.reports, &naming.paragraphs, naming.counts);
        let of = (&topic.id, split, &self.findings.labels, counts);
        if self.stands(&path, &of, shown.iter().copied())? {
            return Ok(());
        }
        let lead = self.topic_counts(naming.counts, false);
        let mut context = self.topic_context(topic, &lead, &root);
        context.insert("matrix", &self.topic_matrix(topic, naming, &root));
        let years: Vec<TopicLink> = naming
            .years
            .iter()
            .rev()
            .filter(|_| split)
            .map(|(year, of_year)| TopicLink {
                href: format!("{root}{}", Self::topic_year_path(topic, *year)),
                name: self.year_name(*year),
                counts: self.topic_counts(of_year.counts, true),
            })
            .collect();
        context.insert("years", &years);
        let places: Vec<Value> = shown
            .iter()
            .filter_map(|index| {
                let view = self.topic_place_view(*index, topic, &root, usize::MAX);
                view.transpose()
            })
            .collect::<Result<_, _>>()?;
        context.insert("places", &places);
        context.insert("pager", &self.pager(&path, 1, shown.len(), EXCERPTS));
        context.insert("kinds", &["type", "level", "line", "prov", "year", "part"]);
        let crumbs = vec![
            Link::to(format!("{root}{}", route::TOPICS), self.word("nav.topics")),
            Link::none(self.topic_name(topic)),
        ];
        let frame = Renderer::frame(&path, self.topic_name(topic), "topics", crumbs);
        self.give("topic.html", &frame, context)
    }

    /// Where and when a topic is named, by paragraphs.
    fn topic_matrix(&self, topic: &Topic, naming: &Naming, root: &str) -> Option<Matrix> {
        let corpus = self.corpus;
        let mut groups = self.place_rows(root);
        for row in groups.iter_mut().flat_map(|group| &mut group.rows) {
            let naming = row
                .reports
                .iter()
                .filter(|index| naming.paragraphs_in(**index) > 0);
            let years = naming.filter_map(|index| corpus.report(*index).label.year);
            let first = years.min();
            let first =
                first.map(|year| self.filled("topic.first", &[("year", &year.to_string())]));
            row.note = first.unwrap_or_default();
            row.reports
                .retain(|index| corpus.report(*index).in_series());
        }
        for group in &mut groups {
            group.rows.retain(|row| !row.reports.is_empty());
        }
        groups.retain(|group| !group.rows.is_empty());
        let size = |cell: &[Index]| cell.iter().map(|index| naming.paragraphs_in(*index)).sum();
        let link = |cell: &[Index], year: i32| {
            let mut shown = cell
                .iter()
                .filter(|index| naming.paragraphs_in(**index) > 0);
            let page = self.topic_place(topic, Some(year));
            // Of several, the first: a place's stand together.
            let Some(first) = shown.next() else {
                return format!("{root}{page}");
            };
            let at = naming.of_year(Some(year)).binary_search(first).unwrap_or(0);
            let page = if self.topic_split(topic) {
                route::paged(&page, at / EXCERPTS + 1)
            } else {
                page
            };
            format!("{root}{page}#r-{}", corpus.report(*first).id)
        };
        matrix::of_sizes(
            self.renderer,
            corpus,
            root,
            groups,
            &matrix::Measure {
                size: &size,
                link: &link,
                unit: self.word("topic.unit"),
                measure: self.word("topic.by_paragraphs"),
                explain: self.word("topic.where_note"),
            },
        )
    }

    /// How the reports of a year put a topic, over as many pages as it takes.
    fn topic_of_year(
        &mut self,
        topic: &'a Topic,
        year: Option<i32>,
        naming: &'a NamingOfYear,
    ) -> Result<(), RenderError> {
        let path = Self::topic_year_path(topic, year);
        let name = self.topic_name(topic);
        let reports = &naming.reports;
        let lead = self.topic_counts(naming.counts, false);
        for page in 1..=reports.len().div_ceil(EXCERPTS) {
            let at = route::paged(&path, page);
            let root = route::root(&at);
            let of = (&topic.id, year, page, reports.len(), &lead);
            if self.stands(&at, &of, slice(reports, page, EXCERPTS))? {
                continue;
            }
            let mut context = self.topic_context(topic, &lead, &root);
            context.insert("matrix", &None::<Matrix>);
            context.insert("years", &Vec::<TopicLink>::new());
            let places: Vec<Value> = slice(reports, page, EXCERPTS)
                .filter_map(|index| self.topic_place_view(index, topic, &root, 1).transpose())
                .collect::<Result<_, _>>()?;
            context.insert("places", &places);
            let pager: Pager = self.pager(&path, page, reports.len(), EXCERPTS);
            context.insert("pager", &pager);
            context.insert("kinds", &["type", "level", "line", "prov", "part"]);
            let year = self.year_name(year);
            let title = self.filled("topic.title_year", &[("name", name), ("year", &year)]);
            let crumbs = vec![
                Link::to(format!("{root}{}", route::TOPICS), self.word("nav.topics")),
                Link::to(format!("{root}{}", route::topic(&topic.id, None)), name),
                Link::none(year),
            ];
            let frame = Renderer::frame(&at, &title, "topics", crumbs);
            self.give("topic.html", &frame, context)?;
        }
        Ok(())
    }

    /// A year's passages; those of unknown year stand under year 0, which no report has.
    fn topic_year_path(topic: &Topic, year: Option<i32>) -> String {
        route::topic(&topic.id, Some(year.unwrap_or(0)))
    }

    fn topic_context(&self, topic: &'a Topic, lead: &str, root: &str) -> Context {
        let mut context = Context::new();
        let lang = &self.renderer.theme.lang;
        context.insert("lead", lead);
        context.insert("definition", topic.definition.get(lang));
        let terms = topic.terms.iter().map(|term| pattern::for_readers(term));
        context.insert("terms", &terms.collect::<Vec<_>>());
        let field = if lang == "en" { "topic:" } else { "主题:" };
        let query = format!("{field}{}", topic.id);
        context.insert(
            "search",
            &format!("{root}{}", super::front::search_for(&query)),
        );
        context
    }

    /// A report's passages on a topic: up to `most` in words, the others by their places.
    fn topic_place_view(
        &self,
        index: Index,
        topic: &Topic,
        root: &str,
        most: usize,
    ) -> Result<Option<Value>, RenderError> {
        let card = self.corpus.report(index);
        let Some(found) = card.topic(&topic.id) else {
            return Ok(None);
        };
        let named = self.renderer.fetch(card, &found.named)?;
        let report = self.entry(index, root);
        let mentions = named.mentions.iter();
        let mut parts: Vec<&str> = mentions.map(|one| self.role(one.role)).collect();
        parts.sort_unstable();
        parts.dedup();
        let shown = named.passages.get(..most).unwrap_or(&named.passages);
        let others = named.mentions.iter().filter(|mention| {
            let mut anchors = shown.iter().map(|passage| passage.anchor.as_str());
            anchors.all(|anchor| anchor != &*mention.anchor)
        });
        let others: Vec<&Mention> = others.collect();
        let others = neighbours(&others).map(|run| {
            let name = match (run[0].number, run[run.len() - 1].number) {
                (Some(first), Some(last)) if first < last => format!("¶{first}–{last}"),
                (Some(number), _) => format!("¶{number}"),
                (None, _) => self.word("section.open").to_owned(),
            };
            Link::to(format!("{}#{}", report.href, run[0].anchor), name)
        });
        let others: Vec<Link> = others.collect();
        Ok(Some(
            report.with(&NamedView {
                counts: self.filled(
                    "topic.counts_in",
                    &[
                        ("paragraphs", &found.paragraphs.to_string()),
                        ("hits", &found.hits.to_string()),
                    ],
                ),
                parts: parts.join("|"),
                passages: shown
                    .iter()
                    .map(|passage| self.passage(passage, &report.href, report.lang))
                    .collect(),
                others,
            }),
        ))
    }

    fn passage(&self, passage: &Excerpt, page: &str, lang: &str) -> PassageView {
        let mut role = self.role(passage.role).to_owned();
        if !passage.about {
            role.push_str(" · ");
            role.push_str(self.word("topic.mention"));
        }
        let mut html = String::from("<p");
        if lang != self.renderer.theme.lang {
            let _ = write!(html, " lang=\"{lang}\"");
        }
        if passage.cut_before {
            html.push_str(" class=\"cut\">……");
        } else {
            html.push('>');
        }
        let words = &passage.words;
        let mut at = 0;
        for mark in &passage.marks {
            let (from, to) = (mark.start as usize, mark.end as usize);
            if from < at {
                continue;
            }
            typeset::set(words, at, from, &mut html);
            html.push_str("<mark>");
            typeset::set(words, from, to, &mut html);
            html.push_str("</mark>");
            at = to;
        }
        typeset::set(words, at, words.len(), &mut html);
        if passage.cut_after {
            html.push_str("……");
        }
        html.push_str(" <a class=\"pn\" href=\"");
        typeset::escape(&format!("{page}#{}", passage.anchor), &mut html);
        html.push_str("\">");
        match passage.number {
            Some(number) => {
                let _ = write!(html, "¶{number}");
            }
            None => typeset::escape(self.word("section.open"), &mut html),
        }
        html.push_str("</a></p>");
        PassageView {
            role,
            html: Value::safe_string(&html),
        }
    }
}

/// The share of a whole, without its sign: 100 is all of it, and 0 is none.
fn percent(part: usize, whole: usize) -> String {
    let rounded = (part * 200 + whole) / (whole * 2).max(1);
    match rounded {
        0 if part > 0 => "<1".to_owned(),
        100 if part < whole => "99".to_owned(),
        rounded => rounded.to_string(),
    }
}

/// Paragraphs that follow each other, together: ¶6–11 is read at a glance, six addresses are not.
fn neighbours<'m, 's>(mentions: &'s [&'m Mention]) -> impl Iterator<Item = &'s [&'m Mention]> {
    mentions.chunk_by(|one, next| {
        let after = one.number.map(|number| number + 1);
        after.is_some() && after == next.number
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_none_and_all_are_0_and_100_percent() {
        let told = [
            (0, 900),
            (1, 900),
            (450, 900),
            (899, 900),
            (900, 900),
            (0, 0),
        ];
        let told = told.map(|(part, whole)| percent(part, whole));
        assert_eq!(told, ["0", "<1", "50", "99", "100", "0"]);
    }

    #[test]
    fn paragraphs_in_a_row_stand_together() {
        let mention = |number: Option<u32>| Mention {
            anchor: "p-0".into(),
            number,
            role: crate::structure::Role::Achievements,
            about: true,
            hits: 1,
            words: "普法".into(),
            corrected: None,
        };
        let numbers = [None, None, Some(3), Some(4), Some(5), Some(7), None];
        let mentions: Vec<Mention> = numbers.into_iter().map(mention).collect();
        let mentions: Vec<&Mention> = mentions.iter().collect();
        let runs: Vec<usize> = neighbours(&mentions).map(<[_]>::len).collect();
        assert_eq!(runs, [1, 1, 3, 1, 1]);
        assert!(neighbours(&[]).next().is_none());
    }
}
