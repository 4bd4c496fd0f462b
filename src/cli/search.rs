//! `fangzhi search`.

use super::Outcome;
use clap::Args;
use fangzhi::index::{self, SiteSearch};
use search_index::{Request, View};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

pub(super) const HELP: &str = "\
A query: words side by side must all stand in a report; | is or, - is not, quotation marks and
parentheses group; 同句(a b) and 同段(a b) ask for one sentence or paragraph; 省: 年:2019..2023 部分: 主题:
机关: 地区: 级别: 类型: narrow. Alone, 部分: and 主题:行政复议 list the paragraphs of that part, or coded with that
topic, and the others reports. A query that begins with - goes after --. The search page explains all of it.

--json gives {\"occurrences\", \"paragraphs\", \"reports\", \"hits\": [{\"report\", \"title\", \"region\",
\"year\", \"paragraph\", \"anchor\", \"kwic\": {\"left\", \"hit\", \"right\"}}]}; paragraph and anchor of a whole report,
and the number of a heading, are null.

Exit codes: 0 searched, whatever was found; 2 not searched (no index, a damaged one, a query that
can't be understood).";

/// Hits shown to a reader who names no limit.
const SHOWN: usize = 20;

/// What is searched for, where, and how it is shown.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// The query
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// The built site [default: public, or this folder if it is a site]
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// One JSON object with every hit
    #[arg(long, conflicts_with_all = ["csv", "count"])]
    json: bool,
    /// A table with every hit, for a spreadsheet
    #[arg(long, conflicts_with = "count")]
    csv: bool,
    /// Only how often, in how many paragraphs, in how many reports
    #[arg(long)]
    count: bool,
    /// At most so many hits
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// Searches and prints.
pub(super) fn search(asked: &Asked) -> anyhow::Result<Outcome> {
    let site = asked.site.clone().unwrap_or_else(usual_site);
    let search = SiteSearch::open(&site)?;
    let usual = if asked.json || asked.csv {
        usize::MAX
    } else {
        SHOWN
    };
    let limit = if asked.count {
        0
    } else {
        asked.limit.unwrap_or(usual)
    };
    let found = search.search(&Request {
        query: asked.query.join(" "),
        view: View::Lines,
        limit,
        line_cap: None,
        ..Request::default()
    })?;
    let mut out = io::stdout().lock();
    let printed = if asked.json {
        out.write_all(index::json(&found).as_bytes())
    } else if asked.csv {
        out.write_all(&index::csv(&found)?)
    } else if asked.count {
        writeln!(
            out,
            "{}\t{}\t{}",
            found.occurrences, found.paragraphs, found.reports
        )
    } else {
        let colour = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
        out.write_all(index::lines(&found, colour).as_bytes())
    };
    match printed.and_then(|()| out.flush()) {
        // `fangzhi search … | head` is no fault.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Outcome::Well),
    }
}

fn usual_site() -> PathBuf {
    let here = Path::new(".");
    if here.join(index::FOLDER).is_dir() {
        here.into()
    } else {
        "public".into()
    }
}
