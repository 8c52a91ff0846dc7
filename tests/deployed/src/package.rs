//! Packages each function as it would be uploaded, and turns the template into what `sam package` makes of it.

use crate::Problem;
use crate::call::Calls;
use crate::emulator::REGION;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The template that is deployed.
pub const TEMPLATE: &str = include_str!("../../../infra/template.yaml");
/// Where the template finds a function that was built, up to its name.
const LOCAL: &str = "CodeUri: ../target/lambda/";

/// Every function of the stack, in the template's order.
pub fn functions() -> impl Iterator<Item = &'static str> {
    let after = TEMPLATE.split(LOCAL).skip(1);
    after.filter_map(|text| text.split('/').next())
}

/// The bucket that `sam deploy` would upload to.
const BUCKET: &str = "stack-tests-uploads";
/// What a function's package may weigh, in bytes: larger ones start late.
pub const PACKAGE_BYTES_MAX: u64 = 5 * 1024 * 1024;

/// A function ready to be uploaded.
#[derive(Debug, Clone)]
pub struct Package {
    /// The function.
    pub name: &'static str,
    /// The zip.
    pub zip: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its digest.
    pub digest: String,
}

/// Zips each binary under the name that the service looks for. Python's own `zipfile` keeps the right to run it.
pub fn pack_all(python: &Path, binaries: &Path, folder: &Path) -> Result<Vec<Package>, Problem> {
    functions().map(|name| pack(name, python, binaries, folder)).collect()
}

fn pack(name: &'static str, python: &Path, binaries: &Path, folder: &Path) -> Result<Package, Problem> {
    let place = folder.join(name);
    std::fs::create_dir_all(&place)?;
    let binary = binaries.join(name);
    std::fs::copy(&binary, place.join("bootstrap")).map_err(|e| format!("{}: {e}", binary.display()))?;
    let zip = folder.join(format!("{name}.zip"));
    let mut command = Command::new(python);
    command.args(["-m", "zipfile", "-c"]).arg(&zip).arg("bootstrap").current_dir(&place);
    if !command.status()?.success() {
        return Err(format!("{name} could not be zipped").into());
    }
    let content = std::fs::read(&zip)?;
    let digest = hex::encode(Sha256::digest(&content));
    Ok(Package { name, zip, bytes: content.len() as u64, digest })
}

/// Uploads the packages and the template; the answer is the template's address.
pub async fn upload(calls: &Calls, packages: &[Package]) -> Result<String, Problem> {
    let place = format!(
        "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
    );
    calls.path("s3", "PUT", &format!("/{BUCKET}"), place.into_bytes()).await?;
    for package in packages {
        let content = std::fs::read(&package.zip)?;
        calls.path("s3", "PUT", &format!("/{BUCKET}/{}.zip", package.name), content).await?;
    }
    upload_template(calls, "template.yaml", &packaged()).await
}

/// Uploads a template under that name; the answer is its address.
pub async fn upload_template(calls: &Calls, name: &str, text: &str) -> Result<String, Problem> {
    calls.path("s3", "PUT", &format!("/{BUCKET}/{name}"), text.as_bytes().to_vec()).await?;
    Ok(format!("https://s3.{REGION}.amazonaws.com/{BUCKET}/{name}"))
}

/// The template with the place of each upload in place of the local folder: the one thing `sam package` changes.
pub fn packaged() -> String {
    functions().fold(TEMPLATE.to_owned(), |text, name| {
        text.replace(&format!("{LOCAL}{name}/"), &format!("CodeUri: s3://{BUCKET}/{name}.zip"))
    })
}
