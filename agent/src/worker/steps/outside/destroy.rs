//! Performs `destroy`: `SOCK_DESTROY` on an endpoint's socket.

use std::net::SocketAddr;

use aftershake_shared::event::outside_acted::OutsideAct;
use aftershake_shared::scenario::steps::close::What;
use aftershake_shared::scenario::steps::destroy::Destroy;

use super::{Done, NotHere};
use crate::sys::sock_diag::{self, SockDiag};
use crate::worker::common::Common;

/// Destroys the socket; `None` when the endpoint never had it.
pub(super) fn destroy(
    common: &Common,
    process: &str,
    on: Option<&str>,
    destroy: &Destroy,
) -> Option<Done> {
    let mut known = common.known();
    let end = match destroy.what {
        What::Connection => known.end_of(process, on)?,
        What::Listener => known.listener_of(process, on)?,
    };
    let (local, remote) = end;
    if let Some(remote) = remote {
        known.touched.push((local, remote));
    }
    drop(known);
    let act = OutsideAct::DestroySocket { local, remote };
    let other = remote.unwrap_or_else(|| sock_diag::nowhere(local.ip()));
    let answer = SockDiag::open().and_then(|diag| ask(&diag, local, other));
    Some(
        Done::told(act, answer).missing(&[libc::EOPNOTSUPP], || NotHere {
            what: "this kernel cannot destroy sockets".to_owned(),
            remedy: "use a kernel built with CONFIG_INET_DIAG_DESTROY",
        }),
    )
}

fn ask(diag: &SockDiag, local: SocketAddr, remote: SocketAddr) -> std::io::Result<()> {
    diag.destroy(local, remote)
}
