//! The comparison of two to four reports: its page, the lists to choose from, and each report's
//! data. All data are classic scripts that call one function with JSON, since pages opened from
//! `file:` may load scripts and nothing else. The page builds text nodes of it, never HTML.

use super::{Page, RenderError, Renderer, Sink, figures, hand_over, lang, route, typeset};
use crate::code::State;
use crate::relate::{Corpus, Figure, ReportCard};
use crate::report::Report;
use crate::structure::{ParagraphKind, Role};
use serde::Serialize;
use std::collections::BTreeMap;
use tera::Context;

/// Reports in one list at most: some 250 bytes each.
const MOST: usize = 2000;
/// A list with this many ends with its province.
const ENOUGH: usize = 500;

/// A report, as the comparison reads it. What all reports share is said by its place in [`Codes`].
#[derive(Serialize)]
struct Data<'a> {
    id: &'a str,
    label: String,
    issuer: &'a str,
    kind: String,
    lang: &'static str,
    page: String,
    badges: Vec<(String, String)>,
    characters: u32,
    /// Part, characters.
    parts: Vec<(usize, u32)>,
    topics: Vec<usize>,
    lines: Vec<Line<'a>>,
    figures: Vec<FigureData<'a>>,
}

/// Words, anchor, ¶ number or 0, part; topics and 1 for a heading where there are such.
#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    Plain(&'a str, &'a str, u32, usize),
    Topics(&'a str, &'a str, u32, usize, Vec<usize>),
    Heading(&'a str, &'a str, u32, usize, Vec<usize>, u8),
}

/// Indicator, state (0 value, 1 zero, 2 unparsed), number, unit, anchor, badges.
#[derive(Serialize)]
struct FigureData<'a>(usize, u8, String, String, &'a str, Vec<(String, String)>);

/// Names of parts, and names and pages of topics and indicators, in the order of their places.
#[derive(Serialize)]
struct Codes<'a> {
    parts: Vec<&'a str>,
    topics: Vec<(&'a str, String)>,
    indicators: Vec<(&'a str, String)>,
}

/// The data of one report. `none` where it may not be compared: a copy, or another genre.
pub(super) fn script(renderer: Renderer, report: &Report, card: &ReportCard) -> Option<Page> {
    card.in_series().then(|| Page {
        path: route::compare_report(&report.id),
        bytes: call("fangzhiReport", &data(renderer, report, card)).into_bytes(),
    })
}

/// `name(value);`, with nothing in it that ends a script or turns the reading direction.
fn call(name: &str, value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    let safe = |c: char| match c {
        '<' => Some("\\u003c"),
        '\u{2028}' => Some("\\u2028"),
        '\u{2029}' => Some("\\u2029"),
        _ => typeset::controls_text(c).then_some("\u{FFFD}"),
    };
    let mut out = String::with_capacity(json.len() + name.len() + 8);
    out.push_str(name);
    out.push('(');
    out.extend(typeset::pieces(&json, safe));
    out.push_str(");\n");
    out
}

fn data<'a>(renderer: Renderer<'a>, report: &'a Report, card: &'a ReportCard) -> Data<'a> {
    let theme = renderer.theme;
    let badges = renderer.badges(card).into_iter();
    let codebook = renderer.codebook;
    let topics = codebook.topics.iter().enumerate();
    let topics = topics.filter(|(_, topic)| card.topic(&topic.id).is_some());
    let parts = Role::ALL.into_iter().enumerate();
    Data {
        id: &report.id,
        label: renderer.label(card),
        issuer: card
            .label
            .issuer
            .as_deref()
            .unwrap_or_else(|| theme.word("issuer.unnamed")),
        kind: renderer.kind(card),
        lang: lang(card),
        page: route::report(&report.id),
        badges: badges.map(|badge| (badge.text, badge.why)).collect(),
        characters: card.characters,
        parts: parts
            .filter_map(|(at, role)| Some((at, card.part(role)?.characters)))
            .collect(),
        topics: topics.map(|(at, _)| at).collect(),
        lines: lines(renderer, report),
        figures: card
            .figures
            .iter()
            .filter_map(|figure| figure_data(renderer, figure, card))
            .collect(),
    }
}

fn codes(renderer: Renderer<'_>) -> Codes<'_> {
    let lang = &renderer.theme.lang;
    let topics = renderer.codebook.topics.iter();
    let indicators = renderer.codebook.indicators.iter();
    Codes {
        parts: Role::ALL
            .into_iter()
            .map(|role| {
                renderer.theme.word(match role {
                    Role::Achievements => "role.achievements",
                    Role::Problems => "role.problems",
                    Role::LeadershipDuty => "role.leadership_duty",
                    Role::Plan => "role.plan",
                    Role::Litigation => "role.litigation",
                    Role::Suggestions => "role.suggestions",
                    Role::Other => "role.other",
                })
            })
            .collect(),
        topics: topics
            .map(|topic| (topic.names.get(lang), route::topic(&topic.id, None)))
            .collect(),
        indicators: indicators
            .map(|one| (one.names.get(lang), route::indicator(&one.id, None)))
            .collect(),
    }
}

fn lines<'a>(renderer: Renderer, report: &'a Report) -> Vec<Line<'a>> {
    let document = &report.document;
    let mut topics: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for passage in &report.passages {
        let named = &renderer.codebook.topics;
        if let Some(at) = named.iter().position(|topic| topic.id == passage.topic) {
            let of = topics.entry(passage.paragraph).or_default();
            if !of.contains(&at) {
                of.push(at);
            }
        }
    }
    let mut lines = Vec::new();
    let mut before = 0;
    for (index, paragraph) in document.paragraphs.iter().enumerate() {
        let numbered = paragraph.kind.numbered();
        before += u32::from(numbered);
        let heading = match paragraph.kind {
            ParagraphKind::Title | ParagraphKind::Salutation | ParagraphKind::Signature => continue,
            ParagraphKind::Heading => true,
            ParagraphKind::Body | ParagraphKind::Row => false,
        };
        let role = document.role_at(paragraph.span.start);
        let part = Role::ALL.iter().position(|each| *each == role);
        let part = part.unwrap_or_default();
        let (text, anchor) = (document.words(index), paragraph.anchor.as_str());
        let number = if numbered { before } else { 0 };
        lines.push(match (heading, topics.remove(&(index as u32))) {
            (true, topics) => {
                Line::Heading(text, anchor, number, part, topics.unwrap_or_default(), 1)
            }
            (false, Some(topics)) => Line::Topics(text, anchor, number, part, topics),
            (false, None) => Line::Plain(text, anchor, number, part),
        });
    }
    lines
}

