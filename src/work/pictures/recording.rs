//! What a recording says of itself: how long it is, and what shape its pictures have. Nothing is decoded.

use std::io::{self, Read, Seek, SeekFrom};
use std::time::Duration;

/// What an MP4 file says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    /// How long it is.
    pub duration: Option<Duration>,
    /// Width and height of its pictures, in pixels; `None` when it has none.
    pub size: Option<(u32, u32)>,
}

/// Boxes inside boxes are followed so deep.
const DEPTH: usize = 4;
/// More boxes than this has no file that a camera made.
const MOST_BOXES: usize = 10_000;
/// The fields that are read lie within these first bytes of a box.
const FIELDS: usize = 96;

/// Reads the boxes of an MP4 or M4A file (ISO 14496-12). `None`: it is not one, or broken off before they come.
///
/// # Errors
/// The disk's.
pub fn mp4(file: &mut (impl Read + Seek)) -> io::Result<Option<Recording>> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut found = None;
    let mut left = MOST_BOXES;
    walk(file, 0..end, DEPTH, &mut left, &mut found)?;
    Ok(found)
}

fn walk(
    file: &mut (impl Read + Seek),
    range: std::ops::Range<u64>,
    depth: usize,
    left: &mut usize,
    found: &mut Option<Recording>,
) -> io::Result<()> {
    let mut at = range.start;
    while at.saturating_add(8) <= range.end && *left > 0 {
        *left -= 1;
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0; 16];
        let read = fill(file, &mut head)?;
        let (size, header) = match number(&head, 0, 4) {
            // To the end of the file.
            0 => (range.end - at, 8),
            1 if read == 16 => (number(&head, 8, 8), 16),
            size => (size, 8),
        };
        let end = at.saturating_add(size);
        if size < header || end > range.end {
            return Ok(());
        }
        let inside = at + header..end;
        match &head[4..8] {
            b"moov" | b"trak" if depth > 0 => {
                found.get_or_insert_default();
                walk(file, inside, depth - 1, left, found)?;
            }
            b"mvhd" => found.get_or_insert_default().duration = length(&fields(file, inside)?),
            b"tkhd" => {
                let size = shape(&fields(file, inside)?);
                let found = found.get_or_insert_default();
                found.size = found.size.or(size);
            }
            _ => {}
        }
        at = end;
    }
    Ok(())
}

/// The first fields of a box.
fn fields(file: &mut (impl Read + Seek), range: std::ops::Range<u64>) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(range.start))?;
    let length = usize::try_from(range.end - range.start).unwrap_or(FIELDS);
    let mut bytes = vec![0; length.min(FIELDS)];
    let read = fill(file, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// `mvhd`: how many units a second has, and how many of them it takes.
fn length(fields: &[u8]) -> Option<Duration> {
    let (scale, units) = match fields.first()? {
        0 if fields.len() >= 20 => (number(fields, 12, 4), number(fields, 16, 4)),
        1 if fields.len() >= 32 => (number(fields, 20, 4), number(fields, 24, 8)),
        _ => return None,
    };
    let millis = units.checked_mul(1_000)?.checked_div(scale)?;
    (millis > 0).then_some(Duration::from_millis(millis))
}

/// `tkhd`: width and height, with a fraction of 16 bits; 0 for a track without pictures.
fn shape(fields: &[u8]) -> Option<(u32, u32)> {
    let (matrix, at) = match fields.first()? {
        0 if fields.len() >= 84 => (40, 76),
        1 if fields.len() >= 96 => (52, 88),
        _ => return None,
    };
    let whole = |at| u32::try_from(number(fields, at, 4) >> 16).unwrap_or(0);
    let (width, height) = (whole(at), whole(at + 4));
    // Taken upright: the picture is turned by a quarter, and the first field of the matrix is 0.
    let is_turned = number(fields, matrix, 4) == 0 && number(fields, matrix + 4, 4) != 0;
    match (width > 0 && height > 0, is_turned) {
        (false, _) => None,
        (true, false) => Some((width, height)),
        (true, true) => Some((height, width)),
    }
}

/// How long an MP3 file is: by its frames, each of which says how long it is. `None`: it has none.
///
/// # Errors
/// The disk's.
pub fn mp3(file: &mut (impl Read + Seek)) -> io::Result<Option<Duration>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    let mut at = after_tag(&bytes);
    let mut micros = 0u64;
    while let Some(head) = bytes.get(at..at + 4) {
        match frame(head) {
            Some((length, time)) => {
                micros += time;
                at += length;
            }
            // Something between the frames, or after the last one.
            None => at += 1,
        }
    }
    Ok((micros >= 1_000).then(|| Duration::from_micros(micros)))
}

/// Where the sound begins behind an ID3 tag, whose length is written in bytes of 7 bits.
fn after_tag(bytes: &[u8]) -> usize {
    match bytes {
        [b'I', b'D', b'3', _, _, _, a, b, c, d, ..] => {
            let bits = |byte: &u8| usize::from(byte & 0x7f);
            10 + (bits(a) << 21 | bits(b) << 14 | bits(c) << 7 | bits(d))
        }
        _ => 0,
    }
}

