//! What a pattern needs: words of which one stands in whatever it matches, and how far apart they can be.
//!
//! The lexicon looks for them, and has a pattern tried only where they stand. A need left out costs a trial; a word that
//! need not stand there would cost a match.

use super::{Node, product};
use crate::codebook::skeleton::{ANY_UNIT, NUMBER, is_unit, unit_char};
use crate::quantity::Unit;
use std::borrow::Cow;

/// Characters that the filler before a number ([`Step::Filler`](crate::codebook::matcher::Step::Filler)) matches at most.
const FILLER_WIDTH: usize = 60;

/// Bytes of a character, at most.
const WIDEST: usize = 4;

/// Words of which one stands in whatever a pattern matches.
#[derive(Clone, Debug)]
pub(crate) struct Need {
    /// The words.
    pub words: Vec<String>,
    /// At most so many bytes stand between the word and that of the need before, or the match's
    /// beginning.
    pub lead: usize,
}

/// The needs of a pattern, in order; of plain parts that follow each other, `joined`, one ([`fused`]).
pub(super) fn of(nodes: &[Node], units: &[Unit], joined: bool) -> Vec<Need> {
    let (needs, _) = Sought { units, joined }.needs(nodes, true);
    telling(needs)
}

/// How a pattern's needs are told.
struct Sought<'u> {
    units: &'u [Unit],
    /// Whether plain parts that follow each other are joined ([`fused`]).
    joined: bool,
}

impl Sought<'_> {
    /// For every part that must be there, the words of which one must stand in the text; and how many
    /// bytes may follow the last of them. A number that is the `first` step of all has no filler before
    /// it.
    fn needs(&self, nodes: &[Node], first: bool) -> (Vec<Need>, usize) {
        let Self { units, joined } = *self;
        let parts: Cow<'_, [Node]> = if joined {
            fused(nodes.to_vec()).into()
        } else {
            nodes.into()
        };
        let mut needs = Vec::new();
        let mut lead = 0;
        for (index, node) in parts.iter().enumerate() {
            match node {
                // A sign that folding drops leaves nothing to look for.
                Node::Literal(run) if run.is_empty() => {}
                Node::Literal(run) => needs.push(Need {
                    words: vec![run.clone()],
                    lead: std::mem::take(&mut lead),
                }),
                Node::Alternatives(all) => {
                    let best: Option<Vec<(Need, usize)>> =
                        all.iter().map(|one| self.best_need(one)).collect();
                    if let Some(best) = best {
                        let before = best.iter().map(|(need, _)| need.lead).max();
                        let after = best.iter().map(|(_, tail)| *tail).max();
                        needs.push(Need {
                            words: best.into_iter().flat_map(|(need, _)| need.words).collect(),
                            lead: std::mem::take(&mut lead) + before.unwrap_or(0),
                        });
                        lead = after.unwrap_or(0);
                    } else {
                        lead += widest(all);
                    }
                }
                Node::Number if units.is_empty() => lead += widest(&[vec![Node::Number]]),
                Node::Number => {
                    let counting = units.iter().any(|unit| unit.counts());
                    let own = units.iter().copied().map(unit_char);
                    let any = counting.then_some(ANY_UNIT);
                    let filler = if first && index == 0 {
                        0
                    } else {
                        FILLER_WIDTH * WIDEST
                    };
                    needs.push(Need {
                        words: own.chain(any).map(String::from).collect(),
                        lead: std::mem::take(&mut lead) + filler + NUMBER.len_utf8(),
                    });
                }
                Node::Optional(all) => lead += widest(all),
                Node::Gap { width, .. } => lead += usize::from(*width) * WIDEST,
                Node::Passed => lead += 2 * WIDEST,
                Node::Unless(_) => {}
                Node::ClauseStart => lead += WIDEST,
            }
        }
        (needs, lead)
    }

    /// The need of a sequence that fewest words meet, seen from the sequence's two ends.
    fn best_need(&self, nodes: &[Node]) -> Option<(Need, usize)> {
        let (needs, tail) = self.needs(nodes, false);
        let cost = |need: &Need| {
            let words = &need.words;
            (
                is_weak(need),
                words.len(),
                std::cmp::Reverse(words[0].len()),
            )
        };
        let (index, best) = needs
            .iter()
            .enumerate()
            .min_by_key(|(_, need)| cost(need))?;
        let width = |need: &Need| need.lead + longest(&need.words);
        let before: usize = needs[..index].iter().map(width).sum();
        let after: usize = needs[index + 1..].iter().map(width).sum();
        Some((
            Need {
                words: best.words.clone(),
                lead: before + best.lead,
            },
            after + tail,
        ))
    }
}

