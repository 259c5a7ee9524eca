//! What the provider says about somebody, as a [`Person`].

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::OidcError;
use super::settings::OidcSettings;
use crate::access::Person;

/// Claims by name.
pub(super) type Claims = Map<String, Value>;

/// No mail address is longer.
const NAME_BYTES: usize = 254;
/// Far more than anybody is in; what is beyond is a mistake of the mapping.
const MOST_VALUES: usize = 5_000;

/// A claim by its name, which may hold dots itself, or by a path into objects.
fn find<'a>(claims: &'a Claims, path: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(path) {
        return Some(value).filter(|value| !value.is_null());
    }
    // The longest name that is there first: `https://example.com/roles.list` has dots of its own.
    let dots: Vec<usize> = path.match_indices('.').map(|(place, _)| place).collect();
    dots.into_iter().rev().find_map(|place| {
        let inner = claims.get(&path[..place])?.as_object()?;
        find(inner, &path[place + 1..])
    })
}

/// Text, numbers and booleans, alone or in a list; what is nested deeper has no meaning for roles.
fn values(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => {
            vec![text.trim().to_owned()].into_iter().filter(|text| !text.is_empty()).collect()
        }
        Value::Number(number) => vec![number.to_string()],
        Value::Bool(flag) => vec![flag.to_string()],
        Value::Array(list) => {
            let flat = list.iter().filter(|value| !value.is_array()).flat_map(values);
            flat.take(MOST_VALUES).collect()
        }
        Value::Null | Value::Object(_) => Vec::new(),
    }
}

/// Whether the provider should be asked for more than the ID token says.
pub(super) fn is_incomplete(claims: &Claims, settings: &OidcSettings) -> bool {
    let names: &[&str] = match &settings.name_claim {
        Some(name) => &[name.as_str()],
        None => &["email", "preferred_username"],
    };
    let wanted = settings.more_claims.iter().chain([&settings.groups_claim]);
    !names.iter().any(|name| find(claims, name).is_some())
        || wanted.into_iter().any(|claim| find(claims, claim).is_none())
}

/// Adds what the ID token does not say. The ID token is signed, so it wins.
pub(super) fn merge(claims: &mut Claims, more: Claims) -> Result<(), OidcError> {
    // Core 1.0, section 5.3.2: else somebody could come with another's access token.
    if more.get("sub").and_then(Value::as_str) != claims.get("sub").and_then(Value::as_str) {
        return Err(OidcError::BadClaims("the user info is about somebody else (`sub`)".into()));
    }
    // Whether an address is verified is said beside it.
    if more.contains_key("email") && !claims.contains_key("email") {
        claims.remove("email_verified");
    }
    for (name, value) in more {
        claims.entry(name).or_insert(value);
    }
    Ok(())
}

/// The person of verified claims.
pub(super) fn person(claims: &Claims, settings: &OidcSettings) -> Result<Person, OidcError> {
    let groups = find(claims, &settings.groups_claim);
    if groups.is_none() {
        tell_missing_groups(claims, settings);
    }
    let groups: BTreeSet<String> = groups.map(values).unwrap_or_default().into_iter().collect();
    let more = settings.more_claims.iter().filter_map(|name| {
        let values = values(find(claims, name)?);
        (!values.is_empty()).then(|| (name.clone(), values))
    });
    Ok(Person { name: name(claims, settings)?, groups, claims: more.collect::<BTreeMap<_, _>>() })
}

/// Entra leaves groups out of tokens when there are too many, and says so in its own way.
fn tell_missing_groups(claims: &Claims, settings: &OidcSettings) {
    let claim = &settings.groups_claim;
    if claims.get("_claim_names").and_then(|names| names.get(claim)).is_some() {
        tracing::warn!(
            claim,
            "the provider leaves groups out because there are too many; let it send only those that are \
             assigned to the application"
        );
    } else {
        tracing::debug!(claim, "the provider says nothing about groups (JANGPYO_OIDC_GROUPS_CLAIM)");
    }
}

fn name(claims: &Claims, settings: &OidcSettings) -> Result<String, OidcError> {
    let text =
        |claim: &str| find(claims, claim).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let found = match &settings.name_claim {
        Some(claim) => text(claim).ok_or_else(|| {
            OidcError::BadClaims(format!("there is no `{claim}`, which JANGPYO_OIDC_NAME_CLAIM names"))
        })?,
        None => usual_name(claims, text)?,
    };
    // Also where the settings name the claim: who may write any address could take anybody's.
    if found.contains('@') && is_denied(claims) {
        return Err(OidcError::BadClaims("the name is a mail address that is not verified".into()));
    }
    // Only ASCII is folded: some other capitals would become the letters of somebody else's name.
    let name = found.trim().to_ascii_lowercase();
    if name.len() > NAME_BYTES || name.chars().any(char::is_control) || name.to_lowercase() != name {
        return Err(OidcError::BadClaims("the name is no name".into()));
    }
    Ok(name)
}

/// Whether the provider says that it has not verified the mail address. Some write `"false"`.
fn is_denied(claims: &Claims) -> bool {
    claims
        .get("email_verified")
        .is_some_and(|verified| verified == &Value::Bool(false) || verified.as_str() == Some("false"))
}

