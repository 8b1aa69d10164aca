//! A field of a PATCH that may be null: missing and null differ.

use serde::{Deserialize, Deserializer};

/// Whether a field was given, and with what. Use with `#[serde(default)]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Given<T> {
    /// Not given: stays as it is.
    #[default]
    Missing,
    /// Given as null: taken away.
    Null,
    /// Given.
    Value(T),
}

impl<T> Given<T> {
    /// `None`: stays; `Some(None)`: taken away; `Some(Some(_))`: set.
    pub fn change(self) -> Option<Option<T>> {
        match self {
            Self::Missing => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(input)?.map_or(Self::Null, Self::Value))
    }
}
