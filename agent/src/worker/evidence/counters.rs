//! The namespace's TCP counters, as exact differences: nobody else lives in the namespace.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;

use aftershake_shared::event::EventBody;
use aftershake_shared::event::counters::CountersMoved;

use crate::worker::clock::Clock;
use crate::worker::recorder::Recorder;

/// The groups of counters that are kept, and how their names are prefixed in events (as `nstat` does).
const GROUPS: [&str; 3] = ["Tcp", "TcpExt", "MPTcpExt"];
/// No counters of events but settings or present states, in the `Tcp` group. Source: RFC 4022.
const GAUGES: [&str; 5] = ["RtoAlgorithm", "RtoMin", "RtoMax", "MaxConn", "CurrEstab"];
/// Counts segments, not what happened to connections: always moves, says nothing that the capture does not.
const NOISE: [&str; 2] = ["InSegs", "OutSegs"];

/// What the first namespace of this process has shown: it does not change while the machine runs.
struct Learned {
    /// The counters' names in the order of their values.
    names: Vec<String>,
    /// Every counter of a namespace in which nothing has happened was zero, so that no later one need be read then.
    begin_at_zero: bool,
}

static LEARNED: OnceLock<Learned> = OnceLock::new();

/// Two files of `/proc` that show the counters of the namespace in which they were opened.
pub(crate) struct Counters {
    files: [File; 2],
    last: Vec<i64>,
    buffer: Vec<u8>,
}

impl Counters {
    /// Opens them in this thread's namespace (`/proc/self` would be the first thread's).
    pub(crate) fn open() -> io::Result<Self> {
        let files = [
            File::open("/proc/thread-self/net/snmp")?,
            File::open("/proc/thread-self/net/netstat")?,
        ];
        Ok(Self {
            files,
            last: Vec::new(),
            buffer: vec![0; 1 << 15],
        })
    }

    /// Takes the values that later ones are compared with, in a namespace in which nothing has happened.
    pub(crate) fn begin(&mut self) {
        self.last = match LEARNED.get() {
            Some(learned) if learned.begin_at_zero => vec![0; learned.names.len()],
            Some(_) => self.read(&mut |_, _| {}),
            None => self.learn(),
        };
    }

    /// The first reading of this process.
    fn learn(&mut self) -> Vec<i64> {
        let mut names = Vec::new();
        let values = self.read(&mut |group, name| names.push(format!("{group}{name}")));
        let begin_at_zero = !values.is_empty() && values.iter().all(|value| *value == 0);
        // Another namespace's thread may have been faster; it learned the same.
        let _ = LEARNED.set(Learned {
            names,
            begin_at_zero,
        });
        values
    }

    /// Notes which counters moved since the last reading; nothing when none did.
    pub(crate) fn note_moved(
        &mut self,
        after_step: Option<u32>,
        clock: &Clock,
        recorder: &mut Recorder<'_>,
    ) {
        let values = self.read(&mut |_, _| {});
        let mut deltas = BTreeMap::new();
        let names = LEARNED.get().map_or(&[][..], |learned| &learned.names);
        for ((name, value), last) in names.iter().zip(&values).zip(&self.last) {
            if value != last {
                deltas.insert(name.clone(), value - last);
            }
        }
        self.last = values;
        if !deltas.is_empty() {
            let body = EventBody::Counters(CountersMoved { after_step, deltas });
            recorder.note(clock.now(), body);
        }
    }

    /// The values; `learn` hears the group and the name of each.
    fn read(&mut self, learn: &mut dyn FnMut(&str, &str)) -> Vec<i64> {
        let mut values = Vec::with_capacity(self.last.len());
        for file in &self.files {
            let text = read_whole(file, &mut self.buffer);
            let mut lines = text.lines();
            // Lines come in pairs with the same prefix: names, then values.
            while let (Some(names), Some(numbers)) = (lines.next(), lines.next()) {
                let (Some((group, names)), Some((_, numbers))) =
                    (names.split_once(':'), numbers.split_once(':'))
                else {
                    continue;
                };
                if !GROUPS.contains(&group) {
                    continue;
                }
                for (name, number) in names
                    .split_ascii_whitespace()
                    .zip(numbers.split_ascii_whitespace())
                {
                    if group == "Tcp" && (GAUGES.contains(&name) || NOISE.contains(&name)) {
                        continue;
                    }
                    values.push(number.parse().unwrap_or(0));
                    learn(group, name);
                }
            }
        }
        values
    }
}

/// Reads from the beginning: the kernel makes the text anew each time.
fn read_whole<'a>(file: &File, buffer: &'a mut [u8]) -> &'a str {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        match file.read_at(room, filled as u64) {
            Ok(0) | Err(_) => break,
            Ok(count) => filled += count,
        }
        // One reading gives as much as there is room for: to ask for more would make the text once again.
        if buffer.get(filled - 1) == Some(&b'\n') && filled < buffer.len() {
            break;
        }
    }
    std::str::from_utf8(buffer.get(..filled).unwrap_or_default()).unwrap_or_default()
}
