//! A run's connections as a display filter for tshark and Wireshark. Source: wireshark-filter(4).

use std::collections::BTreeSet;

use crate::diagnosis::finding::{ConnectionVerdict, Diagnosis};

/// Most connections that are named one by one; of more, the servers' ports are.
const MOST: usize = 64;

/// Frames count from 1: it lets nothing through, as a run without a connection has nothing to show.
const NOTHING: &str = "frame.number == 0";

/// Writes one line: what lets these connections through and nothing else.
pub fn write(diagnosis: &Diagnosis) -> String {
    let connections = &diagnosis.connections;
    let terms: BTreeSet<String> = if connections.len() > MOST {
        connections.iter().map(server).collect()
    } else {
        connections.iter().map(both).collect()
    };
    if terms.is_empty() {
        return NOTHING.to_owned() + "\n";
    }
    let filter: Vec<_> = terms.into_iter().collect();
    filter.join(" || ") + "\n"
}

fn server(connection: &ConnectionVerdict) -> String {
    format!("tcp.port == {}", connection.server_address.port())
}

fn both(connection: &ConnectionVerdict) -> String {
    let ends = [connection.client_address, connection.server_address];
    let ends = ends.map(|end| {
        let family = if end.is_ipv4() { "ip" } else { "ipv6" };
        format!(
            "{family}.addr == {} && tcp.port == {}",
            end.ip(),
            end.port()
        )
    });
    format!("({})", ends.join(" && "))
}
