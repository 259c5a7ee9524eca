//! What is handed over: packed, protected, linked to, and the same at every attempt.

use std::process::Command;

use crate::support::binary::{Said, jangpyo};
use crate::support::mail::MailServer;
use crate::support::python;
use crate::support::workspace::small;

const AT: &str = "2026-11-02T08:00:00+09:00";
const PASSWORD: &str = "비밀 2026";

struct Home {
    folder: tempfile::TempDir,
    server: MailServer,
}

impl Home {
    fn new(schedule: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        small(&folder.path().join("reports"), 3, schedule);
        Self { folder, server: MailServer::start(options) }
    }

    fn command(&self) -> Command {
        let mut command = jangpyo(&self.folder.path().join("reports"), &self.folder.path().join("state"));
        command.env("JANGPYO_SMTP_HOST", "127.0.0.1").env("JANGPYO_SMTP_PORT", self.server.port.to_string());
        command.env("JANGPYO_SMTP_TLS", "none").env("JANGPYO_MAIL_FROM", "reports@corp.example");
        command.env("JANGPYO_SECRET_PASSWORD", PASSWORD);
        command
    }

    fn run(&self, more: &[&str]) -> Said {
        Said::of(self.command().args(["run", "small/monday", "--at", AT, "--json"]).args(more))
    }
}

#[test]
fn attached_files_are_packed_and_protected_and_open_with_their_password_only() {
    let home = Home::new(
        "deliver: {email: {to: kim@example.com, attach: [pdf, csv, xlsx, png], password_secret: password}}",
        &[],
    );
    let said = home.run(&[]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let mail = home.server.mails().remove(0);
    let attached = mail.attachments();
    let names: Vec<&str> = attached.iter().filter_map(|file| file.name.as_deref()).collect();
    assert_eq!(names, ["Small 2026-11-02 (locked).pdf", "Small 2026-11-02.zip"]);
    let path = |name: &str| home.folder.path().join(name);
    std::fs::write(path("locked.pdf"), attached[0].bytes()).unwrap();
    std::fs::write(path("locked.zip"), attached[1].bytes()).unwrap();
    let said = |command: &mut Command| {
        let output = command.output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).into_owned())
    };
    let qpdf = |password: &str| {
        said(
            Command::new("qpdf").arg(format!("--password={password}")).arg("--check").arg(path("locked.pdf")),
        )
    };
    let (opens, report) = qpdf(PASSWORD);
    assert!(opens && report.contains("AESv3") && report.contains("No syntax or stream"), "{report}");
    assert!(!qpdf("").0 && !qpdf("wrong").0, "it opens without its password");
    // Readers differ in what they make of the encryption's entries.
    let poppler = said(Command::new("pdftotext").args(["-upw", PASSWORD]).arg(path("locked.pdf")).arg("-"));
    let mupdf =
        said(Command::new("mutool").args(["draw", "-p", PASSWORD, "-F", "txt"]).arg(path("locked.pdf")));
    for (_, text) in [poppler, mupdf] {
        assert!(text.contains("3,003") && !text.contains("Error"), "{text}");
    }
    let unzip = |password: &[&str]| {
        let mut command = Command::new(python::interpreter());
        command.arg(python::script("unzip.py")).arg(path("locked.zip")).args(password);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let inside = unzip(&[PASSWORD]);
    assert!(inside.contains(".xlsx") && inside.contains("Small 2026-11-02 1.png"), "{inside}");
    assert!(unzip(&[]).contains("error") && unzip(&["wrong"]).contains("error"));

    // Without the secret nothing goes out unprotected.
    let mut command = home.command();
    command.env_remove("JANGPYO_SECRET_PASSWORD");
    let later = "2026-11-09T08:00:00+09:00";
    let said = Said::of(command.args(["run", "small/monday", "--at", later, "--json"]));
    assert!(said.json()["run"]["error"].as_str().unwrap().contains("JANGPYO_SECRET_PASSWORD"), "{said:?}");
    assert_eq!(home.server.mails().len(), 1);
}

#[test]
fn files_too_large_for_a_mail_are_linked_to() {
    let home = Home::new("deliver: {email: {to: kim@example.com, attach: [pdf, xlsx], zip: true}}", &[]);
    let limited = |base: Option<&str>, at: &str| {
        let mut command = home.command();
        command.env("JANGPYO_MAX_MAIL_BYTES", "70000");
        command.envs(base.map(|base| ("JANGPYO_BASE_URL", base)));
        Said::of(command.args(["run", "small/monday", "--at", at, "--json"]))
    };
    let said = limited(None, "2026-11-09T08:00:00+09:00");
    assert!(said.json()["run"]["error"].as_str().unwrap().contains("JANGPYO_BASE_URL"), "{said:?}");
    let said = limited(Some("https://reports.example/bi"), AT);
    assert_eq!(said.code, Some(0), "{said:?}");
    let mail = home.server.mails().remove(0);
    assert!(mail.attachments().is_empty());
    let artefacts = said.json()["artefacts"].as_array().unwrap().clone();
    let zip = artefacts.iter().find(|artefact| artefact["kind"] == "zip").unwrap();
    let address = format!("https://reports.example/bi/artefacts/{}", zip["id"].as_str().unwrap());
    for part in ["html", "text"] {
        let text = mail.text_of(part).to_owned();
        assert!(text.contains(&address) && text.contains("Small 2026-11-02.zip"), "{text}");
    }
}

