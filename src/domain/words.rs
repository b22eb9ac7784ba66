//! Enums that stand as words in the database, in forms and in the keys of texts.

/// Makes an enum with its words: `ALL`, `word` and `from_word`.
macro_rules! words {
    ($(#[$doc:meta])* $enum:ident { $($(#[$item:meta])* $name:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $enum {
            $($(#[$item])* $name,)*
        }

        impl $enum {
            /// Every one, in the order of lists.
            pub const ALL: &[$enum] = &[$($enum::$name,)*];

            /// The word in the database and in locale keys.
            pub const fn word(self) -> &'static str {
                match self {
                    $($enum::$name => $word,)*
                }
            }

            /// What a word stands for; `None` for any other word.
            pub fn from_word(word: &str) -> Option<$enum> {
                $enum::ALL.iter().copied().find(|it| it.word() == word)
            }
        }
    };
}

pub(super) use words;
