//! Facets.

use super::*;
use crate::Filters;

#[test]
fn facets_narrow_without_losing_the_query() {
    let reports = archive();
    let searcher = index(&reports, usize::MAX);
    let open = ask(&searcher, "法治政府");
    for (facet, total) in [
        (&open.facets.province, open.reports),
        (&open.facets.level, open.reports),
        (&open.facets.issuer_type, open.reports),
    ] {
        assert_eq!(facet.iter().map(|count| count.reports).sum::<u64>(), total);
        assert_eq!(
            facet.iter().map(|count| count.occurrences).sum::<u64>(),
            open.occurrences
        );
    }
    assert_eq!(
        open.facets
            .part
            .iter()
            .map(|count| count.occurrences)
            .sum::<u64>(),
        open.occurrences
    );
    let values = |facet: &[crate::FacetCount]| {
        facet
            .iter()
            .map(|count| count.value.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&open.facets.province), ["甲省", "乙省", "丙省"]);
    assert_eq!(values(&open.facets.part), ROLES);
    let topics = open.facets.topic.as_ref().expect("counted");
    for count in open
        .facets
        .province
        .iter()
        .chain(&open.facets.part)
        .chain(topics)
    {
        let mut filters = Filters::default();
        let chosen = vec![count.value.clone()];
        if open.facets.province.contains(count) {
            filters.province = chosen;
        } else if open.facets.part.contains(count) {
            filters.part = chosen;
        } else {
            filters.topic = chosen;
        }
        let request = Request {
            query: "法治政府".to_owned(),
            filters,
            ..Request::default()
        };
        let narrowed = searcher.search(&request).expect("answers");
        assert_eq!(
            (narrowed.reports, narrowed.occurrences),
            (count.reports, count.occurrences),
            "{}",
            count.value
        );
        // The facet itself still shows the other values.
        if !request.filters.province.is_empty() {
            assert_eq!(
                values(&narrowed.facets.province),
                values(&open.facets.province)
            );
        }
        if !request.filters.part.is_empty() {
            assert_eq!(values(&narrowed.facets.part), values(&open.facets.part));
        }
    }
}

#[test]
fn topics_are_counted_only_where_that_is_asked_for() {
    let searcher = index(&archive(), usize::MAX);
    let ask = |count_topics, topic: &[&str]| {
        let request = Request {
            query: "法治政府".to_owned(),
            count_topics,
            filters: Filters {
                topic: topic.iter().map(|topic| (*topic).to_owned()).collect(),
                ..Filters::default()
            },
            ..Request::default()
        };
        searcher.search(&request).expect("answers")
    };
    let (without, with) = (ask(false, &[]), ask(true, &[]));
    assert_eq!(without.facets.topic, None);
    let counted = with.facets.topic.as_ref().expect("counted");
    assert_eq!(counted.len(), 1);
    let mut same = with.clone();
    same.facets.topic = None;
    assert_eq!(same, without);
    // A chosen topic is obeyed whether it is counted or not.
    let chosen = ask(false, &["review"]);
    assert_eq!(chosen.reports, counted[0].reports);
    assert!(chosen.reports < without.reports || chosen.occurrences < without.occurrences);
}
