//! An SQLite store is for one server: the second is told who has it, and a crash leaves nothing behind.

use std::path::Path;

use crate::support::binary::{Said, Server, jangpyo};
use crate::support::workspace::small;

fn second(reports: &Path, state: &Path, database: Option<&str>) -> Said {
    let mut command = jangpyo(reports, state);
    command.envs(database.map(|database| ("JANGPYO_DATABASE", database)));
    Said::of(command.args(["serve", "--listen", "127.0.0.1:0"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_store_is_refused_until_the_first_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let (reports, state) = (folder.path().join("reports"), folder.path().join("state"));
    small(&reports, 3, "deliver: {folder: {path: kept}}");
    let first = Server::start_with(&reports, &state, &[("JANGPYO_INSTANCE", "berlin")]);
    // By its address it is the same store.
    let address = format!("sqlite://{}?mode=rwc", state.join("jangpyo.sqlite").display());
    for database in [None, Some(address.as_str())] {
        let refused = second(&reports, &state, database);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        let process = format!("instance `berlin`, process {} on ", first.id());
        for part in ["is in use by another server", process.as_str(), "JANGPYO_DATABASE=postgres://"] {
            assert!(refused.err.contains(part), "{part} is missing in {refused:?}");
        }
        assert_eq!(refused.out, "");
    }
    assert_eq!(first.get("/healthz").await.status, 200, "the first goes on");

    // Commands work beside it.
    let say = |arguments: &[&str]| Said::of(jangpyo(&reports, &state).args(arguments));
    let run = say(&["run", "small/monday", "--at", "2026-11-02T08:00:00+09:00", "--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(say(&["deliveries", "--json"]).json()["deliveries"].as_array().unwrap().len(), 1);

    // Killed, it takes its lock with it, and the next one begins at once.
    drop(first);
    let next = Server::start(&reports, &state);
    let refused = second(&reports, &state, None);
    let process = format!("instance `local`, process {} on ", next.id());
    assert!(refused.code == Some(1) && refused.err.contains(&process), "{refused:?}");
}
