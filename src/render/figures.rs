//! Figures as readers see them: the four states, their badges, numbers in Chinese units.

use super::{Renderer, typeset};
use crate::code::{Corrected, Observation, Scope, State};
use crate::codebook::Capacity;
use crate::codebook::Indicator;
use crate::quantity::Decimal;
use crate::relate::{Figure, ReportCard};
use std::fmt::Write;

/// From how many 元 up money is shown in 万元.
const TEN_THOUSAND: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);

/// A number with separators and its unit: money from 10,000 元 up in 万元.
pub(super) fn amount(value: Decimal, unit: &str) -> (String, String) {
    let (value, unit) = measured(value, unit, value);
    (grouped(value), unit.to_owned())
}

/// A number and its unit beside others, of which `most` is the greatest: all of them in one unit.
pub(super) fn measured(value: Decimal, unit: &str, most: Decimal) -> (Decimal, &str) {
    if unit == "元" && most >= TEN_THOUSAND {
        (value / TEN_THOUSAND, "万元")
    } else {
        (value, unit)
    }
}

/// `12345.60` → `12,345.6`.
pub(super) fn grouped(value: Decimal) -> String {
    let plain = value.normalize().to_string();
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut out = super::theme::thousands(whole.parse().unwrap_or_default());
    if !part.is_empty() {
        out.push('.');
        out.push_str(part);
    }
    out
}

/// An observation's number as shown, with its unit; the indicator's unit where it has none.
pub(super) fn shown(observation: &Observation, indicator: Option<&Indicator>) -> (String, String) {
    let unit = unit(observation, indicator);
    match observation.value {
        Some(value) => amount(value, unit),
        None => (String::new(), unit.to_owned()),
    }
}

/// What an observation's number counts: the indicator's unit where it says none itself.
pub(super) fn unit<'a>(observation: &'a Observation, indicator: Option<&'a Indicator>) -> &'a str {
    let own = observation.unit.as_deref();
    own.or(indicator.map(|indicator| indicator.unit.as_str()))
        .unwrap_or_default()
}

/// What tells a figure apart from a plain one for the whole year: badge and reason.
pub(super) fn badges(
    renderer: Renderer,
    figure: &Figure,
    card: &ReportCard,
) -> Vec<(String, String)> {
    let theme = renderer.theme;
    let o = &figure.observation;
    let mut badges = Vec::new();
    let mut badge = |key: &str, why: String| badges.push((theme.word(key).to_owned(), why));
    let written = || theme.filled("figure.written", &[("words", &o.written)]);
    if o.state == State::Zero {
        badge("figure.zero", written());
    }
    if o.approx {
        badge("figure.approx", written());
    }
    if o.at_least {
        badge("figure.at_least", written());
    }
    if o.implied {
        badge("figure.implied", written());
    }
    if o.conflict {
        badge(
            "figure.conflict",
            theme.word("figure.conflict_why").to_owned(),
        );
    }
    if let Some(sum) = &o.mismatch {
        let sum = grouped(sum.sum);
        badge(
            "figure.mismatch",
            theme.filled("figure.mismatch_why", &[("sum", &sum)]),
        );
    }
    if let Some(since) = &o.cumulative_since {
        badge(
            "figure.cumulative",
            theme.filled("figure.cumulative_why", &[("since", &since.written)]),
        );
    }
    if let Some(scope) = o.scope {
        let why = match scope {
            Scope::OwnLevel => "figure.own_level_why",
            Scope::System => "figure.system_why",
            Scope::Area => "figure.area_why",
        };
        badge(scope_key(scope), theme.word(why).to_owned());
    }
    if let Some(capacity) = o.capacity {
        let key = capacity_key(capacity);
        badge(key, theme.word(key).to_owned());
    }
    if let Some(corrected) = &o.corrected {
        badge(
            "figure.corrected",
            theme.filled(
                "figure.corrected_why",
                &[
                    ("who", &corrected.who),
                    ("when", &corrected.when),
                    ("why", &corrected.why),
                ],
            ),
        );
    }
    let part = o.period.or(card.label.part_year);
    if let Some(period) = part {
        badges.insert(0, renderer.until(period));
    }
    badges
}

pub(super) fn capacity_key(capacity: Capacity) -> &'static str {
    match capacity {
        Capacity::ReconsiderationOrgan => "figure.organ",
        Capacity::Respondent => "figure.respondent",
        Capacity::Defendant => "figure.defendant",
        Capacity::Court => "figure.court",
    }
}

pub(super) fn scope_key(scope: Scope) -> &'static str {
    match scope {
        Scope::OwnLevel => "figure.own_level",
        Scope::System => "figure.system",
        Scope::Area => "figure.area",
    }
}

