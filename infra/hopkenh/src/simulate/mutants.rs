//! Takes one rule of the protocol out after the other and tells after how many days the simulation notices.

use super::many::{Seeds, play_all};
use super::world::Wish;
use channels::http::Http;
use commerce::removed::Rule;
use std::process::ExitCode;

/// Plays each mutant until a day fails, and prints the table.
pub(super) fn run(seeds: &Seeds, wish: &Wish, http: &Http) -> Result<ExitCode, String> {
    let mut missed = 0;
    println!("days until noticed   rule taken out");
    for rule in Rule::ALL.iter().copied() {
        let wish = Wish { removed: Some(rule), ..wish.clone() };
        let (mut days, mut first) = (0_u64, None);
        play_all(seeds, &wish, http, |outcome| {
            days += 1;
            first = first.take().or(outcome.wrong);
            first.is_none()
        })?;
        match first {
            Some(wrong) => {
                let wrong: String = wrong.chars().take(110).collect();
                println!("{days:>18}   {}: {wrong}", rule.title());
            }
            None => {
                missed += 1;
                println!("{:>18}   {}", format!("not in {days}"), rule.title());
            }
        }
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
