//! The divisions of China since 1981 (and an archive's own), valid from year to year.

use serde::{Deserialize, Serialize};

/// A place that reports come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Region {
    /// Six digits (GB/T 2260), or an archive's own code.
    pub code: String,
    /// Full name in the report's year.
    pub name: String,
    /// Rank.
    pub level: RegionLevel,
    /// The provinces, prefectures and counties above it, from the top; empty for a province.
    pub ancestors: Vec<Ancestor>,
    /// Pinyin, unique under one parent: a path segment.
    pub slug: String,
}

/// A place above another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ancestor {
    /// Its code.
    pub code: String,
    /// Its full name.
    pub name: String,
    /// Its slug.
    pub slug: String,
}

/// The rank of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegionLevel {
    /// 省, 自治区, 直辖市, 特别行政区, 兵团.
    Province,
    /// 地级市, 地区, 自治州, 盟, 师.
    Prefecture,
    /// 县, 县级市, 市辖区, 旗.
    County,
    /// 乡, 镇, 街道.
    Township,
}

impl Region {
    /// The province it lies in: its own name for a province.
    pub fn province(&self) -> &str {
        self.ancestors
            .first()
            .map_or(&self.name, |above| &above.name)
    }

    /// Slugs from the province down: a region's unique path (山西 and 陕西 never share one).
    pub fn path(&self) -> String {
        let mut path: Vec<&str> = self
            .ancestors
            .iter()
            .map(|above| above.slug.as_str())
            .collect();
        path.push(&self.slug);
        path.join("/")
    }
}
