use super::*;
use crate::clean::clean;
use crate::decode::{Decoded, Encoding, Line, Markup};
use crate::discover::Format;
use crate::structure::structure;

/// The document that a plain text becomes on the way through the stages before this one.
fn document(text: &str) -> Document {
    let lines = text.lines().zip(1..).map(|(line, source_line)| Line {
        text: line.to_owned(),
        source_line,
        markup: Markup::None,
    });
    structure(clean(&Decoded {
        format: Format::Text,
        encoding: Encoding {
            name: "utf-8".into(),
            declared: false,
            confidence: Confidence::CERTAIN,
        },
        lines: lines.collect(),
    }))
}
