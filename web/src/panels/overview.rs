//! Many connections at a glance: a row each, to be opened as a ladder.

use aftershake_shared::ladder::overview::Row;
use aftershake_shared::units::Nanos;
use yew::{Callback, Html, Properties, component, html, use_state};

use super::glyph::{glyph, glyph_words};
use crate::store::Action;
use crate::store::run_events::{self, Focus};
use crate::text::{self, ladder as words};

/// Rows added at a time.
const PAGE: usize = 200;
/// The width of the bars' drawing.
const BARS: f64 = 200.0;

/// The connections as a table.
pub(super) fn connections(rows: &[Row], on: &Callback<Action>) -> Html {
    let begun = rows.iter().filter_map(|row| row.lasted);
    let (from, until) = begun.fold((Nanos(u64::MAX), Nanos(0)), |(from, until), lasted| {
        (from.min(lasted.0), until.max(lasted.1))
    });
    let span = until.0.saturating_sub(from.0).max(1);
    let rows: Vec<_> = rows.iter().map(|row| shown(row, from, span, on)).collect();
    html! { <Overview {rows} /> }
}

/// What the table is given.
#[derive(Clone, PartialEq, Properties)]
struct Props {
    rows: Vec<Html>,
}

#[component]
fn Overview(props: &Props) -> Html {
    let pages = use_state(|| 1_usize);
    let shown = PAGE.saturating_mul(*pages);
    let left = props.rows.len().saturating_sub(shown);
    let more = {
        let pages = pages.clone();
        Callback::from(move |_| pages.set(pages.saturating_add(1)))
    };
    html! {
        <div class="overview" data-test="overview">
            <table class="table">
                <caption class="sr-only">{ words::OVERVIEW }</caption>
                <thead>
                    <tr>
                        <th scope="col" class="number">{ "#" }</th>
                        <th scope="col">{ "ended" }</th>
                        <th scope="col">{ "who" }</th>
                        <th scope="col" class="number">{ "ms" }</th>
                        <th scope="col">{ "when" }</th>
                        <th scope="col" class="number">{ "segments" }</th>
                        <th scope="col" class="number">{ "bytes" }</th>
                    </tr>
                </thead>
                <tbody>{ for props.rows.iter().take(shown).cloned() }</tbody>
            </table>
            if left > 0 {
                <button type="button" class="ghost" onclick={more}>{ format!("Show more: {left} are left") }</button>
            }
        </div>
    }
}

fn shown(row: &Row, from: Nanos, span: u64, on: &Callback<Action>) -> Html {
    let id = row.id;
    let open = on.reform(move |_| Action::Run(run_events::Action::FocusChosen(Focus::One(id))));
    let outcome = row.outcome.map_or("", text::outcome);
    let who = format!(
        "{} → {}",
        text::shown(&row.client),
        text::shown(&row.server)
    );
    let at = |moment: Nanos| {
        let part = (moment - from).as_millis_f64() / Nanos(span).as_millis_f64();
        format!("{:.1}", part * BARS)
    };
    let lasted = row.lasted.map(|(first, last)| {
        let (x, until) = (at(first), at(last));
        let crosses = row.resets.iter().take(20).map(|moment| {
            html! { <path class="cross" d={format!("M{} 4m-3 -3l6 6m0 -6l-6 6", at(*moment))} /> }
        });
        html! {
            <svg class="lasted" viewBox={format!("-4 0 {} 8", BARS + 8.0)} aria-hidden="true">
                <path class="bar" d={format!("M{x} 4H{until}")} />
                <path class="end" d={format!("M{x} 1V7M{until} 1V7")} />
                { for crosses }
            </svg>
        }
    });
    let took = row
        .lasted
        .map(|(first, last)| (last - first).in_unit(Nanos::MILLISECOND, 3));
    html! {
        <tr key={id} class={row.outcome.map_or("", outcome_class)} data-test="connection-row">
            <th scope="row" class="number">
                <button type="button" class="link" data-test={format!("connection-{id}")} title={words::OVERVIEW_OPEN}
                    aria-label={format!("{}: {id}, {who}, {}", words::OVERVIEW_OPEN, glyph_words(row.outcome))} onclick={open}>
                    { id }
                </button>
            </th>
            <td class="ended">{ glyph(row.outcome) }{ " " }{ outcome }</td>
            <td>{ who }</td>
            <td class="number">{ for took }</td>
            <td class="when">{ for lasted }</td>
            <td class="number">{ row.segments }</td>
            <td class="number">{ format!("{} / {}", row.sent_by_client, row.sent_by_server) }</td>
        </tr>
    }
}

const fn outcome_class(outcome: aftershake_shared::scenario::expect::Outcome) -> &'static str {
    use aftershake_shared::scenario::expect::Outcome;
    match outcome {
        Outcome::Reset | Outcome::Refused => "bad",
        Outcome::Closed => "good",
        Outcome::Open | Outcome::TimedOut => "plain",
    }
}
