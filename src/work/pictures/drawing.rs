//! Pictures: opened within limits, turned the right way, made smaller, written as what everybody reads.

use std::fs::File;
use std::io::{BufReader, Cursor, Seek};

use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPDecoder;
use image::imageops::FilterType;
use image::{
    AnimationDecoder as _, DynamicImage, GenericImageView as _, ImageDecoder as _, ImageError,
    ImageFormat, ImageReader, Limits, Rgb, RgbImage,
};

use crate::domain::outgoing::{MOST_PIXELS, Unsendable, fitted};

/// What decoding one picture may take in memory.
const MOST_MEMORY: u64 = 320 * 1024 * 1024;
/// The qualities of JPEG that are tried, one after the other, until a picture is small enough.
const QUALITIES: [u8; 3] = [88, 78, 65];
/// Around a video's sign to play, and the sign.
const DARK: Rgb<u8> = Rgb([24, 32, 36]);
const LIGHT: Rgb<u8> = Rgb([233, 238, 239]);

/// A picture, decoded and turned the way it was taken.
pub struct Picture {
    image: DynamicImage,
    /// It has more than one frame; this is the first.
    pub moves: bool,
}

/// A picture, as a file.
pub struct Drawn {
    /// `image/jpeg`, or `image/png` for what one can see through.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Picture {
    /// Reads a picture. What the camera wrote beside it is left behind.
    pub fn open(file: File) -> Result<Picture, Unsendable> {
        let mut reader = BufReader::new(file);
        let moves = moves(&mut reader);
        let mut reader = ImageReader::new(reader)
            .with_guessed_format()
            .map_err(|_| Unsendable::Damaged)?;
        let mut limits = Limits::default();
        limits.max_alloc = Some(MOST_MEMORY);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(|error| why(&error))?;
        let (width, height) = decoder.dimensions();
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(Unsendable::TooManyPixels);
        }
        let orientation = decoder.orientation().ok();
        let mut image = DynamicImage::from_decoder(decoder).map_err(|error| why(&error))?;
        if let Some(orientation) = orientation {
            image.apply_orientation(orientation);
        }
        Ok(Picture { image, moves })
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        self.image.dimensions()
    }

    /// The picture with a longer side of at most `side`, in at most `most` bytes.
    pub fn drawn(&self, side: u32, most: u64) -> Drawn {
        let mut side = side;
        loop {
            let image = self.within(side);
            if has_holes(&image) {
                let drawn = png(&image);
                if fits(&drawn, most) || side <= 1 {
                    return drawn;
                }
            } else {
                for quality in QUALITIES {
                    let drawn = jpeg(&image.to_rgb8(), quality);
                    if fits(&drawn, most) || side <= 1 {
                        return drawn;
                    }
                }
            }
            side = image.width().max(image.height()) * 7 / 10;
        }
    }

    fn within(&self, side: u32) -> DynamicImage {
        let (width, height) = fitted(self.size(), side);
        match (width, height) == self.size() {
            true => self.image.clone(),
            false => self
                .image
                .resize_exact(width, height, FilterType::CatmullRom),
        }
    }
}

/// A plain picture with a sign to play, in the shape of a video of this size.
pub fn of_a_video(size: (u32, u32), side: u32, most: u64) -> Drawn {
    let (width, height) = fitted(size, side);
    // A video of one line would not be worth watching, but its picture must have a middle.
    let mut image = RgbImage::from_pixel(width.max(2), height.max(2), DARK);
    let half = i64::from(image.width().min(image.height()) / 6);
    let (left, middle) = (
        i64::from(image.width()) / 2 - half,
        i64::from(image.height()) / 2,
    );
    for across in 0..=2 * half {
        let reach = half - across / 2;
        for down in -reach..=reach {
            let at = (u32::try_from(left + across), u32::try_from(middle + down));
            if let (Ok(x), Ok(y)) = at
                && let Some(pixel) = image.get_pixel_mut_checked(x, y)
            {
                *pixel = LIGHT;
            }
        }
    }
    let picture = Picture {
        image: image.into(),
        moves: false,
    };
    picture.drawn(side, most)
}

fn why(error: &ImageError) -> Unsendable {
    match error {
        ImageError::Limits(_) => Unsendable::TooManyPixels,
        _ => Unsendable::Damaged,
    }
}

