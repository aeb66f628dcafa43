//! Performs `add_address`, `remove_address` and `set_link` on the namespace's loopback interface.

use std::net::IpAddr;

use aftershake_shared::event::outside_acted::OutsideAct;

use super::Done;
use crate::sys::rtnetlink;

pub(super) fn add(address: IpAddr) -> Done {
    let answer = rtnetlink::add_address(address);
    Done::told(OutsideAct::AddAddress { address }, answer)
}

pub(super) fn remove(address: IpAddr) -> Done {
    let answer = rtnetlink::remove_address(address);
    Done::told(OutsideAct::RemoveAddress { address }, answer)
}

pub(super) fn set_link(up: bool) -> Done {
    let answer = rtnetlink::set_link(up);
    Done::told(OutsideAct::SetLink { up }, answer)
}
