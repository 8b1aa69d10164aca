//! The wave form as `peaks.json` (the JSON format of BBC audiowaveform, version 2).

use serde::Serialize;

const SAMPLE_RATE: u32 = 16_000;
/// Finest resolution: 10 ms.
const FIRST_SAMPLES_PER_PIXEL: u32 = 160;
/// Beyond this many points, two become one.
const MOST_POINTS: usize = 12_000;

/// Collects the lowest and highest sample of each point.
#[derive(Debug)]
pub(crate) struct Peaks {
    samples_per_pixel: u32,
    points: Vec<[i8; 2]>,
    low: f32,
    high: f32,
    count: u32,
}

impl Default for Peaks {
    fn default() -> Self {
        Self { samples_per_pixel: FIRST_SAMPLES_PER_PIXEL, points: Vec::new(), low: 0.0, high: 0.0, count: 0 }
    }
}

#[derive(Serialize)]
struct Json {
    version: u32,
    channels: u32,
    sample_rate: u32,
    samples_per_pixel: u32,
    bits: u32,
    length: usize,
    data: Vec<i8>,
}

impl Peaks {
    /// Adds samples between -1 and 1.
    pub(crate) fn push(&mut self, samples: &[f32]) {
        for sample in samples {
            self.low = self.low.min(*sample);
            self.high = self.high.max(*sample);
            self.count += 1;
            if self.count == self.samples_per_pixel {
                self.end_point();
            }
        }
    }

    fn end_point(&mut self) {
        self.points.push([to_i8(self.low), to_i8(self.high)]);
        (self.low, self.high, self.count) = (0.0, 0.0, 0);
        if self.points.len() > MOST_POINTS {
            self.points = self
                .points
                .chunks(2)
                .map(|pair| {
                    let low = pair.iter().map(|point| point[0]).min().unwrap_or(0);
                    let high = pair.iter().map(|point| point[1]).max().unwrap_or(0);
                    [low, high]
                })
                .collect();
            self.samples_per_pixel *= 2;
        }
    }

    /// The finished file.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Json {
            version: 2,
            channels: 1,
            sample_rate: SAMPLE_RATE,
            samples_per_pixel: self.samples_per_pixel,
            bits: 8,
            length: self.points.len(),
            data: self.points.as_flattened().to_vec(),
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i8")]
fn to_i8(value: f32) -> i8 {
    (value * 127.0).round().clamp(-128.0, 127.0) as i8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_that_of_audiowaveform() {
        let mut peaks = Peaks::default();
        peaks.push(&[0.5; 160]);
        peaks.push(&[-1.0; 160]);
        let json: serde_json::Value = serde_json::from_slice(&peaks.to_json().unwrap()).unwrap();
        assert_eq!(json["length"], 2);
        assert_eq!(json["samples_per_pixel"], 160);
        assert_eq!(json["data"], serde_json::json!([0, 64, -127, 0]));
    }

    #[test]
    fn hours_of_sound_stay_small() {
        let mut peaks = Peaks::default();
        for _ in 0..3600 * 2 {
            peaks.push(&vec![0.1; 16_000]);
        }
        let json: serde_json::Value = serde_json::from_slice(&peaks.to_json().unwrap()).unwrap();
        let length = json["length"].as_u64().unwrap();
        assert!(length > 5000 && length <= 12_000, "{length}");
        assert_eq!(length * json["samples_per_pixel"].as_u64().unwrap() / 16_000, 7200);
    }
}
