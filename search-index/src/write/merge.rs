//! The groups' postings → those of one segment, in one pass over all of them.
//!
//! Reads each group's terms in passing, what the spool reads at a time, and hands every occurrence to Tantivy's own
//! serializer. Never: all postings of a group are in memory.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io;
use std::ops::Range;

use tantivy::HasLen as _;
use tantivy::directory::{FileSlice, OwnedBytes};
use tantivy::postings::FieldSerializer;

use super::invert::{PREFIX, Prefix, prefix, prefix_length};
use super::spool::WINDOW;
use crate::bytes::Reading;

/// One field of a group, as it is merged.
pub(super) struct Source {
    file: FileSlice,
    /// Number of its first report among all.
    first: u32,
    /// What was read and not yet taken.
    window: OwnedBytes,
    /// Up to where the file was read.
    read: usize,
    /// The present term where it is longer than its prefix.
    long: Vec<u8>,
}

impl Source {
    pub(super) fn new(file: &FileSlice, range: Range<usize>, first: u32) -> Source {
        Source {
            file: file.slice(range),
            first,
            window: OwnedBytes::empty(),
            read: 0,
            long: Vec::new(),
        }
    }

    /// The next `len` bytes, fewer at the end.
    fn ahead(&mut self, len: usize) -> io::Result<&[u8]> {
        if self.window.len() < len && self.read < self.file.len() {
            let start = self.read - self.window.len();
            let end = (start + len.max(WINDOW)).min(self.file.len());
            self.window = self.file.read_bytes_slice(start..end)?;
            self.read = end;
        }
        Ok(&self.window)
    }

    fn number(&mut self) -> io::Result<u64> {
        let mut number = 0;
        for (index, byte) in self.ahead(10)?.iter().enumerate().take(10) {
            number |= u64::from(byte & 0x7F) << (7 * index);
            if *byte < 0x80 {
                self.window.advance(index + 1);
                return Ok(number);
            }
        }
        Err(damaged())
    }

    fn take(&mut self, len: usize) -> io::Result<OwnedBytes> {
        if self.ahead(len)?.len() < len {
            return Err(damaged());
        }
        let (taken, rest) = self.window.clone().split(len);
        self.window = rest;
        Ok(taken)
    }

    /// The next term, if there is one; its occurrences are to be taken next.
    fn term(&mut self) -> io::Result<Option<Prefix>> {
        if self.ahead(1)?.is_empty() {
            return Ok(None);
        }
        let len = self.number()? as usize;
        let term = self.take(len)?;
        self.long.clear();
        if len > PREFIX {
            self.long.extend_from_slice(&term);
        }
        Ok(Some(prefix(&term)))
    }

    /// Hands the present term's occurrences over.
    fn occurrences(&mut self, to: &mut FieldSerializer, deltas: &mut Vec<u32>) -> io::Result<()> {
        let len = self.number()? as usize;
        let bytes = self.take(len)?;
        let mut reading = Reading::new(&bytes);
        // Reports count from one on.
        let mut report = 0;
        deltas.clear();
        while !reading.rest().is_empty() {
            let first = reading.number().map_err(|_| damaged())?;
            if first & 1 == 0 {
                deltas.push((first >> 1) as u32);
                continue;
            }
            if !deltas.is_empty() {
                to.write_doc(self.first + report - 1, deltas.len() as u32, deltas);
                deltas.clear();
            }
            report += (first >> 1) as u32;
            deltas.push(reading.number().map_err(|_| damaged())? as u32);
        }
        if !deltas.is_empty() && report > 0 {
            to.write_doc(self.first + report - 1, deltas.len() as u32, deltas);
        }
        Ok(())
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a group's postings are damaged")
}

/// A group's present term, in the order of terms and then of groups.
#[derive(PartialEq, Eq)]
struct Head {
    prefix: Prefix,
    /// The whole term where it is longer than its prefix.
    long: Vec<u8>,
    group: usize,
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_prefix = self.prefix.cmp(&other.prefix);
        // Nearly no term is long, and the same term heads many groups.
        let whole = || match (self.long.is_empty(), other.long.is_empty()) {
            (true, true) => Ordering::Equal,
            _ => self.long.cmp(&other.long),
        };
        by_prefix
            .then_with(whole)
            .then_with(|| self.group.cmp(&other.group))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn head(sources: &mut [Source], group: usize) -> io::Result<Option<Reverse<Head>>> {
    let source = &mut sources[group];
    let prefix = source.term()?;
    Ok(prefix.map(|prefix| {
        Reverse(Head {
            prefix,
            long: std::mem::take(&mut source.long),
            group,
        })
    }))
}

/// Merges one field of all groups, which are in the order of their reports.
pub(super) fn merge(
    mut sources: Vec<Source>,
    frequencies: bool,
    to: &mut FieldSerializer,
) -> io::Result<()> {
    let mut heap = BinaryHeap::new();
    for group in 0..sources.len() {
        heap.extend(head(&mut sources, group)?);
    }
    let mut deltas = Vec::new();
    let (mut last, mut long): (Option<Prefix>, Vec<u8>) = (None, Vec::new());
    while let Some(mut top) = heap.peek_mut() {
        let Reverse(Head {
            prefix,
            long: whole,
            group,
        }) = &mut *top;
        let group = *group;
        if last != Some(*prefix) || long != *whole {
            if last.is_some() {
                to.close_term()?;
            }
            last = Some(*prefix);
            long = std::mem::take(whole);
            let short = prefix.to_be_bytes();
            let term = if long.is_empty() {
                &short[..prefix_length(*prefix)]
            } else {
                &long
            };
            // Tantivy asks how many reports it is in only where it notes scores.
            to.new_term(term, 0, frequencies)?;
        }
        sources[group].occurrences(to, &mut deltas)?;
        match head(&mut sources, group)? {
            Some(next) => *top = next,
            None => drop(PeekMut::pop(top)),
        }
    }
    if last.is_some() {
        to.close_term()?;
    }
    Ok(())
}
