//! The query language, as an index answers it.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{Filters, SearchError, View};

#[test]
fn and_holds_for_the_report_same_for_less() {
    let reports = archive();
    let searcher = index(&reports, usize::MAX);
    let has = |text: &str, term: &str| fold_str(text).contains(term);
    let expect = |holds: &dyn Fn(&IndexedReport) -> bool| {
        reports.iter().filter(|report| holds(report)).count() as u64
    };
    let text = |report: &IndexedReport| {
        report
            .paragraphs
            .iter()
            .map(|paragraph| paragraph.text.clone() + "\n")
            .collect::<String>()
    };

    let both = ask(&searcher, "行政诉讼 败诉");
    assert_eq!(
        both.reports,
        expect(&|report| has(&text(report), "行政诉讼") && has(&text(report), "败诉"))
    );
    let either = ask(&searcher, "行政诉讼 | 首违不罚");
    assert_eq!(
        either.reports,
        expect(&|report| has(&text(report), "行政诉讼") || has(&text(report), "首违不罚"))
    );
    let without = ask(&searcher, "行政诉讼 -败诉");
    assert_eq!(
        without.reports,
        expect(&|report| has(&text(report), "行政诉讼") && !has(&text(report), "败诉"))
    );
    let none = ask(&searcher, "-行政诉讼");
    assert_eq!(
        none.reports,
        expect(&|report| !has(&text(report), "行政诉讼"))
    );
    assert_eq!(none.occurrences, 0);

    let paragraph = ask(&searcher, "同段(行政诉讼 败诉)");
    let holds = |text: &str| has(text, "行政诉讼") && has(text, "败诉");
    let paragraphs = reports
        .iter()
        .flat_map(|report| &report.paragraphs)
        .filter(|paragraph| holds(&paragraph.text));
    assert_eq!(paragraph.paragraphs, paragraphs.count() as u64);
    let sentence = ask(&searcher, "sentence(行政诉讼 败诉)");
    let texts = reports.iter().flat_map(|report| &report.paragraphs);
    let sentences = texts
        .flat_map(|paragraph| paragraph.text.split_inclusive(['。', '！', '？']))
        .filter(|text| holds(text));
    let times = |text: &str| {
        fold_str(text).matches("行政诉讼").count() + fold_str(text).matches("败诉").count()
    };
    assert_eq!(
        sentence.occurrences,
        sentences.map(|text| times(text) as u64).sum::<u64>()
    );
    assert!(0 < sentence.paragraphs && sentence.paragraphs < paragraph.paragraphs);
    assert!(paragraph.reports <= both.reports);
}

#[test]
fn a_part_or_topic_restricts_where_a_term_counts() {
    let reports = archive();
    let searcher = index(&reports, usize::MAX);
    let within = |keep: &dyn Fn(&IndexedParagraph) -> bool| {
        let mut reports = reports.clone();
        reports
            .iter_mut()
            .for_each(|report| report.paragraphs.retain(keep));
        brute(&reports, "法治政府")
    };
    let plan = within(&|paragraph| paragraph.role == "plan");
    assert_eq!(counts(&ask(&searcher, "法治政府 部分:下一步")), plan);
    assert_eq!(counts(&ask(&searcher, "part:plan 法治政府")), plan);
    let topic = within(&|paragraph| !paragraph.topics.is_empty());
    assert_eq!(counts(&ask(&searcher, "法治政府 主题:行政复议")), topic);
    let not = within(&|paragraph| paragraph.role != "plan" && !paragraph.topics.is_empty());
    assert_eq!(
        counts(&ask(&searcher, "法治政府 -部分:计划 topic:review")),
        not
    );
    let mut request = Request {
        query: "法治政府".to_owned(),
        filters: Filters {
            part: vec!["plan".to_owned()],
            ..Filters::default()
        },
        ..Request::default()
    };
    assert_eq!(counts(&searcher.search(&request).expect("answers")), plan);
    request.filters.topic = vec!["review".to_owned()];
    let both = within(&|paragraph| paragraph.role == "plan" && !paragraph.topics.is_empty());
    assert_eq!(counts(&searcher.search(&request).expect("answers")), both);
    let listed = ask(&searcher, "部分:计划");
    assert_eq!(listed.occurrences, 0);
    let plans = reports
        .iter()
        .flat_map(|report| &report.paragraphs)
        .filter(|paragraph| paragraph.role == "plan");
    assert_eq!(listed.paragraphs, plans.count() as u64);
}

