//! [`Document`](crate::structure::Document) + gazetteer → [`Identity`]: who wrote this, about which
//! place and year, and is it a report of this genre at all.
//!
//! Every fact has its evidence or is absent; the keeper's word wins. A wrong city is a scandal:
//! where signs disagree the place is reported as ambiguous, with the candidates.

mod body;
mod dates;
mod genre;
mod issuer;
mod numbers;
mod page;
mod place;
mod source;
mod title;
mod year;

use crate::diagnostic::{Diagnostic, Level, Warned};
use crate::evidence::{Confidence, Evidence, Fact, Method};
use crate::gazetteer::{Gazetteer, NameKind, Region, RegionLevel};
use crate::structure::{Document, ParagraphKind};
pub(crate) use body::is_line;
use memchr::memmem;
use page::{Key, Page};
use place::Doubt;
use search_index::fold::fold_chars;
use serde::{Deserialize, Serialize};
pub(crate) use source::web_address;

/// What a report is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The title as it stands in the report. A file without one has none.
    pub title: Option<Fact<String>>,
    /// The issuing body as the report or its page names it (县综合行政执法局).
    pub issuer: Option<Fact<String>>,
    /// The issuing body's full name where it could be worked out (武义县综合行政执法局).
    pub issuer_resolved: Option<Fact<String>>,
    /// What kind of body.
    pub issuer_type: Option<Fact<IssuerType>>,
    /// Its line (条线), e.g. `城市管理`, for departments whose line is known.
    pub line: Option<Fact<String>>,
    /// The place.
    pub region: Option<Fact<Region>>,
    /// Places it could be, where it could not be told which.
    pub region_candidates: Vec<Region>,
    /// The year reported on.
    pub year: Option<Fact<i32>>,
    /// The time reported on, where it is not the whole year, or as stated.
    pub period: Option<Fact<Period>>,
    /// Date of publication.
    pub published: Option<Fact<Date>>,
    /// Date of signing.
    pub signed: Option<Fact<Date>>,
    /// The report's own document number (汴政〔2020〕1号).
    pub doc_number: Option<Fact<String>>,
    /// The page's index number (索引号).
    pub index_number: Option<Fact<String>>,
    /// Script of the text.
    pub script: Option<Fact<Script>>,
    /// Genre, with the reason as evidence.
    pub genre: Option<Fact<Genre>>,
    /// Who put the page up.
    pub source_class: Option<Fact<SourceClass>>,
    /// Address it was taken from, where the keeper or the page tells.
    pub source_url: Option<Fact<String>>,
    /// When it was taken.
    pub retrieved: Option<Fact<Date>>,
}

/// Kind of issuing body: with its [`RegionLevel`] the unit that comparisons start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IssuerType {
    /// 人民政府, 管委会.
    Government,
    /// 局, 委, 办, 队 …
    Department,
    /// Anything else.
    Other,
}

/// Genre of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Genre {
    /// A yearly (or part-year) report on building law-based government.
    AnnualReport,
    /// Another genre: work points, plans, government work reports, disclosure reports …
    Other,
}

/// Script of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Script {
    /// Simplified.
    Hans,
    /// Traditional.
    Hant,
}

/// Who put a page up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceClass {
    /// The issuer's or its government's own portal.
    Official,
    /// A re-publisher (文范网 and the like): told on the page, out of series.
    Republisher,
}

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Date {
    /// Year, Gregorian.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day, 1 to 31.
    pub day: u8,
}

/// A stretch of days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
}

impl Date {
    /// The day, where the calendar has it.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (day >= 1 && day <= last).then_some(Self { year, month, day })
    }
}

impl std::fmt::Display for Date {
    /// ISO 8601.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl TryFrom<String> for Date {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts[..] else {
            return Err(format!("{text} is not a date of the form 2024-03-28"));
        };
        (|| Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))()
            .ok_or_else(|| format!("{text} is not a date of the form 2024-03-28"))
    }
}

