//! The same report more than once: copies from other portals, saved again, in another encoding or
//! script; and older and newer versions of one report.
//!
//! Takes all cards; gives each its kin. Told by content, never by name: texts are compared by their
//! [sketches](super::sketch). Of copies one is chosen, by a rule that is told; the others keep their
//! pages, lead to it, and are out of series, counts and comparisons. **Never taken for the same**:
//! reports of different places, years, times or issuers, however much one took over from the other;
//! equal texts under different labels are told as a contradiction.
//!
//! Linear in the reports: compared are only those of one place and year, those with equal texts, and
//! those whose place or year is unknown with a bounded number of others that share a band of their
//! sketches.

use super::card::ReportCard;
use crate::archive::entry::CopyOf;
use crate::diagnostic::{Diagnostic, Level};
use crate::identify::SourceClass;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Copies are at least so much alike, in percent: a portal's own lines, a cut-off end and undecodable
/// characters leave more, a revision of a tenth of the text less.
const COPY: u8 = 88;
/// Versions of a report are at least so much alike: two reports of one issuer on one year share
/// their set phrases and little else.
const VERSION: u8 = 35;
/// Reports that one of unknown place or year is compared with, of those that share a band with it.
const COMPARED: usize = 32;

/// A report that is this one's copy or version, or that this one is a copy or version of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kin {
    /// The other report's id.
    pub id: String,
    /// What this report is to it.
    pub kinship: Kinship,
    /// Why the one was chosen and not the other.
    pub reason: Reason,
    /// How much of the texts is common, in percent.
    pub likeness: u8,
}

/// What a report is to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kinship {
    /// A copy of it: the other is chosen.
    Copy,
    /// An older version of it: the other is chosen.
    Older,
    /// The one chosen, of which the other is a copy.
    Chosen,
    /// The newer version, which is chosen.
    Newer,
}

/// Why one of two was chosen, the weightiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The keeper says so.
    Keeper,
    /// It is the issuer's own publication, and the other a re-publisher's, or of unknown source.
    Official,
    /// Its place and year are known, and not the other's.
    Known,
    /// It is the issuer's text, and the other a digest made for this archive.
    Original,
    /// It is of a later date.
    Later,
    /// Its text is the fuller one.
    Fuller,
    /// Its path comes first.
    Path,
}

/// Gives every card its kin, and tells of them in the cards' diagnostics.
pub fn relate_kin(cards: &mut [ReportCard]) {
    let mut links = keepers(cards);
    let free: Vec<usize> = (0..cards.len())
        .filter(|at| cards[*at].copy_of.is_none())
        .collect();
    copies(cards, &free, &mut links);
    versions(cards, &free, &mut links);
    contradictions(cards, &free, &links);
    for (at, link) in links {
        enter(cards, at, &link);
    }
}

/// A report's way to the one that stands for it.
#[derive(Clone, Copy, Debug)]
struct Link {
    to: usize,
    version: bool,
    reason: Reason,
    likeness: u8,
}

/// By the report that is left out.
type Links = BTreeMap<usize, Link>;

/// What the keepers say; a word that leads nowhere or in a circle is told.
fn keepers(cards: &mut [ReportCard]) -> Links {
    let by_id: BTreeMap<&str, usize> = (0..)
        .zip(&*cards)
        .map(|(at, card)| (card.id.as_str(), at))
        .collect();
    let said: BTreeMap<usize, Option<usize>> = (0..)
        .zip(&*cards)
        .filter_map(|(at, card)| match &card.copy_of {
            Some(CopyOf::Report(id)) => Some((at, by_id.get(id.as_str()).copied())),
            _ => None,
        })
        .collect();
    let mut links = Links::new();
    let mut astray = Vec::new();
    for &at in said.keys() {
        let mut to = Some(at);
        // As many steps as there are words lead out of any chain that is no circle.
        for _ in 0..=said.len() {
            match to.and_then(|to| said.get(&to)) {
                Some(next) => to = *next,
                None => break,
            }
        }
        match to.filter(|to| !said.contains_key(to)) {
            Some(to) => {
                let likeness = cards[at].sketch.likeness(&cards[to].sketch);
                links.insert(
                    at,
                    Link {
                        to,
                        version: false,
                        reason: Reason::Keeper,
                        likeness,
                    },
                );
            }
            None => astray.push(at),
        }
    }
    for at in astray {
        let card = &mut cards[at];
        card.diagnostics.push(
            Diagnostic::new(
                Level::Warning,
                "copy-of-unknown",
                &card.path,
                "`copy_of` leads to no report, or in a circle; it is not used",
            )
            .hint("write the id of the report that it is a copy of: it stands in metadata.csv"),
        );
    }
    links
}

