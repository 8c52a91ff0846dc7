//! The shop's functions, put together anew for each call, as a new machine would be after the old one died.

use super::Stage;
use workflows::catch_up::CatchUp;
use workflows::sweep_due::SweepDue;
use workflows::{DueWork, FetchOrders, LookUpOrders, Passes, PublishStock, RecordOrders};

impl Stage {
    /// `record-orders`.
    pub fn record(&self) -> RecordOrders {
        RecordOrders {
            shops: self.shops.clone().into(),
            table: self.table.clone(),
            lookups: self.queue("lookups"),
            ..self.book.record.clone()
        }
    }

    /// `look-up-orders`.
    pub fn look_up(&self) -> LookUpOrders {
        LookUpOrders {
            shops: self.shops.clone().into(),
            gateway: self.gateway.clone(),
            orders: self.queue("orders"),
            table: self.table.clone(),
            clock: self.clock(),
        }
    }

    /// `publish-stock`.
    pub fn publish(&self) -> PublishStock {
        PublishStock {
            shops: self.shops.clone().into(),
            gateway: self.gateway.clone(),
            table: self.table.clone(),
            passes: self.queue("passes"),
            clock: self.clock(),
        }
    }

    /// `fetch-orders`.
    pub fn fetch(&self) -> FetchOrders {
        let passes = Passes {
            shops: self.shops.clone().into(),
            gateway: self.gateway.clone(),
            table: self.table.clone(),
            record: self.record(),
            publish: self.queue("publish.fifo"),
            clock: self.clock(),
            pieces: Default::default(),
        };
        FetchOrders {
            shops: self.shops.clone().into(),
            gateway: self.gateway.clone(),
            table: self.table.clone(),
            lookups: self.queue("lookups"),
            orders: self.queue("orders"),
            queue: self.queue("passes"),
            passes,
            clock: self.clock(),
            troubles: Default::default(),
        }
    }

    /// `sweep-due`.
    pub fn sweep(&self) -> SweepDue {
        let (table, publish, clock) = (self.table.clone(), self.queue("publish.fifo"), self.clock());
        let due_work = DueWork {
            table: table.clone(),
            publish: publish.clone(),
            forward: self.queue("forward.fifo"),
            reconcile: self.queue("reconcile"),
            clock: clock.clone(),
        };
        let (lookups, orders) = (self.queue("lookups"), self.queue("orders"));
        let catch_up = CatchUp { table, lookups, orders, publish, clock };
        SweepDue { shops: self.shops.clone().into(), catch_up, due_work }
    }
}
