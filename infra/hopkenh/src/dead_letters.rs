//! `hopkenh dead-letters`: what the functions gave up on, and sending it back once the cause is mended.

pub mod queues;
pub mod reasons;
pub mod redrive;

use crate::demo::texts::Language;
use crate::place::Where;
use crate::terminal;
use crate::up::Problem;
use aws_sdk_sqs::Client;
use lambda_kit::aws::AwsAccess;
use lambda_kit::parameters::Parameters;
use queues::{DeadQueue, Name};
use secrecy::ExposeSecret;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// List them, or send them back.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What can be done with dead letters.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    /// How many lie in each queue, and why.
    List(Which),
    /// Send them back to where they came from.
    Redrive(Which),
}

/// Which dead letters.
#[derive(Debug, Clone, clap::Args)]
pub struct Which {
    /// The stack.
    #[command(flatten)]
    pub place: Where,
    /// One queue alone; without it all.
    #[arg(long, value_enum)]
    pub queue: Option<Name>,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Does it.
pub async fn run(args: &Args) -> Result<(), Problem> {
    let (Verb::List(which) | Verb::Redrive(which)) = &args.verb;
    let Some(stack) = &which.place.stack else {
        let vi = "một máy không có thư chết: việc chưa làm được thì thử lại mãi; việc cần người xem ở `hopkenh parked`. Với AWS, thêm --stack TÊN";
        let en = "one machine has no dead letters: what cannot be done is tried again, and what needs a person is in `hopkenh parked`. On AWS, add --stack NAME";
        return Err(which.lang.say(vi, en).into());
    };
    let (client, queues) = open(stack, which.queue).await?;
    let text = match args.verb {
        Verb::List(_) => list(&client, &queues, which.lang).await?,
        Verb::Redrive(_) => redrive(&client, &queues, which.lang).await?,
    };
    terminal::say(&text)
}

/// The stack's dead-letter queues, as its parameter names them.
async fn open(stack: &str, only: Option<Name>) -> Result<(Client, Vec<DeadQueue>), Problem> {
    let aws = AwsAccess::from_environment()?;
    let path = format!("/hopkenh/{stack}/stack");
    let found =
        Parameters::new(&aws)?.get(std::slice::from_ref(&path)).await.map_err(|e| format!("{path}: {e}"))?;
    let text = found
        .get(&path)
        .ok_or_else(|| format!("there is no stack {stack:?} here: parameter {path} is missing"))?;
    let queues = queues::of_stack(text.expose_secret()).map_err(|e| format!("{path}: {e}"))?;
    let wanted = queues.into_iter().filter(|queue| only.is_none_or(|only| only == queue.name)).collect();
    Ok((aws.sqs(), wanted))
}

/// How deep each queue is, and the first reasons. Bodies are never shown.
pub async fn list(client: &Client, queues: &[DeadQueue], l: Language) -> Result<String, Problem> {
    let mut rows =
        vec![[l.say("Hàng đợi", "Queue"), l.say("Đang nằm", "Waiting")].map(str::to_owned).to_vec()];
    let mut reasons = Vec::new();
    for queue in queues {
        let depth = queue.depth(client).await?;
        rows.push(vec![queue.name.to_string(), depth.to_string()]);
        if depth > 0 {
            reasons.extend(reasons::first(client, queue, l).await?);
        }
    }
    let mut text = terminal::table(&rows);
    if reasons.is_empty() {
        text.push_str(l.say("Không có thư chết nào.\n", "There are no dead letters.\n"));
        return Ok(text);
    }
    let head =
        [l.say("Hàng đợi", "Queue"), l.say("Lúc", "When"), l.say("Về", "About"), l.say("Lý do", "Reason")];
    reasons.insert(0, head.map(str::to_owned).to_vec());
    text.push('\n');
    text.push_str(&terminal::table(&reasons));
    Ok(text)
}

/// Sends all back, queue by queue, and says how many.
pub async fn redrive(client: &Client, queues: &[DeadQueue], l: Language) -> Result<String, Problem> {
    let mut text = String::new();
    for queue in queues {
        let depth = queue.depth(client).await?;
        let said = match (&queue.home, depth) {
            (_, 0) => l.say("không có gì", "nothing there").to_owned(),
            (None, _) => queue.name.advice(l).to_owned(),
            (Some(home), _) => {
                let moved = redrive::all(client, queue, home, depth).await?;
                let left = queue.depth(client).await?;
                l.pick(format!("đã gửi lại {moved}, còn {left}"), format!("{moved} sent back, {left} left"))
            }
        };
        text.push_str(&format!("  {}: {said}\n", queue.name));
    }
    Ok(text)
}
