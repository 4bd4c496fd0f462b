//! Method, counts and worklist.

use super::{LIST, Lists};
use crate::diagnostic::Level;
use crate::render::{Link, RenderError, Renderer, route};
use crate::worklist::{self, Matter, Task};
use serde::Serialize;
use tera::Context;

#[derive(Serialize)]
pub(super) struct WorkItem<'a> {
    pub(super) level: &'static str,
    pub(super) level_name: &'a str,
    matter: &'a str,
    pub(super) file: &'a str,
    pub(super) line: Option<u32>,
    /// The matter in the page's language, where that has words for it.
    pub(super) text: Option<&'a str>,
    /// The names and numbers of the matter, where `message` does not have them.
    pub(super) naming: Option<&'a str>,
    /// In English, for readers of that and where there are no other words.
    pub(super) message: Option<String>,
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
        let tasks = self.tasks();
        let pages = tasks.len().div_ceil(LIST).max(1);
        for page in 1..=pages {
            let at = if page == 1 {
                route::ABOUT.to_owned()
            } else {
                route::paged(list, page)
            };
            let root = route::root(&at);
            let mut context = Context::new();
            let shown = tasks.iter().skip((page - 1) * LIST).take(LIST);
            let items: Vec<WorkItem> = shown.map(|task| self.work_item(task, &root)).collect();
            context.insert("worklist", &items);
            let mut pager = self.pager(list, page, tasks.len(), LIST);
            if let (Some(first), true) = (pager.pages.first_mut(), page > 1) {
                first.href = Some(format!("{root}{}#worklist", route::ABOUT));
            } else {
                for (other, link) in (2..).zip(pager.pages.iter_mut().skip(1)) {
                    link.href = Some(route::paged(list, other));
                }
            }
            context.insert("pager", &pager);
            if page == 1 {
                self.method(context, &at, title)?;
            } else {
                let crumbs = vec![Link::to(format!("{root}{}", route::ABOUT), title)];
                let title = self.counted("about.worklist_page", page);
                let frame = Renderer::frame(&at, &title, "about", crumbs);
                self.give("worklist-page.html", &frame, context)?;
            }
        }
        Ok(())
    }

    /// The about page itself: method, counts, and what `context` has of the worklist.
    fn method(&mut self, mut context: Context, at: &str, title: &str) -> Result<(), RenderError> {
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
        let frame = Renderer::frame(at, title, "about", Vec::new());
        self.give("about.html", &frame, context)
    }

    /// The worklist, where the site has one.
    pub(super) fn tasks(&self) -> Vec<Task<'a>> {
        if self.renderer.site.worklist {
            worklist::tasks(&self.corpus.unread, &self.corpus.reports)
        } else {
            Vec::new()
        }
    }

    /// A row of the worklist for a page that is `root` below the site's top.
    pub(super) fn work_item(&self, task: &Task<'a>, root: &str) -> WorkItem<'a> {
        let diagnostic = task.diagnostic;
        let text = self.renderer.told(&diagnostic.code);
        let english = text.is_none() || self.renderer.theme.lang == "en";
        WorkItem {
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
            matter: self.word(match task.matter() {
                Matter::Missing => "about.missing",
                Matter::Doubtful => "about.doubtful",
                Matter::Ambiguous => "about.ambiguous",
                Matter::Contradictory => "about.contradictory",
                Matter::Duplicated => "about.duplicated",
            }),
            file: &diagnostic.file,
            line: diagnostic.line,
            text,
            naming: diagnostic.naming.as_deref().filter(|_| !english),
            // What a terminal sets between backticks needs no marks here.
            message: english.then(|| diagnostic.message.replace('`', "")),
            hint: diagnostic.hint.as_deref().filter(|_| english),
            href: task
                .card
                .map(|card| format!("{root}{}", route::report(&card.id))),
            name: task
                .card
                .map_or_else(|| diagnostic.file.clone(), |card| self.renderer.label(card)),
        }
    }
}
