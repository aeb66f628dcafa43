//! What the page hands to the reader: text for the clipboard, files, a picture in pixels. Nothing leaves the browser.

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement,
    HtmlImageElement, HtmlInputElement, HtmlTextAreaElement, Url, window,
};
use yew::Callback;

use crate::browser;

/// Pixels of a picture for each of its own: sharp on a screen of twice the density.
const DENSITY: f64 = 2.0;
/// Most pixels of a side; beyond it browsers give an empty canvas.
const LARGEST_SIDE: f64 = 16_000.0;

/// Whether it worked.
pub type Then = Callback<bool>;

/// Puts a text on the clipboard. Where the browser does not let a page do so (without HTTPS, in a frame), the field
/// `from` is selected, so that a key press copies it.
pub fn copy(text: &str, from: &str, then: &Then) {
    let select = from.to_owned();
    let (done, failed) = (then.clone(), then.clone());
    let refused = move || {
        select_all(&select);
        failed.emit(false);
    };
    let navigator = window().map(|window| window.navigator());
    let clipboard = navigator
        .filter(|navigator| {
            Reflect::get(navigator, &"clipboard".into()).is_ok_and(|found| found.is_object())
        })
        .map(|navigator| navigator.clipboard());
    let Some(clipboard) = clipboard else {
        refused();
        return;
    };
    let done = Closure::once_into_js(move |_: JsValue| done.emit(true));
    let refused = Closure::once_into_js(move |_: JsValue| refused());
    browser::settled(&clipboard.write_text(text).into(), &done, &refused);
}

fn select_all(selector: &str) {
    let field = window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector(selector).ok()?);
    let Some(field) = field else { return };
    match field.dyn_into::<HtmlInputElement>() {
        Ok(input) => input.select(),
        Err(field) => {
            if let Ok(text) = field.dyn_into::<HtmlTextAreaElement>() {
                text.select();
            }
        }
    }
}

/// Saves bytes as a file, as a download does.
pub fn save(name: &str, media: &str, bytes: &[u8], then: &Then) {
    let url = blob(media, bytes).and_then(|blob| Url::create_object_url_with_blob(&blob).ok());
    let saved = url.as_ref().and_then(|url| follow(name, url));
    then.emit(saved.is_some());
    if let Some(url) = url {
        // The download has its own hold on the bytes by now.
        let _ = Url::revoke_object_url(&url);
    }
}

fn blob(media: &str, bytes: &[u8]) -> Option<Blob> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    let options = BlobPropertyBag::new();
    options.set_type(media);
    Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()
}

/// Follows a link that the browser saves instead of showing.
fn follow(name: &str, url: &str) -> Option<()> {
    let document = window()?.document()?;
    let anchor = document.create_element("a").ok()?;
    let anchor: HtmlAnchorElement = anchor.dyn_into().ok()?;
    anchor.set_href(url);
    anchor.set_download(name);
    anchor.click();
    Some(())
}

/// Draws an SVG on a canvas and saves its pixels as PNG.
pub fn save_pixels(name: &str, svg: &str, then: &Then) {
    if draw(name, svg, then).is_none() {
        then.emit(false);
    }
}

/// The picture comes as a `data:` address, which the page's own policy allows.
fn draw(name: &str, svg: &str, then: &Then) -> Option<()> {
    let image = HtmlImageElement::new().ok()?;
    let letters = js_sys::encode_uri_component(svg);
    image.set_src(&["data:image/svg+xml;charset=utf-8,", &String::from(letters)].concat());
    let (drawn, name, failed) = (image.clone(), name.to_owned(), then.clone());
    let then = then.clone();
    let done = Closure::once_into_js(move |_: JsValue| {
        let saved = pixels(&drawn).and_then(|url| follow(&name, &url));
        then.emit(saved.is_some());
    });
    let fail = Closure::once_into_js(move |_: JsValue| failed.emit(false));
    browser::settled(&image.decode().into(), &done, &fail);
    Some(())
}

/// The image as PNG in a `data:` address, in twice its size; `None` where it is larger than a canvas may be.
fn pixels(image: &HtmlImageElement) -> Option<String> {
    let (width, height) = (
        f64::from(image.natural_width()),
        f64::from(image.natural_height()),
    );
    let density = DENSITY.min(LARGEST_SIDE / width.max(height));
    if !(density > 0.0 && density.is_finite()) {
        return None;
    }
    let canvas = window()?.document()?.create_element("canvas").ok()?;
    let canvas: HtmlCanvasElement = canvas.dyn_into().ok()?;
    canvas.set_width(browser::whole(width * density));
    canvas.set_height(browser::whole(height * density));
    let context = canvas.get_context("2d").ok()??;
    let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
    context
        .draw_image_with_html_image_element_and_dw_and_dh(
            image,
            0.0,
            0.0,
            width * density,
            height * density,
        )
        .ok()?;
    canvas.to_data_url().ok()
}
