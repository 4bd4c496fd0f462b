//! The keeper's word in place of what was inferred.

use super::entry::Entry;
use crate::diagnostic::{Diagnostic, Level};
use crate::evidence::{Evidence, Fact};
use crate::gazetteer::{Gazetteer, Region, RegionLevel, Unresolved};
use crate::identify::Identity;

impl Entry {
    /// Puts what the keeper states in the place of what was inferred, and takes back what was told
    /// of it. `told` is what identification had to tell.
    pub fn overrule(
        &self,
        identity: &mut Identity,
        gazetteer: &Gazetteer,
        told: &mut Vec<Diagnostic>,
    ) {
        if let Some(title) = &self.title {
            identity.title = Some(title.clone());
            settled(told, "title");
        }
        if let Some(issuer) = &self.issuer {
            identity.issuer = Some(issuer.clone());
            identity.issuer_resolved = None;
            settled(told, "issuer");
        }
        replace(&mut identity.issuer_type, self.issuer_type.as_ref());
        if let Some(year) = &self.year {
            let other = |fact: &Fact<i32>| fact.value != year.value;
            if identity.year.as_ref().is_none_or(other) && self.period.is_none() {
                // A period that was read for another year is not this year's.
                identity.period = None;
            }
            identity.year = Some(year.clone());
            settled(told, "year");
        }
        replace(&mut identity.period, self.period.as_ref());
        self.place(identity, gazetteer, told);
        replace(&mut identity.published, self.published.as_ref());
        replace(&mut identity.signed, self.signed.as_ref());
        replace(&mut identity.doc_number, self.doc_number.as_ref());
        replace(&mut identity.index_number, self.index_number.as_ref());
        if self.genre.is_some() {
            replace(&mut identity.genre, self.genre.as_ref());
            settled(told, "genre");
        }
        if self.source_class.is_some() {
            replace(&mut identity.source_class, self.source_class.as_ref());
            settled(told, "source");
        }
        replace(&mut identity.source_url, self.source_url.as_ref());
        replace(&mut identity.retrieved, self.retrieved.as_ref());
    }

    /// The place, in the report's year.
    fn place(&self, identity: &mut Identity, gazetteer: &Gazetteer, told: &mut Vec<Diagnostic>) {
        let year = identity.year.as_ref().map(|year| year.value);
        let region = match (&self.region, &self.level) {
            (Some(word), level) => {
                let level = level.as_ref().map(|level| level.value);
                match resolve(gazetteer, &word.value, year, level) {
                    Ok(region) => Some(word.clone().map(|_| region)),
                    Err(error) => {
                        told.push(unresolved(&error, word));
                        return;
                    }
                }
            }
            (None, Some(level)) => {
                let found = identity.region.iter().map(|fact| &fact.value);
                let fit: Vec<&Region> = found
                    .chain(&identity.region_candidates)
                    .filter(|region| region.level == level.value)
                    .collect();
                let [region] = fit[..] else {
                    told.push(level_unmet(level));
                    return;
                };
                Some(level.clone().map(|_| region.clone()))
            }
            // The place stays; its name may be another in the year that the keeper says.
            (None, None) => match (&identity.region, &self.year) {
                (Some(found), Some(_)) => gazetteer
                    .region(&found.value.code, year)
                    .filter(|region| region.level == found.value.level)
                    .map(|region| found.clone().map(|_| region)),
                _ => None,
            },
        };
        let Some(region) = region else { return };
        if self.region.is_some() || self.level.is_some() {
            identity.region_candidates.clear();
            for matter in ["region", "metadata-region", "metadata-level"] {
                settled(told, matter);
            }
        }
        identity.region = Some(region);
    }
}

fn replace<T: Clone>(slot: &mut Option<Fact<T>>, said: Option<&Fact<T>>) {
    if let Some(said) = said {
        *slot = Some(said.clone());
    }
}

/// Takes back what was told of a matter that the keeper has settled: `year-doubtful`, `region-ambiguous` …
fn settled(told: &mut Vec<Diagnostic>, matter: &str) {
    told.retain(|one| {
        one.code
            .strip_prefix(matter)
            .is_none_or(|rest| !rest.starts_with('-'))
    });
}

