//! One report's page: catalogue card, outline, text, provenance, citation, the years beside it.

use super::text::{self, MarginMark, Marks};
use super::{
    Link, Page, RenderError, Renderer, Surroundings, cite, figures, lang, ratio, route, typeset,
};
use crate::decode::Format;
use crate::diagnostic::Level;
use crate::evidence::Evidence;
use crate::identify::{Genre, Script, SourceClass, web_address};
use crate::relate::{Kin, Kinship, Reason, ReportCard};
use crate::report::Report;
use crate::structure::{Document, ParagraphKind};
use serde::Serialize;
use std::collections::BTreeSet;
use tera::{Context, Value};

#[derive(Serialize)]
struct FactView {
    name: String,
    value: Option<String>,
    note: Option<String>,
    href: Option<String>,
    code: bool,
}

#[derive(Default, Serialize)]
struct Notice {
    kind: &'static str,
    name: String,
    text: String,
    /// The words that it rests on.
    why: Option<String>,
    /// Whether those are the program's own, which are English.
    english: bool,
    href: Option<String>,
    link: String,
}

#[derive(Serialize)]
struct Doubt<'a> {
    text: &'a str,
    naming: Option<&'a str>,
    english: bool,
    line: Option<u32>,
}

pub(super) fn page(
    renderer: Renderer,
    report: &Report,
    around: &Surroundings,
) -> Result<Page, RenderError> {
    let card = around.card;
    let theme = renderer.theme;
    let path = route::report(&report.id);
    let root = route::root(&path);
    let label = renderer.label(card);
    let title = title(renderer, card);
    let (in_head, heading) = heading(&report.document, card, &title);
    let marks = marks(renderer, report, card, &root);
    let turn = |other: Option<&(&str, String)>, none: &str| match other {
        Some((id, label)) => Link::to(format!("{root}{}", route::report(id)), label.as_str()),
        None => Link::none(theme.word(none)),
    };
    let place = card.label.region.as_ref().map(|region| {
        Link::to(
            format!("{root}{}", route::place(&region.path())),
            theme.filled("region.to_place", &[("name", &region.name)]),
        )
    });
    let mut context = Context::new();
    let mut view = tera::Map::new();
    let mut set = |key: &'static str, value: Value| {
        view.insert(key.into(), value);
    };
    set("label", Value::from_serializable(&label));
    set("title", Value::from_serializable(&title));
    set("heading", Value::safe_string(&heading));
    set("lang", Value::from_serializable(lang(card)));
    set(
        "notices",
        Value::from_serializable(&notices(renderer, report, around)),
    );
    set(
        "facts",
        Value::from_serializable(&facts(renderer, report, card)),
    );
    let mut figures: Vec<FigureView> = card
        .figures
        .iter()
        .map(|figure| FigureView {
            name: renderer
                .indicator_name(&figure.observation.indicator)
                .to_owned(),
            html: Value::safe_string(&figures::html(renderer, figure, card, "", true)),
        })
        .collect();
    figures.extend(
        ratio::ratios(&card.figures, renderer.codebook)
            .iter()
            .map(|ratio| FigureView {
                name: ratio.name(renderer),
                html: Value::safe_string(&ratio.html(renderer, "")),
            }),
    );
    set("figures", Value::from_serializable(&figures));
    set(
        "struck",
        Value::from_serializable(&struck(renderer, report, card)),
    );
    set("doubts", Value::from_serializable(&doubts(&renderer, card)));
    set(
        "cites",
        Value::from_serializable(&cite::forms(
            &cite::Source {
                id: &card.id,
                issuer: card.label.issuer.as_deref(),
                title: &title,
                year: card.label.year,
                date: card.published.or(card.signed),
                url: card.source_url.as_deref(),
                archive: renderer.title(),
                sha256: &card.sha256,
            },
            theme,
        )),
    );
    let original = card
        .original
        .as_ref()
        .map(|address| format!("{root}{address}"));
    set(
        "provenance",
        Value::from_serializable(&provenance(renderer, report, original.as_deref())),
    );
    let compare = card
        .in_series()
        .then(|| format!("{root}{}?r={}", route::COMPARE, report.id));
    set("compare", Value::from_serializable(&compare));
    set("original", Value::from_serializable(&original));
    set(
        "outline",
        Value::safe_string(&text::outline(&report.document)),
    );
    set(
        "body",
        Value::safe_string(&text::body(&report.document, &in_head, &marks, theme)),
    );
    let furniture: Vec<&str> = report
        .document
        .text
        .furniture
        .iter()
        .map(|line| line.text.as_str())
        .collect();
    set("furniture", Value::from_serializable(&furniture));
    set(
        "before",
        Value::from_serializable(&turn(around.before.as_ref(), "report.no_before")),
    );
    set(
        "next",
        Value::from_serializable(&turn(around.next.as_ref(), "report.no_next")),
    );
    set("place", Value::from_serializable(&place));
    context.insert("report", &view);
    let frame = Renderer::frame(&path, &title, "regions", crumbs(renderer, card, &root));
    renderer.page("report.html", &frame, context)
}

