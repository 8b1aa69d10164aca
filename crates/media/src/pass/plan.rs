//! Decides once, from the streams' facts, what a pass does.

use crate::demux::{Choice, Demuxer};
use crate::ffi::StreamFacts;
use crate::mux::h264::AvcConfig;
use crate::picture::geometry::{Size, Turn};
use crate::protocol::{MediaKind, Mode, Probed, Request, StreamInfo};
use crate::sound::copy::AudioCopy;
use ffmpeg_next::codec::Id;
use ffmpeg_next::{format, media};

/// What a pass does.
pub(crate) struct Plan {
    /// Time stamp that becomes zero, in microseconds.
    pub(crate) zero_us: i64,
    /// The picture's turn and size on the screen.
    pub(crate) picture: Option<Picture>,
    /// Parameter sets, when the pictures can be copied.
    pub(crate) copy_video: Option<AvcConfig>,
    /// Set when the sound is copied.
    pub(crate) copy_audio: Option<AudioCopy>,
    /// Poster, storyboard, peaks and speech are wanted.
    pub(crate) artefacts: bool,
    /// Name of the one rendition, when the job names it.
    pub(crate) only: Option<String>,
    /// Gain for the sound.
    pub(crate) gain_db: Option<f64>,
    /// A rendition of sound alone is wanted beside pictures.
    pub(crate) sound_alone: bool,
}

/// The picture as viewers see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Picture {
    /// How it is turned.
    pub(crate) turn: Turn,
    /// Its size.
    pub(crate) displayed: Size,
}

impl Plan {
    /// Chooses between copying and encoding.
    pub(crate) fn new(request: &Request, choice: &Choice, zero_us: i64) -> Self {
        let picture = choice.video.as_ref().map(|video| {
            let turn = video.matrix.map_or(Turn::None, |matrix| Turn::from_matrix(&matrix));
            let coded = Size { width: video.size.0, height: video.size.1 };
            Picture { turn, displayed: coded.displayed(video.pixel_aspect, turn) }
        });
        let (gain_db, only, sound_alone) = match &request.mode {
            Mode::Transcode => (None, None, true),
            Mode::NormaliseAudio { rendition, gain_db, sound_alone } => {
                (Some(*gain_db), Some(rendition.clone()), *sound_alone)
            }
            Mode::AddRungs => (None, None, false),
        };
        let is_first = matches!(request.mode, Mode::Transcode);
        let copy_video = choice
            .video
            .as_ref()
            .filter(|_| (request.copy_allowed && is_first) || gain_db.is_some())
            .filter(|_| picture.is_some_and(|picture| picture.turn == Turn::None))
            .and_then(copyable);
        let copy_audio = choice
            .audio
            .as_ref()
            .filter(|_| request.copy_allowed && gain_db.is_none())
            .and_then(|facts| AudioCopy::new(facts, zero_us));
        Self { zero_us, picture, copy_video, copy_audio, artefacts: is_first, only, gain_db, sound_alone }
    }
}

/// H.264, 8 bits, 4:2:0, progressive, with parameter sets at hand.
fn copyable(video: &StreamFacts) -> Option<AvcConfig> {
    let plain = video.codec == Id::H264
        && matches!(video.pixel, format::Pixel::YUV420P | format::Pixel::YUVJ420P)
        && !video.interlaced
        && video.size.0 >= 16
        && video.size.1 >= 16;
    plain.then(|| AvcConfig::from_extradata(&video.extradata)).flatten()
}

/// What the parent is told about the source.
pub(crate) fn probed(demuxer: &Demuxer, choice: &Choice, plan: &Plan) -> Probed {
    let used =
        |index| [&choice.video, &choice.audio].into_iter().flatten().any(|stream| stream.index == index);
    let streams = demuxer.streams.iter().map(|stream| StreamInfo {
        kind: kind(stream).to_owned(),
        codec: stream.codec_name.clone(),
        used: used(stream.index),
        sample_rate: Some(stream.sample_rate).filter(|rate| *rate > 0),
        channels: Some(stream.channels).filter(|channels| *channels > 0),
    });
    Probed {
        container: demuxer.container.as_str().to_owned(),
        media_kind: if choice.video.is_some() { MediaKind::Video } else { MediaKind::Voice },
        streams: streams.collect(),
        claimed_duration_ms: demuxer.claimed_us.and_then(|us| u64::try_from(us / 1000).ok()),
        width: plan.picture.map(|picture| picture.displayed.width),
        height: plan.picture.map(|picture| picture.displayed.height),
        rotation: plan.picture.map_or(0, |picture| picture.turn.degrees()),
        frame_rate: choice.video.as_ref().and_then(|video| video.frame_rate),
        video_copied: plan.copy_video.is_some(),
        audio_copied: plan.copy_audio.is_some(),
    }
}

fn kind(stream: &StreamFacts) -> &'static str {
    match stream.medium {
        _ if stream.is_attached_picture => "picture",
        media::Type::Video => "video",
        media::Type::Audio => "audio",
        media::Type::Subtitle => "subtitle",
        _ => "data",
    }
}
