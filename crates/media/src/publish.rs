//! The renditions of a pass: collects samples, sends segments as soon as they are cut.

use crate::error::MediaError;
use crate::link::Link;
use crate::mux::boxes;
use crate::mux::sample::{AudioTrack, Sample, VideoTrack};
use crate::mux::segmenter::{Cut, CutRule, Segmenter};
use crate::picture::geometry::Size;
use crate::protocol::{FromChild, Probed, Rendition, RenditionKind, Segment};
use std::sync::Arc;

/// One rendition.
struct Output {
    name: String,
    segmenter: Segmenter,
    /// By number of the init bytes; empty for sound only.
    inits: Vec<VideoTrack>,
    audio: Option<AudioTrack>,
    displayed: Size,
    frame_rate: Option<f64>,
    /// Peak of the encoder, if it has one.
    video_bits_per_second: Option<u64>,
    announced: Option<u32>,
}

/// A video rendition as the pass adds it.
pub(crate) struct VideoOutput {
    /// `720p`, `source`, ...
    pub(crate) name: String,
    /// The track of its first init bytes.
    pub(crate) track: VideoTrack,
    /// Size on the screen.
    pub(crate) displayed: Size,
    /// Pictures a second.
    pub(crate) frame_rate: Option<f64>,
    /// Peak of the encoder, if it has one.
    pub(crate) video_bits_per_second: Option<u64>,
}

/// Sends the renditions of one pass.
pub(crate) struct Publisher {
    link: Arc<Link>,
    rule: CutRule,
    outputs: Vec<Output>,
    audio: Option<AudioTrack>,
    /// Video renditions are still to come: sound for them is kept.
    awaits_video: bool,
    backlog: Vec<Sample>,
    /// What the source is; sent before the first rendition.
    pub(crate) probed: Option<Probed>,
}

impl Publisher {
    /// Nothing to send yet. `awaits_video`: video renditions will be added.
    pub(crate) fn new(link: Arc<Link>, rule: CutRule, audio: Option<AudioTrack>, awaits_video: bool) -> Self {
        Self { link, rule, outputs: Vec::new(), audio, awaits_video, backlog: Vec::new(), probed: None }
    }

    /// Adds the sound-only rendition.
    pub(crate) fn add_audio_rendition(&mut self, name: &str) {
        let Some(audio) = &self.audio else { return };
        self.outputs.push(Output {
            name: name.to_owned(),
            segmenter: Segmenter::new(self.rule, false, Some(audio.sample_rate)),
            inits: Vec::new(),
            audio: Some(audio.clone()),
            displayed: Size { width: 0, height: 0 },
            frame_rate: None,
            video_bits_per_second: None,
            announced: None,
        });
    }

    /// Adds a video rendition; the sound so far goes into it too.
    pub(crate) fn add_video(&mut self, video: VideoOutput) -> usize {
        let rate = self.audio.as_ref().map(|audio| audio.sample_rate);
        let mut segmenter = Segmenter::new(self.rule, true, rate);
        for sample in &self.backlog {
            segmenter.push_audio(sample.clone());
        }
        self.outputs.push(Output {
            name: video.name,
            segmenter,
            inits: vec![video.track],
            audio: self.audio.clone(),
            displayed: video.displayed,
            frame_rate: video.frame_rate,
            video_bits_per_second: video.video_bits_per_second,
            announced: None,
        });
        self.outputs.len() - 1
    }

    /// All video renditions are there.
    pub(crate) fn video_is_complete(&mut self) {
        self.awaits_video = false;
        self.backlog = Vec::new();
    }

    /// Takes back a video rendition of which nothing has gone out; others will
    /// be added in its place. Returns whether that was still possible.
    pub(crate) fn take_back(&mut self, output: usize) -> bool {
        match self.outputs.get_mut(output) {
            Some(taken) if taken.segmenter.sent() == 0 && taken.segmenter.open_key_pts().is_none() => {
                self.backlog = taken.segmenter.take_audio();
                self.outputs.remove(output);
                self.awaits_video = true;
                true
            }
            _ => false,
        }
    }

    /// Replaces the open segment's pictures by ones that need other init bytes.
    pub(crate) fn replace_open_video(&mut self, output: usize, track: VideoTrack) {
        if let Some(output) = self.outputs.get_mut(output) {
            output.segmenter.replace_open_video();
            output.inits.push(track);
        }
    }

    /// From the key frame at `pts` (ticks) on, pictures need other init bytes.
    pub(crate) fn change_video(&mut self, output: usize, pts: i64, track: VideoTrack) {
        if let Some(output) = self.outputs.get_mut(output) {
            output.segmenter.cut_for_change(pts);
            output.inits.push(track);
        }
    }

