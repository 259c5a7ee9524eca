//! The states of runs and deliveries, and which may follow which.

use crate::store::stored_enum;

stored_enum! {
    /// Where a run stands.
    RunState in "run state" {
        /// It waits for its data, and nobody performs it yet.
        Waiting = "waiting",
        /// It is being performed.
        Running = "running",
        /// Everything was done and handed over.
        Succeeded = "succeeded",
        /// It ended with an error; the stage tells where.
        Failed = "failed",
        /// The server stopped or died in the middle.
        Interrupted = "interrupted",
        /// It was passed over, or there was nothing to send; its error tells why.
        Skipped = "skipped",
    }
}

stored_enum! {
    /// Where a delivery to one recipient stands.
    DeliveryState in "delivery state" {
        /// Waits for its first or next attempt.
        Queued = "queued",
        /// Is being handed over.
        Sending = "sending",
        /// The other side accepted it.
        Sent = "sent",
        /// The other side refused it, or all attempts were used up.
        Failed = "failed",
        /// The connection or the server was lost before the answer came: it may have arrived, so it
        /// is never sent again by itself.
        InDoubt = "in_doubt",
        /// The run ended before it was handed over; a rerun sends it.
        Unsent = "unsent",
    }
}

stored_enum! {
    /// The part of the pipeline a run is in.
    Stage in "stage" {
        /// Questions are answered.
        Evaluate = "evaluate",
        /// Files are made.
        Render = "render",
        /// Files are kept.
        Store = "store",
        /// Files are handed over.
        Deliver = "deliver",
    }
}

stored_enum! {
    /// What started a run.
    Trigger in "trigger" {
        /// Its schedule.
        Schedule = "schedule",
        /// Its schedule, after a downtime.
        CatchUp = "catch_up",
        /// A person or a program, through the command line or the web.
        Manual = "manual",
        /// The same, without sending anything.
        DryRun = "dry_run",
        /// A person at the command line, who has past instants made again.
        Backfill = "backfill",
    }
}

stored_enum! {
    /// The way a delivery takes.
    Channel in "channel" {
        /// E-mail; the recipient is an address.
        Email = "email",
        /// A folder of the server; the recipient is a path.
        Folder = "folder",
        /// A chat that takes Slack's messages; the recipient is the name of a destination, as for the others below.
        Slack = "slack",
        /// Microsoft Teams.
        Teams = "teams",
        /// A signed message to a program.
        Webhook = "webhook",
        /// A bucket.
        ObjectStore = "object_store",
        /// An SFTP server.
        Sftp = "sftp",
    }
}

impl RunState {
    /// Whether `next` may follow.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Waiting => matches!(next, Self::Running | Self::Failed | Self::Skipped),
            Self::Running => {
                matches!(next, Self::Succeeded | Self::Failed | Self::Interrupted | Self::Skipped)
            }
            Self::Succeeded | Self::Failed | Self::Interrupted | Self::Skipped => false,
        }
    }

    /// Whether nothing can follow.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

impl Channel {
    /// Whether handing over twice is the same as once: the same file is written again, or whoever takes the message
    /// knows it by its id.
    pub fn is_repeatable(self) -> bool {
        match self {
            Self::Email | Self::Slack | Self::Teams => false,
            Self::Folder | Self::Webhook | Self::ObjectStore | Self::Sftp => true,
        }
    }
}

impl DeliveryState {
    /// Whether `next` may follow.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Queued => matches!(next, Self::Sending | Self::Unsent | Self::Failed),
            Self::Sending => matches!(next, Self::Sent | Self::Queued | Self::Failed | Self::InDoubt),
            Self::Sent | Self::Failed | Self::InDoubt | Self::Unsent => false,
        }
    }

    /// Whether nothing can follow.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Sending)
    }

    /// Whether it surely did not arrive, and nobody is about to send it.
    pub fn never_arrived(self) -> bool {
        matches!(self, Self::Failed | Self::Unsent)
    }

    /// Whether the recipient has it or may have it, so that sending again could make two.
    pub fn may_have_arrived(self) -> bool {
        matches!(self, Self::Sent | Self::InDoubt | Self::Sending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn final_states_lead_nowhere() {
        for &state in RunState::ALL {
            assert_eq!(
                state.is_final(),
                RunState::ALL.iter().all(|&next| !state.may_become(next)),
                "{state}"
            );
        }
        for &state in DeliveryState::ALL {
            let stuck = DeliveryState::ALL.iter().all(|&next| !state.may_become(next));
            assert_eq!(state.is_final(), stuck, "{state}");
        }
    }

    #[test]
    fn what_may_have_arrived_is_never_queued_again_except_by_a_refusal() {
        assert!(!DeliveryState::InDoubt.may_become(DeliveryState::Queued));
        assert!(!DeliveryState::Sent.may_become(DeliveryState::Sending));
        assert!(DeliveryState::Sending.may_become(DeliveryState::Queued));
    }

    #[test]
    fn words_read_back() {
        for &state in DeliveryState::ALL {
            assert_eq!(state.as_str().parse::<DeliveryState>().unwrap(), state);
        }
        let error = "gone".parse::<RunState>().unwrap_err();
        assert!(error.to_string().contains("run state: `gone`"), "{error}");
    }
}
