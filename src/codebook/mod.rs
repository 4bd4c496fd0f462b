//! The codebook: which topics and figures a reader compares, as data (`codebook/*.toml`).
//!
//! A default one is built in; an archive's own files extend it, or replace topics and indicators
//! by their ids. `README.md` beside this file shows how to add one.

mod file;
pub(crate) mod lexicon;
mod literals;
mod load;
mod matcher;
pub(crate) mod pattern;
pub(crate) mod rules;
pub(crate) mod skeleton;

pub use load::CodebookFile;

use crate::diagnostic::Warned;
use crate::identify::Date;
use rules::Rules;
use serde::{Deserialize, Serialize};

/// A file of the built-in codebook.
macro_rules! file {
    ($name:literal) => {
        CodebookFile {
            name: concat!("built-in ", $name, ".toml"),
            text: include_str!(concat!("default/", $name, ".toml")),
        }
    };
}

/// In which capacity the issuer has a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capacity {
    /// 复议机关.
    ReconsiderationOrgan,
    /// 被申请人.
    Respondent,
    /// 被告.
    Defendant,
    /// The court's own docket.
    Court,
}

/// Topics and indicators, ready for coding.
#[derive(Debug, Default)]
pub struct Codebook {
    /// Twelve hexadecimal digits of the SHA-256 over its files: names the codebook in data and caches.
    pub version: String,
    /// Topics, in the order of the files.
    pub topics: Vec<Topic>,
    /// Indicators, in the order of the files.
    pub indicators: Vec<Indicator>,
    /// Totals and the parts that should add up to them.
    pub sums: Vec<Sum>,
    /// Parts and wholes of which the site works out ratios.
    pub ratios: Vec<Share>,
    /// When a paragraph is about a topic.
    pub depths: Depths,
    /// How a number is told as a whole.
    pub wholes: Wholes,
    pub(crate) rules: Rules,
}

/// The same words in the site's languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Simplified Chinese.
    #[serde(rename = "zh-Hans")]
    pub hans: String,
    /// English.
    pub en: String,
    /// Traditional Chinese; as in Simplified where it is left out.
    #[serde(rename = "zh-Hant", default)]
    pub hant: String,
}

impl Names {
    /// The words in `lang`: `zh-Hans`, `zh-Hant` or `en`; Simplified Chinese for any other.
    pub fn get(&self, lang: &str) -> &str {
        match lang {
            "en" => &self.en,
            "zh-Hant" if !self.hant.is_empty() => &self.hant,
            _ => &self.hans,
        }
    }
}

/// A matter that reports discuss.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its stable id.
    pub id: String,
    /// Its name.
    pub names: Names,
    /// What it is.
    pub definition: Names,
    /// Words and patterns that name it, as the codebook writes them.
    pub terms: Vec<String>,
    /// Words and patterns that hold such a term and do not name it.
    pub except: Vec<String>,
    /// Texts that name it.
    pub examples: Vec<Example>,
    /// Texts that do not.
    pub counter_examples: Vec<Example>,
}

/// A text that a codebook tests itself with. For an indicator: `text => value`, where the value may
/// be `?` (unparsed) and be followed by `approx`, `at-least`, `implied`, `cumulative`, `partial`,
/// or the capacity or scope expected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The file it stands in.
    pub file: String,
    /// Its line, 1-based.
    pub line: u32,
    /// The words. Lines but the last are headings above it.
    pub text: String,
}

/// A total and the parts that should add up to it, where one report states all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sum {
    /// The total's indicator.
    pub total: String,
    /// The parts' indicators.
    pub parts: Vec<String>,
}

/// A part and the whole of which it is one, where a sentence states both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The part's indicator.
    pub part: String,
    /// The whole's indicator.
    pub whole: String,
}

