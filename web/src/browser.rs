//! Small requests to the browser: address, storage, focus, theme. None of them may fail loudly.
//!
//! Storage throws where it is forbidden (private windows, sandboxed frames); that is not an error here.

pub mod timing;

use aftershake_shared::event::EventId;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{
    HtmlDialogElement, HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement,
    KeyboardEvent, Storage, window,
};
use yew::{AttrValue, Callback};

use crate::files::{self, Files};
use crate::late;
use crate::store::Action;
use crate::store::window::{Theme, Width};

/// The run before, and the newest run.
const RUN_KEYS: [&str; 2] = ["aftershake.run-before", "aftershake.run"];
const THEME_KEY: &str = "aftershake.theme";
/// Below this width the side columns fold away; the same number as in `style/`.
pub const NARROW: &str = "(max-width: 720px)";

/// The channel's address on the host that served this page.
pub fn channel_address() -> Option<String> {
    let location = window()?.location();
    let host = location.host().ok().filter(|host| !host.is_empty())?;
    let scheme = match location.protocol().ok()?.as_str() {
        "https:" => "wss",
        _ => "ws",
    };
    let path = aftershake_shared::channel::PATH;
    Some(format!("{scheme}://{host}{path}"))
}

/// What is kept for this tab; `None` where storage is forbidden.
pub fn session_storage() -> Option<Storage> {
    window()?.session_storage().ok()?
}

fn local_storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// The theme chosen earlier.
pub fn stored_theme() -> Theme {
    let name = local_storage().and_then(|storage| storage.get_item(THEME_KEY).ok()?);
    name.and_then(|name| Theme::from_name(&name))
        .unwrap_or_default()
}

/// Shows and remembers a theme.
pub fn apply_theme(theme: Theme) {
    let root = window()
        .and_then(|window| window.document())
        .and_then(|document| document.document_element());
    if let Some(root) = root {
        let _ = root.set_attribute("data-theme", theme.name());
    }
    if let Some(storage) = local_storage() {
        let _ = storage.set_item(THEME_KEY, theme.name());
    }
}

/// Whether the side columns have room now.
pub fn width() -> Width {
    if holds(NARROW) {
        Width::Narrow
    } else {
        Width::Wide
    }
}

/// Whether the reader wants nothing to move by itself.
pub fn wants_less_motion() -> bool {
    holds("(prefers-reduced-motion: reduce)")
}

/// Whether the browser says so of its window; where there is none, as in tests of the markup, it does not.
fn holds(query: &str) -> bool {
    if !cfg!(target_family = "wasm") {
        return false;
    }
    let found = window().and_then(|window| window.match_media(query).ok()?);
    found.is_some_and(|query| query.matches())
}

/// The window's height in CSS pixels.
pub fn window_height() -> Option<f64> {
    window()?.inner_height().ok()?.as_f64()
}

/// Moves the focus to the first element that fits, scrolling no further than needed. Whether there is one.
pub fn focus(selector: &str) -> bool {
    let element = window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector(selector).ok()?);
    if let Some(element) = &element {
        if let Some(html) = element.dyn_ref::<HtmlElement>() {
            let _ = html.focus();
        } else if let Some(svg) = element.dyn_ref::<web_sys::SvgElement>() {
            let _ = svg.focus();
        }
    }
    element.is_some()
}

/// Whether the document holds such an element.
pub fn is_there(selector: &str) -> bool {
    let document = window().and_then(|window| window.document());
    document.is_some_and(|document| matches!(document.query_selector(selector), Ok(Some(_))))
}

/// Opens or closes a dialog. The browser keeps the focus inside and gives it back afterwards.
pub fn show_dialog(selector: &str, is_open: bool) {
    let dialog = window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector(selector).ok()?)
        .and_then(|element| element.dyn_into::<HtmlDialogElement>().ok());
    let Some(dialog) = dialog else { return };
    if is_open && !dialog.open() {
        let _ = dialog.show_modal();
    } else if !is_open && dialog.open() {
        dialog.close();
    }
}

/// Keeps what the agent told of a run for this tab, and the run before it.
pub fn keep_run(messages: &str) {
    if let Some(storage) = session_storage() {
        if let Ok(Some(before)) = storage.get_item(RUN_KEYS[1]) {
            let _ = storage.set_item(RUN_KEYS[0], &before);
        }
        let _ = storage.set_item(RUN_KEYS[1], messages);
    }
}

/// What this tab kept of runs, the older first.
pub fn kept_runs() -> impl Iterator<Item = String> {
    let storage = session_storage();
    RUN_KEYS
        .into_iter()
        .filter_map(move |key| storage.as_ref()?.get_item(key).ok()?)
}

