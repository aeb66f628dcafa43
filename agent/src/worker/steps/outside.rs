//! What the reserved actor `outside` does: it is no program, waits for nothing, and acts on the run's namespace only.
//!
//! Every act becomes one event, also one that the kernel refused. Nothing here touches an endpoint's descriptors.

mod destroy;
pub(crate) mod flows;
mod forge;
mod interface;
mod packet;
mod rules;
mod sysctl;

use std::io;

use aftershake_shared::event::call::Returned;
use aftershake_shared::event::outside_acted::{OutsideAct, OutsideActed};
use aftershake_shared::event::step_progress::StepResult;
use aftershake_shared::event::{Event, EventBody, EventId};
use aftershake_shared::scenario::steps::StepKind;
use aftershake_shared::scenario::{Scenario, Step};

use crate::sys::{ctnetlink, namespace};
use crate::worker::common::Common;
use crate::worker::endpoint::errno_of;
use flows::Flows;
use rules::Rules;

/// The actor, with what it must remember.
pub(crate) struct Outside<'a> {
    common: &'a Common,
    scenario: &'a Scenario,
    rules: Rules,
}

/// What came of a step of `outside`.
pub(crate) struct Performed {
    pub(crate) result: StepResult,
    /// `None` when it had nothing to act on.
    pub(crate) event: Option<Event>,
    /// Set when this machine's kernel cannot do it at all.
    pub(crate) not_here: Option<NotHere>,
}

/// A feature that this machine lacks, and how to get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotHere {
    pub(crate) what: String,
    pub(crate) remedy: &'static str,
}

/// An act, and what the kernel said to it.
struct Done {
    act: OutsideAct,
    answer: io::Result<()>,
    not_here: Option<NotHere>,
}

impl<'a> Outside<'a> {
    pub(crate) fn new(common: &'a Common, scenario: &'a Scenario) -> Self {
        Self {
            common,
            scenario,
            rules: Rules::default(),
        }
    }

    /// Takes a step, at once. `flows` says what has passed on the wire so far.
    pub(crate) fn perform(&mut self, number: u32, step: &Step, flows: Option<&Flows>) -> Performed {
        let clock = self.common.clock;
        let began = clock.now();
        let done = if namespace::is_private() {
            self.act(number, step, flows)
        } else {
            None
        };
        let Some(done) = done else {
            return Performed {
                result: StepResult::NotRun,
                event: None,
                not_here: None,
            };
        };
        let (returned, result) = match &done.answer {
            Ok(()) => (Returned::Ok(0), StepResult::Done),
            Err(error) => {
                let errno = errno_of(error);
                (Returned::Err(errno), StepResult::Failed(errno))
            }
        };
        let acted = OutsideActed {
            step: Some(number),
            act: done.act,
            took: clock.now() - began,
            result: returned,
        };
        Performed {
            result,
            event: Some(Event {
                id: EventId(0),
                at: began,
                body: EventBody::Outside(acted),
            }),
            not_here: done.not_here,
        }
    }

    fn act(&mut self, number: u32, step: &Step, flows: Option<&Flows>) -> Option<Done> {
        let on = step.on.as_deref();
        let process = step.does.names().map(|name| self.scenario.process_of(name));
        Some(match &step.does {
            StepKind::Destroy(destroy) => destroy::destroy(self.common, process?, on, destroy)?,
            StepKind::AddRule(rule) => self.rules.add(number, step.name.as_deref(), rule),
            StepKind::RemoveRule(_) => self.rules.remove(on)?,
            StepKind::SetSysctl(set) => sysctl::set(set),
            StepKind::Forge(forge) => forge::forge(self.common, process, on, forge, flows)?,
            StepKind::AddAddress(add) => interface::add(add.address),
            StepKind::RemoveAddress(remove) => interface::remove(remove.address),
            StepKind::SetLink(link) => interface::set_link(link.up),
            StepKind::ForgetNat(_) => Done::told(OutsideAct::ForgetNat, ctnetlink::forget_all())
                .missing(&[libc::EINVAL, libc::EOPNOTSUPP, libc::EPROTONOSUPPORT], || NotHere {
                    what: "this kernel cannot empty its table of tracked connections (nf_conntrack_netlink)".to_owned(),
                    remedy: "load the module nf_conntrack_netlink, or use a kernel that has it",
                }),
            StepKind::Listen(_)
            | StepKind::ListenUnix(_)
            | StepKind::ConnectUnix(_)
            | StepKind::Accept(_)
            | StepKind::Connect(_)
            | StepKind::Send(_)
            | StepKind::Receive(_)
            | StepKind::CheckReceived(_)
            | StepKind::Shutdown(_)
            | StepKind::Close(_)
            | StepKind::SetOption(_)
            | StepKind::Disconnect(_)
            | StepKind::Duplicate(_)
            | StepKind::HandOver(_)
            | StepKind::LimitDescriptors(_)
            | StepKind::Exit(_)
            | StepKind::Kill(_)
            | StepKind::Sleep(_)
            | StepKind::Sample(_) => return None,
        })
    }
}

impl Done {
    fn told(act: OutsideAct, answer: io::Result<()>) -> Self {
        Self {
            act,
            answer,
            not_here: None,
        }
    }

    /// Names what is missing when the kernel's answer was one of these errors.
    fn missing(mut self, errors: &[i32], not_here: impl FnOnce() -> NotHere) -> Self {
        let error = self.answer.as_ref().err();
        let code = error.and_then(io::Error::raw_os_error);
        if code.is_some_and(|code| errors.contains(&code)) {
            self.not_here = Some(not_here());
        }
        self
    }
}
