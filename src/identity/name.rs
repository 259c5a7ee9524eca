//! What users are called.

use super::IdentityError;

/// The name of a user: a mail address or a login name, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserName(String);

impl UserName {
    /// Reads a name; capitals become small.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let name = text.trim().to_lowercase();
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@' | '\'');
        let begins = name.starts_with(char::is_alphanumeric);
        if begins && name.len() <= 128 && name.chars().all(fits) && name.matches('@').count() <= 1 {
            return Ok(Self(name));
        }
        let shown = text.chars().filter(|c| !c.is_control()).take(60).collect();
        Err(IdentityError::Name { name: shown })
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for UserName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for UserName {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_in_lower_case() {
        assert_eq!(UserName::parse(" Kim@Example.com ").unwrap().as_str(), "kim@example.com");
        assert_eq!(UserName::parse("김영업").unwrap().as_str(), "김영업");
        for bad in
            ["", "kim lee", "kim\r\nX-Groups: admin", "<b>", "a@b@c", "@kim", &"a".repeat(129), "kim\0"]
        {
            assert!(UserName::parse(bad).is_err(), "{bad:?}");
        }
    }
}
