//! The namespace's TCP counters, as exact differences: nobody else lives in the namespace.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

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

/// Two files of `/proc` that show the counters of the namespace in which they were opened.
pub(crate) struct Counters {
    files: [File; 2],
    /// Names in the order of the values, learned once: they do not change while the machine runs.
    names: Vec<String>,
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
            names: Vec::new(),
            last: Vec::new(),
            buffer: vec![0; 1 << 15],
        })
    }

    /// Reads the values that later ones are compared with.
    pub(crate) fn begin(&mut self) {
        self.last = self.read();
    }

    /// Notes which counters moved since the last reading; nothing when none did.
    pub(crate) fn note_moved(
        &mut self,
        after_step: Option<u32>,
        clock: &Clock,
        recorder: &mut Recorder<'_>,
    ) {
        let values = self.read();
        let mut deltas = BTreeMap::new();
        for ((name, value), last) in self.names.iter().zip(&values).zip(&self.last) {
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

    fn read(&mut self) -> Vec<i64> {
        let learn = self.names.is_empty();
        let mut values = Vec::with_capacity(self.names.len());
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
                    if learn {
                        self.names.push(format!("{group}{name}"));
                    }
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
    }
    std::str::from_utf8(buffer.get(..filled).unwrap_or_default()).unwrap_or_default()
}
