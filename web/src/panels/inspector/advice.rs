//! What each program was told, and what to change in it.

use aftershake_shared::catalog;
use aftershake_shared::diagnosis::finding::Saw;
use aftershake_shared::errno::Errno;
use aftershake_shared::expectation::decisive;
use yew::{Callback, Html, classes, html};

use super::section;
use crate::store::run_events::RunEvents;
use crate::store::{Action, AppState};
use crate::text::{self, inspector as words};

/// Connections told about; a proxy test with a hundred has its table.
const MOST: usize = 8;

/// "Each program saw": per connection and program, the calls that met the end or caused it.
pub(super) fn program_saw(run: &RunEvents) -> Html {
    let Some(diagnosis) = &run.diagnosis else {
        return html! {};
    };
    let tcp = diagnosis
        .connections
        .iter()
        .map(|one| (one.id, one.saw.as_slice()));
    let unix = diagnosis
        .unix
        .iter()
        .map(|one| (one.id, one.saw.as_slice()));
    let with_calls = tcp.chain(unix).filter(|(_, saw)| !saw.is_empty());
    let connections: Vec<_> = with_calls.collect();
    if connections.is_empty() {
        return html! {};
    }
    let is_one = diagnosis.connections.len() + diagnosis.unix.len() == 1;
    let left = connections.len().saturating_sub(MOST);
    section(
        words::SAW,
        html! {
            <>
                <table class="saw" data-test="program-saw">
                    <thead class="sr-only">
                        <tr><th>{ words::SAW_PROGRAM }</th><th>{ words::CALL }</th><th>{ words::RESULT }</th></tr>
                    </thead>
                    { for connections.iter().take(MOST).map(|(id, saw)| connection(*id, saw, is_one)) }
                </table>
                if left > 0 { <p class="note">{ words::more_connections(left) }</p> }
            </>
        },
    )
}

fn connection(id: u32, saw: &[Saw], is_one: bool) -> Html {
    let mut last = "";
    let rows = saw.iter().map(|saw| {
        let by = if saw.by == last { "" } else { saw.by.as_str() };
        last = &saw.by;
        row(saw, by)
    });
    let rows: Html = rows.collect();
    html! {
        <tbody>
            if !is_one {
                <tr><th colspan="3" scope="rowgroup" class="because">{ words::connection(id) }</th></tr>
            }
            { rows }
        </tbody>
    }
}

fn row(saw: &Saw, by: &str) -> Html {
    let is_bad = Errno::from_name(&saw.result).is_some();
    html! {
        <>
            <tr>
                <th scope="row">{ text::shown(by) }</th>
                <td><code>{ text::shown(&saw.signature) }</code></td>
                <td class={classes!(is_bad.then_some("bad"))}>{ text::shown(&saw.result) }</td>
            </tr>
            if !saw.because.is_empty() {
                <tr><td /><td colspan="2" class="because">{ text::sentence(&saw.because) }</td></tr>
            }
        </>
    }
}

/// "Change this": the remedy, some code, and the scenario that shows it.
pub(super) fn change_this(state: &AppState, on: &Callback<Action>) -> Html {
    let run = &state.run;
    let finding = run
        .diagnosis
        .as_ref()
        .and_then(|diagnosis| decisive(diagnosis));
    // What to change where no RST is to blame: an error over AF_UNIX.
    let unix = run.diagnosis.iter().flat_map(|diagnosis| &diagnosis.unix);
    let mut unix_fixes: Vec<_> = unix
        .map(|pair| pair.fix.as_str())
        .filter(|fix| !fix.is_empty())
        .collect();
    unix_fixes.dedup();
    unix_fixes.truncate(MOST);
    let fixed_by = run.scenario.as_ref().and_then(|s| s.fixed_by.as_deref());
    let fixed_by = fixed_by
        .filter(|_| run.diagnosis.is_some())
        .and_then(catalog::find);
    if finding.is_none_or(|finding| finding.fix.is_empty())
        && fixed_by.is_none()
        && unix_fixes.is_empty()
    {
        return html! {};
    }
    let button = fixed_by.map(|entry| {
        let can_run = state.channel.is_open();
        let chosen = Action::ScenarioChosen {
            name: entry.name,
            run: can_run,
        };
        let on = on.clone();
        let onclick = Callback::from(move |_| on.emit(chosen.clone()));
        let said = if can_run { words::RUN_FIXED } else { words::SHOW_FIXED };
        html! { <button type="button" class="link" data-test="run-fixed" {onclick}>{ said }</button> }
    });
    section(
        words::CHANGE,
        html! {
            <>
                if let Some(finding) = finding {
                    <p class="note">{ text::sentence(&finding.fix) }</p>
                    if !finding.fix_code.is_empty() { <pre tabindex="0">{ text::shown(&finding.fix_code) }</pre> }
                }
                { for unix_fixes.iter().map(|fix| html! { <p class="note">{ text::sentence(fix) }</p> }) }
                { for button }
            </>
        },
    )
}
