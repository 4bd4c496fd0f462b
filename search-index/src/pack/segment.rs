//! A segment's files, and how they are laid out in the packed space.

use super::recording::{Reads, Recording, taken};
use super::{FILE_LIMIT, PackError};
use crate::schema::TEXTS;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use tantivy::directory::error::OpenReadError;
use tantivy::directory::{Directory, FileSlice};
use tantivy::index::{InvertedIndexReader, SegmentComponent};
use tantivy::schema::IndexRecordOption;
use tantivy::{HasLen, Index, ReloadPolicy};

pub(super) const META: &str = "meta.json";

/// The segment's name in a packed index: Tantivy's own is random.
const SEGMENT: &str = "00000000000000000000000000000000";

/// What a segment without deletions is made of.
const COMPONENTS: [SegmentComponent; 6] = [
    SegmentComponent::Terms,
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::FastFields,
    SegmentComponent::FieldNorms,
    SegmentComponent::Store,
];

/// A run of bytes of one of the segment's files, and where it lies in the packed space.
pub(super) struct Extent {
    pub(super) slice: FileSlice,
    pub(super) start: u64,
    pub(super) at: u64,
    pub(super) len: u64,
    pub(super) file: u32,
}

/// The bytes of a range of the packed space.
pub(super) fn read_space(extents: &[Extent], range: &Range<u64>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity((range.end - range.start) as usize);
    let first = extents.partition_point(|e| e.at + e.len <= range.start);
    for extent in &extents[first..] {
        if extent.at >= range.end {
            break;
        }
        let from = extent.start + range.start.max(extent.at) - extent.at;
        let to = extent.start + range.end.min(extent.at + extent.len) - extent.at;
        bytes.extend_from_slice(&extent.slice.read_bytes_slice(from as usize..to as usize)?);
    }
    Ok(bytes)
}

/// The one segment of an index.
pub(super) struct Segment {
    id: String,
    /// `meta.json`, with the segment under its packed name.
    pub(super) meta: Vec<u8>,
    pub(super) files: Vec<(String, FileSlice)>,
    /// The reports' texts, which are no part of the segment.
    pub(super) texts: Option<FileSlice>,
}

impl Segment {
    pub(super) fn find(directory: &dyn Directory) -> Result<Segment, PackError> {
        let meta = directory
            .atomic_read(Path::new(META))
            .map_err(tantivy::TantivyError::from)?;
        let mut meta: serde_json::Value =
            serde_json::from_slice(&meta).map_err(|error| PackError::Source(error.to_string()))?;
        let segments = meta["segments"]
            .as_array_mut()
            .map_or(&mut [][..], |all| all);
        let [segment] = segments else {
            let message = format!("{} segments instead of one", segments.len());
            return Err(PackError::Source(message));
        };
        if !segment["deletes"].is_null() {
            return Err(PackError::Source("it has deletions".into()));
        }
        let id = segment["segment_id"]
            .as_str()
            .unwrap_or_default()
            .replace('-', "");
        segment["segment_id"] = uuid(SEGMENT).into();
        let index = Index::open(directory.box_clone())?;
        let paths: BTreeSet<PathBuf> = index
            .searchable_segment_metas()?
            .iter()
            .flat_map(|meta| COMPONENTS.map(|component| meta.relative_path(component)))
            .collect();
        let mut files = Vec::new();
        for path in paths {
            if directory
                .exists(&path)
                .map_err(tantivy::TantivyError::from)?
            {
                let slice = directory
                    .open_read(&path)
                    .map_err(tantivy::TantivyError::from)?;
                files.push((path.to_string_lossy().into_owned(), slice));
            }
        }
        let meta = serde_json::to_vec(&meta).unwrap_or_default();
        let texts = match directory.open_read(Path::new(TEXTS)) {
            Ok(slice) => Some(slice).filter(|slice| slice.len() > 0),
            Err(OpenReadError::FileDoesNotExist(_)) => None,
            Err(error) => return Err(tantivy::TantivyError::from(error).into()),
        };
        Ok(Segment {
            id,
            meta,
            files,
            texts,
        })
    }

    /// A file's name in the packed index.
    pub(super) fn public(&self, name: &str) -> String {
        name.replace(&self.id, SEGMENT)
    }

