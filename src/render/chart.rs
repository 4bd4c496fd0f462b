//! Charts as static SVG, made at build time. `x` is in percent and `y` in pixels, and there is no
//! view box, so that text never scales. Axes start at zero; a value's label stands at its end and
//! leads to its sentence; the table beside the chart has the same numbers.

use super::typeset;
use crate::quantity::Decimal;
use std::fmt::Write;

/// One bar.
pub(super) struct Bar {
    /// Place and year.
    pub label: String,
    /// The value.
    pub value: Decimal,
    /// The value as shown.
    pub shown: String,
    /// Where its sentence stands.
    pub href: String,
    /// Whether it may be compared: a whole year's exact number.
    pub whole: bool,
}

/// Pixels a bar takes with its label.
const STEP: u32 = 48;

/// From this share of the width on, a bar's value stands inside it.
const INSIDE: f64 = 80.0;

/// A chart of bars; `whole` and `part` are the two groups' names.
pub(super) fn bars(
    id: &str,
    title: &str,
    desc: &str,
    unit: &str,
    groups: (&str, &str),
    bars: &[Bar],
) -> String {
    let number = |value: Decimal| value.to_string().parse::<f64>().unwrap_or_default();
    let most = bars.iter().map(|bar| number(bar.value)).fold(0.0, f64::max);
    let counts = bars.iter().all(|bar| bar.value.fract().is_zero());
    let (step, top) = ticks(most, counts);
    let at = |value: f64| if top > 0.0 { value / top * 100.0 } else { 0.0 };
    let both = bars.iter().any(|bar| bar.whole) && bars.iter().any(|bar| !bar.whole);
    let headings = if both { 2 } else { 1 };
    let height = 24 + headings * 28 + bars.len() as u32 * STEP;
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg height=\"{height}\" role=\"group\" aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">"
    );
    typeset::escape(title, &mut out);
    let _ = write!(out, "</title><desc id=\"{id}-d\">");
    typeset::escape(desc, &mut out);
    out.push_str("</desc>");
    let mut tick = step;
    while step > 0.0 && tick <= top * 1.0001 {
        let x = at(tick);
        let _ = write!(
            out,
            "<line x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"20\" y2=\"{height}\"/><text class=\"t2\" x=\"{x:.2}%\" y=\"12\" text-anchor=\"{}\">{}</text>",
            if x > 97.0 { "end" } else { "middle" },
            axis(tick)
        );
        tick += step;
    }
    out.push_str("<text class=\"t2\" x=\"0\" y=\"12\">0 ");
    typeset::escape(unit, &mut out);
    out.push_str("</text>");
    let _ = write!(
        out,
        "<line class=\"zero-line\" x1=\"0\" x2=\"0\" y1=\"20\" y2=\"{height}\"/>"
    );
    let mut y = 24;
    for whole in [true, false] {
        let mut group = bars.iter().filter(|bar| bar.whole == whole).peekable();
        if group.peek().is_none() {
            continue;
        }
        let _ = write!(out, "<text class=\"t2\" x=\"6\" y=\"{}\">", y + 20);
        typeset::escape(if whole { groups.0 } else { groups.1 }, &mut out);
        out.push_str("</text>");
        y += 28;
        for bar in group {
            let width = at(number(bar.value));
            let class = if whole { "bar" } else { "part" };
            out.push_str("<a href=\"");
            typeset::escape(&bar.href, &mut out);
            let _ = write!(out, "\"><text x=\"6\" y=\"{}\">", y + 14);
            typeset::escape(&bar.label, &mut out);
            let (inside, end) = if width > INSIDE {
                (" in\" text-anchor=\"end", -8)
            } else {
                ("", 8)
            };
            let _ = write!(
                out,
                " </text><rect class=\"{class}\" y=\"{}\" width=\"{width:.2}%\" height=\"15\"/><text class=\"tv{inside}\" x=\"{width:.2}%\" dx=\"{end}\" y=\"{}\">",
                y + 21,
                y + 33
            );
            typeset::escape(&bar.shown, &mut out);
            out.push_str("</text></a>");
            y += STEP;
        }
    }
    out.push_str("</svg>");
    out
}

