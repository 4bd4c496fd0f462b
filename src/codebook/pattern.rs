//! The codebook's pattern language.
//!
//! A pattern is written as the words stand in a report; white space in it does not count:
//!
//! | written | matches |
//! |---|---|
//! | `行政处罚案件` | these words: width and script do not matter, quotation marks in the text neither |
//! | `(甲\|乙)` | one of them |
//! | `[甲\|乙]` | one of them, or nothing |
//! | `{办理}` | one of the words of the list `办理` in a `[words]` table |
//! | `*`, `*20` | up to 12 (20) characters up to the next comma, 、 or other mark, no number among them |
//! | `**`, `**60` | up to 40 (60) characters within the sentence, no number among them |
//! | `#` | a number with one of the indicator's units, and before it words like 共, 达, 为, a bracket |
//! | `@` | a number that is passed over, whatever its unit |
//! | `!(甲\|乙)` | neither of these words comes next |
//! | `^` | the beginning of a clause |
//!
//! Brackets of a report are written full-width: `（`, `）`. Patterns run over a sentence's *skeleton*
//! ([`crate::code`]): its folded characters, with every number replaced by one character for its
//! kind and one for its unit, so that no gap can swallow a number and a number is matched as a whole.

mod needs;

pub(crate) use needs::Need;

use super::matcher::{Beginnings, Branch, Signs, Step, Words};
use super::skeleton::{ANY_UNIT, NUMBER, is_unit, unit_char};
use crate::quantity::Unit;
use std::collections::BTreeMap;

/// The longest run of literal characters that a pattern may have.
pub(crate) const LITERAL_LIMIT: usize = 14;

/// Ends a clause or an item of a list; a gap within a clause does not cross it.
const CLAUSE_ENDS: &str = ",;:。()!?《》、";

/// A pattern, read and ready to be run.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    /// What it asks for, in order.
    pub(super) steps: Vec<Step>,
    /// What it matches begins with one of these.
    pub(super) begins: Beginnings,
    /// What stands in whatever it matches, in this order.
    pub needs: Vec<Need>,
    /// Whether it holds a number slot.
    pub slot: bool,
    /// How many numbers it passes over before that.
    pub passed: usize,
    /// Its longest run of literal characters.
    pub longest_literal: String,
}

#[derive(Clone, Debug)]
enum Node {
    Literal(String),
    Alternatives(Vec<Vec<Node>>),
    Optional(Vec<Vec<Node>>),
    Gap { across: bool, width: u16 },
    Number,
    Passed,
    Unless(Vec<Vec<Node>>),
    ClauseStart,
}

/// The text that a pattern is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// A sentence's skeleton: `、` and title marks count.
    Skeleton,
    /// A part of a skeleton, from which words may have been cut: what stands together in it may be apart in the sentence.
    Context,
    /// The text as search folds it: `、`, quotation and title marks do not count.
    Words,
}

/// Reads a pattern over a text. `units` are the indicator's; `words` the codebook's lists.
///
/// # Errors
/// A sentence for the keeper: what is wrong, and what to write instead.
pub(crate) fn read(
    source: &str,
    over: Over,
    units: &[Unit],
    words: &BTreeMap<String, Vec<String>>,
) -> Result<Pattern, String> {
    let nodes = parse(source, over, words)?;
    let inner = |node: &Node| !matches!(node, Node::Optional(_) | Node::Gap { .. });
    let edge = |mut edge: std::slice::Iter<'_, Node>| {
        edge.by_ref()
            .take_while(|node| !inner(node))
            .any(|node| matches!(node, Node::Gap { .. }))
    };
    let last = nodes.iter().rposition(inner).map_or(0, |last| last + 1);
    if edge(nodes.iter())
        || nodes[last..]
            .iter()
            .any(|node| matches!(node, Node::Gap { .. }))
    {
        return Err("a pattern begins and ends with what it matches, not with a gap".to_owned());
    }
    let slots = count_slots(&nodes);
    if slots > 1 {
        return Err("a pattern has one number slot `#`: make it two patterns".to_owned());
    }
    let (passed, _) = passed(&nodes)?;
    let needs = needs::of(&nodes, units, over != Over::Context);
    let steps = steps(&nodes, units, true);
    let pattern = Pattern {
        begins: Beginnings::of(&steps),
        steps,
        needs,
        slot: slots == 1,
        passed,
        longest_literal: longest_literal(&nodes).to_owned(),
    };
    if pattern
        .needs
        .iter()
        .all(|need| need.words.iter().all(|word| is_unit(word)))
    {
        return Err("a pattern needs a word that is always there: add a noun or a verb".to_owned());
    }
    if pattern.longest_literal.chars().count() > LITERAL_LIMIT {
        return Err(format!(
            "`{}` is longer than {LITERAL_LIMIT} characters: a pattern is for the genre, not for one report's sentence; put `*` where wordings differ",
            pattern.longest_literal
        ));
    }
    Ok(pattern)
}

