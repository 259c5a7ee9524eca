//! Reports on their way to chats, programs, buckets and SFTP servers: each a real one that shares nothing with ours.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::binary::{Said, jangpyo};
use crate::support::s3::S3Server;
use crate::support::served::{Served, files_below};
use crate::support::workspace::small;

const AT: &str = "2026-11-02T08:00:00+09:00";

/// The key of the specification's own example.
const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn put(workspace: &Path, name: &str, definition: &str) {
    let path = workspace.join(format!("destinations/{name}.yaml"));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, format!("kind: destination\nowner: sales\n{definition}\n")).unwrap();
}

fn run(command: &mut Command, more: &[&str]) -> (Said, BTreeMap<String, String>) {
    let said = Said::of(command.args(["run", "small/monday", "--at", AT, "--json"]).args(more));
    let json = said.json();
    let states = json["deliveries"].as_array().unwrap().iter().map(|delivery| {
        let text = |key: &str| delivery[key].as_str().unwrap_or_default().to_owned();
        (text("recipient"), text("state"))
    });
    let states = states.collect();
    (said, states)
}

/// The body of the first POST to a path.
fn posted(hooks: &Served, path: &str) -> Value {
    let posts = hooks.lines("posts.jsonl");
    let post =
        posts.iter().find(|post| post["path"] == path).unwrap_or_else(|| panic!("nothing came to {path}"));
    serde_json::from_str(post["body"].as_str().unwrap()).unwrap()
}

