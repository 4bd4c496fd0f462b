//! A build that does only what changed gives, byte for byte, what a build from nothing gives; it
//! writes nothing where nothing changed, and trusts no cache.

use crate::command::folder::{REPORT, tree};
use crate::generator::archive::{self, Plan};
use fangzhi::build::{self, Built, Options};
use fangzhi::progress::{Progress, Stage};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

struct Quiet;

impl Progress for Quiet {
    fn stage(&self, _: Stage, _: usize) {}
    fn step(&self) {}
}

/// An archive, the site that one build after the other is made at, and their cache.
struct Kept {
    folder: tempfile::TempDir,
}

impl Kept {
    fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("in/content")).expect("made");
        Self { folder }
    }

    fn new() -> Self {
        let kept = Self::empty();
        kept.write("fangzhi.toml", "title = \"云溪档案\"\n");
        for (number, year) in (2016..2024).enumerate() {
            kept.write(&path(number), &report(number, year));
        }
        kept
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file of the archive.
    fn write(&self, path: &str, text: &str) {
        let path = self.at("in").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    fn options(&self) -> Options {
        Options {
            output: self.at("out"),
            base_url: Some("https://example.org/".to_owned()),
            cache: Some(self.at("cache")),
            ..Options::default()
        }
    }

    fn build(&self) -> Built {
        build::build(&self.at("in"), &self.options(), &Quiet).expect("built")
    }

    /// The site as a build makes it that knows of no other.
    fn anew(&self) -> BTreeMap<String, Vec<u8>> {
        let folder = tempfile::tempdir().expect("a folder");
        let options = Options {
            output: folder.path().join("out"),
            cache: None,
            ..self.options()
        };
        build::build(&self.at("in"), &options, &Quiet).expect("built");
        tree(&options.output)
    }

    fn assert_as_made_anew(&self, after: &str) {
        let (kept, fresh) = (tree(&self.at("out")), self.anew());
        let names = |site: &BTreeMap<String, Vec<u8>>| site.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&kept), names(&fresh), "after {after}");
        for (path, bytes) in &fresh {
            assert!(kept[path] == *bytes, "{path} differs after {after}");
        }
    }
}

fn path(number: usize) -> String {
    format!("content/{}/{number}.txt", number % 3)
}

fn report(number: usize, year: usize) -> String {
    REPORT
        .replace("2022", &year.to_string())
        .replace("78件", &format!("{}件", 70 + number))
        .replace("云溪市", ["云溪市", "云溪市司法局", "银川市"][number % 3])
}

/// All that the system tells of what is in a folder, the folder too.
fn listing(root: &Path) -> BTreeMap<PathBuf, String> {
    walkdir::WalkDir::new(root)
        .into_iter()
        .map(|entry| {
            let entry = entry.expect("an entry");
            let metadata = entry.metadata().expect("told");
            #[cfg(unix)]
            let more = {
                use std::os::unix::fs::MetadataExt;
                (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
            };
            #[cfg(not(unix))]
            let more = metadata.created().ok();
            let told = format!("{} {:?} {more:?}", metadata.len(), metadata.modified());
            (entry.into_path(), told)
        })
        .collect()
}

/// A reproducible sequence of numbers (Steele et al. 2014).
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}

