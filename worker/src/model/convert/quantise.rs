//! q8_0: blocks of 32 numbers as one half-precision scale and 32 signed bytes.
use half::f16;

const BLOCK: usize = 32;

/// Quantises rows whose length is a multiple of 32, as ggml's
/// `quantize_row_q8_0_ref` does.
pub(super) fn q8_0(values: &[f32]) -> Vec<u8> {
    let (blocks, _) = values.as_chunks::<BLOCK>();
    let mut out = Vec::with_capacity(blocks.len() * (BLOCK + 2));
    for block in blocks {
        let largest = block.iter().fold(0.0_f32, |max, v| max.max(v.abs()));
        let scale = largest / 127.0;
        let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
        out.extend_from_slice(&f16::from_f32(scale).to_le_bytes());
        out.extend(block.iter().map(|v| rounded(v * inverse).to_le_bytes()[0]));
    }
    out
}

/// C's `roundf`: halves away from zero. The scale keeps it within -127..=127.
#[expect(clippy::cast_possible_truncation, reason = "within -127..=127 by construction")]
fn rounded(value: f32) -> i8 {
    value.round() as i8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_its_scale_and_its_bytes() {
        let mut values = [0.0_f32; 32];
        values[0] = 127.0;
        values[1] = -127.0;
        values[2] = 2.5;
        values[3] = -2.5;
        values[4] = 0.4;
        let bytes = q8_0(&values);
        assert_eq!(bytes.len(), 34);
        assert_eq!(bytes[..2], f16::from_f32(1.0).to_le_bytes());
        assert_eq!(bytes[2..8], [127, 129, 3, 253, 0, 0]);
        assert!(q8_0(&[0.0; 64]).iter().all(|b| *b == 0));
    }
}
