//! The engine against a plain count over the folded texts.

use proptest::prelude::*;
use tantivy::directory::RamDirectory;

use super::Searcher;
use crate::fold::fold_str;
use crate::{
    Filters, IndexBuilder, IndexedParagraph, IndexedRegion, IndexedReport, LineOrder, Request,
    Response, SearchError, Sort, TopicLabel, View,
};

const CLAUSES: [&str; 28] = [
    "全县深入推进法治政府建设，行政执法水平稳步提升。",
    "全年收到行政复议申请24件，受理21件，审结２０件。",
    "全年共办理行政復議案件11件，其中撤销1件。",
    "行政複議与行政诉讼衔接机制逐步健全！",
    "推行“双随机、一公开”监管，抽查企业1,234家次。",
    "双随机 一公开监管实现全覆盖；",
    "落实“721”工作法，减少执法争议。",
    "721工作法得到推广，7211不算。",
    "首违不罚清单扩大到35项，首违不罚、轻微免罚并行。",
    "探索非现场执法，非现场执法占比为12.5%。",
    "政务服务打通最后一公里。",
    "推动“一委、一办、一平台”运行，一委一办一平台初见成效。",
    "乡镇综合执法「一把扫帚扫到底」。",
    "一把扫帚，扫到底的做法尚未推开。",
    "法治政府建设仍有短板，执法执法执法三查三看。",
    "下一步，持续推进法治政府建设，建设建设再建设。",
    "2017、2018年两年间无败诉案件。",
    "2024年1月至11月，开展执法检查24次。",
    "按照GB/T 2260和GB18030编码，app备案3个。",
    "人口3.2万人、面积1,234.5平方公里。",
    "《法治政府建设实施纲要（2021—2025年）》全面实施。",
    "行政诉讼败诉2件，其余均胜诉？",
    "行政诉讼案件由县司法局统筹。败诉案件逐件复盘。",
    "⼯作⼈⺠满意。",
    "党政主要负责人履行推进法治建设第一责任人职责。",
    "",
    "一",
    "，。、“”",
];

const ROLES: [&str; 4] = ["achievements", "problems", "leadership_duty", "plan"];

/// A report out of clauses; a paragraph is a run of them.
fn report(number: usize, paragraphs: &[Vec<usize>]) -> IndexedReport {
    let (province, code) = [("甲省", "910000"), ("乙省", "920000"), ("丙省", "930000")][number % 3];
    let county = format!("{}县", ["山前", "水北", "河东", "城西"][number % 4]);
    let paragraph = |(at, clauses): (usize, &Vec<usize>)| IndexedParagraph {
        anchor: format!("p{at}"),
        number: at as u32 + 1,
        text: clauses
            .iter()
            .map(|clause| CLAUSES[clause % CLAUSES.len()])
            .collect(),
        role: ROLES[at % ROLES.len()].to_owned(),
        topics: if at % 3 == 1 {
            vec!["review".to_owned()]
        } else {
            Vec::new()
        },
    };
    IndexedReport {
        id: format!("r{number}"),
        title: format!("{county}法治政府建设年度报告"),
        page: format!("reports/r{number}.html"),
        region: Some(IndexedRegion {
            code: format!(
                "{}",
                code.parse::<u32>().unwrap_or(0) + 100 + number as u32 % 4
            ),
            name: county.clone(),
            level: "county".to_owned(),
            path: vec![province.to_owned(), county.clone()],
        }),
        year: (!number.is_multiple_of(7)).then(|| 2019 + (number % 5) as i32),
        issuer: Some(format!("{county}司法局")),
        issuer_type: Some(
            if number.is_multiple_of(2) {
                "government"
            } else {
                "department"
            }
            .to_owned(),
        ),
        paragraphs: paragraphs.iter().enumerate().map(paragraph).collect(),
    }
}