fn figure_data<'a>(
    renderer: Renderer<'a>,
    figure: &'a Figure,
    card: &ReportCard,
) -> Option<FigureData<'a>> {
    let codebook = renderer.codebook;
    let o = &figure.observation;
    let at = codebook
        .indicators
        .iter()
        .position(|indicator| indicator.id == o.indicator)?;
    let indicator = &codebook.indicators[at];
    let (shown, unit) = figures::shown(o, Some(indicator));
    let (state, shown) = match o.state {
        State::Value => (0, shown),
        State::Zero if shown.is_empty() => (1, "0".to_owned()),
        State::Zero => (1, shown),
        State::Unparsed => (2, renderer.theme.word("figure.unparsed").to_owned()),
    };
    let badges = figures::badges(renderer, figure, card);
    Some(FigureData(at, state, shown, unit, &figure.anchor, badges))
}

/// A report in a list: id, label, issuer, kind, province's place in [`Lists::provinces`].
#[derive(Serialize)]
struct Choice<'a>(&'a str, String, &'a str, String, usize);

#[derive(Serialize)]
struct Province<'a> {
    name: &'a str,
    at: usize,
    /// The lists that hold its reports, by number.
    lists: String,
}

/// The page, and the lists that it chooses from.
pub(super) fn pages(
    renderer: Renderer,
    corpus: &Corpus,
    sink: &mut dyn Sink,
) -> Result<(), RenderError> {
    let theme = renderer.theme;
    let mut lists: Vec<Vec<Choice>> = Vec::new();
    let mut provinces: Vec<(&str, Vec<usize>)> = Vec::new();
    for card in corpus.reports.iter().filter(|card| card.in_series()) {
        let province = card
            .label
            .province()
            .unwrap_or_else(|| theme.word("region.unplaced"));
        let turned = provinces.last().is_none_or(|(last, _)| *last != province);
        if turned {
            provinces.push((province, Vec::new()));
        }
        let full = |list: &Vec<Choice>| list.len() >= if turned { ENOUGH } else { MOST };
        if lists.last().is_none_or(full) {
            lists.push(Vec::new());
        }
        let (list, place) = (lists.len(), provinces.len() - 1);
        let of = &mut provinces[place].1;
        if of.last() != Some(&list) {
            of.push(list);
        }
        let label = renderer.label(card);
        let issuer = renderer.theme.word("issuer.unnamed");
        let issuer = card.label.issuer.as_deref().unwrap_or(issuer);
        let choice = Choice(&card.id, label, issuer, renderer.kind(card), place);
        lists[list - 1].push(choice);
    }
    for (at, list) in lists.iter().enumerate() {
        let page = Page {
            path: route::compare_list(at + 1),
            bytes: call("fangzhiList", list).into_bytes(),
        };
        hand_over(page, sink)?;
    }
    let page = Page {
        path: route::COMPARE_CODES.to_owned(),
        bytes: call("fangzhiCodes", &codes(renderer)).into_bytes(),
    };
    hand_over(page, sink)?;
    let numbers = |lists: &[usize]| {
        let lists: Vec<String> = lists.iter().map(ToString::to_string).collect();
        lists.join(" ")
    };
    let provinces: Vec<Province> = provinces
        .iter()
        .enumerate()
        .map(|(at, (name, lists))| Province {
            name,
            at,
            lists: numbers(lists),
        })
        .collect();
    let mut context = Context::new();
    context.insert("provinces", &provinces);
    context.insert("lists", &numbers(&(1..=lists.len()).collect::<Vec<_>>()));
    let title = theme.word("nav.compare");
    let frame = Renderer::frame(route::COMPARE, title, "compare", Vec::new());
    hand_over(renderer.page("compare.html", &frame, context)?, sink)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_data_ends_a_script() {
        let words = "</script><!--\u{2028}\u{202E}\"\\";
        let script = call("take", &words);
        let json = script
            .strip_prefix("take(")
            .and_then(|rest| rest.strip_suffix(");\n"))
            .expect("a call");
        assert!(!json.contains(['<', '\u{2028}', '\u{202E}']), "{json}");
        let read: String = serde_json::from_str(json).expect("JSON");
        assert_eq!(read, words.replace('\u{202E}', "\u{FFFD}"));
    }
}
