//! The few encodings that stored columns and reports are made of.

use crate::SearchError;

/// Appends a number, seven bits a byte.
pub(crate) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a length and bytes.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Reads what was put, and never further than there is.
pub(crate) struct Reading<'b> {
    rest: &'b [u8],
}

impl<'b> Reading<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Reading { rest: bytes }
    }

    /// All that was not read yet.
    pub(crate) fn rest(&self) -> &'b [u8] {
        self.rest
    }

    pub(crate) fn number(&mut self) -> Result<u64, SearchError> {
        // Most take a byte.
        if let Some((&byte, rest)) = self.rest.split_first()
            && byte < 0x80
        {
            self.rest = rest;
            return Ok(byte.into());
        }
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(cut())
    }

    /// A number that must fit.
    pub(crate) fn small<T: TryFrom<u64>>(&mut self) -> Result<T, SearchError> {
        T::try_from(self.number()?).map_err(|_| cut())
    }

    /// A count of things that take at least one byte each.
    pub(crate) fn count(&mut self) -> Result<usize, SearchError> {
        let count = self.small()?;
        if count > self.rest.len() {
            Err(cut())
        } else {
            Ok(count)
        }
    }

    pub(crate) fn bytes(&mut self) -> Result<&'b [u8], SearchError> {
        let len = self.small()?;
        self.take(len)
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'b [u8], SearchError> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or_else(cut)?;
        self.rest = rest;
        Ok(taken)
    }
}

fn cut() -> SearchError {
    SearchError::Damaged("a stored table is cut short".into())
}
