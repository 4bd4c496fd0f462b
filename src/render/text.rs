//! A report's text → HTML: paragraphs with their numbers and anchors, headings, supplied markers,
//! tables, the outline. Built here rather than in a template: it is most of a site's bytes.

use super::theme::Theme;
use super::typeset;
use crate::evidence::Span;
use crate::structure::{Document, ParagraphKind, Role, Section};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// What stands in the text beside its own words: marks in the margin, sentences and numbers that
/// are evidence.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// By paragraph: what the margin names.
    pub margin: BTreeMap<usize, Vec<MarginMark>>,
    /// Sentences that are evidence, with their anchors.
    pub sentences: Vec<(Span, String)>,
    /// Numbers that are observations, with address and name of what they are.
    pub numbers: Vec<(Span, String, String)>,
    /// ` lang="…"` for the theme's words, where the text around is in another language.
    pub lang: String,
}

/// A word in the margin, leading to where it is compared.
#[derive(Debug)]
pub(super) struct MarginMark {
    /// The word.
    pub name: String,
    /// Where it leads.
    pub href: String,
    /// Who added it and why, where a keeper did.
    pub note: Option<String>,
}

/// The text's headings as a nested list of links; nothing where there are none.
pub(super) fn outline(document: &Document) -> String {
    let mut out = String::new();
    let mut open = 0_usize;
    for section in &document.sections {
        let depth = depth(document, section);
        match depth.cmp(&open) {
            Ordering::Less => {
                for _ in depth..open {
                    out.push_str("</li></ol>");
                }
                out.push_str("</li>");
            }
            Ordering::Equal => out.push_str("</li>"),
            Ordering::Greater => out.push_str("<ol>"),
        }
        open = depth;
        out.push_str("<li><a href=\"#");
        out.push_str(&document.paragraphs[section.paragraph as usize].anchor);
        out.push('"');
        lost(section, &mut out);
        out.push('>');
        let (from, to) = heading_words(document, section);
        typeset::set(&document.text.text, from, to, &mut out);
        out.push_str("</a>");
    }
    for _ in 0..open {
        out.push_str("</li></ol>");
    }
    out
}

/// A section's depth in the tree by its ancestors, 1-based: never jumps by more than one.
fn depth(document: &Document, section: &Section) -> usize {
    1 + ancestors(document, section).count()
}

fn ancestors<'a>(
    document: &'a Document,
    section: &'a Section,
) -> impl Iterator<Item = &'a Section> {
    std::iter::successors(section.parent, |parent| {
        document.sections.get(*parent as usize)?.parent
    })
    .map_while(|index| document.sections.get(index as usize))
    .take(8)
}

fn lost(section: &Section, out: &mut String) {
    if section.marker.is_none()
        && let Some(marker) = &section.lost_marker
    {
        out.push_str(" data-lost=\"");
        typeset::escape(marker, out);
        out.push('"');
    }
}

/// The heading's words with its marker: from the marker to the title's end, within its paragraph.
fn heading_words(document: &Document, section: &Section) -> (usize, usize) {
    let paragraph = document.paragraphs[section.paragraph as usize].span;
    let text = &document.text.text;
    let title = section.title;
    let mut from = title.start as usize;
    if let Some(marker) = &section.marker {
        let before = &text[paragraph.start as usize..from];
        if before.trim_end().ends_with(marker.as_str()) {
            from = paragraph.start as usize + before.trim_end().len() - marker.len();
        }
    }
    (from, title.end as usize)
}

