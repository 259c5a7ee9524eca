//! The settings of the program.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use super::{ConfigError, LoginSettings, MailSettings, Variables, embed, listener, login, mail, oidc};
use crate::definitions::Policy;
use crate::engine::{AdbcDriver, EngineSettings};
use crate::identity::oidc::OidcSettings;
use crate::runs::execute::RunSettings;
use crate::runs::retention::Retention;
use crate::web::WebSettings;

/// The settings of the program.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of definition files.
    pub workspace: PathBuf,
    /// The folder for the store, artefacts and the outbox.
    pub state: PathBuf,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// How people log in.
    pub login: LoginSettings,
    /// The address of a Postgres database; by default SQLite in the state folder.
    pub database: Option<String>,
    /// How often definition files are looked at.
    pub watch_interval: Duration,
    /// How long running work may go on after the stop signal.
    pub shutdown_grace: Duration,
    /// The limits of the engine.
    pub engine: EngineSettings,
    /// What definition files may say.
    pub policy: Policy,
    /// The provider people sign in with.
    pub oidc: Option<OidcSettings>,
    /// How mail leaves.
    pub mail: MailSettings,
    /// How the web door behaves.
    pub web: WebSettings,
    /// How runs are performed.
    pub runs: RunSettings,
    /// What is kept of artefacts.
    pub retention: Retention,
    /// For how many days events of the audit log are kept; `None` for good.
    pub audit_keep_days: Option<u32>,
    /// For how many days lines of the ledger of queries are kept; `None` for good.
    pub queries_keep_days: Option<u32>,
}

impl Settings {
    /// Reads the process's environment; `workspace`, `state` and `listen` are the flags of the
    /// command line, which win.
    pub fn from_environment(
        workspace: PathBuf,
        state: PathBuf,
        listen: SocketAddr,
    ) -> Result<Self, ConfigError> {
        Self::read(workspace, state, listen, &|name| std::env::var(name).ok())
    }

    /// Reads settings from `lookup`.
    pub fn read(
        workspace: PathBuf,
        state: PathBuf,
        listen: SocketAddr,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut variables = Variables::new(lookup);
        let mail = mail::read(&mut variables);
        let engine = engine(&mut variables, workspace.clone());
        let policy = Policy {
            allowed_recipient_domains: variables.list("JANGPYO_ALLOWED_RECIPIENT_DOMAINS"),
            allowed_destinations: variables.list("JANGPYO_ALLOWED_DESTINATIONS"),
        };
        let base_url = variables.text("JANGPYO_BASE_URL").and_then(|text| match Url::parse(&text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Some(url),
            _ => {
                variables.problem("JANGPYO_BASE_URL", format!("`{text}` is not an http(s) address"));
                None
            }
        });
        let mut allowed_hosts = variables.list("JANGPYO_ALLOWED_HOSTS").unwrap_or_default();
        allowed_hosts.extend(base_url.as_ref().and_then(|url| url.host_str()).map(str::to_owned));
        let login = login::read(&mut variables);
        let oidc = oidc::read(&mut variables, base_url.as_ref(), &login);
        // Zero days would remove what has just been recorded.
        let audit_keep_days = variables.text("JANGPYO_AUDIT_KEEP_DAYS").map(|_| {
            let days: NonZeroU32 =
                variables.parsed("JANGPYO_AUDIT_KEEP_DAYS", NonZeroU32::MIN, "a number of days from 1");
            days.get()
        });
        let days: u32 = variables.parsed("JANGPYO_QUERIES_KEEP_DAYS", 400, "a number of days; 0 for good");
        let queries_keep_days = (days > 0).then_some(days);
        let runs = RunSettings::default();
        let web = WebSettings::default();
        let retention = Retention::default();
        let settings = Self {
            workspace,
            state,
            listen,
            login,
            database: variables.text("JANGPYO_DATABASE"),
            oidc,
            watch_interval: variables
                .seconds("JANGPYO_WATCH_SECS", Duration::from_secs(1))
                .max(Duration::from_millis(200)),
            shutdown_grace: variables.seconds("JANGPYO_SHUTDOWN_GRACE_SECS", Duration::from_secs(30)),
            policy: policy.clone(),
            web: WebSettings {
                policy: policy.clone(),
                allowed_hosts,
                embed_origins: embed::read(&mut variables),
                trusted_proxies: listener::trusted_proxies(&mut variables),
                limits: listener::limits(&mut variables),
                listener: listener::read(&mut variables, base_url.as_ref()),
                request_timeout: engine.query_timeout + Duration::from_secs(30),
                table_rows: variables.parsed(
                    "JANGPYO_TABLE_ROWS_ON_SCREEN",
                    web.table_rows,
                    "a whole number",
                ),
                ..web
            },
            runs: RunSettings {
                instance: variables.text("JANGPYO_INSTANCE").unwrap_or(runs.instance),
                concurrency: variables.parsed("JANGPYO_CONCURRENT_RUNS", runs.concurrency, "a whole number"),
                max_message_bytes: variables.parsed(
                    "JANGPYO_MAX_MAIL_BYTES",
                    runs.max_message_bytes,
                    "a number of bytes",
                ),
                dkim: mail::dkim(&mut variables, mail.as_ref()),
                base_url,
                policy: policy.clone(),
                operations: mail::operations(&mut variables),
                ..runs
            },
            retention: Retention {
                max_days: Some(variables.parsed(
                    "JANGPYO_KEEP_DAYS",
                    retention.max_days.unwrap_or(400),
                    "a number of days",
                )),
                max_bytes: variables
                    .text("JANGPYO_KEEP_BYTES")
                    .map(|_| variables.parsed("JANGPYO_KEEP_BYTES", 0_u64, "a number of bytes")),
            },
            audit_keep_days,
            queries_keep_days,
            mail: mail.unwrap_or_else(|| MailSettings::Outbox { from: default_sender() }),
            engine,
        };
        variables.finish()?;
        Ok(settings)
    }
}

