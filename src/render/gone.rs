//! The pages at the addresses of reports that are gone: what they were, and that they are here no
//! more.

use super::{Link, RenderError, Renderer, Sink, hand_over, route};
use crate::relate::Corpus;
use serde::Serialize;
use tera::Context;

#[derive(Serialize)]
struct View<'a> {
    id: &'a str,
    title: &'a str,
    issuer: Option<&'a str>,
    year: Option<i32>,
    list: Link,
}

/// Hands over a page for each report that is gone and whose address no other has.
pub(super) fn pages(
    renderer: Renderer,
    corpus: &Corpus,
    sink: &mut dyn Sink,
) -> Result<(), RenderError> {
    for report in &corpus.gone {
        let Some(id) = report.id.as_deref().filter(|id| corpus.find(id).is_none()) else {
            continue;
        };
        let path = route::report(id);
        let root = route::root(&path);
        let list = match report.year.filter(|year| corpus.years.contains_key(year)) {
            Some(year) => route::year(Some(year), None),
            None => route::YEARS.to_owned(),
        };
        let view = View {
            id,
            title: &report.title,
            issuer: report.issuer.as_deref(),
            year: report.year,
            list: Link::to(format!("{root}{list}"), renderer.theme.word("gone.list")),
        };
        let mut context = Context::new();
        context.insert("gone", &view);
        let title = renderer.theme.word("gone.title");
        let frame = Renderer::frame(&path, title, "", Vec::new());
        hand_over(renderer.page("gone.html", &frame, context)?, sink)?;
    }
    Ok(())
}
