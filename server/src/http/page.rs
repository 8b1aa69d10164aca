//! Lists: `{items, next_cursor}`, `?limit=` 1..100, an opaque signed `?cursor=`.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use utoipa::{IntoParams, ToSchema};

use crate::auth::keys::{Keys, mac};
use crate::error::{ApiError, Code};
use crate::http::ApiQuery;
use crate::state::AppState;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where the next page begins; null at the end.
    pub next_cursor: Option<String>,
}

/// The query of every list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many, 1..100; 25 where not given.
    pub limit: Option<i64>,
    /// Where to begin: the last page's `next_cursor`.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// The checked limit.
    ///
    /// # Errors
    /// 400 outside 1..100.
    pub fn limit(&self) -> Result<u64, ApiError> {
        match self.limit.unwrap_or(25) {
            limit @ 1..=100 => Ok(limit.unsigned_abs()),
            _ => Err(ApiError::new(Code::Malformed, "limit has to be between 1 and 100.")),
        }
    }

    /// The position in the cursor, if there is one.
    ///
    /// # Errors
    /// 400 for a cursor that is not ours or belongs to another list.
    pub fn position<T: DeserializeOwned>(&self, keys: &Keys, list: &str) -> Result<Option<T>, ApiError> {
        self.cursor.as_deref().map(|text| Cursor::open(keys, list, text)).transpose()
    }
}

/// The page that is asked for, of a list that is short enough to be read whole.
pub struct Pages {
    query: PageQuery,
    /// The list's address.
    list: String,
    state: web::Data<AppState>,
}

impl Pages {
    /// The page out of all items.
    ///
    /// # Errors
    /// 400 for a limit outside 1..100, or a cursor that is not ours or belongs to another list.
    pub fn of<T>(&self, items: Vec<T>) -> Result<Page<T>, ApiError> {
        let limit = usize::try_from(self.query.limit()?).unwrap_or(usize::MAX);
        let first: usize = self.query.position(&self.state.keys, &self.list)?.unwrap_or(0);
        let end = first.saturating_add(limit);
        let more = items.len() > end;
        let next_cursor = more.then(|| Cursor::seal(&self.state.keys, &self.list, &end)).transpose()?;
        Ok(Page { items: items.into_iter().skip(first).take(limit).collect(), next_cursor })
    }
}

impl FromRequest for Pages {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let query = ApiQuery::<PageQuery>::from_request(req, payload).into_inner();
        let state = req.app_data::<web::Data<AppState>>().cloned();
        let state = state.ok_or_else(|| ApiError::internal(std::io::Error::other("the state is missing")));
        ready(query.and_then(|query| Ok(Self { query: query.0, list: req.path().to_owned(), state: state? })))
    }
}

/// Seals and opens positions. The list's name is signed with it, so that a cursor fits only where it came from.
pub struct Cursor;

impl Cursor {
    /// Seals a position.
    ///
    /// # Errors
    /// 500 where the position is no JSON.
    pub fn seal<T: Serialize>(keys: &Keys, list: &str, position: &T) -> Result<String, ApiError> {
        let body = serde_json::to_vec(position).map_err(ApiError::internal)?;
        let mut sealed = Self::sign(keys, list, &body).to_vec();
        sealed.extend_from_slice(&body);
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens a sealed position.
    ///
    /// # Errors
    /// 400 for anything that [`Cursor::seal`] did not make for this list.
    pub fn open<T: DeserializeOwned>(keys: &Keys, list: &str, text: &str) -> Result<T, ApiError> {
        let bad = || ApiError::new(Code::BadCursor, "Begin again without a cursor.");
        let sealed = URL_SAFE_NO_PAD.decode(text).ok().ok_or_else(bad)?;
        let (tag, body) = sealed.split_at_checked(16).ok_or_else(bad)?;
        if !bool::from(Self::sign(keys, list, body).ct_eq(tag)) {
            return Err(bad());
        }
        serde_json::from_slice(body).ok().ok_or_else(bad)
    }

    fn sign(keys: &Keys, list: &str, body: &[u8]) -> [u8; 16] {
        let mut message = list.as_bytes().to_vec();
        message.push(0);
        message.extend_from_slice(body);
        let mut tag = [0; 16];
        tag.copy_from_slice(mac(&keys.cursor, &message).split_at(16).0);
        tag
    }
}

/// Cuts `limit + 1` fetched rows down to a page: the one too many says that there is a next one, whose cursor is the
/// position of the last row that stays.
///
/// # Errors
/// 500 where the position is no JSON.
pub fn cut<R, P: Serialize>(
    keys: &Keys,
    list: &str,
    rows: &mut Vec<R>,
    limit: u64,
    position: impl Fn(&R) -> P,
) -> Result<Option<String>, ApiError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    match rows.last() {
        Some(row) if more => Cursor::seal(keys, list, &position(row)).map(Some),
        _ => Ok(None),
    }
}

impl<T> Page<T> {
    /// A page out of `limit + 1` fetched rows: the one too many says that there is a next page, whose cursor is
    /// the position of the last row shown.
    ///
    /// # Errors
    /// 500 where the position is no JSON.
    pub fn of<R, P: Serialize>(
        keys: &Keys,
        list: &str,
        mut rows: Vec<R>,
        limit: u64,
        position: impl Fn(&R) -> P,
        show: impl Fn(R) -> T,
    ) -> Result<Self, ApiError> {
        let next_cursor = cut(keys, list, &mut rows, limit, position)?;
        Ok(Self { items: rows.into_iter().map(show).collect(), next_cursor })
    }
}
