//! PDF → lines, from its text layer.
//!
//! A PDF has glyphs at places and no words. [`page`] gathers what is drawn; here glyphs become lines,
//! [`layout`] finds columns and paragraphs, [`table`] the cells between drawn rules, [`margin`] what
//! stands on every page. No picture is looked at: a page that is one has no text, and that is told.

mod layout;
mod margin;
mod page;
mod table;

use super::blocks::Blocks;
use super::{Error, Limits, Line, Markup};
use crate::diagnostic::{Diagnostic, Level};
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use layout::Part;
use page::Page;

/// With fewer characters beside a picture that fills it, a page is a scan with a stamp on it.
const FEWEST_CHARACTERS: usize = 40;

const NO_PAGES: &str = "it has no pages that can be found";

/// The lines of a PDF file; what has no text is told.
pub(super) fn lines(
    bytes: &[u8],
    file: &str,
    limits: Limits,
    told: &mut Vec<Diagnostic>,
) -> Result<Vec<Line>, Error> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Error::Encrypted,
        LoadPdfError::Decryption(_) => Error::broken("its encryption is of no known kind"),
        LoadPdfError::Invalid => Error::broken(NO_PAGES),
    })?;
    let mut pages: Vec<Page> = page::read(&pdf, limits)?;
    if pages.is_empty() {
        return Err(Error::broken(NO_PAGES));
    }
    let scanned: Vec<usize> = (1..)
        .zip(&pages)
        .filter(|(_, page)| page.pictured && page.characters() < FEWEST_CHARACTERS)
        .map(|(number, _)| number)
        .collect();
    let characters: usize = pages.iter().map(Page::characters).sum();
    if characters == 0 || scanned.len() == pages.len() {
        return Err(Error::NeedsOcr);
    }
    let unknown: usize = pages.iter().map(|page| page.unknown).sum();
    if unknown * 2 > characters {
        return Err(Error::NoCharacters);
    }
    if !scanned.is_empty() {
        told.push(
            Diagnostic::new(
                Level::Warning,
                "needs-ocr",
                file,
                format!("{} without text: pictures, not read", named(&scanned)),
            )
            .hint("run OCR over the file (ocrmypdf, or a scanner's program) and put the result in its place"),
        );
    }
    let margins = margin::set_apart(&mut pages);
    let passages = pages.iter().enumerate().map(|(index, page)| {
        let passages = layout::passages(page);
        passages.ok_or_else(|| page::crowded(index))
    });
    let passages = passages.collect::<Result<_, Error>>()?;
    let mut blocks = Blocks::within(limits);
    for part in layout::flow(passages) {
        match part {
            Part::Paragraph(words) => blocks.paragraph(&words, Markup::Paragraph)?,
            Part::Table(rows) => blocks.table(&rows)?,
        }
    }
    for words in margins {
        blocks.paragraph(&words, Markup::Margin)?;
    }
    Ok(blocks.lines())
}

/// `page 3`, `pages 1–4, 7`.
fn named(pages: &[usize]) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for &page in pages {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == page => *last = page,
            _ => ranges.push((page, page)),
        }
    }
    let named: Vec<String> = ranges
        .iter()
        .map(|(first, last)| match last - first {
            0 => first.to_string(),
            _ => format!("{first}–{last}"),
        })
        .collect();
    let pages = if pages.len() == 1 { "page" } else { "pages" };
    format!("{pages} {}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_named_in_ranges() {
        assert_eq!(named(&[3]), "page 3");
        assert_eq!(named(&[1, 2, 3, 7]), "pages 1–3, 7");
    }
}
