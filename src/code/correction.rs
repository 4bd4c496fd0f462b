//! A keeper's corrections, applied to what coding found: they win over the codebook and are marked.
//!
//! A correction points at a sentence by its words, so that it survives rebuilds and moves; where the
//! sentence is gone it does nothing and is told.

use super::reading::Reading;
use super::{Coded, Corrected, Depth, Observation, Passage, State};
use crate::archive::corrections::{self, Correction, Subject};
use crate::codebook::Codebook;
use crate::diagnostic::{Diagnostic, Level};
use crate::evidence::Span;
use crate::quantity::{self, Amount, Decimal};
use crate::structure::Document;
use search_index::fold::{fold, fold_str};

/// Applies `corrections` in their order; what there is to tell of them comes back.
pub fn correct<'c>(
    document: &Document,
    codebook: &Codebook,
    coded: &mut Coded,
    corrections: impl IntoIterator<Item = &'c Correction>,
) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    let mut corrections = corrections.into_iter().peekable();
    if corrections.peek().is_none() {
        return told;
    }
    for correction in corrections {
        let done = match locate(document, correction) {
            Some((paragraph, sentence)) => match &correction.subject {
                Subject::Indicator(id) => {
                    let unit = codebook.indicator(id).map(|indicator| &*indicator.unit);
                    figure(document, coded, correction, (id, unit), paragraph, sentence)
                }
                Subject::Topic(id) => topic(document, coded, correction, id, paragraph, sentence),
            },
            None => Err((
                "correction-lost",
                "the report has no such sentence",
                "quote the sentence as it stands now, or delete the row",
            )),
        };
        if let Err((code, message, hint)) = done {
            told.push(
                Diagnostic::new(
                    Level::Warning,
                    code,
                    corrections::FILE,
                    format!("{}: {message}: {}", correction.report, correction.sentence),
                )
                .at(correction.line)
                .naming(format!("{}: {}", correction.report, correction.sentence))
                .hint(hint),
            );
        }
    }
    coded.observations.sort_by_key(|one| one.span);
    // What was struck or corrected contradicts nothing any more.
    for one in &mut coded.observations {
        (one.conflict, one.mismatch) = (false, None);
    }
    super::agreement::check(document, &mut coded.observations, codebook);
    coded.struck.sort_by_key(|one| one.span);
    coded.passages.sort_by_key(|one| one.span);
    told
}

