//! Fictional archives of any size: places that do not exist, provinces, prefectures and counties,
//! several issuers and years each, and all the messes of real files mixed in. The same plan gives the
//! same bytes.
//!
//! Of a hundred reports 49 are clean and 51 have one of the messes of [`mess::MESSES`]; of a hundred
//! files 96 are plain text, most of it UTF-8, three web pages, one a word processor's ([`form::FORMS`]).

mod form;
mod mess;
mod places;
mod sequence;
mod words;

pub(crate) use form::Form;
pub(crate) use mess::Mess;

use form::FORMS;
use mess::MESSES;
use places::Place;
use sequence::{Deck, Sequence};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use words::{OFFICES, Office, PARTS_OF_A_YEAR, WHOLE_YEAR};

/// The latest report year, and the most years before it.
const LATEST: u32 = 2024;
const YEARS: usize = 9;

/// What goes into an archive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How many reports: 1 to 100,000.
    pub reports: usize,
    /// Same seed, same archive.
    pub seed: u64,
    /// Characters of a report's running text, roughly.
    pub characters: usize,
}

/// A report's file, and what a reader of it can tell.
#[derive(Clone, Debug)]
pub(crate) struct Generated {
    /// Below `content/`.
    pub path: PathBuf,
    pub bytes: Vec<u8>,
    pub truth: Truth,
}

/// What is true of a report.
#[derive(Clone, Debug)]
pub(crate) struct Truth {
    pub mess: Mess,
    pub form: Form,
    /// None where the place is masked.
    pub region: Option<String>,
    /// As the report writes it.
    pub issuer: String,
    pub year: u32,
    /// First and last month that it covers.
    pub months: (u32, u32),
    /// Its own words, line by line, without white space.
    pub words: Vec<String>,
}

/// The reports of an archive, in the order of their places.
pub(crate) fn reports(plan: Plan) -> impl Iterator<Item = Generated> {
    let mut messes = Deck::new(&MESSES, plan.seed);
    let mut forms = Deck::new(&FORMS, !plan.seed);
    // The last clean one, which may be copied.
    let mut clean: Option<(Slot, usize)> = None;
    let mut slots = slots(plan.seed);
    (0..plan.reports).map(move |index| {
        let mess = messes.deal();
        let form = forms.deal().fit(mess);
        let (slot, of) = match (mess, &clean) {
            (Mess::Copy, Some(clean)) => clean.clone(),
            _ => (slots.next().expect("places enough"), index),
        };
        if mess == Mess::Clean {
            clean = Some((slot.clone(), of));
        }
        generated(plan, &slot, (mess, form), index, of)
    })
}

/// Who reports on which year.
#[derive(Clone)]
struct Slot {
    place: Place,
    office: &'static Office,
    year: u32,
}

/// Of each place some issuers, the government among them, and some years, the latest among them.
fn slots(seed: u64) -> impl Iterator<Item = Slot> {
    places::places().enumerate().flat_map(move |(at, place)| {
        let mut sequence = Sequence::of(seed.rotate_left(32), at);
        let issuers = 3 + sequence.below(OFFICES.len() - 2);
        let years = 4 + sequence.below(YEARS - 3);
        (0..years).flat_map(move |back| {
            let place = place.clone();
            OFFICES[..issuers].iter().map(move |office| Slot {
                place: place.clone(),
                office,
                year: LATEST - back as u32,
            })
        })
    })
}

/// `of` is the number of the report whose words these are: the same, or that of which this is a copy.
fn generated(
    plan: Plan,
    slot: &Slot,
    (mess, form): (Mess, Form),
    index: usize,
    of: usize,
) -> Generated {
    let Slot {
        place,
        office,
        year,
    } = slot;
    let mut sequence = Sequence::of(plan.seed, of);
    let stretch = match mess {
        Mess::PartOfYear => PARTS_OF_A_YEAR[index % PARTS_OF_A_YEAR.len()],
        _ => WHOLE_YEAR,
    };
    let masked = Place {
        name: "**县".to_owned(),
        ..place.clone()
    };
    let named = if mess == Mess::Masked { &masked } else { place };
    let report = words::report(
        named,
        office,
        (*year, stretch),
        plan.characters,
        &mut sequence,
    );
    let sheet = mess::lay_out(mess, report, &mut sequence);
    let name = office.of(named);
    let extension = form.extension();
    let path = match mess {
        // Where it is from isn't known.
        Mess::Masked => format!("来源不明/{index}.{extension}"),
        Mess::Copy => format!("转载/{index}.{extension}"),
        _ => format!(
            "{}/{}/{name}{year}{}.{extension}",
            place.province, place.name, stretch.titled
        ),
    };
    let words = sheet.words();
    // It is signed before its date.
    let issuer = words[words.len() - 2].clone();
    Generated {
        path: path.into(),
        bytes: form.bytes(&sheet),
        truth: Truth {
            mess,
            form,
            region: (mess != Mess::Masked).then(|| place.code.clone()),
            issuer,
            year: *year,
            months: stretch.months,
            words,
        },
    }
}

/// Writes an archive into `root`: `fangzhi.toml`, `divisions.csv`, `content/`; and what is true of its
/// reports, `truth.csv`.
///
/// # Errors
/// What writing files meets.
pub(crate) fn write(root: &Path, plan: Plan) -> std::io::Result<()> {
    let content = root.join("content");
    std::fs::create_dir_all(&content)?;
    std::fs::write(
        root.join("fangzhi.toml"),
        "title = \"虚构的法治政府建设年度报告\"\n",
    )?;
    let mut used = BTreeSet::new();
    let mut truth = String::from("path,mess,form,encoding,region,issuer,year,months,characters\n");
    for report in reports(plan) {
        let path = content.join(&report.path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, &report.bytes)?;
        truth.push_str(&row(&report));
        used.extend(report.truth.region);
    }
    std::fs::write(root.join("truth.csv"), truth)?;
    std::fs::write(root.join("divisions.csv"), places::divisions(&used))
}

fn row(report: &Generated) -> String {
    let Truth {
        mess,
        form,
        region,
        issuer,
        year,
        months: (first, last),
        words,
    } = &report.truth;
    let path = report.path.display().to_string().replace('\\', "/");
    let region = region.as_deref().unwrap_or_default();
    let encoding = form.encoding().unwrap_or_default();
    let characters: usize = words.iter().map(|line| line.chars().count()).sum();
    format!(
        "{path},{mess:?},{form:?},{encoding},{region},{issuer},{year},{first}-{last},{characters}\n"
    )
}
