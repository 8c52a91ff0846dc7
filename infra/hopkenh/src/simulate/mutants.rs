//! Takes one rule of the protocol out after the other and tells after how many days the simulation notices.

use super::many::{Seeds, play_all};
use super::world::Wish;
use channels::http::Http;
use std::process::ExitCode;

/// A rule that can be taken out, and how to do it: `true` takes it out, `false` puts it back.
pub(super) struct Mutant {
    /// What people read.
    pub(super) title: &'static str,
    /// Takes the rule out of this whole process, or puts it back.
    pub(super) remove: fn(bool),
}

/// Every rule that can be taken out. None yet: the rules come with the protocol.
pub(super) const MUTANTS: &[Mutant] = &[];

/// Plays each mutant until a day fails, and prints the table.
pub(super) fn run(seeds: &Seeds, wish: &Wish, http: &Http) -> Result<ExitCode, String> {
    let mut missed = 0;
    println!("days until noticed   rule taken out");
    for mutant in MUTANTS {
        (mutant.remove)(true);
        let (mut days, mut first) = (0_u64, None);
        let played = play_all(seeds, wish, http, |outcome| {
            days += 1;
            first = first.take().or(outcome.wrong);
            first.is_none()
        });
        (mutant.remove)(false);
        played?;
        match first {
            Some(wrong) => println!("{days:>18}   {}: {wrong}", mutant.title),
            None => {
                missed += 1;
                println!("{:>18}   {}", format!("not in {days}"), mutant.title);
            }
        }
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
