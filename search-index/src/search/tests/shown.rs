//! What is shown: lines, suggestions, stored reports.

use super::*;
use crate::{LineOrder, Sort, View};

#[test]
fn lines_come_in_the_asked_order_and_portion() {
    let searcher = index(&archive(), usize::MAX);
    let lines = |order, offset, limit| {
        let request = Request {
            query: "建设".to_owned(),
            view: View::Lines,
            lines: order,
            sort: Sort::Count,
            offset,
            limit,
            ..Request::default()
        };
        searcher.search(&request).expect("answers")
    };
    for order in [LineOrder::Report, LineOrder::Left, LineOrder::Right] {
        let all = lines(order, 0, usize::MAX);
        assert_eq!(all.hits.len() as u64, all.occurrences);
        assert!(!all.capped);
        for (offset, limit) in [
            (0, 5),
            (3, 4),
            (all.hits.len() - 2, 10),
            (all.hits.len() + 5, 3),
        ] {
            let some = lines(order, offset, limit);
            let expected: Vec<_> = all.hits.iter().skip(offset).take(limit).cloned().collect();
            assert_eq!(some.hits, expected);
        }
    }
    let right = lines(LineOrder::Right, 0, usize::MAX).hits;
    assert!(right.is_sorted_by(|a, b| a.kwic.right <= b.kwic.right));
    let capped = Request {
        query: "建设".to_owned(),
        view: View::Lines,
        limit: 100,
        line_cap: Some(7),
        ..Request::default()
    };
    let capped = searcher.search(&capped).expect("answers");
    assert!(capped.capped);
    assert_eq!(capped.hits.len(), 7);
}

#[test]
fn a_query_without_hits_is_told_what_would_have_some() {
    let searcher = index(&archive(), usize::MAX);
    let response = ask(&searcher, "首违不罚行政诉讼");
    assert_eq!(response.reports, 0);
    assert_ne!(response.suggestions, [] as [std::string::String; 0]);
    for suggestion in response.suggestions {
        assert!(ask(&searcher, &suggestion).occurrences > 0, "{suggestion}");
    }
    // Where one term is nowhere, the others are still told from it.
    let response = ask(&searcher, "同句(行政复议 青鸾)");
    assert_eq!(counts(&response), [0, 0, 0]);
    assert!(response.suggestions.contains(&"\"行政复议\"".to_owned()));
    let filtered = Request {
        query: "青鸾 -行政复议 部分:计划".to_owned(),
        filters: crate::Filters {
            part: vec!["plan".to_owned()],
            ..crate::Filters::default()
        },
        ..Request::default()
    };
    assert_eq!(
        counts(&searcher.search(&filtered).expect("answers")),
        [0, 0, 0]
    );
}

#[test]
fn groups_of_reports_make_the_same_index() {
    let reports = archive();
    let (one, many) = (index(&reports, usize::MAX), index(&reports, 2000));
    for query in [
        "行政复议",
        "法",
        "法治政府建设",
        "同句(行政诉讼 败诉)",
        "202*",
        "机关:山前",
    ] {
        assert_eq!(ask(&one, query), ask(&many, query), "{query}");
    }
}

#[test]
fn a_stored_report_is_found_by_its_id() {
    let reports = archive();
    let searcher = index(&reports, 2000);
    let stored = searcher.report("r7").expect("reads").expect("is there");
    let texts = |paragraphs: &[IndexedParagraph]| {
        paragraphs
            .iter()
            .map(|paragraph| paragraph.text.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        stored
            .paragraphs
            .iter()
            .map(|paragraph| paragraph.text.clone())
            .collect::<Vec<_>>(),
        texts(&reports[7].paragraphs)
    );
    assert_eq!(searcher.report("r99").expect("reads"), None);
}

#[test]
fn an_index_without_reports_answers() {
    let searcher = index(&[], usize::MAX);
    assert_eq!(counts(&ask(&searcher, "行政复议")), [0, 0, 0]);
}
