//! The mel filter bank that Whisper was trained with: librosa's
//! `filters.mel(sr=16000, n_fft=400, n_mels=...)`, Slaney-normalised, which is
//! OpenAI's `mel_filters.npz` to the last bit.
use super::super::error::ModelError;
use super::wrong;

/// Frequencies from 0 to 8 kHz in steps of 40 Hz: half of a 400-point FFT and one.
pub(super) const BINS: usize = 201;

const TOP_HZ: f64 = 8000.0;
const BIN_HZ: f64 = 40.0;

/// `mels` rows of [`BINS`] weights.
pub(super) fn filters(mels: usize) -> Result<Vec<f32>, ModelError> {
    let mels = u16::try_from(mels).ok().ok_or_else(|| wrong("too many mel bands"))?;
    // Slaney's scale: linear below 1 kHz (15 mel), logarithmic above.
    let step = 6.4_f64.ln() / 27.0;
    let top = 15.0 + (TOP_HZ / 1000.0).ln() / step;
    let to_hz = |mel: f64| {
        if mel >= 15.0 { 1000.0 * (step * (mel - 15.0)).exp() } else { mel * 200.0 / 3.0 }
    };
    let width = top / f64::from(mels + 1);
    let edge = |i: u16| to_hz(if i == mels + 1 { top } else { f64::from(i) * width });
    let mut out = Vec::with_capacity(usize::from(mels) * BINS);
    for band in 0..mels {
        let (low, mid, high) = (edge(band), edge(band + 1), edge(band + 2));
        let norm = 2.0 / (high - low);
        for bin in 0..=200_u16 {
            let hz = f64::from(bin) * BIN_HZ;
            let rising = -(low - hz) / (mid - low);
            let falling = (high - hz) / (high - mid);
            let weight = single(rising.min(falling).max(0.0));
            // "+ 0.0": never a negative zero.
            out.push(single(f64::from(weight) * norm + 0.0));
        }
    }
    Ok(out)
}

/// Rounds to single precision, as numpy does when it stores into float32.
#[expect(clippy::cast_possible_truncation, reason = "rounding to single precision is what is wanted")]
fn single(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_band_is_a_triangle_of_area_two_over_its_width() {
        let all = filters(80).unwrap();
        assert_eq!(all.len(), 80 * BINS);
        // The first weights of OpenAI's file.
        assert!(all[0].abs() < f32::EPSILON);
        assert!((all[1] - 0.024_862_593).abs() < 1e-7, "{}", all[1]);
        // Wide bands: the sum over 40 Hz bins times 40 comes near the area 1.
        let last: f32 = all[79 * BINS..].iter().sum();
        assert!((last * 40.0 - 1.0).abs() < 0.01, "{last}");
        assert!(all.iter().all(|w| *w >= 0.0));
    }
}
