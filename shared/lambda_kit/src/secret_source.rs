//! Where a secret comes from: the environment, or a file only its owner can read. Never the table, never the log.

use crate::secret_store::SecretValues;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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

/// Reads the secrets of one account; on failure a sentence for each that could not be had.
pub fn read_all(sources: &BTreeMap<String, String>, folder: &Path) -> Result<SecretValues, Vec<String>> {
    let mut values = SecretValues::new();
    let mut problems = Vec::new();
    for (name, source) in sources {
        match read(source, folder) {
            Ok(value) => {
                values.insert(name.clone(), value);
            }
            Err(error) => problems.push(format!("secret {name}: {error}")),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
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
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
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
pub(crate) fn check_owner_only(path: &Path) -> Result<(), SecretError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata =
        std::fs::metadata(path).map_err(|e| SecretError::File(path.to_owned(), e.kind().to_string()))?;
    let others = metadata.permissions().mode() & 0o077;
    if others == 0 { Ok(()) } else { Err(SecretError::Open(path.to_owned())) }
}

#[cfg(not(unix))]
pub(crate) fn check_owner_only(_path: &Path) -> Result<(), SecretError> {
    Ok(())
}
