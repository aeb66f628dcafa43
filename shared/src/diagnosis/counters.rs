//! What the namespace's counters say of each RST: which moved between two readings, and who sent the RSTs.
//!
//! Counters are exact, but sums of both ends of all connections; times are compared with care.

use std::collections::BTreeMap;

use crate::connection::Connections;
use crate::event::{Event, EventBody, EventId};
use crate::units::Nanos;

/// RSTs that TCP endpoints sent. A firewall's and a forged RST do not move it.
pub(crate) const OUT_RSTS: &str = "TcpOutRsts";

/// Whether the kernel's TCP sent a RST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SentByTcp {
    /// As many left as were captured.
    Yes,
    /// None left in that time.
    No,
    /// Not recorded, or some left and some did not.
    Unknown,
}

/// Counters between two readings, or over the whole run where readings cannot be told apart.
#[derive(Clone, Debug, Default)]
struct Window {
    /// The reading's time; the window ends there.
    to: Nanos,
    deltas: BTreeMap<String, i64>,
    /// RSTs captured in it.
    rsts: i64,
}

/// All readings of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counters<'a> {
    recorded: bool,
    windows: Vec<Window>,
    readings: Vec<(EventId, Nanos, &'a BTreeMap<String, i64>)>,
}

impl<'a> Counters<'a> {
    /// `not_tcp` says of which RSTs it is known that no endpoint sent them.
    pub(crate) fn read(
        events: &'a [Event],
        connections: &Connections,
        recorded: bool,
        not_tcp: impl Fn(EventId) -> bool,
    ) -> Self {
        if !recorded {
            return Self::default();
        }
        let mut windows = Vec::new();
        let mut readings = Vec::new();
        for event in events {
            if let EventBody::Counters(moved) = &event.body {
                readings.push((event.id, event.at, &moved.deltas));
                windows.push(Window {
                    to: event.at,
                    deltas: moved.deltas.clone(),
                    rsts: 0,
                });
            }
        }
        let segments = connections
            .iter()
            .flat_map(|connection| &connection.segments);
        let rsts: Vec<Nanos> = segments
            .filter(|sent| sent.segment.flags.rst() && !not_tcp(sent.event))
            .map(|sent| sent.at)
            .collect();
        let placed = place(&mut windows, &rsts);
        let consistent = placed && windows.iter().all(|window| window.out() <= window.rsts);
        if !consistent {
            windows = vec![merged(&windows, rsts.len())];
        }
        Self {
            recorded: true,
            windows,
            readings,
        }
    }

    /// How far a counter moved around that time; `None` when counters were not recorded.
    pub(crate) fn moved(&self, name: &str, at: Nanos) -> Option<i64> {
        let window = self.windows.get(self.window(at)?)?;
        Some(window.deltas.get(name).copied().unwrap_or(0))
    }

    /// How far it moved over the whole run; `None` when counters were not recorded.
    pub(crate) fn total(&self, name: &str) -> Option<i64> {
        let deltas = self
            .readings
            .iter()
            .filter_map(|(.., deltas)| deltas.get(name));
        self.recorded.then(|| deltas.sum())
    }

    /// Whether TCP itself sent the RST captured at that time.
    pub(crate) fn sent_by_tcp(&self, at: Nanos) -> SentByTcp {
        let Some(window) = self.window(at).and_then(|index| self.windows.get(index)) else {
            return SentByTcp::Unknown;
        };
        match window.out() {
            0 => SentByTcp::No,
            out if out == window.rsts => SentByTcp::Yes,
            _ => SentByTcp::Unknown,
        }
    }

    /// Number of the window that holds that time.
    pub(crate) fn window(&self, at: Nanos) -> Option<usize> {
        if !self.recorded {
            return None;
        }
        let index = self.windows.partition_point(|window| window.to < at);
        Some(index.min(self.windows.len().checked_sub(1)?))
    }

    /// The first reading after `at` in which a counter moved, else the last, with its difference.
    pub(crate) fn reading(&self, name: &str, at: Nanos) -> Option<(EventId, i64)> {
        let moved = self
            .readings
            .iter()
            .filter_map(|(id, time, deltas)| Some((*id, *time, *deltas.get(name)?)));
        let mut last = None;
        for (id, time, delta) in moved {
            last = Some((id, delta));
            if time >= at {
                break;
            }
        }
        last
    }
}

impl Window {
    fn out(&self) -> i64 {
        self.deltas.get(OUT_RSTS).copied().unwrap_or(0)
    }
}

/// Two times closer than this are not put in order: a reading takes longer than no time at all.
const TOO_CLOSE: Nanos = Nanos::from_micros(2);

/// Counts the RSTs into their windows; false when one lies after the last reading or on an edge.
fn place(windows: &mut [Window], rsts: &[Nanos]) -> bool {
    for at in rsts {
        let index = windows.partition_point(|window| window.to < *at);
        let Some(window) = windows.get_mut(index) else {
            return false;
        };
        window.rsts += 1;
    }
    let on_edge = |at: &Nanos| {
        let index = windows.partition_point(|window| window.to < *at - TOO_CLOSE);
        windows
            .get(index)
            .is_some_and(|window| window.to <= *at + TOO_CLOSE)
    };
    !rsts.iter().any(on_edge)
}

fn merged(windows: &[Window], rsts: usize) -> Window {
    let mut deltas: BTreeMap<String, i64> = BTreeMap::new();
    for (name, delta) in windows.iter().flat_map(|window| &window.deltas) {
        *deltas.entry(name.clone()).or_default() += delta;
    }
    Window {
        to: Nanos(u64::MAX),
        deltas,
        rsts: i64::try_from(rsts).unwrap_or(i64::MAX),
    }
}