/// What the keeper struck: figures and topics.
fn struck(renderer: Renderer, report: &Report, card: &ReportCard) -> Vec<FigureView> {
    let mut views = Vec::new();
    for figure in &card.struck {
        let o = &figure.observation;
        let html = figures::struck(renderer, &o.written, &figure.anchor, o.corrected.as_ref());
        views.push(FigureView {
            name: renderer.indicator_name(&o.indicator).to_owned(),
            html: Value::safe_string(&html),
        });
    }
    for passage in &report.struck_passages {
        let Some(line) = report.document.paragraphs.get(passage.paragraph as usize) else {
            continue;
        };
        let words = passage.span.of(&report.document.text.text);
        let by = passage.corrected.as_ref();
        let topic = renderer.codebook.topic(&passage.topic);
        let name = topic.map_or(passage.topic.as_str(), |topic| {
            topic.names.get(&renderer.theme.lang)
        });
        views.push(FigureView {
            name: name.to_owned(),
            html: Value::safe_string(&figures::struck(renderer, words, &line.anchor, by)),
        });
    }
    views
}

/// Topics in the margin, sentences and numbers that are evidence.
fn marks(renderer: Renderer, report: &Report, card: &ReportCard, root: &str) -> Marks {
    let mut marks = Marks::default();
    if lang(card) != renderer.theme.lang {
        marks.lang = format!(" lang=\"{}\"", renderer.theme.lang);
    }
    for passage in &report.passages {
        let Some(topic) = renderer.codebook.topic(&passage.topic) else {
            continue;
        };
        let margin = marks.margin.entry(passage.paragraph as usize).or_default();
        let name = topic.names.get(&renderer.theme.lang);
        if margin.iter().all(|mark| mark.name != name) {
            margin.push(MarginMark {
                name: name.to_owned(),
                href: format!("{root}{}", route::topic(&topic.id, None)),
                note: passage.corrected.as_ref().map(|by| {
                    let words = [("who", &*by.who), ("when", &*by.when), ("why", &*by.why)];
                    renderer.theme.filled("figure.corrected_why", &words)
                }),
            });
        }
    }
    for figure in &card.struck {
        let sentence = figure.observation.sentence;
        marks.sentences.push((sentence, figure.anchor.clone()));
    }
    for figure in &card.figures {
        let observation = &figure.observation;
        marks
            .sentences
            .push((observation.sentence, figure.anchor.clone()));
        let indicator = &observation.indicator;
        if renderer.codebook.indicator(indicator).is_some() {
            marks.numbers.push((
                observation.span,
                format!("{root}{}", route::indicator(indicator, None)),
                renderer.indicator_name(indicator).to_owned(),
            ));
        }
    }
    marks
}

#[derive(Serialize)]
struct FigureView {
    name: String,
    html: Value,
}

/// The report's own title, or one made of its facts, in 〔〕 as catalogues have it.
pub(super) fn title(renderer: Renderer, card: &ReportCard) -> String {
    card.title.clone().unwrap_or_else(|| {
        let issuer = renderer.issuer(card);
        match card.label.year {
            Some(year) => format!("〔{issuer} {year}〕"),
            None => format!("〔{issuer}〕"),
        }
    })
}

/// The page's heading, and which of the text's lines stand in it: those that together are the
/// title. Where they are not, the lines stay in the text and the heading has the title alone.
fn heading(document: &Document, card: &ReportCard, title: &str) -> (BTreeSet<usize>, String) {
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let mut html = String::new();
    if card.title.is_some() {
        let lines: Vec<usize> = (0..document.paragraphs.len())
            .filter(|index| document.paragraphs[*index].kind == ParagraphKind::Title)
            .collect();
        let wanted = squeezed(title);
        for first in 0..lines.len() {
            for last in first..lines.len() {
                let chosen = &lines[first..=last];
                let joined: String = chosen
                    .iter()
                    .map(|index| squeezed(document.words(*index)))
                    .collect();
                if joined != wanted {
                    continue;
                }
                for index in chosen {
                    let span = document.paragraphs[*index].span;
                    html.push_str("<span id=\"");
                    html.push_str(&document.paragraphs[*index].anchor);
                    html.push_str("\">");
                    typeset::set(
                        &document.text.text,
                        span.start as usize,
                        span.end as usize,
                        &mut html,
                    );
                    html.push_str("</span>");
                }
                return (chosen.iter().copied().collect(), html);
            }
        }
    }
    typeset::set(title, 0, title.len(), &mut html);
    (BTreeSet::new(), html)
}