#[test]
fn who_is_reached_late_reads_what_the_others_read_and_nothing_is_asked_again() {
    let home = Home::new(
        "deliver: {email: {to: [kim@example.com, lee@example.com], mails: per_recipient}, folder: {path: kept}}",
        &["--refuse", "lee@example.com"],
    );
    let first = home.run(&[]);
    assert_eq!(first.code, Some(1), "{first:?}");
    let mail = home.server.mails().remove(0);
    assert_eq!((mail.recipients(), mail.header("To")), (vec!["kim@example.com"], vec!["kim@example.com"]));
    assert!(mail.text_of("text").contains("3,003"), "{}", mail.text_of("text"));
    // The data are other ones now, and the mail server lets lee in.
    std::fs::write(home.folder.path().join("reports/data/sales.csv"), "store,amount\nstore 000,1\n").unwrap();
    let friendly = MailServer::start(&[]);
    let mut command = home.command();
    command.env("JANGPYO_SMTP_PORT", friendly.port.to_string());
    let again = Said::of(command.args(["run", "small/monday", "--at", AT, "--again", "--json"]));
    assert_eq!(again.code, Some(0), "{again:?}");
    let late = friendly.mails().remove(0);
    assert_eq!(late.recipients(), ["lee@example.com"]);
    assert_eq!(late.text_of("text"), mail.text_of("text"));
    assert_eq!(late.header("Date"), mail.header("Date"));
    let pdf = |mail: &crate::support::mail::Mail| mail.attachments()[0].bytes();
    assert_eq!(pdf(&late), pdf(&mail));
    let warnings = again.json()["run"]["warnings"].to_string();
    assert!(warnings.contains("nothing was asked again"), "{warnings}");
    // Whoever has made sure that somebody did not get it sends it again, whatever the record says.
    let only = first.json()["deliveries"].as_array().unwrap().iter().find_map(|delivery| {
        (delivery["recipient"] == "kim@example.com").then(|| delivery["id"].as_str().unwrap().to_owned())
    });
    let run = first.json()["run"]["id"].as_str().unwrap().to_owned();
    let resend = |only: &str| {
        let mut command = home.command();
        command.env("JANGPYO_SMTP_PORT", friendly.port.to_string());
        Said::of(command.args(["deliveries", "resend", &run, "--only", only, "--json"]))
    };
    let chosen = resend(&only.unwrap());
    assert_eq!(chosen.code, Some(0), "{chosen:?}");
    let mails = friendly.mails();
    assert_eq!((mails.len(), mails[1].recipients()), (2, vec!["kim@example.com"]));
    assert_eq!((mails[1].header("Message-ID"), pdf(&mails[1])), (mail.header("Message-ID"), pdf(&mail)));
    assert!(resend("none").err.contains("has no delivery `none`"));
    // Whoever wants new numbers says so; everybody has it by now.
    let mut command = home.command();
    command.env("JANGPYO_SMTP_PORT", friendly.port.to_string());
    let fresh = Said::of(command.args(["run", "small/monday", "--at", AT, "--again", "--fresh", "--json"]));
    let artefacts = fresh.json()["artefacts"].to_string();
    assert!(fresh.code == Some(0) && artefacts.contains(".pdf"), "{fresh:?}");
    assert!(!fresh.json()["run"]["warnings"].to_string().contains("nothing was asked again"), "{fresh:?}");
    assert_eq!(friendly.mails().len(), 2);
}

#[test]
fn mail_is_signed_so_that_an_independent_reader_believes_it() {
    let home = Home::new("deliver: {email: {to: '김지우 <kim@example.com>', attach: [pdf]}}", &[]);
    let keys = Command::new(python::interpreter())
        .args([python::script("dkim_check.py").to_str().unwrap(), "keys"])
        .arg(home.folder.path())
        .output()
        .unwrap();
    let published: serde_json::Value = serde_json::from_slice(&keys.stdout).unwrap();
    for (number, kind) in ["rsa", "ed25519"].into_iter().enumerate() {
        let mut command = home.command();
        command.env("JANGPYO_DKIM_SELECTOR", kind);
        command.env("JANGPYO_DKIM_KEY_FILE", home.folder.path().join(kind));
        let at = format!("2026-11-{:02}T08:00:00+09:00", 2 + 7 * number);
        let said = Said::of(command.args(["run", "small/monday", "--at", &at, "--json"]));
        assert_eq!(said.code, Some(0), "{said:?}");
        let check = |bytes: &[u8]| {
            let file = home.folder.path().join("mail.eml");
            std::fs::write(&file, bytes).unwrap();
            let mut command = Command::new(python::interpreter());
            command.arg(python::script("dkim_check.py")).arg("check").arg(&file);
            command.arg(published[kind].as_str().unwrap());
            String::from_utf8(command.output().unwrap().stdout).unwrap()
        };
        let bytes = home.server.raw(number + 1);
        assert_eq!(check(&bytes).trim(), format!("valid {kind}._domainkey.corp.example."), "{kind}");
        let changed = String::from_utf8(bytes).unwrap().replacen("Subject: ", "Subject: x", 1);
        assert!(check(changed.as_bytes()).starts_with("invalid"), "a changed subject");
    }
    let mut command = home.command();
    let said = Said::of(command.env("JANGPYO_DKIM_KEY", "x").args(["run", "small/monday"]));
    assert!(said.code == Some(2) && said.err.contains("JANGPYO_DKIM_SELECTOR"), "{said:?}");
}
