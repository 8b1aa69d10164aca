//! The waveform (the audiowaveform format), cut to a span.

use serde_json::Value;

/// The part of `whole` within `span_ms`; `None` for what is no waveform.
pub(in crate::endpoints::media) fn part(whole: &[u8], span_ms: (i64, i64)) -> Option<String> {
    let mut waveform: Value = serde_json::from_slice(whole).ok()?;
    let number = |name: &str| waveform.get(name).and_then(Value::as_i64).filter(|n| *n > 0);
    let (rate, pixel) = (number("sample_rate")?, number("samples_per_pixel")?);
    let channels = usize::try_from(number("channels")?).ok()?;
    // A minimum and a maximum a channel.
    let each = channels.checked_mul(2)?;
    let data = waveform.get_mut("data")?.as_array_mut()?;
    let length = data.len() / each;
    let at = |ms: i64, up: i64| {
        let pixels = ms.max(0).saturating_mul(rate).saturating_add(up) / pixel.saturating_mul(1000);
        usize::try_from(pixels).unwrap_or(usize::MAX).min(length)
    };
    let (from, to) = (at(span_ms.0, 0), at(span_ms.1, pixel * 1000 - 1));
    data.truncate(to * each);
    data.drain(..from.min(to) * each);
    let left = data.len() / each;
    *waveform.get_mut("length")? = left.into();
    serde_json::to_string(&waveform).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_within_is_left() {
        // 100 ms a pixel.
        let data: Vec<i64> = (0..20).collect();
        let whole = serde_json::json!({"version": 2, "channels": 1, "sample_rate": 16_000, "samples_per_pixel": 1_600,
            "bits": 8, "length": 10, "data": data});
        let cut = |span| -> Value {
            serde_json::from_str(&part(whole.to_string().as_bytes(), span).unwrap()).unwrap()
        };
        assert_eq!(cut((250, 500))["data"], serde_json::json!([4, 5, 6, 7, 8, 9]));
        assert_eq!(cut((250, 500))["length"], 3);
        assert_eq!(cut((0, 100_000))["length"], 10);
        assert_eq!(cut((5_000, 6_000))["data"], serde_json::json!([]));
        assert!(part(b"{}", (0, 1)).is_none());
    }
}
