//! Owns the WebSocket to the agent: connects, decodes, sends what was asked, comes back after a loss.
//!
//! Draws nothing and keeps no run; what it learns becomes actions of the store.

use aftershake_shared::channel::{
    BROWSER_PROTOCOL, ClientMessage, RunId, ServerMessage, TOKEN_PREFIX,
};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{CloseEvent, MessageEvent, WebSocket};
use yew::{AttrValue, Callback, Component, Context, Html, Properties, html};

use crate::browser;
use crate::late::{self, Part};
use crate::store::kept::Kept;
use crate::store::run_events::{self, Ask};
use crate::store::{Action, channel_status};

/// Bytes of the longest run that is kept for a reload; storage holds some five million letters.
const LONGEST_KEPT: usize = 1 << 20;

/// What the channel is given.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The agent's token; without one nothing is tried.
    pub token: Option<AttrValue>,
    /// The run to ask for, or to cancel.
    pub ask: Option<Kept<Ask>>,
    /// The same for many runs.
    pub many: Option<Kept<Ask>>,
    /// Messages wait until they can be read.
    pub late: Part,
    pub on: Callback<Action>,
}

/// The channel. A struct component, because a socket and a timer live and end with it.
pub struct AgentChannel {
    socket: Option<Socket>,
    timer: Option<Timer>,
    /// Failed attempts since the last welcome.
    failures: u32,
    sent: Sent,
    sent_many: Sent,
    /// What was told of the run under way, as it came; kept for a reload.
    told: Vec<String>,
    /// What came before it could be read.
    unread: Vec<String>,
}

/// What the agent has been told on this page.
#[derive(Default)]
struct Sent {
    run: Option<RunId>,
    cancel: Option<RunId>,
}

/// What the browser reports.
pub enum Msg {
    Due,
    Received(String),
    Closed,
}

impl Component for AgentChannel {
    type Message = Msg;
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self {
            socket: None,
            timer: None,
            failures: 0,
            sent: Sent::default(),
            sent_many: Sent::default(),
            told: Vec::new(),
            unread: Vec::new(),
        }
    }

    fn view(&self, _: &Context<Self>) -> Html {
        html! {}
    }

    fn rendered(&mut self, context: &Context<Self>, first_render: bool) {
        if first_render {
            self.connect(context);
        }
    }

    fn changed(&mut self, context: &Context<Self>, old: &Props) -> bool {
        if context.props().token != old.token {
            self.failures = 0;
            self.connect(context);
        }
        for text in std::mem::take(&mut self.unread) {
            context.link().send_message(Msg::Received(text));
        }
        self.send_what_is_new(context.props());
        false
    }

    fn update(&mut self, context: &Context<Self>, message: Msg) -> bool {
        let on = &context.props().on;
        match message {
            Msg::Due => self.connect(context),
            Msg::Received(text) => {
                let Some(late) = late::ready() else {
                    self.unread.push(text);
                    return false;
                };
                // A message of a newer agent that this page does not know is passed over: the
                // protocol adds messages, and a run without an answer can be cancelled.
                if let Ok(message) = (late.read)(&text) {
                    if matches!(message, ServerMessage::Welcome { .. }) {
                        self.failures = 0;
                    }
                    self.keep(&message, text);
                    let is_start = matches!(message, ServerMessage::Started { .. });
                    on.emit(Action::AgentSaid(message));
                    if is_start {
                        on.emit(Action::Run(run_events::Action::BeganAt(browser::now())));
                    }
                }
            }
            Msg::Closed => {
                self.socket = None;
                on.emit(Action::Channel(channel_status::Action::Closed));
                let link = context.link().clone();
                let wait = back_off(self.failures);
                self.failures = self.failures.saturating_add(1);
                self.timer = Timer::start(wait, move || link.send_message(Msg::Due));
            }
        }
        false
    }
}

impl AgentChannel {
    fn connect(&mut self, context: &Context<Self>) {
        self.timer = None;
        self.socket = None;
        let Props { token, on, .. } = context.props();
        let (Some(token), Some(address)) = (token, browser::channel_address()) else {
            return;
        };
        on.emit(Action::Channel(channel_status::Action::Tried));
        match Socket::open(&address, token, context) {
            Ok(socket) => self.socket = Some(socket),
            Err(_) => context.link().send_message(Msg::Closed),
        }
    }

