//! Writes the sample's pages, tables and messages, and a counter's pages, into a folder: `cargo run -p reports --example pages -- FOLDER`.

use commerce::goods::Writer;
use commerce::ids::LocationId;
use reports::Language;
use reports::counter::Frame;
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
    counter(&folder)?;
    for language in Language::ALL {
        let page = reports::operator_html(&operator, language);
        write(&folder, &format!("operator.{}.html", language.code()), &page)?;
    }
    Ok(())
}

/// Every page of a store's counter, as an owner sees it.
fn counter(folder: &Path) -> Result<(), Box<dyn Error>> {
    let (shop, by) = (reports::sample::counter::shop("VAY-NAU-M")?, Writer::new("Lan")?);
    let location = LocationId::new("hcm")?;
    for language in Language::ALL {
        let frame = Frame { shop: &shop, location: &location, by: &by, is_owner: true, language };
        for (name, screen) in reports::sample::counter::screens("VAY-NAU-M")? {
            let page = reports::counter::page(&frame, &screen, None);
            write(folder, &format!("counter-{name}.{}.html", language.code()), &page)?;
        }
    }
    Ok(())
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(name), text)?;
    Ok(())
}
