//! Sitemap and feed of a site that has a base address.

use super::{Page, RenderError, Renderer, Sink, hand_over, report, route};
use crate::relate::{Corpus, ReportCard};
use std::fmt::Write;

/// Hands over both, where the site has an address.
pub(super) fn files(
    renderer: Renderer,
    corpus: &Corpus,
    sink: &mut dyn Sink,
) -> Result<(), RenderError> {
    if let Some(base) = &renderer.site.base_url {
        let base = format!("{}/", base.trim_end_matches('/'));
        for (path, text) in [
            ("sitemap.xml", sitemap(corpus, &base)),
            ("feed.xml", feed(renderer, corpus, &base)),
        ] {
            hand_over(
                Page {
                    path: path.to_owned(),
                    bytes: text.into_bytes(),
                },
                sink,
            )?;
        }
    }
    Ok(())
}

fn xml(text: &str) -> String {
    let mut out = String::new();
    super::typeset::escape(text, &mut out);
    out
}

/// The sitemap protocol's limit on addresses in one file.
const SITEMAP: usize = 50_000;

fn sitemap(corpus: &Corpus, base: &str) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let fixed = [
        route::INDEX,
        route::SEARCH,
        route::ABOUT,
        route::REGIONS,
        route::YEARS,
        route::SECTIONS,
    ];
    let paths = fixed.into_iter().map(str::to_owned);
    let places = corpus.places.keys().map(|path| route::place(path));
    let years = corpus
        .years
        .keys()
        .map(|year| route::year(Some(*year), None));
    let reports = corpus.reports.iter().map(|card| route::report(&card.id));
    for path in paths
        .chain(places)
        .chain(years)
        .chain(reports)
        .take(SITEMAP)
    {
        let _ = writeln!(
            out,
            "<url><loc>{}</loc></url>",
            xml(&format!("{base}{path}"))
        );
    }
    out.push_str("</urlset>\n");
    out
}

/// An Atom feed (RFC 4287) of the fifty reports last published.
fn feed(renderer: Renderer, corpus: &Corpus, base: &str) -> String {
    let mut dated: Vec<(&ReportCard, String)> = corpus
        .reports
        .iter()
        .filter_map(|card| Some((card, card.published.or(card.signed)?.to_string())))
        .collect();
    dated.sort_by(|a, b| (&b.1, &a.0.id).cmp(&(&a.1, &b.0.id)));
    dated.truncate(50);
    let updated = dated
        .first()
        .map_or("1970-01-01", |(_, date)| date.as_str());
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n<title>{}</title>\n<id>{base}</id>\n<link href=\"{base}feed.xml\" rel=\"self\"/>\n<link href=\"{base}\"/>\n<updated>{updated}T00:00:00Z</updated>\n",
        renderer.theme.lang,
        xml(renderer.title()),
        base = xml(base),
    );
    for (card, date) in &dated {
        let address = xml(&format!("{base}{}", route::report(&card.id)));
        let _ = writeln!(
            out,
            "<entry><title>{}</title><id>{address}</id><link href=\"{address}\"/><updated>{date}T00:00:00Z</updated><author><name>{}</name></author><summary>{}</summary></entry>",
            xml(&renderer.label(card)),
            xml(renderer.issuer(card)),
            xml(&report::title(renderer, card))
        );
    }
    out.push_str("</feed>\n");
    out
}
