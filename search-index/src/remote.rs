//! A search whose bytes come from outside: what the browser's page drives.
//!
//! In: the boot pack, then files or parts of them as they arrive. A search answers, or says which
//! files it needs: the page fetches them, hands them in and asks again. A round asks for all that
//! can be known to be needed.

use crate::pack::{Boot, Cached, Need, PackError, PackedDirectory};
use crate::{Request, Response, SCHEMA_VERSION, SearchError, Searcher};
use serde::Serialize;
use std::ops::Range;
use std::sync::Arc;

/// Bytes of blocks kept between two searches.
const KEEP: usize = 24 << 20;

/// How bytes arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As the file's script handed them over: unescaped.
    Handed,
    /// As the file lies on the server: a script.
    File,
}

/// An open index without its files.
pub struct Remote {
    boot: Arc<Boot>,
    cached: Arc<Cached>,
    searcher: Searcher,
}

/// What comes of a search.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// What was found.
    Answer(Box<Response>),
    /// What to fetch before asking again.
    Need(Vec<Need>),
    /// Why there is no answer.
    Error(Problem),
}

/// An error as the page tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable word: [`PackError::code`] or [`SearchError::code`].
    pub code: &'static str,
    /// In English.
    pub message: String,
    /// The same in Simplified and in Traditional Chinese, for what concerns the query.
    pub message_hans: Option<String>,
    /// See [`Self::message_hans`].
    pub message_hant: Option<String>,
    /// The damaged or missing file.
    pub file: Option<String>,
    /// Where in the query, in Unicode scalar values.
    pub at: Option<Range<usize>>,
    /// Queries that work, for what concerns the query.
    pub suggestions: Vec<String>,
}

#[expect(
    clippy::result_large_err,
    reason = "a problem is written out as JSON as soon as it is made"
)]
impl Remote {
    /// Opens an index by its boot pack.
    ///
    /// # Errors
    /// The boot pack is damaged, or of another version.
    pub fn boot(bytes: Vec<u8>, form: Form) -> Result<Remote, Problem> {
        let boot = match form {
            Form::Handed => Boot::parse(bytes, SCHEMA_VERSION),
            Form::File => Boot::parse_script(&bytes, SCHEMA_VERSION),
        };
        let boot = Arc::new(boot?);
        let cached = Arc::new(Cached::new(boot.clone(), KEEP));
        let searcher = Searcher::open(PackedDirectory::new(cached.clone()))?;
        Ok(Remote {
            boot,
            cached,
            searcher,
        })
    }

    /// The name of this very index.
    pub fn id(&self) -> &str {
        self.boot.id()
    }

    /// Bytes of blocks that are held.
    pub fn held(&self) -> usize {
        self.cached.held()
    }

    /// Takes in a whole file.
    ///
    /// # Errors
    /// It is cut or altered.
    pub fn put(&self, chunk: u32, bytes: &[u8], form: Form) -> Result<(), Problem> {
        Ok(match form {
            Form::Handed => self.cached.put_bytes(chunk, bytes),
            Form::File => self.cached.put_file(chunk, bytes),
        }?)
    }

    /// Takes in a part of a file, as it lies there.
    ///
    /// # Errors
    /// It is altered.
    pub fn put_part(&self, block: u32, count: u32, escaped: &[u8]) -> Result<(), Problem> {
        Ok(self.cached.put_part(block, count, escaped)?)
    }

    /// Searches with what is here.
    pub fn search(&self, request: &Request) -> Outcome {
        let found = self.searcher.search(request);
        // Asked first: an answer that was made without some of its bytes is none.
        let needs = self.cached.needs();
        if !needs.is_empty() {
            return Outcome::Need(needs);
        }
        self.cached.trim();
        match found {
            Ok(response) => Outcome::Answer(Box::new(response)),
            Err(error) => Outcome::Error(error.into()),
        }
    }

    /// Searches for a request in JSON; gives the outcome in JSON.
    pub fn search_json(&self, request: &[u8]) -> Vec<u8> {
        let outcome = match serde_json::from_slice(request) {
            Ok(request) => self.search(&request),
            Err(error) => Outcome::Error(Problem::new("request", error.to_string())),
        };
        serde_json::to_vec(&outcome).unwrap_or_default()
    }
}

impl Problem {
    fn new(code: &'static str, message: String) -> Problem {
        Problem {
            code,
            message,
            message_hans: None,
            message_hant: None,
            file: None,
            at: None,
            suggestions: Vec::new(),
        }
    }
}

impl From<PackError> for Problem {
    fn from(error: PackError) -> Problem {
        let file = error.file().map(str::to_owned);
        Problem {
            file,
            ..Problem::new(error.code(), error.to_string())
        }
    }
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Problem {
        let told = Problem::new(error.code(), error.to_string());
        match error {
            SearchError::Query(query) => Problem {
                message: query.told.en,
                message_hans: Some(query.told.hans),
                message_hant: Some(query.told.hant),
                at: Some(query.at),
                suggestions: query.suggestions,
                ..told
            },
            _ => told,
        }
    }
}