#[test]
fn a_query_of_fields_alone_lists_paragraphs_or_reports() {
    let reports = archive();
    let searcher = index(&reports, usize::MAX);
    let lines = |query: &str| {
        let request = Request {
            query: query.to_owned(),
            view: View::Lines,
            limit: usize::MAX,
            line_cap: None,
            ..Request::default()
        };
        searcher.search(&request).expect("answers")
    };
    let of_2020 = || reports.iter().filter(|report| report.year == Some(2020));

    let coded = of_2020().flat_map(|report| {
        let paragraphs = report.paragraphs.iter();
        let coded = paragraphs.filter(|paragraph| !paragraph.topics.is_empty());
        coded.map(|paragraph| (report.id.clone(), paragraph.anchor.clone()))
    });
    let coded: BTreeSet<_> = coded.collect();
    let listed = lines("主题:行政复议 年:2020");
    let with_some: BTreeSet<_> = coded.iter().map(|(report, _)| report).collect();
    assert_eq!(
        counts(&listed),
        [0, coded.len() as u64, with_some.len() as u64]
    );
    assert_eq!(listed.lines, coded.len() as u64);
    let hits = listed.hits.iter();
    let found = hits.map(|hit| (hit.report.clone(), hit.anchor.clone()));
    assert_eq!(found.collect::<BTreeSet<_>>(), coded);
    for hit in &listed.hits {
        let report = reports.iter().find(|report| report.id == hit.report);
        let mut paragraphs = report.expect("there").paragraphs.iter();
        let text = &paragraphs
            .find(|paragraph| paragraph.anchor == hit.anchor)
            .expect("there")
            .text;
        assert!(text.starts_with(hit.kwic.right.trim_end_matches('…')));
        assert!(hit.kwic.left.is_empty() && hit.kwic.hit.is_empty());
    }

    for (query, expected) in [
        ("年:2020", of_2020().count() as u64),
        ("-年:2020", 25 - of_2020().count() as u64),
    ] {
        let listed = lines(query);
        assert_eq!(counts(&listed), [0, 0, expected], "{query}");
        assert_eq!(
            (listed.lines, listed.hits.len() as u64),
            (expected, expected)
        );
        assert!(
            listed
                .hits
                .iter()
                .all(|hit| hit.anchor.is_empty() && !hit.title.is_empty())
        );
        let grouped = ask(&searcher, query);
        assert_eq!(grouped.groups.len() as u64, expected);
        assert!(grouped.groups.iter().all(|group| group.hits.is_empty()));
    }
    // A report in which nothing counts has a line among those of the others.
    let mixed = lines("一把扫帚扫到底 | 年:2020");
    let silent = mixed
        .hits
        .iter()
        .filter(|hit| hit.anchor.is_empty())
        .count() as u64;
    assert_eq!(mixed.lines, mixed.occurrences + silent);
    assert_eq!(mixed.hits.len() as u64, mixed.lines);
    assert!(silent > 0);
}

