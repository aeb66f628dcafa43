//! The card of a file that the reader opened: how far it is read, what it holds, where it is damaged.

use aftershake_shared::capture::explained::{Explained, Summary};
use yew::{Callback, Html, html};

use super::overview::Overview;
use super::press::{Button, button};
use crate::opening;
use crate::store::opened::{self, File, Stage, Told};
use crate::store::{Action, AppState};
use crate::text::{self, file as words};

/// The card; empty without a file, and where a recording is on show like any run.
pub fn file_card(state: &AppState, on: &Callback<Action>) -> Html {
    let Some(file) = &state.file else {
        return Html::default();
    };
    let body = match &file.stage {
        Stage::Run | Stage::Programs => return Html::default(),
        Stage::Reading { bytes, found } => reading(file, *bytes, *found, on),
        Stage::Refused(why) => html! {
            <>
                { head("bad", words::REFUSED, file, closes(words::CLOSE, on)) }
                <h1 data-test="headline" class="headline">{ words::not_read(&text::shown(&file.name)) }</h1>
                <p class="why" role="alert" data-test="refused">{ text::shown(&file.name) }{ ": " }{ text::shown(why) }{ "." }</p>
            </>
        },
        Stage::Capture { told, open: None } => html! {
            <>
                { head("plain", words::CAPTURE, file, closes(words::CLOSE, on)) }
                <h1 data-test="headline" class="headline">{ words::headline(&told.explained.summary) }</h1>
                { told_of(told) }
                if !told.rows.is_empty() {
                    <Overview rows={told.rows.clone()} open={on.reform(chosen)} />
                }
            </>
        },
        Stage::Capture {
            told,
            open: Some(row),
        } => html! {
            <>
                { head("plain", words::CAPTURE, file, html! { <>{ back(told, on) }{ closes(words::CLOSE, on) }</> }) }
                { partly(told, *row) }
                { problems(&told.explained) }
            </>
        },
    };
    html! {
        <section class="card verdict file" aria-label={words::CARD} data-test="file-card">{ body }</section>
    }
}

fn chosen(row: u32) -> Action {
    Action::File(opened::Action::ConnectionChosen(row))
}

/// What it is, its name, and the ways out.
fn head(tone: &'static str, badge: &'static str, file: &File, ways: Html) -> Html {
    html! {
        <div class="verdict-head">
            <span class={yew::classes!("badge", tone)} data-test="file-badge">{ badge }</span>
            <span class="file-name">{ text::shown(&file.name) }</span>
            <span class="ways">{ ways }</span>
        </div>
    }
}

/// Ends the reading, if it goes on, and puts the file away.
fn closes(words: &'static str, on: &Callback<Action>) -> Html {
    let on = on.clone();
    let onclick = Callback::from(move |_| {
        opening::give_up();
        on.emit(Action::File(opened::Action::Closed));
    });
    html! { <button type="button" class="ghost" data-test="file-close" {onclick}>{ words }</button> }
}

fn back(told: &Told, on: &Callback<Action>) -> Html {
    if told.rows.len() < 2 {
        return Html::default();
    }
    let description = Button {
        class: "ghost back",
        test: "file-back",
        words: words::BACK,
        ..Button::default()
    };
    button(description, on, Action::File(opened::Action::BackAsked))
}

fn reading(file: &File, bytes: u64, found: u64, on: &Callback<Action>) -> Html {
    html! {
        <>
            { head("plain", words::READING, file, closes(words::CANCEL, on)) }
            <p class="why">{ words::going(bytes, file.bytes, found) }</p>
            <progress
                max={file.bytes.max(1).to_string()} value={bytes.to_string()} aria-label={words::PROGRESS}
                data-test="file-progress"
            />
        </>
    }
}

fn told_of(told: &Told) -> Html {
    let explained = &told.explained;
    html! {
        <>
            <p class="why">{ words::contents(&explained.summary, explained.packets) }</p>
            { causes(&explained.summary) }
            if told.not_drawn > 0 { <p class="why">{ words::not_drawn(told.not_drawn) }</p> }
            { problems(explained) }
        </>
    }
}

/// How often each cause was named first, the most frequent first.
fn causes(summary: &Summary) -> Html {
    let mut causes: Vec<_> = summary.causes.iter().collect();
    aftershake_shared::order::sort_by_rank(&mut causes, |(_, count)| (u64::MAX - **count, 0));
    if causes.is_empty() {
        return Html::default();
    }
    html! {
        <ul class="chips" aria-label={words::CAUSES}>
            { for causes.iter().map(|(cause, count)| html! { <li><span class="chip">{ text::cause(**cause) }{ " " }<b>{ **count }</b></span></li> }) }
        </ul>
    }
}

fn problems(explained: &Explained) -> Html {
    let all = explained.summary.problems;
    if all == 0 {
        return Html::default();
    }
    let listed = explained.problems.iter().map(|problem| {
        html! { <li><b>{ words::frame(problem.frame) }</b>{ ": " }{ text::shown(&problem.message) }</li> }
    });
    let more = usize::try_from(all).unwrap_or(usize::MAX);
    let more = more.saturating_sub(explained.problems.len());
    html! {
        <details class="not-this problems" open={true} data-test="file-problems">
            <summary>{ words::problems(all) }</summary>
            <ul>
                { for listed }
                if more > 0 { <li>{ text::verdict::and_more(more) }</li> }
            </ul>
        </details>
    }
}

/// Says when the middle of the connection on show was not kept.
fn partly(told: &Told, row: u32) -> Html {
    let id = u64::from(row).saturating_sub(1);
    let one = told.explained.connections.iter().find(|one| one.id == id);
    let left_out = one.map_or(0, |one| one.segments.saturating_sub(one.kept.len() as u64));
    if left_out == 0 {
        return Html::default();
    }
    html! { <p class="why" data-test="file-left-out">{ words::left_out(left_out) }</p> }
}
