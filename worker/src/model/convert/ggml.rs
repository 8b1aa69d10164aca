//! Writes whisper.cpp's model file.
use super::super::error::ModelError;
use super::ct2::{Kind, Tensor, Weights};
use super::{layout, mel, quantise, wrong};
use std::io::Write;
use std::path::Path;

/// "ggml" read as a little-endian number.
const MAGIC: i32 = 0x6767_6d6c;
/// Quantisation version 2 times ggml's factor of 1000, plus GGML_FTYPE_MOSTLY_Q8_0.
const FTYPE_Q8_0: i32 = 2007;
/// ggml's numbers for tensor types.
const TYPE_F32: i32 = 0;
const TYPE_F16: i32 = 1;
const TYPE_Q8_0: i32 = 8;
/// Whisper's attention heads are 64 wide in every size.
const HEAD_WIDTH: usize = 64;

/// Header, mel filters, vocabulary, tensors. `path` is for error messages.
pub(super) fn write(
    weights: &Weights<'_>,
    words: &[Vec<u8>],
    out: &mut impl Write,
    path: &Path,
) -> Result<(), ModelError> {
    let mut put = Put { out, path };
    let size = |name: &str, dimension: usize| -> Result<usize, ModelError> {
        let shape = &weights.get(name)?.shape;
        shape.get(dimension).copied().ok_or_else(|| wrong(format!("{name} has too few dimensions")))
    };
    let text_width = size("decoder/embeddings/weight", 1)?;
    let audio_width = size("encoder/conv1/weight", 0)?;
    let mels = size("encoder/conv1/weight", 1)?;
    put.number(MAGIC)?;
    for n in [
        size("decoder/embeddings/weight", 0)?,
        size("encoder/position_encodings/encodings", 0)?,
        audio_width,
        audio_width / HEAD_WIDTH,
        weights.layers("encoder"),
        size("decoder/position_encodings/encodings", 0)?,
        text_width,
        text_width / HEAD_WIDTH,
        weights.layers("decoder"),
        mels,
    ] {
        put.size(n)?;
    }
    put.number(FTYPE_Q8_0)?;
    put.size(mels)?;
    put.size(mel::BINS)?;
    for value in mel::filters(mels)? {
        put.bytes(&value.to_le_bytes())?;
    }
    put.size(words.len())?;
    for word in words {
        put.size(word.len())?;
        put.bytes(word)?;
    }
    for (name, tensor) in layout::tensors(weights)? {
        put.tensor(&name, &tensor)?;
    }
    Ok(())
}

struct Put<'o, W> {
    out: &'o mut W,
    path: &'o Path,
}

impl<W: Write> Put<'_, W> {
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), ModelError> {
        self.out.write_all(bytes).map_err(ModelError::file(self.path))
    }

    fn number(&mut self, n: i32) -> Result<(), ModelError> {
        self.bytes(&n.to_le_bytes())
    }

    fn size(&mut self, n: usize) -> Result<(), ModelError> {
        self.number(i32::try_from(n).ok().ok_or_else(|| wrong("a size is out of range"))?)
    }

    fn tensor(&mut self, name: &str, tensor: &Tensor<'_>) -> Result<(), ModelError> {
        let mut shape = tensor.shape.clone();
        let single = shape.len() < 2 || name.ends_with("positional_embedding");
        if matches!(name, "encoder.conv1.bias" | "encoder.conv2.bias") {
            shape.push(1);
        }
        let kind = match shape.len() {
            _ if single => TYPE_F32,
            2 => TYPE_Q8_0,
            _ => TYPE_F16,
        };
        self.size(shape.len())?;
        self.size(name.len())?;
        self.number(kind)?;
        for n in shape.iter().rev() {
            self.size(*n)?;
        }
        self.bytes(name.as_bytes())?;
        match kind {
            TYPE_Q8_0 => self.bytes(&quantise::q8_0(&tensor.values()?)),
            TYPE_F16 if tensor.kind == Kind::F16 => self.bytes(tensor.bytes),
            TYPE_F16 => {
                tensor.values()?.iter().try_for_each(|v| self.bytes(&half::f16::from_f32(*v).to_le_bytes()))
            }
            _ => tensor.values()?.iter().try_for_each(|v| self.bytes(&v.to_le_bytes())),
        }
    }
}
