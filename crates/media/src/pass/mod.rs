//! One pass over the packets of the source: everything is made on the way.

mod plan;
mod video;

use crate::decode::{AudioDecoder, scale_us};
use crate::demux::{self, Choice, Demuxer};
use crate::error::MediaError;
use crate::ffi;
use crate::link::Link;
use crate::mux::segmenter::CutRule;
use crate::protocol::{FailureCode, Finished, FromChild, Limits, Request, Warning};
use crate::publish::Publisher;
use crate::sound::copy::AudioCopy;
use crate::sound::path::{SoundOptions, SoundPath};
use ffmpeg_next::Packet;
use plan::Plan;
use std::sync::Arc;
use std::time::{Duration, Instant};
use video::VideoPath;

/// Time stamps that jump further than this are refused.
const LARGEST_JUMP_US: i64 = 3_600_000_000;
/// How often the position is told.
const PROGRESS_EACH: Duration = Duration::from_millis(500);

/// Sound is kept for pictures that are still to come, but not for ever.
const LONGEST_WITHOUT_PICTURE_US: i64 = 600_000_000;

fn no_pictures() -> MediaError {
    MediaError::failure(
        FailureCode::NoFrames,
        "No picture in the file could be read: it is damaged or was cut off. Play it on your computer to check it, and \
         upload it again.",
    )
}

/// A running pass.
struct Pass {
    link: Arc<Link>,
    limits: Limits,
    live: bool,
    demuxer: Demuxer,
    choice: Choice,
    zero_us: i64,
    artefacts: bool,
    publisher: Publisher,
    video: Option<VideoPath>,
    sound: Option<SoundPath>,
    copy_audio: Option<AudioCopy>,
    packets: u64,
    /// Last time stamp of each stream used, in microseconds.
    last_us: [Option<i64>; 2],
    told: Instant,
}

/// Runs the job to its end.
pub(crate) fn run(link: &Arc<Link>, request: &Request) -> Result<Finished, MediaError> {
    let mut pass = Pass::start(link, request)?;
    while let Some(packet) = pass.demuxer.next_packet()? {
        pass.packet(packet)?;
    }
    pass.finish()
}

impl Pass {
    fn start(link: &Arc<Link>, request: &Request) -> Result<Self, MediaError> {
        let mut demuxer = Demuxer::open(link, request)?;
        let choice = demux::choose(&demuxer.streams, &request.limits)?;
        let facts: Vec<ffi::StreamFacts> =
            [&choice.video, &choice.audio].into_iter().flatten().cloned().collect();
        demuxer.keep_only(&facts);
        let zero_us = demuxer.start_us(&facts)?;
        let mut plan = Plan::new(request, &choice, zero_us);
        let probed = plan::probed(&demuxer, &choice, &plan);
        let copy_audio = plan.copy_audio.take();
        let sound = match &choice.audio {
            Some(facts) => {
                let decoder = AudioDecoder::open(demuxer.parameters(facts.index)?, facts)?;
                let options = SoundOptions {
                    channels: if facts.channels == 1 { 1 } else { 2 },
                    encode: copy_audio.is_none(),
                    speech: plan.artefacts,
                    gain_db: plan.gain_db,
                    zero_us: plan.zero_us,
                    max_us: i64::try_from(request.limits.max_duration_ms).unwrap_or(i64::MAX / 1000) * 1000,
                };
                Some(SoundPath::new(decoder, &options)?)
            }
            None => None,
        };
        let track =
            copy_audio.as_ref().map(AudioCopy::track).or(sound.as_ref().and_then(SoundPath::track)).cloned();
        let rule = CutRule::new(request.live);
        let mut publisher = Publisher::new(Arc::clone(link), rule, track, choice.video.is_some());
        publisher.probed = Some(probed);
        let video = match (&choice.video, plan.picture) {
            (Some(facts), Some(picture)) => {
                Some(VideoPath::new(&demuxer, facts, picture, &plan, request, &mut publisher, link)?)
            }
            _ => None,
        };
        match (&plan.only, &video) {
            (Some(name), None) => publisher.add_audio_rendition(name),
            _ if plan.sound_alone || video.is_none() => publisher.add_audio_rendition("audio"),
            _ => {}
        }
        Ok(Self {
            link: Arc::clone(link),
            limits: request.limits,
            live: request.live,
            demuxer,
            choice,
            zero_us: plan.zero_us,
            artefacts: plan.artefacts,
            publisher,
            video,
            sound,
            copy_audio,
            packets: 0,
            last_us: [None; 2],
            told: Instant::now(),
        })
    }

