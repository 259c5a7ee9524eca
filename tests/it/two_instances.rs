//! Two instances on one database: what one leaves behind the other closes, and one that is cut off from the database
//! cannot harm what the other does.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jangpyo::runs::store::{DeliveryState, RunFilter, RunState, Store};

use crate::crashes::{AT_A_TIME, accepted, assert_nobody_is_lost_or_doubled, ended, recipients, write};
use crate::support::binary::{Said, Server, jangpyo};
use crate::support::mail::MailServer;
use crate::support::postgres::{Database, Moment, Proxy, Stop};

/// A lease, and how often the other looks, and time for a slow machine.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(90);

struct Site {
    folder: tempfile::TempDir,
    database: Database,
    mail: MailServer,
    store: Store,
}

impl Site {
    async fn new(recipients: usize, mail: &[&str]) -> Option<Self> {
        let database = Database::new().await?;
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("reports"), recipients);
        let store = Store::open(&database.address(None)).await.unwrap();
        Some(Self { folder, database, mail: MailServer::start(mail), store })
    }

    fn workspace(&self) -> PathBuf {
        self.folder.path().join("reports")
    }

    fn variables(&self, port: Option<u16>) -> Vec<(&'static str, String)> {
        vec![
            ("JANGPYO_DATABASE", self.database.address(port)),
            ("JANGPYO_SMTP_HOST", "127.0.0.1".into()),
            ("JANGPYO_SMTP_PORT", self.mail.port.to_string()),
            ("JANGPYO_SMTP_TLS", "none".into()),
            ("JANGPYO_MAIL_FROM", "reports@corp.example".into()),
        ]
    }

    fn state(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, port: Option<u16>) -> Command {
        let mut command = jangpyo(&self.workspace(), &self.state("state"));
        command.envs(self.variables(port));
        command.args(["run", "small/monday", "--json", "--again", "--at", "2026-11-02T08:00:00+09:00"]);
        command
    }

    fn start(&self, port: Option<u16>) -> Child {
        let mut command = self.run(port);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The other instance.
    fn server(&self) -> Server {
        let variables = self.variables(None);
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Server::start_with(&self.workspace(), &self.state("other"), &variables)
    }

    async fn until_accepted(&self, wanted: usize) {
        let begun = Instant::now();
        while self.mail.count("accepted") < wanted {
            assert!(begun.elapsed() < Duration::from_mins(1), "no {wanted} mails were accepted");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until no run is open; answers with those in doubt.
    async fn until_closed(&self) -> usize {
        let begun = Instant::now();
        loop {
            let runs = self.store.runs(&RunFilter::default(), 500).await.unwrap().runs;
            if runs.iter().all(|run| run.state != RunState::Running) {
                return self.count(DeliveryState::InDoubt).await;
            }
            assert!(begun.elapsed() < TAKEN_OVER_WITHIN, "the other did not close the run: {runs:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn count(&self, wanted: DeliveryState) -> usize {
        let wanted = wanted.to_string();
        ended(&self.store).await.values().filter(|states| states.contains(&wanted)).count()
    }

    /// The run again, by a third; then everybody has it, or is in doubt.
    async fn send_again(&self, recipients: usize) {
        let again = tokio::task::block_in_place(|| Said::of(&mut self.run(None)));
        assert_eq!(again.json()["run"]["state"], "succeeded", "{again:?}");
        self.assert_right(recipients).await;
    }

    async fn assert_right(&self, recipients: usize) {
        let states = ended(&self.store).await;
        assert_eq!(states.len(), recipients);
        assert_nobody_is_lost_or_doubled(&accepted(&self.mail), &states);
    }

    async fn remove(self) {
        self.store.close().await;
        self.database.remove().await;
    }
}

fn kill(mut process: Child) {
    process.kill().unwrap();
    process.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_come_at_once_one_performs_the_run() {
    let Some(site) = Site::new(20, &[]).await else { return };
    let said: Vec<Said> = std::thread::scope(|scope| {
        let both = [(); 2].map(|()| scope.spawn(|| Said::of(&mut site.run(None))));
        both.map(|one| one.join().unwrap()).into()
    });
    // The other finds it under way, or comes so late that everybody has it.
    let states: Vec<_> =
        said.iter().map(|one| one.json()["run"]["state"].as_str().unwrap().to_owned()).collect();
    assert!(states.contains(&"succeeded".to_owned()), "{said:?}");
    site.assert_right(20).await;
    assert_eq!(accepted(&site.mail).len(), 20);
    site.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_instance_leaves_the_other_closes_and_the_rest_is_sent_again() {
    let recipients = recipients();
    // A mail server that takes its time, so that mails queue up within the program.
    let Some(site) = Site::new(recipients, &["--fault", "end:late=0.2"]).await else { return };
    let process = site.start(None);
    site.until_accepted(recipients / 4).await;
    kill(process);
    let _other = site.server();
    let in_doubt = site.until_closed().await;
    println!("killed: {in_doubt} of {recipients} in doubt");
    assert!(in_doubt <= AT_A_TIME + 1, "only what was being handed over is in doubt: {in_doubt}");
    site.send_again(recipients).await;
    site.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_cut_off_from_the_database_stops_sending() {
    let recipients = recipients();
    let Some(site) = Site::new(recipients, &["--fault", "end:late=0.2"]).await else { return };
    let proxy = Proxy::start(&site.database);
    let mut process = site.start(Some(proxy.port));
    site.until_accepted(recipients / 4).await;
    proxy.cut();
    let before = site.mail.count("accepted");
    let _other = site.server();
    let in_doubt = site.until_closed().await;
    let more = site.mail.count("accepted") - before;
    println!("cut off: {more} accepted afterwards, {in_doubt} of {recipients} in doubt");
    assert!(more <= AT_A_TIME + 1, "it sent on without a record: {more}");
    assert!(in_doubt <= AT_A_TIME + 1, "{in_doubt}");
    site.send_again(recipients).await;
    // What it still had to say finds the run closed.
    proxy.restore();
    let code = tokio::task::block_in_place(|| process.wait().unwrap());
    assert!(!code.success());
    site.assert_right(recipients).await;
    site.remove().await;
}

/// Cut off in the middle of a transaction, which keeps the rows locked that the other wants to close.
#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_cut_off_in_a_transaction_does_not_hold_up_the_other() {
    let Some(site) = Site::new(20, &[]).await else { return };
    let proxy = Proxy::start(&site.database);
    let sending = "COMMIT UPDATE deliveries SET state = 'sending'";
    let told = proxy.arm(Stop { text: sending, number: 5, moment: Moment::Before });
    let process = site.start(Some(proxy.port));
    tokio::task::block_in_place(|| told.recv_timeout(Duration::from_mins(1)).unwrap());
    let _other = site.server();
    site.until_closed().await;
    site.send_again(20).await;
    proxy.hang_up();
    kill(process);
    site.remove().await;
}
