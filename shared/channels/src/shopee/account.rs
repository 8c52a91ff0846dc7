//! What Shopee says about the account: the shop's name, its warehouses, and whether pushes are sent.

use super::list::is_true;
use super::wire::{PUSH_CONFIG, PushConfig, SET_PUSH_CONFIG, SHOP_INFO, ShopInfo, WAREHOUSES, Warehouse};
use super::{call, errors};
use crate::account::{AccountReport, ChannelLocation, Subscription};
use crate::channel::Session;
use crate::error::{ChannelError, ErrorKind};
use crate::json::{self, List, Loose};
use crate::moment;
use serde_json::{Value, json};

/// The pushes we need: order status (3), tracking number (4), reserved stock (8). Returns and cancels come as
/// order status too. (v2.push.set_app_push_config, 2026-11-30)
const CODES: [u32; 3] = [3, 4, 8];

/// Three reads: the shop, its warehouses, the app's push settings.
pub(super) async fn inspect(session: &Session<'_>) -> Result<AccountReport, ChannelError> {
    let answer = call::get_answer(session, SHOP_INFO, &[]).await?;
    errors::read(&answer)?;
    let info: ShopInfo = answer.json()?;
    let config: PushConfig = json::row("response", call::get_public(session, PUSH_CONFIG).await?)?;
    Ok(AccountReport {
        name: info.shop_name.given().map(str::to_owned),
        missing_scopes: None,
        locations: warehouses(session).await?,
        subscription: subscription(session, &config),
        answered_at: moment::answered_at(&answer),
    })
}

/// None for a shop without warehouses of its own, which is refused this read (`warehouse.error_not_in_whitelist`).
async fn warehouses(session: &Session<'_>) -> Result<Option<Vec<ChannelLocation>>, ChannelError> {
    let rows: List<Warehouse> = match call::get(session, WAREHOUSES, &[]).await {
        Err(error) if matches!(error.kind, ErrorKind::Refused | ErrorKind::NotFound) => return Ok(None),
        answer => json::row("response", answer?)?,
    };
    let location = |row: &Warehouse| {
        let id = row.location_id.given()?.to_owned();
        let name = row.warehouse_name.given().unwrap_or(&id).to_owned();
        Some(ChannelLocation { id, name })
    };
    Ok(Some(rows.rows_or_none("response")?.iter().filter_map(location).collect()))
}

fn subscription(session: &Session<'_>, config: &PushConfig) -> Subscription {
    let status = config.live_push_status.given().unwrap_or_default();
    let is_ours = config.callback_url.given() == session.connection.webhook_url.as_deref();
    if is_ours && status.eq_ignore_ascii_case("suspended") {
        return Subscription::Suspended;
    }
    let shop = session.account("shop_id").ok();
    let is_blocked = shop.is_some_and(|shop| holds(&config.blocked_shop_id, shop));
    let is_missing =
        |code: &u32| !is_ours || is_blocked || !holds(&config.push_config_on_list, &code.to_string());
    let topics: Vec<String> = CODES.iter().filter(|code| is_missing(code)).map(u32::to_string).collect();
    if topics.is_empty() { Subscription::Active } else { Subscription::Missing { topics } }
}

fn holds(list: &List<Loose>, wanted: &str) -> bool {
    matches!(list, List::Rows(rows) if rows.iter().any(|row| row.given() == Some(wanted)))
}

/// Sets the one address of the app, for all its shops, and switches our pushes on; asking twice changes nothing.
pub(super) async fn subscribe(session: &Session<'_>, url: &str) -> Result<(), ChannelError> {
    let body = json!({ "callback_url": url, "set_push_config_on": CODES });
    let answer = call::post_public(session, SET_PUSH_CONFIG, &body).await?;
    let done: Value = errors::read(&answer).map_err(ChannelError::after_write)?;
    let result: Loose = json::row("response.result", done.get("result").cloned().unwrap_or_default())?;
    if result.given().is_none_or(|result| result == "success") || is_true(&result) {
        return Ok(());
    }
    Err(ChannelError::refused("Shopee did not take the address"))
}
