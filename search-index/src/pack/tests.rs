use super::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tantivy::collector::Count;
use tantivy::directory::{Directory, RamDirectory};
use tantivy::query::PhraseQuery;
use tantivy::schema::{STORED, Schema, TEXT, Value};
use tantivy::{Index, ReloadPolicy, TantivyDocument, Term, doc};

const SCHEMA: u32 = 7;

/// A segment large enough for several chunk files.
fn segment() -> RamDirectory {
    let mut schema = Schema::builder();
    let text = schema.add_text_field("text", TEXT | STORED);
    let directory = RamDirectory::create();
    let index = Index::create(
        directory.clone(),
        schema.build(),
        tantivy::IndexSettings::default(),
    )
    .expect("an index");
    let mut writer = index
        .writer_with_num_threads(1, 15_000_000)
        .expect("a writer");
    for n in 0u32..6000 {
        let mix = |by: u32| n.wrapping_mul(2_654_435_761).rotate_left(by) % 5000;
        let line = format!(
            "year {} case {} fine {} law{} rule{}",
            n % 7,
            n,
            mix(3),
            mix(9),
            mix(17)
        );
        writer.add_document(doc!(text => line)).expect("room");
    }
    writer.commit().expect("a commit");
    directory
}

fn open(directory: impl Into<Box<dyn Directory>>) -> tantivy::Result<tantivy::Searcher> {
    let index = Index::open(directory)?;
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()?;
    Ok(reader.searcher())
}

fn pack(directory: &RamDirectory) -> Packed {
    Packed::new(directory, SCHEMA, Vec::new(), |directory| {
        open(directory).map(drop)
    })
    .expect("packs")
}

fn files(packed: &Packed) -> BTreeMap<String, Vec<u8>> {
    let read = |file: PackedFile<'_>| (file.name(), file.read().expect("readable"));
    let mut files: BTreeMap<_, _> = packed.files().map(read).collect();
    files.insert(BOOT_FILE.into(), packed.boot());
    files
}

/// How many documents say `year 3 case`, and the first one's words.
fn ask(searcher: &tantivy::Searcher) -> tantivy::Result<(usize, String)> {
    let field = searcher.schema().get_field("text")?;
    let term = |word| Term::from_field_text(field, word);
    let count = searcher.search(&PhraseQuery::new(vec![term("3"), term("case")]), &Count)?;
    let stored: TantivyDocument = searcher.doc(tantivy::DocAddress::new(0, 4321))?;
    let words = stored
        .get_first(field)
        .and_then(|v| v.as_str().map(str::to_owned));
    Ok((count, words.unwrap_or_default()))
}

fn write(files: &BTreeMap<String, Vec<u8>>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("written");
    }
    folder
}

fn ask_folder(folder: &Path) -> Result<(usize, String), PackError> {
    let blocks = Arc::new(SiteBlocks::open(folder, SCHEMA, 1 << 20)?);
    let answer = open(PackedDirectory::new(blocks.clone())).and_then(|searcher| ask(&searcher));
    answer.map_err(|error| blocks.take_damage().unwrap_or(PackError::Tantivy(error)))
}

#[test]
fn files_fit_their_clusters_and_answer_as_the_segment_does() {
    let segment = segment();
    let expected = ask(&open(segment.clone()).expect("opens")).expect("answers");
    assert_eq!(expected.0, 857);
    let files = files(&pack(&segment));
    assert!(files.len() > 3, "{} files", files.len());
    for (name, bytes) in &files {
        assert!(bytes.len() <= FILE_LIMIT, "{name}: {}", bytes.len());
    }
    let folder = write(&files);
    assert_eq!(ask_folder(folder.path()).expect("answers"), expected);
}

#[test]
fn the_same_documents_give_the_same_bytes() {
    assert_eq!(files(&pack(&segment())), files(&pack(&segment())));
}

#[test]
fn opening_needs_nothing_but_the_boot_pack() {
    let packed = pack(&segment());
    let boot = Arc::new(Boot::parse(packed.boot_bytes().to_vec(), SCHEMA).expect("boots"));
    let cached = Arc::new(Cached::new(boot, 0));
    open(PackedDirectory::new(cached.clone())).expect("opens");
    assert_eq!(cached.needs(), []);
}

