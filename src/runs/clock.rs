//! What time it is, as an argument.

use std::sync::Arc;

use chrono::{DateTime, Utc};

/// Tells the current instant. Cheap to clone; tests give their own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The clock of the machine. Only doors and `app` build one.
    pub fn system() -> Self {
        Self::new(Utc::now)
    }

    /// A clock that asks `tell`.
    pub fn new(tell: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// A clock that stands still.
    pub fn fixed(instant: DateTime<Utc>) -> Self {
        Self::new(move || instant)
    }

    /// The current instant.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}
