//! What a channel says about itself: every claim with its source, and no verb it does not have.

use super::*;
use channels::ask::{Ask, hand_over};
use channels::forward::{ForwardLine, NewsKind, OrderNews, OrderToForward};
use channels::login::{Grant, LinkAsk};
use channels::paging::Window;
use commerce::money::{Currency, Money};

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

/// What goes with a verb stands beside it.
pub(super) async fn claims_agree(bench: Bench) -> Outcome {
    let facts = bench.facts();
    let granted = matches!(facts.login, LoginKind::Granted { .. });
    let fetched = facts.login == LoginKind::ClientCredentials;
    let pairs = [
        ("carries and carry a status", !facts.carries.is_empty(), Verb::CarryStatus),
        ("list and list orders", facts.list.is_some(), Verb::ListOrders),
        ("a granted login and grant a login", granted, Verb::GrantLogin),
        ("a fetched login and log in", fetched, Verb::LogIn),
        ("a write class and set stock", facts.write_class != WriteClass::None, Verb::SetStock),
    ];
    for (what, says, verb) in pairs {
        ensure(says == bench.can(verb), format!("{what} do not agree"))?;
    }
    let choices = facts.write_choices;
    let has_its_own = choices.is_empty() || choices.iter().any(|(_, class)| *class == facts.write_class);
    ensure(has_its_own, "the usual write class is not among those to choose from")?;
    ensure(!bench.can(Verb::RenewLogin) || granted, "what is renewed must have been granted")?;
    let needed = facts.secrets.iter().any(|name| name.contains("access_token") || name.contains("refresh"));
    ensure(!needed || !granted, "a granted token is not asked of a person")
}

/// A verb that is not claimed: refused by the connector itself and by the gate, and nothing happens at the channel.
pub(super) async fn refuses(bench: &Bench, verb: Verb) -> Outcome {
    if verb == Verb::ReadWebhook {
        return webhooks::nothing_is_accepted(bench);
    }
    let (clock, http) = (system_clock(), http());
    let id = bench.order();
    let requests = bench.twin.requests();
    let bare = bare_call(bench, &bench.session(&http, &clock), verb, &id).await;
    is_unsupported(&bare.unwrap_or(Ok(())), verb)?;
    is_unsupported(&wrapped_call(bench, &bench.gateway(), verb).await.unwrap_or(Ok(())), verb)?;
    ensure(bench.twin.requests() == requests, "the channel was called all the same")
}

/// Every verb is claimed or refused.
pub(super) async fn unsupported_is_said(bench: Bench) -> Outcome {
    for verb in Verb::ALL.into_iter().filter(|verb| !bench.can(*verb)) {
        refuses(&bench, verb).await?;
    }
    Ok(())
}

/// The connector's own answer to a verb that it does not claim; none where there is nothing to call.
async fn bare_call(
    bench: &Bench,
    session: &Session<'_>,
    verb: Verb,
    id: &str,
) -> Option<Result<(), ChannelError>> {
    let channel = &bench.channel;
    Some(match verb {
        Verb::LookUpOrders => channel.look_up_orders(session, &[bench.our_id(id)]).await.map(drop),
        Verb::SetStock => channel.set_stock(session, &bench.sets(&[5])).await.map(drop),
        Verb::ReadStock => channel.read_stock(session, &[bench.listing(0)]).await.map(drop),
        Verb::LogIn => channel.log_in(session).await.map(drop),
        Verb::GrantLogin => {
            let ask = LinkAsk { redirect_url: "https://hooks.example.vn/logins/callback", state: "s" };
            is_unsupported(&channel.grant_link(session, &ask), verb).ok()?;
            hand_over(&**channel, session, &Ask::Redeem(&grant())).await.map(drop)
        }
        other => hand_over(&**channel, session, &ask(other)?).await.map(drop),
    })
}

/// The same through the gate.
async fn wrapped_call(bench: &Bench, gateway: &Gateway, verb: Verb) -> Option<Result<(), ChannelError>> {
    let account = bench.account();
    let (shop, connection, secrets) = (&bench.shop, &bench.connection, &bench.secrets);
    Some(match verb {
        Verb::LookUpOrders => {
            let ids = [OrderId::new("1").unwrap()];
            gateway.look_up_orders(shop, connection, secrets, &ids).await.remove(0).1.map(drop)
        }
        Verb::SetStock => gateway.set_stock(shop, connection, secrets, &bench.sets(&[5])).await.remove(0).1,
        Verb::ReadStock => gateway.read_stock(shop, connection, secrets, &[bench.listing(0)]).await.map(drop),
        Verb::LogIn => {
            let channel = gateway.channel(bench.facts().channel).unwrap();
            channel.log_in(&gateway.session(shop, connection, secrets)).await.map(drop)
        }
        Verb::ListOrders => gateway.list_orders(&account, window(), None).await.map(drop),
        Verb::PullEvents => gateway.pull_events(&account, None).await.map(drop),
        Verb::ListListings => gateway.list_listings(&account, None).await.map(drop),
        Verb::ForwardOrder => gateway.find_forwarded(&account, "H-1").await.map(drop),
        Verb::TellSales => gateway.sales_of(&account, &OrderId::new("1").unwrap()).await.map(drop),
        Verb::CarryStatus => gateway.carry_status(&account, &news()).await,
        Verb::GrantLogin => gateway.redeem_grant(&account, &grant()).await.map(drop),
        Verb::RenewLogin => gateway.renew_login(&account).await.map(drop),
        Verb::InspectAccount => gateway.inspect_account(&account).await.map(drop),
        Verb::SubscribeWebhooks => gateway.subscribe_webhooks(&account, "https://hooks.example.vn/x").await,
        Verb::ReadWebhook => return None,
    })
}

fn ask(verb: Verb) -> Option<Ask<'static>> {
    Some(match verb {
        Verb::ListOrders => Ask::Orders(window(), None),
        Verb::PullEvents => Ask::Events(None),
        Verb::ListListings => Ask::Listings(None),
        Verb::ForwardOrder => Ask::Forward(Box::leak(Box::new(order_to_forward()))),
        Verb::TellSales => Ask::Sales(Box::leak(Box::new(OrderId::new("1").unwrap()))),
        Verb::CarryStatus => Ask::Carry(Box::leak(Box::new(news()))),
        Verb::RenewLogin => Ask::Renew,
        Verb::InspectAccount => Ask::Inspect,
        Verb::SubscribeWebhooks => Ask::Subscribe("https://hooks.example.vn/x"),
        _ => return None,
    })
}

fn window() -> Window {
    let now = (system_clock())();
    Window { from: now - jiff::SignedDuration::from_hours(1), to: now }
}

fn grant() -> Grant<'static> {
    Grant { redirect_url: "https://hooks.example.vn/logins/callback", query: &[] }
}

fn news() -> OrderNews {
    OrderNews {
        order: OrderId::new("1").unwrap(),
        kind: NewsKind::Shipped,
        carrier: None,
        tracking_number: None,
        reason: None,
        lines: Vec::new(),
    }
}

fn order_to_forward() -> OrderToForward {
    let line = ForwardLine { listing: ListingId::new("1").unwrap(), quantity: 1, unit_price_minor: 1 };
    let total = Money::from_minor(1, Currency::VND);
    OrderToForward {
        reference: "H-1".to_owned(),
        title: "shopee-main 2404098R48U37H".to_owned(),
        branch: None,
        lines: vec![line],
        total,
    }
}
