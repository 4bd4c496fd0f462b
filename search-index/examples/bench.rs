//! Measures what an index costs: `bench FOLDER [QUERY…]` takes a folder of .txt reports, one paragraph a line, and tells
//! the index's size against the text's, the time of indexing, and what each query reads when nothing has been read but the
//! boot pack: over http by ranges of files, and whole files as from disk.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use search_index::pack::{Boot, Cached, Packed, PackedDirectory};
use search_index::{
    IndexBuilder, IndexedParagraph, IndexedRegion, IndexedReport, Request, SCHEMA_VERSION,
    SearchError, Searcher, TopicLabel,
};
use tantivy::directory::RamDirectory;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: bench FOLDER [QUERY…]")?;
    let mut queries: Vec<String> = arguments.collect();
    if queries.is_empty() {
        let usual = [
            "法治政府",
            "行政执法",
            "行政复议",
            "法治政府建设",
            "首违不罚",
            "行政诉讼 败诉",
            "同句(复议 撤销)",
            "2023年",
            "法",
        ];
        queries = usual.map(str::to_owned).to_vec();
    }
    let reports = read(PathBuf::from(folder))?;
    let texts = reports.iter().flat_map(|report| &report.paragraphs);
    let bytes: usize = texts.map(|paragraph| paragraph.text.len()).sum();
    let count = reports.len();
    let paragraphs: usize = reports.iter().map(|report| report.paragraphs.len()).sum();
    println!("{count} reports, {paragraphs} paragraphs, {bytes} bytes of text");

    let (begin, before) = (Instant::now(), cpu_seconds());
    let mut builder = IndexBuilder::new(topics());
    for report in reports {
        builder.add(report)?;
    }
    let directory = RamDirectory::create();
    builder.finish(directory.clone())?;
    let share = 1000.0 / count as f64;
    let cpu = cpu_seconds()
        .zip(before)
        .map(|(after, before)| (after - before) * share);
    println!(
        "1,000 reports in {:.2} s, CPU seconds {cpu:.2?}",
        begin.elapsed().as_secs_f64() * share
    );
    sizes(&directory, bytes)?;
    reads(&directory, &queries)
}

/// CPU seconds of this process, where the system tells them as Linux does, in hundredths.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

/// Names for the topics that [`read`] makes up.
fn topics() -> Vec<TopicLabel> {
    let topic = |number: usize| TopicLabel {
        id: format!("topic-{number}"),
        names: vec![format!("主题{number}")],
    };
    (0..16).map(topic).collect()
}

/// What each query reads of the packed index.
fn reads(directory: &RamDirectory, queries: &[String]) -> Result<(), Box<dyn Error>> {
    let packed = Packed::new(directory, SCHEMA_VERSION, |directory| {
        Searcher::open(directory).map(drop)
    })?;
    let files: Vec<Vec<u8>> = packed
        .files()
        .map(|file| file.map(|(_, bytes)| bytes))
        .collect::<Result<_, _>>()?;
    println!(
        "boot pack: {} bytes; {} files",
        packed.boot().len(),
        files.len()
    );
    for query in queries {
        for by_range in [true, false] {
            let cached = Arc::new(Cached::new(
                Arc::new(Boot::parse(packed.boot_bytes().to_vec(), SCHEMA_VERSION)?),
                usize::MAX,
            ));
            let searcher = Searcher::open(PackedDirectory::new(cached.clone()))?;
            let request = Request {
                query: query.clone(),
                ..Request::default()
            };
            let (mut rounds, mut bytes, mut loaded) = (0, 0, 0);
            let response = loop {
                match searcher.search(&request) {
                    Ok(response) => break response,
                    Err(SearchError::Missing(_)) => {}
                    Err(error) => return Err(error.into()),
                }
                rounds += 1;
                for need in cached.needs() {
                    let file = &files[need.chunk as usize];
                    if !by_range {
                        (loaded, bytes) = (loaded + 1, bytes + file.len());
                        cached.put_file(need.chunk, file)?;
                        continue;
                    }
                    for part in need.parts {
                        let range = part.start as usize..part.end as usize;
                        (loaded, bytes) = (loaded + 1, bytes + range.len());
                        cached.put_part(part.block, part.count, &file[range])?;
                    }
                }
            };
            let begin = Instant::now();
            searcher.search(&request)?;
            let how = if by_range { "ranges" } else { "files" };
            println!(
                "{query}: {} occurrences in {} reports; {rounds} rounds, {loaded} {how}, {} KB; warm {:.1} ms",
                response.occurrences,
                response.reports,
                bytes / 1024,
                begin.elapsed().as_secs_f64() * 1000.0
            );
        }
    }
    Ok(())
}

fn sizes(directory: &RamDirectory, bytes: usize) -> Result<(), Box<dyn Error>> {
    use tantivy::Directory;
    use tantivy::index::SegmentComponent as Part;
    let index = tantivy::Index::open(directory.clone())?;
    let parts = [
        Part::Terms,
        Part::Postings,
        Part::Positions,
        Part::FastFields,
        Part::FieldNorms,
        Part::Store,
    ];
    let mut total = 0;
    for segment in index.searchable_segment_metas()? {
        for part in &parts {
            let len = directory
                .open_read(&segment.relative_path(part.clone()))?
                .read_bytes()?
                .len();
            println!(
                "{part}: {len} bytes, {:.3} of the text",
                len as f64 / bytes as f64
            );
            total += len;
        }
    }
    println!(
        "total: {total} bytes, {:.3} of the text",
        total as f64 / bytes as f64
    );
    Ok(())
}

/// Reports of a folder, by file name; regions and years are made up from the place in the order.
fn read(folder: PathBuf) -> Result<Vec<IndexedReport>, Box<dyn Error>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    let roles = ["achievements", "problems", "leadership_duty", "plan"];
    let mut reports = Vec::new();
    for (number, path) in paths.iter().enumerate() {
        let text = std::fs::read_to_string(path)?;
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        let paragraph = |(at, line): (usize, &&str)| IndexedParagraph {
            anchor: format!("p{:08x}", at * 2_654_435_761 % 0xFFFF_FFFF),
            number: at as u32 + 1,
            text: (*line).to_owned(),
            role: roles[at * roles.len() / lines.len()].to_owned(),
            topics: if at % 3 == 0 {
                vec![format!("topic-{}", (at / 3 + number) % 16)]
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
        reports.push(IndexedReport {
            page: format!("reports/{id}/index.html"),
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
        });
    }
    Ok(reports)
}
