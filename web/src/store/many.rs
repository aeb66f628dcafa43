//! Many runs of the scenario in the editor: what is asked, what came so far, and what is looked at.
//!
//! All of it is behind the cut: the first view holds the state without knowing its type.

pub mod form;

use aftershake_shared::channel::{RunId, ServerMessage};
use aftershake_shared::distribution::Tally;
use aftershake_shared::distribution::amount::Amount;
use aftershake_shared::distribution::odd::{Odd, OddRun};
use aftershake_shared::distribution::report::{About, Distribution};
use aftershake_shared::distribution::search::Search;
use aftershake_shared::distribution::seeds;
use aftershake_shared::distribution::vary::Vary;
use aftershake_shared::recording::{Header, Recording, ScenarioText};
use aftershake_shared::units::Nanos;
use std::rc::Rc;
use yew::AttrValue;

use super::AppState;
use super::kept::Kept;
use super::run_events::{Ask, Phase, RunEvents, Times};
use form::{Form, Wish, Wrong};

/// Numbers from here on name requests for many runs, smaller ones single runs.
pub const FIRST: RunId = 1 << 31;

/// Everything about many runs.
#[derive(Clone, Debug, Default)]
pub struct Many {
    /// As the user left it; `None` before the first change.
    pub form: Option<Form>,
    /// What is wrong with what was last asked.
    pub wrong: Option<Wrong>,
    pub phase: Phase,
    /// The newest request.
    newest: RunId,
    pub about: About,
    pub tally: Kept<Tally>,
    pub odd: Kept<Odd>,
    has_noise: bool,
    /// The search for the flip that is under way, or has ended.
    search: Option<Kept<Finding>>,
    /// The counts as a whole, once no more will come.
    pub report: Option<Kept<Distribution>>,
    pub view: View,
    /// Where the arrow keys are in the chart.
    pub at: Option<At>,
    /// The run that was opened, and the header by which it is known in the ladder.
    pub opened: Option<(Rc<OddRun>, Kept<Header>)>,
}

/// A search and the value it is at.
#[derive(Clone, Debug)]
struct Finding {
    search: Search,
    vary: Vary,
    scenario: ScenarioText,
    value: Amount,
}

/// Chart or table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    #[default]
    Chart,
    Table,
}

/// One ending at one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    pub key: AttrValue,
    pub bin: usize,
}

/// What is wanted of many runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// How often each ending comes.
    Count,
    /// At which value it flips.
    Find,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The control of this name has this value now.
    Formed {
        name: AttrValue,
        value: AttrValue,
    },
    Asked(Aim),
    CancelAsked,
    ViewTurned,
    /// The view that is on show was chosen again.
    ViewKept,
    WalkedTo(At),
    /// The run kept of this ending at this value is to be seen.
    Opened(At),
    /// Back from there.
    Left,
    Said(Box<ServerMessage>),
    ChannelLost,
}

/// What the page knows of many runs.
pub fn of(state: &AppState) -> Many {
    let known = state.many.as_ref().and_then(|many| many.seen::<Many>());
    known.cloned().unwrap_or_default()
}

/// The state after an action; `None` when it changes nothing.
pub fn reduce(state: &AppState, action: Action) -> Option<AppState> {
    let mut many = of(state);
    let mut next = state.clone();
    match action {
        Action::Formed { name, value } => {
            let mut form = many.form(state);
            form.set(&name, value, state);
            many.form = Some(form);
            many.wrong = None;
        }
        Action::Asked(aim) => {
            if !state.can_run() {
                return None;
            }
            match many.form(state).wish(state, aim) {
                Ok(wish) => next.many_ask = many.begin(state, wish, aim),
                Err(wrong) => many.wrong = Some(wrong),
            }
        }
        Action::CancelAsked => {
            let ask = state.many_ask.as_ref().filter(|ask| !ask.cancelled)?;
            many.about.interrupted = true;
            next.many_ask = Some(Kept::new(Ask {
                cancelled: true,
                ..Ask::clone(ask)
            }));
        }
        Action::ViewTurned => {
            many.view = match many.view {
                View::Chart => View::Table,
                View::Table => View::Chart,
            }
        }
        Action::ViewKept => return None,
        Action::WalkedTo(at) => many.at = Some(at),
        Action::Opened(at) => {
            let value = many.tally.bins.get(at.bin)?.value;
            let odd = Rc::clone(many.odd.find(value, &at.key)?);
            let Recording { header, events } = odd.recording.clone();
            let run = RunEvents {
                newest: state.run.newest.wrapping_add(1),
                axis: state.run.axis,
                filter: state.run.filter.clone(),
                ..RunEvents::recorded(header, events, None)
                    .with_places()
                    .with_verdict()
            };
            many.opened = Some((odd, run.header.clone()?));
            many.at = Some(at);
            next.previous = state.run_to_compare();
            next.selection = state.selection.without_event();
            next.run = run;
        }
        Action::Left => many.opened = None,
        Action::Said(message) => {
            if message.run() != Some(many.newest) || !many.phase.is_under_way() {
                return None;
            }
            next.many_ask = many.said(*message, state.many_ask.clone());
        }
        Action::ChannelLost => {
            if !many.phase.is_under_way() {
                return None;
            }
            many.about.interrupted = true;
            many.end(Phase::Lost);
            next.many_ask = None;
        }
    }
    next.many = Some(Kept::hidden(many));
    Some(next)
}

impl Many {
    /// The form as it is now: the user's for this scenario, else one to begin with.
    pub fn form(&self, state: &AppState) -> Form {
        let form = self.form.clone();
        let form = form.filter(|form| form.from == state.draft.from);
        form.unwrap_or_else(|| Form::of(state))
    }

