//! A PostgreSQL database of its own, and a proxy in front of it that knows what is written and can stop at any write.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::{Connection as _, Executor as _};

/// A database that nobody else uses.
pub(crate) struct Database {
    server: url::Url,
    name: String,
}

impl Database {
    /// A new one, where `JANGPYO_TEST_POSTGRES` names a server.
    pub(crate) async fn new() -> Option<Self> {
        let server: url::Url = std::env::var("JANGPYO_TEST_POSTGRES").ok()?.parse().unwrap();
        let database = Self { server, name: format!("jangpyo_{}", uuid::Uuid::now_v7().simple()) };
        database.ask(&format!("CREATE DATABASE {}", database.name)).await;
        Some(database)
    }

    async fn ask(&self, statement: &str) {
        let mut connection = sqlx::PgConnection::connect(self.server.as_str()).await.unwrap();
        connection.execute(sqlx::AssertSqlSafe(statement.to_owned())).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Its address, at another port of this machine if there is something in between.
    pub(crate) fn address(&self, port: Option<u16>) -> String {
        let mut address = self.server.clone();
        address.set_path(&self.name);
        if let Some(port) = port {
            address.set_host(Some("127.0.0.1")).unwrap();
            address.set_port(Some(port)).unwrap();
        }
        address.into()
    }

    /// Does these statements in it.
    pub(crate) async fn execute(&self, statements: &str) {
        let mut connection = sqlx::PgConnection::connect(&self.address(None)).await.unwrap();
        connection.execute(sqlx::AssertSqlSafe(statements.to_owned())).await.unwrap();
        connection.close().await.unwrap();
    }

    /// It as a source that computes: `url` and `postgres`, with more of the options.
    pub(crate) fn as_source(&self, options: &str) -> String {
        let (place, user) = (self.place(), self.server.username());
        format!(
            "url: 'postgres://{place}/{}'\npostgres: {{user: {user}, password_secret: password, \
             allow_unencrypted: true{options}}}\n",
            self.name
        )
    }

    /// The password of the server, whatever secret is asked for.
    pub(crate) fn password(_: &str) -> Result<String, String> {
        let server = std::env::var("JANGPYO_TEST_POSTGRES").map_err(|error| error.to_string())?;
        let server: url::Url = server.parse().map_err(|_| "no address".to_owned())?;
        Ok(server.password().unwrap_or_default().to_owned())
    }

    /// One number that it answers.
    pub(crate) async fn number(&self, question: &'static str) -> i64 {
        let mut connection = sqlx::PgConnection::connect(&self.address(None)).await.unwrap();
        sqlx::query_scalar(question).fetch_one(&mut connection).await.unwrap()
    }

    /// Where its server listens.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.server.host_str().unwrap(), self.server.port().unwrap_or(5432))
    }

    /// Drops it, whoever is still connected.
    pub(crate) async fn remove(self) {
        self.ask(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

/// Where to stop: at the `number`th write, from 1, whose statement contains `text`. The statement of a `COMMIT` is
/// `COMMIT` and the last write before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stop {
    pub(crate) text: &'static str,
    pub(crate) number: usize,
    pub(crate) moment: Moment,
}

/// On which side of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The database has not seen it.
    Before,
    /// The database has done it, and the program does not know.
    After,
}

#[derive(Default)]
struct Shared {
    /// Nothing passes, and nobody is told.
    frozen: AtomicBool,
    writes: AtomicUsize,
    stop: Mutex<Option<(Stop, Sender<()>)>>,
    streams: Mutex<Vec<TcpStream>>,
}

/// A proxy that speaks enough of the protocol to know writes.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

impl Proxy {
    pub(crate) fn start(database: &Database) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        let (place, all) = (database.place(), Arc::clone(&shared));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&place) else { continue };
                // Small messages go back and forth.
                let _ = (client.set_nodelay(true), server.set_nodelay(true));
                let (shared, muted) = (Arc::clone(&all), Arc::new(AtomicBool::new(false)));
                let mut streams = shared.streams.lock().unwrap();
                streams.extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
                drop(streams);
                let back = Back {
                    from: server.try_clone().unwrap(),
                    to: client.try_clone().unwrap(),
                    muted: Arc::clone(&muted),
                };
                let (forth, also) = (Forth { from: client, to: server, muted }, Arc::clone(&shared));
                std::thread::spawn(move || forth.pass(&shared));
                std::thread::spawn(move || back.pass(&also));
            }
        });
        Self { port, shared }
    }

    /// Freezes everything at a write; the receiver is told.
    pub(crate) fn arm(&self, stop: Stop) -> Receiver<()> {
        let (tell, told) = channel();
        *self.shared.stop.lock().unwrap() = Some((stop, tell));
        told
    }

    /// The writes since the last call.
    pub(crate) fn writes(&self) -> usize {
        self.shared.writes.swap(0, Ordering::SeqCst)
    }

    /// From here on nothing passes, as on a network that swallows packets.
    pub(crate) fn cut(&self) {
        self.shared.frozen.store(true, Ordering::SeqCst);
    }

    /// Everything passes again, what was held back first.
    pub(crate) fn restore(&self) {
        *self.shared.stop.lock().unwrap() = None;
        self.shared.frozen.store(false, Ordering::SeqCst);
    }

    /// Closes every connection.
    pub(crate) fn hang_up(&self) {
        for stream in self.shared.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.restore();
        self.hang_up();
    }
}