impl Identity {
    /// The level of the place, where it is known.
    pub fn level(&self) -> Option<RegionLevel> {
        self.region.as_ref().map(|region| region.value.level)
    }
}

/// The line (条线) that a body's name tells: 城管 and 城市管理 are one.
pub(crate) fn line(name: &str) -> Option<&'static str> {
    body::line(name)
}

/// Identifies a report: who wrote it, about which place and time, and whether it is of this genre.
///
/// `path` is the file's path under the content folder (`/`-separated): folders named after places and years
/// count as weak signs. The keeper's own words are no matter of this function: whoever knows them puts them in the
/// place of the facts found here.
///
/// Never fails: what can't be told is absent, and a diagnostic says so and what to do.
pub fn identify(document: &Document, gazetteer: &Gazetteer, path: &str) -> Warned<Identity> {
    let page = Page::new(document);
    let mut identity = Identity {
        title: title::title_or_entry(&page),
        doc_number: numbers::document_number(&page),
        index_number: numbers::index_number(&page),
        script: script(&page),
        source_class: source::class(&page),
        source_url: source::url(&page),
        published: published(&page),
        signed: signed(&page),
        ..Identity::default()
    };
    let title = title::folded(identity.title.as_ref());
    identity.genre = Some(genre::genre(&page, title.as_ref()));
    let year = year::year(
        &page,
        &year::Signs {
            title: title.as_ref(),
            signed: identity.signed.as_ref().map(|fact| fact.value),
            published: identity.published.as_ref().map(|fact| fact.value),
            path,
        },
    );
    let rival = year.as_ref().and_then(|year| year.rival);
    identity.year = year.map(|year| year.fact);
    let told = identity.year.as_ref().map(|fact| fact.value);
    identity.period = told.and_then(|year| year::period(&page, title.as_ref(), year));

    let speaks = issuer::self_reference(&page);
    let claims = issuer::claims(&page, gazetteer, identity.title.as_ref());
    let chosen = issuer::choose(&claims, speaks, gazetteer);
    identity.issuer = issuer::fact(&claims, chosen);
    let found = place::place(&place::Signs {
        page: &page,
        gazetteer,
        claims: &claims,
        issuer: chosen,
        index_code: identity
            .index_number
            .as_ref()
            .and_then(|number| numbers::division_code(&number.value)),
        path,
        year: told,
        speaks,
        republished: is_republished(&identity),
    });
    identity.region = found.region;
    identity.region_candidates = found.candidates;
    identity.issuer_resolved = resolved(&identity, gazetteer);
    classify(&mut identity, speaks);
    // A zone's committee is not the government of the place that the zone lies in.
    let in_zone = |doubt: &Doubt| matches!(doubt, Doubt::UnknownZone { .. });
    if found.doubts.iter().any(in_zone) {
        identity.issuer_type = identity.issuer_type.take().map(|fact| {
            fact.map(|kind| match kind {
                IssuerType::Government => IssuerType::Other,
                other => other,
            })
        });
    }
    let warnings = diagnostics(&identity, &page, rival, &found.doubts, path);
    Warned {
        output: identity,
        warnings,
    }
}

/// The bytes of a text at which a word stands.
fn places(text: &str, word: &str) -> impl Iterator<Item = usize> {
    memmem::find_iter(text.as_bytes(), word)
}

fn is_republished(identity: &Identity) -> bool {
    identity
        .source_class
        .as_ref()
        .is_some_and(|class| class.value == SourceClass::Republisher)
}

