//! `hopkenh up`: keep running on real channels until told to stop.

use crate::presence;
use channels::channel::Clock;
use channels::outside::Outside;
use commerce::catalogue::Catalogue;
use lambda_kit::objects::Objects;
use lambda_kit::secret_store::SecretStore;
use lambda_kit::shop_source::{ShopSource, Wanted};
use lambda_kit::shops::Shops;
use lambda_kit::{clock, way_out};
use one_machine::{Machine, Settings, web};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why the command could not do its work, in words for the person at the terminal.
pub type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Where the machine keeps what must survive.
#[derive(Debug, Clone)]
pub struct Folders {
    /// Table, queues, and the shops that were added by command with their secrets.
    pub data: PathBuf,
    /// Ledger and unreadable bodies.
    pub archive: PathBuf,
}

impl Folders {
    /// Both under one folder.
    pub fn under(data: &Path) -> Self {
        Self { data: data.to_owned(), archive: data.join("archive") }
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// One file with all shops; none for the shops that were added by command.
    pub config: Option<PathBuf>,
    /// The folder that survives a restart.
    pub data: PathBuf,
    /// Where webhooks arrive.
    pub listen: SocketAddr,
    /// Which hosts channel calls may reach.
    pub outside: Outside,
}

/// Starts a machine on these shops.
pub async fn machine(
    shops: ShopSource,
    outside: Outside,
    folders: &Folders,
    clock: Clock,
) -> Result<Machine, Problem> {
    let gateway = Arc::new(way_out::gateway(outside, clock.clone())?);
    let settings = Settings {
        shops,
        gateway,
        clock,
        data: Some(folders.data.clone()),
        archive: folders.archive.clone(),
        lookup_workers: one_machine::machine::LOOKUP_WORKERS,
        observer: None,
    };
    Ok(Machine::start(settings).await?)
}

/// Runs until interrupted. `ready` hears the address and the shops once webhooks are answered.
pub async fn run(wishes: &Wishes, ready: impl FnOnce(SocketAddr, &Catalogue)) -> Result<(), Problem> {
    let folders = Folders::under(&wishes.data);
    let shops = source(wishes, &folders)?;
    let listen = wishes.listen;
    // The port first: whoever knocks while the machine starts waits instead of being turned away.
    let listener =
        tokio::net::TcpListener::bind(listen).await.map_err(|e| format!("cannot listen on {listen}: {e}"))?;
    let _presence = presence::hold(&wishes.data, wishes.config.as_deref())?;
    let machine = machine(shops.clone(), wishes.outside, &folders, clock::system()).await?;
    let known = known(&shops, &machine).await?;
    ready(listener.local_addr()?, known.catalogue());
    web::serve(listener, machine.doors(), interrupted()).await?;
    tracing::info!("stopped; what is still queued lies on disk and goes on at the next start");
    Ok(())
}

fn source(wishes: &Wishes, folders: &Folders) -> Result<ShopSource, Problem> {
    let Some(config) = &wishes.config else {
        let secrets = SecretStore::Folder(folders.data.join("secrets"));
        return Ok(ShopSource::live(Objects::Folder(folders.data.clone()), Some(secrets), clock::system()));
    };
    let shops = Shops::from_file(config)?;
    let refused = shops.refused_addresses(wishes.outside);
    if refused.is_empty() { Ok(shops.into()) } else { Err(refused.join("\n").into()) }
}

/// The shops there are now.
async fn known(shops: &ShopSource, machine: &Machine) -> Result<Shops, Problem> {
    let entries = machine.table.registered().await?;
    Ok(shops.load(&entries.into_iter().map(|entry| (entry.shop, Wanted::default())).collect()).await)
}

async fn interrupted() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminate) = terminate {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    let _either_way_we_stop = interrupt.await;
}