#[test]
fn fields_of_the_report() {
    let reports = archive();
    let searcher = index(&reports, usize::MAX);
    let found = |query: &str| ask(&searcher, query).reports;
    let expect = |holds: &dyn Fn(&IndexedReport) -> bool| {
        reports.iter().filter(|report| holds(report)).count() as u64
    };
    let region = |report: &IndexedReport, name: &str| {
        report
            .region
            .as_ref()
            .is_some_and(|region| region.path.iter().any(|part| part.contains(name)))
    };
    assert_eq!(found("地区:山前"), expect(&|report| region(report, "山前")));
    // As catalogues write a place; not across names that happen to meet.
    let whole = found("地区:甲省山前县");
    assert!(whole > 0);
    assert_eq!(
        whole,
        expect(&|report| region(report, "甲省") && region(report, "山前县"))
    );
    assert_eq!(found("省：甲"), expect(&|report| region(report, "甲省")));
    assert_eq!(found("region:91"), expect(&|report| region(report, "甲省")));
    assert_eq!(
        found("年:2020..2021"),
        expect(&|report| matches!(report.year, Some(2020 | 2021)))
    );
    assert_eq!(
        found("year:2022.."),
        expect(&|report| report.year >= Some(2022))
    );
    assert_eq!(
        found("年：2020年"),
        expect(&|report| report.year == Some(2020))
    );
    assert_eq!(
        found("年:2019,2021"),
        expect(&|report| matches!(report.year, Some(2019 | 2021)))
    );
    assert_eq!(
        found("机关:水北县司法局"),
        expect(&|report| region(report, "水北"))
    );
    assert_eq!(found("級別:县"), 25);
    assert_eq!(
        found("类型:政府"),
        expect(&|report| report.issuer_type.as_deref() == Some("government"))
    );
    assert_eq!(
        found("省:甲 | 省:乙"),
        expect(&|report| region(report, "甲省") || region(report, "乙省"))
    );
    assert_eq!(found("-省:甲"), expect(&|report| !region(report, "甲省")));
    assert_eq!(found(""), 25);
}

#[test]
fn an_issuer_that_there_is_not_is_told_with_parts_of_its_name_that_stand() {
    let searcher = shared();
    let error = |query: &str| match searcher.search(&Request {
        query: query.to_owned(),
        ..Request::default()
    }) {
        Err(SearchError::Query(error)) => error,
        other => panic!("{query}: {other:?}"),
    };
    let told = error("行政复议 机关:水北县司法厅");
    assert_eq!(told.code.id(), "query-unknown-value");
    assert_eq!(told.at, 5..14);
    assert_eq!(
        told.told.hans,
        "没有“水北县司法厅”这个机关；相近的有：水北县司法"
    );
    assert_eq!(told.suggestions, ["行政复议 机关:水北县司法", "行政复议"]);
    // Its pairs all stand, but not so.
    assert_eq!(error("机关:司法局县司").suggestions[0], "机关:司法局");
    assert_eq!(error("issuer:xyz").told.en, "there is no issuer \"xyz\"");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_input_panics_and_every_error_suggests_a_query_that_works(
        query in "(?s)(行政|复议|年|同句|同段|部分|主题|plan|2019|\\.\\.|GB|AND|OR|NOT|[ ()（）|｜:：\"“”「」*＊－,、-]|.){0,14}",
    ) {
        let searcher = shared();
        match searcher.search(&Request { query: query.clone(), ..Request::default() }) {
            Ok(_) => {}
            Err(SearchError::Query(error)) => {
                prop_assert!(error.at.start <= error.at.end && error.at.end <= query.chars().count());
                prop_assert!(!error.suggestions.is_empty());
                for query in error.suggestions {
                    let again = searcher.search(&Request { query: query.clone(), ..Request::default() });
                    prop_assert!(again.is_ok(), "suggests {query}");
                }
            }
            Err(other) => prop_assert!(false, "{}: {}", query, other),
        }
    }
}

#[test]
fn depth_and_size_are_bounded() {
    let searcher = shared();
    let code = |query: String| match searcher.search(&Request {
        query,
        ..Request::default()
    }) {
        Err(SearchError::Query(error)) => error.code.id(),
        other => panic!("{other:?}"),
    };
    assert_eq!(code("(".repeat(500)), "query-too-large");
    assert_eq!(code("法".repeat(1001)), "query-too-large");
    let many: String = (0..80).map(|number| format!("第{number}条 ")).collect();
    assert_eq!(code(many), "query-too-large");
}
