//! One folder a noun, one file a verb: request, response, handler.

pub mod system;
