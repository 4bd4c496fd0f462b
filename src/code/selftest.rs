//! A codebook tests itself: every example is coded, and what comes out is compared with what the
//! codebook says should.

use super::{Observation, State, code};
use crate::clean::CleanText;
use crate::codebook::{Codebook, Example, Indicator, Topic};
use crate::evidence::{Confidence, Evidence, Fact, Method, Span};
use crate::gazetteer::Gazetteer;
use crate::identify::Identity;
use crate::quantity::Decimal;
use crate::structure::{Document, Paragraph, ParagraphKind, Part, Role, Section};

/// An example that does not come out as the codebook says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The topic or indicator.
    pub id: String,
    /// The example, with its file and line.
    pub example: Example,
    /// What came out, and what should have.
    pub message: String,
}

/// The year that examples are written in.
const YEAR: i32 = 2023;

/// Runs all examples of `codebook`; nothing comes back where all come out.
pub fn self_test(codebook: &Codebook) -> Vec<Failure> {
    let mut failures = Vec::new();
    for topic in &codebook.topics {
        topic_examples(topic, codebook, &mut failures);
    }
    for indicator in &codebook.indicators {
        indicator_examples(indicator, codebook, &mut failures);
    }
    failures
}

fn topic_examples(topic: &Topic, codebook: &Codebook, failures: &mut Vec<Failure>) {
    for (examples, wanted) in [(&topic.examples, true), (&topic.counter_examples, false)] {
        for example in examples {
            let (document, identity) = document(&example.text);
            let coded = code(&document, &identity, Gazetteer::china(), codebook).output;
            if coded
                .passages
                .iter()
                .any(|passage| passage.topic == topic.id)
                != wanted
            {
                failures.push(Failure {
                    id: topic.id.clone(),
                    example: example.clone(),
                    message: if wanted {
                        "the topic is not found".to_owned()
                    } else {
                        "the topic is found, and should not be".to_owned()
                    },
                });
            }
        }
    }
}

fn indicator_examples(indicator: &Indicator, codebook: &Codebook, failures: &mut Vec<Failure>) {
    let mut examine = |example: &Example, words: &str, expected: &[String]| {
        let (document, identity) = document(words);
        let found: Vec<String> = code(&document, &identity, Gazetteer::china(), codebook)
            .output
            .observations
            .iter()
            .filter(|observation| observation.indicator == indicator.id)
            .map(told)
            .collect();
        if found != expected {
            failures.push(Failure {
                id: indicator.id.clone(),
                example: example.clone(),
                message: format!(
                    "found [{}], expected [{}]",
                    found.join("; "),
                    expected.join("; ")
                ),
            });
        }
    };
    for example in &indicator.examples {
        let (words, expected) = example.text.split_once("=>").unwrap_or((&example.text, ""));
        let expected: Vec<String> = expected
            .split(';')
            .map(|one| one.trim().to_owned())
            .collect();
        examine(example, words.trim(), &expected);
    }
    for example in &indicator.counter_examples {
        examine(example, &example.text, &[]);
    }
}

/// An observation as an example's right side writes it: `814`, `0`, `?`, `150 approx at-least implied
/// partial cumulative own-level system area respondent …`.
pub(crate) fn told(observation: &Observation) -> String {
    let mut told = match observation.state {
        State::Unparsed => "?".to_owned(),
        _ => observation
            .value
            .unwrap_or(Decimal::ZERO)
            .normalize()
            .to_string(),
    };
    for (holds, word) in [
        (observation.approx, "approx"),
        (observation.at_least, "at-least"),
        (observation.implied, "implied"),
        (observation.period.is_some(), "partial"),
        (observation.cumulative_since.is_some(), "cumulative"),
    ] {
        if holds {
            told.push(' ');
            told.push_str(word);
        }
    }
    told
}

/// A report made of an example: its last line is the paragraph, those before it the headings.
pub(crate) fn document(words: &str) -> (Document, Identity) {
    let lines: Vec<&str> = words.lines().collect();
    let mut text = String::new();
    let mut document = Document::default();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let span = Span::new(text.len(), text.len() + line.len());
        text.push_str(line);
        let last = index + 1 == lines.len();
        let kind = match (last, line.contains('\t') || line.starts_with('|')) {
            (_, true) => ParagraphKind::Row,
            (true, false) => ParagraphKind::Body,
            (false, false) => ParagraphKind::Heading,
        };
        let above = (document.sections.len() as u32).checked_sub(1);
        if kind == ParagraphKind::Heading {
            document.sections.push(Section {
                level: index as u8 + 1,
                marker: None,
                lost_marker: None,
                title: span,
                role: Role::Achievements,
                parent: above,
                paragraph: index as u32,
                run_in: false,
                span,
            });
        }
        document.paragraphs.push(Paragraph {
            span,
            kind,
            section: (document.sections.len() as u32).checked_sub(1),
            anchor: format!("p-{index:08}"),
        });
    }
    document.parts.push(Part {
        role: Role::Achievements,
        span: Span::new(0, text.len()),
    });
    document.text = CleanText {
        text,
        ..CleanText::default()
    };
    let fact = |value| {
        Fact::new(
            value,
            Method::Title,
            Evidence::Told(String::new()),
            Confidence::CERTAIN,
        )
    };
    let identity = Identity {
        year: Some(fact(YEAR)),
        ..Identity::default()
    };
    (document, identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_codebook_passes_its_own_examples() {
        let codebook = Codebook::built_in();
        let failures = self_test(&codebook);
        let told: Vec<String> = failures
            .iter()
            .map(|failure| {
                format!(
                    "{}:{} {}: {}\n    {}",
                    failure.example.file,
                    failure.example.line,
                    failure.id,
                    failure.message,
                    failure.example.text
                )
            })
            .collect();
        assert!(
            failures.is_empty(),
            "{} fail:\n{}",
            failures.len(),
            told.join("\n")
        );
    }

    #[test]
    fn every_entry_has_examples_of_both_kinds() {
        let codebook = Codebook::built_in();
        for indicator in &codebook.indicators {
            assert!(!indicator.examples.is_empty(), "{}", indicator.id);
            assert!(!indicator.counter_examples.is_empty(), "{}", indicator.id);
        }
        for topic in &codebook.topics {
            assert!(!topic.examples.is_empty(), "{}", topic.id);
            assert!(!topic.counter_examples.is_empty(), "{}", topic.id);
        }
    }
}
