//! libswresample: any sound to planes of `f32`.

use ffmpeg_next::{Error, ffi as av, frame};
use std::ptr;

/// What decides whether a resampler still fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Input {
    rate: i32,
    format: i32,
    channels: i32,
    mask: u64,
}

/// Converts sample format, rate and channels.
pub(crate) struct Resampler {
    context: *mut av::SwrContext,
    input: Input,
    out_channels: usize,
}

// SAFETY: the context is not tied to a thread and only used through `&mut self`.
#[expect(unsafe_code, reason = "owns a C object")]
unsafe impl Send for Resampler {}

impl Resampler {
    /// From the format of a decoded frame to planes at `out_rate`.
    pub(crate) fn for_frame(frame: &frame::Audio, out_channels: usize, out_rate: u32) -> Result<Self, Error> {
        Self::new(facts(frame)?, out_channels, out_rate)
    }

    /// From planes of `f32` to others.
    pub(crate) fn for_planes(
        channels: usize,
        rate: u32,
        out_channels: usize,
        out_rate: u32,
    ) -> Result<Self, Error> {
        let channels = i32::try_from(channels).map_err(|_error| Error::InvalidData)?;
        let rate = i32::try_from(rate).map_err(|_error| Error::InvalidData)?;
        #[expect(clippy::as_conversions, reason = "the number of a C enum")]
        let format = av::AVSampleFormat::AV_SAMPLE_FMT_FLTP as i32;
        Self::new(Input { rate, format, channels, mask: 0 }, out_channels, out_rate)
    }

    #[expect(unsafe_code, reason = "ffmpeg-next has no layouts of ffmpeg 5.1")]
    fn new(input: Input, out_channels: usize, out_rate: u32) -> Result<Self, Error> {
        let format = sample_format(input.format)?;
        let out_count = i32::try_from(out_channels).map_err(|_error| Error::InvalidData)?;
        let out_rate = i32::try_from(out_rate).map_err(|_error| Error::InvalidData)?;
        let mut context = ptr::null_mut();
        // SAFETY: zeroed is a valid empty layout, filled by the calls; native
        // and default layouts own no memory. The context is freed on failure.
        unsafe {
            let mut from: av::AVChannelLayout = std::mem::zeroed();
            if input.mask == 0 || av::av_channel_layout_from_mask(&raw mut from, input.mask) < 0 {
                av::av_channel_layout_default(&raw mut from, input.channels);
            }
            let mut to: av::AVChannelLayout = std::mem::zeroed();
            av::av_channel_layout_default(&raw mut to, out_count);
            let set = av::swr_alloc_set_opts2(
                &raw mut context,
                &raw mut to,
                av::AVSampleFormat::AV_SAMPLE_FMT_FLTP,
                out_rate,
                &raw mut from,
                format,
                input.rate,
                0,
                ptr::null_mut(),
            );
            let ready = if set < 0 { set } else { av::swr_init(context) };
            if ready < 0 {
                av::swr_free(&raw mut context);
                return Err(ready.into());
            }
        }
        Ok(Self { context, input, out_channels })
    }

    /// Whether a frame has the format that this was made for.
    pub(crate) fn fits(&self, frame: &frame::Audio) -> bool {
        facts(frame).is_ok_and(|facts| facts == self.input)
    }

    /// Converts a frame of the format that this was made for.
    #[expect(unsafe_code, reason = "passes plane pointers")]
    pub(crate) fn convert_frame(&mut self, frame: &frame::Audio) -> Result<Vec<Vec<f32>>, Error> {
        if !self.fits(frame) {
            return Err(Error::InvalidData);
        }
        // SAFETY: `extended_data` of a valid frame has a pointer for each plane of
        // its format, each with `nb_samples` samples; the format was compared.
        unsafe {
            let raw = frame.as_ptr();
            self.convert((*raw).extended_data.cast(), (*raw).nb_samples)
        }
    }

