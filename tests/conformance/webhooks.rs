//! Who may knock: signatures, secrets in a rotation, and what a push is about.

use super::*;

/// A channel without webhooks takes nothing for one, whatever it looks like.
pub(super) fn nothing_is_accepted(bench: &Bench) -> Outcome {
    ensure(bench.twin.take_pushes().is_empty(), "it sends webhooks and does not claim them")?;
    for (name, value) in [("authorization", "0".repeat(64)), ("x-hub-signature", "sha256=".to_owned())] {
        let headers = vec![(name.to_owned(), value)];
        let body = b"{\"order_code\":\"1\"}".to_vec();
        let request = WebhookRequest { method: "POST".to_owned(), query: Vec::new(), headers, body };
        refused(bench.channel.verify_webhook(&bench.door(), &request), "a webhook it never sends")?;
    }
    Ok(())
}

pub(super) async fn signed_is_accepted(bench: Bench) -> Outcome {
    bench.order();
    for push in bench.twin.take_pushes() {
        signed(bench.verdict(&push), "a push of the stand-in")?;
        let mut shouting = push.clone();
        shouting.headers.iter_mut().for_each(|(name, _)| *name = name.to_uppercase());
        signed(bench.verdict(&shouting), "the same with header names in capitals")?;
    }
    Ok(())
}

pub(super) async fn forged_is_refused(bench: Bench) -> Outcome {
    let id = bench.order();
    let push = bench.order_push(&id);
    let header = bench.signature_header;
    let is_signature = |name: &str| name.eq_ignore_ascii_case(header);
    let mut unsigned = push.clone();
    unsigned.headers.retain(|(name, _)| !is_signature(name));
    refused(bench.verdict(&unsigned), "unsigned")?;
    let mut doubled = push.clone();
    doubled.headers.push((header.to_owned(), push.header(header).unwrap().to_owned()));
    refused(bench.verdict(&doubled), "signature twice")?;
    for value in ["", "0", "AAAA", &"0".repeat(64), "sha256=", "Bearer x"] {
        let mut forged = push.clone();
        forged.headers.retain(|(name, _)| !is_signature(name));
        forged.headers.push((header.to_owned(), value.to_owned()));
        refused(bench.verdict(&forged), value)?;
    }
    Ok(())
}

pub(super) async fn tampered_is_refused(bench: Bench) -> Outcome {
    let id = bench.order();
    let push = bench.order_push(&id);
    for place in [0, push.body.len() / 2, push.body.len() - 1] {
        let mut tampered = push.clone();
        tampered.body[place] ^= 1;
        refused(bench.verdict(&tampered), "one bit flipped")?;
    }
    let mut longer = push.clone();
    longer.body.push(b'\n');
    refused(bench.verdict(&longer), "one byte more")?;
    let mut shorter = push;
    shorter.body.pop();
    refused(bench.verdict(&shorter), "one byte less")
}

pub(super) async fn reencoded_is_refused(bench: Bench) -> Outcome {
    let id = bench.order();
    let mut push = bench.order_push(&id);
    let value: serde_json::Value = serde_json::from_slice(&push.body).unwrap();
    push.body = serde_json::to_vec_pretty(&value).unwrap();
    refused(bench.verdict(&push), "the same JSON, written otherwise")
}

pub(super) async fn other_shops_key_is_refused(bench: Bench) -> Outcome {
    let other = (bench.other_shop)().await;
    let line = TwinLine { listing: bench.listings[0].clone(), quantity: 1 };
    other.place_order(&[line]).unwrap();
    for push in other.take_pushes() {
        if matches!(bench.verdict(&push), Verdict::Refused { .. }) {
            continue;
        }
        let notices = bench.channel.read_webhook(&bench.door(), &request(&push));
        ensure(notices.iter().all(Result::is_err), format!("taken for ours: {notices:?}"))?;
        return Err("the signature alone does not tell".to_owned());
    }
    Ok(())
}

pub(super) async fn rotation_accepts_both(mut bench: Bench) -> Outcome {
    let id = bench.order();
    let push = bench.order_push(&id);
    let current = bench.secrets.get(bench.webhook_key).unwrap().to_owned();
    let old = format!("{}_old", bench.webhook_key);
    bench.secrets =
        benches::with_secrets(&bench.secrets, &[(bench.webhook_key, "bmV3LXNlY3JldA=="), (&old, &current)]);
    signed(bench.verdict(&push), "signed with the old secret in a rotation")?;
    bench.secrets =
        benches::with_secrets(&bench.secrets, &[(bench.webhook_key, &current), (&old, "b2xkLXNlY3JldA==")]);
    signed(bench.verdict(&push), "signed with the new secret in a rotation")?;
    bench.secrets = benches::with_secrets(
        &bench.secrets,
        &[(bench.webhook_key, "bmV3LXNlY3JldA=="), (&old, "b2xkLXNlY3JldA==")],
    );
    refused(bench.verdict(&push), "signed with neither")
}

pub(super) async fn push_becomes_one_order(bench: Bench) -> Outcome {
    let id = bench.order();
    let mut ids = BTreeSet::new();
    let pushes = bench.twin.take_pushes();
    // Where the channel answers no questions, what it told is all there is to look at afterwards.
    bench.pushes.lock().unwrap().extend(pushes.clone());
    for push in pushes {
        for notice in bench.channel.read_webhook(&bench.door(), &request(&push)) {
            match notice.map_err(|e| format!("{e:?}"))? {
                Notice::Order(order) => drop(ids.insert(order.id)),
                Notice::OrderChanged { order } => drop(ids.insert(order)),
                Notice::StockLevel { .. } | Notice::Nothing { .. } => {}
            }
        }
    }
    ensure(ids == BTreeSet::from([bench.our_id(&id)]), format!("{ids:?}, expected only {id}"))?;
    let order = bench.look_up(&id).await.map_err(|e| e.to_string())?;
    ensure(order.id == bench.our_id(&id), format!("looked up {id}, got {}", order.id))
}
