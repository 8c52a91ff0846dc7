//! Where the shops of a deployment lie: in a data folder on this machine, or in a stack on AWS. Commands see no difference.

use crate::up::{Folders, Problem};
use channels::outside::Outside;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ConnectionId, ShopId};
use lambda_kit::aws::AwsAccess;
use lambda_kit::clock;
use lambda_kit::mail::Mail;
use lambda_kit::objects::Objects;
use lambda_kit::parameters::Parameters;
use lambda_kit::secret_store::{SecretStore, SecretValues};
use lambda_kit::shop_source::{self, ShopSource, object_name};
use one_machine::machine;
use secrecy::ExposeSecret;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use table::Table;
use workflows::change_secrets::change_secrets;
use workflows::refused_login::is_granted;

/// Which deployment a command speaks of.
#[derive(Debug, Clone, clap::Args)]
pub struct Where {
    /// The stack on AWS. Without it: the data folder of this machine.
    #[arg(long, conflicts_with = "data")]
    pub stack: Option<String>,
    /// The data folder of this machine.
    #[arg(long, default_value = DATA)]
    pub data: PathBuf,
}

/// The data folder when none is named.
const DATA: &str = "data";

impl Where {
    /// The data folder of this machine.
    pub fn here(data: &Path) -> Self {
        Self { stack: None, data: data.to_owned() }
    }

    /// Opens it; a data folder that is not there yet is made.
    pub async fn open(&self) -> Result<Place, Problem> {
        Place::open(self.stack.as_deref(), &self.data).await
    }

    /// Opens what must be there already, so that a mistyped folder is not made by asking about it.
    pub async fn open_existing(&self) -> Result<Place, Problem> {
        if self.stack.is_none() {
            machine::open_table(&self.data).await?;
        }
        self.open().await
    }

    /// How the next command names the same deployment; begins with a space, or is empty.
    pub fn flags(&self) -> String {
        match &self.stack {
            Some(stack) => format!(" --stack {stack}"),
            None if self.data == Path::new(DATA) => String::new(),
            None => format!(" --data {}", self.data.display()),
        }
    }
}

/// How far channel calls may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ChannelHosts {
    /// Each channel's own hosts.
    Public,
    /// Those, and stand-ins on this machine.
    ThisMachineToo,
    /// Any host, for rehearsals.
    Any,
}

impl From<ChannelHosts> for Outside {
    fn from(hosts: ChannelHosts) -> Self {
        match hosts {
            ChannelHosts::Public => Self::Public,
            ChannelHosts::ThisMachineToo => Self::ThisMachineToo,
            ChannelHosts::Any => Self::Any,
        }
    }
}

/// What a stack says of itself, in the parameter `/hopkenh/<stack>/stack`.
#[derive(Debug, Clone, Deserialize)]
pub struct Stack {
    /// The table.
    pub table: String,
    /// The bucket of the ledger and of bodies that could not be read.
    pub archive_bucket: String,
    /// The bucket of shops' files.
    pub shops_bucket: String,
    /// How the names of secrets begin.
    pub secrets_path: String,
    /// The queue of thin pushes.
    pub lookups_queue_url: String,
    /// The queue of orders.
    pub orders_queue_url: String,
    /// The queue of listings to publish.
    pub publish_queue_url: String,
    /// The queue of orders for tills and websites; a stack of before has none.
    #[serde(default)]
    pub forward_queue_url: String,
    /// The operator's own key, for secrets; empty where AWS keeps the key.
    #[serde(default)]
    pub key_arn: String,
    /// Where webhooks arrive; a shop's own address adds `/<shop>/<connection>`.
    pub webhook_base_url: String,
    /// Who letters come from; empty where the stack sends none.
    #[serde(default)]
    pub mail_from: String,
}

/// How many shops a refusal names.
const SHOPS_NAMED_MAX: usize = 20;

/// One deployment, ready for commands.
pub struct Place {
    /// Shops' files, `shops/<shop>.toml`.
    pub shops: Objects,
    /// The ledger and bodies that could not be read.
    pub archive: Objects,
    /// Keys and tokens.
    pub secrets: SecretStore,
    /// The book.
    pub table: Table,
    /// The stack; none on one machine.
    pub stack: Option<Stack>,
    /// What sends letters for shops without a mail server of their own.
    pub mail: Mail,
    /// Which hosts may stand for a channel when an address is checked.
    pub outside: Outside,
}

