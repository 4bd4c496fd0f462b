//! What a search reads where all of the index lies elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::SCHEMA_VERSION;
use crate::pack::{Boot, Cached, PackedDirectory};

/// A packed index, read block by block.
struct Elsewhere {
    boot: Arc<Boot>,
    files: BTreeMap<String, Vec<u8>>,
}

/// What a search took: rounds, and bytes by the files that they are of.
#[derive(Debug, Default)]
struct Took {
    rounds: u32,
    bytes: BTreeMap<String, u64>,
}

impl Took {
    fn of(&self, ending: &str) -> u64 {
        let files = self.bytes.iter().filter(|(name, _)| name.ends_with(ending));
        files.map(|(_, bytes)| bytes).sum()
    }
}

impl Elsewhere {
    /// An archive large enough that blocks differ.
    fn new() -> Elsewhere {
        let mut builder = IndexBuilder::new(RamDirectory::create(), topics());
        for number in 0..400 {
            let paragraph =
                |at: usize| (0..6).map(|step| number * 7 + at * 11 + step * 5).collect();
            let paragraphs: Vec<Vec<usize>> = (0..12).map(paragraph).collect();
            builder
                .add(report(number, &paragraphs))
                .expect("takes a report");
        }
        let packed = builder.pack().expect("packs");
        let boot = Boot::parse(packed.boot_bytes().to_vec(), SCHEMA_VERSION);
        let files = packed.files();
        Elsewhere {
            boot: Arc::new(boot.expect("opens")),
            files: files
                .map(|file| (file.name(), file.read().expect("readable")))
                .collect(),
        }
    }

    fn ask(&self, query: &str) -> (Response, Took) {
        let cached = Arc::new(Cached::new(self.boot.clone(), 1 << 20));
        let searcher = Searcher::open(PackedDirectory::new(cached.clone())).expect("opens");
        let request = Request {
            query: query.to_owned(),
            ..Request::default()
        };
        let mut took = Took::default();
        loop {
            let found = searcher.search(&request);
            let needs = cached.needs();
            if needs.is_empty() {
                return (found.expect("answers"), took);
            }
            took.rounds += 1;
            for (need, part) in needs
                .iter()
                .flat_map(|need| need.parts.iter().map(move |part| (need, part)))
            {
                for (name, bytes) in self.boot.contents_of(part.block..part.block + part.count) {
                    *took.bytes.entry(name.to_owned()).or_default() += bytes;
                }
                let bytes = &self.files[&need.file][part.start as usize..part.end as usize];
                cached
                    .put_part(part.block, part.count, bytes)
                    .expect("whole");
            }
        }
    }
}

#[test]
fn three_rounds_answer_any_query_and_the_dictionary_one_without_hits() {
    let elsewhere = Elsewhere::new();
    for query in [
        "行政复议",
        "法",
        "2024",
        "同句(行政复议 撤销)",
        "同段(行政诉讼 败诉) -部分:计划",
        "主题:行政复议 法治政府",
        "首违不罚行政诉讼",
        "同句(败诉 首违)",
    ] {
        let (response, took) = elsewhere.ask(query);
        assert!(took.rounds <= 3, "{query}: {took:?}");
        assert_eq!(
            took.of("texts") > 0,
            response.reports > 0,
            "{query}: {took:?}"
        );
    }
    let (_, took) = elsewhere.ask("青鸾 -行政复议");
    assert_eq!(
        took.of(".pos") + took.of(".idx") + took.of("texts"),
        0,
        "{took:?}"
    );
}

#[test]
fn the_same_sentence_takes_no_more_positions_than_the_same_paragraph() {
    let elsewhere = Elsewhere::new();
    let (paragraph, in_paragraph) = elsewhere.ask("同段(行政诉讼 败诉)");
    let (sentence, in_sentence) = elsewhere.ask("同句(行政诉讼 败诉)");
    assert!(0 < sentence.occurrences && sentence.occurrences < paragraph.occurrences);
    assert_eq!(in_sentence.of(".pos"), in_paragraph.of(".pos"));
    let (_, full_stop) = elsewhere.ask("。");
    assert!(
        full_stop.of(".pos") > in_sentence.of(".pos"),
        "{full_stop:?} {in_sentence:?}"
    );
}