/// One thing that a keeper does to an archive, and what to call it.
fn edit(kept: &Kept, chance: &mut Sequence) -> String {
    let number = chance.below(8);
    let year = 2010 + chance.below(14);
    let file = kept.at("in").join(path(number));
    match chance.below(12) {
        0 | 1 => {
            kept.write(&path(number), &report(number, year));
            format!("another report {number} of {year}")
        }
        2 => {
            let more = format!("{}\n本年受理行政复议案件{year}件。\n", report(number, year));
            kept.write(&path(number), &more);
            format!("a sentence in {number}")
        }
        3 => {
            kept.write(&format!("content/new/{year}.md"), &report(number, year));
            format!("a new report of {year}")
        }
        4 => {
            // The last one stays: a site needs a report.
            if number > 0 && file.exists() {
                fs::remove_file(file).expect("deleted");
            }
            format!("no more {number}")
        }
        5 => {
            if number > 0 && file.exists() {
                let to = kept.at("in/content").join(format!("改名{year}.txt"));
                fs::rename(file, to).expect("renamed");
            }
            format!("{number} renamed")
        }
        6 => {
            let row = format!(
                "path,year,region,title\n{}/{number}.txt,{year},,\n",
                number % 3
            );
            kept.write("metadata.csv", &row);
            format!("the year {year} for {number}")
        }
        7 => {
            let row = format!("path,id\n{}/{number}.txt,frozen-{year}\n", number % 3);
            kept.write("metadata.csv", &row);
            format!("an id for {number}")
        }
        8 => {
            kept.write(
                "codebook/own.toml",
                &format!(
                    "[[topic]]\nid = \"own\"\nnames = {{ hans = \"自选{year}\", hant = \"自選\", en = \"own\" }}\npatterns = [\"力量\"]\n"
                ),
            );
            format!("a topic of {year}")
        }
        9 => {
            let style = format!("/* {year} */\n");
            kept.write("themes/styles/own.css", &style);
            let words = format!("[nav]\nhome = \"首页{year}\"\n");
            kept.write("themes/i18n/zh-Hans.toml", &words);
            format!("the theme of {year}")
        }
        10 => {
            kept.write("fangzhi.toml", &format!("title = \"档案{year}\"\n"));
            format!("the title of {year}")
        }
        _ => {
            kept.write(
                "corrections.csv",
                &format!(
                    "report,sentence,indicator,new,why\n{}/{number}.txt,\"全年审查规范性文件41件,办理行政复议案件{}件。\",reconsideration-accepted,{year}件,核对\n",
                    number % 3,
                    70 + number
                ),
            );
            format!("{year} in place of a figure of {number}")
        }
    }
}

#[test]
fn whatever_is_edited_the_site_is_that_of_a_build_from_nothing() {
    for seed in [1, 2] {
        let (kept, mut chance) = (Kept::new(), Sequence(seed));
        kept.build();
        let mut done = Vec::new();
        for _ in 0..8 {
            done.push(edit(&kept, &mut chance));
            kept.build();
            kept.assert_as_made_anew(&format!("{done:?} (seed {seed})"));
        }
    }
}

#[test]
fn lists_that_are_split_are_those_of_a_build_from_nothing() {
    // More reports than stand on one page of a topic or an indicator.
    let plan = Plan {
        reports: 120,
        seed: 3,
        characters: 600,
    };
    let kept = Kept::empty();
    archive::write(&kept.at("in"), plan).expect("written");
    kept.build();
    let site = tree(&kept.at("out"));
    for folder in ["topics/", "indicators/"] {
        let of_year = |path: &String| {
            let year = path.rsplit(['/', '.']).nth(1).unwrap_or_default();
            path.starts_with(folder) && year.len() == 4 && year.parse::<u32>().is_ok()
        };
        assert!(site.keys().any(of_year), "{folder} is split by year");
    }
    let plain = |path: &Path| {
        let text = fs::read_to_string(path).ok()?;
        (path.extension()? == "txt" && text.contains('。')).then_some((path.to_owned(), text))
    };
    let files = walkdir::WalkDir::new(kept.at("in/content")).sort_by_file_name();
    let files = files.into_iter().filter_map(Result::ok);
    let mut texts = files.filter_map(|entry| plain(entry.path())).step_by(9);
    let (path, text) = texts.next().expect("a text");
    let changed = text.replacen(
        '。',
        "。全年组织开展法治培训37场次,办理行政复议案件12件。",
        1,
    );
    fs::write(path, changed).expect("changed");
    let built = kept.build();
    assert!(built.published.written < built.published.kept, "{built:?}");
    kept.assert_as_made_anew("a change");
    let (path, text) = texts.next().expect("a text");
    fs::remove_file(&path).expect("removed");
    kept.build();
    kept.assert_as_made_anew("a removal");
    kept.write("content/0/first.txt", &text);
    kept.build();
    kept.assert_as_made_anew("an addition");
}

