//! A worker that can be stopped dead or frozen at any side effect, as processes are.

use super::fault::Fault;
use super::sim::{Sim, lock};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// How long a frozen worker stands still, in milliseconds: longer than any visibility time-out.
const FROZEN_MS: (i64, i64) = (65_000, 240_000);

/// What becomes of a worker at its next stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Fate {
    #[default]
    GoOn,
    Crash,
    Freeze(Duration),
}

/// The string by which a worker hangs.
#[derive(Default)]
pub(super) struct Control {
    fate: Mutex<Fate>,
}

tokio::task_local! {
    static CONTROL: Arc<Control>;
}

/// Why a worker's call did not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// It was stopped dead.
    Crashed,
    /// It took longer than the function may.
    OutOfTime,
}

/// Stands before a side effect: the worker may die or freeze here, and then the effect has not happened.
pub(super) async fn before_effect(sim: &Sim, what: &str) {
    stop(sim, Fault::CrashBefore, what).await;
    if is_controlled() && lock(&sim.weather).strikes(Fault::Zombie) {
        let (low, high) = FROZEN_MS;
        let frozen_ms = lock(&sim.weather).how(Fault::Zombie, low, high);
        sim.note(|| format!("worker frozen {frozen_ms} ms before {what}"));
        meet(Fate::Freeze(Duration::from_millis(u64::try_from(frozen_ms).unwrap_or(0))));
        tokio::task::yield_now().await;
    }
}

/// Stands after a side effect: the worker may die here, and then nobody knows that the effect has happened.
pub(super) async fn after_effect(sim: &Sim, what: &str) {
    stop(sim, Fault::CrashAfter, what).await;
}

async fn stop(sim: &Sim, fault: Fault, what: &str) {
    if is_controlled() && lock(&sim.weather).strikes(fault) {
        sim.note(|| format!("{} ({what})", fault.title()));
        meet(Fate::Crash);
        std::future::pending::<()>().await;
    }
}

/// Only functions crash; the channels and the buyers do not.
fn is_controlled() -> bool {
    CONTROL.try_with(|_| ()).is_ok()
}

fn meet(fate: Fate) {
    let _outside_a_worker_nothing_happens = CONTROL.try_with(|control| *lock(&control.fate) = fate);
}

/// Runs a function's call as a worker does, with so much time.
pub(super) fn run<F: Future>(work: F, time: Duration) -> Run<impl Future<Output = F::Output>> {
    let control = Arc::new(Control::default());
    let inner = CONTROL.scope(control.clone(), work);
    Run { inner: Some(Box::pin(inner)), control, frozen: None, until: Instant::now() + time }
}

/// A call that can be stopped.
pub(super) struct Run<F> {
    inner: Option<Pin<Box<F>>>,
    control: Arc<Control>,
    frozen: Option<Pin<Box<Sleep>>>,
    until: Instant,
}

impl<F: Future> Future for Run<F> {
    type Output = Result<F::Output, Cut>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            if let Some(frozen) = &mut self.frozen {
                match frozen.as_mut().poll(context) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(()) => self.frozen = None,
                }
            }
            let Some(inner) = &mut self.inner else { return Poll::Ready(Err(Cut::Crashed)) };
            if let Poll::Ready(output) = inner.as_mut().poll(context) {
                self.inner = None;
                return Poll::Ready(Ok(output));
            }
            let fate = std::mem::take(&mut *lock(&self.control.fate));
            match fate {
                Fate::GoOn if Instant::now() > self.until => {
                    self.inner = None;
                    return Poll::Ready(Err(Cut::OutOfTime));
                }
                Fate::GoOn => return Poll::Pending,
                Fate::Crash => {
                    self.inner = None;
                    return Poll::Ready(Err(Cut::Crashed));
                }
                Fate::Freeze(time) => {
                    // A frozen worker does not notice how late it is until it has gone on a little.
                    self.until += time + Duration::from_secs(1);
                    self.frozen = Some(Box::pin(tokio::time::sleep(time)));
                }
            }
        }
    }
}