    fn packet(&mut self, packet: Packet) -> Result<(), MediaError> {
        self.packets += 1;
        let index = packet.stream();
        let is =
            |stream: &Option<ffi::StreamFacts>| stream.as_ref().is_some_and(|facts| facts.index == index);
        if is(&self.choice.video) {
            self.check_time(&packet, 0)?;
            if let Some(video) = &mut self.video {
                video.packet(packet, &mut self.publisher)?;
            }
        } else if is(&self.choice.audio) {
            self.check_time(&packet, 1)?;
            self.sound_packet(&packet)?;
        }
        self.keep_together()?;
        self.publisher.drain()?;
        if self.told.elapsed() >= PROGRESS_EACH {
            self.told = Instant::now();
            let latest_us = self.last_us.into_iter().flatten().max().unwrap_or(0);
            let position_ms = u64::try_from(latest_us / 1000).unwrap_or(0);
            self.link.send(&FromChild::Progress { position_ms }, &[])?;
        }
        Ok(())
    }

    fn sound_packet(&mut self, packet: &Packet) -> Result<(), MediaError> {
        let Some(sound) = &mut self.sound else { return Ok(()) };
        let bad_before = sound.bad();
        let encoded = sound.packet(packet, &self.link)?;
        match &mut self.copy_audio {
            // A player would stop at a packet that cannot be decoded.
            Some(_) if sound.bad() > bad_before => {}
            Some(copy) => self.publisher.push_audio(copy.sample(packet).into_iter().collect()),
            None => self.publisher.push_audio(encoded),
        }
        Ok(())
    }

    /// Refuses time lines that are too long or jump by hours.
    fn check_time(&mut self, packet: &Packet, slot: usize) -> Result<(), MediaError> {
        let facts = if slot == 0 { &self.choice.video } else { &self.choice.audio };
        let Some((stamp, facts)) = packet.pts().or(packet.dts()).zip(facts.as_ref()) else { return Ok(()) };
        let us = scale_us(stamp, facts.time_base).saturating_sub(self.zero_us);
        let Some(last) = self.last_us.get_mut(slot) else { return Ok(()) };
        let before = last.unwrap_or(0);
        let too_long =
            i64::try_from(self.limits.max_duration_ms).unwrap_or(i64::MAX / 1000).saturating_mul(1000);
        if us.saturating_sub(before) > LARGEST_JUMP_US {
            return Err(MediaError::failure(
                FailureCode::TooLong,
                "The time line of the file jumps by hours. Export it again with a continuous time line.",
            ));
        }
        if us > too_long {
            let hours = self.limits.max_duration_ms / 3_600_000;
            let minutes = self.limits.max_duration_ms / 60_000 % 60;
            return Err(MediaError::failure(
                FailureCode::TooLong,
                format!("The recording is longer than {hours} h {minutes} min. Cut it into shorter parts."),
            ));
        }
        *last = Some(before.max(us));
        Ok(())
    }