/// Kind and line (条线) of the issuing body.
fn classify(identity: &mut Identity, speaks: issuer::SelfReference) {
    if let Some(issuer) = &identity.issuer {
        let folded = fold_chars(&issuer.value).text;
        let kind = body::kind(&folded);
        let fact = |confidence| Fact {
            confidence,
            ..issuer.clone().map(|_| kind)
        };
        identity.issuer_type = Some(fact(issuer.confidence));
        if kind == IssuerType::Department {
            identity.line = body::line(&folded).map(|line| issuer.clone().map(|_| line.to_owned()));
        }
    } else if speaks.department + speaks.place > 0 {
        let (kind, how) = if speaks.department >= speaks.place {
            (IssuerType::Department, "我局 and the like")
        } else {
            (IssuerType::Government, "我市, 我县 and the like")
        };
        let told = Evidence::Told(format!("it speaks of itself as {how}"));
        identity.issuer_type = Some(Fact::new(kind, Method::Body, told, Confidence::LOW));
    }
}

/// The issuer's full name, where the report gives only a part of it and the place is known.
fn resolved(identity: &Identity, gazetteer: &Gazetteer) -> Option<Fact<String>> {
    let issuer = identity.issuer.as_ref()?;
    let region = identity.region.as_ref()?;
    let name = title::squeezed(&fold_chars(&issuer.value).text);
    let name = name.trim_start_matches("中共");
    let full = [NameKind::Full, NameKind::Form];
    let town = region.value.level == RegionLevel::Township;
    let county = region.value.ancestors.last().filter(|_| town);
    let place = county.map_or(region.value.name.as_str(), |county| county.name.as_str());
    if gazetteer.longest_name(name, &full).is_some() {
        return None;
    }
    let office = match gazetteer.longest_name(name, &[NameKind::Short]) {
        // 灵石水利局: the short name gives way to the full one.
        Some(length) if place.starts_with(&name[..length]) => &name[length..],
        _ => {
            let bare = body::unmasked(name);
            let generic = place.chars().next_back()?;
            bare.strip_prefix(generic).unwrap_or(bare)
        }
    };
    let confidence = region.confidence.min(issuer.confidence);
    // A zone's office is not its city's.
    let zone = confidence == Confidence::LOW
        && region.method != Method::PlaceNames
        && region.method != Method::IndexNumber;
    (!zone).then(|| Fact {
        confidence,
        ..issuer.clone().map(|_| format!("{place}{office}"))
    })
}

/// Day of publication, from the page's metadata.
fn published(page: &Page) -> Option<Fact<Date>> {
    let entry = [Key::Published, Key::Dated].iter().find_map(|key| {
        page.pairs
            .iter()
            .filter(|pair| pair.key == *key)
            .find_map(|pair| Some((page::date_in(&pair.value)?, pair)))
    });
    if let Some((date, pair)) = entry {
        return Some(Fact::new(
            date,
            Method::MetadataLine,
            pair.evidence.clone(),
            Confidence::HIGH,
        ));
    }
    let stamped = page.around.iter().filter_map(|around| {
        let date = page::stamp(&around.folded.text)?;
        Some((date, around.evidence.clone()))
    });
    let stamped = stamped.chain((0..page.head).filter_map(|index| {
        let date = page::stamp(page.line(index))?;
        Some((date, page.evidence(page.range(index))))
    }));
    if let Some((date, evidence)) = { stamped }.next() {
        return Some(Fact::new(
            date,
            Method::MetadataLine,
            evidence,
            Confidence::HIGH,
        ));
    }
    // A date of the page's style (2024-03-28 10:20) on a line of its own above the text.
    (0..page.head).find_map(|index| {
        let line = page.line(index);
        let date = dates::date_line(line).filter(|_| line.contains(['-', '/', ':']))?;
        let evidence = page.evidence(page.range(index));
        Some(Fact::new(
            date,
            Method::MetadataLine,
            evidence,
            Confidence::MEDIUM,
        ))
    })
}

