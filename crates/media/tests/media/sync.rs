//! Sound and picture stay together: flashes and beeps in the rendition that comes out.

use crate::support::{fixture, run_seekable, run_stream};
use ffmpeg_next::{Rational, codec, decoder, format, frame, media};
use std::path::PathBuf;

/// One decoded picture.
pub(crate) struct Picture {
    seconds: f64,
    luma: Vec<u8>,
}

impl Picture {
    /// When it is shown.
    pub(crate) fn seconds(&self) -> f64 {
        self.seconds
    }

    fn mean(values: &[u8]) -> f64 {
        let sum: f64 = values.iter().map(|value| f64::from(*value)).sum();
        sum / f64::from(u32::try_from(values.len()).unwrap())
    }

    /// Mean brightness of the upper and the lower half.
    pub(crate) fn halves_luma(&self) -> (f64, f64) {
        let (top, bottom) = self.luma.split_at(self.luma.len() / 2);
        (Self::mean(top), Self::mean(bottom))
    }
}

struct Scratch(PathBuf);

impl Scratch {
    fn new(bytes: &[u8]) -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("meridian-sync-{}-{}.mp4", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

fn seconds(ticks: i64, base: Rational) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "times of a short clip")]
    let ticks = ticks as f64;
    ticks * f64::from(base)
}

fn decode(bytes: &[u8], kind: media::Type, mut each: impl FnMut(&mut decoder::Opened, Rational)) {
    ffmpeg_next::init().unwrap();
    let scratch = Scratch::new(bytes);
    let mut input = format::input(&scratch.0).unwrap();
    let stream = input.streams().find(|stream| stream.parameters().medium() == kind).unwrap();
    let (index, base) = (stream.index(), stream.time_base());
    let context = codec::Context::from_parameters(stream.parameters()).unwrap();
    let codec = decoder::find(context.id()).unwrap();
    let mut opened = context.decoder().open_as(codec).unwrap();
    for (stream, packet) in input.packets() {
        if stream.index() == index {
            opened.send_packet(&packet).unwrap();
            each(&mut opened, base);
        }
    }
    opened.send_eof().unwrap();
    each(&mut opened, base);
}

/// All pictures of a rendition.
pub(crate) fn pictures(bytes: &[u8]) -> Vec<Picture> {
    let mut out = Vec::new();
    decode(bytes, media::Type::Video, |decoder, base| {
        let mut picture = frame::Video::empty();
        while decoder.receive_frame(&mut picture).is_ok() {
            let width = usize::try_from(picture.width()).unwrap();
            let lines =
                picture.data(0).chunks(picture.stride(0)).take(usize::try_from(picture.height()).unwrap());
            let luma = lines.flat_map(|line| line[..width].to_vec()).collect();
            out.push(Picture { seconds: seconds(picture.timestamp().unwrap(), base), luma });
        }
    });
    out
}

/// Times at which the picture turns white.
fn flashes(bytes: &[u8]) -> Vec<f64> {
    let mut dark = true;
    let mut out = Vec::new();
    for picture in pictures(bytes) {
        let white = Picture::mean(&picture.luma) > 128.0;
        if white && dark {
            out.push(picture.seconds);
        }
        dark = !white;
    }
    out
}

/// Times at which the tone sets in after silence.
fn beeps(bytes: &[u8]) -> Vec<f64> {
    let mut out: Vec<f64> = Vec::new();
    let mut last_loud = f64::NEG_INFINITY;
    decode(bytes, media::Type::Audio, |decoder, base| {
        let mut sound = frame::Audio::empty();
        while decoder.receive_frame(&mut sound).is_ok() {
            let start = seconds(sound.timestamp().unwrap(), base);
            for (index, sample) in sound.plane::<f32>(0).iter().enumerate() {
                let at = start + f64::from(u32::try_from(index).unwrap()) / f64::from(sound.rate());
                if sample.abs() > 0.2 {
                    if at - last_loud > 0.5 {
                        out.push(at);
                    }
                    last_loud = at;
                }
            }
        }
    });
    out
}