/// One figure as HTML, its number leading to its sentence at `href` (the report's page, or nothing
/// for this page).
pub(super) fn html(
    renderer: Renderer,
    figure: &Figure,
    card: &ReportCard,
    href: &str,
    with_unit: bool,
) -> String {
    let o = &figure.observation;
    let indicator = renderer.codebook.indicator(&o.indicator);
    let mut out = String::new();
    for (text, why) in badges(renderer, figure, card) {
        out.push_str("<span class=\"badge\" title=\"");
        typeset::escape(&why, &mut out);
        out.push_str("\">");
        typeset::escape(&text, &mut out);
        out.push_str("</span> ");
    }
    let class = match o.state {
        State::Value => "val",
        State::Zero => "val zero",
        State::Unparsed => "gap-cell",
    };
    let _ = write!(out, "<span class=\"{class}\"><a href=\"");
    typeset::escape(href, &mut out);
    let _ = write!(out, "#{}\">", figure.anchor);
    let (number, unit) = shown(o, indicator);
    match o.state {
        State::Unparsed => typeset::escape(renderer.theme.word("figure.unparsed"), &mut out),
        State::Zero if number.is_empty() => out.push('0'),
        _ => typeset::escape(&number, &mut out),
    }
    if with_unit && o.state != State::Unparsed {
        out.push(' ');
        typeset::escape(&unit, &mut out);
    }
    out.push_str("</a></span>");
    out
}

/// A figure or topic that a keeper struck, on its report's page: what was found, who struck it and
/// why.
pub(super) fn struck(
    renderer: Renderer,
    written: &str,
    anchor: &str,
    by: Option<&Corrected>,
) -> String {
    let mut out = format!("<s><a href=\"#{anchor}\">");
    typeset::escape(written, &mut out);
    out.push_str("</a></s>");
    if let Some(by) = by {
        let words = [("who", &*by.who), ("when", &*by.when), ("why", &*by.why)];
        out.push_str(" <small class=\"muted\">");
        typeset::escape(
            &renderer.theme.filled("figure.struck_why", &words),
            &mut out,
        );
        out.push_str("</small>");
    }
    out
}

/// Figures of one report and indicator that stand side by side; of more, how many there are.
pub(super) const TOGETHER: usize = 4;

/// What a report says of an indicator, in a table's cell: its figures, or that it says nothing.
pub(super) fn cell(renderer: Renderer, card: &ReportCard, indicator: &str, href: &str) -> String {
    let figures = card.figures_of(indicator);
    let mut all: Vec<String> = figures
        .clone()
        .take(TOGETHER)
        .map(|figure| html(renderer, figure, card, href, true))
        .collect();
    all.extend(more(renderer, figures.count(), href));
    if all.is_empty() {
        let mut out = String::from("<span class=\"none\">");
        typeset::escape(renderer.theme.word("figure.none"), &mut out);
        out.push_str("</span>");
        return out;
    }
    all.join("<br>")
}

/// Of more figures than stand together, how many others there are, leading to the report's list.
pub(super) fn more(renderer: Renderer, figures: usize, href: &str) -> Option<String> {
    let others = figures.checked_sub(TOGETHER).filter(|others| *others > 0)?;
    let mut out = String::from("<a href=\"");
    typeset::escape(href, &mut out);
    out.push_str("#figures\">");
    let words = [("n", &*others.to_string())];
    typeset::escape(&renderer.theme.filled("figure.more", &words), &mut out);
    out.push_str("</a>");
    Some(out)
}

/// A figure's sentence with its number marked, leading to its place in the report.
pub(super) fn quote(renderer: Renderer, figure: &Figure, href: &str, lang: &str) -> String {
    let words = &figure.sentence;
    let (from, to) = (figure.mark.start as usize, figure.mark.end as usize);
    let foreign = lang != renderer.theme.lang;
    let mut out = String::from("<p class=\"quote\"");
    if foreign {
        let _ = write!(out, " lang=\"{lang}\"");
    }
    out.push('>');
    typeset::set(words, 0, from, &mut out);
    if to > from {
        out.push_str("<mark class=\"qm\">");
        typeset::set(words, from, to, &mut out);
        out.push_str("</mark>");
    }
    typeset::set(words, to, words.len(), &mut out);
    out.push_str(" <a class=\"pn\"");
    if foreign {
        let _ = write!(out, " lang=\"{}\"", renderer.theme.lang);
    }
    out.push_str(" href=\"");
    typeset::escape(href, &mut out);
    let _ = write!(out, "#{}\">", figure.anchor);
    match figure.number {
        Some(number) => {
            let _ = write!(out, "¶{number}");
        }
        None => typeset::escape(renderer.theme.word("section.open"), &mut out),
    }
    out.push_str("</a></p>");
    out
}
