//! One decoded line → its visible characters, each with its column in the source.
//!
//! Runs of white space become one space, letter-spaced words (法 治 政 府) are closed up, columns
//! that white space aligns become cells.

use crate::decode::{Line, Markup};
use crate::han::is_han;

/// A line without its white space and invisible characters.
#[derive(Clone, Debug)]
pub(super) struct Squeezed {
    /// The characters left; cells of a row are separated by tabs.
    pub(super) text: String,
    /// For each of them, its character position in the decoded line.
    pub(super) columns: Vec<u32>,
    /// Its line in the source file, 1-based.
    pub(super) source_line: u32,
    /// The source's markup, or [`Markup::Row`] where columns were found.
    pub(super) markup: Markup,
    /// White-space cells before the first character (an ideographic space is two).
    pub(super) indent: u32,
}

impl Squeezed {
    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether it is a line drawn with characters (├──┼──┤, |---|---|), as between a table's rows.
    pub(super) fn is_drawn(&self) -> bool {
        let mut drawn = self.text.chars().filter(|c| !matches!(c, ' ' | '\t'));
        self.columns.len() >= 3
            && drawn.all(|c| {
                matches!(
                    c,
                    '|' | '-' | '+' | '=' | '_' | ':' | '\u{2500}'..='\u{257f}'
                )
            })
    }

    /// Width in cells: two for a wide character, one for others.
    pub(super) fn width(&self) -> u32 {
        self.indent + self.text.chars().map(cells).sum::<u32>()
    }

    /// Width in cells where quotation marks and dashes are wide, as in Chinese type they are.
    pub(super) fn widest(&self) -> u32 {
        let ambiguous = |c: &char| matches!(c, '“' | '”' | '‘' | '’' | '…' | '—' | '·');
        self.width() + self.text.chars().filter(ambiguous).count() as u32
    }
}

fn cells(character: char) -> u32 {
    if (character as u32) < 0x2E80 { 1 } else { 2 }
}

/// Characters that nobody sees and nobody cites.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{fff9}'..='\u{fffb}')
        || (character.is_control() && !character.is_whitespace())
}

/// What parts a row's cells where they are drawn.
pub(crate) const BARS: [char; 3] = ['|', '│', '｜'];