/// Round steps (1, 2, 5 × 10ⁿ), three to six of them, and the axis' end; of counts, no step is a part of one.
fn ticks(most: f64, counts: bool) -> (f64, f64) {
    if most <= 0.0 {
        return (0.0, 0.0);
    }
    let rough = most / 4.0;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough)
        .unwrap_or(10.0 * power);
    let step = if counts { step.max(1.0) } else { step };
    (step, (most / step).ceil() * step)
}

fn axis(value: f64) -> String {
    if value.fract() == 0.0 && value < 1e15 {
        super::theme::thousands(value as i64)
    } else {
        format!("{value}")
    }
}

/// A value of a line over years.
pub(super) struct Dot {
    /// The year.
    pub year: i32,
    /// The value.
    pub value: Decimal,
    /// The value as shown.
    pub shown: String,
    /// Whether the line is broken before it: a year without a value, or the meaning changed.
    pub broken: bool,
}

/// A line over years, one dot a year, labelled directly. It stands in a table whose row above has
/// the same numbers, each leading to its sentence.
pub(super) fn line(id: &str, title: &str, desc: &str, dots: &[Dot]) -> String {
    let number = |value: Decimal| value.to_string().parse::<f64>().unwrap_or_default();
    let (Some(first), Some(last)) = (dots.first(), dots.last()) else {
        return String::new();
    };
    let most = dots.iter().map(|dot| number(dot.value)).fold(0.0, f64::max);
    let years = f64::from((last.year - first.year).max(1));
    let x = |dot: &Dot| 2.0 + f64::from(dot.year - first.year) / years * 96.0;
    let y = |dot: &Dot| {
        let share = if most > 0.0 {
            number(dot.value) / most
        } else {
            0.0
        };
        84.0 - share * 56.0
    };
    let mut out = format!(
        "<svg height=\"112\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">"
    );
    typeset::escape(title, &mut out);
    let _ = write!(out, "</title><desc id=\"{id}-d\">");
    typeset::escape(desc, &mut out);
    out.push_str("</desc><line class=\"zero-line\" x1=\"0\" x2=\"100%\" y1=\"84\" y2=\"84\"/>");
    for pair in dots.windows(2) {
        if !pair[1].broken {
            let _ = write!(
                out,
                "<line class=\"run\" x1=\"{:.2}%\" y1=\"{:.1}\" x2=\"{:.2}%\" y2=\"{:.1}\"/>",
                x(&pair[0]),
                y(&pair[0]),
                x(&pair[1]),
                y(&pair[1])
            );
        }
    }
    for dot in dots {
        // What stands at an edge is set from there inwards.
        let anchor = match x(dot) {
            at if at < 12.0 => "start",
            at if at > 88.0 => "end",
            _ => "middle",
        };
        let _ = write!(
            out,
            "<text class=\"t2\" x=\"{:.2}%\" y=\"104\" text-anchor=\"{anchor}\">{}</text>",
            x(dot),
            dot.year
        );
        let _ = write!(
            out,
            "<circle class=\"bar\" cx=\"{0:.2}%\" cy=\"{1:.1}\" r=\"4\"/><text class=\"tv\" x=\"{0:.2}%\" y=\"{2:.1}\" text-anchor=\"{anchor}\">",
            x(dot),
            y(dot),
            y(dot) - 10.0
        );
        typeset::escape(&dot.shown, &mut out);
        out.push_str("</text>");
    }
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_of_counts_has_no_halves() {
        assert_eq!(ticks(2.0, true), (1.0, 2.0));
        assert_eq!(ticks(2.0, false), (0.5, 2.0));
        assert_eq!(ticks(320.0, true), (100.0, 400.0));
        assert_eq!(ticks(0.0, true), (0.0, 0.0));
    }
}
