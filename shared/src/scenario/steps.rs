//! The closed list of what a step can do. One file per kind, with its fields and their limits.
//!
//! In TOML a step is `do = "close"`, or `do.send = { text = "hello" }` where it has fields.

pub mod accept;
pub mod check_received;
pub mod close;
pub mod connect;
pub mod disconnect;
pub mod duplicate;
pub mod exit;
pub mod hand_over;
pub mod kill;
pub mod listen;
pub mod receive;
pub mod sample;
pub mod send;
pub mod set_option;
pub mod shutdown;
pub mod sleep;

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de::value::MapAccessDeserializer};

use super::facility::Facility;
use super::time::Span;
use crate::tree::{self, Refused, Value};

/// What must exist before a step of this kind can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    Connection,
    Listener,
}

/// What a kind of step makes that later steps can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Makes {
    Nothing,
    Connection,
    Listener,
}

/// What is the same for every kind of step.
pub trait Kind {
    /// The word after `do`.
    const NAME: &'static str;
    /// What it does, one line for the editor and the reference.
    const HELP: &'static str;

    /// What must exist before it can begin.
    fn needs(&self) -> Needs;

    /// What it makes.
    fn makes(&self) -> Makes {
        Makes::Nothing
    }

    /// What it needs of the kernel that not every machine has.
    fn facilities(&self) -> Vec<Facility> {
        Vec::new()
    }

    /// Checks limits and combinations of fields that the types cannot express.
    ///
    /// # Errors
    /// What was found and what was expected.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// Refuses a time that the kernel would round: it takes whole seconds only.
fn whole_seconds(field: &str, time: Span, least: u64) -> Result<u16, String> {
    const SECOND: u64 = 1_000_000_000;
    let nanos = time.0.0;
    if !nanos.is_multiple_of(SECOND) || nanos < least * SECOND {
        return Err(format!(
            "{field} is {time}, expected whole seconds from {least}s: the kernel takes no parts"
        ));
    }
    Ok(u16::try_from(nanos / SECOND).unwrap_or(u16::MAX))
}

macro_rules! step_kinds {
    ($($variant:ident($module:ident),)*) => {
        /// What a step does.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum StepKind {
            $($variant($module::$variant),)*
        }

        impl StepKind {
            /// Every kind's word and help, in the order of the reference.
            pub const ALL: &[(&'static str, &'static str)] =
                &[$((<$module::$variant as Kind>::NAME, <$module::$variant as Kind>::HELP),)*];
            const NAMES: &[&'static str] = &[$(<$module::$variant as Kind>::NAME,)*];

            /// The word after `do`.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$module::$variant as Kind>::NAME,)* }
            }

            /// What must exist before it can begin.
            pub fn needs(&self) -> Needs {
                match self { $(Self::$variant(kind) => kind.needs(),)* }
            }

            /// What it makes that later steps can name.
            pub fn makes(&self) -> Makes {
                match self { $(Self::$variant(kind) => kind.makes(),)* }
            }

            /// What it needs of the kernel that not every machine has.
            pub fn facilities(&self) -> Vec<Facility> {
                match self { $(Self::$variant(kind) => kind.facilities(),)* }
            }

            pub(super) fn check(&self) -> Result<(), String> {
                match self { $(Self::$variant(kind) => kind.check(),)* }
            }

            /// Each kind's word, help and fields.
            #[cfg(feature = "schema")]
            pub(crate) fn schemas(
                generator: &mut schemars::SchemaGenerator,
            ) -> Vec<(&'static str, &'static str, schemars::Schema)> {
                vec![$((
                    <$module::$variant as Kind>::NAME,
                    <$module::$variant as Kind>::HELP,
                    generator.subschema_for::<$module::$variant>(),
                ),)*]
            }

            fn fields(&self) -> Result<Value, Refused> {
                match self { $(Self::$variant(kind) => tree::from_type(kind),)* }
            }

            fn read<'de, D: Deserializer<'de>>(name: &str, fields: D) -> Result<Self, D::Error> {
                match name {
                    $(<$module::$variant as Kind>::NAME =>
                        $module::$variant::deserialize(fields).map(Self::$variant),)*
                    _ => Err(de::Error::unknown_variant(name, Self::NAMES)),
                }
            }
        }
    };
}

step_kinds! {
    Listen(listen),
    Accept(accept),
    Connect(connect),
    Send(send),
    Receive(receive),
    CheckReceived(check_received),
    Shutdown(shutdown),
    Close(close),
    SetOption(set_option),
    Disconnect(disconnect),
    Duplicate(duplicate),
    HandOver(hand_over),
    Exit(exit),
    Kill(kill),
    Sleep(sleep),
    Sample(sample),
}

impl StepKind {
    /// What stands after `do`: the word, or the word and those of its fields that are needed.
    pub(super) fn to_tree(&self) -> Result<Value, Refused> {
        Ok(Self::compact(&Value::table([(
            self.name(),
            self.fields()?,
        )])))
    }

    /// What stands after `do`, without fields that a step of this kind has anyway.
    ///
    /// A field is needless when the step reads the same without it, whatever its type.
    pub(super) fn compact(does: &Value) -> Value {
        let whole = does.only_field().and_then(|(name, fields)| {
            let kind = Self::read(name, fields.clone()).ok()?;
            Some((name, fields, kind))
        });
        let Some((name, fields, kind)) = whole else {
            return does.clone();
        };
        let is_same = |less: &Value| Self::read(name, less.clone()).is_ok_and(|less| less == kind);
        let needed = fields.clone().without_needless(is_same);
        if needed.is_empty_table() {
            return Value::text(name);
        }
        Value::table([(name, needed)])
    }
}

impl<'de> Deserialize<'de> for StepKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StepVisitor)
    }
}

struct StepVisitor;

impl<'de> Visitor<'de> for StepVisitor {
    type Value = StepKind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step, like `do = \"close\"` or `do.send = { text = \"hello\" }`")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<StepKind, E> {
        let no_fields = de::value::MapDeserializer::new(std::iter::empty::<(&str, &str)>());
        StepKind::read(name, MapAccessDeserializer::new(no_fields))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StepKind, A::Error> {
        let Some(name) = map.next_key::<String>()? else {
            return Err(de::Error::invalid_length(0, &"the name of a step"));
        };
        let kind = map.next_value_seed(Fields(&name))?;
        if let Some(second) = map.next_key::<String>()? {
            return Err(de::Error::custom(format_args!(
                "a step does one thing, found `{name}` and `{second}`"
            )));
        }
        Ok(kind)
    }
}

/// Reads the fields of the step of that name.
struct Fields<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Fields<'_> {
    type Value = StepKind;
    fn deserialize<D: Deserializer<'de>>(self, fields: D) -> Result<StepKind, D::Error> {
        StepKind::read(self.0, fields)
    }
}
