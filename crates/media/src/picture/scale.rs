//! From decoded pictures to upright 8-bit 4:2:0 with square pixels, of a fixed size.

use super::geometry::{Size, Turn};
use crate::error::{MediaError, Step};
use crate::ffi;
use ffmpeg_next::{Error, color, filter, format, frame};

/// What decides whether a graph still fits the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    size: Size,
    format: i32,
    pixel_aspect: (i32, i32),
}

/// Scales to one size; builds its graph anew when the source changes.
pub(crate) struct Scaler {
    target: Size,
    turn: Turn,
    interlaced: bool,
    graph: Option<(Key, filter::Graph)>,
}

impl Scaler {
    /// To a target that already counts the turn.
    pub(crate) fn new(target: Size, turn: Turn, interlaced: bool) -> Self {
        Self { target, turn, interlaced, graph: None }
    }

    /// The scaled picture; its time stamp is that of `picture` (ticks of 1/90000).
    pub(crate) fn run(&mut self, picture: &frame::Video) -> Result<frame::Video, MediaError> {
        let key = key_of(picture);
        if self.fits(picture, key) {
            return ffi::share(picture).step("taking a picture");
        }
        if self.graph.as_ref().is_none_or(|(built, _)| *built != key) {
            self.graph = Some((key, self.build(picture, key)?));
        }
        let Some((_, graph)) = &mut self.graph else { return Err(missing()) };
        let mut source = graph.get("in").ok_or_else(missing)?;
        ffi::feed_graph(&mut source, picture).step("scaling a picture")?;
        let mut sink = graph.get("out").ok_or_else(missing)?;
        let mut out = frame::Video::empty();
        sink.sink().frame(&mut out).step("scaling a picture")?;
        Ok(out)
    }

    /// Whether a picture is already as it is wanted: what a filter would copy plane by plane is passed on.
    fn fits(&self, picture: &frame::Video, key: Key) -> bool {
        key.size == self.target
            && picture.format() == format::Pixel::YUV420P
            && picture.color_range() != color::Range::JPEG
            && self.turn.filter().is_none()
            && key.pixel_aspect.0 == key.pixel_aspect.1
            && !self.interlaced
            && !is_hdr(picture)
    }

    fn build(&self, picture: &frame::Video, key: Key) -> Result<filter::Graph, MediaError> {
        let mut graph = filter::Graph::new();
        ffi::single_threaded(&mut graph);
        let (horizontal, vertical) = key.pixel_aspect;
        let arguments = format!(
            "video_size={}x{}:pix_fmt={}:time_base=1/90000:pixel_aspect={horizontal}/{vertical}",
            key.size.width, key.size.height, key.format
        );
        let find = |name| filter::find(name).ok_or(Error::FilterNotFound).step("finding a filter");
        graph.add(&find("buffer")?, "in", &arguments).step("building the picture filters")?;
        graph.add(&find("buffersink")?, "out", "").step("building the picture filters")?;
        let chain = self.chain(picture, key);
        let parsed =
            graph.output("in", 0).and_then(|parser| parser.input("out", 0)).and_then(|p| p.parse(&chain));
        parsed.step("building the picture filters")?;
        graph.validate().step("building the picture filters")?;
        Ok(graph)
    }

    fn chain(&self, picture: &frame::Video, key: Key) -> String {
        let Size { width, height } = self.target;
        let mut steps: Vec<String> = Vec::new();
        if self.interlaced {
            steps.push("yadif=deint=interlaced".to_owned());
        }
        if is_hdr(picture) && filter::find("zscale").is_some() && filter::find("tonemap").is_some() {
            steps.push("zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709".to_owned());
            steps.push("tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p".to_owned());
        }
        let upright = Size { width, height };
        let unturned = if self.turn.swaps_sides() { Size { width: height, height: width } } else { upright };
        let aspect = aspect_number(key.pixel_aspect);
        let wide = f64::from(key.size.width) * aspect / f64::from(key.size.height.max(1));
        let target = f64::from(unturned.width) / f64::from(unturned.height.max(1));
        // Rounding to even sides is no change of shape.
        let same_shape = (wide / target - 1.0).abs() < 0.02 || key.size.width.min(key.size.height) < 64;
        if same_shape {
            steps.push(format!("scale={}:{}:flags=bicubic:out_range=tv", unturned.width, unturned.height));
        } else {
            steps.push(format!("scale=trunc(iw*{aspect:.6}/2)*2:ih,setsar=1"));
            steps.push(format!(
                "scale={0}:{1}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=bicubic:out_range=tv,\
                 pad={0}:{1}:-1:-1",
                unturned.width, unturned.height
            ));
        }
        steps.extend(self.turn.filter().map(str::to_owned));
        steps.push("setsar=1,format=yuv420p".to_owned());
        steps.join(",")
    }
}

fn key_of(picture: &frame::Video) -> Key {
    let aspect = picture.aspect_ratio();
    let (horizontal, vertical) = (aspect.numerator(), aspect.denominator());
    let pixel_aspect = if horizontal > 0 && vertical > 0 { (horizontal, vertical) } else { (1, 1) };
    Key {
        size: Size { width: picture.width(), height: picture.height() },
        format: ffi::pixel_format(picture),
        pixel_aspect,
    }
}

fn aspect_number((horizontal, vertical): (i32, i32)) -> f64 {
    let aspect = f64::from(horizontal) / f64::from(vertical.max(1));
    if (0.1..=10.0).contains(&aspect) { aspect } else { 1.0 }
}

fn is_hdr(picture: &frame::Video) -> bool {
    matches!(
        picture.color_transfer_characteristic(),
        color::TransferCharacteristic::SMPTE2084 | color::TransferCharacteristic::ARIB_STD_B67
    )
}

fn missing() -> MediaError {
    MediaError::Ffmpeg { step: "building the picture filters", source: Error::FilterNotFound }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { width: 64, height: 48 };

    fn picture(range: color::Range) -> frame::Video {
        let mut picture = frame::Video::new(format::Pixel::YUV420P, SIZE.width, SIZE.height);
        for plane in 0..3 {
            picture.data_mut(plane).fill(40);
        }
        picture.set_color_range(range);
        picture.set_pts(Some(90));
        picture
    }

    #[test]
    fn a_picture_that_is_right_is_passed_on_and_any_other_is_made_right() {
        let right = picture(color::Range::MPEG);
        let mut scaler = Scaler::new(SIZE, Turn::None, false);
        assert_eq!(scaler.run(&right).unwrap().data(0).as_ptr(), right.data(0).as_ptr());
        // The full range's 40 is the limited one's 50.
        let full = scaler.run(&picture(color::Range::JPEG)).unwrap();
        assert!((49..=51).contains(&full.data(0)[0]), "{}", full.data(0)[0]);
        for (size, turn) in [(Size { width: 32, height: 24 }, Turn::None), (SIZE, Turn::Half)] {
            let out = Scaler::new(size, turn, false).run(&right).unwrap();
            assert_ne!(out.data(0).as_ptr(), right.data(0).as_ptr());
            assert_eq!((out.width(), out.height(), out.pts()), (size.width, size.height, Some(90)));
        }
    }
}
