//! What may stand behind `jangpyo`.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::Failure;
use crate::access::{Person, Viewer};
use crate::app::Program;
use crate::config::Settings;
use crate::definitions::model::{DatasetId, FieldName, ReportId};
use crate::format::Locale;
use crate::identity::UserName;
use crate::render::csv::ByteOrderMark;

const EXIT_CODES: &str = "Exit codes: 0 done; 1 definitions have errors, a name is unknown, a run failed or a file \
is not confirmed; \
2 wrong arguments or settings; 3 a source, store or mail server does not answer, or a limit was reached; \
70 a defect of the program.";

/// Self-service BI reporting server: dashboards and scheduled PDFs from report files in git.
#[derive(Debug, Parser)]
#[command(name = "jangpyo", version, after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// The folder of definition files.
    #[arg(long, global = true, env = "JANGPYO_WORKSPACE", default_value = "reports", value_name = "DIR")]
    pub workspace: PathBuf,
    /// The folder for the store, artefacts and the outbox.
    #[arg(long, global = true, env = "JANGPYO_STATE", default_value = "state", value_name = "DIR")]
    pub state: PathBuf,
    /// What to do; `serve` when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serves dashboards and performs schedules (the default).
    Serve(ServeArguments),
    /// Finds every problem of every definition file, also against the data.
    Check(CheckArguments),
    /// Renders a report to a file.
    Render(RenderArguments),
    /// Asks a dataset one question.
    Query(QueryArguments),
    /// Performs one run of a schedule now.
    Run(RunArguments),
    /// Lists what was sent to whom, and who is still without; sends a run again.
    Deliveries(super::deliveries::DeliveriesArguments),
    /// Tells what differs between the numbers of two runs.
    Compare(super::compare::CompareArguments),
    /// Makes the reports of past instants again, marked as restated, and sends them to everybody.
    Backfill(super::backfill::BackfillArguments),
    /// Tells where a PDF comes from, and whether it is what it was.
    Verify(VerifyArguments),
    /// Tells who may see what, and why.
    #[command(subcommand)]
    Access(AccessCommand),
    /// Writes the JSON Schemas of definition files.
    Schema(SchemaArguments),
    /// Tells when a schedule fires next.
    Next(NextArguments),
    /// Lists, pauses and resumes schedules.
    Schedules(super::schedules::SchedulesArguments),
    /// Lists what people have sent to themselves, and ends it.
    Subscriptions(super::subscriptions::SubscriptionsArguments),
    /// Tells that something has come that schedules wait for, such as the end of a load.
    Signal(super::signal::SignalArguments),
    /// Writes the sample data.
    Sample(SampleArguments),
    /// Shows, exports and checks the audit log.
    Audit(AuditArguments),
    /// Tells what a report and its schedules are expected to cost, before anything is asked.
    Plan(super::plan::PlanArguments),
    /// Tells what queries of a month cost.
    Costs(super::costs::CostsArguments),
    /// Adds, lists and shuts out users who log in with a password.
    Users(UsersArguments),
}

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// Where to listen.
    #[arg(long, env = "JANGPYO_LISTEN", default_value = DEFAULT_LISTEN, value_name = "ADDR:PORT")]
    pub listen: SocketAddr,
    /// Without a login, for this machine only; the same as leaving JANGPYO_LOGIN unset.
    #[arg(long)]
    pub demo: bool,
}

const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

