//! The one thing that may be on its way to a channel, in words: what, since when, until when, and what it waits for.

use super::layout::{later, moment};
use crate::demo::texts::Language;
use commerce::Timestamp;
use commerce::cover::{Attempt, Kind, Pace, Phase};
use table::pass_item::PassState;
use workflows::publish_stock::CALL_MS;

/// What one attempt is told from.
pub(super) struct Scene<'a> {
    /// The attempt.
    pub(super) attempt: &'a Attempt,
    /// How slow its channel may be.
    pub(super) pace: Pace,
    /// False in the shared pool, whose calls have another time limit.
    pub(super) is_covered: bool,
    /// How far its connection's orders are recorded.
    pub(super) pass: Option<&'a PassState>,
    /// The time.
    pub(super) now: Timestamp,
}

impl Scene<'_> {
    /// The whole of it.
    pub(super) fn text(&self, l: Language) -> String {
        let does = self.does(l);
        let waits = match self.attempt.phase {
            Phase::Sent if self.now < self.attempt.deadline => self.sent(l),
            Phase::Sent => self.unanswered(l),
            Phase::Reading => self.reading(l),
            Phase::Draining => self.draining(l),
        };
        let ship = self.attempt.ship.as_ref().map(|order| {
            l.pick(
                format!(", trước khi báo giao đơn {order}"),
                format!(", before order {order} is reported shipped"),
            )
        });
        format!("{does}{}: {waits}", ship.unwrap_or_default())
    }

    fn does(&self, l: Language) -> String {
        let Attempt { kind, value, base, .. } = self.attempt;
        match kind {
            Kind::Set => l.pick(format!("đặt số thành {value}"), format!("set to {value}")),
            Kind::Zero => l.say("đặt số về 0", "set to 0").to_owned(),
            Kind::Compare => l.pick(
                format!("đặt số thành {value} nếu kênh vẫn hiện {base}"),
                format!("set to {value} if {base} is still shown"),
            ),
            Kind::Add if *value < 0 => l.pick(format!("giảm {}", -value), format!("take {} off", -value)),
            Kind::Add => l.pick(format!("tăng {value}"), format!("add {value}")),
            Kind::Gross => l.pick(
                format!("đổi tổng số từ {base} thành {value}"),
                format!("gross number from {base} to {value}"),
            ),
            Kind::Read => l.say("hỏi kênh đang hiện bao nhiêu", "ask what the channel shows").to_owned(),
        }
    }

    fn at(&self, time: Timestamp) -> String {
        moment(time, self.now)
    }

    fn sent(&self, l: Language) -> String {
        let until = self.at(self.attempt.deadline);
        if !self.is_covered {
            return l.pick(
                format!("đã gửi, chờ kênh trả lời đến {until}"),
                format!("sent, waits for the channel's answer until {until}"),
            );
        }
        let since = self.at(later(self.attempt.deadline, -CALL_MS));
        l.pick(
            format!("gửi lúc {since}, chờ kênh trả lời đến {until}"),
            format!("sent {since}, waits for the channel's answer until {until}"),
        )
    }

    fn unanswered(&self, l: Language) -> String {
        let given_up = self.at(self.attempt.deadline);
        let certain = self.at(later(self.attempt.deadline, self.pace.applied_within_ms));
        l.pick(
            format!("không có trả lời, thôi chờ lúc {given_up}; có thể vẫn được áp dụng đến {certain}, sau đó hỏi lại kênh"),
            format!("no answer, given up {given_up}; it may still be applied until {certain}, then the channel is asked"),
        )
    }

    fn reading(&self, l: Language) -> String {
        let (since, until) =
            (self.at(later(self.attempt.deadline, -CALL_MS)), self.at(self.attempt.deadline));
        if self.attempt.deadline <= self.now {
            return l.pick(
                format!("không đọc được, thôi chờ lúc {until}; sẽ hỏi lại"),
                format!("the channel did not say what it shows, given up {until}; it is asked again"),
            );
        }
        l.pick(
            format!("đang hỏi kênh hiện bao nhiêu từ {since}, chờ đến {until}"),
            format!("asking what the channel shows since {since}, until {until}"),
        )
    }

    /// A number that the channel said counts once every order from before that moment is recorded.
    fn draining(&self, l: Language) -> String {
        let told_at = self.attempt.told_at.unwrap_or(self.attempt.deadline);
        let said = self.attempt.said.unwrap_or(self.attempt.value);
        let (told, due) = (self.at(told_at), self.at(later(told_at, self.pace.list_lag_ms)));
        let text = l.pick(
            format!("kênh báo {said} lúc {told}; chờ ghi xong mọi đơn trước lúc đó (lượt đọc bắt đầu sau {due})"),
            format!("the channel said {said} at {told}; waits until all orders from before are recorded (a pass begun after {due})"),
        );
        format!("{text}; {}", self.recorded(l))
    }

    fn recorded(&self, l: Language) -> String {
        let recorded = self.pass.and_then(|pass| pass.drained_until).map(|until| self.at(until));
        if let Some(why) = self.pass.and_then(|pass| pass.blocked_by.as_ref()) {
            return l.pick(format!("bị chặn bởi {why}"), format!("blocked by {why}"));
        }
        match recorded {
            Some(until) => l.pick(
                format!("đơn đã ghi đến {until} theo lượt đọc trọn gần nhất"),
                format!("orders are recorded up to {until} by the last complete pass"),
            ),
            None => l.say("chưa có lượt đọc trọn nào", "no pass has been complete yet").to_owned(),
        }
    }
}
