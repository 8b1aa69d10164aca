//! The few calls of ffmpeg that ffmpeg-next has no safe way for. All `unsafe`
//! of the media pass is in this folder.

mod open;
mod resample;
mod stream;

pub(crate) use open::open_input;
pub(crate) use resample::Resampler;
pub(crate) use stream::{StreamFacts, discard_stream, stream_facts};

use ffmpeg_next::{Error, Packet, codec, ffi as av, filter, frame, packet};

/// Bounds a single allocation of libav, so that a header cannot ask for gigabytes.
#[expect(unsafe_code, reason = "no wrapper in ffmpeg-next")]
pub(crate) fn limit_allocations(bytes: usize) {
    // SAFETY: sets a number; no pointers.
    unsafe { av::av_max_alloc(bytes) }
}

/// Bounds the pictures that a decoder accepts; set before it is opened.
#[expect(unsafe_code, reason = "no wrapper in ffmpeg-next")]
pub(crate) fn set_max_pixels(context: &mut codec::Context, max_pixels: u64) {
    // SAFETY: the context is alive and exclusively borrowed; the field is a plain number.
    unsafe { (*context.as_mut_ptr()).max_pixels = i64::try_from(max_pixels).unwrap_or(i64::MAX) }
}

/// Sets a fixed quality for the JPEG encoder (2 is best, 31 worst).
#[expect(unsafe_code, reason = "no wrapper in ffmpeg-next")]
pub(crate) fn set_jpeg_quality(context: &mut codec::Context, picture: &mut frame::Video, quality: i32) {
    let lambda = av::FF_QP2LAMBDA * quality;
    // SAFETY: both are alive and exclusively borrowed; the fields are plain numbers.
    unsafe {
        (*context.as_mut_ptr()).flags |= i32::try_from(av::AV_CODEC_FLAG_QSCALE).unwrap_or(0);
        (*context.as_mut_ptr()).global_quality = lambda;
        (*picture.as_mut_ptr()).quality = lambda;
    }
}

/// Gives an audio encoder the usual layout for a number of channels.
#[expect(unsafe_code, reason = "ffmpeg-next has no layouts of ffmpeg 5.1")]
pub(crate) fn set_channels(context: &mut codec::Context, channels: i32) {
    // SAFETY: the context is alive and exclusively borrowed; the layout is written in full.
    unsafe { av::av_channel_layout_default(&raw mut (*context.as_mut_ptr()).ch_layout, channels) }
}

/// The encoder's extra data (parameter sets, AudioSpecificConfig).
#[expect(unsafe_code, reason = "no wrapper in ffmpeg-next")]
pub(crate) fn extradata(context: &codec::Context) -> Vec<u8> {
    // SAFETY: an opened context keeps `extradata_size` valid bytes at `extradata`
    // for as long as it lives; they are copied here.
    unsafe {
        let raw = context.as_ptr();
        bytes((*raw).extradata, (*raw).extradata_size)
    }
}

/// A frame of planes of `f32` for an audio encoder.
#[expect(unsafe_code, reason = "ffmpeg-next has no layouts of ffmpeg 5.1")]
pub(crate) fn sound_frame(planes: &[Vec<f32>], rate: u32, pts: i64) -> Result<frame::Audio, Error> {
    let count = planes.first().map_or(0, Vec::len);
    let channels = i32::try_from(planes.len()).map_err(|_error| Error::InvalidData)?;
    let samples = i32::try_from(count).map_err(|_error| Error::InvalidData)?;
    let mut out = frame::Audio::empty();
    // SAFETY: the frame is fresh; format, layout and length are set before its
    // buffers are allocated; each plane then has room for `count` floats.
    unsafe {
        let raw = out.as_mut_ptr();
        #[expect(clippy::as_conversions, reason = "the number of a C enum")]
        {
            (*raw).format = av::AVSampleFormat::AV_SAMPLE_FMT_FLTP as i32;
        }
        (*raw).nb_samples = samples;
        (*raw).sample_rate = i32::try_from(rate).map_err(|_error| Error::InvalidData)?;
        (*raw).pts = pts;
        av::av_channel_layout_default(&raw mut (*raw).ch_layout, channels);
        let result = av::av_frame_get_buffer(raw, 0);
        if result < 0 {
            return Err(result.into());
        }
        for (index, plane) in planes.iter().enumerate() {
            if plane.len() != count {
                return Err(Error::InvalidData);
            }
            #[expect(
                clippy::cast_ptr_alignment,
                reason = "frame buffers are aligned for every sample format"
            )]
            let to = (*(*raw).extended_data.add(index)).cast::<f32>();
            std::ptr::copy_nonoverlapping(plane.as_ptr(), to, count);
        }
    }
    Ok(out)
}

