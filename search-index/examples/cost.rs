//! What a search costs a reader whose index lies elsewhere, and where the index's bytes are: `cost FOLDER [QUERY…]`.
//!
//! FOLDER is the `search-index` of a built site, or has reports in .txt files, one paragraph a line; of those an index is
//! made first, and what that takes is told. Each query is asked with nothing read but the boot pack, as the search page
//! does it: over http (ranges of files) and from disk (whole files). A line a query, in Markdown: what was found, rounds,
//! requests or files and kilobytes of each way, kilobytes by kind over http (dictionary, postings, positions, columns,
//! texts), and milliseconds of this machine's native code, cold and warm. Counts by topic, which the page asks for when
//! the hits are shown, are told apart.

use search_index::pack::{Boot, Cached, Need, PackError, PackedDirectory};
use search_index::{
    IndexBuilder, IndexedParagraph, IndexedRegion, IndexedReport, Request, SCHEMA_VERSION,
    Searcher, Spool, TopicLabel,
};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

const QUERIES: [&str; 17] = [
    "行政执法",
    "法治政府建设",
    "法治政府",
    "行政复议",
    "行政處罰",
    "首违不罚",
    "双随机、一公开",
    "海绵城市",
    "行政诉讼 败诉",
    "同句(行政复议 撤销)",
    "同段(行政复议 行政诉讼)",
    "行政复议 -诉讼",
    "年:2019..2021 部分:问题 培训",
    "2019",
    "法",
    "青鸾哨兵机制",
    "同句(行政复议 青鸾)",
];

/// Kinds of bytes, by the endings of the segment's files.
const KINDS: [(&str, &str); 5] = [
    (".term", "dictionary"),
    (".idx", "postings"),
    (".pos", "positions"),
    (".store", "columns"),
    ("texts", "texts"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder: PathBuf = arguments
        .next()
        .ok_or("usage: cost FOLDER [QUERY…]")?
        .into();
    let mut queries: Vec<String> = arguments.collect();
    if queries.is_empty() {
        queries = QUERIES.map(str::to_owned).to_vec();
    }
    if folder.join("boot.js").exists() {
        return tell(&folder, &queries, None);
    }
    let made = tempfile::tempdir()?;
    let text = make(&folder, made.path())?;
    tell(made.path(), &queries, Some(text))
}

/// Makes the index of a folder of reports, and tells what that took. Gives back how many bytes of text there are.
fn make(folder: &Path, to: &Path) -> Result<u64, Box<dyn Error>> {
    let topics = (0..16).map(|number| TopicLabel {
        id: format!("topic-{number}"),
        names: vec![format!("主题{number}")],
    });
    let spool = tempfile::tempdir()?;
    let mut builder = IndexBuilder::new(Spool::new(spool.path()), topics.collect());
    let (mut count, mut text) = (0, 0);
    let begun = (Instant::now(), cpu_seconds());
    for path in files(folder)? {
        let report = report(count, &path)?;
        let texts = report.paragraphs.iter().map(|one| one.text.len() as u64);
        text += texts.sum::<u64>();
        builder.add(report)?;
        count += 1;
    }
    let added = cpu_seconds();
    let packed = builder.pack()?;
    for file in packed.files() {
        fs::write(to.join(file.name()), file.read()?)?;
    }
    fs::write(to.join("boot.js"), packed.boot())?;
    let thousand = 1000.0 / f64::from(count);
    println!(
        "{count} reports; of 1,000: {:.2} s, {:.2} s CPU of which groups {:.2}; most memory {}\n",
        begun.0.elapsed().as_secs_f64() * thousand,
        (cpu_seconds() - begun.1) * thousand,
        (added - begun.1) * thousand,
        most_memory()
    );
    Ok(text)
}

/// CPU seconds of this process, in hundredths, where the system tells them as Linux does; else 0.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = match stat.rsplit_once(')') {
        Some((_, fields)) => fields.split_whitespace().collect(),
        None => Vec::new(),
    };
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
    (ticks(11).unwrap_or_default() + ticks(12).unwrap_or_default()) / 100.0
}

fn most_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("?").trim().to_owned()
}

/// Tells where the bytes of a packed index are, and what each query costs.
fn tell(folder: &Path, queries: &[String], text: Option<u64>) -> Result<(), Box<dyn Error>> {
    let boot = fs::read(folder.join("boot.js"))?;
    sizes(folder, &boot, text)?;
    println!(
        "| query | occurrences, reports | http: rounds, requests, kB | disk: rounds, files, kB | kB over http of {} | ms cold, warm |",
        KINDS.map(|kind| kind.1).join(", ")
    );
    println!("|---|---|---|---|---|---|");
    for query in queries {
        println!("{}", line(query, folder, &boot)?);
    }
    if let Some(query) = queries.first() {
        let [hits, all] = [false, true].map(|topics| over_http(query, topics, folder, &boot));
        let more = all?.bytes.saturating_sub(hits?.bytes);
        println!(
            "\nthen, once: {:.0} kB over http to count by topic",
            more as f64 / 1e3
        );
    }
    Ok(())
}

