//! Runs, deliveries, artefacts, and how far schedules were looked at, in the store.
//!
//! Takes typed values and instants; gives typed rows. Refuses steps that the states do not allow.

mod artefact;
mod claim;
mod delivery;
mod history;
mod key;
mod lease;
mod notice;
mod pause;
mod run;
mod schedule;
mod signal;
mod state;
mod subscription;
mod waiting;

pub use artefact::{Artefact, NewArtefact};
pub use claim::{Claim, NewRun, Repeat};
pub use delivery::{Delivery, Planned, Reached};
pub use history::{DeliveryEntry, DeliveryFilter, DeliveryPage, MOST_COUNTED, Seen, WantedState};
pub use key::RunKey;
pub use lease::Lease;
pub use pause::Pause;
pub use run::{Ending, Run, RunFilter, RunId, RunPage};
pub use schedule::Considered;
pub use signal::Signal;
pub use state::{Channel, DeliveryState, RunState, Stage, Trigger};
pub use subscription::{Subscription, address_of};
pub use waiting::Missing;

use crate::store::{Cells, new_uuid, to_text};
pub use crate::store::{Store, StoreError};

#[cfg(test)]
pub(crate) mod tests;
