//! An S3 server in this process: s3s-fs behind a layer that counts requests and, when told to,
//! delays them, fails them or cuts their bodies.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

pub(crate) const ACCESS_KEY: &str = "test-access";
pub(crate) const SECRET_KEY: &str = "test-secret";

/// What the server does to the next requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Answers with this status, as throttling (503) or a broken back end (500) does.
    Status(u16),
    /// Waits this long before it answers.
    Delay(Duration),
    /// Sends half of the body and closes the connection.
    Reset,
}

#[derive(Default)]
pub(crate) struct Traffic {
    pub(crate) requests: AtomicU64,
    pub(crate) gets: AtomicU64,
    pub(crate) lists: AtomicU64,
    pub(crate) body_bytes: AtomicU64,
    faults: Mutex<Vec<(u32, Fault)>>,
}

impl Traffic {
    /// Applies `fault` to the next `count` requests.
    pub(crate) fn inject(&self, count: u32, fault: Fault) {
        self.faults.lock().unwrap().push((count, fault));
    }

    fn next_fault(&self) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap();
        let (count, fault) = faults.first_mut()?;
        let fault = *fault;
        *count -= 1;
        if *count == 0 {
            faults.remove(0);
        }
        Some(fault)
    }
}

pub(crate) struct S3Server {
    pub(crate) address: SocketAddr,
    pub(crate) root: PathBuf,
    pub(crate) traffic: Arc<Traffic>,
    is_signed: bool,
    _folder: tempfile::TempDir,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl S3Server {
    /// Starts a server with one empty bucket `lake` on a free port, which takes unsigned requests.
    pub(crate) async fn start() -> Self {
        Self::new(false).await
    }

    /// The same, but requests must be signed with [`ACCESS_KEY`] and [`SECRET_KEY`].
    pub(crate) async fn start_signed() -> Self {
        Self::new(true).await
    }

    async fn new(is_signed: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("lake")).unwrap();
        let storage = s3s_fs::FileSystem::new(folder.path()).unwrap();
        let mut builder = s3s::service::S3ServiceBuilder::new(storage);
        if is_signed {
            builder.set_auth(s3s::auth::SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        }
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let traffic = Arc::new(Traffic::default());
        let shared = Arc::clone(&traffic);
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                let (service, traffic) = (service.clone(), Arc::clone(&shared));
                tokio::spawn(async move {
                    let handler =
                        hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                            let (service, traffic) = (service.clone(), Arc::clone(&traffic));
                            async move { answer(service, &traffic, request).await }
                        });
                    let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                    let _ = server.serve_connection(TokioIo::new(stream), handler).await;
                });
            }
        });
        Self { address, root: folder.path().to_owned(), traffic, is_signed, _folder: folder, task }
    }

    /// Puts a file into the bucket `lake` through the S3 protocol.
    pub(crate) async fn put(&self, key: &str, bytes: impl Into<bytes::Bytes>) {
        use object_store::ObjectStoreExt;

        let store = object_store::aws::AmazonS3Builder::new()
            .with_endpoint(format!("http://{}", self.address))
            .with_allow_http(true)
            .with_bucket_name("lake")
            .with_region("us-east-1")
            .with_access_key_id(ACCESS_KEY)
            .with_secret_access_key(SECRET_KEY)
            .with_skip_signature(!self.is_signed)
            .build()
            .unwrap();
        store.put(&object_store::path::Path::from(key), bytes.into().into()).await.unwrap();
    }

    /// Puts every file below `folder` into the bucket, under its relative path.
    pub(crate) async fn put_folder(&self, folder: &Path) {
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let key = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                    self.put(&key, std::fs::read(path).unwrap()).await;
                }
            }
        }
    }

    /// The YAML of a source for this server's bucket.
    pub(crate) fn source(&self) -> String {
        format!(
            "{{owner: test, url: 's3://lake', s3: {{endpoint: 'http://{}', region: us-east-1, allow_http: true, \
             anonymous: {}}}}}",
            self.address, !self.is_signed
        )
    }

    /// The same as lines, to stand behind `kind: source` in a file.
    pub(crate) fn source_block(&self) -> String {
        let flow = self.source();
        let inner = flow.trim_start_matches('{').strip_suffix('}').unwrap();
        let (plain, s3) = inner.split_once(", s3: ").unwrap();
        format!("{}\ns3: {s3}\n", plain.replace(", url:", "\nurl:"))
    }
}

type Reply = hyper::Response<http_body_util::combinators::UnsyncBoxBody<bytes::Bytes, std::io::Error>>;

async fn answer(
    service: s3s::service::S3Service,
    traffic: &Traffic,
    request: hyper::Request<hyper::body::Incoming>,
) -> Result<Reply, std::io::Error> {
    traffic.requests.fetch_add(1, Ordering::Relaxed);
    if request.method() == hyper::Method::GET {
        let is_list = request.uri().query().is_some_and(|query| query.contains("list-type"));
        let counter = if is_list { &traffic.lists } else { &traffic.gets };
        counter.fetch_add(1, Ordering::Relaxed);
    }
    let fault = traffic.next_fault();
    match fault {
        Some(Fault::Status(status)) => {
            let body = Full::from("<Error><Code>SlowDown</Code></Error>").map_err(|never| match never {});
            return Ok(hyper::Response::builder().status(status).body(body.boxed_unsync()).unwrap());
        }
        Some(Fault::Delay(delay)) => tokio::time::sleep(delay).await,
        _ => {}
    }
    let request = request.map(s3s::Body::from);
    let response =
        service.call(request).await.map_err(|error| std::io::Error::other(format!("{error:?}")))?;
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.map_err(|error| std::io::Error::other(error.to_string()))?.to_bytes();
    traffic.body_bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
    if fault == Some(Fault::Reset) {
        let half = bytes.slice(..bytes.len() / 2);
        let frames = vec![Ok(hyper::body::Frame::data(half)), Err(std::io::Error::other("reset"))];
        let body = http_body_util::StreamBody::new(futures::stream::iter(frames));
        return Ok(hyper::Response::from_parts(parts, body.boxed_unsync()));
    }
    Ok(hyper::Response::from_parts(parts, Full::from(bytes).map_err(|never| match never {}).boxed_unsync()))
}
