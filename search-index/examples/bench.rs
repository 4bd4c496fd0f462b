//! Measures what an index costs: `bench FOLDER` takes a folder of .txt reports, one paragraph a line.

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use search_index::{IndexBuilder, IndexedParagraph, IndexedRegion, IndexedReport};
use tantivy::directory::RamDirectory;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: bench FOLDER")?;
    let reports = read(PathBuf::from(folder))?;
    let texts = reports.iter().flat_map(|report| &report.paragraphs);
    let bytes: usize = texts.map(|paragraph| paragraph.text.len()).sum();
    let count = reports.len();
    let paragraphs: usize = reports.iter().map(|report| report.paragraphs.len()).sum();
    println!("{count} reports, {paragraphs} paragraphs, {bytes} bytes of text");

    let begin = Instant::now();
    let mut builder = IndexBuilder::new(Vec::new());
    for report in reports {
        builder.add(report)?;
    }
    let directory = RamDirectory::create();
    builder.finish(directory.clone())?;
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "indexed in {seconds:.2} s, {:.2} s per 1,000 reports",
        seconds * 1000.0 / count as f64
    );
    sizes(&directory, bytes)
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
            topics: Vec::new(),
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
