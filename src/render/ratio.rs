//! Ratios that no report states, worked out where one sentence states both parts: always marked as
//! derived, always with the two figures beside it.

use super::{Renderer, figures, typeset};
use crate::code::State;
use crate::codebook::{Codebook, Share};
use crate::quantity::Decimal;
use crate::relate::Figure;
use std::fmt::Write;

/// A part of a whole.
#[derive(Clone, Debug)]
pub(super) struct Ratio<'a> {
    pub part: &'a Figure,
    pub whole: &'a Figure,
    /// Per cent, to one decimal place.
    pub percent: Decimal,
}

/// The codebook's ratios of a report's figures: each pair stated once in one sentence, exactly, in the same
/// scope and capacity and for the same time.
pub(super) fn ratios<'f>(figures: &'f [Figure], codebook: &Codebook) -> Vec<Ratio<'f>> {
    of_shares(figures, codebook.ratios.iter())
}

/// The same, of those alone that are a share of the indicator `part`.
pub(super) fn ratios_of<'f>(
    part: &str,
    figures: &'f [Figure],
    codebook: &Codebook,
) -> Vec<Ratio<'f>> {
    let shares = codebook.ratios.iter();
    of_shares(figures, shares.filter(|share| share.part == part))
}

fn of_shares<'f, 'c>(
    figures: &'f [Figure],
    shares: impl Iterator<Item = &'c Share>,
) -> Vec<Ratio<'f>> {
    let mut found = Vec::new();
    for Share { part, whole } in shares {
        for figure in figures.iter().filter(|f| f.observation.indicator == *part) {
            let beside = |id: &str| {
                let sentence = figure.observation.sentence;
                let mut there = figures.iter().filter(|other| {
                    other.observation.indicator == id && other.observation.sentence == sentence
                });
                // Two of one kind in a sentence: which belongs to which can't be told.
                there.next().filter(|_| there.next().is_none())
            };
            let (Some(figure), Some(whole)) = (beside(part), beside(whole)) else {
                continue;
            };
            found.extend(ratio(figure, whole));
        }
    }
    found
}

fn ratio<'a>(part: &'a Figure, whole: &'a Figure) -> Option<Ratio<'a>> {
    let (a, b) = (&part.observation, &whole.observation);
    let exact = |figure: &Figure| {
        let o = &figure.observation;
        o.state != State::Unparsed && !(o.approx || o.at_least || o.conflict || o.implied)
    };
    let alike = a.scope == b.scope
        && a.capacity == b.capacity
        && a.period == b.period
        && a.cumulative_since == b.cumulative_since;
    let (value, of) = (a.value?, b.value?);
    let sound = exact(part) && exact(whole) && alike && value <= of && of > Decimal::ZERO;
    sound.then(|| Ratio {
        part,
        whole,
        percent: (value * Decimal::from(100) / of).round_dp(1).normalize(),
    })
}

impl Ratio<'_> {
    /// `败诉 ÷ 审结`.
    pub(super) fn name(&self, renderer: Renderer) -> String {
        let name = |figure: &Figure| {
            renderer
                .indicator_name(&figure.observation.indicator)
                .to_owned()
        };
        format!("{} ÷ {}", name(self.part), name(self.whole))
    }

    /// The ratio with its badge and its parts, each leading to its sentence at `href`.
    pub(super) fn html(&self, renderer: Renderer, href: &str) -> String {
        let mut out = String::from("<span class=\"badge\" title=\"");
        typeset::escape(renderer.theme.word("figure.derived_why"), &mut out);
        out.push_str("\">");
        typeset::escape(renderer.theme.word("figure.derived"), &mut out);
        let _ = write!(out, "</span> {}% = ", self.percent);
        for (before, figure) in [("", self.part), (" ÷ ", self.whole)] {
            let observation = &figure.observation;
            let indicator = renderer.codebook.indicator(&observation.indicator);
            let (shown, _) = figures::shown(observation, indicator);
            let shown = if shown.is_empty() { "0" } else { &shown };
            let _ = write!(out, "{before}<span class=\"val\"><a href=\"");
            typeset::escape(href, &mut out);
            let _ = write!(out, "#{}\">", figure.anchor);
            typeset::escape(shown, &mut out);
            out.push_str("</a></span>");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Observation;
    use crate::codebook::Capacity;
    use crate::evidence::Span;

    fn figure(indicator: &str, value: i64, sentence: usize) -> Figure {
        Figure {
            observation: Observation {
                indicator: indicator.to_owned(),
                state: State::Value,
                value: Some(Decimal::from(value)),
                unit: None,
                written: value.to_string(),
                approx: false,
                at_least: false,
                implied: false,
                conflict: false,
                period: None,
                cumulative_since: None,
                scope: None,
                capacity: Some(Capacity::Defendant),
                mismatch: None,
                corrected: None,
                sentence: Span::new(sentence, sentence + 10),
                span: Span::new(sentence, sentence + 1),
                paragraph: 0,
            },
            sentence: String::new(),
            mark: Span::new(0, 1),
            anchor: "s-1".to_owned(),
            number: Some(1),
        }
    }

    #[test]
    fn a_ratio_needs_both_parts_in_one_sentence_and_of_one_kind() {
        let codebook = Codebook::built_in();
        let lost = || figure("litigation-lost", 2, 0);
        let closed = || figure("litigation-closed", 9, 0);
        let percents = |figures: &[Figure]| -> Vec<String> {
            let found = ratios(figures, &codebook);
            found.iter().map(|r| r.percent.to_string()).collect()
        };
        assert_eq!(percents(&[lost(), closed()]), ["22.2"]);
        assert!(percents(&[lost(), figure("litigation-closed", 9, 40)]).is_empty());
        assert!(percents(&[lost(), closed(), closed()]).is_empty());
        assert!(percents(&[lost(), figure("litigation-closed", 1, 0)]).is_empty());
        assert!(percents(&[lost(), figure("penalty-cases-total", 9, 0)]).is_empty());
        let mut other = closed();
        other.observation.capacity = Some(Capacity::Court);
        assert!(percents(&[lost(), other]).is_empty());
        let mut about = closed();
        about.observation.approx = true;
        assert!(percents(&[lost(), about]).is_empty());
        let mut since = closed();
        since.observation.cumulative_since = Some(crate::code::Since {
            date: None,
            written: "建立以来".to_owned(),
        });
        assert!(percents(&[lost(), since]).is_empty());
    }
}
