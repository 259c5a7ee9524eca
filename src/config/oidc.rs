//! The provider people sign in with.

use url::Url;

use super::{LoginSettings, LoginWay, Variables};
use crate::identity::oidc::{OidcSettings, Secret};

/// Reads `JANGPYO_OIDC_*`; the provider sends browsers back to `base_url`.
pub(super) fn read(
    variables: &mut Variables<'_>,
    base_url: Option<&Url>,
    login: &LoginSettings,
) -> Option<OidcSettings> {
    let wanted = login.ways.contains(&LoginWay::Oidc);
    let issuer = variables.text("JANGPYO_OIDC_ISSUER");
    let client_id = variables.text("JANGPYO_OIDC_CLIENT_ID");
    let client_secret = variables.text("JANGPYO_OIDC_CLIENT_SECRET").map(Secret::new);
    let more_scopes = variables.list("JANGPYO_OIDC_SCOPES");
    let groups_claim = variables.text("JANGPYO_OIDC_GROUPS_CLAIM");
    let name_claim = variables.text("JANGPYO_OIDC_NAME_CLAIM");
    let more_claims = variables.list("JANGPYO_OIDC_CLAIMS");
    let title = variables.text("JANGPYO_OIDC_TITLE");
    let Some(issuer) = issuer else {
        if client_id.is_some() || client_secret.is_some() {
            variables.problem("JANGPYO_OIDC_ISSUER", "is missing: whose client is this?");
        } else if wanted {
            variables.problem(
                "JANGPYO_OIDC_ISSUER",
                "is needed with `oidc` in JANGPYO_LOGIN: who knows the people?",
            );
        }
        return None;
    };
    if !wanted {
        variables.problem("JANGPYO_OIDC_ISSUER", "is given, but JANGPYO_LOGIN does not name `oidc`");
    }
    let Some(client_id) = client_id else {
        variables.problem("JANGPYO_OIDC_CLIENT_ID", "is needed with JANGPYO_OIDC_ISSUER");
        return None;
    };
    let Some(base_url) = base_url else {
        variables.problem(
            "JANGPYO_BASE_URL",
            "is needed with JANGPYO_OIDC_ISSUER: where the provider sends browsers back to",
        );
        return None;
    };
    let settings = OidcSettings::new(&issuer, &client_id, base_url.clone());
    let settings = settings.map_err(|problem| variables.problem("JANGPYO_OIDC_ISSUER", problem)).ok()?;
    Some(OidcSettings {
        client_secret,
        more_scopes: more_scopes.unwrap_or(settings.more_scopes),
        groups_claim: groups_claim.unwrap_or(settings.groups_claim),
        name_claim,
        title: title.unwrap_or_else(|| settings.title.clone()),
        more_claims: more_claims.unwrap_or_default(),
        ..settings
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)], base_url: Option<&str>) -> (Option<OidcSettings>, String) {
        let lookup =
            |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let mut variables = Variables::new(&lookup);
        let base_url = base_url.map(|url| url.parse().unwrap());
        let login = crate::config::login::read(&mut variables);
        let settings = read(&mut variables, base_url.as_ref(), &login);
        (settings, variables.finish().map_or_else(|error| error.to_string(), |()| String::new()))
    }

    #[test]
    fn what_is_missing_or_open_is_told() {
        let (issuer, id) =
            (("JANGPYO_OIDC_ISSUER", "https://id.example"), ("JANGPYO_OIDC_CLIENT_ID", "jangpyo"));
        let (base, way) = (Some("https://reports.example"), ("JANGPYO_LOGIN", "oidc"));
        for (pairs, base, expected) in [
            (&[way, id][..], base, "whose client"),
            (&[way], base, "is needed with `oidc`"),
            (&[way, issuer], base, "JANGPYO_OIDC_CLIENT_ID: is needed"),
            (&[way, issuer, id], None, "JANGPYO_BASE_URL: is needed"),
            (&[way, ("JANGPYO_OIDC_ISSUER", "http://id.example"), id], base, "is not encrypted"),
            (&[way, ("JANGPYO_OIDC_ISSUER", "id.example"), id], base, "is no address"),
        ] {
            let (settings, problems) = given(pairs, base);
            assert!(settings.is_none() && problems.contains(expected), "{pairs:?}: {problems}");
        }
        assert_eq!(given(&[], None).1, "");
        let (settings, problems) = given(&[way, issuer, id, ("JANGPYO_OIDC_SCOPES", "email, groups")], base);
        assert_eq!(settings.as_ref().unwrap().title, "id.example");
        let (named, _) = given(&[way, issuer, id, ("JANGPYO_OIDC_TITLE", "한빛 계정")], base);
        assert_eq!(named.unwrap().title, "한빛 계정");
        assert!(given(&[issuer, id], base).1.contains("JANGPYO_LOGIN does not name `oidc`"));
        assert_eq!(
            (settings.unwrap().more_scopes.join(" "), problems),
            ("email groups".into(), String::new())
        );
    }
}
