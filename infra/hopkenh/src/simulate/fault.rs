//! What goes wrong on purpose: each kind of fault with its rate, its own dice, and how often it struck.

use super::dice::Dice;
use std::collections::BTreeSet;

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident $per_mille:literal $title:literal)*) => {
        /// One kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Fault { $($(#[$doc])* $name,)* }

        impl Fault {
            /// Every kind.
            pub(super) const ALL: &'static [Fault] = &[$(Fault::$name,)*];

            /// What people read.
            pub(super) fn title(self) -> &'static str {
                match self { $(Fault::$name => $title,)* }
            }

            /// How often it strikes, in a thousand chances; 0 for one that happens by itself and is only counted.
            fn per_mille(self) -> u64 {
                match self { $(Fault::$name => $per_mille,)* }
            }
        }
    };
}

faults! {
    WebhookLost 200 "webhook lost"
    WebhookLate 150 "webhook late by minutes"
    WebhookDoubled 150 "webhook doubled"
    WebhookOvertaken 0 "webhook overtaken by a later one"
    WebhookBlackout 0 "webhook swallowed by a blackout of its account or of all"
    WebhookNotTaken 0 "webhook not taken: the front door died or could not queue it"
    WebhookAgain 0 "webhook sent again because it was not taken"
    ListInPieces 0 "order list read piece by piece"
    ListLagged 0 "order list behind the truth"
    CallNeverApplied 30 "channel call lost before it was applied"
    CallAnswerLost 30 "channel call applied, answer lost"
    CallAppliedLate 30 "channel call applied late, answer lost"
    TooManyCalls 25 "channel answers 429"
    ServerError 25 "channel answers 5xx"
    TokenDeath 4 "token death"
    PartialFailure 40 "part of a channel call refused"
    SlowAnswer 60 "slow channel answer"
    UnknownStatus 0 "order with a status that nobody knows"
    CancelledOnTheRoad 0 "order called off while its parcel is on the road"
    UnitMissing 0 "unit missing on the shelf, found by a count"
    DeskCallLost 40 "order call of the desk lost on its way"
    DeskAnswerLost 60 "order call of the desk done, answer lost"
    DeskCallLate 0 "order call of the desk still running when nobody waits for it"
    DeskSaysAgain 0 "desk says the same order again"
    HoldTaken 0 "units held for a buyer in a chat"
    HoldRefused 0 "hold refused because too little is free"
    HoldCalledOff 0 "order called off because nobody knew whether it was held"
    HoldEnded 0 "hold ended because its time was over"
    HoldRenewed 0 "hold or sale given anew after its time was over"
    HoldCollected 0 "held goods handed over for a code"
    CollectedLate 0 "held goods handed over when their time was over"
    CameTooLate 0 "buyer with a code came after the hold had ended"
    CodeInUse 0 "code drawn that another buyer has"
    GoodsCallLost 40 "word about goods lost on its way"
    GoodsAnswerLost 60 "word about goods done, answer lost"
    GoodsSaidAgain 0 "word about goods said again"
    GoodsReceived 0 "goods received"
    GoodsBroken 0 "broken goods written off"
    GoodsNotFree 0 "transfer refused because too little is free"
    TransferCalledOff 0 "transfer called off before it left"
    TransferLeft 0 "transfer left"
    TransferArrived 0 "transfer arrived"
    ArrivalConfirmedTwice 0 "arrival confirmed by two people"
    LostOnTheWay 0 "unit lost between two stores"
    GoodsCameBack 0 "goods brought back by a buyer"
    CameBackTooSoon 0 "goods brought back before the book knew that they had left"
    GoodsLookedAt 0 "goods that came back looked at"
    CampaignLock 0 "write below a campaign's lock refused"
    TableLostBefore 8 "table call lost before it was applied"
    TableLostAfter 8 "table call applied, answer lost"
    TableAppliedLate 4 "table call applied late, answer lost"
    TableConflict 25 "transaction conflict"
    TableThrottled 8 "table throttles"
    StaleRead 300 "table read that is a moment old"
    FormerVersion 300 "table call of the version before, while a new one is put in place"
    AttributeForgotten 0 "attribute that the version before does not know, lost on the way"
    CrashBefore 4 "crash before a side effect"
    CrashAfter 4 "crash after a side effect"
    Zombie 3 "worker frozen beyond the visibility time-out"
    Redelivered 0 "message handed out again"
    QueueSendLost 8 "queue call lost before it was taken"
    QueueAnswerLost 8 "queue call taken, answer lost"
    QueueRefusedPart 8 "part of a queue call refused"
    QueueLost 4 "message lost by the queue"
    QueueDoubled 25 "message doubled by the queue"
    DeadLetter 0 "message given up as a dead letter"
    Redriven 0 "dead letter sent again"
    StreamAgain 30 "stream batch handed over again"
    ClockSkewed 0 "worker with a wrong clock"
}

/// All dice and counts of one day.
pub(super) struct Weather {
    dice: Vec<Dice>,
    counts: Vec<u64>,
    off: BTreeSet<Fault>,
    /// In hundredths of the usual rate.
    strength: u64,
    calm: bool,
}

impl Weather {
    /// The weather of that seed, without the kinds in `off`.
    pub(super) fn new(seed: u64, strength: u64, off: BTreeSet<Fault>) -> Self {
        let dice = Fault::ALL.iter().map(|fault| Dice::new(seed, fault.title())).collect();
        Self { dice, counts: vec![0; Fault::ALL.len()], off, strength, calm: false }
    }

    /// Whether the fault strikes now.
    pub(super) fn strikes(&mut self, fault: Fault) -> bool {
        let struck = self.dice[fault as usize].chance(fault.per_mille() * self.strength / 100);
        let strikes = struck && !self.calm && !self.off.contains(&fault);
        self.counts[fault as usize] += u64::from(strikes);
        strikes
    }

    /// The first of these that strikes.
    pub(super) fn first(&mut self, faults: &[Fault]) -> Option<Fault> {
        faults.iter().copied().find(|fault| self.strikes(*fault))
    }

    /// A number for how a fault strikes, from the fault's own dice.
    pub(super) fn how(&mut self, fault: Fault, low: i64, high: i64) -> i64 {
        self.dice[fault as usize].between(low, high)
    }

    /// Counts a fault that happened by itself.
    pub(super) fn count(&mut self, fault: Fault) {
        self.counts[fault as usize] += 1;
    }

    /// True when that kind may happen at all.
    pub(super) fn allows(&self, fault: Fault) -> bool {
        !self.calm && !self.off.contains(&fault)
    }

    /// True when nothing goes wrong any more.
    pub(super) fn is_calm(&self) -> bool {
        self.calm
    }

    /// From now on nothing goes wrong any more.
    pub(super) fn calm_down(&mut self) {
        self.calm = true;
    }

    /// How often each kind struck.
    pub(super) fn counts(&self) -> &[u64] {
        &self.counts
    }
}