impl Shared {
    fn wait(&self) {
        while self.frozen.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether this write is the one to stop at.
    fn is_stop(&self, statement: &str) -> Option<Moment> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        let mut stop = self.stop.lock().unwrap();
        let (stop, _) = stop.as_mut()?;
        if !statement.contains(stop.text) {
            return None;
        }
        stop.number = stop.number.checked_sub(1)?;
        (stop.number == 0).then_some(stop.moment)
    }

    fn freeze(&self) {
        self.frozen.store(true, Ordering::SeqCst);
        if let Some((_, tell)) = &*self.stop.lock().unwrap() {
            let _ = tell.send(());
        }
    }
}

/// From the program to the database.
struct Forth {
    from: TcpStream,
    to: TcpStream,
    muted: Arc<AtomicBool>,
}

impl Forth {
    fn pass(mut self, shared: &Shared) {
        let _ = self.speak(shared);
        let _ = (self.from.shutdown(Shutdown::Both), self.to.shutdown(Shutdown::Both));
    }

    fn speak(&mut self, shared: &Shared) -> std::io::Result<()> {
        loop {
            let hello = read_message(&mut self.from, false)?;
            // It asks for TLS first, which would hide everything.
            if hello.get(4..8) == Some(&80_877_103_u32.to_be_bytes()[..]) {
                self.from.write_all(b"N")?;
                continue;
            }
            self.to.write_all(&hello)?;
            break;
        }
        let (mut prepared, mut bound) = (HashMap::new(), String::new());
        loop {
            let message = read_message(&mut self.from, true)?;
            shared.wait();
            let mut words = message[5..].split(|byte| *byte == 0).map(String::from_utf8_lossy);
            let mut word = || words.next().unwrap_or_default().into_owned();
            let write = match message[0] {
                b'P' => {
                    prepared.insert(word(), word());
                    None
                }
                b'B' => {
                    let _portal = word();
                    let statement = prepared.get(&word()).cloned().unwrap_or_default();
                    let writes =
                        ["INSERT", "UPDATE", "DELETE"].iter().any(|verb| statement.starts_with(verb));
                    if writes {
                        bound.clone_from(&statement);
                    }
                    writes.then_some(statement)
                }
                b'Q' => Some(word()).filter(|text| text == "COMMIT").map(|text| format!("{text} {bound}")),
                _ => None,
            };
            match write.and_then(|statement| shared.is_stop(&statement)) {
                Some(Moment::Before) => shared.freeze(),
                Some(Moment::After) => self.muted.store(true, Ordering::SeqCst),
                None => {}
            }
            if !self.muted.load(Ordering::SeqCst) {
                shared.wait();
            }
            self.to.write_all(&message)?;
        }
    }
}

/// From the database to the program.
struct Back {
    from: TcpStream,
    to: TcpStream,
    muted: Arc<AtomicBool>,
}

impl Back {
    fn pass(mut self, shared: &Shared) {
        let _ = self.speak(shared);
        let _ = (self.from.shutdown(Shutdown::Both), self.to.shutdown(Shutdown::Both));
    }

    fn speak(&mut self, shared: &Shared) -> std::io::Result<()> {
        let mut held = Vec::new();
        loop {
            let message = read_message(&mut self.from, true)?;
            if self.muted.load(Ordering::SeqCst) {
                let is_ready = message[0] == b'Z';
                held.extend(message);
                if !is_ready {
                    continue;
                }
                shared.freeze();
                self.muted.store(false, Ordering::SeqCst);
                shared.wait();
                self.to.write_all(&std::mem::take(&mut held))?;
            } else {
                shared.wait();
                self.to.write_all(&message)?;
            }
        }
    }
}

/// One message with its head: a length, and a letter before it in all but the first.
fn read_message(stream: &mut TcpStream, has_letter: bool) -> std::io::Result<Vec<u8>> {
    let mut message = vec![0; if has_letter { 5 } else { 4 }];
    stream.read_exact(&mut message)?;
    let at = message.len() - 4;
    let length = u32::from_be_bytes(message[at..].try_into().unwrap()) as usize;
    message.resize(at + length, 0);
    stream.read_exact(&mut message[at + 4..])?;
    Ok(message)
}