fn resolve(
    gazetteer: &Gazetteer,
    word: &str,
    year: Option<i32>,
    level: Option<RegionLevel>,
) -> Result<Region, Unresolved> {
    match gazetteer.resolve_keeper(word, year) {
        Err(Unresolved::Ambiguous { name, candidates }) => {
            let fit: Vec<&Region> = candidates
                .iter()
                .filter(|region| level == Some(region.level))
                .collect();
            match fit[..] {
                [one] => Ok(one.clone()),
                _ => Err(Unresolved::Ambiguous { name, candidates }),
            }
        }
        other => other,
    }
}

/// Where a keeper's statement stands.
fn at<T>(fact: &Fact<T>) -> (&str, u32) {
    match &fact.evidence {
        Evidence::Keeper { file, line } => (file, *line),
        _ => ("", 1),
    }
}

fn unresolved(error: &Unresolved, word: &Fact<String>) -> Diagnostic {
    let (file, line) = at(word);
    let code = match error {
        Unresolved::Unknown(_) => "metadata-region-unknown",
        Unresolved::Ambiguous { .. } => "metadata-region-ambiguous",
    };
    Diagnostic::new(Level::Warning, code, file, format!("`region`: {error}"))
        .at(line)
        .naming(&word.value)
        .hint("write its six-digit code, or the names from the province down; a place that is not in the gazetteer goes into divisions.csv")
}

fn level_unmet(level: &Fact<RegionLevel>) -> Diagnostic {
    let (file, line) = at(level);
    Diagnostic::new(
        Level::Warning,
        "metadata-level-unmet",
        file,
        "`level`: no place of this level was found in the report, or more than one",
    )
    .at(line)
    .hint("state `region` as well")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::entry::Place;
    use crate::evidence::{Confidence, Method};

    fn entry(statements: &[(&str, &str)]) -> Entry {
        let mut entry = Entry::default();
        for (key, value) in statements {
            let place = Place {
                method: Method::MetadataCsv,
                file: "metadata.csv",
                line: 3,
            };
            assert_eq!(entry.state(key, value, place), None);
        }
        entry
    }

    fn overruled(
        statements: &[(&str, &str)],
        mut identity: Identity,
        codes: &[&str],
    ) -> (Identity, Vec<String>) {
        let mut told: Vec<Diagnostic> = codes
            .iter()
            .map(|code| Diagnostic::new(Level::Warning, code, "a.txt", ""))
            .collect();
        entry(statements).overrule(&mut identity, Gazetteer::china(), &mut told);
        (identity, told.into_iter().map(|told| told.code).collect())
    }

    fn guess<T>(value: T) -> Fact<T> {
        Fact::new(value, Method::Body, Evidence::Path, Confidence::LOW)
    }

    #[test]
    fn the_keepers_word_wins_and_what_was_told_of_it_is_taken_back() {
        let identity = Identity {
            year: Some(guess(2020)),
            ..Identity::default()
        };
        let (identity, told) = overruled(
            &[("year", "2019"), ("region", "浙江省杭州市")],
            identity,
            &["year-doubtful", "region-unknown", "yearbook"],
        );
        assert_eq!(
            identity.year.map(|fact| (fact.value, fact.confidence)),
            Some((2019, Confidence::CERTAIN))
        );
        assert_eq!(
            identity.region.map(|fact| fact.value.code).as_deref(),
            Some("330100")
        );
        assert_eq!(told, ["yearbook"]);
    }

    #[test]
    fn a_region_that_leads_nowhere_changes_nothing_and_is_told() {
        let (identity, told) = overruled(
            &[("region", "无此市")],
            Identity::default(),
            &["region-unknown"],
        );
        assert_eq!(identity.region, None);
        assert_eq!(told, ["region-unknown", "metadata-region-unknown"]);
        let (_, told) = overruled(
            &[("region", "鼓楼区"), ("year", "2020")],
            Identity::default(),
            &[],
        );
        assert_eq!(told, ["metadata-region-ambiguous"]);
    }

    #[test]
    fn a_place_bears_its_name_of_the_keepers_year() {
        let region = Gazetteer::china()
            .region("440118", Some(2020))
            .expect("增城区");
        let identity = Identity {
            region: Some(guess(region)),
            year: Some(guess(2020)),
            period: Some(guess(crate::identify::Period {
                start: crate::identify::Date::new(2020, 1, 1).expect("a day"),
                end: crate::identify::Date::new(2020, 6, 30).expect("a day"),
            })),
            ..Identity::default()
        };
        let (identity, _) = overruled(&[("year", "2021")], identity, &[]);
        assert_eq!(
            identity.region.map(|fact| fact.value.name).as_deref(),
            Some("增城区")
        );
        assert_eq!(identity.period, None);
    }
}
