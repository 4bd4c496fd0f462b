//! The codebook: which topics and figures a reader compares, as data (`codebook/*.toml`).
//!
//! A default one is built in; an archive's own files extend it, or replace topics and indicators
//! by their ids. `README.md` beside this file shows how to add one.

use crate::identify::Date;
use serde::{Deserialize, Serialize};

/// Topics and indicators, ready for coding.
#[derive(Debug, Default)]
pub struct Codebook {
    /// Twelve hexadecimal digits of the SHA-256 over its files: names the codebook in data and caches.
    pub version: String,
    /// Topics, in the order of the files.
    pub topics: Vec<Topic>,
    /// Indicators, in the order of the files.
    pub indicators: Vec<Indicator>,
    /// When a paragraph is about a topic.
    pub depths: Depths,
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
    /// Traditional Chinese.
    #[serde(rename = "zh-Hant")]
    pub hant: String,
}

impl Names {
    /// The words in `lang`: `zh-Hans`, `zh-Hant` or `en`; Simplified Chinese for any other.
    pub fn get(&self, lang: &str) -> &str {
        match lang {
            "en" => &self.en,
            "zh-Hant" => &self.hant,
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
    /// Words that name it, as the codebook writes them.
    pub terms: Vec<String>,
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

impl Default for Depths {
    fn default() -> Self {
        Self { hits: 2, short: 60 }
    }
}

impl Codebook {
    /// The topic of this id.
    pub fn topic(&self, id: &str) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.id == id)
    }

    /// The indicator of this id.
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.id == id)
    }
}
