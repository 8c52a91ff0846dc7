//! Logins that run out: renewed once however many meet it, and never lost by a crash where the channel leaves a way.

use crate::login_world::{World, account};
use channels::login::ACCESS_TOKEN;
use commerce::ids::OrderId;
use commerce::park::ParkReason;
use hopkenh_tests::granting::{ACCESS_LIVES, Mishap, OLD_LIVES, Refresh};
use lambda_kit::batch::{Message, Outcome};
use one_machine::table_engine::Fault;
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use table::connection_item::ConnectionState;
use workflows::logins::{self, HELD_FOR};
use workflows::messages::{Ask, LookUpMessage, to_text};
use workflows::renew_logins::Renewal;

fn ask(number: usize, tries: u32) -> Message {
    let (shop, connection) = account();
    let ask = Ask::Order { order: OrderId::new(format!("order-{number}")).unwrap() };
    let body = to_text(&LookUpMessage { shop, connection, ask });
    message(number, body, tries)
}

/// As the queue hands it over.
fn message(number: usize, body: String, tries: u32) -> Message {
    let event = serde_json::json!({"Records": [{
        "messageId": number.to_string(),
        "body": body,
        "attributes": {"ApproximateReceiveCount": tries.to_string()},
    }]});
    lambda_kit::batch::messages(serde_json::from_value(event).unwrap()).unwrap().remove(0)
}

fn renewed() -> Renewal {
    Renewal { logins: 1, renewed: 1, ..Renewal::default() }
}

fn fine() -> Renewal {
    Renewal { logins: 1, ..Renewal::default() }
}