/// Whether there is more than one frame. The reader stands at the beginning again afterwards.
fn moves(reader: &mut BufReader<File>) -> bool {
    let format = image_format(reader);
    let moves = match format {
        Some(ImageFormat::Gif) => GifDecoder::new(&mut *reader)
            .ok()
            .filter(|decoder| is_small(decoder.dimensions()))
            .is_some_and(|decoder| decoder.into_frames().nth(1).is_some()),
        Some(ImageFormat::WebP) => {
            WebPDecoder::new(&mut *reader).is_ok_and(|decoder| decoder.has_animation())
        }
        _ => false,
    };
    let _ = reader.rewind();
    moves
}

fn is_small((width, height): (u32, u32)) -> bool {
    u64::from(width) * u64::from(height) <= MOST_PIXELS
}

fn image_format(reader: &mut BufReader<File>) -> Option<ImageFormat> {
    use std::io::BufRead as _;
    let format = image::guess_format(reader.fill_buf().ok()?).ok();
    reader.rewind().ok()?;
    format
}

/// One can see through some of it: a format without that would make it black.
fn has_holes(image: &DynamicImage) -> bool {
    image.color().has_alpha() && image.pixels().any(|(_, _, pixel)| pixel[3] < u8::MAX)
}

fn fits(drawn: &Drawn, most: u64) -> bool {
    drawn.bytes.len() as u64 <= most
}

fn jpeg(image: &RgbImage, quality: u8) -> Drawn {
    let mut bytes = Vec::new();
    // Into memory: there is nothing that could fail.
    let _ = JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(image);
    Drawn {
        media_type: "image/jpeg",
        bytes,
    }
}

fn png(image: &DynamicImage) -> Drawn {
    let mut bytes = Cursor::new(Vec::new());
    let _ = DynamicImage::from(image.to_rgba8()).write_to(&mut bytes, ImageFormat::Png);
    Drawn {
        media_type: "image/png",
        bytes: bytes.into_inner(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// A picture that does not become small by itself.
    fn noise(width: u32, height: u32) -> RgbImage {
        let mut seed = 1u32;
        RgbImage::from_fn(width, height, |_, _| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [_, a, b, c] = seed.to_be_bytes();
            Rgb([a, b, c])
        })
    }

    fn opened(bytes: &[u8]) -> Result<Picture, Unsendable> {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(bytes).expect("room for it");
        file.rewind().expect("its beginning");
        Picture::open(file)
    }

    #[test]
    fn a_picture_is_made_small_enough_whatever_is_on_it() {
        let noisy = png(&noise(600, 400).into());
        let picture = opened(&noisy.bytes).expect("a picture");
        for (side, most) in [(600, 100_000), (600, 20_000), (600, 1_000), (90, u64::MAX)] {
            let drawn = picture.drawn(side, most);
            assert!(drawn.bytes.len() as u64 <= most, "{most}");
            let again = opened(&drawn.bytes).expect("a picture");
            assert!(again.size().0 <= side);
            assert!(
                (again.size().0 * 2).abs_diff(again.size().1 * 3) < 4,
                "its shape"
            );
        }
    }

    #[test]
    fn a_picture_stands_as_it_was_taken_and_tells_nothing_of_the_camera() {
        let taken = jpeg(&noise(60, 40), 90).bytes;
        // Exif: one entry, the orientation, a quarter to the right.
        let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
        let upright = [&taken[..2], b"\xFF\xE1", &length, exif, &taken[2..]].concat();
        let picture = opened(&upright).expect("a picture");
        assert_eq!(picture.size(), (40, 60));
        let drawn = picture.drawn(100, u64::MAX);
        assert!(!drawn.bytes.windows(4).any(|bytes| bytes == b"Exif"));
        assert_eq!(opened(&drawn.bytes).expect("a picture").size(), (40, 60));
    }

    #[test]
    fn what_is_no_picture_is_not_opened() {
        for bytes in [&b""[..], b"hello", b"GIF89a", b"\x89PNG\r\n\x1a\n\0\0"] {
            assert_eq!(opened(bytes).err(), Some(Unsendable::Damaged), "{bytes:?}");
        }
    }
}
