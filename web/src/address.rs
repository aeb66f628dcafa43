//! What the page's address says: the agent's token and a scenario's link, and where the page itself is.
//!
//! The token is taken out of the address; a link stays there until another text is in the editor.

use web_sys::window;
use yew::AttrValue;

use crate::{browser, recorded};

const TOKEN_KEY: &str = "aftershake.token";

/// What the part from `#` on says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fragment {
    /// The agent's token; `None` when neither the address nor this tab's storage has one.
    pub token: Option<AttrValue>,
    /// What may be a link to a scenario, whole or damaged.
    pub link: Option<AttrValue>,
}

/// Reads the address. The token is cleaned away, so that it is in no history, bookmark or copied link.
///
/// On a static site no agent is ever looked for: a token there is left where it is, and the history alone.
pub fn take(is_site: bool) -> Fragment {
    let hash = window().and_then(|window| window.location().hash().ok());
    let hash = hash.unwrap_or_default();
    let link = link_in_fragment(&hash).map(|link| AttrValue::from(link.to_owned()));
    if is_site {
        return Fragment { token: None, link };
    }
    let storage = browser::session_storage();
    if let Some(token) = token_in_fragment(&hash) {
        rewrite(link.as_deref());
        if let Some(storage) = storage {
            let _ = storage.set_item(TOKEN_KEY, token);
        }
        let token = Some(AttrValue::from(token.to_owned()));
        return Fragment { token, link };
    }
    let stored = storage.and_then(|storage| storage.get_item(TOKEN_KEY).ok()?);
    let stored = stored.filter(|token| is_token(token));
    Fragment {
        token: stored.map(AttrValue::from),
        link,
    }
}

/// Takes a link out of the address, because something else is on show. Inside of another page nothing is touched.
pub fn put_link_away() {
    let hash = window().and_then(|window| window.location().hash().ok());
    let has_link = hash.is_some_and(|hash| link_in_fragment(&hash).is_some());
    if has_link && !recorded::is_embedded() {
        rewrite(None);
    }
}

/// The page's own address without what follows its path; empty where there is none.
pub fn own() -> AttrValue {
    let location = window().map(|window| window.location());
    let own = location.and_then(|location| {
        let origin = location.origin().ok().filter(|origin| origin != "null");
        Some(origin? + &location.pathname().ok()?)
    });
    own.map(AttrValue::from).unwrap_or_default()
}

/// Takes the token of an address that a reader pasted, as if it had been opened. Whether there is one.
pub fn follow_token(pasted: &str) -> bool {
    let fragment = pasted.trim().split_once('#').map(|(_, fragment)| fragment);
    let token = fragment.and_then(token_in_fragment);
    if let (Some(token), Some(window)) = (token, window()) {
        let location = window.location();
        let hash = location.hash().unwrap_or_default();
        let link = link_in_fragment(&hash).map(|link| ["&", link].concat());
        let _ = location.set_hash(&["token=", token, &link.unwrap_or_default()].concat());
    }
    token.is_some()
}

/// Another fragment in the address, without a step in the history.
fn rewrite(link: Option<&str>) {
    let Some(window) = window() else { return };
    let location = window.location();
    let path = location.pathname().unwrap_or_default();
    let search = location.search().unwrap_or_default();
    let link = link.map(|link| ["#", link].concat()).unwrap_or_default();
    if let Ok(history) = window.history() {
        let state = wasm_bindgen::JsValue::NULL;
        let _ = history.replace_state_with_url(&state, "", Some(&[path, search, link].concat()));
    }
}

fn parts(hash: &str) -> impl Iterator<Item = &str> {
    hash.strip_prefix('#').unwrap_or(hash).split('&')
}

/// The token in `#token=…`; `None` when there is none or it is not base64url.
fn token_in_fragment(hash: &str) -> Option<&str> {
    parts(hash)
        .find_map(|part| part.strip_prefix("token="))
        .filter(|token| is_token(token))
}

/// What was meant as a link: anything but a token and the name of a place on the page, like `#stage`.
fn link_in_fragment(hash: &str) -> Option<&str> {
    let is_name = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    parts(hash).find(|part| !part.starts_with("token=") && !is_name(part))
}

/// Whether the text can travel as a sub-protocol: base64url (RFC 4648 §5) without padding, 8 to 256 characters.
fn is_token(text: &str) -> bool {
    let letters = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    letters && (8..=256).contains(&text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_from_the_fragment_only_when_it_is_base64url() {
        let good = "q-Zz_0123456789ABCDEFG";
        let fragment = format!("#token={good}");
        let with_link = format!("#token={good}&s1.AAAA");
        for (hash, token) in [
            (fragment.as_str(), Some(good)),
            (with_link.as_str(), Some(good)),
            ("#token=", None),
            ("#token=short", None),
            ("#token=has space in it", None),
            ("#token=comma,separated,list", None),
            ("#s1.AAAA", None),
            ("", None),
        ] {
            assert_eq!(token_in_fragment(hash), token, "{hash}");
        }
        assert!(!is_token(&"a".repeat(257)));
    }

    #[test]
    fn what_may_be_a_link_is_found_beside_a_token_and_a_place_is_none() {
        for (hash, link) in [
            ("#s1.AbC", Some("s1.AbC")),
            ("#token=12345678&s1.AbC", Some("s1.AbC")),
            ("#s1.AbC&token=12345678", Some("s1.AbC")),
            ("#s9.x", Some("s9.x")),
            ("#1.AbC", Some("1.AbC")),
            ("#s1", Some("s1")),
            ("#stage", None),
            ("#picture-title", None),
            ("#token=12345678", None),
            ("#", None),
            ("", None),
        ] {
            assert_eq!(link_in_fragment(hash), link, "{hash}");
        }
    }
}
