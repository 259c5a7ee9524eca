//! What attackers put where a value is expected.

/// A word that stands in every payload with markup, and nowhere else.
pub(crate) const PROBE: &str = "xssprobe";

/// What template languages would make of the payloads that multiply.
pub(super) const PRODUCT: &str = "3810716357";

/// Markup, for every place of a page that a value could get out of.
pub(crate) const MARKUP: [&str; 29] = [
    "<xssprobe a=1>",
    "<script>xssprobe()</script>",
    "\"><script>xssprobe()</script>",
    "'><img src=x onerror=xssprobe()>",
    "\" onmouseover=\"xssprobe()\" x=\"",
    "' onfocus='xssprobe()' autofocus x='",
    " onfocus=xssprobe() autofocus ",
    "javascript:xssprobe()",
    " \u{1}JaVaScRiPt:xssprobe()//",
    "java\tscript:xssprobe()",
    "data:text/html,<script>xssprobe()</script>",
    "<svg/onload=xssprobe()>",
    "<svg><animate onbegin=xssprobe() attributeName=x></svg>",
    "</title><script>xssprobe()</script>",
    "</textarea><script>xssprobe()</script>",
    "</style><script>xssprobe()</script>",
    "--><script>xssprobe()</script>",
    "]]><script>xssprobe()</script>",
    "{\"a\":\"</script><script>xssprobe()</script>\"}",
    "\\u003cscript\\u003exssprobe()\\u003c/script\\u003e",
    "&lt;script&gt;xssprobe()&lt;/script&gt;",
    "+ADw-script+AD4-xssprobe()",
    "<iframe srcdoc=\"<script>xssprobe()</script>\">",
    "<math><mtext><img src=x onerror=xssprobe()>",
    "<a href=javascript:xssprobe()>x</a>",
    "{{61733*61729}}<xssprobe>",
    "${61733*61729}{{constructor.constructor('xssprobe()')()}}",
    "<%= 61733*61729 %>#{61733*61729}",
    "{% include \"/etc/passwd\" %}<xssprobe>",
];

/// What spreadsheets would compute.
pub(super) const FORMULAS: [&str; 6] = [
    "=HYPERLINK(\"http://evil.example\")",
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
];

/// Values that are encoded on their way.
const VALUES: [&str; 73] = [
    // Lines that would become headers.
    "x\r\nx-injected: 1",
    "x\nx-injected: 1",
    "x\rset-cookie: injected=1",
    "x\r\n\r\n<script>xssprobe()</script>",
    "x\u{560a}\u{560d}x-injected: 1",
    "x\u{2028}x-injected: 1\u{2029}",
    // Paths.
    "../../../../../../../../etc/passwd",
    "..\\..\\..\\..\\etc\\passwd",
    "....//....//....//etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "..;/..;/..;/etc/passwd",
    "../../Cargo.toml",
    "../access.yaml",
    "../../../../../../etc/passwd\0.pdf",
    "//evil.example/",
    "/\\evil.example/",
    "https://evil.example/",
    "http://169.254.169.254/latest/meta-data/",
    // Characters that are not meant to be seen.
    "\0",
    "a\0b",
    "\u{1}\u{2}\u{1b}[31m\u{7}",
    "\u{7f}\u{b}\u{c}\u{85}",
    "\u{202e}fdp.exe\u{202c}",
    "\u{2066}a\u{2069}\u{200f}\u{feff}\u{200b}",
    "Z\u{310}\u{313}\u{314}\u{315}\u{31a}\u{33d}\u{489}",
    "\u{ffff}\u{fffe}\u{10ffff}",
    "👨‍👩‍👧‍👦\u{e0067}\u{e007f}",
    // SQL: quotes, comments, unions, statements one after another, time.
    "'",
    "\"",
    "`",
    "\\",
    "''",
    "' or '1'='1",
    "1 or 1=1",
    "') or ('1'='1",
    "1/**/or/**/1=1 --",
    "'; drop table users; --",
    "' union select null, null, null, null --",
    "' union all select name, sql from pg_tables --",
    "'||(select 1)||'",
    "1; select pg_sleep(60) --",
    "'; select pg_sleep(60); --",
    "'||(select 1 from pg_sleep(60))||'",
    "1 and 1=like('abc',upper(hex(randomblob(900000000))))",
    "' and 1=randomblob(900000000) --",
    "'; waitfor delay '0:0:60' --",
    "%",
    "_%",
    "$1",
    "?1",
    ":name",
    // Numbers and dates that are none, or too much.
    "-1",
    "0",
    "1e999",
    "NaN",
    "-Infinity",
    "9223372036854775808",
    "18446744073709551616",
    "٣",
    "0x41",
    "+262142-12-31",
    "-262143-01-01..+262142-12-31",
    "9999-12-31..0001-01-01",
    "0000-00-00",
    "2026-02-30",
    "last_99999999999_days",
    // Other languages that could listen.
    "$(id)",
    "`id`|id;id",
    "${jndi:ldap://127.0.0.1:1/a}",
    "__proto__",
    "*)(uid=*))(|(uid=*",
    "",
];