fn parse(
    source: &str,
    over: Over,
    words: &BTreeMap<String, Vec<String>>,
) -> Result<Vec<Node>, String> {
    let chars: Vec<char> = source.chars().filter(|c| !c.is_whitespace()).collect();
    let mut parser = Parser {
        chars: &chars,
        at: 0,
        over,
        words,
        depth: 0,
    };
    let nodes = parser.sequence()?;
    match chars.get(parser.at) {
        None => Ok(nodes),
        Some(c) => Err(format!(
            "`{c}` closes nothing: write the brackets of a report full-width, （ and ）",
        )),
    }
}

/// Most literals that [`literals`] makes of one source.
const MOST_LITERALS: usize = 200;

/// All literals that a source of words, alternatives and words that may be left out stands for, in a skeleton: 复议[或](诉讼|应诉)
/// are four.
///
/// # Errors
/// A sentence for the keeper where it holds anything else, stands for none, or for too many.
pub(crate) fn literals(
    source: &str,
    words: &BTreeMap<String, Vec<String>>,
) -> Result<Vec<String>, String> {
    let all = spelled_out(&parse(source, Over::Skeleton, words)?)?;
    if all.iter().any(String::is_empty) {
        return Err("it may stand for nothing: give words that are always there".to_owned());
    }
    Ok(all)
}

fn spelled_out(nodes: &[Node]) -> Result<Vec<String>, String> {
    let any = |all: &[Vec<Node>]| -> Result<Vec<String>, String> {
        let all: Vec<Vec<String>> = all
            .iter()
            .map(|one| spelled_out(one))
            .collect::<Result<_, _>>()?;
        Ok(all.concat())
    };
    let mut made = vec![String::new()];
    for node in nodes {
        let options = match node {
            Node::Literal(word) => vec![word.clone()],
            Node::Alternatives(all) => any(all)?,
            Node::Optional(all) => {
                let mut options = any(all)?;
                options.push(String::new());
                options
            }
            _ => return Err("words, `( | )`, `[ | ]` and `{ }` alone have a place here".to_owned()),
        };
        if made.len() * options.len() > MOST_LITERALS {
            return Err(format!("it stands for more than {MOST_LITERALS} words"));
        }
        made = product(&made, &options);
    }
    Ok(made)
}

impl Pattern {
    /// Whether a pattern that is one word stands in all that this one matches.
    pub(super) fn holds(&self, word: &Pattern) -> bool {
        let stands = |need: &Need| {
            need.words
                .iter()
                .all(|own| own.contains(&word.longest_literal))
        };
        word.is_plain() && self.needs.iter().any(stands)
    }

    /// Whether it is one word and nothing else.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.steps.as_slice(), [Step::Words(words)] if words.len() == 1)
    }
}

/// A pattern as a page shows it to readers, who know no signs: gaps are `…`, alternatives stand in `（甲／乙）`, what may be
/// left out in `〔甲〕`; what may not come next is left out.
pub(crate) fn for_readers(source: &str) -> String {
    let mut shown = String::with_capacity(source.len());
    let mut rest = source.chars().filter(|c| !c.is_whitespace()).peekable();
    while let Some(c) = rest.next() {
        match c {
            '*' => {
                while rest.next_if(|c| *c == '*' || c.is_ascii_digit()).is_some() {}
                shown.push('…');
            }
            '!' if rest.peek() == Some(&'(') => {
                rest.by_ref().take_while(|c| *c != ')').for_each(drop);
            }
            '(' => shown.push('（'),
            ')' => shown.push('）'),
            '[' => shown.push('〔'),
            ']' => shown.push('〕'),
            '|' => shown.push('／'),
            '^' | '{' | '}' => {}
            '#' | '@' => shown.push('N'),
            _ => shown.push(c),
        }
    }
    shown
}

