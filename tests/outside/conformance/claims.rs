//! What a channel says about itself: every claim with its source, and no verb it does not have.

use super::*;

pub(super) async fn claims_have_sources(bench: Bench) -> Outcome {
    let facts = bench.facts();
    ensure(facts.sources.len() >= 5, "fewer than five sources")?;
    ensure(facts.orders_per_look_up_max > 0 && facts.listings_per_write_max > 0, "a limit of nothing")?;
    ensure(facts.webhook.refused_status == 200 || facts.webhook.refused_status == 401, "refused_status")?;
    for source in facts.sources {
        ensure(source.link.starts_with("https://"), format!("{}: {}", source.claim, source.link))?;
        let day = source.read_on.parse::<jiff::civil::Date>();
        ensure(day.is_ok_and(|day| day.year() >= 2026), format!("{}: {}", source.claim, source.read_on))?;
        ensure(
            source.claim.len() > 15 && source.claim.ends_with('.'),
            format!("{:?} is no claim", source.claim),
        )?;
    }
    let told: Vec<&str> = facts.secrets.iter().chain(facts.account_settings).copied().collect();
    ensure(!told.is_empty(), "it needs nothing at all?")
}

pub(super) async fn unsupported_is_said(bench: Bench) -> Outcome {
    let clock = lambda_kit::clock::system();
    let http = http();
    let (shop, connection, secrets) = (&bench.shop, &bench.connection, &bench.secrets);
    let mut session = Session { shop, connection, secrets, http: &http, clock: &clock, token: None };
    let login = bench.channel.log_in(&session).await;
    if bench.can(Verb::LogIn) {
        session.token = Some(login.map_err(|e| e.to_string())?.token);
    } else {
        is_unsupported(&login.map(|_| ()), Verb::LogIn)?;
    }
    let id = bench.order();
    for verb in Verb::ALL {
        let result = match verb {
            Verb::LogIn | Verb::ReadWebhook => continue,
            Verb::LookUpOrders => {
                bench.channel.look_up_orders(&session, &[bench.our_id(&id)]).await.map(|_| ())
            }
            Verb::SetStock => bench.channel.set_stock(&session, &bench.sets(&[5])).await.map(|_| ()),
            Verb::ReadStock => bench.channel.read_stock(&session, &[bench.listing(0)]).await.map(|_| ()),
            _ => continue,
        };
        if bench.can(verb) {
            ensure(result.is_ok(), format!("{verb:?} is claimed: {result:?}"))?;
        } else {
            is_unsupported(&result, verb)?;
        }
    }
    let push = bench.order_push(&id);
    if bench.can(Verb::ReadWebhook) {
        signed(bench.verdict(&push), "a push")
    } else {
        refused(bench.verdict(&push), "a push")
    }
}
