// SPDX-License-Identifier: 0BSD
//! Dates and times: their octets, and what those mean.

use super::values::hex;
use super::errors::{Code, Error};
use super::numbers::word;
use super::walking::{Reader, Walk, Writer};
use core::fmt;

/// Which date or time an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MomentKind {
    /// Date and time to the second.
    LtimeDate,
    /// Date and time to the minute.
    StimeDate,
    /// Date and time to the hundredth of a second.
    HtimeDate,
    /// Date and time.
    TimeDate,
    /// Time of day to the second.
    Time,
    /// Time of day to the minute.
    Stime,
    /// Time of day to the hundredth of a second.
    Htime,
    /// Date.
    Date,
    /// Recurring date.
    Rdate,
}

impl MomentKind {
    /// The octets by `TM_FORMAT`: of no clock, BCD, binary, minutes, seconds.
    const fn sizes(self) -> [u8; 5] {
        match self {
            Self::LtimeDate | Self::TimeDate => [0, 6, 6, 5, 4],
            Self::StimeDate => [0, 5, 5, 4, 4],
            Self::HtimeDate => [0, 7, 7, 6, 5],
            Self::Time => [0, 3, 3, 4, 4],
            Self::Stime => [0, 2, 2, 2, 4],
            Self::Htime => [0, 4, 4, 4, 4],
            Self::Date | Self::Rdate => [2; 5],
        }
    }

    /// A `TM_FORMAT` and its octets, if there is such a format.
    fn format(self, format: i64) -> Option<(u8, usize)> {
        let format = u8::try_from(format).ok()?;
        let size = self.sizes().get(usize::from(format)).copied()?;
        Some((format, usize::from(size)))
    }

    /// The units of the counts under formats 3 and 4, in hundredths of a second.
    const fn units(self, format: u8) -> (u64, u64) {
        const MINUTE: u64 = 6000;
        const SECOND: u64 = 100;
        match (self, format) {
            (Self::LtimeDate | Self::TimeDate, 3) => (MINUTE, SECOND),
            (Self::HtimeDate, 3) => (MINUTE, 1),
            (Self::HtimeDate, _) => (SECOND, 1),
            (Self::StimeDate | Self::Stime, 3) => (MINUTE, 0),
            (Self::Htime, _) => (1, 0),
            _ => (SECOND, 0),
        }
    }

    const fn has_date(self) -> bool {
        matches!(self, Self::LtimeDate | Self::StimeDate | Self::HtimeDate | Self::TimeDate | Self::Date)
    }

    const fn has_time(self) -> bool {
        !matches!(self, Self::Date | Self::Rdate)
    }
}

/// The parts of a date and time; those that an element does not have are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Parts {
    /// 1990 to 2106.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 99.
    pub hundredth: u8,
}

/// A date or time as it is in an image.
///
/// Under the formats 3 and 4 it counts in UTC, under the others it is the meter's own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    kind: MomentKind,
    format: u8,
    big: bool,
    octets: [u8; 7],
}

impl Moment {
    /// The octets of a moment under a `TM_FORMAT` (0 to 4), most significant first or not; `None` if it has not as many.
    #[must_use]
    pub fn new(kind: MomentKind, format: u8, big: bool, octets: &[u8]) -> Option<Self> {
        let mut made = Self::unset(kind, format, big);
        if made.octets().len() != octets.len() || format > 4 {
            return None;
        }
        made.octets.get_mut(..octets.len())?.copy_from_slice(octets);
        Some(made)
    }

    /// The octets of a moment, as many as it has.
    pub(crate) fn from_octets(kind: MomentKind, format: u8, big: bool, octets: &[u8]) -> Self {
        let mut made = Self::unset(kind, format, big);
        for (place, octet) in made.octets.iter_mut().zip(octets) {
            *place = *octet;
        }
        made
    }

    /// A moment whose octets are 0.
    pub(crate) const fn unset(kind: MomentKind, format: u8, big: bool) -> Self {
        Self { kind, format, big, octets: [0; 7] }
    }

