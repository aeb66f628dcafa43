//! Many runs: what to vary, how they end while they are made, where the ending flips, and the way into one of them.

mod chart;
mod form;
mod result;
mod table;

use aftershake_shared::distribution::chart::place::value_words;
use yew::{Callback, Html, KeyboardEvent, Properties, component, html, use_effect_with};

use super::guide::hides_verdict;
use super::press::{Button, button, press};
use crate::browser;
use crate::el;
use crate::store::many::{self, Many, View};
use crate::store::run_events::Phase;
use crate::store::{Action, AppState};
use crate::text::{self, many as words};

/// The card.
pub fn sweep(state: &AppState, on: &Callback<Action>) -> Html {
    if hides_verdict(state) {
        return Html::default();
    }
    let many = many::of(state);
    let runs = many.tally.runs();
    let seen = (runs > 0).then(|| seen(state, &many, on));
    el!("section" { "class": "card sweep", "aria-labelledby": "sweep-title", "data-test": "sweep" }
        [onkeydown(on_key(on))]
        el!("h2" { "id": "sweep-title" } words::TITLE),
        el!("p" { "class": "lead" } words::LEAD),
        form::form(state, &many, on),
        how_far(&many, runs),
        seen,
    )
}

/// The button that starts or stops is one element, so that the focus stays on it.
fn how_far(many: &Many, runs: u64) -> Html {
    let is_under_way = many.phase.is_under_way();
    let planned = (!many.is_search()).then_some(many.about.planned);
    let counted = words::progress(runs, planned);
    let line = match &many.phase {
        Phase::Idle => return Html::default(),
        Phase::Asked => words::ASKED.to_owned(),
        Phase::Queued { ahead } => text::waits(*ahead),
        Phase::Running => counted.clone(),
        Phase::Finished { took } if many.about.interrupted => words::cut(&counted, *took),
        Phase::Finished { took } => words::finished(runs, *took),
        Phase::Failed(failure) => {
            let parts = [words::FAILED, &failure.message, &failure.remedy];
            text::shown(&parts.join(" "))
        }
        Phase::Lost => words::lost(&counted),
    };
    let class = match many.phase {
        Phase::Failed(_) | Phase::Lost => "how-far mistake",
        Phase::Idle
        | Phase::Asked
        | Phase::Queued { .. }
        | Phase::Running
        | Phase::Finished { .. } => "how-far",
    };
    let bar = (is_under_way && !many.is_search()).then(|| {
        el!("progress" {
            "max": many.about.planned.max(1).to_string(), "value": runs.to_string(), "aria-label": words::PROGRESS,
        })
    });
    el!("div" {}
        el!("p" { "class": class, "data-test": "sweep-progress" } line),
        bar,
        el!("p" { "class": "sr-only", "role": "status", "data-test": "sweep-said" } said(many, runs)),
    )
}

/// What is read aloud: at each quarter and at the end, not with every batch.
fn said(many: &Many, runs: u64) -> String {
    let planned = many.about.planned.max(1);
    if many.phase.is_under_way() {
        let quarter = if many.is_search() {
            0
        } else {
            runs * 4 / planned
        };
        return match quarter {
            0 => String::new(),
            quarter => words::progress(quarter * planned / 4, Some(planned)),
        };
    }
    if runs == 0 {
        return String::new();
    }
    let planned = (runs < many.about.planned).then_some(planned);
    words::sentence(&many.tally, planned)
}

/// Chart or table, and what it comes to.
fn seen(state: &AppState, many: &Many, on: &Callback<Action>) -> Html {
    let view = |view: View, test: &'static str, words: &'static str| {
        let description = Button {
            test,
            words,
            pressed: Some(many.view == view),
            ..Button::default()
        };
        let action = if many.view == view {
            many::Action::ViewKept
        } else {
            many::Action::ViewTurned
        };
        button(description, on, Action::Many(action))
    };
    let tally = many.tally.clone();
    let body = match many.view {
        View::Chart => html! {
            <chart::SweepChart
                {tally} odd={many.odd.clone()} at={many.at.clone()} width={state.window.width} on={on.clone()}
            />
        },
        View::Table => table::table(many, on),
    };
    let of = [words::OF, &many.about.scenario].concat();
    el!("div" { "class": "seen" }
        // Another scenario may have been chosen since: the counts are still of this one.
        el!("p" { "class": "hint", "data-test": "sweep-of" } text::shown(&of)),
        el!("div" { "class": "choices", "role": "group", "aria-label": words::VIEW }
            view(View::Chart, "sweep-chart", words::CHART),
            view(View::Table, "sweep-table", words::TABLE),
        ),
        body,
        result::result(many),
    )
}

/// `t` turns between chart and table here, not in the ladder; Enter in a field starts.
fn on_key(on: &Callback<Action>) -> Callback<KeyboardEvent> {
    let on = on.clone();
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let target = browser::target(&event).map(|target| target.tag_name());
        let is_input = target.as_deref() == Some("INPUT");
        let action = match event.key().as_str() {
            "Enter" if is_input => many::Action::Asked(many::Aim::Count),
            "t" if !is_input && target.as_deref() != Some("SELECT") => many::Action::ViewTurned,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        on.emit(Action::Many(action));
    })
}

/// Above the verdict of one of many: which it is, and the way back.
pub fn odd_run(state: &AppState, on: &Callback<Action>) -> Html {
    let many = many::of(state);
    let Some((odd, header)) = many.opened else {
        return Html::default();
    };
    if state.run.header.as_ref() != Some(&header) {
        return Html::default();
    }
    let value = odd.value.map(|value| value_words(Some(value)));
    let line = words::opened(odd.summary.number, &odd.summary.key, value);
    html! { <OddRun number={odd.summary.number} seed={odd.summary.seed} {line} on={on.clone()} /> }
}

/// What the banner is given.
#[derive(Clone, PartialEq, Properties)]
struct BannerProps {
    number: u64,
    /// A search may have two runs of the same number.
    seed: u64,
    line: String,
    on: Callback<Action>,
}

/// Takes the focus when another run was opened.
#[component]
fn OddRun(props: &BannerProps) -> Html {
    use_effect_with((props.number, props.seed), |_| {
        browser::focus("#back");
    });
    let back = press(&props.on, Action::Many(many::Action::Left));
    let onclick = back.reform(|event| {
        browser::focus(".sweep [tabindex=\"0\"]");
        event
    });
    el!("div" { "class": "odd-run", "data-test": "odd-run" }
        el!("p" { "role": "status" } props.line.clone()),
        el!("button" { "type": "button", "id": "back", "class": "ghost", "data-test": "sweep-back" }
            [onclick(onclick)] words::BACK),
    )
}
