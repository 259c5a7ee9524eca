//! How mail leaves.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use super::Variables;
use crate::delivery::{Dkim, MailRate, Recipient, SmtpSettings, SmtpTls};

/// More than any mail server takes of one client.
const MOST_CONNECTIONS: usize = 64;

/// How mail leaves.
#[derive(Debug, Clone)]
pub enum MailSettings {
    /// Through a mail server.
    Smtp(SmtpSettings),
    /// Into the outbox folder below the state, as `.eml` files.
    Outbox {
        /// The address mail comes from.
        from: Recipient,
    },
}

/// Reads `JANGPYO_OPERATIONS_MAIL`.
pub(super) fn operations(variables: &mut Variables<'_>) -> Option<Recipient> {
    let text = variables.text("JANGPYO_OPERATIONS_MAIL")?;
    text.parse().map_err(|error| variables.problem("JANGPYO_OPERATIONS_MAIL", error)).ok()
}

/// Reads `JANGPYO_DKIM_*`: the key that mail from `mail`'s address is signed with.
pub(super) fn dkim(variables: &mut Variables<'_>, mail: Option<&MailSettings>) -> Option<Dkim> {
    let selector = variables.text("JANGPYO_DKIM_SELECTOR");
    let key = variables.text("JANGPYO_DKIM_KEY");
    let (selector, key) = match (selector, key) {
        (Some(selector), Some(key)) => (selector, key),
        (None, None) => return None,
        _ => {
            variables.problem(
                "JANGPYO_DKIM_KEY",
                "key and JANGPYO_DKIM_SELECTOR are given together or not at all",
            );
            return None;
        }
    };
    let from = match mail? {
        MailSettings::Smtp(smtp) => &smtp.from,
        MailSettings::Outbox { from } => from,
    };
    let made = Dkim::new(from.address.domain(), selector.trim(), &key);
    made.map_err(|problem| variables.problem("JANGPYO_DKIM_KEY", problem)).ok()
}

/// Reads `JANGPYO_SMTP_*` and `JANGPYO_MAIL_FROM`.
pub(super) fn read(variables: &mut Variables<'_>) -> Option<MailSettings> {
    let sender = variables.text("JANGPYO_MAIL_FROM");
    let from = sender.as_deref().unwrap_or("jangpyo <jangpyo@localhost>");
    let from = match from.parse::<Recipient>() {
        Ok(from) => from,
        Err(error) => {
            variables.problem("JANGPYO_MAIL_FROM", error);
            return None;
        }
    };
    let Some(host) = variables.text("JANGPYO_SMTP_HOST") else { return Some(MailSettings::Outbox { from }) };
    if sender.is_none() {
        variables
            .problem("JANGPYO_MAIL_FROM", "is needed with JANGPYO_SMTP_HOST: the address mail comes from");
    }
    let tls = match variables.text("JANGPYO_SMTP_TLS").as_deref().unwrap_or("starttls") {
        "starttls" => SmtpTls::StartTls,
        "tls" => SmtpTls::Tls,
        "none" => SmtpTls::None,
        other => {
            variables.problem("JANGPYO_SMTP_TLS", format!("`{other}` is not one of starttls, tls, none"));
            SmtpTls::StartTls
        }
    };
    let usual_port = match tls {
        SmtpTls::StartTls => 587,
        SmtpTls::Tls => 465,
        SmtpTls::None => 25,
    };
    let user = variables.text("JANGPYO_SMTP_USER");
    let password = variables.text("JANGPYO_SMTP_PASSWORD");
    let credentials = match (user, password) {
        (Some(user), Some(password)) => Some((user, password)),
        (None, None) => None,
        _ => {
            variables.problem(
                "JANGPYO_SMTP_USER",
                "user and JANGPYO_SMTP_PASSWORD are given together or not at all",
            );
            None
        }
    };
    let connections = variables.parsed("JANGPYO_SMTP_CONNECTIONS", 4, "a whole number");
    let connections = NonZeroUsize::new(connections)
        .filter(|number| number.get() <= MOST_CONNECTIONS)
        .unwrap_or_else(|| {
            let problem = format!("`{connections}` is not a number from 1 to {MOST_CONNECTIONS}");
            variables.problem("JANGPYO_SMTP_CONNECTIONS", problem);
            NonZeroUsize::MIN
        });
    Some(MailSettings::Smtp(SmtpSettings {
        host,
        port: variables.parsed("JANGPYO_SMTP_PORT", usual_port, "a port"),
        tls,
        credentials,
        from,
        timeout: variables.seconds("JANGPYO_SMTP_TIMEOUT_SECS", Duration::from_secs(30)),
        ca_file: variables.text("JANGPYO_SMTP_CA_FILE").map(PathBuf::from),
        connections,
        rate: variables.parsed(
            "JANGPYO_SMTP_RATE",
            MailRate::UNLIMITED,
            "a number of mails in a time, such as 300/min, or off",
        ),
    }))
}
