// SPDX-License-Identifier: 0BSD
//! Decimal numbers in characters and in digits.

use super::values::{hex, Decimal};
use core::fmt;

/// The number that characters spell, if 64 bits hold its digits.
pub(crate) fn char_number(octets: &[u8]) -> Option<Decimal> {
    let text = core::str::from_utf8(octets).ok()?.trim_matches(' ');
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, digits) = match digits.as_bytes().first() {
        Some(b'-') => (true, digits.get(1..)?),
        Some(b'+') => (false, digits.get(1..)?),
        _ => (false, digits),
    };
    let (mut number, mut decimals) = spelled(digits.bytes())?;
    if exponent < 0 {
        decimals = decimals.checked_add(exponent.unsigned_abs())?;
    } else {
        for _ in 0..exponent {
            if decimals > 0 {
                decimals = decimals.saturating_sub(1);
            } else if number != 0 {
                number = number.checked_mul(10)?;
            }
        }
    }
    Some(Decimal { number: if negative { number.checked_neg()? } else { number }, decimals })
}

/// The number that digits make, if 64 bits hold it.
pub(crate) fn bcd_number(octets: &[u8]) -> Option<Decimal> {
    let mut negative = false;
    let mut begun = false;
    let mut wrong = false;
    let characters = octets.iter().flat_map(|octet| [octet >> 4, octet & 15]).filter_map(|digit| {
        let first = !begun;
        begun |= digit != 0xB;
        match digit {
            0..=9 => Some(digit | b'0'),
            0xA if first => {
                negative = true;
                None
            }
            0xB if first => None,
            0xB => Some(b'0'),
            0xD => Some(b'.'),
            _ => {
                wrong = true;
                None
            }
        }
    });
    let found = spelled(characters);
    let (number, decimals) = if begun { found? } else { (0, 0) };
    if wrong {
        return None;
    }
    Some(Decimal { number: if negative { number.checked_neg()? } else { number }, decimals })
}

/// Digits with at most one point among them.
fn spelled(characters: impl Iterator<Item = u8>) -> Option<(i64, u32)> {
    let (mut number, mut decimals, mut point, mut any) = (0_i64, 0_u32, false, false);
    for character in characters {
        match character {
            b'0'..=b'9' => {
                number = number.checked_mul(10)?.checked_add(i64::from(character & 15))?;
                decimals = decimals.saturating_add(u32::from(point));
                any = true;
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    any.then_some((number, decimals))
}

/// The digits of a number of any size, without blanks and zeros before it.
pub(crate) fn digits(octets: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(number) = bcd_number(octets) {
        return fmt::Display::fmt(&number, f);
    }
    hex(octets, f)
}
