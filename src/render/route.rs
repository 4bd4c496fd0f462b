//! The addresses of the site's pages: relative, ASCII, lower case, ending in a file name, under 120
//! characters. No two pages share one, also where case does not count.
//!
//! Names made from data (ids, slugs, topics) are of `a-z 0-9 - .`; `_` is left to the program, so
//! that `regions/_unplaced.html` can clash with no place, and `_2` with no slug.

use crate::decode::Format;
use crate::structure::Role;
use std::fmt::Write;

/// The front page.
pub const INDEX: &str = "index.html";
/// The search page.
pub const SEARCH: &str = "search.html";
/// The comparison of reports.
pub const COMPARE: &str = "compare.html";
/// The names that the comparison's data refer to.
pub const COMPARE_CODES: &str = "compare/_codes.js";
/// Method, counts and worklist.
pub const ABOUT: &str = "about.html";
/// The data's tables.
pub const DATA: &str = "data/index.html";
/// The provinces.
pub const REGIONS: &str = "regions/index.html";
/// The years.
pub const YEARS: &str = "years/index.html";
/// The parts.
pub const SECTIONS: &str = "sections/index.html";
/// The topics.
pub const TOPICS: &str = "topics/index.html";
/// The indicators.
pub const INDICATORS: &str = "indicators/index.html";
/// Reports whose place could not be told.
pub const UNPLACED: &str = "regions/_unplaced.html";

/// The script that names the site's edition.
pub const EDITION: &str = "scripts/_edition.js";

/// A page's path stays under this many characters.
pub const LONGEST: usize = 120;

/// A report's page. Ids are unique, ASCII and lower case already; they are promises and stay.
pub fn report(id: &str) -> String {
    format!("reports/{id}.html")
}

/// A report's data for the comparison.
pub fn compare_report(id: &str) -> String {
    format!("compare/{id}.js")
}

/// A list that the comparison's reports are chosen from, 1-based.
pub fn compare_list(number: usize) -> String {
    format!("compare/_list/{number}.js")
}

/// The copy of a report's file, as it was found.
pub fn original(id: &str, format: Format) -> String {
    // A name that no server and no browser takes for something to run or to render.
    let text = if matches!(format, Format::Html | Format::Mhtml | Format::Markdown) {
        ".txt"
    } else {
        ""
    };
    format!("originals/{id}.{}{text}", format.extension())
}

/// A place's page, `path` being [`crate::gazetteer::Region::path`].
pub fn place(path: &str) -> String {
    format!("regions/{}.html", names(path))
}

/// The figures of one of a place's issuers.
pub fn series(path: &str, issuer: Option<&str>) -> String {
    let hash = <sha2::Sha256 as sha2::Digest>::digest(issuer.unwrap_or_default().as_bytes());
    let hash = crate::digest::hex(&hash[..4]);
    format!("regions/{}/_s-{hash}.html", names(path))
}

/// A year's page, or one province's part of it.
pub fn year(year: Option<i32>, province: Option<&str>) -> String {
    let year = year.map_or_else(|| "_undated".to_owned(), |year| year.to_string());
    match province {
        None => format!("years/{year}.html"),
        Some("") => format!("years/{year}/_unplaced.html"),
        Some(province) => format!("years/{year}/{}.html", names(province)),
    }
}

/// A part's page for one year.
pub fn section(role: Role, year: Option<i32>) -> String {
    let year = year.map_or_else(|| "_undated".to_owned(), |year| year.to_string());
    format!("sections/{}/{year}.html", role.id())
}

/// A topic's page, or its passages of one year.
pub fn topic(id: &str, year: Option<i32>) -> String {
    of_year("topics", id, year)
}

/// An indicator's page, or its figures of one year.
pub fn indicator(id: &str, year: Option<i32>) -> String {
    of_year("indicators", id, year)
}

fn of_year(folder: &str, id: &str, year: Option<i32>) -> String {
    match year {
        None => format!("{folder}/{}.html", name(id)),
        Some(year) => format!("{folder}/{}/{year}.html", name(id)),
    }
}

