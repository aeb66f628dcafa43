//! Which addresses of this thread's network namespace are listened on. Source: `Documentation/networking/proc_net_tcp.rst`.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// State 10 of a socket.
const LISTEN: &str = "0A";

/// Every address with a listener, over both families.
pub(super) fn here() -> Vec<SocketAddr> {
    let read = |name: &str| fs::read_to_string(format!("/proc/thread-self/net/{name}"));
    let texts = ["tcp", "tcp6"].map(|name| read(name).unwrap_or_default());
    texts.iter().flat_map(|text| listening(text)).collect()
}

fn listening(text: &str) -> Vec<SocketAddr> {
    let rows = text.lines().skip(1);
    rows.filter_map(|row| {
        let mut fields = row.split_whitespace().skip(1);
        let local = fields.next()?;
        (fields.nth(1)? == LISTEN).then(|| address(local)).flatten()
    })
    .collect()
}

/// `0100007F:1F90`: words of the address in this machine's order of bytes, then the port.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let mut bytes = Vec::with_capacity(16);
    for at in (0..ip.len()).step_by(8) {
        let word = u32::from_str_radix(ip.get(at..at + 8)?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    let ip = match <[u8; 4]>::try_from(bytes.as_slice()) {
        Ok(four) => IpAddr::from(Ipv4Addr::from(four)),
        Err(_) => Ipv6Addr::from(<[u8; 16]>::try_from(bytes.as_slice()).ok()?).into(),
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_are_read_and_nothing_else() {
        let text = "  sl  local_address rem_address   st tx_queue rx_queue\n   \
            0: 0100007F:1F90 00000000:0000 0A 00000000:00000000\n   \
            1: 0100007F:1F91 0100007F:1F90 01 00000000:00000000\n   \
            2: x\n";
        assert_eq!(listening(text), ["127.0.0.1:8080".parse().unwrap()]);
        let text = "head\n 0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A\n";
        assert_eq!(listening(text), ["[::1]:8080".parse().unwrap()]);
        assert_eq!(listening(""), []);
        assert_eq!(address("0100007:1F90"), None);
    }
}