/// Day of signing: under the issuer's name at the end, in parentheses under the title, or the page's 成文日期.
fn signed(page: &Page) -> Option<Fact<Date>> {
    let foot = (page.foot..page.len()).rev();
    let marked = (page.head..page.foot)
        .rev()
        .filter(|&index| page.kind(index) == Some(ParagraphKind::Signature));
    // The day of printing (某市政府办公室 2018年2月28日印发) stands below that of signing.
    let mut printed = None;
    for index in foot.chain(marked) {
        let Some(date) = signature_date(page.line(index)) else {
            continue;
        };
        let evidence = page.evidence(page.range(index));
        let fact = Fact::new(date, Method::Signature, evidence, Confidence::HIGH);
        if !page.line(index).trim_end().ends_with("印发") {
            return Some(fact);
        }
        printed = printed.or(Some(fact));
    }
    if printed.is_some() {
        return printed;
    }
    let under_title = (0..page.head).find_map(|index| {
        let line = page.line(index);
        let date = dates::date_line(line).filter(|_| !line.contains(['-', '/', ':']))?;
        let evidence = page.evidence(page.range(index));
        Some(Fact::new(date, Method::Title, evidence, Confidence::MEDIUM))
    });
    under_title.or_else(|| {
        let pair = page.pair(Key::Signed)?;
        let date = page::date_in(&pair.value)?;
        Some(Fact::new(
            date,
            Method::MetadataLine,
            pair.evidence.clone(),
            Confidence::MEDIUM,
        ))
    })
}

/// The date of a signature's line: alone, or with the issuer's name.
fn signature_date(line: &str) -> Option<Date> {
    /// No longer line names an issuer and a date, in bytes.
    const LONGEST: usize = 300;
    if line.len() > LONGEST {
        return None;
    }
    if let Some(date) = dates::date_line(line) {
        return Some(date);
    }
    if page::is_metadata(line) {
        return None;
    }
    let (range, date) = match dates::dates(line).as_slice() {
        [(range, date)] => (range.clone(), *date),
        [] => {
            let kept = line.trim_end();
            let digits = kept.len() - kept.trim_end_matches(|c: char| c.is_ascii_digit()).len();
            let start = kept.len() - digits;
            (start..kept.len(), dates::date_line(&kept[start..])?)
        }
        _ => return None,
    };
    let rest: String = [&line[..range.start], &line[range.end..]].concat();
    let rest = title::squeezed(&rest);
    let name = rest.trim_matches([',', ':', '(', ')']);
    (body::is_body(name) || name.ends_with("印发")).then_some(date)
}

/// Script of the text: Traditional where more than one Chinese character in twelve is none in Simplified. A
/// simplified text has a few such (覆, 著), a traditional one has a quarter to a third.
fn script(page: &Page) -> Option<Fact<Script>> {
    let text = page.document.text.text.as_str();
    let is_han = |c: &char| ('\u{4E00}'..='\u{9FFF}').contains(c);
    let han = text.chars().filter(is_han).count();
    // Ideographs fold one to one.
    let traditional: usize = page
        .folded
        .stretches()
        .map(|stretch| {
            let written = &text[stretch.source(0..stretch.text.len())];
            let pairs = written.chars().zip(stretch.text.chars());
            pairs
                .filter(|(written, folded)| written != folded && is_han(written))
                .count()
        })
        .sum();
    if han == 0 {
        return None;
    }
    let script = if traditional * 12 > han {
        Script::Hant
    } else {
        Script::Hans
    };
    let told = Evidence::Told(format!("{traditional} of {han} characters are traditional"));
    let confidence = if han > 50 {
        Confidence::HIGH
    } else {
        Confidence::MEDIUM
    };
    Some(Fact::new(script, Method::Characters, told, confidence))
}

const METADATA_HINT: &str = "add a row for this file to metadata.csv, or front matter to the file";

