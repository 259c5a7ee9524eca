//! A run as far as it may be told to somebody.

use crate::runs::store::Run;

/// A run as far as it may be told.
#[derive(Debug, Clone)]
pub struct ToldRun {
    /// The run, without what is withheld.
    pub run: Run,
    /// Whether something is: errors and warnings name what the data hold, and so does whom copies went to.
    pub is_withheld: bool,
}

impl ToldRun {
    /// Everything of it.
    pub fn whole(run: Run) -> Self {
        Self { run, is_withheld: false }
    }

    /// When it was made and how it ended, for those who may not see what it saw.
    pub fn in_outline(run: Run) -> Self {
        let run = Run { error: None, warnings: Vec::new(), burst: None, seen: None, ..run };
        Self { run, is_withheld: true }
    }
}
