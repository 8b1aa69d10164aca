//! Loudness and true peak after ITU-R BS.1770-4, for sound at 48 kHz.

/// A second-order filter in direct form I.
#[derive(Debug, Clone)]
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    x: [f64; 2],
    y: [f64; 2],
}

impl Biquad {
    fn run(&mut self, input: f64) -> f64 {
        let [b0, b1, b2] = self.b;
        let [a1, a2] = self.a;
        let output = b0 * input + b1 * self.x[0] + b2 * self.x[1] - a1 * self.y[0] - a2 * self.y[1];
        self.x = [input, self.x[0]];
        self.y = [output, self.y[0]];
        output
    }
}

/// The K weighting of BS.1770-4, tables 1 and 2 (48 kHz).
fn k_weighting() -> [Biquad; 2] {
    let filter = |b, a| Biquad { b, a, x: [0.0; 2], y: [0.0; 2] };
    [
        filter(
            [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
            [-1.690_659_293_182_41, 0.732_480_774_215_85],
        ),
        filter([1.0, -2.0, 1.0], [-1.990_047_454_833_98, 0.990_072_250_366_21]),
    ]
}

/// Samples of 100 ms.
const STEP: usize = 4800;
/// Taps of each phase of the interpolator.
const TAPS: usize = 12;
/// Interpolation factor for the true peak at 48 kHz (BS.1770-4, annex 2).
const PHASES: usize = 4;

/// Measures as the sound passes.
#[derive(Debug)]
pub(crate) struct Loudness {
    filters: Vec<[Biquad; 2]>,
    /// Weighted energy of the current 100 ms over all channels.
    sum: f64,
    count: usize,
    /// Mean energy of each 100 ms.
    steps: Vec<f32>,
    /// The last samples of each channel, written twice, so that the last twelve always lie in one piece.
    history: Vec<[f32; 2 * TAPS]>,
    /// Where the next sample goes.
    at: usize,
    /// By tap, oldest sample first.
    phases: [[f32; PHASES]; TAPS],
    peak: f32,
}

impl Loudness {
    /// For mono or stereo.
    pub(crate) fn new(channels: usize) -> Self {
        Self {
            filters: vec![k_weighting(); channels],
            sum: 0.0,
            count: 0,
            steps: Vec::new(),
            history: vec![[0.0; 2 * TAPS]; channels],
            at: 0,
            phases: interpolator(),
            peak: 0.0,
        }
    }

    /// Adds samples, one slice a channel.
    pub(crate) fn push(&mut self, planes: &[Vec<f32>]) {
        let count = planes.first().map_or(0, Vec::len);
        for index in 0..count {
            for (channel, plane) in planes.iter().enumerate() {
                let Some(sample) = plane.get(index).copied() else { continue };
                let sample = if sample.is_finite() { sample } else { 0.0 };
                if let Some([shelf, high_pass]) = self.filters.get_mut(channel) {
                    let weighted = high_pass.run(shelf.run(f64::from(sample)));
                    self.sum += weighted * weighted;
                }
                if let Some(history) = self.history.get_mut(channel) {
                    self.peak = self.peak.max(true_peak(history, self.at, &self.phases, sample));
                }
            }
            self.at = (self.at + 1) % TAPS;
            self.count += 1;
            if self.count == STEP {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_precision_loss,
                    reason = "an energy near 1"
                )]
                self.steps.push((self.sum / STEP as f64) as f32);
                (self.sum, self.count) = (0.0, 0);
            }
        }
    }

    /// Integrated loudness in LUFS: blocks of 400 ms that overlap by three
    /// quarters, gated at -70 LUFS and at 10 LU below their mean.
    pub(crate) fn integrated_lufs(&self) -> Option<f64> {
        let blocks: Vec<f64> = self
            .steps
            .windows(4)
            .map(|four| four.iter().map(|step| f64::from(*step)).sum::<f64>() / 4.0)
            .collect();
        let absolute = mean(blocks.iter().copied().filter(|energy| lufs(*energy) > -70.0))?;
        let gate = lufs(absolute) - 10.0;
        let gated =
            mean(blocks.iter().copied().filter(|energy| lufs(*energy) > -70.0 && lufs(*energy) > gate))?;
        Some(lufs(gated))
    }

    /// The highest true peak in dBTP.
    pub(crate) fn true_peak_db(&self) -> Option<f64> {
        (self.peak > 0.000_01).then(|| 20.0 * f64::from(self.peak).log10())
    }
}