fn assert_together(name: &str, rendition: &[u8], times: &[f64]) {
    let (flashes, beeps) = (flashes(rendition), beeps(rendition));
    assert_eq!((flashes.len(), beeps.len()), (times.len(), times.len()), "{name}: {flashes:?} {beeps:?}");
    for ((flash, beep), time) in flashes.iter().zip(&beeps).zip(times) {
        assert!((flash - beep).abs() <= 0.040, "{name}: flash at {flash}, beep at {beep}");
        assert!((flash - time).abs() <= 0.060, "{name}: flash at {flash} instead of {time}");
    }
}

#[test]
fn a_flash_and_its_beep_stay_together_when_encoded() {
    let outcome = run_stream(&fixture("flash-beep.webm"));
    assert!(!outcome.probed().video_copied);
    assert_together("encoded", &outcome.as_mp4("180p"), &[1.0, 3.0, 5.0]);
}

#[test]
fn a_flash_and_its_beep_stay_together_when_copied() {
    let outcome = run_seekable(&fixture("flash-beep-b-frames.mp4"));
    assert!(outcome.probed().video_copied && outcome.probed().audio_copied);
    assert_together("copied", &outcome.as_mp4("source"), &[1.0, 3.0, 5.0]);
}

/// A white picture and a tone of 0.1 s every other second, from 1 s on, for 6 s; then 5 s of nothing (a pause), and
/// on. `codec` of the pictures.
fn flashes_around_a_pause(codec: &str) -> Vec<u8> {
    let arguments = format!(
        "-f lavfi -i color=black:s=320x180:r=25:d=12 -f lavfi -i \
         aevalsrc=exprs=if(lt(mod(t+1\\,2)\\,0.1)\\,0.8*sin(2*PI*1000*t)\\,0):s=48000:d=12 -vf \
         drawbox=t=fill:color=white:enable='lt(mod(t+1,2),0.099)',setpts=PTS+gte(T\\,6)*5/TB \
         -af asetpts=PTS+gte(T\\,6)*5/TB -fps_mode passthrough -g 50 {codec} -c:a libopus"
    );
    crate::support::made(&arguments, "mkv")
}

#[test]
fn a_flash_and_its_beep_stay_together_after_a_pause() {
    let times = [1.0, 3.0, 5.0, 12.0, 14.0, 16.0];
    let encoded = run_stream(&flashes_around_a_pause("-c:v libvpx -deadline realtime -cpu-used 8"));
    assert!(!encoded.probed().video_copied);
    encoded.check_segments();
    assert_together("encoded", &encoded.as_mp4("180p"), &times);
    let copied = run_seekable(&flashes_around_a_pause("-c:v libx264 -preset ultrafast -pix_fmt yuv420p"));
    assert!(copied.probed().video_copied);
    copied.check_segments();
    // The pause is longer than a segment: it goes on encoded there.
    assert_eq!(copied.renditions().iter().filter(|(rendition, _)| rendition.name == "source").count(), 2);
    assert_together("copied", &copied.as_mp4("source"), &times);
}

/// Ten minutes with a flash and a beep every minute, small and at ten pictures a second.
fn ten_minutes(codec: &str) -> Vec<u8> {
    let arguments = format!(
        "-f lavfi -i color=black:s=64x36:r=10:d=602 -f lavfi -i \
         aevalsrc=exprs=if(lt(mod(t+59\\,60)\\,0.2)\\,0.8*sin(2*PI*1000*t)\\,0):s=48000:d=602 -vf \
         drawbox=t=fill:color=white:enable='lt(mod(t+59,60),0.199)' -g 20 {codec}"
    );
    crate::support::made(&arguments, "mkv")
}

#[test]
#[ignore = "takes a minute or more: scripts/soak.sh runs it"]
fn a_flash_and_its_beep_stay_together_for_ten_minutes() {
    let times: Vec<f64> = (0..=10).map(|minute| f64::from(minute * 60 + 1)).collect();
    let encoded = run_stream(&ten_minutes("-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus"));
    assert!(!encoded.probed().video_copied && encoded.finished().has_audio);
    assert_together("encoded", &encoded.as_mp4("36p"), &times);
    let copied = run_seekable(&ten_minutes("-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"));
    assert!(copied.probed().video_copied && copied.probed().audio_copied);
    assert_together("copied", &copied.as_mp4("source"), &times);
}
