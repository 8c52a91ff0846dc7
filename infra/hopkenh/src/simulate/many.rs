//! Plays many days side by side: each in one thread by itself, so that a seed alone says what happens in it.

use super::play::{Outcome, play};
use super::world::Wish;
use channels::http::Http;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Seeds to play.
pub(super) struct Seeds {
    pub(super) from: u64,
    pub(super) count: u64,
    pub(super) threads: usize,
}

/// Plays them and hands each outcome to `seen`, in the order they end; stops at the first that `seen` says no to.
pub(super) fn play_all(
    seeds: &Seeds,
    wish: &Wish,
    http: &Http,
    seen: impl FnMut(Outcome) -> bool + Send,
) -> Result<(), String> {
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let seen = Mutex::new(seen);
    let trouble = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..seeds.threads.max(1) {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= seeds.count {
                        return;
                    }
                    let wish = Wish { seed: seeds.from + number, ..wish.clone() };
                    match play(&wish, http, false) {
                        Ok(outcome) => {
                            if !super::sim::lock(&seen)(outcome) {
                                stop.store(true, Ordering::Relaxed);
                            }
                        }
                        Err(why) => {
                            *super::sim::lock(&trouble) = Some(why);
                            stop.store(true, Ordering::Relaxed);
                        }
                    }
                }
            });
        }
    });
    trouble.into_inner().unwrap_or(None).map_or(Ok(()), Err)
}
