//! What paragraphs and runs of characters are: property modifiers in pages of 512 bytes, and styles.

use super::Bytes;

/// A style's bases are followed so far.
const MOST_BASES: usize = 12;

/// What is kept of a paragraph's properties.
#[derive(Clone, Debug, Default)]
pub(super) struct Paragraph {
    pub(super) style: u16,
    pub(super) in_table: bool,
    /// Its mark ends a table's row.
    pub(super) ends_row: bool,
    /// Its list, 1-based; 0 for none.
    pub(super) list: Option<u16>,
    /// Its level in the list.
    pub(super) depth: Option<u8>,
    /// Its level in the outline, from 0; 9 is body text.
    pub(super) outline: Option<u8>,
    /// Of a row's end: where its cells begin and end, in twentieths of a point.
    pub(super) edges: Vec<i16>,
    /// Of a row's end: how its cells are merged.
    pub(super) merges: Vec<Merge>,
}

/// How a cell is merged with its neighbours.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Merge {
    pub(super) left: bool,
    pub(super) above: bool,
}

/// What is kept of a run's properties.
#[derive(Clone, Debug, Default)]
pub(super) struct Run {
    /// Hidden, or deleted by a tracked change.
    pub(super) hidden: bool,
    /// The character of a symbol font that stands for it.
    pub(super) symbol: Option<u32>,
}

