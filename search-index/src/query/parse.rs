//! Query text → [`Query`]. Every text gives a query or an error with a suggestion that parses.

use std::ops::Range;

use super::fields::FieldName;
use super::known::Names;
use super::{In, Leaf, Node, Query, Within};
use crate::pattern::Pattern;
use crate::{QueryError, QueryErrorCode as Code, Told};

/// Most characters of a query.
const LONGEST: usize = 1000;
/// Most parentheses inside one another.
const DEEPEST: usize = 24;
/// Most terms.
const MOST_TERMS: usize = 64;
/// A suggestion where nothing of the query can be kept.
const EXAMPLE: &str = "行政复议";

/// Understands a query.
pub(crate) fn parse(query: &str, names: Names<'_>) -> Result<Query, QueryError> {
    attempt(query, names).map_err(|error| error.that_suggests_what_works(query, names))
}

fn attempt(query: &str, names: Names<'_>) -> Result<Query, QueryError> {
    let mut parser = Parser {
        chars: query.chars().collect(),
        at: 0,
        depth: 0,
        inside: false,
        leaves: Vec::new(),
        names,
    };
    let root = parser.query()?;
    Ok(Query {
        root,
        leaves: parser.leaves,
    })
}

struct Parser<'v> {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    /// Inside 同句 or 同段.
    inside: bool,
    leaves: Vec<Leaf>,
    names: Names<'v>,
}

/// A word as written: quoted and bare stretches without white space between them.
struct Word {
    text: String,
    at: Range<usize>,
    quoted: bool,
    star: bool,
}

/// The ASCII sign that a full-width one stands for in the language.
fn sign(c: char) -> char {
    match c {
        '（' => '(',
        '）' => ')',
        '｜' => '|',
        '：' => ':',
        '－' => '-',
        '＊' => '*',
        '＂' => '"',
        _ => c,
    }
}

fn closing(open: char) -> Option<char> {
    Some(match open {
        '"' => '"',
        '“' => '”',
        '「' => '」',
        '『' => '』',
        _ => return None,
    })
}

