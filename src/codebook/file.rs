//! What stands in a codebook's TOML, as it is written; [`super::load`] makes a codebook of it. The keys are
//! told in `README.md`.

use super::rules::{Bodies, GuardPlace};
use super::{Capacity, Depths, Names, Share, Sum, Wholes};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// A file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawFile {
    #[serde(default)]
    pub words: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub lines: BTreeMap<Spanned<String>, Vec<String>>,
    #[serde(default)]
    pub frame: Vec<RawFrame>,
    #[serde(default)]
    pub guard: Vec<RawGuard>,
    #[serde(default)]
    pub capacity: Vec<RawCapacity>,
    #[serde(default)]
    pub sum: Vec<Spanned<Sum>>,
    #[serde(default)]
    pub ratio: Vec<Spanned<Share>>,
    pub depth: Option<Depths>,
    pub whole: Option<Spanned<Wholes>>,
    #[serde(default)]
    pub topic: Vec<RawTopic>,
    #[serde(default)]
    pub indicator: Vec<RawIndicator>,
    #[serde(default)]
    pub remove: Vec<Spanned<String>>,
}

/// What a stretch of text is about.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawFrame {
    pub id: String,
    pub cues: Vec<Spanned<String>>,
    #[serde(default)]
    pub backward: bool,
    #[serde(default)]
    pub holds: Vec<String>,
    #[serde(default)]
    pub outcomes: Vec<Spanned<String>>,
    #[serde(default)]
    pub weak_cues: Vec<Spanned<String>>,
    #[serde(default)]
    pub weak_after: Vec<Spanned<String>>,
    #[serde(default)]
    pub not_cues: Vec<Spanned<String>>,
    #[serde(default)]
    pub breaks_in: Vec<Spanned<String>>,
}

/// Words near a number that make it no observation.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawGuard {
    pub id: String,
    pub place: GuardPlace,
    #[serde(default)]
    pub always: bool,
    #[serde(default)]
    pub spares_own_line: bool,
    #[serde(default)]
    pub spares_zero: bool,
    #[serde(default = "one")]
    pub at_least: u8,
    #[serde(default = "many")]
    pub at_most: u8,
    pub patterns: Vec<Spanned<String>>,
    #[serde(default)]
    pub unless: Vec<Spanned<String>>,
}

/// In which capacity the issuer has a case.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawCapacity {
    pub is: Capacity,
    pub group: String,
    pub frame: Option<String>,
    pub of: Option<Bodies>,
    pub since: Option<i32>,
    #[serde(default)]
    pub patterns: Vec<Spanned<String>>,
}

fn one() -> u8 {
    1
}

fn many() -> u8 {
    u8::MAX
}

/// A topic, or with `extend` more of one.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawTopic {
    pub id: Spanned<String>,
    #[serde(default)]
    pub extend: bool,
    pub names: Option<Names>,
    pub definition: Option<Names>,
    #[serde(default)]
    pub terms: Vec<Spanned<String>>,
    #[serde(default)]
    pub except: Vec<Spanned<String>>,
    #[serde(default)]
    pub examples: Vec<Spanned<String>>,
    #[serde(default)]
    pub counter_examples: Vec<Spanned<String>>,
}

/// An indicator, or with `extend` more of one.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawIndicator {
    pub id: Spanned<String>,
    #[serde(default)]
    pub extend: bool,
    pub names: Option<Names>,
    pub definition: Option<Names>,
    pub counts: Option<Names>,
    pub does_not_count: Option<Names>,
    #[serde(default)]
    pub group: String,
    #[serde(default)]
    pub units: Vec<Spanned<String>>,
    #[serde(default)]
    pub once: bool,
    #[serde(default)]
    pub whole: bool,
    #[serde(default)]
    pub wider: Vec<String>,
    #[serde(default)]
    pub named_part: Vec<String>,
    #[serde(default)]
    pub beside: Vec<String>,
    #[serde(default)]
    pub follows: Vec<Spanned<String>>,
    #[serde(default)]
    pub parts: Vec<Spanned<String>>,
    #[serde(default)]
    pub frame: Vec<Spanned<String>>,
    #[serde(default)]
    pub not_frame: Vec<Spanned<String>>,
    #[serde(default)]
    pub guards: Vec<Spanned<String>>,
    #[serde(default)]
    pub allow: Vec<Spanned<String>>,
    pub capacity: Option<Capacity>,
    pub range: Option<[u64; 2]>,
    #[serde(default)]
    pub patterns: Vec<Spanned<String>>,
    #[serde(default)]
    pub framed: Vec<Spanned<String>>,
    #[serde(default)]
    pub implied: Vec<Spanned<String>>,
    #[serde(default)]
    pub implied_of_one: Vec<Spanned<String>>,
    #[serde(default)]
    pub zero: Vec<Spanned<String>>,
    #[serde(default)]
    pub framed_zero: Vec<Spanned<String>>,
    #[serde(default)]
    pub except: Vec<Spanned<String>>,
    #[serde(default)]
    pub breaks: Vec<RawBreak>,
    #[serde(default)]
    pub examples: Vec<Spanned<String>>,
    #[serde(default)]
    pub counter_examples: Vec<Spanned<String>>,
}

/// From when on an indicator counts something else.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBreak {
    pub date: String,
    pub reason: Names,
}
