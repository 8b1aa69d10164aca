//! Opens the source and gives out its packets.

use crate::codecs;
use crate::decode::scale_us;
use crate::error::{MediaError, Step};
use crate::ffi::{self, StreamFacts};
use crate::layout::{self, Layout};
use crate::link::Link;
use crate::protocol::{FailureCode, Limits, Request, Source};
use crate::source::SourceReader;
use ffmpeg_next::format::context::{Input, StreamIo};
use ffmpeg_next::{Error, Packet, media, packet};
use meridian_domain::sniff::{self, Container};
use std::collections::VecDeque;
use std::sync::Arc;

/// Bytes looked at before a verdict.
const HEAD_BYTES: usize = 4096;
/// An MP4 whose index has not come by here needs all its bytes.
const INDEX_WITHIN: usize = 1024 * 1024;
/// Packets looked at to find where the time line begins.
const LOOK_AHEAD: usize = 40;
/// Unreadable packets in a row that end the pass.
const MOST_BAD_IN_A_ROW: u32 = 200;

/// The opened source.
pub(crate) struct Demuxer {
    input: Input,
    link: Arc<Link>,
    /// What the bytes are.
    pub(crate) container: Container,
    /// All streams.
    pub(crate) streams: Vec<StreamFacts>,
    /// Duration as claimed, in microseconds.
    pub(crate) claimed_us: Option<i64>,
    bad_in_a_row: u32,
    /// Packets read ahead, given out first.
    ahead: VecDeque<Packet>,
    /// Reads that failed.
    pub(crate) bad: u64,
    /// The source broke off in the middle.
    pub(crate) cut: bool,
}

impl Demuxer {
    /// Looks at the first bytes, chooses the demuxer, opens it.
    pub(crate) fn open(link: &Arc<Link>, request: &Request) -> Result<Self, MediaError> {
        let size_bytes = match request.source {
            Source::Stream => None,
            Source::Seekable { size_bytes } => Some(size_bytes),
        };
        let mut reader = SourceReader::new(Arc::clone(link), size_bytes);
        let container = sniff::sniff(reader.peek(HEAD_BYTES)?)
            .map_err(|not_media| MediaError::failure(FailureCode::UnsupportedMedia, not_media.detail()))?;
        let seeks = container == Container::Mp4 && mp4_must_seek(&mut reader, size_bytes.is_some())?;
        let io = if seeks {
            StreamIo::from_read_seek_with_capacity(reader, 64 * 1024)
        } else {
            StreamIo::from_read_with_capacity(reader, 64 * 1024)
        }
        .step("making the reader")?;
        let (input, claimed) =
            open(io, container, &request.limits).map_err(|error| explain(link, container, error))?;
        let mut streams: Vec<StreamFacts> =
            input.streams().map(|stream| ffi::stream_facts(&stream)).collect();
        for (stream, size) in streams.iter_mut().zip(claimed) {
            if stream.size == (0, 0) {
                stream.size = size;
            }
        }
        let claimed_us = Some(input.duration()).filter(|us| *us > 0);
        Ok(Self {
            input,
            link: Arc::clone(link),
            container,
            streams,
            claimed_us,
            bad_in_a_row: 0,
            ahead: VecDeque::new(),
            bad: 0,
            cut: false,
        })
    }

    /// Skips all streams but these.
    pub(crate) fn keep_only(&mut self, wanted: &[StreamFacts]) {
        for index in 0..self.streams.len() {
            if !wanted.iter().any(|stream| stream.index == index) {
                ffi::discard_stream(&mut self.input, index);
            }
        }
    }

    /// The parameters of a stream, to open a decoder with.
    pub(crate) fn parameters(&self, index: usize) -> Result<ffmpeg_next::codec::Parameters, MediaError> {
        let stream = self.input.stream(index).ok_or_else(|| MediaError::damaged("a stream is missing"))?;
        Ok(stream.parameters())
    }

