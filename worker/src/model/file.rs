//! Sums, and files that are there whole or not at all.
use super::error::ModelError;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{BufReader, Read as _, Write};
use std::path::Path;

/// SHA-256 of a file, in hexadecimal.
pub(super) fn sum_of(path: &Path) -> Result<String, ModelError> {
    let mut reader = BufReader::new(File::open(path).map_err(ModelError::file(path))?);
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let n = reader.read(&mut buffer).map_err(ModelError::file(path))?;
        if n == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&buffer[..n]);
    }
}

/// Ok when the file has this sum; a file that has not is removed.
pub(super) fn check_or_remove(path: &Path, sha256: &str) -> Result<(), ModelError> {
    let got = sum_of(path)?;
    if got == sha256 {
        return Ok(());
    }
    fs::remove_file(path).map_err(ModelError::file(path))?;
    Err(ModelError::Sum { what: path.display().to_string(), got })
}

/// Makes the file durable under its final name.
pub(super) fn place(from: &Path, to: &Path) -> Result<(), ModelError> {
    File::open(from).and_then(|f| f.sync_all()).map_err(ModelError::file(from))?;
    fs::rename(from, to).map_err(ModelError::file(to))?;
    if let Some(folder) = to.parent() {
        File::open(folder).and_then(|f| f.sync_all()).map_err(ModelError::file(folder))?;
    }
    Ok(())
}

/// Passes bytes on and sums them on the way.
pub(super) struct Summing<W> {
    inner: W,
    hasher: Sha256,
}

impl<W: Write> Summing<W> {
    /// Around a writer.
    pub(super) fn new(inner: W) -> Self {
        Self { inner, hasher: Sha256::new() }
    }

    /// The writer again, and the sum in hexadecimal.
    pub(super) fn finish(self) -> (W, String) {
        (self.inner, hex::encode(self.hasher.finalize()))
    }
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
