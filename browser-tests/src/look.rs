//! The four ways in which a view is looked at: a desktop and a phone, by day and by night.

use crate::browser::{Browser, Scheme};

/// A window's size and its colours.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub width: u32,
    pub height: u32,
    pub scheme: Scheme,
}

impl Look {
    /// Writes a screenshot whose name says how it was looked at.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn shoot(self, browser: &Browser, name: &str) -> anyhow::Result<()> {
        browser.screenshot(&self.named(name))
    }

    /// The same for the docs: `view-NAME-…`, small.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn small_shot(self, browser: &Browser, name: &str) -> anyhow::Result<()> {
        browser.small_screenshot(&format!("view-{}", self.named(name)))
    }

    fn named(self, name: &str) -> String {
        let Self {
            width,
            height,
            scheme,
        } = self;
        format!("{name}-{}-{width}x{height}", scheme.name())
    }
}

/// Four tests, each of which calls a function with one [`Look`] of that height.
#[macro_export]
macro_rules! in_every_look {
    ($check:ident, $height:literal) => {
        $crate::in_every_look!($check, $height: desktop_by_day 1280 Light, desktop_by_night 1280 Dark,
            phone_by_day 390 Light, phone_by_night 390 Dark);
    };
    ($check:ident, $height:literal: $($name:ident $width:literal $scheme:ident),+) => {
        $(
            #[test]
            fn $name() -> anyhow::Result<()> {
                $check($crate::look::Look {
                    width: $width,
                    height: $height,
                    scheme: $crate::browser::Scheme::$scheme,
                })
            }
        )+
    };
}