fn crumbs(renderer: Renderer, card: &ReportCard, root: &str) -> Vec<Link> {
    let theme = renderer.theme;
    let mut crumbs = vec![Link::to(
        format!("{root}{}", route::REGIONS),
        theme.word("nav.regions"),
    )];
    match &card.label.region {
        Some(region) => {
            let mut path = String::new();
            let above = region
                .ancestors
                .iter()
                .map(|above| (&above.slug, &above.name));
            for (slug, name) in above.chain([(&region.slug, &region.name)]) {
                if !path.is_empty() {
                    path.push('/');
                }
                path.push_str(slug);
                crumbs.push(Link::to(
                    format!("{root}{}", route::place(&path)),
                    name.as_str(),
                ));
            }
        }
        None => crumbs.push(Link::to(
            format!("{root}{}", route::UNPLACED),
            theme.word("region.unplaced"),
        )),
    }
    crumbs.push(match card.label.year {
        Some(year) => Link::none(year.to_string()),
        None => Link::none(theme.word("year.undated")),
    });
    crumbs
}

fn notices(renderer: Renderer, report: &Report, around: &Surroundings) -> Vec<Notice> {
    let theme = renderer.theme;
    let card = around.card;
    let mut notices = kin(renderer, around);
    let url = card.source_url.as_deref().and_then(web_address);
    if card.digest {
        notices.push(Notice {
            kind: "digest",
            name: theme.word("notice.digest").to_owned(),
            text: theme.word("notice.digest_text").to_owned(),
            href: url,
            link: theme.word("notice.digest_link").to_owned(),
            ..Notice::default()
        });
    }
    let warning = |name: &str, text: &str| Notice {
        kind: "warn",
        name: theme.word(name).to_owned(),
        text: theme.word(text).to_owned(),
        ..Notice::default()
    };
    if card.source_class == Some(SourceClass::Republisher) {
        notices.push(warning("notice.republisher", "notice.republisher_text"));
    }
    if card.genre == Some(Genre::Other) {
        let genre = report.identity.genre.as_ref();
        notices.push(Notice {
            why: genre.and_then(|fact| words_of(&fact.evidence, &report.document)),
            english: genre.is_some_and(|fact| matches!(fact.evidence, Evidence::Told(_))),
            ..warning("notice.genre", "notice.genre_text")
        });
    }
    if card.doubtful {
        notices.push(warning("notice.doubtful", "notice.doubtful_text"));
    }
    notices
}

/// The reports that are the same, each with a link: what stands for this one first.
fn kin(renderer: Renderer, around: &Surroundings) -> Vec<Notice> {
    let theme = renderer.theme;
    let root = route::root(&route::report(&around.card.id));
    let mut all: Vec<(&Kin, &(&str, String))> = around.card.kin.iter().zip(&around.kin).collect();
    all.sort_by(|(a, _), (b, _)| (a.kinship, &a.id).cmp(&(b.kinship, &b.id)));
    all.into_iter()
        .map(|(kin, (path, label))| {
            let (kind, name) = match kin.kinship {
                Kinship::Copy => ("warn", "kin.copy"),
                Kinship::Older => ("warn", "kin.older"),
                Kinship::Chosen => ("kin", "kin.chosen"),
                Kinship::Newer => ("kin", "kin.newer"),
            };
            let why = theme.word(match kin.reason {
                Reason::Keeper => "kin.by_keeper",
                Reason::Official => "kin.by_official",
                Reason::Known => "kin.by_known",
                Reason::Original => "kin.by_original",
                Reason::Later => "kin.by_later",
                Reason::Fuller => "kin.by_fuller",
                Reason::Path => "kin.by_path",
            });
            let likeness = kin.likeness.to_string();
            Notice {
                kind,
                name: theme.word(name).to_owned(),
                text: theme.filled("kin.why", &[("why", why), ("n", &likeness)]),
                href: Some(format!("{root}{}", route::report(&kin.id))),
                link: format!("{label} ({path})"),
                ..Notice::default()
            }
        })
        .collect()
}

/// The words that evidence is.
fn words_of(evidence: &Evidence, document: &Document) -> Option<String> {
    match evidence {
        Evidence::Text(span) => document
            .text
            .text
            .get(span.start as usize..span.end as usize)
            .map(|words| format!("“{words}”")),
        Evidence::Furniture(index) => document
            .text
            .furniture
            .get(*index as usize)
            .map(|line| format!("“{}”", line.text)),
        Evidence::Told(words) => Some(words.clone()),
        Evidence::Path | Evidence::Keeper { .. } => None,
    }
}