/// Whether nothing that is known of two reports says that they are different ones.
fn compatible(a: &ReportCard, b: &ReportCard) -> bool {
    fn agree<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
        a.is_none() || b.is_none() || a == b
    }
    let (a, b) = (&a.label, &b.label);
    let code = |label: &super::Label| label.region.as_ref().map(|region| region.code.clone());
    agree(code(a).as_ref(), code(b).as_ref())
        && agree(a.year.as_ref(), b.year.as_ref())
        && agree(a.issuer.as_ref(), b.issuer.as_ref())
        && a.part_year == b.part_year
}

fn is_complete(card: &ReportCard) -> bool {
    card.label.region.is_some() && card.label.year.is_some()
}

/// Reports of one known place and year, in order.
fn blocks(cards: &[ReportCard], free: &[usize]) -> Vec<Vec<usize>> {
    let mut blocks: BTreeMap<(&str, i32), Vec<usize>> = BTreeMap::new();
    for &at in free {
        let label = &cards[at].label;
        if let (Some(region), Some(year)) = (&label.region, label.year) {
            blocks.entry((&region.code, year)).or_default().push(at);
        }
    }
    blocks
        .into_values()
        .filter(|block| block.len() > 1)
        .collect()
}

/// Pairs that may be copies, each with the lower first.
fn candidates(cards: &[ReportCard], free: &[usize]) -> BTreeSet<(usize, usize)> {
    let mut pairs = BTreeSet::new();
    let mut pair = |a: usize, b: usize| {
        if a != b {
            pairs.insert((a.min(b), a.max(b)));
        }
    };
    for block in blocks(cards, free) {
        for (at, &a) in block.iter().enumerate() {
            for &b in &block[at + 1..] {
                pair(a, b);
            }
        }
    }
    for same in equal_texts(cards, free) {
        // All of them compare with the first complete ones, one for each label.
        for (at, &a) in same.iter().enumerate() {
            for &b in same[at + 1..].iter().take(COMPARED) {
                pair(a, b);
            }
        }
    }
    let incomplete: Vec<usize> = free
        .iter()
        .copied()
        .filter(|at| !is_complete(&cards[*at]))
        .collect();
    if incomplete.is_empty() {
        return pairs;
    }
    let bands = cards.first().map_or(0, |card| card.sketch.bands().count());
    for band in 0..bands {
        let key = |at: usize| cards[at].sketch.bands().nth(band);
        let mut order: Vec<usize> = free.to_vec();
        order.sort_by(|a, b| key(*a).cmp(&key(*b)).then(a.cmp(b)));
        let mut place = vec![0; cards.len()];
        for (position, &at) in order.iter().enumerate() {
            place[at] = position;
        }
        for &at in &incomplete {
            let here = place[at];
            let same = |other: &&usize| key(**other) == key(at);
            let before = order[..here].iter().rev().take_while(same).take(COMPARED);
            let after = order[here + 1..].iter().take_while(same).take(COMPARED);
            before.chain(after).for_each(|&other| pair(at, other));
        }
    }
    pairs
}

/// Reports with equal texts, several each.
fn equal_texts(cards: &[ReportCard], free: &[usize]) -> Vec<Vec<usize>> {
    let mut by_text: BTreeMap<(u64, u32), Vec<usize>> = BTreeMap::new();
    for &at in free {
        if let Some(whole) = cards[at].sketch.whole() {
            by_text.entry(whole).or_default().push(at);
        }
    }
    by_text
        .into_values()
        .filter(|same| same.len() > 1)
        .collect()
}

