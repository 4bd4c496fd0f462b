//! The lists by which paragraphs are numbered (`PlfLst` and `PlfLfo`, 2.9.189 and 2.9.188).

use super::{Bytes, named};
use crate::decode::numbering::{Level, MOST_LEVELS, Spelling};
use std::collections::HashMap;

/// Number formats by their code ([MS-OSHARED] 2.2.1.3), as Office Open XML names them.
const FORMATS: [&str; 40] = [
    "decimal",
    "upperRoman",
    "lowerRoman",
    "upperLetter",
    "lowerLetter",
    "decimal",
    "decimal",
    "decimal",
    "decimal",
    "decimal",
    "ideographDigital",
    "japaneseCounting",
    "decimal",
    "decimal",
    "decimalFullWidth",
    "decimal",
    "japaneseLegal",
    "japaneseDigitalTenThousand",
    "decimalEnclosedCircle",
    "decimalFullWidth2",
    "decimal",
    "decimal",
    "decimalZero",
    "bullet",
    "decimal",
    "decimal",
    "decimal",
    "decimalEnclosedParen",
    "decimalEnclosedCircleChinese",
    "ideographEnclosedCircle",
    "ideographTraditional",
    "ideographZodiac",
    "ideographZodiac",
    "taiwaneseCounting",
    "ideographLegalTraditional",
    "taiwaneseCountingThousand",
    "taiwaneseDigital",
    "chineseCounting",
    "chineseLegalSimplified",
    "chineseCountingThousand",
];

/// Lists in the order in which paragraphs name them.
#[derive(Default)]
pub(super) struct Lists(pub(super) Vec<List>);

/// A list as paragraphs use it.
#[derive(Clone, Default)]
pub(super) struct List {
    /// What counts: lists may share it.
    pub(super) counts: u32,
    pub(super) levels: Vec<Level>,
    /// Levels that start anew.
    pub(super) restarts: Vec<usize>,
}

impl Lists {
    pub(super) fn read(file: Bytes<'_>, table: Bytes<'_>) -> Option<Self> {
        let definitions = definitions(file, table)?;
        let uses = named(file, table, 74)?;
        let count = uses.u32(0)? as usize;
        let mut lists = Vec::new();
        let mut at = 4 + 16 * count;
        for index in 0..count {
            let Some(id) = uses.u32(4 + 16 * index) else {
                break;
            };
            let overrides = uses.u8(4 + 16 * index + 12).unwrap_or(0);
            let mut list = List {
                counts: id,
                levels: definitions.get(&id).cloned().unwrap_or_default(),
                restarts: Vec::new(),
            };
            at += 4;
            for _ in 0..overrides {
                if list.take_override(uses, &mut at).is_none() {
                    at = usize::MAX / 2;
                }
            }
            lists.push(list);
        }
        Some(Self(lists))
    }
}

impl List {
    /// What a use says otherwise of a level (`LFOLVL`, 2.9.132).
    fn take_override(&mut self, uses: Bytes<'_>, at: &mut usize) -> Option<()> {
        let start = uses.u32(*at)?;
        let flags = uses.u32(*at + 4)?;
        *at += 8;
        let depth = (flags & 0xf) as usize;
        if flags & 0x20 != 0 {
            let level = level(uses, at)?;
            *self.levels.get_mut(depth)? = level;
        }
        if flags & 0x10 != 0 {
            if flags & 0x20 == 0 {
                self.levels.get_mut(depth)?.start = start.min(100_000);
            }
            self.restarts.push(depth);
        }
        Some(())
    }
}

/// The levels of each list, by its id.
fn definitions(file: Bytes<'_>, table: Bytes<'_>) -> Option<HashMap<u32, Vec<Level>>> {
    let begin = file.u32(154 + 8 * 73)? as usize;
    let count = usize::from(table.u16(begin)?);
    // The levels follow all lists' heads.
    let mut at = begin + 2 + 28 * count;
    let mut lists = HashMap::new();
    for index in 0..count {
        let head = begin + 2 + 28 * index;
        let id = table.u32(head)?;
        let simple = table.u8(head + 26)? & 1 != 0;
        let mut levels = Vec::new();
        for _ in 0..if simple { 1 } else { 9 } {
            match level(table, &mut at) {
                Some(level) => levels.push(level),
                None => return Some(lists),
            }
        }
        lists.insert(id, levels);
    }
    Some(lists)
}

/// A level (`LVL`, 2.9.150).
fn level(table: Bytes<'_>, at: &mut usize) -> Option<Level> {
    let head = table.slice(*at, 28)?;
    let (characters, paragraphs) = (head.u8(24)?, head.u8(25)?);
    let words = *at + 28 + usize::from(characters) + usize::from(paragraphs);
    let length = usize::from(table.u16(words)?);
    let units = table.slice(words + 2, 2 * length)?;
    *at = words + 2 + 2 * length;
    let mut pattern = String::new();
    let units = units
        .0
        .as_chunks::<2>()
        .0
        .iter()
        .map(|unit| u16::from_le_bytes(*unit));
    for unit in char::decode_utf16(units) {
        match unit.unwrap_or('\u{fffd}') {
            place if (place as usize) < MOST_LEVELS => {
                pattern.push_str(&format!("%{}", place as u32 + 1));
            }
            // Word's own patterns have no sign for it.
            '%' => pattern.push('％'),
            sign => pattern.push(sign),
        }
    }
    let spelling = match head.u8(4)? {
        0xff => Spelling::None,
        code => Spelling::of_word(FORMATS.get(usize::from(code)).copied().unwrap_or("decimal")),
    };
    Some(Level {
        spelling,
        pattern,
        start: head.u32(0)?.min(100_000),
        decimal: head.u8(5)? & 4 != 0,
    })
}
