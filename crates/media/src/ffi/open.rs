//! Opens a demuxer that was chosen from the bytes, over our own reader.

use ffmpeg_next::format::context::{Input, StreamIo};
use ffmpeg_next::{Dictionary, Error, ffi as av};
use std::ffi::CString;
use std::ptr;

/// Opens `io` with exactly the demuxer `demuxer`, and looks into the streams.
/// `decoder_options` bind the decoders that this look opens. Gives the sizes of
/// pictures as the header claims them too: the look forgets those it refuses.
#[expect(unsafe_code, reason = "ffmpeg-next can neither force a demuxer nor bind the probing decoders")]
pub(crate) fn open_input(
    mut io: StreamIo,
    demuxer: &str,
    options: &[(&str, &str)],
    decoder_options: &[(&str, &str)],
) -> Result<(Input, Vec<(u32, u32)>), Error> {
    let name = CString::new(demuxer).map_err(|_nul| Error::DemuxerNotFound)?;
    // SAFETY: `name` lives through the call. The context is allocated here and
    // given our reader, which outlives it: on success both go into `Input`,
    // which frees the context first; `avformat_open_input` frees it on failure
    // and leaves custom I/O alone. The dictionaries are owned here and freed.
    unsafe {
        let format = av::av_find_input_format(name.as_ptr());
        if format.is_null() {
            return Err(Error::DemuxerNotFound);
        }
        let mut context = av::avformat_alloc_context();
        if context.is_null() {
            return Err(Error::Other { errno: libc::ENOMEM });
        }
        (*context).pb = io.as_mut_ptr();
        (*context).flags |= av::AVFMT_FLAG_CUSTOM_IO;
        let mut dictionary = options.iter().collect::<Dictionary<'_>>().disown();
        let opened = av::avformat_open_input(&raw mut context, ptr::null(), format, &raw mut dictionary);
        drop(Dictionary::own(dictionary));
        if opened < 0 {
            return Err(opened.into());
        }
        let input = Input::wrap_with_custom_io(context, io);
        let count = usize::try_from((*context).nb_streams).unwrap_or(0);
        let mut each: Vec<*mut av::AVDictionary> =
            (0..count).map(|_| decoder_options.iter().collect::<Dictionary<'_>>().disown()).collect();
        let side = |value: i32| u32::try_from(value).unwrap_or(0);
        let claimed = (0..count)
            .map(|index| (**(*context).streams.add(index)).codecpar)
            .map(|parameters| (side((*parameters).width), side((*parameters).height)))
            .collect();
        let found = av::avformat_find_stream_info(context, each.as_mut_ptr());
        for dictionary in each {
            drop(Dictionary::own(dictionary));
        }
        if found < 0 { Err(found.into()) } else { Ok((input, claimed)) }
    }
}
