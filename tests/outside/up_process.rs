//! `hopkenh up` in a process of its own, which a test can kill at any moment.
//!
//! The process is this very test binary, started again with one test chosen: that test runs the command's own code
//! and nothing else. So a fresh clone needs no second build, and nothing old can be run by mistake.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const CONFIG: &str = "HOPKENH_TEST_UP_CONFIG";
const DATA: &str = "HOPKENH_TEST_UP_DATA";
const LISTEN: &str = "HOPKENH_TEST_UP_LISTEN";

/// Only does something when [`Up::start`] has asked for it.
#[test]
fn runs_the_command_when_another_test_asks() {
    let Ok(config) = std::env::var(CONFIG) else { return };
    let (data, listen) = (std::env::var(DATA).unwrap(), std::env::var(LISTEN).unwrap());
    lambda_kit::logging::start_plain("info");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let wishes = hopkenh::up::Wishes {
        config: Some(config.into()),
        data: data.into(),
        listen: listen.parse().unwrap(),
        outside: channels::outside::Outside::ThisMachineToo,
    };
    let run = hopkenh::up::run(&wishes, |_, _| {});
    runtime.block_on(run).unwrap();
}

/// A running process; it is killed at the latest when the test ends.
pub(crate) struct Up {
    child: Child,
    log: PathBuf,
}

impl Up {
    /// Starts it and waits until it answers.
    pub(crate) async fn start(config: &Path, data: &Path, port: u16, log_level: &str) -> Self {
        let log = config.with_file_name("log.txt");
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "up_process::runs_the_command_when_another_test_asks", "--nocapture"])
            .env(CONFIG, config)
            .env(DATA, data)
            .env(LISTEN, format!("127.0.0.1:{port}"))
            .env(lambda_kit::logging::LOG_LEVEL, log_level)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .unwrap();
        let mut up = Self { child, log };
        let client = twins::plain_client().unwrap();
        for _ in 0..400 {
            if let Some(status) = up.child.try_wait().unwrap() {
                panic!("the process ended with {status}:\n{}", up.log());
            }
            let url = format!("http://127.0.0.1:{port}/health");
            let answer = client.get(url).timeout(Duration::from_secs(5)).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return up;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the process never answered:\n{}", up.log());
    }

    /// Ends it at once, as a power cut does: no handler runs, nothing is flushed.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Everything it has said.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap()).into_owned()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody uses at this moment.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The files below a folder that hold one of these texts.
pub(crate) fn has_canary(folder: &Path, canaries: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let bytes = std::fs::read(entry.path()).unwrap();
            let holds = |text: &&&str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            found.extend(canaries.iter().filter(holds).map(|text| (entry.path(), (*text).to_owned())));
        }
    }
    found
}
