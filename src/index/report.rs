//! A report as the index takes it.

use crate::gazetteer::RegionLevel;
use crate::identify::IssuerType;
use crate::render::{controls_text, route};
use crate::report::Report;
use search_index::{IndexedParagraph, IndexedRegion, IndexedReport};
use std::collections::BTreeSet;

pub(super) fn indexed(report: &Report) -> IndexedReport {
    let identity = &report.identity;
    let issuer = identity
        .issuer_resolved
        .as_ref()
        .or(identity.issuer.as_ref());
    let title = identity.title.as_ref().map(|title| shown(&title.value));
    IndexedReport {
        id: report.id.clone(),
        title: title.unwrap_or_default(),
        page: route::report(&report.id),
        region: identity.region.as_ref().map(|region| {
            let region = &region.value;
            let above = region.ancestors.iter().map(|above| shown(&above.name));
            IndexedRegion {
                code: region.code.clone(),
                name: shown(&region.name),
                level: level(region.level).into(),
                path: above.chain([shown(&region.name)]).collect(),
            }
        }),
        year: identity.year.as_ref().map(|year| year.value),
        issuer: issuer.map(|issuer| shown(&issuer.value)),
        issuer_type: identity.issuer_type.as_ref().map(|kind| {
            match kind.value {
                IssuerType::Government => "government",
                IssuerType::Department => "department",
                IssuerType::Other => "other",
            }
            .into()
        }),
        paragraphs: paragraphs(report),
    }
}

/// Words that a keeper may have written, as pages show them: nothing in them turns the reading
/// direction.
pub(super) fn shown(words: &str) -> String {
    words
        .chars()
        .map(|c| if controls_text(c) { '\u{FFFD}' } else { c })
        .collect()
}

fn level(level: RegionLevel) -> &'static str {
    match level {
        RegionLevel::Province => "province",
        RegionLevel::Prefecture => "prefecture",
        RegionLevel::County => "county",
        RegionLevel::Township => "township",
    }
}

fn paragraphs(report: &Report) -> Vec<IndexedParagraph> {
    let document = &report.document;
    let mut topics = vec![BTreeSet::new(); document.paragraphs.len()];
    for passage in &report.passages {
        if let Some(of) = topics.get_mut(passage.paragraph as usize) {
            of.insert(passage.topic.as_str());
        }
    }
    let mut number = 0;
    document
        .paragraphs
        .iter()
        .zip(topics)
        .enumerate()
        .map(|(index, (paragraph, topics))| {
            let numbered = paragraph.kind.numbered();
            number += u32::from(numbered);
            IndexedParagraph {
                anchor: paragraph.anchor.clone(),
                number: if numbered { number } else { 0 },
                text: document.words(index).to_owned(),
                role: document.role_at(paragraph.span.start).id().to_owned(),
                topics: topics.into_iter().map(str::to_owned).collect(),
            }
        })
        .collect()
}