/// A figure that reports state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// Its stable id.
    pub id: String,
    /// Its name.
    pub names: Names,
    /// What it is.
    pub definition: Names,
    /// What counts as it.
    pub counts: Names,
    /// What does not.
    pub does_not_count: Names,
    /// The group it is listed in (`penalty`, `reconsideration`, …).
    pub group: String,
    /// The unit it is compared in.
    pub unit: String,
    /// All units that are the same measure, the first among them.
    pub units: Vec<String>,
    /// Whether a report states it once, so that two different numbers contradict each other.
    pub once: bool,
    /// Days on which its meaning changed.
    pub breaks: Vec<Break>,
    /// Its patterns, as the codebook writes them.
    pub patterns: Vec<String>,
    /// Texts that state it, with the value expected.
    pub examples: Vec<Example>,
    /// Texts that do not.
    pub counter_examples: Vec<Example>,
}

/// A day on which an indicator's meaning changed: a line over years is broken there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    /// The first day of the new meaning.
    pub date: Date,
    /// Why.
    pub reason: Names,
}

/// When a paragraph is about a topic rather than naming it in passing: its heading names the
/// topic, or the paragraph names it so often, or it is that short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Depths {
    /// So many hits in one paragraph.
    pub hits: u32,
    /// Or one hit in a paragraph of at most so many characters.
    pub short: u32,
}

/// Of which indicators a number is a part of another, at least twice as great, where words tell only that as a whole:
/// folded words before a number, in its clauses since the last semicolon.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wholes {
    /// The indicators' ids.
    pub of: Vec<String>,
    /// It is a whole: 全年, 总计.
    pub words: Vec<String>,
    /// It is the issuer's own, and no part of what others did: 我局, 本级.
    pub own: Vec<String>,
}

impl Default for Depths {
    fn default() -> Self {
        Self { hits: 2, short: 60 }
    }
}

/// The built-in codebook's files.
const BUILT_IN: [CodebookFile<'static>; 8] = [
    file!("context"),
    file!("penalty"),
    file!("reconsideration"),
    file!("litigation"),
    file!("legality"),
    file!("staff"),
    file!("public"),
    file!("topics"),
];

impl Codebook {
    /// The codebook that every archive starts from.
    pub fn built_in() -> Self {
        let read = load::load(&BUILT_IN, &[]);
        debug_assert!(read.warnings.is_empty(), "{:#?}", read.warnings);
        read.output
    }

    /// The built-in codebook with an archive's own files over it, in the order given. An entry of
    /// the same id replaces the built-in one, or adds to it where it says `extend = true`; `remove`
    /// lists ids to leave out. What cannot be read is left out and told, with file, line and hint.
    pub fn load(own: &[CodebookFile<'_>]) -> Warned<Self> {
        load::load(&BUILT_IN, own)
    }

    /// The topic of this id.
    pub fn topic(&self, id: &str) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.id == id)
    }

    /// The indicator of this id.
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gazetteer::Gazetteer;

    /// The runs of literal Han characters in the codebook's patterns and terms.
    fn literals(codebook: &Codebook) -> Vec<&str> {
        let han = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c);
        let patterns = codebook.indicators.iter().flat_map(|one| &one.patterns);
        let terms = codebook.topics.iter().flat_map(|one| &one.terms);
        patterns
            .chain(terms)
            .flat_map(|source| source.split(move |c| !han(c)))
            .filter(|run| !run.is_empty())
            .collect()
    }

    #[test]
    fn no_pattern_names_a_place() {
        let codebook = Codebook::built_in();
        for run in literals(&codebook) {
            // Shorter names are also words (新, 和平).
            let long = run.chars().count() >= 3;
            assert!(!long || Gazetteer::china().named(run).is_empty(), "{run}");
            for suffix in ["市", "县", "区"] {
                if let Some((name, _)) = run.split_once(suffix) {
                    let place = format!("{name}{suffix}");
                    let chars = name.chars().count();
                    let found = chars >= 2 && !Gazetteer::china().named(&place).is_empty();
                    assert!(!found, "{run} names {place}");
                }
            }
        }
    }

    /// A long run of literals is a sentence of somebody's, not a wording of the genre.
    #[test]
    fn no_pattern_quotes_a_sentence() {
        let codebook = Codebook::built_in();
        for run in literals(&codebook) {
            assert!(run.chars().count() <= 10, "{run}");
        }
    }
}