/// Words and numbers, nothing else, as one run of characters.
fn plain_words(nodes: Vec<Node>) -> Option<Vec<Node>> {
    let mut run = String::new();
    for node in nodes {
        match node {
            Node::Literal(words) => run.push_str(&words),
            Node::Passed => run.push(NUMBER),
            _ => return None,
        }
    }
    Some(vec![Node::Literal(run)])
}

struct Parser<'p> {
    chars: &'p [char],
    at: usize,
    over: Over,
    words: &'p BTreeMap<String, Vec<String>>,
    depth: u8,
}

impl Parser<'_> {
    fn fold(&self, words: &str) -> String {
        match self.over {
            Over::Skeleton | Over::Context => search_index::fold::fold_chars(words).text,
            Over::Words => search_index::fold::fold_str(words),
        }
    }

    fn sequence(&mut self) -> Result<Vec<Node>, String> {
        let mut nodes: Vec<Node> = Vec::new();
        while let Some(&c) = self.chars.get(self.at) {
            self.at += 1;
            let node = match c {
                '(' => Node::Alternatives(self.alternatives(')')?),
                '[' => Node::Optional(self.alternatives(']')?),
                '{' => self.word_list()?,
                '#' => Node::Number,
                '@' => Node::Passed,
                '!' if self.chars.get(self.at) == Some(&'(') => {
                    self.at += 1;
                    let words = self.alternatives(')')?;
                    let plain = words.into_iter().map(plain_words).collect::<Option<_>>();
                    Node::Unless(plain.ok_or("`!( )` holds plain words and `@` only")?)
                }
                '^' => Node::ClauseStart,
                '*' => self.gap()?,
                '|' | ')' | ']' => {
                    self.at -= 1;
                    break;
                }
                '}' | '\\' | '+' | '?' => {
                    return Err(format!(
                        "`{c}` means nothing in a pattern: optional words stand in [ ]"
                    ));
                }
                _ => {
                    let folded = self.fold(c.encode_utf8(&mut [0; 4]));
                    if let Some(Node::Literal(run)) = nodes.last_mut() {
                        run.push_str(&folded);
                        continue;
                    }
                    Node::Literal(folded)
                }
            };
            nodes.push(node);
        }
        Ok(nodes)
    }

    fn alternatives(&mut self, close: char) -> Result<Vec<Vec<Node>>, String> {
        self.depth += 1;
        if self.depth > 6 {
            return Err("brackets stand more than six deep: make it two patterns".to_owned());
        }
        let mut all = Vec::new();
        loop {
            let one = self.sequence()?;
            if one.is_empty() {
                return Err("an alternative is empty: optional words stand in [ ]".to_owned());
            }
            all.push(one);
            let next = self.chars.get(self.at).copied();
            self.at += 1;
            match next {
                Some('|') => {}
                Some(c) if c == close => break,
                _ => return Err(format!("a bracket is not closed: `{close}` is missing")),
            }
        }
        self.depth -= 1;
        Ok(all)
    }

    fn word_list(&mut self) -> Result<Node, String> {
        let rest = &self.chars[self.at..];
        let Some(length) = rest.iter().position(|&c| c == '}') else {
            return Err("`{` is not closed: `}` is missing".to_owned());
        };
        let name: String = rest[..length].iter().collect();
        self.at += length + 1;
        let Some(list) = self.words.get(&name) else {
            return Err(format!(
                "there is no word list `{name}`: add it to a [words] table, or write the words as (甲|乙)"
            ));
        };
        Ok(Node::Alternatives(
            list.iter()
                .map(|word| vec![Node::Literal(self.fold(word))])
                .collect(),
        ))
    }

    fn gap(&mut self) -> Result<Node, String> {
        let across = self.chars.get(self.at) == Some(&'*');
        self.at += usize::from(across);
        let digits: String = self.chars[self.at..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .collect();
        self.at += digits.len();
        let width = match digits.as_str() {
            "" => 12 + 28 * u16::from(across),
            written => written
                .parse()
                .ok()
                .filter(|width| (1..=80).contains(width))
                .ok_or("a gap is 1 to 80 characters wide, e.g. `*20`")?,
        };
        Ok(Node::Gap { across, width })
    }
}

