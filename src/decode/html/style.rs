//! What an element's `style` and `hidden` attributes say of how its words are shown, and what a rule's
//! declarations do ([`super::sheet`]).

use super::tree::{Id, Tree};

/// What declarations say that concerns words.
#[derive(Default)]
pub(super) struct Declarations {
    pub(super) none: bool,
    pub(super) block: bool,
    pub(super) visible: Option<bool>,
    pub(super) sized: Option<bool>,
    pub(super) lines: Option<bool>,
    pub(super) bare_list: bool,
}

impl Declarations {
    /// An element's own.
    pub(super) fn of(tree: &Tree, node: Id) -> Self {
        let mut found = tree
            .attribute(node, "style")
            .map(Self::read)
            .unwrap_or_default();
        found.none |= tree.attribute(node, "hidden").is_some();
        found
    }

    /// Those of a `style` attribute or of a rule.
    pub(super) fn read(style: &str) -> Self {
        let mut found = Self::default();
        for declaration in style.split(';') {
            let Some((property, value)) = declaration.split_once(':') else {
                continue;
            };
            let value = value.trim().to_ascii_lowercase();
            let value = value.trim_end_matches("!important").trim_end();
            match property.trim().to_ascii_lowercase().as_str() {
                "display" => {
                    found.none |= value == "none";
                    found.block = matches!(value, "block" | "flex" | "grid" | "list-item");
                }
                "visibility" => found.visible = Some(!matches!(value, "hidden" | "collapse")),
                "font-size" => {
                    let number =
                        value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
                    found.sized = Some(number.parse::<f64>() != Ok(0.0));
                }
                "white-space" => {
                    found.lines = Some(value.starts_with("pre") || value == "break-spaces");
                }
                "list-style" | "list-style-type" => found.bare_list = value.contains("none"),
                _ => {}
            }
        }
        found
    }
}
