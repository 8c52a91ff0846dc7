//! What is seen while the day is played: how far it is, and what happens on each channel.

use super::cast::Actor;
use super::script::Fate;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// A progress bar for the day and a live line per channel.
pub(super) struct Bars {
    all: ProgressBar,
    lines: Vec<(ProgressBar, [u32; 4])>,
}

impl Bars {
    /// A line for each of these channels; nothing at all when nobody watches.
    pub(super) fn new(cast: &[Actor], orders: usize, watch: bool) -> Self {
        let target = if watch {
            indicatif::ProgressDrawTarget::stderr_with_hz(10)
        } else {
            indicatif::ProgressDrawTarget::hidden()
        };
        let all = MultiProgress::with_draw_target(target);
        let bar = all.add(ProgressBar::new(orders as u64));
        let style = ProgressStyle::with_template("{bar:40.green} {pos:>4}/{len} {elapsed_precise}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let mut lines = Vec::new();
        for actor in cast {
            let line = all.add(ProgressBar::new_spinner());
            let style = ProgressStyle::with_template("  {prefix:<12} {msg}");
            line.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            line.set_prefix(actor.connection());
            lines.push((line, [0; 4]));
        }
        Self { all: bar, lines }
    }

    /// Somebody bought.
    pub(super) fn bought(&mut self, place: usize) {
        self.all.inc(1);
        self.count(place, 0);
    }

    /// Somebody found it sold out.
    pub(super) fn refused(&mut self, place: usize) {
        self.count(place, 1);
    }

    /// An order was cancelled or sent.
    pub(super) fn changed(&mut self, place: usize, fate: Fate) {
        self.count(place, if matches!(fate, Fate::Cancelled(_)) { 2 } else { 3 });
    }

    fn count(&mut self, place: usize, what: usize) {
        let Some((line, counts)) = self.lines.get_mut(place) else { return };
        counts[what] += 1;
        let [orders, sold_out, cancelled, shipped] = counts;
        line.set_message(format!(
            "{orders:>4} đơn/orders  {sold_out:>3} hết hàng/sold out  {cancelled:>3} huỷ/cancelled  {shipped:>3} gửi/shipped"
        ));
    }

    /// The day is over.
    pub(super) fn finish(&self) {
        self.all.finish();
        self.lines.iter().for_each(|(line, _)| line.finish());
    }
}
