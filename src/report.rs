//! One report through all the stages that need no other.

use crate::archive::entry::CopyOf;
use crate::archive::{Archive, Entry, front_matter, id};
use crate::clean;
use crate::code::{self, Observation, Passage};
use crate::decode::Encoding;
use crate::decode::Format;
use crate::decode::quality::{self, Doubt};
use crate::diagnostic::{Diagnostic, Level};
use crate::digest::sha256;
use crate::discover::SourceFile;
use crate::evidence::Evidence;
use crate::identify::{self, Identity};
use crate::structure::{self, Document};
use serde::{Deserialize, Serialize};

/// All that is known of one report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its id: pinyin, ASCII, lower case; a promise to people who cite.
    pub id: String,
    /// The file it was read from.
    pub source: Provenance,
    /// Its words and their structure.
    pub document: Document,
    /// Who, where, when.
    pub identity: Identity,
    /// The topics' hits, in the text's order.
    pub passages: Vec<Passage>,
    /// Its figures, in the text's order.
    pub observations: Vec<Observation>,
    /// Figures that its keeper struck, with who and why; they count nowhere.
    pub struck: Vec<Observation>,
    /// Topics' hits that its keeper struck.
    pub struck_passages: Vec<Passage>,
    /// What there is to tell of it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Where a report's text came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Path under the content folder, `/`-separated.
    pub path: String,
    /// SHA-256 of the file's bytes, lower-case hex.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// The file's format.
    pub format: Format,
    /// Its character encoding.
    pub encoding: Encoding,
    /// Whether the text is a digest made for this archive, not the issuer's own words.
    pub digest: bool,
    /// What its keeper says of a report that looks like it.
    pub copy_of: Option<CopyOf>,
}

/// A report read, and the id that it wishes for: which it gets, all reports together decide
/// ([`id::assign`]).
#[derive(Clone, Debug)]
pub struct Reading {
    /// The report; its id is the one its path reads as, or that its keeper gave it.
    pub report: Report,
    /// Its wish.
    pub claim: id::Claim,
    /// Who, where and when it is, as far as its row in `metadata.csv` is left aside.
    pub inferred: Identity,
}

/// Reads one report: all stages from its bytes to its figures. Pure: the same bytes and archive
/// give the same report.
///
/// An error is the diagnostics of a file that holds no text to read.
pub fn read(
    file: &SourceFile,
    bytes: &[u8],
    archive: &Archive,
) -> Result<Reading, Vec<Diagnostic>> {
    let path = &file.path;
    let mut told = Vec::new();
    let source = archive
        .apart
        .decode(bytes, file.format, path)
        .map_err(|error| vec![error.diagnostic(path)])?
        .unpack(&mut told);
    let own = source
        .front_matter
        .as_ref()
        .map(|front| front_matter::read(front, path).unpack(&mut told))
        .unwrap_or_default();
    let row = archive.catalogue.of(path);
    let document = structure::structure(
        structure::first_document(clean::clean(&source.decoded), path).unpack(&mut told),
    );
    let mut doubts = Vec::new();
    let mut identity = identify::identify(&document, &archive.gazetteer, path).unpack(&mut doubts);
    own.overrule(&mut identity, &archive.gazetteer, &mut doubts);
    let inferred = identity.clone();
    // A spreadsheet is where a keeper corrects: its row goes before the file's own front matter.
    row.overrule(&mut identity, &archive.gazetteer, &mut doubts);
    told.extend(doubts);
    let entry = row.or(own);
    let mut coded =
        code::code(&document, &identity, &archive.gazetteer, &archive.codebook).unpack(&mut told);
    if let Some(doubt) = quality::doubt(&source.decoded) {
        // What was found in a text that may be wrong is no figure; what its keeper says is.
        let withheld = std::mem::take(&mut coded.observations).len();
        told.push(text_doubtful(path, doubt, withheld));
    }
    let claim = claim(path, &entry);
    let id = match &claim.explicit {
        Some((id, ..)) => id.clone(),
        None => id::derived(path),
    };
    let corrections = archive.corrections.of(&id, path);
    told.extend(code::correct(
        &document,
        &archive.codebook,
        &mut coded,
        corrections,
    ));
    told.extend(code::doubts(
        &document,
        &archive.codebook,
        &coded.observations,
        path,
    ));
    Ok(Reading {
        report: Report {
            id,
            source: Provenance {
                path: path.clone(),
                sha256: sha256(bytes),
                bytes: bytes.len() as u64,
                format: file.format,
                encoding: source.decoded.encoding,
                digest: entry.digest.is_some_and(|digest| digest.value),
                copy_of: entry.copy_of.map(|of| of.value),
            },
            document,
            identity,
            passages: coded.passages,
            observations: coded.observations,
            struck: coded.struck,
            struck_passages: coded.struck_passages,
            diagnostics: told,
        },
        claim,
        inferred,
    })
}

fn text_doubtful(path: &str, doubt: Doubt, withheld: usize) -> Diagnostic {
    let figures = match withheld {
        0 => String::new(),
        1 => "; the figure found in it is withheld".to_owned(),
        many => format!("; the {many} figures found in it are withheld"),
    };
    Diagnostic::new(
        Level::Warning,
        doubt.code(),
        path,
        format!("its text may be wrong: {doubt}{figures}"),
    )
    .hint("compare it with the file as its own program shows it, and save it again as .docx or as text in UTF-8")
}

fn claim(path: &str, entry: &Entry) -> id::Claim {
    let explicit = entry.id.as_ref().map(|id| match &id.evidence {
        Evidence::Keeper { file, line } => (id.value.clone(), file.clone(), *line),
        _ => (id.value.clone(), path.to_owned(), 1),
    });
    id::Claim {
        path: path.to_owned(),
        explicit,
    }
}
