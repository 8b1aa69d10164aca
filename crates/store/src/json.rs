//! JSON columns and instants.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StoreError;

/// Reads a JSON column.
pub(crate) fn read<T: DeserializeOwned>(column: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|source| StoreError::Json { column, source })
}

/// Writes a JSON column.
pub(crate) fn write<T: Serialize + ?Sized>(column: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Json { column, source })
}

/// Milliseconds since 1970 to an instant.
pub(crate) fn instant(ms: i64) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_millisecond(ms)?)
}

/// The same for a column that may be empty.
pub(crate) fn instant_opt(ms: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    ms.map(instant).transpose()
}