fn facts(renderer: Renderer, report: &Report, card: &ReportCard) -> Vec<FactView> {
    let theme = renderer.theme;
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: Option<String>, note: Option<String>| {
        facts.push(FactView {
            name: theme.word(name).to_owned(),
            value,
            note,
            href: None,
            code: false,
        });
    };
    let written = report.identity.issuer.as_ref().map(|fact| &fact.value);
    fact("card.issuer", card.label.issuer.clone(), None);
    if let Some(written) = written
        && card.label.issuer.as_ref() != Some(written)
    {
        fact("card.issuer_written", Some(written.clone()), None);
    }
    fact("card.kind", Some(renderer.kind(card)), None);
    let region = card.label.region.as_ref();
    let candidates: Vec<&str> = report
        .identity
        .region_candidates
        .iter()
        .map(|region| region.name.as_str())
        .collect();
    let either = (!candidates.is_empty()).then(|| {
        theme.filled(
            "card.candidates",
            &[("names", &candidates.join(theme.word("list.comma")))],
        )
    });
    match region {
        Some(region) => {
            let mut names: Vec<&str> = region
                .ancestors
                .iter()
                .map(|above| above.name.as_str())
                .collect();
            names.push(&region.name);
            fact(
                "card.region",
                Some(names.join(" › ")),
                Some(region.code.clone()),
            );
        }
        None => fact("card.region", either, None),
    }
    fact(
        "card.year",
        card.label.year.map(|year| year.to_string()),
        None,
    );
    if let Some(period) = card.label.part_year {
        fact(
            "card.period",
            Some(format!("{} – {}", period.start, period.end)),
            None,
        );
    }
    let day = |date: Option<crate::identify::Date>| date.map(|date| date.to_string());
    fact("card.published", day(card.published), None);
    fact("card.signed", day(card.signed), None);
    fact("card.doc_number", card.doc_number.clone(), None);
    fact("card.index_number", card.index_number.clone(), None);
    fact(
        "card.length",
        Some(theme.filled(
            "count.length",
            &[
                (
                    "characters",
                    &super::theme::thousands(card.characters.into()),
                ),
                (
                    "paragraphs",
                    &super::theme::thousands(card.paragraphs.into()),
                ),
            ],
        )),
        None,
    );
    if let Some(script) = card.script {
        let name = match script {
            Script::Hans => "card.hans",
            Script::Hant => "card.hant",
        };
        fact("card.script", Some(theme.word(name).to_owned()), None);
    }
    facts
}

fn doubts<'a>(renderer: &'a Renderer, card: &'a ReportCard) -> Vec<Doubt<'a>> {
    let supplied = card.title.is_none().then(|| Doubt {
        text: renderer.theme.word("card.supplied"),
        naming: None,
        english: false,
        line: None,
    });
    let found = card
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.level >= Level::Note)
        .map(move |diagnostic| {
            let told = renderer.told(&diagnostic.code);
            Doubt {
                text: told.unwrap_or(&diagnostic.message),
                naming: diagnostic.naming.as_deref().filter(|_| told.is_some()),
                english: told.is_none(),
                line: diagnostic.line,
            }
        });
    supplied.into_iter().chain(found).collect()
}

fn provenance(renderer: Renderer, report: &Report, original: Option<&str>) -> Vec<FactView> {
    let theme = renderer.theme;
    let source = &report.source;
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: String, href: Option<String>, code: bool| {
        facts.push(FactView {
            name: name.to_owned(),
            value: Some(value),
            note: None,
            href,
            code,
        });
    };
    fact(
        theme.word("card.file"),
        source.path.clone(),
        original.map(str::to_owned),
        false,
    );
    fact("SHA-256", source.sha256.clone(), None, true);
    let named = source.format.to_string();
    let format = match source.format {
        Format::Text => theme.word("card.text"),
        _ => &named,
    };
    fact(
        theme.word("card.format"),
        theme.filled(
            "card.bytes",
            &[
                ("format", format),
                ("encoding", &source.encoding.name),
                ("bytes", &super::theme::thousands(source.bytes as i64)),
            ],
        ),
        None,
        false,
    );
    if let Some(url) = &report.identity.source_url {
        fact(
            theme.word("card.url"),
            url.value.clone(),
            web_address(&url.value),
            false,
        );
    }
    if let Some(date) = &report.identity.retrieved {
        fact(
            theme.word("card.retrieved"),
            date.value.to_string(),
            None,
            false,
        );
    }
    facts
}
