//! Which Whisper model a file of weights is, by its own header: word times need the attention heads of exactly that
//! model, and those of another one are read beyond its memory.
use super::SpeechError;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use whisper_rs::DtwModelPreset;

/// First bytes of a whisper.cpp model.
const MAGIC: [u8; 4] = 0x6767_6d6c_u32.to_le_bytes();
/// Numbers behind the magic.
const FIELDS: usize = 10;

/// The numbers that tell models apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Header {
    vocabulary: i32,
    audio_state: i32,
    audio_layers: i32,
    text_state: i32,
    text_layers: i32,
    mels: i32,
}

/// Words in the vocabulary of the models that know English only, of the others, and of the third large one.
const ENGLISH: i32 = 51_864;
const ALL: i32 = 51_865;
const ALL_V3: i32 = 51_866;

/// The alignment heads that OpenAI names for the model in this file. A file that is none of OpenAI's models is
/// refused.
pub(super) fn preset(model: &Path) -> Result<DtwModelPreset, SpeechError> {
    let read = File::open(model).and_then(header);
    let found = read.map_err(|source| SpeechError::ModelUnread { path: model.to_owned(), source })?;
    let name = model.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    found
        .and_then(|header| known(header, name))
        .ok_or_else(|| SpeechError::ModelUnknown { path: model.to_owned() })
}

/// `None`: not a model of whisper.cpp.
fn header(mut from: impl Read) -> io::Result<Option<Header>> {
    let mut bytes = [0; 4 + 4 * FIELDS];
    match from.read_exact(&mut bytes) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let (words, _) = bytes.as_chunks::<4>();
    let number = |at: usize| words.get(at + 1).map_or(0, |word| i32::from_le_bytes(*word));
    // vocabulary, audio: context, state, heads, layers, text: context, state, heads, layers, mels
    Ok((words.first() == Some(&MAGIC)).then(|| Header {
        vocabulary: number(0),
        audio_state: number(2),
        audio_layers: number(4),
        text_state: number(6),
        text_layers: number(8),
        mels: number(9),
    }))
}

fn known(header: Header, name: &str) -> Option<DtwModelPreset> {
    let Header { vocabulary, audio_state, audio_layers, text_state, text_layers, mels } = header;
    if audio_state != text_state || mels != if vocabulary == ALL_V3 { 128 } else { 80 } {
        return None;
    }
    Some(match (audio_layers, text_layers, text_state, vocabulary) {
        (4, 4, 384, ENGLISH) => DtwModelPreset::TinyEn,
        (4, 4, 384, ALL) => DtwModelPreset::Tiny,
        (6, 6, 512, ENGLISH) => DtwModelPreset::BaseEn,
        (6, 6, 512, ALL) => DtwModelPreset::Base,
        (12, 12, 768, ENGLISH) => DtwModelPreset::SmallEn,
        (12, 12, 768, ALL) => DtwModelPreset::Small,
        (24, 24, 1024, ENGLISH) => DtwModelPreset::MediumEn,
        (24, 24, 1024, ALL) => DtwModelPreset::Medium,
        // The first two differ in nothing but their weights; all heads of both are there.
        (32, 32, 1280, ALL) if name.contains("large-v1") => DtwModelPreset::LargeV1,
        (32, 32, 1280, ALL) => DtwModelPreset::LargeV2,
        (32, 32, 1280, ALL_V3) => DtwModelPreset::LargeV3,
        (32, 4, 1280, ALL_V3) => DtwModelPreset::LargeV3Turbo,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(numbers: [i32; FIELDS]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> =
            MAGIC.into_iter().chain(numbers.into_iter().flat_map(i32::to_le_bytes)).collect();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn the_header_tells_the_model_whatever_its_name() {
        let tiny = file([51_864, 1500, 384, 6, 4, 448, 384, 6, 4, 80]);
        assert!(matches!(preset(tiny.path()), Ok(DtwModelPreset::TinyEn)));
        let base = file([51_865, 1500, 512, 8, 6, 448, 512, 8, 6, 80]);
        assert!(matches!(preset(base.path()), Ok(DtwModelPreset::Base)));
        let turbo = file([51_866, 1500, 1280, 20, 32, 448, 1280, 20, 4, 128]);
        assert!(matches!(preset(turbo.path()), Ok(DtwModelPreset::LargeV3Turbo)));
    }

    #[test]
    fn what_is_not_known_is_refused_in_words() {
        // Two text layers (a distilled model), then no model at all, then nothing.
        let distilled = file([51_864, 1500, 1024, 16, 24, 448, 1024, 16, 2, 80]);
        let error = preset(distilled.path()).err().unwrap();
        assert!(error.to_string().contains("is not one of Whisper's"), "{error}");
        let other = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(other.path(), [7; 100]).unwrap();
        assert!(matches!(preset(other.path()), Err(SpeechError::ModelUnknown { .. })));
        let empty = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(preset(empty.path()), Err(SpeechError::ModelUnknown { .. })));
        assert!(matches!(preset(Path::new("/nowhere/x.bin")), Err(SpeechError::ModelUnread { .. })));
    }
}
