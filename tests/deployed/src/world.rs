//! Everything a story needs: the deployed stack, the person who looks after it, and the shops.

use crate::Problem;
use crate::account::root;
use crate::call::Calls;
use crate::emulator::Emulator;
use crate::mail;
use crate::operator::Operator;
use crate::package::{self, PACKAGE_BYTES_MAX, Package};
use crate::queue::Line;
use crate::rights;
use crate::stack::{Names, Stack};
use crate::until::ensure;
use lambda_kit::aws::AwsAccess;
use lambda_kit::objects::Objects;
use std::path::{Path, PathBuf};
use std::time::Instant;
use table::Table;
use twins::Courier;

/// The stack's name.
pub const STACK: &str = "hk";

/// The world of the stories.
pub struct World {
    /// Where files of this run may lie.
    pub folder: PathBuf,
    /// The way in with all rights.
    pub aws: AwsAccess,
    /// The functions' packages.
    pub packages: Vec<Package>,
    /// A person's console, with all rights.
    pub calls: Calls,
    /// The stack.
    pub stack: Stack,
    /// Its template as uploaded.
    pub template_url: String,
    /// What it consists of.
    pub names: Names,
    /// The book.
    pub table: Table,
    /// The ledger and parked bodies.
    pub archive: Objects,
    /// Thin pushes.
    pub lookups: Line,
    /// Orders.
    pub orders: Line,
    /// Listings to publish.
    pub publish: Line,
    /// What was tried too often, of each of the three.
    pub dead: [Line; 3],
    /// Who looks after the stack.
    pub operator: Operator,
    /// Brings the channels' webhooks.
    pub courier: Courier,
    /// Anybody on the internet.
    pub client: reqwest::Client,
}

/// What differs from a deployment by hand: the machine's own kind, stand-ins on this machine, a table that may go.
pub const PARAMETERS: [(&str, &str); 5] = [
    ("Architecture", architecture()),
    ("ChannelHosts", "any"),
    ("ProtectTable", "false"),
    ("LogLevel", "info"),
    ("MailFrom", mail::SENDER),
];

const fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }
}

impl World {
    /// Deploys the stack on the emulator; `say` tells what happens.
    pub async fn deploy(emulator: &Emulator, folder: &Path, say: &dyn Fn(&str)) -> Result<Self, Problem> {
        let python = from_run("DEPLOYED_PYTHON")?;
        let binaries = from_run("DEPLOYED_FUNCTIONS")?;
        let command = from_run("DEPLOYED_HOPKENH")?;
        let aws = root(&emulator.url());
        let calls = Calls::new(&aws)?;
        let packages = package::pack_all(&python, &binaries, folder)?;
        // Other profiles tell the same stories, but their packages are not what is deployed.
        let bytes_max = if binaries.ends_with("function") { PACKAGE_BYTES_MAX } else { u64::MAX };
        for package in &packages {
            let (name, kilobytes) = (package.name, package.bytes / 1024);
            say(&format!("packaged {name:<16} {kilobytes:>5} KiB"));
            ensure(package.bytes <= bytes_max, || format!("the package of {name} is too large"))?;
        }
        mail::verify_domain(&calls).await?;
        let template_url = package::upload(&calls, &packages).await?;
        let began = Instant::now();
        let stack = Stack::new(&calls, STACK);
        stack.create(&template_url, &PARAMETERS).await?;
        say(&format!("stack {STACK} created in {} ms", began.elapsed().as_millis()));
        rights::even_out_functions(&calls, &stack).await?;
        let names = stack.names().await?;
        for bucket in [&names.shops_bucket, &names.archive_bucket] {
            rights::allow_plain_http(&calls, bucket).await?;
        }
        let policy = stack.output("OperatorPolicyArn").await?;
        let operator = Operator::hire(&calls, command, STACK, &emulator.url(), &policy).await?;
        let client = anybody(&names.webhook_base_url, emulator.port)?;
        let sqs = aws.sqs();
        let line = |url: &str| Line::new(sqs.clone(), url);
        let [lookups_dead, orders_dead, publish_dead, ..] = names.dead_letter_queue_urls.as_slice() else {
            return Err("the stack names too few dead-letter queues".into());
        };
        Ok(Self {
            table: Table::new(aws.dynamodb(), names.table.clone()),
            archive: Objects::bucket(&aws, names.archive_bucket.clone())?,
            lookups: line(&names.lookups_queue_url),
            orders: line(&names.orders_queue_url),
            publish: line(&names.publish_queue_url),
            dead: [line(lookups_dead), line(orders_dead), line(publish_dead)],
            courier: Courier::new(client.clone()),
            client,
            folder: folder.to_owned(),
            aws,
            packages,
            calls,
            stack,
            template_url,
            names,
            operator,
        })
    }

    /// The full name of a function.
    pub fn function(&self, name: &str) -> String {
        format!("{}-{name}", self.stack.name)
    }
}

/// What `tests/deployed/run` has prepared.
pub fn from_run(name: &str) -> Result<PathBuf, Problem> {
    let value = std::env::var_os(name).map(PathBuf::from);
    value.ok_or_else(|| format!("{name} is not set: start these tests with tests/deployed/run").into())
}

/// A client that finds the gateway under the name the stack gives out, which no name server knows.
fn anybody(base_url: &str, port: u16) -> Result<reqwest::Client, Problem> {
    // Made for its side effect: it chooses the one TLS provider of the process.
    twins::plain_client()?;
    let address = reqwest::Url::parse(base_url)?;
    let host = address.host_str().ok_or("the gateway's address has no host")?;
    let here = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    // Where a channel sends the browser is for the story to see, not to follow unseen.
    let stay = reqwest::redirect::Policy::none();
    Ok(reqwest::Client::builder().no_proxy().redirect(stay).resolve(host, here).build()?)
}