    /// Which date or time it is.
    #[must_use]
    pub const fn kind(&self) -> MomentKind {
        self.kind
    }

    /// Its `TM_FORMAT`; 0 for dates alone, whose octets do not depend on it.
    #[must_use]
    pub const fn format(&self) -> u8 {
        self.format
    }

    /// The octets as they are in an image.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        let size = self.kind.sizes().get(usize::from(self.format)).copied().unwrap_or(0);
        self.octets.get(..usize::from(size)).unwrap_or(&[])
    }

    /// Whether its octets are of a kind and format, and mean the same under an order.
    pub(crate) fn is(&self, kind: MomentKind, format: u8, big: bool) -> bool {
        let ordered = !matches!(format, 1 | 2) && !self.octets().is_empty();
        self.kind == kind && self.format == format && (self.big == big || !ordered)
    }

    /// What a recurring date is made of: 16 bits.
    #[must_use]
    pub fn recurring(&self) -> Option<u16> {
        if self.kind == MomentKind::Rdate {
            u16::try_from(word(self.octets(), self.big)).ok()
        } else {
            None
        }
    }

    /// The parts, or `None` if the octets are no moment, such as the zeros of one never set.
    #[must_use]
    pub fn parts(&self) -> Option<Parts> {
        let octets = self.octets();
        match (self.kind, self.format) {
            (MomentKind::Rdate, _) => None,
            (MomentKind::Date, _) => {
                let bits = word(octets, self.big);
                let part = |shift: u32, mask: u64| u8::try_from(bits >> shift & mask).ok();
                let date = Parts { year: year(part(0, 127)?)?, month: part(7, 15)?, day: part(11, 31)?, ..Parts::default() };
                date.checked(true)
            }
            (_, 1 | 2) => self.by_parts(octets),
            (_, 3 | 4) => self.by_counts(octets),
            _ => None,
        }
    }

    /// Another moment of the same kind, format and order; `None` if its octets cannot say it.
    #[must_use]
    pub fn with_parts(&self, parts: Parts) -> Option<Self> {
        let parts = parts.checked(self.kind.has_date())?;
        let mut made = Self::unset(self.kind, self.format, self.big);
        let size = made.octets().len();
        let octets = made.octets.get_mut(..size)?;
        let short = || u8::try_from(parts.year % 100).ok().filter(|short| year(*short) == Some(parts.year));
        match (self.kind, self.format) {
            (MomentKind::Rdate, _) => return None,
            (MomentKind::Date, _) => {
                let bits = u64::from(short()?) | u64::from(parts.month) << 7 | u64::from(parts.day) << 11;
                write(octets, bits, self.big)?;
            }
            (_, 1 | 2) => {
                let (dated, clock) = octets.split_at_mut_checked(if self.kind.has_date() { 3 } else { 0 })?;
                if self.kind.has_date() {
                    self.write_parts(dated, &[short()?, parts.month, parts.day])?;
                }
                self.write_parts(clock, &[parts.hour, parts.minute, parts.second, parts.hundredth])?;
            }
            (_, 3 | 4) => {
                let days = if self.kind.has_date() { parts.days()? } else { 0 };
                let (unit, rest_unit) = self.kind.units(self.format);
                let total = days.checked_mul(8_640_000)?.checked_add(parts.hundredths())?;
                let (count, rest) = octets.split_at_mut_checked(size.min(4))?;
                write(count, total.checked_div(unit)?, self.big)?;
                let left = total.checked_rem(unit)?;
                if left.checked_rem(rest_unit.max(1))? != 0 || (rest_unit == 0 && left != 0) {
                    return None;
                }
                write(rest, left.checked_div(rest_unit.max(1))?, self.big)?;
            }
            _ => return None,
        }
        Some(made)
    }

    /// One octet for each part; those without one must be 0.
    fn write_parts(&self, octets: &mut [u8], parts: &[u8]) -> Option<()> {
        let (written, finer) = parts.split_at_checked(octets.len())?;
        for (octet, part) in octets.iter_mut().zip(written) {
            *octet = if self.format == 1 { ((part / 10) << 4) | (part % 10) } else { *part };
        }
        finer.iter().all(|part| *part == 0).then_some(())
    }

    fn by_parts(&self, octets: &[u8]) -> Option<Parts> {
        let bcd = self.format == 1;
        let number = |octet: u8| {
            let (high, low) = (octet >> 4, octet & 15);
            if !bcd {
                Some(octet)
            } else if high > 9 || low > 9 {
                None
            } else {
                high.checked_mul(10)?.checked_add(low)
            }
        };
        let mut parts = Parts::default();
        let clock = if self.kind.has_date() {
            let (date, clock) = octets.split_first_chunk::<3>()?;
            let [short, month, day] = *date;
            parts = Parts { year: year(number(short)?)?, month: number(month)?, day: number(day)?, ..parts };
            clock
        } else {
            octets
        };
        let mut fields = [0_u8; 4];
        for (field, octet) in fields.iter_mut().zip(clock) {
            *field = number(*octet)?;
        }
        let [hour, minute, second, hundredth] = fields;
        Parts { hour, minute, second, hundredth, ..parts }.checked(self.kind.has_date())
    }

    fn by_counts(&self, octets: &[u8]) -> Option<Parts> {
        let (unit, rest_unit) = self.kind.units(self.format);
        let (count, rest) = octets.split_at_checked(4).unwrap_or((octets, &[]));
        let rest = word(rest, self.big).checked_mul(rest_unit)?;
        if rest_unit > 0 && rest >= unit {
            return None;
        }
        let total = word(count, self.big).checked_mul(unit)?.checked_add(rest)?;
        let days = total.checked_div(8_640_000)?;
        let left = total.checked_rem(8_640_000)?;
        let part = |unit: u64, modulus: u64| u8::try_from(left.checked_div(unit)?.checked_rem(modulus)?).ok();
        let clock = Parts {
            hour: part(360_000, 24)?,
            minute: part(6000, 60)?,
            second: part(100, 60)?,
            hundredth: part(1, 100)?,
            ..Parts::default()
        };
        if self.kind.has_date() {
            civil(days, clock)
        } else if days == 0 {
            Some(clock)
        } else {
            None
        }
    }
}

