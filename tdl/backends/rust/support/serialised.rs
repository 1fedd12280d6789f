// SPDX-License-Identifier: 0BSD
//! Values for serde: numbers that are decimal and moments as text, sets as lists of their members.

use super::moments::Moment;
use super::values::{Bcd, BcdNumber, Binary, CharNumber, NonInteger, Scaled, Set, Text};
use serde::{Serialize, Serializer};

macro_rules! shown {
    ($($name:ident),*) => {
        $(impl<B: AsRef<[u8]>> Serialize for $name<B> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        })*
    };
}

shown!(Binary, Bcd, CharNumber, BcdNumber);

impl<B: AsRef<[u8]>> Serialize for Text<B> {
    /// Characters with their padding; octets if they are not UTF-8.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match core::str::from_utf8(self.octets()) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.collect_seq(self.octets()),
        }
    }
}

impl<B: AsRef<[u8]>> Serialize for Set<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.members())
    }
}

impl<T: Copy + Into<i64>, const DECIMALS: u32> Serialize for Scaled<T, DECIMALS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for NonInteger {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Moment {
    /// ISO 8601, or the octets if they are no moment; nothing where the meter has no clock.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.octets().is_empty() {
            serializer.serialize_none()
        } else {
            serializer.collect_str(self)
        }
    }
}
