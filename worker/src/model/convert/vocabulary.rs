//! The byte strings of Whisper's text tokens from a `tokenizer.json`.
use super::super::error::ModelError;
use super::wrong;
use serde::Deserialize;
use std::collections::HashMap;

/// Text tokens and end-of-text; whisper.cpp makes the special ones itself.
const TOKENS: usize = 50_257;

#[derive(Deserialize)]
struct Tokenizer {
    model: Model,
}

#[derive(Deserialize)]
struct Model {
    vocab: HashMap<String, u32>,
}

/// The first 50,257 tokens by id, as bytes.
pub(super) fn words(tokenizer: &[u8]) -> Result<Vec<Vec<u8>>, ModelError> {
    let vocab = serde_json::from_slice::<Tokenizer>(tokenizer)?.model.vocab;
    let mut by_id: Vec<(u32, String)> = vocab.into_iter().map(|(text, id)| (id, text)).collect();
    by_id.sort_unstable();
    by_id.truncate(TOKENS);
    if by_id.len() < TOKENS {
        return Err(wrong("the vocabulary is too small"));
    }
    let alphabet = alphabet();
    by_id
        .iter()
        .map(|(_, text)| text.chars().map(|c| alphabet.get(&c).copied()).collect::<Option<Vec<u8>>>())
        .map(|word| word.ok_or_else(|| wrong("a token is not in GPT-2's alphabet")))
        .collect()
}

/// GPT-2 writes each byte as a printable character: itself where it is one,
/// else one from U+0100 on, in order.
fn alphabet() -> HashMap<char, u8> {
    let mut next = 0x100_u32;
    let mut map = HashMap::new();
    for byte in 0..=u8::MAX {
        let c = if matches!(byte, 33..=126 | 161..=172 | 174..=255) {
            char::from(byte)
        } else {
            next += 1;
            char::from_u32(next - 1).unwrap_or(char::REPLACEMENT_CHARACTER)
        };
        map.insert(c, byte);
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_covers_every_byte_once() {
        let map = alphabet();
        assert_eq!(map.len(), 256);
        assert_eq!(map.get(&'Ġ'), Some(&b' '));
        assert_eq!(map.get(&'Ċ'), Some(&b'\n'));
        assert_eq!(map.get(&'A'), Some(&b'A'));
        assert_eq!(map.get(&'ł'), Some(&0xa0));
    }

    #[test]
    fn a_small_vocabulary_is_refused() {
        assert!(words(br#"{"model": {"vocab": {"a": 0}}}"#).is_err());
        assert!(words(b"{}").is_err());
    }
}