#[test]
fn what_is_missing_is_told_and_a_few_rounds_fetch_it() {
    let segment = segment();
    let expected = ask(&open(segment.clone()).expect("opens")).expect("answers");
    let packed = pack(&segment);
    let files = files(&packed);
    for by_part in [false, true] {
        let boot = Boot::parse_script(&files[BOOT_FILE], SCHEMA).expect("boots");
        let cached = Arc::new(Cached::new(Arc::new(boot), 2 * BLOCK));
        let searcher = open(PackedDirectory::new(cached.clone())).expect("opens");
        let mut rounds = 0;
        let answer = loop {
            let answer = ask(&searcher);
            let needs = cached.needs();
            if needs.is_empty() {
                break answer.expect("has all it needs");
            }
            for need in needs {
                let file = &files[&need.file];
                assert_eq!(file.len() as u64, need.size);
                for part in need.parts.iter().filter(|_| by_part) {
                    let bytes = &file[part.start as usize..part.end as usize];
                    cached
                        .put_part(part.block, part.count, bytes)
                        .expect("whole");
                }
                if !by_part {
                    cached.put_file(need.chunk, file).expect("whole");
                }
            }
            rounds += 1;
            assert!(rounds < 20, "{rounds} rounds");
        };
        assert_eq!(answer, expected);
        cached.trim();
        assert!(cached.held() <= 2 * BLOCK, "{} bytes", cached.held());
    }
}

#[test]
fn every_damage_names_its_file() {
    let files = files(&pack(&segment()));
    for name in files.keys() {
        for (damage, code) in [("lost", "missing"), ("cut", "cut"), ("flipped", "altered")] {
            let mut files = files.clone();
            match damage {
                "lost" => drop(files.remove(name)),
                "cut" => files.get_mut(name).expect("there").truncate(60_000),
                _ => {
                    let file = files.get_mut(name).expect("there");
                    let at = file.len() / 2;
                    file[at] = if file[at] == b'a' { b'b' } else { b'a' };
                }
            }
            let folder = write(&files);
            match ask_folder(folder.path()) {
                Err(error) => {
                    assert_eq!((error.code(), error.file()), (code, Some(name.as_str())));
                    assert!(error.to_string().contains("copy"), "{error}");
                }
                // Not every file is needed for this question; then the answer is the right one.
                Ok(answer) => assert_eq!(answer.0, 857),
            }
        }
    }
}

#[test]
fn two_files_that_changed_places_are_altered() {
    let mut files = files(&pack(&segment()));
    let second = files["0001.js"].clone();
    let first = files
        .insert("0001.js".into(), files["0000.js"].clone())
        .expect("there");
    files.insert("0000.js".into(), second);
    assert_ne!(first, [] as [u8; 0]);
    let error = ask_folder(write(&files).path()).expect_err("it can't be read");
    assert_eq!(error.code(), "altered");
}

#[test]
fn an_index_of_another_version_is_told_apart() {
    let packed = pack(&segment());
    let error = Boot::parse(packed.boot_bytes().to_vec(), SCHEMA + 1).expect_err("too new");
    assert_eq!(error.code(), "version");
    assert!(error.to_string().contains("format 2.7"), "{error}");
}

#[test]
fn an_index_of_two_segments_is_refused() {
    let directory = segment();
    let index = Index::open(directory.clone()).expect("opens");
    let mut writer: tantivy::IndexWriter = index
        .writer_with_num_threads(1, 15_000_000)
        .expect("a writer");
    writer.set_merge_policy(Box::new(tantivy::merge_policy::NoMergePolicy));
    let text = index.schema().get_field("text").expect("there");
    writer.add_document(doc!(text => "more")).expect("room");
    writer.commit().expect("a commit");
    let refused = Packed::new(&directory, SCHEMA, Vec::new(), |_| Ok::<(), String>(()));
    assert_eq!(refused.err().map(|error| error.code()), Some("index"));
}

/// A tiny archive.
fn reports() -> impl Iterator<Item = crate::IndexedReport> {
    let paragraph = |number: u32, text: &str| crate::IndexedParagraph {
        anchor: format!("p-{number}"),
        number,
        text: text.into(),
        role: "achievements".into(),
        topics: vec!["review".into()],
    };
    (2019..2023).map(move |year| crate::IndexedReport {
        id: format!("qinghe-{year}"),
        title: format!("青河县{year}年法治政府建设年度报告"),
        page: format!("reports/qinghe-{year}.html"),
        region: Some(crate::IndexedRegion {
            code: "990101".into(),
            name: "青河县".into(),
            level: "county".into(),
            path: vec!["甲省".into(), "青河县".into()],
        }),
        year: Some(year),
        issuer: Some("青河县人民政府".into()),
        issuer_type: Some("government".into()),
        paragraphs: vec![
            paragraph(1, "推进法治政府建设，法治政府建设水平提升。"),
            paragraph(2, "全年办理行政復議案件12件，“双随机、一公开”检查3次。"),
        ],
    })
}