#[test]
fn messages_reach_chats_and_programs_and_what_fails_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, state) = (folder.path().join("reports"), folder.path().join("state"));
    let names = ["chat", "chat-drop", "chat-never", "chat-away", "teams", "hook-busy", "hook-no"];
    let to: Vec<String> =
        names.iter().map(|name| format!("{name}: {{message: '<!channel> {{title}}'}}")).collect();
    small(&workspace, 3, &format!("deliver: {{destinations: {{{}}}}}", to.join(", ")));
    let hooks = Served::start("hook_server.py", &[]);
    let base = format!("http://127.0.0.1:{}", hooks.port());
    for name in ["chat", "chat-drop", "chat-never", "chat-away"] {
        put(&workspace, name, &format!("slack: {{url_secret: {name}}}"));
    }
    put(&workspace, "teams", "teams: {url_secret: chat}");
    put(
        &workspace,
        "hook-busy",
        &format!("webhook: {{url: '{base}/busy', signing_secret: key, with_content: true}}"),
    );
    put(&workspace, "hook-no", &format!("webhook: {{url: '{base}/no', signing_secret: key}}"));
    let command = |allowed: &str| {
        let mut command = jangpyo(&workspace, &state);
        command.env("JANGPYO_ALLOWED_DESTINATIONS", allowed).env("JANGPYO_SECRET_KEY", KEY);
        command.env("JANGPYO_BASE_URL", "https://reports.example/bi/");
        for (name, path) in
            [("CHAT", "ok"), ("CHAT_DROP", "drop"), ("CHAT_NEVER", "never"), ("CHAT_AWAY", "away")]
        {
            command.env(format!("JANGPYO_SECRET_{name}"), format!("{base}/{path}"));
        }
        command
    };
    let check = |allowed| Said::of(command(allowed).args(["check", "--offline"]));
    assert_eq!(check("127.0.0.1").code, Some(0), "{:?}", check("127.0.0.1"));
    let elsewhere = check("hooks.example.com");
    assert!(elsewhere.out.contains("reports may not go to `127.0.0.1`"), "{elsewhere:?}");

    let (said, states) = run(&mut command("127.0.0.1"), &[]);
    assert_eq!(said.code, Some(1), "{said:?}");
    let expected = ["sent", "in_doubt", "in_doubt", "failed", "sent", "sent", "failed"];
    let expected: BTreeMap<String, String> =
        names.iter().zip(expected).map(|(name, state)| ((*name).to_owned(), state.to_owned())).collect();
    assert_eq!(states, expected, "{said:?}");
    let error = said.json()["run"]["error"].as_str().unwrap().to_owned();
    assert!(error.contains("redirects are not followed") && error.contains("400 no"), "{error}");
    assert!(!said.out.contains("/drop"), "the address of a chat is a secret: {}", said.out);

    let chat = hooks.lines("posts.jsonl").into_iter().find(|post| post["path"] == "/ok").unwrap();
    let slack: Value = serde_json::from_str(chat["body"].as_str().unwrap()).unwrap();
    assert!(slack["blocks"].to_string().contains("&lt;!channel&gt; Small"), "{slack}");
    assert!(slack["blocks"].to_string().contains("https://reports.example/bi/artefacts/"), "{slack}");
    // Twice, the same message with the same id, and the file itself.
    let busy: Vec<Value> =
        hooks.lines("posts.jsonl").into_iter().filter(|post| post["path"] == "/busy").collect();
    assert_eq!(busy.len(), 2);
    assert_eq!(busy[0]["headers"]["webhook-id"], busy[1]["headers"]["webhook-id"]);
    assert_eq!(busy[0]["body"], busy[1]["body"]);
    assert!(busy[0]["headers"]["webhook-signature"].as_str().unwrap().starts_with("v1,"));
    let message = posted(&hooks, "/busy");
    assert_eq!(message["data"]["figures"][0]["value"], json!(3_003.0));
    assert_eq!(message["data"]["files"][0]["name"], "Small 2026-11-02.pdf");
    assert!(message["data"]["files"][0]["content"].as_str().unwrap().starts_with("JVBERi0"));

    // What nobody knows of is not sent again; what was refused is.
    let before = hooks.lines("posts.jsonl").len();
    let (again, states) = run(&mut command("127.0.0.1"), &["--again"]);
    assert_eq!(states.keys().collect::<Vec<_>>(), ["chat-away", "hook-no"], "{again:?}");
    assert_eq!(hooks.lines("posts.jsonl").len(), before + 2);
    // A secret that is not there and a place that is not allowed any more say so, and keep nothing else.
    let error = |mut command: Command| {
        let (said, _) = run(&mut command, &["--again"]);
        said.json()["run"]["error"].as_str().unwrap().to_owned()
    };
    let closed = error(command("hooks.example.com"));
    assert!(closed.contains("`127.0.0.1` (JANGPYO_ALLOWED_DESTINATIONS)"), "{closed}");
    let mut without = command("127.0.0.1");
    without.env_remove("JANGPYO_SECRET_KEY");
    assert!(error(without).contains("set JANGPYO_SECRET_KEY"), "the secret is named");
    assert_eq!(hooks.lines("posts.jsonl").iter().filter(|post| post["path"] == "/ok").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_reach_a_bucket_and_an_sftp_server_under_their_paths() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, state) = (folder.path().join("reports"), folder.path().join("state"));
    let bucket = S3Server::start().await;
    let server = Served::start("sftp_server.py", &["reports", "s3cret"]);
    small(
        &workspace,
        3,
        "burst: {dataset: staff, bind: {store: store}}\n    deliver:\n      folder: {path: 'stores/{about}'}\n      \
         destinations:\n        archive: {path: '{report}/{year}/{month}/{about}/{file}', files: [pdf, png]}\n        \
         partner: {path: 'in/{about}/{file}'}\n        by-key: {path: 'key/{file}'}",
    );
    // A member that would climb out of its folder stays one part of the path.
    let staff = "mail,store\nm0@example.com,store 000\nm1@example.com,../../etc\n";
    std::fs::write(workspace.join("data/staff.csv"), staff).unwrap();
    std::fs::write(workspace.join("data/sales.csv"), "store,amount\nstore 000,1000\n../../etc,7\n").unwrap();
    put(
        &workspace,
        "archive",
        &format!(
            "object_store: {{url: 's3://lake/kept', s3: {{endpoint: 'http://{}', region: us-east-1, allow_http: true, \
             anonymous: true}}}}",
            bucket.address
        ),
    );
    let (port, host_key) = (server.port(), server.ready["host_key"].as_str().unwrap());
    let sftp = |login: &str, key: &str| {
        format!(
            "sftp: {{host: 127.0.0.1, port: {port}, user: reports, {login}, host_key: '{key}', folder: /incoming}}"
        )
    };
    put(&workspace, "partner", &sftp("password_secret: partner", host_key));
    put(&workspace, "by-key", &sftp("key_secret: key", host_key));
    let command = || {
        let mut command = jangpyo(&workspace, &state);
        command.env("JANGPYO_SECRET_PARTNER", "s3cret");
        command.env("JANGPYO_SECRET_KEY_FILE", server.path("key"));
        command
    };
    let (said, _) = run(&mut command(), &[]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let found = files_below(&bucket.root.join("lake"));
    let pdfs: Vec<&String> = found.iter().filter(|path| path.ends_with(".pdf")).collect();
    assert_eq!(pdfs.len(), 2, "{found:?}");
    assert!(pdfs.iter().all(|path| path.starts_with("kept/small/2026/11/")), "{found:?}");
    assert_eq!(found.iter().filter(|path| path.ends_with(" 1.png")).count(), 2, "{found:?}");
    let found = files_below(&server.path("files"));
    assert_eq!(found.iter().filter(|path| path.starts_with("incoming/in/")).count(), 2, "{found:?}");
    assert_eq!(found.iter().filter(|path| path.starts_with("incoming/key/")).count(), 2, "{found:?}");
    assert!(found.iter().all(|path| path.ends_with(".pdf")), "no file is left half written: {found:?}");
    let outbox = files_below(&state.join("outbox"));
    assert_eq!(outbox.len(), 2, "{outbox:?}");
    assert!(outbox.iter().all(|path| path.starts_with("stores/")), "{outbox:?}");

    // The same again writes the same, over what is there.
    let bytes = std::fs::read(server.path("files").join(&found[0])).unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
    // Another server than the one that was written down is not logged in at.
    let other = Served::start("sftp_server.py", &["reports", "s3cret"]);
    put(&workspace, "partner", &sftp("password_secret: partner", other.ready["host_key"].as_str().unwrap()));
    let said =
        Said::of(command().args(["run", "small/monday", "--at", "2026-11-09T08:00:00+09:00", "--json"]));
    let error = said.json()["run"]["error"].as_str().unwrap().to_owned();
    assert!(error.contains("another key than `host_key` says"), "{error}");
}