/// A frame's length in bytes and in microseconds (ISO 11172-3, layer III). `None`: this is none.
fn frame(head: &[u8]) -> Option<(usize, u64)> {
    const RATES: [u64; 3] = [44_100, 48_000, 32_000];
    const FIRST: [u64; 15] = [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ];
    const SECOND: [u64; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let (version, layer) = (head[1] >> 3 & 3, head[1] >> 1 & 3);
    if head[0] != 0xFF || head[1] >> 5 != 7 || version == 1 || layer != 1 {
        return None;
    }
    let (rates, samples, halvings) = match version {
        3 => (FIRST, 1_152, 0),
        2 => (SECOND, 576, 1),
        _ => (SECOND, 576, 2),
    };
    let rate = RATES.get(usize::from(head[2] >> 2 & 3))? >> halvings;
    let kilobits = *rates.get(usize::from(head[2] >> 4))?;
    if kilobits == 0 {
        return None;
    }
    let padding = u64::from(head[2] >> 1 & 1);
    let length = samples / 8 * kilobits * 1_000 / rate + padding;
    Some((usize::try_from(length).ok()?, samples * 1_000_000 / rate))
}

/// A number of `length` bytes, the highest first; bytes that are not there are 0.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let taken = bytes.get(at..at + length).unwrap_or_default();
    taken
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Reads until the buffer is full or the file over; how much.
fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match file.read(&mut buffer[read..])? {
            0 => break,
            some => read += some,
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn boxed(name: &[u8; 4], inside: &[u8]) -> Vec<u8> {
        let mut bytes = u32::try_from(inside.len() + 8)
            .unwrap()
            .to_be_bytes()
            .to_vec();
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(inside);
        bytes
    }

    fn mvhd(scale: u32, units: u32) -> Vec<u8> {
        let mut fields = vec![0; 100];
        fields[12..16].copy_from_slice(&scale.to_be_bytes());
        fields[16..20].copy_from_slice(&units.to_be_bytes());
        boxed(b"mvhd", &fields)
    }

    fn tkhd(width: u16, height: u16, is_turned: bool) -> Vec<u8> {
        let mut fields = vec![0; 84];
        fields[if is_turned { 44 } else { 40 } + 1] = 1;
        fields[76..78].copy_from_slice(&width.to_be_bytes());
        fields[80..82].copy_from_slice(&height.to_be_bytes());
        boxed(b"trak", &boxed(b"tkhd", &fields))
    }

    #[test]
    fn an_mp4_tells_its_length_and_its_shape() {
        let told = |inside: Vec<Vec<u8>>| {
            let mut bytes = boxed(b"ftyp", b"mp42");
            bytes.extend(boxed(b"mdat", &[7; 50]));
            bytes.extend(boxed(b"moov", &inside.concat()));
            mp4(&mut Cursor::new(bytes)).unwrap()
        };
        let second = Some(Duration::from_millis(2_500));
        assert_eq!(
            told(vec![
                mvhd(600, 1_500),
                tkhd(0, 0, false),
                tkhd(1_920, 1_080, false)
            ]),
            Some(Recording {
                duration: second,
                size: Some((1_920, 1_080)),
            })
        );
        assert_eq!(
            told(vec![tkhd(1_920, 1_080, true)]).unwrap().size,
            Some((1_080, 1_920))
        );
        assert_eq!(told(vec![mvhd(0, 1_500)]).unwrap().duration, None);
    }

    #[test]
    fn what_is_broken_says_nothing() {
        let endless = [&0u32.to_be_bytes()[..], b"moov"].concat();
        for bytes in [
            b"".to_vec(),
            b"\0\0\0\x04moov".to_vec(),
            b"\xff\xff\xff\xffmoov".to_vec(),
            boxed(b"moov", b"\0\0\0\x20mvhd\0"),
            endless.repeat(50),
        ] {
            let found = mp4(&mut Cursor::new(&bytes)).unwrap();
            assert!(
                found.is_none_or(|found| found == Recording::default()),
                "{bytes:?}"
            );
        }
        assert_eq!(mp3(&mut Cursor::new(b"ID3\x04")).unwrap(), None);
        assert_eq!(mp3(&mut Cursor::new([0xFF; 3_000])).unwrap(), None);
    }

    #[test]
    fn an_mp3_is_as_long_as_its_frames() {
        // MPEG 1, layer III, 128 kbit/s, 44.1 kHz: 417 bytes and 26.122 ms each.
        let mut bytes = b"ID3\x04\0\0\0\0\0\x0a0123456789".to_vec();
        for _ in 0..100 {
            bytes.extend([0xFF, 0xFB, 0x90, 0x00]);
            bytes.extend([0; 413]);
        }
        bytes.extend(b"TAG the end");
        let length = mp3(&mut Cursor::new(bytes)).unwrap().unwrap();
        assert_eq!(length.as_millis(), 2_612);
    }
}