fn lufs(energy: f64) -> f64 {
    -0.691 + 10.0 * energy.max(1e-12).log10()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// A windowed sinc, split into its phases.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "small filter constants")]
fn interpolator() -> [[f32; PHASES]; TAPS] {
    let mut out = [[0.0; PHASES]; TAPS];
    let centre = (TAPS / 2) as f64;
    for (age, phases) in out.iter_mut().rev().enumerate() {
        for (phase, value) in phases.iter_mut().enumerate() {
            let x = age as f64 - centre + phase as f64 / PHASES as f64;
            let sinc = if x.abs() < 1e-9 {
                1.0
            } else {
                (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x)
            };
            let window = 0.5 + 0.5 * (std::f64::consts::PI * x / (centre + 1.0)).cos();
            *value = (sinc * window) as f32;
        }
    }
    out
}

fn true_peak(history: &mut [f32; 2 * TAPS], at: usize, phases: &[[f32; PHASES]; TAPS], sample: f32) -> f32 {
    history[at] = sample;
    history[at + TAPS] = sample;
    // All phases at once: they are the lanes of one vector.
    let mut sums = [0.0_f32; PHASES];
    for (value, taps) in history[at + 1..].iter().zip(phases) {
        for (sum, tap) in sums.iter_mut().zip(taps) {
            *sum += tap * value;
        }
    }
    sums.iter().map(|sum| sum.abs()).fold(0.0, f32::max)
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "tests")]
mod tests {
    use super::*;

    fn sine(frequency: f64, level_db: f64, seconds: usize, phase: f64) -> Vec<f32> {
        let amplitude = 10_f64.powf(level_db / 20.0);
        (0..seconds * 48_000)
            .map(|n| {
                let t = n as f64 / 48_000.0;
                ((std::f64::consts::TAU * frequency * t + phase).sin() * amplitude) as f32
            })
            .collect()
    }

    fn measure(planes: &[Vec<f32>]) -> Loudness {
        let mut loudness = Loudness::new(planes.len());
        loudness.push(planes);
        loudness
    }

    #[test]
    fn the_reference_tones_of_ebu_tech_3341_measure_right() {
        // Case 1: stereo 1 kHz at -23 dBFS is -23 LUFS.
        let tone = sine(1000.0, -23.0, 20, 0.0);
        let stereo = measure(&[tone.clone(), tone.clone()]);
        assert!((stereo.integrated_lufs().unwrap() + 23.0).abs() < 0.1);
        // One channel of it is 3 dB less.
        assert!((measure(&[tone]).integrated_lufs().unwrap() + 26.0).abs() < 0.1);
    }

    #[test]
    fn quiet_parts_are_gated() {
        // Case 3: -36 for 10 s, -23 for 60 s, -36 for 10 s gives -23.
        let mut tone = sine(1000.0, -36.0, 10, 0.0);
        tone.extend(sine(1000.0, -23.0, 60, 0.0));
        tone.extend(sine(1000.0, -36.0, 10, 0.0));
        assert!((measure(&[tone.clone(), tone]).integrated_lufs().unwrap() + 23.0).abs() < 0.1);
    }

    #[test]
    fn the_peak_between_two_samples_is_found() {
        // A quarter of the sample rate at 45 degrees: samples at -3 dB of the true peak.
        let peak = measure(&[sine(12_000.0, -6.0, 1, std::f64::consts::FRAC_PI_4)]).true_peak_db().unwrap();
        assert!((peak + 6.0).abs() < 0.4, "{peak}");
    }

    #[test]
    fn silence_has_neither() {
        let silence = measure(&[vec![0.0; 96_000]]);
        assert_eq!(silence.integrated_lufs(), None);
        assert_eq!(silence.true_peak_db(), None);
    }
}
