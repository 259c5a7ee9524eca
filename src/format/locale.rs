//! The languages the product speaks, and text that is written in several of them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::footnote::with_marks;

/// A language with its conventions for numbers, dates and weeks.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema,
)]
pub enum Locale {
    /// Korean: 만/억/조, ISO weeks from Monday.
    #[default]
    #[serde(rename = "ko")]
    Ko,
    /// English (US): K/M/B, weeks from Sunday.
    #[serde(rename = "en")]
    En,
    /// Traditional Chinese (Hong Kong): 萬/億, weeks from Sunday.
    #[serde(rename = "zh-HK")]
    ZhHk,
}

impl Locale {
    /// Every locale, in the order a menu shows them.
    pub const ALL: [Self; 3] = [Self::Ko, Self::En, Self::ZhHk];

    /// The BCP 47 tag: `ko`, `en` or `zh-HK`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
            Self::ZhHk => "zh-HK",
        }
    }

    /// The name of the language in itself, for a menu.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Ko => "한국어",
            Self::En => "English",
            Self::ZhHk => "繁體中文",
        }
    }

    /// Reads a tag as browsers send it (`ko-KR`, `en-US`, `zh-Hant-HK`, `zh-TW`); `None` for others.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase();
        match tag.split(['-', '_']).next()? {
            "ko" => Some(Self::Ko),
            "en" => Some(Self::En),
            "zh" => Some(Self::ZhHk),
            _ => None,
        }
    }

    /// The first day of the week by convention of the locale.
    pub fn week_start(self) -> chrono::Weekday {
        match self {
            Self::Ko => chrono::Weekday::Mon,
            Self::En | Self::ZhHk => chrono::Weekday::Sun,
        }
    }
}

impl std::fmt::Display for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag())
    }
}

impl std::str::FromStr for Locale {
    type Err = String;

    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        Self::from_tag(tag).ok_or_else(|| format!("no locale `{tag}`; valid locales are ko, en, zh-HK"))
    }
}

/// Text in one language for all, or one text per locale. In a file `[^1]` stands for the raised number of
/// a footnote; here it is ¹.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LocalizedText {
    /// The same text for every locale.
    One(#[serde(deserialize_with = "marked")] String),
    /// A text per locale; a missing one falls back to Korean, then to any.
    PerLocale(#[serde(deserialize_with = "all_marked")] BTreeMap<Locale, String>),
}

fn marked<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(with_marks(&String::deserialize(deserializer)?).into_owned())
}

fn all_marked<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<Locale, String>, D::Error> {
    let texts = BTreeMap::<Locale, String>::deserialize(deserializer)?;
    Ok(texts.into_iter().map(|(locale, text)| (locale, with_marks(&text).into_owned())).collect())
}

impl LocalizedText {
    /// The text for `locale`, or the nearest there is.
    pub fn get(&self, locale: Locale) -> &str {
        match self {
            Self::One(text) => text,
            Self::PerLocale(texts) => texts
                .get(&locale)
                .or_else(|| texts.get(&Locale::Ko))
                .or_else(|| texts.values().next())
                .map_or("", String::as_str),
        }
    }
}

impl From<&str> for LocalizedText {
    fn from(text: &str) -> Self {
        Self::One(text.to_owned())
    }
}
