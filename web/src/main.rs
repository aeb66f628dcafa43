//! Mounts the playground into the page. Everything else is in the library, so that tests can render it.

fn main() {
    yew::Renderer::<aftershake_web::app::App>::new().render();
}
