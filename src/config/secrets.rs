//! Secrets that definitions name.

/// What the variables of secrets begin with. Only these are read, so that an author of definitions cannot have the
/// server send its other secrets somewhere.
const PREFIX: &str = "JANGPYO_SECRET_";

/// A secret by its name, which is lower-case letters, digits, `-` and `_`: the variable `JANGPYO_SECRET_<NAME>`, or the
/// file that `JANGPYO_SECRET_<NAME>_FILE` names. Read anew each time, so that a file that is changed counts at once. The
/// error says where it was looked for.
pub fn secret(name: &str) -> Result<String, String> {
    find(name, &|variable| std::env::var(variable).ok())
}

fn find(name: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let variable = format!("{PREFIX}{}", name.to_ascii_uppercase().replace('-', "_"));
    let text = match lookup(&format!("{variable}_FILE")) {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| format!("the file of secret `{name}` cannot be read: {error}"))?,
        None => lookup(&variable).unwrap_or_default(),
    };
    match text.trim() {
        "" => Err(format!(
            "there is no secret `{name}`; set {variable}, or {variable}_FILE to the file that holds it"
        )),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_from_a_variable_or_a_file_and_a_missing_one_says_where_it_belongs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, "whsec_x\n").unwrap();
        let lookup = |variable: &str| match variable {
            "JANGPYO_SECRET_CHAT_URL" => Some(" https://chat.example/x ".to_owned()),
            "JANGPYO_SECRET_KEY_FILE" => Some(file.display().to_string()),
            "JANGPYO_SECRET_GONE_FILE" => Some("/no/such/file".to_owned()),
            "PATH" => Some("/bin".to_owned()),
            _ => None,
        };
        assert_eq!(find("chat-url", &lookup).unwrap(), "https://chat.example/x");
        assert_eq!(find("key", &lookup).unwrap(), "whsec_x");
        assert!(find("gone", &lookup).unwrap_err().contains("cannot be read"));
        assert!(find("path", &lookup).unwrap_err().contains("JANGPYO_SECRET_PATH"));
    }
}