fn count_slots(nodes: &[Node]) -> usize {
    nodes
        .iter()
        .map(|node| match node {
            Node::Number => 1,
            Node::Alternatives(all) | Node::Optional(all) => {
                all.iter().map(|one| count_slots(one)).max().unwrap_or(0)
            }
            _ => 0,
        })
        .sum()
}

/// How many numbers are passed over before the slot, and whether it was met.
///
/// # Errors
/// A sentence for the keeper where that differs between two matches: which number the slot is would
/// not be known.
fn passed(nodes: &[Node]) -> Result<(usize, bool), String> {
    let mut count = 0;
    for node in nodes {
        match node {
            Node::Passed => count += 1,
            Node::Number => return Ok((count, true)),
            Node::Alternatives(all) => {
                let (inner, met) = passed(&all[0])?;
                for other in &all[1..] {
                    if passed(other)? != (inner, met) {
                        return Err("the alternatives of ( ) hold different numbers of `#` and `@`: make them patterns of their own".to_owned());
                    }
                }
                count += inner;
                if met {
                    return Ok((count, true));
                }
            }
            Node::Optional(all) => {
                for one in all {
                    if passed(one)? != (0, false) {
                        return Err(
                            "`#` and `@` do not stand in [ ]: make it two patterns".to_owned()
                        );
                    }
                }
            }
            _ => {}
        }
    }
    Ok((count, false))
}

/// The longest run of literal characters, the first of those.
fn longest_literal(nodes: &[Node]) -> &str {
    let longer = |longest: &'_ str, run: &'_ str| run.chars().count() > longest.chars().count();
    nodes.iter().fold("", |longest, node| match node {
        Node::Literal(run) if longer(longest, run) => run,
        Node::Alternatives(all) | Node::Optional(all) => {
            let runs = all.iter().map(|one| longest_literal(one));
            runs.fold(
                longest,
                |longest, run| {
                    if longer(longest, run) { run } else { longest }
                },
            )
        }
        _ => longest,
    })
}

/// What the matcher is to do. A number that is the `first` step of all has no filler before it.
fn steps(nodes: &[Node], units: &[Unit], first: bool) -> Vec<Step> {
    let mut steps = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let plain = |all: &[Vec<Node>]| {
            let words = all.iter().map(|one| match one.as_slice() {
                [Node::Literal(run)] => Some(run.as_str()),
                _ => None,
            });
            Words::of(words.collect::<Option<Vec<&str>>>()?.into_iter())
        };
        let branches = |all: &[Vec<Node>]| {
            let all = all.iter().map(|one| self::steps(one, units, false));
            all.map(Branch::from).collect()
        };
        match node {
            // A sign that folding drops leaves nothing to look for.
            Node::Literal(run) => {
                steps.extend(Words::of([run.as_str()].into_iter()).map(Step::Words));
            }
            Node::Alternatives(all) => {
                steps.push(plain(all).map_or_else(|| Step::OneOf(branches(all)), Step::Words));
            }
            Node::Optional(all) => {
                let words = plain(all).map(|words| vec![vec![Step::Words(words)].into()]);
                steps.push(Step::Maybe(words.unwrap_or_else(|| branches(all))));
            }
            Node::Gap { across, width } => steps.push(Step::Gap {
                stops: Signs::of(if *across { "。!?" } else { CLAUSE_ENDS }),
                width: *width,
            }),
            Node::Number => {
                if !(first && index == 0) {
                    steps.push(Step::Filler);
                }
                let counting = units.iter().any(|unit| unit.counts());
                let own = units.iter().copied().map(unit_char);
                steps.push(Step::Number(
                    own.chain(counting.then_some(ANY_UNIT)).collect(),
                ));
            }
            Node::Passed => steps.push(Step::Passed),
            Node::Unless(all) => steps.push(Step::Unless(plain(all).unwrap_or_default())),
            Node::ClauseStart => steps.push(Step::Start(Signs::of(CLAUSE_ENDS))),
        }
    }
    steps
}

/// Each of some words with each of others after it.
fn product(some: &[String], others: &[String]) -> Vec<String> {
    let with = |word: &String| -> Vec<String> {
        let joined = others.iter().map(|other| format!("{word}{other}"));
        joined.collect()
    };
    some.iter().flat_map(with).collect()
}

#[cfg(test)]
mod tests {
    use super::super::matcher::{Places, longest};
    use super::*;