    /// Earliest time stamp of the streams used, in microseconds. Headers can be
    /// wrong about it (Ogg that was cut begins below zero): the first packets
    /// are looked at too.
    pub(crate) fn start_us(&mut self, used: &[StreamFacts]) -> Result<i64, MediaError> {
        let stamp = |stream: &StreamFacts, ticks: i64| scale_us(ticks, stream.time_base);
        let claimed = used.iter().filter_map(|stream| stream.start.map(|start| stamp(stream, start))).min();
        let mut seen: Vec<usize> = Vec::new();
        let mut first = None;
        while seen.len() < used.len() && self.ahead.len() < LOOK_AHEAD {
            let Some(packet) = self.read()? else { break };
            let stream = used.iter().find(|stream| stream.index == packet.stream());
            if let Some((stream, pts)) = stream.zip(packet.pts()).filter(|_| !ffi::is_discarded(&packet)) {
                seen.extend((!seen.contains(&stream.index)).then_some(stream.index));
                let us = stamp(stream, pts);
                first = Some(first.map_or(us, |first: i64| first.min(us)));
            }
            self.ahead.push_back(packet);
        }
        Ok(match (claimed, first) {
            // Less is only what primes a decoder.
            (Some(claimed), Some(first)) if first < claimed - 100_000 => first,
            (Some(claimed), _) => claimed,
            (None, first) => first.unwrap_or(0),
        })
    }

    /// The next packet; none at the end.
    pub(crate) fn next_packet(&mut self) -> Result<Option<Packet>, MediaError> {
        match self.ahead.pop_front() {
            Some(packet) => Ok(Some(packet)),
            None => self.read(),
        }
    }

    /// Reads a packet. A packet is new each time: a reused
    /// one would leak its bytes.
    fn read(&mut self) -> Result<Option<Packet>, MediaError> {
        loop {
            let mut packet = Packet::empty();
            match packet.read(&mut self.input) {
                Ok(()) => {
                    self.bad_in_a_row = 0;
                    if is_encrypted(&packet) {
                        return Err(encrypted());
                    }
                    return Ok(Some(packet));
                }
                Err(Error::Eof) => {
                    self.link.check()?;
                    return Ok(None);
                }
                Err(Error::Other { errno: libc::EAGAIN }) => {}
                Err(_unreadable) => {
                    self.link.check()?;
                    self.bad += 1;
                    self.bad_in_a_row += 1;
                    if self.bad_in_a_row >= MOST_BAD_IN_A_ROW {
                        self.cut = true;
                        return Ok(None);
                    }
                }
            }
        }
    }
}

/// The failure for protected files.
pub(crate) fn encrypted() -> MediaError {
    MediaError::failure(
        FailureCode::Encrypted,
        "The file is protected against copying (encrypted), so it cannot be processed. Upload an unprotected version.",
    )
}

fn is_encrypted(packet: &Packet) -> bool {
    packet.side_data().any(|side| side.kind() == packet::side_data::Type::EncryptionInfo)
}

/// Whether an MP4 is to be read with seeks.
fn mp4_must_seek(reader: &mut SourceReader, can_seek: bool) -> Result<bool, MediaError> {
    let mut wanted = HEAD_BYTES;
    loop {
        let head = reader.peek(wanted)?;
        let ended = head.len() < wanted;
        match layout::of_mp4(head) {
            Layout::IndexFirst { fragmented } => return Ok(can_seek && !fragmented),
            Layout::Unknown if !ended && wanted < INDEX_WITHIN => wanted *= 4,
            Layout::IndexLast | Layout::Unknown if can_seek => return Ok(true),
            Layout::Unknown if ended => return Err(MediaError::damaged("its index (moov) is missing")),
            Layout::IndexLast | Layout::Unknown => return Err(MediaError::NeedsWholeFile),
        }
    }
}

