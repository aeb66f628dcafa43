//! How far a machine's TCP counters moved, out of what `/proc` or `nstat` printed before and after.

use std::collections::BTreeMap;

/// Differences of a whole namespace's counters, by the names of `nstat`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CounterDeltas {
    /// Name and difference, also those that did not move.
    pub moved: BTreeMap<String, i64>,
}

/// Why a text holds no differences.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountersProblem {
    #[error(
        "line {line}: `{found}`, expected /proc/net/snmp and /proc/net/netstat twice, or the output of nstat"
    )]
    NotCounters { line: usize, found: String },
    #[error("line {line}: {names} names are followed by {values} values")]
    Uneven {
        line: usize,
        names: usize,
        values: usize,
    },
    #[error("line {line}: the value of {name} is `{found}`, expected a whole number")]
    NotANumber {
        line: usize,
        name: String,
        found: String,
    },
    #[error("one snapshot of `{section}`, expected one from before the capture and one from after")]
    OneSnapshot { section: String },
    #[error("no `{section}` counters: both /proc/net/snmp and /proc/net/netstat are needed")]
    Missing { section: &'static str },
    #[error(
        "{name} went from {before} to {after}: the snapshots are out of order or of two machines"
    )]
    Backwards {
        name: String,
        before: i64,
        after: i64,
    },
}

/// Longest text that is read, in bytes.
pub const LONGEST: usize = 4 * 1024 * 1024;
/// Longest piece of a foreign line that an error repeats.
const SHOWN: usize = 40;

type Snapshot = BTreeMap<String, i64>;

impl CounterDeltas {
    /// Reads two snapshots of `/proc/net/snmp` and `/proc/net/netstat` in one text, first before, then after;
    /// or the output of one `nstat`, which prints differences; or of two `nstat -az`.
    ///
    /// # Errors
    /// [`CountersProblem`]: what was found, on which line.
    pub fn read(text: &str) -> Result<Self, CountersProblem> {
        let mut lines = text
            .lines()
            .zip(1..)
            .filter(|(line, _)| !line.trim().is_empty());
        let is_nstat = lines
            .clone()
            .next()
            .is_some_and(|(line, _)| line.starts_with('#'));
        if is_nstat {
            return from_nstat(lines);
        }
        let (mut before, mut after) = (Snapshot::new(), Snapshot::new());
        let mut sections: BTreeMap<String, usize> = BTreeMap::new();
        while let Some((names, line)) = lines.next() {
            let values = lines.next().map(|(values, _)| values);
            let (section, pairs) = block(names, values, line)?;
            let seen = sections.entry(section).or_default();
            *seen += 1;
            // With more than two, the first and the last count.
            let into = if *seen == 1 { &mut before } else { &mut after };
            into.extend(pairs);
        }
        for section in ["Tcp", "TcpExt"] {
            match sections.get(section) {
                None => return Err(CountersProblem::Missing { section }),
                Some(1) => {
                    let section = section.to_owned();
                    return Err(CountersProblem::OneSnapshot { section });
                }
                Some(_) => {}
            }
        }
        between(&before, &after)
    }

    /// How far it moved; `None` where the text does not say.
    pub fn of(&self, name: &str) -> Option<i64> {
        self.moved.get(name).copied()
    }
}

fn shown(text: &str) -> String {
    let text = text.chars().filter(|c| !c.is_control());
    text.take(SHOWN).collect()
}

/// Two lines of `/proc/net/snmp`: `Tcp: Name …` and `Tcp: 1 …`.
fn block(
    names: &str,
    values: Option<&str>,
    line: usize,
) -> Result<(String, Vec<(String, i64)>), CountersProblem> {
    let no = || CountersProblem::NotCounters {
        line,
        found: shown(names),
    };
    let (section, names) = names.split_once(':').ok_or_else(no)?;
    let values = values.and_then(|values| values.split_once(':'));
    let Some((again, values)) = values.filter(|_| is_word(section)) else {
        return Err(no());
    };
    let (names, values): (Vec<_>, Vec<_>) = (
        names.split_whitespace().collect(),
        values.split_whitespace().collect(),
    );
    if again != section || names.len() != values.len() {
        return Err(CountersProblem::Uneven {
            line,
            names: names.len(),
            values: values.len(),
        });
    }
    let pairs = names.iter().zip(values).map(|(name, value)| {
        let name = format!("{section}{name}");
        number(&name, value, line + 1).map(|value| (name, value))
    });
    let pairs = pairs.collect::<Result<_, _>>()?;
    Ok((section.to_owned(), pairs))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= SHOWN && text.chars().all(|c| c.is_ascii_alphanumeric())
}

