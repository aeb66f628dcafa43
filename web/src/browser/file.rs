//! Texts handed to the reader as files. Nothing is sent anywhere.

use wasm_bindgen::JsCast as _;
use web_sys::window;

/// Hands a text to the reader as a file.
pub fn offer(name: &str, kind: &str, text: &str) {
    let Some(document) = window().and_then(|window| window.document()) else {
        return;
    };
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    let parts = js_sys::Array::of1(&wasm_bindgen::JsValue::from_str(text));
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options);
    let address = blob.and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob));
    let link = document.create_element("a");
    if let (Ok(address), Ok(link)) = (address, link) {
        if let Some(link) = link.dyn_ref::<web_sys::HtmlAnchorElement>() {
            link.set_href(&address);
            link.set_download(name);
            link.click();
        }
        let _ = web_sys::Url::revoke_object_url(&address);
    }
}
