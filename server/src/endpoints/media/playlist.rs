//! HLS playlists (RFC 8216) from rows. Names in them are relative.

use std::fmt::Write as _;

use meridian_store::repo::media::{Rendition, Segment};

/// The media type of playlists.
pub(super) const CONTENT_TYPE: &str = "application/vnd.apple.mpegurl";

/// How a variant is to be listed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Listing {
    /// No segment will be added.
    pub(super) ended: bool,
    /// A recorder is sending: players begin near the end, as they do by themselves.
    pub(super) live: bool,
    /// The visible part of the source's time line, in microseconds.
    pub(super) trim_us: Option<(i64, i64)>,
}

/// The master playlist: the renditions of one generation, in the folder of that generation.
pub(super) fn master(renditions: &[Rendition], start_at_zero: bool) -> String {
    let mut text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n".to_owned();
    if start_at_zero {
        text.push_str("#EXT-X-START:TIME-OFFSET=0\n");
    }
    for rendition in renditions {
        let bandwidth = rendition.bandwidth_bps.max(1);
        put(
            &mut text,
            format_args!("#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},CODECS=\"{}\"", rendition.codecs),
        );
        if let Some((width, height)) = rendition.size_px.filter(|_| rendition.has_picture) {
            put(&mut text, format_args!(",RESOLUTION={width}x{height}"));
        }
        put(&mut text, format_args!("\n{}/{}/playlist.m3u8\n", rendition.generation_id, rendition.name));
    }
    text
}

/// A variant's playlist. `None` when nothing of it is visible.
pub(super) fn variant(rendition: &Rendition, segments: &[Segment], listing: Listing) -> Option<String> {
    let shown = |segment: &&Segment| listing.trim_us.is_none_or(|span| segment.overlaps(span));
    let shown: Vec<&Segment> = segments.iter().filter(shown).collect();
    let first = shown.first()?;
    // Past the visible end nothing is added, even while the source is still in work.
    let last_end = segments.last().map_or(0, |s| s.start_us.saturating_add(s.duration_us));
    let ended = listing.ended || listing.trim_us.is_some_and(|(_, end)| last_end >= end);
    let longest_us = shown.iter().map(|s| s.duration_us).max().unwrap_or(0);
    let target = rendition.target_duration_s.max(longest_us.saturating_add(500_000) / 1_000_000).max(1);

    let mut text = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n".to_owned();
    put(&mut text, format_args!("#EXT-X-TARGETDURATION:{target}\n#EXT-X-MEDIA-SEQUENCE:{}\n", first.seq));
    put(&mut text, format_args!("#EXT-X-PLAYLIST-TYPE:{}\n", if ended { "VOD" } else { "EVENT" }));
    if !ended {
        // Players ask for the next segment before it is there, and have it as soon as it is.
        text.push_str("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES\n");
    }
    match listing.trim_us {
        Some((start, _)) if start > first.start_us => {
            let offset = seconds(start - first.start_us);
            put(&mut text, format_args!("#EXT-X-START:TIME-OFFSET={offset},PRECISE=YES\n"));
        }
        // Without an end a player would begin at the live end.
        _ if !ended && !listing.live => text.push_str("#EXT-X-START:TIME-OFFSET=0\n"),
        _ => {}
    }
    let mut init = None;
    for (n, segment) in shown.iter().enumerate() {
        if segment.discontinuity && n > 0 {
            text.push_str("#EXT-X-DISCONTINUITY\n");
        }
        if init != Some(segment.init) {
            init = Some(segment.init);
            put(&mut text, format_args!("#EXT-X-MAP:URI=\"init-{}.mp4\"\n", segment.init));
        }
        put(&mut text, format_args!("#EXTINF:{},\n{}.m4s\n", seconds(segment.duration_us), segment.seq));
    }
    if ended {
        text.push_str("#EXT-X-ENDLIST\n");
    }
    Some(text)
}

fn seconds(us: i64) -> String {
    format!("{}.{:06}", us.div_euclid(1_000_000), us.rem_euclid(1_000_000))
}

