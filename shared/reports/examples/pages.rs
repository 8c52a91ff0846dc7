//! Writes the sample's pages, tables and messages into a folder: `cargo run -p reports --example pages -- FOLDER`.

use reports::Language;
use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name the folder to write to")?);
    let operator = reports::sample::operator_page()?;
    for (name, report) in [
        ("shop", reports::sample::busy_day()?),
        ("quiet", reports::sample::quiet_day()?),
        ("empty", reports::sample::empty_day()?),
    ] {
        for language in Language::ALL {
            let code = language.code();
            write(&folder, &format!("{name}.{code}.html"), &reports::html(&report, language))?;
            write(&folder, &format!("{name}.{code}.txt"), &reports::message(&report, language))?;
        }
        write(&folder, &format!("{name}.json"), &reports::json(&report)?)?;
        for (file, text) in reports::csv(&report) {
            write(&folder.join(name), &file, &text)?;
        }
    }
    for language in Language::ALL {
        let page = reports::operator_html(&operator, language);
        write(&folder, &format!("operator.{}.html", language.code()), &page)?;
    }
    Ok(())
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(name), text)?;
    Ok(())
}
