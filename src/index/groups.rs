//! Which reports are indexed together, so that a report that changes leaves the other groups as they
//! are.
//!
//! Where a group ends is told by its last report's id, not by how many there are: a report that is
//! added or taken away changes its own group and no other. The same goes for the sample that the
//! lexicon is learnt from.

use crate::cache::Key;
use crate::relate::ReportCard;
use search_index::SAMPLE;
use std::ops::Range;

/// Up to which first byte the hash of an id ends a group: one in 128 does.
const LAST: u8 = 1;
/// Most reports of a group, and most characters: bounds the memory that indexing takes.
const MOST: usize = 1024;
const MOST_CHARACTERS: u64 = 8 << 20;

/// Reports in a row: places in the corpus.
pub type Group = Range<usize>;

/// Cuts the reports, which are in the corpus' order, into groups.
pub fn groups(reports: &[ReportCard]) -> Vec<Group> {
    let reports = reports.iter();
    cut(reports.map(|card| (card.id.as_str(), card.characters)))
}

/// By id and characters.
fn cut<'c>(reports: impl Iterator<Item = (&'c str, u32)>) -> Vec<Group> {
    let mut groups = Vec::new();
    let (mut start, mut end, mut characters) = (0, 0, 0);
    for (id, more) in reports {
        end += 1;
        characters += u64::from(more);
        let last = Key::of(id.as_bytes()).as_ref()[0] <= LAST;
        if last || end - start >= MOST || characters >= MOST_CHARACTERS {
            groups.push(start..end);
            (start, characters) = (end, 0);
        }
    }
    if start < end {
        groups.push(start..end);
    }
    groups
}

/// The reports that the lexicon is learnt from, in the corpus' order: chosen by their ids, so that
/// a change elsewhere rarely changes them.
pub fn sample(reports: &[ReportCard]) -> Vec<usize> {
    choose(reports.iter().map(|card| card.id.as_str()))
}

fn choose<'c>(ids: impl Iterator<Item = &'c str>) -> Vec<usize> {
    let mut chosen: Vec<(Key, usize)> = ids.map(|id| Key::of(id.as_bytes())).zip(0..).collect();
    chosen.sort_unstable();
    chosen.truncate(SAMPLE);
    let mut chosen: Vec<usize> = chosen.into_iter().map(|(_, index)| index).collect();
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(without: Option<u32>) -> Vec<String> {
        let numbers = (0..4000).filter(|number| Some(*number) != without);
        numbers.map(|number| format!("report-{number}")).collect()
    }

    #[test]
    fn a_report_less_changes_one_group() {
        let cut = |ids: &[String]| -> Vec<Vec<String>> {
            let groups = cut(ids.iter().map(|id| (id.as_str(), 5000)));
            groups
                .into_iter()
                .map(|group| ids[group].to_vec())
                .collect()
        };
        let (all, less) = (cut(&ids(None)), cut(&ids(Some(1234))));
        assert!(all.len() > 8, "{}", all.len());
        assert!(all.iter().all(|group| group.len() <= MOST));
        let changed = all.iter().filter(|group| !less.contains(group)).count();
        assert!(changed <= 2, "{changed}");
        assert_eq!(all.concat(), ids(None));
    }

    #[test]
    fn few_reports_are_all_in_the_sample() {
        assert_eq!(choose(["b", "a", "c"].into_iter()), [0, 1, 2]);
        let (all, less) = (ids(None), ids(Some(1234)));
        let (of_all, of_less) = (
            choose(all.iter().map(String::as_str)),
            choose(less.iter().map(String::as_str)),
        );
        assert_eq!(of_all.len(), SAMPLE);
        let name = |ids: &[String], chosen: &[usize]| -> Vec<String> {
            chosen.iter().map(|index| ids[*index].clone()).collect()
        };
        let (of_all, of_less) = (name(&all, &of_all), name(&less, &of_less));
        let changed = of_all.iter().filter(|id| !of_less.contains(id)).count();
        assert!(changed <= 1, "{changed}");
    }
}