fn open(io: StreamIo, container: Container, limits: &Limits) -> Result<(Input, Vec<(u32, u32)>), Error> {
    let codecs = codecs::whitelist();
    let max_streams = limits.max_streams.to_string();
    let max_pixels = limits.max_pixels.to_string();
    let options = [
        ("format_whitelist", container.demuxer()),
        ("protocol_whitelist", "none"),
        ("codec_whitelist", codecs.as_str()),
        ("max_streams", max_streams.as_str()),
        ("probesize", "5000000"),
        ("analyzeduration", "3000000"),
        ("fpsprobesize", "4"),
    ];
    let decoder_options = [("max_pixels", max_pixels.as_str()), ("threads", "1")];
    ffi::open_input(io, container.demuxer(), &options, &decoder_options)
}

fn explain(link: &Arc<Link>, container: Container, error: Error) -> MediaError {
    if let Err(fault) = link.check() {
        return fault;
    }
    match error {
        Error::Other { errno: libc::ENOMEM } => MediaError::damaged("its header asks for too much memory"),
        Error::Other { errno: libc::EINVAL } => {
            MediaError::damaged("its header makes no sense, or it has too many streams")
        }
        _ if container == Container::Mp4 => {
            MediaError::damaged("its index (moov) is missing or broken, as when a copy broke off")
        }
        _ => MediaError::damaged("its header cannot be read"),
    }
}

/// The streams that a pass uses.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    /// The moving picture.
    pub(crate) video: Option<StreamFacts>,
    /// The sound.
    pub(crate) audio: Option<StreamFacts>,
    /// A sound stream was there but its codec is not on the list: its name.
    pub(crate) unsupported_audio: Option<String>,
}

/// Chooses the first (default before others) picture and sound that can be decoded.
pub(crate) fn choose(streams: &[StreamFacts], limits: &Limits) -> Result<Choice, MediaError> {
    if streams.iter().any(|stream| stream.is_encrypted) {
        return Err(encrypted());
    }
    let of =
        |medium| streams.iter().filter(move |stream| stream.medium == medium && !stream.is_attached_picture);
    let videos: Vec<&StreamFacts> = of(media::Type::Video).collect();
    let audios: Vec<&StreamFacts> = of(media::Type::Audio).collect();
    let best = |all: &[&StreamFacts], known: &dyn Fn(&StreamFacts) -> bool| -> Option<StreamFacts> {
        let usable = || all.iter().filter(|stream| known(stream));
        usable().find(|stream| stream.is_default).or_else(|| usable().next()).map(|stream| (*stream).clone())
    };
    let video = best(&videos, &|stream| codecs::video_decoder(stream.codec).is_some());
    let audio = best(&audios, &|stream| codecs::audio_decoder(stream.codec).is_some());
    if let (None, Some(other)) = (&video, videos.first()) {
        return Err(unsupported("video", &other.codec_name));
    }
    if let Some(video) = &video {
        let (width, height) = video.size;
        if u64::from(width) * u64::from(height) > limits.max_pixels {
            return Err(MediaError::failure(
                FailureCode::TooManyPixels,
                format!(
                    "The picture is {width} x {height} pixels, larger than allowed. Export it at 4K or less."
                ),
            ));
        }
    }
    let unsupported_audio = match (&audio, audios.first()) {
        (None, Some(other)) => Some(codecs::label(&other.codec_name)),
        _ => None,
    };
    match (&video, &audio, audios.first()) {
        (None, None, Some(other)) => Err(unsupported("sound", &other.codec_name)),
        (None, None, None) => Err(MediaError::failure(
            FailureCode::NoStreams,
            "The file has neither picture nor sound in it. Check it on your computer, and upload another one.",
        )),
        _ => Ok(Choice { video, audio, unsupported_audio }),
    }
}

fn unsupported(what: &str, codec: &str) -> MediaError {
    MediaError::failure(
        FailureCode::UnsupportedCodec,
        format!(
            "The {what} is in {}, which Meridian does not read. Convert it to MP4 with H.264 and AAC, and upload it \
             again.",
            codecs::label(codec)
        ),
    )
}
