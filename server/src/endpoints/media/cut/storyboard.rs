//! Previews along the time line, cut to a span: tiles whose picture lies outside are neither listed nor in the sheet.

use std::fmt::Write as _;
use std::ops::Range;

use jpeg_encoder::{ColorType, Encoder};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// Quality of a sheet that is encoded again, as good as the first time.
const JPEG_QUALITY: u8 = 80;
/// The largest sheet that is decoded, in pixels a side.
const LARGEST_SIDE: usize = 4096;
/// Bytes a pixel: red, green, blue.
const PIXEL: usize = 3;

/// Why a stored sheet cannot be cut.
#[derive(Debug, thiserror::Error)]
pub(in crate::endpoints::media) enum SheetError {
    /// It is no picture.
    #[error("the stored sheet cannot be decoded")]
    Decode(#[from] zune_jpeg::errors::DecodeErrors),
    /// It does not have the size that it says.
    #[error("the stored sheet has no size")]
    Size,
    /// What is left of it cannot be written.
    #[error("the sheet cannot be encoded")]
    Encode(#[from] jpeg_encoder::EncodingError),
}

/// Pixels, line by line.
struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// A tile of the sheet and the time that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tile {
    start_ms: i64,
    end_ms: i64,
    /// x, y, width, height in pixels.
    place: [u32; 4],
}

/// The list for `span_ms` of the source's time line; `offset_ms` of it is the player's zero.
pub(in crate::endpoints::media) fn list(whole: &str, span_ms: (i64, i64), offset_ms: i64) -> String {
    let mut text = "WEBVTT\n".to_owned();
    for (at, tile) in shown(whole, span_ms).into_iter().enumerate() {
        // The first stands for the start, even when its picture came later.
        let start = if at == 0 { span_ms.0 } else { tile.start_ms };
        let (start, end) = (start - offset_ms, tile.end_ms.min(span_ms.1) - offset_ms);
        let [x, y, width, height] = tile.place;
        let line = format_args!(
            "\n{} --> {}\nstoryboard.jpg#xywh={x},{y},{width},{height}\n",
            super::super::captions::stamp(start.max(0)),
            super::super::captions::stamp(end.max(0))
        );
        // Writing to a text cannot fail.
        text.write_fmt(line).unwrap_or_default();
    }
    text
}

/// The sheet with the tiles outside of the span painted over. Costly: not for an async thread.
///
/// # Errors
/// The stored picture cannot be read.
pub(in crate::endpoints::media) fn sheet(
    jpeg: &[u8],
    whole: &str,
    span_ms: (i64, i64),
) -> Result<Vec<u8>, SheetError> {
    let picture = decode(jpeg)?;
    let mut clean = Picture { pixels: vec![0; picture.pixels.len()], ..picture };
    for tile in shown(whole, span_ms) {
        let lines = picture.lines(tile.place).unwrap_or_default();
        for range in lines {
            if let (Some(to), Some(from)) = (clean.pixels.get_mut(range.clone()), picture.pixels.get(range)) {
                to.copy_from_slice(from);
            }
        }
    }
    encode(&clean)
}

/// The first tile within the span, as a small poster; `None` when no picture is from there.
///
/// # Errors
/// The stored picture cannot be read.
pub(in crate::endpoints::media) fn first_tile(
    jpeg: &[u8],
    whole: &str,
    span_ms: (i64, i64),
) -> Result<Option<Vec<u8>>, SheetError> {
    let Some(tile) = shown(whole, span_ms).into_iter().next() else { return Ok(None) };
    let picture = decode(jpeg)?;
    let Some(lines) = picture.lines(tile.place) else { return Ok(None) };
    let [_, _, width, height] = tile.place.map(|side| usize::try_from(side).unwrap_or(0));
    let pixels =
        lines.iter().filter_map(|range| picture.pixels.get(range.clone())).flatten().copied().collect();
    encode(&Picture { width, height, pixels }).map(Some)
}

impl Picture {
    /// Where the lines of a place (x, y, width, height) are; `None` when it reaches out of the picture.
    fn lines(&self, place: [u32; 4]) -> Option<Vec<Range<usize>>> {
        let [x, y, width, height] = place.map(|side| usize::try_from(side).unwrap_or(usize::MAX));
        let inside = x.checked_add(width)? <= self.width && y.checked_add(height)? <= self.height;
        let line = |row: usize| {
            let start = (row * self.width + x) * PIXEL;
            start..start + width * PIXEL
        };
        (inside && width > 0).then(|| (y..y + height).map(line).collect())
    }
}

fn decode(jpeg: &[u8]) -> Result<Picture, SheetError> {
    let options = DecoderOptions::default()
        .set_max_width(LARGEST_SIDE)
        .set_max_height(LARGEST_SIDE)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    let pixels = decoder.decode()?;
    let (width, height) = decoder.dimensions().ok_or(SheetError::Size)?;
    if pixels.len() != width * height * PIXEL {
        return Err(SheetError::Size);
    }
    Ok(Picture { width, height, pixels })
}

fn encode(picture: &Picture) -> Result<Vec<u8>, SheetError> {
    let side = |pixels: usize| u16::try_from(pixels).map_err(|_large| SheetError::Size);
    let (width, height) = (side(picture.width)?, side(picture.height)?);
    let mut out = Vec::new();
    Encoder::new(&mut out, JPEG_QUALITY).encode(&picture.pixels, width, height, ColorType::Rgb)?;
    Ok(out)
}

/// The tiles whose picture was taken within the span.
fn shown(whole: &str, (start_ms, end_ms): (i64, i64)) -> Vec<Tile> {
    tiles(whole).into_iter().filter(|tile| (start_ms..end_ms).contains(&tile.start_ms)).collect()
}

/// The cues as the worker writes them; other lines are passed over.
fn tiles(whole: &str) -> Vec<Tile> {
    let lines: Vec<&str> = whole.lines().collect();
    let pairs = lines.windows(2).filter_map(|pair| match pair {
        [time, place] => {
            let (start, end) = time.split_once(" --> ")?;
            let mut numbers = place.split_once("#xywh=")?.1.split(',').map(str::parse::<u32>);
            let mut next = || numbers.next()?.ok();
            Some(Tile {
                start_ms: read_ms(start)?,
                end_ms: read_ms(end)?,
                place: [next()?, next()?, next()?, next()?],
            })
        }
        _ => None,
    });
    pairs.collect()
}

/// `HH:MM:SS.mmm`
fn read_ms(text: &str) -> Option<i64> {
    let (clock, ms) = text.trim().split_once('.')?;
    let seconds = clock.split(':').try_fold(0_i64, |sum, part| Some(sum * 60 + part.parse::<i64>().ok()?))?;
    Some(seconds * 1000 + ms.parse::<i64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nstoryboard.jpg#xywh=0,0,16,16\n\n\
        00:00:02.000 --> 00:00:04.000\nstoryboard.jpg#xywh=16,0,16,16\n\n\
        00:00:04.000 --> 00:00:06.500\nstoryboard.jpg#xywh=32,0,16,16\n";

    #[test]
    fn only_pictures_from_within_are_listed() {
        assert_eq!(
            list(LIST, (1_500, 4_000), 1_000),
            "WEBVTT\n\n00:00:00.500 --> 00:00:03.000\nstoryboard.jpg#xywh=16,0,16,16\n"
        );
        assert_eq!(list(LIST, (4_100, 5_000), 0), "WEBVTT\n");
        assert_eq!(list(LIST, (0, 6_500), 0).matches("-->").count(), 3);
    }

    #[test]
    fn other_pictures_are_painted_over() {
        let light = Picture { width: 48, height: 16, pixels: vec![250; 48 * 16 * PIXEL] };
        let jpeg = encode(&light).unwrap();
        let cut = decode(&sheet(&jpeg, LIST, (1_500, 4_000)).unwrap()).unwrap();
        let is_light = |x: usize| cut.pixels[(3 * 48 + x) * PIXEL] > 200;
        assert_eq!((is_light(4), is_light(24), is_light(44)), (false, true, false));
        let tile = decode(&first_tile(&jpeg, LIST, (1_500, 4_000)).unwrap().unwrap()).unwrap();
        assert_eq!((tile.width, tile.height), (16, 16));
        assert!(first_tile(&jpeg, LIST, (4_100, 5_000)).unwrap().is_none());
        // A list that does not fit its sheet.
        let small = encode(&Picture { width: 8, height: 8, pixels: vec![9; 8 * 8 * PIXEL] }).unwrap();
        assert!(
            sheet(&small, LIST, (0, 4_000)).is_ok()
                && first_tile(&small, LIST, (0, 4_000)).unwrap().is_none()
        );
        assert!(sheet(b"\xff\xd8 nothing", LIST, (0, 4_000)).is_err());
    }
}
