//! Frames on the wire: how messages become bytes and come back.

use super::{MAX_BODY_BYTES, MAX_HEADER_BYTES};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, Read, Write};

const PREFIX_BYTES: usize = 8;

/// A message with the bytes that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame<M> {
    /// The message.
    pub message: M,
    /// Its bytes; empty for most messages.
    pub body: Vec<u8>,
}

impl<M> From<M> for Frame<M> {
    fn from(message: M) -> Self {
        Self { message, body: Vec::new() }
    }
}

/// A frame that breaks the rules. The stream cannot be read any further.
#[derive(Debug, thiserror::Error)]
pub enum ProtocolError {
    /// Header longer than [`MAX_HEADER_BYTES`].
    #[error("a frame's header of {0} bytes is too long")]
    HeaderTooLong(usize),
    /// Body longer than [`MAX_BODY_BYTES`].
    #[error("a frame's body of {0} bytes is too long")]
    BodyTooLong(usize),
    /// Header is not a message of this direction.
    #[error("a frame's header is not a known message")]
    Header(#[from] serde_json::Error),
    /// The stream ended within a frame.
    #[error("the stream ended within a frame")]
    Truncated,
    /// The stream itself failed.
    #[error("the stream failed")]
    Io(#[from] io::Error),
}

/// The first bytes of a frame: prefix and header. The body follows them.
pub fn encode_head<M: Serialize>(message: &M, body_len: usize) -> Result<Vec<u8>, ProtocolError> {
    let header = serde_json::to_vec(message)?;
    if header.len() > MAX_HEADER_BYTES {
        return Err(ProtocolError::HeaderTooLong(header.len()));
    }
    if body_len > MAX_BODY_BYTES {
        return Err(ProtocolError::BodyTooLong(body_len));
    }
    let header_len =
        u32::try_from(header.len()).map_err(|_error| ProtocolError::HeaderTooLong(header.len()))?;
    let body_len_u32 = u32::try_from(body_len).map_err(|_error| ProtocolError::BodyTooLong(body_len))?;
    let mut out = Vec::with_capacity(PREFIX_BYTES + header.len());
    out.extend_from_slice(&header_len.to_le_bytes());
    out.extend_from_slice(&body_len_u32.to_le_bytes());
    out.extend_from_slice(&header);
    Ok(out)
}

/// A whole frame as bytes.
pub fn encode<M: Serialize>(message: &M, body: &[u8]) -> Result<Vec<u8>, ProtocolError> {
    let mut out = encode_head(message, body.len())?;
    out.extend_from_slice(body);
    Ok(out)
}

/// Writes one frame, blocking.
pub fn write_frame<M: Serialize>(
    out: &mut impl Write,
    message: &M,
    body: &[u8],
) -> Result<(), ProtocolError> {
    out.write_all(&encode_head(message, body.len())?)?;
    out.write_all(body)?;
    Ok(())
}

/// Reads one frame, blocking; none at a clean end of the stream.
pub fn read_frame<M: DeserializeOwned>(input: &mut impl Read) -> Result<Option<Frame<M>>, ProtocolError> {
    let mut prefix = [0_u8; PREFIX_BYTES];
    let mut have = 0;
    while have < PREFIX_BYTES {
        let got = match input.read(prefix.get_mut(have..).unwrap_or_default()) {
            Ok(got) => got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        match (got, have) {
            (0, 0) => return Ok(None),
            (0, _) => return Err(ProtocolError::Truncated),
            _ => have += got,
        }
    }
    let (header_len, body_len) = lengths(prefix)?;
    let mut header = vec![0; header_len];
    read_all(input, &mut header)?;
    let message = serde_json::from_slice(&header)?;
    let mut body = vec![0; body_len];
    read_all(input, &mut body)?;
    Ok(Some(Frame { message, body }))
}

fn read_all(input: &mut impl Read, into: &mut [u8]) -> Result<(), ProtocolError> {
    input.read_exact(into).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => ProtocolError::Truncated,
        _ => ProtocolError::Io(error),
    })
}

fn lengths(prefix: [u8; PREFIX_BYTES]) -> Result<(usize, usize), ProtocolError> {
    let (header, body) = prefix.split_at(4);
    let header_len = usize::try_from(le32(header)).unwrap_or(usize::MAX);
    let body_len = usize::try_from(le32(body)).unwrap_or(usize::MAX);
    if header_len > MAX_HEADER_BYTES {
        return Err(ProtocolError::HeaderTooLong(header_len));
    }
    if body_len > MAX_BODY_BYTES {
        return Err(ProtocolError::BodyTooLong(body_len));
    }
    Ok((header_len, body_len))
}

fn le32(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |sum, byte| (sum << 8) | u32::from(*byte))
}