    /// Fills what one side lacks while the other goes on.
    fn keep_together(&mut self) -> Result<(), MediaError> {
        let (Some(video), Some(sound)) = (&mut self.video, &mut self.sound) else { return Ok(()) };
        let patience_us = if self.live { 3_000_000 } else { 30_000_000 };
        if self.copy_audio.is_none() {
            let behind = video.position_us() - patience_us;
            if behind > sound.position_us() {
                let filled = sound.fill_to(behind, &self.link)?;
                self.publisher.push_audio(filled);
            }
        }
        let ahead = sound.position_us() - if self.live { 1_500_000 } else { patience_us };
        if ahead > video.position_us() {
            if video.frames() == 0 && ahead > LONGEST_WITHOUT_PICTURE_US {
                return Err(no_pictures());
            }
            video.fill_to(ahead, &mut self.publisher)?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Finished, MediaError> {
        self.end_inputs()?;
        let end_us = self.end_us();
        if let Some(video) = &mut self.video {
            video.finish(end_us, &mut self.publisher)?;
        }
        if let Some(sound) = &mut self.sound {
            let rest = sound.finish(&self.link)?;
            if self.copy_audio.is_none() {
                self.publisher.push_audio(rest);
            }
        }
        // The last segments first: somebody may be waiting to see the end.
        self.publisher.finish()?;
        if let Some(sound) = &mut self.sound
            && let Some(peaks) = sound.peaks_json().filter(|_| self.artefacts && sound.frames > 0)
        {
            let (name, content_type) = ("peaks.json".to_owned(), "application/json".to_owned());
            self.link.send(&FromChild::Artefact { name, content_type }, &peaks)?;
        }
        if let Some(video) = &mut self.video {
            video.finish_stills(end_us)?;
        }
        Ok(self.summary(end_us))
    }

    /// Drains the decoders; fails when nothing came out of them.
    fn end_inputs(&mut self) -> Result<(), MediaError> {
        if let Some(sound) = &mut self.sound {
            let samples = sound.end_input(&self.link)?;
            if self.copy_audio.is_none() {
                self.publisher.push_audio(samples);
            }
        }
        if let Some(video) = &mut self.video {
            video.end_input(&mut self.publisher)?;
            if video.decoded() == 0 {
                return Err(no_pictures());
            }
        }
        let Some(sound) = &mut self.sound else { return Ok(()) };
        let video_end_us = self.video.as_ref().map_or(0, |video| video.end_us);
        match (sound.frames, &self.video) {
            (0, None) => Err(MediaError::failure(
                FailureCode::NoFrames,
                "No sound in the file could be read: it is damaged or empty. Play it on your computer to check it, and \
                 upload it again.",
            )),
            (0, Some(_)) => {
                self.publisher.drop_audio();
                Ok(())
            }
            _ if self.copy_audio.is_none() => {
                let filled = sound.fill_to(video_end_us, &self.link)?;
                self.publisher.push_audio(filled);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn end_us(&self) -> i64 {
        let video = self.video.as_ref().map_or(0, |video| video.end_us);
        video.max(self.sound.as_ref().map_or(0, |sound| sound.end_us))
    }

    fn summary(self, end_us: i64) -> Finished {
        let sound = self.sound.as_ref().filter(|sound| sound.frames > 0);
        let (loudness_lufs, true_peak_db) = sound.map_or((None, None), SoundPath::loudness);
        let decode_bad =
            self.video.as_ref().map_or(0, VideoPath::bad) + self.sound.as_ref().map_or(0, SoundPath::bad);
        let packets_bad = self.demuxer.bad + decode_bad;
        let (cpu_ms, peak_memory_bytes) = ffi::resource_usage();
        Finished {
            duration_ms: u64::try_from((end_us + 500) / 1000).unwrap_or(0),
            has_video: self.video.is_some(),
            has_audio: sound.is_some(),
            silence_map: sound.map(SoundPath::silence_map).unwrap_or_default(),
            loudness_lufs,
            true_peak_db,
            warnings: self.warnings(packets_bad, end_us),
            frames: self.video.as_ref().map_or(0, VideoPath::frames),
            packets_bad,
            output_bytes: self.link.sent_bytes(),
            peak_memory_bytes,
            cpu_ms,
        }
    }

    fn warnings(&self, packets_bad: u64, end_us: i64) -> Vec<Warning> {
        let used = || [&self.choice.video, &self.choice.audio].into_iter().flatten();
        let of_streams = used().filter_map(|s| s.duration.map(|ticks| scale_us(ticks, s.time_base))).max();
        // A header that claims more than may be (some say 2^32 for "not known") is not believed.
        let most_us =
            i64::try_from(self.limits.max_duration_ms).unwrap_or(i64::MAX / 1000).saturating_mul(1000);
        let claimed_us = of_streams.or(self.demuxer.claimed_us).filter(|us| *us <= most_us).unwrap_or(0);
        let missing_us = claimed_us - end_us;
        let detail = if let Some(codec) = &self.choice.unsupported_audio {
            format!("The sound is in {codec}, which Meridian does not read: the video plays without it.")
        } else if self.sound.as_ref().is_some_and(|sound| sound.frames == 0) {
            "The sound track of the file is empty or damaged: the video plays without it.".to_owned()
        } else if self.demuxer.cut || missing_us > 2_000_000.max(claimed_us / 10) {
            "The file breaks off before its end; what was there is kept.".to_owned()
        } else if packets_bad > 5.max(self.packets / 50) {
            "Parts of the file are damaged; picture or sound may be missing there.".to_owned()
        } else {
            return Vec::new();
        };
        vec![Warning { code: "partial".to_owned(), detail }]
    }
}
