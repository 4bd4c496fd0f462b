//! `data/`: the list of reports as CSV (UTF-8 with a byte order mark, for Excel) and JSON; with a
//! base address also sitemap and feed.

use super::{Page, RenderError, Renderer, Sink, hand_over, issuer_type, level, report, route};
use crate::identify::{Genre, Script, SourceClass};
use crate::relate::{Corpus, ReportCard};
use crate::structure::Role;
use serde::Serialize;
use std::fmt::Write;

/// A row of `reports.csv`. What the report does not say is empty.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    region_code: Option<&'a str>,
    region: Option<&'a str>,
    province: Option<&'a str>,
    level: Option<&'static str>,
    issuer: Option<&'a str>,
    issuer_type: Option<&'static str>,
    line: Option<&'a str>,
    year: Option<i32>,
    period_start: Option<String>,
    period_end: Option<String>,
    title: Option<&'a str>,
    published: Option<String>,
    signed: Option<String>,
    doc_number: Option<&'a str>,
    index_number: Option<&'a str>,
    script: Option<&'static str>,
    genre: Option<&'static str>,
    source_class: Option<&'static str>,
    digest: bool,
    doubtful: bool,
    paragraphs: u32,
    characters: u32,
    has_achievements: &'static str,
    has_problems: &'static str,
    has_leadership_duty: &'static str,
    has_plan: &'static str,
    has_litigation: &'static str,
    has_suggestions: &'static str,
    url: Option<&'a str>,
    file: &'a str,
    sha256: &'a str,
    page: String,
}

impl<'a> Row<'a> {
    fn of(card: &'a ReportCard) -> Self {
        let label = &card.label;
        let region = label.region.as_ref();
        let known = |word: &'static str| (word != "unknown").then_some(word);
        let part = |role: Role| match card.part(role) {
            Some(part) if part.headed => "headed",
            Some(_) => "elsewhere",
            None => "none",
        };
        Self {
            id: &card.id,
            region_code: region.map(|region| region.code.as_str()),
            region: region.map(|region| region.name.as_str()),
            province: label.province(),
            level: known(level(card)),
            issuer: label.issuer.as_deref(),
            issuer_type: known(issuer_type(card)),
            line: label.line.as_deref(),
            year: label.year,
            period_start: label.part_year.map(|period| period.start.to_string()),
            period_end: label.part_year.map(|period| period.end.to_string()),
            title: card.title.as_deref(),
            published: card.published.map(|date| date.to_string()),
            signed: card.signed.map(|date| date.to_string()),
            doc_number: card.doc_number.as_deref(),
            index_number: card.index_number.as_deref(),
            script: card.script.map(|script| match script {
                Script::Hans => "Hans",
                Script::Hant => "Hant",
            }),
            genre: card.genre.map(|genre| match genre {
                Genre::AnnualReport => "annual-report",
                Genre::Other => "other",
            }),
            source_class: card.source_class.map(|class| match class {
                SourceClass::Official => "official",
                SourceClass::Republisher => "republisher",
            }),
            digest: card.digest,
            doubtful: card.doubtful,
            paragraphs: card.paragraphs,
            characters: card.characters,
            has_achievements: part(Role::Achievements),
            has_problems: part(Role::Problems),
            has_leadership_duty: part(Role::LeadershipDuty),
            has_plan: part(Role::Plan),
            has_litigation: part(Role::Litigation),
            has_suggestions: part(Role::Suggestions),
            url: card.source_url.as_deref(),
            file: &card.path,
            sha256: &card.sha256,
            page: route::report(&card.id),
        }
    }
}

pub(super) fn files(
    renderer: Renderer,
    corpus: &Corpus,
    sink: &mut dyn Sink,
) -> Result<(), RenderError> {
    hand_over(
        Page {
            path: "data/reports.csv".to_owned(),
            bytes: csv(corpus),
        },
        sink,
    )?;
    hand_over(
        Page {
            path: "data/reports.json".to_owned(),
            bytes: json(corpus),
        },
        sink,
    )?;
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

fn csv(corpus: &Corpus) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(b"\xEF\xBB\xBF".to_vec());
    for card in &corpus.reports {
        // Writing to memory fails on nothing; a row's shape is the same for all.
        let _ = writer.serialize(Row::of(card));
    }
    writer.into_inner().unwrap_or_default()
}

fn json(corpus: &Corpus) -> Vec<u8> {
    let mut out = b"[".to_vec();
    for (at, card) in corpus.reports.iter().enumerate() {
        out.extend(if at == 0 { &b"\n"[..] } else { b",\n" });
        out.extend(serde_json::to_vec(&Row::of(card)).unwrap_or_default());
    }
    out.extend(b"\n]\n");
    out
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
