//! What a media address names. Only these names exist; nothing of an address is ever part of a path.

use meridian_domain::ids::GenerationId;

/// One representation of an update.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Wanted {
    /// `hls/master.m3u8`
    Master,
    /// `hls/{generation}/{rendition}/playlist.m3u8`
    Variant(GenerationId, String),
    /// `hls/{generation}/{rendition}/init-{n}.mp4`
    Init(GenerationId, String, i64),
    /// `hls/{generation}/{rendition}/{seq}.m4s`
    Segment(GenerationId, String, i64),
    /// `poster.jpg`, `storyboard.jpg`, `storyboard.vtt`, `peaks.json`
    Artefact(&'static str),
    /// `captions.vtt`
    Captions,
    /// `download.mp4`
    DownloadPicture,
    /// `download.m4a`
    DownloadSound,
}

/// Names of the files beside the segments.
pub(super) const ARTEFACTS: [&str; 4] = ["poster.jpg", "storyboard.jpg", "storyboard.vtt", "peaks.json"];

impl Wanted {
    /// Reads what stands behind the update's id.
    pub(super) fn read(text: &str) -> Option<Self> {
        if let Some(name) = ARTEFACTS.into_iter().find(|name| *name == text) {
            return Some(Self::Artefact(name));
        }
        match text {
            "captions.vtt" => return Some(Self::Captions),
            "download.mp4" => return Some(Self::DownloadPicture),
            "download.m4a" => return Some(Self::DownloadSound),
            "hls/master.m3u8" => return Some(Self::Master),
            _ => {}
        }
        let mut parts = text.strip_prefix("hls/")?.split('/');
        let (generation, rendition, file) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || rendition.is_empty() || rendition.starts_with('.') {
            return None;
        }
        let generation: GenerationId = generation.parse().ok()?;
        let rendition = rendition.to_owned();
        if file == "playlist.m3u8" {
            return Some(Self::Variant(generation, rendition));
        }
        if let Some(n) = file.strip_prefix("init-").and_then(|rest| rest.strip_suffix(".mp4")) {
            return Some(Self::Init(generation, rendition, number(n)?));
        }
        let seq = number(file.strip_suffix(".m4s")?)?;
        Some(Self::Segment(generation, rendition, seq))
    }
}

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_known_names_are_read() {
        let g = Uuid::from_u128(5);
        let at = |file: &str| Wanted::read(&format!("hls/{g}/720p/{file}"));
        assert_eq!(at("playlist.m3u8"), Some(Wanted::Variant(g.into(), "720p".to_owned())));
        assert_eq!(at("init-1.mp4"), Some(Wanted::Init(g.into(), "720p".to_owned(), 1)));
        assert_eq!(at("12.m4s"), Some(Wanted::Segment(g.into(), "720p".to_owned(), 12)));
        assert_eq!(Wanted::read("poster.jpg"), Some(Wanted::Artefact("poster.jpg")));
        assert_eq!(Wanted::read("hls/master.m3u8"), Some(Wanted::Master));
        for file in
            ["-1.m4s", "+1.m4s", ".m4s", "1.mp4", "init-.mp4", "init-x.mp4", "x", "", "1.m4s/", "../1.m4s"]
        {
            assert_eq!(at(file), None, "{file}");
        }
        for text in [
            "",
            "..",
            "../poster.jpg",
            "hls",
            "hls/",
            "hls/../poster.jpg",
            "/poster.jpg",
            "poster.jpg/",
            "hls/x/720p/playlist.m3u8",
            "original",
            "hls/master.m3u8/..",
        ] {
            assert_eq!(Wanted::read(text), None, "{text}");
        }
        assert_eq!(Wanted::read(&format!("hls/{g}/../playlist.m3u8")), None);
    }
}
