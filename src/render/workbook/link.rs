//! Addresses as Excel is handed them.

use rust_xlsxwriter::{Format, Worksheet};

use super::WorkbookError;

/// What Excel reads: so many links in a worksheet, each so long.
const MOST: usize = 65_000;
const LONGEST: usize = 2_000;

/// The links of one worksheet.
#[derive(Debug, Default)]
pub(super) struct Links {
    count: usize,
}

impl Links {
    /// Makes a cell with `text` lead to `address`, as far as Excel takes any more.
    pub(super) fn put(
        &mut self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        text: &str,
        address: Option<String>,
        format: &Format,
    ) -> Result<(), WorkbookError> {
        let address = address.and_then(|address| kept(&address));
        let address = address.filter(|address| address.len() <= LONGEST && !text.is_empty());
        let Some(address) = address.filter(|_| self.count < MOST) else { return Ok(()) };
        self.count += 1;
        sheet.write_url_with_options(row, column, address.as_str(), text, "", Some(format))?;
        Ok(())
    }
}

/// The address in a form that the writer hands to Excel as it is; `None` where there is none, because no
/// link is better than a wrong one. The writer tells encoded addresses by `%20` and a few others, and
/// encodes the `%` of those that have none of them once more: there, letters of other scripts stand as
/// they are, as an IRI (RFC 3987) has them.
fn kept(address: &str) -> Option<String> {
    if !address.contains('%') || address.contains("%20") {
        return Some(address.to_owned());
    }
    let decoded = with_letters(address);
    (!decoded.contains('%')).then_some(decoded)
}

/// The address with the encoded letters and digits of other scripts as themselves.
fn with_letters(address: &str) -> String {
    let mut decoded = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(start) = rest.find('%') {
        let (before, from) = rest.split_at(start);
        decoded.push_str(before);
        let bytes: Vec<u8> = from.as_bytes().chunks(3).map_while(encoded).take(4).collect();
        let letter = (2..=bytes.len()).find_map(|length| {
            let text = std::str::from_utf8(&bytes[..length]).ok()?;
            let mut chars = text.chars();
            let letter = chars.next().filter(|c| !c.is_ascii() && c.is_alphanumeric())?;
            chars.next().is_none().then_some((letter, length * 3))
        });
        if let Some((letter, length)) = letter {
            decoded.push(letter);
            rest = &from[length..];
        } else {
            decoded.push('%');
            rest = &from[1..];
        }
    }
    decoded.push_str(rest);
    decoded
}

fn encoded(triple: &[u8]) -> Option<u8> {
    let [b'%', high, low] = triple else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_reach_excel_as_they_are_or_not_at_all() {
        let cases = [
            ("https://a.example/x?b=c", Some("https://a.example/x?b=c")),
            ("https://a.example/%EA%B0%80%20%EB%82%98", Some("https://a.example/%EA%B0%80%20%EB%82%98")),
            ("https://a.example/%EA%B0%95%EB%82%A8?x=%e9%8a%85", Some("https://a.example/강남?x=銅")),
            ("https://a.example/A%2F1", None),
            ("https://a.example/%EA%B0%95%26", None),
            ("https://a.example/%EA%B0", None),
            ("https://a.example/%", None),
        ];
        for (address, expected) in cases {
            assert_eq!(kept(address).as_deref(), expected, "{address}");
        }
    }
}