    /// Converts planes of equal length.
    #[expect(unsafe_code, reason = "passes plane pointers")]
    pub(crate) fn convert_planes(&mut self, planes: &[Vec<f32>]) -> Result<Vec<Vec<f32>>, Error> {
        let count = planes.first().map_or(0, Vec::len);
        let expected = usize::try_from(self.input.channels).unwrap_or(0);
        if planes.len() != expected || planes.iter().any(|plane| plane.len() != count) {
            return Err(Error::InvalidData);
        }
        let mut pointers: Vec<*const u8> = planes.iter().map(|plane| plane.as_ptr().cast()).collect();
        let count = i32::try_from(count).map_err(|_error| Error::InvalidData)?;
        // SAFETY: one pointer a channel, each to `count` floats, as the context expects.
        unsafe { self.convert(pointers.as_mut_ptr(), count) }
    }

    /// What the filter still holds.
    #[expect(unsafe_code, reason = "passes a null pointer")]
    pub(crate) fn flush(&mut self) -> Result<Vec<Vec<f32>>, Error> {
        // SAFETY: null and zero ask for the rest.
        unsafe { self.convert(ptr::null_mut(), 0) }
    }

    /// # Safety
    /// `planes` is null with `count` 0, or has a valid plane of `count` samples
    /// for each plane of the input format.
    #[expect(unsafe_code, reason = "calls libswresample")]
    unsafe fn convert(&mut self, planes: *mut *const u8, count: i32) -> Result<Vec<Vec<f32>>, Error> {
        // SAFETY: the context is initialised. The output planes have room for
        // `room` samples, which is what the call is told.
        unsafe {
            let room = av::swr_get_out_samples(self.context, count).max(0);
            let room_size = usize::try_from(room).unwrap_or(0);
            let mut out = vec![vec![0.0_f32; room_size]; self.out_channels];
            let mut pointers: Vec<*mut u8> = out.iter_mut().map(|plane| plane.as_mut_ptr().cast()).collect();
            let got = av::swr_convert(self.context, pointers.as_mut_ptr(), room, planes, count);
            let got_size = usize::try_from(got).map_err(|_negative| Error::from(got))?;
            for plane in &mut out {
                plane.truncate(got_size);
            }
            Ok(out)
        }
    }
}

impl Drop for Resampler {
    #[expect(unsafe_code, reason = "frees a C object")]
    fn drop(&mut self) {
        // SAFETY: allocated by us, freed once.
        unsafe { av::swr_free(&raw mut self.context) }
    }
}

#[expect(unsafe_code, reason = "ffmpeg-next has no layouts of ffmpeg 5.1")]
fn facts(frame: &frame::Audio) -> Result<Input, Error> {
    // SAFETY: reads numbers of a valid frame; the mask is read only where the
    // order says that the union holds one.
    let input = unsafe {
        let raw = frame.as_ptr();
        let layout = &(*raw).ch_layout;
        let native = layout.order == av::AVChannelOrder::AV_CHANNEL_ORDER_NATIVE;
        let mask = if native { layout.u.mask } else { 0 };
        Input { rate: (*raw).sample_rate, format: (*raw).format, channels: layout.nb_channels, mask }
    };
    let plausible = (1..=64).contains(&input.channels) && (1000..=768_000).contains(&input.rate);
    if plausible { Ok(input) } else { Err(Error::InvalidData) }
}

fn sample_format(number: i32) -> Result<av::AVSampleFormat, Error> {
    use av::AVSampleFormat as F;
    const ALL: [av::AVSampleFormat; 12] = [
        F::AV_SAMPLE_FMT_U8,
        F::AV_SAMPLE_FMT_S16,
        F::AV_SAMPLE_FMT_S32,
        F::AV_SAMPLE_FMT_FLT,
        F::AV_SAMPLE_FMT_DBL,
        F::AV_SAMPLE_FMT_U8P,
        F::AV_SAMPLE_FMT_S16P,
        F::AV_SAMPLE_FMT_S32P,
        F::AV_SAMPLE_FMT_FLTP,
        F::AV_SAMPLE_FMT_DBLP,
        F::AV_SAMPLE_FMT_S64,
        F::AV_SAMPLE_FMT_S64P,
    ];
    #[expect(clippy::as_conversions, reason = "the number of a C enum")]
    ALL.into_iter().find(|format| *format as i32 == number).ok_or(Error::InvalidData)
}
