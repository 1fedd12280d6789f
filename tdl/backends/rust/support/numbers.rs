// SPDX-License-Identifier: 0BSD
//! Numbers in octets, and their arithmetic.

/// So many octets of a run, from a place in it: both are constants that lie within it.
#[inline]
pub(crate) fn part<const N: usize>(run: &[u8], at: usize) -> [u8; N] {
    run.get(at..).and_then(<[u8]>::first_chunk::<N>).copied().unwrap_or([0; N])
}

/// An element of an array whose octets have been taken: it has as many as it says.
#[inline]
pub(crate) fn row<const N: usize>(octets: &[u8]) -> &[u8; N] {
    octets.first_chunk::<N>().unwrap_or(&[0; N])
}

/// As [`part`], without a copy.
#[inline]
pub(crate) fn slice(run: &[u8], at: usize, octets: usize) -> &[u8] {
    run.get(at..).and_then(|rest| rest.get(..octets)).unwrap_or(&[])
}

/// A number of so many bits with sign; a second zero is the least number.
pub(crate) const fn signed(bits: u64, width: u32, form: u8) -> i64 {
    let shift = 64_u32.saturating_sub(width);
    let plain = (bits.wrapping_shl(shift) as i64).wrapping_shr(shift);
    if plain >= 0 {
        return plain;
    }
    match form {
        0 => plain,
        1 if plain == -1 => i64::MIN.wrapping_shr(shift),
        1 => plain.wrapping_add(1),
        _ => {
            let sign = i64::MIN.wrapping_shr(shift);
            let magnitude = plain.wrapping_sub(sign);
            if magnitude == 0 {
                sign
            } else {
                magnitude.wrapping_neg()
            }
        }
    }
}

/// A number with sign as expressions see it: both zeros are 0.
pub(crate) const fn plain(value: i64, width: u32, form: u8) -> i64 {
    if form != 0 && value == i64::MIN.wrapping_shr(64_u32.saturating_sub(width)) {
        0
    } else {
        value
    }
}

/// A position in an array as expressions see it.
pub(crate) fn index(at: usize) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

/// `value` divided as the language divides: towards zero.
pub(crate) fn divided(value: i64, by: i64) -> Option<i64> {
    value.checked_div(by)
}

/// What is left of `value` by division; 0 for the one quotient that has no 64 bits.
pub(crate) fn remainder(value: i64, by: i64) -> Option<i64> {
    if by == -1 {
        Some(0)
    } else {
        value.checked_rem(by)
    }
}

/// The numbers that the elements of an array have at one place.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    octets: &'a [u8],
    count: usize,
    shape: ColumnShape,
    big: bool,
    form: u8,
}

/// Where each element has its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ColumnShape {
    pub(crate) stride: usize,
    pub(crate) offset: usize,
    pub(crate) octets: usize,
    pub(crate) low: u32,
    pub(crate) width: u32,
    pub(crate) signed: bool,
}

impl<'a> Column<'a> {
    pub(crate) const fn new(octets: &'a [u8], count: usize, shape: ColumnShape, big: bool, form: u8) -> Self {
        Self { octets, count, shape, big, form }
    }

    /// Numbers of one octet each, without sign.
    #[must_use]
    pub const fn of_octets(octets: &'a [u8]) -> Self {
        let shape = ColumnShape { stride: 1, offset: 0, octets: 1, low: 0, width: 8, signed: false };
        Self { octets, count: octets.len(), shape, big: false, form: 0 }
    }

    /// The number of one element.
    #[must_use]
    pub fn get(&self, index: i64) -> Option<i64> {
        let index = usize::try_from(index).ok().filter(|index| *index < self.count)?;
        let start = index.checked_mul(self.shape.stride)?.checked_add(self.shape.offset)?;
        let octets = self.octets.get(start..)?.get(..self.shape.octets)?;
        let word = word(octets, self.big).wrapping_shr(self.shape.low);
        let bits = word & u64::MAX.wrapping_shr(64_u32.saturating_sub(self.shape.width));
        if self.shape.signed {
            Some(plain(signed(bits, self.shape.width, self.form), self.shape.width, self.form))
        } else {
            i64::try_from(bits).ok()
        }
    }
}

impl PartialEq for Column<'_> {
    /// Whether the numbers are the same, wherever they lie.
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count && (0..self.count).all(|at| self.get(index(at)) == other.get(index(at)))
    }
}

/// Up to 8 octets as a number.
pub(crate) fn word(octets: &[u8], big: bool) -> u64 {
    let next = |word: u64, octet: &u8| word << 8 | u64::from(*octet);
    if big {
        octets.iter().fold(0, next)
    } else {
        octets.iter().rev().fold(0, next)
    }
}

/// Whether a set has a member: the lowest bit of its first octet is member 0.
pub(crate) fn has_member(set: &[u8], member: i64) -> bool {
    let octet = usize::try_from(member >> 3).ok().and_then(|at| set.get(at));
    octet.is_some_and(|octet| octet >> (member & 7) & 1 == 1)
}
