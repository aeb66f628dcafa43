//! The run before beside the run now: how each ended, where they part, and on demand both line by line.

use aftershake_shared::compare::text::{self as told, since_syn};
use aftershake_shared::compare::{Comparison, Ending, Kind, Likeness, Line, Row};
use aftershake_shared::scenario::expect::Outcome;
use yew::{Callback, Html, classes, html};

use super::press::{Button, button};
use crate::el;
use crate::store::compare::{Action as Did, Stories};
use crate::store::run_events::RunEvents;
use crate::store::{Action, AppState};
use crate::text::{self, share as words};

/// Most lines on show.
const MOST: usize = 300;

/// The card, once there are two runs.
pub fn compare(state: &AppState, on: &Callback<Action>) -> Html {
    let (Some(result), Some(before)) = (&state.compare.result, &state.previous) else {
        return Html::default();
    };
    let is_shown = state.compare.stories == Stories::Shown;
    let turn = Button {
        class: "link",
        test: "compare-stories",
        words: if is_shown {
            words::FOLD_STORIES
        } else {
            words::SHOW_STORIES
        },
        pressed: None,
        ..Button::default()
    };
    let away = Button {
        class: "link",
        test: "compare-away",
        words: words::PUT_AWAY,
        ..Button::default()
    };
    el!("section" { "class": "card compare", "aria-labelledby": "compare-title", "data-test": "compare" }
        el!("h2" { "id": "compare-title" } words::COMPARED),
        el!("div" { "class": "endings" }
            ending(words::BEFORE, "compare-before", before, &result.before),
            ending(words::NOW, "compare-now", &state.run, &result.after),
        ),
        first(result),
        told::left_out(result).map(|text| el!("p" { "class": "hint", "data-test": "compare-left-out" } text)),
        is_shown.then(|| stories(result)),
        (is_shown && !result.counters.is_empty()).then(|| counters(result)),
        el!("div" { "class": "buttons" }
            button(turn, on, Action::Compare(Did::StoriesTurned)),
            button(away, on, Action::Compare(Did::PutAway)),
        ),
    )
}

fn ending(when: &'static str, test: &'static str, run: &RunEvents, ending: &Ending) -> Html {
    let tone = match ending.outcome {
        Outcome::Reset | Outcome::Refused => "badge bad",
        Outcome::Closed => "badge good",
        Outcome::Open | Outcome::TimedOut => "badge",
    };
    let title = run
        .scenario
        .as_ref()
        .map(|scenario| text::shown(&scenario.title));
    let certainty = ending
        .certainty
        .map(|certainty| el!("span" { "class": "certainty" } text::certainty(certainty)));
    el!("div" { "class": "ending", "data-test": test }
        el!("p" { "class": "verdict-head" }
            el!("b" {} when),
            el!("span" { "class": tone } text::outcome(ending.outcome)),
            certainty,
        ),
        el!("p" { "class": "of" } title.unwrap_or_default()),
        el!("p" { "class": "why" } text::sentence(&ending.headline)),
    )
}

/// Where they part, in one sentence of the two sides.
fn first(result: &Comparison) -> Html {
    let Some(row) = result.first() else {
        let same = if result.left_out.is_empty() {
            words::BOTH_SAME.to_owned()
        } else {
            told::first(result)
        };
        return el!("p" { "class": "first", "data-test": "compare-first" } same);
    };
    let side = |line: &Option<Line>| match line {
        Some(line) => el!("code" {} text::shown(&line.what)),
        None => el!("span" {} words::NOTHING_HERE),
    };
    el!("p" { "class": "first", "data-test": "compare-first" }
        el!("b" {} words::FIRST),
        side(&row.before),
        el!("span" { "class": "aside" } words::THEN_NOW),
        side(&row.after),
    )
}

fn stories(result: &Comparison) -> Html {
    let rows = result.rows.iter().enumerate().take(MOST);
    let more = result.rows.len().saturating_sub(MOST);
    html! {
        <div class="stories" tabindex="0" role="region" aria-label={words::STORIES}>
            <table data-test="compare-rows">
                <caption>{ words::STORIES }</caption>
                <thead>
                    <tr>
                        <th scope="col" class="at" /><th scope="col">{ words::BEFORE }</th>
                        <th scope="col" class="how"><span class="sr-only">{ words::HOW }</span></th>
                        <th scope="col" class="at" /><th scope="col">{ words::NOW }</th>
                    </tr>
                </thead>
                <tbody>{ for rows.map(|(number, told)| row(told, result.first_difference == Some(number))) }</tbody>
            </table>
            if more > 0 { <p class="hint">{ words::more_lines(more) }</p> }
        </div>
    }
}

fn row(row: &Row, is_first: bool) -> Html {
    let (class, sign, said) = match row.likeness {
        Likeness::Same => ("same", "", words::SAME),
        Likeness::Changed => ("changed", "≠", words::CHANGED),
        Likeness::OnlyBefore => ("only", "−", words::ONLY_BEFORE),
        Likeness::OnlyAfter => ("only", "+", words::ONLY_NOW),
    };
    let said = if is_first {
        words::HERE_THEY_PART
    } else {
        said
    };
    html! {
        <tr class={classes!(class, is_first.then_some("parting"))} data-test={is_first.then_some("compare-parting")}>
            { side(row.before.as_ref()) }
            <td class="how" title={said}><span aria-hidden="true">{ sign }</span><span class="sr-only">{ said }</span></td>
            { side(row.after.as_ref()) }
        </tr>
    }
}

fn side(line: Option<&Line>) -> Html {
    let Some(line) = line else {
        return html! { <><td class="at none" /><td class="none" /></> };
    };
    let kind = match line.kind {
        Kind::Call => "call",
        Kind::Outside => "outside",
        Kind::Segment => "segment",
        Kind::Reset => "reset",
    };
    html! {
        <>
            <td class="at">{ since_syn(line.since_syn_ns) }</td>
            <td class={kind}><code>{ text::shown(&line.what) }</code></td>
        </>
    }
}

fn counters(result: &Comparison) -> Html {
    html! {
        <details class="counted">
            <summary>{ words::COUNTERS }</summary>
            <table class="saw"><tbody>
                { for result.counters.iter().map(|counted| html! {
                    <tr>
                        <th scope="row"><code>{ text::shown(&counted.name) }</code></th>
                        <td>{ counted.before }</td><td>{ counted.after }</td>
                    </tr>
                }) }
            </tbody></table>
        </details>
    }
}
