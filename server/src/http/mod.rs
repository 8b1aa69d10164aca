//! Validated input and the shapes that every endpoint shares.

pub mod check;
pub mod client;
mod etag;
mod given;
mod json;
pub mod outgoing;
mod page;

pub use etag::{Edit, etag};
pub use given::Given;
pub use json::{ApiJson, ApiPath, ApiQuery};
pub use page::{Cursor, Page, PageQuery, Pages, cut};
