//! Enums that stand in the store as words.

/// Declares an enum that is stored as text.
macro_rules! stored_enum {
    ($(#[$doc:meta])* $type:ident in $column:literal { $($(#[$case_doc:meta])* $case:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $type {
            $($(#[$case_doc])* $case,)+
        }

        impl $type {
            /// Every case, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$case,)+];

            /// The word in the store, in addresses and in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$case => $text,)+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::store::StoreError;

            fn from_str(text: &str) -> Result<Self, $crate::store::StoreError> {
                match text {
                    $($text => Ok(Self::$case),)+
                    _ => Err($crate::store::StoreError::Unreadable { column: $column, value: text.to_owned() }),
                }
            }
        }
    };
}

pub(crate) use stored_enum;