fn engine(variables: &mut Variables<'_>, workspace: PathBuf) -> EngineSettings {
    const MEGABYTE: usize = 1 << 20;
    let default = EngineSettings::default();
    let megabytes =
        variables.parsed("JANGPYO_QUERY_MEMORY_MB", default.memory_bytes / MEGABYTE, "a number of megabytes");
    let range_cache = default.range_cache_bytes >> 20;
    let range_cache = variables.parsed("JANGPYO_RANGE_CACHE_MB", range_cache, "a number of megabytes");
    EngineSettings {
        workspace,
        file_roots: variables.paths("JANGPYO_FILE_ROOTS"),
        secret: super::secret,
        adbc: variables.text("JANGPYO_ADBC_SNOWFLAKE").and_then(|file| {
            let loaded = AdbcDriver::load(Path::new(&file));
            loaded.map_err(|why| variables.problem("JANGPYO_ADBC_SNOWFLAKE", why)).ok()
        }),
        query_timeout: variables.seconds("JANGPYO_QUERY_TIMEOUT_SECS", default.query_timeout),
        memory_bytes: megabytes.saturating_mul(MEGABYTE),
        max_rows: variables.parsed("JANGPYO_MAX_ROWS", default.max_rows, "a whole number"),
        max_files: variables.parsed("JANGPYO_MAX_FILES", default.max_files, "a whole number"),
        concurrent_queries: variables.parsed(
            "JANGPYO_CONCURRENT_QUERIES",
            default.concurrent_queries,
            "a whole number",
        ),
        threads: variables.parsed("JANGPYO_QUERY_THREADS", default.threads, "a whole number"),
        listing_lifetime: variables.seconds("JANGPYO_LISTING_LIFETIME_SECS", default.listing_lifetime),
        answer_cache_cells: variables.parsed(
            "JANGPYO_ANSWER_CACHE_CELLS",
            default.answer_cache_cells,
            "a whole number",
        ),
        range_cache_bytes: range_cache.saturating_mul(MEGABYTE as u64),
        whole_object_bytes: default.whole_object_bytes,
    }
}