impl Reader<'_> {
    /// A moment under a `TM_FORMAT`; `order` is asked for where its octets depend on it.
    pub(crate) fn moment(
        &mut self,
        kind: MomentKind,
        format: i64,
        order: impl FnOnce(&Self) -> Result<bool, Error>,
        element: u16,
    ) -> Result<Moment, Error> {
        let (format, size) = kind.format(format).ok_or_else(|| self.fail(Code::Refused, element))?;
        self.need(size, element)?;
        let big = matches!(format, 3 | 4) && order(self)?;
        let octets = self.octets(size, element)?;
        Ok(Moment::from_octets(kind, format, big, octets))
    }
}

impl Writer<'_> {
    /// As `Reader::moment`.
    pub(crate) fn moment(
        &mut self,
        value: &Moment,
        kind: MomentKind,
        format: i64,
        order: impl FnOnce(&Self) -> Result<bool, Error>,
        element: u16,
    ) -> Result<(), Error> {
        let (format, _) = kind.format(format).ok_or_else(|| self.fail(Code::Refused, element))?;
        let big = matches!(format, 3 | 4) && order(self)?;
        self.same_moment(value, kind, format, big, element)
    }

    /// A moment of a known format.
    pub(crate) fn same_moment(
        &mut self,
        value: &Moment,
        kind: MomentKind,
        format: u8,
        big: bool,
        element: u16,
    ) -> Result<(), Error> {
        if !value.is(kind, format, big) {
            return Err(self.fail(Code::Type, element));
        }
        self.put(value.octets(), element)
    }
}

impl Parts {
    /// Only what calendars and clocks have.
    fn checked(self, dated: bool) -> Option<Self> {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let days = match self.month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        let day = !dated || (1..=days).contains(&self.day);
        (day && self.hour < 24 && self.minute < 60 && self.second < 60 && self.hundredth < 100).then_some(self)
    }
}

