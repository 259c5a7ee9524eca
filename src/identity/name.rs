//! What users are called.

use super::IdentityError;

/// The name of a user: a mail address or a login name, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserName(String);

impl UserName {
    /// Reads a name; the capitals of ASCII become small. A name with others is none: some of them, such as the sign
    /// of the kelvin, would become letters that make it the name of somebody else.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let name = text.trim().to_ascii_lowercase();
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@' | '\'');
        let begins = name.starts_with(char::is_alphanumeric);
        let is_small = name.to_lowercase() == name;
        if begins && is_small && name.len() <= 128 && name.chars().all(fits) && name.matches('@').count() <= 1
        {
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
        assert_eq!(UserName::parse("\u{e9}mile").unwrap().as_str(), "\u{e9}mile");
        assert_eq!(UserName::parse("김영업").unwrap().as_str(), "김영업");
        for bad in [
            "",
            "\u{212a}im",
            "K\u{130}m",
            "\u{c9}mile",
            "kim lee",
            "kim\r\nX-Groups: admin",
            "<b>",
            "a@b@c",
            "@kim",
            &"a".repeat(129),
            "kim\0",
        ] {
            assert!(UserName::parse(bad).is_err(), "{bad:?}");
        }
    }
}
