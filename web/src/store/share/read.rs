//! Reading a link: its scenario, or why there is none and what to do. Travels with the page's second part.

use aftershake_shared::catalog;
use aftershake_shared::link::{self, Link};
use aftershake_shared::scenario::Scenario;
use yew::AttrValue;

use super::{Linked, Problem};
use crate::store::kept::Kept;

/// Reads what stands behind the `#` of the page's address.
pub fn read(text: &str) -> Result<Kept<Linked>, Kept<Problem>> {
    match link::read(text) {
        Ok(link) => Ok(Kept::new(linked(link))),
        Err(error) => Err(Kept::new(Problem {
            message: error.to_string(),
            remedy: error.remedy().to_owned(),
        })),
    }
}

/// With the catalogue's own text, comments and all, where the link says the same.
fn linked(link: Link) -> Linked {
    let same = catalog::find(&link.text.name).filter(|entry| {
        let own = Scenario::parse(entry.toml);
        own.is_ok_and(|own| own.without_lines() == link.scenario.without_lines())
    });
    let text = match same {
        Some(entry) => AttrValue::Static(entry.toml),
        None => AttrValue::from(link.text.toml),
    };
    Linked {
        from: same.map(|entry| entry.name),
        name: link.text.name,
        text,
        view: link.view,
    }
}