#[expect(clippy::expect_used, reason = "a constant, tested to parse")]
fn default_sender() -> crate::delivery::Recipient {
    "jangpyo <jangpyo@localhost>".parse().expect("the default sender parses")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let lookup = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        Settings::read("reports".into(), "state".into(), "127.0.0.1:0".parse().unwrap(), &lookup)
    }

    #[test]
    fn without_variables_mail_goes_into_the_outbox() {
        let settings = read(&[]).unwrap();
        assert!(matches!(settings.mail, MailSettings::Outbox { .. }));
        assert_eq!(settings.policy.allowed_recipient_domains, None);
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let error = read(&[
            ("JANGPYO_QUERY_TIMEOUT_SECS", "soon"),
            ("JANGPYO_SMTP_HOST", "mail.example.com"),
            ("JANGPYO_SMTP_TLS", "ssl3"),
            ("JANGPYO_SMTP_USER", "kim"),
            ("JANGPYO_SMTP_CONNECTIONS", "65"),
            ("JANGPYO_SMTP_RATE", "300"),
            ("JANGPYO_BASE_URL", "javascript:alert(1)"),
            ("JANGPYO_ADBC_SNOWFLAKE", "/no/such/driver.so"),
            ("JANGPYO_LOGIN", "local,kerberos,proxy"),
            ("JANGPYO_LOGIN_PROXY_FROM", "0.0.0.0/0,proxy.example"),
        ])
        .unwrap_err()
        .to_string();
        for name in [
            "JANGPYO_QUERY_TIMEOUT_SECS",
            "JANGPYO_MAIL_FROM",
            "JANGPYO_SMTP_TLS",
            "JANGPYO_SMTP_USER",
            "JANGPYO_SMTP_CONNECTIONS: `65` is not a number from 1 to 64",
            "JANGPYO_SMTP_RATE: `300` is not a number of mails in a time, such as 300/min",
            "JANGPYO_BASE_URL",
            if cfg!(feature = "adbc") { "`/no/such/driver.so` cannot be read" } else { "built without ADBC" },
            "kerberos",
            "0.0.0.0/0",
            "proxy.example",
        ] {
            assert!(error.contains(name), "{name} in {error}");
        }
    }

    #[test]
    fn ways_to_log_in_are_named_and_none_is_a_demo() {
        assert!(read(&[]).unwrap().login.is_demo());
        let login = read(&[
            ("JANGPYO_LOGIN", "local, proxy"),
            ("JANGPYO_LOGIN_PROXY_FROM", "10.0.0.0/24,::1"),
            ("JANGPYO_LOGIN_PROXY_CLAIMS", "country=X-Country"),
            ("JANGPYO_SECRET", "hunter2hunter2hunter2hunter2hunter2"),
        ])
        .unwrap()
        .login;
        assert!(!format!("{login:?}").contains("hunter2"));
        let proxy = login.identity.proxy.unwrap();
        assert_eq!((proxy.from.len(), proxy.user_header.as_str()), (2, "X-Forwarded-User"));
        assert_eq!(proxy.claim_headers["country"], "X-Country");
        assert!(read(&[("JANGPYO_LOGIN_PROXY_FROM", "10.0.0.1")]).is_err(), "a proxy that nobody asks");
    }

    #[test]
    fn a_password_may_stand_in_a_file_and_never_shows() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "s3cret\n").unwrap();
        let settings = read(&[
            ("JANGPYO_SMTP_HOST", "mail.example.com"),
            ("JANGPYO_MAIL_FROM", "reports@example.com"),
            ("JANGPYO_SMTP_USER", "kim"),
            ("JANGPYO_SMTP_PASSWORD_FILE", file.to_str().unwrap()),
        ])
        .unwrap();
        assert!(!format!("{settings:?}").contains("s3cret"));
        let MailSettings::Smtp(smtp) = settings.mail else { panic!("SMTP") };
        assert_eq!(smtp.credentials, Some(("kim".into(), "s3cret".into())));
        assert_eq!(smtp.port, 587);
    }
}