/// What stands in the request as it is: encoded twice, encoded wrongly, not encoded.
const RAW: [&str; 25] = [
    "%0d%0ax-injected:%201",
    "%250d%250ax-injected:%201",
    "%E5%98%8A%E5%98%8Dx-injected:%201",
    "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "%252e%252e%252f%252e%252e%252fetc%252fpasswd",
    "..%252f..%252fetc%252fpasswd",
    "%c0%ae%c0%ae%c0%af%c0%ae%c0%ae%c0%afetc%c0%afpasswd",
    "..%c0%af..%c0%afetc%c0%afpasswd",
    "..%5c..%5c..%5cetc%5cpasswd",
    "%5c%5cevil.example",
    "..\\..\\etc\\passwd",
    "%00",
    "%ff%fe",
    "%f5%80%80%80",
    "%ed%a0%80",
    "%e3%81",
    "%",
    "%zz",
    "%u003cscript%u003e",
    "%253Cscript%253Exssprobe()%253C/script%253E",
    "\"onmouseover=\"xssprobe()",
    "{xssprobe}",
    ";jsessionid=1?a#b",
];

/// A hostile value.
#[derive(Debug, Clone)]
pub(super) struct Payload {
    /// What the server is to understand.
    pub(super) value: Vec<u8>,
    /// The same as it stands in an address or a form.
    pub(super) encoded: Vec<u8>,
}

impl Payload {
    fn of(value: impl Into<Vec<u8>>) -> Self {
        let value = value.into();
        Self { encoded: encoded(&value), value }
    }

    pub(super) fn raw(text: &str) -> Self {
        Self { value: text.into(), encoded: text.into() }
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.value).into_owned()
    }

    /// Whether it can be a header's value: what ends a line there is another header of our own.
    pub(super) fn fits_header(&self) -> bool {
        !self.value.iter().any(|byte| matches!(byte, b'\r' | b'\n')) && self.value.len() < 10_000
    }
}

/// All of them.
pub(super) fn all() -> Vec<Payload> {
    let texts = MARKUP.iter().chain(&FORMULAS).chain(&VALUES).map(|text| Payload::of(*text));
    let long =
        ["a".repeat(4_000), "<b>".repeat(1_000), "'".repeat(2_000), "[".repeat(4_000), "가".repeat(700)];
    let longest = ["../".repeat(3_000), "a".repeat(15_000)];
    let wrong: [&[u8]; 3] = [b"\xff\xfe", b"\xc0\xaf..\xc0\xaf", b"ok\xe3\x81"];
    texts
        .chain(RAW.iter().map(|text| Payload::raw(text)))
        .chain(long.into_iter().chain(longest).map(Payload::of))
        .chain(wrong.into_iter().map(Payload::of))
        .collect()
}

/// Percent-encoding of all that is not a letter or a digit.
pub(super) fn encoded(value: &[u8]) -> Vec<u8> {
    url::form_urlencoded::byte_serialize(value).collect::<String>().replace('+', "%20").into_bytes()
}
