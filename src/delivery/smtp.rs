//! Mail through an SMTP server.
//!
//! Drives the conversation step by step instead of through a ready-made transport, because only then
//! it is known whether a lost connection was before the message was handed over (try again) or after
//! (in doubt), and which of several recipients were refused.

use std::future::Future;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};

use super::mailer::Reply;
use super::pace::Pace;
use super::{EmailAddress, MailRate, Message, Outcome, Recipient, Turn};

/// Servers must take 100 recipients per message (RFC 5321, 4.5.3.1.8).
const RECIPIENTS_PER_MESSAGE: usize = 100;

/// How much of a message is written at a time.
const WRITTEN_AT_A_TIME: usize = 64 * 1024;

/// The answer to DATA: the message may come.
const SEND_THE_MESSAGE: u16 = 354;

/// How to reach a mail server. The password does not show in `Debug`.
#[derive(Clone)]
pub struct SmtpSettings {
    /// Its host name.
    pub host: String,
    /// Its port: usually 587 with STARTTLS, 465 with TLS, 25 without.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// User and password, if it wants them.
    pub credentials: Option<(String, String)>,
    /// The address mail comes from.
    pub from: Recipient,
    /// How long connecting, and each further step, may take.
    pub timeout: Duration,
    /// A PEM file with certificates to trust besides those of the system.
    pub ca_file: Option<PathBuf>,
    /// How many connections it takes at a time; it refuses clients that come with more.
    pub connections: NonZeroUsize,
    /// How many messages it takes in a time; it refuses those that come faster.
    pub rate: MailRate,
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// Begins in the clear and must switch to TLS before anything else.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None; only for a server on the same machine or a trusted network.
    None,
}

impl std::fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("user", &self.credentials.as_ref().map(|(user, _)| user))
            .field("from", &self.from)
            .field("timeout", &self.timeout)
            .field("ca_file", &self.ca_file)
            .field("connections", &self.connections)
            .field("rate", &self.rate)
            .finish_non_exhaustive()
    }
}

/// A mail server. Cheap to clone; all clones keep its pace together.
#[derive(Debug, Clone)]
pub struct Smtp {
    settings: SmtpSettings,
    pace: Arc<Pace>,
}

/// What became of each recipient of a message, and whether answers still belong to what was asked.
struct Sent {
    outcomes: Vec<Outcome>,
    line: Line,
}

/// A connection after a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Every command has had its answer.
    InStep,
    /// It broke, or an answer did not come or made no sense: one that comes late would be taken for the next.
    Lost,
}

impl Sent {
    fn new(outcomes: Vec<Outcome>, line: Line) -> Self {
        Self { outcomes, line }
    }
}

/// Why a step of the conversation failed.
#[derive(Debug)]
enum Trouble {
    /// 5xx, or something trying again cannot help.
    ForGood(String),
    /// 4xx, or no connection.
    ForNow(String),
    /// The connection broke, or the answer did not come or made no sense.
    Broken(String),
}

impl Trouble {
    fn line(&self) -> Line {
        if matches!(self, Self::Broken(_)) { Line::Lost } else { Line::InStep }
    }

    fn before_handing_over(self) -> Outcome {
        match self {
            Self::ForGood(why) => Outcome::Refused(why),
            Self::ForNow(why) | Self::Broken(why) => Outcome::RefusedForNow(why),
        }
    }

    fn while_handing_over(self) -> Outcome {
        match self {
            Self::Broken(why) => Outcome::InDoubt(why),
            other => other.before_handing_over(),
        }
    }
}

impl Smtp {
    /// A server with these settings; connects when the first mail is sent.
    pub fn new(settings: SmtpSettings) -> Self {
        let pace = Arc::new(Pace::new(settings.connections, settings.rate));
        Self { settings, pace }
    }