impl Parser<'_> {
    fn query(&mut self) -> Result<Option<Node>, QueryError> {
        if self.chars.len() > LONGEST {
            let told = Told {
                hans: format!("查询太长，最多 {LONGEST} 个字符"),
                hant: format!("查詢太長，最多 {LONGEST} 個字元"),
                en: format!("the query is too long: at most {LONGEST} characters"),
            };
            return Err(error(Code::TooLarge, LONGEST..self.chars.len(), told));
        }
        if self.peek().is_none() {
            return Ok(None);
        }
        let root = self.or()?;
        match self.peek() {
            None => Ok(Some(root)),
            // Only a closing parenthesis ends an expression before the text does.
            Some(_) => {
                let at = self.at..self.at + 1;
                let told = Told::new(
                    "这个右括号没有对应的左括号",
                    "這個右括號沒有對應的左括號",
                    "this closing parenthesis has no opening one",
                );
                let mut without = self.chars.clone();
                without.remove(self.at);
                Err(error(Code::StrayParenthesis, at, told).suggesting(without.iter().collect()))
            }
        }
    }

    /// Alternatives.
    fn or(&mut self) -> Result<Node, QueryError> {
        let mut all = vec![self.and()?];
        while self.take_operator('|', "OR") {
            all.push(self.and()?);
        }
        Ok(one_or(all, Node::Or))
    }

    /// What must all hold.
    fn and(&mut self) -> Result<Node, QueryError> {
        let mut all = Vec::new();
        loop {
            while !all.is_empty() && self.take_word("AND") {}
            match self.peek() {
                None | Some(')') => break,
                Some('|') => break,
                Some(_) if self.ahead("OR") => break,
                Some(_) => all.push(self.unary()?),
            }
        }
        if all.is_empty() {
            return Err(self.missing_operand());
        }
        Ok(one_or(all, Node::And))
    }

    fn unary(&mut self) -> Result<Node, QueryError> {
        let mut not = false;
        loop {
            if self.peek() == Some('-') {
                self.at += 1;
                let glued = self.chars.get(self.at).is_some_and(|c| !c.is_whitespace());
                if !glued {
                    return Err(self.missing_operand());
                }
            } else if !self.take_word("NOT") {
                break;
            }
            not = !not;
        }
        match self.peek() {
            None | Some(')' | '|') => return Err(self.missing_operand()),
            Some(_) => {}
        }
        let node = self.primary()?;
        Ok(if not { Node::Not(Box::new(node)) } else { node })
    }

    fn primary(&mut self) -> Result<Node, QueryError> {
        if self.peek() == Some('(') {
            return self.group();
        }
        let start = self.at;
        if let Some((field, colon)) = self.field()? {
            return self.value(field, start, colon);
        }
        let word = self.word()?;
        if !word.quoted && self.chars.get(self.at).copied().map(sign) == Some('(') {
            let within = match word.text.to_lowercase().as_str() {
                "同句" | "sentence" => Some(Within::Sentence),
                "同段" | "paragraph" => Some(Within::Paragraph),
                _ => None,
            };
            if let Some(within) = within {
                return self.same(within, start);
            }
        }
        self.term(&word, In::Text)
    }

    /// An expression in parentheses; the next character opens them.
    fn group(&mut self) -> Result<Node, QueryError> {
        let open = self.at;
        self.at += 1;
        self.depth += 1;
        if self.depth > DEEPEST {
            let told = Told {
                hans: format!("括号嵌套太深，最多 {DEEPEST} 层"),
                hant: format!("括號巢狀太深，最多 {DEEPEST} 層"),
                en: format!("parentheses are nested too deep: at most {DEEPEST}"),
            };
            return Err(error(Code::TooLarge, open..open + 1, told));
        }
        let node = self.or()?;
        if self.peek() != Some(')') {
            let closed: String = self
                .chars
                .iter()
                .copied()
                .chain(std::iter::repeat_n(')', self.depth))
                .collect();
            let told = Told::new(
                "这个左括号没有对应的右括号",
                "這個左括號沒有對應的右括號",
                "this opening parenthesis has no closing one",
            );
            let error = error(Code::UnclosedParenthesis, open..open + 1, told);
            return Err(error.suggesting(closed));
        }
        self.at += 1;
        self.depth -= 1;
        Ok(node)
    }

    /// 同句(…) or 同段(…), its name just read.
    fn same(&mut self, within: Within, start: usize) -> Result<Node, QueryError> {
        if self.inside {
            return Err(not_inside(start..self.at));
        }
        self.inside = true;
        let inner = self.group()?;
        self.inside = false;
        let mut positive = false;
        inner.walk(true, &mut |node, counts| {
            positive |= counts && matches!(node, Node::Term(_));
        });
        if !positive {
            let told = Told::new(
                "同句、同段里至少要有一个不带减号的词",
                "同句、同段裡至少要有一個不帶減號的詞",
                "at least one term without a minus must stand inside",
            );
            return Err(error(Code::MissingOperand, start..self.at, told));
        }
        Ok(Node::Same(within, Box::new(inner)))
    }

    /// A field's name with its colon, if the next word has one: the field and the place after the colon.
    fn field(&mut self) -> Result<Option<(FieldName, usize)>, QueryError> {
        let rest = &self.chars[self.at..];
        let len = rest.iter().take_while(|c| c.is_alphabetic()).count();
        if len == 0 || rest.get(len).copied().map(sign) != Some(':') {
            return Ok(None);
        }
        let name: String = rest[..len].iter().collect();
        let at = self.at..self.at + len;
        let Some(field) = FieldName::named(&name) else {
            let told = Told {
                hans: format!("没有“{name}”这个字段；要查找冒号，请加引号"),
                hant: format!("沒有「{name}」這個欄位；要查找冒號，請加引號"),
                en: format!(
                    "there is no field \"{name}\"; to look for a colon, use quotation marks"
                ),
            };
            let end = self.chars[at.start..]
                .iter()
                .position(|c| c.is_whitespace());
            let end = end.map_or(self.chars.len(), |len| at.start + len);
            let quoted = self.replaced(at.start..end, &format!("\"{}\"", self.text(at.start..end)));
            return Err(error(Code::UnknownField, at, told).suggesting(quoted));
        };
        if self.inside {
            return Err(not_inside(at));
        }
        Ok(Some((field, at.end + 1)))
    }

    /// A field's value; white space may stand before it.
    fn value(&mut self, field: FieldName, start: usize, colon: usize) -> Result<Node, QueryError> {
        self.at = colon;
        let found = match self.peek() {
            None | Some(')' | '(' | '|') => Err(field.missing(self.names)),
            Some(_) => {
                let word = self.word()?;
                match field.test(&word.text, self.names) {
                    Ok(None) => {
                        let at = start..word.at.end;
                        return self.term(&Word { at, ..word }, In::Issuer);
                    }
                    Ok(Some(test)) => Ok(Node::Field(test)),
                    Err(bad) => Err(bad),
                }
            }
        };
        found.map_err(|bad| {
            let at = start..self.at.max(colon);
            let name = self.text(start..colon);
            let instead = bad.instead.iter();
            let mut suggestions: Vec<String> = instead
                .map(|value| self.replaced(at.clone(), &format!("{name}{value}")))
                .collect();
            suggestions.push(self.replaced(at.clone(), ""));
            QueryError {
                suggestions,
                ..error(bad.code, at, bad.told)
            }
        })
    }

    fn term(&mut self, word: &Word, place: In) -> Result<Node, QueryError> {
        let Some(pattern) = Pattern::new(&word.text, word.star) else {
            let without = self.replaced(word.at.clone(), "");
            let told = Told::new(
                "这里没有可以查找的字：空格、引号、顿号、书名号不参与匹配",
                "這裡沒有可以查找的字：空格、引號、頓號、書名號不參與匹配",
                "nothing to look for here: spaces, quotation marks, 、 and title marks are passed over",
            );
            let error = error(Code::NothingToMatch, word.at.clone(), told);
            return Err(error.suggesting(without));
        };
        let leaf = Leaf {
            pattern,
            written: word.text.clone(),
            at: word.at.clone(),
            place,
        };
        let same = |other: &Leaf| other.pattern == leaf.pattern && other.place == leaf.place;
        if let Some(known) = self.leaves.iter().position(same) {
            return Ok(Node::Term(known));
        }
        if self.leaves.len() == MOST_TERMS {
            let told = Told {
                hans: format!("词太多，最多 {MOST_TERMS} 个"),
                hant: format!("詞太多，最多 {MOST_TERMS} 個"),
                en: format!("too many terms: at most {MOST_TERMS}"),
            };
            return Err(error(Code::TooLarge, word.at.clone(), told));
        }
        self.leaves.push(leaf);
        Ok(Node::Term(self.leaves.len() - 1))
    }

    /// A word: up to white space or a sign that ends it; in quotation marks everything counts as it stands.
    fn word(&mut self) -> Result<Word, QueryError> {
        let start = self.at;
        let mut text = String::new();
        let mut quoted = false;
        let mut star = None;
        while let Some(&c) = self.chars.get(self.at) {
            if let Some(close) = closing(sign(c)) {
                let rest = &self.chars[self.at + 1..];
                let Some(len) = rest.iter().position(|&c| sign(c) == close) else {
                    let closed = self.chars.iter().copied().chain([close]).collect();
                    let told = Told::new(
                        "这个引号没有配对",
                        "這個引號沒有配對",
                        "this quotation mark is not closed",
                    );
                    let error = error(Code::UnclosedQuote, self.at..self.at + 1, told);
                    return Err(error.suggesting(closed));
                };
                text.extend(&rest[..len]);
                self.at += len + 2;
                quoted = true;
                continue;
            }
            match sign(c) {
                '(' | ')' | '|' => break,
                '*' => star = star.or(Some(self.at)),
                _ if c.is_whitespace() => break,
                _ => text.push(c),
            }
            self.at += 1;
        }
        let at = start..self.at;
        if let Some(star) = star
            && (star + 1 != self.at || text.is_empty())
        {
            let text = if text.is_empty() {
                String::new()
            } else {
                format!("{text}*")
            };
            let moved = self.replaced(at, &text);
            let told = Told::new(
                "星号只能放在字母或数字的末尾，如 GB*",
                "星號只能放在字母或數字的末尾，如 GB*",
                "a star can only stand at the end of letters or digits, as in GB*",
            );
            return Err(error(Code::MisplacedStar, star..star + 1, told).suggesting(moved));
        }
        Ok(Word {
            text,
            at,
            quoted,
            star: star.is_some(),
        })
    }

    /// The next sign or character after white space.
    fn peek(&mut self) -> Option<char> {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.chars.get(self.at).copied().map(sign)
    }

    fn take_operator(&mut self, operator: char, word: &str) -> bool {
        let mut taken = self.take_word(word);
        while !taken && self.peek() == Some(operator) {
            self.at += 1;
            // `||` is one operator.
            if self.chars.get(self.at).copied().map(sign) != Some(operator) {
                taken = true;
            }
        }
        taken
    }

    fn take_word(&mut self, word: &str) -> bool {
        let ahead = self.ahead(word);
        if ahead {
            self.at += word.len();
        }
        ahead
    }

    /// Whether this upper-case word stands next, by itself.
    fn ahead(&mut self, word: &str) -> bool {
        self.peek();
        let rest = &self.chars[self.at..];
        let same = rest.iter().copied().take(word.len()).eq(word.chars());
        let after = rest.get(word.len()).copied().map(sign);
        same && after.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')'))
    }

    fn missing_operand(&self) -> QueryError {
        let at = self.at.min(self.chars.len());
        let sign = self.chars[..at].iter().rposition(|c| !c.is_whitespace());
        let at = sign.map_or(at..at, |sign| sign..sign + 1);
        let without = self.replaced(at.clone(), "");
        let told = Told::new(
            "这里缺少要找的词",
            "這裡缺少要找的詞",
            "a term is missing here",
        );
        error(Code::MissingOperand, at, told).suggesting(without)
    }

    fn text(&self, at: Range<usize>) -> String {
        self.chars[at].iter().collect()
    }

    fn replaced(&self, at: Range<usize>, by: &str) -> String {
        replaced(&self.chars, at, by)
    }
}

