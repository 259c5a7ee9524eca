//! Names in paths of the API; one that cannot be a name names nothing.

use std::str::FromStr;

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::definitions::model::{DatasetId, FieldName, PanelId, ReportId};
use crate::web::error::WebError;
use crate::web::names::RecordId;

/// What a path holds in one segment.
pub(super) struct Named<T>(pub(super) T);

/// What it holds in two.
pub(super) struct NamedTwice<A, B>(pub(super) A, pub(super) B);

/// A name that is checked where it comes in.
pub(super) trait PathName: Sized {
    fn of_path(text: &str) -> Option<Self>;
}

macro_rules! path_names {
    ($($type:ty),+) => { $(impl PathName for $type {
        fn of_path(text: &str) -> Option<Self> {
            <$type>::parse(text).ok()
        }
    })+ };
}

path_names!(ReportId, PanelId, DatasetId, FieldName);

impl PathName for RecordId {
    fn of_path(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

/// What is parsed elsewhere: names of users, ids of records.
pub(super) struct Parsed<T>(pub(super) T);

impl<T: FromStr> PathName for Parsed<T> {
    fn of_path(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

impl<S: Send + Sync, T: PathName> FromRequestParts<S> for Named<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let path: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, state).await;
        let Path(text) = path.map_err(|_| WebError::no_page())?;
        T::of_path(&text).map(Self).ok_or_else(WebError::no_page)
    }
}

impl<S: Send + Sync, A: PathName, B: PathName> FromRequestParts<S> for NamedTwice<A, B> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let path: Result<Path<(String, String)>, PathRejection> =
            Path::from_request_parts(parts, state).await;
        let Path((first, second)) = path.map_err(|_| WebError::no_page())?;
        let both = A::of_path(&first).zip(B::of_path(&second));
        both.map(|(first, second)| Self(first, second)).ok_or_else(WebError::no_page)
    }
}