/// At most so many words come of parts that are joined ([`fused`]).
const FUSED: usize = 24;

/// The same sequence, with plain parts that follow each other joined: 执法(人员|队员) are two words that tell more than
/// the three of its parts.
fn fused(nodes: Vec<Node>) -> Vec<Node> {
    let mut out: Vec<Node> = Vec::new();
    // What was joined so far, and parts that may be left out: joined once something comes after them.
    let mut run: Vec<String> = Vec::new();
    let mut pending: Vec<Node> = Vec::new();
    let flush = |out: &mut Vec<Node>, run: &mut Vec<String>, pending: &mut Vec<Node>| {
        out.extend(one_of(std::mem::take(run)));
        out.append(pending);
    };
    for node in nodes {
        let (options, may_lack) = match &node {
            Node::Literal(word) => (Some(vec![word.clone()]), false),
            Node::Alternatives(all) => (plain(all), false),
            Node::Optional(all) => (plain(all), true),
            _ => (None, false),
        };
        let Some(options) = options else {
            flush(&mut out, &mut run, &mut pending);
            out.push(node);
            continue;
        };
        if may_lack {
            if run.is_empty() {
                out.push(node);
            } else {
                pending.push(node);
            }
            continue;
        }
        let between = pending.iter().filter_map(|node| match node {
            Node::Optional(all) => plain(all),
            _ => None,
        });
        let mut parts: Vec<Vec<String>> = between.collect();
        for part in &mut parts {
            part.push(String::new());
        }
        parts.push(options.clone());
        let mut lengths = parts.iter().map(Vec::len);
        let many = lengths.try_fold(run.len(), usize::checked_mul);
        if !run.is_empty() && many.is_some_and(|many| many <= FUSED) {
            pending.clear();
            run = parts.iter().fold(run, |run, part| product(&run, part));
        } else {
            flush(&mut out, &mut run, &mut pending);
            run = options;
        }
    }
    flush(&mut out, &mut run, &mut pending);
    out
}

/// The words of alternatives that are nothing but words.
fn plain(all: &[Vec<Node>]) -> Option<Vec<String>> {
    let word = |one: &Vec<Node>| match one.as_slice() {
        [Node::Literal(word)] => Some(word.clone()),
        _ => None,
    };
    all.iter().map(word).collect()
}

fn one_of(words: Vec<String>) -> Option<Node> {
    match words.len() {
        0 => None,
        1 => words.into_iter().next().map(Node::Literal),
        _ => {
            let all = words.into_iter().map(|word| vec![Node::Literal(word)]);
            Some(Node::Alternatives(all.collect()))
        }
    }
}

/// Whether a need is met almost everywhere: by one character.
fn is_weak(need: &Need) -> bool {
    let mut words = need.words.iter();
    words.any(|word| !is_unit(word) && word.chars().nth(1).is_none())
}

/// The needs without the weak ones, where there are others.
fn telling(needs: Vec<Need>) -> Vec<Need> {
    if needs
        .iter()
        .all(|need| is_weak(need) || need.words.iter().all(|word| is_unit(word)))
    {
        return needs;
    }
    let mut lead = 0;
    let mut strong = Vec::new();
    for need in needs {
        if is_weak(&need) {
            lead += need.lead + longest(&need.words);
        } else {
            let lead = std::mem::take(&mut lead) + need.lead;
            strong.push(Need { lead, ..need });
        }
    }
    strong
}

fn longest(words: &[String]) -> usize {
    words.iter().map(String::len).max().unwrap_or(0)
}

/// Bytes that the widest of some alternatives matches at most.
fn widest(all: &[Vec<Node>]) -> usize {
    let width = |node: &Node| match node {
        Node::Literal(run) => run.len(),
        Node::Alternatives(all) | Node::Optional(all) => widest(all),
        Node::Gap { width, .. } => usize::from(*width) * WIDEST,
        Node::Number => (FILLER_WIDTH + 2) * WIDEST,
        Node::Passed => 2 * WIDEST,
        Node::Unless(_) => 0,
        Node::ClauseStart => WIDEST,
    };
    let widths = all.iter().map(|one| one.iter().map(width).sum());
    widths.max().unwrap_or(0)
}