fn number(name: &str, value: &str, line: usize) -> Result<i64, CountersProblem> {
    value.parse().map_err(|_| CountersProblem::NotANumber {
        line,
        name: shown(name),
        found: shown(value),
    })
}

/// Lines `Name value rate`, each output begun by a line `#kernel`.
fn from_nstat<'a>(
    lines: impl Iterator<Item = (&'a str, usize)>,
) -> Result<CounterDeltas, CountersProblem> {
    let mut outputs: Vec<Snapshot> = Vec::new();
    for (text, line) in lines {
        if text.starts_with('#') {
            outputs.push(Snapshot::new());
            continue;
        }
        let mut words = text.split_whitespace();
        let (Some(name), Some(value)) = (words.next(), words.next()) else {
            let found = shown(text);
            return Err(CountersProblem::NotCounters { line, found });
        };
        let value = number(name, value, line)?;
        if let Some(output) = outputs.last_mut() {
            output.insert(name.to_owned(), value);
        }
    }
    match outputs.as_slice() {
        [] => Ok(CounterDeltas::default()),
        [only] => Ok(CounterDeltas {
            moved: complete(only.clone()),
        }),
        [before, .., after] => {
            let mut deltas = between(before, after)?;
            deltas.moved = complete(deltas.moved);
            Ok(deltas)
        }
    }
}

/// nstat leaves out what did not move.
fn complete(mut moved: Snapshot) -> Snapshot {
    moved.entry("TcpOutRsts".to_owned()).or_default();
    moved
}

fn between(before: &Snapshot, after: &Snapshot) -> Result<CounterDeltas, CountersProblem> {
    let mut moved = BTreeMap::new();
    for (name, now) in after {
        let then = before.get(name).copied().unwrap_or(0);
        let delta = now.checked_sub(then).unwrap_or(i64::MIN);
        // `CurrEstab` and the like are levels, not counts.
        let is_level = ["TcpCurrEstab", "TcpMaxConn"].contains(&name.as_str());
        if delta < 0 && !is_level && name.starts_with("Tcp") {
            return Err(CountersProblem::Backwards {
                name: shown(name),
                before: then,
                after: *now,
            });
        }
        moved.insert(name.clone(), delta);
    }
    Ok(CounterDeltas { moved })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "Tcp: CurrEstab OutRsts\nTcp: 5 10\nTcpExt: TCPAbortOnClose\nTcpExt: 3\n";
    const AFTER: &str = "Tcp: CurrEstab OutRsts\nTcp: 4 11\nTcpExt: TCPAbortOnClose\nTcpExt: 3\n";

    #[test]
    fn two_snapshots_give_differences_also_of_what_stood_still() {
        let deltas = CounterDeltas::read(&format!("{BEFORE}{AFTER}")).unwrap();
        assert_eq!(deltas.of("TcpOutRsts"), Some(1));
        assert_eq!(deltas.of("TcpExtTCPAbortOnClose"), Some(0));
        assert_eq!(deltas.of("TcpExtTCPAbortOnData"), None);
    }

    #[test]
    fn nstat_prints_differences_already() {
        let text = "#kernel\nTcpOutRsts                      2                  0.0\n";
        assert_eq!(CounterDeltas::read(text).unwrap().of("TcpOutRsts"), Some(2));
        let twice = "#kernel\nTcpOutRsts 2 0.0\n#kernel\nTcpOutRsts 5 0.0\n";
        assert_eq!(
            CounterDeltas::read(twice).unwrap().of("TcpOutRsts"),
            Some(3)
        );
    }

    #[test]
    fn every_mistake_is_named_with_its_line() {
        for (text, expected) in [
            ("hello\n", "line 1: `hello`, expected /proc/net/snmp"),
            (
                "Tcp: A B\nTcp: 1\n",
                "line 1: 2 names are followed by 1 values",
            ),
            ("Tcp: A\nTcp: x\n", "line 2: the value of TcpA is `x`"),
            (BEFORE, "one snapshot of `Tcp`, expected one from before"),
            ("Tcp: A\nTcp: 1\nTcp: A\nTcp: 1\n", "no `TcpExt` counters"),
            ("#kernel\nTcpOutRsts\n", "line 2: `TcpOutRsts`"),
            ("", "no `Tcp` counters"),
        ] {
            let said = CounterDeltas::read(text).unwrap_err().to_string();
            assert!(said.starts_with(expected), "{text:?}: {said}");
        }
        let said = CounterDeltas::read(&format!("{AFTER}{BEFORE}")).unwrap_err();
        assert!(
            said.to_string()
                .starts_with("TcpOutRsts went from 11 to 10")
        );
    }
}
