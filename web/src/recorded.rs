//! The page on a static site: where its recordings are, which scenario the address names, and fetching one.
//!
//! A page that an agent serves has no recordings beside it, and then nothing in its address is looked at.

use aftershake_shared::catalog;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, window};
use yew::{AttrValue, Callback};

use crate::opening;
use crate::read_file::Opening;
use crate::store::Action;
use crate::store::opened::{self, File, Holds, Stage};
use crate::store::share::Problem;
use crate::text::recorded as words;

/// The element of the page's head that names the folder of recordings.
const FOLDER: &str = "meta[name=aftershake-recordings]";

/// The folder of recordings, with its last slash; `None` on a page that an agent serves.
pub fn folder() -> Option<String> {
    let head = window()?.document()?.query_selector(FOLDER).ok()??;
    head.get_attribute("content")
}

/// Whether the page stands in a frame of somebody else's page.
pub fn is_embedded() -> bool {
    let root = window()
        .and_then(|window| window.document())
        .and_then(|document| document.document_element());
    root.is_some_and(|root| root.has_attribute("data-embed"))
}

/// The scenario that the address names, `?scenario=linger-zero`; a name that nothing has is a problem, for another
/// scenario in its place would be taken for the one that was meant.
pub fn asked_scenario() -> Option<Result<&'static str, Problem>> {
    let query = window()?.location().search().ok()?;
    let name = scenario_in(&query)?;
    let entry = catalog::find(name).map(|entry| entry.name);
    Some(entry.ok_or_else(|| Problem {
        message: words::unknown(name),
        remedy: words::UNKNOWN_REMEDY.to_owned(),
    }))
}

fn scenario_in(query: &str) -> Option<&str> {
    let mut parts = query.trim_start_matches('?').split('&');
    parts.find_map(|part| part.strip_prefix("scenario="))
}

/// Fetches a scenario's recording and shows it, unless something else was asked for in the meantime.
pub fn fetch(name: &'static str, on: &Callback<Action>) {
    let job = opening::give_up();
    let on = on.reform(Action::File);
    yew::platform::spawn_local(async move {
        let bytes = bytes_of(name).await;
        if !opening::is_current(job) {
            return;
        }
        let file = File {
            job,
            name: AttrValue::Static(name),
            bytes: bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
            stage: Stage::Reading { bytes: 0, found: 0 },
        };
        on.emit(opened::Action::Began(file));
        let holds = match bytes {
            Some(bytes) => read(name, &bytes),
            None => Err(AttrValue::Static(words::NOT_FETCHED)),
        };
        on.emit(opened::Action::Ended(job, holds));
    });
}

fn read(name: &str, bytes: &[u8]) -> Result<Holds, AttrValue> {
    let mut opening = Opening::new(name.to_owned());
    opening.feed(bytes)?;
    opening.finish()
}

async fn bytes_of(name: &str) -> Option<Vec<u8>> {
    let address = [&folder()?, name, ".jsonl"].concat();
    let answer = JsFuture::from(window()?.fetch_with_str(&address)).await;
    let answer: Response = answer.ok()?.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    let buffer: JsValue = JsFuture::from(answer.array_buffer().ok()?).await.ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_a_scenario() {
        for (query, name) in [
            ("?scenario=linger-zero", Some("linger-zero")),
            ("?embed=1&scenario=x", Some("x")),
            ("?embed=1", None),
            ("", None),
        ] {
            assert_eq!(scenario_in(query), name, "{query}");
        }
    }
}
