// SPDX-License-Identifier: 0BSD
//! Values that keep the octets they have in an image, and say what those mean.

use super::numerals::{bcd_number, char_number, digits};
use super::errors::{Code, Error};
use super::numbers::{has_member, plain as plain_zero, signed, word};
use super::walking::{Reader, Walk, Writer};
use core::fmt;

/// Octets of one meaning: `B` is an array, a slice of an image, or a `Vec<u8>`.
macro_rules! octets {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name<B>(pub B);

        impl<B: AsRef<[u8]>> $name<B> {
            /// The octets as they are in an image.
            #[must_use]
            pub fn octets(&self) -> &[u8] {
                self.0.as_ref()
            }
        }

        impl<B> From<B> for $name<B> {
            fn from(octets: B) -> Self {
                Self(octets)
            }
        }

        impl<const N: usize> Default for $name<[u8; N]> {
            fn default() -> Self {
                Self([0; N])
            }
        }

        #[cfg(feature = "alloc")]
        impl Default for $name<alloc::vec::Vec<u8>> {
            fn default() -> Self {
                Self(alloc::vec::Vec::new())
            }
        }
    };
}

octets!(
    /// Characters, with their padding.
    Text
);
octets!(
    /// Octets without a meaning of their own.
    Binary
);
octets!(
    /// Two digits an octet, the high half first.
    Bcd
);
octets!(
    /// Numbers: the lowest bit of the first octet is member 0.
    Set
);
octets!(
    /// A decimal number in characters.
    CharNumber
);
octets!(
    /// A decimal number in digits: A is minus, B a blank, D the point.
    BcdNumber
);

impl<B: AsRef<[u8]>> Text<B> {
    /// The characters without the spaces and zeros behind them, if they are UTF-8.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        let text = core::str::from_utf8(self.octets()).ok()?;
        Some(text.trim_end_matches([' ', '\0']))
    }
}

impl<B: AsRef<[u8]>> fmt::Display for Text<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for chunk in self.octets().utf8_chunks() {
            for character in chunk.valid().chars() {
                fmt::Display::fmt(&character.escape_debug(), f)?;
            }
            for octet in chunk.invalid() {
                write!(f, "\\x{octet:02x}")?;
            }
        }
        f.write_str("\"")
    }
}

impl<B: AsRef<[u8]>> fmt::Display for Binary<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(self.octets(), f)
    }
}

impl<B: AsRef<[u8]>> fmt::Display for Bcd<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(self.octets(), f)
    }
}

impl<B: AsRef<[u8]>> Set<B> {
    /// Whether a number is a member.
    #[must_use]
    pub fn contains(&self, member: usize) -> bool {
        i64::try_from(member).is_ok_and(|member| has_member(self.octets(), member))
    }

    /// The members in order.
    pub fn members(&self) -> impl Iterator<Item = usize> + '_ {
        let octets = self.octets();
        (0..octets.len().saturating_mul(8)).filter(move |member| self.contains(*member))
    }
}

impl<B: AsRef<[u8]>> fmt::Display for Set<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (number, member) in self.members().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(f, "{comma}{member}")?;
        }
        f.write_str("}")
    }
}

impl<B: AsRef<[u8]>> CharNumber<B> {
    /// The number, or `None` if the characters are none, or one of more than 64 bits.
    #[must_use]
    pub fn decimal(&self) -> Option<Decimal> {
        char_number(self.octets())
    }
}

impl<B: AsRef<[u8]>> fmt::Display for CharNumber<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match core::str::from_utf8(self.octets()) {
            Ok(text) if text.bytes().all(|octet| (0x20..0x7F).contains(&octet)) => f.write_str(text.trim_matches(' ')),
            _ => hex(self.octets(), f),
        }
    }
}

impl<B: AsRef<[u8]>> BcdNumber<B> {
    /// The number, or `None` if the digits are none, or one of more than 64 bits.
    #[must_use]
    pub fn decimal(&self) -> Option<Decimal> {
        bcd_number(self.octets())
    }
}

impl<B: AsRef<[u8]>> fmt::Display for BcdNumber<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        digits(self.octets(), f)
    }
}

pub(crate) fn hex(octets: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    octets.iter().try_for_each(|octet| write!(f, "{octet:02X}"))
}

/// `number / 10^decimals`, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// The digits with their sign.
    pub number: i64,
    /// How many of them are behind the point.
    pub decimals: u32,
}

impl Decimal {
    /// The nearest floating point number.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        (0..self.decimals).fold(self.number as f64, |value, _| value / 10.0)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.number < 0 { "-" } else { "" };
        let magnitude = self.number.unsigned_abs();
        match 10_u64.checked_pow(self.decimals) {
            Some(unit) if self.decimals > 0 => {
                let whole = magnitude.checked_div(unit).unwrap_or(0);
                let rest = magnitude.checked_rem(unit).unwrap_or(0);
                let width = usize::try_from(self.decimals).unwrap_or(0);
                write!(f, "{sign}{whole}.{rest:0width$}")
            }
            Some(_) => write!(f, "{}", self.number),
            None => write!(f, "{}E-{}", self.number, self.decimals),
        }
    }
}

/// A whole number that stands for itself divided by `10^DECIMALS`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scaled<T, const DECIMALS: u32>(pub T);

impl<T: Copy + Into<i64>, const DECIMALS: u32> Scaled<T, DECIMALS> {
    /// The number with its point.
    #[must_use]
    pub fn decimal(&self) -> Decimal {
        Decimal { number: self.0.into(), decimals: DECIMALS }
    }
}