/// The whole text. `in_head` are paragraphs that the page's head shows already.
pub(super) fn body(
    document: &Document,
    in_head: &BTreeSet<usize>,
    marks: &Marks,
    theme: &Theme,
) -> String {
    let text = &document.text.text;
    let mut out = String::with_capacity(text.len() * 2);
    let mut headings: BTreeMap<usize, Vec<&Section>> = BTreeMap::new();
    for section in &document.sections {
        headings
            .entry(section.paragraph as usize)
            .or_default()
            .push(section);
    }
    let starts = unheaded_parts(document);
    let mut number = 0;
    let mut rows = 0;
    for (index, paragraph) in document.paragraphs.iter().enumerate() {
        if paragraph.kind.numbered() {
            number += 1;
        }
        if in_head.contains(&index) {
            continue;
        }
        let own = headings.get(&index).map_or(&[][..], Vec::as_slice);
        if paragraph.kind == ParagraphKind::Row {
            if rows == 0 {
                rows = open_table(document, index, number, theme, &mut out);
            }
            row(document, index, (number, rows), marks, theme, &mut out);
            let last = document
                .paragraphs
                .get(index + 1)
                .is_none_or(|next| next.kind != ParagraphKind::Row);
            if last {
                out.push_str("</tbody></table></div>\n");
                rows = 0;
            }
            continue;
        }
        match paragraph.kind {
            ParagraphKind::Heading => {
                heading(document, index, own, (theme, &marks.lang), &mut out);
            }
            ParagraphKind::Title | ParagraphKind::Signature => {
                let class = if paragraph.kind == ParagraphKind::Title {
                    "front"
                } else {
                    "sign"
                };
                let _ = write!(out, "<p class=\"{class}\" id=\"{}\">", paragraph.anchor);
                typeset::set(
                    text,
                    paragraph.span.start as usize,
                    paragraph.span.end as usize,
                    &mut out,
                );
                out.push_str("</p>\n");
            }
            _ => {
                let _ = write!(
                    out,
                    "<div class=\"para\" id=\"{0}\"><a class=\"pn\" href=\"#{0}\" aria-label=\"",
                    paragraph.anchor
                );
                let shown = number.to_string();
                typeset::escape(
                    &theme.filled("report.paragraph", &[("n", &shown)]),
                    &mut out,
                );
                let _ = write!(out, "\">¶{number}</a><p");
                if let Some(section) = own.iter().find(|section| section.run_in) {
                    let opens = heading_words(document, section).0 == paragraph.span.start as usize;
                    if opens {
                        lost(section, &mut out);
                    }
                }
                out.push('>');
                words(document, paragraph.span, own, marks, &mut out);
                out.push_str("</p>");
                margin(
                    starts.get(&index),
                    marks.margin.get(&index),
                    &shown,
                    (theme, &marks.lang),
                    &mut out,
                );
                out.push_str("</div>\n");
            }
        }
    }
    out
}

/// Where a part begins that no heading announces: paragraph → role.
fn unheaded_parts(document: &Document) -> BTreeMap<usize, Role> {
    let mut starts = BTreeMap::new();
    let mut before = Role::Other;
    for part in &document.parts {
        let headed = document
            .sections
            .iter()
            .any(|section| section.role == part.role && part.span.contains(section.title));
        if !headed && part.role != Role::Other && part.role != before {
            starts.insert(document.paragraph_at(part.span.start), part.role);
        }
        before = part.role;
    }
    starts
}

fn heading(
    document: &Document,
    index: usize,
    own: &[&Section],
    (theme, lang): (&Theme, &str),
    out: &mut String,
) {
    let paragraph = &document.paragraphs[index];
    let section = own.first();
    // A run-in heading is no heading element: the level counts those above that are.
    let above = section.map_or(0, |section| {
        ancestors(document, section)
            .filter(|above| {
                document.paragraphs[above.paragraph as usize].kind == ParagraphKind::Heading
            })
            .count()
    });
    let level = (2 + above).min(6);
    let depth = section.map_or(1, |section| depth(document, section)).min(4);
    let _ = write!(
        out,
        "<h{level} class=\"h-{depth}\" id=\"{}\"",
        paragraph.anchor
    );
    if let Some(section) = section {
        lost(section, out);
    }
    out.push('>');
    typeset::set(
        &document.text.text,
        paragraph.span.start as usize,
        paragraph.span.end as usize,
        out,
    );
    if let Some(section) = section {
        let parent = section
            .parent
            .and_then(|parent| document.sections.get(parent as usize))
            .map(|parent| parent.role);
        if section.role != Role::Other && parent != Some(section.role) {
            let _ = write!(out, "<span class=\"badge\"{lang}>");
            typeset::escape(theme.word(&format!("role.{}", section.role.id())), out);
            out.push_str("</span>");
        }
    }
    let _ = writeln!(out, "</h{level}>");
}