impl Parts {
    /// The time of day in hundredths of a second.
    fn hundredths(self) -> u64 {
        let units = [(self.hour, 360_000), (self.minute, 6000), (self.second, 100), (self.hundredth, 1)];
        units.iter().fold(0, |sum: u64, (part, unit)| sum.saturating_add(u64::from(*part).saturating_mul(*unit)))
    }

    /// The days since 1970-01-01; `None` before.
    fn days(self) -> Option<u64> {
        // as in `civil`, years begin with March
        let early = u64::from(self.month <= 2);
        let year = u64::from(self.year).checked_sub(early)?;
        let month = (u64::from(self.month).checked_add(9)?).checked_rem(12)?;
        let day_of_year = month.checked_mul(153)?.checked_add(2)?.checked_div(5)?;
        let leaps = (year / 4).checked_sub(year / 100)?.checked_add(year / 400)?;
        let before = year.checked_mul(365)?.checked_add(leaps)?.checked_add(day_of_year)?;
        before.checked_add(u64::from(self.day))?.checked_sub(719_469)
    }
}

/// A number in all of the octets; `None` if they cannot hold it.
fn write(octets: &mut [u8], value: u64, big: bool) -> Option<()> {
    let little = value.to_le_bytes();
    let (low, high) = little.split_at_checked(octets.len())?;
    octets.copy_from_slice(low);
    if big {
        octets.reverse();
    }
    high.iter().all(|octet| *octet == 0).then_some(())
}

/// The year from 1990 to 2089 that two digits mean.
fn year(short: u8) -> Option<u16> {
    match short {
        0..=89 => u16::from(short).checked_add(2000),
        90..=99 => u16::from(short).checked_add(1900),
        _ => None,
    }
}

/// The date of a day since 1970-01-01.
fn civil(days: u64, clock: Parts) -> Option<Parts> {
    // years begin with March here, so that the day of a leap year is its last one
    let shifted = days.checked_add(719_468)?;
    let era = shifted.checked_div(146_097)?;
    let day_of_era = shifted.checked_rem(146_097)?;
    let leaps = (day_of_era / 1460).checked_sub(day_of_era / 36_524)?.checked_add(day_of_era / 146_096)?;
    let year_of_era = day_of_era.checked_sub(leaps)?.checked_div(365)?;
    let before = year_of_era.checked_mul(365)?.checked_add(year_of_era / 4)?.checked_sub(year_of_era / 100)?;
    let day_of_year = day_of_era.checked_sub(before)?;
    let month = day_of_year.checked_mul(5)?.checked_add(2)?.checked_div(153)?;
    let first = month.checked_mul(153)?.checked_add(2)?.checked_div(5)?;
    let day = day_of_year.checked_sub(first)?.checked_add(1)?;
    let (month, later) = if month < 10 { (month.checked_add(3)?, 0) } else { (month.checked_sub(9)?, 1) };
    let year = era.checked_mul(400)?.checked_add(year_of_era)?.checked_add(later)?;
    Some(Parts {
        year: u16::try_from(year).ok()?,
        month: u8::try_from(month).ok()?,
        day: u8::try_from(day).ok()?,
        ..clock
    })
}

impl fmt::Display for Moment {
    /// ISO 8601, or the octets if they are no moment.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.octets().is_empty() {
            return f.write_str("none");
        }
        let Some(parts) = self.parts() else {
            return hex(self.octets(), f);
        };
        if self.kind.has_date() {
            write!(f, "{:04}-{:02}-{:02}", parts.year, parts.month, parts.day)?;
        }
        if self.kind.has_time() {
            let between = if self.kind.has_date() { "T" } else { "" };
            write!(f, "{between}{:02}:{:02}:{:02}", parts.hour, parts.minute, parts.second)?;
        }
        if matches!(self.kind, MomentKind::HtimeDate | MomentKind::Htime) {
            write!(f, ".{:02}", parts.hundredth)?;
        }
        Ok(())
    }
}
