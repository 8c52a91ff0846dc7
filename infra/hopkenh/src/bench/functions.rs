//! Starts each Lambda binary as the service does: how soon it asks for work, what memory it holds, how large it is.

use super::figure::{Figure, ratio};
use super::runtime_api::RuntimeApi;
use crate::up::Problem;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const NAMES: [&str; 11] = [
    "receive-webhook",
    "look-up-orders",
    "record-orders",
    "announce-stock",
    "publish-stock",
    "sweep-due",
    "take-orders",
    "renew-logins",
    "finish-login",
    "fetch-orders",
    "counter",
];
/// How often each is started.
const STARTS: usize = 20;
/// A function that has not asked for work by then is broken.
const PATIENCE: Duration = Duration::from_secs(10);
/// After its first question a function may still settle; its memory is read then.
const SETTLE: Duration = Duration::from_millis(30);

/// A release binary.
#[derive(Debug, Clone)]
pub struct Binary {
    name: &'static str,
    path: PathBuf,
}

/// What one start showed.
struct Start {
    microseconds: u64,
    peak_kilobytes: Option<u64>,
}

/// The release binaries beside the running command; the error says how to build those that are missing.
pub fn find() -> Result<Vec<Binary>, Problem> {
    let command = std::env::current_exe()?;
    let target = command.parent().and_then(Path::parent).ok_or("the build folder was not found")?;
    let binary = |name| Binary { name, path: target.join("function").join(name) };
    let (found, missing): (Vec<_>, Vec<_>) = NAMES.map(binary).into_iter().partition(|b| b.path.is_file());
    if missing.is_empty() {
        return Ok(found);
    }
    let missing: Vec<&str> = missing.iter().map(|binary| binary.name).collect();
    let packages: Vec<String> = NAMES.iter().map(|name| format!("-p {name}")).collect();
    let build = format!("cargo build --profile function {}", packages.join(" "));
    Err(format!("not built: {}. Build them first:\n  {build}", missing.join(", ")).into())
}

/// Four figures per binary.
pub async fn measure(binaries: &[Binary]) -> Result<Vec<Figure>, Problem> {
    let mut api = RuntimeApi::start().await?;
    let mut figures = Vec::new();
    for binary in binaries {
        let environment = environment(binary.name, &api.address.to_string());
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            starts.push(start(binary, &environment, &mut api).await?);
        }
        figures.extend(of_starts(binary.name, &starts));
        figures.extend(of_file(binary)?);
    }
    Ok(figures)
}

fn of_starts(name: &str, starts: &[Start]) -> Vec<Figure> {
    let mut times: Vec<u64> = starts.iter().map(|start| start.microseconds).collect();
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or(0);
    let ms = |time: Option<&u64>| ratio(time.copied().unwrap_or(0), 1_000);
    let (fastest, slowest) = (ms(times.first()), ms(times.last()));
    let remark = format!("median of {STARTS}, fastest {fastest:.2}, slowest {slowest:.2}");
    let what = format!("{name}: spawn → first /next, ms");
    let time =
        Figure::new(format!("{name}_start_ms"), what, ratio(median, 1_000)).at_most(15.0).remark(remark);
    let peak = starts.iter().filter_map(|start| start.peak_kilobytes).max();
    let memory = peak.map(|kilobytes| {
        let what = format!("{name}: peak RSS, MB");
        Figure::new(format!("{name}_peak_rss_mb"), what, ratio(kilobytes, 1_024))
            .at_most(20.0)
            .remark("VmHWM while it waits")
    });
    std::iter::once(time).chain(memory).collect()
}

fn of_file(binary: &Binary) -> Result<Vec<Figure>, Problem> {
    let (name, bytes) = (binary.name, std::fs::metadata(&binary.path)?.len());
    let size = |what: &str| format!("{name}: {what}, MB");
    let whole = Figure::new(format!("{name}_binary_mb"), size("binary"), ratio(bytes, 1 << 20));
    let deflated = deflated_bytes(&binary.path).map(|bytes| {
        let figure = Figure::new(format!("{name}_zip_mb"), size("zip"), ratio(bytes, 1 << 20));
        figure.at_most(5.0).remark("deflated by gzip -9, as a zip holds it")
    });
    Ok(std::iter::once(whole).chain(deflated).collect())
}

/// One cold start, from spawn until the function asks for work.
async fn start(
    binary: &Binary,
    environment: &[(String, String)],
    api: &mut RuntimeApi,
) -> Result<Start, Problem> {
    let mut command = Command::new(&binary.path);
    command.env_clear().envs(environment.iter().cloned()).stdin(Stdio::null()).stdout(Stdio::null());
    let spawned_at = Instant::now();
    let process = Running(command.spawn()?);
    let asked = api.asked(PATIENCE).await;
    let asked_at =
        asked.ok_or_else(|| format!("{} did not ask for work within {PATIENCE:?}", binary.name))?;
    tokio::time::sleep(SETTLE).await;
    let microseconds = u64::try_from(asked_at.duration_since(spawned_at).as_micros())?;
    Ok(Start { microseconds, peak_kilobytes: process.peak_kilobytes() })
}

/// A started function; it is ended when nobody needs it any more.
struct Running(Child);

impl Running {
    /// The most memory it has held (Linux, `proc(5)`, `VmHWM`).
    fn peak_kilobytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.split_whitespace().next()?.parse().ok()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the Lambda service and the template set.
fn environment(name: &str, api: &str) -> Vec<(String, String)> {
    let queue = |name: &str| format!("https://sqs.ap-southeast-1.amazonaws.com/000000000000/{name}");
    let fixed = [
        ("AWS_LAMBDA_RUNTIME_API", api.to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", name.to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench".to_owned()),
        ("AWS_REGION", "ap-southeast-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "bench".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "bench".to_owned()),
        ("LOOKUPS_QUEUE_URL", queue("lookups")),
        ("ORDERS_QUEUE_URL", queue("orders")),
        ("PUBLISH_QUEUE_URL", queue("publish.fifo")),
        ("FORWARD_QUEUE_URL", queue("forward.fifo")),
        ("PASSES_QUEUE_URL", queue("passes")),
        ("TABLE_NAME", "hopkenh".to_owned()),
        ("ARCHIVE_BUCKET", "hopkenh-archive".to_owned()),
        ("SHOPS_BUCKET", "hopkenh-shops".to_owned()),
        ("SECRETS_PATH", "/hopkenh/bench/secrets".to_owned()),
        ("SECRETS_KEY", "alias/aws/ssm".to_owned()),
        ("CHANNEL_HOSTS", "public".to_owned()),
    ];
    fixed.map(|(name, value)| (name.to_owned(), value)).into()
}

/// The size of the file deflated; none where there is no `gzip`.
fn deflated_bytes(path: &Path) -> Option<u64> {
    let output = Command::new("gzip").args(["-9", "-n", "-c"]).arg(path).output().ok()?;
    output.status.success().then_some(output.stdout.len() as u64)
}
