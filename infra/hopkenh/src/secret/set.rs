//! `hopkenh secret set`: store a new value and keep the one in force beside it, so that webhooks signed with either are accepted.

use super::{Account, Found, title, usable};
use crate::demo::texts::Language;
use crate::shop::add::old_name;
use crate::up::Problem;
use lambda_kit::secret_source;
use lambda_kit::shop_source::READ_AGAIN_MS;
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;

/// The longest secret, in bytes; all secrets of an account share one entry of 4 kB on AWS.
const VALUE_BYTES_MAX: usize = 2_000;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The account.
    #[command(flatten)]
    pub account: Account,
    /// Which secret, such as `partner_key`.
    pub name: String,
    /// Where its value is: `env:NAME` or `file:PATH`. Without it, one line is read from the standard input.
    #[arg(long)]
    pub from: Option<String>,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Stores it and says what to do next. `typed` gives the line from the standard input.
pub async fn report(args: &Args, typed: impl FnOnce() -> std::io::Result<String>) -> Result<String, Problem> {
    let found = args.account.find().await?;
    check_name(&found, &args.name)?;
    let value = value(args, typed)?;
    let name = &args.name;
    let before = found.stored.get(name);
    if before.is_some_and(|before| before.expose_secret() == value.expose_secret()) {
        return Ok(args.lang.pick(
            format!("Khóa {name}: giá trị này đang được dùng; không có gì thay đổi.\n"),
            format!("Secret {name}: this value is in force already; nothing has changed.\n"),
        ));
    }
    let mut values = found.stored.clone();
    if let Some(before) = before {
        values.insert(old_name(name), before.clone());
    }
    values.insert(name.clone(), value);
    found.put(&values).await?;
    text(&found, args)
}

/// A name that the channel does not use would be stored and never be looked at.
fn check_name(found: &Found, name: &str) -> Result<(), Problem> {
    let connection = found.connection()?;
    let usable = usable(connection);
    if usable.contains(&name) {
        return Ok(());
    }
    let (id, title, known) = (&found.id, title(connection), usable.join(", "));
    Err(format!("secret {name:?}: connection {id} has no such secret; {title} uses {known}").into())
}

fn value(args: &Args, typed: impl FnOnce() -> std::io::Result<String>) -> Result<SecretString, Problem> {
    let problem = |why: &str| Problem::from(format!("secret {}: {why}", args.name));
    let text = match &args.from {
        Some(source) => secret_source::read(source, Path::new(".")).map_err(|e| problem(&e.to_string()))?,
        None => SecretString::from(typed().map_err(|e| problem(&e.kind().to_string()))?),
    };
    let value = text.expose_secret().trim();
    match value.len() {
        0 => Err(problem("the value is empty; give it as one line on the standard input, or use --from")),
        length if length > VALUE_BYTES_MAX => {
            Err(problem(&format!("the value is longer than {VALUE_BYTES_MAX} bytes")))
        }
        _ if value.chars().any(char::is_control) => Err(problem("the value has more than one line")),
        _ => Ok(SecretString::from(value)),
    }
}

fn text(found: &Found, args: &Args) -> Result<String, Problem> {
    let (name, old, minutes) = (&args.name, old_name(&args.name), READ_AGAIN_MS / 60_000);
    let connection = found.connection()?;
    let (l, title, flags) = (args.lang, title(connection), args.account.flags());
    let mut text = l.pick(
        format!("Khóa {name} của {} đã lưu. Các hàm biết trong vòng {minutes} phút.\n", found.id),
        format!("Secret {name} of {} is stored. Functions know it within {minutes} minutes.\n", found.id),
    );
    if !found.stored.contains_key(name) {
        return Ok(text);
    }
    if found.stored.contains_key(&old) {
        text.push_str(&l.pick(
            format!("Giá trị {old} trước đó đã bỏ: chỉ còn giữ một giá trị cũ.\n"),
            format!("The {old} from an earlier change is gone: one old value is kept, no more.\n"),
        ));
    }
    text.push_str(&l.pick(
        format!(
            "Giá trị vừa thay được giữ ở {old}: webhook ký bằng khóa nào cũng được chấp nhận.\n\
             Tiếp theo: đổi khóa tại {title}, rồi chạy `hopkenh secret forget-old {flags} {name}`.\n"
        ),
        format!(
            "The value before is kept as {old}: webhooks signed with either are accepted.\n\
             Next: change it at {title}, then `hopkenh secret forget-old {flags} {name}`.\n"
        ),
    ));
    Ok(text)
}
