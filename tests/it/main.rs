//! The integration tests: one binary, one file per capability, against real parts.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

mod access_matrix;
mod access_rights;
mod audited;
mod bursts;
mod command_line;
mod crashes;
mod determinism;
mod flights;
mod floors;
mod golden_pages;
mod history;
mod hostile_data;
mod hostile_input;
mod leak_hunt;
mod limits;
mod links;
mod listener;
mod login;
mod logos;
mod narratives;
mod openid_connect;
mod pdf_standards;
mod pdf_tools;
mod pivots;
mod query_answers;
mod same_geometry;
mod schedule_instants;
mod schedules;
mod serving;
mod share;
mod smtp;
mod sources;
mod support;
mod themes;
mod user_changes;
mod verify;
mod waiting;
mod workbooks;
