//! Everything that can be set, gathered once at start-up.
//!
//! Takes environment variables (all start with `JANGPYO_`) and the flags of the command line; gives
//! typed [`Settings`] or every problem at once. Secrets come only from here, never from definition
//! files; a variable `X` may be given as `X_FILE`, the path of a file that holds the value.

mod embed;
mod listener;
mod login;
mod mail;
mod oidc;
mod read;
mod secrets;
mod settings;

pub use login::{LoginSettings, LoginWay, Secret};
pub use mail::MailSettings;
pub use read::{ConfigError, Variables};
pub use secrets::secret;
pub use settings::Settings;
