//! Where members of a dimension lead to: an address with the names of dimensions in braces.

use url::Url;

use super::model::FieldName;

/// A `link:` that was read. What it is filled with can only be a part of the path, the query or the
/// fragment: neither the scheme nor the host comes from data, except where the whole address does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTemplate {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Field(FieldName),
}

impl LinkTemplate {
    /// Reads an address; the problem says what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, from)) = rest.split_once('{') {
            let (name, after) =
                from.split_once('}').ok_or_else(|| "a brace is opened and not closed".to_owned())?;
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            let name = name.trim();
            let field =
                FieldName::parse(name).map_err(|_| format!("`{{{name}}}` is no name of a dimension"))?;
            pieces.push(Piece::Field(field));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("an address holds no spaces".to_owned());
        }
        let start = match pieces.as_slice() {
            [Piece::Field(_)] => return Ok(Self { pieces }),
            [Piece::Text(start), ..] => start.to_ascii_lowercase(),
            _ => return Err("data may not choose where an address leads to".to_owned()),
        };
        let whole = pieces.len() == 1;
        let path = start.strip_prefix("https://").or_else(|| start.strip_prefix("http://"));
        if let Some(path) = path {
            let has_host = path.find(['/', '?', '#']).map_or(whole && !path.is_empty(), |end| end > 0);
            let is_address = Url::parse(&start).is_ok_and(|url| url.host_str().is_some());
            return if has_host && is_address {
                Ok(Self { pieces })
            } else {
                Err("write the host and a `/` before the first brace".to_owned())
            };
        }
        if start.starts_with("mailto:") || is_own_path(&start) {
            return Ok(Self { pieces });
        }
        Err("an address begins with `https://`, `http://`, `mailto:`, or `/` for a page of this server, or \
             is a whole column such as `{url}`"
            .to_owned())
    }

    /// The dimensions it names.
    pub fn fields(&self) -> impl Iterator<Item = &FieldName> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Field(field) => Some(field),
            Piece::Text(_) => None,
        })
    }

    /// The address with values in it, percent-encoded; `None` where one is missing, or where the address is
    /// a value that is none of the web.
    pub fn fill(&self, value: impl Fn(&FieldName) -> Option<String>) -> Option<String> {
        if let [Piece::Field(field)] = self.pieces.as_slice() {
            let url = Url::parse(value(field)?.trim()).ok()?;
            return (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| url.into());
        }
        let mut address = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => address.push_str(text),
                Piece::Field(field) => encode(&value(field)?, &mut address),
            }
        }
        // An empty value must not make a path of another host.
        (!address.starts_with('/') || is_own_path(&address)).then_some(address)
    }
}

/// Whether an address is a path of this server and not, as `//host` is, one of another.
fn is_own_path(address: &str) -> bool {
    address.strip_prefix('/').is_some_and(|rest| !rest.starts_with(['/', '\\']))
}

/// All but the unreserved characters of RFC 3986 as `%XX`.
fn encode(value: &str, out: &mut String) {
    use std::fmt::Write as _;
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to memory does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, value: &str) -> Option<String> {
        LinkTemplate::parse(template).unwrap().fill(|_| Some(value.to_owned()))
    }

    #[test]
    fn values_are_encoded_and_cannot_leave_their_place() {
        let address = filled("https://erp.example/orders/{order_id}", "A/1 ?x=가&\"").unwrap();
        assert_eq!(address, "https://erp.example/orders/A%2F1%20%3Fx%3D%EA%B0%80%26%22");
        assert_eq!(filled("mailto:{mail}", "a@b.example").unwrap(), "mailto:a%40b.example");
        assert_eq!(
            filled("/reports/store?store={store}", "강남").unwrap(),
            "/reports/store?store=%EA%B0%95%EB%82%A8"
        );
        assert_eq!(filled("/{a}/x", ""), None, "`//x` is another host");
        assert_eq!(LinkTemplate::parse("/a/{b}").unwrap().fill(|_| None), None);
    }

    #[test]
    fn a_whole_column_is_an_address_only_where_it_is_one_of_the_web() {
        assert_eq!(filled("{url}", "https://a.example/x").unwrap(), "https://a.example/x");
        for value in ["javascript:alert(1)", "data:text/html,x", "//a.example", "a.example", "", "https://"] {
            assert_eq!(filled("{url}", value), None, "{value}");
        }
    }

    #[test]
    fn other_schemes_and_hosts_from_data_are_refused() {
        for template in [
            "javascript:alert({id})",
            "ftp://a.example/{id}",
            "https://{host}/x",
            "https://a.example{id}",
            "https:///{id}",
            "//a.example/{id}",
            "/\\a.example/{id}",
            "{a}{b}",
            "{a}/x",
            "orders/{id}",
            "https://a.example/{id",
            "https://a.example/{1 2}",
            "https://a.example/ {id}",
            "",
        ] {
            assert!(LinkTemplate::parse(template).is_err(), "{template}");
        }
    }
}
