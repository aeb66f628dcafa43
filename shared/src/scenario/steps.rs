//! The closed list of what a step can do. One file per kind, with its fields and their limits.
//!
//! In TOML a step is `do = "close"`, or `do.send = { text = "hello" }` where it has fields.

pub mod accept;
pub mod add_address;
pub mod add_rule;
pub mod check_received;
pub mod close;
pub mod connect;
pub mod connect_unix;
pub mod destroy;
pub mod disconnect;
pub mod duplicate;
pub mod exit;
pub mod forge;
pub mod forget_nat;
pub mod hand_over;
pub mod kill;
pub mod limit_descriptors;
pub mod listen;
pub mod listen_unix;
pub mod receive;
pub mod remove_address;
pub mod remove_rule;
pub mod sample;
pub mod send;
pub mod set_link;
pub mod set_option;
pub mod set_sysctl;
pub mod shutdown;
pub mod sleep;

use std::fmt;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::facility::Facility;
use super::field::{Field, Presence};
use super::time::Span;
use crate::tree::{self, Refused, Value};

/// What must exist before a step of this kind can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    Connection,
    Listener,
    /// A connection of any endpoint: `outside` has none of its own.
    AnyConnection,
    /// A listener of any endpoint.
    AnyListener,
    /// A firewall rule that was added before.
    Rule,
}

/// Who may take a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    Endpoint,
    /// The reserved actor `outside`.
    Outside,
    Either,
}

/// What a kind of step makes that later steps can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Makes {
    Nothing,
    Connection,
    Listener,
    Rule,
}

/// What is the same for every kind of step.
pub trait Kind {
    /// The word after `do`.
    const NAME: &'static str;
    /// What it does, one line for the editor and the reference.
    const HELP: &'static str;
    /// Its fields, in the order of a form.
    const FIELDS: &'static [Field];
    /// Who may take it.
    const ACTOR: Actor = Actor::Endpoint;

    /// What must exist before it can begin.
    fn needs(&self) -> Needs;

    /// What it makes.
    fn makes(&self) -> Makes {
        Makes::Nothing
    }

    /// The endpoint that it is done to, which must be one of the scenario's.
    fn names(&self) -> Option<&str> {
        None
    }

    /// Whether it must know what has passed on a connection, which only `order = "listed"` can tell.
    fn follows_connection(&self) -> bool {
        false
    }

    /// What it needs of the kernel that not every machine has.
    fn facilities(&self) -> Vec<Facility> {
        Vec::new()
    }

    /// How long it may take, if it says so.
    fn timeout(&self) -> Option<Span> {
        None
    }

    /// Refuses what an `AF_UNIX` socket does not have: what only TCP knows.
    ///
    /// # Errors
    /// What was found and what was expected.
    fn on_unix(&self) -> Result<(), String> {
        Ok(())
    }

    /// Checks limits and combinations of fields that the types cannot express.
    ///
    /// # Errors
    /// What was found and what was expected.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// A kind of step as the editor and the reference list it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindOfStep {
    /// The word after `do`.
    pub name: &'static str,
    /// What it does, one line.
    pub help: &'static str,
    /// Its fields, in the order of a form.
    pub fields: &'static [Field],
}

impl KindOfStep {
    /// The kind of that name.
    pub fn of(name: &str) -> Option<&'static Self> {
        StepKind::ALL.iter().find(|kind| kind.name == name)
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The step's line to begin with, `do = "close"` or `do.send = { text = "hello" }`: with every field that
    /// must be there, and the first of those of which one must.
    pub fn first_text(&self) -> String {
        let mut words = Vec::new();
        let mut fields = String::new();
        for field in self.fields {
            let is_wanted = match field.presence {
                Presence::Required => true,
                Presence::Optional => false,
                Presence::OneOf(word) => !words.contains(&word),
            };
            if is_wanted {
                if let Presence::OneOf(word) = field.presence {
                    words.push(word);
                }
                let comma = if fields.is_empty() { "" } else { "," };
                for part in [comma, " ", field.name, " = ", &field.first_value()] {
                    fields.push_str(part);
                }
            }
        }
        if fields.is_empty() {
            return format!("do = \"{}\"", self.name);
        }
        format!("do.{} = {{{fields} }}", self.name)
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
            /// Every kind, in the order of the reference.
            pub const ALL: &[KindOfStep] = &[$(KindOfStep {
                name: <$module::$variant as Kind>::NAME,
                help: <$module::$variant as Kind>::HELP,
                fields: <$module::$variant as Kind>::FIELDS,
            },)*];
            const NAMES: &[&'static str] = &[$(<$module::$variant as Kind>::NAME,)*];

            /// The word after `do`.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$module::$variant as Kind>::NAME,)* }
            }

            /// Who may take it.
            pub const fn actor(&self) -> Actor {
                match self { $(Self::$variant(_) => <$module::$variant as Kind>::ACTOR,)* }
            }

            /// The endpoint that it is done to.
            pub fn names(&self) -> Option<&str> {
                match self { $(Self::$variant(kind) => kind.names(),)* }
            }

            /// Whether it must know what has passed on a connection.
            pub fn follows_connection(&self) -> bool {
                match self { $(Self::$variant(kind) => kind.follows_connection(),)* }
            }

            /// What must exist before it can begin.
            pub fn needs(&self) -> Needs {
                match self { $(Self::$variant(kind) => kind.needs(),)* }
            }

            /// What it makes that later steps can name.
            pub fn makes(&self) -> Makes {
                match self { $(Self::$variant(kind) => kind.makes(),)* }
            }

            /// How long it may take, if it says so.
            pub fn timeout(&self) -> Option<Span> {
                match self { $(Self::$variant(kind) => kind.timeout(),)* }
            }

            /// What it needs of the kernel that not every machine has.
            pub fn facilities(&self) -> Vec<Facility> {
                match self { $(Self::$variant(kind) => kind.facilities(),)* }
            }

            pub(super) fn on_unix(&self) -> Result<(), String> {
                match self { $(Self::$variant(kind) => kind.on_unix(),)* }
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
    ListenUnix(listen_unix),
    ConnectUnix(connect_unix),
    Send(send),
    Receive(receive),
    CheckReceived(check_received),
    Shutdown(shutdown),
    Close(close),
    SetOption(set_option),
    Disconnect(disconnect),
    Duplicate(duplicate),
    HandOver(hand_over),
    LimitDescriptors(limit_descriptors),
    Exit(exit),
    Kill(kill),
    Sleep(sleep),
    Sample(sample),
    Destroy(destroy),
    AddRule(add_rule),
    RemoveRule(remove_rule),
    SetSysctl(set_sysctl),
    Forge(forge),
    AddAddress(add_address),
    RemoveAddress(remove_address),
    SetLink(set_link),
    ForgetNat(forget_nat),
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
        // By the tree's reader, as fields are read: another would compile every kind's reading once more.
        StepKind::read(name, Value::without_fields()).map_err(E::custom)
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

#[cfg(test)]
mod tests;
