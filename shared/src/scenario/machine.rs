//! `[machine]`: how the whole machine must be set for a story to come out. A scenario cannot set it: what
//! belongs to every network namespace at once is no namespace's to change. The agent only looks.

use std::collections::BTreeMap;

/// The parameters of the whole machine that a scenario may ask for, each with the value it must have.
///
/// Source: Linux `net/ipv4/sysctl_net_ipv4.c` (`ipv4_table`, as against `ipv4_net_table`).
pub type Machine = BTreeMap<String, u32>;

/// What may be asked for.
pub const KNOWN: &[&str] = &["net.ipv4.tcp_max_orphans"];

/// Whether only parameters of the machine are asked for.
///
/// # Errors
/// A name that is not among [`KNOWN`], in words.
pub(super) fn check(machine: &Machine) -> Result<(), String> {
    let unknown = machine.keys().find(|name| !KNOWN.contains(&name.as_str()));
    unknown.map_or(Ok(()), |name| {
        Err(format!(
            "[machine] asks for `{name}`, expected one of {}",
            KNOWN.join(", ")
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str) -> Option<String> {
        check(&Machine::from([(name.to_owned(), 0)])).err()
    }

    #[test]
    fn only_known_parameters_of_the_machine_are_taken() {
        assert_eq!(refused("net.ipv4.tcp_max_orphans"), None);
        let expected = "[machine] asks for `net.ipv4.tcp_fin_timeout`, expected one of net.ipv4.tcp_max_orphans";
        assert_eq!(
            refused("net.ipv4.tcp_fin_timeout").as_deref(),
            Some(expected)
        );
        assert!(refused("../kernel").is_some());
    }
}
