//! The front page: search box, coverage, what is here, what is to check.

use super::parts::headed;
use super::{Entry, Lists, SHOWN, date};
use crate::diagnostic::Level;
use crate::relate::{Index, Place, ReportCard};
use crate::render::{Link, RenderError, Renderer, route, theme};
use crate::structure::Role;
use serde::Serialize;
use std::collections::BTreeSet;
use tera::Context;

#[derive(Serialize)]
pub(super) struct Count {
    name: String,
    n: u64,
}

#[derive(Serialize)]
struct FrontDoubt<'a> {
    href: Option<&'a str>,
    name: &'a str,
    text: &'a str,
    english: bool,
}

#[derive(Serialize)]
struct FrontPart<'a> {
    name: &'a str,
    href: String,
    have: usize,
    of: usize,
    lack: Vec<Link>,
    more: usize,
}

/// The search page with a query.
pub(super) fn search_for(query: &str) -> String {
    format!("{}?q={}", route::SEARCH, theme::urlencode(query))
}

impl<'a> Lists<'a, '_> {
    /// Queries to begin with.
    fn tries(&self) -> Vec<Link> {
        let theme = self.renderer.theme;
        let last = self.corpus.years.keys().next_back();
        let of_last_year =
            last.map(|year| theme.filled("front.try_year", &[("year", &year.to_string())]));
        [theme.word("front.try_word").to_owned()]
            .into_iter()
            .chain(of_last_year)
            .chain([theme.word("front.try_sentence").to_owned()])
            .map(|query| Link::to(search_for(&query), &query))
            .collect()
    }

    pub(super) fn front(&mut self) -> Result<(), RenderError> {
        let corpus = self.corpus;
        let mut context = Context::new();
        context.insert("tries", &self.tries());
        context.insert("tally", &self.tally());
        context.insert("matrix", &self.all_places(""));
        let parts: Vec<_> = Role::ALL
            .into_iter()
            .filter(|role| *role != Role::Other)
            .filter_map(|role| self.front_part(role))
            .collect();
        context.insert("parts", &parts);
        context.insert("topics", &self.front_topics());
        context.insert("indicators", &self.front_indicators());
        let mut recent: Vec<Index> = (0..corpus.reports.len() as u32)
            .filter(|index| {
                let card = corpus.report(*index);
                card.counts() && date(card).is_some()
            })
            .collect();
        recent.sort_by_key(|index| std::cmp::Reverse(date(corpus.report(*index))));
        recent.truncate(8);
        let recent: Vec<Entry> = recent.iter().map(|index| self.entry(*index, "")).collect();
        context.insert("recent", &recent);
        let work: Vec<_> = self
            .tasks()
            .iter()
            .take(8)
            .map(|task| self.work_item(task, ""))
            .collect();
        let doubts: Vec<_> = work
            .iter()
            .map(|item| FrontDoubt {
                href: item.href.as_deref(),
                name: &item.name,
                text: item.text.or(item.message.as_deref()).unwrap_or_default(),
                english: item.text.is_none(),
            })
            .collect();
        context.insert("doubts", &doubts);
        let title = self.renderer.title().to_owned();
        let frame = Renderer::frame(route::INDEX, &title, "home", Vec::new());
        self.give("index.html", &frame, context)
    }

    fn front_part(&self, role: Role) -> Option<FrontPart<'a>> {
        let judged: Vec<Index> = (0..self.corpus.reports.len() as u32)
            .filter(|index| self.judged(*index))
            .collect();
        let lack: Vec<Index> = judged
            .iter()
            .copied()
            .filter(|index| !headed(self.corpus.report(*index), role))
            .collect();
        (!judged.is_empty()).then(|| FrontPart {
            name: self.role(role),
            href: route::SECTIONS.to_owned(),
            have: judged.len() - lack.len(),
            of: judged.len(),
            lack: lack
                .iter()
                .take(SHOWN)
                .map(|index| {
                    let card = self.corpus.report(*index);
                    Link::to(route::report(&card.id), self.renderer.label(card))
                })
                .collect(),
            more: if lack.len() > SHOWN { lack.len() } else { 0 },
        })
    }

    pub(super) fn tally(&self) -> Vec<Count> {
        let corpus = self.corpus;
        let own = |place: &&Place| !place.own.is_empty();
        let issuers: BTreeSet<_> = corpus
            .reports
            .iter()
            .filter_map(|card| {
                let place = card.label.region.as_ref().map(|region| &region.code);
                card.label.issuer_folded().map(|issuer| (place, issuer))
            })
            .collect();
        // A copy's words are its report's: they count once.
        let counted = || corpus.reports.iter().filter(|card| card.counts());
        let sum = |of: fn(&ReportCard) -> u32| counted().map(|card| u64::from(of(card))).sum();
        let unread = corpus.unread.iter().filter(|one| one.level == Level::Error);
        let unread: BTreeSet<&str> = unread.map(|one| one.file.as_str()).collect();
        let reports = counted().count();
        let copies = corpus.reports.len() - reports;
        let counts = [
            ("count.tally_reports", reports as u64, true),
            ("count.tally_copies", copies as u64, false),
            (
                "count.tally_places",
                corpus.places.values().filter(own).count() as u64,
                true,
            ),
            ("count.tally_provinces", corpus.provinces.len() as u64, true),
            ("count.tally_issuers", issuers.len() as u64, true),
            ("count.tally_paragraphs", sum(|card| card.paragraphs), true),
            ("count.tally_characters", sum(|card| card.characters), true),
            ("count.tally_undated", corpus.undated.len() as u64, false),
            ("count.tally_unplaced", corpus.unplaced.len() as u64, false),
            ("count.tally_unread", unread.len() as u64, false),
        ];
        counts
            .into_iter()
            .filter(|(_, n, always)| *always || *n > 0)
            .map(|(name, n, _)| Count {
                name: self.word(name).to_owned(),
                n,
            })
            .collect()
    }
}
