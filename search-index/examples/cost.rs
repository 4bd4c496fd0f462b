//! What a search costs a reader whose index lies elsewhere: `cost FOLDER` takes a folder of .txt reports, one paragraph a
//! line, packs their index and asks it as the search page does, over http (ranges of files) and from disk (whole files).
//!
//! `gen_corpus.py` of the benchmarks makes such folders of any size. A line a query: what was found, then for each way
//! rounds, files and kilobytes of a cold query, then milliseconds, cold and warm, of this machine's native code.

use search_index::pack::{Boot, Cached, Need, PackedDirectory};
use search_index::{
    IndexBuilder, IndexedParagraph, IndexedRegion, IndexedReport, Request, SCHEMA_VERSION, Searcher,
};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

const QUERIES: [&str; 14] = [
    "行政执法",
    "法治政府建设",
    "行政复议",
    "行政處罰",
    "首违不罚",
    "双随机、一公开",
    "海绵城市",
    "行政诉讼 败诉",
    "同句(行政复议 撤销)",
    "行政复议 -诉讼",
    "年:2019..2021 部分:存在不足 培训",
    "2019",
    "法",
    "青鸾哨兵机制",
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: cost FOLDER")?;
    let mut builder = IndexBuilder::new(Vec::new());
    let (mut count, mut text) = (0, 0);
    let begun = Instant::now();
    for path in files(Path::new(&folder))? {
        let report = report(count, &path)?;
        text += report
            .paragraphs
            .iter()
            .map(|p| p.text.len())
            .sum::<usize>();
        builder.add(report)?;
        count += 1;
    }
    let packed = builder.pack()?;
    let seconds = begun.elapsed().as_secs_f64();
    let files: BTreeMap<String, Vec<u8>> = packed.files().collect::<Result<_, _>>()?;
    let size: usize = files.values().map(Vec::len).sum();
    println!(
        "{count} reports, {:.1} MB of text; index {:.1} MB ({:.3} of the text) in {} files; boot.js {:.0} kB; {:.2} s per 1,000 reports",
        text as f64 / 1e6,
        size as f64 / 1e6,
        size as f64 / text as f64,
        files.len(),
        packed.boot().len() as f64 / 1e3,
        seconds * 1000.0 / f64::from(count),
    );
    println!(
        "query | occurrences, reports | http: rounds, requests, kB | disk: rounds, files, kB | ms cold, warm"
    );
    for query in QUERIES {
        println!("{}", line(query, &packed, &files)?);
    }
    Ok(())
}

/// What one way of fetching cost.
#[derive(Default)]
struct Cost {
    rounds: u32,
    fetches: usize,
    bytes: u64,
    cold: f64,
    warm: f64,
    found: (u64, u64),
}

fn line(
    query: &str,
    packed: &search_index::pack::Packed,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<String, Box<dyn Error>> {
    let http = ask(query, packed, |cached, need, cost| {
        let file = &files[&need.file];
        let wanted: u64 = need.parts.iter().map(|part| part.end - part.start).sum();
        if wanted as f64 > need.size as f64 * 0.7 {
            cost.fetches += 1;
            cost.bytes += need.size;
            return cached.put_file(need.chunk, file);
        }
        need.parts.iter().try_for_each(|part| {
            cost.fetches += 1;
            cost.bytes += part.end - part.start;
            cached.put_part(
                part.block,
                part.count,
                &file[part.start as usize..part.end as usize],
            )
        })
    })?;
    let disk = ask(query, packed, |cached, need, cost| {
        cost.fetches += 1;
        cost.bytes += need.size;
        cached.put_file(need.chunk, &files[&need.file])
    })?;
    let way = |cost: &Cost| {
        format!(
            "{}, {}, {:.0}",
            cost.rounds,
            cost.fetches,
            cost.bytes as f64 / 1e3
        )
    };
    Ok(format!(
        "{query} | {}, {} | {} | {} | {:.1}, {:.1}",
        http.found.0,
        http.found.1,
        way(&http),
        way(&disk),
        disk.cold,
        disk.warm
    ))
}

fn ask(
    query: &str,
    packed: &search_index::pack::Packed,
    fetch: impl Fn(&Cached, &Need, &mut Cost) -> Result<(), search_index::pack::PackError>,
) -> Result<Cost, Box<dyn Error>> {
    let boot = Boot::parse(packed.boot_bytes().to_vec(), SCHEMA_VERSION)?;
    let cached = Arc::new(Cached::new(Arc::new(boot), 24 << 20));
    let searcher = Searcher::open(PackedDirectory::new(cached.clone()))?;
    let request = Request {
        query: query.into(),
        ..Request::default()
    };
    let mut cost = Cost::default();
    let begun = Instant::now();
    let found = loop {
        let found = searcher.search(&request);
        let needs = cached.needs();
        if needs.is_empty() {
            break found?;
        }
        cost.rounds += 1;
        for need in &needs {
            fetch(&cached, need, &mut cost)?;
        }
    };
    cost.cold = begun.elapsed().as_secs_f64() * 1e3;
    cost.found = (found.occurrences, found.reports);
    let begun = Instant::now();
    searcher.search(&request)?;
    cost.warm = begun.elapsed().as_secs_f64() * 1e3;
    Ok(cost)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    Ok(paths)
}

/// A report of a file; its place and year are made up from its number.
fn report(number: u32, path: &Path) -> Result<IndexedReport, Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let roles = ["achievements", "problems", "leadership_duty", "plan"];
    let paragraph = |(at, line): (usize, &&str)| IndexedParagraph {
        anchor: format!(
            "p-{:08x}",
            (u64::from(number) << 16 | at as u64) * 2_654_435_761 % 0xFFFF_FFFF
        ),
        number: at as u32 + 1,
        text: (*line).to_owned(),
        role: roles[at * roles.len() / lines.len()].to_owned(),
        topics: Vec::new(),
    };
    let id = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let place = format!("第{}县", number / 11);
    Ok(IndexedReport {
        page: format!("reports/{id}.html"),
        title: lines.first().copied().unwrap_or_default().to_owned(),
        region: Some(IndexedRegion {
            code: format!("{:06}", 110_000 + number / 11),
            name: place.clone(),
            level: "county".to_owned(),
            path: vec![format!("第{}省", number / 300), place.clone()],
        }),
        year: Some(2015 + (number % 11) as i32),
        issuer: Some(format!("{place}司法局")),
        issuer_type: Some("department".to_owned()),
        paragraphs: lines.iter().enumerate().map(paragraph).collect(),
        id,
    })
}
