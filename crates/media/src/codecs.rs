//! The short lists: what is decoded, by which decoder, and how codecs are called.

use ffmpeg_next::codec::Id;

/// Decoders that may run on bytes of users, by codec. Anything else is refused.
const VIDEO: &[(Id, &str)] = &[
    (Id::VP8, "vp8"),
    (Id::VP9, "vp9"),
    (Id::AV1, "libdav1d"),
    (Id::H264, "h264"),
    (Id::HEVC, "hevc"),
    (Id::MJPEG, "mjpeg"),
    // Older phones, cameras and editors.
    (Id::MPEG4, "mpeg4"),
    (Id::H263, "h263"),
    (Id::PRORES, "prores"),
];

const AUDIO: &[(Id, &str)] = &[
    (Id::OPUS, "opus"),
    (Id::VORBIS, "vorbis"),
    (Id::AAC, "aac"),
    (Id::MP3, "mp3float"),
    (Id::FLAC, "flac"),
    (Id::ALAC, "alac"),
    (Id::AC3, "ac3"),
    (Id::EAC3, "eac3"),
    (Id::AMR_NB, "amrnb"),
    (Id::AMR_WB, "amrwb"),
    (Id::PCM_S16LE, "pcm_s16le"),
    (Id::PCM_S16BE, "pcm_s16be"),
    (Id::PCM_S24LE, "pcm_s24le"),
    (Id::PCM_S24BE, "pcm_s24be"),
    (Id::PCM_S32LE, "pcm_s32le"),
    (Id::PCM_F32LE, "pcm_f32le"),
    (Id::PCM_U8, "pcm_u8"),
    (Id::PCM_ALAW, "pcm_alaw"),
    (Id::PCM_MULAW, "pcm_mulaw"),
];

/// The decoder for a video codec, if it is allowed.
pub(crate) fn video_decoder(id: Id) -> Option<&'static str> {
    VIDEO.iter().find(|(known, _)| *known == id).map(|(_, name)| *name)
}

/// The decoder for an audio codec, if it is allowed.
pub(crate) fn audio_decoder(id: Id) -> Option<&'static str> {
    AUDIO.iter().find(|(known, _)| *known == id).map(|(_, name)| *name)
}

/// ffmpeg's `codec_whitelist`, which binds the decoders that probing opens.
pub(crate) fn whitelist() -> String {
    VIDEO.iter().chain(AUDIO).map(|(_, name)| *name).collect::<Vec<_>>().join(",")
}

/// Decoders and encoders that this build of ffmpeg lacks, by name.
pub fn missing() -> Vec<&'static str> {
    let decoders = VIDEO.iter().chain(AUDIO).map(|(_, name)| *name);
    let decoders = decoders.filter(|name| ffmpeg_next::decoder::find_by_name(name).is_none());
    let encoders = ["aac", "libx264", "mjpeg"].into_iter();
    decoders.chain(encoders.filter(|name| ffmpeg_next::encoder::find_by_name(name).is_none())).collect()
}

/// What people call a codec.
pub(crate) fn label(name: &str) -> String {
    let known = match name {
        "mpeg1video" | "mpeg2video" => "MPEG-2 video",
        "dnxhd" => "DNxHD",
        "theora" => "Theora",
        "wmv1" | "wmv2" | "wmv3" | "vc1" => "Windows Media video",
        "truehd" => "Dolby TrueHD",
        "dts" => "DTS",
        "wmav1" | "wmav2" => "Windows Media audio",
        "none" | "unknown" => "an unknown codec",
        other => return other.to_uppercase(),
    };
    known.to_owned()
}
