//! How recipients leave: a link of their own where they are alone in a mail, else the page where they log in.

use super::Parts;
use super::mail::page;
use crate::runs::store::Delivery;

/// Stands in sealed mails in the place of the link, which is another for each recipient. Nobody has this host.
pub(super) const PLACE: &str = "https://leave.invalid/";

/// Where whoever gets a mail can leave.
#[derive(Debug, Clone, Default)]
pub(super) struct Leave {
    /// The address that stands in the mail; empty where the server's own is not known.
    pub(super) link: String,
    /// Whether one click there is enough, because the mail is for one person only.
    pub(super) is_personal: bool,
}

impl Leave {
    /// Where those of `deliveries`, who get one mail together, can leave.
    pub(super) fn of(parts: &Parts, deliveries: &[Delivery]) -> Self {
        let personal = match (deliveries, &parts.settings.leave_key) {
            ([alone], Some(key)) => page(parts, &["unsubscribe", &key.token(&alone.id)]),
            _ => None,
        };
        let is_personal = personal.is_some();
        let link = personal.or_else(|| page(parts, &["subscriptions"]));
        Self { link: link.map(String::from).unwrap_or_default(), is_personal }
    }

    /// The address of one click, where there is one.
    pub(super) fn one_click(&self) -> Option<String> {
        self.is_personal.then(|| self.link.clone())
    }

    /// A sealed text with the link in its place.
    pub(super) fn in_text(&self, text: &str) -> String {
        text.replace(PLACE, &self.link)
    }

    /// The same in HTML.
    pub(super) fn in_html(&self, html: &str) -> String {
        html.replace(PLACE, &self.link.replace('&', "&amp;").replace('"', "&quot;"))
    }
}

/// That some were left out, for whoever looks at the run.
pub(super) fn told(left: usize) -> String {
    match left {
        1 => "one recipient has unsubscribed and was left out".into(),
        more => format!("{more} recipients have unsubscribed and were left out"),
    }
}
