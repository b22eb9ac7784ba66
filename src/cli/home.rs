//! The data directory: its lock and its key.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use base64::Engine as _;
use rustix::fs::{FlockOperation, flock};

use super::Failure;
use crate::config::Config;
use crate::crypto::{self, Sealer};
use crate::locale::Text;
use crate::store::OpenError;

/// Holds the data directory for this process; the kernel lets go when the process ends, however it ends.
pub struct Lock {
    _file: File,
}

/// Makes the data directory when it is missing (0700).
pub fn create(folder: &Path) -> Result<(), Failure> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .and_then(|()| {
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder.join("tmp"))
        })
        .map_err(|error| {
            Failure::new(about("cli-home-not-made", folder).arg("error", error.to_string()))
        })
}

/// Takes the data directory.
pub fn lock(folder: &Path) -> Result<Lock, Failure> {
    let path = folder.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(|error| {
            Failure::new(about("cli-home-not-opened", &path).arg("error", error.to_string()))
        })?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| Failure::new(about("cli-home-taken", folder)))?;
    Ok(Lock { _file: file })
}

/// A sentence about a file or folder.
fn about(key: &str, path: &Path) -> Text {
    Text::new(key).arg("path", path.display().to_string())
}

/// Whether the directory holds a database.
pub fn has_database(folder: &Path) -> bool {
    folder.join(crate::store::FILE).exists()
}

/// Why the database was not opened, for whoever sits at the terminal.
pub fn not_opened(error: OpenError) -> Failure {
    Failure::new(match error {
        OpenError::Newer { path } => about("cli-store-newer", &path),
        OpenError::WrongKey { path } => about("cli-store-wrong-key", &path),
        OpenError::Database { path, source } => {
            about("cli-store-unopened", &path).arg("error", source.to_string())
        }
        OpenError::Folder { path, source } => {
            about("cli-home-not-made", &path).arg("error", source.to_string())
        }
        OpenError::Migration { path, reason } => {
            about("cli-store-not-migrated", &path).arg("reason", reason)
        }
    })
}

/// The key that seals secrets: from the environment, else from `secret.key`, which is made when there is
/// no database yet. A database without its key is refused: a new key could open nothing in it.
pub fn sealer(config: &Config) -> Result<Sealer, Failure> {
    if let Some(key) = &config.secret_key {
        return Sealer::from_base64(key.expose())
            .ok_or_else(|| Failure::new(Text::new("cli-home-key-variable-wrong")));
    }
    let path = config.data.join("secret.key");
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let open_to_others =
                std::fs::metadata(&path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0);
            if open_to_others {
                return Err(Failure::new(about("cli-home-key-readable", &path)));
            }
            Sealer::from_base64(&text)
                .ok_or_else(|| Failure::new(about("cli-home-key-wrong", &path)))
        }
        Err(error) if error.kind() == ErrorKind::NotFound && !has_database(&config.data) => {
            make_key(&path)
        }
        Err(error) => Err(Failure::new(
            about("cli-home-key-unread", &path).arg("error", error.to_string()),
        )),
    }
}

fn make_key(path: &Path) -> Result<Sealer, Failure> {
    let key: [u8; 32] = crypto::random();
    let text = base64::engine::general_purpose::STANDARD.encode(key);
    OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| {
            writeln!(file, "{text}")?;
            file.sync_all()
        })
        .and_then(|()| {
            let folder = path.parent().unwrap_or(Path::new("."));
            File::open(folder)?.sync_all()
        })
        .map_err(|error| {
            Failure::new(about("cli-home-not-written", path).arg("error", error.to_string()))
        })?;
    Ok(Sealer::new(&key))
}
