//! Reads CTranslate2's `model.bin` (binary version 6) of a Whisper model.
//!
//! Layout, little endian: u32 version, name of the specification, u32 revision,
//! u32 number of variables; each variable: name, u8 rank, u32 sizes, u8 data
//! type, u32 bytes, data. A name is a u16 length that counts the closing NUL.
use super::super::error::ModelError;
use super::wrong;
use std::collections::HashMap;

/// How the numbers of a variable are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// IEEE 754 single.
    F32,
    /// IEEE 754 half.
    F16,
    /// Something that this converter has no use for.
    Other,
}

/// A tensor inside the file.
#[derive(Debug, Clone)]
pub(super) struct Tensor<'a> {
    /// Sizes, slowest first.
    pub(super) shape: Vec<usize>,
    /// Number format.
    pub(super) kind: Kind,
    /// The numbers, little endian.
    pub(super) bytes: &'a [u8],
}

impl<'a> Tensor<'a> {
    /// The rows `from..to` of the first dimension.
    pub(super) fn rows(&self, from: usize, to: usize) -> Result<Tensor<'a>, ModelError> {
        let rows = self.shape.first().copied().filter(|n| *n > 0).unwrap_or(1);
        let row = self.bytes.len() / rows;
        let bytes = self.bytes.get(from * row..to * row).ok_or_else(|| wrong("a tensor is too small"))?;
        let mut shape = self.shape.clone();
        if let Some(first) = shape.first_mut() {
            *first = to - from;
        }
        Ok(Tensor { shape, kind: self.kind, bytes })
    }

    /// The numbers in single precision.
    pub(super) fn values(&self) -> Result<Vec<f32>, ModelError> {
        match self.kind {
            Kind::F32 => Ok(self.bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()),
            Kind::F16 => Ok(self
                .bytes
                .as_chunks::<2>()
                .0
                .iter()
                .map(|b| half::f16::from_le_bytes(*b).to_f32())
                .collect()),
            Kind::Other => Err(wrong("a tensor is not in floating point")),
        }
    }
}

/// All variables by name.
pub(super) struct Weights<'a> {
    tensors: HashMap<&'a str, Tensor<'a>>,
}

impl<'a> Weights<'a> {
    /// Reads the whole file; the tensors stay where they are.
    pub(super) fn parse(file: &'a [u8]) -> Result<Self, ModelError> {
        let mut reader = Reader { rest: file };
        if reader.u32()? != 6 || reader.string()? != "WhisperSpec" {
            return Err(wrong("model.bin is not a CTranslate2 Whisper model of binary version 6"));
        }
        reader.u32()?;
        let count = reader.u32()?;
        let mut tensors = HashMap::new();
        for _ in 0..count {
            let name = reader.string()?;
            let rank = reader.take(1)?[0];
            let shape = (0..rank).map(|_| reader.size()).collect::<Result<Vec<_>, _>>()?;
            let (kind, width) = match reader.take(1)?[0] {
                0 => (Kind::F32, 4),
                4 => (Kind::F16, 2),
                _ => (Kind::Other, 0),
            };
            let length = reader.size()?;
            let bytes = reader.take(length)?;
            if width > 0 && shape.iter().product::<usize>() * width != length {
                return Err(wrong(format!("{name} has the wrong length")));
            }
            tensors.insert(name, Tensor { shape, kind, bytes });
        }
        Ok(Self { tensors })
    }

    /// A variable that must be there.
    pub(super) fn get(&self, name: &str) -> Result<&Tensor<'a>, ModelError> {
        self.tensors.get(name).ok_or_else(|| wrong(format!("{name} is missing")))
    }

    /// How many layers "encoder" or "decoder" has.
    pub(super) fn layers(&self, side: &str) -> usize {
        let start = format!("{side}/layer_");
        let numbers = self
            .tensors
            .keys()
            .filter_map(|name| name.strip_prefix(start.as_str())?.split('/').next()?.parse::<usize>().ok());
        numbers.max().map_or(0, |n| n + 1)
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], ModelError> {
        let (head, rest) =
            self.rest.split_at_checked(length).ok_or_else(|| wrong("model.bin is cut short"))?;
        self.rest = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    fn u32(&mut self) -> Result<u32, ModelError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn size(&mut self) -> Result<usize, ModelError> {
        usize::try_from(self.u32()?).ok().ok_or_else(|| wrong("model.bin is too large"))
    }

    fn string(&mut self) -> Result<&'a str, ModelError> {
        let length = u16::from_le_bytes(self.array()?);
        let bytes = self.take(length.into())?;
        let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
        std::str::from_utf8(bytes).ok().ok_or_else(|| wrong("a name is not UTF-8"))
    }
}
