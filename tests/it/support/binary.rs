//! The real binary: one command and what it said, or a server until dropped.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// `jangpyo`, with none of the variables that the surroundings may set; another build of it where
/// `JANGPYO_TEST_BINARY` says so, such as a release for the long tests.
pub(crate) fn jangpyo(workspace: &Path, state: &Path) -> Command {
    let binary = std::env::var_os("JANGPYO_TEST_BINARY");
    let mut command = Command::new(binary.unwrap_or_else(|| env!("CARGO_BIN_EXE_jangpyo").into()));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("JANGPYO_") {
            command.env_remove(name);
        }
    }
    command.env("JANGPYO_WORKSPACE", workspace).env("JANGPYO_STATE", state).env_remove("RUST_LOG");
    command
}

/// What a command that ended said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.stdin(Stdio::null()).output().unwrap();
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// `jangpyo serve` on a free port.
pub(crate) struct Server {
    /// Its address without a slash at the end.
    pub(crate) url: String,
    pub(crate) client: reqwest::Client,
    process: Child,
}

impl Server {
    pub(crate) fn start(workspace: &Path, state: &Path) -> Self {
        Self::start_with(workspace, state, &[])
    }

    pub(crate) fn start_with(workspace: &Path, state: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = jangpyo(workspace, state);
        command.envs(variables.iter().copied());
        let (process, mut log) = Self::spawn(command);
        // Somebody must read, or a full pipe stops the server.
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            log.read_to_string(&mut text).map(|_| text)
        });
        Self::listening(process, log)
    }

    /// Starts `command` and gives the path of the first address on standard error that holds `marker`.
    pub(crate) fn start_telling(command: Command, marker: &'static str) -> (Self, String) {
        let (process, log) = Self::spawn(command);
        let (send, told) = std::sync::mpsc::channel();
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            for line in BufReader::new(log).lines() {
                let line = line?;
                if let Some(start) = line.find(marker) {
                    let _ = send.send(line[start..].trim().to_owned());
                }
                text += &line;
            }
            Ok(text)
        });
        let server = Self::listening(process, log);
        (server, told.recv_timeout(Duration::from_secs(10)).unwrap())
    }

    /// Starts `command` with standard error in a file.
    pub(crate) fn start_logging(command: Command, file: &Path) -> Self {
        let (process, mut log) = Self::spawn(command);
        let mut file = std::fs::File::create(file).unwrap();
        let log = std::thread::spawn(move || std::io::copy(&mut log, &mut file).map(|_| String::new()));
        Self::listening(process, log)
    }

    fn spawn(mut command: Command) -> (Child, std::process::ChildStderr) {
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        let mut process =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = process.stderr.take().unwrap();
        (process, log)
    }

    fn listening(mut process: Child, log: std::thread::JoinHandle<std::io::Result<String>>) -> Self {
        let mut out = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let Some(start) = line.find("http://").or_else(|| line.find("https://")) else {
            let _ = process.wait();
            panic!("the server printed no address: {line:?} {:?}", log.join());
        };
        std::thread::spawn(move || out.read_to_end(&mut Vec::new()));
        let url = line[start..].trim().trim_end_matches('/').to_owned();
        // Redirects are part of what is tested.
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { url, client, process }
    }

    /// The id of its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Asks for a path, which is sent as it stands here.
    pub(crate) async fn get(&self, path: &str) -> Page {
        let response = self.client.get(format!("{}{path}", self.url)).send().await.unwrap();
        Page::of(response).await
    }

    /// Asks again and again until `wanted` holds, for at most ten seconds.
    pub(crate) async fn until(&self, path: &str, wanted: impl Fn(&Page) -> bool) -> Page {
        let begun = Instant::now();
        loop {
            let page = self.get(path).await;
            if wanted(&page) {
                return page;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(10),
                "{path} stayed {} {}",
                page.status,
                page.text()
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Asks it to stop as an init system does; answers with its exit code and how long it took.
    pub(crate) fn terminate(mut self) -> (Option<i32>, Duration) {
        let begun = Instant::now();
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        while begun.elapsed() < Duration::from_secs(30) {
            if let Some(status) = self.process.try_wait().unwrap() {
                return (status.code(), begun.elapsed());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the server did not stop within 30 s of SIGTERM");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: bytes::Bytes,
}

impl Page {
    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text()).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.bytes().await.unwrap() }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
