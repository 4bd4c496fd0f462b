//! What an archive knows by name, and what a reader may have meant by a name that it does not know.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::fold::{fold, fold_str};
use crate::pattern::Pattern;
use crate::units::{Unit, prepare, units};
use crate::{IndexedRegion, TopicLabel};

/// What the index knows by name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'v> {
    pub(crate) topics: &'v [TopicLabel],
    pub(crate) regions: &'v [IndexedRegion],
    /// Of each report.
    pub(crate) years: &'v [Option<i32>],
}

impl<'v> Names<'v> {
    /// First and last report year.
    pub(crate) fn span(self) -> Option<(i32, i32)> {
        let years = || self.years.iter().flatten().copied();
        Some((years().min()?, years().max()?))
    }

    /// Provinces, in the order of the regions.
    pub(crate) fn provinces(self) -> Vec<&'v str> {
        let provinces = self.regions.iter().filter_map(|region| region.path.first());
        distinct(provinces.map(String::as_str))
    }

    /// Regions with those that they lie in, in the order of the regions.
    pub(crate) fn places(self) -> Vec<&'v str> {
        let paths = self.regions.iter();
        let names = paths.flat_map(|region| region.path.iter().chain([&region.name]));
        distinct(names.map(String::as_str))
    }
}

fn distinct<'n>(names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let mut seen = BTreeSet::new();
    names.filter(|name| seen.insert(*name)).collect()
}

/// Whether a region is meant by a pattern: a name on its path contains it, its path from one of its names on begins with
/// it (四川省泸州市), or its code does.
pub(crate) fn is_in(region: &IndexedRegion, place: &Pattern) -> bool {
    let names = || region.path.iter().chain([&region.name]);
    place.texts().all(|text| region.code.starts_with(text))
        || names().any(|name| contains(name, place))
        || {
            let wanted: String = place.texts().collect();
            (0..region.path.len()).any(|first| {
                let path: String = names().skip(first).map(|name| fold_str(name)).collect();
                path.starts_with(&wanted) && wanted.starts_with(&fold_str(&region.path[first]))
            })
        }
}

/// Whether a region's province is meant by a pattern.
pub(crate) fn is_in_province(region: &IndexedRegion, province: &Pattern) -> bool {
    let name = region.path.first();
    name.is_some_and(|name| contains(name, province))
}

fn contains(name: &str, pattern: &Pattern) -> bool {
    let prepared = prepare(&fold(name));
    let units: Vec<Unit<'_>> = units(&prepared).collect();
    pattern.find(&units).next().is_some()
}

/// Most names that are offered in place of one.
pub(crate) const OFFERED: usize = 6;

/// The names that have most characters of `name`, best first: two of five at least, both names' taken together, and not
/// much fewer than the best has.
pub(crate) fn near<'n>(name: &str, known: &[&'n str]) -> Vec<&'n str> {
    let letters = |name: &str| -> Vec<char> { fold_str(name).chars().collect() };
    let wanted = letters(name);
    let shared = |known: &str| {
        let mut rest = letters(known);
        let all = wanted.len() + rest.len();
        let found = wanted.iter().filter(|letter| {
            let place = rest.iter().position(|other| other == *letter);
            place.map(|place| rest.swap_remove(place)).is_some()
        });
        (found.count() * 2000) / all.max(1)
    };
    let rated = known.iter().map(|known| (shared(known), *known));
    let mut rated: Vec<_> = rated.filter(|(shared, _)| *shared >= 400).collect();
    rated.sort_by_key(|(shared, _)| Reverse(*shared));
    let most = rated.first().map_or(0, |(shared, _)| *shared);
    let near = rated.into_iter();
    let near = near.take_while(|(shared, _)| shared * 4 >= most * 3);
    near.map(|(_, known)| known).take(OFFERED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shares_characters_is_near() {
        let known = ["河南省", "河北省", "浙江省", "杭州市", "湖州市"];
        assert_eq!(near("河南", &known), ["河南省"]);
        assert_eq!(near("广洲", &["广州市", "广东省"]), ["广州市", "广东省"]);
        assert_eq!(near("杭洲市", &known), ["杭州市"]);
        assert_eq!(near("火星", &known), [""; 0]);
        assert_eq!(near("復議", &["行政复议", "行政诉讼"]), ["行政复议"]);
        assert_eq!(near("", &known), [""; 0]);
    }
}
