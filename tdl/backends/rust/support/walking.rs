// SPDX-License-Identifier: 0BSD
//! Where a walk through a table is: what reads octets, and what writes them.

use super::errors::{Code, Error, Kind, Table};
use super::numbers::has_member;
use super::DEPTH;

/// The largest length or count.
const MAX_OCTETS: i64 = 0x00FF_FFFF;

/// How many elements without octets one table may have.
const MAX_EMPTY_STEPS: usize = 1 << 20;

/// What reading and writing share: where they are, and the arithmetic of expressions.
pub(crate) trait Walk {
    /// What is wrong with an element here.
    fn fail(&self, code: Code, element: u16) -> Error;

    /// How many elements without octets have been passed.
    fn steps(&mut self) -> &mut usize;

    #[inline]
    fn known<T: Into<i64>>(&self, value: Option<T>, element: u16) -> Result<i64, Error> {
        value.map(Into::into).ok_or_else(|| self.fail(Code::Missing, element))
    }

    #[inline]
    fn local(&self, value: Option<i128>, element: u16) -> Result<i64, Error> {
        let value = value.ok_or_else(|| self.fail(Code::Absent, element))?;
        i64::try_from(value).map_err(|_| self.fail(Code::Arithmetic, element))
    }

    #[inline]
    fn item(&self, value: Option<i64>, missing: Code, element: u16) -> Result<i64, Error> {
        value.ok_or_else(|| self.fail(missing, element))
    }

    #[inline]
    fn calculated(&self, value: Option<i64>, element: u16) -> Result<i64, Error> {
        value.ok_or_else(|| self.fail(Code::Arithmetic, element))
    }

    #[inline]
    fn member(&self, set: Known<'_>, member: i64, element: u16) -> Result<bool, Error> {
        match set {
            Known::Absent => Err(self.fail(Code::Absent, element)),
            Known::Other => Err(self.fail(Code::Missing, element)),
            Known::Octets(octets) => Ok(has_member(octets, member)),
        }
    }

    #[inline]
    fn dimension(&self, value: i64, element: u16) -> Result<usize, Error> {
        if !(0..=MAX_OCTETS).contains(&value) {
            return Err(self.fail(Code::Dimension, element));
        }
        usize::try_from(value).map_err(|_| self.fail(Code::Dimension, element))
    }

    #[inline]
    fn form(&self, value: i64, element: u16) -> Result<u8, Error> {
        match u8::try_from(value) {
            Ok(form @ 0..=2) => Ok(form),
            _ => Err(self.fail(Code::Refused, element)),
        }
    }

    /// There is no layout here.
    fn refuse(&self, element: u16) -> Result<(), Error> {
        Err(self.fail(Code::Refused, element))
    }

    #[inline]
    fn pay(&mut self, count: usize, element: u16) -> Result<(), Error> {
        let steps = self.steps().saturating_add(count);
        *self.steps() = steps;
        if steps > MAX_EMPTY_STEPS {
            return Err(self.fail(Code::Steps, element));
        }
        Ok(())
    }
}

/// A set as expressions see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known<'a> {
    /// The element has not come by.
    Absent,
    /// The element is no set, or of a table that is not known.
    Other,
    /// Its octets.
    Octets(&'a [u8]),
}

impl<'a> Known<'a> {
    /// The octets of a set that is there.
    pub(crate) const fn octets(self) -> Option<&'a [u8]> {
        match self {
            Self::Octets(octets) => Some(octets),
            Self::Absent | Self::Other => None,
        }
    }
}

impl<'a> From<Option<&'a [u8]>> for Known<'a> {
    fn from(set: Option<&'a [u8]>) -> Self {
        set.map_or(Self::Other, Self::Octets)
    }
}

/// Reads octets from the first to the last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    size: usize,
    table: &'static Table,
    indices: [u32; DEPTH],
    steps: usize,
}

