//! Deliveries for the pages and the API: those of reports that are open to whoever asks.

use chrono_tz::Tz;

use super::sight::Sight;
use crate::access::{Action, Object, Standing};
use crate::definitions::model::ReportId;
use crate::runs::days;
use crate::runs::store::{DeliveryFilter, Store, StoreError};
use crate::web::{DeliveriesAsked, FoundDeliveries};

/// The reports whose runs somebody may see; `None` for all, also those that are no longer there.
pub(super) fn among(standing: &Standing) -> Option<Vec<ReportId>> {
    if standing.viewer().is_operator() {
        return None;
    }
    let open = |id: &&ReportId| standing.may(Action::Schedule, Object::Report(id));
    Some(standing.catalog().reports.keys().filter(open).cloned().collect())
}

/// Of deliveries those that may be told to somebody: what went to whom of bursts names what their data hold.
pub(super) fn told(standing: &Standing, filter: DeliveryFilter) -> DeliveryFilter {
    let among = among(standing);
    let mut sight = Sight::of(standing);
    let copies = among.as_ref().map(|among| {
        let seen = |report: &ReportId| (report.clone(), sight.seen(report).clone());
        among.iter().map(seen).collect()
    });
    DeliveryFilter { among, copies, ..filter }
}

/// The zone that days of what is asked for are counted in. That of a closed report would tell that it is there.
fn zone(standing: &Standing, report: Option<&ReportId>) -> String {
    let catalog = standing.catalog();
    let open = report.filter(|id| standing.may(Action::Schedule, Object::Report(id)));
    let report = open.and_then(|id| catalog.reports.get(id));
    report.map_or_else(|| catalog.usual_zone(), |report| report.time_zone.as_str()).to_owned()
}

/// What somebody looks for, as far as it is open to them.
pub(super) async fn found(
    store: &Store,
    standing: &Standing,
    asked: DeliveriesAsked,
    limit: usize,
) -> Result<FoundDeliveries, StoreError> {
    let DeliveriesAsked { mut filter, from, through } = asked;
    let zone = zone(standing, filter.report.as_ref());
    let days_in: Tz = zone.parse().unwrap_or(Tz::UTC);
    filter.from = from.and_then(|day| days::begins(day, days_in));
    filter.until = through.and_then(|day| days::ends(day, days_in));
    let page = store.search_deliveries(&told(standing, filter), limit).await?;
    Ok(FoundDeliveries { page, zone })
}
