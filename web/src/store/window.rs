//! The window around the page: theme, width, and whether the help is open.

/// How the page is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    pub theme: Theme,
    pub width: Width,
    pub help: Help,
}

/// Which colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    Light,
    Dark,
}

/// Whether the side columns have room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    Narrow,
    #[default]
    Wide,
}

/// Whether the help is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Help {
    #[default]
    Closed,
    Open,
}

/// What happened to the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The theme button was pressed.
    ThemeTurned,
    /// A theme was found in storage, or another tab chose one.
    ThemeKnown(Theme),
    WidthKnown(Width),
    HelpAsked,
    HelpClosed,
}

impl Theme {
    /// The name in storage and in the markup.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Auto, Self::Light, Self::Dark]
            .into_iter()
            .find(|theme| theme.name() == name)
    }

    /// The one that the button turns to.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Auto => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Auto,
        }
    }
}

impl Window {
    pub(super) fn reduce(self, action: Action) -> Option<Self> {
        let new = match action {
            Action::ThemeTurned => Self {
                theme: self.theme.next(),
                ..self
            },
            Action::ThemeKnown(theme) => Self { theme, ..self },
            Action::WidthKnown(width) => Self { width, ..self },
            Action::HelpAsked => Self {
                help: Help::Open,
                ..self
            },
            Action::HelpClosed => Self {
                help: Help::Closed,
                ..self
            },
        };
        (new != self).then_some(new)
    }
}
