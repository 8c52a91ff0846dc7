//! Every page of the counter, drawn from data that somebody hostile may have written: nothing gets out of its place.

use super::*;
use crate::language::Language;
use crate::sample::counter::{screens, shop};
use commerce::goods::Writer;
use commerce::ids::LocationId;

fn pages(by: &str, is_owner: bool, language: Language) -> Vec<(&'static str, String)> {
    let (shop, by) = (shop(HOSTILE).unwrap(), Writer::new(by).unwrap());
    let location = LocationId::new("hcm").unwrap();
    let frame = Frame { shop: &shop, location: &location, by: &by, is_owner, language };
    let drawn = |(name, screen): (&'static str, Screen)| (name, page(&frame, &screen, Some(HOSTILE)));
    screens(HOSTILE).unwrap().into_iter().map(drawn).collect()
}

/// A product's code as a spreadsheet of somebody hostile may hold it.
const HOSTILE: &str = "<script>alert('x')</script>\"><img src=x onerror=y>";

#[test]
fn no_code_of_a_product_and_no_name_gets_out_of_its_place() {
    for language in Language::ALL {
        for (name, page) in pages("<i>Lan\" onload=x", true, language) {
            for broken in ["<script", "<img", "<i>", "\" onload"] {
                assert!(!page.contains(broken), "{name}: {broken} in {page}");
            }
        }
    }
}

/// The same page drawn from harmless data.
fn plain(name: &str, language: Language) -> String {
    let (shop, by) = (shop("AO-M").unwrap(), Writer::new("Lan").unwrap());
    let location = LocationId::new("hcm").unwrap();
    let frame = Frame { shop: &shop, location: &location, by: &by, is_owner: true, language };
    let (_, screen) = screens("AO-M").unwrap().into_iter().find(|(other, _)| *other == name).unwrap();
    page(&frame, &screen, Some("AO-M"))
}

#[test]
fn a_page_loads_nothing_runs_nothing_and_fits_a_slow_line() {
    for language in Language::ALL {
        for (name, _) in pages("Lan", false, language) {
            let page = plain(name, language);
            for foreign in ["http:", "https:", " src=", "<link", "url(", "<script", "@import"] {
                assert!(!page.contains(foreign), "{name}: {foreign}");
            }
            assert!(page.contains(&format!("<html lang=\"{}\">", language.code())), "{name}");
            assert!(page.len() < 20_000, "{name} has {} bytes", page.len());
        }
    }
}

#[test]
fn every_form_carries_its_token_and_its_reference() {
    for (name, page) in pages("Lan", true, Language::Vi) {
        for form in page.split("<form method=\"post\"").skip(1) {
            let form = form.split("</form>").next().unwrap();
            for field in ["name=\"ref\"", "name=\"token\""] {
                assert_eq!(form.matches(field).count(), 1, "{name}: {field}");
            }
        }
    }
}

#[test]
fn only_an_owner_sees_what_only_an_owner_may_write() {
    let names = |is_owner| {
        let pages = pages("Lan", is_owner, Language::Vi);
        let all: String = pages.into_iter().map(|(_, page)| page).collect();
        (all.contains("href=\"/counter/demo/adjust\""), all.contains("value=\"lose\""))
    };
    assert_eq!((names(true), names(false)), ((true, true), (false, false)));
}

#[test]
fn a_hold_shows_what_is_set_aside_and_never_its_code() {
    let home = plain("home", Language::Vi);
    assert!(home.contains("FB-7") && home.contains("khách đến lấy"), "{home}");
    assert!(!home.contains("482913"), "{home}");
    assert!(plain("pick-up", Language::En).contains("Handed over"));
    assert!(turned_away("một", "one").contains("lang=\"en\">one"));
}