/// A query with one stretch of it replaced.
pub(super) fn replaced(chars: &[char], at: Range<usize>, by: &str) -> String {
    let before: String = chars[..at.start].iter().collect();
    let after: String = chars[at.end.min(chars.len())..].iter().collect();
    // A word that goes takes the blank after it along.
    let after = if by.is_empty() {
        after.trim_start()
    } else {
        &after
    };
    format!("{before}{by}{after}").trim().to_owned()
}

/// Something inside 同句 or 同段 that can't stand there.
fn not_inside(at: Range<usize>) -> QueryError {
    let told = Told::new(
        "同句、同段里只能放词，字段和另一个同句、同段请放在外面",
        "同句、同段裡只能放詞，欄位和另一個同句、同段請放在外面",
        "only terms can stand inside; put fields and further 同句 or 同段 outside",
    );
    error(Code::NotInside, at, told)
}

/// A mistake for which nothing is suggested yet.
pub(super) fn error(code: Code, at: Range<usize>, told: Told) -> QueryError {
    QueryError {
        code,
        told,
        at,
        suggestions: Vec::new(),
    }
}

impl QueryError {
    fn suggesting(mut self, query: String) -> QueryError {
        self.suggestions.push(query);
        self
    }

    /// Keeps the suggestions that parse; where there is none, the query's plain words are one, or else an example.
    pub(super) fn that_suggests_what_works(mut self, query: &str, names: Names<'_>) -> QueryError {
        let works = |text: &String| attempt(text, names).is_ok_and(|query| query.root.is_some());
        self.suggestions.retain(works);
        if self.suggestions.is_empty() {
            let plain = |c: char| if c.is_alphanumeric() { c } else { ' ' };
            let words: String = query.chars().take(60).map(plain).collect();
            let words: Vec<&str> = words.split_whitespace().take(8).collect();
            let quoted = format!("\"{}\"", words.join(" "));
            let working = [words.join(" "), quoted].into_iter().find(works);
            self.suggestions = vec![working.unwrap_or_else(|| EXAMPLE.to_owned())];
        }
        self
    }
}

/// The only one as it is, several joined.
fn one_or(mut all: Vec<Node>, join: impl FnOnce(Vec<Node>) -> Node) -> Node {
    match all.pop() {
        Some(only) if all.is_empty() => only,
        Some(last) => {
            all.push(last);
            join(all)
        }
        None => join(all),
    }
}
