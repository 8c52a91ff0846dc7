//! `hopkenh up`: keep running on real channels until told to stop.

use channels::channel::Clock;
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
    /// Table and queues.
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

/// Starts a machine on the shops file.
pub async fn machine(shops: Shops, folders: &Folders, clock: Clock) -> Result<Machine, Problem> {
    let gateway = Arc::new(way_out::gateway(clock.clone())?);
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

/// Runs until interrupted. `ready` hears the address once webhooks are answered.
pub async fn run(
    config: &Path,
    data: &Path,
    listen: SocketAddr,
    ready: impl FnOnce(SocketAddr, &Shops),
) -> Result<(), Problem> {
    let shops = Shops::from_file(config)?;
    // The port first: whoever knocks while the machine starts waits instead of being turned away.
    let listener =
        tokio::net::TcpListener::bind(listen).await.map_err(|e| format!("cannot listen on {listen}: {e}"))?;
    let machine = machine(shops.clone(), &Folders::under(data), clock::system()).await?;
    ready(listener.local_addr()?, &shops);
    web::serve(listener, machine.receive.clone(), interrupted()).await?;
    tracing::info!("stopped; what is still queued lies on disk and goes on at the next start");
    Ok(())
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
