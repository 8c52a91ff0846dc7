//! The grant in the browser: a link to open, and the wait until the channel has sent the browser back.

use super::Desk;
use crate::terminal;
use crate::up::Problem;
use channels::gateway::{Account, Gateway};
use channels::login::LinkAsk;
use lambda_kit::clock;
use one_machine::web::{LOGINS_CALLBACK, logins_router};
use std::sync::Arc;
use std::time::Duration;
use workflows::FinishLogin;
use workflows::logins::{begin_grant, login_state};

/// How often it is looked whether the grant has come.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Gives the link, waits, and says how it ended.
pub(super) async fn get(desk: &Desk<'_>) -> Result<(), Problem> {
    let (shop, connection, l) = (&desk.shop.id, &desk.connection.id, desk.args.lang);
    let redirect_url = redirect_url(desk);
    let now = clock::system();
    let before = login_state(&desk.place.table, shop, connection).await?.login.version;
    let state = begin_grant(&desk.place.table, shop, connection, &redirect_url, &now).await?;
    let secrets = desk.secrets().await?;
    let account = Account { shop: &desk.shop, connection: &desk.connection, secrets: &secrets };
    let ask = LinkAsk { redirect_url: &redirect_url, state: &state };
    let link = desk.gateway.grant_link(&account, &ask)?;
    terminal::say(&l.pick(
        format!("\nMở liên kết này bằng trình duyệt và đồng ý cho kết nối (còn 15 phút):\n\n{link}\n\nĐang chờ…\n"),
        format!("\nOpen this link in a browser and grant the account (15 minutes are left):\n\n{link}\n\nWaiting…\n"),
    ))?;
    let _door = open_door(desk).await?;
    let wait = tokio::time::timeout(Duration::from_secs(desk.args.wait_s), until_granted(desk, before));
    match wait.await {
        Ok(granted) => granted?,
        Err(_) => {
            return Err(l
                .say(
                    "hết thời gian chờ; tài khoản chưa được cấp quyền. Chạy lại lệnh này",
                    "nobody granted the account in time. Run this again",
                )
                .into());
        }
    }
    terminal::say(l.say("Đã kết nối.\n", "Granted.\n"))
}

/// The address registered at the channel: the person's, the stack's, or where this command listens.
fn redirect_url(desk: &Desk<'_>) -> String {
    if let Some(given) = &desk.args.redirect_url {
        return given.clone();
    }
    match &desk.place.stack {
        Some(stack) => {
            let base = stack.webhook_base_url.trim_end_matches('/');
            format!("{}{LOGINS_CALLBACK}", base.strip_suffix("/webhooks").unwrap_or(base))
        }
        None => format!("http://{}{LOGINS_CALLBACK}", desk.args.listen),
    }
}

async fn until_granted(desk: &Desk<'_>, before: u64) -> Result<(), Problem> {
    while login_state(&desk.place.table, &desk.shop.id, &desk.connection.id).await?.login.version <= before {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

/// On one machine this command answers the browser itself; a stack has a function for it. Dropped, it closes.
async fn open_door(desk: &Desk<'_>) -> Result<Option<tokio::task::JoinSet<()>>, Problem> {
    if desk.place.stack.is_some() {
        return Ok(None);
    }
    let listen = desk.args.listen;
    let listener = tokio::net::TcpListener::bind(listen).await;
    let listener = listener.map_err(|e| format!("cannot listen on {listen} for the browser: {e}"))?;
    let outside = desk.args.channel_hosts.map_or(desk.place.outside, Into::into);
    let gateway: Arc<Gateway> = Arc::new(lambda_kit::way_out::gateway(outside, clock::system())?);
    let finish = FinishLogin {
        shops: desk.place.source(),
        store: desk.place.secrets.clone(),
        gateway,
        table: desk.place.table.clone(),
        clock: clock::system(),
    };
    let router = logins_router(finish);
    let mut task = tokio::task::JoinSet::new();
    task.spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the browser cannot be answered any more");
        }
    });
    Ok(Some(task))
}