    pub(super) async fn turn(&self, recipients: usize) -> Turn<'_> {
        self.pace.turn(recipients.div_ceil(RECIPIENTS_PER_MESSAGE)).await
    }

    pub(super) fn from(&self) -> &Recipient {
        &self.settings.from
    }

    pub(super) async fn send(&self, message: &Message, recipients: &[EmailAddress]) -> Reply {
        let mut connection = match self.connect().await {
            Ok(connection) => connection,
            Err(trouble) => return Reply::same(&trouble.before_handing_over(), recipients.len()),
        };
        let mut outcomes = Vec::with_capacity(recipients.len());
        for batch in recipients.chunks(RECIPIENTS_PER_MESSAGE) {
            let sent = self.send_batch(&mut connection, message, batch).await;
            outcomes.extend(sent.outcomes);
            if sent.line == Line::Lost {
                let why = self.says("the connection was lost at the message before");
                outcomes.resize(recipients.len(), Outcome::RefusedForNow(why));
                return Reply { outcomes };
            }
        }
        // The mail is accepted or not; what QUIT says changes nothing.
        let _ = tokio::time::timeout(Duration::from_secs(5), connection.quit()).await;
        Reply { outcomes }
    }

    /// One message to up to 100 recipients: each is accepted or refused alone, those accepted share
    /// the one answer to the message itself.
    async fn send_batch(
        &self,
        connection: &mut AsyncSmtpConnection,
        message: &Message,
        batch: &[EmailAddress],
    ) -> Sent {
        let everybody = |outcome: &Outcome, line| Sent::new(vec![outcome.clone(); batch.len()], line);
        let international = batch.iter().chain([&message.sender]).any(|address| !address.as_str().is_ascii());
        let mut options = Vec::new();
        if international {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                let why = self.says("an address has non-ASCII characters and the server lacks SMTPUTF8");
                return everybody(&Outcome::Refused(why), Line::InStep);
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        let sender = Some(message.sender.inner().clone());
        if let Err(trouble) = self.step("MAIL FROM", connection.command(Mail::new(sender, options))).await {
            let line = trouble.line();
            return everybody(&trouble.before_handing_over(), line);
        }
        let mut outcomes: Vec<Option<Outcome>> = Vec::with_capacity(batch.len());
        for (position, recipient) in batch.iter().enumerate() {
            let command = connection.command(Rcpt::new(recipient.inner().clone(), Vec::new()));
            match self.step("RCPT TO", command).await {
                Ok(_) => outcomes.push(None),
                Err(Trouble::Broken(why)) => {
                    // Nothing was handed over: those named so far are not served either.
                    let lost = Outcome::RefusedForNow(why);
                    let refused = outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|| lost.clone()));
                    let rest = std::iter::repeat_n(lost.clone(), batch.len() - position);
                    return Sent::new(refused.chain(rest).collect(), Line::Lost);
                }
                Err(trouble) => outcomes.push(Some(trouble.before_handing_over())),
            }
        }
        if outcomes.iter().all(Option::is_some) {
            // Nobody left; clears the way for the next batch.
            let reset = self.step("RSET", connection.command(Rset)).await;
            let line = reset.map_or_else(|trouble| trouble.line(), |_| Line::InStep);
            return Sent::new(outcomes.into_iter().flatten().collect(), line);
        }
        let (shared, line) = self.hand_over(connection, message).await;
        let outcomes = outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|| shared.clone()));
        Sent::new(outcomes.collect(), line)
    }

    /// DATA, the message, and the answer to it.
    async fn hand_over(&self, connection: &mut AsyncSmtpConnection, message: &Message) -> (Outcome, Line) {
        let asked = self.step("DATA", connection.command(Data)).await.and_then(|answer| {
            // 2xx is the answer to an earlier command: whatever is read from here on says nothing of the message.
            let expected = answer.has_code(SEND_THE_MESSAGE);
            expected.then_some(()).ok_or_else(|| Trouble::Broken(self.unexpected("DATA", &answer)))
        });
        if let Err(trouble) = asked {
            let line = trouble.line();
            return (trouble.before_handing_over(), line);
        }
        // The iterator is asked for more when all before it is written: after the end comes the final dot.
        let mut all_written = false;
        let mut chunks = message.bytes.chunks(WRITTEN_AT_A_TIME);
        let pieces = std::iter::from_fn(|| {
            let next = chunks.next();
            all_written |= next.is_none();
            next
        });
        let answer = self.step("the message", connection.message_iter(pieces)).await;
        match answer {
            Ok(answer) if answer.code().severity == Severity::PositiveCompletion => {
                (Outcome::Accepted(words(&answer)), Line::InStep)
            }
            Ok(answer) => (Outcome::InDoubt(self.unexpected("the message", &answer)), Line::Lost),
            Err(trouble) => {
                let line = trouble.line();
                // A message without its final dot is none (RFC 5321, 4.1.1.4), and a server that loses the
                // connection forgets it (4.1.1.10).
                let outcome =
                    if all_written { trouble.while_handing_over() } else { trouble.before_handing_over() };
                (outcome, line)
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let settings = &self.settings;
        let hello = ClientId::default();
        let tls = if settings.tls == SmtpTls::None { None } else { Some(self.tls().await?) };
        let (wrapped, start) = match settings.tls {
            SmtpTls::Tls => (tls, None),
            SmtpTls::StartTls => (None, tls),
            SmtpTls::None => (None, None),
        };
        let address = (settings.host.as_str(), settings.port);
        let connecting =
            AsyncSmtpConnection::connect_tokio1(address, Some(settings.timeout), &hello, wrapped, None);
        let mut connection = self.step("connecting", connecting).await?;
        if let Some(tls) = start {
            if !connection.can_starttls() {
                return Err(Trouble::ForGood(self.says("it offers no STARTTLS; set TLS to `tls` or `none`")));
            }
            self.step("STARTTLS", connection.starttls(tls, &hello)).await?;
        }
        if let Some((user, password)) = &settings.credentials {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            let credentials = Credentials::new(user.clone(), password.clone());
            self.step("signing in", connection.auth(&mechanisms, &credentials)).await?;
        }
        Ok(connection)
    }

    async fn tls(&self) -> Result<TlsParameters, Trouble> {
        let mut builder = TlsParameters::builder(self.settings.host.clone());
        if let Some(path) = &self.settings.ca_file {
            let unusable = |why: String| {
                Trouble::ForGood(self.says(&format!("the CA file {} cannot be used: {why}", path.display())))
            };
            let pem = tokio::fs::read(path).await.map_err(|error| unusable(error.to_string()))?;
            let certificate = Certificate::from_pem(&pem).map_err(|error| unusable(error.to_string()))?;
            builder = builder.add_root_certificate(certificate);
        }
        builder
            .build()
            .map_err(|error| Trouble::ForGood(self.says(&format!("TLS cannot be set up: {error}"))))
    }

    /// Waits for one step within the time limit and sorts its errors.
    async fn step<T>(
        &self,
        what: &str,
        step: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
    ) -> Result<T, Trouble> {
        let limit = self.settings.timeout;
        match tokio::time::timeout(limit, step).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                let mut why = self.says(&format!("{what}: {}", with_causes(&error)));
                // The TLS library hides its error behind a plain connection error; only the words tell.
                let distrusted = why.contains("peer certificate");
                if distrusted {
                    why.push_str("; if the server's certificate is from an authority of your own, name it in `ca_file`");
                }
                // What old servers say of too many recipients (RFC 5321, 4.5.3.1.10), or of a full mailbox: it passes.
                let passes = what == "RCPT TO" && error.status().is_some_and(|code| u16::from(code) == 552);
                Err(if passes {
                    Trouble::ForNow(why)
                } else if error.is_permanent() || error.is_client() || distrusted {
                    Trouble::ForGood(why)
                } else if error.is_transient() {
                    Trouble::ForNow(why)
                } else {
                    Trouble::Broken(why)
                })
            }
            Err(_) => {
                let secs = limit.as_secs_f32();
                Err(Trouble::Broken(
                    self.says(&format!("{what}: no answer within the time limit of {secs} s")),
                ))
            }
        }
    }

    fn unexpected(&self, what: &str, answer: &Response) -> String {
        self.says(&format!("{what}: the unexpected answer {} {}", answer.code(), words(answer)))
    }

    fn says(&self, what: &str) -> String {
        format!("mail server {}:{}: {what}", self.settings.host, self.settings.port)
    }
}

fn words(answer: &Response) -> String {
    let words = answer.message().collect::<Vec<_>>().join(" ");
    words.chars().filter(|c| !c.is_control()).take(300).collect()
}

pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect()
}

#[cfg(test)]
mod tests;
