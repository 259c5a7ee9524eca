//! Clocks that are set while a run is under way, and instances whose clocks differ: nobody takes a living run for dead, nobody
//! gets two, and what is dead is closed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use jangpyo::definitions::model::{FieldName, ReportId};
use jangpyo::delivery::SmtpTls;
use jangpyo::ledger::audit::AuditLog;
use jangpyo::runs::Clock;
use jangpyo::runs::execute::{Claimed, Order, Parts};
use jangpyo::runs::store::{Claim, DeliveryState, NewRun, Repeat, Run, RunId, RunState, Store, Trigger};
use jangpyo::schedule::{Scheduler, SchedulerSettings};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::support::mail::MailServer;
use crate::support::postgres::Database;
use crate::support::runner::{TestRunner, smtp};
use crate::support::workspace::TestWorkspace;

const LEASE: Duration = Duration::from_millis(1_500);
/// For how long the mail server keeps the second answer: several leases.
const HELD: &str = "end:late=6";

/// A clock that goes, and that the test sets.
#[derive(Clone)]
struct Hand {
    begun: Instant,
    /// By how many seconds it is ahead.
    ahead: Arc<AtomicI64>,
}

impl Hand {
    fn ahead(seconds: i64) -> Self {
        Self { begun: Instant::now(), ahead: Arc::new(AtomicI64::new(seconds)) }
    }

    /// A Wednesday, far from every schedule.
    fn clock(&self) -> Clock {
        let (hand, noon) = (self.clone(), "2026-11-04T12:00:00+09:00".parse::<DateTime<Utc>>().unwrap());
        Clock::new(move || {
            let ahead = TimeDelta::seconds(hand.ahead.load(Ordering::SeqCst));
            noon + TimeDelta::from_std(hand.begun.elapsed()).unwrap() + ahead
        })
    }
}

fn order() -> Order {
    Order {
        report: ReportId::parse("small").unwrap(),
        schedule: FieldName::parse("monday").unwrap(),
        scheduled_at: "2026-11-02T08:00:00+09:00".parse().unwrap(),
        trigger: Trigger::Schedule,
        repeat: Repeat::Never,
    }
}

/// Two instances, of which the first performs a run.
struct Pair {
    database: Option<Database>,
    mail: MailServer,
    instances: [(TestRunner, Hand); 2],
}

impl Pair {
    async fn new(base: &TestRunner, ahead: [i64; 2]) -> Self {
        let database = Database::new().await;
        let mail = MailServer::start(&["--fault", "end:late=0:1", "--fault", HELD]);
        let shared = base.runner.parts().store.clone();
        let instance = async |name: &str, ahead: i64| {
            let store = match &database {
                Some(database) => Store::open(&database.address(None)).await.unwrap(),
                None => shared.clone(),
            };
            let hand = Hand::ahead(ahead);
            let change = |parts: &mut Parts| {
                parts.audit = AuditLog::new(store.clone());
                parts.store = store;
                parts.clock = hand.clock();
                name.clone_into(&mut parts.settings.instance);
                parts.settings.lease = LEASE;
            };
            (base.instance(smtp(&mail, SmtpTls::None), change).await, hand.clone())
        };
        let instances = [instance("one", ahead[0]).await, instance("two", ahead[1]).await];
        Self { database, mail, instances }
    }

    fn store(&self) -> &Store {
        &self.instances[0].0.runner.parts().store
    }

    /// Both look at their schedules, and at the runs of each other.
    async fn start(&self, stop: &CancellationToken) -> JoinSet<()> {
        let mut loops = JoinSet::new();
        for (instance, _) in &self.instances {
            let longest_sleep = Duration::from_millis(100);
            let settings = SchedulerSettings { longest_sleep, ..SchedulerSettings::default() };
            let scheduler = Scheduler::new(instance.runner.clone(), settings);
            let (changed, receiver) = tokio::sync::watch::channel(0);
            let stop = stop.clone();
            scheduler.close_left_behind().await;
            loops.spawn(async move {
                scheduler.run(receiver, stop).await;
                drop(changed);
            });
        }
        loops
    }

