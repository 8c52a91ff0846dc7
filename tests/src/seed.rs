//! Chance that can be repeated: every random run prints its seed, and `SEED=n` plays the same run again.

use rand::SeedableRng;
use rand::rngs::SmallRng;

/// The seed of this run: the environment's `SEED`, or a new one. It is printed, so that a failure names it.
#[allow(clippy::print_stdout, reason = "a failing test shows what it printed")]
pub fn seed() -> u64 {
    let seed = match std::env::var("SEED") {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("SEED must be a whole number, not {text:?}")),
        Err(_) => rand::random(),
    };
    println!("SEED={seed}");
    seed
}

/// Dice for one part of a run, so that parts stay the same when another part rolls more often.
pub fn dice(seed: u64, part: u64) -> SmallRng {
    SmallRng::seed_from_u64(seed ^ part.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}
