//! What the user asks of many runs, as typed, and what is wrong with it, in words.

use aftershake_shared::channel::{MAX_BINS, MAX_MANY};
use aftershake_shared::distribution::vary::{self, Choice, Vary};
use yew::AttrValue;

use super::Aim;
use crate::store::AppState;
use crate::text::many as words;

/// Runs of a race, and of a story that goes the same way each time.
const OF_A_RACE: &str = "1000";
const OF_A_STORY: &str = "100";

/// The form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The catalogue's scenario that it was filled in for.
    pub from: Option<&'static str>,
    /// What is varied; empty for the same run again and again.
    pub path: AttrValue,
    pub low: AttrValue,
    pub high: AttrValue,
    pub values: AttrValue,
    pub runs: AttrValue,
}

/// The controls, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    Path,
    Range,
    Values,
    Runs,
}

/// A mistake and where it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub control: Control,
    pub words: AttrValue,
}

/// A form without a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub vary: Option<Vary>,
    pub runs: u32,
    pub bins: u32,
}

/// Everything that can be varied in the scenario of the editor.
pub fn choices(state: &AppState) -> Vec<Choice> {
    let story = state.draft.story.as_ref().ok();
    story.map(|story| vary::choices(story)).unwrap_or_default()
}

impl Form {
    /// One to begin with.
    pub fn of(state: &AppState) -> Self {
        let story = state.draft.story.as_ref().ok();
        let path = story.and_then(|story| vary::first_choice(story));
        let runs = if path.is_some() {
            OF_A_RACE
        } else {
            OF_A_STORY
        };
        let mut form = Self {
            from: state.draft.from,
            path: AttrValue::Static(""),
            low: AttrValue::Static(""),
            high: AttrValue::Static(""),
            values: AttrValue::Static("20"),
            runs: AttrValue::Static(runs),
        };
        if let Some(path) = path {
            form.set("path", AttrValue::from(path), state);
        }
        form
    }

    /// Takes what was typed; another path brings a range of its own.
    pub(super) fn set(&mut self, name: &str, value: AttrValue, state: &AppState) {
        match name {
            "path" => {
                let chosen = choices(state).into_iter().find(|of| of.path == *value);
                let range = chosen.map(|chosen| chosen.range).unwrap_or_default();
                let (low, high) = range.split_once("..").unwrap_or_default();
                self.low = AttrValue::from(low.to_owned());
                self.high = AttrValue::from(high.to_owned());
                self.path = value;
            }
            "low" => self.low = value,
            "high" => self.high = value,
            "values" => self.values = value,
            "runs" => self.runs = value,
            _ => {}
        }
    }

    /// What is asked, checked as the agent will check it.
    ///
    /// # Errors
    /// The first mistake.
    pub fn wish(&self, state: &AppState, aim: Aim) -> Result<Wish, Wrong> {
        let wrong = |control, words: String| Wrong {
            control,
            words: AttrValue::from(words),
        };
        let number = |control, typed: &str, least: u32, most: u32| {
            let digits = typed.replace([' ', '_'], "");
            let number = digits.parse().ok();
            let number = number.filter(|number| (least..=most).contains(number));
            number.ok_or_else(|| wrong(control, words::out_of_range(typed, least, most)))
        };
        let runs = number(Control::Runs, &self.runs, 1, MAX_MANY)?;
        if self.path.is_empty() {
            if aim == Aim::Find {
                return Err(wrong(Control::Path, words::FIND_NEEDS_PATH.to_owned()));
            }
            let (vary, bins) = (None, 1);
            return Ok(Wish { vary, runs, bins });
        }
        let range = [&self.low, "..", &self.high].concat();
        let vary = Vary::parse(&[&self.path, "=", &range].concat());
        let vary = vary.map_err(|words| wrong(Control::Range, words))?;
        let bins = number(Control::Values, &self.values, 2, MAX_BINS)?;
        let text = state.draft.to_text();
        for value in [vary.range.from, vary.range.to] {
            vary.at(&text, value)
                .map_err(|words| wrong(Control::Range, words))?;
        }
        let values = vary.range.values(bins as usize).len();
        if aim == Aim::Count && (runs as usize) < values {
            let words = words::too_few(runs, values);
            return Err(wrong(Control::Runs, words));
        }
        let vary = Some(vary);
        Ok(Wish { vary, runs, bins })
    }
}
