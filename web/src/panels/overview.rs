//! Many connections at a glance: a row each, to be opened as a ladder.

use aftershake_shared::diagnosis::CauseId;
use aftershake_shared::diagnosis::finding::Certainty;
use aftershake_shared::ladder::overview::Row;
use aftershake_shared::units::Nanos;
use yew::{Callback, Html, Properties, component, html, use_state};

use super::glyph::{glyph, glyph_words};
use crate::store::kept::Kept;
use crate::text::{self, ladder as words, table as said};

/// Rows added at a time.
const PAGE: usize = 200;
/// The width of the bars' drawing.
const BARS: f64 = 96.0;

/// What the table is given.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct Props {
    pub(super) rows: Kept<Vec<Row>>,
    /// Opens the ladder of a row's number; a row whose segments were not kept has none.
    pub(super) open: Callback<u32>,
}

/// The connections as a table, a page of it at a time.
#[component]
pub(super) fn Overview(props: &Props) -> Html {
    let pages = use_state(|| 1_usize);
    let Props { rows, open } = props;
    let begun = rows.iter().filter_map(|row| row.lasted);
    let (from, until) = begun.fold((Nanos(u64::MAX), Nanos(0)), |(from, until), lasted| {
        (from.min(lasted.0), until.max(lasted.1))
    });
    let span = until.0.saturating_sub(from.0).max(1);
    let left = rows.len().saturating_sub(PAGE.saturating_mul(*pages));
    let page = rows.iter().take(rows.len() - left);
    let page = page.map(|row| shown(row, from, span, open));
    let more = {
        let pages = pages.clone();
        Callback::from(move |_| pages.set(pages.saturating_add(1)))
    };
    html! {
        <div class="overview" data-test="overview" tabindex="0" role="region" aria-label={words::OVERVIEW}>
            // The roles hold where a narrow page lays its rows out as cards.
            <table class="table" role="table">
                <caption class="sr-only">{ words::OVERVIEW }</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader" class="number">{ "#" }</th>
                        <th scope="col" role="columnheader">{ said::ENDED }</th>
                        <th scope="col" role="columnheader">{ said::WHY }</th>
                        <th scope="col" role="columnheader">{ said::WHO }</th>
                        <th scope="col" role="columnheader" class="number">{ said::MILLISECONDS }</th>
                        <th scope="col" role="columnheader">{ said::WHEN }</th>
                        <th scope="col" role="columnheader" class="number">{ said::SEGMENTS }</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{ for page }</tbody>
            </table>
            if left > 0 {
                <button type="button" class="ghost" data-test="overview-more" onclick={more}>
                    { said::more(left) }
                </button>
            }
        </div>
    }
}

fn shown(row: &Row, from: Nanos, span: u64, open: &Callback<u32>) -> Html {
    let id = row.id;
    let open = open.reform(move |_| id);
    let outcome = row.outcome.map_or("", text::outcome);
    let who = format!(
        "{} → {}",
        text::shown(&row.client),
        text::shown(&row.server)
    );
    let lasted = row.lasted.map(|lasted| bar(row, lasted, from, span));
    let took = row
        .lasted
        .map(|(first, last)| (last - first).in_unit(Nanos::MILLISECOND, 3));
    let label = format!(
        "{}: {id}, {who}, {}",
        words::OVERVIEW_OPEN,
        glyph_words(row.outcome)
    );
    html! {
        <tr key={id} class={row.outcome.map_or("", outcome_class)} role="row" data-test="connection-row">
            <th scope="row" role="rowheader" class="number">
                if row.lasted.is_some() {
                    <button type="button" class="link" data-test={format!("connection-{id}")} title={words::OVERVIEW_OPEN}
                        aria-label={label} onclick={open}>
                        { id }
                    </button>
                } else {
                    { id }
                }
            </th>
            <td role="cell" class="ended">{ glyph(row.outcome) }{ " " }{ outcome }</td>
            <td role="cell" class="cause">{ for row.cause.map(|(cause, certainty)| named(cause, certainty)) }</td>
            <td role="cell" class="who">{ who }</td>
            <td role="cell" class="number took">{ for took }<span class="unit">{ " " }{ said::MILLISECONDS }</span></td>
            <td role="cell" class="when">{ for lasted }</td>
            <td role="cell" class="number sent">{ row.segments }<span class="unit">{ " " }{ said::SEGMENTS }</span></td>
        </tr>
    }
}

/// The cause named first, and how sure that is.
fn named(cause: CauseId, certainty: Certainty) -> Html {
    let title = (certainty != Certainty::Certain).then_some(words::OVERVIEW_BY);
    html! {
        <>{ text::cause(cause) }{ " " }<span class="quiet-words" {title}>{ text::certainty(certainty) }</span></>
    }
}

/// From when until when, with a cross for each RST.
fn bar(row: &Row, (first, last): (Nanos, Nanos), from: Nanos, span: u64) -> Html {
    let at = |moment: Nanos| {
        let part = (moment - from).as_millis_f64() / Nanos(span).as_millis_f64();
        format!("{:.1}", part * BARS)
    };
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
}

const fn outcome_class(outcome: aftershake_shared::scenario::expect::Outcome) -> &'static str {
    use aftershake_shared::scenario::expect::Outcome;
    match outcome {
        Outcome::Reset | Outcome::Refused => "bad",
        Outcome::Closed => "good",
        Outcome::Open | Outcome::TimedOut => "plain",
    }
}
