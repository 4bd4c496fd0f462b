//! The divisions of China since 1981 (and an archive's own), valid from year to year.
//!
//! In: embedded tables (`data/README.md`) and an archive's own rows. Out: [`Region`]s for codes and names, and
//! the places named in a text. Nothing here decides which of several places of one name is meant: callers get
//! all candidates.

mod pairs;
mod tables;
mod towns;

use pairs::Pairs;
use search_index::fold::fold_chars;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;
use tables::{Name, Row};

/// A place that reports come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Region {
    /// Six digits (GB/T 2260), or an archive's own code. A township bears its county's: no key there;
    /// [`Region::path`] is one.
    pub code: String,
    /// Full name in the report's year.
    pub name: String,
    /// Rank.
    pub level: RegionLevel,
    /// The provinces, prefectures and counties above it, from the top; empty for a province.
    pub ancestors: Vec<Ancestor>,
    /// Pinyin, unique under one parent: a path segment.
    pub slug: String,
}

/// A place above another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ancestor {
    /// Its code.
    pub code: String,
    /// Its full name.
    pub name: String,
    /// Its slug.
    pub slug: String,
}

/// The rank of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegionLevel {
    /// 省, 自治区, 直辖市, 特别行政区, 兵团.
    Province,
    /// 地级市, 地区, 自治州, 盟, 师.
    Prefecture,
    /// 县, 县级市, 市辖区, 旗.
    County,
    /// 乡, 镇, 街道.
    Township,
}

impl Region {
    /// The province it lies in: its own name for a province.
    pub fn province(&self) -> &str {
        self.ancestors
            .first()
            .map_or(&self.name, |above| &above.name)
    }

    /// Slugs from the province down: a region's unique path (山西 and 陕西 never share one).
    pub fn path(&self) -> String {
        let mut path: Vec<&str> = self
            .ancestors
            .iter()
            .map(|above| above.slug.as_str())
            .collect();
        path.push(&self.slug);
        path.join("/")
    }

    /// Whether this place is `other` or lies above it.
    pub fn covers(&self, other: &Region) -> bool {
        self == other
            || (self.level < other.level
                && other.ancestors.iter().any(|above| above.code == self.code))
    }
}

/// A row of an archive's own gazetteer: another country's places, fictional ones, or what the tables lack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Division {
    /// A code that is free, or a known one to replace that place's rows.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Rank.
    pub level: RegionLevel,
    /// Code of the place above; empty for a top-level place.
    #[serde(default)]
    pub parent: String,
    /// First year, where it has one.
    #[serde(default)]
    pub valid_from: Option<i32>,
    /// Year in which it ended, where it did.
    #[serde(default)]
    pub valid_to: Option<i32>,
    /// Path segment (`a-z0-9-`); empty: made from the name.
    #[serde(default)]
    pub slug: String,
}

/// Kinds of names, surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// 开封市.
    Full,
    /// Another form that names the place as surely: 恩施州, 景宁县, 长春高新区, 第八师石河子市.
    Form,
    /// Without its generic: 开封.
    Short,
    /// The head of its document numbers: 汴政. A hint, not proof.
    DocumentPrefix,
    /// One character: 汴, 豫. Means something in document numbers and on plates only.
    Abbreviation,
}

/// A place that a name may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Candidate {
    row: u32,
    /// How it goes by the name.
    pub kind: NameKind,
}

/// A place name in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Where, in bytes of the text.
    pub range: Range<usize>,
    /// The surest kind under which any place goes by it.
    pub kind: NameKind,
    /// All places of that name, in any year.
    pub candidates: Vec<Candidate>,
}

/// Why a keeper's word for a place did not lead to one place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// No such code or name.
    #[error("no place has the name or code “{0}”")]
    Unknown(String),
    /// Several places go by that name.
    #[error("“{name}” may be any of {}", list(.candidates))]
    Ambiguous {
        /// What the keeper wrote.
        name: String,
        /// The places, by code.
        candidates: Vec<Region>,
    },
}

fn list(regions: &[Region]) -> String {
    let named: Vec<String> = regions.iter().map(Region::label).collect();
    named.join(", ")
}