/// A paragraph's words with run-in headings, evidence and numbers, nested in this order.
fn words(document: &Document, span: Span, own: &[&Section], marks: &Marks, out: &mut String) {
    let text = &document.text.text;
    let within = |other: &Span| span.contains(*other) && !other.is_empty();
    let headings: Vec<Span> = own
        .iter()
        .filter(|section| section.run_in)
        .map(|section| {
            let (from, to) = heading_words(document, section);
            let closing = text[to..span.end as usize]
                .chars()
                .next()
                .filter(|c| matches!(c, '。' | '：' | ':' | '；' | '.'))
                .map_or(0, char::len_utf8);
            Span::new(from, to + closing)
        })
        .filter(within)
        .collect();
    let sentences = marks.sentences.iter().filter(|(span, _)| within(span));
    let sentences: Vec<_> = sentences.collect();
    let numbers: Vec<_> = marks
        .numbers
        .iter()
        .filter(|(span, _, _)| within(span))
        .collect();
    let mut cuts: BTreeSet<u32> = BTreeSet::from([span.start, span.end]);
    let spans = headings.iter().copied();
    let spans = spans.chain(sentences.iter().map(|(span, _)| *span));
    for span in spans.chain(numbers.iter().map(|(span, _, _)| *span)) {
        cuts.extend([span.start, span.end]);
    }
    let cuts: Vec<u32> = cuts.into_iter().collect();
    let mut named: BTreeSet<&str> = BTreeSet::new();
    let at = |outer: &Span, piece: Span| outer.contains(piece);
    for pair in cuts.windows(2) {
        let piece = Span {
            start: pair[0],
            end: pair[1],
        };
        let bold = headings.iter().any(|span| at(span, piece));
        let sentence = sentences.iter().find(|(span, _)| at(span, piece));
        let number = numbers.iter().find(|(span, _, _)| at(span, piece));
        if bold {
            out.push_str("<b class=\"runin\">");
        }
        if let Some((_, anchor)) = sentence {
            out.push_str("<span class=\"ev\"");
            if named.insert(anchor) {
                let _ = write!(out, " id=\"{anchor}\"");
            }
            out.push('>');
        }
        if let Some((_, href, name)) = number {
            out.push_str("<a class=\"num\" href=\"");
            typeset::escape(href, out);
            out.push_str("\" title=\"");
            typeset::escape(name, out);
            out.push_str("\">");
        }
        typeset::set(text, piece.start as usize, piece.end as usize, out);
        if number.is_some() {
            out.push_str("</a>");
        }
        if sentence.is_some() {
            out.push_str("</span>");
        }
        if bold {
            out.push_str("</b>");
        }
    }
}

/// What stands beside a paragraph: the part that begins there, and its topics.
fn margin(
    part: Option<&Role>,
    topics: Option<&Vec<MarginMark>>,
    number: &str,
    (theme, lang): (&Theme, &str),
    out: &mut String,
) {
    if part.is_none() && topics.is_none_or(Vec::is_empty) {
        return;
    }
    let _ = write!(
        out,
        "<div class=\"notes\"{lang} role=\"group\" aria-label=\""
    );
    typeset::escape(&theme.filled("report.notes", &[("n", number)]), out);
    out.push_str("\">");
    if let Some(role) = part {
        out.push_str("<span class=\"badge\">");
        typeset::escape(theme.word(&format!("role.{}", role.id())), out);
        out.push_str("</span>");
    }
    for mark in topics.into_iter().flatten() {
        out.push_str("<a href=\"");
        typeset::escape(&mark.href, out);
        out.push_str("\">");
        typeset::escape(&mark.name, out);
        out.push_str("</a>");
        if let Some(note) = &mark.note {
            out.push_str("<small class=\"muted\">");
            typeset::escape(note, out);
            out.push_str("</small>");
        }
    }
    out.push_str("</div>");
}

/// Opens the table whose first row is `index`; gives back its number of columns.
fn open_table(
    document: &Document,
    index: usize,
    number: u32,
    theme: &Theme,
    out: &mut String,
) -> usize {
    let columns = (index..document.paragraphs.len())
        .take_while(|row| document.paragraphs[*row].kind == ParagraphKind::Row)
        .map(|row| document.cells(row).len())
        .max()
        .unwrap_or(1);
    out.push_str("<div class=\"scroll rowtable\" tabindex=\"0\" role=\"region\" aria-label=\"");
    typeset::escape(
        &theme.filled("report.table", &[("n", &number.to_string())]),
        out,
    );
    out.push_str("\"><table><tbody>\n");
    columns
}

fn row(
    document: &Document,
    index: usize,
    (number, columns): (u32, usize),
    marks: &Marks,
    theme: &Theme,
    out: &mut String,
) {
    let paragraph = &document.paragraphs[index];
    let shown = number.to_string();
    let _ = write!(out, "<tr id=\"{}\"><td", paragraph.anchor);
    // The sentence of a figure in a row is mostly the whole row, of which its cells hold parts.
    let cells = document.cells(index);
    let across = marks.sentences.iter().filter(|(sentence, _)| {
        let of_cell = cells.iter().any(|cell| cell.contains(*sentence));
        paragraph.span.contains(*sentence) && !of_cell
    });
    let across: BTreeSet<&str> = across.map(|(_, anchor)| anchor.as_str()).collect();
    let mut across = across.into_iter();
    if let Some(anchor) = across.next() {
        let _ = write!(out, " id=\"{anchor}\"");
    }
    out.push('>');
    for anchor in across {
        let _ = write!(out, "<span id=\"{anchor}\"></span>");
    }
    let _ = write!(
        out,
        "<a class=\"pn\" href=\"#{}\" aria-label=\"",
        paragraph.anchor
    );
    typeset::escape(&theme.filled("report.paragraph", &[("n", &shown)]), out);
    let _ = write!(out, "\">¶{number}</a></td>");
    for cell in &cells {
        out.push_str("<td>");
        words(document, *cell, &[], marks, out);
        out.push_str("</td>");
    }
    for _ in cells.len()..columns {
        out.push_str("<td></td>");
    }
    out.push_str("</tr>\n");
}