#[test]
fn where_nothing_changed_nothing_is_written() {
    let kept = Kept::new();
    kept.write("content/空.txt", "");
    let first = kept.build();
    let before = listing(kept.folder.path());
    let second = kept.build();
    assert_eq!(listing(kept.folder.path()), before);
    let counts = |built: &Built| (built.published.written, built.published.removed);
    assert_eq!(counts(&second), (0, 0));
    assert_eq!(second.published.kept, first.published.files);
    assert_eq!(second.diagnostics, first.diagnostics);
    assert_eq!((second.read, second.unread), (8, 1));
}

#[test]
fn only_files_that_differ_are_written() {
    let kept = Kept::new();
    kept.build();
    let (before, was) = (listing(&kept.at("out")), tree(&kept.at("out")));
    kept.write(&path(4), &report(4, 2020).replace("41件", "42件"));
    let built = kept.build();
    let (after, is) = (listing(&kept.at("out")), tree(&kept.at("out")));
    let mut written = Vec::new();
    for (path, bytes) in &is {
        let at = kept.at("out").join(path);
        // Of a file that stays, only the time of the link to it is new.
        let of = |told: &BTreeMap<PathBuf, String>| {
            let told = told.get(&at)?;
            let changed = told.rfind(", ")?;
            let inode = told[..changed].rfind(", ")?;
            Some(told[..inode].to_owned())
        };
        let stayed = of(&before) == of(&after);
        assert_eq!(stayed, was.get(path) == Some(bytes), "{path}");
        written.extend((!stayed).then_some(path.as_str()));
    }
    assert_eq!(written.len(), built.published.written);
    let reports = written.iter().filter(|path| path.starts_with("reports/"));
    assert_eq!(reports.collect::<Vec<_>>(), [&"reports/1-4.html"]);
}

#[test]
fn a_site_that_somebody_wrote_into_is_made_whole() {
    let kept = Kept::new();
    kept.build();
    let page = kept.at("out/index.html");
    let mut bytes = fs::read(&page).expect("read");
    let time = fs::metadata(&page).expect("told").modified().expect("told");
    bytes[100] ^= 1;
    fs::write(&page, &bytes).expect("written");
    let file = fs::File::options().write(true).open(&page).expect("opened");
    file.set_modified(time).expect("set");
    fs::remove_file(kept.at("out/about.html")).expect("deleted");
    let built = kept.build();
    assert_eq!(built.published.written, 3, "two pages and the manifest");
    kept.assert_as_made_anew("damage");
}

#[test]
fn a_damaged_foreign_or_old_cache_is_as_if_it_were_not_there() {
    let kept = Kept::new();
    kept.build();
    let mut chance = Sequence(3);
    for round in 0..8 {
        let year = 2000 + round;
        kept.write(&path(round % 8), &report(round % 8, year));
        let files: Vec<PathBuf> = listing(&kept.at("cache"))
            .into_keys()
            .filter(|path| path.is_file() && !path.ends_with("lock"))
            .collect();
        let file = &files[chance.below(files.len())];
        let mut bytes = fs::read(file).expect("read");
        match round % 4 {
            0 => bytes.truncate(chance.below(bytes.len())),
            1 => {
                for _ in 0..20 {
                    let at = chance.below(bytes.len());
                    bytes[at] ^= 1 << chance.below(8);
                }
            }
            2 => bytes = REPORT.repeat(50).into_bytes(),
            _ => {
                let magic = bytes
                    .windows(15)
                    .position(|some| some == b"fangzhi cache 2");
                if let Some(at) = magic {
                    bytes[at + 14] = b'9';
                } else {
                    bytes.clear();
                }
            }
        }
        fs::write(file, bytes).expect("written");
        kept.build();
        kept.assert_as_made_anew(&format!("damage to {} in round {round}", file.display()));
    }
    // A cache that was made elsewhere.
    let other = Kept::new();
    fs::create_dir_all(other.at("cache")).expect("made");
    for (path, bytes) in tree(&kept.at("cache")) {
        fs::write(other.at("cache").join(path), bytes).expect("written");
    }
    other.build();
    other.assert_as_made_anew("another archive's cache");
}

