//! What is written to the log about the counter: neither tickets nor sessions nor tokens of forms, nor what was typed.

use super::{Phone, open, path, say};
use hopkenh_tests::listener::Listener;

#[tokio::test]
async fn the_log_shows_no_ticket_no_session_and_no_token() {
    let listener = Listener::default();
    // With two listeners every line is asked of both, whichever test's thread has written it first.
    let _second = tracing::Dispatch::new(Listener::default());
    let listening = tracing::subscriber::set_default(listener.clone());
    let (desk, house) = open().await;
    tracing::callsite::rebuild_interest_cache();
    let link = path(&say(&desk, "link --location hcm --by Lan").await.unwrap());
    let mut lan = Phone::new(&house);
    lan.get(&link).await;
    let form = lan.form("/counter/demo/receive").await;
    let goods = [("sku.0", "AO-M"), ("units.0", "5"), ("why", "canary-typed")];
    assert_eq!(lan.send("/counter/demo/receive", &form, &goods).await.0, 200);
    assert_eq!(lan.get(&link.replace("t=e", "t=f")).await.0, 403);
    let ask = lan.form("/counter/demo/pick-up").await;
    assert_eq!(lan.send("/counter/demo/pick-up", &ask, &[("code", "482913")]).await.0, 409);
    drop(listening);
    let log = listener.heard();
    assert!(log.contains("counter answered"), "{log}");
    let ticket = link.split_once("t=").unwrap().1;
    let session = lan.cookies["hopkenh_counter"].clone();
    let token = form.iter().find(|(name, _)| name == "token").unwrap().1.clone();
    for secret in [ticket, &session, &token, "canary-typed", "482913"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