impl Default for ServeArguments {
    fn default() -> Self {
        let listen = std::env::var("JANGPYO_LISTEN").ok();
        let parsed = listen.as_deref().unwrap_or(DEFAULT_LISTEN).parse();
        Self { listen: parsed.unwrap_or_else(|_| SocketAddr::from(([127, 0, 0, 1], 8080))), demo: false }
    }
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// The folder to check, instead of --workspace.
    pub dir: Option<PathBuf>,
    /// How problems are written.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
    /// Leaves the data alone: no source is opened.
    #[arg(long)]
    pub offline: bool,
    /// Also holds what schedules are expected to cost in this month against the budgets of `costs.yaml`.
    #[arg(long, conflicts_with = "offline")]
    pub budget: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[derive(Debug, Args)]
pub(super) struct RenderArguments {
    /// The report.
    pub report: ReportId,
    /// A parameter: `-p period=last_complete_month -p country=KR`. May be repeated.
    #[arg(short = 'p', long = "parameter", value_name = "KEY=VALUE", value_parser = key_value)]
    pub parameters: Vec<(String, String)>,
    /// One panel; needed for .csv, .svg and .png when the report has several that fit.
    #[arg(long)]
    pub panel: Option<String>,
    /// The language: ko, en or zh-HK.
    #[arg(long)]
    pub locale: Option<Locale>,
    /// The instant relative periods count from, such as 2026-11-23T08:00:00+09:00; now by default.
    #[arg(long, value_name = "INSTANT")]
    pub now: Option<DateTime<Utc>>,
    /// The file; its ending tells the format: .pdf, .html, .xlsx, .svg, .png or .csv.
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: PathBuf,
    /// Begins a .csv with a byte order mark, which Excel needs to read Korean and Chinese.
    #[arg(long)]
    pub bom: bool,
    #[command(flatten)]
    pub viewer: AsArguments,
}

impl RenderArguments {
    /// How a CSV file begins.
    pub(super) fn mark(&self) -> ByteOrderMark {
        if self.bom { ByteOrderMark::Present } else { ByteOrderMark::Absent }
    }
}

/// Whose eyes are looked with.
#[derive(Debug, Clone, Args)]
pub(super) struct AsArguments {
    /// Looks as this person, who sees what `access.yaml` opens to them; by default nothing is hidden.
    #[arg(long = "as", value_name = "PERSON")]
    pub person: Option<String>,
    /// A group the person is in. May be repeated.
    #[arg(long = "group", value_name = "GROUP", requires = "person")]
    pub groups: Vec<String>,
    /// What the identity provider says of the person: `--claim country=KR`. May be repeated.
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = key_value, requires = "person")]
    pub claims: Vec<(String, String)>,
}

impl AsArguments {
    /// The viewer.
    pub(super) fn viewer(&self) -> Viewer {
        match &self.person {
            Some(name) => person(name, &self.groups, &self.claims),
            None => Viewer::operator(),
        }
    }
}

fn person(name: &str, groups: &[String], claims: &[(String, String)]) -> Viewer {
    let mut person = Person { name: name.to_lowercase(), ..Person::default() };
    person.groups.extend(groups.iter().cloned());
    for (claim, value) in claims {
        person.claims.entry(claim.clone()).or_default().push(value.clone());
    }
    Viewer::person(person)
}

#[derive(Debug, Subcommand)]
pub(super) enum AccessCommand {
    /// Tells what a person may do with an object, through which roles, and which rows and columns they see.
    Explain(ExplainArguments),
    /// Tells who gains and who loses what between two versions of the workspace.
    Diff(DiffArguments),
    /// Tells whether a person may publish every file that differs between two versions of the workspace.
    Publish(PublishArguments),
}

/// A person that a command is about.
#[derive(Debug, Args)]
pub(super) struct WhoArguments {
    /// The person, by the name they log in with.
    pub person: String,
    /// A group the person is in. May be repeated. Without it and --claim, a user of this server has what the store says.
    #[arg(long = "group", value_name = "GROUP")]
    pub groups: Vec<String>,
    /// What the identity provider says of the person: `--claim country=KR`. May be repeated.
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = key_value)]
    pub claims: Vec<(String, String)>,
}

