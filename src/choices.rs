//! Enumerations whose variants have a key, for flags and links, and a label.

/// Defines such enumerations: attributes, name, and for each variant its key and its label.
macro_rules! choices {
    ($(#[$meta:meta])* $name:ident { $($(#[$own:meta])* $variant:ident $key:literal $label:literal)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$own])* $variant,)* }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),*];

            /// Returns the name that links and the command line use.
            pub fn key(self) -> &'static str {
                match self { $($name::$variant => $key),* }
            }

            /// Returns the choice in a few words.
            pub fn label(self) -> &'static str {
                match self { $($name::$variant => $label),* }
            }

            /// Returns the choice of that name, if there is one.
            pub fn from_key(key: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|choice| choice.key() == key)
            }

            /// Returns keys and labels of all choices.
            #[allow(dead_code)]
            pub fn options() -> Vec<(&'static str, &'static str)> {
                $name::ALL.iter().map(|choice| (choice.key(), choice.label())).collect()
            }
        }
    };
}
pub(crate) use choices;