/// The run's event whose picture or row the browser's event came from.
pub fn event_at(event: &web_sys::Event) -> Option<EventId> {
    let element = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let holder = element.closest("[data-event]").ok()??;
    let number = holder.get_attribute("data-event")?;
    number.parse().ok().map(EventId)
}

/// Whether the focus is inside an element that fits.
pub fn focus_is_within(selector: &str) -> bool {
    window()
        .and_then(|window| window.document())
        .and_then(|document| document.active_element())
        .and_then(|element| element.closest(selector).ok()?)
        .is_some()
}

/// The element that an event came from.
pub fn target(event: &web_sys::Event) -> Option<web_sys::Element> {
    event.target()?.dyn_into().ok()
}

/// The name and value of the form's control that an event came from; a box is `true` or `false`.
pub fn control(event: &web_sys::Event) -> Option<(AttrValue, AttrValue)> {
    let control = target(event)?;
    let name = control.get_attribute("name")?;
    let value = match control.dyn_ref::<HtmlInputElement>() {
        Some(input) if input.type_() == "checkbox" => input.checked().to_string(),
        Some(input) => input.value(),
        None => control.dyn_into::<HtmlSelectElement>().ok()?.value(),
    };
    Some((AttrValue::from(name), AttrValue::from(value)))
}

/// How far the ladder is zoomed in, in percent; `None` as it was placed.
pub fn ladder_zoom() -> Option<u32> {
    let ladder = window()?.document()?.query_selector("[data-zoom]").ok()??;
    ladder.get_attribute("data-zoom")?.parse().ok()
}

/// The value of the first control that fits; empty without one.
pub fn value_of(selector: &str) -> AttrValue {
    let element = window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector(selector).ok()?);
    let value = element.and_then(|element| match element.dyn_into::<HtmlInputElement>() {
        Ok(input) => Some(input.value()),
        Err(element) => Some(element.dyn_into::<HtmlSelectElement>().ok()?.value()),
    });
    value.map(AttrValue::from).unwrap_or_default()
}

/// What lies below a pointer, whoever has captured it.
pub fn element_at(event: &web_sys::PointerEvent) -> Option<web_sys::Element> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "the coordinates of a window are small"
    )]
    let (x, y) = (event.client_x() as f32, event.client_y() as f32);
    window()?.document()?.element_from_point(x, y)
}

/// The byte that a count of UTF-16 units leads to, which is how the browser counts.
pub fn byte_at(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, letter) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(letter.len_utf16());
    }
    text.len()
}

/// Puts the caret of the text field with the focus before this byte of its text.
pub fn place_caret(selector: &str, byte: usize) {
    let field = window()
        .and_then(|window| window.document())
        .and_then(|document| document.active_element())
        .filter(|element| element.matches(selector).unwrap_or(false))
        .and_then(|element| element.dyn_into::<HtmlTextAreaElement>().ok());
    if let Some(field) = field {
        let text = field.value();
        let before = text.get(..byte).unwrap_or(&text);
        let units = u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX);
        let _ = field.set_selection_range(units, units);
    }
}

/// Keeps a text for this tab, or for every later visit too. Storage that refuses is no error.
pub fn keep(key: &str, text: &str) {
    for storage in [session_storage(), local_storage()].into_iter().flatten() {
        let _ = storage.set_item(key, text);
    }
}

/// The text that this tab kept last, else the one that any tab did.
pub fn kept(key: &str) -> Option<String> {
    let mut storages = [session_storage(), local_storage()].into_iter().flatten();
    storages.find_map(|storage| storage.get_item(key).ok()?)
}

/// The file that was chosen in a form's control, which forgets it: the same one may be chosen again.
pub fn chosen_file(event: &web_sys::Event) -> Option<web_sys::File> {
    let input = target(event)?.dyn_into::<HtmlInputElement>().ok()?;
    let file = input.files()?.get(0);
    input.set_value("");
    file
}

/// Opens a file, once what reads it is there.
pub fn open_file(file: web_sys::File, on: &Callback<Action>) {
    with_files(on, |files, on| (files.open)(file, on));
}

/// Fetches a scenario's recording and shows it, once what reads it is there.
pub fn fetch_recording(name: &'static str, on: &Callback<Action>) {
    with_files(on, move |files, on| (files.fetch)(name, on));
}

fn with_files(on: &Callback<Action>, then: impl FnOnce(&Files, &Callback<Action>) + 'static) {
    let on = on.clone();
    yew::platform::spawn_local(async move {
        let loaded = (late::load().await.is_ok(), files::load().await.is_ok());
        if let ((true, true), Some(files)) = (loaded, files::ready()) {
            then(files, &on);
        } else {
            on.emit(Action::LateTried(late::Part::Missing));
        }
    });
}

