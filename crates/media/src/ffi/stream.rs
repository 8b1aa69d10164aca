//! What a demuxed stream says about itself.

use ffmpeg_next::codec::Id;
use ffmpeg_next::format::{self, context::Input};
use ffmpeg_next::{Rational, Stream, ffi as av, media};
use std::ffi::CStr;

/// Facts of one stream, copied out.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub(crate) struct StreamFacts {
    /// Index in the container.
    pub(crate) index: usize,
    /// Video, audio, ...
    pub(crate) medium: media::Type,
    /// Codec.
    pub(crate) codec: Id,
    /// ffmpeg's name of the codec.
    pub(crate) codec_name: String,
    /// Ticks of its time stamps.
    pub(crate) time_base: Rational,
    /// Length in ticks as claimed.
    pub(crate) duration: Option<i64>,
    /// First time stamp, if known.
    pub(crate) start: Option<i64>,
    /// Coded size in pixels; 0 when unknown.
    pub(crate) size: (u32, u32),
    /// Pixel format.
    pub(crate) pixel: format::Pixel,
    /// Width to height of a pixel; 0 when unknown.
    pub(crate) pixel_aspect: (u32, u32),
    /// Known to be interlaced.
    pub(crate) interlaced: bool,
    /// Pictures a second as claimed.
    pub(crate) frame_rate: Option<f64>,
    /// Display matrix.
    pub(crate) matrix: Option<[i32; 9]>,
    /// Profile as the codec numbers it.
    pub(crate) profile: i32,
    /// Samples a second.
    pub(crate) sample_rate: u32,
    /// Channels.
    pub(crate) channels: u32,
    /// Bits a second as claimed.
    pub(crate) bit_rate: u32,
    /// Samples of an audio packet, when fixed.
    pub(crate) frame_size: u32,
    /// Codec's extra data.
    pub(crate) extradata: Vec<u8>,
    /// A cover, not a moving picture.
    pub(crate) is_attached_picture: bool,
    /// Marked as default by the container.
    pub(crate) is_default: bool,
    /// Protected.
    pub(crate) is_encrypted: bool,
}

/// Reads the facts of a stream.
#[expect(unsafe_code, reason = "ffmpeg-next shows few of these")]
pub(crate) fn stream_facts(stream: &Stream<'_>) -> StreamFacts {
    let rate = stream.avg_frame_rate();
    let number = |value: i32| u32::try_from(value).unwrap_or(0);
    // SAFETY: stream and parameters are alive while the input is borrowed; all
    // is copied; `extradata` has `extradata_size` bytes; codec names are static
    // strings; side data is checked for its size before it is read.
    unsafe {
        let raw = stream.as_ptr();
        let parameters = (*raw).codecpar;
        let mut size = 0;
        let display = av::av_stream_get_side_data(
            raw,
            av::AVPacketSideDataType::AV_PKT_DATA_DISPLAYMATRIX,
            &raw mut size,
        );
        let matrix = (!display.is_null() && size >= 36).then(|| display.cast::<[i32; 9]>().read_unaligned());
        let encryption = av::av_stream_get_side_data(
            raw,
            av::AVPacketSideDataType::AV_PKT_DATA_ENCRYPTION_INIT_INFO,
            std::ptr::null_mut(),
        );
        let tag = (*parameters).codec_tag.to_le_bytes();
        let name = CStr::from_ptr(av::avcodec_get_name((*parameters).codec_id));
        let aspect = match (*parameters).sample_aspect_ratio {
            av::AVRational { num: 0, .. } => (*raw).sample_aspect_ratio,
            own => own,
        };
        StreamFacts {
            index: stream.index(),
            medium: media::Type::from((*parameters).codec_type),
            codec: Id::from((*parameters).codec_id),
            codec_name: name.to_string_lossy().into_owned(),
            time_base: stream.time_base(),
            duration: Some((*raw).duration).filter(|ticks| *ticks > 0),
            start: ((*raw).start_time != av::AV_NOPTS_VALUE).then_some((*raw).start_time),
            size: (number((*parameters).width), number((*parameters).height)),
            pixel: pixel_format((*parameters).format, (*parameters).codec_type),
            pixel_aspect: (number(aspect.num), number(aspect.den)),
            interlaced: !matches!(
                (*parameters).field_order,
                av::AVFieldOrder::AV_FIELD_UNKNOWN | av::AVFieldOrder::AV_FIELD_PROGRESSIVE
            ),
            frame_rate: (rate.numerator() > 0 && rate.denominator() > 0).then(|| f64::from(rate)),
            matrix,
            profile: (*parameters).profile,
            sample_rate: number((*parameters).sample_rate),
            channels: number((*parameters).ch_layout.nb_channels),
            bit_rate: u32::try_from((*parameters).bit_rate).unwrap_or(0),
            frame_size: number((*parameters).frame_size),
            extradata: super::bytes((*parameters).extradata, (*parameters).extradata_size),
            is_attached_picture: (*raw).disposition & av::AV_DISPOSITION_ATTACHED_PIC != 0,
            is_default: (*raw).disposition & av::AV_DISPOSITION_DEFAULT != 0,
            is_encrypted: !encryption.is_null() || &tag == b"encv" || &tag == b"enca",
        }
    }
}

/// The pixel format by its number; none for sound and for numbers out of range.
fn pixel_format(number: i32, kind: av::AVMediaType) -> format::Pixel {
    const KNOWN: [av::AVPixelFormat; 2] =
        [av::AVPixelFormat::AV_PIX_FMT_YUV420P, av::AVPixelFormat::AV_PIX_FMT_YUVJ420P];
    if kind != av::AVMediaType::AVMEDIA_TYPE_VIDEO {
        return format::Pixel::None;
    }
    #[expect(clippy::as_conversions, reason = "the number of a C enum")]
    KNOWN.into_iter().find(|known| *known as i32 == number).map_or(format::Pixel::None, format::Pixel::from)
}

/// Tells the demuxer to skip a stream.
#[expect(unsafe_code, reason = "no wrapper in ffmpeg-next")]
pub(crate) fn discard_stream(input: &mut Input, index: usize) {
    // SAFETY: the index is checked against the number of streams; the stream
    // belongs to the input, which is exclusively borrowed.
    unsafe {
        let raw = input.as_mut_ptr();
        if index < usize::try_from((*raw).nb_streams).unwrap_or(0) {
            (**(*raw).streams.add(index)).discard = av::AVDiscard::AVDISCARD_ALL;
        }
    }
}
