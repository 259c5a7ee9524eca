//! Handing over again and again, with a record before and after each time.

use super::super::{Parts, StageFailure, Ticket, told};
use super::ready::Ready;
use super::{Problem, failed};
use crate::delivery::Outcome;
use crate::error::Kind;
use crate::runs::store::{Delivery, DeliveryState};

/// Hands over in rounds: what is refused for now goes into the next, after a pause.
pub(super) async fn rounds(
    parts: &Parts,
    ticket: &Ticket,
    ready: &Ready,
    planned: Vec<Delivery>,
) -> Result<Vec<Problem>, StageFailure> {
    let Parts { store, clock, settings, .. } = parts;
    let mut problems = Vec::new();
    let mut waiting = planned;
    let mut attempt = 1;
    while !waiting.is_empty() {
        let outcomes = {
            let turn = ready.turn(parts, &waiting).await;
            // Not before it is its turn: a crash puts in doubt whatever is on record as being handed over, and a
            // process without its store must not go on with what it has recorded long ago.
            store.begin_sending(&waiting, clock.now()).await.map_err(failed)?;
            ready.hand_over(parts, &turn, &waiting).await
        };
        let pause = settings.retry.pause_after(attempt, ticket.run.id.bits());
        let (mut again, mut ended) = (Vec::new(), Vec::new());
        for (delivery, outcome) in waiting.into_iter().zip(outcomes) {
            let (state, answer, error) = match &outcome {
                Outcome::Accepted(answer) => (DeliveryState::Sent, Some(answer.as_str()), None),
                Outcome::RefusedForNow(why) if pause.is_some() => {
                    (DeliveryState::Queued, None, Some(why.as_str()))
                }
                Outcome::RefusedForNow(why) | Outcome::Refused(why) => {
                    (DeliveryState::Failed, None, Some(why.as_str()))
                }
                Outcome::InDoubt(why) => (DeliveryState::InDoubt, None, Some(why.as_str())),
            };
            store.move_delivery(&delivery.id, state, answer, error, clock.now()).await.map_err(failed)?;
            // The run's message goes to logs; the delivery itself keeps the whole address.
            let masked = ready.masked(&delivery);
            let error = error.unwrap_or_default().replace(&delivery.recipient, &masked);
            match state {
                DeliveryState::Queued => {
                    tracing::warn!(run = %ticket.run.id, to = masked, attempt, error, "refused for now");
                    again.push(delivery.clone());
                }
                DeliveryState::Failed => problems.push(Problem {
                    kind: if matches!(outcome, Outcome::Refused(_)) {
                        ready.refusal()
                    } else {
                        Kind::Unavailable
                    },
                    message: format!("{masked} was not reached: {error}"),
                }),
                DeliveryState::InDoubt => problems.push(Problem {
                    kind: Kind::Unavailable,
                    message: format!("{masked} may have got it, so it is not sent again by itself: {error}"),
                }),
                _ => {}
            }
            if state != DeliveryState::Queued {
                ended.push((delivery, state));
            }
        }
        told::tell(parts, &ticket.run, &ended).await;
        waiting = again;
        if let (Some(pause), false) = (pause, waiting.is_empty()) {
            tokio::time::sleep(pause).await;
        }
        attempt += 1;
    }
    Ok(problems)
}