fn diagnostics(
    identity: &Identity,
    page: &Page,
    rival: Option<i32>,
    doubts: &[Doubt],
    path: &str,
) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    let mut tell = |level, code: &str, message: String, naming: Option<String>, hint: &str| {
        let one = Diagnostic::new(level, code, path, message).hint(hint);
        told.push(match naming {
            Some(naming) => one.naming(naming),
            None => one,
        });
    };
    if let Some(genre) = identity
        .genre
        .as_ref()
        .filter(|genre| genre.value == Genre::Other)
    {
        let reason = match &genre.evidence {
            Evidence::Told(reason) => reason.as_str(),
            _ => "its title says so",
        };
        tell(
            Level::Note,
            "genre-other",
            format!("not an annual report on law-based government: {reason}"),
            None,
            "if it is one, set genre to annual-report in metadata.csv",
        );
    }
    if is_republished(identity) {
        tell(
            Level::Warning,
            "republisher",
            "the text comes from a re-publisher of model texts; its names, years and figures may have been changed".into(),
            None, "replace it with the issuer's own publication, or set source_class to official in metadata.csv",
        );
    }
    if identity.title.is_none() {
        tell(
            Level::Note,
            "title-missing",
            "the file has no title".into(),
            None,
            METADATA_HINT,
        );
    }
    if identity.issuer.is_none() {
        tell(
            Level::Warning,
            "issuer-unknown",
            "no issuing body is named".into(),
            None,
            METADATA_HINT,
        );
    }
    place_diagnostics(identity, doubts, &mut tell);
    match (&identity.year, rival) {
        (None, _) => tell(
            Level::Warning,
            "year-unknown",
            "the year reported on is not told".into(),
            None,
            METADATA_HINT,
        ),
        (Some(year), Some(rival)) => tell(
            Level::Warning,
            "year-doubtful",
            format!(
                "taken as a report on {}, but {rival} is possible too",
                year.value
            ),
            Some(format!("{} / {rival}", year.value)),
            METADATA_HINT,
        ),
        _ => {}
    }
    let unread = page
        .pairs
        .iter()
        .any(|pair| pair.key == Key::Published && page::date_in(&pair.value).is_none());
    if identity.published.is_none() && unread {
        tell(
            Level::Note,
            "date-unreadable",
            "the page's date of publication can't be read".into(),
            None,
            METADATA_HINT,
        );
    }
    told
}

fn place_diagnostics(
    identity: &Identity,
    doubts: &[Doubt],
    tell: &mut impl FnMut(Level, &str, String, Option<String>, &str),
) {
    if identity.region.is_none() {
        let labels: Vec<String> = identity
            .region_candidates
            .iter()
            .map(Region::label)
            .collect();
        if labels.is_empty() {
            tell(
                Level::Warning,
                "region-unknown",
                "the report does not tell which place it is about".into(),
                None,
                METADATA_HINT,
            );
        } else {
            let message = match labels.as_slice() {
                [only] => format!("the place may be {only}, but too little speaks for it"),
                _ => format!("the place could be any of {}", labels.join(", ")),
            };
            tell(
                Level::Warning,
                "region-ambiguous",
                message,
                Some(labels.join(" / ")),
                "set region to the right code in metadata.csv",
            );
        }
    }
    for doubt in doubts {
        match doubt {
            Doubt::Ended {
                name,
                now: Some(now),
            } => tell(
                Level::Note,
                "region-renamed",
                format!("{name} was {now} by that year; it is filed there"),
                Some(format!("{name} → {now}")),
                "check the year; set region in metadata.csv if it should stand elsewhere",
            ),
            Doubt::Ended { name, now: None } => tell(
                Level::Warning,
                "region-ended",
                format!("{name} was no longer a division in that year"),
                Some(name.clone()),
                "check the year, or set region in metadata.csv",
            ),
            Doubt::IndexElsewhere { place } => tell(
                Level::Warning,
                "region-doubtful",
                format!("the index number's code is that of {place}"),
                Some(place.clone()),
                "check the place; set region in metadata.csv",
            ),
            Doubt::UnknownZone { name } => tell(
                Level::Warning,
                "region-zone",
                format!(
                    "{name} is not in the gazetteer; the report is filed under the place it lies in"
                ),
                Some(name.clone()),
                "add a row for it to divisions.csv in the archive's folder (code,name,level,parent), with a code of your own; or leave it",
            ),
        }
    }
}

#[cfg(test)]
mod tests;
