//! Validated input and the shapes that every endpoint shares.

mod etag;
mod json;
mod page;

pub use etag::{Edit, etag};
pub use json::{ApiJson, ApiPath, ApiQuery};
pub use page::{Cursor, Page, PageQuery};