#[tokio::test]
async fn a_login_is_renewed_before_anybody_notices_and_again_and_again() {
    let world = World::logged_in(Refresh::SingleUse).await;
    for round in 2..=10 {
        assert_eq!(world.renew().await, fine());
        world.wait_until_due();
        assert!(world.is_usable().await, "still good");
        assert_eq!(world.renew().await, renewed());
        assert!(world.is_usable().await);
        assert_eq!(world.state().await.login.version, round);
        assert_eq!(world.values().await["account.account_number"].expose_secret(), "7");
    }
    assert_eq!((world.channel.renewals(), world.notes().await.len()), (9, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_refused_calls_and_many_hands_make_one_renewal() {
    let world = Arc::new(World::logged_in(Refresh::SingleUse).await);
    let look_up = world.look_up();
    world.wait(Duration::from_secs(600));
    assert!(matches!(look_up.handle(&[ask(0, 1)]).await[..], [Outcome::Done]), "the login is good");
    world.channel.forget_access();
    let calls = (1..=1_000).map(|number| {
        let (look_up, message) = (look_up.clone(), ask(number, 1));
        tokio::spawn(async move { look_up.handle(&[message]).await })
    });
    for call in calls.collect::<Vec<_>>() {
        let soon = |outcome: &Outcome| matches!(outcome, Outcome::Again { after: Some(wait), .. } if *wait <= Duration::from_secs(5));
        let outcomes = call.await.unwrap();
        assert!(outcomes.iter().all(soon), "{outcomes:?}");
    }
    assert!(world.state().await.login.is_refused());
    let hands: Vec<_> = (0..20)
        .map(|_| {
            let renewer = world.renewer();
            tokio::spawn(async move { renewer.handle().await.unwrap().renewed })
        })
        .collect();
    let mut renewed = 0;
    for hand in hands {
        renewed += hand.await.unwrap();
    }
    assert_eq!((renewed, world.channel.renewals(), world.channel.asked()), (1, 1, 1));
    // The shop is read again at once by whoever is refused with what it still holds.
    world.wait(Duration::from_secs(5));
    let outcomes = look_up.handle(&[ask(1, 2)]).await;
    assert!(
        matches!(&outcomes[..], [Outcome::Again { after: Some(wait), .. }] if *wait <= Duration::from_secs(1))
    );
    assert!(matches!(look_up.handle(&[ask(1, 3)]).await[..], [Outcome::Done]), "the new token is used");
    assert_eq!(world.renew().await, fine());
    assert_eq!(world.channel.renewals(), 1);
}

#[tokio::test]
async fn a_login_taken_back_is_told_once_and_all_is_done_when_it_is_granted_anew() {
    let world = World::logged_in(Refresh::SingleUse).await;
    let look_up = world.look_up();
    world.wait(Duration::from_secs(600));
    world.channel.forget_all();
    look_up.handle(&[ask(1, 1)]).await;
    for minute in 0..30 {
        assert_eq!(world.renew().await, Renewal { logins: 1, lost: 1, ..Renewal::default() }, "{minute}");
        world.wait(Duration::from_secs(60));
    }
    assert_eq!(world.channel.asked(), 1, "not hammered");
    let notes = world.notes().await;
    assert!(matches!(&notes[..], [note] if note.subject == "login"), "{notes:?}");
    assert!(notes[0].reasons[0].advice_vi().contains("hopkenh connect"));
    // A message that meets it waits longer each time, and then lies where it is found again.
    assert!(matches!(look_up.handle(&[ask(1, 6)]).await[..], [Outcome::Done]));
    let reasons: Vec<_> = world.notes().await.into_iter().flat_map(|note| note.reasons).collect();
    assert!(reasons.iter().all(|r| matches!(r, ParkReason::LoginLost { .. })) && reasons.len() == 2);
    world.wait(Duration::from_secs(3_600));
    world.renew().await;
    assert_eq!(
        (world.channel.asked(), world.notes().await.len()),
        (2, 2),
        "tried once an hour, told no more"
    );
    world.put_granted(2).await;
    world.wait(Duration::from_secs(3_600));
    assert_eq!(world.renew().await, Renewal { logins: 1, adopted: 1, ..Renewal::default() });
    assert_eq!(world.notes().await.len(), 1, "the note about the login is gone");
    let entries = world.engines.table.registered().await.unwrap();
    assert!(!entries[0].is_acted_on(), "everything of the shop is looked at again");
}

#[tokio::test]
async fn a_channel_that_is_down_is_asked_again_with_pauses_and_the_old_token_serves_meanwhile() {
    let world = World::logged_in(Refresh::SingleUse).await;
    world.wait_until_due();
    world.channel.meets(&[Mishap::IsDown; 3]);
    let mut minutes = 0;
    while world.renew().await != renewed() {
        assert!(world.is_usable().await);
        world.wait(Duration::from_secs(60));
        minutes += 1;
    }
    assert_eq!((minutes, world.channel.asked()), (7, 4));
}

/// Where a renewal breaks off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Crash {
    BeforeTheLease,
    AfterTheLease,
    CallNeverSent,
    AnswerLost,
    AnswerNotStored,
    StoredNotNoted,
    Noted,
}

const CRASHES: [Crash; 7] = [
    Crash::BeforeTheLease,
    Crash::AfterTheLease,
    Crash::CallNeverSent,
    Crash::AnswerLost,
    Crash::AnswerNotStored,
    Crash::StoredNotNoted,
    Crash::Noted,
];

impl World {
    /// Renews and breaks off there.
    async fn crash(&self, at: Crash) {
        match at {
            Crash::BeforeTheLease => {}
            Crash::AfterTheLease => {
                let wanted = |state: &ConnectionState, _| Some(state.clone());
                let held = logins::hold(&self.engines.table, &account(), &self.clock, wanted).await.unwrap();
                assert!(held.is_some());
            }
            Crash::CallNeverSent => {
                self.crash_with(Some(Mishap::NeverArrives), || self.channel.asked() == 1).await
            }
            Crash::AnswerLost => {
                self.crash_with(Some(Mishap::NeverAnswers), || self.channel.renewals() == 1).await
            }
            Crash::AnswerNotStored => {
                std::fs::create_dir_all(self.obstacle()).unwrap();
                self.crash_with(None, || self.channel.renewals() == 1).await;
                std::fs::remove_dir(self.obstacle()).unwrap();
            }
            Crash::StoredNotNoted => {
                let file = self.folder.path().join("secrets/demo/main.json");
                let before = std::fs::read(&file).unwrap();
                let is_stored = move || std::fs::read(&file).unwrap() != before;
                let plan = is_stored.clone();
                self.engine.plan_faults(Some(Arc::new(move |_, _| plan().then_some(Fault::LostBefore))));
                self.crash_with(None, is_stored).await;
                self.engine.plan_faults(None);
                assert_eq!(self.state().await.login.version, 1, "not noted");
            }
            Crash::Noted => assert_eq!(self.renew().await, renewed()),
        }
    }

    /// Lets a renewal run until that is so, looked at whenever it waits for something, and then drops it.
    async fn crash_with(&self, mishap: Option<Mishap>, reached: impl Fn() -> bool) {
        self.channel.meets(mishap.as_slice());
        let renewer = self.renewer();
        let mut run = std::pin::pin!(renewer.handle());
        std::future::poll_fn(|context| {
            use std::task::Poll;
            assert!(run.as_mut().poll(context).is_pending(), "it came to its end");
            if reached() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

#[tokio::test]
async fn after_a_crash_at_any_step_the_login_goes_on_wherever_the_channel_leaves_a_way() {
    for refresh in [Refresh::Reusable, Refresh::SingleUseRepeated, Refresh::SingleUse] {
        for at in CRASHES {
            let world = World::logged_in(refresh).await;
            world.wait_until_due();
            world.crash(at).await;
            assert!(world.is_usable().await, "{refresh:?} {at:?}: at once after the crash");
            world.wait(OLD_LIVES - Duration::from_secs(60));
            assert!(world.is_usable().await, "{refresh:?} {at:?}: four minutes after it");
            world.renew().await;
            let gap = matches!(at, Crash::AnswerLost | Crash::AnswerNotStored);
            let is_lost = refresh == Refresh::SingleUse && gap;
            assert_eq!(world.state().await.login.is_lost(), is_lost, "{refresh:?} {at:?}");
            assert_eq!(world.notes().await.len(), usize::from(is_lost), "{refresh:?} {at:?}: said at once");
            world.wait(ACCESS_LIVES / 2);
            assert_eq!(world.is_usable().await, !is_lost, "{refresh:?} {at:?}: hours later");
            let twice = at != Crash::BeforeTheLease && refresh == Refresh::Reusable && gap;
            assert_eq!(world.channel.renewals(), if twice { 2 } else { 1 }, "{refresh:?} {at:?}");
        }
    }
}

#[tokio::test]
async fn whichever_call_to_the_table_fails_in_whichever_way_one_renewal_is_made_and_kept() {
    for fault in [Fault::LostBefore, Fault::LostAfter, Fault::Conflict, Fault::Throttled] {
        for number in 0.. {
            let world = World::logged_in(Refresh::SingleUse).await;
            world.wait_until_due();
            let counter = Arc::new(AtomicUsize::new(0));
            let counting = counter.clone();
            let plan =
                move |_: &str, _: &[u8]| (counting.fetch_add(1, Ordering::SeqCst) == number).then_some(fault);
            world.engine.plan_faults(Some(Arc::new(plan)));
            // A run that fails as a whole, as when the list of shops is not to be had, is made up for by the next.
            let _failed_or_not = world.renewer().handle().await;
            let calls = counter.load(Ordering::SeqCst);
            world.engine.plan_faults(None);
            world.wait(HELD_FOR);
            world.renew().await;
            let state = world.state().await;
            assert_eq!((state.login.version, state.lease), (2, None), "{fault:?} at call {number}");
            assert_eq!(world.channel.renewals(), 1, "{fault:?} at call {number}");
            assert!(world.is_usable().await);
            if calls <= number {
                break;
            }
        }
    }
}

#[tokio::test]
async fn while_somebody_holds_the_login_nobody_else_asks_the_channel() {
    let world = World::logged_in(Refresh::SingleUse).await;
    world.wait_until_due();
    world.crash(Crash::AfterTheLease).await;
    world.wait(HELD_FOR - Duration::from_secs(1));
    assert_eq!((world.renew().await, world.channel.asked()), (fine(), 0));
    world.wait(Duration::from_secs(1));
    assert_eq!((world.renew().await, world.channel.asked()), (renewed(), 1));
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_at_once() {
    let world = World::logged_in(Refresh::SingleUseRepeated).await;
    world.wait_until_due();
    world.channel.meets(&[Mishap::LosesAnswer]);
    assert_eq!(world.renew().await, renewed());
    assert_eq!((world.channel.asked(), world.channel.renewals()), (2, 1));
    let world = World::logged_in(Refresh::SingleUse).await;
    world.wait_until_due();
    world.channel.meets(&[Mishap::LosesAnswer]);
    assert_eq!(world.renew().await, Renewal { logins: 1, lost: 1, ..Renewal::default() }, "said at once");
    assert!(world.is_usable().await, "for five minutes");
}

#[tokio::test]
async fn a_store_that_fails_for_a_moment_loses_nothing() {
    let world = Arc::new(World::logged_in(Refresh::SingleUse).await);
    world.wait_until_due();
    std::fs::create_dir_all(world.obstacle()).unwrap();
    let renewer = world.renewer();
    let run = tokio::spawn(async move { renewer.handle().await.unwrap() });
    while world.channel.renewals() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(world.is_usable().await, "the old token serves");
    std::fs::remove_dir(world.obstacle()).unwrap();
    assert_eq!(run.await.unwrap(), renewed());
    world.wait(OLD_LIVES);
    assert!(world.is_usable().await);
}

#[tokio::test]
async fn who_comes_back_late_writes_nothing_over_what_others_have_stored() {
    let world = Arc::new(World::logged_in(Refresh::Reusable).await);
    world.wait_until_due();
    std::fs::create_dir_all(world.obstacle()).unwrap();
    let renewer = world.renewer();
    let late = tokio::spawn(async move { renewer.handle().await.unwrap() });
    while world.channel.renewals() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Its time is up; somebody else takes the login, and is quicker to store.
    world.wait(HELD_FOR);
    let wanted = |state: &ConnectionState, _| Some(state.clone());
    let held = logins::hold(&world.engines.table, &account(), &world.clock, wanted).await.unwrap().unwrap();
    std::fs::remove_dir(world.obstacle()).unwrap();
    world.put_granted(2).await;
    let newer = world.values().await[ACCESS_TOKEN].expose_secret().to_owned();
    assert_eq!(late.await.unwrap(), fine());
    assert_eq!(world.values().await[ACCESS_TOKEN].expose_secret(), newer);
    assert_eq!(world.state().await.lease, Some(held.lease), "and lets go of nothing that is not its own");
}

#[tokio::test]
async fn a_token_is_never_written_to_the_table() {
    let world = World::logged_in(Refresh::SingleUse).await;
    world.wait_until_due();
    assert_eq!(world.renew().await, renewed());
    let mut from = None;
    loop {
        let page = world.engines.table.page_of_shop(&account().0, from).await.unwrap();
        let text = format!("{:?}", page.items);
        assert!(!text.contains("access-") && !text.contains("refresh-"), "{text}");
        from = page.next;
        if from.is_none() {
            return;
        }
    }
}