/// The files of its index.
fn written() -> BTreeMap<String, Vec<u8>> {
    let mut builder = crate::IndexBuilder::new(
        RamDirectory::create(),
        vec![crate::TopicLabel {
            id: "review".into(),
            names: vec!["行政复议".into()],
        }],
    );
    reports().for_each(|report| builder.add(report).expect("takes a report"));
    files(&builder.pack().expect("packs"))
}

/// A larger archive, in groups of a few reports; the words of one report come from outside.
fn in_groups(words: &str) -> BTreeMap<String, Vec<u8>> {
    let sample: Vec<_> = reports().collect();
    let builder = crate::IndexBuilder::taught(RamDirectory::create(), Vec::new(), &sample);
    let mut builder = builder.in_groups(1 << 12);
    for number in 0..60 {
        let mut report = reports().next().expect("one");
        report.id = format!("qinghe-{number}");
        report.paragraphs[0].text = format!("第{number}号卷宗：{}。", "查阅".repeat(number));
        if number == 31 {
            report.paragraphs[0].text = words.to_owned();
        }
        builder.add(report).expect("takes a report");
    }
    files(&builder.pack().expect("packs"))
}

#[test]
fn a_report_that_changes_leaves_the_texts_of_other_groups_as_they_are() {
    let [before, after] = ["旧的一段。", "新的一段，比旧的长。"].map(in_groups);
    let texts = |files: &BTreeMap<String, Vec<u8>>| -> BTreeMap<String, Vec<u8>> {
        let texts = files.iter().filter(|(name, _)| name.starts_with('t'));
        texts
            .map(|(name, bytes)| (name.clone(), bytes.clone()))
            .collect()
    };
    let [before, after] = [texts(&before), texts(&after)];
    assert!(before.len() > 3, "{} files", before.len());
    assert_eq!(before.len(), after.len());
    let same = before
        .iter()
        .filter(|(name, bytes)| after.get(*name) == Some(bytes))
        .count();
    assert_eq!(same, before.len() - 1);
}

#[test]
fn a_text_longer_than_a_file_is_read_whole() {
    // Not two of its characters repeat so that LZ4 would see it.
    let number = |n: u32| char::from_u32(0x4E00 + n.wrapping_mul(2_654_435_761) % 20_000);
    let text: String = (0..120_000).filter_map(number).collect();
    let mut builder = crate::IndexBuilder::new(RamDirectory::create(), Vec::new());
    for (id, text) in [("a", "短。"), ("b", &text), ("c", "又短。")] {
        let mut report = reports().next().expect("one");
        report.id = id.to_owned();
        report.paragraphs[1].text = text.to_owned();
        builder.add(report).expect("takes a report");
    }
    let files = files(&builder.pack().expect("packs"));
    assert!(files.values().all(|bytes| bytes.len() <= FILE_LIMIT));
    let folder = write(&files);
    let blocks = SiteBlocks::open(folder.path(), crate::SCHEMA_VERSION, 1 << 20).expect("opens");
    let searcher = crate::Searcher::open(PackedDirectory::new(Arc::new(blocks))).expect("opens");
    for (id, expected) in [("a", "短。"), ("b", &text), ("c", "又短。")] {
        let stored = searcher.report(id).expect("read").expect("there");
        assert_eq!(stored.paragraphs[1].text, expected);
    }
}

/// The stored form: what a tiny index is packed to, with the versions it was written under. Whoever
/// changes it raises [`SCHEMA_VERSION`](crate::SCHEMA_VERSION) or [`FORMAT`], so that an engine of
/// another version says so and does not take the index for a damaged one.
#[test]
fn the_stored_form_changes_with_its_version() {
    const WRITTEN: (u32, u32, u32) = (2, 7, 43_253_456);
    let mut sum = crc32fast::Hasher::new();
    for (name, bytes) in written() {
        sum.update(name.as_bytes());
        sum.update(&bytes);
    }
    let now = (FORMAT, crate::SCHEMA_VERSION, sum.finalize());
    assert_eq!(
        now, WRITTEN,
        "what is stored has changed: raise SCHEMA_VERSION (or FORMAT, where packing changed), and \
         write the new numbers here"
    );
}
