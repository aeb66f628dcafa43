//! Performs `add_rule` and `remove_rule`: each rule lives in a table of its own.

use std::io;

use aftershake_shared::event::outside_acted::{Hook, OutsideAct, Verdict};
use aftershake_shared::scenario::steps::add_rule::AddRule;
use aftershake_shared::tcp::flags::Flags;

use super::{Done, NotHere};
use crate::sys::nf_tables::{self, Action, Condition, Rule};

/// What a kernel answers that lacks `nf_tables`, or an expression of the rule.
const MISSING: [i32; 5] = [
    libc::EPROTONOSUPPORT,
    libc::EAFNOSUPPORT,
    libc::EOPNOTSUPP,
    libc::ENOENT,
    libc::EINVAL,
];

/// The rules in force.
#[derive(Default)]
pub(super) struct Rules(Vec<InForce>);

struct InForce {
    /// The step that added it.
    name: Option<String>,
    table: String,
    in_nft: String,
}

impl Rules {
    pub(super) fn add(&mut self, number: u32, name: Option<&str>, rule: &AddRule) -> Done {
        let table = format!("step{}", number.saturating_add(1));
        let in_nft = rule.in_nft();
        let answer = nf_tables::add(&table, &compiled(rule));
        if answer.is_ok() {
            self.0.push(InForce {
                name: name.map(str::to_owned),
                table,
                in_nft: in_nft.clone(),
            });
        }
        let act = OutsideAct::AddRule {
            rule: in_nft,
            hook: rule.hook(),
            verdict: rule.verdict,
        };
        Done::told(act, answer).missing(&MISSING, || NotHere {
            what: "this kernel's nf_tables cannot take the rule".to_owned(),
            remedy: "load nf_tables and what the rule needs: \
                     `modprobe -a nf_tables nft_reject_inet nft_numgen nft_redir nft_chain_nat`",
        })
    }

    /// Removes the rule of that name, or the only one; `None` when it was never added.
    pub(super) fn remove(&mut self, on: Option<&str>) -> Option<Done> {
        let meant = |rule: &InForce| on.is_none() || rule.name.as_deref() == on;
        let at = self.0.iter().rposition(meant)?;
        let rule = self.0.remove(at);
        let answer: io::Result<()> = nf_tables::remove(&rule.table);
        Some(Done::told(
            OutsideAct::RemoveRule { rule: rule.in_nft },
            answer,
        ))
    }
}

fn compiled(rule: &AddRule) -> Rule {
    let mut conditions = Vec::new();
    conditions.extend(rule.from_port.map(Condition::SourcePort));
    conditions.extend(rule.to_port.map(Condition::DestinationPort));
    let mask = rule.has.0.with(rule.lacks.0);
    if mask != Flags(0) {
        conditions.push(Condition::Flags {
            mask: mask.0,
            value: rule.has.0.0,
        });
    }
    conditions.extend(rule.nth.map(|nth| Condition::Nth(nth.saturating_sub(1))));
    Rule {
        hook: match rule.hook() {
            Hook::Input => nf_tables::Hook::Input,
            Hook::Output => nf_tables::Hook::Output,
        },
        conditions,
        action: match rule.verdict {
            Verdict::Drop => Action::Drop,
            Verdict::RejectWithTcpReset => Action::RejectWithTcpReset,
            Verdict::RejectWithIcmp => Action::RejectWithIcmp,
            Verdict::Redirect => Action::Redirect(rule.redirect_to.unwrap_or(0)),
        },
    }
}
