//! Mail addresses, checked once.

use std::str::FromStr;

/// Why something is not a mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a mail address ({reason}); write `kim@example.com` or `김지우 <kim@example.com>`")]
pub struct AddressError {
    /// What was given, cut and without control characters.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

/// A mail address such as `kim@example.com`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(lettre::Address);

impl EmailAddress {
    /// Checks an address without a display name.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let refuse = |reason: String| AddressError {
            text: text.chars().filter(|c| !c.is_control()).take(120).collect(),
            reason,
        };
        if text.len() > 254 {
            return Err(refuse("longer than 254 characters".into()));
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(refuse("it holds a space or a control character".into()));
        }
        lettre::Address::from_str(text).map(Self).map_err(|error| refuse(error.to_string().to_lowercase()))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    /// The part behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    /// For logs: `k…@example.com`.
    pub fn masked(&self) -> String {
        let first = self.0.user().chars().next().map(String::from).unwrap_or_default();
        format!("{first}…@{}", self.0.domain())
    }

    /// Whether both reach the same mailbox as far as a sender can tell: case is ignored.
    pub fn same_mailbox(&self, other: &Self) -> bool {
        self.as_str().eq_ignore_ascii_case(other.as_str())
    }

    pub(super) fn inner(&self) -> &lettre::Address {
        &self.0
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A mail address with the name it is shown under.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Recipient {
    /// The name, if any.
    pub name: Option<String>,
    /// The address.
    pub address: EmailAddress,
}

impl FromStr for Recipient {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let Some((name, address)) = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) else {
            return Ok(Self { name: None, address: EmailAddress::parse(text)? });
        };
        let address = EmailAddress::parse(address.trim())?;
        let name: String = super::parcel::one_line(name.trim().trim_matches('"'));
        Ok(Self { name: (!name.is_empty()).then_some(name), address })
    }
}

impl Recipient {
    pub(super) fn mailbox(&self) -> lettre::message::Mailbox {
        lettre::message::Mailbox::new(self.name.clone(), self.address.inner().clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_korean_name_and_its_address_come_apart() {
        let kim: Recipient = "김지우 <kim@example.com>".parse().unwrap();
        assert_eq!(kim.name.as_deref(), Some("김지우"));
        assert_eq!(kim.address.as_str(), "kim@example.com");
        let bare: Recipient = " kim@example.com ".parse().unwrap();
        assert_eq!(bare.name, None);
        let quoted: Recipient = "\"Kim, Jiwoo\" <kim@example.com>".parse().unwrap();
        assert_eq!(quoted.name.as_deref(), Some("Kim, Jiwoo"));
    }

    #[test]
    fn addresses_that_could_break_a_header_or_command_are_refused() {
        for bad in [
            "",
            "kim",
            "kim@",
            "@example.com",
            "kim@example.com\r\nBcc: eve@example.com",
            "kim@example.com> SIZE=1",
            "a b@example.com",
            "Kim <kim@example.com\r\nX: y>",
        ] {
            assert!(Recipient::from_str(bad).is_err(), "{bad:?} was accepted");
        }
        assert!(EmailAddress::parse(&format!("{}@example.com", "a".repeat(300))).is_err());
    }

    #[test]
    fn a_log_never_shows_the_whole_address() {
        let address = EmailAddress::parse("kim.jiwoo@example.com").unwrap();
        assert_eq!(address.masked(), "k…@example.com");
    }
}
