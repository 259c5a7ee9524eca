//! The main job on data that nobody here made: 3,000,000 flights on S3, ten panels in the browser's
//! HTML, and the PDF by a schedule through SMTP, with what it costs in time, requests and bytes.
//!
//! Runs when `JANGPYO_FLIGHTS_DATA` names the `data` folder of the npm package vega-datasets, which
//! `tests/all` installs. `JANGPYO_BIN` measures another build than the debug one.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::support::mail::MailServer;
use crate::support::pdf::Pdf;
use crate::support::s3::{ACCESS_KEY, S3Server, SECRET_KEY};

/// A running server, ended with the test.
struct Serving {
    child: Child,
    url: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn data() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("JANGPYO_FLIGHTS_DATA")?);
    assert!(folder.join("flights-3m.parquet").is_file(), "no flights-3m.parquet in {}", folder.display());
    Some(folder)
}

/// A copy of the flights workspace whose source is the bucket and whose schedule fires every minute.
fn workspace(server: &S3Server) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flights");
    for name in ["datasets/flights.yaml", "on-time.yaml"] {
        let target = folder.path().join(name);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        let text = std::fs::read_to_string(original.join(name)).unwrap();
        std::fs::write(target, text.replace("\"15 6 * * *\"", "\"* * * * *\"")).unwrap();
    }
    std::fs::create_dir_all(folder.path().join("sources")).unwrap();
    std::fs::write(
        folder.path().join("sources/lake.yaml"),
        format!("kind: source\n{}", server.source_block()),
    )
    .unwrap();
    folder
}

fn serve(workspace: &Path, state: &Path, mail: &MailServer) -> Serving {
    let program = std::env::var("JANGPYO_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_jangpyo").to_owned());
    let mut child = Command::new(program)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .arg("--workspace")
        .arg(workspace)
        .arg("--state")
        .arg(state)
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        .env("JANGPYO_SMTP_HOST", "127.0.0.1")
        .env("JANGPYO_SMTP_PORT", mail.port.to_string())
        .env("JANGPYO_SMTP_TLS", "none")
        .env("JANGPYO_MAIL_FROM", "reports@example.com")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut lines, &mut first).unwrap();
    let url = first.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
    Serving { child, url }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_million_flights_from_s3_to_the_browser_and_by_mail() {
    let Some(data) = data() else {
        eprintln!("skipped: JANGPYO_FLIGHTS_DATA is not set");
        return;
    };
    let server = S3Server::start_signed().await;
    for name in ["flights-3m.parquet", "airports.csv"] {
        server.put(&format!("flights/{name}"), std::fs::read(data.join(name)).unwrap()).await;
    }
    let mail = MailServer::start(&[]);
    let (workspace, state) = (workspace(&server), tempfile::tempdir().unwrap());
    let serving = serve(workspace.path(), state.path(), &mail);
    let traffic = |what: &str, since: (u64, u64), took: Duration| {
        let (requests, bytes) = counted(&server);
        println!("{what}: {took:.2?}, {} requests, {} kB", requests - since.0, (bytes - since.1) / 1000);
    };

    let page = |query: String| {
        let url = format!("{}reports/on-time?complete=1{query}", serving.url);
        async move { reqwest::get(url).await.unwrap().text().await.unwrap() }
    };
    let (before, started) = (counted(&server), Instant::now());
    let cold = page(String::new()).await;
    traffic("dashboard, cold", before, started.elapsed());
    assert!(cold.matches("role=\"img\"").count() >= 5, "five charts");
    for expected in ["3M", "ORD", "Chicago", "190,871"] {
        assert!(cold.contains(expected), "{expected} is missing");
    }
    let (before, started) = (counted(&server), Instant::now());
    let hot = page(String::new()).await;
    traffic("dashboard, hot (same view)", before, started.elapsed());
    assert!(hot.contains("190,871"));
    assert!(counted(&server).0 - before.0 <= 4, "a view that was answered needs at most a listing");
    let (before, started) = (counted(&server), Instant::now());
    let other = page("&state=CA".into()).await;
    traffic("dashboard, warm (one state chosen)", before, started.elapsed());
    assert!(other.contains("Los Angeles") && !other.contains("190,871"));
    let (before, started) = (counted(&server), Instant::now());
    let bytes =
        reqwest::get(format!("{}reports/on-time.pdf", serving.url)).await.unwrap().bytes().await.unwrap();
    traffic("PDF, hot", before, started.elapsed());

    let started = Instant::now();
    let mails = loop {
        let mails = mail.mails();
        if !mails.is_empty() {
            break mails;
        }
        assert!(started.elapsed() < Duration::from_mins(3), "no mail came");
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    println!("mail by schedule: {:.1?} after waiting for the minute", started.elapsed());
    let attached = mails[0].attachments();
    let sent = attached.iter().find(|part| part.media_type == "application/pdf").unwrap().bytes();
    for bytes in [bytes.to_vec(), sent] {
        let pdf = Pdf::new(&bytes);
        pdf.assert_sound();
        let text = pdf.text();
        assert!(text.contains("Dallas-Fort Worth") && text.contains("190,871"), "{text}");
        println!("PDF: {} pages, {} bytes", pdf.pages(), bytes.len());
    }
}

fn counted(server: &S3Server) -> (u64, u64) {
    (server.traffic.requests.load(Ordering::Relaxed), server.traffic.body_bytes.load(Ordering::Relaxed))
}