/// Further pages of a list: page 1 is the list's own address.
pub fn paged(path: &str, page: usize) -> String {
    match page {
        0 | 1 => path.to_owned(),
        _ => format!("{}/_{page}.html", path.trim_end_matches(".html")),
    }
}

/// `../` as often as takes from the page at `path` to the site's top.
pub fn root(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

/// A path of slugs as a path of file names.
fn names(path: &str) -> String {
    let names: Vec<String> = path.split('/').map(name).collect();
    shortened(names.join("/"), path, 92)
}

/// A slug as a file name: other characters are written as their code, a name that means something
/// to a web server or to Windows (index, con, aux, nul, com1 …) gets a `_`, a long one is cut and
/// told apart by its hash.
fn name(slug: &str) -> String {
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let mut name = String::new();
    for c in slug.chars() {
        match c {
            'a'..='z' | '0'..='9' | '-' => name.push(c),
            other => {
                let _ = write!(name, "_{:x}_", other as u32);
            }
        }
    }
    let port = |prefix| {
        name.strip_prefix(prefix)
            .is_some_and(|rest: &str| rest.len() == 1)
    };
    if name.is_empty() || name == "index" || DEVICES.contains(&&*name) || port("com") || port("lpt")
    {
        name.push('_');
    }
    shortened(name, slug, 40)
}

/// `name`, cut to `most` characters and told apart by the hash of what it stands for.
fn shortened(mut name: String, whole: &str, most: usize) -> String {
    if name.len() > most {
        let hash = <sha2::Sha256 as sha2::Digest>::digest(whole.as_bytes());
        name.truncate(most - 9);
        name.push('_');
        for byte in &hash[..4] {
            let _ = write!(name, "{byte:02x}");
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_routes_are_the_same_and_none_is_long() {
        let slugs = [
            "index",
            "shanxi",
            "shaanxi",
            "_unplaced",
            "unplaced",
            "con",
            "com1",
            "a-2",
            "2019",
            "Shanxi",
            "陕西",
            "",
            "-",
            "_2",
            "2",
            "a-slug-longer-than-any-place-name-has-ever-been",
            "a-slug-longer-than-any-place-name-has-ever-beeo",
        ];
        let mut seen = BTreeSet::new();
        let mut take = |path: String| {
            assert!(path.len() < LONGEST, "{path}");
            assert!(path.is_ascii() && !path.ends_with('/'), "{path}");
            assert!(seen.insert(path.to_ascii_lowercase()), "twice: {path}");
        };
        for fixed in [
            INDEX,
            SEARCH,
            COMPARE,
            ABOUT,
            REGIONS,
            YEARS,
            SECTIONS,
            UNPLACED,
            TOPICS,
            INDICATORS,
            COMPARE_CODES,
        ] {
            take(fixed.to_owned());
        }
        for a in slugs {
            take(topic(a, None));
            take(topic(a, Some(2021)));
            take(paged(&topic(a, None), 2));
            take(indicator(a, None));
            take(place(a));
            take(paged(&place(a), 2));
            for b in slugs {
                for c in slugs {
                    take(place(&format!("{a}/{b}/{c}")));
                    take(series(&format!("{a}/{b}/{c}"), Some("某局")));
                }
                take(place(&format!("{a}/{b}")));
                take(paged(&place(&format!("{a}/{b}")), 2));
            }
        }
        for at in [None, Some(2018), Some(2019)] {
            take(year(at, None));
            take(paged(&year(at, None), 3));
            take(year(at, Some("")));
            for role in Role::ALL {
                take(section(role, at));
                take(paged(&section(role, at), 2));
            }
            for a in slugs.into_iter().filter(|a| !a.is_empty()) {
                take(year(at, Some(a)));
                take(paged(&year(at, Some(a)), 2));
            }
        }
    }

    proptest! {
        #[test]
        fn different_places_never_share_a_page(a in "[a-zA-Z_/山陕-]{1,12}", b in "[a-zA-Z_/山陕-]{1,12}") {
            if a != b {
                prop_assert_ne!(place(&a).to_ascii_lowercase(), place(&b).to_ascii_lowercase());
            }
        }
    }
}
