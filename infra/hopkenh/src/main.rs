//! The `hopkenh` command: `up` keeps running on real channels, `demo` plays a shop's day on twins.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to the person at the terminal")]

use clap::{Parser, Subcommand};
use hopkenh::up;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Orders and stock in step between marketplaces, websites and stores.
#[derive(Parser)]
#[command(name = "hopkenh", version)]
struct Command {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Keep running on real channels: webhooks in, stock out.
    Up {
        /// The shops file.
        #[arg(long)]
        config: PathBuf,
        /// The folder that survives a restart.
        #[arg(long, default_value = "data")]
        data: PathBuf,
        /// Where webhooks arrive.
        #[arg(long, default_value = "127.0.0.1:8787")]
        listen: SocketAddr,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Command::parse().verb).await {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("hopkenh: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(verb: Verb) -> Result<ExitCode, up::Problem> {
    match verb {
        Verb::Up { config, data, listen } => {
            lambda_kit::logging::start_plain("info");
            up::run(&config, &data, listen, |address, shops| {
                println!("hopkenh is up. Webhooks arrive here:");
                for shop in shops.catalogue().shops.values() {
                    for connection in shop.connections.values() {
                        println!("  {:<12} http://{address}/webhooks/{}/{}", connection.channel, shop.id, connection.id);
                    }
                }
                println!("Health: http://{address}/health   Data: {}   Stop: Ctrl-C", data.display());
            })
            .await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
