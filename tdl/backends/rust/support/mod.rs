// SPDX-License-Identifier: 0BSD
//! What every definition's code uses: where a walk is, and the values that are no plain numbers.

mod dump;
mod errors;
mod moments;
mod numbers;
mod numerals;
mod values;
mod walking;

use super::DEPTH;

pub use errors::{Code, Element, Error, Kind, Path, Step, Table};
pub use moments::{Moment, MomentKind, Parts};
pub use numbers::Column;
pub use values::{Bcd, BcdNumber, Binary, CharNumber, Decimal, NonInteger, Number, Scaled, Set, Text};

pub(crate) use dump::{head, line, Dump, Label};
pub(crate) use numbers::{divided, index, part, plain, remainder, row, signed, slice, word, ColumnShape};
pub(crate) use walking::{Known, Reader, Walk, Writer};
