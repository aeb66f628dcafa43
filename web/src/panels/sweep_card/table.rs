//! The same counts as a table; a number opens a run that ended so.

use aftershake_shared::distribution::chart::place::value_words;
use aftershake_shared::distribution::{Bin, wilson};
use yew::{AttrValue, Callback, Html};

use super::super::press::press;
use crate::el;
use crate::store::Action;
use crate::store::many::{Action as Did, At, Many};
use crate::text::many as words;

/// The table.
pub(super) fn table(many: &Many, on: &Callback<Action>) -> Html {
    let tally = &many.tally;
    let keys: Vec<&str> = tally.outcomes().into_iter().map(|(key, _)| key).collect();
    let heads = keys
        .iter()
        .map(|key| el!("th" { "scope": "col", "class": "number" } words::ending(key)));
    let heads: Vec<Html> = heads.collect();
    let rows = tally.bins.iter().enumerate().map(|(number, bin)| {
        let cells = keys.iter().map(|key| cell(many, (number, bin), key, on));
        let cells: Vec<Html> = cells.collect();
        let value = match bin.value {
            None => words::VARY_NOTHING.to_owned(),
            value => value_words(value),
        };
        el!("tr" {}
            el!("th" { "scope": "row" } value),
            el!("td" { "class": "number" } bin.runs.to_string()),
            cells,
        )
    });
    let rows: Vec<Html> = rows.collect();
    el!("div" { "class": "table-frame", "tabindex": "0", "role": "region", "aria-label": words::TABLE_CAPTION }
        el!("table" { "class": "table" }
            el!("caption" { "class": "sr-only" } words::TABLE_CAPTION),
            el!("thead" {} el!("tr" {}
                el!("th" { "scope": "col" } words::VALUE), el!("th" { "scope": "col", "class": "number" } words::RUNS),
                heads,
            )),
            el!("tbody" {} rows),
        ),
    )
}

fn cell(many: &Many, (number, bin): (usize, &Bin), key: &str, on: &Callback<Action>) -> Html {
    let hits = bin.of(key);
    let share = wilson::share(hits, bin.runs).percent();
    let shown = if many.odd.find(bin.value, key).is_some() {
        let key = AttrValue::from(key.to_owned());
        let opened = Did::Opened(At { key, bin: number });
        el!("button" { "type": "button", "class": "link", "title": words::OPEN }
            [onclick(press(on, Action::Many(opened)))] hits.to_string())
    } else {
        el!("span" {} hits.to_string())
    };
    el!("td" { "class": "number" } shown, " ", el!("span" { "class": "aside" } share))
}