/// Takes frames out of bytes that come in pieces (for an async parent).
#[derive(Debug, Default)]
pub struct Decoder {
    buffer: Vec<u8>,
    start: usize,
}

impl Decoder {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes as they came.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, or none until more bytes are pushed.
    pub fn next_frame<M: DeserializeOwned>(&mut self) -> Result<Option<Frame<M>>, ProtocolError> {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let Some(prefix) = rest.first_chunk::<PREFIX_BYTES>() else { return Ok(None) };
        let (header_len, body_len) = lengths(*prefix)?;
        let header_end = PREFIX_BYTES + header_len;
        let (Some(header), Some(body)) =
            (rest.get(PREFIX_BYTES..header_end), rest.get(header_end..header_end + body_len))
        else {
            return Ok(None);
        };
        let frame = Frame { message: serde_json::from_slice(header)?, body: body.to_vec() };
        self.start += header_end + body_len;
        Ok(Some(frame))
    }

    /// Whether a frame has begun and not ended: at the end of the stream, it was cut.
    pub fn is_within_frame(&self) -> bool {
        self.start < self.buffer.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{FromChild, Request, Source, ToChild};

    fn start() -> ToChild {
        ToChild::Start(Request::transcode(Source::Seekable { size_bytes: 7 }))
    }

    #[test]
    fn frames_come_back_as_they_went_in_whatever_the_pieces() {
        let mut bytes = encode(&start(), b"").unwrap();
        bytes.extend(encode(&ToChild::Data, b"hello").unwrap());
        bytes.extend(encode(&ToChild::Eof, b"").unwrap());
        for piece in [1, 3, 8, 1000] {
            let mut decoder = Decoder::new();
            let mut got = Vec::new();
            for chunk in bytes.chunks(piece) {
                decoder.push(chunk);
                while let Some(frame) = decoder.next_frame::<ToChild>().unwrap() {
                    got.push(frame);
                }
            }
            assert!(!decoder.is_within_frame());
            assert_eq!(got.len(), 3);
            assert_eq!(got[0].message, start());
            assert_eq!(got[1], Frame { message: ToChild::Data, body: b"hello".to_vec() });
        }
        let mut input = bytes.as_slice();
        assert_eq!(read_frame::<ToChild>(&mut input).unwrap().unwrap().message, start());
        assert_eq!(read_frame::<ToChild>(&mut input).unwrap().unwrap().body, b"hello");
        assert_eq!(read_frame::<ToChild>(&mut input).unwrap().unwrap().message, ToChild::Eof);
        assert!(read_frame::<ToChild>(&mut input).unwrap().is_none());
    }

    #[test]
    fn hostile_lengths_are_refused_before_anything_is_held() {
        let mut huge_header = vec![0xff; 4];
        huge_header.extend([0; 4]);
        let mut huge_body = vec![2, 0, 0, 0];
        huge_body.extend([0xff; 4]);
        for bytes in [&huge_header, &huge_body] {
            let mut decoder = Decoder::new();
            decoder.push(bytes);
            assert!(decoder.next_frame::<FromChild>().is_err());
            assert!(read_frame::<FromChild>(&mut bytes.as_slice()).is_err());
        }
    }

    #[test]
    fn garbage_and_the_other_direction_are_refused() {
        let mut decoder = Decoder::new();
        decoder.push(&encode(&FromChild::NeedsWholeFile, b"").unwrap());
        assert!(matches!(decoder.next_frame::<ToChild>(), Err(ProtocolError::Header(_))));
        let cut = &encode(&FromChild::NeedsWholeFile, b"abc").unwrap()[..12];
        assert!(matches!(read_frame::<FromChild>(&mut &*cut), Err(ProtocolError::Truncated)));
        let mut decoder = Decoder::new();
        decoder.push(cut);
        assert!(decoder.next_frame::<FromChild>().unwrap().is_none());
        assert!(decoder.is_within_frame());
    }

    #[test]
    fn a_body_beyond_the_bound_is_not_sent() {
        let body = vec![0; MAX_BODY_BYTES + 1];
        assert!(matches!(encode(&ToChild::Data, &body), Err(ProtocolError::BodyTooLong(_))));
    }
}
