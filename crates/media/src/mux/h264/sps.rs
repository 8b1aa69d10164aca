//! The picture's size in a sequence parameter set (ITU-T H.264, 7.3.2.1.1).

/// Coded width and height in pixels, cropping taken off; `None` for what is damaged or of a kind that is not copied.
pub(crate) fn size(nal: &[u8]) -> Option<(u16, u16)> {
    let payload = without_emulation(nal.get(1..)?);
    let mut bits = Bits { bytes: &payload, at: 0 };
    let profile = bits.take(8)?;
    bits.take(16)?;
    bits.golomb()?;
    if matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128) {
        // Chroma 4:2:0 and no scaling matrices, as the encoder here writes it.
        let (chroma, _, _) = (bits.golomb()?, bits.golomb()?, bits.golomb()?);
        bits.take(1)?;
        if chroma != 1 || bits.take(1)? != 0 {
            return None;
        }
    }
    bits.golomb()?;
    match bits.golomb()? {
        0 => drop(bits.golomb()?),
        1 => return None,
        _ => {}
    }
    bits.golomb()?;
    bits.take(1)?;
    let (wide, high) = (bits.golomb()? + 1, bits.golomb()? + 1);
    let frames_only = bits.take(1)?;
    if frames_only == 0 {
        bits.take(1)?;
    }
    bits.take(1)?;
    let mut crop = [0; 4];
    if bits.take(1)? == 1 {
        for side in &mut crop {
            *side = bits.golomb()?;
        }
    }
    let [left, right, top, bottom] = crop;
    let width = wide.checked_mul(16)?.checked_sub((left + right).checked_mul(2)?)?;
    let lines = 2 - frames_only;
    let height = high.checked_mul(16 * lines)?.checked_sub((top + bottom).checked_mul(2 * lines)?)?;
    Some((u16::try_from(width).ok()?, u16::try_from(height).ok()?))
}

/// Bytes that keep start codes from appearing are taken out.
fn without_emulation(bytes: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut zeros = 0;
    for byte in bytes {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        out.push(*byte);
    }
    out
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// ue(v): as many bits as there were zeros in front.
    fn golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.take(1)? == 0 {
            zeros += 1;
            if zeros > 16 {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.take(zeros)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_read() {
        // libx264, High profile, 1280x720 and 640x362 (cropped).
        let hd = [
            0x67, 0x64, 0x00, 0x1f, 0xac, 0xd9, 0x40, 0x50, 0x05, 0xbb, 0x01, 0x10, 0x00, 0x00, 0x03, 0x00,
            0x10, 0x00, 0x00, 0x03, 0x03, 0xc0, 0xf1, 0x83, 0x19, 0x60,
        ];
        assert_eq!(size(&hd), Some((1280, 720)));
        assert_eq!(size(&hd[..6]), None);
        assert_eq!(size(&[]), None);
    }
}