impl Walk for Reader<'_> {
    #[cold]
    fn fail(&self, code: Code, element: u16) -> Error {
        let offset = self.size.saturating_sub(self.rest.len());
        Error::new(code, element, self.table, offset, self.indices)
    }

    fn steps(&mut self) -> &mut usize {
        &mut self.steps
    }
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(table: &'static Table, octets: &'a [u8]) -> Self {
        Self { rest: octets, size: octets.len(), table, indices: [0; DEPTH], steps: 0 }
    }

    /// The octets that have not been read.
    #[inline]
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Begin with an element of an array.
    #[inline]
    pub(crate) fn enter(&mut self, level: usize, index: usize) {
        if let Some(place) = self.indices.get_mut(level) {
            *place = u32::try_from(index).unwrap_or(u32::MAX);
        }
    }

    /// The position in an array around.
    #[inline]
    pub(crate) fn position(&self, level: usize) -> usize {
        self.indices.get(level).map_or(0, |index| usize::try_from(*index).unwrap_or(usize::MAX))
    }

    /// Go on by so many elements of one size, if they are there.
    #[inline]
    pub(crate) fn skip(&mut self, count: usize, stride: usize) -> bool {
        match count.checked_mul(stride).and_then(|octets| self.rest.get(octets..)) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// The octets of all elements of an array that have `stride` of them each, `element` being what it repeats.
    #[inline]
    pub(crate) fn rows(&mut self, count: usize, stride: usize, level: usize, element: u16) -> Result<&'a [u8], Error> {
        match count.checked_mul(stride).and_then(|octets| self.rest.split_at_checked(octets)) {
            Some((rows, rest)) => {
                self.rest = rest;
                Ok(rows)
            }
            None => {
                let whole = self.rest.len().checked_div(stride).unwrap_or(0);
                self.enter(level, whole);
                self.rest = self.rest.get(whole.saturating_mul(stride)..).unwrap_or(&[]);
                Err(self.truncated(element))
            }
        }
    }

    /// So many octets for elements that follow each other without a choice, the first of them being `element`.
    #[inline]
    pub(crate) fn run<const N: usize>(&mut self, element: u16) -> Result<&'a [u8; N], Error> {
        match self.rest.split_first_chunk::<N>() {
            Some((run, rest)) => {
                self.rest = rest;
                Ok(run)
            }
            None => Err(self.truncated(element)),
        }
    }

    /// Check that an element's octets are left, before anything else is asked of it.
    #[inline]
    pub(crate) fn need(&self, octets: usize, element: u16) -> Result<(), Error> {
        if octets > self.rest.len() {
            return Err(self.fail(Code::Truncated, element));
        }
        Ok(())
    }

    /// The octets of one element.
    #[inline]
    pub(crate) fn octets(&mut self, octets: usize, element: u16) -> Result<&'a [u8], Error> {
        match self.rest.split_at_checked(octets) {
            Some((head, rest)) => {
                self.rest = rest;
                Ok(head)
            }
            None => Err(self.fail(Code::Truncated, element)),
        }
    }

    /// The octets that are left, at most so many.
    #[inline]
    pub(crate) fn up_to(&mut self, octets: usize) -> &'a [u8] {
        let (head, rest) = self.rest.split_at_checked(octets).unwrap_or((self.rest, &[]));
        self.rest = rest;
        head
    }

    /// A number for the environment, if it came by.
    pub(crate) fn kept<T: TryFrom<i128>>(&self, value: Option<i128>) -> Result<Option<T>, Error> {
        value.map(|value| T::try_from(value).map_err(|_| self.fail(Code::Range, 0))).transpose()
    }

    /// How many elements an array can at most have room for now: what is claimed costs no memory.
    #[inline]
    pub(crate) fn room(&self, count: usize, least: usize) -> usize {
        count.min(self.rest.len().checked_div(least).unwrap_or(0))
    }

    /// The end of the table.
    #[inline]
    pub(crate) fn end(&self) -> Result<(), Error> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.fail(Code::Trailing, 0))
        }
    }

    /// Which element of a run it is that does not fit.
    #[cold]
    fn truncated(&self, first: u16) -> Error {
        let elements = self.table.elements;
        let octets_of = |number: usize| usize::try_from(elements.get(number)?.octets?).ok();
        let (mut left, mut number, mut indices) = (self.rest.len(), usize::from(first), self.indices);
        while let Some(element) = elements.get(number) {
            let below = number.saturating_add(1);
            let failed = |indices| {
                let at = self.size.saturating_sub(left);
                Error::new(Code::Truncated, u16::try_from(number).unwrap_or(first), self.table, at, indices)
            };
            match (element.kind, octets_of(number)) {
                (Kind::Record, _) => number = below,
                (_, Some(octets)) if octets <= left => {
                    left = left.saturating_sub(octets);
                    number = number.saturating_add(usize::from(element.span.max(1)));
                }
                (Kind::Array, Some(_)) => {
                    let stride = octets_of(below).unwrap_or(usize::MAX);
                    let level = failed(indices).arrays();
                    if let Some(place) = indices.get_mut(level) {
                        *place = u32::try_from(left.checked_div(stride).unwrap_or(0)).unwrap_or(u32::MAX);
                    }
                    left = left.checked_rem(stride).unwrap_or(0);
                    number = below;
                }
                _ => return failed(indices),
            }
        }
        self.fail(Code::Truncated, first)
    }
}

/// Writes octets, or only counts them.
#[derive(Debug)]
pub(crate) struct Writer<'o> {
    out: Option<&'o mut [u8]>,
    at: usize,
    table: &'static Table,
    indices: [u32; DEPTH],
    steps: usize,
}