/// Properties that are made of modifiers.
pub(super) trait Modified: Default {
    /// Takes over the modifiers in `group`, as they lie in a page.
    fn read(group: Bytes<'_>) -> Self;
    /// How many bytes a page has for each entry, and where they count its group's offset.
    const ENTRY: usize;
    /// The group at `at` in a page.
    fn group(page: Bytes<'_>, at: usize) -> Option<Bytes<'_>>;
}

/// Properties by the offsets of the characters that have them, ascending.
pub(super) struct Properties<T>(Vec<(u32, u32, T)>);

impl<T: Modified> Properties<T> {
    /// From the list of pages (a `PlcBte`).
    pub(super) fn read(file: Bytes<'_>, pages: Bytes<'_>) -> Self {
        let count = pages.0.len().saturating_sub(4) / 8;
        let mut found = Vec::new();
        for index in 0..count {
            let page = pages
                .u32(4 * (count + 1) + 4 * index)
                .and_then(|number| file.slice((number as usize & 0x3f_ffff) * 512, 512));
            if let Some(page) = page {
                Self::read_page(page, &mut found);
            }
        }
        found.sort_by_key(|(start, ..)| *start);
        Self(found)
    }

    fn read_page(page: Bytes<'_>, to: &mut Vec<(u32, u32, T)>) {
        let entries = usize::from(page.u8(511).unwrap_or(0));
        for index in 0..entries {
            let (Some(start), Some(end)) = (page.u32(4 * index), page.u32(4 * index + 4)) else {
                return;
            };
            let place = page.u8(4 * (entries + 1) + T::ENTRY * index).unwrap_or(0);
            let read = (place != 0)
                .then(|| T::group(page, usize::from(place) * 2))
                .flatten()
                .map(T::read);
            to.push((start, end, read.unwrap_or_default()));
        }
    }

    /// The properties of the character at this offset of the file.
    pub(super) fn at(&self, offset: usize) -> Option<&T> {
        let offset = offset as u32;
        let index = self.0.partition_point(|(start, ..)| *start <= offset);
        let (_, end, found) = self.0.get(index.checked_sub(1)?)?;
        (offset < *end).then_some(found)
    }
}

impl Modified for Paragraph {
    const ENTRY: usize = 13;

    fn group(page: Bytes<'_>, at: usize) -> Option<Bytes<'_>> {
        match usize::from(page.u8(at)?) {
            0 => page.slice(at + 2, usize::from(page.u8(at + 1)?) * 2),
            words => page.slice(at + 1, words * 2 - 1),
        }
    }

    fn read(group: Bytes<'_>) -> Self {
        let mut read = Self {
            style: group.u16(0).unwrap_or(0),
            ..Self::default()
        };
        read.modify(Bytes(group.0.get(2..).unwrap_or_default()));
        read
    }
}

impl Paragraph {
    fn modify(&mut self, group: Bytes<'_>) {
        for (code, operand) in Modifiers(group) {
            let byte = operand.u8(0).unwrap_or(0);
            match code {
                0x2416 => self.in_table = byte != 0,
                0x2417 => self.ends_row = byte != 0,
                0x260a => self.depth = Some(byte),
                0x460b => self.list = operand.u16(0),
                0x2640 => self.outline = Some(byte),
                0xd608 => self.row(operand),
                _ => {}
            }
        }
    }

    /// A row's definition (`TDefTableOperand`, 2.9.322).
    fn row(&mut self, operand: Bytes<'_>) {
        let cells = usize::from(operand.u8(0).unwrap_or(0)).min(64);
        self.edges = (0..=cells)
            .filter_map(|index| operand.u16(1 + 2 * index))
            .map(|edge| edge as i16)
            .collect();
        self.merges = (0..cells)
            .filter_map(|index| operand.u16(1 + 2 * (cells + 1) + 20 * index))
            .map(|flags| Merge {
                left: flags & 0b11 == 0b10 || flags & 0b11 == 0b11,
                above: flags & 0x20 != 0 && flags & 0x40 == 0,
            })
            .collect();
    }
}

impl Modified for Run {
    const ENTRY: usize = 1;

    fn group(page: Bytes<'_>, at: usize) -> Option<Bytes<'_>> {
        page.slice(at + 1, usize::from(page.u8(at)?))
    }

    fn read(group: Bytes<'_>) -> Self {
        let mut read = Self::default();
        for (code, operand) in Modifiers(group) {
            match code {
                // Deleted, hidden.
                0x0800 | 0x083c => read.hidden |= operand.u8(0) == Some(1),
                0x6a09 => read.symbol = operand.u16(2).map(u32::from),
                _ => {}
            }
        }
        read
    }
}

/// The modifiers (`Prl`, 2.9.210) of a group: code and operand.
struct Modifiers<'a>(Bytes<'a>);

impl<'a> Iterator for Modifiers<'a> {
    type Item = (u16, Bytes<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let group = self.0;
        let code = group.u16(0)?;
        let (skip, length) = match code >> 13 {
            0 | 1 => (2, 1),
            2 | 4 | 5 => (2, 2),
            3 => (2, 4),
            7 => (2, 3),
            // A table's definition has a length of two bytes, one too high.
            _ if code == 0xd608 => (4, usize::from(group.u16(2)?).saturating_sub(1)),
            _ => (3, usize::from(group.u8(2)?)),
        };
        let operand = group.slice(skip, length)?;
        self.0 = Bytes(group.0.get(skip + length..)?);
        Some((code, operand))
    }
}

/// What styles say of their paragraphs.
#[derive(Default)]
pub(super) struct Styles(Vec<Style>);

#[derive(Clone, Default)]
struct Style {
    base: u16,
    paragraph: Paragraph,
}

impl Styles {
    /// From the style sheet (`STSH`, 2.9.271).
    pub(super) fn read(sheet: Bytes<'_>) -> Self {
        let mut styles = Vec::new();
        let head = usize::from(sheet.u16(0).unwrap_or(0));
        let fixed = usize::from(sheet.u16(4).unwrap_or(10));
        let mut at = 2 + head;
        while let Some(length) = sheet.u16(at) {
            let style = sheet
                .slice(at + 2, usize::from(length))
                .and_then(|style| Style::read(style, fixed));
            styles.push(style.unwrap_or_default());
            at += 2 + usize::from(length) + usize::from(length % 2);
        }
        Self(styles)
    }

    /// A style with what it takes over from those that it is based on.
    pub(super) fn of(&self, style: u16) -> Paragraph {
        let mut whole = Paragraph::default();
        let mut next = style;
        for _ in 0..MOST_BASES {
            let Some(style) = self.0.get(usize::from(next)) else {
                break;
            };
            whole.list = whole.list.or(style.paragraph.list);
            whole.depth = whole.depth.or(style.paragraph.depth);
            whole.outline = whole.outline.or(style.paragraph.outline);
            next = style.base;
        }
        whole
    }
}

impl Style {
    fn read(style: Bytes<'_>, fixed: usize) -> Option<Self> {
        let kind = style.u16(2)?;
        let built_in = style.u16(0)? & 0xfff;
        let mut paragraph = Paragraph::default();
        let name = usize::from(style.u16(fixed)?);
        let at = fixed + 2 + 2 * (name + 1);
        // A paragraph style's first group is its paragraphs'.
        if kind & 0xf == 1
            && let Some(group) = style
                .u16(at)
                .and_then(|length| style.slice(at + 2, usize::from(length)))
        {
            paragraph.modify(Bytes(group.0.get(2..).unwrap_or_default()));
        }
        match built_in {
            // Heading 1 to 9, and the title.
            1..=9 => paragraph.outline = paragraph.outline.or(Some(built_in as u8 - 1)),
            62 => paragraph.outline = paragraph.outline.or(Some(0)),
            _ => {}
        }
        Some(Self {
            base: kind >> 4,
            paragraph,
        })
    }
}