fn archive() -> Vec<IndexedReport> {
    let clauses = |number: usize, at: usize| -> Vec<usize> {
        (0..=(number * 5 + at) % 4)
            .map(|step| number * 7 + at * 11 + step * step * 3)
            .collect()
    };
    let paragraphs = |number: usize| {
        (0..number % 6 + 4)
            .map(|at| clauses(number, at))
            .collect::<Vec<_>>()
    };
    let mut reports: Vec<_> = (0..24)
        .map(|number| report(number, &paragraphs(number)))
        .collect();
    reports.push(report(24, &[]));
    reports
}

fn index(reports: &[IndexedReport], group_bytes: usize) -> Searcher {
    let topics = vec![TopicLabel {
        id: "review".to_owned(),
        names: vec!["行政复议".to_owned(), "reconsideration".to_owned()],
    }];
    let directory = RamDirectory::create();
    let mut builder = IndexBuilder::new(directory.clone(), topics).in_groups(group_bytes);
    for report in reports {
        builder.add(report.clone()).expect("takes a report");
    }
    builder.finish().expect("writes an index");
    Searcher::open(directory).expect("opens its own index")
}

fn ask(searcher: &Searcher, query: &str) -> Response {
    let request = Request {
        query: query.to_owned(),
        limit: 100,
        hits_per_report: 1000,
        ..Request::default()
    };
    searcher
        .search(&request)
        .unwrap_or_else(|error| panic!("{query}: {error}"))
}

fn counts(response: &Response) -> [u64; 3] {
    [response.occurrences, response.paragraphs, response.reports]
}

/// Overlapping occurrences of the folded query in the folded paragraphs.
fn brute(reports: &[IndexedReport], query: &str) -> [u64; 3] {
    let query: Vec<char> = fold_str(query).chars().collect();
    let mut counts = [0; 3];
    for report in reports {
        let mut any = 0;
        for paragraph in &report.paragraphs {
            let text: Vec<char> = fold_str(&paragraph.text).chars().collect();
            let count = text
                .windows(query.len())
                .filter(|window| *window == query)
                .count() as u64;
            counts[0] += count;
            counts[1] += u64::from(count > 0);
            any |= u64::from(count > 0);
        }
        counts[2] += any;
    }
    counts
}

fn quoted(term: &str) -> String {
    format!("\"{term}\"")
}

#[test]
fn the_terms_that_readers_ask_for() {
    let reports = archive();
    let searcher = index(&reports, usize::MAX);
    for query in [
        "行政复议",
        "行政復議",
        "行政複議",
        "首违不罚",
        "非现场执法",
        "双随机一公开",
        "双随机、一公开",
        "“双随机、一公开”",
        "最后一公里",
        "一委一办一平台",
        "“一委、一办、一平台”",
        "一把扫帚扫到底",
        "一",
        "法",
        "执法执法",
        "建设建设",
        "法治政府",
        "法治政府建设",
        "推进法治政府建设，行政执法",
        "工作人民",
        "。",
    ] {
        assert_eq!(
            counts(&ask(&searcher, query)),
            brute(&reports, query),
            "{query}"
        );
        assert!(ask(&searcher, query).occurrences > 0, "{query}");
    }
}

#[test]
fn what_is_shown_is_the_original() {
    let searcher = index(&archive(), usize::MAX);
    let response = ask(&searcher, "双随机一公开");
    let hits = response.groups.iter().flat_map(|group| &group.hits);
    let mut written: Vec<&str> = hits.map(|hit| hit.kwic.hit.as_str()).collect();
    assert_eq!(written.len() as u64, response.occurrences);
    written.sort_unstable();
    written.dedup();
    assert_eq!(written, ["双随机 一公开", "双随机、一公开"]);
}