impl Walk for Writer<'_> {
    #[cold]
    fn fail(&self, code: Code, element: u16) -> Error {
        Error::new(code, element, self.table, self.at, self.indices)
    }

    fn steps(&mut self) -> &mut usize {
        &mut self.steps
    }
}

impl<'o> Writer<'o> {
    pub(crate) const fn new(table: &'static Table, out: Option<&'o mut [u8]>) -> Self {
        Self { out, at: 0, table, indices: [0; DEPTH], steps: 0 }
    }

    /// The octets that were written.
    pub(crate) const fn size(&self) -> usize {
        self.at
    }

    /// Begin with an element of an array.
    #[inline]
    pub(crate) fn enter(&mut self, level: usize, index: usize) {
        if let Some(place) = self.indices.get_mut(level) {
            *place = u32::try_from(index).unwrap_or(u32::MAX);
        }
    }

    #[inline]
    pub(crate) fn put(&mut self, octets: &[u8], element: u16) -> Result<(), Error> {
        if let Some(out) = self.out.take() {
            match out.split_at_mut_checked(octets.len()) {
                Some((head, rest)) => {
                    head.copy_from_slice(octets);
                    self.out = Some(rest);
                }
                None => return Err(self.fail(Code::Buffer, element)),
            }
        }
        self.at = self.at.saturating_add(octets.len());
        Ok(())
    }

    /// The octets of an element that has so many, no more and no fewer.
    #[inline]
    pub(crate) fn exactly(&mut self, octets: &[u8], expected: usize, element: u16) -> Result<(), Error> {
        self.count(octets.len(), expected, element)?;
        self.put(octets, element)
    }

    /// The octets of an element that has at most so many.
    #[inline]
    pub(crate) fn at_most(&mut self, octets: &[u8], most: usize, element: u16) -> Result<(), Error> {
        if octets.len() > most {
            return Err(self.fail(Code::Length, element));
        }
        self.put(octets, element)
    }

    /// Bits that no field has, which must lie outside all fields.
    #[inline]
    pub(crate) fn spare(&self, spare: u64, covered: u64, width: u32, element: u16) -> Result<u64, Error> {
        if spare & covered != 0 {
            return Err(self.fail(Code::Range, element));
        }
        self.unsigned(spare, width, element)
    }

    #[inline]
    pub(crate) fn count(&self, found: usize, expected: usize, element: u16) -> Result<(), Error> {
        if found == expected {
            Ok(())
        } else {
            Err(self.fail(Code::Length, element))
        }
    }

    /// The value of an element that the layout has here.
    #[inline]
    pub(crate) fn given<'v, T>(&self, value: &'v Option<T>, element: u16) -> Result<&'v T, Error> {
        value.as_ref().ok_or_else(|| self.fail(Code::Absent, element))
    }

    /// Refuse a value that the layout does not have here: it would be lost.
    #[inline]
    pub(crate) fn nothing<T>(&self, value: &Option<T>, written: bool, element: u16) -> Result<(), Error> {
        if value.is_some() && !written {
            return Err(self.fail(Code::Unknown, element));
        }
        Ok(())
    }

    /// A number that so many bits can hold.
    #[inline]
    pub(crate) fn unsigned(&self, value: u64, width: u32, element: u16) -> Result<u64, Error> {
        if width < 64 && value >> width != 0 {
            return Err(self.fail(Code::Range, element));
        }
        Ok(value)
    }

    /// The bits of a number with sign: the least number of so many bits is the second zero of forms that have one.
    #[inline]
    pub(crate) fn signed(&self, value: i64, width: u32, form: u8, element: u16) -> Result<u64, Error> {
        let shift = 64_u32.saturating_sub(width);
        if value.wrapping_shl(shift).wrapping_shr(shift) != value {
            return Err(self.fail(Code::Range, element));
        }
        let mask = u64::MAX.wrapping_shr(shift);
        let sign = mask ^ (mask >> 1);
        let bits = value as u64 & mask;
        Ok(match form {
            1 if value < 0 && bits == sign => mask,
            1 if value < 0 => bits.wrapping_sub(1),
            2 if value < 0 && bits == sign => sign,
            2 if value < 0 => sign | (value.unsigned_abs() & mask),
            _ => bits,
        })
    }

    /// The `N` lowest octets of a number.
    #[inline]
    pub(crate) fn number<const N: usize>(&mut self, bits: u64, big: bool, element: u16) -> Result<(), Error> {
        let octets = bits.to_le_bytes();
        let mut low = *octets.first_chunk::<N>().unwrap_or(&[0; N]);
        if big {
            low.reverse();
        }
        self.put(&low, element)
    }
}