impl WhoArguments {
    /// The person as a viewer.
    pub(super) fn viewer(&self) -> Viewer {
        person(&self.person, &self.groups, &self.claims)
    }
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    #[command(flatten)]
    pub who: WhoArguments,
    /// A report, dataset or source, as `report/ID`, `dataset/ID`, `source/ID`, or just its id; or `server`.
    pub object: String,
    /// Writes JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct PublishArguments {
    #[command(flatten)]
    pub who: WhoArguments,
    /// The version before, by whose roles it is judged: a commit, branch or tag of the workspace's repository, or a folder.
    pub before: String,
    /// The version after; the workspace as it is by default.
    pub after: Option<String>,
    /// Writes JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// The version before: a commit, branch or tag of the workspace's repository, or a folder.
    pub before: String,
    /// The version after; the workspace as it is by default.
    pub after: Option<String>,
    /// Writes JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct QueryArguments {
    /// The dataset.
    pub dataset: DatasetId,
    /// Measures and metrics.
    #[arg(long, value_delimiter = ',', required = true, value_name = "NAME,…")]
    pub measures: Vec<FieldName>,
    /// Dimensions; a time dimension with its grain: `order_date:month`.
    #[arg(long, value_delimiter = ',', value_name = "NAME[:GRAIN],…")]
    pub by: Vec<String>,
    /// A condition: `country=KR`, `country=KR,HK`, `country!=US`, `amount>=100`, `store~강남`. May
    /// be repeated; all must hold.
    #[arg(long = "where", value_name = "CONDITION")]
    pub conditions: Vec<String>,
    /// A period, as in reports: `last_12_months`, `2026-01`.
    #[arg(long)]
    pub period: Option<String>,
    /// Sort by this field; a leading `-` means from large to small.
    #[arg(long, value_delimiter = ',', allow_hyphen_values = true, value_name = "[-]NAME,…")]
    pub sort: Vec<String>,
    /// At most this many rows.
    #[arg(long)]
    pub limit: Option<usize>,
    /// A line with the grand total.
    #[arg(long)]
    pub totals: bool,
    /// The IANA time zone days are counted in.
    #[arg(long, default_value = "Asia/Seoul")]
    pub time_zone: chrono_tz::Tz,
    /// The language of titles.
    #[arg(long, default_value = "en")]
    pub locale: Locale,
    /// The instant relative periods count from; now by default.
    #[arg(long, value_name = "INSTANT")]
    pub now: Option<DateTime<Utc>>,
    /// How rows are written.
    #[arg(long, value_enum, default_value_t = RowFormat::Csv)]
    pub format: RowFormat,
    /// Begins CSV with a byte order mark, which Excel needs to read Korean and Chinese.
    #[arg(long)]
    pub bom: bool,
    #[command(flatten)]
    pub viewer: AsArguments,
}

