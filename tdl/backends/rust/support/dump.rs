// SPDX-License-Identifier: 0BSD
//! Values as text for people: a line for each element, those of a record further to the right.

use super::moments::Moment;
use super::values::{Bcd, BcdNumber, Binary, CharNumber, NonInteger, Scaled, Set, Text};
use core::fmt;

/// What stands before a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Label<'a> {
    /// An element's name.
    Name(&'static str),
    /// A position in an array.
    Index(&'a Label<'a>, usize),
}

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Index(around, index) => write!(f, "{around}[{index}]"),
        }
    }
}

/// A value that can be shown behind its name.
pub(crate) trait Dump {
    fn dump(&self, f: &mut fmt::Formatter<'_>, depth: usize, label: &Label<'_>) -> fmt::Result;
}

/// A line of one element.
pub(crate) fn line(f: &mut fmt::Formatter<'_>, depth: usize, label: &Label<'_>, value: &dyn fmt::Display) -> fmt::Result {
    writeln!(f, "{:width$}{label} = {value}", "", width = depth.saturating_mul(2))
}

/// The line before the elements of a record.
pub(crate) fn head(f: &mut fmt::Formatter<'_>, depth: usize, label: &Label<'_>) -> fmt::Result {
    writeln!(f, "{:width$}{label}", "", width = depth.saturating_mul(2))
}

impl<T: Dump> Dump for Option<T> {
    fn dump(&self, f: &mut fmt::Formatter<'_>, depth: usize, label: &Label<'_>) -> fmt::Result {
        self.as_ref().map_or(Ok(()), |value| value.dump(f, depth, label))
    }
}

impl<T: Dump> Dump for [T] {
    fn dump(&self, f: &mut fmt::Formatter<'_>, depth: usize, label: &Label<'_>) -> fmt::Result {
        self.iter().enumerate().try_for_each(|(index, value)| value.dump(f, depth, &Label::Index(label, index)))
    }
}

impl<T: Dump, const N: usize> Dump for [T; N] {
    fn dump(&self, f: &mut fmt::Formatter<'_>, depth: usize, label: &Label<'_>) -> fmt::Result {
        self.as_slice().dump(f, depth, label)
    }
}

#[cfg(feature = "alloc")]
impl<T: Dump> Dump for alloc::vec::Vec<T> {
    fn dump(&self, f: &mut fmt::Formatter<'_>, depth: usize, label: &Label<'_>) -> fmt::Result {
        self.as_slice().dump(f, depth, label)
    }
}

macro_rules! shown {
    ($($type:ty),*) => {
        $(impl Dump for $type {
            fn dump(&self, f: &mut fmt::Formatter<'_>, depth: usize, label: &Label<'_>) -> fmt::Result {
                line(f, depth, label, self)
            }
        })*
    };
}

shown!(u8, u16, u32, u64, i8, i16, i32, i64, f32, f64, bool, Moment, NonInteger);

macro_rules! shown_octets {
    ($($name:ident),*) => {
        $(impl<B: AsRef<[u8]>> Dump for $name<B> {
            fn dump(&self, f: &mut fmt::Formatter<'_>, depth: usize, label: &Label<'_>) -> fmt::Result {
                line(f, depth, label, self)
            }
        })*
    };
}

shown_octets!(Text, Binary, Bcd, Set, CharNumber, BcdNumber);

impl<T: Copy + Into<i64>, const DECIMALS: u32> Dump for Scaled<T, DECIMALS> {
    fn dump(&self, f: &mut fmt::Formatter<'_>, depth: usize, label: &Label<'_>) -> fmt::Result {
        line(f, depth, label, self)
    }
}
