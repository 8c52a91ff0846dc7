//! Where a secret comes from: the environment, or a file only its owner can read. Never the table, never the log.

use secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The environment variable that may hold many secrets at once as a JSON object of name → value.
pub const SECRETS_MAP: &str = "HOPKENH_SECRETS";

/// Why a secret could not be had; names where it was looked for, shows nothing.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Neither `env:` nor `file:`.
    #[error("a secret is given as \"env:NAME\" or \"file:PATH\" or \"file:PATH#name\"")]
    Form,
    /// Not in the environment.
    #[error("environment variable {0} is missing or empty")]
    Environment(String),
    /// The file cannot be read.
    #[error("secret file {0}: {1}")]
    File(PathBuf, String),
    /// Others may read the file.
    #[error("secret file {0} can be read by others: run chmod 600 on it")]
    Open(PathBuf),
}

/// Reads one secret. `folder` is where relative file paths start (the folder of the shops file).
pub fn read(source: &str, folder: &Path) -> Result<SecretString, SecretError> {
    if let Some(name) = source.strip_prefix("env:") {
        return from_environment(name);
    }
    let Some(path) = source.strip_prefix("file:") else { return Err(SecretError::Form) };
    let (path, name) = path.split_once('#').map_or((path, None), |(path, name)| (path, Some(name)));
    from_file(&folder.join(path), name)
}

fn from_environment(name: &str) -> Result<SecretString, SecretError> {
    let direct = std::env::var(name).ok().filter(|value| !value.is_empty());
    let value = direct.or_else(|| {
        let map: BTreeMap<String, String> = serde_json::from_str(&std::env::var(SECRETS_MAP).ok()?).ok()?;
        map.get(name).cloned()
    });
    value.map(SecretString::from).ok_or_else(|| SecretError::Environment(name.to_owned()))
}

fn from_file(path: &Path, name: Option<&str>) -> Result<SecretString, SecretError> {
    let problem = |detail: String| SecretError::File(path.to_owned(), detail);
    check_owner_only(path)?;
    let text = std::fs::read_to_string(path).map_err(|e| problem(e.kind().to_string()))?;
    let Some(name) = name else { return Ok(SecretString::from(text.trim_end().to_owned())) };
    let map: BTreeMap<String, String> =
        toml::from_str(&text).map_err(|_| problem("must hold lines of name = \"value\"".to_owned()))?;
    let value = map.get(name).cloned();
    value.map(SecretString::from).ok_or_else(|| problem(format!("has no {name:?}")))
}

#[cfg(unix)]
fn check_owner_only(path: &Path) -> Result<(), SecretError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata =
        std::fs::metadata(path).map_err(|e| SecretError::File(path.to_owned(), e.kind().to_string()))?;
    let others = metadata.permissions().mode() & 0o077;
    if others == 0 { Ok(()) } else { Err(SecretError::Open(path.to_owned())) }
}

#[cfg(not(unix))]
fn check_owner_only(_path: &Path) -> Result<(), SecretError> {
    Ok(())
}