impl QueryArguments {
    /// How CSV begins.
    pub(super) fn mark(&self) -> ByteOrderMark {
        if self.bom { ByteOrderMark::Present } else { ByteOrderMark::Absent }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RowFormat {
    /// Comma-separated values.
    Csv,
    /// An array of objects.
    Json,
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// The schedule: `REPORT/SCHEDULE`.
    #[arg(value_parser = schedule_name)]
    pub schedule: ScheduleName,
    /// The scheduled instant the report is evaluated at; now by default.
    #[arg(long, value_name = "INSTANT")]
    pub at: Option<DateTime<Utc>>,
    /// Makes the files and sends nothing.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub repeat: RepeatArguments,
    /// Writes the result as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What is done when the instant has had its run.
#[derive(Debug, Args)]
pub(super) struct RepeatArguments {
    /// When the instant has had its run: sends again to those who did not get it.
    #[arg(long)]
    pub again: bool,
    /// With --again: asks everything anew. Without it they get what an earlier attempt made, as everybody else did.
    #[arg(long, requires = "again")]
    pub fresh: bool,
}

#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// The PDF.
    pub file: PathBuf,
    /// Renders the report again for the same instant, and compares.
    #[arg(long)]
    pub rerender: bool,
    /// A group that the person it was made for was in; for --rerender. May be repeated.
    #[arg(long = "group", value_name = "GROUP", requires = "rerender")]
    pub groups: Vec<String>,
    /// What the identity provider said of them: `--claim country=KR`; for --rerender. May be repeated.
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = key_value, requires = "rerender")]
    pub claims: Vec<(String, String)>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

impl VerifyArguments {
    /// The viewer that a file says it was made for.
    pub(super) fn viewer(&self, name: &str) -> Viewer {
        let viewer = Viewer::named(name);
        if viewer.as_person().is_some() { person(name, &self.groups, &self.claims) } else { viewer }
    }
}

#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// The folder to write source.json, dataset.json and report.json into; standard output by
    /// default.
    #[arg(short = 'o', long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct NextArguments {
    /// The schedule: `REPORT/SCHEDULE`.
    #[arg(value_parser = schedule_name)]
    pub schedule: ScheduleName,
    /// How many.
    #[arg(short = 'n', default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub count: u16,
    /// From which instant on; now by default.
    #[arg(long, value_name = "INSTANT")]
    pub from: Option<DateTime<Utc>>,
    /// Tells also the times that are not sent, and why.
    #[arg(long)]
    pub skipped: bool,
    /// Writes JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct SampleArguments {
    /// The folder to write `l2/…` into; by default `data` in the workspace.
    #[arg(short = 'o', long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Another seed gives other numbers; this one gives those that come with the product.
    #[arg(long, default_value_t = crate::sample::SEED)]
    pub seed: u64,
}

#[derive(Debug, Args)]
pub(super) struct UsersArguments {
    #[command(subcommand)]
    pub command: UsersCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum UsersCommand {
    /// Lists users.
    List {
        /// Writes JSON.
        #[arg(long)]
        json: bool,
    },
    /// Adds a user and prints the link with which they set a password, unless they log in elsewhere.
    Add {
        /// A mail address or a login name.
        name: UserName,
        /// They manage users and read the audit log; that alone opens no data.
        #[arg(long)]
        administrator: bool,
        /// They log in at the provider or by the proxy, and so get no password here.
        #[arg(long)]
        elsewhere: bool,
        /// Their groups.
        #[arg(long = "groups", value_delimiter = ',', value_name = "GROUP,…")]
        groups: Vec<String>,
        /// What else is known of them: `--claim country=KR`. May be repeated.
        #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = key_value)]
        claims: Vec<(String, String)>,
    },
    /// Changes a user's groups, what else is known of them, whether they are an administrator, or where they log in. It holds at once.
    Change {
        /// The user.
        name: UserName,
        /// Their groups, all of them; `--groups ''` takes every group away.
        #[arg(
            long = "groups",
            value_delimiter = ',',
            value_name = "GROUP,…",
            required_unless_present_any = ["administrator", "elsewhere", "claims", "no_claims"]
        )]
        groups: Option<Vec<String>>,
        /// What else is known of them, all of it: `--claim country=KR`. May be repeated.
        #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = key_value)]
        claims: Vec<(String, String)>,
        /// Takes away all that is known of them besides their groups.
        #[arg(long, conflicts_with = "claims")]
        no_claims: bool,
        /// Whether they manage users and read the audit log: `yes` or `no`.
        #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
        administrator: Option<bool>,
        /// Whether they log in at the provider or by the proxy, and have no password here: `yes` or `no`.
        #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
        elsewhere: Option<bool>,
    },
    /// Prints a new link with which a user sets a password.
    Reset {
        /// The user.
        name: UserName,
    },
    /// Shuts a user out: sessions, tokens and links end for good.
    Disable {
        /// The user.
        name: UserName,
    },
    /// Lets a user in again.
    Enable {
        /// The user.
        name: UserName,
    },
}