    /// Lays the files into the packed space: a term's postings and its positions side by side, so
    /// that a query opens one file where it would open two; then what is left, file by file.
    pub(super) fn lay(&self, directory: &dyn Directory) -> Result<Vec<Extent>, PackError> {
        let number_of = |ending: &str| {
            self.files
                .iter()
                .position(|(name, _)| name.ends_with(ending))
        };
        let mut extents = Vec::new();
        let mut taken: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        let mut take = |number: Option<usize>, range: Range<usize>| {
            if let Some(number) = number
                && !range.is_empty()
            {
                taken.entry(number).or_default().push(range.clone());
                extents.push((number, range));
            }
        };
        let (postings, positions) = (number_of(".idx"), number_of(".pos"));
        for pair in paired_terms(directory)? {
            take(postings, pair.postings);
            take(positions, pair.positions);
        }
        for (number, (_, slice)) in self.files.iter().enumerate() {
            let mut at = 0;
            let mut ranges = taken.remove(&number).unwrap_or_default();
            ranges.sort_by_key(|range| range.start);
            for range in ranges {
                extents.push((number, at..range.start));
                at = range.end;
            }
            extents.push((number, at..slice.len()));
        }
        let mut at = 0;
        let placed = extents.into_iter().filter(|(_, range)| !range.is_empty());
        Ok(placed
            .map(|(number, range)| {
                let extent = Extent {
                    slice: self.files[number].1.clone(),
                    start: range.start as u64,
                    at,
                    len: range.len() as u64,
                    file: number as u32 + 1,
                };
                at += extent.len;
                extent
            })
            .collect())
    }
}

/// Hyphens where Tantivy writes a segment's id with them.
fn uuid(simple: &str) -> String {
    let cut = |range: Range<usize>| &simple[range];
    format!(
        "{}-{}-{}-{}-{}",
        cut(0..8),
        cut(8..12),
        cut(12..16),
        cut(16..20),
        cut(20..32)
    )
}

/// Postings and positions of terms in a row: ranges of `.idx` and `.pos`.
struct Pair {
    postings: Range<usize>,
    positions: Range<usize>,
}

/// Walks every field's terms and cuts their postings and positions where the two fill a file.
fn paired_terms(directory: &dyn Directory) -> Result<Vec<Pair>, PackError> {
    let reads = Reads::default();
    let index = Index::open(Recording::new(directory, &reads))?;
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()?;
    let searcher = reader.searcher();
    let mut pairs = Vec::new();
    for segment in searcher.segment_readers() {
        for (field, entry) in index.schema().fields() {
            let option = entry.field_type().get_index_record_option();
            if !entry.is_indexed() || option != Some(IndexRecordOption::WithFreqsAndPositions) {
                continue;
            }
            let inverted = segment.inverted_index(field)?;
            let Some((postings, positions)) = bases(&inverted, &reads)? else {
                continue;
            };
            let mut terms = inverted.terms().stream()?;
            let mut pair: Option<Pair> = None;
            while let Some((_, term)) = terms.next() {
                let of = |base: usize, range: &Range<usize>| base + range.start..base + range.end;
                let next = Pair {
                    postings: of(postings, &term.postings_range),
                    positions: of(positions, &term.positions_range),
                };
                match &mut pair {
                    Some(pair) if pair.postings.len() + pair.positions.len() < FILE_LIMIT => {
                        pair.postings.end = next.postings.end;
                        pair.positions.end = next.positions.end;
                    }
                    pair => pairs.extend(pair.replace(next)),
                }
            }
            pairs.extend(pair);
        }
    }
    Ok(pairs)
}

/// Where a field's parts of `.idx` and `.pos` begin; nothing for a field without terms. It is Tantivy's secret: what it
/// reads for the first term tells.
fn bases(
    inverted: &InvertedIndexReader,
    reads: &Reads,
) -> Result<Option<(usize, usize)>, PackError> {
    let mut terms = inverted.terms().stream()?;
    let Some((_, term)) = terms.next() else {
        return Ok(None);
    };
    let term = term.clone();
    taken(reads);
    inverted.read_postings_from_terminfo(&term, IndexRecordOption::WithFreqsAndPositions)?;
    let read = taken(reads);
    let base = |ending: &str, start: usize| {
        let mut files = read.iter();
        let (_, ranges) = files.find(|(path, _)| path.to_string_lossy().ends_with(ending))?;
        Some(ranges.iter().map(|range| range.start).min()? - start)
    };
    let postings = base(".idx", term.postings_range.start);
    Ok(postings.zip(base(".pos", term.positions_range.start)))
}
