//! Immutable objects behind one small interface, on a local folder or an object store.
//!
//! What holds here, whatever lies below:
//! - an object is written once, whole, under a [`Key`] that names its owner and attempt; nothing is overwritten;
//! - when [`ObjectWriter::finish`] or [`Blobs::put_new`] returns, the bytes survive a power cut;
//! - a reader gets exactly the bytes it asked for or an error: a missing or short object is never an end of file;
//! - memory is bounded: a reader holds at most four pieces, a writer at most one part.
//!
//! On a local folder writes go straight to the file system, because `object_store`'s local store syncs neither files
//! nor folders; everything else goes through `object_store`. No other crate knows which of the two is below.

mod blobs;
mod error;
mod key;
mod local;
mod remote;
mod s3;
mod sequence;
mod writer;

pub use blobs::{Blobs, Listed};
pub use error::BlobError;
pub use key::{Key, layout};
pub use s3::S3Options;
pub use sequence::{ObjectSequence, Part};
pub use writer::ObjectWriter;
