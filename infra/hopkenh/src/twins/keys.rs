//! The keys of the stand-ins in files that only their owner can read, and the commands that use them.

use super::{Args, Cast};
use crate::terminal;
use crate::up::Problem;
use ::twins::stage::Actor;
use lambda_kit::private_folder;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes the keys and says how to connect each stand-in.
pub(super) fn how_to_connect(args: &Args, cast: &Cast) -> Result<String, Problem> {
    private_folder::make(&args.data)?;
    let mut table = vec![["Channel", "Answers at", "Sells"].map(str::to_owned).to_vec()];
    let mut commands = String::new();
    for (channel, actor) in cast.iter() {
        let sells = actor.listings.first().map_or(String::new(), |first| format!("{first} …"));
        table.push(vec![channel.clone(), actor.twin.base_url(), sells]);
        let file = write(&args.data, channel, actor)?;
        commands.push_str(&command(args, channel, actor, &file));
    }
    let port = args.port;
    Ok(format!(
        "{}\nConnect them, with `hopkenh up` running, in another terminal:\n\n{commands}\n\
         Look: curl http://127.0.0.1:{port}/    Buy: curl -X POST 'http://127.0.0.1:{port}/shopee/buy?sku=AO-M'\n",
        terminal::table(&table)
    ))
}

fn write(folder: &Path, channel: &str, actor: &Actor) -> Result<PathBuf, Problem> {
    let path = folder.join(format!("{channel}.toml"));
    let lines = actor
        .secrets
        .iter()
        .map(|(name, value)| format!("{name} = {}\n", serde_json::Value::from(value.as_str())));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(&path)?.write_all(lines.collect::<String>().as_bytes())?;
    Ok(path)
}

fn command(args: &Args, channel: &str, actor: &Actor, file: &Path) -> String {
    let mut text = format!(
        "hopkenh connect {channel} --shop {} --base-url {} --webhook-url {}/webhooks/{}/{channel}",
        args.shop,
        actor.twin.base_url(),
        args.hooks.trim_end_matches('/'),
        args.shop,
    );
    actor.settings.iter().for_each(|(name, value)| text.push_str(&format!(" --set {name}={value}")));
    let secret = |name: &str| format!(" --secret {name}=file:{}#{name}", file.display());
    actor.secrets.iter().for_each(|(name, _)| text.push_str(&secret(name)));
    if let Some(branch) = actor.branch {
        text.push_str(&format!(" --till STORE={branch} --serves-from STORE"));
    }
    text + "\n"
}
