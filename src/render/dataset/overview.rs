//! The page of the data: each table, what a row of it is, its files, and what to know before counting.

use super::by_year;
use crate::relate::Corpus;
use crate::render::{Link, RenderError, Renderer, Sink, hand_over, route};
use serde::Serialize;
use tera::Context;

#[derive(Serialize)]
struct TableView<'a> {
    /// What a row is.
    row: &'a str,
    files: Vec<FileView>,
}

#[derive(Serialize)]
struct FileView {
    csv: Link,
    json: Link,
}

impl FileView {
    fn of(name: &str) -> Self {
        let link = |kind| {
            let file = format!("{name}.{kind}");
            Link::to(file.clone(), file)
        };
        Self {
            csv: link("csv"),
            json: link("json"),
        }
    }
}

/// Hands over the page at [`route::DATA`].
pub(super) fn page(
    renderer: Renderer,
    corpus: &Corpus,
    sink: &mut dyn Sink,
) -> Result<(), RenderError> {
    let word = |key| renderer.theme.word(key);
    let one = |name: &str, row| TableView {
        row,
        files: vec![FileView::of(name)],
    };
    let long = |name: &str, row| TableView {
        row,
        files: by_year(name, corpus)
            .into_keys()
            .map(|name| FileView::of(&name))
            .collect(),
    };
    let tables = [
        one("reports", word("data.reports")),
        long("observations", word("data.observations")),
        one("ratios", word("data.ratios")),
        long("topics", word("data.topics")),
        long("passages", word("data.passages")),
        one("codebook", word("data.codebook")),
    ];
    let mut context = Context::new();
    context.insert("tables", &tables);
    let notes = [
        word("data.no_row"),
        word("data.copies"),
        word("data.qualifiers"),
        word("data.issuer"),
        word("data.check"),
    ];
    context.insert("notes", &notes);
    let title = word("data.title");
    let frame = Renderer::frame(route::DATA, title, "", Vec::new());
    hand_over(renderer.page("data.html", &frame, context)?, sink)
}