/// A word between white space: its characters with their columns, and the gap before it with its
/// tabs.
struct Word {
    characters: Vec<(char, u32)>,
    gap: Gap,
    tabs: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Gap {
    None,
    One,
    Wide,
    Tab,
}

impl Word {
    fn single(&self) -> bool {
        self.characters.len() == 1
            && (is_han(self.characters[0].0) || self.characters[0].0.is_ascii_digit())
    }
}

/// Squeezes all lines of a file; neighbours decide together whether white space aligns columns.
pub(super) fn squeeze(lines: &[Line]) -> Vec<Squeezed> {
    let words: Vec<(u32, Vec<Word>)> = lines.iter().map(|line| split(&line.text)).collect();
    let cells: Vec<usize> = words
        .iter()
        .map(|(_, words)| aligned_cells(words))
        .collect();
    let blanks = rows_by_blanks(lines, &words);
    let mut squeezed: Vec<Squeezed> = lines
        .iter()
        .zip(&words)
        .enumerate()
        .map(|(index, (line, (indent, words)))| {
            let neighbour =
                |at: Option<usize>| at.and_then(|at| cells.get(at)) == Some(&cells[index]);
            let tabs = words.iter().filter(|word| word.gap == Gap::Tab).count();
            let row = line.markup == Markup::Row
                || (line.markup == Markup::None
                    && (tabs >= 2
                        || (cells[index] >= 3
                            && (neighbour(index.checked_sub(1)) || neighbour(Some(index + 1))))));
            let narrowest = match (blanks[index], row) {
                (true, _) => Some(Gap::One),
                // Where tabs part cells, blanks are within them (合　计).
                (_, true) if tabs >= 2 || line.markup == Markup::Row => Some(Gap::Tab),
                (_, true) => Some(Gap::Wide),
                _ => None,
            };
            assemble(line, *indent, words, narrowest)
        })
        .collect();
    mark_rows(&mut squeezed);
    squeezed
}

/// For each line, whether it is a row of a table whose cells single blanks part: words and then numbers only (行政复议 46 39),
/// as many as the next row has; with them the line above whose words are as many.
fn rows_by_blanks(lines: &[Line], words: &[(u32, Vec<Word>)]) -> Vec<bool> {
    const LONGEST: usize = 24;
    let number = |word: &Word| {
        let mut characters = word.characters.iter().map(|(c, _)| *c).peekable();
        let digit = characters.peek().is_some_and(char::is_ascii_digit);
        digit && characters.all(|c| c.is_ascii_digit() || ".,%％".contains(c))
    };
    let plain = |at: usize| lines[at].markup == Markup::None;
    let counted = |at: usize| {
        let (label, numbers) = words[at].1.split_first()?;
        let named = label.characters.iter().any(|(c, _)| is_han(*c));
        let row = numbers.len() >= 2 && numbers.iter().all(number);
        (plain(at) && row && named && label.characters.len() <= LONGEST).then_some(numbers.len())
    };
    let mut rows = vec![false; lines.len()];
    let mut at = 0;
    while at < lines.len() {
        let Some(columns) = counted(at) else {
            at += 1;
            continue;
        };
        let end = (at..lines.len())
            .find(|next| counted(*next) != Some(columns))
            .unwrap_or(lines.len());
        if end >= at + 2 {
            let head = at.checked_sub(1).filter(|above| {
                let words = &words[*above].1;
                let short = |word: &Word| word.characters.len() <= LONGEST / 2;
                plain(*above) && words.len() == columns + 1 && words.iter().all(short)
            });
            rows[head.unwrap_or(at)..end].fill(true);
        }
        at = end;
    }
    rows
}

/// Marks as rows what stands between bars, where lines after one another have as many of them.
fn mark_rows(lines: &mut [Squeezed]) {
    let bars = |line: &Squeezed| line.text.matches(BARS).count();
    let written: Vec<(usize, usize)> = (0..lines.len())
        .filter(|&index| !lines[index].is_blank() && !lines[index].is_drawn())
        .map(|index| (index, bars(&lines[index])))
        .collect();
    let like = |at: Option<usize>| at.and_then(|at| written.get(at)).map(|(_, bars)| *bars);
    for (at, &(index, bars)) in written.iter().enumerate() {
        let alike = like(at.checked_sub(1)) == Some(bars) || like(Some(at + 1)) == Some(bars);
        if bars >= 2 && alike && lines[index].markup == Markup::None {
            lines[index].markup = Markup::Row;
        }
    }
}

/// Cells that wide gaps or tabs make of a line; 0 for a letter-spaced one.
fn aligned_cells(words: &[Word]) -> usize {
    if words.iter().filter(|word| word.single()).count() * 2 > words.len() {
        return 0;
    }
    1 + words
        .iter()
        .skip(1)
        .filter(|word| word.gap >= Gap::Wide)
        .count()
}

fn split(text: &str) -> (u32, Vec<Word>) {
    let mut words: Vec<Word> = Vec::new();
    let (mut gap, mut width, mut indent, mut tabs) = (true, 0, 0, 0);
    for (column, character) in text.chars().enumerate() {
        if character.is_whitespace() {
            gap = true;
            width += if character == '\u{3000}' { 2 } else { 1 };
            tabs += u32::from(character == '\t');
        } else if !is_invisible(character) {
            if gap {
                if words.is_empty() {
                    indent = width;
                }
                let gap = match width {
                    _ if words.is_empty() => Gap::None,
                    _ if tabs > 0 => Gap::Tab,
                    0 => Gap::None,
                    1 => Gap::One,
                    _ => Gap::Wide,
                };
                // Most lines are one word of wide characters.
                let room = if words.is_empty() { text.len() / 3 } else { 0 };
                words.push(Word {
                    characters: Vec::with_capacity(room),
                    gap,
                    tabs,
                });
            }
            if let Some(word) = words.last_mut() {
                word.characters.push((character, column as u32));
            }
            (gap, width, tabs) = (false, 0, 0);
        }
    }
    (indent, words)
}

/// The line of these words; of a row, `narrowest` is the narrowest gap that parts cells.
fn assemble(line: &Line, indent: u32, words: &[Word], narrowest: Option<Gap>) -> Squeezed {
    let row = narrowest.is_some();
    let spaced = letter_spaced(words);
    let mut text = String::with_capacity(line.text.len());
    let mut columns = Vec::with_capacity(line.text.len() / 2);
    let mut last = 0;
    // Markup tells where cells are empty; what aligns columns in plain text does not.
    let cells = matches!(line.markup, Markup::Row | Markup::Page);
    for (index, word) in words.iter().enumerate() {
        if cells && word.tabs > 0 {
            for _ in 0..word.tabs {
                text.push('\t');
                columns.push(last + u32::from(index > 0));
            }
        } else if index > 0 {
            let separator = match word.gap {
                gap if narrowest.is_some_and(|narrowest| gap >= narrowest) => Some('\t'),
                _ if spaced[index] => None,
                _ => Some(' '),
            };
            if let Some(separator) = separator {
                text.push(separator);
                columns.push(last + 1);
            }
        }
        for &(character, column) in &word.characters {
            text.push(character);
            columns.push(column);
            last = column;
        }
    }
    Squeezed {
        text,
        columns,
        source_line: line.source_line,
        markup: if row { Markup::Row } else { line.markup },
        indent,
    }
}

/// For each word, whether it continues a run of three or more single characters set apart.
fn letter_spaced(words: &[Word]) -> Vec<bool> {
    let mut spaced = vec![false; words.len()];
    let mut start = 0;
    while start < words.len() {
        let run = words[start..]
            .iter()
            .take_while(|word| word.single())
            .count();
        let han = |word: &&Word| is_han(word.characters[0].0);
        if run >= 3 && words[start..start + run].iter().filter(han).count() >= 2 {
            for mark in &mut spaced[start + 1..start + run] {
                *mark = true;
            }
        }
        start += run.max(1);
    }
    spaced
}
