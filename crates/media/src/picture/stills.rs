//! Poster and storyboard, taken from the pictures as they pass.

use super::geometry::Size;
use crate::error::{MediaError, Step};
use crate::ffi;
use crate::link::Link;
use crate::protocol::FromChild;
use ffmpeg_next::codec::{self, Id, encoder};
use ffmpeg_next::software::scaling;
use ffmpeg_next::{Error, Packet, Rational, format, frame};
use std::fmt::Write as _;

/// Longer side of a tile in pixels.
const TILE_LONG_SIDE: u32 = 160;
/// Tiles in a row.
const COLUMNS: usize = 10;
/// More tiles than this: every second one goes.
const MOST_TILES: usize = 100;
/// Longer side of the poster in pixels.
const POSTER_LONG_SIDE: u32 = 1280;
/// A picture at least this varied makes a good poster (deviation of luma).
const VARIED: f64 = 14.0;
/// The poster is looked for until here.
const POSTER_BY_US: i64 = 10_000_000;

/// Collects stills.
pub(crate) struct Stills {
    displayed: Size,
    tile: Size,
    tiles: Vec<(i64, frame::Video)>,
    step_us: i64,
    next_us: i64,
    best: Option<(f64, frame::Video)>,
    next_poster_us: i64,
    poster_sent: bool,
    tile_scaler: Option<StillScaler>,
    unwanted: bool,
}

struct StillScaler {
    from: (format::Pixel, u32, u32),
    context: scaling::Context,
}

impl Stills {
    /// For pictures shown at this size.
    pub(crate) fn new(displayed: Size) -> Self {
        Self {
            displayed,
            tile: displayed.with_long_side(TILE_LONG_SIDE),
            tiles: Vec::new(),
            step_us: 1_000_000,
            next_us: 0,
            best: None,
            next_poster_us: 0,
            poster_sent: false,
            tile_scaler: None,
            unwanted: false,
        }
    }

    /// For a pass that makes none.
    pub(crate) fn none(displayed: Size) -> Self {
        Self { unwanted: true, ..Self::new(displayed) }
    }

    /// Whether the picture at this time is wanted.
    pub(crate) fn wants(&self, us: i64) -> bool {
        !self.unwanted && (us >= self.next_us || (!self.poster_sent && us >= self.next_poster_us))
    }

    /// Looks at a picture.
    pub(crate) fn see(&mut self, picture: &frame::Video, us: i64, link: &Link) -> Result<(), MediaError> {
        if !self.poster_sent && us >= self.next_poster_us {
            self.next_poster_us = us + 500_000;
            let variety = luma_deviation(picture);
            if self.best.as_ref().is_none_or(|(best, _)| variety > *best)
                || (us < 1_500_000 && variety >= VARIED)
            {
                self.best = Some((variety, ffi::share(picture).step("keeping a picture")?));
            }
            let found = self.best.as_ref().is_some_and(|(best, _)| *best >= VARIED);
            if (us >= 1_000_000 && found) || us >= POSTER_BY_US {
                self.send_poster(link)?;
            }
        }
        if us >= self.next_us {
            let tile = self.tile_of(picture)?;
            self.tiles.push((us, tile));
            if self.tiles.len() > MOST_TILES {
                let mut index = 0_usize;
                self.tiles.retain(|_| {
                    index += 1;
                    index % 2 == 1
                });
                self.step_us *= 2;
            }
            self.next_us = (us / self.step_us + 1) * self.step_us;
        }
        Ok(())
    }

    fn tile_of(&mut self, picture: &frame::Video) -> Result<frame::Video, MediaError> {
        let from = (picture.format(), picture.width(), picture.height());
        if self.tile_scaler.as_ref().is_none_or(|scaler| scaler.from != from) {
            let context = still_scaler(picture, self.tile)?;
            self.tile_scaler = Some(StillScaler { from, context });
        }
        let mut out = frame::Video::empty();
        if let Some(scaler) = &mut self.tile_scaler {
            scaler.context.run(picture, &mut out).step("scaling a still")?;
        }
        Ok(out)
    }

    fn send_poster(&mut self, link: &Link) -> Result<(), MediaError> {
        self.poster_sent = true;
        let Some((_, picture)) = self.best.take() else { return Ok(()) };
        let size = self.displayed.with_long_side(POSTER_LONG_SIDE);
        let mut scaled = frame::Video::empty();
        still_scaler(&picture, size)?.run(&picture, &mut scaled).step("scaling a still")?;
        send(link, "poster.jpg", "image/jpeg", &jpeg(&mut scaled, 4)?)
    }

