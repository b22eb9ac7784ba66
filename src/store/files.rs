//! The folder `attachments`: every file under the hash of what is in it, so that the same picture sent a hundred
//! times lies there once, and a file that is there is whole.
//!
//! Invariants: a file is on disk before the row that names it is committed; what no row names is removed, after
//! the commit that removed its last row, or at the start when a crash came between.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use tempfile::NamedTempFile;

use crate::crypto;
use crate::domain::media::HEAD;

use super::Result;

/// The folder's name in the data directory.
pub const FOLDER: &str = "attachments";
/// Below this nothing is taken: the rest is for what customers write. (promises.md §1.3)
const LEFT_FREE: u64 = 200 * 1024 * 1024;
/// What lies about for longer than this and is named by no row was left by a crash.
const ABANDONED: Duration = Duration::from_secs(3600);

/// The folder. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    folder: Arc<PathBuf>,
    /// Held while a file and its row come together, or part.
    turn: Arc<Mutex<()>>,
}

/// A file that is being written.
pub struct Incoming {
    file: NamedTempFile,
    digest: ring::digest::Context,
    head: Vec<u8>,
    size: u64,
}

/// A file that is on disk, without a name yet.
pub struct Arrived {
    file: NamedTempFile,
    /// SHA-256 in hex.
    pub content: String,
    /// Its first bytes, at most [`HEAD`].
    pub head: Vec<u8>,
    /// In bytes.
    pub size: u64,
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        let written_bytes = &bytes[..written];
        self.digest.update(written_bytes);
        self.size += written as u64;
        let wanted = HEAD.saturating_sub(self.head.len()).min(written);
        self.head.extend_from_slice(&written_bytes[..wanted]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Incoming {
    /// The file is whole: puts it on disk. Blocks until it is there.
    ///
    /// # Errors
    /// The disk's.
    pub fn finish(self) -> io::Result<Arrived> {
        self.file.as_file().sync_all()?;
        Ok(Arrived {
            content: crypto::hex(self.digest.finish().as_ref()),
            head: self.head,
            size: self.size,
            file: self.file,
        })
    }
}

impl Files {
    /// The folder in the data directory `data`; makes it (0700) when it is missing.
    ///
    /// # Errors
    /// The disk's.
    pub fn open(data: &Path) -> io::Result<Files> {
        let folder = data.join(FOLDER);
        make(&folder.join("incoming"))?;
        Ok(Files {
            folder: Arc::new(folder),
            turn: Arc::default(),
        })
    }

    fn incoming(&self) -> PathBuf {
        self.folder.join("incoming")
    }

    /// Where a file is, when it is there. `content` is a hash that this folder gave.
    pub fn path(&self, content: &str) -> PathBuf {
        let shelf = content.get(..2).unwrap_or_default();
        self.folder.join(shelf).join(content)
    }

    /// Begins a file. It is gone again unless it is kept.
    ///
    /// # Errors
    /// The disk's; [`io::ErrorKind::StorageFull`] also when there is still some room, for text.
    pub fn begin(&self) -> io::Result<Incoming> {
        let space = rustix::fs::statvfs(&*self.folder)?;
        if space.f_bavail.saturating_mul(space.f_frsize) < LEFT_FREE {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(Incoming {
            file: NamedTempFile::new_in(self.incoming())?,
            digest: ring::digest::Context::new(&ring::digest::SHA256),
            head: Vec::new(),
            size: 0,
        })
    }

    /// Gives files their names, and then `record` writes the rows that name them. Blocks; on a worker or a blocking
    /// thread only.
    ///
    /// # Errors
    /// The disk's, and what `record` returns: then the file may stay until [`Files::tidy`] finds it.
    pub fn keep<T>(
        &self,
        arrived: impl IntoIterator<Item = Arrived>,
        record: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let _turn = self.turn.lock();
        for arrived in arrived {
            let path = self.path(&arrived.content);
            let shelf = path.parent().unwrap_or(&self.folder);
            make(shelf)?;
            arrived.file.persist(&path).map_err(|error| error.error)?;
            File::open(shelf)?.sync_all()?;
        }
        File::open(&*self.folder)?.sync_all()?;
        record()
    }

    /// Removes a file, unless `is_needed` says that a row names it (again). Blocks.
    ///
    /// # Errors
    /// The disk's, and what `is_needed` returns.
    pub fn discard(&self, content: &str, is_needed: impl FnOnce() -> Result<bool>) -> Result<()> {
        let _turn = self.turn.lock();
        if is_needed()? {
            return Ok(());
        }
        match fs::remove_file(self.path(content)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Opens a file to read.
    ///
    /// # Errors
    /// The disk's; [`io::ErrorKind::NotFound`] when somebody took it out of the folder.
    pub fn read(&self, content: &str) -> io::Result<File> {
        File::open(self.path(content))
    }

    /// Removes what a crash left: files that were never finished, and those that no row names. Blocks for as long
    /// as the folder is large.
    ///
    /// # Errors
    /// The disk's, and what `is_needed` returns.
    pub fn tidy(&self, is_needed: impl Fn(&str) -> Result<bool>) -> Result<()> {
        for file in old_files(&self.incoming(), Duration::ZERO)? {
            fs::remove_file(file)?;
        }
        for shelf in fs::read_dir(&*self.folder)? {
            let shelf = shelf?;
            if shelf.file_name().len() != 2 {
                continue;
            }
            for file in old_files(&shelf.path(), ABANDONED)? {
                let name = file.file_name().and_then(|name| name.to_str());
                if let Some(content) = name {
                    self.discard(content, || is_needed(content))?;
                }
            }
        }
        Ok(())
    }
}

fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// The files of a folder that were last written longer ago than `age`.
fn old_files(folder: &Path, age: Duration) -> io::Result<Vec<PathBuf>> {
    let mut old = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let written = entry.metadata()?.modified()?;
        let is_old = SystemTime::now()
            .duration_since(written)
            .is_ok_and(|since| since >= age);
        if is_old {
            old.push(entry.path());
        }
    }
    Ok(old)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> (tempfile::TempDir, Files) {
        let data = tempfile::tempdir().unwrap();
        let files = Files::open(data.path()).unwrap();
        (data, files)
    }

    fn arrived(files: &Files, text: &str) -> Arrived {
        let mut incoming = files.begin().unwrap();
        incoming.write_all(text.as_bytes()).unwrap();
        incoming.finish().unwrap()
    }

    #[test]
    fn the_same_content_lies_there_once_under_its_hash() {
        let (_data, files) = files();
        let kept = ["hello", "hello"].map(|text| {
            let arrived = arrived(&files, text);
            let content = arrived.content.clone();
            files.keep([arrived], || Ok(())).unwrap();
            content
        });
        assert_eq!(kept[0], kept[1]);
        assert_eq!(kept[0], crypto::hex(&crypto::sha256(b"hello")));
        assert_eq!(fs::read(files.path(&kept[0])).unwrap(), b"hello");
        assert_eq!(fs::read_dir(files.incoming()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_needed_stays_and_what_is_not_goes() {
        let (_data, files) = files();
        let arrived = arrived(&files, "hello");
        let content = arrived.content.clone();
        files.keep([arrived], || Ok(())).unwrap();
        files.discard(&content, || Ok(true)).unwrap();
        assert!(files.path(&content).exists());
        files.discard(&content, || Ok(false)).unwrap();
        assert!(!files.path(&content).exists());
        files.discard(&content, || Ok(false)).unwrap();
    }

    #[test]
    fn what_a_crash_left_is_tidied_up() {
        let (_data, files) = files();
        fs::write(files.incoming().join("half"), "hal").unwrap();
        for text in ["needed", "left behind", "just arrived"] {
            let arrived = arrived(&files, text);
            let path = files.path(&arrived.content);
            files.keep([arrived], || Ok(())).unwrap();
            if text != "just arrived" {
                let file = File::options().write(true).open(path).unwrap();
                file.set_modified(SystemTime::now() - 2 * ABANDONED)
                    .unwrap();
            }
        }
        let hash = |text: &str| crypto::hex(&crypto::sha256(text.as_bytes()));
        files.tidy(|content| Ok(content == hash("needed"))).unwrap();
        assert_eq!(fs::read_dir(files.incoming()).unwrap().count(), 0);
        assert!(files.path(&hash("needed")).exists());
        assert!(!files.path(&hash("left behind")).exists());
        assert!(files.path(&hash("just arrived")).exists());
    }
}