impl Place {
    /// The stack of that name, or the data folder of this machine.
    pub async fn open(stack: Option<&str>, data: &Path) -> Result<Self, Problem> {
        match stack {
            Some(name) => Self::on_aws(name).await,
            None => Self::here(data).await,
        }
    }

    /// A data folder; made if it is not there yet.
    pub async fn here(data: &Path) -> Result<Self, Problem> {
        let folders = Folders::under(data);
        Ok(Self {
            shops: Objects::Folder(folders.data.clone()),
            archive: Objects::Folder(folders.archive),
            secrets: SecretStore::Folder(folders.data.join("secrets")),
            table: machine::open_or_make_table(&folders.data).await?,
            stack: None,
            mail: Mail::Nobody,
            outside: Outside::ThisMachineToo,
        })
    }

    async fn on_aws(name: &str) -> Result<Self, Problem> {
        let aws = AwsAccess::from_environment()?;
        let parameters = Parameters::new(&aws)?;
        let stack = read_stack(&parameters, name).await?;
        Ok(Self {
            shops: Objects::bucket(&aws, stack.shops_bucket.clone())?,
            archive: Objects::bucket(&aws, stack.archive_bucket.clone())?,
            secrets: SecretStore::Parameters {
                parameters: parameters.encrypting_under(&stack.key_arn),
                path: stack.secrets_path.clone(),
            },
            table: Table::new(aws.dynamodb(), stack.table.clone()),
            mail: Mail::new(&aws, stack.mail_from.clone())?,
            stack: Some(stack),
            outside: Outside::Public,
        })
    }

    /// A shop's file as it lies there; none when there is no such shop.
    pub async fn shop_text(&self, shop: &ShopId) -> Result<Option<Vec<u8>>, Problem> {
        Ok(self.shops.get(&object_name(shop)).await?)
    }

    /// A shop as its file says; the refusal names the shops there are.
    pub async fn shop(&self, shop: &ShopId) -> Result<Shop, Problem> {
        match self.shop_text(shop).await? {
            Some(text) => Ok(shop_source::parse(shop, &text)?.0),
            None => Err(self.no_such_shop(shop).await?.into()),
        }
    }

    /// The sentence for a shop that is not there.
    pub async fn no_such_shop(&self, shop: &ShopId) -> Result<String, Problem> {
        let entries = self.table.registered().await?;
        let names = entries.iter().map(|entry| entry.shop.as_str());
        let names: Vec<&str> = names.take(SHOPS_NAMED_MAX).collect();
        let known = if names.is_empty() { "there are none yet".to_owned() } else { names.join(", ") };
        Ok(format!("shop {shop}: is not here; shops here: {known}. `hopkenh shop add FILE` adds one"))
    }

    /// Where the channel sends a connection's webhooks.
    pub fn webhook_address(&self, shop: &ShopId, connection: &Connection) -> String {
        let own = |base: &str| format!("{}/{shop}/{}", base.trim_end_matches('/'), connection.id);
        match (&connection.webhook_url, &self.stack) {
            (Some(registered), _) => registered.clone(),
            (None, Some(stack)) => own(&stack.webhook_base_url),
            (None, None) => own("http://<listen>/webhooks"),
        }
    }

    /// Stores what a person changed of an account's secrets, beside tokens that are renewed meanwhile.
    pub async fn change_secrets(
        &self,
        shop: &ShopId,
        connection: &ConnectionId,
        channel: &str,
        (before, after): (&SecretValues, &SecretValues),
    ) -> Result<(), Problem> {
        let is_granted = channels::registry::find(channel).is_some_and(|channel| is_granted(channel.facts()));
        if !is_granted {
            return Ok(self.secrets.put(shop, connection, after).await?);
        }
        let account = (shop.clone(), connection.clone());
        let change = (before, after);
        Ok(change_secrets(&self.table, &self.secrets, &clock::system(), &account, change).await?)
    }

    /// Where functions find these shops.
    pub fn source(&self) -> ShopSource {
        ShopSource::live(self.shops.clone(), Some(self.secrets.clone()), clock::system())
    }
}

async fn read_stack(parameters: &Parameters, name: &str) -> Result<Stack, Problem> {
    let path = format!("/hopkenh/{name}/stack");
    let found = parameters.get(std::slice::from_ref(&path)).await.map_err(|e| format!("{path}: {e}"))?;
    let text = found.get(&path).ok_or_else(|| {
        format!("there is no stack {name:?} here: parameter {path} is missing (account and region right?)")
    })?;
    Ok(serde_json::from_str(text.expose_secret()).map_err(|e| format!("{path}: {e}"))?)
}
