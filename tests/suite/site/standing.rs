//! Lists that stand: made again only where a report that they show is another.

use super::{built_in, corpus, specimen};
use fangzhi::cache::Key;
use fangzhi::codebook::Codebook;
use fangzhi::relate::{Corpus, NoShelf, ReportCard, Shelf, ShelfPlace, relate};
use fangzhi::render::{self, Page, Renderer, Sink, Site, route};
use fangzhi::structure::Role;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// Sums of reports that are what their ids are, but for one that changed.
struct Sums(Option<String>);

impl Shelf for Sums {
    fn fetch(&self, report: &str, place: ShelfPlace) -> io::Result<Vec<u8>> {
        NoShelf.fetch(report, place)
    }

    fn frame(&self) -> Option<Key> {
        Some(Key::of(b"frame"))
    }

    fn sum(&self, report: &str) -> Option<Key> {
        let changed = self.0.as_deref() == Some(report);
        Some(Key::of(format!("{report} {changed}").as_bytes()))
    }
}

/// A site that was made of what these keys are of.
#[derive(Default)]
struct Made {
    before: BTreeMap<String, Key>,
    now: BTreeMap<String, Key>,
    stand: BTreeSet<String>,
}

impl Sink for Made {
    fn page(&mut self, _: Page) -> io::Result<()> {
        Ok(())
    }

    fn has(&mut self, path: &str, key: Key) -> io::Result<bool> {
        let same = self.before.get(path) == Some(&key);
        self.stand.extend(same.then(|| path.to_owned()));
        Ok(same)
    }

    fn made(&mut self, page: Page, key: Option<Key>) -> io::Result<()> {
        self.now.extend(key.map(|key| (page.path, key)));
        Ok(())
    }
}

/// The lists, over those of `before`, where this report changed.
fn made(before: BTreeMap<String, Key>, changed: Option<&str>) -> Made {
    made_of(&corpus(&specimen::six()), before, changed)
}

fn made_of(corpus: &Corpus, before: BTreeMap<String, Key>, changed: Option<&str>) -> Made {
    let (theme, codebook) = (built_in("zh-Hans"), Codebook::built_in());
    let renderer = Renderer {
        theme: &theme,
        site: &Site::default(),
        codebook: &codebook,
        shelf: &Sums(changed.map(str::to_owned)),
    };
    let mut made = Made {
        before,
        ..Made::default()
    };
    render::pages(renderer, corpus, &mut made).expect("all pages");
    made
}

#[test]
fn a_list_is_made_again_where_a_report_that_it_shows_changed() {
    let first = made(BTreeMap::new(), None);
    assert!(first.stand.is_empty() && !first.now.is_empty());
    let again = made(first.now.clone(), None);
    assert!(again.now.is_empty(), "{:?}", again.now.keys());
    assert_eq!(
        again.stand.iter().collect::<Vec<_>>(),
        first.now.keys().collect::<Vec<_>>()
    );
    let reports = specimen::six();
    let year = |report: &fangzhi::report::Report| report.identity.year.as_ref().map(|y| y.value);
    let changed = reports.iter().find(|report| year(report).is_some());
    let changed = changed.expect("a report of a year");
    let other = reports.iter().find_map(|report| {
        let of = year(report).filter(|of| Some(*of) != year(changed));
        of.filter(|of| {
            first
                .now
                .contains_key(&route::section(Role::Plan, Some(*of)))
        })
    });
    let after = made(first.now, Some(&changed.id));
    let list = |year| route::section(Role::Plan, year);
    assert!(after.now.contains_key(&list(year(changed))));
    assert!(after.stand.contains(&list(other)), "{:?}", after.stand);
    let place = |report: &fangzhi::report::Report| {
        let region = report.identity.region.as_ref()?;
        Some(route::place(&region.value.path()))
    };
    let changed = place(changed).expect("a placed report");
    assert!(after.now.contains_key(&changed), "{:?}", after.now);
    let others = reports.iter().filter_map(place);
    let mut others = others.filter(|path| !path.starts_with(changed.trim_end_matches(".html")));
    assert!(others.any(|path| after.stand.contains(&path)));
}

#[test]
fn where_data_is_split_by_year_no_page_leads_to_what_is_gone() {
    let card = ReportCard::of(&specimen::six()[0]);
    let of = |reports: usize| {
        let cards = (0..reports).map(|n| ReportCard {
            id: format!("a-{n}"),
            ..card.clone()
        });
        relate(cards.collect(), Vec::new())
    };
    let page = route::indicator(
        "penalty-cases-total",
        Some(card.label.year.expect("a year")),
    );
    let whole = made_of(&of(1000), BTreeMap::new(), None);
    assert!(whole.now.contains_key(&page), "{:?}", whole.now.keys());
    let split = made_of(&of(1001), whole.now, None);
    assert!(!split.stand.contains(&page));
    let first = route::indicator("penalty-cases-total", None);
    assert!(!split.stand.contains(&first));
}
