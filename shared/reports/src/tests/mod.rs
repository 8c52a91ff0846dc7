//! What the pages promise, tried on made-up days, hostile texts and random numbers.

mod figures;
mod files;
mod hostile;
mod operator;
mod pages;
mod to_do;
mod told;
mod wellformed;

use crate::Language;
use crate::sample;
use crate::shop::ShopReport;

/// All samples, from the busiest to the emptiest.
fn samples() -> [ShopReport; 3] {
    [sample::busy_day().unwrap(), sample::quiet_day().unwrap(), sample::empty_day().unwrap()]
}

/// Every form of a page in both languages.
fn pages(report: &ShopReport) -> Vec<String> {
    Language::ALL.iter().map(|language| crate::html(report, *language)).collect()
}

/// What a person can read of a page: no tags, no style, entities resolved.
fn readable(page: &str) -> String {
    let body = page.split_once("<main>").unwrap().1;
    let mut text = String::new();
    let mut inside = false;
    for letter in body.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            letter if !inside => text.push(letter),
            _ => {}
        }
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
