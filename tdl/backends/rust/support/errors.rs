// SPDX-License-Identifier: 0BSD
//! What goes wrong, and where.

use super::DEPTH;
use core::fmt;

/// Why octets are no image of a table, or a value has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// The octets end too early.
    Truncated,
    /// Octets are left over.
    Trailing,
    /// A value of another table is not known.
    Missing,
    /// A selector's value has no layout.
    Refused,
    /// A length or count is out of bounds.
    Dimension,
    /// A division by zero, or a result that 64 bits do not hold.
    Arithmetic,
    /// An element that this image does not have, or a value that was not given.
    Absent,
    /// Too many elements without octets.
    Steps,
    /// A number that the element's bits do not hold.
    Range,
    /// Not as many elements or octets as the layout has.
    Length,
    /// A value of another format than the layout has.
    Type,
    /// A value that the layout does not have here.
    Unknown,
    /// The output is full.
    Buffer,
}

impl Code {
    /// A word for it, the one that the reference codec has.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::Trailing => "trailing",
            Self::Missing => "missing",
            Self::Refused => "refused",
            Self::Dimension => "dimension",
            Self::Arithmetic => "arithmetic",
            Self::Absent => "absent",
            Self::Steps => "steps",
            Self::Range => "range",
            Self::Length => "length",
            Self::Type => "type",
            Self::Unknown => "unknown",
            Self::Buffer => "buffer",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the octets end too early",
            Self::Trailing => "octets are left over",
            Self::Missing => "a value of another table is not known",
            Self::Refused => "no layout for this format",
            Self::Dimension => "a length or count out of bounds",
            Self::Arithmetic => "a result that 64 bits do not hold",
            Self::Absent => "a value that is not there",
            Self::Steps => "too many elements without octets",
            Self::Range => "a number out of its range",
            Self::Length => "another number of elements or octets expected",
            Self::Type => "a value of another format expected",
            Self::Unknown => "no such element here",
            Self::Buffer => "the output is full",
        })
    }
}

/// A table's name and elements.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Table {
    /// What it is called everywhere, such as `ST23`.
    pub key: &'static str,
    /// Its name in the definition.
    pub name: &'static str,
    /// All its elements, each before those inside it.
    pub elements: &'static [Element],
}

/// An element of a table.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Element {
    /// Its name; "" for the table itself, `[]` for what an array repeats.
    pub name: &'static str,
    /// How many elements it is with those inside it.
    pub span: u16,
    /// Its octets, or `None` if images differ.
    pub octets: Option<u32>,
    /// What it is made of.
    pub kind: Kind,
}

/// What an element is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The elements inside it, one after the other.
    Record,
    /// The element inside it, again and again.
    Array,
    /// Octets; elements inside it are bits of them.
    Leaf,
}

impl Element {
    /// An element as generated code lists it; octets of `u32::MAX` are those that differ.
    pub(crate) const fn new(name: &'static str, span: u16, octets: u32, kind: Kind) -> Self {
        Self { name, span, octets: if octets == u32::MAX { None } else { Some(octets) }, kind }
    }
}

/// One step of the path to an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// An element of a record.
    Name(&'static str),
    /// A position in an array.
    Index(usize),
}

/// What went wrong, and where.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Error {
    code: Code,
    element: u16,
    table: &'static Table,
    offset: usize,
    indices: [u32; DEPTH],
}

impl Error {
    /// An error at an element, whose path has as many positions as arrays around it.
    pub(crate) fn new(code: Code, element: u16, table: &'static Table, offset: usize, indices: [u32; DEPTH]) -> Self {
        let mut made = Self { code, element, table, offset, indices };
        let around = made.arrays();
        made.indices.iter_mut().skip(around).for_each(|index| *index = 0);
        made
    }

    /// How many arrays are around the element.
    pub(crate) fn arrays(&self) -> usize {
        self.path().filter(|step| matches!(step, Step::Index(_))).count()
    }

    /// What it is.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The table.
    #[must_use]
    pub const fn table(&self) -> &'static Table {
        self.table
    }

    /// The element's number among those of its table.
    #[must_use]
    pub const fn element(&self) -> u16 {
        self.element
    }

    /// Octets from the start of the table.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// The way to the element: names, and positions in arrays.
    #[must_use]
    pub fn path(&self) -> Path<'_> {
        Path { elements: self.table.elements, at: 0, target: usize::from(self.element), indices: &self.indices }
    }
}

/// Steps from a table to an element.
#[derive(Clone, Debug)]
pub struct Path<'a> {
    elements: &'static [Element],
    at: usize,
    target: usize,
    indices: &'a [u32],
}

impl Iterator for Path<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if self.at >= self.target {
            return None;
        }
        let mut below = self.at.saturating_add(1);
        loop {
            let element = self.elements.get(below)?;
            let next = below.saturating_add(usize::from(element.span.max(1)));
            if next > self.target {
                self.at = below;
                if element.name != "[]" {
                    return Some(Step::Name(element.name));
                }
                let (index, rest) = self.indices.split_first()?;
                self.indices = rest;
                return Some(Step::Index(usize::try_from(*index).unwrap_or(usize::MAX)));
            }
            below = next;
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.clone().enumerate() {
            match step {
                Step::Name(name) if number == 0 => f.write_str(name)?,
                Step::Name(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let space = if self.element == 0 { "" } else { " " };
        write!(f, "{}{space}{} at octet {}: {}", self.table.key, self.path(), self.offset, self.code)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl core::error::Error for Error {}