/// What a report's figures are, for telling a copy from a revision.
fn figures(card: &ReportCard) -> BTreeSet<(&str, &str)> {
    card.figures
        .iter()
        .filter(|figure| {
            figure.observation.value.is_some() && figure.observation.corrected.is_none()
        })
        .map(|figure| {
            (
                figure.observation.indicator.as_str(),
                figure.observation.written.as_str(),
            )
        })
        .collect()
}

fn is_copy(a: &ReportCard, b: &ReportCard, likeness: u8) -> bool {
    let republished = |card: &ReportCard| card.source_class == Some(SourceClass::Republisher);
    let altered = || republished(a) || republished(b);
    likeness == 100 || (likeness >= COPY && (altered() || figures(a) == figures(b)))
}

/// The group that a report is in.
fn top(groups: &[usize], mut at: usize) -> usize {
    while groups[at] != at {
        at = groups[at];
    }
    at
}

/// Joins copies into groups, and links all of a group to the one that is chosen.
fn copies(cards: &[ReportCard], free: &[usize], links: &mut Links) {
    let mut groups: Vec<usize> = (0..cards.len()).collect();
    let mut best: BTreeMap<usize, usize> = BTreeMap::new();
    // A group has one label: what joins it must agree with all that is known of it, so that a report
    // of unknown place can't join two places.
    for (a, b) in candidates(cards, free) {
        let likeness = cards[a].sketch.likeness(&cards[b].sketch);
        if !is_copy(&cards[a], &cards[b], likeness) {
            continue;
        }
        let (one, other) = (top(&groups, a), top(&groups, b));
        let chosen = |of: usize| best.get(&of).copied().unwrap_or(of);
        let (first, second) = (chosen(one), chosen(other));
        if one == other
            || !compatible(&cards[a], &cards[b])
            || !compatible(&cards[first], &cards[second])
        {
            continue;
        }
        groups[other.max(one)] = one.min(other);
        let (kept, _) = choose(cards, first, second);
        best.insert(one.min(other), kept);
    }
    for &at in free {
        let group = top(&groups, at);
        let chosen = best.get(&group).copied().unwrap_or(group);
        if chosen != at {
            let (_, reason) = choose(cards, chosen, at);
            let likeness = cards[at].sketch.likeness(&cards[chosen].sketch);
            links.insert(
                at,
                Link {
                    to: chosen,
                    version: false,
                    reason,
                    likeness,
                },
            );
        }
    }
}

/// The one of two copies that is chosen, and why.
fn choose(cards: &[ReportCard], a: usize, b: usize) -> (usize, Reason) {
    let (one, other) = (&cards[a], &cards[b]);
    let official = |card: &ReportCard| match card.source_class {
        Some(SourceClass::Official) => 2,
        None => 1,
        Some(SourceClass::Republisher) => 0,
    };
    let by = [
        (Reason::Official, official(one), official(other)),
        (
            Reason::Known,
            is_complete(one).into(),
            is_complete(other).into(),
        ),
        (
            Reason::Original,
            (!one.digest).into(),
            (!other.digest).into(),
        ),
        (Reason::Fuller, one.sketch.letters(), other.sketch.letters()),
    ];
    for (reason, of_one, of_other) in by {
        if of_one != of_other {
            return (if of_one > of_other { a } else { b }, reason);
        }
    }
    (if one.path <= other.path { a } else { b }, Reason::Path)
}

/// Links older versions to the newest: reports of one issuer on one year whose texts differ, and are
/// not just another.
fn versions(cards: &[ReportCard], free: &[usize], links: &mut Links) {
    for block in blocks(cards, free) {
        let mut left: Vec<usize> = block
            .into_iter()
            .filter(|at| !links.contains_key(at))
            .collect();
        // The newest first: the others are linked to it.
        left.sort_by_key(|at| std::cmp::Reverse(age(&cards[*at])));
        while let Some((&newest, older)) = left.split_first() {
            let mut others = Vec::new();
            for &at in older {
                let likeness = cards[newest].sketch.likeness(&cards[at].sketch);
                let (one, other) = (&cards[newest], &cards[at]);
                let same = one.label.issuer.is_some()
                    && one.label.part_year == other.label.part_year
                    && one.genre == other.genre
                    && likeness >= VERSION
                    && one.label.issuer_folded() == other.label.issuer_folded();
                if same {
                    let reason = newer(&cards[newest], &cards[at]);
                    links.insert(
                        at,
                        Link {
                            to: newest,
                            version: true,
                            reason,
                            likeness,
                        },
                    );
                } else {
                    others.push(at);
                }
            }
            left = others;
        }
    }
}

