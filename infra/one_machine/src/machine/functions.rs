//! Each function of the machine, put together as its own `main` does it on AWS.

use super::{Machine, Queues, Settings};
use lambda_kit::mail::Mail;
use lambda_kit::objects::Objects;
use table::Table;
use workflows::counter::CounterKeys;
use workflows::counters::Counters;
use workflows::fetch_orders::Troubles;
use workflows::reconcile::real_pause;
use workflows::{
    Counter, FetchOrders, ForwardOrders, Passes, ReceiveWebhook, Reconcile, RecordOrders, TakeOrders,
    hold_codes,
};

pub(super) fn receive_webhook(settings: &Settings, queues: &Queues) -> ReceiveWebhook {
    ReceiveWebhook {
        shops: settings.shops.clone(),
        lookups: queues.queue("lookups"),
        orders: queues.queue("orders"),
        clock: settings.clock.clone(),
        counters: Counters::default(),
    }
}

pub(super) fn take_orders(settings: &Settings, table: &Table) -> TakeOrders {
    TakeOrders {
        shops: settings.shops.clone(),
        table: table.clone(),
        clock: settings.clock.clone(),
        counters: Counters::default(),
        draw: hold_codes::drawn(),
    }
}

/// The shops' counters, where their keys lie in a store.
pub(super) fn counter(settings: &Settings, table: &Table) -> Option<Counter> {
    Some(Counter {
        shops: settings.shops.clone(),
        store: settings.shops.secret_store()?,
        table: table.clone(),
        clock: settings.clock.clone(),
        keys: CounterKeys::default(),
        counters: Counters::default(),
    })
}

fn passes(settings: &Settings, queues: &Queues, table: &Table) -> Passes {
    let record = RecordOrders {
        shops: settings.shops.clone(),
        table: table.clone(),
        lookups: queues.queue("lookups"),
        archive: Objects::Folder(settings.archive.clone()),
        clock: settings.clock.clone(),
    };
    Passes {
        shops: settings.shops.clone(),
        gateway: settings.gateway.clone(),
        table: table.clone(),
        record,
        publish: queues.queue("publish.fifo"),
        clock: settings.clock.clone(),
        pieces: Default::default(),
    }
}

pub(super) fn forward_orders(settings: &Settings, queues: &Queues, machine: &Machine) -> ForwardOrders {
    ForwardOrders {
        shops: settings.shops.clone(),
        gateway: settings.gateway.clone(),
        table: machine.table.clone(),
        lookups: queues.queue("lookups"),
        publish: queues.queue("publish.fifo"),
        clock: settings.clock.clone(),
        draw: workflows::forward_orders::drawn(),
    }
}

pub(super) fn reconcile(settings: &Settings, queues: &Queues, machine: &Machine) -> Reconcile {
    let archive = Objects::Folder(settings.archive.clone());
    let (passes, queue) = (machine.fetch.passes.clone(), queues.queue("reconcile"));
    // How a machine is reached from outside stands in the shop's file, where it can be.
    Reconcile { passes, archive, queue, webhook_base_url: None, mail: Mail::Nobody, pause: real_pause() }
}

pub(super) fn fetch_orders(settings: &Settings, queues: &Queues, table: &Table) -> FetchOrders {
    FetchOrders {
        shops: settings.shops.clone(),
        gateway: settings.gateway.clone(),
        table: table.clone(),
        lookups: queues.queue("lookups"),
        orders: queues.queue("orders"),
        queue: queues.queue("passes"),
        passes: passes(settings, queues, table),
        clock: settings.clock.clone(),
        troubles: Troubles::default(),
    }
}