impl Region {
    /// Code and names from the province down: `330723 浙江省金华市武义县`.
    pub fn label(&self) -> String {
        let above: String = self
            .ancestors
            .iter()
            .map(|above| above.name.as_str())
            .collect();
        format!("{} {above}{}", self.code, self.name)
    }
}

/// The places known, by code and by name.
#[derive(Clone, Debug)]
pub struct Gazetteer {
    /// Built-in rows first, then an archive's own.
    rows: Vec<Row>,
    /// Row numbers by code; rows of one code in the tables' order.
    by_code: Vec<u32>,
    /// By text, which is folded (`search_index::fold::fold_chars`) as the texts are that names are looked for in.
    names: Vec<Name>,
    /// For each character from U+4E00 to U+9FFF, where its names start in `names`.
    starts: Vec<u32>,
    /// With what characters names begin.
    heads: Pairs,
}

/// First and one past the last character that [`Gazetteer::starts`] covers.
const HAN: (u32, u32) = (0x4E00, 0xA000);

static CHINA: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::of(tables::rows()));

impl Gazetteer {
    /// The built-in gazetteer: China's divisions since 1981, 兵团, and the larger development zones.
    pub fn china() -> &'static Self {
        &CHINA
    }

    /// The built-in gazetteer and an archive's own rows. A row with a known code replaces the rows of that code.
    #[must_use]
    pub fn with_additions(additions: impl IntoIterator<Item = Division>) -> Self {
        let additions: Vec<Division> = additions.into_iter().collect();
        let mut rows = CHINA.rows.clone();
        rows.retain(|row| additions.iter().all(|own| own.code != row.code));
        rows.extend(additions.into_iter().map(|own| Row {
            short: Cow::Borrowed(""),
            code: own.code.into(),
            name: own.name.into(),
            level: own.level,
            parent: own.parent.into(),
            valid_from: own.valid_from,
            valid_to: own.valid_to,
            successor: Cow::Borrowed(""),
            slug: own.slug.into(),
            zone: false,
        }));
        Self::of(rows)
    }

    fn of(rows: Vec<Row>) -> Self {
        let mut by_code: Vec<u32> = (0..rows.len() as u32).collect();
        by_code.sort_by(|&a, &b| rows[a as usize].code.cmp(&rows[b as usize].code));
        let mut gazetteer = Self {
            rows,
            by_code,
            names: Vec::new(),
            starts: Vec::new(),
            heads: Pairs::default(),
        };
        gazetteer.names = gazetteer.all_names();
        fold_names(&mut gazetteer.names);
        gazetteer
            .names
            .sort_unstable_by(|a, b| (&a.text, a.kind, a.row).cmp(&(&b.text, b.kind, b.row)));
        gazetteer
            .names
            .dedup_by(|b, a| a.text == b.text && a.row == b.row);
        gazetteer.starts = starts(&gazetteer.names);
        gazetteer.heads = Pairs::leading(gazetteer.names.iter().map(|name| name.text.chars()));
        gazetteer
    }

    fn all_names(&self) -> Vec<Name> {
        let mut names = Vec::with_capacity(2 * self.rows.len() + 2_000);
        for (index, row) in self.rows.iter().enumerate() {
            let mut add = |text: Cow<'static, str>, kind| {
                names.push(Name {
                    text,
                    kind,
                    row: index as u32,
                });
            };
            add(row.name.clone(), NameKind::Full);
            if row.short.chars().count() > 1 && row.short != row.name {
                add(row.short.clone(), NameKind::Short);
            }
            if row.zone {
                let short_of = |code: &str| {
                    self.rows_of(code)
                        .next_back()
                        .map_or("", |above| &*self.rows[above as usize].short)
                };
                let (city, province) = (short_of(&row.parent), short_of(&province_code(&row.code)));
                for form in tables::zone_forms(&row.name, city, province) {
                    add(form.into(), NameKind::Form);
                }
            }
        }
        for (alias, codes, kind) in tables::aliases() {
            for code in codes.split(';') {
                names.extend(self.rows_of(code).map(|row| Name {
                    text: Cow::Borrowed(alias),
                    kind,
                    row,
                }));
            }
        }
        names
    }

    fn rows_of<'a>(&'a self, code: &'a str) -> impl DoubleEndedIterator<Item = u32> + 'a {
        let start = self
            .by_code
            .partition_point(|&row| &*self.rows[row as usize].code < code);
        let rows = &self.by_code[start..];
        let of_code = |row: &&u32| self.rows[**row as usize].code == code;
        let length = rows.iter().take_while(of_code).count();
        rows[..length].iter().copied()
    }

    fn row(&self, candidate: Candidate) -> &Row {
        &self.rows[candidate.row as usize]
    }

    /// The row of `code` that held in `year`, else the nearest in time; the latest where no year is given.
    fn row_in(&self, code: &str, year: Option<i32>) -> Option<u32> {
        let rows = self.rows_of(code);
        let Some(year) = year else {
            return rows.max_by_key(|&row| self.rows[row as usize].valid_to.unwrap_or(i32::MAX));
        };
        // In the year of a change both hold: the newer is the one at the year's end.
        rows.rev()
            .min_by_key(|&row| self.rows[row as usize].years_off(year))
    }

    /// The place of this code, as it was in `year` (nearest in time where the code was not in force; latest where
    /// no year is given).
    pub fn region(&self, code: &str, year: Option<i32>) -> Option<Region> {
        self.row_in(code, year)
            .map(|row| self.region_of_row(row, year))
    }

    /// The candidate as a region, with the places above it as they were in `year`.
    pub fn region_of(&self, candidate: Candidate, year: Option<i32>) -> Region {
        self.region_of_row(candidate.row, year)
    }

    fn region_of_row(&self, row: u32, year: Option<i32>) -> Region {
        let row = &self.rows[row as usize];
        let mut ancestors: Vec<Ancestor> = self
            .above(row, year)
            .map(|above| Ancestor {
                code: above.code.to_string(),
                name: above.name.to_string(),
                slug: slug(above),
            })
            .collect();
        ancestors.reverse();
        Region {
            code: row.code.to_string(),
            name: row.name.to_string(),
            level: row.level,
            ancestors,
            slug: slug(row),
        }
    }

    /// The places above a row as they were in `year`, from the nearest to the top.
    fn above<'a>(&'a self, row: &'a Row, year: Option<i32>) -> impl Iterator<Item = &'a Row> {
        // A row that had ended by then is shown among the places of its own time.
        let year = match (year, row.valid_to) {
            (Some(year), Some(to)) => Some(year.min(to)),
            (None, to) => to,
            (year, None) => year,
        };
        let next = move |row: &Row| {
            let above = self.row_in(&row.parent, year)?;
            Some(&self.rows[above as usize])
        };
        std::iter::successors(next(row), move |above| next(above)).take(4)
    }

    /// The full names of the places above the candidate as they were in `year`, from the nearest to the top.
    pub fn names_above(
        &self,
        candidate: Candidate,
        year: Option<i32>,
    ) -> impl Iterator<Item = &str> {
        let above = self.above(self.row(candidate), year);
        above.map(|above| &*above.name)
    }

    /// A town (乡, 镇, 街道) of a county: its name (folded or not), and its county's code.
    pub fn town(&self, name: &str, county: &Region) -> Region {
        let written = towns::written(name);
        let mut ancestors = county.ancestors.clone();
        ancestors.push(Ancestor {
            code: county.code.clone(),
            name: county.name.clone(),
            slug: county.slug.clone(),
        });
        Region {
            code: county.code.clone(),
            name: written.to_owned(),
            level: RegionLevel::Township,
            ancestors,
            slug: pinyin_slug(written),
        }
    }

    /// All places that go by exactly this name (folded) in any year, surest kind first.
    pub fn named(&self, name: &str) -> Vec<Candidate> {
        let start = self.names.partition_point(|entry| &*entry.text < name);
        self.names[start..]
            .iter()
            .take_while(|entry| entry.text == name)
            .map(Name::candidate)
            .collect()
    }

    /// The places that go by this name (folded) in `year`: those that held then, else those nearest in time. Without a
    /// year: the current ones, else the latest. One candidate a place.
    pub fn named_in(&self, name: &str, year: Option<i32>) -> Vec<Candidate> {
        self.in_year(&self.named(name), year)
    }

    /// Of `candidates` those that held in `year` (nearest in time where none did), one a code.
    pub fn in_year(&self, candidates: &[Candidate], year: Option<i32>) -> Vec<Candidate> {
        let off = |candidate: &Candidate| {
            let row = self.row(*candidate);
            match year {
                Some(year) => row.years_off(year),
                None => row.valid_to.map_or(0, |to| i32::MAX - to),
            }
        };
        let Some(least) = candidates.iter().map(off).min() else {
            return Vec::new();
        };
        let mut held: Vec<Candidate> = candidates
            .iter()
            .copied()
            .filter(|candidate| off(candidate) == least)
            .collect();
        // Several rows of one code (only its name or parent changed): the last is the year's end's.
        held.sort_by_key(|candidate| {
            (&self.row(*candidate).code, std::cmp::Reverse(candidate.row))
        });
        held.dedup_by(|b, a| self.row(*a).code == self.row(*b).code);
        held
    }

    /// Whether the candidate's place was in force in `year`.
    pub fn holds(&self, candidate: Candidate, year: i32) -> bool {
        self.row(candidate).holds_in(year)
    }

    /// Where a place that had ended by `year` went: itself where it had not, one place where one took over, none
    /// where it was split.
    pub fn successor_in(&self, candidate: Candidate, year: i32) -> Option<Candidate> {
        let mut current = candidate;
        for _ in 0..8 {
            let row = self.row(current);
            if row.valid_to.is_none_or(|to| year <= to) {
                return Some(current);
            }
            if row.successor.is_empty() || row.successor.contains(';') {
                return None;
            }
            let after = row.valid_to.map(|to| to + 1);
            let next = self.row_in(&row.successor, after)?;
            if next == current.row {
                return None;
            }
            current = Candidate {
                row: next,
                kind: current.kind,
            };
        }
        None
    }

    /// The place of this code in `year`, as [`Gazetteer::region`] finds it.
    pub fn candidate(&self, code: &str, year: Option<i32>) -> Option<Candidate> {
        self.row_in(code, year).map(|row| Candidate {
            row,
            kind: NameKind::Full,
        })
    }

    /// The city that a division of the 兵团 is one with (第八师石河子市), in force in `year`.
    pub fn city_of_division(&self, division: Candidate, year: Option<i32>) -> Option<Candidate> {
        let name = &*fold_chars(self.name(division)).text;
        let start = self.names.partition_point(|entry| &*entry.text < name);
        self.names[start..]
            .iter()
            .take_while(|entry| entry.text.starts_with(name))
            .map(Name::candidate)
            .find(|both| {
                self.code(*both).starts_with("6590")
                    && year.is_none_or(|year| self.holds(*both, year))
            })
    }

    /// The candidate's code.
    pub fn code(&self, candidate: Candidate) -> &str {
        &self.row(candidate).code
    }

    /// The candidate's full name.
    pub fn name(&self, candidate: Candidate) -> &str {
        &self.row(candidate).name
    }

    /// The candidate's name without its generic; empty for zones and an archive's own places.
    pub fn short_name(&self, candidate: Candidate) -> &str {
        &self.row(candidate).short
    }

    /// The candidate's rank.
    pub fn level(&self, candidate: Candidate) -> RegionLevel {
        self.row(candidate).level
    }

    /// Whether the candidate is a development zone, not an administrative division.
    pub fn is_zone(&self, candidate: Candidate) -> bool {
        self.row(candidate).zone
    }

    /// Whether the place of `above` lies above the candidate, or is it (by code, through the rows' parents).
    pub fn lies_in(&self, candidate: Candidate, above: &str) -> bool {
        let mut row = candidate.row;
        for _ in 0..5 {
            let current = &self.rows[row as usize];
            if current.code == above {
                return true;
            }
            let year = current.valid_to;
            match self.row_in(&current.parent, year) {
                Some(parent) => row = parent,
                None => return false,
            }
        }
        false
    }

    /// The longest name of those kinds at the head of `text` (folded): its length in bytes.
    pub fn longest_name(&self, text: &str, kinds: &[NameKind]) -> Option<usize> {
        let longest = self.longest(text, kinds)?;
        Some(self.names[longest].text.len())
    }

    /// The longest name of those kinds at the head of `text`: the first of its entries in `names` that is of these kinds.
    fn longest(&self, text: &str, kinds: &[NameKind]) -> Option<usize> {
        let mut characters = text.chars();
        let first = characters.next()?;
        let range = self.names_from(first);
        let names = &self.names[range.clone()];
        let alone = names.partition_point(|name| name.text.len() <= first.len_utf8());
        // Names are sorted: of those that go on, the ones whose second character stands here are together.
        let second = characters.next().map_or(0, char::len_utf8);
        let head = &text[..first.len_utf8() + second];
        let longer = alone + names[alone..].partition_point(|name| &*name.text < head);
        let longer = (longer..names.len()).take_while(|&at| names[at].text.starts_with(head));
        let mut best: Option<usize> = None;
        for at in (0..alone).chain(longer) {
            let name = &names[at];
            if text.starts_with(&*name.text)
                && kinds.contains(&name.kind)
                && best.is_none_or(|best| names[best].text.len() < name.text.len())
            {
                best = Some(at);
            }
        }
        best.map(|best| range.start + best)
    }

    /// The range of names that begin with `first`.
    fn names_from(&self, first: char) -> Range<usize> {
        let code = first as u32;
        if (HAN.0..HAN.1).contains(&code) {
            let at = (code - HAN.0) as usize;
            return self.starts[at] as usize..self.starts[at + 1] as usize;
        }
        let start = self
            .names
            .partition_point(|name| name.text.chars().next().is_some_and(|c| c < first));
        let length = self.names[start..]
            .partition_point(|name| name.text.chars().next().is_some_and(|c| c == first));
        start..start + length
    }

    /// The places named in `text` (folded), longest match from left to right, by names of `kinds`.
    pub fn scan(&self, text: &str, kinds: &[NameKind]) -> Vec<Mention> {
        let mut mentions = Vec::new();
        let mut end = 0;
        let mut characters = text.char_indices().peekable();
        while let Some((at, first)) = characters.next() {
            let second = characters.peek().map(|&(_, second)| second);
            if at < end || !self.heads.may_lead(first, second) {
                continue;
            }
            let Some(longest) = self.longest(&text[at..], kinds) else {
                continue;
            };
            let Name {
                text: name, kind, ..
            } = &self.names[longest];
            end = at + name.len();
            mentions.push(Mention {
                range: at..end,
                kind: *kind,
                candidates: self.names[longest..]
                    .iter()
                    .take_while(|entry| entry.text == *name)
                    .filter(|entry| kinds.contains(&entry.kind))
                    .map(Name::candidate)
                    .collect(),
            });
        }
        mentions
    }

    /// The towns, townships and streets named in `text` (folded), with the codes of the counties that have one of that
    /// name (as of 2023).
    pub fn towns(&self, text: &str) -> Vec<(Range<usize>, &'static [&'static str])> {
        towns::scan(text)
    }

    /// The counties (codes of 2023) that have a town of this full name (folded).
    pub fn counties_of_town(&self, town: &str) -> &'static [&'static str] {
        towns::counties(town)
    }

    /// A keeper's word for a place: its code, its full name, or names from the top down (`江苏省南京市鼓楼区`,
    /// `江苏/南京/鼓楼`, a town after its county). Short names do where one place bears them.
    ///
    /// # Errors
    /// [`Unresolved`] with the candidates, where it leads to none or several.
    pub fn resolve_keeper(&self, word: &str, year: Option<i32>) -> Result<Region, Unresolved> {
        let word = word.trim();
        if let Some(region) = self.region(word, year) {
            return Ok(region);
        }
        let joined: String = fold_chars(word)
            .text
            .chars()
            .filter(|c| {
                !c.is_whitespace() && !matches!(c, '/' | '›' | '>' | '·' | '-' | ',' | '、')
            })
            .collect();
        let unknown = || Unresolved::Unknown(word.to_owned());
        let (chain, rest) = self.name_chain(&joined);
        let (last, above) = chain.split_last().ok_or_else(unknown)?;
        let mut candidates = self.in_year(last, year);
        let under = |candidate: &Candidate| {
            above.iter().all(|level| {
                level
                    .iter()
                    .any(|higher| self.lies_in(*candidate, self.code(*higher)))
            })
        };
        if !above.is_empty() {
            candidates.retain(under);
        }
        // 吉林 is first of all the province; only the surest and highest of what remains compete.
        if let Some(kind) = candidates.iter().map(|candidate| candidate.kind).min() {
            candidates.retain(|candidate| candidate.kind == kind);
        }
        let regions: Vec<Region> = candidates
            .iter()
            .map(|candidate| self.region_of(*candidate, year))
            .collect();
        match regions.as_slice() {
            [region] if rest.is_empty() => Ok(region.clone()),
            [county] if self.counties_of_town(rest).contains(&county.code.as_str()) => {
                Ok(self.town(rest, county))
            }
            [] | [_] => Err(unknown()),
            _ => Err(Unresolved::Ambiguous {
                name: word.to_owned(),
                candidates: regions,
            }),
        }
    }

    /// The names at the head of `text` (folded), one after the other (上海市嘉定区), each with all its candidates, and what
    /// follows them.
    pub fn name_chain<'t>(&self, text: &'t str) -> (Vec<Vec<Candidate>>, &'t str) {
        const KINDS: [NameKind; 3] = [NameKind::Full, NameKind::Form, NameKind::Short];
        let mut chain = Vec::new();
        let mut rest = text;
        while let Some(length) = self.longest_name(rest, &KINDS) {
            let (name, after) = rest.split_at(length);
            chain.push(
                self.named(name)
                    .into_iter()
                    .filter(|candidate| KINDS.contains(&candidate.kind))
                    .collect(),
            );
            rest = after;
        }
        (chain, rest)
    }
}