#[test]
fn quoted_words_that_are_damaged_are_read_anew() {
    let kept = Kept::new();
    kept.build();
    let pack = fs::read_dir(kept.at("cache")).expect("a folder");
    let pack = pack.map(|entry| entry.expect("an entry").path());
    let pack = pack.filter(|path| path.extension().is_some_and(|ending| ending == "pack"));
    let pack = pack.last().expect("a pack");
    let mut bytes = fs::read(&pack).expect("read");
    // A report's text, which ends with its plan, and behind it what lists quote.
    let find = |words: &str, from: usize| {
        let mut windows = bytes[from..].windows(words.len());
        let found = windows.position(|some| some == words.as_bytes());
        from + found.unwrap_or_else(|| panic!("{words} stands there"))
    };
    let quoted = find("案件74件", find("推进镇街", find("案件74件", 0)));
    bytes["案件".len() + quoted] = b'8';
    fs::write(&pack, bytes).expect("written");
    kept.write(&path(1), &report(1, 2017).replace("41件", "42件"));
    kept.build();
    kept.assert_as_made_anew("damage to quoted words");
}

#[test]
fn a_cache_that_can_not_be_is_no_error() {
    let kept = Kept::new();
    fs::write(kept.at("cache"), "a file where the folder should be").expect("written");
    let built = kept.build();
    assert!(
        built
            .diagnostics
            .iter()
            .any(|told| told.code == "cache-unused"),
        "{:?}",
        built.diagnostics
    );
    kept.assert_as_made_anew("no cache");
}

/// All that a check tells.
fn survey(kept: &Kept, cache: Option<&Path>, fresh: bool) -> String {
    let survey = build::survey(&kept.at("in"), cache, fresh, &Quiet).expect("read");
    format!("{survey:?}")
}

#[test]
fn a_check_tells_what_one_without_cache_tells_and_leaves_its_readings_for_a_build() {
    let (kept, mut chance) = (Kept::new(), Sequence(5));
    kept.write("content/空.txt", "");
    let cache = kept.at("cache");
    let mut done = Vec::new();
    for round in 0..8 {
        done.push(edit(&kept, &mut chance));
        let (known, anew) = (
            survey(&kept, Some(&cache), false),
            survey(&kept, None, false),
        );
        assert!(known == anew, "{done:?}: {known} {anew}");
        let before = tree(&cache);
        assert!(survey(&kept, Some(&cache), false) == anew, "{done:?}");
        assert_eq!(tree(&cache), before, "nothing is read twice");
        if round % 3 == 2 {
            kept.build();
            kept.assert_as_made_anew(&format!("a check and {done:?}"));
            assert!(survey(&kept, Some(&cache), false) == anew, "{done:?}");
        }
    }
    let before = tree(&cache);
    survey(&kept, Some(&cache), true);
    assert_ne!(tree(&cache), before, "all is read anew");
    fs::remove_dir_all(&cache).expect("removed");
    fs::write(&cache, "a file where the folder should be").expect("written");
    survey(&kept, Some(&cache), false);
}

#[test]
fn a_fresh_build_uses_nothing_and_leaves_a_new_cache() {
    let kept = Kept::new();
    kept.build();
    let options = Options {
        fresh: true,
        ..kept.options()
    };
    let before = tree(&kept.at("cache"));
    let built = build::build(&kept.at("in"), &options, &Quiet).expect("built");
    assert_eq!(built.published.written, 0);
    assert_ne!(tree(&kept.at("cache")), before);
    kept.assert_as_made_anew("a fresh build");
}