/// A mail address that the provider does not call unverified, else a user name, else the subject.
fn usual_name<'a>(claims: &Claims, text: impl Fn(&str) -> Option<&'a str>) -> Result<&'a str, OidcError> {
    let denied = is_denied(claims);
    let address = text("email").filter(|_| !denied);
    // Who may write any address could also write it as a user name.
    let user = || text("preferred_username").filter(|user| !(denied && user.contains('@')));
    address
        .or_else(user)
        .or_else(|| text("sub"))
        .ok_or_else(|| OidcError::BadClaims("there is no `sub`".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn settings() -> OidcSettings {
        OidcSettings::new("https://id.example", "jangpyo", "https://reports.example".parse().unwrap())
            .unwrap()
    }

    fn claims(value: Value) -> Claims {
        serde_json::from_value(value).unwrap()
    }

    fn named(value: Value) -> String {
        person(&claims(value), &settings()).unwrap().name
    }

    #[test]
    fn the_name_is_one_that_nobody_else_can_take() {
        assert_eq!(named(json!({"sub": "1", "email": " Kim@Example.com "})), "kim@example.com");
        assert_eq!(
            named(json!({"sub": "1", "email": "kim@example.com", "email_verified": true})),
            "kim@example.com"
        );
        for denied in [json!(false), json!("false")] {
            let with = |user: &str| {
                named(
                    json!({"sub": "1", "email": "ceo@example.com", "email_verified": denied, "preferred_username": user}),
                )
            };
            assert_eq!(with("Kim"), "kim");
            assert_eq!(with("ceo@example.com"), "1", "an address that is not proven, in other clothes");
        }
        assert_eq!(named(json!({"sub": "1", "preferred_username": "kim@corp.example"})), "kim@corp.example");
        let settings = OidcSettings { name_claim: Some("upn".into()), ..settings() };
        let upn = |value| person(&claims(value), &settings).map(|person| person.name);
        assert_eq!(upn(json!({"sub": "1", "upn": "KIM"})).unwrap(), "kim");
        assert!(upn(json!({"sub": "1", "email": "kim@example.com"})).is_err(), "nothing else stands in");
        assert!(upn(json!({"upn": "a\nb"})).is_err());
        assert!(upn(json!({"upn": "\u{212a}im"})).is_err(), "the sign of the kelvin is no k");
        assert!(upn(json!({"upn": "ceo@example.com", "email_verified": false})).is_err());
        assert!(upn(json!({"upn": "kim", "email_verified": false})).is_ok(), "no address");
        assert!(upn(json!({"upn": "a".repeat(300)})).is_err());
    }

    #[test]
    fn groups_are_found_where_providers_put_them() {
        let groups = |claim: &str, value: Value| {
            let settings = OidcSettings { groups_claim: claim.into(), ..settings() };
            let mut value = claims(value);
            value.insert("sub".into(), json!("1"));
            person(&value, &settings).unwrap().groups.into_iter().collect::<Vec<_>>()
        };
        assert_eq!(groups("groups", json!({"groups": ["b", "a", "a", ""]})), ["a", "b"]);
        assert_eq!(groups("groups", json!({"groups": "sales"})), ["sales"]);
        assert_eq!(groups("groups", json!({"groups": [1, true, null, {"x": 1}, ["y"]]})), ["1", "true"]);
        assert_eq!(groups("realm_access.roles", json!({"realm_access": {"roles": ["x"]}})), ["x"]);
        let dotted = "https://example.com/claims.roles";
        assert_eq!(groups(dotted, json!({dotted: ["y"]})), ["y"]);
        assert_eq!(groups(dotted, json!({"https://example.com/claims": {"roles": ["z"]}})), ["z"]);
        let resource = "resource_access.reports.example.com.roles";
        assert_eq!(
            groups(resource, json!({"resource_access": {"reports.example.com": {"roles": ["w"]}}})),
            ["w"]
        );
        assert!(groups("groups", json!({"groups": null})).is_empty());
        assert!(groups("a.b.c", json!({"a": {"b": "c"}})).is_empty());
    }

    #[test]
    fn named_claims_become_texts() {
        let settings = OidcSettings {
            more_claims: ["country", "level", "stores", "active", "absent", "nested"]
                .map(String::from)
                .to_vec(),
            ..settings()
        };
        let told = claims(
            json!({"sub": "1", "country": "KR", "level": 3, "stores": ["S1", 2], "active": false, "nested": {}}),
        );
        let person = person(&told, &settings).unwrap();
        let expected = [
            ("active", vec!["false"]),
            ("country", vec!["KR"]),
            ("level", vec!["3"]),
            ("stores", vec!["S1", "2"]),
        ];
        let found: Vec<(&str, Vec<&str>)> = person
            .claims
            .iter()
            .map(|(name, values)| (name.as_str(), values.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn user_info_adds_and_never_changes() {
        let mut told = claims(json!({"sub": "1", "email": "kim@example.com", "email_verified": false}));
        merge(&mut told, claims(json!({"sub": "1", "email": "ceo@example.com", "groups": ["a"]}))).unwrap();
        assert_eq!((&told["email"], &told["groups"]), (&json!("kim@example.com"), &json!(["a"])));
        // An address is as good as what is said beside it, or what anybody denies.
        for (token, info) in [
            (
                json!({"sub": "1", "email_verified": true}),
                json!({"sub": "1", "email": "k@x", "email_verified": false}),
            ),
            (json!({"sub": "1", "email": "k@x"}), json!({"sub": "1", "email_verified": false})),
        ] {
            let mut told = claims(token);
            merge(&mut told, claims(info)).unwrap();
            assert_eq!(person(&told, &settings()).unwrap().name, "1", "{told:?}");
        }
        for other in [json!({"sub": "2"}), json!({})] {
            assert!(merge(&mut told, claims(other)).is_err());
        }
    }
}
