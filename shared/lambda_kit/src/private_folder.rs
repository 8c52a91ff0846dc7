//! Folders that only their owner may look into: what lies in them may name buyers or hold keys.
//!
//! The folder protects its files, whatever rights they have themselves, also those that a library writes. Where rights
//! are not Unix's, a folder has those of the one it lies in.

use std::path::Path;

/// Makes a folder, and what is missing above it, for their owner alone. One that is there stays as it is: it may be the
/// user's, and shared for a reason.
pub fn make(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The same for a folder that is ours, such as the data folder and those in it: one that is there already, from an
/// earlier version or made by hand, is closed to others. Nothing above it is touched.
pub fn keep(folder: &Path) -> std::io::Result<()> {
    make(folder)?;
    close(folder)
}

/// A folder of another owner, such as one that a container was given, cannot be closed from here. What runs there goes
/// on, and a person is told.
#[cfg(unix)]
fn close(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut rights = std::fs::metadata(folder)?.permissions();
    if rights.mode() & 0o077 == 0 {
        return Ok(());
    }
    rights.set_mode(rights.mode() & !0o077);
    match std::fs::set_permissions(folder, rights) {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            let folder = folder.display();
            tracing::error!(%folder, "others can read this folder, and it is not ours to close: chmod 700");
            Ok(())
        }
        done => done,
    }
}

#[cfg(not(unix))]
fn close(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}