    /// The segmenter of a rendition.
    pub(crate) fn segmenter(&mut self, output: usize) -> Option<&mut Segmenter> {
        self.outputs.get_mut(output).map(|output| &mut output.segmenter)
    }

    /// Adds a picture to a rendition.
    pub(crate) fn push_video(&mut self, output: usize, sample: Sample) {
        if let Some(output) = self.outputs.get_mut(output) {
            output.segmenter.push_video(sample);
        }
    }

    /// Adds sound to all renditions.
    pub(crate) fn push_audio(&mut self, samples: Vec<Sample>) {
        for sample in samples {
            for output in &mut self.outputs {
                output.segmenter.push_audio(sample.clone());
            }
            if self.awaits_video {
                self.backlog.push(sample);
            }
        }
    }

    /// The sound track turned out to be empty; only before anything was sent.
    pub(crate) fn drop_audio(&mut self) {
        if self.outputs.iter().any(|output| output.announced.is_some()) {
            return;
        }
        self.audio = None;
        self.outputs.retain(|output| !output.inits.is_empty());
        for output in &mut self.outputs {
            output.audio = None;
            output.segmenter.without_audio();
        }
    }

    /// Sends the segments that are complete.
    pub(crate) fn drain(&mut self) -> Result<(), MediaError> {
        self.send_cuts(Segmenter::next_cut)
    }

    /// Sends all that is left.
    pub(crate) fn finish(&mut self) -> Result<(), MediaError> {
        for output in &mut self.outputs {
            output.segmenter.end_video();
            output.segmenter.end_audio();
        }
        self.send_cuts(Segmenter::next_last)
    }

    fn send_cuts(&mut self, next: impl Fn(&mut Segmenter) -> Option<Cut>) -> Result<(), MediaError> {
        for index in 0..self.outputs.len() {
            while let Some(cut) = self.outputs.get_mut(index).and_then(|output| next(&mut output.segmenter)) {
                self.send_cut(index, &cut)?;
            }
        }
        Ok(())
    }

    fn send_cut(&mut self, index: usize, cut: &Cut) -> Result<(), MediaError> {
        if let Some(probed) = self.probed.take() {
            self.link.send(&FromChild::Probed(probed), &[])?;
        }
        let Some(output) = self.outputs.get_mut(index) else { return Ok(()) };
        if output.announced != Some(cut.init) {
            output.announced = Some(cut.init);
            let (rendition, init) = describe(output, cut, self.rule);
            self.link.send(&FromChild::Rendition(rendition), &init)?;
        }
        let segment = Segment {
            rendition: output.name.clone(),
            init: cut.init,
            seq: cut.seq,
            start_us: u64::try_from(cut.start_us).unwrap_or(0),
            duration_us: u64::try_from(cut.duration_us).unwrap_or(1),
            discontinuity: cut.discontinuity,
            independent: cut.independent,
        };
        self.link.send(&FromChild::Segment(segment), &cut.bytes)
    }
}

fn describe(output: &Output, cut: &Cut, rule: CutRule) -> (Rendition, Vec<u8>) {
    let track = output.inits.get(usize::try_from(cut.init).unwrap_or(0)).or(output.inits.last());
    let codecs: Vec<String> = track
        .map(|track| track.config.codec_string())
        .into_iter()
        .chain(output.audio.as_ref().map(AudioTrack::codec_string))
        .collect();
    let audio_bits = output.audio.as_ref().map_or(0, |audio| u64::from(audio.bits_per_second));
    // What the first segment has, and a third on top, when nobody bounds it.
    let measured = u64::try_from(cut.bytes.len()).unwrap_or(0).saturating_mul(8_000_000)
        / u64::try_from(cut.duration_us).unwrap_or(1).max(1);
    let bandwidth_bps = match (track, output.video_bits_per_second) {
        (Some(_), Some(bits)) => bits + audio_bits,
        (Some(_), None) => measured * 4 / 3,
        (None, _) => audio_bits.max(measured),
    };
    let is_video = track.is_some();
    let rendition = Rendition {
        name: output.name.clone(),
        kind: if is_video { RenditionKind::Video } else { RenditionKind::Audio },
        init: cut.init,
        codecs: codecs.join(","),
        width: output.displayed.width,
        height: output.displayed.height,
        frame_rate: output.frame_rate,
        bandwidth_bps: bandwidth_bps.max(1),
        target_duration_s: rule.target_duration_s(),
        content_type: if is_video { "video/mp4" } else { "audio/mp4" }.to_owned(),
    };
    (rendition, boxes::init(track, cut.video_start, output.audio.as_ref()))
}
