//! The emulator: a process of our own, on a free port of this machine, with everything it keeps in a folder of the run.

use crate::Problem;
use crate::until::until;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The region everything is deployed to.
pub const REGION: &str = "ap-southeast-1";
const SERVICES: &str = "apigateway,cloudformation,cloudwatch,dynamodb,events,iam,kms,lambda,logs,s3,scheduler,sns,sqs,\
                        ssm,sts";
/// How long it may take to come up; the first time Python compiles what it reads.
const START_PATIENCE: Duration = Duration::from_secs(90);
/// How long it may take to go.
const END_PATIENCE: Duration = Duration::from_secs(15);

/// A running emulator. It ends with this value, and also when this process is killed: see `leash.py`.
pub struct Emulator {
    process: Child,
    /// Where it answers.
    pub port: u16,
    /// What it and the functions have written.
    pub log: PathBuf,
}

impl Emulator {
    /// Starts it with that Python, in which it is installed.
    pub async fn start(python: &Path, folder: &Path) -> Result<Self, Problem> {
        // Taken and given back: nobody else takes a port at random in so short a time.
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let log = folder.join("emulator.log");
        let output = std::fs::File::create(&log)?;
        let leash = folder.join("leash.py");
        std::fs::write(&leash, include_str!("leash.py"))?;
        let mut command = Command::new(python);
        command
            .arg("-u")
            .arg(&leash)
            // Functions inherit what the emulator has in its environment, so it gets nothing of ours.
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .env("TMPDIR", folder)
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("MINISTACK_REGION", REGION)
            // Functions call with the rights of their role and nothing more, as on AWS.
            .env("AUTH", "true")
            // What the stack uses and no more: other services open ports of their own, to the whole network.
            .env("SERVICES", SERVICES)
            .env("IOT_MTLS_ENABLED", "false")
            .env("SFTP_ENABLED", "false")
            // The emulator hands this on to the functions. On AWS it is not set and nothing else differs.
            .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(output);
        let process = command.spawn().map_err(|e| format!("{}: {e}", python.display()))?;
        let mut emulator = Self { process, port, log };
        emulator.until_healthy().await?;
        Ok(emulator)
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it and the functions have written so far.
    pub fn written(&self) -> Result<String, Problem> {
        Ok(String::from_utf8_lossy(&std::fs::read(&self.log)?).into_owned())
    }

    async fn until_healthy(&mut self) -> Result<(), Problem> {
        let client = twins::plain_client()?;
        let address = format!("{}/_ministack/ready", self.url());
        let log = self.log.clone();
        let healthy = until("the emulator to come up", START_PATIENCE, async || {
            if let Some(status) = self.process.try_wait()? {
                return Err(format!("the emulator ended at once ({status})").into());
            }
            let answer = client.get(&address).send().await;
            Ok(answer.is_ok_and(|answer| answer.status().is_success()).then_some(()))
        });
        let tail = || std::fs::read_to_string(&log).unwrap_or_default();
        healthy.await.map_err(|problem| format!("{problem}\n{}", tail()).into())
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Letting go of the leash is enough.
        drop(self.process.stdin.take());
        let began = std::time::Instant::now();
        while began.elapsed() < END_PATIENCE {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // Both fail only when it has ended meanwhile.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
