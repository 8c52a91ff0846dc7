//! Whether `hopkenh up` runs on a data folder, and which shops it reads there: a lock while it runs, a note that stays.

use crate::place::Place;
use crate::up::Problem;
use lambda_kit::objects::Objects;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// Locked as long as an `up` runs; the system lets go of it however the process ends.
const LOCK: &str = "up.lock";
/// Names the file of shops that the last `up` was given; not there when it read the shops of this folder.
const NOTE: &str = "up-config.txt";

/// Held by a running `up`.
#[derive(Debug)]
pub struct Presence(#[allow(dead_code, reason = "kept for its lock alone")] File);

/// Says that an `up` runs on this folder, with that file of shops if any. Several may.
pub fn hold(data: &Path, config: Option<&Path>) -> Result<Presence, Problem> {
    let failed = |path: &Path, e: std::io::Error| format!("{}: {}", path.display(), e.kind());
    std::fs::create_dir_all(data).map_err(|e| failed(data, e))?;
    let (lock, note) = (data.join(LOCK), data.join(NOTE));
    let file = open(&lock).map_err(|e| failed(&lock, e))?;
    if let Err(error) = file.lock_shared() {
        tracing::warn!(%error, "this folder knows no locks; commands cannot tell that `up` runs here");
    }
    match config {
        Some(config) => {
            let path = std::path::absolute(config).unwrap_or_else(|_| config.to_owned());
            std::fs::write(&note, path.display().to_string()).map_err(|e| failed(&note, e))?;
        }
        None => drop(std::fs::remove_file(&note)),
    }
    Ok(Presence(file))
}

fn open(lock: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).open(lock)
}

/// True when an `up` holds this folder now.
pub fn is_up(place: &Place) -> bool {
    let lock = folder(place).map(|folder| folder.join(LOCK)).filter(|lock| lock.exists());
    let Some(Ok(file)) = lock.map(|lock| open(&lock)) else { return false };
    matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

/// The file of shops that the last `up` here was given; none when it read the shops that were added.
pub fn config(place: &Place) -> Option<PathBuf> {
    std::fs::read_to_string(folder(place)?.join(NOTE)).ok().map(PathBuf::from)
}

/// The data folder of this machine; none on AWS.
pub fn folder(place: &Place) -> Option<&Path> {
    match &place.shops {
        Objects::Folder(folder) => Some(folder),
        Objects::S3(_) | Objects::Memory(_) => None,
    }
}