/// What went wrong: a diagnostic's code, message and hint.
type Fault = (&'static str, &'static str, &'static str);

/// The paragraph and the place of the quoted sentence; the named paragraph goes before others.
fn locate(document: &Document, correction: &Correction) -> Option<(usize, Span)> {
    let wanted = fold_str(&correction.sentence);
    if wanted.is_empty() {
        return None;
    }
    let mut order: Vec<usize> = (0..document.paragraphs.len()).collect();
    order.sort_by_key(|index| document.paragraphs[*index].anchor != correction.anchor);
    order.into_iter().find_map(|index| {
        let folded = fold(document.words(index));
        let at = folded.text.find(&wanted)?;
        let range = folded.source_range(at..at + wanted.len());
        let start = document.paragraphs[index].span.start as usize;
        Some((index, Span::new(range.start, range.end).shifted(start)))
    })
}

fn mark(correction: &Correction, former: Option<String>) -> Corrected {
    Corrected {
        who: correction.who.clone(),
        when: correction.when.clone(),
        why: correction.why.clone(),
        codebook: correction.codebook.clone(),
        former,
        struck: false,
    }
}

fn strike(correction: &Correction, former: String) -> Corrected {
    Corrected {
        struck: true,
        ..mark(correction, Some(former))
    }
}

fn overlap(a: Span, b: Span) -> bool {
    a.start < b.end && b.start < a.end
}

fn figure(
    document: &Document,
    coded: &mut Coded,
    correction: &Correction,
    (indicator, unit): (&str, Option<&str>),
    paragraph: usize,
    sentence: Span,
) -> Result<(), Fault> {
    let old = quantity::parse(&correction.old).map(|old| old.amount);
    let here = |one: &Observation| one.indicator == indicator && overlap(one.span, sentence);
    let found = coded.observations.iter().position(|one| {
        let same = correction.old.is_empty()
            || fold_str(&one.written) == fold_str(&correction.old)
            || one
                .value
                .is_some_and(|value| old == Some(Amount::Exact(value)));
        here(one) && same
    });
    if found.is_none() && coded.observations.iter().any(here) {
        return Err((
            "correction-without-object",
            "the old value is none that was found in the sentence",
            "write the old value as it is found now; leave it empty for the first in the sentence",
        ));
    }
    if correction.new.is_empty() {
        let Some(found) = found else {
            return Err((
                "correction-without-object",
                "there is no such figure to strike",
                "delete the row: the codebook no longer finds it",
            ));
        };
        let mut struck = coded.observations.remove(found);
        struck.corrected = Some(strike(correction, struck.written.clone()));
        coded.struck.push(struck);
        return Ok(());
    }
    let said = said(&correction.new).ok_or((
        "correction-unreadable",
        "the new value is no number",
        "write a number with its unit (1,234件), 0 for a stated zero, ? for an unreadable number, or nothing to strike it",
    ))?;
    let former = found.map(|found| coded.observations[found].written.clone());
    let corrected = Some(mark(correction, former));
    if let Some(found) = found {
        let one = &mut coded.observations[found];
        (one.state, one.value) = (said.state, said.value);
        one.unit = said.unit.or(one.unit.take());
        (one.approx, one.at_least, one.implied) = (said.approx, said.at_least, false);
        (one.conflict, one.mismatch) = (false, None);
        one.corrected = corrected;
        return Ok(());
    }
    let words = sentence.of(&document.text.text);
    let span = words.find(&correction.new).map_or(sentence, |at| {
        Span::new(at, at + correction.new.len()).shifted(sentence.start as usize)
    });
    coded.observations.push(Observation {
        indicator: indicator.to_owned(),
        state: said.state,
        value: said.value,
        unit: said.unit.or_else(|| unit.map(str::to_owned)),
        written: correction.new.clone(),
        approx: said.approx,
        at_least: said.at_least,
        implied: false,
        conflict: false,
        period: None,
        cumulative_since: None,
        scope: None,
        capacity: None,
        mismatch: None,
        corrected,
        sentence: whole_sentence(document, paragraph, sentence),
        span,
        paragraph: paragraph as u32,
    });
    Ok(())
}

/// The sentence that quoted words stand in, as the coder cuts sentences; the words themselves where they are of several.
fn whole_sentence(document: &Document, paragraph: usize, quoted: Span) -> Span {
    let mut reading = Reading::default();
    reading.read(&document.text.text, document.paragraphs[paragraph].span);
    let mut sentences = reading
        .sentences()
        .map(|sentence| sentence.span(0..sentence.chars.len()));
    sentences
        .find(|sentence| sentence.contains(quoted))
        .unwrap_or(quoted)
}

/// A keeper's value.
struct Said {
    state: State,
    value: Option<Decimal>,
    unit: Option<String>,
    approx: bool,
    at_least: bool,
}

fn said(words: &str) -> Option<Said> {
    if matches!(words, "?" | "？") {
        return Some(Said {
            state: State::Unparsed,
            value: None,
            unit: None,
            approx: false,
            at_least: false,
        });
    }
    let number = quantity::parse(words)?;
    let Amount::Exact(value) = number.amount else {
        return None;
    };
    Some(Said {
        state: if value.is_zero() {
            State::Zero
        } else {
            State::Value
        },
        value: Some(value),
        unit: number.unit.map(|unit| unit.name().to_owned()),
        approx: number.approx,
        at_least: number.at_least,
    })
}

fn topic(
    document: &Document,
    coded: &mut Coded,
    correction: &Correction,
    topic: &str,
    paragraph: usize,
    sentence: Span,
) -> Result<(), Fault> {
    let here = |one: &Passage| one.topic == topic && overlap(one.span, sentence);
    match fold_str(&correction.new).as_str() {
        "yes" | "是" | "有" | "1" | "true" => {
            if !coded.passages.iter().any(here) {
                coded.passages.push(Passage {
                    topic: topic.to_owned(),
                    span: sentence,
                    paragraph: paragraph as u32,
                    depth: Depth::About,
                    corrected: Some(mark(correction, None)),
                });
            }
            Ok(())
        }
        "" | "no" | "否" | "无" | "0" | "false" => {
            let passages = std::mem::take(&mut coded.passages);
            let (struck, kept): (Vec<_>, Vec<_>) = passages.into_iter().partition(here);
            coded.passages = kept;
            if struck.is_empty() {
                return Err((
                    "correction-without-object",
                    "the sentence does not bear the topic",
                    "delete the row: the codebook no longer finds it",
                ));
            }
            coded.struck_passages.extend(struck.into_iter().map(|one| {
                let words = one.span.of(&document.text.text).to_owned();
                Passage {
                    corrected: Some(strike(correction, words)),
                    ..one
                }
            }));
            Ok(())
        }
        _ => Err((
            "correction-unreadable",
            "a topic's new value is yes or no",
            "write yes (是) to add the topic, no (否) to strike it",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::corrections::Corrections;
    use crate::code::code;
    use crate::code::selftest;
    use crate::gazetteer::Gazetteer;

    const REPORT: &str = "全年办理行政处罚案件120件，罚款30万元。推进垃圾分类工作，加强宣传。";

    /// The report's figures and topics after the rows of a corrections.csv, and what is told.
    fn after(rows: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
        let codebook = Codebook::built_in();
        let (document, identity) = selftest::document(REPORT);
        let mut coded = code(&document, &identity, Gazetteer::china(), &codebook).output;
        let file = format!("report,anchor,sentence,indicator,topic,old,new,who,when,why\n{rows}");
        let read = Corrections::read(file.as_bytes(), &codebook);
        let mut told = read.warnings;
        told.extend(correct(
            &document,
            &codebook,
            &mut coded,
            read.output.of("r", "r.txt"),
        ));
        let struck = coded.struck.iter().map(|one| ("struck: ", one));
        let found = coded.observations.iter().map(|one| ("", one));
        let figures = found
            .chain(struck)
            .map(|(prefix, one)| {
                let by = one
                    .corrected
                    .as_ref()
                    .map(|mark| format!(" {} ({:?})", mark.who, mark.former));
                format!(
                    "{prefix}{} {}{}",
                    one.indicator,
                    selftest::told(one),
                    by.unwrap_or_default()
                )
            })
            .collect();
        let struck = coded.struck_passages.iter().map(|one| {
            let by = one.corrected.as_ref().expect("who struck it");
            format!("struck: {} {:?} {}", one.topic, by.former, by.why)
        });
        let topics = coded.passages.iter().map(|one| one.topic.clone());
        let topics = topics.chain(struck).collect();
        (
            figures,
            topics,
            told.into_iter().map(|one| one.code).collect(),
        )
    }

    #[test]
    fn a_figure_is_corrected_added_and_struck() {
        let (figures, _, told) = after(
            "r,,办理行政处罚案件120件,penalty-cases-total,,120件,102件,林,2024-05-01,原件为102\n",
        );
        assert_eq!(figures[0], "penalty-cases-total 102 林 (Some(\"120件\"))");
        assert!(told.is_empty(), "{told:?}");
        let (figures, _, _) = after(
            "r.txt,,全年办理行政处罚案件120件，罚款30万元。,exempted-cases,,,0,林,2024-05-01,附表\n",
        );
        assert!(
            figures.contains(&"exempted-cases 0 林 (None)".to_owned()),
            "{figures:?}"
        );
        let (figures, _, _) = after("r,,罚款30万元,fines-total,,,,林,2024-05-01,只是一个领域\n");
        assert_eq!(
            figures,
            [
                "penalty-cases-total 120",
                "struck: fines-total 300000 林 (Some(\"30万元\"))"
            ]
        );
    }

    #[test]
    fn an_old_value_that_was_not_found_changes_nothing() {
        let (figures, _, told) =
            after("r,,罚款30万元,fines-total,,3万元,39万元,林,2024-05-01,误读\n");
        assert_eq!(figures, ["penalty-cases-total 120", "fines-total 300000"]);
        assert_eq!(told, ["correction-without-object"]);
    }

    #[test]
    fn a_figure_that_is_struck_contradicts_nothing_any_more() {
        let codebook = Codebook::built_in();
        let report = "全年办理行政处罚案件120件。共办理行政处罚案件130件。";
        let (document, identity) = selftest::document(report);
        let mut coded = code(&document, &identity, Gazetteer::china(), &codebook).output;
        let conflicts =
            |coded: &Coded| coded.observations.iter().filter(|one| one.conflict).count();
        assert_eq!(conflicts(&coded), 2);
        let rows =
            "report,sentence,indicator,new\nr,共办理行政处罚案件130件,penalty-cases-total,\n";
        let read = Corrections::read(rows.as_bytes(), &codebook).output;
        let told = correct(&document, &codebook, &mut coded, read.of("r", "r.txt"));
        assert!(told.is_empty(), "{told:?}");
        assert_eq!((coded.observations.len(), conflicts(&coded)), (1, 0));
    }

    #[test]
    fn a_total_that_a_keeper_confirms_is_noted_no_more() {
        let codebook = Codebook::built_in();
        let report = "办理行政处罚案件320件，其中普通程序100件，简易程序200件。";
        let (document, identity) = selftest::document(report);
        let mut coded = code(&document, &identity, Gazetteer::china(), &codebook).output;
        let noted = |coded: &Coded| coded.observations.iter().any(|one| one.mismatch.is_some());
        assert!(noted(&coded));
        let rows = "report,sentence,indicator,old,new\nr,办理行政处罚案件320件,penalty-cases-total,320件,320件\n";
        let read = Corrections::read(rows.as_bytes(), &codebook).output;
        let told = correct(&document, &codebook, &mut coded, read.of("r", "r.txt"));
        assert!(told.is_empty() && !noted(&coded), "{told:?}");
    }

    #[test]
    fn a_figure_that_a_keeper_adds_has_its_whole_sentence() {
        let codebook = Codebook::built_in();
        let report = "加强执法。全局执法人员中持证139名，占95%。开展普法。";
        let (document, identity) = selftest::document(report);
        let mut coded = code(&document, &identity, Gazetteer::china(), &codebook).output;
        let rows = "report,sentence,indicator,new\nr,全局执法人员,officers-total,146名\n";
        let read = Corrections::read(rows.as_bytes(), &codebook).output;
        let told = correct(&document, &codebook, &mut coded, read.of("r", "r.txt"));
        let added = coded
            .observations
            .iter()
            .find(|one| one.indicator == "officers-total")
            .expect("the figure");
        let sentence = added.sentence.of(&document.text.text);
        assert_eq!(sentence, "全局执法人员中持证139名，占95%。", "{told:?}");
    }

    #[test]
    fn a_topic_is_added_and_struck() {
        let (_, topics, told) = after(
            "r,,推进垃圾分类工作,,waste-sorting,,no,林,2024-05-01,笔误\nr,,加强宣传,,legal-publicity,,yes,林,2024-05-01,指普法\n",
        );
        assert_eq!(
            topics,
            [
                "legal-publicity",
                "struck: waste-sorting Some(\"垃圾分类\") 笔误"
            ]
        );
        assert!(told.is_empty(), "{told:?}");
    }

    #[test]
    fn what_cannot_be_done_is_told() {
        let told = |rows: &str| after(rows).2;
        assert_eq!(
            told("r,,没有这句话,fines-total,,,,林,,\n"),
            ["correction-lost"]
        );
        assert_eq!(
            told("r,,罚款30万元,fines-total,,,许多,林,,\n"),
            ["correction-unreadable"]
        );
        assert_eq!(
            told("r,,罚款30万元,nothing,,,1件,林,,\n"),
            ["correction-unknown"]
        );
        assert_eq!(
            told("r,,罚款30万元,exempted-cases,,,,林,,\n"),
            ["correction-without-object"]
        );
        assert!(told("another,,没有这句话,fines-total,,,,林,,\n").is_empty());
    }
}
