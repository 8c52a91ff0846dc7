//! What is held against each other: the template and the files of the repository, read once and never written.

use crate::yaml;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Where the template lies.
pub const TEMPLATE: &str = "infra/template.yaml";

/// Below these folders every text file is read.
const FOLDERS: [&str; 6] = [
    "functions",
    "events",
    "infra/hopkenh/src",
    "shared/lambda_kit/src",
    "shared/table/src",
    "shared/workflows/src",
];
/// These files are read as well; the last one may not be there.
const FILES: [&str; 2] = ["Cargo.toml", "infra/README.md"];
/// Files of which no part is deployed.
const TESTS: [&str; 2] = ["/tests.rs", "/testing.rs"];
const ENDINGS: [&str; 4] = [".rs", ".toml", ".json", ".md"];

/// The repository as the checks see it.
#[derive(Debug, Clone)]
pub struct World {
    /// The template; CloudFormation's tags are written as its JSON form writes them (`Ref`, `Fn::GetAtt`, …).
    pub template: Value,
    /// Every other text by its path from the root.
    pub files: BTreeMap<String, String>,
}

impl World {
    /// Reads the repository at `root`.
    pub fn read(root: &Path) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        for folder in FOLDERS {
            read_folder(root, folder, &mut files)?;
        }
        for file in FILES {
            if let Ok(text) = std::fs::read_to_string(root.join(file)) {
                files.insert(file.to_owned(), text);
            }
        }
        let text = std::fs::read_to_string(root.join(TEMPLATE)).map_err(|e| format!("{TEMPLATE}: {e}"))?;
        Ok(Self { template: yaml::parse(&text)?, files })
    }

    /// The text of a file; empty when it is not there.
    pub fn text(&self, path: &str) -> &str {
        self.files.get(path).map_or("", String::as_str)
    }

    /// The files below a folder that end so.
    pub fn below<'w>(
        &'w self,
        folder: &'w str,
        ending: &'w str,
    ) -> impl Iterator<Item = (&'w str, &'w str)> + 'w {
        let inside = move |path: &str| {
            path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')) && path.ends_with(ending)
        };
        let files = self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        files.filter(move |(path, _)| inside(path))
    }

    /// The names of the folders directly in a folder.
    pub fn folders(&self, folder: &str) -> BTreeSet<&str> {
        let inside = self.files.keys().filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/'));
        inside.filter_map(|rest| rest.split_once('/').map(|(name, _)| name)).collect()
    }
}

fn read_folder(root: &Path, folder: &str, files: &mut BTreeMap<String, String>) -> Result<(), String> {
    let entries = std::fs::read_dir(root.join(folder)).map_err(|e| format!("{folder}: {e}"))?;
    for entry in entries.flatten() {
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read_folder(root, &path, files)?;
        } else if ENDINGS.iter().any(|ending| path.ends_with(ending))
            && !TESTS.iter().any(|name| path.ends_with(name))
        {
            let text = std::fs::read_to_string(entry.path()).map_err(|e| format!("{path}: {e}"))?;
            files.insert(path, text);
        }
    }
    Ok(())
}