    /// Sends what is ready only at the end.
    pub(crate) fn finish(&mut self, end_us: i64, link: &Link) -> Result<(), MediaError> {
        if !self.poster_sent && !self.unwanted {
            self.send_poster(link)?;
        }
        if self.tiles.is_empty() {
            return Ok(());
        }
        let rows = self.tiles.len().div_ceil(COLUMNS);
        let columns = self.tiles.len().min(COLUMNS);
        let side = |count: usize, each: u32| u32::try_from(count).unwrap_or(1) * each;
        let mut sheet = frame::Video::new(
            format::Pixel::YUVJ420P,
            side(columns, self.tile.width),
            side(rows, self.tile.height),
        );
        for plane in 0..3 {
            sheet.data_mut(plane).fill(if plane == 0 { 0 } else { 128 });
        }
        for (index, (_, tile)) in self.tiles.iter().enumerate() {
            paste(&mut sheet, tile, self.tile, index % COLUMNS, index / COLUMNS);
        }
        send(link, "storyboard.jpg", "image/jpeg", &jpeg(&mut sheet, 6)?)?;
        send(link, "storyboard.vtt", "text/vtt", self.cues(end_us).as_bytes())
    }

    fn cues(&self, end_us: i64) -> String {
        let mut out = "WEBVTT\n".to_owned();
        let ends = self.tiles.iter().skip(1).map(|(us, _)| *us);
        for (index, ((us, _), end)) in self.tiles.iter().zip(ends.chain([end_us])).enumerate() {
            let column = u32::try_from(index % COLUMNS).unwrap_or(0);
            let row = u32::try_from(index / COLUMNS).unwrap_or(0);
            let Size { width, height } = self.tile;
            // The first tile stands for the start, even when its picture came late.
            let start = if index == 0 { 0 } else { *us };
            let written = write!(
                out,
                "\n{} --> {}\nstoryboard.jpg#xywh={},{},{width},{height}\n",
                clock(start),
                clock(end.max(start + 1000)),
                column * width,
                row * height
            );
            if written.is_err() {
                break;
            }
        }
        out
    }
}

fn clock(us: i64) -> String {
    let ms = us / 1000;
    format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

fn send(link: &Link, name: &str, content_type: &str, bytes: &[u8]) -> Result<(), MediaError> {
    let message = FromChild::Artefact { name: name.to_owned(), content_type: content_type.to_owned() };
    link.send(&message, bytes)
}

fn still_scaler(picture: &frame::Video, to: Size) -> Result<scaling::Context, MediaError> {
    scaling::Context::get(
        picture.format(),
        picture.width(),
        picture.height(),
        format::Pixel::YUVJ420P,
        to.width,
        to.height,
        scaling::Flags::AREA,
    )
    .step("scaling a still")
}

/// Standard deviation of the luma of every 16th pixel; 0 for one colour.
fn luma_deviation(picture: &frame::Video) -> f64 {
    let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
    for value in picture.data(0).iter().step_by(16).map(|value| f64::from(*value)) {
        sum += value;
        squares += value * value;
        count += 1.0;
    }
    if count < 1.0 { 0.0 } else { (squares / count - (sum / count) * (sum / count)).max(0.0).sqrt() }
}

fn paste(sheet: &mut frame::Video, tile: &frame::Video, size: Size, column: usize, row: usize) {
    for plane in 0..3 {
        let half = usize::from(plane > 0);
        let width = usize::try_from(size.width).unwrap_or(0) >> half;
        let height = usize::try_from(size.height).unwrap_or(0) >> half;
        let (from_stride, to_stride) = (tile.stride(plane), sheet.stride(plane));
        let from = tile.data(plane);
        let to = sheet.data_mut(plane);
        for line in 0..height {
            let start = (row * height + line) * to_stride + column * width;
            let source = from.get(line * from_stride..line * from_stride + width);
            if let (Some(to), Some(source)) = (to.get_mut(start..start + width), source) {
                to.copy_from_slice(source);
            }
        }
    }
}

fn jpeg(picture: &mut frame::Video, quality: i32) -> Result<Vec<u8>, MediaError> {
    let codec = encoder::find(Id::MJPEG).ok_or(Error::EncoderNotFound).step("finding the JPEG encoder")?;
    let context = codec::Context::new_with_codec(codec);
    let mut encoder = context.encoder().video().step("making the JPEG encoder")?;
    encoder.set_width(picture.width());
    encoder.set_height(picture.height());
    encoder.set_format(format::Pixel::YUVJ420P);
    encoder.set_time_base(Rational(1, 1));
    ffi::set_jpeg_quality(&mut encoder, picture, quality);
    let mut encoder = encoder.open().step("opening the JPEG encoder")?;
    picture.set_pts(Some(0));
    encoder.send_frame(picture).step("encoding a still")?;
    encoder.send_eof().step("encoding a still")?;
    let mut packet = Packet::empty();
    encoder.receive_packet(&mut packet).step("encoding a still")?;
    Ok(packet.data().unwrap_or_default().to_vec())
}