impl Name {
    fn candidate(&self) -> Candidate {
        Candidate {
            row: self.row,
            kind: self.kind,
        }
    }
}

/// Folds all names in one pass; few change.
fn fold_names(names: &mut [Name]) {
    let mut joined = String::with_capacity(16 * names.len());
    for name in names.iter() {
        joined.push_str(&name.text);
        joined.push('\n');
    }
    let folded = fold_chars(&joined).text;
    for (name, folded) in names.iter_mut().zip(folded.split('\n')) {
        if folded != name.text {
            name.text = Cow::Owned(folded.to_owned());
        }
    }
}

fn province_code(code: &str) -> String {
    format!("{}0000", code.get(..2).unwrap_or(""))
}

fn starts(names: &[Name]) -> Vec<u32> {
    let mut starts = vec![0; (HAN.1 - HAN.0) as usize + 1];
    let mut index = 0;
    for (at, start) in starts.iter_mut().enumerate() {
        let first = HAN.0 + at as u32;
        while names
            .get(index)
            .and_then(|name| name.text.chars().next())
            .is_some_and(|c| (c as u32) < first)
        {
            index += 1;
        }
        *start = index as u32;
    }
    starts
}

fn slug(row: &Row) -> String {
    if row.slug.is_empty() {
        pinyin_slug(&row.name)
    } else {
        row.slug.to_string()
    }
}

/// Hanyu Pinyin without tones, lower case, ASCII letters and digits only; characters without a reading are left
/// out.
fn pinyin_slug(name: &str) -> String {
    use pinyin::ToPinyin;
    let mut slug = String::new();
    for c in name.chars() {
        if let Some(reading) = c.to_pinyin() {
            slug.push_str(&reading.plain().replace('ü', "v"));
        } else if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        }
    }
    slug
}

#[cfg(test)]
mod tests;
