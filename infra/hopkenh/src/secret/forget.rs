//! `hopkenh secret forget-old` ends the change of a key; `hopkenh secret forget` takes away the keys of an account given up.

use super::Account;
use crate::demo::texts::Language;
use crate::shop::add::old_name;
use crate::up::Problem;
use lambda_kit::shop_source::{KEPT_MS, READ_AGAIN_MS};

/// Which old value.
#[derive(Debug, Clone, clap::Args)]
pub struct OldArgs {
    /// The account.
    #[command(flatten)]
    pub account: Account,
    /// Which secret, such as `partner_key`.
    pub name: String,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Which account.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The account.
    #[command(flatten)]
    pub account: Account,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Takes the old value away.
pub async fn report_old(args: &OldArgs) -> Result<String, Problem> {
    let found = args.account.find().await?;
    found.connection()?;
    let (name, old) = (&args.name, old_name(&args.name));
    let mut values = found.stored.clone();
    if values.remove(&old).is_none() {
        return Err(format!(
            "secret {old}: is not stored, so there is nothing to forget; \
             `hopkenh secret list --shop {}` shows what is",
            found.shop.id
        )
        .into());
    }
    if !values.contains_key(name) {
        return Err(format!("secret {name}: is not stored; set it before its old value is forgotten").into());
    }
    found.put(&values).await?;
    let (soon, late) = (READ_AGAIN_MS / 60_000, KEPT_MS / 60_000);
    Ok(args.lang.pick(
        format!("Đã bỏ {old}. Webhook ký bằng khóa cũ bị từ chối sau {soon} phút, chậm nhất {late} phút.\n"),
        format!(
            "{old} is forgotten. Webhooks signed with it are refused within {soon} minutes, \
             {late} at the very latest.\n"
        ),
    ))
}

/// Takes all secrets of an account away that the shop's file names no more.
pub async fn report(args: &Args) -> Result<String, Problem> {
    let found = args.account.find().await?;
    let id = &found.id;
    if found.connection().is_ok() {
        return Err(format!(
            "connection {id}: is still in the file of shop {}; take it out there first (`hopkenh shop file`, \
             edit, `hopkenh shop add`)",
            found.shop.id
        )
        .into());
    }
    found.place.secrets.remove(&found.shop.id, id).await?;
    Ok(args.lang.pick(
        format!("Đã bỏ mọi khóa của kết nối {id}.\n"),
        format!("All secrets of connection {id} are forgotten.\n"),
    ))
}
