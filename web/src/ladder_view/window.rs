//! Which part of the ladder is seen: moved and zoomed by wheel, drag, two fingers and keys, a frame at a time.
//!
//! The wheel alone scrolls the page; with Ctrl, which is also what two fingers on a touchpad send, it zooms.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use aftershake_shared::ladder::Ladder;
use aftershake_shared::ladder::view::{View, whole_height};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, KeyboardEvent, PointerEvent, WheelEvent};
use yew::{NodeRef, hook, use_effect_with, use_mut_ref, use_state_eq};

use crate::browser::{self, Listener, narrow};
use crate::store::kept::Kept;

/// A ladder up to this height is shown as a whole; a higher one in a window of its own.
const HIGHEST: f32 = 1_400.0;
/// The window's height where it cannot be measured.
const USUAL: f32 = 640.0;
/// A press that moves less is a click.
const STILL: f64 = 4.0;
/// How much one key press zooms, and what part of the window it moves.
const ZOOM: f32 = 1.4;
const MOVE: f32 = 0.2;

/// The view, and the one way to change it.
#[derive(Clone)]
pub(super) struct Window {
    pub(super) view: View,
    now: Rc<RefCell<View>>,
    frame: Rc<Frame>,
}

impl Window {
    /// Shows another part with the next frame.
    pub(super) fn look(&self, next: impl FnOnce(&View) -> View) {
        let next = next(&self.now.borrow());
        *self.now.borrow_mut() = next;
        self.frame.ask();
    }
}

/// One request for a frame at a time, however many events a frame brings.
struct Frame {
    /// The browser's number of the frame that was asked for and has not come.
    asked: Rc<Cell<Option<i32>>>,
    due: Closure<dyn FnMut()>,
}

impl Frame {
    fn new(mut then: impl FnMut() + 'static) -> Self {
        let asked = Rc::new(Cell::new(None));
        let came = Rc::clone(&asked);
        let due = Closure::<dyn FnMut()>::new(move || {
            came.set(None);
            then();
        });
        Self { asked, due }
    }

    fn ask(&self) {
        if self.asked.get().is_some() {
            return;
        }
        let frame = web_sys::window().and_then(|window| {
            let due = self.due.as_ref().unchecked_ref();
            window.request_animation_frame(due).ok()
        });
        self.asked.set(frame);
    }
}

impl Drop for Frame {
    /// A frame that comes after the drawing has gone would call what is no longer there.
    fn drop(&mut self) {
        if let (Some(frame), Some(window)) = (self.asked.take(), web_sys::window()) {
            let _ = window.cancel_animation_frame(frame);
        }
    }
}

/// The view of a ladder in that drawing; the same moment stays in the middle when the ladder is placed anew.
#[hook]
pub(super) fn use_window(svg: &NodeRef, ladder: &Kept<Ladder>) -> Option<Window> {
    let first = View::start(ladder, first_height(ladder));
    let now = use_mut_ref(|| first);
    let shown = use_state_eq(|| first);
    let placed = use_mut_ref(|| ladder.clone());
    let frame = use_mut_ref(|| None::<Rc<Frame>>);
    if *placed.borrow() != *ladder {
        let before = placed.replace(ladder.clone());
        let view = *now.borrow();
        let is_at_start = view.top <= before.top && view.is_as_placed();
        let next = if is_at_start {
            View::start(ladder, first_height(ladder))
        } else {
            let middle = before.scale.time_at(view.height_at(view.height / 2.0));
            let height = view.height.min(whole_height(ladder));
            view.resized(ladder, height)
                .centred(ladder, ladder.scale.y_at(middle))
        };
        *now.borrow_mut() = next;
    }
    let setter = shown.setter();
    let (latest, kept_frame, svg) = (Rc::clone(&now), Rc::clone(&frame), svg.clone());
    use_effect_with(ladder.clone(), move |ladder| {
        let source = Rc::clone(&latest);
        let frame = Rc::new(Frame::new(move || setter.set(*source.borrow())));
        *kept_frame.borrow_mut() = Some(Rc::clone(&frame));
        let view = *latest.borrow();
        let window = Window {
            view,
            now: latest,
            frame,
        };
        let element = svg.cast::<Element>();
        let listeners = element.map(|element| listen(&element, &window, ladder));
        // The first frame measures the window.
        if let Some(element) = svg.cast::<Element>() {
            fit(&element, &window, ladder);
        }
        window.frame.ask();
        move || drop(listeners)
    });
    // What is shown only says when to draw: the newest view is drawn.
    let view = *now.borrow();
    let frame = frame.borrow().clone();
    frame.map(|frame| Window { view, now, frame })
}

/// Before anything was measured.
pub(super) fn first_height(ladder: &Ladder) -> f32 {
    let whole = whole_height(ladder);
    if whole <= HIGHEST { whole } else { USUAL }
}

/// Gives a high ladder the part of the browser's window that is left for it.
fn fit(element: &Element, window: &Window, ladder: &Ladder) {
    let whole = whole_height(ladder);
    let width = element.get_bounding_client_rect().width();
    let (Some(free), true) = (browser::window_height(), whole > HIGHEST && width > 0.0) else {
        return;
    };
    let pixels = (free - 190.0).max(320.0);
    let height = narrow(pixels * f64::from(ladder.width) / width).clamp(320.0, HIGHEST);
    window.look(|view| view.resized(ladder, height));
}