/// Copies `size` bytes; none for a null pointer.
///
/// # Safety
/// `data` is null or points at `size` readable bytes.
#[expect(unsafe_code, reason = "reads a C buffer")]
unsafe fn bytes(data: *const u8, size: i32) -> Vec<u8> {
    match usize::try_from(size) {
        Ok(size) if size > 0 && !data.is_null() => {
            // SAFETY: promised by the caller.
            unsafe { std::slice::from_raw_parts(data, size) }.to_vec()
        }
        _ => Vec::new(),
    }
}

/// Another reference to the same picture; nothing is copied.
#[expect(unsafe_code, reason = "ffmpeg-next's clone copies all pixels")]
pub(crate) fn share(picture: &frame::Video) -> Result<frame::Video, Error> {
    let mut out = frame::Video::empty();
    // SAFETY: `out` is a fresh, empty frame and `picture` a valid one.
    let result = unsafe { av::av_frame_ref(out.as_mut_ptr(), picture.as_ptr()) };
    if result < 0 { Err(result.into()) } else { Ok(out) }
}

/// Feeds a graph and keeps the frame (`Source::add` would move it out).
#[expect(unsafe_code, reason = "ffmpeg-next only has the call that takes the frame")]
pub(crate) fn feed_graph(source: &mut filter::Context, picture: &frame::Video) -> Result<(), Error> {
    // SAFETY: both live through the call; the graph takes a reference of its own.
    let result = unsafe { av::av_buffersrc_write_frame(source.as_mut_ptr(), picture.as_ptr()) };
    if result < 0 { Err(result.into()) } else { Ok(()) }
}

/// One thread for a graph: more cost more than they bring here.
#[expect(unsafe_code, reason = "no wrapper in ffmpeg-next")]
pub(crate) fn single_threaded(graph: &mut filter::Graph) {
    // SAFETY: the graph is alive and exclusively borrowed; the field is a plain number.
    unsafe { (*graph.as_mut_ptr()).nb_threads = 1 }
}

/// The number of a picture's pixel format, as filters take it.
#[expect(unsafe_code, reason = "ffmpeg-next's enum loses unknown formats")]
pub(crate) fn pixel_format(picture: &frame::Video) -> i32 {
    // SAFETY: reads a number of a valid frame.
    unsafe { (*picture.as_ptr()).format }
}

/// The best presentation time of a decoded frame, in the packets' time base.
#[expect(unsafe_code, reason = "no wrapper in ffmpeg-next")]
pub(crate) fn best_timestamp(frame: &ffmpeg_next::Frame) -> Option<i64> {
    // SAFETY: reads numbers of a valid frame.
    let (best, pts) = unsafe { ((*frame.as_ptr()).best_effort_timestamp, (*frame.as_ptr()).pts) };
    [best, pts].into_iter().find(|value| *value != av::AV_NOPTS_VALUE)
}

/// A packet is there for the decoder but is not to be shown (edit lists).
#[expect(unsafe_code, reason = "ffmpeg-next drops the flag")]
pub(crate) fn is_discarded(packet: &Packet) -> bool {
    use packet::Ref;
    // SAFETY: reads a number of a valid packet.
    unsafe { (*packet.as_ptr()).flags & av::AV_PKT_FLAG_DISCARD != 0 }
}

/// Processor time in milliseconds and most resident memory in bytes of this process.
#[expect(unsafe_code, reason = "libc")]
pub(crate) fn resource_usage() -> (u64, u64) {
    // SAFETY: zeroed is a valid rusage, and the call fills it.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        usage
    };
    let milliseconds = |time: libc::timeval| {
        u64::try_from(time.tv_sec).unwrap_or(0) * 1000 + u64::try_from(time.tv_usec).unwrap_or(0) / 1000
    };
    let memory = u64::try_from(usage.ru_maxrss).unwrap_or(0) * 1024;
    (milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime), memory)
}
