//! What a queue promises, told message by message and with a clock of the test's own.

use super::*;

fn arriving(id: &str, group: &str) -> Arriving {
    Arriving {
        message_id: id.to_owned(),
        body: id.to_owned(),
        group: (!group.is_empty()).then(|| group.to_owned()),
        deduplication: None,
        delay: Duration::ZERO,
    }
}

fn queue(fifo: bool, messages: &[(&str, &str)]) -> (FairQueue, Instant) {
    let (mut queue, now) = (FairQueue::new(fifo, Duration::from_secs(30)), Instant::now());
    messages.iter().for_each(|(id, group)| queue.send(arriving(id, group), now));
    (queue, now)
}

fn ids(batch: &[HandedOut]) -> Vec<&str> {
    batch.iter().map(|message| message.message_id.as_str()).collect()
}

fn delete(queue: &mut FairQueue, batch: &[HandedOut]) {
    for message in batch {
        let done = queue.take_out(&message.receipt).unwrap();
        queue.forget(done);
    }
}

#[test]
fn shops_take_turns_and_a_batch_holds_one_shop() {
    let mut messages = vec![("a", "loud"); 25];
    messages.extend([("b1", "quiet"), ("c1", "third"), ("b2", "quiet")]);
    let (mut queue, now) = queue(false, &messages);
    let mut served = Vec::new();
    loop {
        let batch = queue.receive(10, now);
        let Some(first) = batch.first() else { break };
        served.push((first.group.clone().unwrap(), batch.len()));
        delete(&mut queue, &batch);
    }
    let served: Vec<(&str, usize)> = served.iter().map(|(shop, n)| (shop.as_str(), *n)).collect();
    assert_eq!(served, [("loud", 10), ("quiet", 2), ("third", 1), ("loud", 10), ("loud", 5)]);
}

#[test]
fn a_shop_never_has_all_workers() {
    let (mut queue, now) = queue(false, &[("a", "loud"); 100]);
    let batches: Vec<_> = (0..SIDE_BY_SIDE_MAX).map(|_| queue.receive(10, now)).collect();
    assert!(batches.iter().all(|batch| batch.len() == 10));
    assert!(queue.receive(10, now).is_empty(), "the other workers stay free");
    queue.send(arriving("b", "quiet"), now);
    assert_eq!(ids(&queue.receive(10, now)), ["b"]);
    // What is held back is waited for, not worked on.
    let (last, others) = batches[0].split_last().unwrap();
    delete(&mut queue, others);
    assert!(queue.receive(10, now).is_empty(), "one message of the batch is still at work");
    assert!(queue.hold_back(&last.receipt, Duration::from_secs(60), now));
    assert_eq!(queue.receive(10, now).len(), 10);
}

#[test]
fn a_message_comes_back_until_it_is_deleted() {
    let (mut queue, now) = queue(false, &[("1", "a")]);
    let later = |seconds| now + Duration::from_secs(seconds);
    let first = queue.receive(10, now);
    assert_eq!((first[0].times, queue.next_return()), (1, Some(later(30))));
    assert!(queue.receive(10, later(29)).is_empty());
    let second = queue.receive(10, later(30));
    assert_eq!(second[0].times, 2);
    assert!(queue.take_out(&first[0].receipt).is_none(), "it has come back since");
    assert!(queue.hold_back(&second[0].receipt, Duration::from_secs(5), later(31)));
    assert!(queue.receive(10, later(35)).is_empty());
    let third = queue.receive(10, later(36));
    assert_eq!(ids(&third), ["1"]);
    delete(&mut queue, &third);
    assert!(queue.receive(10, later(1_000)).is_empty() && queue.next_return().is_none());
}

#[test]
fn a_delayed_message_waits_for_its_time() {
    let (mut queue, now) = queue(false, &[]);
    queue.send(Arriving { delay: Duration::from_secs(3), ..arriving("1", "a") }, now);
    assert!(queue.receive(10, now).is_empty() && queue.waiting().is_empty());
    assert_eq!(ids(&queue.receive(10, now + Duration::from_secs(3))), ["1"]);
}

#[test]
fn a_fifo_group_stands_still_while_one_of_its_messages_is_away() {
    let (mut queue, now) =
        queue(true, &[("1", "s#web#0"), ("2", "s#web#0"), ("3", "s#web#1"), ("4", "s#web#0")]);
    let batch = queue.receive(2, now);
    assert_eq!(ids(&batch), ["1", "2"]);
    assert_eq!(ids(&queue.receive(10, now)), ["3"], "4 must not overtake");
    assert!(queue.hold_back(&batch[1].receipt, Duration::from_secs(5), now));
    delete(&mut queue, &batch[..1]);
    assert!(queue.receive(10, now).is_empty(), "2 is held back, so 4 waits behind it");
    assert_eq!(ids(&queue.receive(10, now + Duration::from_secs(5))), ["2", "4"]);
}