/// Units of the drawing for a pixel, and where a pointer is in it.
fn unit(element: &Element, view: &View) -> f64 {
    let height = element.get_bounding_client_rect().height();
    if height > 0.0 {
        f64::from(view.height) / height
    } else {
        1.0
    }
}

/// Where a pointer is, in units below the drawing's upper edge.
pub(super) fn y_of(element: &Element, view: &View, client_y: i32) -> f32 {
    let top = element.get_bounding_client_rect().top();
    narrow((f64::from(client_y) - top) * unit(element, view))
}

fn listen(element: &Element, window: &Window, ladder: &Kept<Ladder>) -> Vec<Listener> {
    let wheel = {
        let (element, window, ladder) = (element.clone(), window.clone(), ladder.clone());
        move |event: WheelEvent| {
            if !(event.ctrl_key() || event.meta_key()) {
                return;
            }
            event.prevent_default();
            let lines = if event.delta_mode() == 1 { 16.0 } else { 1.0 };
            let factor = narrow((-event.delta_y() * lines / 320.0).clamp(-1.0, 1.0).exp2());
            window.look(|view| {
                let y = y_of(&element, view, event.client_y());
                view.zoomed(&ladder, factor, y)
            });
        }
    };
    let mut listeners = vec![Listener::on_element(element, "wheel", wheel)];
    listeners.extend(drags(element, window, ladder));
    let (at, keyed, drawn) = (element.clone(), window.clone(), ladder.clone());
    listeners.push(Listener::on_key(move |event| key(event, &keyed, &drawn)));
    let (resized, drawn) = (window.clone(), ladder.clone());
    listeners.push(Listener::on_resize(move || fit(&at, &resized, &drawn)));
    listeners
}

/// A pointer that is down: its number, and where it was.
type Finger = (i32, f64);

/// One pointer moves, two zoom.
fn drags(element: &Element, window: &Window, ladder: &Kept<Ladder>) -> [Listener; 4] {
    let fingers: Rc<RefCell<Vec<Finger>>> = Rc::default();
    let moved: Rc<Cell<f64>> = Rc::default();
    let down = {
        let (fingers, moved) = (Rc::clone(&fingers), Rc::clone(&moved));
        move |event: PointerEvent| {
            if event.button() == 0 {
                moved.set(0.0);
                let finger = (event.pointer_id(), f64::from(event.client_y()));
                fingers.borrow_mut().push(finger);
            }
        }
    };
    let slide = {
        let (fingers, element) = (Rc::clone(&fingers), element.clone());
        let (window, ladder) = (window.clone(), ladder.clone());
        move |event: PointerEvent| {
            let mut fingers = fingers.borrow_mut();
            let y = f64::from(event.client_y());
            let spread = |fingers: &[Finger]| match fingers {
                [(_, one), (_, other)] => Some((one - other).abs().max(8.0)),
                _ => None,
            };
            let before = spread(&fingers);
            let finger = fingers.iter_mut().find(|(id, _)| *id == event.pointer_id());
            let Some((_, last)) = finger else { return };
            let by = *last - y;
            *last = y;
            moved.set(moved.get() + by.abs());
            let after = spread(&fingers);
            if let (Some(before), Some(after)) = (before, after) {
                let at = y_of(&element, &window.now.borrow(), event.client_y());
                window.look(|view| view.zoomed(&ladder, narrow(after / before), at));
                return;
            }
            if moved.get() > STILL && event.pointer_type() == "mouse" {
                let _ = element.set_pointer_capture(event.pointer_id());
                window.look(|view| view.panned(&ladder, narrow(by * unit(&element, view))));
            }
        }
    };
    let up = move |event: PointerEvent| {
        let mut fingers = fingers.borrow_mut();
        fingers.retain(|(id, _)| *id != event.pointer_id());
    };
    let cancelled = up.clone();
    [
        Listener::on_element(element, "pointerdown", down),
        Listener::on_element(element, "pointermove", slide),
        Listener::on_element(element, "pointerup", up),
        Listener::on_element(element, "pointercancel", cancelled),
    ]
}

/// By the key's place on the keyboard, so that other layouts have them in the same corner.
fn key(event: &KeyboardEvent, window: &Window, ladder: &Ladder) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let is_typing = browser::target(event)
        .and_then(|target| target.closest("input, textarea, select, dialog").ok()?)
        .is_some();
    if is_typing {
        return;
    }
    let step = |view: &View| view.height * MOVE;
    match event.code().as_str() {
        "KeyW" => window.look(|view| view.zoomed(ladder, ZOOM, view.height / 2.0)),
        "KeyS" => window.look(|view| view.zoomed(ladder, 1.0 / ZOOM, view.height / 2.0)),
        "KeyA" => window.look(|view| view.panned(ladder, -step(view))),
        "KeyD" => window.look(|view| view.panned(ladder, step(view))),
        "KeyF" => window.look(|view| View::whole(ladder, view.height)),
        "Digit1" => window.look(|view| as_placed(view, ladder)),
        "ArrowUp" if event.shift_key() => window.look(|view| view.panned(ladder, -step(view))),
        "ArrowDown" if event.shift_key() => window.look(|view| view.panned(ladder, step(view))),
        _ => return,
    }
    event.prevent_default();
}

/// As it was placed, about the middle.
pub(super) fn as_placed(view: &View, ladder: &Ladder) -> View {
    view.scaled(ladder, 100)
}
