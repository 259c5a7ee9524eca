//! The parts of the program, built once and stopped in order.
//!
//! Takes [`Settings`](crate::config::Settings); gives a [`Program`] that the command line and the
//! server share. Nothing here knows HTTP or the terminal.

mod audit;
mod backend;
mod bills;
mod books;
mod budget_check;
mod budgets;
mod catalog;
mod costs;
mod data_check;
mod deliveries;
mod destinations;
mod estimates;
mod live;
mod login;
mod open_report;
mod program;
mod schedules;
mod server;
mod sight;
mod signals;
mod started;
mod subscriptions;

/// The OpenAPI document of the JSON API.
pub use crate::web::openapi;
pub use bills::{BillError, Imported, import_bill};
pub use budget_check::check_budgets;
pub use data_check::check_against_data;
pub use estimates::{EstimateError, Estimator, Expected, ReportEstimate, ScheduleEstimate};
pub use live::LiveWorkspace;
pub use login::{Accounts, accounts, stored_user};
pub use program::{Program, ProgramError, existing_store};
pub use server::{Started, serve};
pub use signals::awaited as awaited_signals;
