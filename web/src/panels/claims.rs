//! What others say this scenario does, beside what it did.

use aftershake_shared::scenario::expect::Claim;
use yew::{Html, classes, html};

use crate::store::AppState;
use crate::text::{self, page as words};

/// The claims of the scenario that was run, else of the one in the editor. Empty when there are none.
pub fn claims(state: &AppState) -> Html {
    let scenario = state
        .run
        .scenario
        .as_ref()
        .or(state.draft.scenario.as_ref().ok());
    let Some(scenario) = scenario.filter(|scenario| !scenario.claims.is_empty()) else {
        return html! {};
    };
    let results = state.run.claims.iter().map(|tried| Some(tried.holds));
    let results = results.chain(std::iter::repeat(None));
    html! {
        <section class="card claims" aria-labelledby="claims-title">
            <h2 id="claims-title">{ words::CLAIMS }</h2>
            <ul>{ for scenario.claims.iter().zip(results).map(|(c, holds)| claim(c, holds)) }</ul>
        </section>
    }
}

fn claim(claim: &Claim, holds: Option<bool>) -> Html {
    let (class, said) = match holds {
        None => ("open", words::CLAIM_OPEN),
        Some(true) => ("holds", words::CLAIM_HOLDS),
        Some(false) => ("fails", words::CLAIM_FAILS),
    };
    html! {
        <li class={classes!("claim", class)} data-test="claim">
            <blockquote>{ text::shown(&claim.text) }</blockquote>
            <p>
                <b class="claim-verdict">{ said }</b>
                if let Some(source) = &claim.source { <cite>{ text::shown(source) }</cite> }
            </p>
        </li>
    }
}