#[derive(Debug, Args)]
pub(super) struct AuditArguments {
    #[command(subcommand)]
    pub command: AuditCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Lists events, newest first.
    List(AuditSearch),
    /// Writes events to standard output, newest first: one JSON object per line, or CSV.
    Export(AuditExport),
    /// Checks that no event was changed, taken out or cut off, and prints the head of the chain.
    Verify {
        /// A head that was printed before and noted elsewhere.
        #[arg(long, value_name = "HEAD")]
        head: Option<String>,
        /// Writes JSON.
        #[arg(long)]
        json: bool,
    },
    /// Removes events older than this from the beginning; the rest still verifies.
    Prune {
        /// How many days are kept.
        #[arg(long, value_name = "DAYS")]
        keep_days: u32,
    },
}

#[derive(Debug, Args)]
pub(super) struct AuditSearch {
    /// Of this user.
    #[arg(long)]
    pub actor: Option<String>,
    /// Of this action: `logged_in`, `exported` …
    #[arg(long)]
    pub action: Option<String>,
    /// Done to this object: `KIND/ID` or the id.
    #[arg(long)]
    pub object: Option<String>,
    /// That ended so: `done`, `refused` or `failed`.
    #[arg(long)]
    pub outcome: Option<String>,
    /// Not before this instant.
    #[arg(long, value_name = "INSTANT")]
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    #[arg(long, value_name = "INSTANT")]
    pub to: Option<DateTime<Utc>>,
    /// With this text anywhere.
    #[arg(long)]
    pub text: Option<String>,
    /// Only events before this number.
    #[arg(long, value_name = "NUMBER")]
    pub before: Option<i64>,
    /// At most this many.
    #[arg(short = 'n', long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub limit: u16,
}

#[derive(Debug, Args)]
pub(super) struct AuditExport {
    #[command(flatten)]
    pub search: AuditSearch,
    /// Writes CSV.
    #[arg(long)]
    pub csv: bool,
}

/// A schedule of a report.
#[derive(Debug, Clone)]
pub(super) struct ScheduleName {
    pub report: ReportId,
    pub schedule: FieldName,
}

/// Where a command works.
#[derive(Debug)]
pub(super) struct Place {
    pub workspace: PathBuf,
    pub state: PathBuf,
}

impl Place {
    /// The settings for this place.
    pub(super) fn settings(&self, listen: SocketAddr) -> Result<Settings, Failure> {
        self.assert_workspace()?;
        Ok(Settings::from_environment(self.workspace.clone(), self.state.clone(), listen)?)
    }

    /// The same where the definitions are not needed.
    pub(super) fn settings_without_workspace(&self) -> Result<Settings, Failure> {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        Ok(Settings::from_environment(self.workspace.clone(), self.state.clone(), nowhere)?)
    }

    fn assert_workspace(&self) -> Result<(), Failure> {
        if !self.workspace.is_dir() {
            return Err(Failure::usage(format!(
                "there is no workspace folder {}; name one with --workspace",
                self.workspace.display()
            )));
        }
        Ok(())
    }

    /// The same with a state folder, for a command that keeps something.
    pub(super) fn program_with_state(&self) -> Result<Program, Failure> {
        Ok(Program::with_state(self.settings(SocketAddr::from(([127, 0, 0, 1], 0)))?)?)
    }

    /// The program without its server, for one command.
    pub(super) fn program(&self) -> Result<Program, Failure> {
        Ok(Program::new(self.settings(SocketAddr::from(([127, 0, 0, 1], 0)))?)?)
    }
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("write yes or no".into()),
    }
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

pub(super) fn schedule_name(text: &str) -> Result<ScheduleName, String> {
    let (report, schedule) = text.split_once('/').ok_or("write it as REPORT/SCHEDULE")?;
    let report = ReportId::parse(report).map_err(|error| error.to_string())?;
    let schedule = FieldName::parse(schedule).map_err(|error| error.to_string())?;
    Ok(ScheduleName { report, schedule })
}