/// Writing to a text cannot fail.
fn put(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use meridian_store::repo::media::Object;
    use uuid::Uuid;

    use super::*;

    fn rendition() -> Rendition {
        Rendition {
            id: Uuid::nil().into(),
            generation_id: Uuid::nil().into(),
            name: "720p".to_owned(),
            has_picture: true,
            codecs: "avc1.64001f,mp4a.40.2".to_owned(),
            size_px: Some((1280, 720)),
            bandwidth_bps: 2_000_000,
            target_duration_s: 6,
            ended: false,
        }
    }

    fn segment(seq: i64, init: i64, discontinuity: bool) -> Segment {
        let object = Object { key: format!("k/{seq}"), size_bytes: 1 };
        Segment { seq, start_us: seq * 4_000_000, duration_us: 4_000_000, init, discontinuity, object }
    }

    #[test]
    fn a_file_in_work_begins_at_its_start_and_is_not_ended() {
        let segments = [segment(0, 0, false), segment(1, 0, false)];
        let text = variant(&rendition(), &segments, Listing::default()).unwrap();
        assert_eq!(
            text,
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-TARGETDURATION:6\n\
             #EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES\n\
             #EXT-X-START:TIME-OFFSET=0\n#EXT-X-MAP:URI=\"init-0.mp4\"\n#EXTINF:4.000000,\n0.m4s\n#EXTINF:4.000000,\n1.m4s\n"
        );
        let live = variant(&rendition(), &segments, Listing { live: true, ..Listing::default() }).unwrap();
        assert!(!live.contains("EXT-X-START") && !live.contains("ENDLIST"));
        let whole = variant(&rendition(), &segments, Listing { ended: true, ..Listing::default() }).unwrap();
        assert!(whole.ends_with("#EXT-X-ENDLIST\n") && !whole.contains("EXT-X-START"));
        assert!(!whole.contains("SERVER-CONTROL"));
        assert!(variant(&rendition(), &[], Listing::default()).is_none());
    }

    #[test]
    fn new_init_bytes_follow_a_discontinuity() {
        let segments = [segment(0, 0, false), segment(1, 1, true), segment(2, 1, false)];
        let text = variant(&rendition(), &segments, Listing::default()).unwrap();
        let tail = "0.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"init-1.mp4\"\n#EXTINF:4.000000,\n1.m4s\n";
        assert!(text.contains(tail), "{text}");
        assert_eq!(text.matches("EXT-X-MAP").count(), 2);
    }

    #[test]
    fn what_was_trimmed_away_is_not_listed() {
        let segments: Vec<_> = (0..5).map(|seq| segment(seq, 0, false)).collect();
        let listing = Listing { trim_us: Some((5_000_000, 12_000_000)), ended: true, live: false };
        let text = variant(&rendition(), &segments, listing).unwrap();
        for (name, there) in
            [("0.m4s", false), ("1.m4s", true), ("2.m4s", true), ("3.m4s", false), ("4.m4s", false)]
        {
            assert_eq!(text.contains(&format!("\n{name}\n")), there, "{name} in {text}");
        }
        assert!(text.contains("#EXT-X-START:TIME-OFFSET=1.000000,PRECISE=YES"));
        assert!(text.contains("#EXT-X-MEDIA-SEQUENCE:1\n"));
        let outside = Listing { trim_us: Some((50_000_000, 60_000_000)), ..listing };
        assert!(variant(&rendition(), &segments, outside).is_none());
    }

    #[test]
    fn a_segment_longer_than_announced_raises_the_target() {
        let mut long = segment(0, 0, false);
        long.duration_us = 7_600_000;
        let text = variant(&rendition(), &[long], Listing::default()).unwrap();
        assert!(text.contains("#EXT-X-TARGETDURATION:8\n"), "{text}");
    }

    #[test]
    fn the_master_lists_variants_in_the_folder_of_their_generation() {
        let sound = Rendition {
            name: "audio".to_owned(),
            has_picture: false,
            size_px: Some((0, 0)),
            codecs: "mp4a.40.2".to_owned(),
            bandwidth_bps: 128_000,
            ..rendition()
        };
        let text = master(&[rendition(), sound], true);
        let folder = Uuid::nil();
        assert_eq!(
            text,
            format!(
                "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-START:TIME-OFFSET=0\n\
                 #EXT-X-STREAM-INF:BANDWIDTH=2000000,CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1280x720\n\
                 {folder}/720p/playlist.m3u8\n\
                 #EXT-X-STREAM-INF:BANDWIDTH=128000,CODECS=\"mp4a.40.2\"\n{folder}/audio/playlist.m3u8\n"
            )
        );
    }
}
