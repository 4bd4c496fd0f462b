//! Counts are those of the texts, whatever the lexicon.

use proptest::prelude::*;
use tantivy::directory::RamDirectory;

use super::*;
use crate::fold::fold;
use crate::pattern::Pattern;
use crate::units::{prepare, units};

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

/// A report with these paragraphs.
fn with_paragraphs(number: usize, paragraphs: &[String]) -> IndexedReport {
    let mut report = report(number, &vec![Vec::new(); paragraphs.len()]);
    for (paragraph, text) in report.paragraphs.iter_mut().zip(paragraphs) {
        paragraph.text.clone_from(text);
    }
    report
}

/// The index of some reports with this lexicon.
fn index_with(reports: &[IndexedReport], lexicon: &[String]) -> Searcher {
    let directory = RamDirectory::create();
    let learnt = serde_json::json!([crate::SCHEMA_VERSION, lexicon, []]).to_string();
    let builder = IndexBuilder::knowing(directory.clone(), topics(), learnt.as_bytes());
    finished(builder.expect("knows"), directory, reports)
}

/// Where a term begins in a paragraph, found unit by unit.
fn begins(text: &str, term: &Pattern) -> Vec<u32> {
    let prepared = prepare(&fold(text));
    let units: Vec<_> = units(&prepared).collect();
    term.find(&units).map(|(from, _)| units[from].at).collect()
}

/// The sentences of a paragraph: up to which character each goes.
fn sentences(text: &str) -> Vec<u32> {
    let folded: Vec<char> = fold_str(text).chars().collect();
    let ends = (1..)
        .zip(&folded)
        .filter(|(_, c)| ['。', '!', '?'].contains(c));
    ends.map(|(at, _)| at)
        .chain([folded.len() as u32 + 1])
        .collect()
}

/// Counts of `same` by the texts: an occurrence belongs to the sentence in which it begins.
fn brute_same_sentence(
    reports: &[IndexedReport],
    first: &Pattern,
    second: &Pattern,
    not: bool,
) -> [u64; 3] {
    let mut counts = [0; 3];
    for report in reports {
        let before = counts[0];
        for paragraph in &report.paragraphs {
            let (first, second) = (
                begins(&paragraph.text, first),
                begins(&paragraph.text, second),
            );
            let (mut from, mut here) = (0, Vec::new());
            for upto in sentences(&paragraph.text) {
                let within = |all: &[u32]| -> Vec<u32> {
                    all.iter()
                        .copied()
                        .filter(|at| (from..upto).contains(at))
                        .collect()
                };
                let (first, second) = (within(&first), within(&second));
                if !first.is_empty() && second.is_empty() == not {
                    here.extend(first);
                    here.extend(second);
                }
                from = upto;
            }
            counts[0] += here.len() as u64;
            counts[1] += u64::from(!here.is_empty());
        }
        counts[2] += u64::from(counts[0] > before);
    }
    counts
}

/// Signs of which few make many runs.
const TEXT: &str = "[行政执法]{0,9}[行政执法行政执法行政执法建设，。！“、2年]{0,16}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_term_is_counted_whatever_the_lexicon(
        texts in prop::collection::vec(prop::collection::vec(TEXT, 0..6), 1..5),
        lexicon in prop::collection::vec("[行政执法建]{3,6}|行政执法|行政执法建设|政执法行", 0..9),
        terms in prop::collection::vec("[行政执法]{1,6}|[行政执法建设，。2年]{1,5}|2{1,3}", 12),
    ) {
        let reports: Vec<_> = (0..).zip(&texts).map(|(number, texts)| with_paragraphs(number, texts)).collect();
        let searcher = index_with(&reports, &lexicon);
        for term in terms {
            let Some(pattern) = Pattern::new(&term, false) else { continue };
            let mut expected = [0; 3];
            for report in &reports {
                let found = report.paragraphs.iter().map(|paragraph| begins(&paragraph.text, &pattern).len() as u64);
                let found: Vec<u64> = found.filter(|count| *count > 0).collect();
                expected[0] += found.iter().sum::<u64>();
                expected[1] += found.len() as u64;
                expected[2] += u64::from(!found.is_empty());
            }
            prop_assert_eq!(counts(&ask(&searcher, &quoted(&term))), expected, "{} {:?}", term, lexicon);
        }
    }

    #[test]
    fn the_same_sentence_is_told_exactly(
        texts in prop::collection::vec(prop::collection::vec(TEXT, 0..6), 1..5),
        lexicon in prop::collection::vec("行政执法|政执法行|[行政执法]{3,6}", 0..4),
        pairs in prop::collection::vec(("[行政]{1,2}|。行|2", "[执法]{1,3}|建设", any::<bool>()), 6),
    ) {
        let reports: Vec<_> = (0..).zip(&texts).map(|(number, texts)| with_paragraphs(number, texts)).collect();
        let searcher = index_with(&reports, &lexicon);
        for (first, second, not) in pairs {
            let [a, b] = [&first, &second].map(|term| Pattern::new(term, false).expect("a term"));
            let query = format!("同句({} {}{})", quoted(&first), if not { "-" } else { "" }, quoted(&second));
            let found = counts(&ask(&searcher, &query));
            prop_assert_eq!(found, brute_same_sentence(&reports, &a, &b, not), "{}", query);
        }
    }
}
