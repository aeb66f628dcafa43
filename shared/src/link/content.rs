//! What is inside of a link: JSON of a name, a scenario and a view.
//!
//! The scenario goes by way of its TOML text, so that it passes the one reader that every scenario passes.

use super::error::{LinkError, MakeError};
use super::view::View;
use super::{Link, limits};
use crate::recording::ScenarioText;
use crate::scenario::Scenario;
use crate::scenario::limits::WORDS;
use crate::tree::{self, Value};

/// The JSON of a link: the text's own values, without comments, and without fields that say what is so anyway.
pub(super) fn write(text: &ScenarioText, view: &View) -> Result<String, MakeError> {
    let ScenarioText { name, toml } = text;
    if name.len() > WORDS {
        return Err(MakeError::Name { bytes: name.len() });
    }
    let scenario = Scenario::compact(toml).map_err(MakeError::Scenario)?;
    let mut fields = Vec::new();
    if !name.is_empty() {
        fields.push(("name", Value::text(name)));
    }
    fields.push(("scenario", scenario));
    if *view != View::default() {
        fields.push(("view", view.to_tree()));
    }
    let json = Value::table(fields).to_json();
    // What cannot be read back must not be passed on.
    match read(&json) {
        Ok(_) => Ok(json),
        Err(LinkError::Scenario(error)) => Err(MakeError::Scenario(error)),
        Err(error) => Err(MakeError::Unreadable(error)),
    }
}

/// The scenario that a link's JSON spells.
pub(super) fn read(json: &str) -> Result<Link, LinkError> {
    // Each value but the first follows one of these, in a text or not.
    let values = json.bytes().filter(|byte| b",[{".contains(byte)).count();
    if values > limits::VALUES {
        return Err(LinkError::TooMany);
    }
    let unreadable = |error: tree::ReadError| LinkError::NoScenario(error.to_string());
    let mut value = tree::from_json(json).map_err(unreadable)?;
    let name = value.text_of("name").unwrap_or_default();
    let name: String = name.chars().take(WORDS).collect();
    let missing = || LinkError::NoScenario("missing field `scenario`".to_owned());
    let toml = value.take("scenario").ok_or_else(missing)?.to_toml();
    // All of a view is a wish: one that cannot be read must not take the scenario with it.
    let view: Option<View> = value.take("view").and_then(|view| view.into().ok());
    let scenario = Scenario::parse(&toml).map_err(LinkError::Scenario)?;
    Ok(Link {
        text: ScenarioText { name, toml },
        scenario,
        view: view.unwrap_or_default(),
    })
}