impl<T: Copy + Into<i64>, const DECIMALS: u32> fmt::Display for Scaled<T, DECIMALS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.decimal(), f)
    }
}

/// An NI_FMAT1 or NI_FMAT2 whose format the meter selects: the octets, and what they mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NonInteger {
    format: u8,
    big: bool,
    form: u8,
    octets: [u8; 21],
}

/// Whether a format's octets have an order, and whether they are a whole number.
const fn nature(format: u8) -> (bool, bool) {
    match format {
        0 | 1 => (true, false),
        4 | 7..=11 => (true, true),
        _ => (false, false),
    }
}

impl<'a> Reader<'a> {
    /// An NI_FMAT of a format; `order` and `form` are asked for where its octets depend on them.
    pub(crate) fn non_integer(
        &mut self,
        format: i64,
        order: impl FnOnce(&Self) -> Result<bool, Error>,
        form: impl FnOnce(&Self) -> Result<u8, Error>,
        element: u16,
    ) -> Result<NonInteger, Error> {
        let format = u8::try_from(format).map_err(|_| self.fail(Code::Refused, element))?;
        let size = NonInteger::size(format).ok_or_else(|| self.fail(Code::Refused, element))?;
        self.need(size, element)?;
        let (ordered, whole) = nature(format);
        let big = ordered && order(self)?;
        let form = if whole { form(self)? } else { 0 };
        let octets = self.octets(size, element)?;
        NonInteger::new(format, big, form, octets).ok_or_else(|| self.fail(Code::Refused, element))
    }
}

impl Writer<'_> {
    /// As `Reader::non_integer`.
    pub(crate) fn non_integer(
        &mut self,
        value: &NonInteger,
        format: i64,
        order: impl FnOnce(&Self) -> Result<bool, Error>,
        form: impl FnOnce(&Self) -> Result<u8, Error>,
        element: u16,
    ) -> Result<(), Error> {
        let format = u8::try_from(format).map_err(|_| self.fail(Code::Refused, element))?;
        if NonInteger::size(format).is_none() {
            return Err(self.fail(Code::Refused, element));
        }
        let (ordered, whole) = nature(format);
        let big = ordered && order(self)?;
        let form = if whole { form(self)? } else { 0 };
        if !value.is(format, big, form) {
            return Err(self.fail(Code::Type, element));
        }
        self.put(value.octets(), element)
    }
}

/// What a [`NonInteger`] is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Number {
    /// A floating point number of 32 bits.
    Float32(f32),
    /// A floating point number of 64 bits.
    Float64(f64),
    /// A whole number, or one with so many decimals.
    Decimal(Decimal),
}

impl NonInteger {
    /// The octets of a format code (0 to 13), of an order (most significant octet first or not) and an `INT_FORMAT`;
    /// `None` if that format has not as many octets.
    #[must_use]
    pub fn new(format: u8, big: bool, form: u8, octets: &[u8]) -> Option<Self> {
        let mut made = Self { format, big, form, octets: [0; 21] };
        if Self::size(format)? != octets.len() || form > 2 {
            return None;
        }
        made.octets.get_mut(..octets.len())?.copy_from_slice(octets);
        Some(made)
    }

    /// The octets of a format.
    const fn size(format: u8) -> Option<usize> {
        Some(match format {
            0 | 11 | 12 => 8,
            1 | 4 | 6 | 8 => 4,
            2 => 12,
            3 | 5 | 10 => 6,
            7 => 3,
            9 => 5,
            13 => 21,
            _ => return None,
        })
    }

    /// The format code.
    #[must_use]
    pub const fn format(&self) -> u8 {
        self.format
    }

    /// The octets as they are in an image.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        let size = Self::size(self.format).unwrap_or(0);
        self.octets.get(..size).unwrap_or(&[])
    }

    /// Whether its octets have a format and mean the same under an order and an `INT_FORMAT`.
    pub(crate) fn is(&self, format: u8, big: bool, form: u8) -> bool {
        let (ordered, whole) = nature(format);
        self.format == format && (self.big == big || !ordered) && (self.form == form || !whole)
    }

    /// The number, or `None` if the octets are none, or one of more than 64 bits.
    #[must_use]
    pub fn number(&self) -> Option<Number> {
        let octets = self.octets();
        let bits = word(octets.get(..8).unwrap_or(octets), self.big);
        let whole = |width| plain_zero(signed(bits, width, self.form), width, self.form);
        Some(match self.format {
            0 => Number::Float64(f64::from_bits(bits)),
            1 => Number::Float32(f32::from_bits(u32::try_from(bits).ok()?)),
            2 | 3 | 13 => Number::Decimal(char_number(octets)?),
            5 | 6 | 12 => Number::Decimal(bcd_number(octets)?),
            4 => Number::Decimal(Decimal { number: whole(32), decimals: 4 }),
            _ => {
                let width = u32::try_from(octets.len()).ok()?.checked_mul(8)?;
                Number::Decimal(Decimal { number: whole(width), decimals: 0 })
            }
        })
    }
}


impl fmt::Display for NonInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.format, self.number()) {
            (2 | 3 | 13, _) => fmt::Display::fmt(&CharNumber(self.octets()), f),
            (5 | 6 | 12, _) => fmt::Display::fmt(&BcdNumber(self.octets()), f),
            (_, Some(Number::Float32(value))) => fmt::Display::fmt(&value, f),
            (_, Some(Number::Float64(value))) => fmt::Display::fmt(&value, f),
            (_, Some(Number::Decimal(value))) => fmt::Display::fmt(&value, f),
            (_, None) => hex(self.octets(), f),
        }
    }
}