fn sizes(folder: &Path, boot: &[u8], text: Option<u64>) -> Result<(), Box<dyn Error>> {
    let (mut files, mut bytes, mut texts) = (0, 0, 0);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (name, len) = (entry.file_name(), entry.metadata()?.len());
        // The engine and what is known of it are the same whatever the archive.
        if ["engine.js", "about.js"].iter().any(|other| name == *other) {
            continue;
        }
        files += 1;
        bytes += len;
        texts += if name.to_string_lossy().starts_with('t') {
            len
        } else {
            0
        };
    }
    let boot_pack = Boot::parse_script(boot, SCHEMA_VERSION)?;
    println!(
        "{files} files, {:.1} MB; boot.js {:.0} kB",
        bytes as f64 / 1e6,
        boot.len() as f64 / 1e3
    );
    if let Some(text) = text {
        let of = |bytes: u64| bytes as f64 / text as f64;
        println!(
            "{:.1} MB of text; of its bytes: index {:.3}, texts {:.3}, both {:.3}",
            text as f64 / 1e6,
            of(bytes - texts),
            of(texts),
            of(bytes)
        );
    }
    let mut parts = BTreeMap::new();
    for (name, len) in boot_pack.contents() {
        *parts.entry(kind(name)).or_insert(0) += len;
    }
    let parts: Vec<String> = parts
        .iter()
        .map(|(kind, len)| format!("{kind} {:.1} MB", *len as f64 / 1e6))
        .collect();
    println!("{}\n", parts.join(", "));
    Ok(())
}

fn kind(name: &str) -> &'static str {
    let known = KINDS.iter().find(|(ending, _)| name.ends_with(ending));
    known.map_or("other", |(_, kind)| kind)
}

/// What one way of fetching cost.
#[derive(Default)]
struct Cost {
    rounds: u32,
    fetches: usize,
    bytes: u64,
    /// Bytes of blocks by what lies in them.
    kinds: BTreeMap<&'static str, u64>,
    cold: f64,
    warm: f64,
    found: (u64, u64),
}

fn read(folder: &Path, need: &Need) -> Result<Vec<u8>, PackError> {
    fs::read(folder.join(&need.file)).map_err(PackError::Io)
}

fn over_http(
    query: &str,
    topics: bool,
    folder: &Path,
    boot: &[u8],
) -> Result<Cost, Box<dyn Error>> {
    ask(query, topics, boot, |cached, need, cost| {
        let file = read(folder, need)?;
        let wanted: u64 = need.parts.iter().map(|part| part.end - part.start).sum();
        if wanted as f64 > need.size as f64 * 0.7 {
            cost.fetches += 1;
            cost.bytes += need.size;
            return cached.put_file(need.chunk, &file);
        }
        need.parts.iter().try_for_each(|part| {
            cost.fetches += 1;
            cost.bytes += part.end - part.start;
            let range = part.start as usize..part.end as usize;
            cached.put_part(part.block, part.count, &file[range])
        })
    })
}

fn line(query: &str, folder: &Path, boot: &[u8]) -> Result<String, Box<dyn Error>> {
    let http = over_http(query, false, folder, boot)?;
    let disk = ask(query, false, boot, |cached, need, cost| {
        cost.fetches += 1;
        cost.bytes += need.size;
        cached.put_file(need.chunk, &read(folder, need)?)
    })?;
    let way = |cost: &Cost| {
        let kilobytes = cost.bytes as f64 / 1e3;
        format!("{}, {}, {kilobytes:.0}", cost.rounds, cost.fetches)
    };
    let kinds = KINDS.map(|(_, kind)| {
        let bytes = http.kinds.get(kind).copied().unwrap_or_default();
        format!("{:.0}", bytes as f64 / 1e3)
    });
    Ok(format!(
        "| {query} | {}, {} | {} | {} | {} | {:.1}, {:.1} |",
        http.found.0,
        http.found.1,
        way(&http),
        way(&disk),
        kinds.join(", "),
        disk.cold,
        disk.warm
    ))
}

fn ask(
    query: &str,
    topics: bool,
    boot: &[u8],
    fetch: impl Fn(&Cached, &Need, &mut Cost) -> Result<(), PackError>,
) -> Result<Cost, Box<dyn Error>> {
    let boot = Arc::new(Boot::parse_script(boot, SCHEMA_VERSION)?);
    let cached = Arc::new(Cached::new(boot.clone(), 24 << 20));
    let searcher = Searcher::open(PackedDirectory::new(cached.clone()))?;
    let request = Request {
        query: query.into(),
        count_topics: topics,
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
            for part in &need.parts {
                for (name, bytes) in boot.contents_of(part.block..part.block + part.count) {
                    *cost.kinds.entry(kind(name)).or_default() += bytes;
                }
            }
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
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    Ok(paths)
}

/// A report of a file; its place, year and topics are made up from its number.
fn report(number: u32, path: &Path) -> Result<IndexedReport, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
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
        topics: if at % 3 == 0 {
            vec![format!("topic-{}", (at / 3 + number as usize) % 16)]
        } else {
            Vec::new()
        },
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