#[test]
fn a_fifo_batch_holds_one_connection_oldest_first() {
    let messages =
        [("1", "s#web#3"), ("2", "s#shopee#0"), ("3", "s#web#0"), ("4", "s#web#3"), ("5", "s#shopee#0")];
    let (mut queue, now) = queue(true, &messages);
    assert_eq!(ids(&queue.receive(10, now)), ["1", "4", "3"], "what goes out in one call comes together");
    assert_eq!(ids(&queue.receive(10, now)), ["2", "5"]);
    // Where there are hands enough, each group gets its own.
    let (queue, now) = self::queue(true, &messages);
    let mut queue = queue.one_group_a_batch(true);
    assert_eq!(ids(&queue.receive(10, now)), ["1", "4"]);
    assert_eq!(ids(&queue.receive(10, now)), ["2", "5"]);
    assert_eq!(ids(&queue.receive(10, now)), ["3"]);
}

#[test]
fn a_second_note_of_the_same_id_is_known_for_five_minutes() {
    let (mut queue, now) = queue(true, &[]);
    let note =
        |id: &str, group: &str| Arriving { deduplication: Some("d".to_owned()), ..arriving(id, group) };
    assert_eq!(queue.earlier(&note("1", "a"), now), None);
    queue.send(note("1", "a"), now);
    let minutes = |n: u64| now + Duration::from_secs(60 * n);
    assert_eq!(queue.earlier(&note("2", "a"), minutes(4)), Some("1"));
    assert_eq!(queue.earlier(&note("2", "b"), minutes(4)), None, "ids are a group's own");
    assert_eq!(queue.earlier(&note("2", "a"), minutes(5)), None);
}

#[test]
fn what_waits_is_told_by_shop_with_its_age() {
    let (mut queue, now) = queue(true, &[("1", "a#web#0"), ("2", "a#web#1"), ("3", "b#web#0")]);
    let batch = queue.receive(10, now);
    assert_eq!(ids(&batch), ["1", "2"]);
    let waiting = queue.waiting();
    assert_eq!(waiting.into_iter().collect::<Vec<_>>(), [("b", Waiting { messages: 1, since: now })]);
}

#[test]
fn what_is_taken_out_holds_its_group_until_it_is_forgotten_or_put_back() {
    let (mut queue, now) = queue(true, &[("1", "s#web#0"), ("2", "s#web#0")]);
    let late = now + Duration::from_secs(1_000);
    let first = queue.receive(1, now);
    let done = queue.take_out(&first[0].receipt).unwrap();
    assert_eq!((done.message_id(), done.group()), ("1", Some("s#web#0")));
    assert!(queue.receive(10, late).is_empty(), "it does not come back, and nothing overtakes it");
    assert!(!queue.hold_back(&first[0].receipt, Duration::ZERO, now));
    queue.put_back(done);
    let again = queue.receive(1, late);
    assert_eq!((ids(&again), again[0].times), (vec!["1"], 2));
    delete(&mut queue, &again);
    assert_eq!(ids(&queue.receive(10, late)), ["2"]);
}

#[test]
fn a_send_looks_only_at_the_ids_it_forgets() {
    let (mut queue, start) = queue(true, &[]);
    let note =
        |n: u64| Arriving { deduplication: Some(n.to_string()), ..arriving(&n.to_string(), "a#web#0") };
    let seconds = |n: u64| start + Duration::from_secs(n);
    for n in 0..1_000 {
        queue.send(note(n), seconds(n));
    }
    // Each second one came in and, once the window was full, one went.
    assert_eq!((queue.remembered.len(), queue.remembered_since.len()), (300, 300));
    // An id that came again is remembered from then on.
    queue.send(note(999), seconds(1_200));
    queue.send(note(1_000), seconds(1_300));
    assert_eq!(queue.earlier(&note(999), seconds(1_499)), Some("999"));
    assert!(queue.receive(1, seconds(2_000)).len() == 1 && queue.remembered.is_empty());
}

#[test]
fn shops_and_groups_that_are_done_leave_nothing_behind() {
    let (mut queue, now) = queue(true, &[]);
    for n in 0..100 {
        queue.send(arriving("x", &format!("shop-{n}#web#0")), now);
        let batch = queue.receive(10, now);
        delete(&mut queue, &batch);
    }
    assert!(queue.receive(10, now).is_empty());
    assert_eq!(
        (queue.lanes.len(), queue.hidden.len(), queue.receipts.len(), queue.batches.len()),
        (0, 0, 0, 0)
    );
}

#[test]
fn shops_that_come_and_go_do_not_push_in_again_and_again() {
    let (mut queue, now) = queue(false, &[("x", "waits"), ("x", "waits")]);
    let quick = ["a", "b", "c"];
    let mut turns = Vec::new();
    for n in 0..8 {
        queue.send(arriving("x", quick[n % 3]), now);
        let batch = queue.receive(1, now);
        turns.push(batch[0].group.clone().unwrap());
        delete(&mut queue, &batch);
    }
    let waited: Vec<usize> = (0..8).filter(|n| turns[*n] == "waits").collect();
    assert_eq!(waited.len(), 2, "{turns:?}");
    assert!(waited[1] <= 2 * (quick.len() + 1), "each other shop goes first at most once a round: {turns:?}");
}

#[test]
fn a_receive_of_nothing_does_not_keep_a_shop_busy() {
    let (mut queue, now) = queue(false, &[("x", "a"); 10]);
    let batches: Vec<_> = (0..SIDE_BY_SIDE_MAX).map(|_| queue.receive(0, now)).collect();
    assert!(batches.iter().all(|batch| batch.len() == 1));
    batches.iter().for_each(|batch| delete(&mut queue, batch));
    assert_eq!(queue.receive(10, now).len(), 6);
}