#[test]
fn a_digit_at_a_terms_edge_is_a_boundary() {
    let one = |text: &str| {
        let mut report = report(1, &[vec![0]]);
        text.clone_into(&mut report.paragraphs[0].text);
        index(&[report], usize::MAX)
    };
    let check = |text: &str, query: &str, expected: u64| {
        assert_eq!(
            ask(&one(text), query).occurrences,
            expected,
            "{query} in {text}"
        );
    };
    check("2024年", "24", 0);
    check("2024年，24件", "24", 1);
    check("11月、1月", "1月", 1);
    check("共1,234件", "234", 0);
    check("共1,234件", "1,234", 1);
    check("共1,234件", "1,234件", 1);
    check("占12.5%", "5%", 0);
    check("占12.5%", "12.5%", 1);
    check("“721”工作法", "721工作法", 1);
    check("7211工作法", "721工作法", 0);
    check("721工作法", "21工作法", 0);
    check("2017、2018年", "2018年", 1);
    check("2017、2018年", "2017", 1);
    check("第12条", "第12条", 1);
    check("第12条", "第1", 0);
    check("截至12月15日", "12月15日", 1);
    check("截至12月15日", "15日", 1);
    check("截至12月15日", "月15", 1);
    check("2024年和2023年", "202*", 2);
}

#[test]
fn letters_are_words_and_a_star_lets_them_go_on() {
    let searcher = index(&archive(), usize::MAX);
    let all = |query: &str| ask(&searcher, query).occurrences;
    assert_eq!(all("GB*"), all("gb"));
    assert_eq!(all("ap"), 0);
    assert_eq!(all("ap*"), all("APP"));
    assert!(all("app") > 0);
    assert!(all("GB18030") > 0);
    assert_eq!(all("\"GB/T 2260\""), all("GB/T2260"));
    assert_eq!(all("GB18*"), all("GB18030"));
    assert_eq!(all("app | ap*"), all("ap*"));
}

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
    for count in open
        .facets
        .province
        .iter()
        .chain(&open.facets.part)
        .chain(&open.facets.topic)
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_run_of_han_characters_is_counted_as_in_the_texts(
        paragraphs in prop::collection::vec(prop::collection::vec(prop::collection::vec(0..CLAUSES.len(), 0..5), 0..6), 1..8),
        picks in prop::collection::vec((any::<prop::sample::Index>(), 1..=12_usize), 24),
        random in prop::collection::vec("[法治政府建设行政复议诉讼执法一二三；。]{1,12}", 8),
    ) {
        let reports: Vec<_> = paragraphs.iter().enumerate().map(|(number, paragraphs)| report(number, paragraphs)).collect();
        let searcher = index(&reports, 3000);
        let all: Vec<char> = reports.iter().flat_map(|report| &report.paragraphs).flat_map(|paragraph| fold_str(&paragraph.text).chars().collect::<Vec<_>>()).collect();
        let han = |c: &char| ('\u{4E00}'..='\u{9FFF}').contains(c);
        let runs: Vec<&[char]> = all.split(|c| !han(c)).filter(|run| !run.is_empty()).collect();
        let mut queries = random;
        for (pick, length) in picks {
            if !runs.is_empty() {
                let run = pick.get(&runs);
                let start = pick.index(run.len());
                queries.push(run[start..(start + length).min(run.len())].iter().collect());
            }
        }
        for query in queries {
            let response = ask(&searcher, &quoted(&query));
            prop_assert_eq!(counts(&response), brute(&reports, &query), "{}", query);
            let hits: usize = response.groups.iter().map(|group| group.hits.len()).sum();
            prop_assert_eq!(hits as u64, response.occurrences);
            for hit in response.groups.iter().flat_map(|group| &group.hits) {
                prop_assert_eq!(fold_str(&hit.kwic.hit), fold_str(&query));
            }
        }
    }
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
                let again = Request { query: error.suggestion.clone(), ..Request::default() };
                prop_assert!(searcher.search(&again).is_ok(), "{} suggests {}", query, error.suggestion);
            }
            Err(other) => prop_assert!(false, "{}: {}", query, other),
        }
    }
}

fn shared() -> &'static Searcher {
    static SHARED: std::sync::OnceLock<Searcher> = std::sync::OnceLock::new();
    SHARED.get_or_init(|| index(&archive(), usize::MAX))
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