    async fn states(&self, run: RunId) -> Vec<DeliveryState> {
        let mut states: Vec<_> =
            self.store().deliveries(run).await.unwrap().into_iter().map(|one| one.state).collect();
        states.sort();
        states
    }

    /// A run that somebody left, whose lease is good for ten days.
    async fn leave_one_behind(&self) -> Run {
        let now = self.instances[0].1.clock().now();
        let left = NewRun {
            report: order().report,
            schedule: order().schedule,
            scheduled_at: order().scheduled_at - TimeDelta::weeks(1),
            trigger: Trigger::Manual,
            instance: "gone".into(),
            definition_version: "v0".into(),
            lease_until: now + TimeDelta::days(10),
            waits_until: None,
        };
        match self.store().claim(&left, Repeat::Never, now).await.unwrap() {
            Claim::New(run) => run,
            other => panic!("{other:?}"),
        }
    }
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_mins(1), "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// One recipient has it, the server holds the second; then the clocks are set to be so many seconds further ahead.
async fn set_clocks_during_a_run(pair: Pair, by: [i64; 2]) {
    let left = pair.leave_one_behind().await;
    let stop = CancellationToken::new();
    let mut loops = pair.start(&stop).await;
    let Claimed::Ticket(ticket) = pair.instances[0].0.runner.claim(&order()).await.unwrap() else { panic!() };
    let id = ticket.run().id;
    let runner = pair.instances[0].0.runner.clone();
    let performing = tokio::spawn(async move { runner.perform(*ticket).await });
    until("the second mail", async || {
        pair.mail.count("accepted") == 2
            && pair.states(id).await == [DeliveryState::Sending, DeliveryState::Sent]
    })
    .await;
    for ((_, hand), by) in pair.instances.iter().zip(by) {
        hand.ahead.fetch_add(by, Ordering::SeqCst);
    }
    let ended = performing.await.unwrap();
    let run = ended.unwrap_or_else(|error| panic!("{by:?}: somebody closed it: {error}"));
    assert_eq!((run.state, run.error), (RunState::Succeeded, None), "{by:?}");
    assert!(run.finished_at.unwrap() >= run.started_at, "{by:?}");
    assert_eq!(pair.states(id).await, [DeliveryState::Sent; 2], "{by:?}");
    until("the end of the run that was left", async || {
        pair.store().run(left.id).await.unwrap().unwrap().state == RunState::Interrupted
    })
    .await;
    // Not again, by either clock.
    for (instance, _) in &pair.instances {
        let again = instance.runner.run(&order()).await.unwrap();
        assert_eq!(again.id, id);
    }
    let mails = pair.mail.mails();
    let mut got: Vec<&str> = mails.iter().flat_map(|mail| mail.recipients()).collect();
    got.sort_unstable();
    assert_eq!(got, ["kim@example.com", "lee@example.com"], "{by:?}");
    stop.cancel();
    while let Some(ended) = loops.join_next().await {
        ended.unwrap();
    }
    if let Some(database) = pair.database {
        for (instance, _) in &pair.instances {
            instance.runner.parts().store.close().await;
        }
        database.remove().await;
    }
}

async fn base() -> TestRunner {
    let to = "deliver: {email: {to: [kim@example.com, lee@example.com], mails: per_recipient, show: [amount], attach: []}}";
    TestRunner::over(TestWorkspace::small(3, to), None, |_| {}).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_in_the_middle_of_a_run_loses_nothing_and_doubles_nothing() {
    const HOUR: i64 = 3_600;
    let base = base().await;
    // The one that performs the run, the other, and a machine that both are on.
    for who in [[1, 0], [0, 1], [1, 1]] {
        let case = async |by: i64| {
            set_clocks_during_a_run(Pair::new(&base, [0, 0]).await, who.map(|times| times * by)).await;
        };
        join_all([24 * HOUR, -24 * HOUR, 3 * HOUR, -3 * HOUR].map(case)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_whose_clocks_differ_leave_each_others_runs_alone() {
    let base = base().await;
    let case = async |ahead| set_clocks_during_a_run(Pair::new(&base, ahead).await, [0, 0]).await;
    join_all([[0, 600], [600, 0]].map(case)).await;
}
