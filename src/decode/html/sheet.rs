//! What a page's own style sheets (`<style>`) hide by a class or an id.
//!
//! In: a tree. Out: the names that hide what has them. Style sheets are not read as a browser reads them,
//! so only what leaves no doubt counts: a rule for a lone class or id, for all media, and no other rule of
//! the page that speaks of the name. What a script would show again can't be told: [`super::shown`] bounds
//! how much the sheets may hide.

use super::style::Declarations;
use super::tree::{Data, Id, Tree};
use std::collections::{BTreeMap, BTreeSet};

/// Names of classes and ids that hide words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sheet(BTreeSet<Name>);

/// `.name` or `#name`.
type Name = (char, String);

impl Sheet {
    /// What the page's style sheets hide.
    pub(super) fn of(tree: &Tree) -> Self {
        // By name: how many rules speak of it, and whether the last hides it.
        let mut names: BTreeMap<Name, (u32, bool)> = BTreeMap::new();
        for css in tree.nodes().filter_map(|node| style_sheet(tree, node)) {
            read(&css, &mut names);
        }
        let hidden = names.into_iter().filter(|(_, rules)| *rules == (1, true));
        Self(hidden.map(|(name, _)| name).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an element has a name that hides it.
    pub(super) fn hides(&self, tree: &Tree, element: Id) -> bool {
        if self.is_empty() {
            return false;
        }
        let named = |kind: char, name: &str| self.0.contains(&(kind, name.to_owned()));
        let classes = tree.attribute(element, "class").unwrap_or_default();
        classes
            .split_ascii_whitespace()
            .any(|class| named('.', class))
            || tree
                .attribute(element, "id")
                .is_some_and(|id| named('#', id.trim()))
    }
}

/// A style sheet's text, where it is one for every medium.
fn style_sheet(tree: &Tree, node: Id) -> Option<String> {
    match tree.data(node) {
        Data::Element(name, _) if &**name == "style" => {}
        _ => return None,
    }
    let media = tree.attribute(node, "media").unwrap_or_default().trim();
    ["", "all", "screen"]
        .contains(&media)
        .then(|| super::flow::words_in(tree, node))
}

/// Takes in a sheet's rules.
fn read(css: &str, names: &mut BTreeMap<Name, (u32, bool)>) {
    let css = without_comments(css);
    let mut rest = css.as_str();
    // Rules of a block such as `@media` count as others that speak of a name.
    let mut depth = 0;
    while let Some(at) = rest.find(['{', '}']) {
        let head = &rest[..at];
        let opens = rest.as_bytes()[at] == b'{';
        rest = &rest[at + 1..];
        if !opens {
            depth = usize::saturating_sub(depth, 1);
            continue;
        }
        // `@charset "x";` and the like have no block.
        let selectors = head.rsplit(';').next().unwrap_or_default().trim();
        if selectors.starts_with('@') {
            depth += 1;
            continue;
        }
        let end = rest.find('}').unwrap_or(rest.len());
        let declared = Declarations::read(&rest[..end]);
        let hides = declared.none || declared.visible == Some(false);
        rest = rest.get(end + 1..).unwrap_or_default();
        for selector in selectors.split(',').map(str::trim) {
            let spoken = spoken_of(selector);
            let lone = spoken.len() == 1
                && spoken
                    .first()
                    .is_some_and(|(kind, name)| selector == format!("{kind}{name}"));
            for name in spoken {
                let (rules, hidden) = names.entry(name).or_default();
                *rules += 1;
                *hidden = lone && hides && depth == 0;
            }
        }
    }
}

/// The classes and ids that a selector names.
fn spoken_of(selector: &str) -> Vec<Name> {
    let is_name = |c: char| c.is_alphanumeric() || "-_".contains(c);
    let mut names = Vec::new();
    for (at, kind) in selector.match_indices(['.', '#']) {
        let rest = &selector[at + 1..];
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        if end > 0 {
            names.push((kind.chars().next().unwrap_or('.'), rest[..end].to_owned()));
        }
    }
    names
}

fn without_comments(css: &str) -> String {
    let mut bare = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find("/*") {
        bare.push_str(&rest[..at]);
        let Some(end) = rest[at + 2..].find("*/") else {
            return bare;
        };
        rest = &rest[at + 2 + end + 2..];
    }
    bare + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(css: &str) -> Vec<String> {
        let tree = Tree::parse(&format!("<style>{css}</style>"), false);
        let names = Sheet::of(&tree).0.into_iter();
        names.map(|(kind, name)| format!("{kind}{name}")).collect()
    }

    #[test]
    fn only_a_lone_name_without_doubt_hides() {
        for (css, names) in [
            (".a{display:none}", &[".a"][..]),
            ("#b { color: red; DISPLAY : None !important }", &["#b"]),
            (".a, p.c, #b{visibility:hidden}", &["#b", ".a"]),
            ("@charset \"utf-8\"; /* .a{} */ .a{display:none}", &[".a"]),
            ("p.a{display:none}", &[]),
            (".a .b{display:none}", &[]),
            (".a:hover{display:none}", &[]),
            (".a{display:none} .a{color:red}", &[]),
            (".a{display:none} .a.on{display:block}", &[]),
            ("@media print{.a{display:none}}", &[]),
            ("@media print{.a{color:red}} .a{display:none}", &[]),
            (".a{display:block}", &[]),
            ("}}{{.a{display:none", &[]),
            ("", &[]),
        ] {
            assert_eq!(hidden(css), names, "{css}");
        }
        assert_eq!(
            Sheet::of(&Tree::parse(
                "<style media=print>.a{display:none}</style>",
                false
            )),
            Sheet::default()
        );
    }
}