/// Calls the first function with what a promise gives, or the second with why it does not.
pub fn settled(
    promise: &wasm_bindgen::JsValue,
    done: &wasm_bindgen::JsValue,
    failed: &wasm_bindgen::JsValue,
) {
    let then = js_sys::Reflect::get(promise, &"then".into())
        .ok()
        .and_then(|then| then.dyn_into::<js_sys::Function>().ok());
    if let Some(then) = then {
        let _ = then.call2(promise, done, failed);
    }
}

/// Opens what is dropped on the page, which the browser would else show in the page's place.
pub fn listen_to_drops(on: &Callback<Action>) -> [Listener; 2] {
    let on = on.clone();
    let dropped = move |event: web_sys::Event| {
        let Ok(event) = event.dyn_into::<web_sys::DragEvent>() else {
            return;
        };
        let Some(files) = event.data_transfer().and_then(|data| data.files()) else {
            return;
        };
        if let Some(file) = files.get(0) {
            event.prevent_default();
            open_file(file, &on);
        }
    };
    let over = |event: web_sys::Event| {
        let dragged = event.dyn_ref::<web_sys::DragEvent>();
        let types = dragged.and_then(web_sys::DragEvent::data_transfer);
        if types.is_some_and(|data| data.types().includes(&"Files".into(), 0)) {
            event.prevent_default();
        }
    };
    [
        Listener::new("drop", dropped),
        Listener::new("dragover", over),
    ]
}

/// A length on a screen.
#[expect(clippy::cast_possible_truncation, reason = "screens are small")]
pub const fn narrow(length: f64) -> f32 {
    length as f32
}

/// A length as whole pixels.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "lengths of pictures are small and not negative"
)]
pub const fn whole(length: f64) -> u32 {
    length as u32
}

/// The clock now, in milliseconds since 1970.
pub fn now() -> f64 {
    js_sys::Date::now()
}

/// Hours, minutes, seconds and microseconds of the day, here, of milliseconds since 1970.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "microseconds of one second"
)]
pub fn time_of_day(millis: f64) -> (u32, u32, u32, u32) {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(millis));
    let micros = (millis.rem_euclid(1_000.0) * 1_000.0) as u32;
    (
        date.get_hours(),
        date.get_minutes(),
        date.get_seconds(),
        micros,
    )
}

/// A listener on the window or an element; removed when dropped.
pub struct Listener {
    target: Option<web_sys::EventTarget>,
    event: &'static str,
    closure: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listener {
    /// Calls when another fragment was put into the address.
    pub fn on_hash_change(mut then: impl FnMut() + 'static) -> Self {
        Self::new("hashchange", move |_| then())
    }

    /// Calls when the window's size has changed.
    pub fn on_resize(mut then: impl FnMut() + 'static) -> Self {
        Self::new("resize", move |_| then())
    }

    /// Calls when anything on the page has been scrolled.
    pub fn on_scroll(mut then: impl FnMut() + 'static) -> Self {
        Self::new("scroll", move |_| then())
    }

    /// Calls for every key pressed anywhere.
    pub fn on_key(mut then: impl FnMut(&KeyboardEvent) + 'static) -> Self {
        Self::new("keydown", move |event| {
            if let Some(event) = event.dyn_ref() {
                then(event);
            }
        })
    }

    /// Calls for one kind of event at an element, which may then keep the browser from doing its own.
    pub fn on_element<E: wasm_bindgen::JsCast>(
        element: &web_sys::Element,
        event: &'static str,
        mut then: impl FnMut(E) + 'static,
    ) -> Self {
        let then = move |event: web_sys::Event| {
            if let Ok(event) = event.dyn_into() {
                then(event);
            }
        };
        Self::at(Some(element.clone().into()), event, Box::new(then))
    }

    fn new(event: &'static str, then: impl FnMut(web_sys::Event) + 'static) -> Self {
        Self::at(window().map(Into::into), event, Box::new(then))
    }

    fn at(
        target: Option<web_sys::EventTarget>,
        event: &'static str,
        then: Box<dyn FnMut(web_sys::Event)>,
    ) -> Self {
        let closure = Closure::wrap(then);
        if let Some(target) = &target {
            let callback = closure.as_ref().unchecked_ref();
            // A listener that may be passive cannot keep the page from scrolling.
            let options = web_sys::AddEventListenerOptions::new();
            options.set_passive(false);
            let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
                event, callback, &options,
            );
        }
        Self {
            target,
            event,
            closure,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(target) = &self.target {
            let callback = self.closure.as_ref().unchecked_ref();
            let _ = target.remove_event_listener_with_callback(self.event, callback);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_units_are_counted_as_the_browser_does() {
        for (units, byte) in [(0, 0), (1, 1), (2, 3), (4, 7), (5, 8), (9, 8)] {
            assert_eq!(byte_at("aé😀b", units), byte, "{units}");
        }
    }
}
