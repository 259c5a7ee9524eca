//! The shared credentials file of the AWS tools, for machines that have no other credentials.
//!
//! Environment variables, web identity, container and instance credentials are the object store
//! client's own; this adds `~/.aws/credentials` with static keys, as on a developer's machine.
//! Format: <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>

use std::path::PathBuf;

/// Static keys of a profile.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct ProfileKeys {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: Option<String>,
}

/// The keys of the profile the environment names (`default` otherwise); `None` when the environment
/// has credentials of its own or there is no such file or profile.
pub(super) fn keys(variable: &dyn Fn(&str) -> Option<String>) -> Option<ProfileKeys> {
    const STRONGER: [&str; 4] = [
        "AWS_ACCESS_KEY_ID",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];
    if STRONGER.iter().any(|name| variable(name).is_some()) {
        return None;
    }
    let file = variable("AWS_SHARED_CREDENTIALS_FILE")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(variable("HOME")?).join(".aws/credentials")))?;
    let profile = variable("AWS_PROFILE").unwrap_or_else(|| "default".into());
    parse(&std::fs::read_to_string(file).ok()?, &profile)
}

fn parse(text: &str, profile: &str) -> Option<ProfileKeys> {
    let mut in_profile = false;
    let (mut id, mut secret, mut token) = (None, None, None);
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            in_profile = section.trim() == profile;
        } else if let Some((key, value)) = line.split_once('=').filter(|_| in_profile) {
            let value = Some(value.trim().to_owned());
            match key.trim() {
                "aws_access_key_id" => id = value,
                "aws_secret_access_key" => secret = value,
                "aws_session_token" => token = value,
                _ => {}
            }
        }
    }
    Some(ProfileKeys { access_key_id: id?, secret_access_key: secret?, session_token: token })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# keys\n[default]\naws_access_key_id = A1\naws_secret_access_key=S1\n\n\
        [ reports ]\naws_access_key_id = A2\naws_secret_access_key = S2=with=signs\naws_session_token = T2\n[empty]\n";

    #[test]
    fn a_profile_has_its_own_keys_and_no_others() {
        let found = parse(FILE, "reports").unwrap();
        assert_eq!(found.secret_access_key, "S2=with=signs");
        assert_eq!(found.session_token.as_deref(), Some("T2"));
        assert_eq!(parse(FILE, "default").unwrap().access_key_id, "A1");
        assert!(parse(FILE, "empty").is_none() && parse(FILE, "other").is_none());
    }

    #[test]
    fn credentials_of_the_environment_are_stronger_than_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("credentials");
        std::fs::write(&file, FILE).unwrap();
        let path = file.to_str().unwrap().to_owned();
        let with = |more: &'static [(&'static str, &'static str)]| {
            let path = path.clone();
            keys(&move |name| {
                let found =
                    more.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
                found.or_else(|| (name == "AWS_SHARED_CREDENTIALS_FILE").then(|| path.clone()))
            })
        };
        assert_eq!(with(&[]).map(|keys| keys.access_key_id), Some("A1".into()));
        assert_eq!(with(&[("AWS_PROFILE", "reports")]).map(|keys| keys.access_key_id), Some("A2".into()));
        assert!(with(&[("AWS_ACCESS_KEY_ID", "env")]).is_none());
    }
}