    /// Whether what is on show is of a search.
    pub const fn is_search(&self) -> bool {
        self.search.is_some()
    }

    fn begin(&mut self, state: &AppState, wish: Wish, aim: Aim) -> Option<Kept<Ask>> {
        let scenario = state.draft.to_text();
        let Wish { vary, runs, bins } = wish;
        let title = state.draft.scenario.as_ref().ok();
        *self = Self {
            form: self.form.clone(),
            view: self.view,
            newest: self.newest,
            phase: Phase::Asked,
            about: About {
                scenario: scenario.name.clone(),
                title: title.map_or_else(String::new, |scenario| scenario.title.clone()),
                planned: u64::from(runs),
                kept: "every run recorded with all evidence and diagnosed by itself".to_owned(),
                ..About::default()
            },
            ..Self::default()
        };
        if let (Aim::Find, Some(vary)) = (aim, &vary) {
            self.tally = Kept::new(Tally::new(Some(vary.path.clone()), &[]));
            let mut search = Search::new(vary.range);
            let (value, runs) = search.ask()?;
            let finding = Finding {
                search,
                vary: vary.clone(),
                scenario,
                value,
            };
            let ask = self.look(&finding, runs, None);
            self.search = Some(Kept::new(finding));
            return Some(ask);
        }
        let times = Times {
            runs,
            seed: None,
            bins: vary.as_ref().map(|_| bins),
            vary: vary.map(|vary| format!("{}={}", vary.path, vary.range)),
        };
        Some(self.ask(scenario, times))
    }

    fn ask(&mut self, scenario: ScenarioText, times: Times) -> Kept<Ask> {
        self.newest = self.newest.wrapping_add(1) | FIRST;
        Kept::new(Ask {
            run: self.newest,
            scenario,
            cancelled: false,
            times: Some(times),
        })
    }

    /// Asks for some runs at the value that a search is at.
    fn look(&mut self, at: &Finding, runs: u32, seed: Option<u64>) -> Kept<Ask> {
        let times = Times {
            runs,
            seed,
            vary: Some(format!("{}={1}..{1}", at.vary.path, at.value)),
            bins: Some(1),
        };
        self.ask(at.scenario.clone(), times)
    }

    /// Takes in what the agent said; what the channel is to ask from now on.
    fn said(&mut self, message: ServerMessage, ask: Option<Kept<Ask>>) -> Option<Kept<Ask>> {
        match message {
            ServerMessage::Queued { ahead, .. } => self.phase = Phase::Queued { ahead },
            ServerMessage::Planned {
                varied,
                values,
                seed,
                ..
            } => {
                self.phase = Phase::Running;
                if self.search.is_none() {
                    self.tally = Kept::new(Tally::new(varied, &values));
                    self.about.seed = seed;
                } else if self.tally.bins.is_empty() {
                    self.about.seed = seed;
                }
            }
            ServerMessage::Noise { noise, .. } => {
                self.phase = Phase::Running;
                let known = self.has_noise.then_some(self.about.noise);
                self.about.noise = known.unwrap_or_default().or_worse(noise);
                self.has_noise = true;
            }
            ServerMessage::Came { runs, .. } => {
                let mut tally = Tally::clone(&self.tally);
                let mut finding = self.search.as_deref().cloned();
                for run in &runs {
                    match &mut finding {
                        None => tally.count(run),
                        Some(Finding { search, value, .. }) => {
                            search.came(*value, &run.key);
                            tally.count_at(*value, run);
                        }
                    }
                }
                self.search = finding.map(Kept::new);
                self.tally = Kept::new(tally);
            }
            ServerMessage::Kept {
                summary, recording, ..
            } => {
                let bin = usize::try_from(summary.bin).ok();
                let value = match &self.search {
                    None => bin.and_then(|bin| self.tally.bins.get(bin)?.value),
                    Some(finding) => Some(finding.value),
                };
                if self.odd.find(value, &summary.key).is_none() {
                    let mut odd = Odd::clone(&self.odd);
                    odd.keep(value, *summary, *recording);
                    self.odd = Kept::new(odd);
                }
            }
            ServerMessage::Finished { took_ns, .. } => {
                self.about.took_ms += took_ns / Nanos::MILLISECOND;
                return self.go_on();
            }
            ServerMessage::Failed { error, .. } => {
                self.end(Phase::Failed(error));
                return None;
            }
            ServerMessage::Welcome { .. }
            | ServerMessage::Started { .. }
            | ServerMessage::Events { .. } => {}
        }
        ask
    }

    /// After a request: the next value of a search, or the end.
    fn go_on(&mut self) -> Option<Kept<Ask>> {
        if let Some(mut finding) = self.search.as_deref().cloned()
            && !self.about.interrupted
            && let Some((value, runs)) = finding.search.ask()
        {
            finding.value = value;
            let seed = seeds::of_run(self.about.seed, finding.search.runs());
            let ask = self.look(&finding, runs, Some(seed));
            self.search = Some(Kept::new(finding));
            return Some(ask);
        }
        let took = Nanos::from_millis(self.about.took_ms);
        self.end(Phase::Finished { took });
        None
    }

    fn end(&mut self, phase: Phase) {
        self.phase = phase;
        let runs = self.tally.runs();
        let is_whole = self.search.is_none() && runs == self.about.planned;
        self.about.interrupted &= !is_whole;
        if self.search.is_some() {
            self.about.planned = runs;
        }
        if runs > 0 {
            let mut report = Distribution::new(&self.tally, self.about.clone(), &self.odd);
            report.found = self.search.as_ref().map(|finding| finding.search.found());
            self.report = Some(Kept::new(report));
        }
    }
}

#[cfg(test)]
mod tests;