    /// Keeps a whole run for a reload, unless it is a large one.
    fn keep(&mut self, message: &ServerMessage, text: String) {
        let is_last = matches!(message, ServerMessage::Finished { .. });
        if matches!(message, ServerMessage::Started { .. }) {
            self.told.clear();
        } else if self.told.is_empty()
            || !(is_last || matches!(message, ServerMessage::Events { .. }))
        {
            return;
        }
        self.told.push(text);
        let bytes: usize = self.told.iter().map(String::len).sum();
        if is_last && bytes <= LONGEST_KEPT {
            browser::keep_run(&self.told.join("\n"));
        }
        if is_last || bytes > LONGEST_KEPT {
            self.told.clear();
        }
    }

    /// Sends the runs that were asked for and their cancellation, each once.
    fn send_what_is_new(&mut self, props: &Props) {
        let Some(socket) = self.socket.as_ref() else {
            return;
        };
        for (ask, sent) in [
            (&props.ask, &mut self.sent),
            (&props.many, &mut self.sent_many),
        ] {
            if let Some(ask) = ask {
                sent.bring_up_to(ask, socket);
            }
        }
    }
}

impl Sent {
    fn bring_up_to(&mut self, ask: &Ask, socket: &Socket) {
        if self.run != Some(ask.run) && !ask.cancelled {
            let (run, scenario) = (ask.run, ask.scenario.clone());
            socket.send(&match ask.times.clone() {
                None => ClientMessage::Run {
                    run,
                    scenario,
                    seed: None,
                },
                Some(times) => ClientMessage::RunMany {
                    run,
                    scenario,
                    seed: times.seed,
                    runs: times.runs,
                    vary: times.vary,
                    bins: times.bins,
                },
            });
            self.run = Some(ask.run);
        }
        let is_running = self.run == Some(ask.run);
        if ask.cancelled && is_running && self.cancel != Some(ask.run) {
            socket.send(&ClientMessage::Cancel { run: ask.run });
            self.cancel = Some(ask.run);
        }
    }
}

/// Milliseconds to wait before the next attempt: 0.5 s, doubled up to 15 s.
///
/// In the first minute that makes eight attempts, fewer than an agent answers before it slows down.
const fn back_off(failures: u32) -> i32 {
    match failures {
        0 => 500,
        1 => 1_000,
        2 => 2_000,
        3 => 4_000,
        4 => 8_000,
        _ => 15_000,
    }
}

/// An open or opening WebSocket with its listeners; closed when dropped.
struct Socket {
    inner: WebSocket,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    fn open(address: &str, token: &str, context: &Context<AgentChannel>) -> Result<Self, JsValue> {
        let protocols = js_sys::Array::of2(
            &JsValue::from_str(BROWSER_PROTOCOL),
            &JsValue::from_str(&format!("{TOKEN_PREFIX}{token}")),
        );
        let socket = WebSocket::new_with_str_sequence(address, &protocols)?;
        let link = context.link().clone();
        let message = Closure::<dyn FnMut(_)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                link.send_message(Msg::Received(text));
            }
        });
        let link = context.link().clone();
        let close = Closure::<dyn FnMut(_)>::new(move |_: CloseEvent| {
            link.send_message(Msg::Closed);
        });
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        Ok(Self {
            inner: socket,
            _message: message,
            _close: close,
        })
    }

    /// A message that cannot be sent is not lost silently: the channel closes, and the run says so.
    fn send(&self, message: &ClientMessage) {
        let sent = serde_json::to_string(message)
            .is_ok_and(|text| self.inner.send_with_str(&text).is_ok());
        if !sent {
            let _ = self.inner.close();
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.inner.set_onmessage(None);
        self.inner.set_onclose(None);
        let _ = self.inner.close();
    }
}

/// A pending call of the browser; cancelled when dropped.
struct Timer {
    id: i32,
    _due: Closure<dyn FnMut()>,
}

impl Timer {
    fn start(millis: i32, due: impl FnOnce() + 'static) -> Option<Self> {
        let due = Closure::once(due);
        let id = web_sys::window()?
            .set_timeout_with_callback_and_timeout_and_arguments_0(
                due.as_ref().unchecked_ref(),
                millis,
            )
            .ok()?;
        Some(Self { id, _due: due })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window.clear_timeout_with_handle(self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_minute_has_fewer_than_ten_attempts() {
        let mut at = 0;
        let attempts = (0..).take_while(|failures| {
            at += back_off(*failures);
            at < 60_000
        });
        assert!(attempts.count() < 10);
    }
}