/// What versions are ordered by: the last is the one that counts.
fn age(
    card: &ReportCard,
) -> (
    bool,
    bool,
    Option<crate::identify::Date>,
    u32,
    std::cmp::Reverse<&str>,
) {
    (
        card.source_class != Some(SourceClass::Republisher),
        !card.digest,
        card.published.or(card.signed),
        card.sketch.letters(),
        std::cmp::Reverse(card.path.as_str()),
    )
}

/// Why the first of two is the version that counts.
fn newer(one: &ReportCard, other: &ReportCard) -> Reason {
    let (one, other) = (age(one), age(other));
    if one.0 != other.0 {
        Reason::Official
    } else if one.1 != other.1 {
        Reason::Original
    } else if one.2 != other.2 {
        Reason::Later
    } else if one.3 != other.3 {
        Reason::Fuller
    } else {
        Reason::Path
    }
}

/// Tells of equal texts under labels that cannot both be right.
fn contradictions(cards: &mut [ReportCard], free: &[usize], links: &Links) {
    for same in equal_texts(cards, free) {
        let standing: Vec<usize> = same
            .into_iter()
            .filter(|at| !links.contains_key(at))
            .collect();
        for &at in standing.iter().filter(|_| standing.len() > 1) {
            let other = standing[usize::from(standing[0] == at)];
            let other = cards[other].path.clone();
            let card = &mut cards[at];
            card.diagnostics.push(
                Diagnostic::new(
                    Level::Warning,
                    "label-conflict",
                    &card.path,
                    format!("its text is that of {other}, whose place, year or issuer is another"),
                )
                .naming(&other)
                .hint("state the right place, year and issuer in metadata.csv, or `copy_of`"),
            );
        }
    }
}

/// Enters a link on both sides.
fn enter(cards: &mut [ReportCard], at: usize, link: &Link) {
    let (here, there) = if link.version {
        (Kinship::Older, Kinship::Newer)
    } else {
        (Kinship::Copy, Kinship::Chosen)
    };
    let code = if link.version {
        "report-version"
    } else {
        "report-copy"
    };
    let (left, chosen) = (cards[at].path.clone(), cards[link.to].path.clone());
    let why = match link.reason {
        Reason::Keeper => "the keeper says so",
        Reason::Official => "that is the issuer's own publication",
        Reason::Known => "of that the place and year are known",
        Reason::Original => "this is a digest",
        Reason::Later => "that is of a later date",
        Reason::Fuller => "the text of that is fuller",
        Reason::Path => "the path of that comes first",
    };
    let likeness = link.likeness;
    let message = if link.version {
        format!(
            "it is another version of {chosen}, which counts: {why} ({likeness} % of the text in common)"
        )
    } else {
        format!(
            "it is a copy of {chosen}, which counts: {why} ({likeness} % of the text in common)"
        )
    };
    cards[at].diagnostics.push(
        Diagnostic::new(Level::Warning, code, left.as_str(), message)
            .naming(&chosen)
            .hint("if it is a report of its own, say `no` in the column `copy_of` of metadata.csv; if the other is to be left out, say so there"),
    );
    let what = if link.version {
        "an older version"
    } else {
        "a copy"
    };
    let message = format!("{left} is {what} of it and does not count");
    cards[link.to]
        .diagnostics
        .push(Diagnostic::new(Level::Note, code, chosen, message).naming(left));
    let kin = |of: &ReportCard, kinship| Kin {
        id: of.id.clone(),
        kinship,
        reason: link.reason,
        likeness,
    };
    let (to_chosen, to_left) = (kin(&cards[link.to], here), kin(&cards[at], there));
    cards[at].kin.push(to_chosen);
    cards[link.to].kin.push(to_left);
}
