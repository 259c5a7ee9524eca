//! Mail addresses.

use lettre::message::Mailbox;

use super::Findings;
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::definitions::policy::Policy;

/// The most recipients of one delivery.
pub(super) const LIMIT: usize = 500;

/// An address mail may be sent to; gives its normal form, to find doubles.
pub(super) fn check(
    text: &str,
    path: &FieldPath,
    policy: &Policy,
    findings: &mut Findings<'_>,
) -> Option<String> {
    let mailbox = address(text, path, findings)?;
    let domain = mailbox.email.domain();
    if !policy.allows_domain(domain) {
        let allowed = policy.allowed_recipient_domains.as_deref().unwrap_or_default();
        let help = if allowed.is_empty() {
            "the server's settings allow no recipient domain; ask whoever runs it".into()
        } else {
            let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
            format!("allowed: {}; whoever runs the server can add others", names::list(&allowed))
        };
        let message = format!("mail to `{}` is not allowed", names::printable(domain));
        findings.error(path, "recipient_not_allowed", message, help);
    }
    Some(mailbox.email.to_string().to_lowercase())
}

/// An address of any domain, such as one that answers go to.
pub(super) fn address(text: &str, path: &FieldPath, findings: &mut Findings<'_>) -> Option<Mailbox> {
    let help = "write `kim@example.com` or `김지우 <kim@example.com>`".to_owned();
    // A line break here would let an author write headers of their own.
    if text.chars().any(char::is_control) {
        findings.error(
            path,
            "control_character",
            "an address cannot contain line breaks or control characters",
            help,
        );
        return None;
    }
    match text.parse::<Mailbox>() {
        Ok(mailbox) if mailbox.email.domain().starts_with('[') => {
            findings.error(
                path,
                "bad_address",
                "an address needs a domain name, not a network address",
                help,
            );
            None
        }
        Ok(mailbox) => Some(mailbox),
        Err(_) => {
            findings.error(
                path,
                "bad_address",
                format!("`{}` is not a mail address", names::printable(text)),
                help,
            );
            None
        }
    }
}
