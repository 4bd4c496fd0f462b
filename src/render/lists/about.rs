//! Method, counts and worklist.

use super::{LIST, Lists};
use crate::diagnostic::{Diagnostic, Level};
use crate::relate::ReportCard;
use crate::render::{Link, RenderError, Renderer, route};
use serde::Serialize;
use tera::Context;

#[derive(Serialize)]
pub(super) struct WorkItem<'a> {
    pub(super) level: &'static str,
    pub(super) level_name: &'a str,
    pub(super) file: &'a str,
    pub(super) line: Option<u32>,
    pub(super) text: Option<&'a str>,
    pub(super) message: &'a str,
    pub(super) hint: Option<&'a str>,
    pub(super) href: Option<String>,
    pub(super) name: String,
}

#[derive(Serialize)]
struct Method {
    name: String,
    text: String,
}

impl<'a> Lists<'a, '_> {
    pub(super) fn about(&mut self) -> Result<(), RenderError> {
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

    /// All that a keeper should look at, the gravest first.
    pub(super) fn worklist(&self, root: &str) -> Vec<WorkItem<'a>> {
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
}
