//! What people and tools ask of a field: its name, what it takes, its unit, its help. One source for the
//! editor's forms and completion and for the reference; tests hold it against what reading accepts.

/// One field of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub takes: Takes,
    /// What it means, a few words.
    pub help: &'static str,
    /// What holds when it is absent, as TOML; empty when there is no such value.
    pub default: &'static str,
    /// A value to begin with, as TOML.
    pub example: &'static str,
    pub presence: Presence,
}

/// The values that a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any text.
    Text,
    /// A whole number.
    Number {
        /// What it counts; empty when it is no quantity.
        unit: &'static str,
        least: i64,
        most: u64,
    },
    /// A text of number and unit: `"100ms"`.
    Duration,
    /// `true` or `false`.
    Flag,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// One of these texts, or a whole number of bytes.
    Position(&'static [&'static str]),
    /// The name of an endpoint.
    Endpoint,
    /// The name of a step.
    StepName,
    /// A table with fields of its own, or a list of such tables.
    Table,
}

/// Whether a field must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    Optional,
    Required,
    /// Exactly one of the fields with this word must be there, or at most one when they have a default.
    OneOf(&'static str),
}

impl Field {
    /// An optional field.
    pub const fn new(name: &'static str, takes: Takes, help: &'static str) -> Self {
        let example = match takes {
            Takes::Text => "\"\"",
            Takes::Number { .. } => "1",
            Takes::Duration => "\"100ms\"",
            Takes::Flag => "true",
            Takes::Choice(_) | Takes::StepName => "",
            Takes::Position(_) => "0",
            Takes::Endpoint => "\"server\"",
            Takes::Table => "{}",
        };
        Self {
            name,
            takes,
            help,
            default: "",
            example,
            presence: Presence::Optional,
        }
    }

    /// A whole number of a unit, within limits.
    pub const fn number(
        name: &'static str,
        unit: &'static str,
        least: i64,
        most: u64,
        help: &'static str,
    ) -> Self {
        Self::new(name, Takes::Number { unit, least, most }, help)
    }

    #[must_use]
    pub const fn default(self, default: &'static str) -> Self {
        Self { default, ..self }
    }

    #[must_use]
    pub const fn example(self, example: &'static str) -> Self {
        Self { example, ..self }
    }

    #[must_use]
    pub const fn required(self) -> Self {
        let presence = Presence::Required;
        Self { presence, ..self }
    }

    #[must_use]
    pub const fn one_of(self, word: &'static str) -> Self {
        let presence = Presence::OneOf(word);
        Self { presence, ..self }
    }

    /// A value to begin with, as TOML.
    pub fn first_value(&self) -> String {
        if let Takes::Choice(choices) = self.takes
            && self.example.is_empty()
        {
            let first = choices.first().copied().unwrap_or_default();
            return format!("\"{first}\"");
        }
        self.example.to_owned()
    }
}

/// The fields that every step has besides those of its kind.
pub const STEP: &[Field] = &[
    Field::new(
        "by",
        Takes::Endpoint,
        "the program that does it, or `outside`",
    )
    .required(),
    Field::new("do", Takes::Table, "what it does").required(),
    Field::new(
        "name",
        Takes::Text,
        "names the step’s result, and the connection it makes",
    ),
    Field::new(
        "on",
        Takes::StepName,
        "the step that made the connection or listener meant",
    ),
    Field::new(
        "after",
        Takes::StepName,
        "begin only when this step has finished",
    ),
    Field::new("delay", Takes::Duration, "wait this long first"),
    Field::new(
        "each",
        Takes::Endpoint,
        "do it once for each copy of this endpoint",
    ),
    Field::new(
        "process",
        Takes::Endpoint,
        "the endpoint in whose process this one is a thread",
    ),
    Field::new(
        "at_once",
        Takes::Flag,
        "follow the step before without letting the network come to rest",
    )
    .default("false"),
];

/// The fields of a scenario.
pub const SCENARIO: &[Field] = &[
    Field::new("title", Takes::Text, "a few words").required(),
    Field::new("story", Takes::Text, "who does what, in two sentences"),
    Field::new(
        "fixed_by",
        Takes::Text,
        "the scenario that shows the remedy",
    ),
    Field::new(
        "machine",
        Takes::Table,
        "how the whole machine must be set: `\"net.ipv4.tcp_max_orphans\" = 0`",
    ),
    Field::new(
        "order",
        Takes::Choice(&["listed", "free"]),
        "steps in list order, or every program by itself",
    )
    .default("\"listed\""),
    Field::new(
        "copies",
        Takes::Table,
        "endpoints that are there several times: `client = 40`",
    ),
    Field::new(
        "steps",
        Takes::Table,
        "the story: one `[[steps]]` for each step",
    )
    .required(),
    Field::new("expect", Takes::Table, "what its author expects"),
    Field::new(
        "claims",
        Takes::Table,
        "what others say of it, one `[[claims]]` each",
    ),
];

/// The fields of `[expect]`.
pub const EXPECT: &[Field] = &[
    Field::new(
        "outcome",
        Takes::Choice(&["closed", "reset", "refused", "timed-out", "open"]),
        "how the gravest connection ends",
    ),
    Field::new("reset_by", Takes::Endpoint, "who sends the RST"),
    Field::new("cause", Takes::Text, "why: one of the 24 causes")
        .example("\"close-with-unread-data\""),
    Field::new(
        "returns",
        Takes::Table,
        "what steps are told, by `endpoint.step`",
    ),
];

/// The fields of a `[[claims]]` entry; those of [`EXPECT`] besides.
pub const CLAIM: &[Field] = &[
    Field::new("text", Takes::Text, "the claim, as it was made").required(),
    Field::new("source", Takes::Text, "who made it, and where"),
    Field::new("holds", Takes::Flag, "whether it is expected to hold").required(),
];