    fn matches(source: &str, text: &str) -> bool {
        let words = BTreeMap::from([("办".to_owned(), vec!["办理".to_owned(), "查处".to_owned()])]);
        let units = [Unit::named("件").unwrap()];
        let pattern = read(source, Over::Skeleton, &units, &words).unwrap();
        let mut skeleton = String::new();
        for c in search_index::fold::fold_chars(text).text.chars() {
            match c {
                '9' => skeleton.push(NUMBER),
                '件' if skeleton.ends_with(NUMBER) => skeleton.push(unit_char(units[0])),
                _ => skeleton.push(c),
            }
        }
        let mut places = Places::default();
        let mut starts = skeleton.char_indices();
        starts.any(|(at, _)| longest(&pattern.steps, &skeleton, at, &mut places).is_some())
    }

    #[test]
    fn readers_see_no_signs() {
        for (source, shown) in [
            ("三项制度", "三项制度"),
            ("轻微违法*16(免|不予)*4处罚", "轻微违法…（免／不予）…处罚"),
            ("不予[行政]处罚!(决定|书)", "不予〔行政〕处罚"),
            ("^ 开展{办理} **60 诉讼", "开展办理…诉讼"),
        ] {
            assert_eq!(for_readers(source), shown);
        }
    }

    #[test]
    fn words_gaps_alternatives_and_slots() {
        assert!(matches("{办}*处罚案件#", "共查处各类行政处罚案件9件"));
        assert!(matches("處罰案件#", "处罚案件共计9件"));
        assert!(matches("处罚案件#", "处罚案件(含移送)，共9件"));
        assert!(!matches("处罚案件#", "处罚案件，9件移送"));
        assert!(!matches("{办}*案件#", "办理9件，事项9件"));
        assert!(matches("[各类](行政)处罚#", "行政处罚9件"));
        assert!(!matches("处罚*审核#", "处罚，审核9件"));
        assert!(matches("处罚**审核#", "处罚，审核9件"));
        assert!(!matches("^审核#", "未审核9件"));
        assert!(matches("^审核#", "处罚，审核9件"));
        assert!(matches("（一）审核#", "(一)审核9件"));
        assert!(matches("审核@、办理#", "审核9件、办理9件"));
        assert!(matches("审核#!(，办理|、办理)", "审核9件，结案"));
        assert!(!matches("审核#!(，办理|、办理)", "审核9件，办理"));
        assert!(!matches("审核@、办理#", "审核、办理9件"));
    }

    #[test]
    fn literals_are_spelled_out() {
        let words = BTreeMap::from([(
            "政府".to_owned(),
            vec!["市政府".to_owned(), "县政府".to_owned()],
        )]);
        let all = |source: &str| literals(source, &words);
        assert_eq!(all("复议"), Ok(vec!["复议".to_owned()]));
        assert_eq!(
            all("[行政]复议(或|、)诉讼").unwrap().join(" "),
            "行政复议或诉讼 行政复议、诉讼 复议或诉讼 复议、诉讼"
        );
        assert_eq!(
            all("以{政府}为被告").unwrap().join(" "),
            "以市政府为被告 以县政府为被告"
        );
        assert!(all("复议*诉讼").unwrap_err().contains("alone have a place"));
        assert!(all("[复议]").unwrap_err().contains("nothing"));
        let many = "(甲|乙|丙|丁)".repeat(4);
        assert!(all(&many).unwrap_err().contains("more than"));
    }

    #[test]
    fn mistakes_are_explained() {
        let words = BTreeMap::new();
        let message = |source: &str| read(source, Over::Skeleton, &[], &words).unwrap_err();
        assert!(message("(甲|乙").contains("not closed"));
        assert!(message("{无}案件").contains("no word list `无`"));
        assert!(message("案件#件#").contains("one number slot"));
        assert!(message("审核[@]办理#").contains("do not stand in [ ]"));
        assert!(message("审核(@、|处)办理#").contains("different numbers"));
        assert!(message("甲)").contains("closes nothing"));
        assert!(message("甲?").contains("optional"));
        assert!(message("[甲]").contains("always there"));
        assert!(message("[甲]*乙").contains("not with a gap"));
        assert!(message(&"案".repeat(30)).contains("not for one report"));
        assert!(message("甲*99").contains("1 to 80"));
        assert!(message("(甲|)").contains("empty"));
    }
}
