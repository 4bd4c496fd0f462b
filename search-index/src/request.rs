//! What a search is asked and what it answers: the same JSON for the browser's engine and the terminal.

use serde::{Deserialize, Serialize};

/// A question to the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Request {
    /// In the query language: see [`crate::query`].
    pub query: String,
    /// What the reader chose among the facets; joined to the query by "and".
    pub filters: Filters,
    /// Reports with their hits, or a concordance of single lines.
    pub view: View,
    /// Order of the reports.
    pub sort: Sort,
    /// Order of the lines in [`View::Lines`].
    pub lines: LineOrder,
    /// How many reports (or lines) to leave out first.
    pub offset: usize,
    /// How many reports (or lines) to give.
    pub limit: usize,
    /// How many hits of a report to give in [`View::Reports`]; the counts are of all.
    pub hits_per_report: usize,
    /// Whether to count by topic: which paragraphs are on which topics is read for that alone.
    pub count_topics: bool,
    /// Characters of context on each side of a hit.
    pub width: usize,
    /// In [`View::Lines`]: how many lines to take into account, best reports first; none for all. Sorting by context
    /// must read every line's text.
    pub line_cap: Option<usize>,
}

impl Default for Request {
    fn default() -> Self {
        Request {
            query: String::new(),
            filters: Filters::default(),
            view: View::Reports,
            sort: Sort::Relevance,
            lines: LineOrder::Report,
            offset: 0,
            limit: 10,
            hits_per_report: 5,
            count_topics: false,
            width: 30,
            line_cap: Some(1000),
        }
    }
}

/// Chosen facet values. Several of one facet: any of them; several facets: all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// Names of provinces, as in the facet.
    pub province: Vec<String>,
    /// Years; in the facet, too, as text.
    pub year: Vec<String>,
    /// Levels of regions: `province`, `prefecture`, `county`, `township`.
    pub level: Vec<String>,
    /// Roles of parts: `achievements`, `problems`, … An occurrence counts only in paragraphs of these parts.
    pub part: Vec<String>,
    /// Topics' ids. An occurrence counts only in paragraphs on these topics.
    pub topic: Vec<String>,
    /// Kinds of issuers: `government`, `department`, `other`.
    pub issuer_type: Vec<String>,
}

/// How results are laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// Reports, each with its first hits.
    #[default]
    Reports,
    /// Hits one by one: key word in context.
    Lines,
}

/// Order of reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// Best first: BM25 of the report's best paragraph.
    #[default]
    Relevance,
    /// Newest report year first; reports without a year last.
    Year,
    /// Oldest report year first; reports without a year last.
    YearAscending,
    /// By administrative code, then year; reports without a region last.
    Region,
    /// Most occurrences first; where there are none, most paragraphs.
    Count,
}

/// Order of the lines of a concordance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineOrder {
    /// By report, in the reports' order, then as in the text.
    #[default]
    Report,
    /// By what stands before the hit, read backwards from it.
    Left,
    /// By what stands after the hit.
    Right,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// Distinct matches of the query's positive terms in the reports that match; none for a query of fields alone.
    pub occurrences: u64,
    /// Paragraphs with such a match; for a query of fields alone that speaks of paragraphs (`主题:` `部分:`), those of which
    /// it holds.
    pub paragraphs: u64,
    /// Reports that match; some may have no occurrence (`-复议` finds reports without the word, `年:2020` all of the year).
    pub reports: u64,
    /// How many lines [`View::Lines`] has of them, if none is left out: one an occurrence; in a report without any, one a
    /// found paragraph; in one without those, one for the report itself.
    pub lines: u64,
    /// The asked-for reports in [`View::Reports`], else empty.
    pub groups: Vec<Group>,
    /// The asked-for lines in [`View::Lines`], else empty.
    pub hits: Vec<Hit>,
    /// Whether `line_cap` left lines out.
    pub capped: bool,
    /// How the found reports spread, and where the reader can go from here.
    pub facets: Facets,
    /// The positive terms as written, for highlighting.
    pub terms: Vec<String>,
    /// When nothing was found: queries that find something.
    pub suggestions: Vec<String>,
}

/// A report with hits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Who, where, when.
    #[serde(flatten)]
    pub label: ReportLabel,
    /// All matches in this report.
    pub occurrences: u64,
    /// All paragraphs with a match in this report.
    pub paragraphs: u64,
    /// The first of the matches.
    pub hits: Vec<Hit>,
}

/// What names a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLabel {
    /// The report's id.
    pub report: String,
    /// Its title.
    pub title: String,
    /// Its page, relative to the site's root, with `/` and a file name at the end.
    pub page: String,
    /// Name of its region.
    pub region: Option<String>,
    /// Name of the province that the region lies in.
    pub province: Option<String>,
    /// Level of the region.
    pub level: Option<String>,
    /// Report year.
    pub year: Option<i32>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Kind of issuer.
    pub issuer_type: Option<String>,
}

/// One match: an occurrence, or a paragraph that fields alone found, or in [`View::Lines`] a whole report that they did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The report's id.
    pub report: String,
    /// The report's title.
    pub title: String,
    /// Name of its region.
    pub region: Option<String>,
    /// Report year.
    pub year: Option<i32>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// The report's page, relative to the site's root.
    pub page: String,
    /// The paragraph's visible number; 0 for a heading, which has none, and for a whole report.
    pub paragraph: u32,
    /// The paragraph's anchor; empty for a whole report.
    pub anchor: String,
    /// Role of the part that the paragraph stands in; empty for a whole report.
    pub part: String,
    /// Where the hit lies in the paragraph's original text, in Unicode scalar values: start and end.
    pub span: [usize; 2],
    /// The original characters.
    pub kwic: Kwic,
}

/// Key word in context, in the original characters. The context does not cross the paragraph's ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kwic {
    /// What stands before; begins with … where the paragraph goes on.
    pub left: String,
    /// The match; empty where fields alone found the paragraph, whose begin is on the right.
    pub hit: String,
    /// What stands after; ends with … where the paragraph goes on.
    pub right: String,
}

/// Counts by facet. A facet's counts leave its own choice aside, so that a reader can choose further values of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// By province, in the order of administrative codes.
    pub province: Vec<FacetCount>,
    /// By report year, newest first.
    pub year: Vec<FacetCount>,
    /// By level of the region, highest first.
    pub level: Vec<FacetCount>,
    /// By role of the part that the occurrences stand in.
    pub part: Vec<FacetCount>,
    /// By topic of the paragraphs that the occurrences stand in; empty where no topics were indexed, none where it was not
    /// asked for.
    pub topic: Option<Vec<FacetCount>>,
    /// By kind of issuer.
    pub issuer_type: Vec<FacetCount>,
}

/// One value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetCount {
    /// What a filter takes.
    pub value: String,
    /// What to show, in the index's own words; for parts, levels and kinds of issuers the same as `value`.
    pub label: String,
    /// Matching reports. For parts and topics: those with an occurrence there.
    pub reports: u64,
    /// Occurrences in them.
    pub occurrences: u64,
    /// Whether the request chose it.
    pub selected: bool,
}
