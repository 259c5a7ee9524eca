//! What every page has around its content.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::address::Address;
pub(super) use super::assets::asset_url;
use super::brand::Brand;
use super::costs::CostWords;
use super::error::WebError;
use super::login::{LoginWords, Presence, SignedIn};
use super::subscriptions::SubscriptionWords;
use super::visitor::{Doors, Theme, Visitor};
use super::words::Words;
use crate::format::Locale;

/// A place in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Reports.
    Reports,
    /// Schedules.
    Schedules,
    /// Runs.
    Runs,
    /// Problems.
    Problems,
    /// Costs.
    Costs,
    /// None of them.
    Elsewhere,
}

/// What stands around the content of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Surroundings {
    /// The site with its navigation.
    #[default]
    Site,
    /// A head that leads nowhere: the page is all that is open.
    Alone,
    /// Nothing: another site has the page inside of its own.
    Bare,
}

/// What every page has around its content.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// The words of the page's language.
    pub(super) words: &'static Words,
    /// The language.
    pub(super) locale: Locale,
    /// The colours.
    pub(super) theme: Theme,
    /// The look of a brand, if there is one.
    pub(super) brand: Option<Brand>,
    /// Where the page stands in the navigation.
    pub(super) place: Place,
    /// The title in the browser's tab.
    pub(super) title: String,
    /// Which parts of the site are open to who looks.
    pub(super) doors: Doors,
    /// What stands around the content.
    surroundings: Surroundings,
    /// Who is there.
    presence: Presence,
    /// Its path.
    path: String,
    /// The rest of its address.
    address: Address,
}

impl Frame {
    /// The frame of the page at `path`.
    pub(super) fn new(
        visitor: &Visitor,
        locale: Locale,
        place: Place,
        title: impl Into<String>,
        path: impl Into<String>,
        address: &Address,
    ) -> Self {
        Self {
            words: Words::of(locale),
            locale,
            theme: visitor.theme,
            doors: visitor.doors,
            brand: None,
            place,
            surroundings: Surroundings::Site,
            presence: visitor.presence.clone(),
            title: title.into(),
            path: path.into(),
            address: address.without("theme").without("complete").without("width"),
        }
    }

    /// The address of the brand's logo, if it has one.
    pub(super) fn brand_logo(&self) -> Option<String> {
        self.brand.as_ref()?.logo_url()
    }

    /// Who is logged in.
    pub(super) fn signed_in(&self) -> Option<&SignedIn> {
        self.presence.signed_in()
    }

    /// Whether there is no login.
    pub(super) fn is_demo(&self) -> bool {
        self.presence == Presence::Demo
    }

    /// The same page with less around it.
    pub(super) fn within(self, surroundings: Surroundings) -> Self {
        Self { surroundings, ..self }
    }

    /// Whether there is a navigation, and a way to the start page.
    pub(super) fn leads_on(&self) -> bool {
        self.surroundings == Surroundings::Site
    }

    /// Whether nothing stands around the content.
    pub(super) fn is_bare(&self) -> bool {
        self.surroundings == Surroundings::Bare
    }

    /// Whether nobody is logged in: the places of the navigation then lead nowhere.
    pub(super) fn is_shut(&self) -> bool {
        self.presence == Presence::Nobody
    }

    /// The words of the login in the page's language.
    pub(super) fn login_words(&self) -> &'static LoginWords {
        LoginWords::of(self.locale)
    }

    /// What the page of costs is called.
    pub(super) fn costs_word(&self) -> &'static str {
        CostWords::of(self.locale).costs
    }

    /// The words of subscriptions in the page's language.
    pub(super) fn subscription_words(&self) -> &'static SubscriptionWords {
        SubscriptionWords::of(self.locale)
    }

    /// The same page in the look of a brand.
    pub(super) fn in_brand(self, brand: Option<Brand>) -> Self {
        Self { brand, ..self }
    }

    /// Tag, own name, address and whether it is the present one, for every language.
    pub(super) fn languages(&self) -> Vec<(&'static str, &'static str, String, bool)> {
        Locale::ALL
            .into_iter()
            .map(|locale| {
                let url = format!("{}{}", self.path, self.address.with("lang", locale.tag()).query());
                (locale.tag(), locale.own_name(), url, locale == self.locale)
            })
            .collect()
    }

    /// Name, label, address and whether it is the present one, for every theme.
    pub(super) fn themes(&self) -> Vec<(&'static str, &'static str, String, bool)> {
        Theme::ALL
            .into_iter()
            .map(|theme| {
                let label = match theme {
                    Theme::System => self.words.theme_system,
                    Theme::Light => self.words.theme_light,
                    Theme::Dark => self.words.theme_dark,
                };
                let url = format!("{}{}", self.path, self.address.with("theme", theme.name()).query());
                (theme.name(), label, url, theme == self.theme)
            })
            .collect()
    }
}

/// A template as a response.
pub(super) fn page(template: &impl Template) -> Result<Response, WebError> {
    Ok(Html(template.render()?).into_response())
}
